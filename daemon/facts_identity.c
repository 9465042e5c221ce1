/*
 * Facts about names: whom a code or an alias names already.
 *
 * Called by the writer's desk. Looks things up; never decides a rule.
 */
#include "facts_inner.h"
#include "identity.h"

static int
is_registered(struct desk *desk, const struct code *code, bool *ret)
{
	struct store_value value;
	struct apply_key key;

	apply_key_code(&key, code);
	int r = lookup_row(&desk->lookup, TABLE_PRACTITIONER, &key, &value);
	*ret = r == 0;
	return r == STORE_NOT_FOUND ? 0 : r;
}

static void
owned(struct desk *desk, const struct code *name, const struct code *owner)
{
	desk->alias_owner = *owner;
	desk->facts.alias_owner = &desk->alias_owner;
	desk->facts.alias_owned = name;
}

/* A code in use is nobody's alias, neither as it stands nor as code:CODE. */
int
facts_alias(struct desk *desk, const struct code *alias)
{
	struct code code, owner;
	bool registered;

	int r = lookup_alias(&desk->lookup, alias, LOOKUP_NOW, &owner);
	if (r == 0)
		owned(desk, alias, &owner);
	if (r != STORE_NOT_FOUND)
		return r;
	r = is_registered(desk, alias, &registered);
	if (r == 0 && registered)
		owned(desk, alias, alias);
	if (r < 0 || registered || !identity_value(alias, IDENTITY_CODE, &code))
		return r;
	r = is_registered(desk, &code, &registered);
	if (r == 0 && registered)
		owned(desk, alias, &code);
	return r;
}

int
facts_new_names(struct desk *desk, const struct command *command)
{
	struct code owner;

	int r = lookup_other_name(&desk->lookup, &command->practitioner, LOOKUP_NOW, &owner);
	if (r == 0)
		owned(desk, &command->practitioner, &owner);
	if (r == STORE_NOT_FOUND)
		r = 0;
	for (size_t i = 0; r == 0 && i < command->add.aliases_count; i++) {
		if (desk->facts.alias_owner == NULL)
			r = facts_alias(desk, &command->add.aliases[i]);
	}
	return r;
}

/* ---- institutions ---- */

int
facts_institution_name(struct desk *desk, const struct code *code, struct sealed *ret)
{
	struct institution_row row = {.code = *code};
	struct event_institution recorded;

	int r = lookup_institution_event(&desk->lookup, code, &recorded);
	if (r < 0)
		return r;
	*ret = recorded.name;
	return lookup_changes(&desk->lookup, code, LOOKUP_NOW, &row, ret);
}

int
facts_institution_change(struct desk *desk, const struct command *command)
{
	const struct event_institution_changed *changed = &command->changed;
	struct entry_subject subject = {SUBJECT_INSTITUTION, changed->institution};
	struct sealed name;
	uint64_t sequence;

	int r = facts_institution(desk, &changed->institution);
	if (r == 0 && desk->facts.institution != NULL && command->personal_size > 0) {
		r = facts_institution_name(desk, &changed->institution, &name);
		if (r == 0)
			r = facts_name(desk, command, &subject, &name);
	}
	if (r < 0)
		return r;
	r = lookup_institution(&desk->lookup, &changed->merged_into, LOOKUP_NOW, &desk->successor,
			       &sequence);
	if (r == 0 && !code_is_empty(&desk->successor.code))
		desk->facts.successor = &desk->successor;
	return r;
}
