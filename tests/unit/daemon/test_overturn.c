#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "writer_room.h"
#include "writer_suites.h"

#define HOSPITAL "H33010200001" /* Zhejiang: the national frame */

static void
setup(void)
{
	room_setup();
	room_institution(HOSPITAL, "330102");
	room_practitioner("D1", HOSPITAL);
	room_penalty("P1", HOSPITAL, "2025-03-10");
	room_penalty("P2", HOSPITAL, "2025-04-10");
	room_penalty("P3", HOSPITAL, "2025-05-10");
}

static struct command *
overturn(const char *penalty)
{
	struct command *command = room_command(COMMAND_PENALTY_OVERTURN);

	command->overturned.penalty = room_code(penalty);
	command->overturned.on = room_day("2025-11-01");
	room_reason(command, "on appeal");
	return command;
}

static void
choose(struct command *command, const char *practitioner, struct choice choice)
{
	command->choices =
	    realloc(command->choices, (command->choices_count + 1) * sizeof(*command->choices));
	command->choices[command->choices_count++] =
	    (struct command_choice){room_code(practitioner), choice};
	qsort(command->choices, command->choices_count, sizeof(*command->choices),
	      command_choice_compare);
}

static void
score(const char *practitioner, int points, const char *penalty, int months, const char *from)
{
	struct command *command = room_points(practitioner, points, penalty);

	command->score.points.choice.months = months;
	if (from != NULL) {
		command->score.points.choice.from = room_day(from);
		room_reason(command, "chosen");
	}
	ck_assert_int_eq(room_verdict(command), VERDICT_ACCEPTED);
}

/* 5 + 5 + 4: suspended at 10, terminated at 14. */
static void
three_entries(const char *practitioner)
{
	score(practitioner, 5, "P1", -1, NULL);
	score(practitioner, 5, "P2", 2, "2025-04-10");
	score(practitioner, 4, "P3", -1, "2025-05-10");
	ck_assert_int_eq(room_status(practitioner, "2025-06-01"), STATUS_TERMINATED);
}

START_TEST(overturning_lifts_what_rested_on_it_and_asks_for_the_choice)
{
	struct standing standing;

	three_entries("D1");
	uint64_t before = room_sequence();
	struct command *command = overturn("P1");
	room_run(command);
	ck_assert_int_eq(command->outcome.head.verdict, VERDICT_NEEDS_CHOICE);
	ck_assert_uint_ge(command->outcome.needs_count, 2);
	ck_assert_str_eq(command->outcome.needs[0].practitioner.text, "D1");
	ck_assert_int_eq(command->outcome.needs[0].total, 9);
	room_done(command);
	ck_assert_int_eq(room_status("D1", "2025-06-01"), STATUS_TERMINATED);
	ck_assert_uint_eq(room_sequence(), before + 1);

	command = overturn("P1");
	struct choice choice = CHOICE_NONE;
	choice.months = 3;
	choice.from = room_day("2025-05-10");
	choose(command, "D1", choice);
	room_run(command);
	ck_assert_int_eq(command->outcome.head.verdict, VERDICT_ACCEPTED);
	ck_assert_uint_ge(command->outcome.effects_count, 3); /* two lifted, one set */
	room_done(command);

	room_standing("D1", &standing);
	ck_assert_int_eq(standing_total(&standing, 2025, DAY_FOREVER).raw, 9);
	ck_assert_int_eq(room_status("D1", "2025-06-01"), STATUS_SUSPENDED);
	ck_assert_int_eq(room_status("D1", "2025-08-10"), STATUS_NORMAL);

	/* What was known then is still to be had. */
	struct lookup lookup = {room.reader, NULL};
	struct code code = room_code("D1");
	struct standing then;
	ck_assert_int_eq(lookup_person(&lookup, &code, before, &then), 0);
	ck_assert_ptr_nonnull(standing_terminated(&then));
}
END_TEST

START_TEST(an_overturned_penalty_stays_overturned)
{
	three_entries("D1");
	struct command *command = overturn("P3");
	ck_assert_int_eq(room_verdict(command), VERDICT_ACCEPTED);
	ck_assert_int_eq(room_verdict(overturn("P3")), VERDICT_PENALTY_OVERTURNED);
	ck_assert_int_eq(room_verdict(overturn("P9")), VERDICT_PENALTY_UNKNOWN);
	ck_assert_int_eq(room_verdict(room_points("D1", 1, "P3")), VERDICT_PENALTY_OVERTURNED);
	/* The suspension that the termination had superseded holds again. */
	ck_assert_int_eq(room_status("D1", "2025-05-20"), STATUS_SUSPENDED);
}
END_TEST

START_TEST(a_choice_for_somebody_untouched_is_refused_by_name)
{
	three_entries("D1");
	struct command *command = overturn("P3");
	struct choice choice = CHOICE_NONE;
	choice.months = 3;
	choose(command, "D-else", choice);
	room_run(command);
	ck_assert_int_eq(command->outcome.head.verdict, VERDICT_PERIOD_NOT_APPLICABLE);
	ck_assert_str_eq(command->outcome.head.detail.thing.text, "D-else");
	room_done(command);
	ck_assert_int_eq(room_status("D1", "2025-06-01"), STATUS_TERMINATED);
}
END_TEST

START_TEST(a_dry_run_lists_what_all_persons_miss)
{
	char code[16];

	for (int i = 2; i <= 5; i++) {
		snprintf(code, sizeof(code), "D%d", i);
		room_practitioner(code, HOSPITAL);
		three_entries(code);
	}
	uint64_t before = room_sequence();
	struct command *command = overturn("P1");
	command->dry_run = true;
	room_run(command);
	unsigned people = 0;
	for (uint32_t i = 0; i < command->outcome.needs_count; i++)
		people += i == 0 || !code_equal(&command->outcome.needs[i].practitioner,
						&command->outcome.needs[i - 1].practitioner);
	ck_assert_int_eq(command->outcome.head.verdict, VERDICT_NEEDS_CHOICE);
	ck_assert_uint_eq(people, 4);
	room_done(command);
	ck_assert_uint_eq(room_sequence(), before);
}
END_TEST

/* Liaoning's version begins on 2025-04-10; P1 is of March and falls by its sanction's version. */
START_TEST(what_fell_before_its_sanctions_version_began_is_judged_by_that_version)
{
	room_institution("H21010200001", "210102");
	room_penalty("P9", "H21010200001", "2025-05-01");
	score("D1", 4, "P1", -1, NULL);
	score("D1", 6, "P9", 2, "2025-05-01");
	ck_assert_int_eq(room_status("D1", "2025-05-01"), STATUS_SUSPENDED);
	ck_assert_int_eq(room_verdict(overturn("P1")), VERDICT_ACCEPTED);
	ck_assert_int_eq(room_status("D1", "2025-05-01"), STATUS_NORMAL);
}
END_TEST

/* The early entry is of January, the sanction that falls with it of a rulebook from March on. */
START_TEST(an_entry_older_than_the_rulebook_that_judged_it_may_fall)
{
	struct command *command;

	room_institution("H35010200009", "350102");
	room_penalty("P-january", HOSPITAL, "2025-01-10");
	room_penalty("P-april", "H35010200009", "2025-04-10");
	command = room_points("D1", 5, "P-january");
	command->score.points.conduct_from = room_day("2025-01-02");
	command->score.points.conduct_to = room_day("2025-01-02");
	command->score.points.entry = room_code("early");
	ck_assert_int_eq(room_verdict(command), VERDICT_ACCEPTED);
	score("D1", 5, "P-april", 2, "2025-04-10");

	command = room_command(COMMAND_POINTS_ANNUL);
	command->annul.entry = room_code("early");
	command->annul.on = room_day("2025-11-20");
	room_reason(command, "mistaken");
	ck_assert_int_eq(room_verdict(command), VERDICT_ACCEPTED);
	ck_assert_int_eq(room_status("D1", "2025-04-15"), STATUS_NORMAL);
}
END_TEST

/* Sichuan's version begins on 2025-03-26; PE is of March and is judged by it after PC has fallen.
 */
START_TEST(what_an_earlier_fall_rested_on_an_old_entry_may_fall_in_its_turn)
{
	const struct choice from = {-1, -1, room_day("2025-05-01"), OVERLAP_NONE, -1};

	room_institution("H51010200001", "510102");
	room_penalty("PA", "H51010200001", "2025-05-01");
	room_penalty("PB", "H51010200001", "2025-05-01");
	room_penalty("PC", "H51010200001", "2025-05-01");
	room_penalty("PE", "H51010200001", "2025-03-01");
	score("D1", 5, "PA", -1, NULL);
	score("D1", 5, "PB", -1, "2025-05-01");
	score("D1", 2, "PC", -1, "2025-05-01");
	score("D1", 7, "PE", -1, NULL);
	struct command *command = overturn("PC");
	choose(command, "D1", from);
	ck_assert_int_eq(room_verdict(command), VERDICT_ACCEPTED);
	ck_assert_int_eq(room_status("D1", "2025-10-01"), STATUS_TERMINATED);
	ck_assert_int_eq(room_verdict(overturn("PE")), VERDICT_ACCEPTED);
	ck_assert_int_eq(room_status("D1", "2025-06-01"), STATUS_SUSPENDED);
	ck_assert_int_eq(room_status("D1", "2025-10-01"), STATUS_NORMAL);
}
END_TEST

START_TEST(an_annulment_of_a_single_entry_needs_no_choice)
{
	struct command *command = room_points("D1", 9, "P1");
	command->score.points.choice.months = 2;
	command->score.points.choice.from = room_day("2025-04-01");
	command->score.points.entry = room_code("nine");
	room_reason(command, "chosen");
	ck_assert_int_eq(room_verdict(command), VERDICT_ACCEPTED);
	ck_assert_int_eq(room_status("D1", "2025-04-15"), STATUS_SUSPENDED);

	for (int i = 0; i < 2; i++) {
		command = room_command(COMMAND_POINTS_ANNUL);
		command->annul.entry = room_code("nine");
		command->annul.on = room_day("2025-11-20");
		room_reason(command, "mistaken");
		ck_assert_int_eq(room_verdict(command),
				 i == 0 ? VERDICT_ACCEPTED : VERDICT_ENTRY_FALLEN);
	}
	ck_assert_int_eq(room_status("D1", "2025-04-15"), STATUS_NORMAL);
}
END_TEST

START_TEST(a_correction_keeps_what_it_does_not_say)
{
	struct standing standing;
	struct command *command = room_points("D1", 5, "P1");
	command->score.points.entry = room_code("five");
	ck_assert_int_eq(room_verdict(command), VERDICT_ACCEPTED);

	command = room_points("D1", 3, NULL);
	command->kind = COMMAND_POINTS_CORRECT;
	command->practitioner = (struct code){0};
	command->score.corrects = room_code("five");
	command->score.points.level = 0;
	command->score.points.situation = (struct code){0};
	command->score.points.conduct_from = DAY_NONE;
	command->score.points.conduct_to = DAY_NONE;
	room_reason(command, "miscounted");
	ck_assert_int_eq(room_verdict(command), VERDICT_ACCEPTED);

	room_standing("D1", &standing);
	ck_assert_uint_eq(standing.entries_count, 2);
	ck_assert_int_eq(standing.entries[0].fallen, FALL_CORRECTED);
	ck_assert_str_eq(standing.entries[1].penalty.text, "P1");
	ck_assert_int_eq(standing.entries[1].level, LEVEL_MAIN);
	ck_assert_int_eq(standing.entries[1].points, 3);
	ck_assert_int_eq(standing.entries[1].conduct_from.number, room_day("2025-02-01").number);
}
END_TEST

/* Each more than the cache holds; one record, or none. */
START_TEST(an_overturning_takes_4096_people_and_not_one_more)
{
	enum { MANY = 4097 };
	static struct command *commands[MANY];
	char code[32];

	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < MANY; i++) {
			snprintf(code, sizeof(code), "M%06u", i);
			if (round == 0) {
				commands[i] = room_command(COMMAND_PRACTITIONER_ADD);
				commands[i]->practitioner = room_code(code);
				commands[i]->add.person.category = CATEGORY_MEDICAL;
			} else {
				commands[i] = room_points(code, 2, "P1");
			}
			room_submit(commands[i]);
		}
		for (unsigned i = 0; i < MANY; i++) {
			room_wait(commands[i]);
			ck_assert_int_eq(commands[i]->outcome.head.verdict, VERDICT_ACCEPTED);
			room_done(commands[i]);
		}
	}
	struct command *command = overturn("P1");
	room_run(command);
	ck_assert_int_eq(command->outcome.head.verdict, VERDICT_OVERTURN_TOO_WIDE);
	ck_assert_int_eq(command->outcome.head.detail.total, MANY);
	room_done(command);

	/* One entry falls by itself; the rest in one. */
	struct standing standing;
	room_standing("M000000", &standing);
	command = room_command(COMMAND_POINTS_ANNUL);
	command->annul.entry = standing.entries[0].id;
	command->annul.on = room_day("2025-11-20");
	room_reason(command, "mistaken");
	ck_assert_int_eq(room_verdict(command), VERDICT_ACCEPTED);
	uint64_t before = room_sequence();
	ck_assert_int_eq(room_verdict(overturn("P1")), VERDICT_ACCEPTED);
	ck_assert_uint_eq(room_sequence(), before + 1);
	for (unsigned i = 0; i < MANY; i += 512) {
		snprintf(code, sizeof(code), "M%06u", i);
		room_standing(code, &standing);
		ck_assert_int_eq(standing_total(&standing, 2025, DAY_FOREVER).raw, 0);
	}
}
END_TEST

Suite *
suite_overturn(void)
{
	Suite *suite = suite_create("overturn");
	TCase *tcase = tcase_create("overturn");

	tcase_add_checked_fixture(tcase, setup, room_teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, overturning_lifts_what_rested_on_it_and_asks_for_the_choice);
	tcase_add_test(tcase, an_overturned_penalty_stays_overturned);
	tcase_add_test(tcase, a_choice_for_somebody_untouched_is_refused_by_name);
	tcase_add_test(tcase, a_dry_run_lists_what_all_persons_miss);
	tcase_add_test(tcase,
		       what_fell_before_its_sanctions_version_began_is_judged_by_that_version);
	tcase_add_test(tcase, an_entry_older_than_the_rulebook_that_judged_it_may_fall);
	tcase_add_test(tcase, what_an_earlier_fall_rested_on_an_old_entry_may_fall_in_its_turn);
	tcase_add_test(tcase, an_annulment_of_a_single_entry_needs_no_choice);
	tcase_add_test(tcase, a_correction_keeps_what_it_does_not_say);
	tcase_add_test(tcase, an_overturning_takes_4096_people_and_not_one_more);
	suite_add_tcase(suite, tcase);
	return suite;
}
