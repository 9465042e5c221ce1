/*
 * From the wire to a command, message by message.
 *
 * Owns nothing; called by submit.c on loop threads. Checks shape only: presence, codes, days,
 * numbers in their range. It never looks into the book.
 */
#include "translate_inner.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/demerit.pb-c.h"
#include "proto/ident.h"

#define POINTS_MIN 1
#define POINTS_MAX 12
#define YEARS_MAX  100
#define MONTHS_MAX 1200
#define CREDIT_MAX 36600

static_assert((int)DEMERIT__V1__CATEGORY__CATEGORY_PRINCIPAL == (int)CATEGORY_PRINCIPAL,
	      "one list");
static_assert((int)DEMERIT__V1__INSTITUTION_KIND__INSTITUTION_KIND_PHARMACY ==
		  (int)INSTITUTION_PHARMACY,
	      "one list");
static_assert((int)DEMERIT__V1__PENALTY_KIND__PENALTY_KIND_AGREEMENT == (int)PENALTY_AGREEMENT,
	      "one list");
static_assert((int)DEMERIT__V1__LEVEL__LEVEL_MAIN == (int)LEVEL_MAIN, "one list");
static_assert((int)DEMERIT__V1__OVERLAP__OVERLAP_KEEP == (int)OVERLAP_KEEP, "one list");

/* ---- people and institutions ---- */

static void
institution_add(struct translation *t, const Demerit__V1__InstitutionAdd *in)
{
	struct event_institution *out = &t->command->institution;

	t->command->kind = COMMAND_INSTITUTION_ADD;
	translate_code(t, "code", in->code, true, &out->code);
	translate_personal(t, "name", in->name, false);
	translate_need(t, "region", in->region != NULL);
	if (in->region != NULL && !ident_region_valid(in->region, strlen(in->region)))
		translate_fault(t, STATUS_FIELD_BAD_VALUE, "region");
	translate_code(t, "region", in->region, true, &out->region);
	translate_need_word(t, "kind", in->has_kind, (int)in->kind);
	out->kind = (enum institution_kind)in->kind;
}

static void
practitioner_add(struct translation *t, const Demerit__V1__PractitionerAdd *in)
{
	struct command_add *out = &t->command->add;

	t->command->kind = COMMAND_PRACTITIONER_ADD;
	translate_code(t, "code", in->code, true, &t->command->practitioner);
	translate_need_word(t, "category", in->has_category, (int)in->category);
	out->person.category = (enum category)in->category;
	translate_code(t, "institution", in->institution, false, &out->at.institution);
	if (in->has_from_day && in->institution == NULL)
		translate_fault(t, STATUS_FIELD_MISSING, "institution");
	translate_day(t, "from_day", in->has_from_day, in->from_day, t->today, &out->at.on);
	translate_personal(t, "name", in->name, false);
	if (in->has_commitment_signed && in->commitment_signed)
		translate_remark(t, "commitment_signed", "", "commitment signed",
				 &t->command->remark);
	translate_aliases(t, in->aliases, in->n_aliases, out);
}

static void
registration(struct translation *t, enum command_kind kind, const char *practitioner,
	     const char *institution, bool has_on, int32_t on, bool commitment)
{
	struct event_registration *out = &t->command->registration;

	t->command->kind = kind;
	translate_code(t, "practitioner", practitioner, true, &t->command->practitioner);
	translate_code(t, "institution", institution, true, &out->institution);
	translate_day(t, "on", has_on, on, t->today, &out->on);
	if (commitment)
		translate_remark(t, "commitment_signed", "", "commitment signed",
				 &t->command->remark);
}

static void
registration_join(struct translation *t, const Demerit__V1__RegistrationJoin *in)
{
	registration(t, COMMAND_REGISTRATION_JOIN, in->practitioner, in->institution, in->has_on,
		     in->on, in->has_commitment_signed && in->commitment_signed);
}

static void
registration_leave(struct translation *t, const Demerit__V1__RegistrationLeave *in)
{
	registration(t, COMMAND_REGISTRATION_LEAVE, in->practitioner, in->institution, in->has_on,
		     in->on, false);
}

static void
reregister(struct translation *t, const Demerit__V1__Reregister *in)
{
	registration(t, COMMAND_REREGISTER, in->practitioner, in->institution, in->has_on, in->on,
		     in->has_commitment_signed && in->commitment_signed);
}

/* ---- penalties ---- */

static void
penalty_record(struct translation *t, const Demerit__V1__PenaltyRecord *in)
{
	struct event_penalty *out = &t->command->penalty;

	t->command->kind = COMMAND_PENALTY_RECORD;
	translate_code(t, "id", in->id, true, &out->penalty);
	translate_code(t, "institution", in->institution, true, &out->institution);
	translate_need_word(t, "kind", in->has_kind, (int)in->kind);
	out->kind = (enum penalty_kind)in->kind;
	translate_text(t, "measure", in->measure, false, &out->measure);
	translate_text(t, "article", in->article, false, &out->article);
	translate_text(t, "authority", in->authority, false, &out->authority);
	translate_need(t, "on", in->has_on);
	translate_day(t, "on", in->has_on, in->on, DAY_NONE, &out->on);
	out->amount_fen = in->has_amount_fen ? in->amount_fen : -1;
	if (in->has_amount_fen && in->amount_fen < 0)
		translate_fault(t, STATUS_FIELD_RANGE, "amount_fen");
	translate_code(t, "clue", in->clue, false, &out->clue);
}

void
translate_choices(struct translation *t, Demerit__V1__Choice **in, size_t count)
{
	struct command *command = t->command;

	if (count == 0)
		return;
	command->choices = calloc(count, sizeof(*command->choices));
	if (command->choices == NULL) {
		translate_fault(t, STATUS_BUSY, NULL);
		return;
	}
	command->choices_count = (uint32_t)count;
	for (size_t i = 0; i < count; i++) {
		struct command_choice *out = &command->choices[i];
		out->choice = CHOICE_NONE;
		translate_code(t, "choices.practitioner", in[i]->practitioner, true,
			       &out->practitioner);
		translate_number(t, "choices.months", in[i]->has_months, in[i]->months, MONTHS_MAX,
				 &out->choice.months);
		translate_number(t, "choices.bar_years", in[i]->has_bar_years, in[i]->bar_years,
				 YEARS_MAX, &out->choice.bar_years);
		translate_number(t, "choices.credit_days", in[i]->has_credit_days,
				 in[i]->credit_days, CREDIT_MAX, &out->choice.credit_days);
		translate_day(t, "choices.from_day", in[i]->has_from_day, in[i]->from_day, DAY_NONE,
			      &out->choice.from);
		out->choice.overlap = in[i]->has_overlap ? (enum overlap)in[i]->overlap : 0;
		/* The record has one reason; another one would be lost. */
		if (in[i]->reason != NULL)
			translate_fault(t, STATUS_FIELD_BAD_VALUE, "choices.reason");
	}
	/* Sorted, so that each is found by halving. */
	qsort(command->choices, count, sizeof(*command->choices), command_choice_compare);
	for (size_t i = 1; i < count; i++) {
		if (command_choice_compare(&command->choices[i - 1], &command->choices[i]) == 0)
			translate_fault(t, STATUS_FIELD_TWICE, "choices.practitioner");
	}
}

static void
penalty_overturn(struct translation *t, const Demerit__V1__PenaltyOverturn *in)
{
	struct event_overturned *out = &t->command->overturned;

	t->command->kind = COMMAND_PENALTY_OVERTURN;
	translate_code(t, "id", in->id, true, &out->penalty);
	translate_day(t, "on", in->has_on, in->on, t->today, &out->on);
	translate_personal(t, "reason", in->reason, true);
	translate_choices(t, in->choices, in->n_choices);
}

/* ---- points ---- */

static void
get_rulebook(struct translation *t, const Demerit__V1__PointsRecord *in, struct command_score *out)
{
	out->version = DAY_NONE;
	if (in->rulebook == NULL) {
		if (in->has_rulebook_on)
			translate_fault(t, STATUS_FIELD_MISSING, "rulebook");
		return;
	}
	if (!rules_name_parse(in->rulebook, strlen(in->rulebook), &out->rulebook, &out->version)) {
		translate_fault(t, STATUS_FIELD_BAD_VALUE, "rulebook");
		return;
	}
	if (in->has_rulebook_on)
		translate_day(t, "rulebook_on", true, in->rulebook_on, DAY_NONE, &out->version);
}

static void
get_choice(struct translation *t, const Demerit__V1__PointsRecord *in, struct choice *out)
{
	*out = CHOICE_NONE;
	translate_number(t, "months", in->has_months, in->months, MONTHS_MAX, &out->months);
	translate_number(t, "bar_years", in->has_bar_years, in->bar_years, YEARS_MAX,
			 &out->bar_years);
	translate_number(t, "credit_days", in->has_credit_days, in->credit_days, CREDIT_MAX,
			 &out->credit_days);
	translate_day(t, "from_day", in->has_from_day, in->from_day, DAY_NONE, &out->from);
	out->overlap = in->has_overlap ? (enum overlap)in->overlap : OVERLAP_NONE;
}

static void
get_conduct(struct translation *t, const Demerit__V1__PointsRecord *in, bool needed,
	    struct command_points *out)
{
	if (needed)
		translate_need(t, "conduct_from", in->has_conduct_from);
	translate_day(t, "conduct_from", in->has_conduct_from, in->conduct_from, DAY_NONE,
		      &out->conduct_from);
	translate_day(t, "conduct_to", in->has_conduct_to, in->conduct_to, out->conduct_from,
		      &out->conduct_to);
	if (in->has_conduct_to && !in->has_conduct_from)
		translate_fault(t, STATUS_FIELD_MISSING, "conduct_from");
	if (day_before(out->conduct_to, out->conduct_from))
		translate_fault(t, STATUS_FIELD_BAD_VALUE, "conduct_to");
}

/* What a correction leaves out is as it was in the entry it corrects. */
void
translate_score(struct translation *t, struct command_score *out,
		const Demerit__V1__PointsRecord *in, bool whole)
{
	static const char other[] = "other";
	struct command_points *points = &out->points;

	translate_id(t, "id", in->id, false, &points->entry);
	translate_code(t, "practitioner", in->practitioner, whole, &t->command->practitioner);
	translate_need(t, "points", in->has_points);
	if (in->has_points && (in->points < POINTS_MIN || in->points > POINTS_MAX))
		translate_fault(t, STATUS_FIELD_RANGE, "points");
	points->points = (int32_t)in->points;
	translate_code(t, "penalty", in->penalty, false, &points->penalty);
	translate_day(t, "on", in->has_on, in->on, DAY_NONE, &points->on);
	if (in->penalty != NULL && in->has_on) /* the penalty's day judges; two days could differ */
		translate_fault(t, STATUS_FIELD_BAD_VALUE, "on");
	if (whole)
		translate_need_word(t, "level", in->has_level, (int)in->level);
	points->level = in->has_level ? (enum level)in->level : 0;
	get_conduct(t, in, whole, points);
	if (in->situation != NULL && !ident_slug_valid(in->situation, strlen(in->situation)))
		translate_fault(t, STATUS_FIELD_BAD_VALUE, "situation");
	translate_code(t, "situation", in->situation == NULL && whole ? other : in->situation,
		       false, &points->situation);
	get_rulebook(t, in, out);
	get_choice(t, in, &points->choice);
	translate_code(t, "institution", in->institution, false, &out->institution);
	translate_code(t, "catalogue_code", in->catalogue_code, false, &points->catalogue);
	translate_code(t, "act", in->act, false, &points->act);
	if (in->has_band_shift && (in->band_shift < -1 || in->band_shift > 1))
		translate_fault(t, STATUS_FIELD_RANGE, "band_shift");
	points->band_shift = in->has_band_shift ? in->band_shift : 0;
}

static void
points_record(struct translation *t, const Demerit__V1__PointsRecord *in)
{
	t->command->kind = COMMAND_POINTS_RECORD;
	translate_score(t, &t->command->score, in, true);
	translate_personal(t, "reason", in->reason, false);
}

static void
points_annul(struct translation *t, const Demerit__V1__PointsAnnul *in)
{
	t->command->kind = COMMAND_POINTS_ANNUL;
	translate_code(t, "entry", in->entry, true, &t->command->annul.entry);
	translate_day(t, "on", in->has_on, in->on, t->today, &t->command->annul.on);
	translate_personal(t, "reason", in->reason, true);
	translate_choices(t, in->choices, in->n_choices);
}

static void
points_correct(struct translation *t, const Demerit__V1__PointsCorrect *in)
{
	struct command *command = t->command;

	command->kind = COMMAND_POINTS_CORRECT;
	translate_code(t, "entry", in->entry, true, &command->score.corrects);
	/* A correction holds from the day it is recorded on. */
	if (in->has_on && in->on != t->today.number)
		translate_fault(t, STATUS_FIELD_BAD_VALUE, "on");
	translate_need(t, "replacement", in->replacement != NULL);
	if (in->replacement == NULL)
		return;
	translate_score(t, &t->command->score, in->replacement, false);
	translate_personal(t, "reason", in->reason == NULL ? in->replacement->reason : in->reason,
			   true);
	/* Why the old entry falls, and why the new one is as it is, may be two reasons. */
	if (in->reason != NULL && in->replacement->reason != NULL)
		translate_long_text(t, "replacement.reason", in->replacement->reason,
				    command->entry_reason, &command->entry_reason_size);
	translate_choices(t, in->choices, in->n_choices);
}

/* ---- other authorities ---- */

static void
foreign_record(struct translation *t, const Demerit__V1__ForeignSanctionRecord *in)
{
	struct event_foreign *out = &t->command->foreign;

	t->command->kind = COMMAND_FOREIGN_SET;
	translate_id(t, "id", in->id, false, &out->sanction);
	translate_code(t, "practitioner", in->practitioner, true, &t->command->practitioner);
	translate_need_word(t, "kind", in->has_kind, (int)in->kind);
	out->kind = in->kind == DEMERIT__V1__SANCTION_KIND__SANCTION_KIND_TERMINATED
			? STATUS_TERMINATED
			: STATUS_SUSPENDED;
	translate_text(t, "source", in->source, true, &out->source);
	translate_text(t, "number", in->number, false, &out->number);
	translate_text(t, "clause", in->clause, false, &out->clause);
	translate_exempt(t, "exempt", in->exempt, in->n_exempt, &out->exempt);
	translate_need(t, "from_day", in->has_from_day);
	translate_day(t, "from_day", in->has_from_day, in->from_day, DAY_NONE, &out->from);
	translate_day(t, "until_day", in->has_until_day, in->until_day, DAY_FOREVER, &out->until);
	out->noted_on = DAY_NONE;
	if (in->published != NULL &&
	    !day_parse(in->published, strlen(in->published), &out->noted_on))
		translate_remark(t, "published", "published", in->published, &out->note);
	translate_remark(t, "note", "", in->note, &out->note);
}

static void
foreign_end(struct translation *t, const Demerit__V1__ForeignSanctionEnd *in)
{
	struct command_end *out = &t->command->end;
	struct text *remark = &t->command->remark;

	t->command->kind = COMMAND_FOREIGN_END;
	translate_code(t, "id", in->id, true, &out->sanction);
	out->withdrawn = in->has_withdrawn && in->withdrawn;
	translate_day(t, "on", in->has_on, in->on, t->today, &out->on);
	if (out->withdrawn)
		translate_remark(t, "withdrawn", "", "withdrawn", remark);
	translate_remark(t, "published", "published", in->published, remark);
	translate_remark(t, "reason", "", in->reason, remark);
	translate_remark(t, "note", "", in->note, remark);
}

static void
institution_note(struct translation *t, const Demerit__V1__InstitutionNote *in)
{
	static const char *const words[] = {
	    [DEMERIT__V1__NOTE_KIND__NOTE_KIND_EXCLUDED] = "excluded",
	    [DEMERIT__V1__NOTE_KIND__NOTE_KIND_REINSTATED] = "reinstated",
	    [DEMERIT__V1__NOTE_KIND__NOTE_KIND_OTHER] = "other",
	};
	struct event_institution_noted *out = &t->command->noted;

	t->command->kind = COMMAND_INSTITUTION_NOTE;
	translate_code(t, "institution", in->institution, true, &out->institution);
	translate_text(t, "source", in->source, true, &out->source);
	translate_text(t, "number", in->number, false, &out->number);
	translate_text(t, "clause", in->clause, false, &out->clause);
	translate_day(t, "from_day", in->has_from_day, in->from_day, t->today, &out->from);
	translate_day(t, "until_day", in->has_until_day, in->until_day, DAY_FOREVER, &out->until);
	if (in->has_kind && in->kind != DEMERIT__V1__NOTE_KIND__NOTE_KIND_UNSPECIFIED)
		translate_remark(t, "kind", "", words[in->kind], &out->note);
	translate_remark(t, "published", "published", in->published, &out->note);
	translate_remark(t, "note", "", in->note, &out->note);
}

/* ---- which message is which ---- */

void
translate_body(struct translation *t, unsigned body, const ProtobufCMessage *message)
{
	const void *in = message;

	switch (body) {
	case DEMERIT__V1__REQUEST__BODY_INSTITUTION_ADD:
		institution_add(t, in);
		break;
	case DEMERIT__V1__REQUEST__BODY_PRACTITIONER_ADD:
		practitioner_add(t, in);
		break;
	case DEMERIT__V1__REQUEST__BODY_REGISTRATION_JOIN:
		registration_join(t, in);
		break;
	case DEMERIT__V1__REQUEST__BODY_REGISTRATION_LEAVE:
		registration_leave(t, in);
		break;
	case DEMERIT__V1__REQUEST__BODY_REREGISTER:
		reregister(t, in);
		break;
	case DEMERIT__V1__REQUEST__BODY_PENALTY_RECORD:
		penalty_record(t, in);
		break;
	case DEMERIT__V1__REQUEST__BODY_PENALTY_OVERTURN:
		penalty_overturn(t, in);
		break;
	case DEMERIT__V1__REQUEST__BODY_POINTS_RECORD:
		points_record(t, in);
		break;
	case DEMERIT__V1__REQUEST__BODY_POINTS_ANNUL:
		points_annul(t, in);
		break;
	case DEMERIT__V1__REQUEST__BODY_POINTS_CORRECT:
		points_correct(t, in);
		break;
	case DEMERIT__V1__REQUEST__BODY_FOREIGN_SANCTION_RECORD:
		foreign_record(t, in);
		break;
	case DEMERIT__V1__REQUEST__BODY_FOREIGN_SANCTION_END:
		foreign_end(t, in);
		break;
	case DEMERIT__V1__REQUEST__BODY_INSTITUTION_NOTE:
		institution_note(t, in);
		break;
	case DEMERIT__V1__REQUEST__BODY_RULEBOOK_LOAD:
		translate_rules(t, RULES_RULEBOOK, ((const Demerit__V1__RulebookLoad *)in)->text);
		break;
	case DEMERIT__V1__REQUEST__BODY_POLICY_LOAD:
		translate_rules(t, RULES_POLICY, ((const Demerit__V1__PolicyLoad *)in)->text);
		break;
	case DEMERIT__V1__REQUEST__BODY_CALENDAR_LOAD:
		translate_rules(t, RULES_CALENDAR, ((const Demerit__V1__CalendarLoad *)in)->text);
		break;
	default:
		if (!translate_identity(t, body, message) && !translate_case(t, body, message))
			translate_fault(t, STATUS_BODY_NOT_BUILT, NULL);
	}
}
