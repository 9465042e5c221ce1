/*
 * The procedure in answers: what a history says of a case's events, and the cases of a person or an
 * institution.
 *
 * Called on a loop's thread. Owns nothing. Free texts are told only to those who may read personal
 * fields.
 */
#include "query.h"

#include <string.h>

#include "ledger/case.h"
#include "personal.h"
#include "query_inner.h"
#include "storage/store.h"

#define CASES_MAX 4096

static void
item_day(struct day day, protobuf_c_boolean *ret_has, int32_t *ret_number)
{
	*ret_has = !day_is_none(day) && !day_is_forever(day);
	*ret_number = day.number;
}

static char *
item_text(struct call *call, const struct event *event, const struct sealed *sealed)
{
	struct vault *vault = store_vault(call->context->book->store);
	struct entry_subject subject = {SUBJECT_PRACTITIONER, event->practitioner};
	char text[PERSONAL_TEXT_MAX + 1];

	if (event->kind == EVENT_PROPOSED && code_is_empty(&event->practitioner))
		subject = (struct entry_subject){SUBJECT_INSTITUTION, event->proposed.institution};
	if (sealed->size == 0 || call->context->query->plain ||
	    !authz_allows(call->principal, RIGHT_PERSONAL) ||
	    personal_unseal(vault, PERSONAL_REASON, &subject, sealed, text) != 0)
		return NULL;
	return query_text(call, text, strlen(text));
}

static char *
item_sanction(struct call *call, uint8_t number)
{
	const struct standing *standing = &call->context->query->standing;

	return number < standing->sanctions_count
		   ? query_code(call, &standing->sanctions[number].id)
		   : NULL;
}

/* ---- the events, a function a family ---- */

static void
item_notice(struct call *call, const struct event *event, Demerit__V1__HistoryItem *item)
{
	const struct event_notice *notice = &event->notice;

	item->entry = query_code(call, &notice->entry);
	item->party = query_code(call, &notice->to);
	item->source = query_text(call, notice->channel.text, notice->channel.size);
	item->rulebook = query_version(call, &notice->rulebook);
	item_day(notice->served_on, &item->has_counts_from, &item->counts_from);
	item_day(notice->due_on, &item->has_due_on, &item->due_on);
}

static void
item_objection(struct call *call, const struct event *event, Demerit__V1__HistoryItem *item)
{
	const struct event_objection *objection = &event->objection;

	item->entry = query_code(call, &objection->entry);
	item->party = query_code(call, &objection->by);
	item->text = item_text(call, event, &objection->text);
	item_day(objection->received_on, &item->has_counts_from, &item->counts_from);
	item_day(objection->due_on, &item->has_due_on, &item->due_on);
}

static void
item_reviewed(struct call *call, const struct event *event, Demerit__V1__HistoryItem *item)
{
	const struct event_reviewed *reviewed = &event->reviewed;
	const char *outcome = kind_name(KINDS_REVIEW, (unsigned)reviewed->outcome);

	item->outcome = outcome == NULL ? NULL : query_text(call, outcome, strlen(outcome));
	item->entry = query_code(call, &reviewed->replacement);
	item->source = query_text(call, reviewed->department.text, reviewed->department.size);
	item->text = item_text(call, event, &reviewed->reason);
	item_day(reviewed->on, &item->has_counts_from, &item->counts_from);
}

static void
item_stayed(struct call *call, const struct event *event, Demerit__V1__HistoryItem *item)
{
	const struct event_stayed *stayed = &event->stayed;

	item->sanction = item_sanction(call, stayed->sanction);
	item->source = query_text(call, stayed->court.text, stayed->court.size);
	item->number = query_text(call, stayed->number.text, stayed->number.size);
	item->text = item_text(call, event, &stayed->reason);
	item_day(stayed->on, &item->has_counts_from, &item->counts_from);
}

static void
item_resumed(struct call *call, const struct event *event, Demerit__V1__HistoryItem *item)
{
	const struct event_resumed *resumed = &event->resumed;

	item->sanction = item_sanction(call, resumed->sanction);
	item->text = item_text(call, event, &resumed->reason);
	item_day(resumed->on, &item->has_counts_from, &item->counts_from);
	item_day(resumed->until, &item->has_until_day, &item->until_day);
}

static void
item_repair(struct call *call, const struct event *event, Demerit__V1__HistoryItem *item)
{
	const struct event_repair_requested *requested = &event->repair_requested;
	const struct event_repaired *repaired = &event->repaired;
	int32_t points;

	if (event->kind == EVENT_REPAIRED) {
		points = repaired->points;
		item->rulebook = query_version(call, &repaired->rulebook);
		item->clause = query_text(call, repaired->clause.text, repaired->clause.size);
		item->text = item_text(call, event, &repaired->reason);
		item_day(repaired->on, &item->has_counts_from, &item->counts_from);
	} else {
		points = requested->points;
		item->activity = query_code(call, &requested->activity);
		item->text = item_text(call, event, &requested->text);
		item_day(requested->on, &item->has_counts_from, &item->counts_from);
	}
	item->has_points = points > 0;
	item->points = (uint32_t)points;
}

static void
item_step(struct call *call, const struct event *event, Demerit__V1__HistoryItem *item)
{
	item->text = item_text(call, event, &event->step.text);
	item_day(event->step.on, &item->has_counts_from, &item->counts_from);
}

static void
item_shortened(struct call *call, const struct event *event, Demerit__V1__HistoryItem *item)
{
	const struct event_shortened *shortened = &event->shortened;

	item->case_id = query_code(call, &shortened->repair);
	item->sanction = item_sanction(call, shortened->sanction);
	item_day(shortened->on, &item->has_counts_from, &item->counts_from);
	item_day(shortened->until, &item->has_until_day, &item->until_day);
}

static void
item_changed(struct call *call, const struct event *event, Demerit__V1__HistoryItem *item)
{
	const struct event_institution_changed *changed = &event->changed;

	item->institution = query_code(call, &changed->institution);
	item->region = query_code(call, &changed->region);
	item->party = query_code(call, &changed->merged_into);
	item->text = query_text(call, changed->reason.text, changed->reason.size);
	item_day(changed->on, &item->has_counts_from, &item->counts_from);
	item_day(changed->closed_on, &item->has_until_day, &item->until_day);
}

static void
item_alias(struct call *call, const struct event *event, Demerit__V1__HistoryItem *item)
{
	item->alias = query_code(call, &event->alias.alias);
}

/* "points_record": the name of a body on the wire. */
static char *
item_command(struct call *call, uint32_t body)
{
	const ProtobufCFieldDescriptor *field =
	    protobuf_c_message_descriptor_get_field(&demerit__v1__request__descriptor, body);

	return field == NULL ? NULL : query_text(call, field->name, strlen(field->name));
}

static void
item_proposed(struct call *call, const struct event *event, Demerit__V1__HistoryItem *item)
{
	const struct event_proposed *proposed = &event->proposed;

	item->command = item_command(call, proposed->body);
	item->text = item_text(call, event, &proposed->reason);
	item_day(proposed->on, &item->has_counts_from, &item->counts_from);
	item_day(proposed->expires_on, &item->has_due_on, &item->due_on);
}

static void
item_marker(struct call *call, const struct event *event, Demerit__V1__HistoryItem *item)
{
	const struct event_marker *marker = &event->marker;
	const char *what = kind_name(KINDS_MARKER, (unsigned)marker->what);
	bool of_case =
	    marker->what == MARKER_OBJECTION_DUE || marker->what == MARKER_PROPOSAL_EXPIRED;

	item->marker = what == NULL ? NULL : query_text(call, what, strlen(what));
	item->sanction = of_case ? NULL : query_code(call, &marker->subject);
	item->case_id = of_case ? query_code(call, &marker->subject) : NULL;
	item_day(marker->due, &item->has_counts_from, &item->counts_from);
	item_day(marker->due, &item->has_due_on, &item->due_on);
	item->has_superseded = marker->superseded != 0;
	item->superseded = marker->superseded != 0;
}

static const struct item_row {
	enum event_kind kind;
	void (*fill)(struct call *, const struct event *, Demerit__V1__HistoryItem *);
	bool of_sanction; /* the person is folded first, for its id */
} item_rows[] = {
    {EVENT_NOTICE_SERVED, item_notice, false},
    {EVENT_OBJECTION_FILED, item_objection, false},
    {EVENT_OBJECTION_EXPLAINED, item_step, false},
    {EVENT_OBJECTION_REVIEWED, item_reviewed, false},
    {EVENT_SANCTION_STAYED, item_stayed, true},
    {EVENT_SANCTION_RESUMED, item_resumed, true},
    {EVENT_REPAIR_REQUESTED, item_repair, false},
    {EVENT_REPAIRED, item_repair, false},
    {EVENT_PROPOSED, item_proposed, false},
    {EVENT_PROPOSAL_APPROVED, item_step, false},
    {EVENT_PROPOSAL_DENIED, item_step, false},
    {EVENT_REPAIR_DENIED, item_step, false},
    {EVENT_SANCTION_SHORTENED, item_shortened, true},
    {EVENT_ALIAS_SET, item_alias, false},
    {EVENT_ALIAS_REMOVED, item_alias, false},
    {EVENT_MARKER, item_marker, false},
    {EVENT_INSTITUTION_CHANGED, item_changed, false},
};

int
query_case_item(struct call *call, const struct event *event, uint64_t as_of,
		Demerit__V1__HistoryItem *item)
{
	const struct code *id = case_id_of(event);

	if (id != NULL)
		item->case_id = query_code(call, id);
	for (size_t i = 0; i < sizeof(item_rows) / sizeof(item_rows[0]); i++) {
		const struct item_row *row = &item_rows[i];
		if (row->kind != event->kind)
			continue;
		int r = row->of_sanction
			    ? query_person(call->context->query, &event->practitioner, as_of)
			    : 0;
		if (r == 0)
			row->fill(call, event, item);
		return r;
	}
	return 0;
}

/* ---- the cases of somebody ---- */

struct case_walk {
	struct call *call;
	const Demerit__V1__CaseList *asked;
	enum case_kind kind; /* 0: all */
	struct query_moment moment;
	size_t max;
	Demerit__V1__CaseListReply *reply;
};

/* Nobody records that a proposal's days are over: it is told. */
static bool
case_is_expired(const struct call *call, const struct case_file *file)
{
	return file->kind == CASE_PROPOSAL && case_is_open(file) &&
	       !day_before(call->context->today, file->due_on);
}

/* Nor that an objection's entry fell otherwise, by an annulment or an overturning. */
static int
case_is_moot(struct case_walk *walk, const struct case_file *file, bool *ret)
{
	struct query *query = walk->call->context->query;

	*ret = false;
	if (file->kind != CASE_OBJECTION || !case_is_open(file))
		return 0;
	int r = query_person(query, &file->practitioner, walk->moment.as_of);
	const struct entry *entry = r < 0 ? NULL : standing_entry(&query->standing, &file->entry);
	*ret = entry != NULL && entry->fallen != 0;
	return r;
}

/* told: what nobody records; NULL: the state as it was recorded. */
static void
case_fill(struct call *call, const struct case_file *file, const char *told, Demerit__V1__Case *ret)
{
	const char *kind = case_kind_name(file->kind);
	const char *state = told != NULL ? told : case_state_name(file->state);

	demerit__v1__case__init(ret);
	ret->id = query_code(call, &file->id);
	ret->kind = query_text(call, kind, strlen(kind));
	ret->state = query_text(call, state, strlen(state));
	ret->practitioner = query_code(call, &file->practitioner);
	ret->party = query_code(call, &file->party);
	ret->entry = query_code(call, &file->entry);
	item_day(file->opened_on, &ret->has_opened_on, &ret->opened_on);
	item_day(file->due_on, &ret->has_due_on, &ret->due_on);
	item_day(file->closed_on, &ret->has_closed_on, &ret->closed_on);
	if (file->kind == CASE_PROPOSAL)
		ret->command = item_command(call, file->body);
	ret->has_sequence = true;
	ret->sequence = file->sequence;
}

static int
case_found(struct case_walk *walk, const struct code *id)
{
	struct call *call = walk->call;
	struct case_file file;

	int r = lookup_case(&call->context->query->lookup, id, walk->moment.as_of, &file);
	if (r < 0 || (walk->kind != 0 && file.kind != walk->kind))
		return r;
	bool moot;
	r = case_is_moot(walk, &file, &moot);
	const char *told = moot ? "moot" : case_is_expired(call, &file) ? "expired" : NULL;
	if (r < 0 || (walk->asked->has_open_only && walk->asked->open_only &&
		      (!case_is_open(&file) || told != NULL)))
		return r;
	Demerit__V1__Case *one = query_alloc(call, 1, sizeof(*one));
	if (one == NULL)
		return STORE_MEMORY;
	case_fill(call, &file, told, one);
	walk->reply->cases[walk->reply->n_cases++] = one;
	return 0;
}

/* Ids of the cases that a record opens: the reader is used again for each, so they are copied. */
static size_t
cases_opened(struct entry_body *body, uint64_t sequence, struct code *ret, size_t max)
{
	struct event event;
	size_t count = 0;

	while (count < max && entry_next_event(&body->events, &event)) {
		const struct code *id = case_id_of(&event);
		if (id == NULL)
			continue;
		struct case_file file = {.id = *id};
		/* Only an opening folds into an empty file. */
		if (case_apply(&file, &event, sequence) && file.state != 0)
			ret[count++] = *id;
	}
	return count;
}

static int
case_walk(struct case_walk *walk, enum subject_kind kind, const struct code *subject)
{
	struct query *query = walk->call->context->query;
	struct code opened[STANDING_STAYS_MAX + 1];
	struct lookup_page page;
	struct entry_body body;
	uint64_t after = 0;
	int r;

	do {
		r = lookup_subject(&query->lookup, kind, subject, after, walk->moment.as_of, true,
				   &page);
		for (size_t i = 0; r == 0 && i < page.count; i++) {
			after = page.sequences[i];
			r = lookup_body(&query->lookup, after, &body);
			if (r < 0)
				return r;
			size_t count =
			    cases_opened(&body, after, opened, sizeof(opened) / sizeof(opened[0]));
			for (size_t k = 0; r == 0 && k < count; k++) {
				if (walk->reply->n_cases == walk->max)
					return 0;
				r = case_found(walk, &opened[k]);
			}
		}
	} while (r == 0 && page.count > 0);
	return r;
}

enum call_result
query_case_list(struct call *call)
{
	const Demerit__V1__CaseList *asked = call->request->case_list;
	Demerit__V1__CaseListReply reply = DEMERIT__V1__CASE_LIST_REPLY__INIT;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	struct case_walk walk = {.call = call, .asked = asked, .max = CASES_MAX, .reply = &reply};
	bool of_person = asked->practitioner != NULL;
	struct code subject;

	if (!query_begin(call, &walk.moment))
		return CALL_DONE;
	if (of_person == (asked->institution != NULL))
		return query_refuse(call, STATUS_FIELD_MISSING, "practitioner");
	enum status_reason reason =
	    query_take_code(of_person ? asked->practitioner : asked->institution, &subject);
	if (reason != STATUS_OK)
		return query_refuse(call, reason, of_person ? "practitioner" : "institution");
	if (asked->kind != NULL) {
		walk.kind = case_kind_parse(asked->kind, strlen(asked->kind));
		if (walk.kind == 0)
			return query_refuse(call, STATUS_FIELD_BAD_VALUE, "kind");
	}
	if (asked->has_limit && asked->limit > 0 && asked->limit < CASES_MAX)
		walk.max = asked->limit;
	reply.cases = query_alloc(call, walk.max, sizeof(*reply.cases));
	if (reply.cases == NULL)
		return query_refuse(call, STATUS_TOO_COSTLY, NULL);
	int r = case_walk(&walk, of_person ? SUBJECT_PRACTITIONER : SUBJECT_INSTITUTION, &subject);
	if (r < 0)
		return query_fail(call, r);
	response.body_case = DEMERIT__V1__RESPONSE__BODY_CASE_LIST;
	response.case_list = &reply;
	return query_reply(call, &walk.moment, &response);
}
