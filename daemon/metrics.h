/*
 * The figures in Prometheus' text format, version 0.0.4.
 */
#ifndef DAEMON_METRICS_H
#define DAEMON_METRICS_H

#include <stdio.h>

#include "health.h"

/* Any thread. The whole page; the stream's own error says whether it was written. */
void metrics_write(const struct health *, FILE *);

#endif
