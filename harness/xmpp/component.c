#include "xmpp/component.h"
#include "base/text.h"
#include "xmpp/private.h"
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdlib.h>

void component_handshake(const char *stream_id, const char *secret, struct buf *out)
{
	unsigned char digest[SHA_DIGEST_LENGTH];
	struct buf text = BUF_INIT;
	buf_add_text(&text, stream_id);
	buf_add_text(&text, secret);
	SHA1((const unsigned char *)buf_text(&text), text.len, digest);
	buf_cleanse(&text);
	for (size_t i = 0; i < sizeof digest; i++)
		buf_printf(out, "%02x", digest[i]);
}

/* Section 3: without an id there is nothing to prove the secret with. */
void component_header(struct stream *s, const xmlNode *header)
{
	const char *id = xml_attribute(header, "id");
	struct buf xml = BUF_INIT;
	if (s->phase != PHASE_HEADER) {
		stream_fail(s, ERR_PROTOCOL, "a second stream header came %s", phase_text(s->phase));
		return;
	}
	if (!id || !*id) {
		/* Also what goes before a stream error (RFC 6120 section 4.9.1.2), which says more. */
		stream_enter(s, PHASE_NO_ID);
		return;
	}
	if (!s->options.password) {
		stream_fail(s, ERR_INTERNAL, "no secret to shake hands with");
		return;
	}
	buf_add_text(&xml, "<handshake xmlns='" NS_COMPONENT "'>");
	component_handshake(id, s->options.password, &xml);
	buf_add_text(&xml, "</handshake>");
	stream_forget_password(s);
	stream_enter(s, PHASE_HANDSHAKE);
	stream_write(s, &xml);
	buf_cleanse(&xml);
}

void component_shaken(struct stream *s)
{
	sm_session_release(&s->sm);
	s->sm.jid = memory_copy_text(s->options.domain);
	s->session_stands = true;
	stream_note(s, "connected to %s without TLS, as the component %s", net_peer(s->connection), s->options.domain);
	stream_enter(s, PHASE_READY);
}

/* ---- namespaces ---- */

static void rename_namespace(xmlNode *node, const char *from, const char *to)
{
	xmlNs *ns = node->ns;
	xmlFree((xmlChar *)ns->href);
	ns->href = xmlStrdup((const xmlChar *)to);
	for (xmlNode *c = xml_child(node, NULL, NULL); c; c = xml_next(c, NULL, NULL)) {
		if (xml_is(c, NULL, from))
			rename_namespace(c, from, to);
		else if (c->ns == ns) /* its namespace is renamed already, but perhaps not that of what is in it */
			rename_namespace(c, from, to);
	}
}

bool component_takes(struct stream *s, xmlNode *element)
{
	if (xml_is(element, NULL, NS_COMPONENT)) {
		rename_namespace(element, NS_COMPONENT, NS_CLIENT);
		return true;
	}
	if (!xml_is(element, "message", NULL) && !xml_is(element, "presence", NULL) && !xml_is(element, "iq", NULL))
		return true;
	stream_fail(s, ERR_PROTOCOL, "<%s xmlns='%s'> came, but stanzas for components are in " NS_COMPONENT,
		(const char *)element->name, xml_ns(element));
	return false;
}

xmlDoc *component_sends(const xmlNode *element)
{
	xmlDoc *doc = xml_copy(element);
	if (xml_is(xml_root(doc), NULL, NS_CLIENT))
		rename_namespace(xml_root(doc), NS_CLIENT, NS_COMPONENT);
	return doc;
}
