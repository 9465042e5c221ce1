/*
 * The replica port, and its end where there is one machine.
 *
 * Owns nothing. The engine behind another end must keep one total order and compare the place a
 * group is offered at; this one keeps nothing, since the local log is the book.
 */
#include "replica.h"

#include "storage/error.h"

#define OFFERS_MAX 8

static enum replica_result
local_append(void *user, const uint8_t *group, size_t size)
{
	(void)user;
	(void)group;
	(void)size;
	return REPLICA_ACCEPTED;
}

const struct replica replica_local = {local_append, NULL};

int
replica_append(const struct replica *replica, const uint8_t *group, size_t size)
{
	for (unsigned i = 0; i < OFFERS_MAX; i++) {
		switch (replica->append(replica->user, group, size)) {
		case REPLICA_ACCEPTED:
			return 0;
		case REPLICA_CONFLICT:
			return STORE_BUSY;
		case REPLICA_UNKNOWN:
			break;
		}
	}
	return STORE_IO;
}
