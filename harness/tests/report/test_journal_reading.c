/* Journals that are cut, broken or of several repeats, and the exit status that results call for. */
#include "base/text.h"
#include "golden.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUN "{\"e\":\"run\",\"t\":0,\"format\":1,\"tool\":\"assay\",\"planned\":1}\n"
#define SCENARIO(number)                                                                                               \
	"{\"e\":\"scenario\",\"t\":1,\"s\":" number                                                                    \
	",\"id\":\"a/b\",\"checks\":[{\"id\":\"a/b/c\",\"level\":\"must\"}]}\n"
#define CHECK(number, verdict)                                                                                         \
	"{\"e\":\"check\",\"t\":2,\"s\":" number ",\"id\":\"a/b/c\",\"verdict\":\"" verdict "\"}\n"
#define END "{\"e\":\"summary\",\"t\":3,\"complete\":true}\n"

static void tear_down(void)
{
	unlink(journal_file(""));
}

/* Each cut gives results that are marked incomplete, or one clear error; never a crash. */
START_TEST(cut_at_every_byte)
{
	struct err e;
	BUF_AUTO whole = BUF_INIT;
	AUTO_TEXT source = golden_path("conforming.jsonl");
	ck_assert_int_eq(file_read(source, &whole, &e), 0);
	const char *path = journal_file(buf_text(&whole));
	size_t first_line = strcspn(buf_text(&whole), "\n");
	for (size_t length = whole.len; length-- > 0;) {
		struct results r;
		ck_assert_int_eq(truncate(path, (off_t)length), 0);
		if (length < first_line) {
			ck_assert_int_eq(results_from_journal(&r, path, &e), -1);
			ck_assert_int_eq(e.class, ERR_USAGE);
			ck_assert_ptr_null(r.doc);
			continue;
		}
		if (results_from_journal(&r, path, &e))
			ck_abort_msg("cut at %zu: %s: %s", length, e.where, e.message);
		ck_assert_int_eq(r.complete, length + 1 == whole.len);
		ck_assert_int_eq(report_exit_status(&r), r.complete ? 0 : r.pass ? 1 : 77);
		results_release(&r);
	}
}
END_TEST

START_TEST(cut_at_every_line_prints)
{
	static const char *const journals[] = { "every-verdict.jsonl", "encryption.jsonl" };
	struct err e;
	BUF_AUTO whole = BUF_INIT;
	AUTO_TEXT source = golden_path(journals[_i]);
	ck_assert_int_eq(file_read(source, &whole, &e), 0);
	const char *path = journal_file(buf_text(&whole));
	for (size_t length = whole.len; length > strcspn(buf_text(&whole), "\n"); length--) {
		struct results r;
		if (whole.data[length - 1] != '\n')
			continue;
		ck_assert_int_eq(truncate(path, (off_t)length), 0);
		ck_assert_int_eq(results_from_journal(&r, path, &e), 0);
		for (int format = REPORT_HTML; format <= REPORT_TEXT; format++) {
			BUF_AUTO text = BUF_INIT;
			ck_assert_int_eq(report_print(&r, (enum report_format)format, &text, &e), 0);
			ck_assert_uint_gt(text.len, 0);
		}
		results_release(&r);
	}
}
END_TEST

static const struct {
	const char *journal, *message;
	int line; /* 0: the whole file */
} broken[] = {
	{ "", "holds no run", 0 },
	{ "\n\n", "holds no run", 0 },
	{ "{\"e\":\"ru", "holds no run", 0 },
	{ "not a journal\n", "is not JSON", 1 },
	{ "[1]\n", "it is no object", 1 },
	{ "{\"t\":0}\n", "'e' is missing", 1 },
	{ SCENARIO("1"), "first line", 1 },
	{ "{\"e\":\"run\",\"t\":0}\n", "'format'", 1 },
	{ "{\"e\":\"run\",\"t\":0,\"format\":2}\n", "newer", 1 },
	{ RUN RUN, "second run", 2 },
	{ RUN "{\"e\":\n" END, "is not JSON", 2 },
	{ RUN "\xff\n" END, "is not JSON", 2 },
	{ RUN "{\"e\":\"note\",\"s\":1,\"text\":\"\\ud800\"}\n" END, "is not JSON", 2 },
	{ RUN CHECK("1", "pass"), "scenario run 1", 2 },
	{ RUN SCENARIO("1") SCENARIO("1"), "second time", 3 },
	{ RUN SCENARIO("\"x\""), "'s'", 2 },
	{ RUN SCENARIO("1") "{\"e\":\"check\",\"s\":1,\"verdict\":\"pass\"}\n", "'id'", 3 },
	{ RUN SCENARIO("1") "{\"e\":\"check\",\"s\":1,\"id\":\"a/b/c\"}\n", "'verdict'", 3 },
	{ RUN SCENARIO("1") CHECK("1", "splendid"), "splendid", 3 },
	{ RUN SCENARIO("1") CHECK("1", "known"), "known", 3 },
	{ RUN "{\"e\":\"scenario\",\"s\":1}\n", "'id'", 2 },
	{ RUN "{\"e\":\"scenario\",\"s\":1,\"id\":\"a/b\",\"checks\":[3]}\n", "without 'id'", 2 },
};

START_TEST(broken_lines)
{
	struct err e;
	struct results r;
	const char *path = journal_file(broken[_i].journal);
	ck_assert_msg(results_from_journal(&r, path, &e) == -1, "was read: %s", broken[_i].journal);
	ck_assert_int_eq(e.class, ERR_USAGE);
	ck_assert_msg(strstr(e.message, broken[_i].message), "'%s' is not in '%s'", broken[_i].message, e.message);
	AUTO_TEXT where = broken[_i].line ? memory_printf("%s:%d", path, broken[_i].line) : memory_copy_text(path);
	ck_assert_str_eq(e.where, where);
}
END_TEST

START_TEST(missing_file)
{
	struct err e;
	struct results r;
	ck_assert_int_eq(results_from_journal(&r, "/nonexistent/journal.jsonl", &e), -1);
	ck_assert_int_eq(e.class, ERR_USAGE);
	ck_assert_ptr_null(r.doc);
}
END_TEST

/* What is missing or of another type is taken as not said. */
START_TEST(tolerated)
{
	struct err e;
	struct results r;
	static const char text[] = RUN
		"\n{\"e\":\"baseline\",\"checks\":[1]}\n{\"e\":\"catalogue\",\"entries\":[2]}\n{\"e\":\"discovered\",\"features\":7}\n"
		"{\"e\":\"scenario\",\"s\":1,\"id\":\"alone\",\"actors\":{},\"checks\":\"none\",\"title\":5}\n"
		"{\"e\":\"step\",\"s\":1}\n{\"e\":\"in\",\"s\":1}\n{\"e\":\"out\",\"s\":1,\"xml\":null}\n{\"e\":\"measure\",\"s\":1}\n"
		"{\"e\":\"new\",\"s\":9}\n{\"e\":\"end\",\"s\":1,\"verdict\":7}\n{\"e\":\"end\",\"s\":1}\n" END "\0\0";
	if (results_from_journal(&r, journal_file(text), &e))
		ck_abort_msg("%s: %s", e.where, e.message);
	for (int format = REPORT_HTML; format <= REPORT_TEXT; format++) {
		BUF_AUTO out = BUF_INIT;
		ck_assert_int_eq(report_print(&r, (enum report_format)format, &out, &e), 0);
	}
	ck_assert_uint_eq(r.checks, 0);
	results_release(&r);
}
END_TEST

#define BASELINE(verdict)                                                                                              \
	"{\"e\":\"baseline\",\"t\":0,\"checks\":{\"a/b/c\":{\"verdict\":\"" verdict "\",\"reason\":\"because\"}}}\n"
#define ONE(verdict) RUN SCENARIO("1") CHECK("1", verdict) END

static const struct {
	const char *journal;
	int status;
	const char *verdict;
} judged[] = {
	{ ONE("pass"), 0, "pass" },
	{ ONE("weak"), 0, "weak" },
	{ ONE("fail"), 1, "fail" },
	{ ONE("unsupported"), 77, "unsupported" },
	{ ONE("inconclusive"), 1, "inconclusive" },
	{ ONE("error"), 4, "error" },
	{ RUN END, 77, NULL },
	{ RUN SCENARIO("1") END, 77, "not_run" },
	{ RUN SCENARIO("1") CHECK("1", "pass"), 1, "pass" },
	{ RUN BASELINE("fail") SCENARIO("1") CHECK("1", "fail") END, 0, "known" },
	{ RUN BASELINE("fail") SCENARIO("1") CHECK("1", "pass") END, 0, "fixed" },
	{ RUN BASELINE("weak") SCENARIO("1") CHECK("1", "weak") END, 0, "known" },
	{ RUN BASELINE("weak") SCENARIO("1") CHECK("1", "fail") END, 1, "fail" },
	{ RUN BASELINE("fail") SCENARIO("1") CHECK("1", "weak") END, 0, "weak" },
	{ RUN BASELINE("fail") SCENARIO("1") CHECK("1", "unsupported") END, 77, "unsupported" },
	{ RUN BASELINE("pass") SCENARIO("1") CHECK("1", "pass") END, 0, "pass" },
	{ RUN BASELINE("unsupported") SCENARIO("1") CHECK("1", "unsupported") END, 77, "unsupported" },
	{ RUN BASELINE("nonsense") SCENARIO("1") CHECK("1", "fail") END, 1, "fail" },
	/* repeats: the worst counts */
	{ RUN SCENARIO("1") SCENARIO("2") CHECK("2", "fail") CHECK("1", "pass") END, 1, "fail" },
	{ RUN SCENARIO("1") SCENARIO("2") CHECK("1", "fail") CHECK("2", "error") END, 1, "fail" },
	{ RUN SCENARIO("1") SCENARIO("2") CHECK("1", "pass") END, 0, "pass" },
	{ RUN BASELINE("fail") SCENARIO("1") SCENARIO("2") CHECK("1", "pass") CHECK("2", "fail") END, 0, "known" },
	/* one run that speaks twice */
	{ RUN SCENARIO("1") CHECK("1", "pass") CHECK("1", "weak") END, 0, "weak" },
};

START_TEST(verdicts_and_status)
{
	struct err e;
	struct results r;
	if (results_from_journal(&r, journal_file(judged[_i].journal), &e))
		ck_abort_msg("%s: %s", e.where, e.message);
	const xmlNode *check = xml_find(xml_root(r.doc), "check", NULL);
	if (judged[_i].verdict)
		ck_assert_str_eq(xml_attribute(check, "verdict"), judged[_i].verdict);
	else
		ck_assert_ptr_null(check);
	ck_assert_int_eq(report_exit_status(&r), judged[_i].status);
	ck_assert_uint_eq(r.checks, judged[_i].verdict != NULL);
	results_release(&r);
}
END_TEST

/* A pattern is said to be fixed only when nothing that it names needs it any more. */
START_TEST(patterns_of_a_baseline)
{
	static const char baseline[] =
		"{\"e\":\"baseline\",\"t\":0,\"checks\":{\"a/b/c\":{\"verdict\":\"fail\",\"reason\":\"r\",\"pattern\":\"a/*\","
		"\"link\":\"https://bugs.test/1\",\"expires\":\"2030-01-01\"},"
		"\"a/b/d\":{\"verdict\":\"fail\",\"reason\":\"r\",\"pattern\":\"a/*\"}}}\n";
	static const char second[] = "{\"e\":\"check\",\"t\":4,\"s\":1,\"id\":\"a/b/d\",\"verdict\":\"%s\"}\n";
	static const char *const cases[][3] = { { "pass", "fixed", "fixed" }, { "fail", "pass", "known" },
		{ "weak", "pass", "weak" }, { "unsupported", "fixed", "unsupported" } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err e;
		struct results r;
		BUF_AUTO journal = BUF_INIT;
		buf_printf(&journal, "%s%s%s%s", RUN, baseline, SCENARIO("1"), CHECK("1", "pass"));
		buf_printf(&journal, second, cases[i][0]);
		buf_add_text(&journal, END);
		ck_assert_int_eq(results_from_journal(&r, journal_file(buf_text(&journal)), &e), 0);
		const xmlNode *check = xml_find(xml_root(r.doc), "check", NULL);
		const xmlNode *known = xml_child(check, "baseline", NULL);
		ck_assert_str_eq(xml_attribute(check, "verdict"), cases[i][1]);
		ck_assert_str_eq(xml_attribute(xml_next(check, "check", NULL), "verdict"), cases[i][2]);
		ck_assert_str_eq(xml_attribute(known, "pattern"), "a/*");
		ck_assert_str_eq(xml_attribute(known, "link"), "https://bugs.test/1");
		ck_assert_str_eq(xml_attribute(known, "expires"), "2030-01-01");
		results_release(&r);
	}
}
END_TEST

/* The evidence of a check is that of the run with the worst verdict, and only that one keeps its transcript. */
START_TEST(repeats_keep_the_worst)
{
	struct results r = golden_results("repeats");
	const xmlNode *scenario = xml_find(xml_root(r.doc), "scenario", NULL);
	const xmlNode *check = xml_child(scenario, "check", NULL);
	ck_assert_str_eq(xml_attribute(check, "verdict"), "fail");
	ck_assert_str_eq(xml_attribute(check, "unstable"), "true");
	ck_assert_str_eq(xml_attribute(check, "repeat"), "1");
	ck_assert_ptr_nonnull(xml_child(check, "expected", NULL));
	int transcripts = 0, runs = 0;
	for (const xmlNode *run = xml_child(scenario, "run", NULL); run; run = xml_next(run, "run", NULL)) {
		transcripts += xml_child(run, NULL, NULL) != NULL;
		runs++;
	}
	ck_assert_int_eq(runs, 3);
	ck_assert_int_eq(transcripts, 2); /* the first, for the checks that always pass, and the one that failed */
	results_release(&r);
}
END_TEST

Suite *suite_journal_reading(void);
Suite *suite_journal_reading(void)
{
	Suite *suite = suite_create("report journal");
	TCase *tcase = tcase_create("reading");
	tcase_add_unchecked_fixture(tcase, golden_start, NULL);
	tcase_add_checked_fixture(tcase, NULL, tear_down);
	tcase_add_loop_test(tcase, broken_lines, 0, (int)(sizeof broken / sizeof *broken));
	tcase_add_test(tcase, missing_file);
	tcase_add_test(tcase, tolerated);
	tcase_add_loop_test(tcase, verdicts_and_status, 0, (int)(sizeof judged / sizeof *judged));
	tcase_add_test(tcase, patterns_of_a_baseline);
	tcase_add_test(tcase, repeats_keep_the_worst);
	suite_add_tcase(suite, tcase);
	/* Thousands of readings: too many for the slow machine that valgrind makes, where these tags are left out. */
	TCase *cuts = tcase_create("cuts");
	tcase_add_unchecked_fixture(cuts, golden_start, NULL);
	tcase_add_checked_fixture(cuts, NULL, tear_down);
	tcase_set_tags(cuts, "integration");
	tcase_set_timeout(cuts, 120);
	tcase_add_test(cuts, cut_at_every_byte);
	tcase_add_test(cuts, cut_at_every_line_prints);
	suite_add_tcase(suite, cuts);
	return suite;
}
