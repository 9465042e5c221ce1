/*
 * A call: one request in hand, and how it is answered. The seam between the sessions, which know
 * sockets and frames, and the handlers, which know the book.
 *
 * A handler runs on the loop thread of the session. It answers through call_reply or call_fail,
 * or hands the work to another thread and answers when a note comes back. It blocks on nothing.
 */
#ifndef DAEMON_CALL_H
#define DAEMON_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "authz.h"
#include "clock.h"
#include "proto/status.h"

struct arena;
struct health;
struct loop;
struct query;
struct rules_set;
struct session;
struct standings;
struct store;
struct store_reader;
struct writer;
struct Demerit__V1__Request;
struct Demerit__V1__Response;

/* The parts of the daemon every handler may use; made once by main, the same for all loops. */
struct call_book {
	struct store *store;
	struct standings *standings;
	struct rules_set *rules;
	struct writer *writer;
	const struct clock *clock;
	const struct health *health; /* alarms and figures: health.h */
	const char *server;	     /* "demeritd 0.1.0" */
	int64_t started_at;	     /* UTC microseconds */
};

/* The book as an answer sees it: never newer than the standings that answer checks. */
struct call_position {
	uint8_t ledger[16];
	uint32_t epoch;
	uint64_t sequence;
	int64_t recorded_at;
};

/* What belongs to one loop thread. The position is drawn once per wake-up. */
struct call_context {
	const struct call_book *book;
	struct loop *loop;
	struct store_reader *reader;
	struct query *query; /* the query handlers' own scratch: query_new(), query_free() */
	struct call_position position;
	int64_t now_us;	  /* monotonic, of the wake-up */
	struct day today; /* UTC+8, of the wake-up */
	bool draining;	  /* the daemon is stopping: what has no end of its own ends */
};

/* Names one request of one session for as long as anybody may still answer it. A value. */
struct session_token {
	struct loop *loop;
	uint32_t slot;
	uint32_t generation; /* of the slot: a later session in it is another */
	uint64_t request_id;
};

struct call {
	struct call_context *context;
	struct session *session;
	struct session_token token;
	const struct principal *principal;	    /* valid as long as the daemon runs */
	const struct Demerit__V1__Request *request; /* NULL in a note's answer or a stream's more */
	struct arena *arena;			    /* emptied when the handler returns */
	int64_t deadline_us;			    /* monotonic; INT64_MAX: none given */
};

enum call_result {
	CALL_DONE,    /* answered */
	CALL_PENDING, /* a note will bring the answer */
	CALL_MORE,    /* a stream: call_stream() was called; more is called when there is room */
	CALL_IDLE,    /* a stream that has said all: more is called when the book has grown */
};

typedef enum call_result (*call_handler)(struct call *);

/*
 * Answer, as of the wake-up's position or of the one given. The response's request_id and position
 * are filled in; it is encoded at once, so everything in it may be the arena's. Answers longer than
 * a frame become INTERNAL.
 */
void call_reply(struct call *, struct Demerit__V1__Response *);
void call_reply_at(struct call *, const struct call_position *, struct Demerit__V1__Response *);

/*
 * Refuse with one of the protocol's own reasons; field (of the request) may be NULL. What carries
 * a verdict, a clause, choices or a sentence of its own goes through call_reply with an Error.
 */
void call_fail(struct call *, enum status_reason, const char *field);
/* STATUS_BUSY and its like, with the time after which to try again. */
void call_fail_later(struct call *, enum status_reason, uint32_t retry_after_ms);

/*
 * An answer that comes from another thread. Embedded in the sender's own struct, which answer()
 * frees. It says as a handler does what is to come: CALL_PENDING when more notes will follow.
 * call is NULL when the session has gone: free, and no more.
 */
struct call_note {
	struct call_note *next;
	struct session_token token;
	enum call_result (*answer)(struct call *, struct call_note *);
};
/* Any thread; the note is the loop's from here. Never fails, never blocks. */
void call_post(struct call_note *);

/* A stream in hand; more() replies with one frame's worth and says whether it is done. */
struct call_stream {
	enum call_result (*more)(struct call *, struct call_stream *); /* not CALL_PENDING */
	void (*free)(struct call_stream *);			       /* in any case, at the end */
	int64_t wake_us; /* after CALL_IDLE: monotonic, when to call in any case; 0: no such time */
};
void call_stream(struct call *, struct call_stream *);

#endif
