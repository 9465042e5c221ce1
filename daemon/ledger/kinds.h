/*
 * The small closed lists of the scheme, and their names. Numbers are written into the ledger
 * and never change their meaning; 0 is "not given" everywhere.
 */
#ifndef LEDGER_KINDS_H
#define LEDGER_KINDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kinds_case.h"

enum institution_kind {
	INSTITUTION_HOSPITAL = 1,
	INSTITUTION_PHARMACY = 2,
};
#define INSTITUTION_KIND_COUNT 2

enum category {
	CATEGORY_MEDICAL = 1,
	CATEGORY_PHARMACEUTICAL = 2,
	CATEGORY_NURSING = 3,
	CATEGORY_TECHNICAL = 4,
	CATEGORY_BILLING = 5,
	CATEGORY_PRINCIPAL = 6,
};
#define CATEGORY_COUNT 6

enum penalty_kind {
	PENALTY_ADMINISTRATIVE = 1,
	PENALTY_AGREEMENT = 2,
};

enum level {
	LEVEL_GENERAL = 1,
	LEVEL_IMPORTANT = 2,
	LEVEL_MAIN = 3,
};

enum status {
	STATUS_UNKNOWN = 0,
	STATUS_NORMAL = 1,
	STATUS_SUSPENDED = 2,
	STATUS_TERMINATED = 3,
};

enum path {
	PATH_SINGLE = 1,
	PATH_ACCUMULATED = 2,
	PATH_FOREIGN = 3,
};

/* Which suspension stands when a second one meets a running one. */
enum overlap {
	OVERLAP_NONE = 0,
	OVERLAP_REPLACE = 1, /* the new one from its first day; the old ends there */
	OVERLAP_EXTEND = 2,  /* both, each with its own days: out until the later end */
	OVERLAP_ADD = 3,     /* the new one begins when the running one ends */
	OVERLAP_KEEP = 4,    /* the running one; the new one is superseded from the start */
};

/* From which day a suspension or termination counts. */
enum start_rule {
	START_SCORING_DAY = 1,
	START_NEXT_DAY = 2,
	START_NEXT_MONTH = 3, /* the first of the month after the scoring day (Hunan) */
};

enum single_by {
	SINGLE_BY_ENTRY = 1,
	SINGLE_BY_PENALTY = 2,
};

enum qualification {
	QUALIFICATION_AGREEMENT = 1,  /* from the institution's service agreement */
	QUALIFICATION_COMMITMENT = 2, /* from registration and a signed commitment (Hainan) */
};

/* Visits that a sanction may leave payable. A set is a mask of these. */
enum visit_kind {
	VISIT_FIRST_AID = 1, /* 急救 */
	VISIT_RESCUE = 2,    /* 抢救 */
	VISIT_EMERGENCY = 4, /* 急诊: wider than 急救 */
};
#define VISIT_KINDS_ALL 7

/* Why an entry or a sanction no longer stands. */
enum fall {
	FALL_ANNULLED = 1,
	FALL_OVERTURNED = 2,
	FALL_CORRECTED = 3,
	FALL_REVIEWED = 4,
	FALL_REPAIRED = 5, /* a suspension, from that day on */
	FALL_UNMERGED = 6,
};

/* Roles in which a claim line names people (national interface 2204, 2201). */
enum role {
	ROLE_BILLING_DOCTOR = 1,   /* bilg_dr_codg */
	ROLE_ORDERS_DOCTOR = 2,	   /* orders_dr_code */
	ROLE_ATTENDING_DOCTOR = 3, /* atddr_no */
	ROLE_DISEASE_DOCTOR = 4,   /* dise_dor_no */
	ROLE_OPERATING_DOCTOR = 5, /* oper_dr_code */
	ROLE_ANAESTHETIST = 6,	   /* anst_dr_code */
	ROLE_PRESCRIBER = 7,	   /* prsc_dr_certno */
	ROLE_PHARMACIST = 8,	   /* phar_prac_cert_no */
};
#define ROLE_COUNT 8

enum kind_list {
	KINDS_INSTITUTION,
	KINDS_CATEGORY,
	KINDS_PENALTY,
	KINDS_LEVEL,
	KINDS_STATUS,
	KINDS_PATH,
	KINDS_OVERLAP,
	KINDS_START,
	KINDS_SINGLE_BY,
	KINDS_QUALIFICATION,
	KINDS_VISIT, /* numbers 1, 2, 4 */
	KINDS_FALL,
	KINDS_ROLE,
	KINDS_REVIEW,
	KINDS_REPAIR_BASIS,
	KINDS_MARKER,
	KINDS_COUNT,
};
/* The number that has this name in that list, 0 if there is none. */
unsigned kind_parse(enum kind_list, const char *text, size_t size);

/* As in files, on the command line and in answers; a role by its claim column. NULL: no such. */
const char *kind_name(enum kind_list, unsigned number);

#endif
