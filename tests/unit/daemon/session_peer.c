/*
 * A session over a socket pair: the peer's end, and in place of the daemon's other parts a table
 * of requests, standings and a clock of the test's own.
 */
#include "session_peer.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/bell.h"
#include "daemon/diag.h"
#include "daemon/loop.h"
#include "daemon/session.h"
#include "daemon/standings.h"
#include "proto/demerit.pb-c.h"
#include "proto/frame.h"
#include "session_faults.h"

int64_t now_us;
struct session_room *room;
static struct session_limits limits = {.idle_s = 300, .frame_s = 10, .stalled_s = 30};
struct session_figures figures;
_Atomic uint32_t sessions_count;
struct principal principal = {.name = "tester"};
int peer = -1;
struct call_note pending[SESSION_IN_FLIGHT_MAX + 1];
size_t pending_count;
size_t text_size;
int streams_freed;
uint64_t next_id;
uint64_t fake_sequence;
uint32_t fake_epoch;

/* The book, as little of it as a session sees. */
static int64_t
fake_now(void *user)
{
	(void)user;
	return now_us;
}
static const struct clock fake_clock = {.utc_us = fake_now, .monotonic_us = fake_now};
static const struct call_book book = {.clock = &fake_clock};

void
standings_prepare(const struct standings *standings, struct call_check *check)
{
	(void)standings;
	check->hash = check->practitioner_size;
}

/* "R…" is suspended, "T…" terminated, "L…" goes the long way, "?…" is unknown, others are paid. */
bool
standings_check(const struct standings *standings, const struct call_context *context,
		struct call_check *check)
{
	(void)standings;
	(void)context;
	assert(check->hash == check->practitioner_size); /* Check's own would allocate */
	check->until = check->bar_until = DAY_NONE;
	check->eligibility = (struct eligibility){DECISION_PAY, REASON_ELIGIBLE, STATUS_NORMAL};
	if (check->practitioner[0] == 'R') {
		check->until = (struct day){20300};
		check->eligibility =
		    (struct eligibility){DECISION_REFUSE, REASON_SUSPENDED, STATUS_SUSPENDED};
	}
	if (check->practitioner[0] == 'T') {
		check->until = DAY_FOREVER;
		check->bar_until = (struct day){21000};
		check->eligibility =
		    (struct eligibility){DECISION_REFUSE, REASON_TERMINATED, STATUS_TERMINATED};
	}
	if (check->practitioner[0] == '?')
		check->eligibility = (struct eligibility){
		    DECISION_UNDETERMINED, REASON_UNKNOWN_PRACTITIONER, STATUS_UNKNOWN};
	return check->practitioner[0] != 'L';
}

void
standings_position(const struct standings *standings, struct call_position *ret)
{
	(void)standings;
	*ret = (struct call_position){.ledger = "0123456789abcde",
				      .epoch = fake_epoch,
				      .sequence = fake_sequence,
				      .recorded_at = 5};
}

struct bell *
standings_bell(struct standings *standings)
{
	static struct bell bell;

	(void)standings;
	return &bell;
}

void
standings_quiet(struct standings *standings, unsigned loop)
{
	(void)standings;
	(void)loop;
}

void
loop_post(struct loop *loop, struct call_note *note)
{
	(void)loop;
	session_answer(room, note);
}

/* The table. */
enum call_result
answer_hello(struct call *call)
{
	Demerit__V1__HelloReply reply = DEMERIT__V1__HELLO_REPLY__INIT;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;

	reply.has_now = true;
	reply.now = 42;
	response.body_case = DEMERIT__V1__RESPONSE__BODY_HELLO;
	response.hello = &reply;
	call_reply(call, &response);
	return CALL_DONE;
}

static enum call_result
answer_long_check(struct call *call)
{
	call_fail(call, STATUS_NOT_FOUND, call->request->check->practitioner);
	return CALL_DONE;
}

static enum call_result
answer_later(struct call *call)
{
	pending[pending_count++].token = call->token;
	return CALL_PENDING;
}

static enum call_result
answer_text(struct call *call)
{
	const char *text = call->request->rulebook_load->text;

	text_size = text == NULL ? 0 : strlen(text);
	return answer_hello(call);
}

static enum call_result
answer_bytes(struct call *call, size_t size)
{
	Demerit__V1__PolicyShowReply reply = DEMERIT__V1__POLICY_SHOW_REPLY__INIT;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	static uint8_t bytes[LARGE_ANSWER];

	reply.has_hash = true;
	reply.hash.data = bytes;
	reply.hash.len = size;
	response.body_case = DEMERIT__V1__RESPONSE__BODY_POLICY_SHOW;
	response.policy_show = &reply;
	call_reply(call, &response);
	return CALL_DONE;
}

enum call_result
answer_large(struct call *call)
{
	return answer_bytes(call, LARGE_ANSWER);
}

/* Less than stops the reading, more than a socket takes at once. */
static enum call_result
answer_medium(struct call *call)
{
	return answer_bytes(call, SESSION_OUTPUT_HIGH - 1000);
}

/* More than a frame holds. */
static enum call_result
answer_too_much(struct call *call)
{
	static uint8_t bytes[PROTO_FRAME_MAX + 1];
	Demerit__V1__GetDescriptorReply reply = DEMERIT__V1__GET_DESCRIPTOR_REPLY__INIT;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;

	reply.has_file_descriptor_set = true;
	reply.file_descriptor_set.data = bytes;
	reply.file_descriptor_set.len = sizeof(bytes);
	response.body_case = DEMERIT__V1__RESPONSE__BODY_GET_DESCRIPTOR;
	response.get_descriptor = &reply;
	call_reply(call, &response);
	return CALL_DONE;
}

struct counting_stream {
	struct call_stream stream;
	int left;
};

static enum call_result
stream_more(struct call *call, struct call_stream *stream)
{
	struct counting_stream *counting = (struct counting_stream *)stream;
	Demerit__V1__HistoryReply reply = DEMERIT__V1__HISTORY_REPLY__INIT;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;

	response.body_case = DEMERIT__V1__RESPONSE__BODY_HISTORY;
	response.history = &reply;
	response.has_end = true;
	response.end = --counting->left == 0;
	call_reply(call, &response);
	return counting->left == 0 ? CALL_DONE : CALL_MORE;
}

static void
stream_free(struct call_stream *stream)
{
	streams_freed++;
	free(stream);
}

static enum call_result
answer_stream(struct call *call)
{
	struct counting_stream *counting = calloc(1, sizeof(*counting));

	ck_assert_ptr_nonnull(counting);
	counting->stream = (struct call_stream){.more = stream_more, .free = stream_free};
	counting->left = 20;
	call_stream(call, &counting->stream);
	return CALL_MORE;
}

static const struct route_row rows[] = {
    {10, "check", RIGHT_CHECK, ROUTE_SCOPE_PRACTITIONER, false, answer_long_check},
    {13, "hello", RIGHT_HELLO, ROUTE_SCOPE_NONE, false, answer_hello},
    {20, "get_descriptor", RIGHT_HELLO, ROUTE_SCOPE_NONE, false, answer_too_much},
    {21, "history", RIGHT_READ, ROUTE_SCOPE_PRACTITIONER, true, answer_stream},
    {23, "board", RIGHT_READ, ROUTE_SCOPE_INSTITUTION, false, NULL},
    {31, "policy_show", RIGHT_READ, ROUTE_SCOPE_NONE, false, answer_large},
    {32, "calendar_show", RIGHT_READ, ROUTE_SCOPE_NONE, false, answer_medium},
    {60, "institution_add", RIGHT_RECORD, ROUTE_SCOPE_INSTITUTION, false, answer_later},
    {90, "rulebook_load", RIGHT_RULES, ROUTE_SCOPE_NONE, false, answer_text},
};

const struct route_row *
route_find(uint32_t body)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].body == body)
			return &rows[i];
	}
	return NULL;
}

bool
route_writes(const struct route_row *row)
{
	return row->body >= 60;
}

/* Both ends. */
void
session_setup(void)
{
	int fds[2];

	const struct diag_config quiet = {.level = DIAG_ERROR};
	ck_assert_int_eq(diag_open(&quiet), 0);
	now_us = 1000 * SECOND;
	memset(&figures, 0, sizeof(figures));
	pending_count = 0;
	text_size = 0;
	streams_freed = 0;
	next_id = 1;
	replies_size = replies_at = 0;
	fake_sequence = SEQUENCE;
	fake_epoch = EPOCH;
	fail_allocation(0);
	fail_send(0);
	fail_recv(0);
	atomic_store(&principal.rights, RIGHTS_ALL & ~(uint32_t)RIGHT_ASSERT);
	room = calloc(1, sizeof(*room));
	ck_assert_ptr_nonnull(room);
	room->base = event_base_new();
	room->context.book = &book;
	room->limits = &limits;
	room->figures = &figures;
	room->sessions_count = &sessions_count;
	ck_assert_int_eq(session_room_init(room), 0);
	session_room_wake(room);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	peer = fds[1];
	atomic_store(&sessions_count, 1);
	session_open(room, fds[0], &principal);
}

void
session_teardown(void)
{
	session_end_all(room, SESSION_END_DRAINED);
	session_room_done(room);
	event_base_free(room->base);
	free(room);
	if (peer >= 0)
		close(peer);
	ck_assert_uint_eq(atomic_load(&sessions_count), 0);
}

void
turn(void)
{
	for (int i = 0; i < 8; i++)
		event_base_loop(room->base, EVLOOP_NONBLOCK);
}

bool
is_open(void)
{
	return room->slots_used == 1;
}

void
send_bytes(const void *bytes, size_t size)
{
	const uint8_t *at = bytes;

	while (size > 0) {
		ssize_t sent = send(peer, at, size, MSG_NOSIGNAL);
		if (sent < 0 && errno == EAGAIN) {
			turn();
			continue;
		}
		ck_assert_int_gt(sent, 0);
		at += sent;
		size -= (size_t)sent;
	}
}

size_t
put_request(Demerit__V1__Request *request, uint8_t *out, size_t room_for)
{
	if (!request->has_request_id) {
		request->has_request_id = true;
		request->request_id = next_id++;
	}
	size_t size = codec_request_put(request, out, room_for);
	ck_assert_uint_gt(size, 0);
	return size;
}

void
send_request(Demerit__V1__Request *request)
{
	static uint8_t bytes[PROTO_FRAME_MAX + 16];

	send_bytes(bytes, put_request(request, bytes, sizeof(bytes)));
}

static Demerit__V1__Hello hello_body = DEMERIT__V1__HELLO__INIT;

Demerit__V1__Request
hello(void)
{
	Demerit__V1__Request request = DEMERIT__V1__REQUEST__INIT;

	request.body_case = DEMERIT__V1__REQUEST__BODY_HELLO;
	request.hello = &hello_body;
	return request;
}

void
send_check(const char *practitioner)
{
	Demerit__V1__Check check = DEMERIT__V1__CHECK__INIT;
	Demerit__V1__Request request = DEMERIT__V1__REQUEST__INIT;

	check.practitioner = (char *)(uintptr_t)practitioner;
	check.has_on = true;
	check.on = 20200;
	request.body_case = DEMERIT__V1__REQUEST__BODY_CHECK;
	request.check = &check;
	send_request(&request);
}

Demerit__V1__InstitutionAdd add_body = DEMERIT__V1__INSTITUTION_ADD__INIT;

Demerit__V1__Request
write_request(const char *key)
{
	Demerit__V1__Request request = DEMERIT__V1__REQUEST__INIT;

	request.idempotency_key = (char *)(uintptr_t)key;
	request.body_case = DEMERIT__V1__REQUEST__BODY_INSTITUTION_ADD;
	request.institution_add = &add_body;
	return request;
}

/* Everything that has come, and the answers in it one by one. */
uint8_t replies[REPLY_MAX];
size_t replies_size;
size_t replies_at;

void
receive(void)
{
	replies_at = 0;
	replies_size = 0;
	for (;;) {
		turn();
		ssize_t got = recv(peer, replies + replies_size, sizeof(replies) - replies_size, 0);
		if (got <= 0)
			return;
		replies_size += (size_t)got;
	}
}

Demerit__V1__Response *
next_reply(void)
{
	static uint8_t memory[1 << 20] __attribute__((aligned(16)));
	static struct arena arena;
	struct frame frame;
	Demerit__V1__Response *response;

	if (replies_at == replies_size)
		return NULL;
	ck_assert_int_eq(
	    frame_peek(replies + replies_at, replies_size - replies_at, PROTO_FRAME_MAX, &frame),
	    FRAME_OK);
	arena_init(&arena, memory, sizeof(memory));
	ck_assert_int_eq(codec_response_unpack(replies + replies_at + frame.header_size,
					       frame.body_size, &arena, &response),
			 STATUS_OK);
	replies_at += frame.header_size + frame.body_size;
	return response;
}

void
assert_refused(uint64_t id, const char *reason, const char *field)
{
	Demerit__V1__Response *response = next_reply();

	ck_assert_ptr_nonnull(response);
	ck_assert_uint_eq(response->request_id, id);
	ck_assert_int_eq(response->body_case, DEMERIT__V1__RESPONSE__BODY_ERROR);
	ck_assert_str_eq(response->error->reason, reason);
	if (field != NULL)
		ck_assert_str_eq(response->error->field, field);
}

void
assert_hello(uint64_t id)
{
	Demerit__V1__Response *response = next_reply();

	ck_assert_ptr_nonnull(response);
	ck_assert_uint_eq(response->request_id, id);
	ck_assert_int_eq(response->body_case, DEMERIT__V1__RESPONSE__BODY_HELLO);
}
