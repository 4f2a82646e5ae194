/* script/reading.h: a step while its line is read. Inside the room only. */
#ifndef ASSAY_SCRIPT_READING_H
#define ASSAY_SCRIPT_READING_H
#include "script/private.h"
#include "script/verbs.h"

/* What is being read. */
struct reading {
	struct parser *p;
	const struct source *source;
	int line;
	const struct block *block;
	struct words words;
	const struct verb *verb;
	struct step *step;
	const char *slug; /* `as SLUG` */
	struct vec refs;
	bool until_pattern;
};

/* Where a word stands, or where the line ends. */
struct position reading_place(const struct reading *r, size_t word);
/* The next word, which stays; NULL at the end. */
const char *reading_peek(const struct reading *r);
/* Whether the next word is this one, which is then taken. */
bool reading_take(struct reading *r, const char *word);
/* Takes any word; NULL after an error that says what was expected. */
const char *reading_any(struct reading *r, const char *expected);
/* The same for the name of an actor. */
const struct actor *reading_actor(struct reading *r, const char *what);
/* The error that the next word is none of what the verb takes: -1. */
int reading_unexpected(struct reading *r);

/* forms.c: what stands behind a verb and is no option. -1 after parser_error. */
int forms_read(struct reading *r);
#endif
