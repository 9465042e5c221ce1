/*
 * Civil days, months and years (domain.md section 11).
 *
 * A day is a count of days since 1970-01-01 in the proleptic Gregorian calendar. The scheme's
 * days, and its natural years, are those of UTC+8 without summer time; no function here
 * asks a clock or a time zone. All are pure and may be called from any thread.
 */
#ifndef LEDGER_DAY_H
#define LEDGER_DAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct day {
	int32_t number;
};

/* Days outside 1900-01-01..2999-12-31 are refused where they come in. */
#define DAY_FIRST ((struct day){-25567})
#define DAY_LAST  ((struct day){376199})

/* "Not given" and "without end"; neither is a day of the calendar. */
#define DAY_NONE    ((struct day){INT32_MIN})
#define DAY_FOREVER ((struct day){INT32_MAX})

#define DAY_TEXT_SIZE 11 /* "YYYY-MM-DD" and its NUL */

static inline bool
day_is_none(struct day day)
{
	return day.number == INT32_MIN;
}

static inline bool
day_is_forever(struct day day)
{
	return day.number == INT32_MAX;
}

static inline bool
day_before(struct day a, struct day b)
{
	return a.number < b.number;
}

static inline bool
day_equal(struct day a, struct day b)
{
	return a.number == b.number;
}

static inline struct day
day_min(struct day a, struct day b)
{
	return a.number < b.number ? a : b;
}

static inline struct day
day_max(struct day a, struct day b)
{
	return a.number > b.number ? a : b;
}

/* A day that can stand in the ledger: within DAY_FIRST..DAY_LAST. */
bool day_is_valid(struct day);

/* False, and ret_day untouched, when there is no such day (2025-02-30) or it is out of range. */
bool day_from_civil(int year, int month, int dom, struct day *ret_day);
void day_to_civil(struct day, int *ret_year, int *ret_month, int *ret_dom);

/* Exactly "YYYY-MM-DD", size bytes, nothing before or behind it. */
bool day_parse(const char *text, size_t size, struct day *ret_day);

/* "YYYY-MM-DD"; DAY_NONE gives "-", DAY_FOREVER "forever". */
void day_format(struct day, char ret_text[DAY_TEXT_SIZE]);

int day_year(struct day);

/*
 * The same day number n months (years) on, or that month's last day when it has none:
 * 2025-08-31 + 6 months = 2026-02-28, 2024-02-29 + 1 year = 2025-02-28. Never beyond DAY_LAST.
 */
struct day day_add_months(struct day, int months);
struct day day_add_years(struct day, int years);

/* DAY_FOREVER and DAY_NONE stay what they are. */
struct day day_add(struct day, int days);

/* The first day of the month after the one this day is in. */
struct day day_next_month(struct day);

/* The day in UTC+8 that an instant (microseconds since 1970-01-01T00:00:00Z) falls on. */
struct day day_of_instant(int64_t instant_us);

#endif
