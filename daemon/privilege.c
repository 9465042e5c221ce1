/*
 * The rules for root: become somebody else, or say aloud that one did not.
 *
 * main calls it once, before there are threads or open files of the book.
 */
#include "privilege.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diag.h"

#define PRIVILEGE_FILES_MAX 131072

static int
privilege_fail(const char *what, const char *user, int error)
{
	diag(DIAG_ERROR, "user_not_taken", diag_text("user", user), diag_text("what", what),
	     diag_errno("error", error), DIAG_END);
	return error;
}

/* The folder they will keep the book in, if it is not there yet. */
static int
privilege_make_folder(const char *path, const struct passwd *user)
{
	if (mkdir(path, 0700) < 0)
		return errno == EEXIST ? 0 : -errno;
	if (chown(path, user->pw_uid, user->pw_gid) < 0)
		return -errno;
	return 0;
}

static int
privilege_become(const struct conf *conf, const struct passwd *user)
{
	const char *name = conf_text(conf, CONF_USER);
	int failed = privilege_make_folder(conf_text(conf, CONF_DATA), user);

	if (failed < 0)
		return privilege_fail("data folder", name, failed);
	/* Groups first: without root they could not be left. */
	if (initgroups(name, user->pw_gid) < 0)
		return privilege_fail("groups", name, -errno);
	if (setresgid(user->pw_gid, user->pw_gid, user->pw_gid) < 0)
		return privilege_fail("group", name, -errno);
	if (setresuid(user->pw_uid, user->pw_uid, user->pw_uid) < 0)
		return privilege_fail("user", name, -errno);
	if (user->pw_uid != 0 && setuid(0) == 0)
		return privilege_fail("root could be had back", name, -EPERM);
	return 0;
}

int
privilege_drop(const struct conf *conf)
{
	const char *name = conf_text(conf, CONF_USER);

	if (name[0] == '\0') {
		if (geteuid() == 0)
			diag(DIAG_WARNING, "running_as_root",
			     diag_text("advice", "set user, or --user NAME"), DIAG_END);
		return 0;
	}
	errno = 0;
	const struct passwd *user = getpwnam(name);
	if (user == NULL)
		return privilege_fail("unknown user", name, errno == 0 ? -ENOENT : -errno);
	if (geteuid() == user->pw_uid && geteuid() != 0)
		return 0;
	if (geteuid() != 0)
		return privilege_fail("only root can become somebody else", name, -EPERM);
	return privilege_become(conf, user);
}

void
privilege_raise_files(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) < 0)
		return;
	rlim_t wanted = files.rlim_max == RLIM_INFINITY || files.rlim_max > PRIVILEGE_FILES_MAX
			    ? PRIVILEGE_FILES_MAX
			    : files.rlim_max;
	if (files.rlim_cur == RLIM_INFINITY || files.rlim_cur >= wanted)
		return;
	files.rlim_cur = wanted;
	(void)setrlimit(RLIMIT_NOFILE, &files);
}
