/* xml/pattern.h: does a stanza look like what a scenario expects, and if not, where is the first difference?
 *
 * A pattern is an element as a scenario writes it. Matching is open-world: attributes, children and text that the
 * pattern does not name are not looked at. Names and namespaces must be equal. Each child element of the pattern
 * must be matched by a different child element of the stanza (any order; an assignment is searched for, so an
 * early greedy choice does not spoil a later one). Where the pattern has text (not blank), the stanza's own text of
 * that element, trimmed at both ends, must match it. In values and text:
 *
 *   ${name}        the value of a variable (expanded when matched)
 *   {any}          anything, also nothing (an attribute must still be there)
 *   {some}         anything but nothing
 *   {uuid}         a UUID;  {date} an XEP-0082 DateTime;  {number} decimal digits
 *   {re:ERE}       an extended regular expression for this part; braces inside must pair
 *   {bind:name}    anything but nothing, kept as the variable `name`
 *   {not:VALUE}    (whole value only) present and not VALUE; VALUE may hold ${…}
 *   {absent}       (whole value only) an attribute: not there; as an element's text: no such child element
 *   {self}         (whole value of from or to only) absent, or the actor's own bare address (variable `self`)
 *   {exactly}      at the start of an element's text: that element and all inside it hold nothing that is not named
 *   {open}         at the start of an element's text: inside {exactly}, this element and all inside it is open again
 *
 * Any other `{word}` is an error when compiled; `{{` is a literal brace. Several parts may stand in one value
 * (`${romeo.bare}/{any}`). Attributes in a namespace (xml:lang) match with their namespace. */
#ifndef ASSAY_XML_PATTERN_H
#define ASSAY_XML_PATTERN_H
#include "xml/xml.h"

struct pattern;

/* Compiles the element; the pattern keeps a copy of it. `exactly`: as if the root said {exactly}. ERR_SCRIPT with
 * "line N" of the node in `where` for a bad token. Free with pattern_free (NULL is fine). */
struct pattern *pattern_new(const xmlNode *element, bool exactly, struct err *e);
void pattern_free(struct pattern *p);

/* The names that {bind:} sets and that ${} uses, for checks before a run; borrowed from the pattern. */
void pattern_names(const struct pattern *p, struct vec *binds, struct vec *uses);

struct mismatch {
	int score;         /* how much of the pattern the stanza has: larger is nearer */
	char path[256];    /* where: message/received/forwarded */
	char message[512]; /* "attribute 'id' is 'm2', expected 'm1'" */
};

/* Whether `stanza` matches. On success the bound values are set in `variables` (never on failure) and true is
 * returned. On failure `why` (may be NULL) says the first difference of the best assignment. A variable that is not
 * set makes a mismatch whose message says so. */
bool pattern_match(const struct pattern *p, const xmlNode *stanza, struct map *variables, struct mismatch *why);

/* The pattern with its variables expanded as far as they are set, for reports. */
void pattern_print(const struct pattern *p, const struct map *variables, struct buf *out);
/* The root element of the pattern; borrowed. */
const xmlNode *pattern_element(const struct pattern *p);
#endif
