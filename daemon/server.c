/*
 * The door: accepts, asks the kernel who is there, and hands the connection to a loop.
 *
 * Runs on the main thread's event base. It reads nothing from a connection: whoever is not known
 * by credentials is told so and closed before a byte is looked at.
 */
#include "server.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "diag.h"
#include "loop.h"
#include "proto/codec.h"

#define SERVER_BACKLOG 1024

struct server_listener {
	struct server *server;
	int fd;
	bool added;
	struct event *acceptable;
	char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)]; /* empty: handed over */
	dev_t device; /* of the path's file as it was bound, */
	ino_t inode;  /* for one that nobody listens on yet may be replaced */
};

struct server {
	struct server_config config;
	struct loop *const *loops;
	size_t loops_count;
	size_t turn;
	int reserve; /* a descriptor to spend when there are no others */
	bool resting;
	struct event *rested;
	size_t listeners_count;
	struct server_listener listeners[SERVER_LISTENERS_MAX];
};

static int
server_reserve(void)
{
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void
server_listen_all(struct server *server, bool on)
{
	for (size_t i = 0; i < server->listeners_count; i++) {
		struct server_listener *listener = &server->listeners[i];
		if (on == listener->added)
			continue;
		if (on)
			event_add(listener->acceptable, NULL);
		else
			event_del(listener->acceptable);
		listener->added = on;
	}
}

static void
server_on_rested(evutil_socket_t fd, short what, void *user)
{
	struct server *server = user;

	(void)fd;
	(void)what;
	server->resting = false;
	if (server->reserve < 0)
		server->reserve = server_reserve();
	if (server->loops_count > 0)
		server_listen_all(server, true);
}

/* A socket that is ready and cannot be accepted would keep the loop spinning: look away. */
static void
server_rest(struct server *server)
{
	const struct timeval pause = {.tv_usec = 100 * 1000};

	if (server->resting)
		return;
	server->resting = true;
	server_listen_all(server, false);
	event_add(server->rested, &pause);
}

struct server *
server_new(const struct server_config *config)
{
	struct server *server = calloc(1, sizeof(*server));

	if (server == NULL)
		return NULL;
	server->config = *config;
	server->reserve = server_reserve();
	server->rested = event_new(config->base, -1, 0, server_on_rested, server);
	if (server->rested == NULL)
		return server_free(server);
	return server;
}

struct server *
server_free(struct server *server)
{
	if (server == NULL)
		return NULL;
	server_close(server);
	if (server->rested != NULL)
		event_free(server->rested);
	if (server->reserve >= 0)
		close(server->reserve);
	free(server);
	return NULL;
}

void
server_set_sessions_max(struct server *server, uint32_t sessions_max)
{
	server->config.sessions_max = sessions_max;
}

/* Nine tenths of the files, whatever the configuration says: the book needs some too. */
static uint32_t
server_sessions_max(const struct server *server)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur != RLIM_INFINITY &&
	    files.rlim_cur / 10 * 9 < server->config.sessions_max)
		return (uint32_t)(files.rlim_cur / 10 * 9);
	return server->config.sessions_max;
}

/* One answer, if the socket takes it at once, and the door. */
static void
server_turn_away(int fd, enum status_reason reason, uint32_t retry_after_ms)
{
	static const struct codec_position nowhere;
	uint8_t answer[CODEC_ERROR_MAX];
	size_t size = codec_error_put(answer, 0, &nowhere, reason, NULL, retry_after_ms);
	ssize_t sent = send(fd, answer, size, MSG_NOSIGNAL | MSG_DONTWAIT);

	(void)sent;
	close(fd);
}

static void
server_admit(struct server *server, int fd)
{
	struct health *health = server->config.health;
	struct ucred peer;
	socklen_t size = sizeof(peer);

	atomic_fetch_add(&health->accepted, 1);
	const struct principal *principal = NULL;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0)
		principal = authz_identify(server->config.authz, peer.uid);
	else
		peer.uid = (uid_t)-1;
	if (principal == NULL) {
		atomic_fetch_add(&health->refused_unknown, 1);
		diag_peer(DIAG_WARNING, "peer_unknown", diag_uint("uid", peer.uid), DIAG_END);
		server_turn_away(fd, STATUS_PEER_UNKNOWN, 0);
		return;
	}
	if (atomic_load(&health->sessions_count) >= server_sessions_max(server)) {
		atomic_fetch_add(&health->refused_full, 1);
		diag_peer(DIAG_WARNING, "sessions_full", diag_text("principal", principal->name),
			  DIAG_END);
		server_turn_away(fd, STATUS_BUSY, 1000);
		return;
	}
	atomic_fetch_add(&health->sessions_count, 1);
	loop_adopt(server->loops[server->turn++ % server->loops_count], fd, principal);
}

/* Out of descriptors: spend the reserve to tell one peer so, then look away for a while. */
static void
server_on_no_files(struct server *server, int listener)
{
	diag_peer(DIAG_ERROR, "out_of_files", DIAG_END);
	if (server->reserve >= 0) {
		close(server->reserve);
		server->reserve = -1;
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd >= 0)
			server_turn_away(fd, STATUS_BUSY, 1000);
		server->reserve = server_reserve();
	}
	server_rest(server);
}

static void
server_on_acceptable(evutil_socket_t fd, short what, void *user)
{
	struct server_listener *listener = user;
	struct server *server = listener->server;

	(void)what;
	for (int i = 0; i < SERVER_ACCEPTS_MAX; i++) {
		int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (peer >= 0) {
			server_admit(server, peer);
			continue;
		}
		if (errno == EINTR || errno == ECONNABORTED)
			continue;
		if (errno == EAGAIN)
			return;
		atomic_fetch_add(&server->config.health->accept_failed, 1);
		if (errno == EMFILE || errno == ENFILE) {
			server_on_no_files(server, fd);
			return;
		}
		diag_peer(DIAG_ERROR, "accept_failed", diag_errno("error", errno), DIAG_END);
		server_rest(server);
		return;
	}
}

/* NULL: no room, or no memory; the descriptor stays the caller's. */
static struct server_listener *
server_add(struct server *server, int fd)
{
	if (server->listeners_count == SERVER_LISTENERS_MAX)
		return NULL;
	struct server_listener *listener = &server->listeners[server->listeners_count];
	*listener = (struct server_listener){.server = server, .fd = fd};
	listener->acceptable = event_new(server->config.base, fd, EV_READ | EV_PERSIST,
					 server_on_acceptable, listener);
	if (listener->acceptable == NULL)
		return NULL;
	server->listeners_count++;
	return listener;
}

/* Does anybody answer there? A socket file outlives its daemon. */
static bool
server_is_answered(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return true;
	int failed = connect(fd, (const struct sockaddr *)address, sizeof(*address));
	bool answered = failed == 0 || (errno != ECONNREFUSED && errno != ENOENT);
	close(fd);
	return answered;
}

static int
server_clear_path(const struct sockaddr_un *address)
{
	struct stat file;

	if (lstat(address->sun_path, &file) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(file.st_mode))
		return -EEXIST;
	if (server_is_answered(address))
		return -EADDRINUSE;
	return unlink(address->sun_path) < 0 ? -errno : 0;
}

/* Is the file at its path still the one that was bound? */
static bool
server_has_path(const struct server_listener *listener)
{
	struct stat file;

	return listener->path[0] != '\0' && lstat(listener->path, &file) == 0 &&
	       file.st_dev == listener->device && file.st_ino == listener->inode;
}

int
server_bind_unix(struct server *server, const char *path, unsigned mode)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path));
	int failed = server_clear_path(&address);
	if (failed < 0)
		return failed;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	/* The file must never be wider open than it is meant to be. */
	mode_t before = umask(0777 & ~mode);
	failed = bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ? -errno : 0;
	umask(before);
	struct server_listener *listener = failed < 0 ? NULL : server_add(server, fd);
	if (listener == NULL) {
		if (failed == 0)
			(void)unlink(path);
		close(fd);
		return failed < 0 ? failed : -ENOSPC;
	}
	struct stat file;
	memcpy(listener->path, address.sun_path, sizeof(address.sun_path));
	if (lstat(path, &file) < 0)
		return -errno;
	listener->device = file.st_dev;
	listener->inode = file.st_ino;
	return 0;
}

int
server_take_socket(struct server *server, int fd)
{
	int domain;
	int listens;
	socklen_t size = sizeof(domain);

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) < 0)
		return -errno;
	size = sizeof(listens);
	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) < 0)
		return -errno;
	if (domain != AF_UNIX || listens == 0)
		return -ENOTSUP;
	if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
		return -errno;
	return server_add(server, fd) == NULL ? -ENOSPC : 0;
}

int
server_open(struct server *server, struct loop *const *loops, size_t count)
{
	assert(count > 0);
	server->loops = loops;
	server->loops_count = count;
	for (size_t i = 0; i < server->listeners_count; i++) {
		const struct server_listener *listener = &server->listeners[i];
		if (listener->path[0] == '\0')
			continue;
		if (!server_has_path(listener))
			return -EADDRINUSE;
		if (listen(listener->fd, SERVER_BACKLOG) < 0)
			return -errno;
	}
	server_listen_all(server, true);
	return 0;
}

void
server_close(struct server *server)
{
	if (server->rested != NULL)
		event_del(server->rested);
	server_listen_all(server, false);
	for (size_t i = 0; i < server->listeners_count; i++) {
		struct server_listener *listener = &server->listeners[i];
		if (server_has_path(listener))
			(void)unlink(listener->path);
		event_free(listener->acceptable);
		close(listener->fd);
	}
	server->listeners_count = 0;
	server->loops_count = 0;
}
