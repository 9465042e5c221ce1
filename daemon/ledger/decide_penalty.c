/*
 * Penalties of institutions, their overturning, and notes about institutions.
 *
 * Owns nothing; called by the writer. Pure. What the overturning does to each person is decided by
 * decide_fall(), one person at a time.
 */
#include "decide.h"

#include <assert.h>

#include "refuse.h"

#define OVERTURN_SUBJECTS_MAX 4096

static const char *
penalty_difference(const struct event_penalty *a, const struct event_penalty *b)
{
	if (!code_equal(&a->institution, &b->institution))
		return "institution";
	if (a->kind != b->kind)
		return "kind";
	if (!day_equal(a->on, b->on))
		return "on";
	if (a->amount_fen != b->amount_fen)
		return "amount";
	if (!text_equal(&a->measure, &b->measure))
		return "measure";
	if (!text_equal(&a->article, &b->article))
		return "article";
	if (!text_equal(&a->authority, &b->authority))
		return "authority";
	if (!code_equal(&a->clue, &b->clue))
		return "clue";
	return NULL;
}

enum verdict
decide_penalty_record(const struct event_penalty *command, const struct facts *facts,
		      struct decision *ret)
{
	decision_init(ret);
	if (facts->penalty != NULL) {
		const char *field = penalty_difference(&facts->penalty->recorded, command);
		if (field != NULL)
			return exists_with_another(ret, &command->penalty, field);
		return refused(ret, VERDICT_UNCHANGED, &command->penalty, DAY_NONE);
	}
	if (facts->institution == NULL)
		return refused(ret, VERDICT_INSTITUTION_UNKNOWN, &command->institution, DAY_NONE);
	if (day_before(facts->today, command->on))
		return refused(ret, VERDICT_DATE_IN_FUTURE, &command->penalty, command->on);
	if (institution_closed(facts->institution, command->on))
		return refused(ret, VERDICT_INSTITUTION_CLOSED, &command->institution,
			       facts->institution->closed_on);

	decision_event(ret, EVENT_PENALTY_RECORDED, NULL)->penalty = *command;
	return decided(ret, VERDICT_ACCEPTED);
}

enum verdict
decide_penalty_overturn(const struct event_overturned *command, const struct facts *facts,
			struct decision *ret)
{
	const struct penalty_row *penalty = facts->penalty;

	decision_init(ret);
	if (penalty == NULL)
		return refused(ret, VERDICT_PENALTY_UNKNOWN, &command->penalty, DAY_NONE);
	if (penalty->overturned)
		return refused(ret, VERDICT_PENALTY_OVERTURNED, &command->penalty,
			       penalty->overturned_on);
	if (day_before(facts->today, command->on))
		return refused(ret, VERDICT_DATE_IN_FUTURE, &command->penalty, command->on);
	if (day_before(command->on, penalty->recorded.on))
		return refused(ret, VERDICT_OVERTURN_BEFORE_PENALTY, &command->penalty,
			       penalty->recorded.on);
	if (command->subjects > OVERTURN_SUBJECTS_MAX) {
		ret->detail.total = (int32_t)command->subjects;
		ret->detail.max = OVERTURN_SUBJECTS_MAX;
		return refused(ret, VERDICT_OVERTURN_TOO_WIDE, &command->penalty, DAY_NONE);
	}

	decision_event(ret, EVENT_PENALTY_OVERTURNED, NULL)->overturned = *command;
	return decided(ret, VERDICT_ACCEPTED);
}

/*
 * The institution need not be in the ledger: another system's notices name institutions that this
 * one has no agreement with.
 */
enum verdict
decide_institution_note(const struct event_institution_noted *command, const struct facts *facts,
			struct decision *ret)
{
	(void)facts;
	decision_init(ret);
	if (day_before(command->until, command->from))
		return refused(ret, VERDICT_SANCTION_ENDS_BEFORE_IT_BEGINS, &command->institution,
			       command->from);

	decision_event(ret, EVENT_INSTITUTION_NOTED, NULL)->noted = *command;
	return decided(ret, VERDICT_ACCEPTED);
}
