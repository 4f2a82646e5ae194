/* run/record.h: what the journal says about a run as a whole (docs/journal.md). Each function returns a new object. */
#ifndef ASSAY_RUN_RECORD_H
#define ASSAY_RUN_RECORD_H
#include "run/run.h"
#include "run/system.h"
#include <jansson.h>

json_t *record_run(const struct run_options *o, const struct target *t, unsigned jobs, size_t planned);
/* What the profile asks: its levels and rows. */
json_t *record_profile(const struct run_options *o);
/* What the baseline expects of the scenarios' checks. */
json_t *record_baseline(const struct baseline *b, const struct vec *scenarios);
/* What the citations of the scenarios' checks mean: section and paraphrase. */
json_t *record_catalogue(const struct catalogue *catalogue, const struct vec *scenarios);
/* `when`: nanoseconds since the run began. */
json_t *record_discovered(const struct system *system, int64_t when);
json_t *record_summary(const struct run_totals *t, bool complete);
#endif
