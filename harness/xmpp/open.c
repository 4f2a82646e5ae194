/* Where to connect, and the first words on each layer. */
#include "base/text.h"
#include "xmpp/bosh.h"
#include "xmpp/private.h"
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ESTABLISH_LIMIT (15 * CLOCK_SECOND)
#define CLOSE_LIMIT     (5 * CLOCK_SECOND)
#define CLIENT_PORT     5222 /* RFC 6120 section 14.7 */
#define SERVER_PORT     5269

void stream_connect_place(struct stream *s)
{
	const struct net_place *p = &s->places[s->place];
	free(s->where);
	s->where = memory_printf(strchr(p->host, ':') ? "[%s]:%d" : "%s:%d", p->host, p->port);
	s->connection = net_connect(s->loop, p->host, p->port, stream_on_net, s);
	s->times.resolved = net_resolved_at(s->connection);
	stream_enter(s, PHASE_CONNECT);
}

void stream_add_place(struct stream *s, const char *host, int port)
{
	struct net_place *p = &s->places[s->place_count++];
	snprintf(p->host, sizeof p->host, "%s", host);
	p->port = port;
}

/* Names that no DNS has (RFC 6761 section 6.3), and addresses. */
static bool has_no_records(const char *domain)
{
	return text_equal(domain, "localhost") || text_ends(domain, ".localhost") || strchr(domain, ':') ||
		!domain[strspn(domain, "0123456789.")];
}

int stream_find_places(struct stream *s, struct err *e)
{
	const struct stream_options *o = &s->options;
	bool direct = o->transport == TRANSPORT_DIRECT;
	int port = direct ? o->direct_port : o->port;
	const char *host = o->host ? o->host : o->domain;
	if (!o->host && !has_no_records(o->domain)) {
		s->place_count = net_places(o->domain, o->as_server, direct, s->places, e);
		if (s->place_count < 0) {
			s->place_count = 0;
			return -1;
		}
		if (s->place_count)
			return 0;
	}
	if (!port && direct)
		return err_set(e, ERR_UNSUPPORTED, host, "no port for direct TLS is known");
	stream_add_place(s, host, port ? port : o->as_server ? SERVER_PORT : CLIENT_PORT);
	return 0;
}

void stream_copy_options(struct stream_options *to, const struct stream_options *from)
{
	*to = *from;
	if (to->as_component)
		to->transport = TRANSPORT_STARTTLS; /* TCP: the protocol has no TLS */
	to->own_domain = memory_copy_text(from->own_domain);
	to->user = memory_copy_text(from->user);
	to->domain = memory_copy_text(from->domain);
	to->password = memory_copy_text(from->password);
	to->resource = memory_copy_text(from->resource);
	to->host = memory_copy_text(from->host);
	to->ca_file = memory_copy_text(from->ca_file);
	to->url = memory_copy_text(from->url);
	to->mechanism = memory_copy_text(from->mechanism);
	to->resume = NULL;
	if (!to->establish_limit)
		to->establish_limit = ESTABLISH_LIMIT;
	if (!to->close_limit)
		to->close_limit = CLOSE_LIMIT;
}

void stream_forget_password(struct stream *s)
{
	char *password = (char *)s->options.password;
	if (password) {
		OPENSSL_cleanse(password, strlen(password));
		free(password);
	}
	s->options.password = NULL;
}

void stream_begin_tls(struct stream *s)
{
	static const char *const alpn[TRANSPORTS] = {
		[TRANSPORT_DIRECT] = "xmpp-client", [TRANSPORT_WEBSOCKET] = "http/1.1"
	};
	const struct net_tls tls = { .server_name = s->websocket ? s->places[s->place].host : s->options.domain,
		.ca_file = s->options.ca_file,
		.verify = s->options.verify,
		.s2s = s->options.as_server,
		.own_domain = s->options.own_domain,
		.alpn = alpn[s->options.transport],
		.highest_version = s->options.highest_tls };
	s->stream_open = false;
	stream_enter(s, s->options.transport == TRANSPORT_STARTTLS ? PHASE_TLS : PHASE_DIRECT_TLS);
	net_start_tls(s->connection, &tls);
}

/* RFC 6120 section 4.7.1: who we are is said only where nobody can overhear it. */
void stream_open_header(struct stream *s)
{
	if (s->bosh) {
		stream_enter(s, PHASE_FEATURES); /* there is no header to wait for */
		bosh_open(s->bosh);
		return;
	}
	BUF_AUTO header = BUF_INIT;
	xml_reader_reset(s->reader);
	s->stream_open = s->header_began = false;
	if (s->websocket)
		buf_add_text(&header, "<open xmlns='" NS_FRAMING "'");
	else
		buf_printf(&header, "<?xml version='1.0'?><stream:stream xmlns='%s' xmlns:stream='" NS_STREAMS "'",
			s->options.as_component        ? NS_COMPONENT
				: s->options.as_server ? NS_SERVER "' xmlns:db='" NS_DIALBACK
						       : NS_CLIENT);
	/* XEP-0114 section 3: the stream of a component has no version, as it has no features. */
	buf_add_text(&header, s->options.as_component ? " to='" : " version='1.0' xml:lang='en' to='");
	xml_escape(s->options.domain, &header);
	if (s->secured && s->options.user) {
		buf_add_text(&header, "' from='");
		xml_escape(s->options.user, &header);
		buf_add_char(&header, '@');
		xml_escape(s->options.domain, &header);
	}
	buf_add_text(&header, s->websocket ? "'/>" : "'>");
	stream_enter(s, PHASE_HEADER);
	stream_write(s, &header);
}
