/*
 * Two persons (domain.md section 11): one proposes, another approves. As decide.h, which explains
 * how a decision is made; what is proposed is decided by its own decide function, at the proposal
 * and again at the approval.
 */
#ifndef LEDGER_DECIDE_PROPOSAL_H
#define LEDGER_DECIDE_PROPOSAL_H

#include "decide_case.h"

/* From this many points on an entry takes two persons, where two persons are asked for. */
#define PROPOSAL_POINTS_MIN 7
/* How long one waits where no rule says it. */
#define PROPOSAL_DAYS 30

/* Who writes: a principal, perhaps for somebody named. */
struct person_behind {
	struct code principal;
	struct code on_behalf_of; /* empty: nobody else */
};

/* The same principal, or the same human behind two. */
bool person_is_same(const struct person_behind *, const struct person_behind *);

/* The first day on which it can be approved no longer; rulebook NULL: no rule says it. */
struct day proposal_expires(const struct rulebook *, struct day on);

/* May a proposal begin under this id? difference: of the one that has it, NULL for none. */
enum verdict decide_proposal_begin(const struct case_file *, const char *difference,
				   struct decision *ret);

/* May it be approved, or denied, by this person today? */
enum verdict decide_proposal_approve(const struct code *id, const struct case_file *,
				     const struct person_behind *proposer,
				     const struct person_behind *approver, struct day today,
				     struct decision *ret);
enum verdict decide_proposal_deny(const struct event_step *, const struct case_file *,
				  struct day today, struct decision *ret);

/* What was accepted is not done but proposed; or done, and the proposal with it. */
enum verdict decide_proposal_made(const struct event_proposed *, const struct code *practitioner,
				  struct decision *);
void decide_proposal_done(const struct event_step *, const struct code *practitioner,
			  struct decision *);
/* Written directly, where what takes two persons is not: NEEDS_SECOND_PERSON. */
enum verdict decide_second_person(struct decision *);

/* Does what was decided take two persons? Points from seven on, whatever falls, repair, rules. */
bool decision_takes_two(const struct decision *);

#endif
