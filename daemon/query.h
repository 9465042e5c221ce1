/*
 * The handlers of all questions, and the scratch they share on one loop. They read overlay and
 * view merged, so that anyone reads what was acknowledged, and wait for nothing.
 */
#ifndef DAEMON_QUERY_H
#define DAEMON_QUERY_H

#include "call.h"

struct query;

/* One a loop, made and freed by whoever makes the loop; its reader is the context's. */
struct query *query_new(const struct call_book *, struct store_reader *);
struct query *query_free(struct query *);

enum call_result query_check(struct call *); /* with detail, or of the past */
enum call_result query_check_batch(struct call *);
enum call_result query_screen(struct call *);
enum call_result query_clawback(struct call *);
enum call_result query_standing(struct call *);
enum call_result query_history(struct call *);
enum call_result query_watch(struct call *);
enum call_result query_export(struct call *);
enum call_result query_explain(struct call *);
enum call_result query_outcome(struct call *);
enum call_result query_status(struct call *);
enum call_result query_rulebook_list(struct call *);
enum call_result query_rulebook_show(struct call *);
enum call_result query_rulebook_check(struct call *);
enum call_result query_rulebook_diff(struct call *);
enum call_result query_policy_show(struct call *);
enum call_result query_calendar_show(struct call *);
enum call_result query_penalty_show(struct call *);
enum call_result query_institution_show(struct call *);
enum call_result query_case_list(struct call *);

#endif
