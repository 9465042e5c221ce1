/*
 * The commands of a table that are about two persons: proposed, approved, denied. A proposal is
 * its row, kept: what is approved is that row done. Owns nothing.
 */
#include "book_words.h"

#include <stdio.h>
#include <string.h>

static bool
person_read(struct doing *doing, struct person_behind *ret)
{
	return doing_value_code(doing, "by", "root", &ret->principal) &&
	       doing_value_code(doing, "as", "", &ret->on_behalf_of);
}

/* Words point into the row's own text. */
static void
row_copy(const struct row *from, struct row *to)
{
	*to = *from;
	for (size_t i = 0; i < from->words_count; i++)
		to->words[i] = to->text + (from->words[i] - from->text);
}

static struct book_proposal *
proposal_of(struct book *book, const struct code *id)
{
	for (size_t i = 0; i < book->proposals_count; i++) {
		if (code_equal(&book->proposals[i].id, id))
			return &book->proposals[i];
	}
	return NULL;
}

enum verdict
doing_second_person(struct doing *doing)
{
	struct book *book = doing->book;
	const char *persons = row_value(doing->row, "persons");
	struct event_proposed proposed = {.on = book->today, .body = 1};
	struct event_step step = {.on = book->today};

	if (book->proposing != NULL) {
		struct rulebook national;
		struct day earliest;
		static const struct slug slug = {"national"};
		(void)rules_set_rulebook(book->rules, &slug, book->today, RULES_AS_OF_NOW,
					 &national, &earliest);
		proposed.id = *book->proposing;
		proposed.expires_on = proposal_expires(&national, book->today);
		return decide_proposal_made(&proposed, book->facts.practitioner, &book->decision);
	}
	if (book->approving != NULL) {
		step.id = *book->approving;
		decide_proposal_done(&step, book->facts.practitioner, &book->decision);
	} else if (persons != NULL && strcmp(persons, "2") == 0) {
		return decide_second_person(&book->decision);
	}
	return VERDICT_ACCEPTED;
}

/* propose P1 8 id=A by=clerk, and all that points may have */
bool
do_propose(struct doing *doing)
{
	struct book *book = doing->book;
	char id[16];

	if (book->proposals_count == BOOK_PROPOSALS_MAX)
		return doing_cannot(doing, "too many proposals", "");
	struct book_proposal *proposal = &book->proposals[book->proposals_count];
	int size = snprintf(id, sizeof(id), "Q%u", ++book->numbered[CASE_PROPOSAL]);
	if (!code_set(id, (size_t)size, &proposal->id) || !person_read(doing, &proposal->proposer))
		return false;
	row_copy(doing->row, &proposal->row);
	book->proposals_count++;
	book->proposing = &proposal->id;
	bool done = do_points(doing);
	book->proposing = NULL;
	return done;
}

/* second Q1 by=chief as=somebody */
bool
do_second(struct doing *doing)
{
	struct book *book = doing->book;
	struct person_behind approver;
	struct code id;

	if (!doing_word_code(doing, 1, &id) || !person_read(doing, &approver))
		return false;
	const struct case_file *file = book_case(book, &id);
	struct book_proposal *proposal = proposal_of(book, &id);
	book_facts(book, NULL);
	decision_init(&book->decision);
	enum verdict verdict =
	    decide_proposal_approve(&id, file, proposal == NULL ? NULL : &proposal->proposer,
				    &approver, book->today, &book->decision);
	if (file != NULL && book_person(book, &file->practitioner) != NULL)
		doing->ret->person = book_person(book, &file->practitioner)->practitioner.text;
	if (verdict != VERDICT_ACCEPTED)
		return doing_finish(doing, verdict);
	struct doing proposed = {book, &proposal->row, doing->ret};
	book->approving = &proposal->id;
	bool done = do_points(&proposed);
	book->approving = NULL;
	return done;
}

bool
do_reject(struct doing *doing)
{
	struct book *book = doing->book;
	struct event_step step = {.on = book->today};

	if (!doing_word_code(doing, 1, &step.id))
		return false;
	const struct case_file *file = book_case(book, &step.id);
	book_facts(book, file == NULL ? NULL : &file->practitioner);
	if (book->facts.standing != NULL)
		doing->ret->person = book->facts.standing->practitioner.text;
	return doing_finish(doing, decide_proposal_deny(&step, file, book->today, &book->decision));
}
