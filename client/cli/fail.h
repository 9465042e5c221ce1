/*
 * How a failure reaches people and programs: stdout stays empty, stderr has one line (JSON under
 * -o json and jsonl), and the exit code says what kind it was.
 */

#ifndef CLI_FAIL_H
#define CLI_FAIL_H

#include "cmd.h"

/* The line makes no sense. `field` names the option or word, NULL if none is to blame. */
int fail_usage(const struct cli *, const char *field, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Something here went wrong: a file, memory. */
int fail_here(const struct cli *, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The daemon said no. */
int fail_daemon(const struct cli *, const struct demerit_error *);

/* The connection failed: a negative result of the library. `sent`: a write may have arrived. */
int fail_connection(const struct cli *, int failure, bool sent);

/* The exit code of the daemon's no. */
int fail_exit(const struct demerit_error *);

#endif
