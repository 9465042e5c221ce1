/*
 * Reversal lines (init_feedetl_sn): each is decided on the day of the line it takes back, the
 * chain followed inside the file. Memory grows with the lines that are referred to, not with the
 * file.
 */

#ifndef CLI_REVERSAL_H
#define CLI_REVERSAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "demerit.h"

struct reversal; /* the lines referred to */

struct reversal *reversal_new(void);
struct reversal *reversal_free(struct reversal *);

size_t reversal_count(const struct reversal *);

/* First walk: somebody refers to this serial number. False: no memory. */
bool reversal_want(struct reversal *, struct demerit_text serial);

/* Second walk: a line has this serial number; ignored if nobody wants it. False: no memory. */
bool reversal_found(struct reversal *, struct demerit_text serial, struct demerit_text reverses,
		    bool has_day, int32_t day);

enum reversal_result {
	REVERSAL_DAY,	 /* ret_day is the original's */
	REVERSAL_NO_DAY, /* the original has none that can be read */
	REVERSAL_LOST,	 /* not in the file, several of that number, or a circle */
};

enum reversal_result reversal_resolve(const struct reversal *, struct demerit_text serial,
				      int32_t *ret_day);

#endif
