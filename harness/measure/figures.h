/* measure/figures.h: workloads, and their series, on all sides of a comparison; private to this room. */
#ifndef ASSAY_MEASURE_FIGURES_H
#define ASSAY_MEASURE_FIGURES_H
#include "measure/compare.h"
#include "measure/sample.h"

#define FIGURES_TAIL 0.025 /* beyond either end of an interval: 95 % */

struct figures {
	const struct compared *sides;
	size_t count;
	const char *const *gated; /* percentiles that may be regressions, ended by NULL */
	double bound, least;      /* as in struct compare_options */
	double gate_tail; /* of the limit that decides: so small that a comparison of what is the same rarely finds one */
	json_t *regressions; /* to be added to */
};

/* Percentiles that a series tells, "p50" and so on, as a number above 0 and below 100; 0 for another name. */
double figures_percent(const char *name);
const char *figures_text(const json_t *object, const char *member); /* "" where there is none; borrowed */
/* The one of that name in a list of objects, or NULL. */
const json_t *figures_named(const json_t *list, const char *name);

/* The object of a series of the comparison. `samples` has one for each side, zeroed where that side has no such series; one of them has
 * a value. */
json_t *figures_of_series(struct figures *f, const char *workload, const struct sample *samples);
/* That of a workload: `of` has it for each side, NULL where that side has none; not all are. NULL with ERR_USAGE where a side tells
 * nonsense of it. */
json_t *figures_of_workload(struct figures *f, const json_t *const *of, struct err *e);
#endif
