/*
 * Claim files: CSV read record by record in bounded memory, every byte kept for the way out.
 *
 * RFC 4180 where the file follows it. A field that opens a quote and never closes it does not
 * swallow the file: its first physical line alone is a broken record. libcsv is not used: it
 * trims blanks, drops the byte order mark and stops at the first bad quote.
 */

#ifndef CLI_CLAIMS_H
#define CLI_CLAIMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "demerit.h"

#define CLAIMS_COLUMNS_MAX 4096
#define CLAIMS_RECORD_MAX  (1024 * 1024)
/* Lines one quoted field may span. */
#define CLAIMS_SPAN_MAX 64

struct claims {
	int fd;
	char *buffer;
	size_t start;
	size_t end;
	bool at_end;	/* of the file */
	uint64_t line;	/* the next physical line, from 1 */
	uint64_t bytes; /* given out so far */
};

/* One record; borrowed until the next call. */
struct claims_record {
	const char *raw;
	size_t size;   /* without its line end */
	size_t ending; /* bytes of line end behind it: 0, 1 or 2 */
	uint64_t line; /* the first of its physical lines */
	bool broken;   /* a quote that does not close, or text behind one that did */
};

enum claims_result {
	CLAIMS_RECORD,
	CLAIMS_END,
	CLAIMS_TOO_LONG, /* ret->line is longer than CLAIMS_RECORD_MAX */
	CLAIMS_FAILED,	 /* errno says why */
};

/* Read from the file's beginning; the descriptor stays the caller's. False: no memory. */
bool claims_begin(struct claims *, int fd);
void claims_end(struct claims *);

/* Go back to the first record. False if the file cannot. */
bool claims_rewind(struct claims *);

enum claims_result claims_next(struct claims *, struct claims_record *ret);

/*
 * Split a record into fields, at most `room`. Unquoted fields point into the record, quoted
 * ones that hold quotes into `scratch`, which has as many bytes as the record. Returns how many
 * fields there are, also those beyond `room`.
 */
size_t claims_split(const char *raw, size_t size, char *scratch, struct demerit_text *fields,
		    size_t room);

#endif
