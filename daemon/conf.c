/*
 * Configuration: reads the file and the environment into values that are right or named as wrong.
 *
 * main calls it, at start and on SIGHUP, on its own thread. It opens nothing but the file of the
 * configuration, creates nothing, and changes nothing of the running daemon.
 */
#include "conf.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONF_SECTION		"demeritd"
#define CONF_PRINCIPAL		"principal "
#define CONF_ENVIRONMENT_PREFIX "DEMERITD_"
#define CONF_SOCKET_PATH_MAX	108 /* unix(7) */
#define CONF_DISTANCE_MAX	3

static int conf_error_set(struct conf_error *, int error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int
conf_error_set(struct conf_error *error, int number, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(error->text, sizeof(error->text), format, arguments);
	va_end(arguments);
	return number;
}

void
conf_init(struct conf *conf)
{
	struct conf_error error;

	memset(conf, 0, sizeof(*conf));
	for (size_t i = 0; i < CONF_COUNT; i++) {
		assert((size_t)conf_rows[i].key == i);
		int failed = conf_set(conf, conf_rows[i].key, conf_rows[i].standard, CONF_DEFAULT,
				      0, &error);
		assert(failed == 0);
	}
}

/* Where a value came from, in the words of a message. */
static void
conf_place(const struct conf *conf, const struct conf_row *row, enum conf_origin origin,
	   unsigned line, char ret_text[320])
{
	switch (origin) {
	case CONF_DEFAULT:
		snprintf(ret_text, 320, "default of %s", row->name);
		return;
	case CONF_FILE:
		snprintf(ret_text, 320, "%s:%u: %s", conf->path, line, row->name);
		return;
	case CONF_ENVIRONMENT:
		snprintf(ret_text, 320, "environment, " CONF_ENVIRONMENT_PREFIX "%s", row->name);
		for (char *at = strchr(ret_text, '_') + 1; *at != '\0'; at++)
			*at = (char)toupper((unsigned char)*at);
		return;
	case CONF_FLAG:
		snprintf(ret_text, 320, "--%s", row->name);
		for (char *at = ret_text; *at != '\0'; at++)
			*at = *at == '_' ? '-' : *at;
		return;
	}
}

/* Digits only: no sign, no blank, no overflow. */
static bool
conf_parse_number(const char *text, unsigned base, uint32_t max, uint32_t *ret)
{
	uint64_t value = 0;

	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		unsigned digit = (unsigned)*text - '0';
		if (digit >= base)
			return false;
		value = value * base + digit;
		if (value > max)
			return false;
	}
	*ret = (uint32_t)value;
	return true;
}

static bool
conf_parse_word(const char *text, const char *words, uint32_t *ret)
{
	size_t size = strlen(text);

	for (uint32_t index = 0; *words != '\0'; index++) {
		size_t length = strcspn(words, "|");
		if (length == size && memcmp(words, text, size) == 0) {
			*ret = index;
			return true;
		}
		words += length;
		words += *words == '|';
	}
	return false;
}

int
conf_set(struct conf *conf, enum conf_key key, const char *text, enum conf_origin origin,
	 unsigned line, struct conf_error *error)
{
	const struct conf_row *row = &conf_rows[key];
	struct conf_value value = {.origin = origin, .line = line};
	char place[320];

	conf_place(conf, row, origin, line, place);
	size_t size = strlen(text);
	if (size >= sizeof(value.text.text))
		return conf_error_set(error, -EINVAL, "%s: longer than %d bytes", place,
				      CONF_TEXT_MAX - 1);
	memcpy(value.text.text, text, size + 1);
	switch (row->type) {
	case CONF_TYPE_TEXT:
		break;
	case CONF_TYPE_NUMBER:
		if (!conf_parse_number(text, 10, row->max, &value.number) ||
		    value.number < row->min)
			return conf_error_set(error, -EINVAL,
					      "%s: \"%s\" is not a number from %u to %u", place,
					      text, row->min, row->max);
		break;
	case CONF_TYPE_MODE:
		if (!conf_parse_number(text, 8, row->max, &value.number))
			return conf_error_set(error, -EINVAL,
					      "%s: \"%s\" is not an octal mode up to %04o", place,
					      text, row->max);
		break;
	case CONF_TYPE_WORD:
		if (!conf_parse_word(text, row->words, &value.number))
			return conf_error_set(error, -EINVAL, "%s: \"%s\" is none of %s", place,
					      text, row->words);
		break;
	}
	conf->values[key] = value;
	return 0;
}

/* Damerau without transpositions: three rows would do, names are short. */
static unsigned
conf_distance(const char *a, const char *b)
{
	unsigned row[64];
	size_t width = strlen(b);

	if (width >= sizeof(row) / sizeof(row[0]))
		return UINT32_MAX;
	for (size_t i = 0; i <= width; i++)
		row[i] = (unsigned)i;
	for (; *a != '\0'; a++) {
		unsigned diagonal = row[0]++;
		for (size_t i = 1; i <= width; i++) {
			unsigned cost = diagonal + (*a != b[i - 1]);
			diagonal = row[i];
			if (row[i] + 1 < cost)
				cost = row[i] + 1;
			if (row[i - 1] + 1 < cost)
				cost = row[i - 1] + 1;
			row[i] = cost;
		}
	}
	return row[width];
}

const char *
conf_suggest(const char *name)
{
	const char *nearest = NULL;
	unsigned best = CONF_DISTANCE_MAX + 1;

	for (size_t i = 0; i < CONF_COUNT; i++) {
		unsigned distance = conf_distance(name, conf_rows[i].name);
		if (distance < best) {
			best = distance;
			nearest = conf_rows[i].name;
		}
	}
	return nearest;
}

/* What inih's callbacks share: it can hold one error and no line of its own. */
struct conf_reader {
	struct conf *conf;
	struct conf_error *error;
	FILE *file;
	unsigned line;
	int failed;
};

/*
 * inih cuts lines at the buffer and goes on as if the rest were another, and takes an indented
 * line for the rest of the value before: both are named here instead.
 */
static char *
conf_on_line(char *text, int size, void *user)
{
	struct conf_reader *reader = user;

	if (reader->failed != 0 || fgets(text, size, reader->file) == NULL)
		return NULL;
	reader->line++;
	size_t length = strlen(text);
	if (length == (size_t)size - 1 && text[length - 1] != '\n') {
		reader->failed = conf_error_set(reader->error, -EINVAL,
						"%s:%u: the line is longer than %d bytes",
						reader->conf->path, reader->line, size - 2);
		return NULL;
	}
	if ((text[0] == ' ' || text[0] == '\t') && text[strspn(text, " \t\r\n")] != '\0') {
		reader->failed = conf_error_set(reader->error, -EINVAL,
						"%s:%u: the line is indented; begin keys at the "
						"margin, values do not continue",
						reader->conf->path, reader->line);
		return NULL;
	}
	return text;
}

static int
conf_principal_uid(struct conf_principal *principal, const char *text)
{
	uint32_t number;

	if (conf_parse_number(text, 10, UINT32_MAX - 1, &number)) {
		principal->uid = number;
	} else {
		const struct passwd *user = getpwnam(text);
		if (user == NULL)
			return -ENOENT;
		principal->uid = user->pw_uid;
	}
	principal->has_uid = true;
	return 0;
}

static int
conf_principal_roles(struct conf_principal *principal, const char *text, const char **ret_unknown)
{
	static char role[CONF_TEXT_MAX];

	snprintf(principal->roles, sizeof(principal->roles), "%s", text);
	while (*(text += strspn(text, " ,")) != '\0') {
		size_t size = strcspn(text, " ,");
		snprintf(role, sizeof(role), "%.*s", (int)size, text);
		uint32_t rights = authz_role_rights(role);
		if (rights == 0) {
			*ret_unknown = role;
			return -EINVAL;
		}
		principal->rights |= rights;
		text += size;
	}
	return 0;
}

static struct conf_principal *
conf_principal_get(struct conf *conf, const char *name, unsigned line)
{
	for (size_t i = 0; i < conf->principals_count; i++) {
		if (strcmp(conf->principals[i].name, name) == 0)
			return &conf->principals[i];
	}
	if (conf->principals_count == CONF_PRINCIPALS_MAX)
		return NULL;
	struct conf_principal *principal = &conf->principals[conf->principals_count++];
	snprintf(principal->name, sizeof(principal->name), "%s", name);
	principal->line = line;
	return principal;
}

static bool
conf_principal_name_valid(const char *name)
{
	size_t size = strlen(name);

	for (size_t i = 0; i < size; i++) {
		if ((unsigned char)name[i] <= 0x20 || (unsigned char)name[i] >= 0x7f)
			return false;
	}
	return size >= 1 && size <= PRINCIPAL_NAME_MAX;
}

static int
conf_on_principal(struct conf_reader *reader, const char *owner, const char *name,
		  const char *value)
{
	const char *path = reader->conf->path;
	const char *unknown = NULL;

	if (!conf_principal_name_valid(owner))
		return conf_error_set(reader->error, -EINVAL,
				      "%s:%u: a principal's name is 1 to %d printable characters "
				      "without blanks",
				      path, reader->line, PRINCIPAL_NAME_MAX);
	struct conf_principal *principal = conf_principal_get(reader->conf, owner, reader->line);
	if (principal == NULL)
		return conf_error_set(reader->error, -EINVAL, "%s:%u: more than %d principals",
				      path, reader->line, CONF_PRINCIPALS_MAX);
	if (strcmp(name, "uid") == 0) {
		if (conf_principal_uid(principal, value) < 0)
			return conf_error_set(reader->error, -EINVAL,
					      "%s:%u: uid: \"%s\" is neither a number nor a user",
					      path, reader->line, value);
		return 0;
	}
	if (strcmp(name, "roles") == 0) {
		if (conf_principal_roles(principal, value, &unknown) < 0)
			return conf_error_set(reader->error, -EINVAL,
					      "%s:%u: roles: there is no role \"%s\"", path,
					      reader->line, unknown);
		return 0;
	}
	return conf_error_set(reader->error, -EINVAL,
			      "%s:%u: unknown key \"%s\" of a principal: there are uid and roles",
			      path, reader->line, name);
}

static int
conf_on_key(struct conf_reader *reader, const char *section, const char *name, const char *value)
{
	const char *path = reader->conf->path;

	if (strncmp(section, CONF_PRINCIPAL, sizeof(CONF_PRINCIPAL) - 1) == 0)
		return conf_on_principal(reader, section + sizeof(CONF_PRINCIPAL) - 1, name, value);
	if (strcmp(section, CONF_SECTION) != 0)
		return conf_error_set(reader->error, -EINVAL,
				      "%s:%u: unknown section [%s]: there are [" CONF_SECTION
				      "] and [" CONF_PRINCIPAL "NAME]",
				      path, reader->line, section);
	const struct conf_row *row = conf_row_by_name(name, strlen(name));
	if (row != NULL) {
		const struct conf_value *before = &reader->conf->values[row->key];
		if (before->origin == CONF_FILE)
			return conf_error_set(reader->error, -EINVAL,
					      "%s:%u: %s is given twice, first in line %u", path,
					      reader->line, name, before->line);
		return conf_set(reader->conf, row->key, value, CONF_FILE, reader->line,
				reader->error);
	}
	const char *nearest = conf_suggest(name);
	if (nearest == NULL)
		return conf_error_set(reader->error, -EINVAL, "%s:%u: unknown key \"%s\"", path,
				      reader->line, name);
	return conf_error_set(reader->error, -EINVAL,
			      "%s:%u: unknown key \"%s\", did you mean \"%s\"?", path, reader->line,
			      name, nearest);
}

/* inih wants 1 for "go on". */
static int
conf_on_pair(void *user, const char *section, const char *name, const char *value)
{
	struct conf_reader *reader = user;

	if (reader->failed == 0)
		reader->failed = conf_on_key(reader, section, name, value);
	return reader->failed == 0;
}

int
conf_read_file(struct conf *conf, const char *path, struct conf_error *error)
{
	struct conf_reader reader = {.conf = conf, .error = error};

	if (strlen(path) >= sizeof(conf->path))
		return conf_error_set(error, -EINVAL, "%s: the path is too long", path);
	snprintf(conf->path, sizeof(conf->path), "%s", path);
	reader.file = fopen(path, "re");
	if (reader.file == NULL) {
		int failed = -errno;
		return conf_error_set(error, failed, "%s: %s", path, strerrordesc_np(-failed));
	}
	int line = ini_parse_stream(conf_on_line, &reader, conf_on_pair, &reader);
	bool unreadable = ferror(reader.file) != 0;
	fclose(reader.file);
	if (reader.failed != 0)
		return reader.failed;
	if (unreadable)
		return conf_error_set(error, -EIO, "%s: cannot be read", path);
	if (line != 0)
		return conf_error_set(error, -EINVAL,
				      "%s:%d: neither a [section], nor key = value, nor a comment",
				      path, line);
	return 0;
}

int
conf_read_environment(struct conf *conf, char *const *environment, struct conf_error *error)
{
	const size_t prefix = sizeof(CONF_ENVIRONMENT_PREFIX) - 1;
	char name[64];

	for (; *environment != NULL; environment++) {
		const char *at = *environment;
		const char *equals = strchr(at, '=');
		if (strncmp(at, CONF_ENVIRONMENT_PREFIX, prefix) != 0 || equals == NULL)
			continue;
		size_t size = (size_t)(equals - at) - prefix;
		if (size >= sizeof(name))
			size = sizeof(name) - 1;
		for (size_t i = 0; i < size; i++)
			name[i] = (char)tolower((unsigned char)at[prefix + i]);
		name[size] = '\0';
		if (strcmp(name, "config") == 0)
			continue;
		const struct conf_row *row = conf_row_by_name(name, size);
		if (row == NULL) {
			const char *nearest = conf_suggest(name);
			return conf_error_set(
			    error, -EINVAL, "environment: %.*s names no key%s%s%s",
			    (int)(equals - at), at, nearest == NULL ? "" : ", did you mean ",
			    nearest == NULL ? "" : nearest, nearest == NULL ? "" : "?");
		}
		int failed = conf_set(conf, row->key, equals + 1, CONF_ENVIRONMENT, 0, error);
		if (failed < 0)
			return failed;
	}
	return 0;
}

/* Each address is one we can serve. */
static int
conf_check_listen(const struct conf *conf, struct conf_error *error)
{
	static const char scheme[] = "unix:";
	const char *at = conf_text(conf, CONF_LISTEN);

	while (*(at += strspn(at, " ")) != '\0') {
		size_t size = strcspn(at, " ");
		if (size <= sizeof(scheme) - 1 || strncmp(at, scheme, sizeof(scheme) - 1) != 0)
			return conf_error_set(error, -EINVAL,
					      "listen: \"%.*s\" is not unix:PATH (TCP needs mutual "
					      "TLS, which this version does not have)",
					      (int)size, at);
		if (size - (sizeof(scheme) - 1) >= CONF_SOCKET_PATH_MAX)
			return conf_error_set(
			    error, -EINVAL,
			    "listen: \"%.*s\": a socket's path has at most %d bytes", (int)size, at,
			    CONF_SOCKET_PATH_MAX - 1);
		at += size;
	}
	return 0;
}

int
conf_finish(const struct conf *conf, struct conf_error *error)
{
	int failed = conf_check_listen(conf, error);

	if (failed < 0)
		return failed;
	if (conf_text(conf, CONF_DATA)[0] == '\0')
		return conf_error_set(error, -EINVAL,
				      "data is not set: say where the book is, with --data DIR");
	if (conf_text(conf, CONF_VAULT_BACKUPS)[0] != '\0' &&
	    strcmp(conf_text(conf, CONF_VAULT_BACKUPS), conf_text(conf, CONF_BACKUPS)) == 0)
		return conf_error_set(error, -EINVAL,
				      "vault_backups is the folder of backups: whoever has both "
				      "could undo an erasure; name another");
	for (size_t i = 0; i < conf->principals_count; i++) {
		const struct conf_principal *principal = &conf->principals[i];
		if (!principal->has_uid)
			return conf_error_set(error, -EINVAL, "%s:%u: principal %s has no uid",
					      conf->path, principal->line, principal->name);
		if (principal->rights == 0)
			return conf_error_set(error, -EINVAL, "%s:%u: principal %s has no roles",
					      conf->path, principal->line, principal->name);
		for (size_t j = 0; j < i; j++) {
			if (conf->principals[j].uid == principal->uid)
				return conf_error_set(
				    error, -EINVAL,
				    "%s:%u: principals %s and %s have the same uid %u", conf->path,
				    principal->line, conf->principals[j].name, principal->name,
				    (unsigned)principal->uid);
		}
	}
	return 0;
}

int
conf_dump(const struct conf *conf, int fd)
{
	static const char *const origins[] = {"default", "file", "environment", "flag"};

	if (dprintf(fd, "[" CONF_SECTION "]\n") < 0)
		return -errno;
	for (size_t i = 0; i < CONF_COUNT; i++) {
		const struct conf_row *row = &conf_rows[i];
		const struct conf_value *value = &conf->values[i];
		/* An empty value would be read back as one given: leave it a comment. */
		const char *lead = value->text.text[0] == '\0' ? "# " : "";
		char where[240];
		snprintf(where, sizeof(where), "%s", origins[value->origin]);
		if (value->origin == CONF_FILE)
			snprintf(where, sizeof(where), "%s:%u", conf->path, value->line);
		if (dprintf(fd, "%s%s = %s ; %s\n", lead, row->name, value->text.text, where) < 0)
			return -errno;
	}
	for (size_t i = 0; i < conf->principals_count; i++) {
		const struct conf_principal *principal = &conf->principals[i];
		if (dprintf(fd, "\n[" CONF_PRINCIPAL "%s] ; %s:%u\nuid = %u\nroles = %s\n",
			    principal->name, conf->path, principal->line, (unsigned)principal->uid,
			    principal->roles) < 0)
			return -errno;
	}
	return 0;
}
