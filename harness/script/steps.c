/* One step: its line and its block. */
#include "base/text.h"
#include "script/contract.h"
#include "script/reading.h"
#include <stdio.h>
#include <string.h>

/* ---- fences ---- */

static int take_fence_kind(struct reading *r)
{
	static const enum fence_kind kinds[] = { FENCE_DIRECT, FENCE_BARE, FENCE_CARBON, FENCE_SENT, FENCE_ROOM,
		FENCE_NODE, FENCE_ROSTER, FENCE_PRESENCE, FENCE_ARCHIVE, FENCE_IQ, FENCE_SHOWN, FENCE_IDLE };
	struct fence *f = &r->step->fence;
	size_t at = r->words.next;
	const char *word = reading_any(r, "a kind of fence");
	if (!word)
		return -1;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(fence_kind_name(kinds[i]), word) == 0)
			f->kind = kinds[i];
	if (f->kind == FENCE_NONE)
		return parser_error(r->p, reading_place(r, at),
			"'%s' is no fence: expected direct, bare, carbon, sent, room, node, roster, "
			"presence, archive, iq, shown or idle",
			word);
	if (f->kind == FENCE_IQ) {
		if (reading_peek(r) && !text_equal(reading_peek(r), "within") && !text_equal(reading_peek(r), "must") &&
			!text_equal(reading_peek(r), "should") && !text_equal(reading_peek(r), "may"))
			f->text = reading_any(r, "an address");
		return 0;
	}
	if (f->kind == FENCE_IDLE)
		return 0;
	f->from = reading_actor(r, "the actor who sends the fence");
	if (!f->from)
		return -1;
	if (f->kind == FENCE_CARBON || f->kind == FENCE_SENT) {
		f->via = reading_actor(r, "the other device");
		if (!f->via)
			return -1;
		if (f->via->account != r->step->actor->account || f->via == r->step->actor)
			return parser_error(r->p, reading_place(r, at),
				"'%s' is not another device of %s: a carbon fence needs one", f->via->name,
				r->step->actor->name);
	}
	if (f->kind == FENCE_ROOM || f->kind == FENCE_NODE)
		f->text = reading_any(r, f->kind == FENCE_ROOM ? "the room's address" : "the node");
	if (f->kind == FENCE_ROSTER && f->from->account != r->step->actor->account)
		return parser_error(
			r->p, reading_place(r, at), "a roster fence is set by a device of the same account");
	return (f->kind == FENCE_ROOM || f->kind == FENCE_NODE) && !f->text ? -1 : 0;
}

static int take_until(struct reading *r)
{
	if (reading_take(r, "fence"))
		return take_fence_kind(r);
	if (reading_take(r, "pattern")) {
		r->step->fence.kind = FENCE_PATTERN;
		r->until_pattern = true;
		return 0;
	}
	if (reading_take(r, "settled")) {
		BUF_AUTO why = BUF_INIT;
		while (reading_peek(r))
			buf_printf(&why, "%s%s", why.len ? " " : "", r->words.items[r->words.next++].text);
		r->step->fence.kind = FENCE_SETTLED;
		r->step->fence.text = arena_text(r->p->a, buf_text(&why));
		if (!why.len)
			return parser_error(r->p, reading_place(r, r->words.next),
				"`settled` needs the reason why no route can be shared");
		return 0;
	}
	return parser_error(r->p, reading_place(r, r->words.next),
		"expected `fence KIND …`, `pattern` or `settled WHY` after `until`");
}

/* ---- options ---- */

static int take_check(struct reading *r, const char *level)
{
	struct check *c = &r->step->check;
	if (c->level != LEVEL_NONE)
		return parser_error(r->p, reading_place(r, r->words.next - 1), "a second level");
	c->level = *level == 'm' && level[1] == 'u' ? LEVEL_MUST : *level == 's' ? LEVEL_SHOULD : LEVEL_MAY;
	while (reading_peek(r) && strchr(reading_peek(r), '#') && !strchr(reading_peek(r), '$'))
		vec_push(&r->refs, (void *)r->words.items[r->words.next++].text);
	if (!r->refs.count)
		return parser_error(r->p, reading_place(r, r->words.next),
			"a check cites what it rests on: expected SPECIFICATION#REQUIREMENT");
	return 0;
}

static int take_time(struct reading *r)
{
	size_t at = r->words.next;
	const char *time = reading_any(r, "a time such as 2s");
	if (!time)
		return -1;
	if (text_to_duration(time, &r->step->within) || !r->step->within)
		return parser_error(r->p, reading_place(r, at), "'%s' is no time: expected 250ms, 2s or 1m", time);
	return 0;
}

static int take_transport(struct reading *r)
{
	if (reading_take(r, "starttls"))
		r->step->transport = CHOOSE_STARTTLS;
	else if (reading_take(r, "direct"))
		r->step->transport = CHOOSE_DIRECT;
	else if (reading_take(r, "ws"))
		r->step->transport = CHOOSE_WEBSOCKET;
	else
		return parser_error(
			r->p, reading_place(r, r->words.next), "expected starttls, direct or ws after `over`");
	return 0;
}

/* `with password TEXT`, `with secret TEXT`, `with h TEXT`, `with certificate DOMAIN`. */
static int take_with(struct reading *r)
{
	if ((r->verb->options & OPTION_CERTIFICATE) && r->step->for_servers) {
		if (reading_take(r, "certificate"))
			return (r->step->certificate = reading_any(r, "a domain")) ? 0 : -1;
		return parser_error(r->p, reading_place(r, r->words.next), "expected certificate after `with`");
	}
	if ((r->verb->options & OPTION_PASSWORD) && r->step->actor->component) {
		if (reading_take(r, "secret"))
			return (r->step->password = reading_any(r, "a secret")) ? 0 : -1;
		return parser_error(r->p, reading_place(r, r->words.next),
			"expected secret after `with`: %s is a component", r->step->actor->name);
	}
	if ((r->verb->options & OPTION_PASSWORD) && reading_take(r, "password"))
		return (r->step->password = reading_any(r, "a password")) ? 0 : -1;
	if ((r->verb->options & OPTION_H) && reading_take(r, "h"))
		return (r->step->h = reading_any(r, "a number of stanzas")) ? 0 : -1;
	return parser_error(r->p, reading_place(r, r->words.next), "expected %s after `with`",
		r->verb->options & OPTION_H ? "password or h" : "password");
}

static int take_as(struct reading *r)
{
	size_t at = r->words.next;
	bool slug = r->step->check.level != LEVEL_NONE;
	const char *word = reading_any(r, slug ? "a slug" : "a resource");
	if (!word)
		return -1;
	if (!slug && !(r->verb->options & OPTION_RESOURCE))
		return parser_error(
			r->p, reading_place(r, at), "`as` names a check: expected it after must, should or may");
	if (slug && !text_is_slug(word))
		return parser_error(r->p, reading_place(r, at),
			"'%s' is no slug: expected small letters, digits and hyphens", word);
	*(slug ? &r->slug : &r->step->resource) = word;
	return 0;
}

static int take_option(struct reading *r)
{
	struct step *s = r->step;
	unsigned may = r->verb->options;
	const struct {
		unsigned option;
		const char *word;
		bool *flag;
	} flags[] = {
		{ OPTION_TOGETHER, "together", &s->together },
		{ OPTION_NEXT, "next", &s->next },
		{ OPTION_EITHER, "either", &s->either },
		{ OPTION_ONCE, "once", &s->once },
		{ OPTION_NEEDED, "needed", &s->needed },
		{ OPTION_UNBOUND, "unbound", &s->unbound },
		{ OPTION_CLEANLY, "cleanly", &s->cleanly },
	};
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		if ((may & flags[i].option) && reading_take(r, flags[i].word)) {
			*flags[i].flag = true;
			return 0;
		}
	if ((may & OPTION_EXACTLY) && reading_take(r, "exactly"))
		return 1; /* remembered by the caller: patterns are compiled with it */
	if ((may & OPTION_WITHIN) && reading_take(r, "within"))
		return take_time(r);
	if ((may & OPTION_UNTIL) && reading_take(r, "until"))
		return take_until(r);
	if ((may & OPTION_OVER) && reading_take(r, "over"))
		return take_transport(r);
	if ((may & OPTION_BY) && reading_take(r, "by"))
		return (s->mechanism = reading_any(r, "a mechanism")) ? 0 : -1;
	if ((may & (OPTION_PASSWORD | OPTION_H)) && reading_take(r, "with"))
		return take_with(r);
	if ((may & OPTION_CHECK) && (reading_take(r, "must") || reading_take(r, "should") || reading_take(r, "may")))
		return take_check(r, r->words.items[r->words.next - 1].text);
	if ((may & OPTION_CHECK) && s->check.level != LEVEL_NONE && reading_take(r, "must-if"))
		return (s->check.must_if = reading_any(r, "a feature")) ? 0 : -1;
	if ((may & (OPTION_CHECK | OPTION_RESOURCE)) && reading_take(r, "as"))
		return take_as(r);
	return reading_unexpected(r);
}

static int take_options(struct reading *r, bool *exactly)
{
	*exactly = false;
	while (reading_peek(r)) {
		int result = take_option(r);
		if (result < 0)
			return -1;
		*exactly |= result > 0;
	}
	return 0;
}

/* ---- checks ---- */

static void name_check(struct reading *r)
{
	struct check *c = &r->step->check;
	BUF_AUTO slug = BUF_INIT;
	if (r->slug) {
		buf_add_text(&slug, r->slug);
	} else {
		if (r->step->actor)
			buf_printf(&slug, "%s-", r->step->actor->name);
		/* "is answered" is answered, "sends raw" sends. */
		const char *verb = text_starts(r->verb->words, "is ") ? r->verb->words + 3 : r->verb->words;
		buf_add(&slug, verb, strcspn(verb, " "));
		buf_printf(&slug, "-%s", strchr(r->refs.items[0], '#') + 1);
		for (size_t i = 0; i < slug.len; i++)
			if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789", slug.data[i]))
				slug.data[i] = '-';
	}
	c->id = arena_printf(r->p->a, "%s/%s", r->p->s->id ? r->p->s->id : "", slug.data);
	c->cites = arena_alloc(r->p->a, (r->refs.count + 1) * sizeof *c->cites);
	for (size_t i = 0; i < r->refs.count; i++)
		c->cites[i] = r->refs.items[i];
	c->title = r->words.rest && *r->words.rest ? r->words.rest : NULL;
}

/* ---- blocks ---- */

static int need_block(struct reading *r, const char *what)
{
	return parser_error(r->p, reading_place(r, r->words.count),
		"expected an indented block with %s; the form is: %s", what, r->verb->syntax);
}

static int read_expressions(struct reading *r, bool one)
{
	struct vec found = VEC_INIT;
	int result = 0;
	for (size_t i = 0; i < r->block->count; i++) {
		struct err e;
		int line = r->block->first + (int)i;
		const char *text = r->block->source->lines[line - 1];
		int indent = (int)strspn(text, " \t");
		if (!text[indent])
			continue;
		if (xml_xpath_check(text + indent, &e))
			result = parser_error(
				r->p, source_position(r->p, r->block->source, line, indent + 1), "%s", e.message);
		vec_push(&found, (void *)(text + indent));
	}
	if (one && found.count > 1)
		result = parser_error(
			r->p, source_position(r->p, r->block->source, r->block->first, 1), "expected one expression");
	r->step->expressions = arena_alloc(r->p->a, (found.count + 1) * sizeof *r->step->expressions);
	for (size_t i = 0; i < found.count; i++)
		r->step->expressions[i] = found.items[i];
	vec_release(&found);
	return result;
}

static bool is_request(const xmlNode *node)
{
	const char *type = xml_attribute(node, "type");
	return xml_is(node, "iq", NS_CLIENT) && (text_equal(type, "get") || text_equal(type, "set"));
}

static int read_block(struct reading *r, bool exactly)
{
	struct step *s = r->step;
	const struct block *b = r->block;
	if (b->count && r->verb->block == BLOCK_NONE)
		return parser_error(r->p, source_position(r->p, b->source, b->first, 1),
			"an indented block, but `%s` takes none", r->verb->words);
	int result = b->count ? block_variables(r->p, b) : 0;
	switch (r->verb->block) {
	case BLOCK_NONE:
		return 0;
	case BLOCK_RAW:
		if (!b->count)
			return need_block(r, "the text to send");
		s->raw = block_text(r->p, b);
		return result;
	case BLOCK_STANZAS:
	case BLOCK_IQ:
		if (!b->count)
			return need_block(r, r->verb->block == BLOCK_IQ ? "one <iq/>" : "a stanza");
		if (block_elements(r->p, b, &s->elements, &s->element_count))
			return -1;
		if (r->verb->block == BLOCK_IQ && (s->element_count != 1 || !is_request(xml_root(s->elements[0]))))
			return parser_error(r->p, source_position(r->p, b->source, b->first, 1),
				"expected one <iq> of type get or set");
		return result;
	case BLOCK_MAYBE_PATTERN:
		if (!b->count)
			return 0;
		break;
	case BLOCK_PATTERNS:
		if (!b->count)
			return need_block(r, "a stanza");
		break;
	case BLOCK_XPATHS:
	case BLOCK_XPATH:
		if (!b->count)
			return need_block(r, "an XPath expression");
		return read_expressions(r, r->verb->block == BLOCK_XPATH) | result;
	}
	return block_patterns(r->p, b, exactly, ALTERNATIVE_PASS, &s->expectations, &s->expectation_count) | result;
}

/* What is looked for among the things shown must be something that a client can be said to show. */
static int check_event(struct reading *r, const struct expectation *x)
{
	const xmlNode *root = pattern_element(x->pattern);
	const char *names[32];
	size_t count = 0;
	if (!text_equal(xml_ns(root), NS_SHOWN))
		return 0;
	const struct contract_event *event = contract_event((const char *)root->name);
	if (!event || event->answer) {
		for (const struct contract_event *e = contract_events; e->name && count < 32; e++)
			if (!e->answer)
				names[count++] = e->name;
		const char *near = text_nearest((const char *)root->name, names, count);
		return parser_error(r->p, x->position,
			"<%s/> is nothing that a client shows%s%s%s: docs/adapters.md has the events",
			(const char *)root->name, near ? " (did you mean <" : "", near ? near : "", near ? "/>?)" : "");
	}
	for (const xmlAttr *a = root->properties; a; a = a->next)
		if (!contract_has_member(event, (const char *)a->name, NULL))
			return parser_error(r->p, x->position, "an event `%s` has no member '%s': it has %s",
				event->name, (const char *)a->name, event->members);
	return 0;
}

static int check_form(struct reading *r)
{
	const struct step *s = r->step;
	struct position at = reading_place(r, 0);
	if (s->kind == STEP_NEVER && s->fence.kind == FENCE_NONE)
		return parser_error(r->p, reading_place(r, r->words.count),
			"`never` needs a fence: expected `until fence …`, `until pattern` or "
			"`until settled WHY`");
	if (s->kind == STEP_GETS && s->fence.kind == FENCE_SETTLED)
		return parser_error(r->p, at,
			"`settled` is for `never`: what `gets` waits for may come later than that; `within` says how long to wait");
	if (s->together + s->next + s->either > 1)
		return parser_error(r->p, at, "together, next and either exclude each other");
	if (s->once && s->check.level == LEVEL_NONE)
		return parser_error(r->p, at, "`once` belongs to a check: expected must, should or may");
	if (s->needed && s->check.level != LEVEL_NONE)
		return parser_error(r->p, at, "what a check looks for is not `needed`: leave one of them out");
	if (s->kind == STEP_ANSWERED && s->expectation_count != 1)
		return parser_error(r->p, at, "expected one stanza in the block");
	for (size_t i = 0; s->kind == STEP_ANSWERED && i < s->expectation_count; i++)
		if (!xml_is(pattern_element(s->expectations[i].pattern), "iq", NULL))
			return parser_error(r->p, s->expectations[i].position, "an answer is an <iq/>");
	for (size_t i = 0; i < s->expectation_count; i++)
		if (check_event(r, &s->expectations[i]))
			return -1;
	if (s->kind == STEP_REPEATS && s->expectation_count != 1)
		return parser_error(r->p, at, "expected one stanza in the block");
	if (s->check.level != LEVEL_NONE && r->p->finally)
		return parser_error(r->p, at, "a check after `finally`: the postamble gives no verdict");
	return 0;
}

/* ---- continuations ---- */

static int read_or(struct reading *r)
{
	struct step *last = r->p->last;
	bool weakly = reading_take(r, "weakly");
	if (reading_peek(r))
		return reading_unexpected(r);
	bool fits = last &&
		(last->kind == STEP_ANSWERED ||
			(last->kind == STEP_GETS && (last->expectation_count == 1 || last->either)));
	if (last && last->next)
		return parser_error(r->p, reading_place(r, 0), "`or` cannot follow `gets next`: leave out `next`");
	if (!fits)
		return parser_error(r->p, reading_place(r, 0), "`or` follows `is answered`, or `gets` of one stanza");
	if (!r->block->count)
		return need_block(r, "a stanza");
	struct expectation *more = NULL;
	size_t count = 0;
	int result = block_variables(r->p, r->block) |
		block_patterns(r->p, r->block, false, weakly ? ALTERNATIVE_WEAK : ALTERNATIVE_PASS, &more, &count);
	/* Faulty or not, the patterns are the step's from here on. */
	struct expectation *all = arena_alloc(r->p->a, (last->expectation_count + count) * sizeof *all);
	for (size_t i = 0; i < last->expectation_count; i++)
		all[i] = last->expectations[i];
	for (size_t i = 0; i < count; i++)
		all[last->expectation_count + i] = more[i];
	last->expectations = all;
	last->expectation_count += count;
	last->either = true;
	return result;
}

static int read_until_block(struct reading *r)
{
	struct step *last = r->p->last;
	struct expectation *list = NULL;
	size_t count = 0;
	if (!last || last->fence.kind != FENCE_PATTERN || last->fence.pattern)
		return parser_error(
			r->p, reading_place(r, 0), "an `until` block follows a step that said `until pattern`");
	if (!r->block->count)
		return need_block(r, "the stanza that is the fence");
	int result = block_variables(r->p, r->block) |
		block_patterns(r->p, r->block, false, ALTERNATIVE_PASS, &list, &count);
	if (count > 0)
		last->fence.pattern = list[0].pattern;
	for (size_t i = 1; i < count; i++)
		pattern_free(list[i].pattern);
	return result || count == 1 ? result : parser_error(r->p, reading_place(r, 0), "a fence is one stanza");
}

static int read_include(struct reading *r)
{
	struct position at = reading_place(r, 0);
	if (r->words.count < 2)
		return parser_error(r->p, at, "expected `include FILE WORD…`");
	const char **arguments = arena_alloc(r->p->a, (r->words.count + 1) * sizeof *arguments);
	for (size_t i = 2; i < r->words.count; i++)
		arguments[i - 2] = r->words.items[i].text;
	return include_file(r->p, r->source, r->line, r->words.items[1].text, arguments, r->words.count - 2, at);
}

/* ---- lines ---- */

/* How many words of the line the verb's words are, from `at` on; 0 where they are not those. */
static size_t verb_length(const struct words *w, size_t at, const char *verb)
{
	size_t count = 0;
	while (*verb) {
		size_t length = strcspn(verb, " ");
		if (at + count >= w->count || strlen(w->items[at + count].text) != length ||
			strncmp(w->items[at + count].text, verb, length) != 0)
			return 0;
		count++;
		verb += length + (verb[length] == ' ');
	}
	return count;
}

static enum verb_subject subject_of(const struct actor *actor)
{
	return !actor ? VERB_ALONE : actor->client ? VERB_CLIENT : VERB_ACTOR;
}

/* The verb that stands at the words from `at` on, and how many they are; the table has the longer ones first. */
static const struct verb *find_verb(const struct words *w, size_t at, enum verb_subject subject, size_t *length)
{
	for (const struct verb *v = verbs; v->words; v++)
		if (v->subject == subject && (*length = verb_length(w, at, v->words)) > 0)
			return v;
	return NULL;
}

static int unknown_verb(
	struct parser *p, const struct source *s, int line, const struct words *w, size_t at, enum verb_subject subject)
{
	const char *names[64];
	size_t count = 0;
	BUF_AUTO all = BUF_INIT;
	for (const struct verb *v = verbs; v->words; v++) {
		if (v->subject != subject)
			continue;
		names[count++] = v->words;
		buf_printf(&all, "%s%s", all.len ? ", " : "", v->words);
	}
	const char *word = at < w->count ? w->items[at].text : "";
	const char *near = text_nearest(word, names, count);
	struct position where =
		source_position(p, s, line, at < w->count ? w->items[at].column : (int)strlen(s->lines[line - 1]) + 1);
	if (subject == VERB_ALONE) {
		const char *actors[ACTORS_AT_MOST];
		for (size_t i = 0; i < p->s->actor_count; i++)
			actors[i] = p->s->actors[i].name;
		if (!near)
			near = text_nearest(word, actors, p->s->actor_count);
		return parser_error(p, where, "'%s' is neither an actor nor a verb%s%s%s: expected an actor, %s", word,
			near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "", all.data);
	}
	return parser_error(p, where, "'%s' is no verb%s%s%s%s: expected %s", word,
		subject == VERB_CLIENT ? " of a client under test" : "", near ? " (did you mean '" : "",
		near ? near : "", near ? "'?)" : "", all.data);
}

static int read_step(struct reading *r)
{
	bool exactly = false;
	if (forms_read(r) || take_options(r, &exactly))
		return -1;
	/* Variables on the line itself: they stand in words such as `with h ${h}` and `let x ${y}`. */
	int result = r->step->kind == STEP_LET || r->step->kind == STEP_PROVES || r->step->kind == STEP_SHAKES ||
			r->step->kind == STEP_DOES
		? 0
		: text_variables(r->p, r->source, r->line, r->source->lines[r->line - 1], 1);
	if (read_block(r, exactly) | result)
		return -1;
	for (size_t i = 0; i < r->step->element_count; i++)
		result |= placeholders_check(r->p, r->step->position, xml_root(r->step->elements[i]));
	if (result)
		return -1;
	if (r->step->check.level != LEVEL_NONE)
		name_check(r);
	if (r->step->kind == STEP_KEEPS)
		map_set(&r->p->known, r->step->name, "");
	return check_form(r);
}

int step_line(struct parser *p, const struct source *s, int line, const struct block *block)
{
	struct block own = *block;
	struct reading r = { .p = p, .source = s, .line = line, .block = &own, .words = source_words(p, s, line) };
	if (!r.words.count)
		return parser_error(p, source_position(p, s, line, 1), "a step begins with an actor or a verb");
	const struct actor *actor = find_actor(p, r.words.items[0].text);
	size_t length;
	r.verb = find_verb(&r.words, actor ? 1 : 0, subject_of(actor), &length);
	if (!r.verb)
		return unknown_verb(p, s, line, &r.words, actor ? 1 : 0, subject_of(actor));
	r.words.next = (actor ? 1 : 0) + length;
	bool continues = strcmp(r.verb->words, "or") == 0 || strcmp(r.verb->words, "until") == 0;
	own.shown = continues ? p->last && p->last->shown : text_ends(r.verb->words, "shows");
	if (strcmp(r.verb->words, "include") == 0)
		return read_include(&r);
	if (strcmp(r.verb->words, "or") == 0)
		return read_or(&r);
	if (strcmp(r.verb->words, "until") == 0)
		return read_until_block(&r);
	if (strcmp(r.verb->words, "finally") == 0) {
		if (p->finally || reading_peek(&r))
			return parser_error(
				p, reading_place(&r, 0), p->finally ? "a second `finally`" : "`finally` stands alone");
		p->finally = true;
		p->s->finally = p->steps.count;
		p->last = NULL;
		return 0;
	}
	r.step = arena_alloc(p->a, sizeof *r.step);
	r.step->kind = (enum step_kind)r.verb->kind;
	r.step->position = source_position(p, s, line, 1);
	r.step->source = s->lines[line - 1];
	r.step->actor = actor;
	r.step->shown = own.shown;
	p->last = r.step;
	vec_push(&p->steps, r.step); /* also when it is faulty: later steps are then read as if it were there */
	int result = read_step(&r);
	vec_release(&r.refs);
	return result;
}
