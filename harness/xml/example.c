/* Stanzas made from patterns: what `never` forbids, put where it must be noticed. */
#include "base/text.h"
#include "xml/attack.h"
#include "xml/element.h"
#include <ctype.h>
#include <string.h>

/* ---- a text that fits an extended regular expression ---- */

/* Covers what scenarios write: literals, `.`, classes, groups, alternatives (the first is taken) and repeats (the least
 * number is taken). What it makes is tried against the expression before it is used. */
static const char *skip_class(const char *at)
{
	at++;
	if (*at == '^')
		at++;
	if (*at == ']')
		at++;
	while (*at && *at != ']')
		at++;
	return *at ? at + 1 : at;
}

static char class_member(const char *at)
{
	static const char candidates[] = "0aA-_ .xZ9~";
	if (at[1] != '^')
		return at[1];
	const char *end = skip_class(at);
	for (const char *c = candidates; *c; c++)
		if (!memchr(at, *c, (size_t)(end - at)))
			return *c;
	return '~';
}

/* How often, at least; moves past the repeat. */
static size_t least(const char **at)
{
	size_t count = 1;
	if (**at == '*' || **at == '?' || **at == '+') {
		count = **at == '+';
		(*at)++;
	} else if (**at == '{') {
		count = 0;
		for ((*at)++; isdigit((unsigned char)**at); (*at)++)
			count = count * 10 + (size_t)(**at - '0');
		*at += strcspn(*at, "}");
		*at += **at == '}';
	}
	return count < 64 ? count : 64;
}

static void alternatives(const char **at, struct buf *out);

static void one_branch(const char **at, struct buf *out)
{
	while (**at && **at != '|' && **at != ')') {
		BUF_AUTO piece = BUF_INIT;
		if (**at == '(') {
			(*at)++;
			alternatives(at, &piece);
			*at += **at == ')';
		} else if (**at == '[') {
			buf_add_char(&piece, class_member(*at));
			*at = skip_class(*at);
		} else if (**at == '^' || **at == '$') {
			(*at)++;
		} else {
			if (**at == '\\' && (*at)[1])
				buf_add_char(&piece, *++*at);
			else
				buf_add_char(&piece, **at == '.' ? 'x' : **at);
			(*at)++;
		}
		for (size_t n = least(at); n > 0; n--)
			buf_add_text(out, buf_text(&piece));
	}
}

static void alternatives(const char **at, struct buf *out)
{
	one_branch(at, out);
	while (**at == '|') {
		BUF_AUTO unused = BUF_INIT;
		(*at)++;
		one_branch(at, &unused);
	}
}

/* ---- values ---- */

/* False where the value says that nothing is to be there. */
static bool example_value(const struct value *v, struct map *variables, struct buf *out, struct err *e, int *failed)
{
	switch (v->kind) {
	case VALUE_ABSENT:
	case VALUE_SELF:
		return false;
	case VALUE_ANY:
		buf_add_text(out, "x");
		return true;
	case VALUE_PLAIN:
	case VALUE_NOT:
		*failed |= text_expand(v->plain, variables, out, e);
		if (v->kind == VALUE_NOT)
			buf_add_char(out, 'x');
		return true;
	case VALUE_PARTS:
		break;
	}
	for (size_t i = 0; i < v->part_count; i++) {
		const struct value_part *part = &v->parts[i];
		if (part->literal) {
			*failed |= text_expand(part->literal, variables, out, e);
			continue;
		}
		const char *at = part->ere;
		if (strcmp(at, ".*") == 0)
			at = ".";
		alternatives(&at, out);
	}
	return true;
}

static int fill(xmlNode *node, const struct element *el, struct map *variables, struct err *e)
{
	int failed = 0;
	for (size_t i = 0; i < el->attribute_count; i++) {
		const struct attribute *at = &el->attributes[i];
		BUF_AUTO value = BUF_INIT;
		xmlNs *ns = at->ns ? xmlSearchNsByHref(node->doc, node, (const xmlChar *)at->ns) : NULL;
		if (at->ns && !ns)
			ns = xmlNewNs(node, (const xmlChar *)at->ns, (const xmlChar *)"other");
		if (!example_value(&at->value, variables, &value, e, &failed))
			continue;
		if (ns)
			xmlSetNsProp(node, ns, (const xmlChar *)at->name, (const xmlChar *)buf_text(&value));
		else
			xml_set_attribute(node, at->name, buf_text(&value));
	}
	BUF_AUTO text = BUF_INIT;
	if (el->has_text && example_value(&el->text, variables, &text, e, &failed))
		xmlNodeAddContent(node, (const xmlChar *)buf_text(&text));
	for (size_t i = 0; i < el->wanted && !failed; i++) {
		const struct element *wanted = &el->children[i];
		xmlNode *child = xmlNewChild(node, NULL, (const xmlChar *)wanted->name, NULL);
		xmlSetNs(child, xmlNewNs(child, (const xmlChar *)wanted->ns, NULL));
		failed |= fill(child, wanted, variables, e);
	}
	return failed ? -1 : 0;
}

xmlDoc *pattern_example(const struct pattern *p, struct map *variables, struct err *e)
{
	xmlDoc *doc = xmlNewDoc((const xmlChar *)"1.0");
	xmlNode *root = xmlNewDocNode(doc, NULL, (const xmlChar *)p->root.name, NULL);
	xmlDocSetRootElement(doc, root);
	xmlSetNs(root, xmlNewNs(root, (const xmlChar *)p->root.ns, NULL));
	xmlNode **found = memory_alloc(p->element_count * sizeof *found);
	bool fits = fill(root, &p->root, variables, e) == 0;
	if (fits && !pattern_find(p, root, variables, found)) {
		err_set(e, ERR_SCRIPT, NULL, "no stanza can be made that fits the pattern of <%s>", p->root.name);
		fits = false;
	}
	free(found);
	if (fits)
		return doc;
	xmlFreeDoc(doc);
	return NULL;
}
