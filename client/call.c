/*
 * Calls: requests out, replies in, matched by their ids.
 *
 * Owns replies. The application calls it on the connection's thread. It never resends: what
 * became of a write is asked by its key, and only the application knows whether it still cares.
 */

#include "connection.h"
#include "reply.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "proto/codec.h"
#include "proto/precheck.h"
#include "proto/status.h"

static const struct demerit_call call_plain;

static void
call_envelope(Demerit__V1__Request *request, const struct demerit_call *call)
{
	request->idempotency_key = (char *)(uintptr_t)call->key;
	request->on_behalf_of = (char *)(uintptr_t)call->on_behalf_of;
	request->has_deadline_ms = call->deadline_ms != 0;
	request->deadline_ms = call->deadline_ms;
	request->has_dry_run = call->dry_run;
	request->dry_run = call->dry_run;
	request->has_min_seq = call->min_seq != 0;
	request->min_seq = call->min_seq;
	request->has_known_at = call->known_at != 0;
	request->known_at = call->known_at;
	request->has_known_at_time = call->known_at_time != 0;
	request->known_at_time = call->known_at_time;
	request->has_epoch = call->epoch != 0;
	request->epoch = call->epoch;
}

size_t
call_envelope_put(uint8_t out[CALL_ENVELOPE_MAX], uint64_t id, const struct demerit_call *call)
{
	Demerit__V1__Request request = DEMERIT__V1__REQUEST__INIT;

	call_envelope(&request, call == NULL ? &call_plain : call);
	request.has_request_id = true;
	request.request_id = id;
	if (demerit__v1__request__get_packed_size(&request) > CALL_ENVELOPE_MAX)
		return 0;
	return demerit__v1__request__pack(&request, out);
}

int
demerit_send(struct demerit *connection, const struct demerit_call *call,
	     const struct demerit_message *message, uint64_t *ret_id)
{
	/* A shallow copy: the envelope is this call's, the body stays the caller's. */
	Demerit__V1__Request request = *(const Demerit__V1__Request *)(const void *)message;
	uint8_t *out;
	size_t size;

	assert(request.base.descriptor == &demerit__v1__request__descriptor);
	if (connection->failure != 0)
		return connection->failure;
	call_envelope(&request, call == NULL ? &call_plain : call);
	request.has_request_id = true;
	request.request_id = connection->last_id + 1;
	size = codec_request_size(&request);
	if (size > PROTO_FRAME_MAX)
		return -EMSGSIZE;
	out = connection_reserve(connection, size);
	if (out == NULL)
		return -ENOMEM;
	size = codec_request_put(&request, out, size);
	assert(size > 0);
	connection->last_id++;
	connection->in_flight++;
	*ret_id = connection->last_id;
	return connection_commit(connection, size);
}

/* Streams answer several times under one id. */
static bool
call_is_stream(const Demerit__V1__Response *response)
{
	switch ((int)response->body_case) {
	case DEMERIT__V1__RESPONSE__BODY_SCREEN:
	case DEMERIT__V1__RESPONSE__BODY_HISTORY:
	case DEMERIT__V1__RESPONSE__BODY_WATCH:
	case DEMERIT__V1__RESPONSE__BODY_CLAWBACK:
	case DEMERIT__V1__RESPONSE__BODY_RULEBOOK_SIMULATE:
	case DEMERIT__V1__RESPONSE__BODY_VERIFY:
	case DEMERIT__V1__RESPONSE__BODY_EXPORT:
		return true;
	default:
		return false;
	}
}

/* The daemon's error in the library's words; lists move into the reply's own memory. */
static int
call_error(struct demerit_reply *reply)
{
	const Demerit__V1__Error *error = reply->response->error;
	struct demerit_choice_needed *choices;

	choices = arena_alloc(&reply->arena, error->n_choices * sizeof(*choices));
	if (choices == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < error->n_choices; i++) {
		const Demerit__V1__ChoiceNeeded *needed = error->choices[i];

		choices[i] = (struct demerit_choice_needed){
		    .practitioner = needed->practitioner,
		    .parameter = needed->parameter,
		    .total = needed->total,
		    .has_min = needed->has_min,
		    .has_max = needed->has_max,
		    .min = needed->min,
		    .max = needed->max,
		    .allowed_count = needed->n_allowed,
		    .allowed = needed->allowed,
		};
	}
	reply->is_error = true;
	reply->error = (struct demerit_error){
	    .code = error->has_code ? (int)error->code : STATUS_CODE_UNKNOWN,
	    .reason = error->reason,
	    .number = error->verdict,
	    .message = error->message,
	    .message_zh = error->message_zh,
	    .parameter = error->parameter,
	    .field = error->field,
	    .clause = error->clause,
	    .sequence = error->sequence,
	    .retry_after_ms = error->retry_after_ms,
	    .choices_count = error->n_choices,
	    .choices = choices,
	};
	reply->error.code_name = status_code_name((unsigned)reply->error.code);
	return 0;
}

/* Validate, then unpack into one block made for it. */
static int
call_unpack(const uint8_t *body, size_t size, struct demerit_reply **ret)
{
	/* Room for the error's list of choices beside what unpacking takes. */
	const size_t head = (sizeof(struct demerit_reply) + 15) & ~(size_t)15;
	struct demerit_reply *reply;
	struct precheck checked;
	size_t room;
	int result = -EPROTO;

	if (precheck_response(body, size, &checked) != STATUS_OK)
		return -EPROTO;
	room = checked.cost;
	if (checked.body == PRECHECK_ERROR)
		room += checked.cost;
	reply = aligned_alloc(16, head + ((room + 15) & ~(size_t)15));
	if (reply == NULL)
		return -ENOMEM;
	*reply = (struct demerit_reply){0};
	arena_init(&reply->arena, (uint8_t *)reply + head, room);
	if (codec_response_unpack(body, size, &reply->arena, &reply->response) != STATUS_OK)
		goto fail;
	if (reply->response->body_case == DEMERIT__V1__RESPONSE__BODY_ERROR) {
		result = call_error(reply);
		if (result < 0)
			goto fail;
	}
	*ret = reply;
	return 0;

fail:
	free(reply);
	return result;
}

int
demerit_receive(struct demerit *connection, struct demerit_reply **ret)
{
	struct demerit_reply *reply;
	struct frame frame;
	const uint8_t *body;
	int result;

	result = connection_wait(connection, &body, &frame);
	if (result < 0)
		return result;
	result = call_unpack(body, frame.body_size, &reply);
	if (result < 0) {
		connection->failure = result;
		return result;
	}
	connection_consume(connection, &frame);
	if (demerit_reply_last(reply) && connection->in_flight > 0)
		connection->in_flight--;
	*ret = reply;
	return 0;
}

int
demerit_ask(struct demerit *connection, const struct demerit_call *call,
	    const struct demerit_message *request, struct demerit_reply **ret)
{
	struct demerit_reply *reply;
	uint64_t id;
	int result;

	if (connection->in_flight > 0)
		return -EBUSY;
	result = demerit_send(connection, call, request, &id);
	if (result == 0)
		result = demerit_receive(connection, &reply);
	if (result < 0)
		return result;
	/* Id 0: the daemon answers to bytes it could not read as a request. */
	if (demerit_reply_id(reply) != id && !reply->is_error) {
		demerit_reply_free(reply);
		connection->failure = -EPROTO;
		return -EPROTO;
	}
	*ret = reply;
	return reply->is_error ? reply->error.code : 0;
}

struct demerit_reply *
demerit_reply_free(struct demerit_reply *reply)
{
	free(reply);
	return NULL;
}

uint64_t
demerit_reply_id(const struct demerit_reply *reply)
{
	return reply->response->request_id;
}

bool
demerit_reply_last(const struct demerit_reply *reply)
{
	return reply->is_error || reply->response->end || !call_is_stream(reply->response);
}

bool
demerit_reply_position(const struct demerit_reply *reply, struct demerit_position *ret)
{
	const Demerit__V1__Position *position = reply->response->position;

	if (position == NULL || position->ledger_id.len != PROTO_LEDGER_ID_SIZE)
		return false;
	*ret = (struct demerit_position){
	    .epoch = position->epoch,
	    .sequence = position->sequence,
	    .recorded_at = position->recorded_at,
	};
	memcpy(ret->ledger, position->ledger_id.data, PROTO_LEDGER_ID_SIZE);
	return true;
}

bool
demerit_reply_known_at(const struct demerit_reply *reply, uint64_t *ret)
{
	if (reply->response->has_known_at)
		*ret = reply->response->known_at;
	return reply->response->has_known_at;
}

const struct demerit_error *
demerit_reply_error(const struct demerit_reply *reply)
{
	return reply->is_error ? &reply->error : NULL;
}

static const ProtobufCFieldDescriptor *
call_body_field(const Demerit__V1__Response *response)
{
	return protobuf_c_message_descriptor_get_field(&demerit__v1__response__descriptor,
						       (unsigned)response->body_case);
}

const struct demerit_message *
demerit_reply_body(const struct demerit_reply *reply)
{
	/* Every arm of the body is a message: the union's first pointer is each of them. */
	return reply->is_error ? NULL
			       : reply_message((const ProtobufCMessage *)reply->response->check);
}

const char *
demerit_reply_name(const struct demerit_reply *reply)
{
	return reply->is_error ? NULL : call_body_field(reply->response)->name;
}
