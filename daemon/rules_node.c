/*
 * What a node says: numbers, days, words, and what is wrong with them. Owns nothing; called by
 * the readers of rulebooks and policies, on any thread. Never repairs: 010 is not ten.
 */
#include "rules_yaml.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NUMBER_DIGITS_MAX 9
#define QUOTE_MAX	  40

/* The way from the root to the node, "parameters.year.cap.value", cut at its beginning. */
static void
path_write(const struct rules_node *node, char *ret, size_t size)
{
	size_t used = size - 1;

	ret[used] = '\0';
	for (; node != NULL && used > 0; node = node->parent) {
		if (node->key == NULL)
			continue;
		size_t length = strlen(node->key);
		if (used != size - 1)
			ret[--used] = '.';
		if (length > used)
			length = used;
		used -= length;
		memcpy(ret + used, node->key + strlen(node->key) - length, length);
	}
	memmove(ret, ret + used, size - used);
}

int
rules_fault(struct rules_error *ret_error, const struct rules_node *node, const char *format, ...)
{
	va_list arguments;

	memset(ret_error, 0, sizeof(*ret_error));
	if (node != NULL) {
		ret_error->line = node->line;
		ret_error->column = node->column;
		path_write(node, ret_error->key, sizeof(ret_error->key));
	}
	va_start(arguments, format);
	(void)vsnprintf(ret_error->message, sizeof(ret_error->message), format, arguments);
	va_end(arguments);
	return -EINVAL;
}

/* The text as it can stand in a message: short, whole characters, no line ends. */
static const char *
quote(const struct rules_node *node, char ret[QUOTE_MAX + 1])
{
	size_t size = node->size < QUOTE_MAX ? node->size : QUOTE_MAX;

	while (size > 0 && size < node->size && ((unsigned char)node->text[size] & 0xc0) == 0x80)
		size--;
	for (size_t i = 0; i < size; i++)
		ret[i] = (unsigned char)node->text[i] < 0x20 ? '?' : node->text[i];
	ret[size] = '\0';
	return ret;
}

const struct rules_node *
rules_node_get(const struct rules_node *mapping, const char *key)
{
	assert(mapping->kind == RULES_MAPPING);
	for (const struct rules_node *child = mapping->child; child != NULL; child = child->next) {
		if (strcmp(child->key, key) == 0)
			return child;
	}
	return NULL;
}

int
rules_node_is(const struct rules_node *node, enum rules_node_kind kind,
	      struct rules_error *ret_error)
{
	static const char *const names[] = {
	    [RULES_SCALAR] = "a single value",
	    [RULES_MAPPING] = "keys with values",
	    [RULES_LIST] = "a list",
	};

	if (node->kind == kind && (kind != RULES_SCALAR || node->size > 0))
		return 0;
	if (node->kind == RULES_SCALAR && node->size == 0)
		return rules_fault(ret_error, node, "%s is missing here", names[kind]);
	return rules_fault(ret_error, node, "expected %s, found %s", names[kind],
			   names[node->kind]);
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many letters to change, add, leave out or swap with the next. Both at most 64 long. */
static size_t
distance(const char *a, size_t a_size, const char *b, size_t b_size)
{
	size_t rows[3][CODE_SIZE_MAX + 1]; /* the one before last, the last, this */

	for (size_t j = 0; j <= b_size; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a_size; i++) {
		size_t *row = rows[i % 3];
		const size_t *above = rows[(i + 2) % 3];
		const size_t *over = rows[(i + 1) % 3];
		row[0] = i;
		for (size_t j = 1; j <= b_size; j++) {
			row[j] = least(least(above[j], row[j - 1]) + 1,
				       above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], over[j - 2] + 1);
		}
	}
	return rows[a_size % 3][b_size];
}

void
rules_nearest_try(struct rules_nearest *nearest, const char *word, size_t size,
		  const char *candidate)
{
	size_t length = strlen(candidate);

	if (size > CODE_SIZE_MAX || length > CODE_SIZE_MAX)
		return;
	size_t d = distance(word, size, candidate, length);
	/* A third of the letters wrong, or one: beyond that a suggestion misleads. */
	if (d > 1 && d > length / 3)
		return;
	if (nearest->best == NULL || d < nearest->distance) {
		nearest->best = candidate;
		nearest->distance = d;
	}
}

int
rules_node_keys(const struct rules_node *node, const char *const *keys,
		struct rules_error *ret_error)
{
	int r = rules_node_is(node, RULES_MAPPING, ret_error);

	if (r < 0)
		return r;
	for (const struct rules_node *child = node->child; child != NULL; child = child->next) {
		struct rules_nearest nearest = {0};
		bool known = false;
		for (size_t i = 0; keys[i] != NULL && !known; i++) {
			known = strcmp(keys[i], child->key) == 0;
			rules_nearest_try(&nearest, child->key, strlen(child->key), keys[i]);
		}
		if (known)
			continue;
		if (nearest.best != NULL)
			return rules_fault(ret_error, child, "no key '%s' here; did you mean '%s'?",
					   child->key, nearest.best);
		return rules_fault(ret_error, child, "no key '%s' here", child->key);
	}
	return 0;
}

int
rules_node_need(const struct rules_node *mapping, const char *key, const struct rules_node **ret,
		struct rules_error *ret_error)
{
	const struct rules_node *node = rules_node_get(mapping, key);

	if (node == NULL)
		return rules_fault(ret_error, mapping, "the key '%s' is missing here", key);
	*ret = node;
	return 0;
}

bool
rules_node_says(const struct rules_node *node, const char *word)
{
	return node->kind == RULES_SCALAR && node->size == strlen(word) &&
	       memcmp(node->text, word, node->size) == 0;
}

/* Digits as one writes them: no sign, no leading zero, no point. */
static bool
number_parse(const char *text, size_t size, int32_t *ret)
{
	int32_t value = 0;

	if (size == 0 || size > NUMBER_DIGITS_MAX || (size > 1 && text[0] == '0'))
		return false;
	for (size_t i = 0; i < size; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = value * 10 + (text[i] - '0');
	}
	*ret = value;
	return true;
}

static int
bounds_check(const struct rules_node *node, int32_t value, int32_t min, int32_t max,
	     struct rules_error *ret_error)
{
	if (value < min || value > max)
		return rules_fault(ret_error, node, "%d is not within %d-%d", (int)value, (int)min,
				   (int)max);
	return 0;
}

int
rules_node_number(const struct rules_node *node, int32_t min, int32_t max, int32_t *ret,
		  struct rules_error *ret_error)
{
	char quoted[QUOTE_MAX + 1];
	int32_t value;
	int r = rules_node_is(node, RULES_SCALAR, ret_error);

	if (r < 0)
		return r;
	if (!number_parse(node->text, node->size, &value))
		return rules_fault(ret_error, node,
				   "'%s' is not a whole number in plain digits (9, not 09 or 9.0)",
				   quote(node, quoted));
	r = bounds_check(node, value, min, max, ret_error);
	if (r < 0)
		return r;
	*ret = value;
	return 0;
}

static int
range_of_keys(const struct rules_node *node, int32_t min, int32_t max, int32_t *ret_min,
	      int32_t *ret_max, struct rules_error *ret_error)
{
	static const char *const keys[] = {"min", "max", NULL};
	const struct rules_node *low;
	const struct rules_node *high;
	int r;

	r = rules_node_keys(node, keys, ret_error);
	if (r == 0)
		r = rules_node_need(node, "min", &low, ret_error);
	if (r == 0)
		r = rules_node_need(node, "max", &high, ret_error);
	if (r == 0)
		r = rules_node_number(low, min, max, ret_min, ret_error);
	if (r == 0)
		r = rules_node_number(high, min, max, ret_max, ret_error);
	return r;
}

int
rules_node_range(const struct rules_node *node, int32_t min, int32_t max, int32_t *ret_min,
		 int32_t *ret_max, struct rules_error *ret_error)
{
	char quoted[QUOTE_MAX + 1];
	int32_t low;
	int32_t high;
	int r;

	if (node->kind == RULES_MAPPING) {
		r = range_of_keys(node, min, max, &low, &high, ret_error);
		if (r < 0)
			return r;
	} else {
		r = rules_node_is(node, RULES_SCALAR, ret_error);
		if (r < 0)
			return r;
		const char *dash = memchr(node->text, '-', node->size);
		size_t first = dash == NULL ? node->size : (size_t)(dash - node->text);
		if (!number_parse(node->text, first, &low))
			return rules_fault(ret_error, node,
					   "'%s' is neither a whole number in plain digits nor a "
					   "range like 1-6",
					   quote(node, quoted));
		high = low;
		if (dash != NULL && !number_parse(dash + 1, node->size - first - 1, &high))
			return rules_fault(ret_error, node, "'%s' is not a range like 1-6",
					   quote(node, quoted));
	}

	if (low > high)
		return rules_fault(ret_error, node, "the range %d-%d is upside down", (int)low,
				   (int)high);
	r = bounds_check(node, low, min, max, ret_error);
	if (r == 0)
		r = bounds_check(node, high, min, max, ret_error);
	if (r < 0)
		return r;
	*ret_min = low;
	*ret_max = high;
	return 0;
}

int
rules_node_day(const struct rules_node *node, struct day *ret, struct rules_error *ret_error)
{
	char quoted[QUOTE_MAX + 1];
	int r = rules_node_is(node, RULES_SCALAR, ret_error);

	if (r < 0)
		return r;
	if (!day_parse(node->text, node->size, ret))
		return rules_fault(ret_error, node,
				   "'%s' is not a day of the calendar written like 2025-01-31",
				   quote(node, quoted));
	return 0;
}

int
rules_node_yes_no(const struct rules_node *node, bool *ret, struct rules_error *ret_error)
{
	char quoted[QUOTE_MAX + 1];
	int r = rules_node_is(node, RULES_SCALAR, ret_error);

	if (r < 0)
		return r;
	if (!rules_node_says(node, "yes") && !rules_node_says(node, "no"))
		return rules_fault(ret_error, node, "'%s': say yes or no", quote(node, quoted));
	*ret = rules_node_says(node, "yes");
	return 0;
}

int
rules_node_text(const struct rules_node *node, struct text *ret, struct rules_error *ret_error)
{
	int r = rules_node_is(node, RULES_SCALAR, ret_error);

	if (r < 0)
		return r;
	for (size_t i = 0; i < node->size; i++) {
		unsigned char c = (unsigned char)node->text[i];
		if (c < 0x20 || c == 0x7f)
			return rules_fault(ret_error, node,
					   "one line of text, without tabs and line ends");
	}
	if (!text_set(node->text, node->size, ret))
		return rules_fault(ret_error, node, "%zu bytes of text, at most %d are kept",
				   node->size, TEXT_SIZE_MAX);
	return 0;
}

int
rules_node_code(const struct rules_node *node, struct code *ret, struct rules_error *ret_error)
{
	char quoted[QUOTE_MAX + 1];
	int r = rules_node_is(node, RULES_SCALAR, ret_error);

	if (r < 0)
		return r;
	if (!code_set(node->text, node->size, ret))
		return rules_fault(ret_error, node,
				   "'%s' is not 1 to 64 ASCII characters without blanks",
				   quote(node, quoted));
	return 0;
}

int
rules_node_slug(const struct rules_node *node, struct slug *ret, struct rules_error *ret_error)
{
	char quoted[QUOTE_MAX + 1];
	int r = rules_node_is(node, RULES_SCALAR, ret_error);

	if (r < 0)
		return r;
	if (!slug_set(node->text, node->size, ret))
		return rules_fault(ret_error, node,
				   "'%s' is not a jurisdiction: small letters, digits, hyphens",
				   quote(node, quoted));
	return 0;
}

int
rules_node_kind(const struct rules_node *node, enum kind_list list, unsigned *ret,
		struct rules_error *ret_error)
{
	struct rules_nearest nearest = {0};
	char quoted[QUOTE_MAX + 1];
	unsigned number;
	int r = rules_node_is(node, RULES_SCALAR, ret_error);

	if (r < 0)
		return r;
	number = kind_parse(list, node->text, node->size);
	if (number != 0) {
		*ret = number;
		return 0;
	}
	for (unsigned i = 1; i <= UINT8_MAX; i++) {
		const char *name = kind_name(list, i);
		if (name != NULL)
			rules_nearest_try(&nearest, node->text, node->size, name);
	}
	if (nearest.best != NULL)
		return rules_fault(ret_error, node, "no '%s' here; did you mean '%s'?",
				   quote(node, quoted), nearest.best);

	char names[160] = "";
	size_t used = 0;
	for (unsigned i = 1; i <= UINT8_MAX && used < sizeof(names) - 1; i++) {
		const char *name = kind_name(list, i);
		if (name == NULL)
			continue;
		int n = snprintf(names + used, sizeof(names) - used, "%s%s", used > 0 ? ", " : "",
				 name);
		used += n > 0 ? (size_t)n : 0;
	}
	return rules_fault(ret_error, node, "'%s' is not one of %s", quote(node, quoted), names);
}

int
rules_node_kinds(const struct rules_node *node, enum kind_list list, const char *empty,
		 unsigned *ret, struct rules_error *ret_error)
{
	unsigned mask = 0;

	if (rules_node_says(node, empty)) {
		*ret = 0;
		return 0;
	}
	if (node->kind != RULES_LIST || node->child == NULL)
		return rules_fault(ret_error, node,
				   "a list in brackets with something in it, or %s", empty);
	for (const struct rules_node *item = node->child; item != NULL; item = item->next) {
		unsigned number;
		int r = rules_node_kind(item, list, &number, ret_error);
		if (r < 0)
			return r;
		/* Visit kinds are bits already; roles are counted. */
		unsigned bit = list == KINDS_VISIT ? number : 1U << number;
		if ((mask & bit) != 0)
			return rules_fault(ret_error, item, "'%s' is in the list twice",
					   kind_name(list, number));
		mask |= bit;
	}
	*ret = mask;
	return 0;
}
