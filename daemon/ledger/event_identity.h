/*
 * What the events about identities carry, and those of the calendar's passing.
 */
#ifndef LEDGER_EVENT_IDENTITY_H
#define LEDGER_EVENT_IDENTITY_H

#include "code.h"
#include "day.h"
#include "kinds.h"

struct event_alias {
	struct code alias; /* kind:value */
};

struct event_merged { /* merged, unmerged: once about each of the two */
	struct code other;
	uint8_t absorbs; /* 1: the practitioner answers for both; 0: the other does */
	struct sealed reason;
};

struct event_institution_changed {
	struct code institution;
	struct day on;
	struct code region;	 /* empty: as before */
	struct code merged_into; /* empty: none */
	struct day closed_on;	 /* DAY_NONE: it is not */
	struct sealed name;	 /* size 0: as before */
	struct text reason;
};

/* The institution has marked the person's status where patients see it. */
struct event_marking {
	struct code institution;
	struct code sanction;
	struct day on;
};

/* What a day brought by itself. Decides nothing: the ledger answers the same without it. */
struct event_marker {
	enum marker what;
	struct code subject; /* sanction, case; empty: the ledger */
	struct day due;
	uint8_t superseded; /* 1: an earlier marker of this does not hold any more */
};

#endif
