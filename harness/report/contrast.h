/* report/contrast.h: the page and the plots of a comparison of latency measurements (measure/compare.h makes it, docs/latency.md describes
 * it). */
#ifndef ASSAY_REPORT_CONTRAST_H
#define ASSAY_REPORT_CONTRAST_H
#include "base/buf.h"
#include "base/err.h"
#include <jansson.h>

/* What a system is called, fit for a terminal, a page and a plot: one line, no control characters, what is no UTF-8 replaced. Adds to `out`. */
void contrast_label(const char *label, struct buf *out);
/* Reads DIRECTORY/comparison.json back; the caller's. NULL with ERR_USAGE where it is none, or names in it are no slugs. */
json_t *contrast_read(const char *directory, struct err *e);
/* Draws DIRECTORY/plots/NAME.svg and .png from what lies in DIRECTORY/raw. Errors as latency_plots(). */
int contrast_plots(const json_t *comparison, const char *directory, const char *language, struct err *e);
/* Writes DIRECTORY/comparison.html, with the plots that are there. `language` NULL: English. */
int contrast_page(const json_t *comparison, const char *directory, const char *language, struct err *e);
#endif
