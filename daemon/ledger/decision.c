/*
 * Building a decision. Owns nothing; called by decide_*() on the writer thread and in tests.
 * Never decides: it only makes room.
 */
#include "decision.h"

#include <assert.h>
#include <string.h>

void
decision_init(struct decision *decision)
{
	decision->verdict = VERDICT_NONE;
	memset(&decision->detail, 0, sizeof(decision->detail));
	decision->detail.day = DAY_NONE;
	decision->needs_count = 0;
	decision->warnings_count = 0;
	decision->events_count = 0;
}

struct event *
decision_event(struct decision *decision, enum event_kind kind, const struct code *practitioner)
{
	/* DECISION_EVENTS_MAX is every number a standing holds: more is a bug, not a request. */
	assert(decision->events_count < DECISION_EVENTS_MAX);

	struct event *event = &decision->events[decision->events_count++];
	memset(event, 0, sizeof(*event));
	event->kind = kind;
	if (practitioner != NULL)
		event->practitioner = *practitioner;
	return event;
}

void
decision_warn(struct decision *decision, enum warning warning)
{
	assert(decision->warnings_count < DECISION_WARNINGS_MAX);
	decision->warnings[decision->warnings_count++] = warning;
}
