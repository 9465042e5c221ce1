/*
 * How far a long run is.
 *
 * Owns nothing but the times it last spoke; the long commands call it. It never writes stdout.
 */

#include "progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define PROGRESS_TERMINAL_MS 200
#define PROGRESS_PLAIN_MS    10000

static int64_t
progress_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void
progress_begin(struct progress *progress, bool chinese)
{
	int64_t now = progress_now_ms();

	*progress = (struct progress){
	    .begun_ms = now,
	    .told_ms = now,
	    .terminal = isatty(STDERR_FILENO),
	    .chinese = chinese,
	};
}

uint64_t
progress_elapsed_ms(const struct progress *progress)
{
	return (uint64_t)(progress_now_ms() - progress->begun_ms);
}

void
progress_tell(struct progress *progress, uint64_t lines, uint64_t bytes, uint64_t total,
	      uint64_t refused)
{
	int64_t now = progress_now_ms();
	uint64_t elapsed_ms = (uint64_t)(now - progress->begun_ms) + 1;
	uint64_t left =
	    bytes == 0 || total < bytes ? 0 : (total - bytes) * elapsed_ms / bytes / 1000;

	if (now - progress->told_ms <
	    (progress->terminal ? PROGRESS_TERMINAL_MS : PROGRESS_PLAIN_MS))
		return;
	progress->told_ms = now;
	progress->shown = true;
	fprintf(stderr,
		progress->chinese ? "%s%llu 行，%llu MB/s，拒付 %llu，剩余 %llu 秒%s"
				  : "%s%llu lines, %llu MB/s, %llu refused, %llu s left%s",
		progress->terminal ? "\r\033[K" : "", (unsigned long long)lines,
		(unsigned long long)(bytes / 1000 / elapsed_ms), (unsigned long long)refused,
		(unsigned long long)left, progress->terminal ? "" : "\n");
	if (progress->terminal)
		fflush(stderr);
}

void
progress_end(struct progress *progress)
{
	if (progress->terminal && progress->shown)
		fputs("\r\033[K", stderr);
	progress->shown = false;
}
