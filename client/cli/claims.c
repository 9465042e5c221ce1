/*
 * Claim files.
 *
 * Owns a window over the file; cmd_screen.c and cmd_import.c pull records out of it. It never
 * interprets a field and never changes a byte.
 */

#include "claims.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CLAIMS_WINDOW (2 * CLAIMS_RECORD_MAX)

bool
claims_begin(struct claims *claims, int fd)
{
	*claims = (struct claims){.fd = fd, .line = 1};
	claims->buffer = malloc(CLAIMS_WINDOW);
	return claims->buffer != NULL;
}

void
claims_end(struct claims *claims)
{
	free(claims->buffer);
	claims->buffer = NULL;
}

bool
claims_rewind(struct claims *claims)
{
	if (lseek(claims->fd, 0, SEEK_SET) < 0)
		return false;
	claims->start = claims->end = 0;
	claims->at_end = false;
	claims->line = 1;
	claims->bytes = 0;
	return true;
}

/* Read more behind what is there. False on failure. */
static bool
claims_fill(struct claims *claims)
{
	ssize_t size;

	if (claims->start > 0) {
		memmove(claims->buffer, claims->buffer + claims->start,
			claims->end - claims->start);
		claims->end -= claims->start;
		claims->start = 0;
	}
	do
		size = read(claims->fd, claims->buffer + claims->end, CLAIMS_WINDOW - claims->end);
	while (size < 0 && errno == EINTR);
	if (size < 0)
		return false;
	claims->end += (size_t)size;
	claims->at_end = size == 0;
	return true;
}

enum claims_shape { CLAIMS_WHOLE, CLAIMS_OPEN, CLAIMS_BROKEN };

/* Does a quoted field reach beyond this stretch of bytes? */
static enum claims_shape
claims_shape(const char *at, const char *end)
{
	while (at < end) {
		if (*at != '"') {
			at = memchr(at, ',', (size_t)(end - at));
			if (at == NULL)
				return CLAIMS_WHOLE;
			at++;
			continue;
		}
		for (at++;; at++) {
			at = memchr(at, '"', (size_t)(end - at));
			if (at == NULL)
				return CLAIMS_OPEN;
			at++;
			if (at == end || *at != '"')
				break;
		}
		if (at < end && *at == '\r' && at + 1 == end)
			return CLAIMS_WHOLE;
		if (at < end && *at++ != ',')
			return CLAIMS_BROKEN;
	}
	return CLAIMS_WHOLE;
}

/* Where the record that begins at `start` ends: at a newline outside quotes, or NULL. */
static const char *
claims_newline(const char *start, const char *end, enum claims_shape *ret_shape)
{
	const char *newline = memchr(start, '\n', (size_t)(end - start));
	const char *first = newline;
	int lines = 1;

	*ret_shape = CLAIMS_WHOLE;
	if (newline == NULL || memchr(start, '"', (size_t)(newline - start)) == NULL)
		return newline;
	while (newline != NULL && lines++ < CLAIMS_SPAN_MAX) {
		*ret_shape = claims_shape(start, newline);
		if (*ret_shape != CLAIMS_OPEN)
			return *ret_shape == CLAIMS_BROKEN ? first : newline;
		newline = memchr(newline + 1, '\n', (size_t)(end - newline - 1));
	}
	return newline == NULL ? NULL : first;
}

static void
claims_give(struct claims *claims, const char *newline, enum claims_shape shape,
	    struct claims_record *ret)
{
	const char *start = claims->buffer + claims->start;
	const char *end = newline == NULL ? claims->buffer + claims->end : newline;

	*ret = (struct claims_record){
	    .raw = start,
	    .size = (size_t)(end - start),
	    .ending = newline != NULL,
	    .line = claims->line,
	    .broken = shape != CLAIMS_WHOLE,
	};
	if (newline != NULL && ret->size > 0 && end[-1] == '\r') {
		ret->size--;
		ret->ending++;
	}
	claims->start += ret->size + ret->ending;
	claims->bytes += ret->size + ret->ending;
	for (const char *at = start;
	     at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++)
		claims->line++;
	claims->line++;
}

enum claims_result
claims_next(struct claims *claims, struct claims_record *ret)
{
	for (;;) {
		const char *start = claims->buffer + claims->start;
		const char *end = claims->buffer + claims->end;
		enum claims_shape shape;
		const char *newline = claims_newline(start, end, &shape);

		if (newline == NULL && claims->at_end) {
			if (start == end)
				return CLAIMS_END;
			/* The last line has no end, or a quote is open: then it is broken there. */
			newline = shape == CLAIMS_OPEN ? memchr(start, '\n', (size_t)(end - start))
						       : NULL;
			if (newline == NULL)
				shape = claims_shape(start, end);
		} else if (newline == NULL && (size_t)(end - start) > CLAIMS_RECORD_MAX) {
			newline = memchr(start, '\n', (size_t)(end - start));
			if (newline == NULL) {
				ret->line = claims->line;
				return CLAIMS_TOO_LONG;
			}
			shape = CLAIMS_OPEN;
		} else if (newline == NULL) {
			if (!claims_fill(claims))
				return CLAIMS_FAILED;
			continue;
		}
		claims_give(claims, newline, shape, ret);
		return CLAIMS_RECORD;
	}
}

/* A quoted field from behind its opening quote. Returns where it ends. */
static const char *
claims_unquote(const char *at, const char *end, char **scratch, struct demerit_text *ret)
{
	char *out = *scratch;

	for (; at < end; at++) {
		if (*at == '"') {
			at++;
			if (at == end || *at != '"')
				break;
		}
		*out++ = *at;
	}
	*ret = (struct demerit_text){*scratch, (size_t)(out - *scratch)};
	*scratch = out;
	return at;
}

size_t
claims_split(const char *raw, size_t size, char *scratch, struct demerit_text *fields, size_t room)
{
	const char *at = raw;
	const char *end = raw + size;
	size_t count = 0;

	for (;;) {
		struct demerit_text field = {at, 0};
		const char *comma;

		if (at < end && *at == '"')
			at = claims_unquote(at + 1, end, &scratch, &field);
		comma = memchr(at, ',', (size_t)(end - at));
		if (field.bytes == at)
			field.size = (size_t)((comma == NULL ? end : comma) - at);
		if (count < room)
			fields[count] = field;
		count++;
		if (comma == NULL)
			return count;
		at = comma + 1;
	}
}
