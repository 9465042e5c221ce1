/*
 * One command: its key, its facts, its decision, its record.
 *
 * Owns the scratch of a decision; called by the writer, on its thread, once a command. What is
 * true is decided by the ledger's decide functions; here it is only carried there and back.
 */
#include "desk.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "outcome.h"
#include "personal.h"

#define DESK_REFUSALS_RETRY_MS 1000

int
desk_init(struct desk *desk, struct store *store, struct store_reader *reader,
	  const struct rules_set *rules)
{
	memset(desk, 0, sizeof(*desk));
	desk->vault = store_vault(store);
	desk->rules = rules;
	desk->batch = batch_new();
	desk->cache = cache_new();
	desk->scratch = scratch_new();
	desk->events = malloc(STORE_BODY_MAX);
	desk->body = malloc(STORE_BODY_MAX);
	desk->lookup = (struct lookup){reader, desk->batch};
	if (desk->batch == NULL || desk->cache == NULL || desk->scratch == NULL ||
	    desk->events == NULL || desk->body == NULL) {
		desk_done(desk);
		return STORE_MEMORY;
	}
	return 0;
}

void
desk_done(struct desk *desk)
{
	desk->batch = batch_free(desk->batch);
	desk->cache = cache_free(desk->cache);
	desk->scratch = scratch_free(desk->scratch);
	free(desk->events);
	free(desk->body);
	desk->events = NULL;
	desk->body = NULL;
}

/* ---- the key ---- */

/* The record may still be in the batch: its answer waits for the disk with the first one's. */
int
desk_replay(struct desk *desk, struct command *command)
{
	struct apply_key key;
	struct store_value value;
	struct store_record record;

	if (code_is_empty(&command->key))
		return STORE_NOT_FOUND;

	struct code principal;
	bool named =
	    code_set(command->principal->name, strlen(command->principal->name), &principal);
	assert(named);
	(void)named;
	apply_key_outcome(&key, &principal, &command->key, command->index);
	int r = lookup_row(&desk->lookup, TABLE_OUTCOME, &key, &value);
	if (r == 0)
		r = lookup_record(&desk->lookup, apply_sequence_of_value(value.bytes, value.size),
				  &record);
	if (r == 0)
		r = outcome_read(&record, &command->outcome);
	if (r < 0)
		return r;
	if (memcmp(command->outcome.head.digest, command->digest, ENTRY_DIGEST_SIZE) != 0) {
		outcome_done(&command->outcome);
		command->outcome.status = STATUS_KEY_REUSED;
	}
	command->outcome.replayed = true;
	return 0;
}

/* ---- the record ---- */

void
desk_head(const struct desk *desk, const struct command *command, enum verdict verdict,
	  struct entry_head *ret)
{
	const struct detail *detail = &desk->decision.detail;

	memset(ret, 0, sizeof(*ret));
	ret->verdict = (uint16_t)verdict;
	if (command->principal != NULL)
		(void)code_set(command->principal->name, strlen(command->principal->name),
			       &ret->principal);
	ret->on_behalf_of = command->on_behalf_of;
	ret->key = command->key;
	ret->index = command->index;
	memcpy(ret->digest, command->digest, ENTRY_DIGEST_SIZE);
	ret->note = command->remark;
	for (size_t i = 0; i < desk->decision.warnings_count; i++)
		ret->warnings[ret->warnings_count++] = (uint8_t)desk->decision.warnings[i];
	if (verdict == VERDICT_ACCEPTED)
		return;
	ret->has_detail = true;
	if (detail->parameter != NULL)
		strncpy(ret->detail.parameter, detail->parameter, ENTRY_WORD_SIZE - 1);
	if (detail->field != NULL)
		strncpy(ret->detail.field, detail->field, ENTRY_WORD_SIZE - 1);
	ret->detail.thing = detail->thing;
	ret->detail.day = detail->day;
	ret->detail.min = detail->min;
	ret->detail.max = detail->max;
	ret->detail.total = detail->total;
	ret->detail.clause = detail->clause;
}

/* The id of what the command makes, told to who asked. */
static const struct code *
reply_id(const struct command *command)
{
	if (command->second.step == SECOND_PROPOSE)
		return &command->second.proposal;
	switch (command->kind) {
	case COMMAND_INSTITUTION_ADD:
		return &command->institution.code;
	case COMMAND_PRACTITIONER_ADD:
	case COMMAND_REGISTRATION_JOIN:
	case COMMAND_REGISTRATION_LEAVE:
	case COMMAND_REREGISTER:
	case COMMAND_ALIAS:
		return &command->practitioner;
	case COMMAND_INSTITUTION_CHANGE:
		return &command->changed.institution;
	case COMMAND_PENALTY_RECORD:
		return &command->penalty.penalty;
	case COMMAND_PENALTY_OVERTURN:
		return &command->overturned.penalty;
	case COMMAND_POINTS_RECORD:
	case COMMAND_POINTS_CORRECT:
		return &command->score.points.entry;
	case COMMAND_POINTS_ANNUL:
		return &command->annul.entry;
	case COMMAND_FOREIGN_SET:
		return &command->foreign.sanction;
	case COMMAND_FOREIGN_END:
		return &command->end.sanction;
	case COMMAND_INSTITUTION_NOTE:
		return &command->noted.institution;
	case COMMAND_RULES_LOAD:
		return &command->rules_name;
	case COMMAND_PROPOSAL:
		return &command->second.proposal;
	case COMMAND_PROCEDURE:
		return desk_case_id(command);
	}
	return &command->practitioner;
}

void
desk_put_subject(struct entry_pen *pen, enum subject_kind kind, const struct code *code)
{
	if (!code_is_empty(code))
		entry_put_subject(pen, kind, code);
}

/*
 * Whom the record is found under. Of points, the penalty beside the person: the institution is
 * found through it, and every row costs on the way to the disk.
 */
static void
put_subjects(const struct desk *desk, struct entry_pen *pen, const struct command *command)
{
	desk_put_subject(pen, SUBJECT_PRACTITIONER, &command->practitioner);
	desk_second_subject(command, pen);
	switch (command->kind) {
	case COMMAND_INSTITUTION_ADD:
		desk_put_subject(pen, SUBJECT_INSTITUTION, &command->institution.code);
		break;
	case COMMAND_PRACTITIONER_ADD:
		desk_put_subject(pen, SUBJECT_INSTITUTION, &command->add.at.institution);
		for (size_t i = 0; i < command->add.aliases_count; i++)
			desk_put_subject(pen, SUBJECT_ALIAS, &command->add.aliases[i]);
		break;
	case COMMAND_INSTITUTION_CHANGE:
		desk_put_subject(pen, SUBJECT_INSTITUTION, &command->changed.institution);
		desk_put_subject(pen, SUBJECT_INSTITUTION, &command->changed.merged_into);
		desk_put_subject(pen, SUBJECT_CHANGE, &command->changed.institution);
		break;
	case COMMAND_ALIAS:
		desk_put_subject(pen, SUBJECT_ALIAS, &command->alias.alias.alias);
		break;
	case COMMAND_REGISTRATION_JOIN:
	case COMMAND_REGISTRATION_LEAVE:
	case COMMAND_REREGISTER:
		desk_put_subject(pen, SUBJECT_INSTITUTION, &command->registration.institution);
		break;
	case COMMAND_PENALTY_RECORD:
		desk_put_subject(pen, SUBJECT_PENALTY, &command->penalty.penalty);
		desk_put_subject(pen, SUBJECT_INSTITUTION, &command->penalty.institution);
		break;
	case COMMAND_PENALTY_OVERTURN: /* a refused one; overturn.c writes the others */
		desk_put_subject(pen, SUBJECT_PENALTY, &command->overturned.penalty);
		break;
	case COMMAND_POINTS_RECORD:
	case COMMAND_POINTS_CORRECT:
		desk_put_subject(pen, SUBJECT_PENALTY, &command->score.points.penalty);
		break;
	case COMMAND_INSTITUTION_NOTE:
		desk_put_subject(pen, SUBJECT_INSTITUTION, &command->noted.institution);
		break;
	case COMMAND_POINTS_ANNUL:
	case COMMAND_FOREIGN_SET:
	case COMMAND_FOREIGN_END:
	case COMMAND_RULES_LOAD:
		break;
	case COMMAND_PROPOSAL:
		desk_put_subject(pen, SUBJECT_INSTITUTION, &desk->proposal.institution);
		break;
	case COMMAND_PROCEDURE:
		desk_case_subjects(desk, command, pen);
		break;
	}
}

static size_t
encode(struct desk *desk, struct command *command)
{
	const struct decision *decision = &desk->decision;
	struct entry_pen pen;

	/* The same facts again are nobody's news: found by the key alone. */
	entry_begin(&pen, desk->body, STORE_BODY_MAX, &command->outcome.head);
	if (decision->verdict != VERDICT_UNCHANGED)
		put_subjects(desk, &pen, command);
	for (size_t i = 0; i < desk->keys_count; i++)
		entry_put_key(&pen, &desk->keys[i]);
	for (size_t i = 0; i < decision->needs_count; i++)
		entry_put_need(&pen, &command->practitioner, &decision->needs[i]);
	for (size_t i = 0; i < decision->events_count; i++)
		entry_put_event(&pen, &decision->events[i]);
	return entry_end(&pen);
}

/* ---- personal fields ---- */

int
desk_key(struct desk *desk, const struct entry_subject *subject, struct vault_key *ret)
{
	struct apply_key row;
	struct store_value value;

	for (size_t i = 0; i < desk->keys_count; i++) {
		if (desk->keys[i].subject.kind == subject->kind &&
		    code_equal(&desk->keys[i].subject.code, &subject->code)) {
			*ret = desk->keys[i].key;
			return 0;
		}
	}
	apply_key_vault(&row, subject->kind, &subject->code);
	int r = lookup_row(&desk->lookup, TABLE_KEY, &row, &value);
	if (r == 0)
		return apply_read_vault_key(value.bytes, value.size, ret) ? 0 : STORE_DAMAGED;
	if (r != STORE_NOT_FOUND)
		return r;
	assert(desk->keys_count < DESK_KEYS_MAX);
	r = vault_key_new(desk->vault, ret);
	if (r == 0)
		desk->keys[desk->keys_count++] = (struct entry_key){*subject, *ret};
	return r;
}

/* Where the events of the decision have room for the command's name or reason. */
static struct sealed *
personal_field_of(struct event *event, enum personal_field *ret_field)
{
	*ret_field = PERSONAL_REASON;
	if (event->kind == EVENT_POINTS_RECORDED)
		return &event->points.reason;
	if (event->kind == EVENT_POINTS_FELL)
		return &event->fell.reason;
	if (event->kind == EVENT_PENALTY_OVERTURNED)
		return &event->overturned.reason;
	if (desk_case_text(event) != NULL)
		return desk_case_text(event);
	*ret_field = PERSONAL_NAME;
	if (event->kind == EVENT_INSTITUTION_ADDED)
		return &event->institution.name;
	if (event->kind == EVENT_PRACTITIONER_ADDED)
		return &event->practitioner_added.name;
	if (event->kind == EVENT_INSTITUTION_CHANGED)
		return &event->changed.name;
	return NULL;
}

/* What of the command's texts stands there; its size is 0: nothing. */
static const char *
personal_text(const struct command *command, const struct event *event, uint16_t *ret_size)
{
	if (event->kind == EVENT_PROPOSAL_APPROVED) {
		*ret_size = command->second.reason_size;
		return command->second.reason;
	}
	if (event->kind == EVENT_POINTS_RECORDED && command->entry_reason_size > 0) {
		*ret_size = command->entry_reason_size;
		return command->entry_reason;
	}
	*ret_size = command->personal_size;
	return command->personal;
}

/* Both reasons of a correction that is proposed. */
static int
seal_entry_reason(struct desk *desk, const struct command *command, struct event *event,
		  const struct entry_subject *subject, const struct vault_key *key)
{
	if (event->kind != EVENT_PROPOSED || command->entry_reason_size == 0)
		return 0;
	return personal_seal(desk->vault, key, PERSONAL_REASON, subject, command->entry_reason,
			     command->entry_reason_size, &event->proposed.entry_reason);
}

static struct entry_subject
personal_subject(const struct desk *desk, const struct event *event)
{
	if (event->kind == EVENT_INSTITUTION_ADDED)
		return (struct entry_subject){SUBJECT_INSTITUTION, event->institution.code};
	if (event->kind == EVENT_INSTITUTION_CHANGED)
		return (struct entry_subject){SUBJECT_INSTITUTION, event->changed.institution};
	if (event->kind == EVENT_PENALTY_OVERTURNED)
		return (struct entry_subject){SUBJECT_INSTITUTION,
					      desk->penalty.row.recorded.institution};
	if (code_is_empty(&event->practitioner))
		return (struct entry_subject){SUBJECT_INSTITUTION,
					      event->kind == EVENT_PROPOSED
						  ? event->proposed.institution
						  : desk->proposal.institution};
	return (struct entry_subject){SUBJECT_PRACTITIONER, event->practitioner};
}

/*
 * Only what was accepted is sealed: a refused command takes no key from the vault. The decision
 * copied the empty field into its events and never looked at it.
 */
int
desk_seal(struct desk *desk, const struct command *command)
{
	enum personal_field field;
	struct vault_key key;

	if (command->dry_run)
		return 0;
	for (size_t i = 0; i < desk->decision.events_count; i++) {
		struct event *event = &desk->decision.events[i];
		struct sealed *sealed = personal_field_of(event, &field);
		uint16_t size;
		const char *text = personal_text(command, event, &size);
		struct entry_subject subject = personal_subject(desk, event);
		/* About nobody, a rulebook's approval say: its words stand in the head's note. */
		if (sealed == NULL || size == 0 || code_is_empty(&subject.code))
			continue;
		int r = desk_key(desk, &subject, &key);
		if (r == 0)
			r = personal_seal(desk->vault, &key, field, &subject, text, size, sealed);
		if (r == 0)
			r = seal_entry_reason(desk, command, event, &subject, &key);
		if (r < 0)
			return r;
	}
	return 0;
}

/* ---- what a person is told ---- */

int
desk_needs(struct desk *desk, struct command *command, const struct code *practitioner)
{
	struct outcome *outcome = &command->outcome;
	size_t count = desk->decision.needs_count;

	if (count == 0)
		return 0;
	struct entry_need *needs =
	    realloc(outcome->needs, (outcome->needs_count + count) * sizeof(*needs));
	if (needs == NULL)
		return STORE_MEMORY;
	outcome->needs = needs;
	for (size_t i = 0; i < count; i++) {
		const struct need *need = &desk->decision.needs[i];
		struct entry_need *kept = &needs[outcome->needs_count++];
		memset(kept, 0, sizeof(*kept));
		kept->practitioner = *practitioner;
		strncpy(kept->parameter, need->parameter, ENTRY_WORD_SIZE - 1);
		kept->min = need->min;
		kept->max = need->max;
		kept->total = need->total;
	}
	return 0;
}

/* ---- deciding ---- */

struct choice
desk_choice(const struct command *command)
{
	for (uint32_t i = 0; i < command->choices_count; i++) {
		if (code_equal(&command->choices[i].practitioner, &command->practitioner))
			return command->choices[i].choice;
	}
	return CHOICE_NONE;
}

/* A choice for somebody whom the command does not touch is a slip of the pen, not to be lost. */
bool
desk_choices_fit(struct desk *desk, const struct command *command)
{
	for (uint32_t i = 0; i < command->choices_count; i++) {
		const struct code *practitioner = &command->choices[i].practitioner;
		if (code_equal(practitioner, &command->practitioner))
			continue;
		desk->decision.detail.parameter = "choice";
		desk->decision.detail.thing = *practitioner;
		desk->decision.verdict = VERDICT_PERIOD_NOT_APPLICABLE;
		return false;
	}
	return true;
}

static enum verdict
decide_annul(struct desk *desk, struct command *command)
{
	static const struct standing nobody;
	const struct standing *standing =
	    desk->facts.standing == NULL ? &nobody : desk->facts.standing;
	struct command_fall fall = {
	    .why = FALL_ANNULLED,
	    .on = command->annul.on,
	    .choice = desk_choice(command),
	    .reason_given = command->personal_size > 0,
	};
	uint8_t number;

	enum verdict verdict =
	    decide_entry_stands(standing, &command->annul.entry, &desk->decision, &number);
	if (verdict != VERDICT_ACCEPTED)
		return verdict;
	if (!desk_choices_fit(desk, command))
		return VERDICT_PERIOD_NOT_APPLICABLE;
	fall.entries = UINT64_C(1) << number;
	return decide_fall(&fall, &desk->facts, &desk->decision);
}

static enum verdict
decide_score(struct desk *desk, struct command *command)
{
	struct command_score *score = &command->score;

	score->points.reason_given = command->personal_size > 0;
	if (command->kind == COMMAND_POINTS_RECORD)
		return decide_points_record(&score->points, &desk->facts, &desk->decision);
	if (!desk_choices_fit(desk, command))
		return VERDICT_PERIOD_NOT_APPLICABLE;
	if (command->choices_count > 0)
		score->points.choice = desk_choice(command);
	return decide_points_correct(&score->corrects, &score->points, &desk->facts,
				     &desk->decision);
}

/* Texts are checked where they come in; here the same text again is the only refusal. */
static enum verdict
decide_rules(struct desk *desk, const struct command *command)
{
	struct rules_version version;
	struct decision *decision = &desk->decision;
	const struct event_rules *rules = &command->rules;

	decision_init(decision);
	decision->verdict = VERDICT_UNCHANGED;
	decision->detail.thing = command->rules_name;
	if (rules->kind == RULES_RULEBOOK) {
		for (size_t i = 0; rules_set_rulebook_at(desk->rules, i, &version); i++) {
			if (rulebook_id_equal(&version.rulebook->id, &rules->id))
				return VERDICT_UNCHANGED;
		}
	} else if (rules->kind == RULES_POLICY) {
		for (size_t i = 0; rules_set_policy_at(desk->rules, i, &version); i++) {
			if (rulebook_id_equal(&version.policy->id, &rules->id))
				return VERDICT_UNCHANGED;
		}
	} else {
		for (size_t i = 0; rules_set_calendar_at(desk->rules, i, &version); i++) {
			if (rulebook_id_equal(&version.calendar->years[0].id, &rules->id))
				return VERDICT_UNCHANGED;
		}
	}
	struct event *event = decision_event(decision, EVENT_RULES_LOADED, NULL);
	event->rules = *rules;
	event->rules.text = (struct blob){command->text, command->text_size};
	return decision->verdict = VERDICT_ACCEPTED;
}

static enum verdict
decide(struct desk *desk, struct command *command)
{
	const struct facts *facts = &desk->facts;
	struct decision *decision = &desk->decision;

	if (decision->verdict != VERDICT_NONE)
		return decision->verdict; /* the facts are refusal enough */

	switch (command->kind) {
	case COMMAND_INSTITUTION_ADD:
		return decide_institution_add(&command->institution, facts, decision);
	case COMMAND_PRACTITIONER_ADD:
		return decide_practitioner_add(&command->practitioner, &command->add, facts,
					       decision);
	case COMMAND_INSTITUTION_CHANGE:
		return decide_institution_change(&command->changed, command->personal_size > 0,
						 facts, decision);
	case COMMAND_ALIAS:
		return command->alias.remove
			   ? decide_alias_remove(&command->alias.alias, facts, decision)
			   : decide_alias_set(&command->alias.alias, facts, decision);
	case COMMAND_REGISTRATION_JOIN:
		return decide_registration_join(&command->registration, facts, decision);
	case COMMAND_REGISTRATION_LEAVE:
		return decide_registration_leave(&command->registration, facts, decision);
	case COMMAND_REREGISTER:
		return decide_reregister(&command->registration, facts, decision);
	case COMMAND_PENALTY_RECORD:
		return decide_penalty_record(&command->penalty, facts, decision);
	case COMMAND_POINTS_RECORD:
	case COMMAND_POINTS_CORRECT:
		return decide_score(desk, command);
	case COMMAND_POINTS_ANNUL:
		return decide_annul(desk, command);
	case COMMAND_FOREIGN_SET:
		return decide_foreign_set(&command->foreign, facts, decision);
	case COMMAND_FOREIGN_END:
		return decide_foreign_end(&command->end.sanction, command->end.on, facts, decision);
	case COMMAND_INSTITUTION_NOTE:
		return decide_institution_note(&command->noted, facts, decision);
	case COMMAND_RULES_LOAD:
		return decide_rules(desk, command);
	case COMMAND_PROPOSAL:
		return desk_second_deny(desk, command);
	case COMMAND_PROCEDURE:
		return desk_case_decide(desk, command);
	case COMMAND_PENALTY_OVERTURN:
		break; /* overturn.c */
	}
	assert(false && "a kind of command without a decision");
	return VERDICT_NONE;
}

/* Decide and encode: the body stands on the desk, 0 in a dry run. */
static int
settle(struct desk *desk, struct command *command, size_t *ret_body_size)
{
	int r;

	desk->keys_count = 0;
	if (command->kind == COMMAND_PENALTY_OVERTURN)
		return overturn_decide(desk, command, ret_body_size);

	r = desk_second_begin(desk, command);
	if (r == 0 && desk->decision.verdict == VERDICT_NONE)
		r = facts_gather(desk, command);
	if (r < 0)
		return r;
	enum verdict verdict = decide(desk, command);
	assert(verdict == desk->decision.verdict && verdict != VERDICT_NONE);
	desk_second_end(desk, command);
	verdict = desk->decision.verdict;
	assert(verdict == VERDICT_ACCEPTED || desk->decision.events_count == 0);
	desk_head(desk, command, verdict, &command->outcome.head);
	command->outcome.head.reply = *reply_id(command);
	r = desk_needs(desk, command, &command->practitioner);
	if (r == 0 && verdict == VERDICT_ACCEPTED) {
		desk_effects(desk, command, &desk->decision);
		r = desk_seal(desk, command);
	}
	if (r < 0)
		return r;
	*ret_body_size = command->dry_run ? 0 : encode(desk, command);
	return *ret_body_size == 0 && !command->dry_run ? STORE_TOO_LARGE : 0;
}

/* Into the batch, the cache, and, for the loops to see once it is durable, the scratch. */
static int
record(struct desk *desk, struct command *command, size_t body_size)
{
	const struct standing *standing;
	const struct store_record record = {
	    .kind = outcome_accepted(&command->outcome) ? RECORD_ACCEPTED : RECORD_REFUSED,
	    .sequence = desk->sequence,
	    .recorded_at = desk->now,
	    .body = desk->body,
	    .body_size = body_size,
	};

	/* What can fail comes first: a record in the batch is as good as told. */
	int r = scratch_reserve(desk->scratch);
	if (r == 0)
		r = batch_add(desk->batch, &record);
	if (r < 0)
		return r;
	r = cache_record(desk->cache, batch_record(desk->batch, desk->sequence));
	assert(r == 0); /* the decision folded the same events on its scratch */
	command->outcome.sequence = desk->sequence;
	command->outcome.recorded_at = desk->now;
	desk->sequence++;

	/* An overturning has put its people itself. */
	if (command->kind == COMMAND_PENALTY_OVERTURN || desk->decision.events_count == 0 ||
	    code_is_empty(&command->practitioner))
		return 0;
	standing = cache_peek(desk->cache, &command->practitioner);
	assert(standing != NULL); /* the facts were gathered through the cache */
	scratch_put(desk->scratch, standing);
	return 0;
}

int
desk_decide(struct desk *desk, struct command *command)
{
	size_t people = scratch_count(desk->scratch);
	size_t body_size = 0;

	outcome_init(&command->outcome);
	int r = settle(desk, command, &body_size);
	bool accepted = r == 0 && outcome_accepted(&command->outcome);
	bool proposed = command->second.step == SECOND_PROPOSE; /* nobody has changed yet */
	if (!accepted || proposed || command->dry_run)
		scratch_rewind(desk->scratch, people);
	if (r < 0)
		goto fail;
	command->outcome.dry_run = command->dry_run;
	if (command->dry_run)
		return 0;
	if (!accepted && !desk->may_refuse) {
		outcome_done(&command->outcome);
		command->outcome.status = STATUS_REFUSALS_TOO_MANY;
		command->outcome.retry_after_ms = DESK_REFUSALS_RETRY_MS;
		return 0;
	}
	if (!batch_has_room(desk->batch, body_size)) {
		r = DESK_GROUP_FULL;
		goto fail;
	}
	r = record(desk, command, body_size);
	if (r < 0)
		goto fail;
	return 0;
fail:
	scratch_rewind(desk->scratch, people);
	outcome_done(&command->outcome);
	return r;
}
