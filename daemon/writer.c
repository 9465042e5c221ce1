/*
 * The writer: the one thread that changes the book.
 *
 * It takes commands from the loops in the order they came, has each decided, appends and syncs as
 * many as are waiting as one group, and tells the loops after the disk has them. It never looks at
 * a socket and never decides anything; the desk carries commands to the ledger.
 */
#include "writer.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "outcome.h"
#include "standings.h"
#include "writer_inner.h"

#define QUEUE_DEFAULT	 4096
#define REFUSALS_DEFAULT 2000
#define REFUSALS_BURST	 5 /* seconds' worth may come at once */

/* ---- the pool ---- */

struct command *
writer_command(struct writer *writer)
{
	pthread_mutex_lock(&writer->pool_lock);
	struct command *command = writer->pool_free;
	if (command != NULL)
		writer->pool_free = command->next;
	pthread_mutex_unlock(&writer->pool_lock);
	if (command == NULL) {
		atomic_fetch_add_explicit(&writer->queue_full, 1, memory_order_relaxed);
		return NULL;
	}
	memset(command, 0, sizeof(*command));
	command->writer = writer;
	return command;
}

void
writer_release(struct command *command)
{
	struct writer *writer = command->writer;

	outcome_done(&command->outcome);
	free(command->choices);
	free(command->text);
	free(command->second.request);
	command->choices = NULL;
	command->text = NULL;
	command->second.request = NULL;
	explicit_bzero(command->personal, command->personal_size);
	explicit_bzero(command->entry_reason, command->entry_reason_size);
	explicit_bzero(command->second.reason, command->second.reason_size);
	pthread_mutex_lock(&writer->pool_lock);
	command->next = writer->pool_free;
	writer->pool_free = command;
	pthread_mutex_unlock(&writer->pool_lock);
}

/* ---- the queue ---- */

void
writer_submit(struct writer *writer, struct command *command)
{
	assert(command->writer == writer);
	assert(command->note.answer != NULL);
	pthread_mutex_lock(&writer->queue_lock);
	assert(!writer->stopping); /* the loops end before the writer does */
	bool wake = writer->queue.count == 0;
	writer_list_add(&writer->queue, command);
	pthread_mutex_unlock(&writer->queue_lock);
	if (wake)
		pthread_cond_signal(&writer->queue_wake);
}

/*
 * All that wait, in order, or after so long nothing, for the calendar moves too. False: none, and
 * none will come.
 */
static bool
queue_take(struct writer *writer, int64_t wait_us, struct writer_list *ret)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += (long)(wait_us % 1000000) * 1000;
	until.tv_sec += (time_t)(wait_us / 1000000 + until.tv_nsec / 1000000000);
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&writer->queue_lock);
	while (wait_us > 0 && writer->queue.count == 0 && !writer->stopping) {
		if (pthread_cond_timedwait(&writer->queue_wake, &writer->queue_lock, &until) ==
		    ETIMEDOUT)
			break;
	}
	*ret = writer->queue;
	if (ret->count == 0)
		writer_list_init(ret);
	writer_list_init(&writer->queue);
	bool more = ret->count > 0 || !writer->stopping;
	pthread_mutex_unlock(&writer->queue_lock);
	return more;
}

/* ---- one command ---- */

/*
 * A refusal is a record too, so they are rationed: nobody fills the disk with them. The ration is
 * the principal's and comes back with time.
 */
static struct writer_limit *
limit_of(struct writer *writer, const struct principal *principal)
{
	const struct clock *clock = writer->config.clock;
	uint32_t rate = writer->config.refusals_per_second;
	uint32_t most = rate * REFUSALS_BURST;
	struct writer_limit *limit = NULL;

	for (size_t i = 0; i < writer->limits_count && limit == NULL; i++) {
		if (writer->limits[i].principal == principal)
			limit = &writer->limits[i];
	}
	int64_t now = clock_monotonic_us(clock);
	if (limit == NULL) {
		/* There are no more principals than this, ever: authz.h. */
		assert(writer->limits_count < WRITER_PRINCIPALS_MAX);
		limit = &writer->limits[writer->limits_count++];
		*limit = (struct writer_limit){principal, now, most};
	}
	int64_t passed = now - limit->filled_us;
	if (passed > REFUSALS_BURST * INT64_C(1000000))
		passed = REFUSALS_BURST * INT64_C(1000000);
	uint64_t more = (uint64_t)passed * rate / 1000000;
	if (more > 0) {
		limit->left = limit->left + more > most ? most : limit->left + (uint32_t)more;
		limit->filled_us = now;
	}
	return limit;
}

static uint32_t
rights_of(enum command_kind kind)
{
	return kind == COMMAND_RULES_LOAD ? RIGHT_RULES : RIGHT_RECORD;
}

static void
count(struct writer *writer, const struct command *command, struct writer_limit *limit)
{
	const struct outcome *outcome = &command->outcome;

	if (outcome->replayed)
		atomic_fetch_add(&writer->replayed, 1);
	if (outcome->status == STATUS_KEY_REUSED)
		atomic_fetch_add(&writer->keys_reused, 1);
	if (outcome->status == STATUS_REFUSALS_TOO_MANY)
		atomic_fetch_add(&writer->refusals_limited, 1);
	if (outcome->status != STATUS_OK || outcome->replayed || outcome->dry_run)
		return;
	if (outcome_accepted(outcome)) {
		atomic_fetch_add(&writer->accepted, 1);
		return;
	}
	atomic_fetch_add(&writer->refused, 1);
	if (limit->left > 0)
		limit->left--;
}

/* STATUS_OK: may be decided. */
static enum status_reason
admit(struct writer *writer, const struct command *command)
{
	if (atomic_load(&writer->failed))
		return STATUS_DRAINING;
	if (command->deadline_us < clock_monotonic_us(writer->config.clock))
		return STATUS_DEADLINE_EXCEEDED;
	/* Rights may have gone since the loop looked. */
	if (!authz_allows(command->principal, rights_of(command->kind)))
		return STATUS_NOT_ALLOWED;
	return STATUS_OK;
}

static int
decide(struct writer *writer, struct command *command)
{
	/* Rules hold for what is decided after their record is on the disk. */
	if (command->kind == COMMAND_RULES_LOAD)
		writer_commit(writer);
	int r = desk_decide(&writer->desk, command);
	if (r == DESK_GROUP_FULL) {
		writer_commit(writer);
		r = desk_decide(&writer->desk, command);
		assert(r != DESK_GROUP_FULL); /* one record fits into a group of its own */
	}
	return r;
}

static void
handle(struct writer *writer, struct command *command)
{
	struct desk *desk = &writer->desk;
	struct outcome *outcome = &command->outcome;
	struct writer_limit *limit = limit_of(writer, command->principal);

	outcome->status = admit(writer, command);
	if (outcome->status == STATUS_OK) {
		int r = desk_replay(desk, command);
		if (r == STORE_NOT_FOUND && atomic_load(&writer->clock_doubtful)) {
			outcome->status = STATUS_CLOCK_DOUBTFUL;
			r = 0;
		} else if (r == STORE_NOT_FOUND) {
			desk->may_refuse = limit->left > 0;
			r = decide(writer, command);
		}
		if (r < 0)
			outcome->status = writer_status(r);
		if (outcome->status == STATUS_BUSY)
			outcome->retry_after_ms = 1000;
	}
	count(writer, command, limit);
	writer_list_add(&writer->undurable, command);
	if (command->kind == COMMAND_RULES_LOAD)
		writer_commit(writer);
}

/* One reading of the clock for all that is decided together. */
static void
round_begin(struct writer *writer)
{
	int64_t last = writer->position.recorded_at;
	int64_t now = clock_utc_us(writer->config.clock);
	bool doubtful = !writer->config.clock_accepted &&
			clock_judge(writer->config.clock, now, last) != CLOCK_TRUSTED;

	atomic_store(&writer->clock_doubtful, doubtful);
	writer->desk.now = now < last ? last : now;
	writer->desk.today = day_of_instant(writer->desk.now);
}

static void *
run(void *user)
{
	struct writer *writer = user;
	struct cache_stats stats;
	struct writer_list round;
	int64_t wait_us = 0;

	while (queue_take(writer, wait_us, &round)) {
		round_begin(writer);
		for (struct command *command = round.first; command != NULL;) {
			struct command *next = command->next;
			handle(writer, command);
			command = next;
		}
		writer_commit(writer);
		wait_us = writer_markers(writer);
		cache_stats(writer->desk.cache, &stats);
		atomic_store(&writer->cache_hits, stats.hits);
		atomic_store(&writer->cache_misses, stats.misses);
	}
	return NULL;
}

/* ---- life ---- */

static void
pool_init(struct writer *writer)
{
	for (uint32_t i = 0; i < writer->config.queue_max; i++) {
		writer->pool[i].next = writer->pool_free;
		writer->pool_free = &writer->pool[i];
	}
}

/* Signals are the main thread's. */
static int
thread_start(struct writer *writer)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int error = pthread_create(&writer->thread, NULL, run, writer);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	writer->running = error == 0;
	return -error;
}

int
writer_new(const struct writer_config *config, struct writer **ret)
{
	struct writer *writer = calloc(1, sizeof(*writer));
	pthread_condattr_t monotonic;

	if (writer == NULL)
		return STORE_MEMORY;
	writer->config = *config;
	if (writer->config.queue_max == 0)
		writer->config.queue_max = QUEUE_DEFAULT;
	if (writer->config.refusals_per_second == 0)
		writer->config.refusals_per_second = REFUSALS_DEFAULT;
	pthread_mutex_init(&writer->queue_lock, NULL);
	pthread_mutex_init(&writer->pool_lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&writer->queue_wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	writer_list_init(&writer->queue);
	writer_list_init(&writer->undurable);
	writer->pool = calloc(writer->config.queue_max, sizeof(*writer->pool));

	int r =
	    writer->pool == NULL ? STORE_MEMORY : store_reader_new(config->store, &writer->reader);
	if (r == 0)
		r = desk_init(&writer->desk, config->store, writer->reader, config->rules);
	writer->desk.two_persons = config->two_persons;
	if (r == 0) {
		pool_init(writer);
		writer_position(config->store, &writer->position);
		writer->desk.sequence = writer->position.sequence + 1;
		atomic_store(&writer->last_recorded_at, writer->position.recorded_at);
		r = thread_start(writer);
	}
	if (r < 0) {
		writer_free(writer);
		return r;
	}
	*ret = writer;
	return 0;
}

void
writer_stop(struct writer *writer)
{
	if (!writer->running)
		return;
	pthread_mutex_lock(&writer->queue_lock);
	writer->stopping = true;
	pthread_mutex_unlock(&writer->queue_lock);
	pthread_cond_signal(&writer->queue_wake);
	pthread_join(writer->thread, NULL);
	writer->running = false;
}

struct writer *
writer_free(struct writer *writer)
{
	if (writer == NULL)
		return NULL;
	writer_stop(writer);
	desk_done(&writer->desk);
	store_reader_free(writer->reader);
	pthread_cond_destroy(&writer->queue_wake);
	pthread_mutex_destroy(&writer->pool_lock);
	pthread_mutex_destroy(&writer->queue_lock);
	free(writer->pool);
	free(writer);
	return NULL;
}

void
writer_stats(struct writer *writer, struct writer_stats *ret)
{
	pthread_mutex_lock(&writer->queue_lock);
	ret->queue = writer->queue.count;
	pthread_mutex_unlock(&writer->queue_lock);
	ret->queue_full = atomic_load(&writer->queue_full);
	ret->groups = atomic_load(&writer->groups);
	ret->accepted = atomic_load(&writer->accepted);
	ret->refused = atomic_load(&writer->refused);
	ret->replayed = atomic_load(&writer->replayed);
	ret->keys_reused = atomic_load(&writer->keys_reused);
	ret->refusals_limited = atomic_load(&writer->refusals_limited);
	ret->cache_hits = atomic_load(&writer->cache_hits);
	ret->cache_misses = atomic_load(&writer->cache_misses);
	ret->markers_written = atomic_load(&writer->markers_written);
	ret->last_recorded_at = atomic_load(&writer->last_recorded_at);
	ret->clock_doubtful = atomic_load(&writer->clock_doubtful);
	ret->disk_full = atomic_load(&writer->disk_full);
	ret->failed = atomic_load(&writer->failed);
}
