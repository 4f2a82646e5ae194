/* The stream against a scripted server: what goes right, and everything that can go wrong on the way. */
#include "tests/xmpp/script.h"

static struct client c;

static void set_up(void)
{
	xml_start();
	client_init(&c);
}

static void tear_down(void)
{
	client_release(&c);
}

static void run_script(struct script *script, enum stream_state state)
{
	client_serve(&c, script, 1, 0);
	client_start(&c);
	client_run(&c, state);
}

START_TEST(login_and_goodbye)
{
	struct script script = { .stage = STAGE_NONE };
	run_script(&script, STREAM_READY);
	ck_assert_str_eq(stream_jid(c.stream), "romeo@chat.test/phone");
	ck_assert_str_eq(stream_mechanism(c.stream), "PLAIN");
	ck_assert_str_eq(stream_tls_version(c.stream), "TLSv1.3");
	ck_assert_str_eq(stream_mechanisms(c.stream), "PLAIN");
	ck_assert_str_eq(stream_feature_names(c.stream), NS_TLS " " NS_SASL " " NS_BIND " " NS_SM);
	ck_assert_ptr_nonnull(xml_child(stream_features(c.stream), "bind", NS_BIND));
	ck_assert_ptr_nonnull(strstr(c.received.data, "features"));
	ck_assert_uint_eq(c.sent.len, 0);
	ck_assert_ptr_nonnull(strstr(c.notes.data, "PLAIN, bound as romeo@chat.test/phone"));
	stream_close(c.stream);
	ck_assert_int_eq(stream_state(c.stream), STREAM_CLOSING);
	client_run(&c, STREAM_ENDED);
	ck_assert_int_eq(stream_error(c.stream)->class, ERR_NONE);
}
END_TEST

static void play_nothing(struct peer *p)
{
	(void)p;
}

START_TEST(closed_at_each_stage)
{
	struct script script = { .stage = (enum stage)_i, .fault = play_nothing };
	run_script(&script, STREAM_ENDED);
	client_failed(&c, ERR_CONNECTION, "");
	ck_assert(!c.was_ready || _i == STAGE_READY);
}
END_TEST

static void play_polite_end(struct peer *p)
{
	peer_say(p, "</stream:stream>");
	peer_expect_end(p);
}

START_TEST(ended_politely_at_each_stage)
{
	static const enum stage stages[] = { STAGE_HEADER, STAGE_FEATURES, STAGE_SECURED_HEADER, STAGE_AUTH,
		STAGE_BIND };
	struct script script = { .stage = stages[_i], .fault = play_polite_end };
	run_script(&script, STREAM_ENDED);
	client_failed(&c, ERR_CONNECTION, "closed the stream");
}
END_TEST

START_TEST(ended_politely_when_ready)
{
	struct script script = { .stage = STAGE_READY, .fault = play_polite_end };
	run_script(&script, STREAM_ENDED);
	ck_assert(c.was_ready);
	ck_assert_int_eq(stream_error(c.stream)->class, ERR_NONE);
}
END_TEST

START_TEST(stalled_at_each_stage)
{
	struct script script = { .stage = (enum stage)_i, .fault = peer_expect_end, .may_be_left = true };
	c.options.establish_limit = 150 * CLOCK_MILLISECOND;
	run_script(&script, STREAM_ENDED);
	client_failed(&c, ERR_CONNECTION, "timed out");
	ck_assert_int_lt(clock_now() - c.began, 5 * CLOCK_SECOND);
}
END_TEST

static void play_garbage(struct peer *p)
{
	peer_say(p, "<a <<< & >\xff</b>");
	peer_expect_end(p);
}

START_TEST(garbage_at_each_stage)
{
	struct script script = { .stage = (enum stage)_i, .fault = play_garbage };
	run_script(&script, STREAM_ENDED);
	client_failed(&c, ERR_PROTOCOL, "");
}
END_TEST

static void play_wrong_element(struct peer *p)
{
	peer_say(p, "<balcony xmlns='urn:verona'/>");
	peer_expect_end(p);
}

START_TEST(unexpected_element)
{
	static const enum stage stages[] = { STAGE_HEADER, STAGE_FEATURES, STAGE_SECURED_HEADER, STAGE_AUTH };
	struct script script = { .stage = stages[_i], .fault = play_wrong_element };
	run_script(&script, STREAM_ENDED);
	client_failed(&c, ERR_PROTOCOL, "balcony");
}
END_TEST

static const char *text_to_say;
static void play_text(struct peer *p)
{
	peer_say(p, text_to_say);
	peer_expect_end(p);
}

START_TEST(not_xmpp)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "SSH-2.0-OpenSSH_9.2\r\n", "SSH-2.0-OpenSSH_9.2" },
		{ "HTTP/1.1 400 Bad Request\r\n\r\n", "HTTP/1.1 400 Bad Request" },
		{ "\r\n220 mail.test ESMTP\r\n", "220 mail.test ESMTP" },
		{ "\x15\x03\x03\x00\x02\x02\x46", "..." },
		{ "<html><body>Hello</body></html>", "html" },
		{ "<stream:stream xmlns:stream='urn:other' version='1.0'>", "urn:other" },
		{ "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>", "version" },
	};
	struct script script = { .stage = STAGE_ACCEPTED, .fault = play_text };
	text_to_say = cases[_i].text;
	run_script(&script, STREAM_ENDED);
	client_failed(&c, ERR_PROTOCOL, cases[_i].words);
}
END_TEST

struct answer {
	enum stage stage;
	const char *text;
	enum err_class class;
	const char *words;
};
static const struct answer answers[] = {
	{ STAGE_HEADER, "<stream:features/>", ERR_UNSUPPORTED, "STARTTLS" },
	{ STAGE_FEATURES, "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", ERR_REFUSED, "STARTTLS" },
	{ STAGE_SECURED_HEADER, "<stream:features/>", ERR_UNSUPPORTED, "none" },
	{ STAGE_SECURED_HEADER,
		"<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
		"<mechanism>DIGEST-MD5</mechanism></mechanisms></stream:features>",
		ERR_UNSUPPORTED, "DIGEST-MD5" },
	{ STAGE_AUTH,
		"<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><text>No way</text></failure>",
		ERR_REFUSED, "not-authorized (No way)" },
	{ STAGE_AUTH, "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>", ERR_REFUSED, "no condition" },
	{ STAGE_AUTH, "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>cj0x</challenge>", ERR_PROTOCOL, "PLAIN" },
	{ STAGE_AUTH, "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>!</challenge>", ERR_PROTOCOL, "base64" },
	{ STAGE_BIND,
		"<iq type='error' id='assay-bind'><error type='cancel'>"
		"<conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
		ERR_REFUSED, "conflict" },
	{ STAGE_BIND, "<iq type='result' id='assay-bind'/>", ERR_PROTOCOL, "full address" },
	{ STAGE_BIND,
		"<iq type='result' id='assay-bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
		"<jid>romeo@chat.test</jid></bind></iq>",
		ERR_PROTOCOL, "full address" },
	{ STAGE_HEADER, "<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
		ERR_REFUSED, "host-unknown" },
	{ STAGE_AUTH,
		"<stream:error><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
		"<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>Slow down</text></stream:error></stream:stream>",
		ERR_REFUSED, "policy-violation (Slow down)" },
	{ STAGE_READY,
		"<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
		"</stream:stream>",
		ERR_REFUSED, "conflict" },
	{ STAGE_HEADER, "<!DOCTYPE a [<!ENTITY b 'c'>]>", ERR_PROTOCOL, "" },
	{ STAGE_READY, "<message><body>&lol;</body></message>", ERR_PROTOCOL, "" },
	{ STAGE_READY, "<message><body>\xc3\x28</body></message>", ERR_PROTOCOL, "" },
	{ STAGE_READY, HEADER, ERR_PROTOCOL, "" },
};

START_TEST(refusals_and_faults)
{
	const struct answer *a = &answers[_i];
	struct script script = { .stage = a->stage, .fault = play_text };
	text_to_say = a->text;
	run_script(&script, STREAM_ENDED);
	client_failed(&c, a->class, a->words);
}
END_TEST

START_TEST(billion_laughs)
{
	struct script script = { .stage = STAGE_ACCEPTED, .fault = play_text };
	text_to_say = "<?xml version='1.0'?><!DOCTYPE lolz [<!ENTITY lol 'lol'><!ENTITY lol1 '&lol;&lol;&lol;&lol;'>]>"
		      "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>&lol1;";
	run_script(&script, STREAM_ENDED);
	client_failed(&c, ERR_PROTOCOL, "");
}
END_TEST

static void play_endless(struct peer *p)
{
	char chunk[4097];
	memset(chunk, 'x', sizeof chunk - 1);
	chunk[sizeof chunk - 1] = '\0';
	signal(SIGPIPE, SIG_IGN);
	peer_say(p, "<message><body>");
	for (int i = 0; i < 64 && SSL_write(p->ssl, chunk, (int)sizeof chunk - 1) > 0; i++)
		;
	peer_expect_end(p);
}

START_TEST(endless_stanza)
{
	struct script script = { .stage = STAGE_READY, .fault = play_endless };
	c.options.limits.stanza_bytes = 65536;
	run_script(&script, STREAM_ENDED);
	client_failed(&c, ERR_PROTOCOL, "");
}
END_TEST

START_TEST(error_is_handed_over_too)
{
	struct script script = { .stage = STAGE_READY, .fault = play_text };
	text_to_say =
		"<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>";
	run_script(&script, STREAM_ENDED);
	ck_assert_ptr_nonnull(strstr(c.received.data, "conflict"));
}
END_TEST

START_TEST(nothing_to_connect_to)
{
	struct script script = { .stage = STAGE_ACCEPTED, .fault = play_nothing };
	client_serve(&c, &script, 0, 0);
	peer_finish(&c.server);
	client_start(&c);
	client_run(&c, STREAM_ENDED);
	client_failed(&c, ERR_CONNECTION, "refused");
	c.server = peer_start(play_nothing, 0, &(const struct peer){ .socket = -1 });
}
END_TEST

static void play_tls_and_wait(struct peer *p)
{
	if (peer_tls(p))
		peer_expect_end(p);
	if (p->seen.len)
		peer_give_up("something was said to a server that is another");
}

START_TEST(certificate_of_another)
{
	struct script script = { .stage = STAGE_TLS, .fault = play_tls_and_wait };
	identity_release(&c.identity);
	c.identity = identity_make("DNS:elsewhere.test", &c.authority, -DAY, DAY);
	run_script(&script, STREAM_ENDED);
	client_failed(&c, ERR_PROTOCOL, "elsewhere.test");
}
END_TEST

static void play_direct(struct peer *p)
{
	const struct script *s = p->context;
	if (!peer_tls(p))
		peer_give_up("no TLS");
	const unsigned char *alpn;
	unsigned length;
	SSL_get0_alpn_selected(p->ssl, &alpn, &length);
	if (length != 11 || memcmp(alpn, "xmpp-client", 11) != 0)
		peer_give_up("no ALPN");
	expect_header(p);
	peer_say(p, HEADER);
	say_features(
		p, "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>");
	play_plain(p);
	expect_header(p);
	peer_say(p, HEADER);
	say_features(p, s->after);
	play_goodbye(p);
}

START_TEST(direct_tls_without_binding)
{
	struct script script = { .after = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>" };
	const struct peer template = { .identity = &c.identity, .context = &script };
	c.server = peer_start(play_direct, 1, &template);
	c.options.direct_port = c.server.port;
	c.options.transport = TRANSPORT_DIRECT;
	c.options.goal = STREAM_GOAL_AUTHENTICATED;
	client_start(&c);
	client_run(&c, STREAM_READY);
	ck_assert_ptr_null(stream_jid(c.stream));
	ck_assert_ptr_nonnull(xml_child(stream_features(c.stream), "bind", NS_BIND));
	stream_close(c.stream);
	client_run(&c, STREAM_ENDED);
}
END_TEST

START_TEST(no_port_for_direct_tls)
{
	c.options.transport = TRANSPORT_DIRECT;
	client_start(&c);
	client_run(&c, STREAM_ENDED);
	client_failed(&c, ERR_UNSUPPORTED, "direct TLS");
	c.server = peer_start(play_nothing, 0, &(const struct peer){ .socket = -1 });
}
END_TEST

START_TEST(no_binding_offered)
{
	struct script script = {
		.stage = STAGE_NONE, .after = "<sm xmlns='urn:xmpp:sm:3'/>", .stop_before_binding = true
	};
	run_script(&script, STREAM_ENDED);
	client_failed(&c, ERR_UNSUPPORTED, "binding");
}
END_TEST

static void play_session(struct peer *p)
{
	peer_expect(p, "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>");
	peer_say(p, "<iq type='result' id='assay-session'/>");
	play_goodbye(p);
}

START_TEST(session_of_old)
{
	struct script script = {
		.stage = STAGE_NONE,
		.bound = play_session,
		.after =
			"<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>"
	};
	run_script(&script, STREAM_READY);
	ck_assert_str_eq(stream_jid(c.stream), "romeo@chat.test/phone");
	stream_close(c.stream);
	client_run(&c, STREAM_ENDED);
}
END_TEST

/* ---- ending ---- */

static void play_no_answer(struct peer *p)
{
	peer_expect(p, "</stream:stream>");
	peer_expect_end(p);
}

START_TEST(close_is_not_answered)
{
	struct script script = { .stage = STAGE_NONE, .bound = play_no_answer };
	c.options.close_limit = 50 * CLOCK_MILLISECOND;
	run_script(&script, STREAM_READY);
	stream_close(c.stream);
	client_run(&c, STREAM_ENDED);
	ck_assert_int_eq(stream_error(c.stream)->class, ERR_NONE);
	ck_assert_ptr_nonnull(strstr(c.notes.data, "did not answer"));
}
END_TEST

static void play_hang_up(struct peer *p)
{
	peer_expect(p, "</stream:stream>");
}

START_TEST(close_is_answered_by_the_end)
{
	struct script script = { .stage = STAGE_NONE, .bound = play_hang_up };
	run_script(&script, STREAM_READY);
	stream_close(c.stream);
	client_run(&c, STREAM_ENDED);
	ck_assert_int_eq(stream_error(c.stream)->class, ERR_NONE);
	ck_assert_ptr_nonnull(strstr(c.notes.data, "without </stream:stream>"));
}
END_TEST

static void play_expect_cut(struct peer *p)
{
	peer_say(p, "<message/>");
	peer_expect_end(p);
	if (p->seen.len)
		peer_give_up("something was said before the cut");
}

START_TEST(cut)
{
	struct script script = { .stage = STAGE_NONE, .bound = play_expect_cut };
	run_script(&script, STREAM_READY);
	client_await(&c, "<message");
	stream_cut(c.stream);
	ck_assert_int_eq(stream_state(c.stream), STREAM_ENDED);
	stream_send_raw(c.stream, "late", 4);
	stream_close(c.stream);
}
END_TEST

Suite *suite_stream(void)
{
	Suite *suite = suite_create("stream");
	TCase *t = tcase_create("stream");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, login_and_goodbye);
	tcase_add_loop_test(t, closed_at_each_stage, STAGE_ACCEPTED, STAGE_NONE);
	tcase_add_loop_test(t, ended_politely_at_each_stage, 0, 5);
	tcase_add_test(t, ended_politely_when_ready);
	tcase_add_loop_test(t, stalled_at_each_stage, STAGE_ACCEPTED, STAGE_READY);
	tcase_add_loop_test(t, garbage_at_each_stage, STAGE_ACCEPTED, STAGE_NONE);
	tcase_add_loop_test(t, unexpected_element, 0, 4);
	tcase_add_loop_test(t, not_xmpp, 0, 7);
	tcase_add_loop_test(t, refusals_and_faults, 0, (int)(sizeof answers / sizeof *answers));
	tcase_add_test(t, billion_laughs);
	tcase_add_test(t, endless_stanza);
	tcase_add_test(t, error_is_handed_over_too);
	tcase_add_test(t, nothing_to_connect_to);
	tcase_add_test(t, certificate_of_another);
	tcase_add_test(t, direct_tls_without_binding);
	tcase_add_test(t, no_port_for_direct_tls);
	tcase_add_test(t, no_binding_offered);
	tcase_add_test(t, session_of_old);
	tcase_add_test(t, close_is_not_answered);
	tcase_add_test(t, close_is_answered_by_the_end);
	tcase_add_test(t, cut);
	suite_add_tcase(suite, t);
	return suite;
}
