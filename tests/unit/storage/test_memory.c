/*
 * Memory runs out, at every allocation: a clean error, nothing lost, and all is well when there is
 * memory again. The store's calls to malloc and its like come by here (-Wl,--wrap).
 */
#include <stdlib.h>
#include <string.h>

#include "tests/fault/model.h"
#include "storage/backup.h"
#include "storage/verify.h"
#include "suites.h"

static unsigned long countdown; /* 0: never */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_reallocarray(void *memory, size_t count, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_reallocarray(void *memory, size_t count, size_t size);
char *__wrap_strdup(const char *text);

static bool
its_turn(void)
{
	return countdown != 0 && --countdown == 0;
}

void *
__wrap_malloc(size_t size)
{
	return its_turn() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
	return its_turn() ? NULL : __real_calloc(count, size);
}

void *
__wrap_realloc(void *memory, size_t size)
{
	return its_turn() ? NULL : __real_realloc(memory, size);
}

void *
__wrap_reallocarray(void *memory, size_t count, size_t size)
{
	return its_turn() ? NULL : __real_reallocarray(memory, count, size);
}

char *
__wrap_strdup(const char *text)
{
	return its_turn() ? NULL : __real_strdup(text);
}

static struct disk *disk;
static struct model model;

static void
setup(void)
{
	struct store *store;
	unsigned i;

	disk = disk_new();
	model_init(&model, disk, "data", 4);
	model.config.backups = "backups";
	model.config.vault_backups = "vaults";
	ck_assert_int_eq(model_open(&model, &store), 0);
	for (i = 0; i < 30; i++) {
		if (i == 3)
			ck_assert_int_eq(model_key_new(&model, store), 0);
		ck_assert_int_eq(model_append(&model, store, 1 + i % 5), 0);
		if (i % 4 == 0)
			ck_assert_int_eq(store_step(store), 0);
	}
	ck_assert(model_check(&model, store));
	store_close(store);
}

static void
teardown(void)
{
	countdown = 0;
	model_done(&model);
	disk = disk_free(disk);
}

/* Everything a store does, as long as it does it; the allocation that failed is said by an error.
 */
static int
use(void)
{
	struct store *store = NULL;
	struct store_reader *reader = NULL;
	struct store_record record;
	struct store_value value;
	struct store_verified verified;
	struct store_backup backup;
	struct store_report report;
	int error = model_open(&model, &store);

	if (error == 0)
		error = model_key_new(&model, store);
	if (error == 0)
		error = model_append(&model, store, 9);
	if (error < 0)
		model.attempted = model.told;
	if (error == 0)
		error = store_reader_new(store, &reader);
	if (error == 0)
		error = store_read(reader, 5, &record);
	if (error == 0)
		error = store_get(reader, MODEL_OUTCOMES, "r7", 2, &value);
	if (error == 0)
		error = store_verify(store, NULL, NULL, &verified, &report);
	if (error == 0)
		error = store_backup(store, "b", &backup, &report);
	if (error == 0)
		error = store_step(store);
	reader = store_reader_free(reader);
	store_close(store);
	return error;
}

/* The k-th allocation fails; false: there were fewer. */
static bool
fail_at(unsigned long k)
{
	struct disk *copy = disk_copy(disk);
	struct model saved = model;
	struct store *store;
	bool met;
	int error;

	model.config.files = disk_files(copy);
	countdown = k;
	error = use();
	met = countdown == 0;
	countdown = 0;
	/* Some are done without: the newest layer goes on growing, a spare is made later. */
	ck_assert_msg(error == 0 || error == STORE_MEMORY || error == STORE_IO ||
			  error == STORE_BUSY,
		      "allocation %lu: %s", k, store_error_name(error));
	ck_assert(met || error == 0);
	/* Asked again with memory enough: what was told is there. */
	ck_assert_msg(model_open(&model, &store) == 0, "allocation %lu: %s", k, model.report.text);
	ck_assert_msg(model_check(&model, store), "allocation %lu: %s", k, model.why);
	store_close(store);
	model = saved;
	model_drop_view(&model);
	disk_free(copy);
	return met;
}

START_TEST(each_allocation_may_fail)
{
	unsigned long k = 1;

	while (fail_at(k))
		k++;
	ck_assert_uint_gt(k, 40);
}
END_TEST

Suite *
suite_memory(void)
{
	Suite *suite = suite_create("memory");
	TCase *tests = tcase_create("memory");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, each_allocation_may_fail);
	suite_add_tcase(suite, tests);
	return suite;
}
