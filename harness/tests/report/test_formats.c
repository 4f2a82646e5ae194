/* Every format of every journal kept here, byte for byte; and what the formats promise beyond that. */
#include "base/text.h"
#include "golden.h"
#include "xml/xml.h"
#include <check.h>
#include <jansson.h>
#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <libxml/xpath.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const journals[] = { "every-verdict", "conforming", "repeats", "hostile", "profile", "encryption" };
/* Of these the page is kept as well. */
static const char *const pages[] = { "every-verdict", "encryption", "profile" };
#define PAGES    (int)(sizeof pages / sizeof *pages)
#define JOURNALS (int)(sizeof journals / sizeof *journals)

static void print(const struct results *r, enum report_format format, struct buf *out)
{
	struct err e;
	if (report_print(r, format, out, &e))
		ck_abort_msg("%s: %s", e.where, e.message);
}

static void compare(const char *journal, enum report_format format)
{
	BUF_AUTO text = BUF_INIT;
	struct results r = golden_results(journal);
	AUTO_TEXT name = memory_printf("%s.%s", journal, report_file_name(format));
	print(&r, format, &text);
	golden_compare(name, &text);
	results_release(&r);
}

START_TEST(golden_xml)
{
	compare(journals[_i], REPORT_XML);
}
END_TEST

START_TEST(golden_json)
{
	compare(journals[_i], REPORT_JSON);
}
END_TEST

START_TEST(golden_junit)
{
	compare(journals[_i], REPORT_JUNIT);
}
END_TEST

START_TEST(golden_text)
{
	compare(journals[_i], REPORT_TEXT);
}
END_TEST

START_TEST(golden_tap)
{
	compare(journals[_i], REPORT_TAP);
}
END_TEST

START_TEST(golden_markdown)
{
	compare(journals[_i], REPORT_MARKDOWN);
}
END_TEST

START_TEST(golden_html)
{
	compare(pages[_i], REPORT_HTML);
}
END_TEST

/* Reports for people are in the language that is asked for. */
START_TEST(golden_german)
{
	static const char *const names[] = { "every-verdict.report.de.md", "profile.report.de.html" };
	struct err e;
	struct results r = golden_results(_i ? "profile" : "every-verdict");
	BUF_AUTO text = BUF_INIT;
	r.language = "de";
	ck_assert_int_eq(report_print(&r, _i ? REPORT_HTML : REPORT_MARKDOWN, &text, &e), 0);
	golden_compare(names[_i], &text);
	results_release(&r);
}
END_TEST

/* What is said of clients, in the sentences of harness/run and harness/client. */
static const char *const of_clients[] = {
	"client showed what it must never show",
	"client sent a stanza that it must never send",
	"client does not answer any more",
	"client has not come back",
	"client is not online: its stream was closed",
	"client is online, as if nothing were wrong",
	"client has fallen for it: it authenticates",
	"client has fallen for it: it authenticates by SCRAM-SHA-1",
	"client has fallen for it: it answers the challenge with its proof",
	"client has fallen for it: it goes on as if it were logged in",
	"client has fallen for it: it begins a new stream as if it were logged in",
	"this says nothing of client: it does not authenticate by SCRAM",
	"this says nothing of client: the server takes no password by PLAIN",
	"client has not come to where it is lied to, so nothing is known",
	"the fence (shown) did not come within 5 s, so nothing is known",
	"client got it again, although it was to come once",
	"did not come within 5 s; the nearest of what came differs at message: text is 'two', expected 'one'",
	"the request 'ask-3' was not answered within 5 s; nothing else had come that no earlier step took",
	"garden can decrypt 'hark'",
	"garden got 'hark' in the clear",
	"the client under test does not claim omemo",
	"line 17 (client does mark-displayed ${juliet.bare}) went wrong before: the client cannot `mark-displayed`",
	"line 11 (client does set receipts off) went wrong before: the client cannot `set`: no such setting",
	"line 11 (client does add-contact x) went wrong before: the client did not carry out `add-contact`: no account",
	"line 21 (juliet got needed) went wrong before: the client does not offer it: //disco:feature",
	"line 4 (who sends needed) went wrong before: the client does not do what this is about: did not come within 5 s; "
	"nothing else had come that no earlier step took",
	"the client crashed: its process was ended by signal 11 (Segmentation fault)",
	"the adapter says that the client cannot do this",
};
#define OF_CLIENTS (sizeof of_clients / sizeof *of_clients)

/* The page of a run of a client that cannot do what the checks s/a/0, s/a/1, … ask, for these reasons. */
static void page_of_client(
	const char *row, const char *const *reasons, size_t count, const char *language, struct buf *page)
{
	struct err e;
	struct results r;
	BUF_AUTO journal = BUF_INIT;
	buf_printf(&journal,
		"{\"e\":\"run\",\"t\":0,\"format\":1,\"tool\":\"assay\",\"planned\":1,\"narrowed\":false,"
		"\"client\":{\"name\":\"x\",\"product\":\"x 1\"}}\n"
		"{\"e\":\"profile\",\"t\":0,\"name\":\"p\",\"texts\":{},\"levels\":[{\"name\":\"low\",\"texts\":{}}],"
		"\"rows\":[{\"name\":\"one\",\"from\":\"low\",\"texts\":{},%s}]}\n"
		"{\"e\":\"scenario\",\"t\":1,\"s\":1,\"id\":\"s/a\",\"checks\":[",
		row);
	for (size_t i = 0; i < count; i++)
		buf_printf(&journal, "%s{\"id\":\"s/a/%zu\",\"level\":\"must\"}", i ? "," : "", i);
	buf_add_text(&journal, "]}\n");
	for (size_t i = 0; i < count; i++)
		buf_printf(&journal,
			"{\"e\":\"check\",\"t\":2,\"s\":1,\"id\":\"s/a/%zu\",\"verdict\":\"unsupported\","
			"\"message\":\"%s\"}\n",
			i, reasons[i]);
	buf_add_text(&journal, "{\"e\":\"summary\",\"t\":3,\"complete\":true}\n");
	int fault = results_from_journal(&r, journal_file(buf_text(&journal)), &e);
	ck_assert_msg(fault == 0, "%s: %s", e.where, e.message);
	r.language = language;
	print(&r, REPORT_HTML, page);
	results_release(&r);
	unlink(journal_file(""));
}

/* A German report of a client says in German why the client is without something, and says it of the client. */
START_TEST(german_of_a_client)
{
	BUF_AUTO page = BUF_INIT;
	page_of_client("\"required\":\"s/a/*\"", of_clients, OF_CLIENTS, "de", &page);
	for (size_t i = 0; i < OF_CLIENTS; i++) {
		BUF_AUTO escaped = BUF_INIT;
		xml_escape(of_clients[i], &escaped);
		ck_assert_msg(!strstr(buf_text(&page), of_clients[i]) && !strstr(buf_text(&page), buf_text(&escaped)),
			"not in German: %s", of_clients[i]);
	}
	ck_assert_ptr_nonnull(strstr(buf_text(&page), "Der Client hat nicht, was es dazu braucht"));
	ck_assert_ptr_nonnull(strstr(buf_text(&page), "der Client kann `mark-displayed` nicht<"));
	ck_assert_ptr_null(strstr(buf_text(&page), "Der Server bietet nicht an, was es dazu braucht"));
}
END_TEST

/* Of what a row asks, the reasons come first for which it is not met. */
START_TEST(why_not_offered)
{
	static const char *const reasons[] = { "first reason", "second reason", "third reason" };
	static const struct {
		const char *row, *told;
	} cases[] = { { "\"required\":\"s/a/1\",\"checks\":\"s/a/*\"", "second reason" },
		{ "\"checks\":\"s/a/*\"", "first reason second reason third reason" } };
	BUF_AUTO page = BUF_INIT, told = BUF_INIT;
	page_of_client(cases[_i].row, reasons, 3, NULL, &page);
	const char *first = strstr(buf_text(&page), "id=\"first\""), *end = strstr(buf_text(&page), "id=\"questions\"");
	ck_assert(first && first < end);
	for (size_t i = 0; i < 3; i++) {
		const char *found = strstr(first, reasons[i]);
		if (found && found < end)
			buf_printf(&told, "%s%s", told.len ? " " : "", reasons[i]);
	}
	ck_assert_str_eq(buf_text(&told), cases[_i].told);
}
END_TEST

/* Those for programs, which compare one run with the next, are not. */
START_TEST(formats_of_programs_have_no_language)
{
	static const enum report_format formats[] = { REPORT_JUNIT, REPORT_TAP, REPORT_JSON, REPORT_XML, REPORT_TEXT };
	struct err e;
	struct results r = golden_results("every-verdict");
	BUF_AUTO english = BUF_INIT;
	BUF_AUTO german = BUF_INIT;
	ck_assert_int_eq(report_print(&r, formats[_i], &english, &e), 0);
	r.language = "de";
	ck_assert_int_eq(report_print(&r, formats[_i], &german, &e), 0);
	ck_assert_str_eq(buf_text(&german), buf_text(&english));
	results_release(&r);
}
END_TEST

/* Whether a document is valid against a schema of reports/. */
static bool is_valid(xmlDoc *doc, const char *name)
{
	struct arena arena = ARENA_INIT;
	xmlRelaxNGParserCtxt *parser = xmlRelaxNGNewParserCtxt(data_path(&arena, name));
	xmlRelaxNG *schema = xmlRelaxNGParse(parser);
	ck_assert_ptr_nonnull(schema);
	xmlRelaxNGValidCtxt *valid = xmlRelaxNGNewValidCtxt(schema);
	int result = xmlRelaxNGValidateDoc(valid, doc);
	xmlRelaxNGFreeValidCtxt(valid);
	xmlRelaxNGFree(schema);
	xmlRelaxNGFreeParserCtxt(parser);
	arena_release(&arena);
	return result == 0;
}

START_TEST(results_are_valid)
{
	struct results r = golden_results(journals[_i]);
	ck_assert(is_valid(r.doc, "reports/results.rng"));
	results_release(&r);
}
END_TEST

static xmlDoc *junit_document(const struct results *r)
{
	BUF_AUTO text = BUF_INIT;
	print(r, REPORT_JUNIT, &text);
	xmlDoc *doc = xmlReadMemory(buf_text(&text), (int)text.len, NULL, NULL, XML_PARSE_NONET);
	ck_assert_ptr_nonnull(doc);
	return doc;
}

START_TEST(junit_is_valid)
{
	struct results r = golden_results(journals[_i]);
	xmlDoc *doc = junit_document(&r);
	ck_assert(is_valid(doc, "reports/junit.rng"));
	/* The schema is one that can refuse. */
	xmlNode *suite = xmlFirstElementChild(xmlDocGetRootElement(doc));
	xmlSetProp(suite, BAD_CAST "tests", BAD_CAST "many");
	ck_assert(!is_valid(doc, "reports/junit.rng"));
	xmlSetProp(suite, BAD_CAST "tests", BAD_CAST "1");
	xmlNewChild(xmlLastElementChild(suite), NULL, BAD_CAST "skipped", NULL);
	ck_assert(!is_valid(doc, "reports/junit.rng"));
	xmlFreeDoc(doc);
	results_release(&r);
}
END_TEST

/* Perl's reader counts what the results say. */
START_TEST(tap_is_read)
{
	struct err e;
	char said[256] = "";
	BUF_AUTO text = BUF_INIT;
	struct results r = golden_results(journals[_i]);
	print(&r, REPORT_TAP, &text);
	char path[] = "/tmp/assay-test-tap-XXXXXX";
	int file = mkstemp(path);
	ck_assert_int_ge(file, 0);
	close(file);
	ck_assert_int_eq(file_write(path, buf_text(&text), text.len, &e), 0);
	AUTO_TEXT command = memory_printf("perl harness/tests/report/read-tap.pl <%s", path);
	FILE *reader = popen(command, "r");
	ck_assert_ptr_nonnull(reader);
	ck_assert_ptr_nonnull(fgets(said, sizeof said, reader));
	ck_assert_int_eq(pclose(reader), 0);
	unlink(path);
	unsigned bad = r.fail + r.inconclusive + r.error + r.known;
	AUTO_TEXT expected =
		memory_printf("%u planned, %u pass, %u fail, %u skipped, %u todo, %u unexpected, %u blocks, %s\n",
			r.checks, r.checks - bad, bad, r.unsupported + r.not_run, r.known + r.fixed, r.fixed,
			bad + r.weak + r.fixed, r.complete ? "whole" : "bails out");
	ck_assert_str_eq(said, expected);
	results_release(&r);
}
END_TEST

/* A job's summary stays below the mebibyte that services take, whatever is in it, and still says what it leaves out. */
START_TEST(markdown_is_bounded)
{
	BUF_AUTO journal = BUF_INIT;
	BUF_AUTO text = BUF_INIT;
	struct results r;
	struct err e;
	char *long_text = memory_copy_text("");
	for (int i = 0; i < 12; i++) {
		char *twice = memory_printf("%s%s", i ? long_text : "*a*\\n<b>", i ? long_text : "");
		free(long_text);
		long_text = twice;
	}
	buf_printf(&journal,
		"{\"e\":\"run\",\"t\":0,\"format\":1}\n{\"e\":\"scenario\",\"t\":1,\"s\":1,\"id\":\"a/b\",\"checks\":[]}\n");
	for (int i = 0; i < 400; i++)
		buf_printf(&journal,
			"{\"e\":\"check\",\"t\":2,\"s\":1,\"id\":\"a/b/c-%d\",\"verdict\":\"fail\",\"level\":\"must\","
			"\"message\":\"%s\",\"expected\":\"%s\",\"actual\":\"%s\"}\n",
			i, long_text, long_text, long_text);
	if (results_from_journal(&r, journal_file(buf_text(&journal)), &e))
		ck_abort_msg("%s: %s", e.where, e.message);
	print(&r, REPORT_MARKDOWN, &text);
	ck_assert_uint_lt(text.len, 1 << 20);
	ck_assert_ptr_nonnull(strstr(buf_text(&text), "And 350 more."));
	results_release(&r);
	free(long_text);
}
END_TEST

START_TEST(printing_twice_is_the_same)
{
	BUF_AUTO first = BUF_INIT;
	BUF_AUTO second = BUF_INIT;
	struct results a = golden_results("every-verdict"), b = golden_results("every-verdict");
	print(&a, REPORT_HTML, &first);
	print(&b, REPORT_HTML, &second);
	ck_assert_str_eq(buf_text(&first), buf_text(&second));
	results_release(&a);
	results_release(&b);
}
END_TEST

static double xpath(xmlDoc *doc, const char *expression)
{
	xmlXPathContext *context = xmlXPathNewContext(doc);
	xmlXPathObject *value = xmlXPathEvalExpression((const xmlChar *)expression, context);
	ck_assert_ptr_nonnull(value);
	double number = xmlXPathCastToNumber(value);
	xmlXPathFreeObject(value);
	xmlXPathFreeContext(context);
	return number;
}

/* What CI systems add up themselves must be what the attributes say. */
START_TEST(junit_counts)
{
	struct results r = golden_results(journals[_i]);
	xmlDoc *doc = junit_document(&r);
	static const char *const equal[] = { "count(//testcase) - /testsuites/@tests",
		"count(//failure) - /testsuites/@failures", "count(//error) - /testsuites/@errors",
		"count(//skipped) - /testsuites/@skipped", "sum(//testsuite/@tests) - /testsuites/@tests",
		"sum(//testsuite/@failures) - /testsuites/@failures", "sum(//testsuite/@errors) - /testsuites/@errors",
		"sum(//testsuite/@skipped) - /testsuites/@skipped", "count(//testsuite[@tests != count(testcase)])",
		"count(//testsuite[@failures != count(testcase/failure)])",
		"count(//testcase[not(@classname) or not(@name) or not(@time)])",
		"count(//testcase[count(failure | error | skipped) > 1])" };
	for (size_t i = 0; i < sizeof equal / sizeof *equal; i++)
		ck_assert_msg(xpath(doc, equal[i]) == 0, "%s: %s is not 0", journals[_i], equal[i]);
	ck_assert_int_eq((int)xpath(doc, "count(//testcase)"), (int)r.checks);
	xmlFreeDoc(doc);
	results_release(&r);
}
END_TEST

START_TEST(json_counts)
{
	size_t i;
	json_t *check;
	BUF_AUTO text = BUF_INIT;
	struct results r = golden_results(journals[_i]);
	print(&r, REPORT_JSON, &text);
	json_t *root = json_loads(buf_text(&text), 0, NULL), *seen = json_object();
	ck_assert_ptr_nonnull(root);
	json_t *summary = json_object_get(root, "summary"), *count;
	json_array_foreach(json_object_get(root, "checks"), i, check) {
		const char *verdict = json_string_value(json_object_get(check, "verdict"));
		json_int_t before = json_integer_value(json_object_get(seen, verdict));
		json_object_set_new(seen, verdict, json_integer(before + 1));
	}
	const char *verdict;
	ck_assert_int_eq((int)json_object_size(summary), 9);
	json_object_foreach(summary, verdict, count) {
		ck_assert_int_eq(json_integer_value(count), json_integer_value(json_object_get(seen, verdict)));
	}
	ck_assert_int_eq((int)json_integer_value(json_object_get(root, "exit")), report_exit_status(&r));
	json_decref(seen);
	json_decref(root);
	results_release(&r);
}
END_TEST

START_TEST(written_folder)
{
	struct err e;
	char folder[] = "/tmp/assay-test-report-XXXXXX";
	ck_assert_ptr_nonnull(mkdtemp(folder));
	AUTO_TEXT deep = memory_printf("%s/a/b", folder);
	struct results r = golden_results("conforming");
	ck_assert_int_eq(report_write(&r, deep, &e), 0);
	for (int format = REPORT_HTML; format <= REPORT_XML; format++) {
		AUTO_TEXT path = memory_printf("%s/%s", deep, report_file_name((enum report_format)format));
		ck_assert_msg(file_exists(path), "%s is missing", path);
		unlink(path);
	}
	rmdir(deep);
	AUTO_TEXT parent = memory_printf("%s/a", folder);
	rmdir(parent);
	ck_assert_int_eq(rmdir(folder), 0);
	ck_assert_int_eq(report_write(&r, "/dev/null/x", &e), -1);
	results_release(&r);
}
END_TEST

START_TEST(missing_transforms)
{
	struct err e;
	BUF_AUTO text = BUF_INIT;
	struct results r = golden_results("conforming");
	AUTO_TEXT before = memory_copy_text(getenv("ASSAY_DATA"));
	setenv("ASSAY_DATA", "/nonexistent", 1);
	int result = report_print(&r, REPORT_HTML, &text, &e);
	if (before)
		setenv("ASSAY_DATA", before, 1);
	else
		unsetenv("ASSAY_DATA");
	ck_assert_int_eq(result, -1);
	ck_assert_int_eq(e.class, ERR_ENVIRONMENT);
	ck_assert_ptr_nonnull(strstr(e.message, "html.xsl"));
	results_release(&r);
}
END_TEST

START_TEST(format_names)
{
	enum report_format format;
	static const char *const names[] = { "html", "json", "junit", "xml", "text", "tap", "markdown" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		ck_assert_int_eq(report_format_from_name(names[i], &format), 0);
		ck_assert_uint_eq(format, i);
	}
	ck_assert_int_eq(report_format_from_name("pdf", &format), -1);
}
END_TEST

START_TEST(colours_only_where_asked)
{
	BUF_AUTO plain = BUF_INIT;
	BUF_AUTO coloured = BUF_INIT;
	struct results r = golden_results("every-verdict");
	report_summary_text(&r, false, &plain);
	report_summary_text(&r, true, &coloured);
	ck_assert_ptr_null(strchr(buf_text(&plain), '\033'));
	ck_assert_ptr_nonnull(strchr(buf_text(&coloured), '\033'));
	results_release(&r);
}
END_TEST

Suite *suite_formats(void);
Suite *suite_formats(void)
{
	Suite *suite = suite_create("report formats");
	TCase *tcase = tcase_create("formats");
	tcase_add_unchecked_fixture(tcase, golden_start, NULL);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, golden_xml, 0, JOURNALS);
	tcase_add_loop_test(tcase, golden_json, 0, JOURNALS);
	tcase_add_loop_test(tcase, golden_junit, 0, JOURNALS);
	tcase_add_loop_test(tcase, golden_text, 0, JOURNALS);
	tcase_add_loop_test(tcase, golden_tap, 0, JOURNALS);
	tcase_add_loop_test(tcase, golden_markdown, 0, JOURNALS);
	tcase_add_loop_test(tcase, golden_german, 0, 2);
	tcase_add_test(tcase, german_of_a_client);
	tcase_add_loop_test(tcase, why_not_offered, 0, 2);
	tcase_add_loop_test(tcase, formats_of_programs_have_no_language, 0, 5);
	tcase_add_loop_test(tcase, golden_html, 0, PAGES);
	tcase_add_loop_test(tcase, results_are_valid, 0, JOURNALS);
	tcase_add_loop_test(tcase, junit_is_valid, 0, JOURNALS);
	tcase_add_loop_test(tcase, tap_is_read, 0, JOURNALS);
	tcase_add_test(tcase, markdown_is_bounded);
	tcase_add_test(tcase, printing_twice_is_the_same);
	tcase_add_loop_test(tcase, junit_counts, 0, JOURNALS);
	tcase_add_loop_test(tcase, json_counts, 0, JOURNALS);
	tcase_add_test(tcase, written_folder);
	tcase_add_test(tcase, missing_transforms);
	tcase_add_test(tcase, format_names);
	tcase_add_test(tcase, colours_only_where_asked);
	suite_add_tcase(suite, tcase);
	return suite;
}
