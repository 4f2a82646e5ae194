#include "base/text.h"
#include "target/target.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

#define META(links)           "<?xml version='1.0'?><XRD xmlns='http://docs.oasis-open.org/ns/xri/xrd-1.0'>" links "</XRD>"
#define LINK(relation, place) "<Link rel='urn:xmpp:alt-connections:" relation "' href='" place "'/>"

static const struct {
	const char *document;
	enum transport transport;
	const char *url;
} documents[] = {
	{ META(LINK("xbosh", "https://a.test/b") LINK("websocket", "wss://a.test/w")), TRANSPORT_WEBSOCKET,
		"wss://a.test/w" },
	{ META(LINK("xbosh", "https://a.test/b") LINK("websocket", "wss://a.test/w")), TRANSPORT_BOSH,
		"https://a.test/b" },
	/* What would go in the clear is not taken, nor is a scheme that does not fit. */
	{ META(LINK("websocket", "ws://a.test/w")), TRANSPORT_WEBSOCKET, NULL },
	{ META(LINK("websocket", "ws://a.test/w") LINK("websocket", "wss://a.test/2")), TRANSPORT_WEBSOCKET,
		"wss://a.test/2" },
	{ META(LINK("xbosh", "http://a.test/b")), TRANSPORT_BOSH, NULL },
	{ META(LINK("xbosh", "wss://a.test/b")), TRANSPORT_BOSH, NULL },
	{ META("<Link rel='lrdd' href='https://a.test/'/>"), TRANSPORT_BOSH, NULL },
	{ "<XRD>" LINK("xbosh", "https://a.test/b") "</XRD>", TRANSPORT_BOSH, NULL },
	{ "<html><body>404</body></html>", TRANSPORT_BOSH, NULL },
	{ "<XRD xmlns='http://docs.oasis-open.org/ns/xri/xrd-1.0'>" LINK("xbosh", "https://a.test/b"), TRANSPORT_BOSH,
		NULL },
	{ "", TRANSPORT_BOSH, NULL },
	/* A document of the web may have comments; a type of its own is not read. */
	{ META("<!-- ours -->" LINK("xbosh", "https://a.test/b")), TRANSPORT_BOSH, "https://a.test/b" },
	{ "<!DOCTYPE XRD><XRD xmlns='http://docs.oasis-open.org/ns/xri/xrd-1.0'>" LINK(
		  "xbosh", "https://a.test/b") "</XRD>",
		TRANSPORT_BOSH, NULL },
};

START_TEST(host_meta_names_the_ways)
{
	AUTO_TEXT url =
		target_read_host_meta(documents[_i].document, strlen(documents[_i].document), documents[_i].transport);
	ck_assert_pstr_eq(url, documents[_i].url);
}
END_TEST

START_TEST(transports_that_a_target_lacks)
{
	struct target t = { .name = "here", .domain = "a.test", .host = "127.0.0.1", .port = 5222 };
	struct err e;
	ck_assert_int_eq(target_choose_transport(&t, NULL, &e), 0);
	ck_assert_int_eq(t.transport, TRANSPORT_STARTTLS);
	ck_assert_int_eq(target_choose_transport(&t, "direct", &e), -1);
	ck_assert_int_eq(e.class, ERR_UNSUPPORTED);
	ck_assert_ptr_nonnull(strstr(e.message, "direct-port"));
	ck_assert_int_eq(target_choose_transport(&t, "pigeon", &e), -1);
	ck_assert_int_eq(e.class, ERR_USAGE);
	t.bosh = "https://a.test/b";
	ck_assert_int_eq(target_choose_transport(&t, "bosh", &e), 0);
	ck_assert_str_eq(target_url(&t, t.transport), "https://a.test/b");
	t.port = 0;
	t.direct_port = 5223;
	ck_assert_int_eq(target_choose_transport(&t, NULL, &e), 0);
	ck_assert_int_eq(t.transport, TRANSPORT_DIRECT);
	ck_assert_int_eq(target_choose_transport(&t, "starttls", &e), -1);
}
END_TEST

Suite *suite_web(void);
Suite *suite_web(void)
{
	Suite *s = suite_create("web");
	TCase *t = tcase_create("web");
	tcase_add_loop_test(t, host_meta_names_the_ways, 0, (int)(sizeof documents / sizeof *documents));
	tcase_add_test(t, transports_that_a_target_lacks);
	suite_add_tcase(s, t);
	return s;
}
