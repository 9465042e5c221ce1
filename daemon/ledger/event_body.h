/*
 * What each kind of event carries: see event.h for how events are kept.
 *
 * Entries and sanctions of a person are numbered from 0 in the order they were recorded; a basis
 * is a set of entry numbers. Numbers never move: what falls keeps its place.
 */
#ifndef LEDGER_EVENT_BODY_H
#define LEDGER_EVENT_BODY_H

#include "event_book.h"
#include "event_case.h"
#include "rulebook.h"

#define NUMBER_NONE 255 /* "no entry", "by no sanction" */

struct event_institution {
	struct code code;
	struct code region; /* six digits; the first two choose the jurisdiction */
	enum institution_kind kind;
	struct sealed name;
};

struct event_practitioner {
	enum category category;
	struct sealed name;
};

struct event_registration { /* joined, left, re-registered */
	struct code institution;
	struct day on;
};

struct event_penalty {
	struct code penalty;
	struct code institution;
	enum penalty_kind kind;
	struct day on;
	int64_t amount_fen; /* -1: not given */
	struct text measure;
	struct text article;
	struct text authority;
	struct code clue;
};

struct event_overturned {
	struct code penalty;
	struct day on;
	uint32_t subjects; /* practitioners whose entries fell */
	struct sealed reason;
};

struct event_points {
	struct code entry;   /* its id */
	struct code penalty; /* empty: a situation that needs none */
	struct code institution;
	struct code situation;
	int32_t points;
	enum level level;
	struct day scored_on;
	struct day conduct_from;
	struct day conduct_to;
	int32_t cap;   /* the rulebook's cap on a year's total; 0: none */
	int32_t total; /* the year's sum with this entry, as decided then, before the cap */
	int32_t measure_threshold; /* 0: none became due */
	struct code measure_action;
	struct rulebook_id rulebook;
	struct sealed reason;
	/* Since version 2. */
	struct code catalogue; /* the kind of violation, as the catalogue has it */
	int32_t band_shift;    /* by which the situation's band moved: -1, 0, 1 */
	struct code act;       /* one act under several headings counts once */
};

struct event_fell {
	uint8_t entry;
	enum fall why;
	struct day on;
	struct sealed reason;
};

struct event_sanction {
	struct code sanction; /* its id */
	enum status kind;     /* suspended or terminated */
	enum path path;
	struct day from;
	struct day until; /* suspended: first day no longer; terminated: DAY_FOREVER */
	int32_t months;
	int32_t bar_years;
	struct day bar_until;
	uint8_t exempt;	       /* set of enum visit_kind */
	uint8_t entry;	       /* the entry that brought it */
	uint64_t basis;	       /* the entries it rests on */
	uint64_t supersedes;   /* sanctions that end where this begins */
	uint8_t superseded_by; /* NUMBER_NONE, or the running one that stands (keep) */
	enum overlap overlap;  /* 0: none was met */
	int32_t credit_days;
	struct rulebook_id rulebook;
	struct text clause;
};

struct event_lifted {
	uint8_t sanction;
	enum fall why;
	struct day on;
};

struct event_foreign {
	struct code sanction;
	enum status kind;
	struct day from;
	struct day until;    /* DAY_FOREVER: open */
	struct day noted_on; /* waived, published, …: the source's date; DAY_NONE */
	uint8_t exempt;
	struct text source;
	struct text number;
	struct text clause;
	struct text note;
};

struct event_foreign_ended {
	uint8_t sanction;
	struct day on;
};

struct event_institution_noted {
	struct code institution;
	struct day from;
	struct day until;
	struct text source;
	struct text number;
	struct text clause;
	struct text note;
};

#endif
