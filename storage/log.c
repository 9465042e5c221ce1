/*
 * The log, the writer's end: groups appended and synced, segments sealed and begun.
 *
 * Owns the table of segments and the last one's descriptor. Called by the store on the writer's
 * thread; recovery fills it first. It never retries a failed write or sync, and never answers
 * anybody: the store does, after log_write.
 */
#include "log.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SPARE_WAIT_MS = 200, /* then BUSY: the writer asks again, as often as it has patience */
};

int
log_init(struct log *log, const struct file_ops *files, const char *folder, struct mark *mark,
	 uint64_t first_size, uint64_t next_size)
{
	memset(log, 0, sizeof(*log));
	log->files = files;
	log->fd = -1;
	log->mark = mark;
	log->first_size = first_size;
	log->next_size = next_size;
	pthread_mutex_init(&log->lock, NULL);
	/* Room for "/", a segment's name and the zero. */
	if (strlen(folder) + SEGMENT_NAME_SIZE + 2 > sizeof(log->folder) ||
	    spare_init(&log->spare, files, folder) < 0) {
		pthread_mutex_destroy(&log->lock);
		return STORE_BAD_CONFIG;
	}
	memcpy(log->folder, folder, strlen(folder) + 1);
	log->sha = checksum_sha_new();
	log->buffer = malloc(SEGMENT_HEADER + STORE_GROUP_MAX);
	if (log->sha == NULL || log->buffer == NULL) {
		log_done(log);
		return STORE_MEMORY;
	}
	return 0;
}

void
log_done(struct log *log)
{
	size_t i;

	for (i = 0; i < log->count; i++)
		segment_free(log->segments[i]);
	free(log->segments);
	if (log->fd >= 0)
		(void)log->files->close(log->files->context, log->fd);
	log->fd = -1;
	spare_done(&log->spare);
	checksum_sha_free(log->sha);
	free(log->buffer);
	pthread_mutex_destroy(&log->lock);
}

void
log_path(const struct log *log, uint64_t first, char ret_path[PATH_MAX])
{
	size_t length = strlen(log->folder);

	assert(length + SEGMENT_NAME_SIZE + 2 <= PATH_MAX);
	memcpy(ret_path, log->folder, length);
	ret_path[length] = '/';
	segment_name(first, ret_path + length + 1);
}

int
log_push(struct log *log, struct segment *segment)
{
	struct segment **more;
	int error = 0;

	pthread_mutex_lock(&log->lock);
	if (log->count == log->capacity) {
		more = reallocarray(log->segments, log->capacity + 64, sizeof(*more));
		if (more == NULL) {
			error = STORE_MEMORY;
		} else {
			log->segments = more;
			log->capacity += 64;
		}
	}
	if (error == 0)
		log->segments[log->count++] = segment;
	pthread_mutex_unlock(&log->lock);
	return error;
}

struct segment *
log_last(struct log *log)
{
	return log->count == 0 ? NULL : log->segments[log->count - 1];
}

uint8_t *
log_group_buffer(struct log *log)
{
	return log->buffer + SEGMENT_HEADER;
}

static uint64_t
log_spare_size(const struct log *log)
{
	return log->count == 0 ? log->first_size : log->next_size;
}

void
log_want_spare(struct log *log)
{
	struct segment *last = log_last(log);

	if (last == NULL || last->sealed || last->end >= segment_limit(last->size) / 2)
		spare_want(&log->spare, log_spare_size(log));
}

/* READY, or STUCK with the error; nothing else comes back. */
static int
log_await_spare(struct log *log)
{
	int error = 0;
	enum spare_state state = spare_state(&log->spare, &error);

	if (state == SPARE_READY)
		return 0;
	if (state == SPARE_STUCK)
		return error;
	atomic_fetch_add_explicit(&log->spare_waits, 1, memory_order_relaxed);
	spare_want(&log->spare, log_spare_size(log));
	if (log->kick != NULL)
		log->kick(log->kick_user);
	else
		while (spare_step(&log->spare))
			;
	state = spare_wait(&log->spare, SPARE_WAIT_MS);
	if (state == SPARE_READY)
		return 0;
	(void)spare_state(&log->spare, &error);
	return error < 0 ? error : STORE_BUSY;
}

/* What of a segment's room is kept; a small segment (tests) keeps less. */
static uint64_t
log_reserve(uint64_t limit)
{
	return limit / 4 < LOG_RESERVE ? limit / 4 : LOG_RESERVE;
}

int
log_room(struct log *log, size_t length, bool reserved)
{
	struct segment *last = log_last(log);
	uint64_t size = book_padded(length);
	int error;

	if (SEGMENT_HEADER + size > segment_limit(log_spare_size(log)))
		return STORE_TOO_LARGE;
	log->switching = true;
	if (last != NULL && !last->sealed && last->epoch == log->tip.epoch) {
		uint64_t limit = segment_limit(last->size);
		bool fits = last->end + size <= limit;

		log->switching = !fits;
		if (last->end + size <= limit - log_reserve(limit))
			return 0;
		/* Only a spare in hand frees the rest of this segment for everybody. */
		error = log_await_spare(log);
		if (error == 0 || (fits && reserved))
			return 0;
		return error;
	}
	return log_await_spare(log);
}

static int
log_sync(struct log *log, int fd)
{
	atomic_fetch_add_explicit(&log->syncs, 1, memory_order_relaxed);
	return log->files->datasync(log->files->context, fd);
}

static int
log_seal(struct log *log, struct segment *last)
{
	size_t size = segment_trailer_size(last->size);
	uint8_t *trailer = malloc(size);
	int error;

	if (trailer == NULL)
		return -ENOMEM;
	segment_trailer_encode(last, trailer);
	error = file_write_all(log->files, log->fd, trailer, size, segment_limit(last->size));
	free(trailer);
	if (error == 0)
		error = log_sync(log, log->fd);
	if (error < 0)
		return error;
	(void)log->files->close(log->files->context, log->fd);
	log->fd = -1;
	pthread_mutex_lock(&log->lock);
	last->sealed = true;
	pthread_mutex_unlock(&log->lock);
	return 0;
}

static struct segment *
log_segment_after(struct log *log, uint64_t size)
{
	struct segment *segment = segment_new(size);

	if (segment == NULL)
		return NULL;
	memcpy(segment->ledger, log->tip.ledger, STORE_ID_SIZE);
	segment->epoch = log->tip.epoch;
	segment->first = log->tip.tree.size + 1;
	segment->last = segment->first - 1;
	memcpy(segment->root_before, log->tip.root, STORE_HASH_SIZE);
	return segment;
}

static int
log_mark_tip(struct log *log)
{
	struct mark_value value;

	memcpy(value.ledger, log->tip.ledger, STORE_ID_SIZE);
	/* A new epoch begins with its first record, not before it. */
	value.epoch = log_last(log) == NULL ? log->tip.epoch : log_last(log)->epoch;
	value.sequence = log->tip.tree.size;
	memcpy(value.root, log->tip.root, STORE_HASH_SIZE);
	return mark_write(log->mark, &value);
}

/*
 * The order matters. Trailer and mark are on the disk before the new segment has its name, so
 * that recovery may take a last segment that does not hold for one that never began.
 */
static int
log_switch(struct log *log, size_t length, const struct book_tip *next)
{
	const struct file_ops *files = log->files;
	struct segment *last = log_last(log);
	struct segment *segment;
	char path[PATH_MAX];
	uint64_t size;
	int error = 0;

	if (last != NULL && !last->sealed)
		error = log_seal(log, last);
	if (error == 0)
		error = log_mark_tip(log);
	if (error < 0)
		return error;
	log->fd = spare_take(&log->spare, &size);
	segment = log_segment_after(log, size);
	if (segment == NULL)
		return -ENOMEM;
	segment_header_encode(segment, log->buffer);
	log_path(log, segment->first, path);
	error =
	    file_write_all(files, log->fd, log->buffer, SEGMENT_HEADER + book_padded(length), 0);
	if (error == 0)
		error = files->rename(files->context, log->spare.path, path);
	if (error == 0)
		error = log_sync(log, log->fd);
	if (error == 0)
		error = files->sync_folder(files->context, log->folder);
	if (error == 0) {
		segment_group_add(segment, next, segment->first, length);
		error = log_push(log, segment);
	}
	if (error < 0)
		segment_free(segment);
	return error;
}

int
log_write(struct log *log, size_t length, const struct book_tip *next)
{
	struct segment *last = log_last(log);
	int error;

	assert(next->tree.size > log->tip.tree.size);
	if (log->switching) {
		error = log_switch(log, length, next);
	} else {
		error = file_write_all(log->files, log->fd, log_group_buffer(log),
				       book_padded(length), last->end);
		if (error == 0)
			error = log_sync(log, log->fd);
		if (error == 0) {
			pthread_mutex_lock(&log->lock);
			segment_group_add(last, next, log->tip.tree.size + 1, length);
			pthread_mutex_unlock(&log->lock);
		}
	}
	if (error < 0)
		return error;
	log->tip = *next;
	atomic_fetch_add_explicit(&log->groups, 1, memory_order_relaxed);
	log_want_spare(log);
	return 0;
}

int
log_find(struct log *log, uint64_t sequence, struct log_place *ret)
{
	int error = STORE_NOT_FOUND;
	size_t low = 0;
	size_t high;

	pthread_mutex_lock(&log->lock);
	high = log->count;
	/* The first segment whose last sequence is not below the one sought. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (log->segments[middle]->last < sequence)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < log->count && sequence >= log->segments[low]->first) {
		const struct segment *segment = log->segments[low];

		ret->segment = segment->first;
		ret->last = segment->last;
		ret->size = segment->size;
		ret->offset = segment_place_find(segment, sequence).offset;
		ret->end = segment->end;
		ret->sealed = segment->sealed;
		error = 0;
	}
	pthread_mutex_unlock(&log->lock);
	return error;
}
