/*
 * A whole session: bytes from a socket, in pieces, through framing, validation, the table and
 * back. Whatever comes, every byte that goes out is a frame with a valid Response in it (or the
 * answer to HTTP), and the session ends clean.
 */

#include "fuzz.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "proto/frame.h"
#include "proto/precheck.h"
#include "unit/daemon/session_faults.h"
#include "unit/daemon/session_peer.h"

/*
 * The peer's file is a test's and asserts as one. Here there is no test around it: these two are
 * all its assertions need of Check.
 */
void _mark_point(const char *file, int line);

void
_mark_point(const char *file, int line)
{
	(void)file;
	(void)line;
}

void
_ck_assert_failed(const char *file, int line, const char *expression, const char *message, ...)
{
	fprintf(stderr, "%s:%d: %s: %s\n", file, line, expression, message);
	abort();
}

/* Nothing fails on purpose here. */
void
fail_allocation(unsigned k)
{
	(void)k;
}

void
fail_send(int error)
{
	(void)error;
}

void
fail_recv(int error)
{
	(void)error;
}

static void
fuzz_answers(void)
{
	size_t at = 0;

	receive();
	while (at < replies_size) {
		struct precheck checked;
		enum status_reason reason;
		struct frame frame;

		if (replies_size - at >= strlen(frame_http_answer) &&
		    memcmp(replies + at, frame_http_answer, strlen(frame_http_answer)) == 0) {
			at += strlen(frame_http_answer);
			continue;
		}
		assert(frame_peek(replies + at, replies_size - at, PROTO_FRAME_MAX, &frame) ==
		       FRAME_OK);
		assert(replies_size - at - frame.header_size >= frame.body_size);
		reason =
		    precheck_response(replies + at + frame.header_size, frame.body_size, &checked);
		/* The peer's table answers some requests with more bytes than the schema wants. */
		assert(reason == STATUS_OK || reason == STATUS_FIELD_TOO_LONG);
		at += frame.header_size + frame.body_size;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	size_t piece;

	if (size == 0)
		return 0;
	/* The first byte says how the rest is cut; a long one not into dust, which takes minutes.
	 */
	piece = *bytes == 0 ? size : *bytes;
	if (piece < size / 256)
		piece = size / 256;
	bytes++;
	size--;
	session_setup();
	while (size > 0) {
		size_t part = size < piece ? size : piece;
		ssize_t sent = send(peer, bytes, part, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent <= 0)
			break;
		bytes += sent;
		size -= (size_t)sent;
		turn();
	}
	fuzz_answers();
	if (is_open()) {
		shutdown(peer, SHUT_WR);
		fuzz_answers();
	}
	session_teardown();
	return 0;
}
