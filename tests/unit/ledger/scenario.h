/*
 * A person before the pure core: a rulebook to bend, commands in one line each, and the standing
 * that follows. What is accepted is folded in, so that a test reads as a sequence of decisions.
 */
#ifndef TEST_LEDGER_SCENARIO_H
#define TEST_LEDGER_SCENARIO_H

#include "daemon/ledger/decide.h"
#include "daemon/ledger/eligibility.h"

struct scenario {
	struct standing standing;
	bool known; /* the practitioner was added */
	struct rulebook rulebook;
	struct institution_row institution;
	struct penalty_row penalty;
	struct facts facts;
	struct code sanction;
	struct decision decision; /* the last one */
	uint64_t sequence;
};

/* A doctor registered at a hospital, the national frame, today 2026-06-30. */
void scenario_init(struct scenario *);

struct day at(const char *day);
struct code named(const char *code);
void param_fix(struct rulebook *, enum param_name, int32_t min, int32_t max);
void param_open(struct rulebook *, enum param_name);

/* Fold the last decision in if it was accepted; every event also survives its encoding. */
enum verdict scenario_take(struct scenario *, enum verdict);

/* A choice written as in the tables: "months=3 from=2025-05-20 bar=1 overlap=add credit=5". */
struct choice chosen(const char *words);

/* Points under a penalty of that day; id is the entry's, the penalty's is P and the day. */
enum verdict score(struct scenario *, const char *id, int points, const char *day,
		   const char *choice);
struct command_points points_of(struct scenario *, const char *id, int points, const char *day,
				const char *choice);
enum verdict annul(struct scenario *, const char *id, const char *choice);

/* "normal", "suspended until 2025-08-20", "terminated bar 2026-09-10" on that day. */
const char *status_on(const struct scenario *, const char *day);

#endif
