/*
 * demerit rulebook show, check, diff. The text is the daemon's to read; this carries it.
 *
 * Owns nothing. It never parses a rulebook: there is one reader of rules, and it decides.
 */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "cmd.h"
#include "fail.h"
#include "link.h"
#include "render.h"
#include "runners.h"
#include "when.h"

int
cmd_rulebook_show_run(struct cli *cli, const struct cmd *cmd)
{
	struct demerit_reply *reply;
	const char *text = "";
	json_t *value;
	int result;

	result = runners_ask(cli, cmd, &reply);
	if (result != CMD_OK)
		return result;
	/* To people a rulebook is its text, comments and all. */
	if (cli->format == CMD_TABLE) {
		(void)demerit_get_text(demerit_reply_body(reply), "text", 0, &text);
		fputs(text, stdout);
	} else {
		value = render_message(demerit_reply_body(reply));
		render_position(value, reply);
		result = render_value(cli, value);
	}
	demerit_reply_free(reply);
	return result;
}

/* FILE:LINE:COLUMN: KEY: MESSAGE, as compilers say it. Returns how many are errors. */
static size_t
rulebook_problems(const struct cli *cli, const struct demerit_message *body)
{
	const struct demerit_message *problem;
	size_t errors = 0;

	for (size_t i = 0; (problem = demerit_get(body, "problems", i)) != NULL; i++) {
		const char *message = "", *key;
		bool warning = false;
		int64_t number;

		(void)demerit_get_bool(problem, "warning", &warning);
		errors += !warning;
		fprintf(stderr, "%s:", args_word(cli, 0));
		if (demerit_get_int(problem, "line", &number))
			fprintf(stderr, "%lld:", (long long)number);
		if (demerit_get_int(problem, "column", &number))
			fprintf(stderr, "%lld:", (long long)number);
		if (demerit_get_text(problem, "key", 0, &key))
			fprintf(stderr, " %s:", key);
		if (!cli->chinese || !demerit_get_text(problem, "message_zh", 0, &message))
			(void)demerit_get_text(problem, "message", 0, &message);
		fprintf(stderr, " %s%s\n", warning ? "warning: " : "", message);
	}
	return errors;
}

int
cmd_rulebook_check_run(struct cli *cli, const struct cmd *cmd)
{
	const struct demerit_message *body, *problem;
	struct demerit_reply *reply;
	const char *message;
	int result;

	result = runners_ask(cli, cmd, &reply);
	if (result != CMD_OK)
		return result;
	body = demerit_reply_body(reply);
	problem = demerit_get(body, "problems", 0);
	if (cli->format == CMD_JSON || cli->format == CMD_JSONL) {
		bool warning = true;

		for (size_t i = 0; warning && (problem = demerit_get(body, "problems", i)) != NULL;
		     i++) {
			warning = false;
			(void)demerit_get_bool(problem, "warning", &warning);
		}
		if (problem != NULL && !warning &&
		    demerit_get_text(problem, "message", 0, &message)) {
			int64_t line = 0;

			(void)demerit_get_int(problem, "line", &line);
			result = fail_usage(cli, "text", "%s:%lld: %s", args_word(cli, 0),
					    (long long)line, message);
		} else {
			result = render_value(cli, render_message(body));
		}
	} else if (rulebook_problems(cli, body) > 0) {
		result = CMD_USAGE;
	} else if (demerit_get(body, "info", 0) != NULL) {
		result = render_value(cli, render_message(demerit_get(body, "info", 0)));
	}
	demerit_reply_free(reply);
	return result;
}

/* The other side is a file if there is one of that name, else a version. */
static int
rulebook_other(struct cli *cli, struct demerit_message *request)
{
	const char *other = args_word(cli, 1);
	const char *sign = strchr(other, '@');
	const struct cmd_field file[] = {{NULL, "other_text", CMD_FILE, true},
					 {NULL, NULL, CMD_OWN, false}};
	char slug[64];
	int32_t day;

	if (access(other, R_OK) == 0) {
		struct cmd only = *cli->cmd;
		struct cli part = *cli;

		only.fields = file;
		part.words = cli->words + 1;
		part.words_count = 1;
		return args_fill(&part, &only, request);
	}
	snprintf(slug, sizeof(slug), "%.*s",
		 (int)(sign == NULL ? strlen(other) : (size_t)(sign - other)), other);
	if (sign != NULL && !when_day_parse(sign + 1, strlen(sign + 1), &day))
		return fail_usage(cli, "other_on", "%s: no day of the calendar (YYYY-MM-DD)",
				  other);
	if (sign != NULL)
		(void)demerit_set_int(request, "other_on", day);
	return demerit_set_text(request, "other_slug", slug) == 0 ? CMD_OK
								  : fail_here(cli, "out of memory");
}

int
cmd_rulebook_diff_run(struct cli *cli, const struct cmd *cmd)
{
	struct demerit_message *request = demerit_request_new(cmd->body);
	struct demerit_reply *reply;
	int result;

	if (request == NULL)
		return fail_here(cli, "out of memory");
	result = args_fill(cli, cmd, request);
	if (result == CMD_OK)
		result = rulebook_other(cli, request);
	if (result == CMD_OK)
		result = link_ask(cli, request, false, &reply);
	demerit_request_free(request);
	if (result != CMD_OK)
		return result;
	result = render_value(cli, render_field(demerit_reply_body(reply), "differences"));
	demerit_reply_free(reply);
	return result;
}
