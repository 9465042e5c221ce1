/* The clock: when a record may be stamped, and how instants are written. */
#include <stdlib.h>

#include "daemon/clock.h"
#include "suites.h"

#define SECOND INT64_C(1000000)
#define DAY    (86400 * SECOND)

static bool
disciplined(void *user)
{
	return *(bool *)user;
}

static enum clock_trust
judge(int64_t now, int64_t last, bool synchronised)
{
	const struct clock clock = {.synchronised = disciplined, .user = &synchronised};

	return clock_judge(&clock, now, last);
}

START_TEST(an_empty_book_trusts_any_clock)
{
	ck_assert_int_eq(judge(-5, 0, false), CLOCK_TRUSTED);
	ck_assert_int_eq(judge(9000 * 365 * DAY, 0, false), CLOCK_TRUSTED);
}
END_TEST

START_TEST(two_seconds_behind_is_trusted_and_more_is_not)
{
	ck_assert_int_eq(judge(10 * SECOND, 12 * SECOND, true), CLOCK_TRUSTED);
	ck_assert_int_eq(judge(10 * SECOND - 1, 12 * SECOND, true), CLOCK_BEHIND);
}
END_TEST

START_TEST(far_ahead_is_trusted_only_when_synchronised)
{
	ck_assert_int_eq(judge(SECOND + 31 * DAY, SECOND, false), CLOCK_TRUSTED);
	ck_assert_int_eq(judge(SECOND + 31 * DAY + 1, SECOND, false), CLOCK_AHEAD);
	ck_assert_int_eq(judge(SECOND + 31 * DAY + 1, SECOND, true), CLOCK_TRUSTED);
}
END_TEST

START_TEST(instants_are_written_in_utc_with_microseconds)
{
	char written[CLOCK_TEXT_SIZE];

	clock_format(0, written);
	ck_assert_str_eq(written, "1970-01-01T00:00:00.000000Z");
	clock_format(-1, written);
	ck_assert_str_eq(written, "1969-12-31T23:59:59.999999Z");
	clock_format(1740787199 * SECOND + 123456, written);
	ck_assert_str_eq(written, "2025-02-28T23:59:59.123456Z");
}
END_TEST

static int64_t
fixed_now(void *user)
{
	return *(int64_t *)user;
}

START_TEST(today_is_the_day_in_utc_plus_eight)
{
	int64_t now = 1735660799 * SECOND; /* 2024-12-31T15:59:59Z */
	const struct clock clock = {.utc_us = fixed_now, .user = &now};
	int32_t before = clock_today(&clock).number;

	now += SECOND;
	ck_assert_int_eq(clock_today(&clock).number, before + 1);
	ck_assert_int_eq(before, 20088); /* 2024-12-31 */
}
END_TEST

START_TEST(the_monotonic_clock_does_not_go_back)
{
	int64_t before = clock_monotonic_us(&clock_system);

	for (int i = 0; i < 1000; i++) {
		int64_t now = clock_monotonic_us(&clock_system);
		ck_assert_int_ge(now, before);
		before = now;
	}
}
END_TEST

Suite *
suite_clock(void)
{
	Suite *suite = suite_create("clock");
	TCase *tcase = tcase_create("clock");

	tcase_add_test(tcase, an_empty_book_trusts_any_clock);
	tcase_add_test(tcase, two_seconds_behind_is_trusted_and_more_is_not);
	tcase_add_test(tcase, far_ahead_is_trusted_only_when_synchronised);
	tcase_add_test(tcase, instants_are_written_in_utc_with_microseconds);
	tcase_add_test(tcase, today_is_the_day_in_utc_plus_eight);
	tcase_add_test(tcase, the_monotonic_clock_does_not_go_back);
	suite_add_tcase(suite, tcase);
	return suite;
}
