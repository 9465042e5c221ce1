#include "writer_room.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/apply.h"
#include "daemon/outcome.h"
#include "storage/store.h"

struct room room;

/* ---- the loops' end ---- */

static pthread_mutex_t posted_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t posted_wake = PTHREAD_COND_INITIALIZER;

void
call_post(struct call_note *note)
{
	pthread_mutex_lock(&posted_lock);
	note->next = note; /* posted */
	pthread_cond_broadcast(&posted_wake);
	pthread_mutex_unlock(&posted_lock);
}

/* No session asks in this room. */
void
call_reply_at(struct call *call, const struct call_position *at,
	      struct Demerit__V1__Response *response)
{
	(void)at;
	(void)call;
	(void)response;
	abort();
}

void
call_fail(struct call *call, enum status_reason status, const char *field)
{
	(void)call;
	(void)status;
	(void)field;
	abort();
}

static enum call_result
never(struct call *call, struct call_note *note)
{
	(void)call;
	(void)note;
	abort();
}

/* ---- the clock ---- */

static _Atomic int64_t utc_us;
static _Atomic int64_t monotonic_us;
static _Atomic bool lost;

static int64_t
clock_utc(void *user)
{
	(void)user;
	return atomic_load(&utc_us);
}

static int64_t
clock_monotonic(void *user)
{
	(void)user;
	return atomic_load(&monotonic_us);
}

static bool
clock_synchronised(void *user)
{
	(void)user;
	return !atomic_load(&lost);
}

static const struct clock held_clock = {clock_utc, clock_monotonic, clock_synchronised, NULL};

void
room_clock_set(const char *day)
{
	/* Noon in UTC+8. */
	atomic_store(&utc_us, room_day(day).number * INT64_C(86400000000) + INT64_C(14400000000));
}

void
room_clock_add(int64_t us)
{
	atomic_fetch_add(&utc_us, us);
	atomic_fetch_add(&monotonic_us, us > 0 ? us : 0);
}

void
room_clock_lost(bool now)
{
	atomic_store(&lost, now);
}

/* ---- the book ---- */

static void
on_failed(void *user, int error, const char *text)
{
	(void)user;
	(void)text;
	room.failed = error;
}

static void
room_open(void)
{
	char data[96];
	struct store_report report, prepared;

	snprintf(data, sizeof(data), "%s/data", room.folder);
	const struct store_config config = {
	    .data = data,
	    .create = true,
	    .tables = apply_tables,
	    .table_count = TABLE_COUNT,
	    .apply = apply_record,
	    .files = &file_posix,
	    .first_segment_size = 1 << 20,
	    .segment_size = 1 << 22,
	    .view_map_size = 1 << 30,
	};
	int r = store_open(&config, &room.store, &report);
	ck_assert_msg(r == 0, "store_open: %s", report.text);
	room.rules = rules_set_new();
	room.standings = standings_new(room.rules, 100);
	room.config.store = room.store;
	room.config.standings = room.standings;
	room.config.rules = room.rules;
	room.config.clock = &held_clock;
	room.config.queue_max = 8192;
	room.config.on_failed = on_failed;
	r = writer_prepare(&room.config, &report, &prepared);
	ck_assert_msg(r == 0, "writer_prepare: %d %s", r, prepared.text);
	ck_assert_int_eq(writer_new(&room.config, &room.writer), 0);
	ck_assert_int_eq(store_reader_new(room.store, &room.reader), 0);
}

static void
room_close(void)
{
	room.writer = writer_free(room.writer);
	room.reader = store_reader_free(room.reader);
	room.standings = standings_free(room.standings);
	room.rules = rules_set_free(room.rules);
	room.store = store_close(room.store);
}

void
room_setup(void)
{
	memset(&room, 0, sizeof(room));
	snprintf(room.folder, sizeof(room.folder), "/tmp/demerit-writer-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(room.folder));
	snprintf(room.clerk.name, sizeof(room.clerk.name), "clerk");
	snprintf(room.other.name, sizeof(room.other.name), "other");
	atomic_store(&room.clerk.rights, RIGHTS_ALL);
	atomic_store(&room.other.rights, RIGHTS_ALL);
	room_clock_set("2025-11-20");
	room_clock_lost(false);
	room_open();
}

void
room_teardown(void)
{
	char command[128];

	room_close();
	snprintf(command, sizeof(command), "rm -rf '%s'", room.folder);
	ck_assert_int_eq(system(command), 0);
}

void
room_restart(void)
{
	room_close();
	room_open();
}

/* ---- commands ---- */

struct code
room_code(const char *text)
{
	struct code code = {0};

	if (text != NULL)
		ck_assert(code_set(text, strlen(text), &code));
	return code;
}

struct day
room_day(const char *text)
{
	struct day day;

	ck_assert(day_parse(text, strlen(text), &day));
	return day;
}

void
room_reason(struct command *command, const char *text)
{
	command->personal_size = (uint16_t)strlen(text);
	memcpy(command->personal, text, strlen(text));
}

void
room_key(struct command *command, const char *key)
{
	command->key = room_code(key);
	memset(command->digest, 0, sizeof(command->digest));
	memcpy(command->digest, key, strlen(key) < 32 ? strlen(key) : 32);
}

struct command *
room_command(enum command_kind kind)
{
	static unsigned keys;
	char key[32];
	struct command *command = writer_command(room.writer);

	ck_assert_ptr_nonnull(command);
	command->kind = kind;
	command->principal = &room.clerk;
	command->deadline_us = INT64_MAX;
	command->note.answer = never;
	snprintf(key, sizeof(key), "key-%u-%d", ++keys, (int)getpid());
	room_key(command, key);
	return command;
}

void
room_submit(struct command *command)
{
	command->note.next = NULL;
	writer_submit(room.writer, command);
}

void
room_wait(struct command *command)
{
	pthread_mutex_lock(&posted_lock);
	while (command->note.next == NULL)
		pthread_cond_wait(&posted_wake, &posted_lock);
	pthread_mutex_unlock(&posted_lock);
}

void
room_run(struct command *command)
{
	room_submit(command);
	room_wait(command);
}

void
room_done(struct command *command)
{
	writer_release(command);
}

enum verdict
room_verdict(struct command *command)
{
	room_run(command);
	ck_assert_int_eq(command->outcome.status, STATUS_OK);
	enum verdict verdict = (enum verdict)command->outcome.head.verdict;
	room_done(command);
	return verdict;
}

void
room_institution(const char *code, const char *region)
{
	struct command *command = room_command(COMMAND_INSTITUTION_ADD);

	command->institution.code = room_code(code);
	command->institution.region = room_code(region);
	command->institution.kind = INSTITUTION_HOSPITAL;
	ck_assert_int_eq(room_verdict(command), VERDICT_ACCEPTED);
}

void
room_practitioner(const char *code, const char *institution)
{
	struct command *command = room_command(COMMAND_PRACTITIONER_ADD);

	command->practitioner = room_code(code);
	command->add.person.category = CATEGORY_MEDICAL;
	command->add.at.institution = room_code(institution);
	command->add.at.on = room_day("2025-01-01");
	ck_assert_int_eq(room_verdict(command), VERDICT_ACCEPTED);
}

void
room_penalty(const char *id, const char *institution, const char *on)
{
	struct command *command = room_command(COMMAND_PENALTY_RECORD);

	command->penalty.penalty = room_code(id);
	command->penalty.institution = room_code(institution);
	command->penalty.kind = PENALTY_ADMINISTRATIVE;
	command->penalty.on = room_day(on);
	command->penalty.amount_fen = -1;
	ck_assert_int_eq(room_verdict(command), VERDICT_ACCEPTED);
}

struct command *
room_points(const char *practitioner, int points, const char *penalty)
{
	struct command *command = room_command(COMMAND_POINTS_RECORD);
	struct command_points *out = &command->score.points;

	command->practitioner = room_code(practitioner);
	out->points = points;
	out->penalty = room_code(penalty);
	out->situation = room_code("other");
	out->level = LEVEL_MAIN;
	out->on = DAY_NONE;
	out->conduct_from = room_day("2025-02-01");
	out->conduct_to = out->conduct_from;
	out->choice = CHOICE_NONE;
	command->score.version = DAY_NONE;
	return command;
}

uint64_t
room_sequence(void)
{
	struct store_head head;

	store_head(room.store, &head);
	return head.sequence;
}

void
room_standing(const char *practitioner, struct standing *ret)
{
	struct lookup lookup = {room.reader, NULL};
	struct code code = room_code(practitioner);

	ck_assert_int_eq(lookup_person(&lookup, &code, LOOKUP_NOW, ret), 0);
}

enum status
room_status(const char *practitioner, const char *day)
{
	struct code code = room_code(practitioner);
	struct standings_person person;

	if (standings_person(room.standings, &code, &person) != STANDINGS_FOUND)
		return STATUS_UNKNOWN;
	const struct interval *interval =
	    interval_at(person.intervals, person.count, room_day(day));
	return interval == NULL ? STATUS_NORMAL : interval->status;
}
