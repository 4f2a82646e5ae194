#include "xml/attack.h"
#include "base/text.h"
#include "xml/element.h"
#include <stdlib.h>
#include <string.h>

#define FOREIGN "urn:assay:attack:0"

enum attack_kind {
	ELEMENT_RENAMED,
	ELEMENT_REMOVED,
	ELEMENT_UNWANTED, /* a child that the pattern says must be absent */
	ELEMENT_MORE,     /* a child that nobody named, where the pattern says exactly */
	ATTRIBUTE_ALTERED,
	ATTRIBUTE_REMOVED,
	ATTRIBUTE_UNWANTED,
	ATTRIBUTE_MORE,
	TEXT_ALTERED,
	TEXT_REMOVED,
	TEXT_MORE,
};

struct attack {
	enum attack_kind kind;
	const struct element *element, *parent; /* parent NULL for the root */
	const struct attribute *attribute;
	char path[256];
};

/* Looks through the pattern for the attack of one number. */
struct walk {
	size_t wanted, seen;
	struct attack found;
};

static void offer(struct walk *w, enum attack_kind kind, const struct element *el, const struct element *parent,
	const struct attribute *attribute, const char *path)
{
	if (w->seen++ != w->wanted)
		return;
	w->found = (struct attack){ .kind = kind, .element = el, .parent = parent, .attribute = attribute };
	snprintf(w->found.path, sizeof w->found.path, "%s", path);
}

/* Whether there is a value that does not fit. */
static bool is_narrow(const struct value *v)
{
	if (v->kind != VALUE_PARTS)
		return v->kind != VALUE_ANY;
	for (size_t i = 0; i < v->part_count; i++)
		if (v->parts[i].literal || strcmp(v->parts[i].ere, ".*") != 0)
			return true;
	return false;
}

static void offer_attribute(struct walk *w, const struct element *el, const struct attribute *at, const char *path)
{
	if (at->value.kind == VALUE_ABSENT) {
		offer(w, ATTRIBUTE_UNWANTED, el, NULL, at, path);
		return;
	}
	if (is_narrow(&at->value))
		offer(w, ATTRIBUTE_ALTERED, el, NULL, at, path);
	if (at->value.kind != VALUE_SELF)
		offer(w, ATTRIBUTE_REMOVED, el, NULL, at, path);
}

static void walk(struct walk *w, const struct element *el, const struct element *parent, const char *above)
{
	char path[256];
	snprintf(path, sizeof path, "%s%s%s", above, *above ? "/" : "", el->name);
	if (el->absent) {
		offer(w, ELEMENT_UNWANTED, el, parent, NULL, path);
		return;
	}
	offer(w, ELEMENT_RENAMED, el, parent, NULL, path);
	if (parent)
		offer(w, ELEMENT_REMOVED, el, parent, NULL, path);
	for (size_t i = 0; i < el->attribute_count; i++)
		offer_attribute(w, el, &el->attributes[i], path);
	if (el->has_text && is_narrow(&el->text)) {
		offer(w, TEXT_ALTERED, el, parent, NULL, path);
		offer(w, TEXT_REMOVED, el, parent, NULL, path);
	}
	if (el->exactly) {
		offer(w, ELEMENT_MORE, el, parent, NULL, path);
		offer(w, ATTRIBUTE_MORE, el, parent, NULL, path);
		if (!el->has_text)
			offer(w, TEXT_MORE, el, parent, NULL, path);
	}
	for (size_t i = 0; i < el->child_count; i++)
		walk(w, &el->children[i], el, path);
}

static struct walk look(const struct pattern *p, size_t number)
{
	struct walk w = { .wanted = number };
	walk(&w, &p->root, NULL, "");
	return w;
}

size_t attack_count(const struct pattern *p)
{
	return look(p, SIZE_MAX).seen;
}

void attack_name(const struct pattern *p, size_t number, struct buf *out)
{
	const struct attack a = look(p, number).found;
	const char *attribute = a.attribute ? a.attribute->name : "";
	switch (a.kind) {
	case ELEMENT_RENAMED:
		buf_printf(out, "%s is another element", a.path);
		return;
	case ELEMENT_REMOVED:
		buf_printf(out, "%s is taken away", a.path);
		return;
	case ELEMENT_UNWANTED:
	case ELEMENT_MORE:
		buf_printf(out, a.kind == ELEMENT_MORE ? "%s holds one element more" : "%s is put there", a.path);
		return;
	case ATTRIBUTE_ALTERED:
		buf_printf(out, "%s@%s is altered", a.path, attribute);
		return;
	case ATTRIBUTE_REMOVED:
		buf_printf(out, "%s@%s is taken away", a.path, attribute);
		return;
	case ATTRIBUTE_UNWANTED:
		buf_printf(out, "%s@%s is put there", a.path, attribute);
		return;
	case ATTRIBUTE_MORE:
		buf_printf(out, "%s has one attribute more", a.path);
		return;
	case TEXT_ALTERED:
		buf_printf(out, "the text of %s is altered", a.path);
		return;
	case TEXT_REMOVED:
		buf_printf(out, "the text of %s is taken away", a.path);
		return;
	case TEXT_MORE:
		buf_printf(out, "%s holds text", a.path);
		return;
	}
}

const char *attack_subject(const struct pattern *p, size_t number)
{
	const struct attack a = look(p, number).found;
	switch (a.kind) {
	case ELEMENT_RENAMED:
	case ELEMENT_REMOVED:
	case ELEMENT_UNWANTED:
		return a.element->name;
	case ATTRIBUTE_ALTERED:
	case ATTRIBUTE_REMOVED:
	case ATTRIBUTE_UNWANTED:
		return a.attribute->name;
	case ELEMENT_MORE:
	case ATTRIBUTE_MORE:
		return "more";
	case TEXT_ALTERED:
	case TEXT_REMOVED:
	case TEXT_MORE:
		break;
	}
	return "text";
}

/* ---- carrying one out ---- */

static xmlNs *namespace_for(xmlNode *node, const char *href)
{
	xmlNs *ns = xmlSearchNsByHref(node->doc, node, (const xmlChar *)href);
	return ns && !ns->prefix ? ns : xmlNewNs(node, (const xmlChar *)href, NULL);
}

static xmlNode *add_child(xmlNode *parent, const char *name, const char *ns)
{
	xmlNode *child = xmlNewChild(parent, NULL, (const xmlChar *)name, NULL);
	xmlSetNs(child, NULL);
	xmlSetNs(child, xmlNewNs(child, (const xmlChar *)ns, NULL));
	return child;
}

static void put_attribute(xmlNode *node, const struct attribute *at, const char *value)
{
	if (!at->ns) {
		xml_set_attribute(node, at->name, value);
		return;
	}
	xmlNs *ns = xmlSearchNsByHref(node->doc, node, (const xmlChar *)at->ns);
	if (!ns)
		ns = xmlNewNs(node, (const xmlChar *)at->ns, (const xmlChar *)"attacked");
	if (value)
		xmlSetNsProp(node, ns, (const xmlChar *)at->name, (const xmlChar *)value);
	else
		xmlUnsetNsProp(node, ns, (const xmlChar *)at->name);
}

/* The nearest text that does not fit any more; NULL where there is none that we know. The caller's. */
static char *misfit(const struct value *v, const char *text, struct map *variables)
{
	char why[256];
	struct trail t = { .variables = variables };
	if (v->kind == VALUE_NOT) {
		char forbidden[512];
		value_expected(v, &t, forbidden, sizeof forbidden); /* something other than 'X' */
		const char *start = strchr(forbidden, '\''), *end = strrchr(forbidden, '\'');
		return start && end > start ? memory_copy_bytes(start + 1, (size_t)(end - start - 1)) : NULL;
	}
	char *tries[] = { memory_printf("%sx", text), memory_printf("x%s", text), memory_copy_text("") };
	char *found = NULL;
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
		if (!found && !value_match(v, tries[i], &t, why, sizeof why))
			found = memory_copy_text(tries[i]);
		free(tries[i]);
	}
	trail_shorten(&t, 0);
	vec_release(&t.names);
	vec_release(&t.values);
	return found;
}

static int alter_attribute(xmlNode *node, const struct attribute *at, struct map *variables)
{
	xmlChar *text = at->ns ? xmlGetNsProp(node, (const xmlChar *)at->name, (const xmlChar *)at->ns)
			       : xmlGetNoNsProp(node, (const xmlChar *)at->name);
	AUTO_TEXT other = misfit(&at->value, text ? (const char *)text : "", variables);
	xmlFree(text);
	if (!other)
		return -1;
	put_attribute(node, at, other);
	return 0;
}

/* Replaces the element's own text; its children stay. */
static void put_text(xmlNode *node, const char *text)
{
	for (xmlNode *c = node->children, *next; c; c = next) {
		next = c->next;
		if (c->type != XML_TEXT_NODE && c->type != XML_CDATA_SECTION_NODE)
			continue;
		xmlUnlinkNode(c);
		xmlFreeNode(c);
	}
	if (*text)
		xmlNodeAddContent(node, (const xmlChar *)text);
}

static int alter_text(xmlNode *node, const struct value *v, struct map *variables, bool remove)
{
	char why[256];
	struct trail t = { .variables = variables };
	AUTO_TEXT text = xml_text(node);
	if (remove && value_match(v, "", &t, why, sizeof why))
		return -1;
	AUTO_TEXT other = remove ? memory_copy_text("") : misfit(v, text, variables);
	if (!other)
		return -1;
	put_text(node, other);
	return 0;
}

/* A child as the pattern describes it: its attributes are what makes it the one that must not be there. */
static void add_unwanted(xmlNode *parent, const struct element *el, struct map *variables)
{
	xmlNode *child = add_child(parent, el->name, el->ns);
	for (size_t i = 0; i < el->attribute_count; i++) {
		const struct attribute *at = &el->attributes[i];
		BUF_AUTO value = BUF_INIT;
		struct err ignored;
		if (at->value.kind == VALUE_ABSENT)
			continue;
		if (!at->value.plain || text_expand(at->value.plain, variables, &value, &ignored)) {
			buf_clear(&value);
			buf_add_text(&value, "x");
		}
		put_attribute(child, at, buf_text(&value));
	}
}

static int carry_out(const struct attack *a, xmlNode *node, xmlNode *parent, struct map *variables)
{
	switch (a->kind) {
	case ELEMENT_RENAMED:
		xmlNodeSetName(node, (const xmlChar *)"attacked");
		xmlSetNs(node, namespace_for(node, FOREIGN));
		return 0;
	case ELEMENT_REMOVED:
		xmlUnlinkNode(node);
		xmlFreeNode(node);
		return 0;
	case ELEMENT_UNWANTED:
		add_unwanted(parent, a->element, variables);
		return 0;
	case ELEMENT_MORE:
		add_child(node, "attacked", FOREIGN);
		return 0;
	case ATTRIBUTE_ALTERED:
		return alter_attribute(node, a->attribute, variables);
	case ATTRIBUTE_REMOVED:
		put_attribute(node, a->attribute, NULL);
		return 0;
	case ATTRIBUTE_UNWANTED:
		put_attribute(node, a->attribute, "x");
		return 0;
	case ATTRIBUTE_MORE:
		xml_set_attribute(node, "attacked", "x");
		return 0;
	case TEXT_ALTERED:
		return alter_text(node, &a->element->text, variables, false);
	case TEXT_REMOVED:
		return alter_text(node, &a->element->text, variables, true);
	case TEXT_MORE:
		xmlNodeAddContent(node, (const xmlChar *)"x");
		return 0;
	}
	return -1;
}

int attack_apply(const struct pattern *p, size_t number, xmlNode *stanza, struct map *variables)
{
	const struct attack a = look(p, number).found;
	xmlNode **found = memory_alloc(p->element_count * sizeof *found);
	int result = -1;
	if (a.element && pattern_find(p, stanza, variables, found))
		result = carry_out(&a, found[a.element->number], a.parent ? found[a.parent->number] : NULL, variables);
	free(found);
	return result;
}
