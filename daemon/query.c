/*
 * What all questions share: the scratch of a loop, the moment an answer is as of, and the pieces
 * that replies are made of.
 *
 * Owns the scratch; called by the query_*() handlers on their loop's thread. Waits for nothing and
 * allocates from the call's arena alone.
 */
#include "query.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "basis.h"
#include "clawback_person.h"
#include "past.h"
#include "query_inner.h"
#include "standings.h"
#include "storage/store.h"

static const struct slug national = {"national"};

struct query *
query_new(const struct call_book *book, struct store_reader *reader)
{
	struct query *query = calloc(1, sizeof(*query));

	if (query == NULL)
		return NULL;
	query->book = book;
	query->lookup.reader = reader;
	query->bases = basis_cache_new();
	query->pasts = past_cache_new();
	query->claws = calloc(1, sizeof(*query->claws));
	if (query->bases == NULL || query->pasts == NULL || query->claws == NULL)
		return query_free(query);
	return query;
}

struct query *
query_free(struct query *query)
{
	if (query != NULL) {
		basis_cache_free(query->bases);
		past_cache_free(query->pasts);
		free(query->claws);
	}
	free(query);
	return NULL;
}

/* ---- the moment ---- */

#define EPOCH_PAGE 32

struct epoch_page {
	size_t count;
	uint64_t sequences[EPOCH_PAGE];
};

static int
epoch_row(void *user, const uint8_t *key, size_t key_size, const uint8_t *value, size_t value_size)
{
	struct epoch_page *page = user;

	(void)value;
	(void)value_size;
	page->sequences[page->count++] = apply_sequence_of_key(key, key_size);
	return 0;
}

/* What a restore kept of that epoch and of those before it, if this record is of a restore. */
static int
epoch_kept(struct query *query, uint64_t sequence, uint64_t epoch, uint64_t *ret_kept)
{
	struct entry_body body;
	struct event event;

	int r = lookup_body(&query->lookup, sequence, &body);
	if (r < 0)
		return r;
	while (entry_next_event(&body.events, &event)) {
		if (event.kind == EVENT_EPOCH_BEGUN &&
		    event.operator.number >= epoch && event.operator.sequence<* ret_kept)
			*ret_kept = event.operator.sequence;
	}
	return 0;
}

/*
 * The last sequence that means the same in an earlier epoch as in this one: every restore since
 * then kept no more than it names (book.md, section 5).
 */
static int
epoch_common(struct query *query, uint64_t epoch, uint64_t *ret_last)
{
	struct epoch_page page = {0};
	struct apply_key from;
	uint64_t next = 1;

	*ret_last = UINT64_MAX;
	do {
		page.count = 0;
		apply_key_sequence(&from, next);
		const struct store_range range = {
		    .from = from.bytes, .from_size = from.size, .rows_max = EPOCH_PAGE};
		int r = store_scan(query->lookup.reader, TABLE_EPOCH, &range, epoch_row, &page);
		for (size_t i = 0; r >= 0 && i < page.count; i++) {
			r = epoch_kept(query, page.sequences[i], epoch, ret_last);
			next = page.sequences[i] + 1;
		}
		if (r < 0)
			return r;
	} while (page.count == EPOCH_PAGE);
	return 0;
}

static enum status_reason
moment_epoch(struct query *query, const struct call_position *position,
	     const Demerit__V1__Request *request, uint64_t since)
{
	uint64_t asked = since, common;

	if (!request->has_epoch || request->epoch == position->epoch)
		return STATUS_OK;
	if (request->epoch == 0 || request->epoch > position->epoch)
		return STATUS_EPOCH_UNKNOWN;
	if (request->has_min_seq && request->min_seq > asked)
		asked = request->min_seq;
	if (request->has_known_at && request->known_at > asked)
		asked = request->known_at;
	int r = epoch_common(query, request->epoch, &common);
	if (r == STORE_BUSY)
		return STATUS_BUSY;
	return r < 0 || asked > common ? STATUS_EPOCH_UNKNOWN : STATUS_OK;
}

static uint64_t
moment_since(const Demerit__V1__Request *request)
{
	if (request->body_case == DEMERIT__V1__REQUEST__BODY_HISTORY && request->history->has_since)
		return request->history->since;
	if (request->body_case == DEMERIT__V1__REQUEST__BODY_CLAWBACK &&
	    request->clawback->has_since)
		return request->clawback->since;
	return 0;
}

static bool
moment_refuse(struct call *call, enum status_reason reason, const char *field)
{
	call_fail(call, reason, field);
	return false;
}

static bool
moment_begin(struct call *call, uint64_t since, struct query_moment *ret)
{
	const struct call_position *position = &call->context->position;
	const Demerit__V1__Request *request = call->request;
	struct query *query = call->context->query;

	enum status_reason reason = moment_epoch(query, position, request, since);
	if (reason != STATUS_OK)
		return moment_refuse(call, reason, "epoch");
	if (request->has_min_seq && request->min_seq > position->sequence)
		return moment_refuse(call, STATUS_NOT_FRESH, "min_seq");
	if (request->has_known_at && request->has_known_at_time)
		return moment_refuse(call, STATUS_FIELD_BAD_VALUE, "known_at_time");
	if (request->has_known_at && request->known_at > position->sequence)
		return moment_refuse(call, STATUS_KNOWN_AT_AHEAD, "known_at");
	*ret = (struct query_moment){.as_of = position->sequence, .position = *position};
	return true;
}

bool
query_begin(struct call *call, struct query_moment *ret)
{
	const Demerit__V1__Request *request = call->request;
	struct query *query = call->context->query;

	if (!moment_begin(call, moment_since(request), ret))
		return false;
	ret->past = request->has_known_at || request->has_known_at_time;
	if (request->has_known_at)
		ret->as_of = request->known_at;
	if (!request->has_known_at_time)
		return true;

	if (request->known_at_time >= ret->position.recorded_at)
		return true;
	int r = lookup_time(&query->lookup, ret->position.sequence, request->known_at_time,
			    &ret->as_of);
	if (r < 0)
		(void)query_fail(call, r);
	return r == 0;
}

bool
query_begin_since(struct call *call, uint64_t since, struct query_moment *ret)
{
	const Demerit__V1__Request *request = call->request;

	if (request->has_known_at || request->has_known_at_time)
		return moment_refuse(call, STATUS_FIELD_BAD_VALUE, "known_at");
	/* Who has everything up to a restore's last kept record goes on behind it. */
	if (!moment_begin(call, since == 0 ? 0 : since - 1, ret))
		return false;
	if (since > ret->position.sequence + 1)
		return moment_refuse(call, STATUS_SINCE_AHEAD, "since");
	return true;
}

/* ---- answers ---- */

enum call_result
query_reply(struct call *call, const struct query_moment *moment, Demerit__V1__Response *response)
{
	if (call->arena->exhausted)
		return query_refuse(call, STATUS_TOO_COSTLY, NULL);
	response->has_known_at = moment->past;
	response->known_at = moment->as_of;
	call_reply_at(call, &moment->position, response);
	return CALL_DONE;
}

enum call_result
query_refuse(struct call *call, enum status_reason reason, const char *field)
{
	call_fail(call, reason, field);
	return CALL_DONE;
}

enum call_result
query_fail(struct call *call, int error)
{
	assert(error < 0);
	if (error == STORE_BUSY) {
		call_fail_later(call, STATUS_BUSY, 1000);
		return CALL_DONE;
	}
	diag_peer(DIAG_ERROR, "question_failed", diag_uint("request", call->token.request_id),
		  diag_text("error", store_error_name(error)), DIAG_END);
	return query_refuse(call, error == STORE_DAMAGED ? STATUS_BOOK_DAMAGED : STATUS_INTERNAL,
			    NULL);
}

void
query_stream_free(struct call_stream *stream)
{
	free(stream);
}

enum call_result
query_stream(struct call *call, const void *draft, size_t size)
{
	struct call_stream *stream = malloc(size);

	if (stream == NULL) {
		call_fail_later(call, STATUS_BUSY, 1000);
		return CALL_DONE;
	}
	memcpy(stream, draft, size);
	stream->free = query_stream_free;
	call_stream(call, stream);
	return CALL_MORE;
}

void *
query_alloc(struct call *call, size_t count, size_t size)
{
	size_t whole;

	if (__builtin_mul_overflow(count, size, &whole)) {
		call->arena->exhausted = true;
		return NULL;
	}
	void *memory = arena_alloc(call->arena, whole);
	if (memory != NULL)
		memset(memory, 0, whole);
	return memory;
}

char *
query_text(struct call *call, const char *text, size_t size)
{
	char *copy = size == 0 ? NULL : arena_alloc(call->arena, size + 1);

	if (copy == NULL)
		return NULL;
	memcpy(copy, text, size);
	copy[size] = '\0';
	return copy;
}

char *
query_code(struct call *call, const struct code *code)
{
	return query_text(call, code->text, code->size);
}

char *
query_version(struct call *call, const struct rulebook_id *id)
{
	size_t size = strlen(id->slug.text);
	char text[SLUG_SIZE_MAX + 1 + DAY_TEXT_SIZE];

	if (size == 0)
		return NULL;
	memcpy(text, id->slug.text, size);
	text[size] = '@';
	day_format(id->version, text + size + 1);
	return query_text(call, text, strlen(text));
}

char **
query_entries(struct call *call, const struct standing *standing, uint64_t entries,
	      size_t *ret_count)
{
	size_t count = (size_t)__builtin_popcountll(entries), filled = 0;
	char **ids = query_alloc(call, count, sizeof(*ids));

	*ret_count = 0;
	if (ids == NULL)
		return NULL;
	for (size_t i = 0; i < standing->entries_count; i++) {
		if ((entries >> i & 1) == 0)
			continue;
		ids[filled] = query_code(call, &standing->entries[i].id);
		if (ids[filled++] == NULL)
			return NULL;
	}
	*ret_count = filled;
	return ids;
}

char **
query_kinds(struct call *call, uint8_t kinds, size_t *ret_count)
{
	char **names = query_alloc(call, 8, sizeof(*names));

	*ret_count = 0;
	if (names == NULL)
		return NULL;
	for (unsigned kind = 1; kind <= VISIT_EMERGENCY; kind *= 2) {
		/* The generated struct has char * for text it never changes. */
		if ((kinds & kind) != 0)
			names[(*ret_count)++] = (char *)(uintptr_t)kind_name(KINDS_VISIT, kind);
	}
	return names;
}

enum status_reason
query_take_code(const char *text, struct code *ret)
{
	if (text == NULL)
		return STATUS_FIELD_MISSING;
	return code_set(text, strlen(text), ret) ? STATUS_OK : STATUS_FIELD_BAD_CODE;
}

bool
query_take_day(const struct call *call, bool has, int32_t number, struct day *ret)
{
	*ret = has ? (struct day){number} : call->context->today;
	return day_is_valid(*ret);
}

/* ---- people and places ---- */

int
query_person(struct query *query, const struct code *code, uint64_t as_of)
{
	if (query->standing_of == as_of && as_of != 0 &&
	    code_equal(&query->standing.practitioner, code))
		return 0;
	query->standing_of = 0;
	int r = lookup_person(&query->lookup, code, as_of, &query->standing);
	if (r < 0)
		return r;
	query->standing_of = as_of;
	query->intervals_count = standing_intervals(&query->standing, query->intervals);
	return 0;
}

const struct interval *
query_interval(const struct query *query, struct day day)
{
	return interval_at(query->intervals, query->intervals_count, day);
}

static int
place_row(struct query *query, const struct code *institution, struct day day, uint64_t as_of,
	  struct institution_row *ret)
{
	struct standings_place place;
	uint64_t sequence;
	enum standings_found found =
	    standings_institution(query->book->standings, institution, &place);

	*ret = (struct institution_row){0};
	if (found == STANDINGS_NONE)
		return 0;
	if (found == STANDINGS_MOVING || place.since > as_of || day_before(day, place.from))
		return lookup_institution(&query->lookup, institution, as_of, ret, &sequence);
	ret->kind = place.kind;
	ret->region = place.region;
	return 0;
}

int
query_place(struct query *query, const struct code *institution, struct day day, uint64_t as_of,
	    struct query_place *ret)
{
	struct institution_row row = {0};

	if (!code_is_empty(institution)) {
		int r = place_row(query, institution, day, as_of, &row);
		if (r < 0)
			return r;
	}
	ret->kind = row.kind;
	ret->slug = national;
	if (row.kind != 0)
		ret->slug =
		    rules_set_region(query->book->rules, institution_region(&row, day), as_of);
	ret->policy = rules_set_policy(query->book->rules, &ret->slug, day, as_of);
	return 0;
}

uint8_t
query_visit_kinds(const struct policy *policy, const char *visit_type, bool emergency)
{
	struct code type = {0};

	if (policy == NULL)
		return emergency ? VISIT_FIRST_AID | VISIT_RESCUE : 0;
	/* What is no code is a type nobody listed: it says nothing about emergency. */
	if (visit_type != NULL && !code_set(visit_type, strlen(visit_type), &type))
		type.size = 0;
	return policy_visit_kinds(policy, &type, emergency);
}

int
query_wire_status(enum status status)
{
	switch (status) {
	case STATUS_NORMAL:
		return DEMERIT__V1__ELIGIBILITY_STATUS__ELIGIBILITY_STATUS_NORMAL;
	case STATUS_SUSPENDED:
		return DEMERIT__V1__ELIGIBILITY_STATUS__ELIGIBILITY_STATUS_SUSPENDED;
	case STATUS_TERMINATED:
		return DEMERIT__V1__ELIGIBILITY_STATUS__ELIGIBILITY_STATUS_TERMINATED;
	case STATUS_UNKNOWN:
		break;
	}
	return DEMERIT__V1__ELIGIBILITY_STATUS__ELIGIBILITY_STATUS_UNKNOWN;
}

bool
query_tells_detail(const struct call *call, bool has, bool asked)
{
	return has && asked && authz_allows(call->principal, RIGHT_READ);
}
