/*
 * The reader of rulebooks: a jurisdiction's YAML text becomes a struct rulebook. Owns no state;
 * called when a text is checked, loaded or replayed, on any thread. Never fills what the text
 * leaves out: that is inheritance, and rules_set_*() does it.
 */
#include "rules_yaml.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define POINTS_MAX 12

/* A word of a closed list: one list a unit. */
static enum kind_list
unit_list(enum param_unit unit)
{
	switch (unit) {
	case PARAM_UNIT_START:
		return KINDS_START;
	case PARAM_UNIT_OVERLAP:
		return KINDS_OVERLAP;
	case PARAM_UNIT_SINGLE:
		return KINDS_SINGLE_BY;
	case PARAM_UNIT_QUALIFICATION:
		return KINDS_QUALIFICATION;
	case PARAM_UNIT_KINDS:
		return KINDS_VISIT;
	case PARAM_UNIT_REPAIR_BASIS:
		return KINDS_REPAIR_BASIS;
	case PARAM_UNIT_POINTS:
	case PARAM_UNIT_MONTHS:
	case PARAM_UNIT_YEARS:
	case PARAM_UNIT_DAYS:
	case PARAM_UNIT_PERCENT:
	case PARAM_UNIT_DATE:
	case PARAM_UNIT_YES_NO:
		break;
	}
	return KINDS_COUNT;
}

/* A range leaves room to a decision, and only some parameters may be left to one. */
static int
number_read(const struct param_row *row, const struct rules_node *node, struct param *param,
	    struct rules_error *ret_error)
{
	int r = rules_node_range(node, row->min, row->max, &param->min, &param->max, ret_error);

	if (r < 0)
		return r;
	if (param->min != param->max && !row->suppliable)
		return rules_fault(ret_error, node,
				   "a range, but no decision may choose %s: one value, or open",
				   row->key);
	return 0;
}

static int
value_read(const struct param_row *row, const struct rules_node *node, struct param *param,
	   struct rules_error *ret_error)
{
	struct day day;
	unsigned number = 0;
	bool yes = false;
	int r;

	switch (row->unit) {
	case PARAM_UNIT_POINTS:
	case PARAM_UNIT_MONTHS:
	case PARAM_UNIT_YEARS:
	case PARAM_UNIT_DAYS:
	case PARAM_UNIT_PERCENT:
		return number_read(row, node, param, ret_error);
	case PARAM_UNIT_DATE:
		r = rules_node_day(node, &day, ret_error);
		if (r < 0)
			return r;
		param->min = day.number;
		break;
	case PARAM_UNIT_YES_NO:
		r = rules_node_yes_no(node, &yes, ret_error);
		if (r < 0)
			return r;
		param->min = yes ? 1 : 0;
		break;
	case PARAM_UNIT_KINDS:
		r = rules_node_kinds(node, unit_list(row->unit), "none", &number, ret_error);
		if (r < 0)
			return r;
		param->min = (int32_t)number;
		break;
	case PARAM_UNIT_START:
	case PARAM_UNIT_OVERLAP:
	case PARAM_UNIT_SINGLE:
	case PARAM_UNIT_QUALIFICATION:
	case PARAM_UNIT_REPAIR_BASIS:
		r = rules_node_kind(node, unit_list(row->unit), &number, ret_error);
		if (r < 0)
			return r;
		param->min = (int32_t)number;
		break;
	}
	param->max = param->min;
	assert(param->min >= row->min && param->max <= row->max);
	return 0;
}

static int
param_unknown(const struct rules_node *node, struct rules_error *ret_error)
{
	struct rules_nearest nearest = {0};

	for (enum param_name i = 0; i < PARAM_COUNT; i++)
		rules_nearest_try(&nearest, node->key, strlen(node->key), param_row(i)->key);
	if (nearest.best != NULL)
		return rules_fault(ret_error, node, "no parameter '%s'; did you mean '%s'?",
				   node->key, nearest.best);
	return rules_fault(ret_error, node, "no parameter '%s'", node->key);
}

static int
params_read(const struct rules_node *root, struct rulebook *rulebook, struct rules_error *ret_error)
{
	const struct rules_node *node = rules_node_get(root, "parameters");
	int r;

	if (node == NULL)
		return 0;
	r = rules_node_is(node, RULES_MAPPING, ret_error);
	if (r < 0)
		return r;
	for (const struct rules_node *child = node->child; child != NULL; child = child->next) {
		enum param_name name = 0;
		struct rules_said said;
		while (name < PARAM_COUNT && strcmp(param_row(name)->key, child->key) != 0)
			name++;
		if (name == PARAM_COUNT)
			return param_unknown(child, ret_error);

		struct param *param = &rulebook->params[name];
		r = rules_node_said(child, "value", NULL, &said, ret_error);
		if (r == 0 && !said.open)
			r = value_read(param_row(name), said.value, param, ret_error);
		if (r < 0)
			return r;
		param->state = said.open ? PARAM_OPEN : PARAM_VALUE;
		param->owner = rulebook->id.slug;
		param->source = said.source;
	}
	return 0;
}

/* Absent: no. */
static int
may_yes_no(const struct rules_node *node, const char *key, bool *ret, struct rules_error *ret_error)
{
	const struct rules_node *child = rules_node_get(node, key);

	return child == NULL ? 0 : rules_node_yes_no(child, ret, ret_error);
}

static int
situation_read(const struct rules_node *node, struct rulebook *rulebook,
	       struct rules_error *ret_error)
{
	static const char *const also[] = {"needs-penalty", "needs-repeat", "no-repair", NULL};
	struct situation *situation;
	const struct rules_node *needs;
	struct rules_said said;
	int r;

	if (rulebook->situations_count == RULEBOOK_SITUATIONS_MAX)
		return rules_fault(ret_error, node, "more than %d situations",
				   RULEBOOK_SITUATIONS_MAX);
	situation = &rulebook->situations[rulebook->situations_count];

	/* A key is a code: the tree saw to it. */
	bool is_code = code_set(node->key, strlen(node->key), &situation->code);
	assert(is_code);
	(void)is_code;
	r = rules_node_said(node, "band", also, &said, ret_error);
	if (r == 0)
		r = rules_node_need(node, "needs-penalty", &needs, ret_error);
	if (r == 0)
		r = rules_node_yes_no(needs, &situation->needs_penalty, ret_error);
	if (r == 0)
		r = may_yes_no(node, "needs-repeat", &situation->needs_repeat, ret_error);
	if (r == 0)
		r = may_yes_no(node, "no-repair", &situation->no_repair, ret_error);
	if (r == 0 && !said.open)
		r = rules_node_range(said.value, 1, POINTS_MAX, &situation->min, &situation->max,
				     ret_error);
	if (r < 0)
		return r;
	situation->state = said.open ? PARAM_OPEN : PARAM_VALUE;
	situation->owner = rulebook->id.slug;
	situation->source = said.source;
	rulebook->situations_count++;
	return 0;
}

static int
situations_read(const struct rules_node *root, struct rulebook *rulebook,
		struct rules_error *ret_error)
{
	const struct rules_node *node = rules_node_get(root, "situations");
	int r;

	if (node == NULL)
		return 0;
	r = rules_node_is(node, RULES_MAPPING, ret_error);
	for (const struct rules_node *child = node->child; r == 0 && child != NULL;
	     child = child->next)
		r = situation_read(child, rulebook, ret_error);
	return r;
}

static int
measure_read(const struct rules_node *node, struct rulebook *rulebook,
	     struct rules_error *ret_error)
{
	static const char *const also[] = {"action", NULL};
	struct measure *measure;
	const struct rules_node *action;
	struct rules_said said;
	int r;

	if (rulebook->measures_count == RULEBOOK_MEASURES_MAX)
		return rules_fault(ret_error, node, "more than %d measures", RULEBOOK_MEASURES_MAX);
	measure = &rulebook->measures[rulebook->measures_count];

	r = rules_node_said(node, "totals", also, &said, ret_error);
	if (r == 0 && said.open)
		r = rules_fault(ret_error, said.value, "a measure has totals, or is left out");
	if (r == 0)
		r = rules_node_range(said.value, 1, POINTS_MAX, &measure->from, &measure->to,
				     ret_error);
	if (r == 0)
		r = rules_node_need(node, "action", &action, ret_error);
	if (r == 0)
		r = rules_node_code(action, &measure->action, ret_error);
	if (r < 0)
		return r;
	for (size_t i = 0; i < rulebook->measures_count; i++) {
		const struct measure *other = &rulebook->measures[i];
		if (measure->from <= other->to && other->from <= measure->to)
			return rules_fault(ret_error, said.value,
					   "totals %d-%d overlap those of '%s', %d-%d",
					   (int)measure->from, (int)measure->to, other->action.text,
					   (int)other->from, (int)other->to);
	}
	measure->owner = rulebook->id.slug;
	measure->source = said.source;
	rulebook->measures_count++;
	return 0;
}

static int
measures_read(const struct rules_node *root, struct rulebook *rulebook,
	      struct rules_error *ret_error)
{
	const struct rules_node *node = rules_node_get(root, "measures");
	int r;

	if (node == NULL)
		return 0;
	r = rules_node_is(node, RULES_LIST, ret_error);
	for (const struct rules_node *child = node->child; r == 0 && child != NULL;
	     child = child->next)
		r = measure_read(child, rulebook, ret_error);
	return r;
}

static int
activity_read(const struct rules_node *node, struct rulebook *rulebook,
	      struct rules_error *ret_error)
{
	struct activity *activity;
	struct rules_said said;
	int r;

	if (rulebook->activities_count == RULEBOOK_ACTIVITIES_MAX)
		return rules_fault(ret_error, node, "more than %d activities",
				   RULEBOOK_ACTIVITIES_MAX);
	activity = &rulebook->activities[rulebook->activities_count];
	bool is_code = code_set(node->key, strlen(node->key), &activity->code);
	assert(is_code); /* a key is a code: the tree saw to it */
	(void)is_code;
	r = rules_node_said(node, "points", NULL, &said, ret_error);
	if (r == 0)
		r = rules_node_range(said.value, 1, POINTS_MAX, &activity->min, &activity->max,
				     ret_error);
	if (r < 0)
		return r;
	activity->owner = rulebook->id.slug;
	activity->source = said.source;
	rulebook->activities_count++;
	return 0;
}

static int
activities_read(const struct rules_node *root, struct rulebook *rulebook,
		struct rules_error *ret_error)
{
	const struct rules_node *node = rules_node_get(root, "repair-activities");
	int r;

	if (node == NULL)
		return 0;
	r = rules_node_is(node, RULES_MAPPING, ret_error);
	for (const struct rules_node *child = node->child; r == 0 && child != NULL;
	     child = child->next)
		r = activity_read(child, rulebook, ret_error);
	return r;
}

/* Two values that contradict each other, when the text fixes both. */
static int
order_check(const struct rules_node *root, const struct rulebook *rulebook, enum param_name low,
	    enum param_name high, bool may_be_equal, struct rules_error *ret_error)
{
	const struct param *a = &rulebook->params[low];
	const struct param *b = &rulebook->params[high];

	if (a->state != PARAM_VALUE || b->state != PARAM_VALUE || a->max < b->min ||
	    (may_be_equal && a->max == b->min))
		return 0;
	const struct rules_node *params = rules_node_get(root, "parameters");
	return rules_fault(ret_error, rules_node_get(params, param_row(high)->key),
			   "%d, which does not go with %s, %d", (int)b->min, param_row(low)->key,
			   (int)a->max);
}

static int
document_read(const struct rules_node *root, struct rulebook *ret, struct rules_error *ret_error)
{
	static const char *const keys[] = {"parameters", "situations", "measures",
					   "repair-activities", NULL};
	struct rules_head head;
	int r;

	r = rules_head_read(root, "rulebook", keys, &head, ret_error);
	if (r < 0)
		return r;
	ret->id = head.id;
	ret->parent = head.parent;
	ret->in_force_until = head.in_force_until;
	ret->name = head.name;
	ret->document = head.document;

	r = params_read(root, ret, ret_error);
	if (r == 0)
		r = situations_read(root, ret, ret_error);
	if (r == 0)
		r = measures_read(root, ret, ret_error);
	if (r == 0)
		r = activities_read(root, ret, ret_error);
	if (r == 0)
		r = order_check(root, ret, PARAM_SUSPENSION_THRESHOLD, PARAM_TERMINATION_THRESHOLD,
				false, ret_error);
	if (r == 0)
		r = order_check(root, ret, PARAM_REPAIR_POINTS_EACH, PARAM_REPAIR_POINTS_MAX, true,
				ret_error);
	if (r == 0)
		r = order_check(root, ret, PARAM_INSTITUTION_WITHHELD_FROM,
				PARAM_INSTITUTION_HALTED_FROM, false, ret_error);
	return r;
}

int
rules_parse_rulebook(const uint8_t *text, size_t size, struct rulebook *ret,
		     struct rules_error *ret_error)
{
	struct rules_tree *tree;
	struct rulebook *rulebook;
	int r;

	r = rules_tree_read(text, size, &tree, ret_error);
	if (r < 0)
		return r;
	rulebook = calloc(1, sizeof(*rulebook));
	if (rulebook == NULL) {
		rules_tree_free(tree);
		return -ENOMEM;
	}
	r = document_read(rules_tree_root(tree), rulebook, ret_error);
	if (r == 0 && !rules_hash(text, size, rulebook->id.hash))
		r = -ENOMEM;
	if (r == 0)
		*ret = *rulebook;
	free(rulebook);
	rules_tree_free(tree);
	return r;
}
