/*
 * A chunk of claim lines.
 *
 * Owns the bytes of its lines and the replies about them. cmd_screen.c fills it, sends it and
 * writes it out; a few are in flight at once. It never changes a byte of a line.
 */

#include "chunk.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "render.h"

struct chunk *
chunk_new(void)
{
	struct chunk *chunk = calloc(1, sizeof(*chunk));

	if (chunk == NULL)
		return NULL;
	chunk->room = CHUNK_ROOM;
	chunk->text = malloc(chunk->room);
	return chunk->text == NULL ? chunk_free(chunk) : chunk;
}

struct chunk *
chunk_free(struct chunk *chunk)
{
	if (chunk == NULL)
		return NULL;
	chunk_reset(chunk);
	free(chunk->text);
	free(chunk);
	return NULL;
}

void
chunk_reset(struct chunk *chunk)
{
	for (size_t i = 0; i < chunk->replies_count; i++)
		demerit_reply_free(chunk->replies[i]);
	chunk->replies_count = 0;
	chunk->used = chunk->count = chunk->asked = 0;
	chunk->id = 0;
	chunk->done = false;
}

/* Room for a record and its unquoted fields. Lines point into the text: it grows only empty. */
static enum chunk_result
chunk_room(struct chunk *chunk, size_t size)
{
	size_t needed = 2 * size + 4;
	char *longer;

	if (chunk->count == CHUNK_LINES)
		return CHUNK_FULL;
	if (chunk->room - chunk->used >= needed)
		return CHUNK_ADDED;
	if (chunk->count > 0)
		return CHUNK_FULL;
	longer = realloc(chunk->text, needed);
	if (longer == NULL)
		return CHUNK_NO_MEMORY;
	chunk->text = longer;
	chunk->room = needed;
	return CHUNK_ADDED;
}

/* The day of the line, or of the one it takes back. False: that one cannot be told. */
static bool
chunk_day(const struct columns *columns, const struct reversal *reversal,
	  const struct demerit_text *fields, struct demerit_line *wire)
{
	struct demerit_text reverses = columns_field(fields, columns->reverses);

	if (reverses.size == 0) {
		wire->has_service_day =
		    columns_day(columns_field(fields, columns->day), &wire->service_day);
		return true;
	}
	switch (reversal_resolve(reversal, reverses, &wire->service_day)) {
	case REVERSAL_DAY:
		wire->has_service_day = true;
		return true;
	case REVERSAL_NO_DAY:
		wire->has_service_day = false;
		return true;
	case REVERSAL_LOST:
		break;
	}
	return false;
}

enum chunk_result
chunk_add(struct chunk *chunk, const struct claims_record *record, const struct columns *columns,
	  const struct reversal *reversal, struct demerit_text *fields)
{
	enum chunk_result room = chunk_room(chunk, record->size + record->ending);
	struct demerit_line *wire = &chunk->wire[chunk->asked];
	struct chunk_line *line = &chunk->lines[chunk->count];
	char *raw = chunk->text + chunk->used;
	size_t count = 0;

	if (room != CHUNK_ADDED)
		return room;
	memcpy(raw, record->raw, record->size + record->ending);
	chunk->used += 2 * record->size + record->ending;
	*line = (struct chunk_line){
	    .raw = raw,
	    .size = record->size,
	    .ending = record->ending,
	    .number = record->line,
	    .bad = true,
	};
	if (!record->broken)
		count = claims_split(raw, record->size, raw + record->size + record->ending, fields,
				     CLAIMS_COLUMNS_MAX);
	chunk->count++;
	if (count != columns->count || !columns_line(columns, fields, wire) ||
	    !chunk_day(columns, reversal, fields, wire)) {
		line->result.decision = DEMERIT_UNDETERMINED;
		line->result.reason = DEMERIT_BAD_LINE;
		return CHUNK_ADDED;
	}
	for (int i = 0; i < COLUMNS_ROLES_MAX; i++)
		line->people[i] = columns_field(fields, columns->roles[i]);
	line->bad = false;
	wire->id = chunk->count - 1;
	chunk->asked++;
	return CHUNK_ADDED;
}

bool
chunk_take(struct chunk *chunk, struct demerit_reply *reply)
{
	size_t count = demerit_reply_results(reply);

	if (chunk->replies_count == CHUNK_REPLIES) {
		demerit_reply_free(reply);
		return false;
	}
	chunk->replies[chunk->replies_count++] = reply;
	for (size_t i = 0; i < count; i++) {
		struct demerit_result result;

		demerit_reply_result(reply, i, &result);
		if (result.id >= chunk->count || chunk->lines[result.id].result.decision != 0 ||
		    demerit_decision_name(result.decision) == NULL)
			return false;
		chunk->lines[result.id].result = result;
		chunk->asked--;
	}
	if (!demerit_reply_last(reply))
		return true;
	chunk->done = true;
	return chunk->asked == 0;
}

bool
chunk_take_changes(struct chunk *chunk, struct demerit_reply *reply)
{
	size_t count = demerit_reply_changes(reply);

	if (chunk->replies_count == CHUNK_REPLIES) {
		demerit_reply_free(reply);
		return false;
	}
	chunk->replies[chunk->replies_count++] = reply;
	for (size_t i = 0; i < count; i++) {
		struct demerit_change change;

		demerit_reply_change(reply, i, &change);
		if (change.id >= chunk->count || chunk->lines[change.id].bad ||
		    chunk->lines[change.id].change.after != 0 ||
		    demerit_decision_name(change.before) == NULL ||
		    demerit_decision_name(change.after) == NULL)
			return false;
		chunk->lines[change.id].change = change;
	}
	chunk->done = demerit_reply_last(reply);
	return true;
}

/* The person who decided the line, as the file writes the code. */
static struct demerit_text
chunk_person(const struct chunk_line *line)
{
	const struct demerit_result *result = &line->result;

	if (result->practitioner != NULL)
		return (struct demerit_text){result->practitioner, strlen(result->practitioner)};
	if (result->role >= 1 && result->role <= COLUMNS_ROLES_MAX)
		return line->people[result->role - 1];
	return (struct demerit_text){NULL, 0};
}

/* A field by RFC 4180, of bytes that may be anything. */
static void
chunk_csv_field(FILE *out, struct demerit_text field)
{
	bool quoted = false;

	for (size_t i = 0; i < field.size && !quoted; i++)
		quoted = strchr("\",\r\n", field.bytes[i]) != NULL && field.bytes[i] != '\0';
	if (!quoted) {
		fwrite_unlocked(field.bytes == NULL ? "" : field.bytes, 1, field.size, out);
		return;
	}
	putc_unlocked('"', out);
	for (size_t i = 0; i < field.size; i++) {
		if (field.bytes[i] == '"')
			putc_unlocked('"', out);
		putc_unlocked(field.bytes[i], out);
	}
	putc_unlocked('"', out);
}

static void
chunk_write_csv(const struct chunk_line *line, const char *sequence, FILE *out)
{
	const struct demerit_result *result = &line->result;
	const char *role = demerit_role_name(result->role);

	fwrite_unlocked(line->raw, 1, line->size, out);
	putc_unlocked(',', out);
	fputs_unlocked(demerit_decision_name(result->decision), out);
	putc_unlocked(',', out);
	fputs_unlocked(demerit_reason_name(result->reason), out);
	putc_unlocked(',', out);
	fputs_unlocked(role == NULL ? "" : role, out);
	putc_unlocked(',', out);
	chunk_csv_field(out, chunk_person(line));
	putc_unlocked(',', out);
	for (size_t i = 0; i < result->entries_count; i++) {
		if (i > 0)
			putc_unlocked(';', out);
		fputs_unlocked(result->entries[i], out);
	}
	putc_unlocked(',', out);
	if (result->clause != NULL)
		chunk_csv_field(out, (struct demerit_text){result->clause, strlen(result->clause)});
	putc_unlocked(',', out);
	fputs_unlocked(sequence, out);
	fwrite_unlocked(line->raw + line->size, 1, line->ending, out);
}

static json_t *
chunk_json(const struct chunk_line *line, uint64_t sequence)
{
	const struct demerit_result *result = &line->result;
	struct demerit_text person = chunk_person(line);
	char *code = person.bytes == NULL ? NULL : strndup(person.bytes, person.size);
	json_t *object = json_object();
	json_t *entries = json_array();

	for (size_t i = 0; i < result->entries_count; i++)
		json_array_append_new(entries, render_text(result->entries[i]));
	json_object_set_new(object, "line", json_integer((json_int_t)line->number));
	json_object_set_new(object, "decision",
			    render_text(demerit_decision_name(result->decision)));
	json_object_set_new(object, "reason", render_text(demerit_reason_name(result->reason)));
	json_object_set_new(object, "role", render_text(demerit_role_name(result->role)));
	json_object_set_new(object, "practitioner", render_text(code));
	json_object_set_new(object, "entries", entries);
	json_object_set_new(object, "clause", render_text(result->clause));
	json_object_set_new(object, "seq", json_integer((json_int_t)sequence));
	free(code);
	return object;
}

/* A text of the daemon's behind a comma; NULL: nothing behind it. */
static void
chunk_csv_text(FILE *out, const char *text)
{
	putc_unlocked(',', out);
	if (text != NULL)
		chunk_csv_field(out, (struct demerit_text){text, strlen(text)});
}

static void
chunk_change_csv(const struct chunk_line *line, FILE *out)
{
	const struct demerit_change *change = &line->change;

	fwrite_unlocked(line->raw, 1, line->size, out);
	chunk_csv_text(out, demerit_decision_name(change->before));
	chunk_csv_text(out, demerit_decision_name(change->after));
	chunk_csv_text(out, demerit_reason_name(change->reason));
	chunk_csv_text(out, change->practitioner);
	chunk_csv_text(out, change->sanction);
	chunk_csv_text(out, change->clause);
	putc_unlocked(',', out);
	if (change->sequence != 0)
		fprintf(out, "%llu", (unsigned long long)change->sequence);
	fwrite_unlocked(line->raw + line->size, 1, line->ending, out);
}

static json_t *
chunk_change_json(const struct chunk_line *line)
{
	const struct demerit_change *change = &line->change;
	json_t *object = json_object();

	json_object_set_new(object, "line", json_integer((json_int_t)line->number));
	json_object_set_new(object, "before", render_text(demerit_decision_name(change->before)));
	json_object_set_new(object, "after", render_text(demerit_decision_name(change->after)));
	json_object_set_new(object, "reason", render_text(demerit_reason_name(change->reason)));
	json_object_set_new(object, "practitioner", render_text(change->practitioner));
	json_object_set_new(object, "sanction", render_text(change->sanction));
	json_object_set_new(object, "clause", render_text(change->clause));
	json_object_set_new(object, "seq",
			    change->sequence == 0 ? json_null()
						  : json_integer((json_int_t)change->sequence));
	return object;
}

/* One value for the whole run: an array, its first line already open. */
static void
chunk_put_json(json_t *object, enum cmd_format format, bool first, FILE *out)
{
	if (format == CMD_JSON)
		fputs_unlocked(first ? "" : ",\n", out);
	json_dumpf(object, out, 0);
	if (format == CMD_JSONL)
		putc_unlocked('\n', out);
	json_decref(object);
}

void
chunk_write_changes(const struct chunk *chunk, enum cmd_format format, FILE *out,
		    struct chunk_totals *totals)
{
	totals->lines += chunk->count;
	for (size_t i = 0; i < chunk->count; i++) {
		const struct chunk_line *line = &chunk->lines[i];

		if (line->change.after == 0)
			continue;
		assert(line->change.after >= DEMERIT_PAY && line->change.after <= DEMERIT_REFUSE);
		totals->decisions[line->change.after]++;
		if (format == CMD_JSON || format == CMD_JSONL)
			chunk_put_json(chunk_change_json(line), format, totals->written == 0, out);
		else
			chunk_change_csv(line, out);
		totals->written++;
	}
}

void
chunk_write(const struct chunk *chunk, enum cmd_format format, uint64_t sequence, FILE *out,
	    struct chunk_totals *totals)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%llu", (unsigned long long)sequence);
	for (size_t i = 0; i < chunk->count; i++) {
		const struct chunk_line *line = &chunk->lines[i];

		assert(line->result.decision >= DEMERIT_PAY &&
		       line->result.decision <= DEMERIT_REFUSE);
		totals->decisions[line->result.decision]++;
		if (format == CMD_JSON || format == CMD_JSONL)
			chunk_put_json(chunk_json(line, sequence), format, totals->lines == 0, out);
		else
			chunk_write_csv(line, digits, out);
		totals->lines++;
	}
}
