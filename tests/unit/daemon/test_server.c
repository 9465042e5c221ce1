/* The door: which paths are taken, and which sockets. */
#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/server.h"
#include "suites.h"

static struct event_base *base;
static struct authz *authz;
static struct health health;
static struct server *server;
static char folder[] = "/tmp/test-server-XXXXXX";
static char path[64];

static void
setup(void)
{
	snprintf(folder, sizeof(folder), "/tmp/test-server-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/sock", folder);
	base = event_base_new();
	authz = authz_new();
	const struct server_config config = {
	    .base = base, .authz = authz, .health = &health, .sessions_max = 10};
	server = server_new(&config);
	ck_assert_ptr_nonnull(server);
}

static void
teardown(void)
{
	server = server_free(server);
	authz = authz_free(authz);
	event_base_free(base);
	unlink(path);
	rmdir(folder);
}

static int
bound_socket(const char *at, bool listens)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	memcpy(address.sun_path, at, strlen(at));
	ck_assert_int_eq(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	if (listens)
		ck_assert_int_eq(listen(fd, 1), 0);
	return fd;
}

START_TEST(a_socket_has_its_mode_and_goes_with_the_daemon)
{
	struct stat file;

	ck_assert_int_eq(server_bind_unix(server, path, 0640), 0);
	ck_assert_int_eq(stat(path, &file), 0);
	ck_assert_int_eq(file.st_mode & 07777, 0640);
	server_close(server);
	ck_assert_int_eq(stat(path, &file), -1);
}
END_TEST

START_TEST(a_socket_left_behind_is_replaced)
{
	close(bound_socket(path, true));
	ck_assert_int_eq(server_bind_unix(server, path, 0600), 0);
}
END_TEST

START_TEST(a_socket_that_is_answered_is_left_alone)
{
	int fd = bound_socket(path, true);

	ck_assert_int_eq(server_bind_unix(server, path, 0600), -EADDRINUSE);
	ck_assert_int_eq(access(path, F_OK), 0);
	close(fd);
}
END_TEST

START_TEST(a_file_that_is_no_socket_is_left_alone)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	fclose(file);
	ck_assert_int_eq(server_bind_unix(server, path, 0600), -EEXIST);
	ck_assert_int_eq(access(path, F_OK), 0);
}
END_TEST

START_TEST(a_path_too_long_is_refused)
{
	char longer[200];

	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	ck_assert_int_eq(server_bind_unix(server, longer, 0600), -ENAMETOOLONG);
}
END_TEST

START_TEST(only_listening_unix_sockets_are_taken_over)
{
	int pair[2];
	int tcp = socket(AF_INET, SOCK_STREAM, 0);
	int listening = bound_socket(path, true);

	ck_assert_int_eq(listen(tcp, 1), 0);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	ck_assert_int_eq(server_take_socket(server, tcp), -ENOTSUP);
	ck_assert_int_eq(server_take_socket(server, pair[0]), -ENOTSUP);
	ck_assert_int_eq(server_take_socket(server, 999), -EBADF);
	ck_assert_int_eq(server_take_socket(server, listening), 0);
	close(tcp);
	close(pair[0]);
	close(pair[1]);
}
END_TEST

START_TEST(a_path_taken_since_the_bind_is_left_to_its_taker)
{
	struct loop *loops[1] = {NULL};

	ck_assert_int_eq(server_bind_unix(server, path, 0600), 0);
	ck_assert_int_eq(unlink(path), 0);
	int fd = bound_socket(path, true);
	ck_assert_int_eq(server_open(server, loops, 1), -EADDRINUSE);
	server_close(server);
	ck_assert_int_eq(access(path, F_OK), 0);
	close(fd);
}
END_TEST

START_TEST(more_listeners_than_fit_are_refused)
{
	char name[80];
	int last = 0;

	for (int i = 0; i < SERVER_LISTENERS_MAX; i++) {
		snprintf(name, sizeof(name), "%s.%d", path, i);
		ck_assert_int_eq(server_bind_unix(server, name, 0600), 0);
		last = i;
	}
	ck_assert_int_eq(last, SERVER_LISTENERS_MAX - 1);
	ck_assert_int_eq(server_bind_unix(server, path, 0600), -ENOSPC);
}
END_TEST

Suite *
suite_server(void)
{
	Suite *suite = suite_create("server");
	TCase *tcase = tcase_create("server");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_socket_has_its_mode_and_goes_with_the_daemon);
	tcase_add_test(tcase, a_socket_left_behind_is_replaced);
	tcase_add_test(tcase, a_path_taken_since_the_bind_is_left_to_its_taker);
	tcase_add_test(tcase, a_socket_that_is_answered_is_left_alone);
	tcase_add_test(tcase, a_file_that_is_no_socket_is_left_alone);
	tcase_add_test(tcase, a_path_too_long_is_refused);
	tcase_add_test(tcase, only_listening_unix_sockets_are_taken_over);
	tcase_add_test(tcase, more_listeners_than_fit_are_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}
