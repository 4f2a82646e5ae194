/* Reading a stream (RFC 6120 sections 4 and 11): libxml2's push parser builds the tree, and each child of the stream
 * is taken out of it as soon as it is whole, so the tree does not grow. */
#include "xml/xml.h"
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/SAX2.h>
#include <stdlib.h>
#include <string.h>

#define STANZA_BYTES (4u << 20)
#define DEPTH        100

/* Conditions of stream errors. */
#define NOT_WELL_FORMED "not-well-formed"
#define RESTRICTED      "restricted-xml"

struct xml_reader {
	xmlParserCtxt *parser;
	struct xml_limits limits;
	struct xml_event *events; /* found and not fetched */
	size_t count, capacity, first;
	unsigned depth; /* open elements, the stream's own included */
	size_t since;   /* bytes fed since the last event */
	bool broken;
	struct err fault;
	const char *condition; /* of the stream error for it */
};

static struct xml_reader *reader_of(void *context)
{
	return ((xmlParserCtxt *)context)->_private;
}

static void push(struct xml_reader *r, enum xml_event_kind kind, xmlDoc *doc)
{
	if (r->count == r->capacity) {
		r->capacity = r->capacity ? r->capacity * 2 : 8;
		r->events = memory_resize(r->events, r->capacity * sizeof *r->events);
	}
	r->events[r->count++] = (struct xml_event){ kind, doc };
	r->since = 0;
}

static void note_fault(struct xml_reader *r, const char *condition, const char *what)
{
	if (r->broken)
		return;
	err_set(&r->fault, ERR_PROTOCOL, NULL, "%s", what);
	r->condition = condition;
	r->broken = true;
}

static void refuse(struct xml_reader *r, const char *condition, const char *what)
{
	note_fault(r, condition, what);
	xmlStopParser(r->parser);
}

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespaces,
	const xmlChar **namespace_list, int attributes, int defaulted, const xmlChar **attribute_list)
{
	struct xml_reader *r = reader_of(context);
	if (r->broken)
		return;
	if (!r->parser->nsWellFormed) {
		refuse(r, NOT_WELL_FORMED,
			"a namespace prefix is not declared, or an attribute is there twice (RFC 6120 section 11.3)");
		return;
	}
	xmlSAX2StartElementNs(
		context, name, prefix, uri, namespaces, namespace_list, attributes, defaulted, attribute_list);
	if (++r->depth == 1)
		push(r, XML_STREAM_OPEN, xml_copy(r->parser->node));
	else if (r->depth > r->limits.depth)
		refuse(r, "policy-violation", "the XML is nested too deeply");
}

/* The namespace that a node of `root` is in, where the stream or its document has declared it: the same, declared in `root`. */
static xmlNs *own_namespace(xmlNode *root, const xmlNode *stream, xmlNs *ns)
{
	const xmlNs *from = stream->nsDef;
	if (ns && ns->prefix && xmlStrEqual(ns->prefix, (const xmlChar *)"xml"))
		return xmlSearchNs(root->doc, root, ns->prefix); /* the document's, needs no declaration */
	while (from && from != ns)
		from = from->next;
	if (!from)
		return ns;
	for (xmlNs *own = root->nsDef; own; own = own->next)
		if (xmlStrEqual(own->prefix, ns->prefix) && xmlStrEqual(own->href, ns->href))
			return own;
	return xmlNewNs(root, ns->href, ns->prefix);
}

static void own_namespaces(xmlNode *root, const xmlNode *stream, xmlNode *node)
{
	node->ns = own_namespace(root, stream, node->ns);
	for (xmlAttr *a = node->properties; a; a = a->next)
		a->ns = own_namespace(root, stream, a->ns);
	for (xmlNode *child = node->children; child; child = child->next)
		if (child->type == XML_ELEMENT_NODE)
			own_namespaces(root, stream, child);
}

/* A whole child of the stream as a document of its own: it is moved there, not copied. Names and short texts stay in the parser's
 * dictionary, which lives as long as one of both. */
static xmlDoc *take_out(struct xml_reader *r, const xmlNode *stream, xmlNode *node)
{
	xmlDoc *doc = xmlNewDoc((const xmlChar *)"1.0");
	doc->dict = r->parser->dict;
	xmlDictReference(doc->dict);
	xmlUnlinkNode(node);
	xmlDocSetRootElement(doc, node);
	own_namespaces(node, stream, node);
	return doc;
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct xml_reader *r = reader_of(context);
	if (r->broken)
		return;
	xmlNode *node = r->parser->node;
	xmlSAX2EndElementNs(context, name, prefix, uri);
	if (--r->depth == 0) {
		push(r, XML_STREAM_CLOSE, NULL);
	} else if (r->depth == 1) {
		xmlNode *stream = node->parent;
		push(r, XML_STANZA, take_out(r, stream, node));
		/* What stands between stanzas, white space for the most part, goes too. */
		while (stream->children) {
			xmlNode *child = stream->children;
			xmlUnlinkNode(child);
			xmlFreeNode(child);
		}
	}
}

/* How many bytes at the beginning are white space. */
static int blanks(const xmlChar *text, int length)
{
	int n = 0;
	while (n < length && strchr(" \t\r\n", text[n]) && text[n])
		n++;
	return n;
}

static void on_text(void *context, const xmlChar *text, int length)
{
	struct xml_reader *r = reader_of(context);
	if (r->broken)
		return;
	if (r->depth > 1)
		xmlSAX2Characters(context, text, length);
	else if (blanks(text, length) == length)
		r->since = 0; /* keeps the connection alive; no stanza has begun */
	else
		refuse(r, "bad-format",
			"there is text between the elements of the stream, where only white space may be (RFC 6120 section 11.7)");
}

static void on_cdata(void *context, const xmlChar *text, int length)
{
	on_text(context, text, length);
}

static void on_doctype(void *context, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	(void)name;
	(void)external;
	(void)system;
	refuse(reader_of(context), RESTRICTED, "a document type is forbidden in a stream (RFC 6120 section 11.1)");
}

static void on_comment(void *context, const xmlChar *text)
{
	(void)text;
	refuse(reader_of(context), RESTRICTED, "a comment is forbidden in a stream (RFC 6120 section 11.1)");
}

static void on_instruction(void *context, const xmlChar *target, const xmlChar *data)
{
	(void)target;
	(void)data;
	refuse(reader_of(context), RESTRICTED,
		"a processing instruction is forbidden in a stream (RFC 6120 section 11.1)");
}

static void on_reference(void *context, const xmlChar *name)
{
	(void)name;
	refuse(reader_of(context), RESTRICTED, "an entity reference is forbidden in a stream (RFC 6120 section 11.1)");
}

static void on_error(void *context, xmlErrorPtr error)
{
	(void)context;
	(void)error;
}

static void open_parser(struct xml_reader *r)
{
	xmlSAXHandler sax;
	memset(&sax, 0, sizeof sax);
	xmlSAXVersion(&sax, 2);
	sax.startElementNs = on_start;
	sax.endElementNs = on_end;
	sax.characters = on_text;
	sax.ignorableWhitespace = on_text;
	sax.cdataBlock = on_cdata;
	sax.internalSubset = on_doctype;
	sax.comment = on_comment;
	sax.processingInstruction = on_instruction;
	sax.reference = on_reference;
	sax.serror = on_error;
	sax.error = NULL;
	sax.warning = NULL;
	sax.fatalError = NULL;
	r->parser = xmlCreatePushParserCtxt(&sax, NULL, NULL, 0, NULL);
	r->parser->_private = r;
	xmlCtxtUseOptions(r->parser,
		XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_HUGE);
	xmlSwitchEncoding(r->parser, XML_CHAR_ENCODING_UTF8);
	r->depth = 0;
	r->since = 0;
	r->broken = false;
}

static void close_parser(struct xml_reader *r)
{
	if (r->parser->myDoc)
		xmlFreeDoc(r->parser->myDoc);
	r->parser->myDoc = NULL;
	xmlFreeParserCtxt(r->parser);
	while (r->first < r->count)
		xmlFreeDoc(r->events[r->first++].doc);
	r->first = r->count = 0;
}

struct xml_reader *xml_reader_new(const struct xml_limits *limits)
{
	struct xml_reader *r = memory_alloc(sizeof *r);
	if (limits)
		r->limits = *limits;
	if (!r->limits.stanza_bytes)
		r->limits.stanza_bytes = STANZA_BYTES;
	if (!r->limits.depth)
		r->limits.depth = DEPTH;
	open_parser(r);
	return r;
}

void xml_reader_free(struct xml_reader *r)
{
	if (!r)
		return;
	close_parser(r);
	free(r->events);
	free(r);
}

void xml_reader_reset(struct xml_reader *r)
{
	close_parser(r);
	open_parser(r);
}

static void note_parser_fault(struct xml_reader *r, const xmlError *fault)
{
	bool entity = fault && fault->code == XML_ERR_UNDECLARED_ENTITY;
	AUTO_TEXT what =
		memory_printf("not well-formed XML: %s", fault && fault->message ? fault->message : "unknown fault");
	note_fault(r, entity ? RESTRICTED : NOT_WELL_FORMED, what);
}

static void note_size(struct xml_reader *r)
{
	AUTO_TEXT what = memory_printf("a stanza is larger than %zu bytes and has no end", r->limits.stanza_bytes);
	note_fault(r, "policy-violation", what);
}

int xml_reader_feed(struct xml_reader *r, const char *bytes, size_t length, struct err *e)
{
	while (length && !r->broken) {
		/* In parts, so that the limit holds within one large feed too. */
		size_t part = length < 65536 ? length : 65536;
		r->since += part;
		size_t before = r->count;
		if (xmlParseChunk(r->parser, bytes, (int)part, 0) && !r->broken)
			note_parser_fault(r, xmlCtxtGetLastError(r->parser));
		bytes += part;
		length -= part;
		if (r->count == before && r->since > r->limits.stanza_bytes)
			note_size(r);
	}
	if (!r->broken)
		return 0;
	if (e)
		*e = r->fault;
	return -1;
}

const char *xml_reader_condition(const struct xml_reader *r)
{
	return r->broken ? r->condition : "";
}

bool xml_reader_next(struct xml_reader *r, struct xml_event *event)
{
	if (r->first == r->count) {
		r->first = r->count = 0;
		return false;
	}
	*event = r->events[r->first++];
	return true;
}
