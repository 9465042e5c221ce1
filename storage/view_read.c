/*
 * The view, read: transactions that last one call, rows whose checksum is tested before use.
 *
 * Owns nothing but what a view_reader holds. Called by store readers on any thread, each with its
 * own. It never decides that the view is bad: it says so, and the view's thread acts.
 */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "bytes.h"
#include "view.h"

void
view_reader_init(struct view *view, struct view_reader *reader)
{
	reader->txn = NULL;
	pthread_mutex_lock(&view->lock);
	LIST_INSERT_HEAD(&view->readers, reader, entry);
	pthread_mutex_unlock(&view->lock);
}

void
view_reader_done(struct view *view, struct view_reader *reader)
{
	pthread_mutex_lock(&view->lock);
	LIST_REMOVE(reader, entry);
	if (reader->txn != NULL)
		mdb_txn_abort(reader->txn);
	reader->txn = NULL;
	pthread_mutex_unlock(&view->lock);
}

int
view_reader_begin(struct view *view, struct view_reader *reader)
{
	int failed;

	pthread_mutex_lock(&view->lock);
	while (view->state == VIEW_PAUSED)
		pthread_cond_wait(&view->changed, &view->lock);
	if (view->state != VIEW_READY) {
		pthread_mutex_unlock(&view->lock);
		return STORE_BUSY;
	}
	view->reading++;
	pthread_mutex_unlock(&view->lock);
	if (reader->txn == NULL)
		failed = mdb_txn_begin(view->env, NULL, MDB_RDONLY, &reader->txn);
	else
		failed = mdb_txn_renew(reader->txn);
	if (failed == 0)
		return 0;
	view_reader_end(view, reader);
	return failed == ENOMEM || failed == MDB_READERS_FULL ? STORE_MEMORY : view_suspect(view);
}

void
view_reader_end(struct view *view, struct view_reader *reader)
{
	if (reader->txn != NULL)
		mdb_txn_reset(reader->txn);
	pthread_mutex_lock(&view->lock);
	assert(view->reading > 0);
	view->reading--;
	if (view->state != VIEW_READY)
		pthread_cond_broadcast(&view->changed);
	pthread_mutex_unlock(&view->lock);
}

int
view_suspect(struct view *view)
{
	pthread_mutex_lock(&view->lock);
	view->suspect = true;
	pthread_mutex_unlock(&view->lock);
	return STORE_DAMAGED;
}

static int
check_row(struct view *view, uint8_t table, const MDB_val *key, const MDB_val *stored,
	  struct store_value *ret)
{
	const uint8_t *at = stored->mv_data;

	if (stored->mv_size < VIEW_CRC_SIZE ||
	    bytes_get_u32(at) != view_crc(table, key->mv_data, key->mv_size, at + VIEW_CRC_SIZE,
					  stored->mv_size - VIEW_CRC_SIZE))
		return view_suspect(view);
	ret->bytes = at + VIEW_CRC_SIZE;
	ret->size = stored->mv_size - VIEW_CRC_SIZE;
	return 0;
}

int
view_get(struct view *view, struct view_reader *reader, uint8_t table, const void *key,
	 size_t key_size, struct store_value *ret)
{
	MDB_val wanted = {key_size, (void *)(uintptr_t)key};
	MDB_val stored;
	int failed = mdb_get(reader->txn, view->tables[table - 1], &wanted, &stored);

	if (failed == MDB_NOTFOUND)
		return STORE_NOT_FOUND;
	if (failed != 0)
		return view_suspect(view);
	return check_row(view, table, &wanted, &stored, ret);
}

int
view_cursor_open(struct view *view, struct view_reader *reader, uint8_t table, MDB_cursor **ret)
{
	int failed = mdb_cursor_open(reader->txn, view->tables[table - 1], ret);

	if (failed == 0)
		return 0;
	return failed == ENOMEM ? STORE_MEMORY : view_suspect(view);
}

int
view_cursor_row(struct view *view, uint8_t table, MDB_cursor *cursor, MDB_cursor_op op,
		MDB_val *key, struct store_value *ret)
{
	MDB_val stored;
	int failed = mdb_cursor_get(cursor, key, &stored, op);

	if (failed == MDB_NOTFOUND)
		return STORE_NOT_FOUND;
	if (failed != 0)
		return view_suspect(view);
	return check_row(view, table, key, &stored, ret);
}
