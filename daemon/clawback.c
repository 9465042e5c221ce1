/*
 * Claw-back: what differs between what was known at a sequence and what is known now. Of people,
 * the periods whose status changed; of paid lines, those that would be decided otherwise.
 *
 * Called on a loop's thread; streams. A line is decided twice by what decides screened lines, so
 * that claw-back and screening cannot disagree. Owns the place of a stream; keeps no answer.
 */
#include "query.h"

#include <assert.h>
#include <string.h>

#include "clawback_person.h"
#include "query_history.h"
#include "screen.h"
#include "storage/store.h"

#define CLAW_RECORDS 512 /* looked at for one answer */
#define CLAW_CHANGES 256 /* of one answer, and those of one person more */

/* ---- what is said of a stretch ---- */

static void
claw_fill(struct call *call, const struct code *practitioner, const struct claw_stretch *stretch,
	  Demerit__V1__ClawbackChange *ret)
{
	ret->practitioner = query_code(call, practitioner);
	ret->sanction = query_code(call, &stretch->sanction);
	ret->clause = query_text(call, stretch->clause.text, stretch->clause.size);
	ret->has_sequence = true;
	ret->sequence = stretch->sequence;
}

static Demerit__V1__Decision
claw_decision(struct claw_state state)
{
	return state.status == STATUS_NORMAL ? DEMERIT__V1__DECISION__DECISION_PAY
					     : DEMERIT__V1__DECISION__DECISION_REFUSE;
}

static Demerit__V1__DecisionReason
claw_reason(struct claw_state state)
{
	if (state.status == STATUS_NORMAL)
		return DEMERIT__V1__DECISION_REASON__DECISION_REASON_ELIGIBLE;
	return state.status == STATUS_SUSPENDED
		   ? DEMERIT__V1__DECISION_REASON__DECISION_REASON_SUSPENDED
		   : DEMERIT__V1__DECISION_REASON__DECISION_REASON_TERMINATED;
}

static void
claw_fill_period(struct call *call, const struct code *practitioner,
		 const struct claw_stretch *stretch, Demerit__V1__ClawbackChange *ret)
{
	claw_fill(call, practitioner, stretch, ret);
	ret->has_from_day = true;
	ret->from_day = stretch->from.number;
	ret->has_until_day = !day_is_forever(stretch->until);
	ret->until_day = stretch->until.number;
	ret->has_before = ret->has_after = ret->has_reason = true;
	ret->before = claw_decision(stretch->before);
	ret->after = claw_decision(stretch->after);
	ret->reason = claw_reason(stretch->after);
	ret->has_status_before = ret->has_status_after = true;
	ret->status_before =
	    (Demerit__V1__EligibilityStatus)query_wire_status(stretch->before.status);
	ret->status_after =
	    (Demerit__V1__EligibilityStatus)query_wire_status(stretch->after.status);
	ret->exempt_before = query_kinds(call, stretch->before.exempt, &ret->n_exempt_before);
	ret->exempt_after = query_kinds(call, stretch->after.exempt, &ret->n_exempt_after);
}

/* ---- periods ---- */

struct claw_walk {
	struct call_stream stream; /* first */
	struct query_moment moment;
	struct code institution; /* empty: everywhere */
	uint64_t since;
	uint64_t upto; /* the records up to here have been looked at */
	uint32_t told; /* subjects of the next one, too */
};

struct claw_page {
	struct call *call;
	size_t count;
	Demerit__V1__ClawbackChange **list;
};

static int
claw_walk_person(struct claw_walk *walk, struct claw_page *page, const struct code *practitioner)
{
	struct query *query = page->call->context->query;
	struct claw_person *person = query->claws;

	int r = claw_person(query, person, practitioner, &walk->institution, walk->since,
			    walk->moment.as_of);
	for (size_t i = 0; r == 0 && i < person->count; i++) {
		Demerit__V1__ClawbackChange *change;

		if (!person->stretches[i].counts)
			continue;
		change = query_alloc(page->call, 1, sizeof(*change));
		if (change == NULL)
			return 0; /* the arena is full, which the answer says */
		demerit__v1__clawback_change__init(change);
		claw_fill_period(page->call, practitioner, &person->stretches[i], change);
		page->list[page->count++] = change;
	}
	return r;
}

/* Each person once: with the first of the records since that are about them. */
static int
claw_walk_subject(struct claw_walk *walk, struct claw_page *page, uint64_t sequence,
		  const struct entry_subject *subject)
{
	const struct lookup *lookup = &page->call->context->query->lookup;
	struct lookup_page found;

	if (subject->kind != SUBJECT_PRACTITIONER)
		return 0;
	int r = lookup_subject(lookup, SUBJECT_PRACTITIONER, &subject->code, walk->since,
			       walk->moment.as_of, true, &found);
	if (r < 0 || found.count == 0 || found.sequences[0] != sequence)
		return r;
	return claw_walk_person(walk, page, &subject->code);
}

/* An overturn is about thousands: its people may take several answers. */
static int
claw_walk_record(struct claw_walk *walk, struct claw_page *page)
{
	struct arena *arena = page->call->arena;
	size_t used = arena->used, count = page->count;
	uint64_t sequence = walk->upto + 1;
	struct entry_subject subject;
	struct store_record record;
	struct entry_body body;
	uint32_t at = 0;

	int r = history_read(page->call, sequence, &record, &body);
	while (r == 0 && entry_next_subject(&body.subjects, &subject)) {
		if (at++ < walk->told)
			continue;
		if (page->count >= CLAW_CHANGES)
			return 0;
		r = claw_walk_subject(walk, page, sequence, &subject);
		walk->told++;
	}
	walk->upto = sequence;
	walk->told = 0;
	if (page->count == count)
		arena->used = used;
	return r;
}

static enum call_result
claw_walk_more(struct call *call, struct call_stream *stream)
{
	struct claw_walk *walk = (struct claw_walk *)stream;
	Demerit__V1__ClawbackReply reply = DEMERIT__V1__CLAWBACK_REPLY__INIT;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	struct claw_page page = {.call = call};
	int r = 0;

	page.list = query_alloc(call, CLAW_CHANGES + CLAW_STRETCHES_MAX, sizeof(*page.list));
	if (page.list == NULL)
		return query_refuse(call, STATUS_TOO_COSTLY, NULL);
	for (size_t i = 0; r == 0 && i < CLAW_RECORDS && page.count < CLAW_CHANGES &&
			   walk->upto < walk->moment.as_of;
	     i++)
		r = claw_walk_record(walk, &page);
	if (r < 0)
		return query_fail(call, r);
	bool done = walk->upto >= walk->moment.as_of || call->arena->exhausted;
	if (page.count == 0 && !done)
		return CALL_MORE;
	reply.n_changes = page.count;
	reply.changes = page.list;
	response.has_end = true;
	response.end = done;
	response.body_case = DEMERIT__V1__RESPONSE__BODY_CLAWBACK;
	response.clawback = &reply;
	(void)query_reply(call, &walk->moment, &response);
	return done ? CALL_DONE : CALL_MORE;
}

static enum call_result
claw_periods(struct call *call, const struct query_moment *moment, uint64_t since,
	     const struct code *institution)
{
	const struct claw_walk draft = {
	    .stream = {.more = claw_walk_more},
	    .moment = *moment,
	    .institution = *institution,
	    .since = since,
	    .upto = since,
	};

	return query_stream(call, &draft, sizeof(draft));
}

/* ---- paid lines ---- */

struct claw_lines {
	struct screen then;
	struct screen now;
	struct claw_person *person;
};

/* What changed about the person of the heavier of the two answers, if the change is theirs. */
static int
claw_line_fill(struct claw_lines *lines, const Demerit__V1__ScreenItem *item, const char *person,
	       Demerit__V1__ClawbackChange *ret)
{
	struct call *call = lines->now.call;
	struct code everywhere = {0}, practitioner = {0};

	ret->practitioner = (char *)(uintptr_t)person;
	if (person == NULL || !code_set(person, strlen(person), &practitioner))
		return 0;
	int r = claw_person(call->context->query, lines->person, &practitioner, &everywhere,
			    lines->then.moment.as_of, lines->now.moment.as_of);
	if (r < 0)
		return r;
	const struct claw_stretch *stretch =
	    claw_at(lines->person, (struct day){item->service_day});
	if (stretch != NULL)
		claw_fill(call, &practitioner, stretch, ret);
	return 0;
}

/* NULL: the line is decided alike. */
static int
claw_line(struct claw_lines *lines, const Demerit__V1__ScreenItem *item,
	  Demerit__V1__ClawbackChange **ret)
{
	Demerit__V1__ScreenResult then = DEMERIT__V1__SCREEN_RESULT__INIT;
	Demerit__V1__ScreenResult now = DEMERIT__V1__SCREEN_RESULT__INIT;

	int r = screen_decide(&lines->then, item, &then);
	if (r == 0)
		r = screen_decide(&lines->now, item, &now);
	*ret = NULL;
	if (r < 0 || then.decision == now.decision)
		return r;
	Demerit__V1__ClawbackChange *change = query_alloc(lines->now.call, 1, sizeof(*change));
	if (change == NULL)
		return 0; /* the arena is full, which the answer says */
	demerit__v1__clawback_change__init(change);
	change->has_id = item->has_id;
	change->id = item->id;
	change->has_before = change->has_after = change->has_reason = true;
	change->before = then.decision;
	change->after = now.decision;
	change->reason = now.reason;
	r = claw_line_fill(lines, item,
			   now.decision > then.decision ? now.practitioner : then.practitioner,
			   change);
	*ret = change;
	return r;
}

static size_t
claw_size(const Demerit__V1__ClawbackChange *change)
{
	return 48 + (change->practitioner == NULL ? 0 : strlen(change->practitioner)) +
	       (change->sanction == NULL ? 0 : strlen(change->sanction)) +
	       (change->clause == NULL ? 0 : strlen(change->clause));
}

static bool
claw_slice(struct call *call, const struct screen_lines *asked, size_t first, size_t *ret_next)
{
	Demerit__V1__ClawbackReply reply = DEMERIT__V1__CLAWBACK_REPLY__INIT;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	size_t next = first, size = 0, count = asked->asked->n_items;
	struct claw_lines lines = {
	    .then = {.call = call, .moment = asked->moment},
	    .now = {.call = call, .moment = asked->moment},
	    .person = call->context->query->claws,
	};
	int r = 0;

	lines.then.moment.as_of = asked->since;
	reply.changes = query_alloc(call, count - first, sizeof(*reply.changes));
	while (r >= 0 && next < count && !call->arena->exhausted && size < SCREEN_REPLY_SIZE) {
		Demerit__V1__ClawbackChange *change = NULL;

		r = claw_line(&lines, asked->asked->items[next++], &change);
		if (r == 0 && change != NULL) {
			size += claw_size(change);
			reply.changes[reply.n_changes++] = change;
		}
	}
	if (r < 0) {
		(void)query_fail(call, r);
		return false;
	}
	*ret_next = next;
	bool exhausted = call->arena->exhausted;
	response.body_case = DEMERIT__V1__RESPONSE__BODY_CLAWBACK;
	response.clawback = &reply;
	response.has_end = true;
	response.end = next == count;
	(void)query_reply(call, &asked->moment, &response);
	return !exhausted;
}

/* ---- the request ---- */

enum call_result
query_clawback(struct call *call)
{
	const Demerit__V1__Clawback *asked = call->request->clawback;
	Demerit__V1__Screen screen = DEMERIT__V1__SCREEN__INIT;
	struct screen_lines lines = {.slice = claw_slice, .since = asked->since, .asked = &screen};
	struct code institution = {0};

	if (!asked->has_since)
		return query_refuse(call, STATUS_FIELD_MISSING, "since");
	if (!query_begin(call, &lines.moment))
		return CALL_DONE;
	if (asked->since > lines.moment.as_of)
		return query_refuse(call, STATUS_SINCE_AHEAD, "since");
	if (asked->institution != NULL) {
		enum status_reason reason = query_take_code(asked->institution, &institution);
		if (reason != STATUS_OK)
			return query_refuse(call, reason, "institution");
	}
	if (asked->n_items == 0)
		return claw_periods(call, &lines.moment, asked->since, &institution);
	if (asked->institution != NULL)
		return query_refuse(call, STATUS_FIELD_BAD_VALUE, "institution");
	screen.n_items = asked->n_items;
	screen.items = asked->items;
	return screen_answer(call, &lines);
}
