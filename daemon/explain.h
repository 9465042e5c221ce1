/*
 * Inside an explanation: the person in hand and the reply as it grows. Shared by explain.c, which
 * gathers, and explain_steps.c, which puts it into sentences. Loop thread.
 */
#ifndef DAEMON_EXPLAIN_H
#define DAEMON_EXPLAIN_H

#include "query_inner.h"

#define EXPLAIN_STEPS_MAX 320

/* What only an entry's record knows. */
struct explain_fact {
	int64_t recorded_at;
	int32_t total; /* of the year, as decided then, after the cap */
};

struct explain {
	struct call *call;
	const struct query_moment *moment;
	struct query *query; /* the person is in its scratch */
	struct day on;
	uint64_t shown; /* the entries told of */
	struct explain_fact facts[STANDING_ENTRIES_MAX];
	Demerit__V1__ExplainReply *reply;
};

/*
 * A new step, to be followed by explain_en() and explain_zh(). Rule names are a contract. source:
 * "national", "province", "project", "decision"; clause may be empty.
 */
Demerit__V1__ExplainStep *explain_step(struct explain *, const char *rule, const char *source,
				       const struct text *clause);
void explain_en(struct explain *, Demerit__V1__ExplainStep *, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void explain_zh(struct explain *, Demerit__V1__ExplainStep *, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A day as text, in the arena. */
const char *explain_day(struct explain *, struct day);

/* Of one entry; penalty NULL: it needed none, or it is not known any more. */
void explain_entry_step(struct explain *, const struct entry *, const struct penalty_row *penalty);
/* explain_case.c: what repairs took off a year's total; what is stayed on the day. */
void explain_repairs(struct explain *, int year, struct day up_to);
void explain_stays(struct explain *);
/* Everything behind the entries: totals, what they brought, until when, what ends it. */
void explain_steps(struct explain *);

#endif
