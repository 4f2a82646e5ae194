/* Elements that the runner replaces by what only it can make: keys, lists of them, ciphertext (XEP-0384, XEP-0373). */
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

/* <openpgp kind="…"/> */
static int check_kind(struct parser *p, struct position at, const xmlNode *node)
{
	const char *kind = xml_attribute(node, "kind");
	if (!kind || text_equal(kind, "signcrypt") || text_equal(kind, "sign") || text_equal(kind, "crypt"))
		return 0;
	return parser_error(p, at, "'%s' is no kind of OpenPGP: expected signcrypt, sign or crypt", kind);
}

static int check_one(struct parser *p, struct position at, const xmlNode *node)
{
	static const struct {
		const char *ns, *name, *attribute;
	} known[] = {
		{ NS_PLACEHOLDERS, "bundle", "of" },
		{ NS_PLACEHOLDERS, "devices", "of" },
		{ NS_PLACEHOLDERS, "encrypted", "for" },
		{ NS_PLACEHOLDERS, "repeated", "of" },
		{ NS_OPENPGP_PLACEHOLDERS, "pubkey", "of" },
		{ NS_OPENPGP_PLACEHOLDERS, "public-keys-list", "of" },
		{ NS_OPENPGP_PLACEHOLDERS, "secretkey", "of" },
		{ NS_OPENPGP_PLACEHOLDERS, "openpgp", "for" },
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (!xml_is(node, known[i].name, known[i].ns))
			continue;
		if (check_forgery(p, at, node))
			return -1;
		const char *names = xml_attribute(node, known[i].attribute);
		return names && *names
			? check_actors(p, at, names) | check_kind(p, at, node)
			: parser_error(p, at, "<%s> in the block lacks its attribute '%s', which names actors",
				  known[i].name, known[i].attribute);
	}
	return parser_error(p, at, "<%s> in the block is none of %s", (const char *)node->name,
		xml_is(node, NULL, NS_PLACEHOLDERS) ? "bundle, devices, encrypted and repeated"
						    : "pubkey, public-keys-list, secretkey and openpgp");
}

int placeholders_check(struct parser *p, struct position at, const xmlNode *element)
{
	bool placeholder = xml_is(element, NULL, NS_PLACEHOLDERS) || xml_is(element, NULL, NS_OPENPGP_PLACEHOLDERS);
	int result = placeholder ? check_one(p, at, element) : 0;
	for (const xmlNode *c = xml_child(element, NULL, NULL); c; c = xml_next(c, NULL, NULL))
		result |= placeholders_check(p, at, c);
	return result;
}
