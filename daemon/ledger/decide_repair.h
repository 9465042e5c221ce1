/*
 * Repair: points off for active correction, from a day on. As decide.h, which explains how a
 * decision is made. facts->rulebook is that of the year's last standing entry; NULL: the year has
 * none.
 */
#ifndef LEDGER_DECIDE_REPAIR_H
#define LEDGER_DECIDE_REPAIR_H

#include "decide_case.h"

/* The rulebook of the last scored entry that counts in that day's year up to it. False: none. */
bool repair_rulebook(const struct standing *, struct day on, struct rulebook_id *ret_id,
		     struct day *ret_on);

enum verdict decide_repair_request(const struct event_repair_requested *, const struct facts *,
				   const struct case_facts *, struct decision *ret);

struct command_repair {
	struct code id;
	struct day on;
	int32_t points;	      /* 0: as asked for, or as the rulebook fixes */
	struct code sanction; /* a suspension that is shortened; empty: none */
	struct day until;     /* its new end */
	struct sealed reason;
};
enum verdict decide_repair_approve(const struct command_repair *, const struct facts *,
				   const struct case_facts *, struct decision *ret);
enum verdict decide_repair_deny(const struct event_step *, const struct facts *,
				const struct case_facts *, struct decision *ret);

#endif
