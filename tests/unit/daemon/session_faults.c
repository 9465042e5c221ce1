/*
 * The seams of test_session: see meson.build for what is wrapped.
 */
#include "session_faults.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <sys/socket.h>

static unsigned countdown;
static bool failed;
static int send_error;
static int recv_error;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_reallocarray(void *memory, size_t count, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
ssize_t __real_send(int fd, const void *bytes, size_t size, int flags);
ssize_t __real_recv(int fd, void *bytes, size_t size, int flags);
struct event *__real_event_new(struct event_base *base, evutil_socket_t fd, short what,
			       event_callback_fn callback, void *user);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_reallocarray(void *memory, size_t count, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
ssize_t __wrap_send(int fd, const void *bytes, size_t size, int flags);
ssize_t __wrap_recv(int fd, void *bytes, size_t size, int flags);
struct event *__wrap_event_new(struct event_base *base, evutil_socket_t fd, short what,
			       event_callback_fn callback, void *user);

void
fail_allocation(unsigned k)
{
	countdown = k;
	failed = false;
}

void
fail_allocation_no_more(void)
{
	countdown = 0;
}

bool
allocation_failed(void)
{
	return failed;
}

void
fail_send(int error)
{
	send_error = error;
}

void
fail_recv(int error)
{
	recv_error = error;
}

static bool
fails(void)
{
	if (countdown == 0 || --countdown > 0)
		return false;
	failed = true;
	return true;
}

void *
__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *
__wrap_realloc(void *memory, size_t size)
{
	return fails() ? NULL : __real_realloc(memory, size);
}

void *
__wrap_reallocarray(void *memory, size_t count, size_t size)
{
	return fails() ? NULL : __real_reallocarray(memory, count, size);
}

void *
__wrap_aligned_alloc(size_t alignment, size_t size)
{
	return fails() ? NULL : __real_aligned_alloc(alignment, size);
}

struct event *
__wrap_event_new(struct event_base *base, evutil_socket_t fd, short what,
		 event_callback_fn callback, void *user)
{
	return fails() ? NULL : __real_event_new(base, fd, what, callback, user);
}

ssize_t
__wrap_send(int fd, const void *bytes, size_t size, int flags)
{
	if (send_error == 0 || (flags & MSG_DONTWAIT) == 0)
		return __real_send(fd, bytes, size, flags);
	errno = send_error;
	send_error = 0;
	return -1;
}

ssize_t
__wrap_recv(int fd, void *bytes, size_t size, int flags)
{
	if (recv_error == 0 || (flags & MSG_DONTWAIT) == 0)
		return __real_recv(fd, bytes, size, flags);
	errno = recv_error;
	recv_error = 0;
	return -1;
}
