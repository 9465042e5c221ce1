/* Explanations: why somebody's eligibility is what it is on a day, in sentences. */
#include <string.h>

#include "query_book.h"
#include "query_suites.h"

static Demerit__V1__Explain explain;

static void
setup(void)
{
	book_begin();
	book_person("D1", CATEGORY_MEDICAL, "H1");
	book_penalty("I1", "H1", "2025-05-20");
	struct event_sanction suspension = book_suspension("S1", "2025-05-20", 3);
	book_points("D1", "E1", 10, "I1", "2025-05-20", &suspension);
	book_penalty("I2", "H1", "2025-07-10");
	struct event_sanction termination =
	    book_termination("T1", PATH_ACCUMULATED, "2025-07-10", 1);
	termination.supersedes = 1;
	book_points("D1", "E2", 4, "I2", "2025-07-10", &termination);
	demerit__v1__explain__init(&explain);
}

static void
teardown(void)
{
	book_end();
}

static void
ask(void)
{
	Demerit__V1__Request request = DEMERIT__V1__REQUEST__INIT;

	request.body_case = DEMERIT__V1__REQUEST__BODY_EXPLAIN;
	request.explain = &explain;
	book_ask(query_explain, &request);
}

static const Demerit__V1__ExplainReply *
explained(const char *practitioner, const char *on)
{
	explain.practitioner = (char *)(uintptr_t)practitioner;
	explain.has_on = true;
	explain.on = at(on).number;
	ask();
	return book_answer(DEMERIT__V1__RESPONSE__BODY_EXPLAIN)->explain;
}

/* The step of that rule; NULL: there is none. */
static const Demerit__V1__ExplainStep *
step_of(const Demerit__V1__ExplainReply *reply, const char *rule)
{
	for (size_t i = 0; i < reply->n_steps; i++) {
		if (strcmp(reply->steps[i]->rule, rule) == 0)
			return reply->steps[i];
	}
	return NULL;
}

static void
says(const Demerit__V1__ExplainReply *reply, const char *rule, const char *text, const char *zh)
{
	const Demerit__V1__ExplainStep *step = step_of(reply, rule);

	ck_assert_msg(step != NULL, "no step %s", rule);
	ck_assert_msg(strstr(step->text, text) != NULL, "%s: %s", rule, step->text);
	ck_assert_msg(strstr(step->text_zh, zh) != NULL, "%s: %s", rule, step->text_zh);
}

START_TEST(a_suspension_is_told_with_its_entry_its_days_and_its_end)
{
	const Demerit__V1__ExplainReply *reply = explained("D1", "2025-06-01");

	ck_assert_int_eq(reply->standing->status,
			 DEMERIT__V1__ELIGIBILITY_STATUS__ELIGIBILITY_STATUS_SUSPENDED);
	ck_assert_uint_eq(reply->n_entries, 1);
	const Demerit__V1__ExplainEntry *entry = reply->entries[0];
	ck_assert_str_eq(entry->entry, "E1");
	ck_assert_str_eq(entry->penalty, "I1");
	ck_assert_str_eq(entry->article, "Art. 40");
	ck_assert_str_eq(entry->authority, "Bureau");
	ck_assert_str_eq(entry->sanction, "S1");
	ck_assert_uint_eq(entry->points, 10);
	ck_assert_uint_eq(entry->total, 10);
	ck_assert(!entry->fallen);
	ck_assert_int_gt(entry->recorded_at, BOOK_FIRST_TIME);
	ck_assert_ptr_nonnull(entry->clause);
	says(reply, "points", "10 points for the administrative penalty I1", "记 10 分");
	says(reply, "total", "Points of 2025: 10.", "2025 年度记分：10 分");
	says(reply, "path", "by accumulation", "累计");
	says(reply, "period", "The decision chose 3 months within 1-6", "规定幅度 1-6");
	says(reply, "status", "is suspended", "暂停");
	says(reply, "days", "its last day is 2025-07-09, and from 2025-07-10", "2025-07-09");
	says(reply, "exempt", "first-aid, rescue", "急救、抢救");
	says(reply, "ends", "It ends by itself", "期满自动恢复");
	ck_assert_ptr_null(step_of(reply, "recorded_late"));
}
END_TEST

START_TEST(a_termination_is_told_with_its_sum_and_its_bar)
{
	const Demerit__V1__ExplainReply *reply = explained("D1", "2025-10-01");

	ck_assert_uint_eq(reply->n_entries, 2);
	ck_assert_uint_eq(reply->entries[1]->total, 14);
	says(reply, "total", "10 + 4 = 14", "10 + 4 = 14");
	says(reply, "path", "(10 + 4)", "终止");
	says(reply, "period", "The rule fixes 1 year", "固定为 1 年");
	ck_assert_str_eq(step_of(reply, "period")->source, "national");
	says(reply, "supersedes", "the suspension S1 from 2025-07-10", "取代");
	says(reply, "ends", "From 2026-07-10 on registering again is possible", "2026-07-10");

	reply = explained("D1", "2026-08-01");
	says(reply, "ends", "Since 2026-07-10", "可以重新登记备案");
	says(reply, "new_year", "The points of 2025 do not count in 2026", "不计入 2026");
	ck_assert_uint_eq(reply->n_entries, 2);
}
END_TEST

START_TEST(an_entry_that_fell_is_told_as_one_that_counts_no_more)
{
	book_fall("D1", 1, 2);
	const Demerit__V1__ExplainReply *reply = explained("D1", "2025-07-20");

	ck_assert(reply->entries[1]->fallen);
	ck_assert(!reply->entries[1]->has_total);
	says(reply, "fallen", "Entry E2 counts no more: it was annulled on 2025-12-01", "被撤销");
	says(reply, "total", "Points of 2025: 10.", "10 分");
	/* What the termination had superseded holds again. */
	says(reply, "status", "suspension S1 holds", "S1");
}
END_TEST

START_TEST(a_normal_day_says_so_and_what_comes)
{
	const Demerit__V1__ExplainReply *reply = explained("D1", "2025-05-01");

	ck_assert_uint_eq(reply->n_entries, 0);
	says(reply, "status", "is normal", "正常");
	says(reply, "next", "From 2025-05-20 on a suspension holds: S1", "2025-05-20");
}
END_TEST

START_TEST(what_another_authority_set_is_told_as_theirs)
{
	book_person("D2", CATEGORY_MEDICAL, "H1");
	book_foreign("D2", "X1", STATUS_SUSPENDED, "2016-01-01", NULL, 0);
	const Demerit__V1__ExplainReply *reply = explained("D2", "2016-06-01");

	says(reply, "foreign", "Another authority (OIG)", "OIG");
	says(reply, "days", "no end is recorded", "未记录截止日期");
	says(reply, "ends", "ends when that authority ends it", "解除");
	ck_assert_str_eq(step_of(reply, "foreign")->clause, "1128a1");
}
END_TEST

START_TEST(an_entry_or_a_sanction_brings_its_own_day)
{
	explain.entry = (char *)(uintptr_t) "E2";
	ask();
	const Demerit__V1__ExplainReply *reply =
	    book_answer(DEMERIT__V1__RESPONSE__BODY_EXPLAIN)->explain;
	ck_assert_int_eq(reply->standing->on, at("2025-07-10").number);
	ck_assert_str_eq(reply->standing->practitioner, "D1");

	explain.entry = NULL;
	explain.sanction = (char *)(uintptr_t) "S1";
	ask();
	reply = book_answer(DEMERIT__V1__RESPONSE__BODY_EXPLAIN)->explain;
	ck_assert_int_eq(reply->standing->on, at("2025-05-20").number);

	explain.sanction = (char *)(uintptr_t) "S404";
	ask();
	book_is_refused(STATUS_NOT_FOUND, "sanction");
	explain.practitioner = (char *)(uintptr_t) "D1";
	ask();
	book_is_refused(STATUS_FIELD_BAD_VALUE, "sanction");
	explain.practitioner = explain.sanction = NULL;
	ask();
	book_is_refused(STATUS_FIELD_MISSING, "practitioner");
}
END_TEST

START_TEST(an_explanation_fits_or_is_refused_whole)
{
	size_t size = book.arena.size;
	unsigned refused = 0;

	explain.practitioner = (char *)(uintptr_t) "D1";
	explain.has_on = true;
	explain.on = at("2025-10-01").number;
	for (size_t room = 0; room < 40000; room += 160) {
		book.arena.size = room;
		ask();
		if (book.refused != STATUS_OK) {
			book_is_refused(STATUS_TOO_COSTLY, "");
			refused++;
			continue;
		}
		const Demerit__V1__ExplainReply *reply = book.answers[0]->explain;
		says(reply, "ends", "2026-07-10", "2026-07-10");
		ck_assert_uint_eq(reply->n_entries, 2);
	}
	book.arena.size = size;
	ck_assert_uint_gt(refused, 10);
	ck_assert_uint_lt(refused, 240);
}
END_TEST

Suite *
suite_explain(void)
{
	Suite *suite = suite_create("explain");
	TCase *tests = tcase_create("explain");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, a_suspension_is_told_with_its_entry_its_days_and_its_end);
	tcase_add_test(tests, a_termination_is_told_with_its_sum_and_its_bar);
	tcase_add_test(tests, an_entry_that_fell_is_told_as_one_that_counts_no_more);
	tcase_add_test(tests, a_normal_day_says_so_and_what_comes);
	tcase_add_test(tests, what_another_authority_set_is_told_as_theirs);
	tcase_add_test(tests, an_entry_or_a_sanction_brings_its_own_day);
	tcase_add_test(tests, an_explanation_fits_or_is_refused_whole);
	suite_add_tcase(suite, tests);
	return suite;
}
