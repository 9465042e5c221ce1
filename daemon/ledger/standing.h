/*
 * A person's standing: the fold of the events about them. A value of fixed capacity, kept on the
 * stack, copied and compared; it can be thrown away and folded again at any time, and folding
 * the events up to a sequence gives what was known then.
 *
 * Nothing is reset on 1 January: entries keep their scoring day and a question chooses the year.
 */
#ifndef LEDGER_STANDING_H
#define LEDGER_STANDING_H

#include "standing_parts.h"

#define STANDING_INTERVALS_MAX (2 * (STANDING_SANCTIONS_MAX + STANDING_STAYS_MAX) + 1)

struct standing {
	struct code practitioner;
	enum category category; /* 0: not known to the ledger */
	uint64_t sequence;	/* of the last record folded in */
	struct sealed name;
	uint8_t entries_count;
	uint8_t sanctions_count;
	uint8_t registrations_count;
	uint8_t reregistrations_count;
	uint8_t stays_count;
	uint8_t repairs_count;
	uint8_t aliases_count;
	struct entry entries[STANDING_ENTRIES_MAX];
	struct sanction sanctions[STANDING_SANCTIONS_MAX];
	struct registration registrations[STANDING_REGISTRATIONS_MAX];
	struct reregistration reregistrations[STANDING_REREGISTRATIONS_MAX]; /* the last ones */
	struct stay stays[STANDING_STAYS_MAX];
	struct repair repairs[STANDING_REPAIRS_MAX];
	struct code aliases[STANDING_ALIASES_MAX]; /* kind:value, in the order they were set */
};

/* A stretch of days with one status. Disjoint and sorted; days in none are normal. */
struct interval {
	struct day from;
	struct day until;
	enum status status;
	uint8_t exempt;	      /* exempt under every sanction that covers it */
	uint8_t sanction;     /* the one that speaks: the heaviest, then the latest recorded */
	struct day bar_until; /* DAY_NONE: no bar */
};

struct year_total {
	int32_t raw;
	int32_t capped;
};

void standing_init(struct standing *, const struct code *practitioner);

/*
 * Fold one event in. Events about others are ignored. Returns false when the event cannot follow
 * this standing (a number out of place, capacity): a damaged book, never a rule's refusal.
 */
bool standing_apply(struct standing *, const struct event *, uint64_t sequence);

/* Room for one more record's entry, sanctions and registration? */
bool standing_has_room(const struct standing *);

/*
 * The entries that count on a day: they stand, are of that natural year and scored up to and on the
 * day (DAY_FOREVER: all); of those of one act only the highest, of equal ones the first.
 */
uint64_t standing_entries_of(const struct standing *, int year, struct day up_to);
struct year_total standing_total(const struct standing *, int year, struct day up_to);

/*
 * The total by which an entry is judged: all entries of its year, but of the repairs only those
 * that were there on its scoring day, for repair works from its day on.
 */
int32_t standing_judged(const struct standing *, int year, struct day scored_on);

/* Points off by repairs of that year up to and on the day. */
int32_t standing_repaired(const struct standing *, int year, struct day up_to);

/* The cap on the year's sum: that of its latest entry's rulebook; 0: none. */
int32_t standing_cap(const struct standing *, int year, struct day up_to);

/* What the entries of one act count for in that year, but for one of them (NUMBER_NONE: all). */
int32_t standing_act_points(const struct standing *, int year, const struct code *act,
			    uint8_t except);

/* The statuses of all days; returns the count. */
size_t standing_intervals(const struct standing *, struct interval ret[STANDING_INTERVALS_MAX]);

/* The interval that holds the day, NULL when the person is normal then. */
const struct interval *interval_at(const struct interval *, size_t count, struct day);

/* The first day on which the status is no longer that of the day (adjoining stretches joined). */
struct day interval_status_until(const struct interval *, size_t count, struct day);

/* First day no longer covered by the sanction, after supersession; its own from if never. */
struct day standing_sanction_end(const struct standing *, const struct sanction *);

/* The native termination that stands and was not followed by a re-registration; NULL: none. */
const struct sanction *standing_terminated(const struct standing *);

/* Entry or sanction by id; NULL: none. */
const struct entry *standing_entry(const struct standing *, const struct code *id);
const struct sanction *standing_sanction(const struct standing *, const struct code *id);

bool standing_has_alias(const struct standing *, const struct code *alias);

/* Registered there on the day? */
bool standing_registered(const struct standing *, const struct code *institution, struct day);

#endif
