/*
 * Principals: from the uid of a Unix-socket peer to a name and a set of rights.
 *
 * main fills the table, at start and on reload; loops look peers up. A principal once seen keeps
 * its place for good, so a session's pointer is always good and loses its rights at once when the
 * configuration takes them away. It never asks the system who a uid is.
 */
#include "authz.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A name under a uid. Another uid under the same name is another: it gets no open connection. */
struct authz_peer {
	uid_t uid;
	uint32_t next_rights; /* of the reload under way */
	bool is_next;
	bool is_now;
	struct principal principal;
};

struct authz {
	pthread_mutex_t lock; /* peers_count and is_now, between main and whoever identifies */
	size_t peers_count;
	struct authz_peer peers[AUTHZ_PRINCIPALS_MAX];
};

/* The roles of the scheme's offices, until rights are records of their own. */
static const struct {
	const char *role;
	uint32_t rights;
} authz_roles[] = {
    {"clerk", RIGHT_HELLO | RIGHT_CHECK | RIGHT_READ | RIGHT_RECORD | RIGHT_PERSONAL},
    {"supervisor",
     RIGHT_HELLO | RIGHT_CHECK | RIGHT_READ | RIGHT_RECORD | RIGHT_RULES | RIGHT_PERSONAL},
    {"settlement", RIGHT_HELLO | RIGHT_CHECK},
    {"frontend", RIGHT_HELLO | RIGHT_CHECK},
    {"portal", RIGHT_HELLO | RIGHT_CHECK | RIGHT_READ | RIGHT_RECORD | RIGHT_ASSERT},
    {"auditor", RIGHT_HELLO | RIGHT_CHECK | RIGHT_READ | RIGHT_PERSONAL},
    {"operator", RIGHT_HELLO | RIGHT_OPERATE},
    {"everything", RIGHTS_ALL},
};

uint32_t
authz_role_rights(const char *role)
{
	for (size_t i = 0; i < sizeof(authz_roles) / sizeof(authz_roles[0]); i++) {
		if (strcmp(authz_roles[i].role, role) == 0)
			return authz_roles[i].rights;
	}
	return 0;
}

struct authz *
authz_new(void)
{
	struct authz *authz = calloc(1, sizeof(*authz));

	if (authz == NULL)
		return NULL;
	pthread_mutex_init(&authz->lock, NULL);
	return authz;
}

struct authz *
authz_free(struct authz *authz)
{
	if (authz == NULL)
		return NULL;
	pthread_mutex_destroy(&authz->lock);
	free(authz);
	return NULL;
}

void
authz_reload_begin(struct authz *authz)
{
	for (size_t i = 0; i < authz->peers_count; i++) {
		authz->peers[i].next_rights = 0;
		authz->peers[i].is_next = false;
	}
}

static struct authz_peer *
authz_find(struct authz *authz, uid_t uid, const char *name)
{
	for (size_t i = 0; i < authz->peers_count; i++) {
		struct authz_peer *peer = &authz->peers[i];
		if (peer->uid == uid && strcmp(peer->principal.name, name) == 0)
			return peer;
	}
	return NULL;
}

int
authz_reload_add(struct authz *authz, uid_t uid, const char *name, uint32_t rights)
{
	size_t size = strlen(name);
	struct authz_peer *peer = authz_find(authz, uid, name);

	if (size == 0 || size > PRINCIPAL_NAME_MAX)
		return -EINVAL;
	if (peer == NULL) {
		if (authz->peers_count == AUTHZ_PRINCIPALS_MAX)
			return -ENOSPC;
		pthread_mutex_lock(&authz->lock);
		peer = &authz->peers[authz->peers_count++];
		pthread_mutex_unlock(&authz->lock);
		peer->uid = uid;
		memcpy(peer->principal.name, name, size + 1);
	}
	peer->is_next = true;
	peer->next_rights |= rights;
	return 0;
}

void
authz_reload_end(struct authz *authz)
{
	pthread_mutex_lock(&authz->lock);
	for (size_t i = 0; i < authz->peers_count; i++) {
		struct authz_peer *peer = &authz->peers[i];
		peer->is_now = peer->is_next;
		atomic_store_explicit(&peer->principal.rights, peer->next_rights,
				      memory_order_relaxed);
	}
	pthread_mutex_unlock(&authz->lock);
}

const struct principal *
authz_identify(struct authz *authz, uid_t uid)
{
	const struct principal *found = NULL;

	pthread_mutex_lock(&authz->lock);
	for (size_t i = 0; i < authz->peers_count && found == NULL; i++) {
		if (authz->peers[i].is_now && authz->peers[i].uid == uid)
			found = &authz->peers[i].principal;
	}
	pthread_mutex_unlock(&authz->lock);
	return found;
}
