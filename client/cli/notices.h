/*
 * Exclusion notices of another authority: the rows of the file, read and classed. What cannot be
 * understood says why and changes nothing.
 */

#ifndef CLI_NOTICES_H
#define CLI_NOTICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cmd.h"

enum notices_class {
	NOTICES_EXCLUDED,   /* a person, from excluded_on on */
	NOTICES_REINSTATED, /* a person, until reinstated_on */
	NOTICES_INSTITUTION,
	NOTICES_REJECTED,
};

struct notices_row {
	uint64_t line;
	enum notices_class class;
	bool reinstated;
	char *subject;
	char *category;
	char *clause;
	char *published;
	char *waived;
	int32_t excluded_on;
	int32_t reinstated_on;
	const char *reason; /* rejected: stable name */
	char *message;	    /* rejected: what and where */
};

struct notices {
	struct notices_row *rows;
	size_t count;
	size_t room;
};

/* CMD_OK, or said why not. What was read is to be freed in either case. */
int notices_read(struct notices *, const struct cli *, const char *path);
void notices_done(struct notices *);

/* Reject a row for a reason found later. */
void notices_reject(struct notices_row *, const char *reason, const char *message);

#endif
