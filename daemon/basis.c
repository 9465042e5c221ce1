/*
 * The bases of refused lines: folded once a person, then found again.
 *
 * Owns a region of fixed size and forgets everything at once when it is full. Called by the
 * handlers of one loop, on its thread. It never answers for another state of a person than asked.
 */
#include "basis.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "query_inner.h"

#define BASIS_REGION  (4 << 20)
#define BASIS_BUCKETS 8192

struct basis_cache {
	struct arena region;
	struct basis *buckets[BASIS_BUCKETS];
};

struct basis_cache *
basis_cache_new(void)
{
	struct basis_cache *cache = calloc(1, sizeof(*cache));
	void *memory = aligned_alloc(4096, BASIS_REGION);

	if (cache == NULL || memory == NULL) {
		free(memory);
		free(cache);
		return NULL;
	}
	arena_init(&cache->region, memory, BASIS_REGION);
	return cache;
}

struct basis_cache *
basis_cache_free(struct basis_cache *cache)
{
	if (cache != NULL)
		free(cache->region.base);
	free(cache);
	return NULL;
}

void
basis_settle(struct basis_cache *cache)
{
	/* Half is more than one answer needs, short of people with sixty entries each. */
	if (!cache->region.exhausted && cache->region.used < BASIS_REGION / 2)
		return;
	arena_reset(&cache->region);
	memset(cache->buckets, 0, sizeof(cache->buckets));
}

static char *
basis_text(struct arena *arena, const char *text, size_t size)
{
	char *copy = size == 0 ? NULL : arena_alloc(arena, size + 1);

	if (copy == NULL)
		return NULL;
	memcpy(copy, text, size);
	copy[size] = '\0';
	return copy;
}

static bool
basis_fill(struct arena *arena, const struct standing *standing, const struct interval *interval,
	   struct basis_stretch *ret)
{
	const struct sanction *sanction = &standing->sanctions[interval->sanction];
	size_t count = (size_t)__builtin_popcountll(sanction->basis);

	ret->from = interval->from;
	ret->until = interval->until;
	ret->entries_count = 0;
	ret->entries = arena_alloc(arena, count * sizeof(*ret->entries));
	if (ret->entries == NULL)
		return false;
	for (size_t i = 0; i < standing->entries_count; i++) {
		const struct code *id = &standing->entries[i].id;
		if ((sanction->basis >> i & 1) == 0)
			continue;
		ret->entries[ret->entries_count] = basis_text(arena, id->text, id->size);
		if (ret->entries[ret->entries_count++] == NULL)
			return false;
	}
	ret->clause = basis_text(arena, sanction->clause.text, sanction->clause.size);
	return ret->clause != NULL || sanction->clause.size == 0;
}

/* From the person in the scratch. NULL: it does not fit. */
static struct basis *
basis_make(struct arena *arena, const struct query *query, uint64_t state)
{
	struct basis *basis = arena_alloc(arena, sizeof(*basis));

	if (basis == NULL)
		return NULL;
	*basis = (struct basis){
	    .practitioner = query->standing.practitioner,
	    .sequence = state,
	    .stretches_count = query->intervals_count,
	    .stretches = arena_alloc(arena, query->intervals_count * sizeof(*basis->stretches)),
	};
	if (basis->stretches == NULL)
		return NULL;
	for (size_t i = 0; i < query->intervals_count; i++) {
		if (!basis_fill(arena, &query->standing, &query->intervals[i],
				&basis->stretches[i]))
			return NULL;
	}
	return basis;
}

int
basis_get(struct query *query, const struct code *code, uint64_t state, uint64_t as_of,
	  struct arena *arena, const struct basis **ret)
{
	struct basis_cache *cache = query->bases;
	struct basis **bucket = &cache->buckets[code_hash(code) % BASIS_BUCKETS];

	assert(state <= as_of);
	for (const struct basis *basis = *bucket; basis != NULL; basis = basis->next) {
		if (basis->sequence == state && code_equal(&basis->practitioner, code)) {
			*ret = basis;
			return 0;
		}
	}
	int r = query_person(query, code, as_of);
	if (r < 0)
		return r;
	struct basis *made = basis_make(&cache->region, query, state);
	if (made != NULL) {
		made->next = *bucket;
		*bucket = made;
	} else {
		made = basis_make(arena, query, state);
	}
	*ret = made;
	return 0;
}

const struct basis_stretch *
basis_at(const struct basis *basis, struct day day)
{
	for (size_t i = 0; i < basis->stretches_count; i++) {
		const struct basis_stretch *stretch = &basis->stretches[i];
		if (!day_before(day, stretch->from) && day_before(day, stretch->until))
			return stretch;
	}
	return NULL;
}
