/*
 * The store: groups are whole, durable and in sight when append answers; readers see them at once;
 * limits are answered by name, with nothing written.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/fault/model.h"
#include "storage/mark.h"
#include "suites.h"

static struct disk *disk;
static struct model model;
static struct store *store;

static void
open_store(void)
{
	ck_assert_msg(model_open(&model, &store) == 0, "%s", model.report.text);
}

static void
setup(void)
{
	disk = disk_new();
	model_init(&model, disk, "data", 4);
	open_store();
}

static void
teardown(void)
{
	store = store_close(store);
	model_done(&model);
	disk = disk_free(disk);
}

static void
append(size_t count)
{
	ck_assert_int_eq(model_append(&model, store, count), 0);
}

START_TEST(new_book_is_created_and_says_so)
{
	struct store_head head;
	struct store_stats stats;

	ck_assert(model.report.created);
	ck_assert_str_eq(model.report.text, "");
	store_head(store, &head);
	ck_assert_uint_eq(head.sequence, 0);
	ck_assert_uint_eq(head.epoch, 1);
	store_stats(store, &stats);
	ck_assert(stats.spare_ready);
	ck_assert_uint_eq(stats.segments, 0);
}
END_TEST

START_TEST(sequences_and_epoch_are_stamped)
{
	struct store_record records[3] = {{.kind = RECORD_GENESIS, .recorded_at = 5},
					  {.kind = RECORD_MARKER, .recorded_at = 5},
					  {.kind = RECORD_OPERATOR, .recorded_at = 6}};
	uint8_t body[8] = {1};
	size_t i;

	for (i = 0; i < 3; i++) {
		records[i].body = body;
		records[i].body_size = sizeof(body);
	}
	ck_assert_int_eq(store_append(store, records, 3), 0);
	for (i = 0; i < 3; i++) {
		ck_assert_uint_eq(records[i].sequence, i + 1);
		ck_assert_uint_eq(records[i].epoch, 1);
	}
}
END_TEST

START_TEST(impossible_groups_are_refused_and_nothing_is_written)
{
	static uint8_t large[STORE_BODY_MAX + 1];
	struct store_record record = {.kind = RECORD_ACCEPTED, .recorded_at = 10};
	struct store_head before;
	struct store_head after;
	uint64_t hash;

	append(1);
	store_head(store, &before);
	hash = disk_hash(disk);
	ck_assert_int_eq(store_append(store, &record, 0), STORE_TOO_LARGE);
	record.body = large;
	record.body_size = sizeof(large);
	ck_assert_int_eq(store_append(store, &record, 1), STORE_TOO_LARGE);
	/* The segments of this test are small: a group must fit into one. */
	record.recorded_at = 100000;
	record.body_size = 30000;
	ck_assert_int_eq(store_append(store, &record, 1), STORE_TOO_LARGE);
	record.body_size = 8;
	record.recorded_at = 999;
	ck_assert_int_eq(store_append(store, &record, 1), STORE_TIME_WENT_BACK);
	/* A body apply cannot read: its own answer. */
	record.recorded_at = 100000;
	record.body_size = 3;
	ck_assert_int_eq(store_append(store, &record, 1), STORE_DAMAGED);
	store_head(store, &after);
	ck_assert_uint_eq(after.sequence, before.sequence);
	ck_assert_uint_eq(disk_hash(disk), hash);
	append(1);
	ck_assert(model_check(&model, store));
}
END_TEST

START_TEST(one_group_is_one_write_and_one_sync)
{
	uint64_t writes;
	uint64_t syncs;
	struct store_stats stats;

	append(1);
	writes = disk_count_of(disk, DISK_WRITE);
	syncs = disk_count_of(disk, DISK_SYNC);
	append(7);
	ck_assert_uint_eq(disk_count_of(disk, DISK_WRITE), writes + 1);
	ck_assert_uint_eq(disk_count_of(disk, DISK_SYNC), syncs + 1);
	store_stats(store, &stats);
	ck_assert_uint_eq(stats.groups, 2);
}
END_TEST

START_TEST(strict_mark_is_on_the_disk_before_the_answer)
{
	struct store_stats stats;

	store_close(store);
	model.config.mark_strict = true;
	open_store();
	append(3);
	store_stats(store, &stats);
	ck_assert_uint_eq(stats.marked_sequence, 3);
	ck_assert_int_eq(stats.mark_age_us, 0);
}
END_TEST

START_TEST(mark_moves_at_a_step_and_at_every_switch)
{
	struct store_stats stats;
	uint64_t segments = 1;

	append(3);
	store_stats(store, &stats);
	ck_assert_uint_eq(stats.marked_sequence, 0);
	ck_assert_int_gt(stats.mark_age_us, 0);
	ck_assert_int_eq(store_step(store), 0);
	store_stats(store, &stats);
	ck_assert_uint_eq(stats.marked_sequence, 3);
	while (segments < 3) {
		append(1);
		store_stats(store, &stats);
		if (stats.segments > segments)
			ck_assert_uint_eq(stats.marked_sequence, stats.sequence - 1);
		segments = stats.segments;
	}
}
END_TEST

START_TEST(full_overlay_is_busy_until_the_view_has_it)
{
	struct store_stats stats;
	int error;

	store_close(store);
	model.config.overlay_puts_max = 50;
	open_store();
	while ((error = model_append(&model, store, 3)) == 0)
		;
	ck_assert_int_eq(error, STORE_BUSY);
	model.attempted = model.told;
	store_stats(store, &stats);
	ck_assert_uint_eq(stats.overlay_full, 1);
	ck_assert_uint_ge(stats.overlay_puts, 50);
	ck_assert_int_eq(store_wait(store, 1), STORE_BUSY);
	ck_assert(model_check(&model, store));
	ck_assert_int_eq(store_step(store), 0);
	ck_assert_int_eq(store_wait(store, 1), 0);
	append(3);
	ck_assert(model_check(&model, store));
	store_stats(store, &stats);
	ck_assert_uint_eq(stats.view_commits, 1);
}
END_TEST

START_TEST(rows_are_the_same_in_overlay_and_view)
{
	unsigned i;

	for (i = 0; i < 60; i++) {
		append(1 + i % 5);
		if (i % 7 == 0)
			ck_assert_int_eq(store_step(store), 0);
		ck_assert_msg(model_check(&model, store), "%s", model.why);
	}
}
END_TEST

struct seen {
	char first[32];
	char last[32];
	unsigned count;
	unsigned stop_at;
};

static int
on_row(void *user, const uint8_t *key, size_t key_size, const uint8_t *value, size_t value_size)
{
	struct seen *seen = user;
	char *text = seen->count == 0 ? seen->first : seen->last;

	(void)value, (void)value_size;
	(void)snprintf(text, sizeof(seen->first), "%.*s", (int)key_size, (const char *)key);
	return ++seen->count == seen->stop_at ? 77 : 0;
}

START_TEST(ranges_begin_and_end_where_they_should)
{
	struct store_reader *reader;
	struct store_range range = {.prefix = "r1", .prefix_size = 2};
	struct seen seen = {.count = 0};
	unsigned half;

	/* Some rows in the view, some in the overlay, some in both. */
	for (half = 0; half < 2; half++) {
		append(60);
		if (half == 0)
			ck_assert_int_eq(store_step(store), 0);
	}
	ck_assert_int_eq(store_reader_new(store, &reader), 0);
	ck_assert_int_eq(store_scan(reader, MODEL_OUTCOMES, &range, on_row, &seen), 0);
	ck_assert_uint_eq(seen.count, 1 + 10 + 21);
	ck_assert_str_eq(seen.first, "r1");
	ck_assert_str_eq(seen.last, "r19");
	memset(&seen, 0, sizeof(seen));
	range.from = "r115";
	range.from_size = 4;
	ck_assert_int_eq(store_scan(reader, MODEL_OUTCOMES, &range, on_row, &seen), 0);
	ck_assert_str_eq(seen.first, "r115");
	memset(&seen, 0, sizeof(seen));
	range.rows_max = 2;
	ck_assert_int_eq(store_scan(reader, MODEL_OUTCOMES, &range, on_row, &seen), 0);
	ck_assert_uint_eq(seen.count, 2);
	ck_assert_str_eq(seen.last, "r116");
	memset(&seen, 0, sizeof(seen));
	seen.stop_at = 2;
	range.rows_max = 0;
	ck_assert_int_eq(store_scan(reader, MODEL_OUTCOMES, &range, on_row, &seen), 77);
	range.prefix = "zzz";
	range.prefix_size = 3;
	memset(&seen, 0, sizeof(seen));
	ck_assert_int_eq(store_scan(reader, MODEL_OUTCOMES, &range, on_row, &seen), 0);
	ck_assert_uint_eq(seen.count, 0);
	ck_assert_int_eq(store_scan(reader, 0, &range, on_row, &seen), STORE_BAD_CONFIG);
	ck_assert_int_eq(store_scan(reader, MODEL_TABLES + 1, &range, on_row, &seen),
			 STORE_BAD_CONFIG);
	range.prefix_size = STORE_KEY_MAX + 1;
	ck_assert_int_eq(store_scan(reader, 1, &range, on_row, &seen), STORE_TOO_LARGE);
	ck_assert_ptr_null(store_reader_free(reader));
	ck_assert_ptr_null(store_reader_free(NULL));
}
END_TEST

START_TEST(get_answers_not_found_for_what_cannot_be)
{
	static uint8_t key[STORE_KEY_MAX + 1];
	struct store_reader *reader;
	struct store_value value;

	ck_assert_int_eq(store_reader_new(store, &reader), 0);
	ck_assert_int_eq(store_get(reader, 1, "", 0, &value), STORE_NOT_FOUND);
	ck_assert_int_eq(store_get(reader, 1, key, sizeof(key), &value), STORE_NOT_FOUND);
	ck_assert_int_eq(store_get(reader, 9, "k", 1, &value), STORE_BAD_CONFIG);
	store_reader_free(reader);
}
END_TEST

struct walk {
	uint64_t next;
	uint64_t stop_at;
};

static int
on_record(void *user, const struct store_record *record)
{
	struct walk *walk = user;

	ck_assert_uint_eq(record->sequence, walk->next);
	walk->next++;
	return record->sequence == walk->stop_at ? 5 : 0;
}

START_TEST(records_are_walked_in_order_over_segments)
{
	struct store_reader *reader;
	struct store_record record;
	struct store_stats stats;
	struct walk walk = {1, 0};
	unsigned i;

	for (i = 0; i < 80; i++) {
		append(1 + i % 9);
		if (i % 3 == 0)
			ck_assert_int_eq(store_step(store), 0);
	}
	store_stats(store, &stats);
	ck_assert_uint_gt(stats.segments, 3);
	ck_assert_int_eq(store_reader_new(store, &reader), 0);
	ck_assert_int_eq(store_walk(reader, 0, 0, on_record, &walk), 0);
	ck_assert_uint_eq(walk.next, stats.sequence + 1);
	walk = (struct walk){50, 0};
	ck_assert_int_eq(store_walk(reader, 50, 120, on_record, &walk), 0);
	ck_assert_uint_eq(walk.next, 121);
	walk = (struct walk){50, 60};
	ck_assert_int_eq(store_walk(reader, 50, 120, on_record, &walk), 5);
	ck_assert_int_eq(store_read(reader, 0, &record), STORE_NOT_FOUND);
	ck_assert_int_eq(store_read(reader, stats.sequence + 1, &record), STORE_NOT_FOUND);
	/* Any order: near, far, the same again. */
	for (i = 0; i < 500; i++) {
		uint64_t sequence = 1 + (uint64_t)i * 7919 % stats.sequence;

		ck_assert_int_eq(store_read(reader, sequence, &record), 0);
		ck_assert_uint_eq(record.sequence, sequence);
	}
	store_reader_free(reader);
}
END_TEST

START_TEST(failed_sync_is_never_tried_again)
{
	struct store_report report;
	struct store_stats stats;
	uint64_t syncs;

	append(1);
	disk_fail_at(disk, DISK_SYNC, 1, EIO, false);
	ck_assert_int_eq(model_append(&model, store, 1), STORE_IO);
	syncs = disk_count_of(disk, DISK_SYNC);
	ck_assert_int_eq(model_append(&model, store, 1), STORE_FAILED);
	ck_assert_int_eq(store_step(store), STORE_FAILED);
	ck_assert_uint_eq(disk_count_of(disk, DISK_SYNC), syncs);
	store_last_report(store, &report);
	ck_assert_ptr_nonnull(strstr(report.text, "data/log"));
	store_stats(store, &stats);
	ck_assert(stats.failed);
	/* Nor when it is closed: what the disk has is for the next start to find out. */
	store = store_close(store);
	ck_assert_uint_eq(disk_count_of(disk, DISK_SYNC), syncs);
	disk_kill(disk);
	model.told = 1;
	open_store();
}
END_TEST

START_TEST(failed_sync_of_mark_or_vault_stops_the_store)
{
	append(1);
	disk_fail_at(disk, DISK_SYNC, 1, EIO, false);
	ck_assert_int_eq(store_step(store), STORE_FAILED);
	ck_assert_int_eq(model_append(&model, store, 1), STORE_FAILED);
	model.attempted = model.told;
	store_close(store);
	open_store();
	ck_assert_int_eq(model_key_new(&model, store), 0);
	disk_fail_at(disk, DISK_SYNC, 1, EIO, false);
	ck_assert_int_eq(model_append(&model, store, 1), STORE_IO);
	ck_assert_int_eq(model_append(&model, store, 1), STORE_FAILED);
	model.attempted = model.told;
	store_close(store);
	open_store();
	ck_assert_msg(model_check(&model, store), "%s", model.why);
}
END_TEST

static int offered;
static int offer_answer;

static int
offer(void *user, const uint8_t *group, size_t size)
{
	(void)user;
	ck_assert_mem_eq(group, "DGRP", 4);
	ck_assert_uint_gt(size, 128);
	offered++;
	return offer_answer;
}

START_TEST(group_is_offered_to_the_replica_before_it_is_written)
{
	store_close(store);
	model.config.offer = offer;
	open_store();
	append(1);
	ck_assert_int_eq(offered, 1);
	offer_answer = -4242;
	ck_assert_int_eq(model_append(&model, store, 1), -4242);
	model.attempted = model.told;
	offer_answer = 0;
	append(1);
	ck_assert(model_check(&model, store));
}
END_TEST

START_TEST(configuration_that_makes_no_sense_is_refused)
{
	struct store_config good = model.config;
	struct store_report report;
	struct store *none = NULL;
	unsigned row;

	for (row = 0; row < 7; row++) {
		struct store_config bad = good;

		if (row == 0)
			bad.data = NULL;
		if (row == 1)
			bad.apply = NULL;
		if (row == 2)
			bad.table_count = 0;
		if (row == 3)
			bad.table_count = STORE_TABLES_MAX + 1;
		if (row == 4)
			bad.segment_size = 4096;
		if (row == 5)
			bad.first_segment_size = 100001;
		if (row == 6)
			bad.data = "";
		ck_assert_int_eq(store_open(&bad, &none, &report), STORE_BAD_CONFIG);
	}
	ck_assert_ptr_null(none);
	ck_assert_ptr_null(store_close(NULL));
}
END_TEST

START_TEST(second_open_is_locked)
{
	struct store *second = NULL;

	ck_assert_int_eq(model_open(&model, &second), STORE_LOCKED);
	ck_assert_ptr_nonnull(strstr(model.report.text, "another process"));
}
END_TEST

START_TEST(view_made_again_while_open_has_the_same_rows)
{
	struct store_stats stats;
	char path[200];
	FILE *file;
	unsigned i;
	long at;

	for (i = 0; i < 40; i++)
		append(4);
	ck_assert_int_eq(store_step(store), 0);
	append(2);
	/* Values rot under the open view: readers meet one, the next step makes it again. */
	(void)snprintf(path, sizeof(path), "%s/data.mdb", model.view);
	file = fopen(path, "r+b");
	ck_assert_ptr_nonnull(file);
	(void)fseek(file, 0, SEEK_END);
	at = ftell(file);
	for (at -= 4096; at >= 8192; at -= 4096) {
		(void)fseek(file, at + 4096 - 3, SEEK_SET);
		(void)fputc(0x5a, file);
		(void)fputc(0xa5, file);
	}
	(void)fclose(file);
	model.noticed = false;
	if (model_check_rows(&model, store) || !model.noticed)
		ck_abort_msg("not noticed: %s", model.why);
	model.why[0] = '\0';
	ck_assert_int_eq(store_step(store), 0);
	ck_assert_msg(model_check(&model, store), "%s", model.why);
	store_stats(store, &stats);
	ck_assert_uint_eq(stats.view_rebuilds, 1);
	ck_assert_uint_eq(stats.applied_sequence, stats.sequence);
	append(2);
	ck_assert_msg(model_check(&model, store), "%s", model.why);
}
END_TEST

/* Threads, on real files. */
static char folder[64];
static atomic_uint_fast64_t acknowledged;
static atomic_bool ended;

static void *
read_all_the_time(void *user)
{
	struct store_reader *reader;
	uint64_t random = (uint64_t)(uintptr_t)user;

	ck_assert_int_eq(store_reader_new(store, &reader), 0);
	while (!atomic_load(&ended)) {
		uint64_t last = atomic_load(&acknowledged);
		struct store_record record;
		struct store_value value;
		struct store_stats stats;
		uint64_t number;
		char key[32];

		if (last == 0)
			continue;
		/* The newest as often as any. */
		number = disk_random(&random) % 2 == 0 ? last : 1 + disk_random(&random) % last;
		(void)snprintf(key, sizeof(key), "r%llu", (unsigned long long)number);
		ck_assert_int_eq(store_get(reader, MODEL_OUTCOMES, key, strlen(key), &value), 0);
		ck_assert_mem_eq(value.bytes, &number, sizeof(number));
		ck_assert_int_eq(store_read(reader, number, &record), 0);
		ck_assert_uint_eq(record.sequence, number);
		store_stats(store, &stats);
		ck_assert_uint_ge(stats.sequence, last);
	}
	store_reader_free(reader);
	return NULL;
}

START_TEST(readers_see_every_acknowledged_group_at_once)
{
	pthread_t threads[3];
	struct store_stats stats;
	char data[96];
	char remove[96];
	unsigned i;
	uintptr_t t;
	int64_t age = 0;

	store_close(store);
	model_done(&model);
	(void)snprintf(folder, sizeof(folder), "/tmp/demerit-unit-store-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	(void)snprintf(data, sizeof(data), "%s/data", folder);
	model_init(&model, NULL, data, 4);
	model.config.manual = false;
	model.config.clock_us = NULL;
	model.config.view_interval_ms = 5;
	model.config.first_segment_size = 64 << 10;
	model.config.segment_size = 256 << 10;
	open_store();
	for (t = 0; t < 3; t++)
		ck_assert_int_eq(
		    pthread_create(&threads[t], NULL, read_all_the_time, (void *)(t + 1)), 0);
	for (i = 0; i < 400; i++) {
		append(1 + i % 20);
		atomic_store(&acknowledged, model.told);
		store_stats(store, &stats);
		if (stats.mark_age_us > age)
			age = stats.mark_age_us;
	}
	atomic_store(&ended, true);
	for (t = 0; t < 3; t++)
		pthread_join(threads[t], NULL);
	ck_assert_msg(model_check(&model, store), "%s", model.why);
	store_stats(store, &stats);
	ck_assert_uint_gt(stats.segments, 2);
	store_close(store);
	open_store();
	ck_assert_uint_eq(model.report.view_applied, 0);
	ck_assert_msg(model_check(&model, store), "%s", model.why);
	store = store_close(store);
	(void)snprintf(remove, sizeof(remove), "rm -r %s", folder);
	ck_assert_int_eq(system(remove), 0);
}
END_TEST

START_TEST(mark_follows_by_itself_within_its_time)
{
	struct store_stats stats;
	char data[96];
	char remove[96];

	store_close(store);
	model_done(&model);
	(void)snprintf(folder, sizeof(folder), "/tmp/demerit-unit-store-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	(void)snprintf(data, sizeof(data), "%s/data", folder);
	model_init(&model, NULL, data, 4);
	model.config.manual = false;
	model.config.clock_us = NULL;
	open_store();
	append(1);
	/* 50 ms are promised; a test machine may be slow, not that slow. */
	(void)usleep(500000);
	store_stats(store, &stats);
	ck_assert_uint_eq(stats.marked_sequence, 1);
	ck_assert_uint_eq(stats.applied_sequence, 1);
	store = store_close(store);
	(void)snprintf(remove, sizeof(remove), "rm -r %s", folder);
	ck_assert_int_eq(system(remove), 0);
}
END_TEST

Suite *
suite_store(void)
{
	Suite *suite = suite_create("store");
	TCase *tests = tcase_create("store");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, new_book_is_created_and_says_so);
	tcase_add_test(tests, sequences_and_epoch_are_stamped);
	tcase_add_test(tests, impossible_groups_are_refused_and_nothing_is_written);
	tcase_add_test(tests, one_group_is_one_write_and_one_sync);
	tcase_add_test(tests, strict_mark_is_on_the_disk_before_the_answer);
	tcase_add_test(tests, mark_moves_at_a_step_and_at_every_switch);
	tcase_add_test(tests, full_overlay_is_busy_until_the_view_has_it);
	tcase_add_test(tests, rows_are_the_same_in_overlay_and_view);
	tcase_add_test(tests, ranges_begin_and_end_where_they_should);
	tcase_add_test(tests, get_answers_not_found_for_what_cannot_be);
	tcase_add_test(tests, records_are_walked_in_order_over_segments);
	tcase_add_test(tests, failed_sync_is_never_tried_again);
	tcase_add_test(tests, failed_sync_of_mark_or_vault_stops_the_store);
	tcase_add_test(tests, group_is_offered_to_the_replica_before_it_is_written);
	tcase_add_test(tests, configuration_that_makes_no_sense_is_refused);
	tcase_add_test(tests, second_open_is_locked);
	tcase_add_test(tests, view_made_again_while_open_has_the_same_rows);
	tcase_add_test(tests, readers_see_every_acknowledged_group_at_once);
	tcase_add_test(tests, mark_follows_by_itself_within_its_time);
	suite_add_tcase(suite, tests);
	return suite;
}
