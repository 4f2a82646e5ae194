/* The driver over libstrophe: a session with a scripted server, what it cannot do, and servers that let it down. */
#include "base/text.h"
#include "driver/driver.h"
#include "tests/xmpp/script.h"

static struct driver *driver;
static struct device *device;
static struct device_config config;
static struct peer_server server;
static struct identity authority, identity;
static char *ca_file;
static struct buf states, received;

static void on_received(void *context, xmlDoc *doc, int64_t when)
{
	(void)context;
	(void)when;
	xml_print(xml_root(doc), &received);
	xmlFreeDoc(doc);
}

static void on_sent(void *context, const xmlNode *element, int64_t when)
{
	(void)context;
	(void)element;
	(void)when;
}

static void on_changed(void *context, enum device_state state)
{
	(void)context;
	buf_printf(&states, "%d", state);
}

static const struct device_callbacks callbacks = { .received = on_received, .sent = on_sent, .changed = on_changed };

static void set_up(void)
{
	struct err e;
	xml_start();
	driver = driver_new("strophe", &e);
	ck_assert_ptr_nonnull(driver);
	authority = identity_make(NULL, NULL, -DAY, DAY);
	identity = identity_make("DNS:" DOMAIN, &authority, -DAY, DAY);
	ca_file = identity_write(&authority);
	config = (struct device_config){ .label = "phone",
		.user = "romeo",
		.domain = DOMAIN,
		.password = "secret",
		.resource = "phone",
		.host = "127.0.0.1",
		.ca_file = ca_file,
		.verify = true };
}

static void tear_down(void)
{
	device_free(device);
	device = NULL;
	driver_free(driver);
	peer_finish(&server);
	unlink(ca_file);
	free(ca_file);
	identity_release(&authority);
	identity_release(&identity);
	buf_release(&states);
	buf_release(&received);
}

static void serve(peer_play *play, int connections)
{
	const struct peer template = { .identity = &identity };
	server = peer_start(play, connections, &template);
	config.port = server.port;
	device = device_new(driver, &config, &callbacks, NULL);
}

static void run(enum device_state state)
{
	int64_t end = clock_now() + 15 * CLOCK_SECOND;
	while (device_state(device) != state && clock_now() < end)
		driver_pump(driver, end);
	ck_assert_msg(device_state(device) == state, "state %d in place of %d: %s", device_state(device), state,
		device_error(device)->message);
}

static void play_header(struct peer *p, const char *features)
{
	peer_expect(p, "<stream:stream");
	peer_expect(p, ">");
	peer_say(p, HEADER "<stream:features>");
	peer_say(p, features);
	peer_say(p, "</stream:features>");
}

static void play_up_to_auth(struct peer *p)
{
	play_header(p, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>");
	peer_expect(p, "<starttls");
	peer_expect(p, ">");
	peer_say(p, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
	peer_tls(p);
	play_header(
		p, "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>");
	peer_expect(p, "AHJvbWVvAHNlY3JldA==</auth>"); /* \0romeo\0secret */
}

static void play_up_to_bound(struct peer *p)
{
	play_up_to_auth(p);
	peer_say(p, "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
	play_header(p, "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>");
	peer_expect(p, "</iq>");
	peer_say(p,
		"<iq type='result' id='_xmpp_bind1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
		"<jid>romeo@" DOMAIN "/phone</jid></bind></iq>");
}

static void play_session(struct peer *p)
{
	play_up_to_bound(p);
	peer_expect(p, "<presence");
	peer_expect(p, "/>");
	peer_say(p, "<message id='1'><body>a &amp; b</body></message>");
	peer_expect(p, "</stream:stream>");
	peer_say(p, "</stream:stream>");
}

static void play_refusal(struct peer *p)
{
	play_up_to_auth(p);
	peer_say(p, "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure></stream:stream>");
}

static void play_error(struct peer *p)
{
	play_up_to_bound(p);
	peer_say(p,
		"<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
		"</stream:stream>");
}

static void play_silence(struct peer *p)
{
	peer_expect_end(p);
}

START_TEST(session)
{
	struct err e;
	serve(play_session, 1);
	ck_assert_ptr_null(device_jid(device));
	device_connect(device);
	run(DEVICE_ONLINE);
	ck_assert_str_eq(device_jid(device), "romeo@" DOMAIN "/phone");
	xmlDoc *doc = xml_parse("<presence/>", 11, &e);
	device_send(device, xml_root(doc));
	xmlFreeDoc(doc);
	int64_t end = clock_now() + 15 * CLOCK_SECOND;
	while (!received.len && clock_now() < end)
		driver_pump(driver, end);
	ck_assert_ptr_nonnull(strstr(buf_text(&received), "<body>a &amp; b</body>"));
	ck_assert_ptr_null(strstr(received.data, "_xmpp_"));
	device_close(device);
	run(DEVICE_CLOSED);
	ck_assert_str_eq(states.data, "134");
	ck_assert_int_eq(device_error(device)->class, ERR_NONE);
}
END_TEST

START_TEST(refused)
{
	serve(play_refusal, 1);
	device_connect(device);
	run(DEVICE_FAILED);
	ck_assert_int_eq(device_error(device)->class, ERR_REFUSED);
	ck_assert_ptr_null(strstr(device_error(device)->message, "secret"));
}
END_TEST

START_TEST(ended_by_an_error)
{
	serve(play_error, 1);
	device_connect(device);
	run(DEVICE_FAILED);
	ck_assert_int_eq(device_error(device)->class, ERR_REFUSED);
	ck_assert_ptr_nonnull(strstr(buf_text(&received), "conflict"));
}
END_TEST

START_TEST(nobody_there)
{
	serve(play_silence, 0);
	for (int i = 0; i < 2; i++) { /* it can be tried again */
		device_connect(device);
		run(DEVICE_FAILED);
		ck_assert_int_eq(device_error(device)->class, ERR_CONNECTION);
	}
}
END_TEST

/* An attempt that is given up stays given up, whatever the server says later. */
START_TEST(silent_server)
{
	serve(play_silence, 1);
	device_connect(device);
	driver_pump(driver, clock_now() + 100 * CLOCK_MILLISECOND);
	ck_assert_int_eq(device_state(device), DEVICE_CONNECTING);
	device_cut(device);
	ck_assert_int_eq(device_state(device), DEVICE_CLOSED);
	driver_pump(driver, clock_now() + 100 * CLOCK_MILLISECOND);
	ck_assert_str_eq(states.data, "14");
}
END_TEST

START_TEST(freed_at_once)
{
	serve(play_silence, 1);
	device_connect(device);
	device_cut(device); /* and torn down, before the driver has worked again */
}
END_TEST

START_TEST(what_it_cannot_do)
{
	struct err e;
	const struct driver_account account = { "romeo", "secret" };
	serve(play_silence, 0);
	ck_assert_str_eq(driver_name(driver), "strophe");
	ck_assert_int_eq(driver_capabilities(driver, TRANSPORT_DIRECT), DRIVER_DIRECT_TLS | DRIVER_RAW);
	device_resume(device, -1);
	ck_assert_int_eq(device_state(device), DEVICE_FAILED);
	ck_assert_int_eq(device_error(device)->class, ERR_UNSUPPORTED);
	ck_assert_int_eq(driver_register(driver, &config, &account, 1, clock_now(), &e), -1);
	ck_assert_int_eq(e.class, ERR_UNSUPPORTED);
	ck_assert_ptr_null(driver_new("stroph", &e));
	ck_assert_int_eq(e.class, ERR_USAGE);
}
END_TEST

static void on_readable(void *context)
{
	*(bool *)context = true;
	driver_watch(driver, -1, NULL, NULL);
}

START_TEST(watches_a_descriptor)
{
	int ends[2];
	bool seen = false;
	serve(play_silence, 0);
	ck_assert_int_eq(pipe(ends), 0);
	driver_watch(driver, ends[0], on_readable, &seen);
	driver_pump(driver, clock_now());
	ck_assert(!seen);
	close(ends[1]);
	int64_t begin = clock_now();
	driver_pump(driver, begin + 10 * CLOCK_SECOND);
	ck_assert(seen);
	ck_assert_int_lt(clock_now() - begin, 5 * CLOCK_SECOND);
	close(ends[0]);
}
END_TEST

Suite *suite_strophe(void)
{
	Suite *s = suite_create("strophe");
	TCase *c = tcase_create("all");
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, session);
	tcase_add_test(c, refused);
	tcase_add_test(c, ended_by_an_error);
	tcase_add_test(c, nobody_there);
	tcase_add_test(c, silent_server);
	tcase_add_test(c, freed_at_once);
	tcase_add_test(c, what_it_cannot_do);
	tcase_add_test(c, watches_a_descriptor);
	suite_add_tcase(s, c);
	return s;
}
