/*
 * Reading everything there is and comparing it with everything that is known of it.
 *
 * Owns nothing that outlives a call. Any thread, beside appends; it covers what was acknowledged
 * when it began. It repairs nothing: damage is named.
 */
#include "verify.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "store_parts.h"
#include "view_check.h"

struct verify {
	struct store *store;
	struct store_head head;
	struct checksum_sha *sha;
	struct segment_scan scan;
	struct log_place place;
	struct book_tip tip;
	int fd;
	int (*progress)(void *user, uint64_t sequence);
	void *user;
	struct store_verified *found;
	struct store_report *report;
};

static int
say(struct verify *verify, int error, uint64_t offset, const char *why)
{
	char path[PATH_MAX];

	log_path(&verify->store->log, verify->place.segment, path);
	return store_report_set(verify->report, error, offset, "%s: at offset %llu: %s", path,
				(unsigned long long)offset, why);
}

static int
say_io(struct verify *verify, int system_error)
{
	return say(verify, system_error == -ENODATA ? STORE_DAMAGED : STORE_IO, verify->scan.offset,
		   strerror(-system_error));
}

static int
check_header(struct verify *verify)
{
	uint8_t bytes[SEGMENT_HEADER];
	struct segment *header = NULL;
	const char *why = NULL;
	int error = file_read_all(verify->store->config.files, verify->fd, bytes, sizeof(bytes), 0);

	if (error < 0)
		return say_io(verify, error);
	error = segment_header_decode(bytes, &header);
	if (error < 0)
		return say(verify, error, 0, "a segment's header that does not hold");
	if (header->first != verify->tip.tree.size + 1 || header->size != verify->place.size ||
	    memcmp(header->ledger, verify->tip.ledger, STORE_ID_SIZE) != 0 ||
	    memcmp(header->root_before, verify->tip.root, STORE_HASH_SIZE) != 0 ||
	    header->epoch < verify->tip.epoch)
		why = "a segment's header that does not continue the one before it";
	verify->tip.epoch = header->epoch;
	segment_free(header);
	return why == NULL ? 0 : say(verify, STORE_DAMAGED, 0, why);
}

/* All groups of the segment up to the head as it was. */
static int
check_groups(struct verify *verify)
{
	struct segment_scan *scan = &verify->scan;

	segment_scan_begin(scan, verify->fd, SEGMENT_HEADER, verify->place.end, SEGMENT_AHEAD_WALK);
	while (scan->offset < scan->end && verify->tip.tree.size < verify->head.sequence) {
		struct book_group group;
		const uint8_t *bytes;
		const char *why;
		size_t size;
		int error = segment_scan_group(scan, &bytes, &size);

		if (error < 0)
			return say_io(verify, error);
		error = book_group_check(&verify->tip, verify->sha, bytes, size, &group, &why);
		if (error < 0)
			return say(verify, error, scan->offset, why);
		scan->offset += book_padded(group.length);
		verify->found->groups++;
		if (verify->progress == NULL)
			continue;
		error = verify->progress(verify->user, verify->tip.tree.size);
		if (error != 0)
			return error;
	}
	return 0;
}

/* Behind the last group: zeros, then the trailer, which must say what we found. */
static int
check_sealed_end(struct verify *verify)
{
	struct segment_scan *scan = &verify->scan;
	uint64_t limit = segment_limit(verify->place.size);
	struct segment *trailer = segment_new(verify->place.size);
	const uint8_t *bytes;
	size_t size;
	int error = 0;

	if (trailer == NULL)
		return say(verify, STORE_MEMORY, limit, "out of memory");
	segment_scan_begin(scan, verify->fd, verify->place.end, verify->place.size,
			   SEGMENT_AHEAD_WALK);
	while (error == 0 && scan->offset < limit) {
		error = segment_scan_bytes(scan, 1, &bytes, &size);
		if (error < 0)
			break;
		if (size > limit - scan->offset)
			size = (size_t)(limit - scan->offset);
		if (!bytes_all_zero(bytes, size)) {
			segment_free(trailer);
			return say(verify, STORE_DAMAGED, scan->offset,
				   "bytes behind the last group of a sealed segment");
		}
		scan->offset += size;
	}
	if (error == 0)
		error = segment_scan_bytes(scan, segment_trailer_size(verify->place.size), &bytes,
					   &size);
	if (error < 0) {
		segment_free(trailer);
		return say_io(verify, error);
	}
	memcpy(trailer->ledger, verify->tip.ledger, STORE_ID_SIZE);
	trailer->epoch = verify->tip.epoch;
	trailer->first = verify->place.segment;
	if (segment_trailer_decode(trailer, bytes) < 0 || trailer->last != verify->tip.tree.size ||
	    trailer->end != verify->place.end ||
	    memcmp(trailer->root_after, verify->tip.root, STORE_HASH_SIZE) != 0)
		error = say(verify, STORE_DAMAGED, limit,
			    "a trailer that is not that of the groups before it");
	segment_free(trailer);
	return error;
}

static int
check_segment(struct verify *verify)
{
	const struct file_ops *files = verify->store->config.files;
	char path[PATH_MAX];
	int error = log_find(&verify->store->log, verify->tip.tree.size + 1, &verify->place);

	assert(error == 0);
	log_path(&verify->store->log, verify->place.segment, path);
	verify->fd = files->open(files->context, path, O_RDONLY);
	if (verify->fd < 0)
		return say(verify, verify->fd == -ENOENT ? STORE_DAMAGED : STORE_IO, 0,
			   strerror(-verify->fd));
	error = check_header(verify);
	if (error == 0)
		error = check_groups(verify);
	if (error == 0 && verify->place.sealed && verify->tip.tree.size == verify->place.last)
		error = check_sealed_end(verify);
	if (error == 0 && verify->tip.tree.size < verify->head.sequence &&
	    verify->tip.tree.size < verify->place.last)
		error = say(verify, STORE_DAMAGED, verify->scan.offset, "the segment ends early");
	verify->found->log_bytes += verify->scan.offset;
	verify->found->segments++;
	(void)files->close(files->context, verify->fd);
	return error;
}

static int
check_log(struct verify *verify)
{
	int error = 0;

	book_tip_init(&verify->tip, verify->sha, verify->head.ledger);
	while (error == 0 && verify->tip.tree.size < verify->head.sequence)
		error = check_segment(verify);
	if (error != 0)
		return error;
	if (memcmp(verify->tip.root, verify->head.root, STORE_HASH_SIZE) != 0)
		return say(verify, STORE_DAMAGED, verify->scan.offset,
			   "the log's root is not the one that was answered");
	return 0;
}

static int
check_view(struct verify *verify)
{
	struct store *store = verify->store;
	struct view_checked checked;
	struct view_reader reader;
	int error;

	/* Holding a reader keeps the environment open while it is looked at from outside. */
	view_reader_init(&store->view, &reader);
	error = view_reader_begin(&store->view, &reader);
	if (error == 0) {
		uint64_t all = ((1ull << store->config.table_count) - 1) << 1;

		error = view_check_file(store->view.path, store->view.env, store->tables,
					store->config.table_count, all, &checked, verify->report);
		view_reader_end(&store->view, &reader);
	} else {
		(void)store_report_set(verify->report, error, 0, "%s: %s", store->view_folder,
				       store_error_text(error));
	}
	view_reader_done(&store->view, &reader);
	if (error == 0)
		verify->found->view_rows = checked.rows;
	if (error == STORE_DAMAGED) {
		(void)view_suspect(&store->view);
		worker_kick(&store->viewer);
	}
	return error;
}

int
store_verify(struct store *store, int (*progress)(void *user, uint64_t sequence), void *user,
	     struct store_verified *ret, struct store_report *report)
{
	struct store_verified found = {0};
	struct verify verify = {.store = store,
				.progress = progress,
				.user = user,
				.found = &found,
				.report = report,
				.fd = -1};
	int error;

	memset(report, 0, sizeof(*report));
	store_head(store, &verify.head);
	verify.sha = checksum_sha_new();
	error = segment_scan_init(&verify.scan, store->config.files);
	if (verify.sha == NULL || error < 0)
		error = store_report_set(report, STORE_MEMORY, 0, "out of memory");
	if (error == 0)
		error = check_log(&verify);
	if (error == 0)
		error = mark_check(&store->mark, report);
	if (error == 0)
		error = vault_check(store->vault, &found.vault_keys, &found.vault_erased, report);
	if (error == 0)
		error = check_view(&verify);
	segment_scan_done(&verify.scan);
	checksum_sha_free(verify.sha);
	if (error != 0)
		return error;
	found.sequence = verify.head.sequence;
	memcpy(found.root, verify.head.root, STORE_HASH_SIZE);
	pthread_mutex_lock(&store->lock);
	store->verified_sequence = found.sequence;
	pthread_mutex_unlock(&store->lock);
	*ret = found;
	return 0;
}
