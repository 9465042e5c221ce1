/*
 * The forms of an alias: kind:value. Pure; any thread.
 */
#ifndef DAEMON_IDENTITY_H
#define DAEMON_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

#include "ledger/code.h"

#define IDENTITY_CERTIFICATE "cert" /* the number of a licence to practise */
#define IDENTITY_CODE	     "code" /* an earlier code of the person */

/* Is it one: a kind of lower-case letters, digits and hyphens, a colon, a value? */
bool identity_alias_valid(const struct code *alias);

/*
 * An identity-card number (17 digits and a digit or X) is personal in itself, and a book that may
 * never forget must not hold one, not even in a refusal.
 */
bool identity_is_card_number(const struct code *alias);

/* kind:value. False: it would be longer than a code can be. */
bool identity_alias(const char *kind, const char *value, size_t size, struct code *ret);

/* The value of an alias of that kind; false: it is of another. */
bool identity_value(const struct code *alias, const char *kind, struct code *ret);

#endif
