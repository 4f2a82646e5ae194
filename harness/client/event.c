#include "client/event.h"
#include "base/text.h"
#include "client/adapter.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN 80 /* bytes of a line that is wrong, in an error */

/* Characters that no XML has (XML 1.0 section 2.2) become U+FFFD: a client may well show them. */
static void add_clean(struct buf *out, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		bool noncharacter = c == 0xef && (unsigned char)text[1] == 0xbf && (unsigned char)text[2] >= 0xbe;
		if ((c < ' ' && c != '\t' && c != '\n' && c != '\r') || noncharacter)
			buf_add_text(out, "\xef\xbf\xbd");
		else
			buf_add_char(out, *text);
		if (noncharacter)
			text += 2;
	}
}

/* What an attribute says of a member; false where there is none. */
static bool value_text(const json_t *value, struct buf *out)
{
	switch (json_typeof(value)) {
	case JSON_STRING:
		add_clean(out, json_string_value(value));
		return true;
	case JSON_INTEGER:
		buf_printf(out, "%lld", (long long)json_integer_value(value));
		return true;
	case JSON_REAL:
		buf_printf(out, "%g", json_real_value(value));
		return true;
	case JSON_TRUE:
		buf_add_text(out, "yes");
		return true;
	case JSON_FALSE:
	case JSON_NULL:
	case JSON_OBJECT:
	case JSON_ARRAY:
		break;
	}
	return false;
}

static int add_member(xmlNode *root, const char *name, const json_t *value, struct err *e)
{
	BUF_AUTO text = BUF_INIT;
	if (!text_is_slug(name) || !(*name >= 'a' && *name <= 'z'))
		return err_set(e, ERR_ENVIRONMENT, NULL,
			"'%.40s' is no name of a member: expected small letters, digits and hyphens", name);
	if (json_is_object(value) || json_is_array(value))
		return err_set(e, ERR_ENVIRONMENT, NULL, "'%.40s' holds more than one value: an event is flat", name);
	if (!value_text(value, &text) || strcmp(name, "event") == 0)
		return 0;
	if (strcmp(name, "text") == 0)
		xmlNodeAddContent(root, (const xmlChar *)buf_text(&text));
	else
		xml_set_attribute(root, name, buf_text(&text));
	return 0;
}

static xmlDoc *make_element(const char *name)
{
	struct err e;
	AUTO_TEXT xml = memory_printf("<%s xmlns='" NS_ADAPTER "'/>", name);
	return xml_parse(xml, strlen(xml), &e);
}

static xmlDoc *from_object(json_t *object, struct err *e)
{
	const char *name = json_string_value(json_object_get(object, "event"));
	if (!name || !text_is_slug(name) || !(*name >= 'a' && *name <= 'z')) {
		err_set(e, ERR_ENVIRONMENT, NULL, "an event has a member 'event' with its name, of small letters");
		return NULL;
	}
	xmlDoc *doc = make_element(name);
	const char *key;
	json_t *value;
	json_object_foreach(object, key, value) {
		if (add_member(xml_root(doc), key, value, e)) {
			xmlFreeDoc(doc);
			return NULL;
		}
	}
	return doc;
}

xmlDoc *event_read(const char *line, size_t length, struct err *e)
{
	json_error_t fault;
	xmlDoc *doc = NULL;
	json_t *object = json_loadb(line, length, JSON_REJECT_DUPLICATES, &fault);
	int shown = (int)(length < SHOWN ? length : SHOWN);
	if (!object)
		err_set(e, ERR_ENVIRONMENT, NULL, "it printed what is no JSON (%s): %.*s", fault.text, shown, line);
	else if (!json_is_object(object))
		err_set(e, ERR_ENVIRONMENT, NULL, "it printed what is no JSON object: %.*s", shown, line);
	else
		doc = from_object(object, e);
	json_decref(object);
	return doc;
}
