/*
 * The tree of a rules text. Owns the tree; called by the readers of rulebooks and policies, on any
 * thread. Never gives a part of a tree, and never looks at what a key means.
 *
 * libyaml's events are walked by hand: libcyaml takes an empty file for a success, 010 for eight,
 * follows aliases, only warns about a second document, and tells the place of the value before an
 * unknown key instead of the key's.
 */
#include "rules_yaml.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define NODES_MAX 4096
#define DEPTH_MAX 8

struct rules_tree {
	struct rules_node *nodes;
	size_t nodes_count;
	char *pool; /* the bytes of keys and scalars */
	size_t pool_size;
	size_t pool_used;
};

struct reader {
	struct rules_tree *tree;
	struct rules_error *error;
	struct rules_node *open; /* the container being filled; NULL before the root */
	unsigned depth;
	unsigned documents;
	const char *key; /* read, and waiting for its value */
	yaml_mark_t key_mark;
};

struct rules_tree *
rules_tree_free(struct rules_tree *tree)
{
	if (tree == NULL)
		return NULL;
	free(tree->nodes);
	free(tree->pool);
	free(tree);
	return NULL;
}

static struct rules_tree *
tree_new(size_t size)
{
	struct rules_tree *tree = calloc(1, sizeof(*tree));

	if (tree == NULL)
		return NULL;
	/*
	 * An escape can yield more bytes than it takes ("\P": 3 from 2), never twice as many; each
	 * scalar takes its NUL besides.
	 */
	tree->pool_size = 2 * size + NODES_MAX * 2;
	tree->pool = malloc(tree->pool_size);
	tree->nodes = calloc(NODES_MAX, sizeof(*tree->nodes));
	if (tree->pool == NULL || tree->nodes == NULL)
		return rules_tree_free(tree);
	return tree;
}

const struct rules_node *
rules_tree_root(const struct rules_tree *tree)
{
	assert(tree->nodes_count > 0);
	assert(tree->nodes[0].kind == RULES_MAPPING);
	return &tree->nodes[0];
}

/* A fault at a place rather than at a node that is already in the tree. */
static int
fault_at(struct reader *reader, yaml_mark_t mark, const char *message)
{
	struct rules_node here = {
	    .line = (unsigned)mark.line + 1,
	    .column = (unsigned)mark.column + 1,
	    .key = reader->key,
	    .parent = reader->open,
	};

	return rules_fault(reader->error, &here, "%s", message);
}

static const char *
pool_put(struct rules_tree *tree, const unsigned char *bytes, size_t size)
{
	char *place = tree->pool + tree->pool_used;

	if (size >= tree->pool_size - tree->pool_used)
		return NULL;
	memcpy(place, bytes, size);
	place[size] = '\0';
	tree->pool_used += size + 1;
	return place;
}

/* The next node, hung into the open container under the key that waits, if any. */
static int
node_add(struct reader *reader, enum rules_node_kind kind, yaml_mark_t mark,
	 struct rules_node **ret)
{
	struct rules_tree *tree = reader->tree;
	struct rules_node *node;

	if (tree->nodes_count == NODES_MAX)
		return fault_at(reader, mark, "the text has too many keys and values");
	if (reader->open == NULL && tree->nodes_count > 0)
		return fault_at(reader, mark, "the text ends after its first part");
	node = &tree->nodes[tree->nodes_count++];
	node->kind = kind;
	if (reader->key != NULL)
		mark = reader->key_mark;
	node->line = (unsigned)mark.line + 1;
	node->column = (unsigned)mark.column + 1;
	node->key = reader->key;
	node->parent = reader->open;
	reader->key = NULL;

	if (reader->open != NULL) {
		if (reader->open->last != NULL)
			reader->open->last->next = node;
		else
			reader->open->child = node;
		reader->open->last = node;
	}
	*ret = node;
	return 0;
}

static int
key_take(struct reader *reader, const yaml_event_t *event)
{
	size_t size = event->data.scalar.length;
	const char *key;

	if (size == 0 || size > CODE_SIZE_MAX)
		return fault_at(reader, event->start_mark, "a key has 1 to 64 characters");
	for (size_t i = 0; i < size; i++) {
		unsigned char c = event->data.scalar.value[i];
		if (c < 0x21 || c > 0x7e)
			return fault_at(reader, event->start_mark,
					"a key is made of ASCII letters, digits and signs only");
	}
	key = pool_put(reader->tree, event->data.scalar.value, size);
	if (key == NULL)
		return fault_at(reader, event->start_mark, "the text is too long");

	reader->key = key;
	reader->key_mark = event->start_mark;
	const struct rules_node *first = rules_node_get(reader->open, key);
	if (first != NULL) {
		struct rules_node here = {
		    .line = (unsigned)event->start_mark.line + 1,
		    .column = (unsigned)event->start_mark.column + 1,
		    .key = key,
		    .parent = reader->open,
		};
		return rules_fault(reader->error, &here,
				   "'%s' stands here already, in line %u: say it once", key,
				   first->line);
	}
	return 0;
}

static int
scalar_take(struct reader *reader, const yaml_event_t *event)
{
	struct rules_node *node;
	int r;

	if (event->data.scalar.anchor != NULL)
		return fault_at(reader, event->start_mark, "anchors (&) are not used here");
	if (event->data.scalar.tag != NULL)
		return fault_at(reader, event->start_mark, "tags (!) are not used here");
	if (reader->open == NULL)
		return fault_at(reader, event->start_mark,
				"the text begins with keys and their values, as in 'format: 1'");
	if (reader->open->kind == RULES_MAPPING && reader->key == NULL)
		return key_take(reader, event);

	r = node_add(reader, RULES_SCALAR, event->start_mark, &node);
	if (r < 0)
		return r;
	node->size = event->data.scalar.length;
	node->text = pool_put(reader->tree, event->data.scalar.value, node->size);
	if (node->text == NULL)
		return rules_fault(reader->error, node, "the text is too long");
	return 0;
}

static int
container_take(struct reader *reader, const yaml_event_t *event, enum rules_node_kind kind)
{
	struct rules_node *node;
	const unsigned char *anchor = kind == RULES_MAPPING ? event->data.mapping_start.anchor
							    : event->data.sequence_start.anchor;
	const unsigned char *tag =
	    kind == RULES_MAPPING ? event->data.mapping_start.tag : event->data.sequence_start.tag;
	int r;

	if (anchor != NULL)
		return fault_at(reader, event->start_mark, "anchors (&) are not used here");
	if (tag != NULL)
		return fault_at(reader, event->start_mark, "tags (!) are not used here");
	if (reader->open == NULL && kind != RULES_MAPPING)
		return fault_at(reader, event->start_mark,
				"the text begins with keys and their values, as in 'format: 1'");
	if (reader->open != NULL && reader->open->kind == RULES_MAPPING && reader->key == NULL)
		return fault_at(reader, event->start_mark, "a key is a single word");
	if (reader->depth == DEPTH_MAX)
		return fault_at(reader, event->start_mark, "nested too deeply");

	r = node_add(reader, kind, event->start_mark, &node);
	if (r < 0)
		return r;
	reader->open = node;
	reader->depth++;
	return 0;
}

static int
document_take(struct reader *reader, const yaml_event_t *event)
{
	if (event->data.document_start.version_directive != NULL ||
	    event->data.document_start.tag_directives.start !=
		event->data.document_start.tag_directives.end)
		return fault_at(reader, event->start_mark, "directives (%) are not used here");
	if (++reader->documents > 1)
		return fault_at(reader, event->start_mark,
				"a second document begins: one text, one document");
	return 0;
}

static int
event_take(struct reader *reader, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		return 0;
	case YAML_STREAM_END_EVENT:
		if (reader->documents == 0)
			return rules_fault(reader->error, NULL, "the text is empty");
		return 0;
	case YAML_DOCUMENT_START_EVENT:
		return document_take(reader, event);
	case YAML_ALIAS_EVENT:
		return fault_at(reader, event->start_mark, "aliases (*) are not used here");
	case YAML_SCALAR_EVENT:
		return scalar_take(reader, event);
	case YAML_MAPPING_START_EVENT:
		return container_take(reader, event, RULES_MAPPING);
	case YAML_SEQUENCE_START_EVENT:
		return container_take(reader, event, RULES_LIST);
	case YAML_MAPPING_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
		assert(reader->open != NULL && reader->depth > 0);
		/* The parent is ours and was handed out read-only. */
		reader->open = (struct rules_node *)(uintptr_t)reader->open->parent;
		reader->depth--;
		return 0;
	}
	return 0;
}

/* libyaml's own complaint; a byte that is not UTF-8 has an offset and no line. */
static int
syntax_fault(struct reader *reader, const yaml_parser_t *parser, const uint8_t *text, size_t size)
{
	struct rules_node here = {.line = 1, .column = 1};

	if (parser->error == YAML_MEMORY_ERROR)
		return -ENOMEM;
	if (parser->error == YAML_READER_ERROR) {
		for (size_t i = 0; i < size && i < parser->problem_offset; i++) {
			here.column++;
			if (text[i] == '\n') {
				here.line++;
				here.column = 1;
			}
		}
	} else {
		here.line = (unsigned)parser->problem_mark.line + 1;
		here.column = (unsigned)parser->problem_mark.column + 1;
	}
	return rules_fault(reader->error, &here, "not YAML: %s",
			   parser->problem != NULL ? parser->problem : "it cannot be read");
}

static int
events_read(struct reader *reader, yaml_parser_t *parser, const uint8_t *text, size_t size)
{
	yaml_event_type_t type;
	int r;

	do {
		yaml_event_t event;
		if (!yaml_parser_parse(parser, &event))
			return syntax_fault(reader, parser, text, size);
		type = event.type;
		r = event_take(reader, &event);
		yaml_event_delete(&event);
	} while (r == 0 && type != YAML_STREAM_END_EVENT);
	return r;
}

int
rules_tree_read(const uint8_t *text, size_t size, struct rules_tree **ret,
		struct rules_error *ret_error)
{
	struct reader reader = {.error = ret_error};
	yaml_parser_t parser;
	int r;

	if (size == 0)
		return rules_fault(ret_error, NULL, "the text is empty");
	if (size > RULES_TEXT_MAX)
		return rules_fault(ret_error, NULL, "the text has %zu bytes, at most %d are read",
				   size, RULES_TEXT_MAX);

	reader.tree = tree_new(size);
	if (reader.tree == NULL)
		return -ENOMEM;
	if (!yaml_parser_initialize(&parser)) {
		rules_tree_free(reader.tree);
		return -ENOMEM;
	}
	/* Not guessed from a byte order mark: a text in UTF-16 is a fault. */
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, text, size);
	r = events_read(&reader, &parser, text, size);
	yaml_parser_delete(&parser);
	if (r < 0) {
		rules_tree_free(reader.tree);
		return r;
	}

	assert(reader.open == NULL && reader.depth == 0);
	assert(reader.tree->nodes_count > 0);
	*ret = reader.tree;
	return 0;
}
