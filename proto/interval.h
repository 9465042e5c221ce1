/*
 * Periods of days, [from, until), and the search in a list of them. What a period means is
 * none of this file's business. Pure; any thread.
 */

#ifndef PROTO_INTERVAL_H
#define PROTO_INTERVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The `until` of a period without an end. */
#define INTERVAL_OPEN INT32_MAX

struct period {
	int32_t from;
	int32_t until;
};

/* An empty or turned-round period covers no day. */
static inline bool
interval_covers(struct period period, int32_t day)
{
	return period.from <= day && day < period.until;
}

/*
 * The first of list[start..count) that covers the day, or `count`. The list is sorted by `from`;
 * its periods may overlap. To see all that cover the day, ask again from the answer + 1.
 */
size_t interval_find(const struct period *list, size_t count, size_t start, int32_t day);

#endif
