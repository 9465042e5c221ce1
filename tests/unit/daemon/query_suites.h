/*
 * The suites of the questions, run by query_main.c.
 */
#ifndef TEST_DAEMON_QUERY_SUITES_H
#define TEST_DAEMON_QUERY_SUITES_H

#include <check.h>

Suite *suite_explain(void);
Suite *suite_query(void);
Suite *suite_query_book(void);
Suite *suite_screen(void);
Suite *suite_clawback(void);

#endif
