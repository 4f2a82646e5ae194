/* measure/sample.h: one series of one measurement, read back, and how far its percentiles can be trusted.
 *
 * A percentile of what was measured is one of a sample. What the same server would show at another time lies in an interval around
 * it, which is made of ranks, so that it holds whatever the shape of the distribution (measure/statistics.h). Ranks count
 * independent requests, and requests are none: a server that stalls is slow for many that follow each other. So the requests are cut
 * into blocks, in the order in which they were meant, and how the part of them that is below the percentile differs from block to
 * block, against how it would if all were independent, says how many independent requests they are worth. Where repetitions differ
 * by more than their blocks do, the interval also holds Student's interval of the repetitions' percentiles. docs/latency.md tells this
 * to users, with its limits. */
#ifndef ASSAY_MEASURE_SAMPLE_H
#define ASSAY_MEASURE_SAMPLE_H
#include "measure/histogram.h"

struct part; /* a block */
struct sample {
	struct histogram all;
	unsigned repetitions;
	struct part *parts;
	size_t part_count;
	int64_t *values;      /* ns, those of each block in ascending order; NULL where the raw data are missing */
	const json_t *series; /* borrowed */
};

/* What an interval was made of. */
enum basis {
	BASIS_REPETITIONS, /* how blocks differ, and repetitions */
	BASIS_BLOCKS,
	BASIS_REQUESTS, /* as if they were independent: there is nothing to tell otherwise */
};
const char *basis_name(enum basis b); /* "repetitions", "blocks", "requests" */

struct estimate {
	int64_t value;    /* ns */
	double low, high; /* ns; -INFINITY and INFINITY where the sample is too small to say */
	double worth;     /* so many independent requests, by the blocks */
	enum basis basis;
};

/* Takes a series of a workload of latency.json, borrowed, and the workload's requests as in NAME.requests.csv; `requests` NULL: from the
 * percentiles of each second, which is coarser. `where` names the file for errors. ERR_USAGE where there is no such series, or the two do not
 * belong together; then the sample is empty. */
int sample_read(struct sample *s, const json_t *series, const struct buf *requests, const char *where, struct err *e);
void sample_release(struct sample *s); /* a zeroed one is fine */
/* The percentile (0 to 100) and its interval: beyond either end lies the true one with probability `tail`. The sample must have a value. */
struct estimate sample_estimate(const struct sample *s, double percent, double tail);
/* How far apart two repetitions are in this percentile ("p50"), on average, ns; -1 where there is but one or the percentile is not told. */
double sample_spread(const struct sample *s, const char *percentile);
/* That a value of `b` is above one of `a`, equal ones (of the same cell) counted half: Vargha and Delaney's A. Both have values. */
double sample_longer(const struct sample *a, const struct sample *b);
#endif
