/* Scripts of scansion become the same tree. */
#include "script_file.h"
#include <check.h>
#include <string.h>

#define HEAD                                                                                                                               \
	"# Carbons\n# of a kind\n## carbons\n## slow: yes\n\n[Client] Romeo\n\tjid: romeo@localhost\n\tpassword: secret\n\n"               \
	"[Client] Juliet's phone\n\tjid: juliet@localhost/phone\n\tpassword: secret\n\n[Client] Juliet's PC\n\tjid: juliet@localhost/pc\n" \
	"\tpassword: secret\n\n-----\n\n"

static const char *told;

static struct scenario *load(const char *text)
{
	struct scenario *s = script_load("My Test.scs", text, &told);
	ck_assert_msg(s != NULL, "%s", told);
	return s;
}

START_TEST(tree)
{
	struct scenario *s = load(HEAD
		"Romeo connects\n\n// a comment\n-- another\nJuliet's phone connects\n\n"
		"Romeo sends:\n\t<message to=\"${Juliet's phone's full JID}\" type=\"chat\">\n\t\t<body>{x} conference.localhost a@rooms.localhost</body>\n"
		"\t</message>\n\nJuliet's phone receives:\n\t<message from=\"${Romeo's full JID}\" id=\"{scansion:capture:the id}\">\n\t\t<body/>\n"
		"\t</message>\n\nJuliet's phone sends:\n\t<message to=\"romeo@localhost\" id=\"${the id}\"/>\n\nRomeo disconnects\n");
	ck_assert(s->scansion);
	ck_assert_str_eq(s->id, "scansion/my-test");
	ck_assert_str_eq(s->title, "Carbons");
	ck_assert_str_eq(s->tags[0], "carbons");
	ck_assert_uint_eq(s->account_count, 2);
	ck_assert_str_eq(s->actors[1].name, "juliet-s-phone");
	ck_assert_str_eq(s->actors[1].resource, "phone");
	ck_assert_ptr_eq(s->actors[1].account, s->actors[2].account);
	ck_assert_uint_eq(s->step_count, 6);
	const xmlNode *sent = xml_root(s->steps[2].elements[0]);
	ck_assert_str_eq(xml_attribute(sent, "to"), "${juliet-s-phone.jid}");
	ck_assert(xml_has_text(sent, "{x} ${muc} a@${muc}"));
	ck_assert(s->steps[3].next);
	ck_assert_str_eq(xml_attribute(xml_root(s->steps[4].elements[0]), "to"), "${romeo.bare}");
	ck_assert_str_eq(xml_attribute(xml_root(s->steps[4].elements[0]), "id"), "${the-id}");
	ck_assert_int_eq(s->steps[5].kind, STEP_DISCONNECTS);
	scenario_free(s);
}
END_TEST

static bool fits(const char *expected, const char *stanza)
{
	struct err e;
	struct map variables = MAP_INIT;
	AUTO_TEXT text = memory_printf(HEAD "Romeo connects\nRomeo receives:\n\t%s\n", expected);
	struct scenario *s = load(text);
	xmlDoc *doc = xml_parse(stanza, strlen(stanza), &e);
	ck_assert_ptr_nonnull(doc);
	bool result = pattern_match(s->steps[1].expectations[0].pattern, xml_root(doc), &variables, NULL);
	xmlFreeDoc(doc);
	scenario_free(s);
	map_release(&variables);
	return result;
}

START_TEST(strictness)
{
	/* the default namespace is open */
	ck_assert(fits("<message><body>x</body></message>", "<message a='1'><body b='1'>x</body><c/></message>"));
	/* a namespace of its own is strict, children too */
	ck_assert(fits("<iq><q xmlns='urn:q'><i a='1'/></q></iq>", "<iq><q xmlns='urn:q'><i a='1'/></q></iq>"));
	ck_assert(!fits("<iq><q xmlns='urn:q'><i a='1'/></q></iq>", "<iq><q xmlns='urn:q'><i a='1' b='1'/></q></iq>"));
	ck_assert(!fits("<iq><q xmlns='urn:q'><i a='1'/></q></iq>", "<iq><q xmlns='urn:q'><i a='1'/><j/></q></iq>"));
	/* an attribute overrides, each element for itself */
	ck_assert(fits("<iq><q xmlns='urn:q' scansion:strict='false'><i a='1'/></q></iq>",
		"<iq><q xmlns='urn:q' c='1'><i a='1'/></q></iq>"));
	ck_assert(!fits("<iq scansion:strict='true'/>", "<iq a='1'/>"));
	/* an empty element under a strict parent matches one with text */
	ck_assert(fits("<iq><q xmlns='urn:q'><t></t></q></iq>", "<iq><q xmlns='urn:q'><t>text</t></q></iq>"));
	/* any: there, whatever it is */
	ck_assert(fits("<iq id='{scansion:any}'/>", "<iq id='7'/>"));
	ck_assert(!fits("<iq id='{scansion:any}'/>", "<iq/>"));
	/* braces that are nobody's */
	ck_assert(fits("<message><body>{any}</body></message>", "<message><body>{any}</body></message>"));
	ck_assert(!fits("<message><body>{any}</body></message>", "<message><body>x</body></message>"));
}
END_TEST

START_TEST(nothing)
{
	struct scenario *s = load(HEAD "Romeo connects\nRomeo receives: nothing\n");
	ck_assert_int_eq(s->steps[1].kind, STEP_NEVER);
	ck_assert_uint_eq(s->steps[1].expectation_count, 3);
	scenario_free(s);
}
END_TEST

START_TEST(addresses)
{
	struct vec errors = VEC_INIT;
	struct map map = MAP_INIT;
	map_set(&map, "romeo@localhost", "alice");
	const char *path = script_file(
		"map.scs", HEAD "Romeo connects\nRomeo sends:\n\t<iq to='localhost' from='romeo@localhost/x'/>\n");
	struct scenario *s = scenario_load(path, &map, &errors);
	ck_assert_ptr_nonnull(s);
	ck_assert_str_eq(s->accounts[0].name, "alice");
	const xmlNode *iq = xml_root(s->steps[1].elements[0]);
	ck_assert_str_eq(xml_attribute(iq, "to"), "${domain}");
	ck_assert_str_eq(xml_attribute(iq, "from"), "${alice.bare}/x");
	scenario_free(s);
	map_release(&map);
	vec_release(&errors);
}
END_TEST

static const struct {
	const char *text, *where, *message;
} faults[] = {
	{ "[Client] A\n\tjid: a@b\n", "", "five or more hyphens" },
	{ "-----\n", "1:1", "no [Client]" },
	{ "[Client] A\n\tpassword: x\n-----\n", "1:1", "no jid" },
	{ "[Client] A\n\tjdi: x\n-----\n", "2:1", "no key" },
	{ "nonsense\n-----\n", "1:1", "expected [Client]" },
	{ HEAD "Mercutio connects\n", "20:1", "expected `NAME connects`" },
	{ HEAD "Romeo dances\n", "20:7", "expected connects" },
	{ HEAD "Romeo sends:\n", "20:7", "expected an indented stanza" },
	{ HEAD "Romeo sends:\n\t<a>\n", "21:", "not well-formed" },
	{ HEAD "\t<a/>\n", "20:1", "without an action" },
};

START_TEST(fault)
{
	ck_assert_ptr_null(script_load("x.scs", faults[_i].text, &told));
	ck_assert_msg(strncmp(told, faults[_i].where, strlen(faults[_i].where)) == 0, "at %s, expected %s", told,
		faults[_i].where);
	ck_assert_msg(strstr(told, faults[_i].message), "%s", told);
}
END_TEST

Suite *suite_scansion(void)
{
	Suite *s = suite_create("scansion");
	TCase *c = tcase_create("all");
	tcase_add_checked_fixture(c, script_folder_make, script_folder_remove);
	tcase_add_test(c, tree);
	tcase_add_test(c, strictness);
	tcase_add_test(c, nothing);
	tcase_add_test(c, addresses);
	tcase_add_loop_test(c, fault, 0, (int)(sizeof faults / sizeof *faults));
	suite_add_tcase(s, c);
	return s;
}
