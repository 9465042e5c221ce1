/*
 * A room for the writer: a real book in a folder of its own, the writer as it runs, a clock that
 * stands where the test puts it, and nobody else. The loops' end (call_post and its like) is here.
 */
#ifndef TEST_WRITER_ROOM_H
#define TEST_WRITER_ROOM_H

#include <check.h>

#include "daemon/command.h"
#include "daemon/lookup.h"
#include "daemon/rules.h"
#include "daemon/standings.h"
#include "daemon/writer.h"

struct room {
	char folder[64];
	struct store *store;
	struct store_reader *reader;
	struct rules_set *rules;
	struct standings *standings;
	struct writer *writer;
	struct writer_config config;
	struct principal clerk;
	struct principal other;
	int failed; /* what on_failed was told */
};

extern struct room room;

/* 2025-11-20 in UTC+8, unless a test says otherwise. */
void room_clock_set(const char *day);
void room_clock_add(int64_t us);
/* Nobody disciplines it any more. */
void room_clock_lost(bool);

/* A fixture: a new book each test. */
void room_setup(void);
void room_teardown(void);
/* Close everything, open it again. */
void room_restart(void);

/* Commands, with a key of their own; the caller fills the rest. */
struct command *room_command(enum command_kind);
void room_key(struct command *, const char *key);
/* Hand over and wait for the answer. The outcome is read in the command, then room_done(). */
void room_run(struct command *);
void room_submit(struct command *);
void room_wait(struct command *);
void room_done(struct command *);

struct code room_code(const char *text);
struct day room_day(const char *text);
void room_reason(struct command *, const char *text);

/* Whole commands, accepted. */
void room_institution(const char *code, const char *region);
void room_practitioner(const char *code, const char *institution);
void room_penalty(const char *id, const char *institution, const char *on);
/* Not yet run: for months and the rest. */
struct command *room_points(const char *practitioner, int points, const char *penalty);
enum verdict room_verdict(struct command *); /* run, answer the verdict, done */

uint64_t room_sequence(void);
void room_standing(const char *practitioner, struct standing *ret);
enum status room_status(const char *practitioner, const char *day);

#endif
