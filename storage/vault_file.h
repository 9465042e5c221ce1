/*
 * The vault as the store opens, makes, syncs, checks and copies it. What the daemon may do with it
 * stands in vault.h.
 */
#ifndef STORAGE_VAULT_FILE_H
#define STORAGE_VAULT_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "file.h"
#include "store.h"
#include "vault.h"

enum { VAULT_VERSION = 1, VAULT_SLOT = 512 };

typedef int (*vault_random_fn)(void *user, void *bytes, size_t size);

/*
 * Open the vault of this ledger. STORE_NO_VAULT, STORE_FOREIGN, STORE_NEWER_FORMAT, STORE_DAMAGED,
 * STORE_IO, STORE_MEMORY. Nothing is written.
 */
int vault_new(const struct file_ops *, const char *path, const uint8_t ledger[STORE_ID_SIZE],
	      vault_random_fn, void *random_user, struct vault **ret,
	      struct store_report *) NODISCARD;
/* Make an empty vault with a new ledger key, whole or not at all, synced with its folder. */
int vault_create(const struct file_ops *, const char *path, const uint8_t ledger[STORE_ID_SIZE],
		 vault_random_fn, void *random_user, struct store_report *) NODISCARD;
struct vault *vault_free(struct vault *);

/* Make the new keys durable; nothing to do is 0. Writer thread. A failure is never tried again. */
int vault_sync(struct vault *) NODISCARD;

/* Read every slot. STORE_DAMAGED names the first that does not hold. Any thread. */
int vault_check(struct vault *, uint64_t *ret_keys, uint64_t *ret_erased,
		struct store_report *) NODISCARD;
/*
 * What a copy of the vault needs: how many bytes, and a look at each piece of them (user: the
 * vault). A key that is just being written may be seen half: it is read again, and only then
 * called STORE_DAMAGED.
 */
int vault_copy_size(struct vault *, uint64_t *ret_size) NODISCARD;
int vault_copy_look(void *vault, uint8_t *bytes, size_t size, uint64_t offset) NODISCARD;

#endif
