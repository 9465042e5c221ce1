/*
 * What a write did to one person, for its answer.
 */
#ifndef DAEMON_COMMAND_EFFECT_H
#define DAEMON_COMMAND_EFFECT_H

#include "ledger/standing.h"

/* A sanction set, lifted or a measure due: what the write did to one person. */
struct command_effect {
	struct code practitioner;
	struct code sanction; /* empty: a measure alone */
	enum status kind;
	enum path path;
	struct day from;
	struct day until;
	struct day bar_until;
	struct day lifted; /* DAY_NONE: set, not lifted */
	int32_t months;
	int32_t bar_years;
	int32_t points;
	int32_t points_raw;
	int32_t year;
	struct rulebook_id rulebook;
	struct text clause;
	struct code action;
	struct code superseded_by;
};

#endif
