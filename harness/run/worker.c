#include "run/worker.h"
#include "base/clock.h"
#include "base/text.h"
#include "run/client.h"
#include "run/plan.h"
#include "run/provision.h"
#include "run/steps.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CLEAN_UP (10 * CLOCK_SECOND) /* for the postamble and for giving accounts back */

struct pending { /* a `once` check or an answer that was met, until the end shows that nothing came again */
	const struct step *step;
	size_t index;
	struct finding finding;
};

struct play {
	struct stage stage;
	struct voice voice;
	const struct worker_task *task;
	enum verdict worst;
	char message[1024]; /* the first that is not a pass */
	char postamble[1024];
	const char *by; /* the client whose step went wrong, where it was no check; or NULL */
	struct pending *pending;
	size_t pending_count;
	size_t checks_done;
};

static enum verdict verdict_of(enum outcome o, const struct check *check, bool raised)
{
	switch (o) {
	case OUTCOME_MET:
		return VERDICT_PASS;
	case OUTCOME_MET_WEAKLY:
		return VERDICT_WEAK;
	case OUTCOME_UNKNOWN:
		return VERDICT_INCONCLUSIVE;
	case OUTCOME_UNSUPPORTED:
		return VERDICT_UNSUPPORTED;
	case OUTCOME_ERROR:
		return VERDICT_ERROR;
	case OUTCOME_NOT_MET:
		break;
	}
	if (raised)
		return VERDICT_FAIL;
	switch (check->level) {
	case LEVEL_MUST:
		return VERDICT_FAIL;
	case LEVEL_SHOULD:
		return VERDICT_WEAK;
	case LEVEL_MAY:
	case LEVEL_NONE:
		break;
	}
	return VERDICT_UNSUPPORTED; /* a MAY that is not used */
}

int verdict_severity(enum verdict v)
{
	switch (v) {
	case VERDICT_PASS:
		return 1;
	case VERDICT_UNSUPPORTED:
		return 0;
	case VERDICT_WEAK:
		return 2;
	case VERDICT_INCONCLUSIVE:
		return 3;
	case VERDICT_FAIL:
		return 4;
	case VERDICT_ERROR:
		return 5;
	}
	return 5;
}

static void tell(struct play *p, size_t index, const struct step *step, const struct finding *f)
{
	if (!scenario_check_selected(p->task->scenario, index, p->task->checks))
		return;
	journal_check(&p->voice, p->task->scenario, index, step, f);
	if (verdict_severity(f->verdict) > verdict_severity(p->worst))
		p->worst = f->verdict;
	if (f->verdict != VERDICT_PASS && !*p->message)
		snprintf(p->message, sizeof p->message, "%s", f->message);
}

/* Gives every check from `from` on the same verdict. When the operator stopped the run they have none: the report
 * says that they did not run. */
static void tell_rest(struct play *p, size_t from, enum verdict verdict, const char *message)
{
	if (p->stage.stop)
		return;
	struct finding f = { .verdict = verdict, .by = p->by };
	snprintf(f.message, sizeof f.message, "%s", message);
	for (size_t i = from; i < scenario_checks(p->task->scenario); i++)
		tell(p, i, scenario_check(p->task->scenario, i), &f);
}

static bool is_raised(const struct play *p, const struct check *check)
{
	return check->level != LEVEL_MUST && check->must_if &&
		plan_advertised(p->task->systems[SYSTEM_TESTED].features, check->must_if);
}

static void play_check(struct play *p, const struct step *step)
{
	struct finding f = { 0 };
	int64_t begin = clock_now();
	enum outcome o = step_play(&p->stage, step, &f);
	f.took = clock_now() - begin;
	f.raised = is_raised(p, &step->check);
	f.verdict = verdict_of(o, &step->check, f.raised);
	if (p->stage.stop && f.verdict == VERDICT_ERROR) {
		finding_release(&f);
		return;
	}
	size_t index = p->checks_done++;
	if (f.verdict == VERDICT_PASS && (step->once || step->kind == STEP_ANSWERED)) {
		p->pending[p->pending_count++] = (struct pending){ step, index, f };
		return;
	}
	tell(p, index, step, &f);
	finding_release(&f);
}

/* Plays a step that is no check. False: the body ends here, and the checks that are left get `rest`. */
static bool play_plain(struct play *p, const struct step *step, enum verdict *rest, char *why, size_t size)
{
	struct finding f = { 0 };
	char shown[640];
	enum outcome o = step_play(&p->stage, step, &f);
	snprintf(shown, sizeof shown, "%.620s", f.message);
	if (o != OUTCOME_MET && o != OUTCOME_MET_WEAKLY) {
		snprintf(why, size, "line %d (%.200s) went wrong before: %s", step->position.line, step->source, shown);
		journal_note(&p->voice, step->actor ? step->actor->name : NULL, f.message);
	}
	if (o == OUTCOME_NOT_MET && p->task->scenario->scansion) {
		f.verdict = VERDICT_FAIL;
		tell(p, p->checks_done++, step, &f);
	}
	finding_release(&f);
	switch (o) {
	case OUTCOME_MET:
	case OUTCOME_MET_WEAKLY:
		return true;
	case OUTCOME_NOT_MET:
	case OUTCOME_UNKNOWN:
		*rest = VERDICT_INCONCLUSIVE;
		return false;
	case OUTCOME_UNSUPPORTED:
		*rest = VERDICT_UNSUPPORTED;
		return false;
	case OUTCOME_ERROR:
		*rest = VERDICT_ERROR;
		return false;
	}
	return false;
}

/* What was to come only once is looked at when everything that could come has come. */
static void settle_pending(struct play *p)
{
	bool quiet[256] = { false };
	for (size_t i = 0; i < p->pending_count; i++) {
		struct pending *one = &p->pending[i];
		size_t actor = one->step->actor->index;
		if (actor < sizeof quiet && !quiet[actor])
			quiet[actor] = expect_quiet(&p->stage, stage_player(&p->stage, one->step->actor));
		if (expect_repeated(&p->stage, one->step, &one->finding)) {
			one->finding.again = true;
			one->finding.verdict = verdict_of(OUTCOME_NOT_MET, &one->step->check, one->finding.raised);
			finding_say(&one->finding, OUTCOME_NOT_MET, "%s got it again, although it was to come once",
				one->step->actor->name);
		}
		tell(p, one->index, one->step, &one->finding);
		finding_release(&one->finding);
	}
	p->pending_count = 0;
}

static void play_body(struct play *p)
{
	const struct scenario *s = p->task->scenario;
	char why[1024];
	for (size_t i = 0; i < s->finally; i++) {
		const struct step *step = &s->steps[i];
		enum verdict rest = VERDICT_INCONCLUSIVE;
		stage_refresh(&p->stage);
		journal_step(&p->voice, step);
		if (step->check.level != LEVEL_NONE) {
			play_check(p, step);
			if (p->stage.stop || (p->task->mutation && p->task->mutation->step == step))
				break;
		} else if (!play_plain(p, step, &rest, why, sizeof why)) {
			settle_pending(p);
			p->by = step->actor && step->actor->client ? step->actor->name : NULL;
			tell_rest(p, p->checks_done, rest, why);
			return;
		}
	}
	settle_pending(p);
	if (s->scansion && p->checks_done == 0)
		tell(p, 0, NULL, &(struct finding){ .verdict = VERDICT_PASS });
}

/* The postamble always runs; what goes wrong in it is told, but is no verdict. A device that is not online any more
 * cannot take part. */
static void play_postamble(struct play *p)
{
	const struct scenario *s = p->task->scenario;
	p->stage.stop = false;
	p->stage.end = clock_now() + CLEAN_UP;
	for (size_t i = s->finally; i < s->step_count; i++) {
		const struct step *step = &s->steps[i];
		struct finding f = { 0 };
		stage_refresh(&p->stage);
		journal_step(&p->voice, step);
		enum outcome o = step_play(&p->stage, step, &f);
		if (o != OUTCOME_MET && o != OUTCOME_MET_WEAKLY && !*p->postamble)
			snprintf(p->postamble, sizeof p->postamble, "line %d: %.900s", step->position.line, f.message);
		finding_release(&f);
	}
}

static void control_ended(void *context)
{
	struct stage *g = context;
	g->stop = true;
	driver_watch(g->driver, -1, NULL, NULL);
}

static void play_on_stage(struct play *p, struct driver *driver, struct scenario_account *accounts, int control)
{
	const struct worker_task *task = p->task;
	struct stage *g = &p->stage;
	char remark[160] = "";
	g->scenario = task->scenario;
	g->systems = task->systems;
	g->driver = driver;
	g->voice = &p->voice;
	g->step_deadline = task->step_deadline;
	g->end = clock_now() + task->scenario_deadline;
	g->strike.mutation = task->mutation;
	stage_open(g, accounts);
	driver_watch(driver, control, control_ended, g);
	journal_scenario(&p->voice, task->scenario, &g->variables, task->repeat, task->checks);
	p->pending = memory_alloc((scenario_checks(task->scenario) + 1) * sizeof *p->pending);
	play_body(p);
	if (task->mutation)
		journal_strike(&p->voice, g->strike.state);
	play_postamble(p);
	free(p->pending);
	client_retire_all(g, remark, sizeof remark);
	if (!*p->postamble)
		snprintf(p->postamble, sizeof p->postamble, "%s", remark);
	stage_close(g, CLOCK_SECOND);
}

static enum verdict verdict_of_error(const struct err *e)
{
	struct finding f = { 0 };
	return verdict_of(finding_error(&f, e) == OUTCOME_ERROR ? OUTCOME_ERROR : OUTCOME_UNKNOWN, NULL, false);
}

void worker_play(const struct worker_task *task, int descriptor, int control)
{
	struct err e;
	const struct scenario *s = task->scenario;
	int64_t begin = clock_now();
	struct play p = { .task = task, .worst = VERDICT_UNSUPPORTED };
	p.voice = (struct voice){ .descriptor = descriptor,
		.number = task->number,
		.begin = task->begin,
		.trace = task->trace,
		.silent = task->mutation != NULL,
		.label = s->id };
	struct driver *driver = driver_new(task->driver, &e);
	/* Accounts are made and given back natively, whoever plays. */
	bool native = strcmp(task->driver, "native") == 0;
	struct driver *clerk = !driver || native ? driver : driver_new("native", &e);
	struct scenario_account *accounts = NULL;
	const struct system *systems = task->systems;
	struct account_wish *wishes = memory_alloc((s->account_count + 1) * sizeof *wishes);
	for (size_t i = 0; i < s->account_count; i++)
		wishes[i] = (struct account_wish){ s->accounts[i].name, system_of(systems, s->accounts[i].peer)->target,
			task->leased ? task->leased[i] : NULL };
	struct map none = MAP_INIT;
	char reason[512], text[sizeof e.where + sizeof e.message + 4];
	provision_token(p.stage.token);
	if (!clerk) {
		journal_scenario(&p.voice, s, &none, task->repeat, task->checks);
		tell_rest(&p, 0, VERDICT_ERROR, e.message);
	} else if (!plan_applies(s, systems, driver_capabilities(driver, systems[SYSTEM_TESTED].target->transport),
			   task->driver, reason, sizeof reason)) {
		journal_scenario(&p.voice, s, &none, task->repeat, task->checks);
		tell_rest(&p, 0, VERDICT_UNSUPPORTED, reason);
	} else if (provision_make(clerk, wishes, s->account_count, p.stage.token, clock_now() + 3 * task->step_deadline,
			   &accounts, &e)) {
		journal_scenario(&p.voice, s, &none, task->repeat, task->checks);
		err_format(&e, text, sizeof text);
		tell_rest(&p, 0, verdict_of_error(&e), text);
	} else {
		play_on_stage(&p, driver, accounts, control);
		int64_t deadline = clock_now() + CLEAN_UP;
		if ((provision_remove(clerk, accounts, s->account_count, deadline, &e) ||
			    provision_restore(clerk, accounts, s->account_count, deadline, &e)) &&
			!*p.postamble)
			snprintf(p.postamble, sizeof p.postamble, "%.900s", e.message);
		provision_release(accounts, s->account_count);
	}
	journal_end(&p.voice, p.worst, p.message, clock_now() - begin, *p.postamble ? p.postamble : "ok",
		driver ? driver_idle(driver) : 0);
	if (!native)
		driver_free(clerk);
	driver_free(driver);
	free(wishes);
}
