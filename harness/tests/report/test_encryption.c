/* Who could read what, and what could be seen of it: what the section promises beyond the golden files. */
#include "base/text.h"
#include "golden.h"
#include "report/private.h"
#include <check.h>
#include <libxml/HTMLparser.h>
#include <libxml/xpath.h>
#include <string.h>
#include <unistd.h>

#define RUN "{\"e\":\"run\",\"t\":0,\"format\":1,\"tool\":\"assay\",\"planned\":1}\n"
#define SCENARIO                                                                                                       \
	"{\"e\":\"scenario\",\"t\":1,\"s\":1,\"id\":\"a/b\",\"checks\":[],\"actors\":[{\"name\":\"phone\"},"           \
	"{\"name\":\"laptop\"}]}\n"
#define IN(actor, n, xml) "{\"e\":\"in\",\"t\":2,\"s\":1,\"actor\":\"" actor "\",\"n\":" n ",\"xml\":\"" xml "\"}\n"
#define READING(actor, n, message)                                                                                     \
	"{\"e\":\"reading\",\"t\":3,\"s\":1,\"actor\":\"" actor "\",\"n\":" n ",\"message\":\"" message                \
	"\",\"way\":\"direct\",\"encryption\":\"urn:x\",\"read\":true,\"expected\":true}\n"
#define MESSAGE(id, from, text) "<message id='" id "' from='" from "'><x xmlns='urn:x'>" text "</x></message>"

static double count(xmlDoc *doc, const char *expression)
{
	xmlXPathContext *context = xmlXPathNewContext(doc);
	xmlXPathObject *value = xmlXPathEvalExpression((const xmlChar *)expression, context);
	ck_assert_ptr_nonnull(value);
	double number = xmlXPathCastToNumber(value);
	xmlXPathFreeObject(value);
	xmlXPathFreeContext(context);
	return number;
}

static void tear_down(void)
{
	unlink(journal_file(""));
}

static const struct {
	const char *journal, *holds;
} journals[] = {
	/* Without attempts there is nothing to tell, whatever is encrypted: as in journals from before there were any. */
	{ IN("phone", "1", MESSAGE("r-1", "a", "")), "count(//encryption) = 0" },
	/* Copies of one message are one, and it is called what the runner calls it; so are those that nobody tried to read. */
	{ IN("phone", "1", MESSAGE("r-1", "a", "")) IN("laptop", "1", MESSAGE("r-1", "a", ""))
			IN("phone", "2", MESSAGE("r-2", "a", "")) READING("phone", "1", "1"),
		"count(//message) = 2 and count(//message[@name = '1']/got) = 2 and //message[@name = '2']/got" },
	/* But not those that bear the id of another sender's. */
	{ IN("phone", "1", MESSAGE("r-1", "a", "")) IN("phone", "2", MESSAGE("r-1", "b", ""))
			READING("phone", "2", "1"),
		"count(//message[@name = '1']) = 2 and //message[@from = 'b']/reading and not(//message[@from = 'a']/reading)" },
	/* Nor those without an id. */
	{ IN("phone", "1", MESSAGE("", "a", "")) IN("phone", "2", MESSAGE("", "a", ""))
			READING("phone", "2", "phone-2"),
		"count(//message) = 2 and //message[@name = 'phone-1'] and //message[@name = 'phone-2']/reading" },
	/* Sizes are those of bytes, not of base64, and are not told where it is none. */
	{ IN("phone", "1", MESSAGE("1", "a", "aGFyaw==")) READING("phone", "1", "1"), "//message/@bytes = 4" },
	{ IN("phone", "1", MESSAGE("1", "a", " aGFy\\n aw== ")) READING("phone", "1", "1"), "//message/@bytes = 4" },
	{ IN("phone", "1", MESSAGE("1", "a", "hark!")) READING("phone", "1", "1"), "not(//message/@bytes)" },
	/* What is encrypted inside another namespace's element is not a message of its own. */
	{ IN("phone", "1", "<message><event xmlns='urn:e'><x xmlns='urn:x'/></event></message>")
			READING("phone", "7", "1"),
		"count(//message) = 1 and //message[@name = '1']/reading and not(//got)" },
};

START_TEST(journal)
{
	struct err e;
	struct results r;
	AUTO_TEXT text = memory_printf("%s%s%s", RUN, SCENARIO, journals[_i].journal);
	ck_assert_msg(results_from_journal(&r, journal_file(text), &e) == 0, "%s: %s", e.where, e.message);
	AUTO_TEXT expression = memory_printf("number(%s)", journals[_i].holds);
	ck_assert_msg(count(r.doc, expression) == 1, "not so: %s", journals[_i].holds);
	results_release(&r);
}
END_TEST

/* What people need who hear the page, or see no colours. */
START_TEST(page_is_accessible)
{
	static const char *const none[] = { "count(//table[@class][not(caption)])", "count(//table//th[not(@scope)])",
		"count(//section[@id = 'encryption'][not(@aria-labelledby = .//h2/@id)])",
		/* every row has as many cells as there are columns, and none is empty */
		"count(//table[@class]/tbody/tr[count(th | td) != count(../../thead/tr/th)])",
		"count(//table[@class = 'matrix']/tbody//td[normalize-space(.) = ''])",
		/* what is wrong says so in words */
		"count(//td[@class = 'unexpected'][not(contains(., 'not as expected'))])",
		"count(//nav/a[starts-with(@href, '#')][not(substring(@href, 2) = //@id)])" };
	struct err e;
	BUF_AUTO text = BUF_INIT;
	struct results r = golden_results("encryption");
	ck_assert_int_eq(report_print(&r, REPORT_HTML, &text, &e), 0);
	htmlDocPtr doc = htmlReadMemory(buf_text(&text), (int)text.len, NULL, "UTF-8",
		HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);
	ck_assert_double_eq(count(doc, "count(//table[@class = 'matrix'])"), 2);
	ck_assert_double_eq(count(doc, "count(//td[@class = 'unexpected'])"), 2);
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		ck_assert_msg(count(doc, none[i]) == 0, "%s is not 0", none[i]);
	xmlFreeDoc(doc);
	results_release(&r);
}
END_TEST

START_TEST(no_section_without_readings)
{
	struct err e;
	BUF_AUTO text = BUF_INIT;
	struct results r = golden_results("conforming");
	ck_assert_int_eq(report_print(&r, REPORT_HTML, &text, &e), 0);
	ck_assert_ptr_null(strstr(buf_text(&text), "id=\"encryption\""));
	ck_assert_ptr_null(strstr(buf_text(&text), "href=\"#encryption\""));
	results_release(&r);
}
END_TEST

Suite *suite_encryption(void);
Suite *suite_encryption(void)
{
	Suite *suite = suite_create("encryption in reports");
	TCase *tcase = tcase_create("encryption");
	tcase_add_unchecked_fixture(tcase, golden_start, NULL);
	tcase_add_checked_fixture(tcase, NULL, tear_down);
	tcase_add_loop_test(tcase, journal, 0, sizeof journals / sizeof *journals);
	tcase_add_test(tcase, page_is_accessible);
	tcase_add_test(tcase, no_section_without_readings);
	suite_add_tcase(suite, tcase);
	return suite;
}
