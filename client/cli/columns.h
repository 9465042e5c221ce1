/*
 * The columns of a claim file, as the national interface names them, in any order; and what a
 * line says in them.
 */

#ifndef CLI_COLUMNS_H
#define CLI_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "demerit.h"

#define COLUMNS_ROLES_MAX 8

struct columns {
	size_t count; /* of the header */
	int institution;
	int med_type;
	int emergency;
	int day;
	int serial;
	int reverses;
	int roles[COLUMNS_ROLES_MAX]; /* -1: not there; role = index + 1 */
};

/* NULL, or what is wrong with the header; `ret_column` then is the name it is about. */
const char *columns_read(struct columns *, const struct demerit_text *fields, size_t count,
			 const char **ret_column);

/* The field of a column that may not be there. */
struct demerit_text columns_field(const struct demerit_text *fields, int column);

/* The date of YYYY-MM-DD[ HH:MM:SS]. */
bool columns_day(struct demerit_text, int32_t *ret);

/*
 * What a line says, for the daemon; everything but its day and the caller's id. False if it
 * cannot be understood. Somebody named by what can be no code is asked about as a blank, which
 * no code is either: the line is undetermined, and nobody else's.
 */
bool columns_line(const struct columns *, const struct demerit_text *fields,
		  struct demerit_line *ret);

#endif
