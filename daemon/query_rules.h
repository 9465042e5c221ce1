/*
 * What a rulebook says, as names and words: shared by the questions about rules.
 */
#ifndef DAEMON_QUERY_RULES_H
#define DAEMON_QUERY_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "ledger/rulebook.h"

struct call;

struct rules_value {
	char *name;  /* as in YAML: "suspension.months.9", "situations.article-38" */
	char *value; /* "2", "1-6", "open", "first-of-next-month", "yes", ... */
	bool open;
	const struct slug *owner; /* whose text it is; borrowed from the rulebook, as is source */
	const struct text *source;
};

/* All that is not absent: parameters, situations, measures. From the arena; NULL: it is full. */
struct rules_value *rules_values(struct call *, const struct rulebook *, size_t *ret_count);

#endif
