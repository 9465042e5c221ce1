/*
 * Days and instants as people write them.
 *
 * Owns nothing; every command calls it. It never asks the machine for its zone: Asia/Shanghai
 * had summer time until 1991, and the scheme counts in UTC+8 all year.
 */

#include "when.h"

#include <stdio.h>
#include <string.h>

#define WHEN_SECOND INT64_C(1000000)
#define WHEN_DAY    (86400 * WHEN_SECOND)
#define WHEN_OFFSET (8 * 3600 * WHEN_SECOND)

/* `count` digits, no more and no less. */
static bool
when_digits(const char **at, const char *end, int count, int *ret)
{
	int value = 0;

	for (; count > 0; count--, (*at)++) {
		if (*at == end || **at < '0' || **at > '9')
			return false;
		value = value * 10 + (**at - '0');
	}
	*ret = value;
	return true;
}

static bool
when_char(const char **at, const char *end, const char *allowed)
{
	if (*at == end || **at == '\0' || strchr(allowed, **at) == NULL)
		return false;
	(*at)++;
	return true;
}

static int
when_month_days(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

/* Days since 1970-01-01 of the proleptic Gregorian calendar, counted in years from March. */
static int32_t
when_from_civil(int year, int month, int day)
{
	int shifted = month <= 2 ? year - 1 : year;
	int century = shifted / 400;
	int year_of_century = shifted - century * 400;
	int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	int day_of_century =
	    year_of_century * 365 + year_of_century / 4 - year_of_century / 100 + day_of_year;

	return century * 146097 + day_of_century - 719468;
}

static bool
when_day_read(const char **at, const char *end, int32_t *ret)
{
	int year, month, day;

	if (!when_digits(at, end, 4, &year) || !when_char(at, end, "-") ||
	    !when_digits(at, end, 2, &month) || !when_char(at, end, "-") ||
	    !when_digits(at, end, 2, &day))
		return false;
	if (year < 1900 || year > 2999 || month < 1 || month > 12 || day < 1 ||
	    day > when_month_days(year, month))
		return false;
	*ret = when_from_civil(year, month, day);
	return true;
}

bool
when_day_parse(const char *text, size_t size, int32_t *ret)
{
	const char *at = text;
	int32_t day;

	if (!when_day_read(&at, text + size, &day) || at != text + size)
		return false;
	*ret = day;
	return true;
}

/* .DIGITS, cut to microseconds. */
static bool
when_fraction(const char **at, const char *end, int64_t *ret)
{
	int64_t unit = WHEN_SECOND / 10;
	int digit;

	*ret = 0;
	if (!when_char(at, end, "."))
		return true;
	if (!when_digits(at, end, 1, &digit))
		return false;
	do {
		*ret += digit * unit;
		unit /= 10;
	} while (when_digits(at, end, 1, &digit));
	return true;
}

/* Z, or +HH:MM. */
static bool
when_offset(const char **at, const char *end, int64_t *ret)
{
	int hours, minutes;
	bool west;

	*ret = 0;
	if (when_char(at, end, "Zz"))
		return true;
	west = *at < end && **at == '-';
	if (!when_char(at, end, "+-") || !when_digits(at, end, 2, &hours) ||
	    !when_char(at, end, ":") || !when_digits(at, end, 2, &minutes) || hours > 23 ||
	    minutes > 59)
		return false;
	*ret = (hours * 3600 + minutes * 60) * WHEN_SECOND * (west ? -1 : 1);
	return true;
}

bool
when_instant_parse(const char *text, int64_t *ret)
{
	const char *at = text;
	const char *end = text + strlen(text);
	int64_t fraction, offset;
	int hour, minute, second;
	int32_t day;

	if (!when_day_read(&at, end, &day))
		return false;
	if (at == end) {
		*ret = (day + INT64_C(1)) * WHEN_DAY - WHEN_OFFSET - 1;
		return true;
	}
	if (!when_char(&at, end, "Tt ") || !when_digits(&at, end, 2, &hour) ||
	    !when_char(&at, end, ":") || !when_digits(&at, end, 2, &minute) ||
	    !when_char(&at, end, ":") || !when_digits(&at, end, 2, &second) ||
	    !when_fraction(&at, end, &fraction) || !when_offset(&at, end, &offset) || at != end ||
	    hour > 23 || minute > 59 || second > 60)
		return false;
	*ret =
	    day * WHEN_DAY + (hour * 3600 + minute * 60 + second) * WHEN_SECOND + fraction - offset;
	return true;
}

/* The civil date of a day, the inverse of when_from_civil(). */
static void
when_to_civil(int64_t days, int *ret_year, int *ret_month, int *ret_day)
{
	int64_t shifted = days + 719468;
	int64_t century = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int64_t rest = shifted - century * 146097;
	int64_t year = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
	int64_t day_of_year = rest - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * day_of_year + 2) / 153;

	*ret_day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
	*ret_month = (int)(month < 10 ? month + 3 : month - 9);
	*ret_year = (int)(year + century * 400 + (*ret_month <= 2 ? 1 : 0));
}

void
when_day_print(int32_t day, char out[WHEN_DAY_SIZE])
{
	int year, month, date;

	when_to_civil(day, &year, &month, &date);
	snprintf(out, WHEN_DAY_SIZE, "%04d-%02u-%02u", year, (unsigned)month % 100,
		 (unsigned)date % 100);
}

void
when_instant_print(int64_t instant, char out[WHEN_INSTANT_SIZE])
{
	int64_t local, day, rest;
	char date[WHEN_DAY_SIZE];

	if (__builtin_add_overflow(instant, WHEN_OFFSET, &local)) {
		snprintf(out, WHEN_INSTANT_SIZE, "-");
		return;
	}
	day = local / WHEN_DAY - (local % WHEN_DAY < 0 ? 1 : 0);
	rest = local - day * WHEN_DAY;
	when_day_print((int32_t)day, date);
	snprintf(out, WHEN_INSTANT_SIZE, "%sT%02u:%02u:%02u.%06u+08:00", date,
		 (unsigned)(rest / (3600 * WHEN_SECOND) % 24),
		 (unsigned)(rest / (60 * WHEN_SECOND) % 60), (unsigned)(rest / WHEN_SECOND % 60),
		 (unsigned)(rest % WHEN_SECOND));
}
