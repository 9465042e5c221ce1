/*
 * The bell: tells the loops that wait for the book to grow that it has grown.
 *
 * A loop that waits has an eventfd here. It is rung once for each bell_wait(), however many groups
 * are published until it looks: a writer in full flow costs a watcher one wake-up, not thousands.
 */
#ifndef DAEMON_BELL_H
#define DAEMON_BELL_H

#include <stdatomic.h>
#include <stdint.h>

#define BELL_LOOPS_MAX 64

struct bell {
	_Atomic uint64_t waiting; /* a bit for each loop */
	_Atomic int fds[BELL_LOOPS_MAX];
};

void bell_init(struct bell *);

/* Before the loop runs; -1 when it has ended. The descriptor stays the caller's. */
void bell_hang(struct bell *, unsigned loop, int fd);

/*
 * The loop's thread: ring me when more is published. Whoever looks at the position after this, and
 * finds nothing new, will be rung.
 */
void bell_wait(struct bell *, unsigned loop);
/* Likewise: come round again at once. */
void bell_ring_one(struct bell *, unsigned loop);

/* The writer, after publishing. */
void bell_ring(struct bell *);

#endif
