/* One connection of the client: TLS with it, one of our own to the server, and between the two what either says. */
#include "base/text.h"
#include "client/private.h"
#include <stdlib.h>
#include <string.h>

#define MESSAGE_MOST ((size_t)4 * 1024 * 1024) /* bytes of a message of a WebSocket, as of a stanza elsewhere */

/* ---- what goes to the client ---- */

bool session_give(struct session *s, const xmlNode *element, enum gift gift)
{
	BUF_AUTO bytes = BUF_INIT;
	if (!s->client || s->closed)
		return false;
	if (is_stanza(element))
		counters_gave(&s->gateway->counters, gift);
	xml_print(element, &bytes);
	framing_write(s, &bytes);
	return true;
}

/* Ends the client's stream and lets its connection go. */
static void close_client(struct session *s)
{
	if (!s->client)
		return;
	lie_over(s);
	if (s->phase == SESSION_RELAYING && !s->closed)
		framing_write_end(s);
	s->closed = true;
	net_close(s->client);
	s->client = NULL;
}

static void ended(struct session *s)
{
	struct gateway *g = s->gateway;
	if (s->phase == SESSION_ENDED)
		return;
	s->phase = SESSION_ENDED;
	if (!s->online)
		return;
	s->online = false;
	if (g->current == s)
		gateway_tell(g, GATEWAY_ENDED);
}

/* ---- what comes from the server ---- */

static void take_jid(struct session *s, const xmlNode *iq)
{
	struct gateway *g = s->gateway;
	const xmlNode *bind = xml_is(iq, "iq", NS_CLIENT) ? xml_child(iq, "bind", NS_BIND) : NULL;
	const xmlNode *jid = bind ? xml_child(bind, "jid", NS_BIND) : NULL;
	if (!jid || !text_equal(xml_attribute(iq, "type"), "result"))
		return;
	free(g->jid);
	g->jid = xml_text(jid);
	free(g->sm_id); /* it is another session */
	g->sm_id = NULL;
	s->online = true;
}

/* What the server's answers say of how far the client has come; told once they are passed on. */
static void follow(struct session *s, const xmlNode *element)
{
	struct gateway *g = s->gateway;
	bool was = s->online;
	if (s->phase == SESSION_ENDED) /* the owner has cut it */
		return;
	if (xml_is(element, "success", NS_SASL)) {
		xml_reader_reset(s->reader); /* RFC 6120 section 6.4.6: the client begins a new stream */
		snprintf(g->mechanism, sizeof g->mechanism, "%s", s->mechanism ? s->mechanism : "");
	}
	take_jid(s, element);
	if (xml_is(element, "resumed", NS_SM))
		s->online = true;
	if (was || !s->online)
		return;
	g->current = s;
	gateway_tell(g, GATEWAY_ONLINE);
}

static void server_said(void *context, xmlDoc *doc, int64_t when)
{
	struct session *s = context;
	xmlNode *element = xml_root(doc);
	if (xml_is(element, "stream", NS_STREAMS)) {
		framing_write_header(s, element);
		xmlFreeDoc(doc);
		return;
	}
	if (xml_is(element, "features", NS_STREAMS))
		offers_filter(element);
	lie_to_client(s, element);
	if (xml_is(element, "enabled", NS_SM)) {
		free(s->gateway->sm_id);
		s->gateway->sm_id = memory_copy_text(xml_attribute(element, "id"));
	}
	counters_down(&s->gateway->counters, element);
	if (is_stanza(element))
		counters_heard(&s->gateway->counters);
	if (gateway_show(s->gateway, GATEWAY_SERVER, element, when))
		session_give(s, element, GIFT_RELAYED);
	follow(s, element);
	xmlFreeDoc(doc);
}

static void server_changed(void *context, enum stream_state state)
{
	struct session *s = context;
	if (state == STREAM_READY) {
		BUF_AUTO bytes = BUF_INIT;
		s->phase = SESSION_RELAYING;
		framing_header_for_server(xml_root(s->header), &bytes);
		stream_send_raw(s->server, buf_text(&bytes), bytes.len);
	} else if (state == STREAM_ENDED) {
		const struct err *why = stream_error(s->server);
		if (why->class != ERR_NONE && s->client)
			gateway_note(s->gateway, "the server's side ended: %s", why->message);
		close_client(s);
		ended(s);
	}
}

static void call_server(struct session *s)
{
	static const struct stream_callbacks callbacks = { .received = server_said, .changed = server_changed };
	const struct gateway_options *o = &s->gateway->options;
	const struct stream_options options = { .domain = o->domain,
		.host = o->host,
		.port = o->port,
		.ca_file = o->ca_file,
		.verify = o->verify,
		.goal = STREAM_GOAL_SECURED };
	s->phase = SESSION_CALLING;
	s->server = stream_new(s->gateway->loop, &options, &callbacks, s);
	stream_answer_acks(s->server, false);
}

/* ---- what comes from the client ---- */

bool session_say(struct session *s, const xmlNode *element)
{
	if (!s->server || s->phase != SESSION_RELAYING)
		return false;
	stream_send(s->server, element);
	return true;
}

/* Before TLS there is nothing but TLS (RFC 6120 section 5.3.1). */
static void offer_tls(struct session *s)
{
	BUF_AUTO bytes = BUF_INIT;
	bool lies = lie_is(s, LIE_NO_TLS);
	buf_add_text(&bytes,
		"<?xml version='1.0'?><stream:stream xmlns='" NS_CLIENT "' xmlns:stream='" NS_STREAMS
		"' id='gateway' version='1.0' from='");
	xml_escape(s->gateway->options.domain, &bytes);
	buf_add_text(&bytes,
		lies ? "'><stream:features><mechanisms xmlns='" NS_SASL "'><mechanism>SCRAM-SHA-1</mechanism>"
		       "<mechanism>PLAIN</mechanism></mechanisms></stream:features>"
		     : "'><stream:features><starttls xmlns='" NS_TLS "'><required/></starttls></stream:features>");
	framing_write(s, &bytes);
	if (lies)
		lie_met(s);
}

/* The forger of a stream without TLS has none to give (RFC 6120 section 5.4.2.2). */
static void refuse_tls(struct session *s)
{
	BUF_AUTO failure = BUF_INIT;
	buf_add_text(&failure, "<failure xmlns='" NS_TLS "'/>");
	framing_write(s, &failure);
	framing_write_end(s);
	s->closed = true;
	close_client(s);
	ended(s);
}

static const struct net_identity *shown_identity(const struct gateway *g)
{
	return g->forged ? g->forged : g->identity;
}

/* The handshake begins, in which the client sees the certificate. */
static void await_handshake(struct session *s)
{
	s->phase = SESSION_HANDSHAKE;
	net_accept_tls(s->client, shown_identity(s->gateway));
	if (s->gateway->forged)
		lie_met(s);
	if (lie_is(s, LIE_NO_TLS) && s->way != WAY_STARTTLS)
		lie_unfit(s, "it has TLS from the first byte, so there is nothing to strip");
}

static void begin_tls(struct session *s)
{
	static const char proceed[] = "<proceed xmlns='" NS_TLS "'/>";
	net_write(s->client, proceed, sizeof proceed - 1);
	xml_reader_reset(s->reader);
	await_handshake(s);
}

static void refuse(struct session *s, const char *condition)
{
	BUF_AUTO bytes = BUF_INIT;
	buf_printf(&bytes,
		"<stream:error xmlns:stream='" NS_STREAMS "'><%s xmlns='" NS_STREAM_ERRORS "'/></stream:error>",
		condition);
	if (!s->websocket || websocket_is_open(s->websocket)) {
		framing_write(s, &bytes);
		framing_write_end(s);
	}
	s->closed = true;
	if (s->server)
		stream_cut(s->server);
	close_client(s);
	ended(s);
}

static void take_plain(struct session *s, xmlNode *element, int64_t when)
{
	if (xml_is(element, "starttls", NS_TLS)) {
		if (lie_is(s, LIE_NO_TLS))
			refuse_tls(s);
		else
			begin_tls(s);
		return;
	}
	lie_hears(s, element);
	gateway_show(s->gateway, GATEWAY_CLIENT, element, when);
	gateway_note(s->gateway, "the client said <%s/> before TLS", (const char *)element->name);
	refuse(s, "policy-violation");
}

static void take_relayed(struct session *s, xmlNode *element, int64_t when)
{
	if (xml_is(element, "auth", NS_SASL)) {
		free(s->mechanism);
		s->mechanism = memory_copy_text(xml_attribute(element, "mechanism"));
	}
	bool passed = gateway_show(s->gateway, GATEWAY_CLIENT, element, when) && !lie_hears(s, element);
	if (s->lost) /* neither counted nor passed on: the server has never got it */
		return;
	if (is_stanza(element))
		counters_asked(&s->gateway->counters, passed);
	else if (passed)
		counters_up(&s->gateway->counters, element);
	if (passed && s->server)
		stream_send(s->server, element);
}

static void client_opened(struct session *s, xmlDoc *header)
{
	xmlFreeDoc(s->header);
	s->header = header;
	if (!lie_hears_header(s))
		return;
	if (s->phase == SESSION_PLAIN) {
		offer_tls(s);
	} else if (s->phase == SESSION_SECURED) {
		call_server(s);
	} else if (s->phase == SESSION_RELAYING) {
		BUF_AUTO bytes = BUF_INIT;
		framing_header_for_server(xml_root(header), &bytes);
		stream_restart(s->server);
		stream_send_raw(s->server, buf_text(&bytes), bytes.len);
	}
}

static void client_closed(struct session *s)
{
	if (s->lost)
		return;
	lie_over(s);
	if (s->phase == SESSION_RELAYING)
		stream_close(s->server); /* the server answers, and then the client's connection ends too */
	else
		close_client(s);
}

static void take_event(struct session *s, struct xml_event *event, int64_t when)
{
	switch (event->kind) {
	case XML_STREAM_OPEN:
		client_opened(s, event->doc);
		return;
	case XML_STANZA:
		if (s->phase == SESSION_PLAIN)
			take_plain(s, xml_root(event->doc), when);
		else if (s->phase == SESSION_RELAYING)
			take_relayed(s, xml_root(event->doc), when);
		xmlFreeDoc(event->doc);
		return;
	case XML_STREAM_CLOSE:
		client_closed(s);
		return;
	}
}

static void client_said(struct session *s)
{
	struct err e;
	struct xml_event event;
	int64_t when = net_read_at(s->client);
	int fault = framing_take(s, &e);
	while (s->client && s->phase != SESSION_HANDSHAKE && framing_next(s, &event, &e)) {
		fault |= event.kind != XML_STREAM_CLOSE && !event.doc;
		if (event.kind == XML_STREAM_CLOSE || event.doc)
			take_event(s, &event, when);
	}
	if (!fault || !s->client || s->phase == SESSION_HANDSHAKE)
		return;
	gateway_note(s->gateway, "what the client sent is no XMPP: %s", e.message);
	refuse(s, "not-well-formed");
}

static void client_gone(struct session *s, const char *why)
{
	if (why)
		gateway_note(s->gateway, "the client's connection failed: %s", why);
	lie_over(s);
	net_close(s->client);
	s->client = NULL;
	if (s->server)
		stream_cut(
			s->server); /* as it would be, were there no gateway: the server keeps a session that can be resumed */
	ended(s);
}

static void client_secured(struct session *s)
{
	struct gateway *g = s->gateway;
	const SSL *ssl = net_ssl(s->client);
	s->phase = SESSION_SECURED;
	snprintf(g->tls_version, sizeof g->tls_version, "%s", SSL_get_version(ssl));
	snprintf(g->tls_cipher, sizeof g->tls_cipher, "%s", SSL_get_cipher_name(ssl));
	gateway_note(g, "the client has come from %s, %s, %s", net_peer(s->client), g->tls_version, g->tls_cipher);
	gateway_tell(g, GATEWAY_SECURED);
}

static void on_client(struct connection *c, enum net_event event, void *context)
{
	struct session *s = context;
	switch (event) {
	case NET_CONNECTED:
		break;
	case NET_SECURED:
		client_secured(s);
		break;
	case NET_DATA:
		client_said(s);
		break;
	case NET_CLOSED:
		client_gone(s, NULL);
		break;
	case NET_FAILED:
		client_gone(s, net_error(c)->message);
		break;
	}
}

/* ---- life ---- */

struct session *session_new(struct gateway *g, struct connection *c, enum session_way way)
{
	struct session *s = memory_alloc(sizeof *s);
	static const struct xml_limits limits = { 0, 0 };
	*s = (struct session){ .gateway = g, .way = way, .client = c, .reader = xml_reader_new(&limits) };
	net_take(c, on_client, s);
	if (way == WAY_WEB)
		s->websocket = websocket_new_server(MESSAGE_MOST);
	if (way != WAY_STARTTLS)
		await_handshake(s);
	return s;
}

void session_cut(struct session *s)
{
	if (s->client)
		net_cut(s->client);
	s->client = NULL;
	if (s->server)
		stream_cut(s->server);
	ended(s);
}

void session_end(struct session *s)
{
	if (s->phase != SESSION_RELAYING) {
		session_cut(s);
		return;
	}
	if (s->client)
		net_cut(s->client);
	s->client = NULL;
	stream_close(s->server); /* it is over when the server says so too */
}

void session_free(struct session *s)
{
	s->online = false; /* nobody is told */
	session_cut(s);
	stream_free(s->server);
	websocket_free(s->websocket);
	xml_reader_free(s->reader);
	xmlFreeDoc(s->header);
	free(s->mechanism);
	free(s);
}
