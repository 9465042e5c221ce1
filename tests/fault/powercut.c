/*
 * The power goes, at every point: what was acknowledged must be there afterwards, by key and by
 * count, and the book must open. A refusal would be a loss too.
 *
 * powercut [STATES] [SEED]: first small scenarios exhaustively (every call, every subset of what
 * waited, as far as they can be counted), then STATES random lives with power cuts, kills and
 * failed syncs in them. Then the same checker must find two planted bugs: a sync that is skipped,
 * and a tail that is not written again when the book is opened.
 */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

enum { STATES = 2000, MASK_BITS = 7, MASKS_RANDOM = 40, TORN = 6 };

static unsigned passed, failed;

static void
report(bool good, const char *name, const char *why)
{
	if (good)
		printf("ok %s\n", name);
	else
		printf("not ok %s: %s\n", name, why);
	passed += good;
	failed += !good;
	(void)fflush(stdout);
}

/* The power goes now, and nothing that was not synced is there when it comes back. */
static void
cut_hard(struct disk *disk, struct store *store)
{
	disk_stop_at(disk, 1);
	store_close(store);
	disk_power_cut(disk, DISK_CUT_NONE, 0);
}

/* Open after whatever happened; everything told must be there, and stay when power goes again. */
static bool
check_twice(struct model *model, struct disk *disk)
{
	struct store *store;
	unsigned round;

	for (round = 0; round < 2; round++) {
		int error = model_open(model, &store);
		bool good;

		if (error < 0)
			return model_wrong(model, "opening: %s: %s", store_error_name(error),
					   model->report.text);
		good = model_check(model, store);
		cut_hard(disk, store);
		if (!good)
			return false;
		/* What was answered once is answered again, though nothing was written since. */
	}
	return true;
}

typedef int (*action_fn)(struct model *, struct store *);

static int
do_nothing(struct model *model, struct store *store)
{
	(void)model, (void)store;
	return 0;
}

static int
append_one(struct model *model, struct store *store)
{
	return model_append(model, store, 1);
}

static int
append_three(struct model *model, struct store *store)
{
	return model_append(model, store, 3);
}

static int
write_mark(struct model *model, struct store *store)
{
	int error = model_append(model, store, 1);

	return error < 0 ? error : store_step(store);
}

static int
make_key(struct model *model, struct store *store)
{
	int error = model_key_new(model, store);

	return error < 0 ? error : model_append(model, store, 1);
}

static int
erase_key(struct model *model, struct store *store)
{
	return model_key_erase(model, store, 0);
}

static int
make_backup(struct model *model, struct store *store)
{
	struct store_backup backup;

	return store_backup(store, "b", &backup, &model->report);
}

struct scenario {
	const char *name;
	unsigned before;  /* groups appended before */
	bool before_seal; /* and then as many as leave no room in the segment */
	bool opening;	  /* the calls of opening count too */
	bool dirty;	  /* the last group was left unsynced by a failed sync */
	bool killed;	  /* at the k-th call the process dies, not the power; it is tried again */
	action_fn action;
};

/* A base: a book as it is before the scenario, closed; its model in *model. */
static struct disk *
prepare(struct model *model, const struct scenario *scenario)
{
	struct disk *disk = disk_new();
	struct store_stats stats;
	struct store *store = NULL;
	unsigned i;
	int error = 0;

	model_init(model, disk, "data", 1);
	model->config.backups = "backups";
	model->config.vault_backups = "vaults";
	if (scenario->before == 0)
		return disk;
	error = model_open(model, &store);
	for (i = 0; error == 0 && i < scenario->before; i++) {
		if (i == 1)
			error = model_key_new(model, store);
		if (error == 0)
			error = model_append(model, store, 1 + i % 3);
		if (error == 0)
			error = store_step(store);
	}
	/* Groups of one until the next of three begins a segment. */
	do {
		store_stats(store, &stats);
		if (!scenario->before_seal || stats.log_bytes % (16 << 10) > (14 << 10))
			break;
		error = model_append(model, store, 1);
	} while (error == 0 && store_step(store) == 0);
	assert(error == 0);
	store_close(store);
	return disk;
}

/* The scenario, stopped at its k-th call; the store is closed. True: it was stopped. */
static bool
play(struct model *model, struct disk *disk, const struct scenario *scenario, uint64_t k)
{
	struct store *store = NULL;
	bool stopped;
	int error;

	if (scenario->dirty) {
		error = model_open(model, &store);
		assert(error == 0);
		disk_fail_at(disk, DISK_SYNC, 1, EIO, false);
		error = model_append(model, store, 2);
		assert(error == STORE_IO);
		store_close(store);
		disk_kill(disk);
	}
	if (scenario->opening)
		disk_stop_at(disk, disk_count(disk) + k);
	error = model_open(model, &store);
	if (scenario->killed) {
		stopped = disk_is_stopped(disk);
		if (error == 0)
			store_close(store);
		disk_kill(disk);
		disk_stop_at(disk, 0);
		error = model_open(model, &store);
		assert(error == 0);
		error = scenario->action(model, store);
		assert(error == 0);
		disk_stop_at(disk, 1);
		store_close(store);
		return stopped;
	}
	if (error == 0) {
		if (!scenario->opening)
			disk_stop_at(disk, disk_count(disk) + k);
		/* What the failed sync left is there or not; answering says which. */
		if (!scenario->dirty || model_check(model, store))
			error = scenario->action(model, store);
		stopped = disk_is_stopped(disk);
		disk_stop_at(disk, 1);
		store_close(store);
	} else {
		stopped = disk_is_stopped(disk);
	}
	return stopped;
}

static bool
state(const struct disk *base, const struct model *origin, const struct scenario *scenario,
      uint64_t k, enum disk_cut cut, uint64_t seed, size_t *ret_waiting, bool *ret_stopped,
      struct model *model)
{
	struct disk *disk = disk_copy(base);
	bool good;

	*model = *origin;
	model->config.tables = model->tables;
	model->config.seam_user = model;
	model->config.files = disk_files(disk);
	model_drop_view(model);
	*ret_stopped = play(model, disk, scenario, k);
	*ret_waiting = disk_waiting(disk);
	disk_power_cut(disk, cut, seed);
	/* The view may be ahead of nothing: it has only what was acknowledged. Often it is gone. */
	if (seed % 2 == 0)
		model_drop_view(model);
	good = check_twice(model, disk);
	disk_free(disk);
	return good;
}

static void
exhaust(const struct scenario *scenario)
{
	struct model origin;
	struct disk *base = prepare(&origin, scenario);
	struct model model;
	char name[160];
	char why[700];
	uint64_t states = 0;
	bool stopped = true;
	bool good = true;
	uint64_t k;

	for (k = 1; good && stopped; k++) {
		size_t waiting = 0;
		uint64_t mask;
		uint64_t masks = 1;

		for (mask = 0; good && mask < masks; mask++) {
			bool counted = waiting <= MASK_BITS;
			uint64_t seed = counted ? mask : mask * 0x9e3779b97f4a7c15u;

			good = state(base, &origin, scenario, k, DISK_CUT_MASK, seed, &waiting,
				     &stopped, &model);
			masks = waiting <= MASK_BITS ? 1ull << waiting : MASKS_RANDOM;
			states++;
		}
		for (mask = 0; good && mask < TORN; mask++, states++)
			good = state(base, &origin, scenario, k, DISK_CUT_TORN, mask, &waiting,
				     &stopped, &model);
		if (good)
			good = state(base, &origin, scenario, k, DISK_CUT_ALL, k, &waiting,
				     &stopped, &model);
	}
	(void)snprintf(name, sizeof(name), "power_cut_while_%s_loses_nothing (%" PRIu64 " states)",
		       scenario->name, states);
	(void)snprintf(why, sizeof(why), "call %" PRIu64 ": %s", k - 1, model.why);
	report(good, name, why);
	disk_free(base);
	model_done(&origin);
}

/* One session: some of everything, until it is over or the disk ends it. */
static void
live(struct model *model, struct store *store, uint64_t *random)
{
	unsigned steps = (unsigned)(disk_random(random) % 24);
	int error = 0;

	while (error == 0 && steps-- > 0) {
		switch (disk_random(random) % 8) {
		case 0:
			error = store_step(store);
			break;
		case 1:
			if (model->key_count < MODEL_KEYS_MAX)
				error = model_key_new(model, store);
			break;
		case 2:
			if (model->key_count > 0 && model->key_states[0] == MODEL_KEY_LIVE)
				error = model_key_erase(model, store, 0);
			break;
		default:
			error = model_append(model, store, 1 + disk_random(random) % 9);
			/* Full without a spare: the keeper's turn. */
			if (error == STORE_BUSY)
				error = store_step(store);
			break;
		}
	}
}

static bool
life(uint64_t seed, const char *lie, bool skip_same, struct model *model)
{
	struct disk *disk = disk_new();
	uint64_t random = seed;
	unsigned sessions = 1 + (unsigned)(disk_random(&random) % 3);
	bool good = true;

	model_init(model, disk, "data", seed);
	if (disk_random(&random) % 4 == 0)
		model->config.mark_strict = true;
	while (good && sessions-- > 0) {
		uint64_t event = disk_random(&random) % 5;
		uint64_t seed_of_cut = disk_random(&random);
		struct store *store = NULL;

		disk_lie_about_sync(disk, lie);
		if (event < 3)
			disk_stop_at(disk, disk_count(disk) + 1 + disk_random(&random) % 120);
		if (event == 3)
			disk_fail_at(disk, DISK_SYNC, 1 + disk_random(&random) % 30, EIO, false);
		if (model_open(model, &store) == 0)
			live(model, store, &random);
		/* It dies as it stands, unless it is an orderly end. */
		if (seed_of_cut % 8 != 0)
			disk_stop_at(disk, 1);
		store_close(store);
		if (event < 3)
			disk_power_cut(disk, (enum disk_cut)(disk_random(&random) % DISK_CUTS),
				       seed_of_cut);
		else
			disk_kill(disk);
		if (disk_random(&random) % 4 == 0)
			model_drop_view(model);
		disk_lie_about_sync(disk, NULL);
		disk_skip_same_bytes(disk, skip_same);
		good = check_twice(model, disk);
		disk_skip_same_bytes(disk, false);
	}
	disk_free(disk);
	model_done(model);
	return good;
}

static void
lives(uint64_t states, uint64_t seed)
{
	struct model model;
	char name[160];
	char why[700];
	uint64_t i;

	for (i = 0; i < states; i++)
		if (!life(seed + i, NULL, false, &model))
			break;
	(void)snprintf(name, sizeof(name),
		       "lives_with_power_cuts_kills_and_failed_syncs_lose_nothing (%" PRIu64
		       " of %" PRIu64 ", seed %" PRIu64 ")",
		       i, states, seed);
	(void)snprintf(why, sizeof(why), "seed %" PRIu64 ": %s", seed + i, model.why);
	report(i == states, name, why);
}

/* The checker must be able to fail. */
static void
planted(const char *bug, const char *lie, bool skip_same, uint64_t states, uint64_t seed)
{
	struct model model;
	char name[160];
	uint64_t i;

	for (i = 0; i < states; i++)
		if (!life(seed + i, lie, skip_same, &model))
			break;
	(void)snprintf(name, sizeof(name), "planted_%s_is_found (after %" PRIu64 " states: %.60s)",
		       bug, i + 1, i < states ? model.why : "");
	report(i < states, name, "the checker saw nothing");
}

int
main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
	    {"creating_a_book", 0, false, true, false, false, do_nothing},
	    {"creating_a_book_killed_and_tried_again", 0, false, true, false, true, append_one},
	    {"opening_killed_and_tried_again", 5, false, true, false, true, append_one},
	    {"writing_the_first_record", 0, false, false, false, false, append_one},
	    {"writing_a_group", 4, false, false, false, false, append_three},
	    {"sealing_a_segment", 4, true, false, false, false, append_three},
	    {"moving_the_mark", 4, false, false, false, false, write_mark},
	    {"making_a_key", 4, false, false, false, false, make_key},
	    {"erasing_a_key", 4, false, false, false, false, erase_key},
	    {"making_a_backup", 4, false, false, false, false, make_backup},
	    {"opening", 5, false, true, false, false, append_one},
	    {"opening_after_a_failed_sync", 5, false, true, true, false, append_one},
	    {"going_on_after_a_failed_seal", 4, true, true, true, false, append_one},
	};
	uint64_t states = argc > 1 ? strtoull(argv[1], NULL, 10) : STATES;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 20250101;
	size_t i;

	printf("# powercut %" PRIu64 " %" PRIu64 "\n", states, seed);
	for (i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++)
		exhaust(&scenarios[i]);
	lives(states, seed);
	planted("skip_sync_of_the_log", "log/", false, states, seed);
	planted("skip_sync_of_the_vault", "data.vault", false, states, seed);
	planted("skip_rewriting_the_tail", NULL, true, states, seed);
	return model_summary(passed, failed);
}
