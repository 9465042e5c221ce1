/*
 * Checks that need more than memory: with detail, of the past, or many in one frame.
 *
 * Called on a loop's thread. Owns nothing. What memory knows it asks memory for, by the same
 * function that judges plain checks; what it does not, it folds from the book. A test holds the
 * two against each other. Never changes what a check says for being asked another way.
 */
#include "query.h"

#include <assert.h>
#include <string.h>

#include "call_check.h"
#include "proto/codec.h"
#include "past.h"
#include "query_inner.h"
#include "standings.h"

/* ---- the judgement ---- */

static bool
judge_from_memory(const struct call *call, const struct query_moment *moment,
		  const struct query_claim *claim, struct query_judgement *ret)
{
	struct call_context then = *call->context;
	struct call_check check = {
	    .practitioner = claim->practitioner.text,
	    .practitioner_size = claim->practitioner.size,
	    .institution = claim->institution.text,
	    .institution_size = claim->institution.size,
	    .emergency = claim->emergency,
	    .on = claim->on,
	};
	size_t type_size = claim->visit_type == NULL ? 0 : strlen(claim->visit_type);

	if (type_size > UINT8_MAX)
		return false;
	check.visit_type = claim->visit_type;
	check.visit_type_size = (uint8_t)type_size;
	then.position.sequence = moment->as_of;
	standings_prepare(then.book->standings, &check);
	if (!standings_check(then.book->standings, &then, &check))
		return false;
	ret->eligibility = check.eligibility;
	ret->until = check.until;
	ret->bar_until = check.bar_until;
	return true;
}

/* What a judgement needs of a person. */
struct judged {
	enum category category; /* 0: nobody was registered under the code */
	size_t count;
	const struct interval *intervals;
};

static void
judge_intervals(const struct judged *person, bool registered, const struct query_place *place,
		const struct query_claim *asked, struct query_judgement *ret)
{
	const struct interval *interval = interval_at(person->intervals, person->count, asked->on);
	const struct claim claim = {
	    .on = asked->on,
	    .category = person->category,
	    .institution_kind = place->kind,
	    .visit_kinds = query_visit_kinds(place->policy, asked->visit_type, asked->emergency),
	    .registered = registered,
	};

	ret->eligibility = eligibility(interval, &claim, place->policy);
	ret->until = DAY_NONE;
	ret->bar_until = DAY_NONE;
	if (interval == NULL || claim.category == 0)
		return;
	if (interval->status == STATUS_TERMINATED)
		ret->bar_until = interval->bar_until;
	else
		ret->until = interval_status_until(person->intervals, person->count, asked->on);
}

/* Of the person in the scratch. */
static void
judge_scratch(const struct query *query, const struct query_place *place,
	      const struct query_claim *asked, struct query_judgement *ret)
{
	const struct judged person = {query->standing.category, query->intervals_count,
				      query->intervals};
	bool registered = code_is_empty(&asked->institution) ||
			  standing_registered(&query->standing, &asked->institution, asked->on);

	judge_intervals(&person, registered, place, asked, ret);
}

static int
judge_from_book(struct call *call, const struct query_moment *moment,
		const struct query_claim *asked, struct query_judgement *ret)
{
	struct query *query = call->context->query;
	struct query_place place;
	const struct past *past;
	struct code whom;

	int r = query_place(query, &asked->institution, asked->on, moment->as_of, &place);
	if (r == 0)
		r = query_whom(call, moment, &asked->practitioner, &whom);
	if (r < 0)
		return r;
	/* The registration decides only where the policy says so: it takes the whole standing. */
	if (place.policy != NULL && place.policy->registration_decides &&
	    !code_is_empty(&asked->institution)) {
		r = query_person(query, &whom, moment->as_of);
		if (r == 0)
			judge_scratch(query, &place, asked, ret);
		return r;
	}
	r = past_get(query, &whom, moment->as_of, &past);
	if (r == 0)
		judge_intervals(&(struct judged){past->category, past->count, past->intervals},
				true, &place, asked, ret);
	return r;
}

int
query_judge(struct call *call, const struct query_moment *moment, const struct query_claim *claim,
	    struct query_judgement *ret)
{
	if (judge_from_memory(call, moment, claim, ret))
		return 0;
	return judge_from_book(call, moment, claim, ret);
}

/* ---- the reply ---- */

static enum status_reason
check_take(const struct call *call, const Demerit__V1__Check *asked, struct query_claim *ret,
	   const char **ret_field)
{
	memset(ret, 0, sizeof(*ret));
	*ret_field = "practitioner";
	enum status_reason reason = query_take_code(asked->practitioner, &ret->practitioner);
	if (reason != STATUS_OK)
		return reason;
	*ret_field = "institution";
	if (asked->institution != NULL &&
	    !code_set(asked->institution, strlen(asked->institution), &ret->institution))
		return STATUS_FIELD_BAD_CODE;
	*ret_field = "on";
	if (!query_take_day(call, asked->has_on, asked->on, &ret->on))
		return STATUS_FIELD_BAD_DAY;
	ret->visit_type = asked->visit_type;
	ret->emergency = asked->has_emergency && asked->emergency;
	return STATUS_OK;
}

static void
check_fill(const struct query_claim *claim, const struct query_judgement *judgement,
	   Demerit__V1__CheckReply *ret)
{
	ret->has_decision = true;
	ret->decision = (Demerit__V1__Decision)judgement->eligibility.decision;
	ret->has_reason = true;
	ret->reason = (Demerit__V1__DecisionReason)judgement->eligibility.reason;
	ret->has_status = true;
	ret->status =
	    (Demerit__V1__EligibilityStatus)query_wire_status(judgement->eligibility.status);
	ret->has_on = true;
	ret->on = claim->on.number;
	ret->has_until_day = !day_is_none(judgement->until) && !day_is_forever(judgement->until);
	ret->until_day = judgement->until.number;
	ret->has_bar_until = !day_is_none(judgement->bar_until);
	ret->bar_until = judgement->bar_until.number;
}

/*
 * From the person in the scratch. The entries are those the answer rests on: the sanction's where
 * one holds that day, else those that make up this year's points.
 */
static void
check_fill_detail(struct call *call, const struct query_claim *claim, Demerit__V1__CheckReply *ret)
{
	const struct query *query = call->context->query;
	const struct standing *standing = &query->standing;
	const struct interval *interval = query_interval(query, claim->on);
	int year = day_year(claim->on);
	uint64_t entries = standing_entries_of(standing, year, claim->on);

	ret->practitioner = query_code(call, &standing->practitioner);
	ret->has_points_this_year = true;
	ret->points_this_year = (uint32_t)standing_total(standing, year, claim->on).capped;
	if (interval != NULL) {
		const struct sanction *sanction = &standing->sanctions[interval->sanction];
		entries = sanction->basis;
		ret->rulebook = query_version(call, &sanction->rulebook);
		ret->clause = query_text(call, sanction->clause.text, sanction->clause.size);
	}
	ret->entries = query_entries(call, standing, entries, &ret->n_entries);
	ret->has_registered = !code_is_empty(&claim->institution);
	ret->registered =
	    ret->has_registered && standing_registered(standing, &claim->institution, claim->on);
}

static int
check_answer(struct call *call, const struct query_moment *moment, const struct query_claim *claim,
	     bool detail, Demerit__V1__CheckReply *ret)
{
	struct query *query = call->context->query;
	struct query_judgement judgement;
	struct query_place place;
	int r;

	if (!detail) {
		r = query_judge(call, moment, claim, &judgement);
		if (r == 0)
			check_fill(claim, &judgement, ret);
		return r;
	}
	/* Judged from what the detail is taken from, so that the two are of one moment. */
	r = query_named(call, moment, &claim->practitioner);
	if (r == 0)
		r = query_place(query, &claim->institution, claim->on, moment->as_of, &place);
	if (r < 0)
		return r;
	judge_scratch(query, &place, claim, &judgement);
	check_fill(claim, &judgement, ret);
	check_fill_detail(call, claim, ret);
	return 0;
}

enum call_result
query_check(struct call *call)
{
	const Demerit__V1__Check *asked = call->request->check;
	Demerit__V1__CheckReply reply = DEMERIT__V1__CHECK_REPLY__INIT;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	struct query_moment moment;
	struct query_claim claim;
	const char *field;

	if (!query_begin(call, &moment))
		return CALL_DONE;
	enum status_reason reason = check_take(call, asked, &claim, &field);
	if (reason != STATUS_OK)
		return query_refuse(call, reason, field);
	int r = check_answer(call, &moment, &claim,
			     query_tells_detail(call, asked->has_detail, asked->detail), &reply);
	if (r < 0)
		return query_fail(call, r);
	response.body_case = DEMERIT__V1__RESPONSE__BODY_CHECK;
	response.check = &reply;
	return query_reply(call, &moment, &response);
}

/* ---- many ---- */

struct batch_slot {
	Demerit__V1__CheckBatchResult result;
	Demerit__V1__CheckReply check;
	Demerit__V1__ItemError error;
};

static void
batch_refuse_item(struct batch_slot *slot, enum status_reason reason, const char *field)
{
	const struct status_row *row = status_get(reason);

	demerit__v1__item_error__init(&slot->error);
	slot->error.has_code = true;
	slot->error.code = (Demerit__V1__Code)row->code;
	slot->error.reason = (char *)(uintptr_t)row->reason;
	slot->error.message = (char *)(uintptr_t)row->message;
	slot->error.message_zh = (char *)(uintptr_t)row->message_zh;
	slot->error.field = (char *)(uintptr_t)field;
	slot->result.error = &slot->error;
}

static int
batch_item(struct call *call, const struct query_moment *moment, const Demerit__V1__Check *asked,
	   struct batch_slot *slot)
{
	struct query_claim claim;
	const char *field;

	demerit__v1__check_batch_result__init(&slot->result);
	enum status_reason reason = check_take(call, asked, &claim, &field);
	if (reason != STATUS_OK) {
		batch_refuse_item(slot, reason, field);
		return 0;
	}
	demerit__v1__check_reply__init(&slot->check);
	slot->result.check = &slot->check;
	return check_answer(call, moment, &claim,
			    query_tells_detail(call, asked->has_detail, asked->detail),
			    &slot->check);
}

enum call_result
query_check_batch(struct call *call)
{
	const Demerit__V1__CheckBatch *asked = call->request->check_batch;
	Demerit__V1__CheckBatchReply reply = DEMERIT__V1__CHECK_BATCH_REPLY__INIT;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	struct query_moment moment;
	bool detail = false;

	if (!query_begin(call, &moment))
		return CALL_DONE;
	struct batch_slot *slots = query_alloc(call, asked->n_items, sizeof(*slots));
	reply.results = query_alloc(call, asked->n_items, sizeof(*reply.results));
	if (call->arena->exhausted)
		return query_refuse(call, STATUS_TOO_COSTLY, "items");
	for (size_t i = 0; i < asked->n_items; i++) {
		int r = batch_item(call, &moment, asked->items[i], &slots[i]);
		if (r < 0)
			return query_fail(call, r);
		detail = detail || asked->items[i]->detail;
		reply.results[i] = &slots[i].result;
	}
	reply.n_results = asked->n_items;
	response.body_case = DEMERIT__V1__RESPONSE__BODY_CHECK_BATCH;
	response.check_batch = &reply;
	/* Detail of thousands of people may be more than a frame holds. */
	if (detail && !call->arena->exhausted &&
	    codec_response_size(&response) > PROTO_FRAME_MAX - 256)
		return query_refuse(call, STATUS_TOO_COSTLY, "items");
	return query_reply(call, &moment, &response);
}
