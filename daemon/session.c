/*
 * Sessions: their life, from a descriptor to its close.
 *
 * The loop opens them, ticks them and drains them, all on its own thread. What comes in is
 * session_input.c's, what is asked session_request.c's, what goes out session_output.c's. Nothing
 * here frees a session while a handler may still hold it: that happens in session_settle() alone.
 */
#include "session.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bell.h"
#include "clock.h"
#include "diag.h"
#include "session_inner.h"
#include "standings.h"

#define SESSION_TURNS_MAX 4
#define SESSION_SLOTS_MIN 64
#define SESSION_ARENA	  (PROTO_COST_MAX * 2)

/* Row: from, column: to. */
static const bool session_next[SESSION_STATE_COUNT][SESSION_STATE_COUNT] = {
    [SESSION_FREE] = {[SESSION_OPEN] = true},
    [SESSION_OPEN] = {[SESSION_FULL] = true,
		      [SESSION_DRAINING] = true,
		      [SESSION_CLOSING] = true,
		      [SESSION_FREE] = true},
    [SESSION_FULL] = {[SESSION_OPEN] = true,
		      [SESSION_DRAINING] = true,
		      [SESSION_CLOSING] = true,
		      [SESSION_FREE] = true},
    [SESSION_DRAINING] = {[SESSION_CLOSING] = true, [SESSION_FREE] = true},
    [SESSION_CLOSING] = {[SESSION_FREE] = true},
};

static const char *const session_end_names[SESSION_END_COUNT] = {
    [SESSION_END_PEER] = "peer",	[SESSION_END_ERROR] = "error",
    [SESSION_END_FRAME] = "bad_frame",	[SESSION_END_IDLE] = "idle",
    [SESSION_END_SLOW] = "slow_frame",	[SESSION_END_STALLED] = "stalled",
    [SESSION_END_MEMORY] = "no_memory", [SESSION_END_DRAINED] = "drained",
};

const char *
session_end_name(enum session_end end)
{
	return session_end_names[end];
}

void
session_enter(struct session *session, enum session_state state)
{
	assert(session_next[session->state][state]);
	session->state = state;
}

int
session_room_init(struct session_room *room)
{
	void *memory = aligned_alloc(4096, SESSION_ARENA);

	if (memory == NULL)
		return -ENOMEM;
	arena_init(&room->arena, memory, SESSION_ARENA);
	room->input = malloc(SESSION_INPUT_SIZE);
	if (room->input == NULL)
		return -ENOMEM;
	return 0;
}

void
session_room_done(struct session_room *room)
{
	assert(room->slots_used == 0);
	for (size_t i = 0; i < room->spares_count; i++)
		free(room->spares[i]);
	room->spares_count = 0;
	free(room->slots);
	free(room->generations);
	free(room->input);
	free(room->arena.base);
}

void
session_room_wake(struct session_room *room)
{
	const struct clock *clock = room->context.book->clock;
	struct call_position position;

	standings_quiet(room->context.book->standings, room->index);
	room->context.now_us = clock_monotonic_us(clock);
	room->context.today = clock_today(clock);
	standings_position(room->context.book->standings, &position);
	if (position.sequence != room->context.position.sequence ||
	    position.epoch != room->context.position.epoch) {
		room->context.position = position;
		codec_position_set(&room->position, position.ledger, position.epoch,
				   position.sequence, position.recorded_at);
	}
	session_count(&room->figures->wakeups, 1);
}

struct call
session_call(struct session *session, uint64_t request_id)
{
	struct session_room *room = session->room;

	return (struct call){
	    .context = &room->context,
	    .session = session,
	    .token = {.loop = room->context.loop,
		      .slot = session->slot,
		      .generation = room->generations[session->slot],
		      .request_id = request_id},
	    .principal = session->principal,
	    .arena = &room->arena,
	    .deadline_us = INT64_MAX,
	};
}

void
session_touch(struct session *session)
{
	if (session->touched)
		return;
	session->touched = true;
	session->next_touched = session->room->touched;
	session->room->touched = session;
}

void
session_close_after_output(struct session *session, enum session_end end)
{
	if (session->state == SESSION_CLOSING)
		return;
	session_enter(session, SESSION_CLOSING);
	session->end = end;
	session->closing_us = session->room->context.now_us;
}

static void
session_stream_end(struct session *session, size_t index)
{
	struct call_stream *stream = session->streams[index].stream;

	if (!session->streams[index].sleeps)
		session->streams_awake--;
	session->streams[index] = session->streams[--session->streams_count];
	stream->free(stream);
}

void
session_end_now(struct session *session, enum session_end end)
{
	struct session_room *room = session->room;

	assert(!session->touched);
	diag(DIAG_INFO, "session_ended", diag_text("principal", session->principal->name),
	     diag_uint("session", session->slot), diag_text("why", session_end_names[end]),
	     diag_uint("in_flight", session->in_flight), DIAG_END);
	session_enter(session, SESSION_FREE);
	while (session->streams_count > 0)
		session_stream_end(session, session->streams_count - 1);
	if (session->sleeper)
		LIST_REMOVE(session, sleepers);
	event_free(session->readable);
	event_free(session->writable);
	close(session->fd);
	session_output_drop(session);
	free(session->kept);
	session_count(&room->figures->ended[end], 1);
	session_count(&room->figures->in_flight, (uint64_t)0 - session->in_flight);
	atomic_fetch_sub_explicit(room->sessions_count, 1, memory_order_relaxed);
	room->slots[session->slot] = NULL;
	room->generations[session->slot]++;
	room->slots_used--;
	free(session);
}

/* Ask for the events this state needs, and for no others. */
static void
session_listen(struct session *session)
{
	bool reads = (session->state == SESSION_OPEN && !session->paused) || session->shut;
	/* There is nearly always room: whoever waits for it with nothing to say turns without rest.
	 */
	bool goes_on = (session->streams_awake > 0 && session->state != SESSION_CLOSING) ||
		       (session->paused && session->state == SESSION_OPEN);
	bool writes = session_waiting(session) > 0 || goes_on;

	if (reads != session->reads) {
		if (reads)
			event_add(session->readable, NULL);
		else
			event_del(session->readable);
		session->reads = reads;
	}
	if (writes != session->writes) {
		if (writes)
			event_add(session->writable, NULL);
		else
			event_del(session->writable);
		session->writes = writes;
	}
}

/* It has said all there is: it waits in the room's list for more. */
static void
session_stream_sleep(struct session *session, struct session_stream *stream)
{
	stream->sleeps = true;
	session->streams_awake--;
	if (session->sleeper)
		return;
	session->sleeper = true;
	LIST_INSERT_HEAD(&session->room->sleepers, session, sleepers);
}

void
session_streams_wake(struct session *session, int64_t until_us)
{
	bool sleeps = false;

	if (!session->sleeper)
		return;

	for (size_t i = 0; i < session->streams_count; i++) {
		struct session_stream *one = &session->streams[i];
		int64_t wake_us = one->stream->wake_us;
		if (!one->sleeps)
			continue;
		if (until_us == INT64_MAX || (wake_us != 0 && wake_us <= until_us)) {
			one->sleeps = false;
			session->streams_awake++;
			session_touch(session);
		}
		sleeps = sleeps || one->sleeps;
	}
	if (sleeps)
		return;
	session->sleeper = false;
	LIST_REMOVE(session, sleepers);
}

static void
session_sleepers_wake(struct session_room *room, int64_t until_us)
{
	struct session *next;

	for (struct session *session = LIST_FIRST(&room->sleepers); session != NULL;
	     session = next) {
		next = LIST_NEXT(session, sleepers);
		session_streams_wake(session, until_us);
	}
}

void
session_grown(struct session_room *room)
{
	if (room->grown_at == room->context.position.sequence)
		return;
	room->grown_at = room->context.position.sequence;
	session_sleepers_wake(room, INT64_MAX);
}

/* Who sleeps wants to hear of the next record, also of one that came while it lay down. */
static void
session_sleepers_listen(struct session_room *room)
{
	struct standings *standings = room->context.book->standings;
	struct call_position position;

	if (LIST_EMPTY(&room->sleepers))
		return;
	bell_wait(standings_bell(standings), room->index);
	standings_position(standings, &position);
	if (position.sequence != room->grown_at)
		bell_ring_one(standings_bell(standings), room->index);
}

/* One frame's worth of the first stream that is awake, which then goes to the end of the row. */
static void
session_stream_turn(struct session *session)
{
	size_t first = 0;

	while (session->streams[first].sleeps)
		first++;
	assert(first < session->streams_count);
	struct session_stream turn = session->streams[first];
	struct call call = session_call(session, turn.request_id);

	arena_reset(call.arena);
	enum call_result result = turn.stream->more(&call, turn.stream);
	/* Nobody waits for more where the peer, or the daemon, has said its last. */
	if (result == CALL_DONE || (result == CALL_IDLE && session->state == SESSION_DRAINING)) {
		session_stream_end(session, first);
		return;
	}
	assert(result == CALL_MORE || result == CALL_IDLE);
	struct session_stream *last = &session->streams[session->streams_count - 1];
	memmove(&session->streams[first], &session->streams[first + 1],
		(size_t)(last - &session->streams[first]) * sizeof(turn));
	*last = turn;
	if (result == CALL_IDLE)
		session_stream_sleep(session, last);
}

/* Whatever happened to it, this is what every wake-up of a session ends with. */
static void
session_settle(struct session *session)
{
	for (int turn = 0; turn < SESSION_TURNS_MAX; turn++) {
		if (!session_flush(session))
			return;
		if (session->state == SESSION_FULL && session_waiting(session) < SESSION_OUTPUT_LOW)
			session_enter(session, SESSION_OPEN);
		if (session->state == SESSION_CLOSING ||
		    session_waiting(session) >= SESSION_OUTPUT_LOW)
			break;
		if (session->streams_awake > 0)
			session_stream_turn(session);
		else if (session->paused && session->state == SESSION_OPEN)
			session_resume(session);
		else
			break;
	}
	/* Also where the socket took some of it and now takes no more: the rest waits for the peer.
	 */
	if (session->state == SESSION_OPEN &&
	    session_waiting(session) >=
		(session->paused ? SESSION_OUTPUT_LOW : SESSION_OUTPUT_HIGH)) {
		session_enter(session, SESSION_FULL);
		session_count(&session->room->figures->output_full, 1);
	}
	if (session->state == SESSION_DRAINING && session->in_flight == 0 &&
	    session->streams_count == 0 && session_waiting(session) == 0) {
		session_end_now(session, session->end);
		return;
	}
	if (session->gone) {
		session_end_now(session, session->end);
		return;
	}
	if (session->state == SESSION_CLOSING && session_waiting(session) == 0 && !session->shut) {
		session->shut = true;
		(void)shutdown(session->fd, SHUT_WR);
	}
	session_listen(session);
}

void
session_settle_touched(struct session_room *room)
{
	while (room->touched != NULL) {
		struct session *session = room->touched;
		room->touched = session->next_touched;
		session->touched = false;
		session_settle(session);
	}
	session_sleepers_listen(room);
}

static void
session_on_event(evutil_socket_t fd, short what, void *user)
{
	struct session *session = user;
	struct session_room *room = session->room;

	(void)fd;
	session_room_wake(room);
	if ((what & EV_READ) != 0 && session->reads)
		session_read(session);
	session_touch(session);
	session_settle_touched(room);
}

static bool
session_slot(struct session_room *room, uint32_t *ret_slot)
{
	for (uint32_t i = 0; i < room->slots_count; i++) {
		if (room->slots[i] == NULL) {
			*ret_slot = i;
			return true;
		}
	}
	uint32_t count = room->slots_count == 0 ? SESSION_SLOTS_MIN : room->slots_count * 2;
	struct session **slots = reallocarray(room->slots, count, sizeof(struct session *));
	if (slots == NULL)
		return false;
	room->slots = slots;
	uint32_t *generations = reallocarray(room->generations, count, sizeof(*generations));
	if (generations == NULL)
		return false;
	room->generations = generations;
	for (uint32_t i = room->slots_count; i < count; i++) {
		slots[i] = NULL;
		generations[i] = 1;
	}
	*ret_slot = room->slots_count;
	room->slots_count = count;
	return true;
}

static struct session *
session_new(struct session_room *room, int fd)
{
	struct session *session = calloc(1, sizeof(*session));

	if (session == NULL || !session_slot(room, &session->slot)) {
		free(session);
		return NULL;
	}
	session->room = room;
	session->fd = fd;
	session->readable =
	    event_new(room->base, fd, EV_READ | EV_PERSIST, session_on_event, session);
	session->writable =
	    event_new(room->base, fd, EV_WRITE | EV_PERSIST, session_on_event, session);
	if (session->readable != NULL && session->writable != NULL)
		return session;
	if (session->readable != NULL)
		event_free(session->readable);
	if (session->writable != NULL)
		event_free(session->writable);
	free(session);
	return NULL;
}

void
session_open(struct session_room *room, int fd, const struct principal *principal)
{
	struct session *session = session_new(room, fd);

	if (session == NULL) {
		close(fd);
		atomic_fetch_sub_explicit(room->sessions_count, 1, memory_order_relaxed);
		session_count(&room->figures->ended[SESSION_END_MEMORY], 1);
		return;
	}
	session->principal = principal;
	session->active_us = room->context.now_us;
	session_enter(session, SESSION_OPEN);
	room->slots[session->slot] = session;
	room->slots_used++;
	session_count(&room->figures->opened, 1);
	diag(DIAG_INFO, "session_opened", diag_text("principal", principal->name),
	     diag_uint("session", session->slot), DIAG_END);
	session_listen(session);
}

void
session_answer(struct session_room *room, struct call_note *note)
{
	uint32_t slot = note->token.slot;
	struct session *session = slot < room->slots_count ? room->slots[slot] : NULL;

	if (session == NULL || room->generations[slot] != note->token.generation) {
		(void)note->answer(NULL, note);
		return;
	}
	struct call call = session_call(session, note->token.request_id);
	arena_reset(call.arena);
	enum call_result result = note->answer(&call, note);
	if (result != CALL_PENDING) {
		assert(session->in_flight > 0);
		session->in_flight--;
		session_count(&room->figures->in_flight, (uint64_t)-1);
	}
	session_touch(session);
}

static void
session_tick_one(struct session *session)
{
	struct session_room *room = session->room;
	const struct session_limits *limits = room->limits;
	int64_t now = room->context.now_us;
	int64_t second = 1000000;

	if (session->kept_size == 0 && session->kept != NULL) {
		free(session->kept);
		session->kept = NULL;
		session->kept_capacity = 0;
	}
	if (session->state == SESSION_CLOSING && now - session->closing_us > SESSION_LINGER_US &&
	    session_waiting(session) == 0) {
		session_end_now(session, session->end);
		return;
	}
	if (session->stuck_us != 0 && now - session->stuck_us > limits->stalled_s * second) {
		session_end_now(session, SESSION_END_STALLED);
		return;
	}
	if (session->state != SESSION_OPEN)
		return;
	if (session->frame_us != 0 && now - session->frame_us > limits->frame_s * second) {
		session_put_error(session, 0, STATUS_DEADLINE_EXCEEDED, "frame", 0);
		session_close_after_output(session, SESSION_END_SLOW);
		session_touch(session);
		return;
	}
	if (session->in_flight == 0 && session->streams_count == 0 && session->frame_us == 0 &&
	    session_waiting(session) == 0 && now - session->active_us > limits->idle_s * second)
		session_end_now(session, SESSION_END_IDLE);
}

void
session_tick(struct session_room *room)
{
	session_room_wake(room);
	for (uint32_t i = 0; i < room->slots_count; i++) {
		if (room->slots[i] != NULL)
			session_tick_one(room->slots[i]);
	}
	session_sleepers_wake(room, room->context.now_us);
	session_settle_touched(room);
}

void
session_drain(struct session_room *room)
{
	session_room_wake(room);
	room->context.draining = true;
	for (uint32_t i = 0; i < room->slots_count; i++) {
		struct session *session = room->slots[i];
		if (session == NULL)
			continue;
		/* What the peer sent before it could know: questions are answered, writes told. */
		if (session->state == SESSION_OPEN && !session->paused)
			session_read(session);
		if (session->state == SESSION_OPEN || session->state == SESSION_FULL) {
			session_enter(session, SESSION_DRAINING);
			session->end = SESSION_END_DRAINED;
			session->paused = false;
		}
		session_touch(session);
	}
	/* Who waits for more is told that none will come. */
	session_sleepers_wake(room, INT64_MAX);
	session_settle_touched(room);
}

void
session_end_all(struct session_room *room, enum session_end end)
{
	session_settle_touched(room);
	for (uint32_t i = 0; i < room->slots_count; i++) {
		if (room->slots[i] != NULL)
			session_end_now(room->slots[i], end);
	}
	assert(room->slots_used == 0);
}
