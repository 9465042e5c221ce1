/*
 * The view: rows are there after a commit and after opening again, counted and hashed; a file that
 * is not what was written is told from outside, before LMDB sees it.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/fault/disk.h"
#include "storage/view.h"
#include "storage/view_check.h"
#include "suites.h"

enum { TABLES = 3, ALL = 2 | 4 | 8 };

static const uint8_t ledger[STORE_ID_SIZE] = "ledger";
static const struct store_table names[TABLES] = {{"one", true}, {"two", true}, {"three", true}};
static char folder[64];
static struct file_ops files;
static struct view view;
static struct store_report report;
static uint64_t sequence;

static void
open_view(uint64_t map_size)
{
	ck_assert_int_eq(view_init(&view, &files, folder, names, TABLES, 1, map_size), 0);
	ck_assert_int_eq(view_open(&view, ledger, &report), 0);
	view_ready(&view);
}

static void
setup(void)
{
	(void)snprintf(folder, sizeof(folder), "/tmp/demerit-unit-view-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	files = file_posix;
	sequence = 0;
	open_view(64 << 20);
}

static void
teardown(void)
{
	ck_assert_int_eq(view_drop(&view), 0);
	view_done(&view);
	(void)rmdir(folder);
}

struct rows {
	struct overlay_layer *layer;
	struct store_puts puts;
};

static void
rows_begin(struct rows *rows)
{
	rows->layer = overlay_layer_new();
	overlay_puts_init(&rows->puts, TABLES);
}

static void
rows_put(struct rows *rows, uint8_t table, const char *key, const void *value, size_t size)
{
	int error = value == NULL
			? store_puts_erase(&rows->puts, table, key, strlen(key))
			: store_puts_put(&rows->puts, table, key, strlen(key), value, size);

	ck_assert_int_eq(error, 0);
}

static int
rows_commit(struct rows *rows)
{
	int error;

	overlay_layer_add(rows->layer, &rows->puts);
	rows->layer->sequence = ++sequence;
	rows->layer->epoch = 1;
	memset(rows->layer->root, (int)sequence, sizeof(rows->layer->root));
	error = view_commit(&view, rows->layer, &report);
	overlay_layer_free(rows->layer);
	return error;
}

static int
look(const char *key, char *ret, size_t size)
{
	struct view_reader reader;
	struct store_value value;
	int error;

	view_reader_init(&view, &reader);
	error = view_reader_begin(&view, &reader);
	if (error == 0) {
		error = view_get(&view, &reader, 1, key, strlen(key), &value);
		if (error == 0)
			(void)snprintf(ret, size, "%.*s", (int)value.size,
				       (const char *)value.bytes);
		view_reader_end(&view, &reader);
	}
	view_reader_done(&view, &reader);
	return error;
}

static int
check_file(struct view_checked *checked)
{
	return view_check_file(view.path, NULL, names, TABLES, ALL, checked, &report);
}

START_TEST(rows_are_there_after_opening_again)
{
	struct view_applied applied;
	struct rows rows;
	char text[32];

	rows_begin(&rows);
	rows_put(&rows, 1, "a", "1", 1);
	rows_put(&rows, 1, "b", "2", 1);
	rows_put(&rows, 3, "c", "", 0);
	ck_assert_int_eq(rows_commit(&rows), 0);
	rows_begin(&rows);
	rows_put(&rows, 1, "a", "new", 3);
	rows_put(&rows, 1, "b", NULL, 0);
	rows_put(&rows, 1, "never", NULL, 0);
	ck_assert_int_eq(rows_commit(&rows), 0);
	view_done(&view);
	open_view(64 << 20);
	ck_assert_int_eq(look("a", text, sizeof(text)), 0);
	ck_assert_str_eq(text, "new");
	ck_assert_int_eq(look("b", text, sizeof(text)), STORE_NOT_FOUND);
	view_applied(&view, &applied);
	ck_assert_uint_eq(applied.sequence, 2);
	ck_assert_uint_eq(applied.reached, 2);
	ck_assert_uint_eq(applied.tables[0].count, 1);
	ck_assert_uint_eq(applied.tables[1].count, 0);
	ck_assert_uint_eq(applied.tables[2].count, 1);
}
END_TEST

START_TEST(digest_follows_from_the_rows_alone)
{
	struct view_applied direct;
	struct view_applied roundabout;
	struct rows rows;

	rows_begin(&rows);
	rows_put(&rows, 1, "a", "1", 1);
	rows_put(&rows, 1, "b", "2", 1);
	ck_assert_int_eq(rows_commit(&rows), 0);
	view_applied(&view, &direct);
	rows_begin(&rows);
	rows_put(&rows, 1, "a", "other", 5);
	rows_put(&rows, 1, "c", "3", 1);
	ck_assert_int_eq(rows_commit(&rows), 0);
	view_applied(&view, &roundabout);
	ck_assert_mem_ne(direct.tables[0].digest, roundabout.tables[0].digest, VIEW_DIGEST_SIZE);
	rows_begin(&rows);
	rows_put(&rows, 1, "c", NULL, 0);
	rows_put(&rows, 1, "a", "1", 1);
	ck_assert_int_eq(rows_commit(&rows), 0);
	view_applied(&view, &roundabout);
	ck_assert_mem_eq(direct.tables[0].digest, roundabout.tables[0].digest, VIEW_DIGEST_SIZE);
	ck_assert_uint_eq(roundabout.tables[0].count, 2);
}
END_TEST

/* Enough rows for branches, some of them long, some taken away again. */
static void
fill(unsigned rounds)
{
	static uint8_t value[20000];
	uint64_t random = 9;
	unsigned round;
	unsigned i;

	for (round = 0; round < rounds; round++) {
		struct rows rows;

		rows_begin(&rows);
		for (i = 0; i < 400; i++) {
			char key[40];
			uint64_t number = disk_random(&random);

			(void)snprintf(key, sizeof(key), "%llu",
				       (unsigned long long)(number % 5000));
			rows_put(&rows, (uint8_t)(1 + i % TABLES), key,
				 number % 11 == 0 ? NULL : value,
				 number % 50 == 0 ? sizeof(value) : number % 90);
		}
		ck_assert_int_eq(rows_commit(&rows), 0);
	}
}

START_TEST(file_of_many_commits_is_accounted_for_to_the_page)
{
	struct view_checked checked;
	struct view_applied peeked;
	struct view_applied applied;

	fill(30);
	view_applied(&view, &applied);
	/* While it is open, as verify does. */
	ck_assert_msg(view_check_file(view.path, view.env, names, TABLES, ALL, &checked, &report) ==
			  0,
		      "%s", report.text);
	ck_assert_uint_eq(checked.applied.sequence, 30);
	ck_assert_uint_eq(checked.rows, applied.tables[0].count + applied.tables[1].count +
					    applied.tables[2].count);
	view_close(&view);
	ck_assert_msg(check_file(&checked) == 0, "%s", report.text);
	ck_assert_int_eq(view_check_peek(view.path, &peeked), 0);
	ck_assert_uint_eq(peeked.reached, 30);
}
END_TEST

static uint8_t *
slurp(size_t *ret_size)
{
	uint8_t *bytes = malloc(16 << 20);
	FILE *file = fopen(view.path, "rb");

	ck_assert_ptr_nonnull(file);
	*ret_size = fread(bytes, 1, 16 << 20, file);
	(void)fclose(file);
	return bytes;
}

static void
spill(const uint8_t *bytes, size_t size)
{
	FILE *file = fopen(view.path, "wb");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
	(void)fclose(file);
}

START_TEST(flipped_file_is_told_or_says_the_same)
{
	struct view_checked before;
	struct view_checked after;
	unsigned told = 0;
	uint64_t random = 17;
	uint8_t *bytes;
	size_t size;
	unsigned i;

	fill(8);
	view_close(&view);
	ck_assert_int_eq(check_file(&before), 0);
	bytes = slurp(&size);
	for (i = 0; i < 400; i++) {
		size_t at = disk_random(&random) % size;
		uint8_t bit = (uint8_t)(1u << (disk_random(&random) % 8));

		bytes[at] ^= bit;
		spill(bytes, size);
		if (check_file(&after) < 0)
			told++;
		else
			/* A page nobody uses, or the older meta's. */
			ck_assert(before.applied.sequence >= after.applied.sequence);
		bytes[at] ^= bit;
	}
	ck_assert_uint_gt(told, 50);
	spill(bytes, size);
	ck_assert_int_eq(check_file(&after), 0);
	free(bytes);
}
END_TEST

START_TEST(cut_file_is_told_before_lmdb_reads_behind_its_end)
{
	struct view_checked checked;
	uint8_t *bytes;
	size_t size;
	size_t cut;

	fill(4);
	view_close(&view);
	bytes = slurp(&size);
	for (cut = 0; cut < size - 4096; cut += 4096) {
		spill(bytes, cut);
		ck_assert_int_eq(check_file(&checked), STORE_DAMAGED);
	}
	(void)unlink(view.path);
	ck_assert_int_eq(check_file(&checked), STORE_NOT_FOUND);
	free(bytes);
}
END_TEST

START_TEST(vanished_row_is_noticed)
{
	struct view_checked checked;
	struct rows rows;
	static char name[] = "a";
	MDB_val key = {1, name};
	MDB_txn *txn;

	rows_begin(&rows);
	rows_put(&rows, 1, "a", "1", 1);
	rows_put(&rows, 1, "b", "1", 1);
	ck_assert_int_eq(rows_commit(&rows), 0);
	/* Taken away behind the count's back, by a transaction that is otherwise in order. */
	ck_assert_int_eq(mdb_txn_begin(view.env, NULL, 0, &txn), 0);
	ck_assert_int_eq(mdb_del(txn, view.tables[0], &key, NULL), 0);
	ck_assert_int_eq(mdb_txn_commit(txn), 0);
	view_close(&view);
	ck_assert_int_eq(check_file(&checked), STORE_DAMAGED);
	/* Only the tables asked for are read. */
	ck_assert_int_eq(view_check_file(view.path, NULL, names, TABLES, 4, &checked, &report), 0);
}
END_TEST

START_TEST(row_that_does_not_hold_is_not_answered)
{
	static char name[] = "a";
	MDB_val key = {1, name};
	static char stored[] = "\0\0\0\0x";
	MDB_val value = {5, stored};
	MDB_txn *txn;
	char text[8];

	ck_assert_int_eq(mdb_txn_begin(view.env, NULL, 0, &txn), 0);
	ck_assert_int_eq(mdb_put(txn, view.tables[0], &key, &value, 0), 0);
	ck_assert_int_eq(mdb_txn_commit(txn), 0);
	ck_assert_int_eq(look("a", text, sizeof(text)), STORE_DAMAGED);
	ck_assert(view.suspect);
}
END_TEST

START_TEST(large_layer_is_brought_in_by_several_transactions)
{
	struct view_applied applied;
	struct rows rows;
	unsigned i;

	rows_begin(&rows);
	for (i = 0; i < VIEW_TXN_PAGES * 2 + 100; i++) {
		char key[16];

		(void)snprintf(key, sizeof(key), "%08u", i);
		rows_put(&rows, 1, key, "v", 1);
	}
	ck_assert_int_eq(rows_commit(&rows), 0);
	view_applied(&view, &applied);
	ck_assert_uint_eq(applied.sequence, 1);
	ck_assert_uint_eq(applied.tables[0].count, VIEW_TXN_PAGES * 2 + 100);
}
END_TEST

START_TEST(full_map_grows)
{
	static uint8_t value[2000];
	struct view_checked checked;
	struct rows rows;
	char text[8];
	unsigned i;

	view_done(&view);
	open_view(1 << 20);
	rows_begin(&rows);
	for (i = 0; i < 600; i++) {
		char key[16];

		(void)snprintf(key, sizeof(key), "%08u", i);
		rows_put(&rows, 1, key, value, sizeof(value));
	}
	rows_put(&rows, 1, "a", "1", 1);
	ck_assert_msg(rows_commit(&rows) == 0, "%s", report.text);
	ck_assert_uint_gt(view.map_size, 1 << 20);
	ck_assert_int_eq(look("a", text, sizeof(text)), 0);
	view_close(&view);
	ck_assert_int_eq(check_file(&checked), 0);
}
END_TEST

int
no_free_space(void *context, const char *path, uint64_t *ret_bytes)
{
	(void)context, (void)path;
	*ret_bytes = 4096;
	return 0;
}

START_TEST(no_space_is_told_from_damage_and_passes)
{
	static uint8_t value[2000];
	struct rlimit limit = {2 << 20, RLIM_INFINITY};
	struct rows rows;
	unsigned i;

	/* A file that may not grow fails as on a full disk: with EIO. */
	(void)signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	rows_begin(&rows);
	for (i = 0; i < 4000; i++) {
		char key[16];

		(void)snprintf(key, sizeof(key), "%08u", i);
		rows_put(&rows, 1, key, value, sizeof(value));
	}
	files.free_space = no_free_space;
	ck_assert_msg(rows_commit(&rows) == STORE_FULL, "%s", report.text);
	limit.rlim_cur = RLIM_INFINITY;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	sequence = 0;
	rows_begin(&rows);
	rows_put(&rows, 1, "a", "1", 1);
	ck_assert_msg(rows_commit(&rows) == 0, "%s", report.text);
}
END_TEST

START_TEST(reading_while_it_is_closed_is_busy)
{
	struct view_reader reader;
	char text[8];

	view_reader_init(&view, &reader);
	ck_assert_int_eq(view_reader_begin(&view, &reader), 0);
	view_reader_end(&view, &reader);
	view_close(&view);
	ck_assert_int_eq(view_reader_begin(&view, &reader), STORE_BUSY);
	ck_assert_int_eq(look("a", text, sizeof(text)), STORE_BUSY);
	ck_assert_int_eq(view_open(&view, ledger, &report), 0);
	view_ready(&view);
	/* The same reader, after the environment was closed and opened. */
	ck_assert_int_eq(view_reader_begin(&view, &reader), 0);
	view_reader_end(&view, &reader);
	view_reader_done(&view, &reader);
}
END_TEST

START_TEST(view_of_another_shape_or_ledger_is_not_opened)
{
	static const uint8_t other[STORE_ID_SIZE] = "another";

	view_done(&view);
	ck_assert_int_eq(view_init(&view, &files, folder, names, TABLES, 2, 64 << 20), 0);
	ck_assert_int_eq(view_open(&view, ledger, &report), STORE_DAMAGED);
	view_done(&view);
	ck_assert_int_eq(view_init(&view, &files, folder, names, TABLES - 1, 1, 64 << 20), 0);
	ck_assert_int_eq(view_open(&view, ledger, &report), STORE_DAMAGED);
	view_done(&view);
	ck_assert_int_eq(view_init(&view, &files, folder, names, TABLES, 1, 64 << 20), 0);
	ck_assert_int_eq(view_open(&view, other, &report), STORE_DAMAGED);
	ck_assert_int_eq(view_open(&view, ledger, &report), 0);
	view_done(&view);
	ck_assert_int_eq(view_init(&view, &files, folder, names, 0, 1, 1), STORE_BAD_CONFIG);
	open_view(64 << 20);
}
END_TEST

START_TEST(applied_row_is_read_back_and_any_flip_seen)
{
	struct view_applied applied = {.epoch = 3,
				       .shape = 4,
				       .sequence = 5,
				       .reached = 6,
				       .table_count = 2,
				       .tables = {{7, {8}}, {9, {10}}}};
	struct view_applied found;
	uint8_t bytes[VIEW_APPLIED_MAX];
	size_t size = view_applied_encode(&applied, bytes);
	size_t i;

	ck_assert_int_eq(view_applied_decode(bytes, size, &found), 0);
	ck_assert_mem_eq(&found, &applied, sizeof(found));
	for (i = 0; i < size; i++) {
		bytes[i] ^= 4;
		ck_assert_int_eq(view_applied_decode(bytes, size, &found), STORE_DAMAGED);
		bytes[i] ^= 4;
	}
	for (i = 0; i < size; i++)
		ck_assert_int_eq(view_applied_decode(bytes, i, &found), STORE_DAMAGED);
}
END_TEST

Suite *
suite_view(void)
{
	Suite *suite = suite_create("view");
	TCase *tests = tcase_create("view");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, rows_are_there_after_opening_again);
	tcase_add_test(tests, digest_follows_from_the_rows_alone);
	tcase_add_test(tests, file_of_many_commits_is_accounted_for_to_the_page);
	tcase_add_test(tests, flipped_file_is_told_or_says_the_same);
	tcase_add_test(tests, cut_file_is_told_before_lmdb_reads_behind_its_end);
	tcase_add_test(tests, vanished_row_is_noticed);
	tcase_add_test(tests, row_that_does_not_hold_is_not_answered);
	tcase_add_test(tests, large_layer_is_brought_in_by_several_transactions);
	tcase_add_test(tests, full_map_grows);
	tcase_add_test(tests, no_space_is_told_from_damage_and_passes);
	tcase_add_test(tests, reading_while_it_is_closed_is_busy);
	tcase_add_test(tests, view_of_another_shape_or_ledger_is_not_opened);
	tcase_add_test(tests, applied_row_is_read_back_and_any_flip_seen);
	suite_add_tcase(suite, tests);
	return suite;
}
