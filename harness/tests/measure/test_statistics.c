/* The distributions that intervals come from, against tables, against sums of their terms, and by drawing. */
#include "measure/schedule.h"
#include "measure/statistics.h"
#include <check.h>
#include <math.h>

#define NEAR(is, should, by)                                                                                           \
	ck_assert_msg(fabs((is) - (should)) <= (by), "%s is %.12g and not %.12g", #is, (double)(is), (double)(should))

/* Quantiles as tables of Student's t and Fisher's F have them. */
START_TEST(tables)
{
	NEAR(student_exceeded(0.025, 1), 12.7062047, 1e-6);
	NEAR(student_exceeded(0.025, 2), 4.3026527, 1e-6);
	NEAR(student_exceeded(0.025, 4), 2.7764451, 1e-6);
	NEAR(student_exceeded(0.025, 19), 2.0930241, 1e-6);
	NEAR(student_exceeded(0.0005, 19), 3.8834059, 1e-6);
	NEAR(student_exceeded(0.05, 120), 1.6576509, 1e-6);
	NEAR(student_exceeded(0.025, INFINITY), 1.9599640, 1e-6);
	NEAR(student_exceeded(0.5, 7), 0, 1e-6);
	NEAR(fisher_beyond(161.4476, 1, 1), 0.05, 1e-6);
	NEAR(fisher_beyond(4.102821, 2, 10), 0.05, 1e-6);
	NEAR(fisher_beyond(2.605975, 4, 40), 0.05, 1e-6);
	NEAR(fisher_beyond(0, 3, 3), 1, 0);
}
END_TEST

/* Beta functions of whole numbers are sums of binomial terms. */
START_TEST(binomial_sums)
{
	static const double shares[] = { 0.001, 0.3, 0.5, 0.9, 0.99 };
	for (unsigned n = 1; n <= 60; n++)
		for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
			double sum = 0, p = shares[i];
			for (unsigned k = n; k > 0; k--) {
				sum += exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) +
					(n - k) * log1p(-p));
				NEAR(binomial_at_least(k, n, p), sum, 1e-11);
			}
		}
	NEAR(binomial_at_least(0, 5, 0.3), 1, 0);
	NEAR(binomial_at_least(6, 5, 0.3), 0, 0);
	NEAR(incomplete_beta(0.5, 1e6, 1e6), 0.5, 1e-9);
	NEAR(incomplete_beta(0.2, 3, 7) + incomplete_beta(0.8, 7, 3), 1, 1e-14);
}
END_TEST

/* Among them those of the sign test's tables: of ten values the second and the ninth, of five none. */
START_TEST(ranks_of_tables)
{
	static const struct {
		uint64_t count;
		double p, tail;
		uint64_t low, high;
	} known[] = { { 10, 0.5, 0.025, 2, 9 }, { 20, 0.5, 0.025, 6, 15 }, { 100, 0.5, 0.025, 40, 61 },
		{ 1000, 0.5, 0.025, 469, 532 }, { 1000, 0.99, 0.025, 983, 997 }, { 100, 0.99, 0.025, 97, 101 },
		{ 5, 0.5, 0.025, 0, 6 }, { 0, 0.5, 0.025, 0, 1 }, { 367, 0.99, 0.025, 359, 368 },
		{ 368, 0.99, 0.025, 360, 368 } };
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		struct ranks r = quantile_ranks(known[i].count, known[i].p, known[i].tail);
		ck_assert_msg(r.low == known[i].low && r.high == known[i].high, "of %llu at %g: %llu to %llu",
			(unsigned long long)known[i].count, known[i].p, (unsigned long long)r.low,
			(unsigned long long)r.high);
	}
}
END_TEST

/* What the ranks promise: outside of them lies the quantile in no more than a part of all samples, on either side. */
START_TEST(ranks_cover)
{
	uint64_t state = 7;
	for (unsigned n = 20; n <= 500; n += 160) {
		struct ranks r = quantile_ranks(n, 0.9, 0.025);
		unsigned below = 0, above = 0, rounds = 4000;
		for (unsigned i = 0; i < rounds; i++) {
			unsigned at_most = 0; /* of the values, of uniform ones: of 0.9 */
			for (unsigned k = 0; k < n; k++)
				at_most += schedule_random_unit(&state) <= 0.9;
			below += at_most < r.low;
			above += at_most >= r.high;
		}
		ck_assert_uint_le(below, rounds * 0.025 + 4 * sqrt(rounds * 0.025));
		ck_assert_uint_le(above, rounds * 0.025 + 4 * sqrt(rounds * 0.025));
	}
}
END_TEST

Suite *suite_statistics(void);
Suite *suite_statistics(void)
{
	Suite *s = suite_create("statistics");
	TCase *t = tcase_create("statistics");
	tcase_add_test(t, tables);
	tcase_add_test(t, binomial_sums);
	tcase_add_test(t, ranks_of_tables);
	tcase_add_test(t, ranks_cover);
	suite_add_tcase(s, t);
	return s;
}
