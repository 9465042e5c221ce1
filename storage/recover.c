/*
 * Recovery (book.md's steps 3 to 5; FORMAT.md, "Reading a log").
 *
 * Owns nothing that outlives it; fills the log. Called while opening, on the writer's thread,
 * before there are others, and by restore. Everything up to recover_apply only reads; it never
 * skips what does not hold: an unfinished last group is cut, everything else is refused.
 */
#include "recover.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recover_scan.h"

struct names {
	uint64_t *firsts;
	size_t count;
	size_t capacity;
};

static int
names_add(void *user, const char *name)
{
	struct names *names = user;
	uint64_t first;

	if (!segment_name_parse(name, &first))
		return 0;
	if (names->count == names->capacity) {
		size_t capacity = names->capacity + 64;
		uint64_t *more = reallocarray(names->firsts, capacity, sizeof(*more));

		if (more == NULL)
			return -ENOMEM;
		names->firsts = more;
		names->capacity = capacity;
	}
	names->firsts[names->count++] = first;
	return 0;
}

static int
names_compare(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left;
	uint64_t b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

static int
any_name(void *user, const char *name)
{
	uint64_t first;

	(void)user;
	return segment_name_parse(name, &first) ? 1 : 0;
}

int
recover_has_log(const struct file_ops *files, const char *folder)
{
	int answer = files->list(files->context, folder, any_name, NULL);

	if (answer == -ENOENT)
		return 0;
	return answer < 0 ? STORE_IO : answer;
}

/* Opens the file and decodes its header; *ret NULL and 0 if the header does not hold. */
static int
read_header(struct recover *recover, uint64_t first, int *ret_fd, struct segment **ret)
{
	const struct file_ops *files = recover->log->files;
	uint8_t header[SEGMENT_HEADER];
	uint64_t size;
	char path[PATH_MAX];
	int error;

	log_path(recover->log, first, path);
	*ret = NULL;
	*ret_fd = files->open(files->context, path, O_RDWR);
	if (*ret_fd < 0)
		return recover_say(recover, STORE_IO, first, 0, strerror(-*ret_fd));
	error = files->size(files->context, *ret_fd, &size);
	if (error == 0)
		error = file_read_all(files, *ret_fd, header, sizeof(header), 0);
	if (error == -ENODATA)
		return 0;
	if (error < 0)
		return recover_say(recover, STORE_IO, first, 0, strerror(-error));
	error = segment_header_decode(header, ret);
	if (error == STORE_NEWER_FORMAT)
		return recover_say(recover, error, first, 0,
				   "the segment is of a later format than this program knows");
	if (error == STORE_MEMORY)
		return recover_say(recover, error, first, 0, "out of memory");
	if (error < 0)
		return 0;
	if (size != (*ret)->size)
		return recover_say(recover, STORE_DAMAGED, first, size,
				   size < (*ret)->size ? "the file is cut short"
						       : "the file is longer than its header says");
	return 0;
}

/* Does the segment continue the one before it (NULL: begin the log)? */
static int
check_chain(struct recover *recover, const struct segment *segment, uint64_t name)
{
	const struct segment *before = log_last(recover->log);
	const uint8_t *root = before != NULL ? before->root_after : recover->log->tip.root;
	uint64_t expected = before != NULL ? before->last + 1 : 1;

	if (memcmp(segment->ledger, recover->ledger, STORE_ID_SIZE) != 0)
		return recover_say(recover, STORE_FOREIGN, name, 0,
				   "a segment of another ledger than the mark's");
	if (segment->first != name)
		return recover_say(recover, STORE_DAMAGED, name, 0,
				   "the file's name is not its first sequence");
	if (segment->first != expected)
		return recover_say(recover, STORE_DAMAGED, name, 0,
				   "a segment before this one is missing");
	if (memcmp(segment->root_before, root, STORE_HASH_SIZE) != 0)
		return recover_say(recover, STORE_DAMAGED, name, 0,
				   "the root before this segment is not the root after the last");
	if (segment->epoch == 0 || (before != NULL && segment->epoch < before->epoch))
		return recover_say(recover, STORE_DAMAGED, name, 0,
				   "the segment's epoch is below that of the one before it");
	return 0;
}

static int
read_trailer(struct recover *recover, int fd, struct segment *segment)
{
	size_t size = segment_trailer_size(segment->size);
	uint64_t offset = segment_limit(segment->size);
	uint8_t *bytes = malloc(size);
	int error;

	if (bytes == NULL)
		return recover_say(recover, STORE_MEMORY, segment->first, offset, "out of memory");
	error = file_read_all(recover->log->files, fd, bytes, size, offset);
	if (error < 0) {
		free(bytes);
		return recover_say(recover, STORE_IO, segment->first, offset, strerror(-error));
	}
	error = segment_trailer_decode(segment, bytes);
	free(bytes);
	return error;
}

/* All segments but the last: header and trailer must hold and continue each other. */
static int
read_sealed(struct recover *recover, uint64_t first)
{
	const struct file_ops *files = recover->log->files;
	struct segment *segment;
	int fd;
	int error = read_header(recover, first, &fd, &segment);

	if (error == 0 && segment == NULL)
		error = recover_say(recover, STORE_DAMAGED, first, 0,
				    "a segment's header that does not hold");
	if (error == 0)
		error = check_chain(recover, segment, first);
	if (error == 0) {
		error = read_trailer(recover, fd, segment);
		if (error == STORE_DAMAGED)
			error = recover_say(recover, error, first, segment_limit(segment->size),
					    "a sealed segment's trailer that does not hold");
	}
	if (fd >= 0)
		(void)files->close(files->context, fd);
	if (error == 0) {
		error = log_push(recover->log, segment);
		if (error < 0)
			error = recover_say(recover, error, first, 0, "out of memory");
	}
	if (error < 0)
		segment_free(segment);
	return error;
}

/*
 * The last segment. *ret_begun is false if it holds no group: it was begun for one that nobody
 * was told about, and is no part of the log.
 */
static int
read_last(struct recover *recover, uint64_t first, bool *ret_begun)
{
	struct segment *segment = NULL;
	int error = read_header(recover, first, &recover->fd, &segment);

	*ret_begun = false;
	if (error == 0 && segment != NULL)
		error = check_chain(recover, segment, first);
	if (error == 0 && segment != NULL)
		error = recover_scan(recover, segment);
	if (error == 0 && segment != NULL && segment->last >= segment->first) {
		*ret_begun = true;
		error = log_push(recover->log, segment);
		if (error == 0)
			return 0;
		error = recover_say(recover, error, first, 0, "out of memory");
	}
	segment_free(segment);
	return error;
}

/* A last file without a group: refuse it unless it can only be a switch that did not finish. */
static int
judge_unbegun(struct recover *recover, uint64_t first)
{
	const struct segment *before = log_last(recover->log);
	uint64_t expected = before != NULL ? before->last + 1 : 1;
	uint64_t size;
	int error;

	if (first != expected)
		return recover_say(recover, STORE_DAMAGED, first, 0,
				   "a segment before this one is missing");
	error = recover->log->files->size(recover->log->files->context, recover->fd, &size);
	if (error < 0)
		return recover_say(recover, STORE_IO, first, 0, strerror(-error));
	if (recover->mark->sequence >= first ||
	    (recover->view != NULL && recover->view->sequence >= first))
		return recover_say(recover, STORE_DAMAGED, first, 0,
				   "records that were acknowledged do not hold");
	error = recover_junk(recover, first, 0, size, SEGMENT_HEADER);
	if (error < 0)
		return error;
	if (recover->junk_end > SEGMENT_HEADER + STORE_GROUP_MAX)
		return recover_say(recover, STORE_DAMAGED, first, 0,
				   "more bytes than one unfinished group can be");
	recover->unbegun = first;
	recover->unbegun_bytes = recover->junk_end;
	return 0;
}

static int
read_all(struct recover *recover, const struct names *names)
{
	size_t count = names->count;
	bool begun = false;
	size_t i;
	int error = 0;

	for (i = 0; error == 0 && i + 1 < count; i++)
		error = read_sealed(recover, names->firsts[i]);
	if (error < 0 || count == 0)
		return error;
	error = read_last(recover, names->firsts[count - 1], &begun);
	if (error < 0 || begun)
		return error;
	error = judge_unbegun(recover, names->firsts[count - 1]);
	recover_close(recover);
	if (error < 0 || count == 1)
		return error;
	/* The one before is the last after all: read it to the end, its trailer is known good. */
	segment_free(recover->log->segments[--recover->log->count]);
	error = read_last(recover, names->firsts[count - 2], &begun);
	if (error == 0 && !begun)
		error = recover_say(recover, STORE_DAMAGED, names->firsts[count - 2],
				    SEGMENT_HEADER, "a sealed segment without a group");
	return error;
}

static int
judge_claim(struct recover *recover, const struct recover_claim *claim)
{
	struct log *log = recover->log;
	uint8_t root[STORE_HASH_SIZE];
	uint32_t epoch;
	int error;

	if (claim == NULL)
		return 0;
	if (claim->sequence > log->tip.tree.size)
		return store_report_set(recover->report, STORE_BOOK_WENT_BACK, 0,
					"%s: the log ends at sequence %llu, but %s says that "
					"sequence %llu was reached: the log is older than it was",
					log->folder, (unsigned long long)log->tip.tree.size,
					claim->who, (unsigned long long)claim->sequence);
	error = log_root_at(log, claim->sequence, root, &epoch, recover->report);
	if (error == STORE_NOT_FOUND ||
	    (error == 0 && memcmp(root, claim->root, sizeof(root)) != 0))
		return store_report_set(recover->report, STORE_BOOK_WENT_BACK, 0,
					"%s: at sequence %llu the log has another root than %s "
					"says: it is not the log it was",
					log->folder, (unsigned long long)claim->sequence,
					claim->who);
	if (error < 0)
		return error;
	if (claim->epoch != 0 && claim->epoch != epoch)
		return store_report_set(recover->report, STORE_BOOK_WENT_BACK, 0,
					"%s: sequence %llu is of epoch %u in the log, of %u in %s",
					log->folder, (unsigned long long)claim->sequence, epoch,
					claim->epoch, claim->who);
	return 0;
}

/* Write again what the page cache may have and the disk may not; zero the cut; sync. */
static int
rewrite_tail(struct recover *recover)
{
	const struct file_ops *files = recover->log->files;
	struct segment *last = log_last(recover->log);
	uint64_t from = recover->rewrite_from;
	uint64_t limit = segment_limit(last->size);
	int error;

	error = recover_rewrite(recover, from, last->end);
	if (error == 0 && recover->junk_end > last->end)
		error = recover_zero(recover, last->end, book_padded(recover->junk_end));
	if (error == 0 && last->sealed)
		error = recover_rewrite(recover, limit, last->size);
	if (error == 0 && recover->trailer_torn)
		error = recover_zero(recover, limit, last->size);
	if (error == 0)
		error = files->datasync(files->context, recover->fd);
	recover->report->rewritten = last->end - from;
	return error;
}

static int
recover_apply(struct recover *recover)
{
	struct log *log = recover->log;
	const struct file_ops *files = log->files;
	struct segment *last = log_last(log);
	struct store_report *report = recover->report;
	int error = 0;

	if (last != NULL && recover->junk_end > last->end) {
		report->cut_segment = last->first;
		report->cut_offset = last->end;
		report->cut_bytes = recover->junk_end - last->end;
	}
	if (recover->unbegun != 0) {
		char path[PATH_MAX];

		report->cut_segment = recover->unbegun;
		report->cut_bytes = recover->unbegun_bytes;
		log_path(log, recover->unbegun, path);
		error = files->unlink(files->context, path);
	}
	if (error == 0 && last != NULL)
		error = rewrite_tail(recover);
	if (error == 0)
		error = files->sync_folder(files->context, log->folder);
	if (error < 0)
		return recover_say(recover, STORE_IO, last == NULL ? 1 : last->first, 0,
				   strerror(-error));
	if (last != NULL && !last->sealed) {
		log->fd = recover->fd;
		recover->fd = -1;
	}
	return 0;
}

/* Bytes after the last group may be cut only if nobody was told what they say. */
static int
judge_cut(struct recover *recover)
{
	struct segment *last = log_last(recover->log);
	uint64_t sequence = recover->log->tip.tree.size;

	if (last == NULL || recover->junk_end <= last->end)
		return 0;
	if (recover->mark->sequence > sequence)
		return recover_say(recover, STORE_DAMAGED, last->first, last->end, recover->why);
	if (recover->view != NULL && recover->view->sequence > sequence)
		return recover_say(recover, STORE_DAMAGED, last->first, last->end, recover->why);
	if (last->sealed)
		return recover_say(recover, STORE_DAMAGED, last->first, last->end,
				   "bytes behind the last group of a sealed segment");
	if (recover->junk_end - last->end > STORE_GROUP_MAX)
		return recover_say(recover, STORE_DAMAGED, last->first, last->end,
				   "more bytes than one unfinished group can be");
	return 0;
}

int
recover_log(struct log *log, const uint8_t ledger[STORE_ID_SIZE], const struct recover_claim *mark,
	    const struct recover_claim *view, struct store_report *report)
{
	struct recover recover = {
	    .log = log, .ledger = ledger, .mark = mark, .view = view, .report = report, .fd = -1};
	struct names names = {0};
	int error;

	assert(log->count == 0);
	book_tip_init(&log->tip, log->sha, ledger);
	error = segment_scan_init(&recover.scan, log->files);
	if (error == 0) {
		error = log->files->list(log->files->context, log->folder, names_add, &names);
		if (error < 0)
			error = error == -ENOMEM ? STORE_MEMORY : STORE_IO;
	}
	if (error < 0) {
		(void)store_report_set(report, error, 0, "%s: cannot be listed", log->folder);
	} else {
		if (names.count > 0)
			qsort(names.firsts, names.count, sizeof(names.firsts[0]), names_compare);
		error = read_all(&recover, &names);
	}
	if (error == 0)
		error = judge_cut(&recover);
	if (error == 0)
		error = judge_claim(&recover, mark);
	if (error == 0)
		error = judge_claim(&recover, view);
	if (error == 0)
		error = recover_apply(&recover);
	recover_close(&recover);
	segment_scan_done(&recover.scan);
	free(names.firsts);
	return error;
}
