/* Streams: whole stanzas out of bytes in any parts, and what RFC 6120 section 11 forbids is refused. */
#include "base/text.h"
#include "xml/xml.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

#define HEADER                                                                                                         \
	"<?xml version='1.0'?><stream:stream xmlns='jabber:client' "                                                   \
	"xmlns:stream='http://etherx.jabber.org/streams' id='1' version='1.0'>"

static struct xml_reader *reader;

static void set_up(void)
{
	xml_start();
	reader = xml_reader_new(NULL);
}

static void tear_down(void)
{
	xml_reader_free(reader);
}

static int feed(const char *text, struct err *e)
{
	return xml_reader_feed(reader, text, strlen(text), e);
}

static void expect_event(enum xml_event_kind kind, const char *printed)
{
	struct xml_event event;
	BUF_AUTO text = BUF_INIT;
	ck_assert(xml_reader_next(reader, &event));
	ck_assert_int_eq(event.kind, kind);
	if (printed) {
		xml_print(xml_root(event.doc), &text);
		ck_assert_str_eq(text.data, printed);
	}
	xmlFreeDoc(event.doc);
}

static void expect_nothing(void)
{
	struct xml_event event;
	ck_assert(!xml_reader_next(reader, &event));
}

static const char session[] = HEADER
	" <message id='1'><body>a &amp; b</body></message>\n"
	"<r xmlns='urn:xmpp:sm:3'/><stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>";

static void expect_session(void)
{
	expect_event(XML_STREAM_OPEN, NULL);
	expect_event(XML_STANZA, "<message xmlns='jabber:client' id='1'><body>a &amp; b</body></message>");
	expect_event(XML_STANZA, "<r xmlns='urn:xmpp:sm:3'/>");
	expect_event(XML_STANZA,
		"<stream:error xmlns:stream='http://etherx.jabber.org/streams'>"
		"<conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>");
	expect_event(XML_STREAM_CLOSE, NULL);
	expect_nothing();
}

START_TEST(whole)
{
	struct err e;
	ck_assert_int_eq(feed(session, &e), 0);
	expect_session();
}
END_TEST

START_TEST(byte_by_byte)
{
	struct err e;
	for (const char *at = session; *at; at++)
		ck_assert_int_eq(xml_reader_feed(reader, at, 1, &e), 0);
	expect_session();
}
END_TEST

START_TEST(prompt)
{
	/* A stanza is handed over with its last byte, not with the first of the next one. */
	struct err e;
	ck_assert_int_eq(feed(HEADER, &e), 0);
	expect_event(XML_STREAM_OPEN, NULL);
	ck_assert_int_eq(feed("<presence/>", &e), 0);
	expect_event(XML_STANZA, "<presence xmlns='jabber:client'/>");
	ck_assert_int_eq(feed("<message><body>x</body></message", &e), 0);
	expect_nothing();
	ck_assert_int_eq(feed(">", &e), 0);
	expect_event(XML_STANZA, "<message xmlns='jabber:client'><body>x</body></message>");
}
END_TEST

START_TEST(restart)
{
	struct err e;
	ck_assert_int_eq(feed(HEADER "<a/><b/>", &e), 0);
	xml_reader_reset(reader);
	expect_nothing();
	ck_assert_int_eq(feed(session, &e), 0);
	expect_session();
}
END_TEST

START_TEST(prefixes)
{
	struct err e;
	xmlDoc *doc;
	struct xml_event event;
	ck_assert_int_eq(feed("<x:stream xmlns:x='http://etherx.jabber.org/streams' xmlns:c='jabber:client'>"
			      "<c:message xml:lang='de' c:y='1'><z xmlns='urn:z'/></c:message>",
				 &e),
		0);
	expect_event(XML_STREAM_OPEN, NULL);
	ck_assert(xml_reader_next(reader, &event));
	doc = event.doc;
	ck_assert(xml_is(xml_root(doc), "message", NS_CLIENT));
	ck_assert_str_eq(xml_lang(xml_root(doc)), "de");
	ck_assert_ptr_null(xml_attribute(xml_root(doc), "y"));
	ck_assert_ptr_nonnull(xml_child(xml_root(doc), "z", "urn:z"));
	xmlFreeDoc(doc);
}
END_TEST

/* What was taken out needs nothing of the stream: not its names, not what it has declared. */
START_TEST(outlives_the_reader)
{
	struct err e;
	struct xml_event event;
	BUF_AUTO text = BUF_INIT;
	ck_assert_int_eq(
		feed(HEADER "<stream:a xml:lang='de' stream:b='1'><c/><stream:d xmlns:stream='urn:other'/></stream:a>",
			&e),
		0);
	expect_event(XML_STREAM_OPEN, NULL);
	ck_assert(xml_reader_next(reader, &event));
	xml_reader_free(reader);
	reader = NULL;
	ck_assert_str_eq(xml_lang(xml_root(event.doc)), "de");
	xml_print(xml_root(event.doc), &text);
	ck_assert_str_eq(text.data,
		"<stream:a xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client' xml:lang='de' stream:b='1'>"
		"<c/><stream:d xmlns:stream='urn:other'/></stream:a>");
	xmlFreeDoc(event.doc);
}
END_TEST

START_TEST(printed_and_read_again)
{
	static const char *const texts[] = {
		"<message xmlns='jabber:client' to='a&amp;b&apos;c'><body>&lt;&gt; \xc3\xa4</body></message>",
		"<iq xmlns='jabber:client'><q xmlns='urn:q'><i a='1'/><i xmlns='urn:r'/></q></iq>"
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct err e;
		BUF_AUTO once = BUF_INIT;
		BUF_AUTO twice = BUF_INIT;
		xmlDoc *doc = xml_parse(texts[i], strlen(texts[i]), &e);
		ck_assert_ptr_nonnull(doc);
		xml_print(xml_root(doc), &once);
		xmlFreeDoc(doc);
		doc = xml_parse(once.data, once.len, &e);
		xml_print(xml_root(doc), &twice);
		xmlFreeDoc(doc);
		ck_assert_str_eq(once.data, twice.data);
	}
}
END_TEST

static const struct {
	const char *text, *message, *condition;
} forbidden[] = {
	{ "<!DOCTYPE a [<!ENTITY b 'c'>]>", "document type", "restricted-xml" },
	{ HEADER "<message><!-- x --></message>", "comment", "restricted-xml" },
	{ HEADER "<!-- x -->", "comment", "restricted-xml" },
	{ HEADER "<message><?x y?></message>", "processing instruction", "restricted-xml" },
	{ HEADER "<message>&nbsp;</message>", "", "restricted-xml" },
	{ HEADER "<message><body></message>", "not well-formed", "not-well-formed" },
	{ HEADER "<message a='1' a='2'/>", "not well-formed", "not-well-formed" },
	{ HEADER "<message><body>\xc3\x28</body></message>", "not well-formed", "not-well-formed" },
	{ HEADER "<message><body>\xff</body></message>", "not well-formed", "not-well-formed" },
	{ HEADER "<message><body>\xed\xa0\x80</body></message>", "not well-formed", "not-well-formed" },
	{ HEADER "<message><body>&#0;</body></message>", "not well-formed", "not-well-formed" },
	{ HEADER "<message><body>\x01</body></message>", "not well-formed", "not-well-formed" },
	{ HEADER "<x:message/>", "prefix is not declared", "not-well-formed" },
	{ HEADER " hello <message/>", "text between the elements", "bad-format" },
	{ HEADER "<![CDATA[x]]><message/>", "text between the elements", "bad-format" },
	{ HEADER "<message x:a='1'/>", "prefix is not declared", "not-well-formed" },
	{ HEADER "<message xmlns:x='urn:x' xmlns:y='urn:x' x:a='1' y:a='1'/>", "attribute is there twice",
		"not-well-formed" },
	{ "SSH-2.0-OpenSSH_9.2\r\n", "not well-formed", "not-well-formed" },
};

START_TEST(refused)
{
	struct err e = { .class = ERR_NONE };
	if (feed(forbidden[_i].text, &e) == 0)
		ck_assert_msg(feed("</stream:stream>", &e) != 0, "%s was taken", forbidden[_i].text);
	ck_assert_int_eq(e.class, ERR_PROTOCOL);
	ck_assert_msg(
		strstr(e.message, forbidden[_i].message), "'%s', expected '%s'", e.message, forbidden[_i].message);
	ck_assert_str_eq(xml_reader_condition(reader), forbidden[_i].condition);
	ck_assert_int_eq(feed("<a/>", &e), -1); /* and nothing more is taken */
}
END_TEST

START_TEST(bad_byte_over_two_feeds)
{
	struct err e;
	ck_assert_int_eq(feed(HEADER "<message><body>\xc3", &e), 0);
	ck_assert(feed("\x28</body></message><presence/>", &e) != 0);
}
END_TEST

START_TEST(billion_laughs)
{
	struct err e;
	ck_assert(feed("<!DOCTYPE s [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;'>]>"
		       "<stream:stream xmlns:stream='http://etherx.jabber.org/streams'><x>&c;</x>",
			  &e) != 0);
}
END_TEST

START_TEST(endless)
{
	struct err e;
	struct xml_limits limits = { .stanza_bytes = 100000 };
	xml_reader_free(reader);
	reader = xml_reader_new(&limits);
	ck_assert_int_eq(feed(HEADER "<message><body>", &e), 0);
	int result = 0;
	size_t fed = 0;
	char part[1000];
	memset(part, 'x', sizeof part);
	while (result == 0 && fed < 1000000) {
		result = xml_reader_feed(reader, part, sizeof part, &e);
		fed += sizeof part;
	}
	ck_assert_int_eq(result, -1);
	ck_assert_uint_lt(fed, 120000);
	ck_assert_ptr_nonnull(strstr(e.message, "100000"));
}
END_TEST

START_TEST(deep)
{
	struct err e;
	int result = feed(HEADER, &e);
	for (int i = 0; i < 200 && result == 0; i++)
		result = feed("<a>", &e);
	ck_assert_int_eq(result, -1);
	ck_assert_ptr_nonnull(strstr(e.message, "deep"));
}
END_TEST

Suite *suite_reader(void)
{
	Suite *s = suite_create("reader");
	TCase *c = tcase_create("all");
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, whole);
	tcase_add_test(c, byte_by_byte);
	tcase_add_test(c, outlives_the_reader);
	tcase_add_test(c, prompt);
	tcase_add_test(c, restart);
	tcase_add_test(c, prefixes);
	tcase_add_test(c, printed_and_read_again);
	tcase_add_loop_test(c, refused, 0, (int)(sizeof forbidden / sizeof *forbidden));
	tcase_add_test(c, bad_byte_over_two_feeds);
	tcase_add_test(c, billion_laughs);
	tcase_add_test(c, endless);
	tcase_add_test(c, deep);
	suite_add_tcase(s, c);
	return s;
}
