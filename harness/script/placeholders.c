/* Elements that the runner replaces by what only it can make: bundles, lists of devices, ciphertext (XEP-0384). */
#include "base/text.h"
#include "script/private.h"
#include <stdio.h>
#include <string.h>

static int check_actors(struct parser *p, struct position at, const char *names)
{
	char name[64];
	int result = 0;
	for (const char *from = names + strspn(names, " "); *from; from += strspn(from, " ")) {
		size_t length = strcspn(from, " ");
		snprintf(name, sizeof name, "%.*s", (int)length, from);
		if (!find_actor(p, name))
			result = parser_error(p, at, "'%s' in the block is no actor", name);
		from += length;
	}
	return result;
}

/* What can be spoilt in a bundle, and in what is encrypted (run/forgery.c). */
static int check_forgery(struct parser *p, struct position at, const xmlNode *node)
{
	static const struct {
		const char *element, *kind;
	} forgeries[] = { { "bundle", "signature" }, { "bundle", "signed-prekey" }, { "bundle", "identity" },
		{ "bundle", "short-key" }, { "bundle", "no-prekeys" }, { "encrypted", "key" },
		{ "encrypted", "payload" } };
	const char *forged = xml_attribute(node, "forged");
	for (size_t i = 0; forged && i < sizeof forgeries / sizeof *forgeries; i++)
		if (xml_is(node, forgeries[i].element, NULL) && text_equal(forged, forgeries[i].kind))
			return 0;
	return forged
		? parser_error(p, at, "'%s' is nothing that can be forged in <%s>", forged, (const char *)node->name)
		: 0;
}

static int check_one(struct parser *p, struct position at, const xmlNode *node)
{
	static const struct {
		const char *name, *attribute;
	} known[] = { { "bundle", "of" }, { "devices", "of" }, { "encrypted", "for" }, { "repeated", "of" } };
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (!xml_is(node, known[i].name, NS_PLACEHOLDERS))
			continue;
		if (check_forgery(p, at, node))
			return -1;
		const char *names = xml_attribute(node, known[i].attribute);
		return names && *names
			? check_actors(p, at, names)
			: parser_error(p, at, "<%s> in the block lacks its attribute '%s', which names actors",
				  known[i].name, known[i].attribute);
	}
	return parser_error(p, at, "<%s> in the block is none of bundle, devices, encrypted and repeated",
		(const char *)node->name);
}

int placeholders_check(struct parser *p, struct position at, const xmlNode *element)
{
	int result = xml_is(element, NULL, NS_PLACEHOLDERS) ? check_one(p, at, element) : 0;
	for (const xmlNode *c = xml_child(element, NULL, NULL); c; c = xml_next(c, NULL, NULL))
		result |= placeholders_check(p, at, c);
	return result;
}
