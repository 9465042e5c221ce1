/*
 * From the wire to a command: shapes are checked, words become numbers. What is wrong is the first
 * thing wrong, with the field's name; what it means is the ledger's to decide.
 *
 * Loop threads. Messages have passed the pre-validator: UTF-8, sizes, enum ranges.
 */
#ifndef DAEMON_TRANSLATE_H
#define DAEMON_TRANSLATE_H

#include "command.h"
#include "rules.h"

struct ProtobufCMessage;

struct translation {
	struct command *command;
	struct day today;
	enum status_reason status; /* STATUS_OK so far */
	const char *field;	   /* of the first fault; static */
	struct rules_error rules;  /* of a text that is no rulebook: status is FIELD_BAD_VALUE */
};

/* Keep the first fault. */
void translate_fault(struct translation *, enum status_reason, const char *field);

/*
 * Fill the command from the body with this number of a Request or of an item of a batch. Whatever
 * the command owns is freed with it, also after a fault.
 */
void translate_body(struct translation *, unsigned body, const struct ProtobufCMessage *);

/* translate_rules.c: RulebookLoad, PolicyLoad. */
void translate_rules(struct translation *, enum rules_kind, const char *text);

#endif
