/*
 * How the daemon is: what operators ask first.
 *
 * Called on a loop's thread; every figure and alarm is health.c's, as on /readyz. Owns nothing.
 */
#include "query.h"

#include <string.h>

#include "clock.h"
#include "health.h"
#include "query_inner.h"
#include "storage/store.h"

static void
status_alarms(struct call *call, const struct health_report *report, Demerit__V1__StatusReply *ret)
{
	size_t count = report->alarms_count;
	Demerit__V1__Alarm *alarms = query_alloc(call, count, sizeof(*alarms));

	ret->alarms = query_alloc(call, count, sizeof(*ret->alarms));
	if (call->arena->exhausted)
		return;
	for (size_t i = 0; i < count; i++) {
		demerit__v1__alarm__init(&alarms[i]);
		/* The generated struct has char * for text it never changes. */
		alarms[i].name = (char *)(uintptr_t)report->alarms[i].name;
		alarms[i].message = (char *)(uintptr_t)report->alarms[i].message;
		alarms[i].message_zh = (char *)(uintptr_t)report->alarms[i].message_zh;
		ret->alarms[i] = &alarms[i];
	}
	ret->n_alarms = count;
}

struct status_figure {
	const char *name;
	uint64_t value;
	const char *unit;
};

static void
status_figures(struct call *call, const struct health_report *report, Demerit__V1__StatusReply *ret)
{
	const struct status_figure rows[] = {
	    {"segments", report->store.segments, "segments"},
	    {"view_lag", report->view_lag, "records"},
	    {"overlay", report->store.overlay_bytes, "bytes"},
	    {"marked_seq", report->store.marked_sequence, "sequence"},
	    {"mark_age", (uint64_t)report->store.mark_age_us, "microseconds"},
	    {"groups", report->store.groups, "groups"},
	    {"syncs", report->store.syncs, "syncs"},
	    {"spare_waits", report->store.spare_waits, "times"},
	    {"cut", report->store.cut_bytes, "bytes"},
	    {"view_rebuilds", report->store.view_rebuilds, "times"},
	    {"writes_waiting", report->writer.queue, "commands"},
	    {"writes_turned_away", report->writer.queue_full, "commands"},
	    {"writes_accepted", report->writer.accepted, "commands"},
	    {"writes_refused", report->writer.refused, "commands"},
	    {"writes_replayed", report->writer.replayed, "commands"},
	    {"standings", report->standings.bytes, "bytes"},
	};
	size_t count = sizeof(rows) / sizeof(rows[0]);
	Demerit__V1__Figure *figures = query_alloc(call, count, sizeof(*figures));

	ret->figures = query_alloc(call, count, sizeof(*ret->figures));
	if (call->arena->exhausted)
		return;
	for (size_t i = 0; i < count; i++) {
		demerit__v1__figure__init(&figures[i]);
		figures[i].name = (char *)(uintptr_t)rows[i].name;
		figures[i].has_value = true;
		figures[i].value = (int64_t)rows[i].value;
		figures[i].unit = (char *)(uintptr_t)rows[i].unit;
		ret->figures[i] = &figures[i];
	}
	ret->n_figures = count;
}

static void
status_fill(const struct call *call, const struct health_report *report,
	    const struct store_head *head, Demerit__V1__StatusReply *ret)
{
	const struct call_context *context = call->context;

	ret->server = (char *)(uintptr_t)context->book->server;
	ret->has_started_at = true;
	ret->started_at = context->book->started_at;
	ret->has_now = true;
	ret->now = clock_utc_us(context->book->clock);
	ret->has_today = true;
	ret->today = context->today.number;
	ret->has_root = true;
	ret->root = (ProtobufCBinaryData){sizeof(head->root), (uint8_t *)(uintptr_t)head->root};
	ret->has_tree_size = true;
	ret->tree_size = head->sequence;
	ret->has_verified_seq = true;
	ret->verified_seq = report->store.verified_sequence;
	ret->has_view_seq = true;
	ret->view_seq = report->store.applied_sequence;
	ret->has_practitioners = true;
	ret->practitioners = report->standings.practitioners;
	ret->has_institutions = true;
	ret->institutions = report->standings.institutions;
	ret->has_log_bytes = true;
	ret->log_bytes = report->store.log_bytes;
	ret->has_disk_free_bytes = true;
	ret->disk_free_bytes = report->disk_free;
	ret->has_sessions = true;
	ret->sessions = atomic_load(&context->book->health->sessions_count);
	ret->has_ready = true;
	ret->ready = report->ready;
}

enum call_result
query_status(struct call *call)
{
	Demerit__V1__StatusReply reply = DEMERIT__V1__STATUS_REPLY__INIT;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	struct query_moment moment;
	struct health_report report;
	struct store_head head;

	if (!query_begin(call, &moment))
		return CALL_DONE;
	health_report(call->context->book->health, &report);
	store_head(call->context->book->store, &head);
	status_fill(call, &report, &head, &reply);
	status_alarms(call, &report, &reply);
	status_figures(call, &report, &reply);
	response.body_case = DEMERIT__V1__RESPONSE__BODY_STATUS;
	response.status = &reply;
	return query_reply(call, &moment, &response);
}
