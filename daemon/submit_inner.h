/*
 * Shared by submit.c (one write) and submit_batch.c (many in a frame). Nobody else's.
 */
#ifndef DAEMON_SUBMIT_INNER_H
#define DAEMON_SUBMIT_INNER_H

#include "call.h"
#include "translate.h"

/* Whose command it is, under which key, until when. */
void submit_envelope(struct call *, struct command *);

/* Digest of what is asked; false: the arena is full, or the vault failed. */
bool submit_digest(struct call *, unsigned body, const struct ProtobufCMessage *,
		   const struct command *, uint8_t ret[ENTRY_DIGEST_SIZE]);

#endif
