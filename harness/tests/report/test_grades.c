/* What a run says of the rows of its profile, and the grade that they give. */
#include "base/text.h"
#include "golden.h"
#include "xml/xml.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUN                                                                                                            \
	"{\"e\":\"run\",\"t\":0,\"format\":1,\"tool\":\"assay\",\"planned\":1,\"narrowed\":%s,\"target\":{\"component\":%s}}\n"
#define END "{\"e\":\"summary\",\"t\":3,\"complete\":true}\n"
#define LEVELS                                                                                                           \
	"\"levels\":[{\"name\":\"low\",\"texts\":{\"title\":\"Low\"}},{\"name\":\"high\",\"texts\":{\"title\":\"High\"," \
	"\"title.de\":\"Hoch\"}}]"

/* The journal of checks s/a/0, s/a/1, … with these verdicts. */
static struct results results_of(const char *rows, bool narrowed, const char *verdicts, const char *baseline, bool told)
{
	struct err e;
	struct results r;
	BUF_AUTO text = BUF_INIT;
	buf_printf(&text, RUN "{\"e\":\"profile\",\"t\":0,\"name\":\"p\",\"texts\":{}," LEVELS ",\"rows\":[%s]}\n%s",
		narrowed ? "true" : "false", told ? "true" : "false", rows, baseline);
	buf_add_text(&text, "{\"e\":\"scenario\",\"t\":1,\"s\":1,\"id\":\"s/a\",\"checks\":[");
	for (int i = 0; i < 8; i++)
		buf_printf(&text, "%s{\"id\":\"s/a/%d\",\"level\":\"must\"}", i ? "," : "", i);
	buf_add_text(&text, "]}\n");
	AUTO_TEXT copy = memory_copy_text(verdicts);
	int number = 0;
	for (char *rest = NULL, *one = strtok_r(copy, " ", &rest); one; one = strtok_r(NULL, " ", &rest))
		buf_printf(&text, "{\"e\":\"check\",\"t\":2,\"s\":1,\"id\":\"s/a/%d\",\"verdict\":\"%s\"}\n", number++,
			one);
	buf_add_text(&text, END);
	ck_assert_msg(results_from_journal(&r, journal_file(buf_text(&text)), &e) == 0, "%s: %s", e.where, e.message);
	return r;
}

#define ROW(name, from, required, checks)                                                                              \
	"{\"name\":\"" name "\",\"from\":\"" from "\",\"texts\":{},\"required\":\"" required "\",\"checks\":\"" checks \
	"\"}"
#define COMPONENT "{\"name\":\"one\",\"from\":\"low\",\"texts\":{},\"required\":\"s/a/0\",\"needs\":\"component\"}"
#define WHOLE     ROW("one", "low", "s/a/0", "") "," ROW("two", "high", "s/a/1", "s/a/2")

static const struct {
	const char *what, *rows, *verdicts;
	bool narrowed;
	const char *baseline, *states, *grade;
} grades[] = {
	{ "all met", WHOLE, "pass pass pass", false, "", "met met ", "high" },
	{ "the first alone", WHOLE, "pass fail pass", false, "", "met not-met ", "low" },
	{ "a recommendation that is not met", WHOLE, "weak pass weak", false, "", "weak weak ", "high" },
	{ "the rest has a fault", WHOLE, "pass pass fail", false, "", "met flawed ", "high" },
	{ "what is required is not offered", WHOLE, "pass unsupported pass", false, "", "met not-offered ", "low" },
	{ "what is not required is not offered", WHOLE, "pass pass unsupported", false, "", "met met ", "high" },
	{ "the higher without the lower", WHOLE, "fail pass pass", false, "", "not-met met ", "none" },
	{ "the first is not known", WHOLE, "inconclusive pass pass", false, "", "open met ", "" },
	{ "an error of ours is not held against anybody", WHOLE, "error pass pass", false, "", "open met ", "" },
	{ "the second is not known", WHOLE, "pass error pass", false, "", "met open ", "low" },
	{ "not known, but something else is wrong", WHOLE "," ROW("three", "low", "s/a/3", ""), "error pass pass fail",
		false, "", "open met not-met ", "none" },
	{ "only a part was played", WHOLE, "pass pass pass", true, "", "met met ", "" },
	{ "a baseline mends nothing", WHOLE, "fail pass pass", false,
		"{\"e\":\"baseline\",\"t\":0,\"checks\":{\"s/a/0\":{\"verdict\":\"fail\",\"reason\":\"x\"}}}\n",
		"not-met met ", "none" },
	{ "nothing of it was played", ROW("one", "low", "t/*", ""), "pass", false, "", "open ", "" },
	{ "one of two globs finds nothing", ROW("one", "low", "s/a/0, t/*", ""), "pass", false, "", "open ", "" },
	{ "nothing of it is offered", ROW("one", "low", "", "s/a/0, s/a/1"), "unsupported unsupported", false, "",
		"not-offered ", "none" },
	{ "a component that is not offered", COMPONENT, "unsupported", false, "", "not-offered ", "none" },
	{ "a component that is let in", COMPONENT, "pass", false, "", "met ", "high" },
	{ "of what ended early", ROW("one", "low", "s/a/0", "s/a/1"), "pass", false, "", "open ", "" },
	{ "on paper", "{\"name\":\"one\",\"from\":\"low\",\"texts\":{\"paper\":\"A contract\"}}", "pass", false, "",
		"paper ", "high" },
	{ "told, but not counted",
		"{\"name\":\"one\",\"texts\":{},\"required\":\"s/a/0\"}," ROW("two", "low", "s/a/1", ""), "fail pass",
		false, "", "not-met met ", "high" },
};

START_TEST(grade)
{
	struct results r =
		results_of(grades[_i].rows, grades[_i].narrowed, grades[_i].verdicts, grades[_i].baseline, true);
	const xmlNode *profile = xml_child(xml_root(r.doc), "profile", NULL);
	BUF_AUTO states = BUF_INIT;
	for (const xmlNode *row = xml_child(xml_child(profile, "rows", NULL), "row", NULL); row;
		row = xml_next(row, "row", NULL))
		buf_printf(&states, "%s ", xml_attribute(row, "state"));
	ck_assert_msg(strcmp(buf_text(&states), grades[_i].states) == 0, "%s: %s", grades[_i].what, buf_text(&states));
	ck_assert_msg(strcmp(xml_attribute(profile, "grade"), grades[_i].grade) == 0, "%s: '%s'", grades[_i].what,
		xml_attribute(profile, "grade"));
	results_release(&r);
	unlink(journal_file(""));
}
END_TEST

/* What the target file does not tell is not held against the server. */
START_TEST(not_told)
{
	static const struct {
		const char *row, *verdict, *state;
	} cases[] = { { COMPONENT, "unsupported", "open" }, { COMPONENT, "fail", "not-met" },
		{ ROW("one", "low", "s/a/0", ""), "unsupported", "not-offered" } };
	struct results r = results_of(cases[_i].row, false, cases[_i].verdict, "", false);
	const xmlNode *profile = xml_child(xml_root(r.doc), "profile", NULL);
	ck_assert_str_eq(
		xml_attribute(xml_child(xml_child(profile, "rows", NULL), "row", NULL), "state"), cases[_i].state);
	ck_assert_str_eq(xml_attribute(profile, "grade"), _i ? "none" : "");
	results_release(&r);
	unlink(journal_file(""));
}
END_TEST

/* `checks` may name again what is required already: it counts, and is told, once. */
START_TEST(named_twice)
{
	struct results r = results_of(ROW("one", "low", "s/a/1, s/a/1", "s/a/0, s/a/1, s/a/*"), false,
		"pass fail pass pass pass pass pass pass", "", true);
	const xmlNode *row =
		xml_child(xml_child(xml_child(xml_root(r.doc), "profile", NULL), "rows", NULL), "row", NULL);
	BUF_AUTO needs = BUF_INIT;
	ck_assert_str_eq(xml_attribute(row, "state"), "not-met");
	for (const xmlNode *one = xml_child(row, "needs", NULL); one; one = xml_next(one, "needs", NULL))
		buf_printf(&needs, "%s%s ", xml_attribute(one, "check") + strlen("s/a/"),
			text_equal(xml_attribute(one, "required"), "true") ? "!" : "");
	ck_assert_str_eq(buf_text(&needs), "1! 0 2 3 4 5 6 7 ");
	results_release(&r);
	unlink(journal_file(""));
}
END_TEST

/* A profile without rows asks nothing, and a journal of an earlier version has none. */
START_TEST(without_rows)
{
	struct results r = results_of("", false, "pass", "", false);
	ck_assert_ptr_null(xml_child(xml_root(r.doc), "profile", NULL));
	results_release(&r);
	unlink(journal_file(""));
}
END_TEST

Suite *suite_grades(void)
{
	Suite *s = suite_create("grades");
	TCase *c = tcase_create("all");
	tcase_add_checked_fixture(c, golden_start, NULL);
	tcase_add_loop_test(c, grade, 0, (int)(sizeof grades / sizeof *grades));
	tcase_add_loop_test(c, not_told, 0, 3);
	tcase_add_test(c, named_twice);
	tcase_add_test(c, without_rows);
	suite_add_tcase(s, c);
	return s;
}
