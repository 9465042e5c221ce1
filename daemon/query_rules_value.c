/*
 * A rulebook's parameters, situations and measures in the words of its YAML.
 *
 * Called by query_rules.c on a loop's thread; owns nothing. Never resolves inheritance: rules.h
 * does.
 */
#include "query_rules.h"

#include <stdio.h>
#include <string.h>

#include "query_inner.h"

#define VALUE_SIZE 96
#define VALUES_MAX                                                                                 \
	(PARAM_COUNT + RULEBOOK_SITUATIONS_MAX + RULEBOOK_MEASURES_MAX + RULEBOOK_ACTIVITIES_MAX)

static void
value_range(int32_t min, int32_t max, char ret[VALUE_SIZE])
{
	if (min == max)
		snprintf(ret, VALUE_SIZE, "%d", min);
	else
		snprintf(ret, VALUE_SIZE, "%d-%d", min, max);
}

static void
value_kinds(int32_t set, char ret[VALUE_SIZE])
{
	size_t used = 0;

	snprintf(ret, VALUE_SIZE, "none");
	for (unsigned kind = 1; kind <= VISIT_EMERGENCY; kind *= 2) {
		if (((unsigned)set & kind) == 0)
			continue;
		int size = snprintf(ret + used, VALUE_SIZE - used, "%s%s", used > 0 ? ", " : "",
				    kind_name(KINDS_VISIT, kind));
		used += size > 0 ? (size_t)size : 0;
	}
}

static void
value_word(enum kind_list list, const struct param *param, char ret[VALUE_SIZE])
{
	const char *name = kind_name(list, (unsigned)param->min);

	snprintf(ret, VALUE_SIZE, "%s", name == NULL ? "" : name);
}

static void
value_of(enum param_unit unit, const struct param *param, char ret[VALUE_SIZE])
{
	switch (unit) {
	case PARAM_UNIT_POINTS:
	case PARAM_UNIT_MONTHS:
	case PARAM_UNIT_YEARS:
	case PARAM_UNIT_DAYS:
	case PARAM_UNIT_PERCENT:
		value_range(param->min, param->max, ret);
		return;
	case PARAM_UNIT_DATE:
		day_format((struct day){param->min}, ret);
		return;
	case PARAM_UNIT_YES_NO:
		snprintf(ret, VALUE_SIZE, "%s", param->min != 0 ? "yes" : "no");
		return;
	case PARAM_UNIT_START:
		value_word(KINDS_START, param, ret);
		return;
	case PARAM_UNIT_OVERLAP:
		value_word(KINDS_OVERLAP, param, ret);
		return;
	case PARAM_UNIT_SINGLE:
		value_word(KINDS_SINGLE_BY, param, ret);
		return;
	case PARAM_UNIT_KINDS:
		value_kinds(param->min, ret);
		return;
	case PARAM_UNIT_QUALIFICATION:
		value_word(KINDS_QUALIFICATION, param, ret);
		return;
	case PARAM_UNIT_REPAIR_BASIS:
		value_word(KINDS_REPAIR_BASIS, param, ret);
		return;
	}
	ret[0] = '\0';
}

static void
value_put(struct call *call, const char *name, const char *value, struct rules_value *ret)
{
	ret->name = query_text(call, name, strlen(name));
	ret->value = query_text(call, value, strlen(value));
}

static void
value_parameter(struct call *call, enum param_name name, const struct param *param,
		struct rules_value *ret)
{
	const struct param_row *row = param_row(name);
	char value[VALUE_SIZE] = "open";

	if (param->state == PARAM_VALUE)
		value_of(row->unit, param, value);
	value_put(call, row->key, value, ret);
	ret->open = param->state == PARAM_OPEN;
	ret->owner = &param->owner;
	ret->source = &param->source;
}

static void
value_situation(struct call *call, const struct situation *situation, struct rules_value *ret)
{
	char name[VALUE_SIZE], band[VALUE_SIZE] = "open", value[2 * VALUE_SIZE];

	snprintf(name, sizeof(name), "situations.%s", situation->code.text);
	if (situation->state == PARAM_VALUE)
		value_range(situation->min, situation->max, band);
	snprintf(value, sizeof(value), "%s%s%s%s", band,
		 situation->needs_penalty ? ", needs a penalty" : "",
		 situation->needs_repeat ? ", of a repeated violation" : "",
		 situation->no_repair ? ", excludes repair" : "");
	value_put(call, name, value, ret);
	ret->open = situation->state == PARAM_OPEN;
	ret->owner = &situation->owner;
	ret->source = &situation->source;
}

static void
value_measure(struct call *call, const struct measure *measure, struct rules_value *ret)
{
	char name[VALUE_SIZE], totals[VALUE_SIZE];

	value_range(measure->from, measure->to, totals);
	snprintf(name, sizeof(name), "measures.%.80s", totals);
	value_put(call, name, measure->action.text, ret);
	ret->owner = &measure->owner;
	ret->source = &measure->source;
}

static void
value_activity(struct call *call, const struct activity *activity, struct rules_value *ret)
{
	char name[VALUE_SIZE], points[VALUE_SIZE];

	snprintf(name, sizeof(name), "repair-activities.%s", activity->code.text);
	value_range(activity->min, activity->max, points);
	value_put(call, name, points, ret);
	ret->owner = &activity->owner;
	ret->source = &activity->source;
}

struct rules_value *
rules_values(struct call *call, const struct rulebook *rulebook, size_t *ret_count)
{
	struct rules_value *values = query_alloc(call, VALUES_MAX, sizeof(*values));
	size_t count = 0;

	*ret_count = 0;
	if (values == NULL)
		return NULL;
	for (enum param_name name = 0; name < PARAM_COUNT; name++) {
		if (rulebook->params[name].state != PARAM_ABSENT)
			value_parameter(call, name, &rulebook->params[name], &values[count++]);
	}
	for (size_t i = 0; i < rulebook->situations_count; i++)
		value_situation(call, &rulebook->situations[i], &values[count++]);
	for (size_t i = 0; i < rulebook->measures_count; i++)
		value_measure(call, &rulebook->measures[i], &values[count++]);
	for (size_t i = 0; i < rulebook->activities_count; i++)
		value_activity(call, &rulebook->activities[i], &values[count++]);
	if (call->arena->exhausted)
		return NULL;
	*ret_count = count;
	return values;
}
