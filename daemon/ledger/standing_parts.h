/*
 * What a standing is made of, and how much of each it holds: see standing.h.
 */
#ifndef LEDGER_STANDING_PARTS_H
#define LEDGER_STANDING_PARTS_H

#include "event.h"

#define STANDING_ENTRIES_MAX	     64
#define STANDING_SANCTIONS_MAX	     64
#define STANDING_REGISTRATIONS_MAX   32
#define STANDING_REREGISTRATIONS_MAX 4 /* enough for a working life of bars */
#define STANDING_REPAIRS_MAX	     32
#define STANDING_STAYS_MAX	     16
#define STANDING_ALIASES_MAX	     16

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
	struct code catalogue;
	struct code act;
	int32_t band_shift;
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

/* Points off a year's total, from a day on. */
struct repair {
	struct code id;
	struct day on;
	int32_t points;
	int32_t year;
	enum repair_basis basis;
};

/* While it lasts the sanction does not hold. */
struct stay {
	struct code id;
	struct code objection; /* that stays execution; empty: a court's order */
	uint8_t sanction;
	struct day from;
	struct day until; /* DAY_FOREVER: it lasts */
};

/* After a bar. Ends the terminations that were recorded before it. */
struct reregistration {
	struct day on;
	uint64_t sequence;
};

#endif
