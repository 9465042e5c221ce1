/*
 * Days and instants as people write them. Days are days since 1970-01-01, instants UTC
 * microseconds; a time without a zone is in UTC+8, the scheme's own.
 */

#ifndef CLI_WHEN_H
#define CLI_WHEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WHEN_DAY_SIZE	  16
#define WHEN_INSTANT_SIZE 40

/* Exactly YYYY-MM-DD, of a year from 1900 to 2999, and a day that exists. */
bool when_day_parse(const char *text, size_t size, int32_t *ret);

/* RFC 3339 with an offset, or a bare date: that day's last microsecond in UTC+8. */
bool when_instant_parse(const char *text, int64_t *ret);

void when_day_print(int32_t day, char out[WHEN_DAY_SIZE]);

/* RFC 3339 in UTC+8, with microseconds. */
void when_instant_print(int64_t instant, char out[WHEN_INSTANT_SIZE]);

#endif
