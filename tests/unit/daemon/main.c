/*
 * Runs the suites of the daemon. One process a test (CK_FORK), except where a sanitizer asks
 * otherwise.
 */
#include <stdlib.h>

#include "suites.h"

int
main(void)
{
	static Suite *(*const suites[])(void) = {
	    suite_authz,     suite_clock,    suite_conf,      suite_diag,
	    suite_entry,     suite_identity, suite_route,     suite_rules,
	    suite_rules_set, suite_server,   suite_standings,
	};
	SRunner *runner = srunner_create(suites[0]());

	for (size_t i = 1; i < sizeof(suites) / sizeof(suites[0]); i++)
		srunner_add_suite(runner, suites[i]());
	srunner_run_all(runner, CK_ENV);

	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
