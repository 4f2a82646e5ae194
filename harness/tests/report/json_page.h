/* tests/report/json_page.h: a page that is made from a JSON document in a folder: reads the golden document, and makes the page. Before it is
 * included, PAGE is the word that both files are called by, as in load.json and load.html, page_read() and page_make(). */
#ifndef ASSAY_TESTS_JSON_PAGE_H
#define ASSAY_TESTS_JSON_PAGE_H
#include "base/text.h"
#include "golden.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

static char folder[32];

static void begin(void)
{
	golden_start();
	strcpy(folder, "/tmp/assay-page-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void end(void)
{
	AUTO_TEXT command = memory_printf("rm -r %s", folder);
	ck_assert_int_eq(system(command), 0);
}

static void put(const char *text, size_t length)
{
	struct err e;
	AUTO_TEXT path = memory_printf("%s/" PAGE ".json", folder);
	ck_assert_int_eq(file_write(path, text, length, &e), 0);
}

static json_t *golden_document(void)
{
	struct err e;
	BUF_AUTO text = BUF_INIT;
	AUTO_TEXT from = golden_path(PAGE ".json");
	ck_assert_int_eq(file_read(from, &text, &e), 0);
	put(text.data, text.len);
	json_t *result = page_read(folder, &e);
	ck_assert_msg(result != NULL, "%s", e.message);
	return result;
}

static void make_page(const json_t *result, const char *language, struct buf *out)
{
	struct err e;
	AUTO_TEXT path = memory_printf("%s/" PAGE ".html", folder);
	ck_assert_int_eq(page_make(result, folder, language, &e), 0);
	ck_assert_int_eq(file_read(path, out, &e), 0);
}
#endif
