/* xml/attack.h: the ways in which a stanza that fits can be spoiled so that it must not fit any more, and stanzas made to
 * fit. `assay mutate` proves with them that a check can fail.
 *
 * Each attack is one change: an attribute, a text or a child that the pattern names is altered or taken away, one that it
 * forbids is put there. What a token leaves open ({any}) is not attacked. */
#ifndef ASSAY_XML_ATTACK_H
#define ASSAY_XML_ATTACK_H
#include "xml/pattern.h"

/* How many attacks the pattern has. */
size_t attack_count(const struct pattern *p);
/* "message/body: the text is altered", for people and as a stable name. */
void attack_name(const struct pattern *p, size_t number, struct buf *out);
/* What a message about it must name: an attribute, an element, or "text"; borrowed from the pattern. */
const char *attack_subject(const struct pattern *p, size_t number);
/* Changes the stanza, which fits with these variables. -1 where it does not fit, or where no change of this kind could
 * be seen through the pattern's tokens. */
int attack_apply(const struct pattern *p, size_t number, xmlNode *stanza, struct map *variables);

/* A stanza that fits: what the pattern says, tokens filled in. The caller's. NULL with ERR_SCRIPT where a variable is not
 * set or a token has no example that fits. */
xmlDoc *pattern_example(const struct pattern *p, struct map *variables, struct err *e);

/* The attributes and elements that an XPath expression names ("@id", "mam:result"), each once; the texts are the arena's. */
void assertion_names(const char *expression, struct arena *a, struct vec *names);
/* Changes the stanza in the least way that concerns the thing named, so that the expression is not true of it any more. -1
 * where no such change is known: the assertion does not see it. `expression` is expanded already. */
int assertion_attack(xmlNode *stanza, const char *expression, const char *name, const struct map *prefixes);
#endif
