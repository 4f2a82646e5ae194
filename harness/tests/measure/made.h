/* tests/measure/made.h: measurements that were never measured: made by rule from a seed, by whole numbers alone, so that they are the same
 * everywhere. */
#ifndef ASSAY_TESTS_MADE_H
#define ASSAY_TESTS_MADE_H
#include "base/buf.h"
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/* A series as latency.json has it, of `turns` repetitions of `count` values, ns, in the order of time (values[turn * count + i]); `rate` of
 * them fall into a second. The caller's. */
json_t *made_series(const char *name, const int64_t *values, unsigned turns, size_t count, size_t rate);
/* Adds the table of these requests (NAME.requests.csv), with one column for each of the series. */
void made_requests(struct buf *csv, const char *const *names, const int64_t *const *values, size_t series,
	unsigned turns, size_t count);

struct recipe {
	const char *target, *product, *started;
	uint64_t seed;
	unsigned turns;
	size_t count;
	int scale; /* of all latencies, per mille */
	int apart; /* what repetitions differ by, per mille */
	int lost;  /* messages */
	int rate;
};
/* latency.json of it: `message` with one series, `connect` with phases, and `room-5` as the server has none. With `raw`, a folder, its raw data
 * are written there. The caller's. */
json_t *made_result(const struct recipe *r, const char *raw);
#endif
