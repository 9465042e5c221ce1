#include "suites.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "daemon/rules.h"

static struct day
on(const char *text)
{
	struct day day;

	ck_assert(day_parse(text, strlen(text), &day));
	return day;
}

static struct slug
slug(const char *text)
{
	struct slug ret;

	ck_assert(slug_set(text, strlen(text), &ret));
	return ret;
}

static struct code
code(const char *text)
{
	struct code ret;

	ck_assert(code_set(text, strlen(text), &ret));
	return ret;
}

static int
load(struct rules_set *set, const char *text, uint64_t sequence)
{
	struct rules_error error;
	struct event_rules event = {
	    .kind = RULES_RULEBOOK,
	    .text = {(const uint8_t *)text, (uint32_t)strlen(text)},
	};
	int r = rules_set_load(set, &event, sequence, &error);

	ck_assert_msg(r != -EINVAL, "line %u, %s: %s", error.line, error.key, error.message);
	return r;
}

/* Every shipped file as the record of its number, from 2 on: the first is the genesis. */
static struct rules_set *
shipped(void)
{
	struct rules_set *set = rules_set_new();
	struct rules_file file;
	struct rules_error error;

	ck_assert_ptr_nonnull(set);
	for (size_t i = 0; rules_shipped(i, &file); i++) {
		struct event_rules event = {
		    .kind = file.kind,
		    .text = {file.text, (uint32_t)file.size},
		};
		int r = rules_set_load(set, &event, i + 2, &error);
		ck_assert_msg(r == 0, "%s, line %u, column %u, %s: %s", file.name, error.line,
			      error.column, error.key, error.message);
	}
	return set;
}

static struct rulebook
in_force(const struct rules_set *set, const char *name, const char *day, enum rules_found expected)
{
	struct slug of = slug(name);
	struct rulebook ret;
	struct day earliest;

	memset(&ret, 0, sizeof(ret));
	enum rules_found found =
	    rules_set_rulebook(set, &of, on(day), RULES_AS_OF_NOW, &ret, &earliest);
	ck_assert_msg(found == expected, "%s on %s: %d", name, day, (int)found);
	return ret;
}

START_TEST(every_shipped_file_is_named_after_what_it_says)
{
	struct rules_file file;
	struct rules_error error;
	char name[64];
	char day[DAY_TEXT_SIZE];
	size_t count = 0;

	for (; rules_shipped(count, &file); count++) {
		struct rulebook_id id;
		int r = rules_identify(file.kind, file.text, file.size, &id, &error);
		ck_assert_msg(r == 0, "%s, line %u, %s: %s", file.name, error.line, error.key,
			      error.message);
		if (file.kind == RULES_CALENDAR) {
			ck_assert_str_eq(file.name, "china-2025-2026.csv");
			continue;
		}
		day_format(id.version, day);
		(void)snprintf(name, sizeof(name), "%s-%s.yaml", id.slug.text, day);
		ck_assert_str_eq(file.name, name);
	}
	ck_assert_uint_eq(count, 14);
}
END_TEST

/* domain.md section 12, and the day before each begins. */
static const struct jurisdiction {
	const char *name;
	const char *region;
	const char *from; /* NULL: no version of its own */
	const char *until;
} jurisdictions[] = {
    {"fujian", "350102", "2025-03-01", NULL},
    {"sichuan", "510104", "2025-03-26", NULL},
    {"liaoning", "210102", "2025-04-10", NULL},
    {"tianjin", "120101", "2025-03-01", NULL},
    {"beijing", "110101", "2025-04-15", NULL},
    {"hunan", "430500", "2025-03-01", "2027-03-01"},
    {"hainan", "460100", "2025-04-01", "2028-04-01"},
    {"guizhou", "520100", "2025-03-12", "2025-11-07"},
    {"guizhou", "520100", "2025-11-07", NULL},
    {"inner-mongolia", "150400", NULL, NULL},
    {"chongqing", "500152", NULL, NULL},
    {"shanghai", "310101", NULL, NULL},
};

START_TEST(a_version_holds_from_its_first_day_until_its_last)
{
	const struct jurisdiction *row = &jurisdictions[_i];
	struct rules_set *set = shipped();
	struct code region = code(row->region);
	struct slug of = rules_set_region(set, &region, RULES_AS_OF_NOW);
	struct rulebook rulebook;

	ck_assert_str_eq(of.text, row->name);
	if (row->from == NULL) {
		rulebook = in_force(set, row->name, "2025-06-30", RULES_FOUND_PARENT);
		ck_assert_str_eq(rulebook.id.slug.text, "national");
		set = rules_set_free(set);
		return;
	}
	rulebook = in_force(set, row->name, row->from, RULES_FOUND_OWN);
	ck_assert_str_eq(rulebook.id.slug.text, row->name);
	ck_assert_int_eq(rulebook.id.version.number, on(row->from).number);

	char before[DAY_TEXT_SIZE];
	day_format(day_add(on(row->from), -1), before);
	bool revised = strcmp(row->from, "2025-11-07") == 0;
	in_force(set, row->name, before, revised ? RULES_FOUND_OWN : RULES_FOUND_PARENT);
	if (row->until != NULL) {
		rulebook = in_force(set, row->name, row->until,
				    strcmp(row->name, "guizhou") == 0 ? RULES_FOUND_OWN
								      : RULES_FOUND_PARENT);
		ck_assert_int_ne(rulebook.id.version.number, on(row->from).number);
	}
	set = rules_set_free(set);
}
END_TEST

START_TEST(before_any_rules_the_earliest_day_is_told)
{
	struct rules_set *set = shipped();
	struct slug ningbo = slug("national");
	struct rulebook rulebook;
	struct day earliest = DAY_NONE;

	ck_assert_int_eq((int)rules_set_rulebook(set, &ningbo, on("2015-07-01"), RULES_AS_OF_NOW,
						 &rulebook, &earliest),
			 RULES_FOUND_NONE);
	ck_assert_int_eq(earliest.number, on("2025-01-01").number);

	struct slug hunan = slug("hunan");
	ck_assert_int_eq((int)rules_set_rulebook(set, &hunan, on("2024-12-31"), RULES_AS_OF_NOW,
						 &rulebook, &earliest),
			 RULES_FOUND_NONE);
	ck_assert_int_eq(earliest.number, on("2025-01-01").number);

	struct rules_set *none = rules_set_new();
	ck_assert_int_eq((int)rules_set_rulebook(none, &ningbo, on("2025-07-01"), RULES_AS_OF_NOW,
						 &rulebook, &earliest),
			 RULES_FOUND_NONE);
	ck_assert(day_is_none(earliest));
	rules_set_free(none);
	rules_set_free(set);
}
END_TEST

START_TEST(what_a_text_leaves_out_is_its_parents)
{
	struct rules_set *set = shipped();
	struct rulebook hunan = in_force(set, "hunan", "2025-08-04", RULES_FOUND_OWN);

	ck_assert_int_eq(hunan.params[PARAM_SUSPENSION_MONTHS_9].max, 2);
	ck_assert_int_eq(hunan.params[PARAM_SUSPENSION_MONTHS_10].max, 6);
	ck_assert_str_eq(hunan.params[PARAM_SUSPENSION_MONTHS_10].owner.text, "national");
	ck_assert_int_eq(hunan.params[PARAM_BAR_YEARS_ACCUMULATED].max, 3);
	ck_assert_int_eq(hunan.params[PARAM_SUSPENSION_START].min, START_NEXT_MONTH);
	ck_assert_int_eq((int)hunan.params[PARAM_SUSPENSION_OVERLAP].state, PARAM_OPEN);
	ck_assert(rulebook_manages(&hunan, INSTITUTION_PHARMACY, CATEGORY_PHARMACEUTICAL,
				   on("2025-08-04")));

	struct rulebook national = in_force(set, "national", "2025-08-04", RULES_FOUND_OWN);
	ck_assert_int_eq((int)national.params[PARAM_SUSPENSION_SINGLE_MONTHS_9].state,
			 PARAM_ABSENT);
	ck_assert(!rulebook_manages(&national, INSTITUTION_PHARMACY, CATEGORY_PHARMACEUTICAL,
				    on("2025-08-04")));

	struct rulebook liaoning = in_force(set, "liaoning", "2025-08-04", RULES_FOUND_OWN);
	ck_assert_int_eq(liaoning.params[PARAM_SUSPENSION_SINGLE_MONTHS_9].min, 3);
	rules_set_free(set);
}
END_TEST

/* Bands of domain.md section 3, and the nine names in every rulebook. */
static const struct band {
	const char *jurisdiction;
	const char *situation;
	int min; /* 0: known by name, its band open */
	int max;
	bool needs_penalty;
} bands[] = {
    {"fujian", "other", 1, 12, true},
    {"fujian", "damages-paid", 1, 3, true},
    {"fujian", "high-price-nonselected", 1, 3, false},
    {"fujian", "article-38", 4, 6, true},
    {"fujian", "article-39", 4, 6, true},
    {"fujian", "impersonated-settlement", 7, 9, false},
    {"fujian", "article-40", 10, 12, true},
    {"fujian", "licence-lost", 0, 0, false},
    {"fujian", "repeat-in-year", 0, 0, true},
    {"fujian", "talk-or-payment-suspended", 0, 0, true},
    {"beijing", "talk-or-payment-suspended", 1, 3, true},
    {"beijing", "impersonated-settlement", 7, 9, false},
    {"beijing", "licence-lost", 12, 12, false},
    {"beijing", "article-40", 0, 0, true},
    {"shanghai", "other", 1, 12, true},
    {"shanghai", "licence-lost", 0, 0, false},
    {"hunan", "article-38", 0, 0, true},
};

START_TEST(bands_are_those_the_jurisdiction_published)
{
	const struct band *row = &bands[_i];
	struct rules_set *set = shipped();
	struct slug of = slug(row->jurisdiction);
	struct code name = code(row->situation);
	struct rulebook rulebook;
	struct day earliest;

	rules_set_rulebook(set, &of, on("2025-09-01"), RULES_AS_OF_NOW, &rulebook, &earliest);
	const struct situation *situation = rulebook_situation(&rulebook, &name);
	ck_assert_ptr_nonnull(situation);
	ck_assert_int_eq((int)situation->state, row->min == 0 ? PARAM_OPEN : PARAM_VALUE);
	ck_assert_int_eq(situation->min, row->min);
	ck_assert_int_eq(situation->max, row->max);
	ck_assert_int_eq(situation->needs_penalty, row->needs_penalty);
	ck_assert_uint_eq(rulebook.situations_count, 10);
	rules_set_free(set);
}
END_TEST

START_TEST(a_policy_manages_whom_its_rulebook_manages)
{
	struct rules_set *set = shipped();
	static const char *const names[] = {"national", "beijing", "hunan", "fujian", "shanghai"};

	for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
		struct slug of = slug(names[n]);
		struct rulebook rulebook;
		struct day earliest;
		struct day day = on("2025-09-01");
		const struct policy *policy = rules_set_policy(set, &of, day, RULES_AS_OF_NOW);
		rules_set_rulebook(set, &of, day, RULES_AS_OF_NOW, &rulebook, &earliest);
		for (enum institution_kind kind = 1; kind <= INSTITUTION_KIND_COUNT; kind++) {
			for (enum category c = 1; c <= CATEGORY_COUNT; c++)
				ck_assert_msg(policy_manages(policy, kind, c, day) ==
						  rulebook_manages(&rulebook, kind, c, day),
					      "%s, %s", names[n],
					      param_row(param_managed(kind, c))->key);
		}
	}
	rules_set_free(set);
}
END_TEST

START_TEST(the_national_policy_holds_where_there_is_none)
{
	struct rules_set *set = shipped();
	struct slug beijing = slug("beijing");
	const struct policy *policy =
	    rules_set_policy(set, &beijing, on("2025-04-15"), RULES_AS_OF_NOW);

	ck_assert_str_eq(policy->id.slug.text, "beijing");
	policy = rules_set_policy(set, &beijing, on("2025-04-14"), RULES_AS_OF_NOW);
	ck_assert_str_eq(policy->id.slug.text, "national");
	ck_assert_ptr_null(rules_set_policy(set, &beijing, on("2024-12-31"), RULES_AS_OF_NOW));
	rules_set_free(set);
}
END_TEST

START_TEST(an_unknown_jurisdiction_is_not_the_national_one)
{
	struct rules_set *set = shipped();
	struct code ningbo = code("330200");

	in_force(set, "atlantis", "2025-06-30", RULES_FOUND_UNKNOWN);
	in_force(set, "zhejiang", "2025-06-30", RULES_FOUND_UNKNOWN);
	ck_assert_str_eq(rules_set_region(set, &ningbo, RULES_AS_OF_NOW).text, "national");

	/* Until it loads rules of its own. */
	ck_assert_int_eq(load(set,
			      "format: 1\nrulebook: zhejiang\nversion: 2025-05-01\n"
			      "parent: national\nname: Zhejiang\ndocument: d\n",
			      100),
			 0);
	in_force(set, "zhejiang", "2025-06-30", RULES_FOUND_OWN);
	in_force(set, "zhejiang", "2025-04-30", RULES_FOUND_PARENT);
	ck_assert_str_eq(rules_set_region(set, &ningbo, RULES_AS_OF_NOW).text, "zhejiang");
	ck_assert_str_eq(rules_set_region(set, &ningbo, 99).text, "national");

	size_t known = 0;
	while (rules_slug_at(known) != NULL)
		known++;
	ck_assert_uint_eq(known, 12);
	rules_set_free(set);
}
END_TEST

#define SHANGHAI "format: 1\nrulebook: shanghai\nparent: national\nname: S\ndocument: d\n"

START_TEST(a_question_as_of_a_sequence_sees_what_was_loaded_by_then)
{
	struct rules_set *set = shipped();
	struct slug of = slug("shanghai");
	struct rulebook rulebook;
	struct day earliest;
	struct day day = on("2025-10-01");

	ck_assert_int_eq(load(set, SHANGHAI "version: 2025-07-01\n", 100), 0);
	ck_assert_int_eq((int)rules_set_rulebook(set, &of, day, 99, &rulebook, &earliest),
			 RULES_FOUND_PARENT);
	ck_assert_int_eq((int)rules_set_rulebook(set, &of, day, 100, &rulebook, &earliest),
			 RULES_FOUND_OWN);
	ck_assert_int_eq((int)rules_set_rulebook(set, &of, day, 1, &rulebook, &earliest),
			 RULES_FOUND_NONE);

	/* A later version ends the earlier, which names no end. */
	ck_assert_int_eq(load(set, SHANGHAI "version: 2025-09-01\nuntil: 2025-09-15\n", 200), 0);
	ck_assert_int_eq((int)rules_set_rulebook(set, &of, day, 199, &rulebook, &earliest),
			 RULES_FOUND_OWN);
	ck_assert_int_eq((int)rules_set_rulebook(set, &of, day, 200, &rulebook, &earliest),
			 RULES_FOUND_PARENT);
	rules_set_free(set);
}
END_TEST

START_TEST(a_second_text_for_a_version_corrects_it_and_both_are_kept)
{
	struct rules_set *set = shipped();
	struct slug of = slug("shanghai");
	struct day day = on("2025-10-01");
	struct day version = on("2025-07-01");
	struct rulebook first;
	struct rulebook second;
	struct rulebook named;
	struct day earliest;

	ck_assert_int_eq(load(set, SHANGHAI "version: 2025-07-01\n", 100), 0);
	ck_assert_int_eq(load(set, SHANGHAI "version: 2025-07-01\n", 101), -EEXIST);
	ck_assert_int_eq(load(set, SHANGHAI "version: 2025-07-01\nnote: corrected\n", 102), 0);

	rules_set_rulebook(set, &of, day, 101, &first, &earliest);
	rules_set_rulebook(set, &of, day, 102, &second, &earliest);
	ck_assert(!rulebook_id_equal(&first.id, &second.id));

	ck_assert_int_eq((int)rules_set_rulebook_version(set, &of, version, NULL, day,
							 RULES_AS_OF_NOW, &named, &earliest),
			 RULES_FOUND_OWN);
	ck_assert(rulebook_id_equal(&named.id, &second.id));
	ck_assert_int_eq((int)rules_set_rulebook_version(set, &of, version, first.id.hash, day,
							 RULES_AS_OF_NOW, &named, &earliest),
			 RULES_FOUND_OWN);
	ck_assert(rulebook_id_equal(&named.id, &first.id));
	ck_assert_int_eq(named.params[PARAM_SUSPENSION_THRESHOLD].min, 9);
	rules_set_free(set);
}
END_TEST

START_TEST(a_version_can_be_named_by_its_day)
{
	struct rules_set *set = shipped();
	struct rulebook rulebook;
	struct slug of;
	struct day version;
	struct day earliest;

	ck_assert(rules_name_parse("guizhou@2025-03-12", 18, &of, &version));
	ck_assert_int_eq((int)rules_set_rulebook_version(set, &of, version, NULL, on("2025-12-01"),
							 RULES_AS_OF_NOW, &rulebook, &earliest),
			 RULES_FOUND_OWN);
	ck_assert_int_eq(rulebook.id.version.number, on("2025-03-12").number);
	ck_assert_int_eq((int)rules_set_rulebook_version(set, &of, version, NULL, on("2025-03-11"),
							 RULES_AS_OF_NOW, &rulebook, &earliest),
			 RULES_FOUND_NONE);
	ck_assert_int_eq(earliest.number, on("2025-03-12").number);
	ck_assert_int_eq((int)rules_set_rulebook_version(set, &of, on("2025-03-13"), NULL,
							 on("2025-12-01"), RULES_AS_OF_NOW,
							 &rulebook, &earliest),
			 RULES_FOUND_UNKNOWN);

	ck_assert(rules_name_parse("hunan", 5, &of, &version));
	ck_assert(day_is_none(version));
	ck_assert(!rules_name_parse("hunan@", 6, &of, &version));
	ck_assert(!rules_name_parse("hunan@2025-02-30", 16, &of, &version));
	ck_assert(!rules_name_parse("@2025-03-01", 11, &of, &version));
	ck_assert(!rules_name_parse("Hunan", 5, &of, &version));
	ck_assert(!rules_name_parse("", 0, &of, &version));
	rules_set_free(set);
}
END_TEST

START_TEST(every_version_can_be_listed)
{
	struct rules_set *set = shipped();
	struct rules_version version;
	size_t rulebooks = 0;
	size_t policies = 0;

	while (rules_set_rulebook_at(set, rulebooks, &version)) {
		ck_assert_ptr_nonnull(version.rulebook);
		ck_assert_ptr_null(version.policy);
		rulebooks++;
	}
	while (rules_set_policy_at(set, policies, &version)) {
		ck_assert_ptr_nonnull(version.policy);
		policies++;
	}
	ck_assert_uint_eq(rulebooks, 10);
	ck_assert_uint_eq(policies, 3);
	rules_set_free(set);
}
END_TEST

START_TEST(a_set_that_is_full_says_so)
{
	struct rules_set *set = rules_set_new();
	char text[256];

	for (int i = 0; i < RULES_VERSIONS_MAX; i++) {
		(void)snprintf(text, sizeof(text), SHANGHAI "version: 2025-07-01\nnote: n%d\n", i);
		ck_assert_int_eq(load(set, text, (uint64_t)i + 1), 0);
	}
	ck_assert_int_eq(load(set, SHANGHAI "version: 2025-08-01\n", 5000), -ENOSPC);
	rules_set_free(set);
}
END_TEST

struct looking {
	const struct rules_set *set;
	atomic_bool stop;
	atomic_uint rounds;
	atomic_uint wrong;
};

static void *
look_up(void *argument)
{
	struct looking *looking = argument;
	struct slug of = slug("shanghai");
	struct rulebook rulebook;
	struct day earliest;

	while (!atomic_load(&looking->stop)) {
		enum rules_found found = rules_set_rulebook(looking->set, &of, on("2026-01-01"),
							    RULES_AS_OF_NOW, &rulebook, &earliest);
		bool whole = found == RULES_FOUND_OWN
				 ? strcmp(rulebook.id.slug.text, "shanghai") == 0
				 : found == RULES_FOUND_PARENT &&
				       strcmp(rulebook.id.slug.text, "national") == 0;
		if (!whole || rulebook.params[PARAM_SUSPENSION_THRESHOLD].min != 9)
			atomic_fetch_add(&looking->wrong, 1);
		atomic_fetch_add(&looking->rounds, 1);
	}
	return NULL;
}

START_TEST(a_look_up_beside_the_writer_sees_whole_versions)
{
	struct rules_set *set = shipped();
	struct looking looking = {.set = set};
	pthread_t thread;
	char text[256];

	ck_assert_int_eq(pthread_create(&thread, NULL, look_up, &looking), 0);
	for (int i = 0; i < 200; i++) {
		(void)snprintf(text, sizeof(text), SHANGHAI "version: 2025-07-%02d\nnote: n%d\n",
			       i % 28 + 1, i);
		ck_assert_int_eq(load(set, text, (uint64_t)i + 100), 0);
		while (atomic_load(&looking.rounds) < (unsigned)i)
			;
	}
	atomic_store(&looking.stop, true);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_uint_eq(atomic_load(&looking.wrong), 0);
	rules_set_free(set);
}
END_TEST

Suite *
suite_rules_set(void)
{
	Suite *suite = suite_create("rules_set");
	TCase *tcase = tcase_create("choosing");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, every_shipped_file_is_named_after_what_it_says);
	tcase_add_loop_test(tcase, a_version_holds_from_its_first_day_until_its_last, 0,
			    sizeof(jurisdictions) / sizeof(jurisdictions[0]));
	tcase_add_test(tcase, before_any_rules_the_earliest_day_is_told);
	tcase_add_test(tcase, what_a_text_leaves_out_is_its_parents);
	tcase_add_loop_test(tcase, bands_are_those_the_jurisdiction_published, 0,
			    sizeof(bands) / sizeof(bands[0]));
	tcase_add_test(tcase, a_policy_manages_whom_its_rulebook_manages);
	tcase_add_test(tcase, the_national_policy_holds_where_there_is_none);
	tcase_add_test(tcase, an_unknown_jurisdiction_is_not_the_national_one);
	tcase_add_test(tcase, a_question_as_of_a_sequence_sees_what_was_loaded_by_then);
	tcase_add_test(tcase, a_second_text_for_a_version_corrects_it_and_both_are_kept);
	tcase_add_test(tcase, a_version_can_be_named_by_its_day);
	tcase_add_test(tcase, every_version_can_be_listed);
	tcase_add_test(tcase, a_set_that_is_full_says_so);
	tcase_add_test(tcase, a_look_up_beside_the_writer_sees_whole_versions);
	suite_add_tcase(suite, tcase);
	return suite;
}
