/*
 * Repair (修复; domain.md section 6): requested, approved, denied.
 *
 * Owns nothing; called by the writer. Pure. Repair works from its day on and erases nothing: the
 * entries stay, the year's total falls. Everything is judged at the request, so that nobody trains
 * for nothing, and again at the approval.
 */
#include "decide_repair.h"

#include <assert.h>

#include "refuse.h"

bool
repair_rulebook(const struct standing *standing, struct day on, struct rulebook_id *ret_id,
		struct day *ret_on)
{
	uint64_t entries = standing_entries_of(standing, day_year(on), on);
	const struct entry *last = NULL;

	for (size_t i = 0; i < standing->entries_count; i++) {
		const struct entry *entry = &standing->entries[i];
		if ((entries >> i & 1) != 0 &&
		    (last == NULL || !day_before(entry->scored_on, last->scored_on)))
			last = entry;
	}
	if (last == NULL)
		return false;
	*ret_id = last->rulebook;
	*ret_on = day_max(last->scored_on, last->rulebook.version);
	return true;
}

/* ---- limits ---- */

/* What the activity takes off: its own row, else what the rulebook says of any. */
struct worth {
	int32_t min;
	int32_t max;
	struct text source;
};

static enum verdict
rule_open(const struct rulebook *rulebook, enum param_name name, struct decision *ret)
{
	ret->detail.parameter = param_row(name)->key;
	ret->detail.clause = rulebook->params[name].source;
	return refused(ret, VERDICT_RULE_NOT_SET, NULL, DAY_NONE);
}

static enum verdict
activity_worth(const struct rulebook *rulebook, const struct code *code, struct worth *ret_worth,
	       struct decision *ret)
{
	const struct activity *activity = rulebook_activity(rulebook, code);
	const struct param *each = &rulebook->params[PARAM_REPAIR_POINTS_EACH];

	if (activity != NULL) {
		*ret_worth = (struct worth){activity->min, activity->max, activity->source};
		return VERDICT_ACCEPTED;
	}
	if (rulebook->activities_count > 0)
		return refused(ret, VERDICT_ACTIVITY_UNKNOWN, code, DAY_NONE);
	if (each->state != PARAM_VALUE)
		return rule_open(rulebook, PARAM_REPAIR_POINTS_EACH, ret);
	*ret_worth = (struct worth){each->min, each->max, each->source};
	return VERDICT_ACCEPTED;
}

static enum verdict
beyond(struct decision *ret, const char *parameter, int32_t left, const struct text *source)
{
	ret->detail.parameter = parameter;
	ret->detail.total = left > 0 ? left : 0;
	ret->detail.clause = *source;
	return refused(ret, VERDICT_REPAIR_LIMIT, NULL, DAY_NONE);
}

/* Approved before: of that natural year, or of all (year 0). */
static int32_t
repaired_before(const struct standing *standing, int year)
{
	int32_t points = 0;

	for (size_t i = 0; i < standing->repairs_count; i++) {
		if (year == 0 || standing->repairs[i].year == year)
			points += standing->repairs[i].points;
	}
	return points;
}

static enum verdict
refuse_limits(const struct rulebook *rulebook, const struct standing *standing, int year,
	      int32_t points, struct decision *ret)
{
	const struct param *all = &rulebook->params[PARAM_REPAIR_POINTS_MAX];
	const struct param *yearly = &rulebook->params[PARAM_REPAIR_POINTS_YEAR];

	if (all->state != PARAM_VALUE)
		return rule_open(rulebook, PARAM_REPAIR_POINTS_MAX, ret);
	if (repaired_before(standing, 0) + points > all->max)
		return beyond(ret, "repair.points-max", all->max - repaired_before(standing, 0),
			      &all->source);
	if (yearly->state == PARAM_OPEN)
		return rule_open(rulebook, PARAM_REPAIR_POINTS_YEAR, ret);
	if (yearly->state == PARAM_VALUE && repaired_before(standing, year) + points > yearly->max)
		return beyond(ret, "repair.points-year",
			      yearly->max - repaired_before(standing, year), &yearly->source);
	return VERDICT_ACCEPTED;
}

/* ---- who, when ---- */

static bool
terminated_on(const struct standing *standing, struct day on)
{
	struct interval intervals[STANDING_INTERVALS_MAX];
	size_t count = standing_intervals(standing, intervals);
	const struct interval *interval = interval_at(intervals, count, on);

	return standing_terminated(standing) != NULL ||
	       (interval != NULL && interval->status == STATUS_TERMINATED);
}

/* An entry of the year whose situation excludes it. */
static const struct entry *
excluding(const struct rulebook *rulebook, const struct standing *standing, uint64_t entries)
{
	for (size_t i = 0; i < standing->entries_count; i++) {
		const struct situation *situation =
		    rulebook_situation(rulebook, &standing->entries[i].situation);
		if ((entries >> i & 1) != 0 && situation != NULL && situation->no_repair)
			return &standing->entries[i];
	}
	return NULL;
}

static enum verdict
refuse_person(struct day on, const struct facts *facts, struct decision *ret)
{
	const struct standing *standing = facts->standing;
	int year = day_year(on);

	if (day_before(facts->today, on))
		return refused(ret, VERDICT_DATE_IN_FUTURE, NULL, on);
	if (year < day_year(facts->today)) {
		ret->detail.total = year;
		return refused(ret, VERDICT_YEAR_CLOSED, &standing->practitioner, DAY_NONE);
	}
	if (terminated_on(standing, on))
		return refused(ret, VERDICT_ALREADY_TERMINATED, &standing->practitioner, DAY_NONE);
	uint64_t entries = standing_entries_of(standing, year, on);
	if (entries == 0 || standing_total(standing, year, on).capped == 0) {
		ret->detail.total = year;
		return refused(ret, VERDICT_NOTHING_TO_REPAIR, &standing->practitioner, DAY_NONE);
	}
	if (facts->rulebook == NULL)
		return refused(ret, facts->rulebook_missing, &facts->rulebook_named,
			       facts->rulebook_earliest);
	const struct entry *entry = excluding(facts->rulebook, standing, entries);
	if (entry != NULL)
		return refused(ret, VERDICT_REPAIR_EXCLUDED, &entry->id, DAY_NONE);
	return VERDICT_ACCEPTED;
}

/* ---- request ---- */

static const char *
difference(const struct event_repair_requested *command, const struct facts *facts,
	   const struct case_file *file)
{
	if (file == NULL)
		return NULL;
	if (!code_equal(&file->practitioner, &facts->standing->practitioner))
		return "practitioner";
	if (!code_equal(&file->activity, &command->activity))
		return "activity";
	return day_equal(file->opened_on, command->on) ? NULL : "on";
}

enum verdict
decide_repair_request(const struct event_repair_requested *command, const struct facts *facts,
		      const struct case_facts *cases, struct decision *ret)
{
	struct worth worth;
	enum verdict verdict;

	decision_init(ret);
	if (facts->standing == NULL)
		return refused(ret, VERDICT_PRACTITIONER_UNKNOWN, facts->practitioner, DAY_NONE);
	verdict = case_refuse_taken(cases->file, CASE_REPAIR,
				    difference(command, facts, cases->file), ret);
	if (verdict == VERDICT_ACCEPTED)
		verdict = refuse_person(command->on, facts, ret);
	if (verdict == VERDICT_ACCEPTED)
		verdict = activity_worth(facts->rulebook, &command->activity, &worth, ret);
	if (verdict != VERDICT_ACCEPTED)
		return decided(ret, verdict);
	if (command->points > worth.max)
		return beyond(ret, "points", worth.max, &worth.source);
	verdict = refuse_limits(facts->rulebook, facts->standing, day_year(command->on),
				command->points > 0 ? command->points : worth.min, ret);
	if (verdict != VERDICT_ACCEPTED)
		return decided(ret, verdict);
	struct event *event =
	    decision_event(ret, EVENT_REPAIR_REQUESTED, &facts->standing->practitioner);
	event->repair_requested = *command;
	return decided(ret, VERDICT_ACCEPTED);
}

/* ---- approval ---- */

/* How many points: said now, asked for, or fixed; 0 where only a period is shortened. */
static enum verdict
settle_points(const struct command_repair *command, const struct case_file *file,
	      const struct worth *worth, int32_t *ret_points, struct decision *ret)
{
	*ret_points = command->points > 0 ? command->points : file->points;
	if (*ret_points == 0 && !code_is_empty(&command->sanction))
		return VERDICT_ACCEPTED;
	if (*ret_points == 0 && worth->min == worth->max)
		*ret_points = worth->min;
	if (*ret_points == 0) {
		ret->needs[ret->needs_count++] = (struct need){"points", worth->min, worth->max, 0};
		ret->detail.parameter = "points";
		return refused(ret, VERDICT_NEEDS_CHOICE, &file->id, DAY_NONE);
	}
	if (file->points > 0 && *ret_points > file->points)
		return beyond(ret, "points", file->points, &worth->source);
	if (*ret_points > worth->max)
		return beyond(ret, "points", worth->max, &worth->source);
	return VERDICT_ACCEPTED;
}

/* From the sum, or from what the cap leaves of it: asked only where it makes a difference. */
static enum verdict
settle_basis(const struct facts *facts, struct day on, enum repair_basis *ret_basis,
	     struct decision *ret)
{
	const struct param *param = &facts->rulebook->params[PARAM_REPAIR_BASIS];
	int32_t cap = standing_cap(facts->standing, day_year(on), DAY_FOREVER);

	*ret_basis = REPAIR_FROM_CAPPED;
	if (param->state == PARAM_VALUE)
		*ret_basis = (enum repair_basis)param->min;
	else if (cap > 0 && cap < standing_total(facts->standing, day_year(on), DAY_FOREVER).raw)
		return rule_open(facts->rulebook, PARAM_REPAIR_BASIS, ret);
	return VERDICT_ACCEPTED;
}

static enum verdict
shorten(const struct command_repair *command, const struct facts *facts, struct decision *ret)
{
	const struct standing *standing = facts->standing;
	const struct param *param = &facts->rulebook->params[PARAM_REPAIR_SHORTENS];

	if (code_is_empty(&command->sanction))
		return VERDICT_ACCEPTED;
	const struct sanction *sanction = standing_sanction(standing, &command->sanction);
	if (sanction == NULL)
		return refused(ret, VERDICT_SANCTION_UNKNOWN, &command->sanction, DAY_NONE);
	if (param->state == PARAM_OPEN)
		return rule_open(facts->rulebook, PARAM_REPAIR_SHORTENS, ret);
	struct day end = standing_sanction_end(standing, sanction);
	bool fits = day_before(command->on, command->until) && day_before(command->until, end);
	if (param->state != PARAM_VALUE || param->min == 0 || sanction->path == PATH_FOREIGN ||
	    sanction->kind != STATUS_SUSPENDED || day_is_none(command->until) || !fits) {
		ret->detail.parameter = "until";
		ret->detail.clause = param->source;
		return refused(ret, VERDICT_SHORTENING_NOT_ALLOWED, &sanction->id, end);
	}
	struct event *event =
	    decision_event(ret, EVENT_SANCTION_SHORTENED, &standing->practitioner);
	event->shortened.repair = command->id;
	event->shortened.sanction = (uint8_t)(sanction - standing->sanctions);
	event->shortened.on = command->on;
	event->shortened.until = command->until;
	return VERDICT_ACCEPTED;
}

/* Below the threshold again: the suspensions of that year end, where the rulebook says so. */
static void
end_suspensions(const struct standing *standing, const struct facts *facts, struct day on,
		struct decision *ret)
{
	const struct param *ends = &facts->rulebook->params[PARAM_REPAIR_ENDS_SUSPENSION];
	const struct param *threshold = &facts->rulebook->params[PARAM_SUSPENSION_THRESHOLD];
	int year = day_year(on);

	if (ends->state != PARAM_VALUE || ends->min == 0 || threshold->state != PARAM_VALUE ||
	    standing_total(standing, year, on).capped >= threshold->min)
		return;
	for (uint8_t i = 0; i < standing->sanctions_count; i++) {
		const struct sanction *sanction = &standing->sanctions[i];
		struct day end = standing_sanction_end(standing, sanction);
		if (sanction->kind != STATUS_SUSPENDED || sanction->path == PATH_FOREIGN ||
		    !day_before(on, end) || !day_before(sanction->from, end) ||
		    day_year(standing->entries[sanction->entry].scored_on) != year)
			continue;
		struct event *event =
		    decision_event(ret, EVENT_SANCTION_LIFTED, &standing->practitioner);
		event->lifted =
		    (struct event_lifted){.sanction = i, .why = FALL_REPAIRED, .on = on};
	}
}

enum verdict
decide_repair_approve(const struct command_repair *command, const struct facts *facts,
		      const struct case_facts *cases, struct decision *ret)
{
	const struct case_file *file = cases->file;
	struct event_repaired repaired = {.id = command->id, .on = command->on};
	struct worth worth;
	enum verdict verdict;

	decision_init(ret);
	verdict = case_refuse_step(file, CASE_REPAIR, &command->id, command->on, facts, ret);
	if (verdict != VERDICT_ACCEPTED)
		return decided(ret, verdict);
	if (day_year(file->opened_on) != day_year(command->on)) {
		ret->detail.total = day_year(file->opened_on);
		return refused(ret, VERDICT_YEAR_CLOSED, &file->practitioner, DAY_NONE);
	}
	verdict = refuse_person(command->on, facts, ret);
	if (verdict == VERDICT_ACCEPTED)
		verdict = activity_worth(facts->rulebook, &file->activity, &worth, ret);
	if (verdict == VERDICT_ACCEPTED)
		verdict = settle_points(command, file, &worth, &repaired.points, ret);
	if (verdict == VERDICT_ACCEPTED && repaired.points > 0)
		verdict = refuse_limits(facts->rulebook, facts->standing, day_year(command->on),
					repaired.points, ret);
	if (verdict == VERDICT_ACCEPTED && repaired.points > 0)
		verdict = settle_basis(facts, command->on, &repaired.basis, ret);
	if (verdict != VERDICT_ACCEPTED)
		return decided(ret, verdict);
	if (facts->standing->repairs_count == STANDING_REPAIRS_MAX)
		return refused(ret, VERDICT_STANDING_FULL, &file->practitioner, DAY_NONE);

	repaired.year = day_year(command->on);
	repaired.rulebook = facts->rulebook->id;
	repaired.clause = worth.source;
	repaired.reason = command->reason;
	struct event *event = decision_event(ret, EVENT_REPAIRED, &file->practitioner);
	event->repaired = repaired;
	struct standing scratch = *facts->standing;
	bool applied = standing_apply(&scratch, event, scratch.sequence);
	assert(applied);
	(void)applied;
	if (repaired.points > 0)
		end_suspensions(&scratch, facts, command->on, ret);
	return decided(ret, shorten(command, facts, ret));
}

enum verdict
decide_repair_deny(const struct event_step *command, const struct facts *facts,
		   const struct case_facts *cases, struct decision *ret)
{
	decision_init(ret);
	enum verdict verdict =
	    case_refuse_step(cases->file, CASE_REPAIR, &command->id, command->on, facts, ret);
	if (verdict != VERDICT_ACCEPTED)
		return decided(ret, verdict);
	struct event *event = decision_event(ret, EVENT_REPAIR_DENIED, &cases->file->practitioner);
	event->step = *command;
	return decided(ret, VERDICT_ACCEPTED);
}
