#include "xml/capabilities.h"
#include "xml/xml.h"
#include <check.h>
#include <string.h>

#define QUERY(content) "<query xmlns='http://jabber.org/protocol/disco#info'>" content "</query>"
#define EXODUS                                                                                                         \
	"<identity category='client' name='Exodus 0.9.1' type='pc'/><feature var='http://jabber.org/protocol/muc'/>"   \
	"<feature var='http://jabber.org/protocol/caps'/><feature var='http://jabber.org/protocol/disco#items'/>"      \
	"<feature var='http://jabber.org/protocol/disco#info'/>"
#define PSI                                                                                                            \
	"<identity xml:lang='en' category='client' name='Psi 0.11' type='pc'/>"                                        \
	"<identity xml:lang='el' category='client' name='\xce\xa8 0.11' type='pc'/>"                                   \
	"<feature var='http://jabber.org/protocol/caps'/><feature var='http://jabber.org/protocol/disco#info'/>"       \
	"<feature var='http://jabber.org/protocol/disco#items'/><feature var='http://jabber.org/protocol/muc'/>"
#define FIELD(name, values) "<field var='" name "'>" values "</field>"
#define VALUE(text)         "<value>" text "</value>"
#define FORM(kind)                                                                                                     \
	"<x xmlns='jabber:x:data' type='result'>" FIELD("software", VALUE("Psi")) FIELD("ip_version",                  \
		VALUE("ipv6") VALUE("ipv4")) "<field var='FORM_TYPE'" kind                                             \
					     "><value>urn:xmpp:dataforms:softwareinfo</value></field>" FIELD(          \
						     "os", VALUE("Mac")) FIELD("os_version", VALUE("10.5.1"))          \
						     FIELD("software_version", VALUE("0.11")) "</x>"

static const struct {
	const char *query, *algorithm, *hash;
} answers[] = {
	/* The two hashes that XEP-0115 gives, in sections 5.2 and 5.3. */
	{ QUERY(EXODUS), "sha-1", "QgayPKawpkPSDYmwT/WM94uAlu0=" },
	{ QUERY(PSI FORM(" type='hidden'")), "sha-1", "q07IKJEyjvHSyhy//CH0CxmKi8w=" },
	/* By sha1sum of `client/pc//<` and the features, of which one begins the other. */
	{ QUERY("<identity category='client' type='pc'/><feature var='urn:a#b'/><feature var='urn:a'/>"), "sha-1",
		"PF1/3CnFVJbeMPtr7KjpZLU4iAg=" },
	/* A form without a hidden type does not count. */
	{ QUERY(EXODUS FORM("")), "sha-1", "QgayPKawpkPSDYmwT/WM94uAlu0=" },
	{ QUERY(EXODUS), "sha-256", "Wr6IGEKhx6b9627gBmi/cCmpxXBc/GYq5zWuYfWGWoc=" },
	{ QUERY(EXODUS), "sha3-256", "GTtv1IDf4A/AUFSA/oZGBx5zGqFrUuvrffBWUebXFjo=" },
	{ QUERY(EXODUS), "none", "" },
};

START_TEST(hash)
{
	struct err e;
	BUF_AUTO out = BUF_INIT;
	xmlDoc *doc = xml_parse(answers[_i].query, strlen(answers[_i].query), &e);
	ck_assert_ptr_nonnull(doc);
	capabilities_hash(xml_root(doc), answers[_i].algorithm, &out);
	ck_assert_str_eq(buf_text(&out), answers[_i].hash);
	xmlFreeDoc(doc);
}
END_TEST

START_TEST(in_an_expression)
{
	struct err e;
	bool truth;
	static const char text[] = "<iq xmlns='jabber:client'>" QUERY(EXODUS) "</iq>";
	static const struct {
		const char *expression;
		bool fine, truth;
	} expressions[] = {
		{ "capabilities-hash(/*/*, 'sha-1') = 'QgayPKawpkPSDYmwT/WM94uAlu0='", true, true },
		{ "capabilities-hash(/nothing, 'sha-1') = ''", true, true },
		{ "capabilities-hash(/*/*)", false, false },
		{ "capabilities-hash('text', 'sha-1')", false, false },
	};
	xmlDoc *doc = xml_parse(text, strlen(text), &e);
	for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++) {
		int fault = xml_xpath(xml_root(doc), expressions[i].expression, NULL, &truth, NULL, &e);
		ck_assert_int_eq(fault == 0, expressions[i].fine);
		if (!fault)
			ck_assert_int_eq(truth, expressions[i].truth);
	}
	xmlFreeDoc(doc);
}
END_TEST

Suite *suite_capabilities(void)
{
	Suite *s = suite_create("capabilities");
	TCase *t = tcase_create("all");
	tcase_add_checked_fixture(t, xml_start, NULL);
	tcase_add_loop_test(t, hash, 0, sizeof answers / sizeof *answers);
	tcase_add_test(t, in_an_expression);
	suite_add_tcase(s, t);
	return s;
}
