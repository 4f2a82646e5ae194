/* Whether two samples differ: known shifts, noise, and too few tries. */
#include "run/alike.h"
#include <check.h>
#include <stdlib.h>

#define MOST 240
static int64_t first[MOST], second[MOST];

/* Noise as a server has it: mostly quick, sometimes late. The same each time. */
static int64_t noise(unsigned *state, int64_t width)
{
	*state = *state * 1103515245u + 12345u;
	double x = (double)((*state >> 8) & 0xffff) / 65536;
	return (int64_t)((double)width * x * x * x);
}

static void fill(size_t count, int64_t shift, int64_t width, unsigned seed)
{
	for (size_t i = 0; i < count; i++) {
		first[i] = 2 * CLOCK_MILLISECOND + noise(&seed, width);
		second[i] = 2 * CLOCK_MILLISECOND + shift + noise(&seed, width);
	}
}

START_TEST(equal_samples)
{
	struct alike a;
	fill(60, 0, CLOCK_MILLISECOND, (unsigned)_i + 1);
	alike_compare(first, second, 60, &a);
	ck_assert(a.low <= a.shift && a.shift <= a.high);
	ck_assert(a.delta_low <= a.delta && a.delta <= a.delta_high);
	ck_assert(a.delta > -0.5 && a.delta < 0.5);
	ck_assert_int_eq(alike_judge(&a), ALIKE_SAME);
}
END_TEST

START_TEST(shifted_samples)
{
	struct alike a;
	fill(60, 5 * CLOCK_MILLISECOND, CLOCK_MILLISECOND, (unsigned)_i + 1);
	alike_compare(first, second, 60, &a);
	ck_assert_msg(a.shift > 4.5e6 && a.shift < 5.5e6, "%f", a.shift);
	ck_assert(a.delta > 0.99);
	ck_assert_int_eq(alike_judge(&a), ALIKE_OTHER);
	alike_compare(second, first, 60, &a); /* sooner tells as much as later */
	ck_assert(a.delta < -0.99);
	ck_assert_int_eq(alike_judge(&a), ALIKE_OTHER);
}
END_TEST

/* Fifty samples from noise of 40 ms, without and with a difference of 2 ms: nothing may be claimed that is wrong. */
START_TEST(noisy_samples)
{
	struct alike a;
	fill(30, 2 * CLOCK_MILLISECOND, 40 * CLOCK_MILLISECOND, (unsigned)_i * 7 + 3);
	alike_compare(first, second, 30, &a);
	ck_assert_int_ne(alike_judge(&a), ALIKE_SAME);
	fill(30, 0, 40 * CLOCK_MILLISECOND, (unsigned)_i * 7 + 3);
	alike_compare(first, second, 30, &a);
	ck_assert_int_ne(alike_judge(&a), ALIKE_OTHER);
}
END_TEST

START_TEST(small_and_equal)
{
	struct alike a;
	alike_compare(first, second, 0, &a);
	ck_assert_uint_eq(a.pairs, 0);
	first[0] = second[0] = 5;
	alike_compare(first, second, 1, &a);
	ck_assert(a.shift == 0 && a.delta == 0 && a.low == 0 && a.high == 0);
	fill(MOST, 0, 0, 1);
	alike_compare(first, second, MOST, &a);
	ck_assert(a.delta == 0 && a.low == 0 && a.high == 0);
}
END_TEST

Suite *suite_alike(void);
Suite *suite_alike(void)
{
	Suite *s = suite_create("alike");
	TCase *t = tcase_create("alike");
	tcase_add_loop_test(t, equal_samples, 0, 20);
	tcase_add_loop_test(t, shifted_samples, 0, 20);
	tcase_add_loop_test(t, noisy_samples, 0, 50);
	tcase_add_test(t, small_and_equal);
	suite_add_tcase(s, t);
	return s;
}
