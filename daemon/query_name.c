/*
 * Who is meant: people are asked for by their code, by an earlier one, or by an alias.
 *
 * Called on a loop's thread. Owns nothing. Memory answers for now, the book for the past. Never
 * tells of an alias that was not set yet at the moment asked about.
 */
#include <string.h>

#include "query_inner.h"
#include "standings.h"

int
query_alias(struct call *call, const struct query_moment *moment, const struct code *alias,
	    struct code *ret)
{
	const struct standings *standings = call->context->book->standings;

	memset(ret, 0, sizeof(*ret));
	switch (standings_alias(standings, alias, moment->as_of, ret)) {
	case STANDINGS_FOUND:
	case STANDINGS_NONE:
		return 0;
	case STANDINGS_MOVING:
		break;
	}
	int r = lookup_alias(&call->context->query->lookup, alias, moment->as_of, ret);
	return r == STORE_NOT_FOUND ? 0 : r;
}

int
query_whom(struct call *call, const struct query_moment *moment, const struct code *name,
	   struct code *ret)
{
	const struct standings *standings = call->context->book->standings;
	struct standings_person person;
	int r = 0;

	*ret = *name;
	/* A code that was registered at any time is its own person's, and nobody else's name. */
	if (standings_person(standings, name, &person) == STANDINGS_FOUND)
		return 0;
	switch (standings_other_name(standings, name->text, name->size, moment->as_of, ret)) {
	case STANDINGS_FOUND:
	case STANDINGS_NONE:
		break;
	case STANDINGS_MOVING:
		r = lookup_other_name(&call->context->query->lookup, name, moment->as_of, ret);
		break;
	}
	return r == STORE_NOT_FOUND ? 0 : r;
}

int
query_named(struct call *call, const struct query_moment *moment, const struct code *name)
{
	struct code whom;

	int r = query_whom(call, moment, name, &whom);
	return r < 0 ? r : query_person(call->context->query, &whom, moment->as_of);
}
