/* A histogram as text: for plotters, for spreadsheets, and to be read back. */
#include "base/clock.h"
#include "measure/histogram.h"
#include <math.h>
#include <string.h>

#define STEPS_A_HALVING 5

void histogram_percentile_text(const struct histogram *h, struct buf *out)
{
	buf_printf(out, "%12s %14s %10s %14s\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)");
	double percent = 0;
	while (h->count) {
		int64_t value = histogram_percentile(h, percent);
		uint64_t up_to = histogram_at_most(h, value);
		if (up_to >= h->count)
			break;
		buf_printf(out, "%12.6f %2.12f %10llu %14.2f\n", (double)value / CLOCK_MILLISECOND, percent / 100,
			(unsigned long long)up_to, 1 / (1 - percent / 100));
		/* A step is a fifth of the half that is left. */
		percent += 100 / (STEPS_A_HALVING * pow(2, floor(log2(100 / (100 - percent))) + 1));
	}
	if (h->count)
		buf_printf(out, "%12.6f %2.12f %10llu\n", (double)h->greatest / CLOCK_MILLISECOND, 1.0,
			(unsigned long long)h->count);
	buf_printf(out, "#[Mean    = %12.6f, StdDeviation   = %12.6f]\n", histogram_mean(h) / CLOCK_MILLISECOND,
		histogram_deviation(h) / CLOCK_MILLISECOND);
	buf_printf(out, "#[Max     = %12.6f, Total count    = %12llu]\n",
		(double)histogram_greatest(h) / CLOCK_MILLISECOND, (unsigned long long)h->count);
	buf_printf(out, "#[Buckets = %12d, SubBuckets     = %12d]\n", HISTOGRAM_CELLS / HISTOGRAM_HALF - 1,
		2 * HISTOGRAM_HALF);
}

void histogram_csv(const struct histogram *h, struct buf *out)
{
	uint64_t seen = 0;
	buf_add_text(out, "from_ns,to_ns,count,up_to_here\n");
	for (unsigned i = 0; i < HISTOGRAM_CELLS; i++)
		if (h->cells[i]) {
			seen += h->cells[i];
			buf_printf(out, "%lld,%lld,%llu,%llu\n", (long long)histogram_cell_from(i),
				(long long)histogram_cell_to(i), (unsigned long long)h->cells[i],
				(unsigned long long)seen);
		}
}

json_t *histogram_to_json(const struct histogram *h)
{
	json_t *cells = json_array();
	for (unsigned i = 0; i < HISTOGRAM_CELLS; i++)
		if (h->cells[i])
			json_array_append_new(
				cells, json_pack("[I,I]", (json_int_t)histogram_cell_from(i), (json_int_t)h->cells[i]));
	return json_pack("{s:s, s:i, s:I, s:I, s:I, s:I, s:o}", "unit", "ns", "digits", 3, "count",
		(json_int_t)h->count, "beyond", (json_int_t)h->beyond, "least", (json_int_t)histogram_least(h),
		"greatest", (json_int_t)histogram_greatest(h), "cells", cells);
}

static int read_cells(struct histogram *h, const json_t *cells)
{
	size_t i;
	const json_t *pair;
	int64_t before = -1;
	json_array_foreach(cells, i, pair) {
		json_int_t value = json_integer_value(json_array_get(pair, 0));
		json_int_t count = json_integer_value(json_array_get(pair, 1));
		if (json_array_size(pair) != 2 || !json_is_integer(json_array_get(pair, 0)) || value <= before ||
			value > HISTOGRAM_MOST || count < 1 || count > INT64_MAX - (json_int_t)h->count)
			return -1;
		unsigned cell = histogram_cell(value);
		if (histogram_cell_from(cell) != value)
			return -1;
		h->cells[cell] = (uint64_t)count;
		h->count += (uint64_t)count;
		before = value;
	}
	return 0;
}

/* Whether what is said beside the cells is what they say. The least and the greatest value lie in the first and the last. */
static bool agree(const struct histogram *h, json_int_t count, json_int_t beyond)
{
	if ((json_int_t)h->count != count || beyond < 0 || beyond > count)
		return false;
	if (!h->count)
		return true;
	if (h->least < 0 || h->least > h->greatest || h->greatest > HISTOGRAM_MOST)
		return false;
	unsigned first = histogram_cell(h->least), last = histogram_cell(h->greatest);
	return h->cells[first] && h->cells[last] && histogram_at_most(h, h->greatest) == h->count &&
		(first == 0 || histogram_at_most(h, histogram_cell_to(first - 1)) == 0);
}

int histogram_from_json(struct histogram *h, const json_t *json, const char *where, struct err *e)
{
	json_t *cells;
	json_int_t count, beyond, least, greatest;
	const char *unit;
	int digits;
	memset(h->cells, 0, HISTOGRAM_CELLS * sizeof *h->cells);
	h->count = h->beyond = 0;
	h->least = h->greatest = 0;
	if (json_unpack((json_t *)json, "{s:s, s:i, s:I, s:I, s:I, s:I, s:o}", "unit", &unit, "digits", &digits,
		    "count", &count, "beyond", &beyond, "least", &least, "greatest", &greatest, "cells", &cells) == 0 &&
		strcmp(unit, "ns") == 0 && digits == 3 && json_is_array(cells) && read_cells(h, cells) == 0) {
		h->least = least;
		h->greatest = greatest;
		h->beyond = (uint64_t)beyond;
		if (agree(h, count, beyond))
			return 0;
	}
	memset(h->cells, 0, HISTOGRAM_CELLS * sizeof *h->cells);
	h->count = h->beyond = 0;
	h->least = h->greatest = 0;
	return err_set(
		e, ERR_USAGE, where, "is no histogram of nanoseconds to three digits, or its parts do not agree");
}
