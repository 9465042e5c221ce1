/*
 * The outcome of a write: read back from its record, told in sentences, put on the wire.
 *
 * Owns no state; called by submit.c, query.c and the writer (reading a replay). Never decides:
 * every word comes from the recorded verdict and detail, so that a retry hears the same.
 */
#include "outcome.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/arena.h"
#include "proto/demerit.pb-c.h"

int
command_choice_compare(const void *left, const void *right)
{
	const struct command_choice *a = left;
	const struct command_choice *b = right;

	return strcmp(a->practitioner.text, b->practitioner.text);
}

void
outcome_init(struct outcome *outcome)
{
	memset(outcome, 0, sizeof(*outcome));
}

void
outcome_done(struct outcome *outcome)
{
	free(outcome->needs);
	free(outcome->effects);
	memset(outcome, 0, sizeof(*outcome));
}

int
outcome_read(const struct store_record *record, struct outcome *ret)
{
	struct entry_body body;

	outcome_init(ret);
	if (!entry_read(record->body, record->body_size, &body))
		return STORE_DAMAGED;
	if (body.needs.left > 0) {
		ret->needs = calloc(body.needs.left, sizeof(*ret->needs));
		if (ret->needs == NULL)
			return STORE_MEMORY;
		while (entry_next_need(&body.needs, &ret->needs[ret->needs_count]))
			ret->needs_count++;
	}
	ret->head = body.head;
	ret->sequence = record->sequence;
	ret->recorded_at = record->recorded_at;
	ret->position.sequence = record->sequence;
	ret->position.recorded_at = record->recorded_at;
	return 0;
}

bool
outcome_accepted(const struct outcome *outcome)
{
	return outcome->status == STATUS_OK && (outcome->head.verdict == VERDICT_ACCEPTED ||
						outcome->head.verdict == VERDICT_UNCHANGED);
}

/* ---- sentences ---- */

#define SENTENCE_MAX 4096

struct sentence {
	size_t size;
	char text[SENTENCE_MAX];
};

/* What does not fit ends in "…": a list of thousands of needs stands in full beside it. */
static void
add(struct sentence *sentence, const char *text, size_t size)
{
	static const char more[] = "…";

	if (sentence->size + size + sizeof(more) >= SENTENCE_MAX) {
		if (sentence->size + sizeof(more) < SENTENCE_MAX) {
			memcpy(sentence->text + sentence->size, more, sizeof(more) - 1);
			sentence->size = SENTENCE_MAX - sizeof(more);
		}
		return;
	}
	memcpy(sentence->text + sentence->size, text, size);
	sentence->size += size;
}

static void
add_text(struct sentence *sentence, const char *text)
{
	add(sentence, text, strlen(text));
}

static void
add_number(struct sentence *sentence, int32_t number)
{
	char digits[12];

	(void)snprintf(digits, sizeof(digits), "%" PRId32, number);
	add_text(sentence, digits);
}

static void
add_day(struct sentence *sentence, struct day day)
{
	char text[DAY_TEXT_SIZE];

	day_format(day, text);
	add_text(sentence, text);
}

/* The ledger's word for a parameter, as the command line and the wire say it. */
static const char *
parameter_word(const char *parameter)
{
	return strcmp(parameter, "bar_years") == 0 ? "bar-years" : parameter;
}

static void
add_range(struct sentence *sentence, const char *parameter, int32_t min, int32_t max, bool chinese)
{
	if (strcmp(parameter, "from") == 0) {
		add_day(sentence, (struct day){min});
		if (max == DAY_FOREVER.number)
			add_text(sentence, chinese ? " 及以后" : " or later");
		else if (max != min) {
			add_text(sentence, chinese ? " 至 " : " to ");
			add_day(sentence, (struct day){max});
		}
	} else if (strcmp(parameter, "overlap") == 0) {
		bool first = true;
		for (int32_t word = OVERLAP_REPLACE; word <= OVERLAP_KEEP; word++) {
			if (min != max && (word < min || word > max))
				continue;
			if (min == max && min != 0 && word != min)
				continue;
			add_text(sentence, first ? "" : "|");
			add_text(sentence, kind_name(KINDS_OVERLAP, (unsigned)word));
			first = false;
		}
	} else {
		add_number(sentence, min);
		if (max == INT32_MAX)
			add_text(sentence, chinese ? " 及以上" : " or more");
		else if (max != min) {
			add_text(sentence, "-");
			add_number(sentence, max);
		}
	}
}

static void
add_needs(struct sentence *sentence, const struct outcome *outcome, bool chinese)
{
	const struct code *last = NULL;

	for (uint32_t i = 0; i < outcome->needs_count; i++) {
		const struct entry_need *need = &outcome->needs[i];
		bool another = last == NULL || !code_equal(last, &need->practitioner);

		if (i > 0)
			add_text(sentence,
				 another ? (chinese ? "；" : "; ") : (chinese ? "，" : ", "));
		if (another) {
			add(sentence, need->practitioner.text, need->practitioner.size);
			add_text(sentence, chinese ? "（累计 " : " (total ");
			add_number(sentence, need->total);
			add_text(sentence, chinese ? " 分）：" : "): ");
		}
		last = &need->practitioner;
		add_text(sentence, parameter_word(need->parameter));
		if (strcmp(need->parameter, "reason") != 0) {
			add_text(sentence, " ");
			add_range(sentence, need->parameter, need->min, need->max, chinese);
		}
	}
}

static void
add_place(struct sentence *sentence, const struct outcome *outcome, const char *name, size_t size,
	  bool chinese)
{
	const struct entry_detail *detail = &outcome->head.detail;

	if (size == 5 && memcmp(name, "thing", size) == 0)
		add(sentence, detail->thing.text, detail->thing.size);
	else if (size == 5 && memcmp(name, "field", size) == 0)
		add_text(sentence, detail->field);
	else if (size == 9 && memcmp(name, "parameter", size) == 0)
		add_text(sentence, parameter_word(detail->parameter));
	else if (size == 7 && memcmp(name, "allowed", size) == 0)
		add_range(sentence, detail->parameter, detail->min, detail->max, chinese);
	else if (size == 3 && memcmp(name, "day", size) == 0)
		add_day(sentence, detail->day);
	else if (size == 5 && memcmp(name, "total", size) == 0)
		add_number(sentence, detail->total);
	else if (size == 5 && memcmp(name, "needs", size) == 0)
		add_needs(sentence, outcome, chinese);
}

static char *
arena_text(struct arena *arena, const char *text, size_t size)
{
	char *copy = arena_alloc(arena, size + 1);

	if (copy != NULL) {
		memcpy(copy, text, size);
		copy[size] = '\0';
	}
	return copy;
}

static char *
arena_code(struct arena *arena, const struct code *code)
{
	return code_is_empty(code) ? NULL : arena_text(arena, code->text, code->size);
}

static char *
arena_word(struct arena *arena, const char *word)
{
	return word[0] == '\0' ? NULL : arena_text(arena, word, strlen(word));
}

char *
outcome_sentence(const struct outcome *outcome, struct arena *arena, bool chinese)
{
	const struct verdict_row *row = verdict_row(outcome->head.verdict);
	struct sentence sentence = {0};

	if (row == NULL)
		return arena_text(arena, "", 0);
	for (const char *at = chinese ? row->zh : row->en; *at != '\0';) {
		const char *open = strchr(at, '{');
		const char *close = open == NULL ? NULL : strchr(open, '}');
		if (close == NULL) {
			add_text(&sentence, at);
			break;
		}
		add(&sentence, at, (size_t)(open - at));
		add_place(&sentence, outcome, open + 1, (size_t)(close - open) - 1, chinese);
		at = close + 1;
	}
	return arena_text(arena, sentence.text, sentence.size);
}

/* ---- warnings ---- */

static const struct {
	enum warning warning;
	const char *name;
	const char *en;
	const char *zh;
} warnings[] = {
    {WARNING_RULES_OF_PARENT, "RULES_OF_PARENT",
     "The jurisdiction has no version of its own in force on that day; its parent's rules hold.",
     "该统筹区当日无自己的生效规则，适用上级规则。"},
    {WARNING_TERMINATED_NO_EFFECT, "TERMINATED_NO_EFFECT",
     "The points are recorded; they trigger nothing while the practitioner is terminated.",
     "记分已记录；资格终止期间不触发任何后果。"},
    {WARNING_NOT_REGISTERED_THERE, "NOT_REGISTERED_THERE",
     "The practitioner was not registered at the institution on the scoring day.",
     "记分时点，该人员未在该机构登记备案。"},
    {WARNING_NO_DEADLINE, "NO_DEADLINE",
     "No rule says until when an objection is in time; none will be refused as late.",
     "规则未规定异议期限，不会以逾期为由不予受理。"},
};

static Demerit__V1__Warning *
warning_message(struct arena *arena, unsigned warning)
{
	Demerit__V1__Warning *message = arena_alloc(arena, sizeof(*message));

	if (message == NULL)
		return NULL;
	demerit__v1__warning__init(message);
	for (size_t i = 0; i < sizeof(warnings) / sizeof(warnings[0]); i++) {
		if ((unsigned)warnings[i].warning != warning)
			continue;
		message->reason = arena_word(arena, warnings[i].name);
		message->message = arena_word(arena, warnings[i].en);
		message->message_zh = arena_word(arena, warnings[i].zh);
	}
	return message;
}

static Demerit__V1__Warning **
warning_messages(const struct outcome *outcome, struct arena *arena, size_t *ret_count)
{
	size_t count = outcome->head.warnings_count;
	Demerit__V1__Warning **messages = arena_alloc(arena, (count + 1) * sizeof(*messages));

	*ret_count = 0;
	if (messages == NULL)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		messages[i] = warning_message(arena, outcome->head.warnings[i]);
		if (messages[i] == NULL)
			return NULL;
		*ret_count = i + 1;
	}
	return messages;
}

/* ---- on the wire ---- */

/* code_of() of the wire: what kind of "no" the verdict is. */
static Demerit__V1__Code
code_of(const struct verdict_row *row)
{
	if (row == NULL)
		return DEMERIT__V1__CODE__CODE_INTERNAL;
	switch (row->class) {
	case VERDICT_CLASS_OK:
		return DEMERIT__V1__CODE__CODE_UNSPECIFIED;
	case VERDICT_CLASS_NOT_FOUND:
		return DEMERIT__V1__CODE__CODE_NOT_FOUND;
	case VERDICT_CLASS_ALREADY_EXISTS:
		return DEMERIT__V1__CODE__CODE_ALREADY_EXISTS;
	case VERDICT_CLASS_FAILED_PRECONDITION:
		return DEMERIT__V1__CODE__CODE_FAILED_PRECONDITION;
	}
	return DEMERIT__V1__CODE__CODE_INTERNAL;
}

static void
set_day(struct day day, protobuf_c_boolean *has, int32_t *number)
{
	*has = !day_is_none(day) && !day_is_forever(day);
	*number = *has ? day.number : 0;
}

static void
set_number(int32_t value, protobuf_c_boolean *has, uint32_t *number)
{
	*has = value > 0;
	*number = value > 0 ? (uint32_t)value : 0;
}

static char *
rulebook_name(struct arena *arena, const struct rulebook_id *id)
{
	char day[DAY_TEXT_SIZE];
	char name[SLUG_SIZE_MAX + 1 + DAY_TEXT_SIZE];

	if (id->slug.text[0] == '\0')
		return NULL;
	day_format(id->version, day);
	(void)snprintf(name, sizeof(name), "%s@%s", id->slug.text, day);
	return arena_word(arena, name);
}

static Demerit__V1__Effect *
effect_message(const struct command_effect *effect, struct arena *arena)
{
	Demerit__V1__Effect *message = arena_alloc(arena, sizeof(*message));

	if (message == NULL)
		return NULL;
	demerit__v1__effect__init(message);
	message->practitioner = arena_code(arena, &effect->practitioner);
	message->has_points_this_year = true;
	message->points_this_year = (uint32_t)effect->points;
	message->has_points_raw = true;
	message->points_raw = (uint32_t)effect->points_raw;
	message->has_year = true;
	message->year = effect->year;
	message->action = arena_code(arena, &effect->action);
	if (code_is_empty(&effect->sanction))
		return message;

	message->sanction = arena_code(arena, &effect->sanction);
	message->has_kind = true;
	message->kind = effect->kind == STATUS_TERMINATED
			    ? DEMERIT__V1__SANCTION_KIND__SANCTION_KIND_TERMINATED
			    : DEMERIT__V1__SANCTION_KIND__SANCTION_KIND_SUSPENDED;
	message->has_path = true;
	message->path = (Demerit__V1__SanctionPath)effect->path;
	set_day(effect->from, &message->has_from_day, &message->from_day);
	set_day(effect->until, &message->has_until_day, &message->until_day);
	set_day(effect->bar_until, &message->has_bar_until, &message->bar_until);
	set_day(effect->lifted, &message->has_lifted, &message->lifted);
	set_number(effect->months, &message->has_months, &message->months);
	set_number(effect->bar_years, &message->has_bar_years, &message->bar_years);
	message->rulebook = rulebook_name(arena, &effect->rulebook);
	message->clause = arena_word(arena, effect->clause.text);
	message->superseded_by = arena_code(arena, &effect->superseded_by);
	return message;
}

Demerit__V1__WriteReply *
outcome_write(const struct outcome *outcome, struct arena *arena)
{
	const struct verdict_row *row = verdict_row(outcome->head.verdict);
	Demerit__V1__WriteReply *reply = arena_alloc(arena, sizeof(*reply));

	assert(outcome_accepted(outcome));
	if (reply == NULL || row == NULL)
		return NULL;
	demerit__v1__write_reply__init(reply);
	reply->id = arena_code(arena, &outcome->head.reply);
	reply->has_sequence = !outcome->dry_run;
	reply->sequence = outcome->sequence;
	reply->has_recorded_at = !outcome->dry_run;
	reply->recorded_at = outcome->recorded_at;
	reply->has_verdict = true;
	reply->verdict = outcome->head.verdict;
	reply->verdict_name = arena_word(arena, row->name);
	reply->has_unchanged = true;
	reply->unchanged = outcome->head.verdict == VERDICT_UNCHANGED;
	reply->has_dry_run = true;
	reply->dry_run = outcome->dry_run;
	reply->warnings = warning_messages(outcome, arena, &reply->n_warnings);
	reply->effects = arena_alloc(arena, COMMAND_EFFECTS_MAX * sizeof(*reply->effects));
	if (reply->warnings == NULL || reply->effects == NULL)
		return NULL;
	for (size_t i = 0; i < outcome->effects_count; i++) {
		reply->effects[i] = effect_message(&outcome->effects[i], arena);
		if (reply->effects[i] == NULL)
			return NULL;
		reply->n_effects = i + 1;
	}
	return reply;
}

static Demerit__V1__ChoiceNeeded *
need_message(const struct entry_need *need, struct arena *arena)
{
	Demerit__V1__ChoiceNeeded *message = arena_alloc(arena, sizeof(*message));

	if (message == NULL)
		return NULL;
	demerit__v1__choice_needed__init(message);
	message->practitioner = arena_code(arena, &need->practitioner);
	message->has_total = true;
	message->total = (uint32_t)need->total;
	message->parameter = arena_word(arena, parameter_word(need->parameter));
	if (strcmp(need->parameter, "overlap") == 0) {
		message->allowed = arena_alloc(arena, OVERLAP_KEEP * sizeof(*message->allowed));
		if (message->allowed == NULL)
			return NULL;
		for (unsigned word = OVERLAP_REPLACE; word <= OVERLAP_KEEP; word++)
			message->allowed[message->n_allowed++] =
			    arena_word(arena, kind_name(KINDS_OVERLAP, word));
		return message;
	}
	if (strcmp(need->parameter, "reason") == 0)
		return message;
	message->has_min = true;
	message->min = need->min;
	message->has_max = need->max != DAY_FOREVER.number;
	message->max = need->max;
	return message;
}

/*
 * All that is missing, or as much as fits: a frame ends at 1 MiB, an overturning may miss more.
 * What was supplied then shortens the list of the next try.
 */
#define NEEDS_TOLD_MAX 6000

static bool
needs_put(const struct outcome *outcome, struct arena *arena, Demerit__V1__Error *error)
{
	size_t count =
	    outcome->needs_count < NEEDS_TOLD_MAX ? outcome->needs_count : NEEDS_TOLD_MAX;

	if (count == 0)
		return true;
	error->choices = arena_alloc(arena, count * sizeof(Demerit__V1__ChoiceNeeded *));
	if (error->choices == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		error->choices[i] = need_message(&outcome->needs[i], arena);
		if (error->choices[i] == NULL)
			return i > 0;
		error->n_choices = i + 1;
	}
	return true;
}

static void
error_of_status(const struct outcome *outcome, struct arena *arena, Demerit__V1__Error *error)
{
	const struct status_row *row = status_get(outcome->status);

	error->has_code = true;
	error->code = (Demerit__V1__Code)row->code;
	error->reason = arena_word(arena, row->reason);
	error->message = arena_word(arena, row->message);
	error->message_zh = arena_word(arena, row->message_zh);
	error->has_retry_after_ms = outcome->retry_after_ms > 0;
	error->retry_after_ms = outcome->retry_after_ms;
}

Demerit__V1__Error *
outcome_error(const struct outcome *outcome, struct arena *arena)
{
	const struct verdict_row *row = verdict_row(outcome->head.verdict);
	const struct entry_detail *detail = &outcome->head.detail;
	Demerit__V1__Error *error = arena_alloc(arena, sizeof(*error));

	assert(!outcome_accepted(outcome));
	if (error == NULL)
		return NULL;
	demerit__v1__error__init(error);
	if (outcome->status != STATUS_OK || row == NULL) {
		error_of_status(outcome, arena, error);
		return error;
	}
	error->has_code = true;
	error->code = code_of(row);
	error->reason = arena_word(arena, row->name);
	error->message = outcome_sentence(outcome, arena, false);
	error->message_zh = outcome_sentence(outcome, arena, true);
	error->parameter = arena_word(arena, parameter_word(detail->parameter));
	error->field = arena_word(arena, detail->field);
	error->clause = arena_word(arena, detail->clause.text);
	error->has_verdict = true;
	error->verdict = outcome->head.verdict;
	error->has_sequence = !outcome->dry_run;
	error->sequence = outcome->sequence;
	error->has_recorded_at = !outcome->dry_run;
	error->recorded_at = outcome->recorded_at;
	return needs_put(outcome, arena, error) ? error : NULL;
}

static Demerit__V1__ItemError *
item_error(const struct outcome *outcome, struct arena *arena)
{
	const Demerit__V1__Error *error = outcome_error(outcome, arena);
	Demerit__V1__ItemError *item = arena_alloc(arena, sizeof(*item));

	if (error == NULL || item == NULL)
		return NULL;
	demerit__v1__item_error__init(item);
	item->has_code = error->has_code;
	item->code = error->code;
	item->reason = error->reason;
	item->message = error->message;
	item->message_zh = error->message_zh;
	item->field = error->field;
	item->has_verdict = error->has_verdict;
	item->verdict = error->verdict;
	return item;
}

Demerit__V1__WriteItemResult *
outcome_item(const struct outcome *outcome, struct arena *arena)
{
	const struct verdict_row *row = verdict_row(outcome->head.verdict);
	Demerit__V1__WriteItemResult *result = arena_alloc(arena, sizeof(*result));

	if (result == NULL)
		return NULL;
	demerit__v1__write_item_result__init(result);
	if (outcome->status == STATUS_OK && !outcome->dry_run) {
		result->has_sequence = true;
		result->sequence = outcome->sequence;
		result->has_recorded_at = true;
		result->recorded_at = outcome->recorded_at;
	}
	if (!outcome_accepted(outcome)) {
		result->error = item_error(outcome, arena);
		return result->error == NULL ? NULL : result;
	}
	result->id = arena_code(arena, &outcome->head.reply);
	result->has_verdict = true;
	result->verdict = outcome->head.verdict;
	result->verdict_name = row == NULL ? NULL : arena_word(arena, row->name);
	result->has_unchanged = true;
	result->unchanged = outcome->head.verdict == VERDICT_UNCHANGED;
	result->warnings = warning_messages(outcome, arena, &result->n_warnings);
	return result->warnings == NULL ? NULL : result;
}

void
outcome_reply(const struct outcome *outcome, struct call *call)
{
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	const struct call_position *at = &outcome->position;

	if (at->epoch == 0)
		at = &call->context->position;
	if (outcome_accepted(outcome)) {
		response.write = outcome_write(outcome, call->arena);
		response.body_case = DEMERIT__V1__RESPONSE__BODY_WRITE;
	} else {
		response.error = outcome_error(outcome, call->arena);
		response.body_case = DEMERIT__V1__RESPONSE__BODY_ERROR;
	}
	if (response.write == NULL) { /* of the union: neither */
		call_fail(call, STATUS_TOO_COSTLY, NULL);
		return;
	}
	call_reply_at(call, at, &response);
}
