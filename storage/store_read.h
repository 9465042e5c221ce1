/*
 * Reading the store: rows by key or in order, records by sequence, figures. Part of store.h.
 *
 * A reader belongs to one thread at a time. Reads see every acknowledged group at once, wait for
 * nothing, and hold no transaction between calls; two calls may see different moments.
 */
#ifndef STORAGE_STORE_READ_H
#define STORAGE_STORE_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

struct store;
struct store_reader;
struct store_record;

int store_reader_new(struct store *, struct store_reader **ret) NODISCARD;
/* Accepts NULL; returns NULL. All readers end before store_close. */
struct store_reader *store_reader_free(struct store_reader *);

struct store_value {
	const uint8_t *bytes; /* until the next call on this reader */
	size_t size;
};
/* 0, STORE_NOT_FOUND, STORE_BUSY while the view is being rebuilt, STORE_DAMAGED if it must be. */
int store_get(struct store_reader *, uint8_t table, const void *key, size_t key_size,
	      struct store_value *ret) NODISCARD;

struct store_range {
	const void *prefix; /* rows whose key starts so; size 0: all */
	size_t prefix_size;
	const void *from; /* first key wanted; size 0: the first with the prefix */
	size_t from_size;
	size_t rows_max; /* 0: no end; keep it small, a long scan holds pages of the view */
};
/* Bytes are good during the call. Another answer than 0 ends the scan and is its result. */
typedef int (*store_row_fn)(void *user, const uint8_t *key, size_t key_size, const uint8_t *value,
			    size_t value_size);
/* Rows in order of their keys' bytes. on_row must not call this reader. */
int store_scan(struct store_reader *, uint8_t table, const struct store_range *, store_row_fn,
	       void *user) NODISCARD;

/* One record; its body is good until the next call on this reader. */
int store_read(struct store_reader *, uint64_t sequence, struct store_record *ret) NODISCARD;
/* Records first..last in order (last 0: up to the head now); another answer than 0 ends it. */
typedef int (*store_record_fn)(void *user, const struct store_record *);
int store_walk(struct store_reader *, uint64_t first, uint64_t last, store_record_fn,
	       void *user) NODISCARD;

struct store_stats {
	uint64_t segments;
	uint64_t log_bytes; /* up to the last group's end, all segments */
	uint64_t sequence;
	uint64_t applied_sequence; /* how far the view is */
	uint64_t verified_sequence;
	uint64_t overlay_bytes;
	uint64_t overlay_puts;
	uint64_t overlay_full; /* times an append was answered STORE_BUSY */
	uint64_t marked_sequence;
	int64_t mark_age_us; /* how long the oldest record not yet marked has waited; 0: none */
	uint64_t groups;     /* since opening, as are all below */
	uint64_t syncs;
	uint64_t spare_waits; /* times the writer had to wait for a spare */
	uint64_t cut_bytes;
	uint64_t view_commits;
	uint64_t view_rebuilds;
	bool spare_ready;
	bool disk_full;	    /* no space for the next segment */
	bool view_stalled;  /* the view cannot write: no space; the overlay fills */
	bool view_building; /* reads of rows answer STORE_BUSY */
	bool failed;
};
void store_stats(struct store *, struct store_stats *ret);

#endif
