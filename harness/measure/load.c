#include "measure/load.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "measure/knee.h"
#include "measure/load_stage.h"
#include "measure/result.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NEAR       1.1 /* how near the knee is found */
#define LEAST_RATE 0.1

/* ---- what is asked for ---- */

int load_demand(const struct load_options *o, double *rate, int64_t *connections, int64_t *time, struct err *e)
{
	*rate = o->fixed ? o->rate : o->most_rate;
	*rate = o->connect_rate > *rate ? o->connect_rate : *rate;
	*connections = (int64_t)o->connections;
	*time = o->most_time;
	if (!load_profile_find(o->profile))
		return err_set(
			e, ERR_USAGE, NULL, "no profile is called '%s'; `assay load --list` names them", o->profile);
	if (!o->fixed && o->most_rate < o->rate)
		return err_set(e, ERR_USAGE, NULL, "the highest rate is below the first, %g a second", o->rate);
	if (load_pace_takes(o) + o->idle + o->hold > o->most_time)
		return err_set(e, ERR_USAGE, NULL,
			"connecting, holding and one stage take longer than the whole may, %.0f s",
			(double)o->most_time / CLOCK_SECOND);
	double most = (o->fixed ? o->rate : o->most_rate) * (double)o->hold / CLOCK_SECOND * (1 + o->warm_up);
	return most <= LATENCY_REQUESTS_MOST
		? 0
		: err_set(e, ERR_USAGE, NULL, "a stage has at most %d requests, and rate times hold would be %.0f",
			  LATENCY_REQUESTS_MOST, most);
}

/* ---- what the connections say ---- */

static void received(void *context, struct member *m, const xmlNode *stanza, int64_t when)
{
	struct load *l = context;
	if (!fleet_received(&l->fleet, m, stanza, when))
		l->profile->workload.received(&l->engine, m, stanza, when);
}

static void changed(void *context, struct member *m, enum device_state state)
{
	struct load *l = context;
	if (l->profile->workload.changed)
		l->profile->workload.changed(&l->engine, m, state);
	fleet_changed(&l->fleet, m, state);
}

static void meanwhile(void *context)
{
	struct load *l = context;
	driver_pump(l->engine.crew.driver, clock_now() + CLOCK_MILLISECOND);
}

/* ---- phases ---- */

/* What the connections do before the first stage, and again where some were lost. 1 where that failed at any rank. */
static bool prepare(struct load *l, struct err *e)
{
	struct engine *g = &l->engine;
	if (l->profile->end)
		l->profile->end(g);
	int64_t fault = l->profile->prepare(g, l->options, e) ? 1 : 0;
	if (fault && l->ranks->size > 1)
		log_line("rank %d: %s", l->ranks->rank, e->message);
	if (!fault)
		err_set(e, ERR_CONNECTION, NULL, "another rank could not prepare");
	ranks_greatest(l->ranks, &fault, 1);
	return fault;
}

/* Whether there is time for one more; all ranks agree. */
static bool has_time(struct load *l)
{
	int64_t spent = clock_now() - l->began;
	ranks_greatest(l->ranks, &spent, 1);
	return spent + l->options->hold <= l->options->most_time;
}

/* Brings back what was lost in a stage. */
static bool heal(struct load *l, struct err *e)
{
	uint64_t lost = l->fleet.lost;
	ranks_sum(l->ranks, &lost, 1);
	if (!lost)
		return true;
	if (load_bring_up(l)) {
		err_set(e, ERR_CONNECTION, NULL, "connections that were lost could not be made again");
		return false;
	}
	return !prepare(l, e);
}

/* Whether the lowest stage that was not kept has a warning: then it was perhaps not the server's fault. */
static bool was_machine(const struct knee *k, const json_t *stages)
{
	size_t i;
	const json_t *stage;
	bool warned = false;
	json_array_foreach(stages, i, stage)
		if (json_number_value(json_object_get(stage, "rate")) == k->missed)
			warned = json_array_size(json_object_get(stage, "warnings")) > 0;
	return warned;
}

static json_t *tell_knee(const struct knee *k, const json_t *stages)
{
	return json_pack("{s:s, s:f, s:f, s:b}", "state", knee_state_name(knee_state(k)), "kept_rate", k->kept,
		"missed_rate", k->missed, "machine", was_machine(k, stages));
}

static int search(struct load *l, json_t *result, json_t *stages, struct err *e)
{
	const struct load_options *o = l->options;
	struct knee k = { .rate = o->rate,
		.least = o->rate < LEAST_RATE ? o->rate : LEAST_RATE,
		.most = o->most_rate,
		.factor = o->factor,
		.near = NEAR,
		.stages_most = o->stages };
	while (!k.over && has_time(l)) {
		bool kept;
		json_t *stage = load_stage(l, k.stages + 1, k.rate, &kept, e);
		if (!stage)
			return -1;
		json_array_append_new(stages, stage);
		if (o->progress)
			o->progress(o->context, l->fleet.up, l->engine.crew.members.count, stage);
		knee_stage(&k, kept);
		if (o->fixed)
			break;
		if (!heal(l, e)) {
			json_object_set_new(result, "reason", json_string(e->message));
			break;
		}
	}
	if (!o->fixed)
		json_object_set_new(result, "knee", tell_knee(&k, stages));
	return 0;
}

/* ---- the whole ---- */

static json_t *tell_ranks(struct load *l)
{
	enum { NAME = 8, FIELDS = NAME + 3 }; /* 64 letters of the host's name, then numbers */
	size_t size = (size_t)l->ranks->size;
	uint64_t *numbers = memory_alloc(size * FIELDS * sizeof *numbers),
		 *own = numbers + (size_t)l->ranks->rank * FIELDS;
	char name[NAME * sizeof *own] = "";
	gethostname(name, sizeof name - 1);
	memcpy(own, name, sizeof name);
	own[NAME] = l->engine.crew.members.count;
	own[NAME + 1] = (uint64_t)clock_processor();
	own[NAME + 2] = (uint64_t)machine_own_memory();
	ranks_sum(l->ranks, numbers, size * FIELDS);
	json_t *list = json_array();
	for (size_t i = 0; i < size; i++) {
		const uint64_t *n = numbers + i * FIELDS;
		memcpy(name, n, sizeof name);
		name[sizeof name - 1] = 0;
		json_array_append_new(list,
			json_pack("{s:s, s:I, s:I, s:I}", "host", name, "connections", (json_int_t)n[NAME],
				"processor_ns", (json_int_t)n[NAME + 1], "memory_bytes", (json_int_t)n[NAME + 2]));
	}
	free(numbers);
	return list;
}

static json_t *head(const struct load *l, size_t accounts)
{
	const struct load_options *o = l->options;
	const struct target *t = l->target;
	char began[CLOCK_STAMP_SIZE];
	clock_stamp(began);
	return json_pack(
		"{s:s, s:i, s:s, s:s, s:{s:s, s:s, s:s}, s:s, s:o, s:s, s:b, s:f, s:I, s:I, s:I, s:I, s:i, s:I, s:{s:I, s:I}}",
		"assay", "load", "format", 1, "version", ASSAY_VERSION, "started", began, "target", "name", t->name,
		"domain", t->domain, "product", t->product ? t->product : "", "transport", transport_name(t->transport),
		"profile", load_profile_json(l->profile), "arrivals", arrivals_name(o->arrivals), "fixed", o->fixed,
		"connect_rate", o->connect_rate, "hold_ns", (json_int_t)o->hold, "idle_ns", (json_int_t)o->idle,
		"bound_ns", (json_int_t)o->bound, "within_ns", (json_int_t)o->within, "text_bytes", (int)o->size,
		"seed", (json_int_t)o->seed, "connections", "asked", (json_int_t)o->connections, "accounts",
		(json_int_t)accounts);
}

/* -1 only where raw data could not be written. */
static int phases(struct load *l, json_t *result, struct err *e)
{
	struct load_cost cost;
	json_t *stages = json_array();
	json_object_set_new(result, "stages", stages);
	ranks_wait(l->ranks);
	load_cost_begin(l, &cost);
	uint64_t failed = load_bring_up(l);
	load_cost_end(l, &cost);
	json_object_set_new(result, "connecting", load_tell_connecting(l, &cost));
	json_object_set_new(json_object_get(result, "connections"), "failed", json_integer((json_int_t)failed));
	if (load_write_connecting(l, e))
		return -1;
	json_object_set_new(result, "state", json_string("failed"));
	if (failed) {
		const struct err *first = &l->fleet.first;
		json_object_set_new(result, "reason",
			json_string(first->class != ERR_NONE ? first->message : "another rank could not connect"));
		return 0;
	}
	json_object_set_new(result, "holding", load_hold(l));
	if (prepare(l, e)) {
		json_object_set_new(result, "reason", json_string(e->message));
		if (e->class == ERR_UNSUPPORTED)
			json_object_set_new(result, "state", json_string("unsupported"));
		return 0;
	}
	json_object_set_new(result, "state", json_string("measured"));
	return search(l, result, stages, e);
}

static void init(struct load *l)
{
	const struct load_options *o = l->options;
	l->engine_options = (struct latency_options){ .repetitions = 1,
		.loop = LOOP_OPEN,
		.arrivals = o->arrivals,
		.seed = o->seed + (uint64_t)l->ranks->rank,
		.within = o->within,
		.size = o->size };
	engine_init(&l->engine, &l->profile->workload, &l->engine_options);
	l->engine.crew.received = received;
	l->engine.crew.changed = changed;
	l->engine.crew.context = l;
	fleet_init(&l->fleet, &l->engine.crew);
	l->fleet.rate = o->connect_rate / l->ranks->size;
	l->fleet.at_once = o->connecting / (size_t)l->ranks->size + 1;
	l->fleet.managed = l->profile->managed;
	l->fleet.quiet = l->profile->quiet;
	l->ranks->meanwhile = meanwhile;
	l->ranks->context = l;
	buf_add_text(&l->table,
		"stage,rate,kept,throughput,sent,finished,p50_ns,p90_ns,p99_ns,greatest_ns,own_share,server_share\n");
	buf_add_text(&l->seconds, "stage,rate,second,count,p50_ns,p90_ns,p99_ns,greatest_ns\n");
}

json_t *load_run(struct driver *driver, const struct target *t, const struct driver_account *accounts, size_t count,
	struct ranks *ranks, const struct load_options *o, struct err *e)
{
	struct load l = { .options = o,
		.profile = load_profile_find(o->profile),
		.target = t,
		.ranks = ranks,
		.began = clock_now() };
	if (o->connections / (size_t)ranks->size < l.profile->fewest) {
		err_set(e, ERR_USAGE, NULL, "the profile %s wants %zu connections at least, of each process",
			o->profile, l.profile->fewest);
		return NULL;
	}
	const struct ranks before = *ranks;
	crew_init(&l.engine.crew, driver, t, t->transport, accounts, count);
	init(&l);
	load_add_connections(&l, count);
	json_t *result = head(&l, count);
	int fault = phases(&l, result, e);
	if (l.profile->end)
		l.profile->end(&l.engine);
	json_object_set_new(result, "ranks", tell_ranks(&l));
	ranks_wait(ranks); /* one that left early would leave the others without answers */
	ranks->meanwhile = before.meanwhile;
	ranks->context = before.context;
	l.engine.crew.changed = NULL; /* what comes from here on is nobody's business */
	fleet_release(&l.fleet);
	crew_dismiss(&l.engine.crew);
	engine_release(&l.engine);
	buf_release(&l.table);
	buf_release(&l.seconds);
	if (!fault)
		return result;
	json_decref(result);
	return NULL;
}

/* ---- what it comes to ---- */

static bool is_wrong(const json_t *stage)
{
	const char *why = json_string_value(json_object_get(stage, "why"));
	return text_equal(why, "connections") || text_equal(why, "messages");
}

bool load_is_faulty(const json_t *result)
{
	size_t i;
	const json_t *stage;
	bool fixed = json_is_true(json_object_get(result, "fixed")), any = false;
	double knee = json_number_value(json_object_get(json_object_get(result, "knee"), "kept_rate"));
	if (!text_equal(json_string_value(json_object_get(result, "state")), "measured"))
		return true;
	json_array_foreach(json_object_get(result, "stages"), i, stage) {
		bool kept = json_is_true(json_object_get(stage, "kept"));
		any = any || kept;
		if (fixed ? !kept : is_wrong(stage) && json_number_value(json_object_get(stage, "rate")) <= knee)
			return true;
	}
	return !any;
}
