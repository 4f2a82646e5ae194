/* measure/requests.h: NAME.requests.csv (docs/latency.md), read back; private to this room. */
#ifndef ASSAY_MEASURE_REQUESTS_H
#define ASSAY_MEASURE_REQUESTS_H
#include "base/buf.h"
#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>

struct requests {
	unsigned *repetition; /* of each, in ascending order, from 1 */
	int64_t *value;       /* ns */
	size_t count;
};

/* The values of a column ("lag_ns") of the requests that count and have one, in their order. ERR_USAGE at `where`, with the line, where
 * the text is no such table. */
int requests_read(struct requests *r, const struct buf *csv, const char *column, const char *where, struct err *e);
void requests_release(struct requests *r);
#endif
