/*
 * A chunk of claim lines on its way: the lines as they stood in the file, what was asked about
 * them, and the answers as they come in.
 */

#ifndef CLI_CHUNK_H
#define CLI_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "claims.h"
#include "cmd.h"
#include "columns.h"
#include "reversal.h"

#define CHUNK_LINES   1024
#define CHUNK_ROOM    (512 * 1024)
#define CHUNK_REPLIES 64

struct chunk_line {
	const char *raw;
	size_t size;
	size_t ending;
	uint64_t number; /* in the file */
	bool bad;	 /* not understood: not asked about */
	struct demerit_text people[COLUMNS_ROLES_MAX];
	struct demerit_result result; /* decision 0: not yet */
	struct demerit_change change; /* after 0: decided alike */
};

struct chunk {
	char *text; /* the lines' bytes, and their unquoted fields */
	size_t used;
	size_t room;
	size_t count;
	size_t asked; /* how many of them were asked about */
	uint64_t id;  /* of the request; 0: not sent */
	bool done;    /* every line has its answer */
	size_t replies_count;
	struct demerit_reply *replies[CHUNK_REPLIES]; /* the results borrow from them */
	struct chunk_line lines[CHUNK_LINES];
	struct demerit_line wire[CHUNK_LINES];
};

/* What the answers say, added up. */
struct chunk_totals {
	uint64_t lines;
	uint64_t written;			/* of them: those that changed */
	uint64_t decisions[DEMERIT_REFUSE + 1]; /* as they are now */
};

struct chunk *chunk_new(void);
struct chunk *chunk_free(struct chunk *);

/* Empty it for the next lines. */
void chunk_reset(struct chunk *);

enum chunk_result { CHUNK_ADDED, CHUNK_FULL, CHUNK_NO_MEMORY };

/* Add a record; `fields` is scratch for CLAIMS_COLUMNS_MAX of them. */
enum chunk_result chunk_add(struct chunk *, const struct claims_record *, const struct columns *,
			    const struct reversal *, struct demerit_text *fields);

/* Take a reply in. False if it answers lines that were not asked about. */
bool chunk_take(struct chunk *, struct demerit_reply *);

/* The same of a claw-back's reply. */
bool chunk_take_changes(struct chunk *, struct demerit_reply *);

/* Write the lines that changed, each with what changed. */
void chunk_write_changes(const struct chunk *, enum cmd_format, FILE *, struct chunk_totals *);

/* Write the lines with their answers: CSV, or JSON lines. */
void chunk_write(const struct chunk *, enum cmd_format, uint64_t sequence, FILE *,
		 struct chunk_totals *);

#endif
