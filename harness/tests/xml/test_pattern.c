/* Patterns: every token, where they match and what they say where they do not. */
#include "base/text.h"
#include "xml/pattern.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

struct example {
	const char *pattern, *stanza;
	const char *path, *message; /* NULL: it matches; else parts of the mismatch */
};

static const struct example examples[] = {
	/* open world */
	{ "<message/>", "<message to='a'><body>x</body></message>", NULL, NULL },
	{ "<message><body>x</body></message>", "<message to='a'><body>x</body><thread/></message>", NULL, NULL },
	{ "<message/>", "<presence/>", "message", "it is <presence" },
	{ "<message><body>x</body></message>", "<message/>", "message", "no child <body" },
	{ "<message id='m1'/>", "<message id='m2'/>", "message", "attribute 'id' is 'm2', expected 'm1'" },
	{ "<message id='m1'/>", "<message/>", "message", "attribute 'id' is missing, expected 'm1'" },
	{ "<message><body>x</body></message>", "<message><body>y</body></message>", "message/body",
		"text is 'y', expected 'x'" },
	{ "<message><body>x</body></message>", "<message><body> x\n</body></message>", NULL, NULL },
	{ "<message><r xmlns='urn:a'/></message>", "<message><r xmlns='urn:b'/></message>", "message",
		"no child <r xmlns='urn:a'>" },
	{ "<message xml:lang='de'/>", "<message xml:lang='en'/>", "message", "attribute 'lang'" },
	{ "<message xml:lang='de'/>", "<message xml:lang='de'/>", NULL, NULL },
	/* tokens */
	{ "<message id='{any}'/>", "<message id=''/>", NULL, NULL },
	{ "<message id='{any}'/>", "<message/>", "message", "missing" },
	{ "<message id='{some}'/>", "<message id=''/>", "message", "expected '{some}'" },
	{ "<message id='{some}'/>", "<message id='x'/>", NULL, NULL },
	{ "<message id='{uuid}'/>", "<message id='6ba7b810-9dad-11d1-80b4-00c04fd430c8'/>", NULL, NULL },
	{ "<message id='{uuid}'/>", "<message id='6ba7b810-9dad-11d1-80b4-00c04fd430c'/>", "message", "expected" },
	{ "<message id='{date}'/>", "<message id='2026-01-02T03:04:05Z'/>", NULL, NULL },
	{ "<message id='{date}'/>", "<message id='2026-01-02T03:04:05.123+01:00'/>", NULL, NULL },
	{ "<message id='{date}'/>", "<message id='20260102T03:04:05'/>", "message", "expected" },
	{ "<message id='{number}'/>", "<message id='042'/>", NULL, NULL },
	{ "<message id='{number}'/>", "<message id='4.2'/>", "message", "expected" },
	{ "<message id='{re:a{2}b*}c'/>", "<message id='aabbc'/>", NULL, NULL },
	{ "<message id='{re:a{2}b*}c'/>", "<message id='abbc'/>", "message", "expected" },
	{ "<message id='a.c'/>", "<message id='abc'/>", "message", "expected 'a.c'" },
	{ "<message id='a.{any}'/>", "<message id='abc'/>", "message", "expected" },
	{ "<message id='{{x}'/>", "<message id='{x}'/>", NULL, NULL },
	{ "<message type='{not:error}'/>", "<message type='chat'/>", NULL, NULL },
	{ "<message type='{not:error}'/>", "<message type='error'/>", "message", "something other than 'error'" },
	{ "<message type='{not:error}'/>", "<message/>", "message", "missing" },
	{ "<message type='{absent}'/>", "<message/>", NULL, NULL },
	{ "<message type='{absent}'/>", "<message type='chat'/>", "message", "expected none" },
	{ "<message><body>{absent}</body></message>", "<message><subject/></message>", NULL, NULL },
	{ "<message><body>{absent}</body></message>", "<message><body>x</body></message>", "message", "expected none" },
	{ "<message><x a='1'>{absent}</x></message>", "<message><x a='2'/></message>", NULL, NULL },
	{ "<iq from='{self}'/>", "<iq/>", NULL, NULL },
	{ "<iq from='{self}'/>", "<iq from='me@a.test'/>", NULL, NULL },
	{ "<iq from='{self}'/>", "<iq from='you@a.test'/>", "iq", "'me@a.test' or none" },
	{ "<message from='${jid}/{any}'/>", "<message from='me@a.test/x'/>", NULL, NULL },
	{ "<message from='${jid}/{any}'/>", "<message from='me@axtest/x'/>", "message", "expected 'me@a.test/{any}'" },
	{ "<message from='${nobody}'/>", "<message from='x'/>", "message", "${nobody}, which nothing has set" },
	/* exactly */
	{ "<message><body>{exactly}x</body></message>", "<message a='1'><body>x</body></message>", NULL, NULL },
	{ "<message><body>{exactly}x</body></message>", "<message><body a='1'>x</body></message>", "message/body",
		"attribute 'a'" },
	{ "<message>{exactly}<body>x</body></message>", "<message><body>x</body><b/></message>", "message",
		"more than was expected" },
	{ "<message>{exactly}<body>x</body></message>", "<message>y<body>x</body></message>", "message",
		"expected none" },
	{ "<message>{exactly}<body/></message>", "<message><body/><body/></message>", "message", "2 children" },
	{ "<message>{exactly}<a><b/></a></message>", "<message><a><b/><c/></a></message>", "message/a", "child <c" },
	/* an early greedy choice does not spoil a later one */
	{ "<m><i/><i a='1'/></m>", "<m><i a='1'/><i/></m>", NULL, NULL },
	{ "<m><i a='{bind:x}'/><i b='${x}'/></m>", "<m><i a='1'/><i a='2' b='3'/><i a='3'/></m>", NULL, NULL },
	{ "<m><i/><i/></m>", "<m><i/></m>", "m", "no child <i" },
	/* the deepest difference is told */
	{ "<m><a><b c='1'/></a></m>", "<m><a><b c='2'/></a><a/></m>", "m/a/b", "attribute 'c' is '2'" },
};

START_TEST(example)
{
	struct err e;
	struct mismatch why = { 0 };
	struct map variables = MAP_INIT;
	const struct example *x = &examples[_i];
	map_set(&variables, "self", "me@a.test");
	map_set(&variables, "jid", "me@a.test");
	xmlDoc *wanted = xml_parse(x->pattern, strlen(x->pattern), &e),
	       *stanza = xml_parse(x->stanza, strlen(x->stanza), &e);
	ck_assert(wanted && stanza);
	struct pattern *p = pattern_new(xml_root(wanted), false, &e);
	ck_assert_msg(p != NULL, "%s: %s", x->pattern, e.message);
	for (int again = 0; again < 2; again++) { /* a compiled expression is used twice */
		bool fits = pattern_match(p, xml_root(stanza), &variables, &why);
		ck_assert_msg(fits == !x->message, "%s on %s: %s", x->pattern, x->stanza, why.message);
	}
	if (x->message) {
		ck_assert_str_eq(why.path, x->path);
		ck_assert_msg(strstr(why.message, x->message), "'%s', expected '%s'", why.message, x->message);
	}
	pattern_free(p);
	xmlFreeDoc(wanted);
	xmlFreeDoc(stanza);
	map_release(&variables);
}
END_TEST

static struct pattern *compiled(const char *text, bool exactly, struct err *e)
{
	xmlDoc *doc = xml_parse(text, strlen(text), e);
	ck_assert_ptr_nonnull(doc);
	struct pattern *p = pattern_new(xml_root(doc), exactly, e);
	xmlFreeDoc(doc);
	return p;
}

static bool matches(const struct pattern *p, const char *text, struct map *variables)
{
	struct err e;
	xmlDoc *doc = xml_parse(text, strlen(text), &e);
	ck_assert_ptr_nonnull(doc);
	bool fits = pattern_match(p, xml_root(doc), variables, NULL);
	xmlFreeDoc(doc);
	return fits;
}

START_TEST(binding)
{
	struct err e;
	struct map variables = MAP_INIT;
	struct pattern *p = compiled(
		"<m id='{bind:id}'><a j='{bind:user}@${d}/{bind:resource}'/><b>x{bind:text}</b></m>", false, &e);
	map_set(&variables, "d", "a.test");
	ck_assert(matches(p, "<m id='7'><a j='r@a.test/p'/><b>xyz</b></m>", &variables));
	ck_assert_str_eq(map_get(&variables, "id"), "7");
	ck_assert_str_eq(map_get(&variables, "user"), "r");
	ck_assert_str_eq(map_get(&variables, "resource"), "p");
	ck_assert_str_eq(map_get(&variables, "text"), "yz");
	/* nothing is bound by a failure */
	ck_assert(!matches(p, "<m id='8'><a j='r@a.test/p'/><b>abc</b></m>", &variables));
	ck_assert_str_eq(map_get(&variables, "id"), "7");
	struct vec binds = VEC_INIT, uses = VEC_INIT;
	pattern_names(p, &binds, &uses);
	ck_assert_uint_eq(binds.count, 4);
	ck_assert_uint_eq(uses.count, 1);
	ck_assert_str_eq(uses.items[0], "d");
	vec_release(&binds);
	vec_release(&uses);
	pattern_free(p);
	map_release(&variables);
}
END_TEST

START_TEST(exactly_at_the_root)
{
	struct err e;
	struct map variables = MAP_INIT;
	struct pattern *p = compiled("<m a='1'><b/></m>", true, &e);
	ck_assert(matches(p, "<m a='1'><b/></m>", &variables));
	ck_assert(!matches(p, "<m a='1' c='1'><b/></m>", &variables));
	pattern_free(p);
}
END_TEST

START_TEST(bad_tokens)
{
	static const char *const bad[] = { "<m a='{nonsense}'/>", "<m a='x{absent}'/>", "<m a='{re:(}'/>",
		"<m a='{any'/>", "<m a='{bind:}'/>", "<m><b>{anny}</b></m>", "<m>{absent}</m>" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err e = { .class = ERR_NONE };
		ck_assert_msg(!compiled(bad[i], false, &e), "%s was taken", bad[i]);
		ck_assert_int_eq(e.class, ERR_SCRIPT);
		ck_assert_msg(text_starts(e.where, "line "), "%s: where is '%s'", bad[i], e.where);
	}
}
END_TEST

START_TEST(printing)
{
	struct err e;
	struct map variables = MAP_INIT;
	BUF_AUTO out = BUF_INIT;
	struct pattern *p = compiled("<message to='${x}' id='{bind:y}'><body>${z}</body></message>", false, &e);
	map_set(&variables, "x", "a&b");
	pattern_print(p, &variables, &out);
	ck_assert_str_eq(out.data, "<message to='a&amp;b' id='{bind:y}'>\n  <body>${z}</body>\n</message>");
	pattern_free(p);
	map_release(&variables);
}
END_TEST

/* Trying every way of giving each wanted child one of its own would take longer than the universe has. */
START_TEST(many_children_of_one_name)
{
	struct err e;
	struct map variables = MAP_INIT;
	struct mismatch why;
	BUF_AUTO wanted = BUF_INIT, came = BUF_INIT;
	buf_add_text(&wanted, "<iq><q xmlns='urn:q'>");
	buf_add_text(&came, "<iq xmlns='jabber:client'><q xmlns='urn:q'>");
	for (int i = 0; i < 30; i++) {
		buf_printf(&wanted, "<item i='{some}'/>");
		buf_printf(&came, "<item i='%d'/>", i);
	}
	buf_add_text(&came, "</q></iq>");
	xmlDoc *doc = xml_parse(came.data, came.len, &e);
	for (int missing = 0; missing < 2; missing++) {
		BUF_AUTO text = BUF_INIT;
		buf_printf(&text, "%s%s</q></iq>", wanted.data, missing ? "<last/>" : "");
		struct pattern *p = compiled(text.data, false, &e);
		ck_assert_int_eq(pattern_match(p, xml_root(doc), &variables, &why), !missing);
		if (missing)
			ck_assert_msg(strstr(why.message, "no child <last"), "%s", why.message);
		pattern_free(p);
	}
	xmlFreeDoc(doc);
	map_release(&variables);
}
END_TEST

Suite *suite_pattern(void)
{
	Suite *s = suite_create("pattern");
	TCase *c = tcase_create("all");
	tcase_add_unchecked_fixture(c, xml_start, NULL);
	tcase_add_loop_test(c, example, 0, (int)(sizeof examples / sizeof *examples));
	tcase_add_test(c, binding);
	tcase_add_test(c, exactly_at_the_root);
	tcase_add_test(c, bad_tokens);
	tcase_add_test(c, printing);
	tcase_add_test(c, many_children_of_one_name);
	suite_add_tcase(s, c);
	return s;
}
