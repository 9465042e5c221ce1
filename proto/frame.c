/*
 * Frames: where one message ends and the next begins.
 *
 * Owns nothing. The daemon's sessions, the client's connection and file readers call it, each on
 * its own thread. It never allocates and never looks beyond the length it was given.
 */

#include "frame.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "limit.h"

static_assert(PROTO_FRAME_MAX < (1 << 21), "three bytes of varint hold every length of ours");

const char frame_http_answer[] =
    "HTTP/1.1 400 Bad Request\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "Content-Length: 91\r\n"
    "Connection: close\r\n"
    "\r\n"
    "This port speaks varint-delimited protobuf, package demerit.v1, not HTTP. See PROTOCOL.md.\n";

static bool
frame_is_http(const uint8_t *bytes, size_t size)
{
	static const char starts[][5] = {"GET ", "POST", "HEAD", "PUT ", "DELE", "OPTI", "PRI "};

	if (size < 4)
		return false;
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (memcmp(bytes, starts[i], 4) == 0)
			return true;
	return false;
}

enum frame_result
frame_peek(const uint8_t *bytes, size_t size, size_t body_max, struct frame *ret)
{
	uint64_t length = 0;

	assert(bytes != NULL || size == 0);
	assert(body_max <= PROTO_FRAME_MAX);
	assert(ret != NULL);

	if (frame_is_http(bytes, size))
		return FRAME_HTTP;
	for (size_t i = 0; i < FRAME_HEADER_MAX; i++) {
		if (i == size)
			return FRAME_MORE;
		length |= (uint64_t)(bytes[i] & 0x7f) << (7 * i);
		if (bytes[i] < 0x80) {
			*ret = (struct frame){.header_size = i + 1, .body_size = (size_t)length};
			return length > body_max ? FRAME_OVERSIZE : FRAME_OK;
		}
	}
	return FRAME_BAD;
}

size_t
frame_header_size(size_t body_size)
{
	size_t size = 1;

	while (body_size >= 0x80) {
		body_size >>= 7;
		size++;
	}
	return size;
}

size_t
frame_put(uint8_t out[FRAME_HEADER_MAX], size_t body_size)
{
	size_t size = 0;

	assert(body_size <= PROTO_FRAME_MAX);
	while (body_size >= 0x80) {
		out[size++] = (uint8_t)(body_size | 0x80);
		body_size >>= 7;
	}
	out[size++] = (uint8_t)body_size;
	assert(size <= FRAME_HEADER_MAX);
	return size;
}
