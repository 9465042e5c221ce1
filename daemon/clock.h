/*
 * The clock: the only way time enters the ledger.
 *
 * Recorded times come from utc_us, drawn once per group by the writer; waiting and deadlines come
 * from monotonic_us and from nothing else. A value of functions, so that a simulation can hold it.
 * Any thread.
 */
#ifndef DAEMON_CLOCK_H
#define DAEMON_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "ledger/day.h"

/* How far the clock may stand below the last record, and above it while nobody disciplines it. */
#define CLOCK_BEHIND_MAX_US (2 * INT64_C(1000000))
#define CLOCK_AHEAD_MAX_US  (31 * 86400 * INT64_C(1000000))

struct clock {
	int64_t (*utc_us)(void *user);	     /* microseconds since 1970-01-01T00:00:00Z */
	int64_t (*monotonic_us)(void *user); /* never goes back */
	bool (*synchronised)(void *user);    /* does the kernel know its clock to be disciplined? */
	void *user;
};

extern const struct clock clock_system;

static inline int64_t
clock_utc_us(const struct clock *clock)
{
	return clock->utc_us(clock->user);
}

static inline int64_t
clock_monotonic_us(const struct clock *clock)
{
	return clock->monotonic_us(clock->user);
}

/* Today in UTC+8. */
struct day clock_today(const struct clock *);

enum clock_trust {
	CLOCK_TRUSTED,
	CLOCK_BEHIND, /* more than CLOCK_BEHIND_MAX_US below the last record */
	CLOCK_AHEAD,  /* more than CLOCK_AHEAD_MAX_US above it, and not synchronised */
};

/*
 * May a record be stamped now? last_us is the recorded time of the last record (0: there is none).
 * Anything but CLOCK_TRUSTED: writes are refused CLOCK_DOUBTFUL until the operator accepts.
 */
enum clock_trust clock_judge(const struct clock *, int64_t now_us, int64_t last_us);

#define CLOCK_TEXT_SIZE 28 /* "2025-01-31T23:59:59.123456Z" and its NUL */

/* RFC 3339 in UTC, for logs and messages; years outside 0-9999 are shown as the nearest end. */
void clock_format(int64_t utc_us, char ret_text[CLOCK_TEXT_SIZE]);

#endif
