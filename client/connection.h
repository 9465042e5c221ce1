/*
 * A connection's insides, for the files of this library.
 */

#ifndef CLIENT_CONNECTION_H
#define CLIENT_CONNECTION_H

#include "demerit.h"

#include "proto/frame.h"

/* What may wait here unread: an application that never receives is stopped, not fed for ever. */
#define CONNECTION_IN_MAX (64 * 1024 * 1024)

struct connection_buffer {
	uint8_t *bytes;
	size_t start; /* the first byte not yet used */
	size_t end;
	size_t room;
};

struct demerit {
	int fd;
	int failure; /* what ended the connection; 0: it stands */
	unsigned timeout_ms;
	size_t in_flight;
	uint64_t last_id;
	struct connection_buffer in;
	struct connection_buffer out;
};

/* At least `size` bytes of room behind the end of the outgoing bytes, or NULL. */
uint8_t *connection_reserve(struct demerit *, size_t size);

/* So many of those bytes have been written; they go out with the next flush, or now if many. */
int connection_commit(struct demerit *, size_t size);

/*
 * Send what is waiting and wait until a whole frame is there. `ret` is its body, borrowed until
 * the next call here; connection_consume() takes the frame away.
 */
int connection_wait(struct demerit *, const uint8_t **ret_body, struct frame *ret);
void connection_consume(struct demerit *, const struct frame *);

/*
 * An envelope without a body, packed without a length: the beginning of a request whose body is
 * written by hand. Returns its size; 0 if the call's texts are too long. Lives in call.c.
 */
#define CALL_ENVELOPE_MAX 256
size_t call_envelope_put(uint8_t out[CALL_ENVELOPE_MAX], uint64_t id, const struct demerit_call *);

#endif
