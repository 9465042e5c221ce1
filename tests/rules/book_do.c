/*
 * The commands of a table, one function each: words become a command, facts are gathered, the
 * pure core decides, and what it decided is folded. Owns nothing.
 */
#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "book_inner.h"
#include "daemon/ledger/eligibility.h"

#define TIMES_MAX 200

/* The command in hand. */
struct doing {
	struct book *book;
	const struct row *row;
	struct result *ret;
};

static bool
cannot(struct doing *doing, const char *says, const char *word)
{
	(void)snprintf(doing->ret->verdict, sizeof(doing->ret->verdict), "%s%s", says, word);
	return false;
}

static bool
word_code(struct doing *doing, size_t index, struct code *ret)
{
	if (index >= doing->row->words_count)
		return cannot(doing, "a word is missing after ", doing->row->words[0]);
	const char *word = doing->row->words[index];
	return code_set(word, strlen(word), ret) || cannot(doing, "not a code: ", word);
}

static bool
value_code(struct doing *doing, const char *key, const char *otherwise, struct code *ret)
{
	const char *value = row_value(doing->row, key);

	if (value == NULL)
		value = otherwise;
	if (value[0] == '\0') {
		memset(ret, 0, sizeof(*ret));
		return true;
	}
	return code_set(value, strlen(value), ret) || cannot(doing, "not a code: ", value);
}

static bool
value_day(struct doing *doing, const char *key, struct day otherwise, struct day *ret)
{
	const char *value = row_value(doing->row, key);

	*ret = otherwise;
	return value == NULL || day_parse(value, strlen(value), ret) ||
	       cannot(doing, "not a day: ", value);
}

static bool
value_kind(struct doing *doing, const char *key, enum kind_list list, unsigned otherwise,
	   unsigned *ret)
{
	const char *value = row_value(doing->row, key);

	*ret = value == NULL ? otherwise : kind_parse(list, value, strlen(value));
	return *ret != 0 || cannot(doing, "not one of its kind: ", value);
}

/* A set of visit kinds, "rescue+emergency". */
static bool
value_exempt(struct doing *doing, uint8_t *ret)
{
	const char *value = row_value(doing->row, "exempt");

	*ret = 0;
	while (value != NULL && *value != '\0') {
		size_t size = strcspn(value, "+");
		unsigned kind = kind_parse(KINDS_VISIT, value, size);
		if (kind == 0)
			return cannot(doing, "no such visit: ", value);
		*ret |= (uint8_t)kind;
		value += size + (value[size] == '+' ? 1 : 0);
	}
	return true;
}

static bool
number_of(const char *text, int32_t *ret)
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
		return number_of(value, &choice->months);
	if (size == 9 && memcmp(word, "bar-years", 9) == 0)
		return number_of(value, &choice->bar_years);
	if (size == 6 && memcmp(word, "credit", 6) == 0)
		return number_of(value, &choice->credit_days);
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
static bool
choice_read(struct doing *doing, const char *person, struct choice *ret)
{
	*ret = CHOICE_NONE;
	for (size_t i = 1; i < doing->row->words_count; i++) {
		const char *word = doing->row->words[i];
		const char *colon = strchr(word, ':');
		if (person == NULL) {
			if (!choice_word(word, ret))
				return cannot(doing, "not a choice: ", word);
			continue;
		}
		if (colon == NULL || strlen(person) != (size_t)(colon - word) ||
		    memcmp(person, word, (size_t)(colon - word)) != 0)
			continue;
		for (const char *at = colon + 1;; at++) {
			if (!choice_word(at, ret))
				return cannot(doing, "not a choice: ", word);
			at = strchr(at, ',');
			if (at == NULL)
				break;
		}
	}
	return true;
}

static bool
reason_given(const struct doing *doing)
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
static bool
finish(struct doing *doing, enum verdict verdict)
{
	struct book *book = doing->book;

	assert(verdict == book->decision.verdict);
	if (verdict == VERDICT_ACCEPTED)
		book_fold(book);
	say_verdict(doing->ret, &book->decision);
	return true;
}

static bool
do_institution(struct doing *doing)
{
	struct event_institution command = {0};
	unsigned kind;

	if (!word_code(doing, 1, &command.code) ||
	    !value_kind(doing, "kind", KINDS_INSTITUTION, INSTITUTION_HOSPITAL, &kind) ||
	    !value_code(doing, "region", doing->book->region.text, &command.region))
		return false;
	command.kind = (enum institution_kind)kind;
	book_facts(doing->book, NULL);
	doing->book->facts.institution = book_institution(doing->book, &command.code);
	return finish(
	    doing, decide_institution_add(&command, &doing->book->facts, &doing->book->decision));
}

static bool
do_practitioner(struct doing *doing)
{
	struct event_practitioner command = {0};
	struct event_registration at = {0};
	struct code code;
	unsigned category;

	if (!word_code(doing, 1, &code) ||
	    !value_kind(doing, "category", KINDS_CATEGORY, CATEGORY_MEDICAL, &category) ||
	    !value_code(doing, "at", "", &at.institution) ||
	    !value_day(doing, "from", (struct day){20089}, &at.on))
		return false;
	command.category = (enum category)category;
	book_facts(doing->book, &code);
	doing->book->facts.institution = book_institution(doing->book, &at.institution);
	doing->ret->person = doing->row->words[1];
	return finish(doing, decide_practitioner_add(&code, &command, &at, &doing->book->facts,
						     &doing->book->decision));
}

/* P1, P2, … are doctors at H1 since 2025-01-01, as soon as something is said of them. */
static bool
person_ready(struct doing *doing, const struct code *code)
{
	struct book *book = doing->book;
	struct event_practitioner command = {.category = CATEGORY_MEDICAL};
	struct event_registration at = {.on = (struct day){20089}};

	doing->ret->person = NULL;
	if (code->text[0] == 'P' && book_person(book, code) == NULL) {
		book_facts(book, code);
		(void)code_set("H1", 2, &at.institution);
		book->facts.institution = book_institution(book, &at.institution);
		book->facts.today = day_max(book->today, at.on);
		if (decide_practitioner_add(code, &command, &at, &book->facts, &book->decision) !=
		    VERDICT_ACCEPTED)
			return cannot(doing, "could not be added: ", code->text);
		book_fold(book);
	}
	const struct standing *standing = book_person(book, code);
	if (standing != NULL)
		doing->ret->person = standing->practitioner.text;
	return true;
}

/* join, leave, register PERSON [INSTITUTION] [at=] [on=] */
static bool
do_registration(struct doing *doing)
{
	struct event_registration command = {0};
	struct book *book = doing->book;
	const char *word = doing->row->words[0];
	struct code code;
	bool named = doing->row->words_count > 2 && strchr(doing->row->words[2], '=') == NULL;

	if (!word_code(doing, 1, &code) || !person_ready(doing, &code) ||
	    !value_day(doing, "on", book->today, &command.on) ||
	    !(named ? word_code(doing, 2, &command.institution)
		    : value_code(doing, "at", "H1", &command.institution)))
		return false;
	book_facts(book, &code);
	book->facts.institution = book_institution(book, &command.institution);
	if (strcmp(word, "join") == 0)
		return finish(doing,
			      decide_registration_join(&command, &book->facts, &book->decision));
	if (strcmp(word, "leave") == 0)
		return finish(doing,
			      decide_registration_leave(&command, &book->facts, &book->decision));
	return finish(doing, decide_reregister(&command, &book->facts, &book->decision));
}

static bool
do_penalty(struct doing *doing)
{
	struct event_penalty command = {.amount_fen = -1};
	unsigned kind;

	if (!word_code(doing, 1, &command.penalty) ||
	    !value_code(doing, "at", "H1", &command.institution) ||
	    !value_day(doing, "on", doing->book->today, &command.on) ||
	    !value_kind(doing, "kind", KINDS_PENALTY, PENALTY_ADMINISTRATIVE, &kind))
		return false;
	command.kind = (enum penalty_kind)kind;
	book_facts(doing->book, NULL);
	doing->book->facts.penalty = book_penalty(doing->book, &command.penalty);
	doing->book->facts.institution = book_institution(doing->book, &command.institution);
	return finish(doing,
		      decide_penalty_record(&command, &doing->book->facts, &doing->book->decision));
}

/* I1, I2, … are recorded when first named: on the day given, else the first day, else today. */
static bool
penalty_ready(struct doing *doing, const struct code *code)
{
	struct book *book = doing->book;
	struct event_penalty command = {
	    .penalty = *code, .kind = PENALTY_ADMINISTRATIVE, .amount_fen = -1};

	if (code->text[0] != 'I' || book_penalty(book, code) != NULL)
		return true;
	if (!value_day(doing, "from", book->today, &command.on) ||
	    !value_day(doing, "on", command.on, &command.on) ||
	    !value_code(doing, "at", "H1", &command.institution))
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

/* conduct=FROM[..TO]; the scoring day when the table does not say. */
static bool
conduct_read(struct doing *doing, struct day scored_on, struct command_points *ret)
{
	const char *value = row_value(doing->row, "conduct");

	ret->conduct_from = scored_on;
	ret->conduct_to = scored_on;
	if (value == NULL)
		return true;
	const char *dots = strstr(value, "..");
	size_t size = dots == NULL ? strlen(value) : (size_t)(dots - value);
	if (!day_parse(value, size, &ret->conduct_from))
		return cannot(doing, "not a day: ", value);
	ret->conduct_to = ret->conduct_from;
	return dots == NULL || day_parse(dots + 2, strlen(dots + 2), &ret->conduct_to) ||
	       cannot(doing, "not a day: ", value);
}

/*
 * Without a penalty the institution named with at= judges; else the places the person is
 * registered at, if they are all in one jurisdiction.
 */
static void
points_rulebook(struct doing *doing, struct day on)
{
	struct book *book = doing->book;
	struct facts *facts = &book->facts;
	const char *name = row_value(doing->row, "rulebook");
	const struct code *region = facts->institution != NULL ? &facts->institution->region : NULL;
	struct slug slug = {.text = ""};

	for (size_t i = 0; region == NULL && name == NULL && facts->standing != NULL &&
			   i < facts->standing->registrations_count;
	     i++) {
		const struct registration *at = &facts->standing->registrations[i];
		const struct institution_row *row = book_institution(book, &at->institution);
		if (row == NULL || day_before(on, at->from) || !day_before(on, at->until))
			continue;
		struct slug here = rules_set_region(book->rules, &row->region, RULES_AS_OF_NOW);
		if (slug.text[0] != '\0' && !slug_equal(&slug, &here)) {
			facts->rulebook_missing = VERDICT_RULEBOOK_AMBIGUOUS;
			return;
		}
		slug = here;
	}
	book_facts_rulebook(book, name != NULL || slug.text[0] == '\0' ? name : slug.text,
			    region != NULL ? region : &book->region, on);
}

/* The words of points and correct, from the number of points on. */
static bool
points_read(struct doing *doing, size_t at, struct command_points *ret)
{
	struct book *book = doing->book;
	char id[16];
	unsigned level;

	memset(ret, 0, sizeof(*ret));
	(void)snprintf(id, sizeof(id), "E%u", ++book->entries);
	if (at >= doing->row->words_count || !number_of(doing->row->words[at], &ret->points) ||
	    ret->points < 1 || ret->points > 12)
		return cannot(doing, "no number of points in ", doing->row->words[0]);
	if (!value_code(doing, "penalty", "", &ret->penalty) ||
	    !value_code(doing, "situation", "other", &ret->situation) ||
	    !value_code(doing, "id", id, &ret->entry) ||
	    !value_kind(doing, "level", KINDS_LEVEL, LEVEL_MAIN, &level) ||
	    !value_day(doing, "on", DAY_NONE, &ret->on) || !choice_read(doing, NULL, &ret->choice))
		return false;
	ret->level = (enum level)level;
	ret->reason_given = reason_given(doing);
	return code_is_empty(&ret->penalty) || penalty_ready(doing, &ret->penalty);
}

/* Facts for points about this person, and the command's days. */
static bool
points_facts(struct doing *doing, const struct code *practitioner, struct command_points *command)
{
	struct book *book = doing->book;
	struct code at;

	if (!value_code(doing, "at", "", &at))
		return false;
	book_facts(book, practitioner);
	struct standing *owner = book_owner(book, &command->entry);
	book->facts.id_taken = owner != NULL && owner != book->facts.standing;
	book->facts.penalty = book_penalty(book, &command->penalty);
	if (book->facts.penalty != NULL)
		at = book->facts.penalty->recorded.institution;
	book->facts.institution = book_institution(book, &at);

	struct day on = points_scored_on(command, book->facts.penalty);
	struct day known = day_is_none(on) ? book->today : on;
	if (!conduct_read(doing, known, command))
		return false;
	points_rulebook(doing, known);
	doing->ret->year = day_year(known);
	return true;
}

static bool
do_points(struct doing *doing)
{
	struct book *book = doing->book;
	struct command_points command;
	const char *times_text = row_value(doing->row, "times");
	int32_t times = 1;
	struct code code;

	if (times_text != NULL && (!number_of(times_text, &times) || times > TIMES_MAX))
		return cannot(doing, "not a number of times: ", times_text);
	if (!word_code(doing, 1, &code) || !person_ready(doing, &code))
		return false;
	for (int32_t i = 0; i < times; i++) {
		if (!points_read(doing, 2, &command) || !points_facts(doing, &code, &command))
			return false;
		enum verdict verdict =
		    decide_points_record(&command, &book->facts, &book->decision);
		if (i < times - 1 && verdict != VERDICT_ACCEPTED)
			return cannot(doing,
				      "refused before the last time: ", verdict_word(verdict));
		if (!finish(doing, verdict))
			return false;
	}
	return true;
}

static bool
do_correct(struct doing *doing)
{
	struct book *book = doing->book;
	struct command_points command;
	struct code entry;
	struct code person = {0};

	if (!word_code(doing, 1, &entry) || !points_read(doing, 2, &command))
		return false;
	const struct standing *owner = book_owner(book, &entry);
	if (owner != NULL) {
		person = owner->practitioner;
		doing->ret->person = owner->practitioner.text;
	}
	if (!points_facts(doing, &person, &command))
		return false;
	if (owner == NULL) {
		/* The writer finds the person by the entry; there is none. */
		static struct standing nobody;
		standing_init(&nobody, &person);
		book->facts.standing = &nobody;
	}
	return finish(doing,
		      decide_points_correct(&entry, &command, &book->facts, &book->decision));
}

static void
fall_facts(struct book *book, const struct standing *standing, uint64_t entries)
{
	struct rulebook_id id;
	struct day on;

	book_facts(book, &standing->practitioner);
	if (fall_rulebook(standing, entries, &id, &on))
		book_facts_version(book, &id, on);
}

static bool
do_annul(struct doing *doing)
{
	struct book *book = doing->book;
	struct command_fall command = {.why = FALL_ANNULLED, .on = book->today};
	struct code entry;
	uint8_t number;

	if (!word_code(doing, 1, &entry) || !choice_read(doing, NULL, &command.choice))
		return false;
	command.reason_given = reason_given(doing);
	const struct standing *owner = book_owner(book, &entry);
	if (owner == NULL) {
		book->decision.detail.thing = entry;
		book->decision.needs_count = 0;
		book->decision.verdict = VERDICT_ENTRY_UNKNOWN;
		return finish(doing, VERDICT_ENTRY_UNKNOWN);
	}
	doing->ret->person = owner->practitioner.text;
	decision_init(&book->decision);
	enum verdict verdict = decide_entry_stands(owner, &entry, &book->decision, &number);
	if (verdict != VERDICT_ACCEPTED)
		return finish(doing, verdict);
	command.entries = UINT64_C(1) << number;
	doing->ret->year = day_year(owner->entries[number].scored_on);
	fall_facts(book, owner, command.entries);
	return finish(doing, decide_fall(&command, &book->facts, &book->decision));
}

static uint64_t
entries_under(const struct standing *standing, const struct code *penalty)
{
	uint64_t entries = 0;

	for (size_t i = 0; i < standing->entries_count; i++) {
		if (standing->entries[i].fallen == 0 &&
		    code_equal(&standing->entries[i].penalty, penalty))
			entries |= UINT64_C(1) << i;
	}
	return entries;
}

/* One subject of an overturning: decided, and folded only when do is set. */
static enum verdict
overturn_person(struct doing *doing, struct standing *person, struct command_fall *command,
		bool fold)
{
	struct book *book = doing->book;

	if (!choice_read(doing, person->practitioner.text, &command->choice))
		return VERDICT_NONE;
	fall_facts(book, person, command->entries);
	enum verdict verdict = decide_fall(command, &book->facts, &book->decision);
	if (verdict == VERDICT_ACCEPTED && fold)
		book_fold(book);
	return verdict;
}

/* All of its subjects are accepted, or nothing falls. */
static bool
do_overturn(struct doing *doing)
{
	struct book *book = doing->book;
	struct event_overturned head = {0};
	const char *subjects = row_value(doing->row, "subjects");
	int32_t subjects_count = 0;
	enum verdict verdict;

	if (!word_code(doing, 1, &head.penalty) || !value_day(doing, "on", book->today, &head.on) ||
	    (subjects != NULL && !number_of(subjects, &subjects_count)))
		return false;
	head.subjects = (uint32_t)subjects_count;
	struct command_fall command = {.why = FALL_OVERTURNED, .on = head.on};
	command.reason_given = reason_given(doing);

	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < book->people_count; i++) {
			command.entries = entries_under(book->people[i], &head.penalty);
			if (command.entries == 0)
				continue;
			head.subjects += pass == 0 ? 1 : 0;
			doing->ret->person = book->people[i]->practitioner.text;
			verdict = overturn_person(doing, book->people[i], &command, pass == 1);
			if (verdict != VERDICT_ACCEPTED)
				return verdict != VERDICT_NONE && finish(doing, verdict);
		}
		if (pass == 1)
			break;
		book_facts(book, NULL);
		book->facts.penalty = book_penalty(book, &head.penalty);
		verdict = decide_penalty_overturn(&head, &book->facts, &book->decision);
		if (!finish(doing, verdict) || verdict != VERDICT_ACCEPTED)
			return true;
	}
	return true;
}

static bool
do_sanction(struct doing *doing)
{
	struct event_foreign command = {.noted_on = DAY_NONE};
	struct book *book = doing->book;
	struct code code;
	const char *kind = doing->row->words_count > 2 ? doing->row->words[2] : "";
	const char *clause = row_value(doing->row, "clause");

	if (!word_code(doing, 1, &code) || !person_ready(doing, &code) ||
	    !value_day(doing, "from", book->today, &command.from) ||
	    !value_day(doing, "until", DAY_FOREVER, &command.until) ||
	    !value_code(doing, "id", "F1", &command.sanction) ||
	    !value_exempt(doing, &command.exempt))
		return false;
	command.kind = (enum status)kind_parse(KINDS_STATUS, kind, strlen(kind));
	if (command.kind == 0)
		return cannot(doing, "suspended or terminated, not ", kind);
	(void)text_set("elsewhere", 9, &command.source);
	if (clause != NULL)
		(void)text_set(clause, strlen(clause), &command.clause);
	book_facts(book, &code);
	struct standing *owner = book_owner(book, &command.sanction);
	book->facts.id_taken = owner != NULL && owner != book->facts.standing;
	return finish(doing, decide_foreign_set(&command, &book->facts, &book->decision));
}

static bool
do_end(struct doing *doing)
{
	struct book *book = doing->book;
	struct code sanction;
	struct day on;

	if (!word_code(doing, 1, &sanction) || !value_day(doing, "on", book->today, &on))
		return false;
	if (sanction.text[0] == '@') {
		/* "@P1": the one that P1's points brought last; its id is the writer's. */
		const struct standing *standing = book_standing(book, sanction.text + 1);
		if (standing == NULL || standing->sanctions_count == 0)
			return cannot(doing, "no sanction of ", sanction.text + 1);
		sanction = standing->sanctions[standing->sanctions_count - 1].id;
	}
	struct standing *owner = book_owner(book, &sanction);
	book_facts(book, owner == NULL ? NULL : &owner->practitioner);
	if (owner != NULL)
		doing->ret->person = owner->practitioner.text;
	return finish(doing, decide_foreign_end(&sanction, on, &book->facts, &book->decision));
}

/* Only to look at somebody's total and state. */
static bool
do_show(struct doing *doing)
{
	struct code code;

	doing->ret->verdict[0] = '-';
	doing->ret->verdict[1] = '\0';
	return word_code(doing, 1, &code) && person_ready(doing, &code);
}

static bool
do_check(struct doing *doing)
{
	struct book *book = doing->book;
	struct interval intervals[STANDING_INTERVALS_MAX];
	const struct interval *interval = NULL;
	struct claim claim = {.registered = true};
	struct code code, at, visit;

	if (!word_code(doing, 1, &code) || !value_day(doing, "on", book->today, &claim.on) ||
	    !value_code(doing, "at", "", &at) || !value_code(doing, "visit", "", &visit))
		return false;
	const struct standing *standing = book_person(book, &code);
	const struct institution_row *row = book_institution(book, &at);
	struct slug slug = {.text = "national"};
	if (row != NULL)
		slug = rules_set_region(book->rules, &row->region, RULES_AS_OF_NOW);
	const struct policy *policy =
	    rules_set_policy(book->rules, &slug, claim.on, RULES_AS_OF_NOW);
	const char *flag = row_value(doing->row, "emergency");

	if (policy != NULL)
		claim.visit_kinds =
		    policy_visit_kinds(policy, &visit, flag != NULL && strcmp(flag, "yes") == 0);
	if (row != NULL)
		claim.institution_kind = row->kind;
	if (standing != NULL) {
		claim.category = standing->category;
		if (row != NULL)
			claim.registered = standing_registered(standing, &row->code, claim.on);
		interval =
		    interval_at(intervals, standing_intervals(standing, intervals), claim.on);
	}
	struct eligibility answer = eligibility(interval, &claim, policy);
	(void)snprintf(doing->ret->verdict, sizeof(doing->ret->verdict), "%s",
		       decision_name(answer.decision));
	doing->ret->reason = reason_name(answer.reason);
	return true;
}

bool
book_do(struct book *book, const struct row *row, struct result *ret)
{
	static const struct {
		const char *word;
		bool (*run)(struct doing *);
	} commands[] = {
	    {"institution", do_institution},
	    {"practitioner", do_practitioner},
	    {"join", do_registration},
	    {"leave", do_registration},
	    {"register", do_registration},
	    {"penalty", do_penalty},
	    {"overturn", do_overturn},
	    {"points", do_points},
	    {"annul", do_annul},
	    {"correct", do_correct},
	    {"sanction", do_sanction},
	    {"end", do_end},
	    {"show", do_show},
	    {"check", do_check},
	};
	struct doing doing = {book, row, ret};

	memset(ret, 0, sizeof(*ret));
	book->today = row->recorded;
	ret->year = day_year(row->recorded);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].word, row->words[0]) == 0)
			return commands[i].run(&doing);
	}
	return cannot(&doing, "no such command: ", row->words[0]);
}
