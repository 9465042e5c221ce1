/*
 * The parameters of a rulebook: their names, what their numbers mean, what a decision may supply.
 * See rulebook.h.
 */
#ifndef LEDGER_PARAM_H
#define LEDGER_PARAM_H

#include "code.h"
#include "day.h"
#include "kinds.h"

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
	PARAM_UNIT_REPAIR_BASIS,  /* enum repair_basis */
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
	PARAM_REPAIR_POINTS_MAX,  /* of a person, in all */
	PARAM_REPAIR_POINTS_YEAR, /* of a natural year; absent all the way up: no such limit */
	PARAM_REPAIR_BASIS,
	PARAM_REPAIR_ENDS_SUSPENSION,
	PARAM_REPAIR_SHORTENS,
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

#endif
