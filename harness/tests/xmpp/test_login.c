/* Authentication by SCRAM against a server's side of our own, stream management, resumption, registration. */
#include "base/text.h"
#include "tests/xmpp/scram_server.h"
#include "xmpp/sasl.h"
#include "xmpp/scram.h"

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

static void run_script(struct script *script, enum stream_state state, int tls_version)
{
	client_serve(&c, script, 1, tls_version);
	client_start(&c);
	client_run(&c, state);
}

#define SCRAM_256    "<mechanism>SCRAM-SHA-256</mechanism><mechanism>PLAIN</mechanism>"
#define SCRAM_PLUS   "<mechanism>SCRAM-SHA-256-PLUS</mechanism>" SCRAM_256
#define TYPES(types) "<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'>" types "</sasl-channel-binding>"
#define TYPE(type)   "<channel-binding type='" type "'/>"

static const struct {
	const char *mechanisms, *features, *wanted;
	int tls_version;
	const char *mechanism, *gs2, *binding; /* that the client must choose */
	bool signature_in_challenge;
} logins[] = {
	{ SCRAM_256, NULL, NULL, 0, "SCRAM-SHA-256", "y,,", NULL, false },
	{ SCRAM_256, NULL, NULL, 0, "SCRAM-SHA-256", "y,,", NULL, true },
	{ SCRAM_PLUS, NULL, NULL, TLS1_2_VERSION, "SCRAM-SHA-256-PLUS", "p=tls-unique,,", "tls-unique", false },
	{ SCRAM_PLUS, TYPES(TYPE("tls-exporter") TYPE("tls-server-end-point")), NULL, 0, "SCRAM-SHA-256-PLUS",
		"p=tls-exporter,,", "tls-exporter", false },
	{ SCRAM_PLUS, TYPES(TYPE("tls-exporter")), NULL, TLS1_2_VERSION, "SCRAM-SHA-256-PLUS", "p=tls-exporter,,",
		"tls-exporter", true },
	{ SCRAM_PLUS, TYPES(TYPE("tls-new") TYPE("tls-server-end-point")), NULL, 0, "SCRAM-SHA-256-PLUS",
		"p=tls-server-end-point,,", "tls-server-end-point", false },
	/* Offered on TLS 1.3 without a word on types: only where it is asked for. */
	{ SCRAM_PLUS, NULL, NULL, 0, "SCRAM-SHA-256", "n,,", NULL, false },
	{ SCRAM_PLUS, NULL, "SCRAM-SHA-256-PLUS", 0, "SCRAM-SHA-256-PLUS", "p=tls-exporter,,", "tls-exporter", false },
	{ SCRAM_PLUS, NULL, "SCRAM-SHA-256-PLUS/tls-server-end-point", 0, "SCRAM-SHA-256-PLUS",
		"p=tls-server-end-point,,", "tls-server-end-point", false },
	/* Offered and not taken. */
	{ SCRAM_PLUS, TYPES(TYPE("tls-exporter")), "SCRAM-SHA-256", 0, "SCRAM-SHA-256", "n,,", NULL, false },
};

START_TEST(scram_login)
{
	AUTO_TEXT auth = memory_printf("mechanism='%s'>", logins[_i].mechanism);
	AUTO_TEXT note = memory_printf("%s%s%s, bound as", logins[_i].mechanism, logins[_i].binding ? " with " : "",
		logins[_i].binding ? logins[_i].binding : "");
	play = (struct scram_play){ .auth = auth,
		.gs2 = logins[_i].gs2,
		.binding = logins[_i].binding,
		.signature_in_challenge = logins[_i].signature_in_challenge };
	struct script script = { .stage = STAGE_NONE,
		.mechanisms = logins[_i].mechanisms,
		.features = logins[_i].features,
		.authenticate = play_scram };
	c.options.mechanism = logins[_i].wanted;
	run_script(&script, STREAM_READY, logins[_i].tls_version);
	ck_assert_msg(strstr(c.notes.data, note), "'%s' lacks '%s'", c.notes.data, note);
	stream_close(c.stream);
	client_run(&c, STREAM_ENDED);
}
END_TEST

static const struct {
	struct scram_play play;
	const char *words;
} cheats[] = {
	{ { .break_nonce = true }, "nonce" },
	{ { .nonce_suffix = "" }, "nonce" },
	{ { .break_signature = true }, "signature is wrong" },
	{ { .leave_out_signature = true }, "without the server's signature" },
	{ { .first = ",s=c2FsdHNhbHQ=,i=10000001" }, "iterations" },
	{ { .first = ",s=c2FsdHNhbHQ=,i=x" }, "iteration" },
	{ { .first = "nonsense" }, "first message" },
};

static void play_cheat(struct peer *p)
{
	play_scram(p);
	peer_expect(p, "</stream:stream>");
	peer_leave(true);
}

START_TEST(cheating_server)
{
	play = cheats[_i].play;
	play.cheats = true;
	play.auth = "mechanism='SCRAM-SHA-256'>";
	play.gs2 = "y,,";
	struct script script = { .stage = STAGE_NONE, .mechanisms = SCRAM_256, .authenticate = play_cheat };
	run_script(&script, STREAM_ENDED, 0);
	client_failed(&c, ERR_PROTOCOL, cheats[_i].words);
}
END_TEST

static void play_bare_success(struct peer *p)
{
	peer_say(p, "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
	peer_expect_end(p);
}

START_TEST(success_without_an_exchange)
{
	struct script script = { .stage = STAGE_AUTH, .mechanisms = SCRAM_256, .fault = play_bare_success };
	run_script(&script, STREAM_ENDED, 0);
	client_failed(&c, ERR_PROTOCOL, "without the server's signature");
}
END_TEST

START_TEST(stripped_types)
{
	struct script script = { .stage = STAGE_NONE,
		.mechanisms = SCRAM_PLUS,
		.features = TYPES(TYPE("tls-new")),
		.stop_before_authentication = true,
		.bound = peer_expect_end };
	run_script(&script, STREAM_ENDED, 0);
	client_failed(&c, ERR_PROTOCOL, "tls-new");
}
END_TEST

/* ---- stream management ---- */

static void play_management(struct peer *p)
{
	peer_expect(p, "<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
	peer_say(p, "<message/><r xmlns='urn:xmpp:sm:3'/>"); /* before <enabled/>: neither counted nor answered */
	peer_say(p, "<enabled xmlns='urn:xmpp:sm:3' id='session-1' resume='1'/>");
	peer_expect(p, "id='one'");
	peer_say(p,
		"<message/><presence/><iq type='get' id='a'/><a xmlns='urn:xmpp:sm:3' h='1'/><other xmlns='urn:x'/>");
	peer_say(p, "<r xmlns='urn:xmpp:sm:3'/>");
	peer_expect(p, "<a xmlns='urn:xmpp:sm:3' h='3'/>");
	peer_say(p, "<r xmlns='urn:xmpp:sm:3'/><message id='last'/>");
	play_goodbye(p);
}

START_TEST(management_counts)
{
	struct script script = { .stage = STAGE_NONE, .bound = play_management };
	run_script(&script, STREAM_READY, 0);
	client_say(&c, "<presence/>");
	client_say(&c, "<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
	ck_assert(stream_sm(c.stream)->asked);
	client_await(&c, "session-1");
	ck_assert(stream_sm(c.stream)->enabled && stream_sm(c.stream)->resumable);
	ck_assert_str_eq(stream_sm(c.stream)->id, "session-1");
	ck_assert_uint_eq(stream_sm(c.stream)->handled, 0);
	client_say(&c, "<message id='one'/>");
	client_say(&c, "<r xmlns='urn:xmpp:sm:3'/>");
	client_await(&c, "urn:x");
	int64_t end = clock_now() + 10 * CLOCK_SECOND;
	while (!(c.sent.len && strstr(c.sent.data, "h='3'")) && clock_now() < end)
		loop_once(c.loop, end);
	stream_answer_acks(c.stream, false);
	ck_assert_uint_eq(stream_sm(c.stream)->handled, 3);
	ck_assert_uint_eq(stream_sm(c.stream)->sent, 1);
	client_await(&c, "id='last'");
	ck_assert_uint_eq(stream_sm(c.stream)->handled, 4);
	ck_assert_ptr_null(strstr(c.sent.data, "h='4'"));
	stream_close(c.stream);
	client_run(&c, STREAM_ENDED);
}
END_TEST

static void play_refuse_management(struct peer *p)
{
	peer_expect(p, "<enable");
	peer_say(p, "<failed xmlns='urn:xmpp:sm:3'/>");
	play_goodbye(p);
}

START_TEST(management_is_refused)
{
	struct script script = { .stage = STAGE_NONE, .bound = play_refuse_management };
	run_script(&script, STREAM_READY, 0);
	client_say(&c, "<enable xmlns='urn:xmpp:sm:3'/>");
	client_await(&c, "failed");
	ck_assert(!stream_sm(c.stream)->asked && !stream_sm(c.stream)->enabled);
	stream_close(c.stream);
	client_run(&c, STREAM_ENDED);
}
END_TEST

static const char *resume_expected, *resume_answer;

static void play_resume(struct peer *p)
{
	peer_expect(p, resume_expected);
	peer_say(p, resume_answer);
	play_goodbye(p);
}

static void resume(const struct sm_session *session, int64_t h, enum stream_state state)
{
	static struct script script;
	script = (struct script){ .stage = STAGE_NONE, .stop_before_binding = true, .bound = play_resume };
	c.options.goal = STREAM_GOAL_RESUMED;
	c.options.resume = session;
	c.options.resume_h = h;
	run_script(&script, state, 0);
}

static const struct sm_session lost = { true, true, true, "a&b", 0xffffffff, 7, "romeo@chat.test/phone" };

START_TEST(resumed)
{
	resume_expected = "<resume xmlns='urn:xmpp:sm:3' h='4294967295' previd='a&amp;b'/>";
	resume_answer = "<resumed xmlns='urn:xmpp:sm:3' previd='a&amp;b' h='5'/><message id='missed'/>";
	resume(&lost, -1, STREAM_READY);
	client_await(&c, "missed");
	ck_assert_str_eq(stream_jid(c.stream), "romeo@chat.test/phone");
	ck_assert_uint_eq(stream_sm(c.stream)->handled, 0); /* modulo 2^32 */
	ck_assert_uint_eq(stream_sm(c.stream)->sent, 5);
	ck_assert_ptr_nonnull(strstr(c.received.data, "<resumed"));
	ck_assert_ptr_nonnull(strstr(c.sent.data, "<resume"));
	ck_assert_ptr_nonnull(strstr(c.notes.data, "5 of the 7"));
	stream_close(c.stream);
	client_run(&c, STREAM_ENDED);
}
END_TEST

START_TEST(resumption_refused)
{
	resume_expected = "<resume xmlns='urn:xmpp:sm:3' h='3' previd='a&amp;b'/>";
	resume_answer = "<failed xmlns='urn:xmpp:sm:3' h='2'>"
			"<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>";
	resume(&lost, 3, STREAM_READY);
	ck_assert_ptr_null(stream_jid(c.stream));
	ck_assert_ptr_nonnull(strstr(c.received.data, "item-not-found"));
	stream_close(c.stream);
	client_run(&c, STREAM_ENDED);
}
END_TEST

START_TEST(resumed_with_nonsense)
{
	static const char *const texts[] = { "<resumed xmlns='urn:xmpp:sm:3' previd='a&amp;b'/>",
		"<resumed xmlns='urn:xmpp:sm:3' previd='a&amp;b' h='-1'/>",
		"<resumed xmlns='urn:xmpp:sm:3' previd='a&amp;b' h='4294967296'/>",
		"<resumed xmlns='urn:xmpp:sm:3' previd='a&amp;b' h='two'/>" };
	resume_expected = "<resume";
	resume_answer = texts[_i];
	resume(&lost, -1, STREAM_ENDED);
	client_failed(&c, ERR_PROTOCOL, "h");
}
END_TEST

static void play_end_only(struct peer *p)
{
	peer_expect_end(p);
}

START_TEST(nothing_to_resume)
{
	static const struct sm_session none = SM_SESSION_INIT;
	struct script script = { .stage = STAGE_NONE, .stop_before_binding = true, .bound = play_end_only };
	c.options.goal = STREAM_GOAL_RESUMED;
	c.options.resume = &none;
	run_script(&script, STREAM_ENDED, 0);
	client_failed(&c, ERR_UNSUPPORTED, "no session");
}
END_TEST

/* ---- registration ---- */

static const struct stream_account people[] = { { "romeo", "a&b" }, { "juliet", "<c>" }, { "nurse", "d" } };
static int accounts_a_stream;
static const char *fields_answer;

static void play_registration(struct peer *p)
{
	peer_expect(p, "id='assay-fields' to='chat.test'><query xmlns='jabber:iq:register'/></iq>");
	peer_say(p, fields_answer);
	for (int i = 0;; i++) {
		while (p->seen.len == 0)
			if (!peer_read(p))
				return;
		if (strstr(p->seen.data, "</stream:stream>"))
			break;
		peer_expect(p, "<username>");
		peer_expect(p, "</query></iq>");
		if (i >= accounts_a_stream) {
			peer_say(p,
				"<iq type='error' id='assay-account'><error type='cancel'>"
				"<not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
			break;
		}
		peer_say(p, "<iq type='result' id='assay-account'/>");
	}
	play_goodbye(p);
}

#define FIELDS(inside) "<iq type='result' id='assay-fields'><query xmlns='jabber:iq:register'>" inside "</query></iq>"
#define PLAIN_FIELDS   "<instructions>Choose</instructions><username/><password/>"

static int register_people(int connections, size_t count, size_t *done, struct err *e)
{
	static struct script script;
	script = (struct script){ .stage = STAGE_NONE, .stop_before_authentication = true, .bound = play_registration };
	client_serve(&c, &script, connections, 0);
	return stream_register(c.loop, &c.options, people, count, done, clock_now() + 10 * CLOCK_SECOND, e);
}

START_TEST(registers_over_one_stream)
{
	struct err e;
	size_t done;
	accounts_a_stream = 3;
	fields_answer = FIELDS(PLAIN_FIELDS);
	ck_assert_msg(register_people(1, 3, &done, &e) == 0, "%s", e.message);
	ck_assert_uint_eq(done, 3);
}
END_TEST

START_TEST(registers_one_a_stream)
{
	struct err e;
	size_t done;
	accounts_a_stream = 1;
	fields_answer = FIELDS(PLAIN_FIELDS);
	ck_assert_msg(register_people(3, 3, &done, &e) == 0, "%s", e.message);
	ck_assert_uint_eq(done, 3);
}
END_TEST

START_TEST(registration_is_refused)
{
	struct err e;
	size_t done;
	accounts_a_stream = 0;
	fields_answer = FIELDS(PLAIN_FIELDS);
	ck_assert_int_eq(register_people(1, 2, &done, &e), -1);
	ck_assert_uint_eq(done, 0);
	ck_assert_int_eq(e.class, ERR_REFUSED);
	ck_assert_ptr_nonnull(strstr(e.message, "romeo: not-acceptable"));
}
END_TEST

START_TEST(registration_that_nobody_can_fill_in)
{
	static const char *const texts[] = {
		FIELDS(PLAIN_FIELDS "<email/>"),
		FIELDS(""),
		FIELDS("<x xmlns='jabber:x:data' type='form'><field var='username'><required/></field>"
		       "<field var='ocr'><required/></field></x>"),
		"<iq type='error' id='assay-fields'><error type='cancel'>"
		"<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
		"<iq type='result' id='assay-fields'/>",
	};
	struct err e;
	size_t done;
	fields_answer = texts[_i];
	ck_assert_int_eq(register_people(1, 1, &done, &e), -1);
	ck_assert_int_eq(e.class, ERR_UNSUPPORTED);
}
END_TEST

START_TEST(registration_out_of_time)
{
	struct script script = { .stage = STAGE_NONE, .stop_before_authentication = true, .bound = play_end_only };
	struct err e;
	size_t done;
	client_serve(&c, &script, 1, 0);
	int64_t deadline = clock_now() + 200 * CLOCK_MILLISECOND;
	ck_assert_int_eq(stream_register(c.loop, &c.options, people, 1, &done, deadline, &e), -1);
	ck_assert_int_eq(e.class, ERR_CONNECTION);
	ck_assert_int_lt(clock_now(), deadline + 2 * CLOCK_SECOND);
}
END_TEST

Suite *suite_login(void)
{
	Suite *suite = suite_create("login");
	TCase *t = tcase_create("scram");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, scram_login, 0, (int)(sizeof logins / sizeof *logins));
	tcase_add_loop_test(t, cheating_server, 0, (int)(sizeof cheats / sizeof *cheats));
	tcase_add_test(t, success_without_an_exchange);
	tcase_add_test(t, stripped_types);
	suite_add_tcase(suite, t);
	t = tcase_create("management");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, management_counts);
	tcase_add_test(t, management_is_refused);
	tcase_add_test(t, resumed);
	tcase_add_test(t, resumption_refused);
	tcase_add_loop_test(t, resumed_with_nonsense, 0, 4);
	tcase_add_test(t, nothing_to_resume);
	suite_add_tcase(suite, t);
	t = tcase_create("registration");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, registers_over_one_stream);
	tcase_add_test(t, registers_one_a_stream);
	tcase_add_test(t, registration_is_refused);
	tcase_add_loop_test(t, registration_that_nobody_can_fill_in, 0, 5);
	tcase_add_test(t, registration_out_of_time);
	suite_add_tcase(suite, t);
	return suite;
}
