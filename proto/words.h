/*
 * The words of the enums: what a number on the wire is called in JSON, in options, in logs.
 * "pay", "suspended", "administrative"; reasons and codes stay in capitals. Made from the
 * schema, so that a word and its number cannot part. Constants; any thread.
 */

#ifndef PROTO_WORDS_H
#define PROTO_WORDS_H

#include <stddef.h>

struct words {
	const char *name; /* the enum's: "Decision" */
	const char *const *words;
	size_t count; /* the unspecified 0 included */
};

extern const struct words words_table[];
extern const size_t words_table_count;

/* The enum of that name, or NULL. */
const struct words *words_find(const char *name);

/* The word of a value, or NULL for 0 and for numbers the schema does not know. */
const char *words_get(const struct words *, unsigned value);

/* The value of a word, in any case; 0 if it is none. */
unsigned words_value(const struct words *, const char *word);

#endif
