/*
 * Watching: every record from a sequence on, and those that come, for as long as the peer listens.
 *
 * Called on a loop's thread; a stream. It owns a place in the book, and nothing of what it has told
 * or will tell: a reader that lags is read to from the book, at its own pace, so that it costs
 * no more than one that keeps up, and nobody waits for it. Never tells a personal text.
 */
#include "query.h"

#include <string.h>

#include "query_history.h"
#include "storage/store.h"

#define WATCH_HEARTBEAT_S     15
#define WATCH_HEARTBEAT_MAX_S 3600
#define WATCH_RECORDS	      512 /* looked at for one answer, wanted or not */

static_assert(EVENT_KIND_LAST < 64, "kinds of events are a mask");

struct watch {
	struct call_stream stream; /* first */
	bool follow;
	struct code practitioner; /* empty: everybody */
	struct code institution;
	uint64_t kinds;
	uint64_t upto; /* everything up to here has been told */
	uint32_t told; /* events of the next record that are told already */
	int64_t heartbeat_us;
	int64_t deadline_us;
	int64_t said_us; /* when the last answer left */
};

/* ---- what it wants ---- */

/* Is the record about whom the filters name? Those that are found by their index are. */
static bool
watch_is_about(const struct entry_body *body, enum subject_kind kind, const struct code *code)
{
	struct entry_list subjects = body->subjects;
	struct entry_subject subject;

	if (code_is_empty(code))
		return true;
	while (entry_next_subject(&subjects, &subject)) {
		if (subject.kind == kind && code_equal(&subject.code, code))
			return true;
	}
	return false;
}

static int
watch_record(struct history_page *page, struct watch *watch, uint64_t sequence)
{
	struct store_record record;
	struct entry_body body;
	size_t used = page->call->arena->used;
	size_t count = page->count;

	int r = history_read(page->call, sequence, &record, &body);
	if (r < 0)
		return r;
	if (watch_is_about(&body, SUBJECT_PRACTITIONER, &watch->practitioner) &&
	    watch_is_about(&body, SUBJECT_INSTITUTION, &watch->institution))
		r = history_record(page, &record, &body, &watch->told);
	/* Thousands are passed over for one that is wanted. */
	if (page->count == count)
		page->call->arena->used = used;
	if (r == 0)
		watch->upto = sequence;
	return r;
}

/* One after the other, up to the head. */
static int
watch_all(struct history_page *page, struct watch *watch, uint64_t head)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < WATCH_RECORDS && watch->upto < head; i++) {
		if (history_page_is_full(page))
			return 0;
		r = watch_record(page, watch, watch->upto + 1);
	}
	return r < 0 ? r : 0;
}

/* The index knows which records are about somebody: those between need not be read. */
static int
watch_some(struct history_page *page, struct watch *watch, uint64_t head)
{
	const struct lookup *lookup = &page->call->context->query->lookup;
	bool person = !code_is_empty(&watch->practitioner);
	struct lookup_page found;

	int r = lookup_subject(lookup, person ? SUBJECT_PRACTITIONER : SUBJECT_INSTITUTION,
			       person ? &watch->practitioner : &watch->institution, watch->upto,
			       head, false, &found);
	for (size_t i = 0; r == 0 && i < found.count; i++) {
		if (history_page_is_full(page))
			return 0;
		r = watch_record(page, watch, found.sequences[i]);
	}
	if (r == 0 && found.count == 0)
		watch->upto = head;
	return r < 0 ? r : 0;
}

/* ---- the stream ---- */

static void
watch_say(struct call *call, const struct history_page *page, struct watch *watch, bool end)
{
	Demerit__V1__WatchReply reply = DEMERIT__V1__WATCH_REPLY__INIT;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;

	reply.n_items = page->count;
	reply.items = page->list;
	reply.has_upto = true;
	reply.upto = watch->upto;
	response.has_end = true;
	response.end = end;
	response.body_case = DEMERIT__V1__RESPONSE__BODY_WATCH;
	response.watch = &reply;
	call_reply(call, &response);
	watch->said_us = call->context->now_us;
}

/* Everything is told. Say so from time to time, and wait. */
static enum call_result
watch_wait(struct call *call, const struct history_page *page, struct watch *watch)
{
	int64_t now = call->context->now_us;

	if (now >= watch->deadline_us)
		return query_refuse(call, STATUS_DEADLINE_EXCEEDED, NULL);
	if (page->count > 0 || now - watch->said_us >= watch->heartbeat_us)
		watch_say(call, page, watch, false);
	watch->stream.wake_us = watch->said_us + watch->heartbeat_us;
	if (watch->stream.wake_us > watch->deadline_us)
		watch->stream.wake_us = watch->deadline_us;
	return CALL_IDLE;
}

static enum call_result
watch_more(struct call *call, struct call_stream *stream)
{
	struct watch *watch = (struct watch *)stream;
	uint64_t head = call->context->position.sequence;
	struct history_page page = {
	    .as_of = head,
	    .kind = code_is_empty(&watch->practitioner) ? 0 : SUBJECT_PRACTITIONER,
	    .subject = watch->practitioner,
	    .kinds = watch->kinds,
	    .plain = true,
	};

	/* Who has far to go may do so with the next daemon: the book keeps their place. */
	if (call->context->draining && watch->follow)
		return query_refuse(call, STATUS_DRAINING, NULL);
	if (!history_page_begin(&page, call))
		return query_refuse(call, STATUS_TOO_COSTLY, NULL);
	int r = code_is_empty(&watch->practitioner) && code_is_empty(&watch->institution)
		    ? watch_all(&page, watch, head)
		    : watch_some(&page, watch, head);
	if (r < 0)
		return query_fail(call, r);
	if (call->arena->exhausted)
		return query_refuse(call, STATUS_TOO_COSTLY, NULL);
	bool done = watch->upto >= head;
	if (done && watch->follow)
		return watch_wait(call, &page, watch);
	/* On a long way to the next one that is wanted, too, the peer hears how far it is. */
	if (page.count > 0 || done || call->context->now_us - watch->said_us >= watch->heartbeat_us)
		watch_say(call, &page, watch, done);
	return done ? CALL_DONE : CALL_MORE;
}

/* ---- the request ---- */

static bool
watch_take_kind(const char *name, uint64_t *ret_kinds)
{
	if (strcmp(name, "refused") == 0 || strcmp(name, "unchanged") == 0) {
		*ret_kinds |= HISTORY_NOTHING;
		return true;
	}
	for (int kind = 1; kind <= EVENT_KIND_LAST; kind++) {
		if (strcmp(name, event_kind_name((enum event_kind)kind)) == 0) {
			*ret_kinds |= UINT64_C(1) << kind;
			return true;
		}
	}
	return false;
}

static enum status_reason
watch_take(const Demerit__V1__Watch *asked, struct watch *ret, const char **ret_field)
{
	enum status_reason reason = STATUS_OK;

	*ret_field = "practitioner";
	if (asked->practitioner != NULL)
		reason = query_take_code(asked->practitioner, &ret->practitioner);
	if (reason != STATUS_OK)
		return reason;
	*ret_field = "institution";
	if (asked->institution != NULL)
		reason = query_take_code(asked->institution, &ret->institution);
	if (reason != STATUS_OK)
		return reason;
	*ret_field = "kinds";
	for (size_t i = 0; i < asked->n_kinds; i++) {
		if (!watch_take_kind(asked->kinds[i], &ret->kinds))
			return STATUS_FIELD_BAD_VALUE;
	}
	*ret_field = "heartbeat_s";
	uint32_t heartbeat = asked->has_heartbeat_s ? asked->heartbeat_s : WATCH_HEARTBEAT_S;
	if (heartbeat == 0 || heartbeat > WATCH_HEARTBEAT_MAX_S)
		return STATUS_FIELD_BAD_VALUE;
	ret->heartbeat_us = (int64_t)heartbeat * 1000000;
	ret->follow = asked->has_follow && asked->follow;
	return STATUS_OK;
}

enum call_result
query_watch(struct call *call)
{
	const Demerit__V1__Watch *asked = call->request->watch;
	struct watch draft = {.stream = {.more = watch_more},
			      .deadline_us = call->deadline_us,
			      .said_us = call->context->now_us};
	struct query_moment moment;
	const char *field;

	if (!query_begin_since(call, asked->has_since ? asked->since : 0, &moment))
		return CALL_DONE;
	enum status_reason reason = watch_take(asked, &draft, &field);
	if (reason != STATUS_OK)
		return query_refuse(call, reason, field);
	draft.upto = moment.position.sequence;
	if (asked->has_since)
		draft.upto = asked->since == 0 ? 0 : asked->since - 1;
	return query_stream(call, &draft, sizeof(draft));
}
