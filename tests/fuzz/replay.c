/*
 * Replays a corpus: each file as it is, then changed a little many times over, the same changes
 * on every run. No fuzzer, no luck: what it finds once it finds always.
 *
 *	replay-TARGET MUTATIONS FILE...
 *
 * Files ending in .hex hold the input as hexadecimal digits (a regression is a text, not a
 * binary); others are the input itself.
 */

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define REPLAY_MAX (2 * 1024 * 1024)

static uint8_t replay_input[REPLAY_MAX];
static uint8_t replay_changed[REPLAY_MAX];
static uint64_t replay_state;

/* Marsaglia's xorshift. */
static uint64_t
replay_next(void)
{
	replay_state ^= replay_state << 13;
	replay_state ^= replay_state >> 7;
	replay_state ^= replay_state << 17;
	return replay_state;
}

/* On the heap and no larger, so that a read beyond the end is seen. */
static void
replay_run(const uint8_t *bytes, size_t size)
{
	uint8_t *exact = malloc(size > 0 ? size : 1);

	assert(exact != NULL);
	memcpy(exact, bytes, size);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
}

static int
replay_digit(int letter)
{
	if (letter >= '0' && letter <= '9')
		return letter - '0';
	if (letter >= 'a' && letter <= 'f')
		return letter - 'a' + 10;
	return -1;
}

/* Digits in pairs; blanks between them, and what follows a #, are for the reader's eye. */
static size_t
replay_unhex(uint8_t *bytes, size_t size)
{
	bool comment = false;
	size_t out = 0;
	int high = -1;

	for (size_t i = 0; i < size; i++) {
		int digit = replay_digit(bytes[i]);

		if (bytes[i] == '#' || bytes[i] == '\n')
			comment = bytes[i] == '#';
		if (digit < 0 || comment)
			continue;
		if (high < 0) {
			high = digit;
		} else {
			bytes[out++] = (uint8_t)(high << 4 | digit);
			high = -1;
		}
	}
	return out;
}

static size_t
replay_read(const char *path)
{
	const char *dot = strrchr(path, '.');
	FILE *file = fopen(path, "rb");
	size_t size;

	if (file == NULL) {
		perror(path);
		exit(1);
	}
	size = fread(replay_input, 1, sizeof(replay_input), file);
	fclose(file);
	return dot != NULL && strcmp(dot, ".hex") == 0 ? replay_unhex(replay_input, size) : size;
}

/* One change: a bit, a byte, a cut, a piece doubled, a piece moved, an awkward number. */
static size_t
replay_change(size_t size)
{
	static const uint8_t awkward[] = {0x00, 0xff, 0x7f, 0x80, 0x0a, 0x22, 0x2c, 0x3a};
	size_t at, piece;

	if (size == 0)
		return 0;
	at = replay_next() % size;
	piece = 1 + replay_next() % (size - at < 64 ? size - at : 64);
	switch (replay_next() % 6) {
	case 0:
		replay_changed[at] ^= (uint8_t)(1U << replay_next() % 8);
		return size;
	case 1:
		replay_changed[at] = awkward[replay_next() % sizeof(awkward)];
		return size;
	case 2:
		return at;
	case 3:
		if (size + piece > REPLAY_MAX)
			return size;
		memmove(replay_changed + at + piece, replay_changed + at, size - at);
		return size + piece;
	case 4:
		memmove(replay_changed + at, replay_changed + at + piece, size - at - piece);
		return size - piece;
	default:
		memmove(replay_changed + replay_next() % (size - piece + 1), replay_changed + at,
			piece);
		return size;
	}
}

int
main(int argc, char **argv)
{
	unsigned long mutations = 0;
	unsigned long runs = 0;

	if (argc < 3) {
		fprintf(stderr, "usage: %s MUTATIONS FILE...\n", argv[0]);
		return 2;
	}
	for (const char *at = argv[1]; *at >= '0' && *at <= '9'; at++)
		mutations = mutations * 10 + (unsigned long)(*at - '0');
	replay_state = UINT64_C(0x9e3779b97f4a7c15);
	for (int i = 2; i < argc; i++) {
		size_t size = replay_read(argv[i]);

		replay_run(replay_input, size);
		runs++;
		for (unsigned long m = 0; m < mutations; m++, runs++) {
			size_t changed = size;

			memcpy(replay_changed, replay_input, size);
			for (uint64_t changes = 1 + replay_next() % 4; changes > 0; changes--)
				changed = replay_change(changed);
			replay_run(replay_changed, changed);
		}
	}
	printf("%lu inputs\n", runs);
	return 0;
}
