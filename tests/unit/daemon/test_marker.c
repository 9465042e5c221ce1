/*
 * The agenda's rows, and the writer when days come.
 */
#include <string.h>
#include <unistd.h>

#include "daemon/agenda.h"
#include "writer_room.h"
#include "writer_suites.h"

#define WAIT_US	  2000
#define WAITS_MAX 2500

/* The due days of all marker records, after a moment in which so many could be written. */
static size_t
marked_years(size_t expected, struct day ret[8])
{
	struct store_record record;
	struct entry_body body;
	struct event event;
	size_t count = 0;

	for (unsigned i = 0; i < WAITS_MAX && count < expected; i++) {
		usleep(WAIT_US);
		count = 0;
		for (uint64_t s = 1; s <= room_sequence(); s++) {
			ck_assert_int_eq(store_read(room.reader, s, &record), 0);
			if (record.kind != RECORD_MARKER)
				continue;
			ck_assert(entry_read(record.body, record.body_size, &body));
			ck_assert(entry_next_event(&body.events, &event));
			ck_assert_int_eq(event.marker.what, MARKER_YEAR_TURNED);
			ck_assert_uint_lt(count, 8);
			ret[count++] = event.marker.due;
		}
	}
	return count;
}

START_TEST(plans_come_back_from_their_keys_and_sort_by_their_days)
{
	const struct marker_plan plans[] = {
	    {MARKER_YEAR_TURNED, room_day("1969-01-01"), {0}},
	    {MARKER_NONE, room_day("2025-08-20"), room_code("D2")},
	    {MARKER_SUSPENSION_OVER, room_day("2025-08-20"), room_code("D1")},
	    {MARKER_SUSPENSION_OVER, room_day("2025-08-20"), room_code("D10")},
	    {MARKER_OBJECTION_DUE, room_day("2025-08-20"), room_code("A")},
	    {MARKER_SUSPENSION_OVER, room_day("2026-01-01"), room_code("A")},
	};
	struct apply_key key, before = {0};
	struct marker_plan back;

	for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
		agenda_key(&key, &plans[i]);
		ck_assert(agenda_read(key.bytes, key.size, &back));
		ck_assert_int_eq(back.what, plans[i].what);
		ck_assert(day_equal(back.due, plans[i].due));
		ck_assert(code_equal(&back.about, &plans[i].about));
		size_t both = key.size < before.size ? key.size : before.size;
		int order = memcmp(before.bytes, key.bytes, both);
		ck_assert(order < 0 || (order == 0 && before.size < key.size));
		before = key;
	}
	agenda_key_last(&key);
	ck_assert(!agenda_read(key.bytes, key.size, &back));
}
END_TEST

START_TEST(years_of_rest_are_made_up_for_once_and_in_order)
{
	struct day days[8];

	ck_assert_uint_eq(marked_years(0, days), 0);
	room_clock_set("2028-03-01");
	for (unsigned starts = 0; starts < 3; starts++) {
		room_restart();
		ck_assert_uint_eq(marked_years(3, days), 3);
		ck_assert(day_equal(days[0], room_day("2026-01-01")));
		ck_assert(day_equal(days[1], room_day("2027-01-01")));
		ck_assert(day_equal(days[2], room_day("2028-01-01")));
	}
	usleep(20 * WAIT_US);
	ck_assert_uint_eq(marked_years(3, days), 3);
}
END_TEST

START_TEST(a_day_that_comes_with_a_command_is_marked_behind_it)
{
	struct day days[8];

	room_clock_set("2026-01-02");
	room_institution("H1", "350102");
	ck_assert_uint_eq(marked_years(1, days), 1);
	ck_assert(day_equal(days[0], room_day("2026-01-01")));
}
END_TEST

START_TEST(a_clock_in_doubt_marks_nothing)
{
	struct day days[8];

	room_clock_set("2028-03-01");
	room_clock_lost(true);
	room_restart();
	uint64_t sequence = room_sequence();
	struct command *command = room_command(COMMAND_PRACTITIONER_ADD);
	room_run(command);
	ck_assert_int_eq(command->outcome.status, STATUS_CLOCK_DOUBTFUL);
	room_done(command);
	usleep(20 * WAIT_US);
	ck_assert_uint_eq(room_sequence(), sequence);

	room_clock_lost(false);
	room_restart();
	ck_assert_uint_eq(marked_years(3, days), 3);
}
END_TEST

Suite *
suite_marker(void)
{
	Suite *suite = suite_create("marker");
	TCase *tests = tcase_create("marker");

	tcase_add_checked_fixture(tests, room_setup, room_teardown);
	tcase_set_timeout(tests, 30);
	tcase_add_test(tests, plans_come_back_from_their_keys_and_sort_by_their_days);
	tcase_add_test(tests, years_of_rest_are_made_up_for_once_and_in_order);
	tcase_add_test(tests, a_day_that_comes_with_a_command_is_marked_behind_it);
	tcase_add_test(tests, a_clock_in_doubt_marks_nothing);
	suite_add_tcase(suite, tests);
	return suite;
}
