/* assay merge as a user starts it. */
#include "base/memory.h"
#include "base/text.h"
#include "program.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

#define RUN(shard)                                                                                                           \
	"{\"e\":\"run\",\"t\":0,\"format\":1,\"tool\":\"assay\",\"version\":\"1\",\"started\":\"2026-01-05T03:00:00.000Z\"," \
	"\"target\":{\"name\":\"t\"},\"profile\":\"default\",\"arguments\":[\"run\",\"t.ini\",\"--shard\",\"" shard          \
	"\"],\"planned\":1}\n"
#define PASSES(id)                                                                                                     \
	"{\"e\":\"scenario\",\"t\":1,\"s\":1,\"id\":\"" id "\",\"checks\":[{\"id\":\"" id "/c\"}]}\n"                  \
	"{\"e\":\"check\",\"t\":2,\"s\":1,\"id\":\"" id "/c\",\"verdict\":\"pass\"}\n"                                 \
	"{\"e\":\"summary\",\"t\":3,\"complete\":true}\n"

static char *folder;
static char *first, *second, *strange, *out;

static char *shard_folder(const char *name, const char *journal)
{
	struct err e;
	char *place = memory_printf("%s/%s", folder, name);
	ck_assert_int_eq(directory_make(place, &e), 0);
	AUTO_TEXT path = program_file(place, "journal.jsonl", journal);
	return place;
}

static void set_up(void)
{
	folder = program_folder();
	first = shard_folder("first", RUN("1/2") PASSES("a/x"));
	second = shard_folder("second", RUN("2/2") PASSES("a/y"));
	strange = shard_folder("strange", "{\"e\":\"run\",\"t\":0,\"format\":1,\"target\":{\"name\":\"u\"}}\n");
	out = memory_printf("%s/out", folder);
}

static void tear_down(void)
{
	program_remove(folder);
	free(first);
	free(second);
	free(strange);
	free(out);
}

START_TEST(reports_are_written_and_can_be_made_again)
{
	static const char *const names[] = { "report.html", "result.json", "junit.xml", "results.xml",
		"journal.jsonl" };
	struct outcome_of_program o = PROGRAM(NULL, 20, "merge", first, second, "--out", out);
	ck_assert_msg(o.status == 0, "status %d: %s", o.status, buf_text(&o.err));
	ck_assert_ptr_nonnull(strstr(buf_text(&o.out), "2 checks: 2 pass\n"));
	program_release(&o);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		AUTO_TEXT path = memory_printf("%s/%s", out, names[i]);
		ck_assert_msg(file_exists(path), "%s is missing", path);
	}
	o = PROGRAM(NULL, 20, "report", out, "--format", "text");
	ck_assert_int_eq(o.status, 0);
	ck_assert_ptr_nonnull(strstr(buf_text(&o.out), "2 checks: 2 pass\n"));
	program_release(&o);
}
END_TEST

/* Status 1, because it is incomplete; the report for people and the one for programs both say what of. */
START_TEST(a_shard_is_missing)
{
	struct err e;
	struct outcome_of_program o = PROGRAM(NULL, 20, "merge", second, "--out", out);
	ck_assert_int_eq(o.status, 1);
	ck_assert_ptr_nonnull(strstr(buf_text(&o.out), "incomplete: shard 1/2 of profile default is missing\n"));
	program_release(&o);
	static const char *const names[] = { "report.html", "result.json", "results.xml" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		BUF_AUTO text = BUF_INIT;
		AUTO_TEXT path = memory_printf("%s/%s", out, names[i]);
		ck_assert_int_eq(file_read(path, &text, &e), 0);
		ck_assert_msg(strstr(buf_text(&text), "shard 1/2 of profile default"), "%s does not say it", names[i]);
	}
}
END_TEST

static void expect_refusal(struct outcome_of_program o, const char *says)
{
	size_t lines = 0;
	for (size_t i = 0; i < o.err.len; i++)
		lines += o.err.data[i] == '\n';
	ck_assert_msg(o.status == 2, "status %d: %s", o.status, buf_text(&o.err));
	ck_assert_msg(lines == 1, "not one line: %s", buf_text(&o.err));
	ck_assert_msg(strstr(buf_text(&o.err), says), "%s", buf_text(&o.err));
	ck_assert_uint_eq(o.out.len, 0);
	ck_assert(!file_is_directory(out));
	program_release(&o);
}

START_TEST(refused)
{
	expect_refusal(PROGRAM(NULL, 10, "merge"), "folders of runs");
	expect_refusal(PROGRAM(NULL, 10, "merge", first, second), "needs --out");
	expect_refusal(PROGRAM(NULL, 10, "merge", first, "/nonexistent", "--out", out), "/nonexistent");
	expect_refusal(PROGRAM(NULL, 10, "merge", first, folder, "--out", out), "journal.jsonl");
	expect_refusal(PROGRAM(NULL, 10, "merge", first, strange, "--out", out), "has the target 'u'");
	expect_refusal(PROGRAM(NULL, 10, "merge", first, second, "--out", second), "overwritten");
	AUTO_TEXT journal = memory_printf("%s/journal.jsonl", first);
	expect_refusal(PROGRAM(NULL, 10, "merge", journal, second, "--out", first), "overwritten");
}
END_TEST

/* The shards of a real run are the run. */
START_TEST(shards_of_a_real_run)
{
	AUTO_TEXT installed = memory_printf("%s/whole", folder);
	struct outcome_of_program o = PROGRAM(NULL, 60, "run", "--suite", "receipts", "--out", installed);
	if (o.status == 4) { /* no server here */
		program_release(&o);
		return;
	}
	ck_assert_int_eq(o.status, 0);
	program_release(&o);
	AUTO_TEXT one = memory_printf("%s/one", folder);
	AUTO_TEXT two = memory_printf("%s/two", folder);
	o = PROGRAM(NULL, 60, "run", "--suite", "receipts", "--shard", "1/2", "--out", one);
	program_release(&o);
	o = PROGRAM(NULL, 60, "run", "--suite", "receipts", "--shard", "2/2", "--out", two);
	program_release(&o);
	o = PROGRAM(NULL, 20, "merge", two, one, "--out", out);
	ck_assert_msg(o.status == 0, "status %d: %s", o.status, buf_text(&o.err));
	program_release(&o);
	o = PROGRAM(NULL, 20, "compare", "--strict", installed, out);
	ck_assert_msg(o.status == 0, "%s", buf_text(&o.out));
	program_release(&o);
}
END_TEST

Suite *suite_merge_command(void);
Suite *suite_merge_command(void)
{
	Suite *suite = suite_create("merge command");
	TCase *tcase = tcase_create("program");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 240);
	tcase_set_tags(tcase, "integration");
	tcase_add_test(tcase, reports_are_written_and_can_be_made_again);
	tcase_add_test(tcase, a_shard_is_missing);
	tcase_add_test(tcase, refused);
	tcase_add_test(tcase, shards_of_a_real_run);
	suite_add_tcase(suite, tcase);
	return suite;
}
