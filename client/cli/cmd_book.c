/*
 * demerit outcome, verify: what became of a write, and whether the book is sound.
 *
 * Owns nothing; each is one question and its answer.
 */

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "cmd.h"
#include "fail.h"
#include "link.h"
#include "render.h"
#include "runners.h"

/* A refusal as the book keeps it, in the shape of a write's answer. */
static json_t *
book_refusal_value(const struct demerit_message *error)
{
	json_t *object = json_object();

	json_object_set_new(object, "id", json_null());
	json_object_set_new(object, "seq", render_field(error, "sequence"));
	json_object_set_new(object, "recorded_at", render_field(error, "recorded_at"));
	json_object_set_new(object, "verdict", render_field(error, "reason"));
	json_object_set_new(object, "warnings", json_array());
	json_object_set_new(object, "message", render_field(error, "message"));
	json_object_set_new(object, "message_zh", render_field(error, "message_zh"));
	return object;
}

int
cmd_outcome_run(struct cli *cli, const struct cmd *cmd)
{
	const struct demerit_message *body, *write, *error;
	struct demerit_reply *reply;
	int result;

	result = runners_ask(cli, cmd, &reply);
	if (result != CMD_OK)
		return result;
	body = demerit_reply_body(reply);
	write = demerit_get(body, "write", 0);
	error = demerit_get(body, "error", 0);
	if (write != NULL) {
		result = render_value(cli, runners_write_value(write));
	} else if (error != NULL) {
		result = render_value(cli, book_refusal_value(error));
	} else {
		struct demerit_error unknown = {
		    .code = 5,
		    .code_name = "NOT_FOUND",
		    .reason = "NOT_FOUND",
		    .message = "no write under that key is in the book",
		    .message_zh = "账本中没有使用该键的写入",
		    .field = "key",
		};
		result = fail_daemon(cli, &unknown);
	}
	demerit_reply_free(reply);
	return result;
}

/* The line is overwritten on a terminal; elsewhere only the result is worth a line. */
static void
book_progress(const struct demerit_message *body)
{
	int64_t done = 0, total = 0;

	if (!isatty(STDERR_FILENO))
		return;
	(void)demerit_get_int(body, "verified_seq", &done);
	(void)demerit_get_int(body, "total_seq", &total);
	fprintf(stderr, "\r%lld of %lld", (long long)done, (long long)total);
	if (done == total)
		fputs("\r\033[K", stderr);
}

int
cmd_verify_run(struct cli *cli, const struct cmd *cmd)
{
	struct demerit_reply *reply;
	bool sound = false;
	json_t *value;
	int result;

	/* A book of fifty million entries takes its time; only silence for ever is a failure. */
	result = link_open(cli, 0);
	if (result == CMD_OK)
		result = runners_ask(cli, cmd, &reply);
	if (result != CMD_OK)
		return result;
	while (!demerit_reply_last(reply)) {
		book_progress(demerit_reply_body(reply));
		demerit_reply_free(reply);
		do
			result = demerit_receive(cli->connection, &reply);
		while (result == -EINTR && !cmd_interrupted());
		if (result < 0)
			return fail_connection(cli, result, false);
	}
	if (demerit_reply_error(reply) != NULL) {
		result = fail_daemon(cli, demerit_reply_error(reply));
		demerit_reply_free(reply);
		return result;
	}
	book_progress(demerit_reply_body(reply));
	(void)demerit_get_bool(demerit_reply_body(reply), "sound", &sound);
	value = render_message(demerit_reply_body(reply));
	render_position(value, reply);
	result = render_value(cli, value);
	demerit_reply_free(reply);
	if (result == CMD_OK && !sound)
		result = fail_here(cli, "the book is damaged");
	return result;
}
