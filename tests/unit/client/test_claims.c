/*
 * Claim files: every byte comes out again, whatever the quotes do.
 */

#include "suites.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "claims.h"

static int
file_of(const char *text, size_t size)
{
	char path[] = "/tmp/demerit-claims-XXXXXX";
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	unlink(path);
	ck_assert_int_eq(write(fd, text, size), (ssize_t)size);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

/* The records of a text as "line:size:ending[!]" joined by blanks, their bytes compared. */
static void
shapes(const char *text, size_t size, char *out, size_t room)
{
	char *again = malloc(size + 1);
	struct claims_record record;
	struct claims claims;
	size_t at = 0, used = 0;
	int fd = file_of(text, size);

	ck_assert(claims_begin(&claims, fd));
	out[0] = '\0';
	while (claims_next(&claims, &record) == CLAIMS_RECORD) {
		used += (size_t)snprintf(out + used, room - used, "%s%llu:%zu:%zu%s",
					 used > 0 ? " " : "", (unsigned long long)record.line,
					 record.size, record.ending, record.broken ? "!" : "");
		ck_assert_uint_le(at + record.size + record.ending, size);
		memcpy(again + at, record.raw, record.size + record.ending);
		at += record.size + record.ending;
	}
	ck_assert_uint_eq(at, size);
	ck_assert_mem_eq(again, text, size);
	claims_end(&claims);
	close(fd);
	free(again);
}

static const struct {
	const char *text;
	const char *shape;
} files[] = {
    {"", ""},
    {"a,b\nc,d\n", "1:3:1 2:3:1"},
    {"a,b\r\nc,d", "1:3:2 2:3:0"},
    {"\n\na\n", "1:0:1 2:0:1 3:1:1"},
    {"a,\"b\nc\",d\ne\n", "1:9:1 3:1:1"},
    {"a,\"b\"\"\nc\"\ne\n", "1:9:1 3:1:1"},
    {"\"a\"\r\n\"b\"\r\n", "1:3:2 2:3:2"},
    /* A quote that never closes costs its own line, not the file. */
    {"a,\"b\nc,d\ne,f\n", "1:4:1! 2:3:1 3:3:1"},
    {"a,\"b", "1:4:0!"},
    {"a,\"b\"x,c\nd\n", "1:8:1! 2:1:1"},
    {"a,\"b\nc\"x\nd\n", "1:4:1! 2:3:1 3:1:1"},
    /* A quote inside a field that did not begin with one is a character. */
    {"a\"b,c\nd\n", "1:5:1 2:1:1"},
    {"a\rb\nc\n", "1:3:1 2:1:1"},
};

START_TEST(records_end_where_they_end_and_no_byte_is_lost)
{
	char shape[256];

	shapes(files[_i].text, strlen(files[_i].text), shape, sizeof(shape));
	ck_assert_str_eq(shape, files[_i].shape);
}
END_TEST

START_TEST(a_quote_that_spans_too_many_lines_is_broken)
{
	char text[4 * (CLAIMS_SPAN_MAX + 4)] = "\"a\n";
	char shape[4096];

	for (int i = 0; i < CLAIMS_SPAN_MAX + 1; i++)
		strcat(text, "b\n");
	strcat(text, "\"\n");
	shapes(text, strlen(text), shape, sizeof(shape));
	ck_assert_int_eq(strncmp(shape, "1:2:1! 2:1:1 3:1:1 ", 19), 0);
}
END_TEST

START_TEST(records_across_the_windows_edge_are_whole)
{
	size_t size = 6 * 1024 * 1024;
	char *text = malloc(size + 1);
	struct claims_record record;
	struct claims claims;
	uint64_t lines = 0;
	int fd;

	for (size_t i = 0; i < size; i++)
		text[i] = i % 997 == 996 ? '\n' : (char)('a' + i % 23);
	fd = file_of(text, size);
	ck_assert(claims_begin(&claims, fd));
	for (size_t at = 0; claims_next(&claims, &record) == CLAIMS_RECORD; lines++) {
		ck_assert_uint_eq(record.line, lines + 1);
		ck_assert_mem_eq(record.raw, text + at, record.size);
		at += record.size + record.ending;
	}
	ck_assert_uint_eq(lines, (size + 996) / 997);
	ck_assert(claims_rewind(&claims));
	ck_assert_int_eq(claims_next(&claims, &record), CLAIMS_RECORD);
	ck_assert_uint_eq(record.line, 1);
	claims_end(&claims);
	close(fd);
	free(text);
}
END_TEST

START_TEST(a_line_without_end_is_named)
{
	size_t size = 3 * CLAIMS_RECORD_MAX;
	char *text = malloc(size);
	struct claims_record record;
	struct claims claims;
	int fd;

	memset(text, 'x', size);
	text[1] = '\n';
	fd = file_of(text, size);
	ck_assert(claims_begin(&claims, fd));
	ck_assert_int_eq(claims_next(&claims, &record), CLAIMS_RECORD);
	ck_assert_int_eq(claims_next(&claims, &record), CLAIMS_TOO_LONG);
	ck_assert_uint_eq(record.line, 2);
	claims_end(&claims);
	close(fd);
	free(text);
}
END_TEST

static const struct {
	const char *record;
	size_t count;
	const char *fields; /* joined by | */
} splits[] = {
    {"", 1, ""},
    {"a", 1, "a"},
    {"a,b,,c", 4, "a|b||c"},
    {",", 2, "|"},
    {"\"a,b\",c", 2, "a,b|c"},
    {"\"HS350100\"\"1\"\"\",x", 2, "HS350100\"1\"|x"},
    {"\"\",\"\"", 2, "|"},
    {"\"a\nb\",\"c\"", 2, "a\nb|c"},
    {"a\"b,c\"", 2, "a\"b|c\""},
    {"a,b,c,d,e,f", 6, "a|b|c|d"},
};

START_TEST(fields_are_split_and_unquoted)
{
	struct demerit_text fields[4];
	char joined[128] = "";
	char scratch[128];
	size_t count =
	    claims_split(splits[_i].record, strlen(splits[_i].record), scratch, fields, 4);

	ck_assert_uint_eq(count, splits[_i].count);
	for (size_t i = 0; i < count && i < 4; i++) {
		if (i > 0)
			strcat(joined, "|");
		strncat(joined, fields[i].bytes, fields[i].size);
	}
	ck_assert_str_eq(joined, splits[_i].fields);
}
END_TEST

Suite *
suite_claims(void)
{
	Suite *suite = suite_create("claims");
	TCase *tcase = tcase_create("claims");

	tcase_set_timeout(tcase, 20);
	tcase_add_loop_test(tcase, records_end_where_they_end_and_no_byte_is_lost, 0,
			    (int)(sizeof(files) / sizeof(files[0])));
	tcase_add_test(tcase, a_quote_that_spans_too_many_lines_is_broken);
	tcase_add_test(tcase, records_across_the_windows_edge_are_whole);
	tcase_add_test(tcase, a_line_without_end_is_named);
	tcase_add_loop_test(tcase, fields_are_split_and_unquoted, 0,
			    (int)(sizeof(splits) / sizeof(splits[0])));
	suite_add_tcase(suite, tcase);
	return suite;
}
