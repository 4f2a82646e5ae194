/* The page and the plots of a comparison of measurements, in both languages. Its input is what test_compare_latency.c keeps. */
#include "base/text.h"
#include "golden.h"
#include "report/contrast.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[40];
static json_t *comparison;

static void copy(const char *golden, const char *to)
{
	struct err e;
	BUF_AUTO text = BUF_INIT;
	AUTO_TEXT from = golden_path(golden);
	AUTO_TEXT path = memory_printf("%s/%s", folder, to);
	ck_assert(file_read(from, &text, &e) == 0 && file_write(path, text.data, text.len, &e) == 0);
}

static void begin(void)
{
	struct err e;
	golden_start();
	strcpy(folder, "/tmp/assay-contrast-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	copy("latency-compare.json", "comparison.json");
	comparison = contrast_read(folder, &e);
	ck_assert_msg(comparison != NULL, "%s: %s", e.where, e.message);
}

static void end(void)
{
	AUTO_TEXT command = memory_printf("rm -r %s", folder);
	ck_assert_int_eq(system(command), 0);
	json_decref(comparison);
}

static void make_page(const char *language, struct buf *out)
{
	struct err e;
	AUTO_TEXT path = memory_printf("%s/comparison.html", folder);
	if (contrast_page(comparison, folder, language, &e))
		ck_abort_msg("%s: %s", e.where, e.message);
	ck_assert_int_eq(file_read(path, out, &e), 0);
}

START_TEST(english)
{
	BUF_AUTO page = BUF_INIT;
	make_page(NULL, &page);
	golden_compare("latency-compare.html", &page);
}
END_TEST

START_TEST(german)
{
	BUF_AUTO page = BUF_INIT;
	make_page("de", &page);
	golden_compare("latency-compare.de.html", &page);
}
END_TEST

/* What is forced, and what is said of settings, stands on top. */
START_TEST(settings_are_said)
{
	BUF_AUTO page = BUF_INIT;
	json_object_set_new(comparison, "settings",
		json_pack("[{s:s, s:s, s:i, s:s, s:s, s:b}, {s:s, s:s, s:i, s:s, s:s, s:b}]", "name", "transport",
			"workload", "", "system", 2, "base", "starttls", "other", "<ws>", "grave", true, "name",
			"shine", "workload", "message", "system", 2, "base", "", "other", "1", "grave", false));
	make_page("de", &page);
	ck_assert_ptr_nonnull(strstr(page.data, "Diese Werte sind nicht vergleichbar"));
	ck_assert_ptr_nonnull(strstr(page.data, "<q>&lt;ws&gt;</q> und nicht <q>starttls</q>"));
	ck_assert_ptr_nonnull(strstr(page.data, "<code>message</code> shine <q>1</q> und nicht <q>nicht genannt</q>"));
}
END_TEST

/* A translation has every word, in the same order, and there is one for whatever the comparison says. */
START_TEST(texts_are_whole)
{
	static const char *const names[] = { "reports/contrast-texts/en.xml", "reports/contrast-texts/de.xml" };
	static const char *const said[] = { "faster", "slower", "no-difference", "not-known", "why-interval",
		"why-spread", "why-small", "why-few", "why-wide", "lost", "repeated", "reordered", "altered", "refused",
		"failed", "unsupported", "absent" };
	struct arena a = ARENA_INIT;
	struct err e;
	struct buf words[2] = { BUF_INIT, BUF_INIT };
	for (int i = 0; i < 2; i++) {
		struct buf text = BUF_INIT;
		ck_assert_int_eq(file_read(data_path(&a, names[i]), &text, &e), 0);
		xmlDoc *doc = xml_read_document(text.data, text.len, &e);
		ck_assert_msg(doc != NULL, "%s", e.message);
		for (const xmlNode *n = xml_child(xml_root(doc), NULL, NULL); n; n = xml_next(n, NULL, NULL))
			buf_printf(&words[i], " %s ", (const char *)n->name);
		xmlFreeDoc(doc);
		buf_release(&text);
	}
	ck_assert_str_eq(buf_text(&words[0]), buf_text(&words[1]));
	for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
		AUTO_TEXT word = memory_printf(" %s ", said[i]);
		ck_assert_msg(strstr(buf_text(&words[0]), word) != NULL, "%s", said[i]);
	}
	buf_release(&words[0]);
	buf_release(&words[1]);
	arena_release(&a);
}
END_TEST

START_TEST(labels_are_one_clean_line)
{
	BUF_AUTO label = BUF_INIT;
	contrast_label("a\nb\t\033[31m\xff", &label);
	ck_assert_str_eq(buf_text(&label), "a b \u241b[31m\uFFFD");
}
END_TEST

/* Names of files, which gnuplot opens, are made of what is in it. */
START_TEST(what_is_no_comparison)
{
	static const char *const texts[] = {
		"", "[]", "{\"assay\":\"latency\",\"format\":1}", "{\"assay\":\"latency-comparison\",\"format\":2}",
		"{\"assay\":\"latency-comparison\",\"format\":1,\"workloads\":[{\"name\":\"< touch here\"}]}",
		"{\"assay\":\"latency-comparison\",\"format\":1,\"workloads\":[{\"name\":\"iq\",\"series\":[{\"name\":\"../a\"}]}]}"
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct err e;
		AUTO_TEXT path = memory_printf("%s/comparison.json", folder);
		ck_assert_int_eq(file_write(path, texts[i], strlen(texts[i]), &e), 0);
		ck_assert_ptr_null(contrast_read(folder, &e));
		ck_assert_msg(e.class == ERR_USAGE && strcmp(e.where, path) == 0, "%s", e.where);
	}
}
END_TEST

Suite *suite_contrast_page(void);
Suite *suite_contrast_page(void)
{
	Suite *s = suite_create("contrast page");
	TCase *t = tcase_create("contrast page");
	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, english);
	tcase_add_test(t, german);
	tcase_add_test(t, settings_are_said);
	tcase_add_test(t, texts_are_whole);
	tcase_add_test(t, labels_are_one_clean_line);
	tcase_add_test(t, what_is_no_comparison);
	suite_add_tcase(s, t);
	return s;
}
