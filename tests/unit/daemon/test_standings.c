#include <check.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/call_check.h"
#include "daemon/ledger/standing.h"
#include "daemon/rules.h"
#include "daemon/standings.h"
#include "suites.h"

#define PEOPLE 5000

static struct rules_set *rules;
static struct standings *standings;

static void
setup(void)
{
	rules = rules_set_new();
	ck_assert_ptr_nonnull(rules);
	standings = standings_new(rules, 10);
	ck_assert_ptr_nonnull(standings);
}

static void
teardown(void)
{
	standings = standings_free(standings);
	rules = rules_set_free(rules);
}

static struct code
person(unsigned number)
{
	char text[CODE_SIZE_MAX + 1];
	struct code code = {0};

	/* Every third code is longer than a slot holds; all of those share their first bytes. */
	if (number % 3 == 0)
		snprintf(text, sizeof(text), "LOCALLY-ISSUED-IDENTIFIER-OF-A-BILLING-REVIEWER-%08u",
			 number);
	else
		snprintf(text, sizeof(text), "D%06u%06u", number, number);
	ck_assert(code_set(text, strlen(text), &code));
	return code;
}

/* A standing with so many suspensions, of ten days each, thirty apart. */
static void
standing_with(struct standing *standing, unsigned number, unsigned suspensions)
{
	struct code code = person(number);
	struct event event = {.kind = EVENT_PRACTITIONER_ADDED, .practitioner = code};

	standing_init(standing, &code);
	event.practitioner_added.category = CATEGORY_NURSING;
	ck_assert(standing_apply(standing, &event, 1));
	for (unsigned i = 0; i < suspensions; i++) {
		event = (struct event){.kind = EVENT_FOREIGN_SANCTION_SET, .practitioner = code};
		event.foreign.sanction = code;
		event.foreign.kind = STATUS_SUSPENDED;
		event.foreign.from = (struct day){(int32_t)(20000 + 30 * i)};
		event.foreign.until = (struct day){(int32_t)(20010 + 30 * i)};
		ck_assert(standing_apply(standing, &event, 1));
	}
}

START_TEST(everybody_is_found_again_after_growth)
{
	static struct standing standing;
	struct standings_person found;
	struct standings_stats stats;

	for (unsigned i = 0; i < PEOPLE; i++) {
		standing_with(&standing, i, i % 4);
		ck_assert_int_eq(standings_put(standings, &standing, i + 1), 0);
	}
	for (unsigned i = 0; i < PEOPLE; i++) {
		struct code code = person(i);
		ck_assert_int_eq((int)standings_person(standings, &code, &found), STANDINGS_FOUND);
		ck_assert_uint_eq(found.since, i + 1);
		ck_assert_int_eq((int)found.category, CATEGORY_NURSING);
		ck_assert_uint_eq(found.count, i % 4);
		for (unsigned k = 0; k < i % 4; k++)
			ck_assert_int_eq(found.intervals[k].from.number, (int)(20000 + 30 * k));
	}
	for (unsigned i = PEOPLE; i < 2 * PEOPLE; i++) {
		struct code code = person(i);
		ck_assert_int_eq((int)standings_person(standings, &code, &found), STANDINGS_NONE);
	}
	standings_stats(standings, &stats);
	ck_assert_uint_eq(stats.practitioners, PEOPLE);
	ck_assert_uint_gt(stats.growths, 0);
	ck_assert_uint_eq(stats.retries_given_up, 0);
}
END_TEST

START_TEST(a_later_standing_takes_the_place_of_the_earlier)
{
	static struct standing standing;
	struct standings_person found;
	struct code code = person(3);

	for (unsigned suspensions = 0; suspensions < 6; suspensions++) {
		standing_with(&standing, 3, suspensions);
		ck_assert_int_eq(standings_put(standings, &standing, 100 + suspensions), 0);
		ck_assert_int_eq((int)standings_person(standings, &code, &found), STANDINGS_FOUND);
		ck_assert_uint_eq(found.count, suspensions);
		ck_assert_uint_eq(found.since, 100 + suspensions);
	}
	standing_with(&standing, 3, 0);
	ck_assert_int_eq(standings_put(standings, &standing, 200), 0);
	ck_assert_int_eq((int)standings_person(standings, &code, &found), STANDINGS_FOUND);
	ck_assert_uint_eq(found.count, 0);
}
END_TEST

START_TEST(institutions_keep_their_kind_and_region)
{
	struct code code = person(1), region = {6, "350102"};
	struct standings_place place;

	ck_assert_int_eq((int)standings_institution(standings, &code, &place), STANDINGS_NONE);
	ck_assert_int_eq(
	    standings_put_institution(standings, &code, INSTITUTION_PHARMACY, &region, 7), 0);
	ck_assert_int_eq((int)standings_institution(standings, &code, &place), STANDINGS_FOUND);
	ck_assert_int_eq((int)place.kind, INSTITUTION_PHARMACY);
	ck_assert_str_eq(place.region.text, "350102");
	ck_assert_uint_eq(place.since, 7);
}
END_TEST

static struct call_check
check_of(const struct code *code, int32_t on)
{
	return (struct call_check){
	    .practitioner = code->text, .practitioner_size = code->size, .on = {on}};
}

START_TEST(a_plain_check_is_judged_by_the_interval_of_its_day)
{
	static struct standing standing;
	struct call_context context = {.position = {.sequence = 10}};
	struct code code = person(1), nobody = person(2);

	standing_with(&standing, 1, 3);
	ck_assert_int_eq(standings_put(standings, &standing, 10), 0);
	static const struct {
		int32_t on;
		enum claim_decision decision;
		int32_t until;
	} rows[] = {
	    {19999, DECISION_PAY, INT32_MIN}, {20000, DECISION_REFUSE, 20010},
	    {20009, DECISION_REFUSE, 20010},  {20010, DECISION_PAY, INT32_MIN},
	    {20035, DECISION_REFUSE, 20040},  {20069, DECISION_REFUSE, 20070},
	    {20070, DECISION_PAY, INT32_MIN},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct call_check check = check_of(&code, rows[i].on);
		standings_prepare(standings, &check);
		ck_assert(standings_check(standings, &context, &check));
		ck_assert_int_eq((int)check.eligibility.decision, (int)rows[i].decision);
		ck_assert_int_eq(check.until.number, rows[i].until);
	}

	struct call_check check = check_of(&nobody, 20000);
	standings_prepare(standings, &check);
	ck_assert(standings_check(standings, &context, &check));
	ck_assert_int_eq((int)check.eligibility.reason, REASON_UNKNOWN_PRACTITIONER);

	/* What is newer than the answer's position is the book's to tell. */
	context.position.sequence = 9;
	check = check_of(&code, 20000);
	standings_prepare(standings, &check);
	ck_assert(!standings_check(standings, &context, &check));
}
END_TEST

START_TEST(the_position_comes_back_whole)
{
	struct call_position given = {
	    {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, 3, 1234567890123, -5};
	struct call_position got;

	standings_publish(standings, &given);
	standings_position(standings, &got);
	ck_assert_mem_eq(got.ledger, given.ledger, 16);
	ck_assert_uint_eq(got.epoch, 3);
	ck_assert_uint_eq(got.sequence, given.sequence);
	ck_assert_int_eq(got.recorded_at, -5);
}
END_TEST

static atomic_bool stop;

/* One person moves between no and many suspensions: a reader sees one or the other, never parts. */
static void *
reader(void *loop)
{
	struct code code = person(3);
	struct standings_person found;
	uintptr_t seen = 0;

	while (!atomic_load(&stop)) {
		enum standings_found state = standings_person(standings, &code, &found);
		if (state == STANDINGS_FOUND) {
			ck_assert_uint_eq(found.count, found.since % 4);
			for (size_t i = 0; i < found.count; i++)
				ck_assert_int_eq(found.intervals[i].until.number,
						 (int)(20010 + 30 * i));
			seen++;
		}
		standings_quiet(standings, (unsigned)(uintptr_t)loop);
	}
	return (void *)seen;
}

START_TEST(readers_see_whole_standings_while_the_writer_moves_them)
{
	static struct standing standing;
	pthread_t threads[2];
	struct standings_stats stats;

	standings_loops(standings, 2);
	atomic_store(&stop, false);
	for (uintptr_t i = 0; i < 2; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, reader, (void *)i), 0);
	for (unsigned i = 0; i < 20000; i++) {
		standing_with(&standing, 3, i % 4);
		ck_assert_int_eq(standings_put(standings, &standing, i), 0);
		if (i % 4 == 0) { /* growth on the way */
			standing_with(&standing, 10 + i, 0);
			ck_assert_int_eq(standings_put(standings, &standing, i), 0);
		}
	}
	atomic_store(&stop, true);
	for (size_t i = 0; i < 2; i++) {
		void *seen;
		ck_assert_int_eq(pthread_join(threads[i], &seen), 0);
		ck_assert_ptr_nonnull(seen);
	}
	standings_stats(standings, &stats);
	ck_assert_uint_gt(stats.growths, 0);
}
END_TEST

START_TEST(an_alias_leads_to_its_person_from_its_record_on)
{
	struct code who = person(3), other = person(4), nobody = {0}, found;
	struct code alias = {0}, code = {0};
	char earlier[] = "code:D9";

	ck_assert(code_set("cert:1", 6, &alias));
	ck_assert(code_set(earlier, strlen(earlier), &code));
	ck_assert_int_eq(standings_alias(standings, &alias, 9, &found), STANDINGS_NONE);
	ck_assert_int_eq(standings_put_alias(standings, &alias, &who, 7), 0);
	ck_assert_int_eq(standings_put_alias(standings, &code, &who, 8), 0);
	ck_assert_int_eq(standings_alias(standings, &alias, 7, &found), STANDINGS_FOUND);
	ck_assert_str_eq(found.text, who.text);
	/* Before that the book knows, memory does not. */
	ck_assert_int_eq(standings_alias(standings, &alias, 6, &found), STANDINGS_MOVING);

	ck_assert_int_eq(standings_other_name(standings, "cert:1", 6, 9, &found), STANDINGS_FOUND);
	ck_assert_int_eq(standings_other_name(standings, "D9", 2, 9, &found), STANDINGS_FOUND);
	ck_assert_int_eq(standings_other_name(standings, "1", 1, 9, &found), STANDINGS_NONE);

	ck_assert_int_eq(standings_put_alias(standings, &alias, &nobody, 10), 0);
	ck_assert_int_eq(standings_alias(standings, &alias, 10, &found), STANDINGS_NONE);
	ck_assert_int_eq(standings_put_alias(standings, &alias, &other, 11), 0);
	ck_assert_int_eq(standings_alias(standings, &alias, 11, &found), STANDINGS_FOUND);
	ck_assert_str_eq(found.text, other.text);
}
END_TEST

START_TEST(a_plain_check_takes_another_name)
{
	struct call_context context = {.position.sequence = 9};
	struct code alias = {0}, who = person(4);
	struct call_check check = {.practitioner = "cert:1", .practitioner_size = 6};
	struct standing standing;

	ck_assert(day_parse("2025-06-01", 10, &check.on));
	ck_assert(code_set("cert:1", 6, &alias));
	standing_with(&standing, 4, 0);
	ck_assert_int_eq(standings_put(standings, &standing, 5), 0);
	standings_prepare(standings, &check);
	ck_assert(standings_check(standings, &context, &check));
	ck_assert_int_eq(check.eligibility.reason, REASON_UNKNOWN_PRACTITIONER);
	ck_assert_int_eq(standings_put_alias(standings, &alias, &who, 7), 0);
	standings_prepare(standings, &check);
	ck_assert(standings_check(standings, &context, &check));
	ck_assert_int_ne(check.eligibility.reason, REASON_UNKNOWN_PRACTITIONER);
	context.position.sequence = 6; /* it was not set yet: the book is asked */
	standings_prepare(standings, &check);
	ck_assert(!standings_check(standings, &context, &check));
}
END_TEST

Suite *
suite_standings(void)
{
	Suite *suite = suite_create("standings");
	TCase *tests = tcase_create("standings");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, everybody_is_found_again_after_growth);
	tcase_add_test(tests, a_later_standing_takes_the_place_of_the_earlier);
	tcase_add_test(tests, institutions_keep_their_kind_and_region);
	tcase_add_test(tests, a_plain_check_is_judged_by_the_interval_of_its_day);
	tcase_add_test(tests, an_alias_leads_to_its_person_from_its_record_on);
	tcase_add_test(tests, a_plain_check_takes_another_name);
	tcase_add_test(tests, the_position_comes_back_whole);
	tcase_add_test(tests, readers_see_whole_standings_while_the_writer_moves_them);
	suite_add_tcase(suite, tests);
	return suite;
}
