/*
 * A session's requests: from the body of a frame to the handler that answers it.
 *
 * Called for each whole frame, on the loop's thread. Plain checks are gathered and judged
 * together (call_check.h); everything else goes the long way: validator, table, right, unpack,
 * handler. Nothing here knows what a request means.
 */
#include <assert.h>
#include <string.h>

#include "diag.h"
#include "proto/demerit.pb-c.h"
#include "proto/ident.h"
#include "proto/precheck.h"
#include "session_inner.h"

/* Of precheck.has: what a plain check may carry beside its body. */
#define PLAIN_HAS (1U << 1 | 1U << 2 | 1U << PRECHECK_CHECK)

static void
session_refuse(struct session *session, const struct precheck *precheck, enum status_reason reason,
	       const char *field)
{
	session_put_error(session, precheck->request_id, reason, field, 0);
}

static enum status_reason
session_may_write(const struct session_room *room, const struct precheck *precheck,
		  const char **ret_field)
{
	const struct precheck_text *key = &precheck->idempotency_key;

	if (room->context.draining)
		return STATUS_DRAINING;
	*ret_field = "idempotency_key";
	if (key->size == 0)
		return precheck->dry_run ? STATUS_OK : STATUS_KEY_MISSING;
	if (!ident_code_valid(key->bytes, key->size))
		return STATUS_FIELD_BAD_CODE;
	return STATUS_OK;
}

/* Everything that can be said before the body is unpacked. */
static enum status_reason
session_may(const struct session *session, const struct route_row *row,
	    const struct precheck *precheck, const char **ret_field)
{
	if (row == NULL)
		return STATUS_BODY_UNKNOWN;
	if (!authz_allows(session->principal, row->rights))
		return STATUS_NOT_ALLOWED;
	if (row->handler == NULL)
		return STATUS_BODY_NOT_BUILT;
	if (precheck->on_behalf_of.bytes != NULL) {
		*ret_field = "on_behalf_of";
		if (!authz_allows(session->principal, RIGHT_ASSERT))
			return STATUS_NOT_ALLOWED;
		if (!ident_code_valid(precheck->on_behalf_of.bytes, precheck->on_behalf_of.size))
			return STATUS_FIELD_BAD_CODE;
	}
	if (session->in_flight >= SESSION_IN_FLIGHT_MAX)
		return STATUS_IN_FLIGHT_FULL;
	if (row->streams && session->streams_count == SESSION_STREAMS_MAX)
		return STATUS_IN_FLIGHT_FULL;
	*ret_field = NULL;
	if (route_writes(row))
		return session_may_write(session->room, precheck, ret_field);
	return STATUS_OK;
}

static void
session_handle(struct session *session, const struct route_row *row,
	       const struct precheck *precheck, const uint8_t *body, size_t size)
{
	struct session_room *room = session->room;
	struct call call = session_call(session, precheck->request_id);
	struct Demerit__V1__Request *request;

	arena_reset(&room->arena);
	enum status_reason reason = codec_request_unpack(body, size, &room->arena, &request);
	if (reason != STATUS_OK) {
		session_refuse(session, precheck, reason, NULL);
		return;
	}
	call.request = request;
	if (precheck->deadline_ms != 0)
		call.deadline_us = room->context.now_us + (int64_t)precheck->deadline_ms * 1000;
	if (row->handler(&call) != CALL_PENDING)
		return;
	session->in_flight++;
	session_count(&room->figures->in_flight, 1);
}

static void
session_request(struct session *session, enum status_reason reason, const struct precheck *precheck,
		const uint8_t *body, size_t size)
{
	struct session_figures *figures = session->room->figures;
	const struct route_row *row = route_find(precheck->body);
	const char *field = reason == STATUS_OK ? NULL : precheck->field_name;

	session_count(&figures->requests[row == NULL ? 0 : row->body], 1);
	if (reason == STATUS_OK)
		reason = session_may(session, row, precheck, &field);
	if (reason == STATUS_IN_FLIGHT_FULL)
		session_count(&figures->in_flight_full, 1);
	if (reason != STATUS_OK)
		session_refuse(session, precheck, reason, field);
	else
		session_handle(session, row, precheck, body, size);
}

/* A check that memory alone can answer, as far as the frame shows. */
static bool
session_is_plain(const struct precheck *precheck)
{
	return precheck->body == PRECHECK_CHECK && (precheck->has & ~PLAIN_HAS) == 0 &&
	       !precheck->check.detail && precheck->check.practitioner.size != 0 &&
	       (precheck->check.institution.bytes == NULL || precheck->check.institution.size != 0);
}

static void
session_gather_check(struct session_room *room, const struct precheck *precheck,
		     const uint8_t *body, size_t size)
{
	const struct precheck_check *asked = &precheck->check;
	struct call_check *check = &room->checks[room->checks_count];

	room->frames[room->checks_count++] = (struct session_frame){body, size};
	*check = (struct call_check){
	    .request_id = precheck->request_id,
	    .practitioner = asked->practitioner.bytes,
	    .practitioner_size = (uint8_t)asked->practitioner.size,
	    .institution = asked->institution.bytes,
	    .institution_size = (uint8_t)asked->institution.size,
	    .visit_type = asked->visit_type.bytes,
	    .visit_type_size = (uint8_t)asked->visit_type.size,
	    .emergency = asked->emergency,
	    .on = asked->has_on ? (struct day){asked->on} : room->context.today,
	};
	standings_prepare(room->context.book->standings, check);
}

void
session_take(struct session *session, const uint8_t *body, size_t size)
{
	struct session_room *room = session->room;
	struct precheck precheck;
	enum status_reason reason = precheck_request(body, size, &precheck);

	if (reason == STATUS_OK && session_is_plain(&precheck) &&
	    authz_allows(session->principal, RIGHT_CHECK)) {
		session_gather_check(room, &precheck, body, size);
		if (room->checks_count == CALL_CHECKS_MAX)
			session_take_checks(session);
		return;
	}
	/* Answers keep the order of the questions, as long as no other thread is asked. */
	session_take_checks(session);
	session_request(session, reason, &precheck, body, size);
}

static size_t
session_put_check(const struct session_room *room, const struct call_check *check, uint8_t *at)
{
	struct codec_check answer = {
	    .on = check->on.number,
	    .decision = (uint8_t)check->eligibility.decision,
	    .reason = (uint8_t)check->eligibility.reason,
	    .status = (uint8_t)(check->eligibility.status == STATUS_UNKNOWN
				    ? DEMERIT__V1__ELIGIBILITY_STATUS__ELIGIBILITY_STATUS_UNKNOWN
				    : (int)check->eligibility.status),
	    .has_until = !day_is_none(check->until) && !day_is_forever(check->until),
	    .until = check->until.number,
	    .has_bar_until = !day_is_none(check->bar_until),
	    .bar_until = check->bar_until.number,
	};

	return codec_check_put(at, check->request_id, &room->position, &answer);
}

/* Junk stands for nobody, but a code with blanks in it is a mistake of the client's. */
static bool
session_check_is_sound(const struct call_check *check)
{
	return check->eligibility.reason != REASON_UNKNOWN_PRACTITIONER ||
	       ident_code_valid(check->practitioner, check->practitioner_size);
}

void
session_take_checks(struct session *session)
{
	struct session_room *room = session->room;
	size_t count = room->checks_count;

	if (count == 0)
		return;
	room->checks_count = 0;
	uint64_t plain = 0;
	for (size_t i = 0; i < count; i++) {
		struct call_check *check = &room->checks[i];
		bool judged = day_is_valid(check->on) &&
			      standings_check(room->context.book->standings, &room->context, check);
		if (judged && session_check_is_sound(check)) {
			uint8_t *at = session_output(session, CODEC_CHECK_MAX);
			if (at == NULL)
				return;
			session_output_done(session, session_put_check(room, check, at));
			plain++;
			continue;
		}
		struct precheck precheck;
		enum status_reason reason =
		    precheck_request(room->frames[i].bytes, room->frames[i].size, &precheck);
		session_request(session, reason, &precheck, room->frames[i].bytes,
				room->frames[i].size);
	}
	session_count(&room->figures->checks_plain, plain);
	session_count(&room->figures->requests[PRECHECK_CHECK], plain);
}
