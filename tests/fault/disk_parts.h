/*
 * The inside of the disk in memory: disk.c (what programs may call) and disk_cut.c (what may
 * happen to it).
 */
#ifndef FAULT_DISK_PARTS_H
#define FAULT_DISK_PARTS_H

#include "disk.h"

enum { FILES_MAX = 512, FDS_MAX = 64, OPS_MAX = 1024, PATH_SIZE = 200 };

/* A sector's bytes on their way, in the order they were written. */
struct waiting {
	struct waiting *next;
	uint64_t sector;
	size_t size; /* of the file after it */
	uint64_t order;
	uint8_t bytes[DISK_SECTOR];
};

struct inode {
	int references; /* names and descriptors */
	uint8_t *cache;
	size_t cache_size;
	size_t cache_capacity;
	uint8_t *platter;
	size_t platter_size;
	size_t platter_capacity;
	struct waiting *first;
	struct waiting **last;
	bool locked;
};

struct name {
	char path[PATH_SIZE];
	struct inode *inode; /* NULL: a folder */
	bool used;
};

/* A change to a folder that is not yet there for good. */
struct folder_op {
	char folder[PATH_SIZE];
	struct name before[2]; /* what stands at these paths if it is undone; used false: nothing */
};

struct disk {
	struct file_ops ops;
	struct name names[FILES_MAX];
	struct folder_op waiting_ops[OPS_MAX];
	size_t waiting_op_count;
	struct {
		struct inode *inode;
		bool open;
		bool has_lock;
		char path[PATH_SIZE];
	} fds[FDS_MAX];
	uint64_t count;
	uint64_t counts[DISK_OPS];
	uint64_t order;
	uint64_t stop_at;
	bool stopped;
	enum disk_op fail_op;
	uint64_t fail_at; /* 0: never */
	int fail_error;
	bool fail_for_ever;
	bool failed;
	uint64_t space;
	const char *lie;
	bool skip_same;
};

void *disk_alloc(size_t size);
struct inode *disk_inode_new(void);
void disk_inode_unref(struct inode *);
void disk_forget_waiting(struct inode *);
void disk_grow(uint8_t **bytes, size_t *capacity, size_t *size, size_t want);
struct name *disk_find(const struct disk *, const char *path);
struct name *disk_add(struct disk *, const char *path, struct inode *);
void disk_drop(struct name *);
void disk_folder_of(const char *path, char folder[PATH_SIZE]);
void disk_land(struct inode *, const struct waiting *, size_t from, size_t to);
void disk_op_done(struct folder_op *);
/* A folder's new name for what is in it. */
void disk_move_inside(struct disk *, const char *from, const char *to);

#endif
