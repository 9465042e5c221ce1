/*
 * The commands of a table that are about repair: requested, approved, denied. Owns nothing.
 */
#include "book_words.h"

#include <stdio.h>
#include <string.h>

/* Whom it is about, and the rulebook of the year's last standing entry. */
static void
repair_facts(struct doing *doing, const struct code *practitioner, struct day on)
{
	struct book *book = doing->book;
	struct rulebook_id id;
	struct day judged_on;

	book_facts(book, practitioner);
	if (book->facts.standing == NULL)
		return;
	doing->ret->person = book->facts.standing->practitioner.text;
	if (repair_rulebook(book->facts.standing, on, &id, &judged_on))
		book_facts_version(book, &id, judged_on);
}

/* repair P1 [points=] [activity=training] [on=] */
bool
do_repair(struct doing *doing)
{
	struct book *book = doing->book;
	struct event_repair_requested command = {0};
	const char *points = row_value(doing->row, "points");
	struct code code;
	char id[16];

	(void)snprintf(id, sizeof(id), "R%u", ++book->numbered[CASE_REPAIR]);
	if (!doing_word_code(doing, 1, &code) || !doing_person_ready(doing, &code) ||
	    !doing_value_code(doing, "id", id, &command.id) ||
	    !doing_value_code(doing, "activity", "training", &command.activity) ||
	    !doing_value_day(doing, "on", book->today, &command.on) ||
	    (points != NULL && !doing_number_of(points, &command.points)))
		return false;
	repair_facts(doing, &code, command.on);
	const struct case_facts cases = {.file = book_case(book, &command.id)};
	return doing_finish(doing,
			    decide_repair_request(&command, &book->facts, &cases, &book->decision));
}

/* approve R1 [points=] [on=] [sanction=@P1 until=] */
bool
do_approve(struct doing *doing)
{
	struct book *book = doing->book;
	struct command_repair command = {0};
	const char *points = row_value(doing->row, "points");

	if (!doing_word_code(doing, 1, &command.id) ||
	    !doing_value_code(doing, "sanction", "", &command.sanction) ||
	    !doing_sanction_named(doing, &command.sanction) ||
	    !doing_value_day(doing, "on", book->today, &command.on) ||
	    !doing_value_day(doing, "until", DAY_NONE, &command.until) ||
	    (points != NULL && !doing_number_of(points, &command.points)))
		return false;
	const struct case_file *file = book_case(book, &command.id);
	repair_facts(doing, file == NULL ? NULL : &file->practitioner, command.on);
	const struct case_facts cases = {.file = file};
	return doing_finish(doing,
			    decide_repair_approve(&command, &book->facts, &cases, &book->decision));
}

bool
do_deny(struct doing *doing)
{
	struct book *book = doing->book;
	struct event_step command = {0};

	if (!doing_word_code(doing, 1, &command.id) ||
	    !doing_value_day(doing, "on", book->today, &command.on))
		return false;
	const struct case_file *file = book_case(book, &command.id);
	repair_facts(doing, file == NULL ? NULL : &file->practitioner, command.on);
	const struct case_facts cases = {.file = file};
	return doing_finish(doing,
			    decide_repair_deny(&command, &book->facts, &cases, &book->decision));
}
