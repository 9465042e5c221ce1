/* Claim lines: the heaviest of a line's people decides, and every line keeps its place. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "query_book.h"
#include "query_suites.h"

#define LINES_MAX 4096
#define ROLES_MAX 16

/* One chunk to ask with. */
static Demerit__V1__Screen screen;
static Demerit__V1__ScreenItem *item_pointers[LINES_MAX], items[LINES_MAX];
static Demerit__V1__RoleCode *role_pointers[LINES_MAX][ROLES_MAX], roles[LINES_MAX][ROLES_MAX];

static void
setup(void)
{
	book_begin();
	book_person("D1", CATEGORY_MEDICAL, "H1");
	book_person("D2", CATEGORY_MEDICAL, "H1");
	book_person("D3", CATEGORY_MEDICAL, "H1");
	book_penalty("I1", "H1", "2025-05-20");
	struct event_sanction suspension = book_suspension("S1", "2025-05-20", 3);
	book_points("D1", "E1", 10, "I1", "2025-05-20", &suspension);
	struct event_sanction termination = book_termination("T1", PATH_SINGLE, "2025-05-20", 3);
	book_points("D3", "E3", 12, "I1", "2025-05-20", &termination);
	demerit__v1__screen__init(&screen);
	screen.items = item_pointers;
	screen.has_detail = screen.detail = true;
}

static void
teardown(void)
{
	book_end();
}

/* A line: "role=code role=code ..."; roles by number. NULL day: none is given. */
static Demerit__V1__ScreenItem *
line(const char *day, const char *people)
{
	size_t number = screen.n_items++;
	Demerit__V1__ScreenItem *item = item_pointers[number] = &items[number];
	static char texts[LINES_MAX][256];
	char *save = NULL;

	demerit__v1__screen_item__init(item);
	item->has_id = true;
	item->id = 100 + number;
	item->has_service_day = day != NULL;
	item->service_day = day == NULL ? 0 : at(day).number;
	item->roles = role_pointers[number];
	snprintf(texts[number], sizeof(texts[number]), "%s", people);
	for (char *word = strtok_r(texts[number], " ", &save); word != NULL;
	     word = strtok_r(NULL, " ", &save)) {
		Demerit__V1__RoleCode *role = &roles[number][item->n_roles];
		demerit__v1__role_code__init(role);
		role->has_role = word[0] != '0';
		role->role = (Demerit__V1__Role)(word[0] - '0');
		role->code = word + 2;
		role_pointers[number][item->n_roles++] = role;
	}
	return item;
}

static void
ask(uint64_t known_at)
{
	Demerit__V1__Request request = DEMERIT__V1__REQUEST__INIT;

	request.has_known_at = known_at != 0;
	request.known_at = known_at;
	request.body_case = DEMERIT__V1__REQUEST__BODY_SCREEN;
	request.screen = &screen;
	book_ask(query_screen, &request);
}

static const Demerit__V1__ScreenResult *
result_of(size_t number)
{
	const Demerit__V1__Response *answer = book_answer(DEMERIT__V1__RESPONSE__BODY_SCREEN);

	ck_assert(answer->end);
	ck_assert_uint_eq(answer->screen->n_results, screen.n_items);
	ck_assert_uint_eq(answer->screen->results[number]->id, 100 + number);
	return answer->screen->results[number];
}

START_TEST(the_heaviest_role_decides)
{
	static const struct {
		const char *people;
		enum claim_decision decision;
		enum reason reason;
		int role;
		const char *who;
	} rows[] = {
	    {"1=D2", DECISION_PAY, REASON_ELIGIBLE, 0, NULL},
	    {"1=D1", DECISION_REFUSE, REASON_SUSPENDED, 1, "D1"},
	    {"1=D2 3=D1", DECISION_REFUSE, REASON_SUSPENDED, 3, "D1"},
	    {"1=009999 2=D2", DECISION_UNDETERMINED, REASON_UNKNOWN_PRACTITIONER, 1, "009999"},
	    {"1=009999 2=D1", DECISION_REFUSE, REASON_SUSPENDED, 2, "D1"},
	    {"1=D1 2=D3", DECISION_REFUSE, REASON_SUSPENDED, 1, "D1"},
	    {"1=D3 2=D1", DECISION_REFUSE, REASON_TERMINATED, 1, "D3"},
	    {"1= 2=D2", DECISION_PAY, REASON_ELIGIBLE, 0, NULL},
	    {"1= 2=", DECISION_UNDETERMINED, REASON_NO_PRACTITIONER, 0, NULL},
	    {"", DECISION_UNDETERMINED, REASON_NO_PRACTITIONER, 0, NULL},
	    /* A certificate nobody told of is heard when nobody else is named. */
	    {"7=CERT 8=PH1", DECISION_UNDETERMINED, REASON_UNKNOWN_PRACTITIONER, 7, "CERT"},
	    {"1=D2 7=CERT", DECISION_PAY, REASON_ELIGIBLE, 0, NULL},
	    {"7=D1", DECISION_REFUSE, REASON_SUSPENDED, 7, "D1"},
	    /* A role that is not told may block. */
	    {"0=D1", DECISION_REFUSE, REASON_SUSPENDED, 0, "D1"},
	};
	const size_t count = sizeof(rows) / sizeof(rows[0]);

	for (size_t i = 0; i < count; i++)
		line("2025-06-01", rows[i].people);
	ask(0);
	for (size_t i = 0; i < count; i++) {
		const Demerit__V1__ScreenResult *result = result_of(i);
		ck_assert_msg((int)result->decision == (int)rows[i].decision, "%s", rows[i].people);
		ck_assert_int_eq(result->reason, (int)rows[i].reason);
		ck_assert_int_eq(result->role, rows[i].role);
		ck_assert_pstr_eq(result->practitioner, rows[i].who);
	}
}
END_TEST

START_TEST(a_refused_line_names_entries_and_clause)
{
	line("2025-06-01", "1=D1");
	line("2025-06-01", "1=D2");
	line("2025-09-01", "1=D1");
	line("2025-06-01", "1=D1");
	ask(0);
	ck_assert_uint_eq(result_of(0)->n_entries, 1);
	ck_assert_str_eq(result_of(0)->entries[0], "E1");
	ck_assert_str_eq(result_of(0)->clause, "Art. 14");
	ck_assert_uint_eq(result_of(1)->n_entries, 0);
	ck_assert_ptr_null(result_of(1)->clause);
	ck_assert_int_eq(result_of(2)->decision, DEMERIT__V1__DECISION__DECISION_PAY);
	ck_assert_str_eq(result_of(3)->entries[0], "E1");

	screen.detail = false;
	ask(0);
	ck_assert_uint_eq(result_of(0)->n_entries, 0);
}
END_TEST

START_TEST(an_exempt_line_says_by_what)
{
	Demerit__V1__ScreenItem *item = line("2025-06-01", "1=D1");

	item->has_emergency = item->emergency = true;
	item = line("2025-06-01", "1=D3");
	item->has_emergency = item->emergency = true;
	ask(0);
	ck_assert_int_eq(result_of(0)->decision, DEMERIT__V1__DECISION__DECISION_EXEMPT);
	ck_assert_str_eq(result_of(0)->entries[0], "E1");
	/* A termination exempts nothing. */
	ck_assert_int_eq(result_of(1)->decision, DEMERIT__V1__DECISION__DECISION_REFUSE);
}
END_TEST

START_TEST(lines_that_cannot_be_understood_keep_their_place)
{
	line(NULL, "1=D1");
	line("2025-06-01", "1=D1")->service_day = INT32_MAX;
	line("2025-06-01", "1=D\xc3\xa9");
	line("2025-06-01", "1=D2")->institution = (char *)(uintptr_t) "not a code";
	line("2025-06-01", "1=D2")->med_type = (char *)(uintptr_t) "\xe6\x80\xa5\xe8\xaf\x8a";
	ask(0);
	ck_assert_int_eq(result_of(0)->reason, (int)REASON_BAD_DATE);
	ck_assert_int_eq(result_of(1)->reason, (int)REASON_BAD_DATE);
	ck_assert_int_eq(result_of(2)->reason, (int)REASON_UNKNOWN_PRACTITIONER);
	ck_assert_int_eq(result_of(3)->decision, DEMERIT__V1__DECISION__DECISION_PAY);
	ck_assert_int_eq(result_of(4)->decision, DEMERIT__V1__DECISION__DECISION_PAY);
}
END_TEST

START_TEST(a_chunk_is_of_one_moment_whatever_comes_later)
{
	uint64_t then = book.sequence;

	line("2025-06-01", "1=D1");
	line("2025-06-01", "1=D2");
	book_fall("D1", 0, 1);
	struct event_sanction suspension = book_suspension("S2", "2025-05-20", 3);
	book_points("D2", "E2", 10, "I1", "2025-05-20", &suspension);
	for (int i = 0; i < 2; i++) {
		ask(then);
		ck_assert_int_eq(result_of(0)->decision, DEMERIT__V1__DECISION__DECISION_REFUSE);
		ck_assert_str_eq(result_of(0)->entries[0], "E1");
		ck_assert_int_eq(result_of(1)->decision, DEMERIT__V1__DECISION__DECISION_PAY);
		ask(0);
		ck_assert_int_eq(result_of(0)->decision, DEMERIT__V1__DECISION__DECISION_PAY);
		ck_assert_int_eq(result_of(1)->decision, DEMERIT__V1__DECISION__DECISION_REFUSE);
		ck_assert_str_eq(result_of(1)->entries[0], "E2");
	}
}
END_TEST

/* The same person and day, refused for other reasons at other moments. */
START_TEST(the_entries_are_those_of_the_moment)
{
	uint64_t then = book.sequence;
	struct event_sanction termination =
	    book_termination("T2", PATH_ACCUMULATED, "2025-05-25", 1);

	line("2025-06-01", "1=D1");
	book_points("D1", "E2", 4, "I1", "2025-05-25", &termination);
	for (int i = 0; i < 2; i++) {
		ask(then);
		ck_assert_uint_eq(result_of(0)->n_entries, 1);
		ask(0);
		ck_assert_int_eq(result_of(0)->reason, (int)REASON_TERMINATED);
		ck_assert_uint_eq(result_of(0)->n_entries, 2);
	}
}
END_TEST

/* Answers that outgrow one frame go on, in order, and only the last says so. */
START_TEST(a_long_answer_comes_in_several_frames)
{
	struct event_sanction suspension = book_suspension("S9", "2025-05-20", 3);
	char id[65];
	size_t next = 0;

	book_person("D9", CATEGORY_MEDICAL, "H1");
	for (int i = 0; i < 8; i++) {
		snprintf(id, sizeof(id), "E9-%d-%050d", i, i);
		book_points("D9", id, 1, "I1", "2025-05-20", i == 7 ? &suspension : NULL);
	}
	for (size_t i = 0; i < LINES_MAX; i++)
		line("2025-06-01", "1=D9");
	ask(0);
	ck_assert_int_eq(book.refused, STATUS_OK);
	ck_assert_uint_gt(book.answers_count, 4);
	for (size_t i = 0; i < book.answers_count; i++) {
		const Demerit__V1__Response *answer = book.answers[i];
		ck_assert_uint_eq(answer->position->sequence, book.sequence);
		ck_assert_int_eq(answer->end, i + 1 == book.answers_count);
		for (size_t k = 0; k < answer->screen->n_results; k++) {
			ck_assert_uint_eq(answer->screen->results[k]->id, 100 + next++);
			ck_assert_uint_eq(answer->screen->results[k]->n_entries, 8);
		}
	}
	ck_assert_uint_eq(next, LINES_MAX);
}
END_TEST

START_TEST(an_empty_chunk_has_an_empty_answer)
{
	ask(0);
	ck_assert_uint_eq(book_answer(DEMERIT__V1__RESPONSE__BODY_SCREEN)->screen->n_results, 0);
	ck_assert(book.answers[0]->end);
}
END_TEST

#define CROWD 1500

static void
crowd(void)
{
	char code[16], id[65];

	for (unsigned i = 0; i < CROWD; i++) {
		struct event_sanction suspension = book_suspension("S5", "2025-05-20", 3);
		snprintf(code, sizeof(code), "C%u", i);
		snprintf(id, sizeof(id), "X%u-%050u", i, i);
		book_person(code, CATEGORY_MEDICAL, "H1");
		book_points(code, id, 10, "I1", "2025-05-20", &suspension);
	}
}

/* The cache of bases forgets everything when it is full: nobody may notice. */
START_TEST(more_people_than_the_cache_holds_are_all_told_why)
{
	char text[80];

	crowd();
	uint64_t then = book.sequence;
	for (unsigned i = 0; i < CROWD; i++) {
		snprintf(text, sizeof(text), "1=C%u", i);
		line("2025-06-01", text);
		book_foreign(text + 2, "F1", STATUS_SUSPENDED, "2030-01-01", NULL, 0);
	}
	/* Of people who changed since, each moment is another state: nothing is found again. */
	for (unsigned round = 0; round < 12; round++) {
		size_t number = 0;
		ask(then + round);
		for (size_t k = 0; k < book.answers_count; k++) {
			const Demerit__V1__ScreenReply *reply = book.answers[k]->screen;
			for (size_t i = 0; i < reply->n_results; i++, number++) {
				snprintf(text, sizeof(text), "X%zu-%050zu", number, number);
				ck_assert_uint_eq(reply->results[i]->n_entries, 1);
				ck_assert_str_eq(reply->results[i]->entries[0], text);
			}
		}
		ck_assert_uint_eq(number, CROWD);
	}
}
END_TEST

Suite *
suite_screen(void)
{
	Suite *suite = suite_create("screen");
	TCase *tests = tcase_create("screen");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, the_heaviest_role_decides);
	tcase_add_test(tests, a_refused_line_names_entries_and_clause);
	tcase_add_test(tests, an_exempt_line_says_by_what);
	tcase_add_test(tests, lines_that_cannot_be_understood_keep_their_place);
	tcase_add_test(tests, a_chunk_is_of_one_moment_whatever_comes_later);
	tcase_add_test(tests, the_entries_are_those_of_the_moment);
	tcase_add_test(tests, a_long_answer_comes_in_several_frames);
	tcase_add_test(tests, an_empty_chunk_has_an_empty_answer);
	tcase_add_test(tests, more_people_than_the_cache_holds_are_all_told_why);
	suite_add_tcase(suite, tests);
	return suite;
}
