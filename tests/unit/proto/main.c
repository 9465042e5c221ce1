/*
 * The unit tests of proto/. Runs all suites; ends with Check's closing line.
 */

#include <stdlib.h>

#include "suites.h"

int
main(void)
{
	SRunner *runner = srunner_create(suite_frame());
	int failed;

	srunner_add_suite(runner, suite_precheck());
	srunner_add_suite(runner, suite_codec());
	srunner_add_suite(runner, suite_arena());
	srunner_add_suite(runner, suite_ident());
	srunner_add_suite(runner, suite_status());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
