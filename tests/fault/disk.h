/*
 * A disk in memory, behind the store's one seam: it forgets what was not synced, tears what was
 * being written, fails when told, and can lie.
 *
 * Two layers: what programs see (the cache) and what is on the platter. A write lands in the cache
 * and waits; datasync of that file, and nothing else, brings it to the platter; a name is there
 * for good once its folder was synced. When the power goes, each sector that waits may have been
 * written, or not, or in part.
 */
#ifndef FAULT_DISK_H
#define FAULT_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "storage/file.h"

enum { DISK_SECTOR = 512 };

enum disk_op {
	DISK_OPEN,
	DISK_WRITE,
	DISK_SYNC,
	DISK_RENAME,
	DISK_SYNC_FOLDER,
	DISK_OTHER,
	DISK_READ, /* counted by itself: it changes nothing */
	DISK_LOOK, /* so are opening what is there, asking its size, listing a folder */
	DISK_OPS,  /* how many */
};

enum disk_cut {
	DISK_CUT_ALL,	 /* everything that waited was written */
	DISK_CUT_NONE,	 /* nothing was */
	DISK_CUT_PREFIX, /* in order, up to some point */
	DISK_CUT_SUBSET, /* sectors here and there */
	DISK_CUT_TORN,	 /* the same, some of them in part */
	DISK_CUT_MASK,	 /* the seed says which of what waits was written, a bit each, in order */
	DISK_CUTS,
};

struct disk;

struct disk *disk_new(void); /* dies without memory, as all of a test's tools do */
struct disk *disk_free(struct disk *);
const struct file_ops *disk_files(struct disk *);

/* Calls so far that change something, and of one kind. */
uint64_t disk_count(const struct disk *);
uint64_t disk_count_of(const struct disk *, enum disk_op);

/* The power goes just before that call (from 1): it and all after fail. 0: never. */
void disk_stop_at(struct disk *, uint64_t call);
bool disk_is_stopped(const struct disk *);
/* The k-th call of a kind from now on fails with that errno; for_ever: and all after it. */
void disk_fail_at(struct disk *, enum disk_op, uint64_t k, int error, bool for_ever);
bool disk_has_failed(const struct disk *);
/* So many bytes fit; a write beyond is ENOSPC. UINT64_MAX: no end. */
void disk_set_space(struct disk *, uint64_t bytes);

/* Planted bugs. */
void disk_lie_about_sync(struct disk *, const char *path_part); /* NULL: honest again */
void disk_skip_same_bytes(struct disk *, bool);			/* "it is there already" */

/* The process dies: descriptors and locks go, the cache stays. */
void disk_kill(struct disk *);
/* The power goes: what waited is decided by the cut and the seed; then the power is back. */
void disk_power_cut(struct disk *, enum disk_cut, uint64_t seed);

/* How many sectors and changes of folders wait: 2 to that power states are possible. */
size_t disk_waiting(const struct disk *);

/* The file's bytes as programs see them; NULL: there is none. Flip, cut or copy them back. */
uint8_t *disk_bytes(struct disk *, const char *path, size_t *ret_size);
void disk_set_bytes(struct disk *, const char *path, const uint8_t *bytes, size_t size);
void disk_remove(struct disk *, const char *path);
/* A copy of everything, cache and platter alike, with nothing waiting or open. */
struct disk *disk_copy(const struct disk *);
/* FNV over every name and byte: equal before and after means that nothing was written. */
uint64_t disk_hash(const struct disk *);
/* The k-th file's name; NULL behind the last. */
const char *disk_name(const struct disk *, size_t k);

/* A small generator for tests: the same seed, the same numbers. */
uint64_t disk_random(uint64_t *state);

#endif
