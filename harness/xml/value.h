/* xml/value.h: one attribute value or text of a pattern; private to this room. See xml/pattern.h for the tokens. */
#ifndef ASSAY_XML_VALUE_H
#define ASSAY_XML_VALUE_H
#include "base/memory.h"
#include "xml/pattern.h"
#include <regex.h>

enum value_kind {
	VALUE_PLAIN,  /* compared as it is, after ${} */
	VALUE_PARTS,  /* literals and tokens: one regular expression */
	VALUE_ANY,    /* {any} alone */
	VALUE_NOT,    /* {not:…} */
	VALUE_ABSENT, /* {absent} */
	VALUE_SELF,   /* {self} */
};

struct value_part {
	const char *literal; /* with ${…} still in it, or NULL */
	const char *ere;     /* the token's expression, or NULL */
	const char *bind;    /* the name that it is kept under, or NULL */
	size_t groups;       /* groups inside `ere` itself */
};

struct value {
	enum value_kind kind;
	const char *raw;   /* as written */
	const char *plain; /* VALUE_PLAIN, VALUE_NOT: with ${…} still in it, braces undoubled */
	bool variables;    /* ${…} occurs */
	struct value_part *parts;
	size_t part_count;
	regex_t *compiled; /* VALUE_PARTS without variables */
};

/* Values that were bound while a pattern is tried; undone by shortening it. */
struct trail {
	struct map *variables;
	struct vec names, values; /* char *, owned */
};

/* Reads a value; -1 with ERR_SCRIPT (no place) for a token that is not known. */
int value_compile(struct value *v, struct arena *a, const char *text, struct err *e);
void value_release(struct value *v);
/* Whether `text` fits. On failure `why` says what was expected ("'m1'"). */
bool value_match(const struct value *v, const char *text, struct trail *t, char *why, size_t size);
/* What the value expects, for messages. */
void value_expected(const struct value *v, const struct trail *t, char *out, size_t size);
/* Pushes the names that it binds, and those that it uses. */
void value_names(const struct value *v, struct arena *a, struct vec *binds, struct vec *uses);
void trail_shorten(struct trail *t, size_t length);
const char *trail_get(const struct trail *t, const char *name);
#endif
