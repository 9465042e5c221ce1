/*
 * What a batch does to people's intervals, kept aside until its group is on the disk: only then do
 * the loops see it. The writer's; one thread.
 */
#ifndef DAEMON_SCRATCH_H
#define DAEMON_SCRATCH_H

#include <stddef.h>

#include "ledger/standing.h"
#include "storage/error.h"

struct scratch;
struct standings;

/* NULL: out of memory. */
struct scratch *scratch_new(void);
struct scratch *scratch_free(struct scratch *);

/* Room for one more person, whatever their intervals: the next scratch_put does not fail. */
int scratch_reserve(struct scratch *) NODISCARD;
/* The person as decided; a later one of the same person holds. */
void scratch_put(struct scratch *, const struct standing *);

/* Forget all but the first count; what a refused command had put is undone so. */
size_t scratch_count(const struct scratch *);
void scratch_rewind(struct scratch *, size_t count);

/* In the order they were put. STORE_MEMORY. */
int scratch_install(const struct scratch *, struct standings *) NODISCARD;

#endif
