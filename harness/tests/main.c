/* The test program: runs every suite that the Makefile found. Check's environment variables apply
 * (CK_FORK, CK_RUN_SUITE, CK_RUN_CASE). */
#include <check.h>
#include <signal.h>
#include <stdlib.h>

extern Suite *(*const all_suites[])(void);

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	SRunner *runner = srunner_create(NULL);
	for (size_t i = 0; all_suites[i]; i++)
		srunner_add_suite(runner, all_suites[i]());
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
