/*
 * Shared by the facts family (facts*.c): gathering one thing onto the desk. Nobody else's. Failures
 * are the store's.
 */
#ifndef DAEMON_FACTS_INNER_H
#define DAEMON_FACTS_INNER_H

#include "desk.h"

/* A refusal that the gathering itself comes upon. */
void facts_refuse(struct desk *, enum verdict, const struct code *thing, struct day);

int facts_person(struct desk *, const struct code *practitioner) NODISCARD;
int facts_institution(struct desk *, const struct code *) NODISCARD;

/* Of whom: the entry says it, unless the command does; ENTRY_UNKNOWN: nobody's. */
int facts_entry_owner(struct desk *, struct command *, const struct code *entry) NODISCARD;

/* One version, inheriting as on that day. */
void facts_rulebook_version(struct desk *, const struct rulebook_id *, struct day on);

/* The first of E17, E17-2, ... that nobody has chosen for something else before. */
int facts_default_id(struct desk *, enum apply_table, char letter, struct code *ret) NODISCARD;
/* From the nth of them on; nth is then the one after it, for the record's next. */
int facts_next_id(struct desk *, enum apply_table, char letter, unsigned *nth,
		  struct code *ret) NODISCARD;

/* What points need to know; what a correction does not say is as it was. */
int facts_points(struct desk *, struct command *, struct command_score *) NODISCARD;
void facts_fill_from_entry(struct command_score *, const struct entry *);

/* Does the command's name differ from that one? A name that was erased or is lost cannot. */
int facts_name(struct desk *, const struct command *, const struct entry_subject *,
	       const struct sealed *recorded) NODISCARD;
int facts_institution_name(struct desk *, const struct code *, struct sealed *ret) NODISCARD;
int facts_institution_change(struct desk *, const struct command *) NODISCARD;

/* facts_identity.c: whom an alias names; whom the names of a new person do. */
int facts_alias(struct desk *, const struct code *alias) NODISCARD;
int facts_new_names(struct desk *, const struct command *) NODISCARD;

/* facts_case.c: notice, objection, review, stay. */
int facts_gather_case(struct desk *, struct command *) NODISCARD;

#endif
