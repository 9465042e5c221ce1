/*
 * People as they were at a past sequence: their intervals, kept for the lines of a claim file that
 * name the same people again and again. One a loop.
 */
#ifndef DAEMON_PAST_H
#define DAEMON_PAST_H

#include "ledger/standing.h"

struct past_cache;
struct query;

struct past {
	struct past *next;
	struct code practitioner;
	uint64_t as_of;
	enum category category; /* 0: nobody was registered under the code */
	size_t count;
	struct interval intervals[];
};

/* NULL: out of memory. */
struct past_cache *past_cache_new(void);
struct past_cache *past_cache_free(struct past_cache *);

/* As known at that sequence. Borrowed until the next call. Negative: the store's failure. */
int past_get(struct query *, const struct code *, uint64_t as_of, const struct past **ret);

#endif
