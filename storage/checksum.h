/*
 * Checksums against accidents (CRC32C) and hashes against intent (SHA-256).
 *
 * A checksum_sha belongs to one thread at a time. Once made it cannot fail.
 */
#ifndef STORAGE_CHECKSUM_H
#define STORAGE_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

enum { CHECKSUM_SHA_SIZE = 32 };

/* Castagnoli's CRC. Begin with 0; give the last answer to go on. */
uint32_t checksum_crc32c(uint32_t crc, const void *bytes, size_t size);
/* The same without the processor's instruction, for machines that lack it and for tests. */
uint32_t checksum_crc32c_portable(uint32_t crc, const void *bytes, size_t size);

struct checksum_sha;

struct checksum_sha *checksum_sha_new(void); /* NULL: out of memory */
struct checksum_sha *checksum_sha_free(struct checksum_sha *);
void checksum_sha_begin(struct checksum_sha *);
void checksum_sha_add(struct checksum_sha *, const void *bytes, size_t size);
void checksum_sha_end(struct checksum_sha *, uint8_t ret_hash[CHECKSUM_SHA_SIZE]);

#endif
