/*
 * The view's file, judged from outside (LMDB 0.9's format, as its own lmdb.h and a hex dump show
 * it: pages of nodes, two metas; this program refuses libraries of another line).
 *
 * Owns a read-only map of the file for the length of a call. Called while opening, before LMDB
 * sees the file, and by verify. It believes no byte: every offset is tested before it is followed,
 * so that a damaged file can only be reported, never crash the program.
 */
#include "view_check.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes.h"

enum {
	PAGE_HEADER = 16,
	PAGE_FLAGS = 10,
	PAGE_LOWER = 12,
	PAGE_UPPER = 14,
	PAGE_BRANCH = 0x01,
	PAGE_LEAF = 0x02,
	PAGE_OVERFLOW = 0x04,
	PAGE_META = 0x08,
	PAGE_KINDS = 0x6f, /* what a page is; the rest is LMDB's note to itself */

	NODE_HEADER = 8,
	NODE_BIG = 0x01,
	NODE_TABLE = 0x02,

	META_VERSION = 1,
	META_SIZE = 136,
	DB_SIZE = 48,
	META_FREE = PAGE_HEADER + 24,
	META_MAIN = META_FREE + DB_SIZE,
	META_LAST_PAGE = META_MAIN + DB_SIZE,
	META_TXN = META_LAST_PAGE + 8,

	DEPTH_MAX = 32,
};
static const uint32_t meta_magic = 0xBEEFC0DE;
static const uint64_t no_page = UINT64_MAX;

struct db {
	uint16_t flags;
	uint16_t depth;
	uint64_t branch_pages;
	uint64_t leaf_pages;
	uint64_t overflow_pages;
	uint64_t entries;
	uint64_t root;
};

struct slice {
	const uint8_t *bytes; /* NULL: no bound */
	size_t size;
};

struct check;
typedef bool (*row_fn)(struct check *, uint16_t flags, struct slice key, struct slice value);

struct check {
	const uint8_t *map;
	size_t map_size;
	size_t page_size;
	uint64_t last_page;
	uint8_t *seen; /* a bit a page; NULL: not asked for */
	struct checksum_sha *sha;
	const char *why;
	uint64_t where;

	/* The tree being walked. */
	bool integer_keys;
	struct db found;
	row_fn on_row;
	uint8_t table;
	struct view_table sums;

	/* What was met. */
	const struct store_table *names;
	size_t table_count;
	struct db dbs[STORE_TABLES_MAX + 1]; /* 0: applied */
	bool has_db[STORE_TABLES_MAX + 1];
	struct view_applied *applied;
	bool has_applied;
	bool overtaken; /* two commits came between the snapshot and the look at the metas */
	uint64_t pages_used;
	uint64_t pages_free;
};

static bool
fails(struct check *check, const char *why, uint64_t page)
{
	if (check->why == NULL) {
		check->why = why;
		check->where = page * check->page_size;
	}
	return false;
}

static uint16_t
get_u16(const uint8_t *at)
{
	uint16_t number;

	memcpy(&number, at, sizeof(number));
	return le16toh(number);
}

static struct db
db_decode(const uint8_t *at)
{
	return (struct db){
	    .flags = get_u16(at + 4),
	    .depth = get_u16(at + 6),
	    .branch_pages = bytes_get_u64(at + 8),
	    .leaf_pages = bytes_get_u64(at + 16),
	    .overflow_pages = bytes_get_u64(at + 24),
	    .entries = bytes_get_u64(at + 32),
	    .root = bytes_get_u64(at + 40),
	};
}

/* A page is used once: whoever follows a wrong pointer meets one that somebody else has. */
static bool
take_page(struct check *check, uint64_t page, bool is_free)
{
	if (page < 2 || page > check->last_page)
		return fails(check, "a pointer behind the last page", page);
	if (is_free)
		check->pages_free++;
	else
		check->pages_used++;
	if (check->seen == NULL)
		return true;
	if (check->seen[page / 8] & (1u << (page % 8)))
		return fails(check, "a page that is used twice", page);
	check->seen[page / 8] |= (uint8_t)(1u << (page % 8));
	return true;
}

static const uint8_t *
use_page(struct check *check, uint64_t page, uint16_t kind)
{
	const uint8_t *at;

	if (!take_page(check, page, false))
		return NULL;
	if (page >= check->map_size / check->page_size) {
		fails(check, "a page behind the end of the file", page);
		return NULL;
	}
	at = check->map + page * check->page_size;
	if (bytes_get_u64(at) != page || (get_u16(at + PAGE_FLAGS) & PAGE_KINDS) != kind) {
		fails(check, "a page that is another one or of another kind", page);
		return NULL;
	}
	return at;
}

static int
compare_keys(const struct check *check, struct slice left, struct slice right)
{
	if (check->integer_keys) {
		uint64_t a = bytes_get_u64(left.bytes);
		uint64_t b = bytes_get_u64(right.bytes);

		return (a > b) - (a < b);
	}
	return overlay_compare(left.bytes, left.size, right.bytes, right.size);
}

/* A node's key; size SIZE_MAX if the node is not wholly on the page. */
static struct slice
node_key(const struct check *check, const uint8_t *page, size_t index, const uint8_t **ret_node)
{
	struct slice key = {NULL, SIZE_MAX};
	size_t offset = get_u16(page + PAGE_HEADER + index * 2);
	size_t upper = get_u16(page + PAGE_UPPER);
	size_t size;

	if (offset < upper || offset + NODE_HEADER > check->page_size)
		return key;
	size = get_u16(page + offset + 6);
	if (offset + NODE_HEADER + size > check->page_size)
		return key;
	if (check->integer_keys && size != sizeof(uint64_t) && size != 0)
		return key;
	*ret_node = page + offset;
	key.bytes = page + offset + NODE_HEADER;
	key.size = size;
	return key;
}

/* The number of nodes; 0 if the page's own bounds make no sense. */
static size_t
page_nodes(const struct check *check, const uint8_t *page)
{
	size_t lower = get_u16(page + PAGE_LOWER);
	size_t upper = get_u16(page + PAGE_UPPER);

	if (lower < PAGE_HEADER || lower % 2 != 0 || lower > upper || upper > check->page_size)
		return 0;
	return (lower - PAGE_HEADER) / 2;
}

static bool
leaf_value(struct check *check, uint64_t number, const uint8_t *page, const uint8_t *node,
	   struct slice key, struct slice *ret)
{
	size_t offset = (size_t)(key.bytes - page) + key.size;
	const uint8_t *big;
	uint64_t first;
	uint64_t pages;
	uint64_t i;

	ret->size = get_u16(node) | (size_t)get_u16(node + 2) << 16;
	if (!(get_u16(node + 4) & NODE_BIG)) {
		ret->bytes = page + offset;
		if (offset + ret->size > check->page_size)
			return fails(check, "a row that is longer than its page", number);
		return true;
	}
	if (offset + sizeof(uint64_t) > check->page_size)
		return fails(check, "a row that is longer than its page", number);
	first = bytes_get_u64(page + offset);
	big = use_page(check, first, PAGE_OVERFLOW);
	if (big == NULL)
		return false;
	pages = bytes_get_u32(big + PAGE_LOWER);
	if (pages != (PAGE_HEADER - 1 + ret->size) / check->page_size + 1 ||
	    first + pages > check->map_size / check->page_size)
		return fails(check, "a long row of another length than its pages", first);
	for (i = 1; i < pages; i++)
		if (!take_page(check, first + i, false))
			return false;
	check->found.overflow_pages += pages;
	ret->bytes = big + PAGE_HEADER;
	return true;
}

static bool check_page(struct check *, uint64_t page, unsigned depth, struct slice low,
		       struct slice high);

/* Keys rise, and stay within what the pages above say of this one: so a search finds each. */
static bool
check_bounds(struct check *check, uint64_t number, struct slice before, struct slice key,
	     struct slice low, struct slice high)
{
	if (key.size == SIZE_MAX)
		return fails(check, "a node that is not on its page", number);
	/* Only the first node of a branch is without one, and that is not asked here. */
	if (key.size == 0)
		return fails(check, "a node without a key", number);
	if (before.bytes != NULL && compare_keys(check, before, key) >= 0)
		return fails(check, "keys out of order", number);
	if (low.bytes != NULL && compare_keys(check, low, key) > 0)
		return fails(check, "a key that a search would not find", number);
	if (high.bytes != NULL && compare_keys(check, key, high) >= 0)
		return fails(check, "a key that a search would not find", number);
	return true;
}

static bool
check_leaf(struct check *check, uint64_t number, struct slice low, struct slice high)
{
	const uint8_t *page = use_page(check, number, PAGE_LEAF);
	struct slice before = {NULL, 0};
	size_t count;
	size_t i;

	if (page == NULL)
		return false;
	count = page_nodes(check, page);
	if (count == 0)
		return fails(check, "a page without rows", number);
	check->found.leaf_pages++;
	for (i = 0; i < count; i++) {
		const uint8_t *node = NULL;
		struct slice key = node_key(check, page, i, &node);
		struct slice value;

		if (!check_bounds(check, number, before, key, low, high))
			return false;
		if (!leaf_value(check, number, page, node, key, &value))
			return false;
		if (!check->on_row(check, get_u16(node + 4), key, value))
			return fails(check, "a row that does not hold", number);
		check->found.entries++;
		before = key;
	}
	return true;
}

static bool
check_branch(struct check *check, uint64_t number, unsigned depth, struct slice low,
	     struct slice high)
{
	const uint8_t *page = use_page(check, number, PAGE_BRANCH);
	struct slice before = {NULL, 0};
	const uint8_t *node = NULL;
	uint64_t child = 0;
	size_t count;
	size_t i;

	if (page == NULL)
		return false;
	count = page_nodes(check, page);
	if (count < 2)
		return fails(check, "a branch that does not fork", number);
	check->found.branch_pages++;
	for (i = 0; i < count; i++) {
		struct slice key = node_key(check, page, i, &node);

		/* The first key of a branch is not there: it stands for everything below. */
		if (i == 0 && key.size != SIZE_MAX)
			key = low;
		else if (!check_bounds(check, number, before, key, low, high))
			return false;
		if (i > 0 && !check_page(check, child, depth - 1, before, key))
			return false;
		before = key;
		child = get_u16(node) | (uint64_t)get_u16(node + 2) << 16 |
			(uint64_t)get_u16(node + 4) << 32;
	}
	return check_page(check, child, depth - 1, before, high);
}

/* depth counts down to the leaves, so that no pointer upwards is followed for ever. */
static bool
check_page(struct check *check, uint64_t page, unsigned depth, struct slice low, struct slice high)
{
	assert(depth > 0);
	if (depth == 1)
		return check_leaf(check, page, low, high);
	return check_branch(check, page, depth, low, high);
}

static bool
check_tree(struct check *check, const struct db *db, row_fn on_row)
{
	static const struct slice none = {NULL, 0};

	memset(&check->found, 0, sizeof(check->found));
	check->on_row = on_row;
	if (db->root == no_page) {
		if (db->depth != 0)
			return fails(check, "a tree without a root", 0);
	} else {
		if (db->depth == 0 || db->depth > DEPTH_MAX)
			return fails(check, "a tree of an impossible depth", 0);
		if (!check_page(check, db->root, db->depth, none, none))
			return false;
	}
	if (check->found.branch_pages != db->branch_pages ||
	    check->found.leaf_pages != db->leaf_pages ||
	    check->found.overflow_pages != db->overflow_pages ||
	    check->found.entries != db->entries)
		return fails(check, "a tree of another size than it says", 0);
	return true;
}

/* A row of the unnamed table: one of ours, by its name. */
static bool
on_main_row(struct check *check, uint16_t flags, struct slice key, struct slice value)
{
	size_t i;

	if (flags != NODE_TABLE || value.size != DB_SIZE)
		return false;
	for (i = 0; i <= check->table_count; i++) {
		const char *name = i == 0 ? view_applied_name : check->names[i - 1].name;

		if (strlen(name) == key.size && memcmp(name, key.bytes, key.size) == 0) {
			check->dbs[i] = db_decode(value.bytes);
			check->has_db[i] = true;
			return check->dbs[i].flags == 0;
		}
	}
	/* While peeking the names are not known. */
	return check->names == NULL;
}

static bool
on_applied_row(struct check *check, uint16_t flags, struct slice key, struct slice value)
{
	if ((flags & ~NODE_BIG) != 0 || key.size != strlen(view_applied_name) ||
	    memcmp(key.bytes, view_applied_name, key.size) != 0)
		return false;
	check->has_applied = true;
	return view_applied_decode(value.bytes, value.size, check->applied) == 0;
}

static bool
on_table_row(struct check *check, uint16_t flags, struct slice key, struct slice value)
{
	if ((flags & ~NODE_BIG) != 0 || value.size < VIEW_CRC_SIZE ||
	    bytes_get_u32(value.bytes) != view_crc(check->table, key.bytes, key.size,
						   value.bytes + VIEW_CRC_SIZE,
						   value.size - VIEW_CRC_SIZE))
		return false;
	check->sums.count++;
	view_digest(check->sha, check->table, key.bytes, key.size, value.bytes, value.size,
		    check->sums.digest);
	return true;
}

/* Pages that may be used again: a count, then so many page numbers, falling. */
static bool
on_free_row(struct check *check, uint16_t flags, struct slice key, struct slice value)
{
	uint64_t count;
	uint64_t i;

	if ((flags & ~NODE_BIG) != 0 || key.size != sizeof(uint64_t) ||
	    value.size < sizeof(uint64_t))
		return false;
	count = bytes_get_u64(value.bytes);
	if (count > value.size / sizeof(uint64_t) - 1)
		return false;
	for (i = 0; i < count; i++) {
		const uint8_t *at = value.bytes + (i + 1) * sizeof(uint64_t);

		if (i > 0 && bytes_get_u64(at) >= bytes_get_u64(at - sizeof(uint64_t)))
			return false;
		if (!take_page(check, bytes_get_u64(at), true))
			return false;
	}
	return true;
}

static const uint8_t *
meta_of(const struct check *check, size_t index)
{
	const uint8_t *at = check->map + index * check->page_size;

	/* The magic first, as everything else depends on it. */
	if (bytes_get_u32(at + PAGE_HEADER) != meta_magic ||
	    bytes_get_u32(at + PAGE_HEADER + 4) != META_VERSION ||
	    !(get_u16(at + PAGE_FLAGS) & PAGE_META) ||
	    bytes_get_u32(at + META_FREE) != check->page_size)
		return NULL;
	return at;
}

/* Walk from a meta: the unnamed table, applied, the tables asked for, the free pages. */
static bool
check_from(struct check *check, const uint8_t *meta, uint64_t tables, uint64_t *ret_rows)
{
	struct db main_db = db_decode(meta + META_MAIN);
	struct db free_db = db_decode(meta + META_FREE);
	size_t i;

	check->last_page = bytes_get_u64(meta + META_LAST_PAGE);
	if (check->last_page > UINT32_MAX)
		return fails(check, "an impossible number of pages", 0);
	check->seen = calloc(1, (size_t)(check->last_page / 8) + 1);
	if (check->seen == NULL)
		return fails(check, NULL, 0);
	if (!check_tree(check, &main_db, on_main_row))
		return false;
	if (check->has_db[0] && !check_tree(check, &check->dbs[0], on_applied_row))
		return false;
	if (!check->has_applied)
		return check->names == NULL || fails(check, "there is no row that says how far", 0);
	*ret_rows = 0;
	for (i = 1; i <= check->table_count; i++) {
		const struct view_table *want = &check->applied->tables[i - 1];

		if (!(tables & (1ull << i)))
			continue;
		memset(&check->sums, 0, sizeof(check->sums));
		check->table = (uint8_t)i;
		if (!check->has_db[i] || !check_tree(check, &check->dbs[i], on_table_row))
			return fails(check, "a table is missing", 0);
		if (check->sums.count != want->count ||
		    memcmp(check->sums.digest, want->digest, VIEW_DIGEST_SIZE) != 0)
			return fails(check, "a table whose rows are not those that were put", 0);
		*ret_rows += want->count;
	}
	if (check->names == NULL || tables != ((1ull << check->table_count) - 1) << 1)
		return true;
	check->integer_keys = true;
	if (!check_tree(check, &free_db, on_free_row))
		return false;
	if (check->pages_used + check->pages_free + 2 != check->last_page + 1)
		return fails(check, "pages that are neither used nor free", 0);
	return true;
}

static int
map_file(struct check *check, const char *path)
{
	struct stat status;
	void *map;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? STORE_NOT_FOUND : STORE_IO;
	check->page_size = (size_t)sysconf(_SC_PAGESIZE);
	if (fstat(fd, &status) < 0) {
		(void)close(fd);
		return STORE_IO;
	}
	if ((size_t)status.st_size < 2 * check->page_size) {
		(void)close(fd);
		check->why = "the file is cut short";
		return STORE_DAMAGED;
	}
	map = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, fd, 0);
	(void)close(fd);
	if (map == MAP_FAILED)
		return STORE_MEMORY;
	check->map = map;
	check->map_size = (size_t)status.st_size;
	return 0;
}

/* The meta LMDB would take (txn_id 0), or the one of that transaction. A copy: writers go on. */
static bool
pick_meta(struct check *check, uint64_t txn_id, uint8_t ret_meta[PAGE_HEADER + META_SIZE])
{
	const uint8_t *metas[2] = {meta_of(check, 0), meta_of(check, 1)};
	size_t newest;

	if (metas[0] == NULL || metas[1] == NULL)
		return fails(check, "a meta page that does not hold", metas[0] == NULL ? 0 : 1);
	newest = bytes_get_u64(metas[0] + META_TXN) < bytes_get_u64(metas[1] + META_TXN) ? 1 : 0;
	if (txn_id != 0 && bytes_get_u64(metas[newest] + META_TXN) != txn_id)
		newest = 1 - newest;
	memcpy(ret_meta, metas[newest], PAGE_HEADER + META_SIZE);
	check->overtaken = txn_id != 0 && bytes_get_u64(ret_meta + META_TXN) != txn_id;
	return !check->overtaken || fails(check, "a meta page of another transaction", newest);
}

static int
run(struct check *check, const char *path, MDB_env *env, uint64_t tables, uint64_t *ret_rows)
{
	uint8_t meta[PAGE_HEADER + META_SIZE];
	MDB_txn *txn = NULL;
	int error = 0;

	/* The transaction keeps the snapshot's pages from being used again. */
	if (env != NULL && mdb_txn_begin(env, NULL, MDB_RDONLY, &txn) != 0)
		return STORE_MEMORY;
	error = map_file(check, path);
	if (error == 0) {
		check->sha = checksum_sha_new();
		if (check->sha == NULL)
			error = STORE_MEMORY;
	}
	if (error == 0 && (!pick_meta(check, txn == NULL ? 0 : mdb_txn_id(txn), meta) ||
			   !check_from(check, meta, tables, ret_rows)))
		error = check->why == NULL ? STORE_MEMORY : STORE_DAMAGED;
	if (txn != NULL)
		mdb_txn_abort(txn);
	if (check->map != NULL)
		(void)munmap((void *)(uintptr_t)check->map, check->map_size);
	free(check->seen);
	checksum_sha_free(check->sha);
	return error;
}

int
view_check_peek(const char *path, struct view_applied *ret)
{
	struct view_applied applied;
	struct check check = {.applied = &applied};
	uint64_t rows;
	int error = run(&check, path, NULL, 0, &rows);

	if (error == 0 && !check.has_applied)
		return STORE_NOT_FOUND;
	if (error == 0)
		*ret = applied;
	return error;
}

int
view_check_file(const char *path, MDB_env *env, const struct store_table *names, size_t table_count,
		uint64_t tables, struct view_checked *ret, struct store_report *report)
{
	struct view_checked checked;
	struct check check;
	unsigned attempts = 0;
	int error;

	assert(table_count <= STORE_TABLES_MAX);
	do {
		memset(&checked, 0, sizeof(checked));
		check = (struct check){
		    .applied = &checked.applied, .names = names, .table_count = table_count};
		error = run(&check, path, env, tables, &checked.rows);
	} while (check.overtaken && ++attempts < 10);
	if (error == 0)
		*ret = checked;
	if (error == STORE_DAMAGED)
		return store_report_set(report, error, check.where, "%s: at offset %llu: %s", path,
					(unsigned long long)check.where, check.why);
	if (error < 0)
		return store_report_set(report, error, 0, "%s: %s", path, store_error_text(error));
	return 0;
}
