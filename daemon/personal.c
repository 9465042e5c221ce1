/*
 * Sealing and unsealing personal fields through the vault.
 *
 * Owns nothing; sealing is called by the writer, unsealing by any thread. Never keeps a text.
 */
#include "personal.h"

#include <assert.h>
#include <string.h>

#define CONTEXT_MAX (2 + CODE_SIZE_MAX)

static_assert(PERSONAL_TEXT_MAX + VAULT_OVERHEAD <= SEALED_SIZE_MAX, "the longest text fits");

static size_t
context_of(enum personal_field field, const struct entry_subject *subject, uint8_t *ret)
{
	ret[0] = (uint8_t)field;
	ret[1] = (uint8_t)subject->kind;
	memcpy(ret + 2, subject->code.text, subject->code.size);
	return 2u + subject->code.size;
}

int
personal_seal(struct vault *vault, const struct vault_key *key, enum personal_field field,
	      const struct entry_subject *subject, const char *text, size_t size,
	      struct sealed *ret)
{
	uint8_t context[CONTEXT_MAX];
	size_t context_size = context_of(field, subject, context);

	assert(size > 0 && size <= PERSONAL_TEXT_MAX);
	int r = vault_seal(vault, key, context, context_size, text, size, ret->bytes);
	if (r == 0)
		ret->size = (uint16_t)(size + VAULT_OVERHEAD);
	return r;
}

int
personal_unseal(struct vault *vault, enum personal_field field, const struct entry_subject *subject,
		const struct sealed *sealed, char ret[PERSONAL_TEXT_MAX + 1])
{
	uint8_t context[CONTEXT_MAX];
	size_t context_size = context_of(field, subject, context);

	if (sealed->size == 0) {
		ret[0] = '\0';
		return 0;
	}
	if (sealed->size < VAULT_OVERHEAD || sealed->size - VAULT_OVERHEAD > PERSONAL_TEXT_MAX)
		return STORE_DAMAGED;
	int r =
	    vault_unseal(vault, context, context_size, sealed->bytes, sealed->size, (uint8_t *)ret);
	if (r == 0)
		ret[sealed->size - VAULT_OVERHEAD] = '\0';
	return r;
}
