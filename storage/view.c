/*
 * The view, written and opened. (Reading it: view_read.c; judging its file: view_check.c.)
 *
 * Owns the LMDB environment, one in the process. Opened while the store opens, written on the
 * view's thread. Default flags only: every faster mode of LMDB loses or breaks what it holds when
 * the power goes. It knows no meaning, only rows.
 */
#include "view.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes.h"

enum {
	READERS_MAX = 1024,
	/*
	 * With less free, a failed commit is a full disk's: the spare segment that was being made
	 * at that moment may have given its space back since.
	 */
	SPACE_MIN = (64 << 20) + (1 << 20),
};

const char view_applied_name[] = "applied";

/* The applied row, behind its checksum. */
enum {
	A_CRC = 0,
	A_VERSION = 4,
	A_LEDGER = 8,
	A_EPOCH = 24,
	A_SHAPE = 28,
	A_SEQUENCE = 32,
	A_ROOT = 40,
	A_REACHED = 72,
	A_REACHED_ROOT = 80,
	A_TABLES = 112,
	A_TABLE = 24,
};
static_assert(A_TABLES + 8 <= (int)VIEW_APPLIED_FIXED, "the applied row's fixed part");

uint32_t
view_crc(uint8_t table, const void *key, size_t key_size, const void *value, size_t size)
{
	uint32_t crc = checksum_crc32c(0, &table, 1);

	crc = checksum_crc32c(crc, key, key_size);
	return checksum_crc32c(crc, value, size);
}

size_t
view_applied_encode(const struct view_applied *applied, uint8_t ret_bytes[VIEW_APPLIED_MAX])
{
	size_t size = VIEW_APPLIED_FIXED + applied->table_count * A_TABLE;
	size_t i;

	memset(ret_bytes, 0, size);
	bytes_put_u32(ret_bytes + A_VERSION, VIEW_VERSION);
	memcpy(ret_bytes + A_LEDGER, applied->ledger, STORE_ID_SIZE);
	bytes_put_u32(ret_bytes + A_EPOCH, applied->epoch);
	bytes_put_u32(ret_bytes + A_SHAPE, applied->shape);
	bytes_put_u64(ret_bytes + A_SEQUENCE, applied->sequence);
	memcpy(ret_bytes + A_ROOT, applied->root, STORE_HASH_SIZE);
	bytes_put_u64(ret_bytes + A_REACHED, applied->reached);
	memcpy(ret_bytes + A_REACHED_ROOT, applied->reached_root, STORE_HASH_SIZE);
	bytes_put_u64(ret_bytes + A_TABLES, applied->table_count);
	for (i = 0; i < applied->table_count; i++) {
		uint8_t *at = ret_bytes + VIEW_APPLIED_FIXED + i * A_TABLE;

		bytes_put_u64(at, applied->tables[i].count);
		memcpy(at + 8, applied->tables[i].digest, VIEW_DIGEST_SIZE);
	}
	bytes_put_u32(ret_bytes + A_CRC, checksum_crc32c(0, ret_bytes + 4, size - 4));
	return size;
}

int
view_applied_decode(const void *bytes, size_t size, struct view_applied *ret)
{
	const uint8_t *at = bytes;
	size_t i;

	if (size < VIEW_APPLIED_FIXED || size > VIEW_APPLIED_MAX ||
	    bytes_get_u32(at + A_CRC) != checksum_crc32c(0, at + 4, size - 4) ||
	    bytes_get_u32(at + A_VERSION) != VIEW_VERSION)
		return STORE_DAMAGED;
	memset(ret, 0, sizeof(*ret));
	memcpy(ret->ledger, at + A_LEDGER, STORE_ID_SIZE);
	ret->epoch = bytes_get_u32(at + A_EPOCH);
	ret->shape = bytes_get_u32(at + A_SHAPE);
	ret->sequence = bytes_get_u64(at + A_SEQUENCE);
	memcpy(ret->root, at + A_ROOT, STORE_HASH_SIZE);
	ret->reached = bytes_get_u64(at + A_REACHED);
	memcpy(ret->reached_root, at + A_REACHED_ROOT, STORE_HASH_SIZE);
	ret->table_count = bytes_get_u64(at + A_TABLES);
	if (ret->table_count > STORE_TABLES_MAX ||
	    size != VIEW_APPLIED_FIXED + ret->table_count * A_TABLE)
		return STORE_DAMAGED;
	for (i = 0; i < ret->table_count; i++) {
		const uint8_t *table = at + VIEW_APPLIED_FIXED + i * A_TABLE;

		ret->tables[i].count = bytes_get_u64(table);
		memcpy(ret->tables[i].digest, table + 8, VIEW_DIGEST_SIZE);
	}
	return 0;
}

void
view_digest(struct checksum_sha *sha, uint8_t table, const void *key, size_t key_size,
	    const void *stored, size_t stored_size, uint8_t digest[VIEW_DIGEST_SIZE])
{
	uint8_t head[8] = {table};
	uint8_t hash[CHECKSUM_SHA_SIZE];
	size_t i;

	bytes_put_u32(head + 4, (uint32_t)key_size);
	checksum_sha_begin(sha);
	checksum_sha_add(sha, head, sizeof(head));
	checksum_sha_add(sha, key, key_size);
	checksum_sha_add(sha, stored, stored_size);
	checksum_sha_end(sha, hash);
	for (i = 0; i < VIEW_DIGEST_SIZE; i++)
		digest[i] ^= hash[i];
}

int
view_init(struct view *view, const struct file_ops *files, const char *folder,
	  const struct store_table *names, size_t table_count, uint32_t apply_version,
	  uint64_t map_size)
{
	size_t i;

	memset(view, 0, sizeof(*view));
	if (table_count == 0 || table_count > STORE_TABLES_MAX ||
	    strlen(folder) + sizeof("/data.mdb") > sizeof(view->path))
		return STORE_BAD_CONFIG;
	memcpy(view->folder, folder, strlen(folder) + 1);
	memcpy(view->path, folder, strlen(folder));
	memcpy(view->path + strlen(folder), "/data.mdb", sizeof("/data.mdb"));
	view->files = files;
	view->names = names;
	view->table_count = table_count;
	view->map_size = map_size;
	view->shape = apply_version;
	for (i = 0; i < table_count; i++)
		view->shape =
		    checksum_crc32c(view->shape, names[i].name, strlen(names[i].name) + 1);
	LIST_INIT(&view->readers);
	pthread_mutex_init(&view->lock, NULL);
	pthread_cond_init(&view->changed, NULL);
	view->sha = checksum_sha_new();
	if (view->sha == NULL) {
		view_done(view);
		return STORE_MEMORY;
	}
	return 0;
}

void
view_done(struct view *view)
{
	view_close(view);
	checksum_sha_free(view->sha);
	view->sha = NULL;
	pthread_cond_destroy(&view->changed);
	pthread_mutex_destroy(&view->lock);
}

/*
 * What an LMDB failure means. A full disk comes back from its commit as EIO as often as ENOSPC,
 * so the file system is asked.
 */
static int
classify(struct view *view, int failed, int otherwise, const char *doing,
	 struct store_report *report)
{
	uint64_t space;
	int error = otherwise;

	assert(failed != 0);
	if (failed == ENOMEM)
		error = STORE_MEMORY;
	if (failed == ENOSPC || failed == EDQUOT || failed == EFBIG || failed == EROFS)
		error = STORE_FULL;
	if (failed == EIO &&
	    view->files->free_space(view->files->context, view->folder, &space) == 0 &&
	    space < SPACE_MIN)
		error = STORE_FULL;
	return store_report_set(report, error, 0, "%s: %s: %s", view->path, doing,
				mdb_strerror(failed));
}

/* Written on the view's thread alone; others read it, under the lock. */
static void
set_applied(struct view *view, const struct view_applied *applied)
{
	pthread_mutex_lock(&view->lock);
	view->applied = *applied;
	pthread_mutex_unlock(&view->lock);
}

/* The tables, opened once in one committed transaction; the applied row, read or made. */
static int
open_tables(struct view *view, const uint8_t *ledger)
{
	uint8_t bytes[VIEW_APPLIED_MAX];
	struct view_applied applied = {0};
	MDB_val key = {sizeof(view_applied_name) - 1, (void *)(uintptr_t)view_applied_name};
	MDB_val value;
	MDB_txn *txn;
	size_t i;
	int failed = mdb_txn_begin(view->env, NULL, 0, &txn);

	if (failed != 0)
		return failed;
	failed = mdb_dbi_open(txn, view_applied_name, MDB_CREATE, &view->applied_table);
	for (i = 0; failed == 0 && i < view->table_count; i++)
		failed = mdb_dbi_open(txn, view->names[i].name, MDB_CREATE, &view->tables[i]);
	if (failed == 0)
		failed = mdb_get(txn, view->applied_table, &key, &value);
	if (failed == 0) {
		if (view_applied_decode(value.mv_data, value.mv_size, &applied) < 0 ||
		    applied.shape != view->shape || applied.table_count != view->table_count ||
		    memcmp(applied.ledger, ledger, STORE_ID_SIZE) != 0)
			failed = MDB_CORRUPTED;
	} else if (failed == MDB_NOTFOUND) {
		struct checksum_sha *sha = view->sha;

		memcpy(applied.ledger, ledger, STORE_ID_SIZE);
		applied.epoch = 1;
		applied.shape = view->shape;
		applied.table_count = view->table_count;
		checksum_sha_begin(sha);
		checksum_sha_end(sha, applied.root);
		memcpy(applied.reached_root, applied.root, STORE_HASH_SIZE);
		value.mv_size = view_applied_encode(&applied, bytes);
		value.mv_data = bytes;
		failed = mdb_put(txn, view->applied_table, &key, &value, 0);
	}
	if (failed != 0) {
		mdb_txn_abort(txn);
		return failed;
	}
	failed = mdb_txn_commit(txn);
	if (failed == 0)
		set_applied(view, &applied);
	return failed;
}

static int
open_environment(struct view *view)
{
	int fd;
	int failed = mdb_env_create(&view->env);

	if (failed != 0)
		return failed;
	failed = mdb_env_set_mapsize(view->env, view->map_size);
	if (failed == 0)
		failed = mdb_env_set_maxreaders(view->env, READERS_MAX);
	if (failed == 0)
		failed = mdb_env_set_maxdbs(view->env, STORE_TABLES_MAX + 1);
	/* MDB_NOTLS: a reader's transaction belongs to the reader, not to a thread. */
	if (failed == 0)
		failed = mdb_env_open(view->env, view->folder, MDB_NOTLS, 0600);
	if (failed == 0)
		failed = mdb_reader_check(view->env, NULL);
	if (failed == 0)
		failed = mdb_env_get_fd(view->env, &fd);
	if (failed == 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		failed = errno;
	return failed;
}

/* LMDB does not sync the directory entries of a new environment. */
static int
sync_folders(const struct view *view)
{
	int error = file_posix.sync_folder(NULL, view->folder);

	if (error == 0)
		error = file_sync_name(&file_posix, view->folder);
	return -error;
}

int
view_open(struct view *view, const uint8_t ledger[STORE_ID_SIZE], struct store_report *report)
{
	int major, minor, patch;
	int failed = 0;

	assert(view->state == VIEW_CLOSED);
	(void)mdb_version(&major, &minor, &patch);
	/* 0.9.26 to 0.9.31 lose or break pages in ways the traps list has; Debian's is before. */
	if (major != 0 || minor != 9 || (patch >= 26 && patch <= 31))
		return store_report_set(report, STORE_BAD_CONFIG, 0,
					"LMDB %d.%d.%d is not one this program works with", major,
					minor, patch);
	if (mkdir(view->folder, 0700) < 0 && errno != EEXIST)
		failed = errno;
	if (failed == 0)
		failed = open_environment(view);
	if (failed == 0)
		failed = open_tables(view, ledger);
	if (failed == 0)
		failed = sync_folders(view);
	if (failed != 0) {
		if (view->env != NULL)
			mdb_env_close(view->env);
		view->env = NULL;
		/* The system's refusal (positive) says nothing about the rows: they stay. */
		return classify(view, failed, failed > 0 ? STORE_IO : STORE_DAMAGED,
				"cannot be opened", report);
	}
	pthread_mutex_lock(&view->lock);
	view->state = VIEW_BUILDING;
	view->suspect = false;
	pthread_cond_broadcast(&view->changed);
	pthread_mutex_unlock(&view->lock);
	return 0;
}

static void
set_state(struct view *view, enum view_state state)
{
	pthread_mutex_lock(&view->lock);
	view->state = state;
	pthread_cond_broadcast(&view->changed);
	pthread_mutex_unlock(&view->lock);
}

void
view_ready(struct view *view)
{
	assert(view->state == VIEW_BUILDING);
	set_state(view, VIEW_READY);
}

/* From now on nobody reads, until the state is READY. */
static void
stop_readers(struct view *view, enum view_state state)
{
	pthread_mutex_lock(&view->lock);
	view->state = state;
	while (view->reading > 0)
		pthread_cond_wait(&view->changed, &view->lock);
	pthread_mutex_unlock(&view->lock);
}

void
view_close(struct view *view)
{
	struct view_reader *reader;

	if (view->env == NULL)
		return;
	stop_readers(view, VIEW_CLOSED);
	pthread_mutex_lock(&view->lock);
	LIST_FOREACH (reader, &view->readers, entry) {
		if (reader->txn != NULL)
			mdb_txn_abort(reader->txn);
		reader->txn = NULL;
	}
	pthread_mutex_unlock(&view->lock);
	mdb_env_close(view->env);
	view->env = NULL;
}

int
view_drop(struct view *view)
{
	static const char *const files[] = {"data.mdb", "lock.mdb"};
	static const struct view_applied nothing;
	char path[PATH_MAX + 16];
	size_t i;

	view_close(view);
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", view->folder, files[i]);
		if (unlink(path) < 0 && errno != ENOENT)
			return STORE_IO;
	}
	set_applied(view, &nothing);
	return 0;
}

/* Twice the room. Only while nobody reads: LMDB would move the map under them. */
static int
grow_map(struct view *view)
{
	enum view_state before = view->state;
	int failed;

	/* Readers wait out a pause; while it is being built they are told to come later. */
	if (before == VIEW_READY)
		stop_readers(view, VIEW_PAUSED);
	failed = mdb_env_set_mapsize(view->env, view->map_size * 2);
	if (failed == 0)
		view->map_size *= 2;
	set_state(view, before);
	return failed;
}

/* One row; the old one, if any, leaves the table's count and digest, the new one enters them. */
static int
put_row(struct view *view, MDB_txn *txn, const struct overlay_node *node,
	struct view_applied *applied)
{
	const struct overlay_value *value = overlay_node_value(node);
	struct view_table *table = &applied->tables[node->table - 1];
	MDB_dbi dbi = view->tables[node->table - 1];
	MDB_val key = {node->key_size, (void *)(uintptr_t)node->key};
	MDB_val stored;
	uint8_t *at;
	int failed = mdb_get(txn, dbi, &key, &stored);

	if (failed != 0 && failed != MDB_NOTFOUND)
		return failed;
	/* The old value is dead after the next put, so it is hashed first. */
	if (failed == 0) {
		table->count--;
		view_digest(view->sha, node->table, node->key, node->key_size, stored.mv_data,
			    stored.mv_size, table->digest);
	}
	if (value->erase)
		return failed == 0 ? mdb_del(txn, dbi, &key, NULL) : 0;
	stored.mv_size = VIEW_CRC_SIZE + value->size;
	stored.mv_data = NULL;
	failed = mdb_put(txn, dbi, &key, &stored, MDB_RESERVE);
	if (failed != 0)
		return failed;
	at = stored.mv_data;
	bytes_put_u32(at,
		      view_crc(node->table, node->key, node->key_size, value->bytes, value->size));
	memcpy(at + VIEW_CRC_SIZE, value->bytes, value->size);
	table->count++;
	view_digest(view->sha, node->table, node->key, node->key_size, at, stored.mv_size,
		    table->digest);
	return 0;
}

/* One transaction, from *node on; *node moves to the first row that is not in it. */
static int
commit_some(struct view *view, const struct overlay_layer *layer, struct overlay_node **node,
	    size_t pages_max, struct view_applied *applied)
{
	uint8_t bytes[VIEW_APPLIED_MAX];
	MDB_val key = {sizeof(view_applied_name) - 1, (void *)(uintptr_t)view_applied_name};
	MDB_val value;
	MDB_txn *txn;
	size_t pages = 0;
	int failed = mdb_txn_begin(view->env, NULL, 0, &txn);

	if (failed != 0)
		return failed;
	/* Each row may touch a leaf of its own, and pages of its own if it is long. */
	for (; failed == 0 && *node != NULL && pages < pages_max;
	     *node = overlay_node_next(*node)) {
		pages += 1 + overlay_node_value(*node)->size / 4096;
		failed = put_row(view, txn, *node, applied);
	}
	applied->reached = layer->sequence;
	memcpy(applied->reached_root, layer->root, STORE_HASH_SIZE);
	if (*node == NULL) {
		applied->sequence = layer->sequence;
		applied->epoch = layer->epoch;
		memcpy(applied->root, layer->root, STORE_HASH_SIZE);
	}
	if (failed == 0) {
		value.mv_size = view_applied_encode(applied, bytes);
		value.mv_data = bytes;
		failed = mdb_put(txn, view->applied_table, &key, &value, 0);
	}
	if (failed != 0) {
		mdb_txn_abort(txn);
		return failed;
	}
	return mdb_txn_commit(txn);
}

int
view_commit(struct view *view, const struct overlay_layer *layer, struct store_report *report)
{
	struct overlay_node *node = overlay_layer_seek(layer, 0, NULL, 0);
	size_t pages_max = VIEW_TXN_PAGES;
	unsigned grown = 0;

	assert(view->state == VIEW_READY || view->state == VIEW_BUILDING);
	assert(layer->sequence > view->applied.sequence);
	do {
		struct view_applied applied = view->applied;
		struct overlay_node *next = node;
		int failed = commit_some(view, layer, &next, pages_max, &applied);

		if (failed == MDB_MAP_FULL && grown++ < 2) {
			failed = grow_map(view);
			if (failed == 0)
				continue;
		}
		if (failed == MDB_TXN_FULL && pages_max > 1) {
			pages_max /= 2;
			continue;
		}
		if (failed != 0)
			return classify(view, failed, STORE_DAMAGED, "cannot be written", report);
		node = next;
		set_applied(view, &applied);
	} while (view->applied.sequence < layer->sequence);
	return 0;
}

void
view_applied(struct view *view, struct view_applied *ret)
{
	pthread_mutex_lock(&view->lock);
	*ret = view->applied;
	pthread_mutex_unlock(&view->lock);
}
