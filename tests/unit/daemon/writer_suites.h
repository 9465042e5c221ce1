/*
 * The suites of the writer's side: bodies and rows, the writer, overturning. writer_main.c runs
 * them.
 */
#ifndef TEST_DAEMON_WRITER_SUITES_H
#define TEST_DAEMON_WRITER_SUITES_H

#include <check.h>

Suite *suite_entry(void);
Suite *suite_writer(void);
Suite *suite_marker(void);
Suite *suite_overturn(void);
Suite *suite_outcome(void);

#endif
