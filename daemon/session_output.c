/*
 * A session's output: one buffer that grows to a hard end, and the write that empties it.
 *
 * Handlers' answers and the protocol's own errors come here, on the loop's thread. Buffers of
 * the usual size go round among the sessions of a loop, so that answering allocates nothing. It
 * never waits: what the socket does not take stays until it is writable.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "diag.h"
#include "proto/frame.h"
#include "session_inner.h"

static uint8_t *
session_spare_take(struct session_room *room)
{
	if (room->spares_count > 0)
		return room->spares[--room->spares_count];
	return malloc(SESSION_OUTPUT_LOW);
}

static void
session_spare_put(struct session_room *room, uint8_t *buffer, size_t capacity)
{
	const size_t spares_max = sizeof(room->spares) / sizeof(room->spares[0]);

	if (capacity == SESSION_OUTPUT_LOW && room->spares_count < spares_max)
		room->spares[room->spares_count++] = buffer;
	else
		free(buffer);
}

void
session_output_drop(struct session *session)
{
	if (session->out != NULL)
		session_spare_put(session->room, session->out, session->out_capacity);
	session->out = NULL;
	session->out_size = session->out_sent = session->out_capacity = 0;
}

/* A larger buffer with what still waits at its head. */
static bool
session_output_grow(struct session *session, size_t need)
{
	size_t waiting = session_waiting(session);
	size_t capacity = SESSION_OUTPUT_LOW;

	while (capacity < waiting + need)
		capacity *= 2;
	if (capacity > SESSION_OUTPUT_MAX)
		capacity = SESSION_OUTPUT_MAX;
	if (capacity < waiting + need)
		return false;
	uint8_t *larger =
	    capacity == SESSION_OUTPUT_LOW ? session_spare_take(session->room) : malloc(capacity);
	if (larger == NULL)
		return false;
	if (waiting > 0)
		memcpy(larger, session->out + session->out_sent, waiting);
	session_output_drop(session);
	session->out = larger;
	session->out_capacity = capacity;
	session->out_size = waiting;
	return true;
}

uint8_t *
session_output(struct session *session, size_t size)
{
	assert(size <= PROTO_FRAME_MAX + FRAME_HEADER_MAX);

	if (session->shut || session->mute)
		return NULL;

	if (session->out_capacity - session->out_size < size &&
	    !session_output_grow(session, size)) {
		/* The peer must not take a gap for an answer: end it. */
		session->mute = true;
		session_close_after_output(session, SESSION_END_MEMORY);
		return NULL;
	}
	return session->out + session->out_size;
}

void
session_put_error(struct session *session, uint64_t request_id, enum status_reason reason,
		  const char *field, uint32_t retry_after_ms)
{
	uint8_t *at = session_output(session, CODEC_ERROR_MAX);
	enum status_code code = status_get(reason)->code;

	session_count(&session->room->figures->errors[code], 1);
	diag_peer(DIAG_DEBUG, "request_refused", diag_text("principal", session->principal->name),
		  diag_uint("session", session->slot), diag_uint("request", request_id),
		  diag_text("reason", status_get(reason)->reason), diag_text("field", field),
		  DIAG_END);
	if (at == NULL)
		return;
	session_output_done(session, codec_error_put(at, request_id, &session->room->position,
						     reason, field, retry_after_ms));
}

bool
session_flush(struct session *session)
{
	while (session_waiting(session) > 0) {
		ssize_t sent = send(session->fd, session->out + session->out_sent,
				    session_waiting(session), MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && errno == EAGAIN) {
			if (session->stuck_us == 0)
				session->stuck_us = session->room->context.now_us;
			return true;
		}
		if (sent < 0) {
			session_end_now(session, errno == EPIPE || errno == ECONNRESET
						     ? SESSION_END_PEER
						     : SESSION_END_ERROR);
			return false;
		}
		session->out_sent += (size_t)sent;
		session->stuck_us = 0;
		session->active_us = session->room->context.now_us;
		session_count(&session->room->figures->bytes_out, (uint64_t)sent);
	}
	session->stuck_us = 0;
	session_output_drop(session);
	return true;
}
