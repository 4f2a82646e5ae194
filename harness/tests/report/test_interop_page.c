/* The page of a matrix of clients, in both languages, and what is no such matrix. */
#include "report/interop.h"
#define PAGE      "interop"
#define page_read interop_read
#define page_make interop_page
#include "json_page.h"

START_TEST(in_both_languages)
{
	static const struct {
		const char *language, *golden;
	} pages[] = { { NULL, "interop.html" }, { "de", "interop.de.html" } };
	BUF_AUTO page = BUF_INIT;
	json_t *result = golden_document();
	make_page(result, pages[_i].language, &page);
	golden_compare(pages[_i].golden, &page);
	json_decref(result);
}
END_TEST

/* What a client has said is text, also where it looks like markup; a pair that was not played has no cell. */
START_TEST(hostile_and_incomplete)
{
	BUF_AUTO page = BUF_INIT;
	json_t *result = golden_document();
	json_t *target = json_array_get(json_object_get(result, "targets"), 0);
	json_t *pair = json_array_get(json_object_get(target, "pairs"), 0);
	json_t *cell = json_array_get(json_object_get(pair, "cells"), 0);
	json_object_set_new(cell, "verdict", json_string("not"));
	json_object_set_new(cell, "reason", json_string("<script>\"'&"));
	json_array_remove(json_object_get(target, "pairs"), 1);
	json_object_set_new(result, "complete", json_false());
	make_page(result, NULL, &page);
	ck_assert_ptr_null(strstr(page.data, "<script"));
	ck_assert_ptr_nonnull(strstr(page.data, "&lt;script&gt;"));
	ck_assert_ptr_nonnull(strstr(page.data, "It was stopped before"));
	json_decref(result);
}
END_TEST

#define HEAD "{\"assay\":\"interop\",\"format\":1,\"clients\":[],\"features\":[],\"targets\":"

START_TEST(no_matrix)
{
	static const char *const texts[] = {
		"",
		"[]",
		"{\"assay\":\"load\",\"format\":1}",
		"{\"assay\":\"interop\",\"format\":1}",
		HEAD "{}}",
		HEAD "[{\"name\":\"../x\"}]}",
		HEAD "[{\"name\":\"x\",\"pairs\":[{\"writer\":\"../x\",\"reader\":\"y\",\"cells\":[]}]}]}",
		HEAD "[{\"name\":\"x\",\"pairs\":[{\"writer\":\"x\",\"reader\":\"y\"}]}]}",
	};
	struct err e;
	put(texts[_i], strlen(texts[_i]));
	ck_assert_ptr_null(interop_read(folder, &e));
	ck_assert_int_eq(e.class, ERR_USAGE);
	ck_assert_ptr_nonnull(strstr(e.message, "is no result of `assay interop`"));
}
END_TEST

Suite *suite_interop_page(void)
{
	Suite *s = suite_create("interop page");
	TCase *t = tcase_create("interop page");
	tcase_add_checked_fixture(t, begin, end);
	tcase_add_loop_test(t, in_both_languages, 0, 2);
	tcase_add_test(t, hostile_and_incomplete);
	tcase_add_loop_test(t, no_matrix, 0, 8);
	suite_add_tcase(s, t);
	return s;
}
