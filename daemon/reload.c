/*
 * From configured values to the parts that hold them.
 *
 * main calls it, at start and on SIGHUP. It never touches rules: those are records, loaded by a
 * write and by nothing else.
 */
#include "reload.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"

static int
reload_log(const struct conf *conf)
{
	const char *path = conf_text(conf, CONF_LOG);
	const struct diag_config config = {
	    .level = (enum diag_level)conf_number(conf, CONF_LOG_LEVEL),
	    .format = (enum diag_format)conf_number(conf, CONF_LOG_FORMAT),
	    .path = strcmp(path, "stderr") == 0 ? NULL : path,
	};

	int failed = diag_open(&config);
	if (failed < 0)
		diag(DIAG_ERROR, "log_not_opened", diag_text("path", path),
		     diag_errno("error", failed), DIAG_END);
	return failed;
}

/* The name records will carry for ever: the system's, or one made of the number. */
static void
reload_user_name(uid_t uid, char ret_name[PRINCIPAL_NAME_MAX + 1])
{
	const struct passwd *user = getpwuid(uid);

	if (user != NULL && strlen(user->pw_name) <= PRINCIPAL_NAME_MAX)
		snprintf(ret_name, PRINCIPAL_NAME_MAX + 1, "%s", user->pw_name);
	else
		snprintf(ret_name, PRINCIPAL_NAME_MAX + 1, "uid-%u", (unsigned)uid);
}

/* The daemon's own user and root may do everything, unless the file says what they may. */
static int
reload_default_principal(const struct conf *conf, struct authz *authz, uid_t uid)
{
	char name[PRINCIPAL_NAME_MAX + 1];

	for (size_t i = 0; i < conf->principals_count; i++) {
		if (conf->principals[i].uid == uid)
			return 0;
	}
	reload_user_name(uid, name);
	return authz_reload_add(authz, uid, name, RIGHTS_ALL);
}

static int
reload_principals(const struct conf *conf, struct authz *authz)
{
	int failed = 0;

	authz_reload_begin(authz);
	for (size_t i = 0; i < conf->principals_count && failed == 0; i++) {
		const struct conf_principal *principal = &conf->principals[i];
		failed =
		    authz_reload_add(authz, principal->uid, principal->name, principal->rights);
	}
	if (failed == 0)
		failed = reload_default_principal(conf, authz, 0);
	if (failed == 0 && geteuid() != 0)
		failed = reload_default_principal(conf, authz, geteuid());
	if (failed < 0) {
		diag(DIAG_ERROR, "too_many_principals", diag_int("most", AUTHZ_PRINCIPALS_MAX),
		     DIAG_END);
		return failed;
	}
	authz_reload_end(authz);
	return 0;
}

int
reload_apply(const struct conf *conf, struct authz *authz, struct session_limits *limits)
{
	int failed = reload_log(conf);

	if (failed < 0)
		return failed;
	failed = reload_principals(conf, authz);
	if (failed < 0)
		return failed;
	atomic_store(&limits->idle_s, conf_number(conf, CONF_IDLE_SECONDS));
	atomic_store(&limits->frame_s, conf_number(conf, CONF_FRAME_SECONDS));
	atomic_store(&limits->stalled_s, conf_number(conf, CONF_STALLED_SECONDS));
	return 0;
}

void
reload_tell_changes(const struct conf *before, const struct conf *after)
{
	for (size_t i = 0; i < CONF_COUNT; i++) {
		if (conf_rows[i].reloads ||
		    strcmp(before->values[i].text.text, after->values[i].text.text) == 0)
			continue;
		diag(DIAG_WARNING, "needs_restart", diag_text("key", conf_rows[i].name), DIAG_END);
	}
}
