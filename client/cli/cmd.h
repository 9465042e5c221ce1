/*
 * The command line's spine: one invocation, one table of commands, exit codes.
 *
 * A command is a row: its words, what may stand on its line, the request its line fills in, and
 * who runs it. Most rows name a body of demerit.proto and one of the shared runners.
 */

#ifndef CLI_CMD_H
#define CLI_CMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "demerit.h"

enum cmd_exit {
	CMD_OK = 0,
	CMD_FAILED = 1,
	CMD_USAGE = 2,
	CMD_REFUSED = 3,
	CMD_NOT_ALLOWED = 4,
	CMD_NOT_FOUND = 5,
	CMD_NOT_FRESH = 6,
	CMD_LATER = 75,
	CMD_INTERRUPTED = 130,
};

enum cmd_format { CMD_TABLE, CMD_JSON, CMD_JSONL, CMD_CSV };

/* How a word on the line becomes a field of the request. */
enum cmd_kind {
	CMD_TEXT,
	CMD_TEXTS,    /* may come several times: a repeated text */
	CMD_LIST,     /* a comma between: a repeated text */
	CMD_DAY,      /* YYYY-MM-DD */
	CMD_NUMBER,   /* digits */
	CMD_SIGNED,   /* digits, perhaps with a sign */
	CMD_WORD,     /* one of the schema's words */
	CMD_FLAG,     /* no value */
	CMD_ALWAYS,   /* stands on no line: a yes that the command itself says */
	CMD_CONDUCT,  /* FROM[..TO] into conduct_from, conduct_to */
	CMD_RULEBOOK, /* SLUG[@DATE] into rulebook, rulebook_on */
	CMD_VERSION,  /* SLUG[@DATE] into slug, on */
	CMD_CHOICE,   /* may come several times: into choices */
	CMD_FILE,     /* a file's text into the field, its name into file_name */
	CMD_OWN,      /* with a value; the command's own affair */
	CMD_OWN_FLAG, /* without one */
};

struct cmd_field {
	const char *option; /* a long option's name; NULL: the next word of the line */
	const char *name;   /* of the field, below another with a dot: "replacement.points" */
	enum cmd_kind kind;
	bool required;
};

struct cli;

struct cmd {
	const char *words;   /* "penalty record" */
	const char *usage;   /* what follows the words */
	const char *summary; /* one line of help */
	int (*run)(struct cli *, const struct cmd *);
	const char *body;		/* of the request; NULL: run() makes its own */
	const struct cmd_field *fields; /* ends with kind and name 0 */
	bool write;
};

#define CMD_GIVEN_MAX 256

/* What stood on the line. */
struct cmd_given {
	const char *option;
	const char *value; /* NULL for flags */
};

struct cli {
	const char *server;
	enum cmd_format format;
	bool format_given;
	bool color;
	bool chinese;
	struct demerit_call call;
	const char *known_at; /* as given, for "resume with" */
	char key[33];	      /* made here, unless --key */
	bool key_given;

	const struct cmd *cmd;
	struct demerit *connection;

	int words_count; /* of the line, the command's own not counted */
	char **words;
	size_t given_count;
	struct cmd_given given[CMD_GIVEN_MAX];
};

/* Ends with words NULL. */
extern const struct cmd cmd_table[];

/* The value of an option, the last if it came several times; NULL if it is not there. */
const char *cmd_option(const struct cli *, const char *option);
bool cmd_has(const struct cli *, const char *option);

/* Set by SIGINT and SIGTERM. */
bool cmd_interrupted(void);

/* The shared runners. */
int cmd_write_run(struct cli *, const struct cmd *); /* one write, one line back */
int cmd_read_run(struct cli *, const struct cmd *);  /* one question, one thing back */
int cmd_list_run(struct cli *, const struct cmd *);  /* one question, a list back */

/* Commands with a mind of their own. */
int cmd_check_run(struct cli *, const struct cmd *);
int cmd_show_run(struct cli *, const struct cmd *);
int cmd_screen_run(struct cli *, const struct cmd *);
int cmd_clawback_run(struct cli *, const struct cmd *);
int cmd_import_run(struct cli *, const struct cmd *);
int cmd_explain_run(struct cli *, const struct cmd *);
int cmd_outcome_run(struct cli *, const struct cmd *);
int cmd_rulebook_show_run(struct cli *, const struct cmd *);
int cmd_rulebook_check_run(struct cli *, const struct cmd *);
int cmd_rulebook_diff_run(struct cli *, const struct cmd *);
int cmd_export_run(struct cli *, const struct cmd *);
int cmd_watch_run(struct cli *, const struct cmd *);
int cmd_verify_run(struct cli *, const struct cmd *);
int cmd_unbuilt_run(struct cli *, const struct cmd *);

#endif
