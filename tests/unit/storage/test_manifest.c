/*
 * A backup's manifest: read back as written, and not at all when a byte of it is another.
 */
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "storage/manifest.h"
#include "suites.h"

static struct checksum_sha *sha;
static struct manifest written;
static char *text;
static size_t size;

static void
setup(void)
{
	unsigned i;

	sha = checksum_sha_new();
	memset(&written, 0, sizeof(written));
	memset(written.ledger, 0xab, sizeof(written.ledger));
	memset(written.root, 0xcd, sizeof(written.root));
	written.epoch = 3;
	written.sequence = 1234567;
	written.recorded_at = -12;
	for (i = 0; i < 100; i++) {
		struct manifest_file file = {.segment = 1 + i, .size = 1000 * i};

		memset(file.hash, (int)i, sizeof(file.hash));
		ck_assert_int_eq(manifest_add(&written, &file), 0);
	}
	text = manifest_text(&written, sha, &size);
	ck_assert_ptr_nonnull(text);
}

static void
teardown(void)
{
	free(text);
	manifest_done(&written);
	sha = checksum_sha_free(sha);
}

START_TEST(manifest_is_read_back)
{
	struct manifest found = {0};

	ck_assert_int_eq(manifest_parse(&found, sha, text, size), 0);
	ck_assert_mem_eq(found.ledger, written.ledger, STORE_ID_SIZE);
	ck_assert_mem_eq(found.root, written.root, STORE_HASH_SIZE);
	ck_assert_uint_eq(found.epoch, 3);
	ck_assert_uint_eq(found.sequence, 1234567);
	ck_assert_int_eq(found.recorded_at, -12);
	ck_assert_uint_eq(found.count, 100);
	ck_assert_mem_eq(found.files, written.files, 100 * sizeof(found.files[0]));
	manifest_done(&found);
}
END_TEST

START_TEST(any_changed_byte_is_seen)
{
	size_t i;

	for (i = 0; i < size; i++) {
		struct manifest found = {0};

		text[i] ^= 1;
		ck_assert_int_lt(manifest_parse(&found, sha, text, size), 0);
		manifest_done(&found);
		text[i] ^= 1;
	}
	for (i = 0; i < size; i++) {
		struct manifest found = {0};

		ck_assert_int_lt(manifest_parse(&found, sha, text, i), 0);
		manifest_done(&found);
	}
}
END_TEST

/* Text whose last line is right whatever the others say. */
static int
parse_sealed(const char *lines)
{
	struct manifest found = {0};
	char sealed[2000];
	uint8_t hash[CHECKSUM_SHA_SIZE];
	size_t length = strlen(lines);
	size_t i;
	int error;

	memcpy(sealed, lines, length + 1);
	checksum_sha_begin(sha);
	checksum_sha_add(sha, lines, length);
	checksum_sha_end(sha, hash);
	strncat(sealed, "end ", sizeof(sealed) - length - 1);
	for (i = 0; i < sizeof(hash); i++)
		(void)snprintf(sealed + length + 4 + i * 2, 3, "%02x", hash[i]);
	strncat(sealed, "\n", 2);
	error = manifest_parse(&found, sha, sealed, strlen(sealed));
	manifest_done(&found);
	return error;
}

#define LEDGER	  "ledger 00112233445566778899aabbccddeeff\n"
#define ROOT	  "root 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n"
#define FILE_LINE "segment 1 2 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n"

START_TEST(only_the_lines_of_the_format_are_taken)
{
	static const char head[] = "demerit-backup 1\n" LEDGER;
	char lines[1000];
	size_t i;
	static const struct {
		const char *rest;
		int error;
	} rows[] = {
	    {"epoch 1\nsequence 2\nrecorded_at 3\n" ROOT FILE_LINE, 0},
	    {"epoch 1\nsequence 2\nrecorded_at 3\n" ROOT, STORE_DAMAGED},
	    {"epoch 4294967296\nsequence 2\nrecorded_at 3\n" ROOT FILE_LINE, STORE_DAMAGED},
	    {"epoch 1\nsequence 99999999999999999999\nrecorded_at 3\n" ROOT FILE_LINE,
	     STORE_DAMAGED},
	    {"epoch \nsequence 2\nrecorded_at 3\n" ROOT FILE_LINE, STORE_DAMAGED},
	    {"epoch 1\nsequence 2\nrecorded_at x\n" ROOT FILE_LINE, STORE_DAMAGED},
	    {"epoch 1\nsequence 2\nrecorded_at 3\n" ROOT "segment 1 2 zz\n", STORE_DAMAGED},
	    {"epoch 1\nsequence 2\nrecorded_at 3\n" ROOT FILE_LINE "more\n", STORE_DAMAGED},
	    {"epoch 1\n" ROOT FILE_LINE, STORE_DAMAGED},
	};

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)snprintf(lines, sizeof(lines), "%s%s", head, rows[i].rest);
		ck_assert_msg(parse_sealed(lines) == rows[i].error, "row %zu", i);
	}
	ck_assert_int_eq(parse_sealed("demerit-backup 2\n"), STORE_NEWER_FORMAT);
}
END_TEST

Suite *
suite_manifest(void)
{
	Suite *suite = suite_create("manifest");
	TCase *tests = tcase_create("manifest");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, manifest_is_read_back);
	tcase_add_test(tests, any_changed_byte_is_seen);
	tcase_add_test(tests, only_the_lines_of_the_format_are_taken);
	suite_add_tcase(suite, tests);
	return suite;
}
