/* A mutation at work in the scenario that is played. */
#include "base/text.h"
#include "run/stage.h"
#include "xml/attack.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_AFTER (1 * CLOCK_SECOND) /* for what would make up for the stanza that was changed */

void strike_release(struct strike *s)
{
	xmlFreeDoc(s->held);
	map_release(&s->before);
	*s = (struct strike){ 0 };
}

static bool is_aimed(const struct stage *g, const struct step *step)
{
	const struct mutation *m = g->strike.mutation;
	return m && m->step == step && g->strike.state == STRIKE_WAITS;
}

static void land(struct stage *g, struct player *p, bool done)
{
	BUF_AUTO text = BUF_INIT;
	g->strike.state = done ? STRIKE_LANDED : STRIKE_MISSED;
	g->strike.when = clock_now();
	buf_add_text(&text, done ? "mutation: " : "mutation that is not possible: ");
	mutation_name(g->strike.mutation, &text);
	journal_note(g->voice, p ? p->actor->name : NULL, buf_text(&text));
}

bool strike_aims(struct stage *g, const struct step *step, size_t expectation)
{
	if (!is_aimed(g, step))
		return false;
	switch (g->strike.mutation->kind) {
	case MUTATION_DROPPED:
	case MUTATION_TWICE:
	case MUTATION_ASTRAY:
	case MUTATION_SWAPPED:
	case MUTATION_SPOILED:
		if (g->strike.mutation->expectation != expectation)
			return false;
		break;
	case MUTATION_ANSWER_ID:
	case MUTATION_ANSWER_FROM:
		break;
	case MUTATION_INJECTED:
	case MUTATION_ASSERTION:
	case MUTATION_LEFT:
	case MUTATION_RIGHT:
	case MUTATION_KEPT_OPEN:
	case MUTATION_NO_TAG:
	case MUTATION_CUT:
	case MUTATION_ADMITTED:
	case MUTATION_UNANSWERED:
	case MUTATION_TURNED:
	case MUTATION_SLOWED:
		return false;
	}
	map_copy(&g->variables, &g->strike.before);
	return true;
}

/* Another device, of the same account if there is one. */
static struct player *another(struct stage *g, const struct player *p)
{
	struct player *other = NULL;
	for (size_t i = 0; i < g->scenario->actor_count; i++) {
		struct player *q = &g->players[i];
		if (q != p && (!other || q->actor->account == p->actor->account))
			other = q;
	}
	return other;
}

/* Puts a stanza into an inbox as if it had just come. */
static void deliver(struct stage *g, struct player *p, xmlDoc *doc)
{
	int64_t now = clock_now();
	p->inbox.received++;
	journal_stanza(
		g->voice, player_way(p, xml_root(doc)), p->actor->name, xml_root(doc), p->inbox.received, false, now);
	inbox_add(&p->inbox, doc, now);
}

static bool change(struct stage *g, struct player *p, size_t index)
{
	struct inbox_entry *entry = &p->inbox.entries[index];
	const struct mutation *m = g->strike.mutation;
	xmlNode *root = xml_root(entry->doc);
	struct player *other;
	switch (m->kind) {
	case MUTATION_DROPPED:
		entry->consumed = true;
		return true;
	case MUTATION_TWICE:
		deliver(g, p, xml_copy(root));
		return true;
	case MUTATION_ASTRAY:
		other = another(g, p);
		if (!other)
			return false;
		entry->consumed = true;
		deliver(g, other, xml_copy(root));
		return true;
	case MUTATION_SWAPPED:
		entry->consumed = true;
		g->strike.held = xml_copy(root);
		return true;
	case MUTATION_SPOILED:
		return attack_apply(m->step->expectations[m->expectation].pattern, m->detail, root, &g->variables) == 0;
	case MUTATION_ANSWER_ID:
		xml_set_attribute(root, "id", "attacked");
		return true;
	case MUTATION_ANSWER_FROM:
		xml_set_attribute(root, "from", "attacker@attacked.example");
		return true;
	case MUTATION_INJECTED:
	case MUTATION_ASSERTION:
	case MUTATION_LEFT:
	case MUTATION_RIGHT:
	case MUTATION_KEPT_OPEN:
	case MUTATION_NO_TAG:
	case MUTATION_CUT:
	case MUTATION_ADMITTED:
	case MUTATION_UNANSWERED:
	case MUTATION_TURNED:
	case MUTATION_SLOWED:
		break;
	}
	return false;
}

bool strike_found(struct stage *g, struct player *p, size_t index)
{
	struct strike *s = &g->strike;
	struct map after = g->variables;
	g->variables = s->before;
	s->before = (struct map)MAP_INIT;
	bool done = change(g, p, index);
	land(g, p, done);
	if (done && s->mutation->kind == MUTATION_SWAPPED) {
		s->before = after; /* what the next expectation may use */
	} else if (done) {
		map_release(&after);
	} else {
		map_release(&g->variables);
		g->variables = after;
	}
	return done;
}

void strike_let_go(struct stage *g, const struct step *step, struct player *p, size_t index)
{
	struct strike *s = &g->strike;
	if (!s->held || s->mutation->step != step)
		return;
	const struct pattern *next = step->expectations[s->mutation->expectation + 1].pattern;
	if (!pattern_match(next, xml_root(p->inbox.entries[index].doc), &s->before, NULL))
		return;
	xmlDoc *held = s->held;
	s->held = NULL;
	deliver(g, p, held);
}

void strike_never(struct stage *g, const struct step *step, struct player *p)
{
	struct err e;
	if (!is_aimed(g, step) || g->strike.mutation->kind != MUTATION_INJECTED)
		return;
	AUTO_TEXT bare = player_bare(p);
	map_set(&g->variables, "self", bare);
	xmlDoc *doc = pattern_example(step->expectations[g->strike.mutation->expectation].pattern, &g->variables, &e);
	if (doc)
		deliver(g, p, doc);
	else
		journal_note(g->voice, p->actor->name, e.message);
	land(g, p, doc != NULL);
}

/* An expression that looks at kept values only: the one named at `start` is another one. */
static bool change_value(struct stage *g, struct player *p, const char *expression, const char *start)
{
	struct err e;
	AUTO_TEXT name = memory_copy_bytes(start + 2, strcspn(start + 2, "}"));
	AUTO_TEXT old = memory_copy_text(map_get(&g->variables, name));
	for (int way = 0; old && way < 3; way++) {
		bool truth = true;
		AUTO_TEXT other = memory_printf("%s%s%s", way == 1 ? "x" : "", way < 2 ? old : "", way == 0 ? "x" : "");
		map_set(&g->variables, name, other);
		AUTO_TEXT expanded = stage_expand(g, expression, &e);
		if (expanded && xml_xpath(p->last_got, expanded, &g->scenario->prefixes, &truth, NULL, &e) == 0 &&
			!truth)
			return true;
	}
	if (old)
		map_set(&g->variables, name, old);
	return false;
}

void strike_assertion(struct stage *g, const struct step *step, struct player *p)
{
	struct err e;
	const struct mutation *m = g->strike.mutation;
	if (!is_aimed(g, step) || m->kind != MUTATION_ASSERTION)
		return;
	struct arena a = ARENA_INIT;
	struct vec names = VEC_INIT;
	const char *expression = step->expressions[m->expectation];
	assertion_names(expression, &a, &names);
	AUTO_TEXT expanded = stage_expand(g, expression, &e);
	bool done = false;
	if (expanded && m->detail < names.count)
		done = assertion_attack(
			       (xmlNode *)p->last_got, expanded, names.items[m->detail], &g->scenario->prefixes) == 0;
	else if (expanded)
		for (const char *at = expression; !done && (at = strstr(at, "${")); at++)
			done = change_value(g, p, expression, at);
	land(g, p, done);
	/* No change of it was seen: the check goes on with the stanza as it is, and passes. That is a survivor. */
	if (!done)
		g->strike.state = STRIKE_LANDED;
	vec_release(&names);
	arena_release(&a);
}

bool strike_step(struct stage *g, const struct step *step, enum mutation_kind kind)
{
	if (!is_aimed(g, step) || g->strike.mutation->kind != kind)
		return false;
	land(g, NULL, true);
	return true;
}

int64_t strike_deadline(const struct stage *g, const struct step *step, int64_t deadline)
{
	const struct strike *s = &g->strike;
	if (!s->mutation || s->mutation->step != step || s->state != STRIKE_LANDED || s->when + WAIT_AFTER > deadline)
		return deadline;
	return s->when + WAIT_AFTER;
}
