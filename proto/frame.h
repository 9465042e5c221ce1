/*
 * Frames: a varint length, then that many bytes of one Request or Response, nothing in front.
 * Pure functions of the bytes given; any thread.
 */

#ifndef PROTO_FRAME_H
#define PROTO_FRAME_H

#include <stddef.h>
#include <stdint.h>

/* A length below 2^35; ours end at 2^20, whose shortest varint has three bytes. */
#define FRAME_HEADER_MAX 5

enum frame_result {
	FRAME_OK,	/* the length is known; the body may still be on its way */
	FRAME_MORE,	/* not even the length is there yet */
	FRAME_OVERSIZE, /* longer than allowed: refuse before reading the body */
	FRAME_BAD,	/* no length at all */
	FRAME_HTTP,	/* somebody speaks HTTP to this port */
};

struct frame {
	size_t header_size;
	size_t body_size;
};

/*
 * Look at what has arrived so far and tell how long the next frame is. `body_max` is the most
 * the caller accepts. `ret` is set for FRAME_OK and for FRAME_OVERSIZE.
 *
 * FRAME_HTTP needs four bytes; fewer are reported as any other frame. No Request or Response
 * begins like that: read as a frame, "GET " would start with a field of a wire type that field
 * has not got.
 */
enum frame_result frame_peek(const uint8_t *bytes, size_t size, size_t body_max, struct frame *ret);

/* Write the length prefix of a body. Returns its size. */
size_t frame_put(uint8_t out[FRAME_HEADER_MAX], size_t body_size);

/* The size of that prefix. */
size_t frame_header_size(size_t body_size);

/* The answer to FRAME_HTTP, a constant; NUL-terminated. */
extern const char frame_http_answer[];

#endif
