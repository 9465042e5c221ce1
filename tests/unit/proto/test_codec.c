/*
 * The codec: what is written by hand is what protobuf-c writes.
 */

#include "suites.h"

#include <stdlib.h>
#include <string.h>

#include "proto/codec.h"
#include "proto/demerit.pb-c.h"
#include "proto/frame.h"
#include "proto/precheck.h"

static const uint8_t ledger_id[PROTO_LEDGER_ID_SIZE] = {1, 2,  3,  4,  5,  6,  7,  8,
							9, 10, 11, 12, 13, 14, 15, 16};

/* Ordinary values and the extremes of each. */
static const struct {
	uint64_t request_id;
	uint64_t sequence;
	int64_t recorded_at;
	struct codec_check check;
} checks[] = {
    {1, 1, 0, {.decision = 1, .reason = 1, .status = 1, .on = 20000}},
    {300,
     4711,
     INT64_C(1750000000000000),
     {.decision = 4, .reason = 3, .status = 2, .on = 20100, .until = 20200, .has_until = true}},
    {UINT64_MAX,
     UINT64_MAX,
     INT64_MIN,
     {.decision = 4,
      .reason = 4,
      .status = 3,
      .on = INT32_MIN,
      .until = -1,
      .has_until = true,
      .bar_until = INT32_MIN,
      .has_bar_until = true,
      .known_at = UINT64_MAX,
      .has_known_at = true}},
};

static size_t
pack_by_library(uint8_t *out, size_t room, size_t i)
{
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	Demerit__V1__Position position = DEMERIT__V1__POSITION__INIT;
	Demerit__V1__CheckReply reply = DEMERIT__V1__CHECK_REPLY__INIT;
	const struct codec_check *check = &checks[i].check;

	response.has_request_id = true;
	response.request_id = checks[i].request_id;
	response.position = &position;
	position.has_ledger_id = true;
	position.ledger_id.data = (uint8_t *)(uintptr_t)ledger_id;
	position.ledger_id.len = sizeof(ledger_id);
	position.has_epoch = position.has_sequence = position.has_recorded_at = true;
	position.epoch = 3;
	position.sequence = checks[i].sequence;
	position.recorded_at = checks[i].recorded_at;
	response.has_known_at = check->has_known_at;
	response.known_at = check->known_at;
	response.body_case = DEMERIT__V1__RESPONSE__BODY_CHECK;
	response.check = &reply;
	reply.has_decision = reply.has_reason = reply.has_status = reply.has_on = true;
	reply.decision = (Demerit__V1__Decision)check->decision;
	reply.reason = (Demerit__V1__DecisionReason)check->reason;
	reply.status = (Demerit__V1__EligibilityStatus)check->status;
	reply.on = check->on;
	reply.has_until_day = check->has_until;
	reply.until_day = check->until;
	reply.has_bar_until = check->has_bar_until;
	reply.bar_until = check->bar_until;
	return codec_response_put(&response, out, room);
}

START_TEST(a_check_by_hand_is_the_librarys_bytes)
{
	struct codec_position position;
	uint8_t mine[CODEC_CHECK_MAX];
	uint8_t theirs[512];
	size_t size;

	codec_position_set(&position, ledger_id, 3, checks[_i].sequence, checks[_i].recorded_at);
	size = codec_check_put(mine, checks[_i].request_id, &position, &checks[_i].check);
	ck_assert_uint_eq(size, pack_by_library(theirs, sizeof(theirs), (size_t)_i));
	ck_assert_mem_eq(mine, theirs, size);
}
END_TEST

START_TEST(an_error_by_hand_is_understood)
{
	static uint8_t memory[1 << 16] __attribute__((aligned(16)));
	struct codec_position position;
	uint8_t out[CODEC_ERROR_MAX];
	struct frame frame;
	struct precheck ret;
	struct arena arena;
	Demerit__V1__Response *response;
	size_t size;

	codec_position_set(&position, ledger_id, UINT64_MAX, UINT64_MAX, INT64_MIN);
	size = codec_error_put(out, UINT64_MAX, &position, (enum status_reason)_i,
			       "a_field_with_a_long_name", UINT32_MAX);
	ck_assert_int_eq(frame_peek(out, size, PROTO_FRAME_MAX, &frame), FRAME_OK);
	ck_assert_uint_eq(frame.header_size + frame.body_size, size);
	ck_assert_int_eq(precheck_response(out + frame.header_size, frame.body_size, &ret),
			 STATUS_OK);
	arena_init(&arena, memory, sizeof(memory));
	ck_assert_int_eq(
	    codec_response_unpack(out + frame.header_size, frame.body_size, &arena, &response),
	    STATUS_OK);
	ck_assert_int_eq(response->body_case, DEMERIT__V1__RESPONSE__BODY_ERROR);
	ck_assert_int_eq((int)response->error->code, (int)status_get((enum status_reason)_i)->code);
	ck_assert_str_eq(response->error->reason, status_get((enum status_reason)_i)->reason);
	ck_assert_str_eq(response->error->field, "a_field_with_a_long_name");
	ck_assert_uint_eq(response->error->retry_after_ms, UINT32_MAX);
}
END_TEST

START_TEST(an_error_without_a_position_has_none)
{
	static const struct codec_position none;
	uint8_t out[CODEC_ERROR_MAX];
	struct precheck ret;
	struct frame frame;
	size_t size = codec_error_put(out, 0, &none, STATUS_FRAME_BAD, NULL, 0);

	ck_assert_int_eq(frame_peek(out, size, PROTO_FRAME_MAX, &frame), FRAME_OK);
	ck_assert_int_eq(precheck_response(out + frame.header_size, frame.body_size, &ret),
			 STATUS_OK);
	ck_assert_uint_eq(ret.has, 1U << 1);
	ck_assert_uint_eq(ret.request_id, 0);
}
END_TEST

START_TEST(put_writes_nothing_where_there_is_no_room)
{
	uint8_t out[512];
	size_t size = pack_by_library(out, sizeof(out), 1);

	ck_assert_uint_gt(size, 0);
	memset(out, 0xee, sizeof(out));
	ck_assert_uint_eq(pack_by_library(out, size - 1, 1), 0);
	for (size_t i = 0; i < sizeof(out); i++)
		ck_assert_uint_eq(out[i], 0xee);
	ck_assert_uint_eq(pack_by_library(out, size, 1), size);
}
END_TEST

/* A penalty overturned with choices: nested, repeated, texts. */
static size_t
pack_overturn(uint8_t *out, size_t room)
{
	Demerit__V1__Request request = DEMERIT__V1__REQUEST__INIT;
	Demerit__V1__PenaltyOverturn overturn = DEMERIT__V1__PENALTY_OVERTURN__INIT;
	static char code[] = "D350102000001";
	Demerit__V1__Choice choices[20];
	Demerit__V1__Choice *list[20];

	for (size_t i = 0; i < 20; i++) {
		demerit__v1__choice__init(&choices[i]);
		choices[i].practitioner = code;
		choices[i].has_months = true;
		choices[i].months = (uint32_t)i;
		list[i] = &choices[i];
	}
	overturn.id = (char[]){"I-1"};
	overturn.reason = (char[]){"复议撤销"};
	overturn.choices = list;
	overturn.n_choices = 20;
	request.has_request_id = true;
	request.request_id = 9;
	request.body_case = DEMERIT__V1__REQUEST__BODY_PENALTY_OVERTURN;
	request.penalty_overturn = &overturn;
	return codec_request_put(&request, out, room);
}

START_TEST(unpacking_ends_cleanly_at_every_size_of_arena)
{
	uint8_t out[4096];
	size_t size = pack_overturn(out, sizeof(out));
	struct frame frame;
	struct precheck ret;
	bool fitted = false;

	ck_assert_int_eq(frame_peek(out, size, PROTO_FRAME_MAX, &frame), FRAME_OK);
	ck_assert_int_eq(precheck_request(out + frame.header_size, frame.body_size, &ret),
			 STATUS_OK);
	for (size_t room = 0; room <= ret.cost; room += 16) {
		uint8_t *memory = aligned_alloc(16, room + 16);
		Demerit__V1__Request *request = NULL;
		struct arena arena;
		enum status_reason reason;

		ck_assert_ptr_nonnull(memory);
		arena_init(&arena, memory, room);
		reason = codec_request_unpack(out + frame.header_size, frame.body_size, &arena,
					      &request);
		ck_assert_int_eq(reason, request == NULL ? STATUS_TOO_COSTLY : STATUS_OK);
		fitted |= request != NULL;
		free(memory);
	}
	ck_assert(fitted);
}
END_TEST

START_TEST(the_checks_two_decoders_agree)
{
	static uint8_t memory[4096] __attribute__((aligned(16)));
	Demerit__V1__Request request = DEMERIT__V1__REQUEST__INIT;
	Demerit__V1__Check check = DEMERIT__V1__CHECK__INIT;
	Demerit__V1__Request *unpacked;
	struct precheck ret;
	struct arena arena;
	uint8_t out[256];
	size_t size;

	request.has_request_id = true;
	request.request_id = UINT64_C(1) << 40;
	request.body_case = DEMERIT__V1__REQUEST__BODY_CHECK;
	request.check = &check;
	check.practitioner = (char[]){"D350102000001"};
	check.has_on = true;
	check.on = 20605;
	check.institution = (char[]){"H35010200001"};
	check.has_detail = true;
	check.detail = true;
	size = codec_request_put(&request, out, sizeof(out));
	ck_assert(precheck_check_short(out + 1, size - 1, &ret));
	arena_init(&arena, memory, sizeof(memory));
	ck_assert_int_eq(codec_request_unpack(out + 1, size - 1, &arena, &unpacked), STATUS_OK);
	ck_assert_uint_eq(ret.request_id, unpacked->request_id);
	ck_assert_uint_eq(ret.check.practitioner.size, strlen(unpacked->check->practitioner));
	ck_assert_mem_eq(ret.check.practitioner.bytes, unpacked->check->practitioner, 13);
	ck_assert_mem_eq(ret.check.institution.bytes, unpacked->check->institution, 12);
	ck_assert_int_eq(ret.check.on, unpacked->check->on);
	ck_assert(ret.check.detail && !ret.check.emergency);
}
END_TEST

Suite *
suite_codec(void)
{
	Suite *suite = suite_create("codec");
	TCase *tcase = tcase_create("codec");

	tcase_add_loop_test(tcase, a_check_by_hand_is_the_librarys_bytes, 0,
			    (int)(sizeof(checks) / sizeof(checks[0])));
	tcase_add_loop_test(tcase, an_error_by_hand_is_understood, 1, STATUS_REASONS_COUNT);
	tcase_add_test(tcase, an_error_without_a_position_has_none);
	tcase_add_test(tcase, put_writes_nothing_where_there_is_no_room);
	tcase_add_test(tcase, unpacking_ends_cleanly_at_every_size_of_arena);
	tcase_add_test(tcase, the_checks_two_decoders_agree);
	suite_add_tcase(suite, tcase);
	return suite;
}
