/* measure/histogram.h: how durations are distributed, to three significant digits.
 *
 * Values are whole nanoseconds from 0 to an hour. The cells are log-linear, as in HdrHistogram: up to 2047 ns each value has a
 * cell of its own; above, each doubling is cut into 1024 cells, so that a cell is never wider than a thousandth of the values in
 * it. A histogram is nothing but its counts and the exact least and greatest value. Hence what merging promises: the
 * histogram that two are merged into is, cell for cell, the one that had seen all of their values itself, whatever the order. And
 * hence what a percentile is: of n values in ascending order the one at rank ⌈n·p/100⌉ (the first for p = 0), rounded up to the
 * greatest value of its cell, but never above the greatest value seen. No interpolation.
 *
 * There is no library for this in C among the packages of Debian 12. The cells, the percentile text and the way its steps are
 * chosen are those of HdrHistogram, so that its plotters read what is written here. */
#ifndef ASSAY_MEASURE_HISTOGRAM_H
#define ASSAY_MEASURE_HISTOGRAM_H
#include "base/buf.h"
#include "base/err.h"
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#define HISTOGRAM_HALF  1024 /* cells for each doubling */
#define HISTOGRAM_CELLS ((32 + 1) * HISTOGRAM_HALF)
#define HISTOGRAM_MOST  INT64_C(3600000000000) /* an hour, ns */

struct histogram {
	uint64_t count;
	uint64_t beyond;         /* how many values were above an hour: they are counted as an hour */
	int64_t least, greatest; /* ns, exact; meaningless while `count` is 0 */
	uint64_t *cells;         /* HISTOGRAM_CELLS, a quarter of a megabyte; owned */
};

void histogram_init(struct histogram *h);
void histogram_release(struct histogram *h); /* a zeroed one is fine */
void histogram_clear(struct histogram *h);
/* Adds what `from` has counted. */
void histogram_merge(struct histogram *h, const struct histogram *from);
bool histogram_equal(const struct histogram *a, const struct histogram *b); /* cell for cell */

/* The cell of a value, 0 <= value < 2^42. */
static inline unsigned histogram_cell(int64_t value)
{
	unsigned doublings = 63 - (unsigned)__builtin_clzll((unsigned long long)value | (2 * HISTOGRAM_HALF - 1)) - 10;
	return doublings * HISTOGRAM_HALF + (unsigned)(value >> doublings);
}

/* Counts a duration in nanoseconds. A negative one is counted as 0, one above an hour as an hour. */
static inline void histogram_record(struct histogram *h, int64_t value)
{
	if (__builtin_expect(value < 0, 0))
		value = 0;
	if (__builtin_expect(value > HISTOGRAM_MOST, 0)) {
		value = HISTOGRAM_MOST;
		h->beyond++;
	}
	if (h->count++ == 0) {
		h->least = h->greatest = value;
	} else {
		h->least = value < h->least ? value : h->least;
		h->greatest = value > h->greatest ? value : h->greatest;
	}
	h->cells[histogram_cell(value)]++;
}

/* The least and the greatest value that share a cell, ns. */
int64_t histogram_cell_from(unsigned cell);
int64_t histogram_cell_to(unsigned cell);

/* All in ns, and 0 where nothing was counted. Mean and deviation are of the middles of the cells: within a two thousandth. */
int64_t histogram_percentile(const struct histogram *h, double percent); /* 0 to 100 */
int64_t histogram_least(const struct histogram *h);
int64_t histogram_greatest(const struct histogram *h);
double histogram_mean(const struct histogram *h);
double histogram_deviation(const struct histogram *h);
/* How many values are in cells that begin at or below `value`. */
uint64_t histogram_at_most(const struct histogram *h, int64_t value);

/* ---- measure/histogram_text.c ---- */

/* The percentile text of HdrHistogram (usually NAME.hgrm): value in milliseconds, percentile as a part of one, how many values up
 * to there, 1/(1-percentile); five steps for each halving of what is left; then mean, deviation, greatest, count. */
void histogram_percentile_text(const struct histogram *h, struct buf *out);
/* `from_ns,to_ns,count,up_to_here`, one line for each cell that is not empty, after a line of these names. */
void histogram_csv(const struct histogram *h, struct buf *out);
/* {"unit":"ns","digits":3,"count":…,"beyond":…,"least":…,"greatest":…,"cells":[[VALUE,COUNT],…]}, VALUE being the least of its
 * cell. The caller's reference. */
json_t *histogram_to_json(const struct histogram *h);
/* Reads it back into `h`, which was initialised; `where` names the file for the error. ERR_USAGE where it is no histogram, or its
 * parts do not agree; then `h` is empty. */
int histogram_from_json(struct histogram *h, const json_t *json, const char *where, struct err *e);
#endif
