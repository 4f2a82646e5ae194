#include "run/cells.h"
#include "base/text.h"
#include "run/run.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUNS_MOST 1000 /* of one scenario */

/* A run of a scenario: the gravest verdict of its checks, and why. */
struct outcome_of_run {
	unsigned number; /* "s" in the journal */
	enum verdict verdict;
	bool judged, again; /* again: it was shown, but more than once */
	char *reason;       /* of the first check with that verdict */
	const char *by;     /* "writer" or "reader", or NULL */
};

struct cell_runs {
	const struct scenario *scenario;
	struct outcome_of_run runs[RUNS_MOST];
	size_t count;
};

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));
	return text ? text : "";
}

#define GRAVITY_AGAIN 2

/* How grave for a cell: one where something did not work is not understood, whatever else did. */
static int gravity(enum verdict v, bool again)
{
	switch (v) {
	case VERDICT_PASS:
		return 0;
	case VERDICT_UNSUPPORTED:
		return 1;
	case VERDICT_INCONCLUSIVE:
		return 3;
	case VERDICT_WEAK:
	case VERDICT_FAIL:
		return again ? GRAVITY_AGAIN : 4;
	case VERDICT_ERROR:
		return 5;
	}
	return 5;
}

/* The actor's role: which of the two clients it is. */
static const char *role_of(const struct scenario *s, const char *actor)
{
	for (size_t i = 0; i < s->actor_count; i++)
		if (s->actors[i].client && text_equal(s->actors[i].name, actor))
			return s->actors[i].second ? "reader" : "writer";
	return NULL;
}

static void take_check(struct cell_runs *runs, unsigned number, const json_t *event)
{
	struct outcome_of_run *r = NULL;
	for (size_t i = 0; i < runs->count && !r; i++)
		if (runs->runs[i].number == number)
			r = &runs->runs[i];
	if (!r && runs->count == RUNS_MOST)
		return;
	if (!r) {
		r = &runs->runs[runs->count++];
		*r = (struct outcome_of_run){ .number = number };
	}
	enum verdict verdict = verdict_named(text_of(event, "verdict"));
	bool again = json_is_true(json_object_get(event, "again"));
	if (r->judged && gravity(verdict, again) <= gravity(r->verdict, r->again))
		return;
	free(r->reason);
	r->again = again;
	r->judged = true;
	r->verdict = verdict;
	r->reason = memory_copy_text(text_of(event, "message"));
	r->by = role_of(runs->scenario, text_of(event, "by"));
}

static void take_line(struct cell_runs *runs, size_t count, const char *line)
{
	json_t *event = json_loads(line, 0, NULL);
	const char *id = text_of(event, "id");
	for (size_t i = 0; i < count && text_equal(text_of(event, "e"), "check"); i++) {
		size_t length = strlen(runs[i].scenario->id);
		if (strncmp(id, runs[i].scenario->id, length) == 0 && id[length] == '/')
			take_check(&runs[i], (unsigned)json_integer_value(json_object_get(event, "s")), event);
	}
	json_decref(event);
}

static bool claims(const struct client *c, const char *word)
{
	for (size_t i = 0; i < c->claims.count; i++)
		if (text_equal(c->claims.items[i], word))
			return true;
	return !*word;
}

/* Who lacks what the scenario needs; else it is the server. */
static const char *who_lacks(const struct scenario *s, const struct client *writer, const struct client *reader)
{
	for (size_t i = 0; i < s->need_count; i++) {
		const struct need *n = &s->needs[i];
		if (n->kind == NEED_CLIENT && claims(writer, n->value) == n->absent)
			return "writer";
		if (n->kind == NEED_SECOND && claims(reader, n->value) == n->absent)
			return "reader";
	}
	return "server";
}

static const char *cell_verdict(const struct outcome_of_run *r)
{
	switch (r->verdict) {
	case VERDICT_PASS:
		return "understood";
	case VERDICT_WEAK:
	case VERDICT_FAIL:
		return r->again ? "twice" : "not";
	case VERDICT_UNSUPPORTED:
		return "unsupported";
	case VERDICT_INCONCLUSIVE:
		return "inconclusive";
	case VERDICT_ERROR:
		return "error";
	}
	return "error";
}

/* Where it is always understood, but not always once, that is known. */
static json_t *differing(json_t *cell, const struct cell_runs *runs, const struct outcome_of_run *worst)
{
	size_t passed = 0;
	bool twice = gravity(worst->verdict, worst->again) == GRAVITY_AGAIN;
	for (size_t i = 0; i < runs->count; i++) {
		passed += runs->runs[i].verdict == VERDICT_PASS;
		twice &= runs->runs[i].verdict == VERDICT_PASS || runs->runs[i].again;
	}
	AUTO_TEXT reason = memory_printf("%s in %zu of %zu runs; in another: %s", twice ? "once" : "understood", passed,
		runs->count, worst->reason);
	json_object_set_new(cell, "verdict", json_string(twice ? "twice" : "inconclusive"));
	json_object_set_new(cell, "reason", json_string(reason));
	return cell;
}

static json_t *cell_of(const struct cell_runs *runs, const struct client *writer, const struct client *reader)
{
	json_t *cell = json_pack("{s:s}", "feature", runs->scenario->name);
	const struct outcome_of_run *worst = &runs->runs[0];
	bool differs = false;
	if (!runs->count) {
		json_object_set_new(cell, "verdict", json_string("inconclusive"));
		json_object_set_new(cell, "reason", json_string("it did not run"));
		return cell;
	}
	for (size_t i = 1; i < runs->count; i++) {
		const struct outcome_of_run *run = &runs->runs[i];
		int grave = gravity(run->verdict, run->again), most = gravity(worst->verdict, worst->again);
		differs |= grave != most;
		if (grave > most)
			worst = run;
	}
	if (differs && worst->verdict != VERDICT_ERROR)
		return differing(cell, runs, worst);
	json_object_set_new(cell, "verdict", json_string(cell_verdict(worst)));
	if (worst->verdict == VERDICT_PASS)
		return cell;
	json_t *reason = json_string(worst->reason);
	json_object_set_new(cell, "reason", reason ? reason : json_string(""));
	if (worst->verdict == VERDICT_UNSUPPORTED)
		json_object_set_new(
			cell, "by", json_string(worst->by ? worst->by : who_lacks(runs->scenario, writer, reader)));
	return cell;
}

json_t *cells_read(const char *journal, const struct vec *scenarios, const struct client *writer,
	const struct client *reader, struct err *e)
{
	BUF_AUTO text = BUF_INIT;
	if (file_read(journal, &text, e))
		return NULL;
	struct cell_runs *runs = memory_alloc(scenarios->count * sizeof *runs);
	for (size_t i = 0; i < scenarios->count; i++)
		runs[i].scenario = scenarios->items[i];
	for (char *rest = text.data, *line; (line = strsep(&rest, "\n"));)
		take_line(runs, scenarios->count, line);
	json_t *cells = json_array();
	for (size_t i = 0; i < scenarios->count; i++) {
		json_array_append_new(cells, cell_of(&runs[i], writer, reader));
		for (size_t k = 0; k < runs[i].count; k++)
			free(runs[i].runs[k].reason);
	}
	free(runs);
	return cells;
}

bool cell_is(const json_t *cell, const char *verdict)
{
	return text_equal(text_of(cell, "verdict"), verdict);
}

size_t cells_count(const json_t *cells, const char *verdict)
{
	size_t count = 0, i;
	const json_t *cell;
	json_array_foreach(cells, i, cell)
		count += cell_is(cell, verdict);
	return count;
}
