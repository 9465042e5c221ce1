/*
 * What a decision did to a person, for the answer: sanctions set and lifted, measures due.
 *
 * Called by the writer's desk with the decision in hand. Never decides; what does not fit into
 * the answer is counted as more.
 */
#include <assert.h>
#include <stdlib.h>

#include "desk.h"

/* The person as the decision leaves them. */
static void
fold(const struct desk *desk, const struct decision *decision, struct standing *ret)
{
	const struct standing *before = desk->facts.standing;

	*ret = *before;
	for (size_t i = 0; i < decision->events_count; i++)
		(void)standing_apply(ret, &decision->events[i], desk->sequence);
}

static struct command_effect *
effect_new(struct command *command, const struct standing *after, int year)
{
	struct outcome *outcome = &command->outcome;
	struct year_total total = standing_total(after, year, DAY_FOREVER);

	if (outcome->effects == NULL)
		outcome->effects = calloc(COMMAND_EFFECTS_MAX, sizeof(*outcome->effects));
	if (outcome->effects == NULL || outcome->effects_count == COMMAND_EFFECTS_MAX) {
		outcome->effects_more = true;
		return NULL;
	}
	struct command_effect *effect = &outcome->effects[outcome->effects_count++];
	*effect = (struct command_effect){
	    .practitioner = after->practitioner,
	    .from = DAY_NONE,
	    .until = DAY_NONE,
	    .bar_until = DAY_NONE,
	    .lifted = DAY_NONE,
	    .points = total.capped,
	    .points_raw = total.raw,
	    .year = year,
	};
	return effect;
}

static void
sanction_effect(struct command *command, const struct standing *after, int year,
		const struct sanction *sanction)
{
	struct command_effect *effect = effect_new(command, after, year);

	if (effect == NULL)
		return;
	effect->sanction = sanction->id;
	effect->kind = sanction->kind;
	effect->path = sanction->path;
	effect->from = sanction->from;
	effect->until = sanction->until;
	effect->bar_until = sanction->bar_until;
	effect->months = sanction->months;
	effect->bar_years = sanction->bar_years;
	effect->rulebook = sanction->rulebook;
	effect->clause = sanction->clause;
	if (sanction->lifted != 0)
		effect->lifted = sanction->lifted_on;
	if (sanction->superseded_by != NUMBER_NONE)
		effect->superseded_by = after->sanctions[sanction->superseded_by].id;
}

static bool
sanction_same(const struct sanction *a, const struct sanction *b)
{
	return a->lifted == b->lifted && a->superseded_by == b->superseded_by &&
	       day_equal(a->until, b->until);
}

/* The year that the decision's points are of. */
static int
year_of(const struct desk *desk, const struct decision *decision)
{
	for (size_t i = 0; i < decision->events_count; i++) {
		const struct event *event = &decision->events[i];
		if (event->kind == EVENT_POINTS_RECORDED)
			return day_year(event->points.scored_on);
		if (event->kind == EVENT_POINTS_FELL &&
		    event->fell.entry < desk->facts.standing->entries_count)
			return day_year(desk->facts.standing->entries[event->fell.entry].scored_on);
	}
	return day_year(desk->today);
}

/* Most entries bring nothing: no standing is copied for them. */
static bool
brings_nothing(const struct decision *decision)
{
	for (size_t i = 0; i < decision->events_count; i++) {
		const struct event *event = &decision->events[i];
		if (event->kind != EVENT_POINTS_RECORDED || event->points.measure_threshold != 0)
			return false;
	}
	return true;
}

void
desk_effects(struct desk *desk, struct command *command, const struct decision *decision)
{
	const struct standing *before = desk->facts.standing;
	struct standing *after = &desk->after;

	if (before == NULL || brings_nothing(decision))
		return;
	int year = year_of(desk, decision);
	fold(desk, decision, after);
	for (size_t i = 0; i < after->sanctions_count; i++) {
		if (i < before->sanctions_count &&
		    sanction_same(&before->sanctions[i], &after->sanctions[i]))
			continue;
		sanction_effect(command, after, year, &after->sanctions[i]);
	}
	for (size_t i = before->entries_count; i < after->entries_count; i++) {
		if (after->entries[i].measure_threshold == 0)
			continue;
		struct command_effect *effect = effect_new(command, after, year);
		if (effect != NULL)
			effect->action = after->entries[i].measure_action;
	}
}
