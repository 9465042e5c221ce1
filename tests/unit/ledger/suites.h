/*
 * The suites of the pure core, one a source file (or family) under test.
 */
#ifndef TEST_LEDGER_SUITES_H
#define TEST_LEDGER_SUITES_H

#include <check.h>

Suite *suite_calendar(void);
Suite *suite_case(void);
Suite *suite_code(void);
Suite *suite_day(void);
Suite *suite_decide(void);
Suite *suite_event(void);
Suite *suite_fall(void);
Suite *suite_marker(void);
Suite *suite_procedure(void);
Suite *suite_proposal(void);
Suite *suite_rulebook(void);
Suite *suite_standing(void);

#endif
