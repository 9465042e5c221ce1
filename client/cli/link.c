/*
 * The way to the daemon.
 *
 * Owns nothing but what it puts into the invocation: the connection. Commands call it. It never
 * sends a write twice under two keys.
 */

#include "link.h"

#include <errno.h>
#include <time.h>

#include "fail.h"

/* How long a lost write is asked after, and how often. */
#define LINK_RETRY_MS	   10000
#define LINK_RETRY_STEP_MS 50

int
link_open(struct cli *cli, unsigned timeout_ms)
{
	int result;

	if (cli->connection != NULL)
		return CMD_OK;
	result = demerit_open(cli->server, timeout_ms, &cli->connection);
	return result < 0 ? fail_connection(cli, result, false) : CMD_OK;
}

static void
link_pause(unsigned pause_ms)
{
	struct timespec pause = {.tv_sec = pause_ms / 1000,
				 .tv_nsec = (long)(pause_ms % 1000) * 1000000};

	nanosleep(&pause, NULL);
}

/* A write's answer got lost. The same key either finds its outcome or does it now. */
static int
link_ask_again(struct cli *cli, const struct demerit_message *request, int failure,
	       struct demerit_reply **ret)
{
	int result = failure;

	for (unsigned waited = 0; waited < LINK_RETRY_MS; waited += LINK_RETRY_STEP_MS) {
		if (cmd_interrupted())
			return result;
		link_pause(LINK_RETRY_STEP_MS);
		cli->connection = demerit_free(cli->connection);
		if (demerit_open(cli->server, LINK_TIMEOUT_MS, &cli->connection) < 0)
			continue;
		result = demerit_ask(cli->connection, &cli->call, request, ret);
		if (result >= 0)
			return result;
	}
	return result;
}

int
link_ask(struct cli *cli, const struct demerit_message *request, bool write,
	 struct demerit_reply **ret)
{
	struct demerit_reply *reply;
	int result;

	result = link_open(cli, LINK_TIMEOUT_MS);
	if (result != CMD_OK)
		return result;
	result = demerit_ask(cli->connection, &cli->call, request, &reply);
	if (result == -ECONNRESET || result == -EINTR)
		result = link_ask_again(cli, request, result, &reply);
	if (result < 0)
		return fail_connection(cli, result, write && !cli->call.dry_run);
	if (demerit_reply_error(reply) != NULL) {
		result = fail_daemon(cli, demerit_reply_error(reply));
		demerit_reply_free(reply);
		return result;
	}
	*ret = reply;
	return CMD_OK;
}

int
link_take_all(struct cli *cli, struct demerit_reply *reply, link_take_fn take, void *user)
{
	int result = take(user, reply);

	while (result == CMD_OK && !demerit_reply_last(reply)) {
		int received = -EINTR;

		demerit_reply_free(reply);
		reply = NULL;
		/* A signal that came while something was written is noticed before the next. */
		while (received == -EINTR && !cmd_interrupted())
			received = demerit_receive(cli->connection, &reply);
		if (received == -EINTR)
			return CMD_INTERRUPTED;
		if (received < 0)
			return fail_connection(cli, received, false);
		if (demerit_reply_error(reply) != NULL)
			result = fail_daemon(cli, demerit_reply_error(reply));
		else
			result = take(user, reply);
	}
	demerit_reply_free(reply);
	return result;
}

int
link_snapshot(struct cli *cli, struct demerit_call *ret_call, struct demerit_position *ret)
{
	struct demerit_message *request = demerit_request_new("hello");
	struct demerit_reply *reply;
	int result;

	if (request == NULL)
		return fail_connection(cli, -ENOMEM, false);
	demerit_set_text(request, "client", "demerit");
	result = link_ask(cli, request, false, &reply);
	demerit_request_free(request);
	if (result != CMD_OK)
		return result;
	*ret = (struct demerit_position){0};
	demerit_reply_position(reply, ret);
	*ret_call = cli->call;
	if (ret_call->known_at == 0 && ret_call->known_at_time == 0)
		ret_call->known_at = ret->sequence;
	demerit_reply_free(reply);
	return CMD_OK;
}
