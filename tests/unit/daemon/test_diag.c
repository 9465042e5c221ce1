/* The log: whatever is in a value, a line stays one line and its fields stay apart. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/diag.h"
#include "suites.h"

static char path[64];
static char text[16384];

static void
begin(enum diag_level level, enum diag_format format)
{
	snprintf(path, sizeof(path), "/tmp/test-diag-XXXXXX");
	int fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	close(fd);
	const struct diag_config config = {.level = level, .format = format, .path = path};
	ck_assert_int_eq(diag_open(&config), 0);
}

static const char *
end(void)
{
	diag_close();
	FILE *file = fopen(path, "r");
	ck_assert_ptr_nonnull(file);
	size_t size = fread(text, 1, sizeof(text) - 1, file);
	text[size] = '\0';
	fclose(file);
	unlink(path);
	return text;
}

START_TEST(a_line_has_time_level_event_and_fields)
{
	begin(DIAG_NOTICE, DIAG_LOGFMT);
	diag(DIAG_NOTICE, "ready", diag_text("version", "0.1"), diag_int("n", -3), DIAG_END);
	const char *line = end();
	ck_assert_int_eq(strncmp(line, "time=2", 6), 0);
	ck_assert_ptr_nonnull(strstr(line, "Z level=notice event=ready version=0.1 n=-3\n"));
}
END_TEST

START_TEST(a_value_cannot_end_the_line_or_begin_a_field)
{
	begin(DIAG_NOTICE, DIAG_LOGFMT);
	diag(DIAG_NOTICE, "x", diag_text("who", "a\nlevel=error b=\"c\""), DIAG_END);
	const char *line = end();
	ck_assert_ptr_nonnull(strstr(line, "who=\"a\\u000alevel=error b=\\\"c\\\"\"\n"));
	ck_assert_ptr_eq(strchr(line, '\n'), line + strlen(line) - 1);
}
END_TEST

START_TEST(json_lines_are_whole_even_when_too_long)
{
	static char many[4000];

	memset(many, 'y', sizeof(many) - 1);
	begin(DIAG_NOTICE, DIAG_JSON);
	diag(DIAG_NOTICE, "x", diag_text("long", many), diag_text("short", "z"), DIAG_END);
	const char *line = end();
	ck_assert_int_eq(line[0], '{');
	ck_assert_ptr_null(strstr(line, "long"));
	ck_assert_ptr_nonnull(strstr(line, ",\"short\":\"z\"}\n"));
}
END_TEST

START_TEST(a_logfmt_line_too_long_is_cut_and_still_ends)
{
	static char many[4000];

	memset(many, 'y', sizeof(many) - 1);
	begin(DIAG_NOTICE, DIAG_LOGFMT);
	diag(DIAG_NOTICE, "x", diag_text("long", many), DIAG_END);
	const char *line = end();
	ck_assert_uint_le(strlen(line), 2048);
	ck_assert_int_eq(line[strlen(line) - 1], '\n');
}
END_TEST

START_TEST(what_is_less_grave_than_the_level_is_not_written)
{
	begin(DIAG_WARNING, DIAG_LOGFMT);
	diag(DIAG_NOTICE, "quiet", DIAG_END);
	diag(DIAG_ERROR, "loud", DIAG_END);
	const char *lines = end();
	ck_assert_ptr_null(strstr(lines, "quiet"));
	ck_assert_ptr_nonnull(strstr(lines, "loud"));
}
END_TEST

START_TEST(a_log_moved_away_is_begun_anew_when_reopened)
{
	char moved[80];

	begin(DIAG_NOTICE, DIAG_LOGFMT);
	diag(DIAG_NOTICE, "before", DIAG_END);
	snprintf(moved, sizeof(moved), "%s.1", path);
	ck_assert_int_eq(rename(path, moved), 0);
	ck_assert_int_eq(diag_reopen(), 0);
	diag(DIAG_NOTICE, "after", DIAG_END);
	const char *lines = end();
	unlink(moved);
	ck_assert_ptr_null(strstr(lines, "before"));
	ck_assert_ptr_nonnull(strstr(lines, "after"));
}
END_TEST

START_TEST(peers_cannot_flood_the_log)
{
	struct diag_figures before;
	struct diag_figures after;

	begin(DIAG_NOTICE, DIAG_LOGFMT);
	diag_figures(&before);
	for (int i = 0; i < 10 * DIAG_PEER_PER_SECOND; i++)
		diag_peer(DIAG_NOTICE, "junk", DIAG_END);
	diag_figures(&after);
	end();
	/* A second may begin in between. */
	ck_assert_uint_le(after.lines[DIAG_NOTICE] - before.lines[DIAG_NOTICE],
			  2 * DIAG_PEER_PER_SECOND);
	ck_assert_uint_ge(after.suppressed - before.suppressed, 8 * DIAG_PEER_PER_SECOND);
}
END_TEST

START_TEST(a_file_that_cannot_be_opened_is_a_failure)
{
	const struct diag_config config = {.level = DIAG_NOTICE, .path = "/nonexistent/log"};

	ck_assert_int_eq(diag_open(&config), -ENOENT);
}
END_TEST

Suite *
suite_diag(void)
{
	Suite *suite = suite_create("diag");
	TCase *tcase = tcase_create("diag");

	tcase_add_test(tcase, a_line_has_time_level_event_and_fields);
	tcase_add_test(tcase, a_value_cannot_end_the_line_or_begin_a_field);
	tcase_add_test(tcase, json_lines_are_whole_even_when_too_long);
	tcase_add_test(tcase, a_logfmt_line_too_long_is_cut_and_still_ends);
	tcase_add_test(tcase, what_is_less_grave_than_the_level_is_not_written);
	tcase_add_test(tcase, a_log_moved_away_is_begun_anew_when_reopened);
	tcase_add_test(tcase, peers_cannot_flood_the_log);
	tcase_add_test(tcase, a_file_that_cannot_be_opened_is_a_failure);
	suite_add_tcase(suite, tcase);
	return suite;
}
