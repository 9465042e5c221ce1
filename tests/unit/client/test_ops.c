/*
 * The plain structs: checks and claim lines.
 */

#include "suites.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "demerit.h"
#include "run.h"

#define TEXT(literal) ((struct demerit_text){literal, sizeof(literal) - 1})

START_TEST(a_check_comes_back_in_a_plain_struct)
{
	struct demerit *connection;
	struct demerit_answer answer;
	struct demerit_reply *reply;
	struct run run;

	run_begin(&run, false, 0);
	ck_assert_int_eq(demerit_open(run.server, 5000, &connection), 0);
	ck_assert_int_eq(demerit_check(connection, NULL,
				       &(struct demerit_check){.practitioner = "S1",
							       .institution = "H1",
							       .has_on = true,
							       .on = 20301,
							       .detail = true},
				       &reply, &answer),
			 0);
	ck_assert_int_eq(answer.decision, DEMERIT_REFUSE);
	ck_assert_int_eq(answer.reason, DEMERIT_REASON_SUSPENDED);
	ck_assert_int_eq(answer.on, 20301);
	ck_assert(answer.has_until && answer.has_registered && answer.registered);
	ck_assert(!answer.has_bar_until);
	ck_assert_uint_eq(answer.entries_count, 2);
	ck_assert_str_eq(answer.entries[1], "E9");
	demerit_reply_free(reply);
	demerit_free(connection);
	run_end(&run);
}
END_TEST

/* Every combination of what a line may lack, with ids and days of all lengths. */
static void
fill_line(struct demerit_line *line, size_t i)
{
	static const struct demerit_text codes[] = {{"D1", 2}, {"S1", 2}, {"X1", 2}, {NULL, 0}};

	*line = (struct demerit_line){
	    .id = i,
	    .has_service_day = (i & 1) == 0,
	    .service_day = (int32_t)(i * 7919) - 100000,
	    .emergency = (i & 2) != 0,
	    .roles_count = i % (DEMERIT_LINE_ROLES_MAX + 1),
	};
	if (i & 4)
		line->institution = TEXT("H35010200001");
	if (i & 8)
		line->med_type = TEXT("11");
	for (size_t r = 0; r < line->roles_count; r++) {
		line->roles[r].role = (int)(r % 8) + 1;
		line->roles[r].code = codes[(i + r) % 4];
	}
}

START_TEST(claim_lines_by_hand_are_understood)
{
	struct demerit_line *lines = calloc(1000, sizeof(*lines));
	struct demerit *connection;
	struct run run;
	size_t got = 0;
	uint64_t id;
	bool last = false;

	run_begin(&run, false, 0);
	ck_assert_int_eq(demerit_open(run.server, 5000, &connection), 0);
	for (size_t i = 0; i < 1000; i++)
		fill_line(&lines[i], i);
	ck_assert_int_eq(demerit_screen_send(connection,
					     &(struct demerit_call){.known_at = UINT64_MAX / 2},
					     lines, 1000, true, &id),
			 0);
	while (!last) {
		struct demerit_reply *reply;
		uint64_t known_at;

		ck_assert_int_eq(demerit_receive(connection, &reply), 0);
		ck_assert_ptr_null(demerit_reply_error(reply));
		ck_assert_uint_eq(demerit_reply_id(reply), id);
		ck_assert(demerit_reply_known_at(reply, &known_at));
		ck_assert_uint_eq(known_at, UINT64_MAX / 2);
		for (size_t i = 0; i < demerit_reply_results(reply); i++, got++) {
			struct demerit_result result;

			demerit_reply_result(reply, i, &result);
			ck_assert_uint_eq(result.id, got);
			if (!lines[got].has_service_day)
				ck_assert_int_eq(result.reason, DEMERIT_BAD_DATE);
			else if (lines[got].roles_count == 0)
				ck_assert_int_eq(result.reason, DEMERIT_NO_PRACTITIONER);
			else if (lines[got].roles_count >= 4)
				ck_assert_int_eq(result.reason, DEMERIT_REASON_SUSPENDED);
		}
		last = demerit_reply_last(reply);
		demerit_reply_free(reply);
	}
	ck_assert_uint_eq(got, 1000);
	demerit_free(connection);
	free(lines);
	run_end(&run);
}
END_TEST

START_TEST(a_chunk_above_a_frame_is_refused_and_costs_nothing)
{
	static char code[64];
	struct demerit_line *lines = calloc(2000, sizeof(*lines));
	struct demerit *connection;
	struct run run;
	uint64_t id;

	run_begin(&run, false, 0);
	ck_assert_int_eq(demerit_open(run.server, 5000, &connection), 0);
	memset(code, 'D', sizeof(code));
	for (size_t i = 0; i < 2000; i++) {
		lines[i].roles_count = 16;
		for (size_t r = 0; r < 16; r++) {
			lines[i].roles[r].role = 1;
			lines[i].roles[r].code = (struct demerit_text){code, sizeof(code)};
		}
	}
	ck_assert_int_eq(demerit_screen_send(connection, NULL, lines, 2000, false, &id), -EMSGSIZE);
	ck_assert_uint_eq(demerit_in_flight(connection), 0);
	ck_assert_int_eq(demerit_screen_send(connection, NULL, lines, 800, false, &id), 0);
	demerit_free(connection);
	free(lines);
	run_end(&run);
}
END_TEST

Suite *
suite_ops(void)
{
	Suite *suite = suite_create("ops");
	TCase *tcase = tcase_create("ops");

	tcase_set_timeout(tcase, 20);
	tcase_add_test(tcase, a_check_comes_back_in_a_plain_struct);
	tcase_add_test(tcase, claim_lines_by_hand_are_understood);
	tcase_add_test(tcase, a_chunk_above_a_frame_is_refused_and_costs_nothing);
	suite_add_tcase(suite, tcase);
	return suite;
}
