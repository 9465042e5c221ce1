/*
 * The suites of this program, one a source file under test.
 */

#ifndef TESTS_UNIT_PROTO_SUITES_H
#define TESTS_UNIT_PROTO_SUITES_H

#include <check.h>

Suite *suite_arena(void);
Suite *suite_codec(void);
Suite *suite_frame(void);
Suite *suite_ident(void);
Suite *suite_precheck(void);
Suite *suite_status(void);

#endif
