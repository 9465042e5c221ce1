/*
 * demerit: the command line.
 *
 * Owns the invocation, from the line to the exit code. It never decides anything: the daemon
 * does, and this prints.
 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "cmd.h"
#include "fail.h"
#include "lang.h"

static volatile sig_atomic_t main_interrupts;

bool
cmd_interrupted(void)
{
	return main_interrupts != 0;
}

static void
main_on_signal(int number)
{
	(void)number;
	/* The second time people mean it. */
	if (main_interrupts++ > 0)
		_exit(CMD_INTERRUPTED);
}

static void
main_signals(void)
{
	/* No SA_RESTART: a wait ends, and the command says how to resume. */
	struct sigaction action = {.sa_handler = main_on_signal};

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	/* SIGPIPE stays: a filter whose reader has left has nothing more to say. */
}

/* What has been printed must have arrived: a full disk behind stdout is a failure. */
static int
main_close(const struct cli *cli, int result)
{
	bool broken = ferror(stdout) != 0;

	if (fclose(stdout) != 0)
		broken = true;
	if (broken && result == CMD_OK)
		return fail_here(cli, "cannot write the output: %s", strerror(errno));
	return result;
}

int
main(int argc, char **argv)
{
	static struct cli cli;
	bool done = false;
	int result;

	cli.chinese = lang_begin();
	main_signals();
	result = args_parse(&cli, argc, argv, &done);
	if (result == CMD_OK && !done)
		result = cli.cmd->run(&cli, cli.cmd);
	demerit_free(cli.connection);
	return main_close(&cli, result);
}
