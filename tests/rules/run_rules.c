/*
 * The regulation as readable tables, run against the pure core.
 *
 *   run_rules FILE...
 *
 * Each scenario of each file is one line of the outcome; a row that comes out differently says
 * what was expected and what came. At the end every verdict must have occurred somewhere.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "book.h"

#define VERDICTS_MAX 1024
#define YAML_MAX     RULES_TEXT_MAX

struct run {
	const char *path;
	const char *name; /* of the file, without its folder */
	struct rules_set *rules;
	struct book *book; /* of the scenario in hand */
	uint64_t sequence; /* of the next rules record */
	bool seen[VERDICTS_MAX];
	unsigned scenario_line;
	char scenario[ROW_TEXT_MAX];
	unsigned rows;
	unsigned failed;
	unsigned scenarios_failed;
};

static void
rules_begin(struct run *run)
{
	struct rules_file file;
	struct rules_error error;

	run->rules = rules_set_new();
	assert(run->rules != NULL);
	run->sequence = 2;
	for (size_t i = 0; rules_shipped(i, &file); i++) {
		struct event_rules event = {.kind = file.kind,
					    .text = {file.text, (uint32_t)file.size}};
		if (rules_set_load(run->rules, &event, run->sequence++, &error) < 0) {
			printf("not ok %s:%u:%u: %s: %s\n", file.name, error.line, error.column,
			       error.key, error.message);
			run->scenarios_failed++;
		}
	}
}

static void
scenario_end(struct run *run)
{
	if (run->book == NULL)
		return;
	run->book = book_free(run->book);
	if (run->failed > 0) {
		run->scenarios_failed++;
		return;
	}
	printf("ok %s:%u %s (%u rows)\n", run->name, run->scenario_line,
	       run->scenario[0] != '\0' ? run->scenario : "-", run->rows);
}

static void
failed(struct run *run, const struct row *row, const char *what, const char *expected,
       const char *got)
{
	printf("not ok %s:%u %s: %s expected \"%s\", got \"%s\"\n", run->name, row->line,
	       row->words_count > 0 ? row->words[0] : "", what, expected, got);
	run->failed++;
}

/* The table may leave out what stands in brackets. */
static bool
verdict_matches(const char *expected, const char *got)
{
	if (strchr(expected, '[') == NULL) {
		size_t size = strcspn(got, "[");
		return strlen(expected) == size && memcmp(expected, got, size) == 0;
	}
	return strcmp(expected, got) == 0;
}

static void
row_run(struct run *run, const struct row *row)
{
	struct result result = {0};
	char text[ROW_TEXT_MAX];

	run->rows++;
	if (run->book == NULL) {
		failed(run, row, "scenario", "a rulebook first", "none");
		return;
	}
	bool done = book_do(run->book, row, &result);
	if (!verdict_matches(row->verdict, result.verdict)) {
		failed(run, row, "verdict", row->verdict, result.verdict);
		return;
	}
	for (unsigned i = 0; i < VERDICTS_MAX; i++) {
		const char *word = verdict_word(i);
		if (word != NULL && verdict_matches(word, result.verdict))
			run->seen[i] = true;
	}
	if (!done)
		return;
	if (result.reason != NULL) {
		if (strcmp(row->state, "") != 0 && strcmp(row->state, result.reason) != 0)
			failed(run, row, "reason", row->state, result.reason);
		return;
	}

	const struct standing *standing =
	    result.person != NULL ? book_standing(run->book, result.person) : NULL;
	if (strcmp(row->year, "-") != 0) {
		text[0] = '\0';
		if (standing != NULL)
			state_total(standing, result.year, text, sizeof(text));
		if (strcmp(row->year, text) != 0)
			failed(run, row, "total", row->year, text);
	}
	if (row->state[0] != '\0' && strcmp(row->state, "-") != 0) {
		text[0] = '\0';
		if (standing != NULL)
			state_text(standing, row->recorded, text, sizeof(text));
		if (strcmp(row->state, text) != 0)
			failed(run, row, "state", row->state, text);
	}
}

/* A rulebook beside the table. */
static void
rules_load(struct run *run, const struct row *row)
{
	static uint8_t text[YAML_MAX];
	struct rules_error error = {0};
	char path[4096];
	const char *slash = strrchr(run->path, '/');
	int folder = slash == NULL ? 0 : (int)(slash - run->path + 1);

	(void)snprintf(path, sizeof(path), "%.*s%s", folder, run->path, row->words[1]);
	FILE *file = fopen(path, "rb");
	if (file == NULL) {
		failed(run, row, "file", path, "none");
		return;
	}
	struct event_rules event = {.kind = RULES_RULEBOOK, .text = {.bytes = text}};
	event.text.size = (uint32_t)fread(text, 1, sizeof(text), file);
	fclose(file);
	int r = rules_set_load(run->rules, &event, run->sequence++, &error);
	if (r < 0 && r != -EEXIST)
		failed(run, row, row->words[1], "a rulebook", error.message);
}

static void
scenario_begin(struct run *run, const struct row *row)
{
	scenario_end(run);
	run->rows = 0;
	run->failed = 0;
	run->scenario_line = row->line;
	(void)snprintf(run->scenario, sizeof(run->scenario), "%s", row->title);
	run->book = book_new(run->rules, row->words[1]);
	assert(run->book != NULL);
}

static void
table_run(struct run *run, const char *path)
{
	static struct row row;
	struct table table = {0};
	const char *slash = strrchr(path, '/');

	run->path = path;
	run->name = slash != NULL ? slash + 1 : path;
	table.file = fopen(path, "r");
	if (table.file == NULL) {
		printf("not ok %s: %s\n", path, strerror(errno));
		run->scenarios_failed++;
		return;
	}
	for (enum line_kind kind; (kind = table_next(&table, &row)) != LINE_END;) {
		switch (kind) {
		case LINE_RULEBOOK:
			scenario_begin(run, &row);
			break;
		case LINE_LOAD:
			rules_load(run, &row);
			break;
		case LINE_ROW:
			row_run(run, &row);
			break;
		case LINE_BAD:
			failed(run, &row, "line", "a row", row.says);
			break;
		case LINE_END:
			break;
		}
	}
	fclose(table.file);
	scenario_end(run);
	run->failed = 0;
}

/* A verdict that no table brings about is one that nobody has seen to be right. */
static void
verdicts_end(struct run *run)
{
	size_t count;
	const struct verdict_row *rows = verdict_rows(&count);
	unsigned missing = 0;

	for (size_t i = 0; i < count; i++) {
		if (rows[i].verdict == VERDICT_NONE || run->seen[rows[i].verdict])
			continue;
		printf("not ok verdicts: %s never occurred\n", rows[i].name);
		missing++;
	}
	if (missing == 0)
		printf("ok verdicts: each of the %zu occurred\n", count);
	run->scenarios_failed += missing;
}

int
main(int argc, char **argv)
{
	static struct run run;

	rules_begin(&run);
	for (int i = 1; i < argc; i++)
		table_run(&run, argv[i]);
	verdicts_end(&run);
	run.rules = rules_set_free(run.rules);
	return run.scenarios_failed == 0 && argc > 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}
