#include "suites.h"

#include <stdlib.h>
#include <string.h>

#include "scenario.h"

/* The status of one day, straight from the definition: no boundaries, no merging. */
static enum status
status_by_definition(const struct standing *standing, struct day day, uint8_t *ret_exempt)
{
	enum status status = STATUS_NORMAL;

	*ret_exempt = VISIT_KINDS_ALL;
	for (size_t i = 0; i < standing->sanctions_count; i++) {
		const struct sanction *sanction = &standing->sanctions[i];
		struct day end = standing_sanction_end(standing, sanction);
		if (day.number < sanction->from.number || day.number >= end.number)
			continue;
		*ret_exempt &= sanction->exempt;
		if (sanction->kind > status)
			status = sanction->kind;
	}
	return status;
}

static void
random_standing(struct standing *standing, unsigned rounds)
{
	struct code who = standing->practitioner;

	standing_init(standing, &who);
	for (unsigned i = 0; i < rounds; i++) {
		struct event event = {.practitioner = who};
		int dice = rand() % 10;
		if (dice < 6 || standing->sanctions_count == 0) {
			event.kind = EVENT_FOREIGN_SANCTION_SET;
			event.foreign.sanction = named("F");
			event.foreign.kind = rand() % 3 == 0 ? STATUS_TERMINATED : STATUS_SUSPENDED;
			event.foreign.from = (struct day){20000 + rand() % 200};
			event.foreign.until = (struct day){event.foreign.from.number + rand() % 60};
			event.foreign.exempt = (uint8_t)(rand() % 8);
		} else if (dice < 8) {
			event.kind = EVENT_FOREIGN_SANCTION_ENDED;
			event.foreign_ended.sanction =
			    (uint8_t)((unsigned)rand() % standing->sanctions_count);
			event.foreign_ended.on = (struct day){
			    standing->sanctions[event.foreign_ended.sanction].from.number +
			    rand() % 30};
		} else {
			uint8_t number = (uint8_t)((unsigned)rand() % standing->sanctions_count);
			if (standing->sanctions[number].lifted != 0)
				continue;
			event.kind = EVENT_SANCTION_LIFTED;
			event.lifted.sanction = number;
			event.lifted.why = FALL_ANNULLED;
			event.lifted.on = (struct day){20300};
		}
		ck_assert(standing_apply(standing, &event, i + 1));
	}
}

START_TEST(intervals_say_of_every_day_what_the_sanctions_say)
{
	struct standing standing = {.practitioner = named("D1")};

	srand(11);
	for (unsigned round = 0; round < 500; round++) {
		struct interval intervals[STANDING_INTERVALS_MAX];
		random_standing(&standing, (unsigned)rand() % 40);
		size_t count = standing_intervals(&standing, intervals);
		for (size_t i = 1; i < count; i++)
			ck_assert(!day_before(intervals[i].from, intervals[i - 1].until));
		for (int32_t n = 19990; n < 20290; n++) {
			struct day day = {n};
			uint8_t exempt;
			enum status expected = status_by_definition(&standing, day, &exempt);
			const struct interval *got = interval_at(intervals, count, day);
			ck_assert_int_eq((int)(got == NULL ? STATUS_NORMAL : got->status),
					 (int)expected);
			if (got == NULL)
				continue;
			ck_assert_uint_eq(got->exempt, exempt);
			/* The day the status ends is the first whose status differs. */
			struct day until = interval_status_until(intervals, count, day);
			uint8_t ignored;
			ck_assert_int_ne((int)status_by_definition(&standing, until, &ignored),
					 (int)expected);
			ck_assert_int_eq(
			    (int)status_by_definition(&standing, day_add(until, -1), &ignored),
			    (int)expected);
		}
	}
}
END_TEST

START_TEST(normal_lasts_until_the_next_stretch)
{
	struct scenario s;

	scenario_init(&s);
	struct interval intervals[STANDING_INTERVALS_MAX];
	ck_assert_uint_eq(standing_intervals(&s.standing, intervals), 0);
	ck_assert(day_is_forever(interval_status_until(intervals, 0, at("2025-01-01"))));
	score(&s, "E1", 9, "2025-03-01", "months=1 from=2025-03-05");
	size_t count = standing_intervals(&s.standing, intervals);
	ck_assert_int_eq(interval_status_until(intervals, count, at("2025-01-01")).number,
			 at("2025-03-05").number);
	ck_assert(day_is_forever(interval_status_until(intervals, count, at("2025-04-05"))));
}
END_TEST

START_TEST(events_about_others_change_nothing)
{
	struct scenario s;

	scenario_init(&s);
	struct standing before = s.standing;
	struct event event = {.kind = EVENT_REGISTRATION_JOINED, .practitioner = named("D9")};
	ck_assert(standing_apply(&s.standing, &event, 5));
	ck_assert_mem_eq(&before, &s.standing, sizeof(before));
	event =
	    (struct event){.kind = EVENT_INSTITUTION_ADDED, .practitioner = named("D350102000001")};
	ck_assert(standing_apply(&s.standing, &event, 5));
	ck_assert_uint_eq(s.standing.sequence, 5);
}
END_TEST

START_TEST(events_that_cannot_follow_are_a_damaged_book)
{
	struct scenario s;
	struct event event;

	scenario_init(&s);
	const struct code who = s.standing.practitioner;
	event = (struct event){.kind = EVENT_POINTS_FELL, .practitioner = who};
	ck_assert(!standing_apply(&s.standing, &event, 1));
	event = (struct event){.kind = EVENT_SANCTION_LIFTED, .practitioner = who};
	ck_assert(!standing_apply(&s.standing, &event, 1));
	event = (struct event){.kind = EVENT_FOREIGN_SANCTION_ENDED, .practitioner = who};
	ck_assert(!standing_apply(&s.standing, &event, 1));
	event = (struct event){.kind = EVENT_REGISTRATION_LEFT, .practitioner = who};
	ck_assert(!standing_apply(&s.standing, &event, 1));
	event = (struct event){.kind = EVENT_SANCTION_SET, .practitioner = who};
	ck_assert(!standing_apply(&s.standing, &event, 1)); /* rests on an entry that is not */
	event = (struct event){.kind = (enum event_kind)99, .practitioner = who};
	ck_assert(!standing_apply(&s.standing, &event, 1));

	score(&s, "E1", 1, "2025-03-01", "");
	event = (struct event){.kind = EVENT_SANCTION_SET, .practitioner = who};
	event.sanction.superseded_by = 0;
	ck_assert(!standing_apply(&s.standing, &event, 1));
	event.sanction.superseded_by = NUMBER_NONE;
	event.sanction.supersedes = 1;
	ck_assert(!standing_apply(&s.standing, &event, 1));
	event.sanction.supersedes = 0;
	event.sanction.kind = STATUS_SUSPENDED;
	ck_assert(standing_apply(&s.standing, &event, 1));
	event.sanction.supersedes = 2;
	ck_assert(!standing_apply(&s.standing, &event, 1));
	event = (struct event){.kind = EVENT_FOREIGN_SANCTION_ENDED, .practitioner = who};
	ck_assert(!standing_apply(&s.standing, &event, 1)); /* not a foreign one */
	event = (struct event){.kind = EVENT_POINTS_FELL, .practitioner = who};
	event.fell.why = FALL_ANNULLED;
	ck_assert(standing_apply(&s.standing, &event, 1));
	ck_assert(!standing_apply(&s.standing, &event, 1)); /* twice */
	event = (struct event){.kind = EVENT_SANCTION_LIFTED, .practitioner = who};
	event.lifted.why = FALL_ANNULLED;
	ck_assert(standing_apply(&s.standing, &event, 1));
	ck_assert(!standing_apply(&s.standing, &event, 1));
}
END_TEST

START_TEST(capacity_is_a_limit_and_not_a_crash)
{
	struct scenario s;
	struct event event;

	scenario_init(&s);
	const struct code who = s.standing.practitioner;
	event = (struct event){.kind = EVENT_POINTS_RECORDED, .practitioner = who};
	event.points.scored_on = at("2025-01-01");
	for (size_t i = 0; i < STANDING_ENTRIES_MAX; i++)
		ck_assert(standing_apply(&s.standing, &event, i));
	ck_assert(!standing_has_room(&s.standing));
	ck_assert(!standing_apply(&s.standing, &event, 99));

	scenario_init(&s);
	event = (struct event){.kind = EVENT_FOREIGN_SANCTION_SET, .practitioner = who};
	for (size_t i = 0; i < STANDING_SANCTIONS_MAX; i++) {
		event.foreign.kind = STATUS_SUSPENDED;
		event.foreign.from = (struct day){20000 + (int32_t)i * 10};
		event.foreign.until = (struct day){20005 + (int32_t)i * 10};
		ck_assert(standing_apply(&s.standing, &event, i));
	}
	ck_assert(!standing_apply(&s.standing, &event, 99));
	struct interval intervals[STANDING_INTERVALS_MAX];
	ck_assert_uint_eq(standing_intervals(&s.standing, intervals), STANDING_SANCTIONS_MAX);
	event = (struct event){.kind = EVENT_SANCTION_SET, .practitioner = who};
	ck_assert(!standing_apply(&s.standing, &event, 99));

	scenario_init(&s);
	for (size_t i = 0; i < 6; i++) {
		event = (struct event){.kind = EVENT_REREGISTERED, .practitioner = who};
		event.registration.on = (struct day){20000 + (int32_t)i};
		ck_assert(standing_apply(&s.standing, &event, i));
	}
	ck_assert_uint_eq(s.standing.reregistrations_count, STANDING_REREGISTRATIONS_MAX);
	ck_assert_int_eq(s.standing.reregistrations[3].on.number, 20005);
	event = (struct event){.kind = EVENT_REGISTRATION_JOINED, .practitioner = who};
	while (s.standing.registrations_count < STANDING_REGISTRATIONS_MAX)
		ck_assert(standing_apply(&s.standing, &event, 50));
	ck_assert(!standing_apply(&s.standing, &event, 99));
}
END_TEST

Suite *
suite_standing(void)
{
	Suite *suite = suite_create("standing, interval");
	TCase *tests = tcase_create("standing");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, intervals_say_of_every_day_what_the_sanctions_say);
	tcase_add_test(tests, normal_lasts_until_the_next_stretch);
	tcase_add_test(tests, events_about_others_change_nothing);
	tcase_add_test(tests, events_that_cannot_follow_are_a_damaged_book);
	tcase_add_test(tests, capacity_is_a_limit_and_not_a_crash);
	suite_add_tcase(suite, tests);
	return suite;
}
