/*
 * Opening the book: the store recovers, the writer's side fills rules and standings.
 *
 * main calls it on its own thread. Whatever fails is logged here, once, with file and offset; the
 * caller only ends the program. Restoring a backup, if the operator asks for it, comes first.
 */
#include "opening.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "apply.h"
#include "clock.h"
#include "diag.h"
#include "entry.h"
#include "random.h"
#include "replica.h"
#include "rules.h"
#include "storage/backup.h"

#define OPENING_PEOPLE	   65536 /* first guess; the table grows */
#define OPENING_EPOCH_SIZE 2048

static int
opening_fail(const char *event, int error, const struct store_report *report)
{
	diag(DIAG_ERROR, event, diag_text("error", store_error_name(error)),
	     diag_text("what", store_error_text(error)), diag_text("where", report->text),
	     diag_uint("offset", report->offset), DIAG_END);
	return error;
}

/* The store hands one user pointer to all its seams. */
struct opening_seams {
	const struct clock *clock;
	const struct random *random;
	struct health *health;
};

static struct opening_seams opening_seams;

static int
opening_random(void *user, void *bytes, size_t size)
{
	const struct opening_seams *seams = user;
	return random_fill(seams->random, bytes, size);
}

static int64_t
opening_clock(void *user)
{
	const struct opening_seams *seams = user;
	return clock_monotonic_us(seams->clock);
}

/* The replica port. One machine so far: replica_local. */
static int
opening_offer(void *user, const uint8_t *group, size_t size)
{
	(void)user;
	return replica_append(&replica_local, group, size);
}

static void
opening_progress(void *user, const char *stage, uint64_t done, uint64_t of)
{
	const struct opening_seams *seams = user;

	atomic_store(&seams->health->opening, stage);
	atomic_store(&seams->health->opening_done, done);
	atomic_store(&seams->health->opening_of, of);
}

static const char *
opening_text(const struct conf *conf, enum conf_key key)
{
	const char *text = conf_text(conf, key);
	return text[0] == '\0' ? NULL : text;
}

static void
opening_store_config(const struct opening_config *config, struct store_config *ret)
{
	const struct conf *conf = config->conf;

	opening_seams = (struct opening_seams){config->clock, config->random, config->health};
	*ret = (struct store_config){
	    .data = conf_text(conf, CONF_DATA),
	    .mark = opening_text(conf, CONF_MARK),
	    .vault = opening_text(conf, CONF_VAULT),
	    .backups = opening_text(conf, CONF_BACKUPS),
	    .vault_backups = opening_text(conf, CONF_VAULT_BACKUPS),
	    .create = true,
	    .vault_lost = config->options->vault_lost,
	    .mark_strict = conf_number(conf, CONF_MARK_SYNC) == 1,
	    .tables = apply_tables,
	    .table_count = TABLE_COUNT,
	    .apply = apply_record,
	    .random = opening_random,
	    .clock_us = opening_clock,
	    .seam_user = &opening_seams,
	    .files = &file_posix,
	    .progress = opening_progress,
	    .offer = opening_offer,
	};
}

struct opening_epoch {
	const struct opening_config *config;
	uint8_t body[OPENING_EPOCH_SIZE];
};

/* The first record of the new epoch: what was left, how much of it was kept, and why. */
static int
opening_build_epoch(void *user, const struct store_epoch *epoch, struct store_record *ret)
{
	struct opening_epoch *building = user;
	const char *reason = building->config->options->reason;
	struct entry_head head = {.verdict = VERDICT_ACCEPTED};
	struct event event = {.kind = EVENT_EPOCH_BEGUN};
	struct entry_pen pen;

	event.operator.number = epoch->old_epoch;
	event.operator.sequence = epoch->kept_sequence;
	static_assert(sizeof(event.operator.root) == sizeof(epoch->kept_root), "one hash");
	memcpy(event.operator.root, epoch->kept_root, sizeof(epoch->kept_root));
	if (!text_set(reason, strlen(reason), &event.operator.note))
		return STORE_TOO_LARGE;
	entry_begin(&pen, building->body, sizeof(building->body), &head);
	entry_put_event(&pen, &event);
	int64_t now = clock_utc_us(building->config->clock);
	*ret = (struct store_record){
	    .kind = RECORD_OPERATOR,
	    .recorded_at = now < epoch->kept_recorded_at ? epoch->kept_recorded_at : now,
	    .body = building->body,
	    .body_size = entry_end(&pen),
	};
	return ret->body_size == 0 ? STORE_TOO_LARGE : 0;
}

static int
opening_restore(const struct opening_config *config, const struct store_config *store_config)
{
	static struct opening_epoch building;
	struct store_report report;
	const struct store_restore restore = {
	    .backup = config->options->restore,
	    .vault_backup = config->options->restore_vault,
	    .build = opening_build_epoch,
	    .user = &building,
	};

	building.config = config;
	int failed = store_restore(store_config, &restore, &report);
	if (failed < 0)
		return opening_fail("restore_failed", failed, &report);
	diag(DIAG_NOTICE, "restored", diag_text("backup", config->options->restore), DIAG_END);
	return 0;
}

static void
opening_tell(struct store *store, const struct store_report *report)
{
	struct store_head head;

	store_head(store, &head);
	if (report->cut_bytes > 0)
		diag(DIAG_WARNING, "tail_cut", diag_uint("bytes", report->cut_bytes),
		     diag_uint("offset", report->cut_offset),
		     diag_uint("segment", report->cut_segment),
		     diag_text("what", "an unfinished last group nobody was told about"), DIAG_END);
	if (report->mark_slot_bad)
		diag(DIAG_WARNING, "mark_slot_bad", DIAG_END);
	if (report->view_rebuilt)
		diag(DIAG_NOTICE, "view_rebuilt", diag_uint("records", report->view_applied),
		     DIAG_END);
	diag(DIAG_NOTICE, "book_open", diag_uint("epoch", head.epoch),
	     diag_uint("sequence", head.sequence), diag_uint("rewritten", report->rewritten),
	     DIAG_END);
}

static int
opening_writer(const struct opening_config *config, const struct store_report *opened,
	       struct opening *opening)
{
	struct store_report report = {0};
	const struct writer_config writer = {
	    .store = opening->store,
	    .standings = opening->standings,
	    .rules = opening->rules,
	    .clock = config->clock,
	    .queue_max = conf_number(config->conf, CONF_QUEUE_MAX),
	    .refusals_per_second = conf_number(config->conf, CONF_REFUSALS_PER_SECOND),
	    .two_persons = conf_number(config->conf, CONF_TWO_PERSONS) == 1,
	    .clock_accepted = config->options->accept_clock,
	    .on_failed = config->on_failed,
	    .user = config->user,
	};

	opening_progress(&opening_seams, "standings", 0, 0);
	int failed = writer_prepare(&writer, opened, &report);
	if (failed < 0)
		return opening_fail("prepare_failed", failed, &report);
	failed = writer_new(&writer, &opening->writer);
	if (failed < 0)
		return opening_fail("writer_failed", failed, &report);
	return 0;
}

int
opening_open(const struct opening_config *config, struct opening *ret)
{
	struct store_config store_config;
	struct store_report report;
	struct opening opening = {0};

	opening_store_config(config, &store_config);
	int failed = 0;
	if (config->options->restore != NULL)
		failed = opening_restore(config, &store_config);
	if (failed < 0)
		return failed;
	failed = store_open(&store_config, &opening.store, &report);
	if (failed < 0)
		return opening_fail("open_failed", failed, &report);
	opening_tell(opening.store, &report);
	opening.rules = rules_set_new();
	opening.standings =
	    opening.rules == NULL ? NULL : standings_new(opening.rules, OPENING_PEOPLE);
	if (opening.standings == NULL) {
		failed = -ENOMEM;
		diag(DIAG_ERROR, "open_failed", diag_errno("error", failed), DIAG_END);
		goto fail;
	}
	standings_loops(opening.standings, conf_number(config->conf, CONF_THREADS));
	failed = opening_writer(config, &report, &opening);
	if (failed < 0)
		goto fail;
	*ret = opening;
	return 0;
fail:
	opening_close(&opening);
	return failed;
}

void
opening_stop_writer(struct opening *opening)
{
	if (opening->writer != NULL)
		writer_stop(opening->writer);
}

void
opening_close(struct opening *opening)
{
	opening->writer = writer_free(opening->writer);
	opening->standings = standings_free(opening->standings);
	opening->rules = rules_set_free(opening->rules);
	opening->store = store_close(opening->store);
}
