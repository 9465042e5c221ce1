/*
 * One file of the log: its name, header, trailer, index, and the window moved over it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fault/disk.h"
#include "storage/bytes.h"
#include "storage/segment.h"
#include "suites.h"

static struct segment *
filled(uint64_t size, unsigned groups, uint64_t length)
{
	struct segment *segment = segment_new(size);
	struct book_tip tip = {0};
	unsigned i;

	segment->epoch = 1;
	segment->first = 100;
	segment->last = 99;
	memset(segment->ledger, 7, sizeof(segment->ledger));
	memset(segment->root_before, 8, sizeof(segment->root_before));
	for (i = 0; i < groups; i++) {
		tip.tree.size = 100 + i;
		tip.recorded_at = i;
		memset(tip.root, (int)i, sizeof(tip.root));
		segment_group_add(segment, &tip, 100 + i, length);
	}
	return segment;
}

START_TEST(name_is_parsed_only_as_it_is_written)
{
	static const char *const wrong[] = {
	    "",
	    "segment",
	    "spare",
	    "00000000000000000000.segment",
	    "1.segment",
	    "00000000000000000001.segment.new",
	    "00000000000000000001",
	    "99999999999999999999.segment",
	    "0000000000000000000a.segment",
	};
	char name[SEGMENT_NAME_SIZE];
	uint64_t first = 0;
	size_t i;

	segment_name(UINT64_MAX, name);
	ck_assert(segment_name_parse(name, &first));
	ck_assert_uint_eq(first, UINT64_MAX);
	segment_name(17, name);
	ck_assert_str_eq(name, "00000000000000000017.segment");
	ck_assert(segment_name_parse(name, &first));
	ck_assert_uint_eq(first, 17);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ck_assert_msg(!segment_name_parse(wrong[i], &first), "%s", wrong[i]);
}
END_TEST

START_TEST(header_is_read_back_and_any_flip_seen)
{
	struct segment *segment = filled(64 << 10, 0, 0);
	struct segment *again = NULL;
	uint8_t bytes[SEGMENT_HEADER];
	size_t bit;

	segment_header_encode(segment, bytes);
	ck_assert_int_eq(segment_header_decode(bytes, &again), 0);
	ck_assert_uint_eq(again->first, 100);
	ck_assert_uint_eq(again->last, 99);
	ck_assert_uint_eq(again->size, 64 << 10);
	ck_assert_uint_eq(again->epoch, 1);
	ck_assert_mem_eq(again->ledger, segment->ledger, STORE_ID_SIZE);
	ck_assert_mem_eq(again->root_before, segment->root_before, STORE_HASH_SIZE);
	segment_free(again);
	for (bit = 0; bit < sizeof(bytes) * 8; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		ck_assert_int_eq(segment_header_decode(bytes, &again), STORE_DAMAGED);
		bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
	}
	segment_free(segment);
}
END_TEST

static void
seal(uint8_t *bytes, size_t size)
{
	memset(bytes + 12, 0, 4);
	bytes_put_u32(bytes + 12, checksum_crc32c(0, bytes, size));
}

START_TEST(header_with_impossible_numbers_is_refused)
{
	static const struct {
		size_t offset;
		uint64_t value;
		int error;
	} rows[] = {
	    {40, 0, STORE_DAMAGED},
	    {48, 4096, STORE_DAMAGED},
	    {48, (64 << 10) + 1, STORE_DAMAGED},
	    {48, 2ull << 30, STORE_DAMAGED},
	    {8, 2, STORE_NEWER_FORMAT},
	    {36, 2, STORE_NEWER_FORMAT},
	};
	struct segment *segment = filled(64 << 10, 0, 0);
	struct segment *again = NULL;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t bytes[SEGMENT_HEADER];

		segment_header_encode(segment, bytes);
		if (rows[i].offset < 40)
			bytes_put_u32(bytes + rows[i].offset, (uint32_t)rows[i].value);
		else
			bytes_put_u64(bytes + rows[i].offset, rows[i].value);
		seal(bytes, sizeof(bytes));
		ck_assert_int_eq(segment_header_decode(bytes, &again), rows[i].error);
	}
	segment_free(segment);
}
END_TEST

START_TEST(trailer_is_read_back_and_any_flip_seen)
{
	struct segment *segment = filled(256 << 10, 20, 11000);
	struct segment *again = filled(256 << 10, 0, 0);
	size_t size = segment_trailer_size(segment->size);
	uint8_t *bytes = malloc(size);
	size_t at;

	segment_trailer_encode(segment, bytes);
	ck_assert_int_eq(segment_trailer_decode(again, bytes), 0);
	ck_assert(again->sealed);
	ck_assert_uint_eq(again->last, segment->last);
	ck_assert_uint_eq(again->end, segment->end);
	ck_assert_uint_eq(again->place_count, segment->place_count);
	ck_assert_mem_eq(again->root_after, segment->root_after, STORE_HASH_SIZE);
	for (at = 0; at < size; at++) {
		bytes[at] ^= 0x20;
		ck_assert_int_eq(segment_trailer_decode(again, bytes), STORE_DAMAGED);
		ck_assert_uint_eq(again->end, SEGMENT_HEADER);
		ck_assert_uint_eq(again->place_count, 0);
		bytes[at] ^= 0x20;
	}
	segment_free(segment);
	segment_free(again);
	free(bytes);
}
END_TEST

START_TEST(trailer_with_impossible_numbers_is_refused)
{
	static const struct {
		size_t offset;
		uint64_t value;
		size_t size;
	} rows[] = {
	    {8, 2, 4},	       {16, 0, 4},	{32, 9, 4},    {40, 101, 8},
	    {36, 0, 4},	       {36, 99, 4},	{48, 99, 8},   {56, 512, 8},
	    {56, 1000, 8},     {56, 262144, 8}, {160, 101, 8}, /* the first place is not the first
								  group */
	    {168, 1024, 8},    {176, 100, 8},		       /* places out of order */
	    {184, 512, 8},     {176, 5000, 8},		       /* behind the last */
	    {184, 1 << 20, 8}, {184, 70001, 8},
	};
	struct segment *segment = filled(256 << 10, 20, 11000);
	struct segment *again = filled(256 << 10, 0, 0);
	size_t size = segment_trailer_size(segment->size);
	uint8_t *bytes = malloc(size);
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		segment_trailer_encode(segment, bytes);
		if (rows[i].size == 4)
			bytes_put_u32(bytes + rows[i].offset, (uint32_t)rows[i].value);
		else
			bytes_put_u64(bytes + rows[i].offset, rows[i].value);
		seal(bytes, size);
		ck_assert_msg(segment_trailer_decode(again, bytes) == STORE_DAMAGED, "row %zu", i);
	}
	segment_free(segment);
	segment_free(again);
	free(bytes);
}
END_TEST

START_TEST(place_is_the_last_at_or_before_the_sequence)
{
	struct segment *segment = filled(1 << 20, 90, 11000);
	uint64_t sequence;

	ck_assert_uint_gt(segment->place_count, 10);
	for (sequence = 100; sequence < 190; sequence++) {
		struct segment_place place = segment_place_find(segment, sequence);

		ck_assert_uint_le(place.sequence, sequence);
		/* Groups are all alike here: the place of a sequence is known. */
		ck_assert_uint_eq(place.offset,
				  SEGMENT_HEADER + (place.sequence - 100) * book_padded(11000));
		ck_assert_uint_lt((sequence - place.sequence) * book_padded(11000),
				  SEGMENT_PLACE_STEP + book_padded(11000));
	}
	segment_free(segment);
	ck_assert_ptr_null(segment_free(NULL));
}
END_TEST

START_TEST(window_shows_the_file_at_every_offset)
{
	struct disk *disk = disk_new();
	const struct file_ops *files = disk_files(disk);
	static uint8_t content[300000];
	struct segment_scan scan;
	const uint8_t *bytes;
	size_t size;
	size_t i;
	int fd;

	for (i = 0; i < sizeof(content); i++)
		content[i] = (uint8_t)(i * 7 >> 3);
	disk_set_bytes(disk, "f", content, sizeof(content));
	fd = files->open(files->context, "f", O_RDONLY);
	ck_assert_int_eq(segment_scan_init(&scan, files), 0);
	segment_scan_begin(&scan, fd, 0, sizeof(content), 5000);
	while (scan.offset < scan.end) {
		ck_assert_int_eq(segment_scan_bytes(&scan, 700, &bytes, &size), 0);
		ck_assert(size >= 700 || scan.offset + size == scan.end);
		ck_assert_mem_eq(bytes, content + scan.offset, size);
		scan.offset += 333;
		if (scan.offset > scan.end)
			scan.offset = scan.end;
	}
	ck_assert_int_eq(segment_scan_bytes(&scan, 700, &bytes, &size), 0);
	ck_assert_uint_eq(size, 0);
	/* A file shorter than it should be is said to be. */
	segment_scan_begin(&scan, fd, 299000, 301000, 5000);
	ck_assert_int_eq(segment_scan_bytes(&scan, 2000, &bytes, &size), -ENODATA);
	segment_scan_done(&scan);
	files->close(files->context, fd);
	disk_free(disk);
}
END_TEST

Suite *
suite_segment(void)
{
	Suite *suite = suite_create("segment");
	TCase *tests = tcase_create("segment");

	tcase_add_test(tests, name_is_parsed_only_as_it_is_written);
	tcase_add_test(tests, header_is_read_back_and_any_flip_seen);
	tcase_add_test(tests, header_with_impossible_numbers_is_refused);
	tcase_add_test(tests, trailer_is_read_back_and_any_flip_seen);
	tcase_add_test(tests, trailer_with_impossible_numbers_is_refused);
	tcase_add_test(tests, place_is_the_last_at_or_before_the_sequence);
	tcase_add_test(tests, window_shows_the_file_at_every_offset);
	suite_add_tcase(suite, tests);
	return suite;
}
