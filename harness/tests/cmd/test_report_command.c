/* assay report as a user starts it: formats, places, exit statuses. */
#include "base/memory.h"
#include "base/text.h"
#include "program.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define JOURNALS "harness/tests/report/golden/"

static char *folder;

static void set_up(void)
{
	folder = program_folder();
}

static void tear_down(void)
{
	program_remove(folder);
}

static void check_status(struct outcome_of_program *o, int status)
{
	ck_assert_msg(o->status == status, "status %d, expected %d: %s", o->status, status, buf_text(&o->err));
}

/* The format on standard output is the file that is kept beside the journal, and nothing is said beside it. */
static void expect_format(const char *format, const char *golden)
{
	struct err e;
	BUF_AUTO kept = BUF_INIT;
	struct outcome_of_program o = PROGRAM(NULL, 30, "report", JOURNALS "every-verdict.jsonl", "--format", format);
	check_status(&o, 1);
	ck_assert_int_eq(file_read(golden, &kept, &e), 0);
	ck_assert_str_eq(buf_text(&o.out), buf_text(&kept));
	ck_assert_uint_eq(o.err.len, 0);
	program_release(&o);
}

START_TEST(one_format)
{
	expect_format("html", JOURNALS "every-verdict.report.html");
	expect_format("json", JOURNALS "every-verdict.result.json");
	expect_format("junit", JOURNALS "every-verdict.junit.xml");
	expect_format("xml", JOURNALS "every-verdict.results.xml");
	expect_format("text", JOURNALS "every-verdict.report.txt");
	expect_format("tap", JOURNALS "every-verdict.report.tap");
	expect_format("markdown", JOURNALS "every-verdict.report.md");
}
END_TEST

START_TEST(all_formats_into_a_folder)
{
	static const char *const names[] = { "report.html", "result.json", "junit.xml", "results.xml" };
	AUTO_TEXT out = memory_printf("%s/deep/er", folder);
	struct outcome_of_program o = PROGRAM(NULL, 30, "report", JOURNALS "conforming.jsonl", "--out", out);
	check_status(&o, 0);
	ck_assert_ptr_nonnull(strstr(buf_text(&o.out), "4 checks: 4 pass"));
	ck_assert_ptr_nonnull(strstr(buf_text(&o.out), "/deep/er/report.html"));
	ck_assert_ptr_null(strchr(buf_text(&o.out), '\033'));
	program_release(&o);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		AUTO_TEXT path = memory_printf("%s/%s", out, names[i]);
		ck_assert_msg(file_exists(path), "%s is missing", path);
	}
}
END_TEST

/* A folder holds journal.jsonl, and the reports come beside it. */
START_TEST(folder_of_a_run)
{
	struct err e;
	BUF_AUTO journal = BUF_INIT;
	ck_assert_int_eq(file_read(JOURNALS "repeats.jsonl", &journal, &e), 0);
	AUTO_TEXT path = program_file(folder, "journal.jsonl", buf_text(&journal));
	struct outcome_of_program o = PROGRAM(NULL, 30, "report", folder, "--format", "text");
	check_status(&o, 1);
	program_release(&o);
	o = PROGRAM(NULL, 30, "report", folder);
	check_status(&o, 1);
	program_release(&o);
	AUTO_TEXT html = memory_printf("%s/report.html", folder);
	ck_assert(file_exists(html));
}
END_TEST

static const struct {
	const char *journal;
	int status;
	const char *says; /* on standard error */
} inputs[] = {
	{ "{\"e\":\"run\",\"t\":0,\"format\":1}\n", 77, "" },
	{ "{\"e\":\"run\",\"t\":0,\"format\":1}\n{\"e\":\"summary\",\"t\":1,\"complete\":true}\n", 77, "" },
	{ "", 2, "holds no run" },
	{ "{\"e\":\"run\",\"t\":0,\"format\":1}\nnonsense\n{}\n", 2, "journal.jsonl:2" },
};

START_TEST(exit_statuses)
{
	AUTO_TEXT path = program_file(folder, "journal.jsonl", inputs[_i].journal);
	struct outcome_of_program o = PROGRAM(NULL, 30, "report", folder);
	check_status(&o, inputs[_i].status);
	ck_assert_msg(strstr(buf_text(&o.err), inputs[_i].says), "%s", buf_text(&o.err));
	program_release(&o);
}
END_TEST

START_TEST(wrong_usage)
{
	struct outcome_of_program o = PROGRAM(NULL, 30, "report");
	check_status(&o, 2);
	program_release(&o);
	o = PROGRAM(NULL, 30, "report", JOURNALS "conforming.jsonl", "--format", "pdf");
	check_status(&o, 2);
	ck_assert_ptr_nonnull(strstr(buf_text(&o.err), "'pdf'"));
	program_release(&o);
	o = PROGRAM(NULL, 30, "report", "/nonexistent");
	check_status(&o, 2);
	program_release(&o);
}
END_TEST

Suite *suite_report_command(void);
Suite *suite_report_command(void)
{
	Suite *suite = suite_create("report command");
	TCase *tcase = tcase_create("program");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	tcase_set_tags(tcase, "integration");
	tcase_add_test(tcase, one_format);
	tcase_add_test(tcase, all_formats_into_a_folder);
	tcase_add_test(tcase, folder_of_a_run);
	tcase_add_loop_test(tcase, exit_statuses, 0, (int)(sizeof inputs / sizeof *inputs));
	tcase_add_test(tcase, wrong_usage);
	suite_add_tcase(suite, tcase);
	return suite;
}
