/*
 * Tables for people.
 *
 * Owns libsmartcols' tables while they are printed; render_value() calls it. It never prints
 * what is empty: a column of nothing tells nobody anything.
 */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libsmartcols.h>

#include "lang.h"
#include "render.h"

/* Words of the schema are translated; codes, ids and free text are not. */
static bool
table_is_word(const char *key)
{
	static const char *const keys[] = {"category",	"decision", "event", "exempt", "kind",
					   "level",	"outcome",  "path",  "reason", "registered",
					   "situation", "state",    "status"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(keys[i], key) == 0)
			return true;
	return false;
}

static const char *
table_word(const struct cli *cli, const char *word)
{
	return cli->chinese ? lang_value(word) : word;
}

static const char *
table_heading(const struct cli *cli, const char *word)
{
	return cli->chinese ? lang_heading(word) : word;
}

static bool
table_is_empty(const json_t *value)
{
	return value == NULL || json_is_null(value) ||
	       (json_is_array(value) && json_array_size(value) == 0) ||
	       (json_is_string(value) && *json_string_value(value) == '\0');
}

static char *
table_join(const struct cli *cli, const char *key, const json_t *list)
{
	json_t *words = json_array();
	const json_t *item;
	char *text;
	size_t i;

	json_array_foreach(list, i, item)
	{
		const char *word = json_string_value(item);

		json_array_append_new(
		    words, json_string(table_is_word(key) ? table_word(cli, word) : word));
	}
	text = render_join(words, ' ');
	json_decref(words);
	return text;
}

/* The text of one cell, on the heap. */
static char *
table_cell(const struct cli *cli, const char *key, const json_t *value)
{
	if (table_is_empty(value))
		return strdup("");
	if (json_is_string(value)) {
		const char *word = json_string_value(value);

		return strdup(table_is_word(key) ? table_word(cli, word) : word);
	}
	if (json_is_boolean(value))
		return strdup(table_word(cli, json_is_true(value) ? "true" : "false"));
	if (!json_is_array(value) || !json_is_string(json_array_get(value, 0)))
		return json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	return table_join(cli, key, value);
}

static bool
table_decorated(const struct cli *cli)
{
	return cli->color && isatty(STDOUT_FILENO);
}

static const char *
table_color(const char *key, const json_t *value)
{
	const char *word = json_string_value(value);

	if (word == NULL || (strcmp(key, "decision") != 0 && strcmp(key, "status") != 0))
		return NULL;
	if (strcmp(word, "refuse") == 0 || strcmp(word, "terminated") == 0)
		return "red";
	if (strcmp(word, "suspended") == 0 || strcmp(word, "undetermined") == 0)
		return "yellow";
	return NULL;
}

static void
table_set(const struct cli *cli, struct libscols_line *line, size_t column, const char *key,
	  const json_t *value)
{
	struct libscols_cell *cell = scols_line_get_cell(line, column);
	char *text = table_cell(cli, key, value);

	if (cell == NULL || text == NULL) {
		free(text);
		return;
	}
	scols_cell_refer_data(cell, text);
	if (table_decorated(cli) && table_color(key, value) != NULL)
		scols_cell_set_color(cell, table_color(key, value));
}

static struct libscols_table *
table_new(const struct cli *cli)
{
	struct libscols_table *table = scols_new_table();

	if (table == NULL)
		return NULL;
	/* Into a pipe nothing is cut to fit a screen that is not there. */
	if (!isatty(STDOUT_FILENO))
		scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER);
	/* Nor is a line filled with blanks up to where the last column could end. */
	scols_table_enable_minout(table, 1);
	scols_table_enable_colors(table, table_decorated(cli));
	return table;
}

/* Which book it is says the same in every line: that is for programs. */
static bool
table_column_used(const json_t *list, const char *key)
{
	const json_t *row;
	size_t i;

	if (strcmp(key, "ledger") == 0 || strcmp(key, "epoch") == 0)
		return false;
	json_array_foreach(list, i,
			   row) if (!table_is_empty(json_object_get(row, key))) return true;
	return false;
}

void
table_list(const struct cli *cli, const json_t *list)
{
	json_t *first = json_array_get(list, 0);
	struct libscols_table *table;
	const char *key;
	const json_t *row;
	json_t *value;
	size_t i;

	if (first == NULL)
		return;
	table = table_new(cli);
	if (table == NULL)
		return;
	json_object_foreach(first, key, value)
	{
		if (table_column_used(list, key))
			scols_table_new_column(table, table_heading(cli, key), 0,
					       json_is_integer(value) ? SCOLS_FL_RIGHT : 0);
	}
	json_array_foreach(list, i, row)
	{
		struct libscols_line *line = scols_table_new_line(table, NULL);
		size_t column = 0;

		json_object_foreach(first, key, value)
		{
			if (line != NULL && table_column_used(list, key))
				table_set(cli, line, column++, key, json_object_get(row, key));
		}
	}
	scols_print_table(table);
	scols_unref_table(table);
}

/* Lists of things stand below the thing they belong to, each under its name. */
static bool
table_is_list(const json_t *value)
{
	return json_is_array(value) && json_is_object(json_array_get(value, 0));
}

void
table_object(const struct cli *cli, const json_t *object)
{
	struct libscols_table *table = table_new(cli);
	const char *key;
	json_t *value;

	if (table == NULL)
		return;
	scols_table_enable_noheadings(table, 1);
	scols_table_new_column(table, "key", 0, 0);
	scols_table_new_column(table, "value", 0, 0);
	json_object_foreach((json_t *)(uintptr_t)object, key, value)
	{
		struct libscols_line *line;

		if (table_is_empty(value) || table_is_list(value) || json_is_object(value))
			continue;
		line = scols_table_new_line(table, NULL);
		if (line == NULL)
			continue;
		scols_line_set_data(line, 0, table_heading(cli, key));
		table_set(cli, line, 1, key, value);
	}
	scols_print_table(table);
	scols_unref_table(table);
	json_object_foreach((json_t *)(uintptr_t)object, key, value)
	{
		if (json_is_object(value)) {
			printf("\n%s\n", table_heading(cli, key));
			table_object(cli, value);
		} else if (table_is_list(value)) {
			printf("\n%s\n", table_heading(cli, key));
			table_list(cli, value);
		}
	}
}
