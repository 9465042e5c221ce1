/*
 * Entries fall, and the sanctions that rest on them with them. Private to the decide_*.c family.
 */
#ifndef LEDGER_FALL_H
#define LEDGER_FALL_H

#include "decide.h"

struct fallen {
	uint64_t sanctions; /* lifted with the entries */
	uint8_t last;	    /* the latest recorded of them; NUMBER_NONE */
};

/* The sanctions that rest on any of these entries and still stand. */
struct fallen fall_of(const struct standing *, uint64_t entries);

/* Append the events and fold them into the scratch standing. */
struct fallen fall_apply(struct standing *scratch, uint64_t entries, enum fall why, struct day on,
			 const struct sealed *reason, struct decision *ret);

#endif
