/*
 * Two persons: what one proposes is packed beside its command; what another approves is unpacked
 * from the proposal's record and filled into the same command, so that it is decided by the same
 * rules.
 *
 * Loop threads. Reads what was acknowledged; who may approve is the writer's to decide. Texts that
 * are personal are no part of what is packed: they are sealed beside it.
 */
#include <stdlib.h>
#include <string.h>

#include "lookup.h"
#include "personal.h"
#include "proto/demerit.pb-c.h"
#include "route.h"
#include "submit.h"
#include "submit_inner.h"
#include "translate_inner.h"

/* The two places of personal texts in a body: why, and why the new entry is as it is. */
struct texts {
	char **reason;	     /* NULL: it has none */
	char **entry_reason; /* NULL: likewise */
};

static const ProtobufCMessageDescriptor *
descriptor_of(unsigned body)
{
	switch (body) {
	case DEMERIT__V1__REQUEST__BODY_POINTS_RECORD:
		return &demerit__v1__points_record__descriptor;
	case DEMERIT__V1__REQUEST__BODY_POINTS_ANNUL:
		return &demerit__v1__points_annul__descriptor;
	case DEMERIT__V1__REQUEST__BODY_PENALTY_OVERTURN:
		return &demerit__v1__penalty_overturn__descriptor;
	case DEMERIT__V1__REQUEST__BODY_POINTS_CORRECT:
		return &demerit__v1__points_correct__descriptor;
	case DEMERIT__V1__REQUEST__BODY_REVIEW:
		return &demerit__v1__review__descriptor;
	case DEMERIT__V1__REQUEST__BODY_REPAIR_APPROVE:
		return &demerit__v1__repair_approve__descriptor;
	case DEMERIT__V1__REQUEST__BODY_RULEBOOK_LOAD:
		return &demerit__v1__rulebook_load__descriptor;
	case DEMERIT__V1__REQUEST__BODY_POLICY_LOAD:
		return &demerit__v1__policy_load__descriptor;
	case DEMERIT__V1__REQUEST__BODY_CALENDAR_LOAD:
		return &demerit__v1__calendar_load__descriptor;
	default:
		return NULL;
	}
}

/* The command in a proposal, and its number as a body of its own; NULL: none was given. */
static ProtobufCMessage *
command_of(const Demerit__V1__PointsPropose *in, unsigned *ret_body)
{
	switch (in->command_case) {
	case DEMERIT__V1__POINTS_PROPOSE__COMMAND_ENTRY:
		*ret_body = DEMERIT__V1__REQUEST__BODY_POINTS_RECORD;
		return &in->entry->base;
	case DEMERIT__V1__POINTS_PROPOSE__COMMAND_ANNUL:
		*ret_body = DEMERIT__V1__REQUEST__BODY_POINTS_ANNUL;
		return &in->annul->base;
	case DEMERIT__V1__POINTS_PROPOSE__COMMAND_OVERTURN:
		*ret_body = DEMERIT__V1__REQUEST__BODY_PENALTY_OVERTURN;
		return &in->overturn->base;
	case DEMERIT__V1__POINTS_PROPOSE__COMMAND_CORRECT:
		*ret_body = DEMERIT__V1__REQUEST__BODY_POINTS_CORRECT;
		/* It would hold from the day of the proposal; it holds from that of the approval.
		 */
		in->correct->has_on = false;
		return &in->correct->base;
	case DEMERIT__V1__POINTS_PROPOSE__COMMAND_REVIEW:
		*ret_body = DEMERIT__V1__REQUEST__BODY_REVIEW;
		return &in->review->base;
	case DEMERIT__V1__POINTS_PROPOSE__COMMAND_REPAIR_APPROVE:
		*ret_body = DEMERIT__V1__REQUEST__BODY_REPAIR_APPROVE;
		return &in->repair_approve->base;
	case DEMERIT__V1__POINTS_PROPOSE__COMMAND_RULEBOOK:
		*ret_body = DEMERIT__V1__REQUEST__BODY_RULEBOOK_LOAD;
		return &in->rulebook->base;
	case DEMERIT__V1__POINTS_PROPOSE__COMMAND_POLICY:
		*ret_body = DEMERIT__V1__REQUEST__BODY_POLICY_LOAD;
		return &in->policy->base;
	case DEMERIT__V1__POINTS_PROPOSE__COMMAND_CALENDAR:
		*ret_body = DEMERIT__V1__REQUEST__BODY_CALENDAR_LOAD;
		return &in->calendar->base;
	case DEMERIT__V1__POINTS_PROPOSE__COMMAND__NOT_SET:
	case _DEMERIT__V1__POINTS_PROPOSE__COMMAND__CASE_IS_INT_SIZE:
		break;
	}
	return NULL;
}

static char **
entry_reason(Demerit__V1__PointsRecord *replacement)
{
	return replacement == NULL ? NULL : &replacement->reason;
}

static struct texts
texts_of(unsigned body, ProtobufCMessage *message)
{
	void *in = message;

	switch (body) {
	case DEMERIT__V1__REQUEST__BODY_POINTS_RECORD:
		return (struct texts){&((Demerit__V1__PointsRecord *)in)->reason, NULL};
	case DEMERIT__V1__REQUEST__BODY_POINTS_ANNUL:
		return (struct texts){&((Demerit__V1__PointsAnnul *)in)->reason, NULL};
	case DEMERIT__V1__REQUEST__BODY_PENALTY_OVERTURN:
		return (struct texts){&((Demerit__V1__PenaltyOverturn *)in)->reason, NULL};
	case DEMERIT__V1__REQUEST__BODY_POINTS_CORRECT: {
		Demerit__V1__PointsCorrect *correct = in;
		return (struct texts){&correct->reason, entry_reason(correct->replacement)};
	}
	case DEMERIT__V1__REQUEST__BODY_REVIEW: {
		Demerit__V1__Review *review = in;
		return (struct texts){&review->reason, entry_reason(review->replacement)};
	}
	case DEMERIT__V1__REQUEST__BODY_REPAIR_APPROVE:
		return (struct texts){&((Demerit__V1__RepairApprove *)in)->reason, NULL};
	default:
		return (struct texts){NULL, NULL}; /* rules have no reason */
	}
}

/* Put other texts into their places and tell those that stood there. */
static void
texts_swap(const struct texts *texts, char *with[2])
{
	char **places[2] = {texts->reason, texts->entry_reason};

	for (size_t i = 0; i < 2; i++) {
		if (places[i] == NULL)
			continue;
		char *was = *places[i];
		*places[i] = with[i];
		with[i] = was;
	}
}

static bool
may(const struct call *call, unsigned body)
{
	const struct route_row *row = route_find(body);

	return row != NULL && authz_allows(call->principal, row->rights);
}

/* ---- propose ---- */

static void
keep_request(struct translation *t, unsigned body, ProtobufCMessage *message)
{
	struct command_second *second = &t->command->second;
	struct texts texts = texts_of(body, message);
	char *kept[2] = {NULL, NULL};

	texts_swap(&texts, kept);
	size_t size = protobuf_c_message_get_packed_size(message);
	second->request = malloc(size + 1);
	if (second->request == NULL) {
		translate_fault(t, STATUS_BUSY, NULL);
	} else {
		second->request_size = (uint32_t)protobuf_c_message_pack(message, second->request);
		second->body = body;
	}
	texts_swap(&texts, kept);
}

static void
fill_propose(struct translation *t, struct call *call, unsigned number,
	     const ProtobufCMessage *message)
{
	const Demerit__V1__PointsPropose *in = (const void *)message;
	struct command_second *second = &t->command->second;
	unsigned body;

	(void)number;
	second->step = SECOND_PROPOSE;
	translate_id(t, "id", in->id, false, &second->proposal);
	ProtobufCMessage *command = command_of(in, &body);
	translate_need(t, "entry", command != NULL);
	if (command == NULL)
		return;
	if (!may(call, body))
		translate_fault(t, STATUS_NOT_ALLOWED, NULL);
	translate_body(t, body, command);
	/* Only what changes an entry weighs: the other outcomes of a review are written directly.
	 */
	keep_request(t, body, command);
}

enum call_result
submit_points_propose(struct call *call)
{
	return submit_filled(call, &call->request->points_propose->base, fill_propose);
}

/* ---- approve, deny ---- */

/* The proposal's event, as acknowledged; false: none. Its bytes are good until the next look. */
static int
find(struct call *call, const struct code *id, struct event *ret)
{
	const struct lookup lookup = {call->context->reader, NULL};
	struct case_file file;
	struct entry_body body;

	int r = lookup_case(&lookup, id, LOOKUP_NOW, &file);
	if (r == 0 && file.kind != CASE_PROPOSAL)
		r = STORE_NOT_FOUND;
	if (r == 0)
		r = lookup_body(&lookup, file.sequence, &body);
	if (r < 0)
		return r;
	while (entry_next_event(&body.events, ret)) {
		if (ret->kind == EVENT_PROPOSED && code_equal(&ret->proposed.id, id))
			return 0;
	}
	return STORE_DAMAGED;
}

/* What was erased since is as if it had not been given. */
static char *
unseal(struct call *call, const struct event *event, const struct sealed *sealed,
       char text[PERSONAL_TEXT_MAX + 1])
{
	struct entry_subject subject = {SUBJECT_PRACTITIONER, event->practitioner};

	if (code_is_empty(&event->practitioner))
		subject = (struct entry_subject){SUBJECT_INSTITUTION, event->proposed.institution};
	if (sealed->size == 0 || personal_unseal(store_vault(call->context->book->store),
						 PERSONAL_REASON, &subject, sealed, text) != 0)
		return NULL;
	return text;
}

static void
fill_proposed(struct translation *t, struct call *call, const struct event *event)
{
	const struct event_proposed *proposed = &event->proposed;
	const ProtobufCMessageDescriptor *descriptor = descriptor_of(proposed->body);
	char reason[PERSONAL_TEXT_MAX + 1];
	char entry[PERSONAL_TEXT_MAX + 1];

	if (descriptor == NULL) {
		translate_fault(t, STATUS_BODY_NOT_BUILT, NULL);
		return;
	}
	if (!may(call, proposed->body)) {
		translate_fault(t, STATUS_NOT_ALLOWED, NULL);
		return;
	}
	ProtobufCMessage *message = protobuf_c_message_unpack(
	    descriptor, NULL, proposed->request.size, proposed->request.bytes);
	if (message == NULL) {
		translate_fault(t, STATUS_BUSY, NULL);
		return;
	}
	struct texts texts = texts_of(proposed->body, message);
	char *with[2] = {unseal(call, event, &proposed->reason, reason),
			 unseal(call, event, &proposed->entry_reason, entry)};
	texts_swap(&texts, with);
	translate_body(t, proposed->body, message);
	texts_swap(&texts, with);
	protobuf_c_message_free_unpacked(message, NULL);
	explicit_bzero(reason, sizeof(reason));
	explicit_bzero(entry, sizeof(entry));
}

static void
fill_approve(struct translation *t, struct call *call, unsigned number,
	     const ProtobufCMessage *message)
{
	const Demerit__V1__PointsApprove *in = (const void *)message;
	struct command_second *second = &t->command->second;
	bool deny = in->has_deny && in->deny;
	struct event event;

	(void)number;
	t->command->kind = COMMAND_PROPOSAL;
	second->step = deny ? SECOND_DENY : SECOND_APPROVE;
	translate_code(t, "proposal", in->proposal, true, &second->proposal);
	/* About nobody, it stands in the record's note, which holds no more. */
	if (in->reason != NULL && strlen(in->reason) > TEXT_SIZE_MAX)
		translate_fault(t, STATUS_FIELD_TOO_LONG, "reason");
	if (deny)
		translate_personal(t, "reason", in->reason, true);
	else if (in->reason != NULL)
		translate_long_text(t, "reason", in->reason, second->reason, &second->reason_size);
	if (deny || t->status != STATUS_OK)
		return;
	int r = find(call, &second->proposal, &event);
	if (r == 0)
		fill_proposed(t, call, &event);
	else if (r != STORE_NOT_FOUND)
		translate_fault(t, STATUS_BUSY, NULL);
}

enum call_result
submit_points_approve(struct call *call)
{
	return submit_filled(call, &call->request->points_approve->base, fill_approve);
}
