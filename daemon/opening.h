/*
 * Opening the book: from the configuration to a store with its standings filled and its writer
 * ready, in book.md's order. Main thread, before anything listens.
 */
#ifndef DAEMON_OPENING_H
#define DAEMON_OPENING_H

#include "conf.h"
#include "health.h"
#include "options.h"

/* What opening makes and closing takes apart. */
struct opening {
	struct store *store;
	struct rules_set *rules;
	struct standings *standings;
	struct writer *writer;
};

struct opening_config {
	const struct conf *conf;
	const struct options *options;
	const struct clock *clock;
	const struct random *random;
	struct health *health;
	/* The store has failed: called once on the writer's thread. */
	void (*on_failed)(void *user, int error, const char *text);
	void *user;
};

/* 0, or a failure that has been logged with its place. */
int opening_open(const struct opening_config *, struct opening *ret);
/* The writer's thread alone: nothing is submitted any more. Its notes may still be answered. */
void opening_stop_writer(struct opening *);
void opening_close(struct opening *);

#endif
