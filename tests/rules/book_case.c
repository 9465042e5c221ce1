/*
 * The commands of a table that are about the procedure: notice, objection, explanation, review,
 * stay. Owns nothing.
 */
#include "book_words.h"

#include <stdio.h>
#include <string.h>

/* A case's id: given, or the next of its letter in the order of the table. */
static bool
case_name(struct doing *doing, enum case_kind kind, struct code *ret)
{
	char id[16];

	(void)snprintf(id, sizeof(id), "%c%u", case_letter(kind), ++doing->book->numbered[kind]);
	return doing_value_code(doing, "id", id, ret);
}

/* The facts of an entry: its person, the rulebook that judged it. */
static const struct standing *
entry_facts(struct doing *doing, const struct code *entry)
{
	struct book *book = doing->book;
	static struct standing nobody;
	const struct standing *owner = book_owner(book, entry);

	if (owner == NULL) {
		standing_init(&nobody, entry);
		book_facts(book, NULL);
		book->facts.standing = &nobody;
		return &nobody;
	}
	doing->ret->person = owner->practitioner.text;
	book_facts(book, &owner->practitioner);
	const struct entry *found = standing_entry(owner, entry);
	if (found != NULL) {
		doing->ret->year = day_year(found->scored_on);
		book_facts_version(book, &found->rulebook,
				   day_max(found->scored_on, found->rulebook.version));
	}
	return owner;
}

bool
do_notice(struct doing *doing)
{
	struct book *book = doing->book;
	struct event_notice command = {0};
	struct calendar calendar;

	if (!doing_word_code(doing, 1, &command.entry) ||
	    !doing_value_code(doing, "to", "P1", &command.to) ||
	    !doing_value_day(doing, "on", book->today, &command.served_on) ||
	    !case_name(doing, CASE_NOTICE, &command.id))
		return false;
	entry_facts(doing, &command.entry);
	rules_set_calendar(book->rules, day_year(command.served_on), RULES_AS_OF_NOW, &calendar);
	const struct case_facts cases = {
	    .file = book_case(book, &command.id),
	    .notice = book_case_about(book, CASE_NOTICE, &command.entry, &command.to),
	    .calendar = &calendar,
	};
	return doing_finish(doing, decide_notice(&command, &book->facts, &cases, &book->decision));
}

static bool
said_yes(const struct doing *doing, const char *key)
{
	const char *value = row_value(doing->row, key);

	return value != NULL && strcmp(value, "yes") == 0;
}

bool
do_objection(struct doing *doing)
{
	struct book *book = doing->book;
	struct event_objection command = {0};
	struct code stays[STANDING_STAYS_MAX];

	if (!doing_word_code(doing, 1, &command.entry) ||
	    !doing_value_code(doing, "by", "P1", &command.by) ||
	    !doing_value_day(doing, "on", book->today, &command.received_on) ||
	    !case_name(doing, CASE_OBJECTION, &command.id))
		return false;
	command.signed_by_person = said_yes(doing, "signed");
	command.stamped = said_yes(doing, "stamped");
	for (unsigned i = 0; i < STANDING_STAYS_MAX; i++) {
		char id[32];
		int size = snprintf(id, sizeof(id), "Y%llu-%u",
				    (unsigned long long)book->sequence + 1, i + 1);
		(void)code_set(id, (size_t)size, &stays[i]);
	}
	entry_facts(doing, &command.entry);
	const struct case_facts cases = {
	    .file = book_case(book, &command.id),
	    .notice = book_case_about(book, CASE_NOTICE, &command.entry, &command.by),
	    .objection = book_case_about(book, CASE_OBJECTION, &command.entry, &command.by),
	    .stay_ids = stays,
	    .stay_ids_count = STANDING_STAYS_MAX,
	};
	return doing_finish(doing,
			    decide_objection(&command, &book->facts, &cases, &book->decision));
}

/* The case a step names, and whom it is about. */
static const struct case_file *
step_facts(struct doing *doing, const struct code *id)
{
	struct book *book = doing->book;
	const struct case_file *file = book_case(book, id);

	book_facts(book, file == NULL ? NULL : &file->practitioner);
	if (file != NULL && book->facts.standing != NULL)
		doing->ret->person = book->facts.standing->practitioner.text;
	return file;
}

bool
do_explain(struct doing *doing)
{
	struct book *book = doing->book;
	struct event_step command = {0};

	if (!doing_word_code(doing, 1, &command.id) ||
	    !doing_value_day(doing, "on", book->today, &command.on))
		return false;
	const struct case_facts cases = {.file = step_facts(doing, &command.id)};
	return doing_finish(doing,
			    decide_explanation(&command, &book->facts, &cases, &book->decision));
}

/* What holds instead: as a correction, from the entry's own words. */
static bool
review_points(struct doing *doing, const struct entry *entry, struct command_points *ret)
{
	struct book *book = doing->book;
	const char *points = row_value(doing->row, "points");
	char id[16];

	(void)snprintf(id, sizeof(id), "E%u", ++book->entries);
	memset(ret, 0, sizeof(*ret));
	if (!doing_number_of(points, &ret->points) ||
	    !doing_value_code(doing, "entry", id, &ret->entry))
		return doing_cannot(doing, "no number of points: ", points);
	ret->penalty = entry->penalty;
	ret->situation = entry->situation;
	ret->level = entry->level;
	ret->on = code_is_empty(&entry->penalty) ? entry->scored_on : DAY_NONE;
	ret->conduct_from = entry->conduct_from;
	ret->conduct_to = entry->conduct_to;
	ret->catalogue = entry->catalogue;
	ret->act = entry->act;
	ret->reason_given = doing_reason_given(doing);
	book->facts.penalty = book_penalty(book, &ret->penalty);
	book->facts.institution = book_institution(book, &entry->institution);
	book_facts_rulebook(book, row_value(doing->row, "rulebook"),
			    book->facts.institution == NULL ? &book->region
							    : &book->facts.institution->region,
			    entry->scored_on);
	return doing_choice_read(doing, NULL, &ret->choice);
}

bool
do_review(struct doing *doing)
{
	struct book *book = doing->book;
	struct command_review command = {0};
	const char *outcome = doing->row->words_count > 2 ? doing->row->words[2] : "";
	struct rulebook_id id;
	struct day on;

	if (!doing_word_code(doing, 1, &command.reviewed.id) ||
	    !doing_value_day(doing, "on", book->today, &command.reviewed.on) ||
	    !doing_choice_read(doing, NULL, &command.choice))
		return false;
	command.reviewed.outcome = (enum review)kind_parse(KINDS_REVIEW, outcome, strlen(outcome));
	if (command.reviewed.outcome == 0)
		return doing_cannot(doing, "no such outcome: ", outcome);
	command.reason_given = doing_reason_given(doing);
	const struct case_facts cases = {.file = step_facts(doing, &command.reviewed.id)};
	const struct standing *standing = book->facts.standing;
	const struct entry *entry =
	    standing == NULL ? NULL : standing_entry(standing, &cases.file->entry);

	if (entry != NULL && command.reviewed.outcome == REVIEW_CHANGED) {
		doing->ret->year = day_year(entry->scored_on);
		if (row_value(doing->row, "points") != NULL) {
			command.replaces = true;
			if (!review_points(doing, entry, &command.points))
				return false;
		} else if (fall_rulebook(standing, UINT64_C(1) << (entry - standing->entries), &id,
					 &on)) {
			book_facts_version(book, &id, on);
		}
	}
	return doing_finish(doing, decide_review(&command, &book->facts, &cases, &book->decision));
}

/* stay F1, stay @P1: the last that P1's points brought. */
bool
do_stay(struct doing *doing)
{
	struct book *book = doing->book;
	struct command_stay command = {0};

	if (!doing_word_code(doing, 1, &command.sanction) ||
	    !doing_sanction_named(doing, &command.sanction) ||
	    !doing_value_day(doing, "on", book->today, &command.stayed.on) ||
	    !case_name(doing, CASE_STAY, &command.stayed.id))
		return false;
	const struct standing *owner = book_owner(book, &command.sanction);
	book_facts(book, owner == NULL ? NULL : &owner->practitioner);
	if (owner != NULL)
		doing->ret->person = owner->practitioner.text;
	const struct case_facts cases = {.file = book_case(book, &command.stayed.id)};
	return doing_finish(doing, decide_stay(&command, &book->facts, &cases, &book->decision));
}

bool
do_resume(struct doing *doing)
{
	struct book *book = doing->book;
	struct command_resume command = {0};

	if (!doing_word_code(doing, 1, &command.resumed.id) ||
	    !doing_value_day(doing, "on", book->today, &command.resumed.on) ||
	    !doing_value_day(doing, "until", DAY_NONE, &command.resumed.until))
		return false;
	command.reason_given = doing_reason_given(doing);
	const struct case_facts cases = {.file = step_facts(doing, &command.resumed.id)};
	return doing_finish(doing, decide_resume(&command, &book->facts, &cases, &book->decision));
}
