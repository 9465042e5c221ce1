/*
 * One penalty, one institution: what stands about it in the book.
 *
 * Called on a loop's thread. Owns nothing. Names, and reasons that may name people, are told only
 * to those who may read personal fields.
 */
#include "query.h"

#include <assert.h>
#include <string.h>

#include "personal.h"
#include "proto/limit.h"
#include "query_inner.h"
#include "storage/store.h"

/* At most what limits.table allows, and less where that many do not go into a frame. */
#define LIST_ENTRIES_MAX 4096
#define LIST_NOTES_MAX	 800
#define LIST_REST_MAX	 4096 /* what else is in the answer */

/* A note is a code, four texts, two days, and what protobuf says about each. */
static_assert(LIST_NOTES_MAX * (CODE_SIZE_MAX + 4 * TEXT_SIZE_MAX + 2 * 11 + 20) <
		  PROTO_FRAME_MAX - LIST_REST_MAX,
	      "the notes go into a frame");
static_assert(LIST_ENTRIES_MAX * (CODE_SIZE_MAX + 2) < PROTO_FRAME_MAX - LIST_REST_MAX,
	      "the entries go into a frame");

/* NULL: none, not for this caller, or erased. */
static char *
list_unseal(struct call *call, enum personal_field field, enum subject_kind kind,
	    const struct code *whose, const struct sealed *sealed)
{
	struct vault *vault = store_vault(call->context->book->store);
	const struct entry_subject subject = {kind, *whose};
	char text[PERSONAL_TEXT_MAX + 1];

	if (sealed->size == 0 || !authz_allows(call->principal, RIGHT_PERSONAL) ||
	    personal_unseal(vault, field, &subject, sealed, text) != 0)
		return NULL;
	return query_text(call, text, strlen(text));
}

#define LIST_FULL 1 /* what is left of the book need not be read for it */

/* ---- a penalty ---- */

struct list_entries {
	struct call *call;
	const struct code *penalty;
	Demerit__V1__PenaltyShowReply *reply;
};

static int
list_entry(void *user, const struct event *event, uint64_t sequence)
{
	struct list_entries *list = user;

	(void)sequence;
	if (event->kind != EVENT_POINTS_RECORDED ||
	    !code_equal(&event->points.penalty, list->penalty))
		return 0;
	char *id = query_code(list->call, &event->points.entry);
	if (id != NULL)
		list->reply->entries[list->reply->n_entries++] = id;
	return list->reply->n_entries < LIST_ENTRIES_MAX ? 0 : LIST_FULL;
}

static void
penalty_fill(struct call *call, const struct lookup_penalty *penalty,
	     Demerit__V1__PenaltyShowReply *ret)
{
	const struct event_penalty *recorded = &penalty->row.recorded;

	ret->id = query_code(call, &recorded->penalty);
	ret->institution = query_code(call, &recorded->institution);
	ret->has_kind = true;
	ret->kind = (Demerit__V1__PenaltyKind)recorded->kind;
	ret->measure = query_text(call, recorded->measure.text, recorded->measure.size);
	ret->article = query_text(call, recorded->article.text, recorded->article.size);
	ret->authority = query_text(call, recorded->authority.text, recorded->authority.size);
	ret->has_on = true;
	ret->on = recorded->on.number;
	ret->has_amount_fen = recorded->amount_fen >= 0;
	ret->amount_fen = recorded->amount_fen;
	ret->clue = query_code(call, &recorded->clue);
	ret->has_sequence = true;
	ret->sequence = penalty->sequence;
	ret->has_overturned = penalty->row.overturned;
	ret->overturned = penalty->row.overturned_on.number;
	ret->overturned_reason = list_unseal(call, PERSONAL_REASON, SUBJECT_INSTITUTION,
					     &recorded->institution, &penalty->overturned_reason);
}

enum call_result
query_penalty_show(struct call *call)
{
	struct query *query = call->context->query;
	Demerit__V1__PenaltyShowReply reply = DEMERIT__V1__PENALTY_SHOW_REPLY__INIT;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	struct query_moment moment;
	struct lookup_penalty penalty;
	struct code id;

	if (!query_begin(call, &moment))
		return CALL_DONE;
	enum status_reason reason = query_take_code(call->request->penalty_show->id, &id);
	if (reason != STATUS_OK)
		return query_refuse(call, reason, "id");
	int r = lookup_penalty(&query->lookup, &id, moment.as_of, &penalty);
	if (r < 0)
		return query_fail(call, r);
	if (code_is_empty(&penalty.row.recorded.penalty))
		return query_refuse(call, STATUS_NOT_FOUND, "id");
	penalty_fill(call, &penalty, &reply);

	struct list_entries list = {call, &id, &reply};
	reply.entries = query_alloc(call, LIST_ENTRIES_MAX, sizeof(*reply.entries));
	if (reply.entries != NULL)
		r = lookup_events(&query->lookup, SUBJECT_PENALTY, &id, moment.as_of, list_entry,
				  &list);
	if (r < 0)
		return query_fail(call, r);
	response.body_case = DEMERIT__V1__RESPONSE__BODY_PENALTY_SHOW;
	response.penalty_show = &reply;
	return query_reply(call, &moment, &response);
}

/* ---- an institution ---- */

struct list_institution {
	struct call *call;
	const struct code *code;
	Demerit__V1__InstitutionShowReply *reply;
};

static void
list_note(struct list_institution *list, const struct event_institution_noted *noted)
{
	struct call *call = list->call;
	Demerit__V1__InstitutionNote *note = query_alloc(call, 1, sizeof(*note));

	if (note == NULL)
		return;
	demerit__v1__institution_note__init(note);
	note->institution = query_code(call, &noted->institution);
	note->source = query_text(call, noted->source.text, noted->source.size);
	note->number = query_text(call, noted->number.text, noted->number.size);
	note->clause = query_text(call, noted->clause.text, noted->clause.size);
	note->note = query_text(call, noted->note.text, noted->note.size);
	note->has_from_day = !day_is_none(noted->from);
	note->from_day = noted->from.number;
	note->has_until_day = !day_is_none(noted->until) && !day_is_forever(noted->until);
	note->until_day = noted->until.number;
	list->reply->notes[list->reply->n_notes++] = note;
}

static int
list_about_institution(void *user, const struct event *event, uint64_t sequence)
{
	struct list_institution *list = user;

	if (event->kind == EVENT_INSTITUTION_ADDED &&
	    code_equal(&event->institution.code, list->code)) {
		list->reply->has_sequence = true;
		list->reply->sequence = sequence;
		list->reply->name = list_unseal(list->call, PERSONAL_NAME, SUBJECT_INSTITUTION,
						list->code, &event->institution.name);
	}
	if (event->kind == EVENT_INSTITUTION_CHANGED && event->changed.name.size > 0 &&
	    code_equal(&event->changed.institution, list->code))
		list->reply->name = list_unseal(list->call, PERSONAL_NAME, SUBJECT_INSTITUTION,
						list->code, &event->changed.name);
	if (event->kind == EVENT_INSTITUTION_NOTED &&
	    code_equal(&event->noted.institution, list->code))
		list_note(list, &event->noted);
	return list->reply->n_notes < LIST_NOTES_MAX ? 0 : LIST_FULL;
}

enum call_result
query_institution_show(struct call *call)
{
	const Demerit__V1__InstitutionShow *asked = call->request->institution_show;
	struct query *query = call->context->query;
	Demerit__V1__InstitutionShowReply reply = DEMERIT__V1__INSTITUTION_SHOW_REPLY__INIT;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	struct query_moment moment;
	struct institution_row row;
	uint64_t sequence;
	struct code code;
	struct day on;

	if (!query_begin(call, &moment))
		return CALL_DONE;
	enum status_reason reason = query_take_code(asked->code, &code);
	if (reason != STATUS_OK)
		return query_refuse(call, reason, "code");
	if (!query_take_day(call, asked->has_on, asked->on, &on))
		return query_refuse(call, STATUS_FIELD_BAD_DAY, "on");
	int r = lookup_institution(&query->lookup, &code, moment.as_of, &row, &sequence);
	if (r < 0)
		return query_fail(call, r);
	if (code_is_empty(&row.code))
		return query_refuse(call, STATUS_NOT_FOUND, "code");

	const struct code *region = institution_region(&row, on);
	struct slug slug = rules_set_region(call->context->book->rules, region, moment.as_of);
	struct list_institution list = {call, &code, &reply};
	reply.code = query_code(call, &row.code);
	reply.region = query_code(call, region);
	reply.has_closed_on = row.closed;
	reply.closed_on = row.closed_on.number;
	reply.merged_into = query_code(call, &row.merged_into);
	reply.has_kind = true;
	reply.kind = (Demerit__V1__InstitutionKind)row.kind;
	reply.rulebook = query_text(call, slug.text, strlen(slug.text));
	reply.notes = query_alloc(call, LIST_NOTES_MAX, sizeof(*reply.notes));
	if (reply.notes != NULL)
		r = lookup_events(&query->lookup, SUBJECT_INSTITUTION, &code, moment.as_of,
				  list_about_institution, &list);
	if (r < 0)
		return query_fail(call, r);
	response.body_case = DEMERIT__V1__RESPONSE__BODY_INSTITUTION_SHOW;
	response.institution_show = &reply;
	return query_reply(call, &moment, &response);
}
