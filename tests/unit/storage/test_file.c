/*
 * The seam: the real calls answer what the table says, short transfers are made whole, and errors
 * have names.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "storage/file.h"
#include "suites.h"

static char folder[64];
static char path[96];
static char other[96];

static void
setup(void)
{
	(void)snprintf(folder, sizeof(folder), "/tmp/demerit-file-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/a", folder);
	(void)snprintf(other, sizeof(other), "%s/b", folder);
}

static void
teardown(void)
{
	(void)unlink(path);
	(void)unlink(other);
	(void)rmdir(other);
	(void)rmdir(folder);
}

static int
count_name(void *user, const char *name)
{
	++*(int *)user;
	return strcmp(name, "stop") == 0 ? 7 : 0;
}

START_TEST(posix_calls_answer_negative_errno)
{
	const struct file_ops *files = &file_posix;
	char bytes[4] = "";
	uint64_t size;
	int count = 0;
	int fd;

	ck_assert_int_eq(files->open(NULL, path, O_RDONLY), -ENOENT);
	ck_assert_int_eq(files->unlink(NULL, path), -ENOENT);
	ck_assert_int_eq(files->rename(NULL, path, other), -ENOENT);
	ck_assert_int_eq(files->sync_folder(NULL, path), -ENOENT);
	ck_assert_int_eq(files->list(NULL, path, count_name, &count), -ENOENT);
	ck_assert_int_eq(files->free_space(NULL, path, &size), -ENOENT);
	ck_assert_int_eq(files->make_folder(NULL, folder), -EEXIST);
	ck_assert_int_eq(files->close(NULL, -1), -EBADF);
	ck_assert_int_eq(files->size(NULL, -1, &size), -EBADF);
	ck_assert_int_eq(files->datasync(NULL, -1), -EBADF);
	ck_assert_int_eq(files->lock(NULL, -1), -EBADF);
	ck_assert_int_eq(files->truncate(NULL, -1, 0), -EBADF);
	ck_assert_int_eq((int)files->pread(NULL, -1, bytes, 1, 0), -EBADF);
	ck_assert_int_eq((int)files->pwrite(NULL, -1, bytes, 1, 0), -EBADF);
	fd = files->open(NULL, path, O_RDWR | O_CREAT);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	ck_assert_int_eq(files->truncate(NULL, fd, 3), 0);
	ck_assert_int_eq(files->size(NULL, fd, &size), 0);
	ck_assert_uint_eq(size, 3);
	ck_assert_int_eq(file_read_all(files, fd, bytes, 4, 0), -ENODATA);
	ck_assert_int_eq(file_write_all(files, fd, "1234", 4, 0), 0);
	ck_assert_int_eq(file_read_all(files, fd, bytes, 4, 0), 0);
	ck_assert_mem_eq(bytes, "1234", 4);
	ck_assert_int_eq(files->datasync(NULL, fd), 0);
	ck_assert_int_eq(files->lock(NULL, fd), 0);
	ck_assert_int_eq(files->rename(NULL, path, other), 0);
	ck_assert_int_eq(files->sync_folder(NULL, folder), 0);
	ck_assert_int_eq(files->list(NULL, folder, count_name, &count), 0);
	ck_assert_int_eq(count, 1);
	ck_assert_int_eq(files->free_space(NULL, folder, &size), 0);
	ck_assert_int_eq(files->close(NULL, fd), 0);
	ck_assert_int_eq(files->unlink(NULL, other), 0);
}
END_TEST

START_TEST(lock_is_held_against_another_descriptor)
{
	const struct file_ops *files = &file_posix;
	int first = files->open(NULL, path, O_RDWR | O_CREAT);
	int second = files->open(NULL, path, O_RDWR);

	ck_assert_int_eq(files->lock(NULL, first), 0);
	ck_assert_int_eq(files->lock(NULL, second), -EWOULDBLOCK);
	files->close(NULL, first);
	ck_assert_int_eq(files->lock(NULL, second), 0);
	files->close(NULL, second);
}
END_TEST

static unsigned calls;

/* Two bytes at a time, interrupted now and then, as the system may. */
static ssize_t
short_pread(void *context, int fd, void *bytes, size_t size, uint64_t offset)
{
	if (++calls % 3 == 0)
		return -EINTR;
	return file_posix.pread(context, fd, bytes, size < 2 ? size : 2, offset);
}

static ssize_t
short_pwrite(void *context, int fd, const void *bytes, size_t size, uint64_t offset)
{
	if (++calls % 3 == 0)
		return -EINTR;
	return file_posix.pwrite(context, fd, bytes, size < 2 ? size : 2, offset);
}

static ssize_t
no_pwrite(void *context, int fd, const void *bytes, size_t size, uint64_t offset)
{
	(void)context, (void)fd, (void)bytes, (void)size, (void)offset;
	return 0;
}

START_TEST(short_and_interrupted_transfers_are_made_whole)
{
	struct file_ops files = file_posix;
	char bytes[11] = "";
	int fd = files.open(NULL, path, O_RDWR | O_CREAT);

	files.pread = short_pread;
	files.pwrite = short_pwrite;
	ck_assert_int_eq(file_write_all(&files, fd, "hello world", 11, 3), 0);
	ck_assert_int_eq(file_read_all(&files, fd, bytes, 11, 3), 0);
	ck_assert_mem_eq(bytes, "hello world", 11);
	files.pwrite = no_pwrite;
	ck_assert_int_eq(file_write_all(&files, fd, "x", 1, 0), -EIO);
	files.close(NULL, fd);
	ck_assert_int_eq(file_write_all(&file_posix, -1, "x", 1, 0), -EBADF);
	ck_assert_int_eq(file_read_all(&file_posix, -1, bytes, 1, 0), -EBADF);
}
END_TEST

START_TEST(folder_of_a_path_is_what_stands_before_its_last_slash)
{
	char of[16];

	ck_assert_int_eq(file_folder_of("a/b/c", of, sizeof(of)), 0);
	ck_assert_str_eq(of, "a/b");
	ck_assert_int_eq(file_folder_of("/c", of, sizeof(of)), 0);
	ck_assert_str_eq(of, "/");
	ck_assert_int_eq(file_folder_of("c", of, sizeof(of)), 0);
	ck_assert_str_eq(of, ".");
	ck_assert_int_eq(file_folder_of("0123456789abcdef/c", of, sizeof(of)), -ENAMETOOLONG);
}
END_TEST

START_TEST(every_error_has_its_name_and_a_sentence)
{
	struct store_report report;
	int error;

	for (error = STORE_KEY_LOST; error <= STORE_BUSY; error++)
		ck_assert_ptr_nonnull(store_error_text(error));
	ck_assert_str_eq(store_error_name(STORE_BOOK_WENT_BACK), "STORE_BOOK_WENT_BACK");
	ck_assert_str_eq(store_error_name(STORE_OK), "STORE_OK");
	ck_assert_str_eq(store_error_name(-5), "STORE_IO");
	ck_assert_int_eq(store_report_set(&report, STORE_FULL, 12, "%s: %d", "disk", 3),
			 STORE_FULL);
	ck_assert_str_eq(report.text, "disk: 3");
	ck_assert_uint_eq(report.offset, 12);
}
END_TEST

Suite *
suite_file(void)
{
	Suite *suite = suite_create("file");
	TCase *tests = tcase_create("file");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, posix_calls_answer_negative_errno);
	tcase_add_test(tests, lock_is_held_against_another_descriptor);
	tcase_add_test(tests, short_and_interrupted_transfers_are_made_whole);
	tcase_add_test(tests, folder_of_a_path_is_what_stands_before_its_last_slash);
	tcase_add_test(tests, every_error_has_its_name_and_a_sentence);
	suite_add_tcase(suite, tests);
	return suite;
}
