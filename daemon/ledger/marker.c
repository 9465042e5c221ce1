/*
 * What the calendar will bring, and whether it did.
 *
 * Owns nothing; called when a record is indexed (plans) and by the writer when a day has come.
 * Never asks what day it is, and never decides what a marker's absence would change: nothing.
 */
#include "marker.h"

#include <assert.h>

static size_t
plan(struct marker_plan *plans, size_t count, struct day recorded_on, enum marker what,
     struct day due, const struct code *about)
{
	/* What was over when it was recorded needs no calendar to come: its record says it. */
	if (!day_is_valid(due) || !day_before(recorded_on, due))
		return count;
	plans[count++] = (struct marker_plan){what, due, *about};
	return count;
}

static struct day
new_year(int year)
{
	struct day day = DAY_NONE;

	(void)day_from_civil(year, 1, 1, &day); /* none behind the calendar's end */
	return day;
}

/* The day before which an objection, in time on its last day, is not late. */
static struct day
late_from(struct day due_on)
{
	return day_add(due_on, 1);
}

size_t
marker_plans(const struct event *event, struct day recorded_on, struct marker_plan ret[2])
{
	const struct code *person = &event->practitioner;
	static const struct code ledger;
	struct day tomorrow = day_add(recorded_on, 1);
	size_t count = 0;

	switch ((int)event->kind) {
	case EVENT_LEDGER_BEGUN:
		return plan(ret, 0, recorded_on, MARKER_YEAR_TURNED,
			    new_year(day_year(recorded_on) + 1), &ledger);
	case EVENT_MARKER:
		/* Also after years of rest: the next one may be behind the day of this record. */
		if (event->marker.what == MARKER_YEAR_TURNED)
			return plan(ret, 0, event->marker.due, MARKER_YEAR_TURNED,
				    new_year(day_year(event->marker.due) + 1), &ledger);
		return 0;
	case EVENT_SANCTION_SET:
		if (event->sanction.kind == STATUS_TERMINATED)
			count = plan(ret, 0, recorded_on, MARKER_BAR_OVER,
				     event->sanction.bar_until, person);
		else
			count = plan(ret, 0, recorded_on, MARKER_SUSPENSION_OVER,
				     event->sanction.until, person);
		/* One that it supersedes may have had its end marked. */
		if (event->sanction.supersedes == 0)
			return count;
		return plan(ret, count, recorded_on, MARKER_NONE, tomorrow, person);
	case EVENT_FOREIGN_SANCTION_SET:
		return plan(ret, 0, recorded_on,
			    event->foreign.kind == STATUS_TERMINATED ? MARKER_BAR_OVER
								     : MARKER_SUSPENSION_OVER,
			    event->foreign.until, person);
	case EVENT_SANCTION_SHORTENED:
		count = plan(ret, 0, recorded_on, MARKER_SUSPENSION_OVER, event->shortened.until,
			     person);
		return plan(ret, count, recorded_on, MARKER_NONE, tomorrow, person);
	case EVENT_SANCTION_RESUMED:
		count =
		    plan(ret, 0, recorded_on, MARKER_SUSPENSION_OVER, event->resumed.until, person);
		return plan(ret, count, recorded_on, MARKER_NONE, tomorrow, person);
	case EVENT_SANCTION_LIFTED:
	case EVENT_FOREIGN_SANCTION_ENDED:
		return plan(ret, 0, recorded_on, MARKER_NONE, tomorrow, person);
	case EVENT_NOTICE_SERVED:
		if (day_is_none(event->notice.due_on))
			return 0;
		return plan(ret, 0, recorded_on, MARKER_OBJECTION_DUE,
			    late_from(event->notice.due_on), &event->notice.id);
	case EVENT_PROPOSED:
		return plan(ret, 0, recorded_on, MARKER_PROPOSAL_EXPIRED,
			    event->proposed.expires_on, &event->proposed.id);
	default:
		return 0; /* brings nothing by itself */
	}
}

bool
marker_of_sanction(const struct sanction *sanction, const struct standing *standing,
		   enum marker what, struct day due)
{
	bool foreign = sanction->path == PATH_FOREIGN;
	bool terminated = sanction->kind == STATUS_TERMINATED;

	/* Lifted, ended by its source: that was a deed, and has its own record. */
	if (sanction->lifted != 0 || sanction->foreign_ended ||
	    terminated != (what == MARKER_BAR_OVER))
		return false;
	if (terminated && !foreign)
		return day_equal(sanction->bar_until, due);
	/* Superseded before its own end: another one goes on. */
	return day_equal(sanction->until, due) &&
	       day_equal(standing_sanction_end(standing, sanction), due);
}

bool
marker_of_case(const struct case_file *file, enum marker what, struct day due)
{
	if (what == MARKER_OBJECTION_DUE)
		return file->kind == CASE_NOTICE && !day_is_none(file->due_on) &&
		       day_equal(late_from(file->due_on), due);
	assert(what == MARKER_PROPOSAL_EXPIRED);
	return file->kind == CASE_PROPOSAL && case_is_open(file) && day_equal(file->due_on, due);
}
