/*
 * demerit watch: what the book records, as it records it.
 *
 * Owns nothing. Every event is a line of JSON on stdout as soon as it comes; where to go on is said
 * on stderr when the watching ends. It keeps nothing: the daemon reads again from the book.
 */

#include <errno.h>
#include <stdio.h>

#include "args.h"
#include "cmd.h"
#include "fail.h"
#include "link.h"
#include "render.h"
#include "runners.h"

struct watch {
	struct cli *cli;
	bool heartbeats; /* are lines too */
	bool heard;
	int64_t upto;
};

static int
watch_take(void *user, const struct demerit_reply *reply)
{
	struct watch *watch = user;
	const struct demerit_message *body = demerit_reply_body(reply);
	json_t *items = render_field(body, "items");

	if (demerit_get_int(body, "upto", &watch->upto))
		watch->heard = true;
	if (json_array_size(items) == 0 && watch->heartbeats)
		json_array_append_new(items, json_pack("{s:s,s:I}", "event", "heartbeat", "seq",
						       (json_int_t)watch->upto));
	int result = render_value(watch->cli, items);
	fflush(stdout);
	return result;
}

int
cmd_watch_run(struct cli *cli, const struct cmd *cmd)
{
	struct watch watch = {.cli = cli, .heartbeats = cmd_has(cli, "heartbeat")};
	struct demerit_message *request = demerit_request_new(cmd->body);
	struct demerit_reply *reply;

	if (request == NULL)
		return fail_here(cli, "out of memory");
	int result = args_fill(cli, cmd, request);
	if (result == CMD_OK && !cmd_has(cli, "once"))
		demerit_set_bool(request, "follow", true);
	/* A table or an array would wait for an end that may never come. */
	cli->format = CMD_JSONL;
	if (result == CMD_OK)
		result = link_ask(cli, request, false, &reply);
	demerit_request_free(request);
	if (result != CMD_OK)
		return result;
	result = link_take_all(cli, reply, watch_take, &watch);
	if (result != CMD_OK && watch.heard)
		fprintf(stderr,
			cli->chinese ? "demerit: 续看：--since %lld\n"
				     : "demerit: to go on: --since %lld\n",
			(long long)watch.upto + 1);
	return result;
}
