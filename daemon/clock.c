/*
 * The clock: reads the kernel's clocks and says when they are not to be trusted.
 *
 * The writer and the loops call it, on any thread. It never changes a clock, never converts to a
 * local time zone, and decides nothing but doubt.
 */
#include "clock.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

static int64_t
clock_read(clockid_t id)
{
	struct timespec now;

	/* Cannot fail for the two clocks asked for here (clock_gettime(2)). */
	int failed = clock_gettime(id, &now);
	assert(failed == 0);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t
clock_system_utc_us(void *user)
{
	(void)user;
	return clock_read(CLOCK_REALTIME);
}

static int64_t
clock_system_monotonic_us(void *user)
{
	(void)user;
	return clock_read(CLOCK_MONOTONIC);
}

static bool
clock_system_synchronised(void *user)
{
	struct timex timex = {0};

	(void)user;
	int state = adjtimex(&timex);
	return state != -1 && state != TIME_ERROR && (timex.status & STA_UNSYNC) == 0;
}

const struct clock clock_system = {
    .utc_us = clock_system_utc_us,
    .monotonic_us = clock_system_monotonic_us,
    .synchronised = clock_system_synchronised,
};

struct day
clock_today(const struct clock *clock)
{
	return day_of_instant(clock_utc_us(clock));
}

enum clock_trust
clock_judge(const struct clock *clock, int64_t now_us, int64_t last_us)
{
	if (last_us == 0)
		return CLOCK_TRUSTED;
	if (now_us < last_us && last_us - now_us > CLOCK_BEHIND_MAX_US)
		return CLOCK_BEHIND;
	/*
	 * A ledger may rest for a month, and a clock that somebody disciplines is believed after
	 * any time. One that nobody does and that leapt ahead would stamp records that every later,
	 * right time stands behind.
	 */
	if (now_us > last_us && now_us - last_us > CLOCK_AHEAD_MAX_US &&
	    !clock->synchronised(clock->user))
		return CLOCK_AHEAD;
	return CLOCK_TRUSTED;
}

void
clock_format(int64_t utc_us, char ret_text[CLOCK_TEXT_SIZE])
{
	/* Days by floor division: instants before 1970 have negative numbers. */
	int64_t second = utc_us / 1000000 - (utc_us % 1000000 < 0);
	int64_t micro = utc_us - second * 1000000;
	int64_t number = second / 86400 - (second % 86400 < 0);
	int64_t rest = second - number * 86400;
	int year, month, dom;

	if (number < DAY_FIRST.number)
		number = DAY_FIRST.number;
	if (number > DAY_LAST.number)
		number = DAY_LAST.number;
	day_to_civil((struct day){(int32_t)number}, &year, &month, &dom);
	char text[64];
	int size =
	    snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", year, month, dom,
		     (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60), (int)micro);
	assert(size == CLOCK_TEXT_SIZE - 1);
	memcpy(ret_text, text, CLOCK_TEXT_SIZE);
}
