/*
 * May the fund pay for this person's services on that day? Pure: the caller hands over the
 * interval that holds the day (NULL: normal), searched elsewhere.
 */
#ifndef LEDGER_ELIGIBILITY_H
#define LEDGER_ELIGIBILITY_H

#include "policy.h"
#include "standing.h"

/* In order of weight: a line takes the heaviest of its roles. */
enum claim_decision {
	DECISION_PAY = 1,
	DECISION_EXEMPT = 2,
	DECISION_UNDETERMINED = 3,
	DECISION_REFUSE = 4,
};

enum reason {
	REASON_ELIGIBLE = 1,
	REASON_CLASS_NOT_MANAGED = 2,
	REASON_SUSPENDED = 3,
	REASON_TERMINATED = 4,
	REASON_BAR_OVER_NOT_REREGISTERED = 5,
	REASON_EMERGENCY_EXEMPT = 6,
	REASON_UNKNOWN_PRACTITIONER = 7,
	REASON_NO_PRACTITIONER = 8,
	REASON_RULE_NOT_SET = 9,
	REASON_BAD_DATE = 10,
	REASON_BAD_LINE = 11,
	REASON_NOT_REGISTERED = 12, /* only where the policy says that registration decides */
};

struct claim {
	struct day on;
	enum category category;			/* 0: nobody is registered under the code */
	enum institution_kind institution_kind; /* 0: no institution given */
	uint8_t visit_kinds;
	bool registered; /* at that institution that day; true when none is given */
};

struct eligibility {
	enum claim_decision decision;
	enum reason reason;
	enum status status;
};

/* policy NULL: none in force that day. */
struct eligibility eligibility(const struct interval *, const struct claim *,
			       const struct policy *);

const char *decision_name(enum claim_decision); /* "refuse" */
const char *reason_name(enum reason);		/* "SUSPENDED" */

#endif
