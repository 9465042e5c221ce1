/*
 * demerit export: the book's records as they are stored, whole or from a sequence on.
 *
 * Owns one run. Into a file it goes on behind the records that are there, once the last of them
 * has been found in the book byte for byte: what was cut off, or is of yesterday, is brought up
 * by the same line. It never interprets a record.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "cmd.h"
#include "export_file.h"
#include "fail.h"
#include "link.h"

struct export
{
	struct cli *cli;
	const char *path; /* NULL: stdout */
	bool lines;
	bool compared; /* the file's last record is the book's, or there was none */
	struct export_file file;
	struct export_bytes record;
	struct export_bytes waiting; /* whole records, not written yet */
	int fd;
	uint64_t first; /* the first new one; 0: none yet */
	uint64_t taken;
	uint64_t last; /* written */
};

static int
export_failed(const struct export *export, int error)
{
	return fail_here(export->cli, "cannot write %s: %s",
			 export->path == NULL ? "the output" : export->path, strerror(-error));
}

static int
export_other_book(const struct export *export)
{
	return fail_here(export->cli,
			 "%s: record %llu, its last, is not the book's: the file is of another "
			 "book, or of one that was restored since",
			 export->path, (unsigned long long)export->file.last);
}

/*
 * All of it, whatever signals come meanwhile: a record that ends in the middle would spoil what is
 * put behind it. Not through stdio, which forgets what a signal kept it from writing.
 */
static int
export_flush(struct export *export)
{
	size_t done = 0;

	while (done < export->waiting.size) {
		ssize_t written =
		    write(export->fd, export->waiting.bytes + done, export->waiting.size - done);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0) {
			/* Where it broke off nobody can go on. */
			export->last = 0;
			return export_failed(export, -errno);
		}
		done += (size_t)written;
	}
	export->waiting.size = 0;
	export->last = export->taken;
	return CMD_OK;
}

/* The first answer begins with the record that ends the file. */
static int
export_compare(struct export *export)
{
	const struct export_bytes *tail = &export->file.tail;
	int r;

	if (export->file.last != 0 && (export->record.size != tail->size ||
				       memcmp(export->record.bytes, tail->bytes, tail->size) != 0))
		return export_other_book(export);
	r = export->path == NULL ? 0 : export_file_continue(&export->file);
	export->compared = true;
	return r < 0 ? export_failed(export, r) : CMD_OK;
}

static int
export_record(struct export *export, const struct demerit_message *record)
{
	int64_t sequence = 0;
	bool known = !export->compared && export->file.last != 0;

	if (!demerit_get_int(record, "sequence", &sequence))
		return fail_connection(export->cli, -EPROTO, false);
	export_record_write(record, export->lines, &export->record);
	if (export->record.failed)
		return fail_here(export->cli, "out of memory");
	if (!export->compared) {
		int result = export_compare(export);

		if (result != CMD_OK || known)
			return result;
	}
	export_bytes_put(&export->waiting, export->record.bytes, export->record.size);
	if (export->waiting.failed)
		return fail_here(export->cli, "out of memory");
	if (export->first == 0)
		export->first = (uint64_t)sequence;
	export->taken = (uint64_t)sequence;
	return CMD_OK;
}

static int
export_take(void *user, const struct demerit_reply *reply)
{
	struct export *export = user;
	const struct demerit_message *body = demerit_reply_body(reply), *record;
	int result = CMD_OK;

	for (size_t i = 0; result == CMD_OK && (record = demerit_get(body, "records", i)) != NULL;
	     i++)
		result = export_record(export, record);
	return result == CMD_OK ? export_flush(export) : result;
}

static int
export_receive(struct export *export, struct demerit_reply *reply)
{
	int result = link_take_all(export->cli, reply, export_take, export);

	if (result == CMD_OK && !export->compared && export->file.last != 0)
		return export_other_book(export);
	return result;
}

/* Where the file stands, against what the line asks for. */
static int
export_place(struct export *export, struct demerit_message *request)
{
	const struct export_file *file = &export->file;
	int64_t since, until;

	if (file->last == 0)
		return CMD_OK;
	if (demerit_get_int(request, "since", &since) && (uint64_t)since != file->first)
		return fail_usage(export->cli, "since",
				  "%s is there and begins with record %llu: leave out --since, or "
				  "name another file",
				  export->path, (unsigned long long)file->first);
	if (demerit_get_int(request, "until", &until) && (uint64_t)until <= file->last)
		return fail_usage(export->cli, "until", "%s has records up to %llu already",
				  export->path, (unsigned long long)file->last);
	demerit_set_int(request, "since", (int64_t)file->last);
	return CMD_OK;
}

static int
export_open(struct export *export)
{
	struct cli *cli = export->cli;
	const char *word = args_word(cli, 0);
	int r;

	export->fd = STDOUT_FILENO;
	export->lines = cli->format_given;
	if (cli->format_given && cli->format != CMD_JSONL)
		return fail_usage(cli, "output",
				  "records come as jsonl (-o jsonl), or without -o in the "
				  "protocol's own form");
	if (word != NULL && strcmp(word, "-") != 0)
		export->path = word;
	if (export->path == NULL && !export->lines && isatty(STDOUT_FILENO))
		return fail_usage(cli, NULL,
				  "these bytes are not for a terminal: name a file, or -o jsonl");
	if (export->path == NULL)
		return CMD_OK;
	r = export_file_open(&export->file, export->path, export->lines);
	if (r == -EBADMSG)
		return fail_usage(cli, "file", "%s is there and is no export in that form",
				  export->path);
	if (r == -EWOULDBLOCK)
		return fail_here(cli, "%s: another export is writing to it", export->path);
	if (r < 0)
		return fail_usage(cli, "file", "%s: %s", export->path, strerror(-r));
	export->fd = fileno(export->file.stream);
	return CMD_OK;
}

static void
export_say(const struct export *export, int result)
{
	const struct cli *cli = export->cli;

	if (result != CMD_OK && export->last != 0 && export->path == NULL)
		fprintf(stderr,
			cli->chinese ? "demerit: 续传：--since %llu\n"
				     : "demerit: to go on: --since %llu\n",
			(unsigned long long)export->last + 1);
	if (result != CMD_OK && export->last != 0 && export->path != NULL)
		fprintf(stderr,
			cli->chinese
			    ? "demerit: %s 写至记录 %llu；重复同一命令即可续传\n"
			    : "demerit: %s has records up to %llu; the same line goes on\n",
			export->path, (unsigned long long)export->last);
	if (result != CMD_OK || export->path == NULL)
		return;
	if (export->last == 0)
		fprintf(stderr, cli->chinese ? "%s：无新记录\n" : "%s: nothing new\n",
			export->path);
	else
		fprintf(stderr,
			cli->chinese ? "%s：新写入记录 %llu 至 %llu\n"
				     : "%s: records %llu to %llu written\n",
			export->path, (unsigned long long)export->first,
			(unsigned long long)export->last);
}

int
cmd_export_run(struct cli *cli, const struct cmd *cmd)
{
	struct export export = {.cli = cli};
	struct demerit_message *request = demerit_request_new(cmd->body);
	struct demerit_reply *reply;
	int result, closed;

	if (request == NULL)
		return fail_here(cli, "out of memory");
	result = args_fill(cli, cmd, request);
	if (result == CMD_OK)
		result = export_open(&export);
	if (result == CMD_OK)
		result = export_place(&export, request);
	if (result == CMD_OK)
		result = link_ask(cli, request, false, &reply);
	demerit_request_free(request);
	if (result == CMD_OK)
		result = export_receive(&export, reply);
	closed = export_file_close(&export.file);
	if (closed < 0 && result == CMD_OK)
		result = export_failed(&export, closed);
	export_bytes_free(&export.record);
	export_bytes_free(&export.waiting);
	export_say(&export, result);
	return result;
}
