/* The parent: starts a worker for each scenario, keeps their number and their time, writes what they say into the
 * journal, and never speaks to the network itself. */
#include "base/clock.h"
#include "base/text.h"
#include "driver/driver.h"
#include "run/client.h"
#include "run/journal.h"
#include "run/plan.h"
#include "run/record.h"
#include "run/run.h"
#include "run/worker.h"
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define STEP_DEFAULT     (5 * CLOCK_SECOND)
#define SCENARIO_DEFAULT (60 * CLOCK_SECOND)
#define PERSON_ANSWERS   20                  /* of a person who operates the client, that a scenario has time for */
#define GRACE            (15 * CLOCK_SECOND) /* a worker's own clean-up, before it is ended */
#define JOBS_PER_CORE    4
#define JOBS_AT_MOST     64

struct plan_entry {
	const struct scenario *scenario;
	const struct mutation *mutation; /* or NULL */
	unsigned repeat;
};

struct worker {
	pid_t pid;
	int pipe, control; /* what it says; closing `control` asks it to stop */
	struct buf input;
	const struct plan_entry *entry;
	unsigned number;
	int64_t begin, end;            /* when it started, when it is ended by force */
	bool *told;                    /* checks that have their verdict */
	bool ended;                    /* its end line came */
	struct mutation_result result; /* where it plays a mutation */
	enum verdict worst;            /* of its checks, but for the known */
	char message[512];
	struct target_account **leased;
};

struct runner {
	const struct run_options *options;
	struct system systems[SYSTEMS];
	struct features features[SYSTEMS];
	struct journal journal;
	struct plan_entry *plan;
	size_t planned, started, done;
	struct worker *workers; /* `jobs` of them; pid 0 is free */
	unsigned jobs, running;
	struct run_totals *totals;
	int signals; /* signalfd */
	bool stop;   /* no more are started */
	int64_t began;
	struct err *error; /* the first fault of the journal */
	bool broken;
};

static void append(struct runner *r, const char *json, size_t length)
{
	if (r->options->mutations)
		return; /* what a mutated scenario does is no evidence about the target */
	if (!r->broken && journal_append(&r->journal, json, length, r->error))
		r->broken = r->stop = true;
}

static void append_object(struct runner *r, json_t *object)
{
	char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(12));
	json_decref(object);
	if (text)
		append(r, text, strlen(text));
	free(text);
}

/* ---- workers ---- */

/* In the child: its own process group, default signals, nothing of the parent's but the two pipes. */
static void become_worker(struct runner *r)
{
	setpgid(0, 0);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGINT, SIG_IGN);
	for (unsigned i = 0; i < r->jobs; i++) {
		if (!r->workers[i].pid)
			continue;
		close(r->workers[i].pipe);
		close(r->workers[i].control);
	}
	close(r->signals);
	journal_close(&r->journal);
}

static struct target *account_target(const struct runner *r, const struct scenario *s, size_t account)
{
	return system_of(r->systems, s->accounts[account].peer)->target;
}

/* Leases an account for each of the scenario's, or none at all; none for those that are made. Those that a scansion script was mapped to come first. */
static struct target_account **lease_accounts(struct runner *r, const struct scenario *s)
{
	static const char *const roles[] = { NULL, "owner", "contact", "stranger" };
	struct target_account **leased = memory_alloc((s->account_count + 1) * sizeof *leased);
	bool all = true;
	for (size_t i = 0; s->scansion && i < s->account_count; i++)
		leased[i] = target_lease_user(r->systems[SYSTEM_TESTED].target, s->accounts[i].name);
	for (size_t i = 0; i < s->account_count; i++) {
		struct target *t = account_target(r, s, i);
		if (t->provisioning != PROVISION_FIXED)
			continue;
		if (!leased[i])
			leased[i] = target_lease(t, roles[s->accounts[i].role]);
		all &= leased[i] != NULL;
	}
	if (all)
		return leased;
	for (size_t i = 0; i < s->account_count; i++)
		target_return(account_target(r, s, i), leased[i]);
	free(leased);
	return NULL;
}

static void return_accounts(struct runner *r, struct worker *w)
{
	for (size_t i = 0; w->leased && i < w->entry->scenario->account_count; i++)
		target_return(account_target(r, w->entry->scenario, i), w->leased[i]);
	free(w->leased);
	w->leased = NULL;
}

static int64_t scenario_limit(const struct run_options *options)
{
	if (options->scenario_deadline)
		return options->scenario_deadline;
	return SCENARIO_DEFAULT + (options->client ? CLIENT_START + PERSON_ANSWERS * options->client->slow : 0);
}

static int start_worker(
	struct runner *r, struct worker *w, const struct plan_entry *entry, struct target_account **leased)
{
	int out[2] = { -1, -1 }, control[2] = { -1, -1 };
	if (pipe2(out, O_CLOEXEC) || pipe2(control, O_CLOEXEC))
		goto failed;
	fflush(NULL);
	pid_t pid = fork();
	if (pid < 0)
		goto failed;
	if (pid == 0) {
		become_worker(r);
		close(out[0]);
		close(control[1]);
		const struct worker_task task = { .scenario = entry->scenario,
			.systems = { r->systems[SYSTEM_TESTED], r->systems[SYSTEM_PEER] },
			.driver = r->options->driver,
			.step_deadline = r->options->step_deadline ? r->options->step_deadline : STEP_DEFAULT,
			.scenario_deadline = scenario_limit(r->options),
			.begin = r->journal.begin,
			.number = (unsigned)r->started + 1,
			.repeat = entry->repeat,
			.trace = r->options->trace,
			.checks = r->options->checks,
			.mutation = entry->mutation,
			.leased = leased };
		worker_play(&task, out[1], control[0]);
		fflush(NULL);
		_exit(0);
	}
	setpgid(pid, pid);
	close(out[1]);
	close(control[0]);
	int64_t limit = scenario_limit(r->options) + GRACE;
	*w = (struct worker){ .pid = pid,
		.pipe = out[0],
		.control = control[1],
		.entry = entry,
		.number = (unsigned)++r->started,
		.begin = clock_now(),
		.end = clock_now() + limit,
		.leased = leased,
		.result = { .verdict = VERDICT_ERROR },
		.told = memory_alloc(scenario_checks(entry->scenario) + 1),
		.worst = VERDICT_UNSUPPORTED };
	r->running++;
	return 0;
failed:
	err_set(r->error, ERR_ENVIRONMENT, NULL, "no worker can be started: %s", strerror(errno));
	for (int i = 0; i < 2; i++) {
		if (out[i] >= 0)
			close(out[i]);
		if (control[i] >= 0)
			close(control[i]);
	}
	r->broken = r->stop = true;
	return -1;
}

static bool is_expected(const struct runner *r, const struct scenario *s, size_t index, enum verdict verdict)
{
	BUF_AUTO id = BUF_INIT;
	const struct baseline *b = r->options->baseline;
	const struct baseline_line *l =
		verdict != VERDICT_PASS && b ? baseline_find(b, scenario_check_id(s, index, &id)) : NULL;
	return l && strcmp(l->verdict, verdict_name(verdict)) == 0;
}

/* Counts a check. False when its verdict is a pass or known from the baseline. */
static bool count_check(struct runner *r, struct worker *w, size_t index, int number)
{
	const struct scenario *s = w->entry->scenario;
	if (index >= scenario_checks(s) || w->told[index] || number < 0 || number > VERDICT_ERROR)
		return false;
	enum verdict verdict = (enum verdict)number;
	w->told[index] = true;
	if (is_expected(r, s, index, verdict)) {
		r->totals->known++;
		if (w->worst == VERDICT_UNSUPPORTED)
			w->worst = VERDICT_PASS;
		return false;
	}
	r->totals->counts[verdict]++;
	if (verdict_severity(verdict) > verdict_severity(w->worst))
		w->worst = verdict;
	return verdict != VERDICT_PASS;
}

/* The text of "message" in a check's line: kept for the screen when it is the first that is not a pass. */
static void keep_message(struct worker *w, const char *json)
{
	if (*w->message)
		return;
	json_t *line = json_loads(json, 0, NULL);
	const char *message = json_string_value(json_object_get(line, "message"));
	snprintf(w->message, sizeof w->message, "%s", message ? message : "");
	json_decref(line);
}

/* What a worker says that plays a mutation: the verdict of the one check, and what became of the mutation. */
static void take_result(struct worker *w, const char *line, const char *json)
{
	size_t index;
	int number;
	if (sscanf(line, "C %zu %d", &index, &number) == 2 && index == w->entry->mutation->check) {
		w->result.verdict = (enum verdict)number;
		*w->message = 0;
		keep_message(w, json);
	} else if (sscanf(line, "M %d", &number) == 1) {
		w->result.state = (enum strike_state)number;
	}
}

static void take_line(struct runner *r, struct worker *w, char *line)
{
	char *json = strchr(line, '\t');
	if (!json)
		return;
	*json++ = 0;
	size_t index;
	int verdict;
	long long idle;
	if (w->entry->mutation)
		take_result(w, line, json);
	else if (sscanf(line, "C %zu %d", &index, &verdict) == 2 && count_check(r, w, index, verdict))
		keep_message(w, json);
	if (sscanf(line, "E %d %lld", &verdict, &idle) == 2) {
		w->ended = true;
		r->totals->idle += idle;
	}
	append(r, json, strlen(json));
}

/* Reads what a worker has said. False at the end of its pipe. */
static bool read_worker(struct runner *r, struct worker *w)
{
	char bytes[65536];
	ssize_t got = read(w->pipe, bytes, sizeof bytes);
	if (got < 0 && errno == EINTR)
		return true;
	if (got <= 0)
		return false;
	buf_add(&w->input, bytes, (size_t)got);
	char *start = w->input.data, *newline;
	while ((newline = memchr(start, '\n', w->input.len - (size_t)(start - w->input.data)))) {
		*newline = 0;
		take_line(r, w, start);
		start = newline + 1;
	}
	buf_consume(&w->input, (size_t)(start - w->input.data));
	return true;
}

/* A worker that ended without saying so: what it left open is an error, never a verdict on the target. */
static void report_lost(struct runner *r, struct worker *w, int status, bool late)
{
	const struct scenario *s = w->entry->scenario;
	struct finding f = { .verdict = VERDICT_ERROR };
	if (late)
		snprintf(f.message, sizeof f.message, "the scenario ran over its deadline and was ended");
	else if (WIFSIGNALED(status))
		snprintf(f.message, sizeof f.message, "the worker was ended by signal %d (%s)", WTERMSIG(status),
			strsignal(WTERMSIG(status)));
	else
		snprintf(f.message, sizeof f.message, "the worker ended early with status %d", WEXITSTATUS(status));
	int lines[2];
	if (pipe2(lines, O_CLOEXEC))
		return;
	/* The same functions write the same lines, into a pipe that is read here. */
	fcntl(lines[1], F_SETPIPE_SZ, 1 << 20);
	const struct voice v = {
		.descriptor = lines[1], .number = w->number, .begin = r->journal.begin, .label = s->id
	};
	for (size_t i = 0; i < scenario_checks(s); i++)
		if (!w->told[i] && scenario_check_selected(s, i, r->options->checks))
			journal_check(&v, s, i, scenario_check(s, i), &f);
	journal_end(&v, VERDICT_ERROR, f.message, clock_now() - w->begin, "not run", 0);
	close(lines[1]);
	close(w->pipe);
	w->pipe = lines[0];
	buf_clear(&w->input);
	while (read_worker(r, w))
		;
}

static int64_t estimate_left(const struct runner *r)
{
	if (!r->done)
		return -1;
	return (clock_now() - r->began) / (int64_t)r->done * (int64_t)(r->planned - r->done);
}

static void show_progress(struct runner *r, const struct worker *w)
{
	if (!r->options->progress || r->options->mutations)
		return;
	struct run_progress p = { .planned = r->planned,
		.ended = r->done,
		.running = r->running,
		.elapsed = clock_now() - r->began,
		.left = estimate_left(r) };
	memcpy(p.counts, r->totals->counts, sizeof p.counts);
	p.known = r->totals->known;
	if (w) {
		p.scenario = w->entry->scenario->id;
		p.verdict = w->worst;
		p.message = *w->message ? w->message : NULL;
		p.took = clock_now() - w->begin;
	}
	r->options->progress(r->options->progress_context, &p);
}

static void end_worker(struct runner *r, struct worker *w, bool late)
{
	int status = 0;
	if (late)
		kill(-w->pid, SIGKILL);
	while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!w->ended)
		report_lost(r, w, status, late);
	close(w->pipe);
	close(w->control);
	buf_release(&w->input);
	return_accounts(r, w);
	r->running--;
	r->done++;
	w->result.message = w->message;
	if (w->entry->mutation && !r->totals->interrupted)
		r->options->mutated(r->options->progress_context, w->entry->mutation, &w->result);
	show_progress(r, w);
	free(w->told);
	w->told = NULL;
	w->pid = 0;
}

/* What is measured is to be the target's doing, not that of other scenarios. */
#define ALONE_TAG "alone"

static bool has_tag(const struct scenario *s, const char *tag)
{
	for (size_t i = 0; s->tags && s->tags[i]; i++)
		if (text_equal(s->tags[i], tag))
			return true;
	return false;
}

/* Scenarios that share a tag which begins with this are never played at the same time: what they do at once is more than
 * some servers stand, and their verdicts would be left to chance. */
#define EXCLUSIVE_TAG "exclusive-"

static bool are_exclusive(const struct scenario *a, const struct scenario *b)
{
	for (size_t i = 0; a->tags && a->tags[i]; i++)
		if (text_starts(a->tags[i], EXCLUSIVE_TAG) && has_tag(b, a->tags[i]))
			return true;
	return has_tag(a, ALONE_TAG) || has_tag(b, ALONE_TAG);
}

/* Brings the first scenario that may be played now to the front of those that are left; NULL where each must wait. */
static const struct plan_entry *next_entry(struct runner *r)
{
	for (size_t k = r->started; k < r->planned; k++) {
		struct plan_entry entry = r->plan[k];
		bool waits = false;
		for (unsigned i = 0; i < r->jobs; i++)
			waits |= r->workers[i].pid && are_exclusive(entry.scenario, r->workers[i].entry->scenario);
		if (waits)
			continue;
		memmove(&r->plan[r->started + 1], &r->plan[r->started], (k - r->started) * sizeof entry);
		r->plan[r->started] = entry;
		return &r->plan[r->started];
	}
	return NULL;
}

/* Whether accounts of a list play in it, and it can be played with the targets that there are. */
static bool wants_leases(const struct runner *r, const struct scenario *s)
{
	bool some = false;
	for (size_t i = 0; i < s->account_count; i++) {
		const struct target *t = account_target(r, s, i);
		if (!t)
			return false;
		some |= t->provisioning == PROVISION_FIXED;
	}
	return some;
}

/* Starts as many as there is room and accounts for. -1 when none runs and none can ever start. */
static int start_workers(struct runner *r)
{
	for (unsigned i = 0; i < r->jobs && !r->stop && r->started < r->planned; i++) {
		if (r->workers[i].pid)
			continue;
		const struct plan_entry *entry = next_entry(r);
		if (!entry)
			return 0;
		struct target_account **leased = NULL;
		char reason[128]; /* without accounts enough the worker says `unsupported` and needs none */
		if (wants_leases(r, entry->scenario) &&
			plan_has_accounts(entry->scenario, r->systems, reason, sizeof reason)) {
			leased = lease_accounts(r, entry->scenario);
			if (!leased && r->running)
				return 0; /* some will come back */
			if (!leased)
				return err_set(r->error, ERR_USAGE, r->systems[SYSTEM_TESTED].target->name,
					"the scenario %s finds no accounts fit for its roles: give the target's accounts "
					"other roles or none, or choose other scenarios with --check",
					entry->scenario->id);
		}
		if (start_worker(r, &r->workers[i], entry, leased))
			return -1;
	}
	return 0;
}

static void ask_to_stop(struct runner *r)
{
	bool again = r->totals->interrupted;
	r->totals->interrupted = r->stop = true;
	for (unsigned i = 0; i < r->jobs; i++) {
		struct worker *w = &r->workers[i];
		if (!w->pid)
			continue;
		if (again) {
			kill(-w->pid, SIGKILL); /* asked twice: at once */
		} else if (w->control >= 0) {
			close(w->control);
			w->control = -1;
		}
	}
}

static void wait_workers(struct runner *r)
{
	struct pollfd *ready = memory_alloc((r->jobs + 1) * sizeof *ready);
	struct worker **which = memory_alloc((r->jobs + 1) * sizeof *which);
	nfds_t count = 0;
	int64_t deadline = CLOCK_FOREVER;
	for (unsigned i = 0; i < r->jobs; i++) {
		if (!r->workers[i].pid)
			continue;
		ready[count] = (struct pollfd){ .fd = r->workers[i].pipe, .events = POLLIN };
		which[count++] = &r->workers[i];
		if (r->workers[i].end < deadline)
			deadline = r->workers[i].end;
	}
	ready[count] = (struct pollfd){ .fd = r->signals, .events = POLLIN };
	if (poll(ready, count + 1, clock_poll_timeout(deadline)) > 0) {
		struct signalfd_siginfo info;
		if (ready[count].revents && read(r->signals, &info, sizeof info) == sizeof info)
			ask_to_stop(r);
		for (nfds_t i = 0; i < count; i++)
			if (ready[i].revents && !read_worker(r, which[i]))
				end_worker(r, which[i], false);
	}
	for (nfds_t i = 0; i < count; i++)
		if (which[i]->pid && clock_now() >= which[i]->end)
			end_worker(r, which[i], true);
	free(ready);
	free(which);
}

/* ---- the run ---- */

static void plan_mutations(struct runner *r)
{
	const struct vec *mutations = r->options->mutations;
	r->plan = memory_alloc((mutations->count + 1) * sizeof *r->plan);
	for (size_t i = 0; i < mutations->count; i++) {
		const struct mutation *m = mutations->items[i];
		r->plan[r->planned++] = (struct plan_entry){ .scenario = m->scenario, .mutation = m };
	}
}

static void plan_scenarios(struct runner *r, const struct vec *scenarios)
{
	unsigned repeat = r->options->repeat ? r->options->repeat : 1;
	r->plan = memory_alloc((scenarios->count * repeat + 1) * sizeof *r->plan);
	for (unsigned k = 0; k < repeat; k++)
		for (size_t i = 0; i < scenarios->count; i++)
			r->plan[r->planned++] = (struct plan_entry){ .scenario = scenarios->items[i], .repeat = k };
}

static void shuffle_plan(struct runner *r)
{
	unsigned seed = r->options->seed;
	for (size_t i = r->planned; i > 1; i--) {
		size_t j = (size_t)rand_r(&seed) % i;
		struct plan_entry other = r->plan[i - 1];
		r->plan[i - 1] = r->plan[j];
		r->plan[j] = other;
	}
}

/* A person is asked for one thing at a time. */
static unsigned default_jobs(const struct client *client)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned jobs = (unsigned)(cores < 1 ? 1 : cores) * JOBS_PER_CORE;
	if (client && client->slow)
		return 1;
	return client && client->jobs && client->jobs < jobs ? client->jobs : jobs;
}

static int open_signals(sigset_t *before)
{
	sigset_t wanted;
	sigemptyset(&wanted);
	sigaddset(&wanted, SIGINT);
	sigaddset(&wanted, SIGTERM);
	sigprocmask(SIG_BLOCK, &wanted, before);
	return signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int play_all(struct runner *r)
{
	while (r->running || (!r->stop && r->started < r->planned)) {
		if (start_workers(r)) {
			r->broken = true;
			break;
		}
		if (r->running)
			wait_workers(r);
	}
	if (r->broken) {
		struct err *first = r->error;
		struct err saved = *first;
		ask_to_stop(r);
		while (r->running)
			wait_workers(r);
		*first = saved;
		return -1;
	}
	return 0;
}

static int discover_all(struct runner *r)
{
	for (size_t i = 0; i < SYSTEMS; i++) {
		if (!r->systems[i].target || run_discover(r->systems[i].target, &r->features[i], r->error) == 0)
			continue;
		if (i == SYSTEM_PEER)
			err_context(r->error, "the second target '%s'", r->systems[i].name);
		return -1;
	}
	return 0;
}

int run_scenarios(const struct run_options *options, struct target *target, const struct vec *scenarios,
	struct run_totals *totals, struct err *e)
{
	struct runner r = { .options = options, .totals = totals, .error = e, .signals = -1 };
	r.systems[SYSTEM_TESTED] =
		(struct system){ NULL, target, &r.features[SYSTEM_TESTED], options->client, options->second };
	r.systems[SYSTEM_PEER] =
		(struct system){ options->peer_name, options->peer, &r.features[SYSTEM_PEER], NULL, NULL };
	sigset_t before;
	*totals = (struct run_totals){ 0 };
	r.jobs = options->jobs ? options->jobs : default_jobs(options->client);
	if (r.jobs > JOBS_AT_MOST)
		r.jobs = JOBS_AT_MOST;
	if (options->mutations)
		plan_mutations(&r);
	else
		plan_scenarios(&r, scenarios);
	if (options->shuffle)
		shuffle_plan(&r);
	r.workers = memory_alloc(r.jobs * sizeof *r.workers);
	int64_t server_before = fixture_processor(target), own_before = clock_processor();
	int result = -1;
	r.journal = (struct journal){ .descriptor = -1, .begin = clock_now() };
	if (discover_all(&r) || (!options->mutations && journal_open(&r.journal, options->out, e)))
		goto out;
	r.began = r.journal.begin;
	append_object(&r, record_run(options, target, r.jobs, r.planned));
	if (options->profile)
		append_object(&r, record_profile(options));
	if (options->baseline)
		append_object(&r, record_baseline(options->baseline, scenarios));
	append_object(&r, record_catalogue(options->catalogue, scenarios));
	for (size_t i = 0; i < SYSTEMS; i++)
		if (r.systems[i].target)
			append_object(&r, record_discovered(&r.systems[i], clock_now() - r.began));
	r.signals = open_signals(&before);
	show_progress(&r, NULL);
	result = play_all(&r);
	totals->wall = clock_now() - r.began;
	totals->harness_processor = clock_processor() - own_before;
	totals->server_processor = server_before < 0 ? 0 : fixture_processor(target) - server_before;
	append_object(&r, record_summary(totals, r.done == r.planned && !totals->interrupted));
	journal_close(&r.journal);
	close(r.signals);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (r.broken)
		result = -1;
out:
	for (size_t i = 0; i < SYSTEMS; i++)
		features_release(&r.features[i]);
	free(r.plan);
	free(r.workers);
	return result;
}
