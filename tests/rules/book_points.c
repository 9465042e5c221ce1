/*
 * The commands of a table that are about points: recorded, corrected, annulled, overturned. Owns
 * nothing.
 */
#include "book_words.h"

#include <string.h>

#define TIMES_MAX 200

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
		return doing_cannot(doing, "not a day: ", value);
	ret->conduct_to = ret->conduct_from;
	return dots == NULL || day_parse(dots + 2, strlen(dots + 2), &ret->conduct_to) ||
	       doing_cannot(doing, "not a day: ", value);
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
	const struct code *region =
	    facts->institution != NULL ? institution_region(facts->institution, on) : NULL;
	struct slug slug = {.text = ""};

	for (size_t i = 0; region == NULL && name == NULL && facts->standing != NULL &&
			   i < facts->standing->registrations_count;
	     i++) {
		const struct registration *at = &facts->standing->registrations[i];
		const struct institution_row *row = book_institution(book, &at->institution);
		if (row == NULL || day_before(on, at->from) || !day_before(on, at->until))
			continue;
		struct slug here =
		    rules_set_region(book->rules, institution_region(row, on), RULES_AS_OF_NOW);
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
	const char *shift = row_value(doing->row, "shift");
	char id[16];
	unsigned level;

	memset(ret, 0, sizeof(*ret));
	(void)snprintf(id, sizeof(id), "E%u", ++book->entries);
	if (at >= doing->row->words_count ||
	    !doing_number_of(doing->row->words[at], &ret->points) || ret->points < 1 ||
	    ret->points > 12)
		return doing_cannot(doing, "no number of points in ", doing->row->words[0]);
	if (!doing_value_code(doing, "penalty", "", &ret->penalty) ||
	    !doing_value_code(doing, "situation", "other", &ret->situation) ||
	    !doing_value_code(doing, "id", id, &ret->entry) ||
	    !doing_value_code(doing, "catalogue", "", &ret->catalogue) ||
	    !doing_value_code(doing, "act", "", &ret->act) ||
	    !doing_value_kind(doing, "level", KINDS_LEVEL, LEVEL_MAIN, &level) ||
	    !doing_value_day(doing, "on", DAY_NONE, &ret->on) ||
	    !doing_choice_read(doing, NULL, &ret->choice))
		return false;
	if (shift != NULL && !doing_number_of(shift, &ret->band_shift))
		return doing_cannot(doing, "not a shift: ", shift);
	ret->level = (enum level)level;
	ret->reason_given = doing_reason_given(doing);
	return code_is_empty(&ret->penalty) || doing_penalty_ready(doing, &ret->penalty);
}

/* Facts for points about this person, and the command's days. */
static bool
points_facts(struct doing *doing, const struct code *practitioner, struct command_points *command)
{
	struct book *book = doing->book;
	struct code at;

	if (!doing_value_code(doing, "at", "", &at))
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

bool
do_points(struct doing *doing)
{
	struct book *book = doing->book;
	struct command_points command;
	const char *times_text = row_value(doing->row, "times");
	int32_t times = 1;
	struct code code;

	if (times_text != NULL && (!doing_number_of(times_text, &times) || times > TIMES_MAX))
		return doing_cannot(doing, "not a number of times: ", times_text);
	if (!doing_word_code(doing, 1, &code) || !doing_person_ready(doing, &code))
		return false;
	for (int32_t i = 0; i < times; i++) {
		if (!points_read(doing, 2, &command) || !points_facts(doing, &code, &command))
			return false;
		enum verdict verdict =
		    decide_points_record(&command, &book->facts, &book->decision);
		if (i < times - 1 && verdict != VERDICT_ACCEPTED)
			return doing_cannot(
			    doing, "refused before the last time: ", verdict_word(verdict));
		if (!doing_finish(doing, verdict))
			return false;
	}
	return true;
}

bool
do_correct(struct doing *doing)
{
	struct book *book = doing->book;
	struct command_points command;
	struct code entry;
	struct code person = {0};

	if (!doing_word_code(doing, 1, &entry) || !points_read(doing, 2, &command))
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
	return doing_finish(doing,
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

bool
do_annul(struct doing *doing)
{
	struct book *book = doing->book;
	struct command_fall command = {.why = FALL_ANNULLED, .on = book->today};
	struct code entry;
	uint8_t number;

	if (!doing_word_code(doing, 1, &entry) || !doing_choice_read(doing, NULL, &command.choice))
		return false;
	command.reason_given = doing_reason_given(doing);
	const struct standing *owner = book_owner(book, &entry);
	if (owner == NULL) {
		book->decision.detail.thing = entry;
		book->decision.needs_count = 0;
		book->decision.verdict = VERDICT_ENTRY_UNKNOWN;
		return doing_finish(doing, VERDICT_ENTRY_UNKNOWN);
	}
	doing->ret->person = owner->practitioner.text;
	decision_init(&book->decision);
	enum verdict verdict = decide_entry_stands(owner, &entry, &book->decision, &number);
	if (verdict != VERDICT_ACCEPTED)
		return doing_finish(doing, verdict);
	command.entries = UINT64_C(1) << number;
	doing->ret->year = day_year(owner->entries[number].scored_on);
	fall_facts(book, owner, command.entries);
	return doing_finish(doing, decide_fall(&command, &book->facts, &book->decision));
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

	if (!doing_choice_read(doing, person->practitioner.text, &command->choice))
		return VERDICT_NONE;
	fall_facts(book, person, command->entries);
	enum verdict verdict = decide_fall(command, &book->facts, &book->decision);
	if (verdict == VERDICT_ACCEPTED && fold)
		book_fold(book);
	return verdict;
}

/* All of its subjects are accepted, or nothing falls. */
bool
do_overturn(struct doing *doing)
{
	struct book *book = doing->book;
	struct event_overturned head = {0};
	const char *subjects = row_value(doing->row, "subjects");
	int32_t subjects_count = 0;
	enum verdict verdict;

	if (!doing_word_code(doing, 1, &head.penalty) ||
	    !doing_value_day(doing, "on", book->today, &head.on) ||
	    (subjects != NULL && !doing_number_of(subjects, &subjects_count)))
		return false;
	head.subjects = (uint32_t)subjects_count;
	struct command_fall command = {.why = FALL_OVERTURNED, .on = head.on};
	command.reason_given = doing_reason_given(doing);

	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < book->people_count; i++) {
			command.entries = entries_under(book->people[i], &head.penalty);
			if (command.entries == 0)
				continue;
			head.subjects += pass == 0 ? 1 : 0;
			doing->ret->person = book->people[i]->practitioner.text;
			verdict = overturn_person(doing, book->people[i], &command, pass == 1);
			if (verdict != VERDICT_ACCEPTED)
				return verdict != VERDICT_NONE && doing_finish(doing, verdict);
		}
		if (pass == 1)
			break;
		book_facts(book, NULL);
		book->facts.penalty = book_penalty(book, &head.penalty);
		verdict = decide_penalty_overturn(&head, &book->facts, &book->decision);
		if (!doing_finish(doing, verdict) || verdict != VERDICT_ACCEPTED)
			return true;
	}
	return true;
}
