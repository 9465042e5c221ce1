/*
 * Counting working days. Owns nothing; called by decide_case.c and by questions about a calendar,
 * on any thread. Pure.
 */
#include "calendar.h"

#include <assert.h>

static size_t
day_of_year(struct day day)
{
	struct day first;
	bool is_day = day_from_civil(day_year(day), 1, 1, &first);

	assert(is_day);
	(void)is_day;
	return (size_t)(day.number - first.number);
}

static bool
marked(const uint64_t words[CALENDAR_WORDS], size_t at)
{
	return (words[at / 64] >> (at % 64) & 1) != 0;
}

const struct calendar_year *
calendar_year(const struct calendar *calendar, int year)
{
	for (size_t i = 0; i < calendar->years_count; i++) {
		if (calendar->years[i].year == year)
			return &calendar->years[i];
	}
	return NULL;
}

bool
calendar_year_set(struct calendar_year *year, struct day day, bool work)
{
	size_t at = day_of_year(day);

	assert(day_year(day) == year->year);
	if (marked(year->work, at) || marked(year->off, at))
		return false;
	if (work)
		year->work[at / 64] |= UINT64_C(1) << (at % 64);
	else
		year->off[at / 64] |= UINT64_C(1) << (at % 64);
	return true;
}

bool
calendar_works(const struct calendar_year *year, struct day day)
{
	size_t at = day_of_year(day);
	/* Monday is 0; 1970-01-01 was a Thursday, and no day lies 4,000 weeks before it. */
	int weekday = (day.number + 3 + 7 * 4000) % 7;

	assert(day_year(day) == year->year);
	if (marked(year->work, at))
		return true;
	return weekday < 5 && !marked(year->off, at);
}

bool
calendar_due(const struct calendar *calendar, struct day after, int32_t n, struct day *ret_due,
	     int *ret_year)
{
	const struct calendar_year *year = NULL;
	struct day day = after;

	assert(n > 0);
	while (n > 0) {
		day = day_add(day, 1);
		if (year == NULL || year->year != day_year(day))
			year = calendar_year(calendar, day_year(day));
		if (year == NULL) {
			*ret_year = day_year(day);
			return false;
		}
		if (calendar_works(year, day))
			n--;
	}
	*ret_due = day;
	return true;
}
