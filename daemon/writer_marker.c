/*
 * Markers: what the calendar brought since the last one, written at the turn of the day and after
 * any rest, in order of their days, each once.
 *
 * Called by the writer, on its thread, between two rounds: a slice of the agenda at a time, so that
 * nobody waits for a long one. Owns the place in the agenda; where it begins stands in the book.
 * Never writes while the clock is in doubt or the disk is full, and nothing fails because of it.
 */
#include <assert.h>
#include <string.h>

#include "agenda.h"
#include "writer_inner.h"

#define SLICE_ROWS	  64
#define RETRY_US	  (60 * INT64_C(1000000)) /* the wall clock may leap: look again */
#define DAY_US		  (86400 * INT64_C(1000000))
#define DAY_OFFSET_US	  (8 * 3600 * INT64_C(1000000)) /* UTC+8 */
#define MARKERS_OF_PERSON STANDING_SANCTIONS_MAX

struct slice {
	size_t count;
	struct day today;
	struct marker_plan plans[SLICE_ROWS];
};

/* The reader may be used again only after the scan: rows are put aside. */
static int
slice_row(void *user, const uint8_t *key, size_t key_size, const uint8_t *value, size_t value_size)
{
	struct slice *slice = user;
	struct marker_plan *plan = &slice->plans[slice->count];

	(void)value;
	(void)value_size;
	if (!agenda_read(key, key_size, plan))
		return 0; /* the row of the last marker */
	if (day_before(slice->today, plan->due))
		return 1;
	slice->count++;
	return 0;
}

/* What is behind the place and has come. */
static int
slice_read(struct writer *writer, struct slice *ret)
{
	const struct apply_key *place = &writer->markers.place;
	struct apply_key from = *place;
	static const uint8_t first = 'p';

	ret->count = 0;
	ret->today = writer->desk.today;
	if (from.size > 0)
		from.bytes[from.size++] = 0; /* the next key after it */
	const struct store_range range = {
	    .prefix = &first,
	    .prefix_size = sizeof(first),
	    .from = from.bytes,
	    .from_size = from.size,
	    .rows_max = SLICE_ROWS,
	};
	int r = store_scan(writer->reader, TABLE_MARKER, &range, slice_row, ret);
	return r < 0 ? r : 0;
}

/* Where an earlier daemon ended: the last marker in the book. */
static int
place_begin(struct writer *writer)
{
	struct store_value value;
	struct apply_key key;

	agenda_key_last(&key);
	int r = store_get(writer->reader, TABLE_MARKER, key.bytes, key.size, &value);
	if (r == 0 && value.size < APPLY_KEY_MAX) {
		writer->markers.place.size = (uint8_t)value.size;
		memcpy(writer->markers.place.bytes, value.bytes, value.size);
	}
	if (r == 0 || r == STORE_NOT_FOUND)
		writer->markers.begun = true;
	return r == STORE_NOT_FOUND ? 0 : r;
}

/* ---- one row of the agenda: one record, or none ---- */

struct marking {
	struct desk *desk;
	const struct marker_plan *plan;
	struct code practitioner;
	struct code place; /* an institution that the record is about too; empty: none */
	size_t count;
	struct code subjects[MARKERS_OF_PERSON];
	enum marker what[MARKERS_OF_PERSON];
	bool superseded;
};

static void
marking_add(struct marking *marking, enum marker what, const struct code *subject)
{
	assert(marking->count < MARKERS_OF_PERSON);
	marking->what[marking->count] = what;
	marking->subjects[marking->count++] = *subject;
}

static void
marking_add_sanction(struct marking *marking, const struct standing *standing,
		     const struct sanction *sanction)
{
	marking_add(marking,
		    sanction->kind == STATUS_TERMINATED ? MARKER_BAR_OVER : MARKER_SUSPENSION_OVER,
		    &sanction->id);
	if (sanction->entry < standing->entries_count)
		marking->place = standing->entries[sanction->entry].institution;
}

/* What a record of markers says of a person's sanctions. */
static int
marked_by(const struct store_record *record, const struct standing *standing,
	  struct day days[STANDING_SANCTIONS_MAX])
{
	const struct sanction *sanction;
	struct entry_body body;
	struct event event;

	if (!entry_read(record->body, record->body_size, &body))
		return STORE_DAMAGED;
	while (entry_next_event(&body.events, &event)) {
		if (event.kind != EVENT_MARKER)
			return STORE_DAMAGED;
		sanction = standing_sanction(standing, &event.marker.subject);
		if (sanction != NULL)
			days[sanction - standing->sanctions] =
			    event.marker.superseded ? DAY_NONE : event.marker.due;
	}
	return 0;
}

/* The day of the marker of each sanction that holds as far as was written; DAY_NONE: none. */
static int
marked_days(struct desk *desk, const struct code *practitioner, const struct standing *standing,
	    struct day ret_days[STANDING_SANCTIONS_MAX])
{
	struct lookup_page page;
	struct store_record record;
	uint64_t after = 0;
	int r;

	for (size_t i = 0; i < STANDING_SANCTIONS_MAX; i++)
		ret_days[i] = DAY_NONE;
	do {
		r = lookup_subject(&desk->lookup, SUBJECT_PRACTITIONER, practitioner, after,
				   LOOKUP_NOW, false, &page);
		for (size_t i = 0; r == 0 && i < page.count; i++) {
			after = page.sequences[i];
			r = lookup_record(&desk->lookup, after, &record);
			if (r == 0 && record.kind == RECORD_MARKER)
				r = marked_by(&record, standing, ret_days);
		}
	} while (r == 0 && page.count > 0);
	return r;
}

/* Those of their markers that hold no more. */
static int
mark_superseded(struct marking *marking, const struct standing *standing)
{
	struct day days[STANDING_SANCTIONS_MAX];

	int r = marked_days(marking->desk, &marking->practitioner, standing, days);
	for (size_t i = 0; r == 0 && i < standing->sanctions_count; i++) {
		const struct sanction *sanction = &standing->sanctions[i];
		enum marker what =
		    sanction->kind == STATUS_TERMINATED ? MARKER_BAR_OVER : MARKER_SUSPENSION_OVER;
		if (!day_is_none(days[i]) && !marker_of_sanction(sanction, standing, what, days[i]))
			marking_add_sanction(marking, standing, sanction);
	}
	marking->superseded = true;
	return r;
}

static int
mark_person(struct marking *marking)
{
	const struct marker_plan *plan = marking->plan;
	const struct standing *standing;
	struct desk *desk = marking->desk;

	marking->practitioner = plan->about;
	int r = cache_get(desk->cache, &desk->lookup, &plan->about, &standing);
	if (r < 0)
		return r;
	if (plan->what == MARKER_NONE)
		return mark_superseded(marking, standing);
	for (size_t i = 0; i < standing->sanctions_count; i++) {
		const struct sanction *sanction = &standing->sanctions[i];
		if (marker_of_sanction(sanction, standing, plan->what, plan->due))
			marking_add_sanction(marking, standing, sanction);
	}
	return 0;
}

static int
mark_case(struct marking *marking)
{
	const struct marker_plan *plan = marking->plan;
	struct case_file file;

	int r = lookup_case(&marking->desk->lookup, &plan->about, LOOKUP_NOW, &file);
	if (r < 0)
		return r;
	marking->practitioner = file.practitioner;
	if (marker_of_case(&file, plan->what, plan->due))
		marking_add(marking, plan->what, &plan->about);
	return 0;
}

static int
mark(struct marking *marking)
{
	static const struct code ledger;

	switch (marking->plan->what) {
	case MARKER_YEAR_TURNED:
		marking_add(marking, MARKER_YEAR_TURNED, &ledger);
		return 0;
	case MARKER_OBJECTION_DUE:
	case MARKER_PROPOSAL_EXPIRED:
		return mark_case(marking);
	case MARKER_SUSPENSION_OVER:
	case MARKER_BAR_OVER:
		break;
	}
	return mark_person(marking);
}

static_assert(SLICE_ROWS * MARKERS_OF_PERSON * 224 < STORE_GROUP_RECORDS_MAX,
	      "a slice fits into one group");

/* No cache is told: no fold reads a record of this kind, and none may come to. */
static int
record_markers(const struct marking *marking)
{
	struct desk *desk = marking->desk;
	const struct marker_plan *plan = marking->plan;
	const struct entry_head head = {.verdict = VERDICT_ACCEPTED};
	struct entry_pen pen;

	entry_begin(&pen, desk->body, STORE_BODY_MAX, &head);
	if (!code_is_empty(&marking->practitioner))
		entry_put_subject(&pen, SUBJECT_PRACTITIONER, &marking->practitioner);
	if (!code_is_empty(&marking->place))
		entry_put_subject(&pen, SUBJECT_INSTITUTION, &marking->place);
	if (plan->what == MARKER_OBJECTION_DUE || plan->what == MARKER_PROPOSAL_EXPIRED)
		entry_put_subject(&pen, SUBJECT_CASE, &plan->about);
	for (size_t i = 0; i < marking->count; i++) {
		struct event event = {.kind = EVENT_MARKER, .practitioner = marking->practitioner};
		event.marker = (struct event_marker){marking->what[i], marking->subjects[i],
						     plan->due, marking->superseded};
		entry_put_event(&pen, &event);
	}
	const struct store_record record = {
	    .kind = RECORD_MARKER,
	    .sequence = desk->sequence,
	    .recorded_at = desk->now,
	    .body = desk->body,
	    .body_size = entry_end(&pen),
	};
	assert(record.body_size > 0); /* some kilobytes at most */
	int r = batch_add(desk->batch, &record);
	if (r == 0)
		desk->sequence++;
	return r;
}

/* ---- the slice ---- */

/* How long until the day turns in UTC+8; the clock may leap, so never long. */
static int64_t
until_turn(const struct writer *writer)
{
	int64_t now = clock_utc_us(writer->config.clock) + DAY_OFFSET_US;
	int64_t left = DAY_US - now % DAY_US;

	return left < RETRY_US ? left : RETRY_US;
}

/* All of the slice or nothing. */
static int
slice_write(struct writer *writer, const struct slice *slice)
{
	struct desk *desk = &writer->desk;
	size_t written = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < slice->count; i++) {
		struct marking marking = {.desk = desk, .plan = &slice->plans[i]};
		r = mark(&marking);
		if (r == 0 && marking.count > 0) {
			r = record_markers(&marking);
			written++;
		}
	}
	if (r < 0) {
		batch_reset(desk->batch);
		desk->sequence = writer->position.sequence + 1;
		return r;
	}
	uint64_t end = desk->sequence;
	writer_commit(writer);
	if (writer->position.sequence + 1 != end)
		return STORE_BUSY;
	atomic_fetch_add(&writer->markers_written, written);
	return 0;
}

static int
advance(struct writer *writer)
{
	struct slice slice;
	int r = 0;

	assert(batch_count(writer->desk.batch) == 0);
	if (!writer->markers.begun)
		r = place_begin(writer);
	if (r == 0)
		r = slice_read(writer, &slice);
	if (r == 0)
		r = slice_write(writer, &slice);
	if (r < 0)
		return r;
	if (slice.count > 0)
		agenda_key(&writer->markers.place, &slice.plans[slice.count - 1]);
	if (slice.count == 0) { /* the turn of a year plans the next one */
		writer->markers.done = writer->desk.today;
		writer->markers.is_done = true;
	}
	return 0;
}

int64_t
writer_markers(struct writer *writer)
{
	struct writer_markers *markers = &writer->markers;
	struct store_stats stats;
	int64_t now;

	if (markers->is_done && day_equal(markers->done, writer->desk.today))
		return until_turn(writer);
	now = clock_monotonic_us(writer->config.clock);
	if (now < markers->retry_us)
		return markers->retry_us - now;
	store_stats(writer->config.store, &stats);
	if (!atomic_load(&writer->failed) && !atomic_load(&writer->clock_doubtful) &&
	    !stats.disk_full && !stats.view_building && advance(writer) == 0)
		return 0;
	markers->retry_us = now + RETRY_US;
	return RETRY_US;
}
