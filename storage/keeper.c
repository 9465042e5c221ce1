/*
 * The keeper: the mark close behind the head, a spare ahead of need.
 *
 * Owns nothing; does the mark's and the spare's work on its own thread, or when the caller of
 * store_step says. It never answers anybody, and the book is right without it, only slower and
 * less sure of how far it had come.
 */
#include <assert.h>
#include <string.h>

#include "store_parts.h"

enum {
	MARK_DELAY_US = 25000, /* the mark may be 50 ms late, its own sync included */
	RETRY_US = 250000,     /* a full disk is looked at again: writes resume within a second */
};

/* True: behind; *ret_due is when the mark is to be written. */
static bool
mark_behind(struct store *store, struct mark_value *ret, int64_t *ret_due)
{
	bool behind;

	pthread_mutex_lock(&store->lock);
	behind = store->unmarked_since != INT64_MIN;
	*ret_due = behind ? store->unmarked_since + MARK_DELAY_US : INT64_MAX;
	memcpy(ret->ledger, store->head.ledger, STORE_ID_SIZE);
	ret->epoch = store->head.epoch;
	ret->sequence = store->head.sequence;
	memcpy(ret->root, store->head.root, STORE_HASH_SIZE);
	pthread_mutex_unlock(&store->lock);
	return behind;
}

static void
mark_head(struct store *store, const struct mark_value *value)
{
	int error;

	/* Before the write: what is appended meanwhile starts its own waiting. */
	pthread_mutex_lock(&store->lock);
	if (store->head.sequence == value->sequence)
		store->unmarked_since = INT64_MIN;
	else
		store->unmarked_since = store_now_us(store);
	pthread_mutex_unlock(&store->lock);
	error = mark_write(&store->mark, value);
	if (error < 0)
		(void)store_fail(store, STORE_IO, store->mark_path, error);
}

int64_t
keeper_step(struct store *store, bool now)
{
	struct mark_value value;
	int64_t time = store_now_us(store);
	int64_t next = INT64_MAX;
	int64_t due;

	if (atomic_load(&store->failed))
		return -1;
	if (mark_behind(store, &value, &due)) {
		if (now || time >= due)
			mark_head(store, &value);
		else
			next = due - time;
	}
	if (spare_state(&store->log.spare, NULL) == SPARE_STUCK) {
		if (now || time >= store->spare_retry_at) {
			spare_retry(&store->log.spare);
			store->spare_retry_at = time + RETRY_US;
		} else if (store->spare_retry_at - time < next) {
			next = store->spare_retry_at - time;
		}
	}
	if (spare_step(&store->log.spare))
		return 0;
	if (spare_state(&store->log.spare, NULL) == SPARE_STUCK && next > RETRY_US)
		next = RETRY_US;
	return next == INT64_MAX ? -1 : next;
}

void *
keeper_run(void *user)
{
	struct store *store = user;

	while (worker_sleep(&store->keeper, keeper_step(store, false)))
		;
	return NULL;
}
