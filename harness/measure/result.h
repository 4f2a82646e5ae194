/* measure/result.h: from what an engine has seen to figures and raw data; private to this room. */
#ifndef ASSAY_MEASURE_RESULT_H
#define ASSAY_MEASURE_RESULT_H
#include "measure/engine.h"
#include "measure/histogram.h"
#include <jansson.h>

/* How many requests of a repetition count, and the rate, for this workload. */
size_t result_count(const struct workload *w, const struct latency_options *o);
double result_rate(const struct workload *w, const struct latency_options *o);
size_t result_warm(const struct workload *w, const struct latency_options *o);

/* Sets up, runs every repetition, tears down; writes raw data where o->out says. The object of latency.json (docs/latency.md); its
 * "state" is "measured", "unsupported" or "failed". `g` has only its crew, and what set_up needs. The caller's; NULL with
 * ERR_ENVIRONMENT where raw data cannot be written. `why` gets the error of a workload that failed. */
json_t *result_measure(struct engine *g, const struct workload *w, const struct latency_options *o, struct err *why);

/* collect.c: what one repetition adds. */
struct collected {
	struct histogram all;  /* merged over the repetitions */
	struct histogram some; /* of the repetition, then of an interval, being made */
	json_t *repetitions, *intervals;
	uint64_t ahead; /* values below 0, counted as 0: a copy that came before its original */
};
struct collection {
	const struct workload *workload;
	size_t series;
	struct collected of[SERIES_MOST];
	struct histogram lag, reading;               /* how late it was sent, and how late what came was read */
	struct buf requests, intervals[SERIES_MOST]; /* CSV */
};
void collection_init(struct collection *c, const struct workload *w);
void collection_release(struct collection *c);
void collection_add(struct collection *c, const struct engine *g, unsigned repetition);
/* Writes NAME.requests.csv, and for each series NAME-SERIES.hgrm, .histogram.csv and .intervals.csv into the folder. */
int collection_write(const struct collection *c, const char *folder, struct err *e);
/* {"p50":…,"p90":…,"p99":…,"p99.9":…,"greatest":…}, ns. */
json_t *collection_percentiles(const struct histogram *h);
json_t *collection_series(const struct collection *c); /* the array "series" */
#endif
