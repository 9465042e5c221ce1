/*
 * Recovery's hands: reading the last segment to its end, and writing it again. Only recover.c.
 */
#ifndef STORAGE_RECOVER_SCAN_H
#define STORAGE_RECOVER_SCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "recover.h"

struct recover {
	struct log *log;
	const uint8_t *ledger;
	const struct recover_claim *mark;
	const struct recover_claim *view;
	struct store_report *report;
	struct segment_scan scan;
	int fd; /* of the last segment */

	/* Found. */
	const char *why;       /* the bytes behind the last group are none */
	uint64_t junk_end;     /* behind the last byte that is not zero; 0: none */
	uint64_t rewrite_from; /* behind the mark's group */
	bool trailer_torn;     /* neither whole nor zero */
	uint64_t unbegun;      /* a last file without a group: its name; 0: none */
	uint64_t unbegun_bytes;
};

/* Report about a segment, with its path and the offset; returns error. */
int recover_say(struct recover *, int error, uint64_t segment, uint64_t offset, const char *why);
void recover_close(struct recover *);

/*
 * Read the segment in recover->fd from its first group to its last, into segment and the tip.
 * Without a single group it stays empty, and 0 is answered.
 */
int recover_scan(struct recover *, struct segment *) NODISCARD;

/*
 * Where the last non-zero byte in [from, limit) is, into junk_end; STORE_DAMAGED if a group's
 * header stands at a sector after from + skip.
 */
int recover_junk(struct recover *, uint64_t segment, uint64_t from, uint64_t limit,
		 uint64_t skip) NODISCARD;

/* Negative errno. */
int recover_rewrite(struct recover *, uint64_t from, uint64_t to) NODISCARD;
int recover_zero(struct recover *, uint64_t from, uint64_t to) NODISCARD;

#endif
