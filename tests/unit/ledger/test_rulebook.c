#include "suites.h"

#include <string.h>

#include "scenario.h"

START_TEST(every_parameter_has_a_row_and_a_key_of_its_own)
{
	for (size_t i = 0; i < PARAM_COUNT; i++) {
		const struct param_row *row = param_row((enum param_name)i);
		ck_assert_ptr_nonnull(row->key);
		ck_assert_int_le(row->min, row->max);
		for (size_t k = 0; k < i; k++)
			ck_assert_str_ne(row->key, param_row((enum param_name)k)->key);
	}
	ck_assert_str_eq(param_row(param_managed(INSTITUTION_PHARMACY, CATEGORY_PRINCIPAL))->key,
			 "managed.pharmacy.principal");
	ck_assert_str_eq(param_row(param_managed(INSTITUTION_HOSPITAL, CATEGORY_MEDICAL))->key,
			 "managed.hospital.medical");
}
END_TEST

START_TEST(a_decision_supplies_months_bars_days_and_overlaps_alone)
{
	size_t suppliable = 0;

	for (size_t i = 0; i < PARAM_COUNT; i++)
		suppliable += param_row((enum param_name)i)->suppliable;
	ck_assert_uint_eq(suppliable, 6 + 2 + 2 + 1);
	ck_assert(!param_row(PARAM_SINGLE_BY)->suppliable);
	ck_assert(!param_row(PARAM_YEAR_CAP)->suppliable);
}
END_TEST

static struct rulebook
child_of(const char *slug)
{
	struct rulebook child;

	memset(&child, 0, sizeof(child));
	ck_assert(slug_set(slug, strlen(slug), &child.id.slug));
	return child;
}

START_TEST(absent_is_the_parents_and_open_stops_inheritance)
{
	struct scenario s;
	scenario_init(&s);
	struct rulebook child = child_of("hunan");

	param_open(&child, PARAM_SUSPENSION_MONTHS_10);
	param_fix(&child, PARAM_SUSPENSION_MONTHS_9, 1, 2);
	rulebook_inherit(&child, &s.rulebook);
	ck_assert_int_eq(child.params[PARAM_SUSPENSION_MONTHS_9].max, 2);
	ck_assert_int_eq((int)child.params[PARAM_SUSPENSION_MONTHS_10].state, PARAM_OPEN);
	ck_assert_int_eq(child.params[PARAM_SUSPENSION_MONTHS_11].max, 6);
	ck_assert_str_eq(child.params[PARAM_SUSPENSION_MONTHS_11].owner.text, "national");
	ck_assert_uint_eq(child.situations_count, 3);
	ck_assert_ptr_nonnull(rulebook_situation(&child, &s.rulebook.situations[0].code));
	ck_assert_ptr_null(rulebook_situation(&child, &s.standing.practitioner));
}
END_TEST

START_TEST(a_child_that_fixes_months_is_not_overruled_by_a_parents_one_go_row)
{
	struct scenario s;
	scenario_init(&s);
	struct rulebook child = child_of("sichuan");
	struct rulebook other = child_of("tianjin");

	param_fix(&s.rulebook, PARAM_SUSPENSION_SINGLE_MONTHS_9, 3, 6);
	param_fix(&child, PARAM_SUSPENSION_MONTHS_9, 2, 2);
	rulebook_inherit(&child, &s.rulebook);
	ck_assert_int_eq((int)child.params[PARAM_SUSPENSION_SINGLE_MONTHS_9].state, PARAM_ABSENT);
	rulebook_inherit(&other, &s.rulebook);
	ck_assert_int_eq(other.params[PARAM_SUSPENSION_SINGLE_MONTHS_9].min, 3);
}
END_TEST

START_TEST(own_situations_and_measures_come_first)
{
	struct scenario s;
	scenario_init(&s);
	struct rulebook child = child_of("beijing");

	s.rulebook.measures_count = 1;
	s.rulebook.measures[0] = (struct measure){.from = 5, .to = 8, .action = named("talk")};
	child.situations[child.situations_count++] = (struct situation){
	    .code = named("licence-lost"), .state = PARAM_VALUE, .min = 12, .max = 12};
	rulebook_inherit(&child, &s.rulebook);
	ck_assert_uint_eq(child.situations_count, 3);
	ck_assert_int_eq(child.situations[0].min, 12);
	ck_assert_uint_eq(child.measures_count, 1);

	child.measures[0].from = 6;
	rulebook_inherit(&child, &s.rulebook);
	ck_assert_int_eq(child.measures[0].from, 6);

	/* A child that is full takes no more, and says so by what it knows. */
	while (child.situations_count < RULEBOOK_SITUATIONS_MAX)
		child.situations[child.situations_count++] =
		    (struct situation){.code = named("own")};
	s.rulebook.situations[s.rulebook.situations_count++] =
	    (struct situation){.code = named("late")};
	rulebook_inherit(&child, &s.rulebook);
	ck_assert_uint_eq(child.situations_count, RULEBOOK_SITUATIONS_MAX);
}
END_TEST

START_TEST(classes_are_managed_from_their_day)
{
	struct scenario s;
	scenario_init(&s);

	ck_assert(rulebook_manages(&s.rulebook, INSTITUTION_HOSPITAL, CATEGORY_NURSING,
				   at("2025-01-01")));
	ck_assert(!rulebook_manages(&s.rulebook, INSTITUTION_HOSPITAL, CATEGORY_NURSING,
				    at("2024-12-31")));
	ck_assert(!rulebook_manages(&s.rulebook, INSTITUTION_PHARMACY, CATEGORY_NURSING,
				    at("2025-01-01")));
	ck_assert(rulebook_manages(&s.rulebook, 0, CATEGORY_PRINCIPAL, at("2025-01-01")));
	ck_assert(!rulebook_manages(&s.rulebook, 0, CATEGORY_PRINCIPAL, at("2024-01-01")));
}
END_TEST

static struct policy
policy_national(void)
{
	struct policy policy;

	memset(&policy, 0, sizeof(policy));
	for (size_t kind = 0; kind < INSTITUTION_KIND_COUNT; kind++)
		for (size_t category = 0; category < CATEGORY_COUNT; category++)
			policy.managed[kind][category] = kind == 0 ? at("2025-01-01") : DAY_NONE;
	policy.flag_kinds = VISIT_FIRST_AID | VISIT_RESCUE;
	policy.visits[0] = (struct policy_visit){named("13"), VISIT_EMERGENCY};
	policy.visits_count = 1;
	return policy;
}

START_TEST(a_visit_is_what_its_type_and_flag_say)
{
	struct policy policy = policy_national();
	struct code emergency = named("13"), ordinary = named("11"), none = {0};

	ck_assert_uint_eq(policy_visit_kinds(&policy, &none, false), 0);
	ck_assert_uint_eq(policy_visit_kinds(&policy, &none, true), 3);
	ck_assert_uint_eq(policy_visit_kinds(&policy, &emergency, false), VISIT_EMERGENCY);
	ck_assert_uint_eq(policy_visit_kinds(&policy, &emergency, true), 7);
	ck_assert_uint_eq(policy_visit_kinds(&policy, &ordinary, false), 0);
}
END_TEST

START_TEST(eligibility_in_every_case)
{
	struct policy policy = policy_national();
	struct interval suspended = {.from = at("2025-05-01"),
				     .until = at("2025-08-01"),
				     .status = STATUS_SUSPENDED,
				     .exempt = VISIT_FIRST_AID | VISIT_RESCUE,
				     .bar_until = DAY_NONE};
	struct interval terminated = {.from = at("2025-05-01"),
				      .until = DAY_FOREVER,
				      .status = STATUS_TERMINATED,
				      .bar_until = at("2026-05-01")};
	const struct {
		const struct interval *interval;
		const char *on;
		enum category category;
		enum institution_kind kind;
		uint8_t visit;
		bool unregistered;
		bool registration_decides;
		enum claim_decision decision;
		enum reason reason;
		enum status status;
	} rows[] = {
	    {NULL, "2025-06-01", 0, 0, 0, 0, 0, DECISION_UNDETERMINED, REASON_UNKNOWN_PRACTITIONER,
	     STATUS_UNKNOWN},
	    {NULL, "2025-06-01", CATEGORY_MEDICAL, 0, 0, 0, 0, DECISION_PAY, REASON_ELIGIBLE,
	     STATUS_NORMAL},
	    {NULL, "2024-06-01", CATEGORY_MEDICAL, 0, 0, 0, 0, DECISION_PAY,
	     REASON_CLASS_NOT_MANAGED, STATUS_NORMAL},
	    {NULL, "2025-06-01", CATEGORY_MEDICAL, INSTITUTION_PHARMACY, 0, 0, 0, DECISION_PAY,
	     REASON_CLASS_NOT_MANAGED, STATUS_NORMAL},
	    {NULL, "2025-06-01", CATEGORY_MEDICAL, INSTITUTION_HOSPITAL, 0, 1, 0, DECISION_PAY,
	     REASON_ELIGIBLE, STATUS_NORMAL},
	    {NULL, "2025-06-01", CATEGORY_MEDICAL, INSTITUTION_HOSPITAL, 0, 1, 1, DECISION_REFUSE,
	     REASON_NOT_REGISTERED, STATUS_NORMAL},
	    {NULL, "2025-06-01", CATEGORY_MEDICAL, INSTITUTION_HOSPITAL, 0, 0, 1, DECISION_PAY,
	     REASON_ELIGIBLE, STATUS_NORMAL},
	    {&suspended, "2025-05-01", CATEGORY_MEDICAL, 0, 0, 0, 0, DECISION_REFUSE,
	     REASON_SUSPENDED, STATUS_SUSPENDED},
	    {&suspended, "2025-07-31", CATEGORY_MEDICAL, 0, VISIT_RESCUE, 0, 0, DECISION_EXEMPT,
	     REASON_EMERGENCY_EXEMPT, STATUS_SUSPENDED},
	    /* 急诊 is wider than 急救: the national frame does not exempt it. */
	    {&suspended, "2025-07-31", CATEGORY_MEDICAL, 0, VISIT_EMERGENCY, 0, 0, DECISION_REFUSE,
	     REASON_SUSPENDED, STATUS_SUSPENDED},
	    {&terminated, "2025-07-31", CATEGORY_MEDICAL, 0, VISIT_KINDS_ALL, 0, 0, DECISION_REFUSE,
	     REASON_TERMINATED, STATUS_TERMINATED},
	    {&terminated, "2026-04-30", CATEGORY_MEDICAL, 0, 0, 0, 0, DECISION_REFUSE,
	     REASON_TERMINATED, STATUS_TERMINATED},
	    {&terminated, "2026-05-01", CATEGORY_MEDICAL, 0, 0, 0, 0, DECISION_REFUSE,
	     REASON_BAR_OVER_NOT_REREGISTERED, STATUS_TERMINATED},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct claim claim = {.on = at(rows[i].on),
				      .category = rows[i].category,
				      .institution_kind = rows[i].kind,
				      .visit_kinds = rows[i].visit,
				      .registered = !rows[i].unregistered};
		policy.registration_decides = rows[i].registration_decides;
		struct eligibility got = eligibility(rows[i].interval, &claim, &policy);
		ck_assert_msg(got.decision == rows[i].decision && got.reason == rows[i].reason &&
				  got.status == rows[i].status,
			      "row %zu: %s %s", i, decision_name(got.decision),
			      reason_name(got.reason));
	}

	struct claim claim = {.on = at("2025-06-01"), .category = CATEGORY_MEDICAL};
	ck_assert_int_eq((int)eligibility(NULL, &claim, NULL).reason, REASON_CLASS_NOT_MANAGED);
	terminated.bar_until = DAY_NONE;
	ck_assert_int_eq((int)eligibility(&terminated, &claim, NULL).reason, REASON_TERMINATED);
}
END_TEST

Suite *
suite_rulebook(void)
{
	Suite *suite = suite_create("rulebook, policy, eligibility");
	TCase *tests = tcase_create("rules");

	tcase_add_test(tests, every_parameter_has_a_row_and_a_key_of_its_own);
	tcase_add_test(tests, a_decision_supplies_months_bars_days_and_overlaps_alone);
	tcase_add_test(tests, absent_is_the_parents_and_open_stops_inheritance);
	tcase_add_test(tests, a_child_that_fixes_months_is_not_overruled_by_a_parents_one_go_row);
	tcase_add_test(tests, own_situations_and_measures_come_first);
	tcase_add_test(tests, classes_are_managed_from_their_day);
	tcase_add_test(tests, a_visit_is_what_its_type_and_flag_say);
	tcase_add_test(tests, eligibility_in_every_case);
	suite_add_tcase(suite, tests);
	return suite;
}
