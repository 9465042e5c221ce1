/*
 * From a record to the rows of the view, and the bytes of their keys and values.
 *
 * Owns the tables' layout; called by the store for the live tail and for a rebuild, and by the
 * writer for its batch, on any thread. Depends on the record alone. Never reads a row.
 *
 * Rows can be made again from the log at any time, so their layout is not a format: a change of it
 * needs a new table's name, no more.
 */
#include "apply.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#include "agenda.h"
#include "ledger/case.h"

const struct store_table apply_tables[TABLE_COUNT] = {
    [TABLE_OUTCOME - 1] = {"outcome", true},
    [TABLE_SUBJECT - 1] = {"subject", false},
    [TABLE_PRACTITIONER - 1] = {"practitioner", true},
    [TABLE_SANCTIONED - 1] = {"sanctioned", true},
    [TABLE_INSTITUTION - 1] = {"institution", true},
    [TABLE_PENALTY - 1] = {"penalty", false},
    [TABLE_OVERTURNED - 1] = {"overturned", false},
    [TABLE_ENTRY_ID - 1] = {"entry_id", false},
    [TABLE_SANCTION_ID - 1] = {"sanction_id", false},
    [TABLE_KEY - 1] = {"key", false},
    [TABLE_RULES - 1] = {"rules", true},
    [TABLE_EPOCH - 1] = {"epoch", true},
    [TABLE_CASE - 1] = {"case", false},
    [TABLE_ALIAS - 1] = {"alias", true},
    [TABLE_MARKER - 1] = {"marker", true},
};

static_assert((int)TABLE_COUNT <= (int)STORE_TABLES_MAX, "the store has a row for each table");
static_assert((int)APPLY_KEY_MAX <= (int)STORE_KEY_MAX, "a key fits into the store's");
static_assert(2 * (CODE_SIZE_MAX + 1) + 4 <= APPLY_KEY_MAX, "principal, key, index");

static void
key_add(struct apply_key *key, const void *bytes, size_t size)
{
	assert(key->size + size <= APPLY_KEY_MAX);
	memcpy(key->bytes + key->size, bytes, size);
	key->size = (uint8_t)(key->size + size);
}

/* Codes are printable, so a NUL ends one: no code is the beginning of another's row. */
static void
key_add_code(struct apply_key *key, const struct code *code)
{
	static const uint8_t end = 0;

	key_add(key, code->text, code->size);
	key_add(key, &end, sizeof(end));
}

void
apply_key_outcome(struct apply_key *key, const struct code *principal, const struct code *word,
		  uint32_t index)
{
	uint32_t number = htobe32(index);

	key->size = 0;
	key_add_code(key, principal);
	key_add_code(key, word);
	key_add(key, &number, sizeof(number));
}

void
apply_key_subject(struct apply_key *key, enum subject_kind kind, const struct code *code,
		  uint64_t sequence)
{
	uint8_t letter = (uint8_t)kind;
	uint64_t number = htobe64(sequence);

	key->size = 0;
	key_add(key, &letter, sizeof(letter));
	key_add_code(key, code);
	if (sequence != 0)
		key_add(key, &number, sizeof(number));
}

void
apply_key_code(struct apply_key *key, const struct code *code)
{
	key->size = 0;
	key_add(key, code->text, code->size);
}

void
apply_key_vault(struct apply_key *key, enum subject_kind kind, const struct code *code)
{
	uint8_t letter = (uint8_t)kind;

	key->size = 0;
	key_add(key, &letter, sizeof(letter));
	key_add(key, code->text, code->size);
}

void
apply_key_sequence(struct apply_key *key, uint64_t sequence)
{
	uint64_t number = htobe64(sequence);

	key->size = 0;
	key_add(key, &number, sizeof(number));
}

uint64_t
apply_sequence_of_key(const uint8_t *key, size_t key_size)
{
	uint64_t number = 0;

	if (key_size >= sizeof(number))
		memcpy(&number, key + key_size - sizeof(number), sizeof(number));
	return be64toh(number);
}

uint64_t
apply_sequence_of_value(const uint8_t *value, size_t value_size)
{
	uint64_t number = 0;

	if (value_size >= sizeof(number))
		memcpy(&number, value, sizeof(number));
	return le64toh(number);
}

bool
apply_read_practitioner(const uint8_t *value, size_t size, struct apply_practitioner *ret)
{
	if (size != sizeof(uint64_t) + 1 || value[8] == 0 || value[8] > CATEGORY_COUNT)
		return false;
	ret->sequence = apply_sequence_of_value(value, size);
	ret->category = (enum category)value[8];
	return true;
}

bool
apply_read_institution(const uint8_t *value, size_t size, struct apply_institution *ret)
{
	if (size < sizeof(uint64_t) + 1 || value[8] == 0 || value[8] > INSTITUTION_KIND_COUNT)
		return false;
	memset(&ret->region, 0, sizeof(ret->region));
	if (size > 9 && !code_set((const char *)value + 9, size - 9, &ret->region))
		return false;
	ret->sequence = apply_sequence_of_value(value, size);
	ret->kind = (enum institution_kind)value[8];
	return true;
}

bool
apply_read_alias(const uint8_t *value, size_t size, struct apply_alias *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (size < sizeof(uint64_t))
		return false;
	ret->sequence = apply_sequence_of_value(value, size);
	return size == sizeof(uint64_t) || code_set((const char *)value + sizeof(uint64_t),
						    size - sizeof(uint64_t), &ret->practitioner);
}

bool
apply_read_vault_key(const uint8_t *value, size_t size, struct vault_key *ret)
{
	uint32_t slot;
	uint64_t id;

	if (size != sizeof(slot) + sizeof(id))
		return false;
	memcpy(&slot, value, sizeof(slot));
	memcpy(&id, value + sizeof(slot), sizeof(id));
	ret->slot = le32toh(slot);
	ret->id = le64toh(id);
	return true;
}

static size_t
digits_put(char *text, uint64_t number)
{
	char reversed[20];
	size_t count = 0;

	do {
		reversed[count++] = (char)('0' + number % 10);
		number /= 10;
	} while (number != 0);
	for (size_t i = 0; i < count; i++)
		text[i] = reversed[count - 1 - i];
	return count;
}

void
apply_default_id(char letter, uint64_t sequence, unsigned nth, struct code *ret)
{
	char text[CODE_SIZE_MAX];
	size_t size = 0;

	assert(sequence != 0);
	text[size++] = letter;
	size += digits_put(text + size, sequence);
	if (nth > 0) {
		text[size++] = '-';
		size += digits_put(text + size, (uint64_t)nth + 1);
	}
	bool set = code_set(text, size, ret);
	assert(set);
	(void)set;
}

/* Digits without a leading zero, at most 18 of them: more is no sequence of ours. */
static size_t
digits_take(const char *text, size_t size, uint64_t *ret)
{
	uint64_t number = 0;
	size_t used = 0;

	while (used < size && used < 18 && text[used] >= '0' && text[used] <= '9')
		number = number * 10 + (uint64_t)(text[used++] - '0');
	if (used == 0 || text[0] == '0')
		return 0;
	*ret = number;
	return used;
}

uint64_t
apply_default_sequence(char letter, const struct code *id)
{
	uint64_t sequence, nth;

	if (id->size < 2 || id->text[0] != letter)
		return 0;
	size_t used = 1 + digits_take(id->text + 1, id->size - 1u, &sequence);
	if (used == 1)
		return 0;
	if (used == id->size)
		return sequence;
	if (id->text[used] != '-')
		return 0;
	used++;
	size_t more = digits_take(id->text + used, id->size - used, &nth);
	return more != 0 && used + more == id->size && nth > 1 ? sequence : 0;
}

struct rows {
	const struct store_record *record;
	apply_put_fn put;
	void *user;
};

static int
put_sequence(const struct rows *rows, enum apply_table table, const struct apply_key *key)
{
	uint64_t value = htole64(rows->record->sequence);

	return rows->put(rows->user, table, key->bytes, key->size, &value, sizeof(value));
}

static int
put_code_row(const struct rows *rows, enum apply_table table, const struct code *code)
{
	struct apply_key key;

	apply_key_code(&key, code);
	return put_sequence(rows, table, &key);
}

static int
put_mark(const struct rows *rows, enum apply_table table)
{
	struct apply_key key;

	apply_key_sequence(&key, rows->record->sequence);
	return put_sequence(rows, table, &key);
}

static int
put_practitioner(const struct rows *rows, const struct event *event)
{
	uint8_t value[9];
	uint64_t sequence = htole64(rows->record->sequence);
	struct apply_key key;

	apply_key_code(&key, &event->practitioner);
	memcpy(value, &sequence, sizeof(sequence));
	value[8] = (uint8_t)event->practitioner_added.category;
	return rows->put(rows->user, TABLE_PRACTITIONER, key.bytes, key.size, value, sizeof(value));
}

static int
put_institution(const struct rows *rows, const struct event_institution *event)
{
	uint8_t value[9 + CODE_SIZE_MAX];
	uint64_t sequence = htole64(rows->record->sequence);
	struct apply_key key;

	apply_key_code(&key, &event->code);
	memcpy(value, &sequence, sizeof(sequence));
	value[8] = (uint8_t)event->kind;
	memcpy(value + 9, event->region.text, event->region.size);
	return rows->put(rows->user, TABLE_INSTITUTION, key.bytes, key.size, value,
			 9u + event->region.size);
}

/* One row an alias, the last change: its records are found by their subject. */
static int
put_alias(const struct rows *rows, const struct event *event)
{
	const struct code *owner = &event->practitioner;
	size_t owner_size = event->kind == EVENT_ALIAS_SET ? owner->size : 0;
	uint8_t value[sizeof(uint64_t) + CODE_SIZE_MAX];
	uint64_t sequence = htole64(rows->record->sequence);
	struct apply_key key;

	apply_key_code(&key, &event->alias.alias);
	memcpy(value, &sequence, sizeof(sequence));
	memcpy(value + sizeof(sequence), owner->text, owner_size);
	return rows->put(rows->user, TABLE_ALIAS, key.bytes, key.size, value,
			 sizeof(sequence) + owner_size);
}

/* An id that names its own record needs no row: most ids are such. */
static int
put_id(const struct rows *rows, enum apply_table table, char letter, const struct code *id)
{
	if (apply_default_sequence(letter, id) == rows->record->sequence)
		return 0;
	return put_code_row(rows, table, id);
}

static int
put_sanction(const struct rows *rows, const struct event *event, const struct code *id)
{
	struct apply_key key;
	int r;

	apply_key_code(&key, &event->practitioner);
	r = rows->put(rows->user, TABLE_SANCTIONED, key.bytes, key.size, "", 0);
	return r != 0 ? r : put_id(rows, TABLE_SANCTION_ID, 'S', id);
}

static int
put_event(const struct rows *rows, const struct event *event)
{
	switch (event->kind) {
	case EVENT_INSTITUTION_ADDED:
		return put_institution(rows, &event->institution);
	case EVENT_PRACTITIONER_ADDED:
		return put_practitioner(rows, event);
	case EVENT_PENALTY_RECORDED:
		return put_code_row(rows, TABLE_PENALTY, &event->penalty.penalty);
	case EVENT_PENALTY_OVERTURNED:
		return put_code_row(rows, TABLE_OVERTURNED, &event->overturned.penalty);
	case EVENT_POINTS_RECORDED:
		return put_id(rows, TABLE_ENTRY_ID, 'E', &event->points.entry);
	case EVENT_SANCTION_SET:
		return put_sanction(rows, event, &event->sanction.sanction);
	case EVENT_FOREIGN_SANCTION_SET:
		return put_sanction(rows, event, &event->foreign.sanction);
	case EVENT_ALIAS_SET:
	case EVENT_ALIAS_REMOVED:
		return put_alias(rows, event);
	case EVENT_RULES_LOADED:
		return put_mark(rows, TABLE_RULES);
	case EVENT_LEDGER_BEGUN:
	case EVENT_EPOCH_BEGUN:
		return put_mark(rows, TABLE_EPOCH);
	case EVENT_NOTICE_SERVED:
	case EVENT_OBJECTION_FILED:
	case EVENT_SANCTION_STAYED:
	case EVENT_REPAIR_REQUESTED:
	case EVENT_PROPOSED:
	case EVENT_REFERRAL_SENT: /* what follows is found by the case's subject rows */
		return put_code_row(rows, TABLE_CASE, case_id_of(event));
	case EVENT_REGISTRATION_JOINED:
	case EVENT_REGISTRATION_LEFT:
	case EVENT_REREGISTERED:
	case EVENT_POINTS_FELL:
	case EVENT_SANCTION_LIFTED:
	case EVENT_FOREIGN_SANCTION_ENDED:
	case EVENT_INSTITUTION_NOTED:
	case EVENT_TAIL_CUT:
	case EVENT_CLOCK_ACCEPTED:
	case EVENT_OBJECTION_EXPLAINED:
	case EVENT_OBJECTION_REVIEWED:
	case EVENT_SANCTION_RESUMED:
	case EVENT_REPAIRED:
	case EVENT_REPAIR_DENIED:
	case EVENT_SANCTION_SHORTENED:
	case EVENT_PROPOSAL_APPROVED:
	case EVENT_PROPOSAL_DENIED:
	case EVENT_MERGED:
	case EVENT_UNMERGED:
	case EVENT_INSTITUTION_CHANGED:
	case EVENT_REFERRAL_RECEIVED:
	case EVENT_MARKING_ACKNOWLEDGED:
	case EVENT_MARKER:
		return 0; /* found by their subjects */
	}
	return STORE_DAMAGED;
}

/* What the calendar will bring because of the event; how far its markers have come. */
static int
put_plans(const struct rows *rows, const struct event *event)
{
	struct marker_plan plans[2], marked;
	struct apply_key key, value;
	int r = 0;

	size_t count = marker_plans(event, day_of_instant(rows->record->recorded_at), plans);
	for (size_t i = 0; r == 0 && i < count; i++) {
		agenda_key(&key, &plans[i]);
		r = put_sequence(rows, TABLE_MARKER, &key);
	}
	if (r == 0 && event->kind == EVENT_MARKER) {
		agenda_marked(event, &marked);
		agenda_key_last(&key);
		agenda_key(&value, &marked);
		r = rows->put(rows->user, TABLE_MARKER, key.bytes, key.size, value.bytes,
			      value.size);
	}
	return r;
}

static int
put_subjects(const struct rows *rows, struct entry_list *subjects)
{
	uint8_t kind = (uint8_t)rows->record->kind;
	struct entry_subject subject;
	struct apply_key key;

	while (entry_next_subject(subjects, &subject)) {
		apply_key_subject(&key, subject.kind, &subject.code, rows->record->sequence);
		int r =
		    rows->put(rows->user, TABLE_SUBJECT, key.bytes, key.size, &kind, sizeof(kind));
		if (r != 0)
			return r;
	}
	return 0;
}

static int
put_keys(const struct rows *rows, struct entry_list *keys)
{
	struct entry_key made;
	struct apply_key key;
	uint8_t value[12];

	while (entry_next_key(keys, &made)) {
		uint32_t slot = htole32(made.key.slot);
		uint64_t id = htole64(made.key.id);
		memcpy(value, &slot, sizeof(slot));
		memcpy(value + sizeof(slot), &id, sizeof(id));
		apply_key_vault(&key, made.subject.kind, &made.subject.code);
		int r = rows->put(rows->user, TABLE_KEY, key.bytes, key.size, value, sizeof(value));
		if (r != 0)
			return r;
	}
	return 0;
}

int
apply_rows(const struct store_record *record, apply_put_fn put, void *user)
{
	const struct rows rows = {record, put, user};
	struct entry_body body;
	struct event event;
	struct apply_key key;
	int r;

	if (!entry_read(record->body, record->body_size, &body))
		return STORE_DAMAGED;
	if (!code_is_empty(&body.head.key)) {
		apply_key_outcome(&key, &body.head.principal, &body.head.key, body.head.index);
		r = put_sequence(&rows, TABLE_OUTCOME, &key);
		if (r != 0)
			return r;
	}
	r = put_subjects(&rows, &body.subjects);
	if (r == 0)
		r = put_keys(&rows, &body.keys);
	while (r == 0 && entry_next_event(&body.events, &event)) {
		r = put_event(&rows, &event);
		if (r == 0)
			r = put_plans(&rows, &event);
	}
	if (r == 0 && (body.subjects.left != 0 || body.keys.left != 0 || body.events.left != 0))
		return STORE_DAMAGED;
	return r;
}

static int
put_into_store(void *user, enum apply_table table, const void *key, size_t key_size,
	       const void *value, size_t value_size)
{
	return store_puts_put(user, (uint8_t)table, key, key_size, value, value_size);
}

int
apply_record(void *user, const struct store_record *record, struct store_puts *puts)
{
	(void)user;
	return apply_rows(record, put_into_store, puts);
}
