#include "measure/load_stage.h"
#include "base/clock.h"
#include "base/text.h"
#include "measure/result.h"
#include <stdlib.h>

#define ROLL_CALL_LIMIT (60 * CLOCK_SECOND)
#define INTERVAL        CLOCK_SECOND

/* ---- what a phase costs ---- */

void load_cost_begin(const struct load *l, struct load_cost *c)
{
	*c = (struct load_cost){ .began = clock_now(),
		.processor = clock_processor(),
		.ticks = machine_ticks(),
		.server = machine_use(l->target->fixture) };
}

void load_cost_end(const struct load *l, struct load_cost *c)
{
	struct machine_ticks now = machine_ticks();
	struct machine_use server = machine_use(l->target->fixture);
	c->took = clock_now() - c->began;
	c->processor = clock_processor() - c->processor;
	c->machine_idle = machine_idle(&c->ticks, &now);
	c->memory = machine_own_memory();
	c->server_known = server.memory > 0;
	c->server_share = (double)(server.processor - c->server.processor) / (double)(c->took ? c->took : 1);
	c->server_memory = server.memory;
	uint64_t sums[] = { (uint64_t)c->processor, (uint64_t)c->memory };
	int64_t share = c->took ? c->processor * 1000 / c->took : 0;
	ranks_sum(l->ranks, sums, 2);
	ranks_greatest(l->ranks, &share, 1);
	c->own_share = (double)share / 1000;
	c->processor = (int64_t)sums[0];
	c->memory = (int64_t)sums[1];
}

json_t *load_cost_json(const struct load_cost *c)
{
	json_t *cost = json_pack("{s:I, s:I, s:f, s:I}", "took_ns", (json_int_t)c->took, "processor_ns",
		(json_int_t)c->processor, "processor_share", c->own_share, "memory_bytes", (json_int_t)c->memory);
	if (c->machine_idle >= 0)
		json_object_set_new(cost, "machine_idle_share", json_real(c->machine_idle));
	if (c->server_known)
		json_object_set_new(cost, "server",
			json_pack("{s:f, s:I}", "processor_share", c->server_share, "memory_bytes",
				(json_int_t)c->server_memory));
	return cost;
}

/* ---- holding ---- */

json_t *load_hold(struct load *l)
{
	struct load_cost cost;
	ranks_wait(l->ranks);
	load_cost_begin(l, &cost);
	for (int64_t until = cost.began + l->options->idle; clock_now() < until;)
		driver_pump(l->engine.crew.driver, until);
	load_cost_end(l, &cost);
	uint64_t counts[] = { fleet_roll_call(&l->fleet, clock_now() + ROLL_CALL_LIMIT), l->fleet.up };
	ranks_sum(l->ranks, counts, 2);
	ranks_merge(l->ranks, &l->fleet.answer);
	return json_pack("{s:o, s:I, s:I, s:o}", "cost", load_cost_json(&cost), "held", (json_int_t)counts[1],
		"answered", (json_int_t)counts[0], "answer", collection_percentiles(&l->fleet.answer));
}

/* ---- a stage ---- */

struct outcome {
	struct load_cost cost;
	struct latency_faults faults;
	uint64_t sent, finished, lost, alive, up;
	struct histogram series[SERIES_MOST], lag, second;
	json_t *intervals;
	bool kept;
};

static size_t series_count(const struct workload *w)
{
	size_t n = 0;
	while (n < SERIES_MOST && w->series[n].name)
		n++;
	return n;
}

/* Connections that were on their way back when the stage ended. */
static void settle_busy(struct load *l)
{
	for (size_t i = 0; i < l->engine.crew.members.count; i++) {
		struct member *m = l->engine.crew.members.items[i];
		struct held *h = held_of(m);
		if (!h->busy)
			continue;
		h->busy = false;
		if (device_state(m->device) != DEVICE_ONLINE) {
			device_cut(m->device);
			fleet_changed(&l->fleet, m, DEVICE_FAILED);
		}
	}
}

static void sum_up(struct load *l, struct outcome *o)
{
	const struct engine *g = &l->engine;
	struct latency_faults *f = &o->faults;
	o->sent = g->sent;
	o->finished = g->finished;
	o->faults = g->faults;
	o->lost = l->fleet.lost;
	o->up = l->fleet.up;
	uint64_t sums[] = { o->sent, o->finished, f->lost, f->repeated, f->reordered, f->altered, f->refused, o->lost,
		o->alive, o->up };
	ranks_sum(l->ranks, sums, sizeof sums / sizeof *sums);
	o->sent = sums[0];
	o->finished = sums[1];
	*f = (struct latency_faults){ sums[2], sums[3], sums[4], sums[5], sums[6] };
	o->lost = sums[7];
	o->alive = sums[8];
	o->up = sums[9];
}

static void record(struct load *l, struct outcome *o, size_t count)
{
	const struct engine *g = &l->engine;
	for (size_t n = g->warm; n < g->sent; n++) {
		const struct request *q = &g->requests[n];
		if (q->sent)
			histogram_record(&o->lag, q->sent - q->from);
		for (size_t i = 0; i < count && q->finished; i++)
			if (g->values[n * SERIES_MOST + i] != INT64_MIN)
				histogram_record(&o->series[i], g->values[n * SERIES_MOST + i]);
	}
	for (size_t i = 0; i < count; i++)
		ranks_merge(l->ranks, &o->series[i]);
	ranks_merge(l->ranks, &o->lag);
}

/* The first series, second by second of the intended instants; those are in ascending order. */
static void record_intervals(struct load *l, struct outcome *o, unsigned number, double rate)
{
	const struct engine *g = &l->engine;
	size_t n = g->warm;
	int64_t last = g->sent ? (g->requests[g->sent - 1].from - g->schedule.start) / INTERVAL : 0;
	ranks_greatest(l->ranks, &last, 1);
	for (int64_t second = 0; second <= last; second++) {
		struct histogram *h = &o->second;
		histogram_clear(h);
		for (; n < g->sent && (g->requests[n].from - g->schedule.start) / INTERVAL == second; n++)
			if (g->requests[n].finished && g->values[n * SERIES_MOST] != INT64_MIN)
				histogram_record(h, g->values[n * SERIES_MOST]);
		ranks_merge(l->ranks, h);
		if (!h->count)
			continue;
		long long p50 = histogram_percentile(h, 50), p90 = histogram_percentile(h, 90),
			  p99 = histogram_percentile(h, 99);
		buf_printf(&l->seconds, "%u,%.3f,%lld,%llu,%lld,%lld,%lld,%lld\n", number, rate, (long long)second,
			(unsigned long long)h->count, p50, p90, p99, (long long)h->greatest);
		json_array_append_new(o->intervals,
			json_pack("[I,I,I,I,I,I]", (json_int_t)second, (json_int_t)h->count, (json_int_t)p50,
				(json_int_t)p90, (json_int_t)p99, (json_int_t)h->greatest));
	}
}

static const char *why_missed(const struct load *l, const struct outcome *o)
{
	const struct latency_faults *f = &o->faults;
	if (o->lost || o->alive < o->up)
		return "connections";
	if (f->lost || f->repeated || f->reordered || f->altered || f->refused)
		return "messages";
	return histogram_percentile(&o->series[0], 99) > l->options->bound ? "slow" : "";
}

static json_t *tell(const struct load *l, const struct outcome *o, unsigned number, double rate, size_t count)
{
	const struct latency_faults *f = &o->faults;
	json_t *series = json_array();
	for (size_t i = 0; i < count; i++) {
		const struct series *s = &l->profile->workload.series[i];
		const struct histogram *h = &o->series[i];
		json_array_append_new(series,
			json_pack("{s:s, s:{s:s, s:s}, s:I, s:f, s:f, s:o, s:o}", "name", s->name, "about", "en",
				s->about, "de", s->about_de, "count", (json_int_t)h->count, "mean", histogram_mean(h),
				"deviation", histogram_deviation(h), "percentiles", collection_percentiles(h),
				"histogram", histogram_to_json(h)));
	}
	int64_t lag = histogram_percentile(&o->lag, 99);
	double seconds = (double)o->cost.took / CLOCK_SECOND;
	return json_pack(
		"{s:i, s:f, s:b, s:s, s:I, s:I, s:f, s:{s:I, s:I, s:I, s:I, s:I}, s:{s:I, s:I, s:I}, s:{s:I, s:I}, s:o, s:o, s:o, s:O}",
		"number", (int)number, "rate", rate, "kept", o->kept, "why", why_missed(l, o), "sent",
		(json_int_t)o->sent, "finished", (json_int_t)o->finished, "throughput",
		seconds > 0 ? (double)o->finished / seconds : 0, "faults", "lost", (json_int_t)f->lost, "repeated",
		(json_int_t)f->repeated, "reordered", (json_int_t)f->reordered, "altered", (json_int_t)f->altered,
		"refused", (json_int_t)f->refused, "connections", "held", (json_int_t)o->up, "lost",
		(json_int_t)o->lost, "answered", (json_int_t)o->alive, "lag", "p99", (json_int_t)lag, "greatest",
		(json_int_t)histogram_greatest(&o->lag), "warnings",
		machine_warnings(lag, histogram_percentile(&o->series[0], 99), o->cost.own_share, o->cost.machine_idle),
		"cost", load_cost_json(&o->cost), "series", series, "intervals", o->intervals);
}

static int write_raw(struct load *l, const struct outcome *o, unsigned number, double rate, size_t count, struct err *e)
{
	const char *folder = l->options->out;
	if (!folder || l->ranks->rank != 0)
		return 0;
	const struct histogram *h = &o->series[0];
	buf_printf(&l->table, "%u,%.3f,%d,%.3f,%llu,%llu,%lld,%lld,%lld,%lld,%.4f,%.4f\n", number, rate, o->kept,
		(double)o->finished * CLOCK_SECOND / (double)o->cost.took, (unsigned long long)o->sent,
		(unsigned long long)o->finished, (long long)histogram_percentile(h, 50),
		(long long)histogram_percentile(h, 90), (long long)histogram_percentile(h, 99),
		(long long)histogram_greatest(h), o->cost.own_share, o->cost.server_share);
	AUTO_TEXT table = memory_printf("%s/stages.csv", folder);
	AUTO_TEXT seconds = memory_printf("%s/seconds.csv", folder);
	if (file_write(table, buf_text(&l->table), l->table.len, e) ||
		file_write(seconds, buf_text(&l->seconds), l->seconds.len, e))
		return -1;
	for (size_t i = 0; i < count; i++) {
		BUF_AUTO csv = BUF_INIT, percentile_text = BUF_INIT;
		const char *name = l->profile->workload.series[i].name;
		AUTO_TEXT cells = memory_printf("%s/stage-%u-%s.histogram.csv", folder, number, name);
		AUTO_TEXT lines = memory_printf("%s/stage-%u-%s.hgrm", folder, number, name);
		histogram_csv(&o->series[i], &csv);
		histogram_percentile_text(&o->series[i], &percentile_text);
		if (file_write(cells, buf_text(&csv), csv.len, e) ||
			file_write(lines, buf_text(&percentile_text), percentile_text.len, e))
			return -1;
	}
	return 0;
}

static void play(struct load *l, struct outcome *o, unsigned number, double rate)
{
	struct err ignored;
	double share = rate / l->ranks->size;
	size_t count = (size_t)(share * (double)l->options->hold / CLOCK_SECOND), warm;
	count = count < 1 ? 1 : count > LATENCY_REQUESTS_MOST ? LATENCY_REQUESTS_MOST : count;
	warm = (size_t)((double)count * l->options->warm_up);
	l->fleet.lost = 0;
	ranks_wait(l->ranks);
	load_cost_begin(l, &o->cost);
	engine_run(&l->engine, share, count + warm, warm, number, &ignored);
	load_cost_end(l, &o->cost);
	settle_busy(l);
	/* Behind everything that the server has sent: what came twice has come (RFC 6120 section 10.1). */
	o->alive = fleet_roll_call(&l->fleet, clock_now() + ROLL_CALL_LIMIT);
}

json_t *load_stage(struct load *l, unsigned number, double rate, bool *kept, struct err *e)
{
	struct outcome o = { .intervals = json_array() };
	size_t count = series_count(&l->profile->workload);
	histogram_init(&o.lag);
	histogram_init(&o.second);
	for (size_t i = 0; i < count; i++)
		histogram_init(&o.series[i]);
	play(l, &o, number, rate);
	sum_up(l, &o);
	record(l, &o, count);
	record_intervals(l, &o, number, rate);
	*kept = o.kept = !*why_missed(l, &o);
	json_t *result = tell(l, &o, number, rate, count);
	if (write_raw(l, &o, number, rate, count, e)) {
		json_decref(result);
		result = NULL;
	}
	json_decref(o.intervals);
	histogram_release(&o.lag);
	histogram_release(&o.second);
	for (size_t i = 0; i < count; i++)
		histogram_release(&o.series[i]);
	return result;
}
