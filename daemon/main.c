/*
 * demeritd: puts the parts together, waits for signals, takes the parts apart.
 *
 * The main thread serves signals, the door and the loopback pages; loops serve sessions, the
 * writer writes. The order of a start: configuration, user, logs, addresses, book (on a thread of
 * its own, so that /readyz can say how far it is), loops, door. The order of a stop is the reverse.
 */
#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin.h"
#include "authz.h"
#include "clock.h"
#include "conf.h"
#include "diag.h"
#include "health.h"
#include "http.h"
#include "loop.h"
#include "notify.h"
#include "opening.h"
#include "options.h"
#include "privilege.h"
#include "random.h"
#include "reload.h"
#include "server.h"
#include "version.h"

#define MAIN_LOOPS_MAX	    64
#define MAIN_FAILED_SECONDS 2
#define MAIN_DRAIN_POLL_US  20000

enum { MAIN_OK = 0, MAIN_FAILED = 1, MAIN_USAGE = 2 };

struct demeritd {
	struct options options;
	struct conf conf;
	struct event_base *base;
	struct authz *authz;
	struct session_limits limits;
	struct health health;
	struct http *http;
	struct server *server;
	struct opening opening;
	struct call_book book;
	struct loop *loops[MAIN_LOOPS_MAX];
	size_t loops_count;

	pthread_t opener;
	bool opener_runs;
	_Atomic bool failed; /* the store: stop */
	_Atomic bool opened;
	int open_result;
	int wake_fd; /* from the opener and from the writer */
	bool stops;  /* a first SIGTERM has come */
	int64_t stop_by_us;
	int status;

	struct event *woken;
	struct event *polled;
	struct event *watched;
	struct event *signals[5];
};

static struct demeritd demeritd = {.wake_fd = -1};

static void
main_wake(void)
{
	const uint64_t one = 1;
	ssize_t written = write(demeritd.wake_fd, &one, sizeof(one));

	(void)written; /* a full counter wakes as well */
}

static void
main_stop_now(void)
{
	(void)event_base_loopbreak(demeritd.base);
}

/* Nobody new, nothing new; what is in hand is answered, for a while. */
static void
main_drain(uint32_t seconds)
{
	const struct timeval poll = {.tv_usec = MAIN_DRAIN_POLL_US};

	demeritd.stops = true;
	demeritd.stop_by_us = clock_monotonic_us(&clock_system) + (int64_t)seconds * 1000000;
	atomic_store(&demeritd.health.stage, HEALTH_DRAINING);
	(void)notify_send("STOPPING=1");
	diag(DIAG_NOTICE, "draining",
	     diag_uint("sessions", atomic_load(&demeritd.health.sessions_count)), DIAG_END);
	server_close(demeritd.server);
	for (size_t i = 0; i < demeritd.loops_count; i++)
		loop_drain(demeritd.loops[i]);
	event_add(demeritd.polled, &poll);
}

static void
main_on_poll(evutil_socket_t fd, short what, void *user)
{
	bool idle = true;

	(void)fd;
	(void)what;
	(void)user;
	for (size_t i = 0; i < demeritd.loops_count; i++)
		idle = idle && loop_is_idle(demeritd.loops[i]);
	if (idle || clock_monotonic_us(&clock_system) >= demeritd.stop_by_us)
		main_stop_now();
}

static void
main_on_stop(evutil_socket_t number, short what, void *user)
{
	(void)what;
	(void)user;
	diag(DIAG_NOTICE, "signal", diag_text("name", sigabbrev_np((int)number)), DIAG_END);
	if (demeritd.opener_runs) {
		/* Nothing has been answered yet, and recovery can be cut short at any point. */
		server_close(demeritd.server);
		diag(DIAG_NOTICE, "stopped_while_opening", DIAG_END);
		_exit(MAIN_OK);
	}
	if (demeritd.stops)
		main_stop_now();
	else
		main_drain(conf_number(&demeritd.conf, CONF_DRAIN_SECONDS));
}

static void
main_on_reload(evutil_socket_t number, short what, void *user)
{
	static struct conf conf;
	struct conf_error error;

	(void)number;
	(void)what;
	(void)user;
	(void)notify_send("RELOADING=1");
	if (options_conf(&demeritd.options, environ, &conf, &error) < 0) {
		diag(DIAG_ERROR, "reload_refused", diag_text("why", error.text), DIAG_END);
		atomic_fetch_add(&demeritd.health.reloads_failed, 1);
	} else if (reload_apply(&conf, demeritd.authz, &demeritd.limits) < 0) {
		atomic_fetch_add(&demeritd.health.reloads_failed, 1);
	} else {
		reload_tell_changes(&demeritd.conf, &conf);
		demeritd.conf = conf;
		server_set_sessions_max(demeritd.server, conf_number(&conf, CONF_SESSIONS_MAX));
		atomic_fetch_add(&demeritd.health.reloads, 1);
		diag(DIAG_NOTICE, "reloaded", DIAG_END);
	}
	(void)notify_send("READY=1");
}

static void
main_on_reopen(evutil_socket_t number, short what, void *user)
{
	(void)number;
	(void)what;
	(void)user;
	int failed = diag_reopen();
	if (failed < 0)
		diag(DIAG_ERROR, "log_not_reopened", diag_errno("error", failed), DIAG_END);
	else
		diag(DIAG_NOTICE, "log_reopened", DIAG_END);
}

/* The manager hears from us only while every loop comes round. */
static void
main_on_watch(evutil_socket_t fd, short what, void *user)
{
	struct health_report report;

	(void)fd;
	(void)what;
	(void)user;
	health_report(&demeritd.health, &report);
	for (size_t i = 0; i < report.alarms_count; i++) {
		if (strcmp(report.alarms[i].name, "loop_silent") == 0)
			return;
	}
	(void)notify_send("WATCHDOG=1");
}

/* On the writer's thread: say so, and let the main thread do the rest. */
static void
main_on_failed(void *user, int error, const char *text)
{
	(void)user;
	diag(DIAG_ERROR, "book_failed", diag_text("error", store_error_name(error)),
	     diag_text("where", text), DIAG_END);
	atomic_store(&demeritd.failed, true);
	main_wake();
}

/* Threads take no signals: all are blocked while they are made. */
static void
main_block_signals(sigset_t *ret_before)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, ret_before);
}

static void *
main_run_opener(void *user)
{
	const struct opening_config config = {
	    .conf = &demeritd.conf,
	    .options = &demeritd.options,
	    .clock = &clock_system,
	    .random = &random_system,
	    .health = &demeritd.health,
	    .on_failed = main_on_failed,
	};

	(void)user;
	demeritd.open_result = opening_open(&config, &demeritd.opening);
	atomic_store(&demeritd.opened, true);
	main_wake();
	return NULL;
}

static int
main_start_loops(uint32_t count)
{
	for (unsigned i = 0; i < count; i++) {
		const struct loop_config config = {
		    .book = &demeritd.book,
		    .limits = &demeritd.limits,
		    .sessions_count = &demeritd.health.sessions_count,
		    .index = i,
		};
		int failed = loop_new(&config, &demeritd.loops[i]);
		if (failed < 0)
			return failed;
		demeritd.loops_count = i + 1;
		failed = loop_start(demeritd.loops[i]);
		if (failed < 0)
			return failed;
	}
	return 0;
}

static int
main_bind_at(const char *address)
{
	static const char scheme[] = "unix:";
	const char *path = address + sizeof(scheme) - 1;

	assert(strncmp(address, scheme, sizeof(scheme) - 1) == 0); /* conf_finish() saw to it */
	int failed =
	    server_bind_unix(demeritd.server, path, conf_number(&demeritd.conf, CONF_SOCKET_MODE));
	if (failed < 0)
		diag(DIAG_ERROR, "listen_failed", diag_text("address", address),
		     diag_errno("error", failed), DIAG_END);
	else
		diag(DIAG_NOTICE, "address_taken", diag_text("address", address), DIAG_END);
	return failed;
}

/* Before the book is touched: who cannot have the address must not leave a new book behind. */
static int
main_bind(void)
{
	char addresses[CONF_TEXT_MAX];
	size_t count;
	char *rest = addresses;
	char *address;
	int first = notify_sockets(&count);
	int failed = 0;

	for (size_t i = 0; i < count; i++) {
		failed = server_take_socket(demeritd.server, first + (int)i);
		if (failed < 0) {
			diag(DIAG_ERROR, "socket_not_taken", diag_int("fd", first + (int)i),
			     diag_errno("error", failed), DIAG_END);
			return failed;
		}
	}
	snprintf(addresses, sizeof(addresses), "%s", conf_text(&demeritd.conf, CONF_LISTEN));
	while (failed == 0 && (address = strsep(&rest, " ")) != NULL) {
		if (*address != '\0')
			failed = main_bind_at(address);
	}
	return failed;
}

/* The book is open: from here on somebody can be answered. */
static int
main_serve(void)
{
	demeritd.book = (struct call_book){
	    .store = demeritd.opening.store,
	    .standings = demeritd.opening.standings,
	    .rules = demeritd.opening.rules,
	    .writer = demeritd.opening.writer,
	    .clock = &clock_system,
	    .health = &demeritd.health,
	    .server = "demeritd " DEMERITD_VERSION,
	    .started_at = clock_utc_us(&clock_system),
	};
	demeritd.health.book = &demeritd.book;
	demeritd.health.loops = demeritd.loops;
	sigset_t before;
	main_block_signals(&before);
	int failed = main_start_loops(conf_number(&demeritd.conf, CONF_THREADS));
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed < 0) {
		diag(DIAG_ERROR, "loops_failed", diag_errno("error", failed), DIAG_END);
		return failed;
	}
	demeritd.health.loops_count = demeritd.loops_count;
	failed = server_open(demeritd.server, demeritd.loops, demeritd.loops_count);
	if (failed < 0) {
		diag(DIAG_ERROR, "listen_failed", diag_errno("error", failed), DIAG_END);
		return failed;
	}
	atomic_store(&demeritd.health.stage, HEALTH_SERVING);
	uint64_t watchdog = notify_watchdog_us();
	if (watchdog > 0) {
		const struct timeval period = {.tv_sec = (time_t)(watchdog / 1000000),
					       .tv_usec = (suseconds_t)(watchdog % 1000000)};
		event_add(demeritd.watched, &period);
	}
	(void)notify_send("READY=1");
	diag(DIAG_NOTICE, "ready", diag_text("version", DEMERITD_VERSION), DIAG_END);
	return 0;
}

static void
main_on_woken(evutil_socket_t fd, short what, void *user)
{
	uint64_t count;
	ssize_t got = read(fd, &count, sizeof(count));

	(void)got;
	(void)what;
	(void)user;
	if (demeritd.opener_runs && atomic_load(&demeritd.opened)) {
		pthread_join(demeritd.opener, NULL);
		demeritd.opener_runs = false;
		if (demeritd.open_result < 0 || main_serve() < 0) {
			demeritd.status = MAIN_FAILED;
			main_stop_now();
			return;
		}
	}
	if (atomic_load(&demeritd.failed) && demeritd.status == MAIN_OK) {
		demeritd.status = MAIN_FAILED;
		if (!demeritd.stops)
			main_drain(MAIN_FAILED_SECONDS);
	}
}

static struct event *
main_signal(int number, event_callback_fn callback)
{
	struct event *event = evsignal_new(demeritd.base, number, callback, NULL);

	if (event != NULL && event_add(event, NULL) == 0)
		return event;
	if (event != NULL)
		event_free(event);
	return NULL;
}

static int
main_events(void)
{
	struct event_config *config = event_config_new();

	if (config == NULL)
		return -ENOMEM;
	event_config_set_flag(config, EVENT_BASE_FLAG_IGNORE_ENV);
	demeritd.base = event_base_new_with_config(config);
	event_config_free(config);
	demeritd.wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (demeritd.base == NULL || demeritd.wake_fd < 0)
		return -ENOMEM;
	demeritd.woken =
	    event_new(demeritd.base, demeritd.wake_fd, EV_READ | EV_PERSIST, main_on_woken, NULL);
	demeritd.polled = event_new(demeritd.base, -1, EV_PERSIST, main_on_poll, NULL);
	demeritd.watched = event_new(demeritd.base, -1, EV_PERSIST, main_on_watch, NULL);
	demeritd.signals[0] = main_signal(SIGTERM, main_on_stop);
	demeritd.signals[1] = main_signal(SIGINT, main_on_stop);
	demeritd.signals[2] = main_signal(SIGHUP, main_on_reload);
	demeritd.signals[3] = main_signal(SIGUSR1, main_on_reopen);
	for (size_t i = 0; i < 4; i++) {
		if (demeritd.signals[i] == NULL)
			return -ENOMEM;
	}
	if (demeritd.woken == NULL || demeritd.polled == NULL || demeritd.watched == NULL)
		return -ENOMEM;
	return event_add(demeritd.woken, NULL);
}

static int
main_start_opener(void)
{
	sigset_t before;

	main_block_signals(&before);
	int failed = pthread_create(&demeritd.opener, NULL, main_run_opener, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	demeritd.opener_runs = failed == 0;
	return -failed;
}

static int
main_parts(void)
{
	const char *http = conf_text(&demeritd.conf, CONF_HTTP);

	demeritd.health.data = conf_text(&demeritd.conf, CONF_DATA);
	demeritd.authz = authz_new();
	if (demeritd.authz == NULL || main_events() < 0)
		return -ENOMEM;
	int failed = reload_apply(&demeritd.conf, demeritd.authz, &demeritd.limits);
	if (failed < 0)
		return failed;
	const struct server_config config = {
	    .base = demeritd.base,
	    .authz = demeritd.authz,
	    .health = &demeritd.health,
	    .sessions_max = conf_number(&demeritd.conf, CONF_SESSIONS_MAX),
	};
	demeritd.server = server_new(&config);
	if (demeritd.server == NULL)
		return -ENOMEM;
	if (strcmp(http, "off") == 0)
		return 0;
	failed = http_new(demeritd.base, &demeritd.health, http, &demeritd.http);
	if (failed < 0)
		diag(DIAG_ERROR, "http_failed", diag_text("address", http),
		     diag_text("what", failed == -EINVAL ? "not a loopback ADDRESS:PORT"
							 : strerrordesc_np(-failed)),
		     DIAG_END);
	return failed;
}

static void
main_free(struct event **event)
{
	if (*event != NULL)
		event_free(*event);
	*event = NULL;
}

/*
 * Loops first: they hand work to the writer. Then the writer's thread, then the notes it handed
 * back, which are its own memory, then that.
 */
static void
main_take_apart(void)
{
	demeritd.server = server_free(demeritd.server);
	for (size_t i = 0; i < demeritd.loops_count; i++)
		loop_stop(demeritd.loops[i]);
	if (demeritd.loops_count > 0)
		admin_stop();
	opening_stop_writer(&demeritd.opening);
	for (size_t i = 0; i < demeritd.loops_count; i++)
		demeritd.loops[i] = loop_free(demeritd.loops[i]);
	demeritd.loops_count = 0;
	opening_close(&demeritd.opening);
	demeritd.http = http_free(demeritd.http);
	for (size_t i = 0; i < 4; i++)
		main_free(&demeritd.signals[i]);
	main_free(&demeritd.woken);
	main_free(&demeritd.polled);
	main_free(&demeritd.watched);
	if (demeritd.base != NULL)
		event_base_free(demeritd.base);
	if (demeritd.wake_fd >= 0)
		close(demeritd.wake_fd);
	demeritd.authz = authz_free(demeritd.authz);
	libevent_global_shutdown();
}

/* What only says something and ends. True: it was one of these, with that status. */
static bool
main_only_says(int *ret_status)
{
	*ret_status = MAIN_OK;
	if (demeritd.options.help) {
		options_help();
		return true;
	}
	if (demeritd.options.version) {
		puts("demeritd " DEMERITD_VERSION);
		return true;
	}
	return false;
}

static int
main_configure(void)
{
	struct conf_error error;
	size_t sockets;

	if (options_conf(&demeritd.options, environ, &demeritd.conf, &error) < 0) {
		fprintf(stderr, "demeritd: %s\n", error.text);
		return -EINVAL;
	}
	(void)notify_sockets(&sockets);
	if (sockets == 0 && conf_text(&demeritd.conf, CONF_LISTEN)[0] == '\0') {
		fprintf(stderr, "demeritd: listen is not set: say where, with --listen "
				"unix:PATH\n");
		return -EINVAL;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	struct conf_error error;
	int status;

	if (options_parse(argc, argv, &demeritd.options, &error) < 0) {
		fprintf(stderr, "demeritd: %s\n", error.text);
		return MAIN_USAGE;
	}
	if (main_only_says(&status))
		return status;
	if (main_configure() < 0)
		return MAIN_USAGE;
	if (demeritd.options.dump_config)
		return conf_dump(&demeritd.conf, STDOUT_FILENO) < 0 ? MAIN_FAILED : MAIN_OK;
	if (demeritd.options.check_config) {
		puts("the configuration is right");
		return MAIN_OK;
	}
	umask(077);
	(void)signal(SIGPIPE, SIG_IGN);
	privilege_raise_files();
	demeritd.status = MAIN_FAILED;
	if (privilege_drop(&demeritd.conf) == 0 && main_parts() == 0 && main_bind() == 0 &&
	    main_start_opener() == 0) {
		demeritd.status = MAIN_OK;
		(void)event_base_dispatch(demeritd.base);
	}
	main_take_apart();
	diag(DIAG_NOTICE, "stopped", diag_int("status", demeritd.status), DIAG_END);
	diag_close();
	return demeritd.status;
}
