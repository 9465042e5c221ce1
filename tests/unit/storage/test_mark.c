/*
 * The mark: two slots, the newer one that holds is believed, and nothing is half there.
 */
#include <errno.h>
#include <string.h>

#include "tests/fault/disk.h"
#include "storage/bytes.h"
#include "storage/checksum.h"
#include "storage/mark.h"
#include "suites.h"

static struct disk *disk;
static struct mark mark;
static struct store_report report;

static void
setup(void)
{
	struct mark_value value = {.epoch = 1};

	disk = disk_new();
	mark_init(&mark, disk_files(disk), "m");
	ck_assert_int_eq(mark_create(&mark, &value, &report), 0);
}

static void
teardown(void)
{
	mark_done(&mark);
	disk = disk_free(disk);
}

static int
again(uint64_t *ret_sequence)
{
	struct mark other;
	int error;

	mark_init(&other, disk_files(disk), "m");
	error = mark_read(&other, &report);
	*ret_sequence = other.value.sequence;
	mark_done(&other);
	return error;
}

static void
write_sequence(uint64_t sequence)
{
	struct mark_value value = {.epoch = 1, .sequence = sequence};

	ck_assert_int_eq(mark_write(&mark, &value), 0);
}

START_TEST(mark_is_read_back)
{
	uint64_t sequence;
	uint64_t i;

	ck_assert_int_eq(again(&sequence), 0);
	ck_assert_uint_eq(sequence, 0);
	for (i = 1; i < 10; i++) {
		write_sequence(i);
		ck_assert_int_eq(again(&sequence), 0);
		ck_assert_uint_eq(sequence, i);
		ck_assert_int_eq(mark_check(&mark, &report), 0);
	}
}
END_TEST

START_TEST(mark_never_goes_back)
{
	uint64_t sequence;

	write_sequence(7);
	write_sequence(5);
	ck_assert_int_eq(again(&sequence), 0);
	ck_assert_uint_eq(sequence, 7);
}
END_TEST

START_TEST(highest_epoch_is_never_forgotten)
{
	struct mark_value value = {.epoch = 1, .sequence = 1};
	struct mark other;

	ck_assert_uint_eq(mark.epoch_known, 1);
	mark.epoch_known = 7;
	ck_assert_int_eq(mark_create(&mark, &value, &report), 0);
	value.epoch = 2;
	value.sequence = 2;
	ck_assert_int_eq(mark_write(&mark, &value), 0);
	mark_init(&other, disk_files(disk), "m");
	ck_assert_int_eq(mark_read(&other, &report), 0);
	ck_assert_uint_eq(other.value.epoch, 2);
	ck_assert_uint_eq(other.epoch_known, 7);
	mark_done(&other);
}
END_TEST

/* As marks were written before they knew of other epochs than their own. */
START_TEST(no_epoch_known_is_the_slots_own)
{
	struct mark_value value = {.epoch = 5, .sequence = 1};
	struct mark other;
	uint8_t *bytes;
	size_t size;
	size_t at;

	ck_assert_int_eq(mark_create(&mark, &value, &report), 0);
	bytes = disk_bytes(disk, "m", &size);
	for (at = 0; at < size; at += MARK_SLOT) {
		uint32_t crc;

		memset(bytes + at + 56, 0, 4);
		crc = checksum_crc32c(0, bytes + at, 12);
		bytes_put_u32(bytes + at + 12,
			      checksum_crc32c(crc, bytes + at + 16, MARK_SLOT - 16));
	}
	mark_init(&other, disk_files(disk), "m");
	ck_assert_int_eq(mark_read(&other, &report), 0);
	ck_assert_uint_eq(other.epoch_known, 5);
	mark_done(&other);
}
END_TEST

START_TEST(mark_is_on_the_disk_when_it_is_written)
{
	uint64_t sequence;

	write_sequence(7);
	mark_done(&mark);
	disk_power_cut(disk, DISK_CUT_NONE, 0);
	mark_init(&mark, disk_files(disk), "m");
	ck_assert_int_eq(again(&sequence), 0);
	ck_assert_uint_eq(sequence, 7);
}
END_TEST

START_TEST(newest_slot_torn_leaves_the_one_before)
{
	size_t size;
	uint8_t *bytes;
	uint64_t sequence;

	write_sequence(7);
	write_sequence(8);
	bytes = disk_bytes(disk, "m", &size);
	ck_assert_uint_eq(size, 2 * MARK_SLOT);
	/* Created with generation 3: 7 went into the first slot, 8 into the second. */
	bytes[MARK_SLOT + 60] ^= 1;
	ck_assert_int_eq(again(&sequence), 0);
	ck_assert_uint_eq(sequence, 7);
	ck_assert_int_eq(mark_check(&mark, &report), STORE_DAMAGED);
	bytes[60] ^= 1;
	ck_assert_int_eq(again(&sequence), STORE_DAMAGED);
	ck_assert_ptr_nonnull(strstr(report.text, "m:"));
}
END_TEST

START_TEST(slot_copied_over_the_other_is_none)
{
	size_t size;
	uint8_t *bytes;
	uint64_t sequence;

	write_sequence(7);
	write_sequence(8);
	bytes = disk_bytes(disk, "m", &size);
	memcpy(bytes + MARK_SLOT, bytes, MARK_SLOT);
	ck_assert_int_eq(again(&sequence), 0);
	ck_assert_uint_eq(sequence, 7);
}
END_TEST

START_TEST(failed_write_or_sync_is_said_and_not_tried_again)
{
	struct mark_value value = {.epoch = 1, .sequence = 9};
	uint64_t syncs;

	disk_fail_at(disk, DISK_SYNC, 1, EIO, false);
	syncs = disk_count_of(disk, DISK_SYNC);
	ck_assert_int_eq(mark_write(&mark, &value), -EIO);
	ck_assert_uint_eq(disk_count_of(disk, DISK_SYNC), syncs + 1);
	disk_fail_at(disk, DISK_WRITE, 1, EIO, false);
	ck_assert_int_eq(mark_write(&mark, &value), -EIO);
}
END_TEST

START_TEST(creation_is_whole_or_not_at_all)
{
	struct mark_value value = {.epoch = 1, .sequence = 42};
	uint64_t sequence;
	unsigned call;

	write_sequence(7);
	for (call = 1; call <= 6; call++) {
		disk_stop_at(disk, disk_count(disk) + call);
		(void)!mark_create(&mark, &value, &report);
		mark_done(&mark);
		disk_power_cut(disk, DISK_CUT_SUBSET, call);
		mark_init(&mark, disk_files(disk), "m");
		ck_assert_int_eq(again(&sequence), 0);
		ck_assert(sequence == 7 || sequence == 42);
	}
	ck_assert_uint_eq(sequence, 42);
}
END_TEST

Suite *
suite_mark(void)
{
	Suite *suite = suite_create("mark");
	TCase *tests = tcase_create("mark");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, mark_is_read_back);
	tcase_add_test(tests, mark_never_goes_back);
	tcase_add_test(tests, highest_epoch_is_never_forgotten);
	tcase_add_test(tests, no_epoch_known_is_the_slots_own);
	tcase_add_test(tests, mark_is_on_the_disk_when_it_is_written);
	tcase_add_test(tests, newest_slot_torn_leaves_the_one_before);
	tcase_add_test(tests, slot_copied_over_the_other_is_none);
	tcase_add_test(tests, failed_write_or_sync_is_said_and_not_tried_again);
	tcase_add_test(tests, creation_is_whole_or_not_at_all);
	suite_add_tcase(suite, tests);
	return suite;
}
