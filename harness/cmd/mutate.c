/* assay mutate: proves that the checks can fail. */
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/progress.h"
#include "cmd/select.h"
#include "cmd/systems.h"
#include "cmd/tally.h"
#include "report/report.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JOBS 16 /* most of them wait for what will not come */
/* How long a step waits before its mutation strikes, twice as long as in a run: nothing about the server is judged then, and a
 * machine that is busy for a while must not leave it unclear whether a mutation is noticed. */
#define PATIENCE (10 * CLOCK_SECOND)

static const char usage[] =
	"usage: assay mutate [TARGET] [SCRIPT…] [OPTION…]\n"
	"\n"
	"Proves that the checks can fail. Plays the scenarios once; then attacks each expectation of each check that\n"
	"passed: the stanza that it found is dropped, doubled, given to another device, held back, and each attribute,\n"
	"text and child that it names is altered or taken away; what `never` forbids is put there. Each time the\n"
	"scenario is played again with that one change, made between the stream and the inbox, and the check must\n"
	"fail with a message that names the difference. Survivors are printed, those that leave the behaviour\n"
	"conforming with the reason in suites/survivors.tsv. Exit status 1 where one survives without a reason.\n"
	"\n"
	"  --check GLOB, --suite GLOB, --tag TAG, --profile NAME   which checks (default: the profile default)\n"
	"  --driver NAME         native (default) or strophe\n"
	"  --jobs N              scenarios at once (default: 16)\n"
	"  --resume              go on where an earlier run into the same folder was stopped\n"
	"  --shard I/N           the I-th of N parts of the mutations\n"
	"  --client ADAPTER, --client-option KEY=VALUE, --second-client ADAPTER, --second-option KEY=VALUE,\n  "
	"--peer [NAME=]TARGET, --account USER,\n"
	"  --password-file FILE, --option KEY=VALUE   as for `assay run`\n"
	"  --out DIR             where mutations.jsonl goes (default: assay-mutate)\n"
	"  --trace               tell the conversations on standard error\n";

struct mutate_line {
	const char *profile, *driver, *jobs, *out, *password_file, *shard, *peer, *client, *second;
	struct vec accounts, fixture_options, client_options, second_options, words;
	struct selection selection;
	unsigned shard_number, shards;
	bool resume, trace;
};

static void find_passed(const xmlNode *node, struct map *passed)
{
	for (const xmlNode *c = xml_child(node, NULL, NULL); c; c = xml_next(c, NULL, NULL)) {
		if (xml_is(c, "check", NULL) && text_equal(xml_attribute(c, "verdict"), "pass"))
			map_set(passed, xml_attribute(c, "id"), "");
		find_passed(c, passed);
	}
}

/* The checks that passed, as a map from their ids. */
static int passed_checks(const char *out, struct map *passed, struct err *e)
{
	struct results r = { 0 };
	AUTO_TEXT journal = memory_printf("%s/journal.jsonl", out);
	if (results_from_journal(&r, journal, e))
		return -1;
	find_passed(xml_root(r.doc), passed);
	results_release(&r);
	return 0;
}

static void plan(const struct mutate_line *l, const struct vec *scenarios, const struct map *passed,
	const struct tally *t, struct vec *mutations)
{
	struct vec all = VEC_INIT;
	for (size_t i = 0; i < scenarios->count; i++) {
		const struct scenario *s = scenarios->items[i];
		size_t count = s->scansion ? 0 : scenario_checks(s);
		bool *wanted = memory_alloc(count + 1);
		size_t k = 0;
		for (size_t j = 0; j < s->step_count && count; j++) {
			const struct check *check = &s->steps[j].check;
			if (check->level != LEVEL_NONE)
				wanted[k++] = map_get(passed, check->id) &&
					(!l->selection.check || text_glob(l->selection.check, check->id));
		}
		if (count)
			mutation_plan(s, wanted, &all);
		free(wanted);
	}
	for (size_t i = 0; i < all.count; i++) {
		bool ours = !l->shards || i % l->shards == l->shard_number - 1;
		if (ours && !tally_has(t, all.items[i]))
			vec_push(mutations, all.items[i]);
		else
			free(all.items[i]);
	}
	vec_release(&all);
}

/* One run as it is: only what passes can be attacked. */
static int play_reference(const struct mutate_line *l, struct run_options o, struct target *t,
	const struct vec *scenarios, struct map *passed, struct err *e)
{
	struct run_totals totals;
	struct progress progress;
	progress_begin(&progress, false, l->trace);
	o.jobs = 0;
	o.progress = progress_show;
	o.progress_context = &progress;
	int result = run_scenarios(&o, t, scenarios, &totals, e);
	progress_end(&progress);
	if (result)
		return -1;
	if (totals.interrupted)
		return err_set(e, ERR_ENVIRONMENT, NULL, "stopped before anything was attacked");
	return passed_checks(l->out, passed, e);
}

static int attack(const struct mutate_line *l, struct run_options o, struct target *t, const struct vec *scenarios,
	const struct map *passed, struct tally *tally)
{
	struct err e;
	struct run_totals totals = { 0 };
	struct vec mutations = VEC_INIT;
	plan(l, scenarios, passed, tally, &mutations);
	tally->planned = mutations.count;
	o.mutations = &mutations;
	o.mutated = tally_add;
	o.progress_context = tally;
	o.shuffle = true; /* neighbours are of different scenarios, so that few wait for one another */
	o.seed = 1;
	o.step_deadline = PATIENCE;
	fprintf(stderr, "assay: %zu checks passed; %zu mutations of them\n", passed->count, mutations.count);
	int result = mutations.count ? run_scenarios(&o, t, scenarios, &totals, &e) : 0;
	for (size_t i = 0; i < mutations.count; i++)
		free(mutations.items[i]);
	vec_release(&mutations);
	if (result)
		return cmd_fail(&e);
	bool sound = tally_print(tally);
	if (totals.interrupted)
		log_line("stopped; `assay mutate … --resume` goes on from here");
	return sound && !totals.interrupted ? EXIT_AS_EXPECTED : EXIT_NOT_CONFORMING;
}

static int mutate_on_target(
	const struct mutate_line *l, const struct run_options *o, const struct vec *scenarios, const char *where)
{
	struct err e;
	struct arena a = ARENA_INIT;
	struct tally tally;
	struct map passed = MAP_INIT;
	int status;
	const struct systems_line line = {
		.target = where,
		.peer = l->peer,
		.accounts = &l->accounts,
		.password_file = l->password_file,
		.fixture_options = &l->fixture_options,
		.client = l->client,
		.client_options = &l->client_options,
		.second = l->second,
		.second_options = &l->second_options,
	};
	struct systems systems = SYSTEMS_INIT;
	struct run_options options = *o;
	if (tally_open(&tally, l->out, l->resume, data_path(&a, "suites/survivors.tsv"), &e))
		status = cmd_fail(&e);
	else if (systems_open(&systems, &line, scenarios, &e))
		status = cmd_fail(&e);
	else {
		options.peer = systems.peer;
		options.peer_name = systems.peer_name;
		options.client = systems.client;
		options.second = systems.second;
		if (play_reference(l, options, systems.target, scenarios, &passed, &e))
			status = cmd_fail(&e);
		else
			status = attack(l, options, systems.target, scenarios, &passed, &tally);
	}
	systems_close(&systems);
	tally_release(&tally);
	map_release(&passed);
	arena_release(&a);
	return status;
}

static int read_line(struct mutate_line *l, struct run_options *o, const char **where, int argc, char **argv)
{
	const struct option_spec specs[] = {
		{ "account", NULL, &l->accounts, NULL },
		{ "password-file", &l->password_file, NULL, NULL },
		{ "client", &l->client, NULL, NULL },
		{ "client-option", NULL, &l->client_options, NULL },
		{ "second-client", &l->second, NULL, NULL },
		{ "second-option", NULL, &l->second_options, NULL },
		{ "peer", &l->peer, NULL, NULL },
		{ "profile", &l->profile, NULL, NULL },
		{ "suite", &l->selection.suite, NULL, NULL },
		{ "check", &l->selection.check, NULL, NULL },
		{ "tag", &l->selection.tag, NULL, NULL },
		{ "driver", &l->driver, NULL, NULL },
		{ "jobs", &l->jobs, NULL, NULL },
		{ "shard", &l->shard, NULL, NULL },
		{ "option", NULL, &l->fixture_options, NULL },
		{ "out", &l->out, NULL, NULL },
		{ "resume", NULL, NULL, &l->resume },
		{ "trace", NULL, NULL, &l->trace },
		{ NULL, NULL, NULL, NULL },
	};
	if (options_read(&command_mutate, argc, argv, specs, &l->words))
		return EXIT_USAGE;
	for (size_t i = 0; i < l->words.count; i++) {
		const char *word = l->words.items[i];
		if (text_ends(word, ".scn") || file_is_directory(word))
			vec_push(&l->selection.files, (void *)word);
		else if (*where)
			return cmd_usage(&command_mutate, "two targets, '%s' and '%s': there can be one", *where, word);
		else
			*where = word;
	}
	int64_t jobs = JOBS;
	if (l->jobs && text_to_number(l->jobs, 1, 64, &jobs))
		return cmd_usage(&command_mutate, "--jobs takes a number from 1 to 64, not '%s'", l->jobs);
	if (strcmp(l->driver, "native") != 0 && strcmp(l->driver, "strophe") != 0)
		return cmd_usage(&command_mutate, "there is no driver '%s'; there is native and strophe", l->driver);
	if (l->shard && select_shard(l->shard, &l->shard_number, &l->shards))
		return cmd_usage(&command_mutate, "--shard takes I/N with I from 1 to N, not '%s'", l->shard);
	o->jobs = (unsigned)jobs;
	l->selection.peer = l->peer;
	l->selection.client = l->client != NULL;
	l->selection.second = l->second != NULL;
	if (!*where)
		*where = "fixture:prosody";
	return systems_check(&command_mutate,
		&(struct systems_line){ .target = *where,
			.peer = l->peer,
			.client = l->client,
			.client_options = &l->client_options,
			.second = l->second,
			.second_options = &l->second_options });
}

static int run_mutate(int argc, char **argv)
{
	struct err e;
	struct mutate_line l = { .driver = "native", .out = "assay-mutate" };
	struct run_options o = { 0 };
	struct vec scenarios = VEC_INIT;
	const char *where = NULL;
	int status = read_line(&l, &o, &where, argc, argv);
	if (status)
		goto out;
	if (!l.selection.files.count)
		l.selection.profile = l.profile ? l.profile : l.second ? "interop" : l.client ? "client" : "default";
	o.driver = l.driver;
	o.out = l.out;
	o.trace = l.trace;
	o.checks = l.selection.check;
	o.arguments = (const char *const *)argv;
	if (select_scenarios(&l.selection, &scenarios, &e))
		status = cmd_fail(&e);
	else if (!scenarios.count) {
		log_line("nothing was selected, so nothing ran; `assay list` shows what there is");
		status = EXIT_NOTHING_RAN;
	} else
		status = mutate_on_target(&l, &o, &scenarios, where);
out:
	select_release(&scenarios);
	vec_release(&l.accounts);
	vec_release(&l.fixture_options);
	vec_release(&l.client_options);
	vec_release(&l.second_options);
	vec_release(&l.words);
	vec_release(&l.selection.files);
	return status;
}

const struct command command_mutate = { "mutate", "prove that the checks can fail: attack each expectation in turn",
	usage, run_mutate };
