/*
 * The spare segment.
 *
 * Owns "spare" and "spare.new" in the log's folder. Made on the keeper's thread (or, without
 * threads, by the writer), taken on the writer's. A failure here loses nothing: it is said,
 * and tried again when the keeper next looks.
 */
#include "spare.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bytes.h"

int
spare_init(struct spare *spare, const struct file_ops *files, const char *folder)
{
	pthread_condattr_t monotonic;

	memset(spare, 0, sizeof(*spare));
	spare->files = files;
	spare->fd = -1;
	if (strlen(folder) + sizeof("/spare.new") > sizeof(spare->folder))
		return STORE_BAD_CONFIG;
	memcpy(spare->folder, folder, strlen(folder) + 1);
	memcpy(spare->path, folder, strlen(folder));
	memcpy(spare->path + strlen(folder), "/spare", sizeof("/spare"));
	memcpy(spare->fresh, folder, strlen(folder));
	memcpy(spare->fresh + strlen(folder), "/spare.new", sizeof("/spare.new"));
	pthread_mutex_init(&spare->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&spare->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return 0;
}

void
spare_done(struct spare *spare)
{
	if (spare->fd >= 0)
		(void)spare->files->close(spare->files->context, spare->fd);
	spare->fd = -1;
	pthread_cond_destroy(&spare->changed);
	pthread_mutex_destroy(&spare->lock);
}

static void
spare_set(struct spare *spare, enum spare_state state, int error)
{
	pthread_mutex_lock(&spare->lock);
	spare->state = state;
	spare->error = error;
	pthread_cond_broadcast(&spare->changed);
	pthread_mutex_unlock(&spare->lock);
}

void
spare_want(struct spare *spare, uint64_t size)
{
	pthread_mutex_lock(&spare->lock);
	if (spare->state == SPARE_NONE) {
		spare->state = SPARE_MAKING;
		spare->size = size;
	}
	pthread_mutex_unlock(&spare->lock);
}

void
spare_retry(struct spare *spare)
{
	pthread_mutex_lock(&spare->lock);
	if (spare->state == SPARE_STUCK)
		spare->state = SPARE_MAKING;
	pthread_mutex_unlock(&spare->lock);
}

enum spare_state
spare_state(struct spare *spare, int *ret_error)
{
	enum spare_state state;

	pthread_mutex_lock(&spare->lock);
	state = spare->state;
	if (ret_error != NULL)
		*ret_error = spare->error;
	pthread_mutex_unlock(&spare->lock);
	return state;
}

enum spare_state
spare_wait(struct spare *spare, uint32_t timeout_ms)
{
	enum spare_state state;
	struct timespec until;
	int timed_out = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += timeout_ms / 1000;
	until.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&spare->lock);
	while (spare->state != SPARE_READY && spare->state != SPARE_STUCK && timed_out == 0)
		timed_out = pthread_cond_timedwait(&spare->changed, &spare->lock, &until);
	state = spare->state;
	pthread_mutex_unlock(&spare->lock);
	return state;
}

int
spare_take(struct spare *spare, uint64_t *ret_size)
{
	int fd = spare->fd;

	assert(spare_state(spare, NULL) == SPARE_READY);
	assert(fd >= 0);
	spare->fd = -1;
	spare->done = 0;
	*ret_size = spare->size;
	spare_set(spare, SPARE_NONE, 0);
	return fd;
}

/* Nothing of the book is in a spare: whatever went wrong, it may be tried again. */
static int
retryable(int system_error)
{
	if (system_error == -ENOSPC || system_error == -EDQUOT)
		return STORE_FULL;
	return system_error == -ENOMEM ? STORE_MEMORY : STORE_BUSY;
}

/* Give up what was begun, so that a full disk gets its space back. */
static void
spare_drop(struct spare *spare, int error)
{
	if (spare->fd >= 0)
		(void)spare->files->close(spare->files->context, spare->fd);
	spare->fd = -1;
	spare->done = 0;
	(void)spare->files->unlink(spare->files->context, spare->fresh);
	spare_set(spare, SPARE_STUCK, retryable(error));
}

static int
spare_piece(struct spare *spare)
{
	uint64_t left = spare->size - spare->done;
	size_t size = left < SPARE_PIECE ? (size_t)left : SPARE_PIECE;
	uint8_t *zeros = calloc(1, size);
	int error;

	if (zeros == NULL)
		return -ENOMEM;
	error = file_write_all(spare->files, spare->fd, zeros, size, spare->done);
	free(zeros);
	if (error == 0)
		error = spare->files->datasync(spare->files->context, spare->fd);
	if (error == 0)
		spare->done += size;
	return error;
}

bool
spare_step(struct spare *spare)
{
	const struct file_ops *files = spare->files;
	bool done;
	int error = 0;

	if (spare_state(spare, NULL) != SPARE_MAKING)
		return false;
	if (spare->fd < 0) {
		spare->fd = files->open(files->context, spare->fresh, O_RDWR | O_CREAT | O_TRUNC);
		spare->done = 0;
		if (spare->fd < 0)
			error = spare->fd;
	}
	if (error == 0)
		error = spare_piece(spare);
	/* Asked now: once it is READY it is the writer's. */
	done = error == 0 && spare->done == spare->size;
	if (done) {
		error = files->rename(files->context, spare->fresh, spare->path);
		if (error == 0)
			error = files->sync_folder(files->context, spare->folder);
	}
	if (error < 0) {
		spare_drop(spare, error);
		return false;
	}
	if (done)
		spare_set(spare, SPARE_READY, 0);
	return !done;
}

/* Is the file of that size, and zero throughout? */
static bool
spare_is_clean(struct spare *spare, uint64_t size)
{
	const struct file_ops *files = spare->files;
	uint64_t found;
	uint64_t offset;
	uint8_t *bytes;
	bool clean = true;

	if (files->size(files->context, spare->fd, &found) < 0 || found != size)
		return false;
	bytes = malloc(SPARE_PIECE);
	for (offset = 0; clean && bytes != NULL && offset < size; offset += SPARE_PIECE) {
		uint64_t left = size - offset;
		size_t piece = left < SPARE_PIECE ? (size_t)left : SPARE_PIECE;

		clean = file_read_all(files, spare->fd, bytes, piece, offset) == 0 &&
			bytes_all_zero(bytes, piece);
	}
	clean = clean && bytes != NULL;
	free(bytes);
	return clean;
}

int
spare_adopt(struct spare *spare, uint64_t size)
{
	const struct file_ops *files = spare->files;
	int error;

	assert(spare->fd < 0);
	error = files->unlink(files->context, spare->fresh);
	if (error < 0 && error != -ENOENT)
		return STORE_IO;
	spare->fd = files->open(files->context, spare->path, O_RDWR);
	if (spare->fd == -ENOENT)
		return 0;
	if (spare->fd < 0)
		return STORE_IO;
	if (spare_is_clean(spare, size)) {
		spare->size = size;
		spare->done = size;
		spare_set(spare, SPARE_READY, 0);
		return 0;
	}
	(void)files->close(files->context, spare->fd);
	spare->fd = -1;
	return files->unlink(files->context, spare->path) < 0 ? STORE_IO : 0;
}
