/*
 * Whom an alias names, and what became of an institution, now and at any earlier moment.
 *
 * Owns nothing; called by the writer (with its batch) and by the loops (without), as lookup.c. The
 * row of an alias tells its last change; what it was before is folded from its records.
 */
#include "lookup.h"

#include <string.h>

#include "entry.h"
#include "identity.h"

static int
fold_alias(const struct lookup *lookup, uint64_t sequence, const struct code *alias,
	   struct code *practitioner)
{
	struct entry_body body;
	struct event event;

	int r = lookup_body(lookup, sequence, &body);
	if (r < 0)
		return r;
	while (entry_next_event(&body.events, &event)) {
		if ((event.kind != EVENT_ALIAS_SET && event.kind != EVENT_ALIAS_REMOVED) ||
		    !code_equal(&event.alias.alias, alias))
			continue;
		if (event.kind == EVENT_ALIAS_SET)
			*practitioner = event.practitioner;
		else
			memset(practitioner, 0, sizeof(*practitioner));
	}
	return 0;
}

static int
alias_then(const struct lookup *lookup, const struct code *alias, uint64_t as_of,
	   struct code *practitioner)
{
	struct lookup_page page;
	uint64_t after = 0;
	int r;

	do {
		r = lookup_subject(lookup, SUBJECT_ALIAS, alias, after, as_of, true, &page);
		for (size_t i = 0; r == 0 && i < page.count; i++)
			r = fold_alias(lookup, after = page.sequences[i], alias, practitioner);
	} while (r == 0 && page.count == sizeof(page.sequences) / sizeof(page.sequences[0]));
	return r;
}

int
lookup_alias(const struct lookup *lookup, const struct code *alias, uint64_t as_of,
	     struct code *ret_practitioner)
{
	struct code practitioner = {0};
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
		practitioner = row.practitioner;
	else
		r = alias_then(lookup, alias, as_of, &practitioner);
	if (r == 0 && code_is_empty(&practitioner))
		r = STORE_NOT_FOUND;
	if (r == 0)
		*ret_practitioner = practitioner;
	return r;
}

static int
fold_change(const struct lookup *lookup, uint64_t sequence, struct institution_row *row,
	    struct sealed *name)
{
	struct entry_body body;
	struct event event;

	int r = lookup_body(lookup, sequence, &body);
	if (r < 0)
		return r;
	while (entry_next_event(&body.events, &event)) {
		if (!institution_apply(row, &event))
			return STORE_DAMAGED;
		if (name != NULL && event.kind == EVENT_INSTITUTION_CHANGED &&
		    code_equal(&event.changed.institution, &row->code) &&
		    event.changed.name.size > 0)
			*name = event.changed.name;
	}
	return 0;
}

int
lookup_changes(const struct lookup *lookup, const struct code *code, uint64_t as_of,
	       struct institution_row *row, struct sealed *name)
{
	struct lookup_page page;
	uint64_t after = 0;
	int r;

	do {
		r = lookup_subject(lookup, SUBJECT_CHANGE, code, after, as_of, true, &page);
		for (size_t i = 0; r == 0 && i < page.count; i++)
			r = fold_change(lookup, after = page.sequences[i], row, name);
	} while (r == 0 && page.count == sizeof(page.sequences) / sizeof(page.sequences[0]));
	return r;
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
