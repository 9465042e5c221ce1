/*
 * A jurisdiction's rules in one version, as a value.
 *
 * Only decide_*.c reads one. A parameter is a value (fixed or a range), open (no text settles it;
 * inheritance stops), or absent (the parent's holds): domain.md section 11. The daemon turns the
 * YAML text of a rules record into this (daemon/rules.c) and resolves inheritance with
 * rulebook_inherit() before a decision sees it.
 */
#ifndef LEDGER_RULEBOOK_H
#define LEDGER_RULEBOOK_H

#include "code.h"
#include "day.h"
#include "kinds.h"

#define RULEBOOK_SITUATIONS_MAX 24
#define RULEBOOK_MEASURES_MAX	12
#define RULEBOOK_HASH_SIZE	32

enum param_state {
	PARAM_ABSENT = 0,
	PARAM_OPEN = 1,
	PARAM_VALUE = 2,
};

/* What the numbers of a parameter mean; the loader checks and reads by this. */
enum param_unit {
	PARAM_UNIT_POINTS,
	PARAM_UNIT_MONTHS,
	PARAM_UNIT_YEARS,
	PARAM_UNIT_DAYS,
	PARAM_UNIT_PERCENT,
	PARAM_UNIT_DATE, /* a struct day's number */
	PARAM_UNIT_YES_NO,
	PARAM_UNIT_START,	  /* enum start_rule */
	PARAM_UNIT_OVERLAP,	  /* enum overlap */
	PARAM_UNIT_SINGLE,	  /* enum single_by */
	PARAM_UNIT_KINDS,	  /* a set of enum visit_kind */
	PARAM_UNIT_QUALIFICATION, /* enum qualification */
};

/* The order is the order of `rulebook show`; the names stand in rulebook.c. */
enum param_name {
	PARAM_SUSPENSION_THRESHOLD,
	PARAM_TERMINATION_THRESHOLD,
	PARAM_YEAR_CAP,
	PARAM_CONDUCT_NOT_BEFORE,
	PARAM_QUALIFICATION,
	PARAM_SUSPENSION_MONTHS_9,
	PARAM_SUSPENSION_MONTHS_10,
	PARAM_SUSPENSION_MONTHS_11,
	PARAM_SUSPENSION_SINGLE_MONTHS_9, /* absent all the way up: the row above holds */
	PARAM_SUSPENSION_SINGLE_MONTHS_10,
	PARAM_SUSPENSION_SINGLE_MONTHS_11,
	PARAM_SUSPENSION_START,
	PARAM_SUSPENSION_OVERLAP,
	PARAM_SUSPENSION_EXEMPTS,
	PARAM_TERMINATION_START,
	PARAM_TERMINATION_EXEMPTS,
	PARAM_BAR_YEARS_ACCUMULATED,
	PARAM_BAR_YEARS_SINGLE,
	PARAM_SINGLE_BY,
	PARAM_BAND_SHIFT,
	PARAM_MANAGED_FIRST, /* one per institution kind and category: param_managed() */
	PARAM_MANAGED_LAST = PARAM_MANAGED_FIRST + INSTITUTION_KIND_COUNT * CATEGORY_COUNT - 1,
	PARAM_OBJECTION_DAYS,
	PARAM_OBJECTION_SIGNATURE,
	PARAM_OBJECTION_STAMP,
	PARAM_OBJECTION_STAYS,
	PARAM_REPAIR_POINTS_EACH,
	PARAM_REPAIR_POINTS_MAX,
	PARAM_REPAIR_ENDS_SUSPENSION,
	PARAM_PROPOSAL_EXPIRES,
	PARAM_INSTITUTION_WITHHELD_FROM,
	PARAM_INSTITUTION_HALTED_FROM,
	PARAM_PUBLICITY_MASKED,
	PARAM_PUBLICITY_DAYS,
	PARAM_COUNT,
};

struct param {
	enum param_state state;
	int32_t min; /* min == max: fixed */
	int32_t max;
	struct slug owner;  /* whose text it is, after inheritance */
	struct text source; /* document and clause; "project" where domain.md section 11 fixed it */
};

struct situation {
	struct code code;
	enum param_state state; /* open: known by name, its band not settled here */
	int32_t min;
	int32_t max;
	bool needs_penalty;
	bool needs_repeat; /* of the same violation, in the same year */
	struct slug owner;
	struct text source;
};

struct measure {
	int32_t from; /* totals from..to; due when an entry brings the total into it from below */
	int32_t to;
	struct code action;
	struct slug owner;
	struct text source;
};

struct rulebook_id {
	struct slug slug;
	struct day version;		  /* in force from; names the version */
	uint8_t hash[RULEBOOK_HASH_SIZE]; /* SHA-256 of its text */
};

struct rulebook {
	struct rulebook_id id;
	struct slug parent;	   /* empty: the national frame itself */
	struct day in_force_until; /* first day no longer; DAY_FOREVER */
	struct text name;
	struct text document;
	struct param params[PARAM_COUNT];
	uint8_t situations_count;
	struct situation situations[RULEBOOK_SITUATIONS_MAX];
	uint8_t measures_count; /* any of its own: the parent's measures do not hold */
	struct measure measures[RULEBOOK_MEASURES_MAX];
};

struct param_row {
	enum param_name name;
	const char *key; /* "suspension.months.9", as in YAML and in answers */
	enum param_unit unit;
	int32_t min; /* what a loader accepts */
	int32_t max;
	bool suppliable; /* a decision may supply it when it is a range or open */
};

const struct param_row *param_row(enum param_name);
enum param_name param_managed(enum institution_kind, enum category);

/* Fill what the child leaves absent from its parent, itself already resolved. */
void rulebook_inherit(struct rulebook *child, const struct rulebook *parent);

bool rulebook_id_equal(const struct rulebook_id *, const struct rulebook_id *);
const struct situation *rulebook_situation(const struct rulebook *, const struct code *);

/* Is this class managed on that day? kind 0: at any kind of institution. */
bool rulebook_manages(const struct rulebook *, enum institution_kind, enum category, struct day);

#endif
