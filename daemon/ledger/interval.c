/*
 * The statuses of all days, from a standing's sanctions. Owns nothing; called by the writer when a
 * standing changed, at start, and for questions about the past. Never judges a claim.
 */
#include "standing.h"

#include <assert.h>
#include <string.h>

/* Where some sanction begins or ends, sorted, without doubles. */
static size_t
boundaries(const struct standing *standing, struct day ret_days[2 * STANDING_SANCTIONS_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < standing->sanctions_count; i++) {
		const struct sanction *sanction = &standing->sanctions[i];
		struct day ends[] = {sanction->from, standing_sanction_end(standing, sanction)};
		if (!day_before(ends[0], ends[1]))
			continue;
		for (size_t k = 0; k < 2; k++) {
			size_t at = 0;
			while (at < count && day_before(ret_days[at], ends[k]))
				at++;
			if (at < count && day_equal(ret_days[at], ends[k]))
				continue;
			memmove(&ret_days[at + 1], &ret_days[at],
				(count - at) * sizeof(ret_days[0]));
			ret_days[at] = ends[k];
			count++;
		}
	}
	assert(count <= 2 * STANDING_SANCTIONS_MAX);
	return count;
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
		    !day_before(day, standing_sanction_end(standing, sanction)))
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
	struct day days[2 * STANDING_SANCTIONS_MAX];
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
