/*
 * Whom an alias names, and what became of an institution, now and at any earlier moment.
 *
 * Owns nothing; called by the writer (with its batch) and by the loops (without), as lookup.c. The
 * row of an alias tells its last change; what it was before is folded from its records.
 */
#include "lookup.h"

#include <string.h>

#include "identity.h"

struct alias_fold {
	const struct code *alias;
	struct code practitioner;
};

static int
fold_alias(void *user, const struct event *event, uint64_t sequence)
{
	struct alias_fold *fold = user;

	(void)sequence;
	if ((event->kind != EVENT_ALIAS_SET && event->kind != EVENT_ALIAS_REMOVED) ||
	    !code_equal(&event->alias.alias, fold->alias))
		return 0;
	if (event->kind == EVENT_ALIAS_SET)
		fold->practitioner = event->practitioner;
	else
		memset(&fold->practitioner, 0, sizeof(fold->practitioner));
	return 0;
}

int
lookup_alias(const struct lookup *lookup, const struct code *alias, uint64_t as_of,
	     struct code *ret_practitioner)
{
	struct alias_fold fold = {.alias = alias};
	struct store_value value;
	struct apply_alias row;
	struct apply_key key;

	apply_key_code(&key, alias);
	int r = lookup_row(lookup, TABLE_ALIAS, &key, &value);
	if (r < 0)
		return r;
	if (!apply_read_alias(value.bytes, value.size, &row))
		return STORE_DAMAGED;
	if (row.sequence <= as_of)
		fold.practitioner = row.practitioner;
	else
		r = lookup_events(lookup, SUBJECT_ALIAS, alias, as_of, fold_alias, &fold);
	if (r == 0 && code_is_empty(&fold.practitioner))
		r = STORE_NOT_FOUND;
	if (r == 0)
		*ret_practitioner = fold.practitioner;
	return r;
}

struct change_fold {
	struct institution_row *row;
	struct sealed *name; /* NULL: not asked for */
};

static int
fold_change(void *user, const struct event *event, uint64_t sequence)
{
	struct change_fold *fold = user;

	(void)sequence;
	if (!institution_apply(fold->row, event))
		return STORE_DAMAGED;
	if (fold->name != NULL && event->kind == EVENT_INSTITUTION_CHANGED &&
	    code_equal(&event->changed.institution, &fold->row->code) &&
	    event->changed.name.size > 0)
		*fold->name = event->changed.name;
	return 0;
}

int
lookup_changes(const struct lookup *lookup, const struct code *code, uint64_t as_of,
	       struct institution_row *row, struct sealed *name)
{
	struct change_fold fold = {row, name};

	return lookup_events(lookup, SUBJECT_CHANGE, code, as_of, fold_change, &fold);
}

int
lookup_other_name(const struct lookup *lookup, const struct code *name, uint64_t as_of,
		  struct code *ret_practitioner)
{
	struct code alias;

	int r = lookup_alias(lookup, name, as_of, ret_practitioner);
	if (r == STORE_NOT_FOUND && identity_alias(IDENTITY_CODE, name->text, name->size, &alias))
		r = lookup_alias(lookup, &alias, as_of, ret_practitioner);
	return r;
}
