/*
 * Random bytes from the kernel.
 *
 * Salts, keys and ids need them; any thread calls. It never falls back to anything weaker.
 */
#include "random.h"

#include <errno.h>
#include <sys/random.h>
#include <sys/types.h>

static int
random_system_fill(void *user, void *bytes, size_t size)
{
	unsigned char *at = bytes;

	(void)user;
	while (size > 0) {
		ssize_t got = getrandom(at, size, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		at += got;
		size -= (size_t)got;
	}
	return 0;
}

const struct random random_system = {.fill = random_system_fill};
