/*
 * Configuration: flags over environment over file over default, one table for all.
 *
 * Every key stands once in conf_keys.c; from that row come the flag, the environment variable,
 * the place in the file, the default and the line of --dump-config. Main thread only.
 */
#ifndef DAEMON_CONF_H
#define DAEMON_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "authz.h"
#include "diag.h"

#define CONF_TEXT_MAX	    192 /* inih reads lines of 199 bytes */
#define CONF_PRINCIPALS_MAX 128
#define CONF_WORD_MAX	    16

enum conf_origin {
	CONF_DEFAULT,
	CONF_FILE,
	CONF_ENVIRONMENT,
	CONF_FLAG,
};

struct conf_text {
	char text[CONF_TEXT_MAX];
};

/* The order is that of conf_keys.c and of --dump-config. */
enum conf_key {
	CONF_DATA,
	CONF_LISTEN,
	CONF_SOCKET_MODE,
	CONF_MARK,
	CONF_MARK_SYNC,
	CONF_VAULT,
	CONF_BACKUPS,
	CONF_VAULT_BACKUPS,
	CONF_USER,
	CONF_THREADS,
	CONF_HTTP,
	CONF_LOG,
	CONF_LOG_LEVEL,
	CONF_LOG_FORMAT,
	CONF_SESSIONS_MAX,
	CONF_QUEUE_MAX,
	CONF_REFUSALS_PER_SECOND,
	CONF_TWO_PERSONS,
	CONF_IDLE_SECONDS,
	CONF_FRAME_SECONDS,
	CONF_STALLED_SECONDS,
	CONF_DRAIN_SECONDS,
	CONF_COUNT,
};

enum conf_type {
	CONF_TYPE_TEXT,
	CONF_TYPE_NUMBER,
	CONF_TYPE_MODE, /* octal */
	CONF_TYPE_WORD, /* one of a list */
};

struct conf_row {
	enum conf_key key;
	const char *name; /* in the file; the flag is --name with '-', DEMERITD_NAME */
	enum conf_type type;
	const char *standard; /* the default as text; "" : none */
	const char *words;    /* CONF_TYPE_WORD: "a|b" */
	uint32_t min;
	uint32_t max;
	bool reloads; /* SIGHUP takes it up; others need a restart, and a change is said */
	const char *says;
};
extern const struct conf_row conf_rows[CONF_COUNT];

struct conf_value {
	struct conf_text text;
	uint32_t number; /* numbers and modes; the index of a word */
	enum conf_origin origin;
	unsigned line; /* CONF_FILE */
};

struct conf_principal {
	char name[PRINCIPAL_NAME_MAX + 1];
	uint32_t rights;
	bool has_uid;
	uid_t uid;
	unsigned line;
	char roles[CONF_TEXT_MAX];
};

struct conf {
	char path[CONF_TEXT_MAX]; /* of the file; empty: none */
	struct conf_value values[CONF_COUNT];
	size_t principals_count;
	struct conf_principal principals[CONF_PRINCIPALS_MAX];
};

/* The first fault, in a sentence that names file, line and key. */
struct conf_error {
	char text[640];
};

/* Everything at its default. */
void conf_init(struct conf *);

/* Each of these answers 0, or -EINVAL (-ENOENT, -EACCES, … for the file) with the error filled. */
int conf_read_file(struct conf *, const char *path, struct conf_error *);
int conf_read_environment(struct conf *, char *const *environment, struct conf_error *);
int conf_set(struct conf *, enum conf_key, const char *text, enum conf_origin, unsigned line,
	     struct conf_error *);
/* What no single key can say: needed ones, ones that contradict each other. */
int conf_finish(const struct conf *, struct conf_error *);

static inline const char *
conf_text(const struct conf *conf, enum conf_key key)
{
	return conf->values[key].text.text;
}

static inline uint32_t
conf_number(const struct conf *conf, enum conf_key key)
{
	return conf->values[key].number;
}

/* As a file that could be read again, each line with its origin behind it. -errno. */
int conf_dump(const struct conf *, int fd);

const struct conf_row *conf_row_by_name(const char *name, size_t size);
/* The key most like it, for "did you mean"; NULL: none is near. */
const char *conf_suggest(const char *name);

#endif
