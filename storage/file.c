/*
 * Files, as the system gives them. Owns nothing; called by the log, mark, vault and backup, on
 * any thread; it never retries a failed sync and never decides what a failure means.
 */
#include "file.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static int
posix_open(void *context, const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	(void)context;
	return fd < 0 ? -errno : fd;
}

static int
posix_close(void *context, int fd)
{
	(void)context;
	/* On Linux the descriptor is gone whatever close answers; what matters was synced. */
	return close(fd) < 0 ? -errno : 0;
}

static ssize_t
posix_pread(void *context, int fd, void *bytes, size_t size, uint64_t offset)
{
	ssize_t got = pread(fd, bytes, size, (off_t)offset);

	(void)context;
	return got < 0 ? -errno : got;
}

static ssize_t
posix_pwrite(void *context, int fd, const void *bytes, size_t size, uint64_t offset)
{
	ssize_t put = pwrite(fd, bytes, size, (off_t)offset);

	(void)context;
	return put < 0 ? -errno : put;
}

static int
posix_truncate(void *context, int fd, uint64_t size)
{
	(void)context;
	return ftruncate(fd, (off_t)size) < 0 ? -errno : 0;
}

static int
posix_size(void *context, int fd, uint64_t *ret_size)
{
	struct stat status;

	(void)context;
	if (fstat(fd, &status) < 0)
		return -errno;
	*ret_size = (uint64_t)status.st_size;
	return 0;
}

static int
posix_datasync(void *context, int fd)
{
	(void)context;
	return fdatasync(fd) < 0 ? -errno : 0;
}

static int
posix_lock(void *context, int fd)
{
	(void)context;
	return flock(fd, LOCK_EX | LOCK_NB) < 0 ? -errno : 0;
}

static int
posix_rename(void *context, const char *from, const char *to)
{
	(void)context;
	return rename(from, to) < 0 ? -errno : 0;
}

static int
posix_unlink(void *context, const char *path)
{
	(void)context;
	return unlink(path) < 0 ? -errno : 0;
}

static int
posix_make_folder(void *context, const char *path)
{
	(void)context;
	return mkdir(path, 0700) < 0 ? -errno : 0;
}

static int
posix_sync_folder(void *context, const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error = 0;

	(void)context;
	if (fd < 0)
		return -errno;
	if (fsync(fd) < 0)
		error = -errno;
	(void)close(fd);
	return error;
}

static int
posix_list(void *context, const char *path, int (*on_name)(void *user, const char *name),
	   void *user)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	int answer = 0;

	(void)context;
	if (folder == NULL)
		return -errno;
	errno = 0;
	while (answer == 0 && (entry = readdir(folder)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			answer = on_name(user, entry->d_name);
		errno = 0;
	}
	if (answer == 0 && errno != 0)
		answer = -errno;
	(void)closedir(folder);
	return answer;
}

static int
posix_free_space(void *context, const char *path, uint64_t *ret_bytes)
{
	struct statvfs status;

	(void)context;
	if (statvfs(path, &status) < 0)
		return -errno;
	*ret_bytes = (uint64_t)status.f_bavail * status.f_frsize;
	return 0;
}

const struct file_ops file_posix = {
    .open = posix_open,
    .close = posix_close,
    .pread = posix_pread,
    .pwrite = posix_pwrite,
    .truncate = posix_truncate,
    .size = posix_size,
    .datasync = posix_datasync,
    .lock = posix_lock,
    .rename = posix_rename,
    .unlink = posix_unlink,
    .make_folder = posix_make_folder,
    .sync_folder = posix_sync_folder,
    .list = posix_list,
    .free_space = posix_free_space,
};

int
file_read_all(const struct file_ops *files, int fd, void *bytes, size_t size, uint64_t offset)
{
	uint8_t *at = bytes;

	while (size > 0) {
		ssize_t got = files->pread(files->context, fd, at, size, offset);

		if (got == -EINTR)
			continue;
		if (got < 0)
			return (int)got;
		if (got == 0)
			return -ENODATA;
		at += got;
		size -= (size_t)got;
		offset += (uint64_t)got;
	}
	return 0;
}

int
file_write_all(const struct file_ops *files, int fd, const void *bytes, size_t size,
	       uint64_t offset)
{
	const uint8_t *at = bytes;

	while (size > 0) {
		ssize_t put = files->pwrite(files->context, fd, at, size, offset);

		if (put == -EINTR)
			continue;
		if (put < 0)
			return (int)put;
		if (put == 0)
			return -EIO;
		at += put;
		size -= (size_t)put;
		offset += (uint64_t)put;
	}
	return 0;
}

int
file_folder_of(const char *path, char *ret_folder, size_t size)
{
	const char *slash = strrchr(path, '/');
	size_t length;

	assert(size >= 2);
	if (slash == NULL) {
		memcpy(ret_folder, ".", 2);
		return 0;
	}
	length = slash == path ? 1 : (size_t)(slash - path);
	if (length >= size)
		return -ENAMETOOLONG;
	memcpy(ret_folder, path, length);
	ret_folder[length] = '\0';
	return 0;
}

int
file_sync_name(const struct file_ops *files, const char *path)
{
	char folder[PATH_MAX];
	int error = file_folder_of(path, folder, sizeof(folder));

	return error < 0 ? error : files->sync_folder(files->context, folder);
}

int
file_exists(const struct file_ops *files, const char *path)
{
	int fd = files->open(files->context, path, O_RDONLY);

	if (fd >= 0)
		(void)files->close(files->context, fd);
	return fd == -ENOENT ? 0 : fd < 0 ? fd : 1;
}
