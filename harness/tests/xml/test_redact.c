/* No secret leaves: by meaning and by value. */
#include "xml/redact.h"
#include <check.h>
#include <string.h>

static void set_up(void)
{
	xml_start();
	redact_secret("pa<ss>&word", "romeo");
}

static void tear_down(void)
{
	redact_forget_all();
}

static const struct {
	const char *stanza, *printed;
} meanings[] = {
	{ "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AHgAeQ==</auth>",
		"mechanism='PLAIN'>[redacted]<" },
	{ "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>cj1h</challenge>", ">[redacted]<" },
	{ "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>cj1h</response>", ">[redacted]<" },
	{ "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>dj1h</success>", ">[redacted]<" },
	{ "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><text>no</text></failure>", "<text>no</text>" },
	{ "<iq><query xmlns='jabber:iq:register'><username>x</username><password>y</password></query></iq>",
		"<username>x</username><password>[redacted]</password>" },
	{ "<x xmlns='jabber:x:data'><field var='new_password'><value>y</value></field></x>",
		"<value>[redacted]</value>" },
	{ "<x xmlns='jabber:x:data'><field type='text-private' var='a'><value>y</value></field></x>",
		"<value>[redacted]</value>" },
	{ "<x xmlns='jabber:x:data'><field var='a'><value>y</value></field></x>", "<value>y</value>" },
	{ "<handshake xmlns='jabber:component:accept'>abc</handshake>", ">[redacted]<" },
	{ "<token xmlns='urn:xmpp:fast:0' token='abc'/>", "token='[redacted]'" },
	{ "<authenticate xmlns='urn:xmpp:sasl:2'><initial-response>abc</initial-response></authenticate>",
		">[redacted]<" },
};

START_TEST(by_meaning)
{
	struct err e;
	BUF_AUTO out = BUF_INIT;
	xmlDoc *doc = xml_parse(meanings[_i].stanza, strlen(meanings[_i].stanza), &e);
	redact_print(xml_root(doc), &out);
	ck_assert_msg(strstr(out.data, meanings[_i].printed), "%s: no %s", out.data, meanings[_i].printed);
	xmlFreeDoc(doc);
	buf_clear(&out);
	redact_bytes(meanings[_i].stanza, &out);
	ck_assert_msg(strstr(out.data, meanings[_i].printed), "%s: no %s", out.data, meanings[_i].printed);
}
END_TEST

/* What is sent by hand is shown as it is, unless it holds a secret. */
START_TEST(by_hand)
{
	BUF_AUTO out = BUF_INIT;
	redact_bytes("<a  b = \"c\" ></a>", &out);
	ck_assert_str_eq(out.data, "<a  b = \"c\" ></a>");
	buf_clear(&out);
	redact_bytes("<a>pa&lt;ss&gt;&amp;word", &out);
	ck_assert_str_eq(out.data, "<a>[redacted]");
}
END_TEST

/* Plain, escaped for XML, in base64 alone and as SASL PLAIN sends it, percent-encoded. */
static const char *const values[] = { "x pa<ss>&word y", "<body>pa&lt;ss&gt;&amp;word</body>", "x cGE8c3M+JndvcmQ= y",
	"AHJvbWVvAHBhPHNzPiZ3b3Jk", "/?p=pa%3Css%3E%26word", "pa<ss>&wordpa<ss>&word" };

START_TEST(by_value)
{
	struct buf text = BUF_INIT;
	buf_add_text(&text, values[_i]);
	redact_text(&text);
	ck_assert_msg(strstr(text.data, "[redacted]"), "%s", text.data);
	ck_assert_ptr_null(strstr(text.data, "word"));
	ck_assert_ptr_null(strstr(text.data, "cGE8c3M"));
	ck_assert_ptr_null(strstr(text.data, "dvcm"));
	buf_release(&text);
}
END_TEST

START_TEST(a_token_once_seen)
{
	struct err e;
	BUF_AUTO printed = BUF_INIT, text = BUF_INIT;
	static const char token[] = "<token xmlns='urn:xmpp:fast:0' token='secret-token'/>";
	xmlDoc *doc = xml_parse(token, strlen(token), &e);
	redact_print(xml_root(doc), &printed);
	xmlFreeDoc(doc);
	buf_add_text(&text, "'secret-token' and 'other' differ");
	redact_text(&text);
	ck_assert_str_eq(text.data, "'[redacted]' and 'other' differ");
}
END_TEST

START_TEST(short_secrets_are_ignored)
{
	struct buf text = BUF_INIT;
	redact_secret("abc", NULL);
	buf_add_text(&text, "abcabc");
	redact_text(&text);
	ck_assert_str_eq(text.data, "abcabc");
	buf_release(&text);
}
END_TEST

Suite *suite_redact(void)
{
	Suite *s = suite_create("redact");
	TCase *c = tcase_create("all");
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_loop_test(c, by_meaning, 0, (int)(sizeof meanings / sizeof *meanings));
	tcase_add_loop_test(c, by_value, 0, (int)(sizeof values / sizeof *values));
	tcase_add_test(c, by_hand);
	tcase_add_test(c, a_token_once_seen);
	tcase_add_test(c, short_secrets_are_ignored);
	suite_add_tcase(s, c);
	return s;
}
