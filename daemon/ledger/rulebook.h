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

#include "param.h"

#define RULEBOOK_SITUATIONS_MAX 24
#define RULEBOOK_MEASURES_MAX	12
#define RULEBOOK_ACTIVITIES_MAX 12
#define RULEBOOK_HASH_SIZE	32

struct situation {
	struct code code;
	enum param_state state; /* open: known by name, its band not settled here */
	int32_t min;
	int32_t max;
	bool needs_penalty;
	bool needs_repeat; /* of the same violation, in the same year */
	bool no_repair;	   /* excludes its year's points from repair */
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

/* What a repair can rest on, and what it takes off. */
struct activity {
	struct code code;
	int32_t min;
	int32_t max;
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
	uint8_t activities_count; /* any of its own: the parent's do not hold; none: any activity */
	struct activity activities[RULEBOOK_ACTIVITIES_MAX];
};

/* Fill what the child leaves absent from its parent, itself already resolved. */
void rulebook_inherit(struct rulebook *child, const struct rulebook *parent);

bool rulebook_id_equal(const struct rulebook_id *, const struct rulebook_id *);
const struct situation *rulebook_situation(const struct rulebook *, const struct code *);
const struct activity *rulebook_activity(const struct rulebook *, const struct code *);

/* Is this class managed on that day? kind 0: at any kind of institution. */
bool rulebook_manages(const struct rulebook *, enum institution_kind, enum category, struct day);

#endif
