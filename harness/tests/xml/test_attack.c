/* Attacks: each one makes a stanza that fits not fit any more, and examples of patterns fit. */
#include "base/text.h"
#include "xml/attack.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

struct sample {
	const char *pattern, *stanza; /* which fits */
	size_t attacks;               /* how many there are */
	size_t impossible;            /* how many of them no change can carry out */
};

static const struct sample samples[] = {
	{ "<message/>", "<message to='a'/>", 1, 0 },
	{ "<message id='m1'/>", "<message id='m1'/>", 3, 0 },
	{ "<message id='{any}'/>", "<message id='m1'/>", 2, 0 }, /* any value will do, but it must be there */
	{ "<message id='{some}'/>", "<message id='m1'/>", 3, 0 },
	{ "<message id='{bind:x}'/>", "<message id='m1'/>", 3, 0 },
	{ "<message id='{uuid}'/>", "<message id='6ba7b810-9dad-11d1-80b4-00c04fd430c8'/>", 3, 0 },
	{ "<message id='{re:.*}'/>", "<message id='m1'/>", 2, 0 },
	{ "<message id='{re:x?.*}'/>", "<message id='m1'/>", 3, 1 },
	{ "<message from='${jid}/{any}'/>", "<message from='me@a.test/x'/>", 3, 0 },
	{ "<message type='{not:error}'/>", "<message type='chat'/>", 3, 0 },
	{ "<message type='{not:${kind}}'/>", "<message type='chat'/>", 3, 0 },
	{ "<message type='{absent}'/>", "<message/>", 2, 0 },
	{ "<iq from='{self}'/>", "<iq from='me@a.test'/>", 2, 0 },
	{ "<iq from='{self}'/>", "<iq/>", 2, 0 },
	{ "<message xml:lang='de'/>", "<message xml:lang='de'/>", 3, 0 },
	{ "<message><body>x</body></message>", "<message><body>x</body><thread/></message>", 5, 0 },
	{ "<message><body>{any}</body></message>", "<message><body>x</body></message>", 3, 0 },
	{ "<message><body>{re:x*}</body></message>", "<message><body>xx</body></message>", 5, 2 },
	{ "<message><body>{absent}</body></message>", "<message><subject/></message>", 2, 0 },
	{ "<message><x a='1'>{absent}</x></message>", "<message><x a='2'/></message>", 2, 0 },
	{ "<message>{exactly}<body>x</body></message>", "<message><body>x</body></message>", 10, 0 },
	{ "<iq><q xmlns='urn:q'><i a='1'/><i a='2'/></q></iq>", "<iq><q xmlns='urn:q'><i a='2'/><i a='1'/></q></iq>",
		11, 0 },
};

static struct pattern *compiled(const char *text)
{
	struct err e;
	xmlDoc *doc = xml_parse(text, strlen(text), &e);
	ck_assert_ptr_nonnull(doc);
	struct pattern *p = pattern_new(xml_root(doc), false, &e);
	ck_assert_msg(p != NULL, "%s: %s", text, e.message);
	xmlFreeDoc(doc);
	return p;
}

static struct map some_variables(void)
{
	struct map variables = MAP_INIT;
	map_set(&variables, "self", "me@a.test");
	map_set(&variables, "jid", "me@a.test");
	map_set(&variables, "kind", "error");
	return variables;
}

START_TEST(every_attack_shows)
{
	struct err e;
	const struct sample *sample = &samples[_i];
	struct pattern *p = compiled(sample->pattern);
	size_t impossible = 0;
	struct map names = MAP_INIT;
	ck_assert_msg(attack_count(p) == sample->attacks, "%s: %zu attacks", sample->pattern, attack_count(p));
	for (size_t i = 0; i < sample->attacks; i++) {
		struct map variables = some_variables();
		struct mismatch why;
		BUF_AUTO name = BUF_INIT;
		xmlDoc *doc = xml_parse(sample->stanza, strlen(sample->stanza), &e);
		attack_name(p, i, &name);
		ck_assert_msg(!map_get(&names, buf_text(&name)) || sample->attacks == 11, "twice: %s", buf_text(&name));
		map_set(&names, buf_text(&name), "");
		if (attack_apply(p, i, xml_root(doc), &variables)) {
			impossible++;
			ck_assert(pattern_match(p, xml_root(doc), &variables, NULL));
		} else {
			ck_assert_msg(!pattern_match(p, xml_root(doc), &variables, &why), "%s: %s: it still fits",
				sample->pattern, buf_text(&name));
			ck_assert_msg(strstr(why.message, attack_subject(p, i)) != NULL, "%s: '%s' does not name %s",
				buf_text(&name), why.message, attack_subject(p, i));
		}
		xmlFreeDoc(doc);
		map_release(&variables);
	}
	ck_assert_uint_eq(impossible, sample->impossible);
	map_release(&names);
	pattern_free(p);
}
END_TEST

START_TEST(an_attack_needs_a_stanza_that_fits)
{
	struct err e;
	struct map variables = some_variables();
	struct pattern *p = compiled("<message id='m1'/>");
	xmlDoc *doc = xml_parse("<message id='m2'/>", 18, &e);
	ck_assert_int_eq(attack_apply(p, 0, xml_root(doc), &variables), -1);
	ck_assert_str_eq(xml_attribute(xml_root(doc), "id"), "m2");
	xmlFreeDoc(doc);
	map_release(&variables);
	pattern_free(p);
}
END_TEST

static const char *const exemplary[] = {
	"<message/>",
	"<message id='m1' from='${jid}/{any}' xml:lang='de'><body>{some}</body></message>",
	"<iq id='{uuid}' type='{re:result|error}'><x xmlns='urn:x' when='{date}' n='{number}'/></iq>",
	"<iq id='{re:stray-[12]}' a='{re:(ab)+[^0-9]\\.c?d*}' b='{re:x{3}}' c='{not:error}' d='{absent}'/>",
	"<iq from='{self}'><x xmlns='urn:x'>{absent}</x></iq>",
	"<presence type='error' id='{re:to-nobody.*}'/>",
	"<stream:error xmlns:stream='http://etherx.jabber.org/streams'><conflict "
	"xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
};

START_TEST(examples_fit)
{
	struct err e = { .class = ERR_NONE };
	struct map variables = some_variables();
	struct pattern *p = compiled(exemplary[_i]);
	xmlDoc *doc = pattern_example(p, &variables, &e);
	ck_assert_msg(doc != NULL, "%s: %s", exemplary[_i], e.message);
	ck_assert(pattern_match(p, xml_root(doc), &variables, NULL));
	xmlFreeDoc(doc);
	map_release(&variables);
	pattern_free(p);
}
END_TEST

START_TEST(no_example_without_the_value)
{
	struct err e = { .class = ERR_NONE };
	struct map variables = MAP_INIT;
	struct pattern *p = compiled("<message id='${nobody}'/>");
	ck_assert_ptr_null(pattern_example(p, &variables, &e));
	ck_assert_int_eq(e.class, ERR_SCRIPT);
	map_release(&variables);
	pattern_free(p);
}
END_TEST

static const struct {
	const char *expression, *stanza; /* of which it is true */
	const char *names;               /* parted by spaces; a minus sign: no change of that one is seen */
} assertions[] = {
	{ "@to = 'b'", "<message to='b'/>", "@to" },
	{ "not(@type) or @type = 'normal'", "<message/>", "@type" },
	{ "x:fin[@complete = 'true' or @complete = '1']", "<iq><fin xmlns='urn:x' complete='1'/></iq>",
		"x:fin @complete" },
	{ "not(x:fin)", "<iq/>", "x:fin" },
	{ "not(//x:item[@id = 'second'])", "<iq><item xmlns='urn:x' id='first'/></iq>", "x:item @id" },
	{ "not(//x:item[starts-with(@jid, 'thief')])", "<iq/>", "x:item @jid" },
	{ "not(//x:a/x:b)", "<iq/>", "x:a x:b" },
	{ "count(x:d) = 1", "<iq><d xmlns='urn:x'/></iq>", "x:d" },
	{ "count(x:d) <= 1", "<iq/>", "-x:d" }, /* two at once would have to be put there */
	{ "string-length(@id) <= 4000", "<iq id='a'/>", "@id" },
	{ "string(x:d) != ''", "<iq><d xmlns='urn:x'>a</d></iq>", "x:d" },
	{ "not(//x:item[normalize-space()])", "<iq><item xmlns='urn:x'/></iq>", "x:item" },
	{ "x:d = 'a' or x:e = 'and or @id'", "<iq><d xmlns='urn:x'>a</d></iq>", "x:d x:e" },
	{ "@a = 1 or 1 = 1", "<iq/>", "-@a" },
	{ "x:m/@xml:lang = 'en'", "<iq><m xmlns='urn:x' xml:lang='en'/></iq>", "x:m @xml:lang" },
	{ "1 = 1", "<iq/>", "" },
};

START_TEST(assertions_see_what_they_name)
{
	struct err e;
	struct arena a = ARENA_INIT;
	struct vec found = VEC_INIT, expected = VEC_INIT;
	struct map prefixes = MAP_INIT;
	bool truth = false;
	const char *expression = assertions[_i].expression, *stanza = assertions[_i].stanza;
	map_set(&prefixes, "x", "urn:x");
	assertion_names(expression, &a, &found);
	text_words(&a, assertions[_i].names, &expected);
	ck_assert_msg(found.count == expected.count, "%s names %zu", expression, found.count);
	for (size_t i = 0; i < expected.count; i++) {
		const char *name = expected.items[i];
		bool seen = *name != '-';
		name += !seen;
		ck_assert_str_eq(found.items[i], name);
		xmlDoc *doc = xml_parse(stanza, strlen(stanza), &e);
		ck_assert_int_eq(xml_xpath(xml_root(doc), expression, &prefixes, &truth, NULL, &e), 0);
		ck_assert_msg(truth, "%s is not true at first", expression);
		ck_assert_msg((assertion_attack(xml_root(doc), expression, name, &prefixes) == 0) == seen, "%s: %s",
			expression, name);
		ck_assert_int_eq(xml_xpath(xml_root(doc), expression, &prefixes, &truth, NULL, &e), 0);
		ck_assert_msg(truth == !seen, "%s: %s", expression, name);
		xmlFreeDoc(doc);
	}
	map_release(&prefixes);
	vec_release(&found);
	vec_release(&expected);
	arena_release(&a);
}
END_TEST

Suite *suite_attack(void)
{
	Suite *s = suite_create("attack");
	TCase *c = tcase_create("all");
	tcase_add_unchecked_fixture(c, xml_start, NULL);
	tcase_add_loop_test(c, every_attack_shows, 0, (int)(sizeof samples / sizeof *samples));
	tcase_add_test(c, an_attack_needs_a_stanza_that_fits);
	tcase_add_loop_test(c, examples_fit, 0, (int)(sizeof exemplary / sizeof *exemplary));
	tcase_add_test(c, no_example_without_the_value);
	tcase_add_loop_test(c, assertions_see_what_they_name, 0, (int)(sizeof assertions / sizeof *assertions));
	suite_add_tcase(s, c);
	return s;
}
