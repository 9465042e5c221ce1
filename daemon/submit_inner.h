/*
 * Shared by submit.c (one write), submit_batch.c (many in a frame) and submit_proposal.c (two
 * persons). Nobody else's.
 */
#ifndef DAEMON_SUBMIT_INNER_H
#define DAEMON_SUBMIT_INNER_H

#include "call.h"
#include "translate.h"

/* Whose command it is, under which key, until when. */
void submit_envelope(struct call *, struct command *);

/* One write: a command filled from the request's body goes to the writer. */
typedef void (*submit_fill)(struct translation *, struct call *, unsigned body,
			    const struct ProtobufCMessage *);
enum call_result submit_filled(struct call *, const struct ProtobufCMessage *, submit_fill);

/* Digest of what is asked; false: the arena is full, or the vault failed. */
bool submit_digest(struct call *, unsigned body, const struct ProtobufCMessage *,
		   const struct command *, uint8_t ret[ENTRY_DIGEST_SIZE]);

#endif
