/*
 * Facts for the procedure: the case a command names, the notices and objections about an entry, the
 * working days.
 *
 * Called by facts.c, on the writer's thread. Looks things up; never decides a rule.
 */
#include <string.h>

#include "facts_inner.h"

/* The case of that id, if there is one. */
static int
find_file(struct desk *desk, const struct code *id)
{
	int r = lookup_case(&desk->lookup, id, LOOKUP_NOW, &desk->file);

	if (r == 0)
		desk->cases.file = &desk->file;
	return r == STORE_NOT_FOUND ? 0 : r;
}

/* A case that begins: its own id, or the one made here. */
static int
begin_file(struct desk *desk, enum case_kind kind, struct code *id)
{
	if (code_is_empty(id))
		return facts_default_id(desk, TABLE_CASE, case_letter(kind), id);
	return find_file(desk, id);
}

/* The person's last case of that kind about the entry, with that party. */
struct search {
	enum case_kind kind;
	const struct code *entry;
	const struct code *party;
	struct code found; /* size 0: none */
};

static int
search_event(void *user, const struct event *event, uint64_t sequence)
{
	struct search *search = user;

	(void)sequence;
	if (search->kind == CASE_NOTICE && event->kind == EVENT_NOTICE_SERVED &&
	    code_equal(&event->notice.entry, search->entry) &&
	    code_equal(&event->notice.to, search->party))
		search->found = event->notice.id;
	if (search->kind == CASE_OBJECTION && event->kind == EVENT_OBJECTION_FILED &&
	    code_equal(&event->objection.entry, search->entry) &&
	    code_equal(&event->objection.by, search->party))
		search->found = event->objection.id;
	return 0;
}

static int
find_last(struct desk *desk, enum case_kind kind, const struct code *entry,
	  const struct code *party, struct case_file *room, const struct case_file **ret)
{
	struct search search = {kind, entry, party, {0}};

	int r = lookup_events(&desk->lookup, SUBJECT_PRACTITIONER, desk->facts.practitioner,
			      LOOKUP_NOW, search_event, &search);
	if (r < 0 || code_is_empty(&search.found))
		return r;
	r = lookup_case(&desk->lookup, &search.found, LOOKUP_NOW, room);
	if (r == 0)
		*ret = room;
	return r;
}

/* Whose entry it is, and the rulebook that judged it. */
static int
entry_facts(struct desk *desk, struct command *command, const struct code *entry)
{
	int r = facts_entry_owner(desk, command, entry);

	if (r < 0 || desk->decision.verdict != VERDICT_NONE)
		return r;
	r = facts_person(desk, &command->practitioner);
	if (r < 0 || desk->facts.standing == NULL)
		return r;
	const struct entry *found = standing_entry(desk->facts.standing, entry);
	if (found != NULL)
		facts_rulebook_version(desk, &found->rulebook,
				       day_max(found->scored_on, found->rulebook.version));
	return 0;
}

static int
gather_notice(struct desk *desk, struct command *command)
{
	struct event_notice *notice = &command->procedure.notice;

	int r = entry_facts(desk, command, &notice->entry);
	if (r == 0)
		r = begin_file(desk, CASE_NOTICE, &notice->id);
	if (r == 0 && desk->facts.standing != NULL)
		r = find_last(desk, CASE_NOTICE, &notice->entry, &notice->to, &desk->notice,
			      &desk->cases.notice);
	rules_set_calendar(desk->rules, day_year(notice->served_on), RULES_AS_OF_NOW,
			   &desk->calendar);
	desk->cases.calendar = &desk->calendar;
	return r;
}

/* Ids for the stays that an objection may bring, one a sanction at most. */
static int
stay_ids(struct desk *desk)
{
	size_t count = sizeof(desk->stay_ids) / sizeof(desk->stay_ids[0]);
	unsigned nth = 0;

	for (size_t i = 0; i < count; i++) {
		int r = facts_next_id(desk, TABLE_CASE, case_letter(CASE_STAY), &nth,
				      &desk->stay_ids[i]);
		if (r < 0)
			return r;
	}
	desk->cases.stay_ids = desk->stay_ids;
	desk->cases.stay_ids_count = count;
	return 0;
}

static int
gather_objection(struct desk *desk, struct command *command)
{
	struct event_objection *objection = &command->procedure.objection;

	int r = entry_facts(desk, command, &objection->entry);
	if (r == 0)
		r = begin_file(desk, CASE_OBJECTION, &objection->id);
	if (r < 0 || desk->facts.standing == NULL)
		return r;
	r = find_last(desk, CASE_NOTICE, &objection->entry, &objection->by, &desk->notice,
		      &desk->cases.notice);
	if (r == 0)
		r = find_last(desk, CASE_OBJECTION, &objection->entry, &objection->by,
			      &desk->objection, &desk->cases.objection);
	return r == 0 ? stay_ids(desk) : r;
}

/* The person is whom the case was opened about. */
static int
gather_step(struct desk *desk, struct command *command, const struct code *id)
{
	int r = find_file(desk, id);

	if (r < 0 || desk->cases.file == NULL)
		return r;
	command->practitioner = desk->file.practitioner;
	return facts_person(desk, &command->practitioner);
}

static int
gather_review(struct desk *desk, struct command *command)
{
	struct command_procedure *procedure = &command->procedure;

	int r = gather_step(desk, command, &procedure->review.reviewed.id);
	if (r < 0 || desk->facts.standing == NULL ||
	    procedure->review.reviewed.outcome != REVIEW_CHANGED)
		return r;
	const struct entry *entry = standing_entry(desk->facts.standing, &desk->file.entry);
	if (entry == NULL) /* another kind of case: the decision says so */
		return 0;
	if (procedure->review.replaces) {
		facts_fill_from_entry(&procedure->score, entry);
		return facts_points(desk, command, &procedure->score);
	}
	r = facts_sanction_id(desk, &(unsigned){0});
	facts_fall_rulebook(desk, desk->facts.standing,
			    UINT64_C(1) << (entry - desk->facts.standing->entries));
	return r;
}

static int
gather_stay(struct desk *desk, struct command *command)
{
	struct command_stay *stay = &command->procedure.stay;
	uint64_t sequence;

	int r = lookup_sanction_owner(&desk->lookup, &stay->sanction, &command->practitioner,
				      &sequence);
	if (r == STORE_NOT_FOUND)
		return 0; /* the decision says so */
	if (r == 0)
		r = facts_person(desk, &command->practitioner);
	return r == 0 ? begin_file(desk, CASE_STAY, &stay->stayed.id) : r;
}

/* The rulebook that speaks for the repair's year: of its last standing entry. */
static void
repair_facts(struct desk *desk, struct day on)
{
	struct rulebook_id id;
	struct day judged_on;

	if (desk->facts.standing != NULL &&
	    repair_rulebook(desk->facts.standing, on, &id, &judged_on))
		facts_rulebook_version(desk, &id, judged_on);
}

static int
gather_repair_request(struct desk *desk, struct command *command)
{
	struct event_repair_requested *request = &command->procedure.repair_request;

	int r = facts_person(desk, &command->practitioner);
	if (r == 0 && desk->facts.standing != NULL)
		r = begin_file(desk, CASE_REPAIR, &request->id);
	repair_facts(desk, request->on);
	return r;
}

static int
gather_repair(struct desk *desk, struct command *command)
{
	int r = gather_step(desk, command, &command->procedure.repair.id);

	repair_facts(desk, command->procedure.repair.on);
	return r;
}

int
facts_gather_case(struct desk *desk, struct command *command)
{
	switch (command->procedure.which) {
	case PROCEDURE_NOTICE:
		return gather_notice(desk, command);
	case PROCEDURE_OBJECTION_FILE:
		return gather_objection(desk, command);
	case PROCEDURE_OBJECTION_EXPLAIN:
		return gather_step(desk, command, &command->procedure.step.id);
	case PROCEDURE_REVIEW:
		return gather_review(desk, command);
	case PROCEDURE_STAY:
		return gather_stay(desk, command);
	case PROCEDURE_REPAIR_REQUEST:
		return gather_repair_request(desk, command);
	case PROCEDURE_REPAIR_APPROVE:
		return gather_repair(desk, command);
	case PROCEDURE_REPAIR_DENY:
		return gather_step(desk, command, &command->procedure.step.id);
	case PROCEDURE_RESUME:
		return gather_step(desk, command, &command->procedure.resume.resumed.id);
	}
	return STORE_DAMAGED;
}
