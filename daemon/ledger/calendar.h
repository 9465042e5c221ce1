/*
 * Working days: which days of which years the State Council's notices leave free, and which
 * weekend days they make up for. A value; the daemon reads the text of a calendar record into it.
 */
#ifndef LEDGER_CALENDAR_H
#define LEDGER_CALENDAR_H

#include "rulebook.h"

#define CALENDAR_YEARS_MAX 8
#define CALENDAR_WORDS	   6 /* of 64 days: a year's */

struct calendar_year {
	int year;
	struct rulebook_id id;	       /* of the text that speaks for it */
	uint64_t off[CALENDAR_WORDS];  /* by the day of the year, from 0 */
	uint64_t work[CALENDAR_WORDS]; /* make-up days of a weekend */
};

struct calendar {
	uint8_t years_count;
	struct calendar_year years[CALENDAR_YEARS_MAX];
};

/* NULL: the year is not covered. */
const struct calendar_year *calendar_year(const struct calendar *, int year);

/* Mark a day of a year as off, or as worked. False: it is marked already. */
bool calendar_year_set(struct calendar_year *, struct day, bool work);

/*
 * Monday to Friday unless off, or made up for. The year has to be covered.
 */
bool calendar_works(const struct calendar_year *, struct day);

/*
 * The nth working day after a day: the last day of a period of n working days that begins with its
 * service. False: ret_year is the first year on the way that is not covered.
 */
bool calendar_due(const struct calendar *, struct day after, int32_t n, struct day *ret_due,
		  int *ret_year);

#endif
