/* The client's side of a session as bytes: of a stream (RFC 6120 section 4), or as messages of a WebSocket (RFC 7395 section 3). */
#include "base/text.h"
#include "client/private.h"
#include <string.h>

#define NS_FRAMING "urn:ietf:params:xml:ns:xmpp-framing"
#define STREAM_END "</stream:stream>"
#define FRAMED_END "<close xmlns='" NS_FRAMING "'/>"
#define XML_BEGINS "<?xml version='1.0'?>"

void framing_write(struct session *s, const struct buf *bytes)
{
	BUF_AUTO frame = BUF_INIT;
	if (!s->client)
		return;
	if (s->websocket)
		websocket_wrap(s->websocket, buf_text(bytes), bytes->len, &frame);
	net_write(s->client, buf_text(s->websocket ? &frame : bytes), s->websocket ? frame.len : bytes->len);
}

/* A header is handed over as an empty element; on the wire it stays open. */
static void print_open(const xmlNode *header, const char *document_type, const char *attribute, struct buf *out)
{
	buf_add_text(out, XML_BEGINS);
	buf_add_text(out, document_type);
	xml_print(header, out);
	if (out->len > 2 && strcmp(out->data + out->len - 2, "/>") == 0) {
		out->len -= 2;
		buf_printf(out, "%s>", attribute);
	}
}

static void copy_attributes(const xmlNode *from, struct buf *out)
{
	static const char *const names[] = { "to", "from", "id", "version" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *value = xml_attribute(from, names[i]);
		if (!value)
			continue;
		buf_printf(out, " %s='", names[i]);
		xml_escape(value, out);
		buf_add_char(out, '\'');
	}
	if (xml_lang(from)) {
		buf_add_text(out, " xml:lang='");
		xml_escape(xml_lang(from), out);
		buf_add_char(out, '\'');
	}
}

void framing_write_header(struct session *s, const xmlNode *header)
{
	BUF_AUTO bytes = BUF_INIT;
	if (s->websocket) {
		buf_printf(&bytes, "%s<open xmlns='" NS_FRAMING "'", lie_document_type(s));
		copy_attributes(header, &bytes);
		buf_printf(&bytes, "%s/>", lie_attribute(s));
	} else {
		print_open(header, lie_document_type(s), lie_attribute(s), &bytes);
	}
	framing_write(s, &bytes);
}

void framing_write_end(struct session *s)
{
	BUF_AUTO bytes = BUF_INIT;
	BUF_AUTO frame = BUF_INIT;
	buf_add_text(&bytes, s->websocket ? FRAMED_END : STREAM_END);
	framing_write(s, &bytes);
	if (!s->websocket || !s->client)
		return;
	websocket_wrap_end(s->websocket, &frame);
	net_write(s->client, buf_text(&frame), frame.len);
}

void framing_header_for_server(const xmlNode *header, struct buf *out)
{
	if (!xml_is(header, "open", NS_FRAMING)) {
		print_open(header, "", "", out);
		return;
	}
	buf_add_text(out, XML_BEGINS "<stream:stream xmlns='" NS_CLIENT "' xmlns:stream='" NS_STREAMS "'");
	copy_attributes(header, out);
	buf_add_char(out, '>');
}

int framing_take(struct session *s, struct err *e)
{
	struct buf *input = net_input(s->client);
	if (!s->websocket) {
		int fault = xml_reader_feed(s->reader, buf_text(input), input->len, e);
		buf_clear(input);
		return fault;
	}
	BUF_AUTO answer = BUF_INIT;
	int fault = websocket_take(s->websocket, input, &answer, e);
	net_write(s->client, buf_text(&answer), answer.len);
	return fault;
}

bool framing_next(struct session *s, struct xml_event *event, struct err *e)
{
	struct buf message;
	if (!s->websocket)
		return xml_reader_next(s->reader, event);
	if (!websocket_next(s->websocket, &message))
		return false;
	xmlDoc *doc = xml_parse(buf_text(&message), message.len, e);
	buf_release(&message);
	*event = (struct xml_event){ XML_STANZA, doc };
	if (doc && xml_is(xml_root(doc), "open", NS_FRAMING)) {
		event->kind = XML_STREAM_OPEN;
	} else if (doc && xml_is(xml_root(doc), "close", NS_FRAMING)) {
		xmlFreeDoc(doc);
		*event = (struct xml_event){ XML_STREAM_CLOSE, NULL };
	}
	return true;
}
