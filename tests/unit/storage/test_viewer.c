/*
 * The viewer: while the view is made again nobody is told that a row is not there.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

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

static bool
is_stalled(void)
{
	struct store_stats stats;

	store_stats(store, &stats);
	return stats.view_stalled;
}

START_TEST(book_is_opened_on_a_full_disk_and_answers_everything)
{
	struct rlimit limit = {0, RLIM_INFINITY};
	struct file_ops files = *disk_files(disk);
	struct stat view;
	char path[PATH_MAX];

	files.free_space = no_free_space;
	model.config.files = &files;
	open_store();
	append_groups(20);
	ck_assert_int_eq(store_step(store), 0);
	append_groups(400);
	(void)snprintf(path, sizeof(path), "%s", store->view.path);
	disk_stop_at(disk, 1);
	ck_assert_int_lt(model_append(&model, store, 1), 0);
	store_close(store);
	disk_kill(disk);
	/* A file that may not grow fails as on a full disk: with EIO. */
	ck_assert_int_eq(stat(path, &view), 0);
	limit.rlim_cur = (rlim_t)view.st_size;
	(void)signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	open_store();
	ck_assert(is_stalled());
	ck_assert_msg(model_check(&model, store), "%s", model.why);
	append_groups(2);
	ck_assert_msg(model_check(&model, store), "%s", model.why);
	/* Space again. */
	limit.rlim_cur = RLIM_INFINITY;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ck_assert_int_eq(store_step(store), 0);
	ck_assert(!is_stalled());
	ck_assert_uint_eq(store->view.applied.sequence, model.told);
	ck_assert_msg(model_check(&model, store), "%s", model.why);
	store = store_close(store);
	model.config.files = disk_files(disk);
	open_store();
	ck_assert_uint_eq(model.report.view_applied, 0);
	ck_assert_msg(model_check(&model, store), "%s", model.why);
}
END_TEST

START_TEST(view_that_cannot_be_read_is_said_and_kept)
{
	char path[PATH_MAX];
	struct stat view;

	open_store();
	append_groups(20);
	(void)snprintf(path, sizeof(path), "%s", store->view.path);
	store = store_close(store);
	/* A folder in its place cannot be read as a file, and is nobody's to remove. */
	ck_assert_int_eq(remove(path), 0);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	ck_assert_int_eq(model_open(&model, &store), STORE_IO);
	ck_assert_ptr_nonnull(strstr(model.report.text, "data.mdb"));
	ck_assert_int_eq(stat(path, &view), 0);
	ck_assert_int_eq(remove(path), 0);
	open_store();
	ck_assert_msg(model_check(&model, store), "%s", model.why);
}
END_TEST

START_TEST(full_disk_without_a_view_is_said_and_passes)
{
	/* Less than LMDB's first two pages; Check writes a little too. */
	struct rlimit limit = {8000, RLIM_INFINITY};

	open_store();
	append_groups(20);
	store = store_close(store);
	model_drop_view(&model);
	(void)signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ck_assert_int_eq(model_open(&model, &store), STORE_FULL);
	limit.rlim_cur = RLIM_INFINITY;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	open_store();
	ck_assert_msg(model_check(&model, store), "%s", model.why);
}
END_TEST

START_TEST(view_that_may_not_be_opened_is_said_and_not_made_again)
{
	char path[PATH_MAX];

	open_store();
	append_groups(20);
	store = store_close(store);
	/* What root too may not open: a name that leads to itself. */
	(void)snprintf(path, sizeof(path), "%s/lock.mdb", model.view);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(symlink("lock.mdb", path), 0);
	ck_assert_int_eq(model_open(&model, &store), STORE_IO);
	ck_assert_int_eq(unlink(path), 0);
	open_store();
	ck_assert(!model.report.view_rebuilt);
	ck_assert_uint_eq(model.report.view_applied, 0);
	ck_assert_msg(model_check(&model, store), "%s", model.why);
}
END_TEST

Suite *
suite_viewer(void)
{
	Suite *suite = suite_create("viewer");
	TCase *tests = tcase_create("viewer");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, reading_while_it_is_made_again_is_busy_never_not_found);
	tcase_add_test(tests, book_is_opened_on_a_full_disk_and_answers_everything);
	tcase_add_test(tests, view_that_cannot_be_read_is_said_and_kept);
	tcase_add_test(tests, full_disk_without_a_view_is_said_and_passes);
	tcase_add_test(tests, view_that_may_not_be_opened_is_said_and_not_made_again);
	suite_add_tcase(suite, tests);
	return suite;
}
