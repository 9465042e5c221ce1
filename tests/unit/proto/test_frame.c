/*
 * Frames: the length prefix is read without trusting it.
 */

#include "suites.h"

#include <string.h>

#include "proto/frame.h"
#include "proto/limit.h"

START_TEST(peek_reads_back_every_length_that_put_writes)
{
	static const size_t sizes[] = {0, 1, 127, 128, 300, 16383, 16384, 65536, PROTO_FRAME_MAX};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint8_t bytes[FRAME_HEADER_MAX];
		size_t size = frame_put(bytes, sizes[i]);
		struct frame frame;

		ck_assert_uint_eq(size, frame_header_size(sizes[i]));
		ck_assert_int_eq(frame_peek(bytes, size, PROTO_FRAME_MAX, &frame), FRAME_OK);
		ck_assert_uint_eq(frame.header_size, size);
		ck_assert_uint_eq(frame.body_size, sizes[i]);
		for (size_t part = 0; part < size; part++)
			ck_assert_int_eq(frame_peek(bytes, part, PROTO_FRAME_MAX, &frame),
					 FRAME_MORE);
	}
}
END_TEST

START_TEST(peek_refuses_oversize_before_reading_the_body)
{
	/* 4 GiB, and one byte more than allowed. */
	static const uint8_t huge[] = {0x80, 0x80, 0x80, 0x80, 0x10};
	static const uint8_t one_more[] = {0x81, 0x80, 0x40};
	struct frame frame;

	ck_assert_int_eq(frame_peek(huge, sizeof(huge), PROTO_FRAME_MAX, &frame), FRAME_OVERSIZE);
	ck_assert_uint_eq(frame.body_size, UINT64_C(4) << 30);
	ck_assert_int_eq(frame_peek(one_more, sizeof(one_more), PROTO_FRAME_MAX, &frame),
			 FRAME_OVERSIZE);
	ck_assert_int_eq(frame_peek(one_more, sizeof(one_more), 0, &frame), FRAME_OVERSIZE);
}
END_TEST

START_TEST(peek_refuses_a_length_without_end)
{
	static const uint8_t endless[] = {0x80, 0x80, 0x80, 0x80, 0x80, 0x00};
	struct frame frame;

	ck_assert_int_eq(frame_peek(endless, sizeof(endless), PROTO_FRAME_MAX, &frame), FRAME_BAD);
	ck_assert_int_eq(frame_peek(endless, 4, PROTO_FRAME_MAX, &frame), FRAME_MORE);
}
END_TEST

START_TEST(peek_knows_http_by_its_first_four_bytes)
{
	static const char *const starts[] = {"GET / HTTP/1.1\r\n", "POST /x", "HEAD /",
					     "PRI * HTTP/2"};
	struct frame frame;

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		const uint8_t *bytes = (const uint8_t *)starts[i];

		ck_assert_int_eq(frame_peek(bytes, strlen(starts[i]), PROTO_FRAME_MAX, &frame),
				 FRAME_HTTP);
		ck_assert_int_eq(frame_peek(bytes, 3, PROTO_FRAME_MAX, &frame), FRAME_OK);
	}
}
END_TEST

START_TEST(the_http_answer_tells_its_own_length)
{
	const char *body = strstr(frame_http_answer, "\r\n\r\n");
	const char *length = strstr(frame_http_answer, "Content-Length: ");
	size_t told = 0;

	ck_assert_ptr_nonnull(body);
	ck_assert_ptr_nonnull(length);
	for (length += strlen("Content-Length: "); *length >= '0' && *length <= '9'; length++)
		told = told * 10 + (size_t)(*length - '0');
	ck_assert_uint_eq(strlen(body + 4), told);
}
END_TEST

Suite *
suite_frame(void)
{
	Suite *suite = suite_create("frame");
	TCase *tcase = tcase_create("frame");

	tcase_add_test(tcase, peek_reads_back_every_length_that_put_writes);
	tcase_add_test(tcase, peek_refuses_oversize_before_reading_the_body);
	tcase_add_test(tcase, peek_refuses_a_length_without_end);
	tcase_add_test(tcase, peek_knows_http_by_its_first_four_bytes);
	tcase_add_test(tcase, the_http_answer_tells_its_own_length);
	suite_add_tcase(suite, tcase);
	return suite;
}
