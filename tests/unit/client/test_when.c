/*
 * Days and instants: the calendar's, and no others.
 */

#include "suites.h"

#include <string.h>

#include "when.h"

static const struct {
	const char *text;
	bool valid;
	int32_t day;
} days[] = {
    {"1970-01-01", true, 0},	    {"2025-01-01", true, 20089},  {"2024-02-29", true, 19782},
    {"2000-02-29", true, 11016},    {"1900-01-01", true, -25567}, {"2999-12-31", true, 376199},
    {"2025-02-29", false, 0},	    {"1900-02-29", false, 0},	  {"2025-02-30", false, 0},
    {"2025-04-31", false, 0},	    {"2025-13-01", false, 0},	  {"2025-00-10", false, 0},
    {"2025-01-00", false, 0},	    {"2025-1-1", false, 0},	  {"20250101", false, 0},
    {"2025-01-01 ", false, 0},	    {" 2025-01-01", false, 0},	  {"", false, 0},
    {"99999-01-01", false, 0},	    {"2025/01/01", false, 0},	  {"yesterday", false, 0},
    {"2025-01-01T00:00", false, 0}, {"+025-01-01", false, 0},	  {"1899-12-31", false, 0},
    {"3000-01-01", false, 0},
};

START_TEST(a_day_is_a_day_of_the_calendar)
{
	char out[WHEN_DAY_SIZE];
	int32_t day;

	ck_assert_int_eq(when_day_parse(days[_i].text, strlen(days[_i].text), &day),
			 days[_i].valid);
	if (!days[_i].valid)
		return;
	ck_assert_int_eq(day, days[_i].day);
	when_day_print(day, out);
	ck_assert_str_eq(out, days[_i].text);
}
END_TEST

START_TEST(every_day_of_eleven_centuries_is_read_as_it_is_written)
{
	for (int32_t day = -25567; day <= 376199; day++) {
		char out[WHEN_DAY_SIZE];
		int32_t back;

		when_day_print(day, out);
		ck_assert(when_day_parse(out, strlen(out), &back));
		ck_assert_int_eq(back, day);
	}
}
END_TEST

static const struct {
	const char *text;
	bool valid;
	int64_t instant;
} instants[] = {
    {"1970-01-01T00:00:00Z", true, 0},
    {"1970-01-01T08:00:00+08:00", true, 0},
    {"1969-12-31T16:00:00.5-08:00", true, 500000},
    {"2025-06-01T08:00:00.123456789+08:00", true, INT64_C(1748736000123456)},
    /* A bare date: its end in UTC+8. */
    {"1970-01-01", true, INT64_C(16) * 3600 * 1000000 - 1},
    {"2025-06-01T08:00:00", false, 0},
    {"2025-06-01T24:00:00Z", false, 0},
    {"2025-06-01T08:60:00Z", false, 0},
    {"2025-06-01T08:00:00+24:00", false, 0},
    {"2025-06-01T08:00:00.Z", false, 0},
    {"2025-06-01T08:00:00Zx", false, 0},
    {"2025-02-30T08:00:00Z", false, 0},
    {"", false, 0},
};

START_TEST(an_instant_has_an_offset)
{
	int64_t instant;

	ck_assert_int_eq(when_instant_parse(instants[_i].text, &instant), instants[_i].valid);
	if (instants[_i].valid)
		ck_assert_int_eq(instant, instants[_i].instant);
}
END_TEST

START_TEST(instants_are_printed_in_the_schemes_zone)
{
	char out[WHEN_INSTANT_SIZE];

	when_instant_print(INT64_C(1748736000123456), out);
	ck_assert_str_eq(out, "2025-06-01T08:00:00.123456+08:00");
	when_instant_print(-1, out);
	ck_assert_str_eq(out, "1970-01-01T07:59:59.999999+08:00");
	when_instant_print(INT64_C(-28800000001), out);
	ck_assert_str_eq(out, "1969-12-31T23:59:59.999999+08:00");
	when_instant_print(INT64_MAX, out);
	ck_assert_str_eq(out, "-");
}
END_TEST

Suite *
suite_when(void)
{
	Suite *suite = suite_create("when");
	TCase *tcase = tcase_create("when");

	tcase_add_loop_test(tcase, a_day_is_a_day_of_the_calendar, 0,
			    (int)(sizeof(days) / sizeof(days[0])));
	tcase_add_test(tcase, every_day_of_eleven_centuries_is_read_as_it_is_written);
	tcase_add_loop_test(tcase, an_instant_has_an_offset, 0,
			    (int)(sizeof(instants) / sizeof(instants[0])));
	tcase_add_test(tcase, instants_are_printed_in_the_schemes_zone);
	suite_add_tcase(suite, tcase);
	return suite;
}
