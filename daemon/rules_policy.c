/*
 * The reader of claim policies: YAML text becomes a struct policy. Owns no state; called when a
 * text is checked, loaded or replayed, on any thread.
 *
 * A policy inherits nothing: what a claim is judged by stands whole in one text. A class that is
 * not named is not managed.
 */
#include "rules_yaml.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROLES_ALL (((1U << ROLE_COUNT) - 1) << 1)

static_assert(ROLES_ALL <= UINT16_MAX, "a bit for each role");

/* managed: {hospital: {medical: {value: DAY, source: ...}, ...}, pharmacy: ...} */
static int
managed_read(const struct rules_node *root, struct policy *policy, struct rules_error *ret_error)
{
	static const char *const institutions[] = {"hospital", "pharmacy", NULL};
	static const char *const categories[] = {
	    "medical", "pharmaceutical", "nursing", "technical", "billing", "principal", NULL};
	const struct rules_node *managed;
	int r;

	r = rules_node_need(root, "managed", &managed, ret_error);
	if (r == 0)
		r = rules_node_keys(managed, institutions, ret_error);
	if (r < 0)
		return r;
	for (const struct rules_node *at = managed->child; at != NULL; at = at->next) {
		unsigned kind = kind_parse(KINDS_INSTITUTION, at->key, strlen(at->key));
		assert(kind != 0);
		r = rules_node_keys(at, categories, ret_error);
		if (r < 0)
			return r;
		for (const struct rules_node *node = at->child; node != NULL; node = node->next) {
			unsigned category =
			    kind_parse(KINDS_CATEGORY, node->key, strlen(node->key));
			struct rules_said said;
			assert(category != 0);
			r = rules_node_said(node, "value", NULL, &said, ret_error);
			if (r == 0)
				r = rules_node_day(said.value,
						   &policy->managed[kind - 1][category - 1],
						   ret_error);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

/* A value that must be there. */
static int
said_need(const struct rules_node *root, const char *key, struct rules_said *ret,
	  struct rules_error *ret_error)
{
	const struct rules_node *node;

	int r = rules_node_need(root, key, &node, ret_error);
	if (r == 0)
		r = rules_node_said(node, "value", NULL, ret, ret_error);
	return r;
}

/* A set that must be there; the word that stands for an empty one makes 0. */
static int
kinds_need(const struct rules_node *root, const char *key, enum kind_list list, const char *empty,
	   unsigned *ret, struct rules_error *ret_error)
{
	struct rules_said said;

	int r = said_need(root, key, &said, ret_error);
	if (r == 0)
		r = rules_node_kinds(said.value, list, empty, ret, ret_error);
	return r;
}

static int
roles_read(const struct rules_node *root, struct policy *policy, struct rules_error *ret_error)
{
	unsigned mask;

	int r = kinds_need(root, "blocking-roles", KINDS_ROLE, "any", &mask, ret_error);
	if (r < 0)
		return r;
	assert((mask & ~ROLES_ALL) == 0);
	policy->blocking = (uint16_t)(mask == 0 ? ROLES_ALL : mask);
	return 0;
}

static int
flag_read(const struct rules_node *root, struct policy *policy, struct rules_error *ret_error)
{
	unsigned mask;

	int r = kinds_need(root, "emergency-flag", KINDS_VISIT, "none", &mask, ret_error);
	if (r < 0)
		return r;
	assert(mask <= VISIT_KINDS_ALL);
	policy->flag_kinds = (uint8_t)mask;
	return 0;
}

static int
registration_read(const struct rules_node *root, struct policy *policy,
		  struct rules_error *ret_error)
{
	struct rules_said said;

	int r = said_need(root, "registration-decides", &said, ret_error);
	if (r == 0)
		r = rules_node_yes_no(said.value, &policy->registration_decides, ret_error);
	return r;
}

/* visit-types: {"13": {value: [emergency], source: ...}}; codes differ by province. */
static int
visits_read(const struct rules_node *root, struct policy *policy, struct rules_error *ret_error)
{
	const struct rules_node *visits = rules_node_get(root, "visit-types");
	int r;

	if (visits == NULL)
		return 0;
	r = rules_node_is(visits, RULES_MAPPING, ret_error);
	if (r < 0)
		return r;
	for (const struct rules_node *node = visits->child; node != NULL; node = node->next) {
		struct policy_visit *visit = &policy->visits[policy->visits_count];
		struct rules_said said;
		unsigned mask;
		if (policy->visits_count == POLICY_VISIT_TYPES_MAX)
			return rules_fault(ret_error, node, "more than %d visit types",
					   POLICY_VISIT_TYPES_MAX);
		r = rules_node_said(node, "value", NULL, &said, ret_error);
		if (r == 0)
			r = rules_node_kinds(said.value, KINDS_VISIT, "none", &mask, ret_error);
		if (r < 0)
			return r;
		bool is_code = code_set(node->key, strlen(node->key), &visit->type);
		assert(is_code);
		(void)is_code;
		visit->kinds = (uint8_t)mask;
		policy->visits_count++;
	}
	return 0;
}

static int
document_read(const struct rules_node *root, struct policy *ret, struct rules_error *ret_error)
{
	static const char *const keys[] = {"managed",	  "blocking-roles",	  "emergency-flag",
					   "visit-types", "registration-decides", NULL};
	struct rules_head head;
	int r;

	r = rules_head_read(root, "policy", keys, &head, ret_error);
	if (r < 0)
		return r;
	ret->id = head.id;
	ret->parent = head.parent;
	ret->in_force_until = head.in_force_until;
	ret->name = head.name;
	for (size_t i = 0; i < INSTITUTION_KIND_COUNT; i++) {
		for (size_t j = 0; j < CATEGORY_COUNT; j++)
			ret->managed[i][j] = DAY_NONE;
	}

	r = managed_read(root, ret, ret_error);
	if (r == 0)
		r = roles_read(root, ret, ret_error);
	if (r == 0)
		r = flag_read(root, ret, ret_error);
	if (r == 0)
		r = visits_read(root, ret, ret_error);
	if (r == 0)
		r = registration_read(root, ret, ret_error);
	return r;
}

int
rules_parse_policy(const uint8_t *text, size_t size, struct policy *ret,
		   struct rules_error *ret_error)
{
	struct rules_tree *tree;
	struct policy policy = {0};
	int r;

	r = rules_tree_read(text, size, &tree, ret_error);
	if (r < 0)
		return r;
	r = document_read(rules_tree_root(tree), &policy, ret_error);
	if (r == 0 && !rules_hash(text, size, policy.id.hash))
		r = -ENOMEM;
	if (r == 0)
		*ret = policy;
	rules_tree_free(tree);
	return r;
}
