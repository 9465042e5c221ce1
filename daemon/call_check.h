/*
 * A plain check on its way: what the validator found in the frame, and the judgement.
 *
 * A wake-up's plain checks are gathered first, then standings_prepare() hashes and prefetches each,
 * then standings_check() judges each: two passes, so that the cache misses of one wake-up overlap.
 * A check is plain when it asks for no detail, no known_at and no min_seq beyond the position.
 * Whether the person is registered at the institution is told with detail only; where the policy
 * lets registration decide, standings_check() leaves the check to the long way.
 */
#ifndef DAEMON_CALL_CHECK_H
#define DAEMON_CALL_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "ledger/day.h"
#include "ledger/eligibility.h"

struct call_context;
struct standings;

/* Checks judged in one pass; a wake-up with more makes several passes. */
#define CALL_CHECKS_MAX 256

struct call_check {
	/* From the frame, borrowed from the input; validated, sizes 0 when not given. */
	uint64_t request_id;
	const char *practitioner;
	const char *institution;
	const char *visit_type;
	uint8_t practitioner_size; /* 1..64 */
	uint8_t institution_size;
	uint8_t visit_type_size;
	bool emergency;
	struct day on; /* today already filled in */

	uint64_t hash; /* standings_prepare's, for standings_check */

	/* The judgement; days DAY_NONE where the answer has none. */
	struct eligibility eligibility;
	struct day until;
	struct day bar_until;
};

/*
 * In standings.c. Loop threads. standings_check answers false when memory alone cannot judge (a
 * slot that kept moving, rules not loaded, …): the session then sends the request the long way,
 * through the route's handler, where failures have words.
 */
void standings_prepare(const struct standings *, struct call_check *);
bool standings_check(const struct standings *, const struct call_context *, struct call_check *);

/* The position answers are given as of: installed after the standings of its sequence. */
struct call_position;
void standings_position(const struct standings *, struct call_position *ret);

#endif
