/*
 * Two persons on the desk: the proposal a command names, what becomes of a decision that is only
 * proposed, and what one person may not write alone.
 *
 * Called by desk.c and overturn.c, on the writer's thread. Looks the proposal up; who may approve
 * is decide_proposal.c's.
 */
#include <string.h>

#include "facts_inner.h"

/* Who proposed, and what: the record of its opening. */
static int
read_opening(struct desk *desk, const struct command *command)
{
	const struct command_second *second = &command->second;
	struct desk_proposal *proposal = &desk->proposal;
	struct entry_body body;
	struct event event;

	int r = lookup_body(&desk->lookup, proposal->file.sequence, &body);
	if (r < 0)
		return r;
	proposal->proposer = (struct person_behind){body.head.principal, body.head.on_behalf_of};
	while (entry_next_event(&body.events, &event)) {
		if (event.kind != EVENT_PROPOSED)
			continue;
		const struct blob *request = &event.proposed.request;
		proposal->institution = event.proposed.institution;
		proposal->differs = event.proposed.body != second->body ||
				    request->size != second->request_size ||
				    memcmp(request->bytes, second->request, request->size) != 0;
	}
	return 0;
}

static int
find(struct desk *desk, const struct command *command)
{
	struct desk_proposal *proposal = &desk->proposal;

	int r = lookup_case(&desk->lookup, &command->second.proposal, LOOKUP_NOW, &proposal->file);
	if (r == STORE_NOT_FOUND)
		return 0;
	proposal->found = r == 0;
	return r == 0 && proposal->file.kind == CASE_PROPOSAL ? read_opening(desk, command) : r;
}

static void
approve(struct desk *desk, struct command *command)
{
	const struct case_file *file = desk->proposal.found ? &desk->proposal.file : NULL;
	struct person_behind approver = {.on_behalf_of = command->on_behalf_of};

	(void)code_set(command->principal->name, strlen(command->principal->name),
		       &approver.principal);
	/* Acknowledged only after the loop had looked: then it was not there to be approved. */
	if (command->kind == COMMAND_PROPOSAL && file != NULL && case_is_open(file) &&
	    day_before(desk->today, file->due_on))
		file = NULL;
	desk->decision.verdict =
	    decide_proposal_approve(&command->second.proposal, file, &desk->proposal.proposer,
				    &approver, desk->today, &desk->decision);
	if (desk->decision.verdict == VERDICT_ACCEPTED)
		desk->decision.verdict = VERDICT_NONE; /* the command itself is still to decide */
}

int
desk_second_begin(struct desk *desk, struct command *command)
{
	struct command_second *second = &command->second;
	struct desk_proposal *proposal = &desk->proposal;
	int r = 0;

	memset(proposal, 0, sizeof(*proposal));
	memset(&desk->facts, 0, sizeof(desk->facts));
	decision_init(&desk->decision);
	if (second->step == SECOND_NONE)
		return 0;
	if (code_is_empty(&second->proposal))
		r = facts_default_id(desk, TABLE_CASE, case_letter(CASE_PROPOSAL),
				     &second->proposal);
	else
		r = find(desk, command);
	if (r < 0)
		return r;
	if (second->step == SECOND_PROPOSE && proposal->found)
		return (void)decide_proposal_begin(
			   &proposal->file, proposal->differs ? "request" : NULL, &desk->decision),
		       0;
	if (second->step == SECOND_APPROVE)
		approve(desk, command);
	if (second->step == SECOND_DENY && proposal->found)
		command->practitioner = proposal->file.practitioner;
	if (second->step != SECOND_PROPOSE && code_is_empty(&proposal->file.practitioner) &&
	    code_is_empty(&proposal->institution))
		(void)text_set(second->step == SECOND_DENY ? command->personal : second->reason,
			       second->step == SECOND_DENY ? command->personal_size
							   : second->reason_size,
			       &command->remark);
	return 0;
}

enum verdict
desk_second_deny(struct desk *desk, const struct command *command)
{
	const struct event_step step = {.id = command->second.proposal, .on = desk->today};
	const struct case_file *file = desk->proposal.found ? &desk->proposal.file : NULL;

	return decide_proposal_deny(&step, file, desk->today, &desk->decision);
}

/* The days of waiting are the country's rule: a proposal may be about no province at all. */
static struct day
expires(struct desk *desk)
{
	static const struct slug national = {"national"};
	struct day earliest;

	enum rules_found found = rules_set_rulebook(desk->rules, &national, desk->today,
						    RULES_AS_OF_NOW, &desk->rulebook, &earliest);
	return proposal_expires(found == RULES_FOUND_OWN ? &desk->rulebook : NULL, desk->today);
}

static void
propose(struct desk *desk, const struct command *command)
{
	const struct command_second *second = &command->second;
	struct event_proposed proposed = {
	    .id = second->proposal,
	    .on = desk->today,
	    .expires_on = expires(desk),
	    .body = second->body,
	    .request = {second->request, second->request_size},
	};

	if (code_is_empty(&command->practitioner) && desk->facts.penalty != NULL)
		proposed.institution = desk->penalty.row.recorded.institution;
	(void)decide_proposal_made(&proposed, &command->practitioner, &desk->decision);
}

void
desk_second_end(struct desk *desk, const struct command *command)
{
	const struct event_step step = {.id = command->second.proposal, .on = desk->today};

	if (desk->decision.verdict != VERDICT_ACCEPTED)
		return;
	switch (command->second.step) {
	case SECOND_NONE:
		if (desk->two_persons)
			(void)decide_second_person(&desk->decision);
		return;
	case SECOND_PROPOSE:
		/* A dry run tells what the command would do: that is what is proposed. */
		if (!command->dry_run)
			propose(desk, command);
		return;
	case SECOND_APPROVE:
		decide_proposal_done(&step, &command->practitioner, &desk->decision);
		return;
	case SECOND_DENY:
		return;
	}
}

void
desk_second_subject(const struct command *command, struct entry_pen *pen)
{
	if (command->second.step != SECOND_NONE)
		desk_put_subject(pen, SUBJECT_CASE, &command->second.proposal);
}
