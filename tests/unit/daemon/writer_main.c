#include <stdlib.h>

#include "writer_suites.h"

int
main(void)
{
	SRunner *runner = srunner_create(suite_entry());

	srunner_add_suite(runner, suite_writer());
	srunner_add_suite(runner, suite_marker());
	srunner_add_suite(runner, suite_overturn());
	srunner_add_suite(runner, suite_outcome());
	srunner_run_all(runner, CK_ENV);

	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
