/* report/gnuplot.h: a plot by gnuplot, as SVG and as PNG; private to this room. */
#ifndef ASSAY_REPORT_GNUPLOT_H
#define ASSAY_REPORT_GNUPLOT_H
#include "base/buf.h"
#include "base/err.h"

/* Appends VARIABLE='VALUE' for gnuplot_draw(). */
void gnuplot_set(struct buf *variables, const char *variable, const char *value);
/* Runs reports/plots/SCRIPT.gp in DIRECTORY/raw, once for DIRECTORY/plots/NAME.svg and once for NAME.png. The script finds `variables`,
 * and `plots` (the folder of scripts), `language`, `format` ("svg" or "png") and `out`. -1 with ERR_UNSUPPORTED where there is no
 * gnuplot, ERR_ENVIRONMENT where it fails. */
int gnuplot_draw(const char *directory, const char *script, const char *name, const struct buf *variables,
	const char *language, struct err *e);
/* Makes DIRECTORY/plots. ERR_UNSUPPORTED where DIRECTORY/raw is not there. */
int gnuplot_prepare(const char *directory, struct err *e);
#endif
