/*
 * A session's input: bytes from the socket into whole frames.
 *
 * Runs when the socket is readable, on the loop's thread. The loop lends one large buffer to the
 * session being read; a session keeps only what is left of half a frame. A length beyond the
 * limit is refused before a byte of that frame is kept.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "diag.h"
#include "proto/frame.h"
#include "session_inner.h"

static void
session_refuse_bytes(struct session *session, enum status_reason reason)
{
	session_take_checks(session);
	diag_peer(DIAG_INFO, "bad_bytes", diag_text("principal", session->principal->name),
		  diag_uint("session", session->slot),
		  diag_text("reason", status_get(reason)->reason), DIAG_END);
	session_put_error(session, 0, reason, NULL, 0);
	session_close_after_output(session, SESSION_END_FRAME);
}

static void
session_refuse_http(struct session *session)
{
	size_t size = strlen(frame_http_answer);
	uint8_t *at;

	session_take_checks(session);
	at = session_output(session, size);
	session_count(&session->room->figures->errors[status_get(STATUS_HTTP_NOT_SPOKEN)->code], 1);
	if (at != NULL) {
		memcpy(at, frame_http_answer, size);
		session_output_done(session, size);
	}
	session_close_after_output(session, SESSION_END_FRAME);
}

/* Take whole frames from the head; returns the bytes taken. The rest's need goes to kept_need. */
static size_t
session_take_frames(struct session *session, const uint8_t *bytes, size_t size)
{
	size_t used = 0;

	session->kept_need = 0;
	session->paused = false;
	while (used < size && session->state == SESSION_OPEN) {
		struct frame frame;

		if (session_waiting(session) >= SESSION_OUTPUT_HIGH) {
			session->paused = true;
			break;
		}
		enum frame_result result =
		    frame_peek(bytes + used, size - used, PROTO_FRAME_MAX, &frame);
		if (result == FRAME_MORE)
			break;
		if (result == FRAME_HTTP) {
			session_refuse_http(session);
			break;
		}
		if (result == FRAME_OVERSIZE || result == FRAME_BAD) {
			session_refuse_bytes(session, result == FRAME_BAD ? STATUS_FRAME_BAD
									  : STATUS_FRAME_TOO_LARGE);
			break;
		}
		size_t whole = frame.header_size + frame.body_size;
		if (whole > size - used) {
			session->kept_need = whole;
			break;
		}
		session_take(session, bytes + used + frame.header_size, frame.body_size);
		used += whole;
	}
	session_take_checks(session);
	if (used > 0) {
		session->active_us = session->room->context.now_us;
		session->frame_us = 0;
	}
	return used;
}

/* A frame too large for the loop's buffer is gathered in the kept one, in one piece. */
static bool
session_keep_room(struct session *session, size_t size)
{
	size_t capacity = 256;

	if (session->kept_need > SESSION_READ_MAX)
		size = session->kept_need;
	if (size <= session->kept_capacity)
		return true;
	while (capacity < size)
		capacity *= 2;
	uint8_t *kept = realloc(session->kept, capacity);
	if (kept == NULL)
		return false;
	session->kept = kept;
	session->kept_capacity = capacity;
	return true;
}

/* Keep what was not taken of the loop's buffer, or (bytes NULL) of the kept one from at on. */
static void
session_keep(struct session *session, const uint8_t *bytes, size_t at, size_t size)
{
	if (session->state != SESSION_OPEN)
		size = 0;
	if (size > 0 && !session_keep_room(session, size)) {
		session_close_after_output(session, SESSION_END_MEMORY);
		size = 0;
	}
	if (size > 0 && bytes != NULL)
		memcpy(session->kept, bytes + at, size);
	else if (size > 0)
		memmove(session->kept, session->kept + at, size);
	session->kept_size = size;
	if (size == 0)
		session->frame_us = 0;
	else if (session->frame_us == 0 && !session->paused)
		session->frame_us = session->room->context.now_us;
}

void
session_resume(struct session *session)
{
	size_t size = session->kept_size;
	size_t used = session_take_frames(session, session->kept, size);

	session_keep(session, NULL, used, size - used);
}

/* Bytes received; 0: none now, or the session reads no more. */
static size_t
session_receive(struct session *session, uint8_t *bytes, size_t size)
{
	ssize_t got;

	do {
		got = recv(session->fd, bytes, size, MSG_DONTWAIT);
	} while (got < 0 && errno == EINTR);
	if (got > 0) {
		session_count(&session->room->figures->bytes_in, (uint64_t)got);
		return (size_t)got;
	}
	if (got < 0 && errno == EAGAIN)
		return 0;
	if (session->state == SESSION_CLOSING) {
		/* It has heard the last words, or does not want them. */
		session->gone = true;
		return 0;
	}
	/* End of input, or a failure: what is in hand is still answered, if anybody reads it. */
	session_enter(session, SESSION_DRAINING);
	session->end = got == 0 || errno == ECONNRESET ? SESSION_END_PEER : SESSION_END_ERROR;
	session->kept_size = 0;
	session->frame_us = 0;
	session_streams_wake(session, INT64_MAX);
	return 0;
}

void
session_read(struct session *session)
{
	struct session_room *room = session->room;
	size_t kept = session->kept_size;

	if (session->state == SESSION_CLOSING) {
		(void)session_receive(session, room->input, SESSION_INPUT_SIZE);
		return;
	}
	assert(session->state == SESSION_OPEN);
	if (session->kept_need > SESSION_READ_MAX) {
		size_t room_left = session->kept_need - kept;
		size_t got =
		    session_receive(session, session->kept + kept,
				    room_left < SESSION_READ_MAX ? room_left : SESSION_READ_MAX);
		session->kept_size += got;
		if (got > 0 && session->kept_size == session->kept_need)
			session_resume(session);
		return;
	}
	assert(kept + SESSION_READ_MAX <= SESSION_INPUT_SIZE);
	size_t got = session_receive(session, room->input + kept, SESSION_READ_MAX);
	if (got == 0)
		return;
	if (kept > 0)
		memcpy(room->input, session->kept, kept);
	size_t used = session_take_frames(session, room->input, kept + got);
	session_keep(session, room->input, used, kept + got - used);
}
