/* assay lint: what a header says and what its checks cite. The whole program is started, on suites of the test's own. */
#include "base/memory.h"
#include "program.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char *folder;

static void make_folder(const char *name)
{
	AUTO_TEXT path = memory_printf("%s/%s", folder, name);
	ck_assert_int_eq(mkdir(path, 0700), 0);
}

static void write_file(const char *name, const char *text)
{
	free(program_file(folder, name, text));
}

/* A scenario whose header has these lines, and whose check cites RFC6121#one and RFC6121#two. */
static void write_scenario(const char *name, const char *cites)
{
	AUTO_TEXT text = memory_printf("id      demo/one\n"
				       "title   A message arrives\n"
				       "%s"
				       "actor   phone   romeo/phone\n"
				       "---\n"
				       "phone connects\n"
				       "phone gets must RFC6121#one RFC6121#two as arrives : It arrives\n"
				       "    <message/>\n",
		cites);
	write_file(name, text);
}

static char *data_before; /* without forks the next tests have the same environment */

static void set_up(void)
{
	folder = program_folder();
	make_folder("suites");
	make_folder("suites/demo");
	make_folder("suites/catalogue");
	write_file("suites/catalogue/RFC6121.tsv",
		"anchor\tsection\tlevel\tduty\ttext\twaiver\n"
		"one\t1\tMUST\tserver\tOne.\t\n"
		"two\t2\tMUST\tserver\tTwo.\t\n"
		"three\t3\tMUST\tserver\tThree.\t\n");
	const char *data = getenv("ASSAY_DATA");
	data_before = data ? strdup(data) : NULL;
	setenv("ASSAY_DATA", folder, 1);
}

static void tear_down(void)
{
	if (data_before)
		setenv("ASSAY_DATA", data_before, 1);
	else
		unsetenv("ASSAY_DATA");
	free(data_before);
	program_remove(folder);
}

/* Lints one file; what is said of it is `line` and nothing else, or nothing where it is NULL. */
static void expect(const char *file, int status, const char *line)
{
	struct outcome_of_program o = PROGRAM(folder, 10, "lint", file);
	const char *end = status ? "1 scenarios, 1 checks, 1 errors, 0 warnings\n"
		: line           ? "1 scenarios, 1 checks, 0 errors, 1 warnings\n"
				 : "1 scenarios, 1 checks, 0 errors, 0 warnings\n";
	ck_assert_msg(o.status == status, "status %d: %s%s", o.status, buf_text(&o.out), buf_text(&o.err));
	ck_assert_msg(!line || strstr(buf_text(&o.out), line), "no '%s' in: %s", line, buf_text(&o.out));
	ck_assert_msg(strstr(buf_text(&o.out), end), "no '%s' in: %s", end, buf_text(&o.out));
	program_release(&o);
}

START_TEST(header_as_its_checks)
{
	write_scenario("suites/demo/one.scn", "cites   RFC6121#one\ncites   RFC6121#two\n");
	expect("suites/demo/one.scn", 0, NULL);
}
END_TEST

START_TEST(header_cites_more)
{
	write_scenario("suites/demo/one.scn", "cites   RFC6121#one RFC6121#two RFC6121#three\n");
	expect("suites/demo/one.scn", 2, "one.scn:1:1: error: the header cites RFC6121#three, but no check does");
}
END_TEST

START_TEST(header_cites_less)
{
	write_scenario("suites/demo/one.scn", "cites   RFC6121#one\n");
	expect("suites/demo/one.scn", 2, "one.scn:7:1: error: the check cites RFC6121#two, but the header does not");
}
END_TEST

START_TEST(header_cites_twice)
{
	write_scenario("suites/demo/one.scn", "cites   RFC6121#one RFC6121#two\ncites   RFC6121#one\n");
	expect("suites/demo/one.scn", 2, "one.scn:1:1: error: the header cites RFC6121#one twice");
}
END_TEST

/* A script of somebody else may leave its citations to the checks; what it claims and does not check is only warned of. */
START_TEST(scripts_of_others)
{
	write_scenario("one.scn", "");
	expect("one.scn", 0, NULL);
	write_scenario("one.scn", "cites   RFC6121#three\n");
	expect("one.scn", 0, "one.scn:1:1: warning: the header cites RFC6121#three, but no check does");
}
END_TEST

Suite *suite_lint_command(void)
{
	Suite *s = suite_create("assay lint");
	TCase *c = tcase_create("headers");
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, header_as_its_checks);
	tcase_add_test(c, header_cites_more);
	tcase_add_test(c, header_cites_less);
	tcase_add_test(c, header_cites_twice);
	tcase_add_test(c, scripts_of_others);
	suite_add_tcase(s, c);
	return s;
}
