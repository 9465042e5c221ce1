/*
 * Records and groups: what was written is read back, and nothing else is taken for it.
 */
#include <stdlib.h>
#include <string.h>

#include "storage/book.h"
#include "storage/bytes.h"
#include "suites.h"

enum { RECORDS = 5 };

static struct checksum_sha *sha;
static struct book_tip before, after;
static struct store_record records[RECORDS];
static uint8_t bodies[RECORDS][64];
static uint8_t group[8192];
static size_t length;

static void
encode(struct book_tip *tip, size_t count, uint8_t *bytes, struct book_tip *next)
{
	uint8_t salts[RECORDS * BOOK_SALT_SIZE];
	size_t i;

	for (i = 0; i < count; i++) {
		memset(bodies[i], (int)('a' + i), sizeof(bodies[i]));
		memset(salts + i * BOOK_SALT_SIZE, (int)i, BOOK_SALT_SIZE);
		records[i].kind = (enum record_kind)(1 + i % 5);
		records[i].epoch = tip->epoch;
		records[i].sequence = tip->tree.size + 1 + i;
		records[i].recorded_at = 1000 + (int64_t)records[i].sequence;
		records[i].body = bodies[i];
		records[i].body_size = i * 13;
	}
	length = book_group_length(tip, records, count);
	book_group_encode(tip, sha, records, count, salts, bytes, next);
}

static void
setup(void)
{
	struct book_tip middle;

	sha = checksum_sha_new();
	book_tip_init(&before, sha, (const uint8_t *)"0123456789abcdef");
	/* A group stands before, so that there is a frontier, and a group to be named. */
	encode(&before, 3, group, &middle);
	before = middle;
	encode(&before, RECORDS, group, &after);
}

static void
teardown(void)
{
	sha = checksum_sha_free(sha);
}

static int
check(const struct book_tip *tip, const uint8_t *bytes, size_t size, const char **why)
{
	struct book_tip moved = *tip;
	struct book_group found;
	int error = book_group_check(&moved, sha, bytes, size, &found, why);

	if (error < 0) {
		ck_assert_mem_eq(&moved, tip, sizeof(moved));
		ck_assert_ptr_nonnull(*why);
	} else {
		ck_assert_ptr_null(*why);
		ck_assert_mem_eq(moved.root, after.root, sizeof(moved.root));
		ck_assert_uint_eq(moved.tree.size, after.tree.size);
		ck_assert_uint_eq(moved.previous_length, after.previous_length);
		ck_assert_int_eq(moved.recorded_at, after.recorded_at);
	}
	return error;
}

/* The header's checksum made right again, as a forger would. */
static void
seal_header(uint8_t *bytes)
{
	uint32_t size = bytes_get_u32(bytes + 12);

	bytes_put_u32(bytes + 4, checksum_crc32c(0, bytes + 8, size - 8));
}

static void
seal_record(uint8_t *at)
{
	bytes_put_u32(at, checksum_crc32c(0, at + 4, 44 + bytes_get_u32(at + 4)));
}

START_TEST(group_is_read_back_as_it_was_written)
{
	const char *why;
	size_t offset = BOOK_GROUP_HEADER + 2 * 32;
	size_t i;

	ck_assert_int_eq(check(&before, group, book_padded(length), &why), 0);
	for (i = 0; i < RECORDS; i++) {
		struct store_record record;

		ck_assert_int_eq(book_record_next(group, length, &offset, &record), 0);
		ck_assert_int_eq(record.kind, records[i].kind);
		ck_assert_uint_eq(record.sequence, 4 + i);
		ck_assert_int_eq(record.recorded_at, 1004 + (int64_t)i);
		ck_assert_uint_eq(record.epoch, 1);
		ck_assert_uint_eq(record.body_size, i * 13);
		ck_assert_mem_eq(record.body, bodies[i], record.body_size);
	}
	ck_assert_uint_eq(offset, length);
}
END_TEST

START_TEST(any_flipped_bit_is_seen)
{
	size_t size = book_padded(length);
	size_t bit;

	for (bit = 0; bit < size * 8; bit++) {
		const char *why;

		group[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		ck_assert_msg(check(&before, group, size, &why) < 0, "bit %zu", bit);
		group[bit / 8] ^= (uint8_t)(1u << (bit % 8));
	}
}
END_TEST

START_TEST(any_shorter_group_is_seen)
{
	size_t size;
	const char *why;

	for (size = 0; size < book_padded(length); size++) {
		uint8_t *cut = malloc(size + 1);

		/* Of its own, so that a byte read behind it is noticed. */
		memcpy(cut, group, size);
		ck_assert_int_eq(check(&before, cut, size, &why), STORE_DAMAGED);
		free(cut);
	}
}
END_TEST

START_TEST(header_that_holds_but_belongs_elsewhere_is_refused)
{
	static const struct {
		size_t offset;
		const char *word;
	} rows[] = {
	    {16, "ledger"},    {32, "epoch"},	  {40, NULL},	  {52, "before it"}, {64, "root"},
	    {96, "before it"}, {128, "frontier"}, {36, "longer"}, {48, "record"},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t copy[sizeof(group)];
		const char *why;

		memcpy(copy, group, sizeof(copy));
		copy[rows[i].offset] -= 1;
		seal_header(copy);
		ck_assert_int_eq(check(&before, copy, sizeof(copy), &why), STORE_DAMAGED);
		ck_assert_msg(rows[i].word == NULL || strstr(why, rows[i].word) != NULL, "%zu: %s",
			      rows[i].offset, why);
	}
}
END_TEST

START_TEST(first_sequence_of_the_same_header_size_is_compared)
{
	const char *why;
	uint8_t copy[sizeof(group)];

	/* 3 records before: two hashes in the frontier, as 5 have. */
	memcpy(copy, group, sizeof(copy));
	bytes_put_u64(copy + 40, 6);
	seal_header(copy);
	ck_assert_int_eq(check(&before, copy, sizeof(copy), &why), STORE_DAMAGED);
	ck_assert_ptr_nonnull(strstr(why, "sequence"));
}
END_TEST

START_TEST(header_with_impossible_numbers_is_refused)
{
	static const struct {
		size_t offset;
		uint64_t value;
		size_t size;
	} rows[] = {
	    {40, 0, 8},	  {40, UINT64_MAX, 8},
	    {36, 0, 4},	  {36, STORE_GROUP_COUNT_MAX + 1, 4},
	    {48, 200, 4}, {48, STORE_GROUP_MAX + 1, 4},
	};
	struct book_group found;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t copy[sizeof(group)];

		memcpy(copy, group, sizeof(copy));
		if (rows[i].size == 8)
			bytes_put_u64(copy + rows[i].offset, rows[i].value);
		else
			bytes_put_u32(copy + rows[i].offset, (uint32_t)rows[i].value);
		seal_header(copy);
		ck_assert_int_eq(book_group_peek(copy, sizeof(copy), &found), STORE_DAMAGED);
	}
	bytes_put_u32(group + 12, BOOK_GROUP_HEADER - 8);
	ck_assert_int_eq(book_group_peek(group, sizeof(group), &found), STORE_DAMAGED);
	bytes_put_u32(group + 12, BOOK_GROUP_HEADER_MAX + 8);
	ck_assert_int_eq(book_group_peek(group, sizeof(group), &found), STORE_DAMAGED);
}
END_TEST

START_TEST(later_format_is_said_to_be_one)
{
	uint8_t copy[sizeof(group)];
	const char *why;

	memcpy(copy, group, sizeof(copy));
	bytes_put_u32(copy + 8, 2);
	seal_header(copy);
	ck_assert_int_eq(check(&before, copy, sizeof(copy), &why), STORE_NEWER_FORMAT);
	memcpy(copy, group, sizeof(copy));
	bytes_put_u32(copy + 56, 2);
	seal_header(copy);
	ck_assert_int_eq(check(&before, copy, sizeof(copy), &why), STORE_NEWER_FORMAT);
	memcpy(copy, group, sizeof(copy));
	copy[BOOK_GROUP_HEADER + 64 + 8] = 2;
	seal_record(copy + BOOK_GROUP_HEADER + 64);
	ck_assert_int_eq(check(&before, copy, sizeof(copy), &why), STORE_NEWER_FORMAT);
}
END_TEST

START_TEST(record_that_holds_but_is_not_the_next_is_refused)
{
	static const struct {
		size_t offset;
		uint8_t value;
	} rows[] = {
	    {9, 0},  /* kind */
	    {9, 6},  /* kind */
	    {10, 2}, /* algorithm */
	    {11, 1}, /* must be zero */
	    {12, 9}, /* epoch */
	    {16, 9}, /* sequence */
	    {24, 1}, /* recorded at: below the group before */
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t copy[sizeof(group)];
		uint8_t *record = copy + BOOK_GROUP_HEADER + 64;
		const char *why;

		memcpy(copy, group, sizeof(copy));
		if (rows[i].offset == 24)
			bytes_put_u64(record + 24, 1);
		record[rows[i].offset] = rows[i].value;
		seal_record(record);
		ck_assert_int_eq(check(&before, copy, sizeof(copy), &why), STORE_DAMAGED);
	}
}
END_TEST

START_TEST(record_beyond_its_group_is_refused)
{
	struct store_record record;
	size_t offset = BOOK_GROUP_HEADER + 64;

	bytes_put_u32(group + offset + 4, STORE_BODY_MAX + 1);
	ck_assert_int_eq(book_record_next(group, length, &offset, &record), STORE_DAMAGED);
	bytes_put_u32(group + offset + 4, (uint32_t)length);
	ck_assert_int_eq(book_record_next(group, length, &offset, &record), STORE_DAMAGED);
	offset = length - 8;
	ck_assert_int_eq(book_record_next(group, length, &offset, &record), STORE_DAMAGED);
}
END_TEST

START_TEST(group_of_another_place_is_refused_by_name)
{
	struct book_tip other = before;
	struct book_group found;

	ck_assert_int_eq(book_group_peek(group, sizeof(group), &found), 0);
	ck_assert_ptr_null(book_group_continues(&before, &found));
	other.epoch = 2;
	ck_assert_ptr_nonnull(book_group_continues(&other, &found));
	other = before;
	other.previous_root[0] ^= 1;
	ck_assert_ptr_nonnull(book_group_continues(&other, &found));
	other = before;
	other.previous_length++;
	ck_assert_ptr_nonnull(book_group_continues(&other, &found));
}
END_TEST

START_TEST(group_beyond_its_limits_has_no_length)
{
	static struct store_record many[STORE_GROUP_COUNT_MAX + 1];
	struct store_record large[2] = {{.body_size = STORE_BODY_MAX}, {.body_size = 64 << 10}};

	ck_assert_uint_eq(book_group_length(&before, many, 0), 0);
	ck_assert_uint_eq(book_group_length(&before, many, STORE_GROUP_COUNT_MAX + 1), 0);
	ck_assert_uint_gt(book_group_length(&before, many, STORE_GROUP_COUNT_MAX), 0);
	ck_assert_uint_gt(book_group_length(&before, large, 1), STORE_BODY_MAX);
	ck_assert_uint_eq(book_group_length(&before, large, 2), 0);
	large[0].body_size++;
	ck_assert_uint_eq(book_group_length(&before, large, 1), 0);
}
END_TEST

Suite *
suite_book(void)
{
	Suite *suite = suite_create("book");
	TCase *tests = tcase_create("book");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_set_timeout(tests, 30);
	tcase_add_test(tests, group_is_read_back_as_it_was_written);
	tcase_add_test(tests, any_flipped_bit_is_seen);
	tcase_add_test(tests, any_shorter_group_is_seen);
	tcase_add_test(tests, header_that_holds_but_belongs_elsewhere_is_refused);
	tcase_add_test(tests, first_sequence_of_the_same_header_size_is_compared);
	tcase_add_test(tests, header_with_impossible_numbers_is_refused);
	tcase_add_test(tests, later_format_is_said_to_be_one);
	tcase_add_test(tests, record_that_holds_but_is_not_the_next_is_refused);
	tcase_add_test(tests, record_beyond_its_group_is_refused);
	tcase_add_test(tests, group_of_another_place_is_refused_by_name);
	tcase_add_test(tests, group_beyond_its_limits_has_no_length);
	suite_add_tcase(suite, tests);
	return suite;
}
