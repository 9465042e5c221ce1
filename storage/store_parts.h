/*
 * The store's inside, for its own files: store.c (append, head, figures), store_open.c,
 * keeper.c, viewer.c, reader.c, verify.c, backup.c.
 *
 * Which thread touches what stands at each field. The lock is held only to copy in and out.
 */
#ifndef STORAGE_STORE_PARTS_H
#define STORAGE_STORE_PARTS_H

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "log.h"
#include "mark.h"
#include "overlay.h"
#include "store.h"
#include "vault_file.h"
#include "view.h"

/* A thread that sleeps until somebody kicks it or its time comes. */
struct worker {
	pthread_t thread;
	bool running;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool kicked;
	bool stop;
};

struct store {
	struct store_config config; /* its paths are the caller's; ours are below */
	char data[PATH_MAX];
	char lock_path[PATH_MAX];
	char mark_path[PATH_MAX];
	char vault_path[PATH_MAX];
	char log_folder[PATH_MAX];
	char view_folder[PATH_MAX];
	char backups[PATH_MAX];	      /* empty: none */
	char vault_backups[PATH_MAX]; /* empty: none */
	struct store_table tables[STORE_TABLES_MAX];
	int lock_fd;

	struct mark mark;
	struct log log;
	struct overlay overlay;
	struct view view;
	struct vault *vault;
	bool mark_ready, log_ready, overlay_ready, view_ready; /* initialised: to be ended */

	/* The writer's. */
	struct store_puts puts;
	uint8_t *salts;

	pthread_mutex_t lock;
	struct store_head head;
	int64_t unmarked_since; /* when the mark fell behind the head; INT64_MIN: it has not */
	struct store_report last_report;
	uint64_t verified_sequence;
	bool backing_up;

	atomic_bool failed;
	atomic_bool view_pending; /* the viewer has been kicked and has not looked yet */
	atomic_bool view_stalled;
	atomic_bool view_building;
	_Atomic uint64_t overlay_full;
	_Atomic uint64_t view_commits;
	_Atomic uint64_t view_rebuilds;
	uint64_t cut_bytes;

	struct worker keeper;
	struct worker viewer;
	int64_t spare_retry_at;
	int64_t view_retry_at;
};

/* In the data folder while a restore is under way. */
#define STORE_RESTORING_NAME "restoring"

/* store_open for restore, which has not finished yet. */
int store_open_restored(const struct store_config *, struct store **ret,
			struct store_report *) NODISCARD;
void store_kick_keeper(void *store);
int64_t store_now_us(const struct store *);
/* Remember a failure for store_last_report. */
void store_remember(struct store *, const struct store_report *);
/* After this nothing is appended any more. Answers error. */
int store_fail(struct store *, int error, const char *doing, int system_error);

void worker_init(struct worker *);
void worker_done(struct worker *);
int worker_start(struct worker *, void *(*run)(void *), void *user) NODISCARD;
void worker_kick(struct worker *);
/* Ask it to end and wait until it has. */
void worker_stop(struct worker *);
/* Sleep until kicked or so many microseconds passed (negative: until kicked). False: end. */
bool worker_sleep(struct worker *, int64_t for_us);

/*
 * Do what is due; the answer is after how many microseconds to look again, negative: when kicked.
 * now: everything is due.
 */
int64_t keeper_step(struct store *, bool now);
void *keeper_run(void *store);

int64_t viewer_step(struct store *, bool now);
void *viewer_run(void *store);
/* Bring the view from where it is to that group's end, from the log. While opening, or viewer. */
int viewer_catch_up(struct store *, uint64_t sequence, uint32_t epoch,
		    const uint8_t root[STORE_HASH_SIZE], uint64_t *ret_records,
		    struct store_report *) NODISCARD;
/*
 * The view cannot be written, the disk is full: what it has not got goes into the overlay, as far
 * as that holds it. While opening.
 */
int viewer_overlay_rest(struct store *, struct store_report *) NODISCARD;

/* A path and an ending, one after the other; STORE_BAD_CONFIG if that is too long. */
int store_path(char ret_path[PATH_MAX], const char *path, const char *ending) NODISCARD;

#endif
