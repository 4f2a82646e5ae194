/* The page of a load, in both languages, of one that was measured and of one that ended early, and what is no load. */
#include "report/load.h"
#define PAGE      "load"
#define page_read load_read
#define page_make load_page
#include "json_page.h"

START_TEST(measured)
{
	static const struct {
		const char *language, *golden;
	} cases[] = { { NULL, "load.html" }, { "de", "load.de.html" } };
	BUF_AUTO page = BUF_INIT;
	json_t *result = golden_document();
	make_page(result, cases[_i].language, &page);
	golden_compare(cases[_i].golden, &page);
	json_decref(result);
}
END_TEST

/* Connections that could not be made: no stage, no plots of stages, the reason. */
START_TEST(ended_early)
{
	struct err e;
	BUF_AUTO page = BUF_INIT;
	json_t *result = golden_document();
	json_object_set_new(result, "state", json_string("failed"));
	json_object_set_new(result, "reason", json_string("12 of 100 <refused>"));
	json_object_set_new(result, "stages", json_array());
	json_object_del(result, "holding");
	json_object_del(result, "knee");
	make_page(result, NULL, &page);
	ck_assert_ptr_nonnull(strstr(page.data, "12 of 100 &lt;refused&gt;"));
	ck_assert_ptr_null(strstr(page.data, "<img"));
	ck_assert_int_eq(load_plots(result, folder, "en", &e), -1);
	ck_assert_int_eq(e.class, ERR_UNSUPPORTED); /* no raw data */
	json_decref(result);
}
END_TEST

START_TEST(no_load)
{
	static const char *const texts[] = {
		"",
		"[]",
		"{\"assay\":\"latency\",\"format\":1,\"stages\":[],\"profile\":{\"name\":\"x\"}}",
		"{\"assay\":\"load\",\"format\":2,\"stages\":[],\"profile\":{\"name\":\"x\"}}",
		"{\"assay\":\"load\",\"format\":1,\"stages\":[],\"profile\":{\"name\":\"../x\"}}",
		"{\"assay\":\"load\",\"format\":1,\"profile\":{\"name\":\"x\"},\"stages\":[{\"series\":[{\"name\":\"../x\"}]}]}",
	};
	struct err e;
	put(texts[_i], strlen(texts[_i]));
	ck_assert_ptr_null(load_read(folder, &e));
	ck_assert_int_eq(e.class, ERR_USAGE);
	ck_assert_ptr_nonnull(strstr(e.message, "is no result of `assay load`"));
}
END_TEST

Suite *suite_load_page(void)
{
	Suite *s = suite_create("load page");
	TCase *t = tcase_create("load page");
	tcase_add_checked_fixture(t, begin, end);
	tcase_add_loop_test(t, measured, 0, 2);
	tcase_add_test(t, ended_early);
	tcase_add_loop_test(t, no_load, 0, 6);
	suite_add_tcase(s, t);
	return s;
}
