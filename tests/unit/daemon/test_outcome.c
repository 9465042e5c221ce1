#include <stdlib.h>
#include <string.h>

#include "daemon/outcome.h"
#include "daemon/replica.h"
#include "daemon/translate.h"
#include "proto/arena.h"
#include "proto/demerit.pb-c.h"
#include "writer_suites.h"

static struct arena arena;
static void *memory;

static void
setup(void)
{
	memory = aligned_alloc(4096, 4 << 20);
	arena_init(&arena, memory, 4 << 20);
}

static void
teardown(void)
{
	free(memory);
}

/* No verdict leaves a place in its sentences unfilled, in neither language. */
START_TEST(every_sentence_is_whole)
{
	size_t count;
	const struct verdict_row *rows = verdict_rows(&count);
	struct entry_need need = {.parameter = "months", .min = 1, .max = 6, .total = 10};
	struct outcome outcome = {.needs = &need, .needs_count = 1};
	struct entry_detail *detail = &outcome.head.detail;

	strcpy(detail->parameter, "months");
	strcpy(detail->field, "name");
	ck_assert(code_set("D1", 2, &detail->thing));
	ck_assert(code_set("D1", 2, &need.practitioner));
	detail->day = (struct day){20000};
	detail->min = 2;
	detail->max = 4;
	detail->total = 10;
	for (size_t i = 0; i < count; i++) {
		outcome.head.verdict = (uint16_t)rows[i].verdict;
		for (int chinese = 0; chinese < 2; chinese++) {
			const char *text = outcome_sentence(&outcome, &arena, chinese == 1);
			ck_assert_ptr_nonnull(text);
			ck_assert_msg(text[0] != '\0', "%s", rows[i].name);
			ck_assert_msg(strpbrk(text, "{}") == NULL, "%s: %s", rows[i].name, text);
			ck_assert_msg(strstr(text, "  ") == NULL, "%s: %s", rows[i].name, text);
		}
	}
}
END_TEST

START_TEST(a_missing_choice_is_named_with_its_range)
{
	struct entry_need needs[] = {
	    {.parameter = "months", .min = 1, .max = 6, .total = 9},
	    {.parameter = "from", .min = 20254, .max = INT32_MAX, .total = 9},
	    {.parameter = "overlap", .min = 1, .max = 4, .total = 11},
	};
	struct outcome outcome = {.needs = needs, .needs_count = 3};

	outcome.head.verdict = VERDICT_NEEDS_CHOICE;
	ck_assert(code_set("D1", 2, &needs[0].practitioner));
	ck_assert(code_set("D1", 2, &needs[1].practitioner));
	ck_assert(code_set("D2", 2, &needs[2].practitioner));
	ck_assert_str_eq(outcome_sentence(&outcome, &arena, false),
			 "The decision must supply, with a reason: D1 (total 9): months 1-6, from "
			 "2025-06-15 or later; D2 (total 11): overlap replace|extend|add|keep.");
	const Demerit__V1__Error *error = outcome_error(&outcome, &arena);
	ck_assert_uint_eq(error->n_choices, 3);
	ck_assert_int_eq(error->choices[1]->min, 20254);
	ck_assert(!error->choices[1]->has_max);
	ck_assert_uint_eq(error->choices[2]->n_allowed, 4);
	ck_assert_str_eq(error->choices[2]->allowed[3], "keep");
}
END_TEST

START_TEST(a_sentence_has_an_end_however_many_people_it_names)
{
	enum { MANY = 3000 };
	struct entry_need *needs = calloc(MANY, sizeof(*needs));
	struct outcome outcome = {.needs = needs, .needs_count = MANY};

	outcome.head.verdict = VERDICT_NEEDS_CHOICE;
	for (size_t i = 0; i < MANY; i++) {
		ck_assert(code_set("D350102000001", 13, &needs[i].practitioner));
		needs[i].practitioner.text[12] = (char)('0' + i % 10);
		strcpy(needs[i].parameter, "months");
	}
	const char *text = outcome_sentence(&outcome, &arena, true);
	ck_assert_uint_lt(strlen(text), 4096);
	ck_assert_ptr_nonnull(strstr(text, "…"));
	free(needs);
}
END_TEST

/* ---- from the wire ---- */

static struct translation
points(Demerit__V1__PointsRecord *in)
{
	static struct command command;

	memset(&command, 0, sizeof(command));
	struct translation t = {.command = &command, .today = {20500}};
	translate_body(&t, DEMERIT__V1__REQUEST__BODY_POINTS_RECORD, &in->base);
	return t;
}

static Demerit__V1__PointsRecord
whole_points(void)
{
	Demerit__V1__PointsRecord in = DEMERIT__V1__POINTS_RECORD__INIT;

	in.practitioner = (char *)(uintptr_t) "D1";
	in.has_points = true;
	in.points = 5;
	in.penalty = (char *)(uintptr_t) "P1";
	in.has_level = true;
	in.level = DEMERIT__V1__LEVEL__LEVEL_MAIN;
	in.has_conduct_from = true;
	in.conduct_from = 20200;
	return in;
}

START_TEST(a_whole_entry_is_taken_as_it_is)
{
	Demerit__V1__PointsRecord in = whole_points();
	struct translation t = points(&in);
	const struct command_score *score = &t.command->score;

	ck_assert_int_eq(t.status, STATUS_OK);
	ck_assert_int_eq(t.command->kind, COMMAND_POINTS_RECORD);
	ck_assert_int_eq(score->points.points, 5);
	ck_assert_str_eq(score->points.situation.text, "other");
	ck_assert_int_eq(score->points.conduct_to.number, 20200);
	ck_assert_int_eq(score->points.choice.months, -1);
	ck_assert(day_is_none(score->points.choice.from));
	ck_assert(day_is_none(score->version));
}
END_TEST

static const struct {
	const char *field;
	enum status_reason status;
} faults[] = {
    {"practitioner", STATUS_FIELD_MISSING},  {"points", STATUS_FIELD_RANGE},
    {"points", STATUS_FIELD_MISSING},	     {"level", STATUS_FIELD_MISSING},
    {"conduct_from", STATUS_FIELD_MISSING},  {"conduct_to", STATUS_FIELD_BAD_VALUE},
    {"on", STATUS_FIELD_BAD_VALUE},	     {"id", STATUS_FIELD_BAD_ID},
    {"rulebook", STATUS_FIELD_BAD_VALUE},    {"band_shift", STATUS_FIELD_RANGE},
    {"conduct_from", STATUS_FIELD_BAD_DAY},  {"reason", STATUS_FIELD_TOO_LONG},
    {"practitioner", STATUS_FIELD_BAD_CODE}, {"points", STATUS_FIELD_RANGE},
};

START_TEST(a_fault_is_named_with_its_field)
{
	static char longest[COMMAND_TEXT_MAX + 2];
	Demerit__V1__PointsRecord in = whole_points();

	switch (_i) {
	case 0:
		in.practitioner = NULL;
		break;
	case 1:
		in.points = 13;
		break;
	case 2:
		in.has_points = false;
		break;
	case 3:
		in.has_level = false;
		break;
	case 4:
		in.has_conduct_from = false;
		break;
	case 5:
		in.has_conduct_to = true;
		in.conduct_to = 20199;
		break;
	case 6:
		in.has_on = true;
		in.on = 20300;
		break;
	case 7:
		in.id = (char *)(uintptr_t) "a/b";
		break;
	case 8:
		in.rulebook = (char *)(uintptr_t) "Hunan!";
		break;
	case 9:
		in.has_band_shift = true;
		in.band_shift = 2;
		break;
	case 10:
		in.conduct_from = 5000000;
		break;
	case 11:
		memset(longest, 'a', sizeof(longest) - 1);
		in.reason = longest;
		break;
	case 12:
		in.practitioner = (char *)(uintptr_t) "D 1";
		break;
	case 13:
		in.points = 0;
		break;
	}
	struct translation t = points(&in);
	ck_assert_str_eq(t.field, faults[_i].field);
	ck_assert_int_eq(t.status, faults[_i].status);
}
END_TEST

START_TEST(a_rulebook_with_a_typo_is_told_by_line_and_key)
{
	static struct command command;
	struct translation t = {.command = &command};
	Demerit__V1__RulebookLoad in = DEMERIT__V1__RULEBOOK_LOAD__INIT;

	in.text = (char *)(uintptr_t) "kind: rulebook\njurisdction: hunan\n";
	translate_body(&t, DEMERIT__V1__REQUEST__BODY_RULEBOOK_LOAD, &in.base);
	ck_assert_int_eq(t.status, STATUS_FIELD_BAD_VALUE);
	ck_assert_str_ne(t.rules.message, "");
	ck_assert_ptr_null(command.text);
}
END_TEST

/* ---- the port to other machines ---- */

struct engine {
	enum replica_result answers[12];
	size_t asked;
	const uint8_t *group;
};

static enum replica_result
engine_append(void *user, const uint8_t *group, size_t size)
{
	struct engine *engine = user;

	ck_assert_uint_eq(size, 3);
	ck_assert(engine->group == NULL || engine->group == group); /* the same bytes again */
	engine->group = group;
	return engine->answers[engine->asked++];
}

START_TEST(an_unknown_answer_is_asked_for_again_with_the_same_bytes)
{
	static const uint8_t group[3] = {1, 2, 3};
	struct engine engine = {{REPLICA_UNKNOWN, REPLICA_UNKNOWN, REPLICA_ACCEPTED}, 0, NULL};
	const struct replica replica = {engine_append, &engine};

	ck_assert_int_eq(replica_append(&replica, group, sizeof(group)), 0);
	ck_assert_uint_eq(engine.asked, 3);
	ck_assert_int_eq(replica_append(&replica_local, group, sizeof(group)), 0);
}
END_TEST

START_TEST(a_conflict_drops_the_group_and_silence_stops)
{
	static const uint8_t group[3] = {1, 2, 3};
	struct engine conflict = {{REPLICA_UNKNOWN, REPLICA_CONFLICT}, 0, NULL};
	struct engine silent = {.group = NULL};
	struct replica replica = {engine_append, &conflict};

	ck_assert_int_eq(replica_append(&replica, group, sizeof(group)), STORE_BUSY);
	for (size_t i = 0; i < sizeof(silent.answers) / sizeof(silent.answers[0]); i++)
		silent.answers[i] = REPLICA_UNKNOWN;
	replica.user = &silent;
	ck_assert_int_eq(replica_append(&replica, group, sizeof(group)), STORE_IO);
	ck_assert_uint_le(silent.asked, 12);
}
END_TEST

Suite *
suite_outcome(void)
{
	Suite *suite = suite_create("outcome");
	TCase *words = tcase_create("words");
	TCase *wire = tcase_create("wire");
	TCase *port = tcase_create("port");

	tcase_add_checked_fixture(words, setup, teardown);
	tcase_add_test(words, every_sentence_is_whole);
	tcase_add_test(words, a_missing_choice_is_named_with_its_range);
	tcase_add_test(words, a_sentence_has_an_end_however_many_people_it_names);
	suite_add_tcase(suite, words);
	tcase_add_test(wire, a_whole_entry_is_taken_as_it_is);
	tcase_add_loop_test(wire, a_fault_is_named_with_its_field, 0,
			    (int)(sizeof(faults) / sizeof(faults[0])));
	tcase_add_test(wire, a_rulebook_with_a_typo_is_told_by_line_and_key);
	suite_add_tcase(suite, wire);
	tcase_add_test(port, an_unknown_answer_is_asked_for_again_with_the_same_bytes);
	tcase_add_test(port, a_conflict_drops_the_group_and_silence_stops);
	suite_add_tcase(suite, port);
	return suite;
}
