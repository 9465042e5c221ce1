/*
 * The line: global options anywhere, the command's words, its options.
 */

#ifndef CLI_ARGS_H
#define CLI_ARGS_H

#include "cmd.h"

/*
 * Read the whole line into the invocation. Returns CMD_OK, or the exit code after saying why.
 * `ret_help` is set if help or the version was asked for and has been printed.
 */
int args_parse(struct cli *, int argc, char **argv, bool *ret_done);

/*
 * The command's request, or the proposal of it, and the message that its line fills in. NULL: out
 * of memory.
 */
struct demerit_message *args_request(struct cli *, const char *body,
				     struct demerit_message **ret_fill);

/* Fill the request's body from the line, by the command's fields. CMD_OK, or said why not. */
int args_fill(struct cli *, const struct cmd *, struct demerit_message *request);

/* The option and value that filled a field of the request, for messages; false if none did. */
bool args_source(const struct cli *, const char *field, const char **ret_option,
		 const char **ret_value);

/* The index-th word of the line, or NULL. */
const char *args_word(const struct cli *, int index);

#endif
