/*
 * The vault: the keys of personal fields, apart from the log, so that erasing a key erases the
 * field in every copy of the log there is.
 *
 * A sealed field names its key itself; to seal another field for the same person, keep the
 * vault_key the first one was sealed under. vault_key_new and vault_erase belong to the writer
 * thread; the rest may be called by any.
 */
#ifndef STORAGE_VAULT_H
#define STORAGE_VAULT_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"

struct vault;

enum {
	VAULT_OVERHEAD = 44, /* bytes a sealed field is longer than its text */
	VAULT_FIELD_MAX = 64 << 10,
	VAULT_HMAC_SIZE = 32,
};

struct vault_key {
	uint32_t slot;
	uint64_t id; /* random: a slot used again is not mistaken for its former owner's */
};

/*
 * A key for a new person. store_append makes it durable before the record that uses it.
 * STORE_FULL, STORE_IO.
 */
int vault_key_new(struct vault *, struct vault_key *ret) NODISCARD;

/*
 * Seal size bytes into size + VAULT_OVERHEAD. The context (record kind, field, person) is bound,
 * not kept: unsealing needs the same.
 */
int vault_seal(struct vault *, const struct vault_key *, const void *context, size_t context_size,
	       const void *text, size_t size, uint8_t *ret_sealed) NODISCARD;
/* Into size - VAULT_OVERHEAD bytes. STORE_ERASED, STORE_KEY_LOST, STORE_DAMAGED. */
int vault_unseal(struct vault *, const void *context, size_t context_size, const uint8_t *sealed,
		 size_t size, uint8_t *ret_text) NODISCARD;
/* The key a sealed field names; STORE_DAMAGED if it is none. */
int vault_sealed_key(const uint8_t *sealed, size_t size, struct vault_key *ret) NODISCARD;

/* Overwrite the key in place and sync. Erasing twice is erased. */
int vault_erase(struct vault *, const struct vault_key *) NODISCARD;

/* HMAC-SHA-256 under the ledger's own key: digests of commands that guessing cannot confirm. */
int vault_hmac(struct vault *, const void *bytes, size_t size,
	       uint8_t ret_hmac[VAULT_HMAC_SIZE]) NODISCARD;

#endif
