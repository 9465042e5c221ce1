/*
 * The line, read.
 *
 * Owns the parse of argv; main calls it once. One getopt_long table holds the options of all
 * commands, so that any may stand anywhere; what does not belong to the command is refused
 * afterwards. It never asks the daemon anything.
 */

#include "args.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "fail.h"
#include "when.h"

#define ARGS_OPTIONS_MAX 160

#define ARGS_SERVER_DEFAULT "unix:/run/demeritd/demeritd.sock"

static const struct option args_globals[] = {
    {"server", required_argument, NULL, 0},
    {"output", required_argument, NULL, 0},
    {"known-at", required_argument, NULL, 0},
    {"key", required_argument, NULL, 0},
    {"dry-run", no_argument, NULL, 0},
    {"no-color", no_argument, NULL, 0},
    {"propose", no_argument, NULL, 0},
    {"proposal", required_argument, NULL, 0},
    {"on-behalf-of", required_argument, NULL, 0},
    {"help", no_argument, NULL, 0},
    {"version", no_argument, NULL, 0},
};

#define ARGS_GLOBALS_COUNT (sizeof(args_globals) / sizeof(args_globals[0]))

static bool
args_is_flag(enum cmd_kind kind)
{
	return kind == CMD_FLAG || kind == CMD_OWN_FLAG;
}

/* The options of all commands, each name once. Returns how many. */
static size_t
args_options(struct option *out)
{
	size_t count = 0;

	for (; count < ARGS_GLOBALS_COUNT; count++)
		out[count] = args_globals[count];
	for (const struct cmd *cmd = cmd_table; cmd->words != NULL; cmd++) {
		for (const struct cmd_field *field = cmd->fields;
		     field != NULL && field->name != NULL; field++) {
			size_t i = 0;

			if (field->option == NULL)
				continue;
			while (i < count && strcmp(out[i].name, field->option) != 0)
				i++;
			if (i < count || count == ARGS_OPTIONS_MAX)
				continue;
			out[count++] = (struct option){
			    field->option,
			    args_is_flag(field->kind) ? no_argument : required_argument, NULL, 0};
		}
	}
	out[count] = (struct option){0};
	return count;
}

static bool
args_belongs(const struct cmd *cmd, const char *option)
{
	for (size_t i = 0; i < ARGS_GLOBALS_COUNT; i++)
		if (strcmp(args_globals[i].name, option) == 0)
			return true;
	for (const struct cmd_field *field = cmd->fields; field != NULL && field->name != NULL;
	     field++)
		if (field->option != NULL && strcmp(field->option, option) == 0)
			return true;
	return false;
}

const char *
cmd_option(const struct cli *cli, const char *option)
{
	const char *value = NULL;

	for (size_t i = 0; i < cli->given_count; i++)
		if (strcmp(cli->given[i].option, option) == 0)
			value = cli->given[i].value;
	return value;
}

bool
cmd_has(const struct cli *cli, const char *option)
{
	for (size_t i = 0; i < cli->given_count; i++)
		if (strcmp(cli->given[i].option, option) == 0)
			return true;
	return false;
}

static int
args_format(struct cli *cli)
{
	static const char *const names[] = {"table", "json", "jsonl", "csv"};
	const char *value = cmd_option(cli, "output");

	if (value == NULL)
		return CMD_OK;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], value) == 0) {
			cli->format = (enum cmd_format)i;
			cli->format_given = true;
			return CMD_OK;
		}
	}
	return fail_usage(cli, "output", "-o %s: one of table, json, jsonl, csv", value);
}

/* getopt_long takes any unique beginning of a name; scripts must not come to rely on that. */
static bool
args_is_whole(const char *typed, const char *name)
{
	size_t size = strlen(name);

	return strncmp(typed, "--", 2) == 0 && strncmp(typed + 2, name, size) == 0 &&
	       (typed[size + 2] == '\0' || typed[size + 2] == '=');
}

static int
args_given(struct cli *cli, const char *option, const char *value)
{
	if (cli->given_count == CMD_GIVEN_MAX)
		return fail_usage(cli, NULL, "more than %d options", CMD_GIVEN_MAX);
	cli->given[cli->given_count++] = (struct cmd_given){option, value};
	return CMD_OK;
}

static int
args_read(struct cli *cli, int argc, char **argv)
{
	struct option options[ARGS_OPTIONS_MAX + 1];
	int result = CMD_OK;

	args_options(options);
	opterr = 0;
	while (result == CMD_OK) {
		int index = -1;
		const char *typed;
		int got = getopt_long(argc, argv, ":o:hV", options, &index);

		if (got == -1)
			break;
		if (got == '?')
			return fail_usage(cli, NULL, "unknown option %s", argv[optind - 1]);
		if (got == ':')
			return fail_usage(cli, NULL, "%s needs a value", argv[optind - 1]);
		typed =
		    argv[optarg != NULL && optarg == argv[optind - 1] ? optind - 2 : optind - 1];
		if (got == 0 && !args_is_whole(typed, options[index].name))
			return fail_usage(cli, NULL, "unknown option %s", typed);
		if (got == 'o')
			result = args_given(cli, "output", optarg);
		else if (got == 'h')
			result = args_given(cli, "help", NULL);
		else if (got == 'V')
			result = args_given(cli, "version", NULL);
		else
			result = args_given(cli, options[index].name, optarg);
	}
	cli->words = argv + optind;
	cli->words_count = argc - optind;
	return result;
}

/* The command whose words begin the line; the longest wins. */
static const struct cmd *
args_find(struct cli *cli)
{
	const struct cmd *found = NULL;
	int found_count = 0;

	for (const struct cmd *cmd = cmd_table; cmd->words != NULL; cmd++) {
		const char *rest = cmd->words;
		int count = 0;

		while (*rest != '\0' && count < cli->words_count) {
			size_t size = strcspn(rest, " ");

			if (strlen(cli->words[count]) != size ||
			    strncmp(cli->words[count], rest, size) != 0)
				break;
			count++;
			rest += size + (rest[size] == ' ');
		}
		if (*rest == '\0' && count > found_count) {
			found = cmd;
			found_count = count;
		}
	}
	cli->words += found_count;
	cli->words_count -= found_count;
	return found;
}

static void
args_help_one(const struct cmd *cmd)
{
	printf("usage: demerit %s %s\n%s\n", cmd->words, cmd->usage, cmd->summary);
}

/* Does the line name this command's group, as "points" does that of "points annul"? */
static bool
args_in_group(const struct cli *cli, const struct cmd *cmd)
{
	size_t size = cli->words_count > 0 ? strlen(cli->words[0]) : 0;

	return size > 0 && strncmp(cmd->words, cli->words[0], size) == 0 && cmd->words[size] == ' ';
}

static bool
args_is_group(const struct cli *cli)
{
	const struct cmd *cmd = cmd_table;

	while (cmd->words != NULL && !args_in_group(cli, cmd))
		cmd++;
	return cmd->words != NULL;
}

static void
args_help_group(const struct cli *cli)
{
	for (const struct cmd *cmd = cmd_table; cmd->words != NULL; cmd++)
		if (args_in_group(cli, cmd))
			printf("demerit %s %s\n         %s\n", cmd->words, cmd->usage,
			       cmd->summary);
}

static void
args_help_all(void)
{
	printf("usage: demerit [OPTION]... COMMAND [ARGUMENT]...\n\n");
	for (const struct cmd *cmd = cmd_table; cmd->words != NULL; cmd++)
		printf("  %-22s %s\n", cmd->words, cmd->summary);
	printf("\nEverywhere:\n"
	       "  --server unix:PATH     the daemon's socket (or DEMERIT_SERVER)\n"
	       "  -o FORMAT              table, json, jsonl, csv\n"
	       "  --known-at SEQ|TIME    answer as of then (reads)\n"
	       "  --key KEY, --dry-run   of writes\n"
	       "  --propose [--proposal ID]  of writes that another person may approve\n"
	       "  --on-behalf-of PERSON  who asks through this portal\n"
	       "  --no-color, --help, --version\n\n"
	       "demerit COMMAND --help says more; demerit(1) says all.\n");
}

/* The fields of PointsPropose, by the body that each holds. */
static const struct {
	const char *body;
	const char *field;
} args_proposable[] = {
    {"points_annul", "annul"}, {"penalty_overturn", "overturn"},     {"points_correct", "correct"},
    {"review", "review"},      {"repair_approve", "repair_approve"}, {"rulebook_load", "rulebook"},
    {"policy_load", "policy"}, {"calendar_load", "calendar"},	     {"points_record", "entry"},
};

static const char *
args_proposed_field(const struct cli *cli)
{
	size_t count = sizeof(args_proposable) / sizeof(args_proposable[0]);

	for (size_t i = 0; cli->cmd->body != NULL && i < count; i++)
		if (strcmp(args_proposable[i].body, cli->cmd->body) == 0)
			return args_proposable[i].field;
	return NULL;
}

static bool
args_proposes(const struct cli *cli)
{
	return args_proposed_field(cli) != NULL ||
	       (cli->cmd->body != NULL && strcmp(cli->cmd->body, "points_propose") == 0);
}

struct demerit_message *
args_request(struct cli *cli, const char *body, struct demerit_message **ret_fill)
{
	const char *proposal = cmd_option(cli, "proposal");
	const char *field = cmd_has(cli, "propose") ? args_proposed_field(cli) : NULL;
	struct demerit_message *request =
	    demerit_request_new(field == NULL ? body : "points_propose");

	*ret_fill = request;
	if (request != NULL && field != NULL)
		*ret_fill = demerit_add(request, field);
	if (request != NULL && proposal != NULL && demerit_set_text(request, "id", proposal) < 0)
		*ret_fill = NULL;
	if (request != NULL && *ret_fill == NULL)
		demerit_request_free(request);
	return *ret_fill == NULL ? NULL : request;
}

static int
args_key(struct cli *cli)
{
	const char *key = cmd_option(cli, "key");
	unsigned char bytes[16];

	cli->call.dry_run = cmd_has(cli, "dry-run");
	if (cli->call.dry_run && !cli->cmd->write)
		return fail_usage(cli, "dry-run", "%s writes nothing: no --dry-run",
				  cli->cmd->words);
	if (cmd_has(cli, "proposal") && !cmd_has(cli, "propose") &&
	    args_proposed_field(cli) != NULL)
		return fail_usage(cli, "proposal", "--proposal needs --propose");
	cli->call.on_behalf_of = cmd_option(cli, "on-behalf-of");
	if (!args_proposes(cli) && (cmd_has(cli, "propose") || cmd_has(cli, "proposal")))
		return fail_usage(cli, "propose", "%s cannot be proposed", cli->cmd->words);
	if (!cli->cmd->write)
		return CMD_OK;
	cli->key_given = key != NULL;
	if (key == NULL) {
		if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
			return fail_here(cli, "no random bytes: %s", strerror(errno));
		for (size_t i = 0; i < sizeof(bytes); i++)
			snprintf(cli->key + 2 * i, 3, "%02x", bytes[i]);
		key = cli->key;
	}
	if (strlen(key) < 1 || strlen(key) > 64)
		return fail_usage(cli, "key", "--key: 1 to 64 bytes");
	cli->call.key = key;
	return CMD_OK;
}

static int
args_known_at(struct cli *cli)
{
	const char *value = cmd_option(cli, "known-at");
	uint64_t sequence = 0;

	if (value == NULL)
		return CMD_OK;
	cli->known_at = value;
	if (cli->cmd->write)
		return fail_usage(cli, "known-at", "--known-at is for questions, not for writes");
	if (*value != '\0' && strspn(value, "0123456789") == strlen(value)) {
		for (const char *at = value; *at != '\0'; at++)
			if (__builtin_mul_overflow(sequence, 10, &sequence) ||
			    __builtin_add_overflow(sequence, (uint64_t)(*at - '0'), &sequence))
				return fail_usage(cli, "known-at", "--known-at %s: too large",
						  value);
		if (sequence == 0)
			return fail_usage(cli, "known-at", "--known-at 0: sequences begin with 1");
		cli->call.known_at = sequence;
		return CMD_OK;
	}
	if (!when_instant_parse(value, &cli->call.known_at_time) || cli->call.known_at_time == 0)
		return fail_usage(cli, "known-at",
				  "--known-at %s: a sequence, a date, or a time like "
				  "2025-06-01T08:00:00+08:00",
				  value);
	return CMD_OK;
}

/* Help needs no command; everything else does. */
static int
args_command(struct cli *cli, bool *ret_done)
{
	*ret_done = true;
	if (cmd_has(cli, "version")) {
		printf("demerit %s\n", DEMERIT_VERSION);
		return CMD_OK;
	}
	cli->cmd = args_find(cli);
	if (cmd_has(cli, "help")) {
		if (cli->cmd != NULL)
			args_help_one(cli->cmd);
		else if (args_is_group(cli))
			args_help_group(cli);
		else
			args_help_all();
		return CMD_OK;
	}
	*ret_done = false;
	if (cli->cmd == NULL && cli->words_count == 0)
		return fail_usage(cli, NULL, "no command; demerit --help lists them");
	if (cli->cmd == NULL)
		return fail_usage(
		    cli, NULL, "unknown command: %s%s%s; demerit %s%s--help lists them",
		    cli->words[0], cli->words_count > 1 ? " " : "",
		    cli->words_count > 1 ? cli->words[1] : "",
		    args_is_group(cli) ? cli->words[0] : "", args_is_group(cli) ? " " : "");
	for (size_t i = 0; i < cli->given_count; i++)
		if (!args_belongs(cli->cmd, cli->given[i].option))
			return fail_usage(cli, cli->given[i].option, "%s has no option --%s",
					  cli->cmd->words, cli->given[i].option);
	return CMD_OK;
}

int
args_parse(struct cli *cli, int argc, char **argv, bool *ret_done)
{
	int result;

	result = args_read(cli, argc, argv);
	/* Early, so that the complaints below come in the form asked for. */
	if (args_format(cli) != CMD_OK)
		return CMD_USAGE;
	if (result == CMD_OK)
		result = args_command(cli, ret_done);
	if (result != CMD_OK || *ret_done)
		return result;
	cli->server = cmd_option(cli, "server");
	if (cli->server == NULL)
		cli->server = getenv("DEMERIT_SERVER");
	if (cli->server == NULL || *cli->server == '\0')
		cli->server = ARGS_SERVER_DEFAULT;
	cli->color = !cmd_has(cli, "no-color") && getenv("NO_COLOR") == NULL;
	result = args_key(cli);
	return result == CMD_OK ? args_known_at(cli) : result;
}

const char *
args_word(const struct cli *cli, int index)
{
	return index < cli->words_count ? cli->words[index] : NULL;
}
