/*
 * The people the writer has lately folded: a bounded cache of standings, kept up as records are
 * decided. It holds what the batch says too, so it is emptied when a batch comes to nothing.
 * The writer's; one thread.
 */
#ifndef DAEMON_CACHE_H
#define DAEMON_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include "lookup.h"

struct cache;

/* NULL: out of memory. */
struct cache *cache_new(void);
struct cache *cache_free(struct cache *);

/*
 * The person as of the last record of the batch, folded if need be. Borrowed until the next
 * cache_get(). category 0: nobody is registered under that code.
 */
int cache_get(struct cache *, const struct lookup *, const struct code *,
	      const struct standing **ret) NODISCARD;

/* The person if they are here; NULL: not. Borrowed likewise. */
const struct standing *cache_peek(struct cache *, const struct code *);

/* Fold a record that was just added to the batch into whoever of it is here. */
int cache_record(struct cache *, const struct store_record *) NODISCARD;

void cache_clear(struct cache *);

struct cache_stats {
	uint64_t hits;
	uint64_t misses;
};
void cache_stats(const struct cache *, struct cache_stats *ret);

#endif
