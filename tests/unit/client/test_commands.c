/*
 * The whole program: what it prints, where, and how it exits.
 */

#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "cmd.h"
#include "run.h"

static struct run_output output;

#define RUN(run, ...) run_program(run, "C", &output, __VA_ARGS__, (char *)NULL)

/* The keys of the object on stdout (or, of an array, of its first object), joined by blanks. */
static const char *
keys(void)
{
	static char joined[1024];
	json_t *root = json_loads(output.out, 0, NULL);
	const char *key;
	json_t *value;

	joined[0] = '\0';
	ck_assert_ptr_nonnull(root);
	json_object_foreach(json_is_array(root) ? json_array_get(root, 0) : root, key, value)
	{
		if (joined[0] != '\0')
			strcat(joined, " ");
		strcat(joined, key);
	}
	json_decref(root);
	return joined;
}

/* A text of the one-line error on stderr. */
static const char *
error_text(const char *key)
{
	static char text[256];
	json_t *root = json_loads(output.err, 0, NULL);
	const char *value = NULL;

	if (root != NULL)
		value = json_string_value(json_object_get(json_object_get(root, "error"), key));
	snprintf(text, sizeof(text), "%s", value == NULL ? "(none)" : value);
	json_decref(root);
	return text;
}

START_TEST(check_json_has_every_key_in_the_contracts_order)
{
	struct run run;

	run_begin(&run, false, 0);
	RUN(&run, "-o", "json", "check", "S1");
	ck_assert_int_eq(output.status, CMD_OK);
	ck_assert_str_eq(keys(),
			 "practitioner on decision status reason until bar_until points_this_year "
			 "entries rulebook clause registered ledger epoch seq known_at");
	RUN(&run, "check", "S1", "D1", "-o", "json");
	ck_assert_int_eq(output.status, CMD_OK);
	ck_assert_int_eq(output.out[0], '[');
	ck_assert_str_eq(keys(),
			 "practitioner on decision status reason until bar_until points_this_year "
			 "entries rulebook clause registered ledger epoch seq known_at");
	run_end(&run);
}
END_TEST

START_TEST(show_json_has_every_key_in_the_contracts_order)
{
	struct run run;
	json_t *root;
	char *text;

	run_begin(&run, false, 0);
	RUN(&run, "practitioner", "show", "S1", "-o", "json");
	ck_assert_str_eq(keys(),
			 "practitioner category on status status_until bar_until "
			 "points_this_year points_raw year sanctions measures registrations "
			 "stays repairs aliases ledger epoch seq known_at");
	root = json_loads(output.out, 0, NULL);
	text = json_dumps(json_array_get(json_object_get(root, "sanctions"), 0), 0);
	ck_assert_ptr_nonnull(text);
	snprintf(output.out, sizeof(output.out), "%s", text);
	free(text);
	json_decref(root);
	ck_assert_str_eq(keys(), "id kind path from until months bar_years entry rulebook clause "
				 "exempt superseded_by lifted");
	run_end(&run);
}
END_TEST

START_TEST(the_exit_code_of_check_says_what_kind_of_answer)
{
	struct run run;

	run_begin(&run, false, 0);
	RUN(&run, "check", "D1");
	ck_assert_int_eq(output.status, CMD_OK);
	RUN(&run, "check", "S1");
	ck_assert_int_eq(output.status, CMD_OK);
	RUN(&run, "check", "S1", "--exit-code");
	ck_assert_int_eq(output.status, CMD_REFUSED);
	RUN(&run, "check", "009999");
	ck_assert_int_eq(output.status, CMD_NOT_FOUND);
	RUN(&run, "check", "009999", "S1");
	ck_assert_int_eq(output.status, CMD_OK);
	run_end(&run);
}
END_TEST

START_TEST(a_write_prints_what_the_contract_says)
{
	struct run run;
	json_t *root;

	run_begin(&run, false, 0);
	RUN(&run, "-o", "json", "penalty", "overturn", "WARN", "--on", "2025-06-01", "--reason",
	    "x", "--choice", "cert:A:1:months=3,from=2025-07-01,reason=a, b");
	ck_assert_int_eq(output.status, CMD_OK);
	ck_assert_str_eq(keys(), "id seq recorded_at verdict warnings");
	root = json_loads(output.out, 0, NULL);
	ck_assert_str_eq(json_string_value(json_object_get(root, "verdict")), "ACCEPTED");
	ck_assert_uint_eq(json_array_size(json_object_get(root, "warnings")), 1);
	json_decref(root);
	RUN(&run, "penalty", "overturn", "I1", "--dry-run", "--on", "2025-06-01", "--reason", "x",
	    "-o", "jsonl");
	root = json_loads(output.out, 0, NULL);
	ck_assert(json_is_null(json_object_get(root, "seq")));
	json_decref(root);
	run_end(&run);
}
END_TEST

START_TEST(a_refusal_leaves_stdout_empty_and_names_itself)
{
	struct run run;

	run_begin(&run, false, 0);
	RUN(&run, "-o", "json", "penalty", "overturn", "REFUSE", "--on", "2025-06-01", "--reason",
	    "x");
	ck_assert_int_eq(output.status, CMD_REFUSED);
	ck_assert_uint_eq(output.out_size, 0);
	ck_assert_str_eq(error_text("code"), "FAILED_PRECONDITION");
	ck_assert_str_eq(error_text("reason"), "DATE_IN_FUTURE");
	ck_assert_str_eq(error_text("message_zh"), "替身拒绝");
	ck_assert_str_eq(error_text("clause"), "art. 3");
	ck_assert_ptr_nonnull(strstr(output.err, "\"number\":106"));
	ck_assert_ptr_nonnull(strstr(output.err, "\"seq\":4711"));
	RUN(&run, "penalty", "overturn", "NEEDS", "--on", "2025-06-01", "--reason", "x");
	ck_assert_int_eq(output.status, CMD_REFUSED);
	ck_assert_ptr_nonnull(strstr(output.err, "D1 (total 9): months 1..6"));
	ck_assert_ptr_nonnull(strstr(output.err, "overlap replace|keep"));
	RUN(&run, "sanction", "end", "S1", "--on", "2025-06-01");
	ck_assert_int_eq(output.status, CMD_NOT_FOUND);
	RUN(&run, "status");
	ck_assert_int_eq(output.status, CMD_FAILED);
	ck_assert_ptr_nonnull(strstr(output.err, "BODY_NOT_BUILT"));
	run_end(&run);
}
END_TEST

START_TEST(a_lost_answer_is_asked_for_again_under_the_same_key)
{
	struct run run;

	run_begin(&run, false, 0);
	RUN(&run, "-o", "json", "penalty", "overturn", "HANGUP-3", "--on", "2025-06-01", "--reason",
	    "x");
	ck_assert_int_eq(output.status, CMD_OK);
	ck_assert_str_eq(output.err, "");
	/* One key was seen four times, so one sequence was given out. */
	ck_assert_ptr_nonnull(strstr(output.out, "\"seq\": 4712"));
	run_end(&run);
}
END_TEST

START_TEST(people_here_read_their_own_words)
{
	struct run run;

	run_begin(&run, false, 0);
	run_program(&run, "zh_CN.UTF-8", &output, "practitioner", "show", "S1", (char *)NULL);
	ck_assert_ptr_nonnull(strstr(output.out, "暂停"));
	run_program(&run, "zh_CN.UTF-8", &output, "practitioner", "show", "S1", "-o", "json",
		    (char *)NULL);
	ck_assert_ptr_nonnull(strstr(output.out, "\"suspended\""));
	RUN(&run, "practitioner", "show", "S1");
	ck_assert_ptr_nonnull(strstr(output.out, "suspended"));
	ck_assert_ptr_null(strstr(output.out, "\\x"));
	run_end(&run);
}
END_TEST

START_TEST(a_table_ends_its_lines_where_the_text_ends)
{
	struct run run;

	run_begin(&run, false, 0);
	RUN(&run, "history", "D1");
	ck_assert_ptr_null(strstr(output.out, " \n"));
	RUN(&run, "check", "D1", "S1");
	ck_assert_ptr_null(strstr(output.out, "ledger"));
	run_program(&run, "zh_CN.UTF-8", &output, "practitioner", "show", "S1", (char *)NULL);
	ck_assert_ptr_null(strstr(output.out, " \n"));
	run_end(&run);
}
END_TEST

START_TEST(help_for_a_group_names_its_commands)
{
	struct run run;

	run_begin(&run, false, 0);
	RUN(&run, "points", "--help");
	ck_assert_int_eq(output.status, CMD_OK);
	ck_assert_ptr_nonnull(strstr(output.out, "demerit points annul "));
	ck_assert_ptr_null(strstr(output.out, "penalty record"));
	RUN(&run, "pay", "--help");
	ck_assert_ptr_nonnull(strstr(output.out, "penalty record"));
	run_end(&run);
}
END_TEST

START_TEST(csv_has_a_header_and_quotes_what_it_must)
{
	struct run run;

	run_begin(&run, false, 0);
	RUN(&run, "-o", "csv", "check", "S1", "--institution", "H1", "--on", "2025-06-01");
	ck_assert_int_eq(strncmp(output.out, "practitioner,on,decision,", 25), 0);
	ck_assert_ptr_nonnull(strstr(output.out,
				     "\r\nS1,2025-06-01,refuse,suspended,SUSPENDED,"
				     "2025-09-01,,9,E7;E9,hunan@2025-03-01,第十二条,true,"));
	run_end(&run);
}
END_TEST

START_TEST(a_list_is_streamed_as_lines_or_one_array)
{
	struct run run;
	size_t lines = 0;
	json_t *root;

	run_begin(&run, false, 0);
	RUN(&run, "-o", "jsonl", "history", "D1");
	for (const char *at = output.out; (at = strchr(at, '\n')) != NULL; at++)
		lines++;
	ck_assert_uint_eq(lines, 12);
	RUN(&run, "-o", "json", "history", "D1");
	root = json_loads(output.out, 0, NULL);
	ck_assert_uint_eq(json_array_size(root), 12);
	json_decref(root);
	RUN(&run, "history", "D1");
	ck_assert_ptr_nonnull(strstr(output.out, "points_recorded"));
	run_end(&run);
}
END_TEST

START_TEST(a_file_of_codes_is_answered_line_by_line)
{
	const char *path;
	struct run run;
	json_t *root;

	run_begin(&run, false, 0);
	path = run_file(
	    &run, "ids.csv",
	    "\xef\xbb\xbfpractitioner,name\r\nD1,x\r\nS1\r\nhas blank\n\n\"X\"\"1\"\nD2\n");
	RUN(&run, "-o", "json", "check", "--file", path);
	ck_assert_int_eq(output.status, CMD_OK);
	root = json_loads(output.out, 0, NULL);
	ck_assert_uint_eq(json_array_size(root), 5);
#define DECISION(i) json_string_value(json_object_get(json_array_get(root, i), "decision"))
	ck_assert_str_eq(DECISION(0), "pay");
	ck_assert_str_eq(DECISION(1), "refuse");
	ck_assert_str_eq(DECISION(2), "undetermined");
	ck_assert_str_eq(json_string_value(json_object_get(json_array_get(root, 2), "reason")),
			 "BAD_LINE");
	ck_assert_str_eq(
	    json_string_value(json_object_get(json_array_get(root, 3), "practitioner")), "X\"1");
	ck_assert_str_eq(DECISION(4), "pay");
	json_decref(root);
	path = run_file(&run, "many.csv", "D1\n");
	RUN(&run, "-o", "json", "check", "--file", path, "D1");
	ck_assert_int_eq(output.status, CMD_USAGE);
	run_end(&run);
}
END_TEST

/* Lines that make no sense: the exit code is 2, and the message has this in it. */
static const struct {
	const char *message;
	const char *words[12];
} nonsense[] = {
    {"no command", {NULL}},
    {"unknown command: chek", {"chek", "D1"}},
    {"unknown command: penalty; demerit penalty --help lists them", {"penalty"}},
    {"unknown command: points recrod; demerit points --help", {"points", "recrod"}},
    {"unknown option --nonsense", {"check", "D1", "--nonsense"}},
    {"unknown option --emerg", {"check", "D1", "--emerg"}},
    {"check has no option --reason", {"check", "D1", "--reason", "x"}},
    {"--on needs a value", {"check", "D1", "--on"}},
    {"2025-02-30", {"check", "D1", "--on", "2025-02-30"}},
    {"one of table", {"check", "D1", "-o", "xml"}},
    {"--known-at", {"check", "D1", "--known-at", "noon"}},
    {"--known-at", {"check", "D1", "--known-at", "0"}},
    {"too large", {"check", "D1", "--known-at", "99999999999999999999"}},
    {"no --dry-run", {"check", "D1", "--dry-run"}},
    {"not for writes", {"sanction", "end", "S1", "--on", "2025-01-01", "--known-at", "5"}},
    {"1 to 64", {"sanction", "end", "S1", "--on", "2025-01-01", "--key", ""}},
    {"usage: demerit sanction end", {"sanction", "end", "--on", "2025-01-01"}},
    {"sanction end needs --on", {"sanction", "end", "S1"}},
    {"S2: too much", {"sanction", "end", "S1", "S2", "--on", "2025-01-01"}},
    {"stands there twice", {"sanction", "end", "S1", "--on", "2025-01-01", "--on", "2025-01-02"}},
    {"whole number",
     {"points", "record", "D1", "1.5", "--level", "main", "--conduct", "2025-01-01"}},
    {"whole number",
     {"points", "record", "D1", "012x", "--level", "main", "--conduct", "2025-01-01"}},
    {"out of range",
     {"points", "record", "D1", "99999999999999999999", "--level", "main", "--conduct",
      "2025-01-01"}},
    {"one of general, important, main",
     {"points", "record", "D1", "1", "--level", "huge", "--conduct", "2025-01-01"}},
    {"ends before it begins",
     {"points", "record", "D1", "1", "--level", "main", "--conduct", "2025-01-02..2025-01-01"}},
    {"PRACTITIONER:months", {"points", "annul", "E1", "--reason", "x", "--choice", "D1"}},
    {"PRACTITIONER:months", {"points", "annul", "E1", "--reason", "x", "--choice", ":months=1"}},
    {"PRACTITIONER:months",
     {"points", "annul", "E1", "--reason", "x", "--choice", "D1:months=1,weeks=2"}},
    {"missing at the end", {"points", "annul", "E1", "--reason", "x", "--choice", "D1:months=1,"}},
    {"whole number", {"points", "annul", "E1", "--reason", "x", "--choice", "D1:months=x"}},
    {"one of replace", {"points", "annul", "E1", "--reason", "x", "--choice", "D1:overlap=x"}},
    {"one comma",
     {"sanction", "record", "D1", "--kind", "suspended", "--source", "x", "--number", "1",
      "--exempt", "a,,b"}},
    {"No such file", {"rulebook", "check", "/no/such/file"}},
    {"Is a directory", {"rulebook", "check", "/"}},
    {"No such file", {"check", "--file", "/no/such/file"}},
    {"not unix:PATH", {"--server", "nonsense", "check", "D1"}},
};

START_TEST(a_line_that_makes_no_sense_is_refused_by_name)
{
	const char *const *w = nonsense[_i].words;
	struct run run;

	run_begin(&run, false, 0);
	run_program(&run, "C", &output, w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8], w[9],
		    w[10], (char *)NULL);
	ck_assert_msg(output.status == CMD_USAGE, "%s: exit %d: %s", nonsense[_i].message,
		      output.status, output.err);
	ck_assert_msg(strstr(output.err, nonsense[_i].message) != NULL, "%s: %s",
		      nonsense[_i].message, output.err);
	ck_assert_uint_eq(output.out_size, 0);
	run_end(&run);
}
END_TEST

START_TEST(nobody_there_is_worth_another_try_later)
{
	struct run run;

	run_begin(&run, false, 0);
	RUN(&run, "--server", "unix:/no/such/socket", "-o", "json", "check", "D1");
	ck_assert_int_eq(output.status, CMD_LATER);
	ck_assert_str_eq(error_text("code"), "UNAVAILABLE");
	RUN(&run, "--server", "hospital:7000", "-o", "json", "check", "D1");
	ck_assert_int_eq(output.status, CMD_FAILED);
	ck_assert_str_eq(error_text("reason"), "TLS_NOT_BUILT");
	run_end(&run);
}
END_TEST

START_TEST(every_command_parses_and_has_help)
{
	struct run run;

	run_begin(&run, false, 0);
	for (const struct cmd *cmd = cmd_table; cmd->words != NULL; cmd++) {
		char words[64];
		char *second;

		snprintf(words, sizeof(words), "%s", cmd->words);
		second = strchr(words, ' ');
		if (second != NULL)
			*second++ = '\0';
		RUN(&run, "--help", words, second);
		ck_assert_int_eq(output.status, CMD_OK);
		ck_assert_ptr_nonnull(strstr(output.out, cmd->words));
		/* Every field a row names is a field of its body. */
		for (const struct cmd_field *field = cmd->fields;
		     field != NULL && field->name != NULL; field++)
			ck_assert_msg(field->kind == CMD_OWN || field->kind == CMD_OWN_FLAG ||
					  cmd->body != NULL,
				      "%s: %s", cmd->words, field->name);
	}
	run_end(&run);
}
END_TEST

static bool
has_field(struct demerit_message *request, const char *name)
{
	const char *dot = strchr(name, '.');
	struct demerit_field field;
	char above[64];

	if (dot == NULL)
		return demerit_field(request, name, &field);
	snprintf(above, sizeof(above), "%.*s", (int)(dot - name), name);
	request = demerit_add(request, above);
	return request != NULL && demerit_field(request, dot + 1, &field);
}

START_TEST(every_field_of_the_table_is_in_the_schema)
{
	for (const struct cmd *cmd = cmd_table; cmd->words != NULL; cmd++) {
		struct demerit_message *request =
		    cmd->body == NULL ? NULL : demerit_request_new(cmd->body);

		ck_assert_msg(cmd->body == NULL || request != NULL, "%s", cmd->words);
		for (const struct cmd_field *field = cmd->fields;
		     request != NULL && field != NULL && field->name != NULL; field++) {
			bool composed = field->kind == CMD_CONDUCT || field->kind == CMD_RULEBOOK ||
					field->kind == CMD_VERSION || field->kind == CMD_OWN ||
					field->kind == CMD_OWN_FLAG;

			ck_assert_msg(composed || has_field(request, field->name), "%s: %s",
				      cmd->words, field->name);
		}
		demerit_request_free(request);
	}
}
END_TEST

Suite *
suite_commands(void)
{
	Suite *suite = suite_create("commands");
	TCase *tcase = tcase_create("commands");

	tcase_set_timeout(tcase, 30);
	tcase_add_test(tcase, check_json_has_every_key_in_the_contracts_order);
	tcase_add_test(tcase, show_json_has_every_key_in_the_contracts_order);
	tcase_add_test(tcase, the_exit_code_of_check_says_what_kind_of_answer);
	tcase_add_test(tcase, a_write_prints_what_the_contract_says);
	tcase_add_test(tcase, a_refusal_leaves_stdout_empty_and_names_itself);
	tcase_add_test(tcase, a_lost_answer_is_asked_for_again_under_the_same_key);
	tcase_add_test(tcase, people_here_read_their_own_words);
	tcase_add_test(tcase, a_table_ends_its_lines_where_the_text_ends);
	tcase_add_test(tcase, help_for_a_group_names_its_commands);
	tcase_add_test(tcase, csv_has_a_header_and_quotes_what_it_must);
	tcase_add_test(tcase, a_list_is_streamed_as_lines_or_one_array);
	tcase_add_test(tcase, a_file_of_codes_is_answered_line_by_line);
	tcase_add_loop_test(tcase, a_line_that_makes_no_sense_is_refused_by_name, 0,
			    (int)(sizeof(nonsense) / sizeof(nonsense[0])));
	tcase_add_test(tcase, nobody_there_is_worth_another_try_later);
	tcase_add_test(tcase, every_command_parses_and_has_help);
	tcase_add_test(tcase, every_field_of_the_table_is_in_the_schema);
	suite_add_tcase(suite, tcase);
	return suite;
}
