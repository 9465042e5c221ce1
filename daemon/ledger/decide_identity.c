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
