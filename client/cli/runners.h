/*
 * What the runners share with commands that need a step more.
 */

#ifndef CLI_RUNNERS_H
#define CLI_RUNNERS_H

#include <jansson.h>

#include "cmd.h"

/* Fill the command's body from the line and ask. CMD_OK and a reply to free, or said why not. */
int runners_ask(struct cli *, const struct cmd *, struct demerit_reply **ret);
/* Print the value with what the reply is as of; takes both. */
int runners_show(struct cli *, json_t *value, struct demerit_reply *);

/* {id, seq, recorded_at, verdict, warnings} of a write's reply. */
json_t *runners_write_value(const struct demerit_message *write);

#endif
