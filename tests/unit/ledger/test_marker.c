/*
 * What the calendar will bring, whether it did, and that nothing hangs on it.
 */
#include "suites.h"

#include <string.h>

#include "daemon/ledger/marker.h"
#include "scenario.h"

static struct event
suspended(const char *until)
{
	struct event event = {.kind = EVENT_SANCTION_SET, .practitioner = named("D1")};

	event.sanction.sanction = named("S1");
	event.sanction.kind = STATUS_SUSPENDED;
	event.sanction.path = PATH_ACCUMULATED;
	event.sanction.from = at("2025-05-20");
	event.sanction.until = at(until);
	event.sanction.bar_until = DAY_NONE;
	event.sanction.superseded_by = NUMBER_NONE;
	return event;
}

START_TEST(an_end_is_planned_for_the_first_day_behind_it)
{
	struct event event = suspended("2025-08-20");
	struct marker_plan plans[2];

	ck_assert_uint_eq(marker_plans(&event, at("2025-06-01"), plans), 1);
	ck_assert_int_eq(plans[0].what, MARKER_SUSPENSION_OVER);
	ck_assert(day_equal(plans[0].due, at("2025-08-20")));
	ck_assert(code_equal(&plans[0].about, &event.practitioner));

	event.sanction.kind = STATUS_TERMINATED;
	event.sanction.until = DAY_FOREVER;
	event.sanction.bar_until = at("2026-05-20");
	ck_assert_uint_eq(marker_plans(&event, at("2025-06-01"), plans), 1);
	ck_assert_int_eq(plans[0].what, MARKER_BAR_OVER);
	ck_assert(day_equal(plans[0].due, at("2026-05-20")));
}
END_TEST

START_TEST(what_was_over_when_it_was_recorded_is_not_planned)
{
	struct event event = suspended("2025-08-20");
	struct marker_plan plans[2];

	ck_assert_uint_eq(marker_plans(&event, at("2025-08-19"), plans), 1);
	ck_assert_uint_eq(marker_plans(&event, at("2025-08-20"), plans), 0);
	ck_assert_uint_eq(marker_plans(&event, at("2025-12-01"), plans), 0);
}
END_TEST

START_TEST(an_objection_is_late_on_the_day_behind_its_last)
{
	struct event event = {.kind = EVENT_NOTICE_SERVED, .practitioner = named("D1")};
	struct case_file file = {.id = named("N1")};
	struct marker_plan plans[2];

	event.notice.id = named("N1");
	event.notice.served_on = at("2025-06-03");
	event.notice.due_on = at("2025-06-17");
	ck_assert_uint_eq(marker_plans(&event, at("2025-06-03"), plans), 1);
	ck_assert_int_eq(plans[0].what, MARKER_OBJECTION_DUE);
	ck_assert(day_equal(plans[0].due, at("2025-06-18")));
	ck_assert(case_apply(&file, &event, 7));
	ck_assert(marker_of_case(&file, MARKER_OBJECTION_DUE, at("2025-06-18")));
	ck_assert(!marker_of_case(&file, MARKER_OBJECTION_DUE, at("2025-06-17")));

	event.notice.due_on = DAY_NONE;
	ck_assert_uint_eq(marker_plans(&event, at("2025-06-03"), plans), 0);
}
END_TEST

START_TEST(a_proposal_that_was_decided_does_not_expire)
{
	struct event proposed = {.kind = EVENT_PROPOSED, .practitioner = named("D1")};
	struct event denied = {.kind = EVENT_PROPOSAL_DENIED, .practitioner = named("D1")};
	struct case_file file = {.id = named("P1")};

	proposed.proposed.id = named("P1");
	proposed.proposed.on = at("2025-06-01");
	proposed.proposed.expires_on = at("2025-07-01");
	denied.step.id = named("P1");
	denied.step.on = at("2025-06-02");
	ck_assert(case_apply(&file, &proposed, 7));
	ck_assert(marker_of_case(&file, MARKER_PROPOSAL_EXPIRED, at("2025-07-01")));
	ck_assert(case_apply(&file, &denied, 8));
	ck_assert(!marker_of_case(&file, MARKER_PROPOSAL_EXPIRED, at("2025-07-01")));
}
END_TEST

/* After years of rest, too: the next year's turn is planned though its day is long over. */
START_TEST(each_year_plans_the_next)
{
	struct event event = {.kind = EVENT_LEDGER_BEGUN};
	struct marker_plan plans[2];

	ck_assert_uint_eq(marker_plans(&event, at("2024-02-29"), plans), 1);
	ck_assert_int_eq(plans[0].what, MARKER_YEAR_TURNED);
	ck_assert(day_equal(plans[0].due, at("2025-01-01")));

	event = (struct event){.kind = EVENT_MARKER};
	event.marker.what = MARKER_YEAR_TURNED;
	event.marker.due = at("2025-01-01");
	ck_assert_uint_eq(marker_plans(&event, at("2029-03-01"), plans), 1);
	ck_assert(day_equal(plans[0].due, at("2026-01-01")));

	event.marker.due = at("2999-01-01");
	ck_assert_uint_eq(marker_plans(&event, at("2999-01-01"), plans), 0);
}
END_TEST

START_TEST(only_the_calendar_ends_what_stands)
{
	struct scenario scenario;

	scenario_init(&scenario);
	ck_assert_int_eq(score(&scenario, "E1", 10, "2025-05-20", "months=3 from=2025-05-20"),
			 VERDICT_ACCEPTED);
	const struct standing *standing = &scenario.standing;
	const struct sanction *sanction = &standing->sanctions[0];
	ck_assert(marker_of_sanction(sanction, standing, MARKER_SUSPENSION_OVER, at("2025-08-20")));
	ck_assert(
	    !marker_of_sanction(sanction, standing, MARKER_SUSPENSION_OVER, at("2025-08-19")));
	ck_assert(!marker_of_sanction(sanction, standing, MARKER_BAR_OVER, at("2025-08-20")));

	/* A termination supersedes it before its end, and has a bar of its own. */
	ck_assert_int_eq(score(&scenario, "E2", 2, "2025-06-10", "from=2025-06-10"),
			 VERDICT_ACCEPTED);
	ck_assert(
	    !marker_of_sanction(sanction, standing, MARKER_SUSPENSION_OVER, at("2025-08-20")));
	ck_assert(marker_of_sanction(&standing->sanctions[1], standing, MARKER_BAR_OVER,
				     at("2026-06-10")));

	/* What falls was never over. */
	ck_assert_int_eq(annul(&scenario, "E2", ""), VERDICT_ACCEPTED);
	ck_assert(marker_of_sanction(sanction, standing, MARKER_SUSPENSION_OVER, at("2025-08-20")));
	ck_assert(!marker_of_sanction(&standing->sanctions[1], standing, MARKER_BAR_OVER,
				      at("2026-06-10")));
}
END_TEST

/* Fold the event, and behind it in one of the two standings every kind of marker. */
static void
fold_both(struct standing *plain, struct standing *marked, const struct event *event,
	  uint64_t sequence)
{
	ck_assert(standing_apply(plain, event, sequence));
	ck_assert(standing_apply(marked, event, sequence));
	for (unsigned what = MARKER_SUSPENSION_OVER; what <= MARKER_PROPOSAL_EXPIRED; what++) {
		struct event marker = {.kind = EVENT_MARKER, .practitioner = plain->practitioner};
		marker.marker = (struct event_marker){(enum marker)what, named("S1"),
						      at("2025-08-20"), sequence % 2};
		ck_assert(standing_apply(marked, &marker, sequence));
	}
}

START_TEST(a_fold_with_markers_is_the_fold_without)
{
	struct standing plain, marked;
	struct event event = {.kind = EVENT_PRACTITIONER_ADDED, .practitioner = named("D1")};
	const struct code code = named("D1");

	standing_init(&plain, &code);
	standing_init(&marked, &code);
	event.practitioner_added.category = CATEGORY_MEDICAL;
	fold_both(&plain, &marked, &event, 1);
	event = (struct event){.kind = EVENT_POINTS_RECORDED, .practitioner = code};
	event.points.entry = named("E1");
	event.points.points = 10;
	event.points.scored_on = at("2025-05-20");
	fold_both(&plain, &marked, &event, 2);
	event = suspended("2025-08-20");
	event.sanction.entry = 0;
	event.sanction.basis = 1;
	fold_both(&plain, &marked, &event, 3);
	event = (struct event){.kind = EVENT_POINTS_FELL, .practitioner = code};
	event.fell.on = at("2025-09-01");
	event.fell.why = FALL_ANNULLED;
	fold_both(&plain, &marked, &event, 4);
	ck_assert_mem_eq(&plain, &marked, sizeof(plain));
	ck_assert_uint_eq(plain.sanctions_count, 1);
}
END_TEST

Suite *
suite_marker(void)
{
	Suite *suite = suite_create("marker");
	TCase *tests = tcase_create("marker");

	tcase_add_test(tests, an_end_is_planned_for_the_first_day_behind_it);
	tcase_add_test(tests, what_was_over_when_it_was_recorded_is_not_planned);
	tcase_add_test(tests, an_objection_is_late_on_the_day_behind_its_last);
	tcase_add_test(tests, a_proposal_that_was_decided_does_not_expire);
	tcase_add_test(tests, each_year_plans_the_next);
	tcase_add_test(tests, only_the_calendar_ends_what_stands);
	tcase_add_test(tests, a_fold_with_markers_is_the_fold_without);
	suite_add_tcase(suite, tests);
	return suite;
}
