/*
 * From the wire to a command: notice, objection, review, stay.
 *
 * Owns nothing; called by translate.c, on loop threads. Checks shape only.
 */
#include "translate_inner.h"

#define REPAIR_POINTS_MAX 12

static_assert((int)DEMERIT__V1__REVIEW_OUTCOME__REVIEW_OUTCOME_WITHDRAWN == (int)REVIEW_WITHDRAWN,
	      "one list");

static void
notice(struct translation *t, const Demerit__V1__Notice *in)
{
	struct event_notice *out = &t->command->procedure.notice;

	t->command->procedure.which = PROCEDURE_NOTICE;
	translate_id(t, "id", in->id, false, &out->id);
	translate_code(t, "entry", in->entry, true, &out->entry);
	translate_code(t, "to", in->to, true, &out->to);
	translate_need(t, "served_on", in->has_served_on);
	translate_day(t, "served_on", in->has_served_on, in->served_on, DAY_NONE, &out->served_on);
	translate_text(t, "channel", in->channel, false, &out->channel);
}

static void
objection_file(struct translation *t, const Demerit__V1__ObjectionFile *in)
{
	struct event_objection *out = &t->command->procedure.objection;

	t->command->procedure.which = PROCEDURE_OBJECTION_FILE;
	translate_id(t, "id", in->id, false, &out->id);
	translate_code(t, "entry", in->entry, true, &out->entry);
	translate_code(t, "by", in->by, true, &out->by);
	translate_need(t, "received_on", in->has_received_on);
	translate_day(t, "received_on", in->has_received_on, in->received_on, DAY_NONE,
		      &out->received_on);
	out->signed_by_person = in->has_signed_by_person && in->signed_by_person;
	out->stamped = in->has_stamped_by_institution && in->stamped_by_institution;
	translate_personal(t, "text", in->text, false);
}

static void
objection_explain(struct translation *t, const Demerit__V1__ObjectionExplain *in)
{
	struct event_step *out = &t->command->procedure.step;

	t->command->procedure.which = PROCEDURE_OBJECTION_EXPLAIN;
	translate_code(t, "objection", in->objection, true, &out->id);
	translate_day(t, "on", in->has_on, in->on, t->today, &out->on);
	translate_personal(t, "text", in->text, true);
}

static void
review(struct translation *t, const Demerit__V1__Review *in)
{
	struct command_procedure *procedure = &t->command->procedure;
	struct event_reviewed *out = &procedure->review.reviewed;
	bool withdrawn = in->has_outcome && (int)in->outcome == (int)REVIEW_WITHDRAWN;
	bool changed = in->has_outcome && (int)in->outcome == (int)REVIEW_CHANGED;

	t->command->procedure.which = PROCEDURE_REVIEW;
	translate_code(t, "objection", in->objection, true, &out->id);
	translate_day(t, "on", in->has_on, in->on, t->today, &out->on);
	translate_text(t, "department", in->department, false, &out->department);
	translate_need_word(t, "outcome", in->has_outcome, (int)in->outcome);
	out->outcome = (enum review)in->outcome;
	translate_personal(t, "reason", in->reason, !withdrawn);
	if (!changed && in->replacement != NULL)
		translate_fault(t, STATUS_FIELD_BAD_VALUE, "replacement");
	if (!changed && in->n_choices > 0)
		translate_fault(t, STATUS_FIELD_BAD_VALUE, "choices");
	translate_choices(t, in->choices, in->n_choices);
	if (in->replacement == NULL)
		return;
	procedure->review.replaces = true;
	translate_score(t, &procedure->score, in->replacement, false);
	if (in->replacement->reason != NULL && in->replacement->reason[0] != '\0')
		translate_long_text(t, "replacement.reason", in->replacement->reason,
				    t->command->entry_reason, &t->command->entry_reason_size);
}

static void
stay(struct translation *t, const Demerit__V1__Stay *in)
{
	struct command_stay *out = &t->command->procedure.stay;

	t->command->procedure.which = PROCEDURE_STAY;
	translate_id(t, "id", in->id, false, &out->stayed.id);
	translate_code(t, "sanction", in->sanction, true, &out->sanction);
	translate_day(t, "on", in->has_on, in->on, t->today, &out->stayed.on);
	translate_text(t, "court", in->court, true, &out->stayed.court);
	translate_text(t, "number", in->number, false, &out->stayed.number);
	translate_personal(t, "reason", in->reason, false);
}

static void
resume(struct translation *t, const Demerit__V1__Resume *in)
{
	struct event_resumed *out = &t->command->procedure.resume.resumed;

	t->command->procedure.which = PROCEDURE_RESUME;
	translate_code(t, "stay", in->stay, true, &out->id);
	translate_day(t, "on", in->has_on, in->on, t->today, &out->on);
	translate_day(t, "until_day", in->has_until_day, in->until_day, DAY_NONE, &out->until);
	translate_personal(t, "reason", in->reason, false);
}

static void
repair_request(struct translation *t, const Demerit__V1__RepairRequest *in)
{
	struct event_repair_requested *out = &t->command->procedure.repair_request;

	t->command->procedure.which = PROCEDURE_REPAIR_REQUEST;
	translate_id(t, "id", in->id, false, &out->id);
	translate_code(t, "practitioner", in->practitioner, true, &t->command->practitioner);
	translate_code(t, "activity", in->activity, true, &out->activity);
	translate_need(t, "on", in->has_on);
	translate_day(t, "on", in->has_on, in->on, DAY_NONE, &out->on);
	if (in->has_points && in->points == 0)
		translate_fault(t, STATUS_FIELD_RANGE, "points");
	translate_number(t, "points", in->has_points, in->points, REPAIR_POINTS_MAX, &out->points);
	translate_personal(t, "text", in->text, false);
}

static void
repair_approve(struct translation *t, const Demerit__V1__RepairApprove *in)
{
	struct command_repair *out = &t->command->procedure.repair;

	t->command->procedure.which = PROCEDURE_REPAIR_APPROVE;
	translate_code(t, "repair", in->repair, true, &out->id);
	translate_day(t, "on", in->has_on, in->on, t->today, &out->on);
	if (in->has_points && in->points == 0)
		translate_fault(t, STATUS_FIELD_RANGE, "points");
	translate_number(t, "points", in->has_points, in->points, REPAIR_POINTS_MAX, &out->points);
	translate_code(t, "sanction", in->sanction, in->has_until_day, &out->sanction);
	if (in->sanction != NULL)
		translate_need(t, "until_day", in->has_until_day);
	translate_day(t, "until_day", in->has_until_day, in->until_day, DAY_NONE, &out->until);
	translate_personal(t, "reason", in->reason, in->sanction != NULL);
}

static void
repair_deny(struct translation *t, const Demerit__V1__RepairDeny *in)
{
	struct event_step *out = &t->command->procedure.step;

	t->command->procedure.which = PROCEDURE_REPAIR_DENY;
	translate_code(t, "repair", in->repair, true, &out->id);
	translate_day(t, "on", in->has_on, in->on, t->today, &out->on);
	translate_personal(t, "reason", in->reason, true);
}

bool
translate_case(struct translation *t, unsigned body, const ProtobufCMessage *message)
{
	const void *in = message;

	t->command->kind = COMMAND_PROCEDURE;
	switch (body) {
	case DEMERIT__V1__REQUEST__BODY_NOTICE:
		notice(t, in);
		return true;
	case DEMERIT__V1__REQUEST__BODY_OBJECTION_FILE:
		objection_file(t, in);
		return true;
	case DEMERIT__V1__REQUEST__BODY_OBJECTION_EXPLAIN:
		objection_explain(t, in);
		return true;
	case DEMERIT__V1__REQUEST__BODY_REVIEW:
		review(t, in);
		return true;
	case DEMERIT__V1__REQUEST__BODY_STAY:
		stay(t, in);
		return true;
	case DEMERIT__V1__REQUEST__BODY_RESUME:
		resume(t, in);
		return true;
	case DEMERIT__V1__REQUEST__BODY_REPAIR_REQUEST:
		repair_request(t, in);
		return true;
	case DEMERIT__V1__REQUEST__BODY_REPAIR_APPROVE:
		repair_approve(t, in);
		return true;
	case DEMERIT__V1__REQUEST__BODY_REPAIR_DENY:
		repair_deny(t, in);
		return true;
	default:
		return false;
	}
}
