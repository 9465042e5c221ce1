/*
 * Entries fall: annulled, or their penalty overturned (domain.md section 11).
 *
 * Owns nothing; called by the writer, for each person once. Pure. What rests on a fallen entry is
 * lifted as if never set; then what remains is judged, under the rulebook version of the sanction
 * that fell.
 */
#include "decide.h"

#include <assert.h>

#include "consequence.h"
#include "fall.h"
#include "refuse.h"

struct fallen
fall_of(const struct standing *standing, uint64_t entries)
{
	struct fallen fallen = {0, NUMBER_NONE};

	for (uint8_t i = 0; i < standing->sanctions_count; i++) {
		const struct sanction *sanction = &standing->sanctions[i];
		bool stands = sanction->lifted == 0 || sanction->lifted == FALL_REPAIRED;
		if (sanction->path == PATH_FOREIGN || !stands || (sanction->basis & entries) == 0)
			continue;
		fallen.sanctions |= UINT64_C(1) << i;
		fallen.last = i;
	}
	return fallen;
}

struct fallen
fall_apply(struct standing *scratch, uint64_t entries, enum fall why, struct day on,
	   const struct sealed *reason, struct decision *ret)
{
	struct fallen fallen = fall_of(scratch, entries);
	bool applied = true;

	for (uint8_t i = 0; i < scratch->entries_count; i++) {
		if ((entries & (UINT64_C(1) << i)) == 0)
			continue;
		struct event *event =
		    decision_event(ret, EVENT_POINTS_FELL, &scratch->practitioner);
		event->fell = (struct event_fell){.entry = i, .why = why, .on = on};
		event->fell.reason = *reason;
		applied = standing_apply(scratch, event, scratch->sequence) && applied;
	}
	for (uint8_t i = 0; i < scratch->sanctions_count; i++) {
		if ((fallen.sanctions & (UINT64_C(1) << i)) == 0)
			continue;
		struct event *event =
		    decision_event(ret, EVENT_SANCTION_LIFTED, &scratch->practitioner);
		event->lifted = (struct event_lifted){.sanction = i, .why = why, .on = on};
		applied = standing_apply(scratch, event, scratch->sequence) && applied;
	}
	assert(applied); /* the caller saw to it that the entries stand */
	return fallen;
}

/*
 * The version is in force on the day its sanction's entry was scored, whatever day the entry that
 * falls is of: an early one may complete a total that a later rulebook judged.
 */
bool
fall_rulebook(const struct standing *standing, uint64_t entries, struct rulebook_id *ret_id,
	      struct day *ret_on)
{
	struct fallen fallen = fall_of(standing, entries);

	if (fallen.sanctions == 0)
		return false;
	const struct sanction *last = &standing->sanctions[fallen.last];
	*ret_id = last->rulebook;
	/* After an earlier fall it may have judged an entry older than it. */
	*ret_on = day_max(standing->entries[last->entry].scored_on, last->rulebook.version);
	return true;
}

enum verdict
decide_entry_stands(const struct standing *standing, const struct code *entry, struct decision *ret,
		    uint8_t *ret_number)
{
	const struct entry *found = standing_entry(standing, entry);

	if (found == NULL)
		return refused(ret, VERDICT_ENTRY_UNKNOWN, entry, DAY_NONE);
	if (found->fallen != 0)
		return refused(ret, VERDICT_ENTRY_FALLEN, entry, found->fallen_on);
	*ret_number = (uint8_t)(found - standing->entries);
	return VERDICT_ACCEPTED;
}

/*
 * The entry by which what remains is judged: one that reaches termination by itself, whatever
 * stood before it, else the last recorded one.
 */
static bool
remaining_trigger(const struct standing *standing, uint64_t remaining,
		  const struct rulebook *rulebook, uint8_t *ret_trigger)
{
	const struct param *terminates = &rulebook->params[PARAM_TERMINATION_THRESHOLD];
	bool found = false;

	for (uint8_t i = 0; i < standing->entries_count; i++) {
		if ((remaining & (UINT64_C(1) << i)) == 0)
			continue;
		*ret_trigger = i;
		found = true;
		if (terminates->state == PARAM_VALUE &&
		    standing->entries[i].points >= terminates->min)
			break;
	}
	return found;
}

enum verdict
decide_fall(const struct command_fall *command, const struct facts *facts, struct decision *ret)
{
	const struct standing *standing = facts->standing;
	uint8_t trigger;

	assert(command->entries != 0);
	decision_init(ret);
	if (standing == NULL)
		return refused(ret, VERDICT_PRACTITIONER_UNKNOWN, facts->practitioner, DAY_NONE);

	/* All rest on one penalty, or there is one: they share their scoring day. */
	size_t first = (size_t)__builtin_ctzll(command->entries);
	assert(first < standing->entries_count);
	int year = day_year(standing->entries[first].scored_on);

	struct standing scratch = *standing;
	struct fallen fallen = fall_apply(&scratch, command->entries, command->why, command->on,
					  &command->reason, ret);
	uint64_t remaining = standing_entries_of(&scratch, year, DAY_FOREVER);
	int32_t total = standing_total(&scratch, year, DAY_FOREVER).capped;

	if (fallen.sanctions == 0)
		return decided(ret, consequence_none(&command->choice, total, ret));
	if (facts->rulebook == NULL)
		return refused(ret, facts->rulebook_missing, &facts->rulebook_named,
			       facts->rulebook_earliest);
	if (!remaining_trigger(&scratch, remaining, facts->rulebook, &trigger))
		return decided(ret, consequence_none(&command->choice, total, ret));
	if (scratch.sanctions_count == STANDING_SANCTIONS_MAX)
		return refused(ret, VERDICT_STANDING_FULL, &standing->practitioner, DAY_NONE);

	struct consequence consequence = {
	    .standing = &scratch,
	    .rulebook = facts->rulebook,
	    .choice = &command->choice,
	    .reason_given = command->reason_given,
	    .after_fall = true,
	    .trigger = trigger,
	    .sanction = facts->sanction,
	};
	return decided(ret, consequence_decide(&consequence, ret));
}
