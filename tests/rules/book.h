/*
 * A ledger in memory, as small as the tables need it: what the daemon's writer does with facts,
 * decisions and events, without a disk. A command of a table is decided by the pure core, its
 * events go through their canonical bytes, and are folded.
 */
#ifndef TEST_RULES_BOOK_H
#define TEST_RULES_BOOK_H

#include "daemon/ledger/decide.h"
#include "daemon/rules.h"
#include "table.h"

#define BOOK_PEOPLE_MAX	      32
#define BOOK_INSTITUTIONS_MAX 8
#define BOOK_PENALTIES_MAX    256
#define BOOK_CASES_MAX	      64

/* What a command came to, for the runner to compare. */
struct result {
	char verdict[256];  /* lower case; with the missing or refused values in [...] */
	const char *person; /* whose total and state the row shows; NULL: nobody's */
	int year;	    /* whose total */
	const char *reason; /* of a check */
};

struct book;

struct book *book_new(struct rules_set *, const char *jurisdiction);
struct book *book_free(struct book *);

/* False: the table says something that cannot be done; ret->verdict tells what. */
bool book_do(struct book *, const struct row *, struct result *ret);

/* NULL: no such person. Borrowed until the next command. */
const struct standing *book_standing(const struct book *, const char *code);

/* "12(15)", or "9" where there is no cap; what is not over on the day: "suspended [.., ..)". */
void state_total(const struct standing *, int year, char *ret, size_t size);
void state_text(const struct standing *, struct day on, char *ret, size_t size);

#endif
