/*
 * One file of the log: header, groups, trailer with the sparse index; and reading through it.
 *
 * The header stands in the first sector, groups from the second on, the trailer at the file's
 * end; what is between the last group and the trailer is zero. FORMAT.md has it byte by byte.
 */
#ifndef STORAGE_SEGMENT_H
#define STORAGE_SEGMENT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "book.h"
#include "error.h"
#include "file.h"

enum {
	SEGMENT_VERSION = 1,
	SEGMENT_HEADER = BOOK_SECTOR,
	SEGMENT_TRAILER_FIXED = 160,   /* the places follow */
	SEGMENT_PLACE_STEP = 64 << 10, /* at most one place in so many bytes */
	SEGMENT_SIZE_MIN = 8 << 10,    /* for tests; a full group needs more than 1 MiB */
	SEGMENT_SIZE_MAX = 1 << 30,
	SEGMENT_NAME_SIZE = 32,
};

struct segment_place {
	uint64_t sequence; /* first of the group at offset */
	uint64_t offset;
};

struct segment {
	/* The header's. */
	uint8_t ledger[STORE_ID_SIZE];
	uint32_t epoch;
	uint64_t first;
	uint64_t size;
	uint8_t root_before[STORE_HASH_SIZE];

	/* How far it is filled; the trailer's once it is sealed. */
	bool sealed;
	uint64_t end;  /* offset behind the last group */
	uint64_t last; /* last sequence; first - 1 while empty */
	int64_t recorded_at;
	uint8_t root_after[STORE_HASH_SIZE];
	uint32_t previous_length;
	uint8_t previous_root[STORE_HASH_SIZE];

	uint32_t place_count;
	uint32_t place_max;
	struct segment_place places[];
};

/* An empty segment of that size; NULL: out of memory. */
struct segment *segment_new(uint64_t size);
struct segment *segment_free(struct segment *);

/* "00000000000000000001.segment" */
void segment_name(uint64_t first, char ret_name[SEGMENT_NAME_SIZE]);
bool segment_name_parse(const char *name, uint64_t *ret_first);

size_t segment_trailer_size(uint64_t size);
/* Where groups must end: before the trailer. */
uint64_t segment_limit(uint64_t size);

void segment_header_encode(const struct segment *, uint8_t ret_bytes[SEGMENT_HEADER]);
/* *ret: a new segment as the header says. STORE_DAMAGED, STORE_NEWER_FORMAT, STORE_MEMORY. */
int segment_header_decode(const uint8_t bytes[SEGMENT_HEADER], struct segment **ret) NODISCARD;

void segment_trailer_encode(const struct segment *, uint8_t *ret_bytes);
/* Takes the trailer's word for how far it is filled; STORE_DAMAGED, and empty, if it does not hold.
 */
int segment_trailer_decode(struct segment *, const uint8_t *bytes) NODISCARD;

/* A group now stands at segment->end; moves end, last and the index. */
void segment_group_add(struct segment *, const struct book_tip *after, uint64_t first,
		       uint64_t length);
/* The last place at or before the sequence, which must be in the segment. */
struct segment_place segment_place_find(const struct segment *, uint64_t sequence);

/* A window moved over a file: fewer and larger reads than one a group. One thread. */
struct segment_scan {
	const struct file_ops *files;
	int fd;
	uint64_t offset; /* where the caller is */
	uint64_t end;	 /* where reading stops */
	size_t ahead;	 /* read at least so much at a time */
	uint8_t *window;
	uint64_t window_offset;
	size_t window_size;
};

enum {
	SEGMENT_WINDOW = 2 << 20,
	SEGMENT_AHEAD_WALK = 1 << 20,
	SEGMENT_AHEAD_READ = 16 << 10,
};

int segment_scan_init(struct segment_scan *, const struct file_ops *) NODISCARD;
void segment_scan_done(struct segment_scan *);
/* Begin at an offset of a file; the descriptor stays the caller's. */
void segment_scan_begin(struct segment_scan *, int fd, uint64_t offset, uint64_t end, size_t ahead);
/* At least want bytes at the offset, or all there are before end. Negative errno. */
int segment_scan_bytes(struct segment_scan *, size_t want, const uint8_t **ret_bytes,
		       size_t *ret_size) NODISCARD;
/* The same, as many as the group there says it has; whether it is one is for the caller to judge.
 */
int segment_scan_group(struct segment_scan *, const uint8_t **ret_bytes,
		       size_t *ret_size) NODISCARD;

#endif
