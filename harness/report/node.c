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

/* ---- a measurement ---- */

/* What only programs want. */
static bool is_raw(const char *member)
{
	return strcmp(member, "histogram") == 0 || strcmp(member, "intervals") == 0;
}

static const char *number_text(const json_t *number, char text[40])
{
	snprintf(text, 40, "%.9g", json_number_value(number));
	return text;
}

/* Members that are plain become attributes; objects elements of their name; the things in an array elements `item`. Names that XML
 * has not ("p99.9" is one that it has) do not occur. */
void node_add_json(xmlNode *to, const json_t *json)
{
	const char *name;
	json_t *value;
	size_t i;
	json_object_foreach((json_t *)json, name, value) {
		char number[40];
		if (is_raw(name) || json_is_null(value))
			continue;
		if (json_is_object(value)) {
			node_add_json(node_add(to, name), value);
		} else if (json_is_array(value)) {
			xmlNode *list = node_add(to, name);
			const json_t *one;
			json_array_foreach(value, i, one) {
				xmlNode *item = node_add(list, "item");
				if (json_is_string(one))
					node_text(item, json_string_value(one));
				else if (json_is_number(one))
					node_text(item, number_text(one, number));
				node_add_json(item, one);
			}
		} else if (json_is_string(value)) {
			BUF_AUTO clean = BUF_INIT;
			clean_text(value, &clean);
			node_set(to, name, buf_text(&clean));
		} else if (json_is_boolean(value)) {
			node_set(to, name, json_is_true(value) ? "yes" : "no");
		} else {
			node_set(to, name, number_text(value, number));
		}
	}
}
