/*
 * How a failure reaches people and programs.
 *
 * Owns nothing; every command ends here when it cannot do what it was asked. It writes stderr
 * only and never exits: the code goes up to main.
 */

#include "fail.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "render.h"
#include "when.h"

/* google.rpc codes, as demerit.proto numbers them. */
enum {
	FAIL_INVALID_ARGUMENT = 3,
	FAIL_DEADLINE_EXCEEDED = 4,
	FAIL_NOT_FOUND = 5,
	FAIL_ALREADY_EXISTS = 6,
	FAIL_PERMISSION_DENIED = 7,
	FAIL_RESOURCE_EXHAUSTED = 8,
	FAIL_FAILED_PRECONDITION = 9,
	FAIL_ABORTED = 10,
	FAIL_OUT_OF_RANGE = 11,
	FAIL_UNIMPLEMENTED = 12,
	FAIL_INTERNAL = 13,
	FAIL_UNAVAILABLE = 14,
	FAIL_UNAUTHENTICATED = 16,
};

int
fail_exit(const struct demerit_error *error)
{
	switch (error->code) {
	case FAIL_INVALID_ARGUMENT:
		return CMD_USAGE;
	case FAIL_FAILED_PRECONDITION:
	case FAIL_ALREADY_EXISTS:
		return CMD_REFUSED;
	case FAIL_PERMISSION_DENIED:
	case FAIL_UNAUTHENTICATED:
		return CMD_NOT_ALLOWED;
	case FAIL_NOT_FOUND:
		return CMD_NOT_FOUND;
	case FAIL_OUT_OF_RANGE:
		return CMD_NOT_FRESH;
	case FAIL_DEADLINE_EXCEEDED:
	case FAIL_RESOURCE_EXHAUSTED:
	case FAIL_ABORTED:
	case FAIL_UNAVAILABLE:
		return CMD_LATER;
	default:
		return CMD_FAILED;
	}
}

/* `from` is a day, everything else a number. */
static bool
fail_is_day(const struct demerit_choice_needed *needed)
{
	return needed->parameter != NULL && strcmp(needed->parameter, "from") == 0;
}

static json_t *
fail_bound(const struct demerit_choice_needed *needed, bool has, int64_t bound)
{
	if (!has)
		return json_null();
	return fail_is_day(needed) ? render_day((int32_t)bound) : json_integer(bound);
}

static json_t *
fail_choices(const struct demerit_error *error)
{
	json_t *list = json_array();

	for (size_t i = 0; i < error->choices_count; i++) {
		const struct demerit_choice_needed *needed = &error->choices[i];
		json_t *allowed = json_array();
		json_t *one = json_object();

		for (size_t j = 0; j < needed->allowed_count; j++)
			json_array_append_new(allowed, render_text(needed->allowed[j]));
		json_object_set_new(one, "practitioner", render_text(needed->practitioner));
		json_object_set_new(one, "total", json_integer(needed->total));
		json_object_set_new(one, "parameter", render_text(needed->parameter));
		json_object_set_new(one, "min", fail_bound(needed, needed->has_min, needed->min));
		json_object_set_new(one, "max", fail_bound(needed, needed->has_max, needed->max));
		json_object_set_new(one, "allowed", allowed);
		json_array_append_new(list, one);
	}
	return list;
}

/* The option's name where there is one: people know what they typed, not the schema. */
static void
fail_print_json(const struct demerit_error *error)
{
	json_t *inside = json_object();
	json_t *outside = json_object();
	char *text;

	json_object_set_new(inside, "code", render_text(error->code_name));
	json_object_set_new(inside, "number",
			    error->number == 0 ? json_null() : json_integer(error->number));
	json_object_set_new(inside, "reason", render_text(error->reason));
	json_object_set_new(inside, "message", render_text(error->message));
	json_object_set_new(inside, "message_zh", render_text(error->message_zh));
	json_object_set_new(inside, "parameter", render_text(error->parameter));
	json_object_set_new(inside, "clause", render_text(error->clause));
	json_object_set_new(inside, "field", render_text(error->field));
	json_object_set_new(inside, "seq",
			    error->sequence == 0 ? json_null()
						 : json_integer((json_int_t)error->sequence));
	if (error->choices_count > 0)
		json_object_set_new(inside, "choices", fail_choices(error));
	json_object_set_new(outside, "error", inside);
	text = json_dumps(outside, JSON_COMPACT);
	if (text != NULL)
		fprintf(stderr, "%s\n", text);
	free(text);
	json_decref(outside);
}

static void
fail_print_bound(const struct demerit_choice_needed *needed, bool has, int64_t bound)
{
	char day[WHEN_DAY_SIZE];

	if (!has)
		return;
	if (!fail_is_day(needed)) {
		fprintf(stderr, "%lld", (long long)bound);
		return;
	}
	when_day_print((int32_t)bound, day);
	fputs(day, stderr);
}

/* "  D1 (total 9): months 1..6", "from 2025-05-20..", "overlap replace|keep". */
static void
fail_print_choice(const struct cli *cli, const struct demerit_choice_needed *needed)
{
	fprintf(stderr, cli->chinese ? "  %s（累计 %u 分）：%s" : "  %s (total %u): %s",
		needed->practitioner == NULL ? "-" : needed->practitioner, needed->total,
		needed->parameter == NULL ? "-" : needed->parameter);
	if (needed->has_min || needed->has_max) {
		fputc(' ', stderr);
		fail_print_bound(needed, needed->has_min, needed->min);
		fputs("..", stderr);
		fail_print_bound(needed, needed->has_max, needed->max);
	}
	for (size_t i = 0; i < needed->allowed_count; i++)
		fprintf(stderr, "%s%s", i == 0 ? " " : "|", needed->allowed[i]);
	fputc('\n', stderr);
}

static void
fail_print_people(const struct cli *cli, const struct demerit_error *error)
{
	const char *option, *value;
	const char *message =
	    cli->chinese && error->message_zh != NULL ? error->message_zh : error->message;

	fprintf(stderr, "demerit: ");
	if (error->field != NULL && args_source(cli, error->field, &option, &value))
		fprintf(stderr, "%s %s: ", option, value);
	else if (error->field != NULL && error->number == 0)
		fprintf(stderr, "%s: ", error->field);
	fprintf(stderr, "%s", message == NULL ? "refused" : message);
	if (error->reason != NULL && error->number != 0)
		fprintf(stderr, " (%s %u)", error->reason, error->number);
	else if (error->reason != NULL)
		fprintf(stderr, " (%s)", error->reason);
	if (error->parameter != NULL)
		fprintf(stderr, cli->chinese ? "；参数 %s" : "; parameter %s", error->parameter);
	if (error->clause != NULL)
		fprintf(stderr, cli->chinese ? "；依据 %s" : "; clause %s", error->clause);
	fputc('\n', stderr);
	for (size_t i = 0; i < error->choices_count; i++)
		fail_print_choice(cli, &error->choices[i]);
}

static void
fail_print(const struct cli *cli, const struct demerit_error *error)
{
	fflush(stdout);
	if (cli->format == CMD_JSON || cli->format == CMD_JSONL)
		fail_print_json(error);
	else
		fail_print_people(cli, error);
}

int
fail_daemon(const struct cli *cli, const struct demerit_error *error)
{
	fail_print(cli, error);
	return fail_exit(error);
}

int
fail_usage(const struct cli *cli, const char *field, const char *format, ...)
{
	struct demerit_error error = {
	    .code = FAIL_INVALID_ARGUMENT,
	    .code_name = "INVALID_ARGUMENT",
	    .reason = "USAGE",
	    .field = field,
	};
	char message[1024];
	va_list list;

	va_start(list, format);
	vsnprintf(message, sizeof(message), format, list);
	va_end(list);
	error.message = message;
	error.message_zh = message;
	if (cli->format == CMD_JSON || cli->format == CMD_JSONL)
		fail_print_json(&error);
	else
		fprintf(stderr, cli->chinese ? "demerit：用法错误：%s\n" : "demerit: %s\n",
			message);
	return CMD_USAGE;
}

int
fail_here(const struct cli *cli, const char *format, ...)
{
	struct demerit_error error = {
	    .code = FAIL_INTERNAL, .code_name = "INTERNAL", .reason = "CLIENT"};
	char message[1024];
	va_list list;

	va_start(list, format);
	vsnprintf(message, sizeof(message), format, list);
	va_end(list);
	error.message = message;
	error.message_zh = message;
	fail_print(cli, &error);
	return CMD_FAILED;
}

static void
fail_classify(int failure, struct demerit_error *error, const char **ret_zh)
{
	switch (failure) {
	case -EOPNOTSUPP:
		error->code = FAIL_UNIMPLEMENTED;
		error->code_name = "UNIMPLEMENTED";
		error->reason = "TLS_NOT_BUILT";
		*ret_zh = "HOST:PORT 需要 TLS，尚未实现；请用 unix:PATH";
		break;
	case -EINVAL:
	case -ENAMETOOLONG:
		error->code = FAIL_INVALID_ARGUMENT;
		error->code_name = "INVALID_ARGUMENT";
		error->reason = "USAGE";
		error->field = "server";
		*ret_zh = "--server 应为 unix:PATH 或 HOST:PORT";
		break;
	case -EACCES:
	case -EPERM:
		error->code = FAIL_PERMISSION_DENIED;
		error->code_name = "PERMISSION_DENIED";
		error->reason = "SOCKET_NOT_ALLOWED";
		*ret_zh = "无权访问服务端口";
		break;
	case -ETIMEDOUT:
		error->code = FAIL_DEADLINE_EXCEEDED;
		error->code_name = "DEADLINE_EXCEEDED";
		error->reason = "NO_ANSWER";
		*ret_zh = "等待应答超时";
		break;
	case -EPROTO:
	case -ENOMEM:
	case -ENOBUFS:
	case -EMSGSIZE:
		error->code = FAIL_INTERNAL;
		error->code_name = "INTERNAL";
		error->reason = "CLIENT";
		*ret_zh = "客户端错误";
		break;
	default:
		error->code = FAIL_UNAVAILABLE;
		error->code_name = "UNAVAILABLE";
		error->reason = "NO_DAEMON";
		*ret_zh = "无法连接服务";
		break;
	}
}

int
fail_connection(const struct cli *cli, int failure, bool sent)
{
	struct demerit_error error = {0};
	char message[1024], message_zh[1024];
	const char *zh;

	fail_classify(failure, &error, &zh);
	if (sent) {
		/* The one moment the key matters to people. */
		error.code = FAIL_UNAVAILABLE;
		error.code_name = "UNAVAILABLE";
		error.reason = "OUTCOME_UNKNOWN";
		snprintf(
		    message, sizeof(message),
		    "no answer (%s): the write may be in the book or not. Ask: demerit outcome %s",
		    strerror(-failure), cli->call.key);
		snprintf(message_zh, sizeof(message_zh),
			 "未收到应答，写入结果未知。查询：demerit outcome %s", cli->call.key);
	} else {
		const char *what = strerror(-failure);

		if (failure == -EOPNOTSUPP)
			what = "HOST:PORT needs TLS, which is not built yet; use unix:PATH";
		else if (failure == -EINVAL)
			what = "not unix:PATH or HOST:PORT";
		else if (failure == -EPROTO)
			what = "what answers there is no demeritd, or the connection is damaged";
		snprintf(message, sizeof(message), "%s: %s", cli->server, what);
		snprintf(message_zh, sizeof(message_zh), "%s：%s", cli->server, zh);
	}
	error.message = message;
	error.message_zh = message_zh;
	fail_print(cli, &error);
	if (cmd_interrupted())
		return CMD_INTERRUPTED;
	return fail_exit(&error);
}
