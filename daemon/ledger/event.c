/*
 * The canonical bytes of events, as the layout tables say. Owns nothing; called by the writer
 * (encode) and by whoever folds or shows records (decode), on any thread. Never interprets an
 * event.
 */
#include "event_layout.h"

#include <assert.h>
#include <string.h>

#define HEAD_SIZE 6

const char *
event_kind_name(enum event_kind kind)
{
	const struct layout *layout = event_layout((unsigned)kind);

	return layout == NULL ? NULL : layout->name;
}

/* Bytes on their way out; once something did not fit, nothing more is written. */
struct out {
	uint8_t *bytes;
	size_t size;
	size_t used;
	bool full;
};

static void
out_bytes(struct out *out, const void *bytes, size_t size)
{
	if (out->full || out->size - out->used < size) {
		out->full = true;
		return;
	}
	if (size > 0)
		memcpy(out->bytes + out->used, bytes, size);
	out->used += size;
}

static void
out_number(struct out *out, uint64_t number, size_t size)
{
	uint8_t bytes[8];

	assert(size <= sizeof(bytes));
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(number >> (8 * i));
	out_bytes(out, bytes, size);
}

/* Bytes on their way in; once something was missing or wrong, bad stays set. */
struct in {
	const uint8_t *bytes;
	size_t size;
	size_t used;
	bool bad;
};

static const uint8_t *
in_bytes(struct in *in, size_t size)
{
	if (in->bad || in->size - in->used < size) {
		in->bad = true;
		return NULL;
	}
	in->used += size;
	return in->bytes + in->used - size;
}

static uint64_t
in_number(struct in *in, size_t size)
{
	const uint8_t *bytes = in_bytes(in, size);
	uint64_t number = 0;

	if (bytes == NULL)
		return 0;
	for (size_t i = 0; i < size; i++)
		number |= (uint64_t)bytes[i] << (8 * i);
	return number;
}

static size_t
field_number_size(enum field_type type)
{
	switch (type) {
	case FIELD_U8:
		return 1;
	case FIELD_KIND:
	case FIELD_U32:
	case FIELD_I32:
	case FIELD_DAY:
		return 4;
	case FIELD_U64:
	case FIELD_I64:
		return 8;
	case FIELD_CODE:
	case FIELD_SLUG:
	case FIELD_TEXT:
	case FIELD_SEALED:
	case FIELD_HASH:
	case FIELD_BLOB:
		break;
	}
	return 0;
}

static void
field_encode(const struct field *field, const struct event *event, struct out *out)
{
	const uint8_t *at = (const uint8_t *)event + field->offset;
	uint64_t number = 0;

	switch (field->type) {
	case FIELD_CODE: {
		const struct code *code = (const void *)at;
		out_number(out, code->size, 1);
		out_bytes(out, code->text, code->size);
		return;
	}
	case FIELD_SLUG: {
		const struct slug *slug = (const void *)at;
		size_t size = strlen(slug->text);
		out_number(out, size, 1);
		out_bytes(out, slug->text, size);
		return;
	}
	case FIELD_TEXT: {
		const struct text *text = (const void *)at;
		out_number(out, text->size, 1);
		out_bytes(out, text->text, text->size);
		return;
	}
	case FIELD_SEALED: {
		const struct sealed *sealed = (const void *)at;
		out_number(out, sealed->size, 2);
		out_bytes(out, sealed->bytes, sealed->size);
		return;
	}
	case FIELD_HASH:
		out_bytes(out, at, RULEBOOK_HASH_SIZE);
		return;
	case FIELD_BLOB: {
		const struct blob *blob = (const void *)at;
		out_number(out, blob->size, 4);
		out_bytes(out, blob->bytes, blob->size);
		return;
	}
	case FIELD_KIND:
	case FIELD_U8:
	case FIELD_U32:
	case FIELD_U64:
	case FIELD_I32:
	case FIELD_I64:
	case FIELD_DAY:
		break;
	}
	memcpy(&number, at, field_number_size(field->type)); /* little-endian hosts: see below */
	assert(field->type != FIELD_KIND || number <= UINT8_MAX);
	out_number(out, number, field->type == FIELD_KIND ? 1 : field_number_size(field->type));
}

/* field_encode() and field_decode() copy numbers through a uint64_t from its low end. */
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the ledger runs on little-endian hosts");

static void
field_decode(const struct field *field, struct event *event, struct in *in)
{
	uint8_t *at = (uint8_t *)event + field->offset;
	const uint8_t *bytes;
	size_t size;

	switch (field->type) {
	case FIELD_CODE:
		size = in_number(in, 1);
		bytes = in_bytes(in, size);
		if (bytes != NULL && size > 0 && !code_set((const char *)bytes, size, (void *)at))
			in->bad = true;
		return;
	case FIELD_SLUG:
		size = in_number(in, 1);
		bytes = in_bytes(in, size);
		if (bytes != NULL && size > 0 && !slug_set((const char *)bytes, size, (void *)at))
			in->bad = true;
		return;
	case FIELD_TEXT:
		size = in_number(in, 1);
		bytes = in_bytes(in, size);
		if (bytes != NULL && !text_set((const char *)bytes, size, (void *)at))
			in->bad = true;
		return;
	case FIELD_SEALED: {
		struct sealed *sealed = (void *)at;
		size = in_number(in, 2);
		bytes = in_bytes(in, size);
		if (bytes == NULL || size > SEALED_SIZE_MAX) {
			in->bad = true;
			return;
		}
		memcpy(sealed->bytes, bytes, size);
		sealed->size = (uint16_t)size;
		return;
	}
	case FIELD_HASH:
		bytes = in_bytes(in, RULEBOOK_HASH_SIZE);
		if (bytes != NULL)
			memcpy(at, bytes, RULEBOOK_HASH_SIZE);
		return;
	case FIELD_BLOB: {
		struct blob *blob = (void *)at;
		size = in_number(in, 4);
		blob->bytes = in_bytes(in, size);
		blob->size = (uint32_t)size;
		return;
	}
	case FIELD_KIND:
	case FIELD_U8:
	case FIELD_U32:
	case FIELD_U64:
	case FIELD_I32:
	case FIELD_I64:
	case FIELD_DAY:
		break;
	}
	size = field_number_size(field->type);
	uint64_t number = in_number(in, field->type == FIELD_KIND ? 1 : size);
	memcpy(at, &number, size);
}

size_t
event_encode(const struct event *event, uint8_t *buffer, size_t size)
{
	const struct layout *layout = event_layout((unsigned)event->kind);
	struct out out = {.bytes = buffer, .size = size};

	assert(layout != NULL);
	out_number(&out, (uint64_t)event->kind, 1);
	out_number(&out, layout->version, 1);
	out_number(&out, 0, 4); /* the size, once it is known */

	static const struct field practitioner = {FIELD_CODE, offsetof(struct event, practitioner)};
	field_encode(&practitioner, event, &out);
	for (size_t i = 0; i < layout->count; i++)
		field_encode(&layout->fields[i], event, &out);
	if (out.full)
		return 0;

	struct out head = {.bytes = buffer + 2, .size = 4};
	out_number(&head, out.used - HEAD_SIZE, 4);
	assert(!head.full);
	return out.used;
}

size_t
event_decode(const uint8_t *bytes, size_t size, struct event *ret_event)
{
	struct in head = {.bytes = bytes, .size = size};
	unsigned kind = (unsigned)in_number(&head, 1);
	unsigned version = (unsigned)in_number(&head, 1);
	size_t body_size = in_number(&head, 4);
	const uint8_t *body = in_bytes(&head, body_size);
	const struct layout *layout = event_layout_version(kind, version);

	if (body == NULL || layout == NULL)
		return 0;

	struct in in = {.bytes = body, .size = body_size};
	static const struct field practitioner = {FIELD_CODE, offsetof(struct event, practitioner)};
	memset(ret_event, 0, sizeof(*ret_event));
	ret_event->kind = (enum event_kind)kind;
	field_decode(&practitioner, ret_event, &in);
	for (size_t i = 0; i < layout->count; i++)
		field_decode(&layout->fields[i], ret_event, &in);
	if (in.bad || in.used != in.size)
		return 0;
	return head.used;
}
