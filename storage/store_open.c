/*
 * Opening and closing the store: book.md's order of recovery, step by step, and its end.
 *
 * Owns the lock file. Called on the writer's thread before there are others and after they have
 * ended. Until recover_log has said yes it writes nothing into a book that is there.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "recover.h"
#include "store_parts.h"
#include "view_check.h"

enum {
	FIRST_SEGMENT_SIZE = 4 << 20,
	NEXT_SEGMENT_SIZE = 64 << 20,
	OVERLAY_BYTES = 256 << 20,
	OVERLAY_PUTS = 2000000,
	VIEW_INTERVAL_MS = 250,
	APPEND_SALTS = STORE_GROUP_COUNT_MAX * BOOK_SALT_SIZE,
};
static const uint64_t view_map_size = 64ull << 30;

static int
system_random(void *user, void *bytes, size_t size)
{
	uint8_t *at = bytes;

	(void)user;
	while (size > 0) {
		ssize_t got = getrandom(at, size, 0);

		if (got < 0 && errno != EINTR)
			return -errno;
		if (got > 0) {
			at += got;
			size -= (size_t)got;
		}
	}
	return 0;
}

static bool
good_size(uint32_t size)
{
	return size >= SEGMENT_SIZE_MIN && size <= SEGMENT_SIZE_MAX && size % 4096 == 0;
}

static int
take_path(char ret_path[PATH_MAX], const char *path, const char *otherwise, const char *ending)
{
	return path != NULL ? store_path(ret_path, path, "")
			    : store_path(ret_path, otherwise, ending);
}

static int
take_paths(struct store *store)
{
	const struct store_config *config = &store->config;
	int error = store_path(store->data, config->data, "");

	if (error == 0)
		error = store_path(store->lock_path, config->data, "/lock");
	if (error == 0)
		error = store_path(store->log_folder, config->data, "/log");
	if (error == 0)
		error = take_path(store->view_folder, config->view, config->data, "/view");
	if (error == 0)
		error = take_path(store->mark_path, config->mark, config->data, ".mark");
	if (error == 0)
		error = take_path(store->vault_path, config->vault, config->data, ".vault");
	if (error == 0 && config->backups != NULL)
		error = store_path(store->backups, config->backups, "");
	if (error == 0 && config->vault_backups != NULL)
		error = store_path(store->vault_backups, config->vault_backups, "");
	return error;
}

static int
take_config(struct store *store, const struct store_config *config)
{
	struct store_config *mine = &store->config;
	size_t i;

	*mine = *config;
	if (mine->data == NULL || mine->apply == NULL || mine->table_count == 0 ||
	    mine->table_count > STORE_TABLES_MAX)
		return STORE_BAD_CONFIG;
	for (i = 0; i < mine->table_count; i++)
		store->tables[i] = mine->tables[i];
	mine->tables = store->tables;
	if (mine->files == NULL)
		mine->files = &file_posix;
	if (mine->random == NULL)
		mine->random = system_random;
	if (mine->first_segment_size == 0)
		mine->first_segment_size = FIRST_SEGMENT_SIZE;
	if (mine->segment_size == 0)
		mine->segment_size = NEXT_SEGMENT_SIZE;
	if (mine->overlay_bytes_max == 0)
		mine->overlay_bytes_max = OVERLAY_BYTES;
	if (mine->overlay_puts_max == 0)
		mine->overlay_puts_max = OVERLAY_PUTS;
	if (mine->view_interval_ms == 0)
		mine->view_interval_ms = VIEW_INTERVAL_MS;
	if (mine->view_map_size == 0)
		mine->view_map_size = view_map_size;
	if (!good_size(mine->first_segment_size) || !good_size(mine->segment_size))
		return STORE_BAD_CONFIG;
	return take_paths(store);
}

/* Everything that needs no disk. */
static int
make_parts(struct store *store, const struct store_config *config, struct store_report *report)
{
	int error = take_config(store, config);

	if (error == 0) {
		mark_init(&store->mark, store->config.files, store->mark_path);
		store->mark_ready = true;
		error = log_init(&store->log, store->config.files, store->log_folder, &store->mark,
				 store->config.first_segment_size, store->config.segment_size);
		store->log_ready = error == 0;
	}
	if (error == 0) {
		error = overlay_init(&store->overlay, store->config.overlay_bytes_max,
				     store->config.overlay_puts_max);
		store->overlay_ready = error == 0;
	}
	if (error == 0) {
		error = view_init(&store->view, store->config.files, store->view_folder,
				  store->tables, store->config.table_count,
				  store->config.apply_version, store->config.view_map_size);
		store->view_ready = error == 0;
	}
	if (error == 0) {
		overlay_puts_init(&store->puts, store->config.table_count);
		store->salts = malloc(APPEND_SALTS);
		error = store->salts == NULL ? STORE_MEMORY : 0;
	}
	if (error < 0)
		return store_report_set(report, error, 0, "%s: %s",
					config->data == NULL ? "(no folder)" : config->data,
					store_error_text(error));
	return 0;
}

static int
io_failed(struct store_report *report, const char *path, int system_error)
{
	return store_report_set(report, system_error == -ENOSPC ? STORE_FULL : STORE_IO, 0,
				"%s: %s", path, strerror(-system_error));
}

/* Step 1: this process and no other. Makes the folders of a new book. */
static int
take_lock(struct store *store, struct store_report *report)
{
	const struct file_ops *files = store->config.files;
	int error;

	if (store->config.create) {
		error = files->make_folder(files->context, store->data);
		if (error < 0 && error != -EEXIST)
			return io_failed(report, store->data, error);
	}
	store->lock_fd = files->open(files->context, store->lock_path,
				     O_RDWR | (store->config.create ? O_CREAT : 0));
	if (store->lock_fd == -ENOENT)
		return store_report_set(report, STORE_NO_BOOK, 0, "%s: there is no book here",
					store->data);
	if (store->lock_fd < 0)
		return io_failed(report, store->lock_path, store->lock_fd);
	error = files->lock(files->context, store->lock_fd);
	if (error == -EWOULDBLOCK)
		return store_report_set(report, STORE_LOCKED, 0,
					"%s: another process has the book open", store->data);
	if (error < 0)
		return io_failed(report, store->lock_path, error);
	return 0;
}

static int
is_restoring(void *user, const char *name)
{
	(void)user;
	return strcmp(name, STORE_RESTORING_NAME) == 0 ? 1 : 0;
}

static int
refuse_restoring(struct store *store, struct store_report *report)
{
	const struct file_ops *files = store->config.files;
	int answer = files->list(files->context, store->data, is_restoring, NULL);

	if (answer == 1)
		return store_report_set(report, STORE_RESTORING, 0,
					"%s: a restore was begun here and not finished: empty the "
					"folder and restore again",
					store->data);
	return answer < 0 ? io_failed(report, store->data, answer) : 0;
}

/* No mark, no log: a new book, if that was asked for and nothing is left of an old one. */
static int
create_book(struct store *store, bool have_view, struct store_report *report)
{
	struct mark_value value = {.epoch = 1};
	struct book_tip empty;
	bool have_vault;
	int error;

	if (!store->config.create)
		return store_report_set(report, STORE_NO_BOOK, 0, "%s: there is no book here",
					store->data);
	have_vault = file_exists(store->config.files, store->vault_path) == 1;
	if (have_vault || have_view)
		return store_report_set(report, STORE_BOOK_WENT_BACK, 0,
					"%s: there is neither log nor mark, but %s is left of a "
					"book: put them back, or remove it too",
					store->data,
					have_vault ? store->vault_path : store->view_folder);
	if (store->config.random(store->config.seam_user, value.ledger, sizeof(value.ledger)) < 0)
		return store_report_set(report, STORE_IO, 0, "no random bytes");
	book_tip_init(&empty, store->log.sha, value.ledger);
	memcpy(value.root, empty.root, STORE_HASH_SIZE);
	error = mark_create(&store->mark, &value, report);
	report->created = error == 0;
	return error;
}

/* There is no view, or none that holds: it is made again. Any other failure is to be told. */
static bool
view_is_none(int error)
{
	return error == STORE_NOT_FOUND || error == STORE_DAMAGED;
}

/* Step 2: what was promised. claims[1].who is NULL if the view has nothing to say. */
static int
read_claims(struct store *store, bool have_log, struct recover_claim claims[2],
	    struct store_report *report)
{
	struct view_applied applied;
	int peeked = view_check_peek(store->view.path, &applied);
	int error;

	/* What cannot be read now may know a later sequence: only what is no view has no say. */
	if (peeked < 0 && !view_is_none(peeked))
		return store_report_set(report, peeked, 0, "%s: %s", store->view.path,
					store_error_text(peeked));
	error = mark_read(&store->mark, report);
	if (error == STORE_NO_MARK && have_log)
		return store_report_set(report, error, 0,
					"%s: the log in %s has no mark: put it back",
					store->mark_path, store->log_folder);
	if (error == STORE_NO_MARK)
		error = create_book(store, peeked == 0 && applied.reached > 0, report);
	if (error < 0)
		return error;
	report->mark_slot_bad = store->mark.slot_bad;
	claims[0].who = store->mark_path;
	claims[0].sequence = store->mark.value.sequence;
	claims[0].epoch = store->mark.value.epoch;
	memcpy(claims[0].root, store->mark.value.root, STORE_HASH_SIZE);
	claims[1].who = NULL;
	if (peeked < 0)
		return 0;
	if (memcmp(applied.ledger, store->mark.value.ledger, STORE_ID_SIZE) != 0)
		return store_report_set(report, STORE_FOREIGN, 0,
					"%s: the view is another ledger's than %s",
					store->view_folder, store->mark_path);
	claims[1].who = store->view_folder;
	claims[1].sequence = applied.reached;
	claims[1].epoch = 0;
	memcpy(claims[1].root, applied.reached_root, STORE_HASH_SIZE);
	return 0;
}

/* *ret_lost: there is none, the operator knows, and one is to be made once the log is good. */
static int
open_vault(struct store *store, bool have_log, bool *ret_lost, struct store_report *report)
{
	const struct store_config *config = &store->config;
	bool begun = have_log || store->mark.value.sequence > 0;
	int error = vault_new(config->files, store->vault_path, store->mark.value.ledger,
			      config->random, config->seam_user, &store->vault, report);

	*ret_lost = error == STORE_NO_VAULT && (!begun || config->vault_lost);
	if (error == STORE_NO_VAULT && !*ret_lost)
		return store_report_set(
		    report, error, 0,
		    "%s: the vault with the keys of personal fields is missing: "
		    "put it back, or say that it is lost",
		    store->vault_path);
	return *ret_lost ? 0 : error;
}

static int
make_vault(struct store *store, struct store_report *report)
{
	const struct store_config *config = &store->config;
	int error = vault_create(config->files, store->vault_path, store->mark.value.ledger,
				 config->random, config->seam_user, report);

	if (error < 0)
		return error;
	return vault_new(config->files, store->vault_path, store->mark.value.ledger, config->random,
			 config->seam_user, &store->vault, report);
}

/*
 * A predecessor may have died between making a name and syncing its folder: the page cache shows
 * it to us, the disk may not have it. Nobody is answered before it has.
 */
static int
sync_names(struct store *store, struct store_report *report)
{
	const char *const names[] = {store->data, store->mark_path, store->vault_path,
				     store->log_folder};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int error = file_sync_name(store->config.files, names[i]);

		if (error < 0)
			return io_failed(report, names[i], error);
	}
	return 0;
}

/* Steps 2 to 6: the log is what it was, or we refuse; then the mark is where the log is. */
static int
open_log(struct store *store, struct store_report *report)
{
	const struct file_ops *files = store->config.files;
	struct recover_claim claims[2];
	struct mark_value value;
	bool lost;
	int error = recover_has_log(files, store->log_folder);
	bool have_log = error == 1;

	if (error >= 0)
		error = read_claims(store, have_log, claims, report);
	else
		(void)io_failed(report, store->log_folder, -EIO);
	if (error == 0)
		error = open_vault(store, have_log, &lost, report);
	if (error < 0)
		return error;
	error = files->make_folder(files->context, store->log_folder);
	if (error < 0 && error != -EEXIST)
		return io_failed(report, store->log_folder, error);
	error = recover_log(&store->log, store->mark.value.ledger, &claims[0],
			    claims[1].who == NULL ? NULL : &claims[1], report);
	if (error == 0)
		error = sync_names(store, report);
	if (error == 0 && lost)
		error = make_vault(store, report);
	if (error < 0)
		return error;
	value = store->mark.value;
	value.sequence = store->log.tip.tree.size;
	value.epoch = store->log.tip.epoch;
	memcpy(value.root, store->log.tip.root, STORE_HASH_SIZE);
	error = mark_write(&store->mark, &value);
	return error < 0 ? io_failed(report, store->mark_path, error) : 0;
}

/* What was left of a spare, and the first segment's: the first append finds it there. */
static int
open_spare(struct store *store, struct store_report *report)
{
	struct log *log = &store->log;
	uint64_t size = log->count == 0 ? log->first_size : log->next_size;
	int error = spare_adopt(&log->spare, size);

	if (error < 0)
		return store_report_set(report, error, 0, "%s: cannot be read or removed",
					log->spare.path);
	log_want_spare(log);
	while (log->count == 0 && spare_step(&log->spare))
		;
	return 0;
}

static uint64_t
tables_to_check(const struct store *store)
{
	uint64_t tables = 0;
	size_t i;

	for (i = 0; i < store->config.table_count; i++)
		if (store->tables[i].check_at_start)
			tables |= 1ull << (i + 1);
	return tables;
}

/* Step 7: the view, as it is if it holds, from nothing if it does not; then up to the log. */
static int
open_view(struct store *store, struct store_report *report)
{
	struct view_checked checked;
	struct view *view = &store->view;
	const struct store_head *head = &store->head;
	int error = view_check_file(view->path, NULL, store->tables, store->config.table_count,
				    tables_to_check(store), &checked, report);

	if (error == 0)
		error = view_open(view, head->ledger, report);
	if (error < 0 && !view_is_none(error))
		return error;
	if (error < 0) {
		report->view_rebuilt = error != STORE_NOT_FOUND;
		error = view_drop(view);
		if (error < 0)
			return store_report_set(report, error, 0, "%s: cannot be removed",
						view->path);
		error = view_open(view, head->ledger, report);
	}
	if (error < 0)
		return error;
	error = viewer_catch_up(store, head->sequence, head->epoch, head->root,
				&report->view_applied, report);
	/* On a full disk the tail is read from the overlay until there is room. */
	if (error == STORE_FULL)
		error = viewer_overlay_rest(store, report);
	if (error == 0)
		view_ready(view);
	return error;
}

static int
start_threads(struct store *store, struct store_report *report)
{
	int error;

	if (store->config.manual)
		return 0;
	store->log.kick = store_kick_keeper;
	store->log.kick_user = store;
	error = worker_start(&store->keeper, keeper_run, store);
	if (error == 0)
		error = worker_start(&store->viewer, viewer_run, store);
	if (error < 0)
		return store_report_set(report, error, 0, "no thread can be started");
	worker_kick(&store->keeper);
	if (atomic_load(&store->view_stalled))
		worker_kick(&store->viewer);
	return 0;
}

static int
open_store(const struct store_config *config, bool restored, struct store **ret,
	   struct store_report *report)
{
	struct store *store = calloc(1, sizeof(*store));
	int error;

	memset(report, 0, sizeof(*report));
	if (store == NULL)
		return store_report_set(report, STORE_MEMORY, 0, "out of memory");
	store->lock_fd = -1;
	store->unmarked_since = INT64_MIN;
	pthread_mutex_init(&store->lock, NULL);
	worker_init(&store->keeper);
	worker_init(&store->viewer);
	error = make_parts(store, config, report);
	if (error == 0)
		error = take_lock(store, report);
	if (error == 0 && !restored)
		error = refuse_restoring(store, report);
	if (error == 0)
		error = open_log(store, report);
	if (error == 0) {
		memcpy(store->head.ledger, store->log.tip.ledger, STORE_ID_SIZE);
		store->head.epoch = store->log.tip.epoch;
		store->head.sequence = store->log.tip.tree.size;
		store->head.recorded_at = store->log.tip.recorded_at;
		memcpy(store->head.root, store->log.tip.root, STORE_HASH_SIZE);
		store->cut_bytes = report->cut_bytes;
		error = open_spare(store, report);
	}
	if (error == 0)
		error = open_view(store, report);
	if (error == 0)
		error = start_threads(store, report);
	if (error < 0) {
		atomic_store(&store->failed, true);
		store_close(store);
		return error;
	}
	/* On the way something was missing and was made: that is no failure. */
	report->error = 0;
	report->text[0] = '\0';
	*ret = store;
	return 0;
}

int
store_open(const struct store_config *config, struct store **ret, struct store_report *report)
{
	return open_store(config, false, ret, report);
}

int
store_open_restored(const struct store_config *config, struct store **ret,
		    struct store_report *report)
{
	return open_store(config, true, ret, report);
}

static void
free_parts(struct store *store)
{
	const struct file_ops *files = store->config.files;

	overlay_puts_done(&store->puts);
	if (store->view_ready)
		view_done(&store->view);
	if (store->overlay_ready)
		overlay_done(&store->overlay);
	vault_free(store->vault);
	if (store->log_ready)
		log_done(&store->log);
	if (store->mark_ready)
		mark_done(&store->mark);
	/* Last: the lock goes with the descriptor. */
	if (store->lock_fd >= 0)
		(void)files->close(files->context, store->lock_fd);
	free(store->salts);
	worker_done(&store->keeper);
	worker_done(&store->viewer);
	pthread_mutex_destroy(&store->lock);
	free(store);
}

struct store *
store_close(struct store *store)
{
	if (store == NULL)
		return NULL;
	worker_stop(&store->keeper);
	worker_stop(&store->viewer);
	if (!atomic_load(&store->failed)) {
		(void)viewer_step(store, true);
		(void)keeper_step(store, true);
	}
	free_parts(store);
	return NULL;
}
