/* measure/statistics.h: the distributions that intervals and tests come from.
 *
 * Debian 12 has them in the GNU Scientific Library; these four need less than that weighs. All are of doubles, exact to some twelve
 * digits where their arguments are below a hundred million. Probabilities are parts of one. */
#ifndef ASSAY_MEASURE_STATISTICS_H
#define ASSAY_MEASURE_STATISTICS_H
#include <stdbool.h>
#include <stdint.h>

/* The regularised incomplete beta function I_x(a, b); 0 <= x <= 1, a and b above 0 (DLMF 8.17). */
double incomplete_beta(double x, double a, double b);
/* That a number of successes in `trials`, each of probability `p`, is at least `successes`. */
double binomial_at_least(double successes, double trials, double p);
/* The value that Student's t with so many degrees of freedom exceeds with probability `tail`, 0 < tail <= 1/2; of the normal
 * distribution where `freedom` is INFINITY. */
double student_exceeded(double tail, double freedom);
/* That Fisher's F exceeds `ratio`. */
double fisher_beyond(double ratio, double above, double below);

/* Ranks between which the quantile at `p` of what `count` independent values were drawn from lies, whatever its shape: below `low`
 * with probability `tail` at most, and above `high` likewise. `low` is 0 and `high` is count + 1 where there is no such rank. */
struct ranks {
	uint64_t low, high;
};
struct ranks quantile_ranks(uint64_t count, double p, double tail);
#endif
