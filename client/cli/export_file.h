/*
 * A file of exported records: what is in it already, so that an export goes on behind it.
 *
 * Two forms: the protocol's, ExportRecords one behind the other, each after its length as a varint;
 * and a line of JSON each. A record that was cut off at the end counts for nothing.
 */

#ifndef CLI_EXPORT_FILE_H
#define CLI_EXPORT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct demerit_message;

/* Bytes that grow. */
struct export_bytes {
	uint8_t *bytes;
	size_t size;
	size_t room;
	bool failed; /* no memory */
};

void export_bytes_put(struct export_bytes *, const void *from, size_t size);
void export_bytes_free(struct export_bytes *);

/* One ExportRecord as it stands in a file; what was in ret before is gone. */
void export_record_write(const struct demerit_message *record, bool lines,
			 struct export_bytes *ret);

struct export_file {
	FILE *stream;
	bool lines;
	uint64_t first; /* sequence of the first record in it; 0: there is none */
	uint64_t last;
	uint64_t end;		  /* offset behind the last whole record */
	struct export_bytes tail; /* the last whole record, as it stands there */
};

/*
 * Open or make the file and read what is in it. 0; -EBADMSG: that is no export in this form;
 * -EWOULDBLOCK: another export writes to it; or another negative errno.
 */
int export_file_open(struct export_file *, const char *path, bool lines);
/* Cut off what is not whole; what is written to the descriptor stands behind the rest. */
int export_file_continue(struct export_file *);
/* Onto the disk, and closed. 0 or a negative errno. */
int export_file_close(struct export_file *);

#endif
