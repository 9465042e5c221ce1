/*
 * The protocol's errors have a code, a stable name and words in two languages.
 */

#include "suites.h"

#include <string.h>

#include "proto/descriptor.h"
#include "proto/status.h"

START_TEST(every_reason_has_code_name_and_both_sentences)
{
	const struct status_row *status = status_get((enum status_reason)_i);

	ck_assert_uint_gt(strlen(status->message), 0);
	ck_assert_uint_gt(strlen(status->message_zh), 0);
	ck_assert_ptr_nonnull(status_code_name(status->code));
	for (const char *at = status->reason; *at != '\0'; at++)
		ck_assert((*at >= 'A' && *at <= 'Z') || *at == '_');
	if (_i != STATUS_OK)
		ck_assert_int_ne(status->code, STATUS_CODE_OK);
	for (int other = 0; other < _i; other++)
		ck_assert_str_ne(status_get((enum status_reason)other)->reason, status->reason);
}
END_TEST

START_TEST(a_stranger_code_has_no_name)
{
	ck_assert_ptr_null(status_code_name(17));
	ck_assert_str_eq(status_code_name(16), "UNAUTHENTICATED");
}
END_TEST

START_TEST(the_embedded_descriptor_names_the_schema)
{
	ck_assert_uint_gt(descriptor_size, 10000);
	ck_assert_ptr_nonnull(
	    memmem(descriptor_bytes, descriptor_size, "demerit/v1/demerit.proto", 24));
}
END_TEST

Suite *
suite_status(void)
{
	Suite *suite = suite_create("status");
	TCase *tcase = tcase_create("status");

	tcase_add_loop_test(tcase, every_reason_has_code_name_and_both_sentences, 0,
			    STATUS_REASONS_COUNT);
	tcase_add_test(tcase, a_stranger_code_has_no_name);
	tcase_add_test(tcase, the_embedded_descriptor_names_the_schema);
	suite_add_tcase(suite, tcase);
	return suite;
}
