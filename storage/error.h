/*
 * What can go wrong in the store, as numbers, and the report that names the place.
 *
 * Every failure of the store is one of these negative numbers, forwarded unchanged. A function
 * that can say more than the number fills a report; the caller that knows what it was doing logs
 * it, once.
 */
#ifndef STORAGE_ERROR_H
#define STORAGE_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#ifndef NODISCARD
#define NODISCARD __attribute__((warn_unused_result))
#endif

enum store_error {
	STORE_OK = 0,

	/* Try again later; nothing was written. */
	STORE_BUSY = -1001,   /* the overlay is full, or the view is being rebuilt */
	STORE_FULL = -1002,   /* no space for another segment, or for another key in the vault */
	STORE_MEMORY = -1003, /* out of memory */

	/* The caller asked for something that cannot be; nothing was written. */
	STORE_NOT_FOUND = -1011,
	STORE_TOO_LARGE = -1012,      /* a record, a group, a key or a value beyond its limit */
	STORE_TIME_WENT_BACK = -1013, /* recorded_at below that of the record before */
	STORE_EXISTS = -1014,	/* a backup of that name, a store where one is to be restored */
	STORE_BAD_NAME = -1015, /* a backup's name that is not a plain file name */
	STORE_BAD_CONFIG = -1016,

	/* The book cannot be opened; nothing was written, nothing rebuilt. */
	STORE_LOCKED = -1021,	    /* another process has it */
	STORE_NO_BOOK = -1022,	    /* there is none, and creating one was not asked for */
	STORE_NO_MARK = -1023,	    /* a log without its mark */
	STORE_NO_VAULT = -1024,	    /* a log without its vault */
	STORE_NEWER_FORMAT = -1025, /* written by a later version of this program */
	STORE_BOOK_WENT_BACK =
	    -1026,		 /* the log ends below mark or view, or has another root there */
	STORE_DAMAGED = -1027,	 /* bytes that are neither right nor an unfinished last group */
	STORE_FOREIGN = -1028,	 /* a mark, vault or segment of another ledger */
	STORE_RESTORING = -1029, /* a restore was begun here and not finished */

	/* The world outside. */
	STORE_IO = -1031,     /* the system refused; the report has its words */
	STORE_FAILED = -1032, /* a sync failed earlier: this store answers nothing any more */

	/* Personal fields. */
	STORE_ERASED = -1041,	/* the person's key was erased, by order */
	STORE_KEY_LOST = -1042, /* the key is in another vault, or in none */
};

/* Name (STORE_BUSY → "STORE_BUSY") and one sentence; for numbers not listed above "STORE_IO". */
const char *store_error_name(int error);
const char *store_error_text(int error);

enum { STORE_REPORT_TEXT_MAX = 768 };

/* What happened, where, and in a sentence for the log. Zeroed by the function that fills it. */
struct store_report {
	int error;
	uint64_t offset;		  /* in the file the sentence names; 0 if it names none */
	char text[STORE_REPORT_TEXT_MAX]; /* empty if there is nothing to say */

	/* store_open: what recovery did. The caller records a cut as an operator record. */
	uint64_t cut_bytes;    /* of an unfinished last group that nobody was told about */
	uint64_t cut_offset;   /* in the segment named by cut_segment */
	uint64_t cut_segment;  /* first sequence of that segment */
	uint64_t rewritten;    /* bytes of the tail written again and synced */
	uint64_t view_applied; /* records brought into the view before answering */
	bool view_rebuilt;     /* from nothing */
	bool mark_slot_bad;    /* one of the mark's two slots did not hold */
	bool created;	       /* a new book */
};

/* Fill a report; returns error, so that "return store_report_set(...)" reads well. */
int store_report_set(struct store_report *, int error, uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
