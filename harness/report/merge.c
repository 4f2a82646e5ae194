/* What the verdicts of one check come to over all repeats and against the baseline. */
#include "report/private.h"
#include <string.h>

static const char *const names[OUTCOMES] = { "pass", "weak", "fail", "unsupported", "inconclusive", "error", "known",
	"fixed", "not_run" };

const char *outcome_name(enum outcome o)
{
	return names[o];
}

int outcome_from_verdict(const char *name, enum outcome *o)
{
	for (int i = OUTCOME_PASS; i <= OUTCOME_ERROR; i++) {
		if (strcmp(names[i], name) == 0) {
			*o = (enum outcome)i;
			return 0;
		}
	}
	return -1;
}

/* A failure that was seen once outranks an error that hid a verdict another time: it is known, the rest is not. */
int outcome_rank(enum outcome o)
{
	switch (o) {
	case OUTCOME_NOT_RUN:
		return 0;
	case OUTCOME_UNSUPPORTED:
		return 1;
	case OUTCOME_PASS:
		return 2;
	case OUTCOME_FIXED:
		return 3;
	case OUTCOME_KNOWN:
		return 4;
	case OUTCOME_WEAK:
		return 5;
	case OUTCOME_INCONCLUSIVE:
		return 6;
	case OUTCOME_ERROR:
		return 7;
	case OUTCOME_FAIL:
		return 8;
	}
	return 0;
}

unsigned *results_count(struct results *r, enum outcome o)
{
	switch (o) {
	case OUTCOME_PASS:
		return &r->pass;
	case OUTCOME_WEAK:
		return &r->weak;
	case OUTCOME_FAIL:
		return &r->fail;
	case OUTCOME_UNSUPPORTED:
		return &r->unsupported;
	case OUTCOME_INCONCLUSIVE:
		return &r->inconclusive;
	case OUTCOME_ERROR:
		return &r->error;
	case OUTCOME_KNOWN:
		return &r->known;
	case OUTCOME_FIXED:
		return &r->fixed;
	case OUTCOME_NOT_RUN:
		break;
	}
	return &r->not_run;
}

static bool is_check_line(const json_t *event, const char *id)
{
	return strcmp(json_member_text(event, "e"), "check") == 0 && strcmp(json_member_text(event, "id"), id) == 0;
}

/* The verdict that one attempt gave the check: the worst of its lines, not_run without any. */
static void count_attempt(struct check_entry *check, struct attempt *attempt)
{
	enum outcome worst = OUTCOME_NOT_RUN, outcome;
	json_t *line = NULL;
	for (size_t i = 0; i < attempt->events.count; i++) {
		json_t *event = attempt->events.items[i];
		if (!is_check_line(event, check->id) ||
			outcome_from_verdict(json_member_text(event, "verdict"), &outcome))
			continue;
		if (!line || outcome_rank(outcome) > outcome_rank(worst)) {
			worst = outcome;
			line = event;
		}
	}
	check->counts[worst]++;
	if (!check->runs++ || outcome_rank(worst) > outcome_rank(check->observed)) {
		check->observed = worst;
		check->evidence = line;
		check->attempt = attempt;
	}
}

static bool can_be_known(enum outcome o)
{
	return o == OUTCOME_WEAK || o == OUTCOME_FAIL || o == OUTCOME_INCONCLUSIVE || o == OUTCOME_ERROR;
}

/* An expected verdict that came is known; one that did not come, because the check passed, is fixed. Anything else
 * keeps its verdict: a baseline never hides a failure that is of another kind than the one it tells of. */
static void apply_baseline(struct check_entry *check, const json_t *baseline)
{
	enum outcome expected;
	const json_t *entry = json_object_get(baseline, check->id);
	check->outcome = check->observed;
	if (outcome_from_verdict(json_member_text(entry, "verdict"), &expected) || !can_be_known(expected))
		return;
	check->expected_verdict = outcome_name(expected);
	check->reason = json_member_text(entry, "reason");
	check->link = json_member_text(entry, "link");
	check->expires = json_member_text(entry, "expires");
	check->pattern = json_member_text(entry, "pattern");
	if (check->observed == expected)
		check->outcome = OUTCOME_KNOWN;
	else if (check->observed == OUTCOME_PASS)
		check->outcome = OUTCOME_FIXED;
}

/* A pattern is still needed where anything that it names did not pass: then what it names and passes is no news. */
static bool pattern_is_needed(const struct model *m, const char *pattern)
{
	for (size_t i = 0; i < m->checks.count; i++) {
		const struct check_entry *check = m->checks.items[i];
		if (check->expected_verdict && strcmp(check->pattern, pattern) == 0 && can_be_known(check->observed))
			return true;
	}
	return false;
}

static void apply_patterns(struct model *m)
{
	for (size_t i = 0; i < m->checks.count; i++) {
		struct check_entry *check = m->checks.items[i];
		if (check->outcome == OUTCOME_FIXED && *check->pattern && pattern_is_needed(m, check->pattern))
			check->outcome = OUTCOME_PASS;
	}
}

void model_merge(struct model *m)
{
	for (size_t i = 0; i < m->scenarios.count; i++) {
		const struct scenario_entry *scenario = m->scenarios.items[i];
		for (size_t c = 0; c < scenario->checks.count; c++) {
			struct check_entry *check = scenario->checks.items[c];
			for (size_t a = 0; a < scenario->attempts.count; a++)
				count_attempt(check, scenario->attempts.items[a]);
			apply_baseline(check, m->baseline);
		}
	}
	apply_patterns(m);
}
