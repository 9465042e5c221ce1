/*
 * What the events about the book itself carry: rules that were loaded, and what the operator must
 * find in it.
 */
#ifndef LEDGER_EVENT_BOOK_H
#define LEDGER_EVENT_BOOK_H

#include "rulebook.h"

/* Bytes that live elsewhere: the command's, or the decoded record's. */
struct blob {
	const uint8_t *bytes;
	uint32_t size;
};

enum rules_kind {
	RULES_RULEBOOK = 1,
	RULES_POLICY = 2,
	RULES_CALENDAR = 3,
};

struct event_rules {
	enum rules_kind kind;
	struct rulebook_id id;
	struct blob text;
};

struct event_operator {	   /* ledger begun, epoch begun, tail cut, clock accepted */
	uint64_t number;   /* old epoch; bytes cut */
	uint64_t sequence; /* last kept sequence; where it was cut */
	uint8_t root[32];
	struct text note;
};

#endif
