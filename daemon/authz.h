/*
 * Who asks, and what may they? Principals come from the configuration and live as long as the
 * daemon; the table of what a request needs is route.c's.
 *
 * A reload never frees a principal, so a pointer stays good; what a principal may do is read
 * through it at every request, so rights end on open connections too.
 */
#ifndef DAEMON_AUTHZ_H
#define DAEMON_AUTHZ_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PRINCIPAL_NAME_MAX   64
#define AUTHZ_PRINCIPALS_MAX 256

/* A set of rights is a mask. Every identified peer has RIGHT_HELLO. */
enum right {
	RIGHT_HELLO = 1 << 0,	 /* hello, descriptor */
	RIGHT_CHECK = 1 << 1,	 /* the answer to a claim, not the reasons */
	RIGHT_READ = 1 << 2,	 /* standings, history, explanations, rules */
	RIGHT_RECORD = 1 << 3,	 /* people, institutions, penalties, points, sanctions */
	RIGHT_RULES = 1 << 4,	 /* load rulebooks, policies, calendars */
	RIGHT_OPERATE = 1 << 5,	 /* status, verify, backup */
	RIGHT_GRANT = 1 << 6,	 /* rights, erasure */
	RIGHT_PERSONAL = 1 << 7, /* names and free text in answers */
	RIGHT_ASSERT = 1 << 8,	 /* name the person behind a portal (on_behalf_of) */
};
#define RIGHTS_ALL 0x1ff

struct principal {
	char name[PRINCIPAL_NAME_MAX + 1];
	_Atomic uint32_t rights;
};

static inline bool
authz_allows(const struct principal *principal, uint32_t rights)
{
	return (atomic_load_explicit(&principal->rights, memory_order_relaxed) & rights) == rights;
}

struct authz;

struct authz *authz_new(void);
struct authz *authz_free(struct authz *);

/* Main thread, at start and on reload: begin, add each, end. What is not added loses its rights. */
void authz_reload_begin(struct authz *);
/* -ENOSPC beyond AUTHZ_PRINCIPALS_MAX names and uids ever seen; -EINVAL: no name. */
int authz_reload_add(struct authz *, uid_t, const char *name, uint32_t rights);
void authz_reload_end(struct authz *);

/* By the credentials of a Unix-socket peer; NULL: nobody we know. Any thread. */
const struct principal *authz_identify(struct authz *, uid_t);

/* "clerk", "settlement", …: a role's rights; 0: no such role. */
uint32_t authz_role_rights(const char *role);

#endif
