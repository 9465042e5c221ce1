/*
 * libdemerit: ask demeritd who may be paid, and tell it what was decided.
 *
 *	struct demerit *connection;
 *	struct demerit_reply *reply;
 *	struct demerit_answer answer;
 *
 *	if (demerit_open("unix:/run/demeritd/demeritd.sock", 5000, &connection) == 0 &&
 *	    demerit_check(connection, NULL, &question, &reply, &answer) == 0)
 *		printf("%s\n", demerit_decision_name(answer.decision));
 *
 * Four headers: this one holds connections, calls and errors; demerit_check.h the questions
 * asked often, in plain structs; demerit_message.h every request and reply there is, by name.
 *
 * Results. 0 is done. A negative number is a failure between here and the daemon: -ENOENT or
 * -ECONNREFUSED nobody listens, -ETIMEDOUT no answer in time, -ECONNRESET the connection ended,
 * -EPROTO the bytes are not ours, -ENOMEM, -EINVAL a malformed argument, -EOPNOTSUPP HOST:PORT
 * (TLS is not built yet). After any but -EINVAL and -ENOMEM the connection is of no further use.
 * A positive number is the daemon's own no, a google.rpc code; demerit_reply_error() says the
 * rest. What became of a write whose connection failed can be asked by its key ("outcome"), or
 * the write sent again under the same key.
 *
 * Values. Texts are UTF-8, codes printable ASCII of 1 to 64 bytes. Days are days since
 * 1970-01-01, instants microseconds since then in UTC, money is in fen. Periods end on the first
 * day no longer covered.
 *
 * Threads. A connection and everything got through it belong to one thread at a time; different
 * connections know nothing of each other. Nothing here touches signals, the locale or any
 * global state. Ownership: what has a _free function is yours; what is borrowed says until when.
 */

#ifndef DEMERIT_H
#define DEMERIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct demerit;		/* a connection */
struct demerit_message; /* a request or a part of one; a reply's body or a part of it */
struct demerit_reply;	/* one answer */

/* Where the book stood when it answered. */
struct demerit_position {
	uint8_t ledger[16];
	uint64_t epoch;
	uint64_t sequence;
	int64_t recorded_at;
};

/* What stands around a request. All zero: nothing special. */
struct demerit_call {
	const char *key;	  /* writes: 1 to 64 bytes; required */
	const char *on_behalf_of; /* the person behind a portal */
	uint32_t deadline_ms;	  /* 0: the daemon's own */
	bool dry_run;		  /* writes: decide and tell, record nothing */
	uint64_t min_seq;	  /* reads: not before this sequence; 0: whatever there is */
	uint64_t known_at;	  /* reads: as of this sequence; 0: now */
	int64_t known_at_time;	  /* reads: as of this instant; 0: now */
	uint64_t epoch;		  /* the epoch of those sequences; 0: not said */
};

/* A value the rulebook leaves to the decision and the command did not carry. */
struct demerit_choice_needed {
	const char *practitioner;
	const char *parameter; /* months, bar-years, from, overlap, credit */
	uint32_t total;
	bool has_min, has_max;
	int64_t min, max; /* of `from`: days */
	size_t allowed_count;
	char **allowed;
};

/* The daemon's no. Texts are NULL, numbers 0 where they do not apply. */
struct demerit_error {
	int code;		/* google.rpc */
	const char *code_name;	/* FAILED_PRECONDITION, ... */
	const char *reason;	/* stable, UPPER_SNAKE; a verdict's name */
	uint32_t number;	/* the verdict's */
	const char *message;	/* English */
	const char *message_zh; /* Chinese */
	const char *parameter;
	const char *field;
	const char *clause;
	uint64_t sequence; /* of the recorded refusal */
	uint32_t retry_after_ms;
	size_t choices_count;
	const struct demerit_choice_needed *choices;
};

/* Connect to "unix:PATH". Any later wait takes at most timeout_ms; 0: for ever. Sends nothing. */
int demerit_open(const char *server, unsigned timeout_ms, struct demerit **ret);

/* Close and free. Accepts NULL; returns NULL. Replies got before stay valid. */
struct demerit *demerit_free(struct demerit *);

/* For poll(): readable means demerit_receive() may have something. */
int demerit_fd(const struct demerit *);

/* Requests sent whose last answer has not been received. */
size_t demerit_in_flight(const struct demerit *);

/*
 * Ask and wait. `call` may be NULL. The request stays the caller's. On 0 and on a positive
 * result `ret` is a reply to free; a stream's later replies come from demerit_receive().
 * -EBUSY if requests are in flight: receive their answers first.
 */
int demerit_ask(struct demerit *, const struct demerit_call *,
		const struct demerit_message *request, struct demerit_reply **ret);

/*
 * Ask without waiting, as often as Hello's in_flight_max allows. The request is packed at once
 * and stays the caller's; it is on its way when the next call here needs to wait, or after
 * demerit_flush(). `ret_id` tells the answers apart, which may come in any order.
 */
int demerit_send(struct demerit *, const struct demerit_call *,
		 const struct demerit_message *request, uint64_t *ret_id);
int demerit_flush(struct demerit *);

/* The next answer to anything sent. 0 also for the daemon's no: look at demerit_reply_error(). */
int demerit_receive(struct demerit *, struct demerit_reply **ret);

/* Accepts NULL; returns NULL. Whatever was borrowed from the reply is dead. */
struct demerit_reply *demerit_reply_free(struct demerit_reply *);

uint64_t demerit_reply_id(const struct demerit_reply *);
bool demerit_reply_last(const struct demerit_reply *); /* no more answers under that id */
bool demerit_reply_position(const struct demerit_reply *, struct demerit_position *ret);
bool demerit_reply_known_at(const struct demerit_reply *, uint64_t *ret);

/* NULL if it is not an error. Borrowed from the reply. */
const struct demerit_error *demerit_reply_error(const struct demerit_reply *);

/* The body and its name ("standing", "write", ...); NULL for an error. Borrowed from the reply. */
const struct demerit_message *demerit_reply_body(const struct demerit_reply *);
const char *demerit_reply_name(const struct demerit_reply *);

#ifdef __cplusplus
}
#endif

#include "demerit_check.h"
#include "demerit_clawback.h"
#include "demerit_message.h"

#endif
