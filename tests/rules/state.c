/*
 * The state of a person in a table's words: what is true on a day and after it. Owns nothing.
 */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "book.h"

void
state_total(const struct standing *standing, int year, char *ret, size_t size)
{
	struct year_total total = standing_total(standing, year, DAY_FOREVER);

	if (total.raw == total.capped)
		(void)snprintf(ret, size, "%d", (int)total.raw);
	else
		(void)snprintf(ret, size, "%d(%d)", (int)total.capped, (int)total.raw);
}

static void __attribute__((format(printf, 3, 4)))
add(char *ret, size_t size, const char *format, ...)
{
	size_t used = strlen(ret);
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(ret + used, size - used, format, arguments);
	va_end(arguments);
}

void
state_text(const struct standing *standing, struct day on, char *ret, size_t size)
{
	struct interval intervals[STANDING_INTERVALS_MAX];
	size_t count = standing_intervals(standing, intervals);

	ret[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		struct interval *interval = &intervals[i];
		const struct sanction *sanction = &standing->sanctions[interval->sanction];
		char from[DAY_TEXT_SIZE], until[DAY_TEXT_SIZE], bar[DAY_TEXT_SIZE];
		/* Two suspensions that touch are one absence. */
		while (i + 1 < count && interval->status == STATUS_SUSPENDED &&
		       intervals[i + 1].status == STATUS_SUSPENDED &&
		       day_equal(interval->until, intervals[i + 1].from))
			interval->until = intervals[++i].until;
		if (!day_before(on, interval->until))
			continue;
		day_format(interval->from, from);
		day_format(interval->until, until);
		day_format(interval->bar_until, bar);
		add(ret, size, "%s%s", ret[0] != '\0' ? ", then " : "",
		    kind_name(KINDS_STATUS, interval->status));
		if (interval->status == STATUS_TERMINATED)
			add(ret, size, " %s", kind_name(KINDS_PATH, sanction->path));
		if (!day_is_forever(interval->until))
			add(ret, size, " [%s, %s)", from, until);
		else if (sanction->path == PATH_FOREIGN)
			add(ret, size, " from %s", from);
		else
			add(ret, size, ", bar until %s", bar);
	}
	if (ret[0] == '\0')
		add(ret, size, "normal");
}
