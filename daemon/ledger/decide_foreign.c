/*
 * Sanctions of another authority's system: recorded as given, never recomputed; ended or withdrawn
 * by their source.
 *
 * Owns nothing; called by the writer. Pure. Their days may lie anywhere, also in the future: such
 * notices are announced ahead.
 */
#include "decide.h"

#include <assert.h>

#include "refuse.h"

static const char *
foreign_difference(const struct sanction *sanction, const struct event_foreign *command)
{
	if (sanction->path != PATH_FOREIGN || sanction->kind != command->kind)
		return "kind";
	if (!day_equal(sanction->from, command->from))
		return "from";
	if (!sanction->foreign_ended && !day_equal(sanction->until, command->until))
		return "until";
	if (sanction->exempt != command->exempt)
		return "exempt";
	if (!text_equal(&sanction->source, &command->source))
		return "source";
	if (!text_equal(&sanction->clause, &command->clause))
		return "clause";
	return NULL;
}

enum verdict
decide_foreign_set(const struct event_foreign *command, const struct facts *facts,
		   struct decision *ret)
{
	const struct standing *standing = facts->standing;

	decision_init(ret);
	if (standing == NULL)
		return refused(ret, VERDICT_PRACTITIONER_UNKNOWN, facts->practitioner, DAY_NONE);
	const struct sanction *same = standing_sanction(standing, &command->sanction);
	if (same != NULL) {
		const char *field = foreign_difference(same, command);
		if (field != NULL)
			return exists_with_another(ret, &command->sanction, field);
		return refused(ret, VERDICT_UNCHANGED, &command->sanction, DAY_NONE);
	}
	if (facts->id_taken)
		return exists_with_another(ret, &command->sanction, "practitioner");
	if (day_before(command->until, command->from))
		return refused(ret, VERDICT_SANCTION_ENDS_BEFORE_IT_BEGINS, &command->sanction,
			       command->from);
	if (!standing_has_room(standing))
		return refused(ret, VERDICT_STANDING_FULL, &standing->practitioner, DAY_NONE);

	decision_event(ret, EVENT_FOREIGN_SANCTION_SET, &standing->practitioner)->foreign =
	    *command;
	return decided(ret, VERDICT_ACCEPTED);
}

enum verdict
decide_foreign_end(const struct code *sanction, struct day on, const struct facts *facts,
		   struct decision *ret)
{
	const struct standing *standing = facts->standing;

	decision_init(ret);
	const struct sanction *found =
	    standing == NULL ? NULL : standing_sanction(standing, sanction);
	if (found == NULL)
		return refused(ret, VERDICT_SANCTION_UNKNOWN, sanction, DAY_NONE);
	if (found->path != PATH_FOREIGN)
		return refused(ret, VERDICT_SANCTION_NOT_FOREIGN, sanction, DAY_NONE);
	if (day_equal(found->until, on))
		return refused(ret, VERDICT_UNCHANGED, sanction, DAY_NONE);
	if (found->foreign_ended || !day_before(on, found->until))
		return refused(ret, VERDICT_SANCTION_ENDED, sanction, found->until);
	if (day_before(on, found->from))
		return refused(ret, VERDICT_SANCTION_ENDS_BEFORE_IT_BEGINS, sanction, found->from);

	struct event *event =
	    decision_event(ret, EVENT_FOREIGN_SANCTION_ENDED, &standing->practitioner);
	event->foreign_ended.sanction = (uint8_t)(found - standing->sanctions);
	event->foreign_ended.on = on;
	return decided(ret, VERDICT_ACCEPTED);
}
