/*
 * A penalty is overturned: every entry that rests on it falls, person by person, in one record.
 *
 * Called by the writer's desk. Finds the people through the penalty's records; each is decided by
 * the ledger's decide_fall(), and the command is accepted only if all are. What is missing is
 * asked of all of them at once.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "desk.h"

struct people {
	struct code *codes;
	size_t count;
	size_t max;
};

static int
compare_codes(const void *left, const void *right)
{
	const struct code *a = left;
	const struct code *b = right;

	return strcmp(a->text, b->text);
}

/* Sorted, each once: the order of the people in the record depends on nothing else. */
static void
people_settle(struct people *people)
{
	size_t kept = 0;

	if (people->count == 0)
		return;
	qsort(people->codes, people->count, sizeof(*people->codes), compare_codes);
	for (size_t i = 1; i < people->count; i++) {
		if (!code_equal(&people->codes[i], &people->codes[kept]))
			people->codes[++kept] = people->codes[i];
	}
	people->count = kept + 1;
}

static int
people_add(struct people *people, const struct code *code)
{
	if (people->count == people->max) {
		people_settle(people);
		if (people->count * 2 >= people->max) {
			size_t max = people->max == 0 ? 256 : people->max * 2;
			struct code *codes = realloc(people->codes, max * sizeof(*codes));
			if (codes == NULL)
				return STORE_MEMORY;
			people->codes = codes;
			people->max = max;
		}
	}
	people->codes[people->count++] = *code;
	return 0;
}

static int
add_from_record(struct desk *desk, struct people *people, uint64_t sequence,
		const struct code *penalty)
{
	struct entry_body body;
	struct event event;
	int r = lookup_body(&desk->lookup, sequence, &body);

	if (r < 0)
		return r;
	while (entry_next_event(&body.events, &event)) {
		if (event.kind != EVENT_POINTS_RECORDED ||
		    !code_equal(&event.points.penalty, penalty))
			continue;
		r = people_add(people, &event.practitioner);
		if (r < 0)
			return r;
	}
	return body.events.left == 0 ? 0 : STORE_DAMAGED;
}

static uint64_t
entries_on(const struct standing *standing, const struct code *penalty)
{
	uint64_t entries = 0;

	for (size_t i = 0; i < standing->entries_count; i++) {
		if (standing->entries[i].fallen == 0 &&
		    code_equal(&standing->entries[i].penalty, penalty))
			entries |= UINT64_C(1) << i;
	}
	return entries;
}

/* Who has entries on the penalty that still stand. */
static int
people_find(struct desk *desk, const struct code *penalty, struct people *ret)
{
	struct lookup_page page;
	const struct standing *standing;
	uint64_t after = 0;
	size_t kept = 0;

	do {
		int r = lookup_subject(&desk->lookup, SUBJECT_PENALTY, penalty, after, LOOKUP_NOW,
				       true, &page);
		for (size_t i = 0; r == 0 && i < page.count; i++) {
			after = page.sequences[i];
			r = add_from_record(desk, ret, after, penalty);
		}
		if (r < 0)
			return r;
	} while (page.count > 0);

	people_settle(ret);
	for (size_t i = 0; i < ret->count; i++) {
		int r = cache_get(desk->cache, &desk->lookup, &ret->codes[i], &standing);
		if (r < 0)
			return r;
		if (entries_on(standing, penalty) != 0)
			ret->codes[kept++] = ret->codes[i];
	}
	ret->count = kept;
	return 0;
}

static const struct command_choice *
choice_for(const struct command *command, const struct code *practitioner)
{
	const struct command_choice wanted = {.practitioner = *practitioner};

	if (command->choices_count == 0)
		return NULL;
	return bsearch(&wanted, command->choices, command->choices_count, sizeof(wanted),
		       command_choice_compare);
}

/* A choice for somebody who is not touched is a slip of the pen, not to be lost. */
static bool
choices_fit(struct desk *desk, const struct command *command, const struct people *people)
{
	for (uint32_t i = 0; i < command->choices_count; i++) {
		const struct code *practitioner = &command->choices[i].practitioner;
		if (people->count > 0 && bsearch(practitioner, people->codes, people->count,
						 sizeof(*people->codes), compare_codes) != NULL)
			continue;
		decision_init(&desk->decision);
		desk->decision.detail.parameter = "choice";
		desk->decision.detail.thing = *practitioner;
		desk->decision.verdict = VERDICT_PERIOD_NOT_APPLICABLE;
		return false;
	}
	return true;
}

static bool
keep_events(struct desk *desk)
{
	for (size_t i = 0; i < desk->decision.events_count; i++) {
		size_t size =
		    event_encode(&desk->decision.events[i], desk->events + desk->events_size,
				 STORE_BODY_MAX - desk->events_size);
		if (size == 0)
			return false;
		desk->events_size += size;
		desk->events_count++;
	}
	return true;
}

/* One person, by the rules that had decided the sanction that falls. */
static int
decide_person(struct desk *desk, struct command *command, const struct code *practitioner,
	      unsigned *sanctions)
{
	const struct code *penalty = &command->overturned.penalty;
	const struct command_choice *choice = choice_for(command, practitioner);
	const struct standing *standing;
	unsigned next = *sanctions;

	int r = cache_get(desk->cache, &desk->lookup, practitioner, &standing);
	if (r == 0)
		r = facts_sanction_id(desk, &next);
	if (r < 0)
		return r;
	const struct command_fall fall = {
	    .entries = entries_on(standing, penalty),
	    .why = FALL_OVERTURNED,
	    .on = command->overturned.on,
	    .choice = choice == NULL ? CHOICE_NONE : choice->choice,
	    .reason_given = command->personal_size > 0,
	};
	desk->facts.practitioner = practitioner;
	desk->facts.standing = standing;
	desk->facts.rulebook = NULL;
	desk->facts.rulebook_of_parent = false;
	facts_fall_rulebook(desk, standing, fall.entries);

	enum verdict verdict = decide_fall(&fall, &desk->facts, &desk->decision);
	if (verdict == VERDICT_NEEDS_CHOICE)
		return desk_needs(desk, command, practitioner);
	if (verdict != VERDICT_ACCEPTED) {
		if (code_is_empty(&desk->decision.detail.thing))
			desk->decision.detail.thing = *practitioner;
		return 0;
	}
	desk_effects(desk, command, &desk->decision);
	r = scratch_reserve(desk->scratch);
	if (r < 0)
		return r;
	scratch_put(desk->scratch, &desk->after);
	for (size_t i = 0; i < desk->decision.events_count; i++) {
		if (desk->decision.events[i].kind == EVENT_SANCTION_SET)
			*sanctions = next;
	}
	if (!keep_events(desk)) {
		decision_init(&desk->decision);
		desk->decision.verdict = VERDICT_OVERTURN_TOO_WIDE;
		desk->decision.detail.thing = *penalty;
	}
	return 0;
}

/*
 * All people, until one is refused for another reason than a missing choice. The verdict stands in
 * the decision; head is the first event of an accepted one.
 */
static int
decide_all(struct desk *desk, struct command *command, const struct people *people,
	   struct event *head)
{
	unsigned sanctions = 0;

	desk->events_size = 0;
	desk->events_count = 0;
	command->overturned.subjects = (uint32_t)people->count;
	enum verdict verdict =
	    decide_penalty_overturn(&command->overturned, &desk->facts, &desk->decision);
	if (verdict != VERDICT_ACCEPTED || !choices_fit(desk, command, people))
		return 0;
	*head = desk->decision.events[0];

	for (size_t i = 0; i < people->count; i++) {
		int r = decide_person(desk, command, &people->codes[i], &sanctions);
		if (r < 0)
			return r;
		verdict = desk->decision.verdict;
		if (verdict != VERDICT_ACCEPTED && verdict != VERDICT_NEEDS_CHOICE)
			return 0;
	}
	decision_init(&desk->decision);
	desk->decision.verdict = VERDICT_ACCEPTED;
	if (command->outcome.needs_count > 0) {
		const struct entry_need *first = &command->outcome.needs[0];
		desk->decision.verdict = VERDICT_NEEDS_CHOICE;
		desk->decision.detail.thing = first->practitioner;
		desk->decision.detail.total = first->total;
	}
	return 0;
}

static size_t
encode(struct desk *desk, const struct command *command, const struct people *people)
{
	const struct outcome *outcome = &command->outcome;
	const struct event_penalty *penalty = &desk->penalty.row.recorded;
	bool done =
	    desk->decision.verdict == VERDICT_ACCEPTED && command->second.step != SECOND_PROPOSE;
	struct entry_pen pen;

	entry_begin(&pen, desk->body, STORE_BODY_MAX, &outcome->head);
	entry_put_subject(&pen, SUBJECT_PENALTY, &command->overturned.penalty);
	desk_second_subject(command, &pen);
	if (desk->decision.verdict == VERDICT_ACCEPTED)
		entry_put_subject(&pen, SUBJECT_INSTITUTION, &penalty->institution);
	for (size_t i = 0; done && i < people->count; i++)
		entry_put_subject(&pen, SUBJECT_PRACTITIONER, &people->codes[i]);
	for (size_t i = 0; i < desk->keys_count; i++)
		entry_put_key(&pen, &desk->keys[i]);
	for (size_t i = 0; i < outcome->needs_count; i++) {
		const struct entry_need *kept = &outcome->needs[i];
		struct need need = {kept->parameter, kept->min, kept->max, kept->total};
		entry_put_need(&pen, &kept->practitioner, &need);
	}
	for (size_t i = 0; i < desk->decision.events_count; i++)
		entry_put_event(&pen, &desk->decision.events[i]);
	if (done)
		entry_put_events(&pen, desk->events, desk->events_size, desk->events_count);
	return entry_end(&pen);
}

/* A refusal of one person is the command's: what was found missing in others is beside it. */
static void
drop_needs(struct outcome *outcome)
{
	free(outcome->needs);
	outcome->needs = NULL;
	outcome->needs_count = 0;
}

int
overturn_decide(struct desk *desk, struct command *command, size_t *ret_body_size)
{
	struct outcome *outcome = &command->outcome;
	struct people people = {0};
	struct event head = {0};

	int r = desk_second_begin(desk, command);
	bool refused = desk->decision.verdict != VERDICT_NONE;
	if (r == 0 && !refused)
		r = facts_gather(desk, command);
	if (r == 0 && !refused && desk->facts.penalty != NULL && !desk->facts.penalty->overturned)
		r = people_find(desk, &command->overturned.penalty, &people);
	if (r == 0 && !refused)
		r = decide_all(desk, command, &people, &head);
	if (r < 0)
		goto end;

	if (desk->decision.verdict == VERDICT_ACCEPTED) {
		desk->decision.events[0] = head;
		desk->decision.events_count = 1;
		desk_second_end(desk, command);
	}
	enum verdict verdict = desk->decision.verdict;
	if (verdict == VERDICT_ACCEPTED) {
		r = desk_seal(desk, command);
		if (r < 0)
			goto end;
	} else {
		outcome->effects_count = 0;
		outcome->effects_more = false;
		if (verdict != VERDICT_NEEDS_CHOICE)
			drop_needs(outcome);
	}
	desk_head(desk, command, verdict, &outcome->head);
	outcome->head.reply = command->second.step == SECOND_PROPOSE ? command->second.proposal
								     : command->overturned.penalty;
	if (command->dry_run)
		goto end;
	*ret_body_size = encode(desk, command, &people);
	if (*ret_body_size == 0)
		r = STORE_TOO_LARGE;
end:
	free(people.codes);
	return r;
}
