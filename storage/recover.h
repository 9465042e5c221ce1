/*
 * Recovery: from what the disk shows to a log that may be appended to, or a refusal that names
 * the place and leaves every byte as it was.
 */
#ifndef STORAGE_RECOVER_H
#define STORAGE_RECOVER_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "log.h"
#include "mark.h"

/* What somebody says the book reached: the mark, or the view's applied row. */
struct recover_claim {
	const char *who; /* for the report: a path */
	uint64_t sequence;
	uint32_t epoch; /* 0: does not say */
	uint8_t root[STORE_HASH_SIZE];
};

/*
 * Read the log in its folder into log (from log_init, empty), judge it against the mark and the
 * view (NULL: has nothing to say), then make the tail safe: rewritten, the cut zeroed, synced.
 * STORE_BOOK_WENT_BACK, STORE_DAMAGED, STORE_NEWER_FORMAT, STORE_FOREIGN, STORE_MEMORY: nothing
 * was written. STORE_IO: perhaps something was, that a later recovery will do again.
 */
int recover_log(struct log *, const uint8_t ledger[STORE_ID_SIZE], const struct recover_claim *mark,
		const struct recover_claim *view, struct store_report *) NODISCARD;

/* Are there segments in the folder? 0 or 1; STORE_IO. An absent folder has none. */
int recover_has_log(const struct file_ops *, const char *folder) NODISCARD;

#endif
