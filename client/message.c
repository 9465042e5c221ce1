/*
 * Messages by name: every request and reply through the schema's own descriptors.
 *
 * Owns requests under construction, on the heap, part by part. The application calls it on any
 * thread, one thread a message. It never talks to anybody.
 */

#include "demerit.h"
#include "reply.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "proto/words.h"

#define BODY_NUMBER_MIN 10

static ProtobufCMessage *
message_change(struct demerit_message *message)
{
	return (ProtobufCMessage *)(void *)message;
}

static const ProtobufCMessage *
message_read(const struct demerit_message *message)
{
	return (const ProtobufCMessage *)(const void *)message;
}

static const ProtobufCFieldDescriptor *
message_field(const ProtobufCMessage *message, const char *name)
{
	return protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);
}

static void *
message_at(ProtobufCMessage *message, unsigned offset)
{
	return (uint8_t *)message + offset;
}

static bool
message_is_repeated(const ProtobufCFieldDescriptor *field)
{
	return field->label == PROTOBUF_C_LABEL_REPEATED;
}

static bool
message_is_oneof(const ProtobufCFieldDescriptor *field)
{
	return (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
}

/* A request is the Request around the body; its users mean the body. */
static ProtobufCMessage *
message_body(struct demerit_message *message)
{
	ProtobufCMessage *base = message_change(message);

	if (base->descriptor != &demerit__v1__request__descriptor)
		return base;
	return (ProtobufCMessage *)((Demerit__V1__Request *)(void *)base)->check;
}

static const ProtobufCMessage *
message_body_read(const struct demerit_message *message)
{
	const ProtobufCMessage *base = message_read(message);

	if (base->descriptor != &demerit__v1__request__descriptor)
		return base;
	return (const ProtobufCMessage *)((const Demerit__V1__Request *)(const void *)base)->check;
}

static ProtobufCMessage *
message_new(const ProtobufCMessageDescriptor *descriptor)
{
	ProtobufCMessage *message = malloc(descriptor->sizeof_message);

	if (message != NULL)
		protobuf_c_message_init(descriptor, message);
	return message;
}

struct demerit_message *
demerit_request_new(const char *body)
{
	const ProtobufCFieldDescriptor *field;
	Demerit__V1__Request *request;
	ProtobufCMessage *inside;

	field = protobuf_c_message_descriptor_get_field_by_name(&demerit__v1__request__descriptor,
								body);
	if (field == NULL || field->id < BODY_NUMBER_MIN)
		return NULL;
	inside = message_new(field->descriptor);
	request = calloc(1, sizeof(*request));
	if (inside == NULL || request == NULL) {
		free(inside);
		free(request);
		return NULL;
	}
	demerit__v1__request__init(request);
	request->body_case = (Demerit__V1__Request__BodyCase)field->id;
	request->check = (Demerit__V1__Check *)(void *)inside;
	return (struct demerit_message *)request;
}

struct demerit_message *
demerit_request_free(struct demerit_message *message)
{
	if (message != NULL)
		demerit__v1__request__free_unpacked((Demerit__V1__Request *)(void *)message, NULL);
	return NULL;
}

static int
message_replace_text(char **place, const char *text)
{
	char *copy = strdup(text);

	if (copy == NULL)
		return -ENOMEM;
	free(*place);
	*place = copy;
	return 0;
}

int
demerit_set_text(struct demerit_message *message, const char *name, const char *text)
{
	ProtobufCMessage *body = message_body(message);
	const ProtobufCFieldDescriptor *field = message_field(body, name);

	if (field == NULL)
		return -ENOENT;
	if (field->type != PROTOBUF_C_TYPE_STRING || message_is_repeated(field))
		return -EINVAL;
	return message_replace_text(message_at(body, field->offset), text);
}

/* One more element in a list of pointers. */
static int
message_append(ProtobufCMessage *body, const ProtobufCFieldDescriptor *field, void *element)
{
	size_t *count = message_at(body, field->quantifier_offset);
	void ***list = message_at(body, field->offset);
	void **longer = realloc(*list, (*count + 1) * sizeof(void *));

	if (longer == NULL)
		return -ENOMEM;
	longer[(*count)++] = element;
	*list = longer;
	return 0;
}

int
demerit_add_text(struct demerit_message *message, const char *name, const char *text)
{
	ProtobufCMessage *body = message_body(message);
	const ProtobufCFieldDescriptor *field = message_field(body, name);
	char *copy;
	int result;

	if (field == NULL)
		return -ENOENT;
	if (field->type != PROTOBUF_C_TYPE_STRING || !message_is_repeated(field))
		return -EINVAL;
	copy = strdup(text);
	if (copy == NULL)
		return -ENOMEM;
	result = message_append(body, field, copy);
	if (result < 0)
		free(copy);
	return result;
}

struct demerit_message *
demerit_add(struct demerit_message *message, const char *name)
{
	ProtobufCMessage *body = message_body(message);
	const ProtobufCFieldDescriptor *field = message_field(body, name);
	ProtobufCMessage **place;
	ProtobufCMessage *inside;

	if (field == NULL || field->type != PROTOBUF_C_TYPE_MESSAGE)
		return NULL;
	place = message_at(body, field->offset);
	if (message_is_oneof(field)) {
		uint32_t *which = message_at(body, field->quantifier_offset);

		if (*which != 0)
			return *which == field->id ? (struct demerit_message *)*place : NULL;
		inside = message_new(field->descriptor);
		if (inside != NULL) {
			*which = field->id;
			*place = inside;
		}
		return (struct demerit_message *)inside;
	}
	if (!message_is_repeated(field)) {
		if (*place == NULL)
			*place = message_new(field->descriptor);
		return (struct demerit_message *)*place;
	}
	inside = message_new(field->descriptor);
	if (inside != NULL && message_append(body, field, inside) < 0) {
		free(inside);
		return NULL;
	}
	return (struct demerit_message *)inside;
}

static bool
message_number_fits(const ProtobufCFieldDescriptor *field, int64_t number)
{
	switch ((int)field->type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
		return number >= INT32_MIN && number <= INT32_MAX;
	case PROTOBUF_C_TYPE_UINT32:
		return number >= 0 && number <= UINT32_MAX;
	case PROTOBUF_C_TYPE_UINT64:
		return number >= 0;
	case PROTOBUF_C_TYPE_INT64:
		return true;
	default:
		return false;
	}
}

static int
message_set_number(struct demerit_message *message, const char *name, int64_t number)
{
	ProtobufCMessage *body = message_body(message);
	const ProtobufCFieldDescriptor *field = message_field(body, name);
	bool is_wide =
	    field->type == PROTOBUF_C_TYPE_INT64 || field->type == PROTOBUF_C_TYPE_UINT64;
	protobuf_c_boolean *has = message_at(body, field->quantifier_offset);

	assert(field->label == PROTOBUF_C_LABEL_OPTIONAL && !message_is_oneof(field));
	*has = 1;
	if (is_wide)
		memcpy(message_at(body, field->offset), &number, sizeof(number));
	else
		memcpy(message_at(body, field->offset), &(uint32_t){(uint32_t)number},
		       sizeof(uint32_t));
	return 0;
}

int
demerit_set_int(struct demerit_message *message, const char *name, int64_t number)
{
	const ProtobufCFieldDescriptor *field = message_field(message_body(message), name);

	if (field == NULL)
		return -ENOENT;
	if (!message_number_fits(field, number))
		return -EINVAL;
	return message_set_number(message, name, number);
}

int
demerit_set_bool(struct demerit_message *message, const char *name, bool flag)
{
	const ProtobufCFieldDescriptor *field = message_field(message_body(message), name);

	if (field == NULL)
		return -ENOENT;
	if (field->type != PROTOBUF_C_TYPE_BOOL)
		return -EINVAL;
	return message_set_number(message, name, flag);
}

static const struct words *
message_words(const ProtobufCFieldDescriptor *field)
{
	const ProtobufCEnumDescriptor *descriptor = field->descriptor;
	const struct words *words = words_find(descriptor->short_name);

	assert(words != NULL);
	return words;
}

int
demerit_set_word(struct demerit_message *message, const char *name, const char *word)
{
	const ProtobufCFieldDescriptor *field = message_field(message_body(message), name);
	unsigned value;

	if (field == NULL)
		return -ENOENT;
	if (field->type != PROTOBUF_C_TYPE_ENUM)
		return -EINVAL;
	value = words_value(message_words(field), word);
	return value == 0 ? -EINVAL : message_set_number(message, name, value);
}

const char *
demerit_word(const struct demerit_message *message, const char *name, size_t index)
{
	const ProtobufCFieldDescriptor *field = message_field(message_body_read(message), name);

	if (field == NULL || field->type != PROTOBUF_C_TYPE_ENUM)
		return NULL;
	return words_get(message_words(field), (unsigned)index + 1);
}
