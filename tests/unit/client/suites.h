/*
 * The suites of the client's two test programs, one a source file under test.
 */

#ifndef TESTS_UNIT_CLIENT_SUITES_H
#define TESTS_UNIT_CLIENT_SUITES_H

#include <check.h>

/* unit-client: the library, through its public headers. */
Suite *suite_call(void);
Suite *suite_message(void);
Suite *suite_ops(void);

/* unit-cli: the command line, its parts and the whole program. */
Suite *suite_claims(void);
Suite *suite_columns(void);
Suite *suite_commands(void);
Suite *suite_export(void);
Suite *suite_import(void);
Suite *suite_reversal(void);
Suite *suite_screen(void);
Suite *suite_when(void);

#endif
