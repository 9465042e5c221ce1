#include "suites.h"

#include <string.h>

#include "scenario.h"

static struct scenario s;

static void
setup(void)
{
	scenario_init(&s);
}

#define ACCEPTED(expression)	     ck_assert_int_eq((int)(expression), (int)VERDICT_ACCEPTED)
#define REFUSED(expression, verdict) ck_assert_int_eq((int)(expression), (int)(verdict))

START_TEST(ten_and_then_four_is_accumulated_and_never_in_one_go)
{
	ACCEPTED(score(&s, "E1", 10, "2025-05-20", "months=3 from=2025-05-20"));
	ck_assert_str_eq(status_on(&s, "2025-05-19"), "normal");
	ck_assert_str_eq(status_on(&s, "2025-05-20"), "suspended until 2025-08-20");
	ck_assert_str_eq(status_on(&s, "2025-08-20"), "normal");

	ACCEPTED(score(&s, "E2", 4, "2025-09-10", "from=2025-09-10"));
	ck_assert_int_eq((int)s.standing.sanctions[1].path, PATH_ACCUMULATED);
	ck_assert_str_eq(status_on(&s, "2025-09-10"), "terminated bar 2026-09-10");
	ck_assert_uint_eq(s.standing.sanctions[1].basis, 3);
}
END_TEST

START_TEST(twelve_in_one_go_rests_on_that_entry_alone)
{
	ACCEPTED(score(&s, "E1", 5, "2025-02-01", ""));
	ACCEPTED(score(&s, "E2", 12, "2025-07-01", "from=2025-07-01"));
	ck_assert_int_eq((int)s.standing.sanctions[0].path, PATH_SINGLE);
	ck_assert_uint_eq(s.standing.sanctions[0].basis, 2);
	ck_assert_str_eq(status_on(&s, "2025-07-01"), "terminated bar 2028-07-01");
}
END_TEST

START_TEST(eight_brings_nothing_and_nine_suspends)
{
	ACCEPTED(score(&s, "E1", 8, "2025-02-01", ""));
	ck_assert_str_eq(status_on(&s, "2025-02-01"), "normal");
	ACCEPTED(score(&s, "E2", 1, "2025-03-01", "months=1 from=2025-03-31"));
	ck_assert_str_eq(status_on(&s, "2025-03-31"), "suspended until 2025-04-30");
}
END_TEST

START_TEST(what_is_missing_is_asked_for_all_at_once)
{
	struct command_points command = points_of(&s, "E1", 9, "2025-03-01", "");

	command.reason_given = false;
	REFUSED(scenario_take(&s, decide_points_record(&command, &s.facts, &s.decision)),
		VERDICT_NEEDS_CHOICE);
	ck_assert_uint_eq(s.decision.needs_count, 3);
	ck_assert_str_eq(s.decision.needs[0].parameter, "months");
	ck_assert_int_eq(s.decision.needs[0].min, 1);
	ck_assert_int_eq(s.decision.needs[0].max, 6);
	ck_assert_int_eq(s.decision.needs[0].total, 9);
	ck_assert_str_eq(s.decision.needs[1].parameter, "from");
	ck_assert_int_eq(s.decision.needs[1].min, at("2025-03-01").number);
	ck_assert_str_eq(s.decision.needs[2].parameter, "reason");

	/* Supplied, but without a reason. */
	command.choice = chosen("months=2 from=2025-03-01");
	REFUSED(scenario_take(&s, decide_points_record(&command, &s.facts, &s.decision)),
		VERDICT_NEEDS_CHOICE);
	ck_assert_uint_eq(s.decision.needs_count, 1);
}
END_TEST

START_TEST(a_value_outside_the_rules_is_refused_by_name)
{
	static const struct {
		int points;
		const char *choice;
		enum verdict verdict;
		const char *parameter;
	} rows[] = {
	    {9, "months=7 from=2025-03-01", VERDICT_PERIOD_NOT_ALLOWED, "months"},
	    {9, "months=0 from=2025-03-01", VERDICT_PERIOD_NOT_ALLOWED, "months"},
	    {9, "months=1 from=2025-02-28", VERDICT_PERIOD_NOT_ALLOWED, "from"},
	    {9, "months=1 from=2025-03-01 bar=1", VERDICT_PERIOD_NOT_APPLICABLE, "bar_years"},
	    {9, "months=1 from=2025-03-01 overlap=add", VERDICT_PERIOD_NOT_APPLICABLE, "overlap"},
	    {9, "months=1 from=2025-03-01 credit=1", VERDICT_PERIOD_NOT_APPLICABLE, "credit"},
	    {12, "from=2025-03-01 bar=1", VERDICT_PERIOD_NOT_ALLOWED, "bar_years"},
	    {12, "from=2025-02-01", VERDICT_PERIOD_NOT_ALLOWED, "from"},
	    {12, "from=2025-03-01 months=1", VERDICT_PERIOD_NOT_APPLICABLE, "months"},
	    {12, "from=2025-03-01 overlap=keep", VERDICT_PERIOD_NOT_APPLICABLE, "overlap"},
	    {12, "from=2025-03-01 credit=1", VERDICT_PERIOD_NOT_APPLICABLE, "credit"},
	    {8, "months=1", VERDICT_PERIOD_NOT_APPLICABLE, "months"},
	    {8, "bar=1", VERDICT_PERIOD_NOT_APPLICABLE, "bar_years"},
	    {8, "from=2025-03-01", VERDICT_PERIOD_NOT_APPLICABLE, "from"},
	    {8, "overlap=add", VERDICT_PERIOD_NOT_APPLICABLE, "overlap"},
	    {8, "credit=0", VERDICT_PERIOD_NOT_APPLICABLE, "credit"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		REFUSED(score(&s, "E1", rows[i].points, "2025-03-01", rows[i].choice),
			rows[i].verdict);
		ck_assert_str_eq(s.decision.detail.parameter, rows[i].parameter);
	}
	ck_assert_uint_eq(s.standing.entries_count, 0);
}
END_TEST

START_TEST(fixed_months_and_starts_may_be_repeated_but_not_changed)
{
	param_fix(&s.rulebook, PARAM_SUSPENSION_MONTHS_9, 2, 2);
	param_fix(&s.rulebook, PARAM_SUSPENSION_START, START_NEXT_MONTH, START_NEXT_MONTH);
	REFUSED(score(&s, "E1", 9, "2025-03-05", "months=3"), VERDICT_PERIOD_NOT_ALLOWED);
	ck_assert_int_eq(s.decision.detail.min, 2);
	REFUSED(score(&s, "E1", 9, "2025-03-05", "from=2025-03-05"), VERDICT_PERIOD_NOT_ALLOWED);
	ck_assert_int_eq(s.decision.detail.min, at("2025-04-01").number);
	ACCEPTED(score(&s, "E1", 9, "2025-03-05", "months=2 from=2025-04-01"));
	ck_assert_str_eq(status_on(&s, "2025-03-31"), "normal");
	ck_assert_str_eq(status_on(&s, "2025-04-01"), "suspended until 2025-06-01");
}
END_TEST

START_TEST(start_rules_count_from_the_scoring_day)
{
	param_fix(&s.rulebook, PARAM_SUSPENSION_MONTHS_9, 2, 2);
	param_fix(&s.rulebook, PARAM_SUSPENSION_START, START_SCORING_DAY, START_SCORING_DAY);
	ACCEPTED(score(&s, "E1", 9, "2025-03-05", ""));
	ck_assert_str_eq(status_on(&s, "2025-03-05"), "suspended until 2025-05-05");

	scenario_init(&s);
	param_fix(&s.rulebook, PARAM_TERMINATION_START, START_NEXT_DAY, START_NEXT_DAY);
	ACCEPTED(score(&s, "E1", 12, "2025-12-31", ""));
	ck_assert_str_eq(status_on(&s, "2025-12-31"), "normal");
	ck_assert_str_eq(status_on(&s, "2026-01-01"), "terminated bar 2029-01-01");
}
END_TEST

START_TEST(a_suspension_survives_new_year_and_the_points_do_not)
{
	ACCEPTED(score(&s, "E1", 9, "2025-12-30", "months=2 from=2026-01-10"));
	ck_assert_str_eq(status_on(&s, "2026-01-10"), "suspended until 2026-03-10");
	ck_assert_int_eq(standing_total(&s.standing, 2025, DAY_FOREVER).raw, 9);
	ck_assert_int_eq(standing_total(&s.standing, 2026, DAY_FOREVER).raw, 0);
	ck_assert_int_eq(standing_total(&s.standing, 2025, at("2025-12-29")).raw, 0);
	ACCEPTED(score(&s, "E2", 8, "2026-01-15", ""));
	ck_assert_uint_eq(s.standing.sanctions_count, 1);
}
END_TEST

static void
two_suspensions(const char *overlap)
{
	char choice[96] = "months=2 from=2025-04-01 ";

	strncat(choice, overlap, sizeof(choice) - strlen(choice) - 1);
	ACCEPTED(score(&s, "E1", 9, "2025-03-01", "months=3 from=2025-03-01"));
	REFUSED(score(&s, "E2", 1, "2025-04-01", "months=2 from=2025-04-01"), VERDICT_NEEDS_CHOICE);
	ck_assert_str_eq(s.decision.needs[0].parameter, "overlap");
	ACCEPTED(score(&s, "E2", 1, "2025-04-01", choice));
}

START_TEST(replace_ends_the_running_suspension_where_the_new_one_begins)
{
	two_suspensions("overlap=replace");
	ck_assert_str_eq(status_on(&s, "2025-03-31"), "suspended until 2025-06-01");
	ck_assert_str_eq(status_on(&s, "2025-06-01"), "normal");
	ck_assert_uint_eq(s.standing.sanctions[0].superseded_by, 1);
	ck_assert_int_eq(s.standing.sanctions[0].until.number, at("2025-06-01").number);
	ACCEPTED(annul(&s, "E2", ""));
	ck_assert_uint_eq(s.standing.sanctions[0].superseded_by, NUMBER_NONE);
	ck_assert_str_eq(status_on(&s, "2025-04-15"), "suspended until 2025-06-01");
}
END_TEST

START_TEST(replace_may_credit_time_served)
{
	two_suspensions("overlap=replace credit=31");
	ck_assert_str_eq(status_on(&s, "2025-03-31"), "suspended until 2025-05-01");
	ck_assert_int_eq(s.decision.events[1].sanction.credit_days, 31);
	REFUSED(
	    score(&s, "E3", 1, "2025-04-10", "months=1 from=2025-04-10 overlap=replace credit=31"),
	    VERDICT_PERIOD_NOT_ALLOWED);
	ck_assert_int_eq(s.decision.detail.max, 30);
}
END_TEST

START_TEST(extend_leaves_both_with_their_own_days)
{
	two_suspensions("overlap=extend");
	ck_assert_str_eq(status_on(&s, "2025-03-01"), "suspended until 2025-06-01");
	ck_assert_uint_eq(s.standing.sanctions[0].superseded_by, NUMBER_NONE);
	REFUSED(
	    score(&s, "E3", 1, "2025-04-10", "months=1 from=2025-04-10 overlap=extend credit=1"),
	    VERDICT_PERIOD_NOT_APPLICABLE);
}
END_TEST

START_TEST(add_begins_when_the_running_one_ends)
{
	two_suspensions("overlap=add");
	ck_assert_int_eq(s.standing.sanctions[1].from.number, at("2025-06-01").number);
	ck_assert_str_eq(status_on(&s, "2025-03-01"), "suspended until 2025-08-01");
}
END_TEST

START_TEST(keep_leaves_the_running_one_and_the_new_one_never_counts)
{
	two_suspensions("overlap=keep");
	ck_assert_uint_eq(s.standing.sanctions[1].superseded_by, 0);
	ck_assert_str_eq(status_on(&s, "2025-05-31"), "suspended until 2025-06-01");
	ck_assert_str_eq(status_on(&s, "2025-06-01"), "normal");
}
END_TEST

START_TEST(a_suspension_that_is_over_is_not_met)
{
	ACCEPTED(score(&s, "E1", 9, "2025-03-01", "months=1 from=2025-03-01"));
	ACCEPTED(score(&s, "E2", 1, "2025-04-01", "months=2 from=2025-04-01"));
	REFUSED(score(&s, "E3", 1, "2025-05-01", ""), VERDICT_NEEDS_CHOICE);
	/* Nothing is known of the days yet: what runs on may be met, and is asked for too. */
	ck_assert_uint_eq(s.decision.needs_count, 3);
	ck_assert_str_eq(s.decision.needs[2].parameter, "overlap");
}
END_TEST

START_TEST(termination_ends_a_running_suspension_without_asking)
{
	ACCEPTED(score(&s, "E1", 9, "2025-03-01", "months=3 from=2025-03-01"));
	ACCEPTED(score(&s, "E2", 3, "2025-04-01", "from=2025-04-10"));
	ck_assert_str_eq(status_on(&s, "2025-04-09"), "suspended until 2025-04-10");
	ck_assert_str_eq(status_on(&s, "2025-04-10"), "terminated bar 2026-04-10");
	ck_assert_uint_eq(s.standing.sanctions[0].superseded_by, 1);
}
END_TEST

START_TEST(points_of_a_terminated_person_are_kept_without_effect)
{
	ACCEPTED(score(&s, "E1", 12, "2025-03-01", "from=2025-03-01"));
	ACCEPTED(score(&s, "E2", 11, "2025-04-01", ""));
	ck_assert_int_eq((int)s.decision.warnings[0], WARNING_TERMINATED_NO_EFFECT);
	REFUSED(score(&s, "E3", 1, "2025-04-01", "months=1"), VERDICT_PERIOD_NOT_APPLICABLE);
	ck_assert_uint_eq(s.standing.sanctions_count, 1);
	ck_assert_int_eq(standing_total(&s.standing, 2025, DAY_FOREVER).raw, 23);
}
END_TEST

/* Found by the random histories: twelve was reached once, and its bar is over. */
START_TEST(a_late_entry_of_a_year_that_terminated_does_not_terminate_again)
{
	ACCEPTED(score(&s, "E1", 8, "2025-02-01", ""));
	ACCEPTED(score(&s, "E2", 4, "2025-03-01", "from=2025-03-01"));
	struct event_registration back = {s.institution.code, at("2026-03-01")};
	ACCEPTED(scenario_take(&s, decide_reregister(&back, &s.facts, &s.decision)));
	ACCEPTED(score(&s, "E3", 4, "2025-05-01", ""));
	ck_assert_str_eq(status_on(&s, "2026-03-01"), "normal");
	REFUSED(score(&s, "E4", 4, "2025-05-01", "from=2025-05-01"), VERDICT_PERIOD_NOT_APPLICABLE);
	/* By itself, it does. */
	ACCEPTED(score(&s, "E5", 12, "2025-06-01", "from=2025-06-01"));
	ck_assert_str_eq(status_on(&s, "2026-03-01"), "terminated bar 2028-06-01");
}
END_TEST

START_TEST(one_go_by_entry_or_by_penalty_is_refused_only_where_it_matters)
{
	struct command_points command = points_of(&s, "E1", 6, "2025-03-01", "");

	ACCEPTED(scenario_take(&s, decide_points_record(&command, &s.facts, &s.decision)));
	command.entry = named("E2");
	command.choice = chosen("from=2025-03-01");
	REFUSED(scenario_take(&s, decide_points_record(&command, &s.facts, &s.decision)),
		VERDICT_RULE_NOT_SET);
	ck_assert_str_eq(s.decision.detail.parameter, "single-by");

	/* Four more under the same penalty: both readings bring one to six months. */
	command.points = 4;
	command.choice = chosen("months=2 from=2025-03-01");
	ACCEPTED(scenario_take(&s, decide_points_record(&command, &s.facts, &s.decision)));
	ck_assert_int_eq((int)s.standing.sanctions[0].path, PATH_ACCUMULATED);

	/* A rulebook that says which it is. */
	scenario_init(&s);
	param_fix(&s.rulebook, PARAM_SINGLE_BY, SINGLE_BY_PENALTY, SINGLE_BY_PENALTY);
	command = points_of(&s, "E1", 6, "2025-03-01", "");
	ACCEPTED(scenario_take(&s, decide_points_record(&command, &s.facts, &s.decision)));
	command.entry = named("E2");
	command.choice = chosen("from=2025-03-01");
	ACCEPTED(scenario_take(&s, decide_points_record(&command, &s.facts, &s.decision)));
	ck_assert_int_eq((int)s.standing.sanctions[0].path, PATH_SINGLE);
	ck_assert_uint_eq(s.standing.sanctions[0].basis, 3);
}
END_TEST

START_TEST(liaoning_has_another_table_for_one_go)
{
	param_fix(&s.rulebook, PARAM_SUSPENSION_SINGLE_MONTHS_9, 3, 6);
	param_fix(&s.rulebook, PARAM_SUSPENSION_MONTHS_9, 1, 3);
	REFUSED(score(&s, "E1", 9, "2025-05-01", "months=2 from=2025-05-01"),
		VERDICT_PERIOD_NOT_ALLOWED);
	ACCEPTED(score(&s, "E1", 9, "2025-05-01", "months=6 from=2025-05-01"));

	scenario_init(&s);
	param_fix(&s.rulebook, PARAM_SUSPENSION_SINGLE_MONTHS_9, 3, 6);
	param_fix(&s.rulebook, PARAM_SUSPENSION_MONTHS_9, 1, 3);
	ACCEPTED(score(&s, "E1", 8, "2025-05-01", ""));
	REFUSED(score(&s, "E2", 1, "2025-05-02", "months=6 from=2025-05-02"),
		VERDICT_PERIOD_NOT_ALLOWED);
	ACCEPTED(score(&s, "E2", 1, "2025-05-02", "months=2 from=2025-05-02"));
}
END_TEST

START_TEST(a_capped_year_counts_twelve_and_keeps_what_was_scored)
{
	param_fix(&s.rulebook, PARAM_YEAR_CAP, 12, 12);
	ACCEPTED(score(&s, "E1", 11, "2025-05-01", "months=2 from=2025-05-01"));
	ACCEPTED(score(&s, "E2", 11, "2025-09-01", "from=2025-09-01"));
	ck_assert_int_eq(standing_total(&s.standing, 2025, DAY_FOREVER).raw, 22);
	ck_assert_int_eq(standing_total(&s.standing, 2025, DAY_FOREVER).capped, 12);
}
END_TEST

START_TEST(measures_fall_due_when_the_total_comes_into_their_range)
{
	s.rulebook.measures[0] = (struct measure){.from = 3, .to = 5, .action = named("talk")};
	s.rulebook.measures[1] = (struct measure){.from = 6, .to = 8, .action = named("study")};
	s.rulebook.measures_count = 2;
	ACCEPTED(score(&s, "E1", 2, "2025-02-01", ""));
	ck_assert_int_eq(s.standing.entries[0].measure_threshold, 0);
	ACCEPTED(score(&s, "E2", 1, "2025-02-02", ""));
	ck_assert_int_eq(s.standing.entries[1].measure_threshold, 3);
	ACCEPTED(score(&s, "E3", 1, "2025-02-03", ""));
	ck_assert_int_eq(s.standing.entries[2].measure_threshold, 0);
	ACCEPTED(score(&s, "E4", 3, "2025-02-04", ""));
	ck_assert_str_eq(s.standing.entries[3].measure_action.text, "study");
}
END_TEST

START_TEST(rules_that_are_not_set_are_refused_by_name)
{
	static const struct {
		enum param_name name;
		int points;
	} rows[] = {
	    {PARAM_SUSPENSION_THRESHOLD, 1},
	    {PARAM_TERMINATION_THRESHOLD, 1},
	    {PARAM_SUSPENSION_EXEMPTS, 9},
	    {PARAM_TERMINATION_EXEMPTS, 12},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		scenario_init(&s);
		param_open(&s.rulebook, rows[i].name);
		REFUSED(score(&s, "E1", rows[i].points, "2025-03-01", ""), VERDICT_RULE_NOT_SET);
		ck_assert_str_eq(s.decision.detail.parameter, param_row(rows[i].name)->key);
	}
	scenario_init(&s);
	memset(&s.rulebook.params[PARAM_SUSPENSION_MONTHS_9], 0, sizeof(struct param));
	REFUSED(score(&s, "E1", 9, "2025-03-01", ""), VERDICT_RULE_NOT_SET);
	scenario_init(&s);
	memset(&s.rulebook.params[PARAM_SUSPENSION_START], 0, sizeof(struct param));
	REFUSED(score(&s, "E1", 9, "2025-03-01", "months=1"), VERDICT_RULE_NOT_SET);
	scenario_init(&s);
	memset(&s.rulebook.params[PARAM_BAR_YEARS_SINGLE], 0, sizeof(struct param));
	REFUSED(score(&s, "E1", 12, "2025-03-01", ""), VERDICT_RULE_NOT_SET);
	scenario_init(&s);
	memset(&s.rulebook.params[PARAM_TERMINATION_START], 0, sizeof(struct param));
	REFUSED(score(&s, "E1", 12, "2025-03-01", ""), VERDICT_RULE_NOT_SET);
	scenario_init(&s);
	param_fix(&s.rulebook, PARAM_SUSPENSION_THRESHOLD, 7, 7);
	REFUSED(score(&s, "E1", 8, "2025-03-01", ""), VERDICT_RULE_NOT_SET);
	/* Open months take what a loader would take. */
	scenario_init(&s);
	param_open(&s.rulebook, PARAM_SUSPENSION_MONTHS_9);
	ACCEPTED(score(&s, "E1", 9, "2025-03-01", "months=60 from=2025-03-01"));
	scenario_init(&s);
	param_fix(&s.rulebook, PARAM_BAR_YEARS_SINGLE, 1, 3);
	REFUSED(score(&s, "E1", 12, "2025-03-01", ""), VERDICT_NEEDS_CHOICE);
	ACCEPTED(score(&s, "E1", 12, "2025-03-01", "bar=2 from=2025-03-01"));
}
END_TEST

START_TEST(points_need_a_decision_that_stands_and_lies_behind_us)
{
	struct command_points command = points_of(&s, "E1", 3, "2025-03-01", "");

	s.facts.standing = NULL;
	REFUSED(decide_points_record(&command, &s.facts, &s.decision),
		VERDICT_PRACTITIONER_UNKNOWN);
	ck_assert_str_eq(s.decision.detail.thing.text, "D350102000001");
	s.facts.standing = &s.standing;

	s.facts.penalty = NULL;
	REFUSED(decide_points_record(&command, &s.facts, &s.decision), VERDICT_PENALTY_UNKNOWN);
	command.penalty = (struct code){0};
	REFUSED(decide_points_record(&command, &s.facts, &s.decision), VERDICT_NEEDS_PENALTY);
	command.on = at("2025-03-01");
	REFUSED(decide_points_record(&command, &s.facts, &s.decision), VERDICT_NEEDS_PENALTY);
	command.situation = named("licence-lost");
	REFUSED(decide_points_record(&command, &s.facts, &s.decision), VERDICT_POINTS_OUTSIDE_BAND);
	ck_assert_int_eq(s.decision.detail.min, 10);
	command.points = 10;
	command.choice = chosen("months=6 from=2025-03-01");
	ACCEPTED(decide_points_record(&command, &s.facts, &s.decision));

	REFUSED(score(&s, "E1", 3, "2026-07-01", ""), VERDICT_DATE_IN_FUTURE);
	command = points_of(&s, "E1", 3, "2025-03-01", "");
	s.penalty.overturned = true;
	s.penalty.overturned_on = at("2025-04-01");
	REFUSED(decide_points_record(&command, &s.facts, &s.decision), VERDICT_PENALTY_OVERTURNED);
	s.penalty.overturned = false;
	s.facts.rulebook = NULL;
	s.facts.rulebook_earliest = at("2025-01-01");
	REFUSED(decide_points_record(&command, &s.facts, &s.decision),
		VERDICT_NO_RULEBOOK_IN_FORCE);
	ck_assert_int_eq(s.decision.detail.day.number, at("2025-01-01").number);
}
END_TEST

START_TEST(situations_classes_and_conduct_are_checked)
{
	struct command_points command = points_of(&s, "E1", 3, "2025-03-01", "");

	command.situation = named("repeat-in-year");
	REFUSED(decide_points_record(&command, &s.facts, &s.decision), VERDICT_RULE_NOT_SET);
	command.situation = named("nonsense");
	REFUSED(decide_points_record(&command, &s.facts, &s.decision), VERDICT_SITUATION_UNKNOWN);
	command.situation = named("other");
	command.conduct_to = at("2025-03-02");
	REFUSED(decide_points_record(&command, &s.facts, &s.decision),
		VERDICT_CONDUCT_AFTER_DECISION);
	command.conduct_to = at("2025-03-01");
	param_fix(&s.rulebook, PARAM_CONDUCT_NOT_BEFORE, at("2025-01-02").number,
		  at("2025-01-02").number);
	REFUSED(decide_points_record(&command, &s.facts, &s.decision), VERDICT_CONDUCT_TOO_EARLY);
	command.conduct_from = at("2025-01-02");
	ACCEPTED(decide_points_record(&command, &s.facts, &s.decision));

	s.institution.kind = INSTITUTION_PHARMACY;
	REFUSED(decide_points_record(&command, &s.facts, &s.decision), VERDICT_CLASS_NOT_MANAGED);
	s.facts.institution = NULL;
	ACCEPTED(decide_points_record(&command, &s.facts, &s.decision));
	s.standing.entries_count = STANDING_ENTRIES_MAX;
	for (size_t i = 0; i < STANDING_ENTRIES_MAX; i++) {
		s.standing.entries[i].id = named("X");
		s.standing.entries[i].scored_on = at("2025-01-01");
	}
	REFUSED(decide_points_record(&command, &s.facts, &s.decision), VERDICT_STANDING_FULL);
}
END_TEST

START_TEST(the_same_entry_again_changes_nothing_and_another_body_is_named)
{
	static const char *const fields[] = {"penalty",	  "points",  "level",
					     "situation", "conduct", "conduct"};

	ACCEPTED(score(&s, "E1", 3, "2025-03-01", ""));
	REFUSED(score(&s, "E1", 3, "2025-03-01", ""), VERDICT_UNCHANGED);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		struct command_points command = points_of(&s, "E1", 3, "2025-03-01", "");
		if (i == 0)
			command.penalty = named("P2");
		if (i == 1)
			command.points = 4;
		if (i == 2)
			command.level = LEVEL_GENERAL;
		if (i == 3)
			command.situation = named("licence-lost");
		if (i == 4)
			command.conduct_from = at("2024-01-01");
		if (i == 5)
			command.conduct_to = at("2025-01-02");
		REFUSED(decide_points_record(&command, &s.facts, &s.decision),
			VERDICT_ALREADY_EXISTS);
		ck_assert_str_eq(s.decision.detail.field, fields[i]);
	}
	s.facts.id_taken = true;
	REFUSED(score(&s, "E9", 3, "2025-03-01", ""), VERDICT_ALREADY_EXISTS);
	s.facts.id_taken = false;

	/* Without a penalty the day is the entry's own. */
	struct command_points command =
	    points_of(&s, "L1", 10, "2026-03-01", "months=1 from=2026-03-01");
	command.penalty = (struct code){0};
	command.situation = named("licence-lost");
	command.on = at("2026-03-01");
	s.facts.penalty = NULL;
	ACCEPTED(scenario_take(&s, decide_points_record(&command, &s.facts, &s.decision)));
	command.on = at("2026-03-02");
	REFUSED(decide_points_record(&command, &s.facts, &s.decision), VERDICT_ALREADY_EXISTS);
	ck_assert_str_eq(s.decision.detail.field, "on");
}
END_TEST

START_TEST(warnings_tell_what_to_look_at)
{
	s.facts.rulebook_of_parent = true;
	s.standing.registrations_count = 0;
	ACCEPTED(score(&s, "E1", 3, "2025-03-01", ""));
	ck_assert_uint_eq(s.decision.warnings_count, 2);
	ck_assert_int_eq((int)s.decision.warnings[0], WARNING_NOT_REGISTERED_THERE);
	ck_assert_int_eq((int)s.decision.warnings[1], WARNING_RULES_OF_PARENT);
}
END_TEST

Suite *
suite_decide(void)
{
	Suite *suite = suite_create("decide_points, consequence");
	TCase *tests = tcase_create("decide");

	tcase_add_checked_fixture(tests, setup, NULL);
	tcase_add_test(tests, ten_and_then_four_is_accumulated_and_never_in_one_go);
	tcase_add_test(tests, twelve_in_one_go_rests_on_that_entry_alone);
	tcase_add_test(tests, eight_brings_nothing_and_nine_suspends);
	tcase_add_test(tests, what_is_missing_is_asked_for_all_at_once);
	tcase_add_test(tests, a_value_outside_the_rules_is_refused_by_name);
	tcase_add_test(tests, fixed_months_and_starts_may_be_repeated_but_not_changed);
	tcase_add_test(tests, start_rules_count_from_the_scoring_day);
	tcase_add_test(tests, a_suspension_survives_new_year_and_the_points_do_not);
	tcase_add_test(tests, replace_ends_the_running_suspension_where_the_new_one_begins);
	tcase_add_test(tests, replace_may_credit_time_served);
	tcase_add_test(tests, extend_leaves_both_with_their_own_days);
	tcase_add_test(tests, add_begins_when_the_running_one_ends);
	tcase_add_test(tests, keep_leaves_the_running_one_and_the_new_one_never_counts);
	tcase_add_test(tests, a_suspension_that_is_over_is_not_met);
	tcase_add_test(tests, termination_ends_a_running_suspension_without_asking);
	tcase_add_test(tests, points_of_a_terminated_person_are_kept_without_effect);
	tcase_add_test(tests, a_late_entry_of_a_year_that_terminated_does_not_terminate_again);
	tcase_add_test(tests, one_go_by_entry_or_by_penalty_is_refused_only_where_it_matters);
	tcase_add_test(tests, liaoning_has_another_table_for_one_go);
	tcase_add_test(tests, a_capped_year_counts_twelve_and_keeps_what_was_scored);
	tcase_add_test(tests, measures_fall_due_when_the_total_comes_into_their_range);
	tcase_add_test(tests, rules_that_are_not_set_are_refused_by_name);
	tcase_add_test(tests, points_need_a_decision_that_stands_and_lies_behind_us);
	tcase_add_test(tests, situations_classes_and_conduct_are_checked);
	tcase_add_test(tests, the_same_entry_again_changes_nothing_and_another_body_is_named);
	tcase_add_test(tests, warnings_tell_what_to_look_at);
	suite_add_tcase(suite, tests);
	return suite;
}
