/*
 * /metrics, /healthz and /readyz, on loopback only. Main thread.
 */
#ifndef DAEMON_HTTP_H
#define DAEMON_HTTP_H

#include "health.h"

struct event_base;
struct http;

/*
 * address is "127.0.0.1:PORT", "[::1]:PORT" or "localhost:PORT"; -EINVAL for anything that is not
 * loopback.
 */
int http_new(struct event_base *, const struct health *, const char *address, struct http **ret);
/* Accepts NULL; returns NULL. */
struct http *http_free(struct http *);

#endif
