/*
 * What is lost, cut, copied back or put in from elsewhere: the view is made again from the log to
 * the same answers; a log, mark or vault that is not what it was is refused by name, and nothing is
 * written, so that the evidence stays.
 */
#include <assert.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model.h"
#include "storage/checksum.h"

enum { GROUPS = 60 };

static unsigned passed, failed;

static void
report(bool good, const char *name, const char *why)
{
	if (good)
		printf("ok %s\n", name);
	else
		printf("not ok %s: %s\n", name, why);
	passed += good;
	failed += !good;
	(void)fflush(stdout);
}

static void
grow_book(struct model *model, unsigned groups)
{
	struct store *store = NULL;
	unsigned i;
	int error = model_open(model, &store);

	for (i = 0; error == 0 && i < groups; i++) {
		if (i % 16 == 3)
			error = model_key_new(model, store);
		if (error == 0)
			error = model_append(model, store, 1 + i % 9);
		if (error == 0 && i % 7 == 0)
			error = store_step(store);
	}
	if (error != 0 || !model_check(model, store)) {
		printf("# %s %s\n", store_error_name(error), model->why);
		abort();
	}
	store_close(store);
}

static void
view_path(const struct model *model, char path[256])
{
	(void)snprintf(path, 256, "%s/data.mdb", model->view);
}

static uint8_t *
slurp(const char *path, size_t *ret_size)
{
	FILE *file = fopen(path, "rb");
	uint8_t *bytes = malloc(8 << 20);

	assert(file != NULL && bytes != NULL);
	*ret_size = fread(bytes, 1, 8 << 20, file);
	(void)fclose(file);
	return bytes;
}

static void
spill(const char *path, const uint8_t *bytes, size_t size)
{
	FILE *file = fopen(path, "wb");
	size_t put;

	assert(file != NULL);
	put = fwrite(bytes, 1, size, file);
	assert(put == size);
	(void)fclose(file);
}

/* Open, ask everything, close. */
static void
expect_same(struct model *model, const char *name)
{
	struct store *store;
	int error = model_open(model, &store);

	if (error < 0) {
		report(false, name, model->report.text);
		return;
	}
	report(model_check(model, store), name, model->why);
	store_close(store);
}

static void
rebuilds(void)
{
	struct disk *disk = disk_new();
	struct model model;
	char path[256];
	uint8_t *older;
	uint8_t *newer;
	size_t older_size;
	size_t size;
	uint64_t random = 7;
	unsigned i;

	model_init(&model, disk, "data", 5);
	view_path(&model, path);
	grow_book(&model, GROUPS);
	older = slurp(path, &older_size);
	grow_book(&model, GROUPS);
	newer = slurp(path, &size);

	model_drop_view(&model);
	expect_same(&model, "view_removed_is_made_again");
	spill(path, older, older_size);
	expect_same(&model, "view_copied_back_older_catches_up");
	for (i = 0; i < 12; i++) {
		char name[64];

		(void)snprintf(name, sizeof(name), "view_cut_is_made_again (%u)", i);
		spill(path, newer, i == 0 ? 0 : disk_random(&random) % size);
		expect_same(&model, name);
	}
	newer[4096 * 2 + 11] ^= 4;
	newer[size - 4096 + 12] ^= 64;
	spill(path, newer, size);
	expect_same(&model, "view_flipped_is_made_again");
	spill(path, (const uint8_t *)"not a view", 10);
	expect_same(&model, "view_replaced_by_junk_is_made_again");
	model.config.apply_version++;
	expect_same(&model, "view_of_another_apply_is_made_again");
	free(older);
	free(newer);
	model_done(&model);
	disk_free(disk);
}

/* It must be refused with that number and a word that names the thing, and nothing written. */
static void
expect_refused(struct model *model, struct disk *disk, int expected, const char *word,
	       const char *name)
{
	uint64_t before = disk_hash(disk);
	struct store *store = NULL;
	char why[1200];
	int error;

	model->config.files = disk_files(disk);
	error = model_open(model, &store);
	(void)snprintf(why, sizeof(why), "%s: %s%s", store_error_name(error), model->report.text,
		       disk_hash(disk) == before ? "" : " (and something was written)");
	if (error == 0)
		store_close(store);
	report(error == expected && disk_hash(disk) == before &&
		   strstr(model->report.text, word) != NULL,
	       name, why);
	disk_free(disk);
}

struct book {
	struct disk *disk;
	struct disk *older;
	struct disk *empty;
	struct model model;
	char last[64]; /* path of the last segment */
	char middle[64];
};

static void
copy_log(struct disk *to, const struct disk *from)
{
	const char *path;
	size_t size;
	size_t i;

	while ((path = NULL) == NULL) {
		for (i = 0; (path = disk_name(to, i)) != NULL; i++)
			if (strstr(path, "data/log/") == path)
				break;
		if (path == NULL)
			break;
		disk_remove(to, path);
	}
	for (i = 0; (path = disk_name(from, i)) != NULL; i++)
		if (strstr(path, "data/log/") == path) {
			const uint8_t *bytes =
			    disk_bytes((struct disk *)(uintptr_t)from, path, &size);

			disk_set_bytes(to, path, bytes, size);
		}
}

static void
copy_file(struct disk *to, const struct disk *from, const char *path)
{
	size_t size;
	const uint8_t *bytes = disk_bytes((struct disk *)(uintptr_t)from, path, &size);

	disk_set_bytes(to, path, bytes, size);
}

static void
find_segments(struct book *book)
{
	const char *path;
	size_t i;
	size_t count = 0;

	book->last[0] = '\0';
	for (i = 0; (path = disk_name(book->disk, i)) != NULL; i++) {
		if (strstr(path, ".segment") == NULL)
			continue;
		if (strcmp(path, book->last) > 0)
			(void)snprintf(book->last, sizeof(book->last), "%s", path);
		count++;
	}
	assert(count >= 4);
	book->middle[0] = '\0';
	for (i = 0; (path = disk_name(book->disk, i)) != NULL; i++)
		if (strstr(path, ".segment") != NULL && strcmp(path, book->last) < 0 &&
		    strcmp(path, book->middle) > 0)
			(void)snprintf(book->middle, sizeof(book->middle), "%s", path);
}

static void
make_book(struct book *book)
{
	book->disk = disk_new();
	model_init(&book->model, book->disk, "data", 9);
	grow_book(&book->model, GROUPS);
	book->older = disk_copy(book->disk);
	book->empty = disk_new();
	grow_book(&book->model, GROUPS);
	find_segments(book);
}

static void
refuse_older(struct book *book)
{
	struct model *model = &book->model;
	struct disk *disk = disk_copy(book->disk);

	copy_log(disk, book->older);
	expect_refused(model, disk, STORE_BOOK_WENT_BACK, "data.mark",
		       "older_log_with_the_mark_kept_is_refused");
	disk = disk_copy(book->disk);
	copy_log(disk, book->older);
	copy_file(disk, book->older, "data.mark");
	expect_refused(model, disk, STORE_BOOK_WENT_BACK, model->view,
		       "older_log_and_mark_with_the_view_kept_are_refused");
	disk = disk_copy(book->disk);
	copy_log(disk, book->empty);
	expect_refused(model, disk, STORE_BOOK_WENT_BACK, "data.mark",
		       "log_removed_with_the_mark_kept_is_refused");
	disk = disk_copy(book->disk);
	disk_remove(disk, book->last);
	expect_refused(model, disk, STORE_BOOK_WENT_BACK, "data.mark",
		       "last_segment_removed_is_refused");
}

static void
refuse_missing(struct book *book)
{
	struct model *model = &book->model;
	struct disk *disk = disk_copy(book->disk);

	disk_remove(disk, "data.mark");
	expect_refused(model, disk, STORE_NO_MARK, "data.mark", "log_without_mark_is_refused");
	disk = disk_copy(book->disk);
	disk_remove(disk, "data.vault");
	expect_refused(model, disk, STORE_NO_VAULT, "data.vault", "log_without_vault_is_refused");
	disk = disk_copy(book->disk);
	disk_remove(disk, book->middle);
	expect_refused(model, disk, STORE_DAMAGED, "missing", "segment_missing_is_refused");
	disk = disk_copy(book->disk);
	copy_log(disk, book->empty);
	disk_remove(disk, "data.mark");
	expect_refused(model, disk, STORE_BOOK_WENT_BACK, "data.vault",
		       "vault_without_log_and_mark_is_refused");
	model->config.create = false;
	disk = disk_new();
	expect_refused(model, disk, STORE_NO_BOOK, "data", "no_book_is_refused_unless_created");
	model->config.create = true;
}

/* Change one byte, so that a checksum that is not made again does not hold. */
static struct disk *
with_flip(const struct book *book, const char *path, size_t offset)
{
	struct disk *disk = disk_copy(book->disk);
	size_t size;
	uint8_t *bytes = disk_bytes(disk, path, &size);

	assert(bytes != NULL && offset < size);
	bytes[offset] ^= 0x10;
	return disk;
}

/* To a part of its size. */
static void
cut_file(struct disk *disk, const char *path, size_t part)
{
	size_t size;
	const uint8_t *bytes = disk_bytes(disk, path, &size);
	uint8_t *copy = malloc(size);

	assert(copy != NULL);
	memcpy(copy, bytes, size);
	disk_set_bytes(disk, path, copy, size / part);
	free(copy);
}

static void
refuse_damage(struct book *book)
{
	struct model *model = &book->model;
	struct disk *disk;
	uint8_t *bytes;
	size_t size;

	expect_refused(model, with_flip(book, book->last, 40), STORE_DAMAGED, book->last,
		       "header_of_the_last_segment_damaged_is_refused");
	expect_refused(model, with_flip(book, book->last, 700), STORE_DAMAGED, book->last,
		       "group_of_the_last_segment_damaged_is_refused");
	expect_refused(model, with_flip(book, book->middle, 40), STORE_DAMAGED, book->middle,
		       "header_of_a_sealed_segment_damaged_is_refused");
	(void)disk_bytes(book->disk, book->middle, &size);
	expect_refused(model, with_flip(book, book->middle, size - 512 + 70), STORE_DAMAGED,
		       "trailer", "trailer_of_a_sealed_segment_damaged_is_refused");
	disk = disk_copy(book->disk);
	cut_file(disk, book->last, 2);
	expect_refused(model, disk, STORE_DAMAGED, "cut short", "segment_cut_short_is_refused");
	disk = disk_copy(book->disk);
	bytes = disk_bytes(disk, "data.mark", &size);
	bytes[20] ^= 1;
	bytes[512 + 20] ^= 1;
	expect_refused(model, disk, STORE_DAMAGED, "data.mark",
		       "mark_without_a_good_slot_is_refused");
	disk = disk_copy(book->disk);
	cut_file(disk, "data.mark", 8);
	expect_refused(model, disk, STORE_DAMAGED, "data.mark", "mark_cut_short_is_refused");
	disk = disk_copy(book->disk);
	bytes = disk_bytes(disk, "data.vault", &size);
	bytes[70] ^= 1;
	bytes[512 + 70] ^= 1;
	expect_refused(model, disk, STORE_DAMAGED, "data.vault",
		       "vault_without_a_good_header_is_refused");
	disk = disk_copy(book->disk);
	disk_set_bytes(disk, "data/restoring", (const uint8_t *)"", 0);
	expect_refused(model, disk, STORE_RESTORING, "restore", "unfinished_restore_is_refused");
}

static void
refuse_foreign(struct book *book)
{
	struct model other;
	struct disk *disk = disk_new();
	struct disk *mixed;

	model_init(&other, disk, "data", 77);
	grow_book(&other, GROUPS);
	mixed = disk_copy(book->disk);
	copy_file(mixed, disk, "data.vault");
	expect_refused(&book->model, mixed, STORE_FOREIGN, "data.vault",
		       "vault_of_another_ledger_is_refused");
	mixed = disk_copy(book->disk);
	copy_file(mixed, disk, "data.mark");
	expect_refused(&book->model, mixed, STORE_FOREIGN, "", "mark_of_another_ledger_is_refused");
	mixed = disk_copy(book->disk);
	copy_log(mixed, disk);
	expect_refused(&book->model, mixed, STORE_FOREIGN, ".segment",
		       "log_of_another_ledger_is_refused");
	model_done(&other);
	disk_free(disk);
}

/* Format 2, written as format 1 says that every later one will begin: magic, version, checksum. */
static struct disk *
with_version(const struct book *book, const char *path, size_t size, size_t slots)
{
	static const uint8_t zero[4] = {0};
	struct disk *disk = disk_copy(book->disk);
	size_t whole;
	uint8_t *at = disk_bytes(disk, path, &whole);
	bool with_zeros = strstr(path, ".segment") != NULL;

	for (; slots-- > 0; at += size) {
		uint32_t crc;

		at[8] = 2;
		crc = checksum_crc32c(0, at, 12);
		if (with_zeros)
			crc = checksum_crc32c(crc, zero, 4);
		crc = checksum_crc32c(crc, at + 16, size - 16);
		memcpy(at + 12, &crc, 4);
	}
	return disk;
}

static void
refuse_newer(struct book *book)
{
	struct model *model = &book->model;

	expect_refused(model, with_version(book, book->last, 512, 1), STORE_NEWER_FORMAT,
		       "later format", "segment_of_a_newer_format_is_refused");
	expect_refused(model, with_version(book, book->middle, 512, 1), STORE_NEWER_FORMAT,
		       "later format", "sealed_segment_of_a_newer_format_is_refused");
	expect_refused(model, with_version(book, "data.mark", 512, 2), STORE_NEWER_FORMAT,
		       "format 2", "mark_of_a_newer_format_is_refused");
	expect_refused(model, with_version(book, "data.vault", 512, 2), STORE_NEWER_FORMAT,
		       "format 2", "vault_of_a_newer_format_is_refused");
}

/* The operator says that the vault is lost: the book opens, the names do not. */
static void
lost_vault(struct book *book)
{
	struct disk *disk = disk_copy(book->disk);
	struct model *model = &book->model;
	struct store *store;
	uint8_t text[16];
	bool good = false;
	int error;

	disk_remove(disk, "data.vault");
	model->config.files = disk_files(disk);
	model->config.vault_lost = true;
	error = model_open(model, &store);
	if (error == 0) {
		good = model_check_rows(model, store) &&
		       vault_unseal(store_vault(store), "name", 4, model->sealed[0],
				    sizeof(model->sealed[0]), text) == STORE_KEY_LOST;
		store_close(store);
	}
	model->config.vault_lost = false;
	report(good, "lost_vault_opens_when_the_operator_says_so", model->report.text);
	disk_free(disk);
}

/* flock, on real files, between processes. */
static void
second_process(void)
{
	char folder[] = "/tmp/demerit-lock-XXXXXX";
	char data[64];
	struct model model;
	struct store *store;
	int status = 1;
	pid_t child;
	int error;

	if (mkdtemp(folder) == NULL)
		abort();
	(void)snprintf(data, sizeof(data), "%s/data", folder);
	model_init(&model, NULL, data, 3);
	error = model_open(&model, &store);
	assert(error == 0);
	(void)fflush(stdout);
	child = fork();
	if (child == 0) {
		struct store *second;

		_exit(model_open(&model, &second) == STORE_LOCKED ? 0 : 1);
	}
	(void)waitpid(child, &status, 0);
	store_close(store);
	report(status == 0, "second_process_is_refused", "it opened the book");
	error = model_open(&model, &store);
	report(error == 0, "lock_is_free_after_the_first_process_ends", model.report.text);
	if (error == 0)
		store_close(store);
	(void)snprintf(data, sizeof(data), "rm -r %s", folder);
	status = system(data);
	assert(status == 0);
	model_done(&model);
}

int
main(void)
{
	static struct book book;

	rebuilds();
	make_book(&book);
	refuse_older(&book);
	refuse_missing(&book);
	refuse_damage(&book);
	refuse_foreign(&book);
	refuse_newer(&book);
	lost_vault(&book);
	model_done(&book.model);
	disk_free(book.disk);
	disk_free(book.older);
	disk_free(book.empty);
	second_process();
	return model_summary(passed, failed);
}
