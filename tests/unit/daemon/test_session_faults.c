/* Sessions when something fails: memory, the socket, the peer; and the rarer turns of their life.
 */
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/diag.h"
#include "proto/frame.h"
#include "session_faults.h"
#include "session_peer.h"

START_TEST(an_interrupted_call_is_made_again)
{
	Demerit__V1__Request request = hello();

	send_request(&request);
	fail_recv(EINTR);
	fail_send(EINTR);
	receive();
	assert_hello(1);
	ck_assert(is_open());
}
END_TEST

START_TEST(a_wakeup_for_nothing_does_nothing)
{
	Demerit__V1__Request request = hello();

	send_request(&request);
	fail_recv(EAGAIN);
	receive();
	assert_hello(1);
}
END_TEST

START_TEST(a_socket_that_cannot_be_read_ends_the_session)
{
	Demerit__V1__Request request = hello();

	send_request(&request);
	fail_recv(EIO);
	turn();
	ck_assert(!is_open());
	ck_assert_uint_eq(atomic_load(&figures.ended[SESSION_END_ERROR]), 1);
}
END_TEST

START_TEST(a_peer_that_resets_is_a_peer_that_left)
{
	Demerit__V1__Request request = hello();

	send_request(&request);
	fail_recv(ECONNRESET);
	turn();
	ck_assert_uint_eq(atomic_load(&figures.ended[SESSION_END_PEER]), 1);
}
END_TEST

START_TEST(a_socket_that_cannot_be_written_ends_the_session)
{
	Demerit__V1__Request request = hello();

	send_request(&request);
	fail_send(EIO);
	turn();
	ck_assert(!is_open());
	ck_assert_uint_eq(atomic_load(&figures.ended[SESSION_END_ERROR]), 1);
}
END_TEST

START_TEST(a_peer_that_reset_before_the_answer_is_a_peer_that_left)
{
	Demerit__V1__Request request = hello();

	send_request(&request);
	fail_send(ECONNRESET);
	turn();
	ck_assert_uint_eq(atomic_load(&figures.ended[SESSION_END_PEER]), 1);
}
END_TEST

START_TEST(a_room_without_memory_is_not_begun)
{
	struct session_room *other = calloc(1, sizeof(*other));

	ck_assert_ptr_nonnull(other);
	for (unsigned k = 1; k <= 2; k++) {
		memset(other, 0, sizeof(*other));
		fail_allocation(k);
		int result = session_room_init(other);
		fail_allocation_no_more();
		ck_assert_int_eq(result, -ENOMEM);
		session_room_done(other);
	}
	free(other);
}
END_TEST

/* With its kth allocation failing (0: none); nothing of Check's own may come in between. */
static int
open_failing(unsigned k)
{
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	atomic_fetch_add(&sessions_count, 1);
	fail_allocation(k);
	session_open(room, fds[0], &principal);
	fail_allocation_no_more();
	return fds[1];
}

static int
open_another(void)
{
	return open_failing(0);
}

static void
turn_failing(unsigned k)
{
	fail_allocation(k);
	turn();
	fail_allocation_no_more();
}

START_TEST(a_session_without_memory_is_closed_and_counted)
{
	unsigned k = 1;

	session_end_all(room, SESSION_END_PEER);
	free(room->slots);
	free(room->generations);
	room->slots = NULL;
	room->generations = NULL;
	room->slots_count = 0;
	for (;; k++) {
		int other = open_failing(k);
		if (!allocation_failed()) {
			ck_assert_uint_eq(room->slots_used, 1);
			close(other);
			break;
		}
		ck_assert_int_eq(recv(other, replies, 1, 0), 0);
		ck_assert_uint_eq(room->slots_used, 0);
		ck_assert_uint_eq(atomic_load(&sessions_count), 0);
		close(other);
	}
	ck_assert_uint_eq(k - 1, atomic_load(&figures.ended[SESSION_END_MEMORY]));
	/* The session, its slots, their generations, an event; the slots stay once there. */
	ck_assert_uint_ge(k, 5);
	/* With the slots there: the session, its first event, its second. */
	int other = open_failing(3);
	ck_assert(allocation_failed());
	ck_assert_int_eq(recv(other, replies, 1, 0), 0);
	close(other);
}
END_TEST

START_TEST(an_answer_without_memory_closes_the_session)
{
	Demerit__V1__Request request = hello();

	send_request(&request);
	turn_failing(1);
	ck_assert(allocation_failed());
	/* Nothing was said, so nothing is waited for but the peer's close. */
	ck_assert_int_eq(recv(peer, replies, 1, 0), 0);
	close(peer);
	peer = -1;
	turn();
	ck_assert(!is_open());
	ck_assert_uint_eq(atomic_load(&figures.ended[SESSION_END_MEMORY]), 1);
}
END_TEST

START_TEST(a_check_and_a_refusal_without_memory_close_the_session)
{
	send_check("D1");
	turn_failing(1);
	ck_assert_int_eq(recv(peer, replies, 1, 0), 0);
	close(peer);
	turn();
	ck_assert(!is_open());

	peer = open_another();
	send_bytes("\xff\xff\xff\xff\xff\xff", 6);
	turn_failing(1);
	ck_assert_int_eq(recv(peer, replies, 1, 0), 0);
}
END_TEST

START_TEST(half_a_frame_without_memory_closes_the_session)
{
	send_bytes("\x20\x08", 2);
	turn_failing(1);
	ck_assert(allocation_failed());
	ck_assert_int_eq(recv(peer, replies, 1, 0), 0);
	ck_assert_uint_eq(replies_size, 0);
}
END_TEST

START_TEST(http_without_memory_is_closed_all_the_same)
{
	send_bytes("GET / HTTP/1.0\r\n\r\n", 18);
	turn_failing(1);
	ck_assert_int_eq(recv(peer, replies, 1, 0), 0);
}
END_TEST

START_TEST(what_was_kept_for_half_a_frame_is_given_back)
{
	Demerit__V1__Request request = hello();
	uint8_t bytes[64];
	size_t size = put_request(&request, bytes, sizeof(bytes));

	send_bytes(bytes, 2);
	turn();
	session_tick(room);
	send_bytes(bytes + 2, size - 2);
	receive();
	assert_hello(1);
	session_tick(room);
	session_tick(room);
	ck_assert(is_open());
}
END_TEST

START_TEST(slots_grow_and_are_used_again)
{
	int others[150];

	for (int i = 0; i < 150; i++)
		others[i] = open_another();
	ck_assert_uint_eq(room->slots_used, 151);
	ck_assert_uint_ge(room->slots_count, 151);
	uint32_t count = room->slots_count;
	for (int i = 0; i < 150; i += 2)
		close(others[i]);
	turn();
	ck_assert_uint_eq(room->slots_used, 76);
	for (int i = 0; i < 150; i += 2)
		others[i] = open_another();
	ck_assert_uint_eq(room->slots_used, 151);
	ck_assert_uint_eq(room->slots_count, count);
	for (int i = 0; i < 150; i++)
		close(others[i]);
	turn();
	ck_assert_uint_eq(room->slots_used, 1);
}
END_TEST

static enum call_result
progress(struct call *call, struct call_note *note)
{
	(void)note;
	(void)answer_hello(call);
	return CALL_PENDING;
}

START_TEST(a_long_job_may_tell_how_far_it_is)
{
	Demerit__V1__Request request = write_request("k");

	send_request(&request);
	turn();
	struct call_note note = {.token = pending[0].token, .answer = progress};
	call_post(&note);
	call_post(&note);
	session_settle_touched(room);
	receive();
	assert_hello(1);
	assert_hello(1);
	ck_assert_uint_eq(atomic_load(&figures.in_flight), 1);
}
END_TEST

static bool note_dropped;

static enum call_result
drop(struct call *call, struct call_note *note)
{
	(void)note;
	note_dropped = call == NULL;
	return CALL_DONE;
}

START_TEST(a_note_for_a_slot_that_never_was_is_dropped)
{
	struct call_note note = {.token = {.slot = 100000}, .answer = drop};

	note_dropped = false;
	call_post(&note);
	ck_assert(note_dropped);
}
END_TEST

START_TEST(a_session_ended_with_requests_in_hand_is_not_counted_any_more)
{
	Demerit__V1__Request request = write_request("k");

	send_request(&request);
	turn();
	ck_assert_uint_eq(atomic_load(&figures.in_flight), 1);
	session_end_all(room, SESSION_END_DRAINED);
	ck_assert_uint_eq(atomic_load(&figures.in_flight), 0);
}
END_TEST

static Demerit__V1__PolicyShow large_body = DEMERIT__V1__POLICY_SHOW__INIT;

static void
send_large(void)
{
	Demerit__V1__Request request = DEMERIT__V1__REQUEST__INIT;

	request.body_case = DEMERIT__V1__REQUEST__BODY_POLICY_SHOW;
	request.policy_show = &large_body;
	send_request(&request);
}

START_TEST(large_answers_are_given_one_after_another)
{
	uint64_t answered = 0;

	for (int i = 0; i < 20; i++)
		send_large();
	for (int i = 0; i < 2000 && answered < 20; i++) {
		receive();
		while (replies_at < replies_size) {
			struct frame frame;
			/* Gathered over several reads: count whole frames by their length. */
			if (frame_peek(replies + replies_at, replies_size - replies_at,
				       PROTO_FRAME_MAX, &frame) != FRAME_OK)
				break;
			replies_at += frame.header_size + frame.body_size;
			answered++;
		}
		ck_assert_uint_eq(replies_at, replies_size);
	}
	ck_assert_uint_eq(answered, 20);
	ck_assert_uint_ge(atomic_load(&figures.output_full), 1);
}
END_TEST

START_TEST(who_hangs_up_on_a_full_output_loses_what_was_not_sent)
{
	for (int i = 0; i < 20; i++)
		send_large();
	turn();
	ck_assert_uint_eq(atomic_load(&figures.output_full), 1);
	close(peer);
	peer = -1;
	turn();
	ck_assert(!is_open());
}
END_TEST

static Demerit__V1__CalendarShow medium_body = DEMERIT__V1__CALENDAR_SHOW__INIT;

static void
send_medium(void)
{
	Demerit__V1__Request request = DEMERIT__V1__REQUEST__INIT;

	request.body_case = DEMERIT__V1__REQUEST__BODY_CALENDAR_SHOW;
	request.calendar_show = &medium_body;
	send_request(&request);
}

START_TEST(last_words_wait_behind_the_answers_before_them)
{
	send_medium();
	send_bytes("\xff\xff\xff\xff\xff\xff", 6);
	turn();
	now_us += SESSION_LINGER_US + 1;
	session_tick(room);
	ck_assert(is_open());
	receive();
	struct frame frame;
	ck_assert_int_eq(frame_peek(replies, replies_size, PROTO_FRAME_MAX, &frame), FRAME_OK);
	replies_at = frame.header_size + frame.body_size;
	assert_refused(0, "FRAME_BAD", NULL);
}
END_TEST

static enum call_result
note_large(struct call *call, struct call_note *note)
{
	(void)note;
	return call == NULL ? CALL_DONE : answer_large(call);
}

START_TEST(answers_that_find_no_room_close_the_session)
{
	for (int i = 0; i < 4; i++) {
		Demerit__V1__Request request = write_request("k");
		send_request(&request);
	}
	turn();
	for (int i = 0; i < 4; i++) {
		pending[i].answer = note_large;
		call_post(&pending[i]);
	}
	session_settle_touched(room);
	receive();
	/* As much as fits, whole answers, then the end. */
	ck_assert_uint_lt(replies_size, 2 * LARGE_ANSWER);
	ck_assert_uint_gt(replies_size, LARGE_ANSWER);
	ck_assert_int_eq(recv(peer, replies, 1, 0), 0);
	close(peer);
	peer = -1;
	turn();
	ck_assert_uint_eq(atomic_load(&figures.ended[SESSION_END_MEMORY]), 1);
}
END_TEST

START_TEST(frames_behind_the_one_that_found_no_memory_are_not_taken)
{
	Demerit__V1__Request request = write_request("k");

	send_check("D1");
	send_bytes("\x02\x08\x01", 3); /* a request without a body */
	send_request(&request);
	turn_failing(1);
	ck_assert_uint_eq(pending_count, 0);
	ck_assert_int_eq(recv(peer, replies, 1, 0), 0);
}
END_TEST

START_TEST(the_length_of_a_large_frame_may_come_in_pieces)
{
	static uint8_t bytes[PROTO_FRAME_MAX];
	Demerit__V1__RulebookLoad load = DEMERIT__V1__RULEBOOK_LOAD__INIT;
	Demerit__V1__Request request = write_request("k");
	static char text[100001];

	memset(text, 'x', sizeof(text) - 1);
	load.text = text;
	request.body_case = DEMERIT__V1__REQUEST__BODY_RULEBOOK_LOAD;
	request.rulebook_load = &load;
	size_t size = put_request(&request, bytes, sizeof(bytes));
	send_bytes(bytes, 1);
	turn();
	send_bytes(bytes + 1, 1);
	turn();
	send_bytes(bytes + 2, 1000);
	turn();
	send_bytes(bytes + 1002, 1000);
	fail_recv(EAGAIN);
	turn();
	send_bytes(bytes + 2002, size - 2002);
	receive();
	assert_hello(1);
	ck_assert_uint_eq(text_size, 100000);
}
END_TEST

START_TEST(a_message_that_costs_more_than_there_is_is_refused)
{
	Demerit__V1__Request request = hello();

	room->arena.size = 16;
	send_request(&request);
	receive();
	assert_refused(1, "TOO_COSTLY", NULL);
}
END_TEST

static enum call_result
answer_elsewhere(struct call *call, struct call_note *note)
{
	Demerit__V1__WriteReply reply = DEMERIT__V1__WRITE_REPLY__INIT;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	const struct call_position position = {.sequence = 77};

	(void)note;
	response.body_case = DEMERIT__V1__RESPONSE__BODY_WRITE;
	response.write = &reply;
	call_reply_at(call, &position, &response);
	return CALL_DONE;
}

START_TEST(a_write_is_answered_as_of_its_own_record)
{
	Demerit__V1__Request request = write_request("k");

	send_request(&request);
	turn();
	pending[0].answer = answer_elsewhere;
	call_post(&pending[0]);
	session_settle_touched(room);
	receive();
	ck_assert_uint_eq(next_reply()->position->sequence, 77);
}
END_TEST

START_TEST(draining_waits_for_streams)
{
	Demerit__V1__History history = DEMERIT__V1__HISTORY__INIT;
	Demerit__V1__Request request = DEMERIT__V1__REQUEST__INIT;

	request.body_case = DEMERIT__V1__REQUEST__BODY_HISTORY;
	request.history = &history;
	send_request(&request);
	session_drain(room);
	ck_assert(is_open());
	receive();
	ck_assert_int_eq(streams_freed, 1);
	ck_assert(!is_open());
	int parts = 0;
	while (next_reply() != NULL)
		parts++;
	ck_assert_int_eq(parts, 20);
}
END_TEST

START_TEST(requests_kept_behind_a_full_output_are_not_drained)
{
	for (int i = 0; i < 4; i++)
		send_large();
	turn();
	session_drain(room);
	for (int i = 0; i < 100 && is_open(); i++)
		receive();
	ck_assert(!is_open());
}
END_TEST

START_TEST(draining_lets_a_full_output_out)
{
	Demerit__V1__Request request = write_request("k");

	send_request(&request);
	turn();
	for (int i = 0; i < 3; i++)
		send_large();
	turn();
	session_drain(room);
	ck_assert(is_open());
	size_t got = 0;
	for (int i = 0; i < 200; i++) {
		receive();
		got += replies_size;
	}
	ck_assert_uint_gt(got, LARGE_ANSWER);
	ck_assert(is_open());
	pending[0].answer = drop;
	call_post(&pending[0]);
	session_settle_touched(room);
	ck_assert(!is_open());
}
END_TEST

START_TEST(draining_leaves_the_last_words_their_time)
{
	int other = open_another();

	send_bytes("\xff\xff\xff\xff\xff\xff", 6);
	turn();
	session_drain(room);
	receive();
	assert_refused(0, "FRAME_BAD", NULL);
	ck_assert_uint_eq(room->slots_used, 1);
	ck_assert_int_eq(recv(other, replies, 1, 0), 0);
	close(other);
	now_us += SESSION_LINGER_US + 1;
	session_tick(room);
	ck_assert_uint_eq(room->slots_used, 0);
}
END_TEST

START_TEST(what_comes_after_the_last_words_is_thrown_away)
{
	Demerit__V1__Request pending_write = write_request("k");

	send_request(&pending_write);
	turn();
	send_bytes("\xff\xff\xff\xff\xff\xff", 6);
	turn();
	send_check("D1");
	pending[0].answer = progress;
	call_post(&pending[0]);
	session_settle_touched(room);
	receive();
	assert_refused(0, "FRAME_BAD", NULL);
	ck_assert_ptr_null(next_reply());
	ck_assert_uint_eq(atomic_load(&figures.checks_plain), 0);
}
END_TEST

struct asked {
	const char *institution;
	const char *visit_type;
	bool dated;
	int32_t on;
	bool detail;
	bool plain;
};

static const struct asked asked[] = {
    {NULL, NULL, true, 20200, false, true},	 {NULL, NULL, false, 0, false, true},
    {"H1", "11", true, 20200, false, true},	 {NULL, NULL, true, 20200, true, false},
    {NULL, NULL, true, INT32_MAX, false, false}, {"", NULL, true, 20200, false, false},
};

START_TEST(what_is_plain_is_judged_in_memory_and_nothing_else)
{
	const struct asked *row = &asked[_i];
	Demerit__V1__Check check = DEMERIT__V1__CHECK__INIT;
	Demerit__V1__Request request = DEMERIT__V1__REQUEST__INIT;

	check.practitioner = (char *)(uintptr_t) "D1";
	check.institution = (char *)(uintptr_t)row->institution;
	check.visit_type = (char *)(uintptr_t)row->visit_type;
	check.has_on = row->dated;
	check.on = row->on;
	check.has_detail = check.detail = row->detail;
	request.has_deadline_ms = true;
	request.deadline_ms = 1000;
	request.body_case = DEMERIT__V1__REQUEST__BODY_CHECK;
	request.check = &check;
	send_request(&request);
	receive();
	Demerit__V1__Response *response = next_reply();
	ck_assert_ptr_nonnull(response);
	ck_assert_uint_eq(atomic_load(&figures.checks_plain), row->plain);
	ck_assert_uint_eq(atomic_load(&figures.requests[10]), 1);
	if (!row->plain)
		ck_assert_str_eq(response->error->reason, "NOT_FOUND");
	else
		ck_assert_int_eq(response->check->on,
				 row->dated ? row->on : room->context.today.number);
}
END_TEST

START_TEST(a_check_of_nobody_or_of_the_past_goes_the_long_way)
{
	Demerit__V1__Check check = DEMERIT__V1__CHECK__INIT;
	Demerit__V1__Request request = DEMERIT__V1__REQUEST__INIT;

	request.body_case = DEMERIT__V1__REQUEST__BODY_CHECK;
	request.check = &check;
	check.practitioner = (char *)(uintptr_t) "";
	send_request(&request);
	check.practitioner = (char *)(uintptr_t) "D1";
	request.request_id = 0;
	request.has_request_id = false;
	request.has_known_at = true;
	request.known_at = 5;
	send_request(&request);
	receive();
	assert_refused(1, "NOT_FOUND", NULL);
	assert_refused(2, "NOT_FOUND", NULL);
}
END_TEST

START_TEST(what_a_portal_asserts_must_be_a_code)
{
	Demerit__V1__Request request = hello();

	atomic_store(&principal.rights, RIGHTS_ALL);
	request.on_behalf_of = (char *)(uintptr_t) "two words";
	send_request(&request);
	receive();
	assert_refused(1, "FIELD_BAD_CODE", "on_behalf_of");
}
END_TEST

START_TEST(an_open_period_and_a_bar_are_told)
{
	send_check("T1");
	receive();
	Demerit__V1__Response *response = next_reply();
	ck_assert_ptr_nonnull(response);
	ck_assert(!response->check->has_until_day);
	ck_assert(response->check->has_bar_until);
	ck_assert_int_eq(response->check->bar_until, 21000);
}
END_TEST

START_TEST(the_position_moves_with_the_book)
{
	Demerit__V1__Request request = hello();

	fake_sequence = SEQUENCE + 1;
	send_request(&request);
	receive();
	ck_assert_uint_eq(next_reply()->position->sequence, SEQUENCE + 1);
	fake_epoch = EPOCH + 1;
	request = hello();
	send_request(&request);
	receive();
	ck_assert_uint_eq(next_reply()->position->epoch, EPOCH + 1);
}
END_TEST

START_TEST(an_end_has_a_name)
{
	for (int end = 0; end < SESSION_END_COUNT; end++)
		ck_assert_ptr_nonnull(session_end_name((enum session_end)end));
}
END_TEST

Suite *
suite_session_faults(void)
{
	Suite *suite = suite_create("session_faults");
	TCase *tcase = tcase_create("session_faults");

	tcase_set_timeout(tcase, 30);
	tcase_add_checked_fixture(tcase, session_setup, session_teardown);
	tcase_add_test(tcase, an_interrupted_call_is_made_again);
	tcase_add_test(tcase, a_wakeup_for_nothing_does_nothing);
	tcase_add_test(tcase, a_socket_that_cannot_be_read_ends_the_session);
	tcase_add_test(tcase, a_peer_that_resets_is_a_peer_that_left);
	tcase_add_test(tcase, a_socket_that_cannot_be_written_ends_the_session);
	tcase_add_test(tcase, a_peer_that_reset_before_the_answer_is_a_peer_that_left);
	tcase_add_test(tcase, a_room_without_memory_is_not_begun);
	tcase_add_test(tcase, a_session_without_memory_is_closed_and_counted);
	tcase_add_test(tcase, an_answer_without_memory_closes_the_session);
	tcase_add_test(tcase, a_check_and_a_refusal_without_memory_close_the_session);
	tcase_add_test(tcase, half_a_frame_without_memory_closes_the_session);
	tcase_add_test(tcase, http_without_memory_is_closed_all_the_same);
	tcase_add_test(tcase, what_was_kept_for_half_a_frame_is_given_back);
	tcase_add_test(tcase, slots_grow_and_are_used_again);
	tcase_add_test(tcase, a_long_job_may_tell_how_far_it_is);
	tcase_add_test(tcase, a_note_for_a_slot_that_never_was_is_dropped);
	tcase_add_test(tcase, a_session_ended_with_requests_in_hand_is_not_counted_any_more);
	tcase_add_test(tcase, large_answers_are_given_one_after_another);
	tcase_add_test(tcase, who_hangs_up_on_a_full_output_loses_what_was_not_sent);
	tcase_add_test(tcase, last_words_wait_behind_the_answers_before_them);
	tcase_add_test(tcase, answers_that_find_no_room_close_the_session);
	tcase_add_test(tcase, frames_behind_the_one_that_found_no_memory_are_not_taken);
	tcase_add_test(tcase, the_length_of_a_large_frame_may_come_in_pieces);
	tcase_add_test(tcase, a_message_that_costs_more_than_there_is_is_refused);
	tcase_add_test(tcase, a_write_is_answered_as_of_its_own_record);
	tcase_add_test(tcase, draining_waits_for_streams);
	tcase_add_test(tcase, requests_kept_behind_a_full_output_are_not_drained);
	tcase_add_test(tcase, draining_lets_a_full_output_out);
	tcase_add_test(tcase, draining_leaves_the_last_words_their_time);
	tcase_add_test(tcase, what_comes_after_the_last_words_is_thrown_away);
	tcase_add_loop_test(tcase, what_is_plain_is_judged_in_memory_and_nothing_else, 0,
			    sizeof(asked) / sizeof(asked[0]));
	tcase_add_test(tcase, a_check_of_nobody_or_of_the_past_goes_the_long_way);
	tcase_add_test(tcase, what_a_portal_asserts_must_be_a_code);
	tcase_add_test(tcase, an_open_period_and_a_bar_are_told);
	tcase_add_test(tcase, the_position_moves_with_the_book);
	tcase_add_test(tcase, an_end_has_a_name);
	suite_add_tcase(suite, tcase);
	return suite;
}
