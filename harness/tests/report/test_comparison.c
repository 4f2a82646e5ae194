/* Results beside one another and one after another: every format of those kept here, byte for byte, and what they promise beyond. */
#include "base/text.h"
#include "golden.h"
#include "report/comparison.h"
#include "report/sides.h"
#include <check.h>
#include <libxml/HTMLparser.h>
#include <libxml/relaxng.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const kept[] = { "compare-first.json", "compare-second.json", "compare-third.json" };

static char *paths[3];
static struct vec two, three;

static void set_up(void)
{
	golden_start();
	for (int i = 0; i < 3; i++) {
		paths[i] = golden_path(kept[i]);
		if (i < 2)
			vec_push(&two, paths[i]);
		vec_push(&three, paths[i]);
	}
}

static void tear_down(void)
{
	vec_release(&two);
	vec_release(&three);
	for (int i = 0; i < 3; i++)
		free(paths[i]);
}

enum made { OF_TWO, OF_TWO_STRICTLY, OF_THREE, OF_THREE_DIFFERENT, OF_TIME, MADE };
static const char *const names[MADE] = { "compare-two", "compare-two-strict", "compare-three",
	"compare-three-different", "history" };

static struct comparison make(enum made what)
{
	struct err e;
	struct comparison c;
	int result = 0;
	switch (what) {
	case OF_TWO:
	case OF_TWO_STRICTLY:
		result = comparison_make(&c, &two, what == OF_TWO_STRICTLY, false, &e);
		break;
	case OF_THREE:
	case OF_THREE_DIFFERENT:
		result = comparison_make(&c, &three, false, what == OF_THREE_DIFFERENT, &e);
		break;
	case OF_TIME:
	case MADE:
		result = history_make(&c, &three, NULL, &e);
		break;
	}
	if (result)
		ck_abort_msg("%s: %s", e.where, e.message);
	return c;
}

static void print(const struct comparison *c, enum comparison_format format, struct buf *out)
{
	struct err e;
	if (comparison_print(c, format, out, &e))
		ck_abort_msg("%s: %s", e.where, e.message);
}

/* The variants differ in little: of them only what does is kept. */
static bool has_golden(int what, enum comparison_format format)
{
	return what == OF_TWO || what == OF_THREE || what == OF_TIME ||
		format == (what == OF_TWO_STRICTLY ? COMPARISON_TEXT : COMPARISON_MARKDOWN);
}

START_TEST(golden_formats)
{
	static const char *const endings[] = { "txt", "html", "md", "xml" };
	struct comparison c = make((enum made)(_i / 4));
	BUF_AUTO text = BUF_INIT;
	AUTO_TEXT name = memory_printf("%s.%s", names[_i / 4], endings[_i % 4]);
	print(&c, (enum comparison_format)(_i % 4), &text);
	if (has_golden(_i / 4, (enum comparison_format)(_i % 4)))
		golden_compare(name, &text);
	comparison_release(&c);
}
END_TEST

/* The German pages, of two (what changed) and of three, and over time. */
START_TEST(golden_german)
{
	static const enum made made[] = { OF_TWO, OF_TWO, OF_THREE_DIFFERENT, OF_TIME, OF_TIME };
	static const bool page[] = { true, false, false, true, false };
	struct comparison c = make(made[_i]);
	BUF_AUTO text = BUF_INIT;
	AUTO_TEXT name = memory_printf("%s.de.%s", names[made[_i]], page[_i] ? "html" : "md");
	c.language = "de";
	print(&c, page[_i] ? COMPARISON_HTML : COMPARISON_MARKDOWN, &text);
	golden_compare(name, &text);
	comparison_release(&c);
}
END_TEST

/* A program reads text and XML: they are the same in every language. */
START_TEST(only_pages_are_translated)
{
	struct comparison c = make((enum made)(_i / 2));
	enum comparison_format format = _i % 2 ? COMPARISON_XML : COMPARISON_TEXT;
	BUF_AUTO english = BUF_INIT;
	BUF_AUTO german = BUF_INIT;
	print(&c, format, &english);
	c.language = "de";
	print(&c, format, &german);
	ck_assert_str_eq(buf_text(&german), buf_text(&english));
	comparison_release(&c);
}
END_TEST

/* Each element of a file of words: its name and its attributes but the language, so that what one lacks can be named. */
static xmlDoc *words_of(const char *file, struct map *into)
{
	struct err e;
	struct arena arena = ARENA_INIT;
	BUF_AUTO text = BUF_INIT;
	AUTO_TEXT name = memory_printf("reports/%s", file);
	ck_assert_int_eq(file_read(data_path(&arena, name), &text, &e), 0);
	xmlDoc *doc = xmlReadMemory(buf_text(&text), (int)text.len, NULL, NULL, XML_PARSE_NONET);
	ck_assert_ptr_nonnull(doc);
	for (xmlNode *node = xmlFirstElementChild(xml_root(doc)); node; node = xmlNextElementSibling(node)) {
		const char *number = xml_attribute(node, "number"), *clear = xml_attribute(node, "name");
		AUTO_TEXT key = memory_printf("%s %s%s", node->name, number ? number : "", clear ? clear : "");
		map_set(into, key, "");
	}
	arena_release(&arena);
	return doc;
}

START_TEST(every_word_has_a_translation)
{
	static const char *const folders[] = { "texts", "compare-texts" };
	for (int way = 0; way < 2; way++) {
		struct map here = MAP_INIT, there = MAP_INIT;
		AUTO_TEXT one = memory_printf("%s/%s.xml", folders[_i], way ? "en" : "de");
		AUTO_TEXT other = memory_printf("%s/%s.xml", folders[_i], way ? "de" : "en");
		xmlDoc *first = words_of(one, &here), *second = words_of(other, &there);
		ck_assert_uint_gt(here.count, 40);
		for (size_t i = 0; i < here.count; i++)
			ck_assert_msg(map_get(&there, here.keys[i]) != NULL, "%s has no %s", other, here.keys[i]);
		xmlFreeDoc(first);
		xmlFreeDoc(second);
		map_release(&here);
		map_release(&there);
	}
}
END_TEST

static const struct {
	const char *profile, *markdown; /* a member of result.json; how the grade reads in a German history */
} grades[] = {
	{ "\"grade\":\"high\"", "| club Hohe Stufe |" },
	{ "\"grade\":\"flawed\"", "| club Mittlere Stufe, mit Fehlern |" },
	{ "\"grade\":\"english\"", "| club as it was |" },
	{ "\"grade\":\"none\"", "| club keine Stufe erreicht |" },
	{ "\"narrowed\":true", "| club keine Einstufung |" },
};

START_TEST(grades_are_translated)
{
	struct err e;
	struct comparison c;
	struct vec one = VEC_INIT;
	BUF_AUTO text = BUF_INIT;
	char path[] = "/tmp/assay-test-result-XXXXXX";
	AUTO_TEXT result = memory_printf(
		"{\"tool\":{\"started\":\"2026-01-05T03:00:00Z\"},\"checks\":[],\"grades\":[{\"profile\":\"club\",\"grade\":\"as it was\"}],"
		"\"profile\":{\"name\":\"club\",%s,\"levels\":[{\"name\":\"high\",\"title\":{\"en\":\"High\",\"de\":\"Hohe Stufe\"}},"
		"{\"name\":\"flawed\",\"flawed\":true,\"title\":{\"de\":\"Mittlere Stufe\"}},{\"name\":\"english\",\"title\":{\"en\":\"E\"}}]}}",
		grades[_i].profile);
	int file = mkstemp(path);
	ck_assert_int_eq(write(file, result, strlen(result)), (int)strlen(result));
	close(file);
	vec_push(&one, path);
	ck_assert_msg(history_make(&c, &one, NULL, &e) == 0, "%s", e.message);
	c.language = "de";
	print(&c, COMPARISON_MARKDOWN, &text);
	ck_assert_msg(strstr(buf_text(&text), grades[_i].markdown), "%s", buf_text(&text));
	unlink(path);
	comparison_release(&c);
	vec_release(&one);
}
END_TEST

START_TEST(documents_are_valid)
{
	struct arena arena = ARENA_INIT;
	struct comparison c = make((enum made)_i);
	xmlRelaxNGParserCtxt *parser = xmlRelaxNGNewParserCtxt(data_path(&arena, "reports/comparison.rng"));
	xmlRelaxNG *schema = xmlRelaxNGParse(parser);
	ck_assert_ptr_nonnull(schema);
	xmlRelaxNGValidCtxt *valid = xmlRelaxNGNewValidCtxt(schema);
	ck_assert_int_eq(xmlRelaxNGValidateDoc(valid, c.doc), 0);
	xmlRelaxNGFreeValidCtxt(valid);
	xmlRelaxNGFree(schema);
	xmlRelaxNGFreeParserCtxt(parser);
	comparison_release(&c);
	arena_release(&arena);
}
END_TEST

/* Tables can be read without seeing them, links stay on the page, and what a server said is no markup. */
static void look_at(const xmlNode *node, int *tables, int *captions)
{
	const char *name = (const char *)node->name;
	static const char *const forbidden[] = { "script", "img", "iframe", "object", "embed", "link", "form", "base" };
	*tables += strcmp(name, "table") == 0;
	*captions += strcmp(name, "caption") == 0;
	for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
		ck_assert_str_ne(name, forbidden[i]);
	if (strcmp(name, "th") == 0) {
		const char *scope = xml_attribute(node, "scope");
		ck_assert_msg(text_equal(scope, "row") || text_equal(scope, "col"), "a th without scope");
	}
	for (const xmlAttr *a = node->properties; a; a = a->next) {
		const char *value = a->children ? (const char *)a->children->content : "";
		ck_assert_msg(strncmp((const char *)a->name, "on", 2) != 0, "attribute %s", a->name);
		ck_assert_msg(strcmp((const char *)a->name, "href") != 0 || *value == '#', "link to %s", value);
	}
	for (const xmlNode *child = node->children; child; child = child->next)
		if (child->type == XML_ELEMENT_NODE)
			look_at(child, tables, captions);
}

START_TEST(pages_are_accessible_and_inert)
{
	int tables = 0, captions = 0;
	BUF_AUTO text = BUF_INIT;
	struct comparison c = make((enum made)_i);
	print(&c, COMPARISON_HTML, &text);
	htmlDocPtr doc = htmlReadMemory(buf_text(&text), (int)text.len, NULL, "UTF-8",
		HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);
	look_at(xmlDocGetRootElement(doc), &tables, &captions);
	ck_assert_int_gt(tables, 0);
	ck_assert_int_eq(tables, captions);
	xmlFreeDoc(doc);
	comparison_release(&c);
}
END_TEST

START_TEST(no_control_characters)
{
	struct comparison c = make((enum made)_i);
	for (int format = COMPARISON_TEXT; format <= COMPARISON_XML; format++) {
		BUF_AUTO text = BUF_INIT;
		print(&c, (enum comparison_format)format, &text);
		for (const char *at = buf_text(&text); *at; at++)
			ck_assert_msg(
				(unsigned char)*at >= 0x20 || *at == '\n', "format %d holds byte %02x", format, *at);
	}
	comparison_release(&c);
}
END_TEST

START_TEST(figures)
{
	static const struct {
		size_t same, different, one_sided;
	} expected[MADE] = { { 1, 5, 2 }, { 1, 7, 2 }, { 1, 5, 4 }, { 1, 5, 4 }, { 0, 0, 0 } };
	struct comparison c = make((enum made)_i);
	ck_assert_uint_eq(c.same, expected[_i].same);
	ck_assert_uint_eq(c.different, expected[_i].different);
	ck_assert_uint_eq(c.one_sided, expected[_i].one_sided);
	comparison_release(&c);
}
END_TEST

/* ---- changes ---- */

#define MORE(observed) ",\"observed\":\"" observed "\""
static const struct {
	const char *before, *before_more, *after, *after_more, *kind; /* NULL verdict: absent; NULL kind: none */
} changes[] = {
	{ "pass", "", "pass", "", NULL },
	{ "pass", "", "fail", "", "worse" },
	{ "pass", "", "weak", "", "worse" },
	{ "weak", "", "fail", "", "worse" },
	{ "fixed", MORE("pass"), "known", MORE("fail"), "worse" },
	{ "fail", "", "pass", "", "better" },
	{ "fail", "", "weak", "", "better" },
	{ "known", MORE("weak"), "fixed", MORE("pass"), "better" },
	{ "known", MORE("fail"), "weak", "", "better" },
	{ "fail", "", "known", MORE("fail"), "judged" },
	{ "pass", "", "fixed", MORE("pass"), "judged" },
	{ "known", "", "fail", "", "judged" }, /* an old result that does not say what was observed */
	{ NULL, "", "pass", "", "new" },
	{ "unsupported", "", "fail", "", "new" },
	{ "not_run", "", "error", "", "new" },
	{ "fail", "", NULL, "", "gone" },
	{ "pass", "", "unsupported", "", "gone" },
	{ "unsupported", "", NULL, "", NULL },
	{ "pass", "", "inconclusive", "", "unclear" },
	{ "error", "", "fail", "", "unclear" },
	{ "error", "", "inconclusive", "", "unclear" },
};

static struct side *side(const char *verdict, const char *more, char *path)
{
	struct err e;
	AUTO_TEXT text = verdict
		? memory_printf("{\"checks\":[{\"id\":\"a/b/c\",\"verdict\":\"%s\"%s}]}", verdict, more)
		: memory_copy_text("{\"checks\":[]}");
	int file = mkstemp(path);
	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(write(file, text, strlen(text)), (int)strlen(text));
	close(file);
	struct side *s = side_read(path, &e);
	unlink(path);
	ck_assert_ptr_nonnull(s);
	return s;
}

START_TEST(kinds_of_change)
{
	char first[] = "/tmp/assay-test-side-XXXXXX", second[] = "/tmp/assay-test-side-XXXXXX";
	struct side *before = side(changes[_i].before, changes[_i].before_more, first);
	struct side *after = side(changes[_i].after, changes[_i].after_more, second);
	ck_assert_pstr_eq(side_change(before, after, "a/b/c"), changes[_i].kind);
	side_free(before);
	side_free(after);
}
END_TEST

/* ---- what they are called ---- */

START_TEST(labels_are_told_apart)
{
	static const char *const places[] = { "/a/one/result.json", "two/", "x/two/result.json", "alone" };
	static const char *const products[] = { "p 1", "p 1", "p 1", "" };
	static const char *const expected[] = { "p 1 (one)", "p 1 (two) #2", "p 1 (two) #3", "alone" };
	struct side sides[4] = { { .path = NULL } };
	struct vec all = VEC_INIT;
	for (size_t i = 0; i < 4; i++) {
		sides[i].path = places[i];
		sides[i].result = json_pack("{s:{s:s}}", "target", "product", products[i]);
		vec_push(&all, &sides[i]);
	}
	sides_name(&all);
	for (size_t i = 0; i < 4; i++) {
		ck_assert_str_eq(sides[i].label, expected[i]);
		free(sides[i].label);
		json_decref(sides[i].result);
	}
	vec_release(&all);
}
END_TEST

/* What is compared is what was under test: a client, and not the server that it was tested with. */
#define OF_CLIENT(name, version, day)                                                                                  \
	"{\"tool\":{\"started\":\"2026-01-0" day "T03:00:00Z\"},\"client\":{\"name\":\"" name "\",\"product\":\"" name \
	" " version "\"},\"target\":{\"name\":\"fixture:s\",\"product\":\"s 1\"},\"checks\":[]}"

START_TEST(runs_on_clients_are_called_by_them)
{
	static const char *const texts[] = { OF_CLIENT("x", "1.0", "1"), OF_CLIENT("x", "1.1", "2"),
		OF_CLIENT("y", "3", "3") };
	struct err e;
	struct comparison c;
	struct vec three_of_clients = VEC_INIT, history = VEC_INIT;
	char places[3][32];
	for (size_t i = 0; i < 3; i++) {
		strcpy(places[i], "/tmp/assay-test-client-XXXXXX");
		int file = mkstemp(places[i]);
		ck_assert_int_eq(write(file, texts[i], strlen(texts[i])), (int)strlen(texts[i]));
		close(file);
		vec_push(&three_of_clients, places[i]);
		if (i < 2)
			vec_push(&history, places[i]);
	}
	BUF_AUTO told = BUF_INIT;
	ck_assert_int_eq(comparison_make(&c, &three_of_clients, false, false, &e), 0);
	for (const xmlNode *run = xml_child(xml_root(c.doc), "run", NULL); run; run = xml_next(run, "run", NULL))
		buf_printf(&told, "%s, %s, %s; ", xml_attribute(run, "label"), xml_attribute(run, "product"),
			xml_attribute(run, "target"));
	ck_assert_str_eq(buf_text(&told), "x 1.0, x 1.0, fixture:s; x 1.1, x 1.1, fixture:s; y 3, y 3, fixture:s; ");
	comparison_release(&c);
	ck_assert_int_eq(history_make(&c, &three_of_clients, NULL, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.message, "is of 'y'"));
	ck_assert_int_eq(history_make(&c, &three_of_clients, "y", &e), 0);
	comparison_release(&c);
	ck_assert_int_eq(history_make(&c, &history, NULL, &e), 0);
	static const enum comparison_format formats[] = { COMPARISON_TEXT, COMPARISON_MARKDOWN, COMPARISON_HTML };
	static const char *const heads[] = { "x\n", "# History: x\n", "<h1>x</h1>" };
	for (size_t i = 0; i < 3; i++) {
		BUF_AUTO text = BUF_INIT;
		print(&c, formats[i], &text);
		ck_assert_msg(strstr(buf_text(&text), heads[i]), "%s in %.200s", heads[i], buf_text(&text));
		ck_assert_ptr_null(strstr(buf_text(&text), "s 1"));
	}
	comparison_release(&c);
	for (size_t i = 0; i < 3; i++)
		unlink(places[i]);
	vec_release(&three_of_clients);
	vec_release(&history);
}
END_TEST

START_TEST(a_history_is_of_one_target)
{
	struct err e;
	struct comparison c;
	AUTO_TEXT other = golden_path("every-verdict.result.json");
	vec_push(&two, other);
	ck_assert_int_eq(history_make(&c, &two, NULL, &e), -1);
	ck_assert_int_eq(e.class, ERR_USAGE);
	ck_assert_ptr_nonnull(strstr(e.message, "--target"));
	ck_assert_int_eq(history_make(&c, &two, "nobody", &e), -1);
	ck_assert_ptr_nonnull(strstr(e.message, "'nobody'"));
	ck_assert_int_eq(history_make(&c, &two, "chat.example.org", &e), 0);
	comparison_release(&c);
}
END_TEST

static const struct {
	const char *text, *message;
} broken[] = {
	{ "", "no result that can be read" },
	{ "[]", "holds no checks" },
	{ "{\"checks\":{}}", "holds no checks" },
	{ "{\"checks\":[1]}", "without 'id'" },
	{ "{\"checks\":[{\"id\":\"a\"}]}", "verdict that does not exist: ''" },
	{ "{\"checks\":[{\"id\":\"a\",\"verdict\":\"fine\"}]}", "'fine'" },
	{ "{\"checks\":[{\"id\":\"a\",\"verdict\":\"pass\"},{\"id\":\"a\",\"verdict\":\"pass\"}]}", "a twice" },
	{ "{\"format\":2,\"checks\":[]}", "newer" },
};

START_TEST(broken_results)
{
	struct err e;
	struct comparison c;
	char path[] = "/tmp/assay-test-result-XXXXXX";
	int file = mkstemp(path);
	ck_assert_int_eq(write(file, broken[_i].text, strlen(broken[_i].text)), (int)strlen(broken[_i].text));
	close(file);
	vec_push(&two, path);
	ck_assert_int_eq(comparison_make(&c, &two, false, false, &e), -1);
	unlink(path);
	ck_assert_int_eq(e.class, ERR_USAGE);
	ck_assert_str_eq(e.where, path);
	ck_assert_msg(strstr(e.message, broken[_i].message), "%s", e.message);
	ck_assert_ptr_null(c.doc);
}
END_TEST

START_TEST(results_without_a_date_have_no_history)
{
	struct err e;
	struct comparison c;
	struct vec one = VEC_INIT;
	char path[] = "/tmp/assay-test-result-XXXXXX";
	int file = mkstemp(path);
	ck_assert_int_eq(write(file, "{\"checks\":[]}", 13), 13);
	close(file);
	vec_push(&one, path);
	ck_assert_int_eq(history_make(&c, &one, NULL, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.message, "when it began"));
	unlink(path);
	vec_release(&one);
}
END_TEST

Suite *suite_comparison(void);
Suite *suite_comparison(void)
{
	Suite *suite = suite_create("comparison");
	TCase *tcase = tcase_create("comparison");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, golden_formats, 0, MADE * 4);
	tcase_add_loop_test(tcase, golden_german, 0, 5);
	tcase_add_loop_test(tcase, only_pages_are_translated, 0, MADE * 2);
	tcase_add_loop_test(tcase, every_word_has_a_translation, 0, 2);
	tcase_add_loop_test(tcase, grades_are_translated, 0, (int)(sizeof grades / sizeof *grades));
	tcase_add_loop_test(tcase, documents_are_valid, 0, MADE);
	tcase_add_loop_test(tcase, pages_are_accessible_and_inert, 0, MADE);
	tcase_add_loop_test(tcase, no_control_characters, 0, MADE);
	tcase_add_loop_test(tcase, figures, 0, MADE);
	tcase_add_loop_test(tcase, kinds_of_change, 0, (int)(sizeof changes / sizeof *changes));
	tcase_add_test(tcase, labels_are_told_apart);
	tcase_add_test(tcase, runs_on_clients_are_called_by_them);
	tcase_add_test(tcase, a_history_is_of_one_target);
	tcase_add_loop_test(tcase, broken_results, 0, (int)(sizeof broken / sizeof *broken));
	tcase_add_test(tcase, results_without_a_date_have_no_history);
	suite_add_tcase(suite, tcase);
	return suite;
}
