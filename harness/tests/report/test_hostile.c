/* Text that wants to be more than text: markup, terminal escapes, shell syntax, characters that XML forbids. */
#include "base/text.h"
#include "golden.h"
#include "report/private.h"
#include <check.h>
#include <libxml/HTMLparser.h>
#include <stdlib.h>
#include <string.h>

static struct results results;

static void set_up(void)
{
	results = golden_results("hostile");
}

static void tear_down(void)
{
	results_release(&results);
}

static void check_element(const xmlNode *node, int *scripts)
{
	static const char *const allowed[] = { "#", "https://xmpp.org/extensions/", "https://www.rfc-editor.org/rfc/" };
	static const char *const forbidden[] = { "img", "iframe", "object", "embed", "link", "form", "svg", "base" };
	*scripts += strcmp((const char *)node->name, "script") == 0;
	for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
		ck_assert_str_ne((const char *)node->name, forbidden[i]);
	for (const xmlAttr *a = node->properties; a; a = a->next) {
		ck_assert_msg(strncmp((const char *)a->name, "on", 2) != 0, "attribute %s", a->name);
		ck_assert_str_ne((const char *)a->name, "src");
		bool fits = strcmp((const char *)a->name, "href") != 0;
		const char *value = a->children ? (const char *)a->children->content : "";
		for (size_t i = 0; i < sizeof allowed / sizeof *allowed && !fits; i++)
			fits = text_starts(value, allowed[i]);
		ck_assert_msg(fits, "link to %s", value);
	}
	for (const xmlNode *child = node->children; child; child = child->next)
		if (child->type == XML_ELEMENT_NODE)
			check_element(child, scripts);
}

START_TEST(html_is_inert)
{
	struct err e;
	int scripts = 0;
	BUF_AUTO text = BUF_INIT;
	ck_assert_int_eq(report_print(&results, REPORT_HTML, &text, &e), 0);
	htmlDocPtr doc = htmlReadMemory(buf_text(&text), (int)text.len, NULL, "UTF-8",
		HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);
	check_element(xmlDocGetRootElement(doc), &scripts);
	ck_assert_int_eq(scripts, 1);
	xmlFreeDoc(doc);
	ck_assert_ptr_null(strstr(buf_text(&text), "<script>alert"));
}
END_TEST

/* Also C1 controls, as UTF-8. */
static void check_no_controls(const char *text, const char *format)
{
	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		ck_assert_msg((*c >= 0x20 && *c != 0x7F) || *c == '\n' || *c == '\t', "%s holds byte %02x", format, *c);
		ck_assert_msg(*c != 0xC2 || c[1] >= 0xA0, "%s holds U+00%02X", format, c[1]);
	}
}

START_TEST(no_control_characters)
{
	for (int format = REPORT_HTML; format <= REPORT_TEXT; format++) {
		struct err e;
		BUF_AUTO text = BUF_INIT;
		ck_assert_int_eq(report_print(&results, (enum report_format)format, &text, &e), 0);
		check_no_controls(buf_text(&text), report_file_name((enum report_format)format));
	}
}
END_TEST

START_TEST(xml_is_well_formed)
{
	static const enum report_format formats[] = { REPORT_XML, REPORT_JUNIT };
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		struct err e;
		BUF_AUTO text = BUF_INIT;
		ck_assert_int_eq(report_print(&results, formats[i], &text, &e), 0);
		xmlDoc *doc = xmlReadMemory(buf_text(&text), (int)text.len, NULL, NULL, XML_PARSE_NONET);
		ck_assert_ptr_nonnull(doc);
		xmlFreeDoc(doc);
	}
}
END_TEST

static const struct {
	const char *bytes, *clean;
} bytes[] = {
	{ "plain\ttext\n", "plain\ttext\n" },
	{ "\x1b[31m\r\x7f", "␛[31m␍␡" },
	{ "\xc2\x85\xc2\xa0", "\xef\xbf\xbd\xc2\xa0" },
	{ "\xef\xbf\xbe\xef\xbf\xbf\xef\xbf\xbd", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\xff", "\xef\xbf\xbd" },
	{ "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd" },                                 /* overlong */
	{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },                 /* a surrogate */
	{ "\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" }, /* beyond U+10FFFF */
	{ "\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd" },                                 /* cut */
	{ "\xf0\x9f\x8c\xb9 \xe6\x84\x9b", "\xf0\x9f\x8c\xb9 \xe6\x84\x9b" },
};

START_TEST(cleaning)
{
	BUF_AUTO out = BUF_INIT;
	clean_bytes(bytes[_i].bytes, strlen(bytes[_i].bytes), &out);
	ck_assert_str_eq(buf_text(&out), bytes[_i].clean);
}
END_TEST

START_TEST(long_text_is_cut)
{
	BUF_AUTO text = BUF_INIT;
	BUF_AUTO out = BUF_INIT;
	for (int i = 0; i < REPORT_TEXT_MOST; i++)
		buf_add_text(&text, "é");
	clean_bytes(text.data, text.len, &out);
	ck_assert_ptr_nonnull(strstr(buf_text(&out), "more bytes are not shown]"));
	ck_assert_uint_lt(out.len, REPORT_TEXT_MOST + 64);
}
END_TEST

START_TEST(commands_are_quoted)
{
	json_t *run = json_pack("{s:[s,s,s,s,s,s,s,s]}", "arguments", "run", "--jobs", "4", "--shard=1/2",
		"it's $(x).ini", "--account", "o`b", "--trace");
	BUF_AUTO out = BUF_INIT;
	again_command(run, "a/b/c", &out);
	ck_assert_str_eq(buf_text(&out), "assay run 'it'\\''s $(x).ini' --account 'o`b' --check a/b/c");
	json_decref(run);
}
END_TEST

static const struct {
	const char *cite, *section, *label, *address;
} cites[] = {
	{ "XEP-0280#inbound", "7", "XEP-0280 § 7", "https://xmpp.org/extensions/xep-0280.html" },
	{ "XEP-0280#inbound", "", "XEP-0280#inbound", "https://xmpp.org/extensions/xep-0280.html" },
	{ "XEP-0280", "", "XEP-0280", "https://xmpp.org/extensions/xep-0280.html" },
	{ "RFC6121#bare-no-resource", "8.5.2.2.1", "RFC 6121 § 8.5.2.2.1",
		"https://www.rfc-editor.org/rfc/rfc6121.html#section-8.5.2.2.1" },
	{ "RFC6120#versions", "A.3.4", "RFC 6120 § A.3.4",
		"https://www.rfc-editor.org/rfc/rfc6120.html#appendix-A.3.4" },
	{ "RFC6121#bare-no-resource", "", "RFC6121#bare-no-resource", "https://www.rfc-editor.org/rfc/rfc6121.html" },
	{ "RFC6121#x", "1\"><script>", "RFC 6121 § 1\"><script>", "https://www.rfc-editor.org/rfc/rfc6121.html" },
	{ "XEP-0280#\"><script>", "", "XEP-0280#\"><script>", "https://xmpp.org/extensions/xep-0280.html" },
	{ "XEP-028", "", "XEP-028", "" },
	{ "XEP-02800", "", "XEP-02800", "" },
	{ "RFC", "", "RFC", "" },
	{ "RFC6121x#y", "1", "RFC 6121x § 1", "" },
	{ "javascript:alert(1)", "1", "javascript:alert(1) § 1", "" },
};

START_TEST(citations)
{
	BUF_AUTO label = BUF_INIT;
	BUF_AUTO address = BUF_INIT;
	cite_label(cites[_i].cite, cites[_i].section, &label);
	cite_address(cites[_i].cite, cites[_i].section, &address);
	ck_assert_str_eq(buf_text(&label), cites[_i].label);
	ck_assert_str_eq(buf_text(&address), cites[_i].address);
}
END_TEST

Suite *suite_hostile(void);
Suite *suite_hostile(void)
{
	Suite *suite = suite_create("report hostile text");
	TCase *tcase = tcase_create("inert");
	tcase_add_unchecked_fixture(tcase, golden_start, NULL);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, html_is_inert);
	tcase_add_test(tcase, no_control_characters);
	tcase_add_test(tcase, xml_is_well_formed);
	tcase_add_loop_test(tcase, cleaning, 0, (int)(sizeof bytes / sizeof *bytes));
	tcase_add_test(tcase, long_text_is_cut);
	tcase_add_test(tcase, commands_are_quoted);
	tcase_add_loop_test(tcase, citations, 0, (int)(sizeof cites / sizeof *cites));
	suite_add_tcase(suite, tcase);
	return suite;
}
