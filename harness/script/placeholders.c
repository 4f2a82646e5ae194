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

static int check_one(struct parser *p, struct position at, const xmlNode *node)
{
	static const struct {
		const char *name, *attribute;
	} known[] = { { "bundle", "of" }, { "devices", "of" }, { "encrypted", "for" } };
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (!xml_is(node, known[i].name, NS_PLACEHOLDERS))
			continue;
		const char *names = xml_attribute(node, known[i].attribute);
		return names && *names
			? check_actors(p, at, names)
			: parser_error(p, at, "<%s> in the block lacks its attribute '%s', which names actors",
				  known[i].name, known[i].attribute);
	}
	return parser_error(
		p, at, "<%s> in the block is none of bundle, devices and encrypted", (const char *)node->name);
}

int placeholders_check(struct parser *p, struct position at, const xmlNode *element)
{
	int result = xml_is(element, NULL, NS_PLACEHOLDERS) ? check_one(p, at, element) : 0;
	for (const xmlNode *c = xml_child(element, NULL, NULL); c; c = xml_next(c, NULL, NULL))
		result |= placeholders_check(p, at, c);
	return result;
}
