/*
 * The one seam to the disk: everything the log, the mark, the vault and backups do to files goes
 * through this table, so that a test can be the disk. The view is LMDB's own business.
 *
 * Calls answer 0 (or what they return) on success, else a negative errno. Any thread.
 */
#ifndef STORAGE_FILE_H
#define STORAGE_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "error.h"

struct file_ops {
	void *context; /* handed to every call */

	/* flags of open(2), O_CLOEXEC added; mode is 0600, folders 0700. */
	int (*open)(void *context, const char *path, int flags);
	int (*close)(void *context, int fd);
	ssize_t (*pread)(void *context, int fd, void *bytes, size_t size, uint64_t offset);
	ssize_t (*pwrite)(void *context, int fd, const void *bytes, size_t size, uint64_t offset);
	int (*truncate)(void *context, int fd, uint64_t size);
	int (*size)(void *context, int fd, uint64_t *ret_size);
	int (*datasync)(void *context, int fd);
	int (*lock)(void *context, int fd); /* exclusive, without waiting: -EWOULDBLOCK */

	int (*rename)(void *context, const char *from, const char *to);
	int (*unlink)(void *context, const char *path);
	int (*make_folder)(void *context, const char *path);
	int (*sync_folder)(void *context, const char *path);
	/* Calls on_name for each entry but "." and ".."; stops when that answers non-zero. */
	int (*list)(void *context, const char *path, int (*on_name)(void *user, const char *name),
		    void *user);
	int (*free_space)(void *context, const char *path, uint64_t *ret_bytes);
};

/* The real thing. */
extern const struct file_ops file_posix;

/*
 * Whole transfers over short ones. file_read_all answers -ENODATA when the file ends early,
 * file_write_all never leaves out a byte without saying so.
 */
int file_read_all(const struct file_ops *, int fd, void *bytes, size_t size,
		  uint64_t offset) NODISCARD;
int file_write_all(const struct file_ops *, int fd, const void *bytes, size_t size,
		   uint64_t offset) NODISCARD;

/* The folder part of a path ("." if none) into a buffer; -ENAMETOOLONG. */
int file_folder_of(const char *path, char *ret_folder, size_t size) NODISCARD;

/* Sync the folder that has this name in it, so that the name survives the power. */
int file_sync_name(const struct file_ops *, const char *path) NODISCARD;

/* 1: there is such a file; 0: there is none; else it cannot be told. */
int file_exists(const struct file_ops *, const char *path) NODISCARD;

#endif
