/* measure/compare.h: latency measurements beside one another: which is quicker, by how much, and whether that is chance.
 *
 * The first is the base; each of the others is compared with it, workload by workload, series by series. What comes out is one JSON
 * object (docs/latency.md), from which report/latency.h makes the page. Nothing in a result is trusted. */
#ifndef ASSAY_MEASURE_COMPARE_H
#define ASSAY_MEASURE_COMPARE_H
#include "base/err.h"
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define COMPARE_PERCENTS_MOST 8

struct compared {             /* borrowed, all of it */
	const char *label;    /* what a person calls it */
	const char *path;     /* its latency.json, for errors */
	const char *raw;      /* the folder of its raw data, where that is there; else NULL */
	const json_t *result; /* latency_read() */
};

struct compare_options {
	double bound; /* slower by more than this part of the base is a regression; 0.1 */
	const char *percentiles[COMPARE_PERCENTS_MOST]; /* on which that is looked for: "p50", "p99"; ended by NULL */
	double least;                                   /* ns; a difference below this is none */
	bool force;                                     /* compare although settings differ */
};

/* ERR_USAGE where there is nothing of a measurement that can be read, a percentile is in none of them, or they were measured with other
 * settings and `force` is not set. The caller's. */
json_t *latency_compare(const struct compared *list, size_t count, const struct compare_options *o, struct err *e);
/* How many workloads two of them have measured, so that there is something to compare. */
size_t latency_compared(const json_t *comparison);

/* ---- measure/settings.c ---- */

/* In which settings the others differ from the first: {"name", "workload" (where it is one's), "system", "base", "other", "grave"}. A grave
 * one makes figures that cannot be compared. The caller's. */
json_t *settings_compare(const struct compared *list, size_t count);

/* ---- measure/compare_data.c ---- */

/* Writes what is plotted into the folder, which exists: docs/latency.md. ERR_ENVIRONMENT. */
int compare_write_data(
	const json_t *comparison, const struct compared *list, size_t count, const char *folder, struct err *e);
#endif
