/*
 * The way back from a backup: the same ledger, a new epoch.
 *
 * Owns the data folder while it works, under its lock. Called before a store is open, on one
 * thread. It never writes over a log or a vault that is there: the operator moves them aside.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "backup.h"
#include "copy.h"
#include "manifest.h"
#include "recover.h"
#include "store_parts.h"
#include "verify.h"

struct restore {
	const struct store_config *config;
	const struct store_restore *request;
	const struct file_ops *files;
	struct store_report *report;
	struct checksum_sha *sha;
	struct manifest manifest;
	uint32_t epoch; /* the new one: above every one that anybody here knows of */
	int lock_fd;
	char data[PATH_MAX];
	char lock[PATH_MAX];
	char sentinel[PATH_MAX]; /* says that a restore is under way */
	char log[PATH_MAX];
	char mark[PATH_MAX];
	char vault[PATH_MAX];
};

static int
say(struct restore *restore, int error, const char *path, const char *why)
{
	return store_report_set(restore->report, error, 0, "%s: %s", path, why);
}

static int
say_io(struct restore *restore, const char *path, int system_error)
{
	return say(restore,
		   system_error == -ENOSPC || system_error == -EDQUOT ? STORE_FULL : STORE_IO, path,
		   strerror(-system_error));
}

static int
take_paths(struct restore *restore)
{
	const struct store_config *config = restore->config;
	int error = STORE_BAD_CONFIG;

	if (config->data != NULL)
		error = store_path(restore->data, config->data, "");
	if (error == 0)
		error = store_path(restore->lock, config->data, "/lock");
	if (error == 0)
		error = store_path(restore->sentinel, config->data, "/" STORE_RESTORING_NAME);
	if (error == 0)
		error = store_path(restore->log, config->data, "/log");
	if (error == 0)
		error = config->mark != NULL ? store_path(restore->mark, config->mark, "")
					     : store_path(restore->mark, config->data, ".mark");
	if (error == 0)
		error = config->vault != NULL ? store_path(restore->vault, config->vault, "")
					      : store_path(restore->vault, config->data, ".vault");
	return error < 0 ? say(restore, error, "restore", store_error_text(error)) : 0;
}

static int
read_manifest(struct restore *restore)
{
	const struct file_ops *files = restore->files;
	char path[PATH_MAX];
	uint64_t size = 0;
	char *text = NULL;
	int error = store_path(path, restore->request->backup, "/" MANIFEST_NAME);
	int fd;

	if (error < 0)
		return say(restore, error, restore->request->backup, store_error_text(error));
	fd = files->open(files->context, path, O_RDONLY);
	if (fd == -ENOENT)
		return say(restore, STORE_NOT_FOUND, path, "this is no whole backup");
	if (fd < 0)
		return say_io(restore, path, fd);
	error = files->size(files->context, fd, &size);
	if (error == 0 && size <= MANIFEST_SIZE_MAX) {
		text = malloc(size + 1);
		error = text == NULL ? -ENOMEM : file_read_all(files, fd, text, size, 0);
	}
	(void)files->close(files->context, fd);
	if (error < 0) {
		free(text);
		return say_io(restore, path, error);
	}
	error = text == NULL ? STORE_DAMAGED
			     : manifest_parse(&restore->manifest, restore->sha, text, size);
	free(text);
	return error < 0 ? say(restore, error, path, store_error_text(error)) : 0;
}

/* A folder of our own, without a log, with the sentinel in it. */
static int
take_folder(struct restore *restore)
{
	const struct file_ops *files = restore->files;
	int error = files->make_folder(files->context, restore->data);
	int fd;

	if (error < 0 && error != -EEXIST)
		return say_io(restore, restore->data, error);
	restore->lock_fd = files->open(files->context, restore->lock, O_RDWR | O_CREAT);
	if (restore->lock_fd < 0)
		return say_io(restore, restore->lock, restore->lock_fd);
	error = files->lock(files->context, restore->lock_fd);
	if (error == -EWOULDBLOCK)
		return say(restore, STORE_LOCKED, restore->data,
			   "another process has the book open");
	if (error < 0)
		return say_io(restore, restore->lock, error);
	error = recover_has_log(files, restore->log);
	if (error == 1)
		return say(restore, STORE_EXISTS, restore->log,
			   "there is a log: move it aside before restoring here");
	if (error < 0)
		return say(restore, error, restore->log, "cannot be listed");
	fd = files->open(files->context, restore->sentinel, O_RDWR | O_CREAT);
	if (fd < 0)
		return say_io(restore, restore->sentinel, fd);
	(void)files->close(files->context, fd);
	error = files->sync_folder(files->context, restore->data);
	return error < 0 ? say_io(restore, restore->data, error) : 0;
}

/* What the mark that is there knows of epochs; it may be gone or bad, but not another ledger's. */
static int
read_old_mark(struct restore *restore)
{
	uint32_t known = restore->manifest.epoch;
	struct mark mark;
	int error;

	mark_init(&mark, restore->files, restore->mark);
	error = mark_read(&mark, restore->report);
	/* What a later version wrote, or the system will not show, may know of more epochs. */
	if (error == STORE_NO_MARK || error == STORE_DAMAGED) {
		memset(restore->report, 0, sizeof(*restore->report));
		error = 0;
	} else if (error == 0) {
		if (memcmp(mark.value.ledger, restore->manifest.ledger, STORE_ID_SIZE) != 0)
			error = say(restore, STORE_FOREIGN, restore->mark,
				    "the mark is another ledger's than the backup");
		known = mark.epoch_known > known ? mark.epoch_known : known;
	}
	mark_done(&mark);
	if (error == 0 && known == UINT32_MAX)
		error = say(restore, STORE_TOO_LARGE, restore->mark,
			    "there is no epoch after the last");
	restore->epoch =
	    known + 1 > restore->request->epoch_min ? known + 1 : restore->request->epoch_min;
	return error;
}

static int
restore_vault(struct restore *restore)
{
	const struct file_ops *files = restore->files;
	const char *from = restore->request->vault_backup;
	uint8_t hash[CHECKSUM_SHA_SIZE];
	char fresh[PATH_MAX];
	struct copy copy = {.from = from, .to = fresh};
	int error;
	int fd;

	if (from == NULL)
		return 0;
	error = file_exists(files, restore->vault);
	if (error == 1)
		return say(restore, STORE_EXISTS, restore->vault,
			   "there is a vault: move it aside, or restore without one");
	/* One that is there and cannot be opened would be lost by the rename. */
	if (error < 0)
		return say_io(restore, restore->vault, error);
	/* Half a vault must never have the vault's name. */
	error = store_path(fresh, restore->vault, ".new");
	if (error < 0)
		return say(restore, error, restore->vault, store_error_text(error));
	(void)files->unlink(files->context, fresh);
	fd = files->open(files->context, from, O_RDONLY);
	if (fd < 0)
		return say_io(restore, from, fd);
	error = files->size(files->context, fd, &copy.size);
	(void)files->close(files->context, fd);
	if (error < 0)
		return say_io(restore, from, error);
	error = copy_file(files, restore->sha, &copy, hash, restore->report);
	if (error < 0)
		return error;
	error = files->rename(files->context, fresh, restore->vault);
	if (error == 0)
		error = file_sync_name(files, restore->vault);
	return error < 0 ? say_io(restore, restore->vault, error) : 0;
}

/* The size the segment has when it is not a tail, from its own header. */
static int
look_at_header(void *user, uint8_t *bytes, size_t size, uint64_t offset)
{
	struct segment *segment;
	int error;

	if (offset > 0)
		return 0;
	if (size < SEGMENT_HEADER)
		return STORE_DAMAGED;
	error = segment_header_decode(bytes, &segment);
	if (error < 0)
		return error;
	((struct copy *)user)->padded_size = segment->size;
	segment_free(segment);
	return 0;
}

static int
restore_segment(struct restore *restore, const struct manifest_file *file)
{
	uint8_t hash[CHECKSUM_SHA_SIZE];
	char ending[SEGMENT_NAME_SIZE + 1] = "/";
	char from[PATH_MAX];
	char to[PATH_MAX];
	struct copy copy = {.from = from, .to = to, .size = file->size, .look = look_at_header};
	int error;

	copy.user = &copy;
	segment_name(file->segment, ending + 1);
	error = store_path(from, restore->request->backup, ending);
	if (error == 0)
		error = store_path(to, restore->log, ending);
	if (error < 0)
		return say(restore, error, restore->log, store_error_text(error));
	restore->report->error = 0;
	error = copy_file(restore->files, restore->sha, &copy, hash, restore->report);
	if (error < 0 && restore->report->error != error)
		return say(restore, error, from, "the segment's header does not hold");
	if (error < 0)
		return error;
	if (memcmp(hash, file->hash, sizeof(hash)) != 0)
		return say(restore, STORE_DAMAGED, from,
			   "the file is not the one the manifest has the hash of");
	return 0;
}

static int
restore_log(struct restore *restore)
{
	const struct file_ops *files = restore->files;
	size_t i;
	int error = files->make_folder(files->context, restore->log);

	if (error < 0 && error != -EEXIST)
		return say_io(restore, restore->log, error);
	error = 0;
	for (i = 0; error == 0 && i < restore->manifest.count; i++)
		error = restore_segment(restore, &restore->manifest.files[i]);
	if (error < 0)
		return error;
	error = files->sync_folder(files->context, restore->log);
	if (error == 0)
		error = files->sync_folder(files->context, restore->data);
	return error < 0 ? say_io(restore, restore->log, error) : 0;
}

/*
 * The log is what the manifest says, or opening will refuse it. The new epoch's number is spoken
 * for from here on: a restore that stops before its first record and is done again takes another.
 */
static int
restore_mark(struct restore *restore)
{
	struct mark_value value = {.epoch = restore->manifest.epoch,
				   .sequence = restore->manifest.sequence};
	struct mark mark;
	int error;

	memcpy(value.ledger, restore->manifest.ledger, STORE_ID_SIZE);
	memcpy(value.root, restore->manifest.root, STORE_HASH_SIZE);
	mark_init(&mark, restore->files, restore->mark);
	mark.epoch_known = restore->epoch;
	error = mark_create(&mark, &value, restore->report);
	mark_done(&mark);
	return error;
}

static int
drop_view(struct restore *restore)
{
	struct view view;
	char folder[PATH_MAX];
	int error = restore->config->view != NULL ? store_path(folder, restore->config->view, "")
						  : store_path(folder, restore->data, "/view");

	if (error == 0)
		error = view_init(&view, restore->files, folder, restore->config->tables,
				  restore->config->table_count, 0, 0);
	if (error == 0) {
		error = view_drop(&view);
		view_done(&view);
	}
	return error < 0 ? say(restore, error, restore->data, "the old view cannot be removed") : 0;
}

/* The first record of the new epoch, in a segment of its own. */
static int
append_epoch(struct restore *restore, struct store *store)
{
	struct store_record record = {0};
	struct store_epoch info = {.old_epoch = store->head.epoch,
				   .new_epoch = restore->epoch,
				   .kept_sequence = store->head.sequence,
				   .kept_recorded_at = store->head.recorded_at};
	int error;

	memcpy(info.ledger, store->head.ledger, STORE_ID_SIZE);
	memcpy(info.kept_root, store->head.root, STORE_HASH_SIZE);
	error = restore->request->build(restore->request->user, &info, &record);
	if (error == 0) {
		/* A segment has one epoch: this begins the next one. */
		store->log.tip.epoch = restore->epoch;
		error = store_append(store, &record, 1);
	}
	if (error == 0)
		error = store_step(store);
	if (error < 0) {
		store_last_report(store, restore->report);
		if (restore->report->error != error)
			return say(restore, error, restore->data, store_error_text(error));
	}
	return error;
}

static int
begin_epoch(struct restore *restore)
{
	struct store_config config = *restore->config;
	struct store_verified verified;
	struct store *store = NULL;
	int error;

	config.manual = true;
	config.create = false;
	/* The lock is the store's now. */
	(void)restore->files->close(restore->files->context, restore->lock_fd);
	restore->lock_fd = -1;
	error = store_open_restored(&config, &store, restore->report);
	if (error == 0)
		error = store_verify(store, NULL, NULL, &verified, restore->report);
	if (error == 0)
		error = append_epoch(restore, store);
	store_close(store);
	return error;
}

static int
run(struct restore *restore)
{
	const struct file_ops *files = restore->files;
	int error = take_paths(restore);

	if (error == 0)
		error = read_manifest(restore);
	if (error == 0)
		error = read_old_mark(restore);
	if (error == 0)
		error = take_folder(restore);
	if (error == 0)
		error = restore_vault(restore);
	if (error == 0)
		error = restore_log(restore);
	if (error == 0)
		error = restore_mark(restore);
	if (error == 0)
		error = drop_view(restore);
	if (error == 0)
		error = begin_epoch(restore);
	if (error < 0)
		return error;
	error = files->unlink(files->context, restore->sentinel);
	if (error == 0)
		error = files->sync_folder(files->context, restore->data);
	return error < 0 ? say_io(restore, restore->sentinel, error) : 0;
}

int
store_restore(const struct store_config *config, const struct store_restore *request,
	      struct store_report *report)
{
	struct restore *restore = calloc(1, sizeof(*restore));
	int error;

	memset(report, 0, sizeof(*report));
	if (restore == NULL)
		return store_report_set(report, STORE_MEMORY, 0, "out of memory");
	restore->config = config;
	restore->request = request;
	restore->files = config->files != NULL ? config->files : &file_posix;
	restore->report = report;
	restore->lock_fd = -1;
	restore->sha = checksum_sha_new();
	if (restore->sha == NULL)
		error = store_report_set(report, STORE_MEMORY, 0, "out of memory");
	else
		error = run(restore);
	if (restore->lock_fd >= 0)
		(void)restore->files->close(restore->files->context, restore->lock_fd);
	manifest_done(&restore->manifest);
	checksum_sha_free(restore->sha);
	free(restore);
	return error;
}
