/*
 * The words of the enums.
 *
 * Owns nothing but the generated table. The client's messages and command line and the daemon's
 * log call it on any thread. It never translates: Chinese words are the command line's.
 */

#include "words.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

const struct words *
words_find(const char *name)
{
	for (size_t i = 0; i < words_table_count; i++)
		if (strcmp(words_table[i].name, name) == 0)
			return &words_table[i];
	return NULL;
}

const char *
words_get(const struct words *words, unsigned value)
{
	assert(words != NULL);
	return value < words->count ? words->words[value] : NULL;
}

unsigned
words_value(const struct words *words, const char *word)
{
	assert(words != NULL);
	for (size_t i = 1; i < words->count; i++)
		if (strcasecmp(words->words[i], word) == 0)
			return (unsigned)i;
	return 0;
}
