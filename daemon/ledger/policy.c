/*
 * Claim policies as values. Owns nothing; read by eligibility and by the loops. Never reads a file.
 */
#include "policy.h"

#include <assert.h>

uint8_t
policy_visit_kinds(const struct policy *policy, const struct code *visit_type, bool flag)
{
	uint8_t kinds = flag ? policy->flag_kinds : 0;

	if (code_is_empty(visit_type))
		return kinds;
	for (size_t i = 0; i < policy->visits_count; i++) {
		if (code_equal(&policy->visits[i].type, visit_type))
			return kinds | policy->visits[i].kinds;
	}
	return kinds;
}

static bool
manages_at(const struct policy *policy, enum institution_kind kind, enum category category,
	   struct day day)
{
	struct day from = policy->managed[(int)kind - 1][(int)category - 1];

	return !day_is_none(from) && !day_before(day, from);
}

bool
policy_manages(const struct policy *policy, enum institution_kind kind, enum category category,
	       struct day day)
{
	assert(category >= 1 && category <= CATEGORY_COUNT);
	if (kind != 0)
		return manages_at(policy, kind, category, day);
	return manages_at(policy, INSTITUTION_HOSPITAL, category, day) ||
	       manages_at(policy, INSTITUTION_PHARMACY, category, day);
}
