/*
 * Records and groups as bytes: writing a group after what stands, and judging one that was read.
 *
 * Pure: bytes in, bytes out. The tip is everything that the next group depends on.
 */
#ifndef STORAGE_BOOK_H
#define STORAGE_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "store.h"
#include "tree.h"

enum {
	BOOK_VERSION = 1,
	BOOK_ALGORITHM_SHA256 = 1,
	BOOK_SECTOR = 512,
	BOOK_GROUP_HEADER = 128, /* the frontier follows */
	BOOK_GROUP_HEADER_MAX = BOOK_GROUP_HEADER + TREE_PACKED_MAX,
	BOOK_RECORD_HEADER = 48,
	BOOK_SALT_SIZE = STORE_SALT_SIZE,
};

struct book_tip {
	uint8_t ledger[STORE_ID_SIZE];
	uint32_t epoch;
	int64_t recorded_at; /* of the last record; INT64_MIN if there is none */
	struct tree tree;    /* its size is the last sequence */
	uint8_t root[STORE_HASH_SIZE];
	uint32_t previous_length; /* of the last group; 0 if there is none */
	uint8_t previous_root[STORE_HASH_SIZE];
};

struct book_group {
	uint8_t ledger[STORE_ID_SIZE];
	uint32_t epoch;
	uint32_t header_size;
	uint32_t length; /* header and records, without the padding to the next sector */
	uint32_t count;
	uint64_t first;
	uint32_t previous_length;
	uint8_t previous_root[STORE_HASH_SIZE];
	uint8_t root_before[STORE_HASH_SIZE];
	const uint8_t *frontier; /* in the bytes that were peeked */
};

void book_tip_init(struct book_tip *, struct checksum_sha *, const uint8_t ledger[STORE_ID_SIZE]);

/* What a group takes on the disk: up to the next sector. */
static inline uint64_t
book_padded(uint64_t length)
{
	return (length + BOOK_SECTOR - 1) & ~(uint64_t)(BOOK_SECTOR - 1);
}

/* The length the group will have; 0 if it cannot be one (none, too many, too large). */
size_t book_group_length(const struct book_tip *, const struct store_record *, size_t count);

/*
 * Encode records, stamped already, as the group after tip. ret_bytes takes book_padded(length)
 * bytes, salts are BOOK_SALT_SIZE random bytes a record; next becomes the tip after it.
 */
void book_group_encode(const struct book_tip *tip, struct checksum_sha *,
		       const struct store_record *records, size_t count, const uint8_t *salts,
		       uint8_t *ret_bytes, struct book_tip *ret_next);

/*
 * Read a group's header alone. STORE_DAMAGED if its own checksum or sizes do not hold (as zeros
 * do not), STORE_NEWER_FORMAT if it holds and is of a later version.
 */
int book_group_peek(const uint8_t *bytes, size_t size, struct book_group *ret) NODISCARD;

/* NULL if the header names tip as what stands before it, else what is wrong, in words. */
const char *book_group_continues(const struct book_tip *tip, const struct book_group *);

/*
 * Is this, byte for byte, the group after tip? Then tip moves behind it. Otherwise STORE_DAMAGED
 * or STORE_NEWER_FORMAT, tip as it was, and ret_why in words. size may go beyond the group.
 */
int book_group_check(struct book_tip *tip, struct checksum_sha *, const uint8_t *bytes, size_t size,
		     struct book_group *ret_group, const char **ret_why) NODISCARD;

/*
 * The record at *offset of a whole group's bytes (begin with header_size), its checksum tested;
 * offset moves behind it. 0, STORE_DAMAGED, STORE_NEWER_FORMAT.
 */
int book_record_next(const uint8_t *group, size_t length, size_t *offset,
		     struct store_record *ret) NODISCARD;

#endif
