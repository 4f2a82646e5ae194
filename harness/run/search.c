#include "run/search.h"
#include "base/text.h"
#include "script/contract.h"
#include "xml/redact.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *redacted(const xmlNode *node)
{
	struct buf out = BUF_INIT;
	redact_print(node, &out);
	buf_add_text(&out, "");
	return buf_take(&out);
}

void search_show_expected(struct stage *g, struct finding *f, const struct pattern *pattern)
{
	struct buf out = BUF_INIT;
	pattern_print(pattern, &g->variables, &out);
	buf_add_text(&out, "");
	redact_text(&out);
	free(f->expected);
	f->expected = buf_take(&out);
}

void search_show_actual(struct finding *f, const xmlNode *stanza)
{
	free(f->actual);
	f->actual = redacted(stanza);
}

/* What a client shows and what it sends are apart: the one is never nearest to the other. */
static bool same_kind(const struct pattern *pattern, const xmlNode *element)
{
	return text_equal(xml_ns(pattern_element(pattern)), NS_SHOWN) == text_equal(xml_ns(element), NS_SHOWN);
}

bool search_matches(
	struct stage *g, struct player *p, size_t index, const struct pattern *pattern, struct nearest *nearest)
{
	const xmlNode *root = xml_root(p->inbox.entries[index].doc);
	struct mismatch why = { 0 };
	if (!same_kind(pattern, root))
		return false;
	AUTO_TEXT bare = player_bare(p);
	map_set(&g->variables, "self", bare);
	if (pattern_match(pattern, root, &g->variables, &why))
		return true;
	/* Background is not what anybody looked for, unless its element is the one. */
	if (p->inbox.entries[index].background && why.score == 0)
		return false;
	/* Of two that are equally near, the later one, as the earlier may be what there was before; of two alternatives the first. */
	if (nearest &&
		(!nearest->stanza || why.score > nearest->why.score ||
			(why.score == nearest->why.score && root != nearest->stanza)))
		*nearest = (struct nearest){ root, pattern, why };
	return false;
}

/* As above, and where the mutation of this play strikes what was found, once more. */
static bool match_struck(struct stage *g, const struct step *step, struct player *p, size_t index, size_t expectation,
	struct nearest *nearest)
{
	const struct pattern *pattern = step->expectations[expectation].pattern;
	bool aimed = strike_aims(g, step, expectation);
	if (!search_matches(g, p, index, pattern, nearest))
		return false;
	if (!aimed || !strike_found(g, p, index))
		return true;
	return !p->inbox.entries[index].consumed && search_matches(g, p, index, pattern, nearest);
}

void search_add_matched(struct finding *f, size_t number)
{
	if (f->matched_count < sizeof f->matched / sizeof *f->matched)
		f->matched[f->matched_count++] = number;
}

void search_consume(struct player *p, size_t index, struct finding *f)
{
	struct inbox_entry *entry = &p->inbox.entries[index];
	entry->consumed = true;
	p->last_got = xml_root(entry->doc);
	p->last_time = entry->when;
	search_add_matched(f, entry->number);
}

static bool search_in_turn(struct stage *g, struct search *s, struct finding *f)
{
	struct inbox *b = &s->player->inbox;
	while (s->done < s->step->expectation_count && s->from < b->count) {
		size_t i = s->from++;
		if (b->entries[i].consumed)
			continue;
		if (!match_struck(g, s->step, s->player, i, s->done, &s->nearest)) {
			strike_let_go(g, s->step, s->player, i);
			continue;
		}
		search_consume(s->player, i, f);
		s->nearest = (struct nearest){ 0 };
		s->done++;
	}
	s->outcome = OUTCOME_MET;
	return s->done == s->step->expectation_count;
}

bool search_either(struct stage *g, struct search *s, struct finding *f)
{
	struct inbox *b = &s->player->inbox;
	for (; s->from < b->count; s->from++) {
		if (b->entries[s->from].consumed)
			continue;
		for (size_t k = 0; k < s->step->expectation_count; k++) {
			const struct expectation *x = &s->step->expectations[k];
			if (!match_struck(g, s->step, s->player, s->from, k, &s->nearest))
				continue;
			search_consume(s->player, s->from, f);
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
	if (k > s->done) { /* what is nearest is asked of the one that is missing */
		s->done = k;
		s->nearest = (struct nearest){ 0 };
	}
	for (size_t i = 0; i < b->count; i++) {
		bool taken = b->entries[i].consumed;
		for (size_t j = 0; j < k; j++)
			taken |= chosen[j] == i;
		if (taken)
			continue;
		struct map saved = MAP_INIT;
		map_copy(&g->variables, &saved);
		chosen[k] = i;
		if (search_matches(
			    g, s->player, i, s->step->expectations[k].pattern, k == s->done ? &s->nearest : NULL) &&
			assign(g, s, k + 1, chosen)) {
			map_release(&saved);
			return true;
		}
		map_release(&g->variables);
		g->variables = saved;
	}
	return false;
}

static bool search_together(struct stage *g, struct search *s, struct finding *f)
{
	size_t count = s->step->expectation_count;
	if (s->seen == s->player->inbox.count && s->seen)
		return false;
	s->seen = s->player->inbox.count;
	s->done = 0;
	s->nearest = (struct nearest){ 0 };
	size_t *chosen = memory_alloc((count + 1) * sizeof *chosen);
	bool aimed = false;
	for (size_t k = 0; k < count && !aimed; k++)
		aimed = strike_aims(g, s->step, k);
	bool found = assign(g, s, 0, chosen);
	if (found && aimed && strike_found(g, s->player, chosen[g->strike.mutation->expectation])) {
		s->done = 0;
		s->nearest = (struct nearest){ 0 };
		found = assign(g, s, 0, chosen);
	}
	for (size_t k = 0; found && k < count; k++)
		search_consume(s->player, chosen[k], f);
	free(chosen);
	s->outcome = OUTCOME_MET;
	return found;
}

/* The very next stanza decides. */
static bool search_next(struct stage *g, struct search *s, struct finding *f)
{
	while (s->done < s->step->expectation_count) {
		size_t i = inbox_next(&s->player->inbox, 0);
		while (i < s->player->inbox.count &&
			!same_kind(s->step->expectations[s->done].pattern, xml_root(s->player->inbox.entries[i].doc)))
			i = inbox_next(&s->player->inbox, i + 1);
		if (i == s->player->inbox.count)
			return false;
		if (!match_struck(g, s->step, s->player, i, s->done, &s->nearest)) {
			if (s->player->inbox.entries[i].consumed)
				continue; /* it was taken away: the one behind it is next */
			s->outcome = OUTCOME_NOT_MET;
			return true;
		}
		search_consume(s->player, i, f);
		s->done++;
	}
	s->outcome = OUTCOME_MET;
	return true;
}

bool search_inbox(struct stage *g, struct search *s, struct finding *f)
{
	if (s->step->next)
		return search_next(g, s, f);
	if (s->step->either)
		return search_either(g, s, f);
	if (s->step->together)
		return search_together(g, s, f);
	return search_in_turn(g, s, f);
}

enum outcome search_met_weakly(struct finding *f, const struct nearest *nearest)
{
	if (!nearest->stanza)
		return finding_say(
			f, OUTCOME_MET_WEAKLY, "what came is acceptable, but not what the specification recommends");
	return finding_say(f, OUTCOME_MET_WEAKLY,
		"what came is acceptable, but differs from what the specification recommends at %s: %s",
		nearest->why.path, nearest->why.message);
}

/* Says why a step failed: what was nearest to it. */
enum outcome search_missed(struct stage *g, struct search *s, struct finding *f, const char *end)
{
	const struct step *step = s->step;
	const struct pattern *wanted = s->nearest.pattern;
	char which[64] = "";
	if (!wanted)
		wanted = step->expectations[s->done < step->expectation_count ? s->done : 0].pattern;
	s->player->last_got = NULL; /* a `got` that follows must not judge an older stanza */
	if (step->expectation_count > 1 && !step->either && !step->next)
		snprintf(which, sizeof which, "stanza %zu of %zu: ", s->done + 1, step->expectation_count);
	search_show_expected(g, f, wanted);
	if (!s->nearest.stanza)
		return finding_say(
			f, OUTCOME_NOT_MET, "%s%s; nothing else had come that no earlier step took", which, end);
	search_show_actual(f, s->nearest.stanza);
	snprintf(f->path, sizeof f->path, "%s", s->nearest.why.path);
	return finding_say(f, OUTCOME_NOT_MET, "%s%s; the nearest of what came differs at %s: %s", which, end,
		s->nearest.why.path, s->nearest.why.message);
}

bool search_device_ended(const struct player *p)
{
	enum device_state state = device_state(p->device);
	return state == DEVICE_CLOSED || state == DEVICE_FAILED || state == DEVICE_IDLE;
}

bool search_rightly_ended(const struct player *p)
{
	return p->may_end && search_device_ended(p) && p->inbox.count == p->may_end_from;
}

/* What it means for a waiting step that the connection is gone. */
enum outcome search_ended(const struct player *p, struct finding *f)
{
	const struct err *e = device_error(p->device);
	if (p->actor->client && e->class != ERR_NONE) /* its adapter has ended: whose fault that is, it says */
		return finding_error(f, e);
	if (p->home->name) /* what the second target does to its own people says nothing about the one under test */
		return finding_say(
			f, OUTCOME_UNKNOWN, "%s, at the second target, is not online any more", p->actor->name);
	if (e->class == ERR_CONNECTION)
		return finding_say(
			f, OUTCOME_UNKNOWN, "%s lost its connection while waiting: %s", p->actor->name, e->message);
	if (e->class != ERR_NONE)
		return finding_say(f, OUTCOME_NOT_MET, "the server ended the stream of %s instead: %s", p->actor->name,
			e->message);
	return finding_say(f, OUTCOME_NOT_MET, "%s is not online: its stream was closed", p->actor->name);
}

int64_t search_end(const struct stage *g, const struct step *step, int64_t since)
{
	return since + (step->within ? step->within : g->step_deadline);
}

const char *search_seconds(int64_t span, char out[32])
{
	snprintf(out, 32, "%g s", (double)(span / CLOCK_MILLISECOND) / 1000.0);
	return out;
}

/* A value that an earlier step has not set: then what the step waits for is not known, and nothing can be said of the
 * system under test. What one pattern of the step binds may be used by the next. */
const char *search_unknown_value(const struct stage *g, const struct step *step)
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

enum outcome search_not_known(struct player *p, struct finding *f, const char *name)
{
	p->last_got = NULL;
	return finding_say(
		f, OUTCOME_UNKNOWN, "the value of ${%s} is not known, because no earlier step could set it", name);
}
