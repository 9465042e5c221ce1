/*
 * The pre-validator: what passes is harmless to unpack, what is refused is named.
 */

#include "suites.h"

#include <stdlib.h>
#include <string.h>

#include "proto/arena.h"
#include "proto/codec.h"
#include "proto/demerit.pb-c.h"
#include "proto/limit.h"
#include "proto/precheck.h"
#include "proto/precheck_table.h"

#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1

static enum status_reason
refusal(const uint8_t *bytes, size_t size)
{
	struct precheck ret;

	return precheck_request(bytes, size, &ret);
}

/* A request 1 whose body `number` holds `body`. */
static size_t
wrap(uint8_t *out, unsigned number, const uint8_t *body, size_t size)
{
	size_t at = 0;

	out[at++] = 0x08;
	out[at++] = 0x01;
	for (size_t tag = number << 3 | 2;; tag >>= 7) {
		out[at++] = (uint8_t)(tag < 0x80 ? tag : (tag | 0x80));
		if (tag < 0x80)
			break;
	}
	for (size_t left = size;; left >>= 7) {
		out[at++] = (uint8_t)(left < 0x80 ? left : (left | 0x80));
		if (left < 0x80)
			break;
	}
	memcpy(out + at, body, size);
	return at + size;
}

START_TEST(a_plain_check_yields_its_fields)
{
	struct precheck ret;

	ck_assert_int_eq(precheck_request(BYTES("\x08\x2a\x52\x15\x0a\x04"
						"D190"
						"\x10\xe8\x07\x1a\x02"
						"H1"
						"\x20\x01\x2a\x02"
						"11"
						"\x30\x01"),
					  &ret),
			 STATUS_OK);
	ck_assert_uint_eq(ret.request_id, 42);
	ck_assert_uint_eq(ret.body, PRECHECK_CHECK);
	ck_assert_mem_eq(ret.check.practitioner.bytes, "D190", 4);
	ck_assert_uint_eq(ret.check.practitioner.size, 4);
	ck_assert(ret.check.has_on);
	ck_assert_int_eq(ret.check.on, 1000);
	ck_assert_mem_eq(ret.check.institution.bytes, "H1", 2);
	ck_assert(ret.check.emergency);
	ck_assert(ret.check.detail);
	ck_assert_mem_eq(ret.check.visit_type.bytes, "11", 2);
}
END_TEST

START_TEST(the_envelope_is_kept)
{
	struct precheck ret;

	ck_assert_int_eq(precheck_request(BYTES("\x08\x07\x10\xe8\x07\x1a\x02"
						"k1"
						"\x20\x01\x2a\x02"
						"Li"
						"\x30\x05\x38\x06\x40\x02\x48\x09\x6a\x00"),
					  &ret),
			 STATUS_OK);
	ck_assert_uint_eq(ret.body, 13);
	ck_assert_uint_eq(ret.deadline_ms, 1000);
	ck_assert_mem_eq(ret.idempotency_key.bytes, "k1", 2);
	ck_assert(ret.dry_run);
	ck_assert_mem_eq(ret.on_behalf_of.bytes, "Li", 2);
	ck_assert_uint_eq(ret.min_seq, 5);
	ck_assert_uint_eq(ret.known_at, 6);
	ck_assert_uint_eq(ret.epoch, 2);
	ck_assert_int_eq(ret.known_at_time, 9);
	ck_assert_uint_eq(ret.has, 0x3fe);
}
END_TEST

START_TEST(a_day_before_1970_is_ten_bytes_and_arrives)
{
	struct precheck ret;

	ck_assert_int_eq(precheck_request(BYTES("\x08\x01\x52\x0f\x0a\x02"
						"D1"
						"\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
					  &ret),
			 STATUS_OK);
	ck_assert_int_eq(ret.check.on, -1);
}
END_TEST

static const struct {
	const char *what;
	const char *bytes;
	size_t size;
	enum status_reason reason;
} refusals[] = {
#define ROW(what, bytes, reason)                                                                   \
	{                                                                                          \
		what, bytes, sizeof(bytes) - 1, reason                                             \
	}
    ROW("nothing at all", "", STATUS_REQUEST_ID_MISSING),
    ROW("request_id 0", "\x08\x00\x52\x00", STATUS_REQUEST_ID_MISSING),
    ROW("no body", "\x08\x01", STATUS_BODY_MISSING),
    ROW("a body from the future", "\x08\x01\xfa\x3e\x00", STATUS_BODY_UNKNOWN),
    ROW("an unknown field in a body", "\x08\x01\x52\x02\x78\x01", STATUS_FIELD_UNKNOWN),
    ROW("a tag that does not end", "\x08\x01\xd2", STATUS_MESSAGE_BAD),
    ROW("a varint that does not end", "\x08\x81", STATUS_MESSAGE_BAD),
    ROW("a varint of eleven bytes", "\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01",
	STATUS_MESSAGE_BAD),
    ROW("a varint above 64 bits", "\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02",
	STATUS_MESSAGE_BAD),
    ROW("field number 0", "\x00\x01", STATUS_MESSAGE_BAD),
    ROW("a tag above 32 bits", "\x88\x80\x80\x80\x10\x01", STATUS_MESSAGE_BAD),
    ROW("a body longer than the message", "\x08\x01\x52\x7f", STATUS_MESSAGE_BAD),
    ROW("a text longer than its message", "\x08\x01\x52\x02\x0a\x09", STATUS_MESSAGE_BAD),
    ROW("a length above 64 bits", "\x08\x01\x52\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
	STATUS_MESSAGE_BAD),
    ROW("a bool that is not there", "\x08\x01\x52\x01\x20", STATUS_MESSAGE_BAD),
    ROW("a flag twice", "\x08\x01\x52\x04\x30\x01\x30\x01", STATUS_FIELD_TWICE),
    ROW("request_id as bytes", "\x0a\x01\x01", STATUS_FIELD_WIRE_TYPE),
    ROW("a bool as fixed64", "\x21\x01\x00\x00\x00\x00\x00\x00\x00", STATUS_FIELD_WIRE_TYPE),
    ROW("a text as varint", "\x08\x01\x52\x02\x08\x01", STATUS_FIELD_WIRE_TYPE),
    ROW("a group", "\x08\x01\x53\x54", STATUS_FIELD_WIRE_TYPE),
    ROW("request_id twice", "\x08\x01\x08\x02\x52\x00", STATUS_FIELD_TWICE),
    ROW("the same body twice", "\x08\x01\x52\x00\x52\x00", STATUS_FIELD_TWICE),
    ROW("two bodies", "\x08\x01\x52\x00\x6a\x00", STATUS_FIELD_TWICE),
    ROW("a bool of 2", "\x08\x01\x20\x02\x52\x00", STATUS_FIELD_RANGE),
    ROW("deadline_ms of 2^32", "\x08\x01\x10\x80\x80\x80\x80\x10\x52\x00", STATUS_FIELD_RANGE),
    ROW("a day of 2^31", "\x08\x01\x52\x06\x10\x80\x80\x80\x80\x08", STATUS_FIELD_RANGE),
    ROW("a negative day cut to 32 bits", "\x08\x01\x52\x06\x10\xff\xff\xff\xff\x0f",
	STATUS_FIELD_RANGE),
    ROW("enum 2^32 + 1", "\x08\x01\xea\x03\x06\x10\x81\x80\x80\x80\x10", STATUS_FIELD_RANGE),
    ROW("a category of 7", "\x08\x01\xea\x03\x02\x10\x07", STATUS_FIELD_RANGE),
    ROW("a code with a NUL",
	"\x08\x01\x52\x04\x0a\x02"
	"D\0",
	STATUS_FIELD_BAD_TEXT),
    ROW("a lone continuation byte", "\x08\x01\x52\x03\x0a\x01\x80", STATUS_FIELD_BAD_TEXT),
    ROW("overlong UTF-8", "\x08\x01\x52\x04\x0a\x02\xc0\xaf", STATUS_FIELD_BAD_TEXT),
    ROW("overlong UTF-8 of three", "\x08\x01\x52\x05\x0a\x03\xe0\x80\xaf", STATUS_FIELD_BAD_TEXT),
    ROW("a surrogate", "\x08\x01\x52\x05\x0a\x03\xed\xa0\x80", STATUS_FIELD_BAD_TEXT),
    ROW("beyond U+10FFFF", "\x08\x01\x52\x06\x0a\x04\xf4\x90\x80\x80", STATUS_FIELD_BAD_TEXT),
    ROW("UTF-8 cut short", "\x08\x01\x52\x04\x0a\x02\xe6\x9d", STATUS_FIELD_BAD_TEXT),
    ROW("no UTF-8 at all", "\x08\x01\x52\x04\x0a\x02\xff\xfe", STATUS_FIELD_BAD_TEXT),
    ROW("a continuation byte missing", "\x08\x01\x52\x05\x0a\x03\xe6\x41\x80",
	STATUS_FIELD_BAD_TEXT),
#undef ROW
};

START_TEST(what_is_malformed_is_refused_by_name)
{
	enum status_reason reason = refusal((const uint8_t *)refusals[_i].bytes, refusals[_i].size);

	ck_assert_msg(reason == refusals[_i].reason, "%s: %s, not %s", refusals[_i].what,
		      status_get(reason)->reason, status_get(refusals[_i].reason)->reason);
}
END_TEST

START_TEST(a_refusal_names_message_and_field)
{
	struct precheck ret;

	precheck_request(BYTES("\x08\x09\x52\x02\x08\x01"), &ret);
	ck_assert_str_eq(ret.message_name, "Check");
	ck_assert_str_eq(ret.field_name, "practitioner");
	ck_assert_uint_eq(ret.request_id, 9);
}
END_TEST

START_TEST(every_beginning_of_a_request_is_refused_or_whole)
{
	static const char bytes[] = "\x08\x2a\x52\x0c\x0a\x04"
				    "D190"
				    "\x10\xe8\x07\x20\x01";

	for (size_t size = 0; size < sizeof(bytes) - 1; size++) {
		/* On the heap, so that a read beyond the end is seen. */
		uint8_t *part = malloc(size + 1);

		ck_assert_ptr_nonnull(part);
		memcpy(part, bytes, size);
		ck_assert_int_ne(refusal(part, size), STATUS_OK);
		free(part);
	}
}
END_TEST

START_TEST(nothing_above_the_largest_frame_is_looked_at)
{
	uint8_t *bytes = calloc(1, PROTO_FRAME_MAX + 1);

	ck_assert_ptr_nonnull(bytes);
	ck_assert_int_eq(refusal(bytes, PROTO_FRAME_MAX + 1), STATUS_FRAME_TOO_LARGE);
	ck_assert_int_eq(refusal(bytes, PROTO_FRAME_MAX), STATUS_MESSAGE_BAD);
	free(bytes);
}
END_TEST

START_TEST(chinese_text_passes)
{
	uint8_t out[64];
	static const char name[] = "\x0a\x02P1\x12\x09李某梅";
	size_t size = wrap(out, 60, BYTES(name));

	ck_assert_int_eq(refusal(out, size), STATUS_OK);
}
END_TEST

START_TEST(a_text_above_its_limit_is_refused)
{
	uint8_t body[2 + PROTO_CODE_MAX + 1] = {0x0a, PROTO_CODE_MAX + 1};
	uint8_t out[128];

	memset(body + 2, 'D', PROTO_CODE_MAX + 1);
	ck_assert_int_eq(refusal(out, wrap(out, 10, body, sizeof(body))), STATUS_FIELD_TOO_LONG);
	body[1]--;
	ck_assert_int_eq(refusal(out, wrap(out, 10, body, sizeof(body) - 1)), STATUS_OK);
}
END_TEST

START_TEST(too_many_items_are_refused)
{
	size_t room = 2 * (PROTO_ITEMS_MAX + 1) + 16;
	uint8_t *body = calloc(2, room);
	uint8_t *out = body + room;

	ck_assert_ptr_nonnull(body);
	for (size_t i = 0; i <= PROTO_ITEMS_MAX; i++)
		body[2 * i] = 0x0a;
	ck_assert_int_eq(refusal(out, wrap(out, 11, body, 2 * (PROTO_ITEMS_MAX + 1))),
			 STATUS_FIELD_TOO_MANY);
	ck_assert_int_eq(refusal(out, wrap(out, 11, body, 2 * PROTO_ITEMS_MAX)), STATUS_OK);
	free(body);
}
END_TEST

START_TEST(only_bodies_of_many_things_may_use_a_large_frame)
{
	size_t size = PROTO_FRAME_SMALL_MAX;
	uint8_t *body = calloc(2, size + 64);
	uint8_t *out = body + size + 64;
	struct precheck ret;

	/* A rulebook's text, and the same text as a note. */
	ck_assert_ptr_nonnull(body);
	memset(body, 'x', size + 64);
	memcpy(body, "\x0a\x80\x80\x04", 4);
	ck_assert_int_eq(refusal(out, wrap(out, 90, body, size + 4)), STATUS_OK);
	/* Too many small things in a body that has no need of them: aliases at most 64. */
	ck_assert_int_eq(precheck_request(out, wrap(out, 65, body, size + 4), &ret),
			 STATUS_FIELD_TOO_LONG);
	free(body);
}
END_TEST

START_TEST(the_table_agrees_with_protobuf_c)
{
	const ProtobufCMessageDescriptor *roots[] = {&demerit__v1__request__descriptor,
						     &demerit__v1__response__descriptor};
	const ProtobufCMessageDescriptor *todo[512];
	size_t places[512];
	size_t count = 2;

	todo[0] = roots[0];
	todo[1] = roots[1];
	places[0] = 0;
	places[1] = 1;
	for (size_t i = 0; i < count; i++) {
		const struct precheck_message *message = &precheck_messages[places[i]];

		ck_assert_str_eq(message->name, todo[i]->short_name);
		ck_assert_uint_ge(message->cost, todo[i]->sizeof_message);
		for (unsigned f = 0; f < todo[i]->n_fields; f++) {
			const ProtobufCFieldDescriptor *field = &todo[i]->fields[f];
			const struct precheck_field *mine = &message->fields[f];

			ck_assert_str_eq(mine->name, field->name);
			ck_assert_uint_eq(mine->number, field->id);
			ck_assert_uint_eq(message->index[mine->number], f + 1);
			ck_assert_int_eq(mine->repeated, field->label == PROTOBUF_C_LABEL_REPEATED);
			ck_assert_int_eq(mine->kind == PRECHECK_MESSAGE,
					 field->type == PROTOBUF_C_TYPE_MESSAGE);
			if (mine->kind == PRECHECK_MESSAGE && count < 512) {
				todo[count] = field->descriptor;
				places[count++] = mine->submessage;
			}
		}
	}
	ck_assert_uint_lt(count, 512);
}
END_TEST

START_TEST(the_cost_is_enough_to_unpack)
{
	/* A screen of 300 lines with 8 people each: slabs, arrays, texts and structs. */
	static char code[] = "D350102000001";
	static Demerit__V1__RoleCode roles[8];
	static Demerit__V1__RoleCode *role_list[8];
	static Demerit__V1__ScreenItem items[300];
	static Demerit__V1__ScreenItem *item_list[300];
	static uint8_t out[PROTO_FRAME_MAX];
	Demerit__V1__Screen screen = DEMERIT__V1__SCREEN__INIT;
	Demerit__V1__Request request = DEMERIT__V1__REQUEST__INIT;
	Demerit__V1__Request *unpacked;
	struct precheck ret;
	struct arena arena;
	size_t size, header;
	uint8_t *memory;

	for (size_t i = 0; i < 8; i++) {
		demerit__v1__role_code__init(&roles[i]);
		roles[i].code = code;
		role_list[i] = &roles[i];
	}
	for (size_t i = 0; i < 300; i++) {
		demerit__v1__screen_item__init(&items[i]);
		items[i].roles = role_list;
		items[i].n_roles = 8;
		item_list[i] = &items[i];
	}
	screen.items = item_list;
	screen.n_items = 300;
	request.has_request_id = true;
	request.request_id = 1;
	request.body_case = DEMERIT__V1__REQUEST__BODY_SCREEN;
	request.screen = &screen;
	size = codec_request_put(&request, out, sizeof(out));
	header = size > 16384 + 3 ? 3 : 2;
	ck_assert_int_eq(precheck_request(out + header, size - header, &ret), STATUS_OK);

	memory = aligned_alloc(16, (ret.cost + 15) & ~(size_t)15);
	ck_assert_ptr_nonnull(memory);
	arena_init(&arena, memory, ret.cost);
	ck_assert_int_eq(codec_request_unpack(out + header, size - header, &arena, &unpacked),
			 STATUS_OK);
	ck_assert_uint_eq(unpacked->screen->n_items, 300);
	ck_assert_uint_ge(arena.used * 2, ret.cost);
	free(memory);
}
END_TEST

START_TEST(a_bomb_is_too_costly)
{
	/* 4,096 people with 64 empty aliases each: 2 bytes an alias on the wire. */
	uint8_t *body = calloc(2, PROTO_FRAME_MAX);
	uint8_t *out = body + PROTO_FRAME_MAX;
	size_t at = 0;
	struct precheck ret;

	ck_assert_ptr_nonnull(body);
	for (size_t i = 0; i < PROTO_ITEMS_MAX; i++) {
		/* An item of 132 bytes: field 61, 128 bytes. */
		memcpy(body + at, "\x0a\x84\x01\xea\x03\x80\x01", 7);
		at += 7;
		for (size_t j = 0; j < 64; j++) {
			body[at++] = 0x3a;
			body[at++] = 0;
		}
	}
	ck_assert_int_eq(precheck_request(out, wrap(out, 96, body, at), &ret), STATUS_TOO_COSTLY);
	free(body);
}
END_TEST

/* Deterministic, so that a failure comes back: Marsaglia's xorshift. */
static uint64_t
next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

START_TEST(the_short_cut_says_what_the_long_way_says)
{
	static const char base[] = "\x08\x2a\x52\x15\x0a\x04"
				   "D190"
				   "\x10\xe8\x07\x1a\x02"
				   "H1"
				   "\x20\x01\x2a\x02"
				   "11"
				   "\x30";
	uint64_t state = UINT64_C(0x9e3779b97f4a7c15);
	size_t taken = 0;

	for (size_t round = 0; round < 200000; round++) {
		uint8_t bytes[sizeof(base)];
		struct precheck fast, slow;
		size_t size = sizeof(base) - 1;

		memcpy(bytes, base, sizeof(base));
		bytes[size++] = 1;
		bytes[3] = (uint8_t)(size - 4);
		for (uint64_t flips = next(&state) % 3; flips > 0; flips--)
			bytes[next(&state) % size] = (uint8_t)next(&state);
		if (!precheck_check_short(bytes, size, &fast))
			continue;
		taken++;
		ck_assert_int_eq(precheck_request_long(bytes, size, &slow), STATUS_OK);
		ck_assert_mem_eq(&fast, &slow, sizeof(fast));
	}
	ck_assert_uint_gt(taken, 60000);
}
END_TEST

START_TEST(random_bytes_never_hurt_and_what_passes_unpacks)
{
	static uint8_t memory[1 << 20] __attribute__((aligned(16)));
	uint64_t state = UINT64_C(0xdeadbeefcafef00d);
	struct arena arena;

	arena_init(&arena, memory, sizeof(memory));
	for (size_t round = 0; round < 300000; round++) {
		uint8_t bytes[24] = {0x08, 0x01};
		size_t size = 2 + next(&state) % 22;
		struct precheck ret;
		Demerit__V1__Request *request;

		for (size_t i = 2; i < size; i++)
			bytes[i] = (uint8_t)(next(&state) & (next(&state) % 2 ? 0xff : 0x1f));
		if (size > 4) {
			bytes[2] = (uint8_t)((10 + next(&state) % 6) << 3 | 2);
			bytes[3] = (uint8_t)(size - 4);
		}
		if (precheck_request(bytes, size, &ret) != STATUS_OK)
			continue;
		arena_reset(&arena);
		ck_assert_int_eq(codec_request_unpack(bytes, size, &arena, &request), STATUS_OK);
		ck_assert_uint_le(arena.used, ret.cost);
	}
}
END_TEST

START_TEST(a_response_passes_with_its_position_and_body)
{
	struct precheck ret;

	ck_assert_int_eq(
	    precheck_response(BYTES("\x08\x05\x12\x02\x18\x07\x20\x06\x52\x02\x08\x01"), &ret),
	    STATUS_OK);
	ck_assert_uint_eq(ret.request_id, 5);
	ck_assert_uint_eq(ret.body, PRECHECK_CHECK);
	ck_assert_uint_eq(ret.known_at, 6);
	ck_assert_int_eq(precheck_response(BYTES("\x08\x05\x2a\x02\x08\x05"), &ret), STATUS_OK);
	ck_assert_uint_eq(ret.body, PRECHECK_ERROR);
	ck_assert_int_eq(precheck_response(BYTES("\x08\x05"), &ret), STATUS_BODY_MISSING);
	ck_assert_int_eq(precheck_response(BYTES("\x08\x05\x48\x01"), &ret), STATUS_FIELD_UNKNOWN);
	ck_assert_int_eq(precheck_response(BYTES("\x08\x05\x52\x00\x2a\x00"), &ret),
			 STATUS_FIELD_TWICE);
}
END_TEST

Suite *
suite_precheck(void)
{
	Suite *suite = suite_create("precheck");
	TCase *tcase = tcase_create("precheck");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_plain_check_yields_its_fields);
	tcase_add_test(tcase, the_envelope_is_kept);
	tcase_add_test(tcase, a_day_before_1970_is_ten_bytes_and_arrives);
	tcase_add_loop_test(tcase, what_is_malformed_is_refused_by_name, 0,
			    (int)(sizeof(refusals) / sizeof(refusals[0])));
	tcase_add_test(tcase, a_refusal_names_message_and_field);
	tcase_add_test(tcase, every_beginning_of_a_request_is_refused_or_whole);
	tcase_add_test(tcase, nothing_above_the_largest_frame_is_looked_at);
	tcase_add_test(tcase, chinese_text_passes);
	tcase_add_test(tcase, a_text_above_its_limit_is_refused);
	tcase_add_test(tcase, too_many_items_are_refused);
	tcase_add_test(tcase, only_bodies_of_many_things_may_use_a_large_frame);
	tcase_add_test(tcase, the_table_agrees_with_protobuf_c);
	tcase_add_test(tcase, the_cost_is_enough_to_unpack);
	tcase_add_test(tcase, a_bomb_is_too_costly);
	tcase_add_test(tcase, the_short_cut_says_what_the_long_way_says);
	tcase_add_test(tcase, random_bytes_never_hurt_and_what_passes_unpacks);
	tcase_add_test(tcase, a_response_passes_with_its_position_and_body);
	suite_add_tcase(suite, tcase);
	return suite;
}
