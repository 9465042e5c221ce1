/*
 * What rulebooks and policies have in common: who they are, and how a value names its source.
 * Owns nothing; called by the two readers, on any thread. Never decides what a value means.
 */
#include "rules_yaml.h"

#include <assert.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#define NATIONAL	"national"
#define KEYS_MAX	24
#define FORMAT_NEWEST	1
#define SAID_KEYS_COUNT 9
#define ALSO_KEYS_MAX	(SAID_KEYS_COUNT - 6)

/* Joined with what stands before it; false when the line gets too long. */
static bool
append(char *line, size_t size, const char *separator, const char *text)
{
	size_t used = strlen(line);
	int n = snprintf(line + used, size - used, "%s%s", used > 0 ? separator : "", text);

	return n >= 0 && (size_t)n < size - used;
}

/*
 * basis: text (the jurisdiction's own, the default), summary (an official explanation of it) or
 * project (no text settles it; a jurisdiction's own may replace it).
 */
static int
source_read(const struct rules_node *node, struct text *ret, struct rules_error *ret_error)
{
	const struct rules_node *basis = rules_node_get(node, "basis");
	const struct rules_node *clause = rules_node_get(node, "clause");
	const struct rules_node *source;
	struct text part;
	char line[TEXT_SIZE_MAX + 1] = "";
	bool fits = true;
	int r;

	r = rules_node_need(node, "source", &source, ret_error);
	if (r < 0)
		return r;
	if (basis != NULL && !rules_node_says(basis, "text")) {
		if (!rules_node_says(basis, "summary") && !rules_node_says(basis, "project"))
			return rules_fault(ret_error, basis, "say text, summary or project");
		fits = append(line, sizeof(line), "", basis->text);
	}
	r = rules_node_text(source, &part, ret_error);
	if (r < 0)
		return r;
	fits = fits && append(line, sizeof(line), ": ", part.text);
	if (clause != NULL) {
		r = rules_node_text(clause, &part, ret_error);
		if (r < 0)
			return r;
		fits = fits && append(line, sizeof(line), " ", part.text);
	}
	if (!fits || !text_set(line, strlen(line), ret))
		return rules_fault(ret_error, source,
				   "source and clause together have more than %d bytes",
				   TEXT_SIZE_MAX);
	return 0;
}

int
rules_node_said(const struct rules_node *node, const char *value_key, const char *const *also_keys,
		struct rules_said *ret, struct rules_error *ret_error)
{
	const char *keys[SAID_KEYS_COUNT] = {value_key, "source", "clause", "basis", "text"};
	struct rules_said said = {0};
	struct text text;
	int r;

	for (size_t i = 0; also_keys != NULL && also_keys[i] != NULL; i++) {
		assert(i < ALSO_KEYS_MAX);
		keys[5 + i] = also_keys[i];
	}
	r = rules_node_keys(node, keys, ret_error);
	if (r == 0)
		r = rules_node_need(node, value_key, &said.value, ret_error);
	if (r == 0)
		r = source_read(node, &said.source, ret_error);
	/* For readers only: it stays in the record's text. */
	if (r == 0 && rules_node_get(node, "text") != NULL)
		r = rules_node_text(rules_node_get(node, "text"), &text, ret_error);
	if (r < 0)
		return r;
	said.open = rules_node_says(said.value, "open");
	*ret = said;
	return 0;
}

/* in force from = the version; until: the first day no longer. */
static int
head_days(const struct rules_node *root, struct rules_head *head, struct rules_error *ret_error)
{
	const struct rules_node *version;
	const struct rules_node *until = rules_node_get(root, "until");
	const struct rules_node *issued = rules_node_get(root, "issued");
	struct day day;
	int r;

	r = rules_node_need(root, "version", &version, ret_error);
	if (r == 0)
		r = rules_node_day(version, &head->id.version, ret_error);
	if (r == 0 && issued != NULL)
		r = rules_node_day(issued, &day, ret_error);
	if (r < 0)
		return r;

	head->in_force_until = DAY_FOREVER;
	if (until == NULL)
		return 0;
	r = rules_node_day(until, &head->in_force_until, ret_error);
	if (r < 0)
		return r;
	if (!day_before(head->id.version, head->in_force_until))
		return rules_fault(ret_error, until,
				   "the first day no longer in force is not after the first day");
	return 0;
}

/* Every jurisdiction's parent is the national frame (domain.md section 11). */
static int
head_parent(const struct rules_node *root, struct rules_head *head, struct rules_error *ret_error)
{
	const struct rules_node *parent = rules_node_get(root, "parent");

	if (strcmp(head->id.slug.text, NATIONAL) == 0) {
		if (parent != NULL)
			return rules_fault(ret_error, parent, "the national frame has no parent");
		memset(&head->parent, 0, sizeof(head->parent));
		return 0;
	}
	int r = rules_node_need(root, "parent", &parent, ret_error);
	if (r < 0)
		return r;
	if (!rules_node_says(parent, NATIONAL))
		return rules_fault(ret_error, parent, "every jurisdiction's parent is '%s'",
				   NATIONAL);
	return rules_node_slug(parent, &head->parent, ret_error);
}

/* A text names what it is: one of the other kind is no heap of unknown keys either. */
static int
head_kind(const struct rules_node *root, const char *kind, struct rules_error *ret_error)
{
	bool wants_policy = strcmp(kind, "policy") == 0;
	const struct rules_node *other = rules_node_get(root, wants_policy ? "rulebook" : "policy");

	if (other == NULL || rules_node_get(root, kind) != NULL)
		return 0;
	return rules_fault(ret_error, other,
			   wants_policy ? "this is a rulebook, not a claim policy"
					: "this is a claim policy, not a rulebook");
}

int
rules_head_read(const struct rules_node *root, const char *kind, const char *const *keys,
		struct rules_head *ret, struct rules_error *ret_error)
{
	const char *all[KEYS_MAX] = {"format", kind,	   "version", "until", "parent",
				     "name",   "document", "issued",  "note"};
	size_t count = 9;
	struct rules_head head = {0};
	const struct rules_node *node;
	struct text note;
	int32_t format;
	int r;

	for (size_t i = 0; keys[i] != NULL; i++) {
		assert(count < KEYS_MAX - 1);
		all[count++] = keys[i];
	}
	/* First, so that a later format is not called a heap of unknown keys. */
	r = rules_node_need(root, "format", &node, ret_error);
	if (r == 0)
		r = rules_node_number(node, 1, FORMAT_NEWEST, &format, ret_error);
	if (r == 0)
		r = head_kind(root, kind, ret_error);
	if (r == 0)
		r = rules_node_keys(root, all, ret_error);
	if (r == 0)
		r = rules_node_need(root, kind, &node, ret_error);
	if (r == 0)
		r = rules_node_slug(node, &head.id.slug, ret_error);
	if (r == 0)
		r = head_days(root, &head, ret_error);
	if (r == 0)
		r = head_parent(root, &head, ret_error);
	if (r == 0)
		r = rules_node_need(root, "name", &node, ret_error);
	if (r == 0)
		r = rules_node_text(node, &head.name, ret_error);
	if (r == 0)
		r = rules_node_need(root, "document", &node, ret_error);
	if (r == 0)
		r = rules_node_text(node, &head.document, ret_error);
	if (r == 0 && rules_node_get(root, "note") != NULL)
		r = rules_node_text(rules_node_get(root, "note"), &note, ret_error);
	if (r < 0)
		return r;
	*ret = head;
	return 0;
}

bool
rules_hash(const uint8_t *text, size_t size, uint8_t ret[RULEBOOK_HASH_SIZE])
{
	unsigned length = 0;

	if (EVP_Digest(text, size, ret, &length, EVP_sha256(), NULL) != 1)
		return false;
	assert(length == RULEBOOK_HASH_SIZE);
	return true;
}
