/*
 * Notice, objection, explanation, review (domain.md section 6).
 *
 * Owns nothing; called by the writer. Pure. A notice sets the last day of an objection, counted in
 * working days, and stores it: what was due does not move when a calendar is corrected later.
 */
#include "decide_case.h"

#include <assert.h>

#include "fall.h"
#include "refuse.h"

/* ---- what they share ---- */

/* The entry's practitioner, or its institution. */
static bool
is_party(const struct standing *standing, const struct entry *entry, const struct code *party)
{
	return code_equal(party, &standing->practitioner) || code_equal(party, &entry->institution);
}

/*
 * The id names a case already: of these facts, or of others. Comes first, so that a command that
 * is said again is told so whatever has happened since.
 */
enum verdict
case_refuse_taken(const struct case_file *file, enum case_kind kind, const char *difference,
		  struct decision *ret)
{
	if (file == NULL)
		return VERDICT_ACCEPTED;
	if (file->kind != kind)
		difference = "kind";
	if (difference != NULL)
		return exists_with_another(ret, &file->id, difference);
	return refused(ret, VERDICT_UNCHANGED, &file->id, DAY_NONE);
}

/* What a step of that kind of case is told when there is no such case, or it is closed. */
static const struct {
	enum verdict unknown;
	enum verdict closed;
} steps[] = {
    [CASE_OBJECTION] = {VERDICT_OBJECTION_UNKNOWN, VERDICT_OBJECTION_DECIDED},
    [CASE_STAY] = {VERDICT_STAY_UNKNOWN, VERDICT_STAY_ENDED},
    [CASE_REPAIR] = {VERDICT_REPAIR_UNKNOWN, VERDICT_REPAIR_DECIDED},
};

enum verdict
case_refuse_step(const struct case_file *file, enum case_kind kind, const struct code *id,
		 struct day on, const struct facts *facts, struct decision *ret)
{
	if (file == NULL || file->kind != kind)
		return refused(ret, steps[kind].unknown, id, DAY_NONE);
	if (!case_is_open(file))
		return refused(ret, steps[kind].closed, id, file->closed_on);
	if (day_before(facts->today, on))
		return refused(ret, VERDICT_DATE_IN_FUTURE, NULL, on);
	if (day_before(on, file->step_on))
		return refused(ret, VERDICT_STEP_TOO_EARLY, id, file->step_on);
	assert(facts->standing != NULL); /* its case was opened about them */
	return VERDICT_ACCEPTED;
}

static const char *
difference(const struct case_file *file, const struct code *entry, const struct code *party,
	   struct day opened_on)
{
	if (file == NULL)
		return NULL;
	if (!code_equal(&file->entry, entry))
		return "entry";
	if (!code_equal(&file->party, party))
		return "party";
	if (!day_equal(file->opened_on, opened_on))
		return "on";
	return NULL;
}

/* ---- notice ---- */

/* The last day of an objection in time; DAY_NONE where no rule sets one. */
static enum verdict
notice_due(const struct event_notice *command, const struct facts *facts,
	   const struct case_facts *cases, struct event_notice *event, struct decision *ret)
{
	int year = 0;

	event->due_on = DAY_NONE;
	if (facts->rulebook == NULL)
		return refused(ret, facts->rulebook_missing, &facts->rulebook_named,
			       facts->rulebook_earliest);
	const struct param *days = &facts->rulebook->params[PARAM_OBJECTION_DAYS];
	event->rulebook = facts->rulebook->id;
	if (days->state != PARAM_VALUE) {
		decision_warn(ret, WARNING_NO_DEADLINE);
		return VERDICT_ACCEPTED;
	}
	if (!calendar_due(cases->calendar, command->served_on, days->max, &event->due_on, &year)) {
		ret->detail.total = year;
		return refused(ret, VERDICT_CALENDAR_MISSING, NULL, DAY_NONE);
	}
	event->calendar = calendar_year(cases->calendar, day_year(event->due_on))->id;
	return VERDICT_ACCEPTED;
}

static enum verdict
refuse_notice(const struct event_notice *command, const struct facts *facts,
	      const struct case_facts *cases, struct decision *ret)
{
	const struct standing *standing = facts->standing;
	uint8_t number;

	enum verdict verdict = case_refuse_taken(
	    cases->file, CASE_NOTICE,
	    difference(cases->file, &command->entry, &command->to, command->served_on), ret);
	if (verdict != VERDICT_ACCEPTED)
		return verdict;
	verdict = decide_entry_stands(standing, &command->entry, ret, &number);
	if (verdict != VERDICT_ACCEPTED)
		return verdict;
	const struct entry *entry = &standing->entries[number];
	if (!is_party(standing, entry, &command->to))
		return refused(ret, VERDICT_NOTICE_TO_STRANGER, &command->to, DAY_NONE);
	if (day_before(facts->today, command->served_on))
		return refused(ret, VERDICT_DATE_IN_FUTURE, NULL, command->served_on);
	if (day_before(command->served_on, entry->scored_on))
		return refused(ret, VERDICT_NOTICE_TOO_EARLY, &command->entry, entry->scored_on);
	if (cases->notice != NULL)
		return refused(ret, VERDICT_NOTICE_SERVED, &command->to, cases->notice->opened_on);
	return VERDICT_ACCEPTED;
}

enum verdict
decide_notice(const struct event_notice *command, const struct facts *facts,
	      const struct case_facts *cases, struct decision *ret)
{
	enum verdict verdict;

	decision_init(ret);
	if (facts->standing == NULL)
		return refused(ret, VERDICT_PRACTITIONER_UNKNOWN, facts->practitioner, DAY_NONE);
	verdict = refuse_notice(command, facts, cases, ret);
	if (verdict != VERDICT_ACCEPTED)
		return decided(ret, verdict);
	struct event *event =
	    decision_event(ret, EVENT_NOTICE_SERVED, &facts->standing->practitioner);
	event->notice = *command;
	return decided(ret, notice_due(command, facts, cases, &event->notice, ret));
}

/* ---- objection ---- */

/* Is this form of an objection asked for, and missing? Open: no text asks for it. */
static bool
form_missing(const struct rulebook *rulebook, enum param_name name, uint8_t given)
{
	const struct param *param = &rulebook->params[name];

	return param->state == PARAM_VALUE && param->min != 0 && given == 0;
}

static enum verdict
refuse_form(const struct event_objection *command, const struct facts *facts, struct decision *ret)
{
	const struct rulebook *rulebook = facts->rulebook;

	if (rulebook == NULL)
		return refused(ret, facts->rulebook_missing, &facts->rulebook_named,
			       facts->rulebook_earliest);
	if (form_missing(rulebook, PARAM_OBJECTION_SIGNATURE, command->signed_by_person)) {
		ret->detail.parameter = "signed";
		ret->detail.clause = rulebook->params[PARAM_OBJECTION_SIGNATURE].source;
		return refused(ret, VERDICT_SIGNATURE_MISSING, &command->entry, DAY_NONE);
	}
	if (form_missing(rulebook, PARAM_OBJECTION_STAMP, command->stamped)) {
		ret->detail.parameter = "stamped";
		ret->detail.clause = rulebook->params[PARAM_OBJECTION_STAMP].source;
		return refused(ret, VERDICT_STAMP_MISSING, &command->entry, DAY_NONE);
	}
	return VERDICT_ACCEPTED;
}

/* One at a time, and none after one was decided; a withdrawn one may be filed again. */
static enum verdict
refuse_second(const struct case_file *before, struct decision *ret)
{
	if (before == NULL || before->state == CASE_WITHDRAWN)
		return VERDICT_ACCEPTED;
	if (case_is_open(before))
		return refused(ret, VERDICT_OBJECTION_OPEN, &before->id, before->opened_on);
	return refused(ret, VERDICT_OBJECTION_DECIDED, &before->id, before->closed_on);
}

static enum verdict
refuse_objection(const struct event_objection *command, const struct facts *facts,
		 const struct case_facts *cases, struct decision *ret, uint8_t *ret_number)
{
	const struct standing *standing = facts->standing;

	enum verdict verdict = case_refuse_taken(
	    cases->file, CASE_OBJECTION,
	    difference(cases->file, &command->entry, &command->by, command->received_on), ret);
	if (verdict != VERDICT_ACCEPTED)
		return verdict;
	verdict = decide_entry_stands(standing, &command->entry, ret, ret_number);
	if (verdict != VERDICT_ACCEPTED)
		return verdict;
	const struct entry *entry = &standing->entries[*ret_number];
	if (!is_party(standing, entry, &command->by))
		return refused(ret, VERDICT_OBJECTION_BY_STRANGER, &command->by, DAY_NONE);
	if (day_before(facts->today, command->received_on))
		return refused(ret, VERDICT_DATE_IN_FUTURE, NULL, command->received_on);
	if (day_before(command->received_on, entry->scored_on))
		return refused(ret, VERDICT_STEP_TOO_EARLY, &command->entry, entry->scored_on);
	verdict = refuse_second(cases->objection, ret);
	if (verdict != VERDICT_ACCEPTED)
		return verdict;
	if (cases->notice != NULL && !day_is_none(cases->notice->due_on) &&
	    day_before(cases->notice->due_on, command->received_on))
		return refused(ret, VERDICT_OBJECTION_LATE, &command->entry, cases->notice->due_on);
	return refuse_form(command, facts, ret);
}

enum verdict
decide_objection(const struct event_objection *command, const struct facts *facts,
		 const struct case_facts *cases, struct decision *ret)
{
	enum verdict verdict;
	uint8_t number;

	decision_init(ret);
	if (facts->standing == NULL)
		return refused(ret, VERDICT_PRACTITIONER_UNKNOWN, facts->practitioner, DAY_NONE);
	verdict = refuse_objection(command, facts, cases, ret, &number);
	if (verdict != VERDICT_ACCEPTED)
		return decided(ret, verdict);
	struct event *event =
	    decision_event(ret, EVENT_OBJECTION_FILED, &facts->standing->practitioner);
	event->objection = *command;
	event->objection.due_on = cases->notice == NULL ? DAY_NONE : cases->notice->due_on;

	const struct param *stays = &facts->rulebook->params[PARAM_OBJECTION_STAYS];
	if (stays->state == PARAM_VALUE && stays->min != 0)
		verdict = stay_for_objection(command, facts->standing, number, cases, ret);
	return decided(ret, verdict);
}

/* ---- explanation, review ---- */

enum verdict
decide_explanation(const struct event_step *command, const struct facts *facts,
		   const struct case_facts *cases, struct decision *ret)
{
	enum verdict verdict;

	decision_init(ret);
	verdict =
	    case_refuse_step(cases->file, CASE_OBJECTION, &command->id, command->on, facts, ret);
	if (verdict != VERDICT_ACCEPTED)
		return decided(ret, verdict);
	if (cases->file->state == CASE_EXPLAINED)
		return refused(ret, VERDICT_OBJECTION_EXPLAINED, &command->id,
			       cases->file->step_on);
	struct event *event =
	    decision_event(ret, EVENT_OBJECTION_EXPLAINED, &cases->file->practitioner);
	event->step = *command;
	return decided(ret, VERDICT_ACCEPTED);
}

/* Points and status change at once: the entry falls, and what holds instead is recorded. */
static enum verdict
review_change(const struct command_review *command, const struct facts *facts,
	      const struct case_facts *cases, struct decision *ret)
{
	const struct code *entry = &cases->file->entry;
	struct command_fall fall = {
	    .why = FALL_REVIEWED,
	    .on = command->reviewed.on,
	    .choice = command->choice,
	    .reason_given = command->reason_given,
	    .reason = command->reviewed.reason,
	};
	uint8_t number;

	if (command->replaces)
		return decide_points_replace(entry, &command->points, FALL_REVIEWED,
					     command->reviewed.on, facts, ret);
	enum verdict verdict = decide_entry_stands(facts->standing, entry, ret, &number);
	if (verdict != VERDICT_ACCEPTED)
		return decided(ret, verdict);
	fall.entries = UINT64_C(1) << number;
	return decide_fall(&fall, facts, ret);
}

enum verdict
decide_review(const struct command_review *command, const struct facts *facts,
	      const struct case_facts *cases, struct decision *ret)
{
	const struct event_reviewed *reviewed = &command->reviewed;
	enum verdict verdict;
	uint8_t number;

	decision_init(ret);
	verdict =
	    case_refuse_step(cases->file, CASE_OBJECTION, &reviewed->id, reviewed->on, facts, ret);
	if (verdict != VERDICT_ACCEPTED)
		return decided(ret, verdict);
	if (reviewed->outcome != REVIEW_WITHDRAWN && cases->file->state != CASE_EXPLAINED)
		return refused(ret, VERDICT_OBJECTION_NOT_EXPLAINED, &reviewed->id, DAY_NONE);
	if (reviewed->outcome == REVIEW_UPHELD)
		verdict = decide_entry_stands(facts->standing, &cases->file->entry, ret, &number);
	if (reviewed->outcome == REVIEW_CHANGED)
		verdict = review_change(command, facts, cases, ret);
	if (verdict != VERDICT_ACCEPTED)
		return decided(ret, verdict);

	struct event *event =
	    decision_event(ret, EVENT_OBJECTION_REVIEWED, &facts->standing->practitioner);
	event->reviewed = *reviewed;
	if (command->replaces)
		event->reviewed.replacement = command->points.entry;
	resume_of_objection(&reviewed->id, facts->standing, reviewed->on, ret);
	return decided(ret, VERDICT_ACCEPTED);
}
