/*
 * The surface of the daemon: THE table of what can be asked, by what right, and who answers.
 */
#ifndef DAEMON_ROUTE_H
#define DAEMON_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "call.h"

#define ROUTE_BODY_MAX 97 /* the highest field number of Request's body */

/* Whose the thing asked about is; a right may later be granted for a part of these only. */
enum route_scope {
	ROUTE_SCOPE_NONE, /* about nobody: hello, rules */
	ROUTE_SCOPE_PRACTITIONER,
	ROUTE_SCOPE_INSTITUTION,
	ROUTE_SCOPE_LEDGER, /* everybody: stats, verify, backup */
};

struct route_row {
	uint32_t body; /* field number; a write from PRECHECK_WRITES_MIN on */
	const char *name;
	uint32_t rights; /* all of them are needed */
	enum route_scope scope;
	bool streams;	      /* may answer several times */
	call_handler handler; /* NULL: has its number, is not built yet */
};

/* NULL: no body has that number. */
const struct route_row *route_find(uint32_t body);

/* The rows in order, for the access matrix and the tests. */
const struct route_row *route_rows(size_t *ret_count);

bool route_writes(const struct route_row *);

#endif
