#include "script/reading.h"
#include "base/text.h"
#include <string.h>

struct position reading_place(const struct reading *r, size_t word)
{
	int column =
		word < r->words.count ? r->words.items[word].column : (int)strlen(r->source->lines[r->line - 1]) + 1;
	return source_position(r->p, r->source, r->line, column);
}

const char *reading_peek(const struct reading *r)
{
	return r->words.next < r->words.count ? r->words.items[r->words.next].text : NULL;
}

bool reading_take(struct reading *r, const char *word)
{
	if (!text_equal(reading_peek(r), word))
		return false;
	r->words.next++;
	return true;
}

const char *reading_any(struct reading *r, const char *expected)
{
	const char *word = reading_peek(r);
	if (!word)
		parser_error(r->p, reading_place(r, r->words.next), "expected %s; the form is: %s", expected,
			r->verb->syntax);
	else
		r->words.next++;
	return word;
}

const struct actor *reading_actor(struct reading *r, const char *what)
{
	size_t at = r->words.next;
	const char *name = reading_any(r, what);
	if (!name)
		return NULL;
	const struct actor *actor = find_actor(r->p, name);
	if (actor)
		return actor;
	const char *names[ACTORS_AT_MOST];
	for (size_t i = 0; i < r->p->s->actor_count; i++)
		names[i] = r->p->s->actors[i].name;
	const char *near = text_nearest(name, names, r->p->s->actor_count);
	parser_error(r->p, reading_place(r, at), "'%s' is no actor%s%s%s", name,
		near ? "; did you mean '" : ": expected ", near ? near : what, near ? "'?" : "");
	return NULL;
}

int reading_unexpected(struct reading *r)
{
	static const char *const known[] = { "must", "should", "may", "must-if", "as", "within", "together", "next",
		"either", "exactly", "once", "needed", "until", "unbound", "over", "by", "with" };
	const char *word = reading_peek(r);
	if (!word)
		return parser_error(r->p, reading_place(r, r->words.next), "the line ends too early; the form is: %s",
			r->verb->syntax);
	const char *near = text_nearest(word, known, sizeof known / sizeof *known);
	if (text_equal(near, word))
		near = NULL; /* the word is right elsewhere */
	return parser_error(r->p, reading_place(r, r->words.next), "'%s' is not expected here%s%s%s; the form is: %s",
		word, near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "", r->verb->syntax);
}
