/* xml/element.h: a compiled pattern from the inside; private to this room. See xml/pattern.h for what it means. */
#ifndef ASSAY_XML_ELEMENT_H
#define ASSAY_XML_ELEMENT_H
#include "xml/pattern.h"
#include "xml/value.h"

struct attribute {
	const char *name, *ns; /* ns NULL where it has none */
	struct value value;
};

struct element {
	const char *name, *ns;
	size_t number; /* from 0, in the pattern's own order */
	bool exactly;
	bool absent; /* no such child may be there */
	struct attribute *attributes;
	size_t attribute_count;
	struct value text;
	bool has_text;
	struct element *children; /* those that must be there come first */
	size_t child_count, wanted;
};

struct pattern {
	struct arena arena;
	xmlDoc *doc;
	struct element root;
	size_t element_count;
	struct vec binds, uses;
};

/* As pattern_match, but binds nothing and says which node of the stanza matched which element of the pattern: `found` has
 * element_count places; those of elements that must be absent stay as they were. */
bool pattern_find(const struct pattern *p, xmlNode *stanza, struct map *variables, xmlNode **found);
/* How much of the pattern the stanza has: larger is nearer; 0 where not even the name is the same. */
int pattern_resemblance(const struct pattern *p, const xmlNode *stanza, struct map *variables);
#endif
