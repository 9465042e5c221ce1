/*
 * The words of a table's row, and what came of its command in the table's words. Owns nothing.
 */
#include "book_words.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

bool
doing_cannot(struct doing *doing, const char *says, const char *word)
{
	(void)snprintf(doing->ret->verdict, sizeof(doing->ret->verdict), "%s%s", says, word);
	return false;
}

bool
doing_word_code(struct doing *doing, size_t index, struct code *ret)
{
	if (index >= doing->row->words_count)
		return doing_cannot(doing, "a word is missing after ", doing->row->words[0]);
	const char *word = doing->row->words[index];
	return code_set(word, strlen(word), ret) || doing_cannot(doing, "not a code: ", word);
}

bool
doing_value_code(struct doing *doing, const char *key, const char *otherwise, struct code *ret)
{
	const char *value = row_value(doing->row, key);

	if (value == NULL)
		value = otherwise;
	if (value[0] == '\0') {
		memset(ret, 0, sizeof(*ret));
		return true;
	}
	return code_set(value, strlen(value), ret) || doing_cannot(doing, "not a code: ", value);
}

bool
doing_value_day(struct doing *doing, const char *key, struct day otherwise, struct day *ret)
{
	const char *value = row_value(doing->row, key);

	*ret = otherwise;
	return value == NULL || day_parse(value, strlen(value), ret) ||
	       doing_cannot(doing, "not a day: ", value);
}

bool
doing_value_kind(struct doing *doing, const char *key, enum kind_list list, unsigned otherwise,
		 unsigned *ret)
{
	const char *value = row_value(doing->row, key);

	*ret = value == NULL ? otherwise : kind_parse(list, value, strlen(value));
	return *ret != 0 || doing_cannot(doing, "not one of its kind: ", value);
}

/* A set of visit kinds, "rescue+emergency". */
bool
doing_value_exempt(struct doing *doing, uint8_t *ret)
{
	const char *value = row_value(doing->row, "exempt");

	*ret = 0;
	while (value != NULL && *value != '\0') {
		size_t size = strcspn(value, "+");
		unsigned kind = kind_parse(KINDS_VISIT, value, size);
		if (kind == 0)
			return doing_cannot(doing, "no such visit: ", value);
		*ret |= (uint8_t)kind;
		value += size + (value[size] == '+' ? 1 : 0);
	}
	return true;
}

bool
doing_number_of(const char *text, int32_t *ret)
{
	char *end;
	long value = strtol(text, &end, 10);

	*ret = (int32_t)value;
	return end != text && (*end == '\0' || *end == ',');
}

/* One "key=value" of a choice; other keys are somebody else's. */
static bool
choice_word(const char *word, struct choice *choice)
{
	const char *value = strchr(word, '=');
	size_t size = value == NULL ? 0 : (size_t)(value - word);

	if (value == NULL)
		return true;
	value++;
	if (size == 6 && memcmp(word, "months", 6) == 0)
		return doing_number_of(value, &choice->months);
	if (size == 9 && memcmp(word, "bar-years", 9) == 0)
		return doing_number_of(value, &choice->bar_years);
	if (size == 6 && memcmp(word, "credit", 6) == 0)
		return doing_number_of(value, &choice->credit_days);
	if (size == 4 && memcmp(word, "from", 4) == 0)
		return day_parse(value, strcspn(value, ","), &choice->from);
	if (size == 7 && memcmp(word, "overlap", 7) == 0) {
		choice->overlap =
		    (enum overlap)kind_parse(KINDS_OVERLAP, value, strcspn(value, ","));
		return choice->overlap != OVERLAP_NONE;
	}
	return true;
}

/* The choice of a command, or the one for a person: "P1:months=3,from=2025-05-20". */
bool
doing_choice_read(struct doing *doing, const char *person, struct choice *ret)
{
	*ret = CHOICE_NONE;
	for (size_t i = 1; i < doing->row->words_count; i++) {
		const char *word = doing->row->words[i];
		const char *colon = strchr(word, ':');
		if (person == NULL) {
			if (!choice_word(word, ret))
				return doing_cannot(doing, "not a choice: ", word);
			continue;
		}
		if (colon == NULL || strlen(person) != (size_t)(colon - word) ||
		    memcmp(person, word, (size_t)(colon - word)) != 0)
			continue;
		for (const char *at = colon + 1;; at++) {
			if (!choice_word(at, ret))
				return doing_cannot(doing, "not a choice: ", word);
			at = strchr(at, ',');
			if (at == NULL)
				break;
		}
	}
	return true;
}

bool
doing_reason_given(const struct doing *doing)
{
	const char *reason = row_value(doing->row, "reason");

	return reason == NULL || strcmp(reason, "none") != 0;
}

static void __attribute__((format(printf, 2, 3))) say(struct result *ret, const char *format, ...)
{
	size_t used = strlen(ret->verdict);
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(ret->verdict + used, sizeof(ret->verdict) - used, format, arguments);
	va_end(arguments);
}

static void
say_parameter(struct result *ret, const char *separator, const char *parameter)
{
	say(ret, "%s", separator);
	for (; *parameter != '\0'; parameter++)
		say(ret, "%c", *parameter == '_' ? '-' : *parameter);
}

static void
say_range(struct result *ret, const char *parameter, int32_t min, int32_t max)
{
	char day[DAY_TEXT_SIZE];

	if (strcmp(parameter, "from") == 0) {
		day_format((struct day){min}, day);
		say(ret, min == max ? "=%s" : "=%s..", day);
	} else if (strcmp(parameter, "reason") != 0 && strcmp(parameter, "overlap") != 0 &&
		   max > 0) {
		say(ret, min == max ? "=%d" : "=%d-%d", (int)min, (int)max);
	}
}

/* needs_choice[months=1-6,from=2025-05-20..] */
static void
say_verdict(struct result *ret, const struct decision *decision)
{
	const struct detail *detail = &decision->detail;
	char day[DAY_TEXT_SIZE];

	ret->verdict[0] = '\0';
	say(ret, "%s[", verdict_word(decision->verdict));
	for (size_t i = 0; i < decision->events_count; i++) {
		if (decision->events[i].kind == EVENT_POINTS_RECORDED)
			say(ret, "%s", decision->events[i].points.measure_action.text);
	}
	for (size_t i = 0; i < decision->needs_count; i++) {
		const struct need *need = &decision->needs[i];
		say_parameter(ret, i > 0 ? "," : "", need->parameter);
		say_range(ret, need->parameter, need->min, need->max);
	}
	if (decision->needs_count == 0 && detail->parameter != NULL) {
		say_parameter(ret, "", detail->parameter);
		if (decision->verdict != VERDICT_PERIOD_NOT_APPLICABLE)
			say_range(ret, detail->parameter, detail->min, detail->max);
	} else if (detail->field != NULL) {
		say(ret, "%s", detail->field);
	} else if (decision->needs_count == 0 && day_is_valid(detail->day)) {
		day_format(detail->day, day);
		say(ret, "%s", day);
	}
	say(ret, "]");
}

/* Fold if accepted, and say what came of it. */
bool
doing_finish(struct doing *doing, enum verdict verdict)
{
	struct book *book = doing->book;

	assert(verdict == book->decision.verdict);
	if (verdict == VERDICT_ACCEPTED)
		verdict = doing_second_person(doing);
	if (verdict == VERDICT_ACCEPTED)
		book_fold(book);
	say_verdict(doing->ret, &book->decision);
	return true;
}

/* P1, P2, … are doctors at H1 since 2025-01-01, as soon as something is said of them. */
bool
doing_person_ready(struct doing *doing, const struct code *code)
{
	struct book *book = doing->book;
	struct command_add command = {.person.category = CATEGORY_MEDICAL,
				      .at.on = (struct day){20089}};

	doing->ret->person = NULL;
	if (code->text[0] == 'P' && book_person(book, code) == NULL) {
		book_facts(book, code);
		(void)code_set("H1", 2, &command.at.institution);
		book->facts.institution = book_institution(book, &command.at.institution);
		book->facts.today = day_max(book->today, command.at.on);
		if (decide_practitioner_add(code, &command, &book->facts, &book->decision) !=
		    VERDICT_ACCEPTED)
			return doing_cannot(doing, "could not be added: ", code->text);
		book_fold(book);
	}
	const struct standing *standing = book_person(book, code);
	if (standing != NULL)
		doing->ret->person = standing->practitioner.text;
	return true;
}

/* I1, I2, … are recorded when first named: on the day given, else the first day, else today. */
bool
doing_penalty_ready(struct doing *doing, const struct code *code)
{
	struct book *book = doing->book;
	struct event_penalty command = {
	    .penalty = *code, .kind = PENALTY_ADMINISTRATIVE, .amount_fen = -1};

	if (code->text[0] != 'I' || book_penalty(book, code) != NULL)
		return true;
	if (!doing_value_day(doing, "from", book->today, &command.on) ||
	    !doing_value_day(doing, "on", command.on, &command.on) ||
	    !doing_value_code(doing, "at", "H1", &command.institution))
		return false;
	book_facts(book, NULL);
	book->facts.institution = book_institution(book, &command.institution);
	if (decide_penalty_record(&command, &book->facts, &book->decision) != VERDICT_ACCEPTED) {
		say_verdict(doing->ret, &book->decision);
		return false;
	}
	book_fold(book);
	return true;
}

bool
doing_sanction_named(struct doing *doing, struct code *sanction)
{
	if (sanction->text[0] != '@')
		return true;
	const struct standing *standing = book_standing(doing->book, sanction->text + 1);
	for (size_t i = standing == NULL ? 0 : standing->sanctions_count; i > 0; i--) {
		if (standing->sanctions[i - 1].path != PATH_FOREIGN) {
			*sanction = standing->sanctions[i - 1].id;
			return true;
		}
	}
	return doing_cannot(doing, "no sanction of ", sanction->text + 1);
}
