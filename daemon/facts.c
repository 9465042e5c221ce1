/*
 * Facts: what the ledger must be told before it can decide, from batch, overlay and view.
 *
 * Called by the writer's desk. Looks things up and compares; never decides a rule. What a command
 * left out and the book knows (the default id, the jurisdiction's rulebook) is filled in here.
 */
#include <assert.h>
#include <string.h>

#include "facts_inner.h"
#include "personal.h"

/* A refusal that the gathering itself comes upon. */
void
facts_refuse(struct desk *desk, enum verdict verdict, const struct code *thing, struct day day)
{
	desk->decision.verdict = verdict;
	desk->decision.detail.thing = *thing;
	desk->decision.detail.day = day;
}

int
facts_person(struct desk *desk, const struct code *practitioner)
{
	const struct standing *standing;

	desk->facts.practitioner = practitioner;
	if (code_is_empty(practitioner))
		return 0;
	int r = cache_get(desk->cache, &desk->lookup, practitioner, &standing);
	if (r == 0 && standing->category != 0)
		desk->facts.standing = standing;
	return r;
}

int
facts_institution(struct desk *desk, const struct code *code)
{
	uint64_t sequence;

	int r = lookup_institution(&desk->lookup, code, LOOKUP_NOW, &desk->institution, &sequence);
	if (r == 0 && !code_is_empty(&desk->institution.code))
		desk->facts.institution = &desk->institution;
	return r;
}

static int
facts_penalty(struct desk *desk, const struct code *id)
{
	int r = lookup_penalty(&desk->lookup, id, LOOKUP_NOW, &desk->penalty);

	if (r == 0 && !code_is_empty(&desk->penalty.row.recorded.penalty))
		desk->facts.penalty = &desk->penalty.row;
	return r;
}

/* A name that was erased or is lost cannot differ. */
int
facts_name(struct desk *desk, const struct command *command, const struct entry_subject *subject,
	   const struct sealed *recorded)
{
	char name[PERSONAL_TEXT_MAX + 1];

	if (command->personal_size == 0)
		return 0;
	int r = personal_unseal(desk->vault, PERSONAL_NAME, subject, recorded, name);
	if (r == STORE_ERASED || r == STORE_KEY_LOST)
		return 0;
	if (r < 0)
		return r;
	desk->facts.name_differs = strlen(name) != command->personal_size ||
				   memcmp(name, command->personal, command->personal_size) != 0;
	explicit_bzero(name, sizeof(name));
	return 0;
}

static int
gather_institution_add(struct desk *desk, const struct command *command)
{
	struct entry_subject subject = {SUBJECT_INSTITUTION, command->institution.code};
	struct sealed recorded;

	int r = facts_institution(desk, &command->institution.code);
	if (r < 0 || desk->facts.institution == NULL)
		return r;
	r = facts_institution_name(desk, &command->institution.code, &recorded);
	return r < 0 ? r : facts_name(desk, command, &subject, &recorded);
}

static int
gather_practitioner_add(struct desk *desk, const struct command *command)
{
	struct entry_subject subject = {SUBJECT_PRACTITIONER, command->practitioner};

	int r = facts_person(desk, &command->practitioner);
	if (r == 0)
		r = facts_institution(desk, &command->add.at.institution);
	if (r == 0 && desk->facts.standing == NULL)
		return facts_new_names(desk, command);
	if (r < 0 || desk->facts.standing == NULL)
		return r;
	return facts_name(desk, command, &subject, &desk->facts.standing->name);
}

/* ---- rulebooks ---- */

static void
name_slug(struct desk *desk, const struct slug *slug)
{
	(void)code_set(slug->text, strlen(slug->text), &desk->facts.rulebook_named);
}

static void
found_rulebook(struct desk *desk, enum rules_found found, struct day earliest)
{
	switch (found) {
	case RULES_FOUND_PARENT:
		desk->facts.rulebook_of_parent = true;
		desk->facts.rulebook = &desk->rulebook;
		return;
	case RULES_FOUND_OWN:
		desk->facts.rulebook = &desk->rulebook;
		return;
	case RULES_FOUND_NONE:
		desk->facts.rulebook_missing = VERDICT_NO_RULEBOOK_IN_FORCE;
		desk->facts.rulebook_earliest = earliest;
		return;
	case RULES_FOUND_UNKNOWN:
		desk->facts.rulebook_missing = VERDICT_RULEBOOK_UNKNOWN;
		return;
	}
}

static void
rulebook_in_force(struct desk *desk, const struct slug *slug, struct day on)
{
	struct day earliest = DAY_NONE;

	name_slug(desk, slug);
	found_rulebook(
	    desk,
	    rules_set_rulebook(desk->rules, slug, on, RULES_AS_OF_NOW, &desk->rulebook, &earliest),
	    earliest);
}

void
facts_rulebook_version(struct desk *desk, const struct rulebook_id *id, struct day on)
{
	struct day earliest = DAY_NONE;

	name_slug(desk, &id->slug);
	found_rulebook(desk,
		       rules_set_rulebook_version(desk->rules, &id->slug, id->version, id->hash, on,
						  RULES_AS_OF_NOW, &desk->rulebook, &earliest),
		       earliest);
}

void
facts_fall_rulebook(struct desk *desk, const struct standing *standing, uint64_t entries)
{
	struct rulebook_id id;
	struct day on;

	if (fall_rulebook(standing, entries, &id, &on))
		facts_rulebook_version(desk, &id, on);
}

static void
rulebook_by_name(struct desk *desk, const struct command_score *score, struct day on)
{
	struct day earliest = DAY_NONE;

	if (day_is_none(score->version)) {
		rulebook_in_force(desk, &score->rulebook, on);
		return;
	}
	name_slug(desk, &score->rulebook);
	found_rulebook(desk,
		       rules_set_rulebook_version(desk->rules, &score->rulebook, score->version,
						  NULL, on, RULES_AS_OF_NOW, &desk->rulebook,
						  &earliest),
		       earliest);
}

/*
 * No penalty and no institution named: where the person was registered that day. One place tells
 * the kind of institution too; several tell the rulebook if they are of one jurisdiction.
 */
static int
gather_places(struct desk *desk, struct day on, struct slug *ret_slug, size_t *ret_slugs)
{
	const struct standing *standing = desk->facts.standing;
	struct institution_row found = {0};
	size_t places = 0;
	uint64_t sequence;

	*ret_slugs = 0;
	for (size_t i = 0; standing != NULL && i < standing->registrations_count; i++) {
		const struct registration *registration = &standing->registrations[i];
		if (day_before(on, registration->from) || !day_before(on, registration->until))
			continue;
		struct institution_row row;
		int r = lookup_institution(&desk->lookup, &registration->institution, LOOKUP_NOW,
					   &row, &sequence);
		if (r < 0)
			return r;
		struct slug slug =
		    rules_set_region(desk->rules, institution_region(&row, on), RULES_AS_OF_NOW);
		if (*ret_slugs == 0 || !slug_equal(&slug, ret_slug))
			(*ret_slugs)++;
		*ret_slug = slug;
		if (places == 0 || !code_equal(&found.code, &row.code))
			places++;
		found = row;
	}
	if (places == 1) {
		desk->institution = found;
		desk->facts.institution = &desk->institution;
	}
	return 0;
}

static int
gather_rulebook(struct desk *desk, const struct command_score *score)
{
	struct day on = points_scored_on(&score->points, desk->facts.penalty);
	struct slug slug = {"national"};
	size_t slugs = 1;

	if (day_is_none(on))
		return 0; /* the decision has another refusal for that */
	if (desk->facts.institution != NULL) {
		slug = rules_set_region(desk->rules, institution_region(&desk->institution, on),
					RULES_AS_OF_NOW);
	} else {
		int r = gather_places(desk, on, &slug, &slugs);
		if (r < 0)
			return r;
	}
	if (score->rulebook.text[0] != '\0')
		rulebook_by_name(desk, score, on);
	else if (slugs > 1)
		desk->facts.rulebook_missing = VERDICT_RULEBOOK_AMBIGUOUS;
	else
		rulebook_in_force(desk, &slug, on);
	return 0;
}

/* ---- ids ---- */

/* The first of E17, E17-2, ... that nobody has chosen for something else before. */
int
facts_next_id(struct desk *desk, enum apply_table table, char letter, unsigned *nth,
	      struct code *ret)
{
	struct store_value value;
	struct apply_key key;
	int r = 0;

	while (r == 0) {
		apply_default_id(letter, desk->sequence, (*nth)++, ret);
		apply_key_code(&key, ret);
		r = lookup_row(&desk->lookup, table, &key, &value);
	}
	return r == STORE_NOT_FOUND ? 0 : r;
}

int
facts_default_id(struct desk *desk, enum apply_table table, char letter, struct code *ret)
{
	unsigned nth = 0;

	return facts_next_id(desk, table, letter, &nth, ret);
}

int
facts_sanction_id(struct desk *desk, unsigned *nth)
{
	desk->facts.sanction = &desk->sanction;
	return facts_next_id(desk, TABLE_SANCTION_ID, 'S', nth, &desk->sanction);
}

/* The id is made here if none was given; one of somebody else's entries is taken. */
static int
facts_entry_id(struct desk *desk, struct code *id, const struct code *practitioner)
{
	struct code owner;
	uint64_t sequence;

	if (code_is_empty(id))
		return facts_default_id(desk, TABLE_ENTRY_ID, 'E', id);
	int r = lookup_entry_owner(&desk->lookup, id, &owner, &sequence);
	if (r == STORE_NOT_FOUND)
		return 0;
	desk->facts.id_taken = r == 0 && !code_equal(&owner, practitioner);
	return r;
}

/* ---- points ---- */

int
facts_points(struct desk *desk, struct command *command, struct command_score *score)
{
	struct command_points *points = &score->points;
	const struct code *place = &score->institution;

	int r = facts_person(desk, &command->practitioner);
	if (r == 0)
		r = facts_penalty(desk, &points->penalty);
	if (r == 0)
		r = facts_entry_id(desk, &points->entry, &command->practitioner);
	if (r == 0)
		r = facts_sanction_id(desk, &(unsigned){0});
	if (r < 0)
		return r;
	if (desk->facts.penalty != NULL)
		place = &desk->facts.penalty->recorded.institution;
	if (!code_is_empty(place)) {
		r = facts_institution(desk, place);
		if (r < 0)
			return r;
		if (desk->facts.institution == NULL && desk->facts.standing != NULL)
			facts_refuse(desk, VERDICT_INSTITUTION_UNKNOWN, place, DAY_NONE);
	}
	return gather_rulebook(desk, score);
}

/* Of whom: the entry says it, unless the command does. Unknown: nobody, and the decision says so.
 */
int
facts_entry_owner(struct desk *desk, struct command *command, const struct code *entry)
{
	uint64_t sequence;

	if (!code_is_empty(&command->practitioner))
		return 0;
	int r = lookup_entry_owner(&desk->lookup, entry, &command->practitioner, &sequence);
	if (r == STORE_NOT_FOUND) {
		facts_refuse(desk, VERDICT_ENTRY_UNKNOWN, entry, DAY_NONE);
		return 0;
	}
	return r;
}

/* What a correction does not say is as it was. */
void
facts_fill_from_entry(struct command_score *score, const struct entry *entry)
{
	struct command_points *points = &score->points;

	if (code_is_empty(&points->penalty) && day_is_none(points->on)) {
		points->penalty = entry->penalty;
		if (code_is_empty(&entry->penalty))
			points->on = entry->scored_on;
	}
	if (code_is_empty(&score->institution) && code_is_empty(&points->penalty))
		score->institution = entry->institution;
	if (points->level == 0)
		points->level = entry->level;
	if (code_is_empty(&points->situation))
		points->situation = entry->situation;
	if (code_is_empty(&points->catalogue))
		points->catalogue = entry->catalogue;
	if (code_is_empty(&points->act))
		points->act = entry->act;
	if (day_is_none(points->conduct_from)) {
		points->conduct_from = entry->conduct_from;
		points->conduct_to = entry->conduct_to;
	}
}

static int
gather_correct(struct desk *desk, struct command *command)
{
	struct command_score *score = &command->score;

	int r = facts_entry_owner(desk, command, &score->corrects);
	if (r < 0 || desk->decision.verdict != VERDICT_NONE)
		return r;
	r = facts_person(desk, &command->practitioner);
	if (r < 0)
		return r;
	const struct entry *entry = desk->facts.standing == NULL
					? NULL
					: standing_entry(desk->facts.standing, &score->corrects);
	if (entry != NULL)
		facts_fill_from_entry(score, entry);
	return facts_points(desk, command, &command->score);
}

static int
gather_annul(struct desk *desk, struct command *command)
{
	const struct code *entry = &command->annul.entry;

	if (day_before(desk->today, command->annul.on)) {
		facts_refuse(desk, VERDICT_DATE_IN_FUTURE, entry, command->annul.on);
		return 0;
	}
	int r = facts_entry_owner(desk, command, entry);
	if (r < 0 || desk->decision.verdict != VERDICT_NONE)
		return r;
	r = facts_person(desk, &command->practitioner);
	if (r == 0)
		r = facts_sanction_id(desk, &(unsigned){0});
	if (r < 0 || desk->facts.standing == NULL)
		return r;

	const struct entry *found = standing_entry(desk->facts.standing, entry);
	if (found != NULL) {
		uint64_t set = UINT64_C(1) << (found - desk->facts.standing->entries);
		facts_fall_rulebook(desk, desk->facts.standing, set);
	}
	return 0;
}

/* ---- foreign sanctions ---- */

static int
gather_foreign_set(struct desk *desk, struct command *command)
{
	struct code *id = &command->foreign.sanction;
	struct code owner;
	uint64_t sequence;

	int r = facts_person(desk, &command->practitioner);
	if (r < 0)
		return r;
	if (code_is_empty(id))
		return facts_default_id(desk, TABLE_SANCTION_ID, 'S', id);
	r = lookup_sanction_owner(&desk->lookup, id, &owner, &sequence);
	if (r == STORE_NOT_FOUND)
		return 0;
	desk->facts.id_taken = r == 0 && !code_equal(&owner, &command->practitioner);
	return r;
}

static int
gather_foreign_end(struct desk *desk, struct command *command)
{
	uint64_t sequence;

	int r = lookup_sanction_owner(&desk->lookup, &command->end.sanction, &command->practitioner,
				      &sequence);
	if (r == STORE_NOT_FOUND)
		return 0; /* the decision says so */
	if (r == 0)
		r = facts_person(desk, &command->practitioner);
	if (r == 0 && command->end.withdrawn && desk->facts.standing != NULL) {
		const struct sanction *sanction =
		    standing_sanction(desk->facts.standing, &command->end.sanction);
		if (sanction != NULL)
			command->end.on = sanction->from;
	}
	return r;
}

/* ---- which command needs what ---- */

int
facts_gather(struct desk *desk, struct command *command)
{
	int r;

	memset(&desk->facts, 0, sizeof(desk->facts));
	memset(&desk->cases, 0, sizeof(desk->cases));
	desk->facts.today = desk->today;
	desk->facts.rulebook_earliest = DAY_NONE;
	decision_init(&desk->decision);

	switch (command->kind) {
	case COMMAND_INSTITUTION_ADD:
		return gather_institution_add(desk, command);
	case COMMAND_PRACTITIONER_ADD:
		return gather_practitioner_add(desk, command);
	case COMMAND_REGISTRATION_JOIN:
	case COMMAND_REGISTRATION_LEAVE:
	case COMMAND_REREGISTER:
		r = facts_person(desk, &command->practitioner);
		return r < 0 ? r : facts_institution(desk, &command->registration.institution);
	case COMMAND_PENALTY_RECORD:
		r = facts_penalty(desk, &command->penalty.penalty);
		return r < 0 ? r : facts_institution(desk, &command->penalty.institution);
	case COMMAND_PENALTY_OVERTURN:
		return facts_penalty(desk, &command->overturned.penalty);
	case COMMAND_POINTS_RECORD:
		return facts_points(desk, command, &command->score);
	case COMMAND_POINTS_ANNUL:
		return gather_annul(desk, command);
	case COMMAND_POINTS_CORRECT:
		return gather_correct(desk, command);
	case COMMAND_FOREIGN_SET:
		return gather_foreign_set(desk, command);
	case COMMAND_FOREIGN_END:
		return gather_foreign_end(desk, command);
	case COMMAND_INSTITUTION_NOTE:
		return facts_institution(desk, &command->noted.institution);
	case COMMAND_RULES_LOAD:
		return 0;
	case COMMAND_INSTITUTION_CHANGE:
		return facts_institution_change(desk, command);
	case COMMAND_ALIAS:
		r = facts_person(desk, &command->practitioner);
		return r < 0 ? r : facts_alias(desk, &command->alias.alias.alias);
	case COMMAND_PROPOSAL:
		return code_is_empty(&command->practitioner)
			   ? 0
			   : facts_person(desk, &command->practitioner);
	case COMMAND_PROCEDURE:
		return facts_gather_case(desk, command);
	}
	return STORE_DAMAGED;
}
