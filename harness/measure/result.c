#include "measure/result.h"
#include "base/clock.h"
#include "base/text.h"
#include "measure/machine.h"
#include <stdio.h>
#include <stdlib.h>

#define FEWEST        10 /* requests of a repetition, however much one weighs */
#define SETTLED_LIMIT (10 * CLOCK_SECOND)

double result_rate(const struct workload *w, const struct latency_options *o)
{
	return o->rate / w->part;
}

size_t result_count(const struct workload *w, const struct latency_options *o)
{
	double count = o->count ? (double)o->count / w->part : result_rate(w, o) * (double)o->time / CLOCK_SECOND;
	return count < FEWEST ? FEWEST : count > LATENCY_REQUESTS_MOST ? LATENCY_REQUESTS_MOST : (size_t)count;
}

size_t result_warm(const struct workload *w, const struct latency_options *o)
{
	return (size_t)((double)result_count(w, o) * o->warm_up);
}

/* ---- repetitions ---- */

struct sums {
	struct latency_faults faults;
	size_t sent;
	int64_t processor, wall;
	struct machine_ticks before, after;
};

/* What was sent twice comes at the latest before the answer to what is asked now (RFC 6120 section 10.1). */
static int settle(struct engine *g, struct err *e)
{
	for (size_t i = 0; g->workload->ordered && g->crew.target && i < g->crew.members.count; i++) {
		xmlDoc *answer =
			crew_ask(g->crew.members.items[i], "<iq type='get'><query xmlns='jabber:iq:roster'/></iq>",
				clock_now() + SETTLED_LIMIT + g->options->within, e);
		if (!answer)
			return -1;
		xmlFreeDoc(answer);
	}
	return 0;
}

static void add_faults(struct latency_faults *sum, const struct latency_faults *f)
{
	sum->lost += f->lost;
	sum->repeated += f->repeated;
	sum->reordered += f->reordered;
	sum->altered += f->altered;
	sum->refused += f->refused;
}

static int repeat(struct engine *g, struct collection *c, struct sums *sums, struct err *e)
{
	const struct latency_options *o = g->options;
	const struct workload *w = g->workload;
	size_t warm = result_warm(w, o), total = result_count(w, o) + warm;
	int result = 0;
	sums->before = machine_ticks();
	for (unsigned r = 1; r <= o->repetitions && !result; r++) {
		result = engine_run(g, result_rate(w, o), total, warm, r, e);
		if (!result)
			result = settle(g, e);
		collection_add(c, g, r);
		add_faults(&sums->faults, &g->faults);
		sums->sent += g->sent;
		sums->processor += g->processor;
		sums->wall += g->ended - g->began;
	}
	sums->after = machine_ticks();
	return result;
}

/* ---- what is told ---- */

static double share(double part, double whole)
{
	return whole > 0 ? part / whole : 0;
}

static json_t *lag_of(const struct histogram *h)
{
	return json_pack("{s:I, s:I, s:I}", "p50", (json_int_t)histogram_percentile(h, 50), "p99",
		(json_int_t)histogram_percentile(h, 99), "greatest", (json_int_t)histogram_greatest(h));
}

static void add_figures(json_t *result, const struct collection *c, const struct sums *sums)
{
	const struct latency_faults *f = &sums->faults;
	double own = share((double)sums->processor, (double)sums->wall);
	double idle = machine_idle(&sums->before, &sums->after);
	json_object_set_new(result, "sent", json_integer((json_int_t)sums->sent));
	json_object_set_new(result, "faults",
		json_pack("{s:I, s:I, s:I, s:I, s:I}", "lost", (json_int_t)f->lost, "repeated", (json_int_t)f->repeated,
			"reordered", (json_int_t)f->reordered, "altered", (json_int_t)f->altered, "refused",
			(json_int_t)f->refused));
	json_object_set_new(result, "lag", lag_of(&c->lag));
	json_object_set_new(result, "read_lag", lag_of(&c->reading));
	json_object_set_new(result, "processor_share", json_real(own));
	if (idle >= 0)
		json_object_set_new(result, "machine_idle_share", json_real(idle));
	json_object_set_new(result, "warnings",
		machine_warnings(
			histogram_percentile(&c->lag, 99), histogram_percentile(&c->of[0].all, 99), own, idle));
	json_object_set_new(result, "series", collection_series(c));
}

static json_t *head(const struct workload *w, const struct latency_options *o)
{
	return json_pack("{s:s, s:{s:s, s:s}, s:{s:s, s:s}, s:f, s:I, s:I, s:b}", "name", w->name, "title", "en",
		w->title, "de", w->title_de, "about", "en", w->about, "de", w->about_de, "rate", result_rate(w, o),
		"count", (json_int_t)result_count(w, o), "warm_up", (json_int_t)result_warm(w, o), "phases",
		w->draws_phases);
}

static void set_state(json_t *result, const char *state, const struct err *why)
{
	json_object_set_new(result, "state", json_string(state));
	if (!why)
		return;
	char line[sizeof why->where + sizeof why->message + 4];
	err_format(why, line, sizeof line);
	json_object_set_new(result, "reason", json_string(line));
}

json_t *result_measure(struct engine *g, const struct workload *w, const struct latency_options *o, struct err *why)
{
	struct collection c;
	struct sums sums = { .sent = 0 };
	json_t *result = head(w, o);
	why->class = ERR_NONE;
	engine_init(g, w, o);
	collection_init(&c, w);
	if (w->set_up(g, why)) {
		set_state(result, why->class == ERR_UNSUPPORTED ? "unsupported" : "failed", why);
	} else {
		int fault = repeat(g, &c, &sums, why);
		set_state(result, fault ? "failed" : "measured", fault ? why : NULL);
		add_figures(result, &c, &sums);
		if (o->out && collection_write(&c, o->out, why)) {
			json_decref(result);
			result = NULL;
		}
	}
	if (w->tear_down)
		w->tear_down(g);
	crew_dismiss(&g->crew);
	engine_release(g);
	collection_release(&c);
	return result;
}
