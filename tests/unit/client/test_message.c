/*
 * Messages by name: what is set is there, what is not fits nowhere.
 */

#include "suites.h"

#include <errno.h>
#include <string.h>

#include "demerit.h"

START_TEST(there_is_a_request_for_every_body_and_no_other)
{
	struct demerit_message *request = demerit_request_new("penalty_overturn");

	ck_assert_ptr_nonnull(request);
	demerit_request_free(request);
	ck_assert_ptr_null(demerit_request_new("no_such_body"));
	/* Fields of the envelope are no bodies. */
	ck_assert_ptr_null(demerit_request_new("request_id"));
	ck_assert_ptr_null(demerit_request_free(NULL));
}
END_TEST

START_TEST(what_is_set_can_be_read_back)
{
	struct demerit_message *request = demerit_request_new("penalty_record");
	const char *text;
	int64_t number;

	ck_assert_int_eq(demerit_set_text(request, "id", "I1"), 0);
	ck_assert_int_eq(demerit_set_text(request, "id", "I2"), 0);
	ck_assert_int_eq(demerit_set_int(request, "on", -5), 0);
	ck_assert_int_eq(demerit_set_int(request, "amount_fen", INT64_C(1) << 40), 0);
	ck_assert_int_eq(demerit_set_word(request, "kind", "agreement"), 0);
	ck_assert(demerit_get_text(request, "id", 0, &text));
	ck_assert_str_eq(text, "I2");
	ck_assert(demerit_get_int(request, "on", &number));
	ck_assert_int_eq(number, -5);
	ck_assert(demerit_get_int(request, "amount_fen", &number));
	ck_assert_int_eq(number, INT64_C(1) << 40);
	ck_assert(demerit_get_word(request, "kind", &text));
	ck_assert_str_eq(text, "agreement");
	ck_assert(!demerit_get_text(request, "clue", 0, &text));
	ck_assert(!demerit_get_text(request, "id", 1, &text));
	demerit_request_free(request);
}
END_TEST

START_TEST(what_does_not_fit_is_refused)
{
	struct demerit_message *request = demerit_request_new("points_record");

	ck_assert_int_eq(demerit_set_text(request, "no_such_field", "x"), -ENOENT);
	ck_assert_int_eq(demerit_set_int(request, "no_such_field", 1), -ENOENT);
	ck_assert_int_eq(demerit_set_bool(request, "no_such_field", true), -ENOENT);
	ck_assert_int_eq(demerit_set_word(request, "no_such_field", "x"), -ENOENT);
	ck_assert_int_eq(demerit_add_text(request, "no_such_field", "x"), -ENOENT);
	ck_assert_ptr_null(demerit_add(request, "no_such_field"));
	ck_assert_int_eq(demerit_set_text(request, "points", "9"), -EINVAL);
	ck_assert_int_eq(demerit_set_int(request, "id", 9), -EINVAL);
	ck_assert_int_eq(demerit_set_bool(request, "id", true), -EINVAL);
	ck_assert_int_eq(demerit_set_word(request, "id", "x"), -EINVAL);
	ck_assert_int_eq(demerit_add_text(request, "id", "x"), -EINVAL);
	ck_assert_ptr_null(demerit_add(request, "id"));
	ck_assert_int_eq(demerit_set_int(request, "points", -1), -EINVAL);
	ck_assert_int_eq(demerit_set_int(request, "points", INT64_C(1) << 32), -EINVAL);
	ck_assert_int_eq(demerit_set_int(request, "on", INT64_C(1) << 31), -EINVAL);
	ck_assert_int_eq(demerit_set_word(request, "level", "huge"), -EINVAL);
	ck_assert_int_eq(demerit_set_word(request, "level", "unspecified"), -EINVAL);
	demerit_request_free(request);
}
END_TEST

START_TEST(messages_inside_are_added_and_walked)
{
	struct demerit_message *request = demerit_request_new("penalty_overturn");
	struct demerit_message *first = demerit_add(request, "choices");
	struct demerit_message *second = demerit_add(request, "choices");
	struct demerit_field field;
	int64_t months;

	ck_assert_ptr_nonnull(first);
	ck_assert_ptr_nonnull(second);
	ck_assert_ptr_ne(first, second);
	ck_assert_int_eq(demerit_set_int(second, "months", 4), 0);
	ck_assert(demerit_field(request, "choices", &field));
	ck_assert(field.repeated);
	ck_assert_uint_eq(field.count, 2);
	ck_assert_int_eq(field.type, DEMERIT_TYPE_MESSAGE);
	ck_assert(demerit_get_int(demerit_get(request, "choices", 1), "months", &months));
	ck_assert_int_eq(months, 4);
	ck_assert(!demerit_get_int(demerit_get(request, "choices", 0), "months", &months));
	ck_assert_ptr_null(demerit_get(request, "choices", 2));
	demerit_request_free(request);
}
END_TEST

START_TEST(a_message_inside_that_comes_once_is_the_same_each_time)
{
	struct demerit_message *request = demerit_request_new("points_correct");
	struct demerit_message *first = demerit_add(request, "replacement");

	ck_assert_ptr_nonnull(first);
	ck_assert_ptr_eq(first, demerit_add(request, "replacement"));
	demerit_request_free(request);
}
END_TEST

START_TEST(one_arm_of_a_oneof_is_enough)
{
	struct demerit_message *request = demerit_request_new("write_batch");
	struct demerit_message *item = demerit_add(request, "items");
	struct demerit_message *arm = demerit_add(item, "points_record");

	ck_assert_ptr_nonnull(arm);
	ck_assert_ptr_eq(arm, demerit_add(item, "points_record"));
	ck_assert_ptr_null(demerit_add(item, "penalty_record"));
	ck_assert_ptr_eq(demerit_get(item, "points_record", 0), arm);
	ck_assert_ptr_null(demerit_get(item, "penalty_record", 0));
	demerit_request_free(request);
}
END_TEST

START_TEST(texts_of_a_list_are_added)
{
	struct demerit_message *request = demerit_request_new("foreign_sanction_record");
	const char *text;

	ck_assert_int_eq(demerit_add_text(request, "exempt", "rescue"), 0);
	ck_assert_int_eq(demerit_add_text(request, "exempt", "emergency"), 0);
	ck_assert(demerit_get_text(request, "exempt", 1, &text));
	ck_assert_str_eq(text, "emergency");
	demerit_request_free(request);
}
END_TEST

START_TEST(words_and_types_come_from_the_schema)
{
	struct demerit_message *request = demerit_request_new("institution_add");
	struct demerit_field field;

	ck_assert_str_eq(demerit_word(request, "kind", 0), "hospital");
	ck_assert_str_eq(demerit_word(request, "kind", 1), "pharmacy");
	ck_assert_ptr_null(demerit_word(request, "kind", 2));
	ck_assert_ptr_null(demerit_word(request, "name", 0));
	ck_assert(demerit_field_at(request, 0, &field));
	ck_assert_str_eq(field.name, "code");
	ck_assert_int_eq(field.type, DEMERIT_TYPE_TEXT);
	ck_assert(!demerit_field_at(request, 4, &field));
	demerit_request_free(request);
}
END_TEST

START_TEST(names_of_numbers)
{
	ck_assert_str_eq(demerit_decision_name(DEMERIT_REFUSE), "refuse");
	ck_assert_str_eq(demerit_status_name(DEMERIT_TERMINATED), "terminated");
	ck_assert_str_eq(demerit_reason_name(DEMERIT_BAD_LINE), "BAD_LINE");
	ck_assert_str_eq(demerit_role_name(1), "bilg_dr_codg");
	ck_assert_ptr_null(demerit_decision_name(0));
	ck_assert_ptr_null(demerit_decision_name(5));
	ck_assert_ptr_null(demerit_decision_name(-1));
}
END_TEST

Suite *
suite_message(void)
{
	Suite *suite = suite_create("message");
	TCase *tcase = tcase_create("message");

	tcase_add_test(tcase, there_is_a_request_for_every_body_and_no_other);
	tcase_add_test(tcase, what_is_set_can_be_read_back);
	tcase_add_test(tcase, what_does_not_fit_is_refused);
	tcase_add_test(tcase, messages_inside_are_added_and_walked);
	tcase_add_test(tcase, a_message_inside_that_comes_once_is_the_same_each_time);
	tcase_add_test(tcase, one_arm_of_a_oneof_is_enough);
	tcase_add_test(tcase, texts_of_a_list_are_added);
	tcase_add_test(tcase, words_and_types_come_from_the_schema);
	tcase_add_test(tcase, names_of_numbers);
	suite_add_tcase(suite, tcase);
	return suite;
}
