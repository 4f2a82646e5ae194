/* Steps that wait: what must come, what must not, and that a stream ends. */
#include "base/text.h"
#include "run/client.h"
#include "run/search.h"
#include <stdio.h>

#define FENCE_PATIENCE 4 /* times the deadline of a stanza */

/* A fence decides by itself, however slow the server is: so it is waited for longer than for what has none, where the step names no
 * time of its own. */
static int64_t fenced_until(const struct stage *g, const struct step *step, int64_t since)
{
	if (step->within || step->fence.kind == FENCE_SETTLED)
		return search_end(g, step, since);
	return since + FENCE_PATIENCE * g->step_deadline;
}

/* Until when to pump: the deadline, or the instant at which settling ends. */
static int64_t pump_until(const struct stage *g, const struct step *step, int64_t since, int64_t deadline)
{
	int64_t settled = step->fence.kind == FENCE_SETTLED ? fence_settled_at(g, step, since) : deadline;
	return settled < deadline ? settled : deadline;
}

/* What a client shows, a person may have to tell, who takes longer than a program. */
static int64_t told_until(const struct step *step, const struct player *p, int64_t since, int64_t deadline)
{
	return step->shown || step->fence.kind == FENCE_SHOWN ? client_until(p, since, deadline) : deadline;
}

/* What came is what was wanted: nothing hangs on the fence any more but that it has left no trace. */
static void await_fence(struct stage *g, struct player *p, const struct step *step, int64_t since, int64_t deadline)
{
	struct err ignored;
	while (!fence_arrived(g, p, step, since) && !search_device_ended(p) &&
		clock_now() < told_until(step, p, since, deadline))
		if (!stage_pump(g, told_until(step, p, since, deadline), &ignored))
			return;
}

enum outcome expect_gets(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	char span[32], text[96];
	struct player *p = stage_player(g, step->actor);
	struct search s = { .step = step, .player = p };
	int64_t since = clock_now(), deadline = search_end(g, step, since);
	bool fenced = false;
	if (search_inbox(g, &s, f))
		goto decided;
	fenced = step->fence.kind != FENCE_NONE;
	if (fenced)
		deadline = fenced_until(g, step, since);
	if (fenced && fence_send(g, p, &step->fence, &e))
		return finding_error(f, &e);
	for (;;) {
		if (search_inbox(g, &s, f))
			goto decided;
		if (fenced && fence_arrived(g, p, step, since))
			return search_missed(g, &s, f, "did not come before the fence that was sent after it");
		if (search_rightly_ended(p))
			return OUTCOME_MET;
		if (p->fetched && search_device_ended(p))
			return search_missed(g, &s, f, "the answer was another one");
		if (search_device_ended(p))
			return search_ended(p, f);
		deadline = strike_deadline(g, step, deadline);
		int64_t until = told_until(step, p, since, deadline);
		if (clock_now() >= until) {
			snprintf(text, sizeof text, "did not come within %s", search_seconds(until - since, span));
			return search_missed(g, &s, f, text);
		}
		if (!stage_pump(g, pump_until(g, step, since, until), &e))
			return finding_error(f, &e);
	}
decided:
	if (fenced && fence_leaves_traces(step->fence.kind))
		await_fence(g, p, step, since, deadline);
	if (s.outcome == OUTCOME_NOT_MET)
		return search_missed(g, &s, f, "the next stanza is another one");
	if (s.outcome == OUTCOME_MET_WEAKLY)
		return search_met_weakly(f, &s.nearest);
	return s.outcome;
}

/* ---- never ---- */

static bool forbidden(struct stage *g, const struct step *step, struct player *p, struct finding *f)
{
	for (size_t i = 0; i < p->inbox.count; i++) {
		if (p->inbox.entries[i].consumed)
			continue;
		for (size_t k = 0; k < step->expectation_count; k++) {
			if (!search_matches(g, p, i, step->expectations[k].pattern, NULL))
				continue;
			search_show_expected(g, f, step->expectations[k].pattern);
			search_show_actual(f, xml_root(p->inbox.entries[i].doc));
			search_add_matched(f, p->inbox.entries[i].number);
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
	int64_t since = clock_now(), deadline = fenced_until(g, step, since);
	const char *missing = search_unknown_value(g, step);
	if (missing)
		return search_not_known(p, f, missing);
	strike_never(g, step, p);
	if (fence_send(g, p, &step->fence, &e))
		return finding_error(f, &e);
	for (;;) {
		if (forbidden(g, step, p, f))
			return finding_say(f, OUTCOME_NOT_MET,
				!p->actor->client     ? "%s got a stanza that it must never get"
					: step->shown ? "%s showed what it must never show"
						      : "%s sent a stanza that it must never send",
				p->actor->name);
		if (fence_arrived(g, p, step, since))
			return OUTCOME_MET;
		if (search_rightly_ended(p))
			return OUTCOME_MET;
		if (search_device_ended(p)) {
			const struct err *why = device_error(p->device);
			return finding_say(f, OUTCOME_UNKNOWN, "%s lost its stream before the fence came%s%s",
				p->actor->name, why->class == ERR_NONE ? "" : ": ",
				why->class == ERR_NONE ? "" : why->message);
		}
		int64_t until = told_until(step, p, since, deadline);
		if (clock_now() >= until)
			return finding_say(f, OUTCOME_UNKNOWN,
				"the fence (%s) did not come within %s, so nothing is known",
				fence_kind_name(step->fence.kind), search_seconds(until - since, span));
		if (!stage_pump(g, pump_until(g, step, since, until), &e))
			return finding_error(f, &e);
	}
}

/* ---- is closed ---- */

enum outcome expect_closed(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	char span[32];
	struct player *p = stage_player(g, step->actor);
	int64_t since = clock_now(), deadline = search_end(g, step, since);
	bool kept_open = strike_step(g, step, MUTATION_KEPT_OPEN);
	while (kept_open || !search_device_ended(p)) {
		deadline = strike_deadline(g, step, deadline);
		if (clock_now() >= deadline)
			return finding_say(f, OUTCOME_NOT_MET, "the server did not end the stream of %s within %s",
				p->actor->name, search_seconds(deadline - since, span));
		if (!stage_pump(g, deadline, &e))
			return finding_error(f, &e);
	}
	struct search s = { .step = step, .player = p };
	if (search_rightly_ended(p))
		return OUTCOME_MET;
	if (step->expectation_count && !search_either(g, &s, f))
		return search_missed(g, &s, f, "the stream ended, but the error expected did not come");
	BUF_AUTO ending = BUF_INIT;
	device_fact(p->device, "stream.end", &ending);
	if (step->cleanly && (!text_equal(buf_text(&ending), "tag") || strike_step(g, step, MUTATION_NO_TAG)))
		return finding_say(
			f, OUTCOME_NOT_MET, "the stream of %s ended without </stream:stream>", p->actor->name);
	return OUTCOME_MET;
}

/* ---- once, and an answer once ---- */

bool expect_repeated(struct stage *g, const struct step *step, struct finding *f)
{
	struct player *p = stage_player(g, step->actor);
	if (step->kind == STEP_ANSWERED)
		return answer_repeated(p, f);
	struct map saved = MAP_INIT;
	map_copy(&g->variables, &saved);
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
	/* Without a session there is no fence but the end of the stream, behind which nothing comes (RFC 6120 section 4.4). */
	if (device_state(p->device) == DEVICE_UNBOUND) {
		device_close(p->device);
		while (!search_device_ended(p))
			if (clock_now() >= deadline || !stage_pump(g, deadline, &e))
				return false;
		return true;
	}
	if (device_state(p->device) != DEVICE_ONLINE || fence_send(g, p, &fence, &e))
		return false;
	while (!p->fence_came) {
		if (search_device_ended(p) || clock_now() >= deadline || !stage_pump(g, deadline, &e))
			return false;
	}
	return true;
}
