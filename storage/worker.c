/*
 * A thread that sleeps until somebody kicks it or its time comes.
 *
 * Owns the thread, its lock and condition. The keeper and the viewer are workers; the store starts
 * and stops them. What they do is not known here.
 */
#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "store_parts.h"

void
worker_init(struct worker *worker)
{
	pthread_condattr_t monotonic;

	memset(worker, 0, sizeof(*worker));
	pthread_mutex_init(&worker->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&worker->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

void
worker_done(struct worker *worker)
{
	assert(!worker->running);
	pthread_cond_destroy(&worker->wake);
	pthread_mutex_destroy(&worker->lock);
}

int
worker_start(struct worker *worker, void *(*run)(void *), void *user)
{
	sigset_t all;
	sigset_t before;
	int failed;

	/* Signals are the program's business, on threads of its own. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	failed = pthread_create(&worker->thread, NULL, run, user);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	worker->running = failed == 0;
	return failed == 0 ? 0 : STORE_MEMORY;
}

void
worker_kick(struct worker *worker)
{
	pthread_mutex_lock(&worker->lock);
	worker->kicked = true;
	pthread_cond_signal(&worker->wake);
	pthread_mutex_unlock(&worker->lock);
}

void
worker_stop(struct worker *worker)
{
	if (!worker->running)
		return;
	pthread_mutex_lock(&worker->lock);
	worker->stop = true;
	pthread_cond_signal(&worker->wake);
	pthread_mutex_unlock(&worker->lock);
	pthread_join(worker->thread, NULL);
	worker->running = false;
}

bool
worker_sleep(struct worker *worker, int64_t for_us)
{
	struct timespec until;
	bool go_on;
	int timed_out = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	if (for_us > 0) {
		until.tv_sec += (time_t)(for_us / 1000000);
		until.tv_nsec += (long)(for_us % 1000000) * 1000;
		if (until.tv_nsec >= 1000000000) {
			until.tv_sec++;
			until.tv_nsec -= 1000000000;
		}
	}
	pthread_mutex_lock(&worker->lock);
	while (!worker->stop && !worker->kicked && timed_out == 0) {
		if (for_us < 0)
			pthread_cond_wait(&worker->wake, &worker->lock);
		else
			timed_out = pthread_cond_timedwait(&worker->wake, &worker->lock, &until);
	}
	worker->kicked = false;
	go_on = !worker->stop;
	pthread_mutex_unlock(&worker->lock);
	return go_on;
}
