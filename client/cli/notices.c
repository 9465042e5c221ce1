/*
 * Exclusion notices, read and classed.
 *
 * Owns the rows; cmd_import.c walks them. It never asks the daemon anything and never fills in
 * what a row does not say.
 */

#include "notices.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "claims.h"
#include "fail.h"
#include "when.h"

#define NOTICES_CODE_MAX 64

enum {
	NOTICES_PUBLISHED,
	NOTICES_ACTION,
	NOTICES_SUBJECT,
	NOTICES_CATEGORY,
	NOTICES_CLAUSE,
	NOTICES_EXCLUDED_ON,
	NOTICES_REINSTATED_ON,
	NOTICES_WAIVED_ON,
	NOTICES_COLUMNS
};

static const char *const notices_columns[NOTICES_COLUMNS] = {
    "published", "action",	"subject",	 "category",
    "clause",	 "excluded_on", "reinstated_on", "waived_on",
};

/* One file being read. */
struct notices_reader {
	struct claims claims;
	size_t columns_count;
	size_t places[NOTICES_COLUMNS];
	struct demerit_text fields[CLAIMS_COLUMNS_MAX];
	char scratch[CLAIMS_RECORD_MAX];
};

void
notices_reject(struct notices_row *row, const char *reason, const char *message)
{
	row->class = NOTICES_REJECTED;
	row->reason = reason;
	free(row->message);
	row->message = strdup(message);
}

static void
notices_reject_field(struct notices_row *row, const char *reason, const char *column,
		     struct demerit_text field)
{
	char message[160];

	snprintf(message, sizeof(message), "%s: %.*s", column,
		 (int)(field.size < 80 ? field.size : 80), field.bytes);
	notices_reject(row, reason, message);
}

static bool
notices_is(struct demerit_text field, const char *word)
{
	return field.size == strlen(word) && memcmp(field.bytes, word, field.size) == 0;
}

static bool
notices_is_code(struct demerit_text field)
{
	for (size_t i = 0; i < field.size; i++)
		if (field.bytes[i] < 0x21 || field.bytes[i] > 0x7e)
			return false;
	return field.size >= 1 && field.size <= NOTICES_CODE_MAX;
}

static bool
notices_is_category(struct demerit_text field)
{
	static const char *const words[] = {"medical",	 "pharmaceutical", "nursing",
					    "technical", "billing",	   "principal"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (notices_is(field, words[i]))
			return true;
	return false;
}

/* What the fields say, in order of what has to be right first. */
static void
notices_class(struct notices_row *row, const struct demerit_text *fields)
{
	bool is_institution = notices_is(fields[NOTICES_CATEGORY], "institution");

	row->reinstated = notices_is(fields[NOTICES_ACTION], "reinstated");
	if (!row->reinstated && !notices_is(fields[NOTICES_ACTION], "excluded"))
		notices_reject_field(row, "BAD_ACTION", "action", fields[NOTICES_ACTION]);
	else if (!notices_is_code(fields[NOTICES_SUBJECT]))
		notices_reject_field(row, "BAD_CODE", "subject", fields[NOTICES_SUBJECT]);
	else if (!is_institution && !notices_is_category(fields[NOTICES_CATEGORY]))
		notices_reject_field(row, "BAD_CATEGORY", "category", fields[NOTICES_CATEGORY]);
	else if (!when_day_parse(fields[NOTICES_EXCLUDED_ON].bytes,
				 fields[NOTICES_EXCLUDED_ON].size, &row->excluded_on))
		notices_reject_field(row, "BAD_DATE", "excluded_on", fields[NOTICES_EXCLUDED_ON]);
	else if (row->reinstated &&
		 !when_day_parse(fields[NOTICES_REINSTATED_ON].bytes,
				 fields[NOTICES_REINSTATED_ON].size, &row->reinstated_on))
		notices_reject_field(row, "BAD_DATE", "reinstated_on",
				     fields[NOTICES_REINSTATED_ON]);
	else if (row->reinstated && row->reinstated_on < row->excluded_on)
		notices_reject_field(row, "ENDS_BEFORE_IT_BEGINS", "reinstated_on",
				     fields[NOTICES_REINSTATED_ON]);
	else if (is_institution)
		row->class = NOTICES_INSTITUTION;
	else
		row->class = row->reinstated ? NOTICES_REINSTATED : NOTICES_EXCLUDED;
}

static char *
notices_copy(struct demerit_text field)
{
	return strndup(field.bytes, field.size);
}

static struct notices_row *
notices_append(struct notices *notices)
{
	struct notices_row *longer;

	if (notices->count == notices->room) {
		notices->room = notices->room == 0 ? 1024 : 2 * notices->room;
		longer = realloc(notices->rows, notices->room * sizeof(*longer));
		if (longer == NULL)
			return NULL;
		notices->rows = longer;
	}
	notices->rows[notices->count] = (struct notices_row){0};
	return &notices->rows[notices->count++];
}

static bool
notices_row(struct notices *notices, struct notices_reader *reader,
	    const struct claims_record *record)
{
	struct notices_row *row = notices_append(notices);
	struct demerit_text fields[NOTICES_COLUMNS];

	if (row == NULL)
		return false;
	row->line = record->line;
	if (record->broken ||
	    claims_split(record->raw, record->size, reader->scratch, reader->fields,
			 CLAIMS_COLUMNS_MAX) != reader->columns_count) {
		notices_reject(row, "BAD_LINE", "not as many fields as the header");
		return true;
	}
	for (size_t i = 0; i < NOTICES_COLUMNS; i++)
		fields[i] = reader->fields[reader->places[i]];
	notices_class(row, fields);
	row->subject = notices_copy(fields[NOTICES_SUBJECT]);
	row->category = notices_copy(fields[NOTICES_CATEGORY]);
	row->clause = notices_copy(fields[NOTICES_CLAUSE]);
	row->published = notices_copy(fields[NOTICES_PUBLISHED]);
	row->waived = notices_copy(fields[NOTICES_WAIVED_ON]);
	return row->subject != NULL && row->category != NULL && row->clause != NULL &&
	       row->published != NULL && row->waived != NULL;
}

static int
notices_header(struct notices_reader *reader, const struct cli *cli, const char *path)
{
	struct claims_record record;
	size_t bom;

	if (claims_next(&reader->claims, &record) != CLAIMS_RECORD)
		return fail_usage(cli, "file", "%s: the file is empty or cannot be read", path);
	bom = record.size >= 3 && memcmp(record.raw, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	reader->columns_count = claims_split(record.raw + bom, record.size - bom, reader->scratch,
					     reader->fields, CLAIMS_COLUMNS_MAX);
	if (reader->columns_count > CLAIMS_COLUMNS_MAX)
		return fail_usage(cli, "file", "%s:1: more than %d columns", path,
				  CLAIMS_COLUMNS_MAX);
	for (size_t i = 0; i < NOTICES_COLUMNS; i++) {
		size_t at = 0;

		while (at < reader->columns_count &&
		       !notices_is(reader->fields[at], notices_columns[i]))
			at++;
		if (at == reader->columns_count)
			return fail_usage(
			    cli, "file",
			    "%s:1: column %s is missing: no header, or no exclusion file", path,
			    notices_columns[i]);
		reader->places[i] = at;
	}
	return CMD_OK;
}

static int
notices_rows(struct notices *notices, struct notices_reader *reader, const struct cli *cli,
	     const char *path)
{
	struct claims_record record;
	enum claims_result result;

	while ((result = claims_next(&reader->claims, &record)) == CLAIMS_RECORD)
		if (record.size > 0 && !notices_row(notices, reader, &record))
			return fail_here(cli, "out of memory");
	if (result == CLAIMS_TOO_LONG)
		return fail_usage(cli, "file", "%s:%llu: a line longer than %d bytes", path,
				  (unsigned long long)record.line, CLAIMS_RECORD_MAX);
	if (result == CLAIMS_FAILED)
		return fail_usage(cli, "file", "%s: %s", path, strerror(errno));
	return CMD_OK;
}

int
notices_read(struct notices *notices, const struct cli *cli, const char *path)
{
	struct notices_reader *reader;
	int fd, result;

	*notices = (struct notices){0};
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail_usage(cli, "file", "%s: %s", path, strerror(errno));
	reader = calloc(1, sizeof(*reader));
	if (reader == NULL || !claims_begin(&reader->claims, fd)) {
		free(reader);
		close(fd);
		return fail_here(cli, "out of memory");
	}
	result = notices_header(reader, cli, path);
	if (result == CMD_OK)
		result = notices_rows(notices, reader, cli, path);
	claims_end(&reader->claims);
	free(reader);
	close(fd);
	return result;
}

void
notices_done(struct notices *notices)
{
	for (size_t i = 0; i < notices->count; i++) {
		struct notices_row *row = &notices->rows[i];

		free(row->subject);
		free(row->category);
		free(row->clause);
		free(row->published);
		free(row->waived);
		free(row->message);
	}
	free(notices->rows);
	*notices = (struct notices){0};
}
