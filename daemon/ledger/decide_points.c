/*
 * Points: recorded, and corrected (annulled and recorded in one).
 *
 * Owns nothing; called by the writer. Pure. The number of points inside a band is the authority's
 * discretion: it is an input that is validated here, never computed.
 */
#include "decide.h"

#include <assert.h>

#include "consequence.h"
#include "fall.h"
#include "refuse.h"

struct day
points_scored_on(const struct command_points *command, const struct penalty_row *penalty)
{
	/* The date of the institution's decision: not of the conduct, not of the entry. */
	if (penalty != NULL)
		return penalty->recorded.on;
	return command->on;
}

static const char *
entry_difference(const struct entry *entry, const struct command_points *command)
{
	if (!code_equal(&entry->penalty, &command->penalty))
		return "penalty";
	if (entry->points != command->points)
		return "points";
	if (entry->level != command->level)
		return "level";
	if (!code_equal(&entry->situation, &command->situation))
		return "situation";
	if (!day_equal(entry->conduct_from, command->conduct_from) ||
	    !day_equal(entry->conduct_to, command->conduct_to))
		return "conduct";
	if (code_is_empty(&command->penalty) && !day_equal(entry->scored_on, command->on))
		return "on";
	if (!code_equal(&entry->catalogue, &command->catalogue))
		return "catalogue";
	if (!code_equal(&entry->act, &command->act))
		return "act";
	if (entry->band_shift != command->band_shift)
		return "band_shift";
	return NULL;
}

/* The precondition: a recorded decision about the institution, and a day to judge by. */
static enum verdict
refuse_precondition(const struct command_points *command, const struct facts *facts,
		    struct decision *ret)
{
	const struct penalty_row *penalty = facts->penalty;
	struct day scored_on = points_scored_on(command, penalty);

	if (!code_is_empty(&command->penalty)) {
		if (penalty == NULL)
			return refused(ret, VERDICT_PENALTY_UNKNOWN, &command->penalty, DAY_NONE);
		if (penalty->overturned)
			return refused(ret, VERDICT_PENALTY_OVERTURNED, &command->penalty,
				       penalty->overturned_on);
	}
	if (day_is_none(scored_on))
		return refused(ret, VERDICT_NEEDS_PENALTY, &command->situation, DAY_NONE);
	if (day_before(facts->today, scored_on))
		return refused(ret, VERDICT_DATE_IN_FUTURE, NULL, scored_on);
	if (facts->rulebook == NULL)
		return refused(ret, facts->rulebook_missing, &facts->rulebook_named,
			       facts->rulebook_earliest);
	return VERDICT_ACCEPTED;
}

/* The scheme's bands: mildest first. */
static const struct band {
	int32_t min;
	int32_t max;
} bands[] = {{1, 3}, {4, 6}, {7, 9}, {10, 12}};
#define BANDS_COUNT ((int32_t)(sizeof(bands) / sizeof(bands[0])))

/* The band next to the one that holds the situation's; NULL: none does, or there is none beside. */
static const struct band *
band_beside(const struct situation *situation, int32_t shift)
{
	for (int32_t i = 0; i < BANDS_COUNT; i++) {
		if (situation->min < bands[i].min || situation->max > bands[i].max)
			continue;
		if (i + shift < 0 || i + shift >= BANDS_COUNT)
			return NULL;
		return &bands[i + shift];
	}
	return NULL;
}

/*
 * Mitigation or aggravation moves the situation's band to the next one, with a reason, where the
 * rulebook says so (Hainan). What lies in no band has none beside it.
 */
static enum verdict
shift_band(const struct command_points *command, const struct facts *facts,
	   const struct situation *situation, struct band *ret_band, struct decision *ret)
{
	const struct param *param = &facts->rulebook->params[PARAM_BAND_SHIFT];

	*ret_band = (struct band){situation->min, situation->max};
	if (command->band_shift == 0)
		return VERDICT_ACCEPTED;
	ret->detail.parameter = "band_shift";
	ret->detail.clause = param->source;
	if (param->state == PARAM_OPEN)
		return refused(ret, VERDICT_RULE_NOT_SET, &command->situation, DAY_NONE);
	const struct band *beside = band_beside(situation, command->band_shift);
	if (param->state != PARAM_VALUE || param->min == 0 || beside == NULL)
		return refused(ret, VERDICT_BAND_SHIFT_NOT_ALLOWED, &command->situation, DAY_NONE);
	if (!command->reason_given) {
		ret->needs[ret->needs_count++] = (struct need){.parameter = "reason"};
		return refused(ret, VERDICT_NEEDS_CHOICE, &command->situation, DAY_NONE);
	}
	*ret_band = *beside;
	ret->detail = (struct detail){.day = DAY_NONE};
	return VERDICT_ACCEPTED;
}

/* "The same violation again in the same year": an earlier entry that stands has to carry it. */
static enum verdict
refuse_repeat(const struct command_points *command, const struct facts *facts,
	      const struct situation *situation, struct decision *ret)
{
	const struct standing *standing = facts->standing;
	struct day scored_on = points_scored_on(command, facts->penalty);

	if (!situation->needs_repeat)
		return VERDICT_ACCEPTED;
	for (size_t i = 0; i < standing->entries_count && !code_is_empty(&command->catalogue);
	     i++) {
		const struct entry *entry = &standing->entries[i];
		if (entry->fallen == 0 && code_equal(&entry->catalogue, &command->catalogue) &&
		    day_year(entry->scored_on) == day_year(scored_on))
			return VERDICT_ACCEPTED;
	}
	ret->detail.field = "catalogue_code";
	return refused(ret, VERDICT_NOT_A_REPEAT, &command->catalogue, DAY_NONE);
}

/* Bands bind only for a named situation; article and measure are free text, never matched. */
static enum verdict
refuse_situation(const struct command_points *command, const struct facts *facts,
		 struct decision *ret)
{
	const struct situation *situation =
	    rulebook_situation(facts->rulebook, &command->situation);
	struct band band;

	if (situation == NULL)
		return refused(ret, VERDICT_SITUATION_UNKNOWN, &command->situation, DAY_NONE);
	if (situation->state != PARAM_VALUE) {
		ret->detail.parameter = "situation";
		return refused(ret, VERDICT_RULE_NOT_SET, &command->situation, DAY_NONE);
	}
	if (situation->needs_penalty && code_is_empty(&command->penalty))
		return refused(ret, VERDICT_NEEDS_PENALTY, &command->situation, DAY_NONE);
	enum verdict verdict = shift_band(command, facts, situation, &band, ret);
	if (verdict != VERDICT_ACCEPTED)
		return verdict;
	if (command->points < band.min || command->points > band.max) {
		ret->detail.min = band.min;
		ret->detail.max = band.max;
		ret->detail.parameter = "points";
		ret->detail.clause = situation->source;
		return refused(ret, VERDICT_POINTS_OUTSIDE_BAND, &command->situation, DAY_NONE);
	}
	return refuse_repeat(command, facts, situation, ret);
}

static enum verdict
refuse_scope(const struct command_points *command, const struct facts *facts, struct decision *ret)
{
	const struct standing *standing = facts->standing;
	const struct rulebook *rulebook = facts->rulebook;
	const struct param *not_before = &rulebook->params[PARAM_CONDUCT_NOT_BEFORE];
	struct day scored_on = points_scored_on(command, facts->penalty);
	enum institution_kind kind = facts->institution == NULL ? 0 : facts->institution->kind;

	if (!rulebook_manages(rulebook, kind, standing->category, scored_on))
		return refused(ret, VERDICT_CLASS_NOT_MANAGED, &standing->practitioner, scored_on);
	if (day_before(scored_on, command->conduct_to))
		return refused(ret, VERDICT_CONDUCT_AFTER_DECISION, NULL, scored_on);
	if (not_before->state == PARAM_VALUE && command->conduct_from.number < not_before->min) {
		ret->detail.clause = not_before->source;
		return refused(ret, VERDICT_CONDUCT_TOO_EARLY, NULL, (struct day){not_before->min});
	}
	if (!standing_has_room(standing))
		return refused(ret, VERDICT_STANDING_FULL, &standing->practitioner, DAY_NONE);
	return VERDICT_ACCEPTED;
}

/* What holds of every entry, whether it is new or stands for one that fell. */
static enum verdict
refuse_points(const struct command_points *command, const struct facts *facts, struct decision *ret)
{
	enum verdict verdict = refuse_precondition(command, facts, ret);

	if (verdict == VERDICT_ACCEPTED)
		verdict = refuse_situation(command, facts, ret);
	if (verdict == VERDICT_ACCEPTED)
		verdict = refuse_scope(command, facts, ret);
	return verdict;
}

/* The measure below the threshold that this entry makes due: its total came into it from below. */
static const struct measure *
measure_due(const struct rulebook *rulebook, int32_t before, int32_t after)
{
	const struct measure *due = NULL;

	for (size_t i = 0; i < rulebook->measures_count; i++) {
		const struct measure *measure = &rulebook->measures[i];
		if (before < measure->from && after >= measure->from && after <= measure->to)
			due = measure;
	}
	return due;
}

static void
points_event(const struct command_points *command, const struct facts *facts,
	     const struct standing *standing, struct event_points *event)
{
	const struct rulebook *rulebook = facts->rulebook;
	const struct param *cap = &rulebook->params[PARAM_YEAR_CAP];
	struct day scored_on = points_scored_on(command, facts->penalty);
	int year = day_year(scored_on);
	int32_t before = standing_total(standing, year, DAY_FOREVER).raw;
	int32_t counted = standing_act_points(standing, year, &command->act, NUMBER_NONE);
	int32_t after = before + (command->points > counted ? command->points - counted : 0);
	int32_t repaired = standing_repaired(standing, year, scored_on);
	const struct measure *due = measure_due(rulebook, before - repaired, after - repaired);

	event->entry = command->entry;
	event->penalty = command->penalty;
	if (facts->institution != NULL)
		event->institution = facts->institution->code;
	event->situation = command->situation;
	event->points = command->points;
	event->level = command->level;
	event->scored_on = scored_on;
	event->conduct_from = command->conduct_from;
	event->conduct_to = command->conduct_to;
	event->cap = cap->state == PARAM_VALUE ? cap->min : 0;
	event->catalogue = command->catalogue;
	event->band_shift = command->band_shift;
	event->act = command->act;
	event->total = after;
	if (due != NULL) {
		event->measure_threshold = due->from;
		event->measure_action = due->action;
	}
	event->rulebook = rulebook->id;
	event->reason = command->reason;
}

/* Everything but what was there before: the new entry on a standing, and what it brings. */
static enum verdict
points_add(const struct command_points *command, const struct facts *facts,
	   struct standing *scratch, bool after_fall, struct decision *ret)
{
	struct event *event = decision_event(ret, EVENT_POINTS_RECORDED, &scratch->practitioner);

	points_event(command, facts, scratch, &event->points);
	bool applied = standing_apply(scratch, event, scratch->sequence);
	assert(applied); /* refuse_scope() made sure of the room */
	(void)applied;

	struct consequence consequence = {
	    .standing = scratch,
	    .rulebook = facts->rulebook,
	    .choice = &command->choice,
	    .reason_given = command->reason_given,
	    .after_fall = after_fall,
	    .trigger = (uint8_t)(scratch->entries_count - 1),
	    .sanction = facts->sanction,
	};
	if (facts->institution != NULL &&
	    !standing_registered(scratch, &facts->institution->code,
				 points_scored_on(command, facts->penalty)))
		decision_warn(ret, WARNING_NOT_REGISTERED_THERE);
	if (facts->rulebook_of_parent)
		decision_warn(ret, WARNING_RULES_OF_PARENT);
	return consequence_decide(&consequence, ret);
}

enum verdict
decide_points_record(const struct command_points *command, const struct facts *facts,
		     struct decision *ret)
{
	enum verdict verdict;

	assert(command->points >= 1 && command->points <= 12);
	decision_init(ret);
	if (facts->standing == NULL)
		return refused(ret, VERDICT_PRACTITIONER_UNKNOWN, facts->practitioner, DAY_NONE);
	const struct entry *same = standing_entry(facts->standing, &command->entry);
	if (same != NULL) {
		const char *field = entry_difference(same, command);
		if (field != NULL)
			return exists_with_another(ret, &command->entry, field);
		return refused(ret, VERDICT_UNCHANGED, &command->entry, DAY_NONE);
	}
	if (facts->id_taken)
		return exists_with_another(ret, &command->entry, "practitioner");

	verdict = refuse_points(command, facts, ret);
	if (verdict != VERDICT_ACCEPTED)
		return decided(ret, verdict);

	struct standing scratch = *facts->standing;
	return decided(ret, points_add(command, facts, &scratch, false, ret));
}

enum verdict
decide_points_correct(const struct code *entry, const struct command_points *command,
		      const struct facts *facts, struct decision *ret)
{
	return decide_points_replace(entry, command, FALL_CORRECTED, facts->today, facts, ret);
}

enum verdict
decide_points_replace(const struct code *entry, const struct command_points *command, enum fall why,
		      struct day on, const struct facts *facts, struct decision *ret)
{
	enum verdict verdict;
	uint8_t number;

	assert(command->points >= 1 && command->points <= 12);
	decision_init(ret);
	if (facts->standing == NULL)
		return refused(ret, VERDICT_PRACTITIONER_UNKNOWN, facts->practitioner, DAY_NONE);
	verdict = decide_entry_stands(facts->standing, entry, ret, &number);
	if (verdict != VERDICT_ACCEPTED)
		return decided(ret, verdict);
	if (facts->id_taken || standing_entry(facts->standing, &command->entry) != NULL)
		return exists_with_another(ret, &command->entry, "practitioner");
	verdict = refuse_points(command, facts, ret);
	if (verdict != VERDICT_ACCEPTED)
		return decided(ret, verdict);

	struct standing scratch = *facts->standing;
	struct fallen fallen =
	    fall_apply(&scratch, UINT64_C(1) << number, why, on, &command->reason, ret);
	return decided(ret, points_add(command, facts, &scratch, fallen.sanctions != 0, ret));
}
