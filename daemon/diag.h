/*
 * The log: one line an event, as logfmt or JSON, with identifiers only.
 *
 * Never a name, a reason given, a request's text or a key: what is about a person stays in the
 * ledger. Any thread; a line is one write(2). Failures to write are counted, never reported.
 *
 *	diag(DIAG_NOTICE, "listening", diag_text("address", address), DIAG_END);
 */
#ifndef DAEMON_DIAG_H
#define DAEMON_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum diag_level {
	DIAG_ERROR,
	DIAG_WARNING,
	DIAG_NOTICE,
	DIAG_INFO,
	DIAG_DEBUG,
};
#define DIAG_LEVEL_COUNT 5

enum diag_format {
	DIAG_LOGFMT,
	DIAG_JSON,
};

struct diag_field {
	const char *key; /* NULL ends the list */
	const char *text;
	size_t text_size;
	int64_t number;
	bool is_number;
};

#define DIAG_END ((struct diag_field){0})

struct diag_field diag_text(const char *key, const char *text); /* NULL text: "-" */
struct diag_field diag_bytes(const char *key, const char *text, size_t size);
struct diag_field diag_int(const char *key, int64_t number);
/* Numbers beyond INT64_MAX are shown as that. */
struct diag_field diag_uint(const char *key, uint64_t number);
/* The words of a negative errno. */
struct diag_field diag_errno(const char *key, int error);

#define diag(level, event, ...)                                                                    \
	diag_write((level), (event), (const struct diag_field[]){__VA_ARGS__})

void diag_write(enum diag_level, const char *event, const struct diag_field *fields);

/* The same for what peers can provoke: at most DIAG_PEER_PER_SECOND, the rest counted. */
#define DIAG_PEER_PER_SECOND 20
#define diag_peer(level, event, ...)                                                               \
	diag_write_peer((level), (event), (const struct diag_field[]){__VA_ARGS__})
void diag_write_peer(enum diag_level, const char *event, const struct diag_field *fields);

struct diag_config {
	enum diag_level level; /* this and the graver */
	enum diag_format format;
	const char *path; /* NULL: stderr */
};

/* Before it is called, notices and worse go to stderr as logfmt. Main thread. -errno. */
int diag_open(const struct diag_config *);
/* Close and open the file again (SIGUSR1); on failure the old one stays. -errno. */
int diag_reopen(void);
void diag_close(void);

struct diag_figures {
	uint64_t lines[DIAG_LEVEL_COUNT];
	uint64_t suppressed; /* peers' lines beyond the rate */
	uint64_t lost;	     /* lines that could not be written */
};
void diag_figures(struct diag_figures *ret);

const char *diag_level_name(enum diag_level);

#endif
