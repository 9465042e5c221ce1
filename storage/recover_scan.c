/*
 * Reading the last segment to its end, and writing its tail again.
 *
 * Owns nothing. Called by recover.c alone, before anything is answered. It says what it found;
 * whether that may be cut is judged there.
 */
#include "recover_scan.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"

int
recover_say(struct recover *recover, int error, uint64_t segment, uint64_t offset, const char *why)
{
	char path[PATH_MAX];

	log_path(recover->log, segment, path);
	return store_report_set(recover->report, error, offset, "%s: at offset %llu: %s", path,
				(unsigned long long)offset, why);
}

void
recover_close(struct recover *recover)
{
	if (recover->fd >= 0)
		(void)recover->log->files->close(recover->log->files->context, recover->fd);
	recover->fd = -1;
}

static int
scan_failed(struct recover *recover, int error, uint64_t segment)
{
	return recover_say(recover, error == -ENODATA ? STORE_DAMAGED : STORE_IO, segment,
			   recover->scan.offset, strerror(-error));
}

static int
scan_newer(struct recover *recover, const struct segment *segment)
{
	return recover_say(recover, STORE_NEWER_FORMAT, segment->first, recover->scan.offset,
			   "a group of a later format than this program knows");
}

/* The tip before the segment's first group: the frontier is in that group's header. */
static bool
tip_before(struct recover *recover, const struct segment *segment, const struct book_group *group,
	   struct book_tip *tip)
{
	const struct segment *before = log_last(recover->log);

	book_tip_init(tip, recover->log->sha, recover->ledger);
	tip->epoch = segment->epoch;
	if (before != NULL) {
		tip->recorded_at = before->recorded_at;
		tip->previous_length = before->previous_length;
		memcpy(tip->previous_root, before->previous_root, STORE_HASH_SIZE);
	}
	if (group->first != segment->first)
		return false;
	tree_unpack(&tip->tree, segment->first - 1, group->frontier);
	tree_root(&tip->tree, recover->log->sha, tip->root);
	return memcmp(tip->root, segment->root_before, STORE_HASH_SIZE) == 0;
}

/* Groups one after the other, as far as they continue each other. */
static int
scan_groups(struct recover *recover, struct segment *segment, struct book_tip *tip)
{
	uint64_t limit = segment_limit(segment->size);
	bool begun = false;

	segment_scan_begin(&recover->scan, recover->fd, SEGMENT_HEADER, limit, SEGMENT_AHEAD_WALK);
	recover->why = NULL;
	while (recover->scan.offset < limit) {
		struct book_group group;
		const uint8_t *bytes;
		size_t size;
		int error = segment_scan_group(&recover->scan, &bytes, &size);

		if (error < 0)
			return scan_failed(recover, error, segment->first);
		error = book_group_peek(bytes, size, &group);
		recover->why = "a group's header whose checksum does not hold";
		if (error == STORE_DAMAGED)
			return 0;
		if (error == STORE_NEWER_FORMAT)
			return scan_newer(recover, segment);
		if (!begun && !tip_before(recover, segment, &group, tip))
			return recover_say(
			    recover, STORE_DAMAGED, segment->first, recover->scan.offset,
			    "the first group does not continue its segment's header");
		begun = true;
		/* A header that holds and belongs elsewhere is no unfinished write. */
		recover->why = book_group_continues(tip, &group);
		if (recover->why != NULL)
			return recover_say(recover, STORE_DAMAGED, segment->first,
					   recover->scan.offset, recover->why);
		error =
		    book_group_check(tip, recover->log->sha, bytes, size, &group, &recover->why);
		if (error == STORE_NEWER_FORMAT)
			return scan_newer(recover, segment);
		if (error < 0)
			return 0;
		segment_group_add(segment, tip, group.first, group.length);
		recover->scan.offset += book_padded(group.length);
		if (segment->last == recover->mark->sequence)
			recover->rewrite_from = segment->end;
	}
	return 0;
}

int
recover_junk(struct recover *recover, uint64_t segment, uint64_t from, uint64_t limit,
	     uint64_t skip)
{
	struct segment_scan *scan = &recover->scan;
	uint64_t first = from + skip;

	recover->junk_end = 0;
	segment_scan_begin(scan, recover->fd, from, limit, SEGMENT_AHEAD_WALK);
	while (scan->offset < limit) {
		struct book_group group;
		const uint8_t *bytes;
		size_t available;
		size_t size;
		int error = segment_scan_bytes(scan, BOOK_GROUP_HEADER_MAX, &bytes, &available);

		if (error < 0)
			return scan_failed(recover, error, segment);
		size = available < BOOK_SECTOR ? available : BOOK_SECTOR;
		if (!bytes_all_zero(bytes, size)) {
			recover->junk_end = scan->offset + size;
			while (bytes[recover->junk_end - scan->offset - 1] == 0)
				recover->junk_end--;
			if (scan->offset > first &&
			    book_group_peek(bytes, available, &group) != STORE_DAMAGED &&
			    memcmp(group.ledger, recover->ledger, STORE_ID_SIZE) == 0)
				return recover_say(recover, STORE_DAMAGED, segment, from,
						   "bytes that do not hold, and behind them a "
						   "group that does");
		}
		scan->offset += size;
	}
	return 0;
}

/* The trailer: whole, then the segment was filled to exactly here; or not, then it is open. */
static int
scan_trailer(struct recover *recover, struct segment *segment)
{
	size_t size = segment_trailer_size(segment->size);
	uint64_t offset = segment_limit(segment->size);
	struct segment *sealed = segment_new(segment->size);
	uint8_t *bytes = malloc(size);
	int error = 0;

	if (sealed == NULL || bytes == NULL) {
		error = recover_say(recover, STORE_MEMORY, segment->first, offset, "out of memory");
		goto done;
	}
	error = file_read_all(recover->log->files, recover->fd, bytes, size, offset);
	if (error < 0) {
		error = scan_failed(recover, error, segment->first);
		goto done;
	}
	memcpy(sealed->ledger, segment->ledger, STORE_ID_SIZE);
	sealed->epoch = segment->epoch;
	sealed->first = segment->first;
	recover->trailer_torn = false;
	if (segment_trailer_decode(sealed, bytes) < 0) {
		recover->trailer_torn = !bytes_all_zero(bytes, size);
		goto done;
	}
	if (sealed->last != segment->last || sealed->end != segment->end ||
	    memcmp(sealed->root_after, segment->root_after, STORE_HASH_SIZE) != 0)
		error = recover_say(recover, STORE_DAMAGED, segment->first, segment->end,
				    "the segment's trailer confirms groups that do not hold");
	segment->sealed = error == 0;
done:
	segment_free(sealed);
	free(bytes);
	return error;
}

int
recover_scan(struct recover *recover, struct segment *segment)
{
	struct book_tip tip;
	int error;

	recover->rewrite_from = 0;
	error = scan_groups(recover, segment, &tip);
	if (error < 0)
		return error;
	error =
	    recover_junk(recover, segment->first, segment->end, segment_limit(segment->size), 0);
	if (error < 0)
		return error;
	error = scan_trailer(recover, segment);
	if (error < 0 || segment->last < segment->first)
		return error;
	if (recover->mark->sequence > segment->last)
		recover->rewrite_from = segment->end;
	recover->log->tip = tip;
	return 0;
}

int
recover_rewrite(struct recover *recover, uint64_t from, uint64_t to)
{
	struct segment_scan *scan = &recover->scan;

	segment_scan_begin(scan, recover->fd, from, to, SEGMENT_AHEAD_WALK);
	while (scan->offset < to) {
		const uint8_t *bytes;
		size_t size;
		int error = segment_scan_bytes(scan, 1, &bytes, &size);

		if (error == 0)
			error = file_write_all(scan->files, recover->fd, bytes, size, scan->offset);
		if (error < 0)
			return error;
		scan->offset += size;
	}
	return 0;
}

int
recover_zero(struct recover *recover, uint64_t from, uint64_t to)
{
	static const uint8_t zeros[64 << 10];

	while (from < to) {
		uint64_t left = to - from;
		size_t size = left < sizeof(zeros) ? (size_t)left : sizeof(zeros);
		int error = file_write_all(recover->log->files, recover->fd, zeros, size, from);

		if (error < 0)
			return error;
		from += size;
	}
	return 0;
}
