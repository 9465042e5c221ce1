/* Questions about the book itself: history, outcomes, rules, penalties, institutions, status. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "query_book.h"
#include "query_suites.h"
#include "storage/tree.h"

static Demerit__V1__Request request;

static void
setup(void)
{
	book_begin();
	book_person("D1", CATEGORY_MEDICAL, "H1");
	book_penalty("I1", "H1", "2025-05-20");
	struct event_sanction suspension = book_suspension("S1", "2025-05-20", 3);
	book_points("D1", "E1", 10, "I1", "2025-05-20", &suspension);
	demerit__v1__request__init(&request);
}

static void
teardown(void)
{
	book_end();
}

/* ---- history ---- */

static Demerit__V1__History history;

static void
ask_history(const char *practitioner)
{
	demerit__v1__history__init(&history);
	history.practitioner = (char *)(uintptr_t)practitioner;
	request.body_case = DEMERIT__V1__REQUEST__BODY_HISTORY;
	request.history = &history;
	book_ask(query_history, &request);
}

START_TEST(history_tells_every_event_oldest_first_refusals_too)
{
	static const char *const events[] = {"practitioner_added",
					     "registration_joined",
					     "points_recorded",
					     "sanction_set",
					     "refused",
					     "points_fell",
					     "sanction_lifted"};
	uint64_t refused = book_refused("D1", "k-refused", VERDICT_CONDUCT_TOO_EARLY);
	uint64_t fell = book_fall("D1", 0, 1);

	ask_history("D1");
	const Demerit__V1__HistoryReply *reply =
	    book_answer(DEMERIT__V1__RESPONSE__BODY_HISTORY)->history;
	ck_assert(book.answers[0]->end);
	ck_assert_uint_eq(reply->n_items, 7);
	for (size_t i = 0; i < 7; i++)
		ck_assert_str_eq(reply->items[i]->event, events[i]);
	ck_assert_str_eq(reply->items[2]->entry, "E1");
	ck_assert_uint_eq(reply->items[2]->points, 10);
	ck_assert_str_eq(reply->items[2]->penalty, "I1");
	ck_assert_str_eq(reply->items[3]->sanction, "S1");
	ck_assert_int_eq(reply->items[3]->until_day, at("2025-08-20").number);
	ck_assert_uint_eq(reply->items[4]->sequence, refused);
	ck_assert_str_eq(reply->items[4]->verdict_name, "CONDUCT_TOO_EARLY");
	ck_assert_str_eq(reply->items[4]->practitioner, "D1");
	ck_assert_uint_eq(reply->items[5]->sequence, fell);
	ck_assert_str_eq(reply->items[5]->entry, "E1");
	ck_assert_str_eq(reply->items[6]->sanction, "S1");
	ck_assert_str_eq(reply->items[0]->principal, "clerk");
}
END_TEST

START_TEST(history_may_be_asked_since_and_up_to)
{
	uint64_t fell = book_fall("D1", 0, 1);

	demerit__v1__history__init(&history);
	history.practitioner = (char *)(uintptr_t) "D1";
	history.has_since = true;
	history.since = fell;
	request.body_case = DEMERIT__V1__REQUEST__BODY_HISTORY;
	request.history = &history;
	book_ask(query_history, &request);
	ck_assert_uint_eq(book_answer(DEMERIT__V1__RESPONSE__BODY_HISTORY)->history->n_items, 2);

	history.has_since = false;
	history.has_limit = true;
	history.limit = 3;
	book_ask(query_history, &request);
	ck_assert_uint_eq(book_answer(DEMERIT__V1__RESPONSE__BODY_HISTORY)->history->n_items, 3);

	history.has_limit = false;
	request.has_known_at = true;
	request.known_at = fell - 1;
	book_ask(query_history, &request);
	ck_assert_uint_eq(book_answer(DEMERIT__V1__RESPONSE__BODY_HISTORY)->history->n_items, 4);
}
END_TEST

START_TEST(a_long_history_comes_in_pages)
{
	uint64_t last = 0;
	size_t count = 0;

	for (unsigned i = 0; i < 700; i++) {
		char key[32];
		snprintf(key, sizeof(key), "r-%u", i);
		book_refused("D1", key, VERDICT_NOT_REGISTERED);
	}
	ask_history("D1");
	ck_assert_int_eq(book.refused, STATUS_OK);
	ck_assert_uint_eq(book.answers_count, 2);
	for (size_t k = 0; k < 2; k++) {
		const Demerit__V1__HistoryReply *reply = book.answers[k]->history;
		ck_assert_int_eq(book.answers[k]->end, k == 1);
		for (size_t i = 0; i < reply->n_items; i++, count++) {
			ck_assert_uint_ge(reply->items[i]->sequence, last);
			last = reply->items[i]->sequence;
		}
	}
	ck_assert_uint_eq(count, 704);
	ck_assert_uint_eq(last, book.sequence);
}
END_TEST

START_TEST(a_penalty_has_a_history_and_nobody_has_none)
{
	demerit__v1__history__init(&history);
	history.penalty = (char *)(uintptr_t) "I1";
	request.body_case = DEMERIT__V1__REQUEST__BODY_HISTORY;
	request.history = &history;
	book_ask(query_history, &request);
	const Demerit__V1__HistoryReply *reply =
	    book_answer(DEMERIT__V1__RESPONSE__BODY_HISTORY)->history;
	ck_assert_uint_eq(reply->n_items, 3);
	ck_assert_str_eq(reply->items[0]->event, "penalty_recorded");

	history.institution = (char *)(uintptr_t) "H1";
	book_ask(query_history, &request);
	book_is_refused(STATUS_FIELD_BAD_VALUE, "penalty");
	ask_history("D404");
	book_is_refused(STATUS_NOT_FOUND, "practitioner");
	ask_history(NULL);
	book_is_refused(STATUS_FIELD_MISSING, "practitioner");
}
END_TEST

/* One record of more events than a page: it goes on where it stopped. */
START_TEST(a_wide_overturning_is_told_event_by_event)
{
	static struct event events[1201];
	size_t count = 0;

	events[0].kind = EVENT_PENALTY_OVERTURNED;
	events[0].overturned.penalty = named("I1");
	events[0].overturned.on = at("2025-06-01");
	for (size_t i = 1; i < 1201; i++) {
		events[i].kind = EVENT_POINTS_FELL;
		events[i].practitioner = named("D1");
		events[i].fell.why = FALL_OVERTURNED;
		events[i].fell.on = day_add(at("2000-01-01"), (int)i);
	}
	uint64_t wide = book_record(events, 1201);
	demerit__v1__history__init(&history);
	history.penalty = (char *)(uintptr_t) "I1";
	history.has_since = true;
	history.since = wide;
	request.body_case = DEMERIT__V1__REQUEST__BODY_HISTORY;
	request.history = &history;
	book_ask(query_history, &request);
	ck_assert_uint_eq(book.answers_count, 3);
	for (size_t k = 0; k < book.answers_count; k++) {
		const Demerit__V1__HistoryReply *reply = book.answers[k]->history;
		ck_assert_int_eq(book.answers[k]->end, k == 2);
		for (size_t i = 0; i < reply->n_items; i++, count++) {
			ck_assert_uint_eq(reply->items[i]->sequence, wide);
			if (count > 0)
				ck_assert_int_eq(reply->items[i]->counts_from,
						 day_add(at("2000-01-01"), (int)count).number);
		}
	}
	ck_assert_uint_eq(count, 1201);
}
END_TEST

/* ---- outcomes ---- */

static Demerit__V1__OutcomeReply *
ask_outcome(const char *key, const char *principal)
{
	static Demerit__V1__Outcome outcome;

	demerit__v1__outcome__init(&outcome);
	outcome.key = (char *)(uintptr_t)key;
	outcome.principal = (char *)(uintptr_t)principal;
	request.body_case = DEMERIT__V1__REQUEST__BODY_OUTCOME;
	request.outcome = &outcome;
	book_ask(query_outcome, &request);
	if (book.refused != STATUS_OK)
		return NULL;
	ck_assert_int_eq(book.answers[0]->body_case, DEMERIT__V1__RESPONSE__BODY_OUTCOME);
	return book.answers[0]->outcome;
}

START_TEST(an_outcome_is_the_recorded_answer)
{
	char key[32];

	snprintf(key, sizeof(key), "key-%llu", (unsigned long long)book.sequence);
	Demerit__V1__OutcomeReply *reply = ask_outcome(key, NULL);
	ck_assert(reply->found);
	ck_assert_uint_eq(reply->write->sequence, book.sequence);
	ck_assert_ptr_null(reply->error);

	book_refused("D1", "k-refused", VERDICT_PRACTITIONER_UNKNOWN);
	reply = ask_outcome("k-refused", NULL);
	ck_assert(reply->found);
	ck_assert_ptr_null(reply->write);
	ck_assert_str_eq(reply->error->reason, "PRACTITIONER_UNKNOWN");
	ck_assert_uint_eq(reply->error->sequence, book.sequence);

	reply = ask_outcome("k-never", NULL);
	ck_assert(reply->has_found && !reply->found);
}
END_TEST

START_TEST(an_outcome_younger_than_the_wakeup_is_told)
{
	book_refused("D1", "k-refused", VERDICT_PRACTITIONER_UNKNOWN);
	book.context.position.sequence -= 3;
	Demerit__V1__OutcomeReply *reply = ask_outcome("k-refused", NULL);
	ck_assert(reply->found);
	ck_assert_uint_eq(book.answers[0]->position->sequence, book.sequence);
}
END_TEST

START_TEST(anothers_keys_need_the_operators_right)
{
	ck_assert_ptr_nonnull(ask_outcome("k", "somebody"));
	atomic_store(&book.principal.rights, RIGHTS_ALL & ~(unsigned)RIGHT_OPERATE);
	ck_assert_ptr_null(ask_outcome("k", "somebody"));
	book_is_refused(STATUS_NOT_ALLOWED, "principal");
	ck_assert_ptr_nonnull(ask_outcome("k", "clerk"));
}
END_TEST

/* ---- rules ---- */

START_TEST(every_jurisdiction_is_listed_with_or_without_rules)
{
	Demerit__V1__RulebookList list = DEMERIT__V1__RULEBOOK_LIST__INIT;
	bool shanghai = false, hunan = false;

	request.body_case = DEMERIT__V1__REQUEST__BODY_RULEBOOK_LIST;
	request.rulebook_list = &list;
	book_ask(query_rulebook_list, &request);
	const Demerit__V1__RulebookListReply *reply =
	    book_answer(DEMERIT__V1__RESPONSE__BODY_RULEBOOK_LIST)->rulebook_list;
	for (size_t i = 0; i < reply->n_rulebooks; i++) {
		const Demerit__V1__RulebookInfo *info = reply->rulebooks[i];
		if (strcmp(info->slug, "shanghai") == 0) {
			ck_assert(!info->has_from_day);
			ck_assert_str_eq(info->parent, "national");
			ck_assert_str_eq(info->digits, "31");
			shanghai = true;
		}
		if (strcmp(info->slug, "hunan") == 0) {
			ck_assert_int_eq(info->from_day, at("2025-03-01").number);
			ck_assert_uint_eq(info->hash.len, 32);
			ck_assert_uint_gt(info->sequence, 0);
			hunan = true;
		}
	}
	ck_assert(shanghai && hunan);

	list.slug = (char *)(uintptr_t) "atlantis";
	book_ask(query_rulebook_list, &request);
	book_is_refused(STATUS_NOT_FOUND, "slug");
	list.slug = (char *)(uintptr_t) "No Slug";
	book_ask(query_rulebook_list, &request);
	book_is_refused(STATUS_FIELD_BAD_CODE, "slug");
}
END_TEST

static const Demerit__V1__RulebookParameter *
parameter_of(const Demerit__V1__RulebookShowReply *reply, const char *name)
{
	for (size_t i = 0; i < reply->n_parameters; i++) {
		if (strcmp(reply->parameters[i]->name, name) == 0)
			return reply->parameters[i];
	}
	ck_abort_msg("no parameter %s", name);
	return NULL;
}

START_TEST(a_rulebook_is_shown_with_text_and_what_it_inherits)
{
	Demerit__V1__RulebookShow show = DEMERIT__V1__RULEBOOK_SHOW__INIT;

	show.slug = (char *)(uintptr_t) "hunan";
	show.has_on = true;
	show.on = at("2025-06-01").number;
	request.body_case = DEMERIT__V1__REQUEST__BODY_RULEBOOK_SHOW;
	request.rulebook_show = &show;
	book_ask(query_rulebook_show, &request);
	const Demerit__V1__RulebookShowReply *reply =
	    book_answer(DEMERIT__V1__RESPONSE__BODY_RULEBOOK_SHOW)->rulebook_show;
	ck_assert_ptr_nonnull(strstr(reply->text, "rulebook: hunan"));
	const Demerit__V1__RulebookParameter *own = parameter_of(reply, "suspension.months.9");
	ck_assert_str_eq(own->value, "1-2");
	ck_assert_ptr_null(own->inherited_from);
	const Demerit__V1__RulebookParameter *parents = parameter_of(reply, "suspension.months.10");
	ck_assert_str_eq(parents->value, "1-6");
	ck_assert_str_eq(parents->inherited_from, "national");
	ck_assert_str_eq(parameter_of(reply, "suspension.start")->value, "first-of-next-month");
	ck_assert(parameter_of(reply, "suspension.overlap")->open);
	ck_assert_str_eq(parameter_of(reply, "situations.other")->value, "1-12, needs a penalty");

	/* Before it was in force, the parent's; before any, none. */
	show.on = at("2025-01-15").number;
	book_ask(query_rulebook_show, &request);
	reply = book_answer(DEMERIT__V1__RESPONSE__BODY_RULEBOOK_SHOW)->rulebook_show;
	ck_assert_str_eq(reply->info->slug, "national");
	show.on = at("2015-07-01").number;
	book_ask(query_rulebook_show, &request);
	book_is_refused(STATUS_NOT_FOUND, "slug");
}
END_TEST

START_TEST(a_text_is_checked_by_line)
{
	Demerit__V1__RulebookCheck check = DEMERIT__V1__RULEBOOK_CHECK__INIT;
	struct rules_file file;
	const Demerit__V1__RulebookCheckReply *reply;

	request.body_case = DEMERIT__V1__REQUEST__BODY_RULEBOOK_CHECK;
	request.rulebook_check = &check;
	for (size_t i = 0; rules_shipped(i, &file); i++) {
		if (file.kind == RULES_CALENDAR)
			continue;
		/* The embedded text ends without a NUL, behind which strndup() would look. */
		char *text = calloc(1, file.size + 1);
		ck_assert_ptr_nonnull(text);
		memcpy(text, file.text, file.size);
		check.text = text;
		book_ask(query_rulebook_check, &request);
		reply = book_answer(DEMERIT__V1__RESPONSE__BODY_RULEBOOK_CHECK)->rulebook_check;
		ck_assert_msg(reply->n_problems == 0, "%s", file.name);
		ck_assert_ptr_nonnull(reply->info);
		free(text);
	}

	check.text = (char *)(uintptr_t) "format: 1\nrulebook: hunan\nversion: 2025-02-30\n";
	book_ask(query_rulebook_check, &request);
	reply = book_answer(DEMERIT__V1__RESPONSE__BODY_RULEBOOK_CHECK)->rulebook_check;
	ck_assert_uint_eq(reply->n_problems, 1);
	ck_assert_uint_eq(reply->problems[0]->line, 3);
	ck_assert(!reply->problems[0]->warning);
	ck_assert_ptr_null(reply->info);

	/* Sound, but another text stands for that day. */
	check.text = (char *)(uintptr_t) "format: 1\nrulebook: hunan\nversion: 2025-03-01\n"
					 "parent: national\nname: x\ndocument: y\n";
	book_ask(query_rulebook_check, &request);
	reply = book_answer(DEMERIT__V1__RESPONSE__BODY_RULEBOOK_CHECK)->rulebook_check;
	ck_assert_uint_eq(reply->n_problems, 1);
	ck_assert(reply->problems[0]->warning);
	check.text = NULL;
	book_ask(query_rulebook_check, &request);
	book_is_refused(STATUS_FIELD_MISSING, "text");
}
END_TEST

START_TEST(two_rulebooks_differ_where_they_do)
{
	Demerit__V1__RulebookDiff diff = DEMERIT__V1__RULEBOOK_DIFF__INIT;
	bool months = false;

	diff.slug = (char *)(uintptr_t) "sichuan";
	diff.other_slug = (char *)(uintptr_t) "hunan";
	diff.has_on = diff.has_other_on = true;
	diff.on = diff.other_on = at("2025-06-01").number;
	request.body_case = DEMERIT__V1__REQUEST__BODY_RULEBOOK_DIFF;
	request.rulebook_diff = &diff;
	book_ask(query_rulebook_diff, &request);
	const Demerit__V1__RulebookDiffReply *reply =
	    book_answer(DEMERIT__V1__RESPONSE__BODY_RULEBOOK_DIFF)->rulebook_diff;
	for (size_t i = 0; i < reply->n_differences; i++) {
		const Demerit__V1__Difference *difference = reply->differences[i];
		if (strcmp(difference->parameter, "suspension.months.9") == 0) {
			ck_assert_str_eq(difference->value, "2");
			ck_assert_str_eq(difference->other_value, "1-2");
			months = true;
		}
	}
	ck_assert(months);

	diff.other_slug = (char *)(uintptr_t) "sichuan";
	book_ask(query_rulebook_diff, &request);
	reply = book_answer(DEMERIT__V1__RESPONSE__BODY_RULEBOOK_DIFF)->rulebook_diff;
	ck_assert_uint_eq(reply->n_differences, 0);

	/* A text not loaded inherits as it would. */
	diff.other_slug = NULL;
	diff.other_text = (char *)(uintptr_t) "format: 1\nrulebook: sichuan\nversion: 2025-06-01\n"
					      "parent: national\nname: x\ndocument: y\n";
	book_ask(query_rulebook_diff, &request);
	reply = book_answer(DEMERIT__V1__RESPONSE__BODY_RULEBOOK_DIFF)->rulebook_diff;
	ck_assert_uint_eq(reply->n_differences, 4);
	diff.other_text = (char *)(uintptr_t) "nonsense";
	book_ask(query_rulebook_diff, &request);
	book_is_refused(STATUS_FIELD_BAD_VALUE, "other_text");
}
END_TEST

START_TEST(a_policy_is_shown_with_its_text)
{
	Demerit__V1__PolicyShow show = DEMERIT__V1__POLICY_SHOW__INIT;

	show.slug = (char *)(uintptr_t) "beijing";
	request.body_case = DEMERIT__V1__REQUEST__BODY_POLICY_SHOW;
	request.policy_show = &show;
	book_ask(query_policy_show, &request);
	const Demerit__V1__PolicyShowReply *reply =
	    book_answer(DEMERIT__V1__RESPONSE__BODY_POLICY_SHOW)->policy_show;
	ck_assert_str_eq(reply->slug, "beijing");
	ck_assert_ptr_nonnull(strstr(reply->text, "policy: beijing"));
	show.slug = (char *)(uintptr_t) "atlantis";
	book_ask(query_policy_show, &request);
	book_is_refused(STATUS_NOT_FOUND, "slug");
}
END_TEST

START_TEST(a_year_has_one_calendar_or_none)
{
	Demerit__V1__CalendarShow show = DEMERIT__V1__CALENDAR_SHOW__INIT;

	request.body_case = DEMERIT__V1__REQUEST__BODY_CALENDAR_SHOW;
	request.calendar_show = &show;
	book_ask(query_calendar_show, &request);
	book_is_refused(STATUS_FIELD_MISSING, "year");
	show.has_year = true;
	show.year = 2026;
	book_ask(query_calendar_show, &request);
	const Demerit__V1__CalendarShowReply *reply =
	    book_answer(DEMERIT__V1__RESPONSE__BODY_CALENDAR_SHOW)->calendar_show;
	ck_assert_int_eq(reply->year, 2026);
	ck_assert_uint_gt(reply->sequence, 0);
	ck_assert_ptr_nonnull(strstr(reply->text, "2026-01-01,off,"));
	show.year = 2031;
	book_ask(query_calendar_show, &request);
	book_is_refused(STATUS_NOT_FOUND, "year");
}
END_TEST

/* ---- lists and status ---- */

START_TEST(a_penalty_names_its_entries)
{
	Demerit__V1__PenaltyShow show = DEMERIT__V1__PENALTY_SHOW__INIT;

	show.id = (char *)(uintptr_t) "I1";
	request.body_case = DEMERIT__V1__REQUEST__BODY_PENALTY_SHOW;
	request.penalty_show = &show;
	book_ask(query_penalty_show, &request);
	const Demerit__V1__PenaltyShowReply *reply =
	    book_answer(DEMERIT__V1__RESPONSE__BODY_PENALTY_SHOW)->penalty_show;
	ck_assert_str_eq(reply->institution, "H1");
	ck_assert_int_eq(reply->amount_fen, 120000);
	ck_assert_str_eq(reply->article, "Art. 40");
	ck_assert(!reply->has_overturned);
	ck_assert_uint_eq(reply->n_entries, 1);
	ck_assert_str_eq(reply->entries[0], "E1");
	show.id = (char *)(uintptr_t) "I404";
	book_ask(query_penalty_show, &request);
	book_is_refused(STATUS_NOT_FOUND, "id");
}
END_TEST

/* The fullest notes there can be, and more of them than are told. */
START_TEST(notes_of_an_institution_go_into_one_frame)
{
	Demerit__V1__InstitutionShow show = DEMERIT__V1__INSTITUTION_SHOW__INIT;
	struct event event = {.kind = EVENT_INSTITUTION_NOTED,
			      .noted = {.institution = named("H1"),
					.from = at("2025-01-01"),
					.until = at("2025-02-01")}};
	char text[TEXT_SIZE_MAX];

	memset(text, 'x', sizeof(text));
	(void)text_set(text, sizeof(text), &event.noted.source);
	event.noted.number = event.noted.clause = event.noted.note = event.noted.source;
	for (int i = 0; i < 1100; i++)
		book_record(&event, 1);
	show.code = (char *)(uintptr_t) "H1";
	request.body_case = DEMERIT__V1__REQUEST__BODY_INSTITUTION_SHOW;
	request.institution_show = &show;
	book_ask(query_institution_show, &request);
	ck_assert_uint_eq(
	    book_answer(DEMERIT__V1__RESPONSE__BODY_INSTITUTION_SHOW)->institution_show->n_notes,
	    800);
}
END_TEST

START_TEST(an_institution_names_its_rulebook_and_notes)
{
	Demerit__V1__InstitutionShow show = DEMERIT__V1__INSTITUTION_SHOW__INIT;
	struct event note = {.kind = EVENT_INSTITUTION_NOTED};

	note.noted.institution = named("H1");
	note.noted.from = at("2016-01-01");
	note.noted.until = DAY_FOREVER;
	ck_assert(text_set("OIG", 3, &note.noted.source));
	book_record(&note, 1);
	show.code = (char *)(uintptr_t) "H1";
	request.body_case = DEMERIT__V1__REQUEST__BODY_INSTITUTION_SHOW;
	request.institution_show = &show;
	book_ask(query_institution_show, &request);
	const Demerit__V1__InstitutionShowReply *reply =
	    book_answer(DEMERIT__V1__RESPONSE__BODY_INSTITUTION_SHOW)->institution_show;
	ck_assert_str_eq(reply->region, "350102");
	ck_assert_str_eq(reply->rulebook, "fujian");
	ck_assert_uint_eq(reply->n_notes, 1);
	ck_assert_str_eq(reply->notes[0]->source, "OIG");
	ck_assert(!reply->notes[0]->has_until_day);
	show.code = (char *)(uintptr_t) "H404";
	book_ask(query_institution_show, &request);
	book_is_refused(STATUS_NOT_FOUND, "code");
}
END_TEST

START_TEST(status_tells_root_alarms_and_figures)
{
	Demerit__V1__Status status = DEMERIT__V1__STATUS__INIT;
	struct store_head head;

	request.body_case = DEMERIT__V1__REQUEST__BODY_STATUS;
	request.status = &status;
	book_ask(query_status, &request);
	const Demerit__V1__StatusReply *reply =
	    book_answer(DEMERIT__V1__RESPONSE__BODY_STATUS)->status;
	store_head(book.parts.store, &head);
	ck_assert_mem_eq(reply->root.data, head.root, sizeof(head.root));
	ck_assert_uint_eq(reply->tree_size, head.sequence);
	ck_assert_uint_eq(reply->practitioners, 1);
	ck_assert_uint_eq(reply->institutions, 3);
	ck_assert(reply->ready);
	ck_assert_uint_eq(reply->n_alarms, 1);
	ck_assert_str_eq(reply->alarms[0]->name, "disk_low");
	ck_assert_uint_gt(reply->n_figures, 10);
}
END_TEST

/* ---- export ---- */

static Demerit__V1__Export export;

static void
ask_export(uint64_t since, uint64_t until)
{
	demerit__v1__export__init(&export);
	export.has_since = since != 0;
	export.since = since;
	export.has_until = until != 0;
	export.until = until;
	request.body_case = DEMERIT__V1__REQUEST__BODY_EXPORT;
	request.export = &export;
	book_ask(query_export, &request);
}

START_TEST(all_exported_leaves_make_the_root)
{
	struct checksum_sha *sha = checksum_sha_new();
	uint8_t leaf[TREE_HASH_SIZE], root[TREE_HASH_SIZE];
	struct store_head head;
	struct tree tree;

	/* More records than one answer has. */
	for (unsigned i = 0; i < 1100; i++) {
		char key[32];
		snprintf(key, sizeof(key), "r-%u", i);
		book_refused("D1", key, VERDICT_NOT_REGISTERED);
	}
	ask_export(0, 0);
	ck_assert_int_eq(book.refused, STATUS_OK);
	ck_assert_uint_ge(book.answers_count, 2);
	tree_init(&tree);
	for (size_t k = 0; k < book.answers_count; k++) {
		const Demerit__V1__ExportReply *reply = book.answers[k]->export;

		ck_assert_int_eq(book.answers[k]->end, k + 1 == book.answers_count);
		for (size_t i = 0; i < reply->n_records; i++) {
			const Demerit__V1__ExportRecord *record = reply->records[i];

			ck_assert_uint_eq(record->sequence, tree.size + 1);
			tree_leaf(sha, record->header.data, record->header.len, record->salt.data,
				  record->salt.len, record->body.data, record->body.len, leaf);
			tree_append(&tree, sha, leaf);
		}
	}
	store_head(book.parts.store, &head);
	ck_assert_uint_eq(tree.size, head.sequence);
	tree_root(&tree, sha, root);
	ck_assert_mem_eq(root, head.root, sizeof(root));
	checksum_sha_free(sha);
}
END_TEST

START_TEST(an_export_may_be_of_a_part)
{
	ask_export(3, 5);
	const Demerit__V1__ExportReply *reply =
	    book_answer(DEMERIT__V1__RESPONSE__BODY_EXPORT)->export;
	ck_assert_uint_eq(reply->n_records, 2);
	ck_assert_uint_eq(reply->records[0]->sequence, 3);
	ck_assert_uint_eq(reply->records[1]->sequence, 4);
	ask_export(book.sequence, book.sequence + 1);
	reply = book_answer(DEMERIT__V1__RESPONSE__BODY_EXPORT)->export;
	ck_assert_uint_eq(reply->n_records, 1);
	ck_assert_str_eq(reply->records[0]->kind, "accepted");
	ask_export(book.sequence + 1, 0);
	reply = book_answer(DEMERIT__V1__RESPONSE__BODY_EXPORT)->export;
	ck_assert_uint_eq(reply->n_records, 0);
	ck_assert(book.answers[0]->end);
}
END_TEST

START_TEST(a_part_that_is_not_there_is_refused_by_its_end)
{
	ask_export(book.sequence + 2, 0);
	book_is_refused(STATUS_SINCE_AHEAD, "since");
	ask_export(1, book.sequence + 2);
	book_is_refused(STATUS_NOT_FRESH, "until");
	ask_export(4, 3);
	book_is_refused(STATUS_FIELD_BAD_VALUE, "until");
	request.has_known_at = true;
	request.known_at = 2;
	ask_export(1, 0);
	book_is_refused(STATUS_FIELD_BAD_VALUE, "known_at");
	request.has_known_at = false;
}
END_TEST

Suite *
suite_query_book(void)
{
	Suite *suite = suite_create("query_book");
	TCase *tests = tcase_create("query_book");

	tcase_set_timeout(tests, 30);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, history_tells_every_event_oldest_first_refusals_too);
	tcase_add_test(tests, history_may_be_asked_since_and_up_to);
	tcase_add_test(tests, a_long_history_comes_in_pages);
	tcase_add_test(tests, a_wide_overturning_is_told_event_by_event);
	tcase_add_test(tests, a_penalty_has_a_history_and_nobody_has_none);
	tcase_add_test(tests, an_outcome_is_the_recorded_answer);
	tcase_add_test(tests, an_outcome_younger_than_the_wakeup_is_told);
	tcase_add_test(tests, anothers_keys_need_the_operators_right);
	tcase_add_test(tests, every_jurisdiction_is_listed_with_or_without_rules);
	tcase_add_test(tests, a_rulebook_is_shown_with_text_and_what_it_inherits);
	tcase_add_test(tests, a_text_is_checked_by_line);
	tcase_add_test(tests, two_rulebooks_differ_where_they_do);
	tcase_add_test(tests, a_policy_is_shown_with_its_text);
	tcase_add_test(tests, a_year_has_one_calendar_or_none);
	tcase_add_test(tests, a_penalty_names_its_entries);
	tcase_add_test(tests, notes_of_an_institution_go_into_one_frame);
	tcase_add_test(tests, an_institution_names_its_rulebook_and_notes);
	tcase_add_test(tests, status_tells_root_alarms_and_figures);
	tcase_add_test(tests, all_exported_leaves_make_the_root);
	tcase_add_test(tests, an_export_may_be_of_a_part);
	tcase_add_test(tests, a_part_that_is_not_there_is_refused_by_its_end);
	suite_add_tcase(suite, tests);
	return suite;
}
