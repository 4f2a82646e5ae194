/* Nodes of <results>. */
#include "report/private.h"
#include <stdio.h>
#include <string.h>

xmlNode *node_add(xmlNode *parent, const char *name)
{
	return xmlNewChild(parent, NULL, (const xmlChar *)name, NULL);
}

void node_set(xmlNode *node, const char *name, const char *value)
{
	BUF_AUTO clean = BUF_INIT;
	clean_bytes(value, strlen(value), &clean);
	xmlNewProp(node, (const xmlChar *)name, (const xmlChar *)buf_text(&clean));
}

void node_set_number(xmlNode *node, const char *name, double value)
{
	char text[64];
	snprintf(text, sizeof text, "%.3f", value > -1e15 && value < 1e15 ? value : 0.0);
	node_set(node, name, text);
}

void node_set_count(xmlNode *node, const char *name, long long value)
{
	char text[32];
	snprintf(text, sizeof text, "%lld", value);
	node_set(node, name, text);
}

void node_set_member(xmlNode *node, const char *name, const json_t *object, const char *member)
{
	BUF_AUTO clean = BUF_INIT;
	clean_text(json_object_get(object, member), &clean);
	xmlNewProp(node, (const xmlChar *)name, (const xmlChar *)buf_text(&clean));
}

void node_text(xmlNode *node, const char *text)
{
	BUF_AUTO clean = BUF_INIT;
	clean_bytes(text, strlen(text), &clean);
	xmlNodeAddContent(node, (const xmlChar *)buf_text(&clean));
}

void node_text_member(xmlNode *node, const json_t *object, const char *member)
{
	BUF_AUTO clean = BUF_INIT;
	clean_text(json_object_get(object, member), &clean);
	xmlNodeAddContent(node, (const xmlChar *)buf_text(&clean));
}
