/*
 * Two persons: who is another, how long a proposal waits, what takes two, and what becomes of a
 * decision that is proposed, approved, or written by one alone.
 */
#include "suites.h"

#include <string.h>

#include "daemon/ledger/decide_proposal.h"

static struct decision decision;

static struct code
code(const char *text)
{
	struct code made = {0};

	ck_assert(text[0] == '\0' || code_set(text, strlen(text), &made));
	return made;
}

static struct person_behind
person(const char *principal, const char *on_behalf_of)
{
	return (struct person_behind){code(principal), code(on_behalf_of)};
}

static const struct pair {
	const char *principal[2];
	const char *named[2];
	bool same;
} pairs[] = {
    {{"a", "b"}, {"", ""}, false},    {{"a", "a"}, {"", ""}, true},
    {{"a", "a"}, {"W1", "W2"}, true}, {{"a", "b"}, {"W1", "W2"}, false},
    {{"a", "b"}, {"W1", "W1"}, true}, {{"a", "b"}, {"W1", ""}, false},
    {{"a", "b"}, {"b", ""}, true}, /* a portal that names who then comes himself */
    {{"a", "b"}, {"", "a"}, true},
};

START_TEST(another_principal_and_another_human_are_both_needed)
{
	const struct pair *pair = &pairs[_i];
	struct person_behind a = person(pair->principal[0], pair->named[0]);
	struct person_behind b = person(pair->principal[1], pair->named[1]);

	ck_assert(person_is_same(&a, &b) == pair->same);
	ck_assert(person_is_same(&b, &a) == pair->same);
}
END_TEST

START_TEST(a_proposal_waits_as_the_rule_says_and_thirty_days_without_one)
{
	static struct rulebook rulebook;
	const struct day on = {20000};

	ck_assert_int_eq(proposal_expires(NULL, on).number, 20030);
	ck_assert_int_eq(proposal_expires(&rulebook, on).number, 20030);
	rulebook.params[PARAM_PROPOSAL_EXPIRES].state = PARAM_VALUE;
	rulebook.params[PARAM_PROPOSAL_EXPIRES].min = 5;
	rulebook.params[PARAM_PROPOSAL_EXPIRES].max = 5;
	ck_assert_int_eq(proposal_expires(&rulebook, on).number, 20005);
}
END_TEST

static const struct weight {
	enum event_kind kind;
	int32_t points;
	bool two;
} weights[] = {
    {EVENT_POINTS_RECORDED, 6, false},
    {EVENT_POINTS_RECORDED, 7, true},
    {EVENT_POINTS_FELL, 0, true},
    {EVENT_PENALTY_OVERTURNED, 0, true},
    {EVENT_REPAIRED, 0, true},
    {EVENT_RULES_LOADED, 0, true},
    {EVENT_MERGED, 0, true},
    {EVENT_UNMERGED, 0, true},
    {EVENT_REPAIR_REQUESTED, 0, false},
    {EVENT_NOTICE_SERVED, 0, false},
    {EVENT_OBJECTION_FILED, 0, false},
    {EVENT_SANCTION_STAYED, 0, false},
    {EVENT_PENALTY_RECORDED, 0, false},
};

START_TEST(what_weighs_takes_two_and_is_refused_to_one)
{
	const struct weight *weight = &weights[_i];

	decision_init(&decision);
	decision.verdict = VERDICT_ACCEPTED;
	struct event *event = decision_event(&decision, weight->kind, NULL);
	if (weight->kind == EVENT_POINTS_RECORDED)
		event->points.points = weight->points;
	ck_assert(decision_takes_two(&decision) == weight->two);
	ck_assert_int_eq(decide_second_person(&decision),
			 weight->two ? VERDICT_NEEDS_SECOND_PERSON : VERDICT_ACCEPTED);
	ck_assert_uint_eq(decision.events_count, weight->two ? 0 : 1);
}
END_TEST

START_TEST(proposed_it_leaves_one_event_and_approved_one_more)
{
	const struct code person = code("D1");
	const struct event_proposed proposed = {.id = code("Q1")};
	const struct event_step step = {.id = code("Q1"), .on = {20001}};

	decision_init(&decision);
	decision.verdict = VERDICT_ACCEPTED;
	decision_event(&decision, EVENT_POINTS_RECORDED, &person);
	decide_proposal_done(&step, &person, &decision);
	ck_assert_uint_eq(decision.events_count, 2);
	ck_assert_int_eq(decision.events[0].kind, EVENT_POINTS_RECORDED);
	ck_assert_int_eq(decision.events[1].kind, EVENT_PROPOSAL_APPROVED);
	ck_assert_int_eq(decide_proposal_made(&proposed, &person, &decision), VERDICT_ACCEPTED);
	ck_assert_uint_eq(decision.events_count, 1);
	ck_assert_int_eq(decision.events[0].kind, EVENT_PROPOSED);
	ck_assert(code_equal(&decision.events[0].practitioner, &person));
}
END_TEST

START_TEST(an_id_that_names_another_case_is_no_proposal)
{
	const struct case_file repair = {
	    .id = code("R1"), .kind = CASE_REPAIR, .state = CASE_REQUESTED, .closed_on = DAY_NONE};
	const struct person_behind a = person("a", ""), b = person("b", "");
	const struct event_step step = {.id = code("R1"), .on = {20001}};

	decision_init(&decision);
	ck_assert_int_eq(decide_proposal_approve(&repair.id, &repair, &a, &b, step.on, &decision),
			 VERDICT_PROPOSAL_UNKNOWN);
	ck_assert_int_eq(decide_proposal_deny(&step, &repair, step.on, &decision),
			 VERDICT_PROPOSAL_UNKNOWN);
	decision_init(&decision);
	ck_assert_int_eq(decide_proposal_begin(&repair, NULL, &decision), VERDICT_ALREADY_EXISTS);
	ck_assert_str_eq(decision.detail.field, "kind");
}
END_TEST

Suite *
suite_proposal(void)
{
	Suite *suite = suite_create("proposal");
	TCase *tests = tcase_create("proposal");

	tcase_add_loop_test(tests, another_principal_and_another_human_are_both_needed, 0,
			    sizeof(pairs) / sizeof(pairs[0]));
	tcase_add_test(tests, a_proposal_waits_as_the_rule_says_and_thirty_days_without_one);
	tcase_add_loop_test(tests, what_weighs_takes_two_and_is_refused_to_one, 0,
			    sizeof(weights) / sizeof(weights[0]));
	tcase_add_test(tests, proposed_it_leaves_one_event_and_approved_one_more);
	tcase_add_test(tests, an_id_that_names_another_case_is_no_proposal);
	suite_add_tcase(suite, tests);
	return suite;
}
