/*
 * What became of a write: asked by its key, for as long as the book exists.
 *
 * Called on a loop's thread; reads the row of the key and the record it names. Owns nothing. The
 * answer is made by the same functions as the write's own.
 */
#include "query.h"

#include <string.h>

#include "outcome.h"
#include "query_inner.h"
#include "storage/store.h"

static int
outcome_find(struct query *query, const struct code *principal, const struct code *word,
	     uint32_t index, struct outcome *ret)
{
	struct store_record record;
	struct store_value value;
	struct apply_key key;

	apply_key_outcome(&key, principal, word, index);
	int r = lookup_row(&query->lookup, TABLE_OUTCOME, &key, &value);
	if (r == 0)
		r = lookup_record(&query->lookup, apply_sequence_of_value(value.bytes, value.size),
				  &record);
	return r < 0 ? r : outcome_read(&record, ret);
}

/* Whose keys: one's own, or with the operator's right anybody's. */
static enum status_reason
outcome_principal(const struct call *call, const char *asked, struct code *ret)
{
	const char *own = call->principal->name;

	if (asked == NULL || strcmp(asked, own) == 0)
		return code_set(own, strlen(own), ret) ? STATUS_OK : STATUS_INTERNAL;
	if (!authz_allows(call->principal, RIGHT_OPERATE))
		return STATUS_NOT_ALLOWED;
	return query_take_code(asked, ret);
}

enum call_result
query_outcome(struct call *call)
{
	const Demerit__V1__Outcome *asked = call->request->outcome;
	Demerit__V1__OutcomeReply reply = DEMERIT__V1__OUTCOME_REPLY__INIT;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	struct code principal, key;
	struct query_moment moment;
	struct outcome outcome;

	if (!query_begin(call, &moment))
		return CALL_DONE;
	enum status_reason reason = query_take_code(asked->key, &key);
	if (reason != STATUS_OK)
		return query_refuse(call, reason, "key");
	reason = outcome_principal(call, asked->principal, &principal);
	if (reason != STATUS_OK)
		return query_refuse(call, reason, "principal");

	int r = outcome_find(call->context->query, &principal, &key,
			     asked->has_index ? asked->index : 0, &outcome);
	if (r < 0 && r != STORE_NOT_FOUND)
		return query_fail(call, r);
	reply.has_found = true;
	reply.found = r == 0 && !(moment.past && outcome.sequence > moment.as_of);
	if (reply.found) {
		/* A record younger than this wake-up's position: say so, instead of denying it. */
		if (outcome.sequence > moment.position.sequence) {
			moment.position.sequence = outcome.sequence;
			moment.position.recorded_at = outcome.recorded_at;
		}
		if (outcome_accepted(&outcome))
			reply.write = outcome_write(&outcome, call->arena);
		else
			reply.error = outcome_error(&outcome, call->arena);
	}
	if (r == 0)
		outcome_done(&outcome);
	response.body_case = DEMERIT__V1__RESPONSE__BODY_OUTCOME;
	response.outcome = &reply;
	return query_reply(call, &moment, &response);
}
