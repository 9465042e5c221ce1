/*
 * A disk in memory that behaves as badly as disks may.
 *
 * Owns everything that "is on it". Used by the fault programs and the store's unit tests, on one
 * thread. It knows nothing of the store: names, bytes, syncs.
 */
#include "disk_parts.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Zeroed. Not malloc, calloc or realloc: a test that makes those fail means the store's.
 */
void *
disk_alloc(size_t size)
{
	size_t rounded = (size + 15) & ~(size_t)15;
	void *memory = aligned_alloc(16, rounded == 0 ? 16 : rounded);

	if (memory == NULL)
		abort();
	memset(memory, 0, rounded);
	return memory;
}

uint64_t
disk_random(uint64_t *state)
{
	uint64_t x = *state += 0x9e3779b97f4a7c15u;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

struct inode *
disk_inode_new(void)
{
	struct inode *inode = disk_alloc(sizeof(*inode));

	inode->last = &inode->first;
	return inode;
}

void
disk_forget_waiting(struct inode *inode)
{
	while (inode->first != NULL) {
		struct waiting *next = inode->first->next;

		free(inode->first);
		inode->first = next;
	}
	inode->last = &inode->first;
}

void
disk_inode_unref(struct inode *inode)
{
	if (inode == NULL || --inode->references > 0)
		return;
	disk_forget_waiting(inode);
	free(inode->cache);
	free(inode->platter);
	free(inode);
}

void
disk_grow(uint8_t **bytes, size_t *capacity, size_t *size, size_t want)
{
	if (want > *capacity) {
		size_t more = want < 4096 ? 4096 : want + want / 2;

		uint8_t *larger = disk_alloc(more);

		if (*size > 0)
			memcpy(larger, *bytes, *size);
		free(*bytes);
		*bytes = larger;
		*capacity = more;
	}
	if (want > *size) {
		memset(*bytes + *size, 0, want - *size);
		*size = want;
	}
}

struct name *
disk_find(const struct disk *disk, const char *path)
{
	size_t i;

	for (i = 0; i < FILES_MAX; i++)
		if (disk->names[i].used && strcmp(disk->names[i].path, path) == 0)
			return (struct name *)(uintptr_t)&disk->names[i];
	return NULL;
}

struct name *
disk_add(struct disk *disk, const char *path, struct inode *inode)
{
	size_t i;

	for (i = 0; i < FILES_MAX; i++) {
		struct name *name = &disk->names[i];

		if (name->used)
			continue;
		assert(strlen(path) < sizeof(name->path));
		memset(name, 0, sizeof(*name));
		memcpy(name->path, path, strlen(path));
		name->inode = inode;
		if (inode != NULL)
			inode->references++;
		name->used = true;
		return name;
	}
	abort();
}

void
disk_drop(struct name *name)
{
	disk_inode_unref(name->inode);
	name->used = false;
}

void
disk_folder_of(const char *path, char folder[PATH_SIZE])
{
	int error = file_folder_of(path, folder, PATH_SIZE);

	assert(error == 0);
}

/* Remember what stood at the paths, in case the change is lost. */
static void
note(struct disk *disk, const char *path, const char *other)
{
	struct folder_op *op;
	const char *paths[2] = {path, other};
	size_t i;

	assert(disk->waiting_op_count < OPS_MAX);
	op = &disk->waiting_ops[disk->waiting_op_count++];
	memset(op, 0, sizeof(*op));
	disk_folder_of(path, op->folder);
	for (i = 0; i < 2 && paths[i] != NULL; i++) {
		struct name *name = disk_find(disk, paths[i]);

		memcpy(op->before[i].path, paths[i], strlen(paths[i]) + 1);
		if (name == NULL)
			continue;
		op->before[i].inode = name->inode;
		op->before[i].used = true;
		if (name->inode != NULL)
			name->inode->references++;
	}
}

void
disk_op_done(struct folder_op *op)
{
	disk_inode_unref(op->before[0].inode);
	disk_inode_unref(op->before[1].inode);
}

/* Is it this call's turn to fail? */
static int
its_turn(struct disk *disk, enum disk_op op)
{
	if (disk->fail_at == 0 || disk->fail_op != op)
		return 0;
	if (disk->failed && disk->fail_for_ever)
		return -disk->fail_error;
	if (disk->failed || --disk->fail_at > 0)
		return 0;
	disk->failed = true;
	disk->fail_at = disk->fail_for_ever ? 1 : 0;
	return -disk->fail_error;
}

/* Every call that may change something comes by here. 0: go on. */
static int
enter(struct disk *disk, enum disk_op op)
{
	disk->count++;
	disk->counts[op]++;
	if (disk->stop_at != 0 && disk->count >= disk->stop_at)
		disk->stopped = true;
	return disk->stopped ? -EIO : its_turn(disk, op);
}

/* A call that changes nothing may fail too. */
static int
look(struct disk *disk, enum disk_op op)
{
	disk->counts[op]++;
	return its_turn(disk, op);
}

static int
disk_open(void *context, const char *path, int flags)
{
	struct disk *disk = context;
	struct name *name = disk_find(disk, path);
	char folder[PATH_SIZE];
	size_t fd;
	int error;

	if (flags & O_CREAT) {
		error = enter(disk, DISK_OPEN);
	} else {
		error = look(disk, DISK_LOOK);
	}
	if (error < 0)
		return error;
	if (name != NULL && name->inode == NULL)
		return -EISDIR;
	if (name != NULL && (flags & O_CREAT) && (flags & O_EXCL))
		return -EEXIST;
	if (name == NULL && !(flags & O_CREAT))
		return -ENOENT;
	disk_folder_of(path, folder);
	if (strcmp(folder, ".") != 0 && disk_find(disk, folder) == NULL)
		return -ENOENT;
	if (name == NULL || (flags & O_TRUNC)) {
		note(disk, path, NULL);
		if (name != NULL)
			disk_drop(name);
		name = disk_add(disk, path, disk_inode_new());
	}
	for (fd = 0; fd < FDS_MAX && disk->fds[fd].open; fd++)
		;
	assert(fd < FDS_MAX);
	disk->fds[fd].open = true;
	disk->fds[fd].has_lock = false;
	disk->fds[fd].inode = name->inode;
	memcpy(disk->fds[fd].path, path, strlen(path) + 1);
	name->inode->references++;
	return (int)fd;
}

static struct inode *
inode_of(struct disk *disk, int fd)
{
	assert(fd >= 0 && fd < FDS_MAX);
	assert(disk->fds[fd].open);
	return disk->fds[fd].inode;
}

static int
disk_close(void *context, int fd)
{
	struct disk *disk = context;
	struct inode *inode = inode_of(disk, fd);

	if (disk->fds[fd].has_lock)
		inode->locked = false;
	disk->fds[fd].open = false;
	disk_inode_unref(inode);
	return 0;
}

static ssize_t
disk_pread(void *context, int fd, void *bytes, size_t size, uint64_t offset)
{
	struct disk *disk = context;
	struct inode *inode = inode_of(disk, fd);
	int error = look(disk, DISK_READ);

	if (error < 0)
		return error;
	if (offset >= inode->cache_size)
		return 0;
	if (size > inode->cache_size - offset)
		size = inode->cache_size - offset;
	if (size > 0)
		memcpy(bytes, inode->cache + offset, size);
	return (ssize_t)size;
}

/* The sector as it now is in the cache joins those that wait. */
static void
wait_sector(struct disk *disk, struct inode *inode, uint64_t sector)
{
	struct waiting *waiting = disk_alloc(sizeof(*waiting));
	size_t from = sector * DISK_SECTOR;
	size_t left = inode->cache_size - from;

	waiting->sector = sector;
	waiting->size = inode->cache_size;
	waiting->order = disk->order++;
	memcpy(waiting->bytes, inode->cache + from, left < DISK_SECTOR ? left : DISK_SECTOR);
	*inode->last = waiting;
	inode->last = &waiting->next;
}

static uint64_t
used_space(const struct disk *disk)
{
	uint64_t used = 0;
	size_t i;

	for (i = 0; i < FILES_MAX; i++)
		if (disk->names[i].used && disk->names[i].inode != NULL)
			used += disk->names[i].inode->cache_size;
	return used;
}

static ssize_t
disk_pwrite(void *context, int fd, const void *bytes, size_t size, uint64_t offset)
{
	struct disk *disk = context;
	struct inode *inode = inode_of(disk, fd);
	uint64_t sector;
	int error = enter(disk, DISK_WRITE);

	if (error < 0 || size == 0)
		return error;
	if (offset + size > inode->cache_size &&
	    used_space(disk) + (offset + size - inode->cache_size) > disk->space)
		return -ENOSPC;
	if (disk->skip_same && offset + size <= inode->cache_size &&
	    memcmp(inode->cache + offset, bytes, size) == 0)
		return (ssize_t)size;
	disk_grow(&inode->cache, &inode->cache_capacity, &inode->cache_size, offset + size);
	memcpy(inode->cache + offset, bytes, size);
	for (sector = offset / DISK_SECTOR; sector * DISK_SECTOR < offset + size; sector++)
		wait_sector(disk, inode, sector);
	return (ssize_t)size;
}

static int
disk_truncate(void *context, int fd, uint64_t size)
{
	struct disk *disk = context;
	struct inode *inode = inode_of(disk, fd);
	int error = enter(disk, DISK_OTHER);

	if (error < 0)
		return error;
	disk_grow(&inode->cache, &inode->cache_capacity, &inode->cache_size, size);
	inode->cache_size = size;
	return 0;
}

static int
disk_size(void *context, int fd, uint64_t *ret_size)
{
	*ret_size = inode_of(context, fd)->cache_size;
	return look(context, DISK_LOOK);
}

void
disk_land(struct inode *inode, const struct waiting *waiting, size_t from, size_t to)
{
	size_t at = waiting->sector * DISK_SECTOR;
	size_t size = inode->platter_size;

	disk_grow(&inode->platter, &inode->platter_capacity, &inode->platter_size,
		  at + DISK_SECTOR);
	memcpy(inode->platter + at + from, waiting->bytes + from, to - from);
	/* A file ends where its size says, not where its last sector does. */
	if (size < waiting->size)
		size = waiting->size;
	disk_grow(&inode->platter, &inode->platter_capacity, &inode->platter_size, size);
	inode->platter_size = size;
}

static int
disk_datasync(void *context, int fd)
{
	struct disk *disk = context;
	struct inode *inode = inode_of(disk, fd);
	struct waiting *waiting;
	int error = enter(disk, DISK_SYNC);

	if (error < 0) {
		/*
		 * As Linux does it: the pages count as clean from now on, whether they were written
		 * or not. Here every other one was.
		 */
		for (waiting = inode->first; waiting != NULL && !disk->stopped;
		     waiting = waiting->next)
			if (waiting->order % 2 == 0)
				disk_land(inode, waiting, 0, DISK_SECTOR);
		if (!disk->stopped)
			disk_forget_waiting(inode);
		return error;
	}
	if (disk->lie != NULL && strstr(disk->fds[fd].path, disk->lie) != NULL)
		return 0;
	for (waiting = inode->first; waiting != NULL; waiting = waiting->next)
		disk_land(inode, waiting, 0, DISK_SECTOR);
	disk_forget_waiting(inode);
	disk_grow(&inode->platter, &inode->platter_capacity, &inode->platter_size,
		  inode->cache_size);
	inode->platter_size = inode->cache_size;
	return 0;
}

static int
disk_lock(void *context, int fd)
{
	struct disk *disk = context;
	struct inode *inode = inode_of(disk, fd);

	if (inode->locked)
		return -EWOULDBLOCK;
	inode->locked = true;
	disk->fds[fd].has_lock = true;
	return 0;
}

/* A folder's rename takes what is in it along; its own name is what may be lost. */
void
disk_move_inside(struct disk *disk, const char *from, const char *to)
{
	size_t length = strlen(from);
	size_t i;

	for (i = 0; i < FILES_MAX; i++) {
		struct name *name = &disk->names[i];
		char path[PATH_SIZE * 2];

		if (!name->used || strncmp(name->path, from, length) != 0 ||
		    name->path[length] != '/')
			continue;
		(void)snprintf(path, sizeof(path), "%s%s", to, name->path + length);
		assert(strlen(path) < sizeof(name->path));
		memcpy(name->path, path, strlen(path) + 1);
	}
}

static int
disk_rename(void *context, const char *from, const char *to)
{
	struct disk *disk = context;
	struct name *name = disk_find(disk, from);
	struct name *there = disk_find(disk, to);
	int error = enter(disk, DISK_RENAME);

	if (error < 0)
		return error;
	if (name == NULL)
		return -ENOENT;
	note(disk, from, to);
	if (there != NULL)
		disk_drop(there);
	memset(name->path, 0, sizeof(name->path));
	memcpy(name->path, to, strlen(to));
	if (name->inode == NULL)
		disk_move_inside(disk, from, to);
	return 0;
}

static int
disk_unlink(void *context, const char *path)
{
	struct disk *disk = context;
	struct name *name = disk_find(disk, path);
	int error;

	if (name == NULL)
		return -ENOENT;
	error = enter(disk, DISK_OTHER);
	if (error < 0)
		return error;
	note(disk, path, NULL);
	disk_drop(name);
	return 0;
}

static int
disk_make_folder(void *context, const char *path)
{
	struct disk *disk = context;
	int error;

	if (disk_find(disk, path) != NULL)
		return -EEXIST;
	error = enter(disk, DISK_OTHER);
	if (error < 0)
		return error;
	note(disk, path, NULL);
	(void)disk_add(disk, path, NULL);
	return 0;
}

static int
disk_sync_folder(void *context, const char *path)
{
	struct disk *disk = context;
	size_t kept = 0;
	size_t i;
	int error = enter(disk, DISK_SYNC_FOLDER);

	if (error < 0)
		return error;
	if (disk->lie != NULL && strstr(path, disk->lie) != NULL)
		return 0;
	for (i = 0; i < disk->waiting_op_count; i++) {
		if (strcmp(disk->waiting_ops[i].folder, path) == 0)
			disk_op_done(&disk->waiting_ops[i]);
		else
			disk->waiting_ops[kept++] = disk->waiting_ops[i];
	}
	disk->waiting_op_count = kept;
	return 0;
}

static int
disk_list(void *context, const char *path, int (*on_name)(void *user, const char *name), void *user)
{
	struct disk *disk = context;
	struct name *folder = disk_find(disk, path);
	size_t i;
	int answer = look(disk, DISK_LOOK);

	if (answer < 0)
		return answer;
	if (folder == NULL)
		return -ENOENT;
	for (i = 0; answer == 0 && i < FILES_MAX; i++) {
		char of[PATH_SIZE];

		if (!disk->names[i].used)
			continue;
		disk_folder_of(disk->names[i].path, of);
		if (strcmp(of, path) == 0)
			answer = on_name(user, disk->names[i].path + strlen(path) + 1);
	}
	return answer;
}

static int
disk_free_space(void *context, const char *path, uint64_t *ret_bytes)
{
	struct disk *disk = context;
	uint64_t used = used_space(disk);

	(void)path;
	*ret_bytes = used < disk->space ? disk->space - used : 0;
	return 0;
}

struct disk *
disk_new(void)
{
	struct disk *disk = disk_alloc(sizeof(*disk));

	disk->space = UINT64_MAX;
	disk->ops = (struct file_ops){
	    .context = disk,
	    .open = disk_open,
	    .close = disk_close,
	    .pread = disk_pread,
	    .pwrite = disk_pwrite,
	    .truncate = disk_truncate,
	    .size = disk_size,
	    .datasync = disk_datasync,
	    .lock = disk_lock,
	    .rename = disk_rename,
	    .unlink = disk_unlink,
	    .make_folder = disk_make_folder,
	    .sync_folder = disk_sync_folder,
	    .list = disk_list,
	    .free_space = disk_free_space,
	};
	return disk;
}

struct disk *
disk_free(struct disk *disk)
{
	size_t i;

	if (disk == NULL)
		return NULL;
	disk_kill(disk);
	for (i = 0; i < disk->waiting_op_count; i++)
		disk_op_done(&disk->waiting_ops[i]);
	for (i = 0; i < FILES_MAX; i++)
		if (disk->names[i].used)
			disk_drop(&disk->names[i]);
	free(disk);
	return NULL;
}

const struct file_ops *
disk_files(struct disk *disk)
{
	return &disk->ops;
}

uint64_t
disk_count(const struct disk *disk)
{
	return disk->count;
}

uint64_t
disk_count_of(const struct disk *disk, enum disk_op op)
{
	return disk->counts[op];
}

void
disk_stop_at(struct disk *disk, uint64_t call)
{
	disk->stop_at = call;
}

bool
disk_is_stopped(const struct disk *disk)
{
	return disk->stopped;
}

void
disk_fail_at(struct disk *disk, enum disk_op op, uint64_t k, int error, bool for_ever)
{
	disk->fail_op = op;
	disk->fail_at = k;
	disk->fail_error = error;
	disk->fail_for_ever = for_ever;
	disk->failed = false;
}

bool
disk_has_failed(const struct disk *disk)
{
	return disk->failed;
}

void
disk_set_space(struct disk *disk, uint64_t bytes)
{
	disk->space = bytes;
}

void
disk_lie_about_sync(struct disk *disk, const char *path_part)
{
	disk->lie = path_part;
}

void
disk_skip_same_bytes(struct disk *disk, bool skip)
{
	disk->skip_same = skip;
}

void
disk_kill(struct disk *disk)
{
	int fd;

	for (fd = 0; fd < FDS_MAX; fd++)
		if (disk->fds[fd].open)
			(void)disk_close(disk, fd);
	disk->stopped = false;
	disk->stop_at = 0;
	disk->fail_at = 0;
}
