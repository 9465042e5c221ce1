/*
 * Standings: every practitioner's intervals and every institution's class, in memory, so that a
 * plain check touches no disk, no lock and no allocator (book.md, section 4).
 *
 * One thread writes (the writer; before it runs, whoever fills the table). Loop threads read at
 * any time: each slot has a sequence counter over relaxed atomics; a reader that keeps meeting a
 * moving slot gives up and answers from the book.
 */
#ifndef DAEMON_STANDINGS_H
#define DAEMON_STANDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "call.h"
#include "ledger/standing.h"
#include "storage/error.h"

struct bell;
struct standings;
struct rules_set;

/* NULL: out of memory. people: a first guess of how many; the table grows by itself. */
struct standings *standings_new(const struct rules_set *, size_t people);
struct standings *standings_free(struct standings *);

/*
 * Writer: what holds for this person from that sequence on. -ENOMEM leaves the old in place.
 * standings_reserve() beforehand makes sure that so many more people find room.
 */
int standings_reserve(struct standings *, size_t people);
int standings_put(struct standings *, const struct standing *, uint64_t sequence) NODISCARD;
int standings_put_intervals(struct standings *, const struct code *practitioner, enum category,
			    const struct interval *, size_t count, uint64_t sequence) NODISCARD;
int standings_put_institution(struct standings *, const struct code *, enum institution_kind,
			      const struct code *region, uint64_t sequence) NODISCARD;

/* Its region changed: the one given holds from that day on; of earlier days the book knows. */
int standings_move_institution(struct standings *, const struct code *, enum institution_kind,
			       const struct code *region, struct day from,
			       uint64_t sequence) NODISCARD;

/* practitioner empty: the alias names nobody any more. */
int standings_put_alias(struct standings *, const struct code *alias,
			const struct code *practitioner, uint64_t sequence) NODISCARD;

/*
 * Writer: everything up to this position is in the table; answers are given as of it. Loops that
 * wait at the bell are rung.
 */
void standings_publish(struct standings *, const struct call_position *);
struct bell *standings_bell(struct standings *);

/* A person as the table has them. */
struct standings_person {
	uint64_t since;		/* holds from this sequence on; earlier: ask the book */
	enum category category; /* 0: nobody is registered under the code */
	size_t count;
	struct interval intervals[STANDING_INTERVALS_MAX];
};
enum standings_found {
	STANDINGS_NONE,
	STANDINGS_FOUND,
	STANDINGS_MOVING, /* ask the book */
};
enum standings_found standings_person(const struct standings *, const struct code *,
				      struct standings_person *ret);

struct standings_place {
	uint64_t since;
	enum institution_kind kind;
	struct code region;
	struct day from; /* that it lies there; earlier: ask the book */
};
enum standings_found standings_institution(const struct standings *, const struct code *,
					   struct standings_place *ret);

/*
 * Whom an alias names at that moment. standings_other_name() takes a code under which nobody is
 * registered: an alias, or an earlier code. STANDINGS_MOVING: ask the book.
 */
enum standings_found standings_alias(const struct standings *, const struct code *alias,
				     uint64_t as_of, struct code *ret_practitioner);
enum standings_found standings_other_name(const struct standings *, const char *name, size_t size,
					  uint64_t as_of, struct code *ret_practitioner);

struct standings_stats {
	uint64_t practitioners;
	uint64_t institutions;
	uint64_t bytes;
	uint64_t growths;
	uint64_t retries_given_up;
};
void standings_stats(const struct standings *, struct standings_stats *ret);

/*
 * Growth leaves the old table to readers that are still in it. Each loop says so when it has
 * none in hand (at every wake-up); the writer frees what no loop can be in.
 */
void standings_loops(struct standings *, unsigned count);
void standings_quiet(struct standings *, unsigned loop);

#endif
