/*
 * Recovery: what may be cut is cut and said; everything else is refused, and nothing is written.
 *
 * The log is made by a store on the disk in memory, then handled; what recovery must do with it is
 * asked of the store, as an operator would.
 */
#include <errno.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "tests/fault/model.h"
#include "storage/book.h"
#include "storage/bytes.h"
#include "storage/checksum.h"
#include "storage/mark.h"
#include "storage/segment.h"
#include "suites.h"

static struct disk *disk;
static struct model model;
static char first[] = "data/log/00000000000000000001.segment";

static void
grow_book(unsigned groups)
{
	struct store *store;
	unsigned i;

	ck_assert_int_eq(model_open(&model, &store), 0);
	for (i = 0; i < groups; i++) {
		ck_assert_int_eq(model_append(&model, store, 2), 0);
		ck_assert_int_eq(store_step(store), 0);
	}
	ck_assert(model_check(&model, store));
	ck_assert_ptr_null(store_close(store));
}

static void
setup(void)
{
	disk = disk_new();
	model_init(&model, disk, "data", 4);
}

static void
teardown(void)
{
	model_done(&model);
	disk = disk_free(disk);
}

/* Where the last group of the first segment ends: its bytes end at the last that is not zero. */
static size_t
end_of_groups(const char *path, size_t *ret_last)
{
	size_t size;
	const uint8_t *bytes = disk_bytes(disk, path, &size);
	struct book_group group;
	size_t offset = SEGMENT_HEADER;

	while (book_group_peek(bytes + offset, size - offset, &group) == 0) {
		*ret_last = offset;
		offset += book_padded(group.length);
	}
	return offset;
}

static int
open_again(bool good)
{
	uint64_t before = disk_hash(disk);
	struct store *store;
	int error = model_open(&model, &store);

	if (error < 0) {
		ck_assert_msg(!good, "%s", model.report.text);
		ck_assert_uint_eq(disk_hash(disk), before);
		ck_assert_ptr_nonnull(strstr(model.report.text, "data"));
		return error;
	}
	ck_assert(good);
	ck_assert_msg(model_check(&model, store), "%s", model.why);
	store_close(store);
	return 0;
}

/* Something behind the last group that no later group confirms. */
static void
scribble(size_t offset, const uint8_t *bytes, size_t size)
{
	size_t whole;
	uint8_t *file = disk_bytes(disk, first, &whole);

	ck_assert_uint_le(offset + size, whole);
	memcpy(file + offset, bytes, size);
}

START_TEST(unfinished_last_group_is_cut_zeroed_and_said)
{
	static uint8_t junk[700];
	size_t last;
	size_t end;
	size_t size;
	const uint8_t *bytes;

	grow_book(4);
	end = end_of_groups(first, &last);
	/* The last group again, with a hole in it: a torn write of the next. */
	memset(junk, 0xee, sizeof(junk));
	scribble(end, junk, sizeof(junk));
	ck_assert_int_eq(open_again(true), 0);
	ck_assert_uint_eq(model.report.cut_bytes, sizeof(junk));
	ck_assert_uint_eq(model.report.cut_offset, end);
	ck_assert_uint_eq(model.report.cut_segment, 1);
	disk_power_cut(disk, DISK_CUT_NONE, 0);
	bytes = disk_bytes(disk, first, &size);
	ck_assert(bytes_all_zero(bytes + end, size - end));
	ck_assert_int_eq(open_again(true), 0);
	ck_assert_uint_eq(model.report.cut_bytes, 0);
}
END_TEST

START_TEST(unfinished_group_with_a_whole_header_is_cut_too)
{
	struct store *store;
	size_t size;
	size_t last;
	size_t end;
	uint8_t *bytes;

	/* The records of the last group torn, mark and view from before it. */
	grow_book(4);
	ck_assert_int_eq(model_open(&model, &store), 0);
	ck_assert_int_eq(model_append(&model, store, 2), 0);
	disk_stop_at(disk, 1);
	store_close(store);
	disk_kill(disk);
	model_drop_view(&model);
	model.told -= 2;
	memset(&model.told_root, 0, sizeof(model.told_root));
	end = end_of_groups(first, &last);
	bytes = disk_bytes(disk, first, &size);
	bytes[end - 100] ^= 1;
	ck_assert_int_eq(model_open(&model, &store), 0);
	ck_assert_uint_eq(model.report.cut_offset, last);
	ck_assert_uint_gt(model.report.cut_bytes, 128);
	store_close(store);
}
END_TEST

START_TEST(group_the_mark_reaches_is_never_cut)
{
	size_t size;
	size_t last;
	size_t end;

	grow_book(4);
	end = end_of_groups(first, &last);
	disk_bytes(disk, first, &size)[end - 100] ^= 1;
	ck_assert_int_eq(open_again(false), STORE_DAMAGED);
	ck_assert_uint_eq(model.report.offset, last);
}
END_TEST

START_TEST(group_the_view_reaches_is_never_cut)
{
	struct disk *older;
	size_t size;
	size_t last;
	size_t end;
	const uint8_t *bytes;

	/* A mark from before, as if it had been restored; the view knows better. */
	grow_book(3);
	older = disk_copy(disk);
	grow_book(1);
	bytes = disk_bytes(older, "data.mark", &size);
	disk_set_bytes(disk, "data.mark", bytes, size);
	ck_assert_int_eq(open_again(true), 0);
	disk_set_bytes(disk, "data.mark", bytes, size);
	end = end_of_groups(first, &last);
	disk_bytes(disk, first, &size)[end - 100] ^= 1;
	ck_assert_int_eq(open_again(false), STORE_DAMAGED);
	disk_free(older);
}
END_TEST

START_TEST(valid_group_behind_damage_is_never_cut)
{
	size_t size;
	uint8_t *bytes;
	uint8_t *mark;
	struct disk *older;

	grow_book(2);
	older = disk_copy(disk);
	grow_book(2);
	mark = disk_bytes(older, "data.mark", &size);
	disk_set_bytes(disk, "data.mark", mark, size);
	model_drop_view(&model);
	bytes = disk_bytes(disk, first, &size);
	/* The third group's header does not hold; the fourth stands behind it. */
	{
		struct book_group group;
		size_t offset = SEGMENT_HEADER;
		unsigned i;

		for (i = 0; i < 2; i++) {
			ck_assert_int_eq(book_group_peek(bytes + offset, size - offset, &group), 0);
			offset += book_padded(group.length);
		}
		bytes[offset + 20] ^= 1;
	}
	ck_assert_int_eq(open_again(false), STORE_DAMAGED);
	ck_assert_ptr_nonnull(strstr(model.report.text, "behind them a group"));
	disk_free(older);
}
END_TEST

START_TEST(whole_group_that_belongs_elsewhere_is_never_cut)
{
	size_t size;
	size_t last;
	size_t end;
	uint8_t copy[4096];

	grow_book(4);
	end = end_of_groups(first, &last);
	memcpy(copy, disk_bytes(disk, first, &size) + last, end - last);
	scribble(end, copy, end - last);
	ck_assert_int_eq(open_again(false), STORE_DAMAGED);
	ck_assert_ptr_nonnull(strstr(model.report.text, "sequence"));
}
END_TEST

START_TEST(more_than_one_group_can_be_is_never_cut)
{
	uint8_t *junk = malloc(STORE_GROUP_MAX + 1024);
	size_t last;
	size_t end;

	model.config.first_segment_size = 4 << 20;
	grow_book(2);
	end = end_of_groups(first, &last);
	memset(junk, 0xee, STORE_GROUP_MAX + 1024);
	scribble(end, junk, STORE_GROUP_MAX + 1);
	ck_assert_int_eq(open_again(false), STORE_DAMAGED);
	ck_assert_ptr_nonnull(strstr(model.report.text, "more bytes"));
	memset(junk, 0, STORE_GROUP_MAX + 1024);
	scribble(end, junk, STORE_GROUP_MAX + 1024);
	memset(junk, 0xee, STORE_GROUP_MAX);
	scribble(end, junk, STORE_GROUP_MAX);
	ck_assert_int_eq(open_again(true), 0);
	ck_assert_uint_eq(model.report.cut_bytes, STORE_GROUP_MAX);
	free(junk);
}
END_TEST

/* Until there are this many segments. */
static void
grow_to_segments(uint64_t count)
{
	struct store_stats stats;
	struct store *store;

	ck_assert_int_eq(model_open(&model, &store), 0);
	do {
		ck_assert_int_eq(model_append(&model, store, 1), 0);
		ck_assert_int_eq(store_step(store), 0);
		store_stats(store, &stats);
	} while (stats.segments < count);
	ck_assert(model_check(&model, store));
	store_close(store);
}

static const char *
last_segment(void)
{
	const char *found = "";
	const char *path;
	size_t i;

	for (i = 0; (path = disk_name(disk, i)) != NULL; i++)
		if (strstr(path, ".segment") != NULL && strcmp(path, found) > 0)
			found = path;
	return found;
}

/* The state between a sealed segment and the first acknowledged group of the next. */
static struct disk *
before_last_segment(void)
{
	struct disk *older = NULL;
	struct store_stats stats;
	struct store *store;

	ck_assert_int_eq(model_open(&model, &store), 0);
	do {
		disk_free(older);
		older = disk_copy(disk);
		ck_assert_int_eq(model_append(&model, store, 1), 0);
		ck_assert_int_eq(store_step(store), 0);
		store_stats(store, &stats);
	} while (stats.segments < 2);
	store_close(store);
	return older;
}

START_TEST(segment_begun_for_nobody_is_taken_away_and_said)
{
	struct disk *older = before_last_segment();
	const char *path = last_segment();
	char name[64];
	size_t size;
	uint8_t *bytes = disk_bytes(older, "data.mark", &size);

	(void)snprintf(name, sizeof(name), "%s", path);
	disk_set_bytes(disk, "data.mark", bytes, size);
	model_drop_view(&model);
	model.told--;
	memset(model.told_root, 0, sizeof(model.told_root));
	/* Its header came to the disk, its first group in part. */
	bytes = disk_bytes(disk, name, &size);
	memset(bytes + SEGMENT_HEADER, 0xee, 30);
	{
		struct store *store;

		ck_assert_msg(model_open(&model, &store) == 0, "%s", model.report.text);
		ck_assert_uint_gt(model.report.cut_bytes, 512);
		ck_assert_uint_eq(model.report.cut_segment, model.told + 1);
		ck_assert_ptr_null(disk_bytes(disk, name, &size));
		/* The sealed segment stays as it was; the log goes on behind it. */
		ck_assert_int_eq(model_append(&model, store, 1), 0);
		ck_assert_ptr_nonnull(disk_bytes(disk, name, &size));
		ck_assert(model_check(&model, store));
		store_close(store);
	}
	disk_free(older);
}
END_TEST

START_TEST(segment_begun_whose_header_is_torn_is_taken_away)
{
	struct disk *older = before_last_segment();
	size_t size;
	uint8_t *bytes = disk_bytes(older, "data.mark", &size);
	struct store *store;

	disk_set_bytes(disk, "data.mark", bytes, size);
	model_drop_view(&model);
	bytes = disk_bytes(disk, last_segment(), &size);
	memset(bytes + 10, 0, 100);
	ck_assert_msg(model_open(&model, &store) == 0, "%s", model.report.text);
	store_close(store);
	disk_free(older);
}
END_TEST

START_TEST(begun_segment_with_more_behind_it_is_refused)
{
	struct disk *older = before_last_segment();
	size_t size;
	uint8_t *bytes;

	grow_book(2);
	bytes = disk_bytes(older, "data.mark", &size);
	disk_set_bytes(disk, "data.mark", bytes, size);
	model_drop_view(&model);
	bytes = disk_bytes(disk, last_segment(), &size);
	bytes[40] ^= 1;
	ck_assert_int_eq(open_again(false), STORE_DAMAGED);
	/* The same with a header that holds and a first group that does not. */
	bytes[40] ^= 1;
	bytes[SEGMENT_HEADER + 20] ^= 1;
	ck_assert_int_eq(open_again(false), STORE_DAMAGED);
	disk_free(older);
}
END_TEST

START_TEST(begun_segment_with_too_much_in_it_is_refused)
{
	struct disk *older;
	size_t size;
	uint8_t *bytes;

	model.config.segment_size = 4 << 20;
	older = before_last_segment();
	bytes = disk_bytes(older, "data.mark", &size);
	disk_set_bytes(disk, "data.mark", bytes, size);
	model_drop_view(&model);
	bytes = disk_bytes(disk, last_segment(), &size);
	memset(bytes, 0xee, STORE_GROUP_MAX + 4096);
	ck_assert_int_eq(open_again(false), STORE_DAMAGED);
	ck_assert_ptr_nonnull(strstr(model.report.text, "more bytes"));
	disk_free(older);
}
END_TEST

START_TEST(last_segment_alone_and_begun_for_nobody_is_an_empty_log)
{
	static uint8_t junk[16 << 10];
	struct store *store;

	ck_assert_int_eq(model_open(&model, &store), 0);
	store_close(store);
	disk_set_bytes(disk, first, junk, sizeof(junk));
	ck_assert_int_eq(open_again(true), 0);
	memset(junk, 0xee, 900);
	disk_set_bytes(disk, first, junk, sizeof(junk));
	ck_assert_int_eq(open_again(true), 0);
	ck_assert_uint_eq(model.report.cut_bytes, 900);
	/* Records 2.. without 1. */
	disk_set_bytes(disk, "data/log/00000000000000000002.segment", junk, sizeof(junk));
	ck_assert_int_eq(open_again(false), STORE_DAMAGED);
}
END_TEST

START_TEST(segments_that_do_not_continue_each_other_are_refused)
{
	struct segment *segment = NULL;
	struct disk *whole;
	size_t size;
	uint8_t *bytes;
	unsigned row;

	grow_to_segments(3);
	whole = disk_copy(disk);
	for (row = 0; row < 5; row++) {
		bytes = disk_bytes(whole, first, &size);
		disk_set_bytes(disk, first, bytes, size);
		bytes = disk_bytes(disk, first, &size);
		ck_assert_int_eq(segment_header_decode(bytes, &segment), 0);
		if (row == 0)
			segment->first = 2;
		if (row == 1)
			segment->root_before[0] ^= 1;
		if (row == 2)
			segment->epoch = 0;
		if (row == 3)
			segment->epoch = 9;
		if (row == 4)
			segment->size += 512;
		segment_header_encode(segment, bytes);
		segment_free(segment);
		ck_assert_int_eq(open_again(false), STORE_DAMAGED);
	}
	bytes = disk_bytes(whole, first, &size);
	disk_set_bytes(disk, first, bytes, size);
	ck_assert_int_eq(open_again(true), 0);
	disk_free(whole);
}
END_TEST

START_TEST(segment_of_another_ledger_format_or_length_is_refused_by_name)
{
	static uint8_t longer[64 << 10];
	struct segment *segment = NULL;
	struct disk *whole;
	size_t size;
	uint8_t *bytes;

	grow_to_segments(3);
	whole = disk_copy(disk);
	bytes = disk_bytes(disk, first, &size);
	ck_assert_int_eq(segment_header_decode(bytes, &segment), 0);
	segment->ledger[0] ^= 1;
	segment_header_encode(segment, bytes);
	segment_free(segment);
	ck_assert_int_eq(open_again(false), STORE_FOREIGN);

	memcpy(bytes, disk_bytes(whole, first, &size), size);
	bytes_put_u32(bytes + 8, SEGMENT_VERSION + 1);
	bytes_put_u32(bytes + 12, 0);
	bytes_put_u32(bytes + 12, checksum_crc32c(0, bytes, SEGMENT_HEADER));
	ck_assert_int_eq(open_again(false), STORE_NEWER_FORMAT);

	memcpy(longer, disk_bytes(whole, first, &size), size);
	disk_set_bytes(disk, first, longer, size + 512);
	ck_assert_int_eq(open_again(false), STORE_DAMAGED);
	ck_assert_ptr_nonnull(strstr(model.report.text, "longer"));
	disk_set_bytes(disk, first, longer, 100);
	ck_assert_int_eq(open_again(false), STORE_DAMAGED);
	disk_set_bytes(disk, first, longer, size);
	ck_assert_int_eq(open_again(true), 0);
	disk_free(whole);
}
END_TEST

/* A mark that is whole and says this. */
static void
promise(uint32_t epoch, uint64_t sequence, const uint8_t root[STORE_HASH_SIZE])
{
	struct mark_value value;
	struct mark mark;

	mark_init(&mark, disk_files(disk), "data.mark");
	ck_assert_int_eq(mark_read(&mark, &model.report), 0);
	value = mark.value;
	value.epoch = epoch;
	value.sequence = sequence;
	memcpy(value.root, root, sizeof(value.root));
	ck_assert_int_eq(mark_create(&mark, &value, &model.report), 0);
	mark_done(&mark);
}

START_TEST(mark_that_tells_of_another_log_is_believed)
{
	uint8_t root[STORE_HASH_SIZE];

	grow_book(4);
	model_drop_view(&model);
	memcpy(root, model.told_root, sizeof(root));
	/* Another epoch; a sequence that no group ends with; another root; one not reached yet. */
	promise(7, model.told, root);
	ck_assert_int_eq(open_again(false), STORE_BOOK_WENT_BACK);
	ck_assert_ptr_nonnull(strstr(model.report.text, "epoch 1 in the log, of 7"));
	promise(1, model.told - 1, root);
	ck_assert_int_eq(open_again(false), STORE_BOOK_WENT_BACK);
	root[5] ^= 4;
	promise(1, model.told, root);
	ck_assert_int_eq(open_again(false), STORE_BOOK_WENT_BACK);
	promise(1, model.told + 1, model.told_root);
	ck_assert_int_eq(open_again(false), STORE_BOOK_WENT_BACK);
	promise(1, model.told, model.told_root);
	ck_assert_int_eq(open_again(true), 0);
}
END_TEST

START_TEST(begun_segment_whose_records_the_view_has_is_refused)
{
	struct disk *older = before_last_segment();
	size_t size;
	uint8_t *bytes = disk_bytes(older, "data.mark", &size);

	disk_set_bytes(disk, "data.mark", bytes, size);
	bytes = disk_bytes(disk, last_segment(), &size);
	memset(bytes + SEGMENT_HEADER, 0xee, 30);
	ck_assert_int_eq(open_again(false), STORE_DAMAGED);
	ck_assert_ptr_nonnull(strstr(model.report.text, "acknowledged"));
	disk_free(older);
}
END_TEST

START_TEST(first_group_that_is_not_its_segments_is_refused)
{
	size_t size;
	uint8_t *bytes;
	uint8_t copy[2048];
	char path[64];

	grow_to_segments(2);
	(void)snprintf(path, sizeof(path), "%s", last_segment());
	memcpy(copy, disk_bytes(disk, first, &size) + SEGMENT_HEADER, sizeof(copy));
	bytes = disk_bytes(disk, path, &size);
	memcpy(bytes + SEGMENT_HEADER, copy, sizeof(copy));
	ck_assert_int_eq(open_again(false), STORE_DAMAGED);
	ck_assert_ptr_nonnull(strstr(model.report.text, "first group"));
}
END_TEST

START_TEST(trailer_that_confirms_what_does_not_hold_is_refused)
{
	size_t size;
	size_t last;
	size_t end;
	struct disk *older = before_last_segment();
	uint8_t *bytes;

	/* The sealed segment is the last one, and its last group rots. */
	disk_remove(disk, last_segment());
	bytes = disk_bytes(older, "data.mark", &size);
	disk_set_bytes(disk, "data.mark", bytes, size);
	model_drop_view(&model);
	end = end_of_groups(first, &last);
	bytes = disk_bytes(disk, first, &size);
	bytes[end - 20] ^= 1;
	ck_assert_int_eq(open_again(false), STORE_DAMAGED);
	bytes[end - 20] ^= 1;
	model.told--;
	memset(model.told_root, 0, sizeof(model.told_root));
	{
		struct store *store;

		ck_assert_msg(model_open(&model, &store) == 0, "%s", model.report.text);
		store_close(store);
	}
	disk_free(older);
}
END_TEST

START_TEST(bytes_behind_the_last_group_of_a_sealed_segment_are_refused)
{
	size_t size;
	size_t last;
	size_t end;
	size_t limit = segment_limit(16 << 10);
	uint8_t *bytes;
	struct disk *older = before_last_segment();

	disk_remove(disk, last_segment());
	bytes = disk_bytes(older, "data.mark", &size);
	disk_set_bytes(disk, "data.mark", bytes, size);
	model_drop_view(&model);
	end = end_of_groups(first, &last);
	if (end < limit) {
		disk_bytes(disk, first, &size)[end] = 1;
		ck_assert_int_eq(open_again(false), STORE_DAMAGED);
	}
	disk_free(older);
}
END_TEST

START_TEST(torn_trailer_of_an_open_segment_is_zeroed)
{
	size_t size;
	size_t limit = segment_limit(16 << 10);

	grow_book(3);
	disk_bytes(disk, first, &size)[limit + 3] = 9;
	ck_assert_int_eq(open_again(true), 0);
	disk_power_cut(disk, DISK_CUT_NONE, 0);
	ck_assert_uint_eq(disk_bytes(disk, first, &size)[limit + 3], 0);
}
END_TEST

START_TEST(each_failing_call_while_opening_is_an_error_not_a_loss)
{
	static const enum disk_op ops[] = {DISK_OPEN,  DISK_WRITE,  DISK_SYNC, DISK_SYNC_FOLDER,
					   DISK_OTHER, DISK_RENAME, DISK_READ, DISK_LOOK};
	static uint8_t junk[700];
	size_t last;
	size_t end;
	size_t i;
	uint64_t k;

	grow_to_segments(2);
	memset(junk, 0xee, sizeof(junk));
	for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		for (k = 1; k < 30; k++) {
			struct disk *copy = disk_copy(disk);
			struct store *store;
			size_t size;
			int error;

			end = end_of_groups(last_segment(), &last);
			memcpy(disk_bytes(copy, last_segment(), &size) + end, junk, sizeof(junk));
			model.config.files = disk_files(copy);
			disk_fail_at(copy, ops[i], k, EIO, false);
			error = model_open(&model, &store);
			if (error == 0)
				store_close(store);
			disk_kill(copy);
			disk_fail_at(copy, ops[i], 0, 0, false);
			ck_assert_msg(model_open(&model, &store) == 0, "%s", model.report.text);
			ck_assert_msg(model_check(&model, store), "%s", model.why);
			store_close(store);
			disk_free(copy);
		}
	model.config.files = disk_files(disk);
}
END_TEST

START_TEST(each_failing_call_beside_a_begun_segment_is_an_error_not_a_loss)
{
	static const enum disk_op ops[] = {DISK_OPEN,	     DISK_WRITE, DISK_SYNC, DISK_READ,
					   DISK_SYNC_FOLDER, DISK_OTHER, DISK_LOOK};
	struct disk *older = before_last_segment();
	size_t size;
	uint8_t *bytes = disk_bytes(older, "data.mark", &size);
	size_t i;
	uint64_t k;

	disk_set_bytes(disk, "data.mark", bytes, size);
	model.told--;
	memset(model.told_root, 0, sizeof(model.told_root));
	memset(disk_bytes(disk, last_segment(), &size) + SEGMENT_HEADER, 0xee, 30);
	for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		for (k = 1; k < 30; k++) {
			struct disk *copy = disk_copy(disk);
			struct store *store;

			model_drop_view(&model);
			model.config.files = disk_files(copy);
			disk_fail_at(copy, ops[i], k, EIO, false);
			if (model_open(&model, &store) == 0)
				store_close(store);
			disk_kill(copy);
			disk_fail_at(copy, ops[i], 0, 0, false);
			ck_assert_msg(model_open(&model, &store) == 0, "%s", model.report.text);
			ck_assert_int_eq(model_append(&model, store, 1), 0);
			ck_assert_msg(model_check(&model, store), "%s", model.why);
			store_close(store);
			model.told--;
			model.attempted--;
			disk_free(copy);
		}
	model.config.files = disk_files(disk);
	disk_free(older);
}
END_TEST

START_TEST(tail_is_written_again_only_from_the_mark_on)
{
	struct store *store;
	size_t last;

	grow_book(3);
	ck_assert_int_eq(open_again(true), 0);
	ck_assert_uint_eq(model.report.rewritten, 0);
	ck_assert_int_eq(model_open(&model, &store), 0);
	ck_assert_int_eq(model_append(&model, store, 2), 0);
	disk_stop_at(disk, 1);
	store_close(store);
	disk_kill(disk);
	(void)end_of_groups(first, &last);
	ck_assert_int_eq(open_again(true), 0);
	ck_assert_uint_eq(model.report.rewritten, end_of_groups(first, &last) - last);
}
END_TEST

Suite *
suite_recover(void)
{
	Suite *suite = suite_create("recover");
	TCase *tests = tcase_create("recover");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, unfinished_last_group_is_cut_zeroed_and_said);
	tcase_add_test(tests, unfinished_group_with_a_whole_header_is_cut_too);
	tcase_add_test(tests, group_the_mark_reaches_is_never_cut);
	tcase_add_test(tests, group_the_view_reaches_is_never_cut);
	tcase_add_test(tests, valid_group_behind_damage_is_never_cut);
	tcase_add_test(tests, whole_group_that_belongs_elsewhere_is_never_cut);
	tcase_add_test(tests, more_than_one_group_can_be_is_never_cut);
	tcase_add_test(tests, segment_begun_for_nobody_is_taken_away_and_said);
	tcase_add_test(tests, segment_begun_whose_header_is_torn_is_taken_away);
	tcase_add_test(tests, begun_segment_with_more_behind_it_is_refused);
	tcase_add_test(tests, begun_segment_with_too_much_in_it_is_refused);
	tcase_add_test(tests, last_segment_alone_and_begun_for_nobody_is_an_empty_log);
	tcase_add_test(tests, segments_that_do_not_continue_each_other_are_refused);
	tcase_add_test(tests, segment_of_another_ledger_format_or_length_is_refused_by_name);
	tcase_add_test(tests, mark_that_tells_of_another_log_is_believed);
	tcase_add_test(tests, begun_segment_whose_records_the_view_has_is_refused);
	tcase_add_test(tests, first_group_that_is_not_its_segments_is_refused);
	tcase_add_test(tests, trailer_that_confirms_what_does_not_hold_is_refused);
	tcase_add_test(tests, bytes_behind_the_last_group_of_a_sealed_segment_are_refused);
	tcase_add_test(tests, torn_trailer_of_an_open_segment_is_zeroed);
	tcase_add_test(tests, each_failing_call_while_opening_is_an_error_not_a_loss);
	tcase_add_test(tests, each_failing_call_beside_a_begun_segment_is_an_error_not_a_loss);
	tcase_add_test(tests, tail_is_written_again_only_from_the_mark_on);
	suite_add_tcase(suite, tests);
	return suite;
}
