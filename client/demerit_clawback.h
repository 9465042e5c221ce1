/*
 * libdemerit: paid lines against what was known when they were paid. Included by demerit.h, which
 * says what results, values, threads and ownership mean.
 */

#ifndef DEMERIT_CLAWBACK_H
#define DEMERIT_CLAWBACK_H

#include "demerit.h"

#ifdef __cplusplus
extern "C" {
#endif

struct demerit_line;

/* A paid line that is decided otherwise now than by what was known then. Texts may be NULL. */
struct demerit_change {
	uint64_t id;
	int before;
	int after;
	int reason; /* of after */
	const char *practitioner;
	const char *sanction;
	const char *clause;
	uint64_t sequence; /* of the record that made the difference; 0: not a person's */
};

/*
 * Send a chunk of paid lines, at least one, to be compared with what was known at the sequence
 * `since`; otherwise as demerit_screen_send(). Lines that are decided alike get no change.
 */
int demerit_clawback_send(struct demerit *, const struct demerit_call *, uint64_t since,
			  const struct demerit_line *lines, size_t count, uint64_t *ret_id);

size_t demerit_reply_changes(const struct demerit_reply *);
void demerit_reply_change(const struct demerit_reply *, size_t index, struct demerit_change *ret);

#ifdef __cplusplus
}
#endif

#endif
