/* Elements as text (xml/xml.h). */
#include "xml/xml.h"
#include <string.h>

void xml_escape(const char *text, struct buf *out)
{
	buf_add(out, "", 0);
	for (; *text; text++) {
		switch (*text) {
		case '&':
			buf_add_text(out, "&amp;");
			break;
		case '<':
			buf_add_text(out, "&lt;");
			break;
		case '>':
			buf_add_text(out, "&gt;");
			break;
		case '"':
			buf_add_text(out, "&quot;");
			break;
		case '\'':
			buf_add_text(out, "&apos;");
			break;
		default:
			buf_add_char(out, *text);
		}
	}
}

static void print_name(const xmlNs *ns, const xmlChar *name, struct buf *out)
{
	if (ns && ns->prefix && *ns->prefix)
		buf_printf(out, "%s:", (const char *)ns->prefix);
	buf_add_text(out, (const char *)name);
}

static void print_namespaces(const xmlNode *node, bool omit_client, struct buf *out)
{
	for (const xmlNs *ns = node->nsDef; ns; ns = ns->next) {
		if (!ns->prefix && omit_client && ns->href && strcmp((const char *)ns->href, NS_CLIENT) == 0)
			continue;
		buf_printf(out, " xmlns%s%s='", ns->prefix ? ":" : "", ns->prefix ? (const char *)ns->prefix : "");
		xml_escape(ns->href ? (const char *)ns->href : "", out);
		buf_add_char(out, '\'');
	}
}

static void print_start(const xmlNode *node, bool omit_client, struct buf *out)
{
	buf_add_char(out, '<');
	print_name(node->ns, node->name, out);
	print_namespaces(node, omit_client, out);
	for (const xmlAttr *a = node->properties; a; a = a->next) {
		buf_add_char(out, ' ');
		print_name(a->ns, a->name, out);
		buf_add_text(out, "='");
		xml_escape(a->children && a->children->content ? (const char *)a->children->content : "", out);
		buf_add_char(out, '\'');
	}
}

static void print_end(const xmlNode *node, struct buf *out)
{
	buf_add_text(out, "</");
	print_name(node->ns, node->name, out);
	buf_add_char(out, '>');
}

static bool is_text(const xmlNode *node)
{
	return node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE;
}

void xml_print(const xmlNode *node, struct buf *out)
{
	print_start(node, false, out);
	if (!node->children) {
		buf_add_text(out, "/>");
		return;
	}
	buf_add_char(out, '>');
	for (const xmlNode *c = node->children; c; c = c->next) {
		if (is_text(c) && c->content)
			xml_escape((const char *)c->content, out);
		else if (c->type == XML_ELEMENT_NODE)
			xml_print(c, out);
	}
	print_end(node, out);
}

static bool has_text(const xmlNode *node)
{
	for (const xmlNode *c = node->children; c; c = c->next)
		if (is_text(c) && c->content && ((const char *)c->content)[strspn((const char *)c->content, " \t\r\n")])
			return true;
	return false;
}

static void print_pretty(const xmlNode *node, unsigned depth, struct buf *out)
{
	buf_printf(out, "%*s", (int)(2 * depth), "");
	/* Only the root's jabber:client goes without saying; deeper it marks a change back to it. */
	print_start(node, depth == 0, out);
	if (!node->children) {
		buf_add_text(out, "/>\n");
		return;
	}
	buf_add_char(out, '>');
	bool mixed = has_text(node);
	if (!mixed)
		buf_add_char(out, '\n');
	for (const xmlNode *c = node->children; c; c = c->next) {
		if (mixed && is_text(c))
			xml_escape((const char *)c->content, out);
		else if (mixed && c->type == XML_ELEMENT_NODE)
			xml_print(c, out);
		else if (c->type == XML_ELEMENT_NODE)
			print_pretty(c, depth + 1, out);
	}
	if (!mixed)
		buf_printf(out, "%*s", (int)(2 * depth), "");
	print_end(node, out);
	buf_add_char(out, '\n');
}

void xml_print_pretty(const xmlNode *node, struct buf *out)
{
	print_pretty(node, 0, out);
	if (out->len && out->data[out->len - 1] == '\n')
		out->data[--out->len] = 0;
}
