/*
 * The writer: the one thread that changes the book.
 *
 * It takes commands from the loops in the order they came, decides each, appends and syncs as many
 * as are waiting as one group, and tells the loops after the disk has them, never before.
 */
#ifndef DAEMON_WRITER_H
#define DAEMON_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "call.h"
#include "command.h"

struct store_report;
struct writer;

struct writer_config {
	struct store *store;
	struct standings *standings;
	struct rules_set *rules;
	const struct clock *clock;
	uint32_t queue_max;	      /* commands waiting; 0: 4,096 */
	uint32_t refusals_per_second; /* recorded ones, a principal; 0: 200 */
	bool two_persons;	      /* what weighs has to be proposed and approved */
	bool clock_accepted;	      /* the operator vouches for the clock, once */
	/*
	 * Told on the writer's thread when the store has failed and nothing can be written any
	 * more: the daemon must stop. Those waiting are answered OUTCOME_UNKNOWN.
	 */
	void (*on_failed)(void *user, int error, const char *text);
	void *user;
};

/*
 * Before the threads: an empty book gets its genesis and the shipped rules; a cut tail and an
 * accepted clock are recorded; rules and standings are filled. Negative: failure, in words in
 * the report.
 */
int writer_prepare(const struct writer_config *, const struct store_report *opened,
		   struct store_report *);

int writer_new(const struct writer_config *, struct writer **ret) NODISCARD;
/* Finish what is queued, then end the thread. Notes it posted are still to be answered. */
void writer_stop(struct writer *);
/* Stopped, if it was not, and its commands gone: every note has been answered. NULL is fine. */
struct writer *writer_free(struct writer *);

/*
 * A command from the pool, zeroed, or NULL: as many as fit are on their way. Any loop thread.
 * writer_submit() hands it over, and its note brings it back exactly once; writer_release() gives
 * it up, before or after.
 */
struct command *writer_command(struct writer *) NODISCARD;
void writer_submit(struct writer *, struct command *);
void writer_release(struct command *);

struct writer_stats {
	uint64_t queue;	     /* waiting now */
	uint64_t queue_full; /* times a command was turned away */
	uint64_t groups;
	uint64_t accepted;
	uint64_t refused;
	uint64_t replayed; /* answered from the record of an earlier attempt */
	uint64_t keys_reused;
	uint64_t refusals_limited;
	uint64_t cache_hits;
	uint64_t cache_misses;
	uint64_t markers_written;
	int64_t last_recorded_at;
	bool clock_doubtful;
	bool disk_full;
	bool failed;
};
void writer_stats(struct writer *, struct writer_stats *ret);

#endif
