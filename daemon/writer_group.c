/*
 * A group on its way to the disk: appended and synced, then put into sight, then answered.
 *
 * Called by the writer's thread alone. The order is the promise: nobody is answered, and no check
 * sees a thing, before the disk has it. What fails to be written has changed nothing.
 */
#include "writer_inner.h"

#include <assert.h>
#include <string.h>

#include "outcome.h"
#include "standings.h"

#define BUSY_WAIT_MS   200
#define BUSY_WAITS_MAX 50 /* 10 s; the queue fills meanwhile, and new writes get BUSY */
#define BUSY_RETRY_MS  1000
#define FULL_RETRY_MS  5000

enum status_reason
writer_status(int error)
{
	switch (error) {
	case STORE_BUSY:
	case STORE_MEMORY:
		return STATUS_BUSY;
	case STORE_FULL:
		return STATUS_DISK_FULL;
	case STORE_TOO_LARGE:
		return STATUS_TOO_COSTLY;
	case STORE_DAMAGED:
		return STATUS_BOOK_DAMAGED;
	case STORE_FAILED:
	case STORE_IO:
		return STATUS_OUTCOME_UNKNOWN;
	default:
		return STATUS_INTERNAL;
	}
}

void
writer_position(struct store *store, struct call_position *ret)
{
	struct store_head head;

	store_head(store, &head);
	static_assert(sizeof(ret->ledger) == sizeof(head.ledger), "one ledger id");
	memcpy(ret->ledger, head.ledger, sizeof(ret->ledger));
	ret->epoch = head.epoch;
	ret->sequence = head.sequence;
	ret->recorded_at = head.recorded_at;
}

static int
install_event(const struct writer_config *config, const struct event *event, uint64_t sequence)
{
	struct rules_error error;
	int r = 0;

	if (event->kind == EVENT_INSTITUTION_ADDED) {
		const struct event_institution *added = &event->institution;
		r = standings_put_institution(config->standings, &added->code, added->kind,
					      &added->region, sequence);
	} else if (event->kind == EVENT_INSTITUTION_CHANGED &&
		   !code_is_empty(&event->changed.region)) {
		const struct event_institution_changed *changed = &event->changed;
		struct standings_place place;
		if (standings_institution(config->standings, &changed->institution, &place) !=
		    STANDINGS_FOUND)
			return STORE_DAMAGED;
		r = standings_move_institution(config->standings, &changed->institution, place.kind,
					       &changed->region, changed->on, sequence);
	} else if (event->kind == EVENT_ALIAS_SET || event->kind == EVENT_ALIAS_REMOVED) {
		static const struct code nobody;
		r = standings_put_alias(
		    config->standings, &event->alias.alias,
		    event->kind == EVENT_ALIAS_SET ? &event->practitioner : &nobody, sequence);
	} else if (event->kind == EVENT_RULES_LOADED) {
		r = rules_set_load(config->rules, &event->rules, sequence, &error);
	}
	return r < 0 ? STORE_MEMORY : 0;
}

/* Places and rules stand in the records; people were put aside as they were decided. */
static int
install(struct writer *writer)
{
	struct desk *desk = &writer->desk;
	const struct store_record *records = batch_records(desk->batch);
	struct entry_body body;
	struct event event;

	for (size_t i = 0; i < batch_count(desk->batch); i++) {
		if (!entry_read(records[i].body, records[i].body_size, &body))
			return STORE_DAMAGED;
		/* What is not about points, which come by the thousand: all of its events. */
		while (entry_next_event(&body.events, &event)) {
			if (event.kind == EVENT_POINTS_RECORDED)
				break;
			int r = install_event(&writer->config, &event, records[i].sequence);
			if (r < 0)
				return r;
		}
	}
	return scratch_install(desk->scratch, writer->config.standings);
}

static int
append(struct writer *writer)
{
	struct store *store = writer->config.store;
	struct batch *batch = writer->desk.batch;
	int r = 0;

	/* Room in memory before the record is on the disk: afterwards there is no way back. */
	if (standings_reserve(writer->config.standings, batch_count(batch)) < 0)
		return STORE_MEMORY;
	for (unsigned i = 0; i < BUSY_WAITS_MAX; i++) {
		r = store_append(store, batch_records(batch), batch_count(batch));
		if (r != STORE_BUSY)
			return r;
		r = store_wait(store, BUSY_WAIT_MS);
		if (r < 0 && r != STORE_BUSY)
			return r;
	}
	return STORE_BUSY;
}

/* Nothing can be written any more: said once, and the daemon ends. */
static void
fail(struct writer *writer, int error)
{
	struct store_report report;

	if (atomic_exchange(&writer->failed, true))
		return;
	store_last_report(writer->config.store, &report);
	if (writer->config.on_failed != NULL)
		writer->config.on_failed(writer->config.user, error,
					 report.text[0] == '\0' ? store_error_text(error)
								: report.text);
}

static void
answer_all(struct writer *writer, int error)
{
	struct command *command = writer->undurable.first;

	while (command != NULL) {
		struct command *next = command->next;
		struct outcome *outcome = &command->outcome;
		if (error < 0) {
			outcome_done(outcome);
			outcome->status = writer_status(error);
			if (outcome->status == STATUS_BUSY)
				outcome->retry_after_ms = BUSY_RETRY_MS;
			if (outcome->status == STATUS_DISK_FULL)
				outcome->retry_after_ms = FULL_RETRY_MS;
		}
		outcome->position = writer->position;
		call_post(&command->note);
		command = next;
	}
	writer_list_init(&writer->undurable);
}

void
writer_commit(struct writer *writer)
{
	struct desk *desk = &writer->desk;
	int r = 0;

	if (batch_count(desk->batch) > 0) {
		r = append(writer);
		atomic_store(&writer->disk_full, r == STORE_FULL);
		if (r == 0) {
			int installed = install(writer);
			writer_position(writer->config.store, &writer->position);
			standings_publish(writer->config.standings, &writer->position);
			atomic_store(&writer->last_recorded_at, writer->position.recorded_at);
			atomic_fetch_add(&writer->groups, 1);
			if (installed < 0)
				fail(writer, installed);
		} else {
			cache_clear(desk->cache);
			if (r != STORE_BUSY && r != STORE_FULL && r != STORE_MEMORY)
				fail(writer, r);
		}
		batch_reset(desk->batch);
		scratch_rewind(desk->scratch, 0);
		desk->sequence = writer->position.sequence + 1;
	}
	answer_all(writer, r);
}
