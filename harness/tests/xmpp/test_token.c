/* Login by SASL2 with a token: FAST (XEP-0484) with and without Bind 2, against a server of ours. */
#include "base/text.h"
#include "tests/xmpp/script.h"
#include "xmpp/scram.h"
#include <openssl/hmac.h>

#define FIRST  "first-token"
#define SECOND "second-token"

static struct client c;
static struct stream_token token;

/* What the server does at each connection. */
static struct play {
	bool without_bind, without_fast, without_sasl2, binds_channel;
	bool lies, refuses, challenges;
} play;

static void set_up(void)
{
	xml_start();
	client_init(&c);
	memset(&play, 0, sizeof play);
	stream_token_init(&token);
	c.options.token = &token;
}

static void tear_down(void)
{
	client_release(&c);
	stream_token_release(&token);
}

static void say_offer(struct peer *p)
{
	BUF_AUTO xml = BUF_INIT;
	buf_add_text(&xml,
		"<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN"
		"</mechanism></mechanisms>");
	if (!play.without_sasl2) {
		buf_add_text(&xml, "<authentication xmlns='urn:xmpp:sasl:2'><mechanism>PLAIN</mechanism><inline>");
		if (!play.without_fast)
			buf_printf(&xml,
				"<fast xmlns='urn:xmpp:fast:0'>%s<mechanism>HT-SHA-256-NONE</mechanism></fast>",
				play.binds_channel ? "<mechanism>HT-SHA-256-EXPR</mechanism>" : "");
		if (!play.without_bind)
			buf_add_text(&xml, "<bind xmlns='urn:xmpp:bind:0'/>");
		buf_add_text(&xml, "</inline></authentication>");
	}
	buf_add_text(&xml, "</stream:features>");
	peer_say(p, xml.data);
}

/* `proof`: what the server proves that it knows the token with, or NULL. */
static void say_success(struct peer *p, const char *proof, size_t length, const char *next)
{
	BUF_AUTO xml = BUF_INIT;
	buf_add_text(&xml, "<success xmlns='urn:xmpp:sasl:2'>");
	if (proof) {
		buf_add_text(&xml, "<additional-data>");
		base64_encode(proof, length, &xml);
		buf_add_text(&xml, "</additional-data>");
	}
	buf_printf(&xml, "<authorization-identifier>romeo@" DOMAIN "%s</authorization-identifier>%s",
		play.without_bind ? "" : "/phone~1", play.without_bind ? "" : "<bound xmlns='urn:xmpp:bind:0'/>");
	if (next)
		buf_printf(&xml, "<token xmlns='urn:xmpp:fast:0' expiry='2030-01-01T00:00:00Z' token='%s'/>", next);
	buf_add_text(&xml, "</success>");
	peer_say(p, xml.data);
	say_features(p, "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>");
	if (!play.without_bind)
		return;
	peer_expect(p, "<resource>phone</resource></bind></iq>");
	peer_say(p,
		"<iq type='result' id='assay-bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>romeo@" DOMAIN
		"/phone</jid></bind></iq>");
}

static void hash(struct peer *p, const char *word, const char *secret, unsigned char out[32])
{
	unsigned char data[128];
	size_t length = strlen(word);
	memcpy(data, word, length);
	if (play.binds_channel) {
		SSL_export_keying_material(
			p->ssl, data + length, 32, "EXPORTER-Channel-Binding", 24, (const unsigned char *)"", 0, 1);
		length += 32;
	}
	HMAC(EVP_sha256(), secret, (int)strlen(secret), data, length, out, NULL);
}

static void expect_token(struct peer *p, const char *secret)
{
	unsigned char proof[32];
	BUF_AUTO initial = BUF_INIT;
	BUF_AUTO text = BUF_INIT;
	hash(p, "Initiator", secret, proof);
	buf_add(&initial, "romeo", 6); /* with its NUL */
	buf_add(&initial, proof, sizeof proof);
	buf_printf(&text, "mechanism='HT-SHA-256-%s'><initial-response>", play.binds_channel ? "EXPR" : "NONE");
	base64_encode(initial.data, initial.len, &text);
	buf_add_text(&text, "</initial-response><user-agent id='");
	peer_expect(p, text.data);
}

static void by_hand(struct peer *p)
{
	unsigned char proof[32];
	expect_header(p);
	peer_say(p, HEADER);
	say_offer(p);
	if (play.without_sasl2 || play.without_fast) {
		peer_expect_end(p);
		return;
	}
	if (p->turn == 0) {
		peer_expect(p,
			"<authenticate xmlns='urn:xmpp:sasl:2' mechanism='PLAIN'><initial-response>"
			"AHJvbWVvAHNlY3JldA==</initial-response><user-agent id='");
		if (!play.without_bind)
			peer_expect(p, "<bind xmlns='urn:xmpp:bind:0'><tag>phone</tag></bind>");
		peer_expect(p,
			play.binds_channel ? "<request-token xmlns='urn:xmpp:fast:0' mechanism='HT-SHA-256-EXPR'/>"
					   : "<request-token xmlns='urn:xmpp:fast:0' mechanism='HT-SHA-256-NONE'/>");
		peer_expect(p, "</authenticate>");
		say_success(p, NULL, 0, FIRST);
		play_goodbye(p);
		return;
	}
	/* The first token is good twice, and at its second use another one takes its place. */
	expect_token(p, p->turn < 3 ? FIRST : SECOND);
	peer_expect(p,
		p->turn == 2 ? "<fast xmlns='urn:xmpp:fast:0' count='2'/>"
			     : "<fast xmlns='urn:xmpp:fast:0' count='1'/>");
	peer_expect(p, "</authenticate>");
	hash(p, play.lies ? "Initiator" : "Responder", p->turn < 3 ? FIRST : SECOND, proof);
	if (play.refuses)
		peer_say(p,
			"<failure xmlns='urn:xmpp:sasl:2'><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"
			"<text>gone</text></failure>");
	else if (play.challenges)
		peer_say(p, "<challenge xmlns='urn:xmpp:sasl:2'>eA==</challenge>");
	else
		say_success(p, (const char *)proof, sizeof proof, p->turn == 2 ? SECOND : NULL);
	if (play.refuses || play.challenges || play.lies)
		peer_expect_end(p);
	else
		play_goodbye(p);
}

static void serve(int connections)
{
	static struct script script = { .stage = STAGE_NONE, .by_hand = by_hand };
	client_serve(&c, &script, connections, 0);
}

/* Logs in, and keeps what the stream leaves of the token, as a driver does. */
static void log_in(const char *address)
{
	client_start(&c);
	client_run(&c, STREAM_READY);
	ck_assert_str_eq(stream_jid(c.stream), address);
	stream_close(c.stream);
	client_run(&c, STREAM_ENDED);
	ck_assert_int_eq(stream_error(c.stream)->class, ERR_NONE);
	stream_token_copy(&token, stream_token(c.stream));
}

START_TEST(a_token_is_given_used_and_replaced)
{
	play.binds_channel = _i & 1;
	play.without_bind = _i & 2;
	const char *address = play.without_bind ? "romeo@" DOMAIN "/phone" : "romeo@" DOMAIN "/phone~1";
	serve(4);
	log_in(address);
	ck_assert_str_eq(token.secret, FIRST);
	ck_assert_str_eq(token.mechanism, play.binds_channel ? "HT-SHA-256-EXPR" : "HT-SHA-256-NONE");
	log_in(address);
	ck_assert_uint_eq(token.used, 1);
	log_in(address);
	ck_assert_str_eq(token.secret, SECOND);
	ck_assert_uint_eq(token.used, 0);
	c.options.password = NULL; /* none is needed */
	log_in(address);
	const struct stream_times *t = stream_times(c.stream);
	ck_assert(t->secured < t->authenticated &&
		(play.without_bind ? t->authenticated < t->ready : t->authenticated == t->ready));
}
END_TEST

static void fails(enum err_class class, const char *words)
{
	client_start(&c);
	client_run(&c, STREAM_ENDED);
	client_failed(&c, class, words);
	ck_assert_ptr_null(strstr(stream_error(c.stream)->message, FIRST));
}

START_TEST(a_server_that_does_not_know_the_token)
{
	play.lies = true;
	serve(2);
	log_in("romeo@" DOMAIN "/phone~1");
	fails(ERR_PROTOCOL, "does not prove that it knows the token");
}
END_TEST

START_TEST(a_token_is_refused)
{
	play.refuses = true;
	serve(2);
	log_in("romeo@" DOMAIN "/phone~1");
	fails(ERR_REFUSED, "authentication as romeo by HT-SHA-256-NONE refused: not-authorized (gone)");
}
END_TEST

START_TEST(a_challenge_to_a_token)
{
	play.challenges = true;
	serve(2);
	log_in("romeo@" DOMAIN "/phone~1");
	fails(ERR_PROTOCOL, "a challenge came in answer to a token");
}
END_TEST

START_TEST(not_offered)
{
	play.without_sasl2 = _i == 0;
	play.without_fast = _i == 1;
	serve(1);
	fails(ERR_UNSUPPORTED, _i ? "no tokens to log in with (FAST, XEP-0484)" : "no SASL2 (XEP-0388)");
}
END_TEST

Suite *suite_token(void);
Suite *suite_token(void)
{
	Suite *s = suite_create("token");
	TCase *t = tcase_create("token");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 30);
	tcase_add_loop_test(t, a_token_is_given_used_and_replaced, 0, 4);
	tcase_add_test(t, a_server_that_does_not_know_the_token);
	tcase_add_test(t, a_token_is_refused);
	tcase_add_test(t, a_challenge_to_a_token);
	tcase_add_loop_test(t, not_offered, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
