/*
 * The figures, line by line: what Prometheus scrapes and an operator reads.
 *
 * http.c asks, on the main thread. Names and labels are a contract; nothing here names a person,
 * an institution or a principal.
 */
#include "metrics.h"

#include <inttypes.h>

#include "clock.h"
#include "diag.h"
#include "loop.h"
#include "proto/status.h"

static void
metrics_head(FILE *out, const char *name, const char *type, const char *help)
{
	fprintf(out, "# HELP demeritd_%s %s\n# TYPE demeritd_%s %s\n", name, help, name, type);
}

static void
metrics_one(FILE *out, const char *name, const char *type, const char *help, uint64_t value)
{
	metrics_head(out, name, type, help);
	fprintf(out, "demeritd_%s %" PRIu64 "\n", name, value);
}

/* Microseconds as seconds: exactly, without floating point. */
static void
metrics_seconds(FILE *out, const char *name, const char *type, const char *help, int64_t us)
{
	if (us < 0)
		us = 0;
	metrics_head(out, name, type, help);
	fprintf(out, "demeritd_%s %" PRId64 ".%06" PRId64 "\n", name, us / 1000000, us % 1000000);
}

/* The sum of one figure over all loops; offset within struct session_figures. */
static uint64_t
metrics_sum(const struct health *health, size_t offset)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < health->loops_count; i++) {
		const char *figures = (const char *)loop_figures(health->loops[i]);
		const void *figure = figures + offset;
		sum += atomic_load_explicit((const _Atomic uint64_t *)figure, memory_order_relaxed);
	}
	return sum;
}
#define METRICS_SUM(health, member) metrics_sum((health), offsetof(struct session_figures, member))

static void
metrics_alarms(FILE *out, const struct health_report *report)
{
	metrics_one(out, "ready", "gauge", "1 when /readyz answers 200.", report->ready ? 1 : 0);
	metrics_head(out, "alarm", "gauge", "1 for each alarm that holds.");
	for (size_t i = 0; i < report->alarms_count; i++)
		fprintf(out, "demeritd_alarm{name=\"%s\"} 1\n", report->alarms[i].name);
	metrics_one(out, "alarms", "gauge", "Alarms that hold.", report->alarms_count);
}

static void
metrics_sessions(FILE *out, const struct health *health)
{
	metrics_one(out, "sessions", "gauge", "Connections open now.",
		    atomic_load(&health->sessions_count));
	metrics_one(out, "connections_accepted_total", "counter", "Connections accepted.",
		    atomic_load(&health->accepted));
	metrics_head(out, "connections_refused_total", "counter", "Connections turned away.");
	fprintf(out, "demeritd_connections_refused_total{why=\"peer_unknown\"} %" PRIu64 "\n",
		atomic_load(&health->refused_unknown));
	fprintf(out, "demeritd_connections_refused_total{why=\"full\"} %" PRIu64 "\n",
		atomic_load(&health->refused_full));
	metrics_one(out, "accept_failures_total", "counter", "Failures to accept a connection.",
		    atomic_load(&health->accept_failed));
	metrics_head(out, "sessions_ended_total", "counter", "Connections ended, by why.");
	for (int end = 0; end < SESSION_END_COUNT; end++)
		fprintf(out, "demeritd_sessions_ended_total{why=\"%s\"} %" PRIu64 "\n",
			session_end_name((enum session_end)end),
			metrics_sum(health, offsetof(struct session_figures, ended) +
						(size_t)end * sizeof(uint64_t)));
	metrics_one(out, "received_bytes_total", "counter", "Bytes received from peers.",
		    METRICS_SUM(health, bytes_in));
	metrics_one(out, "sent_bytes_total", "counter", "Bytes sent to peers.",
		    METRICS_SUM(health, bytes_out));
	metrics_one(out, "wakeups_total", "counter", "Times a serving thread woke up for work.",
		    METRICS_SUM(health, wakeups));
	metrics_one(out, "in_flight", "gauge", "Requests whose answer is to come.",
		    METRICS_SUM(health, in_flight));
	metrics_one(out, "in_flight_full_total", "counter",
		    "Requests refused because a session had too many in flight.",
		    METRICS_SUM(health, in_flight_full));
	metrics_one(out, "output_full_total", "counter",
		    "Times a session was not read because its answers were not taken.",
		    METRICS_SUM(health, output_full));
}

static void
metrics_requests(FILE *out, const struct health *health)
{
	size_t count;
	const struct route_row *rows = route_rows(&count);

	metrics_head(out, "requests_total", "counter", "Requests, by what was asked.");
	for (size_t i = 0; i < count; i++) {
		if (rows[i].handler == NULL)
			continue;
		fprintf(out, "demeritd_requests_total{body=\"%s\"} %" PRIu64 "\n", rows[i].name,
			metrics_sum(health, offsetof(struct session_figures, requests) +
						rows[i].body * sizeof(uint64_t)));
	}
	fprintf(out, "demeritd_requests_total{body=\"unreadable\"} %" PRIu64 "\n",
		metrics_sum(health, offsetof(struct session_figures, requests)));
	metrics_one(out, "checks_plain_total", "counter", "Checks answered from memory alone.",
		    METRICS_SUM(health, checks_plain));
	metrics_head(out, "protocol_errors_total", "counter",
		     "Refusals by the protocol itself, by code.");
	for (unsigned code = 1; code <= STATUS_CODE_UNAUTHENTICATED; code++)
		fprintf(out, "demeritd_protocol_errors_total{code=\"%s\"} %" PRIu64 "\n",
			status_code_name(code),
			metrics_sum(health, offsetof(struct session_figures, errors) +
						code * sizeof(uint64_t)));
}

static void
metrics_writer(FILE *out, const struct writer_stats *writer)
{
	metrics_one(out, "writer_queue", "gauge", "Writes waiting for the writer.", writer->queue);
	metrics_one(out, "writer_queue_full_total", "counter", "Writes turned away: queue full.",
		    writer->queue_full);
	metrics_head(out, "decisions_total", "counter", "Commands decided and recorded.");
	fprintf(out, "demeritd_decisions_total{verdict=\"accepted\"} %" PRIu64 "\n",
		writer->accepted);
	fprintf(out, "demeritd_decisions_total{verdict=\"refused\"} %" PRIu64 "\n",
		writer->refused);
	metrics_one(out, "outcomes_replayed_total", "counter",
		    "Writes answered from the record of an earlier attempt.", writer->replayed);
	metrics_one(out, "markers_total", "counter", "Days that came, noted in the book.",
		    writer->markers_written);
	metrics_one(out, "keys_reused_total", "counter",
		    "Writes whose key stands for another command.", writer->keys_reused);
	metrics_one(out, "refusals_limited_total", "counter",
		    "Writes left undecided: too many refusals of one principal.",
		    writer->refusals_limited);
	metrics_one(out, "standing_cache_hits_total", "counter", "Standings found in the cache.",
		    writer->cache_hits);
	metrics_one(out, "standing_cache_misses_total", "counter", "Standings folded anew.",
		    writer->cache_misses);
	metrics_seconds(out, "last_record_timestamp_seconds", "gauge",
			"When the last record was stamped, UTC.", writer->last_recorded_at);
}

static void
metrics_store(FILE *out, const struct health_report *report)
{
	const struct store_stats *store = &report->store;

	metrics_one(out, "sequence", "gauge", "The last record.", store->sequence);
	metrics_one(out, "view_sequence", "gauge", "The last record in the index.",
		    store->applied_sequence);
	metrics_one(out, "view_lag_records", "gauge", "Records the index has not got yet.",
		    report->view_lag);
	metrics_one(out, "verified_sequence", "gauge",
		    "Records up to here were read again and found whole.",
		    store->verified_sequence);
	metrics_one(out, "marked_sequence", "gauge", "The record the mark names.",
		    store->marked_sequence);
	metrics_seconds(out, "mark_age_seconds", "gauge",
			"How long the oldest record not yet marked has waited.",
			store->mark_age_us);
	metrics_one(out, "log_bytes", "gauge", "Bytes of the log.", store->log_bytes);
	metrics_one(out, "log_segments", "gauge", "Segments of the log.", store->segments);
	metrics_one(out, "disk_free_bytes", "gauge", "Bytes free where the book is.",
		    report->disk_free);
	metrics_one(out, "groups_total", "counter", "Groups appended since the start.",
		    store->groups);
	metrics_one(out, "syncs_total", "counter", "Syncs of the log since the start.",
		    store->syncs);
	metrics_one(out, "spare_waits_total", "counter", "Times the writer waited for a segment.",
		    store->spare_waits);
	metrics_one(out, "overlay_bytes", "gauge", "Bytes the index has not got yet.",
		    store->overlay_bytes);
	metrics_one(out, "overlay_rows", "gauge", "Rows the index has not got yet.",
		    store->overlay_puts);
	metrics_one(out, "overlay_full_total", "counter", "Groups put off: the overlay was full.",
		    store->overlay_full);
	metrics_one(out, "view_commits_total", "counter", "Transactions of the index.",
		    store->view_commits);
	metrics_one(out, "view_rebuilds_total", "counter", "Times the index was built anew.",
		    store->view_rebuilds);
	metrics_one(out, "cut_bytes", "gauge",
		    "Bytes of an unfinished last group cut at the start.", store->cut_bytes);
}

static void
metrics_standings(FILE *out, const struct standings_stats *standings)
{
	metrics_one(out, "practitioners", "gauge", "People in the ledger.",
		    standings->practitioners);
	metrics_one(out, "institutions", "gauge", "Institutions in the ledger.",
		    standings->institutions);
	metrics_one(out, "standings_bytes", "gauge",
		    "Memory of the table checks are answered from.", standings->bytes);
	metrics_one(out, "standings_growths_total", "counter", "Times that table grew.",
		    standings->growths);
	metrics_one(out, "standings_given_up_total", "counter",
		    "Checks that met a moving row too often and asked the book.",
		    standings->retries_given_up);
}

static void
metrics_process(FILE *out, const struct health *health)
{
	struct diag_figures log;

	diag_figures(&log);
	metrics_head(out, "log_lines_total", "counter", "Lines logged, by level.");
	for (int level = 0; level < DIAG_LEVEL_COUNT; level++)
		fprintf(out, "demeritd_log_lines_total{level=\"%s\"} %" PRIu64 "\n",
			diag_level_name((enum diag_level)level), log.lines[level]);
	metrics_one(out, "log_suppressed_total", "counter",
		    "Lines left out: peers provoked too many.", log.suppressed);
	metrics_one(out, "log_lost_total", "counter", "Lines that could not be written.", log.lost);
	metrics_one(out, "reloads_total", "counter", "Configurations taken up by SIGHUP.",
		    atomic_load(&health->reloads));
	metrics_one(out, "reloads_failed_total", "counter", "Configurations refused by SIGHUP.",
		    atomic_load(&health->reloads_failed));
}

void
metrics_write(const struct health *health, FILE *out)
{
	struct health_report report;

	health_report(health, &report);
	metrics_alarms(out, &report);
	metrics_process(out, health);
	if (report.stage == HEALTH_STARTING)
		return;
	metrics_seconds(out, "start_timestamp_seconds", "gauge", "When the daemon started, UTC.",
			health->book->started_at);
	metrics_sessions(out, health);
	metrics_requests(out, health);
	metrics_writer(out, &report.writer);
	metrics_store(out, &report);
	metrics_standings(out, &report.standings);
}
