/* assay latency: how long a server takes for what people do with it. */
#include "measure/latency.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/comparing_latency.h"
#include "cmd/latency_line.h"
#include "cmd/latency_table.h"
#include "cmd/measuring.h"
#include "cmd/options.h"
#include "report/latency.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONTACTS_MOST 100

static const char usage[] =
	"usage: assay latency [TARGET…] [OPTION…]\n"
	"\n"
	"Measures how long a server takes for what people do with it, and checks every message: one that is lost, repeated,\n"
	"reordered or altered is a failure. TARGET is fixture:NAME (default: fixture:prosody) or a target file whose section\n"
	"[load] says allow = yes. Writes latency.html, latency.json, plots and raw data. Several targets are measured in turns,\n"
	"one repetition of one of them at a time, and compared: comparison.html, and a folder for each.\n"
	"\n"
	"  --workload GLOB       which (repeatable, or parted by commas; default: all but the heaviest);  --list names them\n"
	"  --rate N              requests a second (default: 100); a heavy workload gets a part of it\n"
	"  --count N             requests of a repetition (default: 1000), or --time T, how long one takes\n"
	"  --repeat N            repetitions (default: 1);  --warm-up N percent of the count that go before (default: 10)\n"
	"  --loop KIND           open (default): requests keep to the schedule, and a latency counts from there, so that a stall\n"
	"                        is seen whole; closed: the next waits for the answer, which hides it\n"
	"  --arrivals KIND       constant (default) or poisson;  --seed N for the random ones (default: 1)\n"
	"  --transport NAME      starttls (default), direct (XEP-0368), ws (RFC 7395) or bosh (XEP-0124)\n"
	"  --tls off             without TLS, on loopback, where the target file allows it (default: on); passwords by SCRAM only\n"
	"  --within T            after this a request counts as lost (default: 10s)\n"
	"  --size N              bytes of a message's text (default: 100);  --contacts N who see a presence (default: 10)\n"
	"  --option KEY=VALUE    for the fixture\n"
	"  --out DIR             where the results go (default: assay-latency);  --lang NAME their language (en, de)\n"
	"  --again               measure nothing: make page and plots anew from what is in DIR\n"
	"\n"
	"Exit status: 0 measured and nothing wrong, 1 a message was lost, repeated, reordered, altered or refused, 2 the command line\n"
	"or the target file is wrong or does not allow it, 3 not reachable.\n";

/* ---- the command line ---- */

static int take_numbers(const struct latency_line *l, struct latency_options *o)
{
	int64_t rate = 100, count = 1000, repeat = 1, warm_up = 10, seed = 1, size = 100, contacts = 10;
	int loop, arrivals, off;
	if (l->count && l->time)
		return cmd_usage(&command_latency, "--count and --time say the same: give one");
	if (measuring_number(&command_latency, "rate", l->rate, 1, 100000, &rate) ||
		measuring_number(&command_latency, "count", l->count, 1, LATENCY_REQUESTS_MOST, &count) ||
		measuring_number(&command_latency, "repeat", l->repeat, 1, 1000, &repeat) ||
		measuring_number(&command_latency, "warm-up", l->warm_up, 0, 100, &warm_up) ||
		measuring_number(&command_latency, "seed", l->seed, 0, INT64_MAX, &seed) ||
		measuring_number(&command_latency, "size", l->size, 30, 65536, &size) ||
		measuring_number(&command_latency, "contacts", l->contacts, 1, CONTACTS_MOST, &contacts) ||
		measuring_time(&command_latency, "time", l->time, &o->time) ||
		measuring_time(&command_latency, "within", l->within, &o->within) ||
		measuring_kind(&command_latency, "loop", l->loop, "open", "closed", &loop) ||
		measuring_kind(&command_latency, "arrivals", l->arrivals, "constant", "poisson", &arrivals) ||
		measuring_kind(&command_latency, "tls", l->tls, "on", "off", &off))
		return EXIT_USAGE;
	o->without_tls = off;
	o->rate = (double)rate;
	o->count = l->time ? 0 : (size_t)count;
	o->repetitions = (unsigned)repeat;
	o->warm_up = (double)warm_up / 100;
	o->seed = (uint64_t)seed;
	o->size = (size_t)size;
	o->contacts = (unsigned)contacts;
	o->loop = loop ? LOOP_CLOSED : LOOP_OPEN;
	o->arrivals = arrivals ? ARRIVALS_POISSON : ARRIVALS_CONSTANT;
	return 0;
}

static int read_line(struct latency_line *l, struct latency_options *o, int argc, char **argv)
{
	const struct option_spec specs[] = {
		{ "workload", NULL, &l->workloads, NULL },
		{ "rate", &l->rate, NULL, NULL },
		{ "count", &l->count, NULL, NULL },
		{ "time", &l->time, NULL, NULL },
		{ "repeat", &l->repeat, NULL, NULL },
		{ "warm-up", &l->warm_up, NULL, NULL },
		{ "loop", &l->loop, NULL, NULL },
		{ "arrivals", &l->arrivals, NULL, NULL },
		{ "seed", &l->seed, NULL, NULL },
		{ "transport", &l->transport, NULL, NULL },
		{ "tls", &l->tls, NULL, NULL },
		{ "within", &l->within, NULL, NULL },
		{ "size", &l->size, NULL, NULL },
		{ "contacts", &l->contacts, NULL, NULL },
		{ "option", NULL, &l->fixture_options, NULL },
		{ "out", &l->out, NULL, NULL },
		{ "lang", &l->language, NULL, NULL },
		{ "list", NULL, NULL, &l->list },
		{ "again", NULL, NULL, &l->again },
		{ NULL, NULL, NULL, NULL },
	};
	const char *language;
	double rate;
	int64_t time;
	struct err e;
	if (options_read(&command_latency, argc, argv, specs, &l->words))
		return EXIT_USAGE;
	if (l->again && l->words.count)
		return cmd_usage(&command_latency, "--again measures nothing, so it takes no TARGET");
	if (take_numbers(l, o) || cmd_language(&command_latency, l->language, &language))
		return EXIT_USAGE;
	for (size_t i = 0; i < l->workloads.count; i++)
		buf_printf(&l->globs, "%s%s", i ? "," : "", (const char *)l->workloads.items[i]);
	o->workloads = l->globs.len ? l->globs.data : NULL;
	if (latency_demand(o, &rate, &l->connections, &time, &e))
		return cmd_usage(&command_latency, "%s", e.message);
	return 0;
}

/* ---- the whole ---- */

static struct measuring_results results_of(const struct latency_line *l)
{
	struct measuring_results r = { "latency.json", l->out, NULL, latency_plots, latency_page };
	cmd_language(&command_latency, l->language, &r.language);
	return r;
}

int latency_write(const json_t *result, const struct latency_line *l, struct err *e)
{
	const struct measuring_results r = results_of(l);
	return measuring_write(&r, result, e);
}

static int again(const struct latency_line *l, struct err *e)
{
	AUTO_TEXT comparison = memory_printf("%s/comparison.json", l->out);
	if (file_exists(comparison))
		return comparing_latency_again(l->out, l->language);
	json_t *result = latency_read(l->out, e);
	const struct measuring_results r = results_of(l);
	int status = !result || measuring_write_page(&r, result, e) ? cmd_fail(e) : EXIT_AS_EXPECTED;
	json_decref(result);
	return status;
}

json_t *latency_measure(const struct latency_line *l, const struct latency_options *o, struct target *t, struct err *e)
{
	struct measuring_accounts a = { .target = t };
	double rate;
	int64_t connections, time;
	json_t *result = NULL;
	if (latency_demand(o, &rate, &connections, &time, e) || target_allows_load(t, rate, connections, time, e) ||
		(o->without_tls ? target_choose_clear(t, l->transport, e)
				: target_choose_transport(t, l->transport, e)) ||
		directory_make(o->out, e) || !(a.driver = driver_new("native", e)))
		return NULL;
	if (!measuring_accounts_make(&a, latency_accounts(o), e))
		result = latency_run(a.driver, t, a.given, a.count, o, e);
	if (result)
		latency_note(result, o);
	measuring_accounts_remove(&a);
	driver_free(a.driver);
	return result;
}

static int measure(const struct latency_line *l, const struct latency_options *o, struct target *t, struct err *e)
{
	int status;
	json_t *result = latency_measure(l, o, t, e);
	if (!result || latency_write(result, l, e)) {
		status = cmd_fail(e);
	} else {
		latency_table_end(result, l->out);
		status = latency_is_faulty(result) ? EXIT_NOT_CONFORMING : EXIT_AS_EXPECTED;
	}
	json_decref(result);
	return status;
}

static int run(int argc, char **argv)
{
	struct err e;
	struct latency_line l = { .out = "assay-latency" };
	struct latency_options o = { .within = 10 * CLOCK_SECOND };
	int status = read_line(&l, &o, argc, argv);
	if (o.without_tls)
		vec_push(&l.fixture_options, "ASSAY_FIXTURE_TLS=optional");
	if (!status && l.list) {
		latency_table_list();
	} else if (!status && l.again) {
		status = again(&l, &e);
	} else if (!status && measuring_descriptors((size_t)l.connections, l.transport, &e)) {
		status = cmd_fail(&e);
	} else if (!status && l.words.count > 1) {
		status = latency_targets(&l, &o);
	} else if (!status) {
		AUTO_TEXT raw = memory_printf("%s/raw", l.out);
		o.out = raw;
		o.progress = latency_table_row;
		struct target *t =
			measuring_target(l.words.count ? l.words.items[0] : "fixture:prosody", &l.fixture_options, &e);
		status = t ? measure(&l, &o, t, &e) : cmd_fail(&e);
		target_free(t);
	}
	vec_release(&l.workloads);
	vec_release(&l.fixture_options);
	vec_release(&l.words);
	buf_release(&l.globs);
	return status;
}

const struct command command_latency = { "latency", "measure how long a server takes, with every message checked",
	usage, run };
