/* Streams without TLS: only where they are asked for, and no password is shown. */
#include "base/text.h"
#include "tests/xmpp/script.h"

static struct client c;

static void set_up(void)
{
	xml_start();
	client_init(&c);
	c.options.without_tls = NET_CLEAR_ON_LOOPBACK;
}

static void tear_down(void)
{
	client_release(&c);
}

#define OPTIONAL          "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
#define REQUIRED          "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>"
#define OFFER(mechanisms) "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>" mechanisms "</mechanisms>"
#define PLAIN             "<mechanism>PLAIN</mechanism>"
#define SCRAM             "<mechanism>SCRAM-SHA-256</mechanism>"
#define PLUS              "<mechanism>SCRAM-SHA-256-PLUS</mechanism>"

/* The header must not say who comes (RFC 6120 section 4.7.1). */
static void take_header(struct peer *p)
{
	peer_expect(p, "<stream:stream");
	while (!(p->seen.len && strchr(p->seen.data, '>')) && peer_read(p))
		;
	if (strstr(buf_text(&p->seen), "from='") || strstr(buf_text(&p->seen), "romeo"))
		peer_give_up("the name was said in the clear");
	peer_expect(p, ">");
}

/* Offers what its context says; the client must leave without another word. */
static void offer_in_vain(struct peer *p)
{
	take_header(p);
	peer_say(p, HEADER);
	say_features(p, p->context);
	while (peer_read(p))
		;
	if (!text_equal(buf_text(&p->seen), "</stream:stream>"))
		peer_give_up("the client said more than goodbye");
}

/* Takes SCRAM, and refuses it: what counts was said before. */
static void offer_scram(struct peer *p)
{
	take_header(p);
	peer_say(p, HEADER);
	say_features(p, p->context);
	peer_expect(p, "mechanism='SCRAM-SHA-256'>biwsbj1yb21lbyxyP"); /* n,,n=romeo,r= */
	peer_say(p, "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>");
	peer_expect_end(p);
}

static void serve(peer_play *play, const char *features)
{
	const struct peer template = { .socket = -1, .context = (void *)features };
	c.server = peer_start(play, 1, &template);
	c.options.port = c.server.port;
}

START_TEST(a_password_is_proved_by_scram)
{
	serve(offer_scram, OPTIONAL OFFER(PLAIN PLUS SCRAM));
	client_start(&c);
	client_run(&c, STREAM_ENDED);
	client_failed(&c, ERR_REFUSED, "authentication as romeo by SCRAM-SHA-256 refused");
	ck_assert_ptr_nonnull(strstr(buf_text(&c.notes), "without TLS"));
	ck_assert_str_eq(stream_tls_version(c.stream), "");
}
END_TEST

static const struct {
	const char *features, *mechanism, *says;
} vain[] = {
	{ OPTIONAL OFFER(PLAIN), NULL, "does not offer SCRAM without TLS" },
	{ OPTIONAL OFFER(PLAIN PLUS), NULL, "does not offer SCRAM without TLS" },
	{ OPTIONAL OFFER(PLAIN SCRAM), "PLAIN", "PLAIN would show the password" },
	{ OPTIONAL, NULL, "does not offer SCRAM without TLS" },
	{ REQUIRED OFFER(SCRAM), NULL, "the server demands TLS" },
};

START_TEST(nothing_is_said)
{
	serve(offer_in_vain, vain[_i].features);
	c.options.mechanism = vain[_i].mechanism;
	client_start(&c);
	client_run(&c, STREAM_ENDED);
	client_failed(&c, ERR_UNSUPPORTED, vain[_i].says);
}
END_TEST

START_TEST(no_token_without_tls)
{
	struct stream_token token;
	stream_token_init(&token);
	c.options.token = &token;
	serve(offer_in_vain,
		OPTIONAL OFFER(
			SCRAM) "<authentication xmlns='urn:xmpp:sasl:2'><mechanism>SCRAM-SHA-256</mechanism></authentication>");
	client_start(&c);
	client_run(&c, STREAM_ENDED);
	client_failed(&c, ERR_UNSUPPORTED, "over TLS only");
}
END_TEST

START_TEST(direct_tls_is_nothing_without_it)
{
	const struct peer nobody = { .socket = -1 };
	c.server = peer_start(offer_in_vain, 0, &nobody);
	c.options.transport = TRANSPORT_DIRECT;
	c.options.direct_port = c.server.port;
	client_start(&c);
	client_run(&c, STREAM_ENDED);
	ck_assert_int_eq(stream_error(c.stream)->class, ERR_UNSUPPORTED);
}
END_TEST

static void offer_registration(struct peer *p)
{
	expect_header(p);
	peer_say(p, HEADER);
	say_features(p, OPTIONAL "<register xmlns='http://jabber.org/features/iq-register'/>");
	peer_expect(p, "<starttls");
	peer_say(p, "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
	peer_expect_end(p);
}

/* A password that is registered is sent as it is. */
START_TEST(registration_takes_tls_all_the_same)
{
	const struct stream_account account = { "romeo", "secret" };
	struct err e;
	size_t done;
	serve(offer_registration, NULL);
	ck_assert_int_eq(
		stream_register(c.loop, &c.options, &account, 1, &done, clock_now() + 10 * CLOCK_SECOND, &e), -1);
	ck_assert_int_eq(e.class, ERR_REFUSED);
	ck_assert_ptr_nonnull(strstr(e.message, "STARTTLS"));
}
END_TEST

Suite *suite_clear(void);
Suite *suite_clear(void)
{
	Suite *s = suite_create("clear");
	TCase *t = tcase_create("clear");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 30);
	tcase_add_test(t, a_password_is_proved_by_scram);
	tcase_add_loop_test(t, nothing_is_said, 0, (int)(sizeof vain / sizeof *vain));
	tcase_add_test(t, no_token_without_tls);
	tcase_add_test(t, direct_tls_is_nothing_without_it);
	tcase_add_test(t, registration_takes_tls_all_the_same);
	suite_add_tcase(s, t);
	return s;
}
