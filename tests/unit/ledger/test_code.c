#include "suites.h"

#include <string.h>

#include "daemon/ledger/code.h"
#include "daemon/ledger/eligibility.h"
#include "daemon/ledger/event.h"
#include "daemon/ledger/kinds.h"
#include "daemon/ledger/verdict.h"

START_TEST(a_code_is_one_to_64_bytes_without_blanks)
{
	char longest[CODE_SIZE_MAX + 1];
	struct code code = {0};

	memset(longest, 'x', sizeof(longest));
	ck_assert(code_set("D350102000001", 13, &code));
	ck_assert_str_eq(code.text, "D350102000001");
	ck_assert(code_set(longest, CODE_SIZE_MAX, &code));
	ck_assert_uint_eq(code.size, CODE_SIZE_MAX);

	struct code before = code;
	ck_assert(!code_set("", 0, &code));
	ck_assert(!code_set(longest, sizeof(longest), &code));
	ck_assert(!code_set("a b", 3, &code));
	ck_assert(!code_set("a\0b", 3, &code));
	ck_assert(!code_set("a\x7f", 2, &code));
	ck_assert(!code_set("\xe5\x8c\xbb", 3, &code));
	ck_assert(code_equal(&before, &code));
}
END_TEST

START_TEST(codes_differ_by_a_single_byte)
{
	struct code a, b, c;

	ck_assert(code_set("D1", 2, &a) && code_set("D2", 2, &b) && code_set("D12", 3, &c));
	ck_assert(code_equal(&a, &a));
	ck_assert(!code_equal(&a, &b));
	ck_assert(!code_equal(&a, &c));
	ck_assert(!code_is_empty(&a));
	ck_assert(code_is_empty(&(struct code){0}));
}
END_TEST

START_TEST(a_slug_is_lower_case)
{
	struct slug slug;

	ck_assert(slug_set("inner-mongolia", 14, &slug));
	ck_assert_str_eq(slug.text, "inner-mongolia");
	ck_assert(slug_set("a1", 2, &slug));
	ck_assert(!slug_set("Hunan", 5, &slug));
	ck_assert(!slug_set("", 0, &slug));
	ck_assert(!slug_set("a_b", 3, &slug));
	ck_assert(!slug_set("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 32, &slug));
	struct slug other;
	ck_assert(slug_set("a2", 2, &other));
	ck_assert(!slug_equal(&slug, &other));
}
END_TEST

START_TEST(a_text_has_a_limit)
{
	char longest[TEXT_SIZE_MAX + 1];
	struct text a, b;

	memset(longest, 'y', sizeof(longest));
	ck_assert(text_set(longest, TEXT_SIZE_MAX, &a));
	ck_assert(!text_set(longest, sizeof(longest), &a));
	ck_assert(text_set("", 0, &b));
	ck_assert(!text_equal(&a, &b));
	ck_assert(text_set(longest, TEXT_SIZE_MAX, &b));
	ck_assert(text_equal(&a, &b));
	b.text[7] = 'z';
	ck_assert(!text_equal(&a, &b));
}
END_TEST

START_TEST(every_kind_has_a_name_that_parses_back)
{
	size_t named = 0;

	for (unsigned list = 0; list < KINDS_COUNT; list++) {
		for (unsigned number = 1; number < 16; number++) {
			const char *name = kind_name((enum kind_list)list, number);
			if (name == NULL)
				continue;
			named++;
			ck_assert_uint_eq(kind_parse((enum kind_list)list, name, strlen(name)),
					  number);
			ck_assert_uint_eq(kind_parse((enum kind_list)list, name, strlen(name) - 1),
					  0);
		}
	}
	ck_assert_uint_eq(named, 2 + 6 + 2 + 3 + 3 + 3 + 4 + 3 + 2 + 2 + 3 + 6 + 8 + 3 + 2 + 5);
	ck_assert_str_eq(kind_name(KINDS_STATUS, STATUS_UNKNOWN), "unknown");
	ck_assert_ptr_null(kind_name(KINDS_VISIT, 3));
	ck_assert_uint_eq(kind_parse(KINDS_CATEGORY, "surgical", 8), 0);
}
END_TEST

START_TEST(verdicts_are_sorted_named_once_and_worded_in_two_languages)
{
	size_t count;
	const struct verdict_row *rows = verdict_rows(&count);

	ck_assert_uint_gt(count, 30);
	for (size_t i = 0; i < count; i++) {
		ck_assert_ptr_eq(verdict_row((unsigned)rows[i].verdict), &rows[i]);
		ck_assert_uint_gt(strlen(rows[i].en), 5);
		ck_assert_uint_gt(strlen(rows[i].zh), 5);
		if (i == 0)
			continue;
		ck_assert_uint_gt((unsigned)rows[i].verdict, (unsigned)rows[i - 1].verdict);
		for (size_t k = 0; k < i; k++)
			ck_assert_str_ne(rows[i].name, rows[k].name);
	}
	ck_assert_ptr_null(verdict_row(0));
	ck_assert_ptr_null(verdict_row(9999));
}
END_TEST

START_TEST(answers_have_names)
{
	ck_assert_str_eq(decision_name(DECISION_REFUSE), "refuse");
	ck_assert_ptr_null(decision_name((enum claim_decision)9));
	ck_assert_str_eq(reason_name(REASON_BAD_LINE), "BAD_LINE");
	ck_assert_ptr_null(reason_name((enum reason)0));
	ck_assert_ptr_null(reason_name((enum reason)99));
	ck_assert_str_eq(event_kind_name(EVENT_POINTS_FELL), "points_fell");
	ck_assert_ptr_null(event_kind_name((enum event_kind)0));
	ck_assert_ptr_null(event_kind_name((enum event_kind)200));
}
END_TEST

Suite *
suite_code(void)
{
	Suite *suite = suite_create("code, kinds, verdict");
	TCase *tests = tcase_create("values");

	tcase_add_test(tests, a_code_is_one_to_64_bytes_without_blanks);
	tcase_add_test(tests, codes_differ_by_a_single_byte);
	tcase_add_test(tests, a_slug_is_lower_case);
	tcase_add_test(tests, a_text_has_a_limit);
	tcase_add_test(tests, every_kind_has_a_name_that_parses_back);
	tcase_add_test(tests, verdicts_are_sorted_named_once_and_worded_in_two_languages);
	tcase_add_test(tests, answers_have_names);
	suite_add_tcase(suite, tests);
	return suite;
}
