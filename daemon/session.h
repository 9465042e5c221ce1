/*
 * Sessions: one connection each, from the first byte to the last answer.
 *
 * A session lives on one loop for life, and everything here runs on that loop's thread. It reads
 * at most SESSION_READ_MAX bytes a wake-up, takes the whole frames among them, and sends all the
 * answers of the wake-up in one write. Answers that wait are bounded: beyond SESSION_OUTPUT_HIGH
 * nothing more is read, and a peer that takes nothing is closed.
 */
#ifndef DAEMON_SESSION_H
#define DAEMON_SESSION_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "call.h"
#include "call_check.h"
#include "proto/arena.h"
#include "proto/codec.h"
#include "proto/limit.h"
#include "route.h"

#define SESSION_READ_MAX      (64 * 1024)
#define SESSION_INPUT_SIZE    (SESSION_READ_MAX + 2 * PROTO_FRAME_SMALL_MAX)
#define SESSION_OUTPUT_HIGH   (256 * 1024)
#define SESSION_OUTPUT_LOW    (64 * 1024)
#define SESSION_OUTPUT_MAX    (SESSION_OUTPUT_HIGH + PROTO_FRAME_MAX + 64 * 1024)
#define SESSION_IN_FLIGHT_MAX 1024
#define SESSION_STREAMS_MAX   8
#define SESSION_LINGER_US     (1000 * 1000)

struct event_base;
struct session;

enum session_end {
	SESSION_END_PEER,  /* it closed */
	SESSION_END_ERROR, /* the socket failed */
	SESSION_END_FRAME, /* bytes that are no frames, or HTTP */
	SESSION_END_IDLE,
	SESSION_END_SLOW,    /* half a frame, then silence */
	SESSION_END_STALLED, /* it took none of its answers */
	SESSION_END_MEMORY,
	SESSION_END_DRAINED,
	SESSION_END_COUNT,
};

/* Shared by all loops; SIGHUP changes it. */
struct session_limits {
	_Atomic uint32_t idle_s;
	_Atomic uint32_t frame_s;
	_Atomic uint32_t stalled_s;
};

/* Written by the loop's thread, read by any. */
struct session_figures {
	_Atomic uint64_t opened;
	_Atomic uint64_t ended[SESSION_END_COUNT];
	_Atomic uint64_t bytes_in;
	_Atomic uint64_t bytes_out;
	_Atomic uint64_t wakeups;
	_Atomic uint64_t requests[ROUTE_BODY_MAX + 1]; /* 0: no request could be read */
	_Atomic uint64_t errors[17];		       /* by google.rpc.Code; the protocol's own */
	_Atomic uint64_t checks_plain;		       /* judged in memory */
	_Atomic uint64_t in_flight;
	_Atomic uint64_t in_flight_full;
	_Atomic uint64_t output_full; /* times reading stopped */
};

/* One thread writes: no locked instruction is needed. */
static inline void
session_count(_Atomic uint64_t *figure, uint64_t by)
{
	atomic_store_explicit(figure, atomic_load_explicit(figure, memory_order_relaxed) + by,
			      memory_order_relaxed);
}

/* What the sessions of one loop share. Made by the loop. */
struct session_room {
	struct call_context context;
	struct codec_position position; /* the context's, encoded */
	struct event_base *base;
	const struct session_limits *limits;
	struct session_figures *figures;
	_Atomic uint32_t *sessions_count; /* of all loops */
	struct arena arena;
	uint8_t *input; /* SESSION_INPUT_SIZE, for the session being read */
	unsigned index; /* of the loop */
	LIST_HEAD(session_sleepers, session) sleepers; /* with a stream that waits for the book */
	uint64_t grown_at;			       /* the sequence the sleepers have seen */
	struct session **slots;
	uint32_t *generations;
	uint32_t slots_count;
	uint32_t slots_used;
	struct session *touched; /* to be settled at the end of the wake-up */
	size_t spares_count;
	uint8_t *spares[16]; /* output buffers of SESSION_OUTPUT_LOW */
	size_t checks_count;
	struct call_check checks[CALL_CHECKS_MAX];
	struct session_frame {
		const uint8_t *bytes;
		size_t size;
	} frames[CALL_CHECKS_MAX];
};

int session_room_init(struct session_room *);
void session_room_done(struct session_room *);

/* Draw the moment of this wake-up: time, day, position. */
void session_room_wake(struct session_room *);

/* Takes the descriptor in any case. */
void session_open(struct session_room *, int fd, const struct principal *);

/* A note has come back for one of the sessions, or for one that has gone. */
void session_answer(struct session_room *, struct call_note *);
/* Send what the answers of this wake-up have gathered. */
void session_settle_touched(struct session_room *);

/* The book may have grown: whose streams wait for that goes on. */
void session_grown(struct session_room *);

/* Once a second: deadlines. */
void session_tick(struct session_room *);

/* Take what is already here, answer what is in hand, then close. */
void session_drain(struct session_room *);
/* Close them all, as they are. */
void session_end_all(struct session_room *, enum session_end);

const char *session_end_name(enum session_end);

#endif
