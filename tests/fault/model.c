/*
 * A book and what was promised about it.
 *
 * Owns the view's folder of a book under test. Used by the fault programs, on one thread. The
 * store's randomness and clock come from here, so that a seed replays everything.
 */
#include "model.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BODY_MAX = 700 };

bool
model_wrong(struct model *model, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(model->why, sizeof(model->why), format, arguments);
	va_end(arguments);
	return false;
}

/* An answer that is no answer: the store saw that something is wrong. */
static bool
errs(struct model *model, int error)
{
	if (error < 0 && error != STORE_NOT_FOUND && error != STORE_ERASED)
		model->noticed = true;
	return error < 0;
}

/* Everything about a record from its number, which is its sequence in every history here. */
static uint32_t
subject_of(uint64_t number)
{
	return (uint32_t)(number * 7 % MODEL_SUBJECT_COUNT);
}

static size_t
body_of(uint64_t number, uint8_t body[BODY_MAX])
{
	uint64_t state = number;
	size_t size = 12 + disk_random(&state) % 200;
	size_t i;

	if (disk_random(&state) % 9 == 0)
		size += 400;
	memcpy(body, &number, sizeof(number));
	for (i = 8; i < size; i++)
		body[i] = (uint8_t)disk_random(&state);
	return size;
}

static int
apply(void *user, const struct store_record *record, struct store_puts *puts)
{
	uint64_t number;
	uint32_t subject;
	char key[48];
	int length;
	int error;

	(void)user;
	if (record->body_size < sizeof(number))
		return STORE_DAMAGED;
	memcpy(&number, record->body, sizeof(number));
	subject = subject_of(number);
	length = snprintf(key, sizeof(key), "r%" PRIu64, number);
	error = store_puts_put(puts, MODEL_OUTCOMES, key, (size_t)length, &record->sequence,
			       sizeof(record->sequence));
	length = snprintf(key, sizeof(key), "s%" PRIu32 "/%020" PRIu64, subject, record->sequence);
	if (error == 0)
		error = store_puts_put(puts, MODEL_SUBJECTS, key, (size_t)length, "", 0);
	length = snprintf(key, sizeof(key), "s%" PRIu32, subject);
	if (error == 0 && number % 7 == 0)
		error = store_puts_erase(puts, MODEL_LATEST, key, (size_t)length);
	else if (error == 0)
		error = store_puts_put(puts, MODEL_LATEST, key, (size_t)length, record->body,
				       record->body_size);
	return error;
}

static int
seeded_random(void *user, void *bytes, size_t size)
{
	struct model *model = user;
	uint8_t *at = bytes;

	while (size-- > 0)
		*at++ = (uint8_t)disk_random(&model->random);
	return 0;
}

static int64_t
seeded_clock(void *user)
{
	struct model *model = user;

	return model->clock += 1000;
}

void
model_init(struct model *model, struct disk *disk, const char *folder, uint64_t seed)
{
	static const char *const names[MODEL_TABLES] = {"outcomes", "subjects", "latest"};
	const char *shared = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	size_t i;

	memset(model, 0, sizeof(*model));
	model->random = seed;
	(void)snprintf(model->view, sizeof(model->view), "%s/demerit-view-XXXXXX", shared);
	if (mkdtemp(model->view) == NULL)
		abort();
	for (i = 0; i < MODEL_TABLES; i++)
		model->tables[i] = (struct store_table){names[i], true};
	model->config = (struct store_config){
	    .data = folder,
	    .view = model->view,
	    .create = true,
	    .manual = true,
	    .tables = model->tables,
	    .table_count = MODEL_TABLES,
	    .apply = apply,
	    .random = seeded_random,
	    .clock_us = seeded_clock,
	    .seam_user = model,
	    .files = disk != NULL ? disk_files(disk) : NULL,
	    .first_segment_size = 16 << 10,
	    .segment_size = 24 << 10,
	    .view_map_size = 16 << 20,
	};
}

void
model_drop_view(struct model *model)
{
	static const char *const files[] = {"data.mdb", "lock.mdb"};
	char path[256];
	size_t i;

	for (i = 0; i < 2; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", model->view, files[i]);
		(void)unlink(path);
	}
}

void
model_done(struct model *model)
{
	model_drop_view(model);
	(void)rmdir(model->view);
}

int
model_open(struct model *model, struct store **ret)
{
	size_t i;

	for (i = 0; i < model->key_count; i++)
		if (model->key_states[i] == MODEL_KEY_NEW)
			model->key_states[i] = MODEL_KEY_LOST;
	return store_open(&model->config, ret, &model->report);
}

int
model_append(struct model *model, struct store *store, size_t count)
{
	static uint8_t bodies[64][BODY_MAX];
	struct store_record records[64] = {0};
	struct store_head head;
	size_t i;
	int error;

	assert(count <= 64);
	model->attempted = model->told + count;
	for (i = 0; i < count; i++) {
		uint64_t number = model->told + 1 + i;

		records[i].kind = number == 1	    ? RECORD_GENESIS
				  : number % 5 == 0 ? RECORD_REFUSED
						    : RECORD_ACCEPTED;
		records[i].recorded_at = (int64_t)number * 1000;
		records[i].body = bodies[i];
		records[i].body_size = body_of(number, bodies[i]);
	}
	error = store_append(store, records, count);
	if (error == 0) {
		store_head(store, &head);
		model->told = model->attempted;
		memcpy(model->told_root, head.root, sizeof(head.root));
		for (i = 0; i < model->key_count; i++)
			if (model->key_states[i] == MODEL_KEY_NEW)
				model->key_states[i] = MODEL_KEY_LIVE;
	}
	return error;
}

int
model_key_new(struct model *model, struct store *store)
{
	size_t index = model->key_count;
	char text[40];
	int error;

	assert(index < MODEL_KEYS_MAX);
	(void)snprintf(text, sizeof(text), "person %09zu", index);
	error = vault_key_new(store_vault(store), &model->keys[index]);
	if (error == 0)
		error = vault_seal(store_vault(store), &model->keys[index], "name", 4, text, 16,
				   model->sealed[index]);
	if (error == 0)
		model->key_states[model->key_count++] = MODEL_KEY_NEW;
	return error;
}

int
model_key_erase(struct model *model, struct store *store, size_t index)
{
	int error;

	model->key_states[index] = MODEL_KEY_ERASING;
	error = vault_erase(store_vault(store), &model->keys[index]);
	if (error == 0)
		model->key_states[index] = MODEL_KEY_ERASED;
	return error;
}

static bool
check_record(struct model *model, struct store_reader *reader, uint64_t number)
{
	uint8_t body[BODY_MAX];
	size_t size = body_of(number, body);
	struct store_record record;
	int error = store_read(reader, number, &record);

	if (errs(model, error))
		return model_wrong(model, "record %" PRIu64 " of %" PRIu64 " told: %s", number,
				   model->told, store_error_name(error));
	if (record.sequence != number || record.recorded_at != (int64_t)number * 1000 ||
	    record.body_size != size || memcmp(record.body, body, size) != 0)
		return model_wrong(model, "record %" PRIu64 " is another one", number);
	return true;
}

static bool
check_outcome(struct model *model, struct store_reader *reader, uint64_t number, uint64_t last)
{
	struct store_value value;
	uint64_t sequence = 0;
	char key[48];
	int length = snprintf(key, sizeof(key), "r%" PRIu64, number);
	int error = store_get(reader, MODEL_OUTCOMES, key, (size_t)length, &value);

	(void)errs(model, error);
	if (number > last)
		return error == STORE_NOT_FOUND ||
		       model_wrong(model, "outcome %" PRIu64 " is there, the head is %" PRIu64,
				   number, last);
	if (error < 0)
		return model_wrong(model, "outcome %" PRIu64 ": %s", number,
				   store_error_name(error));
	if (value.size == sizeof(sequence))
		memcpy(&sequence, value.bytes, sizeof(sequence));
	return sequence == number || model_wrong(model, "outcome %" PRIu64 " is another's", number);
}

struct list {
	struct model *model;
	uint64_t count;
	uint32_t subject;
	uint64_t at;
	uint64_t last;
};

static int
on_outcome(void *user, const uint8_t *key, size_t key_size, const uint8_t *value, size_t size)
{
	(void)key, (void)key_size, (void)value, (void)size;
	((struct list *)user)->count++;
	return 0;
}

static int
on_subject(void *user, const uint8_t *key, size_t key_size, const uint8_t *value, size_t size)
{
	struct list *list = user;
	char expected[48];
	int length;

	(void)value;
	do
		list->at++;
	while (list->at <= list->last && subject_of(list->at) != list->subject);
	length = snprintf(expected, sizeof(expected), "s%" PRIu32 "/%020" PRIu64, list->subject,
			  list->at);
	if (list->at > list->last || size != 0 || key_size != (size_t)length ||
	    memcmp(key, expected, key_size) != 0) {
		(void)model_wrong(list->model, "subject %" PRIu32 " lists %.*s", list->subject,
				  (int)key_size, (const char *)key);
		return 1;
	}
	list->count++;
	return 0;
}

static bool
check_subject(struct model *model, struct store_reader *reader, uint32_t subject, uint64_t last)
{
	struct list list = {model, 0, subject, 0, last};
	uint8_t body[BODY_MAX];
	struct store_value value;
	uint64_t number = last;
	uint64_t count = 0;
	uint64_t i;
	char key[16];
	int length = snprintf(key, sizeof(key), "s%" PRIu32 "/", subject);
	struct store_range range = {.prefix = key, .prefix_size = (size_t)length};
	int error = store_scan(reader, MODEL_SUBJECTS, &range, on_subject, &list);

	if (error > 0)
		return false;
	(void)errs(model, error);
	for (i = 1; i <= last; i++)
		count += subject_of(i) == subject;
	if (error < 0 || list.count != count)
		return model_wrong(model,
				   "subject %" PRIu32 " lists %" PRIu64 " of %" PRIu64 ": %s",
				   subject, list.count, count, store_error_name(error));
	while (number > 0 && subject_of(number) != subject)
		number--;
	error = store_get(reader, MODEL_LATEST, key, (size_t)length - 1, &value);
	(void)errs(model, error);
	if (number == 0 || number % 7 == 0)
		return error == STORE_NOT_FOUND ||
		       model_wrong(model, "subject %" PRIu32 " was erased and is there", subject);
	if (error < 0)
		return model_wrong(model, "subject %" PRIu32 ": %s", subject,
				   store_error_name(error));
	return (value.size == body_of(number, body) &&
		memcmp(value.bytes, body, value.size) == 0) ||
	       model_wrong(model, "subject %" PRIu32 " is not as record %" PRIu64 " left it",
			   subject, number);
}

bool
model_check_rows(struct model *model, struct store *store)
{
	static const struct store_range all = {0};
	struct store_reader *reader;
	struct store_head head;
	struct list list = {.model = model};
	uint64_t number;
	uint32_t subject;
	bool good = true;
	int error = store_reader_new(store, &reader);

	if (error < 0)
		return model_wrong(model, "no reader: %s", store_error_name(error));
	store_head(store, &head);
	/* Three behind the head: questions whose answer is no. */
	for (number = 1; good && number <= head.sequence + 3; number++)
		good = check_outcome(model, reader, number, head.sequence);
	for (subject = 0; good && subject <= MODEL_SUBJECT_COUNT; subject++)
		good = check_subject(model, reader, subject, head.sequence);
	if (good) {
		error = store_scan(reader, MODEL_OUTCOMES, &all, on_outcome, &list);
		(void)errs(model, error);
		if (error < 0 || list.count != head.sequence)
			good = model_wrong(model, "%" PRIu64 " outcomes of %" PRIu64 ": %s",
					   list.count, head.sequence, store_error_name(error));
	}
	store_reader_free(reader);
	return good;
}

/* The ledger's own key is the same for ever. */
static bool
check_hmac(struct model *model, struct store *store)
{
	uint8_t hmac[VAULT_HMAC_SIZE];
	int error = vault_hmac(store_vault(store), "command", 7, hmac);

	if (errs(model, error))
		return model_wrong(model, "no digest: %s", store_error_name(error));
	if (model->hmac_known && memcmp(hmac, model->hmac_told, sizeof(hmac)) != 0)
		return model_wrong(model, "the ledger's key is another one");
	memcpy(model->hmac_told, hmac, sizeof(hmac));
	model->hmac_known = model->told > 0;
	return true;
}

static bool
check_keys(struct model *model, struct store *store)
{
	size_t i;

	for (i = 0; i < model->key_count; i++) {
		uint8_t text[16];
		char expected[40];
		int error = vault_unseal(store_vault(store), "name", 4, model->sealed[i],
					 sizeof(model->sealed[i]), text);

		(void)errs(model, error);
		(void)snprintf(expected, sizeof(expected), "person %09zu", i);
		if (error == 0 && memcmp(text, expected, 16) != 0)
			return model_wrong(model, "key %zu opens to another text", i);
		if (model->key_states[i] == MODEL_KEY_LIVE && error != 0)
			return model_wrong(model, "key %zu: %s", i, store_error_name(error));
		if (model->key_states[i] == MODEL_KEY_ERASED && error != STORE_ERASED)
			return model_wrong(model, "key %zu was erased: %s", i,
					   store_error_name(error));
		/* Unfinished: whichever it is, it is told now, and it can be finished. */
		if (model->key_states[i] != MODEL_KEY_ERASING)
			continue;
		error = model_key_erase(model, store, i);
		if (error != 0)
			return model_wrong(model, "key %zu cannot be erased: %s", i,
					   store_error_name(error));
	}
	return true;
}

bool
model_check(struct model *model, struct store *store)
{
	struct store_reader *reader;
	struct store_head head;
	uint64_t number;
	bool good = true;
	int error;

	store_head(store, &head);
	if (head.sequence != model->told && head.sequence != model->attempted)
		return model_wrong(
		    model, "the head is %" PRIu64 "; %" PRIu64 " were told, %" PRIu64 " attempted",
		    head.sequence, model->told, model->attempted);
	if (head.sequence == model->told && model->told > 0 &&
	    memcmp(head.root, model->told_root, sizeof(head.root)) != 0)
		return model_wrong(model, "the root is not the one that was told");
	error = store_reader_new(store, &reader);
	if (error < 0)
		return model_wrong(model, "no reader: %s", store_error_name(error));
	for (number = 1; good && number <= head.sequence; number++)
		good = check_record(model, reader, number);
	store_reader_free(reader);
	good = good && model_check_rows(model, store) && check_hmac(model, store) &&
	       check_keys(model, store);
	model->told = head.sequence;
	model->attempted = head.sequence;
	memcpy(model->told_root, head.root, sizeof(head.root));
	return good;
}

int
model_summary(unsigned passed, unsigned failed)
{
	printf("%u passed, %u failed\n", passed, failed);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
