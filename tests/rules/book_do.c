/*
 * The commands of a table, one function each: words become a command, facts are gathered, the
 * pure core decides, and what it decided is folded. Owns nothing.
 */
#include "book_words.h"

#include <string.h>

#include "daemon/ledger/eligibility.h"

static bool
do_institution(struct doing *doing)
{
	struct event_institution command = {0};
	unsigned kind;

	if (!doing_word_code(doing, 1, &command.code) ||
	    !doing_value_kind(doing, "kind", KINDS_INSTITUTION, INSTITUTION_HOSPITAL, &kind) ||
	    !doing_value_code(doing, "region", doing->book->region.text, &command.region))
		return false;
	command.kind = (enum institution_kind)kind;
	book_facts(doing->book, NULL);
	doing->book->facts.institution = book_institution(doing->book, &command.code);
	return doing_finish(
	    doing, decide_institution_add(&command, &doing->book->facts, &doing->book->decision));
}

/* change INSTITUTION [region=] [closed=] [into=] [on=] */
static bool
do_change(struct doing *doing)
{
	struct event_institution_changed command = {0};
	struct book *book = doing->book;

	if (!doing_word_code(doing, 1, &command.institution) ||
	    !doing_value_code(doing, "region", "", &command.region) ||
	    !doing_value_code(doing, "into", "", &command.merged_into) ||
	    !doing_value_day(doing, "on", book->today, &command.on) ||
	    !doing_value_day(doing, "closed",
			     code_is_empty(&command.merged_into) ? DAY_NONE : command.on,
			     &command.closed_on))
		return false;
	book_facts(book, NULL);
	book->facts.institution = book_institution(book, &command.institution);
	book->facts.successor = book_institution(book, &command.merged_into);
	return doing_finish(
	    doing, decide_institution_change(&command, false, &book->facts, &book->decision));
}

static bool
do_practitioner(struct doing *doing)
{
	struct book *book = doing->book;
	struct command_add command = {0};
	struct code code;
	unsigned category;

	if (!doing_word_code(doing, 1, &code) ||
	    !doing_value_kind(doing, "category", KINDS_CATEGORY, CATEGORY_MEDICAL, &category) ||
	    !doing_value_code(doing, "at", "", &command.at.institution) ||
	    !doing_value_code(doing, "alias", "", &command.aliases[0]) ||
	    !doing_value_day(doing, "from", (struct day){20089}, &command.at.on))
		return false;
	command.person.category = (enum category)category;
	command.aliases_count = code_is_empty(&command.aliases[0]) ? 0 : 1;
	book_facts(book, &code);
	book->facts.institution = book_institution(book, &command.at.institution);
	if (command.aliases_count > 0)
		book_facts_alias(book, &command.aliases[0]);
	if (book->facts.alias_owner == NULL)
		book_facts_alias(book, &code);
	doing->ret->person = doing->row->words[1];
	return doing_finish(
	    doing, decide_practitioner_add(&code, &command, &book->facts, &book->decision));
}

/* alias, unalias PERSON ALIAS */
static bool
do_alias(struct doing *doing)
{
	struct event_alias command = {0};
	struct book *book = doing->book;
	struct code code;

	if (!doing_word_code(doing, 1, &code) || !doing_person_ready(doing, &code) ||
	    !doing_word_code(doing, 2, &command.alias))
		return false;
	book_facts(book, &code);
	book_facts_alias(book, &command.alias);
	if (strcmp(doing->row->words[0], "alias") == 0)
		return doing_finish(doing,
				    decide_alias_set(&command, &book->facts, &book->decision));
	return doing_finish(doing, decide_alias_remove(&command, &book->facts, &book->decision));
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

	if (!doing_word_code(doing, 1, &code) || !doing_person_ready(doing, &code) ||
	    !doing_value_day(doing, "on", book->today, &command.on) ||
	    !(named ? doing_word_code(doing, 2, &command.institution)
		    : doing_value_code(doing, "at", "H1", &command.institution)))
		return false;
	book_facts(book, &code);
	book->facts.institution = book_institution(book, &command.institution);
	if (strcmp(word, "join") == 0)
		return doing_finish(
		    doing, decide_registration_join(&command, &book->facts, &book->decision));
	if (strcmp(word, "leave") == 0)
		return doing_finish(
		    doing, decide_registration_leave(&command, &book->facts, &book->decision));
	return doing_finish(doing, decide_reregister(&command, &book->facts, &book->decision));
}

static bool
do_penalty(struct doing *doing)
{
	struct event_penalty command = {.amount_fen = -1};
	unsigned kind;

	if (!doing_word_code(doing, 1, &command.penalty) ||
	    !doing_value_code(doing, "at", "H1", &command.institution) ||
	    !doing_value_day(doing, "on", doing->book->today, &command.on) ||
	    !doing_value_kind(doing, "kind", KINDS_PENALTY, PENALTY_ADMINISTRATIVE, &kind))
		return false;
	command.kind = (enum penalty_kind)kind;
	book_facts(doing->book, NULL);
	doing->book->facts.penalty = book_penalty(doing->book, &command.penalty);
	doing->book->facts.institution = book_institution(doing->book, &command.institution);
	return doing_finish(
	    doing, decide_penalty_record(&command, &doing->book->facts, &doing->book->decision));
}

static bool
do_sanction(struct doing *doing)
{
	struct event_foreign command = {.noted_on = DAY_NONE};
	struct book *book = doing->book;
	struct code code;
	const char *kind = doing->row->words_count > 2 ? doing->row->words[2] : "";
	const char *clause = row_value(doing->row, "clause");

	if (!doing_word_code(doing, 1, &code) || !doing_person_ready(doing, &code) ||
	    !doing_value_day(doing, "from", book->today, &command.from) ||
	    !doing_value_day(doing, "until", DAY_FOREVER, &command.until) ||
	    !doing_value_code(doing, "id", "F1", &command.sanction) ||
	    !doing_value_exempt(doing, &command.exempt))
		return false;
	command.kind = (enum status)kind_parse(KINDS_STATUS, kind, strlen(kind));
	if (command.kind == 0)
		return doing_cannot(doing, "suspended or terminated, not ", kind);
	(void)text_set("elsewhere", 9, &command.source);
	if (clause != NULL)
		(void)text_set(clause, strlen(clause), &command.clause);
	book_facts(book, &code);
	struct standing *owner = book_owner(book, &command.sanction);
	book->facts.id_taken = owner != NULL && owner != book->facts.standing;
	return doing_finish(doing, decide_foreign_set(&command, &book->facts, &book->decision));
}

static bool
do_end(struct doing *doing)
{
	struct book *book = doing->book;
	struct code sanction;
	struct day on;

	if (!doing_word_code(doing, 1, &sanction) ||
	    !doing_value_day(doing, "on", book->today, &on))
		return false;
	if (!doing_sanction_named(doing, &sanction))
		return false;
	struct standing *owner = book_owner(book, &sanction);
	book_facts(book, owner == NULL ? NULL : &owner->practitioner);
	if (owner != NULL)
		doing->ret->person = owner->practitioner.text;
	return doing_finish(doing,
			    decide_foreign_end(&sanction, on, &book->facts, &book->decision));
}

/* Only to look at somebody's total and state. */
static bool
do_show(struct doing *doing)
{
	struct code code;

	doing->ret->verdict[0] = '-';
	doing->ret->verdict[1] = '\0';
	return doing_word_code(doing, 1, &code) && doing_person_ready(doing, &code);
}

static bool
do_check(struct doing *doing)
{
	struct book *book = doing->book;
	struct interval intervals[STANDING_INTERVALS_MAX];
	const struct interval *interval = NULL;
	struct claim claim = {.registered = true};
	struct code code, at, visit;

	if (!doing_word_code(doing, 1, &code) ||
	    !doing_value_day(doing, "on", book->today, &claim.on) ||
	    !doing_value_code(doing, "at", "", &at) ||
	    !doing_value_code(doing, "visit", "", &visit))
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
	    {"change", do_change},
	    {"practitioner", do_practitioner},
	    {"alias", do_alias},
	    {"unalias", do_alias},
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
	    {"notice", do_notice},
	    {"objection", do_objection},
	    {"explain", do_explain},
	    {"review", do_review},
	    {"stay", do_stay},
	    {"resume", do_resume},
	    {"repair", do_repair},
	    {"approve", do_approve},
	    {"deny", do_deny},
	    {"propose", do_propose},
	    {"second", do_second},
	    {"reject", do_reject},
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
	return doing_cannot(&doing, "no such command: ", row->words[0]);
}
