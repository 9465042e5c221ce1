/* Questions about a person: as of which moment, with what detail, and the same however asked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "query_book.h"
#include "query_suites.h"

static Demerit__V1__ScreenResult ask_screen(const Demerit__V1__Check *, uint64_t known_at);

/* 10 points, suspended from 2025-05-20; then 4 more, terminated from 2025-09-10. */
static uint64_t before_late, after_first, after_second;

static void
setup(void)
{
	book_begin();
	book_person("D1", CATEGORY_MEDICAL, "H1");
	book_person("D2", CATEGORY_MEDICAL, "H1");
	book_penalty("I1", "H1", "2025-05-20");
	before_late = book.sequence;
	struct event_sanction suspension = book_suspension("S1", "2025-05-20", 3);
	after_first = book_points("D1", "E1", 10, "I1", "2025-05-20", &suspension);
	book_penalty("I2", "H1", "2025-09-10");
	struct event_sanction termination =
	    book_termination("T1", PATH_ACCUMULATED, "2025-09-10", 1);
	after_second = book_points("D1", "E2", 4, "I2", "2025-09-10", &termination);
}

static void
teardown(void)
{
	book_end();
}

static Demerit__V1__Check
check_of(const char *practitioner, const char *on)
{
	Demerit__V1__Check check = DEMERIT__V1__CHECK__INIT;

	check.practitioner = (char *)(uintptr_t)practitioner;
	check.has_on = on != NULL;
	check.on = on == NULL ? 0 : at(on).number;
	return check;
}

static Demerit__V1__Request
request_of(Demerit__V1__Check *check)
{
	Demerit__V1__Request request = DEMERIT__V1__REQUEST__INIT;

	request.body_case = DEMERIT__V1__REQUEST__BODY_CHECK;
	request.check = check;
	return request;
}

START_TEST(a_check_with_detail_has_every_key)
{
	Demerit__V1__CheckReply *reply = book_check("D1", "2025-06-01", 0, true);

	ck_assert_int_eq(reply->decision, DEMERIT__V1__DECISION__DECISION_REFUSE);
	ck_assert_int_eq(reply->reason, DEMERIT__V1__DECISION_REASON__DECISION_REASON_SUSPENDED);
	ck_assert_int_eq(reply->until_day, at("2025-08-20").number);
	ck_assert(!reply->has_bar_until);
	ck_assert_uint_eq(reply->points_this_year, 10);
	ck_assert_uint_eq(reply->n_entries, 1);
	ck_assert_str_eq(reply->entries[0], "E1");
	ck_assert_str_eq(reply->rulebook, "national@2025-01-01");
	ck_assert_str_eq(reply->clause, "Art. 14");
	ck_assert_str_eq(reply->practitioner, "D1");
	ck_assert(!reply->has_registered);
}
END_TEST

START_TEST(while_terminated_the_bar_is_told_and_no_end)
{
	Demerit__V1__CheckReply *reply = book_check("D1", "2025-10-01", 0, true);

	ck_assert_int_eq(reply->status,
			 DEMERIT__V1__ELIGIBILITY_STATUS__ELIGIBILITY_STATUS_TERMINATED);
	ck_assert(!reply->has_until_day);
	ck_assert_int_eq(reply->bar_until, at("2026-09-10").number);
	ck_assert_uint_eq(reply->n_entries, 2);
	ck_assert_uint_eq(reply->points_this_year, 14);

	reply = book_check("D1", "2026-09-10", 0, false);
	ck_assert_int_eq(reply->reason,
			 DEMERIT__V1__DECISION_REASON__DECISION_REASON_BAR_OVER_NOT_REREGISTERED);
}
END_TEST

START_TEST(known_at_brings_the_older_answer_back)
{
	Demerit__V1__CheckReply *reply = book_check("D1", "2025-06-01", before_late, true);

	ck_assert_int_eq(reply->decision, DEMERIT__V1__DECISION__DECISION_PAY);
	ck_assert_uint_eq(reply->points_this_year, 0);
	ck_assert_uint_eq(book.answers[0]->known_at, before_late);
	ck_assert_uint_eq(book.answers[0]->position->sequence, after_second);

	reply = book_check("D1", "2025-10-01", after_first, false);
	ck_assert_int_eq(reply->decision, DEMERIT__V1__DECISION__DECISION_PAY);
	reply = book_check("D1", "2025-06-01", after_first, false);
	ck_assert_int_eq(reply->decision, DEMERIT__V1__DECISION__DECISION_REFUSE);
	/* Before the rules were loaded, and before anybody was known. */
	reply = book_check("D1", "2025-06-01", 1, false);
	ck_assert_int_eq(reply->decision, DEMERIT__V1__DECISION__DECISION_UNDETERMINED);
}
END_TEST

START_TEST(a_moment_may_be_named_by_its_time)
{
	Demerit__V1__Check check = check_of("D1", "2025-06-01");
	Demerit__V1__Request request = request_of(&check);
	int64_t minute = 60000000;

	request.has_known_at_time = true;
	/* Records stand a minute apart, the first at BOOK_FIRST_TIME. */
	request.known_at_time = BOOK_FIRST_TIME + (int64_t)(before_late - 1) * minute + minute - 1;
	book_ask(query_check, &request);
	Demerit__V1__Response *answer = book_answer(DEMERIT__V1__RESPONSE__BODY_CHECK);
	ck_assert_uint_eq(answer->known_at, before_late);
	ck_assert_int_eq(answer->check->decision, DEMERIT__V1__DECISION__DECISION_PAY);

	request.known_at_time++;
	book_ask(query_check, &request);
	answer = book_answer(DEMERIT__V1__RESPONSE__BODY_CHECK);
	ck_assert_uint_eq(answer->known_at, after_first);
	ck_assert_int_eq(answer->check->decision, DEMERIT__V1__DECISION__DECISION_REFUSE);

	request.known_at_time = BOOK_FIRST_TIME - 1;
	book_ask(query_check, &request);
	answer = book_answer(DEMERIT__V1__RESPONSE__BODY_CHECK);
	ck_assert(answer->has_known_at);
	ck_assert_uint_eq(answer->known_at, 0);
	ck_assert_int_eq(answer->check->decision, DEMERIT__V1__DECISION__DECISION_UNDETERMINED);

	request.known_at_time = INT64_MAX;
	book_ask(query_check, &request);
	answer = book_answer(DEMERIT__V1__RESPONSE__BODY_CHECK);
	ck_assert_uint_eq(answer->known_at, book.sequence);
}
END_TEST

START_TEST(a_moment_the_book_has_not_reached_is_refused)
{
	Demerit__V1__Check check = check_of("D1", "2025-06-01");
	Demerit__V1__Request request = request_of(&check);

	request.has_known_at = true;
	request.known_at = book.sequence + 1;
	book_ask(query_check, &request);
	book_is_refused(STATUS_KNOWN_AT_AHEAD, "known_at");

	request.has_known_at = false;
	request.has_min_seq = true;
	request.min_seq = book.sequence + 1;
	book_ask(query_check, &request);
	book_is_refused(STATUS_NOT_FRESH, "min_seq");

	request.has_min_seq = false;
	request.has_epoch = true;
	request.epoch = book.context.position.epoch + 1;
	book_ask(query_check, &request);
	book_is_refused(STATUS_EPOCH_UNKNOWN, "epoch");
}
END_TEST

/* A restore kept the book up to a sequence: what the old epoch said behind it is gone. */
START_TEST(an_older_epoch_is_good_up_to_what_the_restore_kept)
{
	struct event event = {.kind = EVENT_EPOCH_BEGUN};
	Demerit__V1__Check check = check_of("D1", "2025-06-01");
	Demerit__V1__Request request = request_of(&check);

	event.operator.number = book.context.position.epoch;
	event.operator.sequence = before_late;
	book_record(&event, 1);
	book.context.position.epoch++;
	request.has_epoch = true;
	request.epoch = book.context.position.epoch - 1;
	request.has_known_at = true;
	request.known_at = before_late;
	book_ask(query_check, &request);
	book_answer(DEMERIT__V1__RESPONSE__BODY_CHECK);
	request.known_at = before_late + 1;
	book_ask(query_check, &request);
	book_is_refused(STATUS_EPOCH_UNKNOWN, "epoch");
}
END_TEST

START_TEST(a_check_that_says_nothing_sensible_is_refused_by_field)
{
	Demerit__V1__Check check = check_of(NULL, "2025-06-01");
	Demerit__V1__Request request = request_of(&check);

	book_ask(query_check, &request);
	book_is_refused(STATUS_FIELD_MISSING, "practitioner");
	check.practitioner = (char *)(uintptr_t) "D 1";
	book_ask(query_check, &request);
	book_is_refused(STATUS_FIELD_BAD_CODE, "practitioner");
	check.practitioner = (char *)(uintptr_t) "D1";
	check.institution = (char *)(uintptr_t) "";
	book_ask(query_check, &request);
	book_is_refused(STATUS_FIELD_BAD_CODE, "institution");
	check.institution = NULL;
	check.on = INT32_MAX;
	book_ask(query_check, &request);
	book_is_refused(STATUS_FIELD_BAD_DAY, "on");
}
END_TEST

START_TEST(registration_is_told_where_an_institution_is_named)
{
	Demerit__V1__Check check = check_of("D2", "2025-06-01");
	Demerit__V1__Request request = request_of(&check);

	check.has_detail = check.detail = true;
	check.institution = (char *)(uintptr_t) "H1";
	book_ask(query_check, &request);
	Demerit__V1__CheckReply *reply = book_answer(DEMERIT__V1__RESPONSE__BODY_CHECK)->check;
	ck_assert(reply->has_registered && reply->registered);
	check.institution = (char *)(uintptr_t) "HB";
	book_ask(query_check, &request);
	reply = book_answer(DEMERIT__V1__RESPONSE__BODY_CHECK)->check;
	ck_assert(reply->has_registered && !reply->registered);
	ck_assert_int_eq(reply->decision, DEMERIT__V1__DECISION__DECISION_PAY);
}
END_TEST

START_TEST(who_may_only_check_hears_the_answer_and_not_the_reasons)
{
	Demerit__V1__Check check = check_of("D1", "2025-06-01");

	atomic_store(&book.principal.rights, RIGHT_HELLO | RIGHT_CHECK);
	Demerit__V1__CheckReply *reply = book_check("D1", "2025-06-01", 0, true);
	ck_assert_int_eq(reply->decision, DEMERIT__V1__DECISION__DECISION_REFUSE);
	ck_assert_int_eq(reply->until_day, at("2025-08-20").number);
	ck_assert(!reply->has_points_this_year);
	ck_assert_uint_eq(reply->n_entries, 0);
	ck_assert_ptr_null(reply->clause);
	Demerit__V1__ScreenResult line = ask_screen(&check, 0);
	ck_assert_int_eq(line.decision, DEMERIT__V1__DECISION__DECISION_REFUSE);
	ck_assert_str_eq(line.practitioner, "D1");
	ck_assert_uint_eq(line.n_entries, 0);
	ck_assert_ptr_null(line.clause);

	Demerit__V1__Check *items[] = {&check};
	Demerit__V1__CheckBatch batch = DEMERIT__V1__CHECK_BATCH__INIT;
	Demerit__V1__Request request = DEMERIT__V1__REQUEST__INIT;
	check.has_detail = check.detail = true;
	batch.n_items = 1;
	batch.items = items;
	request.body_case = DEMERIT__V1__REQUEST__BODY_CHECK_BATCH;
	request.check_batch = &batch;
	book_ask(query_check_batch, &request);
	reply =
	    book_answer(DEMERIT__V1__RESPONSE__BODY_CHECK_BATCH)->check_batch->results[0]->check;
	ck_assert_int_eq(reply->decision, DEMERIT__V1__DECISION__DECISION_REFUSE);
	ck_assert(!reply->has_points_this_year);
	ck_assert_uint_eq(reply->n_entries, 0);
	ck_assert_ptr_null(reply->clause);
}
END_TEST

/* A doctor is managed anywhere nationally, but not at a pharmacy of Fujian. */
START_TEST(an_institution_counts_from_when_it_was_known)
{
	Demerit__V1__Check check = check_of("D2", "2025-06-01");
	Demerit__V1__Request request = request_of(&check);
	uint64_t then = book.sequence;

	book_institution("P9", "350102", INSTITUTION_PHARMACY);
	check.institution = (char *)(uintptr_t) "P9";
	for (int detail = 0; detail < 2; detail++) {
		check.has_detail = check.detail = detail;
		request.has_known_at = false;
		book_ask(query_check, &request);
		ck_assert_int_eq(book_answer(DEMERIT__V1__RESPONSE__BODY_CHECK)->check->reason,
				 (int)REASON_CLASS_NOT_MANAGED);
		request.has_known_at = true;
		request.known_at = then;
		book_ask(query_check, &request);
		ck_assert_int_eq(book_answer(DEMERIT__V1__RESPONSE__BODY_CHECK)->check->reason,
				 (int)REASON_ELIGIBLE);
	}
}
END_TEST

START_TEST(a_batch_answers_each_item_and_refuses_some)
{
	Demerit__V1__Check checks[] = {check_of("D1", "2025-06-01"), check_of("D 1", "2025-06-01"),
				       check_of("D2", "2025-06-01"), check_of("X", NULL)};
	Demerit__V1__Check *items[] = {&checks[0], &checks[1], &checks[2], &checks[3]};
	Demerit__V1__CheckBatch batch = DEMERIT__V1__CHECK_BATCH__INIT;
	Demerit__V1__Request request = DEMERIT__V1__REQUEST__INIT;

	batch.n_items = 4;
	batch.items = items;
	request.body_case = DEMERIT__V1__REQUEST__BODY_CHECK_BATCH;
	request.check_batch = &batch;
	book_ask(query_check_batch, &request);
	Demerit__V1__CheckBatchReply *reply =
	    book_answer(DEMERIT__V1__RESPONSE__BODY_CHECK_BATCH)->check_batch;
	ck_assert_uint_eq(reply->n_results, 4);
	ck_assert_int_eq(reply->results[0]->check->decision,
			 DEMERIT__V1__DECISION__DECISION_REFUSE);
	ck_assert_str_eq(reply->results[1]->error->reason, "FIELD_BAD_CODE");
	ck_assert_str_eq(reply->results[1]->error->field, "practitioner");
	ck_assert_int_eq(reply->results[2]->check->decision, DEMERIT__V1__DECISION__DECISION_PAY);
	ck_assert_int_eq(reply->results[3]->check->reason,
			 DEMERIT__V1__DECISION_REASON__DECISION_REASON_UNKNOWN_PRACTITIONER);
	ck_assert_int_eq(reply->results[3]->check->on, at("2025-12-31").number);
}
END_TEST

/* ---- the same however asked ---- */

static unsigned seed = 20251123;

static unsigned
draw(unsigned below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

static void
many_people(unsigned count)
{
	static const enum category categories[] = {CATEGORY_MEDICAL, CATEGORY_PHARMACEUTICAL,
						   CATEGORY_BILLING, CATEGORY_PRINCIPAL};
	char code[16], id[32], from[DAY_TEXT_SIZE], until[DAY_TEXT_SIZE];

	for (unsigned i = 0; i < count; i++) {
		snprintf(code, sizeof(code), "R%u", i);
		book_person(code, categories[draw(4)], draw(2) == 0 ? "H1" : NULL);
		for (unsigned k = draw(4); k > 0; k--) {
			struct day first = day_add(at("2024-06-01"), (int)draw(900));
			day_format(first, from);
			day_format(day_add(first, 1 + (int)draw(200)), until);
			snprintf(id, sizeof(id), "F%u-%u", i, k);
			book_foreign(code, id, draw(3) == 0 ? STATUS_TERMINATED : STATUS_SUSPENDED,
				     from, draw(5) == 0 ? NULL : until, (uint8_t)draw(8));
		}
	}
}

static void
assert_same(const Demerit__V1__CheckReply *a, const Demerit__V1__CheckReply *b)
{
	ck_assert_int_eq(a->decision, b->decision);
	ck_assert_int_eq(a->reason, b->reason);
	ck_assert_int_eq(a->status, b->status);
	ck_assert_int_eq(a->has_until_day, b->has_until_day);
	ck_assert_int_eq(a->until_day, b->until_day);
	ck_assert_int_eq(a->has_bar_until, b->has_bar_until);
	ck_assert_int_eq(a->bar_until, b->bar_until);
}

static Demerit__V1__CheckReply
ask_check(Demerit__V1__Check *check, uint64_t known_at, bool detail)
{
	Demerit__V1__Request request = request_of(check);

	check->has_detail = true;
	check->detail = detail;
	request.has_known_at = known_at != 0;
	request.known_at = known_at;
	book_ask(query_check, &request);
	return *book_answer(DEMERIT__V1__RESPONSE__BODY_CHECK)->check;
}

static Demerit__V1__ScreenResult
ask_screen(const Demerit__V1__Check *check, uint64_t known_at)
{
	Demerit__V1__RoleCode role = DEMERIT__V1__ROLE_CODE__INIT, *roles[] = {&role};
	Demerit__V1__ScreenItem item = DEMERIT__V1__SCREEN_ITEM__INIT, *items[] = {&item};
	Demerit__V1__Screen screen = DEMERIT__V1__SCREEN__INIT;
	Demerit__V1__Request request = DEMERIT__V1__REQUEST__INIT;

	role.has_role = true;
	role.role = DEMERIT__V1__ROLE__ROLE_BILG_DR_CODG;
	role.code = check->practitioner;
	item.has_service_day = true;
	item.service_day = check->on;
	item.institution = check->institution;
	item.med_type = check->visit_type;
	item.has_emergency = check->has_emergency;
	item.emergency = check->emergency;
	item.n_roles = 1;
	item.roles = roles;
	screen.n_items = 1;
	screen.items = items;
	screen.has_detail = screen.detail = true;
	request.has_known_at = known_at != 0;
	request.known_at = known_at;
	request.body_case = DEMERIT__V1__REQUEST__BODY_SCREEN;
	request.screen = &screen;
	book_ask(query_screen, &request);
	return *book_answer(DEMERIT__V1__RESPONSE__BODY_SCREEN)->screen->results[0];
}

START_TEST(memory_book_batch_and_screen_say_the_same)
{
	static const char *const places[] = {NULL, "H1", "HB", "P1", "H404"};
	static const char *const types[] = {NULL, "13", "21", "not a type"};
	uint64_t first = book.sequence;
	unsigned refused = 0;
	char code[16];

	many_people(60);
	for (unsigned i = 0; i < 3000; i++) {
		struct day on = day_add(at("2024-05-01"), (int)draw(1000));
		Demerit__V1__Check check = check_of(code, NULL);
		uint64_t known_at =
		    draw(3) == 0 ? first + draw((unsigned)(book.sequence - first)) : 0;

		snprintf(code, sizeof(code), "R%u", draw(62));
		check.has_on = true;
		check.on = on.number;
		check.institution = (char *)(uintptr_t)places[draw(5)];
		check.visit_type = (char *)(uintptr_t)types[draw(4)];
		check.has_emergency = true;
		check.emergency = draw(3) == 0;
		Demerit__V1__CheckReply plain = ask_check(&check, known_at, false);
		Demerit__V1__CheckReply full = ask_check(&check, known_at, true);
		assert_same(&plain, &full);
		Demerit__V1__ScreenResult line = ask_screen(&check, known_at);
		ck_assert_int_eq(line.decision, plain.decision);
		ck_assert_int_eq(line.reason, plain.reason);
		if (plain.decision == DEMERIT__V1__DECISION__DECISION_REFUSE) {
			ck_assert_str_eq(line.clause, "1128a1");
			refused++;
		}
	}
	ck_assert_uint_gt(refused, 200);
}
END_TEST

/* ---- standings ---- */

static Demerit__V1__StandingReply *
ask_standing(const char *practitioner, const char *on)
{
	Demerit__V1__Standing standing = DEMERIT__V1__STANDING__INIT;
	Demerit__V1__Request request = DEMERIT__V1__REQUEST__INIT;

	standing.practitioner = (char *)(uintptr_t)practitioner;
	standing.has_on = true;
	standing.on = at(on).number;
	request.body_case = DEMERIT__V1__REQUEST__BODY_STANDING;
	request.standing = &standing;
	book_ask(query_standing, &request);
	if (book.refused != STATUS_OK)
		return NULL;
	return book_answer(DEMERIT__V1__RESPONSE__BODY_STANDING)->standing;
}

START_TEST(a_standing_has_every_key)
{
	Demerit__V1__StandingReply *reply = ask_standing("D1", "2025-06-01");

	ck_assert_int_eq(reply->category, DEMERIT__V1__CATEGORY__CATEGORY_MEDICAL);
	ck_assert_int_eq(reply->status,
			 DEMERIT__V1__ELIGIBILITY_STATUS__ELIGIBILITY_STATUS_SUSPENDED);
	ck_assert_int_eq(reply->status_until, at("2025-08-20").number);
	ck_assert(!reply->has_bar_until);
	ck_assert_uint_eq(reply->points_this_year, 10);
	ck_assert_uint_eq(reply->points_raw, 10);
	ck_assert_int_eq(reply->year, 2025);
	ck_assert_uint_eq(reply->n_sanctions, 2);
	const Demerit__V1__Sanction *first = reply->sanctions[0], *second = reply->sanctions[1];
	ck_assert_str_eq(first->id, "S1");
	ck_assert_int_eq(first->until_day, at("2025-08-20").number);
	ck_assert_uint_eq(first->months, 3);
	ck_assert(!first->has_bar_years);
	ck_assert_str_eq(first->entry, "E1");
	ck_assert_str_eq(first->rulebook, "national@2025-01-01");
	ck_assert_uint_eq(first->n_exempt, 2);
	ck_assert_str_eq(first->exempt[0], "first-aid");
	ck_assert(!first->has_lifted);
	ck_assert_uint_eq(first->n_basis, 1);
	ck_assert_int_eq(second->path, DEMERIT__V1__SANCTION_PATH__SANCTION_PATH_ACCUMULATED);
	ck_assert(!second->has_until_day);
	ck_assert(!second->has_months);
	ck_assert_uint_eq(second->bar_years, 1);
	ck_assert_int_eq(second->bar_until, at("2026-09-10").number);
	ck_assert_uint_eq(second->n_basis, 2);
	ck_assert_uint_eq(reply->n_registrations, 1);
	ck_assert_str_eq(reply->registrations[0]->institution, "H1");
	ck_assert(!reply->registrations[0]->has_until_day);

	reply = ask_standing("D1", "2025-10-01");
	ck_assert(!reply->has_status_until);
	ck_assert_int_eq(reply->bar_until, at("2026-09-10").number);
	reply = ask_standing("D1", "2026-01-01");
	ck_assert_uint_eq(reply->points_this_year, 0);
	ck_assert_int_eq(reply->year, 2026);
}
END_TEST

START_TEST(what_was_lifted_stays_in_the_list)
{
	book_fall("D1", 1, 2);
	Demerit__V1__StandingReply *reply = ask_standing("D1", "2025-10-01");

	ck_assert_int_eq(reply->status, DEMERIT__V1__ELIGIBILITY_STATUS__ELIGIBILITY_STATUS_NORMAL);
	ck_assert_uint_eq(reply->points_raw, 10);
	ck_assert_uint_eq(reply->n_sanctions, 2);
	ck_assert_int_eq(reply->sanctions[1]->lifted, at("2025-12-01").number);
}
END_TEST

START_TEST(a_foreign_sanction_tells_its_source_and_number)
{
	book_foreign("D2", "X1", STATUS_SUSPENDED, "2016-01-01", NULL, 0);
	Demerit__V1__StandingReply *reply = ask_standing("D2", "2016-06-01");

	ck_assert(!reply->has_status_until);
	ck_assert_str_eq(reply->sanctions[0]->source, "OIG");
	ck_assert_str_eq(reply->sanctions[0]->number, "N-7");
	ck_assert_ptr_null(reply->sanctions[0]->rulebook);
	ck_assert_ptr_null(reply->sanctions[0]->entry);
}
END_TEST

START_TEST(nobody_has_no_standing)
{
	ck_assert_ptr_null(ask_standing("D404", "2025-06-01"));
	book_is_refused(STATUS_NOT_FOUND, "practitioner");
}
END_TEST

/* ---- memory ---- */

/* A full arena is a refusal by name, never half an answer. */
START_TEST(an_arena_of_any_size_gives_a_whole_answer_or_none)
{
	size_t size = book.arena.size;
	unsigned whole = 0, refused = 0;

	for (size_t room = 0; room < 16384; room += 48) {
		book.arena.size = room;
		if (ask_standing("D1", "2025-10-01") != NULL) {
			ck_assert_uint_eq(book.answers[0]->standing->n_sanctions, 2);
			ck_assert_uint_eq(book.answers[0]->standing->sanctions[1]->n_basis, 2);
			whole++;
		} else {
			book_is_refused(STATUS_TOO_COSTLY, "");
			refused++;
		}
	}
	book.arena.size = size;
	ck_assert_uint_gt(whole, 0);
	ck_assert_uint_gt(refused, 10);
}
END_TEST

Suite *
suite_query(void)
{
	Suite *suite = suite_create("query");
	TCase *tests = tcase_create("query");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, a_check_with_detail_has_every_key);
	tcase_add_test(tests, while_terminated_the_bar_is_told_and_no_end);
	tcase_add_test(tests, known_at_brings_the_older_answer_back);
	tcase_add_test(tests, a_moment_may_be_named_by_its_time);
	tcase_add_test(tests, a_moment_the_book_has_not_reached_is_refused);
	tcase_add_test(tests, an_older_epoch_is_good_up_to_what_the_restore_kept);
	tcase_add_test(tests, a_check_that_says_nothing_sensible_is_refused_by_field);
	tcase_add_test(tests, registration_is_told_where_an_institution_is_named);
	tcase_add_test(tests, who_may_only_check_hears_the_answer_and_not_the_reasons);
	tcase_add_test(tests, an_institution_counts_from_when_it_was_known);
	tcase_add_test(tests, a_batch_answers_each_item_and_refuses_some);
	tcase_add_test(tests, memory_book_batch_and_screen_say_the_same);
	tcase_add_test(tests, a_standing_has_every_key);
	tcase_add_test(tests, what_was_lifted_stays_in_the_list);
	tcase_add_test(tests, a_foreign_sanction_tells_its_source_and_number);
	tcase_add_test(tests, nobody_has_no_standing);
	tcase_add_test(tests, an_arena_of_any_size_gives_a_whole_answer_or_none);
	suite_add_tcase(suite, tests);
	return suite;
}
