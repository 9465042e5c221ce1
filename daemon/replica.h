/*
 * The port to several machines: a group goes to the replicated log first, then to the disk, then
 * anybody is answered. What is offered is the group exactly as it will be stored, so that every
 * machine has the same bytes, roots and sequences; followers apply it and need no rules.
 *
 * Called by the store on the writer's thread, before it writes.
 */
#ifndef DAEMON_REPLICA_H
#define DAEMON_REPLICA_H

#include <stddef.h>
#include <stdint.h>

enum replica_result {
	REPLICA_ACCEPTED, /* it is the next one, for everybody */
	REPLICA_CONFLICT, /* another group is: ours is dropped and decided again after it */
	REPLICA_UNKNOWN,  /* no answer: the same bytes at the same place are offered again */
};

struct replica {
	enum replica_result (*append)(void *user, const uint8_t *group, size_t size);
	void *user;
};

/* One machine: what is written here is the book. */
extern const struct replica replica_local;

/*
 * Offer a group until the answer is known. 0: write it. STORE_BUSY: dropped, nothing was written.
 * STORE_IO: never answered; whether it stands, only the engine knows: the daemon stops.
 */
int replica_append(const struct replica *, const uint8_t *group, size_t size);

#endif
