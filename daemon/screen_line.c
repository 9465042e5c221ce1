/*
 * One claim line: every person it names, and the heaviest answer of them.
 *
 * Called by screen.c and clawback.c on a loop's thread. Each person is judged by query_judge(), the
 * same that answers single checks; lines that are not plainly paid get the entries and the clause
 * behind them, folded once a person.
 */
#include "screen.h"

#include <string.h>

#include "basis.h"
#include "identity.h"
#include "standings.h"

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

int
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
