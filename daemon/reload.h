/*
 * Taking up a configuration: at start, and what of a new one can be taken up while running.
 */
#ifndef DAEMON_RELOAD_H
#define DAEMON_RELOAD_H

#include "authz.h"
#include "conf.h"
#include "session.h"

/* Logs, limits and principals. 0, or a failure already logged. Main thread. */
int reload_apply(const struct conf *, struct authz *, struct session_limits *);

/* Say which changed keys need a restart. */
void reload_tell_changes(const struct conf *before, const struct conf *after);

#endif
