/*
 * The viewer: brings rows from the overlay into the view, and makes the view again when it must.
 *
 * Owns the writing of the view. On its own thread, or when the caller of store_step says, or while
 * opening. A failure here never touches an acknowledgement: the overlay holds the rows, fills, and
 * the writer is told to wait.
 */
#include <assert.h>
#include <string.h>

#include "store_parts.h"

enum {
	RETRY_US = 250000,
	CATCH_UP_BYTES = OVERLAY_LAYER_BYTES,
};

/* The rows of one group's records. */
static int
group_puts(struct store *store, const struct book_group *group, const uint8_t *bytes,
	   struct store_puts *puts)
{
	size_t offset = group->header_size;
	uint32_t i;

	for (i = 0; i < group->count; i++) {
		struct store_record record;
		int error = book_record_next(bytes, group->length, &offset, &record);

		if (error == 0)
			error = store->config.apply(store->config.apply_user, &record, puts);
		if (error < 0) {
			overlay_puts_done(puts);
			return error;
		}
	}
	return 0;
}

/* Into a layer of our own. */
static int
apply_group(struct store *store, const struct book_group *group, const uint8_t *bytes,
	    struct overlay_layer *layer, struct store_puts *puts)
{
	int error = group_puts(store, group, bytes, puts);

	if (error < 0)
		return error;
	overlay_layer_add(layer, puts);
	layer->sequence = group->first + group->count - 1;
	layer->epoch = group->epoch;
	return 0;
}

/*
 * Groups from where the view is, into one layer, until it is large or the end is there. The
 * layer's root is what the group behind it says was before it.
 */
static int
fill_layer(struct store *store, struct log_reader *reader, uint64_t sequence,
	   struct overlay_layer *layer, struct store_puts *puts)
{
	uint64_t at = store->view.applied.sequence + 1;

	while (at <= sequence) {
		const uint8_t *bytes;
		int error = log_reader_seek(reader, at, SEGMENT_AHEAD_WALK);

		if (error == 0 && layer->bytes >= CATCH_UP_BYTES) {
			memcpy(layer->root, reader->group.root_before, STORE_HASH_SIZE);
			return 0;
		}
		if (error == 0)
			error = log_reader_group(reader, &bytes);
		if (error == 0)
			error = apply_group(store, &reader->group, bytes, layer, puts);
		if (error < 0)
			return error;
		at = reader->group.first + reader->group.count;
	}
	return 0;
}

/* The reader's own words, if it was the reader who failed. */
static void
report_reader(const struct store *store, const struct log_reader *reader, int error,
	      struct store_report *report)
{
	*report = reader->report;
	if (report->error != error)
		(void)store_report_set(report, error, 0, "%s: %s", store->log_folder,
				       store_error_text(error));
}

int
viewer_catch_up(struct store *store, uint64_t sequence, uint32_t epoch,
		const uint8_t root[STORE_HASH_SIZE], uint64_t *ret_records,
		struct store_report *report)
{
	uint64_t from = store->view.applied.sequence;
	struct log_reader reader;
	struct store_puts puts;
	int error = log_reader_init(&reader, &store->log);

	overlay_puts_init(&puts, store->config.table_count);
	while (error == 0 && store->view.applied.sequence < sequence) {
		struct overlay_layer *layer = overlay_layer_new();

		error = layer == NULL ? STORE_MEMORY
				      : fill_layer(store, &reader, sequence, layer, &puts);
		if (error == 0 && layer->sequence == sequence) {
			assert(layer->epoch == epoch);
			memcpy(layer->root, root, STORE_HASH_SIZE);
		}
		if (error < 0)
			report_reader(store, &reader, error, report);
		if (error == 0)
			error = view_commit(&store->view, layer, report);
		overlay_layer_free(layer);
		if (store->config.progress != NULL)
			store->config.progress(store->config.seam_user, "view",
					       store->view.applied.sequence, sequence);
	}
	*ret_records = store->view.applied.sequence - from;
	overlay_puts_done(&puts);
	log_reader_done(&reader);
	return error;
}

int
viewer_overlay_rest(struct store *store, struct store_report *report)
{
	const struct store_head *head = &store->head;
	uint64_t at = store->view.applied.sequence + 1;
	struct log_reader reader;
	int error = log_reader_init(&reader, &store->log);

	while (error == 0 && at <= head->sequence) {
		const uint8_t *root = head->root;
		const uint8_t *bytes;
		uint32_t epoch;

		if (overlay_is_full(&store->overlay))
			error = STORE_FULL;
		if (error == 0)
			error = log_reader_seek(&reader, at, SEGMENT_AHEAD_WALK);
		if (error == 0)
			error = log_reader_group(&reader, &bytes);
		if (error == 0)
			error = group_puts(store, &reader.group, bytes, &store->puts);
		if (error < 0)
			break;
		at = reader.group.first + reader.group.count;
		epoch = reader.group.epoch;
		/* The root after a group is what the next one says was before it. */
		if (at <= head->sequence) {
			error = log_reader_seek(&reader, at, SEGMENT_AHEAD_WALK);
			root = reader.group.root_before;
		}
		if (error == 0)
			overlay_add(&store->overlay, &store->puts, at - 1, epoch, root);
	}
	overlay_puts_done(&store->puts);
	if (error < 0)
		report_reader(store, &reader, error, report);
	log_reader_done(&reader);
	if (error == 0)
		atomic_store(&store->view_stalled, true);
	return error;
}

/* Drop what there is and make it from the log, up to the head as it is now. */
static int
make_again(struct store *store, struct store_report *report)
{
	struct store_head head;
	uint64_t records;
	int error;

	atomic_store(&store->view_building, true);
	atomic_fetch_add(&store->view_rebuilds, 1);
	store_head(store, &head);
	error = view_drop(&store->view);
	if (error < 0)
		(void)store_report_set(report, error, 0, "%s: cannot be removed", store->view.path);
	if (error == 0)
		error = view_open(&store->view, head.ledger, report);
	if (error == 0)
		error =
		    viewer_catch_up(store, head.sequence, head.epoch, head.root, &records, report);
	/* Half made, it must not answer: closed it is made again from the start. */
	if (error < 0) {
		view_close(&store->view);
		return error;
	}
	view_ready(&store->view);
	atomic_store(&store->view_building, false);
	return 0;
}

/* One layer. 1: there was none, or it was the one with the sequence; else what the view answered.
 */
static int
bring_layer(struct store *store, uint64_t sequence, struct store_report *report)
{
	struct overlay_layer *layer = overlay_oldest(&store->overlay);
	bool last;
	int error = 0;

	if (layer == NULL)
		return 1;
	last = layer->sequence >= sequence;
	/* After it was made again from the log the view may be ahead of the layer. */
	if (layer->sequence > store->view.applied.sequence) {
		error = view_commit(&store->view, layer, report);
		atomic_fetch_add(&store->view_commits, 1);
	}
	if (error == 0)
		overlay_drop_oldest(&store->overlay);
	return error == 0 && last ? 1 : error;
}

static bool
view_is_bad(struct store *store)
{
	bool bad;

	pthread_mutex_lock(&store->view.lock);
	bad = store->view.suspect || store->view.state == VIEW_CLOSED;
	pthread_mutex_unlock(&store->view.lock);
	return bad;
}

int64_t
viewer_step(struct store *store, bool now)
{
	struct store_report report = {0};
	struct store_head head;
	int64_t time = store_now_us(store);
	int error = 0;

	if (!now && time < store->view_retry_at)
		return store->view_retry_at - time;
	if (view_is_bad(store))
		error = make_again(store, &report);
	/* What is appended meanwhile waits for the next time, else each group had a transaction. */
	store_head(store, &head);
	while (error == 0)
		error = bring_layer(store, head.sequence, &report);
	if (error == STORE_DAMAGED) {
		store_remember(store, &report);
		error = make_again(store, &report);
	}
	atomic_store(&store->view_stalled, error < 0);
	if (error >= 0)
		return -1;
	store_remember(store, &report);
	store->view_retry_at = time + RETRY_US;
	return RETRY_US;
}

void *
viewer_run(void *user)
{
	struct store *store = user;
	int64_t interval = (int64_t)store->config.view_interval_ms * 1000;
	int64_t next = -1;

	/* The first kick: something waits. Then a while to collect, which a second kick (much
	 * waits) cuts short. */
	while (worker_sleep(&store->viewer, next) && worker_sleep(&store->viewer, interval)) {
		atomic_store(&store->view_pending, false);
		next = viewer_step(store, false);
	}
	return NULL;
}
