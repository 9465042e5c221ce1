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

/* domain.md section 11: 5 + 5 + 4 minus the first leaves 9 points and one suspension. */
START_TEST(five_five_four_minus_the_first_asks_and_leaves_one_suspension)
{
	ACCEPTED(score(&s, "E1", 5, "2025-02-01", ""));
	ACCEPTED(score(&s, "E2", 5, "2025-03-01", "months=3 from=2025-03-01"));
	ACCEPTED(score(&s, "E3", 4, "2025-04-01", "from=2025-04-01"));
	ck_assert_str_eq(status_on(&s, "2025-04-01"), "terminated bar 2026-04-01");

	REFUSED(annul(&s, "E1", ""), VERDICT_NEEDS_CHOICE);
	ck_assert_uint_eq(s.decision.needs_count, 2);
	ck_assert_int_eq(s.decision.needs[0].total, 9);
	ck_assert_str_eq(status_on(&s, "2025-04-01"), "terminated bar 2026-04-01");

	struct standing before = s.standing;
	ACCEPTED(annul(&s, "E1", "months=2 from=2025-04-01"));
	ck_assert_int_eq(standing_total(&s.standing, 2025, DAY_FOREVER).raw, 9);
	ck_assert_str_eq(status_on(&s, "2025-03-15"), "normal");
	ck_assert_str_eq(status_on(&s, "2025-04-01"), "suspended until 2025-06-01");
	ck_assert_str_eq(status_on(&s, "2025-06-01"), "normal");
	ck_assert_uint_eq(s.standing.sanctions_count, 3);
	ck_assert_uint_eq(s.standing.sanctions[2].basis, 6);

	/* What was known then is untouched. */
	ck_assert_int_eq((int)before.sanctions[1].lifted, 0);
	ck_assert_int_eq((int)s.standing.sanctions[1].lifted, FALL_ANNULLED);
}
END_TEST

START_TEST(annulling_what_terminated_revives_the_suspension_with_its_days)
{
	ACCEPTED(score(&s, "E1", 9, "2025-03-01", "months=3 from=2025-03-01"));
	ACCEPTED(score(&s, "E2", 3, "2025-04-01", "from=2025-04-01"));
	ACCEPTED(annul(&s, "E2", ""));
	ck_assert_str_eq(status_on(&s, "2025-04-01"), "suspended until 2025-06-01");
	ck_assert_uint_eq(s.standing.sanctions_count, 2);
}
END_TEST

START_TEST(what_falls_leaves_in_force_what_an_older_one_superseded)
{
	ACCEPTED(score(&s, "E1", 9, "2025-03-01", "months=6 from=2025-03-01"));
	ACCEPTED(score(&s, "E2", 1, "2025-04-01", "months=1 from=2025-04-10 overlap=replace"));
	ACCEPTED(score(&s, "E3", 2, "2025-03-20", "from=2025-03-20"));
	ck_assert_str_eq(status_on(&s, "2025-04-01"), "terminated bar 2026-03-20");
	ACCEPTED(annul(&s, "E3", ""));
	/* The first is replaced by the second as before, not back in its full length. */
	ck_assert_str_eq(status_on(&s, "2025-03-25"), "suspended until 2025-05-10");
	ck_assert_str_eq(status_on(&s, "2025-05-10"), "normal");
}
END_TEST

START_TEST(a_termination_supersedes_what_had_been_replaced_when_the_replacing_one_falls)
{
	struct event_registration again = {named("H1"), at("2028-03-20")};

	ACCEPTED(score(&s, "E1", 9, "2025-03-01", "months=2 from=2028-04-01"));
	ACCEPTED(score(&s, "E2", 1, "2025-03-02", "months=6 from=2028-03-25 overlap=replace"));
	ACCEPTED(score(&s, "E3", 12, "2025-03-20", "from=2025-03-20"));
	ck_assert_int_eq(s.standing.sanctions[0].superseded_by, 1);
	ACCEPTED(annul(&s, "E2", ""));
	ck_assert_int_eq(s.standing.sanctions[0].superseded_by, 2);
	s.facts.today = again.on;
	ACCEPTED(scenario_take(&s, decide_reregister(&again, &s.facts, &s.decision)));
	ck_assert_str_eq(status_on(&s, "2028-04-01"), "normal");
}
END_TEST

START_TEST(an_entry_that_nothing_rests_on_falls_alone)
{
	ACCEPTED(score(&s, "E1", 5, "2025-02-01", ""));
	ACCEPTED(score(&s, "E2", 12, "2025-07-01", "from=2025-07-01"));
	REFUSED(annul(&s, "E1", "months=1"), VERDICT_PERIOD_NOT_APPLICABLE);
	ACCEPTED(annul(&s, "E1", ""));
	ck_assert_str_eq(status_on(&s, "2025-07-01"), "terminated bar 2028-07-01");
	REFUSED(annul(&s, "E1", ""), VERDICT_ENTRY_FALLEN);
	REFUSED(annul(&s, "E7", ""), VERDICT_ENTRY_UNKNOWN);
	ACCEPTED(annul(&s, "E2", ""));
	ck_assert_str_eq(status_on(&s, "2025-07-01"), "normal");
}
END_TEST

START_TEST(what_remains_may_still_terminate)
{
	ACCEPTED(score(&s, "E1", 5, "2025-02-01", ""));
	ACCEPTED(score(&s, "E2", 5, "2025-03-01", "months=3 from=2025-03-01"));
	ACCEPTED(score(&s, "E3", 4, "2025-04-01", "from=2025-04-01"));
	ACCEPTED(score(&s, "E4", 4, "2025-05-01", ""));
	REFUSED(annul(&s, "E1", "months=1 from=2025-05-01"), VERDICT_PERIOD_NOT_APPLICABLE);
	ACCEPTED(annul(&s, "E1", "from=2025-05-01"));
	ck_assert_str_eq(status_on(&s, "2025-05-01"), "terminated bar 2026-05-01");
	ck_assert_int_eq((int)s.standing.sanctions[2].path, PATH_ACCUMULATED);

	/* Twelve by itself among what remains is one go, wherever it stands. */
	scenario_init(&s);
	ACCEPTED(score(&s, "E1", 6, "2025-02-01", ""));
	ACCEPTED(score(&s, "E2", 6, "2025-03-01", "from=2025-03-01"));
	ACCEPTED(score(&s, "E3", 12, "2025-04-01", ""));
	ACCEPTED(score(&s, "E4", 1, "2025-05-01", ""));
	ACCEPTED(annul(&s, "E1", "from=2025-04-01"));
	ck_assert_int_eq((int)s.standing.sanctions[1].path, PATH_SINGLE);
	ck_assert_str_eq(status_on(&s, "2025-04-01"), "terminated bar 2028-04-01");
}
END_TEST

START_TEST(a_termination_that_was_served_is_not_set_again_when_a_later_one_falls)
{
	struct event_registration again = {named("H1"), at("2026-03-01")};

	ACCEPTED(score(&s, "E1", 6, "2025-02-01", ""));
	ACCEPTED(score(&s, "E2", 6, "2025-03-01", "from=2025-03-01"));
	ACCEPTED(scenario_take(&s, decide_reregister(&again, &s.facts, &s.decision)));
	ACCEPTED(score(&s, "E3", 2, "2025-04-01", ""));
	ACCEPTED(score(&s, "E4", 12, "2025-05-01", "from=2026-04-01"));
	ACCEPTED(annul(&s, "E4", ""));
	ck_assert_str_eq(status_on(&s, "2026-02-28"), "terminated bar 2026-03-01");
	ck_assert_str_eq(status_on(&s, "2026-04-01"), "normal");

	/* One that reaches it by itself has had no termination of its own. */
	ACCEPTED(score(&s, "E5", 12, "2025-05-02", "from=2026-04-01"));
	ACCEPTED(score(&s, "E6", 12, "2025-05-03", ""));
	REFUSED(annul(&s, "E5", ""), VERDICT_NEEDS_CHOICE);
	ACCEPTED(annul(&s, "E5", "from=2026-04-02"));
	ck_assert_str_eq(status_on(&s, "2026-04-02"), "terminated bar 2029-04-02");
}
END_TEST

START_TEST(a_lower_total_is_judged_again_where_nothing_stands_for_it)
{
	ACCEPTED(score(&s, "E1", 9, "2025-03-01", "months=1 from=2025-03-01"));
	ACCEPTED(score(&s, "E2", 1, "2025-05-01", "months=1 from=2025-05-01"));
	ACCEPTED(score(&s, "E3", 1, "2025-07-01", "months=1 from=2025-07-01"));
	/* 9 + 1 = 10: the suspension for 9 stands, none stands for 10. */
	REFUSED(annul(&s, "E2", ""), VERDICT_NEEDS_CHOICE);
	ck_assert_int_eq(s.decision.needs[0].total, 10);
	ACCEPTED(annul(&s, "E2", "months=2 from=2025-07-01 credit=10"));
	ck_assert_str_eq(status_on(&s, "2025-03-15"), "suspended until 2025-04-01");
	ck_assert_str_eq(status_on(&s, "2025-05-15"), "normal");
	ck_assert_str_eq(status_on(&s, "2025-07-01"), "suspended until 2025-08-22");
}
END_TEST

START_TEST(the_rulebook_of_the_last_sanction_that_fell_judges)
{
	struct rulebook_id id;
	struct day on;

	ACCEPTED(score(&s, "E1", 9, "2025-03-01", "months=1 from=2025-03-01"));
	ck_assert(slug_set("hunan", 5, &s.rulebook.id.slug));
	ACCEPTED(score(&s, "E2", 1, "2025-05-01", "months=1 from=2025-05-01"));
	ck_assert(fall_rulebook(&s.standing, 1, &id, &on));
	ck_assert_str_eq(id.slug.text, "hunan");
	ck_assert(fall_rulebook(&s.standing, 2, &id, &on));
	ck_assert(!fall_rulebook(&s.standing, 4, &id, &on));
	ck_assert(!rulebook_id_equal(&s.standing.sanctions[0].rulebook, &id));

	s.facts.rulebook = NULL;
	REFUSED(annul(&s, "E1", ""), VERDICT_NO_RULEBOOK_IN_FORCE);
	s.facts.rulebook = &s.rulebook;
	s.facts.standing = NULL;
	struct command_fall fall = {.entries = 1, .why = FALL_ANNULLED, .choice = CHOICE_NONE};
	REFUSED(decide_fall(&fall, &s.facts, &s.decision), VERDICT_PRACTITIONER_UNKNOWN);
}
END_TEST

START_TEST(a_correction_is_one_decision)
{
	struct code first = named("E1"), other = named("E7");

	ACCEPTED(score(&s, "E1", 10, "2025-03-01", "months=3 from=2025-03-01"));
	struct command_points command = points_of(&s, "E2", 4, "2025-03-01", "");
	REFUSED(decide_points_correct(&other, &command, &s.facts, &s.decision),
		VERDICT_ENTRY_UNKNOWN);
	ACCEPTED(scenario_take(&s, decide_points_correct(&first, &command, &s.facts, &s.decision)));
	ck_assert_str_eq(status_on(&s, "2025-03-01"), "normal");
	ck_assert_int_eq(standing_total(&s.standing, 2025, DAY_FOREVER).raw, 4);
	ck_assert_int_eq((int)s.standing.entries[0].fallen, FALL_CORRECTED);
	REFUSED(decide_points_correct(&first, &command, &s.facts, &s.decision),
		VERDICT_ENTRY_FALLEN);

	struct code second = named("E2");
	REFUSED(decide_points_correct(&second, &command, &s.facts, &s.decision),
		VERDICT_ALREADY_EXISTS);
	command = points_of(&s, "E3", 13 - 1, "2025-03-01", "from=2025-04-01");
	ACCEPTED(
	    scenario_take(&s, decide_points_correct(&second, &command, &s.facts, &s.decision)));
	ck_assert_str_eq(status_on(&s, "2025-04-01"), "terminated bar 2028-04-01");
	s.penalty.overturned = true;
	command.entry = named("E4");
	struct code third = named("E3");
	REFUSED(decide_points_correct(&third, &command, &s.facts, &s.decision),
		VERDICT_PENALTY_OVERTURNED);
	s.facts.standing = NULL;
	REFUSED(decide_points_correct(&third, &command, &s.facts, &s.decision),
		VERDICT_PRACTITIONER_UNKNOWN);
}
END_TEST

START_TEST(penalties_are_recorded_once_and_overturned_once)
{
	struct event_penalty penalty = {.penalty = named("P1"),
					.institution = s.institution.code,
					.kind = PENALTY_ADMINISTRATIVE,
					.on = at("2025-03-01"),
					.amount_fen = -1};
	struct penalty_row row = {.recorded = penalty};
	struct event_overturned overturned = {.penalty = named("P1"), .on = at("2025-06-01")};

	ACCEPTED(decide_penalty_record(&penalty, &s.facts, &s.decision));
	s.facts.institution = NULL;
	REFUSED(decide_penalty_record(&penalty, &s.facts, &s.decision),
		VERDICT_INSTITUTION_UNKNOWN);
	s.facts.institution = &s.institution;
	penalty.on = at("2026-07-01");
	REFUSED(decide_penalty_record(&penalty, &s.facts, &s.decision), VERDICT_DATE_IN_FUTURE);
	penalty.on = at("2025-03-01");
	REFUSED(decide_penalty_overturn(&overturned, &s.facts, &s.decision),
		VERDICT_PENALTY_UNKNOWN);

	s.facts.penalty = &row;
	REFUSED(decide_penalty_record(&penalty, &s.facts, &s.decision), VERDICT_UNCHANGED);
	static const char *const fields[] = {"institution", "kind",    "on",	    "amount",
					     "measure",	    "article", "authority", "clue"};
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		struct event_penalty other = penalty;
		if (i == 0)
			other.institution = named("H9");
		if (i == 1)
			other.kind = PENALTY_AGREEMENT;
		if (i == 2)
			other.on = at("2025-03-02");
		if (i == 3)
			other.amount_fen = 1;
		if (i == 4)
			ck_assert(text_set("m", 1, &other.measure));
		if (i == 5)
			ck_assert(text_set("a", 1, &other.article));
		if (i == 6)
			ck_assert(text_set("b", 1, &other.authority));
		if (i == 7)
			other.clue = named("c");
		REFUSED(decide_penalty_record(&other, &s.facts, &s.decision),
			VERDICT_ALREADY_EXISTS);
		ck_assert_str_eq(s.decision.detail.field, fields[i]);
	}

	overturned.on = at("2026-07-01");
	REFUSED(decide_penalty_overturn(&overturned, &s.facts, &s.decision),
		VERDICT_DATE_IN_FUTURE);
	overturned.on = at("2025-02-28");
	REFUSED(decide_penalty_overturn(&overturned, &s.facts, &s.decision),
		VERDICT_OVERTURN_BEFORE_PENALTY);
	overturned.on = at("2025-03-01");
	overturned.subjects = 4097;
	REFUSED(decide_penalty_overturn(&overturned, &s.facts, &s.decision),
		VERDICT_OVERTURN_TOO_WIDE);
	overturned.subjects = 4096;
	ACCEPTED(decide_penalty_overturn(&overturned, &s.facts, &s.decision));
	row.overturned = true;
	REFUSED(decide_penalty_overturn(&overturned, &s.facts, &s.decision),
		VERDICT_PENALTY_OVERTURNED);
}
END_TEST

START_TEST(people_and_institutions_are_added_once)
{
	struct event_institution institution = {
	    .code = s.institution.code, .region = s.institution.region, .kind = s.institution.kind};
	struct command_add nowhere = {.person.category = CATEGORY_MEDICAL, .at.on = DAY_NONE};
	struct command_add there = nowhere;

	there.at = (struct event_registration){s.institution.code, at("2020-01-01")};
	REFUSED(decide_institution_add(&institution, &s.facts, &s.decision), VERDICT_UNCHANGED);
	s.facts.name_differs = true;
	REFUSED(decide_institution_add(&institution, &s.facts, &s.decision),
		VERDICT_ALREADY_EXISTS);
	institution.kind = INSTITUTION_PHARMACY;
	REFUSED(decide_institution_add(&institution, &s.facts, &s.decision),
		VERDICT_ALREADY_EXISTS);
	ck_assert_str_eq(s.decision.detail.field, "kind");
	institution.region = named("430102");
	REFUSED(decide_institution_add(&institution, &s.facts, &s.decision),
		VERDICT_ALREADY_EXISTS);
	ck_assert_str_eq(s.decision.detail.field, "region");
	REFUSED(decide_practitioner_add(s.facts.practitioner, &nowhere, &s.facts, &s.decision),
		VERDICT_ALREADY_EXISTS);
	ck_assert_str_eq(s.decision.detail.field, "name");
	s.facts.name_differs = false;

	REFUSED(decide_practitioner_add(s.facts.practitioner, &there, &s.facts, &s.decision),
		VERDICT_UNCHANGED);
	there.at.on = at("2020-01-02");
	REFUSED(decide_practitioner_add(s.facts.practitioner, &there, &s.facts, &s.decision),
		VERDICT_ALREADY_EXISTS);
	nowhere.person.category = CATEGORY_NURSING;
	REFUSED(decide_practitioner_add(s.facts.practitioner, &nowhere, &s.facts, &s.decision),
		VERDICT_ALREADY_EXISTS);

	s.facts.standing = NULL;
	ACCEPTED(decide_practitioner_add(s.facts.practitioner, &nowhere, &s.facts, &s.decision));
	ck_assert_uint_eq(s.decision.events_count, 1);
	ACCEPTED(decide_practitioner_add(s.facts.practitioner, &there, &s.facts, &s.decision));
	ck_assert_uint_eq(s.decision.events_count, 2);
	there.at.on = at("2026-07-01");
	REFUSED(decide_practitioner_add(s.facts.practitioner, &there, &s.facts, &s.decision),
		VERDICT_DATE_IN_FUTURE);
	s.facts.institution = NULL;
	ACCEPTED(decide_institution_add(&institution, &s.facts, &s.decision));
	REFUSED(decide_practitioner_add(s.facts.practitioner, &there, &s.facts, &s.decision),
		VERDICT_INSTITUTION_UNKNOWN);
}
END_TEST

static enum verdict
join(const char *institution, const char *on)
{
	struct event_registration command = {named(institution), at(on)};

	return scenario_take(&s, decide_registration_join(&command, &s.facts, &s.decision));
}

static enum verdict
leave(const char *institution, const char *on)
{
	struct event_registration command = {named(institution), at(on)};

	return scenario_take(&s, decide_registration_leave(&command, &s.facts, &s.decision));
}

START_TEST(registrations_are_joined_and_left)
{
	const char *here = "H35010200001";

	REFUSED(join(here, "2020-01-01"), VERDICT_UNCHANGED);
	REFUSED(join(here, "2024-01-01"), VERDICT_ALREADY_REGISTERED);
	REFUSED(join("H2", "2026-07-01"), VERDICT_DATE_IN_FUTURE);
	ACCEPTED(join("H2", "2024-01-01"));
	ck_assert(standing_registered(&s.standing, &(struct code){2, "H2"}, at("2024-01-01")));
	REFUSED(leave("H2", "2023-12-31"), VERDICT_NOT_REGISTERED);
	REFUSED(leave("H3", "2024-12-31"), VERDICT_NOT_REGISTERED);
	REFUSED(leave("H2", "2026-12-31"), VERDICT_DATE_IN_FUTURE);
	ACCEPTED(leave("H2", "2025-01-01"));
	ck_assert(!standing_registered(&s.standing, &(struct code){2, "H2"}, at("2025-01-01")));
	ck_assert(standing_registered(&s.standing, &(struct code){2, "H2"}, at("2024-12-31")));
	REFUSED(leave("H2", "2025-01-01"), VERDICT_UNCHANGED);
	REFUSED(leave("H2", "2025-01-02"), VERDICT_NOT_REGISTERED);
	REFUSED(join("H2", "2024-06-01"), VERDICT_ALREADY_REGISTERED);
	ACCEPTED(join("H2", "2025-01-01"));
	ACCEPTED(score(&s, "E1", 12, "2025-05-01", "from=2025-05-01"));
	REFUSED(join("H4", "2025-05-01"), VERDICT_TERMINATED_NEEDS_REREGISTRATION);
	ACCEPTED(join("H4", "2025-04-30"));
	s.standing.registrations_count = STANDING_REGISTRATIONS_MAX;
	for (size_t i = 0; i < STANDING_REGISTRATIONS_MAX; i++)
		s.standing.registrations[i] =
		    (struct registration){named("H8"), at("2020-01-01"), at("2020-01-02")};
	REFUSED(join("H5", "2025-04-30"), VERDICT_STANDING_FULL);
	s.facts.institution = NULL;
	REFUSED(join("H5", "2025-04-30"), VERDICT_INSTITUTION_UNKNOWN);
	REFUSED(leave("H5", "2025-04-30"), VERDICT_INSTITUTION_UNKNOWN);
	s.facts.standing = NULL;
	REFUSED(join("H5", "2025-04-30"), VERDICT_PRACTITIONER_UNKNOWN);
	REFUSED(leave("H5", "2025-04-30"), VERDICT_PRACTITIONER_UNKNOWN);
}
END_TEST

static enum verdict
reregister(const char *on)
{
	struct event_registration command = {s.institution.code, at(on)};

	return scenario_take(&s, decide_reregister(&command, &s.facts, &s.decision));
}

START_TEST(after_the_bar_re_registration_is_possible_not_automatic)
{
	REFUSED(reregister("2026-01-01"), VERDICT_NOT_TERMINATED);
	ACCEPTED(score(&s, "E1", 8, "2025-02-01", ""));
	ACCEPTED(score(&s, "E2", 4, "2025-03-01", "from=2025-03-01"));
	REFUSED(reregister("2026-02-28"), VERDICT_BAR_RUNNING);
	ck_assert_int_eq(s.decision.detail.day.number, at("2026-03-01").number);
	REFUSED(reregister("2026-07-01"), VERDICT_DATE_IN_FUTURE);
	ck_assert_str_eq(status_on(&s, "2026-06-01"), "terminated bar 2026-03-01");
	ACCEPTED(reregister("2026-03-15"));
	ck_assert_str_eq(status_on(&s, "2026-03-14"), "terminated bar 2026-03-01");
	ck_assert_str_eq(status_on(&s, "2026-03-15"), "normal");
	ck_assert(standing_registered(&s.standing, &s.institution.code, at("2026-03-15")));
	REFUSED(reregister("2026-03-16"), VERDICT_NOT_TERMINATED);

	/* A late entry's termination is not ended by a re-registration that came before it. */
	ACCEPTED(score(&s, "E3", 12, "2026-02-01", "from=2026-02-01"));
	ck_assert_str_eq(status_on(&s, "2026-04-01"), "terminated bar 2029-02-01");
	REFUSED(reregister("2026-06-01"), VERDICT_BAR_RUNNING);
	s.facts.institution = NULL;
	REFUSED(reregister("2026-06-01"), VERDICT_INSTITUTION_UNKNOWN);
	s.facts.standing = NULL;
	REFUSED(reregister("2026-06-01"), VERDICT_PRACTITIONER_UNKNOWN);
}
END_TEST

static struct event_foreign
foreign(const char *id, const char *from)
{
	struct event_foreign made = {.sanction = named(id),
				     .kind = STATUS_TERMINATED,
				     .from = at(from),
				     .until = DAY_FOREVER,
				     .noted_on = DAY_NONE};

	ck_assert(text_set("OIG", 3, &made.source));
	return made;
}

static enum verdict
foreign_end(const char *id, const char *on)
{
	struct code sanction = named(id);

	return scenario_take(&s, decide_foreign_end(&sanction, at(on), &s.facts, &s.decision));
}

START_TEST(a_foreign_sanction_binds_until_its_source_ends_it)
{
	struct event_foreign event = foreign("F1", "1994-03-11");

	ACCEPTED(scenario_take(&s, decide_foreign_set(&event, &s.facts, &s.decision)));
	ck_assert_str_eq(status_on(&s, "2016-01-01"), "terminated bar -");
	REFUSED(decide_foreign_set(&event, &s.facts, &s.decision), VERDICT_UNCHANGED);
	static const char *const fields[] = {"kind", "from", "until", "exempt", "source", "clause"};
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		struct event_foreign other = event;
		if (i == 0)
			other.kind = STATUS_SUSPENDED;
		if (i == 1)
			other.from = at("1994-03-12");
		if (i == 2)
			other.until = at("2020-01-01");
		if (i == 3)
			other.exempt = 1;
		if (i == 4)
			other.source.size = 2;
		if (i == 5)
			other.clause.size = 1;
		REFUSED(decide_foreign_set(&other, &s.facts, &s.decision), VERDICT_ALREADY_EXISTS);
		ck_assert_str_eq(s.decision.detail.field, fields[i]);
	}
	REFUSED(foreign_end("F2", "2015-10-21"), VERDICT_SANCTION_UNKNOWN);
	REFUSED(foreign_end("F1", "1994-03-10"), VERDICT_SANCTION_ENDS_BEFORE_IT_BEGINS);
	ACCEPTED(foreign_end("F1", "2015-10-21"));
	ck_assert_str_eq(status_on(&s, "2015-10-20"), "terminated bar -");
	ck_assert_str_eq(status_on(&s, "2015-10-21"), "normal");
	REFUSED(foreign_end("F1", "2015-10-21"), VERDICT_UNCHANGED);
	REFUSED(foreign_end("F1", "2015-10-20"), VERDICT_SANCTION_ENDED);
	/* As it was first reported, it stands already: its end is another record. */
	REFUSED(decide_foreign_set(&event, &s.facts, &s.decision), VERDICT_UNCHANGED);

	event = foreign("F3", "2016-01-01");
	event.until = at("2015-01-01");
	REFUSED(decide_foreign_set(&event, &s.facts, &s.decision),
		VERDICT_SANCTION_ENDS_BEFORE_IT_BEGINS);
	s.facts.id_taken = true;
	REFUSED(decide_foreign_set(&event, &s.facts, &s.decision), VERDICT_ALREADY_EXISTS);
	s.facts.id_taken = false;
	ACCEPTED(score(&s, "E1", 9, "2025-05-01", "months=1 from=2025-05-01"));
	REFUSED(foreign_end(s.standing.sanctions[1].id.text, "2025-05-02"),
		VERDICT_SANCTION_NOT_FOREIGN);
	event.sanction = s.standing.sanctions[1].id;
	REFUSED(decide_foreign_set(&event, &s.facts, &s.decision), VERDICT_ALREADY_EXISTS);
	event = foreign("F4", "2016-01-01");
	s.standing.sanctions_count = STANDING_SANCTIONS_MAX;
	REFUSED(decide_foreign_set(&event, &s.facts, &s.decision), VERDICT_STANDING_FULL);
	s.facts.standing = NULL;
	REFUSED(decide_foreign_set(&event, &s.facts, &s.decision), VERDICT_PRACTITIONER_UNKNOWN);
	REFUSED(foreign_end("F1", "2015-10-21"), VERDICT_SANCTION_UNKNOWN);
}
END_TEST

START_TEST(a_full_standing_refuses_what_would_set_one_more)
{
	ACCEPTED(score(&s, "E1", 9, "2025-03-01", "months=1 from=2025-03-01"));
	ACCEPTED(score(&s, "E2", 1, "2025-05-01", "months=1 from=2025-05-01"));
	s.standing.sanctions_count = STANDING_SANCTIONS_MAX;
	for (size_t i = 2; i < STANDING_SANCTIONS_MAX; i++) {
		s.standing.sanctions[i] = s.standing.sanctions[0];
		s.standing.sanctions[i].path = PATH_FOREIGN;
		s.standing.sanctions[i].until = s.standing.sanctions[i].from;
	}
	REFUSED(annul(&s, "E1", ""), VERDICT_STANDING_FULL);
}
END_TEST

START_TEST(an_institution_note_needs_no_institution)
{
	struct event_institution_noted note = {
	    .institution = named("H9"), .from = at("2016-01-01"), .until = DAY_FOREVER};

	s.facts.institution = NULL;
	ACCEPTED(decide_institution_note(&note, &s.facts, &s.decision));
	note.until = at("2015-01-01");
	REFUSED(decide_institution_note(&note, &s.facts, &s.decision),
		VERDICT_SANCTION_ENDS_BEFORE_IT_BEGINS);
}
END_TEST

Suite *
suite_fall(void)
{
	Suite *suite = suite_create("decide_fall, decide_people, decide_penalty, decide_foreign");
	TCase *tests = tcase_create("decide");

	tcase_add_checked_fixture(tests, setup, NULL);
	tcase_add_test(tests, five_five_four_minus_the_first_asks_and_leaves_one_suspension);
	tcase_add_test(tests, annulling_what_terminated_revives_the_suspension_with_its_days);
	tcase_add_test(tests, what_falls_leaves_in_force_what_an_older_one_superseded);
	tcase_add_test(
	    tests, a_termination_supersedes_what_had_been_replaced_when_the_replacing_one_falls);
	tcase_add_test(tests, an_entry_that_nothing_rests_on_falls_alone);
	tcase_add_test(tests, what_remains_may_still_terminate);
	tcase_add_test(tests,
		       a_termination_that_was_served_is_not_set_again_when_a_later_one_falls);
	tcase_add_test(tests, a_lower_total_is_judged_again_where_nothing_stands_for_it);
	tcase_add_test(tests, the_rulebook_of_the_last_sanction_that_fell_judges);
	tcase_add_test(tests, a_correction_is_one_decision);
	tcase_add_test(tests, penalties_are_recorded_once_and_overturned_once);
	tcase_add_test(tests, people_and_institutions_are_added_once);
	tcase_add_test(tests, registrations_are_joined_and_left);
	tcase_add_test(tests, after_the_bar_re_registration_is_possible_not_automatic);
	tcase_add_test(tests, a_foreign_sanction_binds_until_its_source_ends_it);
	tcase_add_test(tests, a_full_standing_refuses_what_would_set_one_more);
	tcase_add_test(tests, an_institution_note_needs_no_institution);
	suite_add_tcase(suite, tests);
	return suite;
}
