/*
 * Processes of the client's tests. Every process started is ended by its id.
 */

#include "run.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fake.h"

static bool
run_answers(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool answers;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	answers = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
	close(fd);
	return answers;
}

void
run_begin(struct run *run, bool reverse, size_t chunk)
{
	pid_t parent = getpid();

	*run = (struct run){0};
	snprintf(run->folder, sizeof(run->folder), "/tmp/demerit-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(run->folder));
	snprintf(run->socket, sizeof(run->socket), "%s/socket", run->folder);
	snprintf(run->server, sizeof(run->server), "unix:%s", run->socket);
	run->daemon = fork();
	ck_assert_int_ge(run->daemon, 0);
	if (run->daemon == 0) {
		/* A test that fails does not come back to end this one. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		fake_serve(run->socket, reverse, chunk);
	}
	for (int i = 0; i < 2000 && !run_answers(run->socket); i++)
		nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
}

void
run_end(struct run *run)
{
	char command[128];

	kill(run->daemon, SIGKILL);
	waitpid(run->daemon, NULL, 0);
	snprintf(command, sizeof(command), "rm -rf %s", run->folder);
	ck_assert_int_eq(system(command), 0);
}

const char *
run_file(struct run *run, const char *name, const char *text)
{
	static char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", run->folder, name);
	file = fopen(path, "wb");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(text, 1, strlen(text), file), strlen(text));
	ck_assert_int_eq(fclose(file), 0);
	return path;
}

static size_t
run_slurp(const char *path, char *out, size_t room)
{
	FILE *file = fopen(path, "rb");
	size_t size;

	ck_assert_ptr_nonnull(file);
	size = fread(out, 1, room - 1, file);
	out[size] = '\0';
	fclose(file);
	return size;
}

static void
run_child(struct run *run, const char *lang, const char *out, const char *err, char **argv)
{
	int out_fd = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int err_fd = open(err, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int in_fd = open("/dev/null", O_RDONLY);

	if (out_fd < 0 || err_fd < 0 || in_fd < 0)
		_exit(99);
	dup2(in_fd, 0);
	dup2(out_fd, 1);
	dup2(err_fd, 2);
	unsetenv("LC_ALL");
	unsetenv("LC_MESSAGES");
	setenv("LANG", lang, 1);
	setenv("DEMERIT_SERVER", run->server, 1);
	execv(argv[0], argv);
	_exit(99);
}

void
run_program(struct run *run, const char *lang, struct run_output *ret, ...)
{
	static char program[] =
#ifdef CLI_PROGRAM
	    CLI_PROGRAM;
#else
	    "demerit";
#endif
	char out[128], err[128];
	char *argv[64] = {program};
	int argc = 1, status;
	va_list list;
	pid_t child;

	va_start(list, ret);
	while (argc < 63 && (argv[argc] = va_arg(list, char *)) != NULL)
		argc++;
	va_end(list);
	snprintf(out, sizeof(out), "%s/out", run->folder);
	snprintf(err, sizeof(err), "%s/err", run->folder);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0)
		run_child(run, lang, out, err, argv);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ret->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	ret->out_size = run_slurp(out, ret->out, sizeof(ret->out));
	run_slurp(err, ret->err, sizeof(ret->err));
}
