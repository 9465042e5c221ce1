/*
 * Calls: requests out, answers in, whatever order and pieces they come in.
 */

#include "suites.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "demerit.h"
#include "fake.h"
#include "run.h"

static struct demerit *
connected(const struct run *run)
{
	struct demerit *connection = NULL;

	ck_assert_int_eq(demerit_open(run->server, 10000, &connection), 0);
	return connection;
}

START_TEST(servers_that_are_none_are_refused)
{
	struct demerit *connection;
	char path[160] = "unix:";

	ck_assert_int_eq(demerit_open("nonsense", 0, &connection), -EINVAL);
	ck_assert_int_eq(demerit_open("unix:", 0, &connection), -EINVAL);
	ck_assert_int_eq(demerit_open("host:7000", 0, &connection), -EOPNOTSUPP);
	ck_assert_int_eq(demerit_open("unix:/no/such/socket", 0, &connection), -ENOENT);
	memset(path + 5, 'x', 150);
	ck_assert_int_eq(demerit_open(path, 0, &connection), -ENAMETOOLONG);
	ck_assert_ptr_null(demerit_free(NULL));
}
END_TEST

START_TEST(a_question_gets_its_answer_and_position)
{
	struct demerit_message *request = demerit_request_new("standing");
	struct demerit_position position;
	struct demerit_reply *reply;
	struct demerit *connection;
	const char *status;
	struct run run;

	run_begin(&run, false, 0);
	connection = connected(&run);
	demerit_set_text(request, "practitioner", "S1");
	ck_assert_int_eq(demerit_ask(connection, NULL, request, &reply), 0);
	ck_assert_str_eq(demerit_reply_name(reply), "standing");
	ck_assert(demerit_get_word(demerit_reply_body(reply), "status", &status));
	ck_assert_str_eq(status, "suspended");
	ck_assert(demerit_reply_position(reply, &position));
	ck_assert_uint_eq(position.sequence, FAKE_SEQUENCE);
	ck_assert(demerit_reply_last(reply));
	ck_assert_ptr_null(demerit_reply_error(reply));
	ck_assert_uint_eq(demerit_in_flight(connection), 0);
	demerit_reply_free(reply);
	demerit_request_free(request);
	demerit_free(connection);
	run_end(&run);
}
END_TEST

START_TEST(a_no_says_why)
{
	struct demerit_message *request = demerit_request_new("penalty_overturn");
	const struct demerit_error *error;
	struct demerit_reply *reply;
	struct demerit *connection;
	struct run run;

	run_begin(&run, false, 0);
	connection = connected(&run);
	demerit_set_text(request, "id", "NEEDS");
	ck_assert_int_eq(
	    demerit_ask(connection, &(struct demerit_call){.key = "k"}, request, &reply), 9);
	error = demerit_reply_error(reply);
	ck_assert_ptr_nonnull(error);
	ck_assert_str_eq(error->code_name, "FAILED_PRECONDITION");
	ck_assert_str_eq(error->reason, "NEEDS_CHOICE");
	ck_assert_uint_eq(error->number, 303);
	ck_assert_str_eq(error->parameter, "months");
	ck_assert_uint_eq(error->choices_count, 2);
	ck_assert_int_eq(error->choices[0].max, 6);
	ck_assert_str_eq(error->choices[1].allowed[1], "keep");
	ck_assert(error->choices[0].has_min && error->choices[0].has_max);
	ck_assert(!error->choices[1].has_min && !error->choices[1].has_max);
	ck_assert_ptr_null(demerit_reply_body(reply));
	ck_assert_ptr_null(demerit_reply_name(reply));
	demerit_reply_free(reply);
	demerit_request_free(request);
	demerit_free(connection);
	run_end(&run);
}
END_TEST

/* Answers in reverse, and cut into pieces of a few bytes. */
static const struct {
	bool reverse;
	size_t chunk;
} deliveries[] = {{false, 0}, {true, 0}, {false, 1}, {true, 3}, {false, 7}, {true, 4096}};

START_TEST(answers_find_their_questions_in_any_order_and_pieces)
{
	static const char *const codes[] = {"D1", "S1", "X1", "T1"};
	static const int decisions[] = {DEMERIT_PAY, DEMERIT_REFUSE, DEMERIT_UNDETERMINED,
					DEMERIT_REFUSE};
	struct demerit *connection;
	uint64_t ids[200];
	bool seen[200] = {false};
	struct run run;

	run_begin(&run, deliveries[_i].reverse, deliveries[_i].chunk);
	connection = connected(&run);
	for (size_t i = 0; i < 200; i++)
		ck_assert_int_eq(
		    demerit_check_send(connection, NULL,
				       &(struct demerit_check){.practitioner = codes[i % 4]},
				       &ids[i]),
		    0);
	ck_assert_uint_eq(demerit_in_flight(connection), 200);
	for (size_t i = 0; i < 200; i++) {
		struct demerit_answer answer;
		struct demerit_reply *reply;
		size_t at;

		ck_assert_int_eq(demerit_receive(connection, &reply), 0);
		ck_assert(demerit_reply_answer(reply, &answer));
		at = (size_t)(demerit_reply_id(reply) - ids[0]);
		ck_assert_uint_lt(at, 200);
		ck_assert(!seen[at]);
		seen[at] = true;
		ck_assert_int_eq(answer.decision, decisions[at % 4]);
		demerit_reply_free(reply);
	}
	ck_assert_uint_eq(demerit_in_flight(connection), 0);
	demerit_free(connection);
	run_end(&run);
}
END_TEST

START_TEST(a_stream_ends_with_its_last_answer)
{
	struct demerit_message *request = demerit_request_new("history");
	struct demerit_reply *reply;
	struct demerit *connection;
	size_t answers = 1;
	struct run run;

	run_begin(&run, false, 0);
	connection = connected(&run);
	ck_assert_int_eq(demerit_ask(connection, NULL, request, &reply), 0);
	while (!demerit_reply_last(reply)) {
		ck_assert_uint_eq(demerit_in_flight(connection), 1);
		demerit_reply_free(reply);
		ck_assert_int_eq(demerit_receive(connection, &reply), 0);
		answers++;
	}
	ck_assert_uint_eq(answers, 3);
	ck_assert_uint_eq(demerit_in_flight(connection), 0);
	demerit_reply_free(reply);
	demerit_request_free(request);
	demerit_free(connection);
	run_end(&run);
}
END_TEST

START_TEST(asking_with_answers_outstanding_is_refused)
{
	struct demerit_message *request = demerit_request_new("standing");
	struct demerit_reply *reply;
	struct demerit *connection;
	struct run run;
	uint64_t id;

	run_begin(&run, false, 0);
	connection = connected(&run);
	ck_assert_int_eq(demerit_send(connection, NULL, request, &id), 0);
	ck_assert_int_eq(demerit_ask(connection, NULL, request, &reply), -EBUSY);
	ck_assert_int_eq(demerit_receive(connection, &reply), 0);
	demerit_reply_free(reply);
	demerit_request_free(request);
	demerit_free(connection);
	run_end(&run);
}
END_TEST

START_TEST(a_daemon_that_hangs_up_is_a_failure_for_good)
{
	struct demerit_message *request = demerit_request_new("penalty_record");
	struct demerit_call call = {.key = "k"};
	struct demerit_reply *reply;
	struct demerit *connection;
	struct run run;

	run_begin(&run, false, 0);
	connection = connected(&run);
	demerit_set_text(request, "id", "HANGUP-9");
	ck_assert_int_eq(demerit_ask(connection, &call, request, &reply), -ECONNRESET);
	ck_assert_int_eq(demerit_receive(connection, &reply), -ECONNRESET);
	demerit_request_free(request);
	demerit_free(connection);
	run_end(&run);
}
END_TEST

/* A peer of ours that says these bytes to whoever connects. */
static int
answer_of(const void *bytes, size_t size, bool hang_up)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct run run = {.folder = "/tmp/demerit-test-XXXXXX"};
	struct demerit_message *request = demerit_request_new("hello");
	struct demerit *connection;
	struct demerit_reply *reply;
	char server[128];
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	int peer, result;

	ck_assert_ptr_nonnull(mkdtemp(run.folder));
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/s", run.folder);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	snprintf(server, sizeof(server), "unix:%s", address.sun_path);
	ck_assert_int_eq(demerit_open(server, 300, &connection), 0);
	peer = accept(listener, NULL, NULL);
	ck_assert_int_eq(send(peer, bytes, size, MSG_NOSIGNAL), (ssize_t)size);
	if (hang_up)
		shutdown(peer, SHUT_WR);
	result = demerit_ask(connection, NULL, request, &reply);
	if (result >= 0)
		demerit_reply_free(reply);
	demerit_request_free(request);
	demerit_free(connection);
	close(peer);
	close(listener);
	unlink(address.sun_path);
	rmdir(run.folder);
	return result;
}

START_TEST(bytes_that_are_not_ours_are_a_failure)
{
	ck_assert_int_eq(answer_of("HTTP/1.1 400 Bad Request\r\n\r\n"
				   "0123456789012345678901234567890"
				   "0123456789012345678901234567890123456789",
				   97, true),
			 -EPROTO);
	ck_assert_int_eq(answer_of("\xff\xff\xff\xff\xff\xff", 6, false), -EPROTO);
	ck_assert_int_eq(answer_of("\x80\x80\x80\x80\x10", 5, false), -EPROTO);
	/* A response without a body; one that ends inside a field; one to another question. */
	ck_assert_int_eq(answer_of("\x02\x08\x01", 3, false), -EPROTO);
	ck_assert_int_eq(answer_of("\x03\x08\x01\x0a", 4, false), -EPROTO);
	ck_assert_int_eq(answer_of("\x04\x08\x07\x6a\x00", 5, false), -EPROTO);
	ck_assert_int_eq(answer_of("\x04\x08\x01\x6a\x00", 5, false), 0);
}
END_TEST

START_TEST(an_error_to_no_question_is_the_answer_all_the_same)
{
	/* PEER_UNKNOWN before any frame was read: request_id 0. */
	ck_assert_int_eq(answer_of("\x06\x08\x00\x2a\x02\x08\x10", 7, true), 16);
}
END_TEST

START_TEST(silence_ends_with_the_time_allowed)
{
	ck_assert_int_eq(answer_of("", 0, false), -ETIMEDOUT);
	ck_assert_int_eq(answer_of("\x10\x08", 2, false), -ETIMEDOUT);
	ck_assert_int_eq(answer_of("\x10\x08", 2, true), -ECONNRESET);
}
END_TEST

START_TEST(a_request_above_a_frame_is_refused_here)
{
	static char text[1200000];
	struct demerit_message *request = demerit_request_new("rulebook_load");
	struct demerit *connection;
	struct run run;
	uint64_t id;

	run_begin(&run, false, 0);
	connection = connected(&run);
	memset(text, 'x', sizeof(text) - 1);
	demerit_set_text(request, "text", text);
	ck_assert_int_eq(demerit_send(connection, NULL, request, &id), -EMSGSIZE);
	ck_assert_uint_eq(demerit_in_flight(connection), 0);
	demerit_request_free(request);
	demerit_free(connection);
	run_end(&run);
}
END_TEST

Suite *
suite_call(void)
{
	Suite *suite = suite_create("call");
	TCase *tcase = tcase_create("call");

	tcase_set_timeout(tcase, 20);
	tcase_add_test(tcase, servers_that_are_none_are_refused);
	tcase_add_test(tcase, a_question_gets_its_answer_and_position);
	tcase_add_test(tcase, a_no_says_why);
	tcase_add_loop_test(tcase, answers_find_their_questions_in_any_order_and_pieces, 0,
			    (int)(sizeof(deliveries) / sizeof(deliveries[0])));
	tcase_add_test(tcase, a_stream_ends_with_its_last_answer);
	tcase_add_test(tcase, asking_with_answers_outstanding_is_refused);
	tcase_add_test(tcase, a_daemon_that_hangs_up_is_a_failure_for_good);
	tcase_add_test(tcase, bytes_that_are_not_ours_are_a_failure);
	tcase_add_test(tcase, an_error_to_no_question_is_the_answer_all_the_same);
	tcase_add_test(tcase, silence_ends_with_the_time_allowed);
	tcase_add_test(tcase, a_request_above_a_frame_is_refused_here);
	suite_add_tcase(suite, tcase);
	return suite;
}
