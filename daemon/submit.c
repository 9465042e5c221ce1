/*
 * The handlers of single writes: a command from the pool, filled from the request, handed to the
 * writer; the answer when it comes back.
 *
 * Loop threads. They check shape and nothing else; an early no about the day's work (the pool is
 * empty) is BUSY at once.
 */
#include "submit.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "outcome.h"
#include "proto/arena.h"
#include "proto/demerit.pb-c.h"
#include "submit_inner.h"
#include "writer.h"

#define SUBMIT_RETRY_MS 250

bool
submit_digest(struct call *call, unsigned body, const ProtobufCMessage *message,
	      const struct command *command, uint8_t ret[ENTRY_DIGEST_SIZE])
{
	/* What was asked, and for whom: the same request packs to the same bytes. */
	size_t size = protobuf_c_message_get_packed_size(message);
	size_t behalf = command->on_behalf_of.size;
	uint8_t *bytes = arena_alloc(call->arena, 2 + behalf + size);

	static_assert(ENTRY_DIGEST_SIZE == VAULT_HMAC_SIZE, "the digest is the vault's HMAC");
	if (bytes == NULL)
		return false;
	bytes[0] = (uint8_t)body;
	bytes[1] = (uint8_t)behalf;
	memcpy(bytes + 2, command->on_behalf_of.text, behalf);
	protobuf_c_message_pack(message, bytes + 2 + behalf);
	return vault_hmac(store_vault(call->context->book->store), bytes, 2 + behalf + size, ret) ==
	       0;
}

void
submit_envelope(struct call *call, struct command *command)
{
	const Demerit__V1__Request *request = call->request;

	command->note.token = call->token;
	command->principal = call->principal;
	command->deadline_us = call->deadline_us;
	command->dry_run = request->has_dry_run && request->dry_run;
	/* The session let only codes through. */
	if (request->idempotency_key != NULL && !command->dry_run)
		(void)code_set(request->idempotency_key, strlen(request->idempotency_key),
			       &command->key);
	if (request->on_behalf_of != NULL)
		(void)code_set(request->on_behalf_of, strlen(request->on_behalf_of),
			       &command->on_behalf_of);
}

static enum call_result
answer(struct call *call, struct call_note *note)
{
	struct command *command = (struct command *)note;

	static_assert(offsetof(struct command, note) == 0, "the note is the command's head");
	if (call != NULL)
		outcome_reply(&command->outcome, call);
	writer_release(command);
	return CALL_DONE;
}

/* A rulebook's fault has a line, a key and a sentence of its own. */
static void
fail_rules(struct call *call, const struct rules_error *fault)
{
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	Demerit__V1__Error error = DEMERIT__V1__ERROR__INIT;
	char message[512];

	(void)snprintf(message, sizeof(message), "line %u%s%s: %s", fault->line,
		       fault->key[0] == '\0' ? "" : ", ", fault->key, fault->message);
	char message_zh[512];
	(void)snprintf(message_zh, sizeof(message_zh), "第 %u 行%s%s：%s", fault->line,
		       fault->key[0] == '\0' ? "" : "，", fault->key, fault->message);
	error.has_code = true;
	error.code = DEMERIT__V1__CODE__CODE_INVALID_ARGUMENT;
	error.reason = (char *)(uintptr_t) "RULES_BAD";
	error.message = message;
	error.message_zh = message_zh;
	error.field = (char *)(uintptr_t) "text";
	error.parameter = (char *)(uintptr_t)fault->key;
	response.body_case = DEMERIT__V1__RESPONSE__BODY_ERROR;
	response.error = &error;
	call_reply(call, &response);
}

static void
fail(struct call *call, const struct translation *t)
{
	if (t->rules.message[0] != '\0')
		fail_rules(call, &t->rules);
	else
		call_fail(call, t->status, t->field);
}

static void
fill_plain(struct translation *t, struct call *call, unsigned body, const ProtobufCMessage *message)
{
	(void)call;
	translate_body(t, body, message);
}

enum call_result
submit_filled(struct call *call, const ProtobufCMessage *message, submit_fill fill_command)
{
	unsigned body = (unsigned)call->request->body_case;
	struct command *command = writer_command(call->context->book->writer);

	if (command == NULL) {
		call_fail_later(call, STATUS_BUSY, SUBMIT_RETRY_MS);
		return CALL_DONE;
	}
	struct translation t = {.command = command, .today = call->context->today};
	submit_envelope(call, command);
	fill_command(&t, call, body, message);
	if (t.status == STATUS_OK && !submit_digest(call, body, message, command, command->digest))
		translate_fault(&t, STATUS_TOO_COSTLY, NULL);
	if (t.status != STATUS_OK) {
		fail(call, &t);
		writer_release(command);
		return CALL_DONE;
	}
	command->note.answer = answer;
	writer_submit(command->writer, command);
	return CALL_PENDING;
}

static enum call_result
submit(struct call *call, const ProtobufCMessage *message)
{
	return submit_filled(call, message, fill_plain);
}

enum call_result
submit_institution_add(struct call *call)
{
	return submit(call, &call->request->institution_add->base);
}

enum call_result
submit_practitioner_add(struct call *call)
{
	return submit(call, &call->request->practitioner_add->base);
}

enum call_result
submit_registration_join(struct call *call)
{
	return submit(call, &call->request->registration_join->base);
}

enum call_result
submit_registration_leave(struct call *call)
{
	return submit(call, &call->request->registration_leave->base);
}

enum call_result
submit_reregister(struct call *call)
{
	return submit(call, &call->request->reregister->base);
}

enum call_result
submit_penalty_record(struct call *call)
{
	return submit(call, &call->request->penalty_record->base);
}

enum call_result
submit_penalty_overturn(struct call *call)
{
	return submit(call, &call->request->penalty_overturn->base);
}

enum call_result
submit_points_record(struct call *call)
{
	return submit(call, &call->request->points_record->base);
}

enum call_result
submit_points_annul(struct call *call)
{
	return submit(call, &call->request->points_annul->base);
}

enum call_result
submit_points_correct(struct call *call)
{
	return submit(call, &call->request->points_correct->base);
}

enum call_result
submit_foreign_record(struct call *call)
{
	return submit(call, &call->request->foreign_sanction_record->base);
}

enum call_result
submit_foreign_end(struct call *call)
{
	return submit(call, &call->request->foreign_sanction_end->base);
}

enum call_result
submit_institution_note(struct call *call)
{
	return submit(call, &call->request->institution_note->base);
}

enum call_result
submit_rulebook_load(struct call *call)
{
	return submit(call, &call->request->rulebook_load->base);
}

enum call_result
submit_calendar_load(struct call *call)
{
	return submit(call, &call->request->calendar_load->base);
}

enum call_result
submit_policy_load(struct call *call)
{
	return submit(call, &call->request->policy_load->base);
}

enum call_result
submit_institution_change(struct call *call)
{
	return submit(call, &call->request->institution_change->base);
}

enum call_result
submit_alias(struct call *call)
{
	return submit(call, &call->request->alias->base);
}

enum call_result
submit_notice(struct call *call)
{
	return submit(call, &call->request->notice->base);
}

enum call_result
submit_objection_file(struct call *call)
{
	return submit(call, &call->request->objection_file->base);
}

enum call_result
submit_objection_explain(struct call *call)
{
	return submit(call, &call->request->objection_explain->base);
}

enum call_result
submit_review(struct call *call)
{
	return submit(call, &call->request->review->base);
}

enum call_result
submit_stay(struct call *call)
{
	return submit(call, &call->request->stay->base);
}

enum call_result
submit_resume(struct call *call)
{
	return submit(call, &call->request->resume->base);
}

enum call_result
submit_repair_request(struct call *call)
{
	return submit(call, &call->request->repair_request->base);
}

enum call_result
submit_repair_approve(struct call *call)
{
	return submit(call, &call->request->repair_approve->base);
}

enum call_result
submit_repair_deny(struct call *call)
{
	return submit(call, &call->request->repair_deny->base);
}
