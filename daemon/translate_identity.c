/*
 * From the wire's messages about names to commands. Owns nothing; called by translate.c, on loop
 * threads. Never looks into the book.
 */
#include <string.h>

#include "identity.h"
#include "proto/ident.h"
#include "translate_inner.h"

static void
get_alias(struct translation *t, const char *field, const char *text, struct code *ret)
{
	translate_code(t, field, text, true, ret);
	if (t->status == STATUS_OK && (!identity_alias_valid(ret) || identity_is_card_number(ret)))
		translate_fault(t, STATUS_FIELD_BAD_VALUE, field);
}

void
translate_aliases(struct translation *t, char **texts, size_t count, struct command_add *ret)
{
	if (count > ADD_ALIASES_MAX) {
		translate_fault(t, STATUS_FIELD_RANGE, "aliases");
		return;
	}
	for (size_t i = 0; i < count; i++) {
		get_alias(t, "aliases", texts[i], &ret->aliases[i]);
		for (size_t other = 0; other < i; other++) {
			if (code_equal(&ret->aliases[i], &ret->aliases[other]))
				translate_fault(t, STATUS_FIELD_TWICE, "aliases");
		}
	}
	ret->aliases_count = (uint8_t)count;
}

static void
alias(struct translation *t, const Demerit__V1__Alias *in)
{
	struct command_alias *out = &t->command->alias;

	t->command->kind = COMMAND_ALIAS;
	translate_code(t, "practitioner", in->practitioner, true, &t->command->practitioner);
	get_alias(t, "alias", in->alias, &out->alias.alias);
	out->remove = in->has_remove && in->remove;
}

static void
institution_change(struct translation *t, const Demerit__V1__InstitutionChange *in)
{
	struct event_institution_changed *out = &t->command->changed;

	t->command->kind = COMMAND_INSTITUTION_CHANGE;
	translate_code(t, "code", in->code, true, &out->institution);
	translate_need(t, "on", in->has_on);
	translate_day(t, "on", in->has_on, in->on, DAY_NONE, &out->on);
	translate_personal(t, "name", in->name, false);
	if (in->region != NULL && !ident_region_valid(in->region, strlen(in->region)))
		translate_fault(t, STATUS_FIELD_BAD_VALUE, "region");
	translate_code(t, "region", in->region, false, &out->region);
	translate_code(t, "merged_into", in->merged_into, false, &out->merged_into);
	if (in->merged_into != NULL && code_equal(&out->merged_into, &out->institution))
		translate_fault(t, STATUS_FIELD_BAD_VALUE, "merged_into");
	translate_day(t, "closed_on", in->has_closed_on, in->closed_on,
		      in->merged_into == NULL ? DAY_NONE : out->on, &out->closed_on);
	translate_text(t, "reason", in->reason, false, &out->reason);
	if (in->name == NULL && in->region == NULL && day_is_none(out->closed_on))
		translate_fault(t, STATUS_FIELD_MISSING, "closed_on");
}

bool
translate_identity(struct translation *t, unsigned body, const ProtobufCMessage *message)
{
	const void *in = message;

	switch (body) {
	case DEMERIT__V1__REQUEST__BODY_ALIAS:
		alias(t, in);
		return true;
	case DEMERIT__V1__REQUEST__BODY_INSTITUTION_CHANGE:
		institution_change(t, in);
		return true;
	default:
		return false;
	}
}
