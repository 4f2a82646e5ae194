#include "base/text.h"
#include "xml/element.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One attempt to match. */
struct attempt {
	struct trail trail;
	struct mismatch best;
	bool any; /* a mismatch was noted */
	int score;
	const char *path[64];
	size_t depth;
	xmlNode **found; /* what each element of the pattern was matched by, by its number; or NULL */
	size_t tries;    /* that are left to find each wanted child a child of its own */
};

/* Children of one name that differ deep inside can be assigned in factorially many ways, and a hostile peer may send as
 * many as it likes. Trying each wanted element with each element of the stanza is always within the limit. */
#define TRIES_MORE 20000

static size_t count_elements(const xmlNode *node)
{
	size_t count = 1;
	for (const xmlNode *c = xml_child(node, NULL, NULL); c; c = xml_next(c, NULL, NULL))
		count += count_elements(c);
	return count;
}

static size_t tries_for(const struct pattern *p, const xmlNode *stanza)
{
	if (!xml_is(stanza, p->root.name, p->root.ns))
		return 0; /* none is needed */
	return p->element_count * count_elements(stanza) + TRIES_MORE;
}

/* ---- compiling ---- */

static char *own_text(const xmlNode *node)
{
	struct buf out = BUF_INIT;
	for (const xmlNode *c = node->children; c; c = c->next)
		if ((c->type == XML_TEXT_NODE || c->type == XML_CDATA_SECTION_NODE) && c->content)
			buf_add_text(&out, (const char *)c->content);
	char *text = buf_take(&out);
	size_t start = strspn(text, " \t\r\n"), end = strlen(text);
	while (end > start && isspace((unsigned char)text[end - 1]))
		end--;
	memmove(text, text + start, end - start);
	text[end - start] = 0;
	return text;
}

static int fault_at(const xmlNode *node, struct err *e)
{
	snprintf(e->where, sizeof e->where, "line %ld", xmlGetLineNo((xmlNode *)node));
	return -1;
}

static int compile_attributes(struct pattern *p, struct element *el, const xmlNode *node, struct err *e)
{
	size_t count = 0;
	for (const xmlAttr *a = node->properties; a; a = a->next)
		count++;
	el->attributes = arena_alloc(&p->arena, (count + 1) * sizeof *el->attributes);
	for (const xmlAttr *a = node->properties; a; a = a->next) {
		struct attribute *at = &el->attributes[el->attribute_count++];
		at->name = (const char *)a->name;
		at->ns = a->ns ? (const char *)a->ns->href : NULL;
		const char *text = a->children && a->children->content ? (const char *)a->children->content : "";
		if (value_compile(&at->value, &p->arena, text, e))
			return fault_at(node, e);
		value_names(&at->value, &p->arena, &p->binds, &p->uses);
	}
	return 0;
}

static int compile_text(struct pattern *p, struct element *el, const xmlNode *node, struct err *e)
{
	AUTO_TEXT text = own_text(node);
	const char *rest = text;
	if (text_starts(rest, "{exactly}")) {
		el->exactly = true;
		rest += strlen("{exactly}");
		rest += strspn(rest, " \t\r\n");
	}
	if (text_starts(rest, "{open}")) {
		el->exactly = false;
		rest += strlen("{open}");
		rest += strspn(rest, " \t\r\n");
	}
	if (!*rest)
		return 0;
	if (value_compile(&el->text, &p->arena, rest, e))
		return fault_at(node, e);
	value_names(&el->text, &p->arena, &p->binds, &p->uses);
	el->has_text = el->text.kind != VALUE_ABSENT;
	el->absent = el->text.kind == VALUE_ABSENT;
	return 0;
}

static int compile(struct pattern *p, struct element *el, const xmlNode *node, bool exactly, struct err *e)
{
	el->name = (const char *)node->name;
	el->ns = xml_ns(node);
	el->exactly = exactly;
	el->number = p->element_count++;
	if (compile_attributes(p, el, node, e) || compile_text(p, el, node, e))
		return -1;
	size_t count = 0;
	for (const xmlNode *c = xml_child(node, NULL, NULL); c; c = xml_next(c, NULL, NULL))
		count++;
	struct element *all = arena_alloc(&p->arena, (count + 1) * sizeof *all);
	el->children = arena_alloc(&p->arena, (count + 1) * sizeof *all);
	for (const xmlNode *c = xml_child(node, NULL, NULL); c; c = xml_next(c, NULL, NULL))
		if (compile(p, &all[el->child_count++], c, el->exactly, e))
			return -1;
	for (size_t i = 0; i < count; i++)
		if (!all[i].absent)
			el->children[el->wanted++] = all[i];
	size_t at = el->wanted;
	for (size_t i = 0; i < count; i++)
		if (all[i].absent)
			el->children[at++] = all[i];
	return 0;
}

struct pattern *pattern_new(const xmlNode *element, bool exactly, struct err *e)
{
	struct pattern *p = memory_alloc(sizeof *p);
	p->doc = xml_copy(element);
	if (compile(p, &p->root, xml_root(p->doc), exactly, e) == 0) {
		if (!p->root.absent)
			return p;
		err_set(e, ERR_SCRIPT, NULL,
			"{absent} stands inside a stanza; a whole stanza that must not come needs `never`");
		fault_at(element, e);
	}
	pattern_free(p);
	return NULL;
}

static void release(struct element *el)
{
	for (size_t i = 0; i < el->attribute_count; i++)
		value_release(&el->attributes[i].value);
	value_release(&el->text);
	for (size_t i = 0; i < el->child_count; i++)
		release(&el->children[i]);
}

void pattern_free(struct pattern *p)
{
	if (!p)
		return;
	release(&p->root);
	xmlFreeDoc(p->doc);
	vec_release(&p->binds);
	vec_release(&p->uses);
	arena_release(&p->arena);
	free(p);
}

void pattern_names(const struct pattern *p, struct vec *binds, struct vec *uses)
{
	for (size_t i = 0; binds && i < p->binds.count; i++)
		vec_push(binds, p->binds.items[i]);
	for (size_t i = 0; uses && i < p->uses.count; i++)
		vec_push(uses, p->uses.items[i]);
}

const xmlNode *pattern_element(const struct pattern *p)
{
	return xml_root(p->doc);
}

/* ---- matching ---- */

static bool differ(struct attempt *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool differ(struct attempt *t, const char *format, ...)
{
	if (t->any && t->score <= t->best.score)
		return false;
	va_list args;
	t->any = true;
	t->best.score = t->score;
	va_start(args, format);
	vsnprintf(t->best.message, sizeof t->best.message, format, args);
	va_end(args);
	size_t used = 0;
	t->best.path[0] = 0;
	for (size_t i = 0; i < t->depth && i < sizeof t->path / sizeof *t->path && used < sizeof t->best.path; i++)
		used += (size_t)snprintf(
			t->best.path + used, sizeof t->best.path - used, "%s%s", i ? "/" : "", t->path[i]);
	return false;
}

static const xmlAttr *find_attribute(const xmlNode *node, const struct attribute *wanted)
{
	for (const xmlAttr *a = node->properties; a; a = a->next) {
		const char *ns = a->ns ? (const char *)a->ns->href : NULL;
		if (strcmp((const char *)a->name, wanted->name) == 0 && text_equal(ns, wanted->ns))
			return a;
	}
	return NULL;
}

static bool match_attribute(struct attempt *t, const struct attribute *wanted, const xmlNode *node)
{
	char why[256];
	const xmlAttr *a = find_attribute(node, wanted);
	if (!a) {
		if (wanted->value.kind == VALUE_ABSENT || wanted->value.kind == VALUE_SELF) {
			t->score++;
			return true;
		}
		if (wanted->value.kind == VALUE_ANY)
			return differ(t, "attribute '%s' is missing", wanted->name);
		value_expected(&wanted->value, &t->trail, why, sizeof why);
		return differ(t, "attribute '%s' is missing, expected %s", wanted->name, why);
	}
	const char *text = a->children && a->children->content ? (const char *)a->children->content : "";
	if (value_match(&wanted->value, text, &t->trail, why, sizeof why)) {
		t->score++;
		return true;
	}
	return differ(t, "attribute '%s' is '%.120s', expected %s", wanted->name, text, why);
}

static bool match_text(struct attempt *t, const struct element *el, const xmlNode *node)
{
	char why[256];
	if (!el->has_text && !el->exactly)
		return true;
	AUTO_TEXT text = own_text(node);
	if (!el->has_text)
		return *text ? differ(t, "there is text '%.120s', expected none", text) : true;
	if (value_match(&el->text, text, &t->trail, why, sizeof why)) {
		t->score++;
		return true;
	}
	return differ(t, "text is '%.120s', expected %s", text, why);
}

static bool match_extras(struct attempt *t, const struct element *el, const xmlNode *node)
{
	for (const xmlAttr *a = node->properties; a; a = a->next) {
		bool named = false;
		for (size_t i = 0; i < el->attribute_count && !named; i++)
			named = find_attribute(node, &el->attributes[i]) == a;
		if (!named)
			return differ(t, "attribute '%s' is more than was expected", (const char *)a->name);
	}
	size_t count = 0;
	for (const xmlNode *c = xml_child(node, NULL, NULL); c; c = xml_next(c, NULL, NULL))
		count++;
	if (count <= el->wanted)
		return true;
	for (const xmlNode *c = xml_child(node, NULL, NULL); c; c = xml_next(c, NULL, NULL)) {
		bool named = false;
		for (size_t i = 0; i < el->wanted; i++)
			named |= xml_is(c, el->children[i].name, el->children[i].ns);
		if (!named)
			return differ(
				t, "child <%s xmlns='%s'> is more than was expected", (const char *)c->name, xml_ns(c));
	}
	return differ(t, "there are %zu children, expected %zu", count, el->wanted);
}

static bool match_element(struct attempt *t, const struct element *el, const xmlNode *node);

static bool same_name(const struct element *el, const xmlNode *node)
{
	return xml_is(node, el->name, el->ns);
}

/* Whether a child that must not be there is. Its own text is the token, so only name and attributes count. */
static bool match_absent(struct attempt *t, const struct element *el, const xmlNode *node)
{
	for (size_t i = el->wanted; i < el->child_count; i++) {
		const struct element *unwanted = &el->children[i];
		for (const xmlNode *c = xml_child(node, NULL, NULL); c; c = xml_next(c, NULL, NULL)) {
			if (!same_name(unwanted, c))
				continue;
			struct attempt quiet = { .trail = { .variables = t->trail.variables } };
			bool fits = true;
			for (size_t k = 0; k < unwanted->attribute_count && fits; k++)
				fits = match_attribute(&quiet, &unwanted->attributes[k], c);
			trail_shorten(&quiet.trail, 0);
			vec_release(&quiet.trail.names);
			vec_release(&quiet.trail.values);
			if (fits)
				return differ(t, "there is a child <%s xmlns='%s'>, expected none", unwanted->name,
					unwanted->ns);
		}
	}
	return true;
}

/* A different child of `node` for each wanted child from `k` on. */
static bool assign(struct attempt *t, const struct element *el, size_t k, const xmlNode *node, const xmlNode **chosen)
{
	if (k == el->wanted)
		return true;
	bool candidate = false;
	for (const xmlNode *c = xml_child(node, NULL, NULL); c; c = xml_next(c, NULL, NULL)) {
		bool taken = !same_name(&el->children[k], c);
		for (size_t i = 0; i < k && !taken; i++)
			taken = chosen[i] == c;
		if (taken)
			continue;
		candidate = true;
		if (!t->tries)
			return false; /* what differed first is what is told */
		t->tries--;
		size_t bound = t->trail.names.count;
		int score = t->score;
		chosen[k] = c;
		if (match_element(t, &el->children[k], c) && assign(t, el, k + 1, node, chosen))
			return true;
		trail_shorten(&t->trail, bound);
		t->score = score;
	}
	if (!candidate)
		differ(t, "no child <%s xmlns='%s'>", el->children[k].name, el->children[k].ns);
	return false;
}

static bool match_children(struct attempt *t, const struct element *el, const xmlNode *node)
{
	const xmlNode *few[16], **chosen = few;
	if (!el->wanted)
		return true;
	if (el->wanted > sizeof few / sizeof *few)
		chosen = memory_alloc(el->wanted * sizeof *chosen);
	bool fits = assign(t, el, 0, node, chosen);
	if (chosen != few)
		free(chosen);
	return fits;
}

static bool match_element(struct attempt *t, const struct element *el, const xmlNode *node)
{
	size_t depth = t->depth++;
	if (depth < sizeof t->path / sizeof *t->path)
		t->path[depth] = el->name;
	bool fits = true;
	if (!same_name(el, node))
		fits = differ(t, "it is <%s xmlns='%s'>, expected <%s xmlns='%s'>", (const char *)node->name,
			xml_ns(node), el->name, el->ns);
	else
		t->score += 2;
	for (size_t i = 0; fits && i < el->attribute_count; i++)
		fits = match_attribute(t, &el->attributes[i], node);
	fits = fits && match_text(t, el, node) && match_children(t, el, node) && match_absent(t, el, node);
	if (fits && el->exactly)
		fits = match_extras(t, el, node);
	if (fits && t->found)
		t->found[el->number] = (xmlNode *)node;
	t->depth = depth;
	return fits;
}

bool pattern_find(const struct pattern *p, xmlNode *stanza, struct map *variables, xmlNode **found)
{
	struct attempt t = { .trail = { .variables = variables }, .found = found, .tries = tries_for(p, stanza) };
	bool fits = match_element(&t, &p->root, stanza);
	trail_shorten(&t.trail, 0);
	vec_release(&t.trail.names);
	vec_release(&t.trail.values);
	return fits;
}

bool pattern_match(const struct pattern *p, const xmlNode *stanza, struct map *variables, struct mismatch *why)
{
	struct attempt t = { .trail = { .variables = variables }, .tries = tries_for(p, stanza) };
	bool fits = match_element(&t, &p->root, stanza);
	for (size_t i = 0; fits && i < t.trail.names.count; i++)
		map_set(variables, t.trail.names.items[i], t.trail.values.items[i]);
	trail_shorten(&t.trail, 0);
	vec_release(&t.trail.names);
	vec_release(&t.trail.values);
	if (!fits && why) {
		*why = t.best;
		why->score = pattern_resemblance(p, stanza, variables);
	}
	return fits;
}

/* ---- printing ---- */

static char *expand_known(const char *text, const struct map *variables)
{
	struct buf out = BUF_INIT;
	while (*text) {
		const char *end = text[0] == '$' && text[1] == '{' ? strchr(text, '}') : NULL;
		AUTO_TEXT name = end ? memory_copy_bytes(text + 2, (size_t)(end - text - 2)) : NULL;
		const char *value = name && variables ? map_get(variables, name) : NULL;
		if (value) {
			buf_add_text(&out, value);
			text = end + 1;
		} else {
			buf_add_char(&out, *text++);
		}
	}
	return buf_take(&out);
}

static void expand_nodes(xmlNode *node, const struct map *variables)
{
	for (xmlAttr *a = node->properties; a; a = a->next) {
		if (!a->children || !a->children->content)
			continue;
		AUTO_TEXT text = expand_known((const char *)a->children->content, variables);
		xmlNodeSetContent(a->children, (const xmlChar *)text);
	}
	for (xmlNode *c = node->children; c; c = c->next) {
		if (c->type == XML_ELEMENT_NODE) {
			expand_nodes(c, variables);
		} else if (c->content) {
			AUTO_TEXT text = expand_known((const char *)c->content, variables);
			xmlNodeSetContent(c, (const xmlChar *)text);
		}
	}
}

void pattern_print(const struct pattern *p, const struct map *variables, struct buf *out)
{
	xmlDoc *copy = xml_copy(xml_root(p->doc));
	expand_nodes(xml_root(copy), variables);
	xml_print_pretty(xml_root(copy), out);
	xmlFreeDoc(copy);
}
