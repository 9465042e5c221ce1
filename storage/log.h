/*
 * The log: its segments in order, the writer's end of it, and readers anywhere in it.
 *
 * The table of segments is read by any thread under the lock; everything marked the writer's is
 * touched by the writer's thread alone (and by recovery, before there are others).
 */
#ifndef STORAGE_LOG_H
#define STORAGE_LOG_H

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "book.h"
#include "error.h"
#include "file.h"
#include "mark.h"
#include "segment.h"
#include "spare.h"

enum { LOG_RESERVE = 1 << 20 /* of the last segment, kept for operator and clock records */ };

struct log {
	const struct file_ops *files;
	char folder[PATH_MAX];
	uint64_t first_size;
	uint64_t next_size;
	struct mark *mark;
	struct spare spare;
	/* Wakes the keeper; NULL: there is none, the writer makes its spares itself. */
	void (*kick)(void *user);
	void *kick_user;

	pthread_mutex_t lock;
	struct segment **segments;
	size_t count;
	size_t capacity;

	/* The writer's. */
	struct book_tip tip;
	struct checksum_sha *sha;
	int fd;		 /* of the last segment; -1 if there is none or it is sealed */
	uint8_t *buffer; /* a segment's header, then a group */
	bool switching;	 /* log_room found that the group begins a segment */

	_Atomic uint64_t syncs;
	_Atomic uint64_t groups;
	_Atomic uint64_t spare_waits;
};

int log_init(struct log *, const struct file_ops *, const char *folder, struct mark *,
	     uint64_t first_size, uint64_t next_size) NODISCARD;
void log_done(struct log *);

/* "FOLDER/00000000000000000001.segment" */
void log_path(const struct log *, uint64_t first, char ret_path[PATH_MAX]);
/* The segment becomes the log's last, and the log's to free. STORE_MEMORY: it is still yours. */
int log_push(struct log *, struct segment *) NODISCARD;
/* The last segment, NULL if there is none. The writer. */
struct segment *log_last(struct log *);

/* Where the writer encodes the group it is about to write. */
uint8_t *log_group_buffer(struct log *);
/*
 * Is there a place for a group of that length? 0, STORE_FULL, STORE_IO (no spare can be made),
 * STORE_TOO_LARGE; reserved groups may use what is kept for them. May wait for the keeper.
 */
int log_room(struct log *, size_t length, bool reserved) NODISCARD;
/*
 * Write and sync the group in the buffer, where log_room found place; the tip becomes next.
 * Any failure leaves it unknown what is on the disk: the caller stops.
 */
int log_write(struct log *, size_t length, const struct book_tip *next) NODISCARD;
/* Wants a spare if the last segment is half full. */
void log_want_spare(struct log *);

/* A place in the log and the bounds of its segment, copied under the lock. */
struct log_place {
	uint64_t segment; /* its first sequence, which is its name */
	uint64_t last;
	uint64_t size;
	uint64_t offset; /* of a group at or before the one asked for */
	uint64_t end;
	bool sealed;
};
/* STORE_NOT_FOUND if the log does not reach there. Any thread. */
int log_find(struct log *, uint64_t sequence, struct log_place *ret) NODISCARD;

/* A position in the log. One thread. */
struct log_reader {
	struct log *log;
	struct segment_scan scan;
	int fd;
	struct log_place place;
	struct book_group group; /* at the position, once log_reader_group has answered 0 */
	uint64_t group_offset;
	bool group_valid;
	struct store_report report; /* of the last failure */
};

int log_reader_init(struct log_reader *, struct log *) NODISCARD;
void log_reader_done(struct log_reader *);
/* Go to the group that holds the sequence; ahead: how much to read at a time. */
int log_reader_seek(struct log_reader *, uint64_t sequence, size_t ahead) NODISCARD;
/* The whole group at the position, good until the position moves. */
int log_reader_group(struct log_reader *, const uint8_t **ret_bytes) NODISCARD;

/*
 * The root when the log ended with that sequence, which must be a group's last (or 0). Reads.
 * STORE_NOT_FOUND: it is none.
 */
int log_root_at(struct log *, uint64_t sequence, uint8_t ret_root[STORE_HASH_SIZE],
		uint32_t *ret_epoch, struct store_report *) NODISCARD;

#endif
