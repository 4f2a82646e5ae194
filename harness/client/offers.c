/* What the server offers, as far as it can be kept on another TLS connection than its own. */
#include "base/text.h"
#include "client/private.h"

#define NS_COMPRESSION "http://jabber.org/features/compress"
#define BINDS          "-PLUS" /* the end of the name of a mechanism with channel binding (RFC 5802 section 4) */

static void take_out(xmlNode *node)
{
	xmlUnlinkNode(node);
	xmlFreeNode(node);
}

static void drop_binding_mechanisms(xmlNode *list)
{
	xmlNode *next;
	for (xmlNode *m = list ? xml_child(list, "mechanism", NULL) : NULL; m; m = next) {
		next = xml_next(m, "mechanism", NULL);
		AUTO_TEXT name = xml_text(m);
		if (text_ends(name, BINDS))
			take_out(m);
	}
}

void offers_filter(xmlNode *features)
{
	static const char *const dropped[][2] = { { "sasl-channel-binding", NS_CHANNEL_BINDING },
		{ "starttls", NS_TLS }, { "compression", NS_COMPRESSION } };
	for (size_t i = 0; i < sizeof dropped / sizeof *dropped; i++) {
		xmlNode *found = xml_child(features, dropped[i][0], dropped[i][1]);
		if (found)
			take_out(found);
	}
	drop_binding_mechanisms(xml_child(features, "mechanisms", NS_SASL));
	drop_binding_mechanisms(xml_child(features, "authentication", NS_SASL2));
}
