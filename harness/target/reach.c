#include "target/reach.h"
#include "base/clock.h"
#include "base/text.h"
#include "net/net.h"
#include <netdb.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* One connection as far as the end of the TLS handshake. */
struct visit {
	const struct target *target;
	struct reach *reach;
	struct net_tls tls;
	bool direct, done;
	enum reach_step step; /* under way */
	struct xml_reader *reader;
	struct connection *connection;
};

__attribute__((format(printf, 3, 4))) static void fail(struct visit *v, enum err_class class, const char *format, ...)
{
	BUF_AUTO text = BUF_INIT;
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	v->done = true;
	v->reach->failed = v->step;
	err_set(&v->reach->error, class, v->reach->place, "%s", buf_text(&text));
}

static void say(struct visit *v, const char *text)
{
	net_write(v->connection, text, strlen(text));
}

static void greet(struct visit *v)
{
	BUF_AUTO to = BUF_INIT;
	xml_escape(v->target->domain, &to);
	AUTO_TEXT header = memory_printf("<?xml version='1.0'?><stream:stream to='%s' version='1.0' xmlns='" NS_CLIENT
					 "' xmlns:stream='" NS_STREAMS "'>",
		to.data);
	say(v, header);
}

/* RFC 6120 section 5.4: features, <starttls/>, <proceed/>. */
static void take_stanza(struct visit *v, const xmlNode *stanza)
{
	if (xml_is(stanza, "proceed", NS_TLS)) {
		v->step = REACH_TLS;
		buf_clear(net_input(v->connection));
		net_start_tls(v->connection, &v->tls);
	} else if (xml_is(stanza, "features", NS_STREAMS)) {
		if (xml_child(stanza, "starttls", NS_TLS))
			say(v, "<starttls xmlns='" NS_TLS "'/>");
		else
			fail(v, ERR_UNSUPPORTED, "it does not offer STARTTLS");
	} else if (xml_is(stanza, "error", NS_STREAMS)) {
		fail(v, ERR_REFUSED, "it refuses a stream for %s: %s", v->target->domain,
			xml_error_condition(stanza, NULL));
	} else if (xml_is(stanza, "failure", NS_TLS)) {
		fail(v, ERR_REFUSED, "it offers STARTTLS and then refuses it");
	}
}

static void read_stream(struct visit *v)
{
	struct buf *input = net_input(v->connection);
	struct xml_event event;
	struct err e = { .class = ERR_NONE };
	int broken = xml_reader_feed(v->reader, buf_text(input), input->len, &e);
	buf_clear(input);
	while (!v->done && v->step == REACH_XMPP && xml_reader_next(v->reader, &event)) {
		if (event.kind == XML_STANZA)
			take_stanza(v, xml_root(event.doc));
		if (event.doc)
			xmlFreeDoc(event.doc);
	}
	if (broken && !v->done && v->step == REACH_XMPP)
		fail(v, ERR_PROTOCOL, "it does not speak XMPP: %s", e.message);
}

static void note_certificate(struct visit *v)
{
	SSL *ssl = net_ssl(v->connection);
	X509 *certificate = SSL_get0_peer_certificate(ssl);
	struct reach *r = v->reach;
	snprintf(r->tls, sizeof r->tls, "%s, %s", SSL_get_version(ssl), SSL_get_cipher_name(ssl));
	if (!certificate)
		return;
	BIO *text = BIO_new(BIO_s_mem());
	X509_NAME_print_ex(text, X509_get_issuer_name(certificate), 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
	int length = BIO_read(text, r->issuer, sizeof r->issuer - 1);
	r->issuer[length > 0 ? length : 0] = 0;
	BIO_free(text);
	struct tm until;
	if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &until))
		strftime(r->until, sizeof r->until, "%Y-%m-%d", &until);
}

static void happened(struct connection *c, enum net_event event, void *context)
{
	struct visit *v = context;
	v->connection = c;
	if (v->done)
		return;
	switch (event) {
	case NET_CONNECTED:
		snprintf(v->reach->peer, sizeof v->reach->peer, "%s", net_peer(c));
		v->step = v->direct ? REACH_TLS : REACH_XMPP;
		if (v->direct)
			net_start_tls(c, &v->tls);
		else
			greet(v);
		break;
	case NET_DATA:
		if (v->step == REACH_XMPP)
			read_stream(v);
		break;
	case NET_SECURED:
		note_certificate(v);
		v->done = true;
		break;
	case NET_CLOSED:
		fail(v, ERR_CONNECTION, "it ended the connection");
		break;
	case NET_FAILED:
		v->done = true;
		v->reach->failed = v->step;
		v->reach->error = *net_error(c);
		break;
	}
}

/* -1 with r->failed and r->error. */
static int visit(
	const struct target *t, bool direct, bool verify, const char *host, int port, int64_t deadline, struct reach *r)
{
	static const char *const awaited[] = { [REACH_TCP] = "nothing accepts the connection in time",
		[REACH_XMPP] = "it does not answer in time",
		[REACH_TLS] = "the TLS handshake does not end in time" };
	struct loop *loop = loop_new();
	struct visit v = { .target = t,
		.reach = r,
		.direct = direct,
		.step = REACH_TCP,
		.reader = xml_reader_new(NULL),
		.tls = { .server_name = t->domain,
			.ca_file = t->ca_file,
			.verify = verify,
			.alpn = direct ? "xmpp-client" : NULL } };
	struct connection *c = net_connect(loop, host, port, happened, &v);
	r->failed = REACH_STEPS;
	while (!v.done && clock_now() < deadline)
		loop_once(loop, deadline);
	if (!v.done)
		fail(&v, ERR_CONNECTION, "%s", awaited[v.step]);
	net_cut(c);
	loop_free(loop);
	xml_reader_free(v.reader);
	return r->failed == REACH_STEPS ? 0 : -1;
}

static int resolve(const char *host, struct reach *r)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list = NULL;
	int fault = getaddrinfo(host, NULL, &hints, &list);
	if (list)
		freeaddrinfo(list);
	if (!fault)
		return 0;
	r->failed = REACH_NAME;
	return err_set(&r->error, ERR_CONNECTION, host, "no address: %s", gai_strerror(fault));
}

/* Where to go: the target file's word, else SRV records, else the domain itself (RFC 6120 section 3.2). 1 where this
 * way is not offered. */
static int find_place(const struct target *t, bool direct, struct net_place *place, struct reach *r)
{
	struct net_place places[NET_PLACES];
	int port = direct ? t->direct_port : t->port;
	int found = t->host ? 0 : net_places(t->domain, false, direct, places, &r->error);
	if (found < 0) {
		r->failed = REACH_NAME;
		return direct ? 1 : -1; /* XEP-0368 section 3: then there is STARTTLS only */
	}
	if (found == 0 && !port)
		return 1;
	if (found > 0) {
		*place = places[0];
		r->from_dns = true;
	} else {
		snprintf(place->host, sizeof place->host, "%s", t->host ? t->host : t->domain);
		place->port = port;
	}
	snprintf(r->place, sizeof r->place, "%s:%d", place->host, place->port);
	return 0;
}

bool target_reach(const struct target *t, bool direct, int64_t deadline, struct reach *r)
{
	struct net_place place;
	*r = (struct reach){ .failed = REACH_STEPS };
	int found = find_place(t, direct, &place, r);
	if (found)
		return found < 0;
	if (resolve(place.host, r) || visit(t, direct, false, place.host, place.port, deadline, r) || !t->verify)
		return true;
	/* The certificate was seen; now it must also be accepted. */
	if (visit(t, direct, true, place.host, place.port, deadline, r) && r->failed == REACH_TLS)
		r->failed = REACH_CERTIFICATE;
	return true;
}
