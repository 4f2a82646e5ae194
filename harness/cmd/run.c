/* assay run: plays scenarios against a target and writes the reports. */
#include "run/run.h"
#include "base/log.h"
#include "base/text.h"
#include "cmd/checks.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/progress.h"
#include "cmd/select.h"
#include "cmd/systems.h"
#include "report/report.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
	"usage: assay run [TARGET] [SCRIPT…] [OPTION…]\n"
	"\n"
	"Plays scenarios against a target and writes report.html, result.json, junit.xml and journal.jsonl.\n"
	"TARGET is fixture:NAME (a real server started for this run; the default is fixture:prosody), a target\n"
	"file ending in .ini, or a domain. SCRIPT is a .scn or .scs file or a folder of them; without one, the\n"
	"suites of the profile are played.\n"
	"\n"
	"  --account USER        an account of the domain (repeat for more); passwords come from --password-file,\n"
	"                        from ASSAY_PASSWORD or ASSAY_PASSWORD_USER, or from a prompt\n"
	"  --password-file FILE  lines `user password`\n"
	"  --client ADAPTER      a client is under test, and TARGET, a fixture, is the server behind the gateway that it connects\n"
	"                        to: a name (`assay list --clients`) or the path of an adapter (docs/adapters.md);\n"
	"                        --client-option KEY=VALUE is for its environment\n"
	"  --second-client ADAPTER  a second one, which the first speaks with (docs/interop.md); --second-option KEY=VALUE for it\n"
	"  --peer [NAME=]TARGET  a second target, a file or fixture:NAME, for what goes on between two servers; scenarios\n"
	"                        call it NAME (peer)\n"
	"  --map ADDRESS=ACCOUNT for scansion scripts: an address in the scripts and the target's account for it\n"
	"  --profile NAME        which checks (default: default); --suite GLOB, --check GLOB, --tag TAG narrow it\n"
	"  --driver NAME         native (default) or strophe\n"
	"  --transport NAME      starttls (default), direct (XEP-0368), ws (RFC 7395) or bosh (XEP-0124)\n"
	"  --jobs N              scenarios at once (default: four a core)\n"
	"  --repeat N            play everything N times;  --shuffle SEED in random order\n"
	"  --shard I/N           the I-th of N parts\n"
	"  --within TIME         how long a step waits (default 5s);  --limit TIME how long a scenario may take (60s)\n"
	"  --baseline FILE       expected verdicts (docs/baselines.md; a fixture has its own, `none` is no baseline)\n"
	"  --option KEY=VALUE    for the fixture\n"
	"  --fault NAME          make the fixture wrong in one way (`assay list --faults`);\n"
	"                        --fault-dir DIR takes the fault from a folder of your own\n"
	"  --out DIR             where the reports go (default: assay-report);  --lang NAME their language (en, de)\n"
	"  --trace               tell the conversation on standard error as it happens\n"
	"  --colour WHEN         auto, always or never\n";

struct run_line {
	const char *profile, *driver, *transport, *jobs, *repeat, *shuffle, *shard, *within, *limit, *baseline, *out,
		*colour, *language;
	const char *password_file, *target, *fault, *fault_folder, *peer, *client, *second;
	struct vec accounts, fixture_options, client_options, second_options, maps, words;
	struct map addresses;
	struct selection selection;
	bool trace;
};

static bool is_script(const char *word)
{
	return text_ends(word, ".scn") || text_ends(word, ".scs") || file_is_directory(word);
}

static int take_words(struct run_line *l)
{
	for (size_t i = 0; i < l->words.count; i++) {
		const char *word = l->words.items[i];
		if (is_script(word))
			vec_push(&l->selection.files, (void *)word);
		else if (!l->target)
			l->target = word;
		else
			return cmd_usage(&command_run, "two targets, '%s' and '%s': a run has one", l->target, word);
	}
	if (!l->target)
		l->target = "fixture:prosody";
	return 0;
}

static int take_maps(struct run_line *l)
{
	for (size_t i = 0; i < l->maps.count; i++) {
		const char *pair = l->maps.items[i], *equals = strchr(pair, '=');
		AUTO_TEXT address = equals ? memory_copy_bytes(pair, (size_t)(equals - pair)) : NULL;
		if (!address || !*address || !equals[1])
			return cmd_usage(&command_run, "--map takes ADDRESS=ACCOUNT, not '%s'", pair);
		map_set(&l->addresses, address, equals + 1);
	}
	l->selection.addresses = l->addresses.count ? &l->addresses : NULL;
	return 0;
}

static int take_number(const char *option, const char *text, int64_t most, unsigned *out)
{
	int64_t number;
	if (!text)
		return 0;
	if (text_to_number(text, 1, most, &number))
		return cmd_usage(
			&command_run, "--%s takes a number from 1 to %lld, not '%s'", option, (long long)most, text);
	*out = (unsigned)number;
	return 0;
}

static int take_time(const char *option, const char *text, int64_t *out)
{
	if (text && text_to_duration(text, out))
		return cmd_usage(&command_run, "--%s takes a time such as 500ms or 5s, not '%s'", option, text);
	return 0;
}

static int read_line(struct run_line *l, struct run_options *o, int argc, char **argv)
{
	const struct option_spec specs[] = {
		{ "account", NULL, &l->accounts, NULL },
		{ "password-file", &l->password_file, NULL, NULL },
		{ "client", &l->client, NULL, NULL },
		{ "client-option", NULL, &l->client_options, NULL },
		{ "second-client", &l->second, NULL, NULL },
		{ "second-option", NULL, &l->second_options, NULL },
		{ "peer", &l->peer, NULL, NULL },
		{ "map", NULL, &l->maps, NULL },
		{ "profile", &l->profile, NULL, NULL },
		{ "suite", &l->selection.suite, NULL, NULL },
		{ "check", &l->selection.check, NULL, NULL },
		{ "tag", &l->selection.tag, NULL, NULL },
		{ "driver", &l->driver, NULL, NULL },
		{ "transport", &l->transport, NULL, NULL },
		{ "jobs", &l->jobs, NULL, NULL },
		{ "repeat", &l->repeat, NULL, NULL },
		{ "shuffle", &l->shuffle, NULL, NULL },
		{ "shard", &l->shard, NULL, NULL },
		{ "within", &l->within, NULL, NULL },
		{ "limit", &l->limit, NULL, NULL },
		{ "baseline", &l->baseline, NULL, NULL },
		{ "option", NULL, &l->fixture_options, NULL },
		{ "fault", &l->fault, NULL, NULL },
		{ "fault-dir", &l->fault_folder, NULL, NULL },
		{ "out", &l->out, NULL, NULL },
		{ "lang", &l->language, NULL, NULL },
		{ "trace", NULL, NULL, &l->trace },
		{ "colour", &l->colour, NULL, NULL },
		{ NULL, NULL, NULL, NULL },
	};
	if (options_read(&command_run, argc, argv, specs, &l->words))
		return EXIT_USAGE;
	int status = take_words(l);
	if (!status)
		status = take_maps(l);
	if (!status)
		status = take_number("jobs", l->jobs, 64, &o->jobs);
	if (!status)
		status = take_number("repeat", l->repeat, 10000, &o->repeat);
	if (!status)
		status = take_number("shuffle", l->shuffle, UINT32_MAX, &o->seed);
	if (!status)
		status = take_time("within", l->within, &o->step_deadline);
	if (!status)
		status = take_time("limit", l->limit, &o->scenario_deadline);
	if (!status && l->shard && select_shard(l->shard, &l->selection.shard, &l->selection.shards))
		status = cmd_usage(&command_run, "--shard takes I/N with I from 1 to N, not '%s'", l->shard);
	if (!status && strcmp(l->driver, "native") != 0 && strcmp(l->driver, "strophe") != 0)
		status = cmd_usage(&command_run, "there is no driver '%s'; there is native and strophe", l->driver);
	if (!status && text_equal(l->driver, "strophe") && l->transport &&
		(text_equal(l->transport, "ws") || text_equal(l->transport, "bosh")))
		status = cmd_usage(&command_run, "the driver strophe does not speak %s; native does", l->transport);
	if (!status && l->fault_folder && !l->fault)
		status = cmd_usage(
			&command_run, "--fault-dir says where a fault is, and --fault NAME which one: give both");
	if (!status)
		status = cmd_language(&command_run, l->language, &l->language);
	l->selection.peer = l->peer;
	l->selection.client = l->client != NULL;
	l->selection.second = l->second != NULL;
	if (!status)
		status = systems_check(&command_run,
			&(struct systems_line){ .target = l->target,
				.peer = l->peer,
				.client = l->client,
				.client_options = &l->client_options,
				.second = l->second,
				.second_options = &l->second_options });
	if (!status && l->client) /* of a person who operates it */
		vec_push(&l->client_options, text_equal(l->language, "de") ? "ASSAY_LANGUAGE=de" : "ASSAY_LANGUAGE=en");
	if (!status && progress_colour(l->colour, &(bool){ false }))
		status = cmd_usage(&command_run, "--colour takes auto, always or never, not '%s'", l->colour);
	return status;
}

/* The baseline that the command line names, read before anything is started; none where it names none. */
static int open_own_baseline(const struct run_line *l, struct baseline *b, struct run_options *o, struct err *e)
{
	if (!l->baseline || strcmp(l->baseline, "none") == 0)
		return 0;
	o->baseline = b;
	return checks_baseline(b, l->baseline, &l->selection.files, l->selection.addresses, TRANSPORT_STARTTLS, e);
}

/* Else the one that the system under test has. */
static int open_baseline(
	const struct run_line *l, const struct target *t, struct baseline *b, struct run_options *o, struct err *e)
{
	const char *path = o->client ? o->client->baseline : t->baseline;
	if (l->baseline || !path || !file_exists(path))
		return 0;
	o->baseline = b;
	return checks_baseline(b, path, &l->selection.files, l->selection.addresses, TRANSPORT_STARTTLS, e);
}

static int report(const struct run_options *o, const char *language, bool colour, struct err *e)
{
	struct results r = { 0 };
	AUTO_TEXT journal = memory_printf("%s/journal.jsonl", o->out);
	int failed = results_from_journal(&r, journal, e);
	r.language = language;
	if (failed || report_write(&r, o->out, e)) {
		results_release(&r);
		return cmd_fail(e);
	}
	BUF_AUTO text = BUF_INIT;
	report_summary_text(&r, colour, &text);
	fputs(buf_text(&text), stdout);
	printf("report: %s/report.html\n", o->out);
	int status = report_exit_status(&r);
	results_release(&r);
	return status;
}

static int run_on_target(const struct run_line *l, const struct run_options *given, const struct vec *scenarios)
{
	struct run_options o = *given;
	struct err e;
	struct arena a = ARENA_INIT;
	struct baseline baseline = { 0 };
	struct catalogue catalogue = { 0 };
	struct run_totals totals;
	bool colour = false;
	progress_colour(l->colour, &colour);
	const struct systems_line line = { l->target, l->peer, &l->accounts, l->password_file, &l->fixture_options,
		l->fault, l->fault_folder, l->client, &l->client_options, l->second, &l->second_options };
	struct systems systems = SYSTEMS_INIT;
	if (open_own_baseline(l, &baseline, &o, &e) || systems_open(&systems, &line, scenarios, &e)) {
		baseline_release(&baseline);
		arena_release(&a);
		systems_close(&systems);
		return cmd_fail(&e);
	}
	int status;
	struct target *t = systems.target;
	o.peer = systems.peer;
	o.peer_name = systems.peer_name;
	o.client = systems.client;
	o.second = systems.second;
	o.catalogue = &catalogue;
	if (open_baseline(l, t, &baseline, &o, &e) || target_choose_transport(t, l->transport, &e) ||
		catalogue_load(&catalogue, data_path(&a, "suites/catalogue"), &e)) {
		status = cmd_fail(&e);
	} else {
		struct progress progress;
		baseline.transport = t->transport;
		progress_begin(&progress, colour, l->trace);
		o.progress = progress_show;
		o.progress_context = &progress;
		int result = run_scenarios(&o, t, scenarios, &totals, &e);
		progress_end(&progress);
		status = result ? cmd_fail(&e) : report(&o, l->language, colour, &e);
	}
	baseline_release(&baseline);
	catalogue_release(&catalogue);
	arena_release(&a);
	systems_close(&systems);
	return status;
}

static int run_run(int argc, char **argv)
{
	struct err e;
	struct run_line l = { .profile = NULL, .driver = "native", .out = "assay-report", .colour = "auto" };
	struct run_options o = { .driver = "native" };
	struct vec scenarios = VEC_INIT;
	struct profile profile = { .arena = ARENA_INIT };
	int status = read_line(&l, &o, argc, argv);
	if (status)
		goto out;
	if (!l.selection.files.count)
		l.selection.profile = l.profile ? l.profile : l.second ? "interop" : l.client ? "client" : "default";
	o.driver = l.driver;
	o.out = l.out;
	o.trace = l.trace;
	o.shuffle = l.shuffle;
	o.checks = l.selection.check;
	o.arguments = (const char *const *)argv;
	o.narrowed = l.selection.suite || l.selection.check || l.selection.tag || l.selection.shards > 1 ||
		l.selection.files.count;
	o.profile = l.selection.profile ? &profile : NULL;
	if (l.selection.profile && select_profile(&l.selection, &profile, &e))
		status = cmd_fail(&e);
	else if (select_scenarios(&l.selection, &scenarios, &e))
		status = cmd_fail(&e);
	else if (!scenarios.count) {
		log_line("nothing was selected, so nothing ran; `assay list` shows what there is");
		status = EXIT_NOTHING_RAN;
	} else
		status = run_on_target(&l, &o, &scenarios);
out:
	profile_release(&profile);
	select_release(&scenarios);
	vec_release(&l.accounts);
	vec_release(&l.fixture_options);
	vec_release(&l.client_options);
	vec_release(&l.second_options);
	vec_release(&l.maps);
	vec_release(&l.words);
	vec_release(&l.selection.files);
	map_release(&l.addresses);
	return status;
}

const struct command command_run = { "run", "play scenarios against a server and write the reports", usage, run_run };
