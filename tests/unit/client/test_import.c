/*
 * demerit import exclusions: every row is counted, a second run changes nothing.
 */

#include "suites.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "cmd.h"
#include "run.h"

static struct run_output output;

static const char notices[] =
    "published,action,subject,category,specialty,clause,excluded_on,reinstated_on,waived_on\n"
    "2015-10,excluded,D1,medical,gp,1128a1,2015-11-19,,\n"
    "2015-10,excluded,D1,medical,gp,1128a1,2015-11-19,,\n"
    "2015-10,excluded,BUSY-2,nursing,\"nurse, aide\",1128b4,2015-11-20,,\n"
    "2015-11,reinstated,D3,medical,gp,1128a1,1994-03-11,2015-10-21,2014-04-28\n"
    "2015-11,excluded,H1,institution,clinic,1128a1,2015-11-19,,\n"
    "2015-11,excluded,D4,wizard,gp,1128a1,2015-11-19,,\n"
    "2015-11,excluded,D5,medical,gp,1128a1,2015-02-30,,\n"
    "2015-11,paroled,D6,medical,gp,1128a1,2015-11-19,,\n"
    "2015-11,reinstated,D7,medical,gp,1128a1,2015-11-19,2015-11-18,\n"
    "2015-11,excluded,has blank,medical,gp,1128a1,2015-11-19,,\n"
    "2015-11,excluded,D8\n"
    "2015-12,excluded,REFUSE,medical,gp,1128a1,2015-12-19,,\n";

static int64_t
figure(const char *key)
{
	json_t *root = json_loads(output.out, 0, NULL);
	int64_t number = json_integer_value(json_object_get(root, key));

	ck_assert_ptr_nonnull(root);
	ck_assert_ptr_nonnull(json_object_get(root, key));
	json_decref(root);
	return number;
}

START_TEST(every_row_is_counted_in_its_class)
{
	struct run run;
	json_t *root, *first;

	run_begin(&run, true, 0);
	run_program(&run, "C", &output, "-o", "json", "import", "exclusions",
		    run_file(&run, "n.csv", notices), (char *)NULL);
	ck_assert_msg(output.status == CMD_OK, "%s", output.err);
	ck_assert_int_eq(figure("rows"), 12);
	ck_assert_int_eq(figure("people_added"), 3);
	ck_assert_int_eq(figure("sanctions_recorded"), 2);
	ck_assert_int_eq(figure("sanctions_ended"), 0);
	ck_assert_int_eq(figure("sanctions_with_both_ends"), 1);
	ck_assert_int_eq(figure("institution_notes"), 1);
	ck_assert_int_eq(figure("duplicates_in_file"), 1);
	ck_assert_int_eq(figure("already_there"), 0);
	ck_assert_int_eq(figure("rows_rejected"), 7);
	root = json_loads(output.out, 0, NULL);
	first = json_array_get(json_object_get(root, "rejected"), 0);
	ck_assert_int_eq(json_integer_value(json_object_get(first, "line")), 7);
	ck_assert_str_eq(json_string_value(json_object_get(first, "reason")), "BAD_CATEGORY");
	json_decref(root);
	run_end(&run);
}
END_TEST

START_TEST(a_dry_run_asks_nobody)
{
	struct run run;

	run_begin(&run, false, 0);
	run_program(&run, "C", &output, "-o", "json", "--server", "unix:/no/such/socket", "import",
		    "exclusions", run_file(&run, "n.csv", notices), "--dry-run", (char *)NULL);
	ck_assert_int_eq(output.status, CMD_OK);
	ck_assert_int_eq(figure("rows_excluded"), 4);
	ck_assert_int_eq(figure("rows_rejected"), 6);
	ck_assert_int_eq(figure("people_added"), 0);
	run_end(&run);
}
END_TEST

START_TEST(what_is_no_exclusion_file_is_refused)
{
	struct run run;

	run_begin(&run, false, 0);
	run_program(&run, "C", &output, "import", "exclusions",
		    run_file(&run, "n.csv", "a,b\n1,2\n"), (char *)NULL);
	ck_assert_int_eq(output.status, CMD_USAGE);
	ck_assert_ptr_nonnull(strstr(output.err, "published"));
	run_program(&run, "C", &output, "import", "exclusions", "/no/such/file", (char *)NULL);
	ck_assert_int_eq(output.status, CMD_USAGE);
	run_end(&run);
}
END_TEST

Suite *
suite_import(void)
{
	Suite *suite = suite_create("import");
	TCase *tcase = tcase_create("import");

	tcase_set_timeout(tcase, 30);
	tcase_add_test(tcase, every_row_is_counted_in_its_class);
	tcase_add_test(tcase, a_dry_run_asks_nobody);
	tcase_add_test(tcase, what_is_no_exclusion_file_is_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}
