/*
 * The ledger in memory: people, institutions, penalties, facts, and the fold. Owns what it holds;
 * called by run_rules alone.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "book_inner.h"

#define EVENT_BYTES_MAX 16384

/* The first two digits of a jurisdiction's regions; the others choose none. */
static const char *
digits_of(const struct rules_set *rules, const struct slug *slug)
{
	static char region[7] = "000100";

	for (unsigned i = 11; i <= 66; i++) {
		struct code code;
		region[0] = (char)('0' + i / 10);
		region[1] = (char)('0' + i % 10);
		if (!code_set(region, 6, &code))
			continue;
		struct slug found = rules_set_region(rules, &code, RULES_AS_OF_NOW);
		if (slug_equal(&found, slug))
			return region;
	}
	return NULL;
}

struct book *
book_new(struct rules_set *rules, const char *jurisdiction)
{
	struct book *book = calloc(1, sizeof(*book));

	if (book == NULL || !slug_set(jurisdiction, strlen(jurisdiction), &book->jurisdiction))
		return book_free(book);
	book->rules = rules;
	const char *region = digits_of(rules, &book->jurisdiction);
	book->by_region = region != NULL;
	if (region == NULL)
		region = "330100";
	if (!code_set(region, 6, &book->region))
		return book_free(book);

	struct institution_row *hospital = &book->institutions[book->institutions_count++];
	hospital->region = book->region;
	hospital->kind = INSTITUTION_HOSPITAL;
	(void)code_set("H1", 2, &hospital->code);
	return book;
}

struct book *
book_free(struct book *book)
{
	if (book == NULL)
		return NULL;
	for (size_t i = 0; i < book->people_count; i++)
		free(book->people[i]);
	free(book);
	return NULL;
}

struct standing *
book_person(const struct book *book, const struct code *code)
{
	for (size_t i = 0; i < book->people_count; i++) {
		if (code_equal(&book->people[i]->practitioner, code))
			return book->people[i];
	}
	return NULL;
}

const struct standing *
book_standing(const struct book *book, const char *text)
{
	struct code code;

	return code_set(text, strlen(text), &code) ? book_person(book, &code) : NULL;
}

const struct institution_row *
book_institution(const struct book *book, const struct code *code)
{
	for (size_t i = 0; i < book->institutions_count; i++) {
		if (code_equal(&book->institutions[i].code, code))
			return &book->institutions[i];
	}
	return NULL;
}

struct penalty_row *
book_penalty(struct book *book, const struct code *code)
{
	for (size_t i = 0; i < book->penalties_count; i++) {
		if (code_equal(&book->penalties[i].recorded.penalty, code))
			return &book->penalties[i];
	}
	return NULL;
}

struct standing *
book_owner(const struct book *book, const struct code *entry)
{
	for (size_t i = 0; i < book->people_count; i++) {
		if (standing_entry(book->people[i], entry) != NULL ||
		    standing_sanction(book->people[i], entry) != NULL)
			return book->people[i];
	}
	return NULL;
}

const struct case_file *
book_case(const struct book *book, const struct code *id)
{
	for (size_t i = 0; i < book->cases_count; i++) {
		if (code_equal(&book->cases[i].id, id))
			return &book->cases[i];
	}
	return NULL;
}

const struct case_file *
book_case_about(const struct book *book, enum case_kind kind, const struct code *entry,
		const struct code *party)
{
	for (size_t i = book->cases_count; i > 0; i--) {
		const struct case_file *file = &book->cases[i - 1];
		if (file->kind == kind && code_equal(&file->entry, entry) &&
		    code_equal(&file->party, party))
			return file;
	}
	return NULL;
}

void
book_facts(struct book *book, const struct code *practitioner)
{
	char text[32];

	memset(&book->facts, 0, sizeof(book->facts));
	int size = snprintf(text, sizeof(text), "S%llu", (unsigned long long)book->sequence + 1);
	bool is_code = code_set(text, (size_t)size, &book->sanction);
	assert(is_code);
	(void)is_code;
	book->facts.today = book->today;
	book->facts.sanction = &book->sanction;
	book->facts.practitioner = practitioner;
	book->facts.rulebook_earliest = DAY_NONE;
	if (practitioner != NULL)
		book->facts.standing = book_person(book, practitioner);
}

void
book_facts_alias(struct book *book, const struct code *name)
{
	char text[CODE_SIZE_MAX + sizeof("code:")];
	struct code earlier = {0};

	int size = snprintf(text, sizeof(text), "code:%s", name->text);
	(void)code_set(text, (size_t)size, &earlier);
	for (size_t i = 0; i < book->people_count; i++) {
		const struct standing *person = book->people[i];
		if (!standing_has_alias(person, name) && !standing_has_alias(person, &earlier) &&
		    !(strncmp(name->text, "code:", 5) == 0 &&
		      strcmp(name->text + 5, person->practitioner.text) == 0))
			continue;
		book->facts.alias_owner = &person->practitioner;
		book->facts.alias_owned = name;
	}
}

static void
rulebook_found(struct book *book, enum rules_found found, const char *name)
{
	struct facts *facts = &book->facts;

	(void)code_set(name, strlen(name), &facts->rulebook_named);
	switch (found) {
	case RULES_FOUND_OWN:
		facts->rulebook = &book->rulebook;
		break;
	case RULES_FOUND_PARENT:
		facts->rulebook = &book->rulebook;
		facts->rulebook_of_parent = true;
		break;
	case RULES_FOUND_NONE:
		facts->rulebook_missing = VERDICT_NO_RULEBOOK_IN_FORCE;
		break;
	case RULES_FOUND_UNKNOWN:
		facts->rulebook_missing = VERDICT_RULEBOOK_UNKNOWN;
		break;
	}
}

void
book_facts_rulebook(struct book *book, const char *name, const struct code *region, struct day on)
{
	struct slug slug;
	struct day version = DAY_NONE;
	enum rules_found found = RULES_FOUND_UNKNOWN;

	if (name == NULL) {
		slug = book->by_region ? rules_set_region(book->rules, region, RULES_AS_OF_NOW)
				       : book->jurisdiction;
		name = slug.text;
	} else if (!rules_name_parse(name, strlen(name), &slug, &version)) {
		rulebook_found(book, found, name);
		return;
	}
	if (day_is_none(version))
		found = rules_set_rulebook(book->rules, &slug, on, RULES_AS_OF_NOW, &book->rulebook,
					   &book->facts.rulebook_earliest);
	else
		found = rules_set_rulebook_version(book->rules, &slug, version, NULL, on,
						   RULES_AS_OF_NOW, &book->rulebook,
						   &book->facts.rulebook_earliest);
	rulebook_found(book, found, name);
}

void
book_facts_version(struct book *book, const struct rulebook_id *id, struct day on)
{
	rulebook_found(book,
		       rules_set_rulebook_version(book->rules, &id->slug, id->version, id->hash, on,
						  RULES_AS_OF_NOW, &book->rulebook,
						  &book->facts.rulebook_earliest),
		       id->slug.text);
}

static void
apply_case(struct book *book, const struct event *event)
{
	const struct code *id = case_id_of(event);

	if (id == NULL)
		return;
	if (book_case(book, id) == NULL) {
		assert(book->cases_count < BOOK_CASES_MAX);
		book->cases[book->cases_count++] = (struct case_file){.id = *id};
	}
	for (size_t i = 0; i < book->cases_count; i++) {
		bool applied = case_apply(&book->cases[i], event, book->sequence);
		assert(applied);
		(void)applied;
	}
}

static void
apply(struct book *book, const struct event *event)
{
	struct standing *person;

	apply_case(book, event);

	if (event->kind == EVENT_INSTITUTION_ADDED) {
		assert(book->institutions_count < BOOK_INSTITUTIONS_MAX);
		book->institutions[book->institutions_count++] = (struct institution_row){
		    .code = event->institution.code,
		    .region = event->institution.region,
		    .kind = event->institution.kind,
		};
		return;
	}
	if (event->kind == EVENT_INSTITUTION_CHANGED) {
		for (size_t i = 0; i < book->institutions_count; i++) {
			bool folded = institution_apply(&book->institutions[i], event);
			assert(folded);
			(void)folded;
		}
		return;
	}
	if (event->kind == EVENT_PENALTY_RECORDED) {
		assert(book->penalties_count < BOOK_PENALTIES_MAX);
		book->penalties[book->penalties_count++].recorded = event->penalty;
		return;
	}
	if (event->kind == EVENT_PENALTY_OVERTURNED) {
		struct penalty_row *penalty = book_penalty(book, &event->overturned.penalty);
		assert(penalty != NULL);
		penalty->overturned = true;
		penalty->overturned_on = event->overturned.on;
		return;
	}

	if (event->kind == EVENT_PRACTITIONER_ADDED) {
		assert(book->people_count < BOOK_PEOPLE_MAX);
		person = calloc(1, sizeof(*person));
		assert(person != NULL);
		standing_init(person, &event->practitioner);
		book->people[book->people_count++] = person;
	}
	person = book_person(book, &event->practitioner);
	assert(person != NULL);
	bool applied = standing_apply(person, event, book->sequence);
	assert(applied);
	(void)applied;
}

void
book_fold(struct book *book)
{
	static uint8_t bytes[EVENT_BYTES_MAX];
	static uint8_t again[EVENT_BYTES_MAX];

	book->sequence++;
	for (size_t i = 0; i < book->decision.events_count; i++) {
		struct event event;
		size_t size = event_encode(&book->decision.events[i], bytes, sizeof(bytes));
		assert(size > 0);
		size_t taken = event_decode(bytes, size, &event);
		assert(taken == size);
		size_t same = event_encode(&event, again, sizeof(again));
		assert(same == size && memcmp(bytes, again, size) == 0);
		(void)taken;
		(void)same;
		apply(book, &event);
	}
}
