/*
 * What the events of the procedure carry: notices, objections, stays, repairs, proposals,
 * referrals. Each names its case by id; case.h folds them.
 */
#ifndef LEDGER_EVENT_CASE_H
#define LEDGER_EVENT_CASE_H

#include "event_book.h"

struct event_notice {
	struct code id;
	struct code entry;
	struct code to; /* the entry's practitioner, or its institution */
	struct day served_on;
	struct day due_on; /* last day of an objection in time; DAY_NONE: no rule sets one */
	struct text channel;
	struct rulebook_id rulebook; /* that set the working days */
	struct rulebook_id calendar; /* that counted them; slug empty: none did */
};

struct event_objection {
	struct code id;
	struct code entry;
	struct code by; /* the entry's practitioner, or its institution */
	struct day received_on;
	struct day due_on; /* of the notice served to that party; DAY_NONE: none */
	uint8_t signed_by_person;
	uint8_t stamped;
	struct sealed text;
};

struct event_reviewed {
	struct code id;
	enum review outcome;
	struct day on;
	struct text department;
	struct code replacement; /* the entry recorded instead; empty: none */
	struct sealed reason;
};

/* A step that only adds a text: explained, denied, approved. */
struct event_step {
	struct code id;
	struct day on;
	struct sealed text;
};

struct event_stayed {
	struct code id;
	uint8_t sanction;
	struct day on;
	struct code objection; /* that stays execution; empty: a court's order */
	struct text court;
	struct text number;
	struct sealed reason;
};

struct event_resumed {
	struct code id;
	uint8_t sanction;
	struct day on;
	struct day until; /* the sanction's new end; DAY_NONE: its own days stand */
	struct sealed reason;
};

struct event_repair_requested {
	struct code id;
	struct code activity;
	struct day on;
	int32_t points; /* 0: left to the approval */
	struct sealed text;
};

struct event_repaired {
	struct code id;
	struct day on;
	int32_t points;
	int32_t year; /* whose total falls */
	enum repair_basis basis;
	struct rulebook_id rulebook;
	struct text clause;
	struct sealed reason;
};

struct event_shortened {
	struct code repair;
	uint8_t sanction;
	struct day on;
	struct day until; /* the first day no longer */
};

struct event_proposed {
	struct code id;
	struct day on;
	struct day expires_on;	 /* the first day on which it can be approved no longer */
	uint32_t body;		 /* the request's, by its number on the wire */
	struct blob request;	 /* packed, without the texts that are personal */
	struct code institution; /* whose key seals the texts; empty: the practitioner's */
	struct sealed reason;
	struct sealed entry_reason;
};

struct event_referral {
	struct code id;
	struct code entry;
	struct code penalty;
	struct text to;
	struct day on;
	struct text text;
};

struct event_receipt {
	struct code id;
	struct day on;
	struct text number;
	struct text text;
};

#endif
