/*
 * The search in a list of periods.
 *
 * Owns nothing; the daemon's standings and a client holding a list call it on their threads. It
 * never judges. Lists are a handful long, so it walks: a person with more than four periods is
 * rare, and a branch that predicts well beats a bisection that does not.
 */

#include "interval.h"

#include <assert.h>

size_t
interval_find(const struct period *list, size_t count, size_t start, int32_t day)
{
	assert(list != NULL || count == 0);
	assert(start <= count);

	for (size_t i = start; i < count && list[i].from <= day; i++)
		if (day < list[i].until)
			return i;
	return count;
}
