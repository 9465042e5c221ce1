/*
 * Backup and restore: a copy is whole or no copy; what it was made of comes back in a new epoch;
 * a copy that is not what was copied does not.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/fault/model.h"
#include "storage/bytes.h"
#include "storage/checksum.h"
#include "storage/mark.h"
#include "storage/verify.h"
#include "suites.h"

static struct disk *disk;
static struct model model;
static struct store *store;

static void
grow_book(unsigned groups)
{
	unsigned i;

	for (i = 0; i < groups; i++) {
		if (i % 16 == 3)
			ck_assert_int_eq(model_key_new(&model, store), 0);
		ck_assert_int_eq(model_append(&model, store, 1 + i % 7), 0);
		if (i % 5 == 0)
			ck_assert_int_eq(store_step(store), 0);
	}
}

static void
setup(void)
{
	disk = disk_new();
	model_init(&model, disk, "data", 4);
	model.config.backups = "backups";
	model.config.vault_backups = "vaults";
	ck_assert_int_eq(model_open(&model, &store), 0);
}

static void
teardown(void)
{
	store = store_close(store);
	model_done(&model);
	disk = disk_free(disk);
}

START_TEST(name_is_a_name_never_a_path)
{
	static const char *const bad[] = {
	    "",
	    ".",
	    "..",
	    ".hidden",
	    "a/b",
	    "../a",
	    "a b",
	    "\xe5\xa4\x87",
	    "01234567890123456789012345678901234567890123456789012345678901234"};
	struct store_backup backup;
	struct store_report report;
	size_t i;

	grow_book(2);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_eq(store_backup(store, bad[i], &backup, &report), STORE_BAD_NAME);
	ck_assert_int_eq(store_backup(store, "2025-01-01_a.B", &backup, &report), 0);
}
END_TEST

START_TEST(backup_says_what_is_in_it)
{
	struct store_backup backup;
	struct store_report report;
	struct store_stats stats;
	size_t size;

	ck_assert_int_eq(store_backup(store, "b", &backup, &report), STORE_NO_BOOK);
	grow_book(60);
	store_stats(store, &stats);
	ck_assert_int_eq(store_backup(store, "b", &backup, &report), 0);
	ck_assert_uint_eq(backup.sequence, model.told);
	ck_assert_mem_eq(backup.root, model.told_root, STORE_HASH_SIZE);
	ck_assert_uint_eq(backup.files, stats.segments);
	ck_assert(backup.vault);
	ck_assert_ptr_nonnull(disk_bytes(disk, "vaults/b.vault", &size));
	ck_assert_ptr_nonnull(disk_bytes(disk, "backups/b/MANIFEST", &size));
	ck_assert_int_eq(store_backup(store, "b", &backup, &report), STORE_EXISTS);
}
END_TEST

START_TEST(without_folders_there_is_no_backup_or_none_of_the_vault)
{
	struct store_backup backup;
	struct store_report report;

	store_close(store);
	model.config.vault_backups = NULL;
	ck_assert_int_eq(model_open(&model, &store), 0);
	grow_book(2);
	ck_assert_int_eq(store_backup(store, "b", &backup, &report), 0);
	ck_assert(!backup.vault);
	store_close(store);
	model.config.backups = NULL;
	ck_assert_int_eq(model_open(&model, &store), 0);
	ck_assert_int_eq(store_backup(store, "c", &backup, &report), STORE_BAD_CONFIG);
}
END_TEST

struct epoch {
	struct store_epoch seen;
	unsigned calls;
	uint64_t number;
};

static int
build(void *user, const struct store_epoch *info, struct store_record *ret)
{
	static uint8_t body[64];
	struct epoch *epoch = user;

	epoch->seen = *info;
	epoch->calls++;
	epoch->number = info->kept_sequence + 1;
	memcpy(body, &epoch->number, sizeof(epoch->number));
	*ret = (struct store_record){.kind = RECORD_OPERATOR,
				     .recorded_at = (int64_t)epoch->number * 1000,
				     .body = body,
				     .body_size = sizeof(body)};
	return 0;
}

/* Into another folder, as on another machine. */
static int
restore(const char *backup, const char *vault, struct model *other, const char *folder,
	struct epoch *epoch, struct store_report *report)
{
	struct store_restore request = {
	    .backup = backup, .vault_backup = vault, .build = build, .user = epoch};

	memset(epoch, 0, sizeof(*epoch));
	model_init(other, disk, folder, 99);
	return store_restore(&other->config, &request, report);
}

/* The power goes at that call of the restore, and this is what comes to the disk. */
static int
restore_until(uint64_t call, enum disk_cut cut, struct model *other, struct epoch *epoch,
	      struct store_report *report)
{
	int error;

	disk_stop_at(disk, call);
	error = restore("backups/b", "vaults/b.vault", other, "else", epoch, report);
	disk_power_cut(disk, cut, call);
	return error;
}

START_TEST(restored_book_is_the_book_in_a_new_epoch)
{
	struct store_verified verified;
	struct store_backup backup;
	struct store_report report;
	struct store_reader *reader;
	struct store_record record;
	struct store_head head;
	struct store *restored;
	struct model other;
	struct epoch epoch;
	uint8_t text[16];
	uint64_t sequence;

	grow_book(60);
	ck_assert_int_eq(store_backup(store, "b", &backup, &report), 0);
	/* What comes after it is not in it. */
	grow_book(5);
	ck_assert_msg(restore("backups/b", "vaults/b.vault", &other, "else", &epoch, &report) == 0,
		      "%s", report.text);
	ck_assert_uint_eq(epoch.calls, 1);
	ck_assert_uint_eq(epoch.seen.old_epoch, 1);
	ck_assert_uint_eq(epoch.seen.new_epoch, 2);
	ck_assert_uint_eq(epoch.seen.kept_sequence, backup.sequence);
	ck_assert_mem_eq(epoch.seen.kept_root, backup.root, STORE_HASH_SIZE);
	ck_assert_msg(model_open(&other, &restored) == 0, "%s", other.report.text);
	store_head(restored, &head);
	ck_assert_uint_eq(head.epoch, 2);
	ck_assert_uint_eq(head.sequence, backup.sequence + 1);
	ck_assert_mem_eq(head.ledger, epoch.seen.ledger, STORE_ID_SIZE);
	ck_assert_int_eq(store_reader_new(restored, &reader), 0);
	for (sequence = 1; sequence <= head.sequence; sequence++) {
		ck_assert_int_eq(store_read(reader, sequence, &record), 0);
		ck_assert_uint_eq(record.epoch, sequence == head.sequence ? 2 : 1);
	}
	store_reader_free(reader);
	ck_assert_int_eq(vault_unseal(store_vault(restored), "name", 4, model.sealed[0],
				      sizeof(model.sealed[0]), text),
			 0);
	/* It goes on, is verified, and is backed up and restored again, into epoch 3. */
	other.told = head.sequence;
	ck_assert_int_eq(model_append(&other, restored, 5), 0);
	ck_assert_int_eq(store_verify(restored, NULL, NULL, &verified, &report), 0);
	ck_assert_ptr_null(store_close(restored));
	ck_assert_int_eq(model_open(&other, &restored), 0);
	store_close(restored);
	model_done(&other);
}
END_TEST

/* The operator empties the folder. */
static void
remove_below(const char *folder)
{
	const char *path;
	size_t i;

	for (i = 0; (path = disk_name(disk, i)) != NULL;)
		if (strncmp(path, folder, strlen(folder)) == 0)
			disk_remove(disk, path);
		else
			i++;
}

START_TEST(second_restore_of_one_backup_is_another_epoch)
{
	struct store_backup backup;
	struct store_report report;
	struct model other;
	struct epoch epoch;

	grow_book(20);
	ck_assert_int_eq(store_backup(store, "b", &backup, &report), 0);
	ck_assert_int_eq(restore("backups/b", "vaults/b.vault", &other, "else", &epoch, &report),
			 0);
	model_done(&other);
	/* The operator empties the folder and does it again: the mark beside it remembers. */
	remove_below("else/");
	ck_assert_int_eq(restore("backups/b", NULL, &other, "else", &epoch, &report), 0);
	ck_assert_uint_eq(epoch.seen.new_epoch, 3);
	model_done(&other);
}
END_TEST

/* The mark's epoch, and what it knows of others. */
static void
mark_epochs(const char *path, uint32_t *ret_epoch, uint32_t *ret_known)
{
	struct store_report report;
	struct mark mark;

	mark_init(&mark, disk_files(disk), path);
	ck_assert_int_eq(mark_read(&mark, &report), 0);
	*ret_epoch = mark.value.epoch;
	*ret_known = mark.epoch_known;
	mark_done(&mark);
}

START_TEST(restore_stopped_before_its_first_record_has_used_its_number)
{
	struct store_backup backup;
	struct store_report report;
	struct epoch epoch;
	uint32_t last = 1;
	uint64_t call;
	int error = -1;

	grow_book(20);
	ck_assert_int_eq(store_backup(store, "b", &backup, &report), 0);
	for (call = 1; error != 0; call++) {
		struct disk *whole = disk;
		struct model other;
		uint32_t begun = 1;
		uint32_t known;
		size_t size;

		disk = disk_copy(whole);
		error = restore_until(call, DISK_CUT_ALL, &other, &epoch, &report);
		model_done(&other);
		if (disk_bytes(disk, "else.mark", &size) != NULL) {
			mark_epochs("else.mark", &begun, &known);
			ck_assert_uint_eq(known, 2);
			last = begun;
			remove_below("else/");
			remove_below("else.vault");
			ck_assert_int_eq(
			    restore("backups/b", "vaults/b.vault", &other, "else", &epoch, &report),
			    0);
			model_done(&other);
			ck_assert_uint_eq(epoch.seen.new_epoch, 3);
		}
		disk_free(disk);
		disk = whole;
	}
	ck_assert_uint_eq(last, 2);
}
END_TEST

START_TEST(restore_over_a_book_is_refused)
{
	struct store_backup backup;
	struct store_report report;
	struct store_restore request = {.backup = "backups/b", .build = build};
	struct epoch epoch;
	uint64_t hash;

	grow_book(10);
	ck_assert_int_eq(store_backup(store, "b", &backup, &report), 0);
	request.user = &epoch;
	ck_assert_int_eq(store_restore(&model.config, &request, &report), STORE_LOCKED);
	store = store_close(store);
	hash = disk_hash(disk);
	ck_assert_int_eq(store_restore(&model.config, &request, &report), STORE_EXISTS);
	ck_assert_uint_eq(disk_hash(disk), hash);
}
END_TEST

static const struct file_ops *honest;
static const char *locked; /* the path that nobody may open */

static int
locked_open(void *context, const char *path, int flags)
{
	return strcmp(path, locked) == 0 ? -EACCES : honest->open(context, path, flags);
}

START_TEST(vault_that_cannot_be_opened_is_not_replaced)
{
	static const uint8_t somebodys[4] = "key";
	struct store_restore request = {
	    .backup = "backups/b", .vault_backup = "vaults/b.vault", .build = build};
	struct store_backup backup;
	struct store_report report;
	struct file_ops files;
	struct model other;
	struct epoch epoch = {0};
	uint8_t *bytes;
	size_t size;

	grow_book(10);
	ck_assert_int_eq(store_backup(store, "b", &backup, &report), 0);
	disk_set_bytes(disk, "vaults/c.vault", somebodys, sizeof(somebodys));
	disk_set_bytes(disk, "else.vault", somebodys, sizeof(somebodys));
	honest = disk_files(disk);
	files = *honest;
	files.open = locked_open;
	locked = "else.vault";
	model_init(&other, disk, "else", 99);
	other.config.files = &files;
	request.user = &epoch;
	ck_assert_int_eq(store_restore(&other.config, &request, &report), STORE_IO);
	bytes = disk_bytes(disk, "else.vault", &size);
	ck_assert_uint_eq(size, sizeof(somebodys));
	ck_assert_mem_eq(bytes, somebodys, size);
	model_done(&other);
	/* Nor a backup's copy. */
	store = store_close(store);
	model.config.files = &files;
	locked = "vaults/c.vault";
	ck_assert_int_eq(model_open(&model, &store), 0);
	ck_assert_int_eq(store_backup(store, "c", &backup, &report), STORE_IO);
	bytes = disk_bytes(disk, "vaults/c.vault", &size);
	ck_assert_uint_eq(size, sizeof(somebodys));
	ck_assert_mem_eq(bytes, somebodys, size);
	store = store_close(store);
}
END_TEST

START_TEST(mark_of_a_later_version_is_not_replaced)
{
	struct store_backup backup;
	struct store_report report;
	struct model other;
	struct epoch epoch;
	uint8_t *bytes;
	uint8_t later[2 * MARK_SLOT];
	size_t size;
	size_t at;

	grow_book(10);
	ck_assert_int_eq(store_backup(store, "b", &backup, &report), 0);
	bytes = disk_bytes(disk, "data.mark", &size);
	ck_assert_uint_eq(size, sizeof(later));
	memcpy(later, bytes, sizeof(later));
	for (at = 0; at < size; at += MARK_SLOT) {
		bytes_put_u32(later + at + 8, MARK_VERSION + 1);
		bytes_put_u32(later + at + 12, checksum_crc32c(checksum_crc32c(0, later + at, 12),
							       later + at + 16, MARK_SLOT - 16));
	}
	disk_set_bytes(disk, "else.mark", later, sizeof(later));
	ck_assert_int_eq(restore("backups/b", "vaults/b.vault", &other, "else", &epoch, &report),
			 STORE_NEWER_FORMAT);
	model_done(&other);
	ck_assert_mem_eq(disk_bytes(disk, "else.mark", &size), later, sizeof(later));
}
END_TEST

START_TEST(backup_that_is_not_what_was_copied_is_refused)
{
	static const char *const files[] = {"backups/b/MANIFEST",
					    "backups/b/00000000000000000001.segment"};
	struct store_backup backup;
	struct store_report report;
	struct epoch epoch;
	unsigned tried = 0;
	size_t i;
	size_t k;

	grow_book(60);
	ck_assert_int_eq(store_backup(store, "b", &backup, &report), 0);
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		size_t size;

		(void)disk_bytes(disk, files[i], &size);
		for (k = 0; k < size; k += size / 7 + 1) {
			struct model other;
			struct disk *whole = disk;

			disk = disk_copy(whole);
			disk_bytes(disk, files[i], &size)[k] ^= 1;
			ck_assert_int_lt(
			    restore("backups/b", "vaults/b.vault", &other, "else", &epoch, &report),
			    0);
			ck_assert_uint_eq(epoch.calls, 0);
			model_done(&other);
			disk_free(disk);
			disk = whole;
			tried++;
		}
	}
	ck_assert_uint_gt(tried, 8);
}
END_TEST

START_TEST(unfinished_restore_is_never_opened)
{
	struct store_backup backup;
	struct store_report report;
	struct store *restored;
	struct epoch epoch;
	uint64_t call;
	int error = -1;

	grow_book(20);
	ck_assert_int_eq(store_backup(store, "b", &backup, &report), 0);
	for (call = 1; error != 0; call++) {
		struct disk *whole = disk;
		struct model other;

		disk = disk_copy(whole);
		error =
		    restore_until(call, (enum disk_cut)(call % DISK_CUTS), &other, &epoch, &report);
		other.config.create = false;
		if (error == 0) {
			ck_assert_int_eq(model_open(&other, &restored), 0);
			store_close(restored);
		} else if (model_open(&other, &restored) == 0) {
			/* Only its last word was missing: the new epoch has begun. */
			struct store_head head;

			store_head(restored, &head);
			ck_assert_uint_eq(head.epoch, 2);
			store_close(restored);
		}
		model_done(&other);
		disk_free(disk);
		disk = whole;
	}
	ck_assert_uint_gt(call, 20);
}
END_TEST

START_TEST(restore_names_what_is_missing_or_foreign)
{
	struct store_backup backup;
	struct store_report report;
	struct model other;
	struct epoch epoch;
	size_t size;
	uint8_t *bytes;

	grow_book(20);
	ck_assert_int_eq(store_backup(store, "b", &backup, &report), 0);
	ck_assert_int_eq(restore("backups/none", NULL, &other, "else", &epoch, &report),
			 STORE_NOT_FOUND);
	model_done(&other);
	ck_assert_int_eq(restore("backups/b", NULL, &other, "e2", &epoch, &report), STORE_NO_VAULT);
	model_done(&other);
	/* A mark of another ledger beside the folder. */
	bytes = disk_bytes(disk, "data.mark", &size);
	disk_set_bytes(disk, "e3.mark", bytes, size);
	bytes = disk_bytes(disk, "e3.mark", &size);
	{
		struct store_head head;
		struct store *second;
		struct model third;

		model_init(&third, disk, "third", 5);
		ck_assert_int_eq(model_open(&third, &second), 0);
		store_head(second, &head);
		store_close(second);
		model_done(&third);
	}
	bytes = disk_bytes(disk, "third.mark", &size);
	disk_set_bytes(disk, "e3.mark", bytes, size);
	ck_assert_int_eq(restore("backups/b", "vaults/b.vault", &other, "e3", &epoch, &report),
			 STORE_FOREIGN);
	model_done(&other);
}
END_TEST

START_TEST(each_failing_call_leaves_no_half_backup)
{
	static const enum disk_op ops[] = {DISK_OPEN,	DISK_WRITE,	  DISK_SYNC,
					   DISK_RENAME, DISK_SYNC_FOLDER, DISK_OTHER};
	size_t i;
	uint64_t k;

	grow_book(20);
	for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		for (k = 1; k < 4; k++) {
			struct store_backup backup;
			struct store_report report;
			size_t size;
			char name[16];
			char path[64];
			int error;

			(void)snprintf(name, sizeof(name), "b%zu-%llu", i, (unsigned long long)k);
			(void)snprintf(path, sizeof(path), "backups/%s/MANIFEST", name);
			disk_fail_at(disk, ops[i], k, i == 1 ? ENOSPC : EIO, false);
			error = store_backup(store, name, &backup, &report);
			ck_assert(error == 0 || error == STORE_IO || error == STORE_FULL);
			if (error < 0 && ops[i] != DISK_SYNC_FOLDER)
				ck_assert_ptr_null(disk_bytes(disk, path, &size));
			disk_fail_at(disk, ops[i], 0, 0, false);
			/* The name can be used again, unless the backup is there after all. */
			if (error < 0)
				(void)!store_backup(store, name, &backup, &report);
		}
	ck_assert_msg(model_check(&model, store), "%s", model.why);
}
END_TEST

Suite *
suite_backup(void)
{
	Suite *suite = suite_create("backup");
	TCase *tests = tcase_create("backup");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, name_is_a_name_never_a_path);
	tcase_add_test(tests, backup_says_what_is_in_it);
	tcase_add_test(tests, without_folders_there_is_no_backup_or_none_of_the_vault);
	tcase_add_test(tests, restored_book_is_the_book_in_a_new_epoch);
	tcase_add_test(tests, second_restore_of_one_backup_is_another_epoch);
	tcase_add_test(tests, restore_stopped_before_its_first_record_has_used_its_number);
	tcase_add_test(tests, restore_over_a_book_is_refused);
	tcase_add_test(tests, vault_that_cannot_be_opened_is_not_replaced);
	tcase_add_test(tests, mark_of_a_later_version_is_not_replaced);
	tcase_add_test(tests, backup_that_is_not_what_was_copied_is_refused);
	tcase_add_test(tests, unfinished_restore_is_never_opened);
	tcase_add_test(tests, restore_names_what_is_missing_or_foreign);
	tcase_add_test(tests, each_failing_call_leaves_no_half_backup);
	suite_add_tcase(suite, tests);
	return suite;
}
