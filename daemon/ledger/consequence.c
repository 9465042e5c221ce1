/*
 * What a year's total brings (domain.md sections 4 and 11).
 *
 * Owns nothing; called by decide_points.c and decide_fall.c with a standing on which the entries
 * are already as they will be. Pure. Never records an entry and never lifts a sanction.
 */
#include "consequence.h"

#include <assert.h>
#include <string.h>

#define MONTHS_TABLE_FIRST 9 /* suspension.months.9, .10, .11 */
#define MONTHS_TABLE_LAST  11

/* A value to be settled: what the rulebook says, what the decision supplied. */
struct settling {
	struct decision *decision;
	int32_t total;
	bool missing;  /* something needed was not supplied */
	bool supplied; /* something was, where the rulebook leaves room: a reason is needed */
};

static void
need(struct settling *settling, const char *parameter, int32_t min, int32_t max)
{
	struct decision *decision = settling->decision;

	assert(decision->needs_count < DECISION_NEEDS_MAX);
	decision->needs[decision->needs_count++] =
	    (struct need){parameter, min, max, settling->total};
	settling->missing = true;
}

static enum verdict
not_allowed(struct decision *decision, const char *parameter, int32_t min, int32_t max,
	    const struct param *param)
{
	decision->detail.parameter = parameter;
	decision->detail.min = min;
	decision->detail.max = max;
	if (param != NULL)
		decision->detail.clause = param->source;
	return VERDICT_PERIOD_NOT_ALLOWED;
}

static enum verdict
not_applicable(struct decision *decision, const char *parameter, int32_t total)
{
	decision->detail.parameter = parameter;
	decision->detail.total = total;
	return VERDICT_PERIOD_NOT_APPLICABLE;
}

static enum verdict
not_set(struct decision *decision, enum param_name name)
{
	decision->detail.parameter = param_row(name)->key;
	return VERDICT_RULE_NOT_SET;
}

enum verdict
consequence_none(const struct choice *choice, int32_t total, struct decision *ret)
{
	if (choice->months >= 0)
		return not_applicable(ret, "months", total);
	if (choice->bar_years >= 0)
		return not_applicable(ret, "bar_years", total);
	if (!day_is_none(choice->from))
		return not_applicable(ret, "from", total);
	if (choice->overlap != OVERLAP_NONE)
		return not_applicable(ret, "overlap", total);
	if (choice->credit_days >= 0)
		return not_applicable(ret, "credit", total);
	return VERDICT_ACCEPTED;
}

/* Months, bar years, overlap: fixed, a range, or open (then any value the loader would take). */
static enum verdict
settle(struct settling *settling, enum param_name name, const struct param *param,
       const char *parameter, int32_t given, int32_t *ret_value)
{
	int32_t min = param->min, max = param->max;

	if (param->state == PARAM_ABSENT)
		return not_set(settling->decision, name);
	if (param->state == PARAM_OPEN) {
		min = param_row(name)->min;
		max = param_row(name)->max;
	}
	if (given >= 0 && (given < min || given > max))
		return not_allowed(settling->decision, parameter, min, max, param);

	if (min == max) {
		*ret_value = min;
		return VERDICT_ACCEPTED;
	}
	if (given < 0) {
		need(settling, parameter, min, max);
		return VERDICT_ACCEPTED;
	}
	settling->supplied = true;
	*ret_value = given;
	return VERDICT_ACCEPTED;
}

/* The first day: fixed by a rule that counts from the scoring day, or left to the decision. */
static enum verdict
settle_from(struct settling *settling, const struct consequence *in, enum param_name name,
	    struct day *ret_from)
{
	const struct param *param = &in->rulebook->params[name];
	struct day scored_on = in->standing->entries[in->trigger].scored_on;
	struct day given = in->choice->from;
	struct day fixed = scored_on;

	if (param->state == PARAM_ABSENT)
		return not_set(settling->decision, name);
	if (param->state == PARAM_OPEN || param->min != param->max) {
		*ret_from = scored_on; /* the earliest it can be, until it is known */
		if (day_is_none(given)) {
			need(settling, "from", scored_on.number, DAY_FOREVER.number);
			return VERDICT_ACCEPTED;
		}
		if (day_before(given, scored_on))
			return not_allowed(settling->decision, "from", scored_on.number,
					   DAY_FOREVER.number, param);
		settling->supplied = true;
		*ret_from = given;
		return VERDICT_ACCEPTED;
	}

	switch ((enum start_rule)param->min) {
	case START_SCORING_DAY:
		break;
	case START_NEXT_DAY:
		fixed = day_add(scored_on, 1);
		break;
	case START_NEXT_MONTH:
		fixed = day_next_month(scored_on);
		break;
	}
	if (!day_is_none(given) && !day_equal(given, fixed))
		return not_allowed(settling->decision, "from", fixed.number, fixed.number, param);
	*ret_from = fixed;
	return VERDICT_ACCEPTED;
}

/* What is missing, and whether a reason stands behind what was supplied. */
static enum verdict
settle_reason(struct settling *settling, bool reason_given)
{
	if ((settling->missing || settling->supplied) && !reason_given)
		need(settling, "reason", 0, 0);
	if (!settling->missing)
		return VERDICT_ACCEPTED;
	settling->decision->detail.parameter = settling->decision->needs[0].parameter;
	settling->decision->detail.total = settling->total;
	return VERDICT_NEEDS_CHOICE;
}

/* Suspensions of this scheme that hold on some day of [from, until). */
static uint64_t
running(const struct standing *standing, struct day from, struct day until, struct day *ret_end)
{
	uint64_t found = 0;

	*ret_end = from;
	for (size_t i = 0; i < standing->sanctions_count; i++) {
		const struct sanction *sanction = &standing->sanctions[i];
		if (sanction->kind != STATUS_SUSPENDED || sanction->path == PATH_FOREIGN)
			continue;
		struct day end = standing_sanction_end(standing, sanction);
		if (!day_before(sanction->from, end)) /* lifted, or superseded from the start */
			continue;
		if (day_before(from, end) && day_before(sanction->from, until)) {
			found |= UINT64_C(1) << i;
			*ret_end = day_max(*ret_end, end);
		}
	}
	return found;
}

/* The year's sum of this person's entries that rest on the trigger's penalty. */
static int32_t
sum_of_penalty(const struct standing *standing, uint64_t entries, const struct entry *trigger)
{
	int32_t sum = 0;

	for (size_t i = 0; i < standing->entries_count; i++) {
		if ((entries & (UINT64_C(1) << i)) != 0 &&
		    code_equal(&standing->entries[i].penalty, &trigger->penalty))
			sum += standing->entries[i].points;
	}
	return sum;
}

/* The path by each reading of "in one go" (domain.md section 11, single_by). */
struct paths {
	enum path by_entry;
	enum path by_penalty;
};

static struct paths
paths_of(const struct consequence *in, uint64_t entries, int32_t threshold)
{
	const struct entry *trigger = &in->standing->entries[in->trigger];
	struct paths paths = {PATH_ACCUMULATED, PATH_ACCUMULATED};

	if (trigger->points >= threshold)
		paths.by_entry = PATH_SINGLE;
	if (trigger->points >= threshold ||
	    (!code_is_empty(&trigger->penalty) &&
	     sum_of_penalty(in->standing, entries, trigger) >= threshold))
		paths.by_penalty = PATH_SINGLE;
	return paths;
}

static bool
param_same(const struct param *a, const struct param *b)
{
	return a->state == b->state && a->min == b->min && a->max == b->max;
}

static enum param_name
months_param(const struct rulebook *rulebook, enum path path, int32_t total)
{
	int32_t row = total - MONTHS_TABLE_FIRST;
	enum param_name single = (enum param_name)(PARAM_SUSPENSION_SINGLE_MONTHS_9 + row);

	assert(total >= MONTHS_TABLE_FIRST && total <= MONTHS_TABLE_LAST);
	if (path == PATH_SINGLE && rulebook->params[single].state != PARAM_ABSENT)
		return single;
	return (enum param_name)(PARAM_SUSPENSION_MONTHS_9 + row);
}

static enum param_name
bar_param(enum path path)
{
	return path == PATH_SINGLE ? PARAM_BAR_YEARS_SINGLE : PARAM_BAR_YEARS_ACCUMULATED;
}

/*
 * Whether one go is one entry or one penalty is nowhere settled: it is refused where, and only
 * where, the two readings lead to different consequences.
 */
static enum verdict
path_settle(const struct consequence *in, struct paths paths, enum param_name by_entry,
	    enum param_name by_penalty, struct decision *ret, enum path *ret_path)
{
	const struct param *single_by = &in->rulebook->params[PARAM_SINGLE_BY];

	if (single_by->state == PARAM_VALUE) {
		*ret_path = single_by->min == SINGLE_BY_PENALTY ? paths.by_penalty : paths.by_entry;
		return VERDICT_ACCEPTED;
	}
	if (!param_same(&in->rulebook->params[by_entry], &in->rulebook->params[by_penalty]))
		return not_set(ret, PARAM_SINGLE_BY);
	*ret_path = paths.by_entry;
	return VERDICT_ACCEPTED;
}

static struct event_sanction *
sanction_event(const struct consequence *in, struct decision *ret, enum status kind, enum path path)
{
	struct event_sanction *event =
	    &decision_event(ret, EVENT_SANCTION_SET, &in->standing->practitioner)->sanction;

	event->sanction = *in->sanction;
	event->kind = kind;
	event->path = path;
	event->entry = in->trigger;
	event->until = DAY_FOREVER;
	event->bar_until = DAY_NONE;
	event->superseded_by = NUMBER_NONE;
	event->rulebook = in->rulebook->id;
	return event;
}

static enum verdict
terminate(const struct consequence *in, uint64_t entries, int32_t total, int32_t threshold,
	  struct decision *ret)
{
	const struct choice *choice = in->choice;
	struct settling settling = {.decision = ret, .total = total};
	struct paths paths = paths_of(in, entries, threshold);
	const struct param *exempts = &in->rulebook->params[PARAM_TERMINATION_EXEMPTS];
	int32_t bar_years = 0;
	struct day from, end;
	enum path path;
	enum verdict verdict;

	if (choice->months >= 0)
		return not_applicable(ret, "months", total);
	/* Termination always supersedes a running suspension: nothing is asked. */
	if (choice->overlap != OVERLAP_NONE)
		return not_applicable(ret, "overlap", total);
	if (choice->credit_days >= 0)
		return not_applicable(ret, "credit", total);
	if (exempts->state != PARAM_VALUE)
		return not_set(ret, PARAM_TERMINATION_EXEMPTS);
	verdict = path_settle(in, paths, bar_param(paths.by_entry), bar_param(paths.by_penalty),
			      ret, &path);
	if (verdict != VERDICT_ACCEPTED)
		return verdict;

	const struct param *bar = &in->rulebook->params[bar_param(path)];
	verdict =
	    settle(&settling, bar_param(path), bar, "bar_years", choice->bar_years, &bar_years);
	if (verdict != VERDICT_ACCEPTED)
		return verdict;
	verdict = settle_from(&settling, in, PARAM_TERMINATION_START, &from);
	if (verdict != VERDICT_ACCEPTED)
		return verdict;
	verdict = settle_reason(&settling, in->reason_given);
	if (verdict != VERDICT_ACCEPTED)
		return verdict;

	struct event_sanction *event = sanction_event(in, ret, STATUS_TERMINATED, path);
	event->from = from;
	event->bar_years = bar_years;
	event->bar_until = day_add_years(from, bar_years);
	event->exempt = (uint8_t)exempts->min;
	/* One entry that reaches it by itself rests on nothing else. */
	event->basis = path == PATH_SINGLE && paths.by_entry == PATH_SINGLE
			   ? UINT64_C(1) << in->trigger
			   : entries;
	event->supersedes = running(in->standing, from, DAY_FOREVER, &end);
	event->clause = bar->source;
	return VERDICT_ACCEPTED;
}

/* Which suspension stands where a new one meets a running one. */
static enum verdict
overlap_settle(struct settling *settling, const struct consequence *in, uint64_t met,
	       enum overlap *ret_overlap)
{
	const struct param *param = &in->rulebook->params[PARAM_SUSPENSION_OVERLAP];
	int32_t given = in->choice->overlap == OVERLAP_NONE ? -1 : (int32_t)in->choice->overlap;
	int32_t value = 0;
	enum verdict verdict;

	*ret_overlap = OVERLAP_NONE;
	if (met == 0) {
		if (given >= 0)
			return not_applicable(settling->decision, "overlap", settling->total);
		return VERDICT_ACCEPTED;
	}
	verdict = settle(settling, PARAM_SUSPENSION_OVERLAP, param, "overlap", given, &value);
	if (verdict == VERDICT_ACCEPTED)
		*ret_overlap = (enum overlap)value;
	return verdict;
}

/* Days taken off for time served: only where a period replaces one, and never more than it has. */
static enum verdict
credit_settle(struct settling *settling, const struct consequence *in, enum overlap overlap,
	      struct event_sanction *event)
{
	int32_t days = event->until.number - event->from.number;
	int32_t credit = in->choice->credit_days;

	assert(days > 0);
	if (credit < 0)
		return VERDICT_ACCEPTED;
	if (!in->after_fall && overlap != OVERLAP_REPLACE)
		return not_applicable(settling->decision, "credit", settling->total);
	if (credit > days)
		return not_allowed(settling->decision, "credit", 0, days, NULL);
	if (!in->reason_given) {
		settling->supplied = true;
		return settle_reason(settling, false);
	}
	event->credit_days = credit;
	event->until = day_add(event->until, -credit);
	return VERDICT_ACCEPTED;
}

static uint8_t
last_of(uint64_t set)
{
	assert(set != 0);
	return (uint8_t)(63 - __builtin_clzll(set));
}

static enum verdict
suspension_place(struct settling *settling, const struct consequence *in, enum overlap overlap,
		 uint64_t met, struct event_sanction *event)
{
	struct day end;

	event->overlap = overlap;
	event->until = day_add_months(event->from, event->months);
	switch (overlap) {
	case OVERLAP_REPLACE:
		event->supersedes = met;
		break;
	case OVERLAP_KEEP:
		event->superseded_by = last_of(met);
		break;
	case OVERLAP_ADD:
		/* Behind the last of those it meets, also of those it only meets there. */
		while (running(in->standing, event->from, event->until, &end) != 0) {
			assert(day_before(event->from, end));
			event->from = end;
			event->until = day_add_months(event->from, event->months);
		}
		break;
	case OVERLAP_EXTEND:
	case OVERLAP_NONE:
		break;
	}
	return credit_settle(settling, in, overlap, event);
}

static enum verdict
suspend(const struct consequence *in, uint64_t entries, int32_t total, int32_t threshold,
	struct decision *ret)
{
	const struct choice *choice = in->choice;
	struct settling settling = {.decision = ret, .total = total};
	struct paths paths = paths_of(in, entries, threshold);
	const struct param *exempts = &in->rulebook->params[PARAM_SUSPENSION_EXEMPTS];
	int32_t months = 0;
	enum overlap overlap;
	enum path path;
	enum verdict verdict;
	struct day from, end;

	if (choice->bar_years >= 0)
		return not_applicable(ret, "bar_years", total);
	if (exempts->state != PARAM_VALUE)
		return not_set(ret, PARAM_SUSPENSION_EXEMPTS);
	/* The months table has a row for 9, 10 and 11, whatever the threshold. */
	if (total < MONTHS_TABLE_FIRST || total > MONTHS_TABLE_LAST)
		return not_set(ret, PARAM_SUSPENSION_MONTHS_9);
	verdict = path_settle(in, paths, months_param(in->rulebook, paths.by_entry, total),
			      months_param(in->rulebook, paths.by_penalty, total), ret, &path);
	if (verdict != VERDICT_ACCEPTED)
		return verdict;

	enum param_name name = months_param(in->rulebook, path, total);
	const struct param *param = &in->rulebook->params[name];
	verdict = settle(&settling, name, param, "months", choice->months, &months);
	if (verdict != VERDICT_ACCEPTED)
		return verdict;
	verdict = settle_from(&settling, in, PARAM_SUSPENSION_START, &from);
	if (verdict != VERDICT_ACCEPTED)
		return verdict;

	/* While days are missing, whatever runs on from the earliest one may be met. */
	struct day until = settling.missing ? DAY_FOREVER : day_add_months(from, months);
	uint64_t met = running(in->standing, from, until, &end);
	verdict = overlap_settle(&settling, in, met, &overlap);
	if (verdict != VERDICT_ACCEPTED)
		return verdict;
	verdict = settle_reason(&settling, in->reason_given);
	if (verdict != VERDICT_ACCEPTED)
		return verdict;

	struct event_sanction *event = sanction_event(in, ret, STATUS_SUSPENDED, path);
	event->from = from;
	event->months = months;
	event->exempt = (uint8_t)exempts->min;
	event->basis = entries;
	event->clause = param->source;
	return suspension_place(&settling, in, overlap, met, event);
}

/*
 * After a fall, a sanction that rests on just what remains is its consequence already, also one
 * that repair has ended: it was set for exactly that, and is not set a second time. So is a
 * termination of that year, also one that was followed by a re-registration, unless the trigger
 * reaches termination by itself and has had none.
 */
static bool
stands_already(const struct consequence *in, uint64_t entries, int32_t total, int32_t threshold)
{
	const struct standing *standing = in->standing;
	bool alone = standing->entries[in->trigger].points >= threshold;

	for (size_t i = 0; i < standing->sanctions_count; i++) {
		const struct sanction *sanction = &standing->sanctions[i];
		bool repaired = sanction->lifted == FALL_REPAIRED;
		if ((sanction->lifted != 0 && !repaired) || sanction->path == PATH_FOREIGN)
			continue;
		if (sanction->basis == entries)
			return true;
		if (repaired)
			continue;
		if (sanction->kind == STATUS_TERMINATED && total >= threshold &&
		    (sanction->basis & entries) != 0 &&
		    (!alone || (sanction->basis & (UINT64_C(1) << in->trigger)) != 0))
			return true;
	}
	return false;
}

/*
 * The entry that reaches termination brings it; one that comes after (a late entry of a year whose
 * bar is over) does not bring it again, unless it reaches it by itself.
 */
static bool
reached_before(const struct consequence *in, int32_t total, int32_t threshold)
{
	const struct entry *trigger = &in->standing->entries[in->trigger];
	struct standing before = *in->standing;

	if (total < threshold || trigger->points >= threshold)
		return false;
	/* As it was judged without it: with the cap and the heading that then counted. */
	before.entries[in->trigger].fallen = FALL_ANNULLED;
	return standing_judged(&before, day_year(trigger->scored_on), trigger->scored_on) >=
	       threshold;
}

enum verdict
consequence_decide(const struct consequence *in, struct decision *ret)
{
	assert(in->trigger < in->standing->entries_count);
	assert(in->standing->entries[in->trigger].fallen == 0);

	int year = day_year(in->standing->entries[in->trigger].scored_on);
	uint64_t entries = standing_entries_of(in->standing, year, DAY_FOREVER);
	int32_t total =
	    standing_judged(in->standing, year, in->standing->entries[in->trigger].scored_on);
	const struct param *suspends = &in->rulebook->params[PARAM_SUSPENSION_THRESHOLD];
	const struct param *terminates = &in->rulebook->params[PARAM_TERMINATION_THRESHOLD];

	if (suspends->state != PARAM_VALUE)
		return not_set(ret, PARAM_SUSPENSION_THRESHOLD);
	if (terminates->state != PARAM_VALUE)
		return not_set(ret, PARAM_TERMINATION_THRESHOLD);
	/* A lesser heading of an act that counts already changes nothing. */
	bool counts = (entries & (UINT64_C(1) << in->trigger)) != 0;
	if (total < suspends->min || !counts)
		return consequence_none(in->choice, total, ret);
	if (standing_terminated(in->standing) != NULL) {
		/* Recorded, counted in its year, and without further effect. */
		enum verdict verdict = consequence_none(in->choice, total, ret);
		if (verdict == VERDICT_ACCEPTED && !in->after_fall)
			decision_warn(ret, WARNING_TERMINATED_NO_EFFECT);
		return verdict;
	}
	if (in->after_fall && stands_already(in, entries, total, terminates->min))
		return consequence_none(in->choice, total, ret);
	if (!in->after_fall && reached_before(in, total, terminates->min))
		return consequence_none(in->choice, total, ret);
	if (total >= terminates->min)
		return terminate(in, entries, total, terminates->min, ret);
	return suspend(in, entries, total, suspends->min, ret);
}
