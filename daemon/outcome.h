/*
 * What became of a write, in words and on the wire: the same for the answer itself, for a retry
 * under the same key, and for who asks by the key later.
 */
#ifndef DAEMON_OUTCOME_H
#define DAEMON_OUTCOME_H

#include "command.h"

struct Demerit__V1__Error;
struct Demerit__V1__ItemError;
struct Demerit__V1__WriteItemResult;
struct Demerit__V1__WriteReply;

void outcome_init(struct outcome *);
/* Frees the needs and makes it empty again. */
void outcome_done(struct outcome *);

/*
 * From its record. STORE_DAMAGED, STORE_MEMORY: ret is empty. Effects stay out; position is the
 * record's own, without ledger and epoch.
 */
int outcome_read(const struct store_record *, struct outcome *ret);

/* ACCEPTED or UNCHANGED. */
bool outcome_accepted(const struct outcome *);

/*
 * Sentences for people, from the verdict's row and the detail: English, or Chinese. From the
 * arena; NULL: it is full.
 */
char *outcome_sentence(const struct outcome *, struct arena *, bool chinese);

/* Messages in the arena; NULL: it is full. */
struct Demerit__V1__WriteReply *outcome_write(const struct outcome *, struct arena *);
struct Demerit__V1__Error *outcome_error(const struct outcome *, struct arena *);
struct Demerit__V1__WriteItemResult *outcome_item(const struct outcome *, struct arena *);

/* Answer a call with it: a write reply, an error, or one of the protocol's refusals. */
void outcome_reply(const struct outcome *, struct call *);

#endif
