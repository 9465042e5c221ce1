/*
 * Codes, ids and short texts as values: copied, compared, without pointers.
 *
 * A code is 1-64 bytes of printable ASCII without blanks. Real identifiers carry junk, so
 * nothing here checks a format: "009999" is a code that nobody is registered under.
 */
#ifndef LEDGER_CODE_H
#define LEDGER_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CODE_SIZE_MAX	64
#define SLUG_SIZE_MAX	31
#define TEXT_SIZE_MAX	255
#define SEALED_SIZE_MAX 639

struct code {
	uint8_t size; /* 0: empty, not given */
	char text[CODE_SIZE_MAX + 1];
};

/* A jurisdiction: "hunan". Lower-case letters, digits and hyphens. */
struct slug {
	char text[SLUG_SIZE_MAX + 1];
};

/* UTF-8 without NUL, not about a person: an article, an authority, a clause. */
struct text {
	uint8_t size;
	char text[TEXT_SIZE_MAX + 1];
};

/*
 * A personal field (a name, a reason): ciphertext, opaque to the ledger. The plain text is
 * at most 512 bytes; the vault's header, nonce and tag make up the rest.
 */
struct sealed {
	uint16_t size;
	uint8_t bytes[SEALED_SIZE_MAX];
};

/* False, and ret_code untouched, when the bytes are not a code. */
bool code_set(const char *bytes, size_t size, struct code *ret_code);
bool code_equal(const struct code *, const struct code *);
/* For buckets in memory: not keyed, never stored. */
uint64_t code_hash(const struct code *);

static inline bool
code_is_empty(const struct code *code)
{
	return code->size == 0;
}

bool slug_set(const char *bytes, size_t size, struct slug *ret_slug);
bool slug_equal(const struct slug *, const struct slug *);

/* False when longer than TEXT_SIZE_MAX; UTF-8 is the caller's to have checked. */
bool text_set(const char *bytes, size_t size, struct text *ret_text);
bool text_equal(const struct text *, const struct text *);

#endif
