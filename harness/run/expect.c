/* Steps that wait: what must come, what must not, and which answer an iq gets. */
#include "base/text.h"
#include "run/steps.h"
#include "xml/redact.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The names of expected and actual stanza in a finding are those of the nearest miss. */
struct nearest {
	const xmlNode *stanza; /* in the inbox, or NULL */
	const struct pattern *pattern;
	struct mismatch why;
};

static void copy_map(const struct map *from, struct map *to)
{
	for (size_t i = 0; i < from->count; i++)
		map_set(to, from->keys[i], from->values[i]);
}

static char *redacted(const xmlNode *node)
{
	struct buf out = BUF_INIT;
	redact_print(node, &out);
	buf_add_text(&out, "");
	return buf_take(&out);
}

static void show_expected(struct stage *g, struct finding *f, const struct pattern *pattern)
{
	struct buf out = BUF_INIT;
	pattern_print(pattern, &g->variables, &out);
	buf_add_text(&out, "");
	redact_text(&out);
	free(f->expected);
	f->expected = buf_take(&out);
}

static void show_actual(struct finding *f, const xmlNode *stanza)
{
	free(f->actual);
	f->actual = redacted(stanza);
}

static bool match_entry(
	struct stage *g, struct player *p, size_t index, const struct pattern *pattern, struct nearest *nearest)
{
	const xmlNode *root = xml_root(p->inbox.entries[index].doc);
	struct mismatch why = { 0 };
	AUTO_TEXT bare = memory_printf("%s@%s", p->config.user, p->config.domain);
	map_set(&g->variables, "self", bare);
	if (pattern_match(pattern, root, &g->variables, &why))
		return true;
	/* Background is not what anybody looked for, unless its element is the one. */
	if (p->inbox.entries[index].background && why.score < 2)
		return false;
	if (nearest && (!nearest->stanza || why.score > nearest->why.score))
		*nearest = (struct nearest){ root, pattern, why };
	return false;
}

static void add_matched(struct finding *f, size_t number)
{
	if (f->matched_count < sizeof f->matched / sizeof *f->matched)
		f->matched[f->matched_count++] = number;
}

static void consume(struct player *p, size_t index, struct finding *f)
{
	struct inbox_entry *entry = &p->inbox.entries[index];
	entry->consumed = true;
	p->last_got = xml_root(entry->doc);
	p->last_time = entry->when;
	add_matched(f, entry->number);
}

/* ---- gets ---- */

struct search {
	const struct step *step;
	struct player *player;
	size_t done; /* expectations met so far (in turn) */
	size_t from; /* where to look next (in turn) */
	size_t seen; /* inbox length at the last look (together) */
	enum outcome outcome;
	struct nearest nearest;
};

static bool search_in_turn(struct stage *g, struct search *s, struct finding *f)
{
	struct inbox *b = &s->player->inbox;
	while (s->done < s->step->expectation_count && s->from < b->count) {
		size_t i = s->from++;
		if (b->entries[i].consumed)
			continue;
		if (!match_entry(g, s->player, i, s->step->expectations[s->done].pattern, &s->nearest))
			continue;
		consume(s->player, i, f);
		s->nearest = (struct nearest){ 0 };
		s->done++;
	}
	s->outcome = OUTCOME_MET;
	return s->done == s->step->expectation_count;
}

static bool search_either(struct stage *g, struct search *s, struct finding *f)
{
	struct inbox *b = &s->player->inbox;
	for (; s->from < b->count; s->from++) {
		if (b->entries[s->from].consumed)
			continue;
		for (size_t k = 0; k < s->step->expectation_count; k++) {
			const struct expectation *x = &s->step->expectations[k];
			if (!match_entry(g, s->player, s->from, x->pattern, &s->nearest))
				continue;
			consume(s->player, s->from, f);
			s->outcome = x->verdict == ALTERNATIVE_WEAK ? OUTCOME_MET_WEAKLY : OUTCOME_MET;
			return true;
		}
	}
	return false;
}

/* Finds a different stanza for each expectation from `k` on; values bound by a choice that fails are undone. */
static bool assign(struct stage *g, struct search *s, size_t k, size_t *chosen)
{
	struct inbox *b = &s->player->inbox;
	if (k == s->step->expectation_count)
		return true;
	for (size_t i = 0; i < b->count; i++) {
		bool taken = b->entries[i].consumed;
		for (size_t j = 0; j < k; j++)
			taken |= chosen[j] == i;
		if (taken)
			continue;
		struct map saved = MAP_INIT;
		copy_map(&g->variables, &saved);
		chosen[k] = i;
		if (match_entry(g, s->player, i, s->step->expectations[k].pattern, &s->nearest) &&
			assign(g, s, k + 1, chosen)) {
			map_release(&saved);
			return true;
		}
		map_release(&g->variables);
		g->variables = saved;
	}
	if (k > s->done)
		s->done = k;
	return false;
}

static bool search_together(struct stage *g, struct search *s, struct finding *f)
{
	size_t count = s->step->expectation_count;
	if (s->seen == s->player->inbox.count && s->seen)
		return false;
	s->seen = s->player->inbox.count;
	s->nearest = (struct nearest){ 0 };
	size_t *chosen = memory_alloc((count + 1) * sizeof *chosen);
	bool found = assign(g, s, 0, chosen);
	for (size_t k = 0; found && k < count; k++)
		consume(s->player, chosen[k], f);
	free(chosen);
	s->outcome = OUTCOME_MET;
	return found;
}

/* The very next stanza decides. */
static bool search_next(struct stage *g, struct search *s, struct finding *f)
{
	while (s->done < s->step->expectation_count) {
		size_t i = inbox_next(&s->player->inbox, 0);
		if (i == s->player->inbox.count)
			return false;
		if (!match_entry(g, s->player, i, s->step->expectations[s->done].pattern, &s->nearest)) {
			s->outcome = OUTCOME_NOT_MET;
			return true;
		}
		consume(s->player, i, f);
		s->done++;
	}
	s->outcome = OUTCOME_MET;
	return true;
}

static bool search(struct stage *g, struct search *s, struct finding *f)
{
	if (s->step->next)
		return search_next(g, s, f);
	if (s->step->either)
		return search_either(g, s, f);
	if (s->step->together)
		return search_together(g, s, f);
	return search_in_turn(g, s, f);
}

static bool device_ended(const struct player *p)
{
	enum device_state state = device_state(p->device);
	return state == DEVICE_CLOSED || state == DEVICE_FAILED || state == DEVICE_IDLE;
}

/* What it means for a waiting step that the connection is gone. */
static enum outcome ended(const struct player *p, struct finding *f)
{
	const struct err *e = device_error(p->device);
	if (e->class == ERR_CONNECTION)
		return finding_say(
			f, OUTCOME_UNKNOWN, "%s lost its connection while waiting: %s", p->actor->name, e->message);
	if (e->class != ERR_NONE)
		return finding_say(f, OUTCOME_NOT_MET, "the server ended the stream of %s instead: %s", p->actor->name,
			e->message);
	return finding_say(f, OUTCOME_NOT_MET, "%s is not online: its stream was closed", p->actor->name);
}

/* Says why a step failed: what was nearest to it. */
static enum outcome missed(struct stage *g, struct search *s, struct finding *f, const char *end)
{
	const struct step *step = s->step;
	const struct pattern *wanted = s->nearest.pattern;
	char which[64] = "";
	if (!wanted)
		wanted = step->expectations[s->done < step->expectation_count ? s->done : 0].pattern;
	s->player->last_got = NULL; /* a `got` that follows must not judge an older stanza */
	if (step->expectation_count > 1 && !step->either && !step->next)
		snprintf(which, sizeof which, "stanza %zu of %zu: ", s->done + 1, step->expectation_count);
	show_expected(g, f, wanted);
	if (!s->nearest.stanza)
		return finding_say(
			f, OUTCOME_NOT_MET, "%s%s; nothing else had come that no earlier step took", which, end);
	show_actual(f, s->nearest.stanza);
	snprintf(f->path, sizeof f->path, "%s", s->nearest.why.path);
	return finding_say(f, OUTCOME_NOT_MET, "%s%s; the nearest of what came differs at %s: %s", which, end,
		s->nearest.why.path, s->nearest.why.message);
}

static int64_t step_end(const struct stage *g, const struct step *step, int64_t since)
{
	return since + (step->within ? step->within : g->step_deadline);
}

static const char *seconds_text(int64_t span, char out[32])
{
	snprintf(out, 32, "%g s", (double)(span / CLOCK_MILLISECOND) / 1000.0);
	return out;
}

/* Until when to pump: the deadline, or the instant at which settling ends. */
static int64_t pump_until(const struct stage *g, const struct step *step, int64_t since, int64_t deadline)
{
	int64_t settled = step->fence.kind == FENCE_SETTLED ? fence_settled_at(g, since) : deadline;
	return settled < deadline ? settled : deadline;
}

/* What came is what was wanted: nothing hangs on the fence any more but that it has left no trace. */
static void await_fence(struct stage *g, struct player *p, const struct fence *fence, int64_t since, int64_t deadline)
{
	struct err ignored;
	while (!fence_arrived(g, p, fence, since) && !device_ended(p) && clock_now() < deadline)
		if (!stage_pump(g, deadline, &ignored))
			return;
}

/* A value that an earlier step has not set: then what the step waits for is not known, and nothing can be said of the
 * system under test. What one pattern of the step binds may be used by the next. */
static const char *unknown_value(const struct stage *g, const struct step *step)
{
	const char *missing = NULL;
	struct vec bound = VEC_INIT;
	for (size_t k = 0; k < step->expectation_count && !missing; k++) {
		struct vec uses = VEC_INIT;
		pattern_names(step->expectations[k].pattern, &bound, &uses);
		for (size_t i = 0; i < uses.count && !missing; i++) {
			const char *name = uses.items[i];
			bool known = strcmp(name, "self") == 0 || map_get(&g->variables, name);
			for (size_t j = 0; j < bound.count; j++)
				known |= strcmp(name, bound.items[j]) == 0;
			if (!known)
				missing = name;
		}
		vec_release(&uses);
	}
	vec_release(&bound);
	return missing;
}

static enum outcome not_known(struct player *p, struct finding *f, const char *name)
{
	p->last_got = NULL;
	return finding_say(
		f, OUTCOME_UNKNOWN, "the value of ${%s} is not known, because no earlier step could set it", name);
}

enum outcome expect_gets(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	char span[32], text[96];
	struct player *p = stage_player(g, step->actor);
	struct search s = { .step = step, .player = p };
	int64_t since = clock_now(), deadline = step_end(g, step, since);
	bool fenced = false;
	if (search(g, &s, f))
		goto decided;
	fenced = step->fence.kind != FENCE_NONE;
	if (fenced && fence_send(g, p, &step->fence, &e))
		return finding_error(f, &e);
	for (;;) {
		if (search(g, &s, f))
			goto decided;
		if (fenced && fence_arrived(g, p, &step->fence, since))
			return missed(g, &s, f, "did not come before the fence that was sent after it");
		if (device_ended(p))
			return ended(p, f);
		if (clock_now() >= deadline) {
			snprintf(text, sizeof text, "did not come within %s", seconds_text(deadline - since, span));
			return missed(g, &s, f, text);
		}
		if (!stage_pump(g, pump_until(g, step, since, deadline), &e))
			return finding_error(f, &e);
	}
decided:
	if (fenced && fence_leaves_traces(step->fence.kind))
		await_fence(g, p, &step->fence, since, deadline);
	if (s.outcome == OUTCOME_NOT_MET)
		return missed(g, &s, f, "the next stanza is another one");
	if (s.outcome == OUTCOME_MET_WEAKLY)
		return finding_say(f, s.outcome, "what came is acceptable, but not what the specification recommends");
	return s.outcome;
}

/* ---- never ---- */

static bool forbidden(struct stage *g, const struct step *step, struct player *p, struct finding *f)
{
	for (size_t i = 0; i < p->inbox.count; i++) {
		if (p->inbox.entries[i].consumed)
			continue;
		for (size_t k = 0; k < step->expectation_count; k++) {
			if (!match_entry(g, p, i, step->expectations[k].pattern, NULL))
				continue;
			show_expected(g, f, step->expectations[k].pattern);
			show_actual(f, xml_root(p->inbox.entries[i].doc));
			add_matched(f, p->inbox.entries[i].number);
			return true;
		}
	}
	return false;
}

enum outcome expect_never(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	char span[32];
	struct player *p = stage_player(g, step->actor);
	int64_t since = clock_now(), deadline = step_end(g, step, since);
	const char *missing = unknown_value(g, step);
	if (missing)
		return not_known(p, f, missing);
	if (fence_send(g, p, &step->fence, &e))
		return finding_error(f, &e);
	for (;;) {
		if (forbidden(g, step, p, f))
			return finding_say(
				f, OUTCOME_NOT_MET, "%s got a stanza that it must never get", p->actor->name);
		if (fence_arrived(g, p, &step->fence, since))
			return OUTCOME_MET;
		if (device_ended(p)) {
			const struct err *why = device_error(p->device);
			return finding_say(f, OUTCOME_UNKNOWN, "%s lost its stream before the fence came%s%s",
				p->actor->name, why->class == ERR_NONE ? "" : ": ",
				why->class == ERR_NONE ? "" : why->message);
		}
		if (clock_now() >= deadline)
			return finding_say(f, OUTCOME_UNKNOWN,
				"the fence (%s) did not come within %s, so nothing is known",
				fence_kind_name(step->fence.kind), seconds_text(deadline - since, span));
		if (!stage_pump(g, pump_until(g, step, since, deadline), &e))
			return finding_error(f, &e);
	}
}

/* ---- is answered ---- */

/* Who may answer an iq (RFC 6120 section 8.1.2.1): whom it was sent to; for one without `to` the own account, also
 * written as no `from` at all. */
static bool answers_from(const struct player *p, const xmlNode *iq)
{
	const char *from = xml_attribute(iq, "from");
	AUTO_TEXT bare = memory_printf("%s@%s", p->config.user, p->config.domain);
	const char *full = device_jid(p->device);
	bool own = !from || strcmp(from, bare) == 0 || (full && strcmp(from, full) == 0) ||
		strcmp(from, p->config.domain) == 0;
	if (!p->asked_to)
		return own;
	if (!from)
		return strcmp(p->asked_to, bare) == 0 || strcmp(p->asked_to, p->config.domain) == 0;
	return strcasecmp(from, p->asked_to) == 0;
}

static size_t find_answer(const struct player *p)
{
	for (size_t i = p->answered_from; i < p->inbox.count; i++) {
		const xmlNode *root = xml_root(p->inbox.entries[i].doc);
		const char *id = xml_attribute(root, "id"), *type = xml_attribute(root, "type");
		if (p->inbox.entries[i].consumed || !xml_is(root, "iq", NULL) || !text_equal(id, p->asked_id))
			continue;
		if ((text_equal(type, "result") || text_equal(type, "error")) && answers_from(p, root))
			return i;
	}
	return p->inbox.count;
}

enum outcome expect_answer(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	char span[32];
	struct player *p = stage_player(g, step->actor);
	int64_t since = clock_now(), deadline = step_end(g, step, since);
	size_t at;
	const char *missing = unknown_value(g, step);
	if (missing)
		return not_known(p, f, missing);
	if (!p->asked_id)
		return finding_say(f, OUTCOME_UNKNOWN, "%s has asked nothing", p->actor->name);
	while ((at = find_answer(p)) == p->inbox.count) {
		if (device_ended(p))
			return ended(p, f);
		if (clock_now() >= deadline) {
			p->last_got = NULL;
			show_expected(g, f, step->expectations[0].pattern);
			return finding_say(f, OUTCOME_NOT_MET, "the request '%s' was not answered within %s",
				p->asked_id, seconds_text(deadline - since, span));
		}
		if (!stage_pump(g, deadline, &e))
			return finding_error(f, &e);
	}
	int64_t took = p->inbox.entries[at].when - p->asked_when;
	if (took > g->slowest)
		g->slowest = took;
	struct nearest nearest = { 0 };
	for (size_t k = 0; k < step->expectation_count; k++) {
		if (!match_entry(g, p, at, step->expectations[k].pattern, &nearest))
			continue;
		consume(p, at, f);
		if (step->expectations[k].verdict == ALTERNATIVE_WEAK)
			return finding_say(f, OUTCOME_MET_WEAKLY,
				"the answer is acceptable, but not what the specification recommends");
		return OUTCOME_MET;
	}
	p->inbox.entries[at].consumed = true;
	p->last_got = xml_root(p->inbox.entries[at].doc);
	show_expected(g, f, nearest.pattern);
	show_actual(f, nearest.stanza);
	snprintf(f->path, sizeof f->path, "%s", nearest.why.path);
	return finding_say(f, OUTCOME_NOT_MET, "the answer differs at %s: %s", nearest.why.path, nearest.why.message);
}

/* ---- is closed ---- */

enum outcome expect_closed(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	char span[32];
	struct player *p = stage_player(g, step->actor);
	int64_t since = clock_now(), deadline = step_end(g, step, since);
	while (!device_ended(p)) {
		if (clock_now() >= deadline)
			return finding_say(f, OUTCOME_NOT_MET, "the server did not end the stream of %s within %s",
				p->actor->name, seconds_text(deadline - since, span));
		if (!stage_pump(g, deadline, &e))
			return finding_error(f, &e);
	}
	if (!step->expectation_count)
		return OUTCOME_MET;
	struct search s = { .step = step, .player = p };
	if (search_either(g, &s, f))
		return OUTCOME_MET;
	return missed(g, &s, f, "the stream ended, but the error expected did not come");
}

/* ---- once ---- */

bool expect_repeated(struct stage *g, const struct step *step, struct finding *f)
{
	struct player *p = stage_player(g, step->actor);
	struct map saved = MAP_INIT;
	copy_map(&g->variables, &saved);
	bool again = forbidden(g, step, p, f);
	map_release(&g->variables);
	g->variables = saved;
	return again;
}

bool expect_quiet(struct stage *g, struct player *p)
{
	struct err e;
	const struct fence fence = { .kind = FENCE_IQ };
	int64_t deadline = clock_now() + g->step_deadline;
	if (device_state(p->device) != DEVICE_ONLINE || fence_send(g, p, &fence, &e))
		return false;
	while (!p->fence_came) {
		if (device_ended(p) || clock_now() >= deadline || !stage_pump(g, deadline, &e))
			return false;
	}
	return true;
}
