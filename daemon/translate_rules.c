/*
 * The text of a rulebook or policy on its way into the ledger: read here, so that a typo is told
 * with its line before anything is decided; recorded as it came.
 *
 * Called by translate.c, on loop threads.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "translate.h"

void
translate_rules(struct translation *t, enum rules_kind kind, const char *text)
{
	struct command *command = t->command;
	char day[DAY_TEXT_SIZE];
	char name[CODE_SIZE_MAX + 1];

	command->kind = COMMAND_RULES_LOAD;
	command->rules.kind = kind;
	if (text == NULL || text[0] == '\0') {
		translate_fault(t, STATUS_FIELD_MISSING, "text");
		return;
	}
	size_t size = strlen(text);
	if (size > RULES_TEXT_MAX) {
		translate_fault(t, STATUS_FIELD_TOO_LONG, "text");
		return;
	}
	if (rules_identify(kind, (const uint8_t *)text, size, &command->rules.id, &t->rules) < 0) {
		translate_fault(t, STATUS_FIELD_BAD_VALUE, "text");
		return;
	}
	command->text = malloc(size);
	if (command->text == NULL) {
		translate_fault(t, STATUS_BUSY, NULL);
		return;
	}
	memcpy(command->text, text, size);
	command->text_size = (uint32_t)size;
	day_format(command->rules.id.version, day);
	int length = snprintf(name, sizeof(name), "%s@%s", command->rules.id.slug.text, day);
	if (length > 0 && (size_t)length < sizeof(name))
		(void)code_set(name, (size_t)length, &command->rules_name);
}
