/*
 * The service manager's two protocols: sd_notify(3) and sd_listen_fds(3), without its library.
 *
 * main calls it on its own thread. It never waits for an answer.
 */
#include "notify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define NOTIFY_FIRST_SOCKET 3
#define NOTIFY_SOCKETS_MAX  64

static bool
notify_number(const char *name, uint64_t max, uint64_t *ret)
{
	const char *text = getenv(name);
	uint64_t value = 0;

	if (text == NULL || *text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return false;
		value = value * 10 + (uint64_t)(*text - '0');
		if (value > max)
			return false;
	}
	*ret = value;
	return true;
}

int
notify_send(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if (path == NULL || *path == '\0')
		return 0;
	size_t size = strlen(path);
	if (size >= sizeof(address.sun_path) || (path[0] != '/' && path[0] != '@'))
		return -EINVAL;
	memcpy(address.sun_path, path, size);
	if (path[0] == '@')
		address.sun_path[0] = '\0';
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size);
	ssize_t sent = sendto(fd, state, strlen(state), MSG_NOSIGNAL,
			      (const struct sockaddr *)&address, length);
	int failed = sent < 0 ? -errno : 0;
	close(fd);
	return failed;
}

uint64_t
notify_watchdog_us(void)
{
	uint64_t pid;
	uint64_t interval;

	if (!notify_number("WATCHDOG_USEC", UINT32_MAX, &interval))
		return 0;
	if (notify_number("WATCHDOG_PID", INT32_MAX, &pid) && pid != (uint64_t)getpid())
		return 0;
	return interval / 2;
}

int
notify_sockets(size_t *ret_count)
{
	uint64_t pid = 0;
	uint64_t count = 0;

	*ret_count = 0;
	if (!notify_number("LISTEN_PID", INT32_MAX, &pid) || pid != (uint64_t)getpid() ||
	    !notify_number("LISTEN_FDS", NOTIFY_SOCKETS_MAX, &count))
		return NOTIFY_FIRST_SOCKET;
	for (int fd = NOTIFY_FIRST_SOCKET; fd < NOTIFY_FIRST_SOCKET + (int)count; fd++) {
		int flags = fcntl(fd, F_GETFD);
		if (flags >= 0)
			(void)fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
	}
	*ret_count = (size_t)count;
	return NOTIFY_FIRST_SOCKET;
}
