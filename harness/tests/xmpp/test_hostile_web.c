/* Servers of WebSocket and BOSH that close at each byte, flood, stall or say what no server may: the stream ends with an error of its
 * own, in bounded time. They say their part without listening, for a client takes it in order all the same. */
#include "tests/xmpp/script.h"
#include <openssl/evp.h>
#include <signal.h>

#define FEATURES_OF(inner)                                                                                             \
	"<stream:features xmlns:stream='http://etherx.jabber.org/streams'>" inner "</stream:features>"
#define OPEN "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='" DOMAIN "' id='x' version='1.0'/>"
#define PLAIN_OFFERED                                                                                                  \
	FEATURES_OF("<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>")
#define SUCCESS         "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"
#define BINDING_OFFERED FEATURES_OF("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>")
#define BOUND                                                                                                          \
	"<iq xmlns='jabber:client' type='result' id='assay-bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"      \
	"<jid>romeo@" DOMAIN "/phone</jid></bind></iq>"
#define BODY(attributes, inner) "<body xmlns='http://jabber.org/protocol/httpbind' " attributes ">" inner "</body>"

/* What each says in turn, when all is well. */
static const char *const messages[] = { OPEN, PLAIN_OFFERED, SUCCESS, OPEN, BINDING_OFFERED, BOUND };
static const char *const bodies[] = { BODY("sid='s' wait='60' requests='2'", PLAIN_OFFERED), BODY("", SUCCESS),
	BODY("", BINDING_OFFERED), BODY("", BOUND) };
#define MESSAGES (sizeof messages / sizeof *messages)
#define BODIES   (sizeof bodies / sizeof *bodies)

/* What goes wrong: after `after` of what is said in turn comes `text`, as it is or framed, once or endlessly. */
static struct plan {
	size_t after, closes_at; /* closes_at: bytes; 0: never */
	const char *text;
	size_t length;
	bool framed, endless;
} plan;

static struct client c;
static char *url;

static void set_up(void)
{
	xml_start();
	client_init(&c);
	identity_release(&c.identity);
	c.identity = identity_make("IP:127.0.0.1", &c.authority, -DAY, DAY);
	c.options.establish_limit = 3 * CLOCK_SECOND / 2;
	plan = (struct plan){ .after = 100 };
	url = NULL;
}

static void stop_peer(void)
{
	if (!c.server.process)
		return;
	kill(c.server.process, SIGKILL);
	waitpid(c.server.process, NULL, 0);
	c.server.process = 0;
}

static void tear_down(void)
{
	stream_free(c.stream);
	c.stream = NULL;
	for (int i = 0; i < 2; i++)
		loop_once(c.loop, clock_now() + CLOCK_MILLISECOND);
	stop_peer();
	free(url);
	loop_free(c.loop);
	unlink(c.ca_file);
	free(c.ca_file);
	identity_release(&c.authority);
	identity_release(&c.identity);
	buf_release(&c.received);
	buf_release(&c.sent);
	buf_release(&c.notes);
	stream_forget_secrets();
}

/* ---- the servers ---- */

static void go_wrong(struct peer *p, void (*say)(struct peer *p, const char *text, size_t length))
{
	do
		say(p, plan.text, plan.length ? plan.length : strlen(plan.text));
	while (plan.endless && SSL_get_shutdown(p->ssl) == 0 && p->said < (256u << 20));
	peer_expect_end(p);
}

static void say_frame(struct peer *p, const char *text, size_t length)
{
	BUF_AUTO frame = BUF_INIT;
	buf_add_char(&frame, (char)0x81);
	if (length < 126) {
		buf_add_char(&frame, (char)length);
	} else {
		buf_add_char(&frame, 126);
		buf_add_char(&frame, (char)(length >> 8));
		buf_add_char(&frame, (char)(length & 255));
	}
	buf_add(&frame, text, length);
	peer_say_bytes(p, frame.data, frame.len);
}

static void say_upgrade(struct peer *p)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned length;
	char accept[64];
	peer_expect(p, "Sec-WebSocket-Key: ");
	while (!strstr(buf_text(&p->seen), "\r\n\r\n") && peer_read(p))
		;
	AUTO_TEXT text = memory_printf(
		"%.*s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", (int)strcspn(buf_text(&p->seen), "\r"), buf_text(&p->seen));
	EVP_Digest(text, strlen(text), digest, &length, EVP_sha1(), NULL);
	EVP_EncodeBlock((unsigned char *)accept, digest, (int)length);
	AUTO_TEXT answer =
		memory_printf("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
			      "Sec-WebSocket-Protocol: xmpp\r\nSec-WebSocket-Accept: %s\r\n\r\n",
			accept);
	peer_say(p, answer);
}

static void play_websocket(struct peer *p)
{
	jmp_buf end;
	if (!peer_tls(p))
		return;
	if (setjmp(end))
		return;
	p->closes = plan.closes_at ? &end : NULL;
	p->may_say = plan.closes_at;
	if (plan.after == 0 && !plan.framed) { /* in place of the handshake */
		go_wrong(p, peer_say_bytes);
		return;
	}
	say_upgrade(p);
	for (size_t i = 0; i < MESSAGES && i < plan.after; i++)
		say_frame(p, messages[i], strlen(messages[i]));
	if (plan.text)
		go_wrong(p, plan.framed ? say_frame : peer_say_bytes);
	else
		peer_expect_end(p);
}

static void say_answer(struct peer *p, const char *text, size_t length)
{
	AUTO_TEXT head =
		memory_printf("HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %zu\r\n\r\n", length);
	peer_say(p, head);
	peer_say_bytes(p, text, length);
}

static void play_bosh(struct peer *p)
{
	jmp_buf end;
	if (!peer_tls(p))
		return;
	if (setjmp(end))
		return;
	p->closes = plan.closes_at ? &end : NULL;
	p->may_say = plan.closes_at;
	for (size_t i = 0; i < BODIES; i++) {
		peer_expect(p, "\r\n\r\n");
		if (i == plan.after) {
			go_wrong(p, plan.framed ? say_answer : peer_say_bytes);
			return;
		}
		while (!strstr(buf_text(&p->seen), "</body>") && !strstr(buf_text(&p->seen), "/>") && peer_read(p))
			;
		buf_clear(&p->seen);
		say_answer(p, bodies[i], strlen(bodies[i]));
	}
	peer_expect_end(p);
}

static void begin(enum transport transport)
{
	const struct peer template = { .identity = &c.identity, .may_be_left = true };
	stop_peer();
	free(url);
	c.server = peer_start(transport == TRANSPORT_WEBSOCKET ? play_websocket : play_bosh, 8, &template);
	url = memory_printf(
		"%s://127.0.0.1:%d/xmpp", transport == TRANSPORT_WEBSOCKET ? "wss" : "https", c.server.port);
	c.options.transport = transport;
	c.options.url = url;
	client_start(&c);
}

static void must_fail(const char *what)
{
	client_run(&c, STREAM_ENDED);
	const struct err *e = stream_error(c.stream);
	ck_assert_msg(e->class == ERR_CONNECTION || e->class == ERR_PROTOCOL || e->class == ERR_REFUSED ||
			e->class == ERR_UNSUPPORTED,
		"%s: %s: %s", what, err_class_name(e->class), e->message);
	ck_assert_msg(*e->message, "%s: no message", what);
	ck_assert_ptr_null(strstr(e->message, "secret"));
	ck_assert_int_lt(clock_now() - c.began, 10 * CLOCK_SECOND);
}

/* ---- all is well ---- */

static const enum transport ways[] = { TRANSPORT_WEBSOCKET, TRANSPORT_BOSH };

START_TEST(the_plan_without_a_fault_works)
{
	begin(ways[_i]);
	client_run(&c, STREAM_READY);
	ck_assert_str_eq(stream_jid(c.stream), "romeo@" DOMAIN "/phone");
}
END_TEST

/* ---- closes at a byte ---- */

START_TEST(closed_at_a_byte)
{
	size_t whole = 0;
	if (ways[_i] == TRANSPORT_WEBSOCKET)
		for (size_t i = 0; i < MESSAGES; i++)
			whole += strlen(messages[i]) + 2;
	else
		for (size_t i = 0; i < BODIES; i++)
			whole += strlen(bodies[i]);
	ck_assert_uint_gt(whole, 600);
	for (size_t at = 1; at < whole; at += ways[_i] == TRANSPORT_WEBSOCKET ? 3 : 11) {
		plan.closes_at = at;
		begin(ways[_i]);
		must_fail("closed at a byte");
		ck_assert_msg(!c.was_ready, "ready after %zu bytes", at);
	}
}
END_TEST

/* ---- WebSocket ---- */

#define FRAMED(text) text, sizeof(text) - 1, true
#define BYTES(text)  text, sizeof(text) - 1, false
static const struct {
	size_t after;
	const char *text;
	size_t length;
	bool framed, endless;
	const char *words;
} websockets[] = {
	{ 0, BYTES("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"), false, "HTTP 404" },
	{ 0, BYTES("HTTP/1.1 101 Go\r\nUpgrade: websocket\r\n\r\n"), false, "Sec-WebSocket-Accept" },
	{ 0, BYTES("SSH-2.0-OpenSSH_9.2\r\n\r\n"), false, "HTTP/1.1" },
	{ 0, BYTES("X-Header: without an end of all headers\r\n"), true, "no end" },
	{ 0, FRAMED("no element"), false, "" },
	{ 0, FRAMED("<stream:stream xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"), false, "" },
	{ 0, FRAMED(PLAIN_OFFERED), false, "" },
	{ 1, FRAMED(OPEN), false, "second stream header" },
	{ 1, FRAMED("<a/><b/>"), false, "not one element" },
	{ 1, FRAMED("<a>"), false, "" },
	{ 1, FRAMED("</frame>"), false, "" },
	{ 1, FRAMED("</frame><frame>"), false, "" },
	{ 1, FRAMED(""), false, "not one element" },
	{ 1, FRAMED("<!-- a comment -->"), false, "comment" },
	{ 1, FRAMED("<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/></stream:features>"), false,
		"prefix" },
	{ 1, FRAMED("<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>"), false, "closed the stream" },
	{ 1,
		FRAMED("<stream:error xmlns:stream='http://etherx.jabber.org/streams'><host-unknown "
		       "xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"),
		false, "host-unknown" },
	{ 1, BYTES("\x82\x01x"), false, "binary" },
	{ 1,
		BYTES("\x81\x84"
		      "abcd<a/>"),
		false, "RFC 6455" },
	{ 1, BYTES("\x81\x7f\x7f\xff\xff\xff\xff\xff\xff\xff"), false, "" },
	{ 1, BYTES("\x88\x02\x03\xf3"), false, "closed the connection" },
	{ 1, BYTES("\x01\x10<message><body> "), true, "" }, /* a message that begins again and again */
	{ 2, FRAMED("<success xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"), false, "nobody expects" },
	{ 5, FRAMED("<iq xmlns='jabber:client' type='result' id='assay-bind'/>"), false, "full address" },
	/* Floods of what may come: nothing ends but by our own limit of time. */
	{ 1, BYTES("\x89\x04ping"), true, "timed out" },
	{ 5, FRAMED("<message xmlns='jabber:client'><body>flood</body></message>"), true, "timed out" },
};

START_TEST(hostile_websocket)
{
	plan = (struct plan){ .after = websockets[_i].after,
		.text = websockets[_i].text,
		.length = websockets[_i].length,
		.framed = websockets[_i].framed,
		.endless = websockets[_i].endless };
	begin(TRANSPORT_WEBSOCKET);
	must_fail(websockets[_i].text);
	ck_assert_msg(!c.was_ready, "%d is taken", _i);
	ck_assert_msg(strstr(stream_error(c.stream)->message, websockets[_i].words), "%d: '%s' lacks '%s'", _i,
		stream_error(c.stream)->message, websockets[_i].words);
}
END_TEST

/* ---- BOSH ---- */

static const struct {
	size_t after;
	const char *text;
	size_t length;
	bool framed, endless;
	const char *words;
} boshes[] = {
	{ 0, BYTES("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"), false, "HTTP 404" },
	{ 1, BYTES("HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nno"), false, "HTTP 500" },
	{ 0, BYTES("HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"), false,
		"HTTP 302" },
	{ 0, BYTES("SSH-2.0-OpenSSH_9.2\r\n"), false, "" },
	{ 0, BYTES("X: a header without an end\r\n"), true, "" },
	{ 0, BYTES("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n<body>"), true, "" },
	{ 0, BYTES("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), false, "" },
	{ 0, FRAMED(""), false, "" },
	{ 0, FRAMED("no element"), false, "" },
	{ 0, FRAMED("<html xmlns='http://www.w3.org/1999/xhtml'><body>hello</body></html>"), false,
		"does not speak BOSH" },
	{ 0, FRAMED(BODY("", "")), false, "names no session" },
	{ 0, FRAMED(BODY("type='terminate' condition='host-unknown'", "")), false, "host-unknown" },
	{ 1, FRAMED(BODY("type='terminate' condition='item-not-found'", "")), false, "item-not-found" },
	{ 1, FRAMED(BODY("type='terminate'", "")), false, "closed the stream" },
	{ 1, FRAMED("<body xmlns='http://jabber.org/protocol/httpbind'><a>"), false, "" },
	{ 1, FRAMED("<body xmlns='http://jabber.org/protocol/httpbind'>text</body>"), false, "text between" },
	{ 1, FRAMED(BODY("", "<!-- a comment -->")), false, "comment" },
	{ 1, FRAMED(BODY("", "<success xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")), false, "nobody expects" },
	{ 1,
		FRAMED(BODY("type='terminate' condition='remote-stream-error'",
			"<stream:error xmlns:stream='http://etherx.jabber.org/streams'><policy-violation "
			"xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>")),
		false, "policy-violation" },
	{ 3, FRAMED(BODY("", "<iq xmlns='jabber:client' type='result' id='assay-bind'/>")), false, "full address" },
};

START_TEST(hostile_bosh)
{
	plan = (struct plan){ .after = boshes[_i].after,
		.text = boshes[_i].text,
		.length = boshes[_i].length,
		.framed = boshes[_i].framed,
		.endless = boshes[_i].endless };
	begin(TRANSPORT_BOSH);
	must_fail(boshes[_i].text);
	ck_assert_msg(!c.was_ready, "%d is taken", _i);
	ck_assert_msg(strstr(stream_error(c.stream)->message, boshes[_i].words), "%d: '%s' lacks '%s'", _i,
		stream_error(c.stream)->message, boshes[_i].words);
}
END_TEST

/* ---- nothing comes, and the certificate ---- */

START_TEST(stalls)
{
	plan.after = ways[_i] == TRANSPORT_WEBSOCKET ? (size_t)_i + 1 : 0;
	if (ways[_i] == TRANSPORT_BOSH) {
		plan.text = " ";
		plan.length = 1;
	}
	c.options.establish_limit = CLOCK_SECOND;
	begin(ways[_i]);
	must_fail("a stall");
	ck_assert_msg(strstr(stream_error(c.stream)->message, "timed out") || ways[_i] == TRANSPORT_BOSH, "%s",
		stream_error(c.stream)->message);
}
END_TEST

static const struct {
	const char *names;
	long from, to;
	bool foreign;
} certificates[] = { { "DNS:other.test", -DAY, DAY, false }, { "IP:127.0.0.1", -2 * DAY, -DAY, false },
	{ "IP:127.0.0.1", -DAY, DAY, true } };

START_TEST(certificates_that_are_wrong)
{
	size_t which = (size_t)_i % 3;
	struct identity stranger = identity_make(NULL, NULL, -DAY, DAY);
	identity_release(&c.identity);
	c.identity = identity_make(certificates[which].names, certificates[which].foreign ? &stranger : &c.authority,
		certificates[which].from, certificates[which].to);
	begin(ways[(size_t)_i / 3]);
	client_run(&c, STREAM_ENDED);
	ck_assert_int_eq(stream_error(c.stream)->class, ERR_PROTOCOL);
	ck_assert(!c.was_ready);
	identity_release(&stranger);
}
END_TEST

Suite *suite_hostile_web(void);
Suite *suite_hostile_web(void)
{
	Suite *s = suite_create("hostile web");
	TCase *t = tcase_create("all");
	tcase_set_tags(t, "heavy");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, the_plan_without_a_fault_works, 0, 2);
	tcase_add_loop_test(t, closed_at_a_byte, 0, 2);
	tcase_add_loop_test(t, hostile_websocket, 0, (int)(sizeof websockets / sizeof *websockets));
	tcase_add_loop_test(t, hostile_bosh, 0, (int)(sizeof boshes / sizeof *boshes));
	tcase_add_loop_test(t, stalls, 0, 2);
	tcase_add_loop_test(t, certificates_that_are_wrong, 0, 6);
	suite_add_tcase(s, t);
	return s;
}
