/*
 * Who is who: aliases, and what becomes of an institution.
 *
 * Owns nothing; called by the writer. Pure. Each function is a column of refusals in order of
 * precedence, then the event.
 */
#include "decide.h"

#include "refuse.h"

/* One name, one person: a claim that bears it must not be answered for two. */
enum verdict
decide_alias_set(const struct event_alias *command, const struct facts *facts, struct decision *ret)
{
	const struct standing *standing = facts->standing;

	decision_init(ret);
	if (standing == NULL)
		return refused(ret, VERDICT_PRACTITIONER_UNKNOWN, facts->practitioner, DAY_NONE);
	if (standing_has_alias(standing, &command->alias))
		return refused(ret, VERDICT_UNCHANGED, &command->alias, DAY_NONE);
	if (facts->alias_owner != NULL)
		return refused(ret, VERDICT_ALIAS_TAKEN, &command->alias, DAY_NONE);
	if (standing->aliases_count == STANDING_ALIASES_MAX)
		return refused(ret, VERDICT_STANDING_FULL, &standing->practitioner, DAY_NONE);

	decision_event(ret, EVENT_ALIAS_SET, &standing->practitioner)->alias = *command;
	return decided(ret, VERDICT_ACCEPTED);
}

enum verdict
decide_alias_remove(const struct event_alias *command, const struct facts *facts,
		    struct decision *ret)
{
	const struct standing *standing = facts->standing;

	decision_init(ret);
	if (standing == NULL)
		return refused(ret, VERDICT_PRACTITIONER_UNKNOWN, facts->practitioner, DAY_NONE);
	if (!standing_has_alias(standing, &command->alias))
		return refused(ret, VERDICT_ALIAS_UNKNOWN, &command->alias, DAY_NONE);

	decision_event(ret, EVENT_ALIAS_REMOVED, &standing->practitioner)->alias = *command;
	return decided(ret, VERDICT_ACCEPTED);
}

/* What has no effect is no news; the order of the refusals is that of registration. */
enum verdict
decide_institution_change(const struct event_institution_changed *command, bool name_given,
			  const struct facts *facts, struct decision *ret)
{
	const struct institution_row *row = facts->institution;

	decision_init(ret);
	if (row == NULL)
		return refused(ret, VERDICT_INSTITUTION_UNKNOWN, &command->institution, DAY_NONE);
	if (day_before(facts->today, command->on))
		return refused(ret, VERDICT_DATE_IN_FUTURE, &command->institution, command->on);
	if (!code_is_empty(&command->merged_into)) {
		if (facts->successor == NULL)
			return refused(ret, VERDICT_INSTITUTION_UNKNOWN, &command->merged_into,
				       DAY_NONE);
		if (facts->successor->closed)
			return refused(ret, VERDICT_INSTITUTION_CLOSED, &command->merged_into,
				       facts->successor->closed_on);
	}

	bool moves =
	    !code_is_empty(&command->region) && !code_equal(&command->region, &row->region);
	bool renames = name_given && facts->name_differs;
	bool closes = !day_is_none(command->closed_on) &&
		      !(row->closed && day_equal(row->closed_on, command->closed_on) &&
			code_equal(&row->merged_into, &command->merged_into));
	if (!moves && !renames && !closes)
		return refused(ret, VERDICT_UNCHANGED, &command->institution, DAY_NONE);
	if (row->closed)
		return refused(ret, VERDICT_INSTITUTION_CLOSED, &command->institution,
			       row->closed_on);
	if (moves && row->earlier_count > 0 &&
	    !day_before(row->earlier[row->earlier_count - 1].until, command->on))
		return refused(ret, VERDICT_MOVED_LATER, &command->institution,
			       row->earlier[row->earlier_count - 1].until);
	if (moves && row->earlier_count == INSTITUTION_REGIONS_MAX)
		return refused(ret, VERDICT_MOVED_TOO_OFTEN, &command->institution, DAY_NONE);

	struct event_institution_changed *changed =
	    &decision_event(ret, EVENT_INSTITUTION_CHANGED, NULL)->changed;
	*changed = *command;
	if (!moves)
		changed->region.size = 0;
	return decided(ret, VERDICT_ACCEPTED);
}
