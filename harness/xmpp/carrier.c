/* What differs between the ways in which a stream is carried. */
#include "base/text.h"
#include "net/http.h"
#include "xmpp/bosh.h"
#include "xmpp/private.h"
#include "xmpp/websocket.h"
#include <stdlib.h>

#define STREAM_END    "</stream:stream>"
#define FRAMED_END    "<close xmlns='" NS_FRAMING "'/>"
#define FRAME_BEGIN   "<frame>"
#define FRAME_END     "</frame>"
#define MESSAGE_BYTES (16u << 20)

bool carrier_is_up(const struct stream *s)
{
	return s->connection || (s->bosh && bosh_is_up(s->bosh));
}

int64_t carrier_read_at(const struct stream *s)
{
	return s->connection ? net_came_at(s->connection) : s->bosh ? bosh_read_at(s->bosh) : clock_now();
}

void carrier_limit(struct stream *s, int64_t when, const char *text)
{
	if (s->connection)
		net_deadline(s->connection, when, text);
	else if (s->bosh && bosh_is_up(s->bosh))
		bosh_limit(s->bosh, when, text);
}

/* ---- what is sent ---- */

static void write_frame(struct stream *s, const char *text, size_t length)
{
	struct buf frame = BUF_INIT;
	websocket_wrap(s->websocket, text, length, &frame);
	net_write(s->connection, frame.data, frame.len);
	buf_cleanse(&frame);
}

void carrier_write(struct stream *s, const char *bytes, size_t length)
{
	if (!length || !carrier_is_up(s))
		return;
	if (s->bosh)
		bosh_write(s->bosh, bytes, length);
	else if (s->websocket)
		write_frame(s, bytes, length);
	else
		net_write(s->connection, bytes, length);
}

void carrier_write_end(struct stream *s)
{
	if (s->bosh)
		bosh_terminate(s->bosh);
	else if (s->websocket)
		write_frame(s, FRAMED_END, sizeof FRAMED_END - 1);
	else
		net_write(s->connection, STREAM_END, sizeof STREAM_END - 1);
}

void carrier_let_go(struct stream *s)
{
	if (s->bosh)
		bosh_leave(s->bosh);
	if (s->connection && s->websocket && websocket_is_open(s->websocket)) {
		BUF_AUTO frame = BUF_INIT;
		websocket_wrap_end(s->websocket, &frame);
		net_write(s->connection, buf_text(&frame), frame.len);
	}
	if (s->connection)
		net_close(s->connection);
	s->connection = NULL;
}

void carrier_cut(struct stream *s)
{
	if (s->bosh)
		bosh_leave(s->bosh);
	if (s->connection)
		net_cut(s->connection);
	s->connection = NULL;
}

/* ---- WebSocket: what comes ---- */

void carrier_ask_upgrade(struct stream *s)
{
	struct url url;
	struct err e;
	BUF_AUTO request = BUF_INIT;
	if (url_read(&url, s->options.url, &e)) {
		stream_fail_with(s, &e);
		return;
	}
	stream_enter(s, PHASE_UPGRADE);
	websocket_ask(s->websocket, url.host, url.port, url.path, &request);
	url_release(&url);
	net_write(s->connection, request.data, request.len);
}

/* A message is one whole element that declares its own namespaces (RFC 7395 section 3.3.3): so it stands in a wrapper that
 * declares none, and the wrapper must end where the message does. NULL where it is something else. */
static xmlDoc *read_message(struct stream *s, const struct buf *message, struct err *e)
{
	static const enum xml_event_kind expected[] = { XML_STREAM_OPEN, XML_STANZA, XML_STREAM_CLOSE };
	struct xml_event event;
	xmlDoc *found = NULL;
	size_t count = 0;
	bool good = true;
	xml_reader_reset(s->reader);
	int fault = xml_reader_feed(s->reader, FRAME_BEGIN, sizeof FRAME_BEGIN - 1, e) ||
		xml_reader_feed(s->reader, buf_text(message), message->len, e) ||
		xml_reader_feed(s->reader, FRAME_END, sizeof FRAME_END - 1, e);
	while (xml_reader_next(s->reader, &event)) {
		good = good && count < 3 && event.kind == expected[count];
		count++;
		if (event.kind == XML_STANZA && !found)
			found = event.doc;
		else
			xmlFreeDoc(event.doc);
	}
	if (!fault && good && count == 3)
		return found;
	if (!fault)
		err_set(e, ERR_PROTOCOL, NULL, "a message came that is not one element (RFC 7395 section 3.3.3)");
	xmlFreeDoc(found);
	return NULL;
}

static void take_message(struct stream *s, const struct buf *message)
{
	struct err e;
	xmlDoc *doc = read_message(s, message, &e);
	if (!doc) {
		const char *condition = xml_reader_condition(s->reader);
		stream_refuse(s, *condition ? condition : "bad-format", &e);
	} else if (xml_is(xml_root(doc), "open", NS_FRAMING) && s->bare) {
		s->stream_open = true;
		stream_hand_over(s, doc);
	} else if (xml_is(xml_root(doc), "open", NS_FRAMING)) {
		s->stream_open = true;
		negotiate_header(s, xml_root(doc));
		xmlFreeDoc(doc);
	} else if (xml_is(xml_root(doc), "close", NS_FRAMING)) {
		xmlFreeDoc(doc);
		stream_take_close(s);
	} else {
		stream_take_element(s, doc);
	}
}

void carrier_take_frames(struct stream *s)
{
	struct buf answer = BUF_INIT, message;
	struct err e;
	bool was_open = websocket_is_open(s->websocket);
	int fault = websocket_take(s->websocket, net_input(s->connection), &answer, &e);
	net_write(s->connection, buf_text(&answer), answer.len);
	buf_release(&answer);
	if (!was_open && websocket_is_open(s->websocket) && s->options.goal <= STREAM_GOAL_SECURED)
		stream_leave_bare(s);
	else if (!was_open && websocket_is_open(s->websocket))
		stream_open_header(s);
	while (websocket_next(s->websocket, &message)) {
		if (s->phase != PHASE_ENDED)
			take_message(s, &message);
		buf_release(&message);
	}
	if (s->phase == PHASE_ENDED)
		return;
	if (fault) {
		e.where[0] = '\0';
		stream_fail_with(s, &e);
	} else if (websocket_is_over(s->websocket)) {
		stream_connection_closed(s);
	}
}

/* ---- beginning ---- */

static int start_web(struct stream *s, struct err *e)
{
	const char *name = transport_name(s->options.transport);
	size_t most = s->options.limits.stanza_bytes;
	struct url url;
	if (!s->options.url)
		return err_set(e, ERR_UNSUPPORTED, s->options.domain, "no URL for %s%s is known", name,
			s->options.without_tls != NET_CLEAR_NEVER ? " without TLS" : "");
	if (s->options.goal <= STREAM_GOAL_SUCCEEDED && s->options.transport != TRANSPORT_WEBSOCKET)
		return err_set(
			e, ERR_UNSUPPORTED, s->options.domain, "a stream over %s cannot be left to its owner", name);
	if (url_read(&url, s->options.url, e))
		return -1;
	if (s->options.transport == TRANSPORT_WEBSOCKET) {
		s->websocket = websocket_new(most ? most : MESSAGE_BYTES);
		stream_add_place(s, url.host, url.port);
		stream_connect_place(s);
	} else {
		s->secured = s->options.without_tls == NET_CLEAR_NEVER; /* nothing but https is spoken */
		s->bosh = bosh_new(s);
		s->where = memory_copy_text(s->options.url);
		stream_open_header(s);
	}
	url_release(&url);
	return 0;
}

void carrier_start(struct stream *s)
{
	struct err e;
	if (s->options.without_tls != NET_CLEAR_NEVER && s->options.transport == TRANSPORT_DIRECT) {
		err_set(&e, ERR_UNSUPPORTED, s->options.domain, "direct TLS is nothing without TLS");
		s->connection = net_connect_failed(s->loop, &e, stream_on_net, s);
	} else if (!transport_is_web(s->options.transport) && !stream_find_places(s, &e))
		stream_connect_place(s);
	else if (!transport_is_web(s->options.transport) || start_web(s, &e))
		s->connection = net_connect_failed(s->loop, &e, stream_on_net, s);
}
