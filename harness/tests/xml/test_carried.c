#include "xml/carried.h"
#include <check.h>
#include <string.h>

#define FORWARDED(message) "<forwarded xmlns='urn:xmpp:forward:0'>" message "</forwarded>"
#define MESSAGE            "<message xmlns='jabber:client' id='1'><x xmlns='urn:x'/></message>"
#define SPOKEN             "<message xmlns='jabber:client' id='1' type='groupchat'><x xmlns='urn:x'/></message>"

static const struct {
	const char *stanza, *way;
} stanzas[] = {
	{ MESSAGE, "direct" },
	{ SPOKEN, "room" },
	{ "<message><received xmlns='urn:xmpp:carbons:2'>" FORWARDED(MESSAGE) "</received></message>",
		"carbon-received" },
	{ "<message><sent xmlns='urn:xmpp:carbons:2'>" FORWARDED(MESSAGE) "</sent></message>", "carbon-sent" },
	{ "<message><result xmlns='urn:xmpp:mam:2'>" FORWARDED(MESSAGE) "</result></message>", "archive" },
	{ "<message><result xmlns='urn:xmpp:mam:2'>" FORWARDED(SPOKEN) "</result></message>", "archive" },
	/* Of these names only, and in these namespaces. */
	{ "<message><received xmlns='urn:xmpp:receipts'>" MESSAGE "</received></message>", "direct" },
	{ "<message><result xmlns='urn:x'>" FORWARDED(MESSAGE) "</result></message>", "direct" },
};

START_TEST(way)
{
	struct err e;
	xmlDoc *doc = xml_parse(stanzas[_i].stanza, strlen(stanzas[_i].stanza), &e);
	ck_assert_ptr_nonnull(doc);
	const xmlNode *message = carried_message(xml_find(xml_root(doc), "x", "urn:x"));
	ck_assert_ptr_nonnull(message);
	ck_assert_str_eq(xml_attribute(message, "id"), "1");
	ck_assert_ptr_eq(carried_message(message), message);
	ck_assert_str_eq(carried_way(message), stanzas[_i].way);
	xmlFreeDoc(doc);
}
END_TEST

START_TEST(no_message)
{
	struct err e;
	static const char text[] = "<iq><x xmlns='urn:x'/></iq>";
	xmlDoc *doc = xml_parse(text, strlen(text), &e);
	ck_assert_ptr_nonnull(doc);
	ck_assert_ptr_null(carried_message(xml_find(xml_root(doc), "x", "urn:x")));
	xmlFreeDoc(doc);
}
END_TEST

Suite *suite_carried(void);
Suite *suite_carried(void)
{
	Suite *suite = suite_create("carried messages");
	TCase *tcase = tcase_create("carried");
	tcase_add_unchecked_fixture(tcase, xml_start, NULL);
	tcase_add_loop_test(tcase, way, 0, sizeof stanzas / sizeof *stanzas);
	tcase_add_test(tcase, no_message);
	suite_add_tcase(suite, tcase);
	return suite;
}
