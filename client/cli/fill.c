/*
 * From words on the line to fields of the request.
 *
 * Owns nothing; the runners call args_fill() once an invocation. What it refuses is form only: a
 * day that does not exist, a word the schema does not know. What a value means the daemon says.
 */

#include "args.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "when.h"

#define FILL_FILE_MAX (1024 * 1024)
#define FILL_NAME_MAX 64

/* One value on its way into one field. */
struct fill {
	struct cli *cli;
	struct demerit_message *message; /* that has the field */
	const char *name;		 /* of the field in it */
	const char *label;		 /* as people typed it: --on, POINTS */
	const char *value;
	size_t size;
};

static int
fill_bad(const struct fill *fill, const char *expected)
{
	return fail_usage(fill->cli, fill->name, "%s %.*s: %s", fill->label, (int)fill->size,
			  fill->value, expected);
}

/* What the library said to a value that was set. */
static int
fill_result(const struct fill *fill, int result)
{
	if (result == 0)
		return CMD_OK;
	if (result == -ENOMEM)
		return fail_here(fill->cli, "out of memory");
	return fill_bad(fill, "out of range");
}

static int
fill_text(const struct fill *fill, bool add)
{
	char *text = strndup(fill->value, fill->size);
	int result;

	if (text == NULL)
		return fail_here(fill->cli, "out of memory");
	result = add ? demerit_add_text(fill->message, fill->name, text)
		     : demerit_set_text(fill->message, fill->name, text);
	free(text);
	return fill_result(fill, result);
}

static int
fill_list(const struct fill *fill)
{
	struct fill part = *fill;

	while (part.size > 0) {
		const char *comma = memchr(part.value, ',', part.size);
		size_t size = comma == NULL ? part.size : (size_t)(comma - part.value);
		struct fill one = part;
		int result;

		one.size = size;
		if (size == 0)
			return fill_bad(fill, "words with one comma between");
		result = fill_text(&one, true);
		if (result != CMD_OK || comma == NULL)
			return result;
		part.value += size + 1;
		part.size -= size + 1;
	}
	return fill_bad(fill, "words with one comma between");
}

static int
fill_day(const struct fill *fill, const char *name)
{
	int32_t day;

	if (!when_day_parse(fill->value, fill->size, &day))
		return fill_bad(fill, "no day of the calendar (YYYY-MM-DD)");
	return fill_result(fill, demerit_set_int(fill->message, name, day));
}

static int
fill_number(const struct fill *fill, bool is_signed)
{
	size_t at = is_signed && fill->size > 0 && strchr("+-", *fill->value) != NULL ? 1 : 0;
	bool negative = at == 1 && *fill->value == '-';
	int64_t number = 0;

	if (at == fill->size)
		return fill_bad(fill, "a whole number");
	for (; at < fill->size; at++) {
		if (fill->value[at] < '0' || fill->value[at] > '9')
			return fill_bad(fill, "a whole number");
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, fill->value[at] - '0', &number))
			return fill_bad(fill, "out of range");
	}
	return fill_result(fill,
			   demerit_set_int(fill->message, fill->name, negative ? -number : number));
}

/* "kind foo: one of hospital, pharmacy". */
static int
fill_bad_word(const struct fill *fill)
{
	char words[256] = "one of";
	size_t used = strlen(words);
	const char *word;

	for (size_t i = 0; (word = demerit_word(fill->message, fill->name, i)) != NULL; i++) {
		int size =
		    snprintf(words + used, sizeof(words) - used, "%s %s", i > 0 ? "," : "", word);

		if (size < 0 || (size_t)size >= sizeof(words) - used)
			break;
		used += (size_t)size;
	}
	return fill_bad(fill, words);
}

static int
fill_word(const struct fill *fill)
{
	char word[FILL_NAME_MAX];
	int result;

	if (fill->size >= sizeof(word))
		return fill_bad_word(fill);
	memcpy(word, fill->value, fill->size);
	word[fill->size] = '\0';
	result = demerit_set_word(fill->message, fill->name, word);
	return result == -EINVAL ? fill_bad_word(fill) : fill_result(fill, result);
}

/* FROM[..TO]: one day, or the first and the last. */
static int
fill_conduct(const struct fill *fill)
{
	const char *dots = memmem(fill->value, fill->size, "..", 2);
	struct fill from = *fill;
	struct fill to = *fill;
	int64_t first, last;
	int result;

	if (dots != NULL) {
		from.size = (size_t)(dots - fill->value);
		to.value = dots + 2;
		to.size = fill->size - from.size - 2;
	}
	result = fill_day(&from, "conduct_from");
	if (result == CMD_OK)
		result = fill_day(&to, "conduct_to");
	if (result != CMD_OK)
		return result;
	if (demerit_get_int(fill->message, "conduct_from", &first) &&
	    demerit_get_int(fill->message, "conduct_to", &last) && last < first)
		return fill_bad(fill, "it ends before it begins");
	return CMD_OK;
}

/* SLUG[@DATE]. */
static int
fill_version(const struct fill *fill, const char *slug_name, const char *day_name)
{
	const char *sign = memchr(fill->value, '@', fill->size);
	struct fill slug = *fill;
	struct fill day = *fill;
	int result;

	slug.name = slug_name;
	if (sign != NULL)
		slug.size = (size_t)(sign - fill->value);
	result = fill_text(&slug, false);
	if (result != CMD_OK || sign == NULL)
		return result;
	day.value = sign + 1;
	day.size = fill->size - slug.size - 1;
	return fill_day(&day, day_name);
}

static const struct {
	const char *key;
	const char *name;
	enum cmd_kind kind;
} fill_choice_keys[] = {
    {"months", "months", CMD_NUMBER},	    {"from", "from_day", CMD_DAY},
    {"bar-years", "bar_years", CMD_NUMBER}, {"overlap", "overlap", CMD_WORD},
    {"credit", "credit_days", CMD_NUMBER},  {"reason", "reason", CMD_TEXT},
};

#define FILL_CHOICE_KEYS_COUNT (sizeof(fill_choice_keys) / sizeof(fill_choice_keys[0]))

/* The key that begins here with its =, or the count. */
static size_t
fill_choice_key(const char *at, size_t size)
{
	for (size_t i = 0; i < FILL_CHOICE_KEYS_COUNT; i++) {
		size_t key_size = strlen(fill_choice_keys[i].key);

		if (size > key_size && memcmp(at, fill_choice_keys[i].key, key_size) == 0 &&
		    at[key_size] == '=')
			return i;
	}
	return FILL_CHOICE_KEYS_COUNT;
}

static int
fill_choice_values(const struct fill *fill, struct demerit_message *choice, const char *at,
		   size_t size)
{
	while (size > 0) {
		struct fill one = *fill;
		size_t key = fill_choice_key(at, size);
		const char *comma;
		int result;

		if (key == FILL_CHOICE_KEYS_COUNT)
			return fill_bad(fill, "PRACTITIONER:months=N,from=DATE,bar-years=N,"
					      "overlap=replace|extend|add|keep,credit=DAYS");
		one.message = choice;
		one.name = fill_choice_keys[key].name;
		one.value = at + strlen(fill_choice_keys[key].key) + 1;
		one.size = size - (size_t)(one.value - at);
		/* A reason may have commas: it is the last and takes the rest. */
		comma = fill_choice_keys[key].kind == CMD_TEXT ? NULL
							       : memchr(one.value, ',', one.size);
		if (comma != NULL)
			one.size = (size_t)(comma - one.value);
		if (fill_choice_keys[key].kind == CMD_DAY)
			result = fill_day(&one, one.name);
		else if (fill_choice_keys[key].kind == CMD_WORD)
			result = fill_word(&one);
		else if (fill_choice_keys[key].kind == CMD_TEXT)
			result = fill_text(&one, false);
		else
			result = fill_number(&one, false);
		if (result != CMD_OK || comma == NULL)
			return result;
		size -= (size_t)(comma + 1 - at);
		at = comma + 1;
	}
	return fill_bad(fill, "a value is missing at the end");
}

/* A code may hold a colon itself: it ends at the last one that a known key follows. */
static int
fill_choice(const struct fill *fill)
{
	struct demerit_message *choice;
	size_t colon = fill->size;
	struct fill who = *fill;
	int result;

	for (size_t i = 0; i < fill->size; i++)
		if (fill->value[i] == ':' &&
		    fill_choice_key(fill->value + i + 1, fill->size - i - 1) !=
			FILL_CHOICE_KEYS_COUNT)
			colon = i;
	if (colon == fill->size || colon == 0)
		return fill_bad(fill, "PRACTITIONER:months=N,from=DATE,...");
	choice = demerit_add(fill->message, fill->name);
	if (choice == NULL)
		return fail_here(fill->cli, "out of memory");
	who.message = choice;
	who.name = "practitioner";
	who.size = colon;
	result = fill_text(&who, false);
	if (result != CMD_OK)
		return result;
	return fill_choice_values(fill, choice, fill->value + colon + 1, fill->size - colon - 1);
}

static int
fill_file(const struct fill *fill)
{
	static char text[FILL_FILE_MAX + 1];
	const char *slash = strrchr(fill->value, '/');
	FILE *file = fopen(fill->value, "rb");
	size_t size;
	int failure;

	if (file == NULL)
		return fail_usage(fill->cli, fill->name, "%s: %s", fill->value, strerror(errno));
	errno = 0;
	size = fread(text, 1, sizeof(text), file);
	failure = ferror(file) != 0 ? errno : 0;
	fclose(file);
	if (failure != 0)
		return fail_usage(fill->cli, fill->name, "%s: %s", fill->value, strerror(failure));
	if (size > FILL_FILE_MAX)
		return fail_usage(fill->cli, fill->name, "%s: longer than 1 MiB", fill->value);
	if (memchr(text, '\0', size) != NULL)
		return fail_usage(fill->cli, fill->name, "%s: is no text", fill->value);
	text[size] = '\0';
	/* The name is for the daemon's messages; whoever has none is none the worse. */
	(void)demerit_set_text(fill->message, "file_name", slash == NULL ? fill->value : slash + 1);
	return fill_result(fill, demerit_set_text(fill->message, fill->name, text));
}

static int
fill_value(const struct fill *fill, enum cmd_kind kind)
{
	switch (kind) {
	case CMD_TEXT:
		return fill_text(fill, false);
	case CMD_TEXTS:
		return fill_text(fill, true);
	case CMD_LIST:
		return fill_list(fill);
	case CMD_DAY:
		return fill_day(fill, fill->name);
	case CMD_NUMBER:
		return fill_number(fill, false);
	case CMD_SIGNED:
		return fill_number(fill, true);
	case CMD_WORD:
		return fill_word(fill);
	case CMD_FLAG:
	case CMD_ALWAYS:
		return fill_result(fill, demerit_set_bool(fill->message, fill->name, true));
	case CMD_CONDUCT:
		return fill_conduct(fill);
	case CMD_RULEBOOK:
		return fill_version(fill, "rulebook", "rulebook_on");
	case CMD_VERSION:
		return fill_version(fill, "slug", "on");
	case CMD_CHOICE:
		return fill_choice(fill);
	case CMD_FILE:
		return fill_file(fill);
	case CMD_OWN:
	case CMD_OWN_FLAG:
		return CMD_OK;
	}
	return CMD_OK;
}

/* The message that has the field: the body, or below it where the name has a dot. */
static struct demerit_message *
fill_target(struct demerit_message *request, const struct cmd_field *field, const char **ret_name)
{
	const char *dot = strchr(field->name, '.');
	char above[FILL_NAME_MAX];

	*ret_name = field->name;
	if (dot == NULL || (size_t)(dot - field->name) >= sizeof(above))
		return request;
	memcpy(above, field->name, (size_t)(dot - field->name));
	above[dot - field->name] = '\0';
	*ret_name = dot + 1;
	return demerit_add(request, above);
}

static int
fill_one(struct cli *cli, struct demerit_message *request, const struct cmd_field *field,
	 const char *value)
{
	char label[FILL_NAME_MAX];
	struct fill fill = {.cli = cli, .label = label, .value = value};

	if (field->kind == CMD_OWN || field->kind == CMD_OWN_FLAG)
		return CMD_OK;
	fill.size = value == NULL ? 0 : strlen(value);
	fill.message = fill_target(request, field, &fill.name);
	if (fill.message == NULL)
		return fail_here(cli, "out of memory");
	if (field->option != NULL)
		snprintf(label, sizeof(label), "--%s", field->option);
	else
		snprintf(label, sizeof(label), "%s", fill.name);
	if (field->required && fill.size == 0)
		return fail_usage(cli, fill.name, "%s is empty", label);
	return fill_value(&fill, field->kind);
}

static int
fill_option(struct cli *cli, struct demerit_message *request, const struct cmd_field *field)
{
	bool many = field->kind == CMD_TEXTS || field->kind == CMD_CHOICE;
	bool found = false;

	for (size_t i = 0; i < cli->given_count; i++) {
		int result;

		if (strcmp(cli->given[i].option, field->option) != 0)
			continue;
		if (found && !many)
			return fail_usage(cli, field->name, "--%s stands there twice",
					  field->option);
		found = true;
		result = fill_one(cli, request, field, cli->given[i].value);
		if (result != CMD_OK)
			return result;
	}
	if (!found && field->required)
		return fail_usage(cli, field->name, "%s needs --%s", cli->cmd->words,
				  field->option);
	return CMD_OK;
}

int
args_fill(struct cli *cli, const struct cmd *cmd, struct demerit_message *request)
{
	int needed = 0;
	int word = 0;
	int spare, result;

	for (const struct cmd_field *field = cmd->fields; field != NULL && field->name != NULL;
	     field++)
		needed += field->option == NULL && field->required;
	if (cli->words_count < needed)
		return fail_usage(cli, NULL, "usage: demerit %s %s", cmd->words, cmd->usage);
	/* Words that may be left out are filled from the left as far as there are words for them.
	 */
	spare = cli->words_count - needed;
	for (const struct cmd_field *field = cmd->fields; field != NULL && field->name != NULL;
	     field++) {
		if (field->option != NULL)
			result = fill_option(cli, request, field);
		else if (field->kind == CMD_ALWAYS)
			result = fill_one(cli, request, field, NULL);
		else if (!field->required && spare-- <= 0)
			continue;
		else
			result = fill_one(cli, request, field, cli->words[word++]);
		if (result != CMD_OK)
			return result;
	}
	if (word < cli->words_count)
		return fail_usage(cli, NULL, "%s: too much; usage: demerit %s %s", cli->words[word],
				  cmd->words, cmd->usage);
	return CMD_OK;
}

bool
args_source(const struct cli *cli, const char *name, const char **ret_option,
	    const char **ret_value)
{
	int word = 0;

	for (const struct cmd_field *field = cli->cmd == NULL ? NULL : cli->cmd->fields;
	     field != NULL && field->name != NULL; field++) {
		const char *dot = strrchr(field->name, '.');
		bool is_it = strcmp(name, dot == NULL ? field->name : dot + 1) == 0 ||
			     strcmp(name, field->name) == 0;

		if (field->option == NULL) {
			if (is_it && word < cli->words_count) {
				*ret_option = name;
				*ret_value = cli->words[word];
				return true;
			}
			word++;
		} else if (is_it && cmd_option(cli, field->option) != NULL) {
			*ret_option = field->option;
			*ret_value = cmd_option(cli, field->option);
			return true;
		}
	}
	return false;
}
