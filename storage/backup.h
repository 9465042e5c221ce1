/*
 * Backups: the sealed segments, the tail up to one sequence, a manifest with that sequence's root;
 * the vault apart and first. And the way back, which starts a new epoch.
 */
#ifndef STORAGE_BACKUP_H
#define STORAGE_BACKUP_H

#include <stddef.h>
#include <stdint.h>

#include "store.h"

enum { STORE_BACKUP_NAME_MAX = 64 };

struct store_backup {
	uint64_t sequence;
	uint8_t root[STORE_HASH_SIZE];
	uint64_t files;
	uint64_t bytes;
	bool vault; /* copied too, into the other folder */
};

/*
 * Make the backup NAME below the configured folder. NAME is 1-64 of [A-Za-z0-9._-], not starting
 * with a dot: a name, never a path. Any thread, one at a time, beside appends.
 */
int store_backup(struct store *, const char *name, struct store_backup *ret,
		 struct store_report *) NODISCARD;

/* What the first record of the new epoch must say. */
struct store_epoch {
	uint8_t ledger[STORE_ID_SIZE];
	uint32_t old_epoch;
	uint32_t new_epoch;
	uint64_t kept_sequence;
	int64_t kept_recorded_at;
	uint8_t kept_root[STORE_HASH_SIZE];
};

struct store_restore {
	const char *backup;	  /* the folder of one backup */
	const char *vault_backup; /* its vault's file; NULL: config.vault stays as it is */
	uint32_t epoch_min;	  /* at least this; 0: above all that is known here */
	/* Fill kind, recorded_at, body; called once. The body stays the caller's. */
	int (*build)(void *user, const struct store_epoch *, struct store_record *ret);
	void *user;
};

/*
 * Put a backup into config.data, which must have no log, replace the mark, drop the view, and
 * begin a new epoch by the record build makes. The store is not left open. A restore that was
 * interrupted leaves a folder that only another restore into it, emptied, can use.
 */
int store_restore(const struct store_config *, const struct store_restore *,
		  struct store_report *) NODISCARD;

#endif
