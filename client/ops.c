/*
 * The questions asked often, in plain structs.
 *
 * Owns nothing. The application calls it on the connection's thread. It never goes through
 * protobuf-c on the way out: claim files come by the million, and their texts stand in the
 * file's own buffer, without a NUL behind them.
 */

#include "connection.h"
#include "reply.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "proto/codec.h"
#include "proto/limit.h"
#include "proto/words.h"

const char *
demerit_decision_name(int decision)
{
	return words_get(words_find("Decision"), (unsigned)decision);
}

const char *
demerit_status_name(int status)
{
	return words_get(words_find("EligibilityStatus"), (unsigned)status);
}

const char *
demerit_reason_name(int reason)
{
	return words_get(words_find("DecisionReason"), (unsigned)reason);
}

const char *
demerit_role_name(int role)
{
	return words_get(words_find("Role"), (unsigned)role);
}

static void
ops_check_fill(Demerit__V1__Check *check, const struct demerit_check *question)
{
	check->practitioner = (char *)(uintptr_t)question->practitioner;
	check->institution = (char *)(uintptr_t)question->institution;
	check->visit_type = (char *)(uintptr_t)question->visit_type;
	check->has_on = question->has_on;
	check->on = question->on;
	check->has_emergency = question->emergency;
	check->emergency = question->emergency;
	check->has_detail = question->detail;
	check->detail = question->detail;
}

int
demerit_check_send(struct demerit *connection, const struct demerit_call *call,
		   const struct demerit_check *question, uint64_t *ret_id)
{
	Demerit__V1__Request request = DEMERIT__V1__REQUEST__INIT;
	Demerit__V1__Check check = DEMERIT__V1__CHECK__INIT;

	ops_check_fill(&check, question);
	request.body_case = DEMERIT__V1__REQUEST__BODY_CHECK;
	request.check = &check;
	return demerit_send(connection, call, reply_message(&request.base), ret_id);
}

int
demerit_check(struct demerit *connection, const struct demerit_call *call,
	      const struct demerit_check *question, struct demerit_reply **ret,
	      struct demerit_answer *ret_answer)
{
	Demerit__V1__Request request = DEMERIT__V1__REQUEST__INIT;
	Demerit__V1__Check check = DEMERIT__V1__CHECK__INIT;
	struct demerit_reply *reply;
	int result;

	ops_check_fill(&check, question);
	request.body_case = DEMERIT__V1__REQUEST__BODY_CHECK;
	request.check = &check;
	result = demerit_ask(connection, call, reply_message(&request.base), &reply);
	if (result == 0 && !demerit_reply_answer(reply, ret_answer)) {
		demerit_reply_free(reply);
		return -EPROTO;
	}
	if (result >= 0)
		*ret = reply;
	return result;
}

bool
demerit_reply_answer(const struct demerit_reply *reply, struct demerit_answer *ret)
{
	const Demerit__V1__CheckReply *check;

	if (reply->response->body_case != DEMERIT__V1__RESPONSE__BODY_CHECK)
		return false;
	check = reply->response->check;
	*ret = (struct demerit_answer){
	    .decision = (int)check->decision,
	    .status = (int)check->status,
	    .reason = (int)check->reason,
	    .on = check->on,
	    .has_until = check->has_until_day,
	    .until = check->until_day,
	    .has_bar_until = check->has_bar_until,
	    .bar_until = check->bar_until,
	    .has_points = check->has_points_this_year,
	    .points_this_year = check->points_this_year,
	    .has_registered = check->has_registered,
	    .registered = check->registered,
	    .practitioner = check->practitioner,
	    .rulebook = check->rulebook,
	    .clause = check->clause,
	    .entries_count = check->n_entries,
	    .entries = check->entries,
	};
	return true;
}

/* The chunk by hand: sizes first, since protobuf writes a length before what it measures. */

static size_t
ops_varint_size(uint64_t value)
{
	size_t size = 1;

	while (value >= 0x80) {
		value >>= 7;
		size++;
	}
	return size;
}

static uint8_t *
ops_varint(uint8_t *at, uint64_t value)
{
	while (value >= 0x80) {
		*at++ = (uint8_t)(value | 0x80);
		value >>= 7;
	}
	*at++ = (uint8_t)value;
	return at;
}

static size_t
ops_text_size(struct demerit_text text)
{
	return text.bytes == NULL ? 0 : 1 + ops_varint_size(text.size) + text.size;
}

static uint8_t *
ops_text(uint8_t *at, unsigned number, struct demerit_text text)
{
	if (text.bytes == NULL)
		return at;
	*at++ = (uint8_t)(number << 3 | 2);
	at = ops_varint(at, text.size);
	memcpy(at, text.bytes, text.size);
	return at + text.size;
}

static size_t
ops_role_size(const struct demerit_line *line, size_t index)
{
	return 2 + ops_text_size(line->roles[index].code);
}

static size_t
ops_line_size(const struct demerit_line *line)
{
	size_t size = 1 + ops_varint_size(line->id);

	if (line->has_service_day)
		size += 1 + ops_varint_size((uint64_t)(int64_t)line->service_day);
	size += ops_text_size(line->institution) + ops_text_size(line->med_type);
	size += line->emergency ? 2 : 0;
	for (size_t i = 0; i < line->roles_count; i++) {
		size_t role = ops_role_size(line, i);

		size += 1 + ops_varint_size(role) + role;
	}
	return size;
}

static uint8_t *
ops_line(uint8_t *at, const struct demerit_line *line)
{
	*at++ = 1 << 3;
	at = ops_varint(at, line->id);
	if (line->has_service_day) {
		*at++ = 2 << 3;
		at = ops_varint(at, (uint64_t)(int64_t)line->service_day);
	}
	at = ops_text(at, 3, line->institution);
	at = ops_text(at, 4, line->med_type);
	if (line->emergency) {
		*at++ = 5 << 3;
		*at++ = 1;
	}
	for (size_t i = 0; i < line->roles_count; i++) {
		*at++ = 6 << 3 | 2;
		at = ops_varint(at, ops_role_size(line, i));
		*at++ = 1 << 3;
		*at++ = (uint8_t)line->roles[i].role;
		at = ops_text(at, 2, line->roles[i].code);
	}
	return at;
}

/* The Screen's fields alone; the envelope is packed by protobuf-c with an empty Screen. */
static size_t
ops_lines_size(const struct demerit_line *lines, size_t count)
{
	size_t size = 0;

	for (size_t i = 0; i < count; i++) {
		size_t line = ops_line_size(&lines[i]);

		assert(lines[i].roles_count <= DEMERIT_LINE_ROLES_MAX);
		size += 1 + ops_varint_size(line) + line;
	}
	return size;
}

static uint8_t *
ops_lines(uint8_t *at, unsigned number, const struct demerit_line *lines, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		*at++ = (uint8_t)(number << 3 | 2);
		at = ops_varint(at, ops_line_size(&lines[i]));
		at = ops_line(at, &lines[i]);
	}
	return at;
}

/* A body that is made of lines: its number, its items', and those of one more field, a varint. */
struct ops_body {
	unsigned number;
	unsigned items;
	unsigned extra; /* 0: none */
	uint64_t value;
};

static int
ops_lines_send(struct demerit *connection, const struct demerit_call *call,
	       const struct demerit_line *lines, size_t count, const struct ops_body *body,
	       uint64_t *ret_id)
{
	uint8_t envelope[CALL_ENVELOPE_MAX];
	size_t envelope_size, screen_size, body_size;
	uint8_t *start, *at;

	if (connection->failure != 0)
		return connection->failure;
	envelope_size = call_envelope_put(envelope, connection->last_id + 1, call);
	if (envelope_size == 0)
		return -EINVAL;
	screen_size = ops_lines_size(lines, count);
	if (body->extra != 0)
		screen_size += 1 + ops_varint_size(body->value);
	body_size = envelope_size + ops_varint_size(body->number << 3) +
		    ops_varint_size(screen_size) + screen_size;
	if (body_size > PROTO_FRAME_MAX)
		return -EMSGSIZE;
	start = connection_reserve(connection, FRAME_HEADER_MAX + body_size);
	if (start == NULL)
		return -ENOMEM;
	at = start + frame_put(start, body_size);
	memcpy(at, envelope, envelope_size);
	at += envelope_size;
	at = ops_varint(at, body->number << 3 | 2);
	at = ops_varint(at, screen_size);
	at = ops_lines(at, body->items, lines, count);
	if (body->extra != 0) {
		*at++ = (uint8_t)(body->extra << 3);
		at = ops_varint(at, body->value);
	}
	assert((size_t)(at - start) == frame_header_size(body_size) + body_size);
	connection->in_flight++;
	*ret_id = ++connection->last_id;
	return connection_commit(connection, (size_t)(at - start));
}

int
demerit_screen_send(struct demerit *connection, const struct demerit_call *call,
		    const struct demerit_line *lines, size_t count, bool detail, uint64_t *ret_id)
{
	const struct ops_body body = {DEMERIT__V1__REQUEST__BODY_SCREEN, 1, detail ? 2 : 0, 1};

	return ops_lines_send(connection, call, lines, count, &body, ret_id);
}

int
demerit_clawback_send(struct demerit *connection, const struct demerit_call *call, uint64_t since,
		      const struct demerit_line *lines, size_t count, uint64_t *ret_id)
{
	const struct ops_body body = {DEMERIT__V1__REQUEST__BODY_CLAWBACK, 3, 1, since};

	if (count == 0) /* would ask for periods */
		return -EINVAL;
	return ops_lines_send(connection, call, lines, count, &body, ret_id);
}

size_t
demerit_reply_changes(const struct demerit_reply *reply)
{
	if (reply->response->body_case != DEMERIT__V1__RESPONSE__BODY_CLAWBACK)
		return 0;
	return reply->response->clawback->n_changes;
}

void
demerit_reply_change(const struct demerit_reply *reply, size_t index, struct demerit_change *ret)
{
	const Demerit__V1__ClawbackChange *change;

	assert(index < demerit_reply_changes(reply));
	change = reply->response->clawback->changes[index];
	*ret = (struct demerit_change){
	    .id = change->id,
	    .before = (int)change->before,
	    .after = (int)change->after,
	    .reason = (int)change->reason,
	    .practitioner = change->practitioner,
	    .sanction = change->sanction,
	    .clause = change->clause,
	    .sequence = change->sequence,
	};
}

size_t
demerit_reply_results(const struct demerit_reply *reply)
{
	if (reply->response->body_case != DEMERIT__V1__RESPONSE__BODY_SCREEN)
		return 0;
	return reply->response->screen->n_results;
}

void
demerit_reply_result(const struct demerit_reply *reply, size_t index, struct demerit_result *ret)
{
	const Demerit__V1__ScreenResult *result;

	assert(index < demerit_reply_results(reply));
	result = reply->response->screen->results[index];
	*ret = (struct demerit_result){
	    .id = result->id,
	    .decision = (int)result->decision,
	    .reason = (int)result->reason,
	    .role = (int)result->role,
	    .practitioner = result->practitioner,
	    .clause = result->clause,
	    .entries_count = result->n_entries,
	    .entries = result->entries,
	};
}
