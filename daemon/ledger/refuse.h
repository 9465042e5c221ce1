/*
 * How a decide function says no, in one line. Private to the decide_*.c family.
 */
#ifndef LEDGER_REFUSE_H
#define LEDGER_REFUSE_H

#include "decision.h"

/* Close a decision: a refused command leaves no event. Returns the verdict. */
static inline enum verdict
decided(struct decision *decision, enum verdict verdict)
{
	decision->verdict = verdict;
	if (verdict != VERDICT_ACCEPTED)
		decision->events_count = 0;
	return verdict;
}

/* A refusal about a thing (an id, a code; NULL: none) and a day (DAY_NONE: none). */
static inline enum verdict
refused(struct decision *decision, enum verdict verdict, const struct code *thing, struct day day)
{
	if (thing != NULL)
		decision->detail.thing = *thing;
	decision->detail.day = day;
	return decided(decision, verdict);
}

/* The id is taken, and this field says something else. */
static inline enum verdict
exists_with_another(struct decision *decision, const struct code *thing, const char *field)
{
	decision->detail.field = field;
	return refused(decision, VERDICT_ALREADY_EXISTS, thing, DAY_NONE);
}

#endif
