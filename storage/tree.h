/*
 * The Merkle tree over all records, RFC 6962, kept as its frontier: the roots of the complete
 * subtrees that make up the tree so far, one for each bit set in its size.
 *
 * A value: copied, compared, thrown away. Which leaf is whose: leaf k (from 0) is the record with
 * sequence k + 1, so the size is the last sequence.
 */
#ifndef STORAGE_TREE_H
#define STORAGE_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "checksum.h"

enum {
	TREE_HASH_SIZE = CHECKSUM_SHA_SIZE,
	TREE_LEVELS_MAX = 64,
	TREE_PACKED_MAX = TREE_LEVELS_MAX * TREE_HASH_SIZE,
};

struct tree {
	uint64_t size;
	/* frontier[k] is the root of a subtree of 2^k leaves; meant only where size has bit k. */
	uint8_t frontier[TREE_LEVELS_MAX][TREE_HASH_SIZE];
};

void tree_init(struct tree *);

/* Leaf = SHA-256(0x00 || public header || SHA-256(salt || body)). */
void tree_leaf(struct checksum_sha *, const uint8_t *header, size_t header_size,
	       const uint8_t *salt, size_t salt_size, const uint8_t *body, size_t body_size,
	       uint8_t ret_leaf[TREE_HASH_SIZE]);
void tree_append(struct tree *, struct checksum_sha *, const uint8_t leaf[TREE_HASH_SIZE]);
/* Of nothing: SHA-256 of nothing. */
void tree_root(const struct tree *, struct checksum_sha *, uint8_t ret_root[TREE_HASH_SIZE]);

/* The frontier as bytes, the largest subtree first. */
size_t tree_packed_size(uint64_t size);
void tree_pack(const struct tree *, uint8_t *ret_bytes);
void tree_unpack(struct tree *, uint64_t size, const uint8_t *bytes);

#endif
