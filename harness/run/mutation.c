#include "run/mutation.h"
#include "base/text.h"
#include "xml/attack.h"
#include <stdlib.h>
#include <string.h>

static void plan_one(
	const struct mutation *shape, enum mutation_kind kind, size_t expectation, size_t detail, struct vec *out)
{
	struct mutation *m = memory_alloc(sizeof *m);
	*m = *shape;
	m->kind = kind;
	m->expectation = expectation;
	m->detail = detail;
	vec_push(out, m);
}

static void plan_stanza(const struct mutation *shape, size_t k, struct vec *out)
{
	const struct step *step = shape->step;
	const struct pattern *pattern = step->expectations[k].pattern;
	bool in_turn = !step->either && !step->together && step->kind == STEP_GETS;
	plan_one(shape, MUTATION_DROPPED, k, 0, out);
	plan_one(shape, MUTATION_TWICE, k, 0, out);
	if (shape->scenario->actor_count > 1)
		plan_one(shape, MUTATION_ASTRAY, k, 0, out);
	if (in_turn && k + 1 < step->expectation_count)
		plan_one(shape, MUTATION_SWAPPED, k, 0, out);
	for (size_t i = 0; i < attack_count(pattern); i++)
		plan_one(shape, MUTATION_SPOILED, k, i, out);
}

static void plan_assertion(const struct mutation *shape, size_t k, struct vec *out)
{
	struct arena a = ARENA_INIT;
	struct vec names = VEC_INIT;
	assertion_names(shape->step->expressions[k], &a, &names);
	/* An expression that names nothing of the stanza looks at a value that was kept. */
	for (size_t i = 0; i < names.count || i == 0; i++)
		plan_one(shape, MUTATION_ASSERTION, k, i, out);
	vec_release(&names);
	arena_release(&a);
}

static void plan_step(const struct mutation *shape, struct vec *out)
{
	const struct step *step = shape->step;
	switch (step->kind) {
	case STEP_ANSWERED:
		plan_one(shape, MUTATION_ANSWER_ID, 0, 0, out);
		plan_one(shape, MUTATION_ANSWER_FROM, 0, 0, out);
		/* fall through */
	case STEP_GETS:
		for (size_t k = 0; k < step->expectation_count; k++)
			plan_stanza(shape, k, out);
		return;
	case STEP_NEVER:
		for (size_t k = 0; k < step->expectation_count; k++)
			plan_one(shape, MUTATION_INJECTED, k, 0, out);
		return;
	case STEP_GOT:
		for (size_t k = 0; step->expressions[k]; k++)
			plan_assertion(shape, k, out);
		return;
	case STEP_SAME:
	case STEP_DIFFER:
		plan_one(shape, MUTATION_LEFT, 0, 0, out);
		plan_one(shape, MUTATION_RIGHT, 0, 0, out);
		return;
	case STEP_CLOSED:
		plan_one(shape, MUTATION_KEPT_OPEN, 0, 0, out);
		if (step->cleanly)
			plan_one(shape, MUTATION_NO_TAG, 0, 0, out);
		for (size_t k = 0; k < step->expectation_count; k++)
			for (size_t i = 0; i < attack_count(step->expectations[k].pattern); i++)
				plan_one(shape, MUTATION_SPOILED, k, i, out);
		return;
	case STEP_CONNECTS:
	case STEP_OPENS:
	case STEP_SECURES:
	case STEP_RESUMES:
		plan_one(shape, MUTATION_CUT, 0, 0, out);
		return;
	case STEP_REFUSED:
	case STEP_DECEIVED:
		plan_one(shape, MUTATION_ADMITTED, 0, 0, out);
		return;
	case STEP_SURVIVES:
		plan_one(shape, MUTATION_UNANSWERED, 0, 0, out);
		return;
	case STEP_LEARNS:
	case STEP_RESTORES:
	case STEP_READS:
	case STEP_HIDDEN:
	case STEP_UPLOADS:
	case STEP_DOWNLOADS:
		plan_one(shape, MUTATION_TURNED, 0, 0, out);
		return;
	case STEP_ALIKE:
		plan_one(shape, MUTATION_SLOWED, 0, 0, out);
		return;
	case STEP_RESTARTS:
	case STEP_DISCONNECTS:
	case STEP_CUTS:
	case STEP_ACKS:
	case STEP_SENDS:
	case STEP_SENDS_RAW:
	case STEP_FETCHES:
	case STEP_ASKS:
	case STEP_KEEPS:
	case STEP_LET:
	case STEP_PROVES:
	case STEP_SHAKES:
	case STEP_SUMS:
	case STEP_KEYS:
	case STEP_ROTATES:
	case STEP_FORGETS:
	case STEP_MARKS:
	case STEP_MEASURE:
	case STEP_DOES:
	case STEP_FINDS:
	case STEP_WITHHOLDS:
	case STEP_LOSES:
	case STEP_RELEASES:
	case STEP_OVERLOOKS:
	case STEP_REPEATS:
		return; /* these expect nothing */
	}
}

void mutation_plan(const struct scenario *s, const bool *wanted, struct vec *out)
{
	size_t check = 0;
	for (size_t i = 0; i < s->step_count; i++) {
		if (s->steps[i].check.level == LEVEL_NONE)
			continue;
		const struct mutation shape = { .scenario = s, .step = &s->steps[i], .check = check };
		if (wanted[check++])
			plan_step(&shape, out);
	}
}

static void assertion_name(const struct mutation *m, struct buf *out)
{
	struct arena a = ARENA_INIT;
	struct vec names = VEC_INIT;
	const char *expression = m->step->expressions[m->expectation];
	assertion_names(expression, &a, &names);
	if (m->detail < names.count)
		buf_printf(out, "%s is changed, of: %s", (const char *)names.items[m->detail], expression);
	else
		buf_printf(out, "another value for: %s", expression);
	vec_release(&names);
	arena_release(&a);
}

void mutation_name(const struct mutation *m, struct buf *out)
{
	if (m->step->expectation_count > 1)
		buf_printf(out, "stanza %zu: ", m->expectation + 1);
	switch (m->kind) {
	case MUTATION_DROPPED:
		buf_add_text(out, "it does not come");
		return;
	case MUTATION_TWICE:
		buf_add_text(out, "it comes twice");
		return;
	case MUTATION_ASTRAY:
		buf_add_text(out, "another device gets it");
		return;
	case MUTATION_SWAPPED:
		buf_add_text(out, "it comes behind the next one");
		return;
	case MUTATION_SPOILED:
		attack_name(m->step->expectations[m->expectation].pattern, m->detail, out);
		return;
	case MUTATION_ANSWER_ID:
		buf_add_text(out, "the answer bears another id");
		return;
	case MUTATION_ANSWER_FROM:
		buf_add_text(out, "somebody else answers");
		return;
	case MUTATION_INJECTED:
		buf_add_text(out, "it comes");
		return;
	case MUTATION_ASSERTION:
		assertion_name(m, out);
		return;
	case MUTATION_LEFT:
	case MUTATION_RIGHT:
		buf_printf(out, "the %s text is %s", m->kind == MUTATION_LEFT ? "left" : "right",
			m->step->kind == STEP_SAME ? "another one" : "the other one");
		return;
	case MUTATION_KEPT_OPEN:
		buf_add_text(out, "the stream stays open");
		return;
	case MUTATION_NO_TAG:
		buf_add_text(out, "the stream ends without its closing tag");
		return;
	case MUTATION_CUT:
		buf_add_text(out, "the connection breaks");
		return;
	case MUTATION_ADMITTED:
		buf_add_text(out, "the device is let in");
		return;
	case MUTATION_UNANSWERED:
		buf_add_text(out, "no ping is answered");
		return;
	case MUTATION_TURNED:
		buf_add_text(out, "it turns out the other way");
		return;
	case MUTATION_SLOWED:
		buf_add_text(out, "one refusal takes longer");
		return;
	}
}

const char *mutation_subject(const struct mutation *m)
{
	return m->kind == MUTATION_SPOILED ? attack_subject(m->step->expectations[m->expectation].pattern, m->detail)
					   : NULL;
}
