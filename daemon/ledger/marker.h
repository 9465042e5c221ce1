/*
 * Markers: notes that a day has come. A marker decides nothing, and no fold reads one: deleting
 * all of them changes no answer. They are for those who watch, so that what the calendar brings
 * without anybody's deed has a record too.
 *
 * The due day is the first day of the new state: on which a suspension holds no longer, a bar is
 * over, an objection is late, a proposal has expired, a year has begun. Pure; any thread.
 */
#ifndef LEDGER_MARKER_H
#define LEDGER_MARKER_H

#include "case.h"
#include "standing.h"

/*
 * When somebody has to look again because of an event: on that day, whether a marker of that kind
 * is due. MARKER_NONE: on the day after the record, whether earlier markers still hold.
 */
struct marker_plan {
	enum marker what;
	struct day due;
	struct code about; /* practitioner, case; empty: the ledger */
};

#define MARKER_NONE ((enum marker)0)

/* Plans that an event recorded on that day makes, all for later days; at most two. */
size_t marker_plans(const struct event *, struct day recorded_on, struct marker_plan ret[2]);

/* Has this sanction come to its own end by the calendar on that day, as far as is known? */
bool marker_of_sanction(const struct sanction *, const struct standing *, enum marker what,
			struct day due);
bool marker_of_case(const struct case_file *, enum marker what, struct day due);

#endif
