/*
 * Claim lines on their way: shared by screen*.c and clawback*.c, and by no other. Loop thread.
 */
#ifndef DAEMON_SCREEN_H
#define DAEMON_SCREEN_H

#include "query_inner.h"

/* The lines in hand, as of one moment. */
struct screen {
	struct call *call;
	struct query_moment moment;
	bool detail;
	/* The last place and day looked up: lines of one institution come together. */
	bool place_known;
	struct day place_day;
	struct code institution;
	struct query_place place;
};

/* Decide a line. The result borrows its person's code from the line. */
int screen_decide(struct screen *, const Demerit__V1__ScreenItem *,
		  Demerit__V1__ScreenResult *ret) NODISCARD;

/*
 * Lines whose answer may outgrow a frame: a slice answers as many from first on as one reply
 * carries, ret_next is the first that is left. False: the call was refused, and nothing is left.
 */
struct screen_lines;
typedef bool (*screen_slice)(struct call *, const struct screen_lines *, size_t first,
			     size_t *ret_next);
struct screen_lines {
	screen_slice slice;
	struct query_moment moment;
	uint64_t since; /* clawback: what is compared with the moment */
	const Demerit__V1__Screen *asked;
};
/* Answer all of them, as a stream if need be. The lines may be gone when this returns. */
enum call_result screen_answer(struct call *, const struct screen_lines *);

/* About what one answer carries; the client's own buffers are larger. */
#define SCREEN_REPLY_SIZE (192 * 1024)

#endif
