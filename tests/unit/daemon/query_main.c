/*
 * Runs the suites of the questions. One process a test (CK_FORK), except where a sanitizer asks
 * otherwise.
 */
#include <stdlib.h>

#include "query_suites.h"

int
main(void)
{
	SRunner *runner = srunner_create(suite_query());

	srunner_add_suite(runner, suite_explain());
	srunner_add_suite(runner, suite_query_book());
	srunner_add_suite(runner, suite_screen());
	srunner_add_suite(runner, suite_clawback());
	srunner_run_all(runner, CK_ENV);

	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
