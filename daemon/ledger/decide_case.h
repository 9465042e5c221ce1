/*
 * The procedure after points: notice, objection, review; stays. As decide.h, which explains how
 * a decision is made.
 */
#ifndef LEDGER_DECIDE_CASE_H
#define LEDGER_DECIDE_CASE_H

#include "calendar.h"
#include "case.h"
#include "decide.h"

/* What the writer looked up for these, beside struct facts; all borrowed. */
struct case_facts {
	const struct case_file *file;	   /* of the id the command names; NULL: none has it */
	const struct case_file *notice;	   /* served to the party, about the entry; NULL: none */
	const struct case_file *objection; /* the party's last about the entry; NULL: none */
	const struct calendar *calendar;   /* from the year of service on */
	/* Ids for stays that begin now, in order. */
	const struct code *stay_ids;
	size_t stay_ids_count;
};

enum verdict decide_notice(const struct event_notice *, const struct facts *,
			   const struct case_facts *, struct decision *ret);
enum verdict decide_objection(const struct event_objection *, const struct facts *,
			      const struct case_facts *, struct decision *ret);
enum verdict decide_explanation(const struct event_step *, const struct facts *,
				const struct case_facts *, struct decision *ret);

struct command_review {
	struct event_reviewed reviewed;
	bool replaces; /* changed: points hold instead */
	struct command_points points;
	struct choice choice; /* changed, without points */
	bool reason_given;
};
enum verdict decide_review(const struct command_review *, const struct facts *,
			   const struct case_facts *, struct decision *ret);

struct command_stay {
	struct event_stayed stayed; /* its number is found by the id */
	struct code sanction;
};
enum verdict decide_stay(const struct command_stay *, const struct facts *,
			 const struct case_facts *, struct decision *ret);

struct command_resume {
	struct event_resumed resumed;
	bool reason_given;
};
enum verdict decide_resume(const struct command_resume *, const struct facts *,
			   const struct case_facts *, struct decision *ret);

/* Private to the family, for every kind of case. */

/* The id names a case: of this kind and without difference it stands already, else it is taken. */
enum verdict case_refuse_taken(const struct case_file *, enum case_kind, const char *difference,
			       struct decision *ret);
/* The case a step names has to be of this kind, open, and not begun or stepped after that day. */
enum verdict case_refuse_step(const struct case_file *, enum case_kind, const struct code *id,
			      struct day on, const struct facts *, struct decision *ret);
/* A stay for each sanction that rests on the entry and still holds. */
enum verdict stay_for_objection(const struct event_objection *, const struct standing *,
				uint8_t entry, const struct case_facts *, struct decision *ret);
/* End the stays that this objection brought. */
void resume_of_objection(const struct code *objection, const struct standing *, struct day on,
			 struct decision *ret);

#endif
