/*
 * demerit screen: decide every line of a claim file. demerit clawback --file: the lines of a paid
 * one that are decided otherwise than by what was known at a sequence.
 *
 * Owns one run over one file: two quick walks for the reversals, if there are any, then the
 * lines in chunks, several in flight, written in their order. Memory is bounded by the window,
 * whatever the file's size; by the number of reversals besides. All chunks name the same
 * known_at: the whole run is one snapshot, and can be resumed in it.
 */

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "args.h"
#include "chunk.h"
#include "claims.h"
#include "cmd.h"
#include "columns.h"
#include "fail.h"
#include "link.h"
#include "progress.h"
#include "reversal.h"

#define SCREEN_WINDOW	8
#define SCREEN_RETRY_MS 20
#define SCREEN_APPENDED ",decision,reason,role,practitioner,entries,clause,seq"
#define SCREEN_CHANGED	",before,after,reason,practitioner,sanction,clause,seq"

struct screen {
	struct cli *cli;
	const char *path;
	int fd;
	uint64_t size; /* of the file, 0: not known */
	uint64_t resume_from;
	bool compares; /* with what was known at since */
	uint64_t since;
	struct claims claims;
	struct columns columns;
	struct reversal *reversal;
	struct demerit_call call;
	uint64_t sequence;
	bool reading; /* the file has more */

	/* A ring: `first` is the oldest in flight. */
	struct chunk *ring[SCREEN_WINDOW];
	size_t first;
	size_t in_flight;

	struct chunk_totals totals;
	struct progress progress;
	uint64_t next_line; /* the first not written yet */
	struct demerit_text fields[CLAIMS_COLUMNS_MAX];
	char scratch[CLAIMS_RECORD_MAX];
};

static int
screen_bad_file(const struct screen *screen, enum claims_result result,
		const struct claims_record *record)
{
	if (result == CLAIMS_TOO_LONG)
		return fail_usage(screen->cli, "file", "%s:%llu: a line longer than %d bytes",
				  screen->path, (unsigned long long)record->line,
				  CLAIMS_RECORD_MAX);
	return fail_usage(screen->cli, "file", "%s: %s", screen->path, strerror(errno));
}

/* A pipe is put aside, since the reversals need it more than once. */
static int
screen_spool(struct screen *screen, int from)
{
	char part[65536];
	FILE *spool = tmpfile();
	int fd = spool == NULL ? -1 : dup(fileno(spool));
	ssize_t size = 0;

	if (spool != NULL)
		fclose(spool);
	while (fd >= 0 && (size = read(from, part, sizeof(part))) != 0) {
		if (size < 0 && errno == EINTR && !cmd_interrupted())
			continue;
		if (size < 0 || write(fd, part, (size_t)size) != size)
			break;
	}
	if (fd < 0 || size != 0)
		return fail_here(screen->cli, "%s: cannot be put aside: %s", screen->path,
				 strerror(errno));
	lseek(fd, 0, SEEK_SET);
	screen->fd = fd;
	return CMD_OK;
}

static int
screen_open(struct screen *screen)
{
	bool is_stdin = strcmp(screen->path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(screen->path, O_RDONLY | O_CLOEXEC);
	struct stat about;

	if (fd < 0 || fstat(fd, &about) < 0)
		return fail_usage(screen->cli, "file", "%s: %s", screen->path, strerror(errno));
	if (S_ISDIR(about.st_mode)) {
		close(fd);
		return fail_usage(screen->cli, "file", "%s: %s", screen->path, strerror(EISDIR));
	}
	screen->fd = fd;
	if (lseek(fd, 0, SEEK_CUR) < 0) {
		int result = screen_spool(screen, fd);

		if (!is_stdin)
			close(fd);
		if (result != CMD_OK || fstat(screen->fd, &about) < 0)
			return result == CMD_OK ? CMD_FAILED : result;
	}
	screen->size = (uint64_t)about.st_size;
	if (!claims_begin(&screen->claims, screen->fd))
		return fail_here(screen->cli, "out of memory");
	return CMD_OK;
}

/* Read the header; its bytes are borrowed until the next record. */
static int
screen_header(struct screen *screen, struct claims_record *ret)
{
	enum claims_result result = claims_next(&screen->claims, ret);
	const char *problem, *column;
	size_t bom, count;

	if (result == CLAIMS_END)
		return fail_usage(screen->cli, "file", "%s: the file is empty", screen->path);
	if (result != CLAIMS_RECORD)
		return screen_bad_file(screen, result, ret);
	bom = ret->size >= 3 && memcmp(ret->raw, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	count = claims_split(ret->raw + bom, ret->size - bom, screen->scratch, screen->fields,
			     CLAIMS_COLUMNS_MAX);
	if (count > CLAIMS_COLUMNS_MAX)
		return fail_usage(screen->cli, "file", "%s:1: more than %d columns", screen->path,
				  CLAIMS_COLUMNS_MAX);
	problem = columns_read(&screen->columns, screen->fields, count, &column);
	if (problem != NULL)
		return fail_usage(screen->cli, "file", "%s:1: column %s %s", screen->path, column,
				  problem);
	return CMD_OK;
}

/* One of the two walks before the real one. */
static int
screen_walk(struct screen *screen, bool want)
{
	struct claims_record record;
	enum claims_result result;
	bool kept = true;

	if (!claims_rewind(&screen->claims))
		return screen_bad_file(screen, CLAIMS_FAILED, NULL);
	(void)claims_next(&screen->claims, &record);
	while (kept && !cmd_interrupted() &&
	       (result = claims_next(&screen->claims, &record)) != CLAIMS_END) {
		struct demerit_text serial, reverses;
		int32_t day = 0;
		bool has_day;

		if (result != CLAIMS_RECORD)
			return screen_bad_file(screen, result, &record);
		if (record.broken ||
		    claims_split(record.raw, record.size, screen->scratch, screen->fields,
				 CLAIMS_COLUMNS_MAX) != screen->columns.count)
			continue;
		reverses = columns_field(screen->fields, screen->columns.reverses);
		if (want) {
			kept = reverses.size == 0 || reversal_want(screen->reversal, reverses);
			continue;
		}
		serial = columns_field(screen->fields, screen->columns.serial);
		has_day = columns_day(columns_field(screen->fields, screen->columns.day), &day);
		kept = serial.size == 0 ||
		       reversal_found(screen->reversal, serial, reverses, has_day, day);
	}
	return kept ? CMD_OK : fail_here(screen->cli, "out of memory");
}

static int
screen_reversals(struct screen *screen)
{
	int result;

	screen->reversal = reversal_new();
	if (screen->reversal == NULL)
		return fail_here(screen->cli, "out of memory");
	if (screen->columns.reverses < 0)
		return CMD_OK;
	result = screen_walk(screen, true);
	if (result == CMD_OK && reversal_count(screen->reversal) > 0)
		result = screen_walk(screen, false);
	return result;
}

static void
screen_write_header(const struct screen *screen, const struct claims_record *record)
{
	enum cmd_format format = screen->cli->format;

	if (format == CMD_JSON) {
		putchar('[');
	} else if (format != CMD_JSONL && screen->resume_from == 0) {
		fwrite(record->raw, 1, record->size, stdout);
		fputs(screen->compares ? SCREEN_CHANGED : SCREEN_APPENDED, stdout);
		fwrite(record->raw + record->size, 1, record->ending, stdout);
	}
}

static int
screen_send(struct screen *screen, struct chunk *chunk)
{
	int result;

	if (chunk->asked == 0) {
		chunk->done = true;
		return CMD_OK;
	}
	if (screen->compares)
		result =
		    demerit_clawback_send(screen->cli->connection, &screen->call, screen->since,
					  chunk->wire, chunk->asked, &chunk->id);
	else
		result = demerit_screen_send(screen->cli->connection, &screen->call, chunk->wire,
					     chunk->asked, true, &chunk->id);
	if (result == 0)
		result = demerit_flush(screen->cli->connection);
	return result < 0 ? fail_connection(screen->cli, result, false) : CMD_OK;
}

/* Read lines into the next free chunk and send it. */
static int
screen_fill(struct screen *screen)
{
	struct chunk *chunk = screen->ring[(screen->first + screen->in_flight) % SCREEN_WINDOW];
	enum chunk_result added = CHUNK_ADDED;

	chunk_reset(chunk);
	while (added == CHUNK_ADDED) {
		struct claims_record record;
		enum claims_result result = claims_next(&screen->claims, &record);

		if (result == CLAIMS_END) {
			screen->reading = false;
			break;
		}
		if (result != CLAIMS_RECORD)
			return screen_bad_file(screen, result, &record);
		if (record.line < screen->resume_from)
			continue;
		added =
		    chunk_add(chunk, &record, &screen->columns, screen->reversal, screen->fields);
		if (added == CHUNK_FULL) {
			/* It begins the next chunk: its bytes are still in the window. */
			screen->claims.start -= record.size + record.ending;
			screen->claims.bytes -= record.size + record.ending;
			screen->claims.line = record.line;
		}
	}
	if (added == CHUNK_NO_MEMORY)
		return fail_here(screen->cli, "out of memory");
	if (chunk->count == 0)
		return CMD_OK;
	screen->in_flight++;
	return screen_send(screen, chunk);
}

static void
screen_write_done(struct screen *screen)
{
	while (screen->in_flight > 0 && screen->ring[screen->first]->done) {
		struct chunk *chunk = screen->ring[screen->first];

		if (screen->compares)
			chunk_write_changes(chunk, screen->cli->format, stdout, &screen->totals);
		else
			chunk_write(chunk, screen->cli->format, screen->sequence, stdout,
				    &screen->totals);
		screen->next_line = chunk->lines[chunk->count - 1].number + 1;
		screen->first = (screen->first + 1) % SCREEN_WINDOW;
		screen->in_flight--;
		progress_tell(&screen->progress, screen->totals.lines, screen->claims.bytes,
			      screen->size, screen->totals.decisions[DEMERIT_REFUSE]);
	}
}

static void
screen_pause(uint32_t pause_ms)
{
	struct timespec pause = {.tv_sec = pause_ms / 1000,
				 .tv_nsec = (long)(pause_ms % 1000) * 1000000};

	nanosleep(&pause, NULL);
}

/* Busy is not no: the chunk is asked again. */
static int
screen_refused(struct screen *screen, struct chunk *chunk, const struct demerit_error *error)
{
	if (fail_exit(error) != CMD_LATER || chunk->replies_count > 0)
		return fail_daemon(screen->cli, error);
	screen_pause(error->retry_after_ms != 0 && error->retry_after_ms < 1000
			 ? error->retry_after_ms
			 : SCREEN_RETRY_MS);
	return screen_send(screen, chunk);
}

static int
screen_receive(struct screen *screen)
{
	struct chunk *chunk = NULL;
	struct demerit_reply *reply;
	int result = demerit_receive(screen->cli->connection, &reply);

	if (result == -EINTR)
		return CMD_OK;
	if (result < 0)
		return fail_connection(screen->cli, result, false);
	for (size_t i = 0; i < screen->in_flight && chunk == NULL; i++) {
		struct chunk *one = screen->ring[(screen->first + i) % SCREEN_WINDOW];

		if (!one->done && one->id == demerit_reply_id(reply))
			chunk = one;
	}
	if (demerit_reply_error(reply) != NULL && chunk != NULL)
		result = screen_refused(screen, chunk, demerit_reply_error(reply));
	else if (demerit_reply_error(reply) != NULL)
		result = fail_daemon(screen->cli, demerit_reply_error(reply));
	else if (chunk != NULL) /* which keeps the reply, whatever is in it */
		return (screen->compares ? chunk_take_changes : chunk_take)(chunk, reply)
			   ? CMD_OK
			   : fail_connection(screen->cli, -EPROTO, false);
	else
		result = fail_connection(screen->cli, -EPROTO, false);
	demerit_reply_free(reply);
	return result;
}

/* What has been answered is written; the rest can be done later, in the same snapshot. */
static int
screen_stopped(struct screen *screen, int result)
{
	char known_at[64], again[64] = "screen ";

	if (screen->compares)
		snprintf(again, sizeof(again), "clawback --since %llu --file ",
			 (unsigned long long)screen->since);
	fflush(stdout);
	progress_end(&screen->progress);
	if (screen->cli->known_at != NULL)
		snprintf(known_at, sizeof(known_at), "%s", screen->cli->known_at);
	else
		snprintf(known_at, sizeof(known_at), "%llu", (unsigned long long)screen->sequence);
	fprintf(stderr,
		screen->cli->chinese ? "已写出第 %llu 行之前的结果；续作：demerit %s%s "
				       "--resume-from %llu --known-at %s\n"
				     : "written up to line %llu; to resume: demerit %s%s "
				       "--resume-from %llu --known-at %s\n",
		(unsigned long long)screen->next_line - 1, again, screen->path,
		(unsigned long long)screen->next_line, known_at);
	return result == CMD_OK ? CMD_INTERRUPTED : result;
}

static int
screen_lines(struct screen *screen)
{
	int result = CMD_OK;

	screen->reading = true;
	while (result == CMD_OK && !cmd_interrupted() &&
	       (screen->reading || screen->in_flight > 0)) {
		if (screen->reading && screen->in_flight < SCREEN_WINDOW)
			result = screen_fill(screen);
		else
			result = screen_receive(screen);
		screen_write_done(screen);
	}
	if (result != CMD_OK || cmd_interrupted())
		return screen_stopped(screen, result);
	if (screen->cli->format == CMD_JSON)
		fputs("]\n", stdout);
	progress_end(&screen->progress);
	return CMD_OK;
}

static void
screen_summary(const struct screen *screen)
{
	const uint64_t *decisions = screen->totals.decisions;
	uint64_t elapsed_ms = progress_elapsed_ms(&screen->progress);
	uint64_t lines = screen->totals.lines;

	fprintf(
	    stderr,
	    screen->cli->chinese
		? "%llu 行，%llu.%03llu 秒（每秒 %llu 行）：支付 %llu，拒付 %llu，豁免 %llu，待核 "
		  "%llu\n"
		: "%llu lines in %llu.%03llu s (%llu a second): %llu pay, %llu refuse, %llu "
		  "exempt, %llu undetermined\n",
	    (unsigned long long)lines, (unsigned long long)elapsed_ms / 1000,
	    (unsigned long long)elapsed_ms % 1000,
	    (unsigned long long)(lines * 1000 / (elapsed_ms > 0 ? elapsed_ms : 1)),
	    (unsigned long long)decisions[DEMERIT_PAY],
	    (unsigned long long)decisions[DEMERIT_REFUSE],
	    (unsigned long long)decisions[DEMERIT_EXEMPT],
	    (unsigned long long)decisions[DEMERIT_UNDETERMINED]);
}

static void
screen_summary_changes(const struct screen *screen)
{
	const struct chunk_totals *totals = &screen->totals;
	uint64_t elapsed_ms = progress_elapsed_ms(&screen->progress);

	fprintf(stderr,
		screen->cli->chinese
		    ? "%llu 行，%llu.%03llu 秒：%llu 行结论有变：现应拒付 %llu，现应支付 %llu，"
		      "现应豁免 %llu，现待核 %llu\n"
		    : "%llu lines in %llu.%03llu s: %llu differ: now refuse %llu, pay %llu, "
		      "exempt %llu, undetermined %llu\n",
		(unsigned long long)totals->lines, (unsigned long long)elapsed_ms / 1000,
		(unsigned long long)elapsed_ms % 1000, (unsigned long long)totals->written,
		(unsigned long long)totals->decisions[DEMERIT_REFUSE],
		(unsigned long long)totals->decisions[DEMERIT_PAY],
		(unsigned long long)totals->decisions[DEMERIT_EXEMPT],
		(unsigned long long)totals->decisions[DEMERIT_UNDETERMINED]);
}

static int
screen_run(struct screen *screen)
{
	struct demerit_position position;
	struct claims_record header;
	int result;

	result = screen_open(screen);
	if (result == CMD_OK)
		result = screen_header(screen, &header);
	if (result == CMD_OK)
		result = screen_reversals(screen);
	if (result == CMD_OK)
		result = link_snapshot(screen->cli, &screen->call, &position);
	if (result != CMD_OK)
		return result;
	screen->sequence = screen->call.known_at != 0 ? screen->call.known_at : position.sequence;
	for (size_t i = 0; i < SCREEN_WINDOW; i++) {
		screen->ring[i] = chunk_new();
		if (screen->ring[i] == NULL)
			return fail_here(screen->cli, "out of memory");
	}
	if (!claims_rewind(&screen->claims))
		return screen_bad_file(screen, CLAIMS_FAILED, NULL);
	progress_begin(&screen->progress, screen->cli->chinese);
	result = screen_header(screen, &header);
	if (result != CMD_OK)
		return result;
	screen_write_header(screen, &header);
	screen->next_line = screen->claims.line;
	result = screen_lines(screen);
	if (result == CMD_OK && screen->compares)
		screen_summary_changes(screen);
	else if (result == CMD_OK)
		screen_summary(screen);
	return result;
}

static int
screen_resume(struct screen *screen)
{
	const char *value = cmd_option(screen->cli, "resume-from");

	for (const char *at = value; at != NULL && *at != '\0'; at++) {
		if (*at < '0' || *at > '9' || screen->resume_from > UINT64_MAX / 16)
			return fail_usage(screen->cli, "resume_from",
					  "--resume-from %s: a line's number", value);
		screen->resume_from = screen->resume_from * 10 + (uint64_t)(*at - '0');
	}
	if (value != NULL && screen->resume_from < 2)
		return fail_usage(screen->cli, "resume_from",
				  "--resume-from %s: line 1 is the header, lines begin with 2",
				  value);
	return CMD_OK;
}

static int
screen_command(struct cli *cli, const char *path, bool compares, uint64_t since)
{
	struct screen *screen = calloc(1, sizeof(*screen));
	int result;

	if (screen == NULL)
		return fail_here(cli, "out of memory");
	screen->cli = cli;
	screen->path = path;
	screen->compares = compares;
	screen->since = since;
	screen->fd = -1;
	setvbuf(stdout, NULL, _IOFBF, 1 << 20);
	result = screen_resume(screen);
	if (result == CMD_OK)
		result = screen_run(screen);
	for (size_t i = 0; i < SCREEN_WINDOW; i++)
		chunk_free(screen->ring[i]);
	claims_end(&screen->claims);
	reversal_free(screen->reversal);
	if (screen->fd > STDIN_FILENO)
		close(screen->fd);
	free(screen);
	return result;
}

int
cmd_screen_run(struct cli *cli, const struct cmd *cmd)
{
	if (cli->words_count != 1)
		return fail_usage(cli, NULL, "usage: demerit %s %s", cmd->words, cmd->usage);
	return screen_command(cli, args_word(cli, 0), false, 0);
}

int
cmd_clawback_run(struct cli *cli, const struct cmd *cmd)
{
	const char *path = cmd_option(cli, "file");
	struct demerit_message *request;
	int64_t since = 0;
	int result;

	if (path == NULL && cmd_option(cli, "resume-from") != NULL)
		return fail_usage(cli, "resume_from", "--resume-from is of lines: it needs --file");
	if (path == NULL)
		return cmd_list_run(cli, cmd);
	if (cmd_option(cli, "institution") != NULL)
		return fail_usage(cli, "institution",
				  "--institution is of periods: not with --file");
	/* The same reading of --since as where it fills a request. */
	request = demerit_request_new(cmd->body);
	if (request == NULL)
		return fail_here(cli, "out of memory");
	result = args_fill(cli, cmd, request);
	if (result == CMD_OK)
		(void)demerit_get_int(request, "since", &since);
	demerit_request_free(request);
	return result == CMD_OK ? screen_command(cli, path, true, (uint64_t)since) : result;
}
