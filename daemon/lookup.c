/*
 * Rows, records and people, out of batch, overlay and view.
 *
 * Owns nothing; called by the writer (with its batch) and by the loops (without), each on its own
 * thread with its own reader. Never writes, never decides.
 */
#include "lookup.h"

#include <assert.h>
#include <string.h>

#include "batch.h"

int
lookup_row(const struct lookup *lookup, enum apply_table table, const struct apply_key *key,
	   struct store_value *ret)
{
	if (lookup->batch != NULL && batch_get(lookup->batch, table, key, ret))
		return 0;
	return store_get(lookup->reader, (uint8_t)table, key->bytes, key->size, ret);
}

int
lookup_record(const struct lookup *lookup, uint64_t sequence, struct store_record *ret)
{
	const struct store_record *pending =
	    lookup->batch == NULL ? NULL : batch_record(lookup->batch, sequence);

	if (pending != NULL) {
		*ret = *pending;
		return 0;
	}
	return store_read(lookup->reader, sequence, ret);
}

int
lookup_body(const struct lookup *lookup, uint64_t sequence, struct entry_body *ret)
{
	struct store_record record;

	int r = lookup_record(lookup, sequence, &record);
	if (r < 0)
		return r;
	return entry_read(record.body, record.body_size, ret) ? 0 : STORE_DAMAGED;
}

struct subject_scan {
	uint64_t after;
	uint64_t as_of;
	bool accepted_only;
	struct lookup_page *page;
};

/* Ends the scan early; not a failure. */
#define SCAN_ENOUGH 1
#define PAGE_MAX    (sizeof(((struct lookup_page *)NULL)->sequences) / sizeof(uint64_t))

static int
subject_row(void *user, const uint8_t *key, size_t key_size, const uint8_t *value,
	    size_t value_size)
{
	struct subject_scan *scan = user;
	uint64_t sequence = apply_sequence_of_key(key, key_size);

	if (sequence > scan->as_of || scan->page->count == PAGE_MAX)
		return SCAN_ENOUGH;
	if (sequence <= scan->after ||
	    (scan->accepted_only && (value_size != 1 || value[0] != RECORD_ACCEPTED)))
		return 0;
	scan->page->sequences[scan->page->count++] = sequence;
	return 0;
}

int
lookup_subject(const struct lookup *lookup, enum subject_kind kind, const struct code *code,
	       uint64_t after, uint64_t as_of, bool accepted_only, struct lookup_page *ret)
{
	struct subject_scan scan = {after, as_of, accepted_only, ret};
	struct apply_key prefix, from;
	enum record_kind record_kind;

	ret->count = 0;
	apply_key_subject(&prefix, kind, code, 0);
	apply_key_subject(&from, kind, code, after + 1);
	const struct store_range range = {
	    .prefix = prefix.bytes,
	    .prefix_size = prefix.size,
	    .from = from.bytes,
	    .from_size = from.size,
	};
	int r = store_scan(lookup->reader, TABLE_SUBJECT, &range, subject_row, &scan);
	if (r < 0)
		return r;
	if (lookup->batch == NULL)
		return 0;

	/*
	 * The batch is younger than anything in the store, except in the moment between its append
	 * and its end, when it is in both.
	 */
	uint64_t next = ret->count == 0 ? after : ret->sequences[ret->count - 1];
	while (ret->count < PAGE_MAX &&
	       (next = batch_next(lookup->batch, &prefix, next, &record_kind)) != 0 &&
	       next <= as_of) {
		if (!accepted_only || record_kind == RECORD_ACCEPTED)
			ret->sequences[ret->count++] = next;
	}
	return 0;
}

static int
record_events(const struct lookup *lookup, uint64_t sequence, lookup_event_fn visit, void *user)
{
	struct entry_body body;
	struct event event;

	int r = lookup_body(lookup, sequence, &body);
	while (r == 0 && entry_next_event(&body.events, &event))
		r = visit(user, &event, sequence);
	return r;
}

int
lookup_events(const struct lookup *lookup, enum subject_kind kind, const struct code *code,
	      uint64_t as_of, lookup_event_fn visit, void *user)
{
	struct lookup_page page;
	uint64_t after = 0;
	int r;

	do {
		r = lookup_subject(lookup, kind, code, after, as_of, true, &page);
		for (size_t i = 0; r == 0 && i < page.count; i++) {
			after = page.sequences[i];
			r = record_events(lookup, after, visit, user);
		}
	} while (r == 0 && page.count == PAGE_MAX);
	return r;
}

static int
fold_record(struct standing *standing, const struct store_record *record)
{
	struct entry_body body;
	struct event event;

	if (!entry_read(record->body, record->body_size, &body))
		return STORE_DAMAGED;
	while (entry_next_event(&body.events, &event)) {
		if (!standing_apply(standing, &event, record->sequence))
			return STORE_DAMAGED;
	}
	return body.events.left == 0 ? 0 : STORE_DAMAGED;
}

int
lookup_person(const struct lookup *lookup, const struct code *code, uint64_t as_of,
	      struct standing *ret)
{
	struct lookup_page page;
	struct store_record record;
	uint64_t after = 0;
	int r;

	standing_init(ret, code);
	do {
		r = lookup_subject(lookup, SUBJECT_PRACTITIONER, code, after, as_of, true, &page);
		if (r < 0)
			return r;
		for (size_t i = 0; i < page.count; i++) {
			r = lookup_record(lookup, page.sequences[i], &record);
			if (r == 0)
				r = fold_record(ret, &record);
			if (r < 0)
				return r;
			after = page.sequences[i];
		}
	} while (page.count == PAGE_MAX);
	return 0;
}

int
lookup_institution(const struct lookup *lookup, const struct code *code, uint64_t as_of,
		   struct institution_row *ret, uint64_t *ret_sequence)
{
	struct apply_institution row;
	struct store_value value;
	struct apply_key key;

	memset(ret, 0, sizeof(*ret));
	*ret_sequence = 0;
	if (code_is_empty(code))
		return 0;
	apply_key_code(&key, code);
	int r = lookup_row(lookup, TABLE_INSTITUTION, &key, &value);
	if (r == STORE_NOT_FOUND)
		return 0;
	if (r < 0)
		return r;
	if (!apply_read_institution(value.bytes, value.size, &row))
		return STORE_DAMAGED;
	if (row.sequence > as_of)
		return 0;
	ret->code = *code;
	ret->region = row.region;
	ret->kind = row.kind;
	*ret_sequence = row.sequence;
	return lookup_changes(lookup, code, as_of, ret, NULL);
}

/* The first event of that kind in a record. */
static int
event_of(const struct lookup *lookup, uint64_t sequence, enum event_kind kind, struct event *ret)
{
	struct entry_body body;

	int r = lookup_body(lookup, sequence, &body);
	if (r < 0)
		return r;
	while (entry_next_event(&body.events, ret)) {
		if (ret->kind == kind)
			return 0;
	}
	return STORE_DAMAGED;
}

/* The sequence that a row of a table names; STORE_NOT_FOUND: no row, or a later one. */
static int
sequence_row(const struct lookup *lookup, enum apply_table table, const struct code *id,
	     uint64_t as_of, uint64_t *ret)
{
	struct store_value value;
	struct apply_key key;

	apply_key_code(&key, id);
	int r = lookup_row(lookup, table, &key, &value);
	if (r < 0)
		return r;
	*ret = apply_sequence_of_value(value.bytes, value.size);
	return *ret <= as_of ? 0 : STORE_NOT_FOUND;
}

int
lookup_institution_event(const struct lookup *lookup, const struct code *code,
			 struct event_institution *ret)
{
	struct event event;
	uint64_t sequence;

	int r = sequence_row(lookup, TABLE_INSTITUTION, code, LOOKUP_NOW, &sequence);
	if (r == 0)
		r = event_of(lookup, sequence, EVENT_INSTITUTION_ADDED, &event);
	if (r == 0)
		*ret = event.institution;
	return r;
}

int
lookup_penalty(const struct lookup *lookup, const struct code *id, uint64_t as_of,
	       struct lookup_penalty *ret)
{
	struct event event;
	uint64_t sequence;

	memset(ret, 0, sizeof(*ret));
	ret->row.overturned_on = DAY_NONE;
	if (code_is_empty(id))
		return 0;
	int r = sequence_row(lookup, TABLE_PENALTY, id, as_of, &ret->sequence);
	if (r == STORE_NOT_FOUND)
		return 0;
	if (r == 0)
		r = event_of(lookup, ret->sequence, EVENT_PENALTY_RECORDED, &event);
	if (r < 0)
		return r;
	ret->row.recorded = event.penalty;

	r = sequence_row(lookup, TABLE_OVERTURNED, id, as_of, &sequence);
	if (r == STORE_NOT_FOUND)
		return 0;
	if (r == 0)
		r = event_of(lookup, sequence, EVENT_PENALTY_OVERTURNED, &event);
	if (r < 0)
		return r;
	ret->row.overturned = true;
	ret->row.overturned_on = event.overturned.on;
	ret->overturned_reason = event.overturned.reason;
	return 0;
}

static const struct code *
id_of_event(const struct event *event, enum apply_table table)
{
	if (table == TABLE_ENTRY_ID)
		return event->kind == EVENT_POINTS_RECORDED ? &event->points.entry : NULL;
	if (event->kind == EVENT_SANCTION_SET)
		return &event->sanction.sanction;
	if (event->kind == EVENT_FOREIGN_SANCTION_SET)
		return &event->foreign.sanction;
	return NULL;
}

/* STORE_NOT_FOUND: the record exists, but brought nothing of that id. */
static int
owner_in(const struct lookup *lookup, uint64_t sequence, enum apply_table table,
	 const struct code *id, struct code *ret)
{
	struct entry_body body;
	struct event event;

	int r = lookup_body(lookup, sequence, &body);
	if (r < 0)
		return r;
	while (entry_next_event(&body.events, &event)) {
		const struct code *found = id_of_event(&event, table);
		if (found != NULL && code_equal(found, id)) {
			*ret = event.practitioner;
			return 0;
		}
	}
	return STORE_NOT_FOUND;
}

/* By its row, or by the sequence that a default id names. */
static int
owner(const struct lookup *lookup, enum apply_table table, char letter, const struct code *id,
      struct code *ret_practitioner, uint64_t *ret_sequence)
{
	uint64_t sequence;

	int r = sequence_row(lookup, table, id, LOOKUP_NOW, &sequence);
	if (r == STORE_NOT_FOUND) {
		sequence = apply_default_sequence(letter, id);
		if (sequence == 0)
			return STORE_NOT_FOUND;
		r = 0;
	}
	if (r == 0)
		r = owner_in(lookup, sequence, table, id, ret_practitioner);
	if (r == 0)
		*ret_sequence = sequence;
	return r;
}

int
lookup_entry_owner(const struct lookup *lookup, const struct code *id,
		   struct code *ret_practitioner, uint64_t *ret_sequence)
{
	return owner(lookup, TABLE_ENTRY_ID, 'E', id, ret_practitioner, ret_sequence);
}

int
lookup_sanction_owner(const struct lookup *lookup, const struct code *id,
		      struct code *ret_practitioner, uint64_t *ret_sequence)
{
	return owner(lookup, TABLE_SANCTION_ID, 'S', id, ret_practitioner, ret_sequence);
}

static int
fold_case(void *user, const struct event *event, uint64_t sequence)
{
	struct case_file *file = user;

	return case_apply(file, event, sequence) ? 0 : STORE_DAMAGED;
}

int
lookup_case(const struct lookup *lookup, const struct code *id, uint64_t as_of,
	    struct case_file *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->id = *id;
	int r = lookup_events(lookup, SUBJECT_CASE, id, as_of, fold_case, ret);
	return r == 0 && ret->state == 0 ? STORE_NOT_FOUND : r;
}

int
lookup_time(const struct lookup *lookup, uint64_t head, int64_t instant_us, uint64_t *ret_sequence)
{
	struct store_record record;
	uint64_t low = 0; /* recorded at or before; 0 stands for "before the book" */
	uint64_t high = head + 1;

	while (high - low > 1) {
		uint64_t middle = low + (high - low) / 2;
		int r = store_read(lookup->reader, middle, &record);
		if (r < 0)
			return r;
		if (record.recorded_at <= instant_us)
			low = middle;
		else
			high = middle;
	}
	*ret_sequence = low;
	return 0;
}
