/*
 * The stand-in's sessions and questions. Called in a process of its own.
 */

#include "fake.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "proto/codec.h"
#include "proto/descriptor.h"
#include "proto/frame.h"
#include "proto/precheck.h"

#define FAKE_IN_MAX  (8 * 1024 * 1024)
#define FAKE_OUT_MAX (16 * 1024 * 1024)
#define FAKE_UNTIL   20332 /* 2025-09-01 */

static uint8_t ledger_id[16] = {0xfa, 0xce, 0xfa, 0xce, 0xfa, 0xce, 0xfa, 0xce,
				0xfa, 0xce, 0xfa, 0xce, 0xfa, 0xce, 0xfa, 0xce};

static char first_entry[] = "E7";
static char second_entry[] = "E9";
static char *entries[] = {first_entry, second_entry};
static char clause[] = "art. 12";
static char clause_zh[] = "第十二条";
static char rulebook[] = "hunan@2025-03-01";
static char sanction_id[] = "S1";
static char server[] = "fake 0";
static char event[] = "points_recorded";

void *
fake_alloc(struct fake_session *session, size_t size)
{
	void *memory = arena_alloc(&session->arena, size);

	assert(memory != NULL);
	memset(memory, 0, size);
	return memory;
}

void
fake_answer(struct fake_session *session, const Demerit__V1__Request *request,
	    Demerit__V1__Response *response)
{
	Demerit__V1__Position position = DEMERIT__V1__POSITION__INIT;
	size_t size;

	position.has_ledger_id = position.has_epoch = position.has_sequence = true;
	position.ledger_id.data = ledger_id;
	position.ledger_id.len = sizeof(ledger_id);
	position.epoch = 1;
	position.sequence = FAKE_SEQUENCE;
	position.has_recorded_at = true;
	position.recorded_at = INT64_C(1750000000000000);
	response->has_request_id = true;
	response->request_id = request->request_id;
	response->position = &position;
	response->has_known_at = request->has_known_at;
	response->known_at = request->known_at;
	size = codec_response_put(response, session->out + session->out_size,
				  FAKE_OUT_MAX - session->out_size);
	assert(size > 0);
	assert(session->frames_count < 4096);
	session->frames[session->frames_count++] = size;
	session->out_size += size;
}

static Demerit__V1__Decision
fake_decide(const char *code, bool has_day, Demerit__V1__DecisionReason *ret)
{
	if (!has_day) {
		*ret = DEMERIT__V1__DECISION_REASON__DECISION_REASON_BAD_DATE;
		return DEMERIT__V1__DECISION__DECISION_UNDETERMINED;
	}
	switch (code == NULL ? '\0' : *code) {
	case 'D':
		*ret = DEMERIT__V1__DECISION_REASON__DECISION_REASON_ELIGIBLE;
		return DEMERIT__V1__DECISION__DECISION_PAY;
	case 'S':
		*ret = DEMERIT__V1__DECISION_REASON__DECISION_REASON_SUSPENDED;
		return DEMERIT__V1__DECISION__DECISION_REFUSE;
	case 'T':
		*ret = DEMERIT__V1__DECISION_REASON__DECISION_REASON_TERMINATED;
		return DEMERIT__V1__DECISION__DECISION_REFUSE;
	default:
		*ret = DEMERIT__V1__DECISION_REASON__DECISION_REASON_UNKNOWN_PRACTITIONER;
		return DEMERIT__V1__DECISION__DECISION_UNDETERMINED;
	}
}

static void
fake_check(struct fake_session *session, const Demerit__V1__Request *request)
{
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	Demerit__V1__CheckReply reply = DEMERIT__V1__CHECK_REPLY__INIT;
	const Demerit__V1__Check *check = request->check;

	reply.has_decision = reply.has_reason = reply.has_status = reply.has_on = true;
	reply.decision = fake_decide(check->practitioner, true, &reply.reason);
	reply.on = check->has_on ? check->on : 20300;
	reply.status = DEMERIT__V1__ELIGIBILITY_STATUS__ELIGIBILITY_STATUS_NORMAL;
	if (reply.decision == DEMERIT__V1__DECISION__DECISION_UNDETERMINED)
		reply.status = DEMERIT__V1__ELIGIBILITY_STATUS__ELIGIBILITY_STATUS_UNKNOWN;
	if (reply.decision == DEMERIT__V1__DECISION__DECISION_REFUSE) {
		reply.status = DEMERIT__V1__ELIGIBILITY_STATUS__ELIGIBILITY_STATUS_SUSPENDED;
		reply.has_until_day = true;
		reply.until_day = FAKE_UNTIL;
		reply.entries = entries;
		reply.n_entries = 2;
		reply.clause = clause_zh;
		reply.rulebook = rulebook;
		reply.has_points_this_year = true;
		reply.points_this_year = 9;
	}
	if (check->institution != NULL) {
		reply.has_registered = true;
		reply.registered = true;
	}
	response.body_case = DEMERIT__V1__RESPONSE__BODY_CHECK;
	response.check = &reply;
	fake_answer(session, request, &response);
}

static void
fake_screen_item(struct fake_session *session, const Demerit__V1__ScreenItem *item,
		 Demerit__V1__ScreenResult *result)
{

	demerit__v1__screen_result__init(result);
	result->has_id = result->has_decision = result->has_reason = true;
	result->id = item->id;
	result->decision = DEMERIT__V1__DECISION__DECISION_UNSPECIFIED;
	for (size_t i = 0; i < item->n_roles; i++) {
		Demerit__V1__DecisionReason reason;
		Demerit__V1__Decision decision =
		    fake_decide(item->roles[i]->code, item->has_service_day, &reason);

		if (decision <= result->decision)
			continue;
		result->decision = decision;
		result->reason = reason;
		result->has_role = decision != DEMERIT__V1__DECISION__DECISION_PAY;
		result->role = item->roles[i]->role;
		result->n_entries = decision == DEMERIT__V1__DECISION__DECISION_REFUSE ? 2 : 0;
		result->entries = entries;
		result->clause = result->n_entries > 0 ? clause : NULL;
	}
	if (item->n_roles == 0) {
		result->decision = DEMERIT__V1__DECISION__DECISION_UNDETERMINED;
		result->reason = item->has_service_day
				     ? DEMERIT__V1__DECISION_REASON__DECISION_REASON_NO_PRACTITIONER
				     : DEMERIT__V1__DECISION_REASON__DECISION_REASON_BAD_DATE;
	}
	/* A visit on 1999-12-31 makes the whole line wait: how resuming is tried. */
	if (item->has_service_day && item->service_day == 10956)
		session->hang_up = true;
}

/* Two responses where there is more than one line, so that streams are tried. */
static void
fake_screen(struct fake_session *session, const Demerit__V1__Request *request)
{
	const Demerit__V1__Screen *screen = request->screen;
	Demerit__V1__ScreenResult *results =
	    fake_alloc(session, screen->n_items * sizeof(*results) + 1);
	Demerit__V1__ScreenResult **list = fake_alloc(session, screen->n_items * sizeof(*list) + 1);
	size_t half = screen->n_items / 2;

	for (size_t i = 0; i < screen->n_items; i++) {
		fake_screen_item(session, screen->items[i], &results[i]);
		list[i] = &results[i];
	}
	for (size_t at = 0; at < screen->n_items;) {
		Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
		Demerit__V1__ScreenReply reply = DEMERIT__V1__SCREEN_REPLY__INIT;
		size_t end = at < half && !session->reverse ? half : screen->n_items;

		reply.results = list + at;
		reply.n_results = end - at;
		response.body_case = DEMERIT__V1__RESPONSE__BODY_SCREEN;
		response.screen = &reply;
		response.has_end = response.end = end == screen->n_items;
		fake_answer(session, request, &response);
		at = end;
	}
}

static void
fake_standing(struct fake_session *session, const Demerit__V1__Request *request)
{
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	Demerit__V1__StandingReply reply = DEMERIT__V1__STANDING_REPLY__INIT;
	Demerit__V1__Sanction sanction = DEMERIT__V1__SANCTION__INIT;
	Demerit__V1__Sanction *sanctions[] = {&sanction};

	reply.practitioner = request->standing->practitioner;
	reply.has_category = true;
	reply.category = DEMERIT__V1__CATEGORY__CATEGORY_MEDICAL;
	reply.has_on = true;
	reply.on = 20300;
	reply.has_status = true;
	reply.status = DEMERIT__V1__ELIGIBILITY_STATUS__ELIGIBILITY_STATUS_SUSPENDED;
	reply.has_year = true;
	reply.year = 2025;
	sanction.id = sanction_id;
	sanction.has_kind = sanction.has_path = true;
	sanction.kind = DEMERIT__V1__SANCTION_KIND__SANCTION_KIND_SUSPENDED;
	sanction.path = DEMERIT__V1__SANCTION_PATH__SANCTION_PATH_ACCUMULATED;
	sanction.has_from_day = true;
	sanction.from_day = 20270;
	reply.sanctions = sanctions;
	reply.n_sanctions = 1;
	response.body_case = DEMERIT__V1__RESPONSE__BODY_STANDING;
	response.standing = &reply;
	fake_answer(session, request, &response);
}

static void
fake_fail(struct fake_session *session, const Demerit__V1__Request *request,
	  enum status_reason reason)
{
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	Demerit__V1__Error error = DEMERIT__V1__ERROR__INIT;

	error.has_code = true;
	error.code = (Demerit__V1__Code)status_get(reason)->code;
	error.reason = (char *)(uintptr_t)status_get(reason)->reason;
	error.message = (char *)(uintptr_t)status_get(reason)->message;
	error.message_zh = (char *)(uintptr_t)status_get(reason)->message_zh;
	response.body_case = DEMERIT__V1__RESPONSE__BODY_ERROR;
	response.error = &error;
	fake_answer(session, request, &response);
}

static void
fake_hello(struct fake_session *session, const Demerit__V1__Request *request)
{
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	Demerit__V1__HelloReply reply = DEMERIT__V1__HELLO_REPLY__INIT;

	reply.server = server;
	response.body_case = DEMERIT__V1__RESPONSE__BODY_HELLO;
	response.hello = &reply;
	fake_answer(session, request, &response);
}

/* Twelve items in three responses. */
static void
fake_history(struct fake_session *session, const Demerit__V1__Request *request)
{
	Demerit__V1__HistoryItem items[4];
	Demerit__V1__HistoryItem *list[4];

	for (size_t part = 0; part < 3; part++) {
		Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
		Demerit__V1__HistoryReply reply = DEMERIT__V1__HISTORY_REPLY__INIT;

		for (size_t i = 0; i < 4; i++) {
			demerit__v1__history_item__init(&items[i]);
			items[i].has_sequence = true;
			items[i].sequence = part * 4 + i + 1;
			items[i].event = event;
			list[i] = &items[i];
		}
		reply.items = list;
		reply.n_items = 4;
		response.has_end = response.end = part == 2;
		response.body_case = DEMERIT__V1__RESPONSE__BODY_HISTORY;
		response.history = &reply;
		fake_answer(session, request, &response);
	}
}

static void
fake_request(struct fake_session *session, const Demerit__V1__Request *request)
{
	switch ((int)request->body_case) {
	case DEMERIT__V1__REQUEST__BODY_HELLO:
		fake_hello(session, request);
		break;
	case DEMERIT__V1__REQUEST__BODY_CHECK:
		fake_check(session, request);
		break;
	case DEMERIT__V1__REQUEST__BODY_SCREEN:
		fake_screen(session, request);
		break;
	case DEMERIT__V1__REQUEST__BODY_STANDING:
		fake_standing(session, request);
		break;
	case DEMERIT__V1__REQUEST__BODY_HISTORY:
		fake_history(session, request);
		break;
	default:
		if (!fake_write(session, request))
			fake_fail(session, request, STATUS_BODY_NOT_BUILT);
		break;
	}
}

static bool
fake_send(struct fake_session *session, const uint8_t *bytes, size_t size)
{
	while (size > 0) {
		size_t part = session->chunk != 0 && session->chunk < size ? session->chunk : size;
		ssize_t sent = send(session->fd, bytes, part, MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		bytes += sent;
		size -= (size_t)sent;
	}
	return true;
}

static bool
fake_flush(struct fake_session *session)
{
	size_t end = session->out_size;
	bool sent = true;

	if (!session->reverse)
		sent = fake_send(session, session->out, session->out_size);
	for (size_t i = session->frames_count; session->reverse && sent && i > 0; i--) {
		end -= session->frames[i - 1];
		sent = fake_send(session, session->out + end, session->frames[i - 1]);
	}
	session->out_size = session->frames_count = 0;
	return sent;
}

/* Everything whole in the buffer; returns what is left of it, or SIZE_MAX to end the session. */
static size_t
fake_consume(struct fake_session *session, uint8_t *in, size_t size)
{
	size_t at = 0;

	for (;;) {
		Demerit__V1__Request *request;
		struct precheck checked;
		struct frame frame;

		if (frame_peek(in + at, size - at, PROTO_FRAME_MAX, &frame) != FRAME_OK ||
		    size - at - frame.header_size < frame.body_size)
			break;
		at += frame.header_size;
		arena_reset(&session->arena);
		if (precheck_request(in + at, frame.body_size, &checked) != STATUS_OK ||
		    codec_request_unpack(in + at, frame.body_size, &session->arena, &request) !=
			STATUS_OK)
			return SIZE_MAX;
		at += frame.body_size;
		fake_request(session, request);
		if (session->hang_up || (!session->reverse && !fake_flush(session)))
			return SIZE_MAX;
	}
	memmove(in, in + at, size - at);
	return size - at;
}

static void
fake_session(int fd, bool reverse, size_t chunk)
{
	static uint8_t memory[2 * PROTO_COST_MAX] __attribute__((aligned(16)));
	static uint8_t in[FAKE_IN_MAX];
	static uint8_t out[FAKE_OUT_MAX];
	struct fake_session session = {.fd = fd, .reverse = reverse, .chunk = chunk, .out = out};
	size_t size = 0;

	arena_init(&session.arena, memory, sizeof(memory));
	for (;;) {
		ssize_t got = recv(fd, in + size, sizeof(in) - size, 0);

		if (got <= 0)
			break;
		size = fake_consume(&session, in, size + (size_t)got);
		if (size == SIZE_MAX || !fake_flush(&session))
			break;
	}
	close(fd);
}

void
fake_serve(const char *path, bool reverse, size_t chunk)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert(strlen(path) < sizeof(address.sun_path));
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	unlink(path);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, 16) < 0) {
		perror(path);
		_exit(1);
	}
	for (;;) {
		int peer = accept(fd, NULL, NULL);

		if (peer >= 0)
			fake_session(peer, reverse, chunk);
	}
}
