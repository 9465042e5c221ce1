#include "scenario.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct day
at(const char *text)
{
	struct day day = DAY_NONE;

	ck_assert_msg(day_parse(text, strlen(text), &day), "%s", text);
	return day;
}

struct code
named(const char *text)
{
	struct code code = {0};

	ck_assert_msg(code_set(text, strlen(text), &code), "%s", text);
	return code;
}

void
param_fix(struct rulebook *rulebook, enum param_name name, int32_t min, int32_t max)
{
	struct param *param = &rulebook->params[name];

	memset(param, 0, sizeof(*param));
	param->state = PARAM_VALUE;
	param->min = min;
	param->max = max;
	param->owner = rulebook->id.slug;
}

void
param_open(struct rulebook *rulebook, enum param_name name)
{
	memset(&rulebook->params[name], 0, sizeof(rulebook->params[name]));
	rulebook->params[name].state = PARAM_OPEN;
	rulebook->params[name].owner = rulebook->id.slug;
}

static void
rulebook_national(struct rulebook *rulebook)
{
	const struct day start = at("2025-01-01");

	memset(rulebook, 0, sizeof(*rulebook));
	ck_assert(slug_set("national", 8, &rulebook->id.slug));
	rulebook->id.version = start;
	rulebook->in_force_until = DAY_FOREVER;
	param_fix(rulebook, PARAM_SUSPENSION_THRESHOLD, 9, 9);
	param_fix(rulebook, PARAM_TERMINATION_THRESHOLD, 12, 12);
	for (int i = 0; i < 3; i++)
		param_fix(rulebook, (enum param_name)(PARAM_SUSPENSION_MONTHS_9 + i), 1, 6);
	param_fix(rulebook, PARAM_BAR_YEARS_ACCUMULATED, 1, 1);
	param_fix(rulebook, PARAM_BAR_YEARS_SINGLE, 3, 3);
	param_fix(rulebook, PARAM_SUSPENSION_EXEMPTS, VISIT_FIRST_AID | VISIT_RESCUE,
		  VISIT_FIRST_AID | VISIT_RESCUE);
	param_fix(rulebook, PARAM_TERMINATION_EXEMPTS, 0, 0);
	param_open(rulebook, PARAM_SUSPENSION_START);
	param_open(rulebook, PARAM_TERMINATION_START);
	param_open(rulebook, PARAM_SUSPENSION_OVERLAP);
	param_open(rulebook, PARAM_SINGLE_BY);
	for (int category = 1; category < CATEGORY_COUNT; category++)
		param_fix(rulebook, param_managed(INSTITUTION_HOSPITAL, (enum category)category),
			  start.number, start.number);
	param_fix(rulebook, param_managed(INSTITUTION_PHARMACY, CATEGORY_PRINCIPAL), start.number,
		  start.number);
	rulebook->situations[rulebook->situations_count++] = (struct situation){
	    .code = named("other"),
	    .state = PARAM_VALUE,
	    .min = 1,
	    .max = 12,
	    .needs_penalty = true,
	    .owner = rulebook->id.slug,
	};
	rulebook->situations[rulebook->situations_count++] = (struct situation){
	    .code = named("repeat-in-year"),
	    .state = PARAM_OPEN,
	    .owner = rulebook->id.slug,
	};
	rulebook->situations[rulebook->situations_count++] = (struct situation){
	    .code = named("licence-lost"),
	    .state = PARAM_VALUE,
	    .min = 10,
	    .max = 12,
	    .owner = rulebook->id.slug,
	};
}

void
scenario_init(struct scenario *scenario)
{
	static const struct code nobody;

	memset(scenario, 0, sizeof(*scenario));
	standing_init(&scenario->standing, &nobody);
	scenario->standing.practitioner = named("D350102000001");
	scenario->standing.category = CATEGORY_MEDICAL;
	scenario->known = true;
	rulebook_national(&scenario->rulebook);
	scenario->institution = (struct institution_row){
	    .code = named("H35010200001"), .region = named("350102"), .kind = INSTITUTION_HOSPITAL};
	scenario->standing.registrations[scenario->standing.registrations_count++] =
	    (struct registration){scenario->institution.code, at("2020-01-01"), DAY_FOREVER};
	scenario->sanction = named("S0");
	scenario->facts = (struct facts){
	    .today = at("2026-06-30"),
	    .practitioner = &scenario->standing.practitioner,
	    .standing = &scenario->standing,
	    .institution = &scenario->institution,
	    .rulebook = &scenario->rulebook,
	    .rulebook_missing = VERDICT_NO_RULEBOOK_IN_FORCE,
	    .rulebook_earliest = DAY_NONE,
	    .sanction = &scenario->sanction,
	};
}

enum verdict
scenario_take(struct scenario *scenario, enum verdict verdict)
{
	ck_assert_int_eq((int)scenario->decision.verdict, (int)verdict);
	if (verdict != VERDICT_ACCEPTED) {
		ck_assert_uint_eq(scenario->decision.events_count, 0);
		return verdict;
	}
	scenario->sequence++;
	for (size_t i = 0; i < scenario->decision.events_count; i++) {
		uint8_t bytes[8192];
		struct event back;
		size_t size = event_encode(&scenario->decision.events[i], bytes, sizeof(bytes));
		ck_assert_uint_eq(event_decode(bytes, size, &back), size);
		ck_assert(standing_apply(&scenario->standing, &back, scenario->sequence));
	}
	return verdict;
}

struct choice
chosen(const char *words)
{
	struct choice choice = CHOICE_NONE;
	char copy[128], *save = NULL;

	snprintf(copy, sizeof(copy), "%s", words);
	for (char *word = strtok_r(copy, " ", &save); word != NULL;
	     word = strtok_r(NULL, " ", &save)) {
		char *value = strchr(word, '=');
		ck_assert_ptr_nonnull(value);
		*value++ = '\0';
		if (strcmp(word, "months") == 0)
			choice.months = (int32_t)strtol(value, NULL, 10);
		else if (strcmp(word, "bar") == 0)
			choice.bar_years = (int32_t)strtol(value, NULL, 10);
		else if (strcmp(word, "credit") == 0)
			choice.credit_days = (int32_t)strtol(value, NULL, 10);
		else if (strcmp(word, "overlap") == 0)
			choice.overlap =
			    (enum overlap)kind_parse(KINDS_OVERLAP, value, strlen(value));
		else if (strcmp(word, "from") == 0)
			choice.from = at(value);
		else
			ck_abort_msg("unknown word %s", word);
	}
	return choice;
}

struct command_points
points_of(struct scenario *scenario, const char *id, int points, const char *day,
	  const char *choice)
{
	char penalty[32];
	struct command_points command = {
	    .entry = named(id),
	    .situation = named("other"),
	    .points = points,
	    .level = LEVEL_MAIN,
	    .on = DAY_NONE,
	    .conduct_from = at("2025-01-01"),
	    .conduct_to = at("2025-01-01"),
	    .choice = chosen(choice),
	    .reason_given = true,
	};

	snprintf(penalty, sizeof(penalty), "P%s", id);
	command.penalty = named(penalty);
	memset(&scenario->penalty, 0, sizeof(scenario->penalty));
	scenario->penalty.recorded.penalty = command.penalty;
	scenario->penalty.recorded.institution = scenario->institution.code;
	scenario->penalty.recorded.on = at(day);
	scenario->facts.penalty = &scenario->penalty;
	return command;
}

static void
sanction_name(struct scenario *scenario)
{
	char name[32];

	snprintf(name, sizeof(name), "S%llu", (unsigned long long)scenario->sequence + 1);
	scenario->sanction = named(name);
}

enum verdict
score(struct scenario *scenario, const char *id, int points, const char *day, const char *choice)
{
	struct command_points command = points_of(scenario, id, points, day, choice);

	sanction_name(scenario);
	return scenario_take(scenario,
			     decide_points_record(&command, &scenario->facts, &scenario->decision));
}

enum verdict
annul(struct scenario *scenario, const char *id, const char *choice)
{
	struct code entry = named(id);
	struct command_fall command = {
	    .why = FALL_ANNULLED,
	    .on = scenario->facts.today,
	    .choice = chosen(choice),
	    .reason_given = true,
	};
	uint8_t number;

	sanction_name(scenario);
	decision_init(&scenario->decision);
	enum verdict verdict =
	    decide_entry_stands(&scenario->standing, &entry, &scenario->decision, &number);
	if (verdict != VERDICT_ACCEPTED)
		return scenario_take(scenario, verdict);
	command.entries = UINT64_C(1) << number;
	return scenario_take(scenario,
			     decide_fall(&command, &scenario->facts, &scenario->decision));
}

const char *
status_on(const struct scenario *scenario, const char *day)
{
	static char words[64];
	struct interval intervals[STANDING_INTERVALS_MAX];
	char until[DAY_TEXT_SIZE];
	size_t count = standing_intervals(&scenario->standing, intervals);
	const struct interval *interval = interval_at(intervals, count, at(day));

	if (interval == NULL)
		return "normal";
	if (interval->status == STATUS_SUSPENDED) {
		day_format(interval_status_until(intervals, count, at(day)), until);
		snprintf(words, sizeof(words), "suspended until %s", until);
	} else {
		day_format(interval->bar_until, until);
		snprintf(words, sizeof(words), "terminated bar %s", until);
	}
	return words;
}
