/*
 * demerit check: may the fund pay for these people.
 *
 * Owns the codes of one invocation. Many codes go out as pipelined checks on one connection, so
 * that a file of a hundred thousand is one conversation; each answer equals a single check's.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "cmd.h"
#include "fail.h"
#include "link.h"
#include "render.h"
#include "when.h"

#define CHECK_WINDOW   256
#define CHECK_CODE_MAX 64

struct check_run {
	struct cli *cli;
	struct demerit_check question;
	struct demerit_call call;
	char **codes;
	size_t count;
	json_t **answers; /* by code; JSON lines are not kept */
};

static json_t *
check_null_or_day(bool has, int32_t day)
{
	return has ? render_day(day) : json_null();
}

/* Every key of the contract, in its order. */
static json_t *
check_value(const struct demerit_reply *reply, const struct demerit_answer *answer,
	    const char *code)
{
	json_t *object = json_object();
	json_t *entries = json_array();

	for (size_t i = 0; i < answer->entries_count; i++)
		json_array_append_new(entries, render_text(answer->entries[i]));
	json_object_set_new(
	    object, "practitioner",
	    render_text(answer->practitioner == NULL ? code : answer->practitioner));
	json_object_set_new(object, "on", render_day(answer->on));
	json_object_set_new(object, "decision",
			    render_text(demerit_decision_name(answer->decision)));
	json_object_set_new(object, "status", render_text(demerit_status_name(answer->status)));
	json_object_set_new(object, "reason", render_text(demerit_reason_name(answer->reason)));
	json_object_set_new(object, "until", check_null_or_day(answer->has_until, answer->until));
	json_object_set_new(object, "bar_until",
			    check_null_or_day(answer->has_bar_until, answer->bar_until));
	json_object_set_new(object, "points_this_year",
			    answer->has_points ? json_integer(answer->points_this_year)
					       : json_null());
	json_object_set_new(object, "entries", entries);
	json_object_set_new(object, "rulebook", render_text(answer->rulebook));
	json_object_set_new(object, "clause", render_text(answer->clause));
	json_object_set_new(object, "registered",
			    answer->has_registered ? json_boolean(answer->registered)
						   : json_null());
	render_position(object, reply);
	return object;
}

/* A line of the file that can be no code is answered in its place, like any other. */
static json_t *
check_value_bad(const struct check_run *run, const char *code)
{
	static const char *const keys[] = {"until",    "bar_until", "points_this_year", "entries",
					   "rulebook", "clause",    "registered",	"ledger",
					   "epoch",    "seq",	    "known_at"};
	json_t *object = json_object();

	json_object_set_new(object, "practitioner", render_text(code));
	json_object_set_new(object, "on",
			    check_null_or_day(run->question.has_on, run->question.on));
	json_object_set_new(object, "decision",
			    render_text(demerit_decision_name(DEMERIT_UNDETERMINED)));
	json_object_set_new(object, "status", render_text(demerit_status_name(DEMERIT_UNKNOWN)));
	json_object_set_new(object, "reason", render_text(demerit_reason_name(DEMERIT_BAD_LINE)));
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		json_object_set_new(object, keys[i],
				    strcmp(keys[i], "entries") == 0 ? json_array() : json_null());
	return object;
}

static int
check_exit(const struct check_run *run, const struct demerit_answer *answer)
{
	if (answer->decision == DEMERIT_UNDETERMINED)
		return CMD_NOT_FOUND;
	if (answer->decision == DEMERIT_REFUSE && cmd_has(run->cli, "exit-code"))
		return CMD_REFUSED;
	return CMD_OK;
}

static int
check_question(struct check_run *run)
{
	struct cli *cli = run->cli;
	const char *on = cmd_option(cli, "on");

	run->question = (struct demerit_check){
	    .institution = cmd_option(cli, "institution"),
	    .visit_type = cmd_option(cli, "visit-type"),
	    .emergency = cmd_has(cli, "emergency"),
	    .detail = true,
	};
	if (on == NULL)
		return CMD_OK;
	run->question.has_on = true;
	if (!when_day_parse(on, strlen(on), &run->question.on))
		return fail_usage(cli, "on", "--on %s: no day of the calendar (YYYY-MM-DD)", on);
	return CMD_OK;
}

static int
check_one(struct check_run *run)
{
	struct cli *cli = run->cli;
	struct demerit_answer answer;
	struct demerit_reply *reply;
	int result;
	int code;

	result = link_open(cli, LINK_TIMEOUT_MS);
	if (result != CMD_OK)
		return result;
	run->question.practitioner = run->codes[0];
	code = demerit_check(cli->connection, &cli->call, &run->question, &reply, &answer);
	if (code < 0)
		return fail_connection(cli, code, false);
	if (code > 0) {
		result = fail_daemon(cli, demerit_reply_error(reply));
	} else {
		result = render_value(cli, check_value(reply, &answer, run->codes[0]));
		if (result == CMD_OK)
			result = check_exit(run, &answer);
	}
	demerit_reply_free(reply);
	return result;
}

/* The wire takes printable ASCII without blanks, 1 to 64 bytes. */
static bool
check_is_code(const char *text)
{
	size_t size = 0;

	for (; text[size] != '\0'; size++)
		if (text[size] < 0x21 || text[size] > 0x7e)
			return false;
	return size >= 1 && size <= CHECK_CODE_MAX;
}

static int
check_receive(struct check_run *run, const uint64_t *first_id, size_t *received)
{
	struct cli *cli = run->cli;
	struct demerit_answer answer;
	struct demerit_reply *reply;
	int result = demerit_receive(cli->connection, &reply);
	size_t place;

	if (result == -EINTR && !cmd_interrupted())
		return CMD_OK;
	if (result < 0)
		return fail_connection(cli, result, false);
	result = CMD_OK;
	place = (size_t)(demerit_reply_id(reply) - *first_id);
	if (demerit_reply_error(reply) != NULL)
		result = fail_daemon(cli, demerit_reply_error(reply));
	else if (place >= run->count || !demerit_reply_answer(reply, &answer))
		result = fail_connection(cli, -EPROTO, false);
	else
		run->answers[place] = check_value(reply, &answer, run->codes[place]);
	demerit_reply_free(reply);
	(*received)++;
	return result;
}

/*
 * Ids follow each other, so an answer's id tells its code. Lines that are no codes keep their
 * place: for them an id is spent on asking about nothing.
 */
static int
check_all(struct check_run *run)
{
	struct cli *cli = run->cli;
	uint64_t first_id = 0;
	size_t sent = 0, received = 0;
	int result = CMD_OK;

	while (result == CMD_OK && received < run->count) {
		if (sent < run->count && sent - received < CHECK_WINDOW) {
			uint64_t id;
			int code;

			run->question.practitioner =
			    check_is_code(run->codes[sent]) ? run->codes[sent] : "-";
			code = demerit_check_send(cli->connection, &run->call, &run->question, &id);
			if (code < 0)
				return fail_connection(cli, code, false);
			if (sent++ == 0)
				first_id = id;
			continue;
		}
		result = check_receive(run, &first_id, &received);
	}
	return result;
}

static int
check_many(struct check_run *run)
{
	struct cli *cli = run->cli;
	struct demerit_position position;
	json_t *all = json_array();
	int result;

	/* One snapshot for all of them. */
	result = link_snapshot(cli, &run->call, &position);
	if (result == CMD_OK) {
		run->answers = calloc(run->count + 1, sizeof(*run->answers));
		result = run->answers == NULL ? fail_here(cli, "out of memory") : check_all(run);
	}
	for (size_t i = 0; run->answers != NULL && i < run->count; i++) {
		if (result == CMD_OK && !check_is_code(run->codes[i])) {
			json_decref(run->answers[i]);
			run->answers[i] = check_value_bad(run, run->codes[i]);
		}
		if (run->answers[i] != NULL)
			json_array_append_new(all, run->answers[i]);
	}
	free(run->answers);
	if (result == CMD_OK)
		return render_value(cli, all);
	json_decref(all);
	return result;
}

/* A heading says what the column is; a code has a digit in it. */
static bool
check_is_heading(const char *text)
{
	return *text != '\0' && strpbrk(text, "0123456789") == NULL;
}

/* The first field of a line, unquoted in place. */
static char *
check_first_field(char *line)
{
	char *out = line;
	char *at = line;

	line[strcspn(line, "\r\n")] = '\0';
	if (*at != '"') {
		line[strcspn(line, ",")] = '\0';
		return line;
	}
	for (at++; *at != '\0'; at++) {
		if (*at == '"' && *++at != '"')
			break;
		*out++ = *at;
	}
	*out = '\0';
	return line;
}

static int
check_read(struct check_run *run, const char *path)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
	char *line = NULL;
	size_t room = 0, codes_room = 0;
	int failure = 0;

	if (file == NULL)
		return fail_usage(run->cli, "file", "%s: %s", path, strerror(errno));
	errno = 0;
	for (size_t number = 0; getline(&line, &room, file) >= 0; number++) {
		char *start =
		    strncmp(line, "\xef\xbb\xbf", 3) == 0 && number == 0 ? line + 3 : line;
		char *code = check_first_field(start);

		if ((number == 0 && check_is_heading(code)) || *code == '\0')
			continue;
		if (run->count == codes_room) {
			char **longer;

			codes_room = codes_room == 0 ? 1024 : 2 * codes_room;
			longer = realloc(run->codes, codes_room * sizeof(*longer));
			if (longer == NULL) {
				failure = ENOMEM;
				break;
			}
			run->codes = longer;
		}
		run->codes[run->count] = strdup(code);
		if (run->codes[run->count++] == NULL)
			failure = ENOMEM;
	}
	if (failure == 0 && ferror(file))
		failure = errno == 0 ? EIO : errno;
	free(line);
	if (file != stdin)
		fclose(file);
	if (failure != 0)
		return fail_usage(run->cli, "file", "%s: %s", path, strerror(failure));
	return CMD_OK;
}

int
cmd_check_run(struct cli *cli, const struct cmd *cmd)
{
	struct check_run run = {.cli = cli};
	const char *path = cmd_option(cli, "file");
	int result = check_question(&run);

	if (result != CMD_OK)
		return result;
	if ((path == NULL) == (cli->words_count == 0))
		return fail_usage(cli, NULL, "usage: demerit %s %s", cmd->words, cmd->usage);
	if (path == NULL) {
		run.codes = cli->words;
		run.count = (size_t)cli->words_count;
		return run.count == 1 ? check_one(&run) : check_many(&run);
	}
	result = check_read(&run, path);
	if (result == CMD_OK)
		result = check_many(&run);
	for (size_t i = 0; i < run.count; i++)
		free(run.codes[i]);
	free(run.codes);
	return result;
}
