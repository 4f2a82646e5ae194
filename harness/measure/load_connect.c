/* How the connections of a load come up. */
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "measure/load_stage.h"
#include "measure/result.h"

#define BRING_UP_LIMIT (60 * CLOCK_SECOND) /* beside what the pace takes */

int64_t load_pace_takes(const struct load_options *o)
{
	return (int64_t)((double)o->connections / o->connect_rate * CLOCK_SECOND);
}

void load_add_connections(struct load *l, size_t account_count)
{
	const struct load_options *o = l->options;
	size_t size = (size_t)l->ranks->size, rank = (size_t)l->ranks->rank;
	size_t first = o->connections * rank / size, end = o->connections * (rank + 1) / size;
	for (size_t i = first; i < end; i++) {
		AUTO_TEXT resource = memory_printf("load-%zu", i);
		struct member *m = fleet_add(&l->fleet, i % account_count, resource);
		m->config.mechanism = o->mechanism;
		device_configure(m->device, &m->config);
	}
}

static void tick(void *context)
{
	const struct load *l = context;
	if (l->options->progress)
		l->options->progress(l->options->context, l->fleet.up, l->engine.crew.members.count, NULL);
}

uint64_t load_bring_up(struct load *l)
{
	struct fleet *f = &l->fleet;
	int64_t deadline = clock_now() + load_pace_takes(l->options) + BRING_UP_LIMIT;
	fleet_bring_up(f, deadline, l->ranks->rank == 0 ? tick : NULL, l);
	if (f->failed)
		log_line("%zu of %zu connections could not be made: %s: %s", f->failed, l->engine.crew.members.count,
			f->first.where, f->first.message);
	uint64_t failed = f->failed;
	ranks_sum(l->ranks, &failed, 1);
	return failed;
}

json_t *load_tell_connecting(struct load *l, const struct load_cost *cost)
{
	json_t *phases = json_array();
	for (size_t i = 0; i < FLEET_PHASES; i++) {
		struct histogram *h = &l->fleet.phases[i];
		const struct fleet_phase *p = &fleet_phases[i];
		ranks_merge(l->ranks, h);
		json_array_append_new(phases,
			json_pack("{s:s, s:{s:s, s:s}, s:I, s:o}", "name", p->name, "about", "en", p->about, "de",
				p->about_de, "count", (json_int_t)h->count, "percentiles", collection_percentiles(h)));
	}
	double seconds = (double)cost->took / CLOCK_SECOND;
	return json_pack("{s:o, s:f, s:o}", "cost", load_cost_json(cost), "throughput",
		seconds > 0 ? (double)l->fleet.phases[0].count / seconds : 0, "phases", phases);
}

int load_write_connecting(const struct load *l, struct err *e)
{
	if (!l->options->out || l->ranks->rank != 0)
		return 0;
	BUF_AUTO csv = BUF_INIT;
	buf_add_text(&csv, "phase,count,p50_ns,p90_ns,p99_ns,greatest_ns\n");
	for (size_t i = 0; i < FLEET_PHASES; i++) {
		const struct histogram *h = &l->fleet.phases[i];
		buf_printf(&csv, "%s,%llu,%lld,%lld,%lld,%lld\n", fleet_phases[i].name, (unsigned long long)h->count,
			(long long)histogram_percentile(h, 50), (long long)histogram_percentile(h, 90),
			(long long)histogram_percentile(h, 99), (long long)histogram_greatest(h));
	}
	AUTO_TEXT path = memory_printf("%s/connecting.csv", l->options->out);
	return file_write(path, buf_text(&csv), csv.len, e);
}
