/*
 * libdemerit: the questions asked often. Included by demerit.h, which says what results,
 * values, threads and ownership mean.
 */

#ifndef DEMERIT_CHECK_H
#define DEMERIT_CHECK_H

#include "demerit.h"

#ifdef __cplusplus
extern "C" {
#endif

/* In the order of their weight. */
enum demerit_decision {
	DEMERIT_PAY = 1,
	DEMERIT_EXEMPT = 2,
	DEMERIT_UNDETERMINED = 3,
	DEMERIT_REFUSE = 4,
};

enum demerit_status {
	DEMERIT_NORMAL = 1,
	DEMERIT_SUSPENDED = 2,
	DEMERIT_TERMINATED = 3,
	DEMERIT_UNKNOWN = 4,
};

enum demerit_reason {
	DEMERIT_ELIGIBLE = 1,
	DEMERIT_CLASS_NOT_MANAGED = 2,
	DEMERIT_REASON_SUSPENDED = 3,
	DEMERIT_REASON_TERMINATED = 4,
	DEMERIT_BAR_OVER_NOT_REREGISTERED = 5,
	DEMERIT_EMERGENCY_EXEMPT = 6,
	DEMERIT_UNKNOWN_PRACTITIONER = 7,
	DEMERIT_NO_PRACTITIONER = 8,
	DEMERIT_RULE_NOT_SET = 9,
	DEMERIT_BAD_DATE = 10,
	DEMERIT_BAD_LINE = 11,
	DEMERIT_NOT_REGISTERED = 12,
};

/* "pay", "normal", "ELIGIBLE", "bilg_dr_codg" and so on; NULL for a number that is none. */
const char *demerit_decision_name(int decision);
const char *demerit_status_name(int status);
const char *demerit_reason_name(int reason);
const char *demerit_role_name(int role);

struct demerit_check {
	const char *practitioner; /* required */
	const char *institution;  /* NULL: the national policy */
	const char *visit_type;
	int32_t on; /* a day, if has_on; else today in UTC+8 */
	bool has_on;
	bool emergency; /* first aid, rescue */
	bool detail;	/* points, entries, rulebook, clause, registration too */
};

/* Texts are NULL, days and points meaningless without their `has_`. */
struct demerit_answer {
	int decision;
	int status;
	int reason;
	int32_t on;
	bool has_until, has_bar_until, has_points, has_registered;
	int32_t until;
	int32_t bar_until;
	uint32_t points_this_year;
	bool registered;
	const char *practitioner;
	const char *rulebook;
	const char *clause;
	size_t entries_count;
	char **entries;
};

/*
 * May the fund pay for this person on that day? `ret_answer` borrows from `ret`, which is to be
 * freed on 0 and on a positive result.
 */
int demerit_check(struct demerit *, const struct demerit_call *, const struct demerit_check *,
		  struct demerit_reply **ret, struct demerit_answer *ret_answer);

/* The same question without waiting; read its reply with demerit_reply_answer(). */
int demerit_check_send(struct demerit *, const struct demerit_call *, const struct demerit_check *,
		       uint64_t *ret_id);

/* False if the reply answers no check. Borrowed from the reply. */
bool demerit_reply_answer(const struct demerit_reply *, struct demerit_answer *ret);

/* Borrowed text that need not end in NUL. */
struct demerit_text {
	const char *bytes; /* NULL: absent */
	size_t size;
};

#define DEMERIT_LINE_ROLES_MAX 16

/* A claim line. */
struct demerit_line {
	uint64_t id; /* the caller's, comes back with the result */
	struct demerit_text institution;
	struct demerit_text med_type;
	int32_t service_day;
	bool has_service_day; /* false: the answer is BAD_DATE */
	bool emergency;
	size_t roles_count;
	struct {
		int role; /* 1 to 8; demerit_role_name() */
		struct demerit_text code;
	} roles[DEMERIT_LINE_ROLES_MAX];
};

struct demerit_result {
	uint64_t id;
	int decision;
	int reason;
	int role; /* whose person decided the line; 0: none */
	const char *practitioner;
	const char *clause;
	size_t entries_count;
	char **entries;
};

/*
 * Send a chunk of claim lines, at most Hello's items_max. Chunks are independent; give all of a
 * file the same known_at (Hello's position) and it is judged by one state of the book. -EMSGSIZE:
 * the chunk exceeds the largest frame; split it. Results come in the order of the lines, in
 * one or more replies.
 */
int demerit_screen_send(struct demerit *, const struct demerit_call *,
			const struct demerit_line *lines, size_t count, bool detail,
			uint64_t *ret_id);

/* How many results a reply holds, 0 if it is no screen's; and the index-th of them. */
size_t demerit_reply_results(const struct demerit_reply *);
void demerit_reply_result(const struct demerit_reply *, size_t index, struct demerit_result *ret);

#ifdef __cplusplus
}
#endif

#endif
