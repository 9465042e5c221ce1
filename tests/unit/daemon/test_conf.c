/* The configuration: what wins over what, and what a mistake is told. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/conf.h"
#include "daemon/options.h"
#include "suites.h"

/* main's argv is char **, and nobody changes it. */
#define MUTABLE(strings) ((char **)(uintptr_t)(strings))

static char path[] = "/tmp/test-conf-XXXXXX";
static struct conf conf;
static struct conf_error error;

static void
write_file(const char *text)
{
	snprintf(path, sizeof(path), "/tmp/test-conf-XXXXXX");
	int fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static int
read_text(const char *text)
{
	write_file(text);
	conf_init(&conf);
	int result = conf_read_file(&conf, path, &error);
	unlink(path);
	return result;
}

static void
assert_told(const char *words)
{
	if (strstr(error.text, words) == NULL)
		ck_abort_msg("\"%s\" does not say \"%s\"", error.text, words);
}

START_TEST(every_key_has_a_default_that_is_right)
{
	conf_init(&conf);
	for (size_t i = 0; i < CONF_COUNT; i++) {
		ck_assert_int_eq(conf.values[i].origin, CONF_DEFAULT);
		ck_assert_str_eq(conf.values[i].text.text, conf_rows[i].standard);
	}
	ck_assert_uint_eq(conf_number(&conf, CONF_SOCKET_MODE), 0660);
}
END_TEST

START_TEST(flags_win_over_environment_over_file_over_default)
{
	const char *argv[] = {"demeritd", "--data", "/flag", "--config", path, NULL};
	const char *environment[] = {"DEMERITD_DATA=/environment", "DEMERITD_THREADS=3",
				     "DEMERITD_CONFIG=ignored", "OTHER=1", NULL};
	struct options options;

	write_file("[demeritd]\ndata = /file\nthreads = 2\nqueue_max = 77\nlisten = unix:/s\n");
	ck_assert_int_eq(options_parse(5, MUTABLE(argv), &options, &error), 0);
	ck_assert_int_eq(options_conf(&options, MUTABLE(environment), &conf, &error), 0);
	unlink(path);
	ck_assert_str_eq(conf_text(&conf, CONF_DATA), "/flag");
	ck_assert_int_eq(conf.values[CONF_DATA].origin, CONF_FLAG);
	ck_assert_uint_eq(conf_number(&conf, CONF_THREADS), 3);
	ck_assert_uint_eq(conf_number(&conf, CONF_QUEUE_MAX), 77);
	ck_assert_uint_eq(conf.values[CONF_QUEUE_MAX].line, 4);
	ck_assert_uint_eq(conf_number(&conf, CONF_IDLE_SECONDS), 300);
}
END_TEST

struct mistake {
	const char *text;
	const char *told;
};

static const struct mistake mistakes[] = {
    {"[demeritd]\ndatta = /x\n", ":2: unknown key \"datta\", did you mean \"data\"?"},
    {"[demeritd]\nwibblewobble = 1\n", ":2: unknown key \"wibblewobble\""},
    {"[demerit]\ndata = /x\n", ":2: unknown section [demerit]"},
    {"data = /x\n", "unknown section []"},
    {"[demeritd]\nthreads = 0\n", ":2: threads: \"0\" is not a number from 1 to 64"},
    {"[demeritd]\nthreads = -1\n", "threads: \"-1\""},
    {"[demeritd]\nthreads = 4294967297\n", "threads:"},
    {"[demeritd]\nthreads = 1x\n", "threads: \"1x\""},
    {"[demeritd]\nthreads =\n", "threads: \"\""},
    {"[demeritd]\nsocket_mode = 0888\n", "not an octal mode"},
    {"[demeritd]\nlog_level = loud\n", "log_level: \"loud\" is none of"},
    {"[demeritd]\ndata = /x\ndata = /y\n", ":3: data is given twice, first in line 2"},
    {"[demeritd]\ndata = /x\n  /y\n", ":3: the line is indented"},
    {"[demeritd]\ndata\n", ":2: neither a [section], nor key = value"},
    {"[principal a b]\nuid = 1\n", ":2: a principal's name"},
    {"[principal a]\nuid = nobody-has-this-name\n", "neither a number nor a user"},
    {"[principal a]\nuid = 7\nroles = clerk, king\n", ":3: roles: there is no role \"king\""},
    {"[principal a]\nuid = 7\nrole = clerk\n", ":3: unknown key \"role\" of a principal"},
};

START_TEST(mistakes_in_the_file_are_told_with_line_and_key)
{
	const struct mistake *mistake = &mistakes[_i];

	ck_assert_int_eq(read_text(mistake->text), -EINVAL);
	assert_told(mistake->told);
	assert_told("/tmp/test-conf-");
}
END_TEST

START_TEST(a_line_too_long_for_the_reader_is_told_and_not_cut)
{
	char text[600] = "[demeritd]\ndata = /";

	memset(text + strlen(text), 'x', 400);
	strncat(text, "\n", 2);
	ck_assert_int_eq(read_text(text), -EINVAL);
	assert_told(":2: the line is longer than");
}
END_TEST

START_TEST(a_missing_file_is_told_by_its_name)
{
	conf_init(&conf);
	ck_assert_int_eq(conf_read_file(&conf, "/nonexistent/demeritd.conf", &error), -ENOENT);
	assert_told("/nonexistent/demeritd.conf: No such file");
}
END_TEST

START_TEST(an_unknown_variable_of_ours_is_told)
{
	const char *environment[] = {"DEMERITD_THREAD=2", NULL};

	conf_init(&conf);
	ck_assert_int_eq(conf_read_environment(&conf, MUTABLE(environment), &error), -EINVAL);
	assert_told("DEMERITD_THREAD names no key, did you mean threads?");
}
END_TEST

START_TEST(a_wrong_variable_is_told_by_its_name)
{
	const char *environment[] = {"DEMERITD_QUEUE_MAX=many", NULL};

	conf_init(&conf);
	ck_assert_int_eq(conf_read_environment(&conf, MUTABLE(environment), &error), -EINVAL);
	assert_told("DEMERITD_QUEUE_MAX: \"many\"");
}
END_TEST

START_TEST(an_unknown_option_is_told_with_the_nearest)
{
	const char *argv[] = {"demeritd", "--dta", "x", NULL};
	struct options options;

	ck_assert_int_eq(options_parse(3, MUTABLE(argv), &options, &error), -EINVAL);
	assert_told("--dta: there is no such option, did you mean --data?");
}
END_TEST

START_TEST(an_option_without_its_value_is_told)
{
	const char *argv[] = {"demeritd", "--data", NULL};
	struct options options;

	ck_assert_int_eq(options_parse(2, MUTABLE(argv), &options, &error), -EINVAL);
	assert_told("--data needs a value");
}
END_TEST

START_TEST(a_word_that_is_no_option_is_told)
{
	const char *argv[] = {"demeritd", "start", NULL};
	struct options options;

	ck_assert_int_eq(options_parse(2, MUTABLE(argv), &options, &error), -EINVAL);
	assert_told("\"start\": demeritd takes options only");
}
END_TEST

START_TEST(restoring_needs_a_reason)
{
	const char *argv[] = {"demeritd", "--restore", "/b", NULL};
	struct options options;

	ck_assert_int_eq(options_parse(3, MUTABLE(argv), &options, &error), -EINVAL);
	assert_told("--restore needs --reason");
}
END_TEST

START_TEST(without_data_there_is_nothing_to_start)
{
	conf_init(&conf);
	ck_assert_int_eq(conf_finish(&conf, &error), -EINVAL);
	assert_told("data is not set");
}
END_TEST

START_TEST(tcp_is_refused_while_there_is_no_tls)
{
	conf_init(&conf);
	ck_assert_int_eq(conf_set(&conf, CONF_DATA, "/d", CONF_FLAG, 0, &error), 0);
	ck_assert_int_eq(
	    conf_set(&conf, CONF_LISTEN, "unix:/a 127.0.0.1:7070", CONF_FLAG, 0, &error), 0);
	ck_assert_int_eq(conf_finish(&conf, &error), -EINVAL);
	assert_told("\"127.0.0.1:7070\" is not unix:PATH");
}
END_TEST

START_TEST(one_uid_is_one_principal)
{
	ck_assert_int_eq(read_text("[demeritd]\ndata = /d\n[principal a]\nuid = 7\nroles = "
				   "clerk\n[principal b]\nuid = 7\nroles = auditor\n"),
			 0);
	ck_assert_int_eq(conf_finish(&conf, &error), -EINVAL);
	assert_told("principals a and b have the same uid 7");
}
END_TEST

START_TEST(roles_add_up_to_rights)
{
	ck_assert_int_eq(
	    read_text(
		"[demeritd]\ndata = /d\n[principal a]\nuid = 7\nroles = settlement, operator\n"),
	    0);
	ck_assert_uint_eq(conf.principals_count, 1);
	ck_assert_uint_eq(conf.principals[0].rights, RIGHT_HELLO | RIGHT_CHECK | RIGHT_OPERATE);
	ck_assert_uint_eq(conf.principals[0].uid, 7);
}
END_TEST

START_TEST(what_is_dumped_can_be_read_back)
{
	struct conf again;
	char dumped[] = "/tmp/test-dump-XXXXXX";
	int fd = mkstemp(dumped);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(read_text("[demeritd]\ndata = /d\nthreads = 5\nsocket_mode = 0600\n"
				   "[principal a]\nuid = 7\nroles = clerk\n"),
			 0);
	ck_assert_int_eq(conf_dump(&conf, fd), 0);
	close(fd);
	conf_init(&again);
	int result = conf_read_file(&again, dumped, &error);
	unlink(dumped);
	if (result < 0)
		ck_abort_msg("%s", error.text);
	for (size_t i = 0; i < CONF_COUNT; i++)
		ck_assert_str_eq(again.values[i].text.text, conf.values[i].text.text);
	ck_assert_uint_eq(again.principals_count, 1);
	ck_assert_uint_eq(again.principals[0].rights, conf.principals[0].rights);
}
END_TEST

Suite *
suite_conf(void)
{
	Suite *suite = suite_create("conf");
	TCase *tcase = tcase_create("conf");

	tcase_add_test(tcase, every_key_has_a_default_that_is_right);
	tcase_add_test(tcase, flags_win_over_environment_over_file_over_default);
	tcase_add_loop_test(tcase, mistakes_in_the_file_are_told_with_line_and_key, 0,
			    sizeof(mistakes) / sizeof(mistakes[0]));
	tcase_add_test(tcase, a_line_too_long_for_the_reader_is_told_and_not_cut);
	tcase_add_test(tcase, a_missing_file_is_told_by_its_name);
	tcase_add_test(tcase, an_unknown_variable_of_ours_is_told);
	tcase_add_test(tcase, a_wrong_variable_is_told_by_its_name);
	tcase_add_test(tcase, an_unknown_option_is_told_with_the_nearest);
	tcase_add_test(tcase, an_option_without_its_value_is_told);
	tcase_add_test(tcase, a_word_that_is_no_option_is_told);
	tcase_add_test(tcase, restoring_needs_a_reason);
	tcase_add_test(tcase, without_data_there_is_nothing_to_start);
	tcase_add_test(tcase, tcp_is_refused_while_there_is_no_tls);
	tcase_add_test(tcase, one_uid_is_one_principal);
	tcase_add_test(tcase, roles_add_up_to_rights);
	tcase_add_test(tcase, what_is_dumped_can_be_read_back);
	suite_add_tcase(suite, tcase);
	return suite;
}
