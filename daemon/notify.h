/*
 * The service manager: what systemd is told, and the sockets it hands over. Main thread.
 */
#ifndef DAEMON_NOTIFY_H
#define DAEMON_NOTIFY_H

#include <stddef.h>
#include <stdint.h>

/* "READY=1", "STOPPING=1", "STATUS=…"; nothing happens when nobody listens. 0 or -errno. */
int notify_send(const char *state);

/* Half of the interval in which the manager wants to hear WATCHDOG=1; 0: it does not. */
uint64_t notify_watchdog_us(void);

/*
 * The sockets handed over (LISTEN_FDS): the first descriptor, always 3; the count goes to
 * ret_count, 0 when there are none or they are another process's. Sets CLOEXEC on each.
 */
int notify_sockets(size_t *ret_count);

#endif
