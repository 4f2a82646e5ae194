/* The stream of a component (XEP-0114) against a scripted server: what goes right, and a server that closes, stalls or says what it
 * must not. */
#include "tests/xmpp/script.h"
#include "xmpp/component.h"

#define BRIDGE "bridge.chat.test"
#define COMPONENT_HEADER                                                                                               \
	"<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' xmlns:stream='" NS_STREAMS                \
	"' from='" BRIDGE "' id='3BF96D32'>"
/* printf 3BF96D32secret | sha1sum */
#define HANDSHAKE "<handshake xmlns='jabber:component:accept'>b09ea9b3b7f586be8a08d0a3dd7466f110aeb136</handshake>"

static struct client c;

static void set_up(void)
{
	xml_start();
	client_init(&c);
	c.options = (struct stream_options){ .as_component = true,
		.domain = BRIDGE,
		.password = "secret",
		.host = "127.0.0.1",
		.goal = STREAM_GOAL_BOUND,
		.establish_limit = 10 * CLOCK_SECOND };
}

static void tear_down(void)
{
	client_release(&c);
}

static void serve(peer_play *play, int connections, bool may_be_left)
{
	const struct peer template = { .may_be_left = may_be_left };
	c.server = peer_start(play, connections, &template);
	c.options.port = c.server.port;
}

static void run(peer_play *play, enum stream_state state)
{
	serve(play, 1, false);
	client_start(&c);
	client_run(&c, state);
}

static void play_header(struct peer *p)
{
	peer_expect(p, "<stream:stream xmlns='jabber:component:accept'");
	peer_expect(p, " to='" BRIDGE "'>");
	peer_say(p, COMPONENT_HEADER);
}

static void let_in(struct peer *p)
{
	play_header(p);
	peer_expect(p, HANDSHAKE);
	peer_say(p, "<handshake/>");
}

START_TEST(handshake_of_the_specification)
{
	BUF_AUTO out = BUF_INIT;
	component_handshake("3BF96D32", "secret", &out);
	ck_assert_str_eq(buf_text(&out), "b09ea9b3b7f586be8a08d0a3dd7466f110aeb136");
}
END_TEST

/* ---- what goes right ---- */

static void play_conversation(struct peer *p)
{
	let_in(p);
	peer_say(p,
		"<message from='romeo@chat.test/phone' to='" BRIDGE "'><body>hark</body>"
		"<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' id='in'><body>in</body></message>"
		"</forwarded></message>");
	peer_expect(p,
		"<message xmlns='jabber:component:accept' from='" BRIDGE
		"' to='romeo@chat.test'><body>what</body><forwarded xmlns='urn:xmpp:forward:0'>"
		"<message xmlns='jabber:client' id='out'><body>out</body></message></forwarded></message>");
	play_goodbye(p);
}

START_TEST(namespaces_are_exchanged)
{
	run(play_conversation, STREAM_READY);
	ck_assert_str_eq(stream_jid(c.stream), BRIDGE);
	ck_assert_str_eq(stream_tls_version(c.stream), "");
	ck_assert_ptr_nonnull(strstr(c.notes.data, "without TLS, as the component " BRIDGE));
	client_await(&c, "hark");
	ck_assert_ptr_nonnull(strstr(c.received.data, "<message xmlns='jabber:client' from="));
	ck_assert_ptr_nonnull(strstr(c.received.data, "<message xmlns='jabber:client' id='in'>"));
	ck_assert_ptr_null(strstr(c.received.data, "jabber:component:accept"));
	client_say(&c,
		"<message from='" BRIDGE
		"' to='romeo@chat.test'><body>what</body><forwarded xmlns='urn:xmpp:forward:0'>"
		"<message xmlns='jabber:client' id='out'><body>out</body></message></forwarded></message>");
	ck_assert_ptr_null(strstr(c.sent.data, "jabber:component:accept"));
	stream_close(c.stream);
	client_run(&c, STREAM_ENDED);
	ck_assert_int_eq(stream_error(c.stream)->class, ERR_NONE);
	ck_assert_ptr_null(strstr(c.notes.data, "secret"));
	ck_assert_ptr_null(strstr(c.notes.data, "b09ea9b3"));
}
END_TEST

static void play_bare(struct peer *p)
{
	peer_expect(p, "<any/>");
	peer_say(p, COMPONENT_HEADER "<message from='a@b' to='" BRIDGE "'><body>hark</body></message>");
	peer_expect(p, "<handshake>x</handshake>");
	peer_say(p, "</stream:stream>");
	peer_expect_end(p);
}

START_TEST(left_to_its_owner)
{
	c.options.goal = STREAM_GOAL_CONNECTED;
	run(play_bare, STREAM_READY);
	ck_assert_ptr_null(stream_jid(c.stream));
	stream_send_raw(c.stream, "<any/>", 6);
	client_await(&c, "hark");
	ck_assert_ptr_nonnull(strstr(c.received.data, "<stream:stream xmlns='jabber:component:accept'"));
	ck_assert_ptr_nonnull(strstr(c.received.data, "<message xmlns='jabber:component:accept'"));
	stream_secure(c.stream); /* there is no TLS to begin */
	ck_assert_int_eq(stream_state(c.stream), STREAM_READY);
	stream_send_raw(c.stream, "<handshake>x</handshake>", 24);
	client_run(&c, STREAM_ENDED);
	ck_assert_str_eq(stream_ending(c.stream), "tag");
}
END_TEST

/* ---- what goes wrong ---- */

static void play_not_authorized(struct peer *p)
{
	play_header(p);
	peer_expect(p, "</handshake>");
	peer_say(p,
		"<stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>");
	peer_expect_end(p);
}

static void play_host_unknown(struct peer *p)
{
	peer_expect(p, ">");
	peer_say(p,
		"<stream:stream xmlns='jabber:component:accept' xmlns:stream='" NS_STREAMS
		"' id=''><stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
		"</stream:stream>");
	peer_expect_end(p);
}

static void play_no_id(struct peer *p)
{
	peer_expect(p, ">");
	peer_say(p, "<stream:stream xmlns='jabber:component:accept' xmlns:stream='" NS_STREAMS "'><handshake/>");
	peer_expect_end(p);
}

static void play_not_xmpp(struct peer *p)
{
	peer_expect(p, ">");
	peer_say(p, "<html><body/></html>");
	peer_expect_end(p);
}

static void play_two_headers(struct peer *p)
{
	play_header(p);
	peer_say(p, COMPONENT_HEADER "</stream:stream>");
	peer_expect_end(p);
}

static void play_features(struct peer *p)
{
	play_header(p);
	peer_say(p, "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>");
	peer_expect_end(p);
}

static void play_early_message(struct peer *p)
{
	play_header(p);
	peer_say(p, "<message from='a@b' to='" BRIDGE "'/><handshake/>");
	peer_expect_end(p);
}

static void play_clients_handshake(struct peer *p)
{
	play_header(p);
	peer_say(p, "<handshake xmlns='jabber:client'/>");
	peer_expect_end(p);
}

static void play_clients_message(struct peer *p)
{
	let_in(p);
	peer_say(p, "<message xmlns='jabber:client' from='a@b' to='" BRIDGE "'/>");
	peer_expect_end(p);
}

static void play_garbage(struct peer *p)
{
	let_in(p);
	peer_say(p, "<message <<< & >\xff</message>");
	peer_expect_end(p);
}

static void play_doctype(struct peer *p)
{
	peer_expect(p, ">");
	peer_say(p, "<!DOCTYPE x [<!ENTITY e 'e'>]>" COMPONENT_HEADER);
	peer_expect_end(p);
}

static void play_close_in_handshake(struct peer *p)
{
	play_header(p);
	peer_expect(p, "</handshake>");
}

static void play_tag_in_handshake(struct peer *p)
{
	play_header(p);
	peer_say(p, "</stream:stream>");
	peer_expect_end(p);
}

static const struct {
	peer_play *play;
	enum err_class class;
	const char *words;
} faults[] = {
	{ play_not_authorized, ERR_REFUSED, "not-authorized" },
	{ play_host_unknown, ERR_REFUSED, "host-unknown" },
	{ play_no_id, ERR_PROTOCOL, "without an id" },
	{ play_not_xmpp, ERR_PROTOCOL, "does not speak XMPP" },
	{ play_two_headers, ERR_PROTOCOL, "" },
	{ play_features, ERR_PROTOCOL, "<features" },
	{ play_early_message, ERR_PROTOCOL, "<message" },
	{ play_clients_handshake, ERR_PROTOCOL, "<handshake xmlns='jabber:client'>" },
	{ play_clients_message, ERR_PROTOCOL, "stanzas for components are in jabber:component:accept" },
	{ play_garbage, ERR_PROTOCOL, "" },
	{ play_doctype, ERR_PROTOCOL, "document type" },
	{ play_close_in_handshake, ERR_CONNECTION, "after the handshake" },
	{ play_tag_in_handshake, ERR_CONNECTION, "closed the stream after the handshake" },
};

START_TEST(faulty_server)
{
	run(faults[_i].play, STREAM_ENDED);
	client_failed(&c, faults[_i].class, faults[_i].words);
}
END_TEST

/* ---- stalls ---- */

static void stall_at_once(struct peer *p)
{
	peer_expect_end(p);
}

static void stall_after_header(struct peer *p)
{
	play_header(p);
	peer_expect_end(p);
}

static void stall_without_id(struct peer *p)
{
	peer_say(p, "<stream:stream xmlns='jabber:component:accept' xmlns:stream='" NS_STREAMS "'>");
	peer_expect_end(p);
}

START_TEST(stalled)
{
	static peer_play *const plays[] = { stall_at_once, stall_after_header, stall_without_id };
	c.options.establish_limit = 150 * CLOCK_MILLISECOND;
	serve(plays[_i], 1, true);
	client_start(&c);
	client_run(&c, STREAM_ENDED);
	client_failed(&c, ERR_CONNECTION, "timed out");
	ck_assert_int_lt(clock_now() - c.began, 5 * CLOCK_SECOND);
}
END_TEST

/* ---- closes at each byte ---- */

#define SAID (sizeof COMPONENT_HEADER "<handshake/>" - 1)

static void play_up_to_a_byte(struct peer *p)
{
	jmp_buf end;
	p->closes = &end;
	p->may_say = (size_t)p->turn;
	if (setjmp(end) == 0)
		let_in(p);
	p->closes = NULL;
}

START_TEST(closed_at_each_byte)
{
	serve(play_up_to_a_byte, (int)SAID, true);
	for (size_t i = 0; i < SAID; i++) {
		client_start(&c);
		client_run(&c, STREAM_ENDED);
		const struct err *e = stream_error(c.stream);
		ck_assert_msg(!c.was_ready, "let in after %zu of %zu bytes", i, SAID);
		ck_assert_msg(e->class == ERR_CONNECTION || e->class == ERR_PROTOCOL, "after %zu bytes: %s: %s", i,
			err_class_name(e->class), e->message);
	}
}
END_TEST

Suite *suite_component(void)
{
	Suite *s = suite_create("component");
	TCase *right = tcase_create("right"), *wrong = tcase_create("wrong"), *alone = tcase_create("alone");
	tcase_add_test(alone, handshake_of_the_specification);
	suite_add_tcase(s, alone);
	tcase_add_checked_fixture(right, set_up, tear_down);
	tcase_add_test(right, namespaces_are_exchanged);
	tcase_add_test(right, left_to_its_owner);
	suite_add_tcase(s, right);
	tcase_add_checked_fixture(wrong, set_up, tear_down);
	tcase_set_timeout(wrong, 60);
	tcase_add_loop_test(wrong, faulty_server, 0, (int)(sizeof faults / sizeof *faults));
	tcase_add_loop_test(wrong, stalled, 0, 3);
	tcase_add_test(wrong, closed_at_each_byte);
	suite_add_tcase(s, wrong);
	return s;
}
