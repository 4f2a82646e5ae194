/* Attacks on XPath assertions. What an expression sees of a stanza is found by trying: small changes that concern one thing
 * that it names are made to a copy, until one of them makes it untrue. */
#include "base/text.h"
#include "xml/attack.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONG_VALUE 8192 /* bytes: longer than any limit that a specification sets for an identifier */

/* ---- what an expression names ---- */

static bool is_operator(const char *name)
{
	static const char *const operators[] = { "and", "or", "div", "mod" };
	for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
		if (strcmp(operators[i], name) == 0)
			return true;
	return false;
}

static bool is_known(const struct vec *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->items[i], name) == 0)
			return true;
	return false;
}

static size_t name_length(const char *at)
{
	size_t n = 0;
	if (!isalpha((unsigned char)*at) && *at != '_')
		return 0;
	while (isalnum((unsigned char)at[n]) || (at[n] && strchr("-_.", at[n])) || (at[n] == ':' && at[n + 1] != ':'))
		n++;
	return n;
}

/* Moves past a quoted literal; pushes it where `literals` is given. */
static const char *skip_literal(const char *at, struct arena *a, struct vec *literals)
{
	const char *end = strchr(at + 1, *at);
	if (!end)
		return at + strlen(at);
	if (literals)
		vec_push(literals, arena_bytes(a, at + 1, (size_t)(end - at - 1)));
	return end + 1;
}

static void scan(const char *expression, struct arena *a, struct vec *names, struct vec *literals)
{
	for (const char *at = expression; *at;) {
		if (*at == '"' || *at == '\'') {
			at = skip_literal(at, a, literals);
			continue;
		}
		bool attribute = *at == '@';
		size_t n = name_length(at + attribute);
		if (!n) {
			at++;
			continue;
		}
		const char *after = at + attribute + n;
		const char *name = arena_bytes(a, at, n + attribute);
		bool call = *after == '(' || (after[0] == ':' && after[1] == ':');
		bool whole = after[-1] == ':'; /* prefix:* */
		if (names && !call && !whole && !is_operator(name) && !is_known(names, name))
			vec_push(names, (void *)name);
		at = after;
	}
}

void assertion_names(const char *expression, struct arena *a, struct vec *names)
{
	scan(expression, a, names, NULL);
}

/* ---- changes ---- */

struct changes {
	const struct map *prefixes;
	struct vec names, literals; /* of the expression */
	const char *name;           /* the thing that the changes concern */
};

/* A name as written in XPath: its local part, and the namespace of its prefix ("" where it has none). */
static const char *resolve(const struct changes *c, const char *name, const char **ns)
{
	const char *colon = strchr(name, ':');
	*ns = "";
	if (!colon)
		return name;
	AUTO_TEXT prefix = memory_copy_bytes(name, (size_t)(colon - name));
	const char *found = map_get(c->prefixes, prefix);
	if (strcmp(prefix, "xml") == 0)
		*ns = (const char *)XML_XML_NAMESPACE;
	else if (found)
		*ns = found;
	return colon + 1;
}

/* Every element below `node`, itself first, in document order. */
static void collect(xmlNode *node, struct vec *out)
{
	vec_push(out, node);
	for (xmlNode *c = xml_child(node, NULL, NULL); c; c = xml_next(c, NULL, NULL))
		collect(c, out);
}

static void put(const struct changes *c, xmlNode *node, const char *attribute, const char *value)
{
	const char *href, *local = resolve(c, attribute, &href);
	xmlNs *ns = *href ? xmlSearchNsByHref(node->doc, node, (const xmlChar *)href) : NULL;
	if (*href && !ns)
		ns = xmlNewNs(node, (const xmlChar *)href, (const xmlChar *)"attacked");
	if (!value && ns)
		xmlUnsetNsProp(node, ns, (const xmlChar *)local);
	else if (ns)
		xmlSetNsProp(node, ns, (const xmlChar *)local, (const xmlChar *)value);
	else
		xml_set_attribute(node, local, value);
}

static char *get(const struct changes *c, xmlNode *node, const char *attribute)
{
	const char *href, *local = resolve(c, attribute, &href);
	xmlChar *text = *href ? xmlGetNsProp(node, (const xmlChar *)local, (const xmlChar *)href)
			      : xmlGetNoNsProp(node, (const xmlChar *)local);
	char *copy = memory_copy_text((const char *)text);
	xmlFree(text);
	return copy;
}

static char *long_value(void)
{
	char *text = memory_alloc(LONG_VALUE + 1);
	memset(text, 'x', LONG_VALUE);
	return text;
}

/* One of the values that an attribute may be given; `way` 0 takes it away. */
static void give_value(const struct changes *c, xmlNode *node, const char *attribute, size_t way)
{
	AUTO_TEXT old = get(c, node, attribute);
	AUTO_TEXT value = NULL;
	if (way == 1)
		value = memory_printf("%sx", old ? old : "");
	else if (way == 2)
		value = memory_printf("x%s", old ? old : "");
	else if (way == 3)
		value = memory_copy_text("");
	else if (way == 4)
		value = long_value();
	else if (way > 4)
		value = memory_copy_text(c->literals.items[way - 5]);
	put(c, node, attribute, value);
}

static size_t values(const struct changes *c)
{
	return c->literals.count + 5;
}

/* Adds the elements that the expression names, from the `from`th on, each inside the one before; in the innermost ones the
 * named attributes have the literal's value, if there is one. */
static void add_chain(const struct changes *c, xmlNode *parent, size_t from, const char *value, bool text)
{
	for (size_t i = from; i < c->names.count; i++) {
		const char *href, *name = c->names.items[i];
		if (*name == '@')
			continue;
		const char *local = resolve(c, name, &href);
		parent = xmlNewChild(parent, NULL, (const xmlChar *)local, NULL);
		xmlSetNs(parent, *href ? xmlNewNs(parent, (const xmlChar *)href, NULL) : NULL);
		for (size_t k = 0; value && k < c->names.count; k++)
			if (*(const char *)c->names.items[k] == '@')
				put(c, parent, (const char *)c->names.items[k] + 1, value);
	}
	if (text)
		xmlNodeAddContent(parent, (const xmlChar *)"x");
}

/* The `number`th element that can be put there; -1 when there are no more. */
static int add_elements(const struct changes *c, xmlNode *root, size_t number)
{
	struct vec all = VEC_INIT;
	collect(root, &all);
	size_t ways = 2 * (c->literals.count + 2), chains = c->names.count;
	size_t way = number % ways, rest = number / ways;
	xmlNode *parent = rest / chains < all.count ? all.items[rest / chains] : NULL;
	vec_release(&all);
	if (!parent)
		return -1;
	size_t literal = way / 2;
	const char *value = literal == 0 ? NULL : literal == 1 ? "x/x" : c->literals.items[literal - 2];
	add_chain(c, parent, rest % chains, value, way % 2);
	return 0;
}

/* The `number`th change of an attribute. */
static int change_attribute(const struct changes *c, xmlNode *root, size_t number)
{
	struct vec all = VEC_INIT;
	collect(root, &all);
	size_t count = all.count * values(c);
	if (number < count)
		give_value(c, all.items[number / values(c)], c->name + 1, number % values(c));
	vec_release(&all);
	return number < count ? 0 : add_elements(c, root, number - count);
}

enum element_change { REMOVED, DOUBLED, EMPTIED, TEXT_MORE, RENAMED, ELEMENT_CHANGES };

static void change_one(const struct changes *c, xmlNode *root, xmlNode *node, size_t way)
{
	switch (way) {
	case REMOVED:
		if (node == root)
			return;
		xmlUnlinkNode(node);
		xmlFreeNode(node);
		return;
	case DOUBLED:
		if (node != root)
			xmlAddNextSibling(node, xmlCopyNode(node, 1));
		return;
	case EMPTIED:
		xmlNodeSetContent(node, NULL);
		return;
	case TEXT_MORE:
		xmlNodeAddContent(node, (const xmlChar *)"x");
		return;
	case RENAMED:
		xmlNodeSetName(node, (const xmlChar *)"attacked");
		return;
	}
	way -= ELEMENT_CHANGES;
	const char *name = c->names.items[way / values(c)];
	if (*name == '@')
		give_value(c, node, name + 1, way % values(c));
}

/* The `number`th change of an element of that name, or of a named attribute of it. */
static int change_element(const struct changes *c, xmlNode *root, size_t number)
{
	struct vec all = VEC_INIT;
	const char *href, *local = resolve(c, c->name, &href);
	size_t ways = ELEMENT_CHANGES + c->names.count * values(c), here = 0;
	xmlNode *node = NULL;
	collect(root, &all);
	for (size_t i = 0; i < all.count; i++)
		if (xml_is(all.items[i], local, href) && here++ == number / ways)
			node = all.items[i];
	vec_release(&all);
	if (!node)
		return add_elements(c, root, number - here * ways);
	change_one(c, root, node, number % ways);
	return 0;
}

static int change(const struct changes *c, xmlNode *root, size_t number)
{
	return *c->name == '@' ? change_attribute(c, root, number) : change_element(c, root, number);
}

static bool is_untrue(const xmlNode *root, const char *expression, const struct map *prefixes)
{
	struct err ignored;
	bool truth = true;
	return xml_xpath(root, expression, prefixes, &truth, NULL, &ignored) == 0 && !truth;
}

int assertion_attack(xmlNode *stanza, const char *expression, const char *name, const struct map *prefixes)
{
	struct arena a = ARENA_INIT;
	struct changes c = { .prefixes = prefixes, .name = name };
	scan(expression, &a, &c.names, &c.literals);
	int result = -1;
	for (size_t number = 0; result; number++) {
		xmlDoc *copy = xml_copy(stanza);
		int more = change(&c, xml_root(copy), number);
		bool untrue = !more && is_untrue(xml_root(copy), expression, prefixes);
		xmlFreeDoc(copy);
		if (more)
			break;
		if (untrue)
			result = change(&c, stanza, number);
	}
	vec_release(&c.names);
	vec_release(&c.literals);
	arena_release(&a);
	return result;
}
