/*
 * A bounded, set-associative cache of folded standings.
 *
 * Owns copies of standings; called by the writer alone. What is here is exactly what folding the
 * book and the batch again would give; a test holds the two against each other. Never decides.
 */
#include "cache.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define SETS_COUNT 64 /* a power of two */
#define WAYS_COUNT 4

struct way {
	uint64_t used;	   /* when last, by the cache's own count; 0: empty */
	uint64_t applying; /* the record being folded in, event by event */
	struct standing standing;
};

struct cache {
	uint64_t uses;
	struct cache_stats stats;
	struct way ways[SETS_COUNT][WAYS_COUNT];
};

struct cache *
cache_new(void)
{
	return calloc(1, sizeof(struct cache));
}

struct cache *
cache_free(struct cache *cache)
{
	free(cache);
	return NULL;
}

void
cache_clear(struct cache *cache)
{
	for (size_t set = 0; set < SETS_COUNT; set++) {
		for (size_t way = 0; way < WAYS_COUNT; way++)
			cache->ways[set][way].used = 0;
	}
}

void
cache_stats(const struct cache *cache, struct cache_stats *ret)
{
	*ret = cache->stats;
}

static struct way *
set_of(struct cache *cache, const struct code *code)
{
	return cache->ways[code_hash(code) & (SETS_COUNT - 1)];
}

static struct way *
find(struct cache *cache, const struct code *code)
{
	struct way *ways = set_of(cache, code);

	for (size_t i = 0; i < WAYS_COUNT; i++) {
		if (ways[i].used != 0 && code_equal(&ways[i].standing.practitioner, code))
			return &ways[i];
	}
	return NULL;
}

static struct way *
oldest(struct cache *cache, const struct code *code)
{
	struct way *ways = set_of(cache, code);
	struct way *way = &ways[0];

	for (size_t i = 1; i < WAYS_COUNT; i++) {
		if (ways[i].used < way->used)
			way = &ways[i];
	}
	return way;
}

int
cache_get(struct cache *cache, const struct lookup *lookup, const struct code *code,
	  const struct standing **ret)
{
	struct way *way = find(cache, code);

	if (way == NULL) {
		way = oldest(cache, code);
		way->used = 0;
		way->applying = 0;
		int r = lookup_person(lookup, code, LOOKUP_NOW, &way->standing);
		if (r < 0)
			return r;
		cache->stats.misses++;
	} else {
		cache->stats.hits++;
	}
	way->used = ++cache->uses;
	*ret = &way->standing;
	return 0;
}

const struct standing *
cache_peek(struct cache *cache, const struct code *code)
{
	const struct way *way = find(cache, code);

	return way == NULL ? NULL : &way->standing;
}

int
cache_record(struct cache *cache, const struct store_record *record)
{
	struct entry_body body;
	struct event event;

	if (!entry_read(record->body, record->body_size, &body))
		return STORE_DAMAGED;
	while (entry_next_event(&body.events, &event)) {
		if (code_is_empty(&event.practitioner))
			continue;
		struct way *way = find(cache, &event.practitioner);
		if (way == NULL)
			continue;
		/* Folded after the record was in the batch: it is in already. */
		if (way->applying != record->sequence && way->standing.sequence >= record->sequence)
			continue;
		way->applying = record->sequence;
		if (!standing_apply(&way->standing, &event, record->sequence))
			return STORE_DAMAGED;
	}
	return body.events.left == 0 ? 0 : STORE_DAMAGED;
}
