/*
 * A person's standing: the fold of the events about them. A value of fixed capacity, kept on the
 * stack, copied and compared; it can be thrown away and folded again at any time, and folding
 * the events up to a sequence gives what was known then.
 *
 * Nothing is reset on 1 January: entries keep their scoring day and a question chooses the year.
 */
#ifndef LEDGER_STANDING_H
#define LEDGER_STANDING_H

#include "event.h"

#define STANDING_ENTRIES_MAX	     64
#define STANDING_SANCTIONS_MAX	     64
#define STANDING_REGISTRATIONS_MAX   32
#define STANDING_REREGISTRATIONS_MAX 4 /* enough for a working life of bars */
#define STANDING_INTERVALS_MAX	     (2 * STANDING_SANCTIONS_MAX + 1)

struct entry {
	struct code id;
	struct code penalty;
	struct code institution;
	struct code situation;
	uint64_t sequence; /* of the record that brought it */
	int32_t points;
	enum level level;
	struct day scored_on;
	struct day conduct_from;
	struct day conduct_to;
	int32_t cap;
	int32_t measure_threshold;
	struct code measure_action;
	struct rulebook_id rulebook;
	enum fall fallen; /* 0: stands */
	struct day fallen_on;
};

struct sanction {
	struct code id;
	uint64_t sequence;
	enum status kind;
	enum path path;
	struct day from;
	struct day until; /* its own last day + 1, whatever superseded it */
	int32_t months;
	int32_t bar_years;
	struct day bar_until;
	uint8_t exempt;
	uint8_t entry; /* NUMBER_NONE for a foreign one */
	uint64_t basis;
	uint8_t superseded_by; /* NUMBER_NONE: by none */
	uint64_t supersedes;   /* whether it stands or not */
	enum overlap overlap;
	enum fall lifted; /* 0: stands */
	struct day lifted_on;
	bool foreign_ended;	     /* until was set by its source */
	struct rulebook_id rulebook; /* slug empty for a foreign one */
	struct text source;	     /* foreign */
	struct text clause;
};

struct registration {
	struct code institution;
	struct day from;
	struct day until; /* DAY_FOREVER: has not left */
};

/* After a bar. Ends the terminations that were recorded before it. */
struct reregistration {
	struct day on;
	uint64_t sequence;
};

struct standing {
	struct code practitioner;
	enum category category; /* 0: not known to the ledger */
	uint64_t sequence;	/* of the last record folded in */
	struct sealed name;
	uint8_t entries_count;
	uint8_t sanctions_count;
	uint8_t registrations_count;
	uint8_t reregistrations_count;
	struct entry entries[STANDING_ENTRIES_MAX];
	struct sanction sanctions[STANDING_SANCTIONS_MAX];
	struct registration registrations[STANDING_REGISTRATIONS_MAX];
	struct reregistration reregistrations[STANDING_REREGISTRATIONS_MAX]; /* the last ones */
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

/* Is there room for one more record's entry, sanctions and registration? */
bool standing_has_room(const struct standing *);

/* Entries that stand, of that natural year, scored up to and on the day (DAY_FOREVER: all). */
struct year_total standing_total(const struct standing *, int year, struct day up_to);
uint64_t standing_entries_of(const struct standing *, int year, struct day up_to);

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

/* Registered there on the day? */
bool standing_registered(const struct standing *, const struct code *institution, struct day);

#endif
