/*
 * Many writes in one frame: each decided by itself, in order, under (key, index).
 *
 * Loop threads. The batch keeps its commands until the last has come back, then answers once. An
 * item that finds the pool empty is BUSY: the same batch sent again finds the others answered.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "outcome.h"
#include "proto/arena.h"
#include "proto/demerit.pb-c.h"
#include "submit.h"
#include "submit_inner.h"
#include "writer.h"

#define BATCH_RETRY_MS 250

struct batch_item {
	struct command *command; /* NULL: never got that far */
	enum status_reason status;
	const char *field;
};

struct submit_batch {
	size_t count;
	size_t waiting; /* submitted and not yet back */
	struct batch_item items[];
};

static struct submit_batch *
submit_batch_free(struct submit_batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		if (batch->items[i].command != NULL)
			writer_release(batch->items[i].command);
	}
	free(batch);
	return NULL;
}

static Demerit__V1__WriteItemResult *
result_of(const struct batch_item *item, struct arena *arena)
{
	if (item->command != NULL)
		return outcome_item(&item->command->outcome, arena);

	struct outcome refused = {.status = item->status};
	Demerit__V1__WriteItemResult *result = outcome_item(&refused, arena);
	if (result != NULL && item->field != NULL)
		result->error->field = (char *)(uintptr_t)item->field;
	return result;
}

static void
reply(struct call *call, const struct submit_batch *batch)
{
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	Demerit__V1__WriteBatchReply message = DEMERIT__V1__WRITE_BATCH_REPLY__INIT;

	message.results = arena_alloc(call->arena, (batch->count + 1) * sizeof(*message.results));
	if (message.results == NULL) {
		call_fail(call, STATUS_TOO_COSTLY, NULL);
		return;
	}
	for (size_t i = 0; i < batch->count; i++) {
		message.results[i] = result_of(&batch->items[i], call->arena);
		if (message.results[i] == NULL) {
			call_fail(call, STATUS_TOO_COSTLY, NULL);
			return;
		}
		message.n_results = i + 1;
	}
	response.body_case = DEMERIT__V1__RESPONSE__BODY_WRITE_BATCH;
	response.write_batch = &message;
	call_reply(call, &response);
}

/* All notes of a batch come back to its own loop, one after the other. */
static enum call_result
answer(struct call *call, struct call_note *note)
{
	struct command *command = (struct command *)note;
	struct submit_batch *batch = command->batch;

	assert(batch->waiting > 0);
	if (--batch->waiting > 0)
		return CALL_PENDING;
	if (call != NULL)
		reply(call, batch);
	submit_batch_free(batch);
	return CALL_DONE;
}

static const ProtobufCMessage *
message_of(const Demerit__V1__WriteItem *item)
{
	switch (item->body_case) {
	case DEMERIT__V1__WRITE_ITEM__BODY_INSTITUTION_ADD:
		return &item->institution_add->base;
	case DEMERIT__V1__WRITE_ITEM__BODY_PRACTITIONER_ADD:
		return &item->practitioner_add->base;
	case DEMERIT__V1__WRITE_ITEM__BODY_REGISTRATION_JOIN:
		return &item->registration_join->base;
	case DEMERIT__V1__WRITE_ITEM__BODY_REGISTRATION_LEAVE:
		return &item->registration_leave->base;
	case DEMERIT__V1__WRITE_ITEM__BODY_REREGISTER:
		return &item->reregister->base;
	case DEMERIT__V1__WRITE_ITEM__BODY_PENALTY_RECORD:
		return &item->penalty_record->base;
	case DEMERIT__V1__WRITE_ITEM__BODY_POINTS_RECORD:
		return &item->points_record->base;
	case DEMERIT__V1__WRITE_ITEM__BODY_FOREIGN_SANCTION_RECORD:
		return &item->foreign_sanction_record->base;
	case DEMERIT__V1__WRITE_ITEM__BODY_FOREIGN_SANCTION_END:
		return &item->foreign_sanction_end->base;
	case DEMERIT__V1__WRITE_ITEM__BODY_INSTITUTION_NOTE:
		return &item->institution_note->base;
	case DEMERIT__V1__WRITE_ITEM__BODY_MARKING_ACK:
		return &item->marking_ack->base;
	case DEMERIT__V1__WRITE_ITEM__BODY__NOT_SET:
	case _DEMERIT__V1__WRITE_ITEM__BODY__CASE_IS_INT_SIZE:
		break;
	}
	return NULL;
}

/* An item has the number of the request it would be. */
static void
fill(struct call *call, const Demerit__V1__WriteItem *in, uint32_t index, struct batch_item *item)
{
	const ProtobufCMessage *message = message_of(in);
	unsigned body = (unsigned)in->body_case;

	if (message == NULL) {
		item->status = STATUS_BODY_MISSING;
		return;
	}
	item->command = writer_command(call->context->book->writer);
	if (item->command == NULL) {
		item->status = STATUS_BUSY;
		return;
	}
	struct translation t = {.command = item->command, .today = call->context->today};
	submit_envelope(call, item->command);
	item->command->index = index;
	translate_body(&t, body, message);
	if (t.status == STATUS_OK &&
	    !submit_digest(call, body, message, item->command, item->command->digest))
		translate_fault(&t, STATUS_TOO_COSTLY, NULL);
	if (t.status != STATUS_OK) {
		writer_release(item->command);
		item->command = NULL;
		item->status = t.status;
		item->field = t.field;
	}
}

enum call_result
submit_write_batch(struct call *call)
{
	const Demerit__V1__WriteBatch *in = call->request->write_batch;
	struct submit_batch *batch =
	    calloc(1, sizeof(*batch) + in->n_items * sizeof(batch->items[0]));

	if (batch == NULL) {
		call_fail_later(call, STATUS_BUSY, BATCH_RETRY_MS);
		return CALL_DONE;
	}
	batch->count = in->n_items;
	for (size_t i = 0; i < batch->count; i++) {
		fill(call, in->items[i], (uint32_t)i, &batch->items[i]);
		if (batch->items[i].command == NULL)
			continue;
		batch->items[i].command->batch = batch;
		batch->items[i].command->note.answer = answer;
		batch->waiting++;
	}
	if (batch->waiting == 0) {
		reply(call, batch);
		submit_batch_free(batch);
		return CALL_DONE;
	}
	for (size_t i = 0; i < batch->count; i++) {
		if (batch->items[i].command != NULL)
			writer_submit(call->context->book->writer, batch->items[i].command);
	}
	return CALL_PENDING;
}
