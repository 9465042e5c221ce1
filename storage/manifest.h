/*
 * A backup's manifest: what is in it, how large, with which hash, up to which sequence and root.
 * Lines of text, the last one the hash of all before it (FORMAT.md, "Backup").
 */
#ifndef STORAGE_MANIFEST_H
#define STORAGE_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checksum.h"
#include "error.h"
#include "store.h"

enum { MANIFEST_SIZE_MAX = 16 << 20 };
#define MANIFEST_NAME "MANIFEST"

struct manifest_file {
	uint64_t segment; /* its first sequence */
	uint64_t size;
	uint8_t hash[CHECKSUM_SHA_SIZE];
};

struct manifest {
	uint8_t ledger[STORE_ID_SIZE];
	uint32_t epoch;
	uint64_t sequence;
	int64_t recorded_at;
	uint8_t root[STORE_HASH_SIZE];
	struct manifest_file *files; /* in order; the last may be shorter than its segment */
	size_t count;
	size_t capacity;
};

void manifest_done(struct manifest *);
int manifest_add(struct manifest *, const struct manifest_file *) NODISCARD;

/* The text, allocated; free it. NULL: out of memory. */
char *manifest_text(const struct manifest *, struct checksum_sha *, size_t *ret_size);
/* Into a zeroed manifest. STORE_DAMAGED, STORE_NEWER_FORMAT, STORE_MEMORY. */
int manifest_parse(struct manifest *, struct checksum_sha *, const char *text,
		   size_t size) NODISCARD;

#endif
