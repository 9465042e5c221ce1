/* What book.c and book_do.c share: the ledger in memory, and the facts of the command in hand. */
#ifndef TEST_RULES_BOOK_INNER_H
#define TEST_RULES_BOOK_INNER_H

#include "book.h"
#include "daemon/ledger/decide_proposal.h"
#include "daemon/ledger/decide_repair.h"

#define BOOK_PROPOSALS_MAX 8

struct book {
	struct rules_set *rules;  /* borrowed */
	struct slug jurisdiction; /* of the scenario */
	bool by_region;		  /* false: every command has to name it */
	struct code region;	  /* of the hospital H1 */
	struct day today;

	size_t people_count;
	struct standing *people[BOOK_PEOPLE_MAX];
	size_t institutions_count;
	struct institution_row institutions[BOOK_INSTITUTIONS_MAX];
	size_t penalties_count;
	struct penalty_row penalties[BOOK_PENALTIES_MAX];

	size_t cases_count;
	struct case_file cases[BOOK_CASES_MAX];
	unsigned numbered[CASE_REFERRAL + 1]; /* N1, O1, …: of each kind of case */

	/* Two persons: what was proposed, and what the row in hand does with it. */
	size_t proposals_count;
	struct book_proposal {
		struct code id;
		struct row row; /* its words */
		struct person_behind proposer;
	} proposals[BOOK_PROPOSALS_MAX];
	const struct code *proposing;
	const struct code *approving;

	uint64_t sequence;
	unsigned entries; /* E1, E2, … in the order of the table */
	struct code sanction;
	struct rulebook rulebook; /* of the facts */
	struct facts facts;
	struct decision decision;
};

struct standing *book_person(const struct book *, const struct code *);
const struct institution_row *book_institution(const struct book *, const struct code *);
struct penalty_row *book_penalty(struct book *, const struct code *);
struct standing *book_owner(const struct book *, const struct code *entry);

/* The case of that id; the last of that kind about the entry, with that party. NULL: none. */
const struct case_file *book_case(const struct book *, const struct code *id);
const struct case_file *book_case_about(const struct book *, enum case_kind,
					const struct code *entry, const struct code *party);

/* Facts about this person (NULL: nobody), as of today; no institution, penalty or rulebook. */
void book_facts(struct book *, const struct code *practitioner);

/* Whom a name names already. */
void book_facts_alias(struct book *, const struct code *);

/* The rulebook by name ("hunan", "hunan@2025-03-01"), or by region for name NULL. */
void book_facts_rulebook(struct book *, const char *name, const struct code *region, struct day on);
void book_facts_version(struct book *, const struct rulebook_id *, struct day on);

/* Fold the decision's events, each through its bytes. */
void book_fold(struct book *);

#endif
