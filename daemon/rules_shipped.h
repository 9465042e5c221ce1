/* The table of files compiled in; written by embed.py, read by rules_shipped.c alone. */
#ifndef DAEMON_RULES_SHIPPED_H
#define DAEMON_RULES_SHIPPED_H

#include "rules.h"

extern const struct rules_file rules_shipped_files[];
extern const size_t rules_shipped_count;

#endif
