/*
 * A batch: the records decided since the last sync, and the rows they will make, so that the
 * second command on a person in one batch sees the first. The writer's; one thread.
 */
#ifndef DAEMON_BATCH_H
#define DAEMON_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "apply.h"

struct batch;

/* NULL: out of memory. */
struct batch *batch_new(void);
struct batch *batch_free(struct batch *);

/* Forget all records. */
void batch_reset(struct batch *);

/* Does another record of that body size fit into this group? */
bool batch_has_room(const struct batch *, size_t body_size);

/*
 * Add a record; its sequence must be the one it will get. The body is copied. STORE_MEMORY,
 * or STORE_DAMAGED for a body that is none: the record is not in the batch then.
 */
int batch_add(struct batch *, const struct store_record *) NODISCARD;

size_t batch_count(const struct batch *);
/* All of them, for store_append. */
struct store_record *batch_records(struct batch *);
/* The record of that sequence; NULL: not in the batch. */
const struct store_record *batch_record(const struct batch *, uint64_t sequence);

/* The row, if the batch has written it. Good until the next batch_add or batch_reset. */
bool batch_get(const struct batch *, enum apply_table, const struct apply_key *,
	       struct store_value *ret);

/* The next sequence above after that is about the subject, 0: none; its record's kind too. */
uint64_t batch_next(const struct batch *, const struct apply_key *subject, uint64_t after,
		    enum record_kind *ret_kind);

#endif
