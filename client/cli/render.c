/*
 * What commands print.
 *
 * Owns JSON values on their way to stdout. Every command that answers with more than a file goes
 * through render_value(). It never decides what is in a value, only how it looks.
 */

#include "render.h"

#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "when.h"

/* The schema's names where JSON has shorter ones. */
static const char *
render_key(const char *name)
{
	static const struct {
		const char *name;
		const char *key;
	} keys[] = {
	    {"from_day", "from"},
	    {"until_day", "until"},
	    {"sequence", "seq"},
	    {"ledger_id", "ledger"},
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(keys[i].name, name) == 0)
			return keys[i].key;
	return name;
}

json_t *
render_day(int32_t day)
{
	char text[WHEN_DAY_SIZE];

	when_day_print(day, text);
	return json_string(text);
}

json_t *
render_instant(int64_t instant)
{
	char text[WHEN_INSTANT_SIZE];

	when_instant_print(instant, text);
	return json_string(text);
}

/* The library lets only UTF-8 in; a file's own bytes may be anything. */
json_t *
render_text(const char *text)
{
	json_t *value;
	char *escaped;
	size_t at = 0;

	if (text == NULL)
		return json_null();
	value = json_string(text);
	if (value != NULL)
		return value;
	escaped = malloc(strlen(text) * 4 + 1);
	if (escaped == NULL)
		return json_null();
	for (; *text != '\0'; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte < 0x80)
			escaped[at++] = *text;
		else
			at += (size_t)snprintf(escaped + at, 5, "\\x%02x", byte);
	}
	escaped[at] = '\0';
	value = json_string(escaped);
	free(escaped);
	return value == NULL ? json_null() : value;
}

static json_t *
render_hex(const uint8_t *bytes, size_t size)
{
	char *text = malloc(2 * size + 1);
	json_t *value;

	if (text == NULL)
		return json_null();
	for (size_t i = 0; i < size; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	text[2 * size] = '\0';
	value = json_string(text);
	free(text);
	return value == NULL ? json_null() : value;
}

static json_t *
render_scalar(const struct demerit_message *message, const struct demerit_field *field)
{
	const char *text;
	int64_t number;
	bool flag;

	switch (field->type) {
	case DEMERIT_TYPE_NUMBER:
		return demerit_get_int(message, field->name, &number) ? json_integer(number)
								      : json_null();
	case DEMERIT_TYPE_DAY:
		return demerit_get_int(message, field->name, &number) ? render_day((int32_t)number)
								      : json_null();
	case DEMERIT_TYPE_INSTANT:
		return demerit_get_int(message, field->name, &number) ? render_instant(number)
								      : json_null();
	case DEMERIT_TYPE_BOOL:
		return demerit_get_bool(message, field->name, &flag) ? json_boolean(flag)
								     : json_null();
	case DEMERIT_TYPE_WORD:
		return demerit_get_word(message, field->name, &text) ? json_string(text)
								     : json_null();
	case DEMERIT_TYPE_TEXT:
	case DEMERIT_TYPE_BYTES:
	case DEMERIT_TYPE_MESSAGE:
		break;
	}
	return json_null();
}

static json_t *
render_indexed(const struct demerit_message *message, const struct demerit_field *field,
	       size_t index)
{
	const uint8_t *bytes;
	const char *text;
	size_t size;

	if (index >= field->count)
		return json_null();
	if (field->type == DEMERIT_TYPE_MESSAGE)
		return render_message(demerit_get(message, field->name, index));
	if (field->type == DEMERIT_TYPE_TEXT &&
	    demerit_get_text(message, field->name, index, &text))
		return render_text(text);
	if (field->type == DEMERIT_TYPE_BYTES &&
	    demerit_get_bytes(message, field->name, index, &bytes, &size))
		return render_hex(bytes, size);
	return render_scalar(message, field);
}

json_t *
render_field(const struct demerit_message *message, const char *name)
{
	struct demerit_field field;
	json_t *list;

	if (!demerit_field(message, name, &field))
		return json_null();
	if (!field.repeated)
		return render_indexed(message, &field, 0);
	list = json_array();
	for (size_t i = 0; i < field.count; i++)
		json_array_append_new(list, render_indexed(message, &field, i));
	return list;
}

json_t *
render_message(const struct demerit_message *message)
{
	json_t *object = json_object();
	struct demerit_field field;

	for (size_t i = 0; demerit_field_at(message, i, &field); i++)
		json_object_set_new(object, render_key(field.name),
				    render_field(message, field.name));
	return object;
}

void
render_position(json_t *object, const struct demerit_reply *reply)
{
	struct demerit_position position;
	uint64_t known_at;

	if (demerit_reply_position(reply, &position)) {
		json_object_set_new(object, "ledger",
				    render_hex(position.ledger, sizeof(position.ledger)));
		json_object_set_new(object, "epoch", json_integer((json_int_t)position.epoch));
		json_object_set_new(object, "seq", json_integer((json_int_t)position.sequence));
	} else {
		json_object_set_new(object, "ledger", json_null());
		json_object_set_new(object, "epoch", json_null());
		json_object_set_new(object, "seq", json_null());
	}
	json_object_set_new(object, "known_at",
			    demerit_reply_known_at(reply, &known_at)
				? json_integer((json_int_t)known_at)
				: json_null());
}

char *
render_join(const json_t *list, char between)
{
	const json_t *item;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	size_t i;

	if (out == NULL)
		return NULL;
	json_array_foreach(list, i, item)
	{
		if (i > 0)
			fputc(between, out);
		fputs(json_string_value(item), out);
	}
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

void
render_csv_text(FILE *out, const char *text)
{
	if (strpbrk(text, "\",\r\n") == NULL) {
		fputs(text, out);
		return;
	}
	fputc('"', out);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static void
render_csv_value(const json_t *value)
{
	char *text;

	switch (json_typeof(value)) {
	case JSON_NULL:
		break;
	case JSON_STRING:
		render_csv_text(stdout, json_string_value(value));
		break;
	case JSON_ARRAY:
		/* A list of words is joined; of things, its JSON is the field. */
		if (json_array_size(value) == 0)
			break;
		text = json_is_string(json_array_get(value, 0)) ? render_join(value, ';')
								: json_dumps(value, JSON_COMPACT);
		render_csv_text(stdout, text == NULL ? "" : text);
		free(text);
		break;
	case JSON_OBJECT:
	case JSON_INTEGER:
	case JSON_REAL:
	case JSON_TRUE:
	case JSON_FALSE:
		text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
		render_csv_text(stdout, text == NULL ? "" : text);
		free(text);
		break;
	}
}

/* RFC 4180: a header, then a line each, ended by CRLF. */
static void
render_csv(json_t *value)
{
	json_t *list = json_is_array(value) ? json_incref(value) : json_pack("[O]", value);
	json_t *row, *cell;
	const char *key;
	size_t i;

	json_array_foreach(list, i, row)
	{
		bool first = true;

		if (i == 0) {
			json_object_foreach(row, key, cell)
			{
				printf("%s%s", first ? "" : ",", key);
				first = false;
			}
			fputs("\r\n", stdout);
			first = true;
		}
		json_object_foreach(row, key, cell)
		{
			if (!first)
				fputc(',', stdout);
			render_csv_value(cell);
			first = false;
		}
		fputs("\r\n", stdout);
	}
	json_decref(list);
}

static void
render_line(const json_t *value)
{
	json_dumpf(value, stdout, 0);
	fputc('\n', stdout);
}

int
render_value(const struct cli *cli, json_t *value)
{
	const json_t *item;
	size_t i;

	if (value == NULL)
		return fail_here(cli, "out of memory");
	switch (cli->format) {
	case CMD_JSON:
		render_line(value);
		break;
	case CMD_JSONL:
		if (!json_is_array(value))
			render_line(value);
		json_array_foreach(value, i, item) render_line(item);
		break;
	case CMD_CSV:
		render_csv(value);
		break;
	case CMD_TABLE:
		if (json_is_array(value))
			table_list(cli, value);
		else
			table_object(cli, value);
		break;
	}
	json_decref(value);
	return CMD_OK;
}
