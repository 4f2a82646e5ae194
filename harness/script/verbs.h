/* script/verbs.h: the language as tables. The parser, the manual (`assay language`) and the texts of errors all come
 * from here. */
#ifndef ASSAY_SCRIPT_VERBS_H
#define ASSAY_SCRIPT_VERBS_H
#include "script/script.h"

enum {
	OPTION_CHECK = 1 << 0,
	OPTION_WITHIN = 1 << 1,
	OPTION_TOGETHER = 1 << 2,
	OPTION_NEXT = 1 << 3,
	OPTION_EITHER = 1 << 4,
	OPTION_EXACTLY = 1 << 5,
	OPTION_ONCE = 1 << 6,
	OPTION_UNTIL = 1 << 7,
	OPTION_UNBOUND = 1 << 8,
	OPTION_OVER = 1 << 9,
	OPTION_BY = 1 << 10,
	OPTION_PASSWORD = 1 << 11,
	OPTION_H = 1 << 12,
	OPTION_RESOURCE = 1 << 13,
	OPTION_CLEANLY = 1 << 14,
	OPTION_CERTIFICATE = 1 << 15,
	OPTION_NEEDED = 1 << 16,
};
#define OPTIONS_CONNECT (OPTION_CHECK | OPTION_OVER | OPTION_BY | OPTION_PASSWORD | OPTION_RESOURCE)

enum block_kind {
	BLOCK_NONE,
	BLOCK_STANZAS,
	BLOCK_RAW,
	BLOCK_IQ,
	BLOCK_PATTERNS,
	BLOCK_MAYBE_PATTERN,
	BLOCK_XPATHS,
	BLOCK_XPATH
};

enum verb_subject {
	VERB_ALONE,  /* nobody stands before it */
	VERB_ACTOR,  /* an actor does */
	VERB_CLIENT, /* an actor that is a client under test */
};

struct verb {
	const char *words; /* "is answered" */
	enum verb_subject subject;
	int kind; /* enum step_kind, or -1 for what is no step of its own (include, finally, or, until) */
	unsigned options;
	enum block_kind block;
	const char *syntax, *about, *example;
};
extern const struct verb verbs[]; /* ended by words NULL */

struct entry { /* a row of the other tables */
	const char *syntax, *about;
};
extern const struct entry header_keys[], option_table[], fence_table[], variable_table[], pattern_table[], lie_table[];
const char *lie_find(const char *name); /* of lie_table; NULL where it is none */

const struct verb *verb_find(enum step_kind kind);
/* The manual, Markdown. */
void language_manual(struct buf *out);
#endif
