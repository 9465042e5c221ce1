/*
 * The past of people, folded once and found again.
 *
 * Owns a region of fixed size and forgets everything at once when it is full. Called by the
 * handlers of one loop, on its thread. What was known at a sequence never changes, so nothing in it
 * can be out of date.
 */
#include "past.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "query_inner.h"

#define PAST_REGION  (2 << 20)
#define PAST_BUCKETS 4096

struct past_cache {
	struct arena region;
	struct past *buckets[PAST_BUCKETS];
};

struct past_cache *
past_cache_new(void)
{
	struct past_cache *cache = calloc(1, sizeof(*cache));
	void *memory = aligned_alloc(4096, PAST_REGION);

	if (cache == NULL || memory == NULL) {
		free(memory);
		free(cache);
		return NULL;
	}
	arena_init(&cache->region, memory, PAST_REGION);
	return cache;
}

struct past_cache *
past_cache_free(struct past_cache *cache)
{
	if (cache != NULL)
		free(cache->region.base);
	free(cache);
	return NULL;
}

/* Room for the person in the scratch; everything else goes when there is none. */
static struct past *
past_room(struct past_cache *cache, size_t count)
{
	size_t size = sizeof(struct past) + count * sizeof(struct interval);
	struct past *past = arena_alloc(&cache->region, size);

	if (past != NULL)
		return past;
	arena_reset(&cache->region);
	memset(cache->buckets, 0, sizeof(cache->buckets));
	past = arena_alloc(&cache->region, size);
	assert(past != NULL);
	return past;
}

int
past_get(struct query *query, const struct code *code, uint64_t as_of, const struct past **ret)
{
	struct past_cache *cache = query->pasts;
	size_t bucket = code_hash(code) % PAST_BUCKETS;

	for (const struct past *past = cache->buckets[bucket]; past != NULL; past = past->next) {
		if (past->as_of == as_of && code_equal(&past->practitioner, code)) {
			*ret = past;
			return 0;
		}
	}
	int r = query_person(query, code, as_of);
	if (r < 0)
		return r;
	struct past *made = past_room(cache, query->intervals_count);
	*made = (struct past){
	    .next = cache->buckets[bucket],
	    .practitioner = *code,
	    .as_of = as_of,
	    .category = query->standing.category,
	    .count = query->intervals_count,
	};
	memcpy(made->intervals, query->intervals, made->count * sizeof(made->intervals[0]));
	cache->buckets[bucket] = made;
	*ret = made;
	return 0;
}
