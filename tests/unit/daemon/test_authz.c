/* Principals: who a uid is, and what happens to them on a reload. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "daemon/authz.h"
#include "suites.h"

static struct authz *authz;

static void
setup(void)
{
	authz = authz_new();
	ck_assert_ptr_nonnull(authz);
	authz_reload_begin(authz);
	ck_assert_int_eq(authz_reload_add(authz, 7, "clerk", RIGHT_HELLO | RIGHT_RECORD), 0);
	authz_reload_end(authz);
}

static void
teardown(void)
{
	authz = authz_free(authz);
}

START_TEST(a_uid_nobody_named_is_nobody)
{
	ck_assert_ptr_null(authz_identify(authz, 8));
	ck_assert_ptr_null(authz_identify(authz, 0));
}
END_TEST

START_TEST(all_the_rights_asked_for_are_needed)
{
	const struct principal *clerk = authz_identify(authz, 7);

	ck_assert_str_eq(clerk->name, "clerk");
	ck_assert(authz_allows(clerk, RIGHT_HELLO));
	ck_assert(authz_allows(clerk, RIGHT_HELLO | RIGHT_RECORD));
	ck_assert(!authz_allows(clerk, RIGHT_RECORD | RIGHT_RULES));
}
END_TEST

START_TEST(who_is_dropped_loses_every_right_at_once)
{
	const struct principal *clerk = authz_identify(authz, 7);

	authz_reload_begin(authz);
	ck_assert_int_eq(authz_reload_add(authz, 9, "other", RIGHTS_ALL), 0);
	authz_reload_end(authz);
	ck_assert(!authz_allows(clerk, RIGHT_HELLO));
	ck_assert_ptr_null(authz_identify(authz, 7));
	ck_assert(authz_allows(authz_identify(authz, 9), RIGHTS_ALL));
}
END_TEST

START_TEST(a_name_given_to_another_uid_leaves_the_first_without_rights)
{
	const struct principal *clerk = authz_identify(authz, 7);

	authz_reload_begin(authz);
	ck_assert_int_eq(authz_reload_add(authz, 8, "clerk", RIGHT_HELLO), 0);
	authz_reload_end(authz);
	ck_assert(!authz_allows(clerk, RIGHT_HELLO));
	ck_assert_ptr_null(authz_identify(authz, 7));
	ck_assert_str_eq(authz_identify(authz, 8)->name, "clerk");
	ck_assert_ptr_ne(authz_identify(authz, 8), clerk);
}
END_TEST

START_TEST(nothing_changes_before_the_reload_ends)
{
	const struct principal *clerk = authz_identify(authz, 7);

	authz_reload_begin(authz);
	ck_assert_int_eq(authz_reload_add(authz, 7, "clerk", RIGHT_HELLO), 0);
	ck_assert(authz_allows(clerk, RIGHT_RECORD));
	authz_reload_end(authz);
	ck_assert(!authz_allows(clerk, RIGHT_RECORD));
	ck_assert_ptr_eq(authz_identify(authz, 7), clerk);
}
END_TEST

START_TEST(names_are_bounded_and_not_empty)
{
	char name[PRINCIPAL_NAME_MAX + 2];

	authz_reload_begin(authz);
	snprintf(name, sizeof(name), "%0*d", PRINCIPAL_NAME_MAX + 1, 0);
	ck_assert_int_eq(authz_reload_add(authz, 1, name, 1), -EINVAL);
	ck_assert_int_eq(authz_reload_add(authz, 1, "", 1), -EINVAL);
}
END_TEST

START_TEST(more_principals_than_fit_are_refused)
{
	char name[16];

	authz_reload_begin(authz);
	for (int i = 0; i < AUTHZ_PRINCIPALS_MAX - 1; i++) {
		snprintf(name, sizeof(name), "p%d", i);
		ck_assert_int_eq(authz_reload_add(authz, 100 + (uid_t)i, name, 1), 0);
	}
	ck_assert_int_eq(authz_reload_add(authz, 99, "one-more", 1), -ENOSPC);
}
END_TEST

START_TEST(settlement_sees_answers_and_no_reasons)
{
	uint32_t rights = authz_role_rights("settlement");

	ck_assert(rights & RIGHT_CHECK);
	ck_assert(!(rights & (RIGHT_READ | RIGHT_RECORD | RIGHT_OPERATE | RIGHT_PERSONAL)));
	ck_assert_uint_eq(authz_role_rights("king"), 0);
}
END_TEST

Suite *
suite_authz(void)
{
	Suite *suite = suite_create("authz");
	TCase *tcase = tcase_create("authz");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_uid_nobody_named_is_nobody);
	tcase_add_test(tcase, all_the_rights_asked_for_are_needed);
	tcase_add_test(tcase, who_is_dropped_loses_every_right_at_once);
	tcase_add_test(tcase, a_name_given_to_another_uid_leaves_the_first_without_rights);
	tcase_add_test(tcase, nothing_changes_before_the_reload_ends);
	tcase_add_test(tcase, names_are_bounded_and_not_empty);
	tcase_add_test(tcase, more_principals_than_fit_are_refused);
	tcase_add_test(tcase, settlement_sees_answers_and_no_reasons);
	suite_add_tcase(suite, tcase);
	return suite;
}
