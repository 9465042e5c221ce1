/*
 * Files of exported records: what is in them, what is not whole, what is none.
 */

#include "suites.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "export_file.h"

/* Two records: a length, the sequence, another field. */
#define FIRST  "\x04\x08\x05\x10\x07"
#define SECOND "\x05\x08\x06\x10\x80\x01"

static char path[] = "/tmp/demerit-export-XXXXXX";
static struct export_file file;

static void
setup(void)
{
	int fd;

	memcpy(path + strlen(path) - 6, "XXXXXX", 6);
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	close(fd);
}

static void
teardown(void)
{
	unlink(path);
}

static int
open_with(const char *bytes, size_t size, bool lines)
{
	FILE *out = fopen(path, "wb");

	ck_assert_ptr_nonnull(out);
	ck_assert_uint_eq(fwrite(bytes, 1, size, out), size);
	ck_assert_int_eq(fclose(out), 0);
	return export_file_open(&file, path, lines);
}

static size_t
size_now(void)
{
	struct stat status;

	ck_assert_int_eq(stat(path, &status), 0);
	return (size_t)status.st_size;
}

/* Opens with these bytes, which hold records up to last; what is behind `whole` goes. */
static void
holds(const char *bytes, size_t size, bool lines, uint64_t last, size_t whole)
{
	ck_assert_int_eq(open_with(bytes, size, lines), 0);
	ck_assert_uint_eq(file.last, last);
	ck_assert_uint_eq(file.end, whole);
	ck_assert_uint_eq(size_now(), size);
	ck_assert_int_eq(export_file_continue(&file), 0);
	ck_assert_uint_eq(size_now(), whole);
	ck_assert_int_eq(write(fileno(file.stream), "x", 1), 1);
	ck_assert_int_eq(export_file_close(&file), 0);
	ck_assert_uint_eq(size_now(), whole + 1);
}

START_TEST(what_is_whole_is_kept_and_the_rest_is_cut)
{
	static const char both[] = FIRST SECOND;
	size_t first = sizeof(FIRST) - 1, second = sizeof(SECOND) - 1;

	holds(both, 0, false, 0, 0);
	for (size_t size = 1; size < first; size++)
		holds(both, size, false, 0, 0);
	for (size_t size = first; size < first + second; size++)
		holds(both, size, false, 5, first);
	holds(both, first + second, false, 6, first + second);
}
END_TEST

START_TEST(lines_likewise)
{
	static const char both[] = "{\"seq\": 5, \"kind\": \"genesis\"}\n{\"seq\": 6}\n";
	size_t first = (size_t)(strchr(both, '\n') - both) + 1, size = sizeof(both) - 1;

	holds(both, 3, true, 0, 0);
	holds(both, first - 1, true, 0, 0);
	for (size_t cut = first; cut < size; cut++)
		holds(both, cut, true, 5, first);
	holds(both, size, true, 6, size);
}
END_TEST

START_TEST(the_last_record_is_told_as_it_stands)
{
	static const char both[] = FIRST SECOND "\x05\x08";

	ck_assert_int_eq(open_with(both, sizeof(both) - 1, false), 0);
	ck_assert_uint_eq(file.first, 5);
	ck_assert_uint_eq(file.tail.size, sizeof(SECOND) - 1);
	ck_assert_mem_eq(file.tail.bytes, SECOND, sizeof(SECOND) - 1);
	ck_assert_int_eq(export_file_close(&file), 0);
}
END_TEST

static const struct {
	const char *bytes;
	size_t size;
	bool lines;
} foreign[] = {
#define TEXT(literal, lines)                                                                       \
	{                                                                                          \
		literal, sizeof(literal) - 1, lines                                                \
	}
    TEXT("my notes", false),
    TEXT("my notes", true),
    TEXT("\n", true),
    TEXT("[]\n", true),
    TEXT("{\"seq\": \"5\"}\n", true),
    TEXT("{\"seq\": 0}\n", true),
    TEXT("{\"seq\": 5, broken\n", true),
    TEXT("{\"seq\": 5}\n{\"seq\": 7}\n", true),
    TEXT("{\"seq\": 5}\n{\"seq\": 5}\n", true),
    TEXT(FIRST, true),
    TEXT("{\"seq\": 5}\n", false),
    TEXT(FIRST FIRST, false),
    TEXT(SECOND FIRST, false),
    TEXT(FIRST "\x04\x10\x07\x08\x06", false),
    TEXT("\x02\x08\x00", false),
    TEXT("\x01\x08", false),
    /* Longer than any record, and than any number. */
    TEXT("\x80\x80\x80\x01\x08", false),
    TEXT("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", false),
};

START_TEST(what_is_no_export_is_refused_and_left_alone)
{
	ck_assert_int_eq(open_with(foreign[_i].bytes, foreign[_i].size, foreign[_i].lines),
			 -EBADMSG);
	ck_assert_uint_eq(size_now(), foreign[_i].size);
}
END_TEST

START_TEST(one_export_at_a_time_writes_to_a_file)
{
	int fd = open(path, O_RDWR);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	ck_assert_int_eq(export_file_open(&file, path, false), -EWOULDBLOCK);
	close(fd);
	ck_assert_int_eq(export_file_open(&file, "/nowhere/at/all", false), -ENOENT);
	ck_assert_int_eq(export_file_open(&file, "/", false), -EISDIR);
}
END_TEST

Suite *
suite_export(void)
{
	Suite *suite = suite_create("export");
	TCase *tests = tcase_create("export");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, what_is_whole_is_kept_and_the_rest_is_cut);
	tcase_add_test(tests, lines_likewise);
	tcase_add_test(tests, the_last_record_is_told_as_it_stands);
	tcase_add_loop_test(tests, what_is_no_export_is_refused_and_left_alone, 0,
			    (int)(sizeof(foreign) / sizeof(foreign[0])));
	tcase_add_test(tests, one_export_at_a_time_writes_to_a_file);
	suite_add_tcase(suite, tests);
	return suite;
}
