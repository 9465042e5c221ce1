/*
 * The insides of the writer, shared by writer.c (queue, thread) and writer_group.c (a group on its
 * way to the disk). Nobody else's.
 */
#ifndef DAEMON_WRITER_INNER_H
#define DAEMON_WRITER_INNER_H

#include <pthread.h>
#include <stdatomic.h>

#include "desk.h"
#include "writer.h"

#define WRITER_PRINCIPALS_MAX AUTHZ_PRINCIPALS_MAX

/* How many more refusals of a principal may be recorded now. */
struct writer_limit {
	const struct principal *principal;
	int64_t filled_us; /* monotonic */
	uint32_t left;
};

/* Commands in order; the tail is where the next one goes. */
struct writer_list {
	struct command *first;
	struct command **last;
	size_t count;
};

/* How far the agenda has been worked through. */
struct writer_markers {
	bool begun;		/* the place was read from the book */
	bool is_done;		/* all is written up to the day done */
	struct apply_key place; /* the last row of the agenda that was looked at */
	struct day done;
	int64_t retry_us; /* monotonic; it could not be written before */
};

struct writer {
	struct writer_config config;
	struct store_reader *reader;
	struct desk desk;
	pthread_t thread;
	bool running;

	pthread_mutex_t queue_lock;
	pthread_cond_t queue_wake;
	struct writer_list queue;
	bool stopping;

	pthread_mutex_t pool_lock;
	struct command *pool;	   /* all of them */
	struct command *pool_free; /* by next */

	/* Writer's thread. */
	struct writer_list undurable; /* decided; answered once their group is on the disk */
	size_t limits_count;
	struct writer_limit limits[WRITER_PRINCIPALS_MAX];
	struct call_position position;
	struct writer_markers markers;

	/* Figures; written by the writer's thread, but for queue_full. */
	_Atomic uint64_t queue_full;
	_Atomic uint64_t groups;
	_Atomic uint64_t accepted;
	_Atomic uint64_t refused;
	_Atomic uint64_t replayed;
	_Atomic uint64_t keys_reused;
	_Atomic uint64_t refusals_limited;
	_Atomic uint64_t cache_hits;
	_Atomic uint64_t cache_misses;
	_Atomic uint64_t markers_written;
	_Atomic int64_t last_recorded_at;
	_Atomic bool clock_doubtful;
	_Atomic bool disk_full;
	_Atomic bool failed;
};

static inline void
writer_list_init(struct writer_list *list)
{
	list->first = NULL;
	list->last = &list->first;
	list->count = 0;
}

static inline void
writer_list_add(struct writer_list *list, struct command *command)
{
	command->next = NULL;
	*list->last = command;
	list->last = &command->next;
	list->count++;
}

/* writer_group.c: write the batch, install it, answer everybody in it. */
void writer_commit(struct writer *);
/*
 * writer_marker.c: write what the calendar has brought, a slice of it, as a group of its own.
 * Answers in how many microseconds to come again; 0: at once, there is more.
 */
int64_t writer_markers(struct writer *);
/* The position of the store's head, for publishing. */
void writer_position(struct store *, struct call_position *ret);
/* What a failure of the store means to who waits for an answer. */
enum status_reason writer_status(int error);

#endif
