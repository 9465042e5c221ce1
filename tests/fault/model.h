/*
 * A book and what was promised about it: records whose whole content follows from a number, so
 * that anything the store answers can be judged without having been kept.
 */
#ifndef FAULT_MODEL_H
#define FAULT_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "disk.h"
#include "storage/backup.h"
#include "storage/store.h"
#include "storage/vault.h"

enum {
	MODEL_OUTCOMES = 1, /* number of a record → its sequence */
	MODEL_SUBJECTS = 2, /* subject and sequence → nothing: a list */
	MODEL_LATEST = 3,   /* subject → its last record; every seventh record erases it */
	MODEL_TABLES = 3,
	MODEL_SUBJECT_COUNT = 13,
	MODEL_RECORDS_MAX = 4096,
	MODEL_KEYS_MAX = 64,
};

enum model_key_state {
	MODEL_KEY_NEW, /* no record was acknowledged since it was made */
	MODEL_KEY_LIVE,
	MODEL_KEY_ERASING,
	MODEL_KEY_ERASED,
	MODEL_KEY_LOST, /* made before a crash, and nobody was told */
};

struct model {
	struct store_config config;
	struct store_table tables[MODEL_TABLES];
	char view[128];
	uint64_t random; /* state of the store's randomness */
	int64_t clock;

	uint64_t told;	    /* records 1..told were acknowledged, or answered from */
	uint64_t attempted; /* records up to here were given to an append whose end is unknown */
	uint8_t told_root[STORE_HASH_SIZE];

	struct vault_key keys[MODEL_KEYS_MAX];
	enum model_key_state key_states[MODEL_KEYS_MAX];
	uint8_t sealed[MODEL_KEYS_MAX][VAULT_OVERHEAD + 16];
	size_t key_count;

	bool noticed; /* a question was answered by an error, which is no wrong answer */
	uint8_t hmac_told[VAULT_HMAC_SIZE];
	bool hmac_known;

	char why[512]; /* what promise was broken; empty: none */
	struct store_report report;
};

/* A small book on that disk; its view in a real folder, which it makes. NULL disk: real files. */
void model_init(struct model *, struct disk *, const char *folder, uint64_t seed);
/* Removes the view's files. */
void model_drop_view(struct model *);
void model_done(struct model *);

/* 0, or what the store answered. */
int model_open(struct model *, struct store **ret);
int model_append(struct model *, struct store *, size_t count);
/* A new person's key, and a text sealed with it; durable with the next append. */
int model_key_new(struct model *, struct store *);
int model_key_erase(struct model *, struct store *, size_t index);

/*
 * Is everything there that was told, and nothing that was not written? What is found beyond it is
 * told from now on, as it has now been answered. False: why says what is wrong.
 */
bool model_check(struct model *, struct store *);
/* Every row of every table, asked and listed, and rows that are not there. */
bool model_check_rows(struct model *, struct store *);
bool model_wrong(struct model *, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Test programs' last line, and their exit status. */
int model_summary(unsigned passed, unsigned failed);

#endif
