/*
 * A backup's manifest as text.
 *
 * Owns the list of files in one. Called by backup and restore; it touches no file itself and
 * believes no line before the last one, the hash of all the others, holds.
 */
#include "manifest.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char first_line[] = "demerit-backup 1\n";

void
manifest_done(struct manifest *manifest)
{
	free(manifest->files);
	manifest->files = NULL;
	manifest->count = 0;
	manifest->capacity = 0;
}

int
manifest_add(struct manifest *manifest, const struct manifest_file *file)
{
	if (manifest->count == manifest->capacity) {
		size_t capacity = manifest->capacity + 64;
		struct manifest_file *more = reallocarray(manifest->files, capacity, sizeof(*more));

		if (more == NULL)
			return STORE_MEMORY;
		manifest->files = more;
		manifest->capacity = capacity;
	}
	manifest->files[manifest->count++] = *file;
	return 0;
}

static void
put_hex(FILE *out, const char *before, const uint8_t *bytes, size_t size)
{
	size_t i;

	fputs(before, out);
	for (i = 0; i < size; i++)
		fprintf(out, "%02x", bytes[i]);
	fputc('\n', out);
}

char *
manifest_text(const struct manifest *manifest, struct checksum_sha *sha, size_t *ret_size)
{
	uint8_t hash[CHECKSUM_SHA_SIZE];
	char *text = NULL;
	FILE *out = open_memstream(&text, ret_size);
	size_t i;
	bool bad;

	if (out == NULL)
		return NULL;
	fputs(first_line, out);
	put_hex(out, "ledger ", manifest->ledger, STORE_ID_SIZE);
	fprintf(out, "epoch %" PRIu32 "\nsequence %" PRIu64 "\nrecorded_at %" PRId64 "\n",
		manifest->epoch, manifest->sequence, manifest->recorded_at);
	put_hex(out, "root ", manifest->root, STORE_HASH_SIZE);
	for (i = 0; i < manifest->count; i++) {
		const struct manifest_file *file = &manifest->files[i];

		fprintf(out, "segment %" PRIu64 " %" PRIu64, file->segment, file->size);
		put_hex(out, " ", file->hash, sizeof(file->hash));
	}
	if (fflush(out) == 0) {
		checksum_sha_begin(sha);
		checksum_sha_add(sha, text, *ret_size);
		checksum_sha_end(sha, hash);
		put_hex(out, "end ", hash, sizeof(hash));
	}
	bad = ferror(out) != 0;
	if (fclose(out) != 0 || bad) {
		free(text);
		return NULL;
	}
	return text;
}

/* A reader of the text that fails for good at the first thing that is not as expected. */
struct cursor {
	const char *at;
	const char *end;
	bool failed;
};

static void
take_word(struct cursor *cursor, const char *word)
{
	size_t size = strlen(word);

	if ((size_t)(cursor->end - cursor->at) < size || memcmp(cursor->at, word, size) != 0)
		cursor->failed = true;
	else
		cursor->at += size;
}

static uint64_t
take_number(struct cursor *cursor)
{
	uint64_t number = 0;
	const char *begin = cursor->at;

	while (cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9') {
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, (uint64_t)(*cursor->at - '0'), &number))
			cursor->failed = true;
		cursor->at++;
	}
	if (cursor->at == begin)
		cursor->failed = true;
	return number;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void
take_hex(struct cursor *cursor, uint8_t *ret, size_t size)
{
	size_t i;

	if ((size_t)(cursor->end - cursor->at) < size * 2) {
		cursor->failed = true;
		return;
	}
	for (i = 0; i < size; i++, cursor->at += 2) {
		int high = hex_digit(cursor->at[0]);
		int low = hex_digit(cursor->at[1]);

		if (high < 0 || low < 0)
			cursor->failed = true;
		ret[i] = (uint8_t)((unsigned)high << 4 | (unsigned)low);
	}
}

/* The last line is the hash of everything before it. */
static bool
text_holds(struct checksum_sha *sha, const char *text, size_t size)
{
	enum { LAST = 4 + CHECKSUM_SHA_SIZE * 2 + 1 };
	uint8_t written[CHECKSUM_SHA_SIZE];
	uint8_t hash[CHECKSUM_SHA_SIZE];
	struct cursor cursor = {NULL, text + size, false};

	if (size < LAST)
		return false;
	cursor.at = text + size - LAST;
	take_word(&cursor, "end ");
	take_hex(&cursor, written, sizeof(written));
	take_word(&cursor, "\n");
	checksum_sha_begin(sha);
	checksum_sha_add(sha, text, size - LAST);
	checksum_sha_end(sha, hash);
	return !cursor.failed && memcmp(written, hash, sizeof(hash)) == 0;
}

static int
parse_files(struct manifest *manifest, struct cursor *cursor)
{
	while (!cursor->failed && cursor->at < cursor->end && *cursor->at == 's') {
		struct manifest_file file = {0};
		int error;

		take_word(cursor, "segment ");
		file.segment = take_number(cursor);
		take_word(cursor, " ");
		file.size = take_number(cursor);
		take_word(cursor, " ");
		take_hex(cursor, file.hash, sizeof(file.hash));
		take_word(cursor, "\n");
		error = manifest_add(manifest, &file);
		if (error < 0)
			return error;
	}
	return 0;
}

int
manifest_parse(struct manifest *manifest, struct checksum_sha *sha, const char *text, size_t size)
{
	struct cursor cursor = {text, text + size, false};
	bool before_1970;
	uint64_t number;
	int error;

	if (!text_holds(sha, text, size))
		return STORE_DAMAGED;
	if (size < sizeof(first_line) || memcmp(text, first_line, sizeof(first_line) - 1) != 0)
		return STORE_NEWER_FORMAT;
	take_word(&cursor, first_line);
	take_word(&cursor, "ledger ");
	take_hex(&cursor, manifest->ledger, STORE_ID_SIZE);
	take_word(&cursor, "\nepoch ");
	number = take_number(&cursor);
	manifest->epoch = (uint32_t)number;
	take_word(&cursor, "\nsequence ");
	manifest->sequence = take_number(&cursor);
	take_word(&cursor, "\nrecorded_at ");
	before_1970 = cursor.at < cursor.end && *cursor.at == '-';
	cursor.at += before_1970;
	manifest->recorded_at = (int64_t)take_number(&cursor);
	if (before_1970)
		manifest->recorded_at = -manifest->recorded_at;
	take_word(&cursor, "\nroot ");
	take_hex(&cursor, manifest->root, STORE_HASH_SIZE);
	take_word(&cursor, "\n");
	error = parse_files(manifest, &cursor);
	if (error < 0)
		return error;
	take_word(&cursor, "end ");
	if (cursor.failed || number > UINT32_MAX || manifest->count == 0)
		return STORE_DAMAGED;
	return 0;
}
