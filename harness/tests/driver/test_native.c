/* The native driver over a scripted server: states, facts, resumption, and connecting again. */
#include "base/text.h"
#include "driver/driver.h"
#include "tests/xmpp/script.h"

struct fixture {
	struct driver *driver;
	struct device *device;
	struct device_config config;
	struct peer_server server;
	struct identity authority, identity;
	char *ca_file;
	struct buf states, received;
	bool again; /* connect again as soon as it failed */
};
static struct fixture f;

static void on_received(void *context, xmlDoc *doc, int64_t when)
{
	(void)context;
	(void)when;
	xml_print(xml_root(doc), &f.received);
	buf_add_char(&f.received, '\n');
	xmlFreeDoc(doc);
}

static void on_changed(void *context, enum device_state state)
{
	(void)context;
	buf_printf(&f.states, "%d", state);
	if (state == DEVICE_FAILED && f.again) {
		f.again = false;
		device_connect(f.device);
	}
}

static const struct device_callbacks callbacks = { .received = on_received, .changed = on_changed };

static void set_up(void)
{
	struct err e;
	xml_start();
	f = (struct fixture){ .driver = driver_new("native", &e) };
	f.authority = identity_make(NULL, NULL, -DAY, DAY);
	f.identity = identity_make("DNS:" DOMAIN, &f.authority, -DAY, DAY);
	f.ca_file = identity_write(&f.authority);
	f.config = (struct device_config){ .label = "phone",
		.user = "romeo",
		.domain = DOMAIN,
		.password = "secret",
		.resource = "phone",
		.host = "127.0.0.1",
		.ca_file = f.ca_file,
		.verify = true };
}

static void tear_down(void)
{
	device_free(f.device);
	driver_pump(f.driver, clock_now() + CLOCK_MILLISECOND);
	driver_free(f.driver);
	peer_finish(&f.server);
	unlink(f.ca_file);
	free(f.ca_file);
	identity_release(&f.authority);
	identity_release(&f.identity);
	buf_release(&f.states);
	buf_release(&f.received);
}

static void serve(struct script *script, int connections)
{
	const struct peer template = { .identity = &f.identity, .context = script };
	f.server = peer_start(play_server, connections, &template);
	f.config.port = f.server.port;
	f.device = device_new(f.driver, &f.config, &callbacks, NULL);
}

static void run(enum device_state state)
{
	int64_t end = clock_now() + 15 * CLOCK_SECOND;
	while (device_state(f.device) != state && clock_now() < end)
		driver_pump(f.driver, end);
	ck_assert_msg(device_state(f.device) == state, "state %d in place of %d: %s", device_state(f.device), state,
		device_error(f.device)->message);
}

static void await(const char *text)
{
	int64_t end = clock_now() + 15 * CLOCK_SECOND;
	while (!(f.received.len && strstr(f.received.data, text)) && clock_now() < end)
		driver_pump(f.driver, end);
	ck_assert_msg(clock_now() < end, "'%s' did not come", text);
}

static void say(const char *xml)
{
	struct err e;
	xmlDoc *doc = xml_parse(xml, strlen(xml), &e);
	device_send(f.device, xml_root(doc));
	xmlFreeDoc(doc);
}

static void fact_is(const char *name, const char *value)
{
	BUF_AUTO out = BUF_INIT;
	device_fact(f.device, name, &out);
	ck_assert_msg(strcmp(buf_text(&out), value) == 0, "%s is '%s'", name, buf_text(&out));
}

static int64_t number_of(const char *name)
{
	BUF_AUTO out = BUF_INIT;
	device_fact(f.device, name, &out);
	return out.len ? strtoll(out.data, NULL, 10) : 0;
}

/* What each step of connecting took is the difference of two instants that follow each other. */
START_TEST(instants_of_connecting)
{
	static const char *const steps[] = { "time.began", "time.resolved", "time.connected", "time.secured",
		"time.authenticated", "time.ready" };
	struct script script = { .stage = STAGE_NONE };
	serve(&script, 1);
	int64_t before = clock_now();
	fact_is("time.began", "");
	device_connect(f.device);
	fact_is("time.ready", "");
	run(DEVICE_ONLINE);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		int64_t when = number_of(steps[i]);
		ck_assert_msg(when > before, "%s", steps[i]);
		before = when;
	}
	ck_assert_int_lt(before, clock_now());
	device_close(f.device);
	run(DEVICE_CLOSED);
}
END_TEST

START_TEST(online_and_closed)
{
	struct script script = { .stage = STAGE_NONE };
	serve(&script, 1);
	ck_assert_int_eq(device_state(f.device), DEVICE_IDLE);
	ck_assert_ptr_null(device_jid(f.device));
	fact_is("tls.version", "");
	fact_is("sm.h", "");
	device_close(f.device); /* nothing to close */
	device_cut(f.device);
	ck_assert_uint_eq(f.states.len, 0);
	device_connect(f.device);
	run(DEVICE_ONLINE);
	ck_assert_str_eq(device_jid(f.device), "romeo@chat.test/phone");
	fact_is("tls.version", "TLSv1.3");
	fact_is("sasl.mechanism", "PLAIN");
	fact_is("sasl.mechanisms", "PLAIN");
	fact_is("sm.id", "");
	fact_is("unheard.of", "");
	ck_assert_ptr_nonnull(xml_child(device_features(f.device), "bind", NS_BIND));
	device_close(f.device);
	ck_assert_int_eq(device_state(f.device), DEVICE_ONLINE);
	run(DEVICE_CLOSED);
	ck_assert_str_eq(f.states.data, "134");
	say("<presence/>"); /* to nobody */
	ck_assert_int_ge(driver_idle(f.driver), 0);
}
END_TEST

static void play_enable(struct peer *p)
{
	peer_expect(p, "<enable");
	peer_say(p, "<enabled xmlns='urn:xmpp:sm:3' id='s1' resume='true'/><message id='first'/>");
	peer_expect(p, "id='mine'");
	peer_expect_end(p);
}

static void play_resumption(struct peer *p)
{
	peer_expect(p, "<resume xmlns='urn:xmpp:sm:3' h='1' previd='s1'/>");
	peer_say(p, "<resumed xmlns='urn:xmpp:sm:3' h='0' previd='s1'/><message id='second'/>");
	play_goodbye(p);
}

/* First a session that is cut, then its resumption. */
static void play_twice(struct peer *p)
{
	static struct script script;
	script = (struct script){ .stage = STAGE_NONE,
		.bound = p->turn ? play_resumption : play_enable,
		.stop_before_binding = p->turn != 0 };
	p->context = &script;
	play_server(p);
}

START_TEST(cut_and_resumed)
{
	const struct peer template = { .identity = &f.identity };
	f.server = peer_start(play_twice, 2, &template);
	f.config.port = f.server.port;
	f.device = device_new(f.driver, &f.config, &callbacks, NULL);
	device_answer_acks(f.device, false);
	device_connect(f.device);
	run(DEVICE_ONLINE);
	say("<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
	await("first");
	say("<message id='mine'/>");
	fact_is("sm.id", "s1");
	fact_is("sm.h", "1");
	fact_is("sm.sent", "1");
	device_cut(f.device);
	ck_assert_int_eq(device_state(f.device), DEVICE_CLOSED);
	fact_is("sm.h", "1");
	device_resume(f.device, -1);
	ck_assert_int_eq(device_state(f.device), DEVICE_CONNECTING);
	fact_is("sm.id", "s1");
	run(DEVICE_ONLINE);
	await("second");
	fact_is("sm.h", "2");
	fact_is("sm.sent", "0");
	device_close(f.device);
	run(DEVICE_CLOSED);
}
END_TEST

static void play_failure(struct peer *p)
{
	static struct script script;
	script = (struct script){ .stage = p->turn ? STAGE_NONE : STAGE_ACCEPTED };
	p->context = &script;
	play_server(p);
}

START_TEST(connects_again_within_the_callback)
{
	const struct peer template = { .identity = &f.identity };
	f.server = peer_start(play_failure, 2, &template);
	f.config.port = f.server.port;
	f.device = device_new(f.driver, &f.config, &callbacks, NULL);
	f.again = true;
	device_connect(f.device);
	run(DEVICE_ONLINE);
	ck_assert_str_eq(f.states.data, "1513");
	ck_assert_int_eq(device_error(f.device)->class, ERR_NONE);
	device_close(f.device);
	run(DEVICE_CLOSED);
}
END_TEST

static void play_wait(struct peer *p)
{
	peer_expect_end(p);
}

START_TEST(unbound_and_cut)
{
	struct script script = { .stage = STAGE_NONE, .stop_before_binding = true, .bound = play_wait };
	f.config.goal = GOAL_UNBOUND;
	serve(&script, 1);
	device_connect(f.device);
	run(DEVICE_UNBOUND);
	ck_assert_ptr_null(device_jid(f.device));
	device_send_raw(f.device, "<iq/>", 5);
	device_cut(f.device);
	ck_assert_int_eq(device_state(f.device), DEVICE_CLOSED);
	device_resume(f.device, 0);
	run(DEVICE_FAILED); /* the server is gone, and there was no session either */
}
END_TEST

static void raw(const char *text)
{
	device_send_raw(f.device, text, strlen(text));
}

static void play_by_hand(struct peer *p)
{
	peer_expect(p, "<stream:stream one>");
	peer_say(p, HEADER "<stream:features/>");
	peer_expect(p, "<starttls/>");
	/* Whatever stands behind it came in the clear and must not be believed. */
	peer_say(p, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
	if (!peer_tls(p))
		return;
	peer_expect(p, "<stream:stream two>");
	peer_say(p, HEADER "<stream:error><reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>");
	peer_expect(p, "go on");
	peer_say(p, "</stream:stream>");
	peer_expect_end(p);
}

START_TEST(a_stream_by_hand)
{
	struct script script = { .stage = STAGE_ACCEPTED, .fault = play_by_hand };
	f.config.goal = GOAL_CONNECTED;
	serve(&script, 1);
	device_connect(f.device);
	run(DEVICE_UNBOUND);
	raw("<stream:stream one>");
	await("<stream:features");
	ck_assert_msg(text_starts(f.received.data, "<stream:stream "), "%s", f.received.data);
	raw("<starttls/>");
	await("<proceed");
	device_secure(f.device);
	ck_assert_int_eq(device_state(f.device), DEVICE_CONNECTING);
	run(DEVICE_UNBOUND);
	buf_clear(&f.received);
	raw("<stream:stream two>");
	await("<stream:error");
	ck_assert_int_eq(device_state(f.device), DEVICE_UNBOUND);
	fact_is("stream.end", "");
	raw("go on");
	run(DEVICE_FAILED);
	ck_assert_ptr_nonnull(strstr(device_error(f.device)->message, "reset"));
	fact_is("stream.end", "tag");
}
END_TEST

static void play_secured_by_hand(struct peer *p)
{
	peer_expect(p, "<stream:stream three>");
	peer_say(p, HEADER);
}

START_TEST(a_secured_stream_by_hand_that_ends_without_a_tag)
{
	struct script script = { .stage = STAGE_NONE, .by_hand = play_secured_by_hand };
	f.config.goal = GOAL_SECURED;
	serve(&script, 1);
	device_connect(f.device);
	run(DEVICE_UNBOUND);
	raw("<stream:stream three>");
	await("<stream:stream");
	run(DEVICE_FAILED);
	fact_is("stream.end", "connection");
	ck_assert_int_eq(device_error(f.device)->class, ERR_CONNECTION);
}
END_TEST

START_TEST(connecting_twice)
{
	struct script script = { .stage = STAGE_ACCEPTED, .fault = play_wait };
	serve(&script, 1);
	device_connect(f.device);
	device_connect(f.device);
	ck_assert_int_eq(device_state(f.device), DEVICE_FAILED);
	ck_assert_int_eq(device_error(f.device)->class, ERR_INTERNAL);
}
END_TEST

START_TEST(registration_fails_where_nobody_is)
{
	struct err e;
	const struct driver_account account = { "romeo", "secret" };
	struct script script = { .stage = STAGE_ACCEPTED, .fault = play_wait };
	serve(&script, 0);
	ck_assert_int_eq(driver_register(f.driver, &f.config, &account, 1, clock_now() + 5 * CLOCK_SECOND, &e), -1);
	ck_assert_int_eq(e.class, ERR_CONNECTION);
}
END_TEST

START_TEST(names_of_drivers)
{
	struct err e;
	struct script script = { .stage = STAGE_ACCEPTED };
	serve(&script, 0);
	ck_assert_str_eq(driver_name(f.driver), "native");
	ck_assert_uint_eq(driver_capabilities(f.driver, TRANSPORT_STARTTLS), (DRIVER_CLIENT << 1) - 1);
	ck_assert_ptr_null(driver_new("telepathy", &e));
	ck_assert_int_eq(e.class, ERR_USAGE);
}
END_TEST

Suite *suite_native(void)
{
	Suite *suite = suite_create("native");
	TCase *t = tcase_create("native");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, online_and_closed);
	tcase_add_test(t, instants_of_connecting);
	tcase_add_test(t, cut_and_resumed);
	tcase_add_test(t, connects_again_within_the_callback);
	tcase_add_test(t, unbound_and_cut);
	tcase_add_test(t, a_stream_by_hand);
	tcase_add_test(t, a_secured_stream_by_hand_that_ends_without_a_tag);
	tcase_add_test(t, connecting_twice);
	tcase_add_test(t, registration_fails_where_nobody_is);
	tcase_add_test(t, names_of_drivers);
	suite_add_tcase(suite, t);
	return suite;
}
