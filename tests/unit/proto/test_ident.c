/*
 * Identifiers: junk is allowed, blanks and control characters are not, form is a hint.
 */

#include "suites.h"

#include <string.h>

#include "proto/ident.h"

static const struct {
	const char *code;
	enum ident_class class;
	bool code_valid;
	bool id_valid;
} codes[] = {
    {"D350102000001", IDENT_DOCTOR, true, true},
    {"HS350102000001", IDENT_NURSE, true, true},
    {"HY350102000001", IDENT_PHARMACIST, true, true},
    {"HJ350102000001", IDENT_TECHNICIAN, true, true},
    {"YS350102000001", IDENT_RETAIL_PHARMACIST, true, true},
    {"H35010200001", IDENT_HOSPITAL, true, true},
    {"P35010200001", IDENT_PHARMACY, true, true},
    {"D35010200000", IDENT_OTHER, true, true},
    {"D35010200000X", IDENT_OTHER, true, true},
    {"H350102000011", IDENT_OTHER, true, true},
    {"009999", IDENT_OTHER, true, true},
    {"D190", IDENT_OTHER, true, true},
    {"cert:CERT/709575", IDENT_OTHER, true, false},
    {"HS350100\"1\"", IDENT_OTHER, true, false},
    {"", IDENT_OTHER, false, false},
    {"D350100000001 ", IDENT_OTHER, false, false},
    {"a\tb", IDENT_OTHER, false, false},
    {"张三", IDENT_OTHER, false, false},
    {"0123456789012345678901234567890123456789012345678901234567890123", IDENT_OTHER, true, true},
    {"01234567890123456789012345678901234567890123456789012345678901234", IDENT_OTHER, false,
     false},
};

START_TEST(a_code_is_judged_by_its_bytes_and_classed_by_its_form)
{
	size_t size = strlen(codes[_i].code);

	ck_assert_int_eq(ident_code_valid(codes[_i].code, size), codes[_i].code_valid);
	ck_assert_int_eq(ident_id_valid(codes[_i].code, size), codes[_i].id_valid);
	ck_assert_int_eq(ident_classify(codes[_i].code, size), codes[_i].class);
}
END_TEST

START_TEST(slugs_and_regions)
{
	ck_assert(ident_slug_valid("inner-mongolia", 14));
	ck_assert(!ident_slug_valid("Hunan", 5));
	ck_assert(!ident_slug_valid("", 0));
	ck_assert(!ident_slug_valid("a123456789012345678901234567890-", 32));
	ck_assert(ident_region_valid("350102", 6));
	ck_assert(!ident_region_valid("35010", 5));
	ck_assert(!ident_region_valid("35010x", 6));
}
END_TEST

Suite *
suite_ident(void)
{
	Suite *suite = suite_create("ident");
	TCase *tcase = tcase_create("ident");

	tcase_add_loop_test(tcase, a_code_is_judged_by_its_bytes_and_classed_by_its_form, 0,
			    (int)(sizeof(codes) / sizeof(codes[0])));
	tcase_add_test(tcase, slugs_and_regions);
	suite_add_tcase(suite, tcase);
	return suite;
}
