/*
 * Runs the suites of the store. One process a test (CK_FORK), except where a sanitizer asks
 * otherwise.
 */
#include <stdlib.h>

#include "suites.h"

int
main(void)
{
	SRunner *runner = srunner_create(suite_checksum());
	int failed;

	srunner_add_suite(runner, suite_backup());
	srunner_add_suite(runner, suite_book());
	srunner_add_suite(runner, suite_file());
	srunner_add_suite(runner, suite_manifest());
	srunner_add_suite(runner, suite_mark());
	srunner_add_suite(runner, suite_memory());
	srunner_add_suite(runner, suite_overlay());
	srunner_add_suite(runner, suite_recover());
	srunner_add_suite(runner, suite_segment());
	srunner_add_suite(runner, suite_spare());
	srunner_add_suite(runner, suite_store());
	srunner_add_suite(runner, suite_tree());
	srunner_add_suite(runner, suite_vault());
	srunner_add_suite(runner, suite_verify());
	srunner_add_suite(runner, suite_view());
	srunner_add_suite(runner, suite_viewer());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
