/*
 * A page of tests/rules/: one line a command, with the verdict, the year's total and the state
 * that must follow. README.md beside it says how a line reads.
 */
#ifndef TEST_RULES_TABLE_H
#define TEST_RULES_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "daemon/ledger/day.h"

#define ROW_WORDS_MAX 24
#define ROW_TEXT_MAX  512

enum line_kind {
	LINE_END = 0,
	LINE_RULEBOOK, /* a new scenario: words[1] is the jurisdiction */
	LINE_LOAD,     /* words[1] is a file beside the table */
	LINE_ROW,
	LINE_BAD, /* says: what is wrong with it */
};

struct row {
	unsigned line;
	struct day recorded;
	size_t words_count;
	char *words[ROW_WORDS_MAX]; /* the command; into text */
	const char *verdict;	    /* lower case, with [...] if the table says more; "-": none */
	const char *year;	    /* "14", "12(15)", "-": not looked at */
	const char *state;	    /* the rest of the line; "" or "-": not looked at */
	char title[ROW_TEXT_MAX];   /* of a scenario: the comment lines before it */
	char says[ROW_TEXT_MAX];
	char text[ROW_TEXT_MAX];
};

struct table {
	FILE *file;
	unsigned line;
};

/* The next line that says something. */
enum line_kind table_next(struct table *, struct row *ret);

/* The value of a word "key=value" of the command; NULL: it has none. */
const char *row_value(const struct row *, const char *key);

/* The verdict's name in lower case, "needs_choice"; NULL: no such number. Static. */
const char *verdict_word(unsigned number);

#endif
