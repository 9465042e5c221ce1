/*
 * Files of exported records, written and read again.
 *
 * Owns the file's stream and the last record found in it. cmd_export.c writes to its descriptor.
 * Reading goes from the front, since only a record's beginning says how long it is. It never
 * changes a file before it is told to: what looks like something else is left as it is.
 */

#include "export_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <jansson.h>

#include "demerit.h"
#include "render.h"

#define EXPORT_RECORD_MAX (1 << 20) /* the protocol's longest frame */
#define EXPORT_VARINT_MAX 10

/* Of demerit.proto: a field's number and how it is written. */
enum export_tag {
	TAG_SEQUENCE = 1 << 3,
	TAG_RECORDED_AT = 2 << 3,
	TAG_KIND = 3 << 3 | 2,
	TAG_HEADER = 4 << 3 | 2,
	TAG_BODY = 5 << 3 | 2,
	TAG_SALT = 6 << 3 | 2,
};

/* ---- bytes ---- */

static uint8_t *
bytes_more(struct export_bytes *to, size_t count)
{
	if (to->size + count > to->room) {
		size_t room = 2 * (to->size + count);
		uint8_t *more = realloc(to->bytes, room);

		if (more == NULL) {
			to->failed = true;
			return NULL;
		}
		to->bytes = more;
		to->room = room;
	}
	to->size += count;
	return to->bytes + to->size - count;
}

void
export_bytes_put(struct export_bytes *to, const void *from, size_t size)
{
	uint8_t *at = bytes_more(to, size);

	if (at != NULL && size > 0)
		memcpy(at, from, size);
}

static void
bytes_put_varint(struct export_bytes *to, uint64_t value)
{
	uint8_t digits[EXPORT_VARINT_MAX];
	size_t count = 0;

	for (; value >= 0x80; value >>= 7)
		digits[count++] = (uint8_t)(value | 0x80);
	digits[count++] = (uint8_t)value;
	export_bytes_put(to, digits, count);
}

void
export_bytes_free(struct export_bytes *bytes)
{
	free(bytes->bytes);
	*bytes = (struct export_bytes){0};
}

/* ---- a record ---- */

static void
record_put_number(const struct demerit_message *record, const char *field, enum export_tag tag,
		  struct export_bytes *to)
{
	int64_t number;

	if (!demerit_get_int(record, field, &number))
		return;
	bytes_put_varint(to, tag);
	bytes_put_varint(to, (uint64_t)number);
}

static void
record_put_bytes(const struct demerit_message *record, const char *field, enum export_tag tag,
		 struct export_bytes *to)
{
	const uint8_t *bytes;
	const char *text;
	size_t size;

	if (demerit_get_text(record, field, 0, &text)) {
		bytes = (const uint8_t *)text;
		size = strlen(text);
	} else if (!demerit_get_bytes(record, field, 0, &bytes, &size)) {
		return;
	}
	bytes_put_varint(to, tag);
	bytes_put_varint(to, size);
	export_bytes_put(to, bytes, size);
}

static void
record_write_framed(const struct demerit_message *record, struct export_bytes *to)
{
	struct export_bytes length = {0};

	record_put_number(record, "sequence", TAG_SEQUENCE, to);
	record_put_number(record, "recorded_at", TAG_RECORDED_AT, to);
	record_put_bytes(record, "kind", TAG_KIND, to);
	record_put_bytes(record, "header", TAG_HEADER, to);
	record_put_bytes(record, "body", TAG_BODY, to);
	record_put_bytes(record, "salt", TAG_SALT, to);
	/* The length stands in front and is known last. */
	bytes_put_varint(&length, to->size);
	if (length.failed || bytes_more(to, length.size) == NULL)
		to->failed = true;
	if (!to->failed) {
		memmove(to->bytes + length.size, to->bytes, to->size - length.size);
		memcpy(to->bytes, length.bytes, length.size);
	}
	export_bytes_free(&length);
}

static void
record_write_line(const struct demerit_message *record, struct export_bytes *to)
{
	json_t *value = render_message(record);
	char *text = value == NULL ? NULL : json_dumps(value, 0);

	if (text == NULL)
		to->failed = true;
	else
		export_bytes_put(to, text, strlen(text));
	export_bytes_put(to, "\n", 1);
	free(text);
	json_decref(value);
}

void
export_record_write(const struct demerit_message *record, bool lines, struct export_bytes *ret)
{
	ret->size = 0;
	if (lines)
		record_write_line(record, ret);
	else
		record_write_framed(record, ret);
}

/* ---- a file ---- */

/* 1 and the number; 0: the end came first; -EBADMSG: no such number. */
static int
file_read_varint(FILE *stream, struct export_bytes *keep, uint64_t *ret)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 7 * EXPORT_VARINT_MAX; shift += 7) {
		int byte = getc(stream);
		uint8_t digit = (uint8_t)byte;

		if (byte == EOF)
			return 0;
		export_bytes_put(keep, &digit, 1);
		value |= (uint64_t)(digit & 0x7f) << shift;
		if (digit < 0x80) {
			*ret = value;
			return 1;
		}
	}
	return -EBADMSG;
}

/* The next record's sequence and bytes: 1; 0: nothing whole is left; -EBADMSG, -ENOMEM. */
static int
file_read_framed(FILE *stream, struct export_bytes *ret, uint64_t *ret_sequence)
{
	uint64_t length, sequence = 0;
	size_t read;
	uint8_t *at;
	int r;

	ret->size = 0;
	r = file_read_varint(stream, ret, &length);
	if (r <= 0)
		return r;
	if (length < 2 || length > EXPORT_RECORD_MAX)
		return -EBADMSG;
	at = bytes_more(ret, (size_t)length);
	if (at == NULL)
		return -ENOMEM;
	read = fread(at, 1, (size_t)length, stream);
	if (read > 0 && *at != TAG_SEQUENCE)
		return -EBADMSG;
	if (read < length)
		return 0;
	for (size_t i = 1; i <= EXPORT_VARINT_MAX && i < length; i++) {
		sequence |= (uint64_t)(at[i] & 0x7f) << (7 * (i - 1));
		if (at[i] < 0x80)
			break;
	}
	*ret_sequence = sequence;
	return 1;
}

static int
file_read_line(FILE *stream, struct export_bytes *ret, uint64_t *ret_sequence)
{
	static const char beginning[] = "{\"seq\": ";
	json_t *value, *sequence;
	size_t size;
	int byte;
	int r = 1;

	ret->size = 0;
	do {
		uint8_t letter;

		byte = getc(stream);
		letter = (uint8_t)byte;
		if (byte != EOF)
			export_bytes_put(ret, &letter, 1);
		if (ret->failed)
			return -ENOMEM;
		if (ret->size > 4 * EXPORT_RECORD_MAX)
			return -EBADMSG;
	} while (byte != EOF && byte != '\n');
	size = ret->size < sizeof(beginning) - 1 ? ret->size : sizeof(beginning) - 1;
	if (size > 0 && memcmp(ret->bytes, beginning, size) != 0)
		return -EBADMSG;
	if (byte == EOF)
		return 0;
	value = json_loadb((const char *)ret->bytes, ret->size, 0, NULL);
	sequence = json_object_get(value, "seq");
	if (json_is_integer(sequence) && json_integer_value(sequence) > 0)
		*ret_sequence = (uint64_t)json_integer_value(sequence);
	else
		r = -EBADMSG;
	json_decref(value);
	return r;
}

static int
file_scan(struct export_file *file)
{
	struct export_bytes next = {0};
	uint64_t sequence;
	int r;

	for (;;) {
		struct export_bytes before = file->tail;

		r = file->lines ? file_read_line(file->stream, &next, &sequence)
				: file_read_framed(file->stream, &next, &sequence);
		if (next.failed)
			r = -ENOMEM;
		if (r <= 0)
			break;
		if (sequence == 0 || (file->first != 0 && sequence != file->last + 1)) {
			r = -EBADMSG;
			break;
		}
		if (file->first == 0)
			file->first = sequence;
		file->last = sequence;
		file->end += next.size;
		file->tail = next;
		next = before;
	}
	export_bytes_free(&next);
	if (r == 0 && ferror(file->stream))
		return -EIO;
	return r;
}

int
export_file_open(struct export_file *file, const char *path, bool lines)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int r = 0;

	*file = (struct export_file){.lines = lines};
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		r = -errno;
	if (r == 0)
		file->stream = fdopen(fd, "r+");
	if (file->stream == NULL) {
		r = r < 0 ? r : -errno;
		close(fd);
		return r;
	}
	r = file_scan(file);
	if (r < 0) {
		fclose(file->stream);
		file->stream = NULL;
		export_bytes_free(&file->tail);
	}
	return r;
}

int
export_file_continue(struct export_file *file)
{
	int fd = fileno(file->stream);

	if (ftruncate(fd, (off_t)file->end) < 0 || lseek(fd, (off_t)file->end, SEEK_SET) < 0)
		return -errno;
	return 0;
}

int
export_file_close(struct export_file *file)
{
	int r = 0;

	if (file->stream == NULL)
		return 0;
	if (fsync(fileno(file->stream)) < 0)
		r = -errno;
	if (fclose(file->stream) != 0 && r == 0)
		r = -errno;
	file->stream = NULL;
	export_bytes_free(&file->tail);
	return r;
}
