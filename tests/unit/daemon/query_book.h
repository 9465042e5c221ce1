/*
 * A small book to ask questions of: a real store in a folder of its own, standings, the shipped
 * rules, and a call whose answers are kept. What the daemon's call.c does with sockets is done here
 * with memory.
 */
#ifndef TEST_DAEMON_QUERY_BOOK_H
#define TEST_DAEMON_QUERY_BOOK_H

#include <check.h>

#include "daemon/apply.h"
#include "daemon/authz.h"
#include "daemon/call.h"
#include "daemon/call_check.h"
#include "daemon/entry.h"
#include "daemon/lookup.h"
#include "daemon/personal.h"
#include "daemon/query.h"
#include "daemon/rules.h"
#include "daemon/standings.h"
#include "daemon/ledger/day.h"
#include "proto/arena.h"
#include "proto/demerit.pb-c.h"
#include "storage/store.h"

#define BOOK_ANSWERS_MAX 64
#define BOOK_FIRST_TIME	 INT64_C(1735689600000000) /* 2025-01-01T00:00:00Z */

struct book {
	struct call_book parts;
	struct call_context context;
	struct principal principal;
	struct arena arena; /* of the call */
	struct arena kept;  /* of the answers */
	uint64_t sequence;  /* of the last record */
	size_t answers_count;
	Demerit__V1__Response *answers[BOOK_ANSWERS_MAX];
	enum status_reason refused; /* STATUS_OK: it was not */
	char field[64];
};
extern struct book book;

void book_begin(void);
void book_end(void);

struct code named(const char *);
struct day at(const char *);

/* A record of these events; subjects are taken from them. Returns its sequence. */
uint64_t book_record(const struct event *events, size_t count);
uint64_t book_refused(const char *practitioner, const char *key, enum verdict verdict);

/* One record each. */
uint64_t book_institution(const char *code, const char *region, enum institution_kind kind);
uint64_t book_person(const char *code, enum category category, const char *institution);
uint64_t book_penalty(const char *id, const char *institution, const char *on);
uint64_t book_foreign(const char *practitioner, const char *id, enum status kind, const char *from,
		      const char *until, uint8_t exempt);
/* An entry; and with it the sanction it brings, if there is one. */
struct event_sanction book_suspension(const char *id, const char *from, int months);
struct event_sanction book_termination(const char *id, enum path path, const char *from, int years);
uint64_t book_points(const char *practitioner, const char *id, int points, const char *penalty,
		     const char *on, const struct event_sanction *brought);
/* An entry falls, and these sanctions with it. */
uint64_t book_fall(const char *practitioner, uint8_t entry, uint64_t sanctions);

/* Ask; the answers are in the book. Streams are drained. */
void book_ask(call_handler handler, Demerit__V1__Request *request);
/* The one answer, with that body; fails the test on any other. */
Demerit__V1__Response *book_answer(Demerit__V1__Response__BodyCase body);
void book_is_refused(enum status_reason reason, const char *field);

Demerit__V1__CheckReply *book_check(const char *practitioner, const char *on, uint64_t known_at,
				    bool detail);

#endif
