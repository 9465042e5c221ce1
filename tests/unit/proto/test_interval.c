/*
 * Periods of days: the first day is in, `until` is not.
 */

#include "suites.h"

#include "proto/interval.h"

START_TEST(the_first_day_is_covered_and_until_is_not)
{
	struct period period = {100, 200};

	ck_assert(!interval_covers(period, 99));
	ck_assert(interval_covers(period, 100));
	ck_assert(interval_covers(period, 199));
	ck_assert(!interval_covers(period, 200));
	ck_assert(!interval_covers((struct period){5, 5}, 5));
	ck_assert(interval_covers((struct period){5, INTERVAL_OPEN}, INT32_MAX - 1));
}
END_TEST

START_TEST(all_that_cover_a_day_are_found_in_order)
{
	static const struct period list[] = {{-10, 5}, {0, 3}, {2, INTERVAL_OPEN}, {4, 4}, {4, 9}};
	static const struct {
		int32_t day;
		size_t found[4];
	} rows[] = {
	    {-11, {5}},	    {-10, {0, 5}},     {2, {0, 1, 2, 5}},
	    {3, {0, 2, 5}}, {4, {0, 2, 4, 5}}, {9, {2, 5}},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t at = 0;

		for (size_t j = 0;; j++) {
			at = interval_find(list, 5, at, rows[i].day);
			ck_assert_uint_eq(at, rows[i].found[j]);
			if (at++ == 5)
				break;
		}
	}
	ck_assert_uint_eq(interval_find(NULL, 0, 0, 1), 0);
}
END_TEST

Suite *
suite_interval(void)
{
	Suite *suite = suite_create("interval");
	TCase *tcase = tcase_create("interval");

	tcase_add_test(tcase, the_first_day_is_covered_and_until_is_not);
	tcase_add_test(tcase, all_that_cover_a_day_are_found_in_order);
	suite_add_tcase(suite, tcase);
	return suite;
}
