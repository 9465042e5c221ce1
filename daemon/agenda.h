/*
 * The agenda: days on which somebody has to look whether a marker is due (ledger/marker.h), as rows
 * of TABLE_MARKER in the order in which markers are written: by due day, kind, and whom it is
 * about. Beside them stands how far the markers have come, so that after any end none is written
 * twice and none missed: a new row is always for a day to come, behind the last marker.
 *
 * Pure functions of bytes; any thread.
 */
#ifndef DAEMON_AGENDA_H
#define DAEMON_AGENDA_H

#include "apply.h"
#include "ledger/marker.h"

void agenda_key(struct apply_key *, const struct marker_plan *);
/* False: the bytes are no key of a plan. */
bool agenda_read(const uint8_t *key, size_t size, struct marker_plan *ret);
/* The row that tells the last marker's plan: its value is that plan's key. */
void agenda_key_last(struct apply_key *);
/* The plan that a marker came of. */
void agenda_marked(const struct event *, struct marker_plan *ret);

#endif
