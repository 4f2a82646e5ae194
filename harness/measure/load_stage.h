/* measure/load_stage.h: a load as it runs, its phases and what each of them showed; private to this room. */
#ifndef ASSAY_MEASURE_LOAD_STAGE_H
#define ASSAY_MEASURE_LOAD_STAGE_H
#include "measure/load_profiles.h"
#include "measure/machine.h"

struct load {
	const struct load_options *options;
	struct latency_options engine_options; /* what the engine wants of them */
	const struct load_profile *profile;
	const struct target *target;
	struct ranks *ranks;
	struct engine engine; /* its crew is the fleet's */
	struct fleet fleet;
	int64_t began;
	struct buf table, seconds; /* raw/stages.csv, raw/seconds.csv */
};

/* What a phase has cost, of all ranks together, from load_cost_begin() to load_cost_end(). */
struct load_cost {
	int64_t began, took;
	int64_t processor;     /* ns, of the load generator */
	double own_share;      /* of one core, the busiest rank's */
	double machine_idle;   /* rank 0's machine; below 0: unknown */
	int64_t memory;        /* bytes, of the load generator */
	bool server_known;     /* it runs as a fixture of rank 0's machine */
	double server_share;   /* of one core */
	int64_t server_memory; /* bytes */
	struct machine_ticks ticks;
	struct machine_use server;
};
void load_cost_begin(const struct load *l, struct load_cost *c);
void load_cost_end(const struct load *l, struct load_cost *c);
json_t *load_cost_json(const struct load_cost *c);

/* ---- load_connect.c ---- */

int64_t load_pace_takes(const struct load_options *o);           /* ns that connecting takes at the pace asked for */
void load_add_connections(struct load *l, size_t account_count); /* this rank's share; none is connected */
/* Connects all that are down. Returns how many are not up, of all ranks; the first reason is in the fleet. */
uint64_t load_bring_up(struct load *l);
json_t *load_tell_connecting(struct load *l, const struct load_cost *cost); /* "connecting" */
int load_write_connecting(const struct load *l, struct err *e);             /* raw/connecting.csv, at rank 0 */

/* ---- load_stage.c ---- */

/* Runs one stage at that rate, of all ranks together, and the roll call behind it. *kept says whether it was; the object is one of
 * "stages" in load.json (docs/load.md), the same at all ranks, the caller's. Writes raw data at rank 0. NULL with ERR_ENVIRONMENT. */
json_t *load_stage(struct load *l, unsigned number, double rate, bool *kept, struct err *e);
/* Holds the connections for a while; their object "holding". */
json_t *load_hold(struct load *l);
#endif
