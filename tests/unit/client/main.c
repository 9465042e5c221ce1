/*
 * The unit tests of the client library. Runs all suites; ends with Check's closing line.
 */

#include <stdlib.h>

#include "suites.h"

int
main(void)
{
	SRunner *runner = srunner_create(suite_message());
	int failed;

	srunner_add_suite(runner, suite_call());
	srunner_add_suite(runner, suite_ops());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
