/*
 * The validator in front of protobuf-c.
 *
 * Owns nothing but the walk. The daemon's sessions call it on every request before anything
 * else sees the bytes, the client on every response. It never allocates, never recurses and
 * never trusts a length it has not compared with what is there: measured against protobuf-c
 * 1.4.1, 1 MiB of hostile bytes unpack into 112 MiB, and 120 KB of nesting end the stack.
 */

#include "precheck.h"

#include <assert.h>
#include <string.h>

#include "limit.h"
#include "precheck_table.h"

enum { PRECHECK_ROOT_REQUEST, PRECHECK_ROOT_RESPONSE };

enum { WIRE_VARINT = 0, WIRE_BYTES = 2 };

/* protobuf-c collects a message's fields in slabs: the first 16 on its stack, then doubling. */
#define PRECHECK_SLAB_FIRST  16
#define PRECHECK_SLAB_MEMBER 32

/* The arena rounds up to this. */
#define PRECHECK_ALIGNMENT 16

/* One message being walked. */
struct precheck_level {
	const struct precheck_message *message;
	const uint8_t *end;
	uint64_t seen[PRECHECK_FIELDS_MAX / 64];
	uint32_t counts[PRECHECK_REPEATED_MAX];
	uint32_t members;
	uint32_t members_room;
};

struct precheck_walk {
	const uint8_t *at;
	size_t depth;
	struct precheck_level levels[PROTO_DEPTH_MAX];
	struct precheck *ret;
};

/* One field's value as it stands on the wire. */
struct precheck_value {
	const struct precheck_field *field;
	uint64_t number;
	const uint8_t *bytes;
	size_t size;
};

static size_t
precheck_round(size_t size)
{
	return (size + PRECHECK_ALIGNMENT - 1) & ~(size_t)(PRECHECK_ALIGNMENT - 1);
}

/* Reads at most ten bytes; false if the varint does not end before `end` or overflows. */
static bool
precheck_varint(const uint8_t **at, const uint8_t *end, uint64_t *ret)
{
	const uint8_t *byte = *at;
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64 && byte < end; shift += 7, byte++) {
		if (shift == 63 && *byte > 1)
			return false;
		value |= (uint64_t)(*byte & 0x7f) << shift;
		if (*byte < 0x80) {
			*at = byte + 1;
			*ret = value;
			return true;
		}
	}
	return false;
}

/* RFC 3629, and no NUL: a text is a C string on the other side. */
static bool
precheck_utf8(const uint8_t *at, const uint8_t *end)
{
	while (at < end) {
		size_t more;
		uint32_t point;
		static const uint32_t smallest[] = {0, 0x80, 0x800, 0x10000};

		if (*at < 0x80) {
			if (*at == 0)
				return false;
			at++;
			continue;
		}
		if (*at >= 0xc2 && *at <= 0xdf)
			more = 1;
		else if (*at >= 0xe0 && *at <= 0xef)
			more = 2;
		else if (*at >= 0xf0 && *at <= 0xf4)
			more = 3;
		else
			return false;
		if ((size_t)(end - at) <= more)
			return false;
		point = *at++ & (0x3fU >> more);
		for (size_t i = 0; i < more; i++, at++) {
			if ((*at & 0xc0) != 0x80)
				return false;
			point = point << 6 | (*at & 0x3f);
		}
		if (point < smallest[more] || point > 0x10ffff ||
		    (point >= 0xd800 && point <= 0xdfff))
			return false;
	}
	return true;
}

/* protobuf writes a negative int32 as its 64-bit extension; anything else was cut by unpack. */
static bool
precheck_in_range(const struct precheck_field *field, uint64_t value)
{
	switch ((enum precheck_kind)field->kind) {
	case PRECHECK_INT32:
		return value <= INT32_MAX || value >= (uint64_t)INT64_C(-0x80000000);
	case PRECHECK_SINT32:
	case PRECHECK_UINT32:
		return value <= UINT32_MAX;
	case PRECHECK_BOOL:
		return value <= 1;
	case PRECHECK_ENUM:
		return value <= field->size_max;
	case PRECHECK_INT64:
	case PRECHECK_UINT64:
	case PRECHECK_STRING:
	case PRECHECK_BYTES:
	case PRECHECK_MESSAGE:
		return true;
	}
	return false;
}

static bool
precheck_is_bytes(const struct precheck_field *field)
{
	return field->kind >= PRECHECK_STRING;
}

static const struct precheck_field *
precheck_field_find(const struct precheck_message *message, uint64_t number)
{
	if (number > message->number_max || message->index[number] == 0)
		return NULL;
	return &message->fields[message->index[number] - 1];
}

static void
precheck_enter(struct precheck_walk *walk, const struct precheck_message *message,
	       const uint8_t *end)
{
	assert(walk->depth < PROTO_DEPTH_MAX);
	walk->levels[walk->depth++] = (struct precheck_level){
	    .message = message,
	    .end = end,
	    .members_room = PRECHECK_SLAB_FIRST,
	};
	walk->ret->cost += precheck_round(message->cost);
}

/* The bookkeeping of one more field in a message: twice, too many, and what it will cost. */
static enum status_reason
precheck_count(struct precheck_walk *walk, struct precheck_level *level,
	       const struct precheck_field *field)
{
	uint64_t bit = UINT64_C(1) << (field->seen % 64);
	uint64_t *seen = &level->seen[field->seen / 64];

	if (++level->members > level->members_room) {
		uint32_t slab = level->members_room + PRECHECK_SLAB_FIRST;

		walk->ret->cost += (size_t)slab * PRECHECK_SLAB_MEMBER;
		level->members_room += slab;
	}
	if (!field->repeated) {
		if (*seen & bit)
			return STATUS_FIELD_TWICE;
		*seen |= bit;
		return STATUS_OK;
	}
	if (++level->counts[field->slot] > field->count_max)
		return STATUS_FIELD_TOO_MANY;
	walk->ret->cost += PRECHECK_ALIGNMENT + sizeof(void *);
	return STATUS_OK;
}

/* Read tag and value of the next field and hold it against the table. */
static enum status_reason
precheck_read(struct precheck_walk *walk, struct precheck_level *level, struct precheck_value *ret)
{
	const struct precheck_field *field;
	enum status_reason reason;
	uint64_t tag;

	if (!precheck_varint(&walk->at, level->end, &tag) || tag > UINT32_MAX || tag < 8)
		return STATUS_MESSAGE_BAD;
	field = precheck_field_find(level->message, tag >> 3);
	if (field == NULL)
		return walk->depth == 1 && tag >> 3 >= PRECHECK_BODY_MIN ? STATUS_BODY_UNKNOWN
									 : STATUS_FIELD_UNKNOWN;
	walk->ret->field_name = field->name;
	if ((tag & 7) != (precheck_is_bytes(field) ? WIRE_BYTES : WIRE_VARINT))
		return STATUS_FIELD_WIRE_TYPE;
	reason = precheck_count(walk, level, field);
	if (reason != STATUS_OK)
		return reason;
	*ret = (struct precheck_value){.field = field};
	if (!precheck_varint(&walk->at, level->end, &ret->number))
		return STATUS_MESSAGE_BAD;
	if (!precheck_is_bytes(field))
		return precheck_in_range(field, ret->number) ? STATUS_OK : STATUS_FIELD_RANGE;
	if (ret->number > (size_t)(level->end - walk->at))
		return STATUS_MESSAGE_BAD;
	ret->bytes = walk->at;
	ret->size = (size_t)ret->number;
	return STATUS_OK;
}

static enum status_reason
precheck_text_ok(struct precheck_walk *walk, const struct precheck_value *value)
{
	if (value->size > value->field->size_max)
		return STATUS_FIELD_TOO_LONG;
	if (value->field->kind == PRECHECK_STRING &&
	    !precheck_utf8(value->bytes, value->bytes + value->size))
		return STATUS_FIELD_BAD_TEXT;
	walk->ret->cost += precheck_round(value->size + 1);
	return STATUS_OK;
}

static struct precheck_text
precheck_as_text(const struct precheck_value *value)
{
	return (struct precheck_text){(const char *)value->bytes, value->size};
}

/* Keep what the envelope says. Request and Response share the numbers of none but request_id. */
static void
precheck_keep_envelope(struct precheck *ret, const struct precheck_value *value, bool request)
{
	uint32_t number = value->field->number;

	if (number >= PRECHECK_BODY_MIN || (!request && number == PRECHECK_ERROR)) {
		ret->body = number;
		return;
	}
	ret->has |= UINT32_C(1) << number;
	if (number == 1) {
		ret->request_id = value->number;
		return;
	}
	if (!request) {
		if (number == 4)
			ret->known_at = value->number;
		return;
	}
	switch (number) {
	case 2:
		ret->deadline_ms = (uint32_t)value->number;
		break;
	case 3:
		ret->idempotency_key = precheck_as_text(value);
		break;
	case 4:
		ret->dry_run = value->number != 0;
		break;
	case 5:
		ret->on_behalf_of = precheck_as_text(value);
		break;
	case 6:
		ret->min_seq = value->number;
		break;
	case 7:
		ret->known_at = value->number;
		break;
	case 8:
		ret->epoch = value->number;
		break;
	case 9:
		ret->known_at_time = (int64_t)value->number;
		break;
	default:
		break;
	}
}

static void
precheck_keep_check(struct precheck_check *check, const struct precheck_value *value)
{
	switch (value->field->number) {
	case 1:
		check->practitioner = precheck_as_text(value);
		break;
	case 2:
		check->on = (int32_t)(int64_t)value->number;
		check->has_on = true;
		break;
	case 3:
		check->institution = precheck_as_text(value);
		break;
	case 4:
		check->emergency = value->number != 0;
		break;
	case 5:
		check->visit_type = precheck_as_text(value);
		break;
	case 6:
		check->detail = value->number != 0;
		break;
	default:
		break;
	}
}

/* One field: read it, keep what the hot path wants, go down into it if it is a message. */
static enum status_reason
precheck_step(struct precheck_walk *walk, bool request)
{
	struct precheck_level *level = &walk->levels[walk->depth - 1];
	struct precheck_value value;
	enum status_reason reason;

	walk->ret->message_name = level->message->name;
	walk->ret->field_name = NULL;
	reason = precheck_read(walk, level, &value);
	if (reason != STATUS_OK)
		return reason;
	if (walk->depth == 1)
		precheck_keep_envelope(walk->ret, &value, request);
	else if (walk->depth == 2 && request && walk->ret->body == PRECHECK_CHECK)
		precheck_keep_check(&walk->ret->check, &value);
	if (!precheck_is_bytes(value.field))
		return STATUS_OK;
	if (value.field->kind != PRECHECK_MESSAGE) {
		walk->at += value.size;
		return precheck_text_ok(walk, &value);
	}
	if (walk->depth == PROTO_DEPTH_MAX)
		return STATUS_TOO_DEEP;
	precheck_enter(walk, &precheck_messages[value.field->submessage], value.bytes + value.size);
	return walk->ret->cost > PROTO_COST_MAX ? STATUS_TOO_COSTLY : STATUS_OK;
}

static enum status_reason
precheck_walk_all(const uint8_t *bytes, size_t size, unsigned root, struct precheck *ret)
{
	struct precheck_walk walk = {.at = bytes, .ret = ret};

	assert(bytes != NULL || size == 0);
	assert(root < precheck_messages_count);

	*ret = (struct precheck){0};
	if (size > PROTO_FRAME_MAX)
		return STATUS_FRAME_TOO_LARGE;
	precheck_enter(&walk, &precheck_messages[root], bytes + size);
	while (walk.depth > 0) {
		enum status_reason reason;

		if (walk.at == walk.levels[walk.depth - 1].end) {
			walk.depth--;
			continue;
		}
		reason = precheck_step(&walk, root == PRECHECK_ROOT_REQUEST);
		if (reason != STATUS_OK)
			return reason;
	}
	ret->message_name = NULL;
	ret->field_name = NULL;
	return ret->cost > PROTO_COST_MAX ? STATUS_TOO_COSTLY : STATUS_OK;
}

enum status_reason
precheck_request_long(const uint8_t *bytes, size_t size, struct precheck *ret)
{
	enum status_reason reason = precheck_walk_all(bytes, size, PRECHECK_ROOT_REQUEST, ret);
	const struct precheck_field *body;

	if (reason != STATUS_OK)
		return reason;
	if (ret->request_id == 0)
		return STATUS_REQUEST_ID_MISSING;
	if (ret->body == 0)
		return STATUS_BODY_MISSING;
	body = precheck_field_find(&precheck_messages[PRECHECK_ROOT_REQUEST], ret->body);
	assert(body != NULL);
	if (size > PROTO_FRAME_SMALL_MAX && !body->large) {
		ret->field_name = body->name;
		return STATUS_FRAME_TOO_LARGE;
	}
	return STATUS_OK;
}

enum status_reason
precheck_request(const uint8_t *bytes, size_t size, struct precheck *ret)
{
	if (precheck_check_short(bytes, size, ret))
		return STATUS_OK;
	return precheck_request_long(bytes, size, ret);
}

enum status_reason
precheck_response(const uint8_t *bytes, size_t size, struct precheck *ret)
{
	enum status_reason reason = precheck_walk_all(bytes, size, PRECHECK_ROOT_RESPONSE, ret);

	if (reason == STATUS_OK && ret->body == 0)
		return STATUS_BODY_MISSING;
	return reason;
}
