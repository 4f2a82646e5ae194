/* Baselines as a user meets them: `assay run --baseline`, and `assay baseline` that writes one. */
#include "base/memory.h"
#include "base/text.h"
#include "cmd/checks.h"
#include "program.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

static char *folder;

static void set_up(void)
{
	folder = program_folder();
}

static void tear_down(void)
{
	program_remove(folder);
}

static size_t count_lines(const char *text)
{
	size_t lines = 0;
	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

/* Status 2 and one line; nothing was started, so it is quick and no report is there. */
static void expect_fault(const char *baseline, const char *where, const char *says)
{
	AUTO_TEXT path = program_file(folder, "known.tsv", baseline);
	AUTO_TEXT out = memory_printf("%s/report", folder);
	struct outcome_of_program o =
		PROGRAM(NULL, 10, "run", "unreachable.invalid", "--account", "romeo", "--baseline", path, "--out", out);
	ck_assert_msg(o.status == 2, "status %d: %s", o.status, buf_text(&o.err));
	ck_assert_msg(count_lines(buf_text(&o.err)) == 1, "not one line: %s", buf_text(&o.err));
	ck_assert_msg(strstr(buf_text(&o.err), where) && strstr(buf_text(&o.err), says), "%s", buf_text(&o.err));
	ck_assert(!file_is_directory(out));
	program_release(&o);
}

START_TEST(faults_end_a_run_before_it_begins)
{
	expect_fault("# a\ncarbons/bare-adress/less-available\tfail\twhy\n", "known.tsv:2:", "there is no check");
	expect_fault("carbns/*\tfail\twhy\n", "known.tsv:1:", "'carbns/*'");
	expect_fault("carbons/*\tfail\twhy\ncarbons/*\tfail\twhy\n", "known.tsv:2:", "second time");
	expect_fault("carbons/*\tfail\twhy\t\t2020-01-31\n", "known.tsv:1:", "expired on 2020-01-31");
	expect_fault("carbons/*\tfail\n", "known.tsv:1:", "tabs between");
	struct outcome_of_program o =
		PROGRAM(NULL, 10, "run", "unreachable.invalid", "--account", "romeo", "--baseline", "/nonexistent.tsv");
	ck_assert_int_eq(o.status, 2);
	ck_assert_ptr_nonnull(strstr(buf_text(&o.err), "/nonexistent.tsv"));
	program_release(&o);
}
END_TEST

/* Each line of those that are shipped is about a check that there is. */
START_TEST(baselines_of_the_fixtures)
{
	struct arena a = ARENA_INIT;
	struct vec names = VEC_INIT, checks = VEC_INIT;
	const struct vec none = VEC_INIT;
	struct err e;
	ck_assert_int_eq(checks_list(&none, NULL, &checks, &e), 0);
	ck_assert_uint_gt(checks.count, 1000);
	fixture_names(&a, &names);
	for (size_t i = 0; i < names.count; i++) {
		struct baseline b;
		const char *path =
			data_path(&a, arena_printf(&a, "fixtures/servers/%s/baseline.tsv", (char *)names.items[i]));
		if (!file_exists(path))
			continue;
		ck_assert_msg(
			baseline_load(&b, path, TRANSPORT_STARTTLS, &e) == 0 && baseline_match(&b, &checks, &e) == 0,
			"%s: %s", e.where, e.message);
		baseline_release(&b);
	}
	checks_release(&checks);
	vec_release(&names);
	arena_release(&a);
}
END_TEST

/* A baseline of a folder of scripts serves a run of one of them. */
START_TEST(scripts_beside_the_one_that_runs)
{
	static const char script[] =
		"id own/%s\ntitle T\nactor phone romeo/phone\n---\ninclude common/online.inc phone\n"
		"phone asks\n    <iq type=\"get\" to=\"${domain}\"><ping xmlns=\"urn:xmpp:ping\"/></iq>\n"
		"phone is answered must XEP-0199#result as so\n    <iq type=\"result\"/>\n";
	struct err e;
	struct vec files = VEC_INIT, checks = VEC_INIT;
	AUTO_TEXT first = memory_printf(script, "first");
	AUTO_TEXT second = memory_printf(script, "second");
	AUTO_TEXT path = program_file(folder, "first.scn", first);
	AUTO_TEXT other = program_file(folder, "second.scn", second);
	AUTO_TEXT broken = program_file(folder, "third.scn", "id own/third\n---\nnonsense\n");
	vec_push(&files, path);
	ck_assert_int_eq(checks_list(&files, NULL, &checks, &e), 0);
	int found = 0;
	for (size_t i = 0; i < checks.count; i++)
		found += text_starts(checks.items[i], "own/first/") || text_starts(checks.items[i], "own/second/");
	ck_assert_int_eq(found, 2);
	checks_release(&checks);
	vec_release(&files);
}
END_TEST

/* ---- assay baseline ---- */

#define CHECK(id, verdict, more) "{\"id\":\"" id "\",\"verdict\":\"" verdict "\"" more "}"
static const char result[] =
	"{\"format\":1,\"complete\":true,\"tool\":{\"transport\":\"starttls\"},"
	"\"target\":{\"name\":\"a.test\",\"product\":\"thing 1\"},\"checks\":[" CHECK(
		"b/b/fails", "fail", ",\"message\":\"nothing\\tcame\\n back\"") "," CHECK("a/b/weak", "weak",
		",\"message\":\"a SHOULD\"") "," CHECK("a/b/passes", "pass", "") "," CHECK("a/b/known", "known",
		",\"observed\":\"fail\",\"message\":\"as ever\"") "," CHECK("a/b/fixed", "fixed",
		",\"observed\":\"pass\"") "," CHECK("a/b/lost", "inconclusive", "") "," CHECK("a/b/ours", "error",
		",\"message\":\"no memory\"") "," CHECK("a/b/lacks", "unsupported", "") "]}\n";

#define HEAD                                                                                                                 \
	"# Expected verdicts of a.test (thing 1) that are not `pass`: check, verdict, reason, link, expiry, parted by tabs " \
	"(docs/baselines.md).\n"

static void expect_output(struct outcome_of_program o, const char *out, const char *says)
{
	ck_assert_msg(o.status == 0, "status %d: %s", o.status, buf_text(&o.err));
	ck_assert_str_eq(buf_text(&o.out), out);
	ck_assert_msg(strstr(buf_text(&o.err), says), "%s", buf_text(&o.err));
	program_release(&o);
}

/* Of a client under test, and not of the server that it was tested with. */
START_TEST(written_of_a_client)
{
	static const char of_client[] =
		"{\"format\":1,\"complete\":true,\"tool\":{\"transport\":\"starttls\"},"
		"\"client\":{\"name\":\"x\",\"product\":\"x 1.0\"},\"target\":{\"name\":\"fixture:s\","
		"\"product\":\"s 1\"},\"checks\":[]}\n";
	AUTO_TEXT path = program_file(folder, "result.json", of_client);
	struct outcome_of_program o = PROGRAM(NULL, 10, "baseline", folder);
	ck_assert_msg(
		text_starts(buf_text(&o.out), "# Expected verdicts of x (x 1.0) that are"), "%s", buf_text(&o.out));
	program_release(&o);
}
END_TEST

START_TEST(written_anew)
{
	AUTO_TEXT path = program_file(folder, "result.json", result);
	expect_output(PROGRAM(NULL, 10, "baseline", folder),
		HEAD "a/b/known\tfail\tas ever\na/b/lost\tinconclusive\tno message\na/b/weak\tweak\ta SHOULD\n"
		     "b/b/fails\tfail\tnothing came back\n",
		"4 lines added; 1 error left out");
	expect_output(PROGRAM(NULL, 10, "baseline", path, "--reason", "ticket 7", "--expires", "9999-12-31"),
		HEAD "a/b/known\tfail\tticket 7\t\t9999-12-31\na/b/lost\tinconclusive\tticket 7\t\t9999-12-31\n"
		     "a/b/weak\tweak\tticket 7\t\t9999-12-31\nb/b/fails\tfail\tticket 7\t\t9999-12-31\n",
		"4 lines added");
}
END_TEST

static void expect_file(const char *path, const char *text)
{
	struct err e;
	BUF_AUTO is = BUF_INIT;
	ck_assert_int_eq(file_read(path, &is, &e), 0);
	ck_assert_str_eq(buf_text(&is), text);
}

START_TEST(brought_up_to_date)
{
	AUTO_TEXT path = program_file(folder, "result.json", result);
	AUTO_TEXT old = program_file(folder, "old.tsv",
		"# mine\r\n\na/b/weak\tfail\twas worse\thttps://bugs.test/1\na/b/known\tfail\tmy reason\n"
		"a/b/fixed\tfail\tgone\na/b/lacks\tfail\tnot now\na/b/lost@ws\tfail\tonly there\n"
		"b/b/f*\tfail\tall of them\na/b/pass*\tfail\tnot one\na/b/else\tfail\tin another suite\n");
	static const char expected[] =
		"# mine\n\na/b/weak\tweak\twas worse\thttps://bugs.test/1\na/b/known\tfail\tmy reason\n"
		"a/b/lacks\tfail\tnot now\na/b/lost@ws\tfail\tonly there\nb/b/f*\tfail\tall of them\n"
		"a/b/else\tfail\tin another suite\na/b/lost\tinconclusive\tno message\n";
	AUTO_TEXT out = memory_printf("%s/new.tsv", folder);
	expect_output(PROGRAM(NULL, 10, "baseline", path, "--update", old, "--out", out), "",
		"1 line added, 5 kept, 1 changed, 2 taken out (fixed)");
	expect_file(out, expected);
	expect_output(PROGRAM(NULL, 10, "baseline", path, "--update", old), "", "1 line added");
	expect_file(old, expected);
	expect_output(PROGRAM(NULL, 10, "baseline", path, "--update", old), "", "0 lines added, 7 kept, 0 changed, 0");
	expect_file(old, expected);
}
END_TEST

START_TEST(expired_lines_get_a_new_date)
{
	static const char before[] = "a/b/known\tfail\tmine\thttps://bugs.test/1\t2020-01-01\n";
	AUTO_TEXT path = program_file(folder, "result.json", result);
	AUTO_TEXT old = program_file(folder, "old.tsv", before);
	struct outcome_of_program o = PROGRAM(NULL, 10, "baseline", path, "--update", old);
	ck_assert_int_eq(o.status, 2);
	ck_assert_ptr_nonnull(strstr(buf_text(&o.err), "old.tsv:1: expired"));
	program_release(&o);
	expect_file(old, before);
	expect_output(
		PROGRAM(NULL, 10, "baseline", path, "--update", old, "--expires", "9999-06-30", "--reason", "new"), "",
		"3 lines added, 0 kept, 1 changed");
	expect_file(old,
		"a/b/known\tfail\tmine\thttps://bugs.test/1\t9999-06-30\na/b/lost\tinconclusive\tnew\t\t9999-06-30\n"
		"a/b/weak\tweak\tnew\t\t9999-06-30\nb/b/fails\tfail\tnew\t\t9999-06-30\n");
}
END_TEST

static void expect_refusal(struct outcome_of_program o, const char *says)
{
	ck_assert_msg(o.status == 2, "status %d: %s", o.status, buf_text(&o.err));
	ck_assert_msg(count_lines(buf_text(&o.err)) == 1, "not one line: %s", buf_text(&o.err));
	ck_assert_msg(strstr(buf_text(&o.err), says), "%s", buf_text(&o.err));
	ck_assert_uint_eq(o.out.len, 0);
	program_release(&o);
}

START_TEST(refused)
{
	AUTO_TEXT path = program_file(folder, "result.json", result);
	AUTO_TEXT there = program_file(folder, "there.tsv", "# mine\n");
	AUTO_TEXT no_json = program_file(folder, "no.json", "{");
	AUTO_TEXT no_verdict =
		program_file(folder, "odd.json", "{\"checks\":[{\"id\":\"a/b/c\",\"verdict\":\"fine\"}]}");
	AUTO_TEXT bad = program_file(folder, "bad.tsv", "a/b/c\tfail\n");
	expect_refusal(PROGRAM(NULL, 10, "baseline"), "needs one result");
	expect_refusal(PROGRAM(NULL, 10, "baseline", "/nonexistent"), "/nonexistent");
	expect_refusal(PROGRAM(NULL, 10, "baseline", no_json), "no.json");
	expect_refusal(PROGRAM(NULL, 10, "baseline", no_verdict), "'fine'");
	expect_refusal(PROGRAM(NULL, 10, "baseline", path, "--expires", "tomorrow"), "'tomorrow'");
	expect_refusal(PROGRAM(NULL, 10, "baseline", path, "--expires", "2001-01-01"), "past");
	expect_refusal(PROGRAM(NULL, 10, "baseline", path, "--reason", " "), "--reason");
	expect_refusal(PROGRAM(NULL, 10, "baseline", path, "--out", there), "--update");
	expect_refusal(PROGRAM(NULL, 10, "baseline", path, "--update", bad), "bad.tsv:1");
	expect_refusal(PROGRAM(NULL, 10, "baseline", path, "--update", "/nonexistent.tsv"), "/nonexistent.tsv");
	expect_file(there, "# mine\n");
	expect_file(bad, "a/b/c\tfail\n");
}
END_TEST

Suite *suite_baseline_command(void);
Suite *suite_baseline_command(void)
{
	Suite *suite = suite_create("baseline command");
	TCase *tcase = tcase_create("program");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	tcase_set_tags(tcase, "integration");
	tcase_add_test(tcase, faults_end_a_run_before_it_begins);
	tcase_add_test(tcase, baselines_of_the_fixtures);
	tcase_add_test(tcase, scripts_beside_the_one_that_runs);
	tcase_add_test(tcase, written_anew);
	tcase_add_test(tcase, written_of_a_client);
	tcase_add_test(tcase, brought_up_to_date);
	tcase_add_test(tcase, expired_lines_get_a_new_date);
	tcase_add_test(tcase, refused);
	suite_add_tcase(suite, tcase);
	return suite;
}
