/*
 * A loop: libevent says which sockets are ready, an eventfd says that the mailbox is not empty.
 *
 * main makes and ends it; its thread runs everything of its sessions. Notes come in through a
 * stack without a lock, new connections through a short list under one. It never looks into a
 * request.
 */
#include "loop.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/queue.h>
#include <unistd.h>

#include "bell.h"
#include "diag.h"
#include "query.h"
#include "standings.h"
#include "storage/store.h"

struct loop_arrival {
	STAILQ_ENTRY(loop_arrival) link;
	int fd;
	const struct principal *principal;
};

struct loop {
	struct session_room room;
	struct session_figures figures;
	struct loop_config config;
	pthread_t thread;
	bool started;
	int wake_fd;
	struct event *woken;
	struct event *ticked;

	_Atomic(struct call_note *) notes; /* newest first */
	pthread_mutex_t lock;		   /* arrivals */
	STAILQ_HEAD(loop_arrivals, loop_arrival) arrivals;
	_Atomic bool drains;
	_Atomic bool stops;
	_Atomic bool idle; /* drained, nothing left */
	_Atomic int64_t ticked_us;
};

static void
loop_wake(struct loop *loop)
{
	const uint64_t one = 1;
	ssize_t written;

	/* EAGAIN would mean a full counter: the loop is woken all the same. */
	do {
		written = write(loop->wake_fd, &one, sizeof(one));
	} while (written < 0 && errno == EINTR);
}

void
loop_post(struct loop *loop, struct call_note *note)
{
	struct call_note *head = atomic_load_explicit(&loop->notes, memory_order_relaxed);

	do {
		note->next = head;
	} while (!atomic_compare_exchange_weak_explicit(
	    &loop->notes, &head, note, memory_order_release, memory_order_relaxed));
	if (head == NULL)
		loop_wake(loop);
}

void
loop_adopt(struct loop *loop, int fd, const struct principal *principal)
{
	struct loop_arrival *arrival = malloc(sizeof(*arrival));

	if (arrival == NULL) {
		close(fd);
		atomic_fetch_sub_explicit(loop->config.sessions_count, 1, memory_order_relaxed);
		return;
	}
	*arrival = (struct loop_arrival){.fd = fd, .principal = principal};
	pthread_mutex_lock(&loop->lock);
	STAILQ_INSERT_TAIL(&loop->arrivals, arrival, link);
	pthread_mutex_unlock(&loop->lock);
	loop_wake(loop);
}

static void
loop_take_arrivals(struct loop *loop, bool refuse)
{
	struct loop_arrivals arrivals = STAILQ_HEAD_INITIALIZER(arrivals);

	pthread_mutex_lock(&loop->lock);
	STAILQ_CONCAT(&arrivals, &loop->arrivals);
	pthread_mutex_unlock(&loop->lock);
	while (!STAILQ_EMPTY(&arrivals)) {
		struct loop_arrival *arrival = STAILQ_FIRST(&arrivals);
		STAILQ_REMOVE_HEAD(&arrivals, link);
		if (refuse) {
			close(arrival->fd);
			atomic_fetch_sub_explicit(loop->config.sessions_count, 1,
						  memory_order_relaxed);
		} else {
			session_open(&loop->room, arrival->fd, arrival->principal);
		}
		free(arrival);
	}
}

static void
loop_take_notes(struct loop *loop)
{
	struct call_note *note = atomic_exchange_explicit(&loop->notes, NULL, memory_order_acquire);
	struct call_note *oldest = NULL;

	while (note != NULL) {
		struct call_note *next = note->next;
		note->next = oldest;
		oldest = note;
		note = next;
	}
	while (oldest != NULL) {
		/* answer() frees it. */
		struct call_note *next = oldest->next;
		session_answer(&loop->room, oldest);
		oldest = next;
	}
}

static void
loop_on_woken(evutil_socket_t fd, short what, void *user)
{
	struct loop *loop = user;
	uint64_t count;

	(void)what;
	ssize_t got = read(fd, &count, sizeof(count));
	(void)got; /* the mailbox says what there is, not the counter */
	session_room_wake(&loop->room);
	loop_take_arrivals(loop, loop->room.context.draining);
	loop_take_notes(loop);
	session_grown(&loop->room);
	session_settle_touched(&loop->room);
	if (atomic_load(&loop->drains) && !loop->room.context.draining)
		session_drain(&loop->room);
	if (loop->room.context.draining)
		atomic_store(&loop->idle, loop->room.slots_used == 0);
	if (atomic_load(&loop->stops))
		event_base_loopbreak(loop->room.base);
}

static void
loop_on_tick(evutil_socket_t fd, short what, void *user)
{
	struct loop *loop = user;

	(void)fd;
	(void)what;
	session_tick(&loop->room);
	atomic_store_explicit(&loop->ticked_us, loop->room.context.now_us, memory_order_relaxed);
	if (loop->room.context.draining)
		atomic_store(&loop->idle, loop->room.slots_used == 0);
}

static int
loop_init_events(struct loop *loop)
{
	struct event_config *config = event_config_new();
	const struct timeval second = {.tv_sec = 1};

	if (config == NULL)
		return -ENOMEM;
	/* Its environment variables would let a stranger choose the backend. */
	event_config_set_flag(config, EVENT_BASE_FLAG_IGNORE_ENV | EVENT_BASE_FLAG_NOLOCK);
	loop->room.base = event_base_new_with_config(config);
	event_config_free(config);
	if (loop->room.base == NULL)
		return -ENOMEM;
	loop->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (loop->wake_fd < 0)
		return -errno;
	bell_hang(standings_bell(loop->config.book->standings), loop->config.index, loop->wake_fd);
	loop->woken =
	    event_new(loop->room.base, loop->wake_fd, EV_READ | EV_PERSIST, loop_on_woken, loop);
	loop->ticked = event_new(loop->room.base, -1, EV_PERSIST, loop_on_tick, loop);
	if (loop->woken == NULL || loop->ticked == NULL || event_add(loop->woken, NULL) < 0 ||
	    event_add(loop->ticked, &second) < 0)
		return -ENOMEM;
	return 0;
}

int
loop_new(const struct loop_config *config, struct loop **ret)
{
	struct loop *loop = calloc(1, sizeof(*loop));
	int failed;

	if (loop == NULL)
		return -ENOMEM;
	loop->config = *config;
	loop->wake_fd = -1;
	pthread_mutex_init(&loop->lock, NULL);
	STAILQ_INIT(&loop->arrivals);
	loop->room.context.book = config->book;
	loop->room.context.loop = loop;
	loop->room.index = config->index;
	loop->room.limits = config->limits;
	loop->room.figures = &loop->figures;
	loop->room.sessions_count = config->sessions_count;
	failed = store_reader_new(config->book->store, &loop->room.context.reader);
	if (failed < 0)
		goto fail;
	loop->room.context.query = query_new(config->book, loop->room.context.reader);
	failed = -ENOMEM;
	if (loop->room.context.query == NULL)
		goto fail;
	failed = session_room_init(&loop->room);
	if (failed < 0)
		goto fail;
	failed = loop_init_events(loop);
	if (failed < 0)
		goto fail;
	atomic_store(&loop->ticked_us, clock_monotonic_us(config->book->clock));
	*ret = loop;
	return 0;
fail:
	loop_free(loop);
	return failed;
}

static void *
loop_run(void *user)
{
	struct loop *loop = user;

	session_room_wake(&loop->room);
	if (event_base_dispatch(loop->room.base) < 0)
		diag(DIAG_ERROR, "loop_failed", diag_uint("loop", loop->config.index), DIAG_END);
	loop_take_arrivals(loop, true);
	loop_take_notes(loop);
	session_end_all(&loop->room, SESSION_END_DRAINED);
	return NULL;
}

int
loop_start(struct loop *loop)
{
	char name[16] = "loop";

	int failed = pthread_create(&loop->thread, NULL, loop_run, loop);
	if (failed != 0)
		return -failed;
	loop->started = true;
	pthread_setname_np(loop->thread, name);
	return 0;
}

void
loop_stop(struct loop *loop)
{
	if (!loop->started)
		return;
	atomic_store(&loop->stops, true);
	loop_wake(loop);
	pthread_join(loop->thread, NULL);
	loop->started = false;
}

struct loop *
loop_free(struct loop *loop)
{
	if (loop == NULL)
		return NULL;
	assert(!loop->started);
	/* Notes that came after the thread: their sessions are gone, only memory is left. */
	loop_take_notes(loop);
	session_room_done(&loop->room);
	if (loop->woken != NULL)
		event_free(loop->woken);
	if (loop->ticked != NULL)
		event_free(loop->ticked);
	if (loop->room.base != NULL)
		event_base_free(loop->room.base);
	if (loop->wake_fd >= 0) {
		bell_hang(standings_bell(loop->config.book->standings), loop->config.index, -1);
		close(loop->wake_fd);
	}
	query_free(loop->room.context.query);
	store_reader_free(loop->room.context.reader);
	pthread_mutex_destroy(&loop->lock);
	free(loop);
	return NULL;
}

void
loop_drain(struct loop *loop)
{
	atomic_store(&loop->drains, true);
	loop_wake(loop);
}

bool
loop_is_idle(const struct loop *loop)
{
	return atomic_load(&loop->idle);
}

const struct session_figures *
loop_figures(const struct loop *loop)
{
	return &loop->figures;
}

int64_t
loop_silent_us(const struct loop *loop, int64_t now_us)
{
	return now_us - atomic_load_explicit(&loop->ticked_us, memory_order_relaxed);
}
