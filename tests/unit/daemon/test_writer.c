#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/outcome.h"
#include "daemon/personal.h"
#include "writer_room.h"
#include "writer_suites.h"

#define HOSPITAL "H35010200001"
#define DOCTOR	 "D350102000001"

static void
people(void)
{
	room_institution(HOSPITAL, "350102");
	room_practitioner(DOCTOR, HOSPITAL);
	room_penalty("P1", HOSPITAL, "2025-06-30");
}

START_TEST(an_empty_book_begins_with_genesis_and_the_shipped_rules)
{
	struct rules_version version;
	struct store_record record;

	ck_assert_int_eq(store_read(room.reader, 1, &record), 0);
	ck_assert_int_eq(record.kind, RECORD_GENESIS);
	ck_assert(rules_set_rulebook_at(room.rules, 0, &version));
	ck_assert_uint_eq(version.sequence, 2);

	uint64_t sequence = room_sequence();
	room_restart();
	ck_assert_uint_eq(room_sequence(), sequence);
	ck_assert(rules_set_rulebook_at(room.rules, 0, &version));
}
END_TEST

START_TEST(the_same_key_again_gets_the_recorded_answer)
{
	people();
	struct command *first = room_points(DOCTOR, 5, "P1");
	room_key(first, "K1");
	room_run(first);
	uint64_t sequence = room_sequence();
	ck_assert_uint_eq(first->outcome.sequence, sequence);

	for (int restarted = 0; restarted < 2; restarted++) {
		struct command *again = room_points(DOCTOR, 5, "P1");
		room_key(again, "K1");
		room_run(again);
		ck_assert(again->outcome.replayed);
		ck_assert_int_eq(again->outcome.head.verdict, VERDICT_ACCEPTED);
		ck_assert_uint_eq(again->outcome.sequence, sequence);
		ck_assert_int_eq(again->outcome.recorded_at, first->outcome.recorded_at);
		ck_assert(code_equal(&again->outcome.head.reply, &first->outcome.head.reply));
		ck_assert_uint_eq(room_sequence(), sequence);
		room_done(again);
		if (restarted == 0) {
			struct outcome kept = first->outcome;
			kept.needs = NULL;
			kept.effects = NULL;
			room_done(first);
			room_restart();
			first = room_command(COMMAND_POINTS_RECORD);
			first->outcome = kept;
		}
	}
	room_done(first);
}
END_TEST

START_TEST(the_same_key_twice_in_flight_makes_one_record)
{
	struct command *commands[40];

	people();
	uint64_t before = room_sequence();
	for (size_t i = 0; i < 40; i++) {
		commands[i] = room_points(DOCTOR, 2, "P1");
		room_key(commands[i], "K-twice");
	}
	for (size_t i = 0; i < 40; i++)
		room_submit(commands[i]);
	for (size_t i = 0; i < 40; i++) {
		room_wait(commands[i]);
		ck_assert_int_eq(commands[i]->outcome.head.verdict, VERDICT_ACCEPTED);
		ck_assert_uint_eq(commands[i]->outcome.sequence, before + 1);
		room_done(commands[i]);
	}
	ck_assert_uint_eq(room_sequence(), before + 1);
}
END_TEST

START_TEST(another_command_under_the_same_key_is_not_recorded)
{
	people();
	struct command *first = room_points(DOCTOR, 5, "P1");
	room_key(first, "K1");
	ck_assert_int_eq(room_verdict(first), VERDICT_ACCEPTED);
	uint64_t sequence = room_sequence();

	struct command *other = room_points(DOCTOR, 6, "P1");
	room_key(other, "K1");
	other->digest[0] ^= 1;
	room_run(other);
	ck_assert_int_eq(other->outcome.status, STATUS_KEY_REUSED);
	room_done(other);
	ck_assert_uint_eq(room_sequence(), sequence);
}
END_TEST

START_TEST(keys_belong_to_their_principal)
{
	people();
	struct command *mine = room_points(DOCTOR, 1, "P1");
	room_key(mine, "K1");
	ck_assert_int_eq(room_verdict(mine), VERDICT_ACCEPTED);

	struct command *theirs = room_points(DOCTOR, 1, "P1");
	room_key(theirs, "K1");
	theirs->principal = &room.other;
	room_run(theirs);
	ck_assert(!theirs->outcome.replayed);
	ck_assert_int_eq(theirs->outcome.head.verdict, VERDICT_ACCEPTED);
	room_done(theirs);
}
END_TEST

START_TEST(a_refusal_is_recorded_and_says_the_same_again)
{
	people();
	uint64_t before = room_sequence();
	struct command *first = room_points(DOCTOR, 10, "P1");
	room_key(first, "K1");
	room_run(first);
	ck_assert_int_eq(first->outcome.head.verdict, VERDICT_NEEDS_CHOICE);
	ck_assert_uint_eq(first->outcome.needs_count, 3); /* months, from, reason */
	ck_assert_uint_eq(room_sequence(), before + 1);
	room_done(first);
	room_restart();

	struct command *again = room_points(DOCTOR, 10, "P1");
	room_key(again, "K1");
	room_run(again);
	ck_assert_int_eq(again->outcome.head.verdict, VERDICT_NEEDS_CHOICE);
	ck_assert_uint_eq(again->outcome.needs_count, 3);
	ck_assert_str_eq(again->outcome.needs[0].parameter, "months");
	ck_assert_int_eq(again->outcome.needs[0].min, 1);
	ck_assert_int_eq(again->outcome.needs[0].max, 6);
	ck_assert_int_eq(again->outcome.needs[0].total, 10);
	ck_assert_uint_eq(room_sequence(), before + 1);
	room_done(again);
}
END_TEST

START_TEST(a_dry_run_tells_and_records_nothing)
{
	people();
	uint64_t before = room_sequence();
	struct command *command = room_points(DOCTOR, 10, "P1");
	char expected[32];

	command->dry_run = true;
	command->score.points.choice.months = 4;
	command->score.points.choice.from = room_day("2025-07-01");
	room_reason(command, "chosen");
	room_run(command);
	ck_assert_int_eq(command->outcome.head.verdict, VERDICT_ACCEPTED);
	ck_assert(command->outcome.dry_run);
	snprintf(expected, sizeof(expected), "E%llu", (unsigned long long)before + 1);
	ck_assert_str_eq(command->outcome.head.reply.text, expected);
	ck_assert_uint_eq(command->outcome.effects_count, 1);
	ck_assert_int_eq(command->outcome.effects[0].kind, STATUS_SUSPENDED);
	ck_assert_int_eq(command->outcome.effects[0].until.number, room_day("2025-11-01").number);
	room_done(command);

	command = room_points(DOCTOR, 10, "P1");
	command->dry_run = true;
	ck_assert_int_eq(room_verdict(command), VERDICT_NEEDS_CHOICE);
	ck_assert_uint_eq(room_sequence(), before);
	ck_assert_int_eq(room_status(DOCTOR, "2025-07-15"), STATUS_NORMAL);

	/* Nor is what it pretended in sight of the next decision. */
	ck_assert_int_eq(room_verdict(room_points(DOCTOR, 5, "P1")), VERDICT_ACCEPTED);
}
END_TEST

START_TEST(the_second_command_of_a_batch_sees_the_first)
{
	struct command *commands[12];

	people();
	room_penalty("P2", HOSPITAL, "2025-06-30");
	for (size_t i = 0; i < 12; i++) {
		/* Twelve points on one penalty could be read as in one go. */
		commands[i] = room_points(DOCTOR, 1, i % 2 == 0 ? "P1" : "P2");
		if (i >= 8) {
			commands[i]->score.points.choice.months = 1;
			commands[i]->score.points.choice.from = room_day("2025-07-01");
			commands[i]->score.points.choice.overlap =
			    i == 8 ? OVERLAP_NONE : OVERLAP_REPLACE;
			room_reason(commands[i], "chosen");
		}
		if (i == 11) {
			commands[i]->score.points.choice.months = -1;
			commands[i]->score.points.choice.overlap = OVERLAP_NONE;
			commands[i]->score.points.choice.from = room_day("2025-08-01");
		}
	}
	for (size_t i = 0; i < 12; i++)
		room_submit(commands[i]);
	for (size_t i = 0; i < 12; i++) {
		room_wait(commands[i]);
		ck_assert_msg(commands[i]->outcome.head.verdict == VERDICT_ACCEPTED, "%zu: %u", i,
			      commands[i]->outcome.head.verdict);
		room_done(commands[i]);
	}
	ck_assert_int_eq(room_status(DOCTOR, "2025-07-15"), STATUS_SUSPENDED);
	ck_assert_int_eq(room_status(DOCTOR, "2025-08-01"), STATUS_TERMINATED);
}
END_TEST

START_TEST(after_a_restart_everything_stands_as_before)
{
	struct standing before, after;

	people();
	struct command *command = room_points(DOCTOR, 10, "P1");
	command->score.points.choice.months = 4;
	command->score.points.choice.from = room_day("2025-07-01");
	room_reason(command, "chosen");
	ck_assert_int_eq(room_verdict(command), VERDICT_ACCEPTED);
	room_standing(DOCTOR, &before);
	room_restart();
	room_standing(DOCTOR, &after);
	ck_assert_mem_eq(&before, &after, sizeof(before));
	ck_assert_int_eq(room_status(DOCTOR, "2025-07-15"), STATUS_SUSPENDED);
	ck_assert_int_eq(room_status(DOCTOR, "2025-11-01"), STATUS_NORMAL);
	ck_assert_int_eq(room_status("D-nobody", "2025-11-01"), STATUS_UNKNOWN);
}
END_TEST

START_TEST(an_id_chosen_before_is_not_made_again)
{
	char taken[32], next[40];

	people();
	/* The record after the next would make this one by itself. */
	snprintf(taken, sizeof(taken), "E%llu", (unsigned long long)room_sequence() + 2);
	struct command *command = room_points(DOCTOR, 1, "P1");
	command->score.points.entry = room_code(taken);
	ck_assert_int_eq(room_verdict(command), VERDICT_ACCEPTED);

	snprintf(next, sizeof(next), "%s-2", taken);
	command = room_points(DOCTOR, 1, "P1");
	room_run(command);
	ck_assert_str_eq(command->outcome.head.reply.text, next);
	room_done(command);

	command = room_command(COMMAND_POINTS_ANNUL);
	command->annul.entry = room_code(next);
	command->annul.on = room_day("2025-11-20");
	room_reason(command, "mistaken");
	ck_assert_int_eq(room_verdict(command), VERDICT_ACCEPTED);
}
END_TEST

START_TEST(an_entry_id_of_somebody_else_exists_already)
{
	people();
	room_practitioner("D2", HOSPITAL);
	struct command *command = room_points(DOCTOR, 1, "P1");
	command->score.points.entry = room_code("mine");
	ck_assert_int_eq(room_verdict(command), VERDICT_ACCEPTED);

	command = room_points("D2", 1, "P1");
	command->score.points.entry = room_code("mine");
	room_run(command);
	ck_assert_int_eq(command->outcome.head.verdict, VERDICT_ALREADY_EXISTS);
	ck_assert_str_eq(command->outcome.head.detail.field, "practitioner");
	room_done(command);

	command = room_points(DOCTOR, 1, "P1");
	command->score.points.entry = room_code("mine");
	ck_assert_int_eq(room_verdict(command), VERDICT_UNCHANGED);
	command = room_points(DOCTOR, 2, "P1");
	command->score.points.entry = room_code("mine");
	ck_assert_int_eq(room_verdict(command), VERDICT_ALREADY_EXISTS);
}
END_TEST

START_TEST(a_refused_id_is_not_used_up)
{
	people();
	struct command *command = room_points(DOCTOR, 10, "P1");
	command->score.points.entry = room_code("once");
	ck_assert_int_eq(room_verdict(command), VERDICT_NEEDS_CHOICE);
	command = room_points(DOCTOR, 3, "P1");
	command->score.points.entry = room_code("once");
	ck_assert_int_eq(room_verdict(command), VERDICT_ACCEPTED);
}
END_TEST

START_TEST(a_name_is_kept_and_compared_but_nowhere_in_the_log)
{
	static const char name[] = "李小梅李小梅李小梅";
	struct command *command;
	char find[256];

	room_institution(HOSPITAL, "350102");
	for (int i = 0; i < 3; i++) {
		command = room_command(COMMAND_PRACTITIONER_ADD);
		command->practitioner = room_code(DOCTOR);
		command->add.person.category = CATEGORY_MEDICAL;
		room_reason(command, i < 2 ? name : "张三");
		room_run(command);
		if (i < 2)
			ck_assert_int_eq(command->outcome.head.verdict,
					 i == 0 ? VERDICT_ACCEPTED : VERDICT_UNCHANGED);
		else
			ck_assert_str_eq(command->outcome.head.detail.field, "name");
		room_done(command);
	}
	snprintf(find, sizeof(find), "grep -rqa '%s' '%s'", name, room.folder);
	ck_assert_int_ne(system(find), 0);

	struct standing standing;
	char plain[PERSONAL_TEXT_MAX + 1];
	const struct entry_subject subject = {SUBJECT_PRACTITIONER, room_code(DOCTOR)};
	room_standing(DOCTOR, &standing);
	ck_assert_int_eq(personal_unseal(store_vault(room.store), PERSONAL_NAME, &subject,
					 &standing.name, plain),
			 0);
	ck_assert_str_eq(plain, name);

	/* Bound to its owner: as another's name it does not open. */
	const struct entry_subject other = {SUBJECT_PRACTITIONER, room_code("D2")};
	ck_assert_int_lt(
	    personal_unseal(store_vault(room.store), PERSONAL_NAME, &other, &standing.name, plain),
	    0);
}
END_TEST

START_TEST(all_fields_of_a_person_are_under_one_key)
{
	struct lookup lookup = {room.reader, NULL};
	struct vault_key name_key, reason_key;
	struct store_record record;
	struct standing standing;
	struct entry_body body;
	struct event event;

	people();
	struct command *command = room_command(COMMAND_PRACTITIONER_ADD);
	command->practitioner = room_code("D2");
	command->add.person.category = CATEGORY_NURSING;
	room_reason(command, "王五");
	ck_assert_int_eq(room_verdict(command), VERDICT_ACCEPTED);
	command = room_points("D2", 1, "P1");
	room_reason(command, "because");
	room_run(command);
	ck_assert_int_eq(command->outcome.head.verdict, VERDICT_ACCEPTED);
	ck_assert_int_eq(lookup_record(&lookup, command->outcome.sequence, &record), 0);
	ck_assert(entry_read(record.body, record.body_size, &body));
	ck_assert_uint_eq(body.keys.left, 0);
	ck_assert(entry_next_event(&body.events, &event));
	ck_assert_int_eq(event.kind, EVENT_POINTS_RECORDED);
	ck_assert_int_eq(
	    vault_sealed_key(event.points.reason.bytes, event.points.reason.size, &reason_key), 0);
	room_standing("D2", &standing);
	ck_assert_int_eq(vault_sealed_key(standing.name.bytes, standing.name.size, &name_key), 0);
	ck_assert_uint_eq(name_key.slot, reason_key.slot);
	ck_assert_uint_eq(name_key.id, reason_key.id);
	room_done(command);
}
END_TEST

START_TEST(a_clock_that_went_back_refuses_writes_but_not_old_answers)
{
	people();
	struct command *command = room_points(DOCTOR, 1, "P1");
	room_key(command, "K1");
	ck_assert_int_eq(room_verdict(command), VERDICT_ACCEPTED);
	uint64_t sequence = room_sequence();

	room_clock_add(-3000000);
	command = room_points(DOCTOR, 1, "P1");
	room_run(command);
	ck_assert_int_eq(command->outcome.status, STATUS_CLOCK_DOUBTFUL);
	room_done(command);
	command = room_points(DOCTOR, 1, "P1");
	room_key(command, "K1");
	room_run(command);
	ck_assert(command->outcome.replayed);
	ck_assert_int_eq(command->outcome.head.verdict, VERDICT_ACCEPTED);
	room_done(command);
	ck_assert_uint_eq(room_sequence(), sequence);
}
END_TEST

START_TEST(recorded_time_never_falls)
{
	struct store_record record;

	people();
	int64_t last = 0;
	for (int i = 0; i < 5; i++) {
		room_clock_add(i % 2 == 0 ? 1500000 : -1500000);
		struct command *command = room_points(DOCTOR, 1, "P1");
		ck_assert_int_eq(room_verdict(command), VERDICT_ACCEPTED);
	}
	for (uint64_t sequence = 1; sequence <= room_sequence(); sequence++) {
		ck_assert_int_eq(store_read(room.reader, sequence, &record), 0);
		ck_assert_int_ge(record.recorded_at, last);
		last = record.recorded_at;
	}
}
END_TEST

START_TEST(an_accepted_clock_is_recorded)
{
	struct store_record record;

	people();
	room_clock_add(-86400000000);
	room.config.clock_accepted = true;
	room_restart();
	ck_assert_int_eq(store_read(room.reader, room_sequence(), &record), 0);
	ck_assert_int_eq(record.kind, RECORD_OPERATOR);
	ck_assert_int_eq(room_verdict(room_points(DOCTOR, 1, "P1")), VERDICT_ACCEPTED);
}
END_TEST

START_TEST(beyond_their_ration_refusals_are_not_recorded)
{
	unsigned limited = 0;

	room.config.refusals_per_second = 4;
	room_restart();
	uint64_t before = room_sequence();
	for (int i = 0; i < 40; i++) {
		struct command *command = room_points("D-nobody", 1, "P-none");
		room_run(command);
		limited += command->outcome.status == STATUS_REFUSALS_TOO_MANY;
		room_done(command);
	}
	ck_assert_uint_eq(room_sequence() - before, 20); /* five seconds' worth */
	ck_assert_uint_eq(limited, 20);

	/* What is accepted is not rationed; time gives the ration back; each has their own. */
	room_institution(HOSPITAL, "350102");
	room_clock_add(1000000);
	ck_assert_int_eq(room_verdict(room_points("D-nobody", 1, "P-none")),
			 VERDICT_PRACTITIONER_UNKNOWN);
	struct command *command = room_points("D-nobody", 1, "P-none");
	command->principal = &room.other;
	ck_assert_int_eq(room_verdict(command), VERDICT_PRACTITIONER_UNKNOWN);
}
END_TEST

START_TEST(a_right_that_has_gone_meanwhile_decides)
{
	people();
	struct command *command = room_points(DOCTOR, 1, "P1");
	atomic_store(&room.clerk.rights, RIGHT_READ);
	room_run(command);
	ck_assert_int_eq(command->outcome.status, STATUS_NOT_ALLOWED);
	room_done(command);
}
END_TEST

START_TEST(what_is_late_is_not_begun)
{
	people();
	uint64_t before = room_sequence();
	struct command *command = room_points(DOCTOR, 1, "P1");
	room_clock_add(1000);
	command->deadline_us = 999;
	room_run(command);
	ck_assert_int_eq(command->outcome.status, STATUS_DEADLINE_EXCEEDED);
	room_done(command);
	ck_assert_uint_eq(room_sequence(), before);
}
END_TEST

START_TEST(a_loaded_rulebook_judges_the_next_command)
{
	struct rules_version version;
	struct rules_file file;
	struct rules_error error;
	static struct rulebook rulebook;
	size_t count = 0;

	people();
	while (rules_set_rulebook_at(room.rules, count, &version))
		count++;
	ck_assert(rules_shipped(0, &file));
	ck_assert_int_eq(file.kind, RULES_RULEBOOK);
	struct command *command = room_command(COMMAND_RULES_LOAD);
	command->rules.kind = RULES_RULEBOOK;
	command->text = malloc(file.size + 16);
	memcpy(command->text, file.text, file.size);
	memcpy(command->text + file.size, "\n# the same\n", 12);
	command->text_size = (uint32_t)file.size + 12;
	ck_assert_int_eq(rules_parse_rulebook(command->text, command->text_size, &rulebook, &error),
			 0);
	command->rules.id = rulebook.id;
	command->rules_name = room_code("national@2025-01-01");
	room_run(command);
	ck_assert_int_eq(command->outcome.head.verdict, VERDICT_ACCEPTED);
	uint64_t sequence = command->outcome.sequence;
	room_done(command);
	ck_assert(rules_set_rulebook_at(room.rules, count, &version));
	ck_assert_uint_eq(version.sequence, sequence);

	room_restart();
	ck_assert(rules_set_rulebook_at(room.rules, count, &version));
	ck_assert_uint_eq(version.sequence, sequence);
	command = room_command(COMMAND_RULES_LOAD);
	command->rules.kind = RULES_RULEBOOK;
	command->rules.id = rulebook.id;
	command->rules_name = room_code("national@2025-01-01");
	ck_assert_int_eq(room_verdict(command), VERDICT_UNCHANGED);
}
END_TEST

START_TEST(a_full_pool_gives_no_command)
{
	struct command *commands[8192];
	size_t count = 0;

	while (count < 8192 && (commands[count] = writer_command(room.writer)) != NULL)
		count++;
	ck_assert_uint_eq(count, room.config.queue_max);
	ck_assert_ptr_null(writer_command(room.writer));
	while (count > 0)
		writer_release(commands[--count]);
	commands[0] = writer_command(room.writer);
	ck_assert_ptr_nonnull(commands[0]);
	writer_release(commands[0]);
}
END_TEST

/* More people than the cache holds, several commands each, in one go: as folding them again says.
 */
START_TEST(many_people_in_one_batch_stand_as_their_records_say)
{
	enum { MANY = 600, EACH = 3 };
	static struct command *commands[MANY * EACH];
	struct standing standing;
	char code[32];

	people();
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(code, sizeof(code), "D%06u", i);
		struct command *command = room_command(COMMAND_PRACTITIONER_ADD);
		command->practitioner = room_code(code);
		command->add.person.category = CATEGORY_MEDICAL;
		commands[i] = command;
		for (unsigned j = 1; j < EACH; j++) {
			commands[j * MANY + i] = room_points(code, 1, "P1");
			ck_assert_ptr_nonnull(commands[j * MANY + i]);
		}
	}
	for (unsigned i = 0; i < MANY * EACH; i++)
		room_submit(commands[i]);
	for (unsigned i = 0; i < MANY * EACH; i++) {
		room_wait(commands[i]);
		ck_assert_int_eq(commands[i]->outcome.head.verdict, VERDICT_ACCEPTED);
		room_done(commands[i]);
	}
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(code, sizeof(code), "D%06u", i);
		room_standing(code, &standing);
		ck_assert_int_eq(standing.category, CATEGORY_MEDICAL);
		ck_assert_uint_eq(standing.entries_count, EACH - 1);
		ck_assert_int_eq(room_status(code, "2025-07-01"), STATUS_NORMAL);
	}
}
END_TEST

Suite *
suite_writer(void)
{
	Suite *suite = suite_create("writer");
	TCase *tcase = tcase_create("writer");

	tcase_add_checked_fixture(tcase, room_setup, room_teardown);
	tcase_set_timeout(tcase, 30);
	tcase_add_test(tcase, an_empty_book_begins_with_genesis_and_the_shipped_rules);
	tcase_add_test(tcase, the_same_key_again_gets_the_recorded_answer);
	tcase_add_test(tcase, the_same_key_twice_in_flight_makes_one_record);
	tcase_add_test(tcase, another_command_under_the_same_key_is_not_recorded);
	tcase_add_test(tcase, keys_belong_to_their_principal);
	tcase_add_test(tcase, a_refusal_is_recorded_and_says_the_same_again);
	tcase_add_test(tcase, a_dry_run_tells_and_records_nothing);
	tcase_add_test(tcase, the_second_command_of_a_batch_sees_the_first);
	tcase_add_test(tcase, after_a_restart_everything_stands_as_before);
	tcase_add_test(tcase, an_id_chosen_before_is_not_made_again);
	tcase_add_test(tcase, an_entry_id_of_somebody_else_exists_already);
	tcase_add_test(tcase, a_refused_id_is_not_used_up);
	tcase_add_test(tcase, a_name_is_kept_and_compared_but_nowhere_in_the_log);
	tcase_add_test(tcase, all_fields_of_a_person_are_under_one_key);
	tcase_add_test(tcase, a_clock_that_went_back_refuses_writes_but_not_old_answers);
	tcase_add_test(tcase, recorded_time_never_falls);
	tcase_add_test(tcase, an_accepted_clock_is_recorded);
	tcase_add_test(tcase, beyond_their_ration_refusals_are_not_recorded);
	tcase_add_test(tcase, a_right_that_has_gone_meanwhile_decides);
	tcase_add_test(tcase, what_is_late_is_not_begun);
	tcase_add_test(tcase, a_loaded_rulebook_judges_the_next_command);
	tcase_add_test(tcase, a_full_pool_gives_no_command);
	tcase_add_test(tcase, many_people_in_one_batch_stand_as_their_records_say);
	suite_add_tcase(suite, tcase);
	return suite;
}
