/*
 * The body of a record: who asked, under which key, what was decided, about whom, and the events.
 *
 * The store keeps bodies as opaque bytes; this is where they have a meaning. The bytes are final:
 * version 1 is read for ever (FORMAT.md, "The body"). Pure functions of the bytes; any thread.
 */
#ifndef DAEMON_ENTRY_H
#define DAEMON_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ledger/decision.h"
#include "storage/store.h"
#include "storage/vault.h"

#define ENTRY_DIGEST_SIZE 32
#define ENTRY_WORD_SIZE	  48
#define ENTRY_SUBJECTS_MAX                                                                         \
	8200 /* an overturning: 4,096 people, their penalty and its institution */
#define ENTRY_NEEDS_MAX 32768

enum subject_kind {
	SUBJECT_PRACTITIONER = 1,
	SUBJECT_INSTITUTION = 2,
	SUBJECT_PENALTY = 3,
	SUBJECT_CASE = 4,   /* a notice, an objection, ...: by its id */
	SUBJECT_ALIAS = 5,  /* kind:value: whose it was, and when */
	SUBJECT_CHANGE = 6, /* an institution, of what changed it: few of its many records */
};

/* What a record is about. The rows of the subject index are made of these. */
struct entry_subject {
	enum subject_kind kind;
	struct code code;
};

/* A key made in the vault with this record: whose, and which. */
struct entry_key {
	struct entry_subject subject;
	struct vault_key key;
};

/* One missing choice: of whom, and the range. Parameters are the ledger's words. */
struct entry_need {
	struct code practitioner;
	char parameter[ENTRY_WORD_SIZE];
	int32_t min;
	int32_t max;
	int32_t total;
};

/* What a refusal was about, in the same words for ever. */
struct entry_detail {
	char parameter[ENTRY_WORD_SIZE];
	char field[ENTRY_WORD_SIZE];
	struct code thing;
	struct day day; /* DAY_NONE: none */
	int32_t min;
	int32_t max;
	int32_t total;
	struct text clause;
};

/* Everything but the lists, which are read from the bytes one by one. */
struct entry_head {
	uint16_t verdict;
	struct code principal;	  /* empty: the daemon itself */
	struct code on_behalf_of; /* empty: nobody else */
	struct code key;	  /* empty: none, an operator's or the first records */
	uint32_t index;		  /* of an item of a batch under that key */
	uint8_t digest[ENTRY_DIGEST_SIZE];
	struct code reply; /* the id of what was made; empty: nothing has one */
	struct text note;  /* said with the command, kept with its record, decides nothing */
	uint8_t warnings_count;
	uint8_t warnings[DECISION_WARNINGS_MAX];
	bool has_detail;
	struct entry_detail detail;
};

/*
 * Writing: into a buffer of the caller's, in this order; counts are filled in as it goes.
 * Anything that does not fit is remembered, and entry_end() answers 0.
 */
struct entry_pen {
	uint8_t *bytes;
	size_t size;
	size_t used;
	size_t count_at;
	uint32_t count;
	uint8_t part; /* subjects, keys, needs, events: the order is asserted */
	bool full;
};

void entry_begin(struct entry_pen *, uint8_t *bytes, size_t size, const struct entry_head *);
void entry_put_subject(struct entry_pen *, enum subject_kind, const struct code *);
void entry_put_key(struct entry_pen *, const struct entry_key *);
void entry_put_need(struct entry_pen *, const struct code *practitioner, const struct need *);
void entry_put_event(struct entry_pen *, const struct event *);
/* Events encoded before, one after the other. */
void entry_put_events(struct entry_pen *, const uint8_t *bytes, size_t size, uint32_t count);
/* The size of the body, or 0: it did not fit. */
size_t entry_end(struct entry_pen *);

/* Reading: the head at once, the lists in order. */
struct entry_list {
	const uint8_t *bytes;
	size_t size;
	uint32_t left; /* items not yet taken */
};

struct entry_body {
	struct entry_head head;
	struct entry_list subjects;
	struct entry_list keys;
	struct entry_list needs;
	struct entry_list events;
};

/* False: not a body of a version known here. Lists borrow the bytes. */
bool entry_read(const uint8_t *bytes, size_t size, struct entry_body *ret);

/* False at the end (left is 0) or at bytes that are none (left is not). */
bool entry_next_subject(struct entry_list *, struct entry_subject *ret);
bool entry_next_key(struct entry_list *, struct entry_key *ret);
bool entry_next_need(struct entry_list *, struct entry_need *ret);
bool entry_next_event(struct entry_list *, struct event *ret);

#endif
