/* xml/xml.h: elements.
 *
 * The room promises: elements are libxml2's (`xmlNode`, one `xmlDoc` a stanza), so XPath works on them; a push
 * parser for streams that hands over whole stanzas and refuses what RFC 6120 section 11 forbids; printing;
 * patterns that say why they do not match (xml/pattern.h); redaction (xml/redact.h). It knows namespaces of XMPP
 * but judges nothing. Text that is borrowed is `const` and lives as long as its document. */
#ifndef ASSAY_XML_XML_H
#define ASSAY_XML_XML_H
#include "base/buf.h"
#include "base/err.h"
#include "base/memory.h"
#include <libxml/tree.h>
#include <stdbool.h>

#define NS_CLIENT        "jabber:client"
#define NS_SERVER        "jabber:server"
#define NS_COMPONENT     "jabber:component:accept"
#define NS_DIALBACK      "jabber:server:dialback"
#define NS_STREAMS       "http://etherx.jabber.org/streams"
#define NS_STANZAS       "urn:ietf:params:xml:ns:xmpp-stanzas"
#define NS_STREAM_ERRORS "urn:ietf:params:xml:ns:xmpp-streams"
#define NS_TLS           "urn:ietf:params:xml:ns:xmpp-tls"
#define NS_SASL          "urn:ietf:params:xml:ns:xmpp-sasl"
#define NS_BIND          "urn:ietf:params:xml:ns:xmpp-bind"
#define NS_SM            "urn:xmpp:sm:3"
#define NS_REGISTER      "jabber:iq:register"
#define NS_DISCO_INFO    "http://jabber.org/protocol/disco#info"
#define NS_DISCO_ITEMS   "http://jabber.org/protocol/disco#items"

/* Call once a process before anything else of this room: libxml2 without network, entities or chatter. */
void xml_start(void);

/* One element and what is in it, standing alone. The caller owns the document (xmlFreeDoc). An element without a
 * namespace of its own is taken to be in `jabber:client`, as on a stream. ERR_PROTOCOL with line:column. */
xmlDoc *xml_parse(const char *text, size_t length, struct err *e);
/* A whole document as it is found on the web, with its declaration and comments, but without a document type. The caller's; NULL with
 * ERR_PROTOCOL. */
xmlDoc *xml_read_document(const char *text, size_t length, struct err *e);
/* A new document with a deep copy of `node` as its root, namespaces kept. */
xmlDoc *xml_copy(const xmlNode *node);
xmlNode *xml_root(const xmlDoc *doc);

/* `name` NULL: any name. `ns` NULL: any namespace. */
bool xml_is(const xmlNode *node, const char *name, const char *ns);
const char *xml_ns(const xmlNode *node);                          /* "" where none; borrowed */
const char *xml_attribute(const xmlNode *node, const char *name); /* without a namespace; NULL where absent; borrowed */
const char *xml_lang(const xmlNode *node);                        /* xml:lang of this element alone; borrowed */
xmlNode *xml_child(const xmlNode *node, const char *name, const char *ns); /* first child element that fits, or NULL */
xmlNode *xml_next(const xmlNode *node, const char *name, const char *ns);  /* next sibling element that fits, or NULL */
xmlNode *xml_find(const xmlNode *node, const char *name, const char *ns);  /* first descendant that fits, depth first */
void xml_set_attribute(xmlNode *node, const char *name, const char *value); /* NULL value removes it */
char *xml_text(const xmlNode *node);                                        /* all text inside, joined; free() */
bool xml_has_text(const xmlNode *node, const char *text);                   /* text inside is just this */

/* Prints without an XML declaration, namespaces as they are; for the wire. A root in jabber:client keeps its xmlns. */
void xml_print(const xmlNode *node, struct buf *out);
/* For a person: indented by two spaces a level, `jabber:client` not repeated. */
void xml_print_pretty(const xmlNode *node, struct buf *out);
/* Escapes text for use in XML (attribute or content). */
void xml_escape(const char *text, struct buf *out);

/* The condition of a stanza error or stream error: the child of <error/> in the defined namespace, "" where none;
 * `type` (may be NULL) gets the error's type attribute or "". Borrowed. */
const char *xml_error_condition(const xmlNode *stanza_or_stream_error, const char **type);

/* XPath over one stanza, with the prefixes of `prefixes` (prefix -> namespace) declared, and with one function more,
 * capabilities-hash(NODE, ALGORITHM) (xml/capabilities.h). The expression's boolean value in *truth, its string value in *value (free(),
 * may be NULL to skip). ERR_SCRIPT for a bad expression. */
int xml_xpath(const xmlNode *stanza, const char *expression, const struct map *prefixes, bool *truth, char **value,
	struct err *e);
/* Whether the expression compiles; ERR_SCRIPT otherwise. */
int xml_xpath_check(const char *expression, struct err *e);

/* ---- a stream being read ---- */

/* What the reader found. Owned by the receiver: free `doc` with xmlFreeDoc where it is set. */
enum xml_event_kind {
	XML_STREAM_OPEN,  /* `doc`: the stream header, an empty element with its attributes and namespaces */
	XML_STANZA,       /* `doc`: one whole child of the stream */
	XML_STREAM_CLOSE, /* </stream:stream> */
};
struct xml_event {
	enum xml_event_kind kind;
	xmlDoc *doc;
};
struct xml_reader;

/* Limits of one reader; 0 takes the default (stanza 4 MiB, depth 100). Framed: each top-level element is a whole
 * document, as on WebSocket (RFC 7395); else one long document. */
struct xml_limits {
	size_t stanza_bytes;
	unsigned depth;
};
struct xml_reader *xml_reader_new(const struct xml_limits *limits);
void xml_reader_free(struct xml_reader *r);
/* Feeds bytes. Returns 0, or -1 with ERR_PROTOCOL (not well formed, a document type, a comment, a processing
 * instruction, a bad byte, too large or too deep); after -1 the reader takes nothing more. Events found before the
 * fault can still be fetched. */
int xml_reader_feed(struct xml_reader *r, const char *bytes, size_t length, struct err *e);
/* After -1: the condition of the stream error that says so (RFC 6120 section 4.9.3), as "restricted-xml"; "" before. Borrowed. */
const char *xml_reader_condition(const struct xml_reader *r);
/* The next event found, in order. False: none waits. */
bool xml_reader_next(struct xml_reader *r, struct xml_event *event);
/* Begin anew (a stream restart); unread events are dropped. */
void xml_reader_reset(struct xml_reader *r);
#endif
