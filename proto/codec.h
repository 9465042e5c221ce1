/*
 * Between bytes and protobuf-c's structs: unpacking through an arena, packing with the length
 * in front, and the check by hand, since checks are most of the traffic and protobuf-c is most
 * of a check's cost.
 *
 * Any thread; an arena belongs to one at a time. Unpacked messages live in the arena until it
 * is reset and are never freed one by one. Bytes must have passed precheck first.
 */

#ifndef PROTO_CODEC_H
#define PROTO_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "limit.h"
#include "status.h"

/* As demerit.pb-c.h declares them; this header does not need their insides. */
typedef struct Demerit__V1__Request Demerit__V1__Request;
typedef struct Demerit__V1__Response Demerit__V1__Response;

/* STATUS_OK, STATUS_TOO_COSTLY (the arena is too small) or STATUS_MESSAGE_BAD. */
enum status_reason codec_request_unpack(const uint8_t *bytes, size_t size, struct arena *,
					Demerit__V1__Request **ret);
enum status_reason codec_response_unpack(const uint8_t *bytes, size_t size, struct arena *,
					 Demerit__V1__Response **ret);

/* The bytes of the frame, length prefix included. */
size_t codec_request_size(const Demerit__V1__Request *);
size_t codec_response_size(const Demerit__V1__Response *);

/* Write the frame. Returns its size, or 0, with nothing written, if it exceeds `room` or the
 * largest frame. */
size_t codec_request_put(const Demerit__V1__Request *, uint8_t *out, size_t room);
size_t codec_response_put(const Demerit__V1__Response *, uint8_t *out, size_t room);

/* A Response's `position`, encoded once for all answers given at that sequence. */
#define CODEC_POSITION_MAX 64

struct codec_position {
	uint8_t size; /* 0: no position */
	uint8_t bytes[CODEC_POSITION_MAX];
};

void codec_position_set(struct codec_position *, const uint8_t ledger_id[PROTO_LEDGER_ID_SIZE],
			uint64_t epoch, uint64_t sequence, int64_t recorded_at);

/* A plain answer to a check, without detail. Numbers are those of the enums on the wire. */
struct codec_check {
	uint64_t known_at;
	int32_t on;
	int32_t until;
	int32_t bar_until;
	uint8_t decision;
	uint8_t reason;
	uint8_t status;
	bool has_known_at;
	bool has_until;
	bool has_bar_until;
};

/* Length, request_id, position, known_at, the check's tag and length, its fields at their longest.
 */
#define CODEC_CHECK_MAX (2 + 11 + CODEC_POSITION_MAX + 11 + 2 + 3 * 3 + 3 * 11)

/* Write that answer as a whole frame. Returns its size. */
size_t codec_check_put(uint8_t out[CODEC_CHECK_MAX], uint64_t request_id,
		       const struct codec_position *, const struct codec_check *);

/* Write an error of the protocol as a whole frame. `field` may be NULL, `retry_after_ms` 0.
 * Returns its size. */
#define CODEC_ERROR_MAX 640
size_t codec_error_put(uint8_t out[CODEC_ERROR_MAX], uint64_t request_id,
		       const struct codec_position *, enum status_reason, const char *field,
		       uint32_t retry_after_ms);

#endif
