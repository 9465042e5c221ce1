/*
 * The kinds of field of a message, each read in one way: presence, shape, range. Owns nothing;
 * called by the translate family, on loop threads. Never looks into the book.
 */
#include "translate_inner.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "proto/ident.h"

void
translate_fault(struct translation *t, enum status_reason status, const char *field)
{
	if (t->status != STATUS_OK)
		return;
	t->status = status;
	t->field = field;
}

/* ---- the kinds of field ---- */

void
translate_code(struct translation *t, const char *field, const char *text, bool needed,
	       struct code *ret)
{
	if (text == NULL) {
		if (needed)
			translate_fault(t, STATUS_FIELD_MISSING, field);
	} else if (!code_set(text, strlen(text), ret)) {
		translate_fault(t, STATUS_FIELD_BAD_CODE, field);
	}
}

/* An id that the caller chose. */
void
translate_id(struct translation *t, const char *field, const char *text, bool needed,
	     struct code *ret)
{
	if (text != NULL && !ident_id_valid(text, strlen(text)))
		translate_fault(t, STATUS_FIELD_BAD_ID, field);
	else
		translate_code(t, field, text, needed, ret);
}

void
translate_text(struct translation *t, const char *field, const char *text, bool needed,
	       struct text *ret)
{
	if (text == NULL || text[0] == '\0') {
		if (needed)
			translate_fault(t, STATUS_FIELD_MISSING, field);
	} else if (!text_set(text, strlen(text), ret)) {
		translate_fault(t, STATUS_FIELD_TOO_LONG, field);
	}
}

void
translate_long_text(struct translation *t, const char *field, const char *text,
		    char ret[COMMAND_TEXT_MAX], uint16_t *ret_size)
{
	size_t size = strlen(text);

	if (size > COMMAND_TEXT_MAX) {
		translate_fault(t, STATUS_FIELD_TOO_LONG, field);
		return;
	}
	memcpy(ret, text, size);
	*ret_size = (uint16_t)size;
}

/* A name or a reason. */
void
translate_personal(struct translation *t, const char *field, const char *text, bool needed)
{
	assert(t->command->personal_size == 0);
	if (text != NULL && text[0] != '\0')
		translate_long_text(t, field, text, t->command->personal,
				    &t->command->personal_size);
	else if (needed)
		translate_fault(t, STATUS_FIELD_MISSING, field);
}

void
translate_day(struct translation *t, const char *field, bool has, int32_t number, struct day absent,
	      struct day *ret)
{
	struct day day = {number};

	*ret = absent;
	if (!has)
		return;
	if (!day_is_valid(day))
		translate_fault(t, STATUS_FIELD_BAD_DAY, field);
	else
		*ret = day;
}

void
translate_need(struct translation *t, const char *field, bool has)
{
	if (!has)
		translate_fault(t, STATUS_FIELD_MISSING, field);
}

void
translate_number(struct translation *t, const char *field, bool has, uint32_t number, uint32_t max,
		 int32_t *ret)
{
	if (!has)
		return;
	if (number > max)
		translate_fault(t, STATUS_FIELD_RANGE, field);
	else
		*ret = (int32_t)number;
}

/* 0 is "not given" in every list. */
void
translate_need_word(struct translation *t, const char *field, bool has, int number)
{
	translate_need(t, field, has && number != 0);
}

/* Words beside the decision: "published 2016-03; note". Cut off at what a text holds. */
void
translate_remark(struct translation *t, const char *field, const char *label, const char *text,
		 struct text *ret)
{
	char joined[TEXT_SIZE_MAX + 1];

	if (text == NULL || text[0] == '\0')
		return;
	int size = snprintf(joined, sizeof(joined), "%s%s%s%s%s", ret->text,
			    ret->size > 0 ? "; " : "", label, label[0] == '\0' ? "" : " ", text);
	if (size < 0 || (size_t)size > TEXT_SIZE_MAX)
		translate_fault(t, STATUS_FIELD_TOO_LONG, field);
	else
		(void)text_set(joined, (size_t)size, ret);
}

void
translate_exempt(struct translation *t, const char *field, char **words, size_t count, uint8_t *ret)
{
	for (size_t i = 0; i < count; i++) {
		unsigned kind = kind_parse(KINDS_VISIT, words[i], strlen(words[i]));
		if (kind == 0)
			translate_fault(t, STATUS_FIELD_BAD_VALUE, field);
		*ret |= (uint8_t)kind;
	}
}
