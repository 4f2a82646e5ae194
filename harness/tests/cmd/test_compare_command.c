/* assay compare and assay history as a user starts them: formats, places, exit statuses, bad input. */
#include "base/memory.h"
#include "base/text.h"
#include "program.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define GOLDEN "harness/tests/report/golden/"
#define FIRST  GOLDEN "compare-first.json"
#define SECOND GOLDEN "compare-second.json"
#define THIRD  GOLDEN "compare-third.json"

static char *folder;

static void set_up(void)
{
	folder = program_folder();
}

static void tear_down(void)
{
	program_remove(folder);
}

static void expect(struct outcome_of_program o, int status, const char *golden)
{
	struct err e;
	BUF_AUTO kept = BUF_INIT;
	ck_assert_msg(o.status == status, "status %d, expected %d: %s", o.status, status, buf_text(&o.err));
	ck_assert_uint_eq(o.err.len, 0);
	ck_assert_int_eq(file_read(golden, &kept, &e), 0);
	ck_assert_str_eq(buf_text(&o.out), buf_text(&kept));
	program_release(&o);
}

START_TEST(formats_on_standard_output)
{
	expect(PROGRAM(NULL, 10, "compare", FIRST, SECOND), 1, GOLDEN "compare-two.txt");
	expect(PROGRAM(NULL, 10, "compare", FIRST, SECOND, "--format", "html"), 1, GOLDEN "compare-two.html");
	expect(PROGRAM(NULL, 10, "compare", FIRST, SECOND, THIRD, "--format=markdown"), 1, GOLDEN "compare-three.md");
	expect(PROGRAM(NULL, 10, "compare", FIRST, SECOND, THIRD, "--format=xml"), 1, GOLDEN "compare-three.xml");
	expect(PROGRAM(NULL, 10, "compare", FIRST, SECOND, THIRD, "--format=markdown", "--only-different"), 1,
		GOLDEN "compare-three-different.md");
	expect(PROGRAM(NULL, 10, "compare", FIRST, SECOND, "--format=html", "--lang", "de"), 1,
		GOLDEN "compare-two.de.html");
	expect(PROGRAM(NULL, 10, "compare", FIRST, SECOND, "--format=markdown", "--lang=de"), 1,
		GOLDEN "compare-two.de.md");
	expect(PROGRAM(NULL, 10, "compare", FIRST, SECOND, "--lang=en"), 1, GOLDEN "compare-two.txt");
}
END_TEST

/* 0 where all that was played agrees, 77 where nothing was played by two. */
START_TEST(statuses)
{
	AUTO_TEXT nothing = program_file(folder, "none.json", "{\"checks\":[]}");
	struct outcome_of_program o = PROGRAM(NULL, 10, "compare", FIRST, FIRST, FIRST);
	ck_assert_int_eq(o.status, 0);
	ck_assert_ptr_nonnull(strstr(buf_text(&o.out), "7 checks agree, 0 differ, 0 were not played by all\n"));
	program_release(&o);
	o = PROGRAM(NULL, 10, "compare", FIRST, nothing);
	ck_assert_int_eq(o.status, 77);
	program_release(&o);
	o = PROGRAM(NULL, 10, "compare", FIRST, nothing, "--strict");
	ck_assert_int_eq(o.status, 1);
	program_release(&o);
}
END_TEST

static void expect_same(const char *path, const char *golden)
{
	struct err e;
	BUF_AUTO is = BUF_INIT;
	BUF_AUTO kept = BUF_INIT;
	ck_assert_int_eq(file_read(path, &is, &e), 0);
	ck_assert_int_eq(file_read(golden, &kept, &e), 0);
	ck_assert_str_eq(buf_text(&is), buf_text(&kept));
}

/* The format is that of the file's name, unless it is said. */
START_TEST(into_a_file)
{
	static const char *const files[][2] = { { "a.html", GOLDEN "compare-two.html" },
		{ "a.md", GOLDEN "compare-two.md" }, { "a.xml", GOLDEN "compare-two.xml" },
		{ "a.txt", GOLDEN "compare-two.txt" }, { "plain", GOLDEN "compare-two.txt" } };
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		AUTO_TEXT out = memory_printf("%s/%s", folder, files[i][0]);
		struct outcome_of_program o = PROGRAM(NULL, 10, "compare", FIRST, SECOND, "--out", out);
		ck_assert_int_eq(o.status, 1);
		ck_assert_uint_eq(o.out.len, 0);
		program_release(&o);
		expect_same(out, files[i][1]);
	}
	AUTO_TEXT out = memory_printf("%s/b.txt", folder);
	struct outcome_of_program o = PROGRAM(NULL, 10, "compare", FIRST, SECOND, "--out", out, "--format", "html");
	program_release(&o);
	expect_same(out, GOLDEN "compare-two.html");
}
END_TEST

static void put(const char *name, const char *from)
{
	struct err e;
	BUF_AUTO text = BUF_INIT;
	AUTO_TEXT place = memory_printf("%s/%s", folder, name);
	ck_assert_int_eq(directory_make(place, &e), 0);
	ck_assert_int_eq(file_read(from, &text, &e), 0);
	AUTO_TEXT path = memory_printf("%s/result.json", place);
	ck_assert_int_eq(file_write(path, buf_text(&text), text.len, &e), 0);
}

/* In the order of time, whatever the folders are called. */
START_TEST(history_of_a_folder)
{
	put("z/1", FIRST);
	put("c", SECOND);
	put("a", THIRD);
	AUTO_TEXT stray = program_file(folder, "no-result.json", "{");
	struct outcome_of_program o = PROGRAM(NULL, 10, "history", folder);
	ck_assert_msg(o.status == 0, "%s", buf_text(&o.err));
	expect(o, 0, GOLDEN "history.txt");
	AUTO_TEXT out = memory_printf("%s/trend.md", folder);
	o = PROGRAM(NULL, 10, "history", folder, "--out", out);
	ck_assert_int_eq(o.status, 0);
	program_release(&o);
	expect_same(out, GOLDEN "history.md");
	AUTO_TEXT german = memory_printf("%s/trend.html", folder);
	o = PROGRAM(NULL, 10, "history", folder, "--lang", "de", "--out", german);
	program_release(&o);
	expect_same(german, GOLDEN "history.de.html");
	put("other", GOLDEN "every-verdict.result.json");
	o = PROGRAM(NULL, 10, "history", folder);
	ck_assert_int_eq(o.status, 2);
	ck_assert_ptr_nonnull(strstr(buf_text(&o.err), "--target"));
	program_release(&o);
	expect(PROGRAM(NULL, 10, "history", folder, "--target", "chat.example.org"), 0, GOLDEN "history.txt");
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
	program_release(&o);
}

START_TEST(refused)
{
	AUTO_TEXT bad = program_file(folder, "bad.json", "{\"checks\":[{\"id\":\"a/b/c\",\"verdict\":\"fine\"}]}");
	AUTO_TEXT out = memory_printf("%s/out.html", folder);
	expect_refusal(PROGRAM(NULL, 10, "compare"), "two runs or more");
	expect_refusal(PROGRAM(NULL, 10, "compare", FIRST), "two runs or more");
	expect_refusal(PROGRAM(NULL, 10, "compare", FIRST, "/nonexistent"), "/nonexistent");
	expect_refusal(PROGRAM(NULL, 10, "compare", FIRST, folder), "result.json");
	expect_refusal(PROGRAM(NULL, 10, "compare", FIRST, SECOND, bad, "--out", out), "bad.json: a/b/c has a verdict");
	expect_refusal(PROGRAM(NULL, 10, "compare", FIRST, SECOND, "--format", "pdf"), "'pdf'");
	expect_refusal(PROGRAM(NULL, 10, "compare", FIRST, SECOND, "--lang", "fr", "--out", out),
		"there are no reports in 'fr'");
	expect_refusal(PROGRAM(NULL, 10, "history", folder, "--lang", "../en"), "'../en'");
	expect_refusal(PROGRAM(NULL, 10, "history"), "one folder");
	expect_refusal(PROGRAM(NULL, 10, "history", folder, folder), "one folder");
	expect_refusal(PROGRAM(NULL, 10, "history", "/nonexistent"), "/nonexistent: is no folder");
	expect_refusal(PROGRAM(NULL, 10, "history", folder, "--out", out), "holds no result.json");
	expect_refusal(PROGRAM(NULL, 10, "history", folder, "--format", "pdf"), "'pdf'");
	ck_assert(!file_exists(out));
}
END_TEST

Suite *suite_compare_command(void);
Suite *suite_compare_command(void)
{
	Suite *suite = suite_create("compare command");
	TCase *tcase = tcase_create("program");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	tcase_set_tags(tcase, "integration");
	tcase_add_test(tcase, formats_on_standard_output);
	tcase_add_test(tcase, statuses);
	tcase_add_test(tcase, into_a_file);
	tcase_add_test(tcase, history_of_a_folder);
	tcase_add_test(tcase, refused);
	suite_add_tcase(suite, tcase);
	return suite;
}
