/*
 * The Merkle tree's frontier. Owns nothing; called by the group codec, on the writer's thread and
 * by whoever verifies; never allocates, never touches a file.
 */
#include "tree.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

static const uint8_t leaf_prefix = 0x00;
static const uint8_t node_prefix = 0x01;

void
tree_init(struct tree *tree)
{
	memset(tree, 0, sizeof(*tree));
}

void
tree_leaf(struct checksum_sha *sha, const uint8_t *header, size_t header_size, const uint8_t *salt,
	  size_t salt_size, const uint8_t *body, size_t body_size, uint8_t ret_leaf[TREE_HASH_SIZE])
{
	uint8_t inner[TREE_HASH_SIZE];

	checksum_sha_begin(sha);
	checksum_sha_add(sha, salt, salt_size);
	checksum_sha_add(sha, body, body_size);
	checksum_sha_end(sha, inner);
	checksum_sha_begin(sha);
	checksum_sha_add(sha, &leaf_prefix, 1);
	checksum_sha_add(sha, header, header_size);
	checksum_sha_add(sha, inner, sizeof(inner));
	checksum_sha_end(sha, ret_leaf);
}

/* ret may be left or right: both are read before it is written. */
static void
tree_node(struct checksum_sha *sha, const uint8_t *left, const uint8_t *right, uint8_t *ret)
{
	checksum_sha_begin(sha);
	checksum_sha_add(sha, &node_prefix, 1);
	checksum_sha_add(sha, left, TREE_HASH_SIZE);
	checksum_sha_add(sha, right, TREE_HASH_SIZE);
	checksum_sha_end(sha, ret);
}

void
tree_append(struct tree *tree, struct checksum_sha *sha, const uint8_t leaf[TREE_HASH_SIZE])
{
	uint8_t carry[TREE_HASH_SIZE];
	unsigned level = 0;

	assert(tree->size < UINT64_MAX);
	memcpy(carry, leaf, sizeof(carry));
	/* Like adding one to a binary number: each set bit met is merged and carried. */
	while ((tree->size >> level) & 1) {
		tree_node(sha, tree->frontier[level], carry, carry);
		level++;
	}
	memcpy(tree->frontier[level], carry, sizeof(carry));
	tree->size++;
}

void
tree_root(const struct tree *tree, struct checksum_sha *sha, uint8_t ret_root[TREE_HASH_SIZE])
{
	uint8_t root[TREE_HASH_SIZE];
	bool begun = false;
	unsigned level;

	if (tree->size == 0) {
		checksum_sha_begin(sha);
		checksum_sha_end(sha, ret_root);
		return;
	}
	for (level = 0; level < TREE_LEVELS_MAX; level++) {
		if (!((tree->size >> level) & 1))
			continue;
		if (begun)
			tree_node(sha, tree->frontier[level], root, root);
		else
			memcpy(root, tree->frontier[level], sizeof(root));
		begun = true;
	}
	memcpy(ret_root, root, sizeof(root));
}

size_t
tree_packed_size(uint64_t size)
{
	return (size_t)__builtin_popcountll(size) * TREE_HASH_SIZE;
}

void
tree_pack(const struct tree *tree, uint8_t *ret_bytes)
{
	unsigned level = TREE_LEVELS_MAX;

	while (level-- > 0) {
		if (!((tree->size >> level) & 1))
			continue;
		memcpy(ret_bytes, tree->frontier[level], TREE_HASH_SIZE);
		ret_bytes += TREE_HASH_SIZE;
	}
}

void
tree_unpack(struct tree *tree, uint64_t size, const uint8_t *bytes)
{
	unsigned level = TREE_LEVELS_MAX;

	tree_init(tree);
	tree->size = size;
	while (level-- > 0) {
		if (!((size >> level) & 1))
			continue;
		memcpy(tree->frontier[level], bytes, TREE_HASH_SIZE);
		bytes += TREE_HASH_SIZE;
	}
}
