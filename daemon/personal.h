/*
 * Personal fields: names, and reasons that may name people. Ciphertext in the events, readable
 * only through the vault. Every field is bound to what it is and whose it is: moved elsewhere, it
 * does not open.
 */
#ifndef DAEMON_PERSONAL_H
#define DAEMON_PERSONAL_H

#include "entry.h"
#include "ledger/code.h"

#define PERSONAL_TEXT_MAX 512

enum personal_field {
	PERSONAL_NAME = 1,   /* of a practitioner, an institution */
	PERSONAL_REASON = 2, /* for points, for their fall: the practitioner's; for an
				overturning: the institution's */
};

/* Text of 1..PERSONAL_TEXT_MAX bytes. Failures are the vault's. */
int personal_seal(struct vault *, const struct vault_key *, enum personal_field,
		  const struct entry_subject *, const char *text, size_t size,
		  struct sealed *ret) NODISCARD;

/* ret has room for PERSONAL_TEXT_MAX + 1 and ends in a NUL. An empty field is an empty text. */
int personal_unseal(struct vault *, enum personal_field, const struct entry_subject *,
		    const struct sealed *, char ret[PERSONAL_TEXT_MAX + 1]) NODISCARD;

#endif
