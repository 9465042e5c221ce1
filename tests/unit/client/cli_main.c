/*
 * The unit tests of the command line. Runs all suites; ends with Check's closing line.
 */

#include <signal.h>
#include <stdlib.h>

#include "suites.h"

#include "cmd.h"

/* The parts of the command line ask main.c whether somebody pressed ^C. Here nobody does. */
bool
cmd_interrupted(void)
{
	return false;
}

int
main(void)
{
	SRunner *runner = srunner_create(suite_when());
	int failed;

	srunner_add_suite(runner, suite_claims());
	srunner_add_suite(runner, suite_columns());
	srunner_add_suite(runner, suite_reversal());
	srunner_add_suite(runner, suite_commands());
	srunner_add_suite(runner, suite_screen());
	srunner_add_suite(runner, suite_export());
	srunner_add_suite(runner, suite_import());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
