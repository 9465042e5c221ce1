/*
 * Two persons: who may approve what somebody else proposed, and what takes two.
 *
 * Owns nothing; called by the writer. Pure. What takes two is read off the events that a command
 * would bring, so that no way to the same effect is forgotten.
 */
#include "decide_proposal.h"

#include <assert.h>

#include "refuse.h"

/* The human: who is named, or else whose principal it is. */
static const struct code *
human(const struct person_behind *person)
{
	return code_is_empty(&person->on_behalf_of) ? &person->principal : &person->on_behalf_of;
}

/* A portal that names two people is still one hand; two portals may still serve one human. */
bool
person_is_same(const struct person_behind *a, const struct person_behind *b)
{
	return code_equal(&a->principal, &b->principal) || code_equal(human(a), human(b));
}

struct day
proposal_expires(const struct rulebook *rulebook, struct day on)
{
	int32_t days = PROPOSAL_DAYS;

	if (rulebook != NULL && rulebook->params[PARAM_PROPOSAL_EXPIRES].state == PARAM_VALUE)
		days = rulebook->params[PARAM_PROPOSAL_EXPIRES].min;
	return (struct day){on.number + days};
}

enum verdict
decide_proposal_begin(const struct case_file *file, const char *difference, struct decision *ret)
{
	return case_refuse_taken(file, CASE_PROPOSAL, difference, ret);
}

/* There is one, it is open, and its days are not over. */
static enum verdict
refuse_closed(const struct code *id, const struct case_file *file, struct day today,
	      struct decision *ret)
{
	if (file == NULL || file->kind != CASE_PROPOSAL)
		return refused(ret, VERDICT_PROPOSAL_UNKNOWN, id, DAY_NONE);
	if (!case_is_open(file))
		return refused(ret, VERDICT_PROPOSAL_CLOSED, id, file->closed_on);
	if (!day_before(today, file->due_on))
		return refused(ret, VERDICT_PROPOSAL_EXPIRED, id, file->due_on);
	return VERDICT_ACCEPTED;
}

enum verdict
decide_proposal_approve(const struct code *id, const struct case_file *file,
			const struct person_behind *proposer, const struct person_behind *approver,
			struct day today, struct decision *ret)
{
	enum verdict verdict = refuse_closed(id, file, today, ret);

	if (verdict != VERDICT_ACCEPTED)
		return verdict;
	if (person_is_same(proposer, approver))
		return refused(ret, VERDICT_SAME_PERSON, id, DAY_NONE);
	return VERDICT_ACCEPTED;
}

/* Whoever proposed may take it back: a denial changes nothing that stands. */
enum verdict
decide_proposal_deny(const struct event_step *step, const struct case_file *file, struct day today,
		     struct decision *ret)
{
	decision_init(ret);
	enum verdict verdict = refuse_closed(&step->id, file, today, ret);

	if (verdict != VERDICT_ACCEPTED)
		return verdict;
	struct event *event = decision_event(ret, EVENT_PROPOSAL_DENIED, &file->practitioner);
	event->step = *step;
	return decided(ret, VERDICT_ACCEPTED);
}

enum verdict
decide_proposal_made(const struct event_proposed *proposed, const struct code *practitioner,
		     struct decision *decision)
{
	assert(decision->verdict == VERDICT_ACCEPTED);
	decision->events_count = 0; /* its warnings stay: they are the proposer's to read */
	decision_event(decision, EVENT_PROPOSED, practitioner)->proposed = *proposed;
	return VERDICT_ACCEPTED;
}

void
decide_proposal_done(const struct event_step *step, const struct code *practitioner,
		     struct decision *decision)
{
	assert(decision->verdict == VERDICT_ACCEPTED);
	decision_event(decision, EVENT_PROPOSAL_APPROVED, practitioner)->step = *step;
}

enum verdict
decide_second_person(struct decision *decision)
{
	assert(decision->verdict == VERDICT_ACCEPTED);
	if (!decision_takes_two(decision))
		return VERDICT_ACCEPTED;
	return refused(decision, VERDICT_NEEDS_SECOND_PERSON, NULL, DAY_NONE);
}

bool
decision_takes_two(const struct decision *decision)
{
	for (size_t i = 0; i < decision->events_count; i++) {
		const struct event *event = &decision->events[i];
		switch ((int)event->kind) {
		case EVENT_POINTS_RECORDED:
			if (event->points.points >= PROPOSAL_POINTS_MIN)
				return true;
			break;
		case EVENT_POINTS_FELL: /* annulled, corrected, changed on review */
		case EVENT_PENALTY_OVERTURNED:
		case EVENT_REPAIRED:
		case EVENT_RULES_LOADED:
		case EVENT_MERGED:
		case EVENT_UNMERGED:
			return true;
		default:
			break;
		}
	}
	return false;
}
