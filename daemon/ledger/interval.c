/*
 * The statuses of all days, from a standing's sanctions. Owns nothing; called by the writer when a
 * standing changed, at start, and for questions about the past. Never judges a claim.
 */
#include "standing.h"

#include <assert.h>
#include <string.h>

#define BOUNDARIES_MAX (2 * (STANDING_SANCTIONS_MAX + STANDING_STAYS_MAX))

static size_t
boundary_add(struct day days[BOUNDARIES_MAX], size_t count, struct day day)
{
	size_t at = 0;

	while (at < count && day_before(days[at], day))
		at++;
	if (at < count && day_equal(days[at], day))
		return count;
	assert(count < BOUNDARIES_MAX);
	memmove(&days[at + 1], &days[at], (count - at) * sizeof(days[0]));
	days[at] = day;
	return count + 1;
}

/* Where some sanction or stay begins or ends, sorted, without doubles. */
static size_t
boundaries(const struct standing *standing, struct day ret_days[BOUNDARIES_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < standing->sanctions_count; i++) {
		const struct sanction *sanction = &standing->sanctions[i];
		struct day end = standing_sanction_end(standing, sanction);
		if (!day_before(sanction->from, end))
			continue;
		count = boundary_add(ret_days, count, sanction->from);
		count = boundary_add(ret_days, count, end);
	}
	for (size_t i = 0; count > 0 && i < standing->stays_count; i++) {
		count = boundary_add(ret_days, count, standing->stays[i].from);
		count = boundary_add(ret_days, count, standing->stays[i].until);
	}
	return count;
}

static bool
stayed(const struct standing *standing, size_t sanction, struct day day)
{
	for (size_t i = 0; i < standing->stays_count; i++) {
		const struct stay *stay = &standing->stays[i];
		if (stay->sanction == sanction && !day_before(day, stay->from) &&
		    day_before(day, stay->until))
			return true;
	}
	return false;
}

/* What covers the stretch that begins on this day; false: nothing does. */
static bool
stretch(const struct standing *standing, struct day day, struct interval *ret_interval)
{
	struct interval found = {.exempt = VISIT_KINDS_ALL, .bar_until = DAY_NONE};
	bool covered = false;

	for (size_t i = 0; i < standing->sanctions_count; i++) {
		const struct sanction *sanction = &standing->sanctions[i];
		if (day_before(day, sanction->from) ||
		    !day_before(day, standing_sanction_end(standing, sanction)) ||
		    stayed(standing, i, day))
			continue;
		covered = true;
		found.exempt &= sanction->exempt;
		if (sanction->kind >= found.status) {
			found.status = sanction->kind;
			found.sanction = (uint8_t)i;
		}
		/* A termination elsewhere has no bar here, and holds longer than one. */
		if (sanction->kind == STATUS_TERMINATED)
			found.bar_until = day_max(found.bar_until, sanction->bar_until);
	}
	if (!covered)
		return false;
	*ret_interval = found;
	return true;
}

static bool
interval_joins(const struct interval *a, const struct interval *b)
{
	return day_equal(a->until, b->from) && a->status == b->status && a->exempt == b->exempt &&
	       a->sanction == b->sanction && day_equal(a->bar_until, b->bar_until);
}

size_t
standing_intervals(const struct standing *standing, struct interval ret[STANDING_INTERVALS_MAX])
{
	struct day days[BOUNDARIES_MAX];
	size_t days_count = boundaries(standing, days);
	size_t count = 0;

	for (size_t i = 0; i + 1 < days_count; i++) {
		struct interval next;
		if (!stretch(standing, days[i], &next))
			continue;
		next.from = days[i];
		next.until = days[i + 1];
		if (count > 0 && interval_joins(&ret[count - 1], &next))
			ret[count - 1].until = next.until;
		else
			ret[count++] = next;
	}
	assert(count < STANDING_INTERVALS_MAX);
	return count;
}

const struct interval *
interval_at(const struct interval *intervals, size_t count, struct day day)
{
	for (size_t i = 0; i < count; i++) {
		if (!day_before(day, intervals[i].from) && day_before(day, intervals[i].until))
			return &intervals[i];
	}
	return NULL;
}

struct day
interval_status_until(const struct interval *intervals, size_t count, struct day day)
{
	const struct interval *interval = interval_at(intervals, count, day);

	if (interval == NULL) {
		/* Normal until the next stretch begins. */
		for (size_t i = 0; i < count; i++) {
			if (day_before(day, intervals[i].from))
				return intervals[i].from;
		}
		return DAY_FOREVER;
	}

	struct day until = interval->until;
	for (size_t i = (size_t)(interval - intervals) + 1; i < count; i++) {
		if (!day_equal(intervals[i].from, until) || intervals[i].status != interval->status)
			break;
		until = intervals[i].until;
	}
	return until;
}
