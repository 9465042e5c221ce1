/*
 * The log: builds a line on the stack and writes it whole.
 *
 * Everybody calls it, on any thread. It allocates nothing, holds a lock only to swap the
 * descriptor, and never ends the program: what cannot be written is counted.
 */
#include "diag.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"

#define DIAG_LINE_MAX 2048

struct diag_line {
	size_t size;
	char bytes[DIAG_LINE_MAX];
};

static struct {
	pthread_rwlock_t lock; /* the descriptor and the path */
	int fd;
	char path[PATH_MAX];
	_Atomic int level;
	_Atomic int format;
	_Atomic uint64_t lines[DIAG_LEVEL_COUNT];
	_Atomic uint64_t suppressed;
	_Atomic uint64_t lost;
	_Atomic int64_t peer_second;
	_Atomic uint32_t peer_count;
} diag_state = {
    .lock = PTHREAD_RWLOCK_INITIALIZER,
    .fd = STDERR_FILENO,
    .level = DIAG_NOTICE,
};

static const char *const diag_level_names[DIAG_LEVEL_COUNT] = {
    [DIAG_ERROR] = "error", [DIAG_WARNING] = "warning", [DIAG_NOTICE] = "notice",
    [DIAG_INFO] = "info",   [DIAG_DEBUG] = "debug",
};

const char *
diag_level_name(enum diag_level level)
{
	return diag_level_names[level];
}

struct diag_field
diag_bytes(const char *key, const char *text, size_t size)
{
	return (struct diag_field){.key = key, .text = text, .text_size = size};
}

struct diag_field
diag_text(const char *key, const char *text)
{
	if (text == NULL)
		text = "-";
	return diag_bytes(key, text, strlen(text));
}

struct diag_field
diag_int(const char *key, int64_t number)
{
	return (struct diag_field){.key = key, .number = number, .is_number = true};
}

struct diag_field
diag_uint(const char *key, uint64_t number)
{
	return diag_int(key, number > INT64_MAX ? INT64_MAX : (int64_t)number);
}

struct diag_field
diag_errno(const char *key, int error)
{
	const char *name = strerrordesc_np(error < 0 ? -error : error);
	return diag_text(key, name == NULL ? "unknown error" : name);
}

/* One byte is kept for the newline. */
static void
diag_put(struct diag_line *line, const char *bytes, size_t size)
{
	size_t room = sizeof(line->bytes) - 1 - line->size;

	if (size > room)
		size = room;
	memcpy(line->bytes + line->size, bytes, size);
	line->size += size;
}

static void
diag_put_text(struct diag_line *line, const char *text)
{
	diag_put(line, text, strlen(text));
}

/* Quoted and escaped: no byte of a value can end the line or open another field. */
static void
diag_put_quoted(struct diag_line *line, const char *text, size_t size)
{
	diag_put(line, "\"", 1);
	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)text[i];
		char escaped[8];

		if (byte == '"' || byte == '\\') {
			escaped[0] = '\\';
			escaped[1] = (char)byte;
			diag_put(line, escaped, 2);
		} else if (byte < 0x20 || byte >= 0x7f) {
			snprintf(escaped, sizeof(escaped), "\\u%04x", byte);
			diag_put(line, escaped, 6);
		} else {
			diag_put(line, text + i, 1);
		}
	}
	diag_put(line, "\"", 1);
}

static bool
diag_is_plain(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)text[i];
		if (byte <= 0x20 || byte >= 0x7f || byte == '"' || byte == '=' || byte == '\\')
			return false;
	}
	return size > 0;
}

static void
diag_put_field(struct diag_line *line, bool json, const struct diag_field *field)
{
	char number[24];

	diag_put_text(line, json ? ",\"" : " ");
	diag_put_text(line, field->key);
	diag_put_text(line, json ? "\":" : "=");
	if (field->is_number) {
		snprintf(number, sizeof(number), "%lld", (long long)field->number);
		diag_put_text(line, number);
	} else if (!json && diag_is_plain(field->text, field->text_size)) {
		diag_put(line, field->text, field->text_size);
	} else {
		diag_put_quoted(line, field->text, field->text_size);
	}
}

static void
diag_build(struct diag_line *line, enum diag_level level, const char *event,
	   const struct diag_field *fields)
{
	bool json = atomic_load_explicit(&diag_state.format, memory_order_relaxed) == DIAG_JSON;
	char time[CLOCK_TEXT_SIZE];
	const struct diag_field head[] = {
	    diag_text("level", diag_level_names[level]),
	    diag_text("event", event),
	};

	clock_format(clock_utc_us(&clock_system), time);
	line->size = 0;
	diag_put_text(line, json ? "{\"time\":\"" : "time=");
	diag_put_text(line, time);
	diag_put_text(line, json ? "\"" : "");
	diag_put_field(line, json, &head[0]);
	diag_put_field(line, json, &head[1]);
	for (const struct diag_field *field = fields; field->key != NULL; field++) {
		/* A JSON line is whole or not at all: leave out what does not fit escaped. */
		size_t need =
		    strlen(field->key) + 8 + (field->is_number ? 24 : 6 * field->text_size);
		if (json && line->size + need + 2 > sizeof(line->bytes))
			continue;
		diag_put_field(line, json, field);
	}
	diag_put_text(line, json ? "}" : "");
	assert(line->size < sizeof(line->bytes));
	line->bytes[line->size++] = '\n';
}

void
diag_write(enum diag_level level, const char *event, const struct diag_field *fields)
{
	struct diag_line line;

	if ((int)level > atomic_load_explicit(&diag_state.level, memory_order_relaxed))
		return;
	int saved = errno;
	diag_build(&line, level, event, fields);
	pthread_rwlock_rdlock(&diag_state.lock);
	ssize_t written;
	do {
		written = write(diag_state.fd, line.bytes, line.size);
	} while (written < 0 && errno == EINTR);
	pthread_rwlock_unlock(&diag_state.lock);
	if (written == (ssize_t)line.size)
		atomic_fetch_add_explicit(&diag_state.lines[level], 1, memory_order_relaxed);
	else
		atomic_fetch_add_explicit(&diag_state.lost, 1, memory_order_relaxed);
	errno = saved;
}

void
diag_write_peer(enum diag_level level, const char *event, const struct diag_field *fields)
{
	/* What would not be written must not use up what may. */
	if ((int)level > atomic_load_explicit(&diag_state.level, memory_order_relaxed))
		return;
	int64_t second = clock_monotonic_us(&clock_system) / 1000000;

	/* Two threads may both begin a second: a few lines more, never a flood. */
	if (atomic_exchange_explicit(&diag_state.peer_second, second, memory_order_relaxed) !=
	    second)
		atomic_store_explicit(&diag_state.peer_count, 0, memory_order_relaxed);
	if (atomic_fetch_add_explicit(&diag_state.peer_count, 1, memory_order_relaxed) >=
	    DIAG_PEER_PER_SECOND) {
		atomic_fetch_add_explicit(&diag_state.suppressed, 1, memory_order_relaxed);
		return;
	}
	diag_write(level, event, fields);
}

static int
diag_open_file(const char *path, int *ret_fd)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0640);

	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

static void
diag_install(int fd, const char *path)
{
	pthread_rwlock_wrlock(&diag_state.lock);
	if (diag_state.fd != STDERR_FILENO)
		close(diag_state.fd);
	diag_state.fd = fd;
	if (path != diag_state.path)
		snprintf(diag_state.path, sizeof(diag_state.path), "%s", path);
	pthread_rwlock_unlock(&diag_state.lock);
}

int
diag_open(const struct diag_config *config)
{
	int fd = STDERR_FILENO;

	if (config->path != NULL && strlen(config->path) >= sizeof(diag_state.path))
		return -ENAMETOOLONG;
	if (config->path != NULL) {
		int failed = diag_open_file(config->path, &fd);
		if (failed < 0)
			return failed;
	}
	diag_install(fd, config->path == NULL ? "" : config->path);
	atomic_store_explicit(&diag_state.level, config->level, memory_order_relaxed);
	atomic_store_explicit(&diag_state.format, config->format, memory_order_relaxed);
	return 0;
}

int
diag_reopen(void)
{
	int fd = -1;

	if (diag_state.path[0] == '\0')
		return 0;
	int failed = diag_open_file(diag_state.path, &fd);
	if (failed < 0)
		return failed;
	diag_install(fd, diag_state.path);
	return 0;
}

void
diag_close(void)
{
	diag_install(STDERR_FILENO, "");
}

void
diag_figures(struct diag_figures *ret)
{
	for (int i = 0; i < DIAG_LEVEL_COUNT; i++)
		ret->lines[i] = atomic_load_explicit(&diag_state.lines[i], memory_order_relaxed);
	ret->suppressed = atomic_load_explicit(&diag_state.suppressed, memory_order_relaxed);
	ret->lost = atomic_load_explicit(&diag_state.lost, memory_order_relaxed);
}
