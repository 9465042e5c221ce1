/*
 * The spare: the next segment's file, zero-filled and synced before it is needed, because a
 * sync of blocks that exist is several times as fast as one that also makes the file longer.
 *
 * The keeper makes it piece by piece, the writer takes it; a lock orders them.
 */
#ifndef STORAGE_SPARE_H
#define STORAGE_SPARE_H

#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "file.h"

enum spare_state {
	SPARE_NONE,   /* not wanted yet */
	SPARE_MAKING, /* wanted */
	SPARE_READY,
	SPARE_STUCK, /* could not be made: error says why; tried again later */
};

enum { SPARE_PIECE = 4 << 20 };

struct spare {
	const struct file_ops *files;
	char folder[PATH_MAX];
	char path[PATH_MAX];  /* "spare": whole and synced */
	char fresh[PATH_MAX]; /* "spare.new": not yet */

	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum spare_state state;
	int error; /* STORE_FULL or STORE_IO while STUCK */
	uint64_t size;

	/* The maker's. */
	int fd;
	uint64_t done;
};

/* folder is the log's. NODISCARD: -ENAMETOOLONG as STORE_BAD_CONFIG. */
int spare_init(struct spare *, const struct file_ops *, const char *folder) NODISCARD;
void spare_done(struct spare *);

/* From now on one of this size is wanted. Any thread. */
void spare_want(struct spare *, uint64_t size);
/* Do one piece of the work. True if there is more to do at once. Keeper, or the writer alone. */
bool spare_step(struct spare *);
/* Try again what was stuck. */
void spare_retry(struct spare *);
enum spare_state spare_state(struct spare *, int *ret_error);
/* Wait until it is READY or STUCK, at most so long; the answer is the state then. */
enum spare_state spare_wait(struct spare *, uint32_t timeout_ms);
/* READY only: the descriptor, the caller's from now on, of the file named path. */
int spare_take(struct spare *, uint64_t *ret_size);

/*
 * While opening: keep a spare of that size left from the last run if every byte of it is zero,
 * else remove it. A name "spare" means it was synced whole. 0, STORE_IO.
 */
int spare_adopt(struct spare *, uint64_t size) NODISCARD;

#endif
