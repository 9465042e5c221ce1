/*
 * How the daemon is: every alarm in one place, and the figures they are judged by.
 *
 * /readyz, /metrics and the status request all ask here, so that none says otherwise than another.
 */
#ifndef DAEMON_HEALTH_H
#define DAEMON_HEALTH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "call.h"
#include "standings.h"
#include "storage/store.h"
#include "writer.h"

#define HEALTH_ALARMS_MAX 16

/* Thresholds of the alarms. */
#define HEALTH_DISK_FREE_MIN   (UINT64_C(512) << 20)
#define HEALTH_MARK_AGE_MAX_US (2 * 1000 * 1000)
#define HEALTH_VIEW_LAG_MAX    1000000 /* records */
#define HEALTH_SILENT_MAX_US   (5 * 1000 * 1000)

struct health_alarm {
	const char *name; /* lower_snake, stable */
	const char *message;
	const char *message_zh;
	bool unready; /* while it holds, /readyz says 503 */
};

enum health_stage {
	HEALTH_STARTING, /* the book is being read */
	HEALTH_SERVING,
	HEALTH_DRAINING,
};

/* Filled by main; the pointers are set once, before the stage is HEALTH_SERVING. */
struct health {
	_Atomic int stage;
	const char *data; /* folder of the book */
	const struct call_book *book;
	struct loop *const *loops;
	size_t loops_count;
	_Atomic uint32_t sessions_count;
	_Atomic uint64_t accepted;
	_Atomic uint64_t refused_unknown; /* peers nobody knows */
	_Atomic uint64_t refused_full;
	_Atomic uint64_t accept_failed;
	_Atomic uint64_t reloads;
	_Atomic uint64_t reloads_failed;
	/* While starting: what the store is at, and how far. */
	_Atomic(const char *) opening;
	_Atomic uint64_t opening_done;
	_Atomic uint64_t opening_of;
};

struct health_report {
	enum health_stage stage;
	bool ready;
	size_t alarms_count;
	struct health_alarm alarms[HEALTH_ALARMS_MAX];
	/* Zero while starting. */
	struct store_stats store;
	struct writer_stats writer;
	struct standings_stats standings;
	uint64_t disk_free;
	uint64_t view_lag; /* records */
};

/* Any thread. */
void health_report(const struct health *, struct health_report *ret);

#endif
