/*
 * The canonical bytes of events. Owns the layout tables; called by the writer (encode) and by
 * whoever folds or shows records (decode), on any thread. Never interprets an event.
 *
 * One event: kind u8, version u8, size u32 of what follows, then the practitioner's code and the
 * fields of its kind in the order of the tables below. Little-endian, no padding:
 *
 *   code, text     u8 size, bytes          slug        as code
 *   sealed         u16 size, bytes         blob        u32 size, bytes
 *   u8 u32 u64 i64                         kind        u8 (an enum)
 *   i32, day       4 bytes, two's complement           hash 32 bytes
 *
 * A later version of a kind gets a layout of its own beside the old one, which stays.
 */
#include "event.h"

#include <assert.h>
#include <string.h>

enum field_type {
	FIELD_CODE,
	FIELD_SLUG,
	FIELD_TEXT,
	FIELD_SEALED,
	FIELD_KIND,
	FIELD_U8,
	FIELD_U32,
	FIELD_U64,
	FIELD_I32,
	FIELD_I64,
	FIELD_DAY,
	FIELD_HASH,
	FIELD_BLOB,
};

struct field {
	enum field_type type;
	size_t offset;
};

#define FIELDS_MAX 20

struct layout {
	const char *name;
	uint8_t version;
	uint8_t count;
	struct field fields[FIELDS_MAX];
};

#define AT(type, member)                                                                           \
	{                                                                                          \
		type, offsetof(struct event, member)                                               \
	}
#define RULEBOOK_ID(member)                                                                        \
	AT(FIELD_SLUG, member.slug), AT(FIELD_DAY, member.version), AT(FIELD_HASH, member.hash)
#define REGISTRATION_LAYOUT(event_name)                                                            \
	{                                                                                          \
		event_name, 1, 2,                                                                  \
		{                                                                                  \
			AT(FIELD_CODE, registration.institution), AT(FIELD_DAY, registration.on)   \
		}                                                                                  \
	}
#define OPERATOR_LAYOUT(event_name)                                                                \
	{                                                                                          \
		event_name, 1, 4,                                                                  \
		{                                                                                  \
			AT(FIELD_U64, operator.number), AT(FIELD_U64, operator.sequence),          \
			    AT(FIELD_HASH, operator.root), AT(FIELD_TEXT, operator.note)           \
		}                                                                                  \
	}

/* Enums are written as one byte and live in memory as ints. */
static_assert(sizeof(enum category) == 4, "FIELD_KIND reads and writes four bytes in memory");

static const struct layout layouts[] = {
    [EVENT_INSTITUTION_ADDED] = {"institution_added",
				 1,
				 4,
				 {AT(FIELD_CODE, institution.code),
				  AT(FIELD_CODE, institution.region),
				  AT(FIELD_KIND, institution.kind),
				  AT(FIELD_SEALED, institution.name)}},
    [EVENT_PRACTITIONER_ADDED] = {"practitioner_added",
				  1,
				  2,
				  {AT(FIELD_KIND, practitioner_added.category),
				   AT(FIELD_SEALED, practitioner_added.name)}},
    [EVENT_REGISTRATION_JOINED] = REGISTRATION_LAYOUT("registration_joined"),
    [EVENT_REGISTRATION_LEFT] = REGISTRATION_LAYOUT("registration_left"),
    [EVENT_REREGISTERED] = REGISTRATION_LAYOUT("reregistered"),
    [EVENT_PENALTY_RECORDED] = {"penalty_recorded",
				1,
				9,
				{AT(FIELD_CODE, penalty.penalty),
				 AT(FIELD_CODE, penalty.institution), AT(FIELD_KIND, penalty.kind),
				 AT(FIELD_DAY, penalty.on), AT(FIELD_I64, penalty.amount_fen),
				 AT(FIELD_TEXT, penalty.measure), AT(FIELD_TEXT, penalty.article),
				 AT(FIELD_TEXT, penalty.authority), AT(FIELD_CODE, penalty.clue)}},
    [EVENT_PENALTY_OVERTURNED] = {"penalty_overturned",
				  1,
				  4,
				  {AT(FIELD_CODE, overturned.penalty), AT(FIELD_DAY, overturned.on),
				   AT(FIELD_U32, overturned.subjects),
				   AT(FIELD_SEALED, overturned.reason)}},
    [EVENT_POINTS_RECORDED] =
	{"points_recorded",
	 1,
	 17,
	 {AT(FIELD_CODE, points.entry), AT(FIELD_CODE, points.penalty),
	  AT(FIELD_CODE, points.institution), AT(FIELD_CODE, points.situation),
	  AT(FIELD_I32, points.points), AT(FIELD_KIND, points.level),
	  AT(FIELD_DAY, points.scored_on), AT(FIELD_DAY, points.conduct_from),
	  AT(FIELD_DAY, points.conduct_to), AT(FIELD_I32, points.cap), AT(FIELD_I32, points.total),
	  AT(FIELD_I32, points.measure_threshold), AT(FIELD_CODE, points.measure_action),
	  RULEBOOK_ID(points.rulebook), AT(FIELD_SEALED, points.reason)}},
    [EVENT_POINTS_FELL] = {"points_fell",
			   1,
			   4,
			   {AT(FIELD_U8, fell.entry), AT(FIELD_KIND, fell.why),
			    AT(FIELD_DAY, fell.on), AT(FIELD_SEALED, fell.reason)}},
    [EVENT_SANCTION_SET] = {"sanction_set",
			    1,
			    19,
			    {AT(FIELD_CODE, sanction.sanction), AT(FIELD_KIND, sanction.kind),
			     AT(FIELD_KIND, sanction.path), AT(FIELD_DAY, sanction.from),
			     AT(FIELD_DAY, sanction.until), AT(FIELD_I32, sanction.months),
			     AT(FIELD_I32, sanction.bar_years), AT(FIELD_DAY, sanction.bar_until),
			     AT(FIELD_U8, sanction.exempt), AT(FIELD_U8, sanction.entry),
			     AT(FIELD_U64, sanction.basis), AT(FIELD_U64, sanction.supersedes),
			     AT(FIELD_U8, sanction.superseded_by), AT(FIELD_KIND, sanction.overlap),
			     AT(FIELD_I32, sanction.credit_days), RULEBOOK_ID(sanction.rulebook),
			     AT(FIELD_TEXT, sanction.clause)}},
    [EVENT_SANCTION_LIFTED] = {"sanction_lifted",
			       1,
			       3,
			       {AT(FIELD_U8, lifted.sanction), AT(FIELD_KIND, lifted.why),
				AT(FIELD_DAY, lifted.on)}},
    [EVENT_FOREIGN_SANCTION_SET] = {"foreign_sanction_set",
				    1,
				    10,
				    {AT(FIELD_CODE, foreign.sanction), AT(FIELD_KIND, foreign.kind),
				     AT(FIELD_DAY, foreign.from), AT(FIELD_DAY, foreign.until),
				     AT(FIELD_DAY, foreign.noted_on), AT(FIELD_U8, foreign.exempt),
				     AT(FIELD_TEXT, foreign.source), AT(FIELD_TEXT, foreign.number),
				     AT(FIELD_TEXT, foreign.clause), AT(FIELD_TEXT, foreign.note)}},
    [EVENT_FOREIGN_SANCTION_ENDED] = {"foreign_sanction_ended",
				      1,
				      2,
				      {AT(FIELD_U8, foreign_ended.sanction),
				       AT(FIELD_DAY, foreign_ended.on)}},
    [EVENT_INSTITUTION_NOTED] = {"institution_noted",
				 1,
				 7,
				 {AT(FIELD_CODE, noted.institution), AT(FIELD_DAY, noted.from),
				  AT(FIELD_DAY, noted.until), AT(FIELD_TEXT, noted.source),
				  AT(FIELD_TEXT, noted.number), AT(FIELD_TEXT, noted.clause),
				  AT(FIELD_TEXT, noted.note)}},
    [EVENT_RULES_LOADED] = {"rules_loaded",
			    1,
			    5,
			    {AT(FIELD_KIND, rules.kind), RULEBOOK_ID(rules.id),
			     AT(FIELD_BLOB, rules.text)}},
    [EVENT_LEDGER_BEGUN] = OPERATOR_LAYOUT("ledger_begun"),
    [EVENT_EPOCH_BEGUN] = OPERATOR_LAYOUT("epoch_begun"),
    [EVENT_TAIL_CUT] = OPERATOR_LAYOUT("tail_cut"),
    [EVENT_CLOCK_ACCEPTED] = OPERATOR_LAYOUT("clock_accepted"),
};

#define LAYOUTS_COUNT (sizeof(layouts) / sizeof(layouts[0]))
#define HEAD_SIZE     6

static const struct layout *
layout_of(unsigned kind)
{
	if (kind >= LAYOUTS_COUNT || layouts[kind].name == NULL)
		return NULL;
	return &layouts[kind];
}

const char *
event_kind_name(enum event_kind kind)
{
	const struct layout *layout = layout_of((unsigned)kind);

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
	case FIELD_BLOB:
		out_number(out, event->rules.text_size, 4);
		out_bytes(out, event->rules.text, event->rules.text_size);
		return;
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
	case FIELD_BLOB:
		size = in_number(in, 4);
		event->rules.text = in_bytes(in, size);
		event->rules.text_size = (uint32_t)size;
		return;
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
	const struct layout *layout = layout_of((unsigned)event->kind);
	struct out out = {.bytes = buffer, .size = size};

	assert(layout != NULL);
	out_number(&out, (uint64_t)event->kind, 1);
	out_number(&out, layout->version, 1);
	out_number(&out, 0, 4); /* the size, once it is known */

	static const struct field practitioner = AT(FIELD_CODE, practitioner);
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
	const struct layout *layout = layout_of(kind);

	if (body == NULL || layout == NULL || version == 0 || version > layout->version)
		return 0;

	struct in in = {.bytes = body, .size = body_size};
	static const struct field practitioner = AT(FIELD_CODE, practitioner);
	memset(ret_event, 0, sizeof(*ret_event));
	ret_event->kind = (enum event_kind)kind;
	field_decode(&practitioner, ret_event, &in);
	for (size_t i = 0; i < layout->count; i++)
		field_decode(&layout->fields[i], ret_event, &in);
	if (in.bad || in.used != in.size)
		return 0;
	return head.used;
}
