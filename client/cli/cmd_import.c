/*
 * demerit import exclusions: another authority's notices become foreign sanctions.
 *
 * Owns one run over one file, in steps, each ended before the next begins: people, exclusions,
 * reinstatements, those whose exclusion the book did not have, notes about institutions. Writes
 * are pipelined. Every key is made from the row's own content, so that the same file again
 * changes nothing, however often and wherever it was interrupted. It never invents points,
 * names or dates.
 */

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/evp.h>

#include "args.h"
#include "cmd.h"
#include "fail.h"
#include "link.h"
#include "notices.h"
#include "progress.h"
#include "render.h"
#include "when.h"

#define IMPORT_WINDOW	      128
#define IMPORT_RETRY_MS	      20
#define IMPORT_SOURCE_DEFAULT "OIG LEIE"
#define IMPORT_HASH_SIZE      48 /* hexadecimal digits kept, and a NUL */
#define IMPORT_NOT_FOUND      5

enum import_step {
	IMPORT_PEOPLE,
	IMPORT_EXCLUSIONS,
	IMPORT_ENDS,
	IMPORT_BOTH_ENDS,
	IMPORT_NOTES,
	IMPORT_STEPS
};

static const char *const import_step_names[IMPORT_STEPS] = {
    "people", "exclusion", "end", "both-ends", "note",
};

struct import {
	struct cli *cli;
	const char *path;
	const char *source;
	struct notices notices;
	enum import_step step;
	uint64_t begun_at; /* the book's sequence before the first write */
	json_t *seen;	   /* keys sent in this run */
	bool *orphans;	   /* reinstatements whose exclusion is not in the book, by row */
	struct progress progress;

	/* In flight; id 0: free. */
	struct {
		uint64_t id;
		size_t row;
	} slots[IMPORT_WINDOW];

	uint64_t done;
	uint64_t made[IMPORT_STEPS];
	uint64_t known; /* there before this run, or unchanged */
	uint64_t duplicates;
};

/* A name for these words: hexadecimal SHA-256, cut. */
static void
import_hash(char out[IMPORT_HASH_SIZE], const char *first, const struct import *import,
	    const struct notices_row *row, bool whole)
{
	char days[2 * WHEN_DAY_SIZE];
	unsigned char digest[EVP_MAX_MD_SIZE];
	const char *parts[8];
	size_t count = 0;
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	snprintf(days, sizeof(days), "%d %d", row->excluded_on, whole ? row->reinstated_on : 0);
	parts[count++] = first;
	parts[count++] = import->source;
	parts[count++] = row->subject;
	parts[count++] = days;
	if (whole) {
		parts[count++] = row->category;
		parts[count++] = row->clause;
		parts[count++] = row->published;
		parts[count++] = row->waived;
	}
	out[0] = '\0';
	if (context == NULL || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1)
		goto done;
	/* The NUL behind each part keeps "ab" + "c" and "a" + "bc" apart. */
	for (size_t i = 0; i < count; i++)
		if (EVP_DigestUpdate(context, parts[i], strlen(parts[i]) + 1) != 1)
			goto done;
	if (EVP_DigestFinal_ex(context, digest, NULL) != 1)
		goto done;
	for (size_t i = 0; i < (IMPORT_HASH_SIZE - 1) / 2; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);

done:
	EVP_MD_CTX_free(context);
}

/* A person's key and a step's: the same person comes in many rows and is added once. */
static void
import_key(char out[IMPORT_HASH_SIZE], const struct import *import, const struct notices_row *row)
{
	if (import->step == IMPORT_PEOPLE) {
		struct notices_row person = {.subject = row->subject,
					     .category = row->category,
					     .clause = (char[]){""},
					     .published = (char[]){""},
					     .waived = (char[]){""}};

		import_hash(out, import_step_names[import->step], import, &person, true);
		return;
	}
	import_hash(out, import_step_names[import->step], import, row, true);
}

/* An exclusion's id depends on person and first day alone: that is what a reinstatement knows. */
static void
import_sanction_id(char out[IMPORT_HASH_SIZE], const struct import *import,
		   const struct notices_row *row)
{
	import_hash(out, "sanction", import, row, false);
	out[0] = 'X';
	out[24] = '\0';
}

static bool
import_concerns(const struct import *import, size_t at)
{
	const struct notices_row *row = &import->notices.rows[at];

	switch (import->step) {
	case IMPORT_PEOPLE:
		return row->class == NOTICES_EXCLUDED || row->class == NOTICES_REINSTATED;
	case IMPORT_EXCLUSIONS:
		return row->class == NOTICES_EXCLUDED;
	case IMPORT_ENDS:
		return row->class == NOTICES_REINSTATED;
	case IMPORT_BOTH_ENDS:
		return row->class == NOTICES_REINSTATED && import->orphans[at];
	case IMPORT_NOTES:
		return row->class == NOTICES_INSTITUTION;
	case IMPORT_STEPS:
		break;
	}
	return false;
}

static int
import_waived(struct demerit_message *request, const struct notices_row *row)
{
	char note[64];

	if (*row->waived == '\0')
		return 0;
	snprintf(note, sizeof(note), "waived on %.32s", row->waived);
	return demerit_set_text(request, "note", note);
}

/* Each setter's result is added up: they are 0 or negative. */
static int
import_fill_sanction(struct demerit_message *request, const struct import *import,
		     const struct notices_row *row)
{
	char id[IMPORT_HASH_SIZE];
	int result = 0;

	import_sanction_id(id, import, row);
	result += demerit_set_text(request, "id", id);
	result += demerit_set_text(request, "practitioner", row->subject);
	result += demerit_set_word(request, "kind", "terminated");
	result += demerit_set_text(request, "source", import->source);
	result += demerit_set_text(request, "clause", row->clause);
	result += demerit_set_text(request, "published", row->published);
	result += demerit_set_int(request, "from_day", row->excluded_on);
	if (import->step == IMPORT_BOTH_ENDS)
		result += demerit_set_int(request, "until_day", row->reinstated_on);
	return result + import_waived(request, row);
}

static int
import_fill_note(struct demerit_message *request, const struct import *import,
		 const struct notices_row *row)
{
	int result = 0;

	result += demerit_set_text(request, "institution", row->subject);
	result += demerit_set_word(request, "kind", row->reinstated ? "reinstated" : "excluded");
	result += demerit_set_text(request, "source", import->source);
	result += demerit_set_text(request, "clause", row->clause);
	result += demerit_set_text(request, "published", row->published);
	result += demerit_set_int(request, "from_day", row->excluded_on);
	if (row->reinstated)
		result += demerit_set_int(request, "until_day", row->reinstated_on);
	return result + import_waived(request, row);
}

static int
import_fill(struct demerit_message *request, const struct import *import,
	    const struct notices_row *row)
{
	char id[IMPORT_HASH_SIZE];

	switch (import->step) {
	case IMPORT_PEOPLE:
		return demerit_set_text(request, "code", row->subject) +
		       demerit_set_word(request, "category", row->category);
	case IMPORT_EXCLUSIONS:
	case IMPORT_BOTH_ENDS:
		return import_fill_sanction(request, import, row);
	case IMPORT_ENDS:
		import_sanction_id(id, import, row);
		return demerit_set_text(request, "id", id) +
		       demerit_set_int(request, "on", row->reinstated_on) +
		       demerit_set_text(request, "published", row->published) +
		       import_waived(request, row);
	case IMPORT_NOTES:
		return import_fill_note(request, import, row);
	case IMPORT_STEPS:
		break;
	}
	return -EINVAL;
}

static const char *
import_body(enum import_step step)
{
	switch (step) {
	case IMPORT_PEOPLE:
		return "practitioner_add";
	case IMPORT_EXCLUSIONS:
	case IMPORT_BOTH_ENDS:
		return "foreign_sanction_record";
	case IMPORT_ENDS:
		return "foreign_sanction_end";
	case IMPORT_NOTES:
		return "institution_note";
	case IMPORT_STEPS:
		break;
	}
	return "";
}

static size_t
import_slot(const struct import *import, uint64_t id)
{
	size_t slot = 0;

	while (slot < IMPORT_WINDOW && import->slots[slot].id != id)
		slot++;
	return slot;
}

static int
import_send(struct import *import, size_t at)
{
	const struct notices_row *row = &import->notices.rows[at];
	struct demerit_message *request = demerit_request_new(import_body(import->step));
	size_t slot = import_slot(import, 0);
	char key[IMPORT_HASH_SIZE];
	struct demerit_call call = {.key = key};
	int result;

	assert(slot < IMPORT_WINDOW);
	import_key(key, import, row);
	if (request == NULL || import_fill(request, import, row) != 0 || key[0] == '\0') {
		demerit_request_free(request);
		return fail_here(import->cli, "%s:%llu: cannot be put into a request", import->path,
				 (unsigned long long)row->line);
	}
	result = demerit_send(import->cli->connection, &call, request, &import->slots[slot].id);
	import->slots[slot].row = at;
	demerit_request_free(request);
	return result < 0 ? fail_connection(import->cli, result, false) : CMD_OK;
}

static void
import_count(struct import *import, const struct demerit_message *write)
{
	bool unchanged = false;
	int64_t sequence = 0;

	(void)demerit_get_bool(write, "unchanged", &unchanged);
	(void)demerit_get_int(write, "sequence", &sequence);
	/* The recorded answer of an earlier run carries that run's sequence. */
	if (unchanged || (uint64_t)sequence <= import->begun_at)
		import->known++;
	else
		import->made[import->step]++;
}

static void
import_pause(void)
{
	struct timespec pause = {.tv_nsec = IMPORT_RETRY_MS * 1000000L};

	nanosleep(&pause, NULL);
}

static int
import_refused(struct import *import, size_t at, const struct demerit_error *error)
{
	struct notices_row *row = &import->notices.rows[at];

	/* A row's refusal is the row's; anything else is everybody's. */
	if (fail_exit(error) == CMD_LATER) {
		import_pause();
		return import_send(import, at);
	}
	if (error->number == 0 && fail_exit(error) != CMD_USAGE &&
	    fail_exit(error) != CMD_NOT_FOUND)
		return fail_daemon(import->cli, error);
	if (import->step == IMPORT_ENDS && error->code == IMPORT_NOT_FOUND) {
		import->orphans[at] = true;
		return CMD_OK;
	}
	notices_reject(row, "REFUSED", error->message == NULL ? "" : error->message);
	if (error->reason != NULL) {
		char message[512];

		snprintf(message, sizeof(message), "%s: %s", error->reason,
			 error->message == NULL ? "" : error->message);
		notices_reject(row, "REFUSED", message);
	}
	return CMD_OK;
}

static int
import_receive(struct import *import)
{
	struct demerit_reply *reply;
	int result = demerit_receive(import->cli->connection, &reply);
	size_t slot, at;

	if (result == -EINTR)
		return CMD_OK;
	if (result < 0)
		return fail_connection(import->cli, result, false);
	slot = import_slot(import, demerit_reply_id(reply));
	if (slot == IMPORT_WINDOW || demerit_reply_id(reply) == 0) {
		result = demerit_reply_error(reply) == NULL
			     ? fail_connection(import->cli, -EPROTO, false)
			     : fail_daemon(import->cli, demerit_reply_error(reply));
		demerit_reply_free(reply);
		return result;
	}
	at = import->slots[slot].row;
	import->slots[slot].id = 0;
	result = CMD_OK;
	if (demerit_reply_error(reply) != NULL)
		result = import_refused(import, at, demerit_reply_error(reply));
	else
		import_count(import, demerit_reply_body(reply));
	demerit_reply_free(reply);
	progress_tell(&import->progress, ++import->done, 0, 0, 0);
	return result;
}

/* The same row twice in one file, the same person in two rows: sent once. */
static bool
import_is_new(struct import *import, size_t at)
{
	char key[IMPORT_HASH_SIZE];

	import_key(key, import, &import->notices.rows[at]);
	if (json_object_get(import->seen, key) == NULL) {
		json_object_set_new(import->seen, key, json_true());
		return true;
	}
	if (import->step != IMPORT_PEOPLE)
		import->duplicates++;
	return false;
}

static int
import_step(struct import *import)
{
	size_t in_flight = 0;
	size_t at = 0;
	int result = CMD_OK;

	while (result == CMD_OK && !cmd_interrupted() &&
	       (at < import->notices.count || in_flight > 0)) {
		if (at < import->notices.count && in_flight < IMPORT_WINDOW) {
			if (import_concerns(import, at) && import_is_new(import, at))
				result = import_send(import, at);
			at++;
		} else {
			result = import_receive(import);
		}
		in_flight = demerit_in_flight(import->cli->connection);
	}
	return result;
}

/* What the file alone says: the whole of a dry run. */
static uint64_t
import_rows(const struct import *import, enum notices_class class)
{
	uint64_t count = 0;

	for (size_t i = 0; i < import->notices.count; i++)
		count += import->notices.rows[i].class == class;
	return count;
}

static json_t *
import_rejected(const struct import *import)
{
	json_t *list = json_array();

	for (size_t i = 0; i < import->notices.count; i++) {
		const struct notices_row *row = &import->notices.rows[i];
		json_t *one;

		if (row->class != NOTICES_REJECTED)
			continue;
		one = json_object();
		json_object_set_new(one, "line", json_integer((json_int_t)row->line));
		json_object_set_new(one, "reason", render_text(row->reason));
		json_object_set_new(one, "message", render_text(row->message));
		json_array_append_new(list, one);
	}
	return list;
}

static void
import_set(json_t *object, const char *key, uint64_t number)
{
	json_object_set_new(object, key, json_integer((json_int_t)number));
}

static int
import_summary(struct import *import)
{
	json_t *object = json_object();

	import_set(object, "rows", import->notices.count);
	import_set(object, "rows_excluded", import_rows(import, NOTICES_EXCLUDED));
	import_set(object, "rows_reinstated", import_rows(import, NOTICES_REINSTATED));
	import_set(object, "rows_institution", import_rows(import, NOTICES_INSTITUTION));
	import_set(object, "rows_rejected", import_rows(import, NOTICES_REJECTED));
	import_set(object, "people_added", import->made[IMPORT_PEOPLE]);
	import_set(object, "sanctions_recorded", import->made[IMPORT_EXCLUSIONS]);
	import_set(object, "sanctions_ended", import->made[IMPORT_ENDS]);
	import_set(object, "sanctions_with_both_ends", import->made[IMPORT_BOTH_ENDS]);
	import_set(object, "institution_notes", import->made[IMPORT_NOTES]);
	import_set(object, "already_there", import->known);
	import_set(object, "duplicates_in_file", import->duplicates);
	json_object_set_new(object, "rejected", import_rejected(import));
	return render_value(import->cli, object);
}

static int
import_run(struct import *import)
{
	struct demerit_position position;
	struct demerit_call call;
	int result = notices_read(&import->notices, import->cli, import->path);

	if (result != CMD_OK || import->cli->call.dry_run)
		return result == CMD_OK ? import_summary(import) : result;
	import->seen = json_object();
	import->orphans = calloc(import->notices.count + 1, sizeof(*import->orphans));
	if (import->seen == NULL || import->orphans == NULL)
		return fail_here(import->cli, "out of memory");
	result = link_snapshot(import->cli, &call, &position);
	if (result != CMD_OK)
		return result;
	import->begun_at = position.sequence;
	progress_begin(&import->progress, import->cli->chinese);
	for (; result == CMD_OK && import->step < IMPORT_STEPS && !cmd_interrupted();
	     import->step++)
		result = import_step(import);
	progress_end(&import->progress);
	if (result == CMD_OK && !cmd_interrupted())
		return import_summary(import);
	fprintf(stderr, import->cli->chinese
			    ? "再次运行同一命令即可继续：已记录的不会重复\n"
			    : "to go on, run the same again: what is recorded is not doubled\n");
	return result == CMD_OK ? CMD_INTERRUPTED : result;
}

int
cmd_import_run(struct cli *cli, const struct cmd *cmd)
{
	struct import *import;
	int result;

	if (cli->words_count != 1)
		return fail_usage(cli, NULL, "usage: demerit %s %s", cmd->words, cmd->usage);
	if (cli->key_given)
		return fail_usage(cli, "key", "import makes a key of its own for each row");
	import = calloc(1, sizeof(*import));
	if (import == NULL)
		return fail_here(cli, "out of memory");
	import->cli = cli;
	import->path = args_word(cli, 0);
	import->source = cmd_option(cli, "source");
	if (import->source == NULL)
		import->source = IMPORT_SOURCE_DEFAULT;
	result = import_run(import);
	notices_done(&import->notices);
	json_decref(import->seen);
	free(import->orphans);
	free(import);
	return result;
}
