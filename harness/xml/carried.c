#include "xml/carried.h"
#include "base/text.h"
#include <string.h>

static const xmlNode *parent_of(const xmlNode *element)
{
	return element->parent && element->parent->type == XML_ELEMENT_NODE ? element->parent : NULL;
}

const xmlNode *carried_around(const xmlNode *element, const char *name)
{
	while (element && !xml_is(element, name, NULL))
		element = parent_of(element);
	return element;
}

const xmlNode *carried_message(const xmlNode *element)
{
	return carried_around(element, "message");
}

char *carried_bare(const xmlNode *message, const char *attribute)
{
	const char *jid = message ? xml_attribute(message, attribute) : NULL;
	return jid ? memory_copy_bytes(jid, strcspn(jid, "/")) : NULL;
}

const char *carried_way(const xmlNode *message)
{
	const char *way = text_equal(xml_attribute(message, "type"), "groupchat") ? "room" : "direct";
	for (const xmlNode *around = parent_of(message); around; around = parent_of(around)) {
		if (xml_is(around, "result", NULL) && text_starts(xml_ns(around), "urn:xmpp:mam:"))
			way = "archive";
		else if (xml_is(around, "received", "urn:xmpp:carbons:2"))
			way = "carbon-received";
		else if (xml_is(around, "sent", "urn:xmpp:carbons:2"))
			way = "carbon-sent";
	}
	return way;
}
