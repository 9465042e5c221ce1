/*
 * The reader of tables. Owns a row's text; called by run_rules. Never knows what a command means.
 */
#include "table.h"

#include <ctype.h>
#include <string.h>

#include "daemon/ledger/eligibility.h"
#include "daemon/ledger/verdict.h"

#define VERDICTS_MAX 256
#define WORD_MAX     48

const char *
verdict_word(unsigned number)
{
	static char words[VERDICTS_MAX][WORD_MAX];
	size_t count;
	const struct verdict_row *rows = verdict_rows(&count);

	for (size_t i = 0; i < count && i < VERDICTS_MAX; i++) {
		if ((unsigned)rows[i].verdict != number)
			continue;
		for (size_t k = 0; k < WORD_MAX - 1 && rows[i].name[k] != '\0'; k++)
			words[i][k] = (char)tolower((unsigned char)rows[i].name[k]);
		return words[i];
	}
	return NULL;
}

/* Does the word say what came of the command? Then the command ends before it. */
static bool
is_verdict(const char *word)
{
	size_t size = strcspn(word, "[");
	size_t count;
	const struct verdict_row *rows = verdict_rows(&count);

	if (strcmp(word, "-") == 0)
		return true;
	for (size_t i = 0; i < count; i++) {
		const char *name = verdict_word((unsigned)rows[i].verdict);
		if (name != NULL && strlen(name) == size && memcmp(name, word, size) == 0)
			return true;
	}
	for (enum claim_decision d = DECISION_PAY; d <= DECISION_REFUSE; d++) {
		if (strcmp(decision_name(d), word) == 0)
			return true;
	}
	return false;
}

/* The next word, ended in place; NULL: the line has no more. */
static char *
word_next(char **at)
{
	char *word = *at + strspn(*at, " \t\n");

	if (*word == '\0')
		return NULL;
	*at = word + strcspn(word, " \t\n");
	if (**at != '\0')
		*(*at)++ = '\0';
	return word;
}

static enum line_kind
bad(struct row *row, const char *says, const char *word)
{
	(void)snprintf(row->says, sizeof(row->says), "%s%s", says, word);
	return LINE_BAD;
}

static enum line_kind
row_read(struct row *row, char *at)
{
	const char *word = word_next(&at);

	if (!day_parse(word, strlen(word), &row->recorded))
		return bad(row, "not a day: ", word);
	row->verdict = NULL;
	row->words_count = 0;
	while (row->verdict == NULL) {
		char *next = word_next(&at);
		if (next == NULL)
			return bad(row, "no verdict in the line", "");
		if (row->words_count > 0 && is_verdict(next))
			row->verdict = next;
		else if (row->words_count == ROW_WORDS_MAX)
			return bad(row, "too many words", "");
		else
			row->words[row->words_count++] = next;
	}
	row->year = word_next(&at);
	if (row->year == NULL)
		row->year = "-";
	at += strspn(at, " \t\n");
	at[strcspn(at, "\n")] = '\0';
	for (size_t size = strlen(at); size > 0 && at[size - 1] == ' '; size--)
		at[size - 1] = '\0';
	row->state = at;
	return LINE_ROW;
}

/* "rulebook SLUG", "load FILE" */
static enum line_kind
directive_read(struct row *row, char *at)
{
	enum line_kind kind = *at == 'r' ? LINE_RULEBOOK : LINE_LOAD;

	row->words_count = 0;
	for (char *word = word_next(&at); word != NULL; word = word_next(&at)) {
		if (row->words_count == 2)
			return bad(row, "one word too many: ", word);
		row->words[row->words_count++] = word;
	}
	if (row->words_count != 2)
		return bad(row, "a word is missing", "");
	return kind;
}

enum line_kind
table_next(struct table *table, struct row *ret)
{
	size_t used = 0;

	ret->title[0] = '\0';
	while (fgets(ret->text, sizeof(ret->text), table->file) != NULL) {
		char *at = ret->text + strspn(ret->text, " \t\n");
		ret->line = ++table->line;
		if (strchr(ret->text, '\n') == NULL && !feof(table->file))
			return bad(ret, "the line is too long", "");
		if (*at == '\0') {
			ret->title[0] = '\0';
			used = 0;
		} else if (*at == '#') {
			at += strspn(at, "# ");
			at[strcspn(at, "\n")] = '\0';
			int n = snprintf(ret->title + used, sizeof(ret->title) - used, "%s%s",
					 used > 0 ? " " : "", at);
			if (n > 0 && used + (size_t)n < sizeof(ret->title))
				used += (size_t)n;
		} else if (strncmp(at, "rulebook ", 9) == 0 || strncmp(at, "load ", 5) == 0) {
			return directive_read(ret, at);
		} else {
			return row_read(ret, at);
		}
	}
	return LINE_END;
}

const char *
row_value(const struct row *row, const char *key)
{
	size_t size = strlen(key);

	for (size_t i = 1; i < row->words_count; i++) {
		if (strncmp(row->words[i], key, size) == 0 && row->words[i][size] == '=')
			return row->words[i] + size + 1;
	}
	return NULL;
}
