/*
 * Inside a session: shared by the files session*.c and call.c, and by no other. Loop thread.
 */
#ifndef DAEMON_SESSION_INNER_H
#define DAEMON_SESSION_INNER_H

#include <event2/event.h>

#include "session.h"

/* The life of a session; what may follow what stands in session.c. */
enum session_state {
	SESSION_FREE,
	SESSION_OPEN,	  /* reads and answers */
	SESSION_FULL,	  /* its answers wait for the peer: reads nothing */
	SESSION_DRAINING, /* reads nothing more, answers what is in hand */
	SESSION_CLOSING,  /* the last words are on their way; what comes in is thrown away */
	SESSION_STATE_COUNT,
};

struct session_stream {
	struct call_stream *stream;
	uint64_t request_id;
	bool sleeps; /* it said CALL_IDLE */
};

struct session {
	struct session_room *room;
	const struct principal *principal;
	int fd;
	enum session_state state;
	enum session_end end; /* why it is closing */
	uint32_t slot;
	uint32_t in_flight; /* requests that a note will answer */
	/* Pointers only: the ledger has a struct event of its own, and libevent's stays opaque. */
	struct event *readable;
	struct event *writable;
	bool reads;  /* readable is added */
	bool writes; /* writable is added */
	bool touched;
	bool shut;   /* CLOSING: our side is shut down */
	bool gone;   /* CLOSING: so is theirs */
	bool mute;   /* CLOSING: an answer found no room, so none may follow it */
	bool paused; /* whole frames may be kept: the output was full */
	struct session *next_touched;

	int64_t active_us;  /* the last frame taken or answer sent */
	int64_t frame_us;   /* since when half a frame waits; 0: none does */
	int64_t stuck_us;   /* since when the peer takes nothing; 0: nothing waits */
	int64_t closing_us; /* since when the state is CLOSING */

	uint8_t *kept; /* bytes read and not yet taken */
	size_t kept_size;
	size_t kept_capacity;
	size_t kept_need; /* bytes until the frame at their head is whole; 0: not known */

	uint8_t *out;
	size_t out_size;
	size_t out_sent;
	size_t out_capacity;

	size_t streams_count;
	size_t streams_awake;
	bool sleeper; /* it is in the room's list */
	LIST_ENTRY(session) sleepers;
	struct session_stream streams[SESSION_STREAMS_MAX];
};

/* session.c */
void session_enter(struct session *, enum session_state);
/* Say no more than what is already in the output, then close. */
void session_close_after_output(struct session *, enum session_end);
void session_end_now(struct session *, enum session_end);
void session_touch(struct session *);
/* Wake its streams whose time has come, or (at INT64_MAX) all that wait. */
void session_streams_wake(struct session *, int64_t until_us);
struct call session_call(struct session *, uint64_t request_id);

/* session_input.c */
void session_read(struct session *);
/* Take what was kept while the output was full. */
void session_resume(struct session *);

/* session_request.c: one frame's body; what the validator says of it. */
void session_take(struct session *, const uint8_t *body, size_t size);
void session_take_checks(struct session *);

/* session_output.c */
static inline size_t
session_waiting(const struct session *session)
{
	return session->out_size - session->out_sent;
}
/* At least size bytes to write to, or NULL: the session is then closing. */
uint8_t *session_output(struct session *, size_t size);
static inline void
session_output_done(struct session *session, size_t size)
{
	session->out_size += size;
}
void session_put_error(struct session *, uint64_t request_id, enum status_reason, const char *field,
		       uint32_t retry_after_ms);
/* False: the session has ended. */
bool session_flush(struct session *);
void session_output_drop(struct session *);

#endif
