/*
 * Answers: what a handler says, encoded into the output of its session.
 *
 * Handlers call it on the loop's thread; call_post alone may be called by any. It frees nothing
 * and ends no session: what goes wrong here is settled at the end of the wake-up.
 */
#include "call.h"

#include <assert.h>

#include "diag.h"
#include "loop.h"
#include "proto/demerit.pb-c.h"
#include "session_inner.h"

void
call_reply_at(struct call *call, const struct call_position *at,
	      struct Demerit__V1__Response *response)
{
	struct session *session = call->session;
	Demerit__V1__Position position = DEMERIT__V1__POSITION__INIT;

	assert(response->body_case != 0);
	response->has_request_id = true;
	response->request_id = call->token.request_id;
	position.has_ledger_id = true;
	position.ledger_id.len = sizeof(at->ledger);
	/* The generated struct has uint8_t * for bytes it never changes. */
	position.ledger_id.data = (uint8_t *)(uintptr_t)at->ledger;
	position.has_epoch = true;
	position.epoch = at->epoch;
	position.has_sequence = true;
	position.sequence = at->sequence;
	position.has_recorded_at = true;
	position.recorded_at = at->recorded_at;
	response->position = &position;
	size_t size = codec_response_size(response);
	if (size > PROTO_FRAME_MAX) {
		diag(DIAG_ERROR, "answer_too_large", diag_uint("body", response->body_case),
		     diag_uint("size", size), DIAG_END);
		call_fail(call, STATUS_INTERNAL, NULL);
	} else {
		uint8_t *bytes = session_output(session, size);
		if (bytes != NULL)
			session_output_done(session, codec_response_put(response, bytes, size));
	}
	response->position = NULL; /* it is dead when we return */
}

void
call_reply(struct call *call, struct Demerit__V1__Response *response)
{
	call_reply_at(call, &call->context->position, response);
}

void
call_fail(struct call *call, enum status_reason reason, const char *field)
{
	session_put_error(call->session, call->token.request_id, reason, field, 0);
}

void
call_fail_later(struct call *call, enum status_reason reason, uint32_t retry_after_ms)
{
	session_put_error(call->session, call->token.request_id, reason, NULL, retry_after_ms);
}

void
call_post(struct call_note *note)
{
	loop_post(note->token.loop, note);
}

void
call_stream(struct call *call, struct call_stream *stream)
{
	struct session *session = call->session;

	/* session_request.c asks for room before a handler that streams is called. */
	assert(session->streams_count < SESSION_STREAMS_MAX);
	session->streams[session->streams_count++] =
	    (struct session_stream){.stream = stream, .request_id = call->token.request_id};
	session->streams_awake++;
}
