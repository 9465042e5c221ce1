/*
 * What takes long: verifying the book, making a backup.
 *
 * Owns one thread while there is something to do; handlers of route.c start it on a loop's thread,
 * its notes bring the answers back there. One at a time: both read the whole log. Never changes the
 * book.
 */
#include "admin.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "proto/demerit.pb-c.h"
#include "proto/status.h"
#include "storage/backup.h"
#include "storage/verify.h"

#define ADMIN_PROGRESS_US 500000
#define ADMIN_RETRY_MS	  1000

struct admin_job {
	struct call_note note; /* first: the answer frees the job by it */
	struct store *store;
	const struct clock *clock;
	char name[STORE_BACKUP_NAME_MAX + 1]; /* of a backup; empty: verify */
	uint64_t head;			      /* the sequence when it began */
	int64_t told_at_us;
	int result;
	struct store_verified verified;
	struct store_backup backup;
	struct store_report report;
};

struct admin_progress {
	struct call_note note; /* first */
	uint64_t sequence;
	uint64_t head;
};

static struct {
	pthread_mutex_t mutex;
	pthread_t thread;
	bool started; /* to be joined */
	atomic_bool running;
	atomic_bool stopping;
} admin = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static void
reply_failure(struct call *call, const struct admin_job *job)
{
	Demerit__V1__Error error = DEMERIT__V1__ERROR__INIT;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	enum status_code code = STATUS_CODE_INTERNAL;

	if (job->result == STORE_EXISTS)
		code = STATUS_CODE_ALREADY_EXISTS;
	else if (job->result == STORE_BAD_NAME)
		code = STATUS_CODE_INVALID_ARGUMENT;
	else if (job->result == STORE_BAD_CONFIG)
		code = STATUS_CODE_FAILED_PRECONDITION;
	else if (job->result == STORE_FULL || job->result == STORE_BUSY)
		code = STATUS_CODE_RESOURCE_EXHAUSTED;
	error.has_code = true;
	error.code = (Demerit__V1__Code)code;
	/* "STORE_EXISTS" is the store's word; the reason is the same without its surname. */
	error.reason = (char *)(uintptr_t)(store_error_name(job->result) + strlen("STORE_"));
	error.message =
	    (char *)(uintptr_t)(job->report.text[0] != '\0' ? job->report.text
							    : store_error_text(job->result));
	error.message_zh = error.message;
	error.field = job->name[0] != '\0' ? (char *)(uintptr_t) "name" : NULL;
	response.has_end = true;
	response.end = true;
	response.body_case = DEMERIT__V1__RESPONSE__BODY_ERROR;
	response.error = &error;
	call_reply(call, &response);
}

/* A book that is not sound is an answer, not a failure of the question. */
static bool
is_finding(int result)
{
	return result == STORE_DAMAGED || result == STORE_FOREIGN ||
	       result == STORE_BOOK_WENT_BACK || result == STORE_IO;
}

static void
reply_verified(struct call *call, const struct admin_job *job)
{
	Demerit__V1__VerifyReply reply = DEMERIT__V1__VERIFY_REPLY__INIT;
	Demerit__V1__Problem problem = DEMERIT__V1__PROBLEM__INIT;
	Demerit__V1__Problem *problems[] = {&problem};
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;

	reply.has_verified_seq = true;
	reply.verified_seq = job->verified.sequence;
	reply.has_total_seq = true;
	reply.total_seq = job->head;
	reply.has_sound = true;
	reply.sound = job->result == 0;
	if (job->result == 0) {
		reply.has_bytes = true;
		reply.bytes = job->verified.log_bytes;
		reply.has_root = true;
		reply.root.len = sizeof(job->verified.root);
		reply.root.data = (uint8_t *)(uintptr_t)job->verified.root;
	} else {
		problem.message = (char *)(uintptr_t)job->report.text;
		problem.message_zh = problem.message;
		reply.n_problems = 1;
		reply.problems = problems;
	}
	response.has_end = true;
	response.end = true;
	response.body_case = DEMERIT__V1__RESPONSE__BODY_VERIFY;
	response.verify = &reply;
	call_reply(call, &response);
}

static void
reply_backup(struct call *call, const struct admin_job *job)
{
	Demerit__V1__BackupReply reply = DEMERIT__V1__BACKUP_REPLY__INIT;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;

	reply.name = (char *)(uintptr_t)job->name;
	reply.has_sequence = true;
	reply.sequence = job->backup.sequence;
	reply.has_root = true;
	reply.root.len = sizeof(job->backup.root);
	reply.root.data = (uint8_t *)(uintptr_t)job->backup.root;
	reply.has_files = true;
	reply.files = (uint32_t)job->backup.files;
	reply.has_bytes = true;
	reply.bytes = job->backup.bytes;
	response.body_case = DEMERIT__V1__RESPONSE__BODY_BACKUP;
	response.backup = &reply;
	call_reply(call, &response);
}

static enum call_result
answer_done(struct call *call, struct call_note *note)
{
	struct admin_job *job = (struct admin_job *)note;

	if (call != NULL) {
		if (job->result != 0 && (job->name[0] != '\0' || !is_finding(job->result)))
			reply_failure(call, job);
		else if (job->name[0] != '\0')
			reply_backup(call, job);
		else
			reply_verified(call, job);
	}
	free(job);
	return CALL_DONE;
}

static enum call_result
answer_progress(struct call *call, struct call_note *note)
{
	struct admin_progress *progress = (struct admin_progress *)note;

	if (call != NULL) {
		Demerit__V1__VerifyReply reply = DEMERIT__V1__VERIFY_REPLY__INIT;
		Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;

		reply.has_verified_seq = true;
		reply.verified_seq = progress->sequence;
		reply.has_total_seq = true;
		reply.total_seq = progress->head;
		response.body_case = DEMERIT__V1__RESPONSE__BODY_VERIFY;
		response.verify = &reply;
		call_reply(call, &response);
	}
	free(progress);
	return CALL_PENDING;
}

/* On the job's thread. Progress that finds no memory is not told. */
static int
on_progress(void *user, uint64_t sequence)
{
	struct admin_job *job = user;
	int64_t now = clock_monotonic_us(job->clock);

	if (atomic_load(&admin.stopping))
		return STORE_FAILED;
	if (now - job->told_at_us < ADMIN_PROGRESS_US)
		return 0;
	struct admin_progress *progress = calloc(1, sizeof(*progress));
	if (progress == NULL)
		return 0;
	job->told_at_us = now;
	progress->note.token = job->note.token;
	progress->note.answer = answer_progress;
	progress->sequence = sequence;
	progress->head = job->head;
	call_post(&progress->note);
	return 0;
}

static void *
run(void *user)
{
	struct admin_job *job = user;
	const char *what = job->name[0] != '\0' ? "backup" : "verify";

	if (job->name[0] != '\0')
		job->result = store_backup(job->store, job->name, &job->backup, &job->report);
	else
		job->result =
		    store_verify(job->store, on_progress, job, &job->verified, &job->report);
	if (job->result != 0)
		diag(DIAG_ERROR, what, diag_text("error", store_error_name(job->result)),
		     diag_text("where", job->report.text), DIAG_END);
	else
		diag(DIAG_NOTICE, what, diag_text("name", job->name),
		     diag_uint("sequence", job->name[0] != '\0' ? job->backup.sequence
								: job->verified.sequence),
		     DIAG_END);
	/* Before the note: whoever hears the answer may ask again at once. */
	atomic_store(&admin.running, false);
	call_post(&job->note);
	return NULL;
}

/* Signals are the main thread's. */
static int
thread_start(struct admin_job *job)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int failed = pthread_create(&admin.thread, NULL, run, job);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -failed;
}

/* Takes the job. */
static enum call_result
start(struct call *call, struct admin_job *job)
{
	struct store_head head;
	int failed = -EBUSY;

	job->note.token = call->token;
	job->note.answer = answer_done;
	job->store = call->context->book->store;
	job->clock = call->context->book->clock;
	job->told_at_us = call->context->now_us;
	store_head(job->store, &head);
	job->head = head.sequence;

	pthread_mutex_lock(&admin.mutex);
	if (!atomic_load(&admin.running) && !atomic_load(&admin.stopping)) {
		if (admin.started)
			pthread_join(admin.thread, NULL);
		atomic_store(&admin.running, true);
		failed = thread_start(job);
		admin.started = failed == 0;
		if (failed != 0)
			atomic_store(&admin.running, false);
	}
	pthread_mutex_unlock(&admin.mutex);
	if (failed == 0)
		return CALL_PENDING;
	free(job);
	call_fail_later(call, STATUS_BUSY, ADMIN_RETRY_MS);
	return CALL_DONE;
}

enum call_result
admin_verify(struct call *call)
{
	struct admin_job *job = calloc(1, sizeof(*job));

	if (job == NULL) {
		call_fail_later(call, STATUS_BUSY, ADMIN_RETRY_MS);
		return CALL_DONE;
	}
	return start(call, job);
}

enum call_result
admin_backup(struct call *call)
{
	const char *name = call->request->backup->name;

	if (name == NULL || name[0] == '\0') {
		call_fail(call, STATUS_FIELD_MISSING, "backup.name");
		return CALL_DONE;
	}
	if (strlen(name) > STORE_BACKUP_NAME_MAX) {
		call_fail(call, STATUS_FIELD_BAD_VALUE, "backup.name");
		return CALL_DONE;
	}
	struct admin_job *job = calloc(1, sizeof(*job));
	if (job == NULL) {
		call_fail_later(call, STATUS_BUSY, ADMIN_RETRY_MS);
		return CALL_DONE;
	}
	(void)snprintf(job->name, sizeof(job->name), "%s", name);
	return start(call, job);
}

void
admin_stop(void)
{
	pthread_mutex_lock(&admin.mutex);
	atomic_store(&admin.stopping, true);
	if (admin.started)
		pthread_join(admin.thread, NULL);
	admin.started = false;
	pthread_mutex_unlock(&admin.mutex);
}
