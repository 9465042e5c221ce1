/*
 * What a decision said. Numbers are for ever, in blocks of a hundred per family; the name is
 * the stable reason a client sees. Which refusal wins is the order of the rows in decide_*.c,
 * not the order here.
 */
#ifndef LEDGER_VERDICT_H
#define LEDGER_VERDICT_H

#include <stddef.h>

enum verdict {
	VERDICT_NONE = 0, /* nothing was decided; never recorded */

	/* Accepted. */
	VERDICT_ACCEPTED = 1,
	VERDICT_UNCHANGED = 2, /* the same facts stand already: no event */

	/* 100: people, institutions, registrations */
	VERDICT_PRACTITIONER_UNKNOWN = 101,
	VERDICT_INSTITUTION_UNKNOWN = 102,
	VERDICT_ALREADY_EXISTS = 103, /* under this id, with other facts: detail names the field */
	VERDICT_ALREADY_REGISTERED = 104,
	VERDICT_NOT_REGISTERED = 105,
	VERDICT_DATE_IN_FUTURE = 106,
	VERDICT_STANDING_FULL =
	    107, /* more entries, sanctions or registrations than a standing holds */

	/* 200: penalties */
	VERDICT_PENALTY_UNKNOWN = 201,
	VERDICT_PENALTY_OVERTURNED = 202,
	VERDICT_OVERTURN_TOO_WIDE = 203,
	VERDICT_OVERTURN_BEFORE_PENALTY = 204,

	/* 300: points */
	VERDICT_NO_RULEBOOK_IN_FORCE = 301,
	VERDICT_RULE_NOT_SET = 302, /* needed, open, and no decision may supply it */
	VERDICT_NEEDS_CHOICE = 303, /* needed, and the decision did not supply it: see needs */
	VERDICT_PERIOD_NOT_ALLOWED = 304,
	VERDICT_PERIOD_NOT_APPLICABLE = 305,
	VERDICT_SITUATION_UNKNOWN = 306,
	VERDICT_POINTS_OUTSIDE_BAND = 307,
	VERDICT_NEEDS_PENALTY = 308,
	VERDICT_CLASS_NOT_MANAGED = 309,
	VERDICT_CONDUCT_TOO_EARLY = 310,
	VERDICT_CONDUCT_AFTER_DECISION = 311,
	VERDICT_ENTRY_UNKNOWN = 312,
	VERDICT_ENTRY_FALLEN = 313, /* annulled or overturned already */
	VERDICT_RULEBOOK_UNKNOWN = 314,
	VERDICT_RULEBOOK_AMBIGUOUS = 315, /* no penalty, and registered in several jurisdictions */
	VERDICT_BAND_SHIFT_NOT_ALLOWED = 316,
	VERDICT_NOT_A_REPEAT = 317,

	/* 400: sanctions and re-registration */
	VERDICT_NOT_TERMINATED = 401,
	VERDICT_BAR_RUNNING = 402,
	VERDICT_SANCTION_UNKNOWN = 403,
	VERDICT_SANCTION_NOT_FOREIGN = 404,
	VERDICT_SANCTION_ENDED = 405,
	VERDICT_TERMINATED_NEEDS_REREGISTRATION = 406, /* joining an institution while terminated */
	VERDICT_SANCTION_ENDS_BEFORE_IT_BEGINS = 407,

	/* 500: two persons */
	VERDICT_PROPOSAL_UNKNOWN = 501,
	VERDICT_PROPOSAL_CLOSED = 502,
	VERDICT_PROPOSAL_EXPIRED = 503,
	VERDICT_SAME_PERSON = 504,
	VERDICT_NEEDS_SECOND_PERSON = 505,

	/* 600: notice, objection, review; stays */
	VERDICT_NOTICE_TO_STRANGER = 601,
	VERDICT_NOTICE_SERVED = 602,
	VERDICT_NOTICE_TOO_EARLY = 603,
	VERDICT_CALENDAR_MISSING = 604,
	VERDICT_OBJECTION_UNKNOWN = 605,
	VERDICT_OBJECTION_BY_STRANGER = 606,
	VERDICT_OBJECTION_LATE = 607,
	VERDICT_SIGNATURE_MISSING = 608,
	VERDICT_STAMP_MISSING = 609,
	VERDICT_OBJECTION_OPEN = 610,
	VERDICT_OBJECTION_DECIDED = 611,
	VERDICT_OBJECTION_NOT_EXPLAINED = 612,
	VERDICT_OBJECTION_EXPLAINED = 613,
	VERDICT_STEP_TOO_EARLY = 614,
	VERDICT_STAY_UNKNOWN = 615,
	VERDICT_STAY_ENDED = 616,
	VERDICT_SANCTION_STAYED = 617,
	VERDICT_SANCTION_NOT_RUNNING = 618,
	VERDICT_NEW_END_NOT_ALLOWED = 619,

	/* 700: repair */
	VERDICT_REPAIR_UNKNOWN = 701,
	VERDICT_REPAIR_DECIDED = 702,
	VERDICT_ACTIVITY_UNKNOWN = 703,
	VERDICT_REPAIR_EXCLUDED = 704,
	VERDICT_REPAIR_LIMIT = 705,
	VERDICT_ALREADY_TERMINATED = 706,
	VERDICT_NOTHING_TO_REPAIR = 707,
	VERDICT_YEAR_CLOSED = 708,
	VERDICT_SHORTENING_NOT_ALLOWED = 709,

	/* 800: identities */
	VERDICT_ALIAS_TAKEN = 801, /* it names somebody else */
	VERDICT_ALIAS_UNKNOWN = 802,
	VERDICT_INSTITUTION_CLOSED = 807,
	VERDICT_MOVED_LATER = 810, /* it lies elsewhere since a later day */
	VERDICT_MOVED_TOO_OFTEN = 811,
};

/* What kind of "no" a client is told, in google.rpc's words. */
enum verdict_class {
	VERDICT_CLASS_OK,
	VERDICT_CLASS_NOT_FOUND,
	VERDICT_CLASS_ALREADY_EXISTS,
	VERDICT_CLASS_FAILED_PRECONDITION,
};

struct verdict_row {
	enum verdict verdict;
	const char *name; /* UPPER_SNAKE */
	enum verdict_class class;
	/*
	 * Sentences for people, UTF-8. {thing} {field} {parameter} {allowed} {day} {total} {needs}
	 * are replaced from the decision's detail by whoever renders them.
	 */
	const char *en;
	const char *zh;
};

/* NULL for a number that is not a verdict. */
const struct verdict_row *verdict_row(unsigned number);

/* Every verdict, in number order; the count goes to ret_count. */
const struct verdict_row *verdict_rows(size_t *ret_count);

#endif
