/*
 * The claim policy of a jurisdiction: which classes are managed from when, which roles of a claim
 * line block it, and which visit types and flags mean emergency. A decided value, loaded by a
 * record; only eligibility() reads it.
 */
#ifndef LEDGER_POLICY_H
#define LEDGER_POLICY_H

#include "kinds.h"
#include "rulebook.h"

#define POLICY_VISIT_TYPES_MAX 32

struct policy_visit {
	struct code type; /* med_type */
	uint8_t kinds;	  /* set of enum visit_kind */
};

struct policy {
	struct rulebook_id id;
	struct slug parent;
	struct day in_force_until;
	struct text name;
	struct day managed[INSTITUTION_KIND_COUNT][CATEGORY_COUNT]; /* from; DAY_NONE: not */
	uint16_t blocking;					    /* bit 1 << role */
	uint8_t flag_kinds;					    /* what er_flag=1 means */
	bool registration_decides; /* not registered at the institution: refuse */
	uint8_t visits_count;
	struct policy_visit visits[POLICY_VISIT_TYPES_MAX];
};

/* What a visit is, by its type and its emergency flag. */
uint8_t policy_visit_kinds(const struct policy *, const struct code *visit_type, bool flag);

/* kind 0: managed at any kind of institution. */
bool policy_manages(const struct policy *, enum institution_kind, enum category, struct day);

#endif
