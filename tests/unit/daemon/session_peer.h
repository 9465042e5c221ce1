/*
 * What the tests of sessions share: one session, its peer, and what stands in for the book.
 */
#ifndef TEST_SESSION_PEER_H
#define TEST_SESSION_PEER_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/session.h"
#include "proto/demerit.pb-c.h"

#define SECOND	     INT64_C(1000000)
#define SEQUENCE     1000
#define EPOCH	     3
#define LARGE_ANSWER 700000
#define REPLY_MAX    (16 * 1024 * 1024)

extern int64_t now_us;
extern struct session_room *room;
extern struct session_figures figures;
extern _Atomic uint32_t sessions_count;
extern struct principal principal;
extern int peer; /* our end; -1: closed */
extern struct call_note pending[SESSION_IN_FLIGHT_MAX + 1];
extern size_t pending_count;
extern size_t text_size; /* of the last rulebook that arrived */
extern int streams_freed;
extern uint64_t next_id;
extern uint64_t fake_sequence;
extern uint32_t fake_epoch;
extern uint8_t replies[REPLY_MAX];
extern size_t replies_size;
extern size_t replies_at;
extern Demerit__V1__InstitutionAdd add_body;

void session_setup(void);
void session_teardown(void);

/* Let the session run until it has nothing to do. */
void turn(void);
bool is_open(void);

void send_bytes(const void *bytes, size_t size);
/* Gives it the next id unless it has one. */
size_t put_request(Demerit__V1__Request *, uint8_t *out, size_t room_for);
void send_request(Demerit__V1__Request *);
Demerit__V1__Request hello(void);
void send_check(const char *practitioner);
Demerit__V1__Request write_request(const char *key);

/* Everything that comes now, then its answers one by one; NULL: no more. */
void receive(void);
Demerit__V1__Response *next_reply(void);
void assert_refused(uint64_t id, const char *reason, const char *field);
void assert_hello(uint64_t id);

enum call_result answer_hello(struct call *);
enum call_result answer_large(struct call *);

Suite *suite_session(void);
Suite *suite_session_life(void);
Suite *suite_session_faults(void);

#endif
