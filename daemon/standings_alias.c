/*
 * The table of aliases: whom each names, and since when.
 *
 * Part of the standings: written by the writer's thread, read by the loops without lock or
 * allocator, so that a claim that names people by their certificates costs what one that names them
 * by their codes does, and a second look. A row is the last change; what an alias meant before that
 * the book knows.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "identity.h"
#include "standings_inner.h"

int
standings_put_alias(struct standings *standings, const struct code *alias,
		    const struct code *practitioner, uint64_t sequence)
{
	struct slot_words words = {{0}};
	struct code *beside = malloc(sizeof(*beside));

	assert(alias->size > 0);
	if (beside == NULL)
		return -ENOMEM;
	*beside = *practitioner;
	words.words[SLOT_META] = slot_meta(alias->size, 0, 2);
	words.words[SLOT_SINCE] = sequence;
	return table_put(&standings->set, &standings->aliases, alias, &words, beside);
}

static enum standings_found
find_alias(const struct standings *standings, const char *bytes, size_t size, uint64_t as_of,
	   struct code *ret)
{
	struct table *table = atomic_load_explicit(&standings->aliases, memory_order_acquire);
	struct slot_words words;
	struct slot *slot;

	if (atomic_load_explicit(&table->used, memory_order_relaxed) == 0)
		return STANDINGS_NONE;
	uint64_t hash = table_hash(&standings->set, bytes, size);
	enum standings_found found = table_find(table, bytes, size, hash, &words, &slot);
	if (found != STANDINGS_FOUND)
		return found;
	if (words.words[SLOT_SINCE] > as_of)
		return STANDINGS_MOVING;
	const struct code *practitioner = slot_beside(&words);
	assert(practitioner != NULL);
	if (code_is_empty(practitioner))
		return STANDINGS_NONE;
	*ret = *practitioner;
	return STANDINGS_FOUND;
}

enum standings_found
standings_alias(const struct standings *standings, const struct code *alias, uint64_t as_of,
		struct code *ret)
{
	return find_alias(standings, alias->text, alias->size, as_of, ret);
}

enum standings_found
standings_other_name(const struct standings *standings, const char *name, size_t size,
		     uint64_t as_of, struct code *ret)
{
	enum standings_found found = find_alias(standings, name, size, as_of, ret);
	struct code alias;

	if (found != STANDINGS_NONE || !identity_alias(IDENTITY_CODE, name, size, &alias))
		return found;
	return find_alias(standings, alias.text, alias.size, as_of, ret);
}
