/* What the stream's tests share: a server that plays its part up to a chosen fault, and a client that runs against it. */
#ifndef ASSAY_TESTS_XMPP_SCRIPT_H
#define ASSAY_TESTS_XMPP_SCRIPT_H
#include "base/memory.h"
#include "tests/net/peer.h"
#include "xmpp/stream.h"

#define DOMAIN "chat.test"
#define DAY    (24L * 3600)

/* Where a server can go wrong, in order. */
enum stage {
	STAGE_ACCEPTED,       /* before its header */
	STAGE_HEADER,         /* its header was sent, no features yet */
	STAGE_FEATURES,       /* in place of <proceed/> */
	STAGE_TLS,            /* in place of the TLS handshake */
	STAGE_SECURED,        /* in place of the header after TLS */
	STAGE_SECURED_HEADER, /* in place of the features after TLS */
	STAGE_AUTH,           /* in place of <success/> */
	STAGE_SUCCESS,        /* in place of the header after authentication */
	STAGE_BIND,           /* in place of the answer to binding */
	STAGE_READY,          /* bound */
	STAGE_NONE,
};

struct script {
	enum stage stage;        /* where `fault` is played instead of what is right */
	peer_play *fault;        /* then the connection is closed */
	const char *mechanisms;  /* elements inside <mechanisms/>; NULL: PLAIN */
	const char *features;    /* more features after TLS */
	const char *after;       /* features after authentication; NULL: bind and stream management */
	peer_play *authenticate; /* NULL: takes PLAIN */
	peer_play *by_hand;      /* in place of all that follows the TLS handshake */
	peer_play *bound;        /* after binding; NULL: waits for </stream:stream> and answers */
	bool may_be_left;        /* the client may go at any time, and is right to */
	bool stop_before_authentication, stop_before_binding; /* then `bound` goes on */
	bool any_resource;                                    /* it binds whatever resource is asked for, or none */
};

HELPER bool fault_here(struct peer *p, enum stage stage)
{
	const struct script *s = p->context;
	if (s->stage != stage)
		return false;
	if (s->fault)
		s->fault(p);
	return true;
}

#define HEADER                                                                                                         \
	"<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'"    \
	" id='x' from='" DOMAIN "' version='1.0'>"

HELPER void expect_header(struct peer *p)
{
	peer_expect(p, "<stream:stream");
	peer_expect(p, "to='" DOMAIN "'");
	peer_expect(p, ">");
}

HELPER void play_goodbye(struct peer *p)
{
	peer_expect(p, "</stream:stream>");
	peer_say(p, "</stream:stream>");
	peer_expect_end(p);
}

HELPER void play_plain(struct peer *p)
{
	peer_expect(p, "mechanism='PLAIN'>AHJvbWVvAHNlY3JldA==</auth>"); /* \0romeo\0secret */
	peer_say(p, "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
}

HELPER void say_features(struct peer *p, const char *features)
{
	peer_say(p, "<stream:features>");
	peer_say(p, features);
	peer_say(p, "</stream:features>");
}

/* The whole of a conforming server, as far as the script lets it go. */
HELPER void play_server(struct peer *p)
{
	const struct script *s = p->context;
	if (fault_here(p, STAGE_ACCEPTED))
		return;
	expect_header(p);
	peer_say(p, HEADER);
	if (fault_here(p, STAGE_HEADER))
		return;
	say_features(p, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>");
	peer_expect(p, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
	if (fault_here(p, STAGE_FEATURES))
		return;
	peer_say(p, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
	if (fault_here(p, STAGE_TLS))
		return;
	if (!peer_tls(p))
		return;
	if (s->by_hand) {
		s->by_hand(p);
		return;
	}
	expect_header(p);
	if (fault_here(p, STAGE_SECURED))
		return;
	peer_say(p, HEADER);
	if (fault_here(p, STAGE_SECURED_HEADER))
		return;
	peer_say(p, "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>");
	peer_say(p, s->mechanisms ? s->mechanisms : "<mechanism>PLAIN</mechanism>");
	peer_say(p, "</mechanisms>");
	peer_say(p, s->features ? s->features : "");
	peer_say(p, "</stream:features>");
	if (s->stop_before_authentication) {
		s->bound(p);
		return;
	}
	if (s->stage == STAGE_AUTH)
		peer_expect(p, "</auth>");
	if (fault_here(p, STAGE_AUTH))
		return;
	if (s->authenticate)
		s->authenticate(p);
	else
		play_plain(p);
	expect_header(p);
	if (fault_here(p, STAGE_SUCCESS))
		return;
	peer_say(p, HEADER);
	say_features(
		p, s->after ? s->after : "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><sm xmlns='urn:xmpp:sm:3'/>");
	if (!s->stop_before_binding) {
		peer_expect(p, s->any_resource ? "</bind></iq>" : "<resource>phone</resource></bind></iq>");
		if (fault_here(p, STAGE_BIND))
			return;
		peer_say(p,
			"<iq type='result' id='assay-bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
			"<jid>romeo@" DOMAIN "/phone</jid></bind></iq>");
		if (fault_here(p, STAGE_READY))
			return;
	}
	if (s->bound)
		s->bound(p);
	else
		play_goodbye(p);
}

/* ---- the client's side ---- */

struct client {
	struct loop *loop;
	struct stream *stream;
	struct peer_server server;
	struct identity authority, identity;
	char *ca_file;
	struct stream_options options;
	struct buf received, sent, notes; /* one line each */
	bool was_ready;
	int64_t began;
};

HELPER void client_received(void *context, xmlDoc *doc, int64_t when)
{
	struct client *c = context;
	ck_assert_int_ge(when, c->began);
	xml_print(xml_root(doc), &c->received);
	buf_add_char(&c->received, '\n');
	xmlFreeDoc(doc);
}

HELPER void client_sent(void *context, const xmlNode *element, int64_t when)
{
	struct client *c = context;
	ck_assert_int_ge(when, c->began);
	xml_print(element, &c->sent);
	buf_add_char(&c->sent, '\n');
}

HELPER void client_changed(void *context, enum stream_state state)
{
	struct client *c = context;
	c->was_ready |= state == STREAM_READY;
}

HELPER void client_note(void *context, const char *text)
{
	struct client *c = context;
	buf_printf(&c->notes, "%s\n", text);
}

static const struct stream_callbacks client_callbacks
	__attribute__((unused)) = { client_received, client_sent, client_changed, client_note };

HELPER void client_init(struct client *c)
{
	*c = (struct client){ .loop = loop_new() };
	c->authority = identity_make(NULL, NULL, -DAY, DAY);
	c->identity = identity_make("DNS:" DOMAIN, &c->authority, -DAY, DAY);
	c->ca_file = identity_write(&c->authority);
	c->options = (struct stream_options){ .user = "romeo",
		.domain = DOMAIN,
		.password = "secret",
		.resource = "phone",
		.host = "127.0.0.1",
		.ca_file = c->ca_file,
		.verify = true,
		.goal = STREAM_GOAL_BOUND,
		.establish_limit = 10 * CLOCK_SECOND };
}

HELPER void client_serve(struct client *c, struct script *script, int connections, int tls_version)
{
	const struct peer template = { .identity = &c->identity,
		.context = script,
		.tls_version = tls_version,
		.may_be_left = script->may_be_left };
	c->server = peer_start(play_server, connections, &template);
	c->options.port = c->server.port;
}

HELPER void client_start(struct client *c)
{
	stream_free(c->stream);
	c->was_ready = false;
	c->began = clock_now();
	c->stream = stream_new(c->loop, &c->options, &client_callbacks, c);
	ck_assert_int_eq(stream_state(c->stream), STREAM_OPENING);
}

/* Runs until the stream is in this state, or has ended. */
HELPER void client_run(struct client *c, enum stream_state state)
{
	int64_t end = clock_now() + 15 * CLOCK_SECOND;
	while (stream_state(c->stream) != state && stream_state(c->stream) != STREAM_ENDED && clock_now() < end)
		loop_once(c->loop, end);
	ck_assert_msg(stream_state(c->stream) == state, "state %d in place of %d: %s", stream_state(c->stream), state,
		stream_error(c->stream)->message);
}

/* Runs until `text` was received. */
HELPER void client_await(struct client *c, const char *text)
{
	int64_t end = clock_now() + 15 * CLOCK_SECOND;
	while (!(c->received.len && strstr(c->received.data, text)) && clock_now() < end)
		loop_once(c->loop, end);
	ck_assert_msg(clock_now() < end, "'%s' did not come", text);
}

HELPER void client_say(struct client *c, const char *xml)
{
	struct err e;
	xmlDoc *doc = xml_parse(xml, strlen(xml), &e);
	ck_assert_ptr_nonnull(doc);
	stream_send(c->stream, xml_root(doc));
	xmlFreeDoc(doc);
}

HELPER void client_release(struct client *c)
{
	stream_free(c->stream);
	for (int i = 0; i < 2; i++)
		loop_once(c->loop, clock_now() + CLOCK_MILLISECOND);
	loop_free(c->loop);
	peer_finish(&c->server);
	unlink(c->ca_file);
	free(c->ca_file);
	identity_release(&c->authority);
	identity_release(&c->identity);
	buf_release(&c->received);
	buf_release(&c->sent);
	buf_release(&c->notes);
	stream_forget_secrets();
}

HELPER void client_failed(const struct client *c, enum err_class class, const char *words)
{
	const struct err *e = stream_error(c->stream);
	ck_assert_int_eq(stream_state(c->stream), STREAM_ENDED);
	ck_assert_msg(e->class == class, "%s in place of %s: %s", err_class_name(e->class), err_class_name(class),
		e->message);
	ck_assert_msg(strstr(e->message, words), "'%s' lacks '%s'", e->message, words);
	ck_assert_msg(strstr(e->where, "127.0.0.1") || e->where[0] == '/', "where is '%s'", e->where);
	ck_assert_ptr_null(strstr(e->message, "secret"));
}
#endif
