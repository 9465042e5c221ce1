/*
 * The forms of an alias. Owns nothing; called by whoever reads one, on any thread. Never looks into
 * the book.
 */
#include "identity.h"

#include <string.h>

#define CARD_DIGITS 17

static size_t
kind_size(const struct code *alias)
{
	const char *colon = memchr(alias->text, ':', alias->size);

	return colon == NULL ? 0 : (size_t)(colon - alias->text);
}

bool
identity_alias_valid(const struct code *alias)
{
	size_t size = kind_size(alias);

	if (size == 0 || size + 1 == alias->size)
		return false;
	for (size_t i = 0; i < size; i++) {
		char c = alias->text[i];
		bool letter = c >= 'a' && c <= 'z';
		bool other = (c >= '0' && c <= '9') || c == '-';
		if (!letter && (!other || i == 0))
			return false;
	}
	return true;
}

bool
identity_is_card_number(const struct code *alias)
{
	size_t kind = kind_size(alias);
	const char *value = alias->text + (kind == 0 ? 0 : kind + 1);
	size_t size = alias->size - (size_t)(value - alias->text);

	if (size != CARD_DIGITS + 1)
		return false;
	for (size_t i = 0; i < CARD_DIGITS; i++) {
		if (value[i] < '0' || value[i] > '9')
			return false;
	}
	char last = value[CARD_DIGITS];
	return (last >= '0' && last <= '9') || last == 'X' || last == 'x';
}

bool
identity_alias(const char *kind, const char *value, size_t size, struct code *ret)
{
	char text[CODE_SIZE_MAX];
	size_t used = strlen(kind);

	if (size > sizeof(text) || used + 1 + size > sizeof(text))
		return false;
	memcpy(text, kind, used);
	text[used++] = ':';
	memcpy(text + used, value, size);
	return code_set(text, used + size, ret);
}

bool
identity_value(const struct code *alias, const char *kind, struct code *ret)
{
	size_t size = strlen(kind);

	return kind_size(alias) == size && memcmp(alias->text, kind, size) == 0 &&
	       code_set(alias->text + size + 1, alias->size - size - 1, ret);
}
