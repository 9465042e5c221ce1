/*
 * People's intervals as a batch leaves them, small and in order.
 *
 * Called by the writer's desk (put) and when a group is durable (install). Never reads the book.
 */
#include "scratch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "standings.h"

struct person {
	struct code practitioner;
	enum category category;
	uint64_t since;
	size_t first; /* interval */
	size_t count;
};

struct scratch {
	struct person *people;
	size_t count;
	size_t max;
	struct interval *intervals;
	size_t intervals_count;
	size_t intervals_max;
};

struct scratch *
scratch_new(void)
{
	return calloc(1, sizeof(struct scratch));
}

struct scratch *
scratch_free(struct scratch *scratch)
{
	if (scratch != NULL) {
		free(scratch->people);
		free(scratch->intervals);
		free(scratch);
	}
	return NULL;
}

static void *
grown(void *array, size_t *max, size_t needed, size_t item_size)
{
	size_t wanted = *max == 0 ? 64 : *max * 2;

	while (wanted < needed)
		wanted *= 2;
	void *more = realloc(array, wanted * item_size);
	if (more != NULL)
		*max = wanted;
	return more;
}

int
scratch_reserve(struct scratch *scratch)
{
	void *more;

	if (scratch->count == scratch->max) {
		more = grown(scratch->people, &scratch->max, scratch->count + 1,
			     sizeof(*scratch->people));
		if (more == NULL)
			return STORE_MEMORY;
		scratch->people = more;
	}
	if (scratch->intervals_max - scratch->intervals_count < STANDING_INTERVALS_MAX) {
		more = grown(scratch->intervals, &scratch->intervals_max,
			     scratch->intervals_count + STANDING_INTERVALS_MAX,
			     sizeof(*scratch->intervals));
		if (more == NULL)
			return STORE_MEMORY;
		scratch->intervals = more;
	}
	return 0;
}

void
scratch_put(struct scratch *scratch, const struct standing *standing)
{
	struct interval intervals[STANDING_INTERVALS_MAX];
	size_t count = standing_intervals(standing, intervals);

	assert(scratch->count < scratch->max);
	assert(scratch->intervals_max - scratch->intervals_count >= count);
	scratch->people[scratch->count++] = (struct person){
	    .practitioner = standing->practitioner,
	    .category = standing->category,
	    .since = standing->sequence,
	    .first = scratch->intervals_count,
	    .count = count,
	};
	if (count > 0)
		memcpy(scratch->intervals + scratch->intervals_count, intervals,
		       count * sizeof(intervals[0]));
	scratch->intervals_count += count;
}

size_t
scratch_count(const struct scratch *scratch)
{
	return scratch->count;
}

void
scratch_rewind(struct scratch *scratch, size_t count)
{
	assert(count <= scratch->count);
	if (count < scratch->count)
		scratch->intervals_count = scratch->people[count].first;
	scratch->count = count;
}

int
scratch_install(const struct scratch *scratch, struct standings *standings)
{
	for (size_t i = 0; i < scratch->count; i++) {
		const struct person *person = &scratch->people[i];
		int r = standings_put_intervals(standings, &person->practitioner, person->category,
						scratch->intervals + person->first, person->count,
						person->since);
		if (r < 0)
			return STORE_MEMORY;
	}
	return 0;
}
