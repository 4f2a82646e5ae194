/* What can only be seen of a scenario as a whole. */
#include "base/text.h"
#include "script/private.h"
#include <stdlib.h>
#include <string.h>

static int check_ids(struct parser *p)
{
	int result = 0;
	for (size_t i = 0; i < p->steps.count; i++) {
		const struct step *a = p->steps.items[i];
		for (size_t k = 0; k < i && a->check.id; k++) {
			const struct step *b = p->steps.items[k];
			if (!b->check.id || strcmp(a->check.id, b->check.id) != 0)
				continue;
			result = parser_error(p, a->position,
				"the check '%s' is there twice (first at line %d): name one with `as SLUG`",
				a->check.id, b->position.line);
			break;
		}
	}
	return result;
}

/* Which devices are online, step by step: what can never be carried out is found before anything connects. */
static int check_presence(struct parser *p)
{
	bool online[ACTORS_AT_MOST] = { false }, was[ACTORS_AT_MOST] = { false }, asked[ACTORS_AT_MOST] = { false };
	bool fetched[ACTORS_AT_MOST] = { false };
	int result = 0;
	for (size_t i = 0; i < p->steps.count; i++) {
		const struct step *s = p->steps.items[i];
		const struct actor *a = s->actor;
		if (!a)
			continue;
		const struct actor *others[] = { s->fence.from, s->fence.via };
		for (size_t k = 0; k < 2; k++)
			if (others[k] && !online[others[k]->index])
				result = parser_error(
					p, s->position, "the fence needs %s online, and it is not", others[k]->name);
		switch (s->kind) {
		case STEP_CONNECTS:
		case STEP_OPENS:
		case STEP_RESUMES:
			if (online[a->index])
				result = parser_error(p, s->position, "%s is online already", a->name);
			if (s->kind == STEP_RESUMES && !was[a->index])
				result = parser_error(
					p, s->position, "%s was never online, so it has no session to resume", a->name);
			online[a->index] = was[a->index] = true;
			break;
		case STEP_DECEIVED:
		case STEP_REFUSED:
		case STEP_ALIKE:
			if (online[a->index])
				result = parser_error(p, s->position, "%s is online already", a->name);
			break;
		case STEP_DISCONNECTS:
		case STEP_CUTS:
		case STEP_CLOSED:
			if (!online[a->index])
				result = parser_error(p, s->position, "%s is not online here", a->name);
			online[a->index] = a->client && s->kind == STEP_CUTS; /* it may come again by itself */
			break;
		case STEP_ASKS:
		case STEP_ANSWERED:
			if (s->kind == STEP_ANSWERED && !asked[a->index])
				result = parser_error(p, s->position,
					"%s `is answered`, but has not asked since its last answer", a->name);
			asked[a->index] = s->kind == STEP_ASKS;
			if (!online[a->index])
				result = parser_error(p, s->position,
					"%s is not online here: expected `%s connects` before", a->name, a->name);
			break;
		case STEP_FETCHES:
			if (online[a->index])
				result = parser_error(p, s->position,
					"%s is online: expected an actor who is not, as the answers are kept apart",
					a->name);
			fetched[a->index] = was[a->index] = true;
			break;
		case STEP_GETS:
			if (!online[a->index] && !fetched[a->index] && !(a->client && was[a->index]))
				result = parser_error(p, s->position,
					"%s is not online here: expected `%s connects` before", a->name, a->name);
			break;
		case STEP_SECURES:
		case STEP_RESTARTS:
		case STEP_SENDS:
		case STEP_SENDS_RAW:
		case STEP_NEVER:
		case STEP_ACKS:
		case STEP_DOES:
		case STEP_FINDS:
		case STEP_WITHHOLDS:
		case STEP_LOSES:
		case STEP_RELEASES:
		case STEP_OVERLOOKS:
		case STEP_REPEATS:
		case STEP_SURVIVES:
			if (!online[a->index])
				result = parser_error(p, s->position,
					"%s is not online here: expected `%s connects` before", a->name, a->name);
			break;
		case STEP_GOT:
		case STEP_LEARNS:
		case STEP_RESTORES:
		case STEP_READS:
		case STEP_SUMS:
		case STEP_UPLOADS:
		case STEP_KEEPS:
		case STEP_MARKS:
			if (!was[a->index])
				result = parser_error(
					p, s->position, "%s was never online: there is nothing that it got", a->name);
			break;
		case STEP_LET:
		case STEP_KEYS:
		case STEP_ROTATES:
		case STEP_FORGETS:
		case STEP_HIDDEN:
		case STEP_DOWNLOADS:
		case STEP_PROVES:
		case STEP_SHAKES:
		case STEP_SAME:
		case STEP_DIFFER:
		case STEP_MEASURE:
			break;
		}
		if (s->fence.kind == FENCE_PATTERN && !s->fence.pattern)
			result = parser_error(p, s->position, "`until pattern` needs an `until` block after the step");
	}
	return result;
}

static int check_folder(struct parser *p)
{
	/* A file of the suites lies in the folder that its id names, under its own name. */
	if (!p->root || !p->s->id || !text_starts(p->s->file, p->root))
		return 0;
	AUTO_TEXT wanted = memory_printf("/%s.scn", p->s->id);
	if (text_ends(p->s->file, wanted))
		return 0;
	return parser_error(p, (struct position){ p->s->file, 1, 1 }, "the id '%s' calls for the file %s below %s",
		p->s->id, wanted + 1, p->root);
}

static void derive(struct parser *p, const char *capability, struct position at)
{
	for (size_t i = 0; i < p->needs.count; i++) {
		const struct need *n = p->needs.items[i];
		if (n->kind == NEED_DRIVER && strcmp(n->value, capability) == 0)
			return;
	}
	struct need *n = arena_alloc(p->a, sizeof *n);
	*n = (struct need){ .kind = NEED_DRIVER, .value = capability, .position = at };
	vec_push(&p->needs, n);
}

/* Attributes with a namespace of their own (xml:lang): not every driver keeps them. */
static bool has_qualified_attribute(const xmlNode *node)
{
	for (const xmlAttr *a = node->properties; a; a = a->next)
		if (a->ns)
			return true;
	for (const xmlNode *c = xml_child(node, NULL, NULL); c; c = xml_next(c, NULL, NULL))
		if (has_qualified_attribute(c))
			return true;
	return false;
}

static void derive_needs(struct parser *p)
{
	for (size_t i = 0; i < p->steps.count; i++) {
		const struct step *s = p->steps.items[i];
		for (size_t k = 0; k < s->expectation_count; k++)
			if (has_qualified_attribute(pattern_element(s->expectations[k].pattern)))
				derive(p, "faithful", s->position);
		for (size_t k = 0; s->expressions && s->expressions[k]; k++)
			if (strstr(s->expressions[k], "xml:lang"))
				derive(p, "faithful", s->position);
		if (s->actor && (s->actor->component || s->actor->client))
			continue; /* what it does beside that is in the driver's one capability */
		if (s->kind == STEP_CUTS)
			derive(p, "cut", s->position);
		if (s->kind == STEP_RESUMES || s->kind == STEP_ACKS)
			derive(p, "sm", s->position);
		if (s->kind == STEP_OPENS)
			derive(p, "bare", s->position);
		if (s->kind == STEP_SENDS_RAW)
			derive(p, "raw", s->position);
		if (s->unbound)
			derive(p, "unbound", s->position);
		if (s->mechanism || s->kind == STEP_ALIKE)
			derive(p, "mechanism", s->position);
		if (s->transport == CHOOSE_DIRECT)
			derive(p, "direct", s->position);
		if (s->transport == CHOOSE_WEBSOCKET)
			derive(p, "web", s->position);
	}
}

int check_scenario(struct parser *p)
{
	int result = check_ids(p) | check_presence(p) | check_others(p) | check_folder(p);
	if (!p->steps.count)
		result = parser_error(p, (struct position){ p->s->file, 1, 1 },
			"there are no steps: expected `---` and steps after the header");
	derive_needs(p);
	return result;
}
