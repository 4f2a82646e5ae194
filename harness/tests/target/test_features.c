#include "base/text.h"
#include "target/target.h"
#include <check.h>
#include <string.h>

#define INFO(content) "<iq type='result'><query xmlns='http://jabber.org/protocol/disco#info'>" content "</query></iq>"

static xmlDoc *parse(const char *text)
{
	struct err e;
	xmlDoc *doc = xml_parse(text, strlen(text), &e);
	ck_assert_msg(doc != NULL, "%s", e.message);
	return doc;
}

static void add_info(struct features *f, enum disco_subject subject, const char *text)
{
	xmlDoc *doc = parse(text);
	features_add_info(f, subject, xml_root(doc));
	xmlFreeDoc(doc);
}

static void add_service(struct features *f, const char *address, const char *text)
{
	xmlDoc *doc = parse(text);
	features_add_service(f, address, xml_root(doc));
	xmlFreeDoc(doc);
}

static void add_stream(struct features *f, const char *text)
{
	xmlDoc *doc = parse(text);
	features_add_stream(f, xml_root(doc));
	xmlFreeDoc(doc);
}

static void fill(struct features *f)
{
	xml_start();
	add_info(f, DISCO_SERVER,
		INFO("<identity category='server' type='im' name='a \"name\" &amp; more'/><feature var='urn:xmpp:carbons:2'/>"
		     "<feature var='urn:xmpp:carbons:2'/><feature/><feature var=''/>"));
	add_info(f, DISCO_ACCOUNT,
		INFO("<identity category='account' type='registered'/><feature var='urn:xmpp:mam:2'/>"));
	add_info(f, DISCO_ACCOUNT, "<iq type='error'><error type='cancel'/></iq>");
	add_service(f, "irc.example.org", INFO("<identity category='conference' type='irc'/>"));
	add_service(f, "rooms.example.org",
		INFO("<identity category='conference' type='text' name='Rooms'/>"
		     "<feature var='http://jabber.org/protocol/muc'/>"));
	add_service(f, "files.example.org",
		INFO("<identity category='store' type='file'/><feature var='urn:xmpp:http:upload:0'/>"));
	add_service(f, "nodes.example.org", INFO("<identity category='pubsub' type='service'/>"));
	add_service(f, "pep.example.org", INFO("<identity category='pubsub' type='pep'/>"));
	add_service(f, "socks.example.org",
		INFO("<identity category='proxy' type='bytestreams'/>"
		     "<feature var='http://jabber.org/protocol/bytestreams'/>"));
	add_stream(f,
		"<features xmlns='http://etherx.jabber.org/streams'><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></features>");
	add_stream(f,
		"<features xmlns='http://etherx.jabber.org/streams'><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
		"<mechanism>SCRAM-SHA-1</mechanism><mechanism>PLAIN</mechanism></mechanisms></features>");
	add_stream(f,
		"<features xmlns='http://etherx.jabber.org/streams'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"
		"<sm xmlns='urn:xmpp:sm:3'/></features>");
	map_set(&f->facts, "version.name", "a \"server\"\n\xc3\xa4");
}

static void check(const struct features *f)
{
	ck_assert_uint_eq(f->server_identities.count, 1);
	ck_assert_str_eq(f->server_identities.items[0], "server/im/a \"name\" & more");
	ck_assert_uint_eq(f->server_features.count, 1);
	ck_assert(features_has(&f->server_features, "urn:xmpp:carbons:2"));
	ck_assert(!features_has(&f->server_features, "urn:xmpp:mam:2"));
	ck_assert(features_has(&f->account_features, "urn:xmpp:mam:2"));
	ck_assert_uint_eq(f->stream_features.count, 4);
	ck_assert(features_has(&f->stream_features, "urn:xmpp:sm:3"));
	ck_assert(features_has(&f->stream_features, "urn:ietf:params:xml:ns:xmpp-tls"));
	ck_assert_uint_eq(f->mechanisms.count, 2);
	ck_assert(features_has(&f->mechanisms, "SCRAM-SHA-1"));
	static const char *const kinds[][2] = { { "muc", "rooms" }, { "upload", "files" }, { "pubsub", "nodes" },
		{ "proxy", "socks" } };
	for (size_t i = 0; i < 4; i++) {
		const struct service *s = features_service(f, kinds[i][0]);
		ck_assert_msg(s && text_starts(s->address, kinds[i][1]), "%s", kinds[i][0]);
	}
	ck_assert_ptr_null(features_service(f, "gateway"));
	ck_assert_uint_eq(f->services.count, 6);
	ck_assert_str_eq(((struct service *)f->services.items[4])->kind, "");
	ck_assert_str_eq(((struct service *)f->services.items[1])->identities.items[0], "conference/text/Rooms");
	ck_assert_str_eq(map_get(&f->facts, "version.name"), "a \"server\"\n\xc3\xa4");
}

START_TEST(discovery_is_taken)
{
	struct features f = { 0 };
	fill(&f);
	check(&f);
	features_release(&f);
}
END_TEST

START_TEST(json_and_back)
{
	struct features f = { 0 }, again;
	BUF_AUTO first = BUF_INIT, second = BUF_INIT;
	struct err e;
	fill(&f);
	features_print(&f, &first);
	ck_assert_ptr_null(strchr(first.data, '\n'));
	ck_assert_msg(features_parse(&again, first.data, &e) == 0, "%s", e.message);
	check(&again);
	features_print(&again, &second);
	ck_assert_str_eq(first.data, second.data);
	features_release(&f);
	features_release(&again);
	/* Nothing at all is something, too. */
	struct features none = { 0 };
	buf_clear(&first);
	features_print(&none, &first);
	ck_assert_int_eq(features_parse(&again, first.data, &e), 0);
	ck_assert_uint_eq(again.services.count, 0);
	features_release(&again);
}
END_TEST

#define LISTS                                                                                                          \
	"\"server_identities\":[],\"server_features\":[],\"account_features\":[],\"stream_features\":[],\"mechanisms\":[]"
static const char *const nonsense[] = {
	"",
	"{",
	"[]",
	"{}",
	"null",
	"{" LISTS "}",
	"{" LISTS ",\"services\":{},\"facts\":{}}",
	"{" LISTS ",\"services\":[1],\"facts\":{}}",
	"{" LISTS ",\"services\":[{\"address\":\"x\",\"kind\":\"\"}],\"facts\":{}}",
	"{" LISTS ",\"services\":[],\"facts\":[]}",
	"{" LISTS ",\"services\":[],\"facts\":{\"a\":1}}",
	"{\"server_identities\":[1],\"server_features\":[]}",
};

START_TEST(nonsense_is_refused)
{
	struct features f;
	struct err e = { .class = ERR_NONE };
	ck_assert_int_eq(features_parse(&f, nonsense[_i], &e), -1);
	ck_assert_int_eq(e.class, ERR_INTERNAL);
}
END_TEST

Suite *suite_features(void)
{
	Suite *s = suite_create("features");
	TCase *c = tcase_create("features");
	tcase_add_test(c, discovery_is_taken);
	tcase_add_test(c, json_and_back);
	tcase_add_loop_test(c, nonsense_is_refused, 0, (int)(sizeof nonsense / sizeof *nonsense));
	suite_add_tcase(s, c);
	return s;
}
