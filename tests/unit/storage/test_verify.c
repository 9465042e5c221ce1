/*
 * Verify: a good book verifies; a byte changed anywhere that an answer comes from does not.
 */
#include <stdio.h>
#include <string.h>

#include "tests/fault/model.h"
#include "storage/segment.h"
#include "storage/verify.h"
#include "suites.h"

static struct disk *disk;
static struct model model;
static struct store *store;

static void
setup(void)
{
	unsigned i;

	disk = disk_new();
	model_init(&model, disk, "data", 4);
	ck_assert_int_eq(model_open(&model, &store), 0);
	for (i = 0; i < 60; i++) {
		if (i % 20 == 3)
			ck_assert_int_eq(model_key_new(&model, store), 0);
		ck_assert_int_eq(model_append(&model, store, 1 + i % 9), 0);
		if (i % 5 == 0)
			ck_assert_int_eq(store_step(store), 0);
	}
	ck_assert_int_eq(model_key_erase(&model, store, 1), 0);
	ck_assert_int_eq(store_step(store), 0);
}

static void
teardown(void)
{
	store = store_close(store);
	model_done(&model);
	disk = disk_free(disk);
}

static int
stop_early(void *user, uint64_t sequence)
{
	(void)sequence;
	return --*(int *)user == 0 ? 9 : 0;
}

START_TEST(good_book_verifies)
{
	struct store_verified verified;
	struct store_report report;
	struct store_stats stats;
	int steps = 3;

	ck_assert_int_eq(store_verify(store, stop_early, &steps, &verified, &report), 9);
	store_stats(store, &stats);
	ck_assert_uint_eq(stats.verified_sequence, 0);
	ck_assert_msg(store_verify(store, NULL, NULL, &verified, &report) == 0, "%s", report.text);
	ck_assert_uint_eq(verified.sequence, model.told);
	ck_assert_mem_eq(verified.root, model.told_root, STORE_HASH_SIZE);
	ck_assert_uint_eq(verified.groups, 60);
	ck_assert_uint_gt(verified.segments, 2);
	ck_assert_uint_eq(verified.vault_keys, 2);
	ck_assert_uint_eq(verified.vault_erased, 1);
	ck_assert_uint_ge(verified.view_rows, 2 * model.told);
	store_stats(store, &stats);
	ck_assert_uint_eq(stats.verified_sequence, model.told);
}
END_TEST

START_TEST(empty_book_verifies)
{
	struct store_verified verified;
	struct store_report report;

	store_close(store);
	model_done(&model);
	disk_free(disk);
	disk = disk_new();
	model_init(&model, disk, "data", 4);
	ck_assert_int_eq(model_open(&model, &store), 0);
	ck_assert_int_eq(store_verify(store, NULL, NULL, &verified, &report), 0);
	ck_assert_uint_eq(verified.sequence, 0);
}
END_TEST

START_TEST(flip_anywhere_in_the_log_is_named)
{
	uint64_t random = 3;
	unsigned i;

	for (i = 0; i < 300; i++) {
		struct store_verified verified;
		struct store_report report;
		const char *path;
		uint8_t *bytes;
		size_t size;
		size_t at;

		path = disk_name(disk, disk_random(&random) % 16);
		if (path == NULL || strstr(path, ".segment") == NULL)
			continue;
		bytes = disk_bytes(disk, path, &size);
		at = disk_random(&random) % size;
		bytes[at] ^= 8;
		if (store_verify(store, NULL, NULL, &verified, &report) == 0) {
			/* Only behind the last group of the open segment does nobody look. */
			ck_assert_uint_eq(bytes[at], 8);
		} else {
			ck_assert_int_eq(report.error, STORE_DAMAGED);
			ck_assert_ptr_nonnull(strstr(report.text, path));
		}
		bytes[at] ^= 8;
	}
}
END_TEST

START_TEST(forged_but_consistent_segment_is_named)
{
	struct store_verified verified;
	struct store_report report;
	struct segment *segment = NULL;
	const char *first = "data/log/00000000000000000001.segment";
	size_t size;
	uint8_t *bytes = disk_bytes(disk, first, &size);
	uint8_t saved[SEGMENT_HEADER];
	unsigned row;

	memcpy(saved, bytes, sizeof(saved));
	for (row = 0; row < 4; row++) {
		memcpy(bytes, saved, sizeof(saved));
		ck_assert_int_eq(segment_header_decode(bytes, &segment), 0);
		if (row == 0)
			segment->first = 2;
		if (row == 1)
			segment->root_before[3] ^= 1;
		if (row == 2)
			segment->ledger[3] ^= 1;
		if (row == 3)
			segment->size *= 2;
		segment_header_encode(segment, bytes);
		segment_free(segment);
		ck_assert_int_eq(store_verify(store, NULL, NULL, &verified, &report),
				 STORE_DAMAGED);
	}
	memcpy(bytes, saved, sizeof(saved));
	disk_remove(disk, first);
	ck_assert_int_eq(store_verify(store, NULL, NULL, &verified, &report), STORE_DAMAGED);
}
END_TEST

START_TEST(mark_vault_and_view_are_read_too)
{
	struct store_verified verified;
	struct store_report report;
	char path[200];
	FILE *file;
	size_t size;

	disk_bytes(disk, "data.mark", &size)[70] ^= 1;
	ck_assert_int_eq(store_verify(store, NULL, NULL, &verified, &report), STORE_DAMAGED);
	ck_assert_ptr_nonnull(strstr(report.text, "data.mark"));
	disk_bytes(disk, "data.mark", &size)[70] ^= 1;
	disk_bytes(disk, "data.vault", &size)[70] ^= 1;
	ck_assert_int_eq(store_verify(store, NULL, NULL, &verified, &report), STORE_DAMAGED);
	ck_assert_ptr_nonnull(strstr(report.text, "data.vault"));
	disk_bytes(disk, "data.vault", &size)[70] ^= 1;
	(void)snprintf(path, sizeof(path), "%s/data.mdb", model.view);
	file = fopen(path, "r+b");
	ck_assert_ptr_nonnull(file);
	(void)fseek(file, -3, SEEK_END);
	(void)fputc(0x5a, file);
	(void)fclose(file);
	if (store_verify(store, NULL, NULL, &verified, &report) == STORE_DAMAGED) {
		ck_assert_ptr_nonnull(strstr(report.text, "data.mdb"));
		/* The view is made again at the next step; then all is well. */
		ck_assert_int_eq(store_step(store), 0);
	}
	ck_assert_int_eq(store_verify(store, NULL, NULL, &verified, &report), 0);
}
END_TEST

Suite *
suite_verify(void)
{
	Suite *suite = suite_create("verify");
	TCase *tests = tcase_create("verify");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, good_book_verifies);
	tcase_add_test(tests, empty_book_verifies);
	tcase_add_test(tests, flip_anywhere_in_the_log_is_named);
	tcase_add_test(tests, forged_but_consistent_segment_is_named);
	tcase_add_test(tests, mark_vault_and_view_are_read_too);
	suite_add_tcase(suite, tests);
	return suite;
}
