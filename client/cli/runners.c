/*
 * The shared runners: a write, a question with one thing for an answer, a question with a list.
 *
 * Owns nothing; the table of commands names them. They know no command by name.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "cmd.h"
#include "fail.h"
#include "link.h"
#include "render.h"
#include "runners.h"

int
runners_ask(struct cli *cli, const struct cmd *cmd, struct demerit_reply **ret)
{
	struct demerit_message *fill;
	struct demerit_message *request = args_request(cli, cmd->body, &fill);
	int result;

	if (request == NULL)
		return fail_here(cli, "out of memory");
	result = args_fill(cli, cmd, fill);
	if (result == CMD_OK)
		result = link_ask(cli, request, cmd->write, ret);
	demerit_request_free(request);
	return result;
}

int
runners_show(struct cli *cli, json_t *value, struct demerit_reply *reply)
{
	render_position(value, reply);
	demerit_reply_free(reply);
	return render_value(cli, value);
}

json_t *
runners_write_value(const struct demerit_message *write)
{
	json_t *object = json_object();
	bool dry_run = false;

	json_object_set_new(object, "id", render_field(write, "id"));
	json_object_set_new(object, "seq", render_field(write, "sequence"));
	json_object_set_new(object, "recorded_at", render_field(write, "recorded_at"));
	json_object_set_new(object, "verdict", render_field(write, "verdict_name"));
	json_object_set_new(object, "warnings", render_field(write, "warnings"));
	/* A dry run's whole point is what it would have done. */
	if (demerit_get_bool(write, "dry_run", &dry_run) && dry_run)
		json_object_set_new(object, "effects", render_field(write, "effects"));
	return object;
}

/* People see the warnings as sentences, on stderr, and what the write did to whom. */
static void
runners_write_people(const struct cli *cli, const struct demerit_message *write, json_t *value)
{
	const struct demerit_message *warning;
	json_t *effects = render_field(write, "effects");

	for (size_t i = 0; (warning = demerit_get(write, "warnings", i)) != NULL; i++) {
		const char *text = "";

		if (!cli->chinese || !demerit_get_text(warning, "message_zh", 0, &text))
			(void)demerit_get_text(warning, "message", 0, &text);
		fprintf(stderr, "demerit: %s\n", text);
	}
	json_object_del(value, "warnings");
	json_object_set_new(value, "effects", effects);
}

int
cmd_write_run(struct cli *cli, const struct cmd *cmd)
{
	const struct demerit_message *write;
	struct demerit_reply *reply;
	json_t *value;
	int result;

	result = runners_ask(cli, cmd, &reply);
	if (result != CMD_OK)
		return result;
	write = demerit_reply_body(reply);
	if (strcmp(demerit_reply_name(reply), "write") != 0) {
		demerit_reply_free(reply);
		return fail_connection(cli, -EPROTO, true);
	}
	value = runners_write_value(write);
	if (cli->format == CMD_TABLE)
		runners_write_people(cli, write, value);
	result = render_value(cli, value);
	demerit_reply_free(reply);
	return result;
}

int
cmd_read_run(struct cli *cli, const struct cmd *cmd)
{
	struct demerit_reply *reply;
	json_t *value, *recorded;

	int result = runners_ask(cli, cmd, &reply);
	if (result != CMD_OK)
		return result;
	value = render_message(demerit_reply_body(reply));
	/* "seq" is what the answer is as of; the thing's own record has another name. */
	recorded = json_object_get(value, "seq");
	if (recorded != NULL) {
		json_object_set(value, "recorded_seq", recorded);
		json_object_del(value, "seq");
	}
	return runners_show(cli, value, reply);
}

/* The one repeated message of a list's reply. */
static const char *
runners_list_name(const struct demerit_message *body)
{
	struct demerit_field field;

	for (size_t i = 0; demerit_field_at(body, i, &field); i++)
		if (field.repeated && field.type == DEMERIT_TYPE_MESSAGE)
			return field.name;
	return NULL;
}

/* JSON lines need not wait for the end of the stream, and a stream may have none. */
static int
runners_list_part(struct cli *cli, const struct demerit_reply *reply, json_t *all)
{
	const struct demerit_message *body = demerit_reply_body(reply);
	const char *name = runners_list_name(body);
	json_t *part = name == NULL ? json_array() : render_field(body, name);

	if (cli->format == CMD_JSONL) {
		int result = render_value(cli, part);

		fflush(stdout);
		return result;
	}
	json_array_extend(all, part);
	json_decref(part);
	return CMD_OK;
}

static int
runners_list_rest(struct cli *cli, struct demerit_reply *reply, json_t *all)
{
	int result = runners_list_part(cli, reply, all);

	while (result == CMD_OK && !demerit_reply_last(reply)) {
		int received;

		demerit_reply_free(reply);
		reply = NULL;
		received = demerit_receive(cli->connection, &reply);
		if (received == -EINTR && !cmd_interrupted())
			continue;
		if (received < 0)
			return fail_connection(cli, received, false);
		if (demerit_reply_error(reply) != NULL)
			result = fail_daemon(cli, demerit_reply_error(reply));
		else
			result = runners_list_part(cli, reply, all);
	}
	demerit_reply_free(reply);
	return result;
}

int
cmd_list_run(struct cli *cli, const struct cmd *cmd)
{
	json_t *all = json_array();
	struct demerit_reply *reply;
	int result;

	result = runners_ask(cli, cmd, &reply);
	if (result == CMD_OK)
		result = runners_list_rest(cli, reply, all);
	if (result != CMD_OK || cli->format == CMD_JSONL) {
		json_decref(all);
		return result;
	}
	return render_value(cli, all);
}

int
cmd_unbuilt_run(struct cli *cli, const struct cmd *cmd)
{
	struct demerit_error error = {
	    .code = 12,
	    .code_name = "UNIMPLEMENTED",
	    .reason = "BODY_NOT_BUILT",
	    .message_zh = "该命令尚未实现",
	};
	char message[128];

	snprintf(message, sizeof(message), "%s is not built yet", cmd->words);
	error.message = message;
	return fail_daemon(cli, &error);
}
