/*
 * Inside the questions: shared by query*.c, screen*.c and explain*.c, and by no other. Loop thread.
 *
 * A handler begins with query_begin(), which settles what the answer is as of, builds its reply in
 * the call's arena, and ends with query_reply() or query_fail(). Whatever does not fit the arena
 * is noticed once, at the end: a helper that got no memory answers NULL or nothing.
 */
#ifndef DAEMON_QUERY_INNER_H
#define DAEMON_QUERY_INNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "call.h"
#include "ledger/eligibility.h"
#include "ledger/standing.h"
#include "lookup.h"
#include "proto/arena.h"
#include "proto/demerit.pb-c.h"
#include "proto/status.h"
#include "query.h"
#include "rules.h"

struct basis_cache;
struct claw_person;
struct past_cache;

/* The scratch of one loop. A standing in it is good until another person is asked for. */
struct query {
	const struct call_book *book;
	struct lookup lookup;

	uint64_t standing_of; /* the sequence the standing is as of; 0: there is none */
	struct standing standing;
	size_t intervals_count;
	struct interval intervals[STANDING_INTERVALS_MAX];

	struct rulebook rulebook;
	struct rulebook other;
	struct basis_cache *bases;
	struct past_cache *pasts;
	struct claw_person *claws; /* the last one compared */
	bool plain;		   /* this answer has no personal texts, whoever asks */
};

/* What an answer is as of, and where the book stood when it was asked. */
struct query_moment {
	uint64_t as_of;
	bool past; /* it was asked for, and is told */
	struct call_position position;
};

/* False: the request asks for a moment that cannot be answered for, and has been told so. */
bool query_begin(struct call *, struct query_moment *ret);
/* Of a stream of records from that sequence on, in the request's epoch; 0: from the first. */
bool query_begin_since(struct call *, uint64_t since, struct query_moment *ret);
enum call_result query_reply(struct call *, const struct query_moment *,
			     Demerit__V1__Response *response);
/* A failure of the store. */
enum call_result query_fail(struct call *, int error);
enum call_result query_refuse(struct call *, enum status_reason, const char *field);

/* Answer by a stream of this draft, whose first member is its call_stream and which owns nothing.
 */
enum call_result query_stream(struct call *, const void *draft, size_t size);
void query_stream_free(struct call_stream *);

/* Zeroed; NULL: the arena is full. */
void *query_alloc(struct call *, size_t count, size_t size);
/* A copy; NULL for an empty text, and when the arena is full. */
char *query_text(struct call *, const char *text, size_t size);
char *query_code(struct call *, const struct code *);
/* "hunan@2025-03-01"; NULL where there is no rulebook. */
char *query_version(struct call *, const struct rulebook_id *);
/* The ids of a set of a person's entries, oldest first. */
char **query_entries(struct call *, const struct standing *, uint64_t entries, size_t *ret_count);
/* The names of a set of visit kinds. */
char **query_kinds(struct call *, uint8_t kinds, size_t *ret_count);

/* A required code of the request: STATUS_OK, or what is wrong with it. */
enum status_reason query_take_code(const char *text, struct code *ret);
/* An optional day; absent: today. */
bool query_take_day(const struct call *, bool has, int32_t number, struct day *ret);

/* Fold a person into the scratch, with the intervals. Negative: the store's failure. */
int query_person(struct query *, const struct code *, uint64_t as_of) NODISCARD;
const struct interval *query_interval(const struct query *, struct day);

/* The kind of institution and the claim policy that hold; empty code: the national policy. */
struct query_place {
	enum institution_kind kind; /* 0: no such institution, or none given */
	struct slug slug;
	const struct policy *policy; /* NULL: none in force that day */
};
int query_place(struct query *, const struct code *institution, struct day, uint64_t as_of,
		struct query_place *ret) NODISCARD;

/* What a visit is. Without a policy the flag means what the national interface says it does. */
uint8_t query_visit_kinds(const struct policy *, const char *visit_type, bool emergency);

int query_wire_status(enum status);

/*
 * Is the detail asked for, and this caller's to know? Who may only check hears the answer and not
 * the reasons: points, entries and clauses stay out, and the answer is the same.
 */
bool query_tells_detail(const struct call *, bool has, bool asked);

/* query_name.c: the one an alias names, from memory where it knows. Empty: nobody. */
int query_alias(struct call *, const struct query_moment *, const struct code *alias,
		struct code *ret) NODISCARD;
/* Who is meant by a code: the person registered under it, or whose other name it is. */
int query_whom(struct call *, const struct query_moment *, const struct code *name,
	       struct code *ret) NODISCARD;
/* Fold who is meant into the scratch, as query_person(). */
int query_named(struct call *, const struct query_moment *, const struct code *name) NODISCARD;

/* query_check.c */
struct query_claim {
	struct code practitioner;
	struct code institution; /* empty: none */
	const char *visit_type;	 /* NULL: none */
	bool emergency;
	struct day on;
};
struct query_judgement {
	struct eligibility eligibility;
	struct day until;     /* DAY_NONE: none to tell */
	struct day bar_until; /* likewise */
};
/* From memory where it knows, else from the book; the same answer either way. */
int query_judge(struct call *, const struct query_moment *, const struct query_claim *,
		struct query_judgement *ret) NODISCARD;

/* query_standing.c: of the person in the scratch. */
void query_standing_fill(struct call *, struct day on, Demerit__V1__StandingReply *ret);
/* With the days it was set for; superseded_by and lifted say what became of it. */
void query_standing_sanction(struct call *, const struct standing *, const struct sanction *,
			     Demerit__V1__Sanction *ret);

/* query_case.c: what a history says of an event of the procedure. */
int query_case_item(struct call *, const struct event *, uint64_t as_of,
		    Demerit__V1__HistoryItem *) NODISCARD;

#endif
