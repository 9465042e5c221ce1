/*
 * The mark (FORMAT.md, "Mark").
 *
 * Owns the file beside the data folder. Called by recovery, the writer and the keeper. It never
 * judges the log: it says what was promised, recovery compares.
 */
#include "mark.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "book.h"
#include "bytes.h"

static const uint8_t mark_magic[8] = {'D', 'M', 'R', 'T', 'M', 'A', 'R', 'K'};

enum {
	M_MAGIC = 0,
	M_VERSION = 8,
	M_CRC = 12,
	M_LEDGER = 16,
	M_EPOCH = 32,
	M_ALGORITHM = 36,
	M_GENERATION = 40,
	M_SEQUENCE = 48,
	M_EPOCH_KNOWN = 56,
	M_ROOT = 64,
};

void
mark_init(struct mark *mark, const struct file_ops *files, const char *path)
{
	memset(mark, 0, sizeof(*mark));
	mark->files = files;
	mark->fd = -1;
	assert(strlen(path) < sizeof(mark->path));
	(void)snprintf(mark->path, sizeof(mark->path), "%s", path);
	pthread_mutex_init(&mark->lock, NULL);
}

void
mark_done(struct mark *mark)
{
	if (mark->fd >= 0)
		(void)mark->files->close(mark->files->context, mark->fd);
	mark->fd = -1;
	pthread_mutex_destroy(&mark->lock);
}

static uint32_t
slot_crc(const uint8_t *slot)
{
	uint32_t crc = checksum_crc32c(0, slot, M_CRC);

	return checksum_crc32c(crc, slot + M_LEDGER, MARK_SLOT - M_LEDGER);
}

static void
slot_encode(const struct mark_value *value, uint64_t generation, uint32_t epoch_known,
	    uint8_t slot[MARK_SLOT])
{
	memset(slot, 0, MARK_SLOT);
	memcpy(slot + M_MAGIC, mark_magic, sizeof(mark_magic));
	bytes_put_u32(slot + M_VERSION, MARK_VERSION);
	memcpy(slot + M_LEDGER, value->ledger, STORE_ID_SIZE);
	bytes_put_u32(slot + M_EPOCH, value->epoch);
	bytes_put_u32(slot + M_ALGORITHM, BOOK_ALGORITHM_SHA256);
	bytes_put_u64(slot + M_GENERATION, generation);
	bytes_put_u64(slot + M_SEQUENCE, value->sequence);
	bytes_put_u32(slot + M_EPOCH_KNOWN, epoch_known);
	memcpy(slot + M_ROOT, value->root, STORE_HASH_SIZE);
	bytes_put_u32(slot + M_CRC, slot_crc(slot));
}

static int
slot_decode(const uint8_t slot[MARK_SLOT], unsigned index, struct mark_value *ret_value,
	    uint64_t *ret_generation)
{
	if (memcmp(slot + M_MAGIC, mark_magic, sizeof(mark_magic)) != 0 ||
	    bytes_get_u32(slot + M_CRC) != slot_crc(slot))
		return STORE_DAMAGED;
	if (bytes_get_u32(slot + M_VERSION) != MARK_VERSION ||
	    bytes_get_u32(slot + M_ALGORITHM) != BOOK_ALGORITHM_SHA256)
		return STORE_NEWER_FORMAT;
	*ret_generation = bytes_get_u64(slot + M_GENERATION);
	/* Generations alternate between the slots: a slot copied over the other one is none. */
	if (*ret_generation % 2 != index)
		return STORE_DAMAGED;
	memcpy(ret_value->ledger, slot + M_LEDGER, STORE_ID_SIZE);
	ret_value->epoch = bytes_get_u32(slot + M_EPOCH);
	ret_value->sequence = bytes_get_u64(slot + M_SEQUENCE);
	memcpy(ret_value->root, slot + M_ROOT, STORE_HASH_SIZE);
	return 0;
}

static void
know_epochs(struct mark *mark, const struct mark_value *value, uint32_t known)
{
	if (mark->epoch_known < known)
		mark->epoch_known = known;
	if (mark->epoch_known < value->epoch)
		mark->epoch_known = value->epoch;
}

int
mark_read(struct mark *mark, struct store_report *report)
{
	uint8_t slots[2 * MARK_SLOT];
	unsigned i;
	unsigned good = 0;
	int error;

	assert(mark->fd < 0);
	mark->fd = mark->files->open(mark->files->context, mark->path, O_RDWR);
	if (mark->fd == -ENOENT)
		return store_report_set(report, STORE_NO_MARK, 0, "%s: there is no mark",
					mark->path);
	if (mark->fd < 0)
		return store_report_set(report, STORE_IO, 0, "%s: %s", mark->path,
					strerror(-mark->fd));
	error = file_read_all(mark->files, mark->fd, slots, sizeof(slots), 0);
	if (error == -ENODATA)
		return store_report_set(report, STORE_DAMAGED, 0, "%s: the mark is cut short",
					mark->path);
	if (error < 0)
		return store_report_set(report, STORE_IO, 0, "%s: %s", mark->path,
					strerror(-error));
	for (i = 0; i < 2; i++) {
		struct mark_value value;
		uint64_t generation = 0;

		error = slot_decode(slots + (size_t)i * MARK_SLOT, i, &value, &generation);
		if (error == STORE_NEWER_FORMAT)
			return store_report_set(report, error, i * MARK_SLOT,
						"%s: the mark is of format %u, this program knows "
						"up to %u",
						mark->path,
						bytes_get_u32(slots + i * MARK_SLOT + M_VERSION),
						MARK_VERSION);
		if (error == 0)
			know_epochs(mark, &value,
				    bytes_get_u32(slots + i * MARK_SLOT + M_EPOCH_KNOWN));
		if (error < 0 || (good > 0 && generation < mark->generation)) {
			good += error == 0;
			continue;
		}
		mark->generation = generation;
		mark->value = value;
		good++;
	}
	if (good == 0)
		return store_report_set(report, STORE_DAMAGED, 0,
					"%s: neither slot of the mark holds", mark->path);
	mark->slot_bad = good < 2;
	return 0;
}

/* A new file beside the old, then renamed: there is never a moment without a whole mark. */
int
mark_create(struct mark *mark, const struct mark_value *value, struct store_report *report)
{
	const struct file_ops *files = mark->files;
	uint8_t slots[2 * MARK_SLOT];
	char fresh[PATH_MAX + 8];
	int error;
	int fd;

	(void)snprintf(fresh, sizeof(fresh), "%s.new", mark->path);
	know_epochs(mark, value, 0);
	slot_encode(value, 2, mark->epoch_known, slots);
	slot_encode(value, 3, mark->epoch_known, slots + MARK_SLOT);
	fd = files->open(files->context, fresh, O_RDWR | O_CREAT | O_TRUNC);
	if (fd < 0)
		return store_report_set(report, STORE_IO, 0, "%s: %s", fresh, strerror(-fd));
	error = file_write_all(files, fd, slots, sizeof(slots), 0);
	if (error == 0)
		error = files->datasync(files->context, fd);
	if (error == 0)
		error = files->rename(files->context, fresh, mark->path);
	if (error == 0)
		error = file_sync_name(files, mark->path);
	if (error < 0) {
		(void)files->close(files->context, fd);
		return store_report_set(report, error == -ENOSPC ? STORE_FULL : STORE_IO, 0,
					"%s: %s", fresh, strerror(-error));
	}
	if (mark->fd >= 0)
		(void)files->close(files->context, mark->fd);
	mark->fd = fd;
	mark->generation = 3;
	mark->value = *value;
	mark->slot_bad = false;
	return 0;
}

int
mark_write(struct mark *mark, const struct mark_value *value)
{
	uint8_t slot[MARK_SLOT];
	int error = 0;

	pthread_mutex_lock(&mark->lock);
	assert(mark->fd >= 0);
	/* The keeper's value may be older than one the writer has just synced itself. */
	if (value->sequence >= mark->value.sequence) {
		know_epochs(mark, value, 0);
		slot_encode(value, mark->generation + 1, mark->epoch_known, slot);
		error = file_write_all(mark->files, mark->fd, slot, sizeof(slot),
				       (mark->generation + 1) % 2 * MARK_SLOT);
		if (error == 0)
			error = mark->files->datasync(mark->files->context, mark->fd);
		if (error == 0) {
			mark->generation++;
			mark->value = *value;
		}
	}
	pthread_mutex_unlock(&mark->lock);
	return error;
}

int
mark_check(struct mark *mark, struct store_report *report)
{
	uint8_t slots[2 * MARK_SLOT];
	unsigned i;
	int error;

	pthread_mutex_lock(&mark->lock);
	error = file_read_all(mark->files, mark->fd, slots, sizeof(slots), 0);
	pthread_mutex_unlock(&mark->lock);
	if (error < 0)
		return store_report_set(report, error == -ENODATA ? STORE_DAMAGED : STORE_IO, 0,
					"%s: %s", mark->path, strerror(-error));
	for (i = 0; i < 2; i++) {
		struct mark_value value;
		uint64_t generation;

		if (slot_decode(slots + (size_t)i * MARK_SLOT, i, &value, &generation) < 0)
			return store_report_set(
			    report, STORE_DAMAGED, i * MARK_SLOT,
			    "%s: at offset %u: a slot of the mark does not hold", mark->path,
			    i * MARK_SLOT);
	}
	return 0;
}
