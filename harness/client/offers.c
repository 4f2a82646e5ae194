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

bool offers_keep(xmlNode *features, bool (*keeps)(const char *mechanism))
{
	static const char *const kinds[][2] = { { "mechanisms", NS_SASL }, { "authentication", NS_SASL2 } };
	bool kept = false;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		xmlNode *list = xml_child(features, kinds[i][0], kinds[i][1]), *next;
		for (xmlNode *m = list ? xml_child(list, "mechanism", NULL) : NULL; m; m = next) {
			next = xml_next(m, "mechanism", NULL);
			AUTO_TEXT name = xml_text(m);
			if (keeps(name))
				kept = true;
			else
				take_out(m);
		}
	}
	return kept;
}

static bool binds_nothing(const char *mechanism)
{
	return !text_ends(mechanism, BINDS);
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
	offers_keep(features, binds_nothing);
}
