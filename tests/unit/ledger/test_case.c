/*
 * Folding the events of a case.
 */
#include "suites.h"

#include <string.h>

#include "daemon/ledger/case.h"

static struct code
code(const char *text)
{
	struct code made;

	ck_assert(code_set(text, strlen(text), &made));
	return made;
}

static struct event
filed(const char *id)
{
	struct event event = {.kind = EVENT_OBJECTION_FILED, .practitioner = code("D1")};

	event.objection.id = code(id);
	event.objection.entry = code("E1");
	event.objection.by = code("H1");
	event.objection.received_on = (struct day){20200};
	event.objection.due_on = (struct day){20210};
	return event;
}

static struct event
explained(const char *id)
{
	struct event event = {.kind = EVENT_OBJECTION_EXPLAINED, .practitioner = code("D1")};

	event.step.id = code(id);
	event.step.on = (struct day){20205};
	return event;
}

static struct event
reviewed(const char *id, enum review outcome)
{
	struct event event = {.kind = EVENT_OBJECTION_REVIEWED, .practitioner = code("D1")};

	event.reviewed.id = code(id);
	event.reviewed.outcome = outcome;
	event.reviewed.on = (struct day){20220};
	return event;
}

START_TEST(an_objection_goes_from_filed_to_its_review)
{
	struct case_file file = {.id = code("O1")};
	struct event event = filed("O1");

	ck_assert(case_apply(&file, &event, 7));
	ck_assert_int_eq(file.kind, CASE_OBJECTION);
	ck_assert_int_eq(file.state, CASE_FILED);
	ck_assert(case_is_open(&file));
	ck_assert_int_eq(file.due_on.number, 20210);
	event = explained("O1");
	ck_assert(case_apply(&file, &event, 9));
	ck_assert_int_eq(file.state, CASE_EXPLAINED);
	ck_assert(case_is_open(&file));
	event = reviewed("O1", REVIEW_UPHELD);
	ck_assert(case_apply(&file, &event, 11));
	ck_assert_int_eq(file.state, CASE_UPHELD);
	ck_assert(!case_is_open(&file));
	ck_assert_int_eq(file.closed_on.number, 20220);
	ck_assert_uint_eq(file.sequence, 7);
	ck_assert_uint_eq(file.last_sequence, 11);
}
END_TEST

START_TEST(events_of_other_cases_change_nothing)
{
	struct case_file file = {.id = code("O1")};
	struct case_file before = file;
	struct event event = filed("O2");

	ck_assert(case_apply(&file, &event, 7));
	event = (struct event){.kind = EVENT_POINTS_FELL};
	ck_assert(case_apply(&file, &event, 8));
	ck_assert_mem_eq(&file, &before, sizeof(file));
}
END_TEST

START_TEST(a_step_out_of_order_is_a_damaged_book)
{
	struct case_file file = {.id = code("O1")};
	struct event event = explained("O1");

	ck_assert(!case_apply(&file, &event, 7));
	event = filed("O1");
	ck_assert(case_apply(&file, &event, 7));
	ck_assert(!case_apply(&file, &event, 8)); /* an id names one case */
	event = (struct event){.kind = EVENT_REPAIR_DENIED};
	event.step.id = code("O1");
	ck_assert(!case_apply(&file, &event, 9)); /* it is no repair */
	event = reviewed("O1", REVIEW_WITHDRAWN);
	ck_assert(case_apply(&file, &event, 9));
	event = reviewed("O1", REVIEW_CHANGED);
	ck_assert(!case_apply(&file, &event, 10)); /* closed */
}
END_TEST

/* Each kind of case: its opening, the step that closes it, and the state it is in then. */
static const struct life {
	enum event_kind opens;
	enum event_kind closes; /* 0: nothing does */
	enum case_kind kind;
	enum case_state open;
	enum case_state closed;
} lives[] = {
    {EVENT_NOTICE_SERVED, 0, CASE_NOTICE, CASE_SERVED, 0},
    {EVENT_SANCTION_STAYED, EVENT_SANCTION_RESUMED, CASE_STAY, CASE_RUNNING, CASE_ENDED},
    {EVENT_REPAIR_REQUESTED, EVENT_REPAIRED, CASE_REPAIR, CASE_REQUESTED, CASE_APPROVED},
    {EVENT_REPAIR_REQUESTED, EVENT_REPAIR_DENIED, CASE_REPAIR, CASE_REQUESTED, CASE_DENIED},
    {EVENT_PROPOSED, EVENT_PROPOSAL_APPROVED, CASE_PROPOSAL, CASE_PROPOSED, CASE_APPROVED},
    {EVENT_PROPOSED, EVENT_PROPOSAL_DENIED, CASE_PROPOSAL, CASE_PROPOSED, CASE_DENIED},
    {EVENT_REFERRAL_SENT, EVENT_REFERRAL_RECEIVED, CASE_REFERRAL, CASE_SENT, CASE_RECEIVED},
};

/* Every event's id stands first in it; where exactly is case.c's table. */
static struct event
event_of(enum event_kind kind, const char *id)
{
	struct event event = {.kind = kind, .practitioner = code("D1")};

	event.step.id = code(id);
	ck_assert(code_equal(case_id_of(&event), &event.step.id));
	return event;
}

START_TEST(each_case_opens_once_and_closes_once)
{
	const struct life *life = &lives[_i];
	struct case_file file = {.id = code("X1")};
	struct event opens = event_of(life->opens, "X1");

	ck_assert(case_apply(&file, &opens, 5));
	ck_assert_int_eq(file.kind, life->kind);
	ck_assert_int_eq(file.state, life->open);
	ck_assert(case_is_open(&file) == (life->closes != 0));
	ck_assert(!case_apply(&file, &opens, 6));
	ck_assert(strlen(case_state_name(file.state)) > 0);
	if (life->closes == 0)
		return;
	struct event closes = event_of(life->closes, "X1");
	ck_assert(case_apply(&file, &closes, 7));
	ck_assert_int_eq(file.state, life->closed);
	ck_assert(!case_is_open(&file));
	ck_assert(!case_apply(&file, &closes, 8));
	/* And nothing closes what is of another kind. */
	struct case_file other = {.id = code("X1")};
	struct event objected = filed("X1");
	ck_assert(case_apply(&other, &objected, 5));
	ck_assert(!case_apply(&other, &closes, 6));
}
END_TEST

START_TEST(an_outcome_that_is_none_is_a_damaged_book)
{
	struct case_file file = {.id = code("O1")};
	struct event event = filed("O1");

	ck_assert(case_apply(&file, &event, 5));
	event = reviewed("O1", (enum review)0);
	ck_assert(!case_apply(&file, &event, 6));
	event = reviewed("O1", (enum review)9);
	ck_assert(!case_apply(&file, &event, 6));
}
END_TEST

START_TEST(every_kind_of_case_has_its_own_letter_and_name)
{
	for (unsigned kind = CASE_NOTICE; kind <= CASE_REFERRAL; kind++) {
		const char *name = case_kind_name((enum case_kind)kind);
		ck_assert_uint_eq(case_kind_parse(name, strlen(name)), kind);
		for (unsigned other = CASE_NOTICE; other < kind; other++)
			ck_assert_int_ne(case_letter((enum case_kind)kind),
					 case_letter((enum case_kind)other));
	}
	ck_assert_uint_eq(case_kind_parse("verdict", 7), 0);
}
END_TEST

Suite *
suite_case(void)
{
	Suite *suite = suite_create("case");
	TCase *tests = tcase_create("case");

	tcase_add_test(tests, an_objection_goes_from_filed_to_its_review);
	tcase_add_test(tests, events_of_other_cases_change_nothing);
	tcase_add_test(tests, a_step_out_of_order_is_a_damaged_book);
	tcase_add_loop_test(tests, each_case_opens_once_and_closes_once, 0,
			    sizeof(lives) / sizeof(lives[0]));
	tcase_add_test(tests, an_outcome_that_is_none_is_a_damaged_book);
	tcase_add_test(tests, every_kind_of_case_has_its_own_letter_and_name);
	suite_add_tcase(suite, tests);
	return suite;
}
