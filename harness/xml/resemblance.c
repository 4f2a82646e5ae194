/* How much of a pattern a stanza that does not fit has all the same: what is shown to people is the stanza that was meant,
 * not the one whose first difference comes latest. */
#include "base/text.h"
#include "xml/element.h"
#include <string.h>

/* An id tells stanzas apart better than anything else; then come attributes and texts, then which elements there are. */
#define ID_WEIGHT    6
#define VALUE_WEIGHT 2
#define TEXT_WEIGHT  1
#define NAME_WEIGHT  1

static bool same_ns(const xmlAttr *a, const char *ns)
{
	return text_equal(a->ns ? (const char *)a->ns->href : NULL, ns);
}

static bool has_attribute(const struct attribute *wanted, const xmlNode *node, struct trail *t)
{
	char why[256];
	for (const xmlAttr *a = node->properties; a; a = a->next)
		if (text_equal((const char *)a->name, wanted->name) && same_ns(a, wanted->ns))
			return value_match(&wanted->value,
				a->children && a->children->content ? (const char *)a->children->content : "", t, why,
				sizeof why);
	return wanted->value.kind == VALUE_ABSENT || wanted->value.kind == VALUE_SELF;
}

static int resemble(const struct element *el, const xmlNode *node, struct trail *t)
{
	char why[256];
	if (!xml_is(node, el->name, el->ns))
		return 0;
	int score = NAME_WEIGHT;
	for (size_t i = 0; i < el->attribute_count; i++)
		if (has_attribute(&el->attributes[i], node, t))
			score += strcmp(el->attributes[i].name, "id") == 0 ? ID_WEIGHT : VALUE_WEIGHT;
	if (el->has_text) {
		AUTO_TEXT text = xml_text(node);
		score += value_match(&el->text, text, t, why, sizeof why) ? TEXT_WEIGHT : 0;
	}
	for (size_t i = 0; i < el->wanted; i++) {
		int best = 0;
		for (const xmlNode *c = xml_child(node, NULL, NULL); c; c = xml_next(c, NULL, NULL)) {
			int one = resemble(&el->children[i], c, t);
			if (one > best)
				best = one;
		}
		score += best;
	}
	return score;
}

int pattern_resemblance(const struct pattern *p, const xmlNode *stanza, struct map *variables)
{
	struct trail t = { .variables = variables };
	int score = resemble(&p->root, stanza, &t);
	trail_shorten(&t, 0);
	vec_release(&t.names);
	vec_release(&t.values);
	return score;
}
