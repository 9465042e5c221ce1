/*
 * A bit flips, somewhere in what the book lives on: log, mark, vault or view, branch pages and free
 * lists too. It is noticed before an answer uses it, or every answer is unchanged.
 *
 * rot [FLIPS] [SEED]. Each flip is tried on a fresh copy, in a process of its own, so that a crash
 * would be seen for what it is: neither of the two. Noticed means: the book is refused by name, or
 * a question is answered by an error, or the view is made again, which must leave all answers as
 * they were. A flip of a value nobody checks is planted, to see that the questions can tell.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model.h"

enum { FLIPS = 300, VIEW_MAX = 4 << 20 };

enum outcome { REFUSED, ANSWERED_BY_ERROR, MADE_AGAIN, UNCHANGED, WRONG, OUTCOMES };

static const char *const outcome_names[OUTCOMES] = {"refused", "answered by an error",
						    "view made again", "unchanged", "WRONG"};

enum place { LOG, MARK, VAULT, VIEW, PLACES };

static const char *const place_names[PLACES] = {"log", "mark", "vault", "view"};

struct rot {
	struct disk *disk;
	struct model model;
	uint8_t *view;
	size_t view_size;
};

static uint8_t *
read_view(const struct model *model, size_t *ret_size)
{
	char path[256];
	uint8_t *bytes = malloc(VIEW_MAX);
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/data.mdb", model->view);
	file = fopen(path, "rb");
	assert(file != NULL && bytes != NULL);
	*ret_size = fread(bytes, 1, VIEW_MAX, file);
	(void)fclose(file);
	return bytes;
}

static void
write_view(const struct model *model, const uint8_t *bytes, size_t size)
{
	char path[256];
	FILE *file;
	size_t put;

	model_drop_view((struct model *)(uintptr_t)model);
	(void)snprintf(path, sizeof(path), "%s/data.mdb", model->view);
	file = fopen(path, "wb");
	assert(file != NULL);
	put = fwrite(bytes, 1, size, file);
	assert(put == size);
	(void)fclose(file);
}

/* A book of a few segments, keys living and erased, closed in order. */
static void
make_book(struct rot *rot)
{
	struct store *store = NULL;
	unsigned i;
	int error;

	rot->disk = disk_new();
	model_init(&rot->model, rot->disk, "data", 3);
	error = model_open(&rot->model, &store);
	for (i = 0; error == 0 && i < 120; i++) {
		if (i % 12 == 3)
			error = model_key_new(&rot->model, store);
		if (error == 0)
			error = model_append(&rot->model, store, 1 + i % 9);
		if (error == 0 && i % 5 == 0)
			error = store_step(store);
	}
	if (error == 0)
		error = model_key_erase(&rot->model, store, 2);
	assert(error == 0);
	if (!model_check(&rot->model, store)) {
		printf("# before any flip: %s\n", rot->model.why);
		abort();
	}
	store_close(store);
	/* A view made in one go has few pages that nobody uses: flips meet live ones. */
	model_drop_view(&rot->model);
	error = model_open(&rot->model, &store);
	assert(error == 0);
	store_close(store);
	rot->view = read_view(&rot->model, &rot->view_size);
}

/* A live byte: the log's up to the zeros behind its last group, and trailers. */
static const char *
pick(struct rot *rot, enum place place, uint64_t *random, size_t *ret_offset)
{
	const char *path = place == MARK ? "data.mark" : "data.vault";
	uint8_t *bytes;
	size_t size;

	if (place == LOG) {
		const char *names[64];
		size_t count = 0;
		size_t i;

		for (i = 0; (path = disk_name(rot->disk, i)) != NULL; i++)
			if (strstr(path, ".segment") != NULL && count < 64)
				names[count++] = path;
		path = names[disk_random(random) % count];
	}
	bytes = disk_bytes(rot->disk, path, &size);
	assert(bytes != NULL);
	do
		*ret_offset = disk_random(random) % size;
	while (place != MARK && bytes[*ret_offset] == 0 && disk_random(random) % 16 != 0);
	return path;
}

static enum outcome
ask(struct model *model)
{
	struct store *store;
	enum outcome outcome = UNCHANGED;
	bool good;
	int error = model_open(model, &store);

	if (error < 0)
		return REFUSED;
	if (model->report.view_rebuilt)
		outcome = MADE_AGAIN;
	model->noticed = false;
	good = model_check(model, store);
	/* It goes on, and what it says after another start is the same. */
	if (good && model_append(model, store, 3) == 0 && store_step(store) == 0)
		good = model_check(model, store);
	store_close(store);
	if (good && model_open(model, &store) == 0) {
		good = model_check(model, store);
		store_close(store);
	}
	if (good)
		return outcome;
	if (model->noticed)
		return ANSWERED_BY_ERROR;
	printf("# %s\n", model->why);
	return WRONG;
}

/* On a copy of everything, in a process of its own. */
static enum outcome
flip(struct rot *rot, enum place place, uint64_t seed)
{
	uint64_t random = seed;
	int status = 0;
	pid_t child;

	(void)fflush(stdout);
	child = fork();
	assert(child >= 0);
	if (child == 0) {
		struct disk *disk = disk_copy(rot->disk);
		uint8_t bit = (uint8_t)(1u << (disk_random(&random) % 8));
		size_t offset;
		size_t size;

		rot->model.config.files = disk_files(disk);
		if (place == VIEW) {
			offset = disk_random(&random) % rot->view_size;
			rot->view[offset] ^= bit;
		} else {
			const char *path = pick(rot, place, &random, &offset);

			disk_bytes(disk, path, &size)[offset] ^= bit;
		}
		write_view(&rot->model, rot->view, rot->view_size);
		_exit((int)ask(&rot->model));
	}
	(void)waitpid(child, &status, 0);
	if (!WIFEXITED(status)) {
		printf("# signal %d\n", WTERMSIG(status));
		return WRONG;
	}
	return (enum outcome)WEXITSTATUS(status);
}

/* The questions must be able to tell: a value is changed, and its checksum with it. */
static bool
planted_is_found(struct rot *rot)
{
	struct model *model = &rot->model;
	struct store *store;
	bool found;
	int error;

	write_view(model, rot->view, rot->view_size);
	error = model_open(model, &store);
	assert(error == 0);
	model->told--;
	model->attempted--;
	found = !model_check(model, store) && !model->noticed;
	model->told++;
	model->attempted++;
	store_close(store);
	return found;
}

int
main(int argc, char **argv)
{
	uint64_t flips = argc > 1 ? strtoull(argv[1], NULL, 10) : FLIPS;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 20250101;
	uint64_t counts[PLACES][OUTCOMES] = {0};
	static struct rot rot;
	unsigned failed = 0;
	uint64_t i;
	size_t place;
	size_t outcome;

	printf("# rot %" PRIu64 " %" PRIu64 "\n", flips, seed);
	make_book(&rot);
	for (i = 0; i < flips; i++) {
		enum place where = (enum place)(i % PLACES);
		enum outcome what = flip(&rot, where, seed + i);

		counts[where][what]++;
		if (what == WRONG)
			printf("# flip %" PRIu64 " in the %s, seed %" PRIu64 "\n", i,
			       place_names[where], seed + i);
	}
	for (place = 0; place < PLACES; place++) {
		bool good = counts[place][WRONG] == 0;

		printf("%s flips_in_the_%s_are_noticed_or_change_no_answer (",
		       good ? "ok" : "not ok", place_names[place]);
		for (outcome = 0; outcome < OUTCOMES; outcome++)
			printf("%s%" PRIu64 " %s", outcome == 0 ? "" : ", ", counts[place][outcome],
			       outcome_names[outcome]);
		printf(")\n");
		failed += !good;
	}
	if (planted_is_found(&rot)) {
		printf("ok planted_wrong_answer_is_found\n");
	} else {
		printf("not ok planted_wrong_answer_is_found: the questions cannot tell\n");
		failed++;
	}
	free(rot.view);
	model_done(&rot.model);
	disk_free(rot.disk);
	return model_summary((unsigned)PLACES + 1 - failed, failed);
}
