/*
 * What changed about one person between two moments of the book: the stretches of days whose status
 * differs, each with what speaks for it and the record that made the difference. Loop thread.
 */
#ifndef DAEMON_CLAWBACK_PERSON_H
#define DAEMON_CLAWBACK_PERSON_H

#include "query_inner.h"

#define CLAW_STRETCHES_MAX (2 * STANDING_INTERVALS_MAX)

struct claw_state {
	enum status status;
	uint8_t exempt;
};

struct claw_stretch {
	struct day from;
	struct day until; /* DAY_FOREVER: without end */
	struct claw_state before;
	struct claw_state after;
	struct code sanction;
	struct text clause;
	uint64_t sequence;
	bool counts; /* at the institution that is asked about */
};

struct claw_person {
	struct code practitioner; /* size 0: nobody yet */
	struct code institution;  /* empty: everywhere */
	uint64_t since;
	uint64_t as_of;
	size_t count;
	struct claw_stretch stretches[CLAW_STRETCHES_MAX];

	/* What was known at since; beside the loop's scratch, which then holds what is known. */
	struct standing standing;
	size_t intervals_count;
	struct interval intervals[STANDING_INTERVALS_MAX];
};

/* institution empty: all count. Found again at once when it is the same question as before. */
int claw_person(struct query *, struct claw_person *, const struct code *practitioner,
		const struct code *institution, uint64_t since, uint64_t as_of) NODISCARD;

/* The stretch that holds the day; NULL: the status is the same then and now. */
const struct claw_stretch *claw_at(const struct claw_person *, struct day);

#endif
