/* The job templates for other projects' pipelines: checked strictly, and played as far as they go without their services. */
#include "base/memory.h"
#include "target/target.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

static void play(const char *script)
{
	const char *binary = getenv("ASSAY_BINARY");
	AUTO_TEXT command = memory_printf("%s %s 2>&1", script, binary ? binary : "build/assay");
	int status = system(command);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s ended with status %d", script, status);
}

START_TEST(files)
{
	play("ci/check-templates");
}
END_TEST

START_TEST(jobs)
{
	struct err e;
	AUTO_TEXT product = fixture_describe("prosody", &e);
	if (!product)
		printf("SKIPPED: %s\n", e.message);
	else
		play("ci/try-templates");
}
END_TEST

Suite *suite_pipelines(void);
Suite *suite_pipelines(void)
{
	Suite *suite = suite_create("pipelines");
	TCase *tcase = tcase_create("templates");
	tcase_set_timeout(tcase, 400);
	tcase_set_tags(tcase, "integration heavy");
	tcase_add_test(tcase, files);
	tcase_add_test(tcase, jobs);
	suite_add_tcase(suite, tcase);
	return suite;
}
