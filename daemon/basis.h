/*
 * Why somebody's lines are refused, by day: the entries and the clause behind each stretch of
 * days, kept for the people who come up again and again in a claim file. One a loop.
 */
#ifndef DAEMON_BASIS_H
#define DAEMON_BASIS_H

#include <stddef.h>
#include <stdint.h>

#include "ledger/code.h"
#include "ledger/day.h"

struct arena;
struct basis_cache;
struct query;

struct basis_stretch {
	struct day from;
	struct day until;
	size_t entries_count;
	char **entries; /* ids of the entries the sanction rests on */
	char *clause;	/* NULL: none was recorded */
};

struct basis {
	struct basis *next;
	struct code practitioner;
	uint64_t sequence;
	size_t stretches_count;
	struct basis_stretch *stretches;
};

/* NULL: out of memory. */
struct basis_cache *basis_cache_new(void);
struct basis_cache *basis_cache_free(struct basis_cache *);

/* Before an answer: makes room. What was handed out for earlier answers is dead. */
void basis_settle(struct basis_cache *);

/*
 * What the statuses of a person rest on, as of a sequence. state names the standing: any sequence
 * that is known to mean the same, so that the same person is found again (that of the last change,
 * if known). Borrowed until basis_settle(), or from the arena where the cache is full; NULL: that
 * is full too. Negative: the store's failure.
 */
int basis_get(struct query *, const struct code *, uint64_t state, uint64_t as_of, struct arena *,
	      const struct basis **ret);

/* What covers the day; NULL: nothing does. */
const struct basis_stretch *basis_at(const struct basis *, struct day);

#endif
