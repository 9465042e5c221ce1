/*
 * History: everything the book says about a person, an institution or a penalty, oldest first,
 * refusals too.
 *
 * Called on a loop's thread; a stream, a page of records an answer, as of the sequence at which it
 * was asked. Owns the stream's place. The reasons given are told only to those who may read
 * personal fields.
 */
#include "query_history.h"

#include <string.h>

#include "personal.h"
#include "storage/store.h"

struct history {
	struct call_stream stream; /* first */
	struct query_moment moment;
	enum subject_kind kind;
	struct code subject;
	uint64_t after; /* the last sequence that is told as a whole */
	uint32_t told;	/* events of the next one that are told already */
	uint64_t left;	/* items until the limit */
};

static Demerit__V1__HistoryItem *
history_item(struct history_page *page, const char *event)
{
	Demerit__V1__HistoryItem *item = &page->items[page->count];
	const struct verdict_row *verdict = verdict_row(page->head->verdict);
	struct call *call = page->call;

	demerit__v1__history_item__init(item);
	item->has_sequence = true;
	item->sequence = page->record->sequence;
	item->has_recorded_at = true;
	item->recorded_at = page->record->recorded_at;
	/* The generated struct has char * for text it never changes. */
	item->event = (char *)(uintptr_t)event;
	item->principal = query_code(call, &page->head->principal);
	item->on_behalf_of = query_code(call, &page->head->on_behalf_of);
	item->has_verdict = true;
	item->verdict = page->head->verdict;
	if (verdict != NULL)
		item->verdict_name = (char *)(uintptr_t)verdict->name;
	page->list[page->count++] = item;
	return item;
}

static char *
history_reason(struct call *call, enum subject_kind kind, const struct code *whose,
	       const struct sealed *sealed)
{
	struct vault *vault = store_vault(call->context->book->store);
	const struct entry_subject subject = {kind, *whose};
	char text[PERSONAL_TEXT_MAX + 1];

	if (sealed->size == 0 || call->context->query->plain ||
	    !authz_allows(call->principal, RIGHT_PERSONAL) ||
	    personal_unseal(vault, PERSONAL_REASON, &subject, sealed, text) != 0)
		return NULL;
	return query_text(call, text, strlen(text));
}

static void
item_day(struct day day, protobuf_c_boolean *ret_has, int32_t *ret_number)
{
	*ret_has = !day_is_none(day) && !day_is_forever(day);
	*ret_number = day.number;
}

static void
item_points(struct call *call, const struct event *event, Demerit__V1__HistoryItem *item)
{
	const struct event_points *points = &event->points;

	item->entry = query_code(call, &points->entry);
	item->penalty = query_code(call, &points->penalty);
	item->institution = query_code(call, &points->institution);
	item->situation = query_code(call, &points->situation);
	item->has_points = true;
	item->points = (uint32_t)points->points;
	item->has_level = points->level != 0;
	item->level = (Demerit__V1__Level)points->level;
	item_day(points->scored_on, &item->has_counts_from, &item->counts_from);
	item->rulebook = query_version(call, &points->rulebook);
	item->catalogue_code = query_code(call, &points->catalogue);
	item->act = query_code(call, &points->act);
	item->has_band_shift = points->band_shift != 0;
	item->band_shift = points->band_shift;
	item->text =
	    history_reason(call, SUBJECT_PRACTITIONER, &event->practitioner, &points->reason);
}

static void
item_kind(enum status kind, enum path path, Demerit__V1__HistoryItem *item)
{
	item->has_kind = true;
	item->kind = kind == STATUS_TERMINATED
			 ? DEMERIT__V1__SANCTION_KIND__SANCTION_KIND_TERMINATED
			 : DEMERIT__V1__SANCTION_KIND__SANCTION_KIND_SUSPENDED;
	item->has_path = true;
	item->path = (Demerit__V1__SanctionPath)path;
}

static void
item_sanction(struct call *call, const struct event_sanction *sanction,
	      Demerit__V1__HistoryItem *item)
{
	item->sanction = query_code(call, &sanction->sanction);
	item_kind(sanction->kind, sanction->path, item);
	item_day(sanction->from, &item->has_counts_from, &item->counts_from);
	item_day(sanction->from, &item->has_from_day, &item->from_day);
	item_day(sanction->until, &item->has_until_day, &item->until_day);
	item->has_months = sanction->kind == STATUS_SUSPENDED;
	item->months = (uint32_t)sanction->months;
	item->has_bar_years = sanction->kind == STATUS_TERMINATED;
	item->bar_years = (uint32_t)sanction->bar_years;
	item->rulebook = query_version(call, &sanction->rulebook);
	item->clause = query_text(call, sanction->clause.text, sanction->clause.size);
}

static void
item_foreign(struct call *call, const struct event_foreign *foreign, Demerit__V1__HistoryItem *item)
{
	item->sanction = query_code(call, &foreign->sanction);
	item_kind(foreign->kind, PATH_FOREIGN, item);
	item_day(foreign->from, &item->has_counts_from, &item->counts_from);
	item_day(foreign->from, &item->has_from_day, &item->from_day);
	item_day(foreign->until, &item->has_until_day, &item->until_day);
	item->source = query_text(call, foreign->source.text, foreign->source.size);
	item->number = query_text(call, foreign->number.text, foreign->number.size);
	item->clause = query_text(call, foreign->clause.text, foreign->clause.size);
	item->text = query_text(call, foreign->note.text, foreign->note.size);
}

static void
item_noted(struct call *call, const struct event_institution_noted *noted,
	   Demerit__V1__HistoryItem *item)
{
	item->institution = query_code(call, &noted->institution);
	item_day(noted->from, &item->has_from_day, &item->from_day);
	item_day(noted->until, &item->has_until_day, &item->until_day);
	item->source = query_text(call, noted->source.text, noted->source.size);
	item->number = query_text(call, noted->number.text, noted->number.size);
	item->clause = query_text(call, noted->clause.text, noted->clause.size);
	item->text = query_text(call, noted->note.text, noted->note.size);
}

/* Numbers of entries and sanctions never move: a later standing knows their ids. */
static int
item_fallen(struct history_page *page, const struct event *event, Demerit__V1__HistoryItem *item)
{
	struct call *call = page->call;
	struct query *query = call->context->query;
	const struct standing *standing = &query->standing;
	unsigned sanction = NUMBER_NONE;

	int r = query_person(query, &event->practitioner, page->as_of);
	if (r < 0)
		return r;
	if (event->kind == EVENT_POINTS_FELL && event->fell.entry < standing->entries_count) {
		const struct entry *entry = &standing->entries[event->fell.entry];
		item->entry = query_code(call, &entry->id);
		item->penalty = query_code(call, &entry->penalty);
		item->has_points = true;
		item->points = (uint32_t)entry->points;
		item_day(event->fell.on, &item->has_counts_from, &item->counts_from);
		item->text = history_reason(call, SUBJECT_PRACTITIONER, &event->practitioner,
					    &event->fell.reason);
	}
	if (event->kind == EVENT_SANCTION_LIFTED)
		sanction = event->lifted.sanction;
	if (event->kind == EVENT_FOREIGN_SANCTION_ENDED)
		sanction = event->foreign_ended.sanction;
	if (sanction < standing->sanctions_count) {
		item->sanction = query_code(call, &standing->sanctions[sanction].id);
		item_day(event->kind == EVENT_SANCTION_LIFTED ? event->lifted.on
							      : event->foreign_ended.on,
			 &item->has_counts_from, &item->counts_from);
	}
	return 0;
}

static void
item_penalty(struct call *call, const struct event_penalty *penalty, Demerit__V1__HistoryItem *item)
{
	item->penalty = query_code(call, &penalty->penalty);
	item->institution = query_code(call, &penalty->institution);
	item_day(penalty->on, &item->has_counts_from, &item->counts_from);
	item->text = query_text(call, penalty->measure.text, penalty->measure.size);
}

static int
history_event(struct history_page *page, const struct event *event)
{
	Demerit__V1__HistoryItem *item = history_item(page, event_kind_name(event->kind));
	struct call *call = page->call;

	item->practitioner = query_code(call, &event->practitioner);
	switch (event->kind) {
	case EVENT_INSTITUTION_ADDED:
		item->institution = query_code(call, &event->institution.code);
		break;
	case EVENT_REGISTRATION_JOINED:
	case EVENT_REGISTRATION_LEFT:
	case EVENT_REREGISTERED:
		item->institution = query_code(call, &event->registration.institution);
		item_day(event->registration.on, &item->has_counts_from, &item->counts_from);
		break;
	case EVENT_PENALTY_RECORDED:
		item_penalty(call, &event->penalty, item);
		break;
	case EVENT_PENALTY_OVERTURNED:
		item->penalty = query_code(call, &event->overturned.penalty);
		item_day(event->overturned.on, &item->has_counts_from, &item->counts_from);
		break;
	case EVENT_POINTS_RECORDED:
		item_points(call, event, item);
		break;
	case EVENT_SANCTION_SET:
		item_sanction(call, &event->sanction, item);
		break;
	case EVENT_FOREIGN_SANCTION_SET:
		item_foreign(call, &event->foreign, item);
		break;
	case EVENT_INSTITUTION_NOTED:
		item_noted(call, &event->noted, item);
		break;
	case EVENT_POINTS_FELL:
	case EVENT_SANCTION_LIFTED:
	case EVENT_FOREIGN_SANCTION_ENDED:
		return item_fallen(page, event, item);
	case EVENT_PRACTITIONER_ADDED:
	case EVENT_RULES_LOADED:
	case EVENT_LEDGER_BEGUN:
	case EVENT_EPOCH_BEGUN:
	case EVENT_TAIL_CUT:
	case EVENT_CLOCK_ACCEPTED:
		break;
	case EVENT_NOTICE_SERVED:
	case EVENT_OBJECTION_FILED:
	case EVENT_OBJECTION_EXPLAINED:
	case EVENT_OBJECTION_REVIEWED:
	case EVENT_SANCTION_STAYED:
	case EVENT_SANCTION_RESUMED:
	case EVENT_REPAIR_REQUESTED:
	case EVENT_REPAIRED:
	case EVENT_REPAIR_DENIED:
	case EVENT_SANCTION_SHORTENED:
	case EVENT_PROPOSED:
	case EVENT_PROPOSAL_APPROVED:
	case EVENT_PROPOSAL_DENIED:
	case EVENT_ALIAS_SET:
	case EVENT_ALIAS_REMOVED:
	case EVENT_MERGED:
	case EVENT_UNMERGED:
	case EVENT_INSTITUTION_CHANGED:
	case EVENT_REFERRAL_SENT:
	case EVENT_REFERRAL_RECEIVED:
	case EVENT_MARKING_ACKNOWLEDGED:
	case EVENT_MARKER:
		return query_case_item(call, event, page->as_of, item);
	}
	return 0;
}

/* Of a person, what is about them; of the others, the whole record. */
static bool
history_wants(const struct history_page *page, const struct event *event)
{
	if (page->kinds != 0 && (page->kinds >> (unsigned)event->kind & 1) == 0)
		return false;
	return page->kind != SUBJECT_PRACTITIONER || code_is_empty(&event->practitioner) ||
	       code_equal(&event->practitioner, &page->subject);
}

bool
history_page_is_full(const struct history_page *page)
{
	const struct arena *arena = page->call->arena;

	return page->count == page->items_max || arena->used > arena->size / 2;
}

bool
history_page_begin(struct history_page *page, struct call *call)
{
	page->call = call;
	page->count = 0;
	page->items_max = HISTORY_ITEMS;
	page->items = query_alloc(call, HISTORY_ITEMS, sizeof(*page->items));
	page->list = query_alloc(call, HISTORY_ITEMS, sizeof(*page->list));
	return page->items != NULL && page->list != NULL;
}

int
history_read(struct call *call, uint64_t sequence, struct store_record *ret_record,
	     struct entry_body *ret_body)
{
	int r = lookup_record(&call->context->query->lookup, sequence, ret_record);
	if (r < 0)
		return r;
	uint8_t *bytes = arena_alloc(call->arena, ret_record->body_size);
	if (bytes == NULL)
		return STORE_MEMORY;
	memcpy(bytes, ret_record->body, ret_record->body_size);
	ret_record->body = bytes;
	return entry_read(bytes, ret_record->body_size, ret_body) ? 0 : STORE_DAMAGED;
}

static void
history_nothing(struct history_page *page)
{
	bool refused = page->record->kind == RECORD_REFUSED;

	if (page->kinds != 0 && (page->kinds & HISTORY_NOTHING) == 0)
		return;
	Demerit__V1__HistoryItem *item = history_item(page, refused ? "refused" : "unchanged");
	if (page->kind == SUBJECT_PRACTITIONER)
		item->practitioner = query_code(page->call, &page->subject);
}

int
history_record(struct history_page *page, const struct store_record *record,
	       struct entry_body *body, uint32_t *told)
{
	struct event event;
	uint32_t number = 0;
	int r = 0;

	page->record = record;
	page->head = &body->head;
	page->call->context->query->plain = page->plain;
	if (body->events.left == 0)
		history_nothing(page);
	while (entry_next_event(&body->events, &event)) {
		if (number++ < *told)
			continue;
		if (history_page_is_full(page))
			return 1;
		if (history_wants(page, &event))
			r = history_event(page, &event);
		if (r < 0)
			return r;
		*told = number;
	}
	*told = 0;
	return 0;
}

/* Fill a page; ret_end: there is nothing behind it. */
static int
history_fill(struct history_page *page, struct history *history, bool *ret_end)
{
	struct call *call = page->call;
	struct lookup_page found;
	struct store_record record;
	struct entry_body body;

	do {
		int r =
		    lookup_subject(&call->context->query->lookup, history->kind, &history->subject,
				   history->after, history->moment.as_of, false, &found);
		for (size_t i = 0; r == 0 && i < found.count; i++) {
			if (history_page_is_full(page))
				return 0;
			r = history_read(call, found.sequences[i], &record, &body);
			if (r == 0)
				r = history_record(page, &record, &body, &history->told);
			if (r > 0)
				return 0; /* the page is full in the middle of it */
			if (r == 0)
				history->after = found.sequences[i];
		}
		if (r < 0)
			return r;
	} while (found.count > 0 && !history_page_is_full(page));
	*ret_end = found.count == 0;
	return 0;
}

static enum call_result
history_more(struct call *call, struct call_stream *stream)
{
	struct history *history = (struct history *)stream;
	Demerit__V1__HistoryReply reply = DEMERIT__V1__HISTORY_REPLY__INIT;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	struct history_page page = {
	    .as_of = history->moment.as_of, .kind = history->kind, .subject = history->subject};
	bool end = false;

	if (!history_page_begin(&page, call))
		return query_refuse(call, STATUS_TOO_COSTLY, NULL);
	if (history->left < page.items_max)
		page.items_max = history->left;
	int r = history_fill(&page, history, &end);
	if (r < 0)
		return query_fail(call, r);
	history->left -= page.count;
	end = end || history->left == 0 || call->arena->exhausted;
	reply.n_items = page.count;
	reply.items = page.list;
	response.has_end = true;
	response.end = end;
	response.body_case = DEMERIT__V1__RESPONSE__BODY_HISTORY;
	response.history = &reply;
	(void)query_reply(call, &history->moment, &response);
	return end ? CALL_DONE : CALL_MORE;
}

/* Exactly one of the three says what it is about. */
static enum status_reason
history_subject(const Demerit__V1__History *asked, struct history *history, const char **ret_field)
{
	const struct {
		const char *text;
		const char *field;
		enum subject_kind kind;
	} rows[] = {
	    {asked->practitioner, "practitioner", SUBJECT_PRACTITIONER},
	    {asked->institution, "institution", SUBJECT_INSTITUTION},
	    {asked->penalty, "penalty", SUBJECT_PENALTY},
	};
	const char *text = NULL;

	*ret_field = rows[0].field;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].text == NULL)
			continue;
		*ret_field = rows[i].field;
		if (text != NULL)
			return STATUS_FIELD_BAD_VALUE;
		text = rows[i].text;
		history->kind = rows[i].kind;
	}
	return query_take_code(text, &history->subject);
}

/* Is there anything about it at all? */
static int
history_known(struct call *call, const struct history *history, bool *ret)
{
	struct lookup_page found;
	int r = lookup_subject(&call->context->query->lookup, history->kind, &history->subject, 0,
			       history->moment.as_of, false, &found);

	*ret = r == 0 && found.count > 0;
	return r;
}

enum call_result
query_history(struct call *call)
{
	const Demerit__V1__History *asked = call->request->history;
	struct history draft = {.stream = {.more = history_more}, .left = UINT64_MAX};
	const char *field;
	bool known;

	if (!query_begin(call, &draft.moment))
		return CALL_DONE;
	enum status_reason reason = history_subject(asked, &draft, &field);
	if (reason != STATUS_OK)
		return query_refuse(call, reason, field);
	int r = history_known(call, &draft, &known);
	if (r < 0)
		return query_fail(call, r);
	if (!known)
		return query_refuse(call, STATUS_NOT_FOUND, field);
	if (asked->has_since && asked->since > 0)
		draft.after = asked->since - 1;
	if (asked->has_limit && asked->limit > 0)
		draft.left = asked->limit;
	return query_stream(call, &draft, sizeof(draft));
}
