#include "suites.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "daemon/rules.h"

#define HEAD                                                                                       \
	"format: 1\n"                                                                              \
	"rulebook: hunan\n"                                                                        \
	"version: 2025-03-01\n"                                                                    \
	"parent: national\n"                                                                       \
	"name: Hunan\n"                                                                            \
	"document: No. 4\n"
#define NATIONAL                                                                                   \
	"format: 1\n"                                                                              \
	"rulebook: national\n"                                                                     \
	"version: 2025-01-01\n"                                                                    \
	"name: frame\n"                                                                            \
	"document: No. 23\n"
#define POLICY_HEAD                                                                                \
	"format: 1\n"                                                                              \
	"policy: national\n"                                                                       \
	"version: 2025-01-01\n"                                                                    \
	"name: frame\n"                                                                            \
	"document: No. 23\n"
#define POLICY_REST                                                                                \
	"managed: {hospital: {medical: {value: 2025-01-01, source: s}}}\n"                         \
	"blocking-roles: {value: any, source: s}\n"                                                \
	"emergency-flag: {value: [first-aid, rescue], source: s}\n"                                \
	"registration-decides: {value: no, source: s}\n"

static struct rules_error error;

static int
read_text(const char *text, struct rulebook *ret)
{
	memset(&error, 0, sizeof(error));
	return rules_parse_rulebook((const uint8_t *)text, strlen(text), ret, &error);
}

static struct rulebook
read_good(const char *text)
{
	struct rulebook rulebook;
	int r = read_text(text, &rulebook);

	ck_assert_msg(r == 0, "line %u, column %u, %s: %s", error.line, error.column, error.key,
		      error.message);
	return rulebook;
}

START_TEST(a_parameter_is_a_value_a_range_open_or_absent)
{
	struct rulebook rulebook = read_good(
	    HEAD "parameters:\n"
		 "  suspension.months.9: {value: 2, source: Art. 9}\n"
		 "  suspension.months.10: {value: 1-6, source: Art. 9, clause: (2)}\n"
		 "  suspension.months.11: {value: {min: 3, max: 5}, source: s, basis: project}\n"
		 "  suspension.start: {value: open, source: s}\n"
		 "  termination.start: {value: first-of-next-month, source: s}\n"
		 "  suspension.exempts: {value: [rescue, emergency], source: s}\n"
		 "  termination.exempts: {value: none, source: s}\n"
		 "  conduct.not-before: {value: 2025-01-01, source: s}\n"
		 "  publicity.masked: {value: yes, source: s}\n");
	const struct param *params = rulebook.params;

	ck_assert_int_eq(params[PARAM_SUSPENSION_MONTHS_9].min, 2);
	ck_assert_int_eq(params[PARAM_SUSPENSION_MONTHS_9].max, 2);
	ck_assert_str_eq(params[PARAM_SUSPENSION_MONTHS_9].source.text, "Art. 9");
	ck_assert_str_eq(params[PARAM_SUSPENSION_MONTHS_9].owner.text, "hunan");
	ck_assert_int_eq(params[PARAM_SUSPENSION_MONTHS_10].min, 1);
	ck_assert_int_eq(params[PARAM_SUSPENSION_MONTHS_10].max, 6);
	ck_assert_str_eq(params[PARAM_SUSPENSION_MONTHS_10].source.text, "Art. 9 (2)");
	ck_assert_int_eq(params[PARAM_SUSPENSION_MONTHS_11].min, 3);
	ck_assert_int_eq(params[PARAM_SUSPENSION_MONTHS_11].max, 5);
	ck_assert_str_eq(params[PARAM_SUSPENSION_MONTHS_11].source.text, "project: s");
	ck_assert_int_eq((int)params[PARAM_SUSPENSION_START].state, PARAM_OPEN);
	ck_assert_int_eq(params[PARAM_TERMINATION_START].min, START_NEXT_MONTH);
	ck_assert_int_eq(params[PARAM_SUSPENSION_EXEMPTS].min, VISIT_RESCUE | VISIT_EMERGENCY);
	ck_assert_int_eq((int)params[PARAM_TERMINATION_EXEMPTS].state, PARAM_VALUE);
	ck_assert_int_eq(params[PARAM_TERMINATION_EXEMPTS].max, 0);
	ck_assert_int_eq(params[PARAM_CONDUCT_NOT_BEFORE].min, 20089);
	ck_assert_int_eq(params[PARAM_PUBLICITY_MASKED].min, 1);
	ck_assert_int_eq((int)params[PARAM_YEAR_CAP].state, PARAM_ABSENT);
}
END_TEST

START_TEST(the_head_names_the_version_and_the_hash_is_of_the_text)
{
	/* The first bytes of what sha256sum says of NATIONAL as it stands above. */
	static const uint8_t hash[4] = {0xb9, 0x6a, 0x1d, 0x5c};
	struct rulebook rulebook = read_good(NATIONAL);

	ck_assert_str_eq(rulebook.id.slug.text, "national");
	ck_assert_int_eq(rulebook.id.version.number, 20089);
	ck_assert_mem_eq(rulebook.id.hash, hash, sizeof(hash));
	ck_assert_str_eq(rulebook.parent.text, "");
	ck_assert(day_is_forever(rulebook.in_force_until));
	ck_assert_str_eq(rulebook.document.text, "No. 23");

	rulebook = read_good(HEAD "until: 2027-03-01\n");
	ck_assert_str_eq(rulebook.parent.text, "national");
	ck_assert_int_eq(rulebook.in_force_until.number, 20878);
}
END_TEST

START_TEST(situations_and_measures_are_read_in_their_order)
{
	struct rulebook rulebook = read_good(
	    HEAD "situations:\n"
		 "  licence-lost: {band: 12, needs-penalty: no, source: s}\n"
		 "  article-40: {band: open, needs-penalty: yes, source: s, text: fraud}\n"
		 "measures:\n"
		 "  - {totals: 3-5, action: talk, source: s}\n"
		 "  - {totals: 6, action: study, source: s}\n");

	ck_assert_uint_eq(rulebook.situations_count, 2);
	ck_assert_str_eq(rulebook.situations[0].code.text, "licence-lost");
	ck_assert_int_eq(rulebook.situations[0].min, 12);
	ck_assert_int_eq(rulebook.situations[0].max, 12);
	ck_assert(!rulebook.situations[0].needs_penalty);
	ck_assert_int_eq((int)rulebook.situations[1].state, PARAM_OPEN);
	ck_assert(rulebook.situations[1].needs_penalty);
	ck_assert_uint_eq(rulebook.measures_count, 2);
	ck_assert_int_eq(rulebook.measures[0].to, 5);
	ck_assert_str_eq(rulebook.measures[1].action.text, "study");
}
END_TEST

/* What is wrong, and where the reader must say so. */
static const struct bad {
	const char *text;
	unsigned line;
	unsigned column;
	const char *key;
	const char *says;
} bad[] = {
    {"", 0, 0, "", "empty"},
    {"# only a comment\n", 0, 0, "", "empty"},
    {"---\n", 2, 1, "", "begins with keys"},
    {"- a list\n", 1, 1, "", "begins with keys"},
    {"just words\n", 1, 1, "", "begins with keys"},
    {"format: 2\n", 1, 1, "format", "2 is not within 1-1"},
    {"rulebook: hunan\n", 1, 1, "", "'format' is missing"},
    {HEAD "---\n" HEAD, 7, 1, "", "second document"},
    {HEAD "name: again\n", 7, 1, "name", "already, in line 5"},
    {HEAD "nmae: Hunan\n", 7, 1, "nmae", "did you mean 'name'"},
    {HEAD "colour: red\n", 7, 1, "colour", "no key 'colour' here"},
    {POLICY_HEAD, 2, 1, "policy", "this is a claim policy, not a rulebook"},
    {HEAD "parameters: &a\n", 7, 13, "parameters", "anchors"},
    {HEAD "parameters: *a\n", 7, 13, "parameters", "aliases"},
    {HEAD "parameters: !!map {}\n", 7, 13, "parameters", "tags"},
    {HEAD "until: !day 2027-03-01\n", 7, 8, "until", "tags"},
    {HEAD "? [a, b]\n: c\n", 7, 3, "", "a single word"},
    {HEAD "\xe6\x96\x87: c\n", 7, 1, "", "ASCII"},
    {HEAD "parameters:\n\t- x\n", 8, 1, "", "not YAML"},
    {HEAD "parameters: [\n", 8, 1, "", "not YAML"},
    {HEAD "note: \xff\n", 7, 7, "", "not YAML"},
    {HEAD "parameters:\n", 7, 1, "parameters", "keys with values is missing here"},
    {HEAD "parameters: [a]\n", 7, 1, "parameters", "expected keys with values, found a list"},
    {HEAD "until: 2025-02-30\n", 7, 1, "until", "'2025-02-30' is not a day"},
    {HEAD "until: 2025-3-1\n", 7, 1, "until", "not a day"},
    {HEAD "until: 2025-03-01\n", 7, 1, "until", "not after the first day"},
    {HEAD "until: [2027-03-01]\n", 7, 1, "until", "expected a single value, found a list"},
    {NATIONAL "parent: national\n", 6, 1, "parent", "has no parent"},
    {"format: 1\nrulebook: hunan\nversion: 2025-03-01\nparent: hubei\nname: a\ndocument: b\n", 4, 1,
     "parent", "parent is 'national'"},
    {"format: 1\nrulebook: hunan\nversion: 2025-03-01\nname: a\ndocument: b\n", 1, 1, "",
     "'parent' is missing"},
    {"format: 1\nrulebook: Hunan\nversion: 2025-03-01\nname: a\ndocument: b\n", 2, 1, "rulebook",
     "'Hunan' is not a jurisdiction"},
    {"format: 1\nrulebook: hunan\nversion: 2025-03-01\nparent: national\nname: \"a\\nb\"\n"
     "document: b\n",
     5, 1, "name", "one line of text"},

    {HEAD "parameters:\n  suspension.month.9: {value: 2, source: s}\n", 8, 3,
     "parameters.suspension.month.9", "did you mean 'suspension.months.9'"},
    {HEAD "parameters:\n  colour: {value: 2, source: s}\n", 8, 3, "parameters.colour",
     "no parameter 'colour'"},
    {HEAD "parameters:\n  suspension.months.9: 2\n", 8, 3, "parameters.suspension.months.9",
     "expected keys with values"},
    {HEAD "parameters:\n  suspension.months.9: {value: 2}\n", 8, 3,
     "parameters.suspension.months.9", "'source' is missing"},
    {HEAD "parameters:\n  suspension.months.9: {source: s}\n", 8, 3,
     "parameters.suspension.months.9", "'value' is missing"},
    {HEAD "parameters:\n  suspension.months.9: {valeu: 2, source: s}\n", 8, 25,
     "parameters.suspension.months.9.valeu", "did you mean 'value'"},
    {HEAD "parameters:\n  suspension.months.9:\n    value: 010\n    source: s\n", 9, 5,
     "parameters.suspension.months.9.value", "'010'"},
    {HEAD "parameters:\n  suspension.months.9: {value: .nan, source: s}\n", 8, 25,
     "parameters.suspension.months.9.value", "'.nan'"},
    {HEAD "parameters:\n  suspension.months.9: {value: 2.5, source: s}\n", 8, 25,
     "parameters.suspension.months.9.value", "'2.5'"},
    {HEAD "parameters:\n  suspension.months.9: {value: +2, source: s}\n", 8, 25,
     "parameters.suspension.months.9.value", "'+2'"},
    {HEAD "parameters:\n  suspension.months.9: {value: 0x2, source: s}\n", 8, 25,
     "parameters.suspension.months.9.value", "'0x2'"},
    {HEAD "parameters:\n  suspension.months.9: {value: -2, source: s}\n", 8, 25,
     "parameters.suspension.months.9.value", "'-2'"},
    {HEAD "parameters:\n  suspension.months.9: {value: 1-06, source: s}\n", 8, 25,
     "parameters.suspension.months.9.value", "'1-06' is not a range"},
    {HEAD "parameters:\n  suspension.months.9: {value: 6-1, source: s}\n", 8, 25,
     "parameters.suspension.months.9.value", "6-1 is upside down"},
    {HEAD "parameters:\n  suspension.months.9: {value: {min: 6, max: 1}, source: s}\n", 8, 25,
     "parameters.suspension.months.9.value", "upside down"},
    {HEAD "parameters:\n  suspension.months.9: {value: {min: 1}, source: s}\n", 8, 25,
     "parameters.suspension.months.9.value", "'max' is missing"},
    {HEAD "parameters:\n  suspension.months.9: {value: 0, source: s}\n", 8, 25,
     "parameters.suspension.months.9.value", "0 is not within 1-60"},
    {HEAD "parameters:\n  suspension.months.9: {value: 99999999999, source: s}\n", 8, 25,
     "parameters.suspension.months.9.value", "'99999999999'"},
    {HEAD "parameters:\n  suspension.threshold: {value: 8-9, source: s}\n", 8, 26,
     "parameters.suspension.threshold.value", "no decision may choose suspension.threshold"},
    {HEAD "parameters:\n  suspension.threshold: {value: 13, source: s}\n", 8, 26,
     "parameters.suspension.threshold.value", "13 is not within 1-12"},
    {HEAD "parameters:\n  suspension.threshold: {value: 12, source: s}\n"
	  "  termination.threshold: {value: 12, source: s}\n",
     9, 3, "parameters.termination.threshold", "does not go with suspension.threshold"},
    {HEAD "parameters:\n  suspension.start: {value: next-dya, source: s}\n", 8, 22,
     "parameters.suspension.start.value", "did you mean 'next-day'"},
    {HEAD "parameters:\n  suspension.start: {value: 2025-03-01, source: s}\n", 8, 22,
     "parameters.suspension.start.value", "not one of scoring-day, next-day"},
    {HEAD "parameters:\n  suspension.exempts: {value: rescue, source: s}\n", 8, 24,
     "parameters.suspension.exempts.value", "a list"},
    {HEAD "parameters:\n  suspension.exempts: {value: [], source: s}\n", 8, 24,
     "parameters.suspension.exempts.value", "a list"},
    {HEAD "parameters:\n  suspension.exempts: {value: [rescue, rescue], source: s}\n", 8, 40,
     "parameters.suspension.exempts.value", "twice"},
    {HEAD "parameters:\n  publicity.masked: {value: true, source: s}\n", 8, 22,
     "parameters.publicity.masked.value", "say yes or no"},
    {HEAD "parameters:\n  publicity.masked: {value: yes, source: s, basis: guess}\n", 8, 45,
     "parameters.publicity.masked.basis", "text, summary or project"},
    {HEAD "parameters:\n  conduct.not-before: {value: 2025-02-29, source: s}\n", 8, 24,
     "parameters.conduct.not-before.value", "not a day"},

    {HEAD "situations:\n  x: {band: 0-3, needs-penalty: no, source: s}\n", 8, 7,
     "situations.x.band", "0 is not within 1-12"},
    {HEAD "situations:\n  x: {band: 10-13, needs-penalty: no, source: s}\n", 8, 7,
     "situations.x.band", "13 is not within 1-12"},
    {HEAD "situations:\n  x: {band: 1-3, source: s}\n", 8, 3, "situations.x",
     "'needs-penalty' is missing"},
    {HEAD "situations:\n  x: {band: 1-3, needs-penalty: maybe, source: s}\n", 8, 18,
     "situations.x.needs-penalty", "say yes or no"},
    {HEAD "measures:\n  - {totals: 3-5, action: a, source: s}\n"
	  "  - {totals: 5-8, action: b, source: s}\n",
     9, 6, "measures.totals", "overlap those of 'a', 3-5"},
    {HEAD "measures:\n  - {totals: 3-5, action: a b, source: s}\n", 8, 19, "measures.action",
     "without blanks"},
    {HEAD "measures:\n  - {totals: 3-5, source: s}\n", 8, 5, "measures", "'action' is missing"},
    {HEAD "measures:\n  - {totals: open, action: a, source: s}\n", 8, 6, "measures.totals",
     "has totals"},
};

START_TEST(a_bad_text_is_refused_by_line_and_key)
{
	const struct bad *row = &bad[_i];
	struct rulebook untouched;
	struct rulebook rulebook;

	memset(&rulebook, 0x5a, sizeof(rulebook));
	untouched = rulebook;
	ck_assert_int_eq(read_text(row->text, &rulebook), -EINVAL);
	ck_assert_msg(error.line == row->line && error.column == row->column &&
			  strcmp(error.key, row->key) == 0 &&
			  strstr(error.message, row->says) != NULL,
		      "expected %u:%u %s: ...%s..., got %u:%u %s: %s", row->line, row->column,
		      row->key, row->says, error.line, error.column, error.key, error.message);
	ck_assert_mem_eq(&rulebook, &untouched, sizeof(rulebook));
}
END_TEST

START_TEST(a_text_is_bounded_in_size_depth_and_number)
{
	static char text[RULES_TEXT_MAX + 2];
	struct rulebook rulebook;

	memset(text, '#', RULES_TEXT_MAX + 1);
	ck_assert_int_eq(read_text(text, &rulebook), -EINVAL);
	ck_assert_ptr_nonnull(strstr(error.message, "at most 65536"));

	memset(text, '[', RULES_TEXT_MAX);
	text[0] = 'a';
	text[1] = ':';
	text[2] = ' ';
	text[RULES_TEXT_MAX] = '\0';
	ck_assert_int_eq(read_text(text, &rulebook), -EINVAL);
	ck_assert_ptr_nonnull(strstr(error.message, "nested too deeply"));

	memset(text, 0, sizeof(text));
	memcpy(text, "a: [", 4);
	for (size_t i = 4; i < 30000; i += 2)
		memcpy(text + i, "1,", 2);
	ck_assert_int_eq(read_text(text, &rulebook), -EINVAL);
	ck_assert_ptr_nonnull(strstr(error.message, "too many"));
}
END_TEST

START_TEST(a_25th_situation_and_a_13th_measure_are_refused)
{
	char text[8192];
	struct rulebook rulebook;
	size_t used = (size_t)snprintf(text, sizeof(text), "%ssituations:\n", HEAD);

	for (int i = 0; i <= RULEBOOK_SITUATIONS_MAX; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "  s%d: {band: 1, needs-penalty: no, source: s}\n", i);
	ck_assert_int_eq(read_text(text, &rulebook), -EINVAL);
	ck_assert_str_eq(error.key, "situations.s24");

	used = (size_t)snprintf(text, sizeof(text), "%smeasures:\n", HEAD);
	for (int i = 0; i <= RULEBOOK_MEASURES_MAX; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "  - {totals: %d, action: a, source: s}\n", i % 12 + 1);
	ck_assert_int_eq(read_text(text, &rulebook), -EINVAL);
	ck_assert_ptr_nonnull(strstr(error.message, "more than 12 measures"));
}
END_TEST

/* Every text cut short and every byte changed: an answer, never a crash; ASan watches. */
START_TEST(a_damaged_text_never_gives_a_part)
{
	struct rules_file file;
	uint8_t text[16384];
	struct rulebook rulebook;

	ck_assert(rules_shipped(0, &file));
	ck_assert_uint_le(file.size, sizeof(text));
	for (size_t size = 0; size < file.size; size += 7) {
		int r = rules_parse_rulebook(file.text, size, &rulebook, &error);
		ck_assert(r == 0 || (r == -EINVAL && error.message[0] != '\0'));
	}
	for (size_t i = 0; i < file.size; i += 5) {
		memcpy(text, file.text, file.size);
		text[i] = (uint8_t)("\0\xff:[{&*!\n\t-"[i % 11]);
		int r = rules_parse_rulebook(text, file.size, &rulebook, &error);
		ck_assert(r == 0 || (r == -EINVAL && error.message[0] != '\0'));
	}
}
END_TEST

START_TEST(a_policy_stands_whole_in_its_text)
{
	static const char text[] =
	    POLICY_HEAD POLICY_REST "visit-types: {\"13\": {value: [emergency], source: s}}\n";
	struct policy policy;
	struct code type;

	ck_assert_int_eq(
	    rules_parse_policy((const uint8_t *)text, sizeof(text) - 1, &policy, &error), 0);
	ck_assert_str_eq(policy.id.slug.text, "national");
	ck_assert_uint_eq(policy.blocking, 0x1fe);
	ck_assert_uint_eq(policy.flag_kinds, VISIT_FIRST_AID | VISIT_RESCUE);
	ck_assert(!policy.registration_decides);
	ck_assert(
	    policy_manages(&policy, INSTITUTION_HOSPITAL, CATEGORY_MEDICAL, (struct day){20089}));
	ck_assert(
	    !policy_manages(&policy, INSTITUTION_HOSPITAL, CATEGORY_MEDICAL, (struct day){20088}));
	ck_assert(
	    !policy_manages(&policy, INSTITUTION_PHARMACY, CATEGORY_MEDICAL, (struct day){20089}));
	ck_assert(code_set("13", 2, &type));
	ck_assert_uint_eq(policy_visit_kinds(&policy, &type, false), VISIT_EMERGENCY);
	ck_assert(code_set("11", 2, &type));
	ck_assert_uint_eq(policy_visit_kinds(&policy, &type, false), 0);
}
END_TEST

static const struct bad bad_policies[] = {
    {POLICY_HEAD, 1, 1, "", "'managed' is missing"},
    {HEAD, 2, 1, "rulebook", "this is a rulebook, not a claim policy"},
    {POLICY_HEAD POLICY_REST "visit-types: {\"13\": {value: [urgent], source: s}}\n", 10, 22,
     "visit-types.13.value", "not one of first-aid"},
    {POLICY_HEAD "managed: {hospital: {medcal: {value: 2025-01-01, source: s}}}\n", 6, 22,
     "managed.hospital.medcal", "did you mean 'medical'"},
    {POLICY_HEAD "managed: {clinic: {}}\n", 6, 11, "managed.clinic", "no key 'clinic'"},
    {POLICY_HEAD "managed: {}\nblocking-roles: {value: [atddr], source: s}\n", 7, 18,
     "blocking-roles.value", "not one of bilg_dr_codg"},
    {POLICY_HEAD "managed: {}\nblocking-roles: {value: [atddr_n], source: s}\n", 7, 18,
     "blocking-roles.value", "did you mean 'atddr_no'"},
    {POLICY_HEAD "managed: {hospital: {medical: {value: open, source: s}}}\n", 6, 32,
     "managed.hospital.medical.value", "'open' is not a day"},
};

START_TEST(a_bad_policy_is_refused_by_line_and_key)
{
	const struct bad *row = &bad_policies[_i];
	struct policy policy;

	ck_assert_int_eq(
	    rules_parse_policy((const uint8_t *)row->text, strlen(row->text), &policy, &error),
	    -EINVAL);
	ck_assert_msg(error.line == row->line && strcmp(error.key, row->key) == 0 &&
			  strstr(error.message, row->says) != NULL,
		      "expected %u %s: ...%s..., got %u:%u %s: %s", row->line, row->key, row->says,
		      error.line, error.column, error.key, error.message);
}
END_TEST

/* ---- calendars ---- */

static int
calendar_of(const char *text, struct calendar *ret)
{
	return rules_parse_calendar((const uint8_t *)text, strlen(text), ret, &error);
}

START_TEST(a_calendar_is_read_by_line)
{
	struct calendar calendar;
	struct day day;

	ck_assert_int_eq(calendar_of("\xef\xbb\xbf"
				     "date,kind,name\r\n2025-09-28,work,调休\r\n"
				     "2025-10-01,off,国庆节,中秋节\n\n2026-01-01,off,",
				     &calendar),
			 0);
	ck_assert_uint_eq(calendar.years_count, 2);
	const struct calendar_year *year = calendar_year(&calendar, 2025);
	ck_assert(day_parse("2025-09-28", 10, &day));
	ck_assert(calendar_works(year, day));
	ck_assert(day_parse("2025-10-01", 10, &day));
	ck_assert(!calendar_works(year, day));
	ck_assert_str_eq(year->id.slug.text, "china");
	ck_assert(day_parse("2025-01-01", 10, &day));
	ck_assert(day_equal(year->id.version, day));
}
END_TEST

static const struct bad_calendar {
	const char *text;
	unsigned line;
	const char *key;
} bad_calendars[] = {
    {"", 1, ""},
    {"day,kind,name\n2025-10-01,off,x\n", 1, ""},
    {"date,kind,name\n", 0, ""},
    {"date,kind,name\n2025-10-01,off\n", 2, ""},
    {"date,kind,name\n2025-02-30,off,x\n", 2, "date"},
    {"date,kind,name\n2025-10-01,free,x\n", 2, "kind"},
    {"date,kind,name\n2025-10-01,off,x\n2025-10-01,work,x\n", 3, "date"},
    {"date,kind,name\n2025-10-01,off,x\n2026-01-04,work,x\n", 0, "kind"},
    {"date,kind,name\n2011-01-01,off,x\n2012-01-01,off,x\n2013-01-01,off,x\n2014-01-01,off,x\n"
     "2015-01-01,off,x\n2016-01-01,off,x\n2017-01-01,off,x\n2018-01-01,off,x\n2019-01-01,off,x\n",
     10, "date"},
};

START_TEST(a_bad_calendar_is_refused_by_its_line)
{
	const struct bad_calendar *row = &bad_calendars[_i];
	struct calendar calendar = {.years_count = 77};

	ck_assert_int_eq(calendar_of(row->text, &calendar), -EINVAL);
	ck_assert_uint_eq(error.line, row->line);
	ck_assert_str_eq(error.key, row->key);
	ck_assert(error.message[0] != '\0');
	ck_assert_uint_eq(calendar.years_count, 77);
}
END_TEST

Suite *
suite_rules(void)
{
	Suite *suite = suite_create("rules");
	TCase *tcase = tcase_create("reading");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_parameter_is_a_value_a_range_open_or_absent);
	tcase_add_test(tcase, the_head_names_the_version_and_the_hash_is_of_the_text);
	tcase_add_test(tcase, situations_and_measures_are_read_in_their_order);
	tcase_add_loop_test(tcase, a_bad_text_is_refused_by_line_and_key, 0,
			    sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(tcase, a_text_is_bounded_in_size_depth_and_number);
	tcase_add_test(tcase, a_25th_situation_and_a_13th_measure_are_refused);
	tcase_add_test(tcase, a_damaged_text_never_gives_a_part);
	tcase_add_test(tcase, a_policy_stands_whole_in_its_text);
	tcase_add_test(tcase, a_calendar_is_read_by_line);
	tcase_add_loop_test(tcase, a_bad_calendar_is_refused_by_its_line, 0,
			    sizeof(bad_calendars) / sizeof(bad_calendars[0]));
	tcase_add_loop_test(tcase, a_bad_policy_is_refused_by_line_and_key, 0,
			    sizeof(bad_policies) / sizeof(bad_policies[0]));
	suite_add_tcase(suite, tcase);
	return suite;
}
