/* Claw-back: what differs between then and now, and nothing else. */
#include <string.h>

#include "query_book.h"
#include "query_suites.h"

static uint64_t before_points;

static void
setup(void)
{
	book_begin();
	book_person("D1", CATEGORY_MEDICAL, "H1");
	book_person("D2", CATEGORY_MEDICAL, "H1");
	book_person("D3", CATEGORY_MEDICAL, "H1");
	before_points = book_penalty("I1", "H1", "2025-05-20");
	struct event_sanction suspension = book_suspension("S1", "2025-05-20", 3);
	book_points("D1", "E1", 10, "I1", "2025-05-20", &suspension);
	struct event_sanction termination = book_termination("T1", PATH_SINGLE, "2025-05-20", 3);
	book_points("D3", "E3", 12, "I1", "2025-05-20", &termination);
}

static void
teardown(void)
{
	book_end();
}

static Demerit__V1__Clawback asked;
static Demerit__V1__Request request;
static Demerit__V1__ScreenItem *item_pointers[8], items[8];
static Demerit__V1__RoleCode *role_pointers[8], roles[8];

static void
ask(uint64_t since)
{
	request = (Demerit__V1__Request)DEMERIT__V1__REQUEST__INIT;
	request.body_case = DEMERIT__V1__REQUEST__BODY_CLAWBACK;
	request.clawback = &asked;
	asked.has_since = true;
	asked.since = since;
	book_ask(query_clawback, &request);
}

static const Demerit__V1__ClawbackReply *
reply_of(void)
{
	return book_answer(DEMERIT__V1__RESPONSE__BODY_CLAWBACK)->clawback;
}

static void
fresh(void)
{
	demerit__v1__clawback__init(&asked);
}

static void
line(const char *who, const char *day)
{
	size_t number = asked.n_items++;

	asked.items = item_pointers;
	demerit__v1__screen_item__init(&items[number]);
	demerit__v1__role_code__init(&roles[number]);
	item_pointers[number] = &items[number];
	role_pointers[number] = &roles[number];
	items[number].has_id = true;
	items[number].id = 700 + number;
	items[number].has_service_day = true;
	items[number].service_day = at(day).number;
	items[number].n_roles = 1;
	items[number].roles = &role_pointers[number];
	roles[number].has_role = true;
	roles[number].role = DEMERIT__V1__ROLE__ROLE_BILG_DR_CODG;
	roles[number].code = (char *)(uintptr_t)who;
}

START_TEST(each_changed_period_is_told_with_what_made_the_difference)
{
	fresh();
	ask(before_points);
	const Demerit__V1__ClawbackReply *reply = reply_of();

	ck_assert_uint_eq(reply->n_changes, 2);
	const Demerit__V1__ClawbackChange *change = reply->changes[0];
	ck_assert_str_eq(change->practitioner, "D1");
	ck_assert_str_eq(change->sanction, "S1");
	ck_assert_int_eq(change->from_day, at("2025-05-20").number);
	ck_assert_int_eq(change->until_day, at("2025-08-20").number);
	ck_assert_int_eq(change->before, DEMERIT__V1__DECISION__DECISION_PAY);
	ck_assert_int_eq(change->after, DEMERIT__V1__DECISION__DECISION_REFUSE);
	ck_assert_uint_eq(change->sequence, before_points + 1);
	ck_assert_str_eq(reply->changes[1]->practitioner, "D3");
	ck_assert_uint_eq(reply->changes[1]->sequence, before_points + 2);
	/* A bar is over, but the status stays terminated: without end. */
	ck_assert(!reply->changes[1]->has_until_day);
}
END_TEST

START_TEST(what_came_and_went_since_is_no_change)
{
	book_fall("D1", 0, 1);
	fresh();
	ask(before_points);
	ck_assert_uint_eq(reply_of()->n_changes, 1);
	ck_assert_str_eq(reply_of()->changes[0]->practitioner, "D3");
}
END_TEST

START_TEST(a_fall_pays_what_was_refused)
{
	uint64_t then = book.sequence;
	uint64_t fall = book_fall("D1", 0, 1);

	fresh();
	ask(then);
	const Demerit__V1__ClawbackReply *reply = reply_of();
	ck_assert_uint_eq(reply->n_changes, 1);
	ck_assert_int_eq(reply->changes[0]->before, DEMERIT__V1__DECISION__DECISION_REFUSE);
	ck_assert_int_eq(reply->changes[0]->after, DEMERIT__V1__DECISION__DECISION_PAY);
	ck_assert_str_eq(reply->changes[0]->sanction, "S1");
	ck_assert_uint_eq(reply->changes[0]->sequence, fall);
}
END_TEST

START_TEST(only_lines_decided_otherwise_are_told)
{
	fresh();
	line("D1", "2025-05-19"); /* the day before */
	line("D1", "2025-05-20");
	line("D2", "2025-06-01");
	line("D1", "2025-08-19");
	line("D1", "2025-08-20"); /* over */
	line("D3", "2030-01-01");
	line("009999", "2025-06-01"); /* known neither then nor now */
	ask(before_points);
	const Demerit__V1__ClawbackReply *reply = reply_of();
	static const uint64_t ids[] = {701, 703, 705};

	ck_assert_uint_eq(reply->n_changes, 3);
	for (size_t i = 0; i < 3; i++) {
		ck_assert_uint_eq(reply->changes[i]->id, ids[i]);
		ck_assert_int_eq(reply->changes[i]->before, DEMERIT__V1__DECISION__DECISION_PAY);
		ck_assert_int_eq(reply->changes[i]->after, DEMERIT__V1__DECISION__DECISION_REFUSE);
	}
	ck_assert_str_eq(reply->changes[0]->sanction, "S1");
	ck_assert_str_eq(reply->changes[2]->sanction, "T1");
}
END_TEST

START_TEST(somebody_unknown_then_is_compared_too)
{
	fresh();
	line("D2", "2025-06-01");
	line("D1", "2025-06-01");
	ask(0);
	const Demerit__V1__ClawbackReply *reply = reply_of();

	ck_assert_uint_eq(reply->n_changes, 2);
	ck_assert_int_eq(reply->changes[0]->before, DEMERIT__V1__DECISION__DECISION_UNDETERMINED);
	ck_assert_int_eq(reply->changes[0]->after, DEMERIT__V1__DECISION__DECISION_PAY);
	ck_assert_int_eq(reply->changes[1]->after, DEMERIT__V1__DECISION__DECISION_REFUSE);
}
END_TEST

START_TEST(only_people_of_the_institution_count)
{
	char here[] = "H1", elsewhere[] = "H2";

	fresh();
	asked.institution = here;
	ask(before_points);
	ck_assert_uint_eq(reply_of()->n_changes, 2);
	asked.institution = elsewhere;
	ask(before_points);
	ck_assert_uint_eq(reply_of()->n_changes, 0);
}
END_TEST

START_TEST(nothing_has_changed_since_now)
{
	fresh();
	ask(book.sequence);
	ck_assert_uint_eq(reply_of()->n_changes, 0);
}
END_TEST

START_TEST(a_past_that_is_to_come_is_refused)
{
	fresh();
	ask(book.sequence + 1);
	book_is_refused(STATUS_SINCE_AHEAD, "since");
}
END_TEST

START_TEST(a_request_without_its_past_is_refused)
{
	fresh();
	request = (Demerit__V1__Request)DEMERIT__V1__REQUEST__INIT;
	request.body_case = DEMERIT__V1__REQUEST__BODY_CLAWBACK;
	request.clawback = &asked;
	book_ask(query_clawback, &request);
	book_is_refused(STATUS_FIELD_MISSING, "since");
}
END_TEST

START_TEST(lines_do_not_go_with_an_institution)
{
	char here[] = "H1";

	fresh();
	asked.institution = here;
	line("D1", "2025-06-01");
	ask(before_points);
	book_is_refused(STATUS_FIELD_BAD_VALUE, "institution");
}
END_TEST

Suite *
suite_clawback(void)
{
	Suite *suite = suite_create("clawback");
	TCase *tcase = tcase_create("clawback");

	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, each_changed_period_is_told_with_what_made_the_difference);
	tcase_add_test(tcase, what_came_and_went_since_is_no_change);
	tcase_add_test(tcase, a_fall_pays_what_was_refused);
	tcase_add_test(tcase, only_lines_decided_otherwise_are_told);
	tcase_add_test(tcase, somebody_unknown_then_is_compared_too);
	tcase_add_test(tcase, only_people_of_the_institution_count);
	tcase_add_test(tcase, nothing_has_changed_since_now);
	tcase_add_test(tcase, a_past_that_is_to_come_is_refused);
	tcase_add_test(tcase, a_request_without_its_past_is_refused);
	tcase_add_test(tcase, lines_do_not_go_with_an_institution);
	return suite;
}
