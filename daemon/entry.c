/*
 * The body of a record, byte by byte.
 *
 * Owns the format; called by the writer (writing) and by whoever reads a record, on any thread.
 * Never trusts a length: bytes that are no body are answered false, and the caller says
 * "damaged". Never decides what an event means: the ledger encodes and decodes those.
 *
 *	u8 version = 1, u8 flags (1: a key, 2: a detail), u16 verdict, s principal, s on_behalf_of,
 *	[s key, u32 index, digest], s reply, s note, u8 count and that many u8 warnings,
 *	[s parameter, s field, s thing, i32 day, i32 min, i32 max, i32 total, s clause],
 *	u32 count and that many subjects (u8 kind, s code),
 *	u32 count and that many keys (u8 kind, s code, u32 slot, u64 id),
 *	u32 count and that many needs (s practitioner, s parameter, i32 min, i32 max, i32 total),
 *	u32 count and that many events (event.c); nothing behind them.
 *
 * s is a u8 size and that many bytes; everything is little-endian.
 */
#include "entry.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#define ENTRY_VERSION 1
#define FLAG_KEY      1
#define FLAG_DETAIL   2

enum {
	PART_SUBJECTS,
	PART_KEYS,
	PART_NEEDS,
	PART_EVENTS,
	PART_END,
};

static_assert(sizeof(((struct text *)NULL)->size) == 1, "every string here has a one-byte size");

static void
put_bytes(struct entry_pen *pen, const void *bytes, size_t size)
{
	if (pen->full || pen->size - pen->used < size) {
		pen->full = true;
		return;
	}
	memcpy(pen->bytes + pen->used, bytes, size);
	pen->used += size;
}

static void
put_u8(struct entry_pen *pen, uint8_t value)
{
	put_bytes(pen, &value, sizeof(value));
}

static void
put_u16(struct entry_pen *pen, uint16_t value)
{
	value = htole16(value);
	put_bytes(pen, &value, sizeof(value));
}

static void
put_u32(struct entry_pen *pen, uint32_t value)
{
	value = htole32(value);
	put_bytes(pen, &value, sizeof(value));
}

static void
put_i32(struct entry_pen *pen, int32_t value)
{
	put_u32(pen, (uint32_t)value);
}

static void
put_u64(struct entry_pen *pen, uint64_t value)
{
	value = htole64(value);
	put_bytes(pen, &value, sizeof(value));
}

static void
put_string(struct entry_pen *pen, const char *text, size_t size)
{
	assert(size <= UINT8_MAX);
	put_u8(pen, (uint8_t)size);
	put_bytes(pen, text, size);
}

static void
put_code(struct entry_pen *pen, const struct code *code)
{
	put_string(pen, code->text, code->size);
}

static void
put_detail(struct entry_pen *pen, const struct entry_detail *detail)
{
	put_string(pen, detail->parameter, strlen(detail->parameter));
	put_string(pen, detail->field, strlen(detail->field));
	put_code(pen, &detail->thing);
	put_i32(pen, detail->day.number);
	put_i32(pen, detail->min);
	put_i32(pen, detail->max);
	put_i32(pen, detail->total);
	put_string(pen, detail->clause.text, detail->clause.size);
}

static void
count_begin(struct entry_pen *pen)
{
	pen->count = 0;
	pen->count_at = pen->used;
	put_u32(pen, 0);
}

static void
count_end(struct entry_pen *pen)
{
	uint32_t count = htole32(pen->count);

	if (!pen->full)
		memcpy(pen->bytes + pen->count_at, &count, sizeof(count));
}

static void
part_reach(struct entry_pen *pen, uint8_t part)
{
	assert(pen->part <= part);
	while (pen->part < part) {
		count_end(pen);
		pen->part++;
		if (pen->part < PART_END)
			count_begin(pen);
	}
}

void
entry_begin(struct entry_pen *pen, uint8_t *bytes, size_t size, const struct entry_head *head)
{
	bool keyed = !code_is_empty(&head->key);

	assert(head->warnings_count <= DECISION_WARNINGS_MAX);
	*pen = (struct entry_pen){.bytes = bytes, .size = size};
	put_u8(pen, ENTRY_VERSION);
	put_u8(pen, (uint8_t)((keyed ? FLAG_KEY : 0) | (head->has_detail ? FLAG_DETAIL : 0)));
	put_u16(pen, head->verdict);
	put_code(pen, &head->principal);
	put_code(pen, &head->on_behalf_of);
	if (keyed) {
		put_code(pen, &head->key);
		put_u32(pen, head->index);
		put_bytes(pen, head->digest, ENTRY_DIGEST_SIZE);
	}
	put_code(pen, &head->reply);
	put_string(pen, head->note.text, head->note.size);
	put_u8(pen, head->warnings_count);
	put_bytes(pen, head->warnings, head->warnings_count);
	if (head->has_detail)
		put_detail(pen, &head->detail);
	count_begin(pen);
}

void
entry_put_subject(struct entry_pen *pen, enum subject_kind kind, const struct code *code)
{
	assert(pen->part == PART_SUBJECTS);
	put_u8(pen, (uint8_t)kind);
	put_code(pen, code);
	pen->count++;
}

void
entry_put_key(struct entry_pen *pen, const struct entry_key *key)
{
	part_reach(pen, PART_KEYS);
	put_u8(pen, (uint8_t)key->subject.kind);
	put_code(pen, &key->subject.code);
	put_u32(pen, key->key.slot);
	put_u64(pen, key->key.id);
	pen->count++;
}

void
entry_put_need(struct entry_pen *pen, const struct code *practitioner, const struct need *need)
{
	part_reach(pen, PART_NEEDS);
	put_code(pen, practitioner);
	put_string(pen, need->parameter, strlen(need->parameter));
	put_i32(pen, need->min);
	put_i32(pen, need->max);
	put_i32(pen, need->total);
	pen->count++;
}

void
entry_put_event(struct entry_pen *pen, const struct event *event)
{
	part_reach(pen, PART_EVENTS);
	if (pen->full)
		return;

	size_t size = event_encode(event, pen->bytes + pen->used, pen->size - pen->used);
	if (size == 0) {
		pen->full = true;
		return;
	}
	pen->used += size;
	pen->count++;
}

void
entry_put_events(struct entry_pen *pen, const uint8_t *bytes, size_t size, uint32_t count)
{
	part_reach(pen, PART_EVENTS);
	put_bytes(pen, bytes, size);
	pen->count += count;
}

size_t
entry_end(struct entry_pen *pen)
{
	part_reach(pen, PART_END);
	return pen->full ? 0 : pen->used;
}

/* Reading. A cursor that has once failed stays failed. */
struct cursor {
	const uint8_t *bytes;
	size_t size;
	bool bad;
};

static const uint8_t *
take(struct cursor *cursor, size_t size)
{
	if (cursor->bad || cursor->size < size) {
		cursor->bad = true;
		return NULL;
	}
	const uint8_t *bytes = cursor->bytes;
	cursor->bytes += size;
	cursor->size -= size;
	return bytes;
}

static uint8_t
take_u8(struct cursor *cursor)
{
	const uint8_t *bytes = take(cursor, 1);
	return bytes == NULL ? 0 : bytes[0];
}

static uint16_t
take_u16(struct cursor *cursor)
{
	const uint8_t *bytes = take(cursor, sizeof(uint16_t));
	uint16_t value = 0;

	if (bytes != NULL)
		memcpy(&value, bytes, sizeof(value));
	return le16toh(value);
}

static uint32_t
take_u32(struct cursor *cursor)
{
	const uint8_t *bytes = take(cursor, sizeof(uint32_t));
	uint32_t value = 0;

	if (bytes != NULL)
		memcpy(&value, bytes, sizeof(value));
	return le32toh(value);
}

static int32_t
take_i32(struct cursor *cursor)
{
	return (int32_t)take_u32(cursor);
}

static uint64_t
take_u64(struct cursor *cursor)
{
	const uint8_t *bytes = take(cursor, sizeof(uint64_t));
	uint64_t value = 0;

	if (bytes != NULL)
		memcpy(&value, bytes, sizeof(value));
	return le64toh(value);
}

static void
take_code(struct cursor *cursor, struct code *ret)
{
	size_t size = take_u8(cursor);
	const uint8_t *bytes = take(cursor, size);

	memset(ret, 0, sizeof(*ret));
	if (bytes == NULL || size == 0)
		return;
	if (!code_set((const char *)bytes, size, ret))
		cursor->bad = true;
}

static void
take_word(struct cursor *cursor, char ret[ENTRY_WORD_SIZE])
{
	size_t size = take_u8(cursor);
	const uint8_t *bytes = take(cursor, size);

	memset(ret, 0, ENTRY_WORD_SIZE);
	if (bytes == NULL)
		return;
	if (size >= ENTRY_WORD_SIZE || memchr(bytes, 0, size) != NULL) {
		cursor->bad = true;
		return;
	}
	memcpy(ret, bytes, size);
}

static void
take_text(struct cursor *cursor, struct text *ret)
{
	size_t size = take_u8(cursor);
	const uint8_t *bytes = take(cursor, size);

	if (bytes != NULL && !text_set((const char *)bytes, size, ret))
		cursor->bad = true;
}

static void
take_detail(struct cursor *cursor, struct entry_detail *ret)
{
	take_word(cursor, ret->parameter);
	take_word(cursor, ret->field);
	take_code(cursor, &ret->thing);
	ret->day.number = take_i32(cursor);
	ret->min = take_i32(cursor);
	ret->max = take_i32(cursor);
	ret->total = take_i32(cursor);
	take_text(cursor, &ret->clause);
}

static void
take_head(struct cursor *cursor, struct entry_head *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (take_u8(cursor) != ENTRY_VERSION)
		cursor->bad = true;

	uint8_t flags = take_u8(cursor);
	if ((flags & ~(FLAG_KEY | FLAG_DETAIL)) != 0)
		cursor->bad = true;
	ret->verdict = take_u16(cursor);
	take_code(cursor, &ret->principal);
	take_code(cursor, &ret->on_behalf_of);
	if ((flags & FLAG_KEY) != 0) {
		take_code(cursor, &ret->key);
		ret->index = take_u32(cursor);
		const uint8_t *digest = take(cursor, ENTRY_DIGEST_SIZE);
		if (digest != NULL)
			memcpy(ret->digest, digest, ENTRY_DIGEST_SIZE);
	}
	take_code(cursor, &ret->reply);
	take_text(cursor, &ret->note);
	ret->warnings_count = take_u8(cursor);
	if (ret->warnings_count > DECISION_WARNINGS_MAX) {
		cursor->bad = true;
		return;
	}
	const uint8_t *warnings = take(cursor, ret->warnings_count);
	if (warnings != NULL)
		memcpy(ret->warnings, warnings, ret->warnings_count);
	ret->has_detail = (flags & FLAG_DETAIL) != 0;
	if (ret->has_detail)
		take_detail(cursor, &ret->detail);
}

static void
take_subject(struct cursor *cursor, struct entry_subject *ret)
{
	uint8_t kind = take_u8(cursor);

	take_code(cursor, &ret->code);
	if (kind < SUBJECT_PRACTITIONER || kind > SUBJECT_CHANGE)
		cursor->bad = true;
	ret->kind = (enum subject_kind)kind;
}

static void
take_key(struct cursor *cursor, struct entry_key *ret)
{
	take_subject(cursor, &ret->subject);
	ret->key.slot = take_u32(cursor);
	ret->key.id = take_u64(cursor);
}

static void
take_need(struct cursor *cursor, struct entry_need *ret)
{
	take_code(cursor, &ret->practitioner);
	take_word(cursor, ret->parameter);
	ret->min = take_i32(cursor);
	ret->max = take_i32(cursor);
	ret->total = take_i32(cursor);
}

static struct entry_list
take_list(struct cursor *cursor, uint32_t count_max)
{
	uint32_t count = take_u32(cursor);

	if (count > count_max)
		cursor->bad = true;
	return (struct entry_list){cursor->bytes, cursor->size, cursor->bad ? 0 : count};
}

bool
entry_read(const uint8_t *bytes, size_t size, struct entry_body *ret)
{
	struct cursor cursor = {bytes, size, false};
	struct entry_subject subject;
	struct entry_key key;
	struct entry_need need;

	take_head(&cursor, &ret->head);
	ret->subjects = take_list(&cursor, ENTRY_SUBJECTS_MAX);
	for (uint32_t i = 0; i < ret->subjects.left && !cursor.bad; i++)
		take_subject(&cursor, &subject);
	ret->keys = take_list(&cursor, ENTRY_SUBJECTS_MAX);
	for (uint32_t i = 0; i < ret->keys.left && !cursor.bad; i++)
		take_key(&cursor, &key);
	ret->needs = take_list(&cursor, ENTRY_NEEDS_MAX);
	for (uint32_t i = 0; i < ret->needs.left && !cursor.bad; i++)
		take_need(&cursor, &need);
	ret->events = take_list(&cursor, UINT32_MAX);
	return !cursor.bad;
}

/* A cursor over what is left of a list, spent when nothing is. */
static struct cursor
list_cursor(const struct entry_list *list)
{
	return (struct cursor){list->bytes, list->size, list->left == 0};
}

static bool
list_taken(struct entry_list *list, const struct cursor *cursor)
{
	if (cursor->bad)
		return false;
	list->bytes = cursor->bytes;
	list->size = cursor->size;
	list->left--;
	return true;
}

bool
entry_next_subject(struct entry_list *list, struct entry_subject *ret)
{
	struct cursor cursor = list_cursor(list);

	if (cursor.bad)
		return false; /* ret may lie behind the end of what the caller has */
	take_subject(&cursor, ret);
	return list_taken(list, &cursor);
}

bool
entry_next_key(struct entry_list *list, struct entry_key *ret)
{
	struct cursor cursor = list_cursor(list);

	if (cursor.bad)
		return false; /* ret may lie behind the end of what the caller has */
	take_key(&cursor, ret);
	return list_taken(list, &cursor);
}

bool
entry_next_need(struct entry_list *list, struct entry_need *ret)
{
	struct cursor cursor = list_cursor(list);

	if (cursor.bad)
		return false; /* ret may lie behind the end of what the caller has */
	take_need(&cursor, ret);
	return list_taken(list, &cursor);
}

bool
entry_next_event(struct entry_list *list, struct event *ret)
{
	struct cursor cursor = list_cursor(list);

	if (cursor.bad)
		return false;
	size_t size = event_decode(cursor.bytes, cursor.size, ret);
	if (size == 0)
		return false;
	(void)take(&cursor, size);
	return list_taken(list, &cursor);
}
