/* cmd/progress.h: how a run comes along, on standard error.
 *
 * On a terminal one status line is drawn over and over, and a line stays for each scenario that is not as it should
 * be. Elsewhere every scenario that ends gets a plain line, and now and then the count is said. */
#ifndef ASSAY_CMD_PROGRESS_H
#define ASSAY_CMD_PROGRESS_H
#include "base/buf.h"
#include "run/run.h"
#include <stdio.h>

struct progress {
	FILE *out;        /* borrowed */
	bool colour;      /* escape sequences for colours may be used */
	bool redraw;      /* `out` is a terminal that can go back to the line's start */
	bool unicode;     /* the locale's character set is UTF-8 */
	bool drawn;       /* a status line stands there */
	unsigned columns; /* of the terminal */
	int64_t last;     /* when the status line was drawn or the count was said, monotonic ns; 0 never */
};

/* Whether to use colours. `when` is "auto", "always" or "never"; auto: standard output and standard error are both
 * terminals, NO_COLOR is not set (or empty) and TERM is not dumb. -1 where `when` is none of these. */
int progress_colour(const char *when, bool *colour);
/* Begins, on standard error. With `trace` the status line is not drawn, as the trace is written between. */
void progress_begin(struct progress *p, bool colour, bool trace);
/* The same for another stream: for tests, and for those who know better. */
void progress_begin_on(struct progress *p, FILE *out, bool colour, bool redraw, bool unicode, unsigned columns);
/* A run_options.progress; `context` is the struct progress. */
void progress_show(void *context, const struct run_progress *state);
/* Takes the status line away. */
void progress_end(struct progress *p);
#endif
