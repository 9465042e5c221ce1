/* Sessions: what is read, what is refused, and how it is answered. */
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/diag.h"
#include "proto/frame.h"
#include "session_peer.h"

START_TEST(an_answer_says_as_of_what)
{
	Demerit__V1__Request request = hello();

	send_request(&request);
	receive();
	Demerit__V1__Response *response = next_reply();
	ck_assert_ptr_nonnull(response);
	ck_assert_uint_eq(response->request_id, 1);
	ck_assert_uint_eq(response->position->epoch, EPOCH);
	ck_assert_uint_eq(response->position->sequence, SEQUENCE);
	ck_assert_uint_eq(response->position->ledger_id.len, 16);
	ck_assert_int_eq(response->hello->now, 42);
	ck_assert_ptr_null(next_reply());
}
END_TEST

START_TEST(a_frame_may_come_byte_by_byte)
{
	Demerit__V1__Request request = hello();
	uint8_t bytes[256];
	size_t size = put_request(&request, bytes, sizeof(bytes));

	for (size_t i = 0; i < size; i++) {
		turn();
		send_bytes(bytes + i, 1);
	}
	receive();
	assert_hello(1);
}
END_TEST

START_TEST(frames_may_be_cut_anywhere)
{
	static uint8_t bytes[300 * 16];
	size_t size = 0;

	for (int i = 0; i < 300; i++) {
		Demerit__V1__Request request = hello();
		size += put_request(&request, bytes + size, sizeof(bytes) - size);
	}
	for (size_t at = 0; at < size; at += 7) {
		send_bytes(bytes + at, size - at < 7 ? size - at : 7);
		turn();
	}
	receive();
	for (uint64_t id = 1; id <= 300; id++)
		assert_hello(id);
	ck_assert_ptr_null(next_reply());
}
END_TEST

START_TEST(checks_of_one_wakeup_are_answered_in_order)
{
	for (int i = 0; i < 3 * CALL_CHECKS_MAX; i++)
		send_check(i % 3 == 0 ? "R1" : "D1");
	uint64_t before = atomic_load(&figures.wakeups);
	receive();
	ck_assert_uint_le(atomic_load(&figures.wakeups) - before, 3);
	for (uint64_t id = 1; id <= 3 * CALL_CHECKS_MAX; id++) {
		Demerit__V1__Response *response = next_reply();
		ck_assert_ptr_nonnull(response);
		ck_assert_uint_eq(response->request_id, id);
		ck_assert_uint_eq(response->position->sequence, SEQUENCE);
		ck_assert_int_eq(response->check->decision,
				 id % 3 == 1 ? DECISION_REFUSE : DECISION_PAY);
		ck_assert_int_eq(response->check->has_until_day, id % 3 == 1);
		ck_assert_int_eq(response->check->on, 20200);
	}
	ck_assert_uint_eq(atomic_load(&figures.checks_plain), 3 * CALL_CHECKS_MAX);
	ck_assert_uint_eq(atomic_load(&figures.requests[10]), 3 * CALL_CHECKS_MAX);
}
END_TEST

START_TEST(what_memory_cannot_judge_goes_the_long_way)
{
	send_check("D1");
	send_check("L1");
	send_check("D2");
	receive();
	ck_assert_int_eq(next_reply()->check->decision, DECISION_PAY);
	assert_refused(2, "NOT_FOUND", "L1");
	ck_assert_int_eq(next_reply()->check->decision, DECISION_PAY);
}
END_TEST

START_TEST(junk_is_unknown_and_a_blank_in_a_code_is_a_mistake)
{
	send_check("?1");
	send_check("? 1");
	receive();
	Demerit__V1__Response *response = next_reply();
	ck_assert_int_eq(response->check->reason, REASON_UNKNOWN_PRACTITIONER);
	ck_assert_int_eq(response->check->status,
			 DEMERIT__V1__ELIGIBILITY_STATUS__ELIGIBILITY_STATUS_UNKNOWN);
	/* The long way: its handler says what is wrong with it. */
	assert_refused(2, "NOT_FOUND", "? 1");
}
END_TEST

START_TEST(a_length_beyond_the_limit_is_refused_before_its_body)
{
	static const uint8_t length[] = {0xff, 0xff, 0xff, 0xff, 0x0f};

	send_bytes(length, sizeof(length));
	receive();
	assert_refused(0, "FRAME_TOO_LARGE", NULL);
	ck_assert_int_eq(recv(peer, replies, 1, 0), 0);
	ck_assert_uint_eq(atomic_load(&figures.errors[STATUS_CODE_INVALID_ARGUMENT]), 1);
}
END_TEST

START_TEST(a_length_that_never_ends_is_no_frame)
{
	static const uint8_t length[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

	send_check("D1");
	send_bytes(length, sizeof(length));
	receive();
	ck_assert_int_eq(next_reply()->check->decision, DECISION_PAY);
	assert_refused(0, "FRAME_BAD", NULL);
}
END_TEST

START_TEST(http_is_told_what_this_port_speaks)
{
	static const char get[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

	send_bytes(get, sizeof(get) - 1);
	receive();
	ck_assert_int_eq(strncmp((const char *)replies, "HTTP/1.1 400 ", 13), 0);
	ck_assert_ptr_nonnull(strstr((const char *)replies, "demerit.v1"));
	close(peer);
	peer = -1;
	turn();
	ck_assert(!is_open());
	ck_assert_uint_eq(atomic_load(&figures.ended[SESSION_END_FRAME]), 1);
}
END_TEST

START_TEST(a_session_that_lingers_after_its_last_words_is_closed)
{
	send_bytes("\xff\xff\xff\xff\xff\xff", 6);
	turn();
	ck_assert(is_open());
	now_us += SESSION_LINGER_US + 1;
	session_tick(room);
	ck_assert(!is_open());
}
END_TEST

START_TEST(bytes_that_are_no_message_are_refused_and_the_session_goes_on)
{
	Demerit__V1__Request request = hello();
	static const uint8_t junk[] = {3, 0x08, 0x07, 0xff};

	send_bytes(junk, sizeof(junk));
	send_request(&request);
	receive();
	Demerit__V1__Response *response = next_reply();
	ck_assert_uint_eq(response->request_id, 7);
	ck_assert_int_eq(response->error->code, DEMERIT__V1__CODE__CODE_INVALID_ARGUMENT);
	assert_hello(1);
}
END_TEST

START_TEST(what_is_not_there_is_named)
{
	Demerit__V1__Request nothing = DEMERIT__V1__REQUEST__INIT;
	Demerit__V1__Board board_body = DEMERIT__V1__BOARD__INIT;
	Demerit__V1__Request board = DEMERIT__V1__REQUEST__INIT;
	Demerit__V1__Stats stats_body = DEMERIT__V1__STATS__INIT;
	Demerit__V1__Request stats = DEMERIT__V1__REQUEST__INIT;
	Demerit__V1__Request anonymous = hello();

	send_request(&nothing);
	board.body_case = DEMERIT__V1__REQUEST__BODY_BOARD;
	board.board = &board_body;
	send_request(&board);
	stats.body_case = DEMERIT__V1__REQUEST__BODY_STATS;
	stats.stats = &stats_body;
	send_request(&stats);
	anonymous.has_request_id = true;
	anonymous.request_id = 0;
	send_request(&anonymous);
	receive();
	assert_refused(1, "BODY_MISSING", NULL);
	assert_refused(2, "BODY_NOT_BUILT", NULL);
	assert_refused(3, "BODY_UNKNOWN", NULL);
	assert_refused(0, "REQUEST_ID_MISSING", NULL);
}
END_TEST

START_TEST(rights_are_asked_for_at_every_request)
{
	Demerit__V1__Request request = hello();

	send_check("D1");
	receive();
	ck_assert_int_eq(next_reply()->check->decision, DECISION_PAY);
	atomic_store(&principal.rights, RIGHT_HELLO);
	send_check("D1");
	request.on_behalf_of = (char *)(uintptr_t) "somebody";
	send_request(&request);
	receive();
	assert_refused(2, "NOT_ALLOWED", NULL);
	assert_refused(3, "NOT_ALLOWED", "on_behalf_of");
	atomic_store(&principal.rights, RIGHTS_ALL);
	request = hello();
	request.on_behalf_of = (char *)(uintptr_t) "somebody";
	send_request(&request);
	receive();
	assert_hello(4);
}
END_TEST

START_TEST(a_write_needs_a_key_that_is_one)
{
	Demerit__V1__Request none = write_request(NULL);
	Demerit__V1__Request bad = write_request("a b");
	Demerit__V1__Request dry = write_request(NULL);

	send_request(&none);
	send_request(&bad);
	dry.has_dry_run = dry.dry_run = true;
	send_request(&dry);
	receive();
	assert_refused(1, "KEY_MISSING", "idempotency_key");
	assert_refused(2, "FIELD_BAD_CODE", "idempotency_key");
	ck_assert_ptr_null(next_reply());
	ck_assert_uint_eq(pending_count, 1);
}
END_TEST

static char *
long_text(size_t size)
{
	char *text = malloc(size + 1);

	ck_assert_ptr_nonnull(text);
	memset(text, 'x', size);
	text[size] = '\0';
	return text;
}

static void
send_rulebook(size_t size)
{
	Demerit__V1__RulebookLoad load = DEMERIT__V1__RULEBOOK_LOAD__INIT;
	Demerit__V1__Request request = write_request("k");

	load.text = long_text(size);
	request.body_case = DEMERIT__V1__REQUEST__BODY_RULEBOOK_LOAD;
	request.rulebook_load = &load;
	send_request(&request);
	free(load.text);
}

START_TEST(a_large_frame_is_gathered_and_answered)
{
	Demerit__V1__Request request = hello();

	send_rulebook(700000);
	send_request(&request);
	receive();
	ck_assert_uint_eq(text_size, 700000);
	assert_hello(1);
	assert_hello(2);
	send_rulebook(SESSION_READ_MAX);
	receive();
	ck_assert_uint_eq(text_size, SESSION_READ_MAX);
}
END_TEST

START_TEST(a_body_that_needs_no_large_frame_gets_none)
{
	static uint8_t bytes[PROTO_FRAME_SMALL_MAX + 64] = {0x08, 0x07, 0x6a, 0xfc, 0xff, 0x03};
	uint8_t length[FRAME_HEADER_MAX];

	/* Request 7, a hello of 64 KiB less four. */
	send_bytes(length, frame_put(length, PROTO_FRAME_SMALL_MAX + 2));
	send_bytes(bytes, PROTO_FRAME_SMALL_MAX + 2);
	receive();
	Demerit__V1__Response *response = next_reply();
	ck_assert_ptr_nonnull(response);
	ck_assert_uint_eq(response->request_id, 7);
	ck_assert_int_eq(response->error->code, DEMERIT__V1__CODE__CODE_INVALID_ARGUMENT);
}
END_TEST

Suite *
suite_session(void)
{
	Suite *suite = suite_create("session");
	TCase *tcase = tcase_create("session");

	tcase_set_timeout(tcase, 30);
	tcase_add_checked_fixture(tcase, session_setup, session_teardown);
	tcase_add_test(tcase, an_answer_says_as_of_what);
	tcase_add_test(tcase, a_frame_may_come_byte_by_byte);
	tcase_add_test(tcase, frames_may_be_cut_anywhere);
	tcase_add_test(tcase, checks_of_one_wakeup_are_answered_in_order);
	tcase_add_test(tcase, what_memory_cannot_judge_goes_the_long_way);
	tcase_add_test(tcase, junk_is_unknown_and_a_blank_in_a_code_is_a_mistake);
	tcase_add_test(tcase, a_length_beyond_the_limit_is_refused_before_its_body);
	tcase_add_test(tcase, a_length_that_never_ends_is_no_frame);
	tcase_add_test(tcase, http_is_told_what_this_port_speaks);
	tcase_add_test(tcase, a_session_that_lingers_after_its_last_words_is_closed);
	tcase_add_test(tcase, bytes_that_are_no_message_are_refused_and_the_session_goes_on);
	tcase_add_test(tcase, what_is_not_there_is_named);
	tcase_add_test(tcase, rights_are_asked_for_at_every_request);
	tcase_add_test(tcase, a_write_needs_a_key_that_is_one);
	tcase_add_test(tcase, a_large_frame_is_gathered_and_answered);
	tcase_add_test(tcase, a_body_that_needs_no_large_frame_gets_none);
	suite_add_tcase(suite, tcase);
	return suite;
}

int
main(void)
{
	SRunner *runner = srunner_create(suite_session());

	srunner_add_suite(runner, suite_session_life());
	srunner_add_suite(runner, suite_session_faults());
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
