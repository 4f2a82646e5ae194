#include "xml/xml.h"
#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <stdlib.h>
#include <string.h>

static void quiet(void *context, const char *format, ...)
{
	(void)context;
	(void)format;
}

static void quiet_structured(void *context, xmlErrorPtr error)
{
	(void)context;
	(void)error;
}

void xml_start(void)
{
	xmlInitParser();
	xmlSetGenericErrorFunc(NULL, quiet);
	xmlSetStructuredErrorFunc(NULL, quiet_structured);
	xmlSubstituteEntitiesDefault(0);
	xmlKeepBlanksDefault(1);
}

/* The virtual stream that a lone element is read in: its default namespace is jabber:client. */
static const char before[] = "<s xmlns='" NS_CLIENT "' xmlns:stream='" NS_STREAMS "'>";
static const char after[] = "</s>";

/* `offset`: columns of the first line that are not the text's. */
static int parse_fault(const xmlParserCtxt *context, int offset, struct err *e)
{
	const xmlError *fault = &context->lastError;
	char where[64];
	int column = fault->int2 - (fault->line == 1 ? offset : 0);
	snprintf(where, sizeof where, "%d:%d", fault->line, column > 0 ? column : 1);
	return err_set(
		e, ERR_PROTOCOL, where, "not well-formed XML: %s", fault->message ? fault->message : "unknown fault");
}

xmlDoc *xml_parse(const char *text, size_t length, struct err *e)
{
	BUF_AUTO whole = BUF_INIT;
	buf_add_text(&whole, before);
	buf_add(&whole, text, length);
	buf_add_text(&whole, after);
	xmlParserCtxt *context = xmlNewParserCtxt();
	xmlDoc *doc = xmlCtxtReadMemory(context, whole.data, (int)whole.len, NULL, "UTF-8",
		XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
	xmlDoc *result = NULL;
	if (!doc) {
		parse_fault(context, (int)sizeof before - 1, e);
	} else {
		const xmlNode *root = xmlDocGetRootElement(doc);
		const xmlNode *first = xml_child(root, NULL, NULL);
		if (!first)
			err_set(e, ERR_PROTOCOL, "1:1", "there is no element");
		else if (xml_next(first, NULL, NULL))
			err_set(e, ERR_PROTOCOL, "1:1", "there is more than one element");
		else
			result = xml_copy(first);
	}
	xmlFreeDoc(doc);
	xmlFreeParserCtxt(context);
	return result;
}

xmlDoc *xml_read_document(const char *text, size_t length, struct err *e)
{
	xmlParserCtxt *context = xmlNewParserCtxt();
	xmlDoc *doc = xmlCtxtReadMemory(context, text, (int)length, NULL, NULL,
		XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
	if (!doc) {
		parse_fault(context, 0, e);
	} else if (doc->intSubset) {
		err_set(e, ERR_PROTOCOL, "1:1", "a document type is not read");
		xmlFreeDoc(doc);
		doc = NULL;
	}
	xmlFreeParserCtxt(context);
	return doc;
}

xmlDoc *xml_copy(const xmlNode *node)
{
	xmlDoc *doc = xmlNewDoc((const xmlChar *)"1.0");
	xmlNode *copy = xmlDocCopyNode((xmlNode *)node, doc, 1);
	xmlDocSetRootElement(doc, copy);
	return doc;
}

xmlNode *xml_root(const xmlDoc *doc)
{
	return doc ? xmlDocGetRootElement(doc) : NULL;
}

const char *xml_ns(const xmlNode *node)
{
	return node->ns && node->ns->href ? (const char *)node->ns->href : "";
}

bool xml_is(const xmlNode *node, const char *name, const char *ns)
{
	if (!node || node->type != XML_ELEMENT_NODE)
		return false;
	return (!name || strcmp((const char *)node->name, name) == 0) && (!ns || strcmp(xml_ns(node), ns) == 0);
}

static const char *value_of(const xmlAttr *a)
{
	return a->children && a->children->content ? (const char *)a->children->content : "";
}

const char *xml_attribute(const xmlNode *node, const char *name)
{
	for (const xmlAttr *a = node ? node->properties : NULL; a; a = a->next)
		if (!a->ns && strcmp((const char *)a->name, name) == 0)
			return value_of(a);
	return NULL;
}

const char *xml_lang(const xmlNode *node)
{
	for (const xmlAttr *a = node->properties; a; a = a->next)
		if (a->ns && strcmp((const char *)a->name, "lang") == 0 &&
			strcmp((const char *)a->ns->href, (const char *)XML_XML_NAMESPACE) == 0)
			return value_of(a);
	return NULL;
}

static xmlNode *first_fit(xmlNode *node, const char *name, const char *ns)
{
	while (node && !xml_is(node, name, ns))
		node = node->next;
	return node;
}

xmlNode *xml_child(const xmlNode *node, const char *name, const char *ns)
{
	return node ? first_fit(node->children, name, ns) : NULL;
}

xmlNode *xml_next(const xmlNode *node, const char *name, const char *ns)
{
	return node ? first_fit(node->next, name, ns) : NULL;
}

xmlNode *xml_find(const xmlNode *node, const char *name, const char *ns)
{
	for (xmlNode *c = node ? node->children : NULL; c; c = c->next) {
		if (xml_is(c, name, ns))
			return c;
		xmlNode *deeper = c->type == XML_ELEMENT_NODE ? xml_find(c, name, ns) : NULL;
		if (deeper)
			return deeper;
	}
	return NULL;
}

void xml_set_attribute(xmlNode *node, const char *name, const char *value)
{
	if (value)
		xmlSetProp(node, (const xmlChar *)name, (const xmlChar *)value);
	else
		xmlUnsetProp(node, (const xmlChar *)name);
}

static void add_text(const xmlNode *node, struct buf *out)
{
	for (const xmlNode *c = node->children; c; c = c->next) {
		if ((c->type == XML_TEXT_NODE || c->type == XML_CDATA_SECTION_NODE) && c->content)
			buf_add_text(out, (const char *)c->content);
		else if (c->type == XML_ELEMENT_NODE)
			add_text(c, out);
	}
}

char *xml_text(const xmlNode *node)
{
	struct buf out = BUF_INIT;
	add_text(node, &out);
	return buf_take(&out);
}

bool xml_has_text(const xmlNode *node, const char *text)
{
	AUTO_TEXT own = xml_text(node);
	return strcmp(own, text) == 0;
}

const char *xml_error_condition(const xmlNode *stanza, const char **type)
{
	const xmlNode *error = xml_is(stanza, "error", NULL) ? stanza : xml_child(stanza, "error", NULL);
	const char *given = error ? xml_attribute(error, "type") : NULL;
	if (type)
		*type = given ? given : "";
	for (const xmlNode *c = xml_child(error, NULL, NULL); c; c = xml_next(c, NULL, NULL)) {
		bool defined = strcmp(xml_ns(c), NS_STANZAS) == 0 || strcmp(xml_ns(c), NS_STREAM_ERRORS) == 0;
		if (defined && strcmp((const char *)c->name, "text") != 0)
			return (const char *)c->name;
	}
	return "";
}
