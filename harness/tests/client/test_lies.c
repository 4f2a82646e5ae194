/* What the gateway lies about, to our own stream, which does not believe it, and to clients by hand, who do. */
#include "client/private.h"
#include "tests/client/gateway_stage.h"
#include "tests/xmpp/scram_server.h"

#define SCRAM_256 "<mechanism>SCRAM-SHA-256</mechanism><mechanism>PLAIN</mechanism>"
#define PLAIN     "<mechanism>PLAIN</mechanism>"

static void deceive(const char *lie)
{
	struct err e;
	ck_assert_msg(gateway_deceive(gateway, lie, &e) == 0, "%s: %s", lie, e.message);
}

/* Until the gateway knows what has become of the attempt. */
static void until_decided(void)
{
	int64_t end = clock_now() + 15 * CLOCK_SECOND;
	while (gateway_attempts_over(gateway) == 0 && gateway_attempt(gateway) <= ATTEMPT_MET && clock_now() < end)
		loop_once(c.loop, end);
}

/* ---- a client that does not believe it ---- */

static const struct {
	const char *lie;
	int connections; /* that come through to the server */
} lies_told[] = {
	{ "expired-certificate", 0 },
	{ "certificate-of-another", 0 },
	{ "unknown-authority", 0 },
	{ "self-signed-certificate", 0 },
	{ "no-tls", 0 },
	{ "entity-bomb", 1 },
	{ "wrong-nonce", 1 },
	{ "wrong-signature", 1 },
	{ "no-signature", 1 },
};

START_TEST(is_not_believed)
{
	play = (struct scram_play){ .auth = "mechanism='SCRAM-SHA-256'>", .gs2 = "y,,", .cheats = true };
	struct script script = {
		.stage = STAGE_NONE, .mechanisms = SCRAM_256, .authenticate = play_scram, .may_be_left = true
	};
	serve(&script, lies_told[_i].connections);
	deceive(lies_told[_i].lie);
	client_start(&c);
	client_run(&c, STREAM_ENDED);
	until_decided();
	ck_assert_int_eq(gateway_attempt(gateway), ATTEMPT_MET);
	ck_assert_uint_ge(gateway_attempts_over(gateway), 1);
	ck_assert_str_eq(gateway_deed(gateway), "");
}
END_TEST

/* ---- one that does ---- */

START_TEST(a_password_given_away)
{
	struct script script = { .stage = STAGE_NONE, .mechanisms = SCRAM_256, .may_be_left = true };
	serve(&script, 1);
	deceive("plain-alone");
	client_start(&c);
	until_decided();
	ck_assert_int_eq(gateway_attempt(gateway), ATTEMPT_FELL);
	ck_assert_str_eq(gateway_deed(gateway), "it authenticates by PLAIN");
	ck_assert_ptr_null(strstr(buf_text(&seen), "SCRAM-SHA-256</mechanism>"));
	deceive(NULL);
	ck_assert_int_eq(gateway_attempt(gateway), ATTEMPT_NONE);
	client_run(&c, STREAM_ENDED); /* it was cut */
}
END_TEST

START_TEST(a_certificate_that_nobody_looks_at)
{
	struct script script = { .stage = STAGE_NONE, .mechanisms = PLAIN, .may_be_left = true };
	serve(&script, 1);
	c.options.verify = false;
	deceive("self-signed-certificate");
	client_start(&c);
	until_decided();
	ck_assert_int_eq(gateway_attempt(gateway), ATTEMPT_FELL);
	ck_assert_str_eq(gateway_deed(gateway), "it authenticates by PLAIN");
	client_run(&c, STREAM_ENDED);
}
END_TEST

/* ---- where nothing can be said ---- */

START_TEST(a_mechanism_without_a_signature)
{
	struct script script = { .stage = STAGE_NONE, .mechanisms = PLAIN };
	serve(&script, 1);
	deceive("wrong-signature");
	client_start(&c);
	client_run(&c, STREAM_READY);
	ck_assert_int_eq(gateway_attempt(gateway), ATTEMPT_UNFIT);
	ck_assert_str_eq(gateway_deed(gateway), "it does not authenticate by SCRAM");
	stream_close(c.stream);
	client_run(&c, STREAM_ENDED);
}
END_TEST

START_TEST(nothing_to_strip)
{
	struct script script = { .stage = STAGE_NONE };
	serve(&script, 1);
	deceive("no-tls");
	c.options.transport = TRANSPORT_DIRECT;
	client_start(&c);
	client_run(&c, STREAM_READY);
	ck_assert_int_eq(gateway_attempt(gateway), ATTEMPT_UNFIT);
	stream_close(c.stream);
	client_run(&c, STREAM_ENDED);
}
END_TEST

/* ---- what one says who has seen through a lie about the end of authentication ---- */

static const struct {
	const char *said;
	enum gateway_attempt attempt;
} last_words[] = {
	{ "<abort xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>", ATTEMPT_STOOD },
	{ "<s:error xmlns:s='http://etherx.jabber.org/streams'/>", ATTEMPT_STOOD },
	{ "<iq xmlns='jabber:client' type='set'/>", ATTEMPT_FELL },
	{ "<s:stream xmlns:s='http://etherx.jabber.org/streams'/>", ATTEMPT_FELL },
};

static void says(struct session *session, const char *xml, bool as_header)
{
	struct err e;
	ck_assert_int_eq(gateway_deceive(session->gateway, "wrong-signature", &e), 0);
	session->header = xml_parse(xml, strlen(xml), &e);
	lie_met(session);
	if (as_header)
		lie_hears_header(session);
	else
		lie_hears(session, xml_root(session->header));
	xmlFreeDoc(session->header);
}

START_TEST(what_is_said_then)
{
	struct gateway g = { .options = { .domain = DOMAIN } };
	struct session session = { .gateway = &g };
	xml_start();
	for (int as_header = 0; as_header < 2; as_header++) {
		says(&session, last_words[_i].said, as_header);
		ck_assert_int_eq(gateway_attempt(&g), last_words[_i].attempt);
	}
	buf_release(&g.deed);
}
END_TEST

START_TEST(no_such_lie)
{
	struct err e;
	struct script script = { .stage = STAGE_NONE };
	serve(&script, 0);
	ck_assert_int_ne(gateway_deceive(gateway, "all-is-well", &e), 0);
	ck_assert_int_eq(e.class, ERR_USAGE);
}
END_TEST

Suite *suite_lies(void)
{
	Suite *s = suite_create("client/lies");
	TCase *t = tcase_create("lies");
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, is_not_believed, 0, sizeof lies_told / sizeof *lies_told);
	tcase_add_test(t, a_password_given_away);
	tcase_add_test(t, a_certificate_that_nobody_looks_at);
	tcase_add_test(t, a_mechanism_without_a_signature);
	tcase_add_test(t, nothing_to_strip);
	tcase_add_test(t, no_such_lie);
	suite_add_tcase(s, t);
	TCase *words = tcase_create("words");
	tcase_add_loop_test(words, what_is_said_then, 0, sizeof last_words / sizeof *last_words);
	suite_add_tcase(s, words);
	return s;
}
