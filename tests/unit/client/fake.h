/*
 * A stand-in for the daemon: it speaks the wire and knows nothing. Codes say what it answers:
 * D... is paid for, S... suspended until 2025-09-01, T... terminated, anything else unknown.
 * Ids say how it behaves: REFUSE, NEEDS, HANGUP-n (hangs up on the first n tries of a key),
 * MISSING, BUSY-n, UNCHANGED. It shows that the client agrees with the schema; it proves nothing
 * about the daemon.
 */

#ifndef TESTS_UNIT_CLIENT_FAKE_H
#define TESTS_UNIT_CLIENT_FAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/arena.h"
#include "proto/demerit.pb-c.h"

#define FAKE_SEQUENCE 4711

struct fake_session {
	int fd;
	struct arena arena;
	bool hang_up;
	bool reverse; /* answers of one read go out in reverse order */
	size_t chunk; /* bytes a write; 0: all at once */
	/* Answers not sent yet. */
	uint8_t *out;
	size_t out_size;
	size_t frames[4096];
	size_t frames_count;
};

/* Serve connections, one after the other, for ever. `reverse` and `chunk` as above. */
void fake_serve(const char *path, bool reverse, size_t chunk);

/* Queue an answer; request_id and position are filled in. */
void fake_answer(struct fake_session *, const Demerit__V1__Request *, Demerit__V1__Response *);

/* A zeroed piece of the session's arena. */
void *fake_alloc(struct fake_session *, size_t size);

/* In fake_write.c: true if the request was a write (and has been answered, or hung up on). */
bool fake_write(struct fake_session *, const Demerit__V1__Request *);

#endif
