/*
 * What a year's total brings: a suspension, a termination, nothing. Private to the decide_*.c
 * family.
 */
#ifndef LEDGER_CONSEQUENCE_H
#define LEDGER_CONSEQUENCE_H

#include "decide.h"

struct consequence {
	const struct standing *standing; /* with the new entry in, the fallen ones out */
	const struct rulebook *rulebook;
	const struct choice *choice;
	bool reason_given;
	bool after_fall;	     /* sanctions fell: time was served under them */
	uint8_t trigger;	     /* the entry whose arrival is judged */
	const struct code *sanction; /* the id for what is set */
};

/* Append the sanction that the total brings, if any; needs and detail on refusal. */
enum verdict consequence_decide(const struct consequence *, struct decision *ret);

/* Refuse whatever was chosen: nothing here takes a choice. */
enum verdict consequence_none(const struct choice *, int32_t total, struct decision *ret);

#endif
