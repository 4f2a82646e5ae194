/* `assay compare` of measurements as a user starts it: text, JSON, page, plots, exit statuses, and what it refuses. */
#include "base/memory.h"
#include "base/text.h"
#include "program.h"
#include <check.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define GOLDEN "harness/tests/report/golden/"
#define BEFORE GOLDEN "latency-before.json"
#define SAME   GOLDEN "latency-same.json"
#define AFTER  GOLDEN "latency-after.json"

static char *folder;

static void set_up(void)
{
	folder = program_folder();
}

static void tear_down(void)
{
	program_remove(folder);
}

/* The version of the program is in it, and changes. */
static void without_version(struct buf *text)
{
	char *at = text->len ? strstr(text->data, "\n \"version\": \"") : NULL;
	if (at) {
		size_t length = strcspn(at + 1, "\n");
		memmove(at + 1, at + 1 + length, text->len - (size_t)(at + 1 + length - text->data) + 1);
		text->len -= length;
	}
}

static void expect(struct outcome_of_program o, int status, const char *golden)
{
	struct err e;
	BUF_AUTO kept = BUF_INIT;
	ck_assert_msg(o.status == status, "status %d, expected %d: %s", o.status, status, buf_text(&o.err));
	ck_assert_str_eq(buf_text(&o.err), "");
	if (getenv("UPDATE_GOLDEN"))
		ck_assert_int_eq(file_write(golden, buf_text(&o.out), o.out.len, &e), 0);
	ck_assert_int_eq(file_read(golden, &kept, &e), 0);
	without_version(&kept);
	without_version(&o.out);
	if (strcmp(buf_text(&o.out), buf_text(&kept)) != 0) {
		AUTO_TEXT is = program_file(folder, "is", buf_text(&o.out));
		AUTO_TEXT command = memory_printf("diff %s %s | head -20", golden, is);
		ck_assert_int_eq(system(command), 0);
		ck_abort_msg("%s differs (UPDATE_GOLDEN=1 rewrites it)", golden);
	}
	program_release(&o);
}

START_TEST(on_standard_output)
{
	expect(PROGRAM(NULL, 20, "compare", BEFORE, AFTER), 1, GOLDEN "latency-compare.txt");
	expect(PROGRAM(NULL, 20, "compare", BEFORE, SAME, AFTER), 1, GOLDEN "latency-compare-three.txt");
	expect(PROGRAM(NULL, 20, "compare", BEFORE, AFTER, "--json"), 1, GOLDEN "latency-compare.json");
}
END_TEST

static void ends(struct outcome_of_program o, int status, const char *says)
{
	ck_assert_msg(o.status == status, "status %d, expected %d: %s%s", o.status, status, buf_text(&o.out),
		buf_text(&o.err));
	ck_assert_msg(strstr(buf_text(&o.out), says) != NULL, "%s", buf_text(&o.out));
	program_release(&o);
}

START_TEST(statuses)
{
	ends(PROGRAM(NULL, 20, "compare", BEFORE, SAME), 0, "No regression.\n");
	ends(PROGRAM(NULL, 20, "compare", BEFORE, BEFORE), 0, "No regression.\n");
	ends(PROGRAM(NULL, 20, "compare", AFTER, BEFORE), 0, "No regression.\n");
	ends(PROGRAM(NULL, 20, "compare", BEFORE, AFTER), 1, "prosody 13.0.1: message latency, percentile 50: 1.6");
	ends(PROGRAM(NULL, 20, "compare", BEFORE, AFTER), 1,
		"prosody 13.0.1: message 2 of 900 lost, and 0 of 900 before\n");
	/* Slower by less than that, but two messages were lost all the same. */
	ends(PROGRAM(NULL, 20, "compare", BEFORE, AFTER, "--bound", "200"), 1,
		"Worse than the base:\n  prosody 13.0.1: message 2 of 900 lost");
	ends(PROGRAM(NULL, 20, "compare", BEFORE, SAME, "--bound=0", "--percentile", "50,90", "--percentile", "99.9"),
		0, "more than 0 %, beyond chance in all 12 figures");
	ends(PROGRAM(NULL, 20, "compare", BEFORE, AFTER, "--least", "100000", "--bound", "0"), 1,
		"(too small to matter)");
}
END_TEST

static const char *const regular[] = { "comparison.html", "comparison.json", "raw/overview.tsv", "raw/message-1.hgrm",
	"raw/message-2.seconds.csv", "raw/connect.phases.csv", "plots/overview.svg", "plots/overview.png",
	"plots/message-distribution.svg", "plots/message-distribution.png", "plots/message-time.svg",
	"plots/message-time.png", "plots/connect-phases.svg", "plots/connect-phases.png" };

/* The folder of a measurement does as well as its file, and the page is in the language that is asked for. */
START_TEST(into_a_folder)
{
	struct err e;
	BUF_AUTO text = BUF_INIT, page = BUF_INIT;
	ck_assert_int_eq(file_read(BEFORE, &text, &e), 0);
	AUTO_TEXT here = memory_printf("%s/measured", folder);
	ck_assert_int_eq(directory_make(here, &e), 0);
	AUTO_TEXT file = program_file(folder, "measured/latency.json", buf_text(&text));
	AUTO_TEXT out = memory_printf("%s/out", folder);
	struct outcome_of_program o = PROGRAM(NULL, 60, "compare", here, AFTER, "--out", out, "--lang", "de");
	ck_assert_msg(o.status == 1, "%d: %s", o.status, buf_text(&o.err));
	ck_assert_ptr_nonnull(strstr(buf_text(&o.out), "/out/comparison.html\n"));
	program_release(&o);
	for (size_t i = 0; i < sizeof regular / sizeof *regular; i++) {
		struct buf one = BUF_INIT;
		AUTO_TEXT path = memory_printf("%s/%s", out, regular[i]);
		ck_assert_msg(file_read(path, &one, &e) == 0 && one.len > 20, "%s", path);
		ck_assert(!text_ends(path, ".png") || memcmp(one.data, "\x89PNG", 4) == 0);
		ck_assert(!text_ends(path, ".svg") || strstr(one.data, "<svg") != NULL);
		buf_release(&one);
	}
	AUTO_TEXT path = memory_printf("%s/comparison.html", out);
	ck_assert_int_eq(file_read(path, &page, &e), 0);
	ck_assert_ptr_nonnull(strstr(page.data, "<html lang=\"de\">"));
	ck_assert_ptr_nonnull(strstr(page.data, "src=\"plots/overview.svg\""));
	ck_assert_ptr_nonnull(strstr(page.data, "src=\"plots/connect-phases.svg\""));
	ck_assert_ptr_nonnull(strstr(page.data, "Schlechter als die Grundlage"));
}
END_TEST

/* A measurement with one member changed, in the folder. */
static char *changed(const char *golden, const char *name, const char *member, json_t *value)
{
	json_error_t fault;
	json_t *result = json_load_file(golden, 0, &fault);
	ck_assert_msg(result != NULL, "%s: %s", golden, fault.text);
	json_object_set_new(result, member, value);
	char *text = json_dumps(result, JSON_COMPACT | JSON_REAL_PRECISION(9));
	char *path = program_file(folder, name, text);
	free(text);
	json_decref(result);
	return path;
}

START_TEST(nothing_to_compare)
{
	AUTO_TEXT other = changed(SAME, "other.json", "workloads", json_array());
	ends(PROGRAM(NULL, 20, "compare", BEFORE, other), 77, "");
}
END_TEST

START_TEST(other_settings)
{
	AUTO_TEXT other = changed(SAME, "other.json", "transport", json_string("ws"));
	struct outcome_of_program o = PROGRAM(NULL, 20, "compare", BEFORE, other);
	ck_assert_int_eq(o.status, 2);
	ck_assert_uint_eq(o.out.len, 0);
	ck_assert_ptr_nonnull(strstr(buf_text(&o.err),
		"other.json: was measured otherwise than " BEFORE " (transport ws and not starttls)"));
	program_release(&o);
	ends(PROGRAM(NULL, 20, "compare", BEFORE, other, "--force"), 0, "NOT COMPARABLE: transport starttls, ws\n");
	AUTO_TEXT longer = changed(SAME, "longer.json", "repetitions", json_integer(7));
	ends(PROGRAM(NULL, 20, "compare", BEFORE, longer), 0, "set otherwise: repetitions 3, 7\n");
}
END_TEST

/* Whatever somebody wrote into a result, a terminal does not obey it. */
START_TEST(hostile_text)
{
	AUTO_TEXT other =
		changed(SAME, "other.json", "target", json_pack("{s:s}", "product", "evil\033]0;x\007\nname"));
	struct outcome_of_program o = PROGRAM(NULL, 20, "compare", BEFORE, other);
	ck_assert_int_eq(o.status, 0);
	ck_assert_ptr_null(strchr(buf_text(&o.out), '\033'));
	ck_assert_ptr_nonnull(strstr(buf_text(&o.out), "]0;x"));
	program_release(&o);
}
END_TEST

static void refused(struct outcome_of_program o, const char *says)
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

START_TEST(refusals)
{
	AUTO_TEXT out = memory_printf("%s/out", folder);
	AUTO_TEXT newer = changed(SAME, "newer.json", "format", json_integer(2));
	AUTO_TEXT broken = changed(SAME, "broken.json", "workloads",
		json_pack("[{s:s, s:s, s:[{s:s, s:i, s:{}}]}]", "name", "message", "state", "measured", "series",
			"name", "latency", "count", 3, "percentiles"));
	refused(PROGRAM(NULL, 20, "compare", BEFORE), "two runs or more");
	refused(PROGRAM(NULL, 20, "compare", BEFORE, "/nonexistent"), "/nonexistent");
	refused(PROGRAM(NULL, 20, "compare", BEFORE, folder), "latency.json");
	refused(PROGRAM(NULL, 20, "compare", BEFORE, GOLDEN "compare-first.json"),
		"compare-first.json: is no result of `assay latency`");
	refused(PROGRAM(NULL, 20, "compare", BEFORE, newer),
		"newer.json: is no result of `assay latency` that this version knows");
	refused(PROGRAM(NULL, 20, "compare", BEFORE, broken, "--out", out), "broken.json: is no histogram");
	refused(PROGRAM(NULL, 20, "compare", BEFORE, AFTER, "--bound", "much"), "--bound takes a number from 0");
	refused(PROGRAM(NULL, 20, "compare", BEFORE, AFTER, "--bound=-1"), "--bound takes a number from 0");
	refused(PROGRAM(NULL, 20, "compare", BEFORE, AFTER, "--least", "x"), "--least takes a number from 0");
	refused(PROGRAM(NULL, 20, "compare", BEFORE, AFTER, "--percentile", "95"),
		"has no 95th percentile; it has 50, 90, 99, 99.9");
	refused(PROGRAM(NULL, 20, "compare", BEFORE, AFTER, "--percentile", "50,"), "--percentile takes");
	refused(PROGRAM(NULL, 20, "compare", BEFORE, AFTER, "--strict"), "--strict is for verdicts");
	refused(PROGRAM(NULL, 20, "compare", BEFORE, AFTER, "--format", "html"), "--format is for verdicts");
	refused(PROGRAM(NULL, 20, "compare", BEFORE, AFTER, "--lang", "fr", "--out", out),
		"there are no reports in 'fr'");
	refused(PROGRAM(NULL, 20, "compare", GOLDEN "compare-first.json", GOLDEN "compare-second.json", "--bound", "5"),
		"--bound is for measurements");
	refused(PROGRAM(NULL, 20, "compare", GOLDEN "compare-first.json", GOLDEN "compare-second.json", "--json"),
		"--json is for measurements");
	ck_assert(!file_exists(out));
}
END_TEST

/* A folder of a run beside one of a measurement is told for what it is. */
START_TEST(verdicts_and_measurements)
{
	struct err e;
	BUF_AUTO text = BUF_INIT;
	ck_assert_int_eq(file_read(GOLDEN "compare-first.json", &text, &e), 0);
	AUTO_TEXT file = program_file(folder, "result.json", buf_text(&text));
	refused(PROGRAM(NULL, 20, "compare", BEFORE, folder), "holds the verdicts of a run");
}
END_TEST

Suite *suite_compare_latency(void);
Suite *suite_compare_latency(void)
{
	Suite *suite = suite_create("compare latency");
	TCase *tcase = tcase_create("program");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 120);
	tcase_set_tags(tcase, "integration");
	tcase_add_test(tcase, on_standard_output);
	tcase_add_test(tcase, statuses);
	tcase_add_test(tcase, into_a_folder);
	tcase_add_test(tcase, nothing_to_compare);
	tcase_add_test(tcase, other_settings);
	tcase_add_test(tcase, hostile_text);
	tcase_add_test(tcase, refusals);
	tcase_add_test(tcase, verdicts_and_measurements);
	suite_add_tcase(suite, tcase);
	return suite;
}
