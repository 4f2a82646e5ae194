/* Journals made into one: what belongs together, what is missing, and what is refused. */
#include "base/text.h"
#include "golden.h"
#include "report/combine.h"
#include "report/report.h"
#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TARGET "\"target\":{\"name\":\"t\",\"domain\":\"t.test\",\"product\":\"p 1\"}"
#define RUN_OF(version, target, driver, profile, arguments)                                                            \
	"{\"e\":\"run\",\"t\":0,\"format\":1,\"tool\":\"assay\",\"version\":\"" version                                \
	"\",\"started\":\"2026-01-05T03:00:00.000Z\"," target ",\"driver\":\"" driver "\",\"profile\":\"" profile      \
	"\",\"arguments\":[\"run\",\"t.ini\"" arguments "],\"jobs\":4,\"planned\":1}\n"
#define RUN(profile, arguments) RUN_OF("0.1.0", TARGET, "native", profile, arguments)
#define SHARD(text)             ",\"--shard\",\"" text "\""
#define PROFILE(name)           ",\"--profile\",\"" name "\""
#define SCENARIO(number, id)                                                                                           \
	"{\"e\":\"scenario\",\"t\":1,\"s\":" number ",\"id\":\"" id "\",\"checks\":[{\"id\":\"" id                     \
	"/c\",\"level\":\"must\"}]}\n{\"e\":\"step\",\"t\":1.5,\"s\":" number ",\"text\":\"one\"}\n"
#define CHECK(number, id, verdict)                                                                                     \
	"{\"e\":\"check\",\"t\":2,\"s\":" number ",\"id\":\"" id "/c\",\"verdict\":\"" verdict "\"}\n"
#define END                                                                                                            \
	"{\"e\":\"summary\",\"t\":3,\"complete\":true,\"wall_ms\":1000,\"idle_ms\":1,\"harness_cpu_ms\":2,"            \
	"\"server_cpu_ms\":3}\n"
#define BASELINE(id, verdict)                                                                                          \
	"{\"e\":\"baseline\",\"t\":0,\"checks\":{\"" id "/c\":{\"verdict\":\"" verdict "\",\"reason\":\"r\"}}}\n"
#define ONE(number, id, verdict) SCENARIO(number, id) CHECK(number, id, verdict) END

static char folder[64];
static char *here; /* where the tests run: without forks the next ones run there, too */

static void set_up(void)
{
	here = realpath(".", NULL);
	if (file_exists("reports/html.xsl"))
		setenv("ASSAY_DATA", here, 0);
	golden_start();
	snprintf(folder, sizeof folder, "/tmp/assay-test-combine-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0); /* so that messages hold short names */
}

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *where)
{
	(void)about;
	(void)type;
	(void)where;
	return remove(path);
}

static void tear_down(void)
{
	ck_assert_int_eq(chdir(here), 0);
	free(here);
	nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

#define MOST 4
static int combine(const char *const *journals, struct buf *out, struct err *e)
{
	static const char *const names[MOST] = { "1.jsonl", "2.jsonl", "3.jsonl", "4.jsonl" };
	struct vec paths = VEC_INIT;
	for (size_t i = 0; i < MOST && journals[i]; i++) {
		ck_assert_int_eq(file_write(names[i], journals[i], strlen(journals[i]), e), 0);
		vec_push(&paths, (void *)names[i]);
	}
	int result = journals_combine(&paths, out, e);
	vec_release(&paths);
	return result;
}

/* A profile whose only row rests on all checks of the suites a and b. */
#define ROWS                                                                                                           \
	"{\"e\":\"profile\",\"t\":0,\"name\":\"p\",\"texts\":{},\"levels\":[{\"name\":\"low\",\"texts\":{}}],"         \
	"\"rows\":[{\"name\":\"r\",\"from\":\"low\",\"texts\":{},\"required\":\"a/*,b/*\"}]}\n"
#define NARROWED(arguments)                                                                                                 \
	"{\"e\":\"run\",\"t\":0,\"format\":1,\"tool\":\"assay\",\"version\":\"0.1.0\",\"profile\":\"p\",\"narrowed\":true," \
	"\"arguments\":[\"run\"" arguments "],\"planned\":1}\n"

static struct results read_back(const struct buf *journal)
{
	struct err e;
	struct results r;
	ck_assert_int_eq(file_write("merged.jsonl", buf_text(journal), journal->len, &e), 0);
	if (results_from_journal(&r, "merged.jsonl", &e))
		ck_abort_msg("%s: %s", e.where, e.message);
	return r;
}

static const char *const shards[] = { RUN("default", SHARD("1/3")) BASELINE("a/x", "fail") ONE("7", "a/x", "fail"),
	RUN("default", ",\"--shard=2/3\"") ONE("7", "a/y", "pass"),
	RUN("default", SHARD("3/3")) ONE("1", "b/z", "weak"), NULL };

START_TEST(shards_become_one)
{
	struct err e;
	BUF_AUTO out = BUF_INIT;
	ck_assert_msg(combine(shards, &out, &e) == 0, "%s: %s", e.where, e.message);
	struct results r = read_back(&out);
	ck_assert(r.complete);
	ck_assert_uint_eq(r.checks, 3);
	ck_assert_uint_eq(r.known, 1);
	ck_assert_uint_eq(r.pass, 1);
	ck_assert_uint_eq(r.weak, 1);
	const xmlNode *tool = xml_child(xml_root(r.doc), "tool", NULL);
	const xmlNode *timing = xml_child(xml_root(r.doc), "timing", NULL);
	ck_assert_str_eq(xml_attribute(tool, "planned"), "3");
	ck_assert_str_eq(xml_attribute(tool, "begun"), "3");
	ck_assert_str_eq(xml_attribute(tool, "profile"), "default");
	ck_assert_str_eq(xml_attribute(timing, "wall"), "3000.000");
	ck_assert_ptr_null(xml_child(tool, "missing", NULL));
	results_release(&r);
}
END_TEST

START_TEST(what_is_missing_is_said)
{
	struct err e;
	BUF_AUTO out = BUF_INIT;
	BUF_AUTO text = BUF_INIT;
	ck_assert_int_eq(combine((const char *const[]){ shards[1], NULL }, &out, &e), 0);
	struct results r = read_back(&out);
	ck_assert(!r.complete);
	ck_assert_int_eq(report_exit_status(&r), 1);
	report_summary_text(&r, false, &text);
	ck_assert_ptr_nonnull(strstr(buf_text(&text),
		"incomplete: shard 1/3 of profile default is missing\n"
		"incomplete: shard 3/3 of profile default is missing\n"));
	results_release(&r);
	/* what was combined can be combined again, and then nothing is missing */
	BUF_AUTO whole = BUF_INIT;
	const char *const again[] = { buf_text(&out), shards[2], shards[0], NULL };
	ck_assert_msg(combine(again, &whole, &e) == 0, "%s: %s", e.where, e.message);
	r = read_back(&whole);
	ck_assert(r.complete);
	ck_assert_uint_eq(r.checks, 3);
	results_release(&r);
}
END_TEST

START_TEST(a_part_that_did_not_end)
{
	struct err e;
	BUF_AUTO out = BUF_INIT;
	BUF_AUTO text = BUF_INIT;
	const char *const journals[] = { RUN("default", SHARD("1/2")) SCENARIO("1", "a/x"),
		RUN("default", SHARD("2/2")) ONE("1", "a/y", "pass"), NULL };
	ck_assert_int_eq(combine(journals, &out, &e), 0);
	struct results r = read_back(&out);
	ck_assert(!r.complete);
	ck_assert_uint_eq(r.not_run, 1);
	report_summary_text(&r, false, &text);
	ck_assert_ptr_nonnull(
		strstr(buf_text(&text), "incomplete: the end of shard 1/2 of profile default is missing\n"));
	results_release(&r);
}
END_TEST

static char *again_of(const struct results *r, const char *check)
{
	const xmlNode *root = xml_root(r->doc);
	for (const xmlNode *suite = xml_child(root, "suite", NULL); suite; suite = xml_next(suite, "suite", NULL))
		for (const xmlNode *s = xml_child(suite, "scenario", NULL); s; s = xml_next(s, "scenario", NULL))
			for (const xmlNode *c = xml_child(s, "check", NULL); c; c = xml_next(c, "check", NULL))
				if (strcmp(xml_attribute(c, "id"), check) == 0)
					return xml_text(xml_child(c, "again", NULL));
	return NULL;
}

/* Several profiles, one of them in shards; a scenario of both counts once; each check is played again as it was. */
START_TEST(profiles_become_one)
{
	struct err e;
	BUF_AUTO out = BUF_INIT;
	const char *const journals[] = { RUN("default", SHARD("1/2")) ONE("1", "a/x", "pass"),
		RUN("default", SHARD("2/2")) ONE("1", "a/y", "pass"),
		RUN("transport", PROFILE("transport")) SCENARIO("1", "a/x") CHECK("1", "a/x", "pass")
			SCENARIO("2", "c/z") CHECK("2", "c/z", "pass") END,
		NULL };
	ck_assert_msg(combine(journals, &out, &e) == 0, "%s: %s", e.where, e.message);
	struct results r = read_back(&out);
	const xmlNode *tool = xml_child(xml_root(r.doc), "tool", NULL);
	ck_assert(r.complete);
	ck_assert_uint_eq(r.checks, 3);
	ck_assert_str_eq(xml_attribute(tool, "profile"), "default, transport");
	ck_assert_str_eq(xml_attribute(tool, "begun"), "3");
	AUTO_TEXT first = again_of(&r, "a/x/c");
	AUTO_TEXT last = again_of(&r, "c/z/c");
	ck_assert_str_eq(first, "assay run t.ini --check a/x/c");
	ck_assert_str_eq(last, "assay run t.ini --profile transport --check c/z/c");
	results_release(&r);
}
END_TEST

/* A run that was cut off before the check gives way to one that has it. */
START_TEST(the_fuller_scenario_is_kept)
{
	struct err e;
	BUF_AUTO out = BUF_INIT;
	const char *const journals[] = { RUN("default", "") SCENARIO("1", "a/x"),
		RUN("default", "") ONE("1", "a/x", "fail"), NULL };
	ck_assert_msg(combine(journals, &out, &e) == 0, "%s: %s", e.where, e.message);
	struct results r = read_back(&out);
	ck_assert_uint_eq(r.fail, 1);
	ck_assert_uint_eq(r.not_run, 0);
	results_release(&r);
}
END_TEST

static const struct {
	const char *first, *second, *where, *message;
} refused[] = {
	{ RUN("default", "") END, RUN_OF("0.1.0", "\"target\":{\"name\":\"u\"}", "native", "default", "") END,
		"2.jsonl", "the target 'u', and 1.jsonl 't'" },
	{ RUN("default", "") END,
		RUN_OF("0.1.0", "\"target\":{\"name\":\"t\",\"domain\":\"t.test\",\"product\":\"p 2\"}", "native",
			"default", "") END,
		"2.jsonl", "the product 'p 2', and 1.jsonl 'p 1'" },
	{ RUN("default", "") END, RUN_OF("0.2.0", TARGET, "native", "default", "") END, "2.jsonl",
		"the version of the program '0.2.0'" },
	{ RUN("default", "") END, RUN_OF("0.1.0", TARGET, "strophe", "default", "") END, "2.jsonl",
		"the driver 'strophe'" },
	{ RUN("default", "") "{\"e\":\"discovered\",\"features\":{\"facts\":{\"version.version\":\"1\"}}}\n" END,
		RUN("default", "") "{\"e\":\"discovered\",\"features\":{\"facts\":{\"version.version\":\"2\"}}}\n" END,
		"2.jsonl", "the version of the server '2'" },
	{ RUN("default", "") ONE("1", "a/x", "pass"), RUN("default", "") ONE("1", "a/x", "fail"), "2.jsonl",
		"a/x/c is fail here, and pass in 1.jsonl" },
	{ RUN("default", "") BASELINE("a/x", "fail") ONE("1", "a/x", "fail"),
		RUN("other", "") BASELINE("a/x", "weak") ONE("1", "a/x", "fail"), "2.jsonl",
		"baseline expects weak of a/x/c" },
	{ RUN("default", SHARD("1/2")) END, RUN("default", SHARD("2/3")) END, "2.jsonl",
		"shard 2 of 3, and 1.jsonl is one of 2" },
	{ RUN("default", "") "{\"e\":\"scenario\",\"s\":1,\"id\":\"a/x\",\"checks\":[{\"id\":\"a/x/c\"}]}\n" CHECK(
		  "1", "a/x", "pass") END,
		RUN("default", "") "{\"e\":\"scenario\",\"s\":1,\"id\":\"a/x\",\"checks\":[{\"id\":\"a/x/d\"}]}\n"
				   "{\"e\":\"check\",\"s\":1,\"id\":\"a/x/d\",\"verdict\":\"pass\"}\n" END,
		"2.jsonl", "has a/x/d, and 1.jsonl the same scenario without it" },
	{ RUN("default", "") END, "nonsense\n{}\n", "2.jsonl:1", "is not JSON" },
	{ "", RUN("default", "") END, "1.jsonl", "holds no run" },
};

START_TEST(what_does_not_belong_together)
{
	struct err e;
	BUF_AUTO out = BUF_INIT;
	ck_assert_int_eq(combine((const char *const[]){ refused[_i].first, refused[_i].second, NULL }, &out, &e), -1);
	ck_assert_int_eq(e.class, ERR_USAGE);
	ck_assert_str_eq(e.where, refused[_i].where);
	ck_assert_msg(strstr(e.message, refused[_i].message), "%s", e.message);
	ck_assert_uint_eq(out.len, 0);
}
END_TEST

/* Numbers that nobody's journal has. */
START_TEST(hostile_numbers)
{
	struct err e;
	BUF_AUTO out = BUF_INIT;
	const char *const journals[] = {
		"{\"e\":\"run\",\"t\":0,\"format\":1,\"planned\":9223372036854775807,\"jobs\":-9223372036854775808,"
		"\"parts\":[7,{}],\"arguments\":\"none\"}\n"
		"{\"e\":\"scenario\",\"s\":9223372036854775807,\"id\":\"a/x\",\"part\":9223372036854775807,\"checks\":[]}\n" END,
		"{\"e\":\"run\",\"t\":0,\"format\":1,\"planned\":9223372036854775807,\"arguments\":[1,\"--shard\"]}\n"
		"{\"e\":\"scenario\",\"s\":-9223372036854775808,\"id\":\"a/y\",\"part\":-1,\"checks\":[]}\n" END,
		NULL
	};
	ck_assert_msg(combine(journals, &out, &e) == 0, "%s: %s", e.where, e.message);
	struct results r = read_back(&out);
	for (int format = REPORT_HTML; format <= REPORT_TEXT; format++) {
		BUF_AUTO text = BUF_INIT;
		ck_assert_int_eq(report_print(&r, (enum report_format)format, &text, &e), 0);
	}
	results_release(&r);
}
END_TEST

/* Shards give no grade by themselves, and one when they are all there; what was left out by choice stays so. */
static const struct {
	const char *first, *second, *grade;
} graded[] = {
	{ NARROWED(SHARD("1/2")) ROWS ONE("1", "a/x", "pass"), NARROWED(SHARD("2/2")) ROWS ONE("1", "b/x", "pass"),
		"low" },
	{ NARROWED(SHARD("1/2")) ROWS ONE("1", "a/x", "pass"), NARROWED(SHARD("2/2")) ROWS ONE("1", "b/x", "fail"),
		"none" },
	{ NARROWED(SHARD("1/3")) ROWS ONE("1", "a/x", "pass"), NARROWED(SHARD("2/3")) ROWS ONE("1", "b/x", "pass"),
		"" },
	{ NARROWED(",\"--check\",\"a/*\"") ROWS ONE("1", "a/x", "pass"),
		NARROWED(",\"--check\",\"b/*\"") ROWS ONE("1", "b/x", "pass"), "" },
};

START_TEST(grades_of_shards)
{
	struct err e;
	BUF_AUTO journal = BUF_INIT;
	const char *const journals[MOST] = { graded[_i].first, graded[_i].second };
	ck_assert_msg(combine(journals, &journal, &e) == 0, "%s: %s", e.where, e.message);
	struct results r = read_back(&journal);
	const xmlNode *profile = xml_child(xml_root(r.doc), "profile", NULL);
	ck_assert_ptr_nonnull(profile);
	ck_assert_str_eq(xml_attribute(profile, "grade"), graded[_i].grade);
	results_release(&r);
}
END_TEST

Suite *suite_combine(void)
{
	Suite *suite = suite_create("combine");
	TCase *tcase = tcase_create("combine");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, shards_become_one);
	tcase_add_test(tcase, what_is_missing_is_said);
	tcase_add_test(tcase, a_part_that_did_not_end);
	tcase_add_test(tcase, profiles_become_one);
	tcase_add_test(tcase, the_fuller_scenario_is_kept);
	tcase_add_loop_test(tcase, what_does_not_belong_together, 0, (int)(sizeof refused / sizeof *refused));
	tcase_add_test(tcase, hostile_numbers);
	tcase_add_loop_test(tcase, grades_of_shards, 0, (int)(sizeof graded / sizeof *graded));
	suite_add_tcase(suite, tcase);
	return suite;
}
