/* What stands behind a verb and is no option. */
#include "base/text.h"
#include "script/contract.h"
#include "script/reading.h"
#include <stdio.h>
#include <string.h>

#define UPLOAD_MOST 4000000 /* bytes */

static int take_name(struct reading *r, const char **out)
{
	size_t at = r->words.next;
	*out = reading_any(r, "a name");
	if (!*out)
		return -1;
	if (!text_is_slug(*out))
		return parser_error(r->p, reading_place(r, at),
			"'%s' is no name: expected small letters, digits and hyphens", *out);
	return 0;
}

static int read_measure(struct reading *r)
{
	struct step *s = r->step;
	if (take_name(r, &s->name))
		return -1;
	if (!reading_take(r, "from"))
		return reading_unexpected(r);
	if (!(s->left = reading_any(r, "a mark")))
		return -1;
	if (!reading_take(r, "to"))
		return reading_unexpected(r);
	return (s->right = reading_any(r, "a mark")) ? 0 : -1;
}

/* The rest of the line is the text, blanks and all. */
static int take_rest(struct reading *r)
{
	if (!reading_peek(r))
		return parser_error(r->p, reading_place(r, r->words.next), "expected a text after the name");
	int column = r->words.items[r->words.next].column;
	r->step->right = r->source->lines[r->line - 1] + column - 1;
	r->words.next = r->words.count;
	r->words.rest = NULL;
	return text_variables(r->p, r->source, r->line, r->step->right, column);
}

static int read_let(struct reading *r)
{
	static const char *const codings[] = {
		[CODING_NONE] = "let",
		[CODING_ENCODE] = "encode",
		[CODING_DECODE] = "decode",
		[CODING_ATTRIBUTE] = "attribute",
		[CODING_FILL] = "fill",
	};
	struct step *s = r->step;
	while (!text_equal(r->verb->words, codings[s->coding]))
		s->coding++;
	if (take_name(r, &s->name))
		return -1;
	if (s->coding == CODING_ATTRIBUTE) {
		size_t at = r->words.next;
		if (!(s->left = reading_any(r, "the letter of an attribute")))
			return -1;
		if (strlen(s->left) != 1)
			return parser_error(
				r->p, reading_place(r, at), "'%s' is no attribute: expected one letter", s->left);
		s->needed = reading_take(r, "needed");
	}
	int result = take_rest(r);
	map_set(&r->p->known, s->name, "");
	return result;
}

static int read_proves(struct reading *r)
{
	struct step *s = r->step;
	if (take_name(r, &s->name) || take_name(r, &s->left))
		return -1;
	size_t at = r->words.next;
	if (!(s->mechanism = reading_any(r, "a mechanism")))
		return -1;
	if (!text_starts(s->mechanism, "SCRAM-") && !text_starts(s->mechanism, "HT-"))
		return parser_error(r->p, reading_place(r, at),
			"'%s' has no proof: expected a mechanism such as SCRAM-SHA-1 or HT-SHA-256-NONE", s->mechanism);
	int result = take_rest(r);
	map_set(&r->p->known, s->name, "");
	map_set(&r->p->known, s->left, "");
	return result;
}

static int read_shakes(struct reading *r)
{
	struct step *s = r->step;
	if (!s->actor->component)
		return parser_error(
			r->p, reading_place(r, 0), "%s is no component: it shakes no hands", s->actor->name);
	if (take_name(r, &s->name))
		return -1;
	int result = take_rest(r);
	map_set(&r->p->known, s->name, "");
	return result;
}

static int read_sums(struct reading *r)
{
	struct step *s = r->step;
	if (take_name(r, &s->name))
		return -1;
	size_t at = r->words.next;
	if (!(s->mechanism = reading_any(r, "a mechanism")))
		return -1;
	if (!text_starts(s->mechanism, "SCRAM-"))
		return parser_error(r->p, reading_place(r, at),
			"'%s' has no digest: expected a mechanism such as SCRAM-SHA-1", s->mechanism);
	if (reading_take(r, "of") && !(s->sasl2 = reading_take(r, "sasl2")))
		return parser_error(r->p, reading_place(r, r->words.next), "expected `of sasl2`");
	map_set(&r->p->known, s->name, "");
	return 0;
}

/* Another device of the actor's account. */
static int read_own_device(struct reading *r)
{
	struct step *s = r->step;
	size_t at = r->words.next;
	if (!(s->other = reading_actor(r, "another device")))
		return -1;
	if (s->other->account != s->actor->account || s->other == s->actor)
		return parser_error(r->p, reading_place(r, at),
			"'%s' is not another device of %s: the devices of an account share its key", s->other->name,
			s->actor->name);
	return 0;
}

/* Of a client under test: the number that its device has taken. */
static int read_number(struct reading *r)
{
	struct step *s = r->step;
	if (!text_equal(s->name, "omemo") && !text_equal(s->name, "axolotl"))
		return parser_error(r->p, reading_place(r, r->words.next - 1),
			"'%s' is no form of OMEMO: expected omemo or axolotl", s->name);
	if (!reading_take(r, "numbered"))
		return reading_unexpected(r);
	return (s->right = reading_any(r, "the number of its device")) ? 0 : -1;
}

static int read_keys(struct reading *r)
{
	struct step *s = r->step;
	size_t at = r->words.next;
	if (!(s->name = reading_any(r, "`omemo`, `axolotl` or `openpgp`")))
		return -1;
	bool openpgp = text_equal(s->name, "openpgp");
	if (s->actor->client && !openpgp)
		return read_number(r);
	if (!openpgp && !text_equal(s->name, "omemo") && !text_equal(s->name, "axolotl"))
		return parser_error(r->p, reading_place(r, at),
			"'%s' is no form of OMEMO, nor openpgp: expected omemo, axolotl or openpgp", s->name);
	if (openpgp && s->actor->client)
		return parser_error(r->p, reading_place(r, at),
			"the keys of a client under test are its own: expected omemo or axolotl");
	if (openpgp)
		return reading_take(r, "of") ? read_own_device(r) : 0;
	if (!reading_take(r, "numbered"))
		return 0;
	if (!reading_take(r, "as"))
		return reading_unexpected(r);
	return (s->other = reading_actor(r, "an actor")) ? 0 : -1;
}

/* Why something cannot be read. */
static int read_reason(struct reading *r)
{
	static const char *const reasons[] = { "not-for-us", "no-session", "prekey-gone", "identity-changed",
		"repeated", "unreadable" };
	size_t at = r->words.next;
	const char *word = reading_any(r, "a reason");
	for (size_t i = 0; word && i < sizeof reasons / sizeof *reasons; i++)
		if (text_equal(word, reasons[i]))
			r->step->name = word;
	if (!word || r->step->name)
		return word ? 0 : -1;
	return parser_error(r->p, reading_place(r, at),
		"'%s' is no reason: expected not-for-us, no-session, prekey-gone, identity-changed, repeated or unreadable",
		word);
}

static int read_reads(struct reading *r)
{
	struct step *s = r->step;
	s->refused = text_equal(r->verb->words, "cannot read");
	s->awaited = text_equal(r->verb->words, "gets to read");
	if (!s->refused && !(s->name = reading_any(r, "a text")))
		return -1;
	if (s->refused && reading_take(r, "because") && read_reason(r))
		return -1;
	return s->awaited || !reading_take(r, "from") || (s->other = reading_actor(r, "an actor")) ? 0 : -1;
}

/* `hidden TEXT [from A]` */
static int read_hidden(struct reading *r)
{
	struct step *s = r->step;
	if (!(s->name = reading_any(r, "a text")))
		return -1;
	if (!reading_take(r, "from"))
		return 0;
	size_t at = r->words.next;
	if (!(s->other = reading_actor(r, "an actor")))
		return -1;
	return !s->other->client ? 0
				 : parser_error(r->p, reading_place(r, at),
					   "%s is a client under test, whose keys nobody else has", s->other->name);
}

static int read_uploads(struct reading *r)
{
	struct step *s = r->step;
	s->refused = text_equal(r->verb->words, "cannot upload");
	if (!s->refused && take_name(r, &s->name))
		return -1;
	size_t at = r->words.next;
	const char *size = reading_any(r, "a number of bytes");
	if (!size)
		return -1;
	if (text_to_number(size, 0, UPLOAD_MOST, &s->size))
		return parser_error(
			r->p, reading_place(r, at), "'%s' is no number of bytes up to %d", size, UPLOAD_MOST);
	if (s->name)
		map_set(&r->p->known, s->name, "");
	return 0;
}

static int read_opening(struct reading *r)
{
	if (reading_take(r, "secured"))
		r->step->opening = OPENING_SECURED;
	else if (reading_take(r, "authenticated"))
		r->step->opening = OPENING_AUTHENTICATED;
	if (!reading_take(r, "for"))
		return 0;
	if (r->step->opening == OPENING_AUTHENTICATED || !reading_take(r, "servers"))
		return reading_unexpected(r);
	r->step->for_servers = true;
	return 0;
}

/* `keeps NAME [as SLUG : TITLE]` */
static int read_keeps(struct reading *r)
{
	if (take_name(r, &r->step->name))
		return -1;
	if (!reading_take(r, "as"))
		return 0;
	size_t at = r->words.next;
	const char *slug = reading_any(r, "a slug");
	if (!slug)
		return -1;
	if (!text_is_slug(slug))
		return parser_error(r->p, reading_place(r, at),
			"'%s' is no slug: expected small letters, digits and hyphens", slug);
	if (!r->words.rest || !*r->words.rest)
		return parser_error(r->p, reading_place(r, at),
			"a value for the report needs a title: expected `as %s : TITLE`", slug);
	r->step->check.id = arena_printf(r->p->a, "%s/%s", r->p->s->id ? r->p->s->id : "", slug);
	r->step->check.title = r->words.rest;
	return 0;
}

/* `does COMMAND WORDS…`, `tries …` */
static int read_does(struct reading *r)
{
	const char *names[64];
	size_t count = 0;
	const char *word = reading_peek(r);
	const struct contract_command *command = word ? contract_command(word) : NULL;
	if (!word)
		return parser_error(r->p, reading_place(r, r->words.next), "expected a command of docs/adapters.md");
	if (!command) {
		for (const struct contract_command *c = contract_commands; c->name && count < 64; c++)
			names[count++] = c->name;
		const char *near = text_nearest(word, names, count);
		return parser_error(r->p, reading_place(r, r->words.next),
			"'%s' is no command%s%s%s: docs/adapters.md has them", word, near ? " (did you mean '" : "",
			near ? near : "", near ? "'?)" : "");
	}
	if (text_equal(word, "connect") || text_equal(word, "disconnect") || text_equal(word, "quit"))
		return parser_error(r->p, reading_place(r, r->words.next),
			"expected `%s %s`, which tells it so, in its place", r->step->actor->name,
			text_equal(word, "connect") ? "connects" : "disconnects");
	unsigned given = (unsigned)(r->words.count - r->words.next) - 1, wanted = contract_words(command);
	bool to_the_end = text_ends(command->form, "TEXT");
	if (given < wanted || (given > wanted && !to_the_end))
		return parser_error(r->p, reading_place(r, r->words.next), "expected `%s%s%s`", command->name,
			*command->form ? " " : "", command->form);
	r->step->name = command->name;
	r->step->may_fail = text_equal(r->verb->words, "tries");
	return take_rest(r);
}

static int read_finds(struct reading *r)
{
	if (take_name(r, &r->step->name) || take_rest(r))
		return -1;
	map_set(&r->p->known, r->step->name, "");
	return 0;
}

/* `gateway injects to C` and the like: the step is that client's. */
static int read_client(struct reading *r)
{
	size_t at = r->words.next;
	if (!text_starts(r->verb->words, "gateway "))
		return 0;
	if (!(r->step->actor = reading_actor(r, "a client under test")))
		return -1;
	r->step->cleanly = text_equal(r->verb->words, "gateway ends");
	if (r->step->actor->client)
		return 0;
	return parser_error(r->p, reading_place(r, at), "%s is no client under test: it does not come to the gateway",
		r->step->actor->name);
}

static int read_lie(struct reading *r)
{
	size_t at = r->words.next;
	const char *word = reading_any(r, "a lie");
	if (!word)
		return -1;
	if ((r->step->name = lie_find(word)))
		return 0;
	return parser_error(r->p, reading_place(r, at), "'%s' is no lie of a gateway: docs/language.md has them", word);
}

int forms_read(struct reading *r)
{
	struct step *s = r->step;
	switch (s->kind) {
	case STEP_ACKS:
		if (reading_take(r, "by") &&
			(reading_peek(r) &&
				(strcmp(reading_peek(r), "hand") == 0 || strcmp(reading_peek(r), "itself") == 0))) {
			s->by_hand = reading_take(r, "hand") || !reading_take(r, "itself");
			return 0;
		}
		return parser_error(r->p, reading_place(r, r->words.next), "expected `by hand` or `by itself`");
	case STEP_KEEPS:
		return read_keeps(r);
	case STEP_MARKS:
		return take_name(r, &s->name);
	case STEP_MEASURE:
		return read_measure(r);
	case STEP_LET:
		return read_let(r);
	case STEP_PROVES:
		return read_proves(r);
	case STEP_SHAKES:
		return read_shakes(r);
	case STEP_SUMS:
		return read_sums(r);
	case STEP_KEYS:
		return read_keys(r);
	case STEP_FORGETS:
		return (s->other = reading_actor(r, "an actor")) ? 0 : -1;
	case STEP_LEARNS:
		s->refused = text_starts(r->verb->words, "refuses");
		return (s->other = reading_actor(r, "an actor")) ? 0 : -1;
	case STEP_RESTORES:
		return read_own_device(r);
	case STEP_READS:
		return read_reads(r);
	case STEP_UPLOADS:
		return read_uploads(r);
	case STEP_DOWNLOADS:
		return (s->name = reading_any(r, "a link")) ? 0 : -1;
	case STEP_HIDDEN:
		return read_hidden(r);
	case STEP_SAME:
	case STEP_DIFFER:
		s->left = reading_any(r, "a text");
		s->right = s->left ? reading_any(r, "a second text") : NULL;
		return s->right ? 0 : -1;
	case STEP_OPENS:
		return read_opening(r);
	case STEP_SECURES:
		if (!reading_take(r, "or"))
			return 0;
		if (!reading_take(r, "ends"))
			return reading_unexpected(r);
		s->or_ends = true;
		return 0;
	case STEP_FETCHES:
		return (s->url = reading_any(r, "a URL")) ? 0 : -1;
	case STEP_DOES:
		return read_does(r);
	case STEP_FINDS:
		return read_finds(r);
	case STEP_CUTS:
	case STEP_SENDS:
	case STEP_WITHHOLDS:
	case STEP_LOSES:
	case STEP_RELEASES:
	case STEP_OVERLOOKS:
	case STEP_REPEATS:
	case STEP_SENDS_RAW:
		return read_client(r);
	case STEP_DECEIVED:
		return read_lie(r);
	case STEP_ROTATES:
	case STEP_CONNECTS:
	case STEP_RESTARTS:
	case STEP_DISCONNECTS:
	case STEP_RESUMES:
	case STEP_ASKS:
	case STEP_ANSWERED:
	case STEP_GETS:
	case STEP_NEVER:
	case STEP_GOT:
	case STEP_CLOSED:
	case STEP_REFUSED:
	case STEP_ALIKE:
	case STEP_SURVIVES:
		return 0;
	}
	return 0;
}

/* What an expecting step must have besides its parts. */
