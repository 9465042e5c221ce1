/*
 * The way to the daemon: connect when first needed, ask, and for a write whose answer got lost
 * ask again under the same key until it is known what became of it, or until time is up.
 */

#ifndef CLI_LINK_H
#define CLI_LINK_H

#include "cmd.h"

/* How long one answer may take; verify and its like wait for ever. */
#define LINK_TIMEOUT_MS 30000

/* CMD_OK with the connection standing, or said why not. */
int link_open(struct cli *, unsigned timeout_ms);

/* CMD_OK and a reply that is no error, to be freed by the caller; or said why not. */
int link_ask(struct cli *, const struct demerit_message *request, bool write,
	     struct demerit_reply **ret);

/*
 * Take a reply and, until the last, those behind it; frees them. Ends at a signal, at what take
 * says other than CMD_OK, and where the daemon or the connection fails, which is said.
 */
typedef int (*link_take_fn)(void *user, const struct demerit_reply *);
int link_take_all(struct cli *, struct demerit_reply *, link_take_fn take, void *user);

/* The snapshot a long run is judged by: known_at as asked for, else where the book stands. */
int link_snapshot(struct cli *, struct demerit_call *ret_call, struct demerit_position *ret);

#endif
