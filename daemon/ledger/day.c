/*
 * Civil days. Owns nothing; called by every rule and by whoever reads or prints a day, on any
 * thread. Never asks a clock or a time zone: the scheme's days are UTC+8 by definition.
 */
#include "day.h"

#include <assert.h>
#include <string.h>

#define UTC8_OFFSET_US	(INT64_C(8) * 3600 * 1000000)
#define DAY_US		(INT64_C(86400) * 1000000)
#define CYCLE_DAYS	146097 /* 400 Gregorian years */
#define CYCLE_YEARS	400
#define EPOCH_SHIFT	719468 /* days from 0000-03-01 to 1970-01-01 */
#define MONTHS_PER_YEAR 12

static bool
year_is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int
month_days(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	assert(month >= 1 && month <= MONTHS_PER_YEAR);
	return month == 2 && year_is_leap(year) ? 29 : days[month - 1];
}

bool
day_is_valid(struct day day)
{
	return day.number >= DAY_FIRST.number && day.number <= DAY_LAST.number;
}

/*
 * Years are counted from 1 March, so that the leap day is the last day of a year and the days
 * before a month are a linear function of it.
 */
static struct day
day_make(int year, int month, int dom)
{
	int y = month <= 2 ? year - 1 : year;
	int cycle = y / CYCLE_YEARS;
	int year_of_cycle = y - cycle * CYCLE_YEARS;
	int month_from_march = month > 2 ? month - 3 : month + 9;
	int day_of_year = (153 * month_from_march + 2) / 5 + dom - 1;
	int day_of_cycle =
	    year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;

	assert(y >= 0);
	return (struct day){cycle * CYCLE_DAYS + day_of_cycle - EPOCH_SHIFT};
}

bool
day_from_civil(int year, int month, int dom, struct day *ret_day)
{
	if (year < 1900 || year > 2999)
		return false;
	if (month < 1 || month > MONTHS_PER_YEAR)
		return false;
	if (dom < 1 || dom > month_days(year, month))
		return false;

	*ret_day = day_make(year, month, dom);
	assert(day_is_valid(*ret_day));
	return true;
}

void
day_to_civil(struct day day, int *ret_year, int *ret_month, int *ret_dom)
{
	assert(day_is_valid(day));

	int shifted = day.number + EPOCH_SHIFT;
	int cycle = shifted / CYCLE_DAYS;
	int day_of_cycle = shifted - cycle * CYCLE_DAYS;
	int year_of_cycle =
	    (day_of_cycle - day_of_cycle / 1460 + day_of_cycle / 36524 - day_of_cycle / 146096) /
	    365;
	int day_of_year =
	    day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
	int month_from_march = (5 * day_of_year + 2) / 153;
	int month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;

	*ret_dom = day_of_year - (153 * month_from_march + 2) / 5 + 1;
	*ret_month = month;
	*ret_year = cycle * CYCLE_YEARS + year_of_cycle + (month <= 2 ? 1 : 0);
	assert(*ret_dom >= 1 && *ret_dom <= 31);
}

static bool
digits_parse(const char *text, size_t size, int *ret_value)
{
	int value = 0;

	for (size_t i = 0; i < size; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = value * 10 + (text[i] - '0');
	}
	*ret_value = value;
	return true;
}

bool
day_parse(const char *text, size_t size, struct day *ret_day)
{
	int year, month, dom;

	if (size != DAY_TEXT_SIZE - 1 || text[4] != '-' || text[7] != '-')
		return false;
	if (!digits_parse(text, 4, &year) || !digits_parse(text + 5, 2, &month) ||
	    !digits_parse(text + 8, 2, &dom))
		return false;
	return day_from_civil(year, month, dom, ret_day);
}

static void
digits_format(int value, size_t size, char *ret_text)
{
	for (size_t i = size; i > 0; i--) {
		ret_text[i - 1] = (char)('0' + value % 10);
		value /= 10;
	}
	assert(value == 0);
}

void
day_format(struct day day, char ret_text[DAY_TEXT_SIZE])
{
	static const char none[] = "-", forever[] = "forever";
	int year, month, dom;

	if (day_is_forever(day)) {
		memcpy(ret_text, forever, sizeof(forever));
		return;
	}
	if (!day_is_valid(day)) {
		memcpy(ret_text, none, sizeof(none));
		return;
	}
	day_to_civil(day, &year, &month, &dom);
	digits_format(year, 4, ret_text);
	ret_text[4] = '-';
	digits_format(month, 2, ret_text + 5);
	ret_text[7] = '-';
	digits_format(dom, 2, ret_text + 8);
	ret_text[10] = '\0';
}

int
day_year(struct day day)
{
	int year, month, dom;

	day_to_civil(day, &year, &month, &dom);
	return year;
}

struct day
day_add_months(struct day day, int months)
{
	int year, month, dom;

	assert(months >= 0);
	day_to_civil(day, &year, &month, &dom);

	int64_t count = (int64_t)year * MONTHS_PER_YEAR + (month - 1) + months;
	int64_t new_year = count / MONTHS_PER_YEAR;
	if (new_year > 2999)
		return DAY_LAST;
	year = (int)new_year;
	month = (int)(count % MONTHS_PER_YEAR) + 1;

	int last = month_days(year, month);
	return day_make(year, month, dom < last ? dom : last);
}

struct day
day_add_years(struct day day, int years)
{
	assert(years >= 0 && years <= 1100);
	return day_add_months(day, years * MONTHS_PER_YEAR);
}

struct day
day_add(struct day day, int days)
{
	if (day_is_none(day) || day_is_forever(day))
		return day;

	int64_t number = (int64_t)day.number + days;
	if (number > DAY_LAST.number)
		return DAY_LAST;
	if (number < DAY_FIRST.number)
		return DAY_FIRST;
	return (struct day){(int32_t)number};
}

struct day
day_next_month(struct day day)
{
	int year, month, dom;

	day_to_civil(day, &year, &month, &dom);
	return day_add_months(day_make(year, month, 1), 1);
}

struct day
day_of_instant(int64_t instant_us)
{
	int64_t shifted, number;

	if (__builtin_add_overflow(instant_us, UTC8_OFFSET_US, &shifted))
		return DAY_LAST;
	number = shifted / DAY_US;
	if (shifted % DAY_US < 0)
		number--; /* before 1970 the division rounds the wrong way */
	if (number > DAY_LAST.number)
		return DAY_LAST;
	if (number < DAY_FIRST.number)
		return DAY_FIRST;
	return (struct day){(int32_t)number};
}
