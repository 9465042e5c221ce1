/*
 * The answer of the core: a verdict, the events if it was accepted, and what a person must be
 * told. A value; the writer keeps one and reuses it.
 */
#ifndef LEDGER_DECISION_H
#define LEDGER_DECISION_H

#include "event.h"
#include "standing.h"
#include "verdict.h"

/* Every entry falls, every sanction is lifted, every stay ends, and five more. */
#define DECISION_EVENTS_MAX   (STANDING_ENTRIES_MAX + STANDING_SANCTIONS_MAX + DECISION_MORE_MAX)
#define DECISION_MORE_MAX     (STANDING_STAYS_MAX + 5)
#define DECISION_NEEDS_MAX    8
#define DECISION_WARNINGS_MAX 4

enum warning {
	WARNING_RULES_OF_PARENT = 1,	  /* the jurisdiction has no version of its own in force */
	WARNING_TERMINATED_NO_EFFECT = 2, /* recorded; triggers nothing while terminated */
	WARNING_NOT_REGISTERED_THERE = 3, /* the person was not registered at the institution */
	WARNING_NO_DEADLINE = 4,	  /* no rule says until when an objection is in time */
};

/* A parameter the decision has to supply, and what it may be. */
struct need {
	const char *parameter; /* "months", "from", "bar_years", "overlap", "credit", "reason" */
	int32_t min;	       /* months, years, days; the first day allowed for "from" */
	int32_t max;	       /* "from": DAY_FOREVER's number */
	int32_t total;	       /* the year's total it is about */
};

/* What a refusal is about; unused members are zero. Pointers are to static strings. */
struct detail {
	const char *parameter; /* a rulebook's key or an option's name */
	const char *field;
	struct code thing;
	struct day day; /* DAY_NONE: none */
	int32_t min;
	int32_t max;
	int32_t total;
	struct text clause;
};

struct decision {
	enum verdict verdict;
	struct detail detail;
	size_t needs_count;
	struct need needs[DECISION_NEEDS_MAX];
	size_t warnings_count;
	enum warning warnings[DECISION_WARNINGS_MAX];
	size_t events_count;
	struct event events[DECISION_EVENTS_MAX];
};

/* Sets the counts to zero and the verdict to none; events are not cleared. */
void decision_init(struct decision *);

/* Append an event of that kind, zeroed, about that practitioner (NULL: nobody). */
struct event *decision_event(struct decision *, enum event_kind, const struct code *practitioner);
void decision_warn(struct decision *, enum warning);

#endif
