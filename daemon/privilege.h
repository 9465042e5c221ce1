/*
 * Whose rights the daemon runs with: the rules for root. Main thread, before any other thread.
 */
#ifndef DAEMON_PRIVILEGE_H
#define DAEMON_PRIVILEGE_H

#include "conf.h"

/*
 * Become the configured user, having made the data folder for them; started as root without one,
 * go on with a warning, since only Unix sockets are served. 0, or a failure already logged.
 */
int privilege_drop(const struct conf *);

/* As many files as the hard limit allows. */
void privilege_raise_files(void);

#endif
