/* The life of a session: answers that come later, peers that do not listen, and the end. */
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/diag.h"
#include "proto/frame.h"
#include "session_peer.h"

static enum call_result
note_answer(struct call *call, struct call_note *note)
{
	note->next = call == NULL ? note : NULL;
	return call == NULL ? CALL_DONE : answer_hello(call);
}

static void
answer_pending(size_t index)
{
	pending[index].answer = note_answer;
	call_post(&pending[index]);
	session_settle_touched(room);
}

START_TEST(an_answer_may_come_later_and_out_of_order)
{
	Demerit__V1__Request first = write_request("k1");
	Demerit__V1__Request second = write_request("k2");

	send_request(&first);
	send_request(&second);
	turn();
	ck_assert_uint_eq(pending_count, 2);
	ck_assert_uint_eq(atomic_load(&figures.in_flight), 2);
	answer_pending(1);
	answer_pending(0);
	receive();
	assert_hello(2);
	assert_hello(1);
	ck_assert_uint_eq(atomic_load(&figures.in_flight), 0);
}
END_TEST

START_TEST(an_answer_for_a_session_that_has_gone_is_dropped)
{
	Demerit__V1__Request request = write_request("k");
	int fds[2];

	send_request(&request);
	turn();
	session_end_all(room, SESSION_END_PEER);
	/* Another session in the same slot is not mistaken for it. */
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	atomic_store(&sessions_count, 1);
	session_open(room, fds[0], &principal);
	answer_pending(0);
	ck_assert_ptr_eq(pending[0].next, &pending[0]);
	ck_assert_int_eq(recv(fds[1], replies, 1, 0), -1);
	close(fds[1]);
}
END_TEST

START_TEST(too_many_in_flight_is_refused_by_name)
{
	Demerit__V1__Request request;

	for (int i = 0; i < SESSION_IN_FLIGHT_MAX + 1; i++) {
		request = write_request("k");
		send_request(&request);
	}
	receive();
	assert_refused(SESSION_IN_FLIGHT_MAX + 1, "IN_FLIGHT_FULL", NULL);
	ck_assert_ptr_null(next_reply());
	ck_assert_uint_eq(atomic_load(&figures.in_flight_full), 1);
	answer_pending(0);
	receive();
	assert_hello(1);
}
END_TEST

/* Ask without reading until the session stops listening; the number asked. */
static uint64_t
flood(void)
{
	static uint8_t bytes[64];
	uint64_t asked = 0;

	while (atomic_load(&figures.output_full) == 0 && asked < 200000) {
		Demerit__V1__Request request = hello();
		size_t size = put_request(&request, bytes, sizeof(bytes));
		if (send(peer, bytes, size, MSG_NOSIGNAL) != (ssize_t)size)
			next_id--;
		else
			asked++;
		if (asked % 64 == 0)
			turn();
	}
	ck_assert_uint_eq(atomic_load(&figures.output_full), 1);
	return asked;
}

START_TEST(a_peer_that_takes_no_answers_is_not_read_and_loses_none)
{
	uint64_t asked = flood();
	uint64_t answered = 0;

	for (int i = 0; i < 1000 && answered < asked; i++) {
		receive();
		while (replies_at < replies_size) {
			assert_hello(answered + 1);
			answered++;
		}
	}
	ck_assert_uint_eq(answered, asked);
	ck_assert(is_open());
}
END_TEST

START_TEST(a_peer_that_takes_nothing_for_long_is_closed)
{
	flood();
	now_us += 30 * SECOND;
	session_tick(room);
	ck_assert(is_open());
	now_us += SECOND;
	session_tick(room);
	ck_assert(!is_open());
	ck_assert_uint_eq(atomic_load(&figures.ended[SESSION_END_STALLED]), 1);
}
END_TEST

START_TEST(half_a_frame_and_silence_is_told_and_closed)
{
	send_bytes("\x20\x08", 2);
	turn();
	now_us += 10 * SECOND;
	session_tick(room);
	now_us += SECOND;
	session_tick(room);
	receive();
	assert_refused(0, "DEADLINE_EXCEEDED", "frame");
	ck_assert_int_eq(recv(peer, replies, 1, 0), 0);
}
END_TEST

START_TEST(a_session_with_nothing_asked_is_closed_when_idle)
{
	Demerit__V1__Request request = hello();

	now_us += 200 * SECOND;
	send_request(&request);
	receive();
	now_us += 300 * SECOND;
	session_tick(room);
	ck_assert(is_open());
	now_us += SECOND;
	session_tick(room);
	ck_assert(!is_open());
	ck_assert_uint_eq(atomic_load(&figures.ended[SESSION_END_IDLE]), 1);
}
END_TEST

START_TEST(a_session_that_waits_for_an_answer_is_not_idle)
{
	Demerit__V1__Request request = write_request("k");

	send_request(&request);
	turn();
	now_us += 1000 * SECOND;
	session_tick(room);
	ck_assert(is_open());
}
END_TEST

START_TEST(who_asks_and_hangs_up_is_still_answered)
{
	Demerit__V1__Request question = hello();
	Demerit__V1__Request request = write_request("k");

	send_request(&question);
	send_request(&request);
	ck_assert_int_eq(shutdown(peer, SHUT_WR), 0);
	receive();
	assert_hello(1);
	ck_assert(is_open());
	answer_pending(0);
	receive();
	assert_hello(2);
	ck_assert(!is_open());
	ck_assert_uint_eq(atomic_load(&figures.ended[SESSION_END_PEER]), 1);
}
END_TEST

START_TEST(draining_answers_what_is_in_hand_and_refuses_new_writes)
{
	Demerit__V1__Request before = write_request("k1");
	Demerit__V1__Request question = hello();
	Demerit__V1__Request after = write_request("k2");

	send_request(&before);
	turn();
	send_request(&question);
	send_request(&after);
	session_drain(room);
	receive();
	assert_hello(2);
	assert_refused(3, "DRAINING", NULL);
	ck_assert(is_open());
	answer_pending(0);
	receive();
	assert_hello(1);
	ck_assert(!is_open());
	ck_assert_uint_eq(atomic_load(&figures.ended[SESSION_END_DRAINED]), 1);
}
END_TEST

static Demerit__V1__History history_body = DEMERIT__V1__HISTORY__INIT;

static void
send_history(void)
{
	Demerit__V1__Request request = DEMERIT__V1__REQUEST__INIT;

	request.body_case = DEMERIT__V1__REQUEST__BODY_HISTORY;
	request.history = &history_body;
	send_request(&request);
}

START_TEST(a_stream_answers_many_times_and_others_between)
{
	Demerit__V1__Request request = hello();
	int parts = 0;
	bool greeted = false;
	bool ended = false;

	send_history();
	send_request(&request);
	receive();
	for (;;) {
		Demerit__V1__Response *response = next_reply();
		if (response == NULL)
			break;
		if (response->request_id == 2) {
			greeted = true;
			continue;
		}
		ck_assert(!ended);
		parts++;
		ended = response->end;
	}
	ck_assert_int_eq(parts, 20);
	ck_assert(ended);
	ck_assert(greeted);
	ck_assert_int_eq(streams_freed, 1);
}
END_TEST

START_TEST(streams_end_with_their_session)
{
	for (int i = 0; i < SESSION_STREAMS_MAX; i++)
		send_history();
	event_base_loop(room->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	session_end_all(room, SESSION_END_PEER);
	ck_assert_int_eq(streams_freed, SESSION_STREAMS_MAX);
}
END_TEST

START_TEST(more_streams_than_allowed_are_refused)
{
	for (int i = 0; i < SESSION_STREAMS_MAX + 1; i++)
		send_history();
	receive();
	bool refused = false;
	for (Demerit__V1__Response *response = next_reply(); response != NULL;
	     response = next_reply()) {
		if (response->body_case == DEMERIT__V1__RESPONSE__BODY_ERROR) {
			ck_assert_str_eq(response->error->reason, "IN_FLIGHT_FULL");
			ck_assert_uint_eq(response->request_id, SESSION_STREAMS_MAX + 1);
			refused = true;
		}
	}
	ck_assert(refused);
	ck_assert_int_eq(streams_freed, SESSION_STREAMS_MAX);
}
END_TEST

START_TEST(an_answer_larger_than_a_frame_becomes_internal)
{
	Demerit__V1__GetDescriptor body = DEMERIT__V1__GET_DESCRIPTOR__INIT;
	Demerit__V1__Request request = DEMERIT__V1__REQUEST__INIT;
	const struct diag_config mute = {.level = DIAG_ERROR, .path = "/dev/null"};

	ck_assert_int_eq(diag_open(&mute), 0);
	request.body_case = DEMERIT__V1__REQUEST__BODY_GET_DESCRIPTOR;
	request.get_descriptor = &body;
	send_request(&request);
	receive();
	assert_refused(1, "INTERNAL", NULL);
	diag_close();
}
END_TEST

START_TEST(a_peer_that_vanishes_ends_the_session)
{
	Demerit__V1__Request request = hello();

	send_request(&request);
	close(peer);
	peer = -1;
	turn();
	ck_assert(!is_open());
}
END_TEST

Suite *
suite_session_life(void)
{
	Suite *suite = suite_create("session_life");
	TCase *tcase = tcase_create("session_life");

	tcase_set_timeout(tcase, 30);
	tcase_add_checked_fixture(tcase, session_setup, session_teardown);
	tcase_add_test(tcase, an_answer_may_come_later_and_out_of_order);
	tcase_add_test(tcase, an_answer_for_a_session_that_has_gone_is_dropped);
	tcase_add_test(tcase, too_many_in_flight_is_refused_by_name);
	tcase_add_test(tcase, a_peer_that_takes_no_answers_is_not_read_and_loses_none);
	tcase_add_test(tcase, a_peer_that_takes_nothing_for_long_is_closed);
	tcase_add_test(tcase, half_a_frame_and_silence_is_told_and_closed);
	tcase_add_test(tcase, a_session_with_nothing_asked_is_closed_when_idle);
	tcase_add_test(tcase, a_session_that_waits_for_an_answer_is_not_idle);
	tcase_add_test(tcase, who_asks_and_hangs_up_is_still_answered);
	tcase_add_test(tcase, draining_answers_what_is_in_hand_and_refuses_new_writes);
	tcase_add_test(tcase, a_stream_answers_many_times_and_others_between);
	tcase_add_test(tcase, streams_end_with_their_session);
	tcase_add_test(tcase, more_streams_than_allowed_are_refused);
	tcase_add_test(tcase, an_answer_larger_than_a_frame_becomes_internal);
	tcase_add_test(tcase, a_peer_that_vanishes_ends_the_session);
	suite_add_tcase(suite, tcase);
	return suite;
}
