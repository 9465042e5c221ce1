/*
 * Making a backup beside a running book.
 *
 * Owns the folder it is making, under a name of its own until everything in it is on the disk.
 * Any thread but the writer's, one at a time. It reads what was acknowledged when it began; the
 * vault is copied after that moment and before the log, so that it has the key of every record
 * that the copy has.
 */
#include "backup.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "copy.h"
#include "manifest.h"
#include "store_parts.h"

struct backup {
	struct store *store;
	const struct file_ops *files;
	struct store_head head;
	struct checksum_sha *sha;
	struct manifest manifest;
	struct store_backup *found;
	struct store_report *report;
	char partial[PATH_MAX];
	char final[PATH_MAX];
	char vault_partial[PATH_MAX];
	char vault_final[PATH_MAX]; /* empty: the vault is not copied */
};

static bool
good_name(const char *name)
{
	size_t length = strlen(name);
	size_t i;

	if (length == 0 || length > STORE_BACKUP_NAME_MAX || name[0] == '.')
		return false;
	for (i = 0; i < length; i++) {
		char c = name[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '.' || c == '_' || c == '-'))
			return false;
	}
	return true;
}

static int
say_io(struct backup *backup, const char *path, int system_error)
{
	int error = system_error == -ENOSPC || system_error == -EDQUOT ? STORE_FULL : STORE_IO;

	return store_report_set(backup->report, error, 0, "%s: %s", path, strerror(-system_error));
}

/* "FOLDER" "MIDDLE" "NAME" "ENDING" */
static int
join(struct backup *backup, char ret[PATH_MAX], const char *folder, const char *middle,
     const char *name, const char *ending)
{
	char rest[PATH_MAX];
	size_t a = strlen(middle);
	size_t b = strlen(name);

	assert(a + b + strlen(ending) < sizeof(rest));
	memcpy(rest, middle, a);
	memcpy(rest + a, name, b);
	memcpy(rest + a + b, ending, strlen(ending) + 1);
	if (store_path(ret, folder, rest) < 0)
		return store_report_set(backup->report, STORE_BAD_CONFIG, 0, "%s: too long",
					folder);
	return 0;
}

static int
ignore_name(void *user, const char *name)
{
	(void)user;
	(void)name;
	return 1;
}

struct sweep {
	const struct file_ops *files;
	const char *folder;
};

static int
sweep_name(void *user, const char *name)
{
	struct sweep *sweep = user;
	char path[PATH_MAX + 300];
	size_t length = strlen(sweep->folder);

	if (length + strlen(name) + 2 > sizeof(path))
		return -ENAMETOOLONG;
	memcpy(path, sweep->folder, length);
	path[length] = '/';
	memcpy(path + length + 1, name, strlen(name) + 1);
	return sweep->files->unlink(sweep->files->context, path);
}

/* The folder that backups go into; its name is to survive with them. */
static int
make_folder(struct backup *backup, const char *folder)
{
	const struct file_ops *files = backup->files;
	int error = files->make_folder(files->context, folder);

	if (error == 0 || error == -EEXIST)
		error = file_sync_name(files, folder);
	return error < 0 ? say_io(backup, folder, error) : 0;
}

/* An empty folder under a name nobody takes for a backup; what an earlier try left goes. */
static int
begin_folder(struct backup *backup, const char *name)
{
	const struct file_ops *files = backup->files;
	const char *folder = backup->store->backups;
	struct sweep sweep = {files, backup->partial};
	int error = join(backup, backup->partial, folder, "/.", name, ".partial");

	if (error == 0)
		error = join(backup, backup->final, folder, "/", name, "");
	if (error < 0)
		return error;
	if (files->list(files->context, backup->final, ignore_name, NULL) != -ENOENT)
		return store_report_set(backup->report, STORE_EXISTS, 0,
					"%s: there is a backup of that name", backup->final);
	error = make_folder(backup, folder);
	if (error < 0)
		return error;
	error = files->make_folder(files->context, backup->partial);
	if (error == -EEXIST)
		error = files->list(files->context, backup->partial, sweep_name, &sweep);
	return error < 0 ? say_io(backup, backup->partial, error) : 0;
}

/* A copy of the vault that is there is somebody's only one, perhaps. */
static int
refuse_vault(struct backup *backup)
{
	int there = file_exists(backup->files, backup->vault_final);

	if (there == 0)
		return 0;
	/* One that cannot be opened is there all the same. */
	if (there < 0)
		return say_io(backup, backup->vault_final, there);
	return store_report_set(backup->report, STORE_EXISTS, 0,
				"%s: there is a vault of that name", backup->vault_final);
}

static int
copy_vault(struct backup *backup, const char *name)
{
	const struct file_ops *files = backup->files;
	const char *folder = backup->store->vault_backups;
	uint8_t hash[CHECKSUM_SHA_SIZE];
	struct copy copy = {.from = backup->store->vault_path,
			    .to = backup->vault_partial,
			    .look = vault_copy_look,
			    .user = backup->store->vault};
	int error;

	if (folder[0] == '\0')
		return 0;
	error = join(backup, backup->vault_partial, folder, "/.", name, ".vault.partial");
	if (error == 0)
		error = join(backup, backup->vault_final, folder, "/", name, ".vault");
	if (error == 0)
		error = refuse_vault(backup);
	if (error == 0)
		error = make_folder(backup, folder);
	if (error < 0)
		return error;
	(void)files->unlink(files->context, backup->vault_partial);
	error = vault_copy_size(backup->store->vault, &copy.size);
	if (error == 0)
		error = copy_file(files, backup->sha, &copy, hash, backup->report);
	if (error == STORE_DAMAGED)
		(void)store_report_set(backup->report, error, 0,
				       "%s: a key does not hold: run verify",
				       backup->store->vault_path);
	return error;
}

/* Only with the rest of the backup done: a vault alone would be taken for one. */
static int
end_vault(struct backup *backup)
{
	const struct file_ops *files = backup->files;
	int error;

	if (backup->vault_final[0] == '\0')
		return 0;
	error = refuse_vault(backup);
	if (error < 0)
		return error;
	error = files->rename(files->context, backup->vault_partial, backup->vault_final);
	if (error == 0)
		error = files->sync_folder(files->context, backup->store->vault_backups);
	backup->found->vault = error == 0;
	return error < 0 ? say_io(backup, backup->vault_final, error) : 0;
}

/* Where the group that ends with the head ends. */
static int
tail_end(struct backup *backup, uint64_t *ret_end)
{
	struct log_reader reader;
	int error = log_reader_init(&reader, &backup->store->log);

	if (error == 0)
		error = log_reader_seek(&reader, backup->head.sequence, SEGMENT_AHEAD_READ);
	if (error == 0)
		*ret_end = reader.group_offset + book_padded(reader.group.length);
	else if (error == STORE_MEMORY)
		(void)store_report_set(backup->report, error, 0, "out of memory");
	else
		*backup->report = reader.report;
	log_reader_done(&reader);
	return error;
}

/* Sealed segments whole, the one the head is in up to its group's end. */
static int
copy_segments(struct backup *backup)
{
	struct log *log = &backup->store->log;
	uint64_t at = 1;

	while (at <= backup->head.sequence) {
		struct manifest_file file = {0};
		char name[SEGMENT_NAME_SIZE];
		char from[PATH_MAX];
		char to[PATH_MAX];
		struct copy copy = {.from = from, .to = to};
		struct log_place place;
		int error = log_find(log, at, &place);

		assert(error == 0);
		copy.size = place.size;
		if (!place.sealed || place.last > backup->head.sequence)
			error = tail_end(backup, &copy.size);
		log_path(log, place.segment, from);
		segment_name(place.segment, name);
		if (error == 0)
			error = join(backup, to, backup->partial, "/", name, "");
		if (error == 0)
			error =
			    copy_file(backup->files, backup->sha, &copy, file.hash, backup->report);
		file.segment = place.segment;
		file.size = copy.size;
		if (error == 0)
			error = manifest_add(&backup->manifest, &file);
		if (error < 0)
			return error;
		backup->found->files++;
		backup->found->bytes += copy.size;
		at = place.last + 1;
	}
	return 0;
}

static int
write_manifest(struct backup *backup)
{
	const struct file_ops *files = backup->files;
	struct manifest *manifest = &backup->manifest;
	char path[PATH_MAX];
	size_t size;
	char *text;
	int error;
	int fd;

	memcpy(manifest->ledger, backup->head.ledger, STORE_ID_SIZE);
	manifest->epoch = backup->head.epoch;
	manifest->sequence = backup->head.sequence;
	manifest->recorded_at = backup->head.recorded_at;
	memcpy(manifest->root, backup->head.root, STORE_HASH_SIZE);
	error = join(backup, path, backup->partial, "/", MANIFEST_NAME, "");
	if (error < 0)
		return error;
	text = manifest_text(manifest, backup->sha, &size);
	if (text == NULL)
		return store_report_set(backup->report, STORE_MEMORY, 0, "out of memory");
	fd = files->open(files->context, path, O_RDWR | O_CREAT | O_EXCL);
	error = fd < 0 ? fd : file_write_all(files, fd, text, size, 0);
	if (error == 0)
		error = files->datasync(files->context, fd);
	if (fd >= 0)
		(void)files->close(files->context, fd);
	free(text);
	return error < 0 ? say_io(backup, path, error) : 0;
}

/* Now it is a backup: everything in it first, then its name. */
static int
end_folder(struct backup *backup)
{
	const struct file_ops *files = backup->files;
	int error = files->sync_folder(files->context, backup->partial);

	if (error == 0)
		error = files->rename(files->context, backup->partial, backup->final);
	if (error == 0)
		error = files->sync_folder(files->context, backup->store->backups);
	return error < 0 ? say_io(backup, backup->final, error) : 0;
}

static int
run(struct backup *backup, const char *name)
{
	int error;

	store_head(backup->store, &backup->head);
	if (backup->head.sequence == 0)
		return store_report_set(backup->report, STORE_NO_BOOK, 0,
					"the book has no record yet");
	backup->sha = checksum_sha_new();
	if (backup->sha == NULL)
		return store_report_set(backup->report, STORE_MEMORY, 0, "out of memory");
	error = begin_folder(backup, name);
	if (error == 0)
		error = copy_vault(backup, name);
	if (error == 0)
		error = copy_segments(backup);
	if (error == 0)
		error = write_manifest(backup);
	if (error == 0)
		error = end_vault(backup);
	if (error == 0)
		error = end_folder(backup);
	manifest_done(&backup->manifest);
	checksum_sha_free(backup->sha);
	return error;
}

int
store_backup(struct store *store, const char *name, struct store_backup *ret,
	     struct store_report *report)
{
	struct store_backup found = {0};
	struct backup backup = {
	    .store = store, .files = store->config.files, .found = &found, .report = report};
	bool busy;
	int error;

	memset(report, 0, sizeof(*report));
	if (store->backups[0] == '\0')
		return store_report_set(report, STORE_BAD_CONFIG, 0,
					"no folder for backups is configured");
	if (!good_name(name))
		return store_report_set(
		    report, STORE_BAD_NAME, 0,
		    "a backup's name is 1-%d of A-Z a-z 0-9 . _ -, and does not "
		    "begin with a dot",
		    STORE_BACKUP_NAME_MAX);
	pthread_mutex_lock(&store->lock);
	busy = store->backing_up;
	store->backing_up = true;
	pthread_mutex_unlock(&store->lock);
	if (busy)
		return store_report_set(report, STORE_BUSY, 0, "another backup is being made");
	error = run(&backup, name);
	pthread_mutex_lock(&store->lock);
	store->backing_up = false;
	pthread_mutex_unlock(&store->lock);
	if (error < 0)
		return error;
	found.sequence = backup.head.sequence;
	memcpy(found.root, backup.head.root, STORE_HASH_SIZE);
	*ret = found;
	return 0;
}
