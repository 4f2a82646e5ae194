/* cmd/latency_line.h: what the files of `assay latency` share. */
#ifndef ASSAY_CMD_LATENCY_LINE_H
#define ASSAY_CMD_LATENCY_LINE_H
#include "base/buf.h"
#include "base/memory.h"
#include "measure/latency.h"

struct latency_line { /* the command line; all borrowed */
	const char *rate, *count, *time, *repeat, *warm_up, *loop, *arrivals, *seed, *transport, *tls, *within, *size,
		*contacts, *out, *language;
	struct vec workloads, fixture_options, words;
	struct buf globs;
	bool list, again;
	int64_t connections; /* at once, at most */
};

/* Measures, with accounts that are gone afterwards. The caller's; NULL with the error. */
json_t *latency_measure(const struct latency_line *l, const struct latency_options *o, struct target *t, struct err *e);
/* Writes latency.json, the page and the plots into l->out. */
int latency_write(const json_t *result, const struct latency_line *l, struct err *e);

/* ---- cmd/latency_targets.c ---- */

/* Adds what measurements must share that are to be compared, and latency_run() does not tell: options, and the machine. */
void latency_note(json_t *result, const struct latency_options *o);
/* Measures the targets of the line, in turns, and compares them. The exit status. */
int latency_targets(struct latency_line *l, struct latency_options *o);
#endif
