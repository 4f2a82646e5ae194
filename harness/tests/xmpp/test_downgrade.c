/* The hash of what is offered; the figures come from another implementation of the digests. */
#include "xmpp/downgrade.h"
#include <check.h>
#include <string.h>

#define STREAM "<f xmlns='http://etherx.jabber.org/streams'>"
#define SASL1                                                                                                          \
	"<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>SCRAM-SHA-1-PLUS</mechanism>"                 \
	"<mechanism>PLAIN</mechanism><mechanism>SCRAM-SHA-1</mechanism></mechanisms>"
#define SASL2                                                                                                          \
	"<authentication xmlns='urn:xmpp:sasl:2'><mechanism>SCRAM-SHA-256</mechanism><inline/>"                        \
	"<mechanism>PLAIN</mechanism></authentication>"
#define BINDINGS                                                                                                       \
	"<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'><channel-binding type='tls-server-end-point'/>"              \
	"<channel-binding type='tls-exporter'/></sasl-channel-binding>"

static const struct {
	const char *features, *mechanism, *hash;
	bool sasl2;
} offers[] = {
	{ STREAM SASL1 "</f>", "SCRAM-SHA-1", "9k5rtNMrc6wvmajOov2DJTojHsk=", false },
	{ STREAM SASL1 SASL2 BINDINGS "</f>", "SCRAM-SHA-1-PLUS", "jTVU7uPD07fZ33V/HeZns9/Ch/0=", false },
	{ STREAM SASL1 SASL2 BINDINGS "</f>", "SCRAM-SHA-256", "2h4QSft1xwNKgTR9e/lxeNccXJfPp3JsxssYHef42UE=", true },
	{ STREAM SASL2 "<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'/></f>", "SCRAM-SHA-256",
		"UzQajgapjuoNRETKCNV1g1zapAbBiaY9mIhExQJWVpQ=", true },
};

START_TEST(what_is_offered)
{
	struct err e;
	BUF_AUTO hash = BUF_INIT;
	xmlDoc *doc = xml_parse(offers[_i].features, strlen(offers[_i].features), &e);
	ck_assert_int_eq(downgrade_hash(xml_root(doc), offers[_i].sasl2, offers[_i].mechanism, &hash, &e), 0);
	ck_assert_str_eq(buf_text(&hash), offers[_i].hash);
	xmlFreeDoc(doc);
}
END_TEST

START_TEST(a_mechanism_without_a_digest)
{
	struct err e;
	BUF_AUTO hash = BUF_INIT;
	xmlDoc *doc = xml_parse(STREAM "</f>", strlen(STREAM "</f>"), &e);
	ck_assert_int_eq(downgrade_hash(xml_root(doc), false, "PLAIN", &hash, &e), -1);
	ck_assert_int_eq(e.class, ERR_UNSUPPORTED);
	xmlFreeDoc(doc);
}
END_TEST

Suite *suite_downgrade(void)
{
	Suite *suite = suite_create("downgrade");
	TCase *t = tcase_create("downgrade");
	tcase_add_loop_test(t, what_is_offered, 0, (int)(sizeof offers / sizeof *offers));
	tcase_add_test(t, a_mechanism_without_a_digest);
	suite_add_tcase(suite, t);
	return suite;
}
