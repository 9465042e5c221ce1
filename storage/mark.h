/*
 * The mark: how far the book has told anybody that it goes, in a small file of its own, so that a
 * log that went back is noticed.
 *
 * Written by the writer (segment switch, strict) and the keeper; a lock orders them.
 */
#ifndef STORAGE_MARK_H
#define STORAGE_MARK_H

#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "file.h"
#include "store.h"

enum { MARK_VERSION = 1, MARK_SLOT = 512 };

struct mark_value {
	uint8_t ledger[STORE_ID_SIZE];
	uint32_t epoch;
	uint64_t sequence; /* the highest acknowledged */
	uint8_t root[STORE_HASH_SIZE];
};

struct mark {
	const struct file_ops *files;
	char path[PATH_MAX];
	int fd; /* -1: none */
	pthread_mutex_t lock;
	uint64_t generation;
	bool slot_bad; /* when it was read, one slot did not hold */
	/* The highest anybody here ever gave: an epoch is not given to two histories. */
	uint32_t epoch_known;
	struct mark_value value;
};

/* In place, without a file yet. */
void mark_init(struct mark *, const struct file_ops *, const char *path);
void mark_done(struct mark *);

/*
 * Open what is there. STORE_NO_MARK, STORE_NEWER_FORMAT, STORE_DAMAGED (neither slot holds; the
 * report names the file), STORE_IO. Nothing is written.
 */
int mark_read(struct mark *, struct store_report *) NODISCARD;
/*
 * Make or replace the file, whole or not at all, synced with its folder. What mark->epoch_known
 * is set to before goes with it.
 */
int mark_create(struct mark *, const struct mark_value *, struct store_report *) NODISCARD;
/* Into the older slot, synced. A failure is never tried again. */
int mark_write(struct mark *, const struct mark_value *) NODISCARD;
/* Do both slots hold on the disk? STORE_DAMAGED, STORE_IO. Any thread. */
int mark_check(struct mark *, struct store_report *) NODISCARD;

#endif
