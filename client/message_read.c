/*
 * Messages by name, the reading side.
 *
 * Owns nothing: everything given out is borrowed from the reply or request it stands in. The
 * application calls it on any thread, one thread a message. It never invents a value: a field
 * that is absent answers false, whatever its type's default would be.
 */

#include "demerit.h"
#include "reply.h"

#include <assert.h>
#include <string.h>

#include "proto/words.h"

/* One place of a field that is there. */
struct message_place {
	const ProtobufCFieldDescriptor *field;
	const void *value; /* NULL: absent */
};

static const ProtobufCMessage *
message_of(const struct demerit_message *message)
{
	const ProtobufCMessage *base = (const ProtobufCMessage *)(const void *)message;

	/* A request is the Request around the body; its users mean the body. */
	if (base->descriptor != &demerit__v1__request__descriptor)
		return base;
	return (const ProtobufCMessage *)((const Demerit__V1__Request *)(const void *)base)->check;
}

static const void *
message_offset(const ProtobufCMessage *message, unsigned offset)
{
	return (const uint8_t *)message + offset;
}

static bool
message_is_pointer(const ProtobufCFieldDescriptor *field)
{
	return field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_MESSAGE;
}

/* How often the field is there. */
static size_t
message_count(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
	const void *quantifier = message_offset(message, field->quantifier_offset);

	if (field->label == PROTOBUF_C_LABEL_REPEATED)
		return *(const size_t *)quantifier;
	if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
		return *(const uint32_t *)quantifier == field->id ? 1 : 0;
	if (message_is_pointer(field))
		return *(void *const *)message_offset(message, field->offset) != NULL ? 1 : 0;
	return *(const protobuf_c_boolean *)quantifier ? 1 : 0;
}

/* Where the index-th value of that type lies; `value` is NULL if there is none. */
static struct message_place
message_find(const struct demerit_message *message, const char *name, size_t index)
{
	const ProtobufCMessage *base = message_of(message);
	struct message_place place = {0};
	const void *at;

	place.field = protobuf_c_message_descriptor_get_field_by_name(base->descriptor, name);
	if (place.field == NULL || index >= message_count(base, place.field))
		return place;
	at = message_offset(base, place.field->offset);
	if (place.field->label != PROTOBUF_C_LABEL_REPEATED)
		place.value = at;
	else if (message_is_pointer(place.field))
		place.value = *(void *const *const *)at + index;
	else
		place.value = *(const ProtobufCBinaryData *const *)at + index;
	return place;
}

static bool
message_ends_with(const char *name, const char *end)
{
	size_t size = strlen(name);
	size_t end_size = strlen(end);

	return size >= end_size && strcmp(name + size - end_size, end) == 0;
}

/* demerit.proto: an int32 is a day, except `year`; an int64 named as a time is an instant. */
static enum demerit_type
message_type(const ProtobufCFieldDescriptor *field)
{
	switch ((int)field->type) {
	case PROTOBUF_C_TYPE_INT32:
		return strcmp(field->name, "year") == 0 ? DEMERIT_TYPE_NUMBER : DEMERIT_TYPE_DAY;
	case PROTOBUF_C_TYPE_INT64:
		if (message_ends_with(field->name, "_at") || strcmp(field->name, "now") == 0)
			return DEMERIT_TYPE_INSTANT;
		return DEMERIT_TYPE_NUMBER;
	case PROTOBUF_C_TYPE_BOOL:
		return DEMERIT_TYPE_BOOL;
	case PROTOBUF_C_TYPE_ENUM:
		return DEMERIT_TYPE_WORD;
	case PROTOBUF_C_TYPE_STRING:
		return DEMERIT_TYPE_TEXT;
	case PROTOBUF_C_TYPE_BYTES:
		return DEMERIT_TYPE_BYTES;
	case PROTOBUF_C_TYPE_MESSAGE:
		return DEMERIT_TYPE_MESSAGE;
	default:
		return DEMERIT_TYPE_NUMBER;
	}
}

static void
message_describe(const ProtobufCMessage *base, const ProtobufCFieldDescriptor *field,
		 struct demerit_field *ret)
{
	*ret = (struct demerit_field){
	    .name = field->name,
	    .type = message_type(field),
	    .repeated = field->label == PROTOBUF_C_LABEL_REPEATED,
	    .count = message_count(base, field),
	};
}

bool
demerit_field_at(const struct demerit_message *message, size_t position, struct demerit_field *ret)
{
	const ProtobufCMessage *base = message_of(message);

	if (position >= base->descriptor->n_fields)
		return false;
	message_describe(base, &base->descriptor->fields[position], ret);
	return true;
}

bool
demerit_field(const struct demerit_message *message, const char *name, struct demerit_field *ret)
{
	const ProtobufCMessage *base = message_of(message);
	const ProtobufCFieldDescriptor *field =
	    protobuf_c_message_descriptor_get_field_by_name(base->descriptor, name);

	if (field == NULL)
		return false;
	message_describe(base, field, ret);
	return true;
}

bool
demerit_get_text(const struct demerit_message *message, const char *name, size_t index,
		 const char **ret)
{
	struct message_place place = message_find(message, name, index);

	if (place.value == NULL || place.field->type != PROTOBUF_C_TYPE_STRING)
		return false;
	*ret = *(const char *const *)place.value;
	return true;
}

bool
demerit_get_int(const struct demerit_message *message, const char *name, int64_t *ret)
{
	struct message_place place = message_find(message, name, 0);

	if (place.value == NULL)
		return false;
	switch ((int)place.field->type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
		*ret = *(const int32_t *)place.value;
		return true;
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_ENUM:
		*ret = *(const uint32_t *)place.value;
		return true;
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_UINT64:
		*ret = *(const int64_t *)place.value;
		return true;
	default:
		return false;
	}
}

bool
demerit_get_bool(const struct demerit_message *message, const char *name, bool *ret)
{
	struct message_place place = message_find(message, name, 0);

	if (place.value == NULL || place.field->type != PROTOBUF_C_TYPE_BOOL)
		return false;
	*ret = *(const protobuf_c_boolean *)place.value != 0;
	return true;
}

bool
demerit_get_word(const struct demerit_message *message, const char *name, const char **ret)
{
	struct message_place place = message_find(message, name, 0);
	const ProtobufCEnumDescriptor *descriptor;
	const char *word;

	if (place.value == NULL || place.field->type != PROTOBUF_C_TYPE_ENUM)
		return false;
	descriptor = place.field->descriptor;
	word = words_get(words_find(descriptor->short_name), *(const uint32_t *)place.value);
	if (word != NULL)
		*ret = word;
	return word != NULL;
}

bool
demerit_get_bytes(const struct demerit_message *message, const char *name, size_t index,
		  const uint8_t **ret, size_t *ret_size)
{
	struct message_place place = message_find(message, name, index);
	const ProtobufCBinaryData *bytes;

	if (place.value == NULL || place.field->type != PROTOBUF_C_TYPE_BYTES)
		return false;
	bytes = place.value;
	*ret = bytes->data;
	*ret_size = bytes->len;
	return true;
}

const struct demerit_message *
demerit_get(const struct demerit_message *message, const char *name, size_t index)
{
	struct message_place place = message_find(message, name, index);

	if (place.value == NULL || place.field->type != PROTOBUF_C_TYPE_MESSAGE)
		return NULL;
	return reply_message(*(const ProtobufCMessage *const *)place.value);
}
