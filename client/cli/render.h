/*
 * What commands print: a value (jansson's) made once, then written as a table, JSON, JSON lines
 * or CSV. Keys keep the order they were set in.
 */

#ifndef CLI_RENDER_H
#define CLI_RENDER_H

#include <stdio.h>

#include <jansson.h>

#include "cmd.h"

/* A message as an object: every field, null where absent, lists as arrays. */
json_t *render_message(const struct demerit_message *);

/* One field of it, null where absent. */
json_t *render_field(const struct demerit_message *, const char *name);

json_t *render_day(int32_t day);
json_t *render_instant(int64_t instant);
json_t *render_text(const char *text); /* NULL: null; what is not UTF-8 is escaped */
/* A list of texts as one, on the heap; NULL: no memory. */
char *render_join(const json_t *list, char between);

/* Add ledger, epoch, seq, known_at: what the answer is as of. */
void render_position(json_t *object, const struct demerit_reply *);

/*
 * Write the value, an object or an array of objects, in the format asked for, and free it. In
 * tables, columns that are empty all the way down are left out. Returns CMD_OK or CMD_FAILED.
 */
int render_value(const struct cli *, json_t *value);

/* One field of CSV by RFC 4180: quoted where it must be. */
void render_csv_text(FILE *, const char *text);

/* In table.c. */
void table_object(const struct cli *, const json_t *object);
void table_list(const struct cli *, const json_t *list);

#endif
