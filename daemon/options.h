/*
 * The command line of demeritd: one option a key of the configuration, and what to do besides.
 * Main thread, before anything else.
 */
#ifndef DAEMON_OPTIONS_H
#define DAEMON_OPTIONS_H

#include <stdbool.h>

#include "conf.h"

struct options {
	int argc;
	char **argv; /* borrowed: read again on SIGHUP */
	const char *config;
	bool check_config;
	bool dump_config;
	bool accept_clock;
	bool vault_lost;
	const char *restore;	   /* the folder of a backup */
	const char *restore_vault; /* the copy of its vault */
	const char *reason;	   /* of the restore, for its record */
	bool help;
	bool version;
};

/* What the line asks for, values of keys left aside. -EINVAL with the error filled. */
int options_parse(int argc, char **argv, struct options *ret, struct conf_error *);

/* File, environment, then flags, each over the one before; and what only the whole can tell. */
int options_conf(const struct options *, char *const *environment, struct conf *ret,
		 struct conf_error *);

void options_help(void);

#endif
