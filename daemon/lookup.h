/*
 * Looking things up in the book: the rows and records that are acknowledged, and for the writer
 * those of its batch in front of them. People are folded again from their records, up to any
 * sequence, so that the past needs no other code than the present.
 *
 * A lookup belongs to one thread. Failures are the store's, forwarded.
 */
#ifndef DAEMON_LOOKUP_H
#define DAEMON_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "apply.h"
#include "ledger/case.h"
#include "ledger/decide.h"

struct batch;
struct entry_body;

#define LOOKUP_NOW UINT64_MAX

struct lookup {
	struct store_reader *reader;
	const struct batch *batch; /* NULL: only what is acknowledged */
};

/* 0, or STORE_NOT_FOUND. Bytes are good until the next call on this lookup. */
int lookup_row(const struct lookup *, enum apply_table, const struct apply_key *,
	       struct store_value *ret) NODISCARD;
int lookup_record(const struct lookup *, uint64_t sequence, struct store_record *ret) NODISCARD;
/* The record's body, read. STORE_DAMAGED: it is not one of ours. */
int lookup_body(const struct lookup *, uint64_t sequence, struct entry_body *ret) NODISCARD;

/*
 * The sequences of the records about a subject, above after and up to as_of, oldest first, at
 * most max of them: a page. accepted_only leaves refusals out.
 */
struct lookup_page {
	size_t count;
	uint64_t sequences[64];
};
int lookup_subject(const struct lookup *, enum subject_kind, const struct code *, uint64_t after,
		   uint64_t as_of, bool accepted_only, struct lookup_page *ret) NODISCARD;

/*
 * Every event of the accepted records about a subject, oldest first. 0 from visit: go on; anything
 * else ends it and is returned.
 */
typedef int (*lookup_event_fn)(void *user, const struct event *, uint64_t sequence);
int lookup_events(const struct lookup *, enum subject_kind, const struct code *, uint64_t as_of,
		  lookup_event_fn visit, void *user) NODISCARD;

/* Fold a person as known at as_of. category 0: nobody was registered under that code. */
int lookup_person(const struct lookup *, const struct code *, uint64_t as_of,
		  struct standing *ret) NODISCARD;

/* ret->code empty: not in the ledger by then. */
int lookup_institution(const struct lookup *, const struct code *, uint64_t as_of,
		       struct institution_row *ret, uint64_t *ret_sequence) NODISCARD;
/* What became of it since: folded in; the last name, if one was given. */
int lookup_changes(const struct lookup *, const struct code *, uint64_t as_of,
		   struct institution_row *, struct sealed *name) NODISCARD;
/* Its recording event, for its name. STORE_NOT_FOUND. */
int lookup_institution_event(const struct lookup *, const struct code *,
			     struct event_institution *ret) NODISCARD;

/* recorded.penalty empty: not in the ledger by then. */
struct lookup_penalty {
	struct penalty_row row;
	struct sealed overturned_reason;
	uint64_t sequence;
};
int lookup_penalty(const struct lookup *, const struct code *, uint64_t as_of,
		   struct lookup_penalty *ret) NODISCARD;

/* Whose entry (sanction) has this id, and which record brought it. STORE_NOT_FOUND. */
int lookup_entry_owner(const struct lookup *, const struct code *id, struct code *ret_practitioner,
		       uint64_t *ret_sequence) NODISCARD;
int lookup_sanction_owner(const struct lookup *, const struct code *id,
			  struct code *ret_practitioner, uint64_t *ret_sequence) NODISCARD;

/* Whom an alias names as known at as_of. STORE_NOT_FOUND: nobody. */
int lookup_alias(const struct lookup *, const struct code *alias, uint64_t as_of,
		 struct code *ret_practitioner) NODISCARD;
/*
 * Whom a code means that nobody is registered under: it may be an alias, or an earlier code, which
 * is the alias code:CODE. STORE_NOT_FOUND: nobody.
 */
int lookup_other_name(const struct lookup *, const struct code *name, uint64_t as_of,
		      struct code *ret_practitioner) NODISCARD;

/* Fold a case as known at as_of. STORE_NOT_FOUND: none of that id by then. */
int lookup_case(const struct lookup *, const struct code *id, uint64_t as_of,
		struct case_file *ret) NODISCARD;

/* The last sequence recorded at or before that instant; 0: none. */
int lookup_time(const struct lookup *, uint64_t head, int64_t instant_us,
		uint64_t *ret_sequence) NODISCARD;

#endif
