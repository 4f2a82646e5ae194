/* report/latency.h: the page and the plots of a latency measurement (docs/latency.md). */
#ifndef ASSAY_REPORT_LATENCY_H
#define ASSAY_REPORT_LATENCY_H
#include "base/err.h"
#include <jansson.h>
#include <stdbool.h>

/* Reads latency.json back, from its folder or by its own path; the caller's. NULL with ERR_USAGE where it is none, or names in it are no
 * slugs, of which names of files are made. */
json_t *latency_read(const char *path, struct err *e);
/* Whether that is such a file, or a folder that holds one; it may still be one that cannot be read. */
bool latency_is_there(const char *path);
/* Draws DIRECTORY/plots/NAME.svg from the raw data in DIRECTORY/raw by the scripts in reports/plots/, with gnuplot. -1 with
 * ERR_UNSUPPORTED where there is no gnuplot or no raw data, and a word of what to do; ERR_ENVIRONMENT where it fails. */
int latency_plots(const json_t *result, const char *directory, const char *language, struct err *e);
/* Writes DIRECTORY/latency.html, with the plots that are there. `language` NULL: English. */
int latency_page(const json_t *result, const char *directory, const char *language, struct err *e);
#endif
