/* measure/rounds.h: several runs of one measurement as one.
 *
 * Where servers are compared, each is measured in rounds that take turns, so that what this machine does meanwhile hits all of them
 * alike. A round is a measurement of its own; joined, its requests are a repetition (or several) of the whole. Histograms are merged,
 * which is exact. */
#ifndef ASSAY_MEASURE_ROUNDS_H
#define ASSAY_MEASURE_ROUNDS_H
#include "base/err.h"
#include <jansson.h>
#include <stddef.h>

/* Joins the results of latency_run() with the same options, whose raw data are in the folders `raw`, and writes the joined raw data into
 * `out`, which exists. `rounds` in the result tells when each began. The caller's; NULL with ERR_ENVIRONMENT, or ERR_USAGE where raw
 * data were changed meanwhile. */
json_t *rounds_join(json_t *const *results, const char *const *raw, size_t count, const char *out, struct err *e);
#endif
