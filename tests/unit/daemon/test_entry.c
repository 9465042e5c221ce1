#include <string.h>

#include "daemon/entry.h"
#include "suites.h"

/*
 * A reader fills an array of as many as the list says and asks once more: a daemon under random
 * histories died of what that last question wrote behind the array.
 */
START_TEST(the_end_of_a_list_touches_nothing)
{
	static uint8_t bytes[4096];
	struct entry_pen pen;
	struct entry_body body;
	struct entry_head head = {.verdict = VERDICT_NEEDS_CHOICE};
	struct code code;
	const struct need need = {"months", 1, 6, 9};

	ck_assert(code_set("D1", 2, &code));
	entry_begin(&pen, bytes, sizeof(bytes), &head);
	entry_put_subject(&pen, SUBJECT_PRACTITIONER, &code);
	entry_put_need(&pen, &code, &need);
	size_t size = entry_end(&pen);
	ck_assert_uint_gt(size, 0);
	ck_assert(entry_read(bytes, size, &body));

	struct entry_need got;
	ck_assert(entry_next_need(&body.needs, &got));
	ck_assert_str_eq(got.parameter, "months");
	ck_assert_int_eq(got.max, 6);
	struct entry_need after;
	memset(&after, 0xa5, sizeof(after));
	struct entry_need before = after;
	ck_assert(!entry_next_need(&body.needs, &after));
	ck_assert_mem_eq(&before, &after, sizeof(after));

	struct entry_subject subject, untouched;
	ck_assert(entry_next_subject(&body.subjects, &subject));
	memset(&subject, 0xa5, sizeof(subject));
	untouched = subject;
	ck_assert(!entry_next_subject(&body.subjects, &subject));
	ck_assert_mem_eq(&untouched, &subject, sizeof(subject));
	struct entry_key key, same;
	memset(&key, 0xa5, sizeof(key));
	same = key;
	ck_assert(!entry_next_key(&body.keys, &key));
	ck_assert_mem_eq(&same, &key, sizeof(key));
}
END_TEST

Suite *
suite_entry(void)
{
	Suite *suite = suite_create("entry");
	TCase *tests = tcase_create("lists");

	tcase_add_test(tests, the_end_of_a_list_touches_nothing);
	suite_add_tcase(suite, tests);
	return suite;
}
