/*
 * The door: listening sockets, who may come in, and which loop serves them. Main thread.
 */
#ifndef DAEMON_SERVER_H
#define DAEMON_SERVER_H

#include <stddef.h>
#include <stdint.h>

#include "authz.h"
#include "health.h"

#define SERVER_LISTENERS_MAX 16
#define SERVER_ACCEPTS_MAX   64 /* a turn */

struct event_base;
struct server;

struct server_config {
	struct event_base *base;
	struct authz *authz;
	struct health *health; /* counts sessions and refusals */
	uint32_t sessions_max;
};

struct server *server_new(const struct server_config *);
/* Closes and unlinks. Accepts NULL; returns NULL. */
struct server *server_free(struct server *);

/*
 * Bind; nobody can connect yet. -EADDRINUSE: somebody answers at that path; a socket file that
 * nobody listens on is replaced.
 */
int server_bind_unix(struct server *, const char *path, unsigned mode);
/* A listening Unix stream socket handed over; -ENOTSUP for anything else. */
int server_take_socket(struct server *, int fd);

/* Let them in, to these loops in turn. -EADDRINUSE: since the bind somebody took the path. */
int server_open(struct server *, struct loop *const *loops, size_t count);
/* Let nobody in any more. */
void server_close(struct server *);

void server_set_sessions_max(struct server *, uint32_t sessions_max);

#endif
