/*
 * What takes long: verifying the book, making a backup. On a thread of their own, one at a time.
 */
#ifndef DAEMON_ADMIN_H
#define DAEMON_ADMIN_H

#include "call.h"

enum call_result admin_verify(struct call *);
enum call_result admin_backup(struct call *);

/* Wait for what is under way; before the store is closed. */
void admin_stop(void);

#endif
