/*
 * The view: named tables of rows in LMDB, an index of the log that can always be made again.
 *
 * Every value carries its own checksum; every table its count and a digest over all its rows, kept
 * in one row called applied together with how far the view is, in the same transaction.
 *
 * One thread writes; readers each have a view_reader. A failure of the view never touches an
 * acknowledgement: it is dropped and made again.
 */
#ifndef STORAGE_VIEW_H
#define STORAGE_VIEW_H

#include <limits.h>
#include <lmdb.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "checksum.h"
#include "error.h"
#include "overlay.h"
#include "store.h"

enum {
	VIEW_VERSION = 1,
	VIEW_DIGEST_SIZE = 16,
	VIEW_CRC_SIZE = 4,
	VIEW_TXN_PAGES = 16384, /* about 64 MiB of changes, far below LMDB's 131,071 dirty pages */
};

struct view_table {
	uint64_t count;
	uint8_t digest[VIEW_DIGEST_SIZE]; /* of every row, XORed */
};

struct view_applied {
	uint8_t ledger[STORE_ID_SIZE];
	uint32_t epoch;
	uint32_t shape;	   /* of the tables and of what apply makes: another one, another view */
	uint64_t sequence; /* all records up to here are in it whole */
	uint8_t root[STORE_HASH_SIZE];
	uint64_t reached; /* a transaction may hold rows of records up to here */
	uint8_t reached_root[STORE_HASH_SIZE];
	size_t table_count;
	struct view_table tables[STORE_TABLES_MAX];
};

enum { VIEW_APPLIED_FIXED = 128, VIEW_APPLIED_MAX = VIEW_APPLIED_FIXED + STORE_TABLES_MAX * 24 };

/* The row's value, its checksum in front. */
size_t view_applied_encode(const struct view_applied *, uint8_t ret_bytes[VIEW_APPLIED_MAX]);
int view_applied_decode(const void *bytes, size_t size, struct view_applied *ret) NODISCARD;
extern const char view_applied_name[]; /* of its table and of its key */

/* XOR a row, its stored value with the checksum, into a table's digest. */
void view_digest(struct checksum_sha *, uint8_t table, const void *key, size_t key_size,
		 const void *stored, size_t stored_size, uint8_t digest[VIEW_DIGEST_SIZE]);
/* The checksum that stands in front of a value. */
uint32_t view_crc(uint8_t table, const void *key, size_t key_size, const void *value, size_t size);

enum view_state {
	VIEW_CLOSED,
	VIEW_BUILDING, /* open, but not yet where the log is: what it does not have may be there */
	VIEW_READY,
	VIEW_PAUSED, /* for a moment: readers wait */
};

struct view_reader {
	LIST_ENTRY(view_reader) entry;
	MDB_txn *txn; /* NULL until first used */
};

struct view {
	char folder[PATH_MAX];
	char path[PATH_MAX];	      /* of the data file */
	const struct file_ops *files; /* asked for free space alone; the rest is LMDB's */
	const struct store_table *names;
	size_t table_count;
	uint32_t shape;
	uint64_t map_size;

	MDB_env *env;
	MDB_dbi applied_table;
	MDB_dbi tables[STORE_TABLES_MAX];
	struct checksum_sha *sha; /* the writing thread's */

	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum view_state state;
	size_t reading;
	LIST_HEAD(, view_reader) readers;
	struct view_applied applied; /* last committed */
	bool suspect;		     /* a reader met a row that does not hold */
};

int view_init(struct view *, const struct file_ops *, const char *folder,
	      const struct store_table *, size_t table_count, uint32_t apply_version,
	      uint64_t map_size) NODISCARD;
void view_done(struct view *);

/*
 * Open what is in the folder, or make an empty one of this ledger; readers are told STORE_BUSY
 * until view_ready. STORE_DAMAGED: drop it and open again; STORE_FULL, STORE_IO, STORE_MEMORY,
 * STORE_BAD_CONFIG.
 */
int view_open(struct view *, const uint8_t ledger[STORE_ID_SIZE], struct store_report *) NODISCARD;
/* It has, or the overlay has, all that is in the log: from now on it may be read. */
void view_ready(struct view *);
/* Waits until nobody reads; readers stay, and begin again when it is open again. */
void view_close(struct view *);
/* Close, and remove the files. */
int view_drop(struct view *) NODISCARD;

/*
 * Bring a layer in: one transaction, or a few if it is large, after the last of which the view is
 * at the layer's end. STORE_FULL: nothing lost, later perhaps; STORE_DAMAGED: drop it.
 */
int view_commit(struct view *, const struct overlay_layer *, struct store_report *) NODISCARD;
void view_applied(struct view *, struct view_applied *ret);

void view_reader_init(struct view *, struct view_reader *);
void view_reader_done(struct view *, struct view_reader *);
/* Begin to read: what was committed before is seen. STORE_BUSY: it is being made again. */
int view_reader_begin(struct view *, struct view_reader *) NODISCARD;
void view_reader_end(struct view *, struct view_reader *);
/* Between begin and end; bytes are good until end. STORE_NOT_FOUND, STORE_DAMAGED. */
int view_get(struct view *, struct view_reader *, uint8_t table, const void *key, size_t key_size,
	     struct store_value *ret) NODISCARD;
/* A cursor; view_cursor_row tests the row's checksum. mdb_cursor_close ends it. */
int view_cursor_open(struct view *, struct view_reader *, uint8_t table,
		     MDB_cursor **ret) NODISCARD;
int view_cursor_row(struct view *, uint8_t table, MDB_cursor *, MDB_cursor_op, MDB_val *key,
		    struct store_value *ret) NODISCARD;
/* A row did not hold: the view's thread will make it again. Answers STORE_DAMAGED. */
int view_suspect(struct view *);

#endif
