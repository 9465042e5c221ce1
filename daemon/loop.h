/*
 * A loop: one thread that serves its sessions, and the mailbox by which others reach it.
 */
#ifndef DAEMON_LOOP_H
#define DAEMON_LOOP_H

#include "session.h"
#include "storage/error.h"

struct loop;

struct loop_config {
	const struct call_book *book;
	const struct session_limits *limits;
	_Atomic uint32_t *sessions_count; /* of all loops: up when adopted, down when ended */
	unsigned index;
};

/* Main thread. 0 or a negative failure. */
int loop_new(const struct loop_config *, struct loop **ret) NODISCARD;
int loop_start(struct loop *) NODISCARD;
/* End the thread at once, with every session as it is. Notes may still be posted. */
void loop_stop(struct loop *);
/* Stopped, and nobody posts any more. Accepts NULL; returns NULL. */
struct loop *loop_free(struct loop *);

/* Any thread. The descriptor is the loop's in any case; sessions_count was raised before. */
void loop_adopt(struct loop *, int fd, const struct principal *);
void loop_post(struct loop *, struct call_note *);

/* Main thread: let what is in hand be answered. loop_is_idle() says when nothing is left. */
void loop_drain(struct loop *);
bool loop_is_idle(const struct loop *);

const struct session_figures *loop_figures(const struct loop *);
/* Microseconds since the loop last came round; a loop that hangs is an alarm. Any thread. */
int64_t loop_silent_us(const struct loop *, int64_t now_us);

#endif
