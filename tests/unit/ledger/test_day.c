#include "suites.h"

#include <string.h>

#include "daemon/ledger/day.h"

static struct day
day(const char *text)
{
	struct day parsed = DAY_NONE;

	ck_assert_msg(day_parse(text, strlen(text), &parsed), "%s", text);
	return parsed;
}

static void
ck_day(struct day got, const char *expected)
{
	char text[DAY_TEXT_SIZE];

	day_format(got, text);
	ck_assert_str_eq(text, expected);
}

START_TEST(every_day_of_eleven_centuries_comes_back)
{
	int year = 1900, month = 1, dom = 1;

	for (int32_t n = DAY_FIRST.number; n <= DAY_LAST.number; n++) {
		int y, m, d;
		struct day made = DAY_NONE;
		day_to_civil((struct day){n}, &y, &m, &d);
		ck_assert_int_eq(y, year);
		ck_assert_int_eq(m, month);
		ck_assert_int_eq(d, dom);
		ck_assert(day_from_civil(y, m, d, &made));
		ck_assert_int_eq(made.number, n);

		/* Walk the calendar independently: a day is followed by the next that exists. */
		struct day ignored;
		if (day_from_civil(year, month, dom + 1, &ignored)) {
			dom++;
		} else {
			dom = 1;
			month = month == 12 ? 1 : month + 1;
			year += month == 1;
		}
	}
	ck_assert_int_eq(year, 3000);
}
END_TEST

START_TEST(known_days_have_their_numbers)
{
	ck_assert_int_eq(day("1970-01-01").number, 0);
	ck_assert_int_eq(day("2000-02-29").number, 11016);
	ck_assert_int_eq(day("2025-01-01").number, 20089);
	ck_day(DAY_FIRST, "1900-01-01");
	ck_day(DAY_LAST, "2999-12-31");
	ck_day(DAY_NONE, "-");
	ck_day(DAY_FOREVER, "forever");
}
END_TEST

START_TEST(what_is_no_day_is_refused)
{
	static const char *const texts[] = {
	    "2025-02-30", "2025-02-29", "1900-02-29", "2025-13-01",  "2025-00-10",
	    "2025-04-31", "2025-01-00", "1899-12-31", "3000-01-01",  "2025-1-01",
	    "2025/01/01", "2025-01-0a", "20250101",   " 2025-01-01", "2025-01-01 ",
	    "",		  "-025-01-01", "+025-01-01", "2025-0a-01",  "2025-01/01",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct day untouched = {42};
		ck_assert_msg(!day_parse(texts[i], strlen(texts[i]), &untouched), "%s", texts[i]);
		ck_assert_int_eq(untouched.number, 42);
	}
}
END_TEST

START_TEST(months_keep_the_day_number_or_take_the_last_day)
{
	ck_day(day_add_months(day("2025-08-31"), 6), "2026-02-28");
	ck_day(day_add_months(day("2023-08-31"), 6), "2024-02-29");
	ck_day(day_add_months(day("2025-12-31"), 2), "2026-02-28");
	ck_day(day_add_months(day("2025-01-31"), 1), "2025-02-28");
	ck_day(day_add_months(day("2025-05-20"), 3), "2025-08-20");
	ck_day(day_add_months(day("2025-12-30"), 1), "2026-01-30");
	ck_day(day_add_months(day("2025-12-31"), 0), "2025-12-31");
	ck_day(day_add_years(day("2024-02-29"), 1), "2025-02-28");
	ck_day(day_add_years(day("2024-02-29"), 4), "2028-02-29");
	ck_day(day_add_years(day("2025-07-01"), 3), "2028-07-01");
	ck_day(day_add_months(day("2999-12-01"), 1), "2999-12-31");
}
END_TEST

START_TEST(the_next_month_begins_on_its_first_day)
{
	ck_day(day_next_month(day("2025-01-01")), "2025-02-01");
	ck_day(day_next_month(day("2025-01-31")), "2025-02-01");
	ck_day(day_next_month(day("2025-12-15")), "2026-01-01");
}
END_TEST

START_TEST(days_are_added_within_the_calendar)
{
	ck_day(day_add(day("2025-02-28"), 1), "2025-03-01");
	ck_day(day_add(day("2025-01-01"), -1), "2024-12-31");
	ck_day(day_add(DAY_LAST, 1), "2999-12-31");
	ck_day(day_add(DAY_FIRST, -1), "1900-01-01");
	ck_assert(day_is_forever(day_add(DAY_FOREVER, -5)));
	ck_assert(day_is_none(day_add(DAY_NONE, 5)));
}
END_TEST

START_TEST(an_instant_falls_on_a_day_of_utc_plus_eight)
{
	const int64_t second = 1000000;

	/* 2024-12-31T15:59:59.999999Z is the last microsecond of the year in China. */
	ck_day(day_of_instant(1735660799 * second + 999999), "2024-12-31");
	ck_day(day_of_instant(1735660800 * second), "2025-01-01");
	ck_day(day_of_instant(0), "1970-01-01");
	ck_day(day_of_instant(-8 * 3600 * second), "1970-01-01");
	ck_day(day_of_instant(-8 * 3600 * second - 1), "1969-12-31");
	ck_day(day_of_instant(INT64_MAX), "2999-12-31");
	ck_day(day_of_instant(INT64_MAX - 9 * 3600 * second), "2999-12-31");
	ck_day(day_of_instant(INT64_MIN), "1900-01-01");
}
END_TEST

START_TEST(years_and_order)
{
	ck_assert_int_eq(day_year(day("2024-12-31")), 2024);
	ck_assert_int_eq(day_year(day("2025-01-01")), 2025);
	ck_assert(day_before(day("2024-12-31"), day("2025-01-01")));
	ck_assert(!day_before(day("2025-01-01"), day("2025-01-01")));
	ck_assert_int_eq(day_min(day("2024-12-31"), day("2025-01-01")).number, 20088);
	ck_assert_int_eq(day_max(day("2024-12-31"), day("2025-01-01")).number, 20089);
	ck_assert(day_is_valid(DAY_FIRST) && day_is_valid(DAY_LAST));
	ck_assert(!day_is_valid(DAY_NONE) && !day_is_valid(DAY_FOREVER));
}
END_TEST

Suite *
suite_day(void)
{
	Suite *suite = suite_create("day");
	TCase *tests = tcase_create("day");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, every_day_of_eleven_centuries_comes_back);
	tcase_add_test(tests, known_days_have_their_numbers);
	tcase_add_test(tests, what_is_no_day_is_refused);
	tcase_add_test(tests, months_keep_the_day_number_or_take_the_last_day);
	tcase_add_test(tests, the_next_month_begins_on_its_first_day);
	tcase_add_test(tests, days_are_added_within_the_calendar);
	tcase_add_test(tests, an_instant_falls_on_a_day_of_utc_plus_eight);
	tcase_add_test(tests, years_and_order);
	suite_add_tcase(suite, tests);
	return suite;
}
