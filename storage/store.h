/*
 * The store: records of opaque bytes, kept in order, durably and provably, and an index of them.
 *
 * The log of records is the truth; the view (LMDB) may be lost, rot or lag without harm, because
 * the apply callback makes it again. Storage knows order, durability and hashes, never meaning.
 * What is on the disk stands byte by byte in FORMAT.md.
 *
 * Threads: store_open, store_append, store_wait, store_step and store_close belong to one thread
 * (the writer). Everything else may be called by any thread; a reader by one thread at a time.
 */
#ifndef STORAGE_STORE_H
#define STORAGE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "file.h"

struct store;
struct store_reader;
struct store_puts;
struct vault;

enum {
	STORE_HASH_SIZE = 32,
	STORE_ID_SIZE = 16,
	STORE_PUBLIC_SIZE = 24,
	STORE_SALT_SIZE = 16,
	STORE_BODY_MAX = 960 << 10,
	STORE_GROUP_MAX = 1 << 20,	      /* on the disk, header included */
	STORE_GROUP_RECORDS_MAX = 1020 << 10, /* sum of store_record_size in one group */
	STORE_GROUP_COUNT_MAX = 8192,
	STORE_KEY_MAX = 160,
	STORE_VALUE_MAX = 1 << 20,
	STORE_TABLES_MAX = 32,
};

enum record_kind {
	RECORD_GENESIS = 1,
	RECORD_ACCEPTED = 2,
	RECORD_REFUSED = 3,
	RECORD_MARKER = 4,
	RECORD_OPERATOR = 5,
};

struct store_record {
	enum record_kind kind;
	uint32_t epoch;	     /* stamped by the store on append */
	uint64_t sequence;   /* likewise; the first record has 1 */
	int64_t recorded_at; /* UTC microseconds, given; never below the record before */
	const uint8_t *body;
	size_t body_size;
	/* Of a record that was read: its public header and behind that the salt, as stored. */
	const uint8_t *stored;
};

/* What a record of this body takes in a group. */
static inline size_t
store_record_size(size_t body_size)
{
	return (48 + body_size + 7) & ~(size_t)7;
}

/*
 * Turn a record into puts: the same for the live tail (writer thread, before the record is
 * written) and for a rebuild (in order, while opening or on the view's thread). It must depend on
 * the record alone. Answers 0 or a failure, which store_append forwards, nothing written.
 */
typedef int (*store_apply_fn)(void *user, const struct store_record *, struct store_puts *);
int store_puts_put(struct store_puts *, uint8_t table, const void *key, size_t key_size,
		   const void *value, size_t value_size) NODISCARD;
int store_puts_erase(struct store_puts *, uint8_t table, const void *key,
		     size_t key_size) NODISCARD;

struct store_table {
	const char *name;
	bool check_at_start; /* every row is counted and hashed before anything is answered */
};

struct store_config {
	const char *data;	   /* the folder; made if absent and create is set */
	const char *mark;	   /* NULL: DATA.mark */
	const char *vault;	   /* NULL: DATA.vault */
	const char *view;	   /* NULL: DATA/view; LMDB's own, on a real disk */
	const char *backups;	   /* folder of backups; NULL: none can be made */
	const char *vault_backups; /* NULL: the vault is not backed up */
	bool create;		   /* an empty or absent folder becomes a new book */
	bool vault_lost;	   /* the operator says so: open with a new, empty vault */
	bool mark_strict;	   /* sync the mark before each answer */
	bool manual;		   /* no threads: the caller drives store_step (simulation) */

	const struct store_table *tables; /* numbered from 1 in this order */
	size_t table_count;
	store_apply_fn apply;
	void *apply_user;
	uint32_t apply_version; /* raise it when apply makes other rows: the view is made again */

	/* Where salts, keys and ids come from; 0 or a negative number. NULL: the system's. */
	int (*random)(void *user, void *bytes, size_t size);
	/* Microseconds that never go back. NULL: CLOCK_MONOTONIC. */
	int64_t (*clock_us)(void *user);
	void *seam_user; /* of random, clock_us, progress and offer */
	const struct file_ops *files;
	/* NULL, or told how far opening is: "verify", "view", ... */
	void (*progress)(void *user, const char *stage, uint64_t done, uint64_t of);
	/* NULL, or the replica port: the group as it will be stored, before it is written. */
	int (*offer)(void *user, const uint8_t *group, size_t size);

	/* 0: the default. */
	uint32_t first_segment_size; /* 4 MiB */
	uint32_t segment_size;	     /* 64 MiB */
	uint64_t overlay_bytes_max;  /* 256 MiB */
	uint64_t overlay_puts_max;   /* 2 M */
	uint32_t view_interval_ms;   /* 250: how long the view collects before a transaction */
	uint64_t view_map_size;	     /* 64 GiB, sparse */
};

/* Recovery in its order, then the threads. The report is filled in either case. */
int store_open(const struct store_config *, struct store **ret, struct store_report *) NODISCARD;
/* Orderly: the view is brought up, the mark synced. Accepts NULL; returns NULL. */
struct store *store_close(struct store *);

/*
 * Append all of records as one group: durable when this answers 0, and in sight of every reader.
 * Sequences and epoch are stamped in place. STORE_BUSY and STORE_FULL: nothing written, later
 * perhaps. STORE_IO: outcome unknown, the store answers STORE_FAILED from now on: stop.
 */
int store_append(struct store *, struct store_record *records, size_t count) NODISCARD;
/* Wait until the overlay has room again, at most so long: 0 or STORE_BUSY. */
int store_wait(struct store *, uint32_t timeout_ms) NODISCARD;
/* Only with config.manual: do the keeper's and the view's work that is due. */
int store_step(struct store *) NODISCARD;

struct store_head {
	uint8_t ledger[STORE_ID_SIZE];
	uint32_t epoch;
	uint64_t sequence; /* of the last record; 0 in a new book */
	int64_t recorded_at;
	uint8_t root[STORE_HASH_SIZE];
};
void store_head(struct store *, struct store_head *ret);
struct vault *store_vault(struct store *);
/* The last failure in words, for the log; text is empty if there was none. */
void store_last_report(struct store *, struct store_report *ret);

#include "store_read.h"

#endif
