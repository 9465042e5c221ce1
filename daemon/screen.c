/*
 * Screening: claim lines by the thousand, each decided as a check of its people would be.
 *
 * Called on a loop's thread, a chunk of lines a request. Every line is judged by query_judge(), the
 * same that answers single checks; lines that are not plainly paid get the entries and the clause
 * behind them, folded once a person. Answers that outgrow one frame go on as a stream, which keeps
 * the rest of the request. Never answers two lines of a chunk as of different sequences.
 */
#include "query.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "basis.h"
#include "identity.h"
#include "query_inner.h"
#include "standings.h"

/* About what one answer carries; the client's own buffers are larger. */
#define SCREEN_REPLY_SIZE (192 * 1024)

/* The chunk in hand. */
struct screen {
	struct call *call;
	struct query_moment moment;
	bool detail;
	/* The last place and day looked up: lines of one institution come together. */
	bool place_known;
	struct day place_day;
	struct code institution;
	struct query_place place;
};

/* The heaviest of a line's people so far. */
struct screen_line {
	struct eligibility eligibility; /* decision 0: nobody yet */
	const Demerit__V1__RoleCode *role;
	struct code practitioner; /* empty: what was given is no code */
	/* A certificate that names nobody: heard when nobody else is named. */
	const Demerit__V1__RoleCode *stranger;
};

static int
screen_place(struct screen *screen, const struct code *institution, struct day day)
{
	if (screen->place_known && day_equal(screen->place_day, day) &&
	    code_equal(&screen->institution, institution))
		return 0;
	int r = query_place(screen->call->context->query, institution, day, screen->moment.as_of,
			    &screen->place);
	screen->place_known = r == 0;
	screen->place_day = day;
	screen->institution = *institution;
	return r;
}

static bool
screen_is_certificate(const Demerit__V1__RoleCode *role)
{
	return role->has_role && (role->role == DEMERIT__V1__ROLE__ROLE_PRSC_DR_CERTNO ||
				  role->role == DEMERIT__V1__ROLE__ROLE_PHAR_PRAC_CERT_NO);
}

static bool
screen_names(const Demerit__V1__RoleCode *role)
{
	return role->code != NULL && role->code[0] != '\0';
}

/*
 * Whom a certificate names: its alias does, or it is written as a plain code. Empty: a certificate
 * that nobody has told the ledger of.
 */
static int
screen_certificate(struct screen *screen, const struct code *value, struct code *ret)
{
	struct standings_person person;
	struct code alias;
	int r = 0;

	ret->size = 0;
	if (identity_alias(IDENTITY_CERTIFICATE, value->text, value->size, &alias))
		r = query_alias(screen->call, &screen->moment, &alias, ret);
	if (r < 0 || !code_is_empty(ret))
		return r;
	r = query_whom(screen->call, &screen->moment, value, ret);
	/* That one, as known at the moment, may be nobody: the judgement says so. */
	if (r == 0 && standings_person(screen->call->context->book->standings, ret, &person) ==
			  STANDINGS_NONE)
		ret->size = 0;
	return r;
}

/* May this role refuse the line? One that is not told may: it is better looked at. */
static bool
screen_blocks(const struct policy *policy, const Demerit__V1__RoleCode *role)
{
	if (policy == NULL || !role->has_role || role->role == 0)
		return true;
	return (policy->blocking & 1U << (unsigned)role->role) != 0;
}

static int
screen_person(struct screen *screen, struct query_claim *claim, const Demerit__V1__RoleCode *role,
	      struct screen_line *line)
{
	struct query_judgement judgement = {
	    .eligibility = {DECISION_UNDETERMINED, REASON_UNKNOWN_PRACTITIONER, STATUS_UNKNOWN}};
	struct code code;
	int r = 0;

	claim->practitioner.size = 0;
	if (code_set(role->code, strlen(role->code), &code)) {
		claim->practitioner = code;
		if (screen_is_certificate(role))
			r = screen_certificate(screen, &code, &claim->practitioner);
		if (r == 0 && !code_is_empty(&claim->practitioner))
			r = query_judge(screen->call, &screen->moment, claim, &judgement);
	}
	if (r < 0)
		return r;
	/* Certificates are filled in long before the ledger has heard of them all. */
	if (screen_is_certificate(role) &&
	    judgement.eligibility.reason == REASON_UNKNOWN_PRACTITIONER) {
		if (line->stranger == NULL)
			line->stranger = role;
		return 0;
	}
	if (judgement.eligibility.decision <= line->eligibility.decision)
		return 0;
	line->eligibility = judgement.eligibility;
	line->role = role;
	line->practitioner = claim->practitioner;
	return 0;
}

/* Which state of the person the answer is about: the last change's, where memory knows it. */
static uint64_t
screen_state(const struct screen *screen, const struct code *code)
{
	const struct call_book *book = screen->call->context->book;
	struct standings_person person;

	if (standings_person(book->standings, code, &person) == STANDINGS_FOUND &&
	    person.since <= screen->moment.as_of)
		return person.since;
	return screen->moment.as_of;
}

static int
screen_detail(struct screen *screen, const struct screen_line *line, struct day day,
	      Demerit__V1__ScreenResult *ret)
{
	struct query *query = screen->call->context->query;
	const struct basis *basis;

	int r = basis_get(query, &line->practitioner, screen_state(screen, &line->practitioner),
			  screen->moment.as_of, screen->call->arena, &basis);
	if (r < 0 || basis == NULL)
		return r;
	const struct basis_stretch *stretch = basis_at(basis, day);
	if (stretch == NULL)
		return 0;
	ret->n_entries = stretch->entries_count;
	ret->entries = stretch->entries;
	ret->clause = stretch->clause;
	return 0;
}

static void
screen_say(Demerit__V1__ScreenResult *ret, enum claim_decision decision, enum reason reason)
{
	ret->has_decision = true;
	ret->decision = (Demerit__V1__Decision)decision;
	ret->has_reason = true;
	ret->reason = (Demerit__V1__DecisionReason)reason;
}

/* Everybody the line names, in the order they stand there. */
static int
screen_people(struct screen *screen, const Demerit__V1__ScreenItem *item, struct day day,
	      struct screen_line *line, bool *ret_named)
{
	struct query_claim claim = {
	    .visit_type = item->med_type,
	    .emergency = item->has_emergency && item->emergency,
	    .on = day,
	};

	/* What is no code is an institution nobody knows: the national policy holds. */
	if (item->institution != NULL &&
	    !code_set(item->institution, strlen(item->institution), &claim.institution))
		claim.institution.size = 0;
	int r = screen_place(screen, &claim.institution, day);
	for (size_t i = 0; r == 0 && i < item->n_roles; i++) {
		const Demerit__V1__RoleCode *role = item->roles[i];
		if (!screen_names(role))
			continue;
		*ret_named = true;
		if (screen_blocks(screen->place.policy, role))
			r = screen_person(screen, &claim, role, line);
	}
	return r;
}

/* The person's own code, where the line has another name of theirs. */
static int
screen_tell(struct screen *screen, struct screen_line *line, Demerit__V1__ScreenResult *ret)
{
	struct code whom;

	int r = query_whom(screen->call, &screen->moment, &line->practitioner, &whom);
	if (r < 0)
		return r;
	line->practitioner = whom;
	if (strcmp(ret->practitioner, whom.text) != 0)
		ret->practitioner = query_code(screen->call, &whom);
	return 0;
}

static int
screen_decide(struct screen *screen, const Demerit__V1__ScreenItem *item,
	      Demerit__V1__ScreenResult *ret)
{
	struct screen_line line = {0};
	struct day day = {item->service_day};
	bool named = false;

	ret->has_id = item->has_id;
	ret->id = item->id;
	if (!item->has_service_day || !day_is_valid(day)) {
		screen_say(ret, DECISION_UNDETERMINED, REASON_BAD_DATE);
		return 0;
	}
	int r = screen_people(screen, item, day, &line, &named);
	if (r < 0)
		return r;
	if (line.role == NULL && line.stranger != NULL) {
		screen_say(ret, DECISION_UNDETERMINED, REASON_UNKNOWN_PRACTITIONER);
		ret->has_role = true;
		ret->role = line.stranger->role;
		ret->practitioner = line.stranger->code;
		return 0;
	}
	if (line.role == NULL) {
		/* Named, but in roles that block nothing: nothing stands against it. */
		if (named)
			screen_say(ret, DECISION_PAY, REASON_ELIGIBLE);
		else
			screen_say(ret, DECISION_UNDETERMINED, REASON_NO_PRACTITIONER);
		return 0;
	}
	screen_say(ret, line.eligibility.decision, line.eligibility.reason);
	if (line.eligibility.decision == DECISION_PAY)
		return 0;
	ret->has_role = line.role->has_role;
	ret->role = line.role->role;
	ret->practitioner = line.role->code;
	if (line.eligibility.decision == DECISION_UNDETERMINED)
		return 0;
	r = screen_tell(screen, &line, ret);
	if (r < 0 || !screen->detail)
		return r;
	return screen_detail(screen, &line, day, ret);
}

/* What it takes in the answer, at most. */
static size_t
screen_result_size(const Demerit__V1__ScreenResult *result)
{
	size_t size = 24;

	if (result->practitioner != NULL)
		size += 8 + strlen(result->practitioner);
	for (size_t i = 0; i < result->n_entries; i++)
		size += 4 + strlen(result->entries[i]);
	if (result->clause != NULL)
		size += 4 + strlen(result->clause);
	return size;
}

/*
 * Answer as many lines from first on as one reply carries; ret_next is the first that is left.
 * False: the call was refused, and nothing is left.
 */
static bool
screen_slice(struct screen *screen, const Demerit__V1__Screen *asked, size_t first,
	     size_t *ret_next)
{
	Demerit__V1__ScreenReply reply = DEMERIT__V1__SCREEN_REPLY__INIT;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	struct call *call = screen->call;
	size_t count = asked->n_items - first, size = 0;

	basis_settle(call->context->query->bases);
	Demerit__V1__ScreenResult *results = query_alloc(call, count, sizeof(*results));
	reply.results = query_alloc(call, count, sizeof(*reply.results));
	for (size_t i = 0; i < count && !call->arena->exhausted && size < SCREEN_REPLY_SIZE; i++) {
		demerit__v1__screen_result__init(&results[i]);
		int r = screen_decide(screen, asked->items[first + i], &results[i]);
		if (r < 0) {
			(void)query_fail(call, r);
			return false;
		}
		size += screen_result_size(&results[i]);
		reply.results[reply.n_results++] = &results[i];
	}
	*ret_next = first + reply.n_results;
	bool exhausted = call->arena->exhausted;
	response.body_case = DEMERIT__V1__RESPONSE__BODY_SCREEN;
	response.screen = &reply;
	response.has_end = true;
	response.end = *ret_next == asked->n_items;
	(void)query_reply(call, &screen->moment, &response);
	return !exhausted;
}

/* ---- the rest of a chunk whose answer outgrew a frame ---- */

struct screen_rest {
	struct call_stream stream; /* first */
	struct query_moment moment;
	size_t next;
	size_t size;
	uint8_t request[]; /* the chunk, packed again */
};

static void
screen_rest_free(struct call_stream *stream)
{
	free(stream);
}

static enum call_result
screen_rest_more(struct call *call, struct call_stream *stream)
{
	struct screen_rest *rest = (struct screen_rest *)stream;
	struct screen screen = {.call = call, .moment = rest->moment};
	Demerit__V1__Screen *asked =
	    demerit__v1__screen__unpack(&call->arena->allocator, rest->size, rest->request);

	if (asked == NULL)
		return query_refuse(call, STATUS_TOO_COSTLY, NULL);
	screen.detail = query_tells_detail(call, asked->has_detail, asked->detail);
	if (!screen_slice(&screen, asked, rest->next, &rest->next))
		return CALL_DONE;
	return rest->next == asked->n_items ? CALL_DONE : CALL_MORE;
}

static enum call_result
screen_go_on(struct call *call, const struct screen *screen, const Demerit__V1__Screen *asked,
	     size_t next)
{
	size_t size = demerit__v1__screen__get_packed_size(asked);
	struct screen_rest *rest = malloc(sizeof(*rest) + size);

	if (rest == NULL) {
		call_fail_later(call, STATUS_BUSY, 1000);
		return CALL_DONE;
	}
	*rest = (struct screen_rest){
	    .stream = {.more = screen_rest_more, .free = screen_rest_free},
	    .moment = screen->moment,
	    .next = next,
	    .size = demerit__v1__screen__pack(asked, rest->request),
	};
	assert(rest->size == size);
	call_stream(call, &rest->stream);
	return CALL_MORE;
}

enum call_result
query_screen(struct call *call)
{
	const Demerit__V1__Screen *asked = call->request->screen;
	struct screen screen = {.call = call};
	size_t next;

	if (!query_begin(call, &screen.moment))
		return CALL_DONE;
	screen.detail = query_tells_detail(call, asked->has_detail, asked->detail);
	if (!screen_slice(&screen, asked, 0, &next) || next == asked->n_items)
		return CALL_DONE;
	return screen_go_on(call, &screen, asked, next);
}
