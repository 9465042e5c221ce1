/*
 * Copying a file through the seam, hashed on the way, whole and synced. Backup and restore.
 */
#ifndef STORAGE_COPY_H
#define STORAGE_COPY_H

#include <stdint.h>

#include "checksum.h"
#include "error.h"
#include "file.h"

struct copy {
	const char *from;
	const char *to;	      /* made anew; must not be there */
	uint64_t size;	      /* so many bytes of it; the file must have them */
	uint64_t padded_size; /* then zeros up to here; 0: none */
	/* NULL, or shown each piece, of whole sectors, to mend or to refuse by another answer than
	 * 0. */
	int (*look)(void *user, uint8_t *bytes, size_t size, uint64_t offset);
	void *user;
};

/* 0, STORE_IO, STORE_FULL, STORE_EXISTS, STORE_DAMAGED (shorter than size), what look answered. */
int copy_file(const struct file_ops *, struct checksum_sha *, const struct copy *,
	      uint8_t ret_hash[CHECKSUM_SHA_SIZE], struct store_report *) NODISCARD;

#endif
