/*
 * The disk fills: nothing acknowledged is lost, writes are refused while reads and the records of
 * operator and clock go on, and writes resume by themselves when there is space again, within a
 * second.
 *
 * First on the disk in memory, filled to every point of a life; then with threads, on real files
 * whose growth fails while a switch says so.
 */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "model.h"

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

static int
append_operator(struct model *model, struct store *store)
{
	struct store_head head;
	struct store_record record = {.kind = RECORD_OPERATOR};
	uint8_t body[64] = {0};
	uint64_t number;
	int error;

	/* The model's records follow from their numbers; one of another kind has another body. */
	store_head(store, &head);
	number = head.sequence + 1;
	memcpy(body, &number, sizeof(number));
	record.recorded_at = (int64_t)number * 1000;
	record.body = body;
	record.body_size = sizeof(body);
	error = store_append(store, &record, 1);
	(void)model;
	return error;
}

/* Fill, be refused, write what may be written still, get space, go on; with the power cut at last.
 */
static bool
fill_once(struct model *model, struct disk *disk, uint64_t space, uint64_t *ret_refused)
{
	struct store *store = NULL;
	struct store_stats stats;
	unsigned i;
	int error;

	disk_set_space(disk, space);
	error = model_open(model, &store);
	if (error == STORE_FULL) {
		disk_set_space(disk, UINT64_MAX);
		error = model_open(model, &store);
	}
	if (error < 0)
		return model_wrong(model, "opening: %s", model->report.text);
	for (i = 0; i < 200 && error == 0; i++) {
		error = model_append(model, store, 1 + i % 5);
		(void)!store_step(store);
	}
	if (error == STORE_FULL) {
		++*ret_refused;
		model->attempted = model->told;
		store_stats(store, &stats);
		if (!stats.disk_full || stats.failed)
			return model_wrong(model, "the figures do not say that the disk is full");
		if (!model_check(model, store))
			return false;
		disk_set_space(disk, UINT64_MAX);
		if (store_step(store) < 0 || model_append(model, store, 3) < 0)
			return model_wrong(model, "it does not resume");
	} else if (error < 0) {
		return model_wrong(model, "%s", store_error_name(error));
	}
	store_close(store);
	disk_power_cut(disk, DISK_CUT_NONE, 0);
	error = model_open(model, &store);
	if (error < 0)
		return model_wrong(model, "opening again: %s", model->report.text);
	if (!model_check(model, store))
		return false;
	store_close(store);
	return true;
}

static void
fill_everywhere(void)
{
	struct model model;
	char name[100];
	uint64_t refused = 0;
	uint64_t space;
	bool good = true;

	for (space = 1 << 10; good && space < 160 << 10; space += 3 << 10) {
		struct disk *disk = disk_new();

		model_init(&model, disk, "data", space);
		good = fill_once(&model, disk, space, &refused);
		disk_free(disk);
		model_done(&model);
	}
	(void)snprintf(name, sizeof(name),
		       "full_disk_refuses_loses_nothing_and_resumes (%" PRIu64 " refusals)",
		       refused);
	report(good && refused > 10, name, model.why);
}

/* What is kept for operator and clock records can be had by them alone. */
static void
reserve(void)
{
	struct disk *disk = disk_new();
	struct model model;
	struct store *store;
	unsigned operators = 0;
	int error;

	model_init(&model, disk, "data", 3);
	error = model_open(&model, &store);
	assert(error == 0);
	error = model_append(&model, store, 1);
	/* Nothing more fits from here on: no spare. */
	disk_set_space(disk, 0);
	while (error == 0) {
		error = model_append(&model, store, 1);
		(void)!store_step(store);
	}
	report(error == STORE_FULL, "full_disk_refuses_ordinary_records", store_error_name(error));
	while ((error = append_operator(&model, store)) == 0)
		operators++;
	report(operators >= 3 && error == STORE_FULL, "full_disk_takes_operator_records_still",
	       "too few");
	disk_set_space(disk, UINT64_MAX);
	(void)!store_step(store);
	error = append_operator(&model, store);
	report(error == 0, "space_again_and_writes_resume", store_error_name(error));
	store_close(store);
	disk_free(disk);
	model_done(&model);
}

static atomic_bool no_growth;

/* A file that exists may be written; nothing grows. */
static ssize_t
stubborn_pwrite(void *context, int fd, const void *bytes, size_t size, uint64_t offset)
{
	uint64_t end = 0;

	if (atomic_load(&no_growth) && file_posix.size(context, fd, &end) == 0 &&
	    offset + size > end)
		return -ENOSPC;
	return file_posix.pwrite(context, fd, bytes, size, offset);
}

static int64_t
now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void
resume_with_threads(void)
{
	struct file_ops files = file_posix;
	char folder[] = "/tmp/demerit-full-XXXXXX";
	char path[80];
	struct model model;
	struct store *store;
	int64_t began;
	int error;

	files.pwrite = stubborn_pwrite;
	if (mkdtemp(folder) == NULL)
		abort();
	(void)snprintf(path, sizeof(path), "%s/data", folder);
	model_init(&model, NULL, path, 3);
	model.config.files = &files;
	model.config.manual = false;
	model.config.clock_us = NULL;
	error = model_open(&model, &store);
	assert(error == 0);
	error = model_append(&model, store, 1);
	assert(error == 0);
	atomic_store(&no_growth, true);
	while ((error = model_append(&model, store, 2)) == 0)
		;
	model.attempted = model.told;
	report(error == STORE_FULL && model_check(&model, store),
	       "reads_go_on_while_the_disk_is_full",
	       error == STORE_FULL ? model.why : store_error_name(error));
	atomic_store(&no_growth, false);
	began = now_us();
	while ((error = model_append(&model, store, 2)) == STORE_FULL && now_us() - began < 5000000)
		(void)usleep(5000);
	report(error == 0 && now_us() - began <= 1000000, "writes_resume_within_a_second",
	       store_error_name(error));
	store_close(store);
	(void)snprintf(path, sizeof(path), "rm -r %s", folder);
	error = system(path);
	assert(error == 0);
	model_done(&model);
}

int
main(void)
{
	fill_everywhere();
	reserve();
	resume_with_threads();
	return model_summary(passed, failed);
}
