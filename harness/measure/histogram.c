#include "measure/histogram.h"
#include "base/memory.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

void histogram_init(struct histogram *h)
{
	*h = (struct histogram){ .cells = memory_alloc(HISTOGRAM_CELLS * sizeof *h->cells) };
}

void histogram_release(struct histogram *h)
{
	free(h->cells);
	*h = (struct histogram){ .cells = NULL };
}

void histogram_clear(struct histogram *h)
{
	/* Only the cells between the least and the greatest value can be other than 0. */
	if (h->count) {
		unsigned first = histogram_cell(h->least), last = histogram_cell(h->greatest);
		memset(h->cells + first, 0, (last - first + 1) * sizeof *h->cells);
	}
	h->count = h->beyond = 0;
	h->least = h->greatest = 0;
}

void histogram_merge(struct histogram *h, const struct histogram *from)
{
	if (!from->count)
		return;
	for (unsigned i = histogram_cell(from->least); i <= histogram_cell(from->greatest); i++)
		h->cells[i] += from->cells[i];
	h->least = !h->count || from->least < h->least ? from->least : h->least;
	h->greatest = !h->count || from->greatest > h->greatest ? from->greatest : h->greatest;
	h->count += from->count;
	h->beyond += from->beyond;
}

bool histogram_equal(const struct histogram *a, const struct histogram *b)
{
	return a->count == b->count && a->beyond == b->beyond &&
		(!a->count || (a->least == b->least && a->greatest == b->greatest)) &&
		memcmp(a->cells, b->cells, HISTOGRAM_CELLS * sizeof *a->cells) == 0;
}

static unsigned doublings(unsigned cell)
{
	return cell < 2 * HISTOGRAM_HALF ? 0 : cell / HISTOGRAM_HALF - 1;
}

int64_t histogram_cell_from(unsigned cell)
{
	return (int64_t)(cell - doublings(cell) * HISTOGRAM_HALF) << doublings(cell);
}

int64_t histogram_cell_to(unsigned cell)
{
	return histogram_cell_from(cell) + (INT64_C(1) << doublings(cell)) - 1;
}

/* ⌈n·p/100⌉ from 1 to n. What is above a whole number by no more than the rounding of a product of doubles is that number: 99.9 %
 * of 1000 are 999 and not 1000. */
static uint64_t rank_of(uint64_t count, double percent)
{
	double exact = (double)count * percent / 100, nearest = round(exact);
	double rank = fabs(exact - nearest) <= 1e-12 * nearest ? nearest : ceil(exact);
	return rank < 1 ? 1 : rank >= (double)count ? count : (uint64_t)rank;
}

int64_t histogram_percentile(const struct histogram *h, double percent)
{
	if (!h->count)
		return 0;
	uint64_t rank = rank_of(h->count, percent), seen = 0;
	for (unsigned i = histogram_cell(h->least); i < HISTOGRAM_CELLS; i++)
		if ((seen += h->cells[i]) >= rank) {
			int64_t to = histogram_cell_to(i);
			return to < h->greatest ? to : h->greatest;
		}
	return h->greatest;
}

int64_t histogram_least(const struct histogram *h)
{
	return h->count ? h->least : 0;
}

int64_t histogram_greatest(const struct histogram *h)
{
	return h->count ? h->greatest : 0;
}

static double middle(unsigned cell)
{
	return ((double)histogram_cell_from(cell) + (double)histogram_cell_to(cell)) / 2;
}

double histogram_mean(const struct histogram *h)
{
	double sum = 0;
	if (!h->count)
		return 0;
	for (unsigned i = histogram_cell(h->least); i <= histogram_cell(h->greatest); i++)
		sum += (double)h->cells[i] * middle(i);
	return sum / (double)h->count;
}

double histogram_deviation(const struct histogram *h)
{
	double mean = histogram_mean(h), sum = 0;
	if (!h->count)
		return 0;
	for (unsigned i = histogram_cell(h->least); i <= histogram_cell(h->greatest); i++)
		sum += (double)h->cells[i] * (middle(i) - mean) * (middle(i) - mean);
	return sqrt(sum / (double)h->count);
}

uint64_t histogram_at_most(const struct histogram *h, int64_t value)
{
	uint64_t seen = 0;
	if (!h->count || value < 0)
		return 0;
	unsigned last = histogram_cell(value < HISTOGRAM_MOST ? value : HISTOGRAM_MOST);
	for (unsigned i = 0; i <= last; i++)
		seen += h->cells[i];
	return seen;
}
