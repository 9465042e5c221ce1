/*
 * The suites of the daemon, one a source file (or family) under test. main.c runs those that
 * meson.build names.
 */
#ifndef TEST_DAEMON_SUITES_H
#define TEST_DAEMON_SUITES_H

#include <check.h>

Suite *suite_authz(void);
Suite *suite_clock(void);
Suite *suite_conf(void);
Suite *suite_diag(void);
Suite *suite_entry(void);
Suite *suite_identity(void);
Suite *suite_route(void);
Suite *suite_rules(void);
Suite *suite_server(void);
Suite *suite_rules_set(void);
Suite *suite_standings(void);

#endif
