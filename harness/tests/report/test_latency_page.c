/* The page of a latency measurement, in both languages, without plots, and with one. */
#include "base/text.h"
#include "golden.h"
#include "report/latency.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[32];
static json_t *result;

static void begin(void)
{
	struct err e;
	BUF_AUTO text = BUF_INIT;
	golden_start();
	strcpy(folder, "/tmp/assay-page-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	AUTO_TEXT from = golden_path("latency.json");
	AUTO_TEXT to = memory_printf("%s/latency.json", folder);
	ck_assert(file_read(from, &text, &e) == 0 && file_write(to, text.data, text.len, &e) == 0);
	result = latency_read(folder, &e);
	ck_assert_msg(result != NULL, "%s", e.message);
}

static void end(void)
{
	AUTO_TEXT command = memory_printf("rm -r %s", folder);
	ck_assert_int_eq(system(command), 0);
	json_decref(result);
}

static void make_page(const char *language, struct buf *out)
{
	struct err e;
	AUTO_TEXT path = memory_printf("%s/latency.html", folder);
	ck_assert_int_eq(latency_page(result, folder, language, &e), 0);
	ck_assert_int_eq(file_read(path, out, &e), 0);
}

START_TEST(english)
{
	BUF_AUTO page = BUF_INIT;
	make_page(NULL, &page);
	golden_compare("latency.html", &page);
}
END_TEST

START_TEST(german)
{
	BUF_AUTO page = BUF_INIT;
	make_page("de", &page);
	golden_compare("latency.de.html", &page);
}
END_TEST

/* Only plots that are there are shown. */
START_TEST(a_plot)
{
	struct err e;
	BUF_AUTO page = BUF_INIT;
	AUTO_TEXT plots = memory_printf("%s/plots", folder);
	AUTO_TEXT plot = memory_printf("%s/message-time.svg", plots);
	ck_assert(directory_make(plots, &e) == 0 && file_write(plot, "<svg/>", 6, &e) == 0);
	make_page(NULL, &page);
	ck_assert_ptr_nonnull(strstr(page.data, "<img src=\"plots/message-time.svg\" alt=\"Over time"));
	ck_assert_ptr_null(strstr(page.data, "plots/connect-phases.svg"));
}
END_TEST

/* A translation has every word, in the same order. */
START_TEST(texts_are_whole)
{
	static const char *const names[][2] = {
		{ "reports/latency-texts/en.xml", "reports/latency-texts/de.xml" },
		{ "reports/load-texts/en.xml", "reports/load-texts/de.xml" },
		{ "reports/interop-texts/en.xml", "reports/interop-texts/de.xml" },
	};
	struct arena a = ARENA_INIT;
	struct err e;
	struct buf words[2] = { BUF_INIT, BUF_INIT };
	for (int i = 0; i < 2; i++) {
		struct buf text = BUF_INIT;
		ck_assert_int_eq(file_read(data_path(&a, names[_i][i]), &text, &e), 0);
		xmlDoc *doc = xml_read_document(text.data, text.len, &e);
		ck_assert_msg(doc != NULL, "%s", e.message);
		for (const xmlNode *n = xml_child(xml_root(doc), NULL, NULL); n; n = xml_next(n, NULL, NULL))
			buf_printf(&words[i], "%s ", (const char *)n->name);
		xmlFreeDoc(doc);
		buf_release(&text);
	}
	ck_assert_str_eq(buf_text(&words[0]), buf_text(&words[1]));
	buf_release(&words[0]);
	buf_release(&words[1]);
	arena_release(&a);
}
END_TEST

Suite *suite_latency_page(void)
{
	Suite *s = suite_create("latency page");
	TCase *t = tcase_create("latency page");
	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, english);
	tcase_add_test(t, german);
	tcase_add_test(t, a_plot);
	tcase_add_loop_test(t, texts_are_whole, 0, 3);
	suite_add_tcase(s, t);
	return s;
}
