/*
 * How far a long run is: one line that is rewritten on a terminal, a plain line every ten
 * seconds elsewhere. On stderr; stdout is data.
 */

#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	int64_t begun_ms;
	int64_t told_ms;
	bool terminal;
	bool shown;
	bool chinese;
};

void progress_begin(struct progress *, bool chinese);

/* Call as often as convenient. `total` bytes may be 0: not known. */
void progress_tell(struct progress *, uint64_t lines, uint64_t bytes, uint64_t total,
		   uint64_t refused);

/* Take the line away. */
void progress_end(struct progress *);

uint64_t progress_elapsed_ms(const struct progress *);

#endif
