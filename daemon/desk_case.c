/*
 * The procedure's commands on the desk: notice, objection, review, stay.
 *
 * Called by desk.c, on the writer's thread. Carries to the ledger's decide functions and back;
 * never decides a rule.
 */
#include "desk.h"

#include <assert.h>

static enum verdict
decide_reviewed(struct desk *desk, struct command *command)
{
	struct command_procedure *procedure = &command->procedure;
	struct command_review *review = &procedure->review;

	if (!desk_choices_fit(desk, command))
		return VERDICT_PERIOD_NOT_APPLICABLE;
	review->reason_given = command->personal_size > 0;
	review->choice = desk_choice(command);
	review->points = procedure->score.points;
	review->points.reason_given = review->reason_given;
	if (command->choices_count > 0)
		review->points.choice = review->choice;
	return decide_review(review, &desk->facts, &desk->cases, &desk->decision);
}

enum verdict
desk_case_decide(struct desk *desk, struct command *command)
{
	struct command_procedure *procedure = &command->procedure;
	const struct facts *facts = &desk->facts;
	const struct case_facts *cases = &desk->cases;

	switch (procedure->which) {
	case PROCEDURE_NOTICE:
		return decide_notice(&procedure->notice, facts, cases, &desk->decision);
	case PROCEDURE_OBJECTION_FILE:
		return decide_objection(&procedure->objection, facts, cases, &desk->decision);
	case PROCEDURE_OBJECTION_EXPLAIN:
		return decide_explanation(&procedure->step, facts, cases, &desk->decision);
	case PROCEDURE_REVIEW:
		return decide_reviewed(desk, command);
	case PROCEDURE_STAY:
		return decide_stay(&procedure->stay, facts, cases, &desk->decision);
	case PROCEDURE_REPAIR_REQUEST:
		return decide_repair_request(&procedure->repair_request, facts, cases,
					     &desk->decision);
	case PROCEDURE_REPAIR_APPROVE:
		return decide_repair_approve(&procedure->repair, facts, cases, &desk->decision);
	case PROCEDURE_REPAIR_DENY:
		return decide_repair_deny(&procedure->step, facts, cases, &desk->decision);
	case PROCEDURE_RESUME:
		procedure->resume.reason_given = command->personal_size > 0;
		return decide_resume(&procedure->resume, facts, cases, &desk->decision);
	}
	assert(false && "a step without a decision");
	return VERDICT_NONE;
}

const struct code *
desk_case_id(const struct command *command)
{
	const struct command_procedure *procedure = &command->procedure;

	switch (procedure->which) {
	case PROCEDURE_NOTICE:
		return &procedure->notice.id;
	case PROCEDURE_OBJECTION_FILE:
		return &procedure->objection.id;
	case PROCEDURE_OBJECTION_EXPLAIN:
		return &procedure->step.id;
	case PROCEDURE_REVIEW:
		return &procedure->review.reviewed.id;
	case PROCEDURE_STAY:
		return &procedure->stay.stayed.id;
	case PROCEDURE_REPAIR_REQUEST:
		return &procedure->repair_request.id;
	case PROCEDURE_REPAIR_APPROVE:
		return &procedure->repair.id;
	case PROCEDURE_REPAIR_DENY:
		return &procedure->step.id;
	case PROCEDURE_RESUME:
		return &procedure->resume.resumed.id;
	}
	return &command->practitioner;
}

/* The entry a command of the procedure is about; NULL: none, or not one of this person's. */
static const struct entry *
entry_about(const struct desk *desk, const struct command *command)
{
	const struct command_procedure *procedure = &command->procedure;
	const struct standing *standing = desk->facts.standing;
	const struct case_file *file = desk->cases.file;
	const struct sanction *sanction = NULL;

	if (standing == NULL)
		return NULL;
	if (procedure->which == PROCEDURE_NOTICE)
		return standing_entry(standing, &procedure->notice.entry);
	if (procedure->which == PROCEDURE_OBJECTION_FILE)
		return standing_entry(standing, &procedure->objection.entry);
	if (procedure->which == PROCEDURE_STAY)
		sanction = standing_sanction(standing, &procedure->stay.sanction);
	else if (file != NULL && file->sanction < standing->sanctions_count)
		sanction = &standing->sanctions[file->sanction];
	if (sanction != NULL)
		return sanction->entry < standing->entries_count
			   ? &standing->entries[sanction->entry]
			   : NULL;
	return file == NULL ? NULL : standing_entry(standing, &file->entry);
}

/*
 * Beside the person: every case that the record opens or continues, the institution of the entry,
 * and for points that a review records, their penalty.
 */
void
desk_case_subjects(const struct desk *desk, const struct command *command, struct entry_pen *pen)
{
	const struct entry *entry = entry_about(desk, command);
	const struct decision *decision = &desk->decision;

	if (decision->events_count == 0 &&
	    !code_equal(desk_case_id(command), &command->second.proposal))
		desk_put_subject(pen, SUBJECT_CASE, desk_case_id(command));
	for (size_t i = 0; i < decision->events_count; i++) {
		const struct code *id = case_id_of(&decision->events[i]);
		if (id != NULL && !code_equal(id, &command->second.proposal))
			desk_put_subject(pen, SUBJECT_CASE, id);
		if (decision->events[i].kind == EVENT_POINTS_RECORDED)
			desk_put_subject(pen, SUBJECT_PENALTY, &decision->events[i].points.penalty);
	}
	if (entry != NULL)
		desk_put_subject(pen, SUBJECT_INSTITUTION, &entry->institution);
}

struct sealed *
desk_case_text(struct event *event)
{
	switch ((int)event->kind) {
	case EVENT_OBJECTION_FILED:
		return &event->objection.text;
	case EVENT_OBJECTION_EXPLAINED:
	case EVENT_REPAIR_DENIED:
	case EVENT_PROPOSAL_APPROVED:
	case EVENT_PROPOSAL_DENIED:
		return &event->step.text;
	case EVENT_PROPOSED:
		return &event->proposed.reason;
	case EVENT_REPAIR_REQUESTED:
		return &event->repair_requested.text;
	case EVENT_REPAIRED:
		return &event->repaired.reason;
	case EVENT_OBJECTION_REVIEWED:
		return &event->reviewed.reason;
	case EVENT_SANCTION_STAYED:
		/* One that an objection brought has its words there. */
		return code_is_empty(&event->stayed.objection) ? &event->stayed.reason : NULL;
	case EVENT_SANCTION_RESUMED:
		return &event->resumed.reason;
	default:
		return NULL;
	}
}
