/*
 * The command line: getopt_long over a table made from the configuration's keys.
 *
 * main calls it, at start and again on SIGHUP. It prints only the help, and exits never.
 */
#include "options.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONS_FLAG_MAX 32

/* Values of struct option: keys first, then these. */
enum options_other {
	OPTION_CONFIG = CONF_COUNT,
	OPTION_CHECK_CONFIG,
	OPTION_DUMP_CONFIG,
	OPTION_ACCEPT_CLOCK,
	OPTION_VAULT_LOST,
	OPTION_RESTORE,
	OPTION_RESTORE_VAULT,
	OPTION_REASON,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_END,
};

/* getopt's own: above every value of ours. */
#define OPTION_UNKNOWN '?'
#define OPTION_MISSING ':'
#define OPTION_BASE    256

static const struct {
	const char *name;
	bool takes;
	const char *says;
} options_others[OPTION_END - CONF_COUNT] = {
    {"config", true, "FILE: read the configuration from it (or DEMERITD_CONFIG)"},
    {"check-config", false, "read the configuration, say what is wrong with it, end"},
    {"dump-config", false, "print every value and where it is from, end"},
    {"accept-clock", false, "vouch for the clock once; it is recorded"},
    {"vault-lost", false, "the vault is gone for good: personal fields stay unreadable"},
    {"restore", true, "BACKUP: make the book from this backup, in a new epoch, and serve"},
    {"restore-vault", true, "FILE: with --restore, put back this copy of the vault"},
    {"reason", true, "TEXT: with --restore, why; it is recorded"},
    {"help", false, "print this, end"},
    {"version", false, "print the version, end"},
};

struct options_table {
	char names[CONF_COUNT][OPTIONS_FLAG_MAX];
	struct option rows[OPTION_END + 1];
};

static void
options_table_fill(struct options_table *table)
{
	memset(table, 0, sizeof(*table));
	for (int i = 0; i < CONF_COUNT; i++) {
		char *name = table->names[i];
		snprintf(name, OPTIONS_FLAG_MAX, "%s", conf_rows[i].name);
		for (; *name != '\0'; name++)
			*name = *name == '_' ? '-' : *name;
		table->rows[i] = (struct option){
		    .name = table->names[i], .has_arg = required_argument, .val = OPTION_BASE + i};
	}
	for (int i = CONF_COUNT; i < OPTION_END; i++)
		table->rows[i] = (struct option){.name = options_others[i - CONF_COUNT].name,
						 .has_arg = options_others[i - CONF_COUNT].takes
								? required_argument
								: no_argument,
						 .val = OPTION_BASE + i};
}

static int options_error(struct conf_error *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static int
options_error(struct conf_error *error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(error->text, sizeof(error->text), format, arguments);
	va_end(arguments);
	return -EINVAL;
}

static void
options_take(struct options *options, enum options_other other, const char *value)
{
	switch (other) {
	case OPTION_CONFIG:
		options->config = value;
		return;
	case OPTION_CHECK_CONFIG:
		options->check_config = true;
		return;
	case OPTION_DUMP_CONFIG:
		options->dump_config = true;
		return;
	case OPTION_ACCEPT_CLOCK:
		options->accept_clock = true;
		return;
	case OPTION_VAULT_LOST:
		options->vault_lost = true;
		return;
	case OPTION_RESTORE:
		options->restore = value;
		return;
	case OPTION_RESTORE_VAULT:
		options->restore_vault = value;
		return;
	case OPTION_REASON:
		options->reason = value;
		return;
	case OPTION_HELP:
		options->help = true;
		return;
	case OPTION_VERSION:
		options->version = true;
		return;
	case OPTION_END:
		return;
	}
}

static int
options_unknown(const char *argument, struct conf_error *error)
{
	char name[OPTIONS_FLAG_MAX];

	if (strncmp(argument, "--", 2) != 0)
		return options_error(error, "%s: there are no short options; see --help", argument);
	snprintf(name, sizeof(name), "%s", argument + 2);
	for (char *at = name; *at != '\0'; at++)
		*at = *at == '-' ? '_' : *at;
	const char *nearest = conf_suggest(name);
	if (nearest == NULL)
		return options_error(error, "%s: there is no such option; see --help", argument);
	snprintf(name, sizeof(name), "%s", nearest);
	for (char *at = name; *at != '\0'; at++)
		*at = *at == '_' ? '-' : *at;
	return options_error(error, "%s: there is no such option, did you mean --%s?", argument,
			     name);
}

/* One pass over the line: into options (conf NULL), or the keys into conf. */
static int
options_walk(int argc, char **argv, struct options *options, struct conf *conf,
	     struct conf_error *error)
{
	struct options_table table;
	int got;

	options_table_fill(&table);
	optind = 0; /* glibc: begin anew */
	while ((got = getopt_long(argc, argv, "+:", table.rows, NULL)) != -1) {
		if (got == OPTION_UNKNOWN)
			return options_unknown(argv[optind - 1], error);
		if (got == OPTION_MISSING)
			return options_error(error, "%s needs a value", argv[optind - 1]);
		int value = got - OPTION_BASE;
		assert(value >= 0 && value < OPTION_END);
		if (value >= CONF_COUNT) {
			options_take(options, (enum options_other)value, optarg);
			continue;
		}
		if (conf == NULL)
			continue;
		int failed = conf_set(conf, (enum conf_key)value, optarg, CONF_FLAG, 0, error);
		if (failed < 0)
			return failed;
	}
	if (optind < argc)
		return options_error(error, "\"%s\": demeritd takes options only; see --help",
				     argv[optind]);
	return 0;
}

int
options_parse(int argc, char **argv, struct options *ret, struct conf_error *error)
{
	struct options options = {.argc = argc, .argv = argv};
	int failed = options_walk(argc, argv, &options, NULL, error);

	if (failed < 0)
		return failed;
	if (options.config == NULL)
		options.config = getenv("DEMERITD_CONFIG");
	if (options.restore == NULL && (options.reason != NULL || options.restore_vault != NULL))
		return options_error(error, "--reason and --restore-vault belong to --restore");
	if (options.restore != NULL && (options.reason == NULL || options.reason[0] == '\0'))
		return options_error(error, "--restore needs --reason TEXT: it is recorded");
	*ret = options;
	return 0;
}

int
options_conf(const struct options *options, char *const *environment, struct conf *ret,
	     struct conf_error *error)
{
	struct options ignored = *options;

	conf_init(ret);
	int failed = 0;
	if (options->config != NULL)
		failed = conf_read_file(ret, options->config, error);
	if (failed == 0)
		failed = conf_read_environment(ret, environment, error);
	if (failed == 0)
		failed = options_walk(options->argc, options->argv, &ignored, ret, error);
	if (failed == 0)
		failed = conf_finish(ret, error);
	return failed;
}

void
options_help(void)
{
	struct options_table table;

	options_table_fill(&table);
	printf("demeritd --data DIR --listen unix:PATH [OPTION...]\n\n"
	       "The ledger of payment eligibility: keeps the book, answers checks. Stays in the\n"
	       "foreground. See demeritd(8) and demeritd.conf(5).\n\n");
	for (int i = 0; i < CONF_COUNT; i++)
		printf("  --%-22s %s%s%s%s\n", table.names[i], conf_rows[i].says,
		       conf_rows[i].standard[0] == '\0' ? "" : " (", conf_rows[i].standard,
		       conf_rows[i].standard[0] == '\0' ? "" : ")");
	printf("\n");
	for (int i = CONF_COUNT; i < OPTION_END; i++)
		printf("  --%-22s %s\n", options_others[i - CONF_COUNT].name,
		       options_others[i - CONF_COUNT].says);
}
