/*
 * demerit screen: one line out for each line in, in order, byte for byte.
 */

#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "run.h"

static struct run_output output;

#define HEADER                                                                                     \
	"fixmedins_code,x,feedetl_sn,fee_ocur_time,bilg_dr_codg,orders_dr_code,init_feedetl_sn"
#define APPENDED ",decision,reason,role,practitioner,entries,clause,seq"

static const struct {
	const char *line;
	const char *answer;
} rows[] = {
    {"H1,\"a,b\",F1,2016-01-06,D1,,", "pay,ELIGIBLE,,,,,4711"},
    {"H1,,F2,2016-01-06 08:00:00,D1,S2,", "refuse,SUSPENDED,orders_dr_code,S2,E7;E9,art. 12,4711"},
    {"H1,,F3,2016-02-30,D1,,", "undetermined,BAD_DATE,bilg_dr_codg,D1,,,4711"},
    {"H1,,F4,2016-01-06,009999,,", "undetermined,UNKNOWN_PRACTITIONER,bilg_dr_codg,009999,,,4711"},
    {"H1,,F5,2016-01-06,,,", "undetermined,NO_PRACTITIONER,,,,,4711"},
    {"too,few", "undetermined,BAD_LINE,,,,,4711"},
    {"", "undetermined,BAD_LINE,,,,,4711"},
    {"H1,,F6,2016-01-06,D1,,NOWHERE", "undetermined,BAD_LINE,,,,,4711"},
    /* The reversal's own date is junk, and does not matter. */
    {"H1,,F7,junk,D1,,F2", "pay,ELIGIBLE,,,,,4711"},
    {"H1,,F8,2016-01-06,D1,,F3", "undetermined,BAD_DATE,bilg_dr_codg,D1,,,4711"},
    {"H1,,F9,2016-01-06,\"X\"\"1\",,",
     "undetermined,UNKNOWN_PRACTITIONER,bilg_dr_codg,\"X\"\"1\",,,4711"},
    {"H1,,F10,2016-01-06,张三,,", "undetermined,UNKNOWN_PRACTITIONER,bilg_dr_codg,张三,,,4711"},
    {"H1,\xff\xfe,F11,2016-01-06,\xff,,",
     "undetermined,UNKNOWN_PRACTITIONER,bilg_dr_codg,\xff,,,4711"},
    {"H1,\"open,F12,2016-01-06,D1,,", "undetermined,BAD_LINE,,,,,4711"},
    {"H1,\"two\nlines\",F13,2016-01-06,T1,,",
     "refuse,TERMINATED,bilg_dr_codg,T1,E7;E9,art. 12,4711"},
    {"H1,,F14,2016-01-06,D1,,", "pay,ELIGIBLE,,,,,4711"},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static void
compose(char *in, char *out, const char *bom, const char *ending, bool last_ends)
{
	sprintf(in, "%s" HEADER "%s", bom, ending);
	sprintf(out, "%s" HEADER APPENDED "%s", bom, ending);
	for (size_t i = 0; i < ROWS; i++) {
		const char *end = i + 1 < ROWS || last_ends ? ending : "";

		sprintf(in + strlen(in), "%s%s", rows[i].line, end);
		sprintf(out + strlen(out), "%s,%s%s", rows[i].line, rows[i].answer, end);
	}
}

static const struct {
	const char *bom;
	const char *ending;
	bool last_ends;
	bool reverse;
	size_t chunk;
} manners[] = {
    {"", "\n", true, false, 0},
    {"\xef\xbb\xbf", "\r\n", true, true, 0},
    {"", "\n", false, true, 7},
};

START_TEST(each_line_is_answered_in_its_place)
{
	char in[8192], out[8192];
	const char *path;
	struct run run;

	compose(in, out, manners[_i].bom, manners[_i].ending, manners[_i].last_ends);
	run_begin(&run, false, manners[_i].chunk);
	path = run_file(&run, "claims.csv", in);
	run_program(&run, "C", &output, "screen", path, (char *)NULL);
	ck_assert_msg(output.status == CMD_OK, "%s", output.err);
	ck_assert_str_eq(output.out, out);
	run_end(&run);
}
END_TEST

START_TEST(many_chunks_keep_their_order_whatever_order_they_come_in)
{
	size_t lines = 12345;
	char *text = malloc(lines * 64 + 256);
	char *at = text + sprintf(text, "fee_ocur_time,bilg_dr_codg,n\n");
	const char *path, *line;
	struct run run;

	for (size_t i = 0; i < lines; i++)
		at += sprintf(at, "2016-01-06,%s,%zu\n", i % 3 == 0 ? "S1" : "D1", i);
	run_begin(&run, true, 0);
	path = run_file(&run, "claims.csv", text);
	run_program(&run, "C", &output, "screen", path, (char *)NULL);
	ck_assert_msg(output.status == CMD_OK, "%s", output.err);
	line = strchr(output.out, '\n') + 1;
	for (size_t i = 0; i < lines; i++) {
		char expected[128];

		snprintf(expected, sizeof(expected), "2016-01-06,%s,%zu,%s,",
			 i % 3 == 0 ? "S1" : "D1", i, i % 3 == 0 ? "refuse" : "pay");
		ck_assert_int_eq(strncmp(line, expected, strlen(expected)), 0);
		line = strchr(line, '\n') + 1;
	}
	run_end(&run);
	free(text);
}
END_TEST

START_TEST(what_is_no_claim_file_is_refused)
{
	const char *path;
	struct run run;

	run_begin(&run, false, 0);
	path = run_file(&run, "a.csv", "H1,S1,F1,11,0,2025-06-01,D1\n");
	run_program(&run, "C", &output, "screen", path, (char *)NULL);
	ck_assert_int_eq(output.status, CMD_USAGE);
	ck_assert_ptr_nonnull(strstr(output.err, "fee_ocur_time"));
	path = run_file(&run, "b.csv", "");
	run_program(&run, "C", &output, "screen", path, (char *)NULL);
	ck_assert_int_eq(output.status, CMD_USAGE);
	run_program(&run, "C", &output, "screen", run.folder, (char *)NULL);
	ck_assert_int_eq(output.status, CMD_USAGE);
	run_program(&run, "C", &output, "screen", (char *)NULL);
	ck_assert_int_eq(output.status, CMD_USAGE);
	ck_assert_uint_eq(output.out_size, 0);
	run_end(&run);
}
END_TEST

START_TEST(a_run_that_ends_early_says_how_to_resume)
{
	size_t lines = 3000;
	char *text = malloc(lines * 64 + 256);
	char *at = text + sprintf(text, "fee_ocur_time,bilg_dr_codg\n");
	const char *resume, *path;
	char from[16];
	struct run run;
	size_t first, written = 0;

	/* The stand-in hangs up on a visit of that day. */
	for (size_t i = 0; i < lines; i++)
		at += sprintf(at, "%s,D1\n", i == 2500 ? "1999-12-31" : "2016-01-06");
	run_begin(&run, false, 0);
	path = run_file(&run, "claims.csv", text);
	run_program(&run, "C", &output, "screen", path, (char *)NULL);
	ck_assert_int_eq(output.status, CMD_LATER);
	resume = strstr(output.err, "--resume-from ");
	ck_assert_ptr_nonnull(resume);
	ck_assert_ptr_nonnull(strstr(resume, "--known-at 4711"));
	snprintf(from, sizeof(from), "%.*s", (int)strcspn(resume + 14, " "), resume + 14);
	for (const char *line = output.out; (line = strchr(line, '\n')) != NULL; line++)
		written++;
	first = 0;
	for (const char *digit = from; *digit != '\0'; digit++)
		first = first * 10 + (size_t)(*digit - '0');
	/* What was written and what is left make the file: the next line is the one after. */
	ck_assert_uint_eq(first, written + 1);
	ck_assert_uint_le(first, 2502);

	path = run_file(&run, "rest.csv",
			"fee_ocur_time,bilg_dr_codg\n2016-01-01,D1\n2016-01-02,S1\n");
	run_program(&run, "C", &output, "screen", path, "--resume-from", "3", "--known-at", "12",
		    (char *)NULL);
	ck_assert_int_eq(output.status, CMD_OK);
	ck_assert_str_eq(output.out,
			 "2016-01-02,S1,refuse,SUSPENDED,bilg_dr_codg,S1,E7;E9,art. 12,12\n");
	run_end(&run);
	free(text);
}
END_TEST

START_TEST(json_lines_name_the_line)
{
	const char *path;
	struct run run;

	run_begin(&run, false, 0);
	path =
	    run_file(&run, "c.csv", "fee_ocur_time,bilg_dr_codg\n2016-01-01,D1\n2016-01-02,S1\n");
	run_program(&run, "C", &output, "-o", "jsonl", "screen", path, (char *)NULL);
	ck_assert_str_eq(
	    output.out,
	    "{\"line\": 2, \"decision\": \"pay\", \"reason\": \"ELIGIBLE\", \"role\": null, "
	    "\"practitioner\": null, \"entries\": [], \"clause\": null, \"seq\": 4711}\n"
	    "{\"line\": 3, \"decision\": \"refuse\", \"reason\": \"SUSPENDED\", \"role\": "
	    "\"bilg_dr_codg\", \"practitioner\": \"S1\", \"entries\": [\"E7\", \"E9\"], "
	    "\"clause\": \"art. 12\", \"seq\": 4711}\n");
	run_end(&run);
}
END_TEST

Suite *
suite_screen(void)
{
	Suite *suite = suite_create("screen");
	TCase *tcase = tcase_create("screen");

	tcase_set_timeout(tcase, 30);
	tcase_add_loop_test(tcase, each_line_is_answered_in_its_place, 0,
			    (int)(sizeof(manners) / sizeof(manners[0])));
	tcase_add_test(tcase, many_chunks_keep_their_order_whatever_order_they_come_in);
	tcase_add_test(tcase, what_is_no_claim_file_is_refused);
	tcase_add_test(tcase, a_run_that_ends_early_says_how_to_resume);
	tcase_add_test(tcase, json_lines_name_the_line);
	suite_add_tcase(suite, tcase);
	return suite;
}
