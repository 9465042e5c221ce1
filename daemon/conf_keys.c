/*
 * The keys of the configuration: the one place where each is named, bounded and explained.
 *
 * conf.c reads it. A constant; nothing here runs but the search by name.
 */
#include <string.h>

#include "conf.h"

const struct conf_row conf_rows[CONF_COUNT] = {
    {CONF_DATA, "data", CONF_TYPE_TEXT, "", NULL, 0, 0, false, "folder of the book"},
    {CONF_LISTEN, "listen", CONF_TYPE_TEXT, "", NULL, 0, 0, false,
     "unix:PATH, several with blanks between; or sockets handed over (LISTEN_FDS)"},
    {CONF_SOCKET_MODE, "socket_mode", CONF_TYPE_MODE, "0660", NULL, 0, 0777, false,
     "mode of the Unix socket; who may do what is decided by uid, not by this"},
    {CONF_MARK, "mark", CONF_TYPE_TEXT, "", NULL, 0, 0, false,
     "file of the mark; default: DATA.mark"},
    {CONF_MARK_SYNC, "mark_sync", CONF_TYPE_WORD, "behind", "behind|strict", 0, 0, false,
     "strict: sync the mark before each answer"},
    {CONF_VAULT, "vault", CONF_TYPE_TEXT, "", NULL, 0, 0, false,
     "file of the keys of personal fields; default: DATA.vault"},
    {CONF_BACKUPS, "backups", CONF_TYPE_TEXT, "", NULL, 0, 0, false,
     "folder below which backups are made; none: no backup can be asked for"},
    {CONF_VAULT_BACKUPS, "vault_backups", CONF_TYPE_TEXT, "", NULL, 0, 0, false,
     "folder for copies of the vault; none: it is not backed up"},
    {CONF_USER, "user", CONF_TYPE_TEXT, "", NULL, 0, 0, false,
     "started as root: the user to become"},
    {CONF_THREADS, "threads", CONF_TYPE_NUMBER, "1", NULL, 1, 64, false,
     "threads that serve connections"},
    {CONF_HTTP, "http", CONF_TYPE_TEXT, "off", NULL, 0, 0, false,
     "ADDRESS:PORT on loopback for /metrics, /healthz, /readyz; or off"},
    {CONF_LOG, "log", CONF_TYPE_TEXT, "stderr", NULL, 0, 0, true, "stderr, or a file"},
    {CONF_LOG_LEVEL, "log_level", CONF_TYPE_WORD, "notice", "error|warning|notice|info|debug", 0, 0,
     true, "this and the graver"},
    {CONF_LOG_FORMAT, "log_format", CONF_TYPE_WORD, "logfmt", "logfmt|json", 0, 0, true,
     "how a line is written"},
    {CONF_SESSIONS_MAX, "sessions_max", CONF_TYPE_NUMBER, "1000", NULL, 1, 65536, true,
     "connections at once; never more than nine tenths of the file limit"},
    {CONF_QUEUE_MAX, "queue_max", CONF_TYPE_NUMBER, "4096", NULL, 1, 65536, false,
     "writes waiting for the writer; beyond: BUSY"},
    {CONF_REFUSALS_PER_SECOND, "refusals_per_second", CONF_TYPE_NUMBER, "200", NULL, 1, 1000000,
     false, "recorded refusals of one principal; beyond: undecided"},
    {CONF_TWO_PERSONS, "two_persons", CONF_TYPE_WORD, "no", "no|yes", 0, 0, false,
     "yes: what weighs is proposed by one person and approved by another"},
    {CONF_IDLE_SECONDS, "idle_seconds", CONF_TYPE_NUMBER, "300", NULL, 1, 86400, true,
     "a connection with nothing asked is closed after"},
    {CONF_FRAME_SECONDS, "frame_seconds", CONF_TYPE_NUMBER, "10", NULL, 1, 3600, true,
     "from a frame's first byte to its last"},
    {CONF_STALLED_SECONDS, "stalled_seconds", CONF_TYPE_NUMBER, "30", NULL, 1, 3600, true,
     "a connection that takes none of its answers is closed after"},
    {CONF_DRAIN_SECONDS, "drain_seconds", CONF_TYPE_NUMBER, "10", NULL, 0, 3600, true,
     "after SIGTERM, for what is in hand"},
};

const struct conf_row *
conf_row_by_name(const char *name, size_t size)
{
	for (size_t i = 0; i < CONF_COUNT; i++) {
		if (strlen(conf_rows[i].name) == size && memcmp(conf_rows[i].name, name, size) == 0)
			return &conf_rows[i];
	}
	return NULL;
}
