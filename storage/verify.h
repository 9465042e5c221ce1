/*
 * Reading everything: every byte of the log, every hash, every row of the view against its
 * table's count and digest, every slot of the vault.
 *
 * Any thread, beside appends; it covers what was acknowledged when it began.
 */
#ifndef STORAGE_VERIFY_H
#define STORAGE_VERIFY_H

#include <stdint.h>

#include "error.h"

struct store;

struct store_verified {
	uint64_t sequence; /* records 1..sequence are as they were written */
	uint8_t root[32];
	uint64_t segments;
	uint64_t groups;
	uint64_t log_bytes;
	uint64_t view_rows;
	uint64_t vault_keys;
	uint64_t vault_erased;
};

/* NULL progress is fine; another answer than 0 ends the run and is its result. */
int store_verify(struct store *, int (*progress)(void *user, uint64_t sequence), void *user,
		 struct store_verified *ret, struct store_report *) NODISCARD;

#endif
