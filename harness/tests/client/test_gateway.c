/* The gateway between our own stream, which is the client here, and a scripted server. */
#include "tests/client/gateway_stage.h"

static xmlDoc *parse(const char *xml)
{
	struct err e;
	xmlDoc *doc = xml_parse(xml, strlen(xml), &e);
	ck_assert_msg(doc != NULL, "%s", e.message);
	return doc;
}

static bool give(const char *xml)
{
	xmlDoc *doc = parse(xml);
	bool given = gateway_give(gateway, xml_root(doc));
	xmlFreeDoc(doc);
	return given;
}

static void fact_is(const char *name, const char *value)
{
	BUF_AUTO out = BUF_INIT;
	gateway_fact(gateway, name, &out);
	ck_assert_str_eq(buf_text(&out), value);
}

/* ---- relaying ---- */

#define ENABLED "<enabled xmlns='urn:xmpp:sm:3' id='s1' resume='true'/>"

static void play_released(struct peer *p)
{
	peer_expect(p, "<enable ");
	peer_say(p, ENABLED "<message id='a'/><message id='b'/>");
	peer_expect(p, "early");
	peer_say(p, "<r xmlns='urn:xmpp:sm:3'/>");
	peer_expect(p, " h='1'");
	peer_expect(p, "late");
	peer_say(p, "<r xmlns='urn:xmpp:sm:3'/>");
	peer_expect(p, " h='2'");
	play_goodbye(p);
}

/* What is kept back was not handled; once it is released, it was. */
START_TEST(what_is_released_counts_then)
{
	struct script script = { .stage = STAGE_NONE, .bound = play_released };
	serve(&script, 1);
	client_start(&c);
	client_run(&c, STREAM_READY);
	kept_back = "id='b'";
	client_say(&c, "<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
	until_shown("id='b'");
	client_say(&c, "<message id='early'/>");
	until_shown("<r ");
	xmlDoc *doc = parse("<message id='b'/>");
	ck_assert(gateway_release(gateway, xml_root(doc)));
	xmlFreeDoc(doc);
	client_await(&c, "id='b'");
	until_shown("><a ");
	buf_clear(&seen);
	client_say(&c, "<message id='late'/>");
	until_shown("><a ");
	stream_close(c.stream);
	client_run(&c, STREAM_ENDED);
}
END_TEST

static void play_talk(struct peer *p)
{
	peer_expect(p, "<body>hark</body>");
	peer_say(p, "<message from='juliet@" DOMAIN "/balcony' id='m1'><body>who?</body></message>");
	play_goodbye(p);
}

START_TEST(relays_a_whole_session)
{
	struct script script = { .stage = STAGE_NONE,
		.mechanisms = "<mechanism>SCRAM-SHA-1-PLUS</mechanism><mechanism>PLAIN</mechanism>",
		.features = "<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'><channel-binding type='tls-exporter'/>"
			    "</sasl-channel-binding>",
		.bound = play_talk };
	serve(&script, 1);
	ck_assert(!gateway_is_online(gateway));
	ck_assert(!give("<message/>"));
	client_start(&c);
	client_run(&c, STREAM_READY);
	ck_assert_str_eq(stream_mechanisms(c.stream), "PLAIN");
	ck_assert_str_eq(stream_binding_types(c.stream), "");
	ck_assert_str_eq(stream_jid(c.stream), "romeo@" DOMAIN "/phone");
	client_say(&c, "<message to='juliet@" DOMAIN "'><body>hark</body></message>");
	client_await(&c, "who?");
	ck_assert(gateway_is_online(gateway));
	ck_assert_str_eq(gateway_jid(gateway), "romeo@" DOMAIN "/phone");
	fact_is("sasl.mechanism", "PLAIN");
	fact_is("tls.version", "TLSv1.3");
	fact_is("else", "");
	ck_assert_ptr_nonnull(strstr(seen.data, "<body>hark</body>"));
	ck_assert_ptr_nonnull(strstr(seen.data, "\n<<message xmlns='jabber:client' from="));
	ck_assert_ptr_nonnull(strstr(seen.data, "\n><message xmlns='jabber:client' to="));
	stream_close(c.stream);
	client_run(&c, STREAM_ENDED);
	ck_assert_int_eq(stream_error(c.stream)->class, ERR_NONE);
	ck_assert_str_eq(stream_ending(c.stream), "tag");
	ck_assert_str_eq(buf_text(&events), "0123");
}
END_TEST

START_TEST(direct_tls)
{
	struct script script = { .stage = STAGE_NONE };
	serve(&script, 1);
	c.options.transport = TRANSPORT_DIRECT;
	client_start(&c);
	client_run(&c, STREAM_READY);
	stream_close(c.stream);
	client_run(&c, STREAM_ENDED);
	ck_assert_str_eq(stream_ending(c.stream), "tag");
}
END_TEST

START_TEST(websocket)
{
	struct script script = { .stage = STAGE_NONE, .bound = play_talk };
	AUTO_TEXT url = NULL;
	identity_release(&c.identity);
	c.identity = identity_make("DNS:" DOMAIN ",IP:127.0.0.1", &c.authority, -DAY, DAY);
	unlink(certificate_file);
	unlink(key_file);
	free(certificate_file);
	free(key_file);
	certificate_file = identity_write(&c.identity);
	key_file = write_key(&c.identity);
	serve(&script, 1);
	url = memory_printf("wss://127.0.0.1:%d/somewhere", gateway_web_port(gateway));
	c.options.url = url;
	c.options.transport = TRANSPORT_WEBSOCKET;
	client_start(&c);
	client_run(&c, STREAM_READY);
	ck_assert_str_eq(stream_jid(c.stream), "romeo@" DOMAIN "/phone");
	client_say(&c, "<message to='juliet@" DOMAIN "'><body>hark</body></message>");
	client_await(&c, "who?");
	ck_assert_str_eq(gateway_jid(gateway), "romeo@" DOMAIN "/phone");
	ck_assert(give("<message id='forged'/>"));
	client_await(&c, "forged");
	stream_close(c.stream);
	client_run(&c, STREAM_ENDED);
	ck_assert_str_eq(stream_ending(c.stream), "tag");
	ck_assert_str_eq(buf_text(&events), "0123");
}
END_TEST

/* ---- putting in, keeping back, and what is counted then ---- */

static void play_counted(struct peer *p)
{
	peer_expect(p, "<enable ");
	peer_say(p, ENABLED);
	peer_expect(p, "one");
	peer_expect(p, "three"); /* without the second */
	peer_say(p, "<message id='a'/><message id='secret'/><message id='b'/>");
	peer_expect(p, "ready");
	peer_say(p, "<r xmlns='urn:xmpp:sm:3'/>");
	peer_expect(p, " h='3'"); /* though the client has got four: two of these and two of the gateway's */
	peer_say(p, "<a xmlns='urn:xmpp:sm:3' h='2'/>");
	play_goodbye(p);
}

START_TEST(counts_are_put_right)
{
	struct script script = { .stage = STAGE_NONE, .bound = play_counted };
	serve(&script, 1);
	client_start(&c);
	client_run(&c, STREAM_READY);
	client_say(&c, "<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
	client_await(&c, "<enabled");
	kept_back = "secret";
	client_say(&c, "<message id='one'/>");
	client_say(&c, "<message id='secret-two'/>");
	client_say(&c, "<message id='three'/>");
	until_shown("id='b'");
	ck_assert_ptr_nonnull(strstr(seen.data, "secret-two"));
	ck_assert(give("<message id='forged-1'/>"));
	ck_assert(give("<message id='forged-2'/>"));
	client_await(&c, "forged-2");
	ck_assert_ptr_null(strstr(c.received.data, "secret"));
	ck_assert_ptr_null(strstr(seen.data, "forged"));
	client_say(&c, "<message id='ready'/>");
	/* The server has handled two of ours, which are three for the client, as it does not know that one was kept back. */
	client_await(&c, "h='3'");
	ck_assert_uint_eq(stream_sm(c.stream)->handled, 4);
	stream_close(c.stream);
	client_run(&c, STREAM_ENDED);
}
END_TEST

static void play_resumed(struct peer *p)
{
	if (p->turn == 0) {
		peer_expect(p, "<enable ");
		peer_say(p, ENABLED);
		peer_expect(p, "one");
		peer_say(p, "<message id='a'/><message id='b'/>");
		peer_expect_end(p);
		return;
	}
	peer_expect(p, "<resume ");
	peer_expect(p, " h='1'"); /* the client has got `a` and one of the gateway's; `b` was lost on the way */
	peer_say(p, "<resumed xmlns='urn:xmpp:sm:3' previd='s1' h='1'/><message id='b'/>");
	peer_expect(p, "two");
	peer_say(p, "<r xmlns='urn:xmpp:sm:3'/>");
	peer_expect(p, " h='2'");
	peer_say(p, "<a xmlns='urn:xmpp:sm:3' h='2'/>");
	play_goodbye(p);
}

static void play_resuming_server(struct peer *p)
{
	struct script *script = p->context;
	script->stop_before_binding = p->turn == 1;
	play_server(p);
}

START_TEST(counts_are_right_after_a_resumption)
{
	struct script script = { .stage = STAGE_NONE, .bound = play_resumed };
	const struct peer template = { .identity = &c.identity, .context = &script, .may_be_left = true };
	c.server = peer_start(play_resuming_server, 2, &template);
	c.options.port = c.server.port;
	open_gateway();
	client_start(&c);
	client_run(&c, STREAM_READY);
	client_say(&c, "<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
	client_await(&c, "<enabled");
	kept_back = "id='b'";
	client_say(&c, "<message id='one'/>");
	client_await(&c, "id='a'");
	until_shown("id='b'");
	ck_assert(give("<message id='forged'/>"));
	client_await(&c, "forged");
	kept_back = NULL;
	gateway_cut(gateway);
	ck_assert(!gateway_is_online(gateway));
	client_run(&c, STREAM_ENDED);
	struct sm_session session = SM_SESSION_INIT;
	sm_session_copy(&session, stream_sm(c.stream));
	ck_assert_uint_eq(session.handled, 2);
	c.options.goal = STREAM_GOAL_RESUMED;
	c.options.resume = &session;
	c.options.resume_h = -1;
	client_start(&c);
	client_run(&c, STREAM_READY);
	sm_session_release(&session);
	ck_assert(gateway_is_online(gateway));
	client_await(&c, "id='b'");
	client_say(&c, "<message id='two'/>");
	buf_clear(&c.received);
	client_await(&c, "h='2'");
	ck_assert_uint_eq(stream_sm(c.stream)->handled, 3);
	stream_close(c.stream);
	client_run(&c, STREAM_ENDED);
	ck_assert_str_eq(buf_text(&events), "01230123");
}
END_TEST

static void play_lost(struct peer *p)
{
	if (p->turn == 0) {
		peer_expect(p, "<enable ");
		peer_say(p, ENABLED "<message id='a'/>");
		peer_expect(p, "one");
		peer_expect_end(p);
		return;
	}
	peer_expect(p, "<resume ");
	peer_expect(p, " h='1'");
	peer_say(p, "<resumed xmlns='urn:xmpp:sm:3' previd='s1' h='1'/>");
	peer_expect(p, "again");
	peer_say(p, "<a xmlns='urn:xmpp:sm:3' h='2'/>");
	play_goodbye(p);
}

/* What the client says to nobody is shown, and not taken for handled by the server when the session is resumed. */
START_TEST(what_is_lost_was_not_handled)
{
	struct script script = { .stage = STAGE_NONE, .bound = play_lost };
	const struct peer template = { .identity = &c.identity, .context = &script, .may_be_left = true };
	c.server = peer_start(play_resuming_server, 2, &template);
	c.options.port = c.server.port;
	open_gateway();
	client_start(&c);
	client_run(&c, STREAM_READY);
	client_say(&c, "<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
	client_await(&c, "id='a'");
	client_say(&c, "<message id='one'/>");
	until_shown("id='one'");
	fact_is("sm.id", "s1");
	fact_is("sm.h", "1");
	fact_is("sm.sent", "1");
	gateway_lose(gateway);
	client_say(&c, "<message id='lost'/>");
	until_shown("id='lost'");
	fact_is("sm.sent", "1");
	gateway_cut(gateway);
	client_run(&c, STREAM_ENDED);
	struct sm_session session = SM_SESSION_INIT;
	sm_session_copy(&session, stream_sm(c.stream));
	c.options.goal = STREAM_GOAL_RESUMED;
	c.options.resume = &session;
	c.options.resume_h = -1;
	buf_clear(&c.received);
	client_start(&c);
	client_run(&c, STREAM_READY);
	sm_session_release(&session);
	client_await(&c, "h='1'");
	client_say(&c, "<message id='again'/>");
	buf_clear(&c.received);
	client_await(&c, "h='2'");
	stream_close(c.stream);
	client_run(&c, STREAM_ENDED);
}
END_TEST

/* The owner may change an element on its way. */
static bool alter(void *context, enum gateway_side from, xmlNode *element, int64_t when)
{
	(void)context;
	(void)when;
	if (from == GATEWAY_SERVER && xml_is(element, "message", NULL))
		xml_set_attribute(element, "from", "mallory@" DOMAIN);
	return true;
}

START_TEST(what_the_owner_alters_goes_on_altered)
{
	static const struct gateway_callbacks altering = { alter, NULL, NULL };
	struct script script = { .stage = STAGE_NONE, .bound = play_talk };
	struct err e;
	client_serve(&c, &script, 1, 0);
	const struct gateway_options options = { .domain = DOMAIN,
		.host = "127.0.0.1",
		.port = c.options.port,
		.ca_file = c.ca_file,
		.verify = true,
		.certificate = certificate_file,
		.key = key_file };
	gateway = gateway_new(c.loop, &options, &altering, NULL, &e);
	ck_assert_ptr_nonnull(gateway);
	c.options.port = gateway_port(gateway);
	client_start(&c);
	client_run(&c, STREAM_READY);
	client_say(&c, "<message to='juliet@" DOMAIN "'><body>hark</body></message>");
	client_await(&c, "mallory@");
	stream_close(c.stream);
	client_run(&c, STREAM_ENDED);
}
END_TEST

/* ---- what goes wrong ---- */

static void play_nothing(struct peer *p)
{
	peer_expect_end(p);
}

START_TEST(a_cut_reaches_both)
{
	struct script script = { .stage = STAGE_NONE, .bound = play_nothing };
	serve(&script, 1);
	client_start(&c);
	client_run(&c, STREAM_READY);
	gateway_cut(gateway);
	client_run(&c, STREAM_ENDED);
	ck_assert_int_eq(stream_error(c.stream)->class, ERR_CONNECTION);
	ck_assert_str_eq(stream_ending(c.stream), "connection");
	ck_assert_str_eq(buf_text(&events), "0123");
}
END_TEST

static void play_ended(struct peer *p)
{
	peer_expect(p, "</stream:stream>");
	peer_say(p, "</stream:stream>");
	peer_expect_end(p);
}

START_TEST(an_end_is_proper_to_the_server_alone)
{
	struct script script = { .stage = STAGE_NONE, .bound = play_ended };
	int64_t end = clock_now() + 15 * CLOCK_SECOND;
	serve(&script, 1);
	client_start(&c);
	client_run(&c, STREAM_READY);
	ck_assert(!gateway_is_ending(gateway));
	gateway_end(gateway);
	ck_assert(gateway_is_ending(gateway));
	client_run(&c, STREAM_ENDED);
	ck_assert_str_eq(stream_ending(c.stream), "connection");
	while (gateway_is_ending(gateway) && clock_now() < end)
		loop_once(c.loop, end);
	ck_assert(!gateway_is_ending(gateway));
	ck_assert(!gateway_is_online(gateway));
	ck_assert_str_eq(buf_text(&events), "0123");
}
END_TEST

START_TEST(a_client_that_trusts_another_authority)
{
	struct identity other = identity_make("DNS:elsewhere.test", NULL, -DAY, DAY);
	AUTO_TEXT other_file = identity_write(&other);
	c.options.port = 1; /* nobody: it does not come so far */
	open_gateway();
	c.options.ca_file = other_file;
	client_start(&c);
	client_run(&c, STREAM_ENDED);
	until_noted("unknown ca");
	ck_assert_str_eq(buf_text(&seen), "");
	unlink(other_file);
	identity_release(&other);
	const struct peer template = { .identity = &c.identity };
	c.server = peer_start(play_nothing, 0, &template);
}
END_TEST

START_TEST(a_server_that_is_not_there)
{
	const struct peer template = { .identity = &c.identity };
	c.server = peer_start(play_nothing, 0, &template);
	c.options.port = c.server.port;
	peer_finish(&c.server); /* until then its port takes connections, and resets them */
	open_gateway();
	client_start(&c);
	client_run(&c, STREAM_ENDED);
	until_noted("cannot connect");
	c.server = peer_start(play_nothing, 0, &template);
}
END_TEST

static struct buf said; /* to a connection by hand */
static bool over;

static void by_hand(struct connection *connection, enum net_event event, void *context)
{
	(void)context;
	if (event == NET_CONNECTED)
		net_write(connection, c.options.resource, strlen(c.options.resource));
	if (event == NET_DATA)
		buf_add(&said, net_input(connection)->data, net_input(connection)->len);
	if (event == NET_DATA)
		buf_clear(net_input(connection));
	if (event == NET_CLOSED || event == NET_FAILED)
		over = true;
}

/* What the gateway says to that, until it ends the connection. */
static const char *answer_to(const char *bytes)
{
	const struct peer template = { .identity = &c.identity };
	c.server = peer_start(play_nothing, 0, &template);
	c.options.port = 1;
	open_gateway();
	c.options.resource = bytes;
	over = false;
	buf_clear(&said);
	struct connection *connection = net_connect(c.loop, "127.0.0.1", gateway_port(gateway), by_hand, NULL);
	int64_t end = clock_now() + 15 * CLOCK_SECOND;
	while (!over && clock_now() < end)
		loop_once(c.loop, end);
	ck_assert(over);
	net_close(connection);
	return buf_text(&said);
}

#define CLIENT_HEADER                                                                                                  \
	"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='" DOMAIN             \
	"' version='1.0'>"

START_TEST(a_password_before_tls)
{
	const char *answer =
		answer_to(CLIENT_HEADER "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AA</auth>");
	ck_assert_ptr_nonnull(strstr(answer, "<required/>"));
	ck_assert_ptr_nonnull(strstr(answer, "<policy-violation"));
	ck_assert_ptr_nonnull(strstr(seen.data, "><auth ")); /* the scenario sees it */
	buf_release(&said);
}
END_TEST

START_TEST(what_is_no_xml)
{
	ck_assert_ptr_nonnull(strstr(answer_to(CLIENT_HEADER "<a></b>"), "<not-well-formed"));
	until_noted("no XMPP");
	buf_release(&said);
}
END_TEST

Suite *suite_gateway(void)
{
	Suite *s = suite_create("client/gateway");
	TCase *t = tcase_create("gateway");
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, relays_a_whole_session);
	tcase_add_test(t, direct_tls);
	tcase_add_test(t, websocket);
	tcase_add_test(t, what_is_released_counts_then);
	tcase_add_test(t, counts_are_put_right);
	tcase_add_test(t, counts_are_right_after_a_resumption);
	tcase_add_test(t, what_is_lost_was_not_handled);
	tcase_add_test(t, an_end_is_proper_to_the_server_alone);
	tcase_add_test(t, what_the_owner_alters_goes_on_altered);
	tcase_add_test(t, a_cut_reaches_both);
	tcase_add_test(t, a_client_that_trusts_another_authority);
	tcase_add_test(t, a_server_that_is_not_there);
	tcase_add_test(t, a_password_before_tls);
	tcase_add_test(t, what_is_no_xml);
	suite_add_tcase(s, t);
	return s;
}
