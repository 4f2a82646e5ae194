#include "measure/statistics.h"
#include <math.h>

#define ENOUGH    1e-15
#define TERMS     100000 /* of a continued fraction; it needs some square roots of its arguments */
#define HALVINGS  200    /* of an interval of doubles: more than they have digits */
#define FAR_OFF   1e8    /* beyond any quantile that is asked for */
#define NORMAL_OF 1e7    /* so many degrees of freedom are as good as infinitely many */

/* The continued fraction of DLMF 8.17.22, 1/(1 + d1/(1 + d2/(1 + …))), by the quotients of its convergents' numerators and
 * denominators. */
static double fraction(double x, double a, double b)
{
	double value = 1, above = 1, below = 0;
	for (int k = 1; k < TERMS; k++) {
		double m = k / 2;
		double d = k % 2 ? -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
				 : m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		below = 1 / (1 + d * below);
		above = 1 + d / above;
		double step = above * below;
		value *= step;
		if (fabs(step - 1) < ENOUGH)
			break;
	}
	return 1 / value;
}

double incomplete_beta(double x, double a, double b)
{
	if (x <= 0 || x >= 1)
		return x >= 1;
	/* It converges fast on this side of the middle; on the other, by I_x(a, b) = 1 - I_(1-x)(b, a). */
	if (x > (a + 1) / (a + b + 2))
		return 1 - incomplete_beta(1 - x, b, a);
	double front = a * log(x) + b * log1p(-x) + lgamma(a + b) - lgamma(a) - lgamma(b);
	return exp(front) / a * fraction(x, a, b);
}

double binomial_at_least(double successes, double trials, double p)
{
	if (successes <= 0)
		return 1;
	return successes > trials ? 0 : incomplete_beta(p, successes, trials - successes + 1);
}

static double student_beyond(double t, double freedom)
{
	if (freedom > NORMAL_OF)
		return erfc(t / sqrt(2)) / 2;
	return incomplete_beta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;
}

double student_exceeded(double tail, double freedom)
{
	double low = 0, high = FAR_OFF;
	for (int i = 0; i < HALVINGS && low < high; i++) {
		double middle = (low + high) / 2;
		if (student_beyond(middle, freedom) > tail)
			low = middle;
		else
			high = middle;
	}
	return high;
}

double fisher_beyond(double ratio, double above, double below)
{
	return ratio <= 0 ? 1 : incomplete_beta(below / (below + above * ratio), below / 2, above / 2);
}

/* The least number of successes that is reached with probability `most` at most; trials + 1 where even all of them are likelier. */
static uint64_t least_successes(uint64_t trials, double p, double most)
{
	uint64_t low = 0, high = trials + 1;
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		if (binomial_at_least((double)middle, (double)trials, p) <= most)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

struct ranks quantile_ranks(uint64_t count, double p, double tail)
{
	/* The value at a rank is above the quantile when fewer values than that are at most the quantile, a binomial number of them: so the
	 * low rank is the last one that is reached with probability 1 - tail at least. */
	uint64_t low = least_successes(count, p, 1 - tail);
	if (low && binomial_at_least((double)low, (double)count, p) < 1 - tail)
		low--;
	return (struct ranks){ low, least_successes(count, p, tail) };
}
