/*
 * Reading the store: overlay and view merged, records by sequence.
 *
 * Owns what a store_reader holds: a view transaction kept for reuse, a window on the log, a buffer
 * for the value last answered. One thread at a time each, beside appends. It looks at the overlay
 * first and begins the view's transaction after: what left the overlay meanwhile is in the view.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store_parts.h"
#include "store_read.h"

struct store_reader {
	struct store *store;
	struct view_reader view;
	struct log_reader log;
	uint8_t *value;
	size_t value_capacity;
};

int
store_reader_new(struct store *store, struct store_reader **ret)
{
	struct store_reader *reader = calloc(1, sizeof(*reader));
	int error;

	if (reader == NULL)
		return STORE_MEMORY;
	reader->store = store;
	view_reader_init(&store->view, &reader->view);
	error = log_reader_init(&reader->log, &store->log);
	if (error < 0) {
		store_reader_free(reader);
		return error;
	}
	*ret = reader;
	return 0;
}

struct store_reader *
store_reader_free(struct store_reader *reader)
{
	if (reader == NULL)
		return NULL;
	view_reader_done(&reader->store->view, &reader->view);
	log_reader_done(&reader->log);
	free(reader->value);
	free(reader);
	return NULL;
}

/* A copy that outlives overlay references and transactions. */
static int
keep(struct store_reader *reader, const uint8_t *bytes, size_t size, struct store_value *ret)
{
	if (size > reader->value_capacity) {
		size_t capacity = size < 512 ? 512 : size * 2;
		uint8_t *more = realloc(reader->value, capacity);

		if (more == NULL)
			return STORE_MEMORY;
		reader->value = more;
		reader->value_capacity = capacity;
	}
	if (size > 0)
		memcpy(reader->value, bytes, size);
	ret->bytes = reader->value;
	ret->size = size;
	return 0;
}

static bool
good_table(const struct store *store, uint8_t table)
{
	return table > 0 && table <= store->config.table_count;
}

int
store_get(struct store_reader *reader, uint8_t table, const void *key, size_t key_size,
	  struct store_value *ret)
{
	struct store *store = reader->store;
	const struct overlay_value *found;
	struct overlay_hold hold;
	struct store_value value;
	int error = STORE_NOT_FOUND;

	if (!good_table(store, table))
		return STORE_BAD_CONFIG;
	if (key_size == 0 || key_size > STORE_KEY_MAX)
		return STORE_NOT_FOUND;
	overlay_hold(&store->overlay, &hold);
	found = overlay_find(&hold, table, key, key_size);
	if (found != NULL && !found->erase)
		error = keep(reader, found->bytes, found->size, ret);
	overlay_release(&store->overlay, &hold);
	if (found != NULL)
		return error;
	error = view_reader_begin(&store->view, &reader->view);
	if (error < 0)
		return error;
	error = view_get(&store->view, &reader->view, table, key, key_size, &value);
	if (error == 0)
		error = keep(reader, value.bytes, value.size, ret);
	view_reader_end(&store->view, &reader->view);
	if (error == STORE_DAMAGED)
		worker_kick(&store->viewer);
	return error;
}

/* The sources of a scan: the layers, newest first, and the view behind them. */
struct merge {
	struct store *store;
	uint8_t table;
	const struct store_range *range;
	struct overlay_hold hold;
	struct overlay_node *nodes[OVERLAY_LAYERS_MAX];
	MDB_cursor *cursor;
	bool row; /* the view has one */
	MDB_val row_key;
	struct store_value row_value;
};

static int
merge_row(struct merge *merge, MDB_cursor_op op)
{
	int error = view_cursor_row(&merge->store->view, merge->table, merge->cursor, op,
				    &merge->row_key, &merge->row_value);

	merge->row = error == 0;
	return error == STORE_NOT_FOUND ? 0 : error;
}

static int
merge_begin(struct merge *merge, struct store_reader *reader)
{
	const struct store_range *range = merge->range;
	const void *from = range->prefix;
	size_t from_size = range->prefix_size;
	size_t i;
	int error;

	if (range->from_size > 0 &&
	    overlay_compare(range->from, range->from_size, from, from_size) > 0) {
		from = range->from;
		from_size = range->from_size;
	}
	for (i = 0; i < merge->hold.count; i++)
		merge->nodes[i] =
		    overlay_layer_seek(merge->hold.layers[i], merge->table, from, from_size);
	error = view_cursor_open(&merge->store->view, &reader->view, merge->table, &merge->cursor);
	if (error < 0)
		return error;
	merge->row_key.mv_data = (void *)(uintptr_t)from;
	merge->row_key.mv_size = from_size;
	return merge_row(merge, from_size > 0 ? MDB_SET_RANGE : MDB_FIRST);
}

/* The least key of all sources; false: there is none with the prefix. */
static bool
merge_least(struct merge *merge, const uint8_t **ret_key, size_t *ret_size)
{
	const uint8_t *least = NULL;
	size_t size = 0;
	size_t i;

	for (i = 0; i < merge->hold.count; i++) {
		struct overlay_node *node = merge->nodes[i];

		if (node == NULL || node->table != merge->table)
			continue;
		if (least == NULL || overlay_compare(node->key, node->key_size, least, size) < 0) {
			least = node->key;
			size = node->key_size;
		}
	}
	if (merge->row &&
	    (least == NULL ||
	     overlay_compare(merge->row_key.mv_data, merge->row_key.mv_size, least, size) < 0)) {
		least = merge->row_key.mv_data;
		size = merge->row_key.mv_size;
	}
	*ret_key = least;
	*ret_size = size;
	return least != NULL && size >= merge->range->prefix_size &&
	       (merge->range->prefix_size == 0 ||
		memcmp(least, merge->range->prefix, merge->range->prefix_size) == 0);
}

/* The newest value of that key; all sources that have it move on. */
static int
merge_take(struct merge *merge, const uint8_t *key, size_t size, store_row_fn on_row, void *user,
	   size_t *rows)
{
	const struct overlay_value *value = NULL;
	bool in_view = merge->row && overlay_compare(merge->row_key.mv_data, merge->row_key.mv_size,
						     key, size) == 0;
	size_t i;
	int answer = 0;

	for (i = 0; i < merge->hold.count; i++) {
		struct overlay_node *node = merge->nodes[i];

		if (node == NULL || node->table != merge->table ||
		    overlay_compare(node->key, node->key_size, key, size) != 0)
			continue;
		if (value == NULL)
			value = overlay_node_value(node);
		merge->nodes[i] = overlay_node_next(node);
	}
	if (value == NULL) {
		answer = on_row(user, key, size, merge->row_value.bytes, merge->row_value.size);
		++*rows;
	} else if (!value->erase) {
		answer = on_row(user, key, size, value->bytes, value->size);
		++*rows;
	}
	if (answer == 0 && in_view)
		answer = merge_row(merge, MDB_NEXT);
	return answer;
}

int
store_scan(struct store_reader *reader, uint8_t table, const struct store_range *range,
	   store_row_fn on_row, void *user)
{
	struct merge merge = {.store = reader->store, .table = table, .range = range};
	struct store *store = reader->store;
	const uint8_t *key;
	size_t size;
	size_t rows = 0;
	int answer;

	if (!good_table(store, table))
		return STORE_BAD_CONFIG;
	if (range->prefix_size > STORE_KEY_MAX || range->from_size > STORE_KEY_MAX)
		return STORE_TOO_LARGE;
	overlay_hold(&store->overlay, &merge.hold);
	answer = view_reader_begin(&store->view, &reader->view);
	if (answer == 0) {
		answer = merge_begin(&merge, reader);
		while (answer == 0 && (range->rows_max == 0 || rows < range->rows_max) &&
		       merge_least(&merge, &key, &size))
			answer = merge_take(&merge, key, size, on_row, user, &rows);
		if (merge.cursor != NULL)
			mdb_cursor_close(merge.cursor);
		view_reader_end(&store->view, &reader->view);
	}
	overlay_release(&store->overlay, &merge.hold);
	if (answer == STORE_DAMAGED)
		worker_kick(&store->viewer);
	return answer;
}

/* Records first..last of the group at the reader's position. */
static int
each_record(struct store_reader *reader, const uint8_t *bytes, uint64_t first, uint64_t last,
	    store_record_fn on_record, void *user)
{
	const struct book_group *group = &reader->log.group;
	size_t offset = group->header_size;
	uint32_t i;

	for (i = 0; i < group->count && group->first + i <= last; i++) {
		struct store_record record;
		int error = book_record_next(bytes, group->length, &offset, &record);

		if (error == 0 && record.sequence != group->first + i)
			error = STORE_DAMAGED;
		if (error < 0) {
			(void)store_report_set(
			    &reader->log.report, error, reader->log.group_offset + offset,
			    "%s: segment %llu, offset %llu: a record that does "
			    "not hold",
			    reader->store->log_folder,
			    (unsigned long long)reader->log.place.segment,
			    (unsigned long long)(reader->log.group_offset + offset));
			return error;
		}
		if (record.sequence >= first)
			error = on_record(user, &record);
		if (error != 0)
			return error;
	}
	return 0;
}

static int
read_some(struct store_reader *reader, uint64_t first, uint64_t last, size_t ahead,
	  store_record_fn on_record, void *user)
{
	const uint8_t *bytes;
	int error = 0;

	while (error == 0 && first <= last) {
		reader->log.report.error = 0;
		error = log_reader_seek(&reader->log, first, ahead);
		if (error == 0)
			error = log_reader_group(&reader->log, &bytes);
		if (error == 0)
			error = each_record(reader, bytes, first, last, on_record, user);
		first = reader->log.group.first + reader->log.group.count;
	}
	if (error < 0 && reader->log.report.error == error)
		store_remember(reader->store, &reader->log.report);
	return error;
}

static int
copy_record(void *user, const struct store_record *record)
{
	*(struct store_record *)user = *record;
	return 0;
}

int
store_read(struct store_reader *reader, uint64_t sequence, struct store_record *ret)
{
	struct store_head head;

	store_head(reader->store, &head);
	if (sequence == 0 || sequence > head.sequence)
		return STORE_NOT_FOUND;
	return read_some(reader, sequence, sequence, SEGMENT_AHEAD_READ, copy_record, ret);
}

int
store_walk(struct store_reader *reader, uint64_t first, uint64_t last, store_record_fn on_record,
	   void *user)
{
	struct store_head head;

	store_head(reader->store, &head);
	if (first == 0)
		first = 1;
	if (last == 0 || last > head.sequence)
		last = head.sequence;
	return read_some(reader, first, last, SEGMENT_AHEAD_WALK, on_record, user);
}
