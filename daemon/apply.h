/*
 * From a record to the rows of the view: the one place that knows both what a record means and
 * which questions the index must answer. The same for the live tail, for a rebuild, and for the
 * writer's own batch.
 */
#ifndef DAEMON_APPLY_H
#define DAEMON_APPLY_H

#include <stddef.h>
#include <stdint.h>

#include "entry.h"

/* The tables of the view, numbered as the store numbers them. Keys are made by apply_key_*(). */
enum apply_table {
	TABLE_OUTCOME = 1,	/* principal, key, index -> sequence */
	TABLE_SUBJECT = 2,	/* subject, sequence -> kind of the record */
	TABLE_PRACTITIONER = 3, /* code -> sequence, category */
	TABLE_SANCTIONED = 4,	/* code -> nothing: has, or had, intervals */
	TABLE_INSTITUTION = 5,	/* code -> sequence, kind, region */
	TABLE_PENALTY = 6,	/* id -> sequence */
	TABLE_OVERTURNED = 7,	/* id -> sequence */
	TABLE_ENTRY_ID = 8,	/* id that is not E<sequence> of its record -> sequence */
	TABLE_SANCTION_ID = 9,	/* likewise, S<sequence> */
	TABLE_KEY = 10,		/* subject -> key in the vault */
	TABLE_RULES = 11,	/* sequence -> nothing */
	TABLE_EPOCH = 12,	/* sequence -> nothing */
	TABLE_CASE = 13,	/* id of a notice, objection, ... -> sequence of its opening */
	TABLE_ALIAS = 14,	/* kind:value -> sequence of the last change, whose it is */
	TABLE_MARKER = 15,	/* agenda.h: days to come; the last marker */
	TABLE_COUNT = 15,
};

extern const struct store_table apply_tables[TABLE_COUNT];

#define APPLY_KEY_MAX 160

struct apply_key {
	uint8_t size;
	uint8_t bytes[APPLY_KEY_MAX];
};

void apply_key_outcome(struct apply_key *, const struct code *principal, const struct code *key,
		       uint32_t index);
/* With a sequence: the row. Without (0): the prefix of the subject's rows. */
void apply_key_subject(struct apply_key *, enum subject_kind, const struct code *,
		       uint64_t sequence);
void apply_key_code(struct apply_key *, const struct code *);
void apply_key_vault(struct apply_key *, enum subject_kind, const struct code *);
void apply_key_sequence(struct apply_key *, uint64_t sequence);

/* The sequence at the end of a subject's row key, at the head of a value. */
uint64_t apply_sequence_of_key(const uint8_t *key, size_t key_size);
uint64_t apply_sequence_of_value(const uint8_t *value, size_t value_size);

struct apply_practitioner {
	uint64_t sequence;
	enum category category;
};
bool apply_read_practitioner(const uint8_t *value, size_t size, struct apply_practitioner *ret);

struct apply_institution {
	uint64_t sequence;
	enum institution_kind kind;
	struct code region;
};
bool apply_read_institution(const uint8_t *value, size_t size, struct apply_institution *ret);

struct apply_alias {
	uint64_t sequence;
	struct code practitioner; /* empty: it was removed */
};
bool apply_read_alias(const uint8_t *value, size_t size, struct apply_alias *ret);
bool apply_read_vault_key(const uint8_t *value, size_t size, struct vault_key *ret);

/* "E17", "S17", "S17-2": the default id of the nth of a record. */
void apply_default_id(char letter, uint64_t sequence, unsigned nth, struct code *ret);
/* The sequence an id of that form names; 0: it has another form. */
uint64_t apply_default_sequence(char letter, const struct code *id);

/* Where the rows go. Another answer than 0 ends it and is its result. */
typedef int (*apply_put_fn)(void *user, enum apply_table, const void *key, size_t key_size,
			    const void *value, size_t value_size);
/* STORE_DAMAGED: the body is not one of ours. */
int apply_rows(const struct store_record *, apply_put_fn, void *user);

/* The store's callback (store_apply_fn). */
int apply_record(void *user, const struct store_record *, struct store_puts *);

#endif
