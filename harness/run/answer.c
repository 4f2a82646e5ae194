/* The answer to an iq: from whom it may come, and that there is one. */
#include "base/text.h"
#include "run/search.h"
#include <stdio.h>
#include <string.h>

/* Who may answer an iq (RFC 6120 section 8.1.2.1): whom it was sent to; for one without `to` the own account, also
 * written as no `from` at all. */
static bool answers_from(const struct player *p, const xmlNode *iq)
{
	const char *from = xml_attribute(iq, "from");
	AUTO_TEXT bare = player_bare(p);
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

/* Whether the mutation of this play has changed the answer, so that it must be looked for anew. */
static bool strike_answer(struct stage *g, const struct step *step, struct player *p, size_t at)
{
	for (size_t k = 0; k < step->expectation_count; k++) {
		bool aimed = strike_aims(g, step, k);
		if (search_matches(g, p, at, step->expectations[k].pattern, NULL))
			return aimed && strike_found(g, p, at);
	}
	return false;
}

/* Says what came instead of the answer: a stanza with the request's id or, where there is none, the nearest. */
static enum outcome unanswered(
	struct stage *g, const struct step *step, struct player *p, struct finding *f, const char *text)
{
	struct search s = { .step = step, .player = p };
	for (size_t i = p->answered_from; i < p->inbox.count; i++) {
		const xmlNode *root = xml_root(p->inbox.entries[i].doc);
		struct nearest one = { 0 };
		if (p->inbox.entries[i].consumed || search_matches(g, p, i, step->expectations[0].pattern, &one) ||
			!one.stanza)
			continue;
		if (text_equal(xml_attribute(root, "id"), p->asked_id)) {
			s.nearest = one;
			break;
		}
		if (!s.nearest.stanza || one.why.score > s.nearest.why.score)
			s.nearest = one;
	}
	return search_missed(g, &s, f, text);
}

enum outcome expect_answer(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	char span[32];
	struct player *p = stage_player(g, step->actor);
	int64_t since = clock_now(), deadline = search_end(g, step, since);
	size_t at;
	const char *missing = search_unknown_value(g, step);
	if (missing)
		return search_not_known(p, f, missing);
	if (!p->asked_id)
		return finding_say(f, OUTCOME_UNKNOWN, "%s has asked nothing", p->actor->name);
	while ((at = find_answer(p)) == p->inbox.count || strike_answer(g, step, p, at)) {
		if (at < p->inbox.count)
			continue;
		if (search_device_ended(p))
			return search_ended(p, f);
		deadline = strike_deadline(g, step, deadline);
		if (clock_now() >= deadline) {
			AUTO_TEXT text = memory_printf("the request '%s' was not answered within %s", p->asked_id,
				search_seconds(deadline - since, span));
			return unanswered(g, step, p, f, text);
		}
		if (!stage_pump(g, deadline, &e))
			return finding_error(f, &e);
	}
	int64_t took = p->inbox.entries[at].when - p->asked_when;
	if (took > g->slowest)
		g->slowest = took;
	struct nearest nearest = { 0 };
	for (size_t k = 0; k < step->expectation_count; k++) {
		if (!search_matches(g, p, at, step->expectations[k].pattern, &nearest))
			continue;
		search_consume(p, at, f);
		if (step->expectations[k].verdict == ALTERNATIVE_WEAK)
			return search_met_weakly(f, &nearest);
		return OUTCOME_MET;
	}
	p->inbox.entries[at].consumed = true;
	p->last_got = xml_root(p->inbox.entries[at].doc);
	search_show_expected(g, f, nearest.pattern);
	search_show_actual(f, nearest.stanza);
	snprintf(f->path, sizeof f->path, "%s", nearest.why.path);
	return finding_say(f, OUTCOME_NOT_MET, "the answer differs at %s: %s", nearest.why.path, nearest.why.message);
}

/* RFC 6120 section 8.2.3: a request has one answer. The one that was taken is known by its number. */
bool answer_repeated(const struct player *p, struct finding *f)
{
	const xmlNode *answer = NULL;
	for (size_t i = 0; i < p->inbox.count; i++) {
		const struct inbox_entry *entry = &p->inbox.entries[i];
		const xmlNode *root = xml_root(entry->doc);
		if (f->matched_count && entry->number == f->matched[0])
			answer = root;
		if (!answer || answer == root || entry->consumed || !xml_is(root, "iq", NULL))
			continue;
		const char *type = xml_attribute(root, "type");
		if (!text_equal(xml_attribute(root, "id"), xml_attribute(answer, "id")) ||
			!text_equal(xml_attribute(root, "from"), xml_attribute(answer, "from")) ||
			(!text_equal(type, "result") && !text_equal(type, "error")))
			continue;
		search_show_actual(f, root);
		search_add_matched(f, entry->number);
		return true;
	}
	return false;
}
