/*
 * Reversals: the original's day, or none; never a guess.
 */

#include "suites.h"

#include <stdio.h>
#include <string.h>

#include "reversal.h"

#define TEXT(literal) ((struct demerit_text){literal, strlen(literal)})

START_TEST(the_day_is_the_originals_however_long_the_chain)
{
	struct reversal *reversal = reversal_new();
	int32_t day = 0;

	ck_assert(reversal_want(reversal, TEXT("F1")));
	ck_assert(reversal_want(reversal, TEXT("F2")));
	ck_assert(reversal_want(reversal, TEXT("F2")));
	ck_assert_uint_eq(reversal_count(reversal), 2);
	/* The reversal may stand before what it takes back. */
	ck_assert(reversal_found(reversal, TEXT("F2"), TEXT("F1"), true, 200));
	ck_assert(reversal_found(reversal, TEXT("F1"), TEXT(""), true, 100));
	ck_assert(reversal_found(reversal, TEXT("F9"), TEXT(""), true, 900));
	ck_assert_int_eq(reversal_resolve(reversal, TEXT("F1"), &day), REVERSAL_DAY);
	ck_assert_int_eq(day, 100);
	day = 0;
	ck_assert_int_eq(reversal_resolve(reversal, TEXT("F2"), &day), REVERSAL_DAY);
	ck_assert_int_eq(day, 100);
	ck_assert_int_eq(reversal_resolve(reversal, TEXT("F9"), &day), REVERSAL_LOST);
	reversal_free(reversal);
}
END_TEST

START_TEST(what_is_lost_circular_or_ambiguous_has_no_day)
{
	struct reversal *reversal = reversal_new();
	int32_t day = 0;

	ck_assert(reversal_want(reversal, TEXT("LOST")));
	ck_assert(reversal_want(reversal, TEXT("A")));
	ck_assert(reversal_want(reversal, TEXT("B")));
	ck_assert(reversal_want(reversal, TEXT("TWICE")));
	ck_assert(reversal_want(reversal, TEXT("SAME")));
	ck_assert(reversal_want(reversal, TEXT("UNDATED")));
	ck_assert(reversal_found(reversal, TEXT("A"), TEXT("B"), true, 1));
	ck_assert(reversal_found(reversal, TEXT("B"), TEXT("A"), true, 2));
	ck_assert(reversal_found(reversal, TEXT("TWICE"), TEXT(""), true, 1));
	ck_assert(reversal_found(reversal, TEXT("TWICE"), TEXT(""), true, 2));
	ck_assert(reversal_found(reversal, TEXT("SAME"), TEXT(""), true, 7));
	ck_assert(reversal_found(reversal, TEXT("SAME"), TEXT(""), true, 7));
	ck_assert(reversal_found(reversal, TEXT("UNDATED"), TEXT(""), false, 0));
	ck_assert_int_eq(reversal_resolve(reversal, TEXT("LOST"), &day), REVERSAL_LOST);
	ck_assert_int_eq(reversal_resolve(reversal, TEXT("A"), &day), REVERSAL_LOST);
	ck_assert_int_eq(reversal_resolve(reversal, TEXT("TWICE"), &day), REVERSAL_LOST);
	ck_assert_int_eq(reversal_resolve(reversal, TEXT("SAME"), &day), REVERSAL_DAY);
	ck_assert_int_eq(day, 7);
	ck_assert_int_eq(reversal_resolve(reversal, TEXT("UNDATED"), &day), REVERSAL_NO_DAY);
	reversal_free(reversal);
}
END_TEST

START_TEST(the_table_grows)
{
	struct reversal *reversal = reversal_new();

	for (int i = 0; i < 20000; i++) {
		char serial[16];

		snprintf(serial, sizeof(serial), "F%d", i);
		ck_assert(reversal_want(reversal, TEXT(serial)));
		ck_assert(reversal_found(reversal, TEXT(serial), TEXT(""), true, i));
	}
	for (int i = 0; i < 20000; i++) {
		char serial[16];
		int32_t day = -1;

		snprintf(serial, sizeof(serial), "F%d", i);
		ck_assert_int_eq(reversal_resolve(reversal, TEXT(serial), &day), REVERSAL_DAY);
		ck_assert_int_eq(day, i);
	}
	reversal_free(reversal);
}
END_TEST

Suite *
suite_reversal(void)
{
	Suite *suite = suite_create("reversal");
	TCase *tcase = tcase_create("reversal");

	tcase_add_test(tcase, the_day_is_the_originals_however_long_the_chain);
	tcase_add_test(tcase, what_is_lost_circular_or_ambiguous_has_no_day);
	tcase_add_test(tcase, the_table_grows);
	suite_add_tcase(suite, tcase);
	return suite;
}
