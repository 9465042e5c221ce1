/*
 * The viewer: while the view is made again nobody is told that a row is not there.
 */
#include <stdio.h>
#include <string.h>

#include "tests/fault/model.h"
#include "storage/store_parts.h"
#include "suites.h"

static struct disk *disk;
static struct model model;
static struct store *store;

static void
setup(void)
{
	disk = disk_new();
	model_init(&model, disk, "data", 8);
}

static void
teardown(void)
{
	store = store_close(store);
	model_done(&model);
	disk = disk_free(disk);
}

static void
open_store(void)
{
	ck_assert_msg(model_open(&model, &store) == 0, "%s", model.report.text);
}

static void
append_groups(unsigned groups)
{
	while (groups-- > 0)
		ck_assert_int_eq(model_append(&model, store, 4), 0);
}

/* Asks for the first record's outcome each time a record is applied. */
static struct {
	store_apply_fn apply;
	struct store_reader *reader;
	unsigned busy;
	unsigned found;
	unsigned other;
} asking;

static int
apply_and_ask(void *user, const struct store_record *record, struct store_puts *puts)
{
	struct store_value value;

	if (asking.reader != NULL) {
		int error = store_get(asking.reader, MODEL_OUTCOMES, "r1", 2, &value);

		asking.busy += error == STORE_BUSY;
		asking.found += error == 0;
		asking.other += error != 0 && error != STORE_BUSY;
	}
	return asking.apply(user, record, puts);
}

START_TEST(reading_while_it_is_made_again_is_busy_never_not_found)
{
	struct store_stats stats;
	uint64_t records;

	memset(&asking, 0, sizeof(asking));
	asking.apply = model.config.apply;
	model.config.apply = apply_and_ask;
	/* Small, so that the map grows meanwhile too. */
	model.config.view_map_size = 128 << 10;
	open_store();
	append_groups(60);
	records = model.told;
	ck_assert_int_eq(store_step(store), 0);
	ck_assert_int_eq(view_suspect(&store->view), STORE_DAMAGED);
	ck_assert_int_eq(store_reader_new(store, &asking.reader), 0);
	ck_assert_int_eq(store_step(store), 0);
	ck_assert_uint_eq(asking.busy, records);
	ck_assert_uint_eq(asking.found + asking.other, 0);
	store_stats(store, &stats);
	ck_assert_uint_eq(stats.view_rebuilds, 1);
	ck_assert(!stats.view_building);
	ck_assert_msg(model_check_rows(&model, store), "%s", model.why);
	asking.reader = store_reader_free(asking.reader);
}
END_TEST

Suite *
suite_viewer(void)
{
	Suite *suite = suite_create("viewer");
	TCase *tests = tcase_create("viewer");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, reading_while_it_is_made_again_is_busy_never_not_found);
	suite_add_tcase(suite, tests);
	return suite;
}
