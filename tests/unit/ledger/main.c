/*
 * Runs the suites of the pure core. One process a test (CK_FORK), except where a sanitizer asks
 * otherwise.
 */
#include <stdlib.h>

#include "suites.h"

int
main(void)
{
	SRunner *runner = srunner_create(suite_calendar());

	srunner_add_suite(runner, suite_case());
	srunner_add_suite(runner, suite_code());
	srunner_add_suite(runner, suite_day());
	srunner_add_suite(runner, suite_decide());
	srunner_add_suite(runner, suite_event());
	srunner_add_suite(runner, suite_fall());
	srunner_add_suite(runner, suite_marker());
	srunner_add_suite(runner, suite_procedure());
	srunner_add_suite(runner, suite_proposal());
	srunner_add_suite(runner, suite_rulebook());
	srunner_add_suite(runner, suite_standing());
	srunner_run_all(runner, CK_ENV);

	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
