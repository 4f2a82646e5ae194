/* assay load: how much a server keeps up with. */
#include "measure/load.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "cmd/load_ranks.h"
#include "cmd/load_table.h"
#include "cmd/options.h"
#include "report/load.h"
#include <stdlib.h>
#include <string.h>

#define ACCOUNTS_ENOUGH 1000 /* more connections than that share accounts */

static const char usage[] =
	"usage: assay load [TARGET] [OPTION…]\n"
	"       mpirun [-n N | --hostfile FILE] assay load [TARGET] [OPTION…]\n"
	"\n"
	"Connects many devices, lets them do what people do, faster and faster, and finds the knee: the highest rate at which the\n"
	"99th percentile stays under a bound and no message is lost, repeated, reordered or altered. TARGET is fixture:NAME\n"
	"(default: fixture:prosody) or a target file whose section [load] says allow = yes. Writes load.html, load.json, plots\n"
	"and raw data. Under Open MPI the processes divide connections and rate among them, and rank 0 reports.\n"
	"\n"
	"  --profile NAME        what they do: office (default), idle, rooms or reconnect;  --list describes them\n"
	"  --connections N       devices at once (default: 200)\n"
	"  --accounts N          accounts (default: one for each connection, up to 1000); connections share them by turns\n"
	"  --connect-rate N      new connections a second (default: 100);  --connecting N on their way at once (default: 100)\n"
	"  --idle T              how long they are held before the first stage (default: 5s)\n"
	"  --rate N              of the first stage, a second (default: 50);  --most-rate N (default: 20000)\n"
	"  --factor N            percent from stage to stage (default: 150);  --stages N at most (default: 20)\n"
	"  --hold T              of a stage (default: 10s);  --warm-up N percent of its requests that go before (default: 10)\n"
	"  --bound T             what the 99th percentile may take (default: 100ms)\n"
	"  --fixed               one stage at --rate, no search\n"
	"  --occupants N         of each room (default: 50)\n"
	"  --arrivals KIND       poisson (default) or constant;  --seed N (default: 1)\n"
	"  --transport NAME      starttls (default), direct (XEP-0368), ws (RFC 7395) or bosh (XEP-0124)\n"
	"  --mechanism NAME      of SASL (default: the strongest that both know)\n"
	"  --within T            after this a request counts as lost (default: 10s)\n"
	"  --size N              bytes of a message's text (default: 100)\n"
	"  --most-time T         of the whole (default: 10m)\n"
	"  --option KEY=VALUE    for the fixture\n"
	"  --out DIR             where the results go (default: assay-load);  --lang NAME their language (en, de)\n"
	"  --again               load nothing: make page and plots anew from what is in DIR\n"
	"\n"
	"Exit status: 0 a knee was found, or the fixed rate kept, and nothing wrong at or below it; 1 otherwise; 2 the command line\n"
	"or the target file is wrong or does not allow it, 3 not reachable.\n";

struct load_line {
	const char *profile, *connections, *accounts, *connect_rate, *connecting, *idle, *rate, *most_rate, *factor,
		*stages, *hold, *warm_up, *bound, *occupants, *arrivals, *seed, *transport, *mechanism, *within, *size,
		*most_time, *out, *language;
	struct vec fixture_options, words;
	bool list, again, fixed;
	size_t account_count;
};

/* ---- the command line ---- */

static int take_numbers(struct load_line *l, struct load_options *o)
{
	const struct command *c = &command_load;
	int64_t connections = 200, accounts = 0, connect_rate = 100, connecting = 100, rate = 50, most_rate = 20000,
		factor = 150, stages = 20, warm_up = 10, occupants = 50, seed = 1, size = 100;
	int arrivals;
	if (measuring_number(c, "connections", l->connections, 2, LOAD_CONNECTIONS_MOST, &connections) ||
		measuring_number(c, "accounts", l->accounts, 2, LOAD_CONNECTIONS_MOST, &accounts) ||
		measuring_number(c, "connect-rate", l->connect_rate, 1, 100000, &connect_rate) ||
		measuring_number(c, "connecting", l->connecting, 1, 10000, &connecting) ||
		measuring_number(c, "rate", l->rate, 1, 100000, &rate) ||
		measuring_number(c, "most-rate", l->most_rate, 1, 100000, &most_rate) ||
		measuring_number(c, "factor", l->factor, 101, 1000, &factor) ||
		measuring_number(c, "stages", l->stages, 1, 100, &stages) ||
		measuring_number(c, "warm-up", l->warm_up, 0, 100, &warm_up) ||
		measuring_number(c, "occupants", l->occupants, 2, 10000, &occupants) ||
		measuring_number(c, "seed", l->seed, 0, INT64_MAX, &seed) ||
		measuring_number(c, "size", l->size, 30, 65536, &size) ||
		measuring_time(c, "idle", l->idle, &o->idle) || measuring_time(c, "hold", l->hold, &o->hold) ||
		measuring_time(c, "bound", l->bound, &o->bound) || measuring_time(c, "within", l->within, &o->within) ||
		measuring_time(c, "most-time", l->most_time, &o->most_time) ||
		measuring_kind(c, "arrivals", l->arrivals, "poisson", "constant", &arrivals))
		return EXIT_USAGE;
	if (!accounts)
		accounts = connections < ACCOUNTS_ENOUGH ? connections : ACCOUNTS_ENOUGH;
	if (accounts > connections)
		return cmd_usage(c, "--accounts is more than there are connections, %lld", (long long)connections);
	if (l->fixed && (l->most_rate || l->factor || l->stages))
		return cmd_usage(c, "--fixed has one stage at --rate, so there is no --%s",
			l->most_rate        ? "most-rate"
				: l->factor ? "factor"
					    : "stages");
	l->account_count = (size_t)accounts;
	o->connections = (size_t)connections;
	o->connect_rate = (double)connect_rate;
	o->connecting = (size_t)connecting;
	o->rate = (double)rate;
	o->most_rate = (double)(l->most_rate || most_rate > rate ? most_rate : rate);
	o->factor = (double)factor / 100;
	o->stages = (unsigned)stages;
	o->warm_up = (double)warm_up / 100;
	o->occupants = (size_t)occupants;
	o->seed = (uint64_t)seed;
	o->size = (size_t)size;
	o->arrivals = arrivals ? ARRIVALS_CONSTANT : ARRIVALS_POISSON;
	o->fixed = l->fixed;
	o->mechanism = l->mechanism;
	o->profile = l->profile;
	return 0;
}

static int read_line(struct load_line *l, struct load_options *o, int argc, char **argv)
{
	const struct option_spec specs[] = {
		{ "profile", &l->profile, NULL, NULL },
		{ "connections", &l->connections, NULL, NULL },
		{ "accounts", &l->accounts, NULL, NULL },
		{ "connect-rate", &l->connect_rate, NULL, NULL },
		{ "connecting", &l->connecting, NULL, NULL },
		{ "idle", &l->idle, NULL, NULL },
		{ "rate", &l->rate, NULL, NULL },
		{ "most-rate", &l->most_rate, NULL, NULL },
		{ "factor", &l->factor, NULL, NULL },
		{ "stages", &l->stages, NULL, NULL },
		{ "hold", &l->hold, NULL, NULL },
		{ "warm-up", &l->warm_up, NULL, NULL },
		{ "bound", &l->bound, NULL, NULL },
		{ "fixed", NULL, NULL, &l->fixed },
		{ "occupants", &l->occupants, NULL, NULL },
		{ "arrivals", &l->arrivals, NULL, NULL },
		{ "seed", &l->seed, NULL, NULL },
		{ "transport", &l->transport, NULL, NULL },
		{ "mechanism", &l->mechanism, NULL, NULL },
		{ "within", &l->within, NULL, NULL },
		{ "size", &l->size, NULL, NULL },
		{ "most-time", &l->most_time, NULL, NULL },
		{ "option", NULL, &l->fixture_options, NULL },
		{ "out", &l->out, NULL, NULL },
		{ "lang", &l->language, NULL, NULL },
		{ "list", NULL, NULL, &l->list },
		{ "again", NULL, NULL, &l->again },
		{ NULL, NULL, NULL, NULL },
	};
	const char *language;
	double rate;
	int64_t connections, time;
	struct err e;
	if (options_read(&command_load, argc, argv, specs, &l->words))
		return EXIT_USAGE;
	if (l->words.count > 1)
		return cmd_usage(&command_load, "it loads one TARGET");
	if (l->again && l->words.count)
		return cmd_usage(&command_load, "--again loads nothing, so it takes no TARGET");
	if (take_numbers(l, o) || cmd_language(&command_load, l->language, &language))
		return EXIT_USAGE;
	if (load_demand(o, &rate, &connections, &time, &e))
		return cmd_usage(&command_load, "%s", e.message);
	return 0;
}

/* ---- the whole ---- */

static struct measuring_results results_of(const struct load_line *l)
{
	struct measuring_results r = { "load.json", l->out, NULL, load_plots, load_page };
	cmd_language(&command_load, l->language, &r.language);
	return r;
}

static int again(const struct load_line *l, struct err *e)
{
	json_t *result = load_read(l->out, e);
	const struct measuring_results r = results_of(l);
	int status = !result || measuring_write_page(&r, result, e) ? cmd_fail(e) : EXIT_AS_EXPECTED;
	json_decref(result);
	return status;
}

/* What the command line leaves open stays within what the target allows. */
static void keep_within(const struct target *t, struct load_line *l, struct load_options *o)
{
	const struct target_load_limits *m = &t->load;
	if (t->fixture || !m->allowed)
		return;
	if (!l->connections && (int64_t)o->connections > m->most_connections && m->most_connections >= 2)
		o->connections = (size_t)m->most_connections;
	if (l->account_count > o->connections)
		l->account_count = o->connections;
	if (!l->most_rate && o->most_rate > (double)m->most_rate && o->rate <= (double)m->most_rate)
		o->most_rate = (double)m->most_rate;
	if (!l->most_time && o->most_time > m->most_time)
		o->most_time = m->most_time;
}

/* At rank 0: the target, and accounts there. */
static int open_target(struct load_party *p, struct load_line *l, struct load_options *o, struct err *e)
{
	double rate;
	int64_t connections, time;
	p->target = measuring_target(l->words.count ? l->words.items[0] : "fixture:prosody", &l->fixture_options, e);
	p->accounts.target = p->target;
	if (p->target)
		keep_within(p->target, l, o);
	return !p->target || load_demand(o, &rate, &connections, &time, e) ||
			target_allows_load(p->target, rate, connections, time, e) ||
			target_choose_transport(p->target, l->transport, e) || (o->out && directory_make(o->out, e)) ||
			measuring_accounts_make(&p->accounts, l->account_count, e)
		? -1
		: 0;
}

static int play(struct load_party *p, struct load_line *l, struct load_options *o, struct err *e)
{
	if (p->ranks.rank == 0 && open_target(p, l, o, e))
		return cmd_fail(e);
	if (load_party_share(p, o, e))
		return cmd_fail(e);
	o->progress = p->ranks.rank == 0 ? load_table_row : NULL;
	json_t *result = load_run(p->accounts.driver, p->target, p->given, p->count, &p->ranks, o, e);
	int status = !result ? cmd_fail(e) : load_is_faulty(result) ? EXIT_NOT_CONFORMING : EXIT_AS_EXPECTED;
	if (result && p->ranks.rank == 0) {
		const struct measuring_results r = results_of(l);
		if (measuring_write(&r, result, e))
			status = cmd_fail(e);
		else
			load_table_end(result, l->out);
	}
	json_decref(result);
	return status;
}

/* While one rank waits for another there is nothing to serve yet, and nothing to burn either. */
static void meanwhile(void *context)
{
	driver_pump(context, clock_now() + CLOCK_MILLISECOND);
}

static int load(struct load_line *l, struct load_options *o, struct err *e)
{
	struct load_party p = { .target = NULL };
	int status;
	if (load_party_join(&p, e) || measuring_descriptors(o->connections / (size_t)p.ranks.size, l->transport, e) ||
		!(p.accounts.driver = driver_new("native", e)))
		return cmd_fail(e);
	p.ranks.meanwhile = meanwhile;
	p.ranks.context = p.accounts.driver;
	status = play(&p, l, o, e);
	/* The others would wait for this one for ever. */
	if (status >= EXIT_USAGE)
		ranks_abort(&p.ranks, status);
	struct driver *driver = p.accounts.driver;
	load_party_leave(&p);
	driver_free(driver);
	/* mpirun takes any other status of any rank for a crash. */
	return p.ranks.rank == 0 || status >= EXIT_USAGE ? status : EXIT_AS_EXPECTED;
}

static int run(int argc, char **argv)
{
	struct err e;
	struct load_line l = { .out = "assay-load", .profile = "office" };
	struct load_options o = { .within = 10 * CLOCK_SECOND,
		.idle = 5 * CLOCK_SECOND,
		.hold = 10 * CLOCK_SECOND,
		.bound = 100 * CLOCK_MILLISECOND,
		.most_time = 600 * CLOCK_SECOND };
	int status = read_line(&l, &o, argc, argv);
	if (!status && l.list) {
		load_table_list();
	} else if (!status && l.again) {
		status = again(&l, &e);
	} else if (!status) {
		AUTO_TEXT raw = memory_printf("%s/raw", l.out);
		o.out = raw;
		status = load(&l, &o, &e);
	}
	vec_release(&l.fixture_options);
	vec_release(&l.words);
	return status;
}

const struct command command_load = { "load", "find how much a server keeps up with, with every message checked", usage,
	run };
