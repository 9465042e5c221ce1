/*
 * Before the threads: the first records of an empty book, what the operator must find in it after
 * a recovery, and filling rules and standings from it.
 *
 * Called once, by main, on its thread. Standings come from the rows of practitioners, who are
 * normal, and from folding those few who ever had a sanction again.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "standings.h"
#include "writer_inner.h"

#define PAGE_ROWS 4096

/* Codes or sequences found by a scan: the reader may be used again only after it. */
struct found {
	struct code *codes;
	uint64_t *sequences;
	size_t count;
	size_t max;
};

struct preparing {
	const struct writer_config *config;
	struct store_reader *reader;
	struct desk desk;
	int64_t now;
	struct store_report *report;
	struct found found;
};

/* ---- first records ---- */

static int
record_event(struct preparing *preparing, enum record_kind kind, const struct event *event)
{
	struct desk *desk = &preparing->desk;
	const struct entry_head head = {.verdict = VERDICT_ACCEPTED};
	struct entry_pen pen;

	entry_begin(&pen, desk->body, STORE_BODY_MAX, &head);
	entry_put_event(&pen, event);
	size_t size = entry_end(&pen);
	if (size == 0)
		return STORE_TOO_LARGE;
	if (!batch_has_room(desk->batch, size)) {
		int r = store_append(preparing->config->store, batch_records(desk->batch),
				     batch_count(desk->batch));
		if (r < 0)
			return r;
		batch_reset(desk->batch);
	}
	const struct store_record record = {
	    .kind = kind,
	    .sequence = desk->sequence++,
	    .recorded_at = preparing->now,
	    .body = desk->body,
	    .body_size = size,
	};
	return batch_add(desk->batch, &record);
}

/* The shipped texts are templates: once recorded, only the record counts. */
static int
record_shipped(struct preparing *preparing)
{
	struct rules_error error = {0};
	struct rules_file file;
	int r = 0;

	for (size_t i = 0; r == 0 && rules_shipped(i, &file); i++) {
		struct event event = {.kind = EVENT_RULES_LOADED};
		event.rules.kind = file.kind;
		event.rules.text.bytes = file.text;
		event.rules.text.size = (uint32_t)file.size;
		r = rules_identify(file.kind, file.text, file.size, &event.rules.id, &error);
		if (r < 0)
			return store_report_set(preparing->report, STORE_BAD_CONFIG, 0,
						"shipped rules %s:%u: %s: %s", file.name,
						error.line, error.key, error.message);
		r = record_event(preparing, RECORD_ACCEPTED, &event);
	}
	return r;
}

static int
record_genesis(struct preparing *preparing)
{
	struct event event = {.kind = EVENT_LEDGER_BEGUN};
	static const char note[] = "demeritd";

	bool set = text_set(note, sizeof(note) - 1, &event.operator.note);
	assert(set);
	(void)set;
	int r = record_event(preparing, RECORD_GENESIS, &event);
	return r == 0 ? record_shipped(preparing) : r;
}

static int
record_cut(struct preparing *preparing, const struct store_report *opened)
{
	struct event event = {.kind = EVENT_TAIL_CUT};
	char note[TEXT_SIZE_MAX];

	int size = snprintf(note, sizeof(note),
			    "unfinished last group in segment %" PRIu64 " at offset %" PRIu64,
			    opened->cut_segment, opened->cut_offset);
	assert(size > 0 && (size_t)size < sizeof(note));
	event.operator.number = opened->cut_bytes;
	event.operator.sequence = preparing->desk.sequence - 1;
	(void)text_set(note, (size_t)size, &event.operator.note);
	return record_event(preparing, RECORD_OPERATOR, &event);
}

static int
record_clock(struct preparing *preparing, int64_t now, int64_t last)
{
	struct event event = {.kind = EVENT_CLOCK_ACCEPTED};

	if (!preparing->config->clock_accepted ||
	    clock_judge(preparing->config->clock, now, last) == CLOCK_TRUSTED)
		return 0;
	event.operator.number =(uint64_t) now;
	event.operator.sequence = preparing->desk.sequence - 1;
	return record_event(preparing, RECORD_OPERATOR, &event);
}

static int
record_first(struct preparing *preparing, const struct store_report *opened)
{
	struct store_head head;
	struct desk *desk = &preparing->desk;
	int r = 0;

	store_head(preparing->config->store, &head);
	int64_t now = clock_utc_us(preparing->config->clock);
	preparing->now = now < head.recorded_at ? head.recorded_at : now;
	desk->sequence = head.sequence + 1;
	if (head.sequence == 0)
		r = record_genesis(preparing);
	if (r == 0 && opened->cut_bytes > 0)
		r = record_cut(preparing, opened);
	if (r == 0 && head.sequence > 0)
		r = record_clock(preparing, now, head.recorded_at);
	if (r == 0 && batch_count(desk->batch) > 0)
		r = store_append(preparing->config->store, batch_records(desk->batch),
				 batch_count(desk->batch));
	batch_reset(desk->batch);
	return r;
}

/* ---- filling ---- */

/* Rows of a table, a page at a time: a long scan would hold pages of the view. */
struct page {
	struct preparing *preparing;
	int (*row)(struct preparing *, const struct apply_key *, const uint8_t *value, size_t size);
	size_t count;
	struct apply_key last;
};

static int
page_row(void *user, const uint8_t *key, size_t key_size, const uint8_t *value, size_t value_size)
{
	struct page *page = user;

	if (key_size > APPLY_KEY_MAX - 1)
		return STORE_DAMAGED;
	page->count++;
	page->last.size = (uint8_t)key_size;
	memcpy(page->last.bytes, key, key_size);
	return page->row(page->preparing, &page->last, value, value_size);
}

static int
each_row(struct preparing *preparing, enum apply_table table,
	 int (*row)(struct preparing *, const struct apply_key *, const uint8_t *, size_t))
{
	struct page page = {.preparing = preparing, .row = row};
	int r;

	do {
		/* The next key after the last one is it and a NUL. */
		struct apply_key from = page.last;
		if (from.size > 0)
			from.bytes[from.size++] = 0;
		page.count = 0;
		const struct store_range range = {
		    .from = from.bytes,
		    .from_size = from.size,
		    .rows_max = PAGE_ROWS,
		};
		r = store_scan(preparing->reader, (uint8_t)table, &range, page_row, &page);
	} while (r == 0 && page.count == PAGE_ROWS);
	return r;
}

static bool
code_of_key(const struct apply_key *key, struct code *ret)
{
	memset(ret, 0, sizeof(*ret));
	return code_set((const char *)key->bytes, key->size, ret);
}

static int
fill_practitioner(struct preparing *preparing, const struct apply_key *key, const uint8_t *value,
		  size_t size)
{
	/* Everything but code and category stays empty: normal. */
	static struct standing standing;
	struct apply_practitioner row;

	if (!apply_read_practitioner(value, size, &row) ||
	    !code_of_key(key, &standing.practitioner))
		return STORE_DAMAGED;
	standing.category = row.category;
	return standings_put(preparing->config->standings, &standing, row.sequence) < 0
		   ? STORE_MEMORY
		   : 0;
}

static int
fill_alias(struct preparing *preparing, const struct apply_key *key, const uint8_t *value,
	   size_t size)
{
	struct apply_alias row;
	struct code alias;

	if (!apply_read_alias(value, size, &row) || !code_of_key(key, &alias))
		return STORE_DAMAGED;
	return standings_put_alias(preparing->config->standings, &alias, &row.practitioner,
				   row.sequence) < 0
		   ? STORE_MEMORY
		   : 0;
}

static int
found_grow(struct found *found)
{
	if (found->count < found->max)
		return 0;
	size_t max = found->max == 0 ? 1024 : found->max * 2;
	struct code *codes = realloc(found->codes, max * sizeof(*codes));
	if (codes != NULL)
		found->codes = codes;
	uint64_t *sequences = realloc(found->sequences, max * sizeof(*sequences));
	if (sequences != NULL)
		found->sequences = sequences;
	if (codes == NULL || sequences == NULL)
		return STORE_MEMORY;
	found->max = max;
	return 0;
}

static void
found_clear(struct found *found)
{
	free(found->codes);
	free(found->sequences);
	memset(found, 0, sizeof(*found));
}

static int
find_code(struct preparing *preparing, const struct apply_key *key, const uint8_t *value,
	  size_t size)
{
	struct found *found = &preparing->found;

	(void)value;
	(void)size;
	int r = found_grow(found);
	if (r == 0 && !code_of_key(key, &found->codes[found->count++]))
		r = STORE_DAMAGED;
	return r;
}

static int
find_sequence(struct preparing *preparing, const struct apply_key *key, const uint8_t *value,
	      size_t size)
{
	struct found *found = &preparing->found;

	(void)value;
	(void)size;
	int r = found_grow(found);
	if (r == 0)
		found->sequences[found->count++] = apply_sequence_of_key(key->bytes, key->size);
	return r;
}

static int
fill_sanctioned(struct preparing *preparing)
{
	const struct standing *standing;

	found_clear(&preparing->found);
	int r = each_row(preparing, TABLE_SANCTIONED, find_code);
	for (size_t i = 0; r == 0 && i < preparing->found.count; i++) {
		r = cache_get(preparing->desk.cache, &preparing->desk.lookup,
			      &preparing->found.codes[i], &standing);
		if (r == 0 &&
		    standings_put(preparing->config->standings, standing, standing->sequence) < 0)
			r = STORE_MEMORY;
	}
	found_clear(&preparing->found);
	return r;
}

/* As its changes left it: its record alone is not enough. */
static int
fill_place(struct preparing *preparing, const struct code *code)
{
	struct institution_row row;
	struct day from = DAY_NONE;
	uint64_t sequence;

	int r = lookup_institution(&preparing->desk.lookup, code, LOOKUP_NOW, &row, &sequence);
	if (r < 0)
		return r;
	if (row.earlier_count > 0) {
		struct call_position head;
		/* When that was recorded is not kept: of what was known before the book is asked.
		 */
		writer_position(preparing->config->store, &head);
		sequence = head.sequence;
		from = row.earlier[row.earlier_count - 1].until;
	}
	return standings_move_institution(preparing->config->standings, code, row.kind, &row.region,
					  from, sequence) < 0
		   ? STORE_MEMORY
		   : 0;
}

static int
fill_places(struct preparing *preparing)
{
	found_clear(&preparing->found);
	int r = each_row(preparing, TABLE_INSTITUTION, find_code);
	for (size_t i = 0; r == 0 && i < preparing->found.count; i++)
		r = fill_place(preparing, &preparing->found.codes[i]);
	found_clear(&preparing->found);
	return r;
}

static int
fill_rules_record(struct preparing *preparing, uint64_t sequence)
{
	struct rules_error error = {0};
	struct entry_body body;
	struct event event;

	int r = lookup_body(&preparing->desk.lookup, sequence, &body);
	if (r < 0)
		return r;
	while (entry_next_event(&body.events, &event)) {
		if (event.kind != EVENT_RULES_LOADED)
			continue;
		r = rules_set_load(preparing->config->rules, &event.rules, sequence, &error);
		if (r < 0)
			return store_report_set(preparing->report, STORE_NEWER_FORMAT, 0,
						"rules of record %" PRIu64 ":%u: %s: %s", sequence,
						error.line, error.key, error.message);
	}
	return 0;
}

static int
fill_rules(struct preparing *preparing)
{
	found_clear(&preparing->found);
	int r = each_row(preparing, TABLE_RULES, find_sequence);
	for (size_t i = 0; r == 0 && i < preparing->found.count; i++)
		r = fill_rules_record(preparing, preparing->found.sequences[i]);
	found_clear(&preparing->found);
	return r;
}

static int
fill(struct preparing *preparing)
{
	struct call_position position;

	int r = fill_rules(preparing);
	if (r == 0)
		r = fill_places(preparing);
	if (r == 0)
		r = each_row(preparing, TABLE_PRACTITIONER, fill_practitioner);
	if (r == 0)
		r = fill_sanctioned(preparing);
	if (r == 0)
		r = each_row(preparing, TABLE_ALIAS, fill_alias);
	if (r == 0) {
		writer_position(preparing->config->store, &position);
		standings_publish(preparing->config->standings, &position);
	}
	return r;
}

int
writer_prepare(const struct writer_config *config, const struct store_report *opened,
	       struct store_report *ret)
{
	struct preparing preparing = {.config = config, .report = ret};

	memset(ret, 0, sizeof(*ret));
	int r = store_reader_new(config->store, &preparing.reader);
	if (r == 0)
		r = desk_init(&preparing.desk, config->store, preparing.reader, config->rules);
	if (r == 0) {
		r = record_first(&preparing, opened);
		if (r == 0)
			r = fill(&preparing);
		desk_done(&preparing.desk);
	}
	store_reader_free(preparing.reader);
	if (r < 0 && ret->error == 0) {
		store_last_report(config->store, ret);
		ret->error = r;
	}
	return r;
}
