/*
 * The tree: the published roots of RFC 6962's reference implementation, and the frontier against
 * the definition, which needs all leaves.
 */
#include <stdio.h>
#include <string.h>

#include "storage/tree.h"
#include "suites.h"

static struct checksum_sha *sha;

static void
setup(void)
{
	sha = checksum_sha_new();
}

static void
teardown(void)
{
	sha = checksum_sha_free(sha);
}

static void
hash_of(const char *prefix, const void *a, size_t a_size, const void *b, size_t b_size,
	uint8_t ret[TREE_HASH_SIZE])
{
	checksum_sha_begin(sha);
	checksum_sha_add(sha, prefix, 1);
	checksum_sha_add(sha, a, a_size);
	checksum_sha_add(sha, b, b_size);
	checksum_sha_end(sha, ret);
}

static void
hex(const uint8_t *bytes, size_t size, char *ret)
{
	size_t i;

	for (i = 0; i < size; i++)
		(void)snprintf(ret + i * 2, 3, "%02x", bytes[i]);
}

START_TEST(roots_are_those_of_rfc_6962)
{
	static const struct {
		const char *leaf;
		size_t size;
		const char *root;
	} rows[] = {
	    {"", 0, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
	    {"\x00", 1, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
	    {"\x10", 1, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
	    {"\x20\x21", 2, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
	    {"\x30\x31", 2, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
	    {"\x40\x41\x42\x43", 4,
	     "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
	    {"\x50\x51\x52\x53\x54\x55\x56\x57", 8,
	     "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
	    {"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16,
	     "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
	};
	struct tree tree;
	uint8_t hash[TREE_HASH_SIZE];
	char text[TREE_HASH_SIZE * 2 + 1];
	size_t i;

	tree_init(&tree);
	tree_root(&tree, sha, hash);
	hex(hash, sizeof(hash), text);
	ck_assert_str_eq(text, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hash_of("\x00", rows[i].leaf, rows[i].size, "", 0, hash);
		tree_append(&tree, sha, hash);
		tree_root(&tree, sha, hash);
		hex(hash, sizeof(hash), text);
		ck_assert_str_eq(text, rows[i].root);
	}
}
END_TEST

/* The definition: split at the largest power of two below n. */
static void
definition(uint8_t (*leaves)[TREE_HASH_SIZE], size_t count, uint8_t ret[TREE_HASH_SIZE])
{
	uint8_t left[TREE_HASH_SIZE];
	uint8_t right[TREE_HASH_SIZE];
	size_t split = 1;

	if (count == 1) {
		memcpy(ret, leaves[0], TREE_HASH_SIZE);
		return;
	}
	while (split * 2 < count)
		split *= 2;
	definition(leaves, split, left);
	definition(leaves + split, count - split, right);
	hash_of("\x01", left, sizeof(left), right, sizeof(right), ret);
}

START_TEST(frontier_gives_the_root_of_the_definition)
{
	static uint8_t leaves[300][TREE_HASH_SIZE];
	struct tree tree;
	size_t i;

	tree_init(&tree);
	for (i = 0; i < 300; i++) {
		uint8_t expected[TREE_HASH_SIZE];
		uint8_t found[TREE_HASH_SIZE];

		hash_of("\x00", &i, sizeof(i), "", 0, leaves[i]);
		tree_append(&tree, sha, leaves[i]);
		ck_assert_uint_eq(tree.size, i + 1);
		definition(leaves, i + 1, expected);
		tree_root(&tree, sha, found);
		ck_assert_mem_eq(found, expected, TREE_HASH_SIZE);
	}
}
END_TEST

START_TEST(packed_frontier_continues_as_the_tree_would_have)
{
	struct tree tree;
	size_t i;

	tree_init(&tree);
	for (i = 0; i < 130; i++) {
		uint8_t packed[TREE_PACKED_MAX];
		struct tree again;
		uint8_t leaf[TREE_HASH_SIZE];
		uint8_t a[TREE_HASH_SIZE];
		uint8_t b[TREE_HASH_SIZE];

		tree_pack(&tree, packed);
		ck_assert_uint_eq(tree_packed_size(tree.size),
				  (size_t)__builtin_popcountll(tree.size) * TREE_HASH_SIZE);
		tree_unpack(&again, tree.size, packed);
		hash_of("\x00", &i, sizeof(i), "", 0, leaf);
		tree_append(&tree, sha, leaf);
		tree_append(&again, sha, leaf);
		tree_root(&tree, sha, a);
		tree_root(&again, sha, b);
		ck_assert_mem_eq(a, b, TREE_HASH_SIZE);
	}
}
END_TEST

START_TEST(leaf_hides_the_body_behind_the_salt)
{
	uint8_t expected[TREE_HASH_SIZE];
	uint8_t inner[TREE_HASH_SIZE];
	uint8_t leaf[TREE_HASH_SIZE];

	checksum_sha_begin(sha);
	checksum_sha_add(sha, "saltbody", 8);
	checksum_sha_end(sha, inner);
	hash_of("\x00", "public", 6, inner, sizeof(inner), expected);
	tree_leaf(sha, (const uint8_t *)"public", 6, (const uint8_t *)"salt", 4,
		  (const uint8_t *)"body", 4, leaf);
	ck_assert_mem_eq(leaf, expected, TREE_HASH_SIZE);
}
END_TEST

Suite *
suite_tree(void)
{
	Suite *suite = suite_create("tree");
	TCase *tests = tcase_create("tree");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, roots_are_those_of_rfc_6962);
	tcase_add_test(tests, frontier_gives_the_root_of_the_definition);
	tcase_add_test(tests, packed_frontier_continues_as_the_tree_would_have);
	tcase_add_test(tests, leaf_hides_the_body_behind_the_salt);
	suite_add_tcase(suite, tests);
	return suite;
}
