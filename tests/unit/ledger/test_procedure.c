/*
 * The procedure's decisions where no table reaches: nobody is known, a version of the rules is
 * missing, the standing is full; and what a fold refuses as a damaged book.
 */
#include "suites.h"

#include <stdio.h>
#include <string.h>

#include "daemon/ledger/decide_repair.h"

static struct standing standing;
static struct rulebook rulebook;
static struct decision decision;
static struct facts facts;
static struct case_facts cases;

static struct code
code(const char *text)
{
	struct code made;

	ck_assert(code_set(text, strlen(text), &made));
	return made;
}

static struct day
at(const char *text)
{
	struct day day;

	ck_assert(day_parse(text, strlen(text), &day));
	return day;
}

static void
apply(struct event event)
{
	event.practitioner = standing.practitioner;
	ck_assert(standing_apply(&standing, &event, standing.sequence + 1));
}

static void
value(enum param_name name, int32_t number)
{
	rulebook.params[name].state = PARAM_VALUE;
	rulebook.params[name].min = number;
	rulebook.params[name].max = number;
}

/* P1 with nine points and a suspension of three months, and rules that say everything. */
static void
begin(void)
{
	const struct code practitioner = code("P1");

	standing_init(&standing, &practitioner);
	memset(&rulebook, 0, sizeof(rulebook));
	memset(&facts, 0, sizeof(facts));
	memset(&cases, 0, sizeof(cases));
	apply((struct event){.kind = EVENT_PRACTITIONER_ADDED,
			     .practitioner_added.category = CATEGORY_MEDICAL});
	struct event points = {.kind = EVENT_POINTS_RECORDED};
	points.points.entry = code("E1");
	points.points.institution = code("H1");
	points.points.situation = code("other");
	points.points.points = 9;
	points.points.scored_on = at("2025-06-02");
	apply(points);
	struct event sanction = {.kind = EVENT_SANCTION_SET};
	sanction.sanction.sanction = code("S1");
	sanction.sanction.kind = STATUS_SUSPENDED;
	sanction.sanction.path = PATH_SINGLE;
	sanction.sanction.from = at("2025-06-02");
	sanction.sanction.until = at("2025-09-02");
	sanction.sanction.bar_until = DAY_NONE;
	sanction.sanction.basis = 1;
	sanction.sanction.superseded_by = NUMBER_NONE;
	apply(sanction);
	value(PARAM_SUSPENSION_THRESHOLD, 9);
	value(PARAM_REPAIR_POINTS_EACH, 1);
	value(PARAM_REPAIR_POINTS_MAX, 100);
	value(PARAM_OBJECTION_DAYS, 10);
	facts.today = at("2025-07-01");
	facts.practitioner = &standing.practitioner;
	facts.standing = &standing;
	facts.rulebook = &rulebook;
	facts.rulebook_missing = VERDICT_RULEBOOK_UNKNOWN;
	facts.rulebook_earliest = DAY_NONE;
}

static struct event_objection
objection(void)
{
	return (struct event_objection){.id = code("O1"),
					.entry = code("E1"),
					.by = code("P1"),
					.received_on = at("2025-06-10")};
}

static struct event_notice
notice(void)
{
	return (struct event_notice){
	    .id = code("N1"), .entry = code("E1"), .to = code("P1"), .served_on = at("2025-06-10")};
}

static struct event_repair_requested
request(void)
{
	return (struct event_repair_requested){
	    .id = code("R1"), .activity = code("training"), .on = at("2025-06-10")};
}

START_TEST(nobody_is_told_so_by_every_command)
{
	const struct event_notice served = notice();
	const struct event_objection filed = objection();
	const struct event_repair_requested asked = request();
	const struct command_stay stay = {.stayed.id = code("Y1"), .sanction = code("S1")};

	begin();
	facts.standing = NULL;
	ck_assert_int_eq(decide_notice(&served, &facts, &cases, &decision),
			 VERDICT_PRACTITIONER_UNKNOWN);
	ck_assert_int_eq(decide_objection(&filed, &facts, &cases, &decision),
			 VERDICT_PRACTITIONER_UNKNOWN);
	ck_assert_int_eq(decide_repair_request(&asked, &facts, &cases, &decision),
			 VERDICT_PRACTITIONER_UNKNOWN);
	ck_assert_int_eq(decide_stay(&stay, &facts, &cases, &decision), VERDICT_SANCTION_UNKNOWN);
}
END_TEST

START_TEST(a_version_that_is_missing_is_named_before_anything_is_decided)
{
	const struct event_notice served = notice();
	const struct event_objection filed = objection();
	const struct event_repair_requested asked = request();

	begin();
	facts.rulebook = NULL;
	ck_assert_int_eq(decide_notice(&served, &facts, &cases, &decision),
			 VERDICT_RULEBOOK_UNKNOWN);
	ck_assert_int_eq(decide_objection(&filed, &facts, &cases, &decision),
			 VERDICT_RULEBOOK_UNKNOWN);
	ck_assert_int_eq(decide_repair_request(&asked, &facts, &cases, &decision),
			 VERDICT_RULEBOOK_UNKNOWN);
	ck_assert_uint_eq(decision.events_count, 0);
}
END_TEST

START_TEST(a_limit_that_no_text_sets_is_named)
{
	const struct event_repair_requested asked = request();

	begin();
	rulebook.params[PARAM_REPAIR_POINTS_MAX].state = PARAM_OPEN;
	ck_assert_int_eq(decide_repair_request(&asked, &facts, &cases, &decision),
			 VERDICT_RULE_NOT_SET);
	ck_assert_str_eq(decision.detail.parameter, "repair.points-max");
	begin();
	rulebook.params[PARAM_REPAIR_POINTS_YEAR].state = PARAM_OPEN;
	ck_assert_int_eq(decide_repair_request(&asked, &facts, &cases, &decision),
			 VERDICT_RULE_NOT_SET);
	ck_assert_str_eq(decision.detail.parameter, "repair.points-year");
	ck_assert_int_eq(decide_repair_request(&asked, &facts, &cases, &decision),
			 VERDICT_RULE_NOT_SET);
}
END_TEST

/* A request on record, as the writer finds it. */
static struct case_file
requested(void)
{
	return (struct case_file){
	    .id = code("R1"),
	    .kind = CASE_REPAIR,
	    .state = CASE_REQUESTED,
	    .practitioner = code("P1"),
	    .activity = code("training"),
	    .opened_on = at("2025-06-10"),
	    .step_on = at("2025-06-10"),
	    .due_on = DAY_NONE,
	    .closed_on = DAY_NONE,
	};
}

static void
repair(unsigned number)
{
	struct event event = {.kind = EVENT_REPAIRED};
	char id[16];

	(void)snprintf(id, sizeof(id), "X%u", number);
	event.repaired.id = code(id);
	event.repaired.on = at("2025-06-10");
	event.repaired.points = 1;
	event.repaired.year = 2024; /* of another year: nothing is left of the total otherwise */
	event.repaired.basis = REPAIR_FROM_CAPPED;
	apply(event);
}

START_TEST(a_standing_full_of_repairs_takes_no_more)
{
	const struct case_file file = requested();
	const struct command_repair command = {
	    .id = code("R1"), .on = at("2025-06-12"), .until = DAY_NONE};
	struct event one_more = {.kind = EVENT_REPAIRED, .practitioner = code("P1")};

	begin();
	cases.file = &file;
	for (unsigned i = 0; i < STANDING_REPAIRS_MAX; i++)
		repair(i);
	ck_assert_int_eq(decide_repair_approve(&command, &facts, &cases, &decision),
			 VERDICT_STANDING_FULL);
	one_more.repaired.points = 1;
	ck_assert(!standing_apply(&standing, &one_more, 99));
	one_more.repaired.points = 0; /* a shorter period alone needs no room */
	ck_assert(standing_apply(&standing, &one_more, 99));
}
END_TEST

START_TEST(shortening_without_a_day_or_without_a_rule_is_refused)
{
	const struct case_file file = requested();
	struct command_repair command = {
	    .id = code("R1"), .on = at("2025-06-12"), .sanction = code("S1"), .until = DAY_NONE};

	begin();
	cases.file = &file;
	value(PARAM_REPAIR_SHORTENS, 1);
	ck_assert_int_eq(decide_repair_approve(&command, &facts, &cases, &decision),
			 VERDICT_SHORTENING_NOT_ALLOWED);
	command.until = at("2025-07-01");
	ck_assert_int_eq(decide_repair_approve(&command, &facts, &cases, &decision),
			 VERDICT_ACCEPTED);
	value(PARAM_REPAIR_SHORTENS, 0);
	ck_assert_int_eq(decide_repair_approve(&command, &facts, &cases, &decision),
			 VERDICT_SHORTENING_NOT_ALLOWED);
	rulebook.params[PARAM_REPAIR_SHORTENS].state = PARAM_ABSENT;
	ck_assert_int_eq(decide_repair_approve(&command, &facts, &cases, &decision),
			 VERDICT_SHORTENING_NOT_ALLOWED);
}
END_TEST

static void
stay(unsigned number, uint8_t sanction, bool over)
{
	struct event event = {.kind = EVENT_SANCTION_STAYED};
	char id[16];

	(void)snprintf(id, sizeof(id), "Y%u", number);
	event.stayed.id = code(id);
	event.stayed.sanction = sanction;
	event.stayed.on = at("2025-06-10");
	apply(event);
	if (!over)
		return;
	struct event resumed = {.kind = EVENT_SANCTION_RESUMED};
	resumed.resumed.id = code(id);
	resumed.resumed.on = at("2025-06-11");
	resumed.resumed.until = DAY_NONE;
	apply(resumed);
}

START_TEST(a_standing_full_of_stays_takes_no_more)
{
	const struct event_objection filed = objection();
	const struct command_stay command = {.stayed = {.id = code("Y99"), .on = at("2025-06-12")},
					     .sanction = code("S1")};
	const struct code ids[1] = {code("Y98")};

	begin();
	for (unsigned i = 0; i < STANDING_STAYS_MAX; i++)
		stay(i, 0, true);
	ck_assert_int_eq(decide_stay(&command, &facts, &cases, &decision), VERDICT_STANDING_FULL);
	value(PARAM_OBJECTION_STAYS, 1);
	cases.stay_ids = ids;
	cases.stay_ids_count = 1;
	ck_assert_int_eq(decide_objection(&filed, &facts, &cases, &decision),
			 VERDICT_STANDING_FULL);
	begin();
	value(PARAM_OBJECTION_STAYS, 1); /* and no id left for its stay */
	ck_assert_int_eq(decide_objection(&filed, &facts, &cases, &decision),
			 VERDICT_STANDING_FULL);
	ck_assert_uint_eq(decision.events_count, 0);
}
END_TEST

static const struct damaged {
	enum event_kind kind;
	uint8_t sanction;
	const char *id;
} damaged_rows[] = {
    {EVENT_SANCTION_STAYED, 7, "Y1"},
    {EVENT_SANCTION_RESUMED, 0, "Y2"},
    {EVENT_SANCTION_SHORTENED, 7, "R1"},
    {EVENT_SANCTION_LIFTED, 7, "S1"},
};

START_TEST(an_event_that_cannot_follow_is_a_damaged_book)
{
	const struct damaged *row = &damaged_rows[_i];
	struct event event = {.kind = row->kind, .practitioner = code("P1")};

	begin();
	stay(1, 0, false);
	if (row->kind == EVENT_SANCTION_STAYED)
		event.stayed =
		    (struct event_stayed){.id = code(row->id), .sanction = row->sanction};
	else if (row->kind == EVENT_SANCTION_RESUMED)
		event.resumed = (struct event_resumed){.id = code(row->id), .until = DAY_NONE};
	else if (row->kind == EVENT_SANCTION_SHORTENED)
		event.shortened.sanction = row->sanction;
	else
		event.lifted = (struct event_lifted){row->sanction, FALL_ANNULLED, {20250}};
	ck_assert(!standing_apply(&standing, &event, 99));
}
END_TEST

START_TEST(what_repair_ended_is_lifted_once_by_repair_and_then_by_its_entry)
{
	struct event event = {.kind = EVENT_SANCTION_LIFTED, .practitioner = code("P1")};

	begin();
	event.lifted = (struct event_lifted){0, FALL_REPAIRED, at("2025-07-01")};
	ck_assert(standing_apply(&standing, &event, 98));
	ck_assert(
	    day_equal(standing_sanction_end(&standing, &standing.sanctions[0]), at("2025-07-01")));
	ck_assert(!standing_apply(&standing, &event, 98));
	event.lifted.why = FALL_ANNULLED;
	ck_assert(standing_apply(&standing, &event, 99));
	ck_assert(
	    day_equal(standing_sanction_end(&standing, &standing.sanctions[0]), at("2025-06-02")));
	ck_assert(!standing_apply(&standing, &event, 99));
}
END_TEST

START_TEST(a_term_that_no_rule_sets_is_none)
{
	const struct event_notice served = notice();

	begin();
	rulebook.params[PARAM_OBJECTION_DAYS].state = PARAM_ABSENT;
	ck_assert_int_eq(decide_notice(&served, &facts, &cases, &decision), VERDICT_ACCEPTED);
	ck_assert(day_is_none(decision.events[0].notice.due_on));
	ck_assert_uint_eq(decision.warnings_count, 1);
	ck_assert_int_eq(decision.warnings[0], WARNING_NO_DEADLINE);
}
END_TEST

Suite *
suite_procedure(void)
{
	Suite *suite = suite_create("procedure");
	TCase *tests = tcase_create("procedure");

	tcase_add_test(tests, nobody_is_told_so_by_every_command);
	tcase_add_test(tests, a_version_that_is_missing_is_named_before_anything_is_decided);
	tcase_add_test(tests, a_limit_that_no_text_sets_is_named);
	tcase_add_test(tests, a_standing_full_of_repairs_takes_no_more);
	tcase_add_test(tests, shortening_without_a_day_or_without_a_rule_is_refused);
	tcase_add_test(tests, a_standing_full_of_stays_takes_no_more);
	tcase_add_loop_test(tests, an_event_that_cannot_follow_is_a_damaged_book, 0,
			    sizeof(damaged_rows) / sizeof(damaged_rows[0]));
	tcase_add_test(tests, what_repair_ended_is_lifted_once_by_repair_and_then_by_its_entry);
	tcase_add_test(tests, a_term_that_no_rule_sets_is_none);
	suite_add_tcase(suite, tests);
	return suite;
}
