/*
 * May the fund pay? Owns nothing; called by the loops for every check and screened line. Never
 * searches, never reads a rulebook: the interval carries what was decided.
 */
#include "eligibility.h"

#include <assert.h>

static struct eligibility
answer(enum claim_decision decision, enum reason reason, enum status status)
{
	return (struct eligibility){decision, reason, status};
}

struct eligibility
eligibility(const struct interval *interval, const struct claim *claim, const struct policy *policy)
{
	if (claim->category == 0)
		return answer(DECISION_UNDETERMINED, REASON_UNKNOWN_PRACTITIONER, STATUS_UNKNOWN);

	if (interval != NULL) {
		assert(!day_before(claim->on, interval->from));
		assert(day_before(claim->on, interval->until));

		/* What a sanction leaves payable was copied into it when it was set. */
		if ((interval->exempt & claim->visit_kinds) != 0)
			return answer(DECISION_EXEMPT, REASON_EMERGENCY_EXEMPT, interval->status);
		if (interval->status == STATUS_SUSPENDED)
			return answer(DECISION_REFUSE, REASON_SUSPENDED, STATUS_SUSPENDED);

		assert(interval->status == STATUS_TERMINATED);
		/* After the bar, registering again is possible, not automatic. */
		if (!day_is_none(interval->bar_until) &&
		    !day_before(claim->on, interval->bar_until))
			return answer(DECISION_REFUSE, REASON_BAR_OVER_NOT_REREGISTERED,
				      STATUS_TERMINATED);
		return answer(DECISION_REFUSE, REASON_TERMINATED, STATUS_TERMINATED);
	}

	if (policy == NULL ||
	    !policy_manages(policy, claim->institution_kind, claim->category, claim->on))
		return answer(DECISION_PAY, REASON_CLASS_NOT_MANAGED, STATUS_NORMAL);
	if (policy->registration_decides && !claim->registered)
		return answer(DECISION_REFUSE, REASON_NOT_REGISTERED, STATUS_NORMAL);
	return answer(DECISION_PAY, REASON_ELIGIBLE, STATUS_NORMAL);
}

const char *
decision_name(enum claim_decision decision)
{
	static const char *const names[] = {NULL, "pay", "exempt", "undetermined", "refuse"};

	return (unsigned)decision < sizeof(names) / sizeof(names[0]) ? names[decision] : NULL;
}

const char *
reason_name(enum reason reason)
{
	static const char *const names[] = {
	    [REASON_ELIGIBLE] = "ELIGIBLE",
	    [REASON_CLASS_NOT_MANAGED] = "CLASS_NOT_MANAGED",
	    [REASON_SUSPENDED] = "SUSPENDED",
	    [REASON_TERMINATED] = "TERMINATED",
	    [REASON_BAR_OVER_NOT_REREGISTERED] = "BAR_OVER_NOT_REREGISTERED",
	    [REASON_EMERGENCY_EXEMPT] = "EMERGENCY_EXEMPT",
	    [REASON_UNKNOWN_PRACTITIONER] = "UNKNOWN_PRACTITIONER",
	    [REASON_NO_PRACTITIONER] = "NO_PRACTITIONER",
	    [REASON_RULE_NOT_SET] = "RULE_NOT_SET",
	    [REASON_BAD_DATE] = "BAD_DATE",
	    [REASON_BAD_LINE] = "BAD_LINE",
	    [REASON_NOT_REGISTERED] = "NOT_REGISTERED",
	};

	return (unsigned)reason < sizeof(names) / sizeof(names[0]) ? names[reason] : NULL;
}
