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

/* Runs one stage at that rate, of all ranks together, and the roll call behind it. *kept says whether it was; the object is one of
 * "stages" in load.json (docs/load.md), the same at all ranks, the caller's. Writes raw data at rank 0. NULL with ERR_ENVIRONMENT. */
json_t *load_stage(struct load *l, unsigned number, double rate, bool *kept, struct err *e);
/* Holds the connections for a while; their object "holding". */
json_t *load_hold(struct load *l);
#endif
