/*
 * The codec: protobuf-c at arm's length, and the check's answer by hand.
 *
 * Owns nothing. The daemon's sessions and handlers and the client's connection call it on their
 * threads. It never validates: precheck has.
 */

#include "codec.h"

#include <assert.h>
#include <string.h>

#include "demerit.pb-c.h"
#include "frame.h"

/* The longest field name an error carries. */
#define CODEC_FIELD_MAX 64

enum status_reason
codec_request_unpack(const uint8_t *bytes, size_t size, struct arena *arena,
		     Demerit__V1__Request **ret)
{
	Demerit__V1__Request *request;

	request = demerit__v1__request__unpack(&arena->allocator, size, bytes);
	if (request == NULL)
		return arena->exhausted ? STATUS_TOO_COSTLY : STATUS_MESSAGE_BAD;
	*ret = request;
	return STATUS_OK;
}

enum status_reason
codec_response_unpack(const uint8_t *bytes, size_t size, struct arena *arena,
		      Demerit__V1__Response **ret)
{
	Demerit__V1__Response *response;

	response = demerit__v1__response__unpack(&arena->allocator, size, bytes);
	if (response == NULL)
		return arena->exhausted ? STATUS_TOO_COSTLY : STATUS_MESSAGE_BAD;
	*ret = response;
	return STATUS_OK;
}

size_t
codec_request_size(const Demerit__V1__Request *request)
{
	size_t size = demerit__v1__request__get_packed_size(request);

	return frame_header_size(size) + size;
}

size_t
codec_response_size(const Demerit__V1__Response *response)
{
	size_t size = demerit__v1__response__get_packed_size(response);

	return frame_header_size(size) + size;
}

static size_t
codec_put(const ProtobufCMessage *message, uint8_t *out, size_t room)
{
	size_t size = protobuf_c_message_get_packed_size(message);
	size_t header;

	if (size > PROTO_FRAME_MAX || frame_header_size(size) + size > room)
		return 0;
	header = frame_put(out, size);
	size = protobuf_c_message_pack(message, out + header);
	assert(header + size <= room);
	return header + size;
}

size_t
codec_request_put(const Demerit__V1__Request *request, uint8_t *out, size_t room)
{
	return codec_put(&request->base, out, room);
}

size_t
codec_response_put(const Demerit__V1__Response *response, uint8_t *out, size_t room)
{
	return codec_put(&response->base, out, room);
}

static uint8_t *
codec_varint(uint8_t *at, uint64_t value)
{
	while (value >= 0x80) {
		*at++ = (uint8_t)(value | 0x80);
		value >>= 7;
	}
	*at++ = (uint8_t)value;
	return at;
}

static uint8_t *
codec_field(uint8_t *at, unsigned number, uint64_t value)
{
	assert(number < 16);
	*at++ = (uint8_t)(number << 3);
	return codec_varint(at, value);
}

/* protobuf's int32: the 64-bit extension, so that a day before 1970 takes ten bytes. */
static uint8_t *
codec_day(uint8_t *at, unsigned number, int32_t day)
{
	return codec_field(at, number, (uint64_t)(int64_t)day);
}

static uint8_t *
codec_bytes(uint8_t *at, unsigned number, const void *bytes, size_t size)
{
	at = codec_varint(at, (uint64_t)number << 3 | 2);
	at = codec_varint(at, size);
	memcpy(at, bytes, size);
	return at + size;
}

static uint8_t *
codec_text(uint8_t *at, unsigned number, const char *text)
{
	return codec_bytes(at, number, text, strlen(text));
}

void
codec_position_set(struct codec_position *position, const uint8_t ledger_id[PROTO_LEDGER_ID_SIZE],
		   uint64_t epoch, uint64_t sequence, int64_t recorded_at)
{
	uint8_t body[CODEC_POSITION_MAX - 2];
	uint8_t *at = body;

	static_assert(2 + PROTO_LEDGER_ID_SIZE + 3 * 11 <= CODEC_POSITION_MAX - 2, "it fits");
	at = codec_bytes(at, 1, ledger_id, PROTO_LEDGER_ID_SIZE);
	at = codec_field(at, 2, epoch);
	at = codec_field(at, 3, sequence);
	at = codec_field(at, 4, (uint64_t)recorded_at);
	at = codec_bytes(position->bytes, 2, body, (size_t)(at - body));
	position->size = (uint8_t)(at - position->bytes);
	assert(position->size <= CODEC_POSITION_MAX);
}

/* Put the length in front of a body that was written one byte behind `out`. */
static size_t
codec_frame_close(uint8_t *out, const uint8_t *end)
{
	size_t size = (size_t)(end - out) - 1;

	if (size >= 0x80)
		memmove(out + 2, out + 1, size);
	assert(frame_header_size(size) <= 2);
	return frame_put(out, size) + size;
}

static uint8_t *
codec_response_begin(uint8_t *out, uint64_t request_id, const struct codec_position *position)
{
	uint8_t *at = out + 1;

	at = codec_field(at, 1, request_id);
	memcpy(at, position->bytes, position->size);
	return at + position->size;
}

size_t
codec_check_put(uint8_t out[CODEC_CHECK_MAX], uint64_t request_id,
		const struct codec_position *position, const struct codec_check *check)
{
	uint8_t *at = codec_response_begin(out, request_id, position);
	uint8_t *body;
	size_t size;

	if (check->has_known_at)
		at = codec_field(at, 4, check->known_at);
	*at++ = 10 << 3 | 2;
	body = at++;
	at = codec_field(at, 1, check->decision);
	at = codec_field(at, 2, check->reason);
	at = codec_field(at, 3, check->status);
	at = codec_day(at, 4, check->on);
	if (check->has_until)
		at = codec_day(at, 5, check->until);
	if (check->has_bar_until)
		at = codec_day(at, 6, check->bar_until);
	assert(at - body - 1 < 0x80);
	*body = (uint8_t)(at - body - 1);
	size = codec_frame_close(out, at);
	assert(size <= CODEC_CHECK_MAX);
	return size;
}

size_t
codec_error_put(uint8_t out[CODEC_ERROR_MAX], uint64_t request_id,
		const struct codec_position *position, enum status_reason reason, const char *field,
		uint32_t retry_after_ms)
{
	const struct status_row *status = status_get(reason);
	uint8_t body[CODEC_ERROR_MAX - CODEC_POSITION_MAX - 24];
	uint8_t *error = body;
	uint8_t *at = codec_response_begin(out, request_id, position);
	size_t size;

	assert(reason != STATUS_OK);
	assert(strlen(status->reason) + strlen(status->message) + strlen(status->message_zh) +
		   CODEC_FIELD_MAX + 32 <=
	       sizeof(body));
	error = codec_field(error, 1, (uint64_t)status->code);
	error = codec_text(error, 2, status->reason);
	error = codec_text(error, 3, status->message);
	error = codec_text(error, 4, status->message_zh);
	if (field != NULL && strlen(field) <= CODEC_FIELD_MAX)
		error = codec_text(error, 6, field);
	if (retry_after_ms != 0)
		error = codec_field(error, 10, retry_after_ms);
	at = codec_bytes(at, 5, body, (size_t)(error - body));
	size = codec_frame_close(out, at);
	assert(size <= CODEC_ERROR_MAX);
	return size;
}
