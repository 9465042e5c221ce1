/*
 * The insides of the standings, shared by standings.c (the table) and standings_check.c (the
 * judgement of a wake-up's plain checks). Nobody else's.
 */
#ifndef DAEMON_STANDINGS_INNER_H
#define DAEMON_STANDINGS_INNER_H

#include <stdatomic.h>
#include <string.h>

#include "bell.h"
#include "standings.h"

#define STANDINGS_LOOPS_MAX 64
#define SLOT_TRIES_MAX	    64 /* then the book is asked */

/* The words of a slot behind its version. */
enum slot_word {
	SLOT_META, /* size of the code, category or kind, count of intervals */
	SLOT_CODE, /* 24 bytes, or a pointer to a longer one */
	SLOT_SINCE = SLOT_CODE + 3,
	SLOT_PAYLOAD, /* the one interval, or a pointer to what stands beside the slot */
	SLOT_WORDS = SLOT_PAYLOAD + 2,
};
#define SLOT_CODE_WORDS 3
#define SLOT_CODE_SIZE	(SLOT_CODE_WORDS * 8)

struct slot {
	_Atomic uint64_t version;
	_Atomic uint64_t words[SLOT_WORDS];
};

struct slot_words {
	uint64_t words[SLOT_WORDS];
};

struct packed_interval {
	int32_t from;
	int32_t until;
	int32_t bar_until;
	uint8_t status;
	uint8_t exempt;
	uint8_t sanction;
	uint8_t unused;
};

struct table {
	size_t capacity;
	_Atomic size_t used; /* counted by the writer, read for the figures */
	struct slot *slots;
};

struct retired {
	struct retired *next;
	struct table *table;
	void *memory;
	uint64_t quiet[STANDINGS_LOOPS_MAX];
};

/* What the two tables share. The writer's, but for seed and quiet. */
struct table_set {
	uint64_t seed[2];
	unsigned loops;
	_Atomic uint64_t quiet[STANDINGS_LOOPS_MAX];
	struct retired *retired;
	struct retired **retired_last;
	_Atomic uint64_t growths;
	_Atomic uint64_t bytes_beside;
};

struct standings {
	const struct rules_set *rules;
	struct table_set set;
	_Atomic(struct table *) people;
	_Atomic(struct table *) places;
	_Atomic(struct table *) aliases;
	_Atomic uint64_t given_up;
	struct bell bell;
	struct {
		_Atomic uint64_t version;
		_Atomic uint64_t words[5];
	} position;
};

static inline size_t
slot_size(const struct slot_words *words)
{
	return (size_t)(words->words[SLOT_META] & 0xff);
}

static inline unsigned
slot_kind(const struct slot_words *words)
{
	return (unsigned)(words->words[SLOT_META] >> 8 & 0xff);
}

static inline size_t
slot_count(const struct slot_words *words)
{
	return (size_t)(words->words[SLOT_META] >> 16 & 0xffff);
}

/* What stands beside the slot: several intervals, a region. NULL: nothing. */
static inline void *
slot_beside(const struct slot_words *words)
{
	return slot_count(words) > 1 ? (void *)(uintptr_t)words->words[SLOT_PAYLOAD] : NULL;
}

static inline struct code
slot_code(const struct slot_words *words)
{
	struct code code;

	if (slot_size(words) > SLOT_CODE_SIZE)
		return *(const struct code *)(uintptr_t)words->words[SLOT_CODE];
	memset(&code, 0, sizeof(code));
	code.size = (uint8_t)slot_size(words);
	memcpy(code.text, &words->words[SLOT_CODE], code.size);
	return code;
}

static inline void
standings_given_up(const struct standings *standings)
{
	/* A figure only; the table itself is not changed by a reader. */
	atomic_fetch_add_explicit((_Atomic uint64_t *)&standings->given_up, 1,
				  memory_order_relaxed);
}

uint64_t table_hash(const struct table_set *, const char *bytes, size_t size);
struct slot *table_slot(struct table *, uint64_t hash);

enum standings_found table_find(struct table *, const char *bytes, size_t size, uint64_t hash,
				struct slot_words *ret_words, struct slot **ret_slot);
int table_put(struct table_set *, _Atomic(struct table *) *, const struct code *,
	      const struct slot_words *payload, void *beside);
uint64_t slot_meta(size_t size, unsigned kind, size_t count);
enum standings_found standings_find_person(const struct standings *, const char *bytes, size_t size,
					   uint64_t hash, struct slot_words *ret);
enum standings_found standings_find_place(const struct standings *, const char *bytes, size_t size,
					  struct standings_place *ret);
/* Good until this loop says it is quiet. */
const struct packed_interval *slot_intervals(const struct slot_words *, size_t *ret_count);

#endif
