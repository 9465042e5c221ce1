/*
 * The text of a working-day calendar, read: "date,kind,name", a line a day. Owns nothing; called
 * where a calendar comes in and where one is replayed, on any thread. Reads no file.
 */
#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rules_yaml.h"

static const char head_line[] = "date,kind,name";
static const char byte_order_mark[] = "\xef\xbb\xbf"; /* as spreadsheets write it */

struct reading {
	const char *text;
	size_t size;
	unsigned line;
	struct calendar calendar;
	unsigned days_off[CALENDAR_YEARS_MAX];
	struct rules_error *error;
};

static int __attribute__((format(printf, 3, 4)))
fault(struct reading *reading, const char *key, const char *format, ...)
{
	struct rules_error *error = reading->error;
	va_list arguments;

	memset(error, 0, sizeof(*error));
	error->line = reading->line;
	error->column = reading->line == 0 ? 0 : 1;
	(void)snprintf(error->key, sizeof(error->key), "%s", key);
	va_start(arguments, format);
	(void)vsnprintf(error->message, sizeof(error->message), format, arguments);
	va_end(arguments);
	return -EINVAL;
}

/* The next line without its end. False: there is none. */
static bool
next_line(struct reading *reading, const char **ret_line, size_t *ret_size)
{
	if (reading->size == 0)
		return false;
	const char *end = memchr(reading->text, '\n', reading->size);
	size_t size = end == NULL ? reading->size : (size_t)(end - reading->text);

	reading->line++;
	*ret_line = reading->text;
	*ret_size = size > 0 && reading->text[size - 1] == '\r' ? size - 1 : size;
	size += end == NULL ? 0 : 1;
	reading->text += size;
	reading->size -= size;
	return true;
}

static int
year_of(struct reading *reading, int number, size_t *ret)
{
	struct calendar *calendar = &reading->calendar;

	for (size_t i = 0; i < calendar->years_count; i++) {
		if (calendar->years[i].year == number) {
			*ret = i;
			return 0;
		}
	}
	if (calendar->years_count == CALENDAR_YEARS_MAX)
		return fault(reading, "date", "more than %d years in one calendar",
			     CALENDAR_YEARS_MAX);
	*ret = calendar->years_count++;
	calendar->years[*ret].year = number;
	return 0;
}

static int
day_line(struct reading *reading, const char *line, size_t size)
{
	const char *end = line + size;
	const char *kind = memchr(line, ',', size);
	const char *name = kind == NULL ? NULL : memchr(kind + 1, ',', (size_t)(end - kind) - 1);
	struct day day;
	size_t at = 0;

	if (name == NULL)
		return fault(reading, "", "a line is a date, a kind and a name");
	if (!day_parse(line, (size_t)(kind - line), &day))
		return fault(reading, "date", "no such day: write YYYY-MM-DD");
	size_t kind_size = (size_t)(name - kind) - 1;
	bool work = kind_size == 4 && memcmp(kind + 1, "work", 4) == 0;
	if (!work && (kind_size != 3 || memcmp(kind + 1, "off", 3) != 0))
		return fault(reading, "kind", "neither off nor work");
	int r = year_of(reading, day_year(day), &at);
	if (r < 0)
		return r;
	if (!calendar_year_set(&reading->calendar.years[at], day, work))
		return fault(reading, "date", "the day is named a second time");
	reading->days_off[at] += work ? 0 : 1;
	return 0;
}

/* A year is covered by its days off: without any, nobody wrote down its holidays. */
static int
years_check(struct reading *reading)
{
	reading->line = 0;
	if (reading->calendar.years_count == 0)
		return fault(reading, "", "no day is named");
	for (size_t i = 0; i < reading->calendar.years_count; i++) {
		if (reading->days_off[i] == 0)
			return fault(reading, "kind", "the year %d has no day off",
				     reading->calendar.years[i].year);
	}
	return 0;
}

/* Named after the first day of its first year. */
static bool
identify(struct calendar *calendar, const uint8_t *text, size_t size)
{
	struct rulebook_id id = {.slug = {.text = "china"}, .version = DAY_LAST};

	for (size_t i = 0; i < calendar->years_count; i++) {
		struct day first;
		bool is_day = day_from_civil(calendar->years[i].year, 1, 1, &first);
		assert(is_day);
		(void)is_day;
		id.version = day_min(id.version, first);
	}
	if (!rules_hash(text, size, id.hash))
		return false;
	for (size_t i = 0; i < calendar->years_count; i++)
		calendar->years[i].id = id;
	return true;
}

int
rules_parse_calendar(const uint8_t *text, size_t size, struct calendar *ret,
		     struct rules_error *ret_error)
{
	struct reading reading = {.text = (const char *)text, .size = size, .error = ret_error};
	const char *line;
	size_t line_size;
	int r = 0;

	if (size > 3 && memcmp(text, byte_order_mark, 3) == 0) {
		reading.text += 3;
		reading.size -= 3;
	}
	if (!next_line(&reading, &line, &line_size) || line_size != sizeof(head_line) - 1 ||
	    memcmp(line, head_line, line_size) != 0) {
		reading.line = 1;
		return fault(&reading, "", "the first line is \"%s\"", head_line);
	}
	while (r == 0 && next_line(&reading, &line, &line_size)) {
		if (line_size > 0)
			r = day_line(&reading, line, line_size);
	}
	if (r == 0)
		r = years_check(&reading);
	if (r < 0)
		return r;
	if (!identify(&reading.calendar, text, size))
		return -ENOMEM;
	*ret = reading.calendar;
	return 0;
}
