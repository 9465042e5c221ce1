/*
 * Random bytes: the only way chance enters the daemon. A value, so that a simulation can hold it.
 * Any thread.
 */
#ifndef DAEMON_RANDOM_H
#define DAEMON_RANDOM_H

#include <stddef.h>

struct random {
	/* 0, or a negative errno; shaped to be handed to the store as it is. */
	int (*fill)(void *user, void *bytes, size_t size);
	void *user;
};

extern const struct random random_system;

static inline int
random_fill(const struct random *random, void *bytes, size_t size)
{
	return random->fill(random->user, bytes, size);
}

#endif
