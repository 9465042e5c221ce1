/*
 * The spare: whole, zero and synced before it is called one; on a full disk tried again.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "tests/fault/disk.h"
#include "storage/spare.h"
#include "suites.h"

enum { SIZE = 9 << 20 };

static struct disk *disk;
static struct spare spare;

static void
setup(void)
{
	disk = disk_new();
	ck_assert_int_eq(disk_files(disk)->make_folder(disk, "log"), 0);
	ck_assert_int_eq(disk_files(disk)->sync_folder(disk, "."), 0);
	ck_assert_int_eq(spare_init(&spare, disk_files(disk), "log"), 0);
}

static void
teardown(void)
{
	spare_done(&spare);
	disk = disk_free(disk);
}

static bool
is_zero(const char *path)
{
	size_t size;
	const uint8_t *bytes = disk_bytes(disk, path, &size);

	return bytes != NULL && size == SIZE && bytes[0] == 0 &&
	       memcmp(bytes, bytes + 1, size - 1) == 0;
}

START_TEST(spare_is_made_in_pieces_and_synced)
{
	uint64_t size;
	unsigned steps = 1;
	int fd;

	ck_assert(!spare_step(&spare));
	ck_assert_int_eq(spare_state(&spare, NULL), SPARE_NONE);
	spare_want(&spare, SIZE);
	spare_want(&spare, 1 << 20); /* already wanted, with its size */
	while (spare_step(&spare))
		steps++;
	ck_assert_uint_eq(steps, 3);
	ck_assert_int_eq(spare_wait(&spare, 0), SPARE_READY);
	disk_power_cut(disk, DISK_CUT_NONE, 0);
	spare.fd = -1;
	ck_assert(is_zero("log/spare"));
	ck_assert_int_eq(spare_adopt(&spare, SIZE), 0);
	fd = spare_take(&spare, &size);
	ck_assert_uint_eq(size, SIZE);
	ck_assert_int_eq(spare_state(&spare, NULL), SPARE_NONE);
	disk_files(disk)->close(disk, fd);
}
END_TEST

START_TEST(spare_left_from_before_is_kept_only_if_it_is_clean)
{
	static uint8_t bytes[SIZE];

	ck_assert_int_eq(spare_adopt(&spare, SIZE), 0);
	ck_assert_int_eq(spare_state(&spare, NULL), SPARE_NONE);
	disk_set_bytes(disk, "log/spare", bytes, SIZE - 1);
	disk_set_bytes(disk, "log/spare.new", bytes, 17);
	ck_assert_int_eq(spare_adopt(&spare, SIZE), 0);
	ck_assert_int_eq(spare_state(&spare, NULL), SPARE_NONE);
	ck_assert(!is_zero("log/spare"));
	bytes[SIZE - 1] = 1;
	disk_set_bytes(disk, "log/spare", bytes, SIZE);
	ck_assert_int_eq(spare_adopt(&spare, SIZE), 0);
	ck_assert_int_eq(spare_state(&spare, NULL), SPARE_NONE);
}
END_TEST

START_TEST(full_disk_leaves_nothing_behind_and_is_tried_again)
{
	int error = 0;
	size_t size;

	disk_set_space(disk, SIZE / 2);
	spare_want(&spare, SIZE);
	while (spare_step(&spare))
		;
	ck_assert_int_eq(spare_state(&spare, &error), SPARE_STUCK);
	ck_assert_int_eq(error, STORE_FULL);
	ck_assert_ptr_null(disk_bytes(disk, "log/spare.new", &size));
	ck_assert(!spare_step(&spare));
	disk_set_space(disk, UINT64_MAX);
	spare_retry(&spare);
	while (spare_step(&spare))
		;
	ck_assert_int_eq(spare_state(&spare, NULL), SPARE_READY);
	spare_retry(&spare);
	ck_assert_int_eq(spare_state(&spare, NULL), SPARE_READY);
}
END_TEST

START_TEST(each_failing_call_ends_stuck)
{
	static const enum disk_op ops[] = {DISK_OPEN, DISK_WRITE, DISK_SYNC, DISK_RENAME,
					   DISK_SYNC_FOLDER};
	size_t i;

	for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		int error = 0;

		disk_fail_at(disk, ops[i], 1, EIO, false);
		spare_want(&spare, SIZE);
		spare_retry(&spare);
		while (spare_step(&spare))
			;
		ck_assert_int_eq(spare_state(&spare, &error), SPARE_STUCK);
		/* Nothing of the book is in it: it may be tried again. */
		ck_assert_int_eq(error, STORE_BUSY);
	}
	ck_assert_int_eq(spare_wait(&spare, 0), SPARE_STUCK);
}
END_TEST

START_TEST(waiting_ends)
{
	spare_want(&spare, SIZE);
	ck_assert_int_eq(spare_wait(&spare, 1), SPARE_MAKING);
}
END_TEST

Suite *
suite_spare(void)
{
	Suite *suite = suite_create("spare");
	TCase *tests = tcase_create("spare");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_set_timeout(tests, 30);
	tcase_add_test(tests, spare_is_made_in_pieces_and_synced);
	tcase_add_test(tests, spare_left_from_before_is_kept_only_if_it_is_clean);
	tcase_add_test(tests, full_disk_leaves_nothing_behind_and_is_tried_again);
	tcase_add_test(tests, each_failing_call_ends_stuck);
	tcase_add_test(tests, waiting_ends);
	suite_add_tcase(suite, tests);
	return suite;
}
