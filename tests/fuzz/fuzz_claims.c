/*
 * A claim file: every byte read comes out again in its record, every record splits into fields
 * within it, and a line is understood or not, without a read beyond it.
 */

#include "fuzz.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "claims.h"
#include "cmd.h"
#include "columns.h"

#define FUZZ_FIELDS 64

/* The command line's parts ask main.c whether somebody pressed ^C. */
bool
cmd_interrupted(void)
{
	return false;
}

static void
fuzz_record(const struct claims_record *record, struct columns *columns, bool *has_header)
{
	struct demerit_text fields[FUZZ_FIELDS];
	char *scratch = malloc(record->size + 1);
	struct demerit_line line;
	const char *column;
	size_t count;
	int32_t day;

	assert(scratch != NULL);
	count = claims_split(record->raw, record->size, scratch, fields, FUZZ_FIELDS);
	assert(count >= 1);
	for (size_t i = 0; i < count && i < FUZZ_FIELDS; i++)
		assert(fields[i].size <= record->size);
	if (!*has_header && count <= FUZZ_FIELDS)
		*has_header = columns_read(columns, fields, count, &column) == NULL;
	else if (*has_header && count == columns->count && columns_line(columns, fields, &line))
		assert(line.roles_count <= COLUMNS_ROLES_MAX);
	if (*has_header && count == columns->count)
		(void)columns_day(columns_field(fields, columns->day), &day);
	free(scratch);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct columns columns = {0};
	bool has_header = false;
	struct claims_record record;
	struct claims claims;
	size_t at = 0;
	uint64_t line = 0;
	int fd = memfd_create("claims", MFD_CLOEXEC);

	assert(fd >= 0);
	assert(write(fd, bytes, size) == (ssize_t)size);
	lseek(fd, 0, SEEK_SET);
	assert(claims_begin(&claims, fd));
	while (claims_next(&claims, &record) == CLAIMS_RECORD) {
		assert(record.line > line);
		line = record.line;
		assert(record.size + record.ending <= size - at);
		assert(memcmp(record.raw, bytes + at, record.size + record.ending) == 0);
		at += record.size + record.ending;
		fuzz_record(&record, &columns, &has_header);
	}
	assert(at == size || size > CLAIMS_RECORD_MAX);
	claims_end(&claims);
	close(fd);
	return 0;
}
