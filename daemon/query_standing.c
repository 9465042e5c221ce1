/*
 * A person's standing: status, points, every sanction there ever was, measures, registrations.
 *
 * Called on a loop's thread; folded from the book as of the answer's sequence. Owns nothing. Names
 * are told only to those who may read personal fields.
 */
#include "query.h"

#include <string.h>

#include "personal.h"
#include "query_inner.h"
#include "storage/store.h"

static void
sanction_fill_foreign(struct call *call, const struct sanction *sanction,
		      Demerit__V1__Sanction *ret)
{
	struct query *query = call->context->query;
	struct entry_body body;
	struct event event;

	ret->source = query_text(call, sanction->source.text, sanction->source.size);
	/* A standing keeps no number of another authority's: its record does. */
	if (lookup_body(&query->lookup, sanction->sequence, &body) < 0)
		return;
	while (entry_next_event(&body.events, &event)) {
		if (event.kind == EVENT_FOREIGN_SANCTION_SET &&
		    code_equal(&event.foreign.sanction, &sanction->id))
			ret->number =
			    query_text(call, event.foreign.number.text, event.foreign.number.size);
	}
}

void
query_standing_sanction(struct call *call, const struct standing *standing,
			const struct sanction *sanction, Demerit__V1__Sanction *ret)
{
	bool terminated = sanction->kind == STATUS_TERMINATED;
	bool foreign = sanction->path == PATH_FOREIGN;

	demerit__v1__sanction__init(ret);
	ret->id = query_code(call, &sanction->id);
	ret->has_kind = true;
	ret->kind = terminated ? DEMERIT__V1__SANCTION_KIND__SANCTION_KIND_TERMINATED
			       : DEMERIT__V1__SANCTION_KIND__SANCTION_KIND_SUSPENDED;
	ret->has_path = true;
	ret->path = (Demerit__V1__SanctionPath)sanction->path;
	ret->has_from_day = true;
	ret->from_day = sanction->from.number;
	ret->has_until_day = !day_is_forever(sanction->until);
	ret->until_day = sanction->until.number;
	ret->has_months = !terminated && !foreign;
	ret->months = (uint32_t)sanction->months;
	ret->has_bar_years = terminated && !foreign;
	ret->bar_years = (uint32_t)sanction->bar_years;
	ret->has_bar_until = !day_is_none(sanction->bar_until);
	ret->bar_until = sanction->bar_until.number;
	if (sanction->entry != NUMBER_NONE)
		ret->entry = query_code(call, &standing->entries[sanction->entry].id);
	ret->rulebook = query_version(call, &sanction->rulebook);
	ret->clause = query_text(call, sanction->clause.text, sanction->clause.size);
	ret->exempt = query_kinds(call, sanction->exempt, &ret->n_exempt);
	if (sanction->superseded_by != NUMBER_NONE)
		ret->superseded_by =
		    query_code(call, &standing->sanctions[sanction->superseded_by].id);
	ret->has_lifted = sanction->lifted != 0;
	ret->lifted = sanction->lifted_on.number;
	ret->basis = query_entries(call, standing, sanction->basis, &ret->n_basis);
	if (foreign)
		sanction_fill_foreign(call, sanction, ret);
}

static void
fill_sanctions(struct call *call, const struct standing *standing, Demerit__V1__StandingReply *ret)
{
	size_t count = standing->sanctions_count;
	Demerit__V1__Sanction *sanctions = query_alloc(call, count, sizeof(*sanctions));

	ret->sanctions = query_alloc(call, count, sizeof(*ret->sanctions));
	if (call->arena->exhausted)
		return;
	for (size_t i = 0; i < count; i++) {
		query_standing_sanction(call, standing, &standing->sanctions[i], &sanctions[i]);
		ret->sanctions[i] = &sanctions[i];
	}
	ret->n_sanctions = count;
}

/* What became due below the first threshold, by entries of the year that stand. */
static void
fill_measures(struct call *call, const struct standing *standing, struct day on,
	      Demerit__V1__StandingReply *ret)
{
	uint64_t entries = standing_entries_of(standing, day_year(on), on);
	Demerit__V1__Measure *measures =
	    query_alloc(call, standing->entries_count, sizeof(*measures));

	ret->measures = query_alloc(call, standing->entries_count, sizeof(*ret->measures));
	if (call->arena->exhausted)
		return;
	for (size_t i = 0; i < standing->entries_count; i++) {
		const struct entry *entry = &standing->entries[i];
		Demerit__V1__Measure *measure = &measures[ret->n_measures];
		if ((entries >> i & 1) == 0 || code_is_empty(&entry->measure_action))
			continue;
		demerit__v1__measure__init(measure);
		measure->has_threshold = true;
		measure->threshold = (uint32_t)entry->measure_threshold;
		measure->action = query_code(call, &entry->measure_action);
		measure->entry = query_code(call, &entry->id);
		ret->measures[ret->n_measures++] = measure;
	}
}

static void
fill_registrations(struct call *call, const struct standing *standing,
		   Demerit__V1__StandingReply *ret)
{
	size_t count = standing->registrations_count;
	Demerit__V1__Registration *registrations = query_alloc(call, count, sizeof(*registrations));

	ret->registrations = query_alloc(call, count, sizeof(*ret->registrations));
	if (call->arena->exhausted)
		return;
	for (size_t i = 0; i < count; i++) {
		const struct registration *from = &standing->registrations[i];
		Demerit__V1__Registration *to = &registrations[i];
		demerit__v1__registration__init(to);
		to->institution = query_code(call, &from->institution);
		to->has_from_day = true;
		to->from_day = from->from.number;
		to->has_until_day = !day_is_forever(from->until);
		to->until_day = from->until.number;
		ret->registrations[i] = to;
	}
	ret->n_registrations = count;
}

static void
fill_stays(struct call *call, const struct standing *standing, Demerit__V1__StandingReply *ret)
{
	size_t count = standing->stays_count;
	Demerit__V1__SanctionStay *stays = query_alloc(call, count, sizeof(*stays));

	ret->stays = query_alloc(call, count, sizeof(*ret->stays));
	if (call->arena->exhausted)
		return;
	for (size_t i = 0; i < count; i++) {
		const struct stay *from = &standing->stays[i];
		Demerit__V1__SanctionStay *to = &stays[i];
		demerit__v1__sanction_stay__init(to);
		to->id = query_code(call, &from->id);
		to->sanction = query_code(call, &standing->sanctions[from->sanction].id);
		to->has_from_day = true;
		to->from_day = from->from.number;
		to->has_until_day = !day_is_forever(from->until);
		to->until_day = from->until.number;
		to->objection = query_code(call, &from->objection);
		ret->stays[i] = to;
	}
	ret->n_stays = count;
}

static void
fill_repairs(struct call *call, const struct standing *standing, Demerit__V1__StandingReply *ret)
{
	size_t count = standing->repairs_count;
	Demerit__V1__Repair *repairs = query_alloc(call, count, sizeof(*repairs));

	ret->repairs = query_alloc(call, count, sizeof(*ret->repairs));
	if (call->arena->exhausted)
		return;
	for (size_t i = 0; i < count; i++) {
		const struct repair *from = &standing->repairs[i];
		Demerit__V1__Repair *to = &repairs[i];
		demerit__v1__repair__init(to);
		to->id = query_code(call, &from->id);
		to->has_on = true;
		to->on = from->on.number;
		to->has_points = true;
		to->points = (uint32_t)from->points;
		to->has_year = true;
		to->year = from->year;
		ret->repairs[i] = to;
	}
	ret->n_repairs = count;
}

static void
fill_aliases(struct call *call, const struct standing *standing, Demerit__V1__StandingReply *ret)
{
	ret->aliases = query_alloc(call, standing->aliases_count, sizeof(*ret->aliases));
	if (call->arena->exhausted)
		return;
	for (size_t i = 0; i < standing->aliases_count; i++)
		ret->aliases[i] = query_code(call, &standing->aliases[i]);
	ret->n_aliases = standing->aliases_count;
}

static void
fill_name(struct call *call, const struct standing *standing, Demerit__V1__StandingReply *ret)
{
	struct vault *vault = store_vault(call->context->book->store);
	const struct entry_subject subject = {SUBJECT_PRACTITIONER, standing->practitioner};
	char name[PERSONAL_TEXT_MAX + 1];

	if (standing->name.size == 0 || !authz_allows(call->principal, RIGHT_PERSONAL))
		return;
	/* An erased name is no failure of the question. */
	if (personal_unseal(vault, PERSONAL_NAME, &subject, &standing->name, name) == 0)
		ret->name = query_text(call, name, strlen(name));
}

void
query_standing_fill(struct call *call, struct day on, Demerit__V1__StandingReply *ret)
{
	const struct query *query = call->context->query;
	const struct standing *standing = &query->standing;
	const struct interval *interval = query_interval(query, on);
	struct year_total total = standing_total(standing, day_year(on), on);

	demerit__v1__standing_reply__init(ret);
	ret->practitioner = query_code(call, &standing->practitioner);
	ret->has_category = true;
	ret->category = (Demerit__V1__Category)standing->category;
	ret->has_on = true;
	ret->on = on.number;
	ret->has_status = true;
	ret->status = (Demerit__V1__EligibilityStatus)query_wire_status(
	    interval == NULL ? STATUS_NORMAL : interval->status);
	if (interval != NULL && interval->status == STATUS_TERMINATED) {
		ret->has_bar_until = !day_is_none(interval->bar_until);
		ret->bar_until = interval->bar_until.number;
	} else if (interval != NULL) {
		struct day until =
		    interval_status_until(query->intervals, query->intervals_count, on);
		ret->has_status_until = !day_is_forever(until);
		ret->status_until = until.number;
	}
	ret->has_points_this_year = true;
	ret->points_this_year = (uint32_t)total.capped;
	ret->has_points_raw = true;
	ret->points_raw = (uint32_t)total.raw;
	ret->has_year = true;
	ret->year = day_year(on);
	fill_sanctions(call, standing, ret);
	fill_measures(call, standing, on, ret);
	fill_registrations(call, standing, ret);
	fill_stays(call, standing, ret);
	fill_repairs(call, standing, ret);
	fill_aliases(call, standing, ret);
	fill_name(call, standing, ret);
}

enum call_result
query_standing(struct call *call)
{
	const Demerit__V1__Standing *asked = call->request->standing;
	struct query *query = call->context->query;
	Demerit__V1__StandingReply reply;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	struct query_moment moment;
	struct code practitioner;
	struct day on;

	if (!query_begin(call, &moment))
		return CALL_DONE;
	enum status_reason reason = query_take_code(asked->practitioner, &practitioner);
	if (reason != STATUS_OK)
		return query_refuse(call, reason, "practitioner");
	if (!query_take_day(call, asked->has_on, asked->on, &on))
		return query_refuse(call, STATUS_FIELD_BAD_DAY, "on");
	int r = query_named(call, &moment, &practitioner);
	if (r < 0)
		return query_fail(call, r);
	if (query->standing.category == 0)
		return query_refuse(call, STATUS_NOT_FOUND, "practitioner");
	query_standing_fill(call, on, &reply);
	response.body_case = DEMERIT__V1__RESPONSE__BODY_STANDING;
	response.standing = &reply;
	return query_reply(call, &moment, &response);
}
