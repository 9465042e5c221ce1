/* The forms of an alias: what is one, and what must never be. */
#include <string.h>

#include "daemon/identity.h"
#include "suites.h"

static struct code
named(const char *text)
{
	struct code code = {0};

	ck_assert(code_set(text, strlen(text), &code));
	return code;
}

START_TEST(an_alias_is_a_kind_and_a_value)
{
	static const struct {
		const char *text;
		bool valid;
	} rows[] = {
	    {"cert:1101", true}, {"local-id:x", true}, {"k2:a:b", true},   {"cert:", false},
	    {":1101", false},	 {"1101", false},      {"Cert:1", false},  {"2k:1", false},
	    {"-k:1", false},	 {"ce rt", false},     {"ce_rt:1", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct code code = {0};
		bool is_code = code_set(rows[i].text, strlen(rows[i].text), &code);
		ck_assert_msg((is_code && identity_alias_valid(&code)) == rows[i].valid, "%s",
			      rows[i].text);
	}
}
END_TEST

START_TEST(the_number_of_an_identity_card_is_told_from_others)
{
	static const struct {
		const char *text;
		bool card;
	} rows[] = {
	    {"id:11010119800101123X", true},	 {"cert:110101198001011234", true},
	    {"id:11010119800101123x", true},	 {"110101198001011234", true},
	    {"id:11010119800101123Y", false},	 {"cert:11010119800101123", false},
	    {"cert:1101011980010112345", false}, {"id:1101011980010112AX", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct code code = named(rows[i].text);
		ck_assert_msg(identity_is_card_number(&code) == rows[i].card, "%s", rows[i].text);
	}
}
END_TEST

START_TEST(a_kind_and_a_value_make_an_alias_and_come_apart_again)
{
	struct code alias, value;
	char longest[CODE_SIZE_MAX];

	ck_assert(identity_alias("cert", "1101", 4, &alias));
	ck_assert_str_eq(alias.text, "cert:1101");
	ck_assert(identity_value(&alias, "cert", &value));
	ck_assert_str_eq(value.text, "1101");
	ck_assert(!identity_value(&alias, "cer", &value));
	ck_assert(!identity_value(&alias, "code", &value));
	memset(longest, '1', sizeof(longest));
	ck_assert(identity_alias("cert", longest, CODE_SIZE_MAX - 5, &alias));
	ck_assert(!identity_alias("cert", longest, CODE_SIZE_MAX - 4, &alias));
	ck_assert(!identity_alias("cert", "1 2", 3, &alias));
}
END_TEST

Suite *
suite_identity(void)
{
	Suite *suite = suite_create("identity");
	TCase *tests = tcase_create("identity");

	tcase_add_test(tests, an_alias_is_a_kind_and_a_value);
	tcase_add_test(tests, the_number_of_an_identity_card_is_told_from_others);
	tcase_add_test(tests, a_kind_and_a_value_make_an_alias_and_come_apart_again);
	suite_add_tcase(suite, tests);
	return suite;
}
