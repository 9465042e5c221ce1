/*
 * A case of the procedure: a notice, an objection, a stay, a repair, a proposal, a referral. A
 * value: the fold of the events that name its id. What came of it is decided by decide_*.c and
 * stands in the events; folding needs no rules.
 */
#ifndef LEDGER_CASE_H
#define LEDGER_CASE_H

#include "event.h"

enum case_kind {
	CASE_NOTICE = 1,
	CASE_OBJECTION = 2,
	CASE_STAY = 3,
	CASE_REPAIR = 4,
	CASE_PROPOSAL = 5,
	CASE_REFERRAL = 6,
};

enum case_state {
	CASE_SERVED = 1,    /* notice: the end */
	CASE_FILED = 2,	    /* objection */
	CASE_EXPLAINED = 3, /* objection */
	CASE_UPHELD = 4,    /* objection: the end */
	CASE_CHANGED = 5,   /* objection: the end */
	CASE_WITHDRAWN = 6, /* objection: the end */
	CASE_RUNNING = 7,   /* stay */
	CASE_ENDED = 8,	    /* stay: the end */
	CASE_REQUESTED = 9, /* repair */
	CASE_APPROVED = 10, /* repair, proposal: the end */
	CASE_DENIED = 11,   /* repair, proposal: the end */
	CASE_PROPOSED = 12, /* proposal */
	CASE_SENT = 13,	    /* referral */
	CASE_RECEIVED = 14, /* referral: the end */
};

struct case_file {
	struct code id; /* empty: nothing was folded in */
	enum case_kind kind;
	enum case_state state;
	struct code practitioner; /* empty: a proposal or referral about nobody */
	struct code entry;	  /* notice, objection, referral */
	struct code party;	  /* notice: to; objection: by */
	struct code activity;	  /* repair */
	struct code penalty;	  /* referral */
	struct code objection;	  /* stay: that stays execution; empty: a court's order */
	uint8_t sanction;	  /* stay; NUMBER_NONE: the others */
	int32_t points;		  /* repair: asked for, then approved; 0: not said */
	uint32_t body;		  /* proposal: the request's number on the wire */
	struct day opened_on;	  /* served, received, stayed, of the activity, sent */
	struct day due_on;	  /* notice, objection: last day in time; proposal: expires */
	struct day step_on;	  /* of the last step; opened_on before any */
	struct day closed_on;	  /* DAY_NONE: open */
	uint64_t sequence;	  /* of its opening */
	uint64_t last_sequence;	  /* of the last step */
};

/* Is it open: waiting for a next step? */
bool case_is_open(const struct case_file *);

const char *case_kind_name(enum case_kind);   /* "objection" */
const char *case_state_name(enum case_state); /* "explained" */
/* The number that has this name; 0: none. */
enum case_kind case_kind_parse(const char *text, size_t size);

/*
 * Fold one event in. Events of other cases are ignored: ret begins as {0} with the id set. Returns
 * false when the event cannot follow: a damaged book.
 */
bool case_apply(struct case_file *, const struct event *, uint64_t sequence);

/* The id of the case that an event opens or continues; NULL: the event is of no case. */
const struct code *case_id_of(const struct event *);

/* The letter of default ids: N17, O17, Y17, R17, P17, F17. */
char case_letter(enum case_kind);

#endif
