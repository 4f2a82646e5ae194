/* report/load.h: the page and the plots of a load (docs/load.md). */
#ifndef ASSAY_REPORT_LOAD_H
#define ASSAY_REPORT_LOAD_H
#include "base/err.h"
#include <jansson.h>

/* Reads DIRECTORY/load.json back; the caller's. NULL with ERR_USAGE where it is none, or names in it are no slugs, of which names of
 * files are made. */
json_t *load_read(const char *directory, struct err *e);
/* Draws DIRECTORY/plots/NAME.svg from the raw data in DIRECTORY/raw by the scripts in reports/plots/, with gnuplot. -1 with
 * ERR_UNSUPPORTED where there is no gnuplot or no raw data, and a word of what to do; ERR_ENVIRONMENT where it fails. */
int load_plots(const json_t *result, const char *directory, const char *language, struct err *e);
/* Writes DIRECTORY/load.html, with the plots that are there. `language` NULL: English. */
int load_page(const json_t *result, const char *directory, const char *language, struct err *e);
#endif
