/*
 * The connection: one socket and what waits on both sides of it.
 *
 * Owns the socket and two buffers. call.c and ops.c use it on the application's thread. It
 * never blocks in one direction while the other has something to do: a daemon that is not read
 * from stops reading, and both would wait for ever.
 */

#include "connection.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "proto/limit.h"

#define CONNECTION_READ_MIN  (64 * 1024)
#define CONNECTION_FLUSH_MIN (256 * 1024)

static const char connection_scheme[] = "unix:";

/* Give the buffer `size` bytes of room behind its end. */
static int
connection_grow(struct connection_buffer *buffer, size_t size, size_t max)
{
	size_t used = buffer->end - buffer->start;
	size_t room = buffer->room == 0 ? CONNECTION_READ_MIN : buffer->room;
	uint8_t *bytes;

	if (buffer->room - buffer->end >= size)
		return 0;
	if (buffer->start > 0 && buffer->room - used >= size && buffer->start >= used) {
		memcpy(buffer->bytes, buffer->bytes + buffer->start, used);
		buffer->start = 0;
		buffer->end = used;
		return 0;
	}
	if (size > max || used > max - size)
		return -ENOBUFS;
	while (room - used < size || room - used < used)
		room *= 2;
	bytes = malloc(room);
	if (bytes == NULL)
		return -ENOMEM;
	if (used > 0)
		memcpy(bytes, buffer->bytes + buffer->start, used);
	free(buffer->bytes);
	*buffer = (struct connection_buffer){bytes, 0, used, room};
	return 0;
}

static int
connection_open_unix(const char *path, int *ret)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t size = strlen(path);
	int fd;

	if (size == 0)
		return -EINVAL;
	if (size >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, size);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
		int failure = -errno;

		close(fd);
		return failure;
	}
	*ret = fd;
	return 0;
}

int
demerit_open(const char *server, unsigned timeout_ms, struct demerit **ret)
{
	struct demerit *connection;
	int result;
	int fd;

	if (strncmp(server, connection_scheme, strlen(connection_scheme)) != 0)
		return strchr(server, ':') == NULL ? -EINVAL : -EOPNOTSUPP;
	result = connection_open_unix(server + strlen(connection_scheme), &fd);
	if (result < 0)
		return result;
	connection = calloc(1, sizeof(*connection));
	if (connection == NULL || connection_grow(&connection->in, 1, CONNECTION_IN_MAX) < 0 ||
	    connection_grow(&connection->out, 1, CONNECTION_IN_MAX) < 0) {
		result = -ENOMEM;
		goto fail;
	}
	connection->fd = fd;
	connection->timeout_ms = timeout_ms;
	*ret = connection;
	return 0;

fail:
	close(fd);
	if (connection != NULL) {
		free(connection->in.bytes);
		free(connection);
	}
	return result;
}

struct demerit *
demerit_free(struct demerit *connection)
{
	if (connection == NULL)
		return NULL;
	close(connection->fd);
	free(connection->in.bytes);
	free(connection->out.bytes);
	free(connection);
	return NULL;
}

int
demerit_fd(const struct demerit *connection)
{
	return connection->fd;
}

size_t
demerit_in_flight(const struct demerit *connection)
{
	return connection->in_flight;
}

static int
connection_fail(struct demerit *connection, int failure)
{
	assert(failure < 0);
	connection->failure = failure;
	return failure;
}

static int64_t
connection_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* MSG_NOSIGNAL: a library has no business raising SIGPIPE in its application. */
static int
connection_write(struct demerit *connection)
{
	struct connection_buffer *out = &connection->out;

	while (out->start < out->end) {
		ssize_t size = send(connection->fd, out->bytes + out->start, out->end - out->start,
				    MSG_NOSIGNAL | MSG_DONTWAIT);

		if (size < 0) {
			if (errno == EINTR)
				continue;
			if (errno == EAGAIN)
				return 0;
			return connection_fail(connection, errno == EPIPE ? -ECONNRESET : -errno);
		}
		out->start += (size_t)size;
	}
	out->start = out->end = 0;
	return 0;
}

static int
connection_read(struct demerit *connection)
{
	struct connection_buffer *in = &connection->in;
	ssize_t size;
	int result;

	result = connection_grow(in, CONNECTION_READ_MIN, CONNECTION_IN_MAX);
	if (result < 0)
		return connection_fail(connection, result);
	do
		size = recv(connection->fd, in->bytes + in->end, in->room - in->end, MSG_DONTWAIT);
	while (size < 0 && errno == EINTR);
	if (size < 0)
		return errno == EAGAIN ? 0 : connection_fail(connection, -errno);
	if (size == 0)
		return connection_fail(connection, -ECONNRESET);
	in->end += (size_t)size;
	return 0;
}

/* Wait until the socket can do something useful, and do it. -EINTR is the caller's business. */
static int
connection_turn(struct demerit *connection, int64_t deadline)
{
	struct pollfd ready = {.fd = connection->fd, .events = POLLIN};
	int wait_ms = -1;
	int count;

	if (connection->out.start < connection->out.end)
		ready.events |= POLLOUT;
	if (connection->timeout_ms != 0) {
		int64_t left = deadline - connection_now_ms();

		wait_ms = left < 0 ? 0 : left > INT32_MAX ? INT32_MAX : (int)left;
	}
	count = poll(&ready, 1, wait_ms);
	if (count < 0)
		return errno == EINTR ? -EINTR : connection_fail(connection, -errno);
	if (count == 0)
		return connection_fail(connection, -ETIMEDOUT);
	/* Reading first: what the daemon said before it hung up is worth having. */
	if (ready.revents & (POLLIN | POLLHUP | POLLERR)) {
		int result = connection_read(connection);

		if (result < 0)
			return result;
	}
	return ready.revents & POLLOUT ? connection_write(connection) : 0;
}

uint8_t *
connection_reserve(struct demerit *connection, size_t size)
{
	if (connection_grow(&connection->out, size, SIZE_MAX / 4) < 0)
		return NULL;
	return connection->out.bytes + connection->out.end;
}

int
connection_commit(struct demerit *connection, size_t size)
{
	assert(size <= connection->out.room - connection->out.end);
	connection->out.end += size;
	if (connection->out.end - connection->out.start < CONNECTION_FLUSH_MIN)
		return 0;
	return demerit_flush(connection);
}

int
demerit_flush(struct demerit *connection)
{
	int64_t deadline = connection_now_ms() + connection->timeout_ms;
	int result;

	if (connection->failure != 0)
		return connection->failure;
	result = connection_write(connection);
	while (result == 0 && connection->out.start < connection->out.end)
		result = connection_turn(connection, deadline);
	return result;
}

int
connection_wait(struct demerit *connection, const uint8_t **ret_body, struct frame *ret)
{
	int64_t deadline = connection_now_ms() + connection->timeout_ms;
	struct connection_buffer *in = &connection->in;
	int result = 0;

	for (;;) {
		size_t size = in->end - in->start;
		struct frame frame;

		/* What has arrived is given out before any failure is reported. */
		switch (frame_peek(in->bytes + in->start, size, PROTO_FRAME_MAX, &frame)) {
		case FRAME_OK:
			if (size - frame.header_size < frame.body_size)
				break;
			*ret_body = in->bytes + in->start + frame.header_size;
			*ret = frame;
			return 0;
		case FRAME_MORE:
			break;
		case FRAME_OVERSIZE:
		case FRAME_BAD:
		case FRAME_HTTP:
			return connection_fail(connection, -EPROTO);
		}
		if (connection->failure != 0)
			return connection->failure;
		if (connection->out.start < connection->out.end)
			result = connection_write(connection);
		if (result == 0)
			result = connection_turn(connection, deadline);
		if (result == -EINTR)
			return result;
		result = 0;
	}
}

void
connection_consume(struct demerit *connection, const struct frame *frame)
{
	struct connection_buffer *in = &connection->in;

	in->start += frame->header_size + frame->body_size;
	assert(in->start <= in->end);
	if (in->start == in->end)
		in->start = in->end = 0;
}
