/*
 * The store while it is open: a group appended, the head told, figures.
 *
 * Owns the order of an append, which is the promise: rows made, place found, keys durable, group
 * durable, then rows in sight and the head moved, then the caller may answer. The writer's thread
 * appends; the rest may be called by any. Opening and closing: store_open.c.
 */
#include "store.h"

#include <assert.h>
#include <string.h>
#include <time.h>

#include "store_parts.h"

int64_t
store_now_us(const struct store *store)
{
	struct timespec now;

	if (store->config.clock_us != NULL)
		return store->config.clock_us(store->config.seam_user);
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int
store_path(char ret_path[PATH_MAX], const char *path, const char *ending)
{
	size_t length = strlen(path);

	/* "data/" is the folder data: its mark is beside it, not in it. */
	while (length > 1 && path[length - 1] == '/')
		length--;
	if (length == 0 || length + strlen(ending) >= PATH_MAX)
		return STORE_BAD_CONFIG;
	memcpy(ret_path, path, length);
	memcpy(ret_path + length, ending, strlen(ending) + 1);
	return 0;
}

void
store_remember(struct store *store, const struct store_report *report)
{
	pthread_mutex_lock(&store->lock);
	store->last_report = *report;
	pthread_mutex_unlock(&store->lock);
}

int
store_fail(struct store *store, int error, const char *doing, int system_error)
{
	struct store_report report = {0};

	assert(error < 0);
	(void)store_report_set(&report, error, 0, "%s: %s", doing,
			       system_error == 0 ? store_error_text(error)
						 : strerror(-system_error));
	store_remember(store, &report);
	atomic_store(&store->failed, true);
	return error;
}

void
store_last_report(struct store *store, struct store_report *ret)
{
	pthread_mutex_lock(&store->lock);
	*ret = store->last_report;
	pthread_mutex_unlock(&store->lock);
}

void
store_head(struct store *store, struct store_head *ret)
{
	pthread_mutex_lock(&store->lock);
	*ret = store->head;
	pthread_mutex_unlock(&store->lock);
}

void
store_kick_keeper(void *user)
{
	struct store *store = user;

	worker_kick(&store->keeper);
}

struct vault *
store_vault(struct store *store)
{
	return store->vault;
}

/* Number the records as what follows the tip; are they in time? */
static int
stamp(struct store *store, struct store_record *records, size_t count)
{
	const struct book_tip *tip = &store->log.tip;
	int64_t before = tip->recorded_at;
	size_t i;

	for (i = 0; i < count; i++) {
		if (records[i].recorded_at < before)
			return STORE_TIME_WENT_BACK;
		before = records[i].recorded_at;
		records[i].epoch = tip->epoch;
		records[i].sequence = tip->tree.size + 1 + i;
	}
	return 0;
}

/* Only records of these kinds may use what is kept for them on a full disk. */
static bool
are_reserved(const struct store_record *records, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (records[i].kind != RECORD_MARKER && records[i].kind != RECORD_OPERATOR)
			return false;
	return true;
}

/*
 * Everything that may still fail without a trace: nothing here writes to the log, so that
 * each failure may be tried again. STORE_IO is kept for what may not.
 */
static int
prepare(struct store *store, struct store_record *records, size_t count, size_t *ret_length,
	struct book_tip *ret_next)
{
	struct log *log = &store->log;
	size_t length = book_group_length(&log->tip, records, count);
	size_t i;
	int error;

	if (length == 0)
		return STORE_TOO_LARGE;
	error = stamp(store, records, count);
	for (i = 0; error == 0 && i < count; i++)
		error = store->config.apply(store->config.apply_user, &records[i], &store->puts);
	if (error == 0)
		error = log_room(log, length, are_reserved(records, count));
	if (error == 0 &&
	    store->config.random(store->config.seam_user, store->salts, count * BOOK_SALT_SIZE) < 0)
		error = STORE_BUSY;
	if (error < 0)
		return error;
	book_group_encode(&log->tip, log->sha, records, count, store->salts, log_group_buffer(log),
			  ret_next);
	if (store->config.offer != NULL)
		error = store->config.offer(store->config.seam_user, log_group_buffer(log), length);
	*ret_length = length;
	return error;
}

/* The mark, at once: nobody is answered before it is on the disk. */
static int
mark_strictly(struct store *store)
{
	const struct book_tip *tip = &store->log.tip;
	struct mark_value value = {.epoch = tip->epoch, .sequence = tip->tree.size};

	memcpy(value.ledger, tip->ledger, STORE_ID_SIZE);
	memcpy(value.root, tip->root, STORE_HASH_SIZE);
	return mark_write(&store->mark, &value);
}

static void
publish(struct store *store)
{
	const struct book_tip *tip = &store->log.tip;
	bool kick_keeper;
	bool kick_viewer;

	overlay_add(&store->overlay, &store->puts, tip->tree.size, tip->epoch, tip->root);
	kick_viewer = !atomic_exchange(&store->view_pending, true) ||
		      overlay_bytes(&store->overlay) >= OVERLAY_LAYER_BYTES / 2;
	kick_keeper = spare_state(&store->log.spare, NULL) == SPARE_MAKING;
	pthread_mutex_lock(&store->lock);
	store->head.epoch = tip->epoch;
	store->head.sequence = tip->tree.size;
	store->head.recorded_at = tip->recorded_at;
	memcpy(store->head.root, tip->root, STORE_HASH_SIZE);
	if (!store->config.mark_strict && store->unmarked_since == INT64_MIN) {
		store->unmarked_since = store_now_us(store);
		kick_keeper = true;
	}
	pthread_mutex_unlock(&store->lock);
	if (kick_keeper && !store->config.manual)
		worker_kick(&store->keeper);
	if (kick_viewer && !store->config.manual)
		worker_kick(&store->viewer);
}

int
store_append(struct store *store, struct store_record *records, size_t count)
{
	struct book_tip next;
	size_t length = 0;
	int error;

	if (atomic_load(&store->failed))
		return STORE_FAILED;
	if (overlay_is_full(&store->overlay)) {
		atomic_fetch_add(&store->overlay_full, 1);
		if (!store->config.manual)
			worker_kick(&store->viewer);
		return STORE_BUSY;
	}
	error = prepare(store, records, count, &length, &next);
	if (error < 0) {
		overlay_puts_done(&store->puts);
		return error;
	}
	error = vault_sync(store->vault);
	if (error < 0) {
		overlay_puts_done(&store->puts);
		return store_fail(store, error, store->vault_path, 0);
	}
	error = log_write(&store->log, length, &next);
	if (error == 0 && store->config.mark_strict)
		error = mark_strictly(store);
	if (error < 0) {
		overlay_puts_done(&store->puts);
		return store_fail(store, STORE_IO, store->log_folder, error);
	}
	publish(store);
	assert(store->puts.count == 0);
	return 0;
}

int
store_wait(struct store *store, uint32_t timeout_ms)
{
	return overlay_wait(&store->overlay, timeout_ms) ? 0 : STORE_BUSY;
}

int
store_step(struct store *store)
{
	assert(store->config.manual);
	while (keeper_step(store, true) == 0)
		;
	(void)viewer_step(store, true);
	if (atomic_load(&store->failed))
		return STORE_FAILED;
	return 0;
}

static void
log_figures(struct store *store, struct store_stats *ret)
{
	struct log *log = &store->log;
	size_t i;

	pthread_mutex_lock(&log->lock);
	ret->segments = log->count;
	for (i = 0; i < log->count; i++)
		ret->log_bytes += log->segments[i]->end;
	pthread_mutex_unlock(&log->lock);
	ret->groups = atomic_load(&log->groups);
	ret->syncs = atomic_load(&log->syncs);
	ret->spare_waits = atomic_load(&log->spare_waits);
}

void
store_stats(struct store *store, struct store_stats *ret)
{
	struct view_applied applied;
	int spare_error;
	enum spare_state spare = spare_state(&store->log.spare, &spare_error);
	int64_t now = store_now_us(store);

	memset(ret, 0, sizeof(*ret));
	log_figures(store, ret);
	pthread_mutex_lock(&store->overlay.lock);
	ret->overlay_bytes = store->overlay.bytes;
	ret->overlay_puts = store->overlay.puts;
	pthread_mutex_unlock(&store->overlay.lock);
	pthread_mutex_lock(&store->mark.lock);
	ret->marked_sequence = store->mark.value.sequence;
	pthread_mutex_unlock(&store->mark.lock);
	pthread_mutex_lock(&store->lock);
	ret->sequence = store->head.sequence;
	ret->verified_sequence = store->verified_sequence;
	if (store->unmarked_since != INT64_MIN)
		ret->mark_age_us = now - store->unmarked_since;
	pthread_mutex_unlock(&store->lock);
	view_applied(&store->view, &applied);
	ret->applied_sequence = applied.sequence;
	ret->overlay_full = atomic_load(&store->overlay_full);
	ret->cut_bytes = store->cut_bytes;
	ret->view_commits = atomic_load(&store->view_commits);
	ret->view_rebuilds = atomic_load(&store->view_rebuilds);
	ret->spare_ready = spare == SPARE_READY;
	ret->disk_full = spare == SPARE_STUCK && spare_error == STORE_FULL;
	ret->view_stalled = atomic_load(&store->view_stalled);
	ret->view_building = atomic_load(&store->view_building);
	ret->failed = atomic_load(&store->failed);
}
