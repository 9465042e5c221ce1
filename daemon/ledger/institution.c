/*
 * The fold of an institution's events. Owns nothing; called by the daemon's lookups, on any thread.
 * Pure; never decides.
 */
#include "institution.h"

bool
institution_apply(struct institution_row *row, const struct event *event)
{
	const struct event_institution_changed *changed = &event->changed;

	if (event->kind == EVENT_INSTITUTION_ADDED &&
	    code_equal(&event->institution.code, &row->code)) {
		row->region = event->institution.region;
		row->kind = event->institution.kind;
	}
	if (event->kind != EVENT_INSTITUTION_CHANGED ||
	    !code_equal(&changed->institution, &row->code))
		return true;
	if (!code_is_empty(&changed->region)) {
		if (row->earlier_count == INSTITUTION_REGIONS_MAX)
			return false;
		row->earlier[row->earlier_count].region = row->region;
		row->earlier[row->earlier_count++].until = changed->on;
		row->region = changed->region;
	}
	if (!day_is_none(changed->closed_on)) {
		row->closed = true;
		row->closed_on = changed->closed_on;
		row->merged_into = changed->merged_into;
	}
	return true;
}

const struct code *
institution_region(const struct institution_row *row, struct day day)
{
	for (size_t i = 0; i < row->earlier_count; i++) {
		if (day_before(day, row->earlier[i].until))
			return &row->earlier[i].region;
	}
	return &row->region;
}

bool
institution_closed(const struct institution_row *row, struct day day)
{
	return row->closed && day_before(row->closed_on, day);
}
