/*
 * What may happen to a disk: power cuts, rot, copies put back.
 *
 * Owns nothing of its own. Used by the fault programs and unit tests, on one thread.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "disk_parts.h"

/* Put back what stood at the paths before. */
static void
op_undo(struct disk *disk, struct folder_op *op)
{
	size_t i;

	/* A renamed folder takes what is in it back with it. */
	if (op->before[0].used && op->before[0].inode == NULL && op->before[1].path[0] != '\0')
		disk_move_inside(disk, op->before[1].path, op->before[0].path);
	for (i = 0; i < 2; i++) {
		struct name *now = disk_find(disk, op->before[i].path);

		if (op->before[i].path[0] == '\0')
			continue;
		if (now != NULL)
			disk_drop(now);
		if (op->before[i].used)
			(void)disk_add(disk, op->before[i].path, op->before[i].inode);
	}
	disk_op_done(op);
}

/* How a cut decides: what it has left to draw from, and how many things it has decided. */
struct chance {
	enum disk_cut cut;
	uint64_t seed;
	uint64_t mask;
	uint64_t prefix;
	size_t decided;
};

static bool
next_bit(struct chance *chance)
{
	size_t index = chance->decided++;

	if (chance->cut != DISK_CUT_MASK || index >= 64)
		return disk_random(&chance->seed) % 2 == 0;
	return (chance->mask >> index) & 1;
}

/* What of a waiting sector lands, by the cut. */
static void
cut_sector(struct inode *inode, const struct waiting *waiting, struct chance *chance)
{
	size_t torn;

	switch (chance->cut) {
	case DISK_CUT_ALL:
		disk_land(inode, waiting, 0, DISK_SECTOR);
		return;
	case DISK_CUT_NONE:
		return;
	case DISK_CUT_PREFIX:
		if (waiting->order < chance->prefix)
			disk_land(inode, waiting, 0, DISK_SECTOR);
		return;
	case DISK_CUT_SUBSET:
	case DISK_CUT_MASK:
		if (next_bit(chance))
			disk_land(inode, waiting, 0, DISK_SECTOR);
		return;
	case DISK_CUT_TORN:
	case DISK_CUTS:
		torn = disk_random(&chance->seed) % (DISK_SECTOR + 1);
		if (disk_random(&chance->seed) % 3 == 0)
			disk_land(inode, waiting, 0, torn);
		else if (disk_random(&chance->seed) % 2 == 0)
			disk_land(inode, waiting, torn, DISK_SECTOR);
		return;
	}
}

static void
cut_inode(struct inode *inode, struct chance *chance)
{
	struct waiting *waiting;

	for (waiting = inode->first; waiting != NULL; waiting = waiting->next)
		cut_sector(inode, waiting, chance);
	disk_forget_waiting(inode);
	inode->cache_size = 0;
	disk_grow(&inode->cache, &inode->cache_capacity, &inode->cache_size, inode->platter_size);
	if (inode->platter_size > 0)
		memcpy(inode->cache, inode->platter, inode->platter_size);
}

/* Changes of a folder are lost from the last one backwards; folders go each their own way. */
static void
cut_folders(struct disk *disk, struct chance *chance)
{
	bool kept[OPS_MAX];
	size_t i;
	size_t k;

	for (i = disk->waiting_op_count; i-- > 0;) {
		kept[i] = chance->cut == DISK_CUT_ALL ||
			  (chance->cut != DISK_CUT_NONE && next_bit(chance));
		/* A later one that was kept keeps all before it. */
		for (k = i + 1; k < disk->waiting_op_count; k++)
			if (kept[k] &&
			    strcmp(disk->waiting_ops[k].folder, disk->waiting_ops[i].folder) == 0)
				kept[i] = true;
	}
	for (i = disk->waiting_op_count; i-- > 0;) {
		if (kept[i])
			disk_op_done(&disk->waiting_ops[i]);
		else
			op_undo(disk, &disk->waiting_ops[i]);
	}
	disk->waiting_op_count = 0;
}

/* What is in a folder that is not there is not there. */
static void
drop_orphans(struct disk *disk)
{
	bool dropped = true;
	size_t i;

	while (dropped) {
		dropped = false;
		for (i = 0; i < FILES_MAX; i++) {
			char folder[PATH_SIZE];

			if (!disk->names[i].used)
				continue;
			disk_folder_of(disk->names[i].path, folder);
			if (strcmp(folder, ".") != 0 && disk_find(disk, folder) == NULL) {
				disk_drop(&disk->names[i]);
				dropped = true;
			}
		}
	}
}

void
disk_power_cut(struct disk *disk, enum disk_cut cut, uint64_t seed)
{
	struct chance chance = {.cut = cut, .seed = seed, .mask = seed};
	size_t i;

	if (disk->order > 0)
		chance.prefix = disk_random(&chance.seed) % (disk->order + 1);
	/* Most that waits is among the last written: there the interesting prefixes end. */
	if (disk->order > 64 && disk_random(&chance.seed) % 4 != 0)
		chance.prefix = disk->order - disk_random(&chance.seed) % 64;
	disk_kill(disk);
	cut_folders(disk, &chance);
	drop_orphans(disk);
	for (i = 0; i < FILES_MAX; i++)
		if (disk->names[i].used && disk->names[i].inode != NULL)
			cut_inode(disk->names[i].inode, &chance);
}

size_t
disk_waiting(const struct disk *disk)
{
	size_t count = disk->waiting_op_count;
	size_t i;

	for (i = 0; i < FILES_MAX; i++) {
		const struct waiting *waiting;

		if (!disk->names[i].used || disk->names[i].inode == NULL)
			continue;
		for (waiting = disk->names[i].inode->first; waiting != NULL;
		     waiting = waiting->next)
			count++;
	}
	return count;
}

uint8_t *
disk_bytes(struct disk *disk, const char *path, size_t *ret_size)
{
	struct name *name = disk_find(disk, path);

	if (name == NULL || name->inode == NULL)
		return NULL;
	*ret_size = name->inode->cache_size;
	return name->inode->cache;
}

static void
set_inode(struct inode *inode, const uint8_t *bytes, size_t size)
{
	disk_forget_waiting(inode);
	inode->cache_size = 0;
	inode->platter_size = 0;
	disk_grow(&inode->cache, &inode->cache_capacity, &inode->cache_size, size);
	disk_grow(&inode->platter, &inode->platter_capacity, &inode->platter_size, size);
	if (size > 0) {
		memcpy(inode->cache, bytes, size);
		memcpy(inode->platter, bytes, size);
	}
}

void
disk_set_bytes(struct disk *disk, const char *path, const uint8_t *bytes, size_t size)
{
	struct name *name = disk_find(disk, path);

	if (name == NULL)
		name = disk_add(disk, path, disk_inode_new());
	set_inode(name->inode, bytes, size);
}

void
disk_remove(struct disk *disk, const char *path)
{
	struct name *name = disk_find(disk, path);

	if (name != NULL)
		disk_drop(name);
}

struct disk *
disk_copy(const struct disk *disk)
{
	struct disk *copy = disk_new();
	size_t i;

	for (i = 0; i < FILES_MAX; i++) {
		const struct name *name = &disk->names[i];

		if (!name->used)
			continue;
		if (name->inode == NULL)
			(void)disk_add(copy, name->path, NULL);
		else
			set_inode(disk_add(copy, name->path, disk_inode_new())->inode,
				  name->inode->cache, name->inode->cache_size);
	}
	return copy;
}

static uint64_t
hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
	const uint8_t *at = bytes;

	while (size-- > 0)
		hash = (hash ^ *at++) * 0x100000001b3u;
	return hash;
}

uint64_t
disk_hash(const struct disk *disk)
{
	uint64_t sum = 0;
	size_t i;

	/* A sum, so that the order of names does not matter. */
	for (i = 0; i < FILES_MAX; i++) {
		const struct name *name = &disk->names[i];
		uint64_t hash = 0xcbf29ce484222325u;

		if (!name->used)
			continue;
		hash = hash_bytes(hash, name->path, strlen(name->path));
		if (name->inode != NULL)
			hash = hash_bytes(hash, name->inode->cache, name->inode->cache_size);
		sum += hash;
	}
	return sum;
}

const char *
disk_name(const struct disk *disk, size_t k)
{
	size_t i;

	for (i = 0; i < FILES_MAX; i++)
		if (disk->names[i].used && k-- == 0)
			return disk->names[i].path;
	return NULL;
}
