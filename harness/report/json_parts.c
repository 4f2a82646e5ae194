#include "report/json_parts.h"
#include <stdlib.h>
#include <string.h>

const char *part_text(const xmlNode *node, const char *name)
{
	const char *value = node ? xml_attribute(node, name) : NULL;
	return value ? value : "";
}

const xmlNode *part_first(const xmlNode *node, const char *name)
{
	return node ? xml_child(node, name, NULL) : NULL;
}

const xmlNode *part_next(const xmlNode *node, const char *name)
{
	return xml_next(node, name, NULL);
}

void put_text(json_t *object, const char *name, const char *value)
{
	json_object_set_new(object, name, json_string(value));
}

void put_content(json_t *object, const char *name, const xmlNode *node)
{
	AUTO_TEXT text = node ? xml_text(node) : NULL;
	put_text(object, name, text ? text : "");
}

void put_count(json_t *object, const char *name, const xmlNode *node, const char *member)
{
	json_object_set_new(object, name, json_integer(strtoll(part_text(node, member), NULL, 10)));
}

void put_real(json_t *object, const char *name, const xmlNode *node, const char *member)
{
	json_object_set_new(object, name, json_real(strtod(part_text(node, member), NULL)));
}

void put_flag(json_t *object, const char *name, const xmlNode *node, const char *member)
{
	json_object_set_new(object, name, json_boolean(strcmp(part_text(node, member), "true") == 0));
}
