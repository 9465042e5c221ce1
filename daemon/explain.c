/*
 * Explanations: the entries, the sums, the sanctions with their basis, and in sentences why a
 * person's eligibility is what it is on a day.
 *
 * Called on a loop's thread, as of the answer's sequence. Owns nothing. Decides nothing again:
 * every effect is the recorded one; rulebooks are read only to name the clause.
 */
#include "explain.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "storage/store.h"

#define SENTENCE_SIZE 2048

Demerit__V1__ExplainStep *
explain_step(struct explain *explain, const char *rule, const char *source,
	     const struct text *clause)
{
	Demerit__V1__ExplainStep *step = query_alloc(explain->call, 1, sizeof(*step));

	if (step == NULL || explain->reply->n_steps == EXPLAIN_STEPS_MAX)
		return NULL;
	demerit__v1__explain_step__init(step);
	/* The generated struct has char * for text it never changes. */
	step->rule = (char *)(uintptr_t)rule;
	step->source = (char *)(uintptr_t)source;
	if (clause != NULL)
		step->clause = query_text(explain->call, clause->text, clause->size);
	explain->reply->steps[explain->reply->n_steps++] = step;
	return step;
}

__attribute__((format(printf, 2, 0))) static char *
explain_sentence(struct explain *explain, const char *format, va_list arguments)
{
	char text[SENTENCE_SIZE];
	int size = vsnprintf(text, sizeof(text), format, arguments);

	if (size < 0 || (size_t)size >= sizeof(text))
		return NULL;
	return query_text(explain->call, text, (size_t)size);
}

void
explain_en(struct explain *explain, Demerit__V1__ExplainStep *step, const char *format, ...)
{
	va_list arguments;

	if (step == NULL)
		return;
	va_start(arguments, format);
	step->text = explain_sentence(explain, format, arguments);
	va_end(arguments);
}

void
explain_zh(struct explain *explain, Demerit__V1__ExplainStep *step, const char *format, ...)
{
	va_list arguments;

	if (step == NULL)
		return;
	va_start(arguments, format);
	step->text_zh = explain_sentence(explain, format, arguments);
	va_end(arguments);
}

const char *
explain_day(struct explain *explain, struct day day)
{
	char text[DAY_TEXT_SIZE];

	day_format(day, text);
	const char *copy = query_text(explain->call, text, strlen(text));
	return copy == NULL ? "" : copy;
}

/* ---- entries ---- */

static int
explain_read_fact(struct explain *explain, size_t number)
{
	const struct entry *entry = &explain->query->standing.entries[number];
	struct explain_fact *fact = &explain->facts[number];
	struct store_record record;
	struct entry_body body;
	struct event event;

	int r = lookup_record(&explain->query->lookup, entry->sequence, &record);
	if (r < 0)
		return r;
	if (!entry_read(record.body, record.body_size, &body))
		return STORE_DAMAGED;
	fact->recorded_at = record.recorded_at;
	while (entry_next_event(&body.events, &event)) {
		if (event.kind != EVENT_POINTS_RECORDED ||
		    !code_equal(&event.points.entry, &entry->id))
			continue;
		fact->total = event.points.total;
		if (entry->cap > 0 && fact->total > entry->cap)
			fact->total = entry->cap;
	}
	return 0;
}

/* The year's sum of what stands, in the order it was recorded. */
static int32_t
explain_total_after(const struct standing *standing, size_t number)
{
	int year = day_year(standing->entries[number].scored_on);
	int32_t total = 0;

	for (size_t i = 0; i <= number; i++) {
		const struct entry *entry = &standing->entries[i];
		if (entry->fallen == 0 && day_year(entry->scored_on) == year)
			total += entry->points;
	}
	return total;
}

static const struct sanction *
explain_brought(const struct standing *standing, size_t number)
{
	for (size_t i = 0; i < standing->sanctions_count; i++) {
		if (standing->sanctions[i].entry == number)
			return &standing->sanctions[i];
	}
	return NULL;
}

/* Where the band of the entry's situation stands, in the version that judged it. */
static void
explain_entry_clause(struct explain *explain, const struct entry *entry,
		     Demerit__V1__ExplainEntry *ret)
{
	struct rulebook *rulebook = &explain->query->rulebook;
	struct day earliest;

	if (rules_set_rulebook_version(explain->query->book->rules, &entry->rulebook.slug,
				       entry->rulebook.version, entry->rulebook.hash,
				       entry->scored_on, entry->sequence, rulebook,
				       &earliest) != RULES_FOUND_OWN)
		return;
	const struct situation *situation = rulebook_situation(rulebook, &entry->situation);
	if (situation != NULL)
		ret->clause =
		    query_text(explain->call, situation->source.text, situation->source.size);
}

static void
explain_fill_entry(struct explain *explain, size_t number, const struct penalty_row *penalty,
		   Demerit__V1__ExplainEntry *ret)
{
	const struct standing *standing = &explain->query->standing;
	const struct entry *entry = &standing->entries[number];
	const struct sanction *brought = explain_brought(standing, number);
	struct call *call = explain->call;

	demerit__v1__explain_entry__init(ret);
	ret->entry = query_code(call, &entry->id);
	ret->penalty = query_code(call, &entry->penalty);
	ret->has_scored_on = true;
	ret->scored_on = entry->scored_on.number;
	ret->has_points = true;
	ret->points = (uint32_t)entry->points;
	ret->has_total = entry->fallen == 0;
	ret->total = (uint32_t)explain_total_after(standing, number);
	ret->has_fallen = true;
	ret->fallen = entry->fallen != 0;
	ret->has_level = entry->level != 0;
	ret->level = (Demerit__V1__Level)entry->level;
	ret->situation = query_code(call, &entry->situation);
	ret->rulebook = query_version(call, &entry->rulebook);
	ret->has_conduct_from = !day_is_none(entry->conduct_from);
	ret->conduct_from = entry->conduct_from.number;
	ret->has_conduct_to = !day_is_none(entry->conduct_to);
	ret->conduct_to = entry->conduct_to.number;
	ret->institution = query_code(call, &entry->institution);
	ret->has_sequence = true;
	ret->sequence = entry->sequence;
	ret->has_recorded_at = true;
	ret->recorded_at = explain->facts[number].recorded_at;
	if (brought != NULL)
		ret->sanction = query_code(call, &brought->id);
	if (penalty != NULL) {
		const struct event_penalty *recorded = &penalty->recorded;
		ret->article = query_text(call, recorded->article.text, recorded->article.size);
		ret->authority =
		    query_text(call, recorded->authority.text, recorded->authority.size);
	}
	explain_entry_clause(explain, entry, ret);
}

/* Those of the day's year, and whatever the sanctions that cover the day rest on. */
static uint64_t
explain_which(const struct explain *explain)
{
	const struct standing *standing = &explain->query->standing;
	int year = day_year(explain->on);
	uint64_t entries = 0;

	for (size_t i = 0; i < standing->entries_count; i++) {
		const struct entry *entry = &standing->entries[i];
		if (day_year(entry->scored_on) == year &&
		    !day_before(explain->on, entry->scored_on))
			entries |= UINT64_C(1) << i;
	}
	for (size_t i = 0; i < standing->sanctions_count; i++) {
		const struct sanction *sanction = &standing->sanctions[i];
		if (!day_before(explain->on, sanction->from) &&
		    day_before(explain->on, standing_sanction_end(standing, sanction)))
			entries |= sanction->basis;
	}
	return entries;
}

static int
explain_entries(struct explain *explain)
{
	const struct standing *standing = &explain->query->standing;
	Demerit__V1__ExplainReply *reply = explain->reply;
	size_t count = standing->entries_count;
	Demerit__V1__ExplainEntry *entries = query_alloc(explain->call, count, sizeof(*entries));

	reply->entries = query_alloc(explain->call, count, sizeof(*reply->entries));
	if (entries == NULL || reply->entries == NULL)
		return 0;
	for (size_t i = 0; i < count; i++) {
		struct lookup_penalty penalty;
		if ((explain->shown >> i & 1) == 0)
			continue;
		int r = explain_read_fact(explain, i);
		if (r == 0)
			r = lookup_penalty(&explain->query->lookup, &standing->entries[i].penalty,
					   explain->moment->as_of, &penalty);
		if (r < 0)
			return r;
		const struct penalty_row *row =
		    code_is_empty(&penalty.row.recorded.penalty) ? NULL : &penalty.row;
		explain_fill_entry(explain, i, row, &entries[i]);
		explain_entry_step(explain, &standing->entries[i], row);
		reply->entries[reply->n_entries++] = &entries[i];
	}
	return 0;
}

/* ---- what is asked about ---- */

/* The day an entry is explained on: the first of what it brought, else the day it counts from. */
static struct day
explain_day_of_entry(const struct standing *standing, const struct code *id)
{
	const struct entry *entry = standing_entry(standing, id);

	if (entry == NULL)
		return DAY_NONE;
	const struct sanction *brought =
	    explain_brought(standing, (size_t)(entry - standing->entries));
	return brought != NULL && brought->lifted == 0 ? brought->from : entry->scored_on;
}

/* Whom it is about, and on which day where that follows from the thing asked about. */
static int
explain_find(struct explain *explain, const struct code *entry, const struct code *sanction,
	     struct code *practitioner)
{
	struct query *query = explain->query;
	uint64_t sequence;
	int r = 0;

	if (!code_is_empty(entry))
		r = lookup_entry_owner(&query->lookup, entry, practitioner, &sequence);
	else if (!code_is_empty(sanction))
		r = lookup_sanction_owner(&query->lookup, sanction, practitioner, &sequence);
	if (r == 0)
		r = query_person(query, practitioner, explain->moment->as_of);
	if (r < 0)
		return r;

	struct day day = explain->on;
	if (!code_is_empty(entry))
		day = explain_day_of_entry(&query->standing, entry);
	if (!code_is_empty(sanction)) {
		const struct sanction *found = standing_sanction(&query->standing, sanction);
		day = found == NULL ? DAY_NONE : found->from;
	}
	/* Recorded later than what the answer is as of. */
	if (query->standing.category == 0 || day_is_none(day))
		return STORE_NOT_FOUND;
	explain->on = day;
	return 0;
}

/* Exactly one of the three. */
static enum status_reason
explain_take(const Demerit__V1__Explain *asked, struct code ret[3], const char **ret_field)
{
	const char *texts[] = {asked->practitioner, asked->entry, asked->sanction};
	static const char *const fields[] = {"practitioner", "entry", "sanction"};
	bool found = false;

	*ret_field = fields[0];
	for (size_t i = 0; i < 3; i++) {
		ret[i] = (struct code){0};
		if (texts[i] == NULL)
			continue;
		*ret_field = fields[i];
		if (found)
			return STATUS_FIELD_BAD_VALUE;
		found = true;
		enum status_reason reason = query_take_code(texts[i], &ret[i]);
		if (reason != STATUS_OK)
			return reason;
	}
	return found ? STATUS_OK : STATUS_FIELD_MISSING;
}

enum call_result
query_explain(struct call *call)
{
	const Demerit__V1__Explain *asked = call->request->explain;
	Demerit__V1__ExplainReply reply = DEMERIT__V1__EXPLAIN_REPLY__INIT;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	struct query_moment moment;
	struct explain explain = {
	    .call = call, .moment = &moment, .query = call->context->query, .reply = &reply};
	struct code things[3];
	const char *field;

	if (!query_begin(call, &moment))
		return CALL_DONE;
	enum status_reason reason = explain_take(asked, things, &field);
	if (reason != STATUS_OK)
		return query_refuse(call, reason, field);
	if (!query_take_day(call, asked->has_on, asked->on, &explain.on))
		return query_refuse(call, STATUS_FIELD_BAD_DAY, "on");
	int r = explain_find(&explain, &things[1], &things[2], &things[0]);
	if (r == STORE_NOT_FOUND)
		return query_refuse(call, STATUS_NOT_FOUND, field);
	if (r < 0)
		return query_fail(call, r);
	if (asked->has_on)
		explain.on = (struct day){asked->on};

	reply.standing = query_alloc(call, 1, sizeof(*reply.standing));
	reply.steps = query_alloc(call, EXPLAIN_STEPS_MAX, sizeof(*reply.steps));
	if (reply.standing == NULL || reply.steps == NULL)
		return query_refuse(call, STATUS_TOO_COSTLY, NULL);
	query_standing_fill(call, explain.on, reply.standing);
	explain.shown = explain_which(&explain);
	r = explain_entries(&explain);
	if (r < 0)
		return query_fail(call, r);
	explain_steps(&explain);
	response.body_case = DEMERIT__V1__RESPONSE__BODY_EXPLAIN;
	response.explain = &reply;
	return query_reply(call, &moment, &response);
}
