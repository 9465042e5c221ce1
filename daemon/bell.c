/*
 * The bell: a bit and an eventfd for each loop that waits for the book to grow.
 *
 * Owns nothing; it stands in the standings, whose publishing it announces. The writer rings, loops
 * wait. It never blocks: a full counter wakes as well as one more would.
 *
 * Both sides change the bits in one step, so one of them comes second: either the writer, who then
 * finds the bit and rings, or the loop, which then sees what was published.
 */
#include "bell.h"

#include <assert.h>
#include <errno.h>
#include <unistd.h>

void
bell_init(struct bell *bell)
{
	atomic_init(&bell->waiting, 0);
	for (unsigned i = 0; i < BELL_LOOPS_MAX; i++)
		atomic_init(&bell->fds[i], -1);
}

void
bell_hang(struct bell *bell, unsigned loop, int fd)
{
	assert(loop < BELL_LOOPS_MAX);
	atomic_store(&bell->fds[loop], fd);
}

void
bell_wait(struct bell *bell, unsigned loop)
{
	assert(loop < BELL_LOOPS_MAX);
	(void)atomic_fetch_or(&bell->waiting, UINT64_C(1) << loop);
}

void
bell_ring_one(struct bell *bell, unsigned loop)
{
	const uint64_t one = 1;
	ssize_t written;

	assert(loop < BELL_LOOPS_MAX);
	int fd = atomic_load(&bell->fds[loop]);
	if (fd < 0)
		return;
	do {
		written = write(fd, &one, sizeof(one));
	} while (written < 0 && errno == EINTR);
}

void
bell_ring(struct bell *bell)
{
	uint64_t waiting = atomic_exchange(&bell->waiting, 0);

	while (waiting != 0) {
		bell_ring_one(bell, (unsigned)__builtin_ctzll(waiting));
		waiting &= waiting - 1;
	}
}
