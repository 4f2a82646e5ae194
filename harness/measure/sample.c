#include "measure/sample.h"
#include "base/memory.h"
#include "measure/requests.h"
#include "measure/statistics.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLOCKS_MOST 20 /* of a repetition: long ones hold long stalls, and so many are enough to see how they differ */
#define BLOCK_LEAST 5  /* requests */
#define NO_LIMIT    100.0 /* times the percentile: as good as none */
#define MARKS       5
#define SCREEN      0.25 /* repetitions that differ so much by chance in one case of four are taken to differ */

/* A block: of the values themselves, or what the percentiles of its seconds tell. */
struct part {
	unsigned repetition;
	double count;
	const int64_t *values; /* ascending, `count` of them; or NULL */
	const json_t *seconds; /* "intervals"; of them `first` up to, not with, `end` */
	size_t first, end;
};

const char *basis_name(enum basis b)
{
	switch (b) {
	case BASIS_REPETITIONS:
		return "repetitions";
	case BASIS_BLOCKS:
		return "blocks";
	case BASIS_REQUESTS:
		return "requests";
	}
	return "?";
}

/* ---- blocks of values ---- */

static int compare_values(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static size_t blocks_of(size_t count, size_t least)
{
	size_t blocks = count / least;
	return blocks < 1 ? 1 : blocks > BLOCKS_MOST ? BLOCKS_MOST : blocks;
}

static void add_part(struct sample *s, struct part part)
{
	s->parts = memory_resize(s->parts, (s->part_count + 1) * sizeof *s->parts);
	s->parts[s->part_count++] = part;
}

static void cut_values(struct sample *s, unsigned repetition, size_t first, size_t count)
{
	size_t blocks = blocks_of(count, BLOCK_LEAST);
	for (size_t i = 0; i < blocks; i++) {
		size_t from = first + count * i / blocks, to = first + count * (i + 1) / blocks;
		qsort(s->values + from, to - from, sizeof *s->values, compare_values);
		add_part(s,
			(struct part){
				.repetition = repetition, .count = (double)(to - from), .values = s->values + from });
	}
	s->repetitions++;
}

/* Whether the values are those that the histogram was made of. */
static bool belongs(const struct sample *s, size_t count)
{
	struct histogram again;
	histogram_init(&again);
	for (size_t i = 0; i < count; i++)
		histogram_record(&again, s->values[i]);
	bool same = histogram_equal(&again, &s->all);
	histogram_release(&again);
	return same;
}

static int cut_requests(struct sample *s, const char *name, const struct buf *csv, const char *where, struct err *e)
{
	struct requests r;
	char column[80];
	snprintf(column, sizeof column, "%s_ns", name);
	if (requests_read(&r, csv, column, where, e))
		return -1;
	s->values = r.value;
	r.value = NULL;
	if (!belongs(s, r.count)) {
		requests_release(&r);
		return err_set(e, ERR_USAGE, where, "does not hold what latency.json says of %s", name);
	}
	for (size_t i = 0, end; i < r.count; i = end) {
		for (end = i; end < r.count && r.repetition[end] == r.repetition[i];)
			end++;
		cut_values(s, r.repetition[i], i, end - i);
	}
	requests_release(&r);
	return 0;
}

/* ---- blocks of seconds ---- */

static int64_t cell(const json_t *second, size_t column)
{
	return json_integer_value(json_array_get(second, column));
}
enum { SECOND_REPETITION, SECOND_NUMBER, SECOND_COUNT, SECOND_MEDIAN, SECOND_90, SECOND_99, SECOND_GREATEST, COLUMNS };

static bool is_second(const json_t *second)
{
	bool good = json_array_size(second) == COLUMNS && cell(second, SECOND_COUNT) > 0 &&
		cell(second, SECOND_REPETITION) > 0;
	for (size_t i = SECOND_MEDIAN; i < COLUMNS; i++)
		good = good && cell(second, i) >= 0 && (i == SECOND_MEDIAN || cell(second, i) >= cell(second, i - 1));
	return good;
}

static void cut_range(struct sample *s, const json_t *seconds, size_t first, size_t count)
{
	size_t blocks = blocks_of(count, 1);
	for (size_t i = 0; i < blocks; i++) {
		struct part part = { .repetition = (unsigned)cell(json_array_get(seconds, first), SECOND_REPETITION),
			.seconds = seconds,
			.first = first + count * i / blocks,
			.end = first + count * (i + 1) / blocks };
		for (size_t k = part.first; k < part.end; k++)
			part.count += (double)cell(json_array_get(seconds, k), SECOND_COUNT);
		add_part(s, part);
	}
	s->repetitions++;
}

static int cut_seconds(struct sample *s, const json_t *seconds, const char *name, const char *where, struct err *e)
{
	size_t count = json_array_size(seconds);
	for (size_t i = 0; i < count; i++)
		if (!is_second(json_array_get(seconds, i)))
			return err_set(e, ERR_USAGE, where, "%s: the intervals are none", name);
	for (size_t i = 0, end; i < count; i = end) {
		int64_t turn = cell(json_array_get(seconds, i), SECOND_REPETITION);
		for (end = i; end < count && cell(json_array_get(seconds, end), SECOND_REPETITION) == turn;)
			end++;
		cut_range(s, seconds, i, end - i);
	}
	return 0;
}

/* ---- the whole ---- */

void sample_release(struct sample *s)
{
	histogram_release(&s->all);
	free(s->parts);
	free(s->values);
	*s = (struct sample){ .parts = NULL };
}

int sample_read(struct sample *s, const json_t *series, const struct buf *requests, const char *where, struct err *e)
{
	const char *name = json_string_value(json_object_get(series, "name"));
	*s = (struct sample){ .series = series };
	histogram_init(&s->all);
	int fault = !name ? err_set(e, ERR_USAGE, where, "a series has no name")
			  : histogram_from_json(&s->all, json_object_get(series, "histogram"), where, e);
	if (!fault)
		fault = requests ? cut_requests(s, name, requests, where, e)
				 : cut_seconds(s, json_object_get(series, "intervals"), name, where, e);
	if (fault)
		sample_release(s);
	return fault ? -1 : 0;
}

/* ---- how many of a block are at most a value ---- */

static double values_at_most(const struct part *part, int64_t value)
{
	size_t low = 0, high = (size_t)part->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (part->values[middle] <= value)
			low = middle + 1;
		else
			high = middle;
	}
	return (double)low;
}

/* Of a second only four values are known with the ranks that they have. Between two of them as many lie below as on a straight line;
 * below the median it is taken to be as from the median to the 90th percentile. */
static double second_at_most(const json_t *second, double value)
{
	double count = (double)cell(second, SECOND_COUNT);
	double middle = (double)cell(second, SECOND_MEDIAN), upper = (double)cell(second, SECOND_90);
	double values[MARKS] = { upper > 0 ? middle * middle / upper : 0, middle, upper,
		(double)cell(second, SECOND_99), (double)cell(second, SECOND_GREATEST) };
	double ranks[MARKS] = { floor(count * 0.1), ceil(count * 0.5), ceil(count * 0.9), ceil(count * 0.99), count };
	if (value < values[0])
		return 0;
	for (int i = 1; i < MARKS; i++)
		if (value < values[i])
			return ranks[i - 1] +
				(ranks[i] - ranks[i - 1]) * (value - values[i - 1]) / (values[i] - values[i - 1]);
	return count;
}

static double part_at_most(const struct part *part, int64_t value)
{
	double sum = 0;
	if (part->values)
		return values_at_most(part, value);
	for (size_t i = part->first; i < part->end; i++)
		sum += second_at_most(json_array_get(part->seconds, i), (double)value);
	return sum;
}

/* ---- what blocks and repetitions tell ---- */

struct spread_of_parts {
	double count, at_most;
	double blocks;      /* squares of how far blocks are from the whole, in requests */
	double within;      /* likewise from their repetition */
	double repetitions; /* and repetitions from the whole */
};

static void add_repetition(
	struct spread_of_parts *sum, const struct sample *s, size_t first, size_t end, const double *at_most)
{
	double share = sum->at_most / sum->count, count = 0, below = 0;
	for (size_t i = first; i < end; i++) {
		double apart = at_most[i] - share * s->parts[i].count;
		sum->blocks += apart * apart;
		count += s->parts[i].count;
		below += at_most[i];
	}
	for (size_t i = first; i < end; i++) {
		double apart = at_most[i] - below / count * s->parts[i].count;
		sum->within += apart * apart;
	}
	sum->repetitions += (below - share * count) * (below - share * count);
}

static struct spread_of_parts look_at_parts(const struct sample *s, int64_t value)
{
	struct spread_of_parts sum = { .count = 0 };
	double *at_most = memory_alloc((s->part_count + 1) * sizeof *at_most);
	for (size_t i = 0; i < s->part_count; i++) {
		at_most[i] = part_at_most(&s->parts[i], value);
		sum.at_most += at_most[i];
		sum.count += s->parts[i].count;
	}
	for (size_t i = 0, end; i < s->part_count; i = end) {
		for (end = i; end < s->part_count && s->parts[end].repetition == s->parts[i].repetition;)
			end++;
		add_repetition(&sum, s, i, end, at_most);
	}
	free(at_most);
	return sum;
}

/* Whether repetitions differ by more than their blocks do: Fisher's F of the two mean squares. */
static bool repetitions_differ(const struct sample *s, const struct spread_of_parts *sum)
{
	double turns = s->repetitions, blocks = (double)s->part_count;
	if (turns < 2 || blocks <= turns)
		return turns >= 2;
	double above = sum->repetitions / (turns - 1) / (blocks / turns), below = sum->within / (blocks - turns);
	return below > 0 ? fisher_beyond(above / below, turns - 1, blocks - turns) < SCREEN : above > 0;
}

/* How many independent requests these are worth, with what is not known about that taken off: the variance of the part of requests
 * that is at most the percentile, from `units` blocks, against that of a binomial number; and Student's t against the normal. */
static double worth(const struct spread_of_parts *sum, double units, double tail)
{
	double share = sum->at_most / sum->count, binomial = share * (1 - share) / sum->count;
	double variance = sum->blocks * units / (units - 1) / (sum->count * sum->count);
	double ratio = binomial > 0 && variance > binomial ? variance / binomial : 1;
	double unsure = student_exceeded(tail, INFINITY) / student_exceeded(tail, units - 1);
	return sum->count / ratio * unsure * unsure;
}

static void set_limits(struct estimate *made, const struct sample *s, double percent, double tail)
{
	double count = (double)s->all.count;
	uint64_t of = (uint64_t)(made->worth < count ? made->worth : count);
	struct ranks ranks = quantile_ranks(of, percent / 100, tail);
	made->low = -INFINITY;
	made->high = INFINITY;
	/* A rank among the few stands for a range among all: the lower end of it below, the upper end above. */
	if (ranks.low)
		made->low = (double)histogram_percentile(
			&s->all, 100 * (floor((double)(ranks.low - 1) * count / (double)of) + 1) / count);
	if (ranks.high <= of)
		made->high = (double)histogram_percentile(
			&s->all, 100 * ceil((double)ranks.high * count / (double)of) / count);
}

/* The percentile of a repetition, as it was told; -1 where it was not. */
static double told(const json_t *turn, double percent)
{
	char name[32];
	snprintf(name, sizeof name, "p%g", percent);
	const json_t *value = json_object_get(turn, name);
	return json_is_number(value) ? json_number_value(value) : -1;
}

/* Whether a repetition has values above the percentile, and not only the percentile itself as its greatest. */
static bool is_inside(const json_t *turn, double percent)
{
	double count = json_number_value(json_object_get(turn, "count"));
	return count * (1 - percent / 100) >= 1;
}

/* Makes room for what repetitions differ by: Student's interval of the logarithms of their percentiles, around the percentile of the whole. */
static void widen(struct estimate *made, const struct sample *s, double percent, double tail)
{
	const json_t *turn, *turns = json_object_get(s->series, "repetitions");
	size_t i, count = json_array_size(turns);
	double sum = 0, squares = 0;
	bool inside = count > 1, all = count > 1;
	json_array_foreach(turns, i, turn) {
		double one = log(fmax(told(turn, percent), 1));
		all = all && told(turn, percent) >= 0;
		inside = inside && is_inside(turn, percent);
		sum += one;
		squares += one * one;
	}
	double n = (double)count;
	double variance = all ? fmax(squares - sum * sum / n, 0) / (n - 1) : INFINITY;
	double reach = all && n > 1 ? exp(student_exceeded(tail, n - 1) * sqrt(variance / n)) : INFINITY;
	if (reach > NO_LIMIT)
		reach = INFINITY;
	made->low = isinf(reach) ? -INFINITY : fmin(made->low, (double)made->value / reach);
	made->high = inside ? fmax(made->high, (double)made->value * reach) : INFINITY;
}

struct estimate sample_estimate(const struct sample *s, double percent, double tail)
{
	struct estimate made = { .value = histogram_percentile(&s->all, percent), .worth = (double)s->all.count };
	struct spread_of_parts sum = look_at_parts(s, made.value);
	made.basis = s->part_count > 1 ? BASIS_BLOCKS : BASIS_REQUESTS;
	if (s->part_count > 1)
		made.worth = worth(&sum, (double)s->part_count, tail);
	set_limits(&made, s, percent, tail);
	if (repetitions_differ(s, &sum)) {
		made.basis = BASIS_REPETITIONS;
		widen(&made, s, percent, tail);
	}
	return made;
}

double sample_spread(const struct sample *s, const char *percentile)
{
	const json_t *turns = json_object_get(s->series, "repetitions");
	size_t count = json_array_size(turns);
	double sum = 0;
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < i; k++) {
			const json_t *one = json_object_get(json_array_get(turns, i), percentile);
			const json_t *other = json_object_get(json_array_get(turns, k), percentile);
			if (!one || !other)
				return -1;
			sum += fabs(json_number_value(one) - json_number_value(other));
		}
	return count < 2 ? -1 : sum / ((double)count * (double)(count - 1) / 2);
}

double sample_longer(const struct sample *a, const struct sample *b)
{
	double below = 0, sum = 0;
	for (unsigned i = 0; i < HISTOGRAM_CELLS; i++) {
		double of_a = (double)a->all.cells[i];
		sum += (double)b->all.cells[i] * (below + of_a / 2);
		below += of_a;
	}
	return sum / ((double)a->all.count * (double)b->all.count);
}
