/*
 * The handlers of all writes: they check shape, fill a command and hand it to the writer. The
 * answer comes when the disk has it. Loop threads.
 */
#ifndef DAEMON_SUBMIT_H
#define DAEMON_SUBMIT_H

#include "call.h"

enum call_result submit_institution_add(struct call *);
enum call_result submit_practitioner_add(struct call *);
enum call_result submit_registration_join(struct call *);
enum call_result submit_registration_leave(struct call *);
enum call_result submit_reregister(struct call *);
enum call_result submit_penalty_record(struct call *);
enum call_result submit_penalty_overturn(struct call *);
enum call_result submit_points_record(struct call *);
enum call_result submit_points_annul(struct call *);
enum call_result submit_points_correct(struct call *);
enum call_result submit_points_propose(struct call *);
enum call_result submit_points_approve(struct call *);
enum call_result submit_foreign_record(struct call *);
enum call_result submit_foreign_end(struct call *);
enum call_result submit_institution_note(struct call *);
enum call_result submit_rulebook_load(struct call *);
enum call_result submit_policy_load(struct call *);
enum call_result submit_calendar_load(struct call *);
enum call_result submit_institution_change(struct call *);
enum call_result submit_alias(struct call *);
enum call_result submit_notice(struct call *);
enum call_result submit_objection_file(struct call *);
enum call_result submit_objection_explain(struct call *);
enum call_result submit_review(struct call *);
enum call_result submit_stay(struct call *);
enum call_result submit_resume(struct call *);
enum call_result submit_repair_request(struct call *);
enum call_result submit_repair_approve(struct call *);
enum call_result submit_repair_deny(struct call *);
enum call_result submit_write_batch(struct call *);

#endif
