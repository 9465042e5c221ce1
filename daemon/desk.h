/*
 * The writer's desk: everything one decision needs at hand. Facts are gathered onto it, the
 * decision is made on it, the record is written on it. The writer's; one thread.
 */
#ifndef DAEMON_DESK_H
#define DAEMON_DESK_H

#include "batch.h"
#include "cache.h"
#include "command.h"
#include "ledger/decide_proposal.h"
#include "rules.h"
#include "scratch.h"

#define DESK_KEYS_MAX 2

struct desk {
	struct lookup lookup; /* with the batch in front */
	struct vault *vault;
	const struct rules_set *rules;
	struct batch *batch;
	struct cache *cache;
	struct scratch *scratch; /* of the batch */

	/* Of the round. */
	int64_t now;
	struct day today;
	uint64_t sequence; /* that the next record will get */
	bool may_refuse;   /* whose command it is may have another refusal recorded */

	bool two_persons; /* what weighs has to be proposed and approved */

	/* Of the command in hand; facts borrow from the rest. */
	struct facts facts;
	struct institution_row institution;
	struct institution_row successor;
	struct lookup_penalty penalty;
	struct rulebook rulebook;
	struct code sanction;
	struct code alias_owner;
	struct case_facts cases; /* borrow from the next five */
	struct case_file file;
	struct case_file notice;
	struct case_file objection;
	struct desk_proposal {
		bool found;
		struct case_file file;
		struct person_behind proposer;
		struct code institution; /* whose key seals its texts; empty: the practitioner's */
		bool differs;		 /* from the request in hand */
	} proposal;
	struct calendar calendar;
	struct code stay_ids[STANDING_STAYS_MAX];
	struct entry_key keys[DESK_KEYS_MAX]; /* made in the vault for this record */
	size_t keys_count;
	struct decision decision;

	/* Of an overturning: its people, their events so far, what is missing so far. */
	uint8_t *events; /* STORE_BODY_MAX */
	size_t events_size;
	uint32_t events_count;
	struct standing after;

	uint8_t *body; /* STORE_BODY_MAX */
};

/* STORE_MEMORY. */
int desk_init(struct desk *, struct store *, struct store_reader *,
	      const struct rules_set *) NODISCARD;
void desk_done(struct desk *);

/*
 * What an earlier attempt under the command's key came to: 0, and the outcome is filled.
 * STORE_NOT_FOUND: there was none.
 */
int desk_replay(struct desk *, struct command *) NODISCARD;

/*
 * Decide one command and put its record into the batch. 0: the outcome is filled, and
 * desk->sequence tells whether a record came of it. STORE_BUSY, STORE_FULL, ...: nothing was
 * decided. DESK_GROUP_FULL: the batch must be written first, then ask again.
 */
#define DESK_GROUP_FULL 1
int desk_decide(struct desk *, struct command *) NODISCARD;

/* facts.c: what the command needs to know, onto the desk. */
int facts_gather(struct desk *, struct command *) NODISCARD;
/* The rulebook that judges what remains once these entries fall, into desk->facts. */
void facts_fall_rulebook(struct desk *, const struct standing *, uint64_t entries);
/* A default id for the record's next sanction: the nth or a later one; nth is then after it. */
int facts_sanction_id(struct desk *, unsigned *nth) NODISCARD;

/* overturn.c: decide the head and every person, encode into desk->body. */
int overturn_decide(struct desk *, struct command *, size_t *ret_body_size) NODISCARD;

/* Shared by the two ways to a body. */
void desk_head(const struct desk *, const struct command *, enum verdict, struct entry_head *ret);
/* Seal the command's name or reason into the events of the decision. */
int desk_seal(struct desk *, const struct command *) NODISCARD;
/* Keep what the decision misses, beside what is missing already. */
int desk_needs(struct desk *, struct command *, const struct code *practitioner) NODISCARD;
/* The person's key, from the book or new, for this record. */
int desk_key(struct desk *, const struct entry_subject *, struct vault_key *ret) NODISCARD;
/* desk_case.c: the procedure's commands. */
enum verdict desk_case_decide(struct desk *, struct command *);
const struct code *desk_case_id(const struct command *);
void desk_case_subjects(const struct desk *, const struct command *, struct entry_pen *);
/* Where an event of the procedure has room for the command's text; NULL: nowhere. */
struct sealed *desk_case_text(struct event *);

/*
 * desk_second.c: two persons. Before the facts: a refusal stands in the decision. After it was
 * decided: what is only proposed, what the approval adds, what one person may not write alone.
 */
int desk_second_begin(struct desk *, struct command *) NODISCARD;
void desk_second_end(struct desk *, const struct command *);
enum verdict desk_second_deny(struct desk *, const struct command *);
void desk_second_subject(const struct command *, struct entry_pen *);

void desk_put_subject(struct entry_pen *, enum subject_kind, const struct code *);
/* What the command chooses for its person; whether it chooses for nobody else. */
struct choice desk_choice(const struct command *);
bool desk_choices_fit(struct desk *, const struct command *);

/* What the events did to a person, for the answer; desk->after is the person as they leave them. */
void desk_effects(struct desk *, struct command *, const struct decision *);

#endif
