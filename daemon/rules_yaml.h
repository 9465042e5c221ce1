/*
 * A small, strict YAML: what a rulebook's or policy's text may say, as a tree of nodes.
 *
 * Plain YAML means more than a legal text may: anchors, tags, several documents, repeated keys,
 * 010 for eight. All of that is a fault here, with its place. The tree is bounded by the size of
 * its text; what a node points to lives as long as the tree. For rules_*.c only.
 */
#ifndef DAEMON_RULES_YAML_H
#define DAEMON_RULES_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules.h"

enum rules_node_kind {
	RULES_SCALAR = 1,
	RULES_MAPPING = 2,
	RULES_LIST = 3,
};

struct rules_node {
	enum rules_node_kind kind;
	unsigned line; /* from 1, of the key where there is one */
	unsigned column;
	const char *key;  /* of a mapping's child: 1-64 printable ASCII bytes; else NULL */
	const char *text; /* of a scalar: UTF-8, ends in a NUL that size does not count */
	size_t size;
	const struct rules_node *parent;
	struct rules_node *child; /* the first */
	struct rules_node *last;
	struct rules_node *next;
};

struct rules_tree;

/* 0 and a tree whose root is a mapping; -EINVAL with ret_error; -ENOMEM. */
int rules_tree_read(const uint8_t *text, size_t size, struct rules_tree **ret,
		    struct rules_error *ret_error);
struct rules_tree *rules_tree_free(struct rules_tree *);
const struct rules_node *rules_tree_root(const struct rules_tree *);

/* NULL: the mapping has no such key. */
const struct rules_node *rules_node_get(const struct rules_node *mapping, const char *key);

/*
 * Everything below returns 0, or -EINVAL with ret_error naming the node. Outputs are untouched on
 * failure.
 */
int rules_fault(struct rules_error *ret_error, const struct rules_node *, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A node of that kind; the kinds' names are in the message. */
int rules_node_is(const struct rules_node *, enum rules_node_kind, struct rules_error *ret_error);

/* A mapping with no other keys than these (a NULL ends them); the nearest one is suggested. */
int rules_node_keys(const struct rules_node *, const char *const *keys,
		    struct rules_error *ret_error);

/* The value under a key that must be there. */
int rules_node_need(const struct rules_node *mapping, const char *key,
		    const struct rules_node **ret, struct rules_error *ret_error);

/* A scalar that is exactly this word. No fault: false. */
bool rules_node_says(const struct rules_node *, const char *word);

int rules_node_number(const struct rules_node *, int32_t min, int32_t max, int32_t *ret,
		      struct rules_error *ret_error);
/* "3", "1-6" or {min: 1, max: 6}. */
int rules_node_range(const struct rules_node *, int32_t min, int32_t max, int32_t *ret_min,
		     int32_t *ret_max, struct rules_error *ret_error);
int rules_node_day(const struct rules_node *, struct day *ret, struct rules_error *ret_error);
int rules_node_yes_no(const struct rules_node *, bool *ret, struct rules_error *ret_error);
int rules_node_text(const struct rules_node *, struct text *ret, struct rules_error *ret_error);
int rules_node_code(const struct rules_node *, struct code *ret, struct rules_error *ret_error);
int rules_node_slug(const struct rules_node *, struct slug *ret, struct rules_error *ret_error);
int rules_node_kind(const struct rules_node *, enum kind_list, unsigned *ret,
		    struct rules_error *ret_error);
/* A list of kinds as a mask of their numbers, or the word for the empty set. */
int rules_node_kinds(const struct rules_node *, enum kind_list, const char *empty, unsigned *ret,
		     struct rules_error *ret_error);

/*
 * What a text says about one thing: {value, source[, clause][, basis][, text]}, the value under
 * the given key; the keys that may stand beside it end with NULL. open: the value is that word. The
 * source is told as one line, with its clause, and with its basis before it unless that is the
 * jurisdiction's own text.
 */
struct rules_said {
	const struct rules_node *value;
	bool open;
	struct text source;
};
int rules_node_said(const struct rules_node *, const char *value_key, const char *const *also_keys,
		    struct rules_said *ret, struct rules_error *ret_error);

/* The candidate most like a word that is not there. best NULL: none is near. */
struct rules_nearest {
	const char *best;
	size_t distance;
};
void rules_nearest_try(struct rules_nearest *, const char *word, size_t size,
		       const char *candidate);

/* What both kinds of text begin with. */
struct rules_head {
	struct rulebook_id id; /* hash not yet */
	struct slug parent;
	struct day in_force_until;
	struct text name;
	struct text document;
};
/* keys: all that may stand beside the head's own (a NULL ends them). */
int rules_head_read(const struct rules_node *root, const char *kind, const char *const *keys,
		    struct rules_head *ret, struct rules_error *ret_error);
/* SHA-256 of the text; false: the library could not. */
bool rules_hash(const uint8_t *text, size_t size, uint8_t ret[RULEBOOK_HASH_SIZE]);

#endif
