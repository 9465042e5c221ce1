/*
 * An institution as its events leave it. A value. Where it lies may change; what is judged by its
 * region is judged by the one of that day.
 */
#ifndef LEDGER_INSTITUTION_H
#define LEDGER_INSTITUTION_H

#include <stdbool.h>
#include <stddef.h>

#include "event.h"

#define INSTITUTION_REGIONS_MAX 8

struct institution_row { /* size of code 0: not in the ledger */
	struct code code;
	struct code region; /* the last */
	enum institution_kind kind;
	bool closed;
	struct day closed_on; /* its last day, if it is closed */
	struct code merged_into;
	size_t earlier_count;
	struct {
		struct code region;
		struct day until; /* the first day of the next one */
	} earlier[INSTITUTION_REGIONS_MAX];
};

/* Fold one event in; events about others are ignored. False: a damaged book. */
bool institution_apply(struct institution_row *, const struct event *);

/* Where it lay on that day. */
const struct code *institution_region(const struct institution_row *, struct day);

/* Closed before that day? */
bool institution_closed(const struct institution_row *, struct day);

#endif
