/* cmd/comparing_latency.h: measurements of `assay latency` beside one another: for `assay compare`, and where `assay latency` measures
 * several targets. */
#ifndef ASSAY_CMD_COMPARING_LATENCY_H
#define ASSAY_CMD_COMPARING_LATENCY_H
#include "base/memory.h"
#include "cmd/cmd.h"
#include "measure/compare.h"
#include <stdbool.h>

struct comparing_latency { /* as the command line has them, or NULL */
	const char *bound, *least;
	const struct vec *
		percentiles; /* const char *, each perhaps several parted by commas; NULL: no regression is looked for */
	bool force, json;
	const char *out, *language;
};

/* Whether any of these paths is of a measurement, so that all must be. */
bool comparing_latency_wanted(const struct vec *paths);
/* Compares the measurements at `paths` (const char *), the first being the base; prints, and writes into `out`. The exit status. */
int comparing_latency(const struct vec *paths, const struct comparing_latency *line);
/* Makes page and plots anew from what an earlier comparison left in the folder. The exit status. */
int comparing_latency_again(const char *folder, const char *language);

/* ---- cmd/latency_contrast.c ---- */

/* Prints a comparison as a person reads it on a terminal, each system against the first. */
void latency_contrast_print(const json_t *comparison);
#endif
