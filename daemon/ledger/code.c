/*
 * Codes, slugs and short texts. Owns nothing; called wherever bytes become values, on any thread.
 * Never judges whether a code is well-formed: junk is a code that nobody has.
 */
#include "code.h"

#include <assert.h>
#include <string.h>

static_assert(TEXT_SIZE_MAX <= UINT8_MAX, "a text's size is one byte");
static_assert(SEALED_SIZE_MAX <= UINT16_MAX, "a sealed field's size is two bytes");

bool
code_set(const char *bytes, size_t size, struct code *ret_code)
{
	if (size == 0 || size > CODE_SIZE_MAX)
		return false;
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] < 0x21 || bytes[i] > 0x7e)
			return false;
	}

	memset(ret_code, 0, sizeof(*ret_code));
	memcpy(ret_code->text, bytes, size);
	ret_code->size = (uint8_t)size;
	return true;
}

bool
code_equal(const struct code *a, const struct code *b)
{
	assert(a->size <= CODE_SIZE_MAX && b->size <= CODE_SIZE_MAX);
	return a->size == b->size && memcmp(a->text, b->text, a->size) == 0;
}

uint64_t
code_hash(const struct code *code)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

	for (size_t i = 0; i < code->size; i++)
		hash = (hash ^ (uint8_t)code->text[i]) * UINT64_C(0x100000001b3);
	return hash ^ hash >> 32;
}

bool
slug_set(const char *bytes, size_t size, struct slug *ret_slug)
{
	if (size == 0 || size > SLUG_SIZE_MAX)
		return false;
	for (size_t i = 0; i < size; i++) {
		char c = bytes[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
			return false;
	}

	memset(ret_slug, 0, sizeof(*ret_slug));
	memcpy(ret_slug->text, bytes, size);
	return true;
}

bool
slug_equal(const struct slug *a, const struct slug *b)
{
	/* Slugs are zero behind their text. */
	return memcmp(a->text, b->text, sizeof(a->text)) == 0;
}

bool
text_set(const char *bytes, size_t size, struct text *ret_text)
{
	if (size > TEXT_SIZE_MAX)
		return false;

	memset(ret_text, 0, sizeof(*ret_text));
	if (size > 0)
		memcpy(ret_text->text, bytes, size);
	ret_text->size = (uint8_t)size;
	return true;
}

bool
text_equal(const struct text *a, const struct text *b)
{
	return a->size == b->size && memcmp(a->text, b->text, a->size) == 0;
}
