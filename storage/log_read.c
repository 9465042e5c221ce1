/*
 * The log, read anywhere: which group holds a sequence, and the root at the end of one.
 *
 * Owns a descriptor and a window for each reader. Called by store readers, the view's catching up,
 * verify, backup and recovery, on any thread. It tests group headers; whoever uses a record tests
 * that record's checksum.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "log.h"

int
log_reader_init(struct log_reader *reader, struct log *log)
{
	memset(reader, 0, sizeof(*reader));
	reader->log = log;
	reader->fd = -1;
	return segment_scan_init(&reader->scan, log->files);
}

void
log_reader_done(struct log_reader *reader)
{
	if (reader->fd >= 0)
		(void)reader->log->files->close(reader->log->files->context, reader->fd);
	reader->fd = -1;
	segment_scan_done(&reader->scan);
}

static int
reader_fail(struct log_reader *reader, int error, const char *why)
{
	char path[PATH_MAX];

	reader->group_valid = false;
	log_path(reader->log, reader->place.segment, path);
	return store_report_set(&reader->report, error, reader->scan.offset,
				"%s: at offset %llu: %s", path,
				(unsigned long long)reader->scan.offset, why);
}

static int
reader_open(struct log_reader *reader, uint64_t segment)
{
	const struct file_ops *files = reader->log->files;
	char path[PATH_MAX];

	if (reader->fd >= 0 && reader->place.segment == segment)
		return 0;
	if (reader->fd >= 0)
		(void)files->close(files->context, reader->fd);
	reader->place.segment = segment;
	reader->group_valid = false;
	log_path(reader->log, segment, path);
	reader->fd = files->open(files->context, path, O_RDONLY);
	if (reader->fd >= 0)
		return 0;
	return reader_fail(reader, reader->fd == -ENOENT ? STORE_DAMAGED : STORE_IO,
			   strerror(-reader->fd));
}

int
log_reader_group(struct log_reader *reader, const uint8_t **ret_bytes)
{
	size_t size;
	int error = segment_scan_group(&reader->scan, ret_bytes, &size);

	if (error == -ENODATA)
		return reader_fail(reader, STORE_DAMAGED, "the file is cut short");
	if (error < 0)
		return reader_fail(reader, STORE_IO, strerror(-error));
	error = book_group_peek(*ret_bytes, size, &reader->group);
	if (error < 0)
		return reader_fail(reader, error, "a group's header whose checksum does not hold");
	if (book_padded(reader->group.length) > size)
		return reader_fail(reader, STORE_DAMAGED, "a group that is cut short");
	reader->group_offset = reader->scan.offset;
	reader->group_valid = true;
	return 0;
}

static bool
reader_holds(const struct log_reader *reader, uint64_t sequence)
{
	return reader->group_valid && sequence >= reader->group.first &&
	       sequence - reader->group.first < reader->group.count;
}

int
log_reader_seek(struct log_reader *reader, uint64_t sequence, size_t ahead)
{
	struct log_place place;
	const uint8_t *bytes;
	int error;

	if (reader_holds(reader, sequence)) {
		reader->scan.offset = reader->group_offset;
		return 0;
	}
	error = log_find(reader->log, sequence, &place);
	if (error < 0)
		return error;
	/* Often the next group is wanted, and the window has it already. */
	if (reader->group_valid && reader->place.segment == place.segment &&
	    sequence == reader->group.first + reader->group.count) {
		reader->scan.offset = reader->group_offset + book_padded(reader->group.length);
		reader->scan.end = place.end;
		reader->scan.ahead = ahead;
	} else {
		error = reader_open(reader, place.segment);
		if (error < 0)
			return error;
		segment_scan_begin(&reader->scan, reader->fd, place.offset, place.end, ahead);
	}
	reader->place = place;
	for (;;) {
		error = log_reader_group(reader, &bytes);
		if (error < 0)
			return error;
		if (reader_holds(reader, sequence))
			return 0;
		if (sequence < reader->group.first)
			return reader_fail(reader, STORE_DAMAGED,
					   "a group that does not continue the sequence");
		reader->scan.offset += book_padded(reader->group.length);
	}
}

int
log_root_at(struct log *log, uint64_t sequence, uint8_t ret_root[STORE_HASH_SIZE],
	    uint32_t *ret_epoch, struct store_report *report)
{
	struct log_reader reader;
	int error;

	if (sequence == log->tip.tree.size) {
		memcpy(ret_root, log->tip.root, STORE_HASH_SIZE);
		*ret_epoch = log_last(log) == NULL ? log->tip.epoch : log_last(log)->epoch;
		return 0;
	}
	error = log_reader_init(&reader, log);
	if (error < 0) {
		log_reader_done(&reader);
		return store_report_set(report, error, 0, "out of memory");
	}
	/* The root before the group that follows; and the epoch of the one that ends there. */
	*ret_epoch = 1;
	error = log_reader_seek(&reader, sequence + 1, SEGMENT_AHEAD_READ);
	if (error == 0 && reader.group.first != sequence + 1)
		error = STORE_NOT_FOUND;
	if (error == 0)
		memcpy(ret_root, reader.group.root_before, STORE_HASH_SIZE);
	if (error == 0 && sequence > 0) {
		error = log_reader_seek(&reader, sequence, SEGMENT_AHEAD_READ);
		*ret_epoch = reader.group.epoch;
	}
	if (error == STORE_DAMAGED || error == STORE_IO)
		*report = reader.report;
	log_reader_done(&reader);
	return error;
}
