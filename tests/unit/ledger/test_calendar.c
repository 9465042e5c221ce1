/*
 * Counting working days.
 */
#include "suites.h"

#include <string.h>

#include "daemon/ledger/calendar.h"

static struct day
at(const char *text)
{
	struct day day;

	ck_assert(day_parse(text, strlen(text), &day));
	return day;
}

static void
mark(struct calendar *calendar, const char *text, bool work)
{
	struct day day = at(text);
	size_t i = 0;

	while (i < calendar->years_count && calendar->years[i].year != day_year(day))
		i++;
	if (i == calendar->years_count)
		calendar->years[calendar->years_count++].year = day_year(day);
	ck_assert(calendar_year_set(&calendar->years[i], day, work));
}

/* The days around National Day 2025 and the turn of the year, as the notices have them. */
static struct calendar
example(void)
{
	struct calendar calendar = {0};
	static const char *const off[] = {"2025-10-01", "2025-10-02", "2025-10-03", "2025-10-04",
					  "2025-10-05", "2025-10-06", "2025-10-07", "2025-10-08",
					  "2026-01-01", "2026-01-02", "2026-01-03"};
	static const char *const work[] = {"2025-09-28", "2025-10-11", "2026-01-04"};

	for (size_t i = 0; i < sizeof(off) / sizeof(off[0]); i++)
		mark(&calendar, off[i], false);
	for (size_t i = 0; i < sizeof(work) / sizeof(work[0]); i++)
		mark(&calendar, work[i], true);
	return calendar;
}

static const struct working {
	const char *day;
	bool works;
} days[] = {
    {"2025-09-26", true},  /* a Friday */
    {"2025-09-27", false}, /* a Saturday */
    {"2025-09-28", true},  /* a Sunday made up for */
    {"2025-09-29", true},  {"2025-10-01", false}, {"2025-10-08", false},
    {"2025-10-09", true},  {"2025-10-11", true}, /* a Saturday made up for */
    {"2025-10-12", false}, {"2025-12-31", true},  {"2026-01-01", false},
    {"2026-01-04", true},  {"2026-12-31", true},
};

START_TEST(a_day_works_as_the_notice_says)
{
	struct calendar calendar = example();
	struct day day = at(days[_i].day);
	const struct calendar_year *year = calendar_year(&calendar, day_year(day));

	ck_assert_ptr_nonnull(year);
	ck_assert_msg(calendar_works(year, day) == days[_i].works, "%s", days[_i].day);
}
END_TEST

static const struct due {
	const char *served;
	int32_t days;
	const char *due;
} dues[] = {
    {"2025-09-26", 1, "2025-09-28"}, /* the day of service does not count; the Sunday does */
    {"2025-09-27", 1, "2025-09-28"},  {"2025-09-30", 1, "2025-10-09"}, /* the whole week is off */
    {"2025-09-24", 10, "2025-10-14"}, /* 25 26 28 29 30, then 9 10 11 13 14 */
    {"2025-12-30", 3, "2026-01-05"},  /* 31, then the Sunday of 4 January, then Monday */
};

START_TEST(the_last_day_of_a_period_is_its_nth_working_day)
{
	struct calendar calendar = example();
	struct day due;
	char text[DAY_TEXT_SIZE];
	int year;

	ck_assert(calendar_due(&calendar, at(dues[_i].served), dues[_i].days, &due, &year));
	day_format(due, text);
	ck_assert_str_eq(text, dues[_i].due);
}
END_TEST

START_TEST(a_year_that_is_not_covered_is_named)
{
	struct calendar calendar = example();
	struct day due;
	int year = 0;

	ck_assert(!calendar_due(&calendar, at("2026-12-30"), 2, &due, &year));
	ck_assert_int_eq(year, 2027);
	ck_assert(calendar_due(&calendar, at("2026-12-30"), 1, &due, &year));
	ck_assert(!calendar_due(&calendar, at("2024-12-01"), 2, &due, &year));
	ck_assert_int_eq(year, 2024);
	ck_assert_ptr_null(calendar_year(&calendar, 2027));
}
END_TEST

START_TEST(a_day_is_marked_once)
{
	struct calendar calendar = example();

	ck_assert(!calendar_year_set(&calendar.years[0], at("2025-10-01"), true));
	ck_assert(!calendar_year_set(&calendar.years[0], at("2025-09-28"), false));
	ck_assert(calendar_year_set(&calendar.years[0], at("2025-12-31"), false));
}
END_TEST

Suite *
suite_calendar(void)
{
	Suite *suite = suite_create("calendar");
	TCase *tests = tcase_create("calendar");

	tcase_add_loop_test(tests, a_day_works_as_the_notice_says, 0,
			    sizeof(days) / sizeof(days[0]));
	tcase_add_loop_test(tests, the_last_day_of_a_period_is_its_nth_working_day, 0,
			    sizeof(dues) / sizeof(dues[0]));
	tcase_add_test(tests, a_year_that_is_not_covered_is_named);
	tcase_add_test(tests, a_day_is_marked_once);
	suite_add_tcase(suite, tests);
	return suite;
}
