/*
 * Copying a file through the seam.
 *
 * Owns nothing that outlives a call. Called by backup and restore. The copy is on the disk when it
 * answers 0; its name is not, until the caller syncs the folder.
 */
#include "copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 1 << 20 };

static int
say(struct store_report *report, const char *path, int system_error)
{
	int error = STORE_IO;

	if (system_error == -ENOSPC || system_error == -EDQUOT)
		error = STORE_FULL;
	if (system_error == -EEXIST)
		error = STORE_EXISTS;
	if (system_error == -ENODATA)
		error = STORE_DAMAGED;
	return store_report_set(report, error, 0, "%s: %s", path,
				error == STORE_DAMAGED ? "the file is cut short"
						       : strerror(-system_error));
}

static int
copy_bytes(const struct file_ops *files, struct checksum_sha *sha, const struct copy *copy,
	   int from, int to, uint8_t *piece, struct store_report *report)
{
	uint64_t offset;
	int error = 0;

	for (offset = 0; offset < copy->size; offset += PIECE) {
		uint64_t left = copy->size - offset;
		size_t size = left < PIECE ? (size_t)left : PIECE;

		error = file_read_all(files, from, piece, size, offset);
		if (error < 0)
			return say(report, copy->from, error);
		if (copy->look != NULL) {
			error = copy->look(copy->user, piece, size, offset);
			if (error != 0)
				return error;
		}
		checksum_sha_add(sha, piece, size);
		error = file_write_all(files, to, piece, size, offset);
		if (error < 0)
			return say(report, copy->to, error);
	}
	memset(piece, 0, PIECE);
	for (offset = copy->size; offset < copy->padded_size;) {
		uint64_t left = copy->padded_size - offset;
		size_t size = left < PIECE ? (size_t)left : PIECE;

		error = file_write_all(files, to, piece, size, offset);
		if (error < 0)
			return say(report, copy->to, error);
		offset += size;
	}
	error = files->datasync(files->context, to);
	return error < 0 ? say(report, copy->to, error) : 0;
}

int
copy_file(const struct file_ops *files, struct checksum_sha *sha, const struct copy *copy,
	  uint8_t ret_hash[CHECKSUM_SHA_SIZE], struct store_report *report)
{
	uint8_t *piece = malloc(PIECE);
	int from = -1;
	int to = -1;
	int error;

	if (piece == NULL)
		return store_report_set(report, STORE_MEMORY, 0, "out of memory");
	from = files->open(files->context, copy->from, O_RDONLY);
	if (from >= 0)
		to = files->open(files->context, copy->to, O_RDWR | O_CREAT | O_EXCL);
	checksum_sha_begin(sha);
	if (from < 0)
		error = say(report, copy->from, from);
	else if (to < 0)
		error = say(report, copy->to, to);
	else
		error = copy_bytes(files, sha, copy, from, to, piece, report);
	checksum_sha_end(sha, ret_hash);
	if (from >= 0)
		(void)files->close(files->context, from);
	if (to >= 0)
		(void)files->close(files->context, to);
	free(piece);
	return error;
}
