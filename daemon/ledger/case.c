/*
 * Folding the events of a case. Owns the names; called by the writer when it gathers facts, and by
 * questions, on any thread. Never decides: whether a step may follow is decide_*.c's.
 */
#include "case.h"

#include <assert.h>
#include <string.h>

static const struct {
	const char *name;
	char letter;
} kinds[] = {
    [CASE_NOTICE] = {"notice", 'N'},	 [CASE_OBJECTION] = {"objection", 'O'},
    [CASE_STAY] = {"stay", 'Y'},	 [CASE_REPAIR] = {"repair", 'R'},
    [CASE_PROPOSAL] = {"proposal", 'P'}, [CASE_REFERRAL] = {"referral", 'F'},
};

static const char *const states[] = {
    [CASE_SERVED] = "served",	  [CASE_FILED] = "filed",	[CASE_EXPLAINED] = "explained",
    [CASE_UPHELD] = "upheld",	  [CASE_CHANGED] = "changed",	[CASE_WITHDRAWN] = "withdrawn",
    [CASE_RUNNING] = "running",	  [CASE_ENDED] = "ended",	[CASE_REQUESTED] = "requested",
    [CASE_APPROVED] = "approved", [CASE_DENIED] = "denied",	[CASE_PROPOSED] = "proposed",
    [CASE_SENT] = "sent",	  [CASE_RECEIVED] = "received",
};

const char *
case_kind_name(enum case_kind kind)
{
	assert(kind >= CASE_NOTICE && kind <= CASE_REFERRAL);
	return kinds[kind].name;
}

const char *
case_state_name(enum case_state state)
{
	assert(state >= CASE_SERVED && state <= CASE_RECEIVED);
	return states[state];
}

enum case_kind
case_kind_parse(const char *text, size_t size)
{
	for (unsigned kind = CASE_NOTICE; kind <= CASE_REFERRAL; kind++) {
		if (strlen(kinds[kind].name) == size && memcmp(kinds[kind].name, text, size) == 0)
			return (enum case_kind)kind;
	}
	return 0;
}

char
case_letter(enum case_kind kind)
{
	assert(kind >= CASE_NOTICE && kind <= CASE_REFERRAL);
	return kinds[kind].letter;
}

bool
case_is_open(const struct case_file *file)
{
	return file->state != 0 && day_is_none(file->closed_on);
}

/* ---- the first event of a case ---- */

static bool
opened(struct case_file *file, const struct event *event, enum case_kind kind,
       enum case_state state, struct day on)
{
	if (file->state != 0)
		return false; /* an id names one case */
	file->kind = kind;
	file->state = state;
	file->practitioner = event->practitioner;
	file->sanction = NUMBER_NONE;
	file->opened_on = on;
	file->step_on = on;
	file->due_on = DAY_NONE;
	file->closed_on = DAY_NONE;
	return true;
}

static bool
notice_served(struct case_file *file, const struct event *event)
{
	const struct event_notice *notice = &event->notice;

	if (!opened(file, event, CASE_NOTICE, CASE_SERVED, notice->served_on))
		return false;
	file->entry = notice->entry;
	file->party = notice->to;
	file->due_on = notice->due_on;
	file->closed_on = notice->served_on; /* nothing follows */
	return true;
}

static bool
objection_filed(struct case_file *file, const struct event *event)
{
	const struct event_objection *objection = &event->objection;

	if (!opened(file, event, CASE_OBJECTION, CASE_FILED, objection->received_on))
		return false;
	file->entry = objection->entry;
	file->party = objection->by;
	file->due_on = objection->due_on;
	return true;
}

static bool
sanction_stayed(struct case_file *file, const struct event *event)
{
	const struct event_stayed *stayed = &event->stayed;

	if (!opened(file, event, CASE_STAY, CASE_RUNNING, stayed->on))
		return false;
	file->sanction = stayed->sanction;
	file->objection = stayed->objection;
	return true;
}

static bool
repair_requested(struct case_file *file, const struct event *event)
{
	const struct event_repair_requested *requested = &event->repair_requested;

	if (!opened(file, event, CASE_REPAIR, CASE_REQUESTED, requested->on))
		return false;
	file->activity = requested->activity;
	file->points = requested->points;
	return true;
}

static bool
proposed(struct case_file *file, const struct event *event)
{
	if (!opened(file, event, CASE_PROPOSAL, CASE_PROPOSED, event->proposed.on))
		return false;
	file->body = event->proposed.body;
	file->due_on = event->proposed.expires_on;
	return true;
}

static bool
referral_sent(struct case_file *file, const struct event *event)
{
	const struct event_referral *referral = &event->referral;

	if (!opened(file, event, CASE_REFERRAL, CASE_SENT, referral->on))
		return false;
	file->entry = referral->entry;
	file->penalty = referral->penalty;
	return true;
}

/* ---- the next ones ---- */

/* From an open state of that kind of case to the next; DAY_NONE: it stays open. */
static bool
stepped(struct case_file *file, enum case_kind kind, enum case_state state, struct day on,
	struct day closed_on)
{
	if (file->kind != kind || !case_is_open(file))
		return false;
	file->state = state;
	file->step_on = on;
	file->closed_on = closed_on;
	return true;
}

static bool
objection_reviewed(struct case_file *file, const struct event *event)
{
	const struct event_reviewed *reviewed = &event->reviewed;
	static const enum case_state ends[] = {
	    [REVIEW_UPHELD] = CASE_UPHELD,
	    [REVIEW_CHANGED] = CASE_CHANGED,
	    [REVIEW_WITHDRAWN] = CASE_WITHDRAWN,
	};

	if (reviewed->outcome < REVIEW_UPHELD || reviewed->outcome > REVIEW_WITHDRAWN)
		return false;
	return stepped(file, CASE_OBJECTION, ends[reviewed->outcome], reviewed->on, reviewed->on);
}

static bool
repaired(struct case_file *file, const struct event *event)
{
	const struct event_repaired *repaired = &event->repaired;

	file->points = repaired->points;
	return stepped(file, CASE_REPAIR, CASE_APPROVED, repaired->on, repaired->on);
}

static bool
explained(struct case_file *file, const struct event *event)
{
	return file->state == CASE_FILED &&
	       stepped(file, CASE_OBJECTION, CASE_EXPLAINED, event->step.on, DAY_NONE);
}

static bool
sanction_resumed(struct case_file *file, const struct event *event)
{
	return stepped(file, CASE_STAY, CASE_ENDED, event->resumed.on, event->resumed.on);
}

static bool
repair_denied(struct case_file *file, const struct event *event)
{
	return stepped(file, CASE_REPAIR, CASE_DENIED, event->step.on, event->step.on);
}

static bool
proposal_approved(struct case_file *file, const struct event *event)
{
	return stepped(file, CASE_PROPOSAL, CASE_APPROVED, event->step.on, event->step.on);
}

static bool
proposal_denied(struct case_file *file, const struct event *event)
{
	return stepped(file, CASE_PROPOSAL, CASE_DENIED, event->step.on, event->step.on);
}

static bool
referral_received(struct case_file *file, const struct event *event)
{
	return stepped(file, CASE_REFERRAL, CASE_RECEIVED, event->receipt.on, event->receipt.on);
}

/* ---- which event does what ---- */

struct case_row {
	bool (*apply)(struct case_file *, const struct event *); /* NULL: of no case */
	size_t id; /* where its case's id stands in the event */
};

static const struct case_row rows[EVENT_KIND_LAST + 1] = {
    [EVENT_NOTICE_SERVED] = {notice_served, offsetof(struct event, notice.id)},
    [EVENT_OBJECTION_FILED] = {objection_filed, offsetof(struct event, objection.id)},
    [EVENT_OBJECTION_EXPLAINED] = {explained, offsetof(struct event, step.id)},
    [EVENT_OBJECTION_REVIEWED] = {objection_reviewed, offsetof(struct event, reviewed.id)},
    [EVENT_SANCTION_STAYED] = {sanction_stayed, offsetof(struct event, stayed.id)},
    [EVENT_SANCTION_RESUMED] = {sanction_resumed, offsetof(struct event, resumed.id)},
    [EVENT_REPAIR_REQUESTED] = {repair_requested, offsetof(struct event, repair_requested.id)},
    [EVENT_REPAIRED] = {repaired, offsetof(struct event, repaired.id)},
    [EVENT_REPAIR_DENIED] = {repair_denied, offsetof(struct event, step.id)},
    [EVENT_PROPOSED] = {proposed, offsetof(struct event, proposed.id)},
    [EVENT_PROPOSAL_APPROVED] = {proposal_approved, offsetof(struct event, step.id)},
    [EVENT_PROPOSAL_DENIED] = {proposal_denied, offsetof(struct event, step.id)},
    [EVENT_REFERRAL_SENT] = {referral_sent, offsetof(struct event, referral.id)},
    [EVENT_REFERRAL_RECEIVED] = {referral_received, offsetof(struct event, receipt.id)},
};

const struct code *
case_id_of(const struct event *event)
{
	const struct case_row *row = &rows[event->kind];

	return row->apply == NULL ? NULL : (const void *)((const uint8_t *)event + row->id);
}

bool
case_apply(struct case_file *file, const struct event *event, uint64_t sequence)
{
	const struct code *id = case_id_of(event);

	if (id == NULL || !code_equal(id, &file->id))
		return true;
	if (!rows[event->kind].apply(file, event))
		return false;
	if (file->sequence == 0)
		file->sequence = sequence;
	file->last_sequence = sequence;
	return true;
}
